"""The report for the terminal."""

import re
from itertools import pairwise

import pytest

from segaudit.findings.report import Report
from segaudit.knowledge.columns import columns_of
from segaudit.reporter import ReporterOptions
from segaudit.reporters.text import REPORTER
from tests.reporters import factory


def text(report: Report, **options: bool | int | str) -> str:
    rendered = REPORTER.render(report, ReporterOptions(**options))  # type: ignore[arg-type]  # by keyword, in tests
    assert isinstance(rendered, str)
    return rendered


def sections(report: Report) -> list[str]:
    """The headings, in their order."""
    lines = text(report).splitlines()
    return [above for above, line in pairwise(lines) if re.fullmatch("-{4,}", line)]


def test_the_verdict_stands_first() -> None:
    lines = text(factory.sample()).splitlines()
    assert lines[1] == "segaudit 0.1.0, policy bigman-4, as of 2026-11-01"
    assert lines[3] == "The separation has a gap that must be closed now."
    assert lines[4] == "4 findings: 1 critical, 1 high, 1 medium, 1 low"


def test_the_parts_have_their_order() -> None:
    assert sections(factory.sample()) == [
        "The questions",
        "Who may open connections to whom (rows: from, columns: to)",
        "Inbound: what can be reached from the internet",
        "Default permit: allowed because nothing forbade it",
        "What was not judged",
        "What was read",
    ]


def test_what_follows_stands_indented_under_its_cause() -> None:
    shown = text(factory.sample())
    cause = shown.index("HIGH  FORWARD on TKY-FGT60F permits what no rule names (possible)")
    follows = shown.index("    MEDIUM  TKY-FGT60F:internal reaches everything in TKY-FGT60F:guest-wifi (confirmed)")
    assert cause < shown.index("  2 findings follow from it:") < follows


def test_a_finding_shows_packet_rule_line_and_fix() -> None:
    shown = text(factory.sample())
    assert "sent      tcp from 198.51.100.7:49152 to 203.0.113.10:13389, at wan1 of TKY-FGT60F" in shown
    assert "received  tcp from 198.51.100.7:49152 to 192.168.10.21:3389" in shown
    assert "rule 4 (remote-maintenance) of root/policy" in shown
    assert "  tky-fgt60f.conf:1071-1076\n    1071 |     edit 4\n" in shown
    assert "fix       Remove the forward" in shown
    assert "uncertain  it depends on schedule business-hours" in shown


def test_an_accepted_finding_says_by_what() -> None:
    assert "accepted by waivers.yaml:3" in re.sub(r"\s+", " ", text(factory.sample()))


@pytest.mark.parametrize("zones", [3, 6, 7, 24, 25, 120])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_matrix_fits_into_a_hundred_columns(zones: int, language: str) -> None:
    for line in text(factory.large(zones, 0), language=language).splitlines():
        assert columns_of(line) <= 100, line


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_lines_keep_to_the_width(width: int) -> None:
    shown = text(factory.sample(), width=width).split("What was read")[0]
    for line in shown.splitlines():
        assert columns_of(line) <= width, line


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("make", [factory.sample, factory.clean, factory.nothing, lambda: factory.large(30, 4)])
def test_a_japanese_windows_console_can_write_it(make: object, language: str) -> None:
    assert callable(make)
    assert text(make(), language=language, verbose=True).encode("cp932")


def test_color_only_adds_escape_sequences() -> None:
    plain = text(factory.sample())
    colored = text(factory.sample(), color=True)
    assert "\x1b[" not in plain
    assert "\x1b[1;31m" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == plain


def test_verbose_shows_all() -> None:
    short, long = text(factory.large(30, 3)), text(factory.large(30, 3), verbose=True)
    assert "more (-v shows all)" in short
    assert "more (-v shows all)" not in long
    assert "README.md" in long


def test_a_clean_report_warns_of_false_safety() -> None:
    shown = text(factory.clean())
    assert "No finding is not a proof of safety" in shown
    assert "no finding by 2 checks" in shown
