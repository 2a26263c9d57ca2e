"""Reads ASA text and asks the tracer, in few words."""

import builtins
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from textwrap import dedent

from segaudit.model import (
    Device,
    Interface,
    Ledger,
    LineState,
    Rule,
    RuleSet,
    SourceFile,
    format_address,
    parse_address,
)
from segaudit.packetspace.packet import ACK, SYN, Packet
from segaudit.parsers.cisco_asa import PARSER
from segaudit.semantics.trace import DeviceTracer, DeviceVerdict

FIXTURES = Path(__file__).parent / "fixtures"
TODAY = date(2026, 6, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A text, the device and the ledger that came of it."""

    source: SourceFile
    device: Device
    ledger: Ledger

    def state(self, beginning: str, *, nth: int = 1) -> LineState:
        """The state of the nth line that begins so (blanks before it aside)."""
        found = [n for n, text in self.source.numbered() if text.strip().startswith(beginning)]
        return self.ledger.state(found[nth - 1])

    def reason(self, beginning: str) -> str:
        """The ledger's reason for the first line that begins so."""
        found = next(n for n, text in self.source.numbered() if text.strip().startswith(beginning))
        return self.ledger.reasons.get(found, "")

    def list(self, name: str) -> RuleSet:
        """The list of that name, which there must be."""
        found = self.device.rule_set(name)
        assert found is not None, [one.name for one in self.device.rule_sets]
        return found

    def rules(self, name: str) -> tuple[Rule, ...]:
        """The rules of the list of that name."""
        return self.list(name).rules

    def interface(self, name: str) -> Interface:
        """The interface of that name, which there must be."""
        found = self.device.interface(name)
        assert found is not None
        return found

    @property
    def not_understood(self) -> builtins.list[str]:
        """The lines that are neither understood nor irrelevant."""
        numbers = (*self.ledger.lines(LineState.UNRECOGNIZED), *self.ledger.lines(LineState.UNSUPPORTED))
        return [self.source.lines[n - 1].strip() for n in numbers]


def read(text: str, path: str = "fw.cfg") -> Read:
    """``text`` as one file."""
    return read_lines(tuple(dedent(text).strip("\n").splitlines()), path)


def read_fixture(name: str) -> Read:
    """A file of ``fixtures``."""
    return read_lines(tuple((FIXTURES / name).read_text(encoding="utf-8").splitlines()), name)


def read_lines(lines: tuple[str, ...], path: str) -> Read:
    """``lines`` as one file."""
    source = SourceFile(path=path, lines=lines, secrets=PARSER.secrets)
    result = PARSER.parse((source,))
    (device,), (ledger,) = result.devices, result.ledgers
    return Read(source=source, device=device, ledger=ledger)


def packet(text: str) -> Packet:
    """``tcp 198.51.100.7 203.0.113.10 443``, ``udp … 53 1024`` (source port last), ``icmp … 8 0``, ``47 …``."""
    words = text.split()
    protocol = {"tcp": 6, "udp": 17, "icmp": 1, "icmp6": 58}.get(words[0]) or int(words[0])
    version, src = parse_address(words[1])
    _, dst = parse_address(words[2])
    numbers = [int(word) for word in words[3:]]
    if protocol in (1, 58):
        kind, code = (*numbers, 0, 0)[:2]
        return Packet(version=version, protocol=protocol, src=src, dst=dst, icmp_type=kind, icmp_code=code)
    if protocol not in (6, 17):
        return Packet(version=version, protocol=protocol, src=src, dst=dst)
    port, source_port = (*numbers, 49152)[:2]
    flags = SYN if protocol == 6 else 0
    return Packet(
        version=version, protocol=protocol, src=src, dst=dst, src_port=source_port, dst_port=port, tcp_flags=flags
    )


def through(read: Read, text: str, ingress: str, egress: str) -> DeviceVerdict:
    """What the device does with a packet from one interface to another."""
    return DeviceTracer(read.device, TODAY).forward(packet(text), ingress, egress)


def to_device(read: Read, text: str, ingress: str) -> DeviceVerdict:
    """What the device does with a packet for itself."""
    return DeviceTracer(read.device, TODAY).local_in(packet(text), ingress)


def in_list(read: Read, name: str, text: str) -> str:
    """What one list says."""
    return str(DeviceTracer(read.device, TODAY).ask_list(name, packet(text)).verdict)


def verdict(read: Read, text: str, ingress: str, egress: str) -> str:
    """``permit``, ``deny`` or ``unknown`` for a packet from one interface to another."""
    return str(through(read, text, ingress, egress).verdict)


def received(read: Read, text: str, ingress: str, egress: str) -> str:
    """Source and destination of a permitted packet as it leaves: ``10.0.0.1:49152 > 10.0.0.2:80``; ``?``: chosen."""
    result = through(read, text, ingress, egress)
    assert str(result.verdict) == "permit", result.decided_by
    arrived = result.received
    assert arrived is not None
    source = "?" if arrived.src is None else format_address(arrived.version, arrived.src)
    target = "?" if arrived.dst is None else format_address(arrived.version, arrived.dst)
    return f"{source}:{arrived.src_port} > {target}:{arrived.dst_port}"


def replies(text: str) -> Packet:
    """The packet with ACK set: part of a session."""
    one = packet(text)
    return Packet(
        version=one.version,
        protocol=one.protocol,
        src=one.src,
        dst=one.dst,
        src_port=one.src_port,
        dst_port=one.dst_port,
        tcp_flags=ACK,
        state=1,
    )
