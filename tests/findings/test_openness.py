"""Counting addresses and finding wide ranges, against counting by hand."""

from __future__ import annotations

import pytest

from segaudit.findings.openness import address_count, service_ranges, wide_packets, widest_run
from segaudit.model import parse_address
from segaudit.packetspace.space import PacketSet, PacketSpace, Side

SPACE = PacketSpace()


def addresses(side: Side, first: str, last: str = "") -> PacketSet:
    version, low = parse_address(first)
    return SPACE.addresses(side, version, low, parse_address(last or first)[1])


def ports(protocol: int, *ranges: tuple[int, int]) -> PacketSet:
    return SPACE.protocol(protocol) & SPACE.ports("dst", ranges)


@pytest.mark.parametrize("side", ["src", "dst"])
def test_addresses_are_counted_whatever_they_are_sent_with(side: Side) -> None:
    other: Side = "dst" if side == "src" else "src"
    eight = addresses(side, "198.51.100.200", "198.51.100.207")
    one = addresses(side, "192.0.2.1")
    six = addresses(side, "2001:db8::1", "2001:db8::3")
    web = ports(6, (80, 80), (443, 443)) & addresses(other, "203.0.113.10")
    ping = SPACE.icmp(((8, 8),), ((0, 0),))
    assert address_count(eight & web, side) == 8
    assert address_count((eight & web) | (one & ping), side) == 9
    assert address_count((eight & web) | (eight & ping), side) == 8
    assert address_count((eight & web) | (six & ports(17, (53, 53))), side) == 11
    assert address_count((eight & web) | six, side, version=6) == 3
    assert address_count(SPACE.empty, side) == 0
    assert address_count(SPACE.full, side, version=4) == 1 << 32


def test_a_run_of_ports_counts_at_one_host_and_protocol() -> None:
    here, there = addresses("dst", "203.0.113.70"), addresses("dst", "203.0.113.71")
    run = here & (ports(6, (2000, 2049)) | ports(6, (2050, 2099)))
    assert wide_packets(run, 100) == run
    assert not wide_packets(run, 101)
    assert not wide_packets((here & ports(6, (2000, 2049))) | (there & ports(6, (2050, 2099))), 100)
    assert not wide_packets((here & ports(6, (2000, 2049))) | (here & ports(17, (2050, 2099))), 100)
    beside = run | (here & ports(6, (22, 22))) | (there & ports(6, (443, 443)))
    assert wide_packets(beside, 100) == run


def test_different_senders_of_a_run_count_together() -> None:
    here = addresses("dst", "203.0.113.70")
    low = addresses("src", "198.51.100.1") & here & ports(6, (2000, 2049))
    high = addresses("src", "198.51.100.2") & here & ports(6, (2050, 2099))
    assert wide_packets(low | high, 100) == low | high


def test_most_protocols_without_ports_are_told_as_one() -> None:
    everything_but_smb = SPACE.full - (SPACE.protocol(6) & SPACE.ports("dst", ((445, 445),)))
    assert [str(r) for r in service_ranges(everything_but_smb)][-1] == "other protocols"
    assert "tcp/446-65535" in map(str, service_ranges(everything_but_smb))
    few = SPACE.protocol(47) | SPACE.protocol(50)
    assert [str(r) for r in service_ranges(few)] == ["gre", "esp"]
    assert widest_run(SPACE.full - SPACE.protocol(6) - SPACE.protocol(17)) == 65536, "sctp has ports too"


def test_protocols_without_ports_are_no_range() -> None:
    assert not wide_packets(addresses("dst", "203.0.113.72") & (SPACE.protocol(50) | SPACE.protocol(47)), 100)
