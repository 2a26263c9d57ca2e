"""Boxes are disjoint, their union is the set, and what people would say in one line is one box."""

from __future__ import annotations

from hypothesis import given

from segaudit.packetspace.boxes import Box, boxes
from segaudit.packetspace.packet import STATES
from segaudit.packetspace.space import PacketSet, PacketSpace
from tests.packetspace.strategies import sets

SPACE = PacketSpace()
some = sets(SPACE)


def packets_of(box: Box) -> PacketSet:
    """The set that a box describes, put together again field by field."""
    found = SPACE.version(box.version)
    if box.protocols is not None:
        found &= SPACE.union(SPACE.protocol(first, last) for first, last in box.protocols)
    for side, ranges in (("dst", box.dst), ("src", box.src)):
        if ranges is not None:
            found &= SPACE.union(SPACE.addresses(side, box.version, a, b) for a, b in ranges)  # type: ignore[arg-type]  # the two literals
    for side, ranges in (("dst", box.dst_ports), ("src", box.src_ports)):
        if ranges is not None:
            # A box says nothing of ports about protocols that have none.
            found &= SPACE.ports(side, ranges) | ~SPACE.ports(side, ((0, 65535),))  # type: ignore[arg-type]  # the two literals
    if box.icmp_types is not None or box.icmp_codes is not None:
        found &= SPACE.icmp(box.icmp_types, box.icmp_codes) | ~SPACE.icmp(None, None)
    if box.tcp_flags is not None:
        allowed = SPACE.union(
            SPACE.tcp_flags(63, value) for first, last in box.tcp_flags for value in range(first, last + 1)
        )
        found &= allowed | ~SPACE.protocol(6)
    if box.states is not None:
        names = [STATES[value] for first, last in box.states for value in range(first, last + 1)]
        found &= SPACE.state(*names)
    return found


@given(some)
def test_boxes_are_disjoint_and_together_the_set(packets: PacketSet) -> None:
    found = boxes(packets, limit=2_000)
    parts = [packets_of(box) for box in found.boxes]
    joined = SPACE.union(parts)
    assert joined.count() == sum(part.count() for part in parts)
    assert joined <= packets
    if found.complete:
        assert joined == packets


def test_a_rule_is_one_box() -> None:
    rule = SPACE.protocol(6) & SPACE.ports("dst", ((22, 22), (3389, 3389))) & SPACE.addresses("dst", 4, 10, 20)
    found = boxes(rule)
    assert found.complete
    assert found.boxes == (Box(version=4, protocols=((6, 6),), dst=((10, 20),), dst_ports=((22, 22), (3389, 3389))),)


def test_any_service_is_one_box_for_each_family() -> None:
    assert boxes(SPACE.full).boxes == (Box(version=4), Box(version=6))


def test_the_limit_cuts_the_list_and_says_so() -> None:
    every_other = SPACE.union(SPACE.addresses("dst", 4, a, a) & SPACE.ports("dst", ((a, a),)) for a in range(0, 40, 2))
    found = boxes(every_other, limit=5)
    assert len(found.boxes) == 5
    assert not found.complete


def test_a_mask_with_holes_ends_in_time() -> None:
    found = boxes(SPACE.masked_addresses("dst", 4, 1, 1), limit=10)
    assert not found.complete
