"""What reports say of a report: the words for its values, its verdict in a sentence, its findings under their causes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from segaudit.findings import ranges
from segaudit.findings.finding import RuleRef
from segaudit.findings.openness import Openness
from segaudit.findings.report import Cell, FindingReport, Reference, Report
from segaudit.model import Certainty, Message, Severity, Words, msg
from segaudit.packetspace.packet import Packet
from segaudit.zones.graph import INTERNET, SELF

#: The five questions that segaudit answers first, and the rest; in the order of a report.
QUESTIONS: Mapping[int, Message] = MappingProxyType(
    {
        1: msg("Inbound: what can be reached from the internet"),
        2: msg("Shared segments: terminals and servers together"),
        3: msg("Missing micro-segmentation: no control between segments"),
        4: msg("Default permit: allowed because nothing forbade it"),
        5: msg("Remote access: what a stolen VPN account reaches"),
        0: msg("Hygiene and coverage"),
    }
)
#: Of these, the one that asks for the internet, and those that ask for zones besides it.
FROM_OUTSIDE, ABOUT_SEGMENTS = frozenset({1, 5}), frozenset({1, 2, 3})
SEVERITIES: Mapping[Severity, Message] = MappingProxyType(
    {
        Severity.CRITICAL: msg("critical"),
        Severity.HIGH: msg("high"),
        Severity.MEDIUM: msg("medium"),
        Severity.LOW: msg("low"),
        Severity.INFO: msg("info"),
    }
)
CERTAINTIES: Mapping[Certainty, Message] = MappingProxyType(
    {Certainty.CONFIRMED: msg("confirmed"), Certainty.POSSIBLE: msg("possible")}
)
OPENNESS: Mapping[Openness, Message] = MappingProxyType(
    {
        Openness.NONE: msg("denied"),
        Openness.LIMITED: msg("limited"),
        Openness.BROAD: msg("broad"),
        Openness.ALL: msg("everything"),
        Openness.NOT_ASSESSED: msg("not assessed"),
    }
)
OPENNESS_MEANINGS: Mapping[Openness, Message] = MappingProxyType(
    {
        Openness.NONE: msg("nothing may open a connection"),
        Openness.LIMITED: msg("named services"),
        Openness.BROAD: msg("wide port ranges, or any service between some hosts"),
        Openness.ALL: msg("any service from half of one zone to half of the other, or more"),
        Openness.NOT_ASSESSED: msg("traffic may pass no device that was read"),
    }
)
#: The most open last.
BY_OPENNESS = (Openness.NONE, Openness.NOT_ASSESSED, Openness.LIMITED, Openness.BROAD, Openness.ALL)
STATES: Mapping[str, Message] = MappingProxyType(
    {
        "modelled": msg("modelled"),
        "approximated": msg("approximated"),
        "irrelevant": msg("irrelevant"),
        "unsupported": msg("unsupported"),
        "unrecognized": msg("unrecognized"),
    }
)
SEGMENT_KINDS: Mapping[str, Message] = MappingProxyType(
    {
        "subnet": msg("subnet"),
        "routed": msg("behind a router"),
        "vpn pool": msg("VPN pool"),
        "tunnel": msg("tunnel"),
        "internet": msg("internet"),
        "unknown": msg("unknown"),
    }
)


def verdict(report: Report) -> Message:
    """The whole report in one sentence; it never says more than what was read shows."""
    if not report.devices:
        return msg("Nothing could be judged: no configuration was read.")
    # A cause with all that follows from it is one gap.
    gaps = Counter(headline.worst for headline in headlines(f for f in report.findings if f.counts))
    if gaps[Severity.CRITICAL]:
        return msg(
            "The separation has a gap that must be closed now.",
            plural="The separation has {count} gaps that must be closed now.",
            count=gaps[Severity.CRITICAL],
        )
    if gaps[Severity.HIGH]:
        return msg(
            "The separation has a serious gap.",
            plural="The separation has {count} serious gaps.",
            count=gaps[Severity.HIGH],
        )
    if not _inner_zones(report):
        return msg("The configurations show no zone behind the devices: whether separation holds could not be judged.")
    if not _internet_known(report):
        if gaps[Severity.MEDIUM]:
            return msg("What could be judged holds in the main; what the internet reaches could not be judged.")
        return msg("What could be judged holds; what the internet reaches could not be judged.")
    if gaps[Severity.MEDIUM]:
        return msg("The separation holds in the main; some points should be corrected.")
    if gaps:
        return msg("As far as the configurations show it, the separation holds; there are remarks.")
    return msg("As far as the configurations show it, the separation holds.")


def _internet_known(report: Report) -> bool:
    return any(zone.name == INTERNET for zone in report.zones)


def _inner_zones(report: Report) -> bool:
    """Whether there is a zone besides the internet and the devices themselves."""
    return any(zone.name != INTERNET and not zone.name.startswith(SELF) for zone in report.zones)


def completeness(report: Report) -> Message:
    """Whether the report covers everything that it was asked about, in one sentence."""
    failed = len({failure.path for failure in report.failures})
    if failed:
        return msg(
            "Not complete: one input could not be read, and what it would show is missing here.",
            plural="Not complete: {count} inputs could not be read, and what they would show is missing here.",
            count=failed,
        )
    if report.lost_edges:
        return msg(
            "Not complete: {edges}, an edge to the internet in the site file, is in no input: check its spelling.",
            plural="Not complete: {edges}, edges to the internet in the site file, are in no input: check their spelling.",
            count=len(report.lost_edges),
            edges=", ".join(report.lost_edges),
        )
    counts = report.ledger()
    missing = counts.unsupported + counts.unrecognized
    if not report.complete:
        return msg(
            "Not complete: one line could bear on access and is not modelled.",
            plural="Not complete: {count} lines could bear on access and are not modelled.",
            count=missing,
        )
    if missing:
        return msg(
            "Every input was read; one of {total} lines could bear on access and is not modelled.",
            plural="Every input was read; {count} of {total} lines could bear on access and are not modelled.",
            count=missing,
            total=counts.total,
        )
    return msg(
        "Complete: the one line of the input is accounted for.",
        plural="Complete: all {count} lines of the inputs are accounted for.",
        count=counts.total,
    )


def tally(report: Report) -> Message:
    """How many findings there are and how bad they are: ``5 findings: 2 critical, 3 medium``."""
    counted = {severity: n for severity, n in report.counted().items() if n}
    total = sum(counted.values())
    if not total:
        return msg("No findings")
    return msg(
        "{count} finding: {severities}",
        plural="{count} findings: {severities}",
        count=total,
        severities=tuple(
            msg("{number} {severity}", number=number, severity=SEVERITIES[severity])
            for severity, number in counted.items()
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A finding with those that follow from it."""

    finding: FindingReport
    consequences: tuple[FindingReport, ...]

    @property
    def worst(self) -> Severity:
        """The worst severity of them all."""
        return max(self.finding.severity, *(one.severity for one in self.consequences), Severity.INFO)


def headlines(findings: Iterable[FindingReport]) -> tuple[Headline, ...]:
    """The findings that stand by themselves, in the order given, each with all that follows from it."""
    found = list(findings)
    first: dict[str, int] = {}
    for place, finding in enumerate(found):
        first.setdefault(finding.fingerprint, place)
    following: dict[int, list[FindingReport]] = {}
    for place, finding in enumerate(found):
        root = _root(place, found, first)
        below = following.setdefault(root, [])
        if root != place:
            below.append(finding)
    return tuple(
        Headline(finding=found[place], consequences=tuple(below)) for place, below in sorted(following.items())
    )


def _root(place: int, found: list[FindingReport], first: Mapping[str, int]) -> int:
    """The place of the finding that the one at ``place`` follows from in the end; itself where nothing is before it."""
    seen = {place}
    while found[place].cause:
        above = first.get(found[place].cause)
        if above is None:
            return place
        if above in seen:
            return min(seen)  # causes that go round: the first of them speaks for all
        seen.add(above)
        place = above
    return place


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the report answers to one question: ``worst`` is ``None`` where nothing was found that counts.

    ``judged`` is false where what was read holds nothing to put the question to: that nothing was found says nothing.
    """

    question: int
    title: Message
    checks: int
    findings: int
    worst: Severity | None
    judged: bool


def answers(report: Report) -> tuple[Answer, ...]:
    """One answer for every question that a check was run for."""
    run = Counter(check.question for check in report.checks)
    found: dict[int, list[FindingReport]] = {}
    for finding in report.findings:
        if finding.counts:
            found.setdefault(finding.question, []).append(finding)
    return tuple(
        Answer(
            question=question,
            title=title,
            checks=run[question],
            findings=len(found.get(question, ())),
            worst=max((f.severity for f in found.get(question, ())), default=None),
            judged=question in found or _can_be_judged(report, question),
        )
        for question, title in QUESTIONS.items()
        if run[question] or question in found
    )


def _can_be_judged(report: Report, question: int) -> bool:
    """Whether there is a device at all, and the zones that the question is about."""
    if not report.devices:
        return False
    if question in FROM_OUTSIDE and not _internet_known(report):
        return False
    return question not in ABOUT_SEGMENTS or _inner_zones(report)


def zone_labels(report: Report) -> Mapping[str, Message | str]:
    """Zone names as a reader needs them: without the device where the report is about one only; devices as devices."""
    names = [zone.name for zone in report.zones]
    short = {name: name for name in names}
    if len(report.devices) == 1:
        prefix = f"{report.devices[0].name}:"
        without = {name: name.removeprefix(prefix) for name in names}
        short = without if len(set(without.values())) == len(without) else short
    devices = {name: msg("device {device}", device=name.removeprefix(SELF)) for name in names if name.startswith(SELF)}
    return MappingProxyType({**short, **devices})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row or column of the zone matrix: a zone with its role, all zones of a role, or a device itself."""

    key: str
    label: Message | str
    role: Words
    device: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The zone matrix as it is shown; ``cells`` by the keys of row and column. ``by_role``: zones gathered by role.

    The columns are the rows and, behind them, the devices themselves, where something is known of those.
    """

    rows: tuple[Row, ...]
    columns: tuple[Row, ...]
    cells: Mapping[tuple[str, str], Cell]
    by_role: bool


def grid(report: Report, most: int) -> Grid:
    """The matrix of zones, or of their roles where there are more than ``most`` zones; those with the most open cell."""
    ends = dict.fromkeys(end for cell in report.matrix for end in (cell.from_zone, cell.to_zone))
    names = [name for name in ends if not name.startswith(SELF)]
    devices = [name for name in ends if name.startswith(SELF)]
    zones = {zone.name: zone for zone in report.zones}
    labels = zone_labels(report)
    keys = {name: name for name in [*names, *devices]}
    by_role = len(names) > most
    if by_role:
        keys = {name: zones[name].role if name in zones else name for name in names} | dict.fromkeys(devices, SELF)
    members: dict[str, list[str]] = {}
    for name, key in keys.items():
        members.setdefault(key, []).append(name)

    def row(key: str) -> Row:
        first = zones.get(members[key][0])
        role = first.role_title if first is not None else Words("")
        if not by_role:
            return Row(key=key, label=labels.get(key, key), role=role)
        return Row(key=key, label=msg("one zone", plural="{count} zones", count=len(members[key])), role=role)

    def itself(key: str) -> Row:
        if not by_role:
            return Row(key=key, label=labels.get(key, key), role=Words(""), device=True)
        label = msg("the one device itself", plural="the {count} devices themselves", count=len(members[key]))
        return Row(key=key, label=label, role=Words(""), device=True)

    cells: dict[tuple[str, str], Cell] = {}
    for cell in report.matrix:
        pair = keys[cell.from_zone], keys[cell.to_zone]
        cells[pair] = max(cells.get(pair, cell), cell, key=lambda one: BY_OPENNESS.index(one.permitted))
    rows = tuple(row(key) for key in sorted({keys[n] for n in names}, key=lambda key: (key != INTERNET, key)))
    columns = rows + tuple(itself(key) for key in dict.fromkeys(keys[device] for device in devices))
    return Grid(rows=rows, columns=columns, cells=cells, by_role=by_role)


def open_cells(report: Report) -> tuple[Cell, ...]:
    """The pairs of zones that something passes between, the most open first."""
    opened = (cell for cell in report.matrix if cell.permitted not in {Openness.NONE, Openness.NOT_ASSESSED})
    return tuple(sorted(opened, key=lambda cell: -BY_OPENNESS.index(cell.permitted)))


def services_text(services: Iterable[str], most: int) -> str:
    """The first ``most`` services, those of TCP and UDP before the protocols that nobody thinks of first."""
    ordered = sorted(services, key=lambda service: not service.startswith(("tcp", "udp", "any")))
    return ", ".join(ordered[:most]) + (", ..." if len(ordered) > most else "")


def rule_text(rule: RuleRef) -> Message:
    """Which rule, or end of a list, or interface without one."""
    match rule.action:
        case "unfiltered":
            return msg("no list at {interface} of {device}", interface=rule.rule_id, device=rule.device)
        case "default":
            return msg("the end of list {list} on {device}", list=rule.rule_set, device=rule.device)
        case _ if rule.name and rule.name != rule.rule_id:
            return msg(
                "rule {rule} ({name}) of {list} on {device}",
                rule=rule.rule_id,
                name=rule.name,
                list=rule.rule_set,
                device=rule.device,
            )
        case _:
            return msg("rule {rule} of {list} on {device}", rule=rule.rule_id, list=rule.rule_set, device=rule.device)


def packet_text(packet: Packet) -> Message:
    """A packet in one phrase: ``tcp from 192.0.2.1:49152 to 203.0.113.9:443``."""
    return msg(
        "{protocol} from {source} to {destination}",
        protocol=ranges.protocol(packet),
        source=ranges.source(packet),
        destination=ranges.destination(packet),
    )


def by_document(references: Iterable[Reference]) -> tuple[tuple[Words, tuple[str, ...]], ...]:
    """The documents of references, each with its items, in the order given."""
    found: dict[Words, list[str]] = {}
    for reference in references:
        found.setdefault(reference.document, []).extend([reference.item] if reference.item else [])
    return tuple((document, tuple(items)) for document, items in found.items())
