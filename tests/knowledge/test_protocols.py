from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segaudit.knowledge.protocols import (
    PROTOCOL_NAMES,
    SPECIAL_BLOCKS,
    BlockKind,
    icmp_name,
    icmp_number,
    is_internet_address,
    not_internet,
    private_prefixes,
    protocol_name,
    protocol_number,
    special_block,
)
from segaudit.model.address import format_address, parse_address, parse_prefix


@given(st.integers(0, 255))
def test_every_protocol_number_survives_its_name(number: int) -> None:
    named = protocol_name(number)
    assert protocol_number(named if number in PROTOCOL_NAMES else str(number)) == number


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("TCP", 6),
        ("udp", 17),
        ("Icmp", 1),
        ("icmpv6", 58),
        ("ipv6-icmp", 58),
        ("esp", 50),
        ("ah", 51),
        ("gre", 47),
        ("ospf", 89),
        ("eigrp", 88),
        ("sctp", 132),
        ("pim", 103),
        ("vrrp", 112),
        ("l2tp", 115),
        ("ipcomp", 108),
        ("igmp", 2),
        ("6", 6),
        ("255", 255),
        ("udplite", 136),
        ("hip", 139),
        ("ethernet", 143),
        ("etherip", 97),
    ],
)
def test_names_of_protocols(name: str, number: int) -> None:
    assert protocol_number(name) == number


@pytest.mark.parametrize("name", ["256", "-1", "nonsense", "", "６"])
def test_what_is_no_protocol(name: str) -> None:
    assert protocol_number(name) is None


def test_icmp_names_go_both_ways() -> None:
    assert icmp_name(1, 8) == "echo-request"
    assert icmp_name(1, 8, 0) == "echo-request"
    assert icmp_name(1, 3, 4) == "fragmentation-needed"
    assert icmp_name(58, 3, 0) == "hop-limit-exceeded-in-transit"
    assert icmp_name(58, 2) == "packet-too-big"
    assert icmp_name(1, 44, 2) == "type 44 code 2"
    assert icmp_number(1, "Echo Request") == (8, None)
    assert icmp_number(1, "port-unreachable") == (3, 3)
    assert icmp_number(58, "port-unreachable") == (1, 4)
    assert icmp_number(58, "nonsense") is None


def test_the_blocks_agree_with_the_registries_of_the_standard_library() -> None:
    """Only blocks registered after Python 3.11 was written, or withdrawn (site-local), differ."""
    newer = {"RFC 9780", "RFC 9602", "RFC 8215", "RFC 3879"}
    for block in SPECIAL_BLOCKS:
        if block.internet or block.reference in newer or block.kind is BlockKind.MULTICAST:
            continue
        first = ip_address(format_address(block.prefix.version, block.prefix.first))
        assert not first.is_global, block


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "172.31.255.255",
        "192.168.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.1.1",
        "224.0.0.5",
        "255.255.255.255",
        "fd00::1",
        "fe80::1",
        "ff02::1",
        "::",
        "::1",
        "0.0.0.0",
        "198.19.0.1",
        "240.0.0.1",
        "::ffff:192.0.2.1",
    ],
)
def test_not_of_the_internet(address: str) -> None:
    version, value = parse_address(address)
    assert not is_internet_address(version, value)
    assert any(prefix.contains(version, value) for prefix in not_internet(version))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "203.0.113.10", "198.51.100.7", "2001:db8::1", "2400:cb00::1", "172.32.0.1"]
)
def test_of_the_internet(address: str) -> None:
    version, value = parse_address(address)
    assert is_internet_address(version, value)
    assert not any(prefix.contains(version, value) for prefix in not_internet(version))


def test_blocks_that_are_subtracted_do_not_overlap() -> None:
    for version in (4, 6):
        blocks = not_internet(version)
        assert list(blocks) == sorted(blocks)
        assert not any(a.overlaps(b) for i, a in enumerate(blocks) for b in blocks[i + 1 :])
    assert parse_prefix("172.16.0.0/12") in private_prefixes(4)
    assert parse_prefix("fc00::/7") in private_prefixes(6)


def test_the_narrowest_block_is_named() -> None:
    broadcast = special_block(*parse_address("255.255.255.255"))
    assert broadcast is not None
    assert broadcast.kind is BlockKind.BROADCAST
    assert special_block(*parse_address("8.8.8.8")) is None
