"""Short ways to a device, a rule or a ledger for these tests."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from segaudit.model import Device, Interface, Ledger, LineState, Rule, RuleSet, SourceFile, parse_address
from segaudit.parser import ParseResult
from segaudit.parsers.yamaha_rtx import PARSER
from segaudit.semantics.trace import DeviceTracer
from segaudit.semantics.trace_flows import flow_of, trace_flow
from tests.oracle_sets import AS_OF

FIXTURES: Final = Path(__file__).parent / "fixtures"

#: A router with an outside and an inside, around whose lines a test puts its own.
OFFICE: Final = (
    "ip lan1 address 192.168.100.1/24",
    "ip lan2 address 203.0.113.2/29",
    "ip route default gateway 203.0.113.1",
)


def source(*lines: str, path: str = "rtx.conf") -> SourceFile:
    """A file of these lines."""
    return SourceFile(
        path=path, lines=tuple(line for text in lines for line in text.splitlines()), secrets=PARSER.secrets
    )


def result(*lines: str) -> ParseResult:
    """What the parser makes of these lines."""
    return PARSER.parse((source(*lines),))


def device_of(*lines: str) -> Device:
    """The device of these lines."""
    (device,) = result(*lines).devices
    return device


def ledger_of(*lines: str) -> Ledger:
    """The ledger of these lines."""
    (ledger,) = result(*lines).ledgers
    return ledger


def states(*lines: str) -> list[LineState]:
    """The states of these lines, of a whole configuration."""
    ledger = ledger_of(*OFFICE, *lines)
    return [ledger.state(number) for number in range(len(OFFICE) + 1, len(OFFICE) + len(lines) + 1)]


def office(*lines: str) -> Device:
    """The router with the outside and the inside, and these lines."""
    return device_of(*OFFICE, *lines)


def fixture(name: str) -> ParseResult:
    """What the parser makes of a fixture."""
    text = (FIXTURES / name).read_text(encoding="utf-8")
    return PARSER.parse((source(text, path=name),))


def rule_set(device: Device, name: str) -> RuleSet:
    """The list of that name."""
    found = device.rule_set(name)
    assert found is not None, [one.name for one in device.rule_sets]
    return found


def rules(device: Device, name: str) -> dict[str, Rule]:
    """The rules of a list by id."""
    return {rule.id: rule for rule in rule_set(device, name).rules}


def interface(device: Device, name: str) -> Interface:
    """The interface of that name."""
    found = device.interface(name)
    assert found is not None, [one.name for one in device.interfaces]
    return found


def verdict(device: Device, **fields: str) -> str:
    """What the router does with a packet, as `segaudit trace` says it."""
    said = trace_flow([DeviceTracer(device, AS_OF)], flow_of({"id": "1", **fields}))
    return said.verdict.value


def received(device: Device, **fields: str) -> tuple[str, int | None, int | None]:
    """Verdict, destination and destination port as the packet arrives."""
    said = trace_flow([DeviceTracer(device, AS_OF)], flow_of({"id": "1", **fields}))
    packet = said.received
    return said.verdict.value, packet.dst if packet else None, packet.dst_port if packet else None


def address(text: str) -> int:
    """The integer of an address."""
    return parse_address(text)[1]
