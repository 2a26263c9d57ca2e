"""Interfaces, zones, virtual routers and routes of one device, and which zone an address is routed to.

A layer-3 interface passes traffic only where it is in a zone and in a virtual router (PAN-OS Administrator's Guide 10.1,
"Configure Interfaces and Zones"); what belongs to no zone is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from segaudit.model import (
    AddressExpr,
    AddressMethod,
    AddressRange,
    AddressUnion,
    Interface,
    InterfaceAddress,
    InterfaceKind,
    Notice,
    Prefix,
    Route,
    RouteKind,
    SourceCheck,
    SourceCheckMode,
    UndecidedAddress,
    Zone,
    msg,
)
from segaudit.parsers.paloalto_panos.config import Node
from segaudit.parsers.paloalto_panos.objects import AddressBook
from segaudit.parsers.paloalto_panos.scope import Scope
from segaudit.parsers.paloalto_panos.values import read_address, read_own, read_prefix

#: The management port, and the routing table that it has to itself.
MANAGEMENT: Final = "management"
#: Administrative distance of a static route, and its metric (PAN-OS Administrator's Guide 10.1, "Static Routes").
_STATIC_DISTANCE, _STATIC_METRIC = 10, 10
#: Interfaces that are in no virtual router share no routes with those that are.
_NO_ROUTER: Final = "no virtual router"
#: What the interfaces to other virtual systems are called, before the zone's name.
EXTERNAL: Final = "external "
_NO_CHECK: Final = SourceCheck(mode=SourceCheckMode.NONE)
_PROTOCOLS: Final = ("bgp", "ospf", "ospfv3", "rip")
#: Names that the maker's own examples give to zones.
_CUSTOMARY: Final = re.compile(r"(?:l3-)?(?:un)?trust|dmz|gp|globalprotect", re.IGNORECASE)
_ZONE_TYPES: Final = ("layer3", "layer2", "virtual-wire", "tap", "tunnel")
_DEFAULTS: Final = {4: Prefix(4, 0, 0), 6: Prefix(6, 0, 0)}


@dataclass(slots=True)
class Router:
    """A virtual router (or a VRF of a logical router). ``vrf`` is its name in the model."""

    name: str
    node: Node
    vrf: str
    interfaces: frozenset[str]
    protocols: tuple[str, ...] = ()


@dataclass(slots=True)
class Topology:
    """The interfaces of one device with what else is known of them.

    ``nodes`` holds the statements of an interface by its name, ``routers`` the virtual routers of the device.
    """

    interfaces: tuple[Interface, ...]
    zones: tuple[Zone, ...]
    nodes: dict[str, Node]
    routers: tuple[Router, ...]
    routes: tuple[Route, ...]
    notices: tuple[Notice, ...]
    _named: dict[str, Interface] = field(default_factory=dict)
    _members: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._named = {interface.name: interface for interface in self.interfaces}
        self._members = {zone.name: zone.interfaces for zone in self.zones}

    def interface(self, name: str) -> Interface | None:
        """The interface of that name."""
        return self._named.get(name)

    def members(self, zone: str) -> tuple[str, ...]:
        """The interfaces of a zone."""
        return self._members.get(zone, ())

    @property
    def dynamic_routing(self) -> tuple[str, ...]:
        """The routing protocols that run."""
        return tuple(dict.fromkeys(name for router in self.routers for name in router.protocols))


class TopologyReader:
    """Reads the topology of one device."""

    def __init__(self, scope: Scope, addresses: AddressBook) -> None:
        self._scope = scope
        self._addresses = addresses
        self._network = scope.device.at("network")
        self._nodes: dict[str, Node] = {}
        self._routers = tuple(self._all_routers())
        self._router_of = {name: router for router in self._routers for name in router.interfaces}
        self._remote_access = frozenset(_remote_access_tunnels(scope))
        self._ways: dict[str, str] = {}

    def read(self) -> Topology:
        """All of it."""
        mine = self._mine()
        zones = {zone.name: self._zone_members(zone) for zone in self._scope.vsys.entries("zone")}
        zone_of = {member: name for name, members in zones.items() for member in members}
        everything = list(self._interfaces(zone_of))
        own = [one for one in everything if mine is None or one.name in mine or one.zone]
        external = tuple(self._external())
        self._ways = {one.description: one.name for one in external}
        bridges = tuple(self._bridges({one.name for one in own}))
        own.extend(bridges)
        routes = list(self._routes(own, everything))
        if self._scope.manages:
            port = self._management()
            if port is not None:
                own.append(port)
                routes.extend(self._management_routes(port))
        checks = self._source_checks(zones)
        return Topology(
            interfaces=tuple(replace(one, source_check=checks.get(one.zone, _NO_CHECK)) for one in (*own, *external)),
            zones=tuple(
                Zone(
                    name=zone.name,
                    interfaces=(*zones[zone.name], *(one.name for one in external if one.zone == zone.name)),
                    span=self._scope.span(zone),
                )
                for zone in self._scope.vsys.entries("zone")
            ),
            nodes=self._nodes,
            routers=self._routers,
            routes=tuple(routes),
            notices=tuple(self._notices(frozenset(member for one in bridges for member in one.members))),
        )

    def _source_checks(self, zones: dict[str, tuple[str, ...]]) -> dict[str, SourceCheck]:
        """What zones ask of sources: a route back by an interface of the same zone, where protection against spoofing is
        on (PAN-OS Networking Administrator's Guide 10.1, "Packet-Based Attack Protection", Spoofed IP address).

        In a zone of several interfaces any of them may be the one, which no check of one interface says.
        """
        found: dict[str, SourceCheck] = {}
        for zone in self._scope.vsys.entries("zone"):
            name = zone.word("network", "zone-protection-profile")
            setting = self._network.at("profiles", "zone-protection-profile", name, "discard-ip-spoof")
            if next(iter(setting.children), "no") == "yes":
                alone = len(zones[zone.name]) == 1
                mode = SourceCheckMode.STRICT if alone else SourceCheckMode.UNKNOWN
                found[zone.name] = SourceCheck(mode=mode, span=self._scope.span(setting))
        return found

    def _bridges(self, here: set[str]) -> Iterator[Interface]:
        """Virtual wires, and VLANs that nothing routes for: between their ports the security rules are asked."""
        wires = [
            (wire, tuple(one for one in (wire.word("interface1"), wire.word("interface2")) if one))
            for wire in self._network.entries("virtual-wire")
        ]
        vlans = [
            (vlan, vlan.words("interface"))
            for vlan in self._network.entries("vlan")
            if not vlan.word("virtual-interface", "interface")
        ]
        for entry, members in (*wires, *vlans):
            if members and here.issuperset(members):
                yield Interface(
                    name=entry.name,
                    span=self._scope.span(entry),
                    kind=InterfaceKind.BRIDGE,
                    members=members,
                    members_filtered=True,
                )

    def _mine(self) -> frozenset[str] | None:
        """The interfaces of this virtual system; ``None`` where there is one only, which has them all."""
        if not self._scope.others:
            return None
        return _imported(self._scope.vsys)

    @staticmethod
    def _zone_members(zone: Node) -> tuple[str, ...]:
        network = zone.at("network")
        return tuple(name for kind in _ZONE_TYPES for name in network.words(kind))

    # Interfaces

    def _interfaces(self, zone_of: dict[str, str]) -> Iterator[Interface]:
        groups: dict[str, list[str]] = {}
        for kind in ("ethernet", "aggregate-ethernet", "cellular"):
            for port in self._network.entries("interface", kind):
                bundle = port.word("aggregate-group")
                if bundle:
                    groups.setdefault(bundle, []).append(port.name)
        for kind in ("ethernet", "aggregate-ethernet", "cellular"):
            for port in self._network.entries("interface", kind):
                if port.word("aggregate-group") or port.has("ha") or port.has("log-card"):
                    continue
                made = InterfaceKind.AGGREGATE if kind == "aggregate-ethernet" else InterfaceKind.PHYSICAL
                enabled = port.word("link-state") != "down"
                body = next(
                    (port.at(mode) for mode in ("layer3", "layer2", "virtual-wire", "tap") if port.has(mode)), port
                )
                self._nodes[port.name] = body
                yield replace(
                    self._interface(port, body, made, zone_of, enabled=enabled),
                    members=tuple(groups.get(port.name, ())),
                )
                for unit in body.entries("units"):
                    self._nodes[unit.name] = unit
                    yield self._interface(unit, unit, InterfaceKind.VLAN, zone_of, enabled=enabled, parent=port.name)
        for kind, made in (
            ("loopback", InterfaceKind.LOOPBACK),
            ("tunnel", InterfaceKind.TUNNEL),
            ("vlan", InterfaceKind.VLAN),
        ):
            group = self._network.at("interface", kind)
            if group.has("ip") or group.has("ipv6") or kind in zone_of:
                self._nodes[kind] = group
                yield self._interface(group, group, made, zone_of)
            for unit in group.entries("units"):
                self._nodes[unit.name] = unit
                of = InterfaceKind.VPN if unit.name in self._remote_access else made
                members = self._switched(unit.name) if kind == "vlan" else ()
                yield replace(self._interface(unit, unit, of, zone_of), members=members)

    def _switched(self, interface: str) -> tuple[str, ...]:
        """The ports of the VLAN that ``interface`` routes for."""
        for vlan in self._network.entries("vlan"):
            if vlan.word("virtual-interface", "interface") == interface:
                return vlan.words("interface")
        return ()

    def _interface(
        self,
        entry: Node,
        body: Node,
        kind: InterfaceKind,
        zone_of: dict[str, str],
        *,
        enabled: bool = True,
        parent: str = "",
    ) -> Interface:
        tag = entry.word("tag")
        zone = zone_of.get(entry.name, "")
        return Interface(
            name=entry.name,
            span=self._scope.span(entry),
            addresses=tuple(self._own_addresses(body)),
            method=_method(body),
            kind=kind,
            description=" ".join((*entry.words("comment"), *(body.words("comment") if body is not entry else ()))),
            zone=zone,
            vlan=int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 5 else None,
            parent=parent,
            vrf=self._vrf(entry.name, body),
            enabled=enabled,
            role_hint=f"zone {zone.lower()}" if _CUSTOMARY.match(zone) else "",
        )

    def _vrf(self, name: str, body: Node) -> str:
        router = self._router_of.get(name)
        if router is not None:
            return router.vrf
        routed = body.has("ip") or body.has("ipv6") or body.has("dhcp-client") or body.has("pppoe")
        return _NO_ROUTER if self._routers and routed else ""

    def _own_addresses(self, body: Node) -> Iterator[InterfaceAddress]:
        for place, entry in enumerate(body.entries("ip")):
            yield from self._own_address(entry, secondary=place > 0)
        ipv6 = body.at("ipv6")
        if ipv6.word("enabled", default="yes") != "no":
            for place, entry in enumerate(ipv6.entries("address")):
                if entry.word("enable-on-interface", default="yes") != "no":
                    yield from self._own_address(entry, secondary=place > 0)

    def _own_address(self, entry: Node, *, secondary: bool) -> Iterator[InterfaceAddress]:
        text = self._scope.value(entry.name)
        found = read_own(self._address_object(text) or text)
        if found is None:
            self._scope.file.ledger.unrecognized(entry.first_line, "no address of an interface")
            return
        yield InterfaceAddress(address=found[0], prefix=found[1], secondary=secondary, span=self._scope.span(entry))

    def _address_object(self, name: str) -> str:
        """The text of the address object ``name``, where it is one of an address with its mask."""
        for level in self._scope.levels:
            entry = level.at("address", name)
            if entry:
                return self._scope.value(entry.word("ip-netmask"))
        return ""

    def _management(self) -> Interface | None:
        """The management port, where the configuration says something of it."""
        system = self._scope.device.at("deviceconfig", "system")
        texts = [self._scope.value(system.word(word)) for word in ("ip-address", "ipv6-address")]
        dynamic = system.has("type", "dhcp-client")
        netmask = self._scope.value(system.word("netmask"))
        addresses: list[InterfaceAddress] = []
        for text, setting in zip(texts, ("ip-address", "ipv6-address"), strict=True):
            found = read_own(f"{text}/{netmask}" if netmask and "/" not in text and ":" not in text else text)
            if found is not None and found[0]:
                span = self._scope.span(system.at(setting))
                addresses.append(InterfaceAddress(address=found[0], prefix=found[1], span=span))
        if not addresses and not dynamic:
            return None
        return Interface(
            name=MANAGEMENT,
            span=self._scope.span(system),
            addresses=tuple(addresses),
            method=AddressMethod.DHCP if dynamic and not addresses else AddressMethod.STATIC,
            kind=InterfaceKind.MANAGEMENT,
            vrf=MANAGEMENT,
        )

    def _management_routes(self, port: Interface) -> Iterator[Route]:
        system = self._scope.device.at("deviceconfig", "system")
        for setting, version in (("default-gateway", 4), ("ipv6-default-gateway", 6)):
            found = read_address(self._scope.value(system.word(setting)))
            if found is not None and found[0] == version:
                yield Route(
                    prefix=_DEFAULTS[version],
                    span=self._scope.span(system.at(setting)),
                    next_hop=found[1],
                    interface=port.name,
                    vrf=MANAGEMENT,
                )

    def _external(self) -> Iterator[Interface]:
        """The ways to other virtual systems: for each an interface without an address in the zone that stands for it.

        Two systems that name each other so are the two ends of one wire.
        """
        for zone in self._scope.vsys.entries("zone"):
            others = zone.words("network", "external")
            for other in others:
                theirs = self._scope.others.get(other)
                back = theirs is not None and any(
                    self._scope.vsys_name in there.words("network", "external") for there in theirs.entries("zone")
                )
                yield Interface(
                    name=f"{EXTERNAL}{zone.name}" if len(others) == 1 else f"{EXTERNAL}{zone.name} {other}",
                    span=self._scope.span(zone),
                    kind=InterfaceKind.TUNNEL,
                    method=AddressMethod.NONE,
                    zone=zone.name,
                    description=other,
                    link=" and ".join(sorted((self._scope.vsys_name, other))) if back else "",
                )

    def _notices(self, bridged: frozenset[str]) -> Iterator[Notice]:
        """Zones of switched ports between which no rule of the model is asked."""
        for zone in self._scope.vsys.entries("zone"):
            if not bridged.issuperset(zone.words("network", "layer2")):
                yield Notice(
                    message=msg("zone {zone} holds switched ports: what they share is one segment", zone=zone.name),
                    span=self._scope.span(zone),
                    bears_on_access=True,
                )

    # Routers and routes

    def _all_routers(self) -> Iterator[Router]:
        virtual = list(self._network.entries("virtual-router"))
        logical = [(router, vrf) for router in self._network.entries("logical-router") for vrf in router.entries("vrf")]
        several = len(virtual) + len(logical) > 1
        for router in virtual:
            yield self._router(router.name, router, router.name if several else "")
        for router, vrf in logical:
            name = router.name if vrf.name == "default" else f"{router.name}/{vrf.name}"
            yield self._router(name, vrf, name if several else "")

    @staticmethod
    def _router(name: str, node: Node, vrf: str) -> Router:
        running = tuple(
            protocol
            for protocol in _PROTOCOLS
            if node.is_on("protocol", protocol, "enable") or node.is_on(protocol, "enable")
        )
        return Router(name=name, node=node, vrf=vrf, interfaces=frozenset(node.words("interface")), protocols=running)

    def _routes(self, own: list[Interface], everything: list[Interface]) -> Iterator[Route]:
        used = {one.vrf for one in own}
        here = {one.name for one in own}
        for router in self._routers:
            if router.vrf not in used and own:
                continue
            yield from self._static(router, router, here, frozenset({router.name}))
            for one in everything:
                egress = self._across(one.name, here)
                if one.name not in here and one.vrf == router.vrf and egress:
                    for address in one.addresses:
                        yield Route(prefix=address.prefix, span=one.span, interface=egress, vrf=router.vrf, distance=0)
        for one in own:
            if one.enabled and one.method in (AddressMethod.DHCP, AddressMethod.PPPOE):
                body = self._nodes[one.name]
                setting = "dhcp-client" if one.method is AddressMethod.DHCP else "pppoe"
                if body.is_on(setting, "create-default-route", default=True):
                    yield Route(
                        prefix=_DEFAULTS[4],
                        span=one.span,
                        interface=one.name,
                        distance=_STATIC_DISTANCE,
                        metric=body.number(setting, "default-route-metric", default=_STATIC_METRIC),
                        vrf=one.vrf,
                        tracked=True,
                    )

    def _across(self, interface: str, here: set[str]) -> str:
        """The way out towards ``interface``: itself, or the external zone of the virtual system that has it."""
        if interface in here or not here:
            return interface
        owner = next((name for name, vsys in self._scope.others.items() if interface in _imported(vsys)), "")
        return self._ways.get(owner, "")

    def _static(self, router: Router, at: Router, here: set[str], seen: frozenset[str]) -> Iterator[Route]:
        """The static routes of ``router`` as they stand in ``at``."""
        ledger = self._scope.file.ledger
        for family, version in (("ip", 4), ("ipv6", 6)):
            default = router.node.number(
                "admin-dists", "static" if version == 4 else "static-ipv6", default=_STATIC_DISTANCE
            )
            for entry in router.node.entries("routing-table", family, "static-route"):
                prefix = read_prefix(self._scope.value(self._text_of(entry.word("destination"))))
                if prefix is None or prefix.version != version:
                    ledger.unrecognized(entry.first_line, "a route whose destination is no prefix")
                    continue
                route = Route(
                    prefix=prefix,
                    span=self._scope.span(entry),
                    distance=entry.number("admin-dist", default=default),
                    metric=entry.number("metric", default=_STATIC_METRIC),
                    vrf=at.vrf,
                    tracked=entry.is_on("path-monitor", "enable"),
                    interface=entry.word("interface"),
                )
                hop = entry.at("nexthop")
                if hop.has("discard"):
                    yield replace(route, kind=RouteKind.DISCARD, interface="")
                    continue
                if hop.has("next-vr") or hop.has("next-lr"):
                    yield from self._elsewhere(route, hop.word("next-vr") or hop.word("next-lr"), here, seen)
                    continue
                text = hop.word("ip-address") or hop.word("ipv6-address")
                found = read_address(self._scope.value(self._text_of(text)))
                if found is not None and found[0] == version:
                    route = replace(route, next_hop=found[1])
                elif not route.interface:
                    ledger.approximated(entry.first_line, "a route whose next hop is not an address")
                    continue
                egress = self._across(route.interface or self._egress_of(router, version, route.next_hop), here)
                if route.interface and not egress:
                    continue
                if egress.startswith(EXTERNAL):
                    route = replace(route, interface=egress, next_hop=None)
                yield route

    def _text_of(self, text: str) -> str:
        """``text``, or what the address object of that name holds."""
        return self._address_object(text) or text if text and read_address(text) is None else text

    def _elsewhere(self, route: Route, name: str, here: set[str], seen: frozenset[str]) -> Iterator[Route]:
        """What another virtual router does with what a route hands to it: its own routes, inside of the prefix."""
        router = next((one for one in self._routers if one.name == name), None)
        ledger = self._scope.file.ledger
        if router is None or name in seen:
            ledger.approximated(route.span.first_line, "leads to a virtual router that is not there, or back: nowhere")
            return
        ledger.approximated(route.span.first_line, "the other virtual router's routes are taken as routes of this one")
        for interface in sorted(router.interfaces):
            egress = self._across(interface, here)
            for address in self._own_addresses(self._nodes[interface]) if egress and interface in self._nodes else ():
                inner = _inside(address.prefix, route.prefix)
                if inner is not None:
                    yield replace(route, prefix=inner, interface=egress, next_hop=None)
        for further in self._static(router, router, here, seen | {name}):
            inner = _inside(further.prefix, route.prefix)
            if inner is not None:
                egress = further.interface or self._egress_of(router, inner.version, further.next_hop)
                yield replace(further, prefix=inner, vrf=route.vrf, interface=egress, span=route.span)

    def _egress_of(self, router: Router, version: int, hop: int | None) -> str:
        """The interface of ``router`` in whose subnet ``hop`` is."""
        for name in sorted(router.interfaces):
            body = self._nodes.get(name)
            for address in self._own_addresses(body) if body is not None and hop is not None else ():
                if hop is not None and address.prefix.contains(version, hop):
                    return name
        return ""


def _imported(vsys: Node) -> frozenset[str]:
    """The interfaces that belong to a virtual system."""
    return frozenset(vsys.words("import", "network", "interface"))


def _remote_access_tunnels(scope: Scope) -> Iterator[str]:
    """The tunnel interfaces at which users of remote access enter."""
    for gateway in scope.device.entries("network", "tunnel", "global-protect-gateway"):
        yield gateway.word("tunnel-interface")
    for gateway in scope.vsys.entries("global-protect", "global-protect-gateway"):
        name = gateway.word("remote-user-tunnel")
        yield scope.device.word("network", "tunnel", "global-protect-gateway", name, "tunnel-interface") or name


def _method(body: Node) -> AddressMethod:
    if body.has("dhcp-client") and body.word("dhcp-client", "enable", default="yes") != "no":
        return AddressMethod.DHCP
    if body.has("pppoe") and body.word("pppoe", "enable", default="yes") != "no":
        return AddressMethod.PPPOE
    return AddressMethod.STATIC


def _inside(inner: Prefix, outer: Prefix) -> Prefix | None:
    """What two prefixes share."""
    if inner.version != outer.version:
        return None
    if outer.covers(inner):
        return inner
    return outer if inner.covers(outer) else None


# ---------------------------------------------------------------------------------------------------------------------
# Which zone an address is routed to


class Destinations:
    """For each interface the addresses that are routed to it: what a NAT rule means by a destination zone.

    The zone is that of the route to the destination as it was sent (PAN-OS Networking Administrator's Guide 10.1, "NAT
    Policy Rules": the destination zone is that of the pre-NAT address).
    """

    def __init__(self, topology: Topology, *, by_policy: bool) -> None:
        self._topology = topology
        self._shares: dict[str, dict[str, list[AddressRange]]] = {}
        self._open = bool(topology.dynamic_routing) or by_policy

    @property
    def known(self) -> bool:
        """Whether anything is known of routes."""
        return any(interface.addresses for interface in self._topology.interfaces)

    def towards(self, names: Iterable[str], vrfs: frozenset[str]) -> AddressExpr:
        """The addresses that are routed to the interfaces ``names``, from one of the routing tables ``vrfs``."""
        wanted = frozenset(names)
        sure: list[AddressExpr] = []
        elsewhere = False
        for vrf in sorted(vrfs):
            shares = self._share(vrf)
            for egress in sorted(shares):
                if egress in wanted:
                    sure.extend(shares[egress])
        elsewhere = self._open or len(vrfs) > 1
        expr: AddressExpr = AddressUnion(tuple(dict.fromkeys(sure)))
        if not elsewhere:
            return expr
        # What routing protocols, policies or another table say may send anything else there.
        connected: list[AddressExpr] = [
            address.prefix.expr()
            for interface in self._topology.interfaces
            if interface.name in wanted
            for address in interface.addresses
        ]
        undecided = UndecidedAddress("route", "routes that the configuration does not show")
        return AddressUnion((*connected, undecided))

    def _share(self, vrf: str) -> dict[str, list[AddressRange]]:
        known = self._shares.get(vrf)
        if known is None:
            known = self._shares[vrf] = _shares(self._topology, vrf)
        return known


def _shares(topology: Topology, vrf: str) -> dict[str, list[AddressRange]]:
    """All addresses by the interface that the longest prefix sends them to."""
    best: dict[Prefix, tuple[tuple[int, int], str]] = {}
    members = [one for one in topology.interfaces if one.vrf == vrf and one.enabled]
    for one in members:
        for address in one.addresses:
            best.setdefault(address.prefix, ((-1, 0), one.name))
    routes = [route for route in topology.routes if route.vrf == vrf]
    for route in routes:
        egress = _egress(route, members, routes)
        known = best.get(route.prefix)
        if egress is not None and (known is None or (route.distance, route.metric) < known[0]):
            best[route.prefix] = ((route.distance, route.metric), egress)
    found: dict[str, list[AddressRange]] = {}
    for version in (4, 6):
        for first, last, egress in _sweep([(p, e) for p, (_, e) in best.items() if p.version == version]):
            found.setdefault(egress, []).append(AddressRange(version, first, last))
    return found


def _egress(route: Route, members: list[Interface], routes: list[Route]) -> str | None:
    """The interface that a route leaves by; empty for one that discards, ``None`` where it does not show."""
    if route.kind is RouteKind.DISCARD:
        return ""
    hop = route.next_hop
    for _ in range(4):
        if route.interface:
            return route.interface
        if hop is None:
            return None
        for member in members:
            if any(address.prefix.contains(route.prefix.version, hop) for address in member.addresses):
                return member.name
        behind = [one for one in routes if one is not route and one.prefix.contains(route.prefix.version, hop)]
        if not behind:
            return None
        route = max(behind, key=lambda one: one.prefix.length)
        hop = route.next_hop
    return None


def _sweep(entries: list[tuple[Prefix, str]]) -> Iterator[tuple[int, int, str]]:
    """Ranges by the longest prefix that holds them; prefixes either nest or do not meet."""
    stack: list[tuple[int, str]] = []
    place = 0
    for prefix, egress in sorted(entries, key=lambda entry: (entry[0].first, entry[0].length)):
        while stack and stack[-1][0] < prefix.first:
            last, name = stack.pop()
            if place <= last:
                yield place, last, name
                place = last + 1
        if stack and place < prefix.first:
            yield place, prefix.first - 1, stack[-1][1]
        place = prefix.first
        stack.append((prefix.last, egress))
    while stack:
        last, name = stack.pop()
        if place <= last:
            yield place, last, name
            place = last + 1
