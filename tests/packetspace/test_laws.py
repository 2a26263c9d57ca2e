"""The algebra of packet sets: laws, counts, membership, witnesses, against packets and against addresses of netaddr."""

from __future__ import annotations

import subprocess
import sys
from typing import Literal

import netaddr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.packet import Packet
from segaudit.packetspace.space import PacketSet, PacketSpace
from tests.packetspace.strategies import addresses, packets, sets, versions

SPACE = PacketSpace()
some = sets(SPACE)


@given(some, some, some)
def test_sets_obey_the_laws_of_sets(a: PacketSet, b: PacketSet, c: PacketSet) -> None:
    assert a & b == b & a
    assert a | b == b | a
    assert a & (b | c) == (a & b) | (a & c)
    assert a | (b & c) == (a | b) & (a | c)
    assert a & (a | b) == a == a | (a & b)
    assert ~(a & b) == ~a | ~b
    assert ~~a == a
    assert a - b == a & ~b
    assert a & ~a == SPACE.empty
    assert a | ~a == SPACE.full


@given(some, some)
def test_counts_add_up(a: PacketSet, b: PacketSet) -> None:
    assert (a | b).count() == a.count() + b.count() - (a & b).count()
    assert (~a).count() == SPACE.full.count() - a.count()
    assert (a <= b) == ((a - b).count() == 0)
    assert bool(a) == (a.count() > 0)
    assert (a == b) == ((a - b).count() == (b - a).count() == 0)


@given(some, some, packets())
def test_a_packet_is_in_what_its_operators_say(a: PacketSet, b: PacketSet, packet: Packet) -> None:
    assert (packet in (a & b)) == (packet in a and packet in b)
    assert (packet in (a | b)) == (packet in a or packet in b)
    assert (packet in ~a) == (packet not in a)
    one = SPACE.packet(packet)
    assert one.count() == 1
    assert one.witness() == packet
    assert (one <= a) == (packet in a)


@given(some, st.lists(some, max_size=3))
def test_a_witness_is_inside_and_always_the_same(a: PacketSet, wishes: list[PacketSet]) -> None:
    found = a.witness(wishes)
    assert (found is None) == (not a)
    if found is not None:
        assert found in a
        assert a.witness(wishes) == found
        assert (wishes == [] or not a & wishes[0]) or found in wishes[0]


@given(some, st.sampled_from(("src", "dst", "src_port", "dst_port", "protocol", "state")))
def test_forgetting_a_field_only_adds(a: PacketSet, field: str) -> None:
    wider = a.forget(field)  # type: ignore[arg-type]  # sampled_from widens to str
    assert a <= wider
    assert wider <= SPACE.full


@given(versions, st.data())
def test_addresses_are_those_of_netaddr(version: Literal[4, 6], data: st.DataObject) -> None:
    first, last = sorted((data.draw(addresses(version)), data.draw(addresses(version))))
    other_first, other_last = sorted((data.draw(addresses(version)), data.draw(addresses(version))))
    ours = SPACE.addresses("dst", version, first, last) - SPACE.addresses("dst", version, other_first, other_last)
    theirs = netaddr.IPSet(netaddr.IPRange(netaddr.IPAddress(first, version), netaddr.IPAddress(last, version)))
    theirs -= netaddr.IPSet(
        netaddr.IPRange(netaddr.IPAddress(other_first, version), netaddr.IPAddress(other_last, version))
    )
    again = SPACE.union(SPACE.addresses("dst", version, n.first, n.last) for n in theirs.iter_cidrs())
    assert ours == again
    rest = SPACE.full & SPACE.version(version)
    assert ours.count() * (2**32 if version == 4 else 2**128) == rest.count() * theirs.size


@given(some, some)
def test_bounds_swap_under_complement_and_hold_what_lies_between(a: PacketSet, b: PacketSet) -> None:
    bounds = PacketBounds(a & b, a | b)
    flipped = ~bounds
    assert flipped.must == ~(a | b)
    assert flipped.may == ~(a & b)
    inner = bounds - PacketBounds.exactly(a)
    assert inner.must <= (b - a) <= inner.may
    with pytest.raises(ValueError, match="not inside"):
        PacketBounds(SPACE.full, SPACE.empty)


def test_packets_of_two_spaces_are_refused() -> None:
    # Two managers in one process are fine as long as their functions never meet; meeting aborts inside the library.
    code = (
        "from segaudit.packetspace.space import PacketSpace\n"
        "a, b = PacketSpace(nodes=1 << 14, cache=1 << 8), PacketSpace(nodes=1 << 14, cache=1 << 8)\n"
        "try:\n    a.full & b.full\nexcept ValueError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "two spaces" in done.stdout


def test_a_full_table_is_a_clear_error() -> None:
    code = (
        "from segaudit.packetspace.space import PacketSpace, SpaceExhaustedError\n"
        "try:\n"
        "    s = PacketSpace(nodes=1 << 14, cache=1 << 8)\n"
        "    keep = [s.addresses('src', 4, i * 7919, i * 7919 + i) & s.ports('dst', ((i, i + 9),)) for i in range(999)]\n"
        "except SpaceExhaustedError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--separate" in done.stdout
