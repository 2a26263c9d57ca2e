"""Reads FortiOS text and asks the tracer, in few words."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from textwrap import dedent

from segaudit.model import (
    AddressExpr,
    Device,
    Ledger,
    LineState,
    LocalService,
    Rule,
    ServiceExpr,
    SourceFile,
    format_address,
    parse_address,
)
from segaudit.packetspace.packet import SYN, Packet
from segaudit.parsers.fortinet_fortios import PARSER
from segaudit.semantics.trace import DeviceTracer, DeviceVerdict
from segaudit.semantics.trace_match import Matcher

FIXTURES = Path(__file__).parent / "fixtures"
TODAY = date(2026, 6, 1)

#: Two interfaces and a firmware without questions: what a test of rules needs around them.
HEAD = """
#config-version=FGT60F-7.2.8-FW-build1639-240313:opmode=0:vdom=0:user=admin
config system interface
    edit "wan1"
        set vdom "root"
        set ip 203.0.113.2 255.255.255.248
        set role wan
    next
    edit "lan"
        set vdom "root"
        set ip 10.1.0.1 255.255.255.0
        config ipv6
            set ip6-address 2001:db8:1::1/64
        end
    next
    edit "dmz"
        set vdom "root"
        set ip 10.2.0.1 255.255.255.0
        config ipv6
            set ip6-address 2001:db8:2::1/64
        end
    next
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A text, the devices and the ledger that came of it."""

    source: SourceFile
    devices: tuple[Device, ...]
    ledger: Ledger

    @property
    def device(self) -> Device:
        """The only device."""
        (device,) = self.devices
        return device

    def line(self, beginning: str, nth: int = 1) -> int:
        """The number of the nth line that begins so (blanks before it aside)."""
        return [n for n, text in self.source.numbered() if text.strip().startswith(beginning)][nth - 1]

    def state(self, beginning: str, nth: int = 1) -> LineState:
        """The state of the nth line that begins so."""
        return self.ledger.state(self.line(beginning, nth))

    def reason(self, beginning: str, nth: int = 1) -> str:
        """The ledger's reason for the nth line that begins so."""
        return self.ledger.reasons.get(self.line(beginning, nth), "")

    @property
    def left(self) -> list[str]:
        """The lines that are neither understood nor irrelevant."""
        numbers = (*self.ledger.lines(LineState.UNRECOGNIZED), *self.ledger.lines(LineState.UNSUPPORTED))
        return [self.source.lines[n - 1].strip() for n in sorted(numbers)]

    def rule(self, rule_id: str, name: str = "policy") -> Rule:
        """The rule ``rule_id`` of the list ``name``."""
        rule_set = self.device.rule_set(name)
        assert rule_set is not None
        return next(rule for rule in rule_set.rules if rule.id == rule_id)

    def rule_ids(self, name: str = "policy") -> list[str]:
        """The rules of a list, the implicit ones left out."""
        rule_set = self.device.rule_set(name)
        assert rule_set is not None
        return [rule.id for rule in rule_set.rules if not rule.implicit]

    def services(self, kind: str, interface: str = "") -> list[LocalService]:
        """What the device listens for, of that kind, at that interface."""
        return [
            one
            for one in self.device.local_services
            if one.kind == kind and (not interface or interface in one.interfaces.items)
        ]


def read(text: str, path: str = "fw.conf") -> Read:
    """``text`` as one file."""
    return read_lines(tuple(dedent(text).strip("\n").splitlines()), path)


def read_fixture(name: str) -> Read:
    """A file of ``fixtures``."""
    return read_lines(tuple((FIXTURES / name).read_text(encoding="utf-8").splitlines()), name)


def read_lines(lines: tuple[str, ...], path: str = "fw.conf") -> Read:
    """``lines`` as one file."""
    plain = SourceFile(path=path, lines=lines)
    result = PARSER.parse((plain,))
    (ledger,) = result.ledgers
    source = SourceFile(
        path=path,
        lines=lines,
        secrets=PARSER.secrets,
        hidden=ledger.hidden,
        unrecognized=frozenset(ledger.lines(LineState.UNRECOGNIZED)),
    )
    return Read(source=source, devices=result.devices, ledger=ledger)


def packet(text: str) -> Packet:
    """``tcp 10.1.0.5 > 203.0.113.9:443``; ports may be missing, ICMP has its type there. ``:`` of IPv6: in brackets."""
    protocol, source, _, destination = text.split()
    number = {"tcp": 6, "udp": 17, "icmp": 1, "icmp6": 58, "gre": 47, "esp": 50, "ospf": 89, "sctp": 132}[protocol]
    version, src, src_port = _end(source)
    _, dst, dst_port = _end(destination)
    icmp = number in {1, 58}
    return Packet(
        version=version,
        protocol=number,
        src=src,
        dst=dst,
        src_port=0 if icmp else src_port,
        dst_port=0 if icmp else dst_port,
        icmp_type=dst_port if icmp else 0,
        tcp_flags=SYN if number == 6 else 0,
    )


def _end(text: str) -> tuple[int, int, int]:
    if text.startswith("["):
        address, _, port = text[1:].partition("]")
        port = port.lstrip(":")
    elif text.count(":") > 1:
        address, port = text, ""
    else:
        address, _, port = text.partition(":")
    version, value = parse_address(address)
    return version, value, int(port or 0)


def ask(device: Device, flow: str, way: str = "wan1 > lan", accounts: tuple[str, ...] = ()) -> DeviceVerdict:
    """What becomes of a packet between two interfaces (``wan1 > lan``) or to the device (``wan1 >``)."""
    tracer = DeviceTracer(device, TODAY, frozenset(accounts))
    ingress, _, egress = (word.strip() for word in way.partition(">"))
    return tracer.forward(packet(flow), ingress, egress) if egress else tracer.local_in(packet(flow), ingress)


def said(device: Device, flow: str, way: str = "wan1 > lan", accounts: tuple[str, ...] = ()) -> str:
    """Verdict, deciding rule, and where a permitted packet arrives: ``permit 4 10.1.0.5:3389``."""
    verdict = ask(device, flow, way, accounts)
    rule = verdict.decided_by.rule.id if verdict.decided_by.rule else "end"
    if verdict.verdict != "permit" or verdict.received is None or verdict.received.dst is None:
        return f"{verdict.verdict} {rule}"
    to = format_address(verdict.received.version, verdict.received.dst)
    port = f":{verdict.received.dst_port}" if verdict.received.dst_port else ""
    return f"{verdict.verdict} {rule} {to}{port}"


def holds(device: Device, expr: AddressExpr, address: str) -> str:
    """Whether ``address`` is in ``expr``: ``no``, ``maybe`` or ``yes``."""
    version, value = parse_address(address)
    truth = Matcher(device, TODAY, frozenset()).address(expr)(version, value, False)
    return ("no", "maybe", "yes")[truth]


def serves(device: Device, expr: ServiceExpr, flow: str) -> str:
    """Whether a packet is of ``expr``: ``no``, ``maybe`` or ``yes``."""
    return ("no", "maybe", "yes")[Matcher(device, TODAY, frozenset()).service(expr)(packet(flow))]
