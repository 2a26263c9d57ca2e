"""Cisco ASA, PIX (6 and 7), FWSM and FTD: ``show running-config``, and scripts of its commands."""

from __future__ import annotations

from segaudit.model import SourceFile
from segaudit.parser import Parser, ParseResult
from segaudit.parsers.cisco_asa.detect import detect
from segaudit.parsers.cisco_asa.masking import SECRETS


def _parse(sources: tuple[SourceFile, ...]) -> ParseResult:
    # Reading is imported when there is something to read: detection runs on every file of every format.
    from segaudit.parsers.cisco_asa.convert import parse

    return parse(sources)


PARSER = Parser(
    name="cisco_asa",
    title="Cisco ASA, PIX, FWSM, FTD (show running-config)",
    vendor="Cisco",
    detect=detect,
    parse=_parse,
    secrets=SECRETS,
    terminal=True,
)
