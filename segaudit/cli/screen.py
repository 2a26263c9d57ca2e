"""The terminal: language, colour, tables, and progress for what takes longer than a second."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from segaudit.knowledge.columns import clean as clean  # noqa: PLC0414 the verbs take it from here
from segaudit.knowledge.columns import columns_of as columns_of  # noqa: PLC0414 as above
from segaudit.knowledge.language import Language
from segaudit.model import Message

if TYPE_CHECKING:
    from rich.status import Status

#: A table of more rows is plain on terminals too: rich lays out a thousand rows a second.
MOST_RICH_ROWS: Final = 1_000
#: Seconds after which it is said what takes so long.
PATIENCE: Final = 1.0


@dataclass(slots=True)
class Screen:
    """Where a verb writes. ``color``: escape sequences may be written; ``width`` in columns, 0 where nothing limits it."""

    language: Language
    color: bool
    width: int
    quiet: bool = False
    verbose: bool = False

    def say(self, text: Message | str) -> str:
        """The text in the language of the screen, as one line that is safe to write."""
        said = self.language.say(text) if isinstance(text, Message) else text
        return clean(said)

    def line(self, text: Message | str = "") -> None:
        """One line to standard output."""
        print(self.say(text))

    def note(self, text: Message | str) -> None:
        """One line to standard error, unless --quiet."""
        if not self.quiet:
            self.error(text)

    def error(self, text: Message | str) -> None:
        """One line to standard error."""
        sys.stdout.flush()
        print(self.say(text), file=sys.stderr)

    def table(self, columns: Sequence[Message | str], rows: Iterable[Sequence[Message | str | int]]) -> None:
        """A table to standard output: numbers to the right; on a terminal the last column is folded to the width."""
        shown = [[self.say(cell) if not isinstance(cell, int) else str(cell) for cell in row] for row in rows]
        numbers = [all(not cell or cell.isdigit() for cell in cells) for cells in zip(*shown, strict=True)]
        heads = [self.say(column) for column in columns]
        if self.color and len(shown) <= MOST_RICH_ROWS:
            _rich_table(heads, shown, numbers or [False] * len(heads), self.width)
        else:
            _plain_table(heads, shown, numbers or [False] * len(heads))


def screen(options: argparse.Namespace) -> Screen:
    """The screen that the options of `options.add_showing` ask for."""
    terminal = sys.stdout.isatty()
    color = options.color == "always" or (
        options.color == "auto" and terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )
    width = shutil.get_terminal_size().columns if terminal else 0
    return Screen(
        language=Language(options.lang or preferred_language()),
        color=color,
        width=width,
        quiet=options.quiet,
        verbose=options.verbose,
    )


def preferred_language() -> str:
    """``ja`` or ``en``: SEGAUDIT_LANG, else the locale as POSIX orders its variables, else Windows' own setting."""
    for name in ("SEGAUDIT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "ja" if value.lower().startswith("ja") else "en"
    if sys.platform == "win32":
        import locale

        return "ja" if (locale.getlocale()[0] or "").lower().startswith("ja") else "en"
    return "en"


def _plain_table(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[bool]) -> None:
    widths = [max(map(columns_of, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = []
        for cell, width, number in zip(row, widths, numbers, strict=True):
            gap = " " * (width - columns_of(cell))
            cells.append(gap + cell if number else cell + gap)
        print("  ".join(cells).rstrip())


def _rich_table(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[bool], width: int) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head, number in zip(heads, numbers, strict=True):
        # Folding, because the mark that rich cuts off with is none that cp932 writes everywhere.
        table.add_column(Text(head), justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console(file=sys.stdout, force_terminal=True, width=width or 1_000, highlight=False, emoji=False)
    console.print(table)


class Progress:
    """Says on a terminal's standard error what is being done, once that has taken more than a second."""

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted and sys.stderr.isatty()
        self._began = time.monotonic()
        self._status: Status | None = None

    def __call__(self, what: str, done: int, of: int) -> None:
        if not self._wanted or time.monotonic() - self._began < PATIENCE:
            return
        text = f"{what} {done} of {of}" if of else f"{what} {done}"
        if self._status is None:
            from rich.console import Console
            from rich.status import Status

            # The spinner of this name is made of ASCII.
            self._status = Status(text, console=Console(stderr=True, emoji=False), spinner="line")
            self._status.start()
        self._status.update(text)

    def done(self) -> None:
        """Take the line away."""
        if self._status is not None:
            self._status.stop()
