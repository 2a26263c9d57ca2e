"""From paths to a `Network`: collect, recognize, group, parse, and everything that came of it put together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from segaudit.model import (
    Device,
    Failure,
    Ignored,
    Input,
    Ledger,
    LedgerBuilder,
    LineState,
    Message,
    Network,
    SourceFile,
    msg,
)
from segaudit.parser import Parser, ParseResult
from segaudit.pipeline.captures import Found, apply_captures
from segaudit.pipeline.clusters import one_of_each_cluster
from segaudit.pipeline.collect import Selection, collect, distinct, matches
from segaudit.pipeline.discover import parsers
from segaudit.pipeline.parse import Group, group_sources, parse_groups, say_nothing
from segaudit.pipeline.recognize import Recognized, best_claim, recognize

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from segaudit.pipeline.cache import ParseCache

#: Told what is being done, how many are done, and of how many (0: not known).
Progress = Callable[[str, int, int], None]

#: With a format that a person said, this share of lines not understood means that it was the wrong one.
_WRONG_FORMAT: Final = 0.5


def read(
    selection: Selection,
    *,
    executor: Executor | None = None,
    jobs: int | None = None,
    debug: bool = False,
    progress: Progress | None = None,
    cache: ParseCache | None = None,
) -> Network:
    """Everything under the selected paths. What fails stands in `Network.failures`, and the rest is read all the same.

    What ``cache`` holds is not parsed again.

    `PluginError` where a parser does not load. ``debug`` raises what else would become a failure.
    """
    known = parsers()
    selection = replace(selection, paths=distinct(selection.paths))
    tell = progress or say_nothing
    recognized, ignored, failures = _recognized(selection, known, tell, debug=debug)
    by_format: dict[str, list[SourceFile]] = {}
    for one in recognized.values():
        by_format.setdefault(one.parser, []).append(one.source)
    groups, more = group_sources(by_format, known, debug=debug)
    failures += more
    results = parse_groups(
        groups,
        executor=executor,
        jobs=jobs,
        debug=debug,
        progress=lambda done, of: tell("parsing", done, of),
        cache=cache,
    )
    building = _Building(known, recognized)
    for place, (group, result) in enumerate(zip(groups, results, strict=True)):
        building.add(place, group, result)
    return building.network(ignored, failures)


def _recognized(
    selection: Selection, known: Mapping[str, Parser], tell: Progress, *, debug: bool
) -> tuple[dict[str, Recognized], list[Ignored], list[Failure]]:
    """The files by path, sorted; and an argument below which nothing is a configuration is a failure."""
    recognized: dict[str, Recognized] = {}
    ignored: list[Ignored] = []
    failures: list[Failure] = []
    fruitful: set[int] = set()
    for place, found in collect(selection):
        one: Recognized | Ignored | Failure
        one = found if isinstance(found, Ignored | Failure) else recognize(found, known, selection.formats, debug=debug)
        if isinstance(one, Ignored):
            ignored.append(one)
            continue
        fruitful.add(place)
        if isinstance(one, Failure):
            failures.append(one)
        else:
            recognized[one.source.path] = one
        tell("reading", len(recognized), 0)
    for place, path in enumerate(selection.paths):
        if place not in fruitful and not matches(path, selection.exclude):
            failures.append(Failure(path=path, line=None, problem=_NO_CONFIG))
    if not recognized and not failures:
        failures.append(Failure(path=selection.paths[0], line=None, problem=_NO_CONFIG))
    return dict(sorted(recognized.items())), ignored, failures


_NO_CONFIG: Final = msg(
    "there is no configuration in it; 'segaudit parsers' lists the formats that are read, --include GLOB names files"
    " that are configurations"
)

#: A line of a key or a certificate, which only the parser of the right format knows to be one.
_KEY_MATERIAL: Final = re.compile(r'^\s*"?(?P<secret>[A-Za-z0-9+/]{40,}={0,2}|[A-Za-z0-9+/]{8,}={1,2})"?\s*$')


class _Building:
    """The network, as the results come in."""

    def __init__(self, known: Mapping[str, Parser], recognized: Mapping[str, Recognized]) -> None:
        self._known = known
        self._recognized = recognized
        self._devices: list[Device] = []
        self._names: set[str] = set()
        self._inputs: list[Input] = []
        self._sources: dict[str, SourceFile] = {}
        self._ledgers: dict[str, Ledger] = {}
        self._failures: list[Failure] = []
        self._captures: list[Found] = []

    def add(self, place: int, group: Group, result: ParseResult) -> None:
        """What one group came to; ``place`` numbers it."""
        ledgers = {ledger.path: ledger for ledger in result.ledgers}
        refused = self._refused(group, result, ledgers)
        self._failures += result.failures
        self._failures += refused
        if refused or (not result.devices and not ledgers):
            return
        devices = [self._named(device) for device in result.devices]
        self._devices += devices
        stems = {source.path: source.stem for source in group.sources}
        names = tuple(device.name for device in devices)
        self._captures += (Found(capture=c, stem=stems[c.span.path], beside=names) for c in result.captures)
        for source in group.sources:
            one = self._recognized[source.path]
            ledger = ledgers.get(source.path)
            if ledger is None or len(ledger.states) != len(source.lines):
                ledger = LedgerBuilder(source).finish()
            ledger = _with_terminal_lines(ledger, one)
            self._ledgers[source.path] = ledger
            self._sources[source.path] = replace(
                source,
                secrets=self._secrets(group.parser, forced=one.forced),
                hidden=ledger.hidden,
                unrecognized=frozenset(ledger.lines(LineState.UNRECOGNIZED)),
            )
            self._inputs.append(
                Input(
                    path=source.path,
                    sha256=source.sha256,
                    size=source.size,
                    encoding=source.encoding,
                    lines=len(source.lines),
                    format=group.parser,
                    group=place,
                    evidence=one.evidence,
                    devices=names,
                    captured=not devices,
                    notes=one.notes,
                )
            )

    def _refused(self, group: Group, result: ParseResult, ledgers: Mapping[str, Ledger]) -> list[Failure]:
        """Why the result is not used: nothing came of it, or a person said a format that it is not in."""
        if result.failures and not result.devices:
            return []
        refused: list[Failure] = []
        for source in group.sources:
            ledger = ledgers.get(source.path)
            if ledger is None:
                continue
            known = ledger.count(LineState.MODELLED) + ledger.count(LineState.APPROXIMATED)
            unknown = ledger.count(LineState.UNRECOGNIZED)
            forced = self._recognized[source.path].forced
            if (known == 0 and not result.devices and not result.captures) or (
                forced and unknown > ledger.non_blank * _WRONG_FORMAT
            ):
                refused.append(Failure(path=source.path, line=None, problem=self._wrong_format(source, group, unknown)))
        if not result.devices and not result.captures and not refused:
            problem = msg("no device is described in it; read as {format}", format=group.parser)
            refused.append(Failure(path=group.sources[0].path, line=None, problem=problem))
        return refused

    def _wrong_format(self, source: SourceFile, group: Group, unknown: int) -> Message:
        claim = best_claim(source, {name: one for name, one in self._known.items() if name != group.parser})
        if claim is not None:
            return msg(
                "read as {format}, {count} of {lines} lines are not understood; it looks like {other}: say"
                " --input-format '{path}={other}', or nothing",
                format=group.parser,
                count=unknown,
                lines=len(source.lines),
                other=claim[0],
                path=source.path,
            )
        return msg(
            "read as {format}, {count} of {lines} lines are not understood; is it another format, or cut off?",
            format=group.parser,
            count=unknown,
            lines=len(source.lines),
        )

    def _secrets(self, name: str, *, forced: bool) -> tuple[re.Pattern[str], ...]:
        """The patterns of what is masked: the parser's own; those of all where a person said the format, perhaps a wrong one."""
        own = self._known[name].secrets
        if not forced:
            return own
        others = (pattern for other, one in self._known.items() if other != name for pattern in one.secrets)
        return (*own, *others, _KEY_MATERIAL)

    def _named(self, device: Device) -> Device:
        """The device with a name that no other has."""
        name, times = device.name, 1
        while name in self._names:
            times += 1
            name = f"{device.name}#{times}"
        self._names.add(name)
        return device if name == device.name else replace(device, name=name)

    def network(self, ignored: Iterable[Ignored], failures: Sequence[Failure]) -> Network:
        """All of it, in an order that does not depend on how it came."""
        devices, left_out = one_of_each_cluster(self._devices)
        applied = apply_captures(devices, self._captures, left_out)
        inputs = [
            replace(
                one,
                devices=tuple(
                    dict.fromkeys([left_out.get(name, name) for name in one.devices] + applied.names.get(one.path, []))
                ),
                notes=(*one.notes, *applied.notes.get(one.path, ())),
            )
            for one in self._inputs
        ]
        return Network(
            devices=tuple(sorted(applied.devices, key=lambda device: device.name)),
            sources=MappingProxyType(dict(sorted(self._sources.items()))),
            ledgers=MappingProxyType(dict(sorted(self._ledgers.items()))),
            inputs=tuple(sorted(inputs, key=lambda one: one.path)),
            ignored=tuple(sorted(ignored, key=lambda one: one.path)),
            failures=tuple(
                sorted(
                    [*failures, *self._failures, *applied.failures],
                    key=lambda one: (one.path, one.line or 0, str(one.problem)),
                )
            ),
        )


def _with_terminal_lines(ledger: Ledger, one: Recognized) -> Ledger:
    """The ledger with the lines that cleaning emptied: what was the terminal's, and what was joined to a line above."""
    if not one.cleaned.terminal and not one.cleaned.continued:
        return ledger
    states = bytearray(ledger.states)
    reasons = dict(ledger.reasons)
    for line in one.cleaned.terminal:
        states[line - 1] = LineState.IRRELEVANT
        reasons[line] = "written by the terminal, not by the configuration"
    for line, head in one.cleaned.continued.items():
        states[line - 1] = ledger.states[head - 1]
        if head in ledger.reasons:
            reasons[line] = ledger.reasons[head]
    return replace(ledger, states=bytes(states), reasons=MappingProxyType(dict(sorted(reasons.items()))))
