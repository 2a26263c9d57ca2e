"""The tracer against the verdicts of other engines: `python -m tests.oracle [SET…] [--format PARSER] [-v]`.

A row agrees where the verdicts are the same. An unknown verdict agrees, and is counted apart, where the oracle says that
its own hangs on a condition, or where the tracer names the condition on which it hangs. Tainted rows are counted only.
Every other difference stands in `oracle_differences.yaml` with the manual's word, or it fails; so does one that stands
there and no longer occurs.
"""

import argparse
import importlib
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

import yaml

from segaudit.model import SourceFile, format_address, parse_address
from segaudit.parser import Parser
from segaudit.semantics.trace import DeviceTracer
from segaudit.semantics.trace_flows import FlowError, FlowVerdict, packet_json, trace_flow
from tests.oracle_sets import SETS, Case, Question, cases

EXPLAINED: Final = Path(__file__).with_name("oracle_differences.yaml")


class Agreement(Enum):
    """How a row came out."""

    AGREES = "agree"
    UNKNOWN_BOTH = "unknown, says the oracle too"
    UNKNOWN_NAMED = "unknown, condition named"
    DIFFERS = "differ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One row: what the oracle said, what the tracer said (``not asked`` where it could not be)."""

    case: Case
    question: Question
    ours: str
    agreement: Agreement
    why: str
    same_line: bool | None = None
    """Whether the same line decides, where both name one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Differences that are known: glob patterns, the exact number of rows, who is right, and the manual's word."""

    set: str
    format: str
    file: str
    rows: int
    oracle: str
    ours: str
    right: str
    word: str
    filter: str = "*"
    line: str = "*"

    def covers(self, row: Compared) -> bool:
        """Whether this explains ``row``."""
        return (
            row.case.set_name == self.set
            and row.case.parser == self.format
            and fnmatchcase(row.case.path, self.file)
            and fnmatchcase(row.question.list_name, self.filter)
            and fnmatchcase(row.question.line, self.line)
            and row.question.expected == self.oracle
            and row.ours == self.ours
        )


@dataclass(slots=True, kw_only=True)
class Report:
    """The rows of one set and parser."""

    set_name: str
    parser: str
    rows: list[Compared] = field(default_factory=list)
    explained: dict[Explanation, int] = field(default_factory=dict)
    unexplained: list[Compared] = field(default_factory=list)
    seconds: float = 0.0
    tracing: float = 0.0

    def count(self, agreement: Agreement, *, tainted: bool = False) -> int:
        """How many rows came out so."""
        return sum(row.agreement is agreement and row.question.tainted == tainted for row in self.rows)

    @property
    def miscounted(self) -> list[str]:
        """Explanations whose number of rows is not what they say."""
        return [
            f"{e.file} / {e.filter} / {e.line}: {found} rows differ so, {e.rows} are explained"
            for e, found in self.explained.items()
            if found != e.rows
        ]

    @property
    def fails(self) -> bool:
        """Whether something is unexplained, or explained and gone."""
        return bool(self.unexplained or self.miscounted)


def explanations(path: Path = EXPLAINED) -> tuple[Explanation, ...]:
    """The explained differences."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    return tuple(Explanation(**entry) for entry in entries)


def parser_named(name: str) -> Parser:
    """The parser of that folder."""
    found = importlib.import_module(f"segaudit.parsers.{name}").PARSER
    assert isinstance(found, Parser)
    return found


def compare(shared: Path, set_name: str, parser: str) -> Report:
    """Every row of one set that one parser reads."""
    report = Report(set_name=set_name, parser=parser)
    report.explained = {e: 0 for e in explanations() if (e.set, e.format) == (set_name, parser)}
    reader = parser_named(parser)
    for case in cases(shared, set_name):
        if case.parser != parser:
            continue
        started = time.perf_counter()
        source = SourceFile(path=case.path, lines=case.lines, secrets=reader.secrets)
        tracers = [DeviceTracer(device, case.as_of) for device in reader.parse((source,)).devices]
        parsed = time.perf_counter()
        rows = [_compared(case, question, tracers) for question in case.questions]
        report.tracing += time.perf_counter() - parsed
        report.seconds += time.perf_counter() - started
        report.rows += rows
    for row in report.rows:
        if row.agreement is Agreement.DIFFERS and not row.question.tainted:
            covering = next((e for e in report.explained if e.covers(row)), None)
            if covering is None:
                report.unexplained.append(row)
            else:
                report.explained[covering] += 1
    return report


def _compared(case: Case, question: Question, tracers: Sequence[DeviceTracer]) -> Compared:
    names = {question.device, f"{question.device}/{question.virtual_system}"}
    meant = [t for t in tracers if t.device.name.lower() in names] if len(tracers) > 1 else tracers
    try:
        said = trace_flow(meant or tracers, question.flow)
    except FlowError as error:
        return Compared(case=case, question=question, ours="not asked", agreement=Agreement.DIFFERS, why=str(error))
    ours, agreement, why = said.verdict.value, Agreement.DIFFERS, _decided(said)
    if ours == question.expected:
        moved = _moved(question, said) if ours == "permit" else ""
        agreement = Agreement.DIFFERS if moved else Agreement.AGREES
        why = moved or why
    elif ours == "unknown":
        named = " ".join(map(str, said.undecided))
        if any(match in named for match in question.depends_on):
            agreement = Agreement.UNKNOWN_BOTH
        elif any(str(reason) != "list has no end" for reason in said.undecided):
            agreement = Agreement.UNKNOWN_NAMED
        why = "; ".join(map(str, said.undecided))
    same_line = _same_line(case, question, said) if agreement is Agreement.AGREES else None
    return Compared(case=case, question=question, ours=ours, agreement=agreement, why=why, same_line=same_line)


def _same_line(case: Case, question: Question, said: FlowVerdict) -> bool | None:
    """Whether the line that decides is the one that Batfish quotes: Cisco lists only, elsewhere it quotes names."""
    if case.set_name != "filters" or not case.parser.startswith("cisco") or "->" in question.list_name:
        return None
    by = said.decided_by
    assert by is not None
    if question.line == "no-match" or by.rule is None or by.first_line is None:
        return question.line == "no-match" and by.rule is None
    ours, oracle = (" ".join(text.split()) for text in (case.lines[by.first_line - 1], question.line))
    return oracle.partition(" log")[0] in ours


def _decided(said: FlowVerdict) -> str:
    by = said.decided_by
    assert by is not None
    return f"{by.rule_set} rule {by.rule} line {by.first_line}"


def _moved(question: Question, said: FlowVerdict) -> str:
    """How the packet arrives otherwise than the oracle saw it; empty where it does not."""
    expected, received = question.received, said.received
    if expected is None or received is None:
        return ""
    if expected.to_device != (not said.hops[-1].out_interface and question.flow.in_interface != ""):
        return "goes elsewhere"
    if expected.dst_ip and received.dst not in (None, parse_address(expected.dst_ip)[1]):
        assert received.dst is not None
        return f"arrives at {format_address(received.version, received.dst)}, not {expected.dst_ip}"
    if expected.dst_port and received.dst_port not in (None, expected.dst_port):
        return f"arrives at port {received.dst_port}, not {expected.dst_port}"
    return ""


# Printing


def _row_text(row: Compared) -> str:
    flow = row.question.flow
    packet = {name: value for name, value in packet_json(flow.packet).items() if value is not None}
    shown = " ".join(f"{name}={value}" for name, value in packet.items())
    return f"#{flow.id} {shown}"


def _print_differences(rows: Iterable[Compared], most: int) -> None:
    groups: dict[tuple[str, str, str, str, str, str], list[Compared]] = {}
    for row in rows:
        q = row.question
        key = (row.case.path, q.list_name, q.line, q.expected, row.ours, row.why)
        groups.setdefault(key, []).append(row)
    largest = sorted(groups.items(), key=lambda item: -len(item[1]))
    for (path, name, line, expected, ours, why), members in largest[:most]:
        print(f"  {len(members):5}  {path}  {name}\n         oracle {expected} by [{line}]  ours {ours} by [{why}]")
        print(f"         {_row_text(members[0])}")
    if len(largest) > most:
        print(f"         and {len(largest) - most} more kinds")


def _print_report(report: Report, verbose: int, most: int) -> None:
    plain = [row for row in report.rows if not row.question.tainted]
    tainted = [row for row in report.rows if row.question.tainted]
    explained = sum(report.explained.values())
    print(
        f"{report.set_name:12} {report.parser:17} files {len({row.case.path for row in report.rows}):3}"
        f"  rows {len(plain):6}  agree {report.count(Agreement.AGREES):6}"
        f"  unknown both {report.count(Agreement.UNKNOWN_BOTH):4}"
        f"  unknown named {report.count(Agreement.UNKNOWN_NAMED):4}"
        f"  explained {explained:4}  DIFFER {len(report.unexplained):5}"
        f"  tainted {sum(row.agreement is Agreement.AGREES for row in tainted)}/{len(tainted)} agree"
        f"  {report.seconds:.1f} s, {len(report.rows) / max(report.tracing, 1e-9):,.0f} rows/s"
    )
    for problem in report.miscounted:
        print(f"  {problem}")
    decided = [row for row in plain if row.same_line is not None]
    if decided:
        same = sum(row.same_line is True for row in decided)
        print(f"  of {len(decided)} rows that agree and quote a line of a Cisco list, the same line decides in {same}")
        if verbose > 1:
            _print_differences((row for row in decided if not row.same_line), most)
    if verbose:
        _print_differences(report.unexplained, most)
    if verbose > 1:
        for agreement in (Agreement.UNKNOWN_NAMED, Agreement.UNKNOWN_BOTH):
            reasons = Counter((row.case.path, row.why) for row in plain if row.agreement is agreement)
            for (path, why), number in reasons.most_common(most):
                print(f"  {agreement.value}: {number:5}  {path}  [{why}]")
        print("  tainted rows that differ")
        _print_differences((row for row in tainted if row.agreement is Agreement.DIFFERS), most)


PARSERS: Final = {
    "filters": ("fortinet_fortios", "cisco_asa", "cisco_ios", "paloalto_panos", "juniper_srx"),
    "kernel": ("linux_iptables",),
    "equivalence": ("fortinet_fortios", "cisco_asa", "cisco_ios", "linux_iptables", "paloalto_panos", "juniper_srx"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures; 1 where something is unexplained, or explained and gone."""
    options = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__.splitlines()[0])
    options.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(SETS)} (default: all)")
    options.add_argument("--format", metavar="PARSER", help="this parser only")
    options.add_argument("-v", "--verbose", action="count", default=0, help="-vv: unknown and tainted rows too")
    options.add_argument("--most", type=int, default=25, help="kinds of differences to print (default: 25)")
    asked = options.parse_args(arguments)
    place = os.environ.get("SEGAUDIT_SHARED")
    if not place:
        print("SEGAUDIT_SHARED is not set: it names the folder with corpus/ and oracle/", file=sys.stderr)
        return 2
    failed = False
    for set_name in asked.sets or SETS:
        for parser in PARSERS[set_name]:
            if asked.format in (None, parser):
                report = compare(Path(place), set_name, parser)
                _print_report(report, asked.verbose, asked.most)
                failed |= report.fails
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
