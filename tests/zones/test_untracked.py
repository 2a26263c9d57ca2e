"""What one router's connection tracking thinks of a packet, the next one does not know; what a later one keeps for itself."""

from segaudit.model import Device, SourceFile, parse_address
from segaudit.packetspace.packet import SYN, Packet
from segaudit.parsers.linux_iptables import PARSER
from segaudit.semantics.trace import Verdict
from segaudit.semantics.trace_flows import Flow
from segaudit.zones.segments import build_segments
from segaudit.zones.trace import NetworkTracer
from tests.zones.networks import DAY, NOTHING, graph


def router(name: str, addresses: dict[str, str], *commands: str) -> Device:
    """A router of a script: its addresses by interface, and commands."""
    hop = "ip route add 10.3.0.0/24 via 10.2.0.2" if name == "first" else "ip route add 10.1.0.0/24 via 10.2.0.1"
    lines = (*(f"ip addr add {a} dev {i}" for i, a in addresses.items()), hop, "iptables -P FORWARD DROP", *commands)
    (device,) = PARSER.parse((SourceFile(path=f"{name}.sh", lines=lines),)).devices
    return device


FIRST = router(
    "first",
    {"in": "10.1.0.1/24", "out": "10.2.0.1/24"},
    "iptables -t raw -A PREROUTING -p udp --dport 53 -j CT --notrack",
    "iptables -A FORWARD -j ACCEPT",
)
SECOND = router(
    "second",
    {"in": "10.2.0.2/24", "out": "10.3.0.1/24"},
    "iptables -P INPUT DROP",
    "iptables -t nat -A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 3128",
    "iptables -A INPUT -p tcp --dport 3128 -j ACCEPT",
    "iptables -A FORWARD -m conntrack --ctstate NEW -j ACCEPT",
)


def packet(protocol: int, port: int) -> Packet:
    """The first packet of a session to the far side."""
    ends = {"src": parse_address("10.1.0.7")[1], "dst": parse_address("10.3.0.7")[1]}
    return Packet(
        version=4, protocol=protocol, **ends, src_port=40_000, dst_port=port, tcp_flags=SYN if protocol == 6 else 0
    )


def test_what_the_first_does_not_track_is_new_to_the_second() -> None:
    devices = [FIRST, SECOND]
    tracer = NetworkTracer(devices, build_segments(devices, NOTHING), DAY)
    sent = packet(17, 53)
    said = tracer.trace(Flow(id="", packet=sent))
    assert said.verdict == Verdict.PERMIT
    assert said.received is not None
    assert said.received.state == 0
    conduit = graph(*devices).conduit("first:in", "second:out")
    assert conduit is not None
    assert sent in conduit.sent.must
    assert sent in conduit.received.must


def test_what_a_router_on_the_way_keeps_for_itself_reaches_it() -> None:
    found = graph(FIRST, SECOND)
    sent = packet(6, 80)
    assert any(e.device == "second" and sent in e.sent.may for e in found.exposures["first:in"])
