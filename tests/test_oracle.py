"""The tracer agrees with the recorded verdicts of Batfish, of Linux, and of the policies that were written many times."""

from datetime import date
from pathlib import Path

import pytest

from segaudit.semantics.trace_flows import flow_of
from tests.material import needs_shared
from tests.oracle import PARSERS, Agreement, Compared, Explanation, Report, compare, explanations
from tests.oracle_sets import Case, Question


@needs_shared
@pytest.mark.parametrize(
    ("set_name", "parser"), [(set_name, parser) for set_name, parsers in PARSERS.items() for parser in parsers]
)
def test_every_difference_is_explained(shared: Path, set_name: str, parser: str) -> None:
    report = compare(shared, set_name, parser)
    assert report.rows
    shown = [
        (row.case.path, row.question.flow.id, row.question.expected, row.ours, row.why) for row in report.unexplained
    ]
    assert shown[:20] == []
    assert report.miscounted == []


def test_every_explanation_says_who_is_right_and_why() -> None:
    for explanation in explanations():
        assert explanation.right in ("ours", "oracle"), explanation
        assert len(explanation.word) > 40, explanation
        assert explanation.rows > 0, explanation


def _row(line: str, ours: str) -> Compared:
    flow = flow_of({"protocol": "gre", "src_ip": "192.0.2.1", "dst_ip": "192.0.2.2"})
    question = Question(flow=flow, list_name="OUT", line=line, expected="deny")
    case = Case(
        set_name="filters", parser="cisco_ios", path="r1", lines=(), as_of=date(2026, 1, 1), questions=(question,)
    )
    return Compared(case=case, question=question, ours=ours, agreement=Agreement.DIFFERS, why="")


def test_an_explanation_covers_what_it_says_and_fails_when_it_is_gone() -> None:
    one = Explanation(
        set="filters",
        format="cisco_ios",
        file="r*",
        line="permit*log-input",
        rows=2,
        oracle="deny",
        ours="permit",
        right="ours",
        word="log-input asks for logging only",
    )
    assert one.covers(_row("permit ip any any log-input", "permit"))
    assert not one.covers(_row("permit ip any any", "permit"))
    assert not one.covers(_row("permit ip any any log-input", "unknown"))
    report = Report(set_name="filters", parser="cisco_ios", explained={one: 1})
    assert report.fails
    assert report.miscounted == ["r* / * / permit*log-input: 1 rows differ so, 2 are explained"]
    assert not Report(set_name="filters", parser="cisco_ios", explained={one: 2}).fails
