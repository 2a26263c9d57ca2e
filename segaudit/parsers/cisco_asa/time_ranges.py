"""``time-range`` blocks: when entries of access lists hold (ASA command reference, ``absolute``, ``periodic``)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from segaudit.model import LedgerBuilder, Schedule
from segaudit.parsers.cisco_asa.config import Config

_MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


def read_time_ranges(config: Config, ledger: LedgerBuilder) -> dict[str, Schedule]:
    """The schedules by name. A periodic one recurs; an absolute one has bounds, the end to its last minute."""
    schedules: dict[str, Schedule] = {}
    for line in config.of("time-range"):
        if len(line.words) < 2:
            continue
        ledger.modelled(line.number)
        start = end = None
        recurring = False
        for child in line.children:
            words = child.words
            if words[0] == "periodic":
                recurring = True
                ledger.approximated(child.number, "comes again and again: whether it holds is undecided")
            elif words[0] == "absolute":
                try:
                    start, end = _moment(words, "start"), _moment(words, "end")
                except (ValueError, IndexError):
                    recurring = True
                    ledger.approximated(child.number, "the times are not understood: whether it holds is undecided")
                else:
                    ledger.modelled(child.number)
            elif words[0] == "description":
                ledger.irrelevant(child.number, "a description")
        schedules[line.words[1]] = Schedule(
            name=line.words[1],
            start=start,
            end=end,
            recurring=recurring,
            span=config.source.span(line.number, line.last_number),
        )
    return schedules


def _moment(words: tuple[str, ...], which: str) -> datetime | None:
    """``start 08:00 1 January 2026``; ``None`` where the word ``start`` or ``end`` is not there."""
    if which not in words:
        return None
    at = words.index(which)
    clock, day, month, year = words[at + 1 : at + 5]
    hour, minute = clock.split(":")[:2]
    numbers = [i for i, name in enumerate(_MONTHS, start=1) if name.startswith(month.lower())]
    return datetime(int(year), numbers[0], int(day), int(hour), int(minute))  # noqa: DTZ001 - the device's own clock
