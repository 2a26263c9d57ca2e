"""Two readings of one file: which lines are statements, and which statement each stands below.

``parents`` maps the 1-based line of every statement to the line of its parent, or to itself where it has none.
"""

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from loguru import logger

from segaudit.model import LedgerBuilder, SourceFile
from segaudit.parsers.cisco_asa.config import read_config as read_asa
from segaudit.parsers.cisco_ios.syntax import read_commands
from segaudit.syntax.indented import Line

with warnings.catch_warnings():
    # Its dependencies warn of what they will drop one day; the versions are pinned.
    warnings.simplefilter("ignore")
    # Not part of the program: it is held against it (docs/decisions.md).
    from ciscoconfparse import CiscoConfParse  # noqa: TID251 this is the cross-check that the ban makes room for

# The peer talks on the terminal about its own future.
logger.remove()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading. ``reasons``: why a line that is no statement is none."""

    parents: Mapping[int, int]
    reasons: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))

    def root(self, number: int) -> int:
        """The topmost statement above the one at ``number``; itself where it has no parent."""
        while (parent := self.parents[number]) != number:
            number = parent
        return number


def _tree(lines: Iterable[Line], parents: dict[int, int], parent: int = 0) -> None:
    for line in lines:
        parents[line.number] = parent or line.number
        _tree(line.children, parents, line.number)


def ours_of_ios(source: SourceFile) -> Reading:
    """What the IOS parser takes for statements."""
    ledger = LedgerBuilder(source)
    parents: dict[int, int] = {}
    _tree(read_commands(source, ledger), parents)
    return Reading(parents=MappingProxyType(dict(sorted(parents.items()))), reasons=ledger.finish().reasons)


def ours_of_asa(source: SourceFile) -> Reading:
    """What the ASA parser takes for statements that are in force at the end."""
    ledger = LedgerBuilder(source)
    config = read_asa(source, ledger)
    parents: dict[int, int] = {}
    for lines in config.commands.values():
        _tree(lines, parents)
    _tree(config.negated, parents)
    for entries in (*config.lists.values(), *config.ipv6_lists.values()):
        parents.update((entry.number, entry.number) for entry in entries)
    return Reading(parents=MappingProxyType(dict(sorted(parents.items()))), reasons=ledger.finish().reasons)


#: How each format is read by us; the keys are what the peer calls its syntaxes.
OURS: Final[Mapping[str, Callable[[SourceFile], Reading]]] = MappingProxyType({"ios": ours_of_ios, "asa": ours_of_asa})


def theirs(lines: tuple[str, ...], syntax: str) -> Reading:
    """What ciscoconfparse makes of ``lines``: it takes every line for a statement, blank ones and comments too."""
    # Blank lines stay, so that its numbers are those of the file.
    parsed = CiscoConfParse(list(lines), syntax=syntax, ignore_blank_lines=False)
    parents = {one.linenum + 1: one.parent.linenum + 1 for one in parsed.ConfigObjs}
    return Reading(parents=MappingProxyType(parents))
