"""Which way a device sends a packet: longest prefix first, as sets, with doubt where the config does not tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from segaudit.model import Device, Prefix, Route, RouteKind
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
    """A prefix that is known to lie behind an interface from outside the config (a site file)."""

    prefix: Prefix
    interface: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """One route in the order of preference: longer prefixes first, then the connected, then by distance."""

    prefix: Prefix
    distance: int
    egress: str
    next_hop: tuple[int, int] | None
    route: Route | None
    sure: bool


class RoutingTable:
    """The ways of one VRF of a device."""

    def __init__(self, space: PacketSpace, device: Device, vrf: str = "", assumed: Sequence[AssumedRoute] = ()) -> None:
        self._space = space
        self._device = device
        members = [i for i in device.interfaces if i.enabled and i.vrf == vrf]
        self._egresses = tuple(i.name for i in members)
        entries = [_Entry(a.prefix, -1, i.name, None, None, sure=True) for i in members for a in i.addresses]
        entries += [
            _Entry(a.prefix, -1 if a.prefix.length else 255, a.interface, None, None, sure=True)
            for a in assumed
            if a.interface in self._egresses
        ]
        dynamic = bool(device.dynamic_routing)
        for route in device.routes:
            if route.vrf == vrf and route.kind != RouteKind.POLICY:
                egress = route.interface or self._interface_towards(route, entries)
                hop = None if route.next_hop is None else (route.prefix.version, route.next_hop)
                sure = not dynamic and not route.tracked
                entries.append(_Entry(route.prefix, route.distance, egress, hop, route, sure=sure))
        self._policy = any(r.kind == RouteKind.POLICY for r in device.routes)
        self._knows_nothing = not entries
        self._shares = self._share_out(entries, dynamic=dynamic)

    def _interface_towards(self, route: Route, connected: Iterable[_Entry]) -> str:
        """The interface whose subnet holds the next hop; empty if none does."""
        if route.next_hop is None:
            return ""
        for entry in connected:
            if entry.route is None and entry.prefix.contains(route.prefix.version, route.next_hop):
                return entry.egress
        return ""

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
            target = space.addresses("dst", prefix.version, prefix.first, prefix.last)
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
                if self._policy:
                    going = PacketBounds(self._space.empty, going.may)
                found.append(Way(egress=way.egress, packets=going, next_hop=way.next_hop, route=way.route))
        return found

    def routed(self) -> PacketSet:
        """All packets that have some way."""
        return self._space.union(w.packets.may for w in self._shares)
