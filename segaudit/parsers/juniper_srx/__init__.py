"""Juniper Junos OS: SRX firewalls, and the filters of routers and switches, as `set` commands or in braces."""

from __future__ import annotations

from segaudit.model import Device, Ledger, SourceFile
from segaudit.parser import Parser, ParseResult
from segaudit.parsers.juniper_srx.detect import detect
from segaudit.parsers.juniper_srx.secrets import SECRETS

__all__ = ["PARSER"]


def _parse(sources: tuple[SourceFile, ...]) -> ParseResult:
    """Every file is a device, with its logical systems and tenants."""
    from segaudit.parsers.juniper_srx.config import read_junos
    from segaudit.parsers.juniper_srx.convert import convert

    devices: list[Device] = []
    ledgers: list[Ledger] = []
    for source in sources:
        file = read_junos(source)
        devices.extend(convert(file))
        ledgers.append(file.ledger.finish())
    return ParseResult(devices=tuple(devices), ledgers=tuple(ledgers))


PARSER = Parser(
    name="juniper_srx",
    title="Juniper Junos OS (SRX, MX, EX, QFX)",
    vendor="Juniper Networks",
    detect=detect,
    parse=_parse,
    secrets=SECRETS,
    terminal=True,
)
