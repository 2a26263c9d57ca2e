"""Exact sets as disjoint boxes that people can read, and the sentence that says one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from oxidd.bcdd import BCDDFunction

from segaudit.packetspace.packet import STATES
from segaudit.packetspace.space import (
    FAMILY,
    FIELD_WIDTHS,
    ICMP_PROTOCOLS,
    PORT_PROTOCOLS,
    TCP,
    Field,
    PacketSet,
    PacketSpace,
    address_bits,
)

#: First and last value, both inclusive.
Range = tuple[int, int]
Ranges = tuple[Range, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """All packets of IP ``version`` whose every field lies in one of that field's inclusive ranges.

    ``None`` leaves a field open. Ports are about protocols that have ports, ICMP fields about ICMP, flags about TCP;
    for the other protocols of a box they say nothing.
    """

    version: int
    protocols: Ranges | None = None
    dst: Ranges | None = None
    src: Ranges | None = None
    dst_ports: Ranges | None = None
    src_ports: Ranges | None = None
    icmp_types: Ranges | None = None
    icmp_codes: Ranges | None = None
    tcp_flags: Ranges | None = None
    states: Ranges | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxes:
    """Disjoint boxes whose union is the set; ``complete`` is False where the limit cut the list short."""

    boxes: tuple[Box, ...]
    complete: bool


#: The fields in the order of the variables, with the name that a box has for each.
_FIELDS = (
    ("protocols", "protocol"),
    ("dst", "dst"),
    ("src", "src"),
    ("dst_ports", "dst_port"),
    ("src_ports", "src_port"),
    ("icmp_types", "icmp_type"),
    ("icmp_codes", "icmp_code"),
    ("tcp_flags", "tcp_flags"),
    ("states", "state"),
)


def boxes(packets: PacketSet, limit: int = 64, forgotten: tuple[Field, ...] = ()) -> Boxes:
    """``packets`` as at most ``limit`` disjoint boxes, IPv4 first, in the order of protocols and addresses.

    Fields that cannot be there (ports of ICMP) are left open first, so that a set that does not look at ports is one
    box for all protocols. ``forgotten`` fields are left out of account, as `PacketSet.forget` would, in one go.
    """
    found: list[Box] = []
    complete = True
    for version in (4, 6):
        walk = _Decomposition(version)
        for box in walk.boxes(_opened(packets.space, packets.function, version, forgotten), 0, {}):
            if len(found) == limit:
                return Boxes(boxes=tuple(found), complete=False)
            found.append(box)
        complete = complete and walk.complete
    return Boxes(boxes=tuple(found), complete=complete)


def _opened(space: PacketSpace, function: BCDDFunction, version: int, forgotten: tuple[Field, ...]) -> BCDDFunction:
    """The set of one family with everything left free that canonical packets hold at zero, and the ``forgotten`` fields."""
    family = space.family_test(version).function
    tcp = space.protocol_test(TCP).function
    with_ports = space.protocol_test(*PORT_PROTOCOLS).function
    icmp = space.protocol_test(*ICMP_PROTOCOLS).function
    free = space.cube(FAMILY, 1)
    if version == 4:
        start, width = address_bits(4, "src")
        free &= space.cube(start + width, 192)
    opened = space.empty.function
    # One walk through the packets of each kind: the largest sets are what this is asked of.
    for kind, fields in (
        (tcp, _ICMP),
        (with_ports & ~tcp, (*_ICMP, "tcp_flags")),
        (icmp, (*_PORTS, "tcp_flags")),
        (~with_ports & ~icmp, (*_PORTS, *_ICMP, "tcp_flags")),
    ):
        names = tuple(dict.fromkeys((*fields, *forgotten)))
        opened |= (function & (family & kind)).exists(free & space.cubes(version, names))
    if "state" in forgotten:
        opened &= space.state(*STATES).function.exists(space.cube(0, FIELD_WIDTHS["state"][0]))
    return opened


_PORTS: tuple[Field, Field] = ("dst_port", "src_port")
_ICMP: tuple[Field, Field] = ("icmp_type", "icmp_code")


class _Decomposition:
    """One walk through the fields; ``complete`` turns False when the budget of runs is spent."""

    __slots__ = ("complete", "runs_left", "version")

    def __init__(self, version: int) -> None:
        self.version = version
        self.runs_left = _MOST_RUNS
        self.complete = True

    def boxes(self, function: BCDDFunction, index: int, chosen: dict[str, Ranges]) -> Iterator[Box]:
        """The boxes of ``function``, whose fields before ``index`` are ``chosen``."""
        if index == len(_FIELDS):
            yield Box(version=self.version, **chosen)
            return
        name, field = _FIELDS[index]
        start, width = _place(field, self.version)
        groups: dict[BCDDFunction, list[Range]] = {}
        for first, last, residual in self._split(function, start, width):
            ranges = groups.setdefault(residual, [])
            if ranges and ranges[-1][1] + 1 == first:
                ranges[-1] = (ranges[-1][0], last)
            else:
                ranges.append((first, last))
        highest = len(STATES) - 1 if field == "state" else (1 << width) - 1
        for residual, ranges in groups.items():
            narrowed = chosen if ranges == [(0, highest)] else {**chosen, name: tuple(ranges)}
            yield from self.boxes(residual, index + 1, narrowed)

    def _split(self, function: BCDDFunction, start: int, width: int) -> Iterator[tuple[int, int, BCDDFunction]]:
        """The satisfiable residuals of ``function`` below one field, each with a run of values that leads to it."""
        stack: list[tuple[BCDDFunction, int, int]] = [(function, 0, 0)]
        while stack:
            node, depth, value = stack.pop()
            if not node.satisfiable():
                continue
            level = node.node_level()
            if level is None or level >= start + width:
                if not self.runs_left:
                    self.complete = False
                    return
                self.runs_left -= 1
                rest = width - depth
                yield value << rest, ((value + 1) << rest) - 1, node
                continue
            high = low = node
            if level == start + depth:
                branches = node.cofactors()
                assert branches is not None, "a node with a level has cofactors"
                high, low = branches
            stack += [(high, depth + 1, value << 1 | 1), (low, depth + 1, value << 1)]


#: Runs of values that one family's decomposition may take (a mask with many holes has millions).
_MOST_RUNS = 20_000


def _place(field: str, version: int) -> tuple[int, int]:
    """First variable and width in bits of a field."""
    if field == "src":
        return address_bits(version, "src")
    if field == "dst":
        return address_bits(version, "dst")
    return FIELD_WIDTHS[field]
