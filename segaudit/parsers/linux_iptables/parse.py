"""From the files of one host to its device and their ledgers."""

from __future__ import annotations

from segaudit.model import Failure, LedgerBuilder, SourceFile, msg
from segaudit.parser import ParseResult
from segaudit.parsers.linux_iptables.config import Reader
from segaudit.parsers.linux_iptables.convert import convert


def parse(sources: tuple[SourceFile, ...]) -> ParseResult:
    """One device of all ``sources``; none where they hold no table, which fails where they hold addresses."""
    ledgers = {source.path: LedgerBuilder(source) for source in sources}
    reader = Reader(ledgers)
    for source in sources:
        reader.read(source)
    config = reader.finish()
    devices = (convert(config, sources, ledgers),) if config.tables else ()
    return ParseResult(
        devices=devices,
        ledgers=tuple(ledgers[source.path].finish() for source in sources),
        failures=tuple(_of_nobody(source) for source in sources) if config.host.captured and not devices else (),
    )


def _of_nobody(source: SourceFile) -> Failure:
    problem = msg(
        "these are the addresses of a host whose rules are not beside them: save what iptables-save prints in the same"
        " folder, under the same name ({stem}.v4)",
        stem=source.stem,
    )
    return Failure(path=source.path, line=None, problem=problem)
