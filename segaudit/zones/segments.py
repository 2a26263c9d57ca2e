"""Segments: what lies together, joined across devices where a config is evidence of a link, kept apart where none is.

A shared private prefix alone is no link: four hundred branches use 192.168.1.0/24. Two interfaces of one prefix and of
different addresses are joined when one device routes to the other's address, when both number the same VLAN, when the
prefix is globally unique, or when the site file says that the devices stand together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, summarize_address_range
from itertools import combinations

from segaudit.knowledge.protocols import is_internet_address, is_link_local, possible_inside
from segaudit.knowledge.roles import Role
from segaudit.model import (
    AddressExpr,
    AddressMethod,
    AddressRange,
    Device,
    HostSpec,
    Interface,
    InterfaceKind,
    Message,
    Prefix,
    RouteKind,
    Span,
    format_address,
    msg,
)
from segaudit.model.selector import Selector, SelectorKind
from segaudit.model.site import SiteGroup, SiteHost, ZoneSpec
from segaudit.semantics.routing import resolved_routes
from segaudit.semantics.rulesets import zones_of
from segaudit.semantics.translation import address_ranges
from segaudit.zones.graph import DECLARED, INTERNET, Port, RoleEvidence, Segment, SegmentKind
from segaudit.zones.roles import decided, holds, interface_evidence, named_hosts, private_hop, uplink_evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What the site file says of the network's shape: edges, zones, which files stand together, the inventory."""

    internet: tuple[Selector, ...] = ()
    zones: tuple[ZoneSpec, ...] = ()
    sites: tuple[SiteGroup, ...] = ()
    hosts: tuple[SiteHost, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """All segments, the internet first; ``internet_evidence``/``internet_certainty`` say why and how surely its ports
    are edges; ``owners`` maps an own address to its ports (private ones are used at several
    sites, virtual ones by several routers); ``kept_apart`` names equal prefixes that were not joined,
    and routers on the way to the internet that no input holds.
    """

    segments: tuple[Segment, ...]
    owners: Mapping[tuple[int, int], tuple[Port, ...]]
    internet_evidence: tuple[RoleEvidence, ...]
    internet_certainty: float
    kept_apart: tuple[Message, ...]

    def at(self, device: str, interface: str) -> tuple[Segment, ...]:
        """The segments attached to an interface, those of tunnels and pools included."""
        return tuple(s for s in self.segments if any(p.device == device and p.interface == interface for p in s.ports))


def with_declared_interfaces(devices: Iterable[Device], declared: Declared) -> tuple[Device, ...]:
    """``devices``, with the interfaces that only the site file names, where a config shows no addresses.

    Such a config (the rules of a packet filter) names the interfaces that its rules tell apart, not all that there are.
    The ones that are named take the place of what stands for all others.
    """
    wanted = [*declared.internet, *(m for zone in declared.zones for m in zone.members)]
    found: list[Device] = []
    for device in devices:
        names: dict[str, None] = {}
        if not device.fragment and not any(i.addresses for i in device.interfaces):
            for one in wanted:
                owner, _, name = one.value.rpartition("/")
                if one.kind == SelectorKind.INTERFACE and owner == device.name and not one.is_pattern:
                    names[name] = None
        added = tuple(Interface(name=n, span=device.span) for n in names if device.interface(n) is None)
        shown = tuple(i for i in device.interfaces if not i.stands_for_others)
        found.append(replace(device, interfaces=(*shown, *added)) if added else device)
    return tuple(found)


def build_segments(devices: Sequence[Device], declared: Declared) -> Segments:
    """The segments of ``devices``, which are in the order of their names."""
    owning: dict[tuple[int, int], dict[Port, None]] = defaultdict(dict)
    for device in devices:
        for interface in device.interfaces:
            for address in interface.addresses:
                owning[address.prefix.version, address.address][Port(device.name, interface.name)] = None
    owners = {address: tuple(ports) for address, ports in owning.items()}
    subnets, kept_apart = _subnets(devices, declared)
    edges, evidence, certainty, beyond = _edges(devices, declared, subnets, owners)
    inner = [s for s in subnets if not any(p in edges for p in s.ports)]
    found = [_internet(edges)] if edges else []
    found += inner
    found += _unknown(devices, declared, {p for s in found for p in s.ports})
    found += [s for device in devices for s in _pools(device)]
    found += [s for device in devices for s in _tunnels(device)]
    found += [s for device in devices for s in _routed(device, owners, subnets)]
    found = _carved(found, declared)
    return Segments(
        segments=tuple(_with_hosts(found, devices)),
        owners=owners,
        internet_evidence=evidence,
        internet_certainty=certainty,
        kept_apart=(*kept_apart, *beyond),
    )


def _is_routed(interface: Interface) -> bool:
    return interface.enabled and interface.kind != InterfaceKind.LOOPBACK and interface.name != "lo"


# -- subnets and links ------------------------------------------------------------------------------------------------


def _subnets(devices: Sequence[Device], declared: Declared) -> tuple[list[Segment], list[Message]]:
    by_port: dict[Port, tuple[Device, Interface]] = {}
    parent: dict[Port, Port] = {}
    sharing: dict[Prefix, list[_Member]] = defaultdict(list)
    for device in devices:
        sites = frozenset(n for n, site in enumerate(declared.sites) if _stands_at(device, site))
        hops = frozenset((r.prefix.version, r.next_hop) for r in device.routes if r.next_hop is not None)
        for interface in device.interfaces:
            if not _is_routed(interface) or not interface.addresses:
                continue
            port = Port(device.name, interface.name)
            by_port[port] = (device, interface)
            parent[port] = port
            for address in interface.addresses:
                sharing[address.prefix].append(
                    _Member(
                        port=port,
                        address=address.address,
                        secondary=address.secondary or address.virtual,
                        vlan=interface.vlan,
                        protocols=frozenset(device.dynamic_routing),
                        hops=hops,
                        sites=sites,
                    )
                )

    def root(port: Port) -> Port:
        while parent[port] != port:
            port = parent[port]
        return port

    kept_apart: list[Message] = []
    for prefix, members in sorted(sharing.items()):
        apart: list[str] = []
        holders: dict[int, list[_Member]] = defaultdict(list)
        for member in members:
            if not member.secondary:
                holders[member.address].append(member)
        for a, b in combinations(members, 2):
            if a.port.device == b.port.device:
                continue
            if a.address != b.address and _linked(a, b, prefix, holders):
                parent[max(root(a.port), root(b.port))] = min(root(a.port), root(b.port))
            elif root(a.port) != root(b.port):
                apart += [str(a.port), str(b.port)]
        if apart:
            kept_apart.append(
                msg(
                    "{prefix} is used at {places}; nothing shows that this is one network, so they are kept apart",
                    prefix=str(prefix),
                    places=", ".join(dict.fromkeys(apart)),
                )
            )
    groups: dict[Port, list[Port]] = defaultdict(list)
    for port in by_port:
        groups[root(port)].append(port)
    return [_subnet(ports, by_port) for _, ports in sorted(groups.items())], kept_apart


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
    """One address in a prefix that several interfaces share. ``hops``: next hops of its device; ``sites``: places in the
    list of the site file. ``secondary`` addresses may be virtual: several routers hold one.
    """

    port: Port
    address: int
    secondary: bool
    vlan: int | None
    protocols: frozenset[str]
    hops: frozenset[tuple[int, int]]
    sites: frozenset[int]


def _linked(a: _Member, b: _Member, prefix: Prefix, holders: Mapping[int, Sequence[_Member]]) -> bool:
    """Whether the configs are evidence that two interfaces of one prefix are on one link."""
    if is_internet_address(prefix.version, prefix.network) or a.sites & b.sites:
        return True
    if _elsewhere(a, b) or _several(holders[b.address], a) or _several(holders[a.address], b):
        return False
    if a.vlan is not None and a.vlan == b.vlan:
        return True
    if (prefix.version, b.address) in a.hops or (prefix.version, a.address) in b.hops:
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
    path = device.span.path
    return any(fnmatchcase(path, g) or fnmatchcase(path.rsplit("/", 1)[-1], g) for g in site.globs)


# -- the internet -----------------------------------------------------------------------------------------------------


def _edges(
    devices: Sequence[Device],
    declared: Declared,
    subnets: Sequence[Segment],
    owners: Mapping[tuple[int, int], tuple[Port, ...]],
) -> tuple[set[Port], tuple[RoleEvidence, ...], float, list[Message]]:
    """The interfaces to the internet, why, how sure that is (1: declared), and which ways there the inputs do not hold."""
    known = frozenset(owners)
    beyond: list[Message] = []
    linked = {p for s in subnets if len({q.device for q in s.ports}) > 1 for p in s.ports}
    edges: set[Port] = set()
    evidence: list[RoleEvidence] = []
    certainty = 0.0
    for device in devices:
        for interface in device.interfaces:
            port = Port(device.name, interface.name)
            if not _is_routed(interface) or interface.kind == InterfaceKind.VPN:
                continue
            if not declared.internet and not _has_address(device, interface):
                continue
            if declared.internet:
                chosen = next((s for s in declared.internet if selected(device, interface, s)), None)
                if chosen is not None:
                    edges.add(port)
                    sign = msg("declared as {selector}", selector=str(chosen))
                    evidence.append(RoleEvidence(role=Role.INTERNET, weight=1.0, token=DECLARED, sign=sign))
                    certainty = 1.0
                continue
            if any(
                selected(device, interface, m) for z in declared.zones for m in z.members if z.role != Role.INTERNET
            ):
                continue
            uplink = list(uplink_evidence(device, interface, known))
            own = list(interface_evidence(device, interface))
            hop = private_hop(device, interface) if uplink else None
            if hop is not None and decided(own)[0] != Role.INTERNET:
                if hop not in known:
                    beyond.append(
                        msg(
                            "{device} sends to {hop} what it has no route for: what stands between there and the"
                            " internet is in no input",
                            device=device.name,
                            hop=format_address(*hop),
                        )
                    )
                continue
            signs = [*own, *uplink]
            role, sure = decided(signs)
            # A name alone makes no edge of an interface with a private address: a WAN may be the company's own.
            shown = bool(uplink) or not interface.addresses or interface.role_hint != ""
            if role == Role.INTERNET and shown and (port not in linked or _global(interface)):
                edges.add(port)
                evidence += [s for s in signs if s.role == Role.INTERNET]
                certainty = max(certainty, sure)
    return edges, tuple(sorted(evidence, key=lambda e: -e.weight)), certainty, beyond


def _has_address(device: Device, interface: Interface) -> bool:
    """Whether an interface carries packets of its own: it has an address, gets one, or no address of any is known."""
    fetched = interface.method in {AddressMethod.DHCP, AddressMethod.PPPOE}
    return bool(interface.addresses) or fetched or not any(i.addresses for i in device.interfaces)


def _global(interface: Interface) -> bool:
    return any(is_internet_address(a.prefix.version, a.address) for a in interface.addresses)


def selected(device: Device, interface: Interface, selector: Selector) -> bool:
    """Whether a declared selector means this interface: by name, by the maker's zone, by an own address."""
    if selector.kind == SelectorKind.INTERFACE:
        return selector.names_interface(device.name, interface.name)
    if selector.kind == SelectorKind.ZONE:
        zone = zones_of(device).get(interface.name, "")
        return zone != "" and selector.value in (zone, f"{device.name}:{zone}")
    prefix = selector.prefix
    return prefix is not None and any(prefix.contains(a.prefix.version, a.address) for a in interface.addresses)


def _internet(edges: Iterable[Port]) -> Segment:
    return Segment(name=INTERNET, kind=SegmentKind.INTERNET, prefixes=(), ports=tuple(sorted(edges)))


# -- what no interface address shows ----------------------------------------------------------------------------------


def _unknown(devices: Sequence[Device], declared: Declared, placed: set[Port]) -> list[Segment]:
    """Segments behind interfaces without an address: of devices whose configs hold none, and of DHCP clients."""
    found: list[Segment] = []
    for device in devices:
        addressless = not any(i.addresses for i in device.interfaces)
        for interface in device.interfaces:
            port = Port(device.name, interface.name)
            if port in placed or not _is_routed(interface) or interface.addresses:
                continue
            members = [z for z in declared.zones if any(selected(device, interface, m) for m in z.members)]
            wanted = addressless or members or interface.method in (AddressMethod.DHCP, AddressMethod.PPPOE)
            inner_end = interface.kind in (InterfaceKind.VPN, InterfaceKind.TUNNEL)
            if not wanted or (inner_end and (not members or _carries_vpn(device, interface))):
                continue
            prefixes = {m.prefix for z in members for m in z.members if m.prefix is not None and len(z.members) > 1}
            # A zone that is given the link-local prefix alone has no other addresses of that family.
            told = {p.version for p in prefixes}
            prefixes = {p for p in prefixes if not is_link_local(p)}
            silent = device.versions - told if addressless or not told else ()
            found.append(
                Segment(
                    name=str(port),
                    kind=SegmentKind.SUBNET if prefixes else SegmentKind.UNKNOWN,
                    prefixes=tuple(sorted(prefixes)),
                    ports=(port,),
                    possible=tuple(p for v in sorted(silent) for p in possible_inside(v, public=addressless)),
                    vlan=interface.vlan,
                    vrf=interface.vrf,
                    span=interface.span,
                )
            )
    return found


def _carries_vpn(device: Device, interface: Interface) -> bool:
    """Whether pools or far sides that the config names lie behind an interface: they are the segments then."""
    return any(access.interface == interface.name for access in device.remote_access) or any(
        tunnel.interface == interface.name for tunnel in device.tunnels
    )


def _pools(device: Device) -> Iterable[Segment]:
    for access in device.remote_access:
        interface = access.interface or next(iter(access.portal_interfaces), "")
        if interface:
            yield Segment(
                name=f"{device.name}/{access.name}",
                kind=SegmentKind.VPN_POOL,
                prefixes=prefixes_of(access.pools, device),
                ports=(Port(device.name, interface, access.name),),
                span=access.span,
            )


def _tunnels(device: Device) -> Iterable[Segment]:
    for tunnel in device.tunnels:
        remote = list(prefixes_of((tunnel.remote,), device))
        routed = [r.prefix for r in device.routes if r.interface == tunnel.interface and r.kind == RouteKind.STATIC]
        interface = device.interface(tunnel.interface)
        if interface is not None and interface.kind == InterfaceKind.TUNNEL:
            remote = sorted({*(p for p in remote if p.length), *(p for p in routed if p.length)})
        if remote:
            yield Segment(
                name=f"{device.name}/{tunnel.name}",
                kind=SegmentKind.TUNNEL,
                prefixes=tuple(remote),
                ports=(Port(device.name, tunnel.interface, tunnel.name),),
                span=tunnel.span,
            )


def _routed(
    device: Device, owners: Mapping[tuple[int, int], tuple[Port, ...]], subnets: Sequence[Segment]
) -> Iterable[Segment]:
    """What lies behind next hops that no input on the same link owns."""
    behind: dict[tuple[str, tuple[int, int], str], list[tuple[Prefix, Span]]] = defaultdict(list)
    for vrf in sorted({i.vrf for i in device.interfaces} | {r.vrf for r in device.routes}):
        for one in resolved_routes(device, vrf):
            route, hop = one.route, one.next_hop
            if route.kind != RouteKind.STATIC or hop is None or not route.prefix.length:
                continue
            interface = device.interface(one.egress)
            if interface is None or interface.kind == InterfaceKind.TUNNEL:
                continue
            here = Port(device.name, one.egress)
            beside = {p for s in subnets if here in s.ports for p in s.ports}
            if any(owner in beside and owner.device != device.name for owner in owners.get(hop, ())):
                continue
            behind[one.egress, hop, vrf].append((route.prefix, route.span))
    for (egress, hop, vrf), routes in sorted(behind.items()):
        port = Port(device.name, egress)
        yield Segment(
            name=f"{port}>{format_address(*hop)}",
            kind=SegmentKind.ROUTED,
            prefixes=tuple(sorted({p for p, _ in routes})),
            ports=(port,),
            vrf=vrf,
            next_hop=hop,
            span=routes[0][1],
        )


def prefixes_of(exprs: Iterable[AddressExpr], device: Device) -> tuple[Prefix, ...]:
    """The prefixes that make up ``exprs``, sorted; nothing for what the config does not tell."""
    found: set[Prefix] = set()
    for expr in exprs:
        for one in address_ranges(expr, device) or ():
            found.update(range_prefixes(one))
    return tuple(sorted(found))


def range_prefixes(one: AddressRange) -> Iterable[Prefix]:
    """The fewest prefixes that make up a range."""
    if one.version == 4:
        networks = summarize_address_range(IPv4Address(one.first), IPv4Address(one.last))
        return [Prefix(4, int(n.network_address), n.prefixlen) for n in networks]
    wide = summarize_address_range(IPv6Address(one.first), IPv6Address(one.last))
    return [Prefix(6, int(n.network_address), n.prefixlen) for n in wide]


# -- declared parts of segments, hosts --------------------------------------------------------------------------------


def _carved(found: list[Segment], declared: Declared) -> list[Segment]:
    """A declared prefix that is only a part of a segment becomes a segment of its own at the same interfaces."""
    added: list[Segment] = []
    for spec in declared.zones:
        for member in spec.members:
            prefix = member.prefix
            if prefix is None or any(prefix in s.prefixes for s in found):
                continue
            around = [s for s in found if any(p.covers(prefix) for p in s.prefixes)]
            if around:
                nearest = max(around, key=lambda s: max(p.length for p in s.prefixes if p.covers(prefix)))
                added.append(replace(nearest, name=f"{nearest.name}#{prefix}", prefixes=(prefix,), possible=(), hosts=()))
    return found + added


def _with_hosts(found: Sequence[Segment], devices: Sequence[Device]) -> list[Segment]:
    """The segments with the hosts that configs name in them, each in the narrowest segment that holds it."""
    hosts = named_hosts(devices)
    placed: dict[str, list[HostSpec]] = defaultdict(list)
    for device, host, address in hosts:
        holding = [s for s in found if holds(s.prefixes, address)]
        own = [s for s in holding if any(p.device == device.name for p in s.ports)] or holding
        if own:
            best = max(
                own, key=lambda s: max(p.length for p in s.prefixes if p.contains(address.version, address.first))
            )
            placed[best.name].append(host)
    return [replace(s, hosts=tuple(placed[s.name])) if placed[s.name] else s for s in found]


def bypasses(devices: Sequence[Device]) -> dict[Port, str]:
    """The ports whose packets skip the filters, each with the list that is asked instead (empty: none)."""
    found: dict[Port, str] = {}
    for device in devices:
        for access in device.remote_access:
            interface = access.interface or next(iter(access.portal_interfaces), "")
            if access.bypasses_filters:
                found[Port(device.name, interface, access.name)] = access.filter_rule_set
        for tunnel in device.tunnels:
            if tunnel.bypasses_filters:
                found[Port(device.name, tunnel.interface, tunnel.name)] = tunnel.filter_rule_set
    return found
