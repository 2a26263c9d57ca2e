"""Which way a device sends a packet: longest prefix first, as sets, with doubt where the config does not tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from segaudit.model import Device, Interface, Prefix, Route, RouteKind
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSet, PacketSpace


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Packets that leave by ``egress`` towards ``next_hop`` (version and integer; ``None``: to the host itself)."""

    egress: str
    packets: PacketBounds
    next_hop: tuple[int, int] | None = None
    route: Route | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumedRoute:
    """A prefix that is known to lie behind an interface from outside the config (a site file).

    Not ``sure``: it may lie there, because nothing tells which addresses are behind the interface.
    """

    prefix: Prefix
    interface: str
    sure: bool = True


#: Behind every route that a config writes for the same prefix.
_LAST = 256


@dataclass(frozen=True, slots=True)
class _Entry:
    """One route in the order of preference: longer prefixes first, then the connected, then by distance."""

    prefix: Prefix
    distance: int
    egress: str
    next_hop: tuple[int, int] | None
    route: Route | None
    sure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A configured route with the interface that it leaves by and the next hop on that link (``None``: attached).

    ``egress`` is empty for a route that discards. ``sure``: nothing that the config does not show may withdraw it.
    """

    route: Route
    egress: str
    next_hop: tuple[int, int] | None
    sure: bool


def resolved_routes(device: Device, vrf: str = "") -> list[Resolved]:
    """The routes of one VRF that the device installs, policy routes included, in the order of the config.

    A next hop lies in the subnet of an interface, or behind another route (a recursive one, as on IOS), or on an
    interface whose address the config does not show. A route whose next hop is nowhere is not installed.
    """
    members = [i for i in device.interfaces if i.enabled and i.vrf == vrf]
    routes = [r for r in device.routes if r.vrf == vrf]
    found: dict[int, list[Resolved]] = {}
    open_places = list(range(len(routes)))
    while open_places:
        ways = [(r.route.prefix, r.egress, r.next_hop) for known in found.values() for r in known if _carries(r)]
        placed = {i: _placed(device, routes[i], members, ways) for i in open_places}
        if not any(placed.values()):
            break
        found.update({i: one for i, one in placed.items() if one})
        open_places = [i for i in open_places if not placed[i]]
    for place in open_places:
        if routes[place].next_hop is not None and not routes[place].interface:
            found[place] = _at_unknown_addresses(routes[place], members)
    return [one for place in sorted(found) for one in found[place]]


def _carries(known: Resolved) -> bool:
    """Whether next hops of other routes may lie behind it."""
    return known.egress != "" and known.route.kind == RouteKind.STATIC


def _placed(
    device: Device,
    route: Route,
    members: Sequence[Interface],
    ways: Sequence[tuple[Prefix, str, tuple[int, int] | None]],
) -> list[Resolved]:
    """``route`` where its way out shows; nothing where it does not (yet)."""
    sure = not device.dynamic_routing and not route.tracked
    if route.kind == RouteKind.DISCARD:
        return [Resolved(route=route, egress="", next_hop=None, sure=sure)]
    hop = None if route.next_hop is None else (route.prefix.version, route.next_hop)
    if route.interface:
        interface = device.interface(route.interface)
        shut = interface is not None and not interface.enabled
        return [] if shut else [Resolved(route=route, egress=route.interface, next_hop=hop, sure=sure)]
    if hop is None:
        return []
    for member in members:
        if any(a.prefix.contains(*hop) for a in member.addresses):
            return [Resolved(route=route, egress=member.name, next_hop=hop, sure=sure)]
    behind = [way for way in ways if way[0].contains(*hop)]
    if not behind:
        return []
    _, egress, further = max(behind, key=lambda way: way[0].length)
    return [Resolved(route=route, egress=egress, next_hop=further or hop, sure=sure)]


def _at_unknown_addresses(route: Route, members: Sequence[Interface]) -> list[Resolved]:
    """``route`` by every interface whose subnet the config does not tell; any of them may be the one."""
    unknown = [i for i in members if i.address_unknown]
    assert route.next_hop is not None, "asked for routes with a next hop only"
    hop = (route.prefix.version, route.next_hop)
    return [Resolved(route=route, egress=i.name, next_hop=hop, sure=False) for i in unknown]


class RoutingTable:
    """The ways of one VRF of a device."""

    def __init__(self, space: PacketSpace, device: Device, vrf: str = "", assumed: Sequence[AssumedRoute] = ()) -> None:
        self._space = space
        members = [i for i in device.interfaces if i.enabled and i.vrf == vrf]
        self._egresses = tuple(i.name for i in members)
        entries = [_Entry(a.prefix, -1, i.name, None, None, sure=True) for i in members for a in i.addresses]
        here = [a for a in assumed if a.interface in self._egresses]
        entries += [
            _Entry(a.prefix, -1 if a.prefix.length else 255, a.interface, None, None, sure=True) for a in here if a.sure
        ]
        resolved = resolved_routes(device, vrf)
        entries += [
            _Entry(one.route.prefix, one.route.distance, one.egress, one.next_hop, one.route, sure=one.sure)
            for one in resolved
            if one.route.kind != RouteKind.POLICY
        ]
        policy = [one for one in resolved if one.route.kind == RouteKind.POLICY]
        self._by_policy = any(r.kind == RouteKind.POLICY and r.vrf == vrf for r in device.routes)
        self._knows_nothing = not entries
        if entries:
            entries += [_Entry(a.prefix, _LAST, a.interface, None, None, sure=False) for a in here if not a.sure]
        self._shares = self._share_out(entries, dynamic=bool(device.dynamic_routing))
        # A policy route goes before all others, for packets that more than their destination chooses.
        self._shares += [
            Way(
                egress=one.egress,
                packets=PacketBounds(space.empty, _towards(space, one.route.prefix)),
                next_hop=one.next_hop,
                route=one.route,
            )
            for one in policy
            if one.egress
        ]

    def _share_out(self, entries: list[_Entry], *, dynamic: bool) -> list[Way]:
        """Every destination to the entries that may carry it; what nothing carries has no way."""
        space = self._space
        found: list[Way] = []
        taken = {4: space.empty, 6: space.empty}
        possible = {4: space.empty, 6: space.empty}

        def place(entry: _Entry) -> tuple[int, int, int]:
            return (-entry.prefix.length, entry.prefix.version, entry.prefix.network)

        for _, same in groupby(sorted(entries, key=lambda e: (*place(e), e.distance)), key=place):
            group = list(same)
            prefix = group[0].prefix
            target = _towards(space, prefix)
            rest = target - taken[prefix.version]
            if not rest:
                continue
            best = [e for e in group if e.distance == group[0].distance]
            backups = [] if group[0].sure else [e for e in group if e.distance != group[0].distance]
            certain = rest - possible[prefix.version] if len(best) == 1 and best[0].sure else space.empty
            for entry in best + backups:
                if entry.egress or entry.route is None:
                    must = certain if entry in best else space.empty
                    found.append(
                        Way(
                            egress=entry.egress,
                            packets=PacketBounds(must, rest),
                            next_hop=entry.next_hop,
                            route=entry.route,
                        )
                    )
            if any(e.sure for e in best):
                taken[prefix.version] |= target
            else:
                possible[prefix.version] |= target
        if dynamic or self._knows_nothing:
            unknown = space.full - taken[4] - taken[6]
            nothing = space.empty
            found += [Way(egress=e, packets=PacketBounds(nothing, unknown)) for e in self._egresses]
        return found

    def ways(self, packets: PacketBounds, ingress: str = "") -> list[Way]:
        """Where ``packets`` go on: bounds for every way; a guess never sends back where it came from."""
        found: list[Way] = []
        for way in self._shares:
            guessed = way.route is None and not way.packets.must and way.next_hop is None
            if guessed and way.egress == ingress:
                continue
            going = packets & way.packets
            if going.may:
                if self._by_policy:
                    going = PacketBounds(self._space.empty, going.may)
                found.append(Way(egress=way.egress, packets=going, next_hop=way.next_hop, route=way.route))
        return found


def _towards(space: PacketSpace, prefix: Prefix) -> PacketSet:
    return space.addresses("dst", prefix.version, prefix.first, prefix.last)
