"""Routing tables that somebody wrote down as CSV: what a routing protocol decides, for devices whose output is no capture."""

from __future__ import annotations

from segaudit.model import SourceFile
from segaudit.parser import Parser, ParseResult
from segaudit.parsers.route_table.detect import detect


def _parse(sources: tuple[SourceFile, ...]) -> ParseResult:
    from segaudit.parsers.route_table.convert import parse

    return parse(sources)


PARSER = Parser(
    name="route_table",
    title="Routing tables as CSV (device, vrf, prefix, next_hop, interface, protocol, distance)",
    vendor="",
    detect=detect,
    parse=_parse,
)
