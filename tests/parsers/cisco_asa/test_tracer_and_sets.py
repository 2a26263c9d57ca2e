"""Configurations by chance: the packet sets and the tracer, written apart, read the same out of them."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segaudit.model import LineState, parse_address
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.packet import SYN, Packet
from segaudit.packetspace.space import PacketSpace
from segaudit.semantics.device import DeviceSemantics
from segaudit.semantics.trace import DeviceTracer, Verdict
from tests.parsers.cisco_asa.reading import TODAY, read, read_fixture
from tests.parsers.cisco_asa.strategies import NAMES, configurations
from tests.scale import count

PACKETS = 25


@pytest.fixture(scope="module")
def space() -> PacketSpace:
    return PacketSpace()


def packet(chance: Random) -> Packet:
    """A new packet near the addresses and ports that the configurations speak of."""
    version = chance.choice((4, 4, 4, 6))
    if version == 6:
        addresses = ["2001:db8::1", "2001:db8::2", "2001:db9::1"]
    else:
        addresses = [f"10.{chance.randrange(4)}.0.{chance.randrange(4)}" for _ in range(3)]
        addresses += [f"203.0.113.{chance.randrange(12)}", "198.51.100.9"]
    protocol = chance.choice((6, 6, 6, 17, 47, 58 if version == 6 else 1))
    ports = [22, 53, 80, 81, 443, 450, 1023, 1024, 8443, 49152]
    has_ports = protocol in (6, 17)
    return Packet(
        version=version,
        protocol=protocol,
        src=parse_address(chance.choice(addresses))[1],
        dst=parse_address(chance.choice(addresses))[1],
        src_port=chance.choice(ports) if has_ports else 0,
        dst_port=chance.choice(ports) if has_ports else 0,
        icmp_type=chance.choice((0, 3, 8, 11, 128)) if protocol in (1, 58) else 0,
        icmp_code=chance.choice((0, 3)) if protocol in (1, 58) else 0,
        tcp_flags=SYN if protocol == 6 else 0,
    )


@given(text=configurations(), seed=st.integers(0, 2**32))
def test_sets_and_tracer_agree_on_configurations_by_chance(space: PacketSpace, text: str, seed: int) -> None:
    made = read(text)
    assert made.ledger.count(LineState.UNRECOGNIZED) == 0, made.not_understood
    chance = Random(seed)
    tracer = DeviceTracer(made.device, TODAY)
    semantics = DeviceSemantics(space, made.device, TODAY)
    ingress, egress = chance.choice(NAMES), chance.choice(NAMES)
    must = may = space.empty
    for arrived in semantics.arrive(ingress, PacketBounds.exactly(space.full)):
        for piece in semantics.forward(ingress, egress, arrived):
            sent = piece.sent()
            must |= sent.must
            may |= sent.may
    for _ in range(PACKETS):
        asked = packet(chance)
        said = tracer.forward(asked, ingress, egress).verdict
        of_sets = Verdict.PERMIT if asked in must else Verdict.UNKNOWN if asked in may else Verdict.DENY
        # Of a packet that may be translated or not the sets follow both, each as a piece that is possible only.
        assert of_sets in (said, Verdict.UNKNOWN), (asked, ingress, egress)
        assert said is not Verdict.UNKNOWN or of_sets is Verdict.UNKNOWN, (asked, ingress, egress)


@pytest.mark.parametrize("name", ["tky-asa01.cfg", "osk-ftd01.cfg"])
def test_sets_and_tracer_agree_on_whole_devices(space: PacketSpace, name: str) -> None:
    made = read_fixture(name)
    tracer = DeviceTracer(made.device, TODAY)
    semantics = DeviceSemantics(space, made.device, TODAY)
    named = [one.name for one in made.device.interfaces if one.security_level is not None]
    points = sorted(
        {
            place
            for interface in made.device.interfaces
            for own in interface.addresses
            if own.prefix.version == 4
            for place in (own.address, own.address + 1, own.prefix.first, own.prefix.last)
        }
        | {parse_address(text)[1] for text in ("198.51.100.9", "203.0.113.10", "10.30.0.80", "10.20.0.33", "10.60.0.1")}
    )
    chance = Random(1)
    permitted = 0
    for ingress in named:
        for egress in named:
            must = may = space.empty
            for arrived in semantics.arrive(ingress, PacketBounds.exactly(space.full)):
                for piece in semantics.forward(ingress, egress, arrived):
                    sent = piece.sent()
                    must |= sent.must
                    may |= sent.may
            for _ in range(count(40, full=2_000)):
                asked = Packet(
                    version=4,
                    protocol=6,
                    src=chance.choice(points),
                    dst=chance.choice(points),
                    src_port=chance.choice((25, 443, 3389, 49152)),
                    dst_port=chance.choice((22, 25, 80, 135, 443, 3389, 8443, 13389)),
                    tcp_flags=SYN,
                )
                of_sets = Verdict.PERMIT if asked in must else Verdict.UNKNOWN if asked in may else Verdict.DENY
                assert tracer.forward(asked, ingress, egress).verdict is of_sets, (asked, ingress, egress)
                permitted += of_sets is Verdict.PERMIT
    assert permitted > 20
