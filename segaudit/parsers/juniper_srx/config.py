"""The text of a Junos configuration as one tree, whether it is `set` commands or braces; groups applied, inactive parts out.

The two forms say the same: a value, an entry and a statement are names below a statement, so that
``source-address [ a b ];`` and two commands ``set … source-address a``, ``… b`` are the nodes ``a`` and ``b`` below
``source-address``. The ledger is kept on the way: what `statements` knows of a place decides the state of its lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

from segaudit.model import LedgerBuilder, LineState, SourceFile, Span
from segaudit.parsers.juniper_srx.schema import COMMENT, LEAF, UNKNOWN, Family, Shape
from segaudit.parsers.juniper_srx.statements import top_level

#: Of the many nodes without children; never written to.
_NO_CHILDREN: Final[dict[str, Node]] = {}
_LEVEL, _VALUE, _VALUES, _FLAG, _SKIP, _WHOLE = Shape
#: The most lines that a text in quotes goes on over.
_LONGEST_TEXT: Final = 400
#: Levels below each other; no statement of the hierarchy has half as many.
_DEEPEST: Final = 60


class Node:
    """A statement and what stands below it, in order; values have nothing below them."""

    __slots__ = ("children", "family", "first_line", "inactive", "last_line", "name")

    def __init__(self, name: str, first_line: int, last_line: int, family: Family) -> None:
        self.name = name
        self.first_line = first_line
        self.last_line = last_line
        self.family = family
        self.inactive = False
        self.children = _NO_CHILDREN

    def put(self, child: Node) -> None:
        """Let ``child`` stand below, behind all others."""
        if self.children is _NO_CHILDREN:
            self.children = {child.name: child}
        else:
            self.children[child.name] = child

    def at(self, *path: str) -> Node:
        """The node at the end of ``path``; `NOTHING` where there is none."""
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
        """The names below ``path``: the values of a list."""
        return tuple(self.at(*path).children)

    def word(self, *path: str, default: str = "") -> str:
        """The value at ``path``; of several the last one said."""
        children = self.at(*path).children
        return next(reversed(children)) if children else default

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


@dataclass(slots=True)
class JunosFile:
    """One file as a tree. ``node_group``: which member of a cluster ``${node}`` was read as."""

    source: SourceFile
    ledger: LedgerBuilder
    top: Node
    node_group: str = ""
    missing_groups: dict[str, int] = field(default_factory=dict)

    def span(self, node: Node) -> Span:
        """Where ``node`` stands."""
        return Span(path=self.source.path, first_line=node.first_line, last_line=node.last_line)


def read_junos(source: SourceFile) -> JunosFile:
    """Read one file: its tree with groups applied, and what is inactive taken out (rules stay, marked)."""
    ledger = LedgerBuilder(source)
    file = JunosFile(source=source, ledger=ledger, top=Node("", 1, max(1, len(source.lines)), top_level()))
    marks = _Marks(ledger)
    reader = _SetReader(file, marks) if _is_set(source.lines) else _BraceReader(file, marks)
    reader.read()
    marks.flush()
    if reader.off:
        _prune(file.top)
    if any("apply-groups" in line for line in source.lines):
        _Inheritance(file).apply()
    file.top.children.pop("groups", None)
    return file


def _is_set(lines: Sequence[str]) -> bool:
    """Whether the statements are commands: by whichever form the first statement has that is one of either."""
    for line in lines:
        text = line.strip()
        if not text or text[0] in "#!{[/*<":
            continue
        if text.split(None, 1)[0] in _VERBS:
            return True
        if text[-1] in "{;}":
            return False
    return True


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


# ---------------------------------------------------------------------------------------------------------------------
# Words

_TOKEN: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|([\[\]])|([^\s"\[\]]+)|"')


def split_words(text: str) -> Sequence[str]:
    """The words of a statement, quotes removed; brackets around lists are words of their own."""
    if '"' in text:
        return _split_quoted(text)
    if "[" in text or "]" in text:
        text = text.replace("[", " [ ").replace("]", " ] ")
    return text.split()


@lru_cache(maxsize=1 << 12)
def _split_quoted(text: str) -> tuple[str, ...]:
    return tuple(found[found.lastindex] for found in _TOKEN.finditer(text) if found.lastindex is not None)


def _put(node: Node, words: Sequence[str], line: int, last_line: int, place: int = 0) -> Family:
    """Put ``words`` from ``place`` on below ``node``: statements down the hierarchy, values below leaves.

    The family that decides what the line is to the ledger: that of the last statement, or of one that is not modelled.
    """
    count = len(words)
    decides = node.family
    if decides.shape is _SKIP:
        return decides
    spoiled: Family | None = None
    deep = 0
    while place < count:
        word = words[place]
        place += 1
        if word == "[" or word == "]":  # noqa: PLR1714 - twice as fast, for every word of a file
            if word == "[":
                while place < count and words[place] != "]":
                    decides = _put(node, (words[place],), line, last_line)
                    place += 1
            continue
        child = node.children.get(word)
        if child is None:
            family = node.family.below(word)
            if family.shape is _SKIP:
                return family
            child = Node(word, line, last_line, family)
            node.put(child)
        else:
            family = child.family
            child.last_line = last_line
        decides = family
        shape = family.shape
        if shape is _LEVEL or shape is _WHOLE:
            node = child
            deep += 1
            if deep > _DEEPEST:
                return UNKNOWN
        elif shape is not _FLAG:
            if family.state is not LineState.MODELLED:
                spoiled = family
            if place >= count:
                break
            if shape is _VALUE and child.children:
                child.children = {}
            if words[place] == "[":
                place += 1
                while place < count and words[place] != "]":
                    child.put(Node(words[place], line, last_line, LEAF))
                    place += 1
                place += 1
            else:
                child.put(Node(words[place], line, last_line, LEAF))
                place += 1
        elif family.state is not LineState.MODELLED:
            spoiled = family
    return spoiled or decides


def _find(node: Node, words: Sequence[str]) -> tuple[Node, Node]:
    """The node that ``words`` name below ``node``, and the one that holds it; `NOTHING` where they name nothing."""
    parent = NOTHING
    for word in words:
        if word in ("[", "]"):
            continue
        parent, node = node, node.at(word)
        if not node:
            return NOTHING, NOTHING
    return parent, node


# ---------------------------------------------------------------------------------------------------------------------
# Commands

_VERBS: Final = frozenset(
    [
        "set", "delete", "edit", "top", "up", "exit", "quit", "insert", "rename", "copy", "activate", "deactivate",
        "protect", "unprotect", "annotate", "configure", "commit", "rollback", "load", "show", "run", "replace", "status",
        "save", "wildcard",
    ]
)  # fmt: skip
_NO_CONFIGURATION: Final = Family(Shape.SKIP, LineState.IRRELEVANT, "a command of the terminal that configures nothing")
_NO_COMMAND: Final = Family(Shape.SKIP, LineState.UNRECOGNIZED, "no command of a configuration")
_MODELLED: Final = Family()
#: Where in a command the settings of a policy begin: ``set security policies from-zone A to-zone B policy NAME match …``.
_ENTRY: Final = 9
_INACTIVE: Final = Family(Shape.SKIP, LineState.IRRELEVANT, "inactive: the device leaves it out")


class _SetReader:
    """Runs `set` commands in their order: ``edit``, ``top`` and ``up`` move, ``delete``, ``deactivate``, ``insert`` change."""

    def __init__(self, file: JunosFile, marks: _Marks) -> None:
        self._file = file
        self._marks = marks
        self._levels: list[Node] = [file.top]
        self.off: list[Node] = []

    def read(self) -> None:
        lines = self._file.source.lines
        add = self._marks.add
        levels = self._levels
        index, count = 0, len(lines)
        inside_comment = False
        # Neighbouring commands mostly say something of one policy.
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
            if inside_comment or verb.startswith("/*"):
                inside_comment = "*/" not in raw
                add(first, index, COMMENT)
            elif verb == "set":
                if entry is not None and words[1:_ENTRY] == named and len(words) > _ENTRY:
                    entry.last_line = index
                    add(first, index, _put(entry, words, first, index, _ENTRY))
                    continue
                add(first, index, _put(levels[-1], words, first, index, 1))
                entry, named = self._entry(levels[-1], words), words[1:_ENTRY]
            elif verb in _VERBS:
                entry = None
                add(first, index, self._run(verb, words, first, index))
            elif verb[0] in "#!{[":
                add(first, index, COMMENT)
            else:
                add(first, index, _NO_COMMAND)
        _spread(self._file.top)
        for node in self.off:
            node.inactive = True
            self._marks.flush()
            if not node.family.kept:
                self._file.ledger.irrelevant(node.first_line, _INACTIVE.reason)

    @staticmethod
    def _entry(level: Node, words: Sequence[str]) -> Node | None:
        """The policy (or whatever stands as deep) that the first words of a command name: a level, in the tree."""
        if len(words) <= _ENTRY:
            return None
        for word in words[1:_ENTRY]:
            found = level.children.get(word)
            if found is None or found.family.shape not in (_LEVEL, _WHOLE):
                return None
            level = found
        return level

    def _run(self, verb: str, words: Sequence[str], line: int, last_line: int) -> Family:
        levels = self._levels
        named = words[1:]
        if verb == "edit":
            family = _put(levels[-1], words, line, last_line, 1)
            _, node = _find(levels[-1], named)
            levels.append(node or Node("", line, line, family if family.shape is _SKIP else UNKNOWN))
            return family
        if verb == "top":
            del levels[1:]
            if len(words) > 1 and words[1] in _VERBS:
                return self._run(words[1], words[1:], line, last_line) if words[1] != "set" else _put(
                    levels[-1], words, line, last_line, 2
                )  # fmt: skip
        elif verb in {"up", "exit"}:
            if len(levels) > 1:
                levels.pop()
        elif verb == "delete":
            parent, node = _find(levels[-1], named)
            if parent:
                del parent.children[node.name]
                return _MODELLED
        elif verb in {"deactivate", "activate"}:
            _, node = _find(levels[-1], named)
            if node:
                if verb == "deactivate":
                    self.off.append(node)
                elif node in self.off:
                    self.off.remove(node)
                return _MODELLED
        elif verb == "rename" and "to" in named:
            parent, node = _find(levels[-1], named[: list(named).index("to")])
            if parent:
                _rename(parent, node.name, named[-1])
                return _MODELLED
        elif verb == "insert":
            return self._insert(named)
        return _NO_CONFIGURATION

    def _insert(self, named: Sequence[str]) -> Family:
        """``insert … policy A before policy B``."""
        where = next((place for place, word in enumerate(named) if word in {"before", "after"}), 0)
        parent, node = _find(self._levels[-1], named[:where])
        others = [name for name in parent.children if name != node.name]
        if not parent or named[-1] not in others:
            return _NO_CONFIGURATION
        others.insert(others.index(named[-1]) + (named[where] == "after"), node.name)
        parent.children = {name: parent.children[name] for name in others}
        return _MODELLED


def _spread(node: Node) -> int:
    """Let every level end where the last one below it does."""
    last = node.last_line
    for child in node.children.values():
        below = _spread(child) if child.children else child.last_line
        last = max(last, below)
    node.last_line = last
    return last


def _rename(parent: Node, name: str, new: str) -> None:
    parent.children[name].name = new
    parent.children = {new if old == name else old: child for old, child in parent.children.items()}


def _whole_text(lines: Sequence[str], raw: str, index: int) -> tuple[str, int]:
    """The command whose text in quotes begins in ``raw`` and goes on over lines; ``raw`` alone where it does not end."""
    parts = [raw]
    for place in range(index, min(len(lines), index + _LONGEST_TEXT)):
        line = lines[place]
        if line.startswith(("set ", "delete ", "edit ", "deactivate ")):
            break
        parts.append(line)
        if line.count('"') % 2:
            return "\n".join(parts), place + 1
    return raw, index


# ---------------------------------------------------------------------------------------------------------------------
# Braces

_TAGS: Final = frozenset({"inactive:", "protect:", "replace:", "delete:", "active:", "unprotect:"})
_TRAILING: Final = re.compile(r"(?<=[;{}])\s*(?:##.*|#.*|/\*.*\*/\s*)$")


class _BraceReader:
    """Reads ``name { … }`` and ``name value;``."""

    def __init__(self, file: JunosFile, marks: _Marks) -> None:
        self._file = file
        self._marks = marks
        self.off: list[Node] = []

    def read(self) -> None:
        lines = self._file.source.lines
        add = self._marks.add
        levels: list[Node] = [self._file.top]
        index, count = 0, len(lines)
        inside_comment = False
        while index < count:
            text = lines[index].strip()
            index += 1
            first = index
            if not text:
                continue
            if inside_comment or text.startswith("/*"):
                inside_comment = "*/" not in text
                rest = text.partition("*/")[2].strip()
                if inside_comment or not rest:
                    add(first, index, COMMENT)
                    continue
                text = rest
            if text[0] in "#!" or text.startswith(("{master", "{primary", "{secondary", "{backup", "{line", "[edit")):
                add(first, index, COMMENT)
                continue
            if "#" in text or "/*" in text:
                text = _TRAILING.sub("", text)
            if text[-1] not in "{;}" or text.count('"') % 2:
                text, index = _whole_statement(lines, text, index)
            for part in _statements(text):
                ending = part[-1]
                if ending == "}":
                    node = levels[-1]
                    node.last_line = max(node.last_line, index)
                    if len(levels) > 1:
                        levels.pop()
                    add(first, index, node.family)
                elif ending == "{":
                    levels.append(self._opened(levels[-1], split_words(part[:-1]), first, len(levels)))
                    add(first, index, levels[-1].family)
                elif ending == ";":
                    add(first, index, self._said(levels[-1], split_words(part[:-1]), first, index))
                else:
                    add(first, index, levels[-1].family if levels[-1].family.shape is _SKIP else _NO_COMMAND)
        self._marks.flush()
        for node in self.off:
            node.inactive = True
            if not node.family.kept:
                self._file.ledger.irrelevant(node.first_line, _INACTIVE.reason, node.last_line)

    def _opened(self, node: Node, words: Sequence[str], line: int, deep: int) -> Node:
        """The level that ``words`` open below ``node``."""
        tags, words = _without_tags(words)
        above = node
        for level, word in enumerate(words, start=deep):
            if node.family.shape is _SKIP:
                return node
            if level > _DEEPEST:
                return Node(word, line, line, UNKNOWN)
            child = node.children.get(word)
            if child is None:
                child = Node(word, line, line, node.family.below(word))
                if child.family.shape is not _SKIP:
                    node.put(child)
            above, node = node, child
        if "delete:" in tags and node is not above:
            above.children.pop(node.name, None)
        if "inactive:" in tags:
            self.off.append(node)
        return node

    def _said(self, level: Node, words: Sequence[str], first: int, last: int) -> Family:
        tags, words = _without_tags(words)
        if level.family.shape in (Shape.VALUE, Shape.VALUES):
            for word in words:
                if word not in "[]":
                    level.put(Node(word, first, last, LEAF))
            return level.family
        if not tags:
            return _put(level, words, first, last)
        if "inactive:" in tags:
            return self._inactive(level, words, first, last)
        if "delete:" in tags:
            parent, node = _find(level, words)
            if parent:
                del parent.children[node.name]
            return _MODELLED
        return _put(level, words, first, last)

    def _inactive(self, level: Node, words: Sequence[str], first: int, last: int) -> Family:
        """``inactive: name value;`` — the value stands for the whole statement."""
        _, known = _find(level, words[:1])
        family = _put(level, words, first, last)
        if family.shape is _SKIP and family.state is not LineState.MODELLED:
            return family
        _, node = _find(level, words if known else words[:1])
        if node:
            self.off.append(node)
        return _INACTIVE if not node.family.kept else family


def _without_tags(words: Sequence[str]) -> tuple[frozenset[str], Sequence[str]]:
    """The marks before a statement (``inactive:``), and its words without them."""
    if not words or words[0][-1] != ":" or words[0] not in _TAGS:
        return frozenset(), words
    place = 0
    while place < len(words) and words[place] in _TAGS:
        place += 1
    return frozenset(words[:place]), words[place:]


def _statements(text: str) -> Sequence[str]:
    """The statements of a line: mostly one."""
    if ";" not in text[:-1] and "{" not in text[:-1] and "}" not in text[:-1]:
        return (text,)
    parts: list[str] = []
    start, quoted, place = 0, False, 0
    while place < len(text):
        char = text[place]
        if char == '"' and text[place - 1 : place] != "\\":
            quoted = not quoted
        elif not quoted and char == "$" and text[place + 1 : place + 2] == "{":
            place = max(place, text.find("}", place))
        elif not quoted and char in ";{}":
            parts.append(text[start : place + 1].strip())
            start = place + 1
        place += 1
    if text[start:].strip() and not text[start:].strip().startswith(("#", "/*")):
        parts.append(text[start:].strip())
    return parts or (text,)


def _whole_statement(lines: Sequence[str], text: str, index: int) -> tuple[str, int]:
    """The statement that begins with ``text`` and goes on over lines: up to ``;`` or a brace outside of quotes."""
    parts = [text]
    quotes = text.count('"')
    for place in range(index, min(len(lines), index + _LONGEST_TEXT)):
        line = lines[place].rstrip()
        parts.append(line)
        quotes += line.count('"')
        if quotes % 2 == 0 and _TRAILING.sub("", line).endswith((";", "{", "}")):
            return " ".join(parts), place + 1
    return text, index


# ---------------------------------------------------------------------------------------------------------------------
# Groups and inactive parts


def _prune(node: Node) -> None:
    """Take out what is inactive; rules stay, marked."""
    stack = [node]
    while stack:
        node = stack.pop()
        children = node.children
        if not children:
            continue
        if any(child.inactive for child in children.values()):
            node.children = children = {
                name: child for name, child in children.items() if not child.inactive or child.family.kept
            }
        stack.extend(child for child in children.values() if child.children)


class _Inheritance:
    """``apply-groups``: what a group says at a place holds there, where nothing else is said.

    Junos OS CLI User Guide, "Use Configuration Groups": statements of the configuration go before those of groups, of
    several groups the first named goes first, and groups applied at a level below go before those above; ``<*>`` and
    patterns in angle brackets match names that are there; ``apply-groups-except`` keeps a group out of a level and all
    below it. What a group adds to an ordered list stands behind what is there.
    """

    def __init__(self, file: JunosFile) -> None:
        self._file = file
        self._groups = file.top.at("groups")

    def apply(self) -> None:
        top = self._file.top
        if self._groups:
            # Groups may apply groups themselves.
            for group in self._groups.children.values():
                self._level(group, [group], depth=0)
        self._level(top, [], depth=0)

    def _level(self, node: Node, path: list[Node], *, depth: int) -> None:
        """Apply the groups named at ``node``, those of levels below first."""
        for name, child in tuple(node.children.items()):
            if child.children and name not in ("groups", "apply-groups", "apply-groups-except") and depth < 64:
                self._level(child, [*path, child], depth=depth + 1)
        named = node.children.get("apply-groups")
        if named is None:
            return
        for value in named.children.values():
            for group in self._named(value):
                source = group
                inside = path[1:] if path and path[0].name in self._groups.children and path[0] is not group else path
                found = [source]
                for step in inside:
                    found = [below for one in found for below in _matching(one, step.name)]
                for one in found:
                    _merge(node, one, group.name)

    def _named(self, value: Node) -> Iterable[Node]:
        """The group that a value means; ``${node}`` is a member of the cluster."""
        name = value.name
        if name == "${node}":
            name = self._file.node_group = next(
                (one for one in ("node0", "node1") if one in self._groups.children), "node0"
            )
        group = self._groups.at(name)
        if group:
            yield group
        elif not name.startswith("junos-"):
            self._file.missing_groups.setdefault(name, value.first_line)


def _matching(node: Node, name: str) -> list[Node]:
    """What of a group is meant for the name: itself, and patterns in angle brackets."""
    found = [node.children[name]] if name in node.children else []
    found.extend(
        child
        for pattern, child in node.children.items()
        if pattern.startswith("<") and pattern.endswith(">") and fnmatchcase(name, pattern[1:-1])
    )
    return found


def _merge(target: Node, source: Node, group: str) -> None:
    """What ``source`` says that ``target`` does not, goes below ``target``."""
    if group in target.at("apply-groups-except").children:
        return
    shape = target.family.shape
    if shape is Shape.VALUE and target.children:
        return
    for name, child in source.children.items():
        if name in ("apply-groups", "apply-groups-except"):
            continue
        if name.startswith("<") and name.endswith(">"):
            for there, below in tuple(target.children.items()):
                if fnmatchcase(there, name[1:-1]):
                    _merge(below, child, group)
            continue
        known = target.children.get(name)
        if known is None:
            copied = _copy(child)
            if copied is not None:
                target.put(copied)
        else:
            _merge(known, child, group)


def _copy(node: Node) -> Node | None:
    """``node`` with all below it but patterns; ``None`` where nothing is left of a level of patterns."""
    made = Node(node.name, node.first_line, node.last_line, node.family)
    made.inactive = node.inactive
    for name, child in node.children.items():
        if name.startswith("<") and name.endswith(">"):
            continue
        copied = _copy(child)
        if copied is not None:
            made.put(copied)
    if node.children and not made.children:
        return None
    return made
