"""What the parsers make of the corpus: `python -m tests.corpus [-v] [FORMAT…]`.

For each file: the format that its content was taken for against that of its folder, its lines, and the share of the
non-blank lines in each state of the ledger. A file is a complete device config where it has interfaces and a rule base;
there at most 2 % of the lines may be UNRECOGNIZED or UNSUPPORTED, or the exit status is 1. `-v` names those lines, as they
may be shown: UNSUPPORTED ones bear on access by definition, UNRECOGNIZED ones may.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from segaudit.model import Device, Ledger, LineState, SourceFile, Statement
from segaudit.pipeline.collect import RawFile
from segaudit.pipeline.discover import parsers
from segaudit.pipeline.recognize import Recognized, recognize
from tests.material import REASON, SHARED, corpus_configs
from tests.oracle_sets import CORPUS_PARSERS

#: The most that may be UNRECOGNIZED or UNSUPPORTED of the non-blank lines of a complete device config.
MOST_LEFT: Final = 0.02
LEFT: Final = (LineState.UNSUPPORTED, LineState.UNRECOGNIZED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One file of the corpus. ``detected`` is the parser that its content was taken for, empty for none."""

    source: SourceFile
    expected: str
    detected: str
    ledger: Ledger
    devices: tuple[Device, ...]
    seconds: float

    @property
    def complete(self) -> bool:
        """Whether it is a whole device: interfaces and a rule base (an iptables-save file names its interfaces only)."""
        return any(is_complete(device) for device in self.devices)

    @property
    def left(self) -> float:
        """The share of non-blank lines that are UNRECOGNIZED or UNSUPPORTED."""
        return sum(map(self.ledger.count, LEFT)) / max(1, self.ledger.non_blank)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The runs of lines that are UNRECOGNIZED or UNSUPPORTED."""
        return tuple(one for one in self.ledger.statements() if one.state in LEFT)

    @property
    def fails(self) -> bool:
        """Whether it is taken for another format, or too much of a complete config is left."""
        return self.detected != self.expected or (self.complete and self.left > MOST_LEFT)


def is_complete(device: Device) -> bool:
    """Whether ``device`` is a whole one: interfaces with addresses (iptables: chains at their hooks), and written rules."""
    if device.fragment:
        return False
    ruled = any(not rule.implicit for rule_set in device.rule_sets for rule in rule_set.rules)
    placed = device.format == "linux_iptables" or any(i.addresses for i in device.interfaces)
    return ruled and placed


def measure(path: Path, expected: str) -> Measured:
    """One file as the pipeline reads it: what its content is taken for, and what the parser of its folder makes of it."""
    raw = RawFile(path=path.name, data=path.read_bytes(), wanted=True)
    claimed = recognize(raw, parsers(), ())
    forced = recognize(raw, parsers(), (("*", expected),))
    assert isinstance(forced, Recognized), forced
    parser = parsers()[expected]
    started = time.perf_counter()
    result = parser.parse((forced.source,))
    seconds = time.perf_counter() - started
    (ledger,) = result.ledgers
    source = replace(
        forced.source,
        secrets=parser.secrets,
        hidden=ledger.hidden,
        unrecognized=frozenset(ledger.lines(LineState.UNRECOGNIZED)),
    )
    return Measured(
        source=source,
        expected=expected,
        detected=claimed.parser if isinstance(claimed, Recognized) else "",
        ledger=ledger,
        devices=result.devices,
        seconds=seconds,
    )


def _print_file(one: Measured, verbose: bool) -> None:
    ledger = one.ledger
    shares = "  ".join(
        f"{state.name.lower()} {100 * ledger.count(state) / max(1, ledger.non_blank):5.1f} %"
        for state in LineState
        if state is not LineState.BLANK
    )
    taken = "" if one.detected == one.expected else f"  TAKEN FOR {one.detected or 'nothing'}"
    kind = "complete" if one.complete else "part    "
    mark = "FAIL" if one.fails else "ok  "
    print(f"{mark} {kind} {one.source.path[:70]:70} {len(one.source.lines):6} lines  {shares}{taken}")
    if verbose:
        for statement in one.statements:
            quoted = one.source.quote(statement.span)
            print(f"       {statement.state.name:12} {statement.span.first_line:6}: {quoted[0].strip()[:100]}")
            if len(quoted) > 1:
                print(f"                           and {len(quoted) - 1} more lines")
            print(f"                           {statement.reason}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures; 1 where a complete config has too much left, or a file is taken for another format."""
    options = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__.splitlines()[0])
    options.add_argument("formats", nargs="*", metavar="FORMAT", help=f"of {', '.join(CORPUS_PARSERS)} (default: all)")
    options.add_argument("-v", "--verbose", action="store_true", help="name every line that is left")
    asked = options.parse_args(arguments)
    if SHARED is None:
        print(REASON, file=sys.stderr)
        return 2
    failed = False
    for folder in asked.formats or CORPUS_PARSERS:
        print(f"== {folder}")
        measured = [measure(path, CORPUS_PARSERS[folder]) for path in corpus_configs(folder)]
        for one in measured:
            _print_file(one, asked.verbose)
        lines, seconds = sum(len(one.source.lines) for one in measured), sum(one.seconds for one in measured)
        complete = [one for one in measured if one.complete]
        print(
            f"{len(measured)} files, {lines} lines, {lines / max(seconds, 1e-9):,.0f} lines/s; complete device configs:"
        )
        for one in complete:
            left = sum(map(one.ledger.count, LEFT))
            print(f"  {one.source.path}: {left} of {one.ledger.non_blank} lines left ({100 * one.left:.1f} %)")
        failed |= any(one.fails for one in measured)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
