"""Ranges as people write them."""

from hypothesis import given
from hypothesis import strategies as st
from netaddr import IPAddress, IPNetwork, IPRange, IPSet

from segaudit.findings import ranges
from segaudit.packetspace.boxes import Box
from segaudit.packetspace.packet import Packet


def test_few_prefixes_are_prefixes_and_many_a_range() -> None:
    assert ranges.addresses(4, ((0xC0A80A00, 0xC0A80AFF),)) == ("192.168.10.0/24",)
    assert ranges.addresses(4, ((0xC0A80A05, 0xC0A80A05),)) == ("192.168.10.5",)
    assert ranges.addresses(4, ((0xC0A80A01, 0xC0A80AFE),)) == ("192.168.10.1-192.168.10.254",)
    assert ranges.addresses(4, ((0, 2**32 - 1),)) == ("0.0.0.0/0",)
    assert ranges.addresses(6, ((0, 2**128 - 1),)) == ("::/0",)
    assert ranges.addresses(4, ((5, 6),)) == ("0.0.0.5", "0.0.0.6")


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_the_spelling_means_the_range(one: int, other: int) -> None:
    first, last = sorted((one, other))
    spelled = ranges.addresses(4, ((first, last),))
    assert len(spelled) <= ranges.MOST_PREFIXES
    found = IPSet()
    for text in spelled:
        if "-" in text:
            low, high = (int(IPAddress(end)) for end in text.split("-"))
            found |= IPSet(IPRange(low, high))
        else:
            found |= IPSet(IPNetwork(text))
    assert found == IPSet(IPRange(first, last))


def test_ports_and_protocols() -> None:
    assert ranges.numbers(((443, 443), (8000, 8100))) == ("443", "8000-8100")
    assert ranges.protocols(((6, 6), (17, 17))) == ("tcp", "udp")
    assert ranges.protocols(((0, 255),)) == ("0-255",)


def test_a_box_leaves_open_what_it_does_not_test() -> None:
    text = ranges.box_text(Box(version=4, dst_ports=((3389, 3389),), states=((0, 1),)))
    assert text.src is None
    assert text.dst_ports == ("3389",)
    assert text.states == ("new", "established")


def test_ends_of_packets() -> None:
    udp = Packet(version=6, protocol=17, src=1, dst=2, src_port=53, dst_port=5353)
    assert (ranges.source(udp), ranges.destination(udp)) == ("[::1]:53", "[::2]:5353")
    ping = Packet(version=4, protocol=1, src=1, dst=2, icmp_type=8)
    assert (ranges.source(ping), ranges.protocol(ping)) == ("0.0.0.1", "icmp echo-request")
    row = ranges.packet_text(ping)
    assert (row.src_port, row.icmp_type, row.state) == (None, 8, "new")
    assert ranges.packet_text(Packet(version=4, protocol=61, src=1, dst=2)).protocol == "61"
