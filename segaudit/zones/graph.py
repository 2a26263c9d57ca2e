"""The types of the zone graph: segments, zones, flows, conduits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from segaudit.model import HostSpec, Message, Prefix, Span
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSet, PacketSpace, Side
from segaudit.semantics.device import Crossing, Decider, DeviceSemantics, Exposure

if TYPE_CHECKING:
    import networkx as nx

#: The name of the zone that is the internet.
INTERNET = "internet"
#: The start of the name of a device's own zone.
SELF = "self@"
#: The token of evidence that a person gave.
DECLARED = "declared"


class SegmentKind(StrEnum):
    """How a segment is known."""

    SUBNET = "subnet"
    """The prefixes of an interface."""
    ROUTED = "routed"
    """What lies behind a next hop that is in no input."""
    VPN_POOL = "vpn pool"
    TUNNEL = "tunnel"
    """The far side of a site-to-site tunnel."""
    INTERNET = "internet"
    UNKNOWN = "unknown"
    """Behind an interface whose addresses no input shows."""


@dataclass(frozen=True, slots=True, order=True)
class Port:
    """An interface of a device, as a place in the graph; ``vpn`` names the remote access that packets come by."""

    device: str
    interface: str
    vpn: str = ""

    def __str__(self) -> str:
        return f"{self.device}/{self.vpn or self.interface}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Addresses that lie together: packets between them cross no device of the input.

    ``divided_by`` are transparent firewalls of the input with an address in it: what passes them does not show.
    ``ports`` are the interfaces attached to it. ``next_hop``: of a ROUTED one the address (version and integer) that
    it lies behind. ``hosts`` are those that configs name inside of it. ``span``: the line that it is known from.
    ``possible`` are the prefixes, of families in which nothing tells its addresses, that they may be in.
    """

    name: str
    kind: SegmentKind
    prefixes: tuple[Prefix, ...]
    ports: tuple[Port, ...]
    divided_by: tuple[str, ...] = ()
    possible: tuple[Prefix, ...] = ()
    vlan: int | None = None
    vrf: str = ""
    next_hop: tuple[int, int] | None = None
    hosts: tuple[HostSpec, ...] = ()
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleEvidence:
    """One sign for a role: ``weight`` 0 to 1, ``token`` as in `RoleVote`, ``sign`` for people, ``span`` where it stands."""

    role: str
    weight: float
    token: str
    sign: Message
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Segments that one role and one set of rules are meant for.

    ``role`` is an id of the role vocabulary (``unknown`` where nothing decides), ``certainty`` 0 to 1 (1: declared),
    ``evidence`` all signs, strongest first. ``maker_zone``: the device's own zone where it has one.
    """

    name: str
    role: str
    certainty: float
    segments: tuple[Segment, ...]
    declared: bool = False
    evidence: tuple[RoleEvidence, ...] = ()
    maker_zone: str = ""

    @property
    def prefixes(self) -> tuple[Prefix, ...]:
        """All prefixes of its segments, sorted."""
        return tuple(sorted(p for s in self.segments for p in s.prefixes))

    @property
    def ports(self) -> tuple[Port, ...]:
        """All interfaces attached to its segments, sorted."""
        return tuple(sorted({p for s in self.segments for p in s.ports}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Packets that open sessions and get from one zone to another by one way.

    ``sent`` is how they leave ``source``, ``received`` how they arrive in ``target``; ``hops`` are the devices that
    they cross.
    """

    source: Segment
    target: Segment
    sent: PacketBounds
    received: PacketBounds
    hops: tuple[Crossing, ...]

    def sent_for(self, received: PacketBounds) -> PacketBounds:
        """The packets as sent that arrive in ``received``."""
        found = received
        for hop in reversed(self.hops):
            found = hop.piece.sent(found)
        return PacketBounds(found.must & self.sent.must, found.may & self.sent.may)


@dataclass(frozen=True, kw_only=True, eq=False)
class Conduit:
    """Everything that gets from ``src`` to ``dst`` (zone names). No conduit: nothing does.

    ``flows`` are of packets that may open a session; what only continues one is asked of `ZoneGraph.continuing`.
    """

    src: str
    dst: str
    flows: tuple[Flow, ...]
    space: PacketSpace

    @cached_property
    def received(self) -> PacketBounds:
        """All packets that may open a session, as they arrive."""
        return _joined([f.received for f in self.flows], self.space)

    @cached_property
    def sent(self) -> PacketBounds:
        """All packets that may open a session, as they are sent."""
        return _joined([f.sent for f in self.flows], self.space)


def _joined(parts: list[PacketBounds], space: PacketSpace) -> PacketBounds:
    may = space.union(p.may for p in parts)
    if all(p.must is p.may for p in parts):
        return PacketBounds.exactly(may)
    return PacketBounds(space.union(p.must for p in parts), may)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassessed:
    """A pair of zones whose traffic may pass no device of the input: never clean, never a finding."""

    src: str
    dst: str
    reason: Message
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfollowed:
    """Something that packets may pass and that nothing shows the other side of."""

    subject: Message
    reason: Message
    span: Span | None = None


@dataclass(frozen=True, kw_only=True)
class ZoneGraph:
    """Zones and all that flows between them and to the devices themselves.

    ``exposures`` are, by zone name, the packets from it that reach the devices themselves. ``kept_apart`` says which
    equal prefixes were not taken for one segment, and why.
    """

    space: PacketSpace
    devices: Mapping[str, DeviceSemantics]
    zones: Mapping[str, Zone]
    conduits: Mapping[tuple[str, str], Conduit]
    exposures: Mapping[str, tuple[Exposure, ...]]
    sources: Mapping[str, PacketSet]
    targets: Mapping[str, PacketSet]
    unassessed: tuple[Unassessed, ...] = ()
    kept_apart: tuple[Message, ...] = ()
    unfollowed: tuple[Unfollowed, ...] = ()

    def conduit(self, src: str, dst: str) -> Conduit | None:
        """What flows from ``src`` to ``dst``; ``None``: nothing."""
        return self.conduits.get((src, dst))

    def with_role(self, *roles: str) -> Iterator[Zone]:
        """The zones of one of the roles, by name."""
        return (z for _, z in sorted(self.zones.items()) if z.role in roles)

    @cached_property
    def explained(self) -> dict[int, tuple[Flow, list[Decider]]]:
        """Who decides whole flows, by the identity of the flow: filled by whoever asks first, for all who ask after."""
        return {}

    @cached_property
    def ordinary_hosts(self) -> tuple[PacketSet, PacketSet]:
        """Packets from, and packets to, addresses that are neither the network's nor the broadcast address of a segment."""
        prefixes: set[Prefix] = {
            p
            for z in self.zones.values()
            for s in z.segments
            for p in (*s.prefixes, *s.possible)
            if p.length < (31 if p.version == 4 else 127)
        }
        # In IPv6 only the first address is nobody's own (RFC 4291 section 2.6.1), in IPv4 the last as well.
        ends = [(p.version, (p.first, p.last) if p.version == 4 else (p.first,)) for p in sorted(prefixes)]

        def ordinary(side: Side) -> PacketSet:
            unfit = (self.space.addresses(side, v, a, a) for v, addresses in ends for a in addresses)
            return self.space.full - self.space.union(unfit)

        return ordinary("src"), ordinary("dst")

    @cached_property
    def openness(self) -> dict[tuple[str, str], str]:
        """How open pairs of zones are, in the words of whoever asked first."""
        return {}

    @cached_property
    def graph(self) -> nx.DiGraph[str]:
        """The graph: a node a zone (``zone``), an edge a conduit that may open sessions (``conduit``)."""
        import networkx as nx

        found: nx.DiGraph[str] = nx.DiGraph()
        for name, zone in sorted(self.zones.items()):
            found.add_node(name, zone=zone)
        for (src, dst), conduit in sorted(self.conduits.items()):
            if conduit.flows:
                found.add_edge(src, dst, conduit=conduit)
        return found
