"""What a parser is: one frozen constant ``PARSER`` in ``segaudit/parsers/<name>/__init__.py``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from segaudit.model import Device, Failure, Ledger, RouteCapture, SourceFile

__all__ = ["DETECTION_THRESHOLD", "NO_SIGN", "Detection", "Failure", "ParseResult", "Parser", "each_alone"]

#: Below this score a file shows no sign of being in a format.
DETECTION_THRESHOLD = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """How surely a file is in a format: ``score`` 0 (no sign) to 100 (says so itself), ``evidence`` for people."""

    score: int
    evidence: str = ""


NO_SIGN = Detection(score=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseResult:
    """What came of one group of files: devices, a ledger for each file, what failed, and captured routing tables.

    A file that is nothing but a captured routing table gives no device: its routes are those of a device of the run.
    """

    devices: tuple[Device, ...]
    ledgers: tuple[Ledger, ...]
    failures: tuple[Failure, ...] = ()
    captures: tuple[RouteCapture, ...] = ()


def each_alone(sources: tuple[SourceFile, ...]) -> tuple[tuple[SourceFile, ...], ...]:
    """Every file is an input of its own: the grouping of formats that never spread over files."""
    return tuple((source,) for source in sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parser:
    """A format: how it is recognised and read.

    ``detect`` looks at content only (a name is no sign) and must be fast: the first thousand lines at most. ``parse``
    gets files that belong together (as ``group`` put them) and never raises for bad input: what it cannot read it says
    in the ledgers and failures. ``secrets`` are patterns whose group ``secret`` is masked in every quotation.
    ``terminal``: the format is typed in a terminal, so captures are cleaned first.
    """

    name: str
    title: str
    vendor: str
    detect: Callable[[SourceFile], Detection]
    parse: Callable[[tuple[SourceFile, ...]], ParseResult]
    group: Callable[[tuple[SourceFile, ...]], tuple[tuple[SourceFile, ...], ...]] = each_alone
    secrets: tuple[re.Pattern[str], ...] = ()
    terminal: bool = False
