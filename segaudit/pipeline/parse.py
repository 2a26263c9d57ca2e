"""Groups of files through their parsers, in this process or in others; whatever a parser does, the others go on."""

from __future__ import annotations

import copyreg
import gc
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from segaudit.model import Failure, Message, SourceFile, msg
from segaudit.parser import Parser, ParseResult
from segaudit.pipeline.discover import parsers

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

#: Bytes and processors from which on other processes are worth it. A device comes back pickled, which costs as much as
#: parsing it did (50,000 rules: 1.4 s to parse, 0.7 s to pickle, 0.7 s to unpickle in this process): of two processors
#: nothing is gained, four halve the time.
WORTH_A_PROCESS: Final = 8 << 20
WORTHWHILE_PROCESSORS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Files of one format that belong together."""

    parser: str
    sources: tuple[SourceFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(source.size for source in self.sources)


def _mapping(items: dict[object, object]) -> MappingProxyType[object, object]:
    return MappingProxyType(items)


def _reduced(mapping: MappingProxyType[object, object]) -> tuple[Callable[..., object], tuple[object, ...]]:
    return _mapping, (dict(mapping),)


# The model keeps mappings that nobody writes to, which pickle refuses; devices come back from other processes pickled.
copyreg.pickle(MappingProxyType, _reduced)  # type: ignore[arg-type]  # the type is generic, its instances are not


def parse_group(group: Group, *, debug: bool = False) -> ParseResult:
    """What the group's parser makes of it; an exception becomes a failure of each file, unless ``debug``."""
    try:
        return parsers()[group.parser].parse(group.sources)
    except Exception as error:
        if debug:
            raise
        problem = parser_failed(group.parser, error)
        failures = tuple(Failure(path=source.path, line=None, problem=problem) for source in group.sources)
        return ParseResult(devices=(), ledgers=(), failures=failures)


def parser_failed(name: str, error: BaseException) -> Message:
    """What is said when a parser raises, which is a defect of it."""
    return msg(
        "the parser {parser} failed on the file ({error}); this is a defect: report it with the output of SEGAUDIT_DEBUG=1",
        parser=name,
        error=type(error).__name__,
    )


def group_sources(
    recognized: Mapping[str, Sequence[SourceFile]], known: Mapping[str, Parser], *, debug: bool = False
) -> tuple[list[Group], list[Failure]]:
    """The files of each format as its parser groups them, in the order of their first paths."""
    groups: list[Group] = []
    failures: list[Failure] = []
    for name, sources in recognized.items():
        try:
            together = known[name].group(tuple(sources))
        except Exception as error:
            if debug:
                raise
            problem = parser_failed(name, error)
            failures += [Failure(path=source.path, line=None, problem=problem) for source in sources]
            continue
        groups += [Group(parser=name, sources=part) for part in together if part]
    groups.sort(key=lambda group: group.sources[0].path)
    return groups, failures


def parse_groups(
    groups: Sequence[Group],
    *,
    executor: Executor | None = None,
    jobs: int | None = None,
    debug: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> list[ParseResult]:
    """The results in the order of ``groups``.

    ``executor`` is used where given, and left running. Else ``jobs`` processes are, or where that is worth it as many as
    there are processors; one means this process.
    """
    tell = progress or say_nothing
    if executor is not None:
        return _submitted(executor, groups, tell, debug=debug)
    workers = _workers(groups, jobs)
    if workers <= 1:
        results = []
        for done, group in enumerate(groups, start=1):
            results.append(parse_group(group, debug=debug))
            tell(done, len(groups))
        return results
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("spawn")
    # As in the command line: a parser makes lasting objects, and cycles are rare.
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=gc.set_threshold, initargs=(200_000, 20, 100))
    try:
        return _submitted(pool, groups, tell, debug=debug)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def say_nothing(*_: object) -> None:
    """Progress that nobody watches."""


def _workers(groups: Sequence[Group], jobs: int | None) -> int:
    if jobs is not None:
        return min(jobs, len(groups))
    processors = os.cpu_count() or 1
    if processors < WORTHWHILE_PROCESSORS or sum(group.size for group in groups) < WORTH_A_PROCESS:
        return 1
    return min(processors, len(groups))


def _submitted(
    executor: Executor, groups: Sequence[Group], tell: Callable[[int, int], None], *, debug: bool
) -> list[ParseResult]:
    from concurrent.futures import BrokenExecutor

    # The largest first, so that none is left to run alone at the end.
    order = sorted(range(len(groups)), key=lambda place: -groups[place].size)
    futures: dict[int, Future[ParseResult]] = {}
    results: dict[int, ParseResult] = {}
    try:
        for place in order:
            futures[place] = executor.submit(parse_group, groups[place], debug=debug)
    except BrokenExecutor as error:
        results |= {place: _lost(groups[place], error) for place in order if place not in futures}
    for done, place in enumerate(order, start=1):
        if place in futures:
            try:
                results[place] = futures[place].result()
            except BrokenExecutor as error:
                results[place] = _lost(groups[place], error)
        tell(done, len(groups))
    return [results[place] for place in range(len(groups))]


def _lost(group: Group, error: BaseException) -> ParseResult:
    problem = msg(
        "the process that read the file ended ({error}), perhaps for want of memory; try again with --jobs 1",
        error=type(error).__name__,
    )
    failures = tuple(Failure(path=source.path, line=None, problem=problem) for source in group.sources)
    return ParseResult(devices=(), ledgers=(), failures=failures)
