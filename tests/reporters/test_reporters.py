"""What holds for every reporter: the same bytes on repeat, both languages, no text that acts, words for every value."""

import re
from dataclasses import replace

import pytest

from segaudit.findings import wording
from segaudit.findings.openness import Openness
from segaudit.findings.report import Report
from segaudit.model import Certainty, Severity
from segaudit.model.ledger import LineState
from segaudit.pipeline.discover import reporters
from segaudit.reporter import Reporter, ReporterOptions
from segaudit.zones.graph import SegmentKind
from tests.reporters import factory

REPORTS = {
    "sample": factory.sample(),
    "clean": factory.clean(),
    "nothing": factory.nothing(),
    "hostile": factory.hostile(),
    "large": factory.large(30, 200),
}
EVERY = list(reporters().values())


def text(reporter: Reporter, report: Report, language: str = "en") -> str:
    rendered = reporter.render(report, ReporterOptions(language=language))
    assert isinstance(rendered, str), "the binary ones have tests of their own"
    return rendered


def test_the_four_of_the_first_version_are_there() -> None:
    assert {"text", "json", "sarif", "html"} <= set(reporters())


@pytest.mark.parametrize("reporter", EVERY, ids=lambda one: one.name)
@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_same_report_gives_the_same_bytes(reporter: Reporter, name: str, language: str) -> None:
    first = text(reporter, REPORTS[name], language)
    assert first == text(reporter, REPORTS[name], language)
    assert first.endswith("\n")
    assert "\r" not in first


@pytest.mark.parametrize("reporter", EVERY, ids=lambda one: one.name)
def test_control_and_formatting_characters_do_not_get_through(reporter: Reporter) -> None:
    rendered = text(reporter, REPORTS["hostile"])
    assert not set(rendered) & set("\x1b\u202e\x00")


@pytest.mark.parametrize("reporter", EVERY, ids=lambda one: one.name)
def test_every_finding_that_counts_is_told(reporter: Reporter) -> None:
    rendered = re.sub(r"\s+", " ", text(reporter, REPORTS["sample"]))
    for finding in REPORTS["sample"].findings:
        if finding.counts:
            assert str(finding.title) in rendered
    assert "13389" in rendered


@pytest.mark.parametrize("reporter", EVERY, ids=lambda one: one.name)
def test_nothing_read_says_what_to_do(reporter: Reporter) -> None:
    assert "check the path" in text(reporter, REPORTS["nothing"])


def test_there_is_a_word_for_every_value() -> None:
    assert set(wording.SEVERITIES) == set(Severity)
    assert set(wording.CERTAINTIES) == set(Certainty)
    assert set(wording.OPENNESS) == set(wording.OPENNESS_MEANINGS) == set(wording.BY_OPENNESS) == set(Openness)
    assert set(wording.STATES) == {state.name.lower() for state in LineState} - {"blank"}
    assert set(wording.SEGMENT_KINDS) == {kind.value for kind in SegmentKind}


def test_a_cause_is_told_with_all_that_follows_from_it() -> None:
    heads = wording.headlines(factory.FINDINGS)
    assert [head.finding.check for head in heads] == [
        "inbound-remote-desktop",
        "default-permit",
        "inbound-remote-desktop",
    ]
    assert heads[1].consequences == (factory.SIDEWAYS, factory.SMB)
    assert heads[1].worst == Severity.HIGH


def test_a_cause_that_is_not_there_or_turns_back_is_none() -> None:
    lost = replace(factory.SMB, cause="0" * 64)
    assert [head.finding for head in wording.headlines([lost])] == [lost]
    one = replace(factory.SMB, fingerprint="1" * 64, cause="2" * 64)
    other = replace(factory.SMB, fingerprint="2" * 64, cause="1" * 64)
    (head,) = wording.headlines([one, other])
    assert (head.finding, head.consequences) == (one, (other,))


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (factory.sample(), "one|gap that must be closed now"),
        (factory.clean(), "the separation holds"),
        (factory.nothing(), "Nothing could be judged"),
        (factory.without_internet(), "what the internet reaches could not be judged"),
        (factory.without_networks(), "no zone behind the devices"),
    ],
)
def test_the_verdict_never_says_more_than_was_read(report: Report, words: str) -> None:
    assert re.search(words, str(wording.verdict(report)))


@pytest.mark.parametrize(
    ("report", "judged"),
    [
        (factory.clean(), {1, 2, 3}),
        (factory.without_internet(), {2, 3}),
        (factory.without_networks(), set()),
        (replace(factory.clean(), devices=()), set()),
    ],
    ids=["whole", "no internet", "no networks", "nothing"],
)
def test_a_question_that_could_not_be_put_is_not_judged(report: Report, judged: set[int]) -> None:
    run = report.checks[0]
    asked = replace(report, checks=tuple(replace(run, question=question) for question in (1, 2, 3)))
    assert {answer.question for answer in wording.answers(asked) if answer.judged} == judged
    shown = {one.name: text(one, asked) for one in EVERY if one.name in ("text", "html")}
    assert shown["text"].count("  not judged\n") == shown["html"].count("<td>not judged</td>") == 3 - len(judged)
    assert ('class="verdict sev-none"' in shown["html"]) == (len(judged) == 3), "green is for what was judged"


def test_completeness_names_what_is_missing() -> None:
    assert "3 of 1215 lines" in str(wording.completeness(factory.sample()))
    assert str(wording.completeness(factory.nothing())).startswith("Not complete: one input")


def test_the_matrix_of_many_zones_shows_the_most_open_cell_of_each_pair_of_roles() -> None:
    report = factory.large(60, 0)
    grid = wording.grid(report, 24)
    assert grid.by_role
    assert len(grid.rows) == 5
    assert grid.rows[0].key == "internet"
    roles = {zone.name: zone.role for zone in report.zones}
    for (src, dst), cell in grid.cells.items():
        here = [c.permitted for c in report.matrix if (roles[c.from_zone], roles[c.to_zone]) == (src, dst)]
        assert cell.permitted == max(here, key=wording.BY_OPENNESS.index)


def test_devices_themselves_are_columns_behind_the_zones() -> None:
    grid = wording.grid(factory.sample(), 24)
    assert [row.key for row in grid.rows] == ["internet", *factory.NAMES[:3]]
    assert [column.key for column in grid.columns] == [*(row.key for row in grid.rows), "self@TKY-FGT60F"]
    assert str(grid.columns[-1].label) == "device TKY-FGT60F"
    assert grid.cells["internet", "self@TKY-FGT60F"].services == ("https", "ssh")
    gathered = wording.grid(factory.sample(), 2)
    assert str(gathered.columns[-1].label) == "the one device itself"


def test_zones_lose_their_device_where_there_is_only_one() -> None:
    assert wording.zone_labels(factory.sample())["TKY-FGT60F:internal"] == "internal"
    many = factory.large(9, 0)
    assert wording.zone_labels(many)["FW1:zone-001"] == "FW1:zone-001"
