"""Devices and a site's declarations become the zone graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from segaudit.knowledge.roles import Role
from segaudit.model import ConditionKind, Device, InterfaceKind, Message, Prefix, msg
from segaudit.model.selector import SelectorKind
from segaudit.model.site import ZoneSpec
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSet, PacketSpace, Side
from segaudit.semantics.device import Crossing, DeviceSemantics, Exposure
from segaudit.semantics.routing import AssumedRoute
from segaudit.semantics.rulesets import zones_of
from segaudit.zones.flows import MOST_HOPS, Arrival, FlowEngine, Spread, Territory
from segaudit.zones.graph import (
    DECLARED,
    INTERNET,
    SELF,
    Conduit,
    Flow,
    Port,
    RoleEvidence,
    Segment,
    SegmentKind,
    Unassessed,
    Unfollowed,
    Zone,
    ZoneGraph,
)
from segaudit.zones.roles import decided, segment_evidence, weighed
from segaudit.zones.segments import Declared, Segments, build_segments, bypasses, selected, with_declared_interfaces


class Terrain:
    """Segments, zones and compiled devices, before anything is sent from anywhere."""

    def __init__(self, space: PacketSpace, devices: Sequence[Device], declared: Declared, as_of: date) -> None:
        self.space = space
        self.every = {d.name: d for d in sorted(with_declared_interfaces(devices, declared), key=lambda d: d.name)}
        self.whole = tuple(d for d in self.every.values() if not d.fragment)
        self.segments = build_segments(self.whole, declared)
        self.zones = _zones(self.segments, {d.name: d for d in self.whole}, declared)
        self.territory = Territory(space, self.segments, self.whole)
        self._compiled = _Compiled(space, self.every, self.segments, as_of)
        #: The ports whose packets skip the filters, each with the list that is asked instead (empty: none).
        self.bypasses = bypasses(self.whole)
        self._engine = FlowEngine(
            space, self.segments, self.territory, self._compiled.for_source, self._compiled.plain, self.bypasses
        )

    def graph(self, sending: Iterable[tuple[Segment, PacketSet]]) -> ZoneGraph:
        """The zone graph with the conduits of what each of the segments ``sending`` sends, and no others."""
        zone_of = {s.name: z.name for z in self.zones.values() for s in z.segments}
        flows: dict[tuple[str, str], list[Flow]] = defaultdict(list)
        exposures: dict[str, list[Exposure]] = defaultdict(list)
        cut: dict[tuple[str, str], None] = {}
        for segment, packets in sending:
            spread: Spread = self._engine.spread(segment, packets)
            self.space.tidy()
            src = zone_of[segment.name]
            for target, found in spread.flows.items():
                flows[src, zone_of[target]] += found
            exposures[src] += spread.exposures
            cut.update(dict.fromkeys((src, device) for device in spread.cut))
        zones = dict(self.zones)
        for device in self.whole:
            name = SELF + device.name
            zones[name] = Zone(name=name, role=Role.UNKNOWN, certainty=1.0, segments=(), declared=True)
        return ZoneGraph(
            space=self.space,
            devices={name: self._compiled.plain(name) for name in self.every},
            zones=zones,
            conduits={
                pair: Conduit(src=pair[0], dst=pair[1], flows=tuple(found), space=self.space)
                for pair, found in sorted(flows.items())
            },
            exposures={name: tuple(found) for name, found in sorted(exposures.items())},
            sources=_territories(zones, self.territory, "src", self.space),
            targets=_territories(zones, self.territory, "dst", self.space),
            unassessed=tuple(_unassessed(zones, self.segments)),
            kept_apart=self.segments.kept_apart,
            unfollowed=(*_tunnels_to_nowhere(self.whole, self.segments), *_cut_short(cut)),
        )

    def onward(self, crossing: Crossing, hops: tuple[Crossing, ...]) -> list[Arrival]:
        """The devices that ``crossing`` goes on to, as `FlowEngine.onward`."""
        return self._engine.onward(crossing, hops)

    def into(self, tunnel: Segment) -> PacketBounds:
        """The packets that a connection takes, as `FlowEngine.into`."""
        return self._engine.into(tunnel)

    def taken_by(self, port: Port, *, inward: bool) -> PacketBounds:
        """The packets that the selectors of the tunnel at ``port`` take, as `FlowEngine.taken_by`."""
        return self._engine.taken_by(port, inward=inward)

    def semantics(self, device: str, source: Segment) -> DeviceSemantics:
        """The device for whoever sends from ``source``: out of a VPN pool its users, with their groups."""
        return self._compiled.for_source(device, source)


def build(space: PacketSpace, devices: Sequence[Device], declared: Declared, as_of: date) -> ZoneGraph:
    """The zone graph of ``devices``; fragments (a lone pasted list) are compiled, but no part of any zone."""
    terrain = Terrain(space, devices, declared, as_of)
    return terrain.graph((segment, space.opening) for segment in terrain.segments.segments)


def _territories(
    zones: Mapping[str, Zone], territory: Territory, side: Side, space: PacketSpace
) -> dict[str, PacketSet]:
    return {
        name: space.union(territory.packets(s, side).may for s in zone.segments)
        for name, zone in zones.items()
        if zone.segments
    }


class _Compiled:
    """Compiled devices, one for each set of accounts that matters to it."""

    def __init__(self, space: PacketSpace, devices: Mapping[str, Device], segments: Segments, as_of: date) -> None:
        self._space = space
        self._devices = devices
        self._as_of = as_of
        self._assumed = {name: _assumed_routes(device, segments) for name, device in devices.items()}
        self._found: dict[tuple[str, frozenset[str]], DeviceSemantics] = {}
        self._groups = {name: _groups_asked(device) for name, device in devices.items()}

    def plain(self, name: str) -> DeviceSemantics:
        """The device for somebody without any account."""
        return self._for(name, frozenset())

    def for_source(self, name: str, source: Segment) -> DeviceSemantics:
        """The device for whoever sends from ``source``: from a VPN pool its users, with their groups."""
        if source.kind != SegmentKind.VPN_POOL:
            return self.plain(name)
        accounts = {
            group.name
            for port in source.ports
            for access in self._devices[port.device].remote_access
            if access.name == port.vpn
            for group in access.groups
        }
        return self._for(name, frozenset(accounts) & self._groups[name])

    def _for(self, name: str, accounts: frozenset[str]) -> DeviceSemantics:
        found = self._found.get((name, accounts))
        if found is None:
            found = self._found[name, accounts] = DeviceSemantics(
                self._space, self._devices[name], self._as_of, accounts=accounts, assumed=self._assumed[name]
            )
        return found


def _groups_asked(device: Device) -> frozenset[str]:
    """The user groups that the rules of a device ask for."""
    return frozenset(
        group
        for rule_set in device.rule_sets
        for rule in rule_set.rules
        for condition in rule.conditions
        if condition.kind == ConditionKind.USER
        for group in condition.groups
    )


def _assumed_routes(device: Device, segments: Segments) -> tuple[AssumedRoute, ...]:
    """Ways that follow from where the segments are, for what the config's own routes leave open."""
    found: list[AssumedRoute] = []
    has_default = {r.prefix.version for r in device.routes if not r.prefix.length}
    connected = {a.prefix for i in device.interfaces for a in i.answering}
    for segment in segments.segments:
        for port in segment.ports:
            if port.device != device.name:
                continue
            if segment.kind == SegmentKind.INTERNET:
                found += [
                    AssumedRoute(prefix=Prefix(version, 0, 0), interface=port.interface)
                    for version in (4, 6)
                    if version not in has_default
                ]
                continue
            found += [AssumedRoute(prefix=p, interface=port.interface, sure=False) for p in segment.possible]
            if segment.kind != SegmentKind.ROUTED:
                found += [
                    AssumedRoute(prefix=prefix, interface=port.interface)
                    for prefix in segment.prefixes
                    if prefix not in connected
                ]
    for link in segments.links:
        if link.near.device == device.name:
            found += [AssumedRoute(prefix=prefix, interface=link.near.interface) for prefix in link.prefixes]
    return tuple(found)


# -- zones ------------------------------------------------------------------------------------------------------------


def _zones(segments: Segments, devices: Mapping[str, Device], declared: Declared) -> dict[str, Zone]:
    """The zones: declared ones, the internet, the makers' own, and for the rest one for each segment."""
    members: dict[str, list[Segment]] = defaultdict(list)
    specs: dict[str, ZoneSpec] = {}
    makers: dict[str, str] = {}
    for segment in segments.segments:
        internet = segment.kind == SegmentKind.INTERNET
        spec = None if internet else _declared_zone(segment, devices, declared)
        if spec is not None:
            specs[spec.name] = spec
            members[spec.name].append(segment)
        elif internet:
            members[INTERNET].append(segment)
        else:
            name, maker = _zone_name(segment, devices, segments)
            members[name].append(segment)
            makers[name] = maker
    found: dict[str, Zone] = {}
    for name in sorted(members):
        own = tuple(members[name])
        if name == INTERNET:
            found[name] = Zone(
                name=name,
                role=Role.INTERNET,
                certainty=segments.internet_certainty,
                segments=own,
                declared=any(e.token == DECLARED for e in segments.internet_evidence),
                evidence=segments.internet_evidence,
            )
            continue
        evidence = list(weighed(e for s in own for e in segment_evidence(s, devices)))
        found[name] = _zone(name, own, evidence, specs.get(name), makers.get(name, ""))
    return found


def _zone(name: str, own: tuple[Segment, ...], evidence: list[RoleEvidence], spec: ZoneSpec | None, maker: str) -> Zone:
    if spec is not None and spec.role:
        sign = RoleEvidence(role=spec.role, weight=1.0, token=DECLARED, sign=msg("declared in the site file"))
        return Zone(
            name=name,
            role=spec.role,
            certainty=1.0,
            segments=own,
            declared=True,
            evidence=(sign, *evidence),
            maker_zone=maker,
        )
    role, certainty = decided(evidence)
    return Zone(name=name, role=role, certainty=certainty, segments=own, evidence=tuple(evidence), maker_zone=maker)


def _declared_zone(segment: Segment, devices: Mapping[str, Device], declared: Declared) -> ZoneSpec | None:
    """The zone of the site file that a segment is in: by its whole prefix first, then by interface or maker's zone."""
    for spec in declared.zones:
        for member in spec.members:
            if member.prefix is not None and any(member.prefix.covers(p) for p in segment.prefixes):
                return spec
    for spec in declared.zones:
        for member in spec.members:
            for port in segment.ports:
                interface = devices[port.device].interface(port.interface)
                if (
                    member.prefix is None
                    and interface is not None
                    and (not port.vpn or interface.kind == InterfaceKind.VPN)
                    and selected(devices[port.device], interface, member)
                ):
                    return spec
                if port.vpn and member.kind == SelectorKind.INTERFACE and member.names_interface(port.device, port.vpn):
                    return spec
    return None


def _zone_name(segment: Segment, devices: Mapping[str, Device], segments: Segments) -> tuple[str, str]:
    """The zone of a segment that nobody declared, and the maker's own name for it."""
    if segment.kind == SegmentKind.TUNNEL:
        return segment.name.replace("/", ":", 1), ""
    if segment.kind == SegmentKind.VPN_POOL:
        port = segment.ports[0]
        # The interface at which the users come in, where the maker has one for them (`ssl.root`).
        inside = next((a.interface for a in devices[port.device].remote_access if a.name == port.vpn), "")
        return f"{port.device}:{inside or port.vpn}", ""
    port = segment.ports[0]
    edge = any(s.kind == SegmentKind.INTERNET and port in s.ports for s in segments.segments)
    if edge and segment.kind == SegmentKind.ROUTED:
        return segment.name.replace("/", ":", 1), ""
    for candidate in segment.ports:
        maker = zones_of(devices[candidate.device]).get(candidate.interface, "")
        if maker:
            return f"{candidate.device}:{maker}", maker
    if segment.kind == SegmentKind.ROUTED:
        joined = next((s for s in segments.segments if s.kind == SegmentKind.SUBNET and port in s.ports), None)
        port = joined.ports[0] if joined is not None else port
    return f"{port.device}:{port.interface}", ""


# -- what no input shows ----------------------------------------------------------------------------------------------


def _tunnels_to_nowhere(devices: Sequence[Device], segments: Segments) -> Iterator[Unfollowed]:
    """Tunnels whose far side neither a selector nor a route nor another input shows."""
    told = {port for segment in segments.segments for port in segment.ports if port.vpn}
    told |= {link.near for link in segments.links}
    for device in devices:
        for tunnel in device.tunnels:
            interface = device.interface(tunnel.interface)
            shut = interface is not None and not interface.enabled
            if shut or Port(device.name, tunnel.interface, tunnel.name) in told:
                continue
            if any(s.kind == SegmentKind.ROUTED for s in segments.at(device.name, tunnel.interface)):
                # What is routed to somebody on the tunnel's own subnet.
                continue
            yield Unfollowed(
                subject=msg("tunnel {tunnel} of {device}", tunnel=tunnel.name, device=device.name),
                reason=msg(
                    "its selector takes any address and no route leads into it: what lies behind it does not show"
                ),
                span=tunnel.span,
            )


def _cut_short(cut: Iterable[tuple[str, str]]) -> Iterator[Unfollowed]:
    for zone, device in cut:
        yield Unfollowed(
            subject=msg("what {zone} sends on beyond {device}", zone=zone, device=device),
            reason=msg("it has crossed {count} devices before, and further it is not followed", count=MOST_HOPS),
        )


def _unassessed(zones: Mapping[str, Zone], segments: Segments) -> list[Unassessed]:
    """Prefixes behind one next hop that is in no input: what flows between them passes no device that was read."""
    found: list[Unassessed] = []
    zone_of = {s.name: z.name for z in zones.values() for s in z.segments}
    for segment in segments.segments:
        if segment.kind != SegmentKind.ROUTED:
            continue
        zone = zone_of[segment.name]
        reason: Message | None = None
        if len(segment.prefixes) > 1:
            reason = msg(
                "{count} networks lie behind {hop}, which is in no input: traffic between them does not pass here",
                count=len(segment.prefixes),
                hop=segment.name.rsplit(">", 1)[-1],
            )
            found.append(Unassessed(src=zone, dst=zone, reason=reason, span=segment.span))
        beside = {
            zone_of[s.name]
            for s in segments.segments
            if s.kind == SegmentKind.SUBNET and set(s.ports) & set(segment.ports)
        }
        for other in sorted(beside):
            reason = msg(
                "the router at {hop} is in no input: it may pass traffic between {zone} and what lies behind it",
                hop=segment.name.rsplit(">", 1)[-1],
                zone=other,
            )
            found.append(Unassessed(src=other, dst=zone, reason=reason, span=segment.span))
    return found
