"""The answer of `segaudit reach`: every packet that one part of a network can send to another, and why not the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from segaudit.findings.evidence import certainty_of, flow_deciders, only_objects, pick, unfiltered_at
from segaudit.findings.finding import RuleRef
from segaudit.knowledge.protocols import is_internet_address
from segaudit.model import Action, Certainty, Device, Message, Prefix, Span, msg
from segaudit.model.selector import Selector
from segaudit.model.service import Service
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.packet import Packet
from segaudit.packetspace.space import PacketSet, PacketSpace
from segaudit.semantics.device import Crossing, Decider, Exposure
from segaudit.semantics.trace import DeviceTracer, Verdict
from segaudit.semantics.trace_flows import Flow as OneFlow
from segaudit.semantics.trace_flows import FlowVerdict, trace_flow
from segaudit.zones.build import Terrain
from segaudit.zones.graph import SELF, Flow, Segment, SegmentKind, ZoneGraph
from segaudit.zones.reach import End, NothingSelectedError, Refusal, end_of, published_for, refusals, service_set
from segaudit.zones.segments import Declared
from segaudit.zones.trace import NetworkTracer


class Reached(StrEnum):
    """Whether any of the packets that were asked for arrives."""

    YES = "yes"
    POSSIBLY = "possibly"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """From where, to where, by what service: an empty `Service` is all of them."""

    source: Selector
    target: Selector
    service: Service = Service()  # noqa: RUF009 - a frozen value


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAt:
    """A rule, the end of a list or an interface without one, with the place in the config."""

    rule: RuleRef
    span: Span | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Through:
    """One device on a way; ``out_interface`` is empty where the packets are for the device itself."""

    device: str
    in_interface: str
    out_interface: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Packets that take one sequence of devices and one sequence of translations.

    ``sent`` and ``received`` are what was asked for only. ``rules`` let them pass, ``translations`` change them.
    ``undecided``: why some of it is only possible. ``witness`` is one of them, ``arriving`` the same as it is received,
    ``traced`` what the tracer says of it. ``service``: of packets for the device itself, what listens there.
    """

    from_zone: str
    to_zone: str
    hops: tuple[Through, ...]
    sent: PacketBounds
    received: PacketBounds
    certainty: Certainty
    undecided: tuple[Message, ...]
    rules: tuple[RuleAt, ...]
    translations: tuple[RuleAt, ...]
    witness: Packet
    arriving: Packet
    traced: FlowVerdict
    replay: OneFlow
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """What was asked for and does not arrive, as it would be sent.

    ``packet`` stands for all of it: ``traced`` says where it ends. ``refusals`` say what stops how much of the whole.
    """

    packets: PacketSet
    packet: Packet
    flow: OneFlow
    traced: FlowVerdict
    refusals: tuple[Refusal, ...]
    reason: Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to a question; ``undecided``: some of it only possibly arrives, or is not to be seen here.

    ``asked`` are the packets to the addresses themselves, ``permitted`` all that arrives, as sent. ``territories`` are the
    packets that hosts of the zones in question send, by the zone's name.
    """

    question: Question
    as_of: date
    reached: Reached
    ways: tuple[Way, ...]
    denied: Denied | None
    notes: tuple[Message, ...]
    undecided: bool
    permitted: PacketBounds
    asked: PacketSet
    territories: Mapping[str, PacketSet]


def answer(
    devices: Sequence[Device], declared: Declared, question: Question, as_of: date, space: PacketSpace | None = None
) -> Answer:
    """What ``question`` comes to; `NothingSelectedError` where one of its selectors points at nothing."""
    return Asking(space or PacketSpace(), devices, declared, as_of).answer(question)


class Asking:
    """A network ready for several questions; each spreads only what the part that is asked for sends."""

    def __init__(self, space: PacketSpace, devices: Sequence[Device], declared: Declared, as_of: date) -> None:
        self.as_of = as_of
        self.terrain = Terrain(space, devices, declared, as_of)
        self._network = NetworkTracer(self.terrain.whole, self.terrain.segments, as_of)
        self._devices = [DeviceTracer(device, as_of) for device in self.terrain.whole]

    def answer(self, question: Question) -> Answer:
        """The answer; `NothingSelectedError` where a selector points at nothing."""
        return _Answering(self, question).answer()

    def trace(self, flow: OneFlow) -> FlowVerdict:
        """What becomes of one packet, asked of no set."""
        return self._network.trace(flow) if flow.through_network else trace_flow(self._devices, flow)


class _Answering:
    def __init__(self, asking: Asking, question: Question) -> None:
        terrain = asking.terrain
        self._terrain = terrain
        self._trace = asking.trace
        self._as_of = asking.as_of
        self._question = question
        self._space = terrain.space
        self._service = service_set(self._space, question.service)
        try:
            self._sending = self._senders(end_of(terrain, question.source))
        except NothingSelectedError as error:
            raise NothingSelectedError(error.problem, of_source=True) from error
        self._target = end_of(terrain, question.target)
        self._graph: ZoneGraph = terrain.graph(self._sending)
        self._zone_of = {s.name: z.name for z in terrain.zones.values() for s in z.segments}

    def _senders(self, source: End) -> list[tuple[Segment, PacketSet]]:
        """The segments that send, each with the packets that are asked about."""
        space, service = self._space, self._question.service
        packets = space.opening & source.addresses(space, "src")
        if service.protocol is not None:
            # A translation never changes the protocol.
            packets &= space.protocol(service.protocol)
        found = [(s, packets) for s in source.segments if self._terrain.territory.packets(s, "src").may & packets]
        if found:
            return found
        if source.devices:
            raise NothingSelectedError(
                msg(
                    "what {device} itself sends is not followed: ask 'segaudit trace --device {device} --out-interface'",
                    device=source.devices[0],
                )
            )
        raise NothingSelectedError(msg("{selector} holds no host that could send", selector=str(source.selector)))

    def answer(self) -> Answer:
        ways = [*self._flows(), *self._exposures()]
        ways.sort(key=lambda w: (w.certainty == Certainty.POSSIBLE, w.from_zone, w.to_zone, len(w.hops)))
        permitted = _joined(self._space, [w.sent for w in ways])
        asked = self._asked()
        at_home = self._at_home()
        denied = self._denied(asked - permitted.may, permitted.may)
        notes = tuple(self._notes(at_home))
        reached = Reached.YES if permitted.must else Reached.POSSIBLY if permitted.may or at_home else Reached.NO
        return Answer(
            question=self._question,
            as_of=self._as_of,
            reached=reached,
            ways=tuple(ways),
            denied=denied,
            notes=notes,
            undecided=bool(at_home) or permitted.must != permitted.may or _unsure(denied),
            permitted=permitted,
            asked=asked,
            territories=self._territories(),
        )

    def _territories(self) -> dict[str, PacketSet]:
        names = dict.fromkeys(self._zone_of[s.name] for s in (*(s for s, _ in self._sending), *self._target.segments))
        return {name: self._graph.sources[name] for name in names if name in self._graph.sources}

    # -- what arrives ---------------------------------------------------------------------------------------------

    def _flows(self) -> Iterator[Way]:
        sources = {s.name for s, _ in self._sending}
        for (src, dst), conduit in sorted(self._graph.conduits.items()):
            for flow in conduit.flows:
                if flow.source.name in sources:
                    sent = self._wanted(flow)
                    if sent.may:
                        yield self._way(src, dst, flow, sent)

    def _wanted(self, flow: Flow) -> PacketBounds:
        """The packets of ``flow``, as sent, that are asked about: by where they arrive, or by the address they are sent to."""
        target, space = self._target, self._space
        there = target.addresses(space, "dst") & self._service
        parts: list[PacketBounds] = []
        if any(flow.target.name == s.name for s in target.segments) or target.published:
            received = flow.received.within(there)
            if received.may:
                whole = received.may == flow.received.may
                parts.append(flow.sent if whole else flow.sent_for(received))
        if target.published:
            # A service may be known by the port that it is published on, or by its own.
            parts.append(flow.sent.within(there))
            served = flow.received.within(self._service)
            parts.append(flow.sent_for(served).within(target.addresses(space, "dst")))
        return _joined(space, parts)

    def _way(self, src: str, dst: str, flow: Flow, sent: PacketBounds) -> Way:
        received = sent
        for hop in flow.hops:
            for rewrite in hop.piece.rewrites:
                received = rewrite.image_bounds(received & rewrite.domain)
        received = PacketBounds(received.must & flow.received.must, received.may & flow.received.may)
        deciders = flow_deciders(self._graph, flow, sent.may)
        rules = list(_permitting(deciders))
        if not rules:
            rules = [RuleAt(rule=ref, span=span) for ref, span in unfiltered_at(self._graph, flow).items()]
        hops = tuple(Through(device=h.device, in_interface=h.ingress, out_interface=h.egress) for h in flow.hops)
        return self._proven(src, dst, hops, flow.hops, sent, received, deciders, rules)

    def _exposures(self) -> Iterator[Way]:
        for zone, exposures in sorted(self._graph.exposures.items()):
            for exposure in exposures:
                if exposure.device not in self._target.devices:
                    continue
                sent = self._wanted_of_device(exposure)
                if sent.may:
                    yield self._exposure(zone, exposure, sent)

    def _wanted_of_device(self, exposure: Exposure) -> PacketBounds:
        there = self._target.addresses(self._space, "dst") & self._service
        received = exposure.piece.current.within(there)
        found = exposure.piece.sent(received)
        for hop in reversed(exposure.hops):
            found = hop.piece.sent(found)
        return found & exposure.sent

    def _exposure(self, zone: str, exposure: Exposure, sent: PacketBounds) -> Way:
        crossed = exposure.hops
        received = sent
        for piece in (*(h.piece for h in crossed), exposure.piece):
            for rewrite in piece.rewrites:
                received = rewrite.image_bounds(received & rewrite.domain)
        received = PacketBounds(received.must & exposure.piece.current.must, received.may & exposure.piece.current.may)
        deciders = self._deciders_of(exposure, sent.may)
        rules = list(_permitting(deciders))
        service = exposure.service
        if service is not None:
            ref = RuleRef(device=exposure.device, rule_set="", rule_id=service.kind, action=LISTENS)
            rules.append(RuleAt(rule=ref, span=service.span))
        hops = [Through(device=h.device, in_interface=h.ingress, out_interface=h.egress) for h in crossed]
        hops.append(Through(device=exposure.device, in_interface=exposure.ingress, out_interface=""))
        way = self._proven(zone, SELF + exposure.device, tuple(hops), crossed, sent, received, deciders, rules)
        if service is None:
            heard = msg("nothing in the config shows that {device} listens there", device=exposure.device)
            return replace(way, undecided=tuple(dict.fromkeys((heard, *way.undecided))))
        if service.certain:
            return replace(way, service=service.kind)
        may = msg("the config does not show whether {service} runs", service=service.kind)
        return replace(way, service=service.kind, undecided=tuple(dict.fromkeys((may, *way.undecided))))

    def _deciders_of(self, exposure: Exposure, sent: PacketSet) -> list[Decider]:
        """The rules on the way to the device, and of the device towards itself."""
        found: list[Decider] = []
        packets = sent
        for device, piece in (*((h.device, h.piece) for h in exposure.hops), (exposure.device, exposure.piece)):
            explained = self._graph.devices[device].explain(piece, packets)
            found += (d for d in explained if d.rule is not None or not only_objects(d.rule_set))
            for rewrite in piece.rewrites:
                packets = rewrite.image(packets & rewrite.domain.may)
            packets &= piece.current.may
        return found

    def _proven(
        self,
        src: str,
        dst: str,
        hops: tuple[Through, ...],
        crossings: Sequence[Crossing],
        sent: PacketBounds,
        received: PacketBounds,
        deciders: Sequence[Decider],
        rules: Sequence[RuleAt],
    ) -> Way:
        packet = pick(self._space, sent.must or sent.may, self._usual())
        arriving = self._space.packet(packet)
        for crossing in crossings:
            for rewrite in crossing.piece.rewrites:
                arriving = rewrite.image(arriving)
            arriving &= crossing.piece.current.may
        arrived = pick(self._space, arriving & received.may or received.may, ())
        replay, traced = self._replayed(packet, hops, wanted=Verdict.PERMIT if sent.must else Verdict.UNKNOWN)
        certainty, reasons = certainty_of(sent, deciders, ())
        undecided: tuple[Message, ...] = ()
        if sent.must != sent.may:
            conditions = tuple(
                msg("it depends on {condition}, which no packet header shows", condition=reason)
                for reason in dict.fromkeys(r for d in deciders if d.packets for r in d.reasons)
            )
            # The tracer names what its one packet hangs on; the conditions of the rules where that packet is sure.
            undecided = traced.undecided or tuple(dict.fromkeys(reasons or conditions))
        return Way(
            from_zone=src,
            to_zone=dst,
            hops=hops,
            sent=sent,
            received=received,
            certainty=certainty,
            undecided=undecided,
            rules=tuple(dict.fromkeys(rules)),
            translations=tuple(dict.fromkeys(_translating(deciders))),
            witness=packet,
            arriving=arrived,
            traced=traced,
            replay=replay,
        )

    def _replayed(self, packet: Packet, hops: tuple[Through, ...], wanted: Verdict) -> tuple[OneFlow, FlowVerdict]:
        """The flow that replays a witness: through the network, or where its source is in several segments at the device."""
        flow = OneFlow(id="1", packet=packet)
        traced = self._trace(flow)
        nowhere = traced.verdict == Verdict.UNKNOWN and wanted == Verdict.PERMIT and not traced.hops
        # A device without known addresses may be meant by any packet; only there it can be asked about itself.
        meant = traced.verdict == Verdict.DENY and not hops[-1].out_interface
        if (nowhere or meant) and len(hops) == 1:
            (only,) = hops
            flow = OneFlow(
                id="1",
                packet=packet,
                device=only.device,
                in_interface=only.in_interface,
                out_interface=only.out_interface,
            )
            traced = self._trace(flow)
        return flow, traced

    # -- what does not --------------------------------------------------------------------------------------------

    def _asked(self) -> PacketSet:
        """The packets, as sent to the addresses themselves, that are asked about, but for those that cross no device."""
        space, target, territory = self._space, self._target, self._terrain.territory
        parts: list[PacketSet] = []
        for segment, packets in self._sending:
            leaving = territory.packets(segment, "src").may & packets & self._service
            if segment.kind != SegmentKind.INTERNET:
                leaving -= territory.packets(segment, "dst").may
            parts += [
                leaving & territory.packets(one, "dst").may
                for one in target.segments
                if one.name != segment.name or segment.kind == SegmentKind.INTERNET
            ]
            own = [
                a for d in self._terrain.whole if d.name in target.devices for i in d.interfaces for a in i.addresses
            ]
            parts += [leaving & space.addresses("dst", a.prefix.version, a.address, a.address) for a in own]
        return space.union(parts) & target.addresses(space, "dst")

    def _at_home(self) -> PacketSet:
        """What stays in its segment: no device sees it."""
        territory, names = self._terrain.territory, {s.name for s in self._target.segments}
        wanted = self._service & self._target.addresses(self._space, "dst")
        return self._space.union(
            territory.packets(s, "src").may & territory.packets(s, "dst").may & packets & wanted
            for s, packets in self._sending
            if s.name in names and s.kind != SegmentKind.INTERNET
        )

    def _denied(self, packets: PacketSet, permitted: PacketSet) -> Denied | None:
        """Why ``packets`` do not arrive, nor what is sent to a published address of the same hosts; ``None``: all does."""
        published, reason = self._published(permitted)
        everything = packets | published
        if not everything:
            return None
        flow = OneFlow(id="1", packet=pick(self._space, published or packets, self._usual()))
        found: list[Refusal] = []
        for segment, sending in self._sending:
            mine = everything & sending & self._terrain.territory.packets(segment, "src").may
            if mine:
                found += refusals(self._terrain, segment, mine, self._target)
        flow, traced = self._explained(flow, found)
        return Denied(
            packets=everything,
            packet=flow.packet,
            flow=flow,
            traced=traced,
            refusals=tuple(_gathered(found)),
            reason=reason,
        )

    def _explained(self, flow: OneFlow, found: Sequence[Refusal]) -> tuple[OneFlow, FlowVerdict]:
        """What the tracer says of a packet that does not arrive; where it goes elsewhere by another device of its segment,
        what the device says that keeps it from where it was asked for.
        """
        traced = self._trace(flow)
        if traced.verdict != Verdict.PERMIT:
            return flow, traced
        first = {(p.device, p.interface) for s, _ in self._sending for p in s.ports}
        for refusal in found:
            if refusal.egress and refusal.hook is not None and (refusal.device, refusal.ingress) in first:
                there = replace(flow, device=refusal.device, in_interface=refusal.ingress, out_interface=refusal.egress)
                said = self._trace(there)
                if said.verdict == Verdict.DENY:
                    return there, said
        return flow, traced

    def _usual(self) -> tuple[PacketSet, ...]:
        """What a packet that stands for many should be: to a device by the interface that it enters at, and of hosts."""
        space = self._space
        ports = {(p.device, p.interface) for s, _ in self._sending for p in s.ports}
        near = [a for d in self._terrain.whole for i in d.interfaces if (d.name, i.name) in ports for a in i.addresses]
        there = space.union(space.addresses("dst", a.prefix.version, a.address, a.address) for a in near)
        return (there, *self._graph.ordinary_hosts)

    def _published(self, permitted: PacketSet) -> tuple[PacketSet, Message | None]:
        """What the internet sends to published addresses of private ones, and is not permitted; or that there is none."""
        space = self._space
        outside = [(s, sending) for s, sending in self._sending if s.kind == SegmentKind.INTERNET]
        prefixes = self._target_prefixes()
        private = [p for p in prefixes if not is_internet_address(p.version, p.first)]
        if not outside or not private or len(private) < len(prefixes):
            return space.empty, None
        inner = space.union(space.addresses("dst", p.version, p.first, p.last) for p in private)
        found = space.union(
            published_for(
                self._terrain, s, sending & self._terrain.territory.packets(s, "src").may, inner & self._service
            )
            for s, sending in outside
        )
        if found:
            return found - permitted, None
        return space.empty, msg("no translation leads there from the internet, which does not route such addresses")

    def _target_prefixes(self) -> list[Prefix]:
        if self._target.prefix is not None:
            return [self._target.prefix]
        return [p for s in self._target.segments for p in s.prefixes]

    def _notes(self, at_home: PacketSet) -> Iterator[Message]:
        if at_home:
            yield msg("hosts of one segment reach each other without any device between them: no config shows that")
        zones = {self._zone_of[s.name] for s, _ in self._sending}
        targets = {self._zone_of[s.name] for s in self._target.segments}
        for pair in self._graph.unassessed:
            if pair.src in zones and pair.dst in targets:
                yield pair.reason


#: The action of a `RuleRef` that names what listens on a device (as ``rule_id``).
LISTENS = "listens"


def _unsure(denied: Denied | None) -> bool:
    return denied is not None and denied.traced.verdict == Verdict.UNKNOWN


def _joined(space: PacketSpace, parts: Sequence[PacketBounds]) -> PacketBounds:
    may = space.union(p.may for p in parts)
    if all(p.must is p.may for p in parts):
        return PacketBounds.exactly(may)
    return PacketBounds(space.union(p.must for p in parts), may)


def _permitting(deciders: Sequence[Decider]) -> Iterator[RuleAt]:
    """What lets packets pass; the ends of lists that a maker adds only where nothing that somebody wrote does."""
    found = [d for d in deciders if d.action == Action.PERMIT]
    written = [d for d in found if d.rule is not None or not d.rule_set.default_implicit]
    return (_at(d) for d in written or found)


def _translating(deciders: Sequence[Decider]) -> Iterator[RuleAt]:
    return (_at(d) for d in deciders if d.action == Action.TRANSLATE)


def _at(decider: Decider) -> RuleAt:
    rule = decider.rule
    return RuleAt(
        rule=RuleRef(
            device=decider.device,
            rule_set=decider.rule_set.name,
            rule_id=rule.id if rule is not None else "",
            name=rule.name if rule is not None else "",
            action=decider.action if rule is not None else "default",
        ),
        span=rule.span if rule is not None else decider.rule_set.default_span,
    )


def _gathered(found: Sequence[Refusal]) -> list[Refusal]:
    """The refusals, each rule once with all that it stops there, what stops most first."""
    together: dict[object, Refusal] = {}
    for one in found:
        key = (
            one.device,
            one.stop,
            one.segment,
            one.rule_set.name if one.rule_set is not None else "",
            one.rule.position if one.rule is not None else 0,
            one.rule.id if one.rule is not None else "",
        )
        known = together.get(key)
        together[key] = one if known is None else replace(known, packets=known.packets | one.packets)
    return sorted(together.values(), key=lambda one: -one.packets.count())
