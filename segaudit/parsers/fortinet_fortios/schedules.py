"""Schedules: one-time, recurring, groups, and the days on which policies expire."""

from __future__ import annotations

from datetime import datetime

from segaudit.model import Schedule, Span
from segaudit.parsers.fortinet_fortios.config import Scope, Section

_EVERY_DAY = frozenset({"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"})
#: A schedule that never holds, as a model schedule: it begins after the last day and ends before the first.
_NEVER = (datetime.max, datetime.min)  # noqa: DTZ901 - schedules are in the device's local time
#: Factory schedules (FortiOS 6.4.4 factory configuration).
_ALWAYS, _NONE = "always", "none"


class ScheduleBook:
    """The schedules of one device. ``objects`` is what the model gets; of times the device's own clock is meant."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.objects: dict[str, Schedule] = {}
        for entry in scope.table("firewall schedule onetime"):
            self._add(_onetime(entry, scope.span(entry)))
        for entry in scope.table("firewall schedule recurring"):
            self._add(_recurring(entry, scope.span(entry)))
        for entry in scope.table("firewall schedule group"):
            self._add(self._group(entry))

    def _add(self, schedule: Schedule) -> None:
        self.objects[schedule.name] = schedule

    def named(self, name: str) -> str:
        """What a rule says for the schedule ``name``: nothing where it always holds."""
        known = self.objects.get(name)
        if known is None:
            if name in {"", _ALWAYS}:
                return ""
            if name == _NONE:
                self._add(_never(name, self._scope.span(self._scope.section("firewall schedule recurring"))))
            return name
        return name if known.recurring or known.start is not None or known.end is not None else ""

    def until(self, name: str, date: str, span: Span) -> str:
        """The schedule ``name``, but only up to ``date`` (``2024-01-31 00:00:00``), at which a policy expires."""
        end = _day(date)
        if end is None:
            return name
        known = self.objects.get(name)
        limited = f"{name or _ALWAYS} until {end:%Y-%m-%d %H:%M}"
        start = known.start if known is not None else None
        recurring = known.recurring if known is not None else bool(name)
        earlier = known.end if known is not None and known.end is not None and known.end < end else end
        self._add(Schedule(name=limited, start=start, end=earlier, recurring=recurring, span=span))
        return limited

    def _group(self, entry: Section) -> Schedule:
        """A group holds while one of its members does; members of different times are undecided inside their bounds."""
        span = self._scope.span(entry)
        members = [self.objects.get(name) for name in entry.words("member")]
        known = [member for member in members if member is not None]
        if not members:
            return _never(entry.name, span)
        if len(known) < len(members):
            return Schedule(name=entry.name, recurring=True, span=span)
        active = [member for member in known if not _is_never(member)]
        if not active:
            return _never(entry.name, span)
        if any(not m.recurring and m.start is None and m.end is None for m in active):
            return Schedule(name=entry.name, span=span)
        starts = [member.start for member in active]
        ends = [member.end for member in active]
        return Schedule(
            name=entry.name,
            start=None if None in starts else min(start for start in starts if start is not None),
            end=None if None in ends else max(end for end in ends if end is not None),
            recurring=len(active) > 1 or active[0].recurring,
            span=span,
        )


def _never(name: str, span: Span) -> Schedule:
    return Schedule(name=name, start=_NEVER[0], end=_NEVER[1], span=span)


def _is_never(schedule: Schedule) -> bool:
    return schedule.start is not None and schedule.end is not None and schedule.start > schedule.end


def _onetime(entry: Section, span: Span) -> Schedule:
    """``set start 09:00 2020/04/08``, ``set end 23:50 2020/06/30``; an end that cannot be read leaves it undecided."""
    start, end = _moment(entry.words("start")), _moment(entry.words("end"))
    unread = (start is None and "start" in entry.fields) or (end is None and "end" in entry.fields)
    return Schedule(name=entry.name, start=start, end=end, recurring=unread, span=span)


def _recurring(entry: Section, span: Span) -> Schedule:
    """All days from 00:00 to 00:00 is always; no day is never (CLI reference, `config firewall schedule recurring`)."""
    days = frozenset(entry.words("day"))
    if not days or days == {"none"}:
        return _never(entry.name, span)
    times = (entry.text("start", "00:00"), entry.text("end", "00:00"))
    if days >= _EVERY_DAY and times in {("00:00", "00:00"), ("00:00", "24:00")}:
        return Schedule(name=entry.name, span=span)
    return Schedule(name=entry.name, recurring=True, span=span)


def _moment(words: tuple[str, ...]) -> datetime | None:
    """``09:00 2020/04/08`` as the device's local time."""
    return _parsed(" ".join(words), "%H:%M %Y/%m/%d")


def _day(text: str) -> datetime | None:
    return _parsed(text, "%Y-%m-%d %H:%M:%S") or _parsed(text, "%Y-%m-%d")


def _parsed(text: str, pattern: str) -> datetime | None:
    try:
        # The model's schedules are in the device's local time, whose zone no packet shows.
        return datetime.strptime(text, pattern)  # noqa: DTZ007 - as above
    except ValueError:
        return None
