"""Short ways to a device, a verdict or a ledger for these tests."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Final

from segaudit.model import Device, Ledger, LineState, Rule, SourceFile, Span, format_address
from segaudit.parser import ParseResult
from segaudit.parsers.juniper_srx import PARSER
from segaudit.semantics.trace import DeviceTracer
from segaudit.semantics.trace_flows import Flow, flow_of

FIXTURES: Final = Path(__file__).parent / "fixtures"
AS_OF: Final = date(2026, 2, 1)
#: A firewall with three zones, for tests of one thing.
BASE: Final = """
set system host-name gw
set interfaces ge-0/0/0 unit 0 family inet address 203.0.113.1/28
set interfaces ge-0/0/0 unit 0 family inet6 address 2001:db8:ff::1/64
set interfaces ge-0/0/1 unit 0 family inet address 10.1.0.1/24
set interfaces ge-0/0/1 unit 0 family inet6 address 2001:db8:1::1/64
set interfaces ge-0/0/2 unit 0 family inet address 10.2.0.1/24
set routing-options static route 0.0.0.0/0 next-hop 203.0.113.14
set security zones security-zone out interfaces ge-0/0/0.0
set security zones security-zone in interfaces ge-0/0/1.0
set security zones security-zone dmz interfaces ge-0/0/2.0
"""
#: A router without zones.
ROUTER: Final = """
set system host-name rt
set interfaces ge-0/0/0 unit 0 family inet address 203.0.113.1/28
set interfaces ge-0/0/1 unit 0 family inet address 10.1.0.1/24
set interfaces ge-0/0/0 unit 0 family inet6 address 2001:db8:ff::1/64
set interfaces ge-0/0/1 unit 0 family inet6 address 2001:db8:1::1/64
"""
_FLOW: Final = re.compile(
    r"(?P<protocol>\S+) (?P<src>[0-9a-f.:]+?)(?:#(?P<sport>\d+))? > (?P<dst>[0-9a-f.]+|\[[0-9a-f:]+\])(?::(?P<port>\d+))?"
    r"(?: (?P<flags>[a-z,]+))?$"
)
OUT, IN, DMZ = "ge-0/0/0.0", "ge-0/0/1.0", "ge-0/0/2.0"


def source(name: str, text: str | None = None) -> SourceFile:
    """A file with that text, or the fixture of that name."""
    if text is None:
        text = (FIXTURES / name).read_text(encoding="utf-8")
    return SourceFile(path=name, lines=tuple(text.splitlines()), secrets=PARSER.secrets)


def parsed(text: str, name: str = "gw.set") -> ParseResult:
    return PARSER.parse((source(name, text),))


def device(text: str, name: str = "gw.set") -> Device:
    (found,) = parsed(text, name).devices
    return found


def fixture(name: str) -> ParseResult:
    return PARSER.parse((source(name),))


def policy(*settings: str, zones: str = "from-zone in to-zone out", name: str = "p", then: str = "permit") -> str:
    """A policy of any to any, but for ``settings``, which stand behind ``match``."""
    said = {setting.split()[0] for setting in settings}
    rest = [f"{key} any" for key in ("source-address", "destination-address", "application") if key not in said]
    head = f"set security policies {zones} policy {name}"
    return "".join(f"{head} match {setting}\n" for setting in (*settings, *rest)) + f"{head} then {then}\n"


def term(name: str, *settings: str, filter_name: str = "f", family: str = "inet") -> str:
    """A term of a filter; a setting begins with ``from`` or ``then``."""
    head = f"set firewall family {family} filter {filter_name} term {name}"
    return "".join(f"{head} {setting}\n" for setting in settings)


def flow(text: str, ingress: str, egress: str) -> Flow:
    """``tcp 192.0.2.1 > 10.1.0.5:80``; ``icmp/8`` is an echo request; TCP flags may stand at the end."""
    found = _FLOW.match(text)
    assert found is not None, text
    protocol, _, kind = found["protocol"].partition("/")
    cells = {
        "protocol": protocol,
        "src_ip": found["src"],
        "src_port": found["sport"] or "",
        "dst_ip": found["dst"].strip("[]"),
        "dst_port": found["port"] or "",
        "icmp_type": kind,
        "in_interface": ingress,
        "out_interface": egress,
    }
    if found["flags"]:
        cells["state"] = found["flags"]
    return flow_of(cells)


def said(on: Device, text: str, way: str) -> str:
    """``permit RULE``, ``deny end`` or ``unknown`` for a flow by ``way``: ``in > out``, or one interface (to the device)."""
    ingress, _, egress = (part.strip() for part in way.partition(">"))
    asked = flow(text, ingress, egress)
    tracer = DeviceTracer(on, AS_OF)
    verdict = tracer.forward(asked.packet, ingress, egress) if egress else tracer.local_in(asked.packet, ingress)
    if verdict.verdict.value == "unknown":
        return f"unknown {'; '.join(map(str, verdict.undecided))}"
    name = verdict.decided_by.rule.id if verdict.decided_by.rule else "end"
    changed = ""
    if verdict.verdict.value == "permit" and verdict.received is not None:
        got, sent = verdict.received, asked.packet
        parts = [
            f"{field}={_shown(sent.version, field, getattr(got, field))}"
            for field in ("src", "dst", "dst_port")
            if getattr(got, field) != getattr(sent, field)
        ]
        changed = " " + " ".join(parts) if parts else ""
    return f"{verdict.verdict.value} {name}{changed}"


def _shown(version: int, field: str, value: int | None) -> str:
    if value is None:
        return "?"
    return str(value) if field.endswith("port") else format_address(version, value)


def the_rule(on: Device, name: str, rule_set: str) -> Rule:
    """The rule of that id."""
    found = on.rule_set(rule_set)
    assert found is not None
    return next(one for one in found.rules if one.id == name)


def states(ledger: Ledger, text: str) -> dict[str, LineState]:
    """The state of each line that is not blank."""
    return {
        line.strip(): ledger.state(number) for number, line in enumerate(text.splitlines(), start=1) if line.strip()
    }


def without_places(value: object) -> object:
    """A model value with all spans left out, to compare what several files say."""
    if isinstance(value, Span):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        return (
            type(value).__name__,
            tuple((one.name, without_places(getattr(value, one.name))) for one in fields(value)),
        )
    if isinstance(value, Mapping):
        return tuple((key, without_places(item)) for key, item in value.items())
    if isinstance(value, tuple | list):
        return tuple(without_places(item) for item in value)
    return value
