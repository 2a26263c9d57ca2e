"""Cisco IOS and IOS XE: routers and Catalyst switches."""

from __future__ import annotations

from segaudit.model import LedgerBuilder, SourceFile
from segaudit.parser import Detection, Parser, ParseResult
from segaudit.parsers.cisco_ios.secrets import SECRETS


def _detect(source: SourceFile) -> Detection:
    from segaudit.parsers.cisco_ios.detect import detect

    return detect(source)


def _parse(sources: tuple[SourceFile, ...]) -> ParseResult:
    from segaudit.parsers.cisco_ios.convert import convert
    from segaudit.parsers.cisco_ios.reading import read_config

    devices, ledgers = [], []
    for source in sources:
        ledger = LedgerBuilder(source)
        config = read_config(source, ledger)
        devices.append(convert(config, ledger))
        ledgers.append(ledger.finish())
    return ParseResult(devices=tuple(devices), ledgers=tuple(ledgers))


PARSER = Parser(
    name="cisco_ios",
    title="Cisco IOS and IOS XE running configuration",
    vendor="Cisco",
    detect=_detect,
    parse=_parse,
    secrets=SECRETS,
    terminal=True,
)
