"""First match by divide and conquer against the plain fold, and exhaustively on a tiny corner of the space."""

from __future__ import annotations

from itertools import product
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.firstmatch import FirstMatch
from segaudit.packetspace.packet import Packet
from segaudit.packetspace.space import PacketSet, PacketSpace
from tests.packetspace.strategies import sets
from tests.scale import count

SPACE = PacketSpace()
some = sets(SPACE)


@st.composite
def bounds(draw: st.DrawFn) -> PacketBounds:
    """An exact set, or one with doubt."""
    a = draw(some)
    return PacketBounds.exactly(a) if draw(st.booleans()) else PacketBounds(a & draw(some), a)


@given(st.lists(bounds(), max_size=12))
def test_it_is_the_plain_fold(entries: list[PacketBounds]) -> None:
    found = FirstMatch(SPACE, entries)
    taken = PacketBounds.exactly(SPACE.empty)
    for index, entry in enumerate(entries):
        assert found.effective[index].must == entry.must - taken.may
        assert found.effective[index].may == entry.may - taken.must
        taken = taken | entry
    assert found.covered.must == taken.must
    assert found.covered.may == taken.may


@given(st.lists(some, max_size=12), some)
def test_blockers_cover_and_none_is_needless(entries: list[PacketSet], asked: PacketSet) -> None:
    found = FirstMatch(SPACE, [PacketBounds.exactly(e) for e in entries])
    for index in found.dead():
        blockers = found.blockers(index)
        assert all(b < index for b in blockers)
        assert entries[index] <= SPACE.union(entries[b] for b in blockers)
        for left_out in blockers:
            assert not entries[index] <= SPACE.union(entries[b] for b in blockers if b != left_out)
    reaching = found.reaching(asked)
    assert reaching == [(i, e.may & asked) for i, e in enumerate(found.effective) if e.may & asked]


def test_entries_that_let_packets_go_on_cover_nothing() -> None:
    web = SPACE.protocol(6) & SPACE.ports("dst", ((80, 80),))
    entries = [PacketBounds.exactly(web), PacketBounds.exactly(web)]
    found = FirstMatch(SPACE, entries, [PacketBounds.exactly(SPACE.empty), PacketBounds.exactly(web)])
    assert found.effective[1].must == web
    assert found.dead() == ()


def test_every_packet_of_a_tiny_corner_is_decided_by_the_first_rule_that_matches_it() -> None:
    corner = [
        Packet(version=4, protocol=6, src=src, dst=dst, src_port=0, dst_port=port, tcp_flags=2)
        for src, dst, port in product(range(4), range(4), range(8))
    ]
    chance = Random(4)
    for _ in range(count(60, full=2_000)):
        rules = []
        for _ in range(chance.randrange(1, 9)):
            src, dst, port = (sorted((chance.randrange(n), chance.randrange(n))) for n in (4, 4, 8))
            rules.append((src, dst, port))
        entries = [
            SPACE.addresses("src", 4, *src)
            & SPACE.addresses("dst", 4, *dst)
            & SPACE.ports("dst", ((port[0], port[1]),))
            for src, dst, port in rules
        ]
        found = FirstMatch(SPACE, [PacketBounds.exactly(e) for e in entries])
        for packet in corner:
            first = next(
                (
                    index
                    for index, (src, dst, port) in enumerate(rules)
                    if src[0] <= packet.src <= src[1]
                    and dst[0] <= packet.dst <= dst[1]
                    and port[0] <= packet.dst_port <= port[1]
                ),
                None,
            )
            assert [i for i, e in enumerate(found.effective) if packet in e.may] == ([] if first is None else [first])
