"""What was read in one run: all devices, the files that they stand in, and what could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from segaudit.model.device import Device
from segaudit.model.ledger import Ledger, LineState
from segaudit.model.message import Message
from segaudit.model.source import Excerpt, SourceFile, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An input that could not be read, in part or whole: what is wrong, where, and what to do next.

    ``path`` as in `Span`; ``line`` is 1-based, ``None`` where it is about the whole. ``problem`` is a sentence without
    its full stop, which goes on behind the path.
    """

    path: str
    line: int | None
    problem: Message

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.problem}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """A file (or folder) that was found and is no input, with the reason. It never changes the exit status."""

    path: str
    reason: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One file that was read as configuration.

    ``sha256`` and ``size`` (bytes) are of the file as it lies there; ``lines`` counts its lines. ``format`` is the
    parser's name, ``evidence`` why it was taken for that format. ``devices`` are the names of the devices that were
    read from it and from the files of the same ``group``; or, where it holds ``captured`` routing tables and no
    configuration, those that they are of. ``notes`` say what was done before parsing, and with captures.
    """

    path: str
    sha256: str
    size: int
    encoding: str
    lines: int
    format: str
    group: int
    evidence: str = ""
    devices: tuple[str, ...] = ()
    captured: bool = False
    notes: tuple[Message, ...] = ()


def _no_sources() -> Mapping[str, SourceFile]:
    return MappingProxyType({})


def _no_ledgers() -> Mapping[str, Ledger]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Devices with unique names, sorted; sources and ledgers by path; inputs, what was ignored and what failed, by path.

    A file that failed altogether stands in ``failures`` only; one that was read in part stands in ``inputs`` too.
    """

    devices: tuple[Device, ...] = ()
    sources: Mapping[str, SourceFile] = field(default_factory=_no_sources)
    ledgers: Mapping[str, Ledger] = field(default_factory=_no_ledgers)
    inputs: tuple[Input, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    failures: tuple[Failure, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every input was read. Lines that were not understood are counted in the ledgers, not here."""
        return not self.failures

    def device(self, name: str) -> Device | None:
        """The device of that name."""
        return next((device for device in self.devices if device.name == name), None)

    def excerpt(self, span: Span) -> Excerpt:
        """The lines of ``span`` as they may be shown; none where the file is not among the inputs."""
        source = self.sources.get(span.path)
        return Excerpt(span=span, lines=source.quote(span) if source is not None else ())

    def totals(self) -> Mapping[LineState, int]:
        """How many lines of all inputs are in each state, blank ones left out."""
        counts: Counter[LineState] = Counter()
        for ledger in self.ledgers.values():
            for state in LineState:
                counts[state] += ledger.count(state)
        return {state: counts[state] for state in LineState if state is not LineState.BLANK}

    @property
    def not_understood(self) -> int:
        """How many lines could bear on access and are not modelled: what `--strict` fails on."""
        totals = self.totals()
        return totals[LineState.UNSUPPORTED] + totals[LineState.UNRECOGNIZED]

    def separated(self) -> Iterator[Network]:
        """Each group of files that was parsed together as a network of its own, in the order of its first path.

        Captured routing tables go with the devices that they are of.
        """
        groups: dict[int, list[Input]] = {}
        for one in self.inputs:
            if not one.captured:
                groups.setdefault(one.group, []).append(one)
        for own in groups.values():
            names = {name for one in own for name in one.devices}
            inputs = [*own, *(one for one in self.inputs if one.captured and names.intersection(one.devices))]
            paths = {one.path for one in inputs}
            yield replace(
                self,
                devices=tuple(device for device in self.devices if device.name in names),
                sources=MappingProxyType({path: self.sources[path] for path in self.sources if path in paths}),
                ledgers=MappingProxyType({path: self.ledgers[path] for path in self.ledgers if path in paths}),
                inputs=tuple(inputs),
                ignored=(),
                failures=tuple(failure for failure in self.failures if failure.path in paths),
            )
