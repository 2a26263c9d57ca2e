"""The space of packets and exact sets in it, as Boolean functions in one BDD manager.

Layout of the variables, top first: family (1), protocol (8), addresses (256), destination port (16), source port (16),
ICMP type (8), ICMP code (8), TCP flags (6), connection state (3). Both families share the address block: IPv6 uses it
for destination (128 bits) and source (128), IPv4 for destination (32), source (32) and then zeros, so that an IPv4
rule crosses the run of zeros once for each distinct set of ports and not once for each destination (docs/decisions.md).

A set holds canonical packets only (ports zero for protocols without ports, and so on, as `Packet` says), so that
equality of functions is equality of sets and counts count packets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial, reduce
from operator import and_
from typing import Literal

from oxidd.bcdd import BCDDFunction, BCDDManager
from oxidd.util import DDMemoryError

from segaudit.packetspace.packet import ACK, STATES, SYN, Packet

__all__ = ["FIELD_WIDTHS", "HeaderTest", "PacketSet", "PacketSpace", "Side", "SpaceExhaustedError"]

Side = Literal["src", "dst"]

FAMILY = 0
PROTOCOL = 1
ADDRESSES = PROTOCOL + 8
DST_PORT = ADDRESSES + 256
SRC_PORT = DST_PORT + 16
ICMP_TYPE = SRC_PORT + 16
ICMP_CODE = ICMP_TYPE + 8
TCP_FLAGS = ICMP_CODE + 8
STATE = TCP_FLAGS + 6
WIDTH = STATE + 3
#: First variable and width in bits of every field that does not depend on the family.
FIELD_WIDTHS = {
    "protocol": (PROTOCOL, 8),
    "dst_port": (DST_PORT, 16),
    "src_port": (SRC_PORT, 16),
    "icmp_type": (ICMP_TYPE, 8),
    "icmp_code": (ICMP_CODE, 8),
    "tcp_flags": (TCP_FLAGS, 6),
    "state": (STATE, 3),
}
Field = Literal["protocol", "dst_port", "src_port", "icmp_type", "icmp_code", "tcp_flags", "state"]

PORT_PROTOCOLS = (6, 17, 33, 132, 136)
ICMP_PROTOCOLS = (1, 58)
TCP = 6

#: Room for inner nodes; memory grows with use only (about 30 bytes a node with its share of the tables).
NODE_CAPACITY = 1 << 26
CACHE_CAPACITY = 1 << 21


#: Half of the nodes that nobody minds: some 100 MB.
_UNTIDY = 1 << 21


class SpaceExhaustedError(Exception):
    """The node table is full: the inputs are more complex than the space was made for."""

    def __init__(self) -> None:
        super().__init__(
            "the packet sets of this run need more memory than there is room for; "
            "audit fewer devices at a time (--separate)"
        )


def address_bits(version: int, side: Side) -> tuple[int, int]:
    """First variable and width in bits of an address field."""
    if version == 4:
        return (ADDRESSES if side == "dst" else ADDRESSES + 32), 32
    return (ADDRESSES if side == "dst" else ADDRESSES + 128), 128


class PacketSpace:
    """One universe of packets. Sets of two spaces never mix: each operation checks that first."""

    __slots__ = (
        "__weakref__",
        "_bytes",
        "_cubes",
        "_false",
        "_fields",
        "_kept",
        "_manager",
        "_masks",
        "_not",
        "_opening",
        "_tidied",
        "_true",
        "_universe",
        "_var",
    )

    def __init__(self, *, nodes: int = NODE_CAPACITY, cache: int = CACHE_CAPACITY) -> None:
        self._manager = BCDDManager(nodes, cache, 1)
        self._manager.add_vars(WIDTH)
        self._var = [self._manager.var(i) for i in range(WIDTH)]
        self._not = [self._manager.not_var(i) for i in range(WIDTH)]
        self._true = self._manager.true()
        self._false = self._manager.false()
        self._fields: dict[tuple[int, int, int, int], BCDDFunction] = {}
        self._bytes: dict[tuple[int, int, int, int], BCDDFunction] = {}
        self._masks: dict[tuple[int, int], BCDDFunction] = {}
        self._tidied = _UNTIDY
        self._kept: dict[object, BCDDFunction] = {}
        self._cubes: dict[tuple[int, tuple[str, ...]], BCDDFunction] = {}
        self._universe = self._make_universe()
        tcp_opens = self.tcp_flags(SYN | ACK | 1 | 4, SYN)
        self._opening = (self.state("new") & (tcp_opens | ~self.protocol(TCP))).function

    # Made anew at each use: a set that the space kept would keep the space, and a run over many networks all of them.

    @property
    def empty(self) -> PacketSet:
        """No packet."""
        return PacketSet(self, self._false)

    @property
    def full(self) -> PacketSet:
        """Every packet."""
        return PacketSet(self, self._universe)

    @property
    def opening(self) -> PacketSet:
        """Packets that can open a session: state new, and of TCP those with SYN alone."""
        return PacketSet(self, self._opening)

    # -- making sets ---------------------------------------------------------------------------------------------

    def version(self, version: int) -> PacketSet:
        """All packets of IP ``version`` 4 or 6."""
        return self._set(self._not[FAMILY] if version == 4 else self._var[FAMILY])

    def protocol(self, first: int, last: int | None = None) -> PacketSet:
        """Packets of the IP protocols ``first`` to ``last`` (inclusive; one if not given)."""
        return self._set(self._range(PROTOCOL, 8, first, first if last is None else last))

    def addresses(self, side: Side, version: int, first: int, last: int) -> PacketSet:
        """Packets whose source or destination lies in ``first`` to ``last`` (inclusive) of IP ``version``."""
        start, width = address_bits(version, side)
        return self._set(self._family(version) & self._range(start, width, first, last))

    def address_test(self, side: Side, version: int, first: int, last: int) -> HeaderTest:
        """As `addresses`, not yet made a set: for building many conjunctions cheaply."""
        start, width = address_bits(version, side)
        return HeaderTest(self, guarded(lambda: self._family(version) & self._build_range(start, width, first, last)))

    def masked_address_test(self, side: Side, version: int, value: int, care: int) -> HeaderTest:
        """As `masked_addresses`, not yet made a set."""
        start, width = address_bits(version, side)
        return HeaderTest(self, self._family(version) & self._masked(start, width, value, care))

    def family_test(self, version: int) -> HeaderTest:
        """As `version`, not yet made a set."""
        return HeaderTest(self, self._family(version))

    def protocol_test(self, *protocols: int) -> HeaderTest:
        """Whether the protocol is one of ``protocols``."""
        return HeaderTest(self, self._ranges(PROTOCOL, 8, ((p, p) for p in protocols)))

    def bits_test(self, start: int, width: int, value: int) -> HeaderTest:
        """Whether the ``width`` variables from ``start`` spell ``value``."""
        return HeaderTest(self, self._masked(start, width, value, (1 << width) - 1))

    def test_of(self, *, passes: bool) -> HeaderTest:
        """The test that every header passes, or none."""
        return HeaderTest(self, self._true if passes else self._manager.false())

    def masked_addresses(self, side: Side, version: int, value: int, care: int) -> PacketSet:
        """Packets whose source or destination agrees with ``value`` in the one bits of ``care``."""
        start, width = address_bits(version, side)
        return self._set(self._family(version) & self._masked(start, width, value, care))

    def ports(self, side: Side, ranges: Iterable[tuple[int, int]]) -> PacketSet:
        """Packets of a protocol with ports whose port lies in one of the inclusive ``ranges``."""
        start = SRC_PORT if side == "src" else DST_PORT
        return self._set(self._ranges(start, 16, ranges) & self._with_ports())

    def icmp(self, types: Iterable[tuple[int, int]] | None, codes: Iterable[tuple[int, int]] | None) -> PacketSet:
        """ICMP and ICMPv6 packets whose type and code lie in the inclusive ranges (``None``: any)."""
        found = reduce(BCDDFunction.__or__, (self._range(PROTOCOL, 8, p, p) for p in ICMP_PROTOCOLS))
        if types is not None:
            found &= self._ranges(ICMP_TYPE, 8, types)
        if codes is not None:
            found &= self._ranges(ICMP_CODE, 8, codes)
        return self._set(found)

    def tcp_flags(self, mask: int, value: int) -> PacketSet:
        """TCP packets of whose flags in ``mask`` exactly those in ``value`` are set."""
        return self._set(self._range(PROTOCOL, 8, TCP, TCP) & self._masked(TCP_FLAGS, 6, value, mask))

    def state(self, *names: str) -> PacketSet:
        """Packets in one of the named connection `STATES`."""
        return self._set(self._ranges(STATE, 3, ((STATES.index(n), STATES.index(n)) for n in names)))

    def packet(self, packet: Packet) -> PacketSet:
        """The set of that one packet."""
        found = self._family(packet.version)
        for side, value in (("dst", packet.dst), ("src", packet.src)):
            start, width = address_bits(packet.version, side)  # type: ignore[arg-type]  # the two literals above
            found &= self._range(start, width, value, value)
        for name, (start, width) in FIELD_WIDTHS.items():
            value = getattr(packet, name)
            found &= self._range(start, width, value, value)
        return self._set(found)

    def union(self, sets: Iterable[PacketSet]) -> PacketSet:
        """All packets of ``sets``, joined in a balanced way."""
        level = list(sets)
        if not level:
            return self.empty
        while len(level) > 1:
            level = [a | b for a, b in zip(level[::2], level[1::2], strict=False)] + (
                level[-1:] if len(level) % 2 else []
            )
        return level[0]

    def kept(self, key: object, make: Callable[[], PacketSet]) -> PacketSet:
        """The set that ``make`` gives, made when ``key`` is first asked for."""
        found = self._kept.get(key)
        if found is None:
            # The function alone: a set that the space kept would keep the space.
            found = self._kept[key] = make().function
        return PacketSet(self, found)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _set(self, function: BCDDFunction) -> PacketSet:
        return PacketSet(self, guarded(lambda: function & self._universe))

    def _family(self, version: int) -> BCDDFunction:
        return self._not[FAMILY] if version == 4 else self._var[FAMILY]

    def _range(self, start: int, width: int, first: int, last: int) -> BCDDFunction:
        key = (start, width, first, last)
        found = self._fields.get(key)
        if found is None:
            try:
                found = self._fields[key] = self._build_range(start, width, first, last)
            except DDMemoryError as error:
                raise SpaceExhaustedError from error
        return found

    def _build_range(self, start: int, width: int, first: int, last: int) -> BCDDFunction:
        size = last - first + 1
        if size & (size - 1) == 0 and first % size == 0:
            return self._masked(start, width, first, ((1 << width) - 1) ^ (size - 1))
        at_least = at_most = self._true
        # From the lowest bit up: what is decided below a bit only matters where the bit itself is a tie.
        for bit in range(width):
            variable = start + width - 1 - bit
            here = self._var[variable]
            at_least = here & at_least if first >> bit & 1 else here | at_least
            here = self._not[variable]
            at_most = here | at_most if last >> bit & 1 else here & at_most
        return at_least & at_most

    def _ranges(self, start: int, width: int, ranges: Iterable[tuple[int, int]]) -> BCDDFunction:
        found = self._manager.false()
        for first, last in ranges:
            found |= self._range(start, width, first, last)
        return found

    def _masked(self, start: int, width: int, value: int, care: int) -> BCDDFunction:
        # Byte by byte from the low end: addresses share most of their bytes, so few of them are built anew.
        found: BCDDFunction | None = None
        for shift in range(0, width, 8):
            byte_care = care >> shift & 0xFF
            if byte_care:
                end = start + width - shift
                byte = self._byte(end - min(8, width - shift), end, value >> shift & byte_care, byte_care)
                found = byte if found is None else byte & found
        return self._true if found is None else found

    def _byte(self, start: int, end: int, value: int, care: int) -> BCDDFunction:
        """Whether the variables from ``start`` to ``end`` (exclusive) agree with ``value`` where ``care`` is one."""
        key = (start, end, value, care)
        found = self._bytes.get(key)
        if found is None:
            found = self._true
            for bit in range(end - start):
                if care >> bit & 1:
                    found = (self._var if value >> bit & 1 else self._not)[end - 1 - bit] & found
            self._bytes[key] = found
        return found

    def _with_ports(self) -> BCDDFunction:
        return self._ranges(PROTOCOL, 8, ((p, p) for p in PORT_PROTOCOLS))

    def _zero(self, start: int, width: int) -> BCDDFunction:
        return self._masked(start, width, 0, (1 << width) - 1)

    def _make_universe(self) -> BCDDFunction:
        no_ports = self._zero(DST_PORT, 16) & self._zero(SRC_PORT, 16)
        no_icmp = self._zero(ICMP_TYPE, 8) & self._zero(ICMP_CODE, 8)
        icmp = self._ranges(PROTOCOL, 8, ((p, p) for p in ICMP_PROTOCOLS))
        tcp = self._range(PROTOCOL, 8, TCP, TCP)
        return (
            (self._var[FAMILY] | self._zero(ADDRESSES + 64, 192))
            & (self._with_ports() | no_ports)
            & (icmp | no_icmp)
            & (tcp | self._zero(TCP_FLAGS, 6))
            & self._range(STATE, 3, 0, len(STATES) - 1)
        )

    def cube(self, start: int, width: int) -> BCDDFunction:
        """The conjunction of ``width`` variables from ``start``: what quantification takes."""
        key = (start, width)
        found = self._masks.get(key)
        if found is None:
            found = self._true
            for variable in range(start + width - 1, start - 1, -1):
                found = self._var[variable] & found
            self._masks[key] = found
        return found

    def cubes(self, version: int, fields: tuple[Field | Side, ...]) -> BCDDFunction:
        """The conjunction of all variables of ``fields``, addresses as IP ``version`` has them."""
        key = (version, fields)
        found = self._cubes.get(key)
        if found is None:
            places = (address_bits(version, f) if f in ("src", "dst") else FIELD_WIDTHS[f] for f in fields)
            found = self._cubes[key] = reduce(and_, (self.cube(*place) for place in places))
        return found

    def raw(self, function: BCDDFunction) -> PacketSet:
        """A set from a function of this space's own manager, made canonical."""
        return self._set(function)

    def lowest(self, function: BCDDFunction) -> Packet:
        """The packet of a set that is not empty with the lowest bits, top variable first."""
        cube = guarded(lambda: function.pick_cube_dd_set(self._range(0, WIDTH, 0, 0))).pick_cube()
        assert cube is not None, "asked of sets with packets only"
        bits = int("".join("1" if bit else "0" for bit in cube), 2)

        def value(start: int, width: int) -> int:
            return bits >> (WIDTH - start - width) & ((1 << width) - 1)

        version = 6 if value(FAMILY, 1) else 4
        fields = {name: value(*place) for name, place in FIELD_WIDTHS.items()}
        return Packet(
            version=version,
            src=value(*address_bits(version, "src")),
            dst=value(*address_bits(version, "dst")),
            **fields,
        )

    @property
    def universe(self) -> BCDDFunction:
        """The function of the full set."""
        return self._universe

    def tidy(self) -> None:
        """Free the nodes that no set needs any more, where there are twice as many as the last time, or more.

        The library does so by itself only where its table is full, which is far more memory than most runs take.
        """
        if self.nodes > 2 * self._tidied:
            self._manager.gc()
            self._tidied = max(self.nodes, _UNTIDY)

    @property
    def nodes(self) -> int:
        """How many inner nodes the manager holds now."""
        return self._manager.num_inner_nodes()


class HeaderTest:
    """A condition on header fields, not yet a set of packets: cheap to combine, without count or equality of sets.

    It becomes a set by `PacketSet.where`. Its operators are those of sets; its complement is over all headers.
    """

    __slots__ = ("function", "space")

    def __init__(self, space: PacketSpace, function: BCDDFunction) -> None:
        self.space = space
        self.function = function

    def __and__(self, other: HeaderTest) -> HeaderTest:
        return HeaderTest(self.space, guarded(lambda: self.function & other.function))

    def __or__(self, other: HeaderTest) -> HeaderTest:
        return HeaderTest(self.space, guarded(lambda: self.function | other.function))

    def __invert__(self) -> HeaderTest:
        return HeaderTest(self.space, ~self.function)


def guarded(operation: Callable[[], BCDDFunction]) -> BCDDFunction:
    """The operation's result; a full node table becomes `SpaceExhaustedError`."""
    try:
        return operation()
    except DDMemoryError as error:
        raise SpaceExhaustedError from error


class PacketSet:
    """An exact set of packets. Equal sets are ``==``; never iterate a set of these where order shows."""

    __slots__ = ("_function", "space")

    def __init__(self, space: PacketSpace, function: BCDDFunction) -> None:
        self.space = space
        self._function = function

    @property
    def function(self) -> BCDDFunction:
        """The Boolean function, for the other modules of this room."""
        return self._function

    def _other(self, other: PacketSet) -> BCDDFunction:
        if other.space is not self.space:
            # Functions of two managers abort the process inside the library.
            message = "packet sets of two spaces cannot be combined"
            raise ValueError(message)
        return other.function

    def __and__(self, other: PacketSet) -> PacketSet:
        function = self._other(other)
        # Of everything any set is left as it is; the functions would be walked to find that out.
        if function == self.space.universe:
            return self
        if self._function == self.space.universe:
            return other
        try:
            return PacketSet(self.space, self._function & function)
        except DDMemoryError as error:
            raise SpaceExhaustedError from error

    def __or__(self, other: PacketSet) -> PacketSet:
        function = self._other(other)
        try:
            return PacketSet(self.space, self._function | function)
        except DDMemoryError as error:
            raise SpaceExhaustedError from error

    def __sub__(self, other: PacketSet) -> PacketSet:
        function = self._other(other)
        try:
            # f - g is "not (f implies g)": one operation, and the complement costs nothing.
            return PacketSet(self.space, ~self._function.imp(function))
        except DDMemoryError as error:
            raise SpaceExhaustedError from error

    def __invert__(self) -> PacketSet:
        return self.space.full - self

    def __le__(self, other: PacketSet) -> bool:
        return not (self - other)

    def __lt__(self, other: PacketSet) -> bool:
        return self != other and self <= other

    def __ge__(self, other: PacketSet) -> bool:
        return other <= self

    def __gt__(self, other: PacketSet) -> bool:
        return other < self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PacketSet):
            return NotImplemented
        return self.space is other.space and bool(self._function == other.function)

    def __hash__(self) -> int:
        return hash(self._function)

    def __bool__(self) -> bool:
        return bool(self._function.satisfiable())

    def __repr__(self) -> str:
        return f"<PacketSet of {self.count()} packets, {self._function.node_count()} nodes>"

    def where(self, test: HeaderTest) -> PacketSet:
        """The packets of this set whose header passes ``test``."""
        if test.space is not self.space:
            message = "a test and a packet set of two spaces cannot be combined"
            raise ValueError(message)
        try:
            return PacketSet(self.space, self._function & test.function)
        except DDMemoryError as error:
            raise SpaceExhaustedError from error

    def disjoint(self, other: PacketSet) -> bool:
        """Whether the two share no packet."""
        return not (self & other)

    def count(self) -> int:
        """How many packets, exactly."""
        return int(self._function.sat_count(WIDTH))

    def __contains__(self, packet: Packet) -> bool:
        bits: list[tuple[int, bool]] = [(FAMILY, packet.version == 6)]
        values = [FIELD_WIDTHS[name] + (getattr(packet, name),) for name in FIELD_WIDTHS]
        values.append((*address_bits(packet.version, "dst"), packet.dst))
        values.append((*address_bits(packet.version, "src"), packet.src))
        if packet.version == 4:
            values.append((ADDRESSES + 64, 192, 0))
        for start, width, value in values:
            bits.extend((start + width - 1 - bit, bool(value >> bit & 1)) for bit in range(width))
        return bool(self._function.eval(bits))

    # -- changing fields ------------------------------------------------------------------------------------------

    def forget(self, *fields: Field | Side) -> PacketSet:
        """The set with the named fields made free: packets that agree with a member in all other fields.

        An address side is forgotten in both families; ports and the like stay canonical.
        """
        space = self.space
        if "src" not in fields and "dst" not in fields:
            free = space.cubes(4, fields)
            return PacketSet(space, guarded(lambda: self._function.exists(free) & space.universe))
        parts: list[BCDDFunction] = []
        for version in (4, 6):
            family = self._function & space.family_test(version).function
            parts.append(guarded(partial(family.exists, space.cubes(version, fields))))
        return PacketSet(space, guarded(lambda: (parts[0] | parts[1]) & space.universe))

    def moved(self, side: Side, version: int, value: int, kept: int) -> PacketSet:
        """The set with all but the ``kept`` lowest bits of an address replaced by those of ``value``.

        Only packets of IP ``version`` are taken along.
        """
        start, width = address_bits(version, side)
        return self._moved(start, width, value, kept, self.space.family_test(version))

    def moved_port(self, side: Side, value: int, kept: int) -> PacketSet:
        """The set with all but the ``kept`` lowest bits of a port replaced by those of ``value``."""
        start, width = FIELD_WIDTHS["src_port" if side == "src" else "dst_port"]
        return self._moved(start, width, value, kept, self.space.protocol_test(*PORT_PROTOCOLS))

    def _moved(self, start: int, width: int, value: int, kept: int, within: HeaderTest) -> PacketSet:
        upper = width - kept
        taken = self._function & within.function
        if upper:
            taken = guarded(lambda: taken.exists(self.space.cube(start, upper)))
        top = self.space.bits_test(start, upper, value >> kept)
        return PacketSet(self.space, guarded(lambda: taken & top.function & self.space.universe))

    # -- showing --------------------------------------------------------------------------------------------------

    def witness(self, preferred: Iterable[PacketSet] = ()) -> Packet | None:
        """A packet of the set, the same one always; ``None`` of the empty set.

        It lies in as many of ``preferred`` as can be had in their order, and has the lowest values otherwise.
        """
        if not self:
            return None
        chosen = self
        for wish in preferred:
            narrowed = chosen & wish
            if narrowed:
                chosen = narrowed
        return chosen.space.lowest(chosen.function)
