"""YAML as JSON would read it, each value with its place in the text.

The tree is built from libyaml's events and not by its composer, which calls itself for every level, so that a file of
brackets ends the process, and which knows no limit for aliases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import yaml

from segaudit.knowledge.shipped import JSON_RESOLVERS, JsonLikeLoader
from segaudit.policy.errors import LocatedError, PolicyError

#: Limits that no honest file comes near: characters, levels of nesting, values with aliases expanded, mistakes.
MAXIMUM_CHARACTERS: Final = 8_000_000
MAXIMUM_DEPTH: Final = 50
MAXIMUM_VALUES: Final = 300_000
MAXIMUM_ERRORS: Final = 100
# A longer number is text: no field holds it, and Python refuses to convert thousands of digits.
_MAXIMUM_DIGITS: Final = 40


class _Mark(Protocol):
    """A place as PyYAML and libyaml give it, 0-based."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


Scalar = None | bool | int | float | str
Plain = Scalar | list["Plain"] | dict[str, "Plain"]
#: Keys and indexes from the root of a document to a value in it.
Location = tuple[str | int, ...]


class SpelledInt(int):
    """A whole number that knows how it was written, for fields that hold text."""

    spelling: str = ""


class SpelledFloat(float):
    """A number that knows how it was written, for fields that hold text (``revision: 1.10``)."""

    spelling: str = ""


@dataclass(slots=True, kw_only=True)
class Node:
    """A value with its 1-based place: ``items`` of a sequence, ``entries`` of a mapping, else a scalar.

    ``entries`` holds the node of the key and of the value for each key. ``last_line`` is inclusive, and counts the blank
    lines that end a block scalar. ``size`` counts the values in it, aliases expanded.
    """

    line: int
    column: int
    last_line: int
    scalar: Scalar = None
    items: list[Node] | None = None
    entries: dict[str, tuple[Node, Node]] | None = None
    size: int = 1

    def plain(self) -> Plain:
        """The value as plain Python: dict, list, str, int, float, bool, None."""
        if self.items is not None:
            return [item.plain() for item in self.items]
        if self.entries is not None:
            return {key: value.plain() for key, (_, value) in self.entries.items()}
        return self.scalar

    def step(self, step: str | int) -> tuple[Node, Node] | None:
        """Where a value begins to be written (its key, in a mapping) and the value; ``None`` where there is none."""
        if isinstance(step, int):
            if self.items is None or not 0 <= step < len(self.items):
                return None
            return self.items[step], self.items[step]
        return None if self.entries is None else self.entries.get(step)

    def place(self, location: Location) -> tuple[int, int]:
        """Line and column of the value at ``location``; steps that are not in the tree are passed over."""
        node = self
        for step in location:
            found = node.step(step)
            if found is not None:
                node = found[1]
        return node.line, node.column

    def key_place(self, location: Location) -> tuple[int, int]:
        """As `place`, but of the key where the last step is one."""
        node, start = self, self
        for step in location:
            found = node.step(step)
            if found is not None:
                start, node = found
        return start.line, start.column

    def lines(self, location: Location) -> tuple[int, int]:
        """First line (of the key, if there is one) and last line of the value at ``location``, both inclusive."""
        node, start = self, self
        for step in location:
            found = node.step(step)
            if found is not None:
                start, node = found
        return start.line, max(start.line, node.last_line)


def read_yaml(text: str, path: str) -> Node | None:
    """The tree of the one document in ``text``; ``None`` where it is empty. `PolicyError` tells all that is wrong."""
    return _Builder(path).build(text)


@dataclass(slots=True)
class _Open:
    """A sequence or mapping that is being read, with the key that waits for its value."""

    node: Node
    key: str | None = None
    key_node: Node | None = None


class _Builder:
    """Builds the tree event by event, with a stack in place of recursion."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.errors: list[LocatedError] = []
        self.stack: list[_Open] = []
        self.anchors: dict[str, Node] = {}
        self.root: Node | None = None
        self.values = 0

    def build(self, text: str) -> Node | None:
        if len(text) > MAXIMUM_CHARACTERS:
            raise self._stop(1, 1, f"too large: {len(text)} characters, at most {MAXIMUM_CHARACTERS} are read")
        self._refuse_unreadable(text)
        try:
            # S506 means the unsafe loaders; this one is a SafeLoader, and only its events are used.
            for event in yaml.parse(text, Loader=JsonLikeLoader):
                self._take(event)
        except yaml.MarkedYAMLError as error:
            line, column = _place(error.problem_mark or error.context_mark)
            context = f"{error.context}, " if error.context else ""
            raise self._stop(line, column, f"no valid YAML: {context}{error.problem}") from None
        if self.errors:
            raise PolicyError(self.errors)
        return self.root

    def _refuse_unreadable(self, text: str) -> None:
        """What YAML forbids, and lone surrogates, which no encoding can hold, are named with their place."""
        for number, line in enumerate(text.split("\n"), start=1):
            if line.isprintable():
                continue
            for column, char in enumerate(line, start=1):
                code = ord(char)
                control = (code < 0x20 and char not in "\t\r") or (0x7F <= code <= 0x9F and code != 0x85)
                if control or 0xD800 <= code <= 0xDFFF or code in {0xFFFE, 0xFFFF}:
                    raise self._stop(number, column, f"a character that YAML does not allow: U+{code:04X}")

    def _stop(self, line: int, column: int, problem: str) -> PolicyError:
        return PolicyError([*self.errors, LocatedError(path=self.path, line=line, column=column, problem=problem)])

    def _note(self, line: int, column: int, problem: str) -> None:
        self.errors.append(LocatedError(path=self.path, line=line, column=column, problem=problem))
        if len(self.errors) >= MAXIMUM_ERRORS:
            raise self._stop(line, column, "too many mistakes: the rest of the file was not read")

    def _take(self, event: yaml.Event) -> None:
        line, column = _place(event.start_mark)
        if isinstance(event, yaml.DocumentStartEvent):
            if self.root is not None:
                raise self._stop(line, column, "more than one document: write one file for each")
        elif isinstance(event, yaml.ScalarEvent):
            self._refuse_tag(event.tag, line, column)
            self._scalar(event, line, column)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event.anchor or "", line, column)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._refuse_tag(event.tag, line, column)
            node = Node(line=line, column=column, last_line=line)
            if isinstance(event, yaml.MappingStartEvent):
                node.entries = {}
            else:
                node.items = []
            if len(self.stack) >= MAXIMUM_DEPTH:
                raise self._stop(line, column, f"nested too deeply: at most {MAXIMUM_DEPTH} levels are read")
            self.stack.append(_Open(node))
            if event.anchor:
                self.anchors[event.anchor] = node
        elif isinstance(event, yaml.CollectionEndEvent):
            self._put(self.stack.pop().node)

    def _scalar(self, event: yaml.ScalarEvent, line: int, column: int) -> None:
        # A block scalar (| or >) ends where the line after it begins.
        last, after = _place(event.end_mark)
        last -= 1 if after == 1 else 0
        value = _resolved(event.value) if event.implicit[0] and not event.style else event.value
        node = Node(line=line, column=column, last_line=max(line, last), scalar=value)
        if event.anchor:
            self.anchors[event.anchor] = node
        opened = self.stack[-1] if self.stack else None
        if opened is not None and opened.node.entries is not None and opened.key is None:
            self._key(opened, str(event.value), node)
        else:
            self._put(node)

    def _key(self, opened: _Open, key: str, node: Node) -> None:
        assert opened.node.entries is not None
        earlier = opened.node.entries.get(key)
        if earlier is not None:
            self._note(node.line, node.column, f"the key {key!r} is written twice; first on line {earlier[0].line}")
        opened.key, opened.key_node = key, node

    def _alias(self, anchor: str, line: int, column: int) -> None:
        node = self.anchors.get(anchor)
        if node is None:
            raise self._stop(line, column, f"*{anchor} stands for nothing: there is no &{anchor} above it")
        if any(opened.node is node for opened in self.stack):
            raise self._stop(line, column, f"*{anchor} contains itself")
        self._put(
            Node(
                line=line,
                column=column,
                last_line=line,
                scalar=node.scalar,
                items=node.items,
                entries=node.entries,
                size=node.size,
            )
        )

    def _refuse_tag(self, tag: str | None, line: int, column: int) -> None:
        if tag:
            self._note(line, column, f"the tag {tag!r} means nothing here: leave it out")

    def _put(self, node: Node) -> None:
        self.values += 1
        opened = self.stack[-1] if self.stack else None
        if opened is None:
            self.root = node
            return
        parent = opened.node
        parent.size += node.size
        parent.last_line = max(parent.last_line, node.last_line)
        if max(self.values, parent.size) > MAXIMUM_VALUES:
            raise self._stop(node.line, node.column, f"too many values: at most {MAXIMUM_VALUES} are read")
        if parent.items is not None:
            parent.items.append(node)
        elif opened.key is None:
            raise self._stop(node.line, node.column, "a key must be a word, not a list or a mapping")
        elif parent.entries is not None and opened.key_node is not None:
            parent.entries.setdefault(opened.key, (opened.key_node, node))
            opened.key = opened.key_node = None


def _place(mark: _Mark | None) -> tuple[int, int]:
    """1-based line and column; the beginning where libyaml gives no mark."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _resolved(text: str) -> Scalar:
    """A plain scalar as JSON would read it; see `JsonLikeLoader`."""
    for tag, spelling, _ in JSON_RESOLVERS:
        if spelling.match(text) is None:
            continue
        if tag.endswith("null"):
            return None
        if tag.endswith("bool"):
            return text == "true"
        if len(text) > _MAXIMUM_DIGITS:
            return text
        number = SpelledInt(text) if tag.endswith("int") else SpelledFloat(text)
        number.spelling = text
        return number
    return text
