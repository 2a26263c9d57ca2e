"""Routing tables as devices print them: ``show ip route``, ``show route``, ``get router info routing-table``.

IOS, NX-OS, ASA and FortiOS print one shape: a legend of codes, a heading for each table, and a line for each route with
its code, prefix, distance and metric, next hop and interface; more next hops stand on lines of their own, and a line
may break before the brackets. They are recognised by their own lines, so that they may stand in one file with a
configuration, and with the prompt that asked for them or without.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from segaudit.model import (
    Failure,
    Ledger,
    LineState,
    Prefix,
    Route,
    RouteCapture,
    RouteKind,
    SourceFile,
    msg,
    parse_address,
    parse_prefix,
)
from segaudit.syntax.capture import route_command

_LEGEND: Final = "legend of a routing table"
#: ``       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area``
_LEGEND_LINE: Final = re.compile(r"^\s+[\w*+%&>~!]{1,4} - \S.*$")
_HEADING: Final = "heading of a routing table"
_QUAD: Final = r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}"
_CODE: Final = r"(?P<code>[A-Za-z]{1,2})\*?(?:[ ]?(?:E[12]|N[12]|IA|ia|EX|L[12]|su|SI|BI))?[*+%&~!>]*[ *+%&~!>]*"
#: ``S*    0.0.0.0/0 [1/0] via …``, ``O        10.2.0.0 255.255.0.0``, ``C        10.1.1.0 is directly connected, …``
_ROUTE4: Final = re.compile(
    rf"^{_CODE}[ \t]+(?P<net>{_QUAD})(?:/(?P<length>\d+)|[ ](?P<mask>{_QUAD}))?(?P<rest>[ ,].*)?$"
)
_ROUTE6: Final = re.compile(rf"^{_CODE}[ \t]+(?P<net>[0-9A-Fa-f]*:[0-9A-Fa-f:.]*/\d+)(?P<rest>[ ,].*)?$")
#: NX-OS: ``10.1.1.0/24, ubest/mbest: 1/0, attached``
_NXOS: Final = re.compile(r"^(?P<net>[0-9A-Fa-f.:]+/\d+), ubest/mbest: \d+/\d+.*$")
_NXOS_VIA: Final = re.compile(
    r"^\s+(?P<best>\*?)via (?P<hop>[^\s,%]+)(?:%(?P<vrf>[^\s,]+))?(?P<tail>,.*)\[(?P<distance>\d+)/\d+\](?P<more>.*)$"
)
_BRACKETS: Final = re.compile(r"^\s*\[(?P<distance>\d+)/\d+\](?P<rest>.*)$")
_SUBNETTED: Final = re.compile(
    rf"^\s+(?P<net>{_QUAD})(?:/(?P<length>\d+)|[ ](?P<mask>{_QUAD}))? is (?:variably )?subnetted, .*$"
)
_MORE: Final = re.compile(r"^\s+(?:\[\d+/\d+\]|via |is directly connected|is a summary|connected by VPN).*$")
_HEADINGS: Final = (
    re.compile(r"^Routing Table: (?P<vrf>\S+)\s*$"),
    re.compile(r"^Routing table for VRF=(?P<number>\d+)\s*$"),
    re.compile(
        r"^(?P<six>IPv6) Routing Table(?: for VRF \"(?P<quoted>[^\"]+)\")?(?: - (?P<vrf>\S+))?(?: - \d+ entries)?\s*$"
    ),
    re.compile(r"^IP Route Table for VRF \"(?P<quoted>[^\"]+)\"\s*$"),
)
_NOTES: Final = re.compile(
    r"^(?:Gateway of last resort .*|Timers: .*|'.{1,12}' (?:in via output )?denotes .*|% Network not in table)$"
)
_TIME: Final = re.compile(r"^(?:\d+:\d{2}(?::\d{2})?|\d+[wdhy]\d*\w*|never|uptime\b.*)$")
_IPV4_TABLE: Final = frozenset({"C", "L", "LC", "c"})
_NXOS_OWN: Final = frozenset({"direct", "local", "hsrp", "vrrp", "vrrpv3", "glbp"})
#: What a command that asks for all of a table may say behind ``route`` or ``routing-table``.
_WHOLE: Final = re.compile(
    r"(?i)^(?:vrf (?:\*|\S+)|all|details|database|management-only|ipv4|ipv6|unicast|table all)?$"
)
_ROUTE_WORD: Final = re.compile(r"(?i)\b(?:route|routing-table)\b\s*(?P<rest>.*)$")


@dataclass(slots=True)
class _Section:
    """One run of lines that a routing table takes: from line ``first`` to ``last``, 1-based."""

    first: int
    host: str = ""
    command: str | None = None
    vrf: str = ""
    version: int = 4
    last: int = 0
    routes: list[Route] = field(default_factory=list)
    seen: dict[tuple[str, int], bool] = field(default_factory=dict)
    """The tables, and whether a connected network stood in each."""
    marked: list[Route] = field(default_factory=list)
    """Those that a database marks as selected; where one is, the others are not used."""
    #: What a line that goes on refers to.
    code: str = ""
    prefix: Prefix | None = None
    distance: int = 0
    subnet_length: int | None = None
    selected: bool = False

    @property
    def whole(self) -> bool:
        """Whether all of the tables is shown: the command asked for all, or their connected networks are there too."""
        if self.command is not None:
            found = _ROUTE_WORD.search(self.command)
            return found is None or _WHOLE.match(found["rest"].strip()) is not None
        return bool(self.seen) and all(self.seen.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The routing tables of one file, and the file without them, line for line.

    ``states`` are those of their lines. ``partial`` are the first lines of tables of which only a part is shown.
    """

    captures: tuple[RouteCapture, ...]
    rest: SourceFile
    states: MappingProxyType[int, tuple[LineState, str]]
    partial: tuple[int, ...] = ()

    @property
    def alone(self) -> bool:
        """Whether the file holds nothing else."""
        return bool(self.states) and not any(line and not line.isspace() for line in self.rest.lines)

    def into(self, ledger: Ledger) -> Ledger:
        """The ledger of ``rest`` with the lines of the tables."""
        if not self.states:
            return ledger
        states = bytearray(ledger.states)
        reasons = dict(ledger.reasons)
        for line, (state, reason) in self.states.items():
            states[line - 1] = state
            if reason:
                reasons[line] = reason
        return replace(ledger, states=bytes(states), reasons=MappingProxyType(dict(sorted(reasons.items()))))

    def failures(self) -> tuple[Failure, ...]:
        """What cannot be used."""
        problem = msg(
            "only a part of a routing table is shown, which is not used: save all of it, as the command without a"
            " destination or a filter prints it"
        )
        return tuple(Failure(path=self.rest.path, line=line, problem=problem) for line in self.partial)


def printed_by(lines: Sequence[str], most: int = 1000) -> str:
    """Whose routing table a text begins with, by its legend or heading: ``ios``, ``asa``, ``fortios``; empty: nobody's."""
    found = ""
    for line in lines[:most]:
        if line[:1] not in _FIRST_LETTERS and not found:
            continue
        if line.startswith("Routing table for VRF=") or " K - kernel" in line[:20]:
            return "fortios"
        if _begins(line):
            found = "ios"
        elif found and (route := _ROUTE4.match(line)) is not None and route["mask"] is not None:
            return "asa"
        elif (asked := route_command(line)) is not None and asked[2].lower().startswith("get "):
            return "fortios"
    return found


#: What headings, legends and prompts begin with is checked first: configurations have many lines.
_FIRST_LETTERS: Final = frozenset("CRI")


def _begins(line: str) -> bool:
    return line[:1] in _FIRST_LETTERS and (line.startswith("Codes: ") or any(h.match(line) for h in _HEADINGS))


def take_route_tables(source: SourceFile, interface: Callable[[str], str] = str) -> Taken:
    """The routing tables in ``source``; ``interface`` is what the configuration calls an interface that a table names."""
    if not any(_begins(line) for line in source.lines):
        return Taken(captures=(), rest=source, states=MappingProxyType({}))
    states: dict[int, tuple[LineState, str]] = {}
    captures: list[RouteCapture] = []
    partial: list[int] = []
    for section, marks in _sections(source, interface):
        if section.whole:
            states.update(marks)
            captures.append(
                RouteCapture(
                    device=section.host,
                    span=source.span(section.first, section.last),
                    tables=frozenset(section.seen),
                    routes=tuple(section.marked or section.routes),
                )
            )
            continue
        partial.append(section.first)
        for number, (state, reason) in marks.items():
            used = state is LineState.MODELLED
            states[number] = (LineState.UNSUPPORTED, "only a part of a routing table") if used else (state, reason)
    rest = tuple("" if number in states else line for number, line in source.numbered())
    return Taken(
        captures=tuple(captures),
        rest=replace(source, lines=rest),
        states=MappingProxyType(states),
        partial=tuple(partial),
    )


_Marks = dict[int, tuple[LineState, str]]


def _sections(source: SourceFile, interface: Callable[[str], str]) -> Iterator[tuple[_Section, _Marks]]:
    """The runs of lines that belong to one output, with the states of the lines."""
    at, end = 0, len(source.lines)
    while at < end:
        section = _begun(source.lines, at)
        if section is None:
            at += 1
            continue
        marks: _Marks = {}
        while at < end:
            line = source.lines[at]
            if not line or line.isspace():
                at += 1
                continue
            asked = route_command(line)
            if asked is not None and at + 1 != section.first:
                break
            mark = _take(section, line, source, at + 1, interface)
            if mark is None:
                break
            marks[at + 1] = mark
            section.last = at + 1
            at += 1
        if section.command is not None and section.whole and not section.seen:
            section.seen[section.vrf, section.version] = True
        if section.seen:
            yield section, marks
        at = max(at, section.first)


def _begun(lines: tuple[str, ...], at: int) -> _Section | None:
    """The section that begins at a line: with the prompt that asked for it, a heading, or the legend."""
    line = lines[at]
    asked = route_command(line)
    if asked is not None:
        host, mode, command = asked
        section = _Section(first=at + 1, host=f"{host}/{mode}" if mode and mode != "global" else host, command=command)
        words = command.lower().split()
        if "vrf" in words[:-1] and command.split()[words.index("vrf") + 1] != "*":
            section.vrf = _vrf(command.split()[words.index("vrf") + 1])
        if "ipv6" in words or "info6" in words:
            section.version = 6
        if "management-only" in words:
            section.vrf = "management-only"
        return section
    if _begins(line):
        return _Section(first=at + 1)
    return None


def _vrf(name: str) -> str:
    """What a table is called in the model: the global one has no name."""
    return "" if name.lower() in ("default", "global") else name


def _take(
    section: _Section, line: str, source: SourceFile, number: int, interface: Callable[[str], str]
) -> tuple[LineState, str] | None:
    """The state of a line of a routing table; ``None``: it is none."""
    if number == section.first and section.command is not None:
        return LineState.MODELLED, ""
    for heading in _HEADINGS:
        found = heading.match(line)
        if found is not None:
            named = {k: v for k, v in found.groupdict().items() if v is not None}
            section.version = 6 if "six" in named else 4
            number_of = named.get("number", "")
            named_vrf = named.get("vrf") or named.get("quoted")
            if number_of:
                section.vrf = "" if number_of == "0" else number_of
            elif named_vrf:
                section.vrf = _vrf(named_vrf)
            section.prefix = None
            return LineState.MODELLED, ""
    if line.startswith("Codes: ") or _LEGEND_LINE.match(line):
        return LineState.IRRELEVANT, _LEGEND
    if _NOTES.match(line):
        return LineState.IRRELEVANT, _HEADING
    return _route_line(section, line, source, number, interface)


def _route_line(
    section: _Section, line: str, source: SourceFile, number: int, interface: Callable[[str], str]
) -> tuple[LineState, str] | None:
    found = _SUBNETTED.match(line)
    if found is not None:
        section.subnet_length = _length(found["length"], found["mask"])
        return LineState.IRRELEVANT, _HEADING
    found = _NXOS.match(line)
    if found is not None:
        section.prefix, section.code = _prefix(found["net"]), ""
        return (LineState.MODELLED, "") if section.prefix is not None else None
    found = _NXOS_VIA.match(line)
    if found is not None and section.prefix is not None:
        _nxos_way(section, found, source, number, interface)
        return LineState.MODELLED, ""
    found = _ROUTE4.match(line) or _ROUTE6.match(line)
    if found is not None:
        rest = found["rest"] or ""
        if rest.strip() and not re.match(
            r"^(?:,? ?tag \d+|[ ]*(?:\[\d+/\d+\]|via |is |connected by ).*)", rest.lstrip(",")
        ):
            return None
        given = found.groupdict()
        prefix = _prefix(found["net"]) if ":" in found["net"] else _prefix4(section, given)
        if prefix is None:
            return None
        section.prefix, section.code = prefix, found["code"]
        section.version = prefix.version
        section.distance = 0
        section.selected = ">" in line[: line.find(found["net"])]
        table = (section.vrf, prefix.version)
        section.seen[table] = section.seen.get(table, False) or section.code in _IPV4_TABLE
        _way(section, rest, source, number, interface)
        return LineState.MODELLED, ""
    if _MORE.match(line) and section.prefix is not None:
        _way(section, line, source, number, interface)
        return LineState.MODELLED, ""
    return None


def _prefix4(section: _Section, given: dict[str, str | None]) -> Prefix | None:
    """The prefix of an IPv4 route; without a length it has that of the network that its line stands under."""
    length = _length(given.get("length"), given.get("mask"))
    if length is None:
        length = section.subnet_length
    return _prefix(f"{given['net']}/{length}") if length is not None else None


def _length(length: str | None, mask: str | None) -> int | None:
    if length is not None:
        return int(length)
    if mask is None:
        return None
    inverse = parse_address(mask)[1] ^ 0xFFFFFFFF
    return 32 - inverse.bit_length() if not inverse & (inverse + 1) else None


def _prefix(text: str) -> Prefix | None:
    try:
        return parse_prefix(text)
    except ValueError:
        return None


def _way(section: _Section, text: str, source: SourceFile, number: int, interface: Callable[[str], str]) -> None:
    """What one line says of a way: the distance, and behind it a next hop, an interface, or both; or nothing yet."""
    assert section.prefix is not None, "only lines of a route get here"
    brackets = _BRACKETS.match(text)
    if brackets is not None:
        section.distance = int(brackets["distance"])
        text = brackets["rest"]
    text = text.strip(" ,")
    if section.code in _IPV4_TABLE or text.startswith("connected by VPN"):
        return
    hop: int | None = None
    name = ""
    vrf: str | None = None
    metric = 0
    if text.startswith("via "):
        text, vrf = _without_brackets(text[4:])
        for place, part in enumerate(p.strip() for p in text.split(",")):
            tunnel = part.split()
            if place == 0 and (address := _address(part, section.prefix.version)) is not None:
                hop = address or None
            elif len(tunnel) == 3 and tunnel[1] == "tunnel":
                name = tunnel[0]
            elif part.startswith("["):
                metric = int(part.strip("[]").partition("/")[0] or 0)
            elif part in ("directly connected", "receive") or part.startswith("tag ") or not part or _TIME.match(part):
                continue
            else:
                name = name or part
    elif text.startswith(("is directly connected", "is a summary")):
        for part in (p.strip() for p in text.split(",")[1:]):
            if part.startswith("["):
                metric = int(part.strip("[]").partition("/")[0] or 0)
            elif not _TIME.match(part):
                name = part
    else:
        return
    _add(section, source, number, hop, interface(name) if name else "", vrf, metric)


def _nxos_way(
    section: _Section, found: re.Match[str], source: SourceFile, number: int, interface: Callable[[str], str]
) -> None:
    assert section.prefix is not None, "only lines of a route get here"
    table = (section.vrf, section.prefix.version)
    words = [word.strip() for word in found["more"].split(",") if word.strip()]
    own = bool(_NXOS_OWN & set(words))
    section.seen[table] = section.seen.get(table, False) or own
    if own or not found["best"]:
        return
    section.distance = int(found["distance"])
    hop = _address(found["hop"], section.prefix.version)
    name = found["tail"].strip(" ,") or (found["hop"] if hop is None else "")
    vrf = _vrf(found["vrf"]) if found["vrf"] else None
    _add(section, source, number, hop, interface(name) if name else "", vrf, 0)


def _without_brackets(text: str) -> tuple[str, str | None]:
    """``text`` without what stands in round brackets; what stands there is a VRF, or how a next hop is reached."""
    found = re.search(r"\s*\(([^()]*)\)", text)
    if found is None:
        return text, None
    inside = found[1].strip()
    outside = text[: found.start()] + text[found.end() :]
    if inside.startswith("recursive"):
        way = re.search(r"(?:is directly connected, |via \S+, )(\S+)|via (\S+) tunnel", inside)
        name = (way[1] or way[2]) if way is not None else ""
        return (f"{outside}, {name}" if name else outside), None
    return outside, _vrf(inside)


def _address(text: str, version: int) -> int | None:
    try:
        found = parse_address(text)
    except ValueError:
        return None
    return found[1] if found[0] == version else None


def _add(
    section: _Section,
    source: SourceFile,
    number: int,
    hop: int | None,
    name: str,
    vrf: str | None,
    metric: int,
) -> None:
    assert section.prefix is not None, "only lines of a route get here"
    discard = name.lower().startswith(("null", "blackhole"))
    if hop is None and not name:
        return
    route = Route(
        prefix=section.prefix,
        span=source.span(number),
        next_hop=None if discard else hop,
        interface="" if discard else name,
        distance=section.distance,
        metric=metric,
        vrf=section.vrf,
        kind=RouteKind.DISCARD if discard else RouteKind.STATIC,
        next_hop_vrf=vrf,
    )
    (section.marked if section.selected else section.routes).append(route)
