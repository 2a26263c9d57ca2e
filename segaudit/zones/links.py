"""Which interfaces are on one link: subnets that several devices share, tunnels between two of them, wires inside a box.

Nothing is joined without evidence in the configs. A shared private prefix alone is none: four hundred branches use
192.168.1.0/24. Two interfaces of one prefix and of different addresses are joined when one device routes to the
other's address or names it as a neighbour, when both number the same VLAN or back the same virtual address, when a
tunnel runs between them, when the prefix is globally unique, or when the site file says that the devices stand
together. Two tunnel ends are joined when each names an address of the other as its peer, or one does and the other
takes whoever dials in, and their selectors meet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import combinations, permutations

from segaudit.knowledge.protocols import is_internet_address
from segaudit.model import (
    AddressExpr,
    AddressRange,
    Device,
    Interface,
    InterfaceAddress,
    InterfaceKind,
    Message,
    Prefix,
    RouteKind,
    RuleSetKind,
    Tunnel,
    msg,
)
from segaudit.model.site import SiteGroup
from segaudit.semantics.translation import address_prefixes, address_ranges
from segaudit.zones.graph import Port, Segment, SegmentKind

#: An own address, version and integer, and the ports that have it: private ones are used at several sites, virtual
#: ones by several routers.
Owners = Mapping[tuple[int, int], tuple[Port, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointToPoint:
    """One direction of a link with two ends: what ``near`` sends into it arrives at ``far``.

    The ports of a tunnel name it in ``vpn``, and only what the selectors of both ends take gets through. ``prefixes``:
    what ``near`` sends there without a route of its own, because the tunnel's selectors bring one.
    """

    near: Port
    far: Port
    prefixes: tuple[Prefix, ...] = ()


def is_routed(interface: Interface) -> bool:
    """Whether an interface may be on a link to others."""
    return interface.enabled and interface.kind != InterfaceKind.LOOPBACK and interface.name != "lo"


# -- subnets ----------------------------------------------------------------------------------------------------------


def joined_subnets(
    devices: Sequence[Device], sites: Sequence[SiteGroup], links: Sequence[PointToPoint]
) -> tuple[list[Segment], list[Message]]:
    """A segment for each subnet, joined across devices where the configs show a link; and what was kept apart."""
    by_port: dict[Port, tuple[Device, Interface]] = {}
    sharing: dict[Prefix, list[_Member]] = defaultdict(list)
    for device in devices:
        standing = frozenset(n for n, site in enumerate(sites) if _stands_at(device, site))
        chosen = (
            r for one in device.rule_sets if one.kind == RuleSetKind.ROUTING for rule in one.rules for r in rule.routes
        )
        hops = frozenset((r.prefix.version, r.next_hop) for r in (*device.routes, *chosen) if r.next_hop is not None)
        for interface in device.interfaces:
            if not is_routed(interface) or not interface.addresses:
                continue
            port = Port(device.name, interface.name)
            by_port[port] = (device, interface)
            for address in interface.addresses:
                sharing[address.prefix].append(
                    _Member(
                        port=port,
                        address=address,
                        vlan=interface.vlan,
                        protocols=frozenset(device.dynamic_routing),
                        hops=hops.union(device.neighbors),
                        sites=standing,
                    )
                )
    union = _Union(by_port)
    paired = {(Port(p.near.device, p.near.interface), Port(p.far.device, p.far.interface)) for p in links}
    paired.update(_sharing_ports(by_port))
    for near, far in sorted(paired):
        if near in by_port and far in by_port and not _distinct(by_port[near][1], by_port[far][1]):
            union.join(near, far)
    kept_apart = [
        message for prefix, members in sorted(sharing.items()) for message in _shared(prefix, members, union, paired)
    ]
    # A transparent firewall has an address in the network that it divides; its hosts are behind the members.
    bridges = [port for port, (_, interface) in by_port.items() if interface.members_filtered]
    found: list[Segment] = []
    for ports in union.groups():
        attached = [p for p in ports if p not in bridges]
        if attached:
            found.append(_subnet(attached, by_port))
    return [_divided(segment, found, bridges, by_port, union) for segment in found], kept_apart


def _sharing_ports(by_port: Mapping[Port, tuple[Device, Interface]]) -> Iterator[tuple[Port, Port]]:
    """Pairs of interfaces of one box that are on one wire, on which others may be."""
    sharing: dict[tuple[str, str], list[Port]] = defaultdict(list)
    for port, (device, interface) in by_port.items():
        if interface.shared_link:
            sharing[device.span.path, interface.shared_link].append(port)
    for ports in sharing.values():
        yield from permutations(ports, 2)


def _divided(
    segment: Segment,
    every: Sequence[Segment],
    bridges: Sequence[Port],
    by_port: Mapping[Port, tuple[Device, Interface]],
    union: _Union,
) -> Segment:
    """``segment`` with the transparent firewalls that may stand in it: shown to, or because no other has its prefix."""
    found: list[str] = []
    for bridge in bridges:
        prefixes = {a.prefix for a in by_port[bridge][1].addresses}
        alike = [s for s in every if not prefixes.isdisjoint(s.prefixes)]
        if union.joined(bridge, segment.ports[0]) or alike == [segment]:
            found.append(bridge.device)
    return replace(segment, divided_by=tuple(sorted(found))) if found else segment


def _shared(
    prefix: Prefix, members: Sequence[_Member], union: _Union, paired: AbstractSet[tuple[Port, ...]]
) -> Iterator[Message]:
    """Joins those of ``members`` that are on one link, and says which are not known to be.

    ``paired`` are the two ends of tunnels and wires; two interfaces that back one virtual address are a pair as well.
    """
    holders: dict[int, list[_Member]] = defaultdict(list)
    for member in members:
        if not member.shared:
            holders[member.address.address].append(member)
    backing: dict[int, set[Port]] = defaultdict(set)
    for member in members:
        if member.address.virtual:
            backing[member.address.address].add(member.port)
    paired = paired | {pair for ports in backing.values() if len(ports) == 2 for pair in permutations(ports)}
    apart: list[str] = []
    for a, b in combinations(members, 2):
        if a.port.device == b.port.device:
            continue
        linked = ((a.port, b.port) in paired and not _elsewhere(a, b)) or _linked(a, b, prefix, holders)
        if a.address.address != b.address.address and linked:
            union.join(a.port, b.port)
        elif not union.joined(a.port, b.port):
            apart += [str(a.port), str(b.port)]
    if apart:
        yield msg(
            "{prefix} is used at {places}; nothing shows that this is one network, so they are kept apart",
            prefix=str(prefix),
            places=", ".join(dict.fromkeys(apart)),
        )


class _Union:
    """Ports in groups that grow together; a group is called by its first port."""

    def __init__(self, ports: Iterable[Port]) -> None:
        self._parent = {port: port for port in ports}

    def _root(self, port: Port) -> Port:
        while self._parent[port] != port:
            self._parent[port] = self._parent[self._parent[port]]
            port = self._parent[port]
        return port

    def join(self, a: Port, b: Port) -> None:
        first, last = sorted((self._root(a), self._root(b)))
        self._parent[last] = first

    def joined(self, a: Port, b: Port) -> bool:
        return self._root(a) == self._root(b)

    def groups(self) -> list[list[Port]]:
        found: dict[Port, list[Port]] = defaultdict(list)
        for port in self._parent:
            found[self._root(port)].append(port)
        return [found[root] for root in sorted(found)]


def _distinct(a: Interface, b: Interface) -> bool:
    """Whether two ends of a link are numbered apart (one network each), so that each is a segment of its own."""
    return {x.prefix for x in a.addresses}.isdisjoint({x.prefix for x in b.addresses})


def _subnet(ports: list[Port], by_port: Mapping[Port, tuple[Device, Interface]]) -> Segment:
    interfaces = [by_port[p][1] for p in sorted(ports)]
    prefixes = sorted({a.prefix for i in interfaces for a in i.addresses})
    return Segment(
        name="=".join(str(p) for p in sorted(ports)),
        kind=SegmentKind.SUBNET,
        prefixes=tuple(prefixes),
        ports=tuple(sorted(ports)),
        vlan=next((i.vlan for i in interfaces if i.vlan is not None), None),
        vrf=interfaces[0].vrf,
        span=interfaces[0].span,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    """One address in a prefix that several interfaces share.

    ``hops``: next hops and routing neighbours of its device; ``sites``: places in the list of the site file.
    """

    port: Port
    address: InterfaceAddress
    vlan: int | None
    protocols: frozenset[str]
    hops: frozenset[tuple[int, int]]
    sites: frozenset[int]

    @property
    def shared(self) -> bool:
        """Whether several routers may hold the address: a virtual one, or a second one, which may be."""
        return self.address.secondary or self.address.virtual


def _linked(a: _Member, b: _Member, prefix: Prefix, holders: Mapping[int, Sequence[_Member]]) -> bool:
    """Whether the configs are evidence that two interfaces of one prefix are on one link."""
    if is_internet_address(prefix.version, prefix.network) or a.sites & b.sites:
        return True
    mine, other = a.address.address, b.address.address
    if _elsewhere(a, b) or _several(holders[other], a) or _several(holders[mine], b):
        return False
    if a.vlan is not None and a.vlan == b.vlan:
        return True
    if (prefix.version, other) in a.hops or (prefix.version, mine) in b.hops:
        return True
    return _host_bits(prefix) <= 3 and not a.protocols.isdisjoint(b.protocols)


def _elsewhere(a: _Member, b: _Member) -> bool:
    """Whether the site file puts the two at different sites."""
    return bool(a.sites) and bool(b.sites) and a.sites.isdisjoint(b.sites)


def _several(holders: Sequence[_Member], beside: _Member) -> bool:
    """Whether an address is that of several devices that may stand ``beside`` one: which of them is meant nothing tells."""
    return len({m.port.device for m in holders if not _elsewhere(m, beside)}) > 1


def _host_bits(prefix: Prefix) -> int:
    return (32 if prefix.version == 4 else 128) - prefix.length


def _stands_at(device: Device, site: SiteGroup) -> bool:
    return any(site.takes(glob, device.span.path) for glob in site.globs)


# -- tunnels and wires ------------------------------------------------------------------------------------------------


def point_to_point(devices: Sequence[Device], owners: Owners) -> tuple[list[PointToPoint], list[Message]]:
    """The links with two ends, both directions of each; and tunnels that should be one and do not show it."""
    found = list(_wires(devices))
    tunnels, unclear = _tunnels(devices, owners)
    return found + tunnels, unclear


def _wires(devices: Sequence[Device]) -> Iterator[PointToPoint]:
    """Interfaces of one box that its config ties together, such as the ends of a VDOM link."""
    ends: dict[tuple[str, str], list[Port]] = defaultdict(list)
    for device in devices:
        for interface in device.interfaces:
            if interface.link and is_routed(interface):
                ends[device.span.path, interface.link].append(Port(device.name, interface.name))
    for _, ports in sorted(ends.items()):
        if len(ports) == 2:
            a, b = ports
            yield PointToPoint(near=a, far=b)
            yield PointToPoint(near=b, far=a)


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """One tunnel of a device, with the addresses that are its own end and those of its peers."""

    device: Device
    tunnel: Tunnel
    own: frozenset[tuple[int, int]]
    peers: frozenset[tuple[int, int]]

    @property
    def port(self) -> Port:
        return Port(self.device.name, self.tunnel.interface, self.tunnel.name)

    @property
    def dialled(self) -> bool:
        """Whether it does not name its peers by address: whoever knows the secret may call."""
        return not self.peers


def _tunnels(devices: Sequence[Device], owners: Owners) -> tuple[list[PointToPoint], list[Message]]:
    ends = [_end(device, tunnel) for device in devices for tunnel in device.tunnels]
    at: dict[str, list[_End]] = defaultdict(list)
    for end in ends:
        at[end.device.name].append(end)
    facing: dict[Port, dict[Port, tuple[_End, _End]]] = defaultdict(dict)
    unclear: list[Message] = []
    for near in ends:
        calling = {p.device for peer in near.peers for p in owners.get(peer, ())} - {near.device.name}
        answering = [far for name in sorted(calling) for far in at[name] if _answers(near, far)]
        for far in answering:
            facing[near.port][far.port] = (near, far)
            facing[far.port][near.port] = (far, near)
        if calling and not answering:
            unclear.append(
                msg(
                    "the tunnel {tunnel} of {device} has its peer at {places}, which shows no tunnel back",
                    tunnel=near.tunnel.name,
                    device=near.device.name,
                    places=", ".join(sorted(calling)),
                )
            )
    for near in ends:
        several = _sharing(near, facing[near.port].values())
        if several:
            unclear.append(
                msg(
                    "the tunnel {tunnel} of {device} may end at each of {places}, which use the same address",
                    tunnel=near.tunnel.name,
                    device=near.device.name,
                    places=", ".join(sorted({far.device.name for far in several})),
                )
            )
            for far in several:
                facing[near.port].pop(far.port, None)
                facing[far.port].pop(near.port, None)
    pairs = [pair for _, others in sorted(facing.items()) for _, pair in sorted(others.items())]
    found = [PointToPoint(near=a.port, far=b.port, prefixes=_brought(a, b)) for a, b in pairs]
    return found, unclear


def _sharing(near: _End, others: Iterable[tuple[_End, _End]]) -> list[_End]:
    """Those ends that face ``near`` whose device is not the only one with the address that ``near`` calls."""
    owning: dict[tuple[int, int], list[_End]] = defaultdict(list)
    for _, far in others:
        for peer in near.peers & far.own:
            owning[peer].append(far)
    return [far for ends in owning.values() if len({e.device.name for e in ends}) > 1 for far in ends]


def _end(device: Device, tunnel: Tunnel) -> _End:
    at = [i for i in device.interfaces if not tunnel.endpoint or i.name == tunnel.endpoint]
    own = frozenset((a.prefix.version, a.address) for i in at for a in i.answering)
    peers = frozenset(
        (one.version, one.first) for expr in tunnel.peers for one in address_ranges(expr, device) or () if one.size == 1
    )
    return _End(device=device, tunnel=tunnel, own=own, peers=peers)


def _answers(near: _End, far: _End) -> bool:
    """Whether ``far`` is the other end of ``near``, which calls an address of its device."""
    if near.tunnel.kind != far.tunnel.kind or near.peers.isdisjoint(far.own):
        return False
    if not (far.dialled or not far.peers.isdisjoint(near.own) or _own_unknown(near)):
        return False
    there = _meet(near.tunnel.local, near.device, far.tunnel.remote, far.device)
    back = _meet(near.tunnel.remote, near.device, far.tunnel.local, far.device)
    return there and back


def _own_unknown(end: _End) -> bool:
    """Whether its own end has an address that the config does not show, so that the peer may mean it."""
    return not end.own and any(
        i.address_unknown for i in end.device.interfaces if not end.tunnel.endpoint or i.name == end.tunnel.endpoint
    )


def _meet(a: AddressExpr, of_a: Device, b: AddressExpr, of_b: Device) -> bool:
    """Whether two selectors have addresses in common; what a config does not tell may."""
    mine, other = address_ranges(a, of_a), address_ranges(b, of_b)
    if mine is None or other is None:
        return True
    return any(_overlap(x, y) for x in mine for y in other)


def _overlap(a: AddressRange, b: AddressRange) -> bool:
    return a.version == b.version and a.first <= b.last and b.first <= a.last


def _brought(near: _End, far: _End) -> tuple[Prefix, ...]:
    """The networks that ``near`` reaches by the tunnel without a route of its own.

    A crypto map takes what its selectors name out of the interface it is bound to; who is dialled into learns the
    caller's networks from the selectors that it asks for (FortiOS `add-route`, reverse route injection).
    """
    routed = {
        r.prefix for r in near.device.routes if r.kind == RouteKind.STATIC and r.interface == near.tunnel.interface
    }
    interface = near.device.interface(near.tunnel.interface)
    wanted = list(address_prefixes((near.tunnel.remote,), near.device))
    if near.dialled:
        wanted += address_prefixes((far.tunnel.local,), far.device)
    elif interface is not None and interface.kind == InterfaceKind.TUNNEL:
        return ()
    return tuple(sorted({p for p in wanted if p.length and p not in routed}))
