"""Terminal captures made into the text that the device sent: nothing moves to another line number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from segaudit.model import Message


def _nothing() -> Mapping[int, int]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """As many lines as before. All line numbers are 1-based.

    ``terminal``: lines that were the terminal's (a prompt, a banner) and are empty now. ``continued``: lines whose text
    now stands at the end of an earlier one, because the terminal had wrapped it.
    """

    lines: tuple[str, ...]
    terminal: frozenset[int] = frozenset()
    continued: Mapping[int, int] = field(default_factory=_nothing)
    notes: tuple[Message, ...] = ()


def clean(lines: tuple[str, ...]) -> Cleaned:
    """The lines without what a terminal put between them; the same object's lines where there is none of it."""
    return Cleaned(lines=lines)
