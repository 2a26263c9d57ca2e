"""Which ways on one packet has, looked up route by route: the tracer's reading of routing lists and routing tables.

It shares nothing with `semantics/routing.py`, which says the same in sets, and is asked in the tests whether it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from segaudit.model import Device, Interface, Route, RouteKind, SourceCheck, SourceCheckMode
from segaudit.packetspace.packet import Packet
from segaudit.semantics.trace_match import MAYBE, NO, YES
from segaudit.zones.graph import SegmentKind
from segaudit.zones.segments import Segments

#: Next hops behind next hops behind next hops: so deep a route is looked for.
MOST_DEPTH = 16
#: Distance and metric: of a connected network; of what another VRF copies or brings by BGP; of the way to the internet
#: where no route tells it; of a way that nothing but an unknown network behind it speaks for.
_CONNECTED, _COPIED, _BY_BGP, _INTERNET, _LAST = (-1, 0), (0, 0), (20, 0), (255, 0), (256, 0)


@dataclass(frozen=True, slots=True)
class Onward:
    """One way on: ``sure`` if the config decides that it is taken; ``guessed`` if no route says so.

    An empty ``egress`` drops the packet.
    """

    egress: str
    next_hop: tuple[int, int] | None
    sure: bool
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A way of a table with what it is preferred by: the longer prefix, then the lower distance and metric."""

    length: int
    distance: tuple[int, int]
    way: Onward


class RouteTracer:
    """The routes of one device between the segments of the network."""

    def __init__(self, device: Device, segments: Segments) -> None:
        self._device = device
        self._segments = segments
        self._empty: dict[str, bool] = {}

    def by_table(self, packet: Packet, ingress: str, vrf: str | None = None) -> list[Onward]:
        """The ways by the routing table of ``vrf`` (``None``: that of the interface ``ingress``); of none: dropped."""
        if vrf is None:
            arriving = self._device.interface(ingress)
            vrf = arriving.vrf if arriving is not None else ""
        version = packet.version
        doubtful = bool(self._device.dynamic_routing) and (vrf, version) not in self._device.known_tables
        found = list(self._candidates(vrf, version, packet.dst, doubtful=doubtful))
        found += self._from_segments(vrf, version, packet.dst)
        empty = self._is_empty(vrf)
        if not empty:
            found += self._possibly_there(vrf, version, packet.dst)
        chosen, settled = _chosen([replace(one, way=_of_the_link(one.way)) for one in found])
        if not settled and (doubtful or empty):
            chosen += [Onward(member.name, None, sure=False, guessed=True) for member in self._guessed(vrf)]
        return [way for way in chosen if not (way.guessed and way.egress == ingress)]

    def expects(self, packet: Packet, ingress: str, check: SourceCheck) -> int:
        """Whether ``check`` lets a packet with that source in at ``ingress``: NO, MAYBE or YES."""
        if packet.version not in check.versions:
            return YES
        arriving = self._device.interface(ingress)
        vrf = arriving.vrf if arriving is not None else ""
        doubtful = bool(self._device.dynamic_routing) and (vrf, packet.version) not in self._device.known_tables
        found = [
            c
            for c in (
                *self._candidates(vrf, packet.version, packet.src, doubtful=doubtful),
                *self._from_segments(vrf, packet.version, packet.src),
                *(() if self._is_empty(vrf) else self._possibly_there(vrf, packet.version, packet.src)),
            )
            if check.default_route or c.length
        ]
        ways, settled = _chosen(found)
        in_doubt = doubtful or self._is_empty(vrf)
        if check.mode == SourceCheckMode.FEASIBLE:
            lengths = sorted({c.length for c in found})
            best = [c for n in lengths for c in _best([c for c in found if c.length == n])]
            # The default route of a line that gives the address as well is there while packets arrive by the line.
            line = arriving is not None and arriving.address_unknown
            ways = [replace(c.way, sure=True) if line and not c.length else c.way for c in best]
        elif in_doubt and not settled:
            ways += [Onward(member.name, None, sure=False, guessed=True) for member in self._guessed(vrf)]
        anywhere = check.mode == SourceCheckMode.LOOSE
        back = [way.sure for way in ways if way.egress == ingress or (anywhere and way.egress)]
        if any(back):
            return YES
        possible = check.spared or (in_doubt and check.mode == SourceCheckMode.FEASIBLE)
        return MAYBE if back or possible else NO

    def by_routes(
        self, routes: Sequence[Route], packet: Packet, ingress: str, *, dropped: bool = False
    ) -> list[Onward]:
        """The ways by routing rules: the first of the routes that is up, and where none is, the routing table.

        ``dropped``: a later rule drops what none of the routes takes.
        """
        found: list[Onward] = []
        for route in routes:
            if not route.interface and route.next_hop is None and route.next_hop_vrf is not None:
                there = self.by_table(packet, ingress, route.next_hop_vrf)
                return [*found, *_doubted(there)] if found else there
            ways = self._out(route, (), in_table=False) or []
            alone = len(ways) == 1 and ways[0].sure
            found += ways if alone and not found else _doubted(ways)
            if alone:
                return found
        there = [] if dropped else self.by_table(packet, ingress)
        return [*found, *_doubted(there)] if found else there

    def _guessed(self, vrf: str) -> list[Interface]:
        """The interfaces behind which a routing protocol may have heard of networks."""
        speaking = self._device.dynamic_interfaces if self._device.dynamic_routing else None
        return [member for member in self._members(vrf) if speaking is None or member.name in speaking]

    # -- tables ---------------------------------------------------------------------------------------------------

    def _members(self, vrf: str) -> list[Interface]:
        return [i for i in self._device.interfaces if i.enabled and i.vrf == vrf]

    def _imports(self, vrf: str, version: int) -> Iterator[tuple[str, bool]]:
        """Whose routes a VRF takes over, and whether that is sure; a captured table shows all that it has."""
        if (vrf, version) in self._device.known_tables:
            return
        for origin in dict.fromkeys(one.origin for one in self._device.vrf_imports if one.vrf == vrf):
            if origin != vrf:
                yield origin, any(o.sure for o in self._device.vrf_imports if (o.vrf, o.origin) == (vrf, origin))

    def _candidates(self, vrf: str, version: int, address: int, *, doubtful: bool) -> Iterator[_Candidate]:
        """The connected networks and routes of one table that hold an address."""
        for interface in self._members(vrf):
            for own in interface.addresses:
                if own.prefix.contains(version, address):
                    yield _Candidate(own.prefix.length, _CONNECTED, Onward(interface.name, None, sure=True))
        for route in self._holding(vrf, version, address):
            for way in self._out(route, ()) or ():
                yield _Candidate(route.prefix.length, (route.distance, route.metric), way)
        for origin, sure in self._imports(vrf, version):
            for interface in self._members(origin):
                for own in interface.addresses:
                    if own.prefix.contains(version, address):
                        way = Onward(interface.name, None, sure=sure and not doubtful)
                        yield _Candidate(own.prefix.length, _COPIED if sure else _BY_BGP, way)
            for route in self._holding(origin, version, address):
                for way in self._out(route, ()) or ():
                    certain = way.sure and sure and not doubtful
                    distance = (route.distance, route.metric) if sure else _BY_BGP
                    yield _Candidate(route.prefix.length, distance, replace(way, sure=certain))

    def _holding(self, vrf: str, version: int, address: int) -> list[Route]:
        table = [r for r in self._device.routes if r.vrf == vrf and r.kind != RouteKind.POLICY]
        return [r for r in table if r.prefix.contains(version, address)]

    def _from_segments(self, vrf: str, version: int, address: int) -> Iterator[_Candidate]:
        """What follows from where the segments are, which the device's own routes do not say."""
        in_vrf = {i.name for i in self._members(vrf)}
        own = {a.prefix for i in self._device.interfaces for a in i.answering}
        told = (vrf, version) in self._device.known_tables or any(
            r.prefix.version == version and not r.prefix.length and r.vrf == vrf for r in self._device.routes
        )
        for segment in self._segments.segments:
            ports = [p for p in segment.ports if p.device == self._device.name and p.interface in in_vrf]
            for port in ports:
                if segment.kind == SegmentKind.INTERNET:
                    if not told:
                        yield _Candidate(0, _INTERNET, Onward(port.interface, None, sure=True))
                elif segment.kind != SegmentKind.ROUTED:
                    for prefix in segment.prefixes:
                        if prefix.contains(version, address) and prefix not in own:
                            yield _Candidate(prefix.length, _CONNECTED, Onward(port.interface, None, sure=True))
        for link in self._segments.links:
            if link.near.device == self._device.name and link.near.interface in in_vrf:
                for prefix in link.prefixes:
                    if prefix.contains(version, address):
                        yield _Candidate(prefix.length, _CONNECTED, Onward(link.near.interface, None, sure=True))

    def _possibly_there(self, vrf: str, version: int, address: int) -> Iterator[_Candidate]:
        """Interfaces behind which nothing tells the addresses."""
        in_vrf = {i.name for i in self._members(vrf)}
        for segment in self._segments.segments:
            for prefix in segment.possible:
                if prefix.contains(version, address):
                    for port in segment.ports:
                        if port.device == self._device.name and port.interface in in_vrf:
                            way = Onward(port.interface, None, sure=False, guessed=True)
                            yield _Candidate(prefix.length, _LAST, way)

    def _is_empty(self, vrf: str) -> bool:
        """Whether nothing at all tells where a table sends any packet."""
        found = self._empty.get(vrf)
        if found is None:
            found = self._empty[vrf] = not any(self._everything(vrf))
        return found

    def _everything(self, vrf: str) -> Iterator[object]:
        """Something that is, for each thing that tells a way in a table."""
        device = self._device
        for origin in (vrf, *(name for version in (4, 6) for name, _ in self._imports(vrf, version))):
            for interface in self._members(origin):
                yield from interface.addresses
            yield from (r for r in device.routes if r.vrf == origin and r.kind != RouteKind.POLICY and self._out(r, ()))
        in_vrf = {i.name for i in self._members(vrf)}
        own = {a.prefix for i in device.interfaces for a in i.answering}
        for segment in self._segments.segments:
            for port in segment.ports:
                if port.device == device.name and port.interface in in_vrf:
                    if segment.kind == SegmentKind.INTERNET:
                        yield segment
                    elif segment.kind != SegmentKind.ROUTED:
                        yield from (p for p in segment.prefixes if p not in own)
        for link in self._segments.links:
            if link.near.device == device.name and link.near.interface in in_vrf:
                yield from link.prefixes

    # -- one route ------------------------------------------------------------------------------------------------

    def _out(self, route: Route, through: tuple[Route, ...], *, in_table: bool = True) -> list[Onward] | None:
        """By which interfaces a route leaves, and to whom on the link; none: it is not up; ``None``: it leads in circles.

        ``through``: the routes that were followed to it.
        """
        device, version = self._device, route.prefix.version
        table_in_doubt = bool(device.dynamic_routing) and (route.vrf, version) not in device.known_tables
        sure = not route.tracked and not (in_table and table_in_doubt)
        if route.kind == RouteKind.DISCARD:
            return [Onward("", None, sure=sure)]
        hop = None if route.next_hop is None else (version, route.next_hop)
        if route.interface:
            interface = device.interface(route.interface)
            return [Onward(route.interface, hop, sure=sure)] if interface is None or interface.enabled else []
        if hop is None:
            return []
        if len(through) >= MOST_DEPTH:
            return None
        # A route of a routing list is in no table, and no next hop lies behind it.
        ways = self._towards(hop, route, (*through, route) if in_table else ())
        if ways is None:
            return None if through else self._anywhere(route)
        return [replace(way, sure=way.sure and sure) for way in ways] or self._anywhere(route)

    def _towards(self, hop: tuple[int, int], route: Route, through: tuple[Route, ...]) -> list[Onward] | None:
        """How a next hop is reached: by the best that leads there, and where that is not sure, by what comes behind it.

        ``None``: it leads back to one of ``through``.
        """
        vrf = route.vrf if route.next_hop_vrf is None else route.next_hop_vrf
        levels: dict[tuple[int, tuple[int, int]], list[tuple[Onward | Route, bool]]] = {}
        for interface in self._members(vrf):
            for own in interface.addresses:
                if own.prefix.contains(*hop):
                    way = Onward(interface.name, hop, sure=True)
                    levels.setdefault((-own.prefix.length, _CONNECTED), []).append((way, True))
        for other in self._holding(vrf, *hop):
            levels.setdefault((-other.prefix.length, (other.distance, other.metric)), []).append((other, True))
        for origin, sure in self._imports(vrf, hop[0]):
            for interface in self._members(origin):
                for own in interface.addresses:
                    if own.prefix.contains(*hop):
                        way = Onward(interface.name, hop, sure=True)
                        levels.setdefault((-own.prefix.length, _COPIED if sure else _BY_BGP), []).append((way, sure))
            for other in self._holding(origin, *hop):
                distance = (other.distance, other.metric) if sure else _BY_BGP
                levels.setdefault((-other.prefix.length, distance), []).append((other, sure))
        found: list[Onward] = []
        for place in sorted(levels):
            here: list[Onward] = []
            for one, sure in levels[place]:
                if isinstance(one, Onward):
                    here.append(replace(one, sure=sure))
                elif one is not route:
                    if any(one is before for before in through):
                        return None
                    ways = self._out(one, through)
                    if ways is None:
                        return None
                    for way in ways:
                        further = way.next_hop or (hop if way.egress else None)
                        here.append(Onward(way.egress, further, sure=way.sure and sure))
            here = _distinct(here)
            found += here if not found and len(here) == 1 else _doubted(here)
            if any(way.sure for way in here):
                break
        return found

    def _anywhere(self, route: Route) -> list[Onward]:
        """By every interface whose own address the config does not show: any of them may be on the next hop's link."""
        if route.next_hop is None or route.interface or route.kind == RouteKind.DISCARD:
            return []
        vrf = route.vrf if route.next_hop_vrf is None else route.next_hop_vrf
        hop = (route.prefix.version, route.next_hop)
        return [Onward(i.name, hop, sure=False) for i in self._members(vrf) if i.address_unknown]


def _of_the_link(way: Onward) -> Onward:
    """A way to a link-local next hop leads to some router of that link: no config says which one has it."""
    if way.next_hop is None or way.next_hop[0] != 6 or way.next_hop[1] >> 118 != 0x3FA:
        return way
    return replace(way, next_hop=None, guessed=True)


def _doubted(ways: Sequence[Onward]) -> list[Onward]:
    return [replace(way, sure=False) for way in ways]


def _distinct(ways: Sequence[Onward]) -> list[Onward]:
    """Each way once, sure if one of the same is."""
    found: dict[tuple[str, tuple[int, int] | None, bool], Onward] = {}
    for way in ways:
        key = (way.egress, way.next_hop, way.guessed)
        if key not in found or way.sure:
            found[key] = way
    return list(found.values())


def _best(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Of candidates for one prefix those of the lowest distance, and where none is sure, those behind them as well."""
    found: list[_Candidate] = []
    for distance in sorted({c.distance for c in candidates}):
        found += [c for c in candidates if c.distance == distance]
        if any(c.way.sure for c in found):
            break
    return found


def _chosen(candidates: Sequence[_Candidate]) -> tuple[list[Onward], bool]:
    """The best ways, and where none of these is sure, those that take their place; and whether that ended with a sure one.

    Of several equally good ones none is sure.
    """
    found: list[Onward] = []
    for place in sorted({(-c.length, c.distance) for c in candidates}):
        here = _distinct([c.way for c in candidates if (-c.length, c.distance) == place])
        alone = not found and len(here) == 1
        found += here if alone else _doubted(here)
        if any(way.sure for way in here):
            return _distinct(found), True
    return _distinct(found), False
