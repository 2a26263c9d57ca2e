"""Groups of files through their parsers, in this process or in others; whatever a parser does, the others go on."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from segaudit.model import Failure, Message, SourceFile, msg
from segaudit.parser import Parser, ParseResult
from segaudit.pipeline.cache import ParseCache
from segaudit.pipeline.discover import parsers
from segaudit.pipeline.pickled import UnreadableError, decoded, encoded

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

#: Bytes and processors from which on other processes are worth it. A device comes back pickled, which costs as much as
#: parsing it did for the makers that are parsed fastest (50,000 rules of an ASA: 1.4 s to parse, 0.7 s to pickle, 0.7 s to
#: unpickle in this process): of two processors nothing is gained, four halve the time.
WORTH_A_PROCESS: Final = 8 << 20
WORTHWHILE_PROCESSORS: Final = 4
#: Groups from which on two processors are enough: of many makers most take longer to parse than to hand over.
MANY_GROUPS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Files of one format that belong together."""

    parser: str
    sources: tuple[SourceFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(source.size for source in self.sources)


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


def parse_encoded(group: Group, *, debug: bool = False) -> bytes:
    """As `parse_group`, as bytes: what other processes hand over, and what is kept."""
    return encoded(parse_group(group, debug=debug))


def parse_groups(
    groups: Sequence[Group],
    *,
    executor: Executor | None = None,
    jobs: int | None = None,
    debug: bool = False,
    progress: Callable[[int, int], None] | None = None,
    cache: ParseCache | None = None,
) -> list[ParseResult]:
    """The results in the order of ``groups``; those that ``cache`` holds are not parsed again, the others put into it.

    ``executor`` is used where given, and left running. Else ``jobs`` processes are, or where that is worth it as many as
    there are processors; one means this process.
    """
    tell = progress or say_nothing
    keeping = None if cache is None or sum(group.size for group in groups) < cache.least else cache
    keys = [None if keeping is None else keeping.key(group.parser, group.sources) for group in groups]
    results: dict[int, ParseResult] = {}
    if keeping is not None:
        for place, key in enumerate(keys):
            known = None if key is None else keeping.load(key)
            if known is not None:
                results[place] = known
                tell(len(results), len(groups))
    missing = [place for place in range(len(groups)) if place not in results]

    def done(place: int, result: ParseResult, data: bytes | None = None) -> None:
        key = keys[place]
        # What failed may be read the next time.
        if keeping is not None and key is not None and not result.failures:
            keeping.store(key, encoded(result) if data is None else data)
        results[place] = result
        tell(len(results), len(groups))

    workers = _workers([groups[place] for place in missing], jobs)
    if executor is None and workers <= 1:
        for place in missing:
            done(place, parse_group(groups[place], debug=debug))
    else:
        with _running(executor, workers) as running:
            _submitted(running, groups, missing, done, debug=debug)
    if keeping is not None and missing:
        keeping.forget_old()
    return [results[place] for place in range(len(groups))]


@contextmanager
def _running(executor: Executor | None, workers: int) -> Iterator[Executor]:
    """``executor``, or a pool of ``workers`` processes that ends with the block."""
    if executor is not None:
        yield executor
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("spawn")
    # As in the command line: a parser makes lasting objects, and cycles are rare.
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=gc.set_threshold, initargs=(200_000, 20, 100))
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def say_nothing(*_: object) -> None:
    """Progress that nobody watches."""


def _workers(groups: Sequence[Group], jobs: int | None) -> int:
    if jobs is not None:
        return min(jobs, len(groups))
    processors = os.cpu_count() or 1
    enough = 2 if len(groups) >= MANY_GROUPS else WORTHWHILE_PROCESSORS
    if processors < enough or sum(group.size for group in groups) < WORTH_A_PROCESS:
        return 1
    return min(processors, len(groups))


def _submitted(
    executor: Executor,
    groups: Sequence[Group],
    places: Sequence[int],
    done: Callable[[int, ParseResult, bytes | None], None],
    *,
    debug: bool,
) -> None:
    """Have the groups at ``places`` parsed by ``executor``, and say of each when it is ``done``."""
    from concurrent.futures import BrokenExecutor, as_completed

    # The largest first, so that none is left to run alone at the end.
    order = sorted(places, key=lambda place: -groups[place].size)
    futures: dict[Future[bytes], int] = {}
    broken: BrokenExecutor | None = None
    for place in order:
        try:
            futures[executor.submit(parse_encoded, groups[place], debug=debug)] = place
        except BrokenExecutor as error:
            broken = error
            break
    for future in as_completed(futures):
        place = futures[future]
        try:
            data = future.result()
        except BrokenExecutor as error:
            done(place, _lost(groups[place], error), None)
        else:
            try:
                result = decoded(data)
            except UnreadableError:  # a plugin's own values: they are made here
                done(place, parse_group(groups[place], debug=debug), None)
            else:
                done(place, result, data)
    if broken is not None:
        for place in order[len(futures) :]:
            done(place, _lost(groups[place], broken), None)


def _lost(group: Group, error: BaseException) -> ParseResult:
    problem = msg(
        "the process that read the file ended ({error}), perhaps for want of memory; try again with --jobs 1",
        error=type(error).__name__,
    )
    failures = tuple(Failure(path=source.path, line=None, problem=problem) for source in group.sources)
    return ParseResult(devices=(), ledgers=(), failures=failures)
