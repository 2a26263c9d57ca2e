"""Yamaha routers: RTX, NVR, FWX, SRT and their elders."""

from __future__ import annotations

from segaudit.model import LedgerBuilder, SourceFile
from segaudit.parser import Detection, Parser, ParseResult
from segaudit.parsers.yamaha_rtx.secrets import SECRETS


def _detect(source: SourceFile) -> Detection:
    from segaudit.parsers.yamaha_rtx.detect import detect

    return detect(source)


def _parse(sources: tuple[SourceFile, ...]) -> ParseResult:
    from segaudit.parsers.yamaha_rtx.convert import convert
    from segaudit.parsers.yamaha_rtx.reading import read_config

    devices, ledgers = [], []
    for source in sources:
        ledger = LedgerBuilder(source)
        config = read_config(source, ledger)
        devices.append(convert(config, ledger))
        ledgers.append(ledger.finish())
    return ParseResult(devices=tuple(devices), ledgers=tuple(ledgers))


PARSER = Parser(
    name="yamaha_rtx",
    title="Yamaha RTX, NVR, FWX configuration",
    vendor="Yamaha",
    detect=_detect,
    parse=_parse,
    secrets=SECRETS,
    terminal=True,
)
