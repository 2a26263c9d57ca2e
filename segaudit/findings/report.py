"""The report: everything that a reporter may show, with sets lowered to boxes and config text already masked.

It holds plain values and `Message`s only; no packet set is in it, so it can be kept, compared and sent to a process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from segaudit.findings.finding import Finding, Location, RuleRef, by_weight
from segaudit.findings.openness import WIDE_PORTS, Openness, openness, service_ranges, widest_run
from segaudit.findings.page import Page
from segaudit.knowledge.roles import role_words
from segaudit.knowledge.services import ServiceCatalogue
from segaudit.model import Certainty, Ledger, LineState, Message, Severity, Span, Words
from segaudit.model.inputs import Failure, Ignored, Network
from segaudit.packetspace.boxes import Box, boxes
from segaudit.packetspace.packet import Packet
from segaudit.zones.graph import SELF, ZoneGraph

#: Boxes of one finding that a report carries; more are summed up.
MOST_BOXES = 32
#: Places of one finding that a report quotes; its rules are all named.
MOST_PLACES = 60
#: Lines of one place that a report quotes, and lines before and behind it.
MOST_LINES = 40
LINES_AROUND = 2
SCHEMA_VERSION = "1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerCounts:
    """How many non-blank lines are in each state."""

    modelled: int
    approximated: int
    irrelevant: int
    unsupported: int
    unrecognized: int

    @property
    def total(self) -> int:
        """All non-blank lines."""
        return self.modelled + self.approximated + self.irrelevant + self.unsupported + self.unrecognized


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModelled:
    """A line that is not modelled although it may bear on access, as it may be shown."""

    span: Span
    state: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InputReport:
    """One file that was read."""

    path: str
    sha256: str
    format: str
    devices: tuple[str, ...]
    encoding: str
    lines: int
    ledger: LedgerCounts
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceReport:
    """One device: what it is and what it has."""

    name: str
    format: str
    vendor: str
    platform: str
    version: str
    interfaces: int
    rules: int
    path: str
    fragment: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentReport:
    """One segment of the zone graph."""

    name: str
    kind: str
    prefixes: tuple[str, ...]
    interfaces: tuple[str, ...]
    zone: str
    vlan: int | None
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceReport:
    """One sign for a zone's role."""

    role: str
    role_title: Words
    weight: float
    sign: Message
    span: Span | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneReport:
    """One zone; ``certainty`` 0 to 1 is that of the role, whose id is ``role``."""

    name: str
    role: str
    role_title: Words
    certainty: float
    declared: bool
    evidence: tuple[EvidenceReport, ...]
    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of the zone matrix: what ``from_zone`` may open towards ``to_zone``; ``services`` for people."""

    from_zone: str
    to_zone: str
    permitted: Openness
    services: tuple[str, ...]
    certainty: Certainty
    reason: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessReport:
    """A proving packet as it is sent and as it arrives, and where it starts."""

    device: str
    in_interface: str
    out_interface: str
    segment: str
    sent: Packet
    received: Packet


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationReport:
    """A place in a config with its text, masked; ``before`` and ``after`` are the lines around it."""

    span: Span
    lines: tuple[str, ...]
    primary: bool
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An item of a document that asks for the same; ``item`` is empty where the document as a whole does."""

    document: Words
    item: str = ""

    def __str__(self) -> str:
        return f"{self.document} {self.item}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingReport:
    """One finding as reports show it. ``status`` is ``new``, ``existing`` or ``waived``; ``cause`` a fingerprint."""

    check: str
    check_title: Message
    question: int
    control: str
    control_title: Words
    severity: Severity
    certainty: Certainty
    certainty_reasons: tuple[Message, ...]
    title: Message
    message: Message
    remediation: Message
    from_zone: str
    to_zone: str
    services: tuple[str, ...]
    packets: tuple[Box, ...]
    packets_complete: bool
    witness: WitnessReport | None
    rules: tuple[RuleRef, ...]
    locations: tuple[LocationReport, ...]
    notes: tuple[Message, ...]
    cause: str
    fingerprint: str
    references: tuple[Reference, ...]
    status: str = "new"
    waiver: str = ""

    @property
    def counts(self) -> bool:
        """Whether nobody has accepted it."""
        return self.status != "waived"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """A check that was run for a control, for the list of what was judged; ``findings`` counts them."""

    slug: str
    title: Message
    question: int
    severity: Severity
    control: str
    control_title: Words
    page: Page
    references: tuple[Reference, ...]
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyReport:
    """A policy that was judged by."""

    name: str
    title: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """What stands on the title page; empty where nobody said it."""

    client: str = ""
    title: str = ""
    auditor: str = ""
    period: str = ""
    scope: str = ""
    classification: str = ""
    revision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotJudged:
    """Something that this audit cannot say, with the reason; ``subject`` is a zone pair, a device or a topic."""

    subject: Message
    reason: Message
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One audit, whole. ``complete``: every input was read and (with ``--strict``) every line understood, and every
    edge to the internet that the site file declares is there; ``lost_edges`` are the others.
    """

    complete: bool
    tool_version: str
    as_of: str
    policies: tuple[PolicyReport, ...]
    inputs: tuple[InputReport, ...]
    ignored: tuple[Ignored, ...]
    failures: tuple[Failure, ...]
    not_modelled: tuple[NotModelled, ...]
    devices: tuple[DeviceReport, ...]
    segments: tuple[SegmentReport, ...]
    zones: tuple[ZoneReport, ...]
    matrix: tuple[Cell, ...]
    findings: tuple[FindingReport, ...]
    checks: tuple[CheckRun, ...]
    not_judged: tuple[NotJudged, ...]
    engagement: Engagement
    lost_edges: tuple[str, ...] = ()
    schema_version: str = SCHEMA_VERSION

    def counted(self) -> Mapping[Severity, int]:
        """Findings that count (not waived), by severity, worst first."""
        return {s: sum(f.severity == s and f.counts for f in self.findings) for s in reversed(Severity)}

    def worst(self) -> Severity | None:
        """The worst severity of a finding that counts."""
        return max((f.severity for f in self.findings if f.counts), default=None)

    def ledger(self) -> LedgerCounts:
        """The totals of all inputs."""
        return LedgerCounts(
            modelled=sum(one.ledger.modelled for one in self.inputs),
            approximated=sum(one.ledger.approximated for one in self.inputs),
            irrelevant=sum(one.ledger.irrelevant for one in self.inputs),
            unsupported=sum(one.ledger.unsupported for one in self.inputs),
            unrecognized=sum(one.ledger.unrecognized for one in self.inputs),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInfo:
    """What a report says of a check, bound by a control, beside its findings."""

    slug: str
    title: Message
    question: int
    severity: Severity
    control: str
    control_title: Words
    page: Page
    references: tuple[Reference, ...] = ()


def make_report(
    *,
    network: Network,
    graph: ZoneGraph,
    services: ServiceCatalogue,
    findings: Iterable[Finding],
    checks: Sequence[CheckInfo],
    policies: Sequence[PolicyReport],
    not_judged: Sequence[NotJudged],
    tool_version: str,
    as_of: str,
    strict: bool = False,
    engagement: Engagement | None = None,
    lost_edges: Sequence[str] = (),
) -> Report:
    """The report of one audit; findings come worst first."""
    by_control = {(c.slug, c.control): c for c in checks}
    ordered = by_weight(findings)
    keys = {f.key: f.fingerprint for f in ordered if f.key}
    quotes = _Quotes(network)
    reported = tuple(_finding(f, quotes, by_control[f.check, f.control], keys) for f in ordered)
    not_modelled = tuple(_not_modelled(network))
    return Report(
        complete=network.complete and not lost_edges and not (strict and not_modelled),
        tool_version=tool_version,
        as_of=as_of,
        policies=tuple(policies),
        inputs=tuple(_input(network)),
        ignored=network.ignored,
        failures=network.failures,
        not_modelled=not_modelled,
        devices=tuple(_devices(network)),
        segments=tuple(_segments(graph)),
        zones=tuple(_zones(graph)),
        matrix=tuple(matrix(graph, services)),
        findings=reported,
        checks=tuple(
            CheckRun(
                slug=c.slug,
                title=c.title,
                question=c.question,
                severity=c.severity,
                control=c.control,
                control_title=c.control_title,
                page=c.page,
                references=c.references,
                findings=sum(f.check == c.slug and f.control == c.control for f in reported),
            )
            for c in checks
        ),
        not_judged=tuple(not_judged),
        engagement=engagement or Engagement(),
        lost_edges=tuple(lost_edges),
    )


def _input(network: Network) -> Iterable[InputReport]:
    for one in network.inputs:
        yield InputReport(
            path=one.path,
            sha256=one.sha256,
            format=one.format,
            devices=one.devices,
            encoding=one.encoding,
            lines=one.lines,
            ledger=ledger_counts(network.ledgers[one.path]),
            notes=one.notes,
        )


def ledger_counts(ledger: Ledger) -> LedgerCounts:
    """The totals of one ledger."""
    return LedgerCounts(
        modelled=ledger.count(LineState.MODELLED),
        approximated=ledger.count(LineState.APPROXIMATED),
        irrelevant=ledger.count(LineState.IRRELEVANT),
        unsupported=ledger.count(LineState.UNSUPPORTED),
        unrecognized=ledger.count(LineState.UNRECOGNIZED),
    )


def _not_modelled(network: Network) -> Iterable[NotModelled]:
    for path, ledger in sorted(network.ledgers.items()):
        source = network.sources[path]
        for statement in ledger.statements():
            if statement.state in (LineState.UNSUPPORTED, LineState.UNRECOGNIZED):
                lines = source.quote(statement.span)
                yield NotModelled(
                    span=statement.span,
                    state=statement.state.name.lower(),
                    text=lines[0] if lines else "",
                    reason=statement.reason,
                )


def _devices(network: Network) -> Iterable[DeviceReport]:
    for device in network.devices:
        yield DeviceReport(
            name=device.name,
            format=device.format,
            vendor=device.vendor,
            platform=device.platform,
            version=device.version,
            interfaces=len(device.interfaces),
            rules=sum(len(r.rules) for r in device.rule_sets),
            path=device.span.path,
            fragment=device.fragment,
        )


def _segments(graph: ZoneGraph) -> Iterable[SegmentReport]:
    for _, zone in sorted(graph.zones.items()):
        for segment in zone.segments:
            yield SegmentReport(
                name=segment.name,
                kind=segment.kind,
                prefixes=tuple(str(p) for p in segment.prefixes),
                interfaces=tuple(str(p) for p in segment.ports),
                zone=zone.name,
                vlan=segment.vlan,
                hosts=tuple(dict.fromkeys(h.name for h in segment.hosts)),
            )


def _zones(graph: ZoneGraph) -> Iterable[ZoneReport]:
    for _, zone in sorted(graph.zones.items()):
        yield ZoneReport(
            name=zone.name,
            role=zone.role,
            role_title=role_words(zone.role),
            certainty=round(zone.certainty, 2),
            declared=zone.declared,
            evidence=tuple(
                EvidenceReport(
                    role=e.role,
                    role_title=role_words(e.role),
                    weight=e.weight,
                    sign=e.sign,
                    span=e.span,
                )
                for e in zone.evidence
            ),
            segments=tuple(s.name for s in zone.segments),
        )


def matrix(graph: ZoneGraph, services: ServiceCatalogue) -> Iterable[Cell]:
    """Every ordered pair of zones with segments, in the order of their names; then each zone towards each device itself."""
    names = [name for name, zone in sorted(graph.zones.items()) if zone.segments]
    unassessed = {(u.src, u.dst): u.reason for u in graph.unassessed}
    unassessed |= {(u.dst, u.src): u.reason for u in graph.unassessed}
    for src in names:
        for dst in names:
            if src == dst and (src, dst) not in graph.conduits:
                continue
            conduit = graph.conduit(src, dst)
            permitted = openness(graph, conduit)
            reason = unassessed.get((src, dst))
            if reason is not None and permitted == Openness.NONE:
                permitted = Openness.NOT_ASSESSED
            labels: tuple[str, ...] = ()
            sure = True
            if conduit is not None and conduit.flows:
                labels = tuple(r.label(services) for r in service_ranges(conduit.received.may))
                sure = conduit.received.exact
            yield Cell(
                from_zone=src,
                to_zone=dst,
                permitted=permitted,
                services=labels,
                certainty=Certainty.CONFIRMED if sure else Certainty.POSSIBLE,
                reason=reason,
            )
    for src in names:
        for dst, zone in sorted(graph.zones.items()):
            if not zone.segments and dst.startswith(SELF):
                yield _device_cell(graph, src, dst, services)


def _device_cell(graph: ZoneGraph, src: str, dst: str, services: ServiceCatalogue) -> Cell:
    """What a zone reaches of a device itself: the services that its config names, else the ports that are let through."""
    device = dst.removeprefix(SELF)
    reached = [e for e in graph.exposures.get(src, ()) if e.device == device]
    named = [e for e in reached if e.service is not None]
    labels = tuple(sorted({e.service.kind for e in named if e.service is not None}))
    permitted = Openness.LIMITED if named else Openness.NONE
    sure = any(e.piece.current.must for e in named)
    if not graph.devices[device].device.shows_services:
        unnamed = [e.piece.current.may for e in reached if e.service is None]
        packets = graph.space.union(unnamed)
        if packets:
            permitted = Openness.BROAD if widest_run(packets) > WIDE_PORTS else Openness.LIMITED
            labels += tuple(r.label(services) for r in service_ranges(packets))
    return Cell(
        from_zone=src,
        to_zone=dst,
        permitted=permitted,
        services=labels,
        certainty=Certainty.CONFIRMED if sure or permitted == Openness.NONE else Certainty.POSSIBLE,
    )


def _finding(finding: Finding, quotes: _Quotes, info: CheckInfo, keys: Mapping[str, str]) -> FindingReport:
    shown = None
    if finding.packets is not None:
        packets = finding.packets.must or finding.packets.may
        shown = boxes(packets, limit=MOST_BOXES, forgotten=("tcp_flags", "state"))
    witness = finding.witness
    return FindingReport(
        check=finding.check,
        check_title=info.title,
        question=info.question,
        control=finding.control,
        control_title=info.control_title,
        severity=finding.severity,
        certainty=finding.certainty,
        certainty_reasons=finding.certainty_reasons,
        title=finding.title,
        message=finding.message,
        remediation=finding.remediation,
        from_zone=finding.from_zone,
        to_zone=finding.to_zone,
        services=finding.services,
        packets=() if shown is None else shown.boxes,
        packets_complete=shown is None or shown.complete,
        witness=None
        if witness is None
        else WitnessReport(
            device=witness.device,
            in_interface=witness.in_interface,
            out_interface=witness.out_interface,
            segment=witness.segment,
            sent=witness.sent,
            received=witness.received,
        ),
        rules=finding.rules,
        locations=tuple(_location(quotes, place) for place in finding.locations[:MOST_PLACES]),
        notes=finding.notes,
        cause=keys.get(finding.cause, ""),
        fingerprint=finding.fingerprint,
        references=tuple(Reference(document=Words(r)) for r in finding.references) or info.references,
    )


class _Quotes:
    """Lines as they may be shown, each masked once: findings about neighbours quote the same lines."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._lines: dict[tuple[str, int], tuple[str, ...]] = {}

    def lines(self, path: str, first_line: int, last_line: int) -> tuple[str, ...]:
        """The lines of ``path`` from ``first_line`` to ``last_line`` (inclusive), as far as there are any."""
        return tuple(line for number in range(first_line, last_line + 1) for line in self._line(path, number))

    def _line(self, path: str, number: int) -> tuple[str, ...]:
        found = self._lines.get((path, number))
        if found is None:
            found = self._network.excerpt(Span(path=path, first_line=number, last_line=number)).lines
            self._lines[path, number] = found
        return found


def _location(quotes: _Quotes, place: Location) -> LocationReport:
    span = place.span
    last = min(span.last_line, span.first_line + MOST_LINES - 1)
    return LocationReport(
        span=span,
        lines=quotes.lines(span.path, span.first_line, last),
        primary=place.primary,
        before=quotes.lines(span.path, span.first_line - LINES_AROUND, span.first_line - 1),
        after=quotes.lines(span.path, last + 1, last + LINES_AROUND) if last == span.last_line else (),
    )
