"""From the files of one host to its device and their ledgers."""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.model import Failure, LedgerBuilder, RouteCapture, SourceFile, msg
from segaudit.parser import ParseResult
from segaudit.parsers.linux_iptables.config import Config, Reader
from segaudit.parsers.linux_iptables.convert import convert


def parse(sources: tuple[SourceFile, ...]) -> ParseResult:
    """One device of all ``sources``; none where they hold no table of rules.

    Addresses and settings of no device fail; routes of none are those of a device of the run.
    """
    ledgers = {source.path: LedgerBuilder(source) for source in sources}
    reader = Reader(ledgers)
    for source in sources:
        reader.read(source)
    config = reader.finish()
    devices = (convert(config, sources, ledgers),) if config.tables else ()
    return ParseResult(
        devices=devices,
        ledgers=tuple(ledgers[source.path].finish() for source in sources),
        failures=() if devices or not _shown(config) else tuple(_of_nobody(source) for source in sources),
        captures=() if devices else tuple(_captures(config, sources[0])),
    )


def _shown(config: Config) -> bool:
    """Whether somebody saved addresses or settings of the host."""
    return bool(config.host.captured or config.host.source_checks)


def _captures(config: Config, source: SourceFile) -> Iterator[RouteCapture]:
    """The routing table of a host whose rules are not beside it."""
    if config.host.tables:
        yield RouteCapture(
            device="",
            span=source.span(1, max(1, len(source.lines))),
            tables=frozenset(("", version) for version in config.host.tables),
            routes=tuple(r for r in config.host.routes if r.prefix.version in config.host.tables),
        )


def _of_nobody(source: SourceFile) -> Failure:
    problem = msg(
        "these are addresses or settings of a host whose rules are not beside them: save what iptables-save prints in the same"
        " folder, under the same name ({stem}.v4)",
        stem=source.stem,
    )
    return Failure(path=source.path, line=None, problem=problem)
