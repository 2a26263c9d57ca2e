"""Indented command lines (Cisco IOS, ASA, NX-OS and their kin): a line and the lines that stand deeper below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Line:
    """One command: 1-based ``number``, ``text`` without indentation and trailing blanks, its ``children``."""

    number: int
    indent: int
    text: str
    children: list[Line] = field(default_factory=list)
    _words: tuple[str, ...] | None = field(default=None, repr=False)

    @property
    def words(self) -> tuple[str, ...]:
        """The blank-separated words of ``text``."""
        if self._words is None:
            self._words = tuple(self.text.split())
        return self._words

    def walk(self) -> Iterator[Line]:
        """This line and all below it, in file order."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def last_number(self) -> int:
        """The number of the last line of this block."""
        node = self
        while node.children:
            node = node.children[-1]
        return node.number


def read_indented(lines: Iterable[tuple[int, str]]) -> list[Line]:
    """The top-level commands of numbered ``lines``, blank lines left out; a deeper line is a child of the last shallower one."""
    top: list[Line] = []
    stack: list[Line] = []
    for number, raw in lines:
        text = raw.strip()
        if not text:
            continue
        indent = len(raw) - len(raw.lstrip())
        line = Line(number, indent, text)
        while stack and stack[-1].indent >= indent:
            stack.pop()
        (stack[-1].children if stack else top).append(line)
        stack.append(line)
    return top
