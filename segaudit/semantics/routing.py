"""Which way a device sends a packet: longest prefix first, as sets, with doubt where the config does not tell.

Of one prefix the route of the lowest distance is installed, of several equal ones each carries a share that nothing
tells; a route that may be withdrawn leaves its packets to those behind it as well. Where a routing protocol runs and no
captured table shows what it learnt, only connected networks are sure: the rest may go to any router that the protocol
may have heard of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

from segaudit.model import Device, Interface, Prefix, Route, RouteKind, SourceCheck, SourceCheckMode
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSet, PacketSpace, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Packets that leave by ``egress`` towards ``next_hop`` (version and integer; ``None``: to the host itself).

    ``guessed``: no route says so, a routing protocol may: to the host itself, or to any router on that link.
    """

    egress: str
    packets: PacketBounds
    next_hop: tuple[int, int] | None = None
    guessed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumedRoute:
    """A prefix that is known to lie behind an interface from outside the config (a site file).

    Not ``sure``: it may lie there, because nothing tells which addresses are behind the interface.
    """

    prefix: Prefix
    interface: str
    sure: bool = True


#: Distance and metric: of two entries for one prefix the lower one is installed.
_Rank = tuple[int, int]
#: Of a connected network, before every route for the same prefix.
_CONNECTED: _Rank = (-1, 0)
#: Behind every route that a config writes for the same prefix; and behind that one.
_DEFAULT: _Rank = (255, 0)
_LAST: _Rank = (256, 0)
#: Of what another VRF hands over: by copying its table, and by BGP (IOS: 20 for what is external).
_COPIED: _Rank = (0, 0)
_IMPORTED: _Rank = (20, 0)
#: Next hops that lie behind other routes are followed so far; a longer chain leads nowhere.
MOST_RECURSION = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A route with the interface that it leaves by and the next hop on that link (``None``: attached).

    ``egress`` is empty for a route that discards. ``sure``: nothing that the config does not show may withdraw it.
    """

    route: Route
    egress: str
    next_hop: tuple[int, int] | None
    sure: bool


@dataclass(frozen=True, slots=True)
class _Carrier:
    """What may lead to the next hop of a route: a connected network (no ``place``), or the route at ``place``."""

    rank: _Rank
    egress: str
    place: int | None
    sure: bool


class _Covering:
    """Carriers by prefix, found longest prefix first."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, int], dict[int, list[_Carrier]]] = defaultdict(dict)
        self._lengths: dict[int, list[int]] | None = None

    def add(self, prefix: Prefix, carrier: _Carrier) -> None:
        """One carrier more."""
        self._found[prefix.version, prefix.length].setdefault(prefix.network, []).append(carrier)
        self._lengths = None

    def of(self, version: int, address: int) -> Iterator[list[_Carrier]]:
        """The carriers of each prefix that holds ``address`` and of each distance, the best first."""
        if self._lengths is None:
            self._lengths = {v: sorted((n for w, n in self._found if w == v), reverse=True) for v in (4, 6)}
        width = 32 if version == 4 else 128
        for length in self._lengths[version]:
            here = self._found[version, length].get(address >> (width - length) << (width - length))
            if here is not None:
                yield from _levels(here)


def _rank(route: Route) -> _Rank:
    return (route.distance, route.metric)


def _levels(carriers: list[_Carrier]) -> Iterator[list[_Carrier]]:
    rank = attrgetter("rank")
    for _, same in groupby(sorted(carriers, key=rank), key=rank):
        yield list(same)


class Routes:
    """All routes of a device, each with its ways out.

    A next hop lies in the subnet of an interface, or behind another route (a recursive one, as on IOS), or on an
    interface whose address the config does not show. A route whose next hop is nowhere is not installed.
    """

    def __init__(self, device: Device) -> None:
        self.device = device
        self._up = {i.name: i.enabled for i in device.interfaces}
        self._members: dict[str, list[Interface]] = defaultdict(list)
        for interface in device.interfaces:
            if interface.enabled:
                self._members[interface.vrf].append(interface)
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, route in enumerate(device.routes):
            if route.kind != RouteKind.POLICY:
                self._places[route.vrf].append(place)
        self._coverings: dict[str, _Covering] = {}
        self._found: dict[int, tuple[Resolved, ...]] = {}
        self._resolve_all()

    def members(self, vrf: str) -> Sequence[Interface]:
        """The interfaces of a VRF that are up."""
        return self._members.get(vrf, ())

    def doubtful(self, vrf: str, version: int) -> bool:
        """Whether a routing protocol may bring routes into a table that nothing shows."""
        return bool(self.device.dynamic_routing) and (vrf, version) not in self.device.known_tables

    def of(self, vrf: str) -> Iterator[Resolved]:
        """The installed routes of one VRF, in the order of the config."""
        for place in self._places.get(vrf, ()):
            yield from self._found[place]

    def resolve(self, route: Route) -> tuple[Resolved, ...]:
        """The ways out of a route that is none of the device's own tables (one of a routing list)."""
        found = self._at_once(route, in_table=False)
        return found if found is not None else self._by_others(route, None, final=True) or ()

    def _resolve_all(self) -> None:
        waiting: list[int] = []
        for place, route in enumerate(self.device.routes):
            found = self._at_once(route)
            if found is None:
                waiting.append(place)
            else:
                self._found[place] = found
        for _ in range(MOST_RECURSION):
            ready = {p: found for p in waiting if (found := self._by_others(self.device.routes[p], p)) is not None}
            if not ready:
                break
            self._found.update(ready)
            waiting = [p for p in waiting if p not in ready]
        # Routes that lead to each other only.
        self._found.update({p: self._at_unknown_addresses(self.device.routes[p]) for p in waiting})

    def _at_once(self, route: Route, *, in_table: bool = True) -> tuple[Resolved, ...] | None:
        """The ways of a route that names its way out; ``None`` where the next hop has to be found."""
        sure = not route.tracked and not (in_table and self.doubtful(route.vrf, route.prefix.version))
        if route.kind == RouteKind.DISCARD:
            return (Resolved(route=route, egress="", next_hop=None, sure=sure),)
        hop = None if route.next_hop is None else (route.prefix.version, route.next_hop)
        if route.interface:
            if not self._up.get(route.interface, True):
                return ()
            return (Resolved(route=route, egress=route.interface, next_hop=hop, sure=sure),)
        return () if hop is None else None

    def _by_others(self, route: Route, own: int | None, *, final: bool = False) -> tuple[Resolved, ...] | None:
        """The ways to the next hop of ``route``; ``None`` where a route that may lead there is not resolved yet.

        ``final``: nothing more will be.
        """
        assert route.next_hop is not None, "asked for routes with a next hop only"
        hop = (route.prefix.version, route.next_hop)
        vrf = route.vrf if route.next_hop_vrf is None else route.next_hop_vrf
        sure = not route.tracked and (own is None or not self.doubtful(route.vrf, route.prefix.version))
        ways: dict[tuple[str, tuple[int, int] | None], bool] = {}
        for level in self._covering(vrf).of(*hop):
            here: dict[tuple[str, tuple[int, int] | None], bool] = {}
            for carrier in level:
                if carrier.place is None:
                    here[carrier.egress, hop] = carrier.sure or here.get((carrier.egress, hop), False)
                    continue
                if carrier.place == own:
                    continue
                known = self._found.get(carrier.place)
                if known is None:
                    if final:
                        continue
                    return None
                for one in known:
                    way = (one.egress, one.next_hop or (hop if one.egress else None))
                    here[way] = (carrier.sure and one.sure) or here.get(way, False)
            alone = not ways and len(here) == 1
            for way, certain in here.items():
                ways[way] = ways.get(way, alone and certain)
            if any(here.values()):
                break
        found = tuple(
            Resolved(route=route, egress=egress, next_hop=further, sure=sure and certain)
            for (egress, further), certain in ways.items()
        )
        return found or self._at_unknown_addresses(route)

    def _covering(self, vrf: str) -> _Covering:
        """What next hops in ``vrf`` may lie behind."""
        found = self._coverings.get(vrf)
        if found is None:
            found = self._coverings[vrf] = _Covering()
            for interface in self.members(vrf):
                for address in interface.addresses:
                    found.add(address.prefix, _Carrier(_CONNECTED, interface.name, None, sure=True))
            for place in self._places.get(vrf, ()):
                route = self.device.routes[place]
                found.add(route.prefix, _Carrier(_rank(route), "", place, sure=True))
            for origin, sure in self.imports(vrf):
                for interface in self.members(origin):
                    for address in interface.addresses:
                        if not self.known(vrf, address.prefix.version):
                            found.add(
                                address.prefix,
                                _Carrier(_COPIED if sure else _IMPORTED, interface.name, None, sure=sure),
                            )
                for place in self._places.get(origin, ()):
                    route = self.device.routes[place]
                    if not self.known(vrf, route.prefix.version):
                        rank = _rank(route) if sure else _IMPORTED
                        found.add(route.prefix, _Carrier(rank, "", place, sure=sure))
        return found

    def known(self, vrf: str, version: int) -> bool:
        """Whether a captured table shows all routes of a VRF."""
        return (vrf, version) in self.device.known_tables

    def imports(self, vrf: str) -> Iterator[tuple[str, bool]]:
        """The other VRFs whose routes this one takes over, and whether it surely does."""
        origins: dict[str, bool] = {}
        for one in self.device.vrf_imports:
            if one.vrf == vrf and one.origin != vrf:
                origins[one.origin] = one.sure or origins.get(one.origin, False)
        yield from origins.items()

    def _at_unknown_addresses(self, route: Route) -> tuple[Resolved, ...]:
        """``route`` by every interface whose subnet the config does not tell; any of them may be the one."""
        vrf = route.vrf if route.next_hop_vrf is None else route.next_hop_vrf
        assert route.next_hop is not None, "asked for routes with a next hop only"
        hop = (route.prefix.version, route.next_hop)
        unknown = [i for i in self.members(vrf) if i.address_unknown]
        return tuple(Resolved(route=route, egress=i.name, next_hop=hop, sure=False) for i in unknown)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One route in the order of preference: longer prefixes first, then the connected, then by distance."""

    prefix: Prefix
    rank: _Rank
    egress: str
    next_hop: tuple[int, int] | None
    sure: bool
    guessed: bool = False


def _entry(one: Resolved) -> _Entry:
    """The entry of a route; a link-local next hop is one that no config tells: any router of the link."""
    known = one.next_hop if one.next_hop is None or not is_link_local_hop(*one.next_hop) else None
    guessed = known is None and one.next_hop is not None
    return _Entry(one.route.prefix, _rank(one.route), one.egress, known, one.sure, guessed)


def is_link_local_hop(version: int, address: int) -> bool:
    """Whether an address is of one link only (fe80::/10, RFC 4291)."""
    return version == 6 and address >> 118 == 0x3FA


class RoutingTable:
    """The ways of one VRF of a device."""

    def __init__(
        self,
        space: PacketSpace,
        device: Device,
        vrf: str = "",
        assumed: Sequence[AssumedRoute] = (),
        routes: Routes | None = None,
    ) -> None:
        self._space = space
        self._routes = Routes(device) if routes is None else routes
        self._vrf = vrf
        self._egresses = tuple(i.name for i in self._routes.members(vrf))
        self._known = self._entries(assumed)
        self._shares = self._share_out(self._known)

    def _entries(self, assumed: Sequence[AssumedRoute]) -> list[_Entry]:
        routes, vrf = self._routes, self._vrf
        entries = list(self._connected(vrf, _CONNECTED, sure=True))
        own = list(routes.of(vrf))
        entries += [_entry(one) for one in own]
        for origin, sure in routes.imports(vrf):
            imported = [
                *self._connected(origin, _COPIED, sure=sure),
                *(_entry(one) for one in routes.of(origin)),
            ]
            entries += [
                replace(
                    e,
                    rank=e.rank if sure else _IMPORTED,
                    sure=e.sure and sure and not routes.doubtful(vrf, e.prefix.version),
                )
                for e in imported
                if not routes.known(vrf, e.prefix.version)
            ]
        here = [a for a in assumed if a.interface in self._egresses]
        # The internet is where the edges are, unless the config says by which way it goes there.
        told = {p.version for p in (r.prefix for r in routes.device.routes if r.vrf == vrf) if not p.length}
        told |= {version for version in (4, 6) if routes.known(vrf, version)}
        entries += [
            _Entry(a.prefix, _CONNECTED if a.prefix.length else _DEFAULT, a.interface, None, sure=True)
            for a in here
            if a.sure and (a.prefix.length or a.prefix.version not in told)
        ]
        if entries:
            entries += [
                _Entry(a.prefix, _LAST, a.interface, None, sure=False, guessed=True) for a in here if not a.sure
            ]
        return entries

    def _connected(self, vrf: str, rank: _Rank, *, sure: bool) -> Iterator[_Entry]:
        for interface in self._routes.members(vrf):
            for address in interface.addresses:
                yield _Entry(address.prefix, rank, interface.name, None, sure)

    def sources(self, interface: str, check: SourceCheck) -> PacketBounds:
        """The packets whose source ``check`` lets in at ``interface``: those to which the table has a route back."""
        passing = [self._expected(interface, check, version) for version in sorted(check.versions)]
        others = [self._space.version(v) for v in (4, 6) if v not in check.versions]
        must = self._space.union((*(p.must for p in passing), *others))
        may = self._space.union((*(p.may for p in passing), *others))
        return PacketBounds(must, self._space.full if check.spared else may)

    def _expected(self, interface: str, check: SourceCheck, version: int) -> PacketBounds:
        """As `sources`, of one family."""
        within = self._space.version(version)
        entries = [e for e in self._known if e.prefix.version == version and (check.default_route or e.prefix.length)]
        if check.mode != SourceCheckMode.FEASIBLE:
            ways = self._share_out(entries, "src")
            back = [w.packets for w in ways if check.mode == SourceCheckMode.LOOSE or w.egress == interface]
            must, may = self._space.union(p.must for p in back), self._space.union(p.may for p in back)
            return PacketBounds(must & within, may & within)
        entries = [e for e in _installed(entries) if e.egress == interface]
        may = self._space.union(self._from(e.prefix) for e in entries)
        # The default route of a line that gives the address as well is there while packets arrive by the line.
        arriving = self._routes.device.interface(interface)
        line = arriving is not None and arriving.address_unknown
        must = self._space.union(self._from(e.prefix) for e in entries if e.sure or (line and not e.prefix.length))
        in_doubt = not self._known or self._routes.doubtful(self._vrf, version)
        return PacketBounds(must, within if in_doubt else may)

    def _from(self, prefix: Prefix) -> PacketSet:
        return self._space.addresses("src", prefix.version, prefix.first, prefix.last)

    def _share_out(self, entries: list[_Entry], side: Side = "dst") -> list[Way]:
        """Every destination to the entries that may carry it; what nothing carries has no way. As sources: ``side``."""
        shares = _Shares(self._space, side)
        for version in (4, 6):
            guessing = not self._known or self._routes.doubtful(self._vrf, version)
            guesses = tuple((egress, None, True) for egress in self._guessed_egresses()) if guessing else ()
            for first, last, outcome in _stretches([e for e in entries if e.prefix.version == version], version):
                for way, sure in outcome.ways.items():
                    shares.add(way, version, first, last, sure=sure)
                if not outcome.settled:
                    for way in guesses:
                        shares.add(way, version, first, last, sure=False)
        return shares.ways()

    def _guessed_egresses(self) -> Sequence[str]:
        """The interfaces behind which a routing protocol may have heard of networks."""
        speaking = self._routes.device.dynamic_interfaces
        if speaking is None or not self._routes.device.dynamic_routing:
            return self._egresses
        return [name for name in self._egresses if name in speaking]

    def ways(self, packets: PacketBounds, ingress: str = "") -> list[Way]:
        """Where ``packets`` go on: bounds for every way; a guess never sends back where it came from."""
        found: list[Way] = []
        for way in self._shares:
            if way.guessed and way.egress == ingress:
                continue
            going = packets & way.packets
            if going.may:
                found.append(replace(way, packets=going))
        return found


def _installed(entries: Iterable[_Entry]) -> Iterator[_Entry]:
    """Of each prefix the entries of the lowest rank, and where none of these is sure, those behind them as well."""
    by_prefix: dict[Prefix, list[_Entry]] = defaultdict(list)
    for entry in entries:
        by_prefix[entry.prefix].append(entry)
    for same in by_prefix.values():
        settled = False
        for _, level in groupby(sorted(same, key=attrgetter("rank")), key=attrgetter("rank")):
            if settled:
                break
            for entry in level:
                settled = settled or entry.sure
                yield entry


#: Egress, next hop, and whether it is guessed.
_Key = tuple[str, tuple[int, int] | None, bool]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Where packets to some addresses go, each way with whether it surely takes them; ``settled``: one of these does."""

    ways: dict[_Key, bool]
    settled: bool


def _stretches(entries: Iterable[_Entry], version: int) -> Iterator[tuple[int, int, _Outcome]]:
    """The addresses of a family in ascending stretches (both ends inclusive) that the same entries carry."""
    prefix = attrgetter("prefix")
    around = [((1 << (32 if version == 4 else 128)) - 1, _Outcome({}, settled=False))]
    at = 0
    ordered = sorted(entries, key=lambda e: (e.prefix.network, e.prefix.length, e.rank))
    for longer, same in groupby(ordered, key=prefix):
        while around[-1][0] < longer.first:
            last, outcome = around.pop()
            if at <= last:
                yield at, last, outcome
                at = last + 1
        if at < longer.first:
            yield at, longer.first - 1, around[-1][1]
            at = longer.first
        around.append((longer.last, _outcome(same, around[-1][1])))
    while around:
        last, outcome = around.pop()
        if at <= last:
            yield at, last, outcome
            at = last + 1


def _outcome(entries: Iterable[_Entry], shorter: _Outcome) -> _Outcome:
    """What the entries of one prefix make of its addresses; ``shorter`` is what those of the next shorter one would."""
    found: dict[_Key, bool] = {}
    for _, equal in groupby(entries, key=attrgetter("rank")):
        level: dict[_Key, bool] = {}
        for entry in equal:
            key = (entry.egress, entry.next_hop, entry.guessed)
            level[key] = entry.sure or level.get(key, False)
        alone = not found and len(level) == 1
        for key, sure in level.items():
            found[key] = found.get(key, alone and sure)
        if any(level.values()):
            return _Outcome(found, settled=True)
    for key in shorter.ways:
        found.setdefault(key, False)
    return _Outcome(found, settled=shorter.settled)


class _Shares:
    """What goes each way, collected in ascending order."""

    def __init__(self, space: PacketSpace, side: Side = "dst") -> None:
        self._space = space
        self._side: Side = side
        self._may: dict[_Key, list[tuple[int, int, int]]] = {}
        self._must: dict[_Key, list[tuple[int, int, int]]] = {}

    def add(self, way: _Key, version: int, first: int, last: int, *, sure: bool) -> None:
        """More destinations for a way; a way without an egress discards them."""
        if way[0]:
            _extend(self._may.setdefault(way, []), version, first, last)
            if sure:
                _extend(self._must.setdefault(way, []), version, first, last)

    def ways(self) -> list[Way]:
        """Each way with all its packets."""
        return [Way(egress=way[0], packets=self._bounds(way), next_hop=way[1], guessed=way[2]) for way in self._may]

    def _bounds(self, way: _Key) -> PacketBounds:
        may, must = self._may[way], self._must.get(way, [])
        if may == must:
            return PacketBounds.exactly(self._towards(may))
        return PacketBounds(self._towards(must), self._towards(may))

    def _towards(self, stretches: Iterable[tuple[int, int, int]]) -> PacketSet:
        return self._space.union(self._space.addresses(self._side, *one) for one in stretches)


def _extend(stretches: list[tuple[int, int, int]], version: int, first: int, last: int) -> None:
    """Adds a stretch, to the last one where it follows it."""
    if stretches and stretches[-1][0] == version and stretches[-1][2] + 1 == first:
        stretches[-1] = (version, stretches[-1][1], last)
    else:
        stretches.append((version, first, last))
