"""How the table is recognised: by the names of its columns."""

from __future__ import annotations

from typing import Final

from segaudit.model import SourceFile
from segaudit.parser import NO_SIGN, Detection

#: The columns that may stand in a table; a prefix and a way out must.
COLUMNS: Final = ("device", "vrf", "prefix", "next_hop", "interface", "protocol", "distance")
#: What separates them: of spreadsheets in some countries it is the semicolon.
SEPARATORS: Final = (",", ";", "\t")


def header(line: str) -> tuple[str, list[str]] | None:
    """The separator and the columns of a table whose first line this is; ``None`` where it is none."""
    for separator in SEPARATORS:
        names = [
            name.strip().strip('"').strip().lower().replace(" ", "_").replace("-", "_")
            for name in line.split(separator)
        ]
        if "prefix" in names and ("next_hop" in names or "interface" in names):
            return separator, names
    return None


def detect(source: SourceFile) -> Detection:
    """By the first line that is neither blank nor a comment."""
    for line in source.lines[:100]:
        if line.strip() and not line.lstrip().startswith("#"):
            if header(line) is None:
                return NO_SIGN
            return Detection(score=90, evidence="columns of a routing table: prefix, next_hop or interface")
    return NO_SIGN
