"""What a statement is, by its place in the hierarchy: a small language for the table in `statements`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from segaudit.model import LineState


class Shape(IntEnum):
    """What may follow the name of a statement."""

    LEVEL = 0
    """Statements below it."""
    VALUE = 1
    """One value; said again, the last one holds."""
    VALUES = 2
    """Values, which add up."""
    FLAG = 3
    """Nothing."""
    SKIP = 4
    """Anything, and nothing of it is kept."""
    WHOLE = 5
    """Anything, and all of it is kept: a level whose names are not known one by one."""


class Family:
    """A statement, or a level of the hierarchy.

    ``children`` are the statements below it by name, ``entry`` what any other name there is (an entry of a list).
    ``kept``: where it is inactive it stays in the tree, marked (rules and terms).
    """

    __slots__ = ("children", "entry", "kept", "reason", "shape", "state")

    def __init__(
        self,
        shape: Shape = Shape.LEVEL,
        state: LineState = LineState.MODELLED,
        reason: str = "",
        *,
        kept: bool = False,
    ) -> None:
        self.shape = shape
        self.state = state
        self.reason = reason
        self.kept = kept
        self.children: dict[str, Family] = {}
        self.entry: Family | None = None

    def below(self, name: str) -> Family:
        """What ``name`` below this statement is."""
        found = self.children.get(name)
        if found is not None:
            return found
        shape = self.shape
        if shape is Shape.WHOLE:
            return self
        if shape is Shape.VALUE or shape is Shape.VALUES:
            return LEAF
        return _ANYWHERE.get(name) or self.entry or UNKNOWN


LEAF: Final = Family(Shape.FLAG)
UNKNOWN: Final = Family(Shape.SKIP, LineState.UNRECOGNIZED, "no statement that is known at this place")
COMMENT: Final = Family(Shape.SKIP, LineState.IRRELEVANT, "comment")
#: Statements that may stand at every level.
_ANYWHERE: Final = {
    "apply-groups": Family(Shape.VALUES),
    "apply-groups-except": Family(Shape.VALUES),
    "apply-macro": Family(Shape.SKIP, LineState.IRRELEVANT, "data for commit scripts"),
    "apply-flags": Family(Shape.SKIP, LineState.IRRELEVANT, "how the configuration is shown"),
}
_SHAPES: Final = {"=": Shape.VALUE, "+": Shape.VALUES, "!": Shape.FLAG, "*": Shape.WHOLE}
_STATES: Final = {"-": LineState.IRRELEVANT, "?": LineState.UNSUPPORTED, "~": LineState.APPROXIMATED}


def read_schema(text: str, reasons: Mapping[str, str]) -> Family:
    """The level that ``text`` describes.

    One line has names separated by blanks; what is indented stands below each of them. A mark behind a name says what
    follows it: ``name=`` one value, ``name+`` values, ``name!`` nothing, ``name*`` anything, and no mark statements.
    ``<>`` is an entry of any name, ``<>#`` one that is kept where it is inactive, ``<>*`` one with anything in it.
    A line ``-reason: names`` is of statements that are irrelevant, ``?reason: names`` unsupported (``<>``: all others),
    ``~reason: names`` approximated (each with its mark). ``@name`` is the level that ``@name:`` described before.
    """
    root = Family()
    named: dict[str, Family] = {}
    levels: list[tuple[int, list[Family]]] = [(-1, [root])]
    for raw in text.splitlines():
        if not raw.strip():
            continue
        indent = len(raw) - len(raw.lstrip())
        while levels[-1][0] >= indent:
            levels.pop()
        above = levels[-1][1]
        line = raw.strip()
        if line[0] == "@" and line[-1] == ":":
            level = named[line[1:-1]] = Family()
            levels.append((indent, [level]))
            continue
        state, reason = _STATES.get(line[0], LineState.MODELLED), ""
        if state is not LineState.MODELLED:
            word, _, line = line[1:].partition(":")
            reason = reasons[word.strip()]
        made = [_statement(word, state, reason, above, named) for word in line.split()]
        levels.append((indent, [one for one in made if one is not None]))
    return root


def _statement(
    word: str, state: LineState, reason: str, above: list[Family], named: Mapping[str, Family]
) -> Family | None:
    if word[0] == "@":
        for level in above:
            level.children.update(named[word[1:]].children)
            level.entry = named[word[1:]].entry or level.entry
        return None
    kept = word.endswith("#")
    word = word.rstrip("#")
    mark = word[-1]
    name = word[:-1] if mark in _SHAPES and len(word) > 1 else word
    shape = _SHAPES.get(mark, Shape.LEVEL) if name != word else Shape.LEVEL
    if state in (LineState.IRRELEVANT, LineState.UNSUPPORTED) and shape is Shape.LEVEL:
        shape = Shape.SKIP
    one = Family(shape, state, reason, kept=kept)
    for level in above:
        if name == "<>":
            level.entry = one
        else:
            level.children[name] = one
    return one
