"""Fortinet FortiOS: backups, `show` and `show full-configuration` of FortiGate firewalls, with VDOMs or without."""

from __future__ import annotations

from segaudit.model import Device, Ledger, SourceFile
from segaudit.parser import Parser, ParseResult
from segaudit.parsers.fortinet_fortios.detect import detect
from segaudit.parsers.fortinet_fortios.secrets import SECRETS

__all__ = ["PARSER"]


def _parse(sources: tuple[SourceFile, ...]) -> ParseResult:
    """Every file is a device, or several of one unit (VDOMs)."""
    from segaudit.parsers.fortinet_fortios.config import read_fortios
    from segaudit.parsers.fortinet_fortios.convert import convert

    devices: list[Device] = []
    ledgers: list[Ledger] = []
    for source in sources:
        file = read_fortios(source)
        devices.extend(convert(file))
        ledgers.append(file.ledger.finish())
    return ParseResult(devices=tuple(devices), ledgers=tuple(ledgers))


PARSER = Parser(
    name="fortinet_fortios",
    title="Fortinet FortiOS (FortiGate)",
    vendor="Fortinet",
    detect=detect,
    parse=_parse,
    secrets=SECRETS,
    terminal=True,
)
