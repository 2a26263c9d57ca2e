"""What is wrong in a policy, site or waivers file, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class LocatedError:
    """One mistake: ``line`` and ``column`` are 1-based, of the first character of what is wrong."""

    path: str
    line: int
    column: int
    problem: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.problem}"


class PolicyError(ValueError):
    """A file is not valid; ``errors`` are all mistakes found in it, in the order of the text, at least one."""

    def __init__(self, errors: Iterable[LocatedError]) -> None:
        self.errors: tuple[LocatedError, ...] = tuple(sorted(set(errors)))
        super().__init__("\n".join(map(str, self.errors)))


def nearest_key(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """The one known word most like ``word``, or nothing where none is like it."""
    # Tried in small letters, because a wrong case is the commonest mistake of all.
    spelled = {item.lower(): item for item in sorted(known)}
    return tuple(spelled[near] for near in get_close_matches(word.lower(), spelled, n=1))


def nearest(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` with the known word most like ``word``, or an empty text."""
    return "".join(f"; did you mean {near!r}?" for near in nearest_key(word, known))
