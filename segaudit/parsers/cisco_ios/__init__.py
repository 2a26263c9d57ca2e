"""Cisco IOS and IOS XE: routers and Catalyst switches."""

from __future__ import annotations

from segaudit.model import LedgerBuilder, SourceFile
from segaudit.parser import DETECTION_THRESHOLD, Detection, Parser, ParseResult
from segaudit.parsers.cisco_ios.secrets import SECRETS
from segaudit.syntax.route_table import printed_by, take_route_tables


def _detect(source: SourceFile) -> Detection:
    from segaudit.parsers.cisco_ios.detect import detect

    found = detect(source)
    if found.score < DETECTION_THRESHOLD and printed_by(source.lines) == "ios":
        return Detection(score=80, evidence="a routing table as show ip route prints it")
    return found


def _parse(sources: tuple[SourceFile, ...]) -> ParseResult:
    from segaudit.parsers.cisco_ios.config import interface_name
    from segaudit.parsers.cisco_ios.convert import convert
    from segaudit.parsers.cisco_ios.reading import read_config

    devices, ledgers = [], []
    tables = [take_route_tables(source, interface_name) for source in sources]
    for taken in tables:
        ledger = LedgerBuilder(taken.rest)
        if not taken.alone:
            config = read_config(taken.rest, ledger)
            devices.append(convert(config, ledger))
        ledgers.append(taken.into(ledger.finish()))
    return ParseResult(
        devices=tuple(devices),
        ledgers=tuple(ledgers),
        failures=tuple(failure for taken in tables for failure in taken.failures()),
        captures=tuple(capture for taken in tables for capture in taken.captures),
    )


PARSER = Parser(
    name="cisco_ios",
    title="Cisco IOS and IOS XE running configuration",
    vendor="Cisco",
    detect=_detect,
    parse=_parse,
    secrets=SECRETS,
    terminal=True,
)
