"""A Toywall's own words."""

from __future__ import annotations

from dataclasses import dataclass

from segaudit.model import LedgerBuilder, SourceFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One line: its first word, the others, and its number."""

    verb: str
    words: tuple[str, ...]
    line: int


#: How many words each statement that is understood has behind its first one.
_WORDS = {"toywall": 1, "name": 1, "port": 3, "gateway": 1, "allow": 5}


def read(source: SourceFile, ledger: LedgerBuilder) -> tuple[Statement, ...]:
    """The statements that are understood; every other line is told to the ledger."""
    found: list[Statement] = []
    for number, line in source.numbered():
        verb, *words = line.split() or [""]
        if verb in ("motd", "password"):
            ledger.irrelevant(number, "shown to people, or about them")
        elif verb == "shape":
            ledger.unsupported(number, "traffic above a rate is dropped")
        elif verb in _WORDS and len(words) == _WORDS[verb]:
            ledger.modelled(number)
            found.append(Statement(verb=verb, words=tuple(words), line=number))
    return tuple(found)
