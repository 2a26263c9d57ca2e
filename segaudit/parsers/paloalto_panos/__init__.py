"""Palo Alto Networks PAN-OS and Panorama: XML, `set` commands and braces, with virtual systems, device groups, templates."""

from __future__ import annotations

from segaudit.model import Device, Failure, Ledger, SourceFile, msg
from segaudit.parser import Parser, ParseResult
from segaudit.parsers.paloalto_panos.detect import detect
from segaudit.parsers.paloalto_panos.secrets import SECRETS

__all__ = ["PARSER"]


def _parse(sources: tuple[SourceFile, ...]) -> ParseResult:
    """Every file is a device, or several of one unit (virtual systems) or of one Panorama."""
    from segaudit.parsers.paloalto_panos.config import read_panos
    from segaudit.parsers.paloalto_panos.convert import convert

    devices: list[Device] = []
    ledgers: list[Ledger] = []
    failures: list[Failure] = []
    for source in sources:
        file = read_panos(source)
        devices.extend(convert(file))
        ledgers.append(file.ledger.finish())
        if file.problem is not None:
            problem = msg(
                "from here on it is not XML ({what}): only what stands before is read", what=file.problem.what
            )
            failures.append(Failure(path=source.path, line=file.problem.line, problem=problem))
    return ParseResult(devices=tuple(devices), ledgers=tuple(ledgers), failures=tuple(failures))


PARSER = Parser(
    name="paloalto_panos",
    title="Palo Alto Networks PAN-OS, Panorama",
    vendor="Palo Alto Networks",
    detect=detect,
    parse=_parse,
    secrets=SECRETS,
    terminal=True,
)
