"""The table of routes that people write."""

from pathlib import Path

import pytest

from segaudit.model import LineState, RouteKind, SourceFile, parse_address
from segaudit.parser import DETECTION_THRESHOLD, ParseResult
from segaudit.parsers.route_table import PARSER

FIXTURES = Path(__file__).parent / "fixtures"


def read(text: str, path: str = "routes.csv") -> ParseResult:
    """``text`` as one file."""
    return PARSER.parse((SourceFile(path=path, lines=tuple(text.splitlines())),))


def test_a_table() -> None:
    made = read((FIXTURES / "routes.csv").read_text())
    assert (made.devices, made.failures) == ((), ())
    core, edge = made.captures
    assert (core.device, edge.device) == ("core1", "edge")
    assert core.tables == {("", 4), ("GUEST", 4)}
    assert edge.tables == {("", 6)}
    shown = [(str(r.prefix), r.next_hop, r.interface, r.distance, r.vrf, r.kind) for r in core.routes]
    assert shown == [
        ("0.0.0.0/0", parse_address("10.0.0.1")[1], "", 110, "", RouteKind.STATIC),
        ("10.9.0.0/16", parse_address("10.0.0.5")[1], "GigabitEthernet0/1", 110, "", RouteKind.STATIC),
        ("0.0.0.0/0", parse_address("10.50.0.9")[1], "", 1, "GUEST", RouteKind.STATIC),
        ("10.0.0.0/8", None, "", 254, "", RouteKind.DISCARD),
    ]
    assert core.routes[0].span.first_line == 3
    (ledger,) = made.ledgers
    assert (ledger.count(LineState.MODELLED), ledger.count(LineState.IRRELEVANT)) == (7, 1)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("core1,10.0.0.0/33,10.0.0.1,", "10.0.0.0/33 is no prefix"),
        ("core1,,10.0.0.1,", "nothing is no prefix"),
        ("core1,10.0.0.0/8,,", "neither a next hop nor an interface"),
        ("core1,10.0.0.0/8,fw1,", "fw1 is no address"),
        ("core1,10.0.0.0/8,2001:db8::1,", "2001:db8::1 is of another family than the prefix"),
        ("core1,10.0.0.0/8,10.0.0.1,near", "near is no distance"),
        ("core1,10.0.0.0/8,10.0.0.1,1,more", "5 cells in 4 columns"),
    ],
)
def test_a_row_that_is_no_route_is_said(row: str, problem: str) -> None:
    made = read(f"device,prefix,next_hop,distance\ncore1,0.0.0.0/0,10.0.0.1,\n{row}\n")
    (failure,) = made.failures
    assert (failure.line, failure.problem.params["problem"]) == (3, problem)
    assert made.ledgers[0].state(3) == LineState.UNRECOGNIZED
    assert len(made.captures[0].routes) == 1, "the rest is used"


def test_other_separators_and_columns() -> None:
    made = read('note;"prefix";interface\nx;10.0.0.0/8;"to-hq"\n')
    (capture,) = made.captures
    assert capture.device == "", "the file's name tells"
    assert [r.interface for r in capture.routes] == ["to-hq"]
    assert made.ledgers[0].state(1) == LineState.APPROXIMATED


def test_nothing_of_it_can_be_read() -> None:
    made = read("prefix,next_hop\n")
    assert made.captures == ()
    assert len(made.failures) == 1


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("prefix,next_hop\n10.0.0.0/8,10.0.0.1\n", True),
        ("\n# a comment\ndevice\tprefix\tinterface\n", True),
        ("name,prefix\nx,10.0.0.0/8\n", False),
        ("ip route 0.0.0.0 0.0.0.0 10.0.0.1\n", False),
        ("", False),
    ],
)
def test_it_is_known_by_its_columns(text: str, *, sure: bool) -> None:
    source = SourceFile(path="x", lines=tuple(text.splitlines()))
    assert (PARSER.detect(source).score >= DETECTION_THRESHOLD) == sure
