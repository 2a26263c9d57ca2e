"""The HTML report as text: one file that needs nothing else, inert, with everything in it."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from segaudit.findings.report import Report
from segaudit.reporter import ReporterOptions
from segaudit.reporters.html import REPORTER
from tests.reporters import factory

MAKERS = {
    "sample": factory.sample(),
    "clean": factory.clean(),
    "nothing": factory.nothing(),
    "hostile": factory.hostile(),
    "large": factory.large(50, 30),
}

#: Elements that close themselves (HTML standard, "void elements").
VOID = {"meta", "input", "link", "br", "hr", "img"}


class Outline(HTMLParser):
    """Elements, attributes and texts of a page, and what was left open or closed twice."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def page(report: Report, language: str = "en") -> str:
    rendered = REPORTER.render(report, ReporterOptions(language=language))
    assert isinstance(rendered, str)
    return rendered


@pytest.fixture(scope="module", params=[(name, language) for name in MAKERS for language in ("en", "ja")], ids=str)
def outline(request: pytest.FixtureRequest) -> Outline:
    name, language = request.param
    return Outline(page(MAKERS[name], language))


def test_elements_are_closed_in_order(outline: Outline) -> None:
    assert not outline.wrong
    assert not outline.open


def test_nothing_is_fetched_and_nothing_acts(outline: Outline) -> None:
    for tag, attributes in outline.elements:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base"}
        assert not [name for name in attributes if name.startswith("on") or name in {"src", "style", "srcset"}]
        href = attributes.get("href")
        assert href is None or href.startswith("#")
    assert [tag for tag, _ in outline.elements].count("script") == 1
    assert [tag for tag, _ in outline.elements].count("style") == 1


def test_ids_are_unique_and_links_lead_to_them(outline: Outline) -> None:
    ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {(attributes.get("href") or "#")[1:] for tag, attributes in outline.elements if tag == "a"}
    labels = {name for _, attributes in outline.elements for name in (attributes.get("aria-labelledby") or "").split()}
    assert links | labels <= set(ids)


def test_the_headings_go_down_one_step_at_a_time(outline: Outline) -> None:
    levels = [int(tag[1]) for tag, _ in outline.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_policy_allows_the_one_style_and_the_one_script(language: str) -> None:
    shown = page(factory.sample(), language)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', shown)
    assert policy is not None
    said = policy[1].replace("&#39;", "'")
    assert said.startswith("default-src 'none';")
    for tag in ("style", "script"):
        found = re.search(rf"<{tag}>(.*?)</{tag}>", shown, re.DOTALL)
        assert found is not None
        digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in said
    assert "unsafe" not in said


def test_the_language_is_said() -> None:
    assert '<html lang="ja">' in page(factory.sample(), "ja")
    assert '<html lang="en">' in page(factory.sample())


def test_hostile_text_is_text() -> None:
    outline = Outline(page(factory.hostile()))
    told = "".join(outline.texts)
    assert "<script>alert(1)</script>" in told
    assert "{{7*7}}" in told
    assert "<script>alert(1)" not in page(factory.hostile())


def test_everything_of_a_finding_is_there() -> None:
    told = re.sub(r"\s+", " ", "".join(Outline(page(factory.sample())).texts))
    for words in (
        "Remote Desktop in TKY-FGT60F:internal is open to the internet",
        "tcp from 198.51.100.7:49152 to 203.0.113.10:13389",
        "tcp from 198.51.100.7:49152 to 192.168.10.21:3389",
        'set name "remote-maintenance"',
        "Remove the forward and its rule",
        "SC-7(5), AC-17(3)",
        "it depends on schedule business-hours",
        "accepted by waivers.yaml:3",
        "2 findings follow from it",
        "traffic inside one segment",
        factory.mark(factory.PATH),
        "config firewall shaping-policy",
    ):
        assert words in told, words


def test_marked_lines_have_their_numbers() -> None:
    shown = page(factory.sample())
    assert '<ol start="1070"' in shown
    assert '<li class="marked"><mark>    edit 4</mark></li>' in shown
    assert "<li>config firewall policy</li>" in shown


def test_matrix_cells_say_their_word() -> None:
    outline = Outline(page(factory.sample()))
    told = "".join(outline.texts)
    for word in ("denied", "limited", "broad", "everything", "not assessed"):
        assert told.count(word) >= 2, "in the matrix and in its legend"


def test_many_zones_are_gathered_by_role() -> None:
    shown = page(factory.large(50, 0))
    table = shown[shown.index('<table class="matrix') : shown.index("</table>", shown.index('<table class="matrix'))]
    assert table.count("<tr>") == 6
    assert "10 zones" in table


def test_many_findings_stay_a_readable_file() -> None:
    shown = page(factory.large(200, 5000))
    assert len(shown.encode()) < 3_000_000
    assert shown.count('id="f-') == 5000
