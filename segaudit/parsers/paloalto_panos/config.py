"""The text of a PAN-OS configuration as one tree, whether it is XML, `set` commands or braces.

The three forms say the same: an entry, a member of a list and a value are names below a statement, so that
``<source><member>any</member></source>``, ``set … source any`` and ``source any;`` are the node ``any`` below ``source``.
The ledger is kept on the way: what `statements` knows of a place decides the state of its lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from segaudit.model import LedgerBuilder, LineState, SourceFile, Span
from segaudit.parsers.paloalto_panos.statements import (
    LEAF,
    RULE_BASES,
    TOP,
    VSYS_STATEMENTS,
    WHOLE,
    Family,
)
from segaudit.syntax.xml import XmlProblem, read_elements

#: The virtual system that is meant where none is named.
FIRST_VSYS: Final = "vsys1"
#: Levels around a configuration that say nothing.
_WRAPPERS: Final = frozenset({"config", "response", "result"})
#: Statements whose values are key material.
_KEY_MATERIAL: Final = frozenset(
    [
        "private-key",
        "public-key",
        "key",
        "password",
        "phash",
        "content",
        "passphrase",
        "secret",
        "shared-secret",
        "snmp-community-string",
        "auth-key",
    ]
)
_DEVICES: Final = Family()


#: Of the many nodes without children; never written to.
_NO_CHILDREN: Final[dict[str, Node]] = {}


class Node:
    """A statement and what stands below it, in order; values have nothing below them."""

    __slots__ = ("children", "family", "first_line", "last_line", "name")

    def __init__(self, name: str, first_line: int, last_line: int, family: Family) -> None:
        self.name = name
        self.first_line = first_line
        self.last_line = last_line
        self.family = family
        self.children = _NO_CHILDREN

    def put(self, name: str, child: Node) -> None:
        """Let ``child`` stand below, behind all others."""
        if self.children is _NO_CHILDREN:
            self.children = {name: child}
        else:
            self.children[name] = child

    def at(self, *path: str) -> Node:
        """The node at the end of ``path``; an empty one where there is none."""
        node = self
        for name in path:
            found = node.children.get(name)
            if found is None:
                return NOTHING
            node = found
        return node

    def entries(self, *path: str) -> Iterable[Node]:
        """What stands below ``path``."""
        return self.at(*path).children.values()

    def words(self, *path: str) -> tuple[str, ...]:
        """The names below ``path``: the members of a list."""
        return tuple(self.at(*path).children)

    def word(self, *path: str, default: str = "") -> str:
        """The value at ``path``; of several the last one said."""
        children = self.at(*path).children
        return next(reversed(children)) if children else default

    def is_on(self, *path: str, default: bool = False) -> bool:
        """Whether the value at ``path`` is ``yes``."""
        said = self.word(*path)
        return default if said not in {"yes", "no"} else said == "yes"

    def has(self, *path: str) -> bool:
        """Whether ``path`` is there, with or without a value."""
        return self.at(*path) is not NOTHING

    def number(self, *path: str, default: int) -> int:
        """The whole number at ``path``."""
        said = self.word(*path)
        return int(said) if said.isascii() and said.isdigit() and len(said) < 12 else default

    def __bool__(self) -> bool:
        return self is not NOTHING


#: In place of what is not there.
NOTHING: Final = Node("", 1, 1, LEAF)


class _Devices(Node):
    """``devices`` of a level: its entry is the level itself."""

    __slots__ = ("level",)

    def __init__(self, level: Node) -> None:
        super().__init__("devices", level.first_line, level.last_line, _DEVICES)
        self.level = level


class Form(Enum):
    """How a configuration is written."""

    XML = "XML"
    SET = "set commands"
    BRACES = "braces"


@dataclass(slots=True)
class PanosFile:
    """One file as a tree. ``version`` is what the attribute of an XML configuration says; ``problem`` why reading ended."""

    source: SourceFile
    ledger: LedgerBuilder
    form: Form
    top: Node
    version: str = ""
    problem: XmlProblem | None = None

    def span(self, node: Node) -> Span:
        """Where ``node`` stands."""
        return Span(path=self.source.path, first_line=node.first_line, last_line=node.last_line)


def form_of(lines: Sequence[str]) -> Form:
    """How the text is written, by its first statement."""
    for line in lines:
        text = line.strip()
        if not text or text[0] in "#!":
            continue
        if text[0] == "<":
            return Form.XML
        if text.split(None, 1)[0] in _VERBS:
            return Form.SET
        if text[-1] in "{;}":
            return Form.BRACES
    return Form.SET


def read_panos(source: SourceFile) -> PanosFile:
    """Read one file."""
    ledger = LedgerBuilder(source)
    file = PanosFile(
        source=source, ledger=ledger, form=form_of(source.lines), top=Node("", 1, max(1, len(source.lines)), TOP)
    )
    marks = _Marks(ledger)
    if file.form is Form.XML:
        _XmlReader(file, marks).read()
    elif file.form is Form.SET:
        _SetReader(file, marks).read()
    else:
        _BraceReader(file, marks).read()
    if file.form is Form.SET:
        _spread(file.top)
    marks.flush()
    return file


class _Marks:
    """Collects neighbouring lines of one state, so that the ledger is told of them once."""

    __slots__ = ("_first", "_last", "_ledger", "_reason", "_state")

    def __init__(self, ledger: LedgerBuilder) -> None:
        self._ledger = ledger
        self._first = 0
        self._last = -1
        self._state = LineState.MODELLED
        self._reason = ""

    def add(self, first: int, last: int, family: Family) -> None:
        """Lines ``first`` to ``last`` are what ``family`` is."""
        if family.state is self._state and family.reason is self._reason and self._first <= first <= self._last + 1:
            self._last = max(self._last, last)
            return
        self.flush()
        self._first, self._last, self._state, self._reason = first, last, family.state, family.reason

    def flush(self) -> None:
        """Tell what was collected."""
        if self._last >= self._first > 0:
            self._ledger.mark(self._first, self._last, self._state, self._reason)
        self._first, self._last = 0, -1


def _descend(node: Node, name: str, line: int) -> Node:
    """The node ``name`` below ``node``, made where it is not there."""
    found = node.children.get(name)
    if found is not None:
        return found
    family = node.family
    if family.device:
        if name in _WRAPPERS:
            return node
        if name == "devices":
            return _Devices(node)
        if name in VSYS_STATEMENTS and name not in family.children:
            return _descend(_descend(_descend(node, "vsys", line), FIRST_VSYS, line), name, line)
        if name in RULE_BASES:
            return _descend(_descend(node, "rulebase", line), name, line)
    elif family is _DEVICES and isinstance(node, _Devices):
        return node.level
    found = Node(name, line, line, family.below(name))
    if not found.family.skip:
        node.put(name, found)
    return found


# ---------------------------------------------------------------------------------------------------------------------
# XML


class _XmlReader:
    """Builds the tree out of elements: ``<entry name="x">``, ``<member>x</member>`` and ``<x>``."""

    def __init__(self, file: PanosFile, marks: _Marks) -> None:
        self._file = file
        self._marks = marks
        self._stack: list[Node] = [file.top]
        self._starts: list[int] = []
        self._skipped: list[tuple[str, int]] = []

    def read(self) -> None:
        file = self._file
        problem = read_elements(file.source.lines, self._opened, self._closed)
        self._marks.flush()
        self._comments()
        if problem is None:
            return
        last = len(file.source.lines)
        file.problem = XmlProblem(min(problem.line, last), problem.what)
        for node in self._stack[1:]:
            node.last_line = max(node.last_line, file.problem.line)
        file.ledger.mark(
            file.problem.line, last, LineState.UNRECOGNIZED, f"not XML from line {file.problem.line} on: {problem.what}"
        )

    def _opened(self, tag: str, attributes: dict[str, str], line: int) -> None:
        self._starts.append(line)
        if self._skipped:
            self._skipped.append((tag, line))
            return
        stack = self._stack
        node = stack[-1]
        if tag == "member":
            stack.append(node)
            return
        name = attributes.get("name", "") if tag == "entry" else tag
        child = node.children.get(name)
        if child is None:
            child = _descend(node, name, line)
            family = child.family
            if family.skip:
                self._skipped.append((tag, line))
                stack.append(child)
                return
        if tag == "config" and child is self._file.top and not self._file.version:
            self._file.version = attributes.get("detail-version") or attributes.get("version", "")
        stack.append(child)
        self._marks.add(line, line, child.family)

    def _closed(self, tag: str, text: str, line: int) -> None:
        first = self._starts.pop()
        if self._skipped:
            _, begun = self._skipped.pop()
            if line > begun and tag in _KEY_MATERIAL and text:
                self._file.ledger.hide(begun, line)
            if not self._skipped:
                self._marks.add(first, line, self._stack.pop().family)
            return
        node = self._stack.pop()
        if tag == "member":
            value = text.strip()
            if value not in node.children:
                node.put(value, Node(value, first, line, LEAF))
            self._marks.add(first, line, node.family)
            return
        if text and not node.children:
            value = text.strip()
            if value:
                node.put(value, Node(value, first, line, LEAF))
                self._marks.add(first, line, node.family)
                if line > first and tag in _KEY_MATERIAL:
                    self._file.ledger.hide(first, line)
        else:
            self._marks.add(line, line, node.family)
        node.last_line = max(node.last_line, line)

    def _comments(self) -> None:
        """The declaration, comments, and whatever is no element."""
        inside = False
        for number, raw in self._file.source.numbered():
            text = raw.strip()
            if inside or text.startswith(("<!--", "<?")):
                inside = (inside or text.startswith("<!--")) and "-->" not in text
                if inside or text.endswith("-->") or text.startswith("<?"):
                    self._file.ledger.irrelevant(number, "declaration or comment")


# ---------------------------------------------------------------------------------------------------------------------
# Words

_TOKEN: Final = re.compile(r'"([^"]*)"|\'([^\']*)\'(?=[\s\]]|$)|([\[\]])|([^\s"\[\]]+)|"')


def split_words(text: str) -> tuple[str, ...]:
    """The words of a command, quotes removed; brackets around lists are words of their own."""
    if '"' in text or "'" in text:
        return _split_quoted(text)
    if "[" in text or "]" in text:
        text = text.replace("[", " [ ").replace("]", " ] ")
    return tuple(text.split())


@lru_cache(maxsize=1 << 14)
def _split_quoted(text: str) -> tuple[str, ...]:
    words: list[str] = []
    for found in _TOKEN.finditer(text):
        kind = found.lastindex
        if kind is not None:
            words.append(found[kind])
    return tuple(words)


def _put(node: Node, words: Sequence[str], line: int, last_line: int, place: int = 0) -> Family:
    """Put ``words`` from ``place`` on below ``node``: statements down the hierarchy, values below leaves.

    The family that decides what the line is to the ledger: that of the last statement, or of one that is not modelled.
    """
    count = len(words)
    decides = node.family
    if decides.skip:
        return decides
    spoiled: Family | None = None
    while place < count:
        word = words[place]
        place += 1
        if word == "[" or word == "]":  # noqa: PLR1714 - twice as fast, for every word of a file
            # A list of entries.
            if word == "[" and not node.family.skip:
                while place < count and words[place] != "]":
                    decides = _put(node, (words[place],), line, last_line)
                    place += 1
            continue
        child = node.children.get(word)
        if child is None:
            child = _descend(node, word, line)
        family = child.family
        decides = family
        child.last_line = max(child.last_line, last_line)
        if family.leaf:
            if family.state is not LineState.MODELLED:
                spoiled = family
            if place >= count:
                break
            if words[place] == "[":
                place += 1
                while place < count and words[place] != "]":
                    _add(child, words[place], line, last_line)
                    place += 1
                place += 1
            else:
                _add(child, words[place], line, last_line)
                place += 1
        elif family.skip:
            return family
        else:
            node = child
    return spoiled or decides


def _add(leaf: Node, value: str, line: int, last_line: int) -> None:
    # What is said again is said last.
    found = leaf.children.pop(value, None) if leaf.children else None
    leaf.put(value, found or Node(value, line, last_line, LEAF))


# ---------------------------------------------------------------------------------------------------------------------
# Commands

#: First words of the commands of a script, with the reason of those that configure nothing.
_VERBS: Final = frozenset(
    [
        "set",
        "delete",
        "edit",
        "top",
        "up",
        "exit",
        "quit",
        "move",
        "rename",
        "copy",
        "configure",
        "commit",
        "show",
        "run",
        "save",
        "load",
        "check",
    ]
)
_NO_CONFIGURATION: Final = Family(
    state=LineState.IRRELEVANT, reason="a command of the terminal that configures nothing", skip=True
)
_COMMENT: Final = Family(state=LineState.IRRELEVANT, reason="comment", skip=True)
_NO_COMMAND: Final = Family(state=LineState.UNRECOGNIZED, reason="no command of a configuration", skip=True)
_MODELLED: Final = Family()
#: Where in a command the settings of an entry begin: ``set rulebase security rules NAME from …``.
_ENTRY: Final = 5
#: The most lines that a text in quotes goes on over.
_LONGEST_TEXT: Final = 400


class _SetReader:
    """Runs `set` commands: ``edit``, ``top`` and ``up`` move, ``delete``, ``rename`` and ``move`` change."""

    def __init__(self, file: PanosFile, marks: _Marks) -> None:
        self._file = file
        self._marks = marks
        self._levels: list[Node] = [file.top]

    def read(self) -> None:
        lines = self._file.source.lines
        add = self._marks.add
        levels = self._levels
        index, count = 0, len(lines)
        # Neighbouring commands mostly say something of one entry.
        entry: Node | None = None
        named: Sequence[str] = ()
        while index < count:
            raw = lines[index]
            index += 1
            first = index
            if raw.count('"') % 2:
                raw, index = _whole_text(lines, raw, index)
            words = split_words(raw)
            if not words:
                continue
            verb = words[0]
            if verb == "set":
                if entry is not None and words[1:_ENTRY] == named and len(words) > _ENTRY:
                    entry.last_line = index
                    add(first, index, _put(entry, words, first, index, _ENTRY))
                    continue
                add(first, index, _put(levels[-1], words, first, index, 1))
                entry, named = self._entry(levels[-1], words), words[1:_ENTRY]
            elif verb in _VERBS:
                entry = None
                add(first, index, self._run(verb, words, first))
            elif verb[0] in "#!" or raw.strip().startswith(("[edit", "![")):
                add(first, index, _COMMENT)
            else:
                add(first, index, _NO_COMMAND)

    @staticmethod
    def _entry(level: Node, words: Sequence[str]) -> Node | None:
        """The entry that the first words of a command name: one that is kept, and itself no list of values."""
        if len(words) <= _ENTRY:
            return None
        if level.family.device and words[1] in VSYS_STATEMENTS and words[1] not in level.family.children:
            level = level.at("vsys", FIRST_VSYS)
        for word in words[1:_ENTRY]:
            found = level.children.get(word)
            if found is None or found.family.leaf or found.family.skip:
                return None
            level = found
        return level

    def _run(self, verb: str, words: tuple[str, ...], line: int) -> Family:
        levels = self._levels
        if verb == "edit":
            node = levels[-1]
            for word in words[1:]:
                node = _descend(node, word, line)
                if node.family.skip:
                    break
            levels.append(node)
            return node.family
        if verb == "top":
            del levels[1:]
        elif verb in {"up", "exit"}:
            if len(levels) > 1:
                levels.pop()
        elif verb == "delete":
            parent, name = self._named(words[1:])
            if parent is not None:
                parent.children.pop(name, None)
                return _MODELLED
        elif verb == "rename" and "to" in words:
            place = words.index("to")
            parent, name = self._named(words[1:place])
            if parent is not None and name in parent.children and place + 1 < len(words):
                _rename(parent, name, words[place + 1])
                return _MODELLED
        elif verb == "move":
            return self._move(words)
        return _NO_CONFIGURATION

    def _named(self, words: Sequence[str]) -> tuple[Node | None, str]:
        """The node that holds what ``words`` name, and its name there; ``None`` where they name nothing."""
        node = self._levels[-1]
        if not words:
            return None, ""
        if node.family.device and words[0] in VSYS_STATEMENTS and words[0] not in node.family.children:
            node = node.at("vsys", FIRST_VSYS)
        node = node.at(*words[:-1])
        return (node, words[-1]) if node else (None, "")

    def _move(self, words: tuple[str, ...]) -> Family:
        """``move rulebase security rules A before B``, ``… A top``."""
        where = next((place for place in (len(words) - 2, len(words) - 1) if words[place] in _PLACES), 0)
        parent, name = self._named(words[1:where])
        if parent is None or name not in parent.children:
            return _NO_CONFIGURATION
        moved = parent.children.pop(name)
        others = list(parent.children.items())
        names = [other for other, _ in others]
        target = words[-1]
        if words[where] == "top":
            place = 0
        elif words[where] == "bottom" or target not in names:
            place = len(others)
        else:
            place = names.index(target) + (words[where] == "after")
        others.insert(place, (name, moved))
        parent.children = dict(others)
        return _MODELLED


_PLACES: Final = frozenset({"top", "bottom", "before", "after"})


def _rename(parent: Node, name: str, new: str) -> None:
    parent.children[name].name = new
    parent.children = {new if old == name else old: child for old, child in parent.children.items()}


def _whole_text(lines: Sequence[str], raw: str, index: int) -> tuple[str, int]:
    """The command whose text in quotes begins in ``raw`` and goes on over lines; ``raw`` alone where it does not end."""
    parts = [raw]
    for place in range(index, min(len(lines), index + _LONGEST_TEXT)):
        line = lines[place]
        if line.startswith(("set ", "delete ", "edit ")):
            break
        parts.append(line)
        if line.count('"') % 2:
            return "\n".join(parts), place + 1
    return raw, index


# ---------------------------------------------------------------------------------------------------------------------
# Braces


class _BraceReader:
    """Reads ``name { … }`` and ``name value;``."""

    def __init__(self, file: PanosFile, marks: _Marks) -> None:
        self._file = file
        self._marks = marks

    def read(self) -> None:
        lines = self._file.source.lines
        add = self._marks.add
        levels: list[Node] = [self._file.top]
        skipped = 0
        index, count = 0, len(lines)
        while index < count:
            text = lines[index].strip()
            index += 1
            first = index
            if not text:
                continue
            ending = text[-1]
            if ending == "}" and not text.strip("}; "):
                node = levels[-1]
                for _ in range(text.count("}")):
                    if skipped:
                        skipped -= 1
                    elif len(levels) > 1:
                        node = levels.pop()
                        node.last_line = max(node.last_line, index)
                add(first, index, node.family)
                continue
            if text[0] in "#!":
                add(first, index, _COMMENT)
                continue
            if ending not in "{;" or text.count('"') % 2:
                text, index = _whole_statement(lines, text, index)
                ending = text[-1]
            if ending == "{":
                if skipped or levels[-1].family.skip:
                    skipped += 1
                    add(first, index, levels[-1].family)
                    continue
                node = levels[-1]
                for word in split_words(text[:-1]):
                    node = _descend(node, word, first)
                    if node.family.skip:
                        break
                levels.append(node)
                add(first, index, node.family)
            elif levels[-1].family.skip:
                add(first, index, levels[-1].family)
                self._hide(text, first, index)
            elif ending == ";":
                add(first, index, self._statement(levels[-1], split_words(text[:-1]), first, index))
                self._hide(text, first, index)
            else:
                add(first, index, _NO_COMMAND)

    @staticmethod
    def _statement(level: Node, words: tuple[str, ...], first: int, last: int) -> Family:
        if level.family.leaf and words:
            for word in words:
                if word not in "[]":
                    _add(level, word, first, last)
            return level.family
        return _put(level, words, first, last)

    def _hide(self, text: str, first: int, last: int) -> None:
        if last > first and text.split(None, 1)[0] in _KEY_MATERIAL:
            self._file.ledger.hide(first, last)


def _whole_statement(lines: Sequence[str], text: str, index: int) -> tuple[str, int]:
    """The statement that begins with ``text`` and goes on over lines: up to ``;``, or ``{`` outside of quotes."""
    parts = [text]
    quotes = text.count('"')
    for place in range(index, min(len(lines), index + _LONGEST_TEXT)):
        line = lines[place].rstrip()
        parts.append(line)
        quotes += line.count('"')
        if quotes % 2 == 0 and line.endswith((";", "{")):
            return "\n".join(parts), place + 1
        if quotes % 2 == 0 and line.endswith("}"):
            break
    return text, index


# ---------------------------------------------------------------------------------------------------------------------
# Merging


def merged(first: Node, second: Node) -> Node:
    """Both trees as one; where both say a value, ``first`` has it."""
    if not second:
        return first
    if not first:
        return second
    if first.children and (first.family.leaf or first.family.entry is WHOLE):
        # A list of values, or of the addresses of an interface: one or the other.
        return first
    result = Node(first.name, first.first_line, first.last_line, first.family)
    children: dict[str, Node] = {}
    result.children = children
    for name, child in first.children.items():
        other = second.children.get(name)
        children[name] = child if other is None else merged(child, other)
    for name, child in second.children.items():
        if name not in children:
            children[name] = child
    return result


def _spread(node: Node) -> int:
    """Let every level end where the last one below it does; where that is."""
    for child in node.children.values():
        last = _spread(child) if child.children else child.last_line
        node.last_line = max(node.last_line, last)
    return node.last_line
