"""How open one zone is to another: nothing, limited, broad, everything; and which services that are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from weakref import WeakKeyDictionary

from segaudit.knowledge.protocols import protocol_name
from segaudit.knowledge.services import ServiceCatalogue
from segaudit.model import PORT_PROTOCOLS
from segaudit.packetspace.boxes import Box, boxes
from segaudit.packetspace.packet import SYN
from segaudit.packetspace.space import PacketSet, PacketSpace, Side
from segaudit.zones.graph import Conduit, ZoneGraph

#: A run of more ports than this is no list of services.
WIDE_PORTS = 1024
#: From this share of all (source, destination, port) a pair is open for everything: any service from half to half.
ALL_SHARE = 0.25
#: More services than this are not a list that somebody chose.
MANY_SERVICES = 20
#: So many protocols without ports are not told one by one.
MOST_PROTOCOLS = 100
#: So many different sets of ports, by host, are looked at for wide runs.
MOST_HOSTS = 4096


class Openness(StrEnum):
    """How much of the traffic between two zones is permitted."""

    NONE = "none"
    LIMITED = "limited"
    """Named services."""
    BROAD = "broad"
    """Wide port ranges, or any service between some hosts."""
    ALL = "all"
    """Any service from half of one zone to half of the other, or more."""
    NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRange:
    """Destination ports (inclusive; ``None``: no ports, or all of a protocol without them) of one protocol.

    ``protocol`` ``None``: every protocol, or (``others``) most of those that have no ports.
    """

    protocol: int | None
    ports: tuple[int, int] | None
    others: bool = False

    def __str__(self) -> str:
        if self.protocol is None:
            return "other protocols" if self.others else "any"
        name = protocol_name(self.protocol)
        if self.ports is None:
            return name
        first, last = self.ports
        return f"{name}/{first}" if first == last else f"{name}/{first}-{last}"

    def label(self, services: ServiceCatalogue) -> str:
        """The range with the service's name where it is one: ``tcp/3389 (rdp)``."""
        if self.protocol is None or (self.ports is not None and self.ports[0] != self.ports[1]):
            return str(self)
        entry = services.primary(self.protocol, None if self.ports is None else self.ports[0])
        return f"{self} ({entry.name})" if entry is not None and entry.name != str(self) else str(self)


#: Boxes, and shares of ports, of sets that say nothing of addresses, by space; they go with it.
_PORT_SHARES: WeakKeyDictionary[PacketSpace, dict[object, float]] = WeakKeyDictionary()
_SERVICE_BOXES: WeakKeyDictionary[PacketSpace, dict[object, tuple[Box, ...]]] = WeakKeyDictionary()


def service_ranges(packets: PacketSet, limit: int = 64) -> tuple[ServiceRange, ...]:
    """The services that ``packets`` are sent to, sorted by protocol and port; whatever sends them."""
    bare = _services(packets)
    # Many pairs of zones are open for the same services.
    known = _SERVICE_BOXES.setdefault(bare.space, {})
    spelt = known.get(bare.function)
    if spelt is None:
        spelt = known[bare.function] = boxes(bare, limit=256).boxes
    found: dict[ServiceRange, None] = {}
    portless: dict[int, None] = {}
    for box in spelt:
        if box.protocols is None:
            found.setdefault(ServiceRange(protocol=None, ports=None))
            continue
        for first, last in box.protocols:
            for protocol in range(first, last + 1):
                if protocol not in PORT_PROTOCOLS:
                    portless[protocol] = None
                    continue
                if box.dst_ports is None:
                    whole = (0, 65535) if protocol in (6, 17, 132) else None
                    found.setdefault(ServiceRange(protocol=protocol, ports=whole))
                for ports in box.dst_ports or ():
                    found.setdefault(ServiceRange(protocol=protocol, ports=ports))
    if len(portless) >= MOST_PROTOCOLS:
        found.setdefault(ServiceRange(protocol=None, ports=None, others=True))
    else:
        found.update(dict.fromkeys(ServiceRange(protocol=protocol, ports=None) for protocol in portless))
    return _ordered(found)[:limit]


def _services(packets: PacketSet) -> PacketSet:
    """``packets`` with all but family, protocol and destination port forgotten."""
    return packets.forget("src", "dst", "src_port", "icmp_type", "icmp_code", "tcp_flags", "state")


def _ordered(found: Iterable[ServiceRange]) -> tuple[ServiceRange, ...]:
    ranges = set(found)
    if any(r.protocol is None and not r.others for r in ranges):
        return (ServiceRange(protocol=None, ports=None),)
    return tuple(sorted(ranges, key=lambda r: (256 if r.protocol is None else r.protocol, r.ports or (0, 0))))


def widest_run(packets: PacketSet) -> int:
    """The longest run of destination ports that ``packets`` cover without a gap."""
    found = service_ranges(packets, limit=512)
    if any(r.protocol is None and not r.others for r in found):
        return 65536
    return max((r.ports[1] - r.ports[0] + 1 for r in found if r.ports is not None), default=0)


def address_count(packets: PacketSet, side: Side, version: int | None = None) -> int:
    """How many addresses ``packets`` carry on one side, of both IP families or one."""
    space = packets.space
    other: Side = "dst" if side == "src" else "src"
    # One packet an address: of protocol 0, which has no ports, new, from or to the address zero.
    bare = packets.forget("dst_port", "src_port", "icmp_type", "icmp_code", "tcp_flags", "state", "protocol", other)
    families = (4, 6) if version is None else (version,)
    frame = space.protocol(0) & space.state("new") & space.union(space.addresses(other, v, 0, 0) for v in families)
    return (bare & frame).count()


def wide_packets(packets: PacketSet, least: int) -> PacketSet:
    """What of ``packets`` goes to a host at which at least ``least`` ports in a row of one protocol are in ``packets``.

    Only the packets to those runs of ports; whichever senders they are open to.
    """
    space = packets.space
    with_ports = packets & space.union(space.protocol(p) for p in PORT_PROTOCOLS)
    if not with_ports or widest_run(with_ports) < least:
        return space.empty
    found: list[PacketSet] = []
    for box in boxes(with_ports.forget("src", "src_port", "tcp_flags", "state"), limit=MOST_HOSTS).boxes:
        runs = [(first, last) for first, last in box.dst_ports or ((0, 65535),) if last - first + 1 >= least]
        if runs:
            protocols = space.union(space.protocol(first, last) for first, last in box.protocols or ((0, 255),))
            hosts = space.version(box.version)
            if box.dst is not None:
                hosts = space.union(space.addresses("dst", box.version, first, last) for first, last in box.dst)
            found.append(protocols & hosts & space.ports("dst", runs))
    return with_ports & space.union(found)


def share(packets: PacketSet, sources: PacketSet, targets: PacketSet) -> float:
    """How much of all TCP or UDP sessions from ``sources`` to ``targets`` is in ``packets``: 0 to 1.

    By source address, destination address and destination port, each counted alike; of both families and protocols
    the largest share.
    """
    between = sources & targets
    return max(_share_between(packets, between, version) for version in (4, 6))


def share_reaches(packets: PacketSet, sources: PacketSet, targets: PacketSet, least: float) -> bool:
    """Whether the `share` is ``least`` or more."""
    # No larger than the share of the ports that anybody may send to: of most pairs that settles it.
    return _port_share(packets) >= least and share(packets, sources, targets) >= least


def _port_share(packets: PacketSet) -> float:
    """Which part of all ports of TCP or UDP is open, at whatever host: 0 to 1, of both families and protocols the most."""
    bare = _services(packets)
    known = _PORT_SHARES.setdefault(bare.space, {})
    found = known.get(bare.function)
    if found is None:
        open_ports = (bare & _one_session_a_port(bare.space, v, p) for v in (4, 6) for p in (6, 17))
        found = known[bare.function] = max(ports.count() for ports in open_ports) / 65536
    return found


def _one_session_a_port(space: PacketSpace, version: int, protocol: int) -> PacketSet:
    def frame() -> PacketSet:
        ends = space.addresses("src", version, 0, 0) & space.addresses("dst", version, 0, 0)
        return ends & _session_frame(space, version, protocol)

    return space.kept(("session a port", version, protocol), frame)


def share_of_family(packets: PacketSet, sources: PacketSet, targets: PacketSet, version: int) -> float:
    """`share` of one IP family; 0 where there is nobody to send or receive."""
    return _share_between(packets, sources & targets, version)


def _share_between(packets: PacketSet, between: PacketSet, version: int) -> float:
    if not between & packets.space.version(version):
        return 0.0
    best = 0.0
    taken = packets.forget("src_port", "state", "tcp_flags")
    for protocol in (6, 17):
        possible = between & _session_frame(packets.space, version, protocol)
        here = taken & possible
        if here:
            best = max(best, here.count() / possible.count())
    return best


def open_families(graph: ZoneGraph, conduit: Conduit) -> PacketSet:
    """All packets of the IP families in which ``conduit`` is open for everything (`Openness.ALL`)."""
    sources, targets = graph.sources.get(conduit.src), graph.targets.get(conduit.dst)
    if sources is None or targets is None:
        return graph.space.empty
    return graph.space.union(
        graph.space.version(version)
        for version in (4, 6)
        for packets in (conduit.received.may, conduit.sent.may)
        if share_of_family(packets, sources, targets, version) >= ALL_SHARE
    )


def _session_frame(space: PacketSpace, version: int, protocol: int) -> PacketSet:
    """One packet for every source, destination and destination port of a protocol."""

    def frame() -> PacketSet:
        made = space.version(version) & space.protocol(protocol) & space.ports("src", ((0, 0),)) & space.state("new")
        return made & space.tcp_flags(63, SYN) if protocol == 6 else made

    return space.kept(("session frame", version, protocol), frame)


def openness(graph: ZoneGraph, conduit: Conduit | None, packets: PacketSet | None = None) -> Openness:
    """How open a conduit is, by all of its packets or by those (as received) of ``packets``."""
    if conduit is None or not conduit.received.may:
        return Openness.NONE
    pair = conduit.src, conduit.dst
    if packets is not None or graph.conduit(*pair) is not conduit:
        return _openness(graph, conduit, packets)
    # Checks and the matrix ask for the same pairs.
    known = graph.openness.get(pair)
    if known is None:
        known = graph.openness[pair] = _openness(graph, conduit, None)
    return Openness(known)


def _openness(graph: ZoneGraph, conduit: Conduit, packets: PacketSet | None) -> Openness:
    received = conduit.received.may if packets is None else conduit.received.may & packets
    if not received:
        return Openness.NONE
    sources, targets = graph.sources.get(conduit.src), graph.targets.get(conduit.dst)
    if sources is not None and targets is not None:
        # Source translation hides the senders, destination translation the receivers: either side may show it.
        sides = [received, conduit.sent.may] if packets is None and conduit.sent.may != received else [received]
        if any(share_reaches(side, sources, targets, ALL_SHARE) for side in sides):
            return Openness.ALL
    services = service_ranges(received, limit=MANY_SERVICES + 1)
    if widest_run(received) > WIDE_PORTS or len(services) > MANY_SERVICES or any(r.others for r in services):
        return Openness.BROAD
    return Openness.LIMITED
