"""Each example network holds exactly what its README says: the findings of its tables, the verdicts of its packets.

A table of findings has the columns check, from, to, severity, certainty. Several zones in one cell are one finding that
names no single zone. The packets that a row names by the ids of `flows.csv` are among those of its finding, and the first
line that it names is one of the finding's places.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from segaudit.findings.report import FindingReport, Report
from segaudit.model import Action, Network, Severity
from segaudit.packetspace.boxes import Box
from segaudit.packetspace.packet import Packet
from segaudit.pipeline.audit import audit, declared
from segaudit.pipeline.collect import Selection
from segaudit.pipeline.discover import checks
from segaudit.pipeline.facts import load_site
from segaudit.pipeline.read import read
from segaudit.policy import Site, shipped_policy
from segaudit.semantics.trace import DeviceTracer
from segaudit.semantics.trace_flows import Flow, FlowVerdict, read_flows, to_json, trace_flow
from segaudit.zones.segments import build_segments
from segaudit.zones.trace import NetworkTracer
from tests.checks.cases import describe, place

EXAMPLES = Path(__file__).parent.parent / "examples" / "configs"
FOLDERS = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())
#: The examples hold one-time schedules that ended years before and nothing that ends later.
DAY = date(2026, 4, 1)
CLEAN = "**No finding of medium or above.**"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One finding as a README tells it; ``source`` and ``target`` are empty for none and for several zones."""

    check: str
    source: str
    target: str
    severity: str
    certainty: str
    follows: str
    lines: tuple[tuple[str, int, int], ...]
    packets: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        return (self.check, self.source, self.target, self.severity, self.certainty)


@cache
def network(folder: str) -> tuple[Network, Site]:
    path = str(EXAMPLES / folder)
    found = read(Selection(paths=(path,)), jobs=1, debug=True)
    assert not found.failures
    return found, load_site([path], None)


@cache
def report(folder: str) -> Report:
    found, site = network(folder)
    return audit(found, [shipped_policy("bigman-4")], site, checks(), DAY)


@cache
def flows(folder: str) -> dict[str, tuple[Flow, dict[str, str]]]:
    """The packets of an example by id, each with its row."""
    text = (EXAMPLES / folder / "flows.csv").read_text(encoding="utf-8")
    rows = {row["id"]: row for row in csv.DictReader(text.splitlines())}
    return {flow.id: (flow, rows[flow.id]) for flow in read_flows(text)}


# -- the tables ---------------------------------------------------------------------------------------------------------


def rows(text: str) -> list[Row]:
    """The rows of every table of findings in a README."""
    found: list[Row] = []
    columns: list[str] | None = None
    for line in text.splitlines():
        if not line.startswith("|"):
            columns = None
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if columns is None:
            columns = cells
        elif columns[0] == "check" and not set(line) <= set("|-: "):
            cell = dict(zip(columns, cells, strict=True))
            told = " ".join(cells[5:])
            found.append(
                Row(
                    check=cell["check"],
                    source=_one_zone(cell["from"]),
                    target=_one_zone(cell["to"]),
                    severity=cell["severity"],
                    certainty=cell["certainty"],
                    follows=cell.get("follows from", ""),
                    lines=tuple(
                        (path, int(first), int(last or first))
                        for path, first, last in re.findall(r"([\w-]+\.\w+):(\d+)(?:-(\d+))?", cell.get("lines", ""))
                    ),
                    packets=tuple(re.findall(r"`([\w-]+)`: \w+ ", told)),
                )
            )
    return found


def _one_zone(cell: str) -> str:
    return "" if "," in cell else cell


def test_a_table_is_read() -> None:
    text = (
        "| check | from | to | severity | certainty | lines | a packet that proves it |\n|---|---|---|---|---|---|---|\n"
        "| deny-list-design | office | a, b | high | confirmed | L:2 x.cfg:27-30, then x.cfg:14 | `p-1`: tcp to [::1]:2 |\n"
        "\n| folder | what |\n|---|---|\n| here | there |\n"
    )
    (row,) = rows(text)
    assert row.key == ("deny-list-design", "office", "", "high", "confirmed")
    assert row.lines == (("x.cfg", 27, 30), ("x.cfg", 14, 14))
    assert row.packets == ("p-1",)


def bare(zone: str, folder: str) -> str:
    """A zone as the READMEs name it: without the device in front."""
    for device in network(folder)[0].devices:
        zone = zone.removeprefix(f"{device.name}:")
    return zone


def key_of(finding: FindingReport, folder: str) -> tuple[str, str, str, str, str]:
    source, target = bare(finding.from_zone, folder), bare(finding.to_zone, folder)
    return (finding.check, source, target, finding.severity.word, finding.certainty.value)


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_planted_is_found_and_nothing_else(folder: str) -> None:
    text = (EXAMPLES / folder / "README.md").read_text(encoding="utf-8")
    told = Counter(row.key for row in rows(text))
    found = Counter(key_of(one, folder) for one in report(folder).findings)
    if not told:
        assert CLEAN in text
        assert not [describe(one) for one in report(folder).findings if one.severity >= Severity.MEDIUM]
        return
    missing, more = told - found, found - told
    assert not missing, f"told and not found: {sorted(missing)}; found and not told: {sorted(more)}"
    assert not more, (
        f"found and not told: {[describe(f) for f in report(folder).findings if key_of(f, folder) in more]}"
    )


def findings_of(folder: str) -> list[tuple[Row, list[FindingReport]]]:
    """Every row with the findings that it can be: several where an example has the same defect twice."""
    text = (EXAMPLES / folder / "README.md").read_text(encoding="utf-8")
    return [(row, [one for one in report(folder).findings if key_of(one, folder) == row.key]) for row in rows(text)]


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_packets_and_lines_that_are_told_are_those_of_the_findings(folder: str) -> None:
    for row, candidates in findings_of(folder):
        assert any(_proves(row, one, folder) for one in candidates), row


def _proves(row: Row, finding: FindingReport, folder: str) -> bool:
    places = [place.span for place in finding.locations]
    if row.lines:
        path, first, last = row.lines[0]
        if not any(p.path == path and p.first_line <= last and first <= p.last_line for p in places):
            return False
    if not finding.packets or not finding.packets_complete:
        return True
    packets = [flows(folder)[name][0].packet for name in row.packets]
    return all(any(inside(packet, box) for box in finding.packets) for packet in packets)


def inside(packet: Packet, box: Box) -> bool:
    """Whether a packet lies in a box."""
    fields = {
        "protocols": packet.protocol,
        "src": packet.src,
        "dst": packet.dst,
        "src_ports": packet.src_port,
        "dst_ports": packet.dst_port,
        "icmp_types": packet.icmp_type,
        "icmp_codes": packet.icmp_code,
    }
    return packet.version == box.version and all(
        ranges is None or any(first <= value <= last for first, last in ranges)
        for ranges, value in ((getattr(box, name), value) for name, value in fields.items())
    )


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_follows_from_a_missing_control_says_so(folder: str) -> None:
    causes = {one.fingerprint: one.check for one in report(folder).findings}
    for row, candidates in findings_of(folder):
        headline = re.match(r"([a-z-]+)(?::| on |$)", row.follows)
        if headline is not None and headline[1] in checks():
            assert headline[1] in {causes.get(one.cause) for one in candidates}, row


# -- the packets --------------------------------------------------------------------------------------------------------


@cache
def verdicts(folder: str) -> dict[str, FlowVerdict]:
    found, site = network(folder)
    tracers = [DeviceTracer(device, DAY) for device in found.devices]
    through = NetworkTracer(found.devices, build_segments(found.devices, declared(site)), DAY)
    return {
        name: through.trace(flow) if flow.through_network else trace_flow(tracers, flow)
        for name, (flow, _) in flows(folder).items()
    }


PACKETS = [(folder, name) for folder in FOLDERS for name in flows(folder)]


@pytest.mark.parametrize(("folder", "name"), PACKETS, ids=[f"{folder}: {name}" for folder, name in PACKETS])
def test_a_packet_goes_where_the_example_says(folder: str, name: str) -> None:
    _, row = flows(folder)[name]
    verdict = verdicts(folder)[name]
    assert verdict.verdict.value == row["expected_verdict"], to_json(verdict)
    if verdict.verdict.value == "permit" and row["expected_received_dst"]:
        assert arrived(verdict) == row["expected_received_dst"]
    # What is no list and number says in words that no list decides.
    cells = [_RULE.fullmatch(one) for one in row["expected_rule"].split()]
    if all(cells):
        said = deciders(folder, verdict)
        assert all(expected_decider(cell) & said for cell in cells if cell is not None), to_json(verdict)


_RULE = re.compile(r"(?:([\w-]+)/)?([\w/-]+):(\d+|policy)|(\d+)")


def arrived(verdict: FlowVerdict) -> str:
    found = verdict.received
    assert found is not None, "what is permitted arrives"
    assert found.dst is not None, "its destination is one address"
    packet = Packet(version=found.version, protocol=found.protocol, src=0, dst=found.dst, dst_port=found.dst_port or 0)
    return place(packet)


def expected_decider(wanted: re.Match[str]) -> set[tuple[str, str]]:
    """The lists and places (1-based; ``end`` of a list) that a cell can mean."""
    device, name, number, policy = wanted.groups()
    if policy is not None:
        return {("policy", f"id {policy}")}
    where = "end" if number == "policy" else number
    names = {name, f"ip6/{name}", *([] if device is None else [f"{device}/{name}", f"ip6/{device}/{name}"])}
    # A Yamaha router's list "pp1 in" is written pp1_in, and its filters have numbers of their own.
    numbered = {(one.replace("_", " "), f"id {number}") for one in names if one.endswith(("_in", "_out"))}
    return {(one.replace("_", " ") if numbered else one, where) for one in names} | numbered


def deciders(folder: str, verdict: FlowVerdict) -> set[tuple[str, str]]:
    """Every list with the place of the rule that possibly decided there."""
    found: set[tuple[str, str]] = set()
    for hop in verdict.hops:
        for step in hop.steps:
            rule = step.decision.rule
            name = step.decision.rule_set
            if rule is None:
                found.add((name, "end"))
                continue
            found |= {
                (name, str(rule.position)),
                (name, f"id {rule.id}"),
                (rule.id.rpartition(":")[0], rule.id.rpartition(":")[2]),
            }
            found.add((f"{hop.device}/{name}", str(rule.position)))
    decided = verdict.decided_by
    if decided is not None and not found:
        device = network(folder)[0].device(decided.device)
        rule_set = device.rule_set(decided.rule_set) if device is not None else None
        for rule in rule_set.rules if rule_set is not None else ():
            if rule.id == decided.rule and rule.action in (Action.PERMIT, Action.DENY):
                found |= {(decided.rule_set, str(rule.position)), (decided.rule_set, f"id {rule.id}")}
    return found
