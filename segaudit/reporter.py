"""What a reporter is: one constant ``REPORTER`` in a module or folder of ``segaudit/reporters/``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from segaudit.findings.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class ReporterOptions:
    """How to write: ``language`` ``en`` or ``ja``, ``color`` only for terminals, ``width`` in columns."""

    language: str = "en"
    color: bool = False
    width: int = 100
    verbose: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """An output format. ``render`` is pure: the same report and options give the same bytes.

    ``binary``: the result is bytes (XLSX) and is never printed to a terminal. ``together`` makes one document of what
    was rendered of each part of a run (``--separate``); without it each part needs a file of its own.
    """

    name: str
    title: str
    render: Callable[[Report, ReporterOptions], str | bytes]
    extension: str
    binary: bool = False
    together: Callable[[Sequence[str]], str] | None = None
