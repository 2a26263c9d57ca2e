"""Source files, places in them, and the only way to show their text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

#: What stands in place of a secret in every quotation.
MASK = "<secret>"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """Lines of one input file.

    ``path`` is relative to the input root, ``first_line`` and ``last_line`` are 1-based and both inclusive.
    """

    path: str
    first_line: int
    last_line: int

    def __str__(self) -> str:
        if self.first_line == self.last_line:
            return f"{self.path}:{self.first_line}"
        return f"{self.path}:{self.first_line}-{self.last_line}"

    def __contains__(self, line: int) -> bool:
        return self.first_line <= line <= self.last_line


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One input as text: decoded, split into lines, terminal noise already removed with line numbers kept.

    ``lines[0]`` is line 1. ``sha256`` is that of the bytes as read. ``secrets`` are the patterns of the parser that
    read the file: their group ``secret`` is masked in every quotation. ``hidden`` are the lines that consist of
    secret material (keys, certificates), ``unrecognized`` those of which only the first two words are shown.
    """

    path: str
    lines: tuple[str, ...]
    encoding: str = "utf-8"
    sha256: str = ""
    size: int = 0
    secrets: tuple[re.Pattern[str], ...] = ()
    hidden: frozenset[int] = frozenset()
    unrecognized: frozenset[int] = frozenset()

    @property
    def stem(self) -> str:
        """The file's name without folders and without its last extension."""
        name = self.path.replace("\\", "/").rsplit("/", 1)[-1]
        return name.rsplit(".", 1)[0] if "." in name[1:] else name

    def span(self, first_line: int, last_line: int | None = None) -> Span:
        """The span of ``first_line`` to ``last_line`` (inclusive; one line if not given)."""
        return Span(path=self.path, first_line=first_line, last_line=last_line or first_line)

    def numbered(self) -> Iterator[tuple[int, str]]:
        """Every line with its 1-based number."""
        return enumerate(self.lines, start=1)

    def quote(self, span: Span) -> tuple[str, ...]:
        """The lines of ``span`` as they may be shown: the only way from config text to any output."""
        return tuple(
            self._shown(number) for number in range(max(1, span.first_line), min(len(self.lines), span.last_line) + 1)
        )

    def _shown(self, number: int) -> str:
        if number in self.hidden:
            return MASK
        text = self.lines[number - 1]
        text = _masked(text, self.secrets)
        if number in self.unrecognized:
            # Two words may be a key and its value (``pre-shared-key abc``), so they are masked before they are cut.
            words = text.split()
            indent = text[: len(text) - len(text.lstrip())]
            return indent + " ".join(words[:2]) + (" …" if len(words) > 2 else "")
        return text


@lru_cache(maxsize=1 << 16)
def _masked(text: str, patterns: tuple[re.Pattern[str], ...]) -> str:
    """``text`` without its secrets. Kept, because a line is quoted by every finding that points near it."""
    for pattern in patterns:
        text = pattern.sub(_mask_groups, text)
    return text


def _mask_groups(match: re.Match[str]) -> str:
    """The match with its group ``secret`` replaced."""
    start, end = match.span("secret")
    if start < 0:
        return match.group(0)
    offset = match.start()
    whole = match.group(0)
    return whole[: start - offset] + MASK + whole[end - offset :]


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """Quoted lines of one span, as they may be shown."""

    span: Span
    lines: tuple[str, ...] = field(default=())
