"""What people send: Shift_JIS, a terminal's pager and its wrapped lines, a file that ends early."""

from __future__ import annotations

import unicodedata

import pytest

from segaudit.model import Device, LineState
from segaudit.parser import ParseResult
from segaudit.pipeline.collect import RawFile
from segaudit.pipeline.discover import parsers
from segaudit.pipeline.parse import Group, parse_group
from segaudit.pipeline.recognize import Recognized, recognize
from tests.parsers.yamaha_rtx.reading import FIXTURES, fixture

PLAIN = (FIXTURES / "kyoto-rtx830.conf").read_text(encoding="utf-8")


def read(data: bytes) -> tuple[Recognized, ParseResult]:
    """A file as the pipeline reads it: the format found by its content alone."""
    one = recognize(RawFile(path="saved.log", data=data, wanted=True), parsers(), (), debug=True)
    assert isinstance(one, Recognized)
    return one, parse_group(Group(parser=one.parser, sources=(one.source,)), debug=True)


def wrapped(line: str, width: int = 80) -> list[str]:
    """A line as a window of so many columns shows it; a wide character is not cut in two."""
    rows, row, used = [], "", 0
    for char in line:
        wide = 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if used + wide > width:
            rows.append(row)
            row, used = "", 0
        row += char
        used += wide
    return [*rows, row]


def session(text: str) -> str:
    """What a terminal wrote when somebody logged in and asked for the configuration."""
    shown: list[str] = []
    for line in text.splitlines():
        shown += wrapped(line)
    paged = [("---つづく---\r            \r" + line) if n and n % 23 == 0 else line for n, line in enumerate(shown)]
    return "\r\n".join(
        ["Password: ", "", "> administrator", "Password: ", "# show config", *paged, "# exit", "> exit", ""]
    )


def same(device: Device, other: Device) -> bool:
    """Whether two devices permit the same: lists, addresses, translations, wherever the lines stand."""

    def rules(one: Device) -> list[object]:
        return [
            (s.name, s.default, [(r.id, r.action, r.source, r.destination, r.service) for r in s.rules])
            for s in one.rule_sets
        ]

    addresses = [
        [(i.name, i.description, [a.prefix for a in i.addresses]) for i in d.interfaces] for d in (device, other)
    ]
    return rules(device) == rules(other) and addresses[0] == addresses[1]


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig"])
def test_encodings(encoding: str) -> None:
    one, result = read(PLAIN.replace("\n", "\r\n").encode(encoding))
    assert one.parser == "yamaha_rtx"
    assert same(result.devices[0], fixture("kyoto-rtx830.conf").devices[0])


def test_a_captured_session_in_shift_jis() -> None:
    one, result = read(session(PLAIN).encode("cp932"))
    (device,) = result.devices
    assert one.parser == "yamaha_rtx"
    assert same(device, fixture("kyoto-rtx830.conf").devices[0])
    assert not result.ledgers[0].lines(LineState.UNRECOGNIZED)


def test_a_file_that_ends_anywhere() -> None:
    """Every line is accounted for, and what stands before the end says what it says in the whole file."""
    lines = PLAIN.splitlines()
    for end in range(8, len(lines), 7):
        text = "\n".join(lines[:end])
        for data in (text, text[: -len(lines[end - 1]) // 2 or None]):
            one, result = read(data.encode("cp932", errors="ignore"))
            (ledger,) = result.ledgers
            assert one.parser == "yamaha_rtx"
            assert len(ledger.states) == len(one.source.lines)
            assert len(ledger.lines(LineState.UNRECOGNIZED)) <= 1


def test_lines_in_another_order_say_the_same() -> None:
    """A configuration is a list of commands; only `pp select` and `tunnel select` reach to the next one."""
    head: list[str] = []
    numbered: list[str] = []
    for line in PLAIN.splitlines():
        (numbered if line.startswith(("ip filter ", "nat descriptor", "dhcp ")) else head).append(line)
    _, result = read("\n".join([*numbered, *head]).encode())
    assert {s.name: [r.id for r in s.rules] for s in result.devices[0].rule_sets} == {
        s.name: [r.id for r in s.rules] for s in fixture("kyoto-rtx830.conf").devices[0].rule_sets
    }
