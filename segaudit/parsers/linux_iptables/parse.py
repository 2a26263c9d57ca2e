"""From the files of one host to its device and their ledgers."""

from __future__ import annotations

from segaudit.model import LedgerBuilder, SourceFile
from segaudit.parser import ParseResult
from segaudit.parsers.linux_iptables.config import Reader
from segaudit.parsers.linux_iptables.convert import convert


def parse(sources: tuple[SourceFile, ...]) -> ParseResult:
    """One device of all ``sources``; none where they hold no table."""
    ledgers = {source.path: LedgerBuilder(source) for source in sources}
    reader = Reader(ledgers)
    for source in sources:
        reader.read(source)
    config = reader.finish()
    devices = (convert(config, sources, ledgers),) if config.tables else ()
    return ParseResult(devices=devices, ledgers=tuple(ledgers[source.path].finish() for source in sources))
