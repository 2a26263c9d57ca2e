"""Toywall, a format made up for the tests."""

import re
from typing import Final

from segaudit.model import SourceFile
from segaudit.parser import Parser, ParseResult
from tests.plugins.toywall.detect import detect

__all__ = ["PARSER"]


def _parse(sources: tuple[SourceFile, ...]) -> ParseResult:
    from tests.plugins.toywall.convert import parse

    return parse(sources)


PARSER: Final = Parser(
    name="toywall",
    title="Toywall configurations",
    vendor="Toys",
    detect=detect,
    parse=_parse,
    secrets=(re.compile(r"^password\s+(?P<secret>.+)$"),),
)
