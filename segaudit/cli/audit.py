"""`segaudit audit`: read configurations, judge them by a policy, report."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from segaudit.cli import FINDINGS, NOT_ESTABLISHED, OK, UsageError
from segaudit.cli import options as shared

if TYPE_CHECKING:
    from segaudit.cli.screen import Screen
    from segaudit.findings.report import FindingReport, Report
    from segaudit.model.inputs import Network
    from segaudit.reporter import Reporter

#: The policy where none is named.
DEFAULT_POLICY = "bigman-4"
#: `--fail-on`: the least severity that makes status 1.
SEVERITIES = ("info", "low", "medium", "high", "critical")

#: `--fail-certainty`: how sure a finding must be for that.
CERTAINTIES = ("possible", "confirmed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One ``--format``: which reporter, and the file; empty: standard output."""

    reporter: Reporter
    file: str


def configure(parser: argparse.ArgumentParser) -> None:
    """What to read, what to judge it by, what to write, and what makes it fail."""
    shared.add_reading(parser).add_argument(
        "--separate", action="store_true", help="judge each input alone; FILE of a format gets the input's name"
    )
    shared.add_judging(parser)
    group = parser.add_argument_group("what it is judged by, and what fails")
    group.add_argument(
        "--policy",
        action="append",
        metavar="NAME|FILE",
        help=f"policy to judge by (default: {DEFAULT_POLICY}; repeatable)",
    )
    group.add_argument(
        "--fail-on",
        choices=(*SEVERITIES, "never"),
        default="high",
        help="status 1 for findings of this severity or worse (default: high)",
    )
    group.add_argument(
        "--fail-certainty",
        choices=CERTAINTIES,
        default="possible",
        help="confirmed: possible findings do not make status 1 (default: possible)",
    )
    group.add_argument("--baseline", metavar="FILE", help="findings in it are known and make no status 1")
    group.add_argument("--write-baseline", metavar="FILE", help="write the findings of this run as a baseline")
    group = parser.add_argument_group("what is written")
    group.add_argument(
        "-f",
        "--format",
        action="append",
        default=[],
        metavar="NAME[=FILE]",
        help="report format (default: text), to standard output or a file (repeatable)",
    )
    group.add_argument("--output", metavar="FILE", help="the file of the one format that has none")
    shared.add_showing(parser)


def run(options: argparse.Namespace) -> int:
    """Everything from the paths to the reports; the status of the contract: 1 for findings, else 3, else 0."""
    from segaudit.cli.reading import read_network
    from segaudit.cli.screen import Progress, screen
    from segaudit.model import msg
    from segaudit.pipeline.audit import audit
    from segaudit.pipeline.discover import checks
    from segaudit.pipeline.facts import (
        baseline_text,
        load_baseline,
        load_policies,
        load_site,
        load_waivers,
        write_text,
    )

    view = screen(options)
    outputs = _outputs(options)
    known = checks()
    policies = load_policies(options.policy or [DEFAULT_POLICY], known)
    site = load_site(options.paths, options.site)
    baseline = load_baseline(options.baseline) if options.baseline else frozenset()
    waivers = load_waivers(options.paths, site)
    if waivers:
        view.note(
            msg(
                "segaudit: one waiver was read and is not applied: this version reports everything",
                plural="segaudit: {count} waivers were read and are not applied: this version reports everything",
                count=len(waivers),
            )
        )
    network = read_network(options, view)
    reports: list[Report] = []
    progress = Progress(wanted=not options.quiet)
    try:
        for one in _parts(network, separate=options.separate):
            progress("judging", len(reports), 0)
            here = {device.name for device in one.devices}
            beside = [device for device in network.devices if device.name not in here]
            report = audit(one, policies, site, known, shared.as_of(options), strict=options.strict, beside=beside)
            reports.append(_compared(report, baseline))
    finally:
        progress.done()
    for output in outputs:
        _write(output, reports, options, view)
    if options.write_baseline:
        write_text(options.write_baseline, baseline_text(f.fingerprint for r in reports for f in r.findings))
    return status(options, network, reports)


def status(options: argparse.Namespace, network: Network, reports: Sequence[Report]) -> int:
    """1 where a finding counts, else 3 where something is not established, else 0."""
    if any(fails(finding, options) for report in reports for finding in report.findings):
        return FINDINGS
    if not network.complete or (options.strict and not all(report.complete for report in reports)):
        return NOT_ESTABLISHED
    return OK


def fails(finding: FindingReport, options: argparse.Namespace) -> bool:
    """Whether the finding makes status 1: new, bad enough and sure enough."""
    if options.fail_on == "never" or finding.status != "new":
        return False
    sure = finding.certainty.value in CERTAINTIES[CERTAINTIES.index(options.fail_certainty) :]
    return sure and finding.severity >= SEVERITIES.index(options.fail_on)


def _outputs(options: argparse.Namespace) -> list[Output]:
    from segaudit.pipeline.discover import reporters

    known = reporters()
    outputs: list[Output] = []
    for text in options.format or ["text"]:
        name, _, file = text.partition("=")
        if name not in known:
            raise UsageError(f"there is no report format {name!r}; there are {', '.join(known)}")
        outputs.append(Output(reporter=known[name], file=file))
    if options.output:
        open_ones = [place for place, output in enumerate(outputs) if not output.file]
        if len(open_ones) != 1:
            raise UsageError("--output names the file of one format: write the others as -f NAME=FILE")
        outputs[open_ones[0]] = replace(outputs[open_ones[0]], file=options.output)
    if sum(not output.file for output in outputs) > 1:
        raise UsageError("only one format goes to standard output: write the others as -f NAME=FILE")
    for output in outputs:
        if options.separate and not output.file and output.reporter.together is None:
            name = output.reporter.name
            raise UsageError(f"--separate makes several {name} documents: write them as -f {name}=FILE")
        if output.reporter.binary and not output.file and sys.stdout.isatty():
            raise UsageError(f"{output.reporter.name} is no text for a terminal: write -f {output.reporter.name}=FILE")
    return outputs


def _parts(network: Network, *, separate: bool) -> Iterable[Network]:
    return (list(network.separated()) or [network]) if separate else [network]


def _compared(report: Report, baseline: frozenset[str]) -> Report:
    """The report with the findings of the baseline marked as existing."""
    if not baseline:
        return report
    findings = tuple(
        replace(finding, status="existing") if finding.status == "new" and finding.fingerprint in baseline else finding
        for finding in report.findings
    )
    return replace(report, findings=findings)


def _write(output: Output, reports: Sequence[Report], options: argparse.Namespace, view: Screen) -> None:
    """Each report to a file of its own, or all of them to standard output as one document."""
    from segaudit.pipeline.facts import write_text
    from segaudit.reporter import ReporterOptions

    shown = ReporterOptions(
        language=view.language.code,
        color=view.color and not output.file,
        width=view.width or ReporterOptions().width,
        verbose=view.verbose,
    )
    texts: list[str] = []
    for report in reports:
        rendered = output.reporter.render(report, shown)
        if output.file:
            write_text(_place(output.file, report, separate=options.separate), rendered)
        elif isinstance(rendered, bytes):
            sys.stdout.flush()
            sys.stdout.buffer.write(rendered)
        else:
            texts.append(rendered)
    if options.separate and output.reporter.together is not None and texts:
        texts = [output.reporter.together(texts)]
    sys.stdout.writelines(texts)


def _place(file: str, report: Report, *, separate: bool) -> str:
    """The file; of a report on one input among several with the input's name before the ending."""
    if not separate or not report.inputs:
        return file
    path = Path(file)
    name = report.inputs[0].path.replace("/", "-")
    return str(path.with_name(f"{path.stem}.{name}{path.suffix}"))
