"""Text on screens of fixed columns: what may be written to one, how wide it is, where its lines break."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final


def clean(text: str) -> str:
    """Text of others on one line: no control or formatting characters, which could move the cursor or mirror text."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_harmless, text))


def _harmless(char: str) -> str:
    if char in "\t\n\r":
        return " "
    return "?" if unicodedata.category(char) in _UNSEEN else char


#: Control, format, surrogate, line and paragraph separator.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def columns_of(text: str) -> int:
    """How many columns a terminal gives the text: two for a wide character (Unicode Standard Annex 11)."""
    return len(text) if text.isascii() else sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def padded(text: str, width: int) -> str:
    """The text with spaces behind it, so that it takes ``width`` columns, or as it is where it takes more."""
    return text + " " * (width - columns_of(text))


def folded(text: str, width: int) -> list[str]:
    """The text in lines of at most ``width`` columns (at least 20).

    Lines break at spaces and beside wide characters, except before those that may not begin a line and behind those
    that may not end one (JIS X 4051); a word that is wider than a line is cut.
    """
    width = max(width, 20)
    if columns_of(text) <= width:
        return [text.rstrip()]
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        whole = line + piece
        if columns_of(whole.rstrip()) <= width:
            line = whole
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = piece.lstrip()
        while columns_of(line.rstrip()) > width:
            head = _head(line, width)
            lines.append(head)
            line = line[len(head) :]
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


def _head(text: str, width: int) -> str:
    """As much of the beginning as ``width`` columns take."""
    taken = 0
    for place, char in enumerate(text):
        taken += columns_of(char)
        if taken > width:
            return text[:place]
    return text


#: May not begin a line, may not end one.
_NOT_FIRST: Final = frozenset(
    "、。，．・：；？！）」』】〕〉》ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％,.:;?!)]}"
)
_NOT_LAST: Final = frozenset("（「『【〔〈《([{")


def _pieces(text: str) -> Iterator[str]:
    """The text cut wherever a line may break; spaces stay with the piece before them."""
    piece = ""
    for char in text:
        if piece and _may_break(piece[-1], char):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in _NOT_FIRST or before in _NOT_LAST:
        return False
    return before == " " or columns_of(before) == 2 or columns_of(after) == 2
