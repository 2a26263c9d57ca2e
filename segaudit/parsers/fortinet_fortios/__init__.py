"""Fortinet FortiOS: backups, `show` and `show full-configuration` of FortiGate firewalls, with VDOMs or without."""

from __future__ import annotations

from segaudit.model import Device, Ledger, SourceFile
from segaudit.parser import Parser, ParseResult
from segaudit.parsers.fortinet_fortios.detect import detect
from segaudit.parsers.fortinet_fortios.secrets import SECRETS
from segaudit.syntax.route_table import take_route_tables

__all__ = ["PARSER"]


def _parse(sources: tuple[SourceFile, ...]) -> ParseResult:
    """Every file is a device, or several of one unit (VDOMs), or routing tables of one."""
    from segaudit.parsers.fortinet_fortios.config import read_fortios
    from segaudit.parsers.fortinet_fortios.convert import convert

    devices: list[Device] = []
    ledgers: list[Ledger] = []
    tables = [take_route_tables(source) for source in sources]
    for taken in tables:
        file = read_fortios(taken.rest)
        if not taken.alone:
            devices.extend(convert(file))
        ledgers.append(taken.into(file.ledger.finish()))
    return ParseResult(
        devices=tuple(devices),
        ledgers=tuple(ledgers),
        failures=tuple(failure for taken in tables for failure in taken.failures()),
        captures=tuple(capture for taken in tables for capture in taken.captures),
    )


PARSER = Parser(
    name="fortinet_fortios",
    title="Fortinet FortiOS (FortiGate)",
    vendor="Fortinet",
    detect=detect,
    parse=_parse,
    secrets=SECRETS,
    terminal=True,
)
