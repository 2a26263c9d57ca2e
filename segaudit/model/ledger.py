"""The ledger: every non-blank line of every input is in one of five states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType

from segaudit.model.source import SourceFile, Span


class LineState(IntEnum):
    """What was made of a line. The value is the byte that the ledger keeps."""

    BLANK = 0
    MODELLED = 1
    """Its meaning is in the model."""
    APPROXIMATED = 2
    """Its meaning is in the model, widened to bounds; the reason says how."""
    IRRELEVANT = 3
    """It cannot bear on access; the reason says why."""
    UNSUPPORTED = 4
    """Understood as something that could bear on access, and not modelled."""
    UNRECOGNIZED = 5
    """Not understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A run of neighbouring lines that share one state and one reason."""

    span: Span
    state: LineState
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The states of all lines of one file.

    ``states[i]`` is the `LineState` of line ``i + 1``; ``reasons`` maps a 1-based line to why it has its state
    (there is one for each line that is neither blank nor modelled); ``hidden`` are lines that are secret throughout.
    """

    path: str
    states: bytes
    reasons: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    hidden: frozenset[int] = frozenset()

    def count(self, state: LineState) -> int:
        """How many lines are in ``state``."""
        return self.states.count(state)

    @property
    def non_blank(self) -> int:
        """How many lines are not blank."""
        return len(self.states) - self.states.count(LineState.BLANK)

    def state(self, line: int) -> LineState:
        """The state of the 1-based ``line``."""
        return LineState(self.states[line - 1])

    def lines(self, state: LineState) -> tuple[int, ...]:
        """The 1-based lines in ``state``, ascending."""
        return tuple(i for i, value in enumerate(self.states, start=1) if value == state)

    def statements(self) -> Iterator[Statement]:
        """Neighbouring lines of one state and reason, joined; blank lines are left out."""
        first = 0
        previous: tuple[int, str] | None = None
        for line, value in enumerate(self.states, start=1):
            now = (value, self.reasons.get(line, ""))
            if now == previous:
                continue
            if previous is not None and previous[0] != LineState.BLANK:
                yield self._statement(first, line - 1, previous)
            first, previous = line, now
        if previous is not None and previous[0] != LineState.BLANK:
            yield self._statement(first, len(self.states), previous)

    def _statement(self, first: int, last: int, what: tuple[int, str]) -> Statement:
        span = Span(path=self.path, first_line=first, last_line=last)
        return Statement(span=span, state=LineState(what[0]), reason=what[1])


class LedgerBuilder:
    """Collects the states while a parser reads; a line that nobody marked ends as UNRECOGNIZED.

    A later mark replaces an earlier one, except that MODELLED never replaces APPROXIMATED or UNSUPPORTED: once a line
    is known to be understood in part only, it stays so.
    """

    __slots__ = ("_hidden", "_path", "_reasons", "_states")

    def __init__(self, source: SourceFile) -> None:
        self._path = source.path
        self._states = bytearray(
            LineState.UNRECOGNIZED if line and not line.isspace() else LineState.BLANK for line in source.lines
        )
        self._reasons: dict[int, str] = {}
        self._hidden: set[int] = set()

    def mark(self, first_line: int, last_line: int, state: LineState, reason: str = "") -> None:
        """Put lines ``first_line`` to ``last_line`` (1-based, inclusive) into ``state``."""
        if state != LineState.MODELLED and not reason:
            message = f"a line that is {state.name} needs a reason"
            raise ValueError(message)
        states = self._states
        for line in range(max(1, first_line), min(len(states), last_line) + 1):
            now = states[line - 1]
            if now == LineState.BLANK:
                continue
            if state == LineState.MODELLED:
                if now in (LineState.APPROXIMATED, LineState.UNSUPPORTED):
                    continue
                self._reasons.pop(line, None)
            else:
                self._reasons[line] = reason
            states[line - 1] = state

    def modelled(self, line: int, last_line: int | None = None) -> None:
        """The meaning of the line (or lines) is in the model."""
        self.mark(line, last_line or line, LineState.MODELLED)

    def approximated(self, line: int, reason: str) -> None:
        """The line is in the model, widened; ``reason`` says how."""
        self.mark(line, line, LineState.APPROXIMATED, reason)

    def irrelevant(self, line: int, reason: str, last_line: int | None = None) -> None:
        """The line cannot bear on access; ``reason`` says why."""
        self.mark(line, last_line or line, LineState.IRRELEVANT, reason)

    def unsupported(self, line: int, reason: str) -> None:
        """The line could bear on access and is not modelled; ``reason`` says what it would do."""
        self.mark(line, line, LineState.UNSUPPORTED, reason)

    def unrecognized(self, line: int, reason: str) -> None:
        """The line is not understood."""
        self.mark(line, line, LineState.UNRECOGNIZED, reason)

    def hide(self, first_line: int, last_line: int) -> None:
        """Lines ``first_line`` to ``last_line`` are secret throughout (a key, a certificate)."""
        self._hidden.update(range(first_line, last_line + 1))

    def finish(self) -> Ledger:
        """The ledger; what was never marked is UNRECOGNIZED."""
        states = bytes(self._states)
        for line, value in enumerate(states, start=1):
            if value == LineState.UNRECOGNIZED and line not in self._reasons:
                self._reasons[line] = "not understood"
        return Ledger(
            path=self._path,
            states=states,
            reasons=MappingProxyType(dict(sorted(self._reasons.items()))),
            hidden=frozenset(self._hidden),
        )
