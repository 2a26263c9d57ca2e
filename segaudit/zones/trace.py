"""One packet through the network: from the segment of its source, device by device, to where it arrives or ends.

It shares the segments with the sets and nothing else: routes are looked up one by one, filters and translations are
the tracer's, so it is an oracle for what `flows` computes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from segaudit.knowledge.protocols import is_internet_address, not_internet
from segaudit.model import Device, Message, Span, msg
from segaudit.packetspace.packet import Packet
from segaudit.semantics.trace import DeviceTracer, DeviceVerdict, Leaving, Received, Verdict
from segaudit.semantics.trace_flight import Choice, Field
from segaudit.semantics.trace_flows import DecidedBy, Flow, FlowVerdict, Hop, decided_by
from segaudit.semantics.trace_match import MAYBE, NO, YES, Matcher
from segaudit.zones.graph import Port, Segment, SegmentKind
from segaudit.zones.segments import Segments, bypasses
from segaudit.zones.trace_bridges import BridgeTracer
from segaudit.zones.trace_routes import Onward, RouteTracer

#: A packet that has been at so many devices goes round in circles, or is not followed further.
MOST_HOPS = 16
#: Destinations that a translation chooses from are followed one by one below this number.
MOST_VALUES = 64


@dataclass(frozen=True, slots=True)
class _End:
    """Where a packet ended."""

    verdict: Verdict
    decided_by: DecidedBy
    received: Received | None
    hops: tuple[Hop, ...]
    undecided: tuple[Message, ...] = ()


class NetworkTracer:
    """All devices with the segments between them, ready to be asked for packets."""

    def __init__(self, devices: Sequence[Device], segments: Segments, as_of: date) -> None:
        self._devices = {d.name: d for d in devices}
        self._segments = segments
        self._as_of = as_of
        self._bypasses = bypasses(devices)
        self._tracers: dict[tuple[str, frozenset[str]], DeviceTracer] = {}
        self._routes = {d.name: RouteTracer(d, segments) for d in devices}
        self._bridges = {d.name: BridgeTracer(d, segments) for d in devices}
        #: Where a guess has sent what in the trace that is under way: once is enough.
        self._guessed: set[tuple[Port, Leaving]] = set()
        #: Where the packet has come in on its way to where it is, and how it was.
        self._passing: set[tuple[Port, Leaving, str | None]] = set()

    def trace(self, flow: Flow, start: Segment | None = None) -> FlowVerdict:
        """The verdict on a flow that starts in the segment of its source (`Flow.through_network`).

        ``start`` says which segment that is, where the address may be in several.
        """
        packet = flow.packet
        self._guessed.clear()
        starts = self._home(packet.version, packet.src) if start is None else [start]
        if len(starts) != 1:
            where = ", ".join(s.name for s in starts) or "nowhere"
            reason = (
                msg("its source is in several segments: {segments}", segments=where)
                if starts
                else msg("its source is in no segment of the input")
            )
            return FlowVerdict(id=flow.id, verdict=Verdict.UNKNOWN, undecided=(reason,), decided_by=None, received=None)
        (start,) = starts
        if self._stays(start, packet):
            reason = msg("both ends are in {segment}: no device is between them", segment=start.name)
            return FlowVerdict(id=flow.id, verdict=Verdict.UNKNOWN, undecided=(reason,), decided_by=None, received=None)
        # What comes out of a tunnel goes to what its other selector names, or is dropped.
        carried = YES
        if start.kind == SegmentKind.TUNNEL:
            carried = self._takes(start.ports, packet.version, packet.dst, packet.src)
        uncarried = msg("the tunnel does not carry packets to {address}", address=packet.dst_text)
        if carried == NO:
            return self._said(flow, self._stopped(start.ports[0].device, (), uncarried))
        sent = Leaving(packet=packet)
        ports = start.ports
        if start.kind == SegmentKind.TUNNEL:
            ports = tuple(p for p in ports if self._takes([p], packet.version, packet.dst, packet.src) == carried)[:1]
        ends = [self._arrive(p.device, p.interface, sent, (), start, self._bypasses.get(p)) for p in ports]
        if len(ends) > 1 and start.kind == SegmentKind.ROUTED:
            best: _End | None = _together(
                ends, msg("which device the router of {segment} sends to", segment=start.name)
            )
        else:
            # The sender chooses the device of its segment that serves it best.
            best = min(ends, key=lambda e: _CHOICE[e.verdict], default=None)
        if best is None:
            reason = msg("no device is attached to {segment}", segment=start.name)
            return FlowVerdict(id=flow.id, verdict=Verdict.UNKNOWN, undecided=(reason,), decided_by=None, received=None)
        if carried == MAYBE and best.verdict == Verdict.PERMIT:
            best = replace(best, verdict=Verdict.UNKNOWN, undecided=(*best.undecided, uncarried))
        return self._said(flow, _divided(best, start))

    def _said(self, flow: Flow, end: _End) -> FlowVerdict:
        return FlowVerdict(
            id=flow.id,
            verdict=end.verdict,
            undecided=end.undecided,
            decided_by=_deciding(end),
            received=end.received,
            hops=end.hops,
        )

    def _stays(self, start: Segment, packet: Packet) -> bool:
        """Whether a packet is to its own segment, to nobody's address that a device there has or answers for."""
        if start.kind == SegmentKind.INTERNET or self._home(packet.version, packet.dst) != [start]:
            return False
        if (packet.version, packet.dst) in self._segments.owners:
            return False
        meant = ((packet.dst, packet.dst),)
        return not any(
            arrival.to_device or arrival.destinations != meant
            for port in start.ports
            for arrival in self._tracer(port.device, start).arrive(packet, port.interface)
        )

    # -- segments -------------------------------------------------------------------------------------------------

    def _home(self, version: int, address: int) -> list[Segment]:
        """The narrowest segments that hold an address; the internet's where none does."""
        holding: list[tuple[int, Segment]] = []
        for segment in self._segments.segments:
            lengths = [p.length for p in segment.prefixes if p.contains(version, address)]
            if lengths:
                holding.append((max(lengths), segment))
        if holding:
            longest = max(length for length, _ in holding)
            return [s for length, s in holding if length == longest]
        internet = [s for s in self._segments.segments if s.kind == SegmentKind.INTERNET]
        if internet and is_internet_address(version, address):
            return internet
        return [s for s in self._segments.segments if any(p.contains(version, address) for p in s.possible)]

    def _is_at(self, device: str, way: Onward, packet: Packet) -> Segment | None:
        """The segment that a way leads to in which the packet's destination lives; not behind another router than meant."""
        if (packet.version, packet.dst) in self._segments.owners:
            # A device's own address, and that device is not on the link: no host has it.
            return None
        # Those behind the router that is meant first: of equal prefixes the first one counts.
        here = sorted(self._segments.at(device, way.egress), key=lambda s: _behind_another(s, way))
        best: tuple[int, Segment] | None = None
        for segment in here:
            for prefix in segment.prefixes:
                if prefix.contains(packet.version, packet.dst) and (best is None or prefix.length > best[0]):
                    best = (prefix.length, segment)
        if best is not None:
            return None if _behind_another(best[1], way) else best[1]
        internet = next((s for s in here if s.kind == SegmentKind.INTERNET), None)
        inside = any(p.contains(packet.version, packet.dst) for s in self._segments.segments for p in s.prefixes)
        special = any(p.contains(packet.version, packet.dst) for p in not_internet(packet.version))
        if internet is not None and not inside and not special:
            return internet
        if inside:
            return None
        return next((s for s in here if any(p.contains(packet.version, packet.dst) for p in s.possible)), None)

    def _takes(self, ports: Sequence[Port], version: int, local: int | None, remote: int | None) -> int:
        """Whether a tunnel at one of ``ports`` takes packets between these ends (``None``: not known): NO, MAYBE or YES."""
        found = NO
        for port in ports:
            if not port.vpn:
                return YES
            device = self._devices[port.device]
            matcher = Matcher(device, self._as_of, frozenset())
            for tunnel in device.tunnels:
                if tunnel.name == port.vpn and tunnel.interface == port.interface:
                    ends = ((tunnel.local, local), (tunnel.remote, remote))
                    tests = [
                        MAYBE if address is None else matcher.address(selector)(version, address, False)
                        for selector, address in ends
                    ]
                    found = max(found, min(tests))
        return found

    # -- devices --------------------------------------------------------------------------------------------------

    def _tracer(self, name: str, start: Segment) -> DeviceTracer:
        """The device for whoever sends from ``start``: out of a VPN pool its users, with their groups."""
        accounts: set[str] = set()
        if start.kind == SegmentKind.VPN_POOL:
            names = {(p.device, p.vpn) for p in start.ports}
            accounts = {
                group.name
                for device in self._devices.values()
                for access in device.remote_access
                if (device.name, access.name) in names
                for group in access.groups
            }
        key = (name, frozenset(accounts))
        found = self._tracers.get(key)
        if found is None:
            found = self._tracers[key] = DeviceTracer(self._devices[name], self._as_of, key[1])
        return found

    def _arrive(
        self, name: str, ingress: str, arriving: Leaving, hops: tuple[Hop, ...], start: Segment, bypass: str | None
    ) -> _End:
        """What becomes of a packet that arrives at a device; one that has been there as it is now comes back once more."""
        here = (Port(name, ingress), arriving, bypass)
        if here in self._passing:
            return self._stopped(name, hops, msg("it goes round in circles"))
        self._passing.add(here)
        try:
            return self._arrived(name, ingress, arriving, hops, start, bypass)
        finally:
            self._passing.discard(here)

    def _arrived(
        self, name: str, ingress: str, arriving: Leaving, hops: tuple[Hop, ...], start: Segment, bypass: str | None
    ) -> _End:
        tracer, packet = self._tracer(name, start), arriving.packet
        if len(hops) > MOST_HOPS:
            if _was_here(hops, name, ingress):
                return self._stopped(name, hops, msg("it goes round in circles"))
            beyond = msg("what lies beyond {count} devices, where no packet is followed", count=MOST_HOPS)
            return replace(self._stopped(name, hops, beyond), verdict=Verdict.UNKNOWN, undecided=(beyond,))
        ends: list[_End] = []
        arriving_at = tracer.device.interface(ingress)
        if bypass is None and arriving_at is not None and arriving_at.source_check.looks:
            check = arriving_at.source_check
            answers = {self._routes[name].expects(one, ingress, check) for one in _by_source(arriving)}
            expected = answers.pop() if len(answers) == 1 else MAYBE
            if expected != YES:
                text = msg(
                    "it expects {address} behind another interface than {interface}",
                    address=packet.src_text,
                    interface=ingress,
                )
                ends.append(self._stopped(name, hops, text, arriving_at.source_check.span))
            if expected == NO:
                return ends[0]
        for arrival in tracer.arrive(packet, ingress, arriving.choices, out_of_vpn=bypass is not None):
            routed = arrival.packet
            if arrival.to_device or self._own(name, routed):
                ends.append(self._local(tracer, ingress, arriving, hops, bypass))
                continue
            elsewhere = tracer.device.elsewhere(ingress, routed.version)
            if elsewhere is not None and not any(p.contains(routed.version, routed.dst) for p in elsewhere):
                # The address that this interface was given may be just this one.
                ends.append(self._local(tracer, ingress, arriving, hops, bypass))
            across = self._bridges[name].bridged(ingress, routed)
            if across is not None:
                if not any(way.sure for way in across):
                    nobody = msg("nothing shows behind which member {address} is", address=routed.dst_text)
                    ends.append(self._stopped(name, hops, nobody))
                ends += [self._leave(tracer, ingress, way, arriving, hops, start, bypass) for way in across]
                continue
            for routing in tracer.route(routed, ingress):
                dropped = routing.dropped_by
                ways = self._routes[name].by_routes(routing.routes, routed, ingress, dropped=dropped is not None)
                ways = self._bridges[name].out(ingress, ways, routed)
                ends += [self._leave(tracer, ingress, way, arriving, hops, start, bypass) for way in ways if way.egress]
                # Last: where every way ends in a denial, it is the rule on a way that says why, not that none is sure.
                if not any(way.sure and way.egress for way in ways):
                    if dropped is not None:
                        ends.append(_End(Verdict.DENY, decided_by(name, dropped), None, hops))
                    elif any(way.sure for way in ways):
                        discards = msg("a route discards packets to {address}", address=routed.dst_text)
                        ends.append(self._stopped(name, hops, discards))
                    else:
                        nowhere = msg("it has no route to {address}", address=routed.dst_text)
                        ends.append(self._stopped(name, hops, nowhere))
        if not ends:
            ends = [self._local(tracer, ingress, arriving, hops, bypass)]
        return _together(ends, msg("the way that it is routed"))

    def _own(self, name: str, packet: Packet) -> bool:
        return any(owner.device == name for owner in self._segments.owners.get((packet.version, packet.dst), ()))

    def _local(
        self, tracer: DeviceTracer, ingress: str, arriving: Leaving, hops: tuple[Hop, ...], bypass: str | None
    ) -> _End:
        verdict = tracer.local_in(arriving.packet, ingress, arriving.choices, out_of_vpn=bypass is not None)
        return self._ended(tracer.device.name, ingress, "", verdict, hops)

    def _leave(
        self,
        tracer: DeviceTracer,
        ingress: str,
        way: Onward,
        arriving: Leaving,
        hops: tuple[Hop, ...],
        start: Segment,
        bypass: str | None,
    ) -> _End:
        name = tracer.device.name
        verdict = tracer.forward(arriving.packet, ingress, way.egress, bypass, arriving.choices)
        end = self._ended(name, ingress, way.egress, verdict, hops)
        if verdict.verdict == Verdict.DENY:
            return end
        onward = [one for leaving in verdict.leaving for one in _by_destination(leaving)]
        ends = [self._beyond(name, way, one, end, start) for one in onward]
        beyond = _together(ends, msg("the value that the translation chooses"))
        if verdict.verdict == Verdict.UNKNOWN and beyond.verdict == Verdict.PERMIT:
            return replace(beyond, verdict=Verdict.UNKNOWN, undecided=verdict.undecided)
        return beyond

    def _beyond(self, name: str, way: Onward, leaving: Leaving, end: _End, start: Segment) -> _End:
        """What becomes of a packet that the device ``name`` let out: ``end`` is how things stand there."""
        linked = self._into_links(name, way, leaving, end)
        ends = [self._arrive(p.device, p.interface, leaving, end.hops, start, self._bypasses.get(p)) for p, _ in linked]
        if not any(takes == YES for _, takes in linked):
            ends.append(self._on_the_link(name, way, leaving, end, start))
        return _together(ends, msg("which of several tunnels it goes by"))

    def _on_the_link(self, name: str, way: Onward, leaving: Leaving, end: _End, start: Segment) -> _End:
        """What becomes of a packet that goes into no tunnel to a device of the input."""
        packet = leaving.packet
        onward = self._next(name, way, packet)
        if way.guessed:
            # Whom a routing protocol heard of the destination: any router on the link, or it is on the link itself.
            routers = [
                p for p in self._routers(name, way, packet) if p not in onward and (p, leaving) not in self._guessed
            ]
            self._guessed.update((p, leaving) for p in routers)
            if routers:
                ends = [self._arrive(p.device, p.interface, leaving, end.hops, start, None) for p in routers]
                ends.append(self._on_the_link(name, replace(way, guessed=False), leaving, end, start))
                return _together(ends, msg("the way that a routing protocol has learnt"))
        if onward:
            ends = [self._arrive(p.device, p.interface, leaving, end.hops, start, None) for p in onward]
            beyond = _together(ends, msg("which of several routers answers for the next hop"))
            link = next(s for s in self._segments.at(name, way.egress) if onward[0] in s.ports)
            return _divided(beyond, link)
        there = self._is_at(name, way, packet)
        if there is None:
            return self._stopped(name, end.hops, msg("nothing shows that {address} is there", address=packet.dst_text))
        if there.kind == SegmentKind.TUNNEL:
            return self._into_tunnel(end, packet, there)
        if any(p.contains(packet.version, packet.dst) for p in there.possible):
            where = msg("whether {address} is behind {interface}", address=packet.dst_text, interface=way.egress)
            return replace(end, verdict=Verdict.UNKNOWN, undecided=(*end.undecided, where))
        return _divided(end, there)

    def _into_links(self, name: str, way: Onward, leaving: Leaving, end: _End) -> list[tuple[Port, int]]:
        """The other ends of tunnels and wires at an interface that may get the packet, with how surely."""
        links = [link for link in self._segments.links if (link.near.device, link.near.interface) == (name, way.egress)]
        if not links:
            return []
        assert end.received is not None, "only what was let through gets here"
        version, src, dst = leaving.packet.version, end.received.src, leaving.packet.dst
        owning = self._segments.owners.get(way.next_hop, ()) if way.next_hop is not None else ()
        beyond = {port.device for port in owning} & {link.far.device for link in links}
        found: list[tuple[Port, int]] = []
        for link in links:
            takes = min(self._takes([link.near], version, src, dst), self._takes([link.far], version, dst, src))
            if takes != NO and (not beyond or link.far.device in beyond):
                found.append((link.far, takes))
        return found

    def _into_tunnel(self, end: _End, packet: Packet, segment: Segment) -> _End:
        """What becomes of a packet that leaves towards the far side of a tunnel."""
        assert end.received is not None, "only what was let through gets here"
        takes = self._takes(segment.ports, packet.version, end.received.src, packet.dst)
        if takes == YES:
            return end
        reason = msg("the tunnel does not carry packets from its sender")
        if takes == NO:
            return self._stopped(segment.ports[0].device, end.hops, reason)
        return replace(end, verdict=Verdict.UNKNOWN, undecided=(*end.undecided, reason))

    def _next(self, name: str, way: Onward, packet: Packet) -> list[Port]:
        """The interfaces of other devices of the input that the packet comes to next; several share a virtual address."""
        target = way.next_hop or (packet.version, packet.dst)
        here = self._segments.at(name, way.egress)
        linked = {p for s in here if s.kind != SegmentKind.INTERNET for p in s.ports if p.device != name}
        return [owner for owner in self._segments.owners.get(target, ()) if owner in linked]

    def _routers(self, name: str, way: Onward, packet: Packet) -> list[Port]:
        """The interfaces of other devices on the link that may have told of networks by a routing protocol."""
        here = self._segments.at(name, way.egress)
        linked = {p for s in here if s.kind != SegmentKind.INTERNET for p in s.ports if p.device != name and not p.vpn}
        return sorted(p for p in linked if self._devices[p.device].dynamic_routing or packet.version == 6)

    # -- ends -----------------------------------------------------------------------------------------------------

    def _ended(self, name: str, ingress: str, egress: str, verdict: DeviceVerdict, hops: tuple[Hop, ...]) -> _End:
        decision = decided_by(name, verdict.decided_by)
        hop = Hop(
            device=name,
            in_interface=ingress,
            out_interface=egress,
            verdict=verdict.verdict,
            decided_by=decision,
            steps=verdict.steps,
            received=verdict.received,
        )
        return _End(verdict.verdict, decision, verdict.received, (*hops, hop), verdict.undecided)

    def _stopped(self, name: str, hops: tuple[Hop, ...], reason: Message, span: Span | None = None) -> _End:
        path, line = (None, None) if span is None else (span.path, span.first_line)
        decision = DecidedBy(device=name, rule_set="", rule=None, path=path, first_line=line, reason=reason)
        return _End(Verdict.DENY, decision, None, hops)


def _behind_another(segment: Segment, way: Onward) -> bool:
    """Whether a segment lies behind another router than the one that ``way`` leads to."""
    return segment.next_hop is not None and way.next_hop is not None and segment.next_hop != way.next_hop


#: What a sender prefers.
_CHOICE: Mapping[Verdict, int] = {Verdict.PERMIT: 0, Verdict.UNKNOWN: 1, Verdict.DENY: 2}


def _was_here(hops: Sequence[Hop], device: str, ingress: str) -> bool:
    """Whether the packet that the last of ``hops`` let out had come to ``device`` before, looking as it does now."""
    return any(
        (now.device, now.in_interface) == (device, ingress) and before.received == hops[-1].received
        for before, now in pairwise(hops)
    )


def _divided(end: _End, segment: Segment) -> _End:
    """What becomes of a packet in ``segment``, where a transparent firewall may stand in its way."""
    if not segment.divided_by or end.verdict != Verdict.PERMIT:
        return end
    reason = msg("on which side of {device} its sender and receiver are", device=segment.divided_by[0])
    return replace(end, verdict=Verdict.UNKNOWN, undecided=(*end.undecided, reason))


def _deciding(end: _End) -> DecidedBy:
    """Of a permitted packet the last rule on its way: a last device without lists decides nothing."""
    if end.verdict == Verdict.PERMIT and not end.decided_by.rule:
        return next((h.decided_by for h in reversed(end.hops) if h.decided_by.rule), end.decided_by)
    return end.decided_by


def _together(ends: Sequence[_End], why: Message) -> _End:
    """Of several possible ways: what all agree on, else unknown, for the reason ``why`` where they name none."""
    verdicts = {e.verdict for e in ends}
    received = _common([e.received for e in ends if e.received is not None])
    if len(verdicts) == 1:
        return replace(ends[0], received=received)
    best = min(ends, key=lambda e: _CHOICE[e.verdict])
    reasons = tuple(dict.fromkeys(r for e in ends for r in e.undecided)) or (why,)
    return replace(best, verdict=Verdict.UNKNOWN, undecided=reasons, received=received)


def _common(ways: Sequence[Received]) -> Received | None:
    """The packet as it arrives by any of these ways: what they differ in is not known."""
    if not ways:
        return None
    first = ways[0]

    def agreed(name: str) -> int | None:
        values = {getattr(one, name) for one in ways}
        return values.pop() if len(values) == 1 else None

    return replace(
        first,
        src=agreed("src"),
        dst=agreed("dst"),
        src_port=agreed("src_port"),
        dst_port=agreed("dst_port"),
    )


def _values(choice: Choice) -> list[int]:
    """The values that a translation chooses from; of many the outermost."""
    values = [v for first, last in choice.among for v in range(first, min(last + 1, first + MOST_VALUES))]
    if len(values) >= MOST_VALUES:
        return sorted({v for ends in choice.among for v in ends})
    return values


def _by_source(arriving: Leaving) -> list[Packet]:
    """The packet with each source that an earlier device may have chosen for it."""
    chosen = next((c for c in arriving.choices if c.field is Field.SRC), None)
    if chosen is None:
        return [arriving.packet]
    return [replace(arriving.packet, src=value) for value in _values(chosen)]


def _by_destination(leaving: Leaving) -> list[Leaving]:
    """The packet for each destination that was chosen for it, as the rest of its way goes by it; of many the outermost."""
    found = [leaving]
    for choice in leaving.choices:
        if choice.field not in {Field.DST, Field.DST_PORT}:
            continue
        values = _values(choice)
        others = tuple(c for c in leaving.choices if c.field not in {Field.DST, Field.DST_PORT})
        found = [
            Leaving(packet=replace(one.packet, **{choice.field.value: value}), choices=others)
            for one in found
            for value in values
        ]
    return found
