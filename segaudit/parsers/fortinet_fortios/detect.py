"""How surely a text is a configuration of FortiOS, or of another product of Fortinet that is written the same way."""

from __future__ import annotations

import re
from typing import Final

from segaudit.model import SourceFile
from segaudit.parser import NO_SIGN, Detection
from segaudit.parsers.fortinet_fortios.statements import TOP_LEVEL
from segaudit.syntax.route_table import printed_by

_LINES: Final = 1000
_HEADER: Final = re.compile(r"#config-version=[A-Z0-9]+")
_SECTION: Final = re.compile(r"config ([a-z][a-z0-9-]*) ([a-z0-9][a-z0-9+.-]*)")


def detect(source: SourceFile) -> Detection:
    """By the header of a backup, else by sections that no other maker has, with what belongs into a section."""
    sections: set[str] = set()
    inner = 0
    ends = 0
    for line in source.lines[:_LINES]:
        text = line.strip()
        if text.startswith("config "):
            found = _SECTION.match(text)
            if found is not None and found[1] in TOP_LEVEL:
                sections.add(f"{found[1]} {found[2]}")
            elif text in {"config vdom", "config global"}:
                sections.add(text)
        elif text.startswith(("set ", "unset ", "edit ", "append ")) or text == "next":
            inner += 1
        elif text == "end":
            ends += 1
        elif text.startswith("#config-version=") and _HEADER.match(text):
            return Detection(score=100, evidence="a line #config-version=")
    if not sections:
        if printed_by(source.lines) == "fortios":
            return Detection(score=80, evidence="a routing table as get router info routing-table prints it")
        return NO_SIGN
    if not inner and not ends:
        return Detection(score=35, evidence=f"a section config {min(sections)}")
    score = min(95, 60 + 10 * len(sections) + (10 if ends else 0))
    return Detection(score=score, evidence=f"sections as config {min(sections)}, closed by end")
