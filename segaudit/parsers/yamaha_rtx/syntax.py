"""Lines of a configuration as words, each with the interface that was selected when it was typed.

One line is one command. ``pp select 1`` and ``tunnel select 1`` choose what the words ``pp`` and ``tunnel`` of later
commands mean, until another is chosen; the blanks before a command say nothing (Command Reference for Rev.23.02.02,
chapter 56, ``pp select``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from segaudit.model import LedgerBuilder, SourceFile

#: The maker's header, as ``show config`` prints it: model and revision.
_HEADER: Final = re.compile(r"#\s*([A-Za-z][A-Za-z0-9-]*)\s+(?:BootROM\b.*?)?Rev\.(\d+(?:\.\d+)+)")
_COMMENT: Final = "comment"
_KEY: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_SCRIPT: Final = "a file that the router keeps: its text, not the configuration's"
#: A word: in quotes, behind ``name=`` too; or up to the next blank.
_WORD: Final = re.compile(
    r"""(?P<option>\b[a-z-]+=(?="))?"(?P<double>(?:[^"\\]|\\.)*)"?|'(?P<single>[^']*)'?|(?P<plain>(?:[^\s"'\\]|\\.)(?:[^\s\\]|\\.)*)"""
)

#: What ``pp`` means while ``anonymous`` is selected.
ANONYMOUS: Final = "pp anonymous"


class Line(NamedTuple):
    """One command. ``selected``: the interface that ``pp`` (``pp1``) or ``tunnel`` (``tunnel3``) means in it."""

    number: int
    words: list[str]
    pp: str
    tunnel: str


class Header(NamedTuple):
    """Model and revision that the comment at the top names; empty where it names none."""

    platform: str = ""
    version: str = ""


def split_words(text: str) -> list[str]:
    """The words of a command, quotes taken off."""
    if '"' not in text and "'" not in text:
        return text.split()
    words: list[str] = []
    for found in _WORD.finditer(text):
        option = found["option"] or ""
        words.append(option + next(found[at] for at in ("double", "single", "plain") if found[at] is not None))
    return words


def read_header(source: SourceFile) -> Header:
    """The header in the first comments."""
    for line in source.lines[:40]:
        if line.startswith("#"):
            found = _HEADER.match(line)
            if found is not None:
                return Header(found[1], found[2])
    return Header()


def read_lines(source: SourceFile, ledger: LedgerBuilder) -> Iterator[Line]:
    """The commands of ``source``; comments and embedded files are marked."""
    pp = tunnel = end = ""
    keys = False
    for number, text in enumerate(source.lines, start=1):
        if end:
            ledger.irrelevant(number, _SCRIPT)
            ledger.hide(number, number)
            if text.strip() == end:
                end = ""
            continue
        if keys or ("-----BEGIN" in text and _KEY.search(text)):
            # No command of a router: a file of another maker that somebody says to be one, or a key pasted behind.
            ledger.hide(number, number)
            keys = "-----END" not in text
            continue
        words = split_words(text)
        if not words:
            continue
        first = words[0]
        if first.startswith("#"):
            ledger.irrelevant(number, _COMMENT)
            continue
        if first == "pp" and len(words) > 2 and words[1] == "select":
            pp = _selected("pp", words[2])
        elif first == "tunnel" and len(words) > 2 and words[1] == "select":
            tunnel = _selected("tunnel", words[2])
        elif first == "embedded" and "<<" in text:
            end = text.partition("<<")[2].strip()
        yield Line(number, words, pp, tunnel)


def _selected(kind: str, word: str) -> str:
    if word == "none":
        return ""
    return ANONYMOUS if word == "anonymous" else f"{kind}{word}"
