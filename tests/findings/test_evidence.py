"""The packet that a finding shows: one that somebody might send."""

import pytest

from segaudit.findings.evidence import ordinary_hosts, pick
from segaudit.model import parse_address, parse_prefix
from segaudit.packetspace.space import PacketSet, PacketSpace
from tests.zones.networks import device, graph, interface

SPACE = PacketSpace()


def between(source: str, destination: str) -> PacketSet:
    """All packets between two prefixes."""
    a, b = parse_prefix(source), parse_prefix(destination)
    return SPACE.addresses("src", a.version, a.first, a.last) & SPACE.addresses("dst", b.version, b.first, b.last)


@pytest.mark.parametrize(
    ("source", "destination"),
    [
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("198.51.100.0/24", "198.51.100.7/32"),
        ("192.0.2.7/32", "192.0.2.0/24"),
        ("::/0", "::/0"),
    ],
)
def test_nobody_sends_to_himself(source: str, destination: str) -> None:
    packet = pick(SPACE, between(source, destination), ())
    assert packet.src != packet.dst


def test_where_there_is_no_other_packet_it_is_that_one() -> None:
    packet = pick(SPACE, between("192.0.2.9/32", "192.0.2.9/32"), ())
    assert packet.src == packet.dst


@pytest.mark.parametrize("where", ["10.0.0.0/8", "192.168.0.0/16", "fc00::/7", "2000::/3"])
def test_no_network_address_stands_for_a_host_of_a_network_of_which_nothing_is_known(where: str) -> None:
    made = graph(device("gw", interface("eth0"), interface("eth1"), format="linux_iptables"))
    prefix = parse_prefix(where)
    asked = made.space.addresses("dst", prefix.version, prefix.first, prefix.last)
    without_example = asked - made.space.addresses("dst", *_same(parse_address("2001:db8:0:d::7")))
    packet = pick(made.space, without_example, ordinary_hosts(made))
    assert packet.dst not in {prefix.first, prefix.last if prefix.version == 4 else prefix.first}


def _same(address: tuple[int, int]) -> tuple[int, int, int]:
    return (address[0], address[1], address[1])
