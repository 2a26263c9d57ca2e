"""Blocks of ``config``, ``edit``, ``set``, ``next`` and ``end``: the shape of Fortinet's products.

A block (``config firewall policy`` … ``end``) holds settings (``set name value …``), entries (``edit 1`` … ``next``)
and further blocks. A value may be quoted and then goes on over line ends. What a word means is not known here.

The reader never fails: a block that nobody closes ends where the text ends, an ``end`` or ``next`` too many is listed
as stray, and a quote that is opened and, by all appearance, never closed ends with its line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

#: Longest value whose words are kept for the next time that it is read; longer ones are texts and keys.
_CACHED_LENGTH = 300
_PLAIN_QUOTED = re.compile(r'(?:"[^"\\]*"(?:\s+|$))+')
_QUOTED = re.compile(r'"([^"]*)"')
_BARE_ENDS = re.compile(r"""[\s"'\\]""")
_SPECIAL = re.compile(r"""["'\\#]""")
_COMMAND_LINE = re.compile(r"\s*(?:set|unset|append|select|edit|config|next|end)\b")


@dataclass(slots=True)
class Setting:
    """``set name value …``; ``verb`` is ``set``, ``unset``, ``append``, ``select`` or ``unselect``.

    ``text`` is the value as written, quotes and line ends included.
    """

    verb: str
    name: str
    text: str
    first_line: int
    last_line: int
    _words: tuple[str, ...] | None = field(default=None, repr=False, compare=False)

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the value, quotes removed."""
        if self._words is None:
            self._words = split_words(self.text)
        return self._words

    def saying(self, words: tuple[str, ...]) -> Setting:
        """The same setting with other words."""
        return Setting(self.verb, self.name, self.text, self.first_line, self.last_line, words)


@dataclass(slots=True)
class Command:
    """Any other line: ``move 5 before 1``, ``rename a to b``, ``show firewall policy``, or no command at all."""

    verb: str
    text: str
    line: int

    @property
    def words(self) -> tuple[str, ...]:
        """The words after the verb, quotes removed."""
        return split_words(self.text)


@dataclass(slots=True)
class Entry:
    """``edit name`` … ``next``. ``closed`` is False where something else ended it."""

    name: str
    first_line: int
    last_line: int = 0
    items: list[Item] = field(default_factory=list)
    closed: bool = False


@dataclass(slots=True)
class Block:
    """``config word …`` … ``end``. ``closed`` is False where something else ended it."""

    words: tuple[str, ...]
    first_line: int
    last_line: int = 0
    items: list[Item] = field(default_factory=list)
    closed: bool = False

    @property
    def path(self) -> str:
        """The words, separated by one blank."""
        return " ".join(self.words)


Item = Setting | Command | Entry | Block


@dataclass(slots=True)
class ConfigText:
    """A whole text: what stands in it, in order; its comments (line and text); lines that close what is not open."""

    items: list[Item]
    comments: list[tuple[int, str]]
    strays: list[int]


def read_config_blocks(
    lines: Sequence[str],
    *,
    top_level: frozenset[str] = frozenset(),
    containers: frozenset[str] = frozenset(),
) -> ConfigText:
    """Read ``lines`` (the first is line 1).

    ``top_level`` are the first words of blocks that stand in no other one: ``config`` with such a word and at least
    one more closes everything down to the text itself or to a block whose only word is in ``containers``. Without it
    a missing ``end`` would swallow the rest of the text.
    """
    top: list[Item] = []
    comments: list[tuple[int, str]] = []
    strays: list[int] = []
    stack: list[Block | Entry] = []
    items = top
    count = len(lines)
    quotes = _QuoteReader(lines)
    index = 0
    while index < count:
        line = lines[index]
        index += 1
        text = line.strip()
        if not text:
            continue
        if "\t" in text:
            text = _blanks_for_tabs(text)
        verb, _, rest = text.partition(" ")
        if verb == "set" or verb in _SETTING_VERBS:
            name, _, value = rest.lstrip().partition(" ")
            first = index
            if (
                '"' in value and (value.count('"') % 2 or "\\" in value or "'" in value or "#" in value)
            ) or value.endswith("\\"):
                value, index = quotes.complete(value, index)
            items.append(Setting(verb, name, value, first, index))
        elif verb == "next" and not rest:
            depth = len(stack)
            while depth and not isinstance(stack[depth - 1], Entry):
                depth -= 1
            if not depth:
                strays.append(index)
                continue
            _close(stack, depth, index)
            items = stack[-1].items if stack else top
        elif verb == "edit":
            if stack and isinstance(stack[-1], Entry):
                stack.pop().last_line = index - 1
                items = stack[-1].items if stack else top
            words = split_words(rest)
            entry = Entry(words[0] if words else "", index)
            items.append(entry)
            stack.append(entry)
            items = entry.items
        elif verb == "end" and not rest:
            if stack and isinstance(stack[-1], Entry):
                stack.pop().last_line = index - 1
            if not stack:
                strays.append(index)
                items = top
                continue
            _close(stack, len(stack), index)
            items = stack[-1].items if stack else top
        elif verb == "config":
            words = split_words(rest)
            if len(words) > 1 and words[0] in top_level:
                depth = len(stack)
                while depth and not _is_container(stack, depth, containers):
                    depth -= 1
                for node in stack[depth:]:
                    node.last_line = index - 1
                del stack[depth:]
                items = stack[-1].items if stack else top
            block = Block(words, index)
            items.append(block)
            stack.append(block)
            items = block.items
        elif text[0] == "#":
            comments.append((index, text))
        else:
            items.append(Command(verb, rest.strip(), index))
    for node in stack:
        node.last_line = count
    return ConfigText(top, comments, strays)


_SETTING_VERBS = frozenset({"unset", "append", "select", "unselect"})


def _blanks_for_tabs(text: str) -> str:
    """``text`` with the tabs before its value, and in a value without quotes, as blanks."""
    if '"' not in text and "'" not in text:
        return text.replace("\t", " ")
    quote = min(at for at in (text.find('"'), text.find("'")) if at >= 0)
    return text[:quote].replace("\t", " ") + text[quote:]


def _close(stack: list[Block | Entry], depth: int, line: int) -> None:
    """Close the node at ``depth`` (1 is the lowest) with ``line``, and what stands open in it with the line before."""
    for node in stack[depth:]:
        node.last_line = line - 1
    node = stack[depth - 1]
    node.last_line = line
    node.closed = True
    del stack[depth - 1 :]


def _is_container(stack: list[Block | Entry], depth: int, containers: frozenset[str]) -> bool:
    """Whether the node at ``depth`` may hold blocks of the top level: a container or an entry of one."""
    node = stack[depth - 1]
    if isinstance(node, Entry):
        if depth < 2:
            return False
        node = stack[depth - 2]
    return isinstance(node, Block) and len(node.words) == 1 and node.words[0] in containers


class _QuoteReader:
    """Finds where a value ends whose quotes are not plainly closed on its line."""

    __slots__ = ("_lines", "_no_quote_from")

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._no_quote_from = len(lines)

    def complete(self, value: str, index: int) -> tuple[str, int]:
        """The whole value that begins with ``value`` on line ``index``, and the number of its last line."""
        state = _scan(value, "")
        if not state:
            return value, index
        parts = [value]
        at = index
        while state:
            if at >= self._no_quote_from:
                return value, index
            line = self._lines[at]
            at += 1
            was = state
            state = _scan(line, state)
            if was == '"' and not _stays_open(line) and _COMMAND_LINE.match(line) and _breaks_a_word(line):
                # The "closing" quote opens the value of a new command: the earlier one was never closed.
                return value, index
            parts.append(line)
            if state and at == len(self._lines):
                self._no_quote_from = index
                return value, index
        return "\n".join(parts), at


def _stays_open(line: str) -> bool:
    """Whether ``line``, read inside of double quotes, does not close them."""
    return _closing_quote(line) < 0


def _closing_quote(line: str) -> int:
    """Where ``line``, read inside of double quotes, closes them; -1 if it does not."""
    at = 0
    while True:
        at = line.find('"', at)
        if at < 0:
            return -1
        backslashes = 0
        while at > backslashes and line[at - backslashes - 1] == "\\":
            backslashes += 1
        if backslashes % 2 == 0:
            return at
        at += 1


def _breaks_a_word(line: str) -> bool:
    """Whether something other than a blank follows the first quote that closes."""
    after = line[_closing_quote(line) + 1 :]
    return bool(after) and not after[0].isspace()


def _scan(text: str, state: str) -> str:
    r"""What is open at the end of ``text`` that begins in ``state``: ``""`` nothing, ``"`` a quote, ``\`` a line end.

    Single quotes never go on over a line end: no product writes them so, and an apostrophe is common.
    """
    if state == "\\":
        state = ""
    at = 0
    end = len(text)
    while True:
        found = _SPECIAL.search(text, at)
        if found is None:
            return state
        at = found.start()
        char = text[at]
        at += 1
        if char == "\\":
            if at >= end:
                return state or "\\"
            at += 1
        elif state:
            if char == '"':
                state = ""
        elif char == '"':
            state = '"'
        elif char == "'":
            closing = text.find("'", at)
            if closing >= 0:
                at = closing + 1
        elif at == 1 or text[at - 2].isspace():
            return ""


def split_words(text: str) -> tuple[str, ...]:
    r"""The words of a value, as the CLI reads them.

    Blanks separate words. In double quotes ``\"``, ``\'`` and ``\\`` stand for the second character and any other
    backslash for itself; single quotes take everything literally; elsewhere a backslash takes the next character
    literally and joins lines. Quoted and bare parts without a blank between them are one word. A bare word that
    begins with ``#`` begins a comment. A quote that is not closed ends with the text, an apostrophe is a character.
    """
    if len(text) > _CACHED_LENGTH:
        return _split(text)
    return _split_cached(text)


def _split(text: str) -> tuple[str, ...]:
    if _SPECIAL.search(text) is None:
        return tuple(text.split())
    if _PLAIN_QUOTED.fullmatch(text):
        return tuple(_QUOTED.findall(text))
    words: list[str] = []
    parts: list[str] | None = None
    at = 0
    end = len(text)
    while at < end:
        char = text[at]
        if char.isspace():
            if parts is not None:
                words.append("".join(parts))
                parts = None
            at += 1
            continue
        if char == "#" and parts is None:
            break
        if parts is None:
            parts = []
        if char == '"':
            at = _double_quoted(text, at + 1, parts)
        elif char == "'" and text.find("'", at + 1) >= 0:
            closing = text.find("'", at + 1)
            parts.append(text[at + 1 : closing])
            at = closing + 1
        elif char == "\\" and at + 1 < end:
            if text[at + 1] != "\n":
                parts.append(text[at + 1])
            at += 2
        else:
            first = at
            at = _end_of_bare(text, at + 1)
            parts.append(text[first:at])
    if parts is not None:
        words.append("".join(parts))
    return tuple(words)


def _end_of_bare(text: str, at: int) -> int:
    """Where the bare run of characters that goes on at ``at`` ends."""
    found = _BARE_ENDS.search(text, at)
    return found.start() if found else len(text)


def _double_quoted(text: str, at: int, parts: list[str]) -> int:
    """Append what stands in double quotes from ``at`` on to ``parts``; the place behind the closing quote."""
    end = len(text)
    while at < end:
        found = text.find('"', at)
        found = end if found < 0 else found
        escape = text.find("\\", at, found)
        if escape < 0:
            parts.append(text[at:found])
            return found + 1
        parts.append(text[at:escape])
        following = text[escape + 1 : escape + 2]
        parts.append(following if following and following in "\"'\\" else "\\" + following)
        at = escape + 2
    return end


_split_cached = lru_cache(maxsize=1 << 16)(_split)
