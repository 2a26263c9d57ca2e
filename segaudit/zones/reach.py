"""What a selector points at, and who stops packets that do not arrive: the questions of `segaudit reach`."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from segaudit.knowledge.roles import Role
from segaudit.model import Action, Hook, Message, Prefix, Rule, RuleSet, msg
from segaudit.model.selector import Selector, SelectorKind
from segaudit.model.service import Service
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.packet import STATES
from segaudit.packetspace.space import PacketSet, PacketSpace, Side
from segaudit.semantics.device import Crossing, DeviceSemantics, Gate, Piece
from segaudit.semantics.rulesets import ListResult
from segaudit.zones.build import Terrain
from segaudit.zones.flows import MOST_HOPS, Arrival
from segaudit.zones.graph import SELF, Segment, SegmentKind

#: Names that an error offers.
MOST_NEAR = 3


class NothingSelectedError(LookupError):
    """A selector points at nothing in the inputs; ``problem`` says so and names what is near.

    ``of_source``: it is the one that says who sends.
    """

    def __init__(self, problem: Message, *, of_source: bool = False) -> None:
        super().__init__(str(problem))
        self.problem = problem
        self.of_source = of_source


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """What a selector points at: ``segments``, of them the addresses in ``prefix`` only where it is given, and the
    ``devices`` themselves.
    """

    selector: Selector
    segments: tuple[Segment, ...] = ()
    devices: tuple[str, ...] = ()
    prefix: Prefix | None = None

    @property
    def published(self) -> bool:
        """Whether the selector may name addresses that others are translated from: a destination as it is sent."""
        return self.selector.kind in {SelectorKind.HOST, SelectorKind.PREFIX}

    def addresses(self, space: PacketSpace, side: Side) -> PacketSet:
        """The packets from or to the addresses that are asked about, whoever has them."""
        if self.prefix is None:
            return space.full
        return space.addresses(side, self.prefix.version, self.prefix.first, self.prefix.last)


def end_of(terrain: Terrain, selector: Selector) -> End:
    """What ``selector`` points at; `NothingSelectedError` where that is nothing."""
    match selector.kind:
        case SelectorKind.INTERNET:
            return _internet(terrain, selector)
        case SelectorKind.ZONE:
            return _zone(terrain, selector)
        case SelectorKind.ROLE:
            return _role(terrain, selector)
        case SelectorKind.SEGMENT:
            return _segment(terrain, selector)
        case SelectorKind.INTERFACE:
            return _interface(terrain, selector)
        case SelectorKind.SELF:
            return _itself(terrain, selector)
        case SelectorKind.HOST | SelectorKind.PREFIX:
            return _prefix(terrain, selector)
        case SelectorKind.ALL:
            names = tuple(d.name for d in terrain.whole)
            return End(selector=selector, segments=terrain.segments.segments, devices=names)


def _internet(terrain: Terrain, selector: Selector) -> End:
    found = tuple(s for s in terrain.segments.segments if s.kind == SegmentKind.INTERNET)
    if not found:
        raise NothingSelectedError(
            msg("no interface shows that the internet is behind it: say so under 'internet:' in site.yaml")
        )
    return End(selector=selector, segments=found)


def _zone(terrain: Terrain, selector: Selector) -> End:
    name = selector.value
    if name.startswith(SELF):
        return _itself(terrain, Selector(kind=SelectorKind.SELF, value=name.removeprefix(SELF)))
    zone = terrain.zones.get(name)
    if zone is None:
        # The reports of one device leave its name out.
        short = [one for one in terrain.zones if one.partition(":")[2] == name]
        if len(short) > 1:
            raise NothingSelectedError(
                msg("several zones are called {name}: {names}", name=name, names=", ".join(sorted(short)))
            )
        zone = terrain.zones[short[0]] if short else None
    if zone is None:
        raise _nothing(msg("no zone is called {name}", name=name), name, terrain.zones)
    return End(selector=selector, segments=zone.segments)


def _role(terrain: Terrain, selector: Selector) -> End:
    found = [zone for _, zone in sorted(terrain.zones.items()) if zone.role == selector.value]
    if not found:
        known = sorted({str(zone.role) for zone in terrain.zones.values() if zone.role != Role.UNKNOWN})
        raise _nothing(msg("no zone has the role {name}", name=selector.value), selector.value, known)
    return End(selector=selector, segments=tuple(s for zone in found for s in zone.segments))


def _segment(terrain: Terrain, selector: Selector) -> End:
    prefix = selector.prefix
    assert prefix is not None, "a selector of a segment has its prefix"
    found = tuple(s for s in terrain.segments.segments if prefix in s.prefixes)
    if not found:
        every = {p for s in terrain.segments.segments for p in s.prefixes}
        around = sorted((p for p in every if p.overlaps(prefix)), key=lambda p: (-p.length, p.first))
        problem = msg("no segment is {prefix}; of a part of one write {part}", prefix=str(prefix), part=str(prefix))
        raise _nothing(problem, str(prefix), [str(p) for p in around] or sorted(map(str, every)), all_fit=bool(around))
    return End(selector=selector, segments=found, prefix=prefix)


def _interface(terrain: Terrain, selector: Selector) -> End:
    found = tuple(
        s
        for s in terrain.segments.segments
        if any(
            selector.names_interface(p.device, p.interface) or (p.vpn and selector.names_interface(p.device, p.vpn))
            for p in s.ports
        )
    )
    if found:
        return End(selector=selector, segments=found)
    names = [f"{d.name}/{i.name}" for d in terrain.whole for i in d.interfaces]
    if selector.value in names:
        raise NothingSelectedError(
            msg("nothing is known to be behind {interface}: it has no address, or is shut", interface=selector.value)
        )
    raise _nothing(msg("no interface is called {name}", name=selector.value), selector.value, names)


def _itself(terrain: Terrain, selector: Selector) -> End:
    names = [d.name for d in terrain.whole]
    if selector.value not in names:
        raise _nothing(msg("no device is called {name}", name=selector.value), selector.value, names)
    return End(selector=selector, devices=(selector.value,))


def _prefix(terrain: Terrain, selector: Selector) -> End:
    prefix = selector.prefix
    assert prefix is not None, "a selector of addresses has their prefix"
    space = terrain.space
    wanted = space.addresses("dst", prefix.version, prefix.first, prefix.last)
    segments = tuple(s for s in terrain.segments.segments if terrain.territory.packets(s, "dst").may & wanted)
    devices = tuple(
        d.name
        for d in terrain.whole
        if any(prefix.contains(a.prefix.version, a.address) for i in d.interfaces for a in i.addresses)
    )
    if not segments and not devices:
        known = sorted({p for s in terrain.segments.segments for p in s.prefixes if p.version == prefix.version})
        problem = msg("{prefix} is in no segment of the inputs", prefix=selector.value)
        raise _nothing(problem, selector.value, [str(p) for p in known])
    return End(selector=selector, segments=segments, devices=devices, prefix=prefix)


def _nothing(problem: Message, name: str, known: Iterable[str], *, all_fit: bool = False) -> NothingSelectedError:
    """The error, with the names nearest to ``name``, or the first of them."""
    names = list(known)
    near = names[:MOST_NEAR] if all_fit else get_close_matches(name, names, n=MOST_NEAR, cutoff=0.5)
    if near:
        return NothingSelectedError(msg("{problem}; near: {names}", problem=problem, names=", ".join(near)))
    if not names:
        return NothingSelectedError(problem)
    shown = ", ".join(names[: 2 * MOST_NEAR]) + (" ..." if len(names) > 2 * MOST_NEAR else "")
    return NothingSelectedError(msg("{problem}; there are: {names}", problem=problem, names=shown))


def service_set(space: PacketSpace, service: Service) -> PacketSet:
    """The packets of a service."""
    found = space.full if service.protocol is None else space.protocol(service.protocol)
    if service.destination_ports is not None:
        found &= space.ports("dst", service.destination_ports)
    if service.source_ports is not None:
        found &= space.ports("src", service.source_ports)
    if service.icmp_types is not None or service.icmp_codes is not None:
        found &= space.icmp(service.icmp_types, service.icmp_codes)
    if service.tcp_flags is not None:
        found &= space.tcp_flags(service.tcp_flags.mask, service.tcp_flags.value)
    if service.states is not None:
        found &= space.state(*(STATES[s] for s in sorted(service.states)))
    return found


# -- who stops what does not arrive -----------------------------------------------------------------------------------


class Stop(StrEnum):
    """What ends the way of a packet."""

    RULE = "rule"
    LIST_END = "end of a list"
    SOURCE_CHECK = "source check"
    """There is no route back by the interface at which it arrives."""
    UNDEFINED_LIST = "undefined list"
    NOT_FORWARDED = "not forwarded"
    NO_ROUTE = "no route"
    DEVICE_ITSELF = "the device itself"
    """It is for an address of a device, which was not asked about."""
    NOT_LISTENING = "not listening"
    ELSEWHERE = "elsewhere"
    """It arrives, in a segment that was not asked about."""
    NOWHERE = "nowhere"
    """It leaves, and nothing shows that its destination is there."""
    NOT_CARRIED = "not carried"
    """The selectors of a tunnel do not take it."""
    LOOP = "loop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Packets that end at a device on their way: ``packets`` as they look there.

    ``rule`` of ``rule_set`` where a rule does it. ``egress`` is empty where they end before they are routed,
    ``segment`` names where they are `Stop.ELSEWHERE`.
    """

    device: str
    ingress: str
    egress: str
    stop: Stop
    packets: PacketSet
    hook: Hook | None = None
    rule_set: RuleSet | None = None
    rule: Rule | None = None
    segment: str = ""


def refusals(terrain: Terrain, source: Segment, packets: PacketSet, wanted: End) -> Iterator[Refusal]:
    """What stops ``packets`` (of ``source``, as sent, none of which arrives in ``wanted``), in the order of their way."""
    yield from _Walk(terrain, source, wanted).stops(packets)


class _Walk:
    """One walk of packets that do not arrive, which looks at every gate that they meet."""

    def __init__(self, terrain: Terrain, source: Segment, wanted: End) -> None:
        self._terrain = terrain
        self._source = source
        self._wanted = {s.name for s in wanted.segments}
        self._devices = set(wanted.devices)
        self._seen: dict[tuple[str, str], PacketSet] = {}

    def stops(self, packets: PacketSet) -> Iterator[Refusal]:
        """Every refusal, nearest first."""
        queue: deque[Arrival] = deque()
        uncarried = packets if self._source.kind == SegmentKind.TUNNEL else self._terrain.space.empty
        for port in self._source.ports:
            start = packets
            if self._source.kind == SegmentKind.TUNNEL:
                start = packets & self._terrain.taken_by(port, inward=True).may
                uncarried -= start
            bypass = self._terrain.bypasses.get(port)
            queue.append(
                Arrival(device=port.device, ingress=port.interface, bypass=bypass, packets=PacketBounds.exactly(start))
            )
        if uncarried:
            first = self._source.ports[0]
            yield self._uncarried(first.device, first.interface, "", uncarried)
        while queue:
            arrival = queue.popleft()
            device, ingress, bypass, hops = arrival.device, arrival.ingress, arrival.bypass, arrival.hops
            key = (device, ingress)
            new = arrival.packets.may - self._seen.get(key, self._terrain.space.empty)
            if not new:
                continue
            self._seen[key] = self._seen.get(key, self._terrain.space.empty) | new
            if len(hops) >= MOST_HOPS:
                yield Refusal(device=device, ingress=ingress, egress="", stop=Stop.LOOP, packets=new)
                continue
            semantics = self._terrain.semantics(device, self._source)
            for one in self._at(semantics, ingress, bypass, new):
                if isinstance(one, Refusal):
                    yield one
                else:
                    queue.extend(self._terrain.onward(one, hops))

    def _at(
        self, semantics: DeviceSemantics, ingress: str, bypass: str | None, packets: PacketSet
    ) -> Iterator[Refusal | Crossing]:
        """What becomes of ``packets`` at one device."""
        device = semantics.device
        current = semantics.checked(ingress, PacketBounds.exactly(packets), bypass).may
        if packets - current:
            yield Refusal(
                device=device.name, ingress=ingress, egress="", stop=Stop.SOURCE_CHECK, packets=packets - current
            )
        if bypass is None:
            for gate in semantics.gates(Hook.PREROUTING, ingress):
                yield from self._refused(semantics, gate, current, ingress, "")
                current &= gate.passes.may
        for piece in semantics.arrive(ingress, PacketBounds.exactly(current), bypass):
            own = piece.current.may & semantics.own_addresses.must
            if own:
                yield from self._local(semantics, ingress, own)
            outside = piece.current.may - own
            spoken = outside & semantics.space.union(semantics.space.version(v) for v in sorted(device.versions))
            mute = outside if not device.forwards else outside - spoken
            if mute:
                yield Refusal(device=device.name, ingress=ingress, egress="", stop=Stop.NOT_FORWARDED, packets=mute)
            if device.forwards and spoken:
                yield from self._through(semantics, ingress, bypass, piece.narrowed(PacketBounds.exactly(spoken)))

    def _local(self, semantics: DeviceSemantics, ingress: str, own: PacketSet) -> Iterator[Refusal]:
        name = semantics.device.name
        if name not in self._devices:
            yield Refusal(device=name, ingress=ingress, egress="", stop=Stop.DEVICE_ITSELF, packets=own)
            return
        for gate in semantics.gates(Hook.LOCAL_IN, ingress):
            yield from self._refused(semantics, gate, own, ingress, "")
            own &= gate.passes.may
        if own:
            yield Refusal(device=name, ingress=ingress, egress="", stop=Stop.NOT_LISTENING, packets=own)

    def _through(
        self, semantics: DeviceSemantics, ingress: str, bypass: str | None, piece: Piece
    ) -> Iterator[Refusal | Crossing]:
        name = semantics.device.name
        unrouted = piece.current.may
        for way in semantics.ways(piece.current, ingress, piece.translated):
            unrouted -= way.packets.may
            going = piece.narrowed(PacketBounds.exactly(way.packets.may))
            if bypass:
                result = semantics.rule_sets.ask(bypass)
                if result is not None:
                    denied = going.current.may - (semantics.space.full - result.denied)
                    yield from self._by_list(semantics, result, denied, ingress, way.egress, Hook.FORWARD)
            for hook in (Hook.FORWARD, Hook.POSTROUTING):
                for gate in semantics.gates(hook, ingress, way.egress, piece.translated):
                    if bypass is not None and not gate.attachment.asked_of_vpn:
                        continue
                    original = gate.attachment.original_destination and bool(going.rewrites)
                    seen = going.sent().may if original else going.current.may
                    yield from self._refused(semantics, gate, seen, ingress, way.egress)
                    left = PacketBounds.exactly(seen & gate.passes.may)
                    if original:
                        for rewrite in going.rewrites:
                            left = rewrite.image_bounds(left)
                    going = going.narrowed(PacketBounds.exactly(left.may & going.current.may))
            for through in semantics.forward(ingress, way.egress, piece.narrowed(way.packets), bypass):
                crossing = Crossing(
                    device=name, ingress=ingress, egress=way.egress, piece=through, next_hop=way.next_hop
                )
                yield crossing
                yield from self._left(crossing)
        if unrouted:
            yield Refusal(device=name, ingress=ingress, egress="", stop=Stop.NO_ROUTE, packets=unrouted)

    def _left(self, crossing: Crossing) -> Iterator[Refusal]:
        """What of a crossing is at its end, and not where it was asked for."""
        terrain = self._terrain
        rest = crossing.piece.current.may
        for arrival in terrain.onward(crossing, ()):
            rest -= arrival.packets.may
        here = (crossing.device, crossing.egress)
        for segment in terrain.segments.at(*here):
            arrived = rest & terrain.territory.packets(segment, "dst").may
            rest -= arrived
            if segment.kind == SegmentKind.TUNNEL:
                taken = terrain.into(segment).may
                if arrived - taken:
                    yield self._uncarried(crossing.device, crossing.ingress, crossing.egress, arrived - taken)
                arrived &= taken
            elif segment.next_hop is not None and crossing.next_hop not in {None, segment.next_hop}:
                # It lies behind another router than the one that they are sent to.
                rest |= arrived
                continue
            if arrived and segment.name not in self._wanted:
                yield Refusal(
                    device=crossing.device,
                    ingress=crossing.ingress,
                    egress=crossing.egress,
                    stop=Stop.ELSEWHERE,
                    packets=arrived,
                    segment=segment.name,
                )
        if rest:
            yield Refusal(
                device=crossing.device,
                ingress=crossing.ingress,
                egress=crossing.egress,
                stop=Stop.NOWHERE,
                packets=rest,
            )

    def _uncarried(self, device: str, ingress: str, egress: str, packets: PacketSet) -> Refusal:
        return Refusal(device=device, ingress=ingress, egress=egress, stop=Stop.NOT_CARRIED, packets=packets)

    def _refused(
        self, semantics: DeviceSemantics, gate: Gate, packets: PacketSet, ingress: str, egress: str
    ) -> Iterator[Refusal]:
        """The rules and list ends of ``gate`` that keep some of ``packets`` back."""
        hook = gate.attachment.hook
        refused = packets - gate.passes.may
        if not refused:
            return
        left = refused
        for result in gate.results:
            for one in self._by_list(semantics, result, left, ingress, egress, hook):
                left -= one.packets
                yield one
        if left:
            yield Refusal(
                device=semantics.device.name,
                ingress=ingress,
                egress=egress,
                stop=Stop.UNDEFINED_LIST,
                packets=left,
                hook=hook,
            )

    def _by_list(
        self,
        semantics: DeviceSemantics,
        result: ListResult,
        packets: PacketSet,
        ingress: str,
        egress: str,
        hook: Hook,
    ) -> Iterator[Refusal]:
        space = semantics.space
        version = result.rule_set.version
        mine = packets if version is None else packets & space.version(version)
        lists = {r.name: r for r in semantics.device.rule_sets}
        for effect, got in result.deciding(mine):
            if effect.rule.action == Action.DENY:
                yield Refusal(
                    device=semantics.device.name,
                    ingress=ingress,
                    egress=egress,
                    stop=Stop.RULE,
                    packets=got,
                    hook=hook,
                    rule_set=lists[effect.rule_set],
                    rule=effect.rule,
                )
        end = mine & result.rest
        if end and result.rule_set.default == Action.DENY:
            yield Refusal(
                device=semantics.device.name,
                ingress=ingress,
                egress=egress,
                stop=Stop.LIST_END,
                packets=end,
                hook=hook,
                rule_set=result.rule_set,
            )


def published_for(terrain: Terrain, source: Segment, packets: PacketSet, wanted: PacketSet) -> PacketSet:
    """Of ``packets`` of ``source`` those that the first device on their way translates to a destination in ``wanted``."""
    found = terrain.space.empty
    for port in source.ports:
        semantics = terrain.semantics(port.device, source)
        for piece in semantics.arrive(port.interface, PacketBounds.exactly(packets), terrain.bypasses.get(port)):
            if piece.translated:
                found |= piece.sent(PacketBounds.exactly(piece.current.may & wanted)).may
    return found
