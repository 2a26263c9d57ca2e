"""Captured routing tables go to the devices that they were taken from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Final

from segaudit.model import Device, Failure, Message, RouteCapture, msg

#: What may stand between a device's name and the rest of a file's name.
_BEHIND_A_NAME: Final = "-_. "
#: Names that a failure offers.
_MOST_NEAR: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A captured table; ``beside`` are the names of the devices that stand in the same file."""

    capture: RouteCapture
    stem: str
    beside: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The file that it stands in."""
        return self.capture.span.path


@dataclass(slots=True)
class Applied:
    """``devices`` with the captured routes; by path of the capture, the devices that got some, and what people should know."""

    devices: list[Device]
    names: dict[str, list[str]] = field(default_factory=dict)
    notes: dict[str, list[Message]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)


def apply_captures(devices: Iterable[Device], found: Sequence[Found], left_out: Mapping[str, str]) -> Applied:
    """The devices with the routes of captured tables in place of those that their configs write into these.

    ``left_out`` are other names of devices (members of a cluster). A capture that is of no device, or of a table that
    another one has shown already, is a failure.
    """
    by_name = {device.name: device for device in devices}
    applied = Applied(devices=[])
    for one in sorted(found, key=lambda f: (f.path, f.capture.span.first_line)):
        span = one.capture.span
        name = _owner(one, [*by_name, *left_out])
        if isinstance(name, Message):
            applied.failures.append(Failure(path=span.path, line=span.first_line, problem=name))
            continue
        device = by_name[left_out.get(name, name)]
        if device.known_tables & one.capture.tables:
            problem = msg("the routing table of {device} is captured in another place too", device=device.name)
            applied.failures.append(Failure(path=span.path, line=span.first_line, problem=problem))
            continue
        by_name[device.name] = _with_routes(device, one.capture)
        applied.names.setdefault(span.path, []).append(device.name)
        applied.notes.setdefault(span.path, []).extend(_notes(device, one.capture))
    applied.devices = list(by_name.values())
    return applied


def _with_routes(device: Device, capture: RouteCapture) -> Device:
    kept = [r for r in device.routes if (r.vrf, r.prefix.version) not in capture.tables]
    taken = [r for r in capture.routes if (r.vrf, r.prefix.version) in capture.tables]
    return replace(device, routes=(*kept, *taken), known_tables=device.known_tables | capture.tables)


def _notes(device: Device, capture: RouteCapture) -> Iterable[Message]:
    yield msg(
        "one captured route of {device} is used",
        plural="{count} captured routes of {device} are used",
        count=len(capture.routes),
        device=device.name,
    )
    known = {i.name for i in device.interfaces}
    strange = sorted({r.interface for r in capture.routes if r.interface} - known)
    if strange:
        yield msg(
            "{device} has no interface {names}: where routes by it lead is not known",
            device=device.name,
            names=", ".join(strange),
        )


def _owner(one: Found, names: Sequence[str]) -> str | Message:
    """The name of the device that a capture is of, or why that is not known."""
    said = one.capture.device
    if not said:
        if len(one.beside) == 1:
            return one.beside[0]
        return _by_stem(one, names)
    for wanted in _readings(said):
        fitting = [name for name in one.beside or names if name.partition("#")[0].lower() == wanted.lower()]
        fitting = fitting or [name for name in names if name.partition("#")[0].lower() == wanted.lower()]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            return msg("several devices are called {name}: {devices}", name=wanted, devices=", ".join(fitting))
    if len(one.beside) == 1:
        # The configuration in the same log says no name, or another one than the prompt.
        return one.beside[0]
    return _nobody(said, names)


def _readings(said: str) -> Iterable[str]:
    """What a prompt may name: ``fw1/root`` is a virtual system, or the unit ``fw1``; a context's prompt ends in its state."""
    parts = said.split("/")
    return ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]


def _by_stem(one: Found, names: Sequence[str]) -> str | Message:
    """The device whose name the file's name is, or begins with."""
    stem = one.stem.lower()
    fitting = [n for n in names if stem == n.lower() or (stem.startswith(n.lower()) and stem[len(n)] in _BEHIND_A_NAME)]
    if fitting:
        longest = max(len(name) for name in fitting)
        best = [name for name in fitting if len(name) == longest]
        if len(best) == 1:
            return best[0]
        return msg("several devices are called {name}: {devices}", name=one.stem, devices=", ".join(best))
    return _nobody(one.stem, names)


def _nobody(said: str, names: Sequence[str]) -> Message:
    near = get_close_matches(said, list(dict.fromkeys(names)), n=_MOST_NEAR, cutoff=0.5)
    if near:
        return msg(
            "these are routes of {name}, which is no device of the input; near names: {near}. Name the file after the"
            " device, or keep the prompt above the table",
            name=said,
            near=", ".join(near),
        )
    return msg(
        "these are routes of {name}, which is no device of the input: name the file after the device, or keep the prompt"
        " above the table",
        name=said,
    )
