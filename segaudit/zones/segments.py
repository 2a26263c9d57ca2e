"""Segments: what lies together behind the interfaces of the devices, and what no interface address shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from segaudit.knowledge.protocols import is_internet_address, is_link_local, possible_inside
from segaudit.knowledge.roles import Role
from segaudit.model import (
    AddressMethod,
    Device,
    HostSpec,
    Interface,
    InterfaceKind,
    Message,
    Prefix,
    RouteKind,
    Span,
    Tunnel,
    format_address,
    msg,
)
from segaudit.model.selector import Selector, SelectorKind
from segaudit.model.site import SiteGroup, SiteHost, ZoneSpec
from segaudit.semantics.bridging import filtering_bridge, only_bridges
from segaudit.semantics.routing import Routes, is_link_local_hop
from segaudit.semantics.rulesets import zones_of
from segaudit.semantics.translation import address_prefixes
from segaudit.zones.graph import DECLARED, INTERNET, Port, RoleEvidence, Segment, SegmentKind
from segaudit.zones.links import Owners, PointToPoint, is_routed, joined_subnets, point_to_point
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
    are edges; ``owners`` maps an own address to its ports; ``links`` are tunnels and wires between two devices of the
    input; ``kept_apart`` names equal prefixes and tunnels that were not joined, and routers on the way to the internet
    that no input holds.
    """

    segments: tuple[Segment, ...]
    owners: Owners
    links: tuple[PointToPoint, ...]
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
            for address in interface.answering:
                owning[address.prefix.version, address.address][Port(device.name, interface.name)] = None
    owners = {address: tuple(ports) for address, ports in owning.items()}
    links, unclear = point_to_point(devices, owners)
    subnets, kept_apart = joined_subnets(devices, declared.sites, links)
    joined = {link.near for link in links}
    edges, evidence, certainty, beyond = _edges(devices, declared, subnets, owners, joined)
    inner = [s for s in subnets if not any(p in edges for p in s.ports)]
    found = [_internet(edges)] if edges else []
    found += inner
    found += _unknown(devices, declared, {p for s in found for p in s.ports})
    found += [s for device in devices for s in _pools(device)]
    found += [s for device in devices for s in _tunnels(device, joined)]
    found += _routed(devices, owners, subnets)
    found = _carved(found, declared)
    return Segments(
        segments=tuple(_with_hosts(found, devices)),
        owners=owners,
        links=tuple(links),
        internet_evidence=evidence,
        internet_certainty=certainty,
        kept_apart=(*kept_apart, *unclear, *beyond, *_divided(subnets)),
    )


def _divided(subnets: Iterable[Segment]) -> Iterable[Message]:
    for segment in subnets:
        for device in segment.divided_by:
            yield msg(
                "{device} is bridged into {prefixes}: who is on which side of it shows in no input, so nothing that"
                " crosses this network is sure; say under 'zones:' in site.yaml what is behind its interfaces",
                device=device,
                prefixes=", ".join(map(str, segment.prefixes)),
            )


# -- the internet -----------------------------------------------------------------------------------------------------


def _edges(
    devices: Sequence[Device],
    declared: Declared,
    subnets: Sequence[Segment],
    owners: Owners,
    joined: AbstractSet[Port],
) -> tuple[set[Port], tuple[RoleEvidence, ...], float, list[Message]]:
    """The interfaces to the internet, why, how sure that is (1: declared), and which ways there the inputs do not hold."""
    known = frozenset(owners)
    beyond: list[Message] = []
    linked = {p for s in subnets if len({q.device for q in s.ports}) > 1 for p in s.ports}
    # Beyond a tunnel or a wire to a device of the input is that device, whatever is routed there.
    tied = {Port(p.device, p.interface) for d in devices for p in joined if p.device == d.name and _is_inner_end(d, p)}
    edges: set[Port] = set()
    evidence: list[RoleEvidence] = []
    certainty = 0.0
    for device in devices:
        for interface in device.interfaces:
            port = Port(device.name, interface.name)
            if not is_routed(interface) or interface.kind == InterfaceKind.VPN or port in tied:
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


def _is_inner_end(device: Device, port: Port) -> bool:
    """Whether a joined port is an interface of its own (a tunnel interface, a wire), not one that carries a crypto map."""
    interface = device.interface(port.interface)
    return not port.vpn or (interface is not None and interface.kind == InterfaceKind.TUNNEL)


def _has_address(device: Device, interface: Interface) -> bool:
    """Whether an interface carries packets of its own: it has an address, gets one, or no address of any is known."""
    fetched = interface.method in {AddressMethod.DHCP, AddressMethod.PPPOE}
    bridged = filtering_bridge(device, interface.name) is not None
    return bool(interface.addresses) or fetched or bridged or not any(i.addresses for i in device.interfaces)


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
            if port in placed or not is_routed(interface) or interface.addresses:
                continue
            members = [z for z in declared.zones if any(selected(device, interface, m) for m in z.members)]
            bridge = filtering_bridge(device, interface.name)
            fetched = interface.method in (AddressMethod.DHCP, AddressMethod.PPPOE)
            wanted = addressless or members or fetched or bridge is not None
            inner_end = interface.kind in (InterfaceKind.VPN, InterfaceKind.TUNNEL)
            if not wanted or (inner_end and (not members or _carries_vpn(device, interface))):
                continue
            prefixes = {m.prefix for z in members for m in z.members if m.prefix is not None and len(z.members) > 1}
            # A zone that is given the link-local prefix alone has no other addresses of that family.
            told = {p.version for p in prefixes}
            prefixes = {p for p in prefixes if not is_link_local(p)}
            silent = device.versions - told if addressless or not told else ()
            possible = [p for v in sorted(silent) for p in possible_inside(v, public=addressless)]
            if bridge is not None:
                # Beyond a member of a bridge group that is routed are hosts of its network; beyond one of a transparent
                # firewall, routers as well.
                possible = possible if only_bridges(device) else []
                possible += (a.prefix for a in bridge.addresses if a.prefix.version in silent)
            found.append(
                Segment(
                    name=str(port),
                    kind=SegmentKind.SUBNET if prefixes else SegmentKind.UNKNOWN,
                    prefixes=tuple(sorted(prefixes)),
                    ports=(port,),
                    possible=tuple(dict.fromkeys(possible)),
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
                prefixes=address_prefixes(access.pools, device),
                ports=(Port(device.name, interface, access.name),),
                span=access.span,
            )


def _tunnels(device: Device, joined: set[Port]) -> Iterable[Segment]:
    """The far sides of tunnels whose other end is in no input: one for each connection, whatever its pairs of selectors."""
    connections: dict[tuple[str, str], list[Tunnel]] = defaultdict(list)
    for tunnel in device.tunnels:
        if Port(device.name, tunnel.interface, tunnel.name) not in joined:
            connections[tunnel.interface, tunnel.connection or tunnel.name].append(tunnel)
    for (at, name), tunnels in connections.items():
        # A selector that takes any destination names none.
        remote = {p for p in address_prefixes([t.remote for t in tunnels], device) if p.length}
        interface = device.interface(at)
        if interface is not None and interface.kind == InterfaceKind.TUNNEL:
            routed = (r.prefix for r in device.routes if r.interface == at and r.kind == RouteKind.STATIC)
            remote.update(p for p in routed if p.length)
        if remote:
            yield Segment(
                name=f"{device.name}/{name}",
                kind=SegmentKind.TUNNEL,
                prefixes=tuple(sorted(remote)),
                ports=tuple(Port(device.name, at, t.name) for t in tunnels),
                span=tunnels[0].span,
            )


def _routed(devices: Sequence[Device], owners: Owners, subnets: Sequence[Segment]) -> Iterable[Segment]:
    """What lies behind next hops that no input on the same link owns; behind one router once, whoever sends to it."""
    joined = {port: segment for segment in subnets for port in segment.ports}
    behind: dict[tuple[str, tuple[int, int]], list[tuple[Port, str, Prefix, Span]]] = defaultdict(list)
    for device in devices:
        resolved = Routes(device)
        for vrf in sorted({i.vrf for i in device.interfaces} | {r.vrf for r in device.routes}):
            for one in resolved.of(vrf):
                route, hop = one.route, one.next_hop
                if route.kind != RouteKind.STATIC or hop is None or not route.prefix.length:
                    continue
                interface = device.interface(one.egress)
                if interface is None or interface.kind == InterfaceKind.TUNNEL:
                    continue
                if any(a.prefix.covers(route.prefix) for a in interface.addresses):
                    # A host of the link itself, as a leak from another VRF names it.
                    continue
                port = Port(device.name, one.egress)
                link = joined.get(port)
                beside = link.ports if link is not None else (port,)
                if any(owner in beside and owner.device != device.name for owner in owners.get(hop, ())):
                    continue
                if is_link_local_hop(*hop) and any(p.device != device.name for p in beside):
                    # No config tells its link-local address: it may be that router.
                    continue
                behind[str(beside[0]), hop].append((port, vrf, route.prefix, route.span))
    for (_, hop), routes in sorted(behind.items()):
        port, vrf, _, span = routes[0]
        yield Segment(
            name=f"{port}>{format_address(*hop)}",
            kind=SegmentKind.ROUTED,
            prefixes=tuple(sorted({prefix for _, _, prefix, _ in routes})),
            ports=tuple(sorted({port for port, _, _, _ in routes})),
            vrf=vrf,
            next_hop=hop,
            span=span,
        )


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
                added.append(
                    replace(nearest, name=f"{nearest.name}#{prefix}", prefixes=(prefix,), possible=(), hosts=())
                )
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
