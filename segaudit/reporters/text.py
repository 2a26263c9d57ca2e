"""The report for the terminal: the verdict first, then who reaches whom, the findings under their causes, and what is open.

Plain text in columns; nothing in it but what cp932 can write, so that a Japanese Windows console shows all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from segaudit.findings import wording
from segaudit.findings.openness import Openness
from segaudit.findings.report import Cell, FindingReport, LocationReport, Report
from segaudit.findings.wording import Headline
from segaudit.knowledge.columns import clean, columns_of, folded, padded
from segaudit.knowledge.language import Language
from segaudit.model import Message, Severity, Words, msg
from segaudit.reporter import Reporter, ReporterOptions

#: What is shown unless ``verbose`` asks for all: lines of the primary place and of another, places, services, findings
#: that follow from one, lines that are not modelled.
MOST_LINES, MOST_LINES_ELSEWHERE, MOST_PLACES, MOST_SERVICES, MOST_CONSEQUENCES, MOST_OPEN = 16, 8, 4, 8, 10, 10
#: Zones of a matrix; more are gathered by role. It is in words where these leave so many columns for the zones' names.
MOST_IN_SIGNS, LEAST_LABEL = 24, 26
#: Rules that are named beside a finding; the lines of all of them are quoted.
MOST_RULES = 6

_SIGNS: Mapping[Openness, str] = {
    Openness.NONE: ".",
    Openness.LIMITED: "o",
    Openness.BROAD: "O",
    Openness.ALL: "#",
    Openness.NOT_ASSESSED: "?",
}
#: Escape sequences (ECMA-48, SGR) by severity and openness.
_COLORS: Mapping[Severity | Openness, str] = {
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.INFO: "2",
    Openness.ALL: "1;31",
    Openness.BROAD: "31",
    Openness.LIMITED: "33",
    Openness.NONE: "2",
    Openness.NOT_ASSESSED: "35",
}


def render(report: Report, options: ReporterOptions) -> str:
    """The report as lines of at most ``options.width`` columns, but for single words and quoted paths that are longer."""
    return "\n".join(line.rstrip() for line in _Writer(report, options).lines()) + "\n"


@dataclass(slots=True)
class _Item:
    """A label and what stands behind it, in columns."""

    label: Message
    text: Message | Words | str


class _Writer:
    """One rendering: the report, the language, and how things look."""

    def __init__(self, report: Report, options: ReporterOptions) -> None:
        self.report = report
        self.language = Language(options.language)
        self.color = options.color
        self.width = max(options.width, 60)
        self.verbose = options.verbose
        self.zones = wording.zone_labels(report)

    # How things look -------------------------------------------------------------------------------------------------

    def say(self, text: Message | Words | str) -> str:
        """In the language, on one line, safe for a terminal."""
        return clean(self.language.say(text))

    def paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and code else text

    def paragraph(self, text: Message | Words | str, indent: int = 0) -> Iterator[str]:
        for line in folded(self.say(text), self.width - indent):
            yield " " * indent + line

    def heading(self, text: Message) -> Iterator[str]:
        said = self.say(text)
        yield ""
        yield self.paint(said, "1")
        yield self.paint("-" * columns_of(said), "2")

    def items(self, items: Iterable[_Item], indent: int) -> Iterator[str]:
        """Labels in one column, their texts folded in the next."""
        shown = [(self.say(item.label), self.say(item.text)) for item in items]
        width = max((columns_of(label) for label, _ in shown), default=0)
        for label, text in shown:
            for n, line in enumerate(folded(text, self.width - indent - width - 2)):
                yield " " * indent + self.paint(padded(label if n == 0 else "", width), "2") + "  " + line

    def table(self, heads: Sequence[Message], rows: Sequence[Sequence[str]], numbers: int) -> Iterator[str]:
        """A table whose last ``numbers`` columns are numbers."""
        shown = [[self.say(head) for head in heads], *([clean(cell) for cell in row] for row in rows)]
        widths = [max(map(columns_of, column)) for column in zip(*shown, strict=True)]
        for n, row in enumerate(shown):
            cells = []
            for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
                gap = " " * (width - columns_of(cell))
                cells.append(gap + cell if place >= len(row) - numbers else cell + gap)
            line = "  " + "  ".join(cells)
            yield self.paint(line.rstrip(), "2") if n == 0 else line

    # The parts -------------------------------------------------------------------------------------------------------

    def lines(self) -> Iterator[str]:
        yield from self.opening()
        if self.report.failures:
            yield from self.failures()
        if self.report.checks:
            yield from self.answers()
        if self.report.matrix:
            yield from self.matrix()
        yield from self.findings()
        if self.report.not_judged:
            yield from self.not_judged()
        if self.report.inputs:
            yield from self.coverage()
        yield from self.closing()

    def opening(self) -> Iterator[str]:
        report = self.report
        policies = ", ".join(policy.name for policy in report.policies)
        engagement = " / ".join(part for part in (report.engagement.client, report.engagement.title) if part)
        if engagement:
            yield self.paint(self.say(engagement), "1")
        head = msg(
            "segaudit {version}, policy {policies}, as of {day}",
            version=report.tool_version,
            policies=policies,
            day=report.as_of,
        )
        yield self.paint(self.say(head), "2")
        yield ""
        worst = report.worst()
        code = "1" if worst is None else f"1;{_COLORS[worst].removeprefix('1;')}"
        yield from (self.paint(line, code) for line in self.paragraph(wording.verdict(report)))
        yield from self.paragraph(wording.tally(report))
        yield from self.paragraph(wording.completeness(report))

    def failures(self) -> Iterator[str]:
        yield from self.heading(msg("Inputs that could not be read"))
        for failure in self.report.failures:
            place = failure.path if failure.line is None else f"{failure.path}:{failure.line}"
            yield from self.paragraph(f"{place}: {self.say(failure.problem)}", 2)

    def answers(self) -> Iterator[str]:
        yield from self.heading(msg("The questions"))
        answers = wording.answers(self.report)
        titles = [self.say(answer.title) for answer in answers]
        width = max(map(columns_of, titles))
        for title, answer in zip(titles, answers, strict=True):
            if not answer.judged:
                said = self.say(msg("not judged"))
            elif answer.worst is None:
                said = self.say(
                    msg("no finding by one check", plural="no finding by {count} checks", count=answer.checks)
                )
            else:
                found = msg(
                    "one finding, {worst}",
                    plural="{count} findings, the worst {worst}",
                    count=answer.findings,
                    worst=wording.SEVERITIES[answer.worst],
                )
                said = self.say(found)
            shown = said if answer.worst is None else self.paint(said, _COLORS[answer.worst])
            if width + columns_of(said) + 4 <= self.width:
                yield f"  {padded(title, width)}  {shown}"
            else:
                yield from self.paragraph(title, 2)
                yield f"    {shown}"

    # Who reaches whom ------------------------------------------------------------------------------------------------

    def matrix(self) -> Iterator[str]:
        yield from self.heading(msg("Who may open connections to whom (rows: from, columns: to)"))
        grid = wording.grid(self.report, MOST_IN_SIGNS)
        if grid.by_role:
            yield from self.paragraph(
                msg("Zones of one role are one row and one column, with the most open of their cells."), 2
            )
        used = {cell.permitted for cell in grid.cells.values()}
        widest_word = max(columns_of(self.say(wording.OPENNESS[one])) for one in used)
        in_words = len(grid.columns) * (widest_word + 1) <= self.width - LEAST_LABEL
        room = widest_word if in_words else 2
        widest = self.width - 4 - len(grid.columns) * (room + 1)
        labels = [
            folded(f"{n:>2} {self._row_label(row, by_role=grid.by_role)}", widest)[0]
            for n, row in enumerate(grid.rows, start=1)
        ]
        width = max(map(columns_of, labels))
        head = "".join(f" {padded(str(n), room)}" for n in range(1, len(grid.columns) + 1))
        yield self.paint(f"  {' ' * width} {head}".rstrip(), "2")
        for src, label in zip(grid.rows, labels, strict=True):
            row = ""
            for dst in grid.columns:
                cell = grid.cells.get((src.key, dst.key))
                if cell is None:
                    row += " " + padded("-", room)
                    continue
                said = self.say(wording.OPENNESS[cell.permitted]) if in_words else _SIGNS[cell.permitted]
                row += " " + self.paint(said, _COLORS[cell.permitted]) + padded("", room - columns_of(said))
            yield f"  {padded(label, width)} {row}"
        for n, column in enumerate(grid.columns, start=1):
            if column.device:
                yield from self.paragraph(f"{n:>2} {self.say(column.label)}", 2)
        if not in_words:
            legend = ", ".join(f"{_SIGNS[one]} {self.say(wording.OPENNESS[one])}" for one in wording.OPENNESS)
            yield from self.paragraph(legend, 2)
        yield from self.open_pairs()

    def _row_label(self, row: wording.Row, *, by_role: bool) -> str:
        label, role = self.say(row.label), self.say(row.role)
        if by_role:
            return self.say(msg("{zone} ({role})", zone=role, role=label))
        return label if role in {"", label} else self.say(msg("{zone} ({role})", zone=label, role=role))

    def open_pairs(self) -> Iterator[str]:
        """The pairs that something passes between, the most open first."""
        opened = wording.open_cells(self.report)
        if not opened:
            return
        yield ""
        most = len(opened) if self.verbose else MOST_OPEN
        for cell in opened[:most]:
            yield from self.paragraph(self._pair(cell), 2)
        if len(opened) > most:
            yield from self.paragraph(_more(len(opened) - most), 2)

    def _pair(self, cell: Cell) -> Message:
        src, dst = (self.zones.get(name, name) for name in (cell.from_zone, cell.to_zone))
        openness = wording.OPENNESS[cell.permitted]
        if cell.permitted == Openness.ALL:
            return msg("{src} to {dst}: {openness}", src=src, dst=dst, openness=openness)
        services = wording.services_text(cell.services, len(cell.services) if self.verbose else MOST_SERVICES)
        return msg("{src} to {dst}: {openness} ({services})", src=src, dst=dst, openness=openness, services=services)

    # Findings --------------------------------------------------------------------------------------------------------

    def findings(self) -> Iterator[str]:
        groups: dict[int, list[Headline]] = {}
        for headline in wording.headlines(self.report.findings):
            groups.setdefault(headline.finding.question, []).append(headline)
        for question, title in wording.QUESTIONS.items():
            if question in groups:
                yield from self.heading(title)
            for headline in groups.get(question, ()):
                yield ""
                yield from self.finding(headline)

    def finding(self, headline: Headline) -> Iterator[str]:
        finding = headline.finding
        yield from self.title(finding, 0)
        yield from self.paragraph(finding.message, 2)
        rest = [
            *(_Item(msg("uncertain"), reason) for reason in finding.certainty_reasons),
            *self.proof(finding),
            _Item(msg("fix"), finding.remediation),
            *(_Item(msg("note"), note) for note in finding.notes),
        ]
        if self.verbose:
            rest += [
                _Item(msg("asked by"), f"{self.say(document)} {', '.join(items)}")
                for document, items in wording.by_document(finding.references)
            ]
        yield from self.items(rest, 2)
        most = len(finding.locations) if self.verbose else MOST_PLACES
        for place in finding.locations[:most]:
            yield from self.place(place, 2)
        if len(finding.locations) > most:
            yield from self.paragraph(_more(len(finding.locations) - most), 2)
        if headline.consequences:
            said = msg(
                "One finding follows from it:",
                plural="{count} findings follow from it:",
                count=len(headline.consequences),
            )
            yield from self.paragraph(said, 2)
            many = len(headline.consequences) if self.verbose else MOST_CONSEQUENCES
            for consequence in headline.consequences[:many]:
                yield from self.consequence(consequence)
            if len(headline.consequences) > many:
                yield from self.paragraph(_more(len(headline.consequences) - many), 4)

    def title(self, finding: FindingReport, indent: int) -> Iterator[str]:
        """Severity, title and certainty; then the check with the zones."""
        severity = self.say(wording.SEVERITIES[finding.severity]).upper()
        certainty = [wording.CERTAINTIES[finding.certainty]]
        if finding.status == "waived":
            certainty.append(msg("accepted by {waiver}", waiver=finding.waiver or "-"))
        elif finding.status == "existing":
            certainty.append(msg("known before"))
        title = msg("{title} ({certainty})", title=finding.title, certainty=tuple(certainty))
        lines = folded(f"{severity}  {self.say(title)}", self.width - indent)
        painted = self.paint(severity, _COLORS[finding.severity]) + self.paint(lines[0][len(severity) :], "1")
        yield " " * indent + painted
        yield from (" " * (indent + 2) + self.paint(line, "1") for line in lines[1:])
        yield from (self.paint(line, "2") for line in self.paragraph(self._scope(finding), indent + 2))

    def _scope(self, finding: FindingReport) -> str:
        zones = [self.say(self.zones.get(name, name)) for name in (finding.from_zone, finding.to_zone) if name]
        services = wording.services_text(finding.services, len(finding.services) if self.verbose else MOST_SERVICES)
        parts = [finding.check, " -> ".join(zones), services]
        return "; ".join(part for part in parts if part)

    def proof(self, finding: FindingReport) -> Iterator[_Item]:
        """The packet, as it is sent and as it arrives, and the rules that let it pass."""
        witness = finding.witness
        if witness is not None:
            sent = wording.packet_text(witness.sent)
            if witness.in_interface:
                sent = msg(
                    "{packet}, at {interface} of {device}",
                    packet=sent,
                    interface=witness.in_interface,
                    device=witness.device,
                )
            yield _Item(msg("sent"), sent)
            if witness.received != witness.sent:
                yield _Item(msg("received"), wording.packet_text(witness.received))
        if finding.rules:
            rules = tuple(wording.rule_text(rule) for rule in finding.rules[:MOST_RULES])
            more = (msg("and others"),) if len(finding.rules) > MOST_RULES else ()
            yield _Item(msg("by"), msg("{rules}", rules=rules + more))

    def place(self, place: LocationReport, indent: int) -> Iterator[str]:
        """The quoted lines with their numbers."""
        yield " " * indent + clean(str(place.span))
        most = len(place.lines) if self.verbose else MOST_LINES if place.primary else MOST_LINES_ELSEWHERE
        if len(place.lines) == most + 1:
            most += 1
        number = len(str(place.span.last_line))
        for line, text in enumerate(place.lines[:most], start=place.span.first_line):
            for n, part in enumerate(folded(clean(text.expandtabs(4)), self.width - indent - number - 5)[:4]):
                shown = f"{line if n == 0 else '':>{number}} |"
                yield " " * (indent + 2) + self.paint(shown, "2") + f" {part}"
        if len(place.lines) > most:
            hidden = len(place.lines) - most
            said = msg("one more line", plural="{count} more lines", count=hidden)
            yield " " * (indent + 2) + self.paint(f"{'':>{number}} | {self.say(said)}", "2")

    def consequence(self, finding: FindingReport) -> Iterator[str]:
        yield from self.title(finding, 4)
        yield from self.items(
            [
                *(_Item(msg("uncertain"), reason) for reason in finding.certainty_reasons),
                *(item for item in self.proof(finding) if self.verbose or item.label != msg("by")),
            ],
            6,
        )
        if self.verbose:
            yield from self.paragraph(finding.message, 6)

    # What is open ----------------------------------------------------------------------------------------------------

    def not_judged(self) -> Iterator[str]:
        yield from self.heading(msg("What was not judged"))
        for one in self.report.not_judged:
            place = f" ({one.span})" if one.span is not None else ""
            said = msg("{subject}: {reason}", subject=one.subject, reason=one.reason)
            yield from self.paragraph(f"{self.say(said)}{place}", 2)

    def coverage(self) -> Iterator[str]:
        report = self.report
        yield from self.heading(msg("What was read"))
        rows = []
        for one in report.inputs:
            counts = one.ledger
            rows.append(
                [
                    one.path,
                    one.format,
                    str(counts.total),
                    str(counts.modelled),
                    str(counts.approximated),
                    str(counts.irrelevant),
                    str(counts.unsupported + counts.unrecognized),
                ]
            )
        heads = (
            msg("file"),
            msg("format"),
            msg("lines"),
            wording.STATES["modelled"],
            wording.STATES["approximated"],
            wording.STATES["irrelevant"],
            msg("not understood"),
        )
        yield from self.table(heads, rows, 5)
        if report.not_modelled:
            yield ""
            yield from self.paragraph(msg("Lines that could bear on access and are not modelled:"), 2)
            most = len(report.not_modelled) if self.verbose else MOST_OPEN
            for line in report.not_modelled[:most]:
                reason = f" ({line.reason})" if line.reason else ""
                yield from self.paragraph(f"{line.span}: {line.text.strip()}{reason}", 4)
            if len(report.not_modelled) > most:
                yield from self.paragraph(_more(len(report.not_modelled) - most), 4)
        if self.verbose and report.ignored:
            yield ""
            for ignored in report.ignored:
                said = msg("ignored: {reason}", reason=ignored.reason)
                yield from self.paragraph(f"{ignored.path}: {self.say(said)}", 2)

    def closing(self) -> Iterator[str]:
        yield ""
        shown = next((finding.check for finding in self.report.findings if finding.counts), "")
        if shown:
            yield from self.paragraph(
                msg(
                    "'segaudit checks {check}' explains a check, '-f html=report.html' writes the report to hand over,"
                    " '-v' shows all of each list.",
                    check=shown,
                )
            )
        elif self.report.devices:
            yield from self.paragraph(
                msg("No finding is not a proof of safety: read what was not judged, and 'segaudit show ledger'.")
            )
        else:
            yield from self.paragraph(msg("'segaudit parsers' lists the formats that are read."))


def _more(count: int) -> Message:
    return msg("and one more (-v shows all)", plural="and {count} more (-v shows all)", count=count)


REPORTER = Reporter(name="text", title="for the terminal", render=render, extension="txt", together="\n".join)
