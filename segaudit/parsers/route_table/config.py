"""The rows of the table, in its own words."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from segaudit.model import SourceFile
from segaudit.parsers.route_table.detect import COLUMNS, header


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line; ``cells`` by column, blanks around them removed. ``problem``: why it cannot be read."""

    line: int
    cells: Mapping[str, str]
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The header's line, its columns that are not known, comments, and the rows."""

    header_line: int
    strange: tuple[str, ...]
    comments: tuple[int, ...]
    rows: tuple[Row, ...]


def read_table(source: SourceFile) -> Table:
    """The table of a file; every line that is not blank is in it."""
    comments: list[int] = []
    rows: list[Row] = []
    separator, header_line = ",", 0
    names: list[str] = []
    for number, line in source.numbered():
        if not line.strip():
            continue
        if line.lstrip().startswith("#"):
            comments.append(number)
        elif not header_line:
            header_line = number
            separator, names = header(line) or (",", [])
        else:
            rows.append(_row(number, line, separator, names))
    strange = tuple(name for name in names if name not in COLUMNS)
    return Table(header_line=header_line, strange=strange, comments=tuple(comments), rows=tuple(rows))


def _row(number: int, line: str, separator: str, names: list[str]) -> Row:
    cells = [cell.strip() for cell in next(_split(line, separator), [])]
    if len(cells) > len(names):
        return Row(line=number, cells={}, problem=f"{len(cells)} cells in {len(names)} columns")
    return Row(line=number, cells=dict(zip(names, cells, strict=False)))


def _split(line: str, separator: str) -> Iterator[list[str]]:
    yield from csv.reader([line], delimiter=separator)
