"""Rows to captured routing tables, one for each device that the table names."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from segaudit.model import (
    Failure,
    LedgerBuilder,
    Prefix,
    Route,
    RouteCapture,
    RouteKind,
    SourceFile,
    msg,
    parse_address,
    parse_prefix,
)
from segaudit.parser import ParseResult
from segaudit.parsers.route_table.config import Row, Table, read_table

#: Connected networks follow from the interfaces of the configuration.
_CONNECTED: Final = frozenset({"c", "l", "connected", "direct", "local", "kernel"})
_DISCARDING: Final = frozenset({"discard", "blackhole", "null", "null0", "reject", "unreachable"})
_NOTHING: Final = frozenset({"", "-", "none", "n/a"})
#: Of tables in which the global one has a name.
_GLOBAL: Final = frozenset({"", "-", "default", "global", "main"})


def parse(sources: tuple[SourceFile, ...]) -> ParseResult:
    """The captured tables of each file."""
    ledgers = []
    captures: list[RouteCapture] = []
    failures: list[Failure] = []
    for source in sources:
        ledger = LedgerBuilder(source)
        found = _convert(source, read_table(source), ledger, failures)
        captures += found
        ledgers.append(ledger.finish())
        if not found:
            problem = msg("no route of it can be read: one line for each is 'device,vrf,prefix,next_hop,interface'")
            failures.append(Failure(path=source.path, line=None, problem=problem))
    return ParseResult(devices=(), ledgers=tuple(ledgers), failures=tuple(failures), captures=tuple(captures))


def _convert(source: SourceFile, table: Table, ledger: LedgerBuilder, failures: list[Failure]) -> list[RouteCapture]:
    for line in table.comments:
        ledger.irrelevant(line, "comment")
    if table.header_line:
        ledger.modelled(table.header_line)
        if table.strange:
            reason = f"columns that say nothing of where packets go: {', '.join(table.strange)}"
            ledger.approximated(table.header_line, reason)
    tables: dict[str, set[tuple[str, int]]] = defaultdict(set)
    routes: dict[str, list[Route]] = defaultdict(list)
    places: dict[str, list[int]] = defaultdict(list)
    for row in table.rows:
        try:
            device, vrf, prefix, route = _read(row, source)
        except ValueError as error:
            ledger.unrecognized(row.line, str(error))
            problem = msg("the line is no route of a table: {problem}", problem=str(error))
            failures.append(Failure(path=source.path, line=row.line, problem=problem))
            continue
        ledger.modelled(row.line)
        tables[device].add((vrf, prefix.version))
        places[device].append(row.line)
        if route is not None:
            routes[device].append(route)
    return [
        RouteCapture(
            device=device,
            span=source.span(min(places[device]), max(places[device])),
            tables=frozenset(tables[device]),
            routes=tuple(routes[device]),
        )
        for device in tables
    ]


def _read(row: Row, source: SourceFile) -> tuple[str, str, Prefix, Route | None]:
    """Device, VRF and prefix of a row, and its route where it is not a connected network; `ValueError` says what is wrong."""
    if row.problem:
        raise ValueError(row.problem)
    cells = row.cells
    text = cells.get("prefix", "")
    try:
        prefix = Prefix(4, 0, 0) if text.lower() == "default" else parse_prefix(text)
    except ValueError:
        raise ValueError(f"{text or 'nothing'} is no prefix") from None
    vrf = cells.get("vrf", "")
    vrf = "" if vrf.lower() in _GLOBAL else vrf
    protocol, interface = cells.get("protocol", "").lower(), cells.get("interface", "")
    if protocol in _CONNECTED:
        return cells.get("device", ""), vrf, prefix, None
    discard = protocol in _DISCARDING or interface.lower() in _DISCARDING
    hop = _hop(cells.get("next_hop", ""), prefix.version)
    if interface in _NOTHING:
        interface = ""
    if not discard and hop is None and not interface:
        raise ValueError("neither a next hop nor an interface")
    distance = cells.get("distance", "")
    if distance and not distance.isdigit():
        raise ValueError(f"{distance} is no distance")
    route = Route(
        prefix=prefix,
        span=source.span(row.line),
        next_hop=None if discard else hop,
        interface="" if discard else interface,
        distance=int(distance or 1),
        vrf=vrf,
        kind=RouteKind.DISCARD if discard else RouteKind.STATIC,
    )
    return cells.get("device", ""), vrf, prefix, route


def _hop(text: str, version: int) -> int | None:
    if text.lower() in _NOTHING:
        return None
    try:
        found = parse_address(text)
    except ValueError:
        raise ValueError(f"{text} is no address") from None
    if found[0] != version:
        raise ValueError(f"{text} is of another family than the prefix")
    # All zeros: attached.
    return found[1] or None
