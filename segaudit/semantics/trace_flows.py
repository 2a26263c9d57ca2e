"""Flows to trace, as people write them (CSV), and verdicts, as `segaudit trace` prints them.

A row names a packet and where to ask (contract of the `trace` verb). Where a row leaves a field of the packet empty:

- ``src_port``: 49152, the first dynamic port (RFC 6335 section 6); ``dst_port`` has no default where the protocol has
  ports, a flow without one is refused;
- ``icmp_type``: echo request (8, or 128 for ICMPv6); ``icmp_code``: 0;
- ``state``: new.

``icmp`` between IPv6 addresses means ICMPv6. An ICMP message of a type that belongs to no connection is invalid where
the row calls it established. A TCP packet is an ACK where its state is established, else a SYN.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO

from segaudit.knowledge.protocols import protocol_name, protocol_number
from segaudit.model import (
    ICMP,
    ICMP_PROTOCOLS,
    ICMPV6,
    PORT_PROTOCOLS,
    TCP,
    ConnectionState,
    Message,
    format_address,
    msg,
    parse_address,
)
from segaudit.packetspace.packet import ACK, STATES, SYN, Packet
from segaudit.semantics.trace import Decision, DeviceTracer, DeviceVerdict, Received, Step, UnknownListError, Verdict

#: The columns that mean something; others are kept and ignored.
COLUMNS = (
    "id",
    "device",
    "rule_set",
    "in_interface",
    "out_interface",
    "protocol",
    "src_ip",
    "src_port",
    "dst_ip",
    "dst_port",
    "icmp_type",
    "icmp_code",
    "state",
)

#: First of the dynamic ports (RFC 6335 section 6): what a client sends from, where a flow does not say.
CLIENT_PORT = 49152
_ECHO_REQUEST = {ICMP: 8, ICMPV6: 128}
#: Queries and their answers. Of other types no connection is made (Linux nf_conntrack_proto_icmp.c and _icmpv6.c,
#: ``invmap``; measured on 6.18); errors belong to the connection that they are about, as `ConnectionState.RELATED`.
_IN_CONNECTIONS = {ICMP: frozenset({0, 8, 13, 14, 15, 16, 17, 18}), ICMPV6: frozenset({128, 129, 139, 140})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One packet and where to ask for it; empty strings: not said. ``other`` are the columns that mean nothing here."""

    id: str
    packet: Packet
    device: str = ""
    rule_set: str = ""
    in_interface: str = ""
    out_interface: str = ""
    other: tuple[tuple[str, str], ...] = ()

    @property
    def through_network(self) -> bool:
        """Whether it starts in a segment, so that more than one device may be asked."""
        return not (self.rule_set or self.in_interface or self.out_interface)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowProblem:
    """What is wrong with a flow: the 1-based ``line`` of the file (0: not from a file), the column, the sentence."""

    line: int
    column: str
    problem: Message

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.column}: {self.problem}" if self.column else f"{place}{self.problem}"


class FlowError(ValueError):
    """Flows that cannot be traced; ``problems`` holds all of them."""

    def __init__(self, problems: Sequence[FlowProblem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedBy:
    """What decided: a rule (its ``id``) of a list, the end of the list (``rule`` is ``None``), or no list."""

    device: str
    rule_set: str
    rule: str | None
    path: str | None
    first_line: int | None
    reason: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One device on the way, with what each of its stages did."""

    device: str
    in_interface: str
    out_interface: str
    verdict: Verdict
    decided_by: DecidedBy
    steps: tuple[Step, ...]
    received: Received | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowVerdict:
    """What becomes of a flow: the fields of the contract."""

    id: str
    verdict: Verdict
    undecided: tuple[Message, ...]
    decided_by: DecidedBy | None
    received: Received | None
    hops: tuple[Hop, ...] = ()


# Reading


def read_flows(text: str) -> tuple[Flow, ...]:
    """The flows of a CSV file with a header line; `FlowError` names everything that is wrong with it."""
    rows = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    problems: list[FlowProblem] = []
    flows: list[Flow] = []
    header: list[str] | None = None
    try:
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if header is None:
                header = [cell.strip().lower() for cell in row]
                problems.extend(_header_problems(header))
                if problems:
                    break
                continue
            line = rows.line_num
            if len(row) > len(header):
                problems.append(FlowProblem(line=line, column="", problem=msg("more cells than the header has")))
                continue
            values = dict(zip(header, [*row, *[""] * (len(header) - len(row))], strict=True))
            try:
                flows.append(flow_of(values, default_id=str(len(flows) + 1), line=line))
            except FlowError as error:
                problems.extend(error.problems)
    except csv.Error as error:
        problems.append(FlowProblem(line=rows.line_num, column="", problem=msg("not CSV: {what}", what=str(error))))
    if header is None and not problems:
        problems.append(FlowProblem(line=1, column="", problem=msg("no header line")))
    if problems:
        raise FlowError(problems)
    return tuple(flows)


def _header_problems(header: Sequence[str]) -> list[FlowProblem]:
    problems = [
        FlowProblem(line=1, column=name, problem=msg("this column is there more than once"))
        for name in dict.fromkeys(header)
        if name and header.count(name) > 1
    ]
    for needed in ("protocol", "src_ip", "dst_ip"):
        if needed not in header:
            close = get_close_matches(needed, [name for name in header if name not in COLUMNS], n=1)
            problem = msg("the column is missing; {near} looks like it", near=close[0]) if close else None
            problems.append(FlowProblem(line=1, column=needed, problem=problem or msg("the column is missing")))
    return problems


def flow_of(values: Mapping[str, str], default_id: str = "1", line: int = 0) -> Flow:
    """One flow from the cells of a row (or the options of a command line); `FlowError` names all that is wrong."""
    cells = {name: value.strip() for name, value in values.items()}
    problems: list[FlowProblem] = []

    def wrong(column: str, problem: Message) -> None:
        problems.append(FlowProblem(line=line, column=column, problem=problem))

    def address(column: str) -> tuple[int, int] | None:
        text = cells.get(column, "")
        if not text:
            wrong(column, msg("an address is needed"))
            return None
        try:
            return parse_address(text)
        except ValueError:
            wrong(column, msg("{text} is not an IP address", text=text))
            return None

    def number(column: str, highest: int, default: int) -> int:
        text = cells.get(column, "")
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and int(text) <= highest):
            wrong(column, msg("{text} is not a number from 0 to {highest}", text=text, highest=highest))
            return default
        return int(text)

    src, dst = address("src_ip"), address("dst_ip")
    if src and dst and src[0] != dst[0]:
        wrong("dst_ip", msg("source and destination are of different IP versions"))
    version = (src or dst or (4, 0))[0]
    protocol = _protocol(cells.get("protocol", ""), version)
    if protocol is None:
        text = cells.get("protocol", "")
        wrong("protocol", msg("{text} is not a protocol", text=text) if text else msg("a protocol is needed"))
        protocol = TCP
    src_port, dst_port = number("src_port", 65535, CLIENT_PORT), number("dst_port", 65535, 0)
    if protocol not in PORT_PROTOCOLS:
        src_port = dst_port = 0
    elif not cells.get("dst_port"):
        wrong("dst_port", msg("{protocol} needs a destination port", protocol=protocol_name(protocol)))
    icmp_type, icmp_code = number("icmp_type", 255, _ECHO_REQUEST.get(protocol, 0)), number("icmp_code", 255, 0)
    if protocol not in ICMP_PROTOCOLS:
        icmp_type = icmp_code = 0
    state_text = cells.get("state", "").lower() or "new"
    if state_text not in STATES:
        wrong("state", msg("{text} is none of {states}", text=state_text, states=", ".join(STATES)))
        state_text = "new"
    state = STATES.index(state_text)
    if state == ConnectionState.ESTABLISHED and icmp_type not in _IN_CONNECTIONS.get(protocol, {icmp_type}):
        state = ConnectionState.INVALID.value
    if problems:
        raise FlowError(problems)
    assert src is not None
    assert dst is not None
    packet = Packet(
        version=version,
        protocol=protocol,
        src=src[1],
        dst=dst[1],
        src_port=src_port,
        dst_port=dst_port,
        icmp_type=icmp_type,
        icmp_code=icmp_code,
        tcp_flags=0 if protocol != TCP else ACK if state == ConnectionState.ESTABLISHED else SYN,
        state=state,
    )
    return Flow(
        id=cells.get("id") or default_id,
        packet=packet,
        device=cells.get("device", ""),
        rule_set=cells.get("rule_set", ""),
        in_interface=cells.get("in_interface", ""),
        out_interface=cells.get("out_interface", ""),
        other=tuple((name, value) for name, value in values.items() if name not in COLUMNS),
    )


def _protocol(text: str, version: int) -> int | None:
    protocol = protocol_number(text)
    return ICMPV6 if protocol == ICMP and version == 6 and not text.isdigit() else protocol


# Tracing


def device_for(tracers: Sequence[DeviceTracer], flow: Flow) -> DeviceTracer:
    """The device that ``flow`` means: by its name, else the only one that has its list or its interfaces.

    `FlowError` where there is none, or more than one.
    """
    if flow.device:
        for tracer in tracers:
            if tracer.device.name == flow.device:
                return tracer
        close = get_close_matches(flow.device, [tracer.device.name for tracer in tracers], n=1)
        problem = (
            msg("no device is called {name}; the nearest is {near}", name=flow.device, near=close[0])
            if close
            else msg("no device is called {name}", name=flow.device)
        )
        raise FlowError([FlowProblem(line=0, column="device", problem=problem)])
    if len(tracers) == 1:
        return tracers[0]
    if flow.rule_set:
        column, name = "rule_set", flow.rule_set
        found = [t for t in tracers if t.device.rule_set(name) or t.device.rule_set(f"ip6/{name}")]
    else:
        column, name = (
            ("in_interface", flow.in_interface) if flow.in_interface else ("out_interface", flow.out_interface)
        )
        found = [t for t in tracers if t.device.interface(name)]
    if len(found) == 1:
        return found[0]
    problem = (
        msg("several devices have {name}: name the device", name=name)
        if found
        else msg("no device has {name}: name the device", name=name)
    )
    raise FlowError([FlowProblem(line=0, column=column, problem=problem)])


def trace_flow(tracers: Sequence[DeviceTracer], flow: Flow) -> FlowVerdict:
    """The verdict on a flow that names a list or an interface, so that one device is asked (not `through_network`).

    `FlowError` where the device or the list is not there.
    """
    tracer = device_for(tracers, flow)
    device = tracer.device.name
    if flow.rule_set:
        try:
            said = tracer.ask_list(flow.rule_set, flow.packet, flow.in_interface, flow.out_interface)
        except UnknownListError:
            known = [rule_set.name for rule_set in tracer.device.rule_sets]
            close = get_close_matches(flow.rule_set, known, n=1)
            problem = (
                msg(
                    "{device} has no list {name}; the nearest is {near}",
                    device=device,
                    name=flow.rule_set,
                    near=close[0],
                )
                if close
                else msg("{device} has no list {name}", device=device, name=flow.rule_set)
            )
            raise FlowError([FlowProblem(line=0, column="rule_set", problem=problem)]) from None
        return FlowVerdict(
            id=flow.id,
            verdict=said.verdict,
            undecided=said.undecided,
            decided_by=decided_by(device, said.decided_by),
            received=said.received,
        )
    verdict = _through_device(tracer, flow)
    decision = decided_by(device, verdict.decided_by)
    hop = Hop(
        device=device,
        in_interface=flow.in_interface,
        out_interface="" if verdict.to_device else flow.out_interface,
        verdict=verdict.verdict,
        decided_by=decision,
        steps=verdict.steps,
        received=verdict.received,
    )
    return FlowVerdict(
        id=flow.id,
        verdict=verdict.verdict,
        undecided=verdict.undecided,
        decided_by=decision,
        received=verdict.received,
        hops=(hop,),
    )


def _through_device(tracer: DeviceTracer, flow: Flow) -> DeviceVerdict:
    if flow.in_interface and flow.out_interface:
        return tracer.forward(flow.packet, flow.in_interface, flow.out_interface)
    if flow.in_interface:
        return tracer.local_in(flow.packet, flow.in_interface)
    if flow.out_interface:
        return tracer.local_out(flow.packet, flow.out_interface)
    raise ValueError(f"flow {flow.id} names neither a list nor an interface: it starts in a segment")


def decided_by(device: str, decision: Decision) -> DecidedBy:
    """A device's decision in the words of the contract."""
    return DecidedBy(
        device=device,
        rule_set=decision.rule_set,
        rule=decision.rule.id if decision.rule else None,
        path=decision.span.path if decision.span else None,
        first_line=decision.span.first_line if decision.span else None,
        reason=decision.reason,
    )


# Printing

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


def packet_json(packet: Packet | Received) -> dict[str, Json]:
    """A packet as the contract has it; a field that the protocol does not have, or that is not known, is ``null``."""
    with_ports, with_icmp = packet.protocol in PORT_PROTOCOLS, packet.protocol in ICMP_PROTOCOLS
    return {
        "protocol": protocol_name(packet.protocol),
        "src_ip": None if packet.src is None else format_address(packet.version, packet.src),
        "src_port": packet.src_port if with_ports else None,
        "dst_ip": None if packet.dst is None else format_address(packet.version, packet.dst),
        "dst_port": packet.dst_port if with_ports else None,
        "icmp_type": packet.icmp_type if with_icmp else None,
        "icmp_code": packet.icmp_code if with_icmp else None,
        "state": STATES[packet.state],
    }


def _decided_json(decision: DecidedBy | None) -> Json:
    if decision is None:
        return None
    return {
        "device": decision.device,
        "rule_set": decision.rule_set,
        "rule": decision.rule,
        "path": decision.path,
        "first_line": decision.first_line,
    }


def _step_json(device: str, step: Step) -> Json:
    return {
        "hook": step.hook.value,
        "action": step.action.value,
        "certain": step.certain,
        "decided_by": _decided_json(decided_by(device, step.decision)),
    }


def _hop_json(hop: Hop) -> Json:
    return {
        "device": hop.device,
        "in_interface": hop.in_interface or None,
        "out_interface": hop.out_interface or None,
        "verdict": hop.verdict.value,
        "decided_by": _decided_json(hop.decided_by),
        "steps": [_step_json(hop.device, step) for step in hop.steps],
        "received": None if hop.received is None else packet_json(hop.received),
    }


def to_json(verdict: FlowVerdict) -> dict[str, Json]:
    """The verdict as the `trace` verb prints it, one object a flow; conditions in English."""
    return {
        "id": verdict.id,
        "verdict": verdict.verdict.value,
        "undecided": [str(reason) for reason in verdict.undecided],
        "decided_by": _decided_json(verdict.decided_by),
        "received": None if verdict.received is None else packet_json(verdict.received),
        "hops": [_hop_json(hop) for hop in verdict.hops],
    }
