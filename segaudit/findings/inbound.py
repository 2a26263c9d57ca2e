"""What the internet reaches: the question that the checks of the first group ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from segaudit.findings import ranges
from segaudit.findings.evidence import Proof, from_anybody, prove
from segaudit.findings.finding import Finding, Witness
from segaudit.findings.openness import ServiceRange, address_count
from segaudit.findings.pairs import zone_subject
from segaudit.knowledge.protocols import not_internet
from segaudit.knowledge.roles import Role
from segaudit.knowledge.services import ServiceCatalogue, ServiceEntry
from segaudit.model import PORT_PROTOCOLS, Certainty, Message, Severity, msg
from segaudit.model.message import MessageParam
from segaudit.model.site import Publish
from segaudit.packetspace.space import PacketSet, PacketSpace
from segaudit.zones.graph import INTERNET, Flow, Zone, ZoneGraph

#: Zones that are the outside themselves; what reaches them from the internet is no exposure of ours.
OUTSIDE_ROLES = frozenset({Role.INTERNET})
#: A source list of at most so many public addresses is a restriction worth one step.
FEW_SOURCES = 16
#: From this share of a family's addresses on it is the internet, whatever the list of exceptions.
EVERYWHERE = 0.25


class Origin(StrEnum):
    """From how much of the internet something is reached."""

    ANYWHERE = "anywhere"
    SOME = "some"
    """Named networks."""
    FEW = "few"
    """At most `FEW_SOURCES` addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What ``source`` reaches in ``target`` of what was asked.

    ``origin`` is about all sources that get through, ``senders`` are those that get to where the witness arrives.
    ``routed``: the internet routes packets to where they are sent.
    """

    source: Zone
    target: Zone
    proof: Proof
    origin: Origin
    senders: PacketSet
    senders_origin: Origin
    routed: bool

    def label(self, services: ServiceCatalogue) -> str:
        """The service that the witness arrives at, for people: ``tcp/22 (ssh)``."""
        arrived = self.proof.witness.received
        port = arrived.dst_port if arrived.protocol in PORT_PROTOCOLS else None
        return ServiceRange(protocol=arrived.protocol, ports=None if port is None else (port, port)).label(services)

    @property
    def port(self) -> int:
        """The port at which the witness arrives."""
        return self.proof.witness.received.dst_port

    def entry(self, entries: Iterable[ServiceEntry]) -> ServiceEntry:
        """The one of ``entries`` that the witness arrives at."""
        arrived = self.proof.witness.received
        covering = [e for e in entries if e.covers(arrived.protocol, arrived.dst_port)]
        return next((e for e in covering if not e.shares(arrived.dst_port)), covering[0])

    def doubted(self, reason: Message) -> Reached:
        """The same, only possible, for one more ``reason``."""
        reasons = (*self.proof.reasons, reason)
        return replace(self, proof=replace(self.proof, certainty=Certainty.POSSIBLE, reasons=reasons))

    def told(self, service: MessageParam, *, ports: bool = True) -> Message:
        """One sentence: who reaches ``service``, where, and by sending to what; the places with or without ports."""
        sent, received = self.proof.witness.sent, self.proof.witness.received
        outside, inside = (
            (ranges.destination(sent), ranges.destination(received)) if ports else (sent.dst_text, received.dst_text)
        )
        if outside == inside:
            match self.senders_origin:
                case Origin.ANYWHERE:
                    return msg("Anyone on the internet reaches {service} at {inside}.", service=service, inside=outside)
                case Origin.SOME:
                    return msg(
                        "Some networks on the internet reach {service} at {inside}.", service=service, inside=outside
                    )
                case Origin.FEW:
                    return msg(
                        "{count} address on the internet reaches {service} at {inside}.",
                        plural="{count} addresses on the internet reach {service} at {inside}.",
                        count=source_count(self.senders),
                        service=service,
                        inside=outside,
                    )
        match self.senders_origin:
            case Origin.ANYWHERE:
                return msg(
                    "Anyone on the internet reaches {service} at {inside} by sending to {outside}.",
                    service=service,
                    inside=inside,
                    outside=outside,
                )
            case Origin.SOME:
                return msg(
                    "Some networks on the internet reach {service} at {inside} by sending to {outside}.",
                    service=service,
                    inside=inside,
                    outside=outside,
                )
            case Origin.FEW:
                return msg(
                    "{count} address on the internet reaches {service} at {inside} by sending to {outside}.",
                    plural="{count} addresses on the internet reach {service} at {inside} by sending to {outside}.",
                    count=source_count(self.senders),
                    service=service,
                    inside=inside,
                    outside=outside,
                )

    def finding(
        self,
        *,
        check: str,
        severity: Severity,
        title: Message,
        message: Message,
        remediation: Message,
        services: Sequence[str],
        publishes: Sequence[Publish] | None,
        notes: Sequence[Message] = (),
    ) -> Finding:
        """The finding about it, softened by what the sources and the declared publishes show.

        ``severity`` is that of anyone reaching what nobody declared; ``services`` are the service classes for people.
        """
        softened, steps = self.softened(severity, publishes)
        return Finding(
            check=check,
            severity=softened,
            certainty=self.proof.certainty,
            certainty_reasons=self.proof.reasons,
            title=title,
            message=message,
            remediation=remediation,
            from_zone=self.source.name,
            to_zone=self.target.name,
            services=tuple(services),
            packets=self.proof.packets,
            witness=self.proof.witness,
            rules=self.proof.rules,
            locations=self.proof.locations,
            subject=(zone_subject(self.source), zone_subject(self.target), check),
            notes=(*steps, *notes),
        )

    def softened(self, severity: Severity, publishes: Sequence[Publish] | None) -> tuple[Severity, tuple[Message, ...]]:
        """``severity`` after its steps, each with its reason; never milder than low by steps alone."""
        notes: list[Message] = []
        if self.origin == Origin.FEW:
            notes.append(
                msg(
                    "One step milder: only {count} source address gets through.",
                    plural="One step milder: only {count} source addresses get through.",
                    count=source_count(self.proof.packets.may),
                )
            )
        if publishes and self.proof.packets.may <= published(self.proof.packets.may.space, publishes):
            notes.append(msg("One step milder: the site file declares it under 'publish'."))
        # A private destination makes the finding possible, not milder: severity never changes with certainty.
        return max(severity.stepped(-len(notes)), min(severity, Severity.LOW)), tuple(notes)


def reached_from_internet(
    graph: ZoneGraph, wanted: PacketSet, *, first: Sequence[PacketSet] = (), by_role: bool = False
) -> Iterator[Reached]:
    """For every zone inside, the proof that packets of ``wanted`` (as they arrive) get there from the internet.

    The witness is of the first of ``first`` that gets there. ``by_role``: the finding hangs on the role of the zone
    inside, not only on what lies outside.
    """
    source = graph.zones.get(INTERNET)
    if source is None:
        return
    routable, anyone = to_public_addresses(graph.space), from_anybody(graph.space)
    for name, target in sorted(graph.zones.items()):
        conduit = graph.conduit(source.name, name)
        if conduit is None or target.role in OUTSIDE_ROLES:
            continue
        needed = (source, target) if by_role else (source,)
        flows = [f for f in (_narrowed(flow, routable) for flow in conduit.flows) if f is not None]
        if not any(flow.received.may & wanted for flow in flows):
            flows = list(conduit.flows)
        if len(flows) > 1:
            # The witness is of a way that is open to the most.
            flows.sort(key=lambda flow: _openness(graph, flow, wanted))
        proof = prove(graph, flows, wanted, needed)
        if proof is None:
            continue
        origin = origin_of(graph, proof.packets.may)
        likings = [*(wanted & packets for packets in first), None, wanted & anyone]
        witness, senders = _telling(graph, flows, proof, origin, likings)
        proof = replace(proof, witness=witness)
        found = Reached(
            source=source,
            target=target,
            proof=proof,
            origin=origin,
            senders=senders,
            senders_origin=origin_of(graph, senders),
            # Of a segment whose addresses nothing shows, private ones are only assumed.
            routed=bool(proof.packets.may & routable) or not target.prefixes,
        )
        yield found if found.routed else found.doubted(PRIVATE_DESTINATION)


def _telling(
    graph: ZoneGraph, flows: Sequence[Flow], proof: Proof, origin: Origin, likings: Iterable[PacketSet | None]
) -> tuple[Witness, PacketSet]:
    """The witness of the first of ``likings`` that is open to as many as anything here, with what is sent to its place.

    ``None`` among ``likings`` stands for the proof's own witness, which it is where none is.
    """
    own = proof.witness
    for liking in likings:
        witness: Witness | None = own
        if liking is not None:
            better = prove(graph, flows, liking)
            doubtful = better is not None and bool(proof.packets.must) and not better.packets.must
            witness = None if better is None or doubtful else better.witness
        if witness is not None:
            senders = _sent_there(graph, flows, witness)
            if origin_of(graph, senders) == origin:
                return witness, senders
    return own, _sent_there(graph, flows, own)


def _sent_there(graph: ZoneGraph, flows: Sequence[Flow], witness: Witness) -> PacketSet:
    """What is sent to where ``witness`` arrives, from whatever address."""
    there = graph.space.packet(witness.received).forget("src", "src_port")
    return graph.space.union(flow.sent_for(flow.received.within(there)).may for flow in flows)


def _openness(graph: ZoneGraph, flow: Flow, wanted: PacketSet) -> int:
    """The rank of ``flow`` by who may send ``wanted`` on it: anyone first."""
    sent = flow.sent_for(flow.received.within(wanted)).may
    return list(Origin).index(origin_of(graph, sent)) if sent else len(Origin)


PRIVATE_DESTINATION = msg(
    "only packets sent to the private address itself get through, which the internet does not route: their sender is"
    " at the provider's end of the line"
)


def to_public_addresses(space: PacketSpace) -> PacketSet:
    """Packets to addresses that the internet routes."""
    special = [p for version in (4, 6) for p in not_internet(version)]
    return space.full - space.union(space.addresses("dst", p.version, p.first, p.last) for p in special)


def _narrowed(flow: Flow, routable: PacketSet) -> Flow | None:
    """What of ``flow`` is sent to ``routable`` destinations."""
    sent = flow.sent.within(routable)
    if not sent.may:
        return None
    translated = any(r.translation.destination is not None for hop in flow.hops for r in hop.piece.rewrites)
    return replace(flow, sent=sent, received=flow.received if translated else flow.received.within(routable))


def published(space: PacketSpace, publishes: Iterable[Publish]) -> PacketSet:
    """The packets (as they are sent) that the site file declares as meant to get in."""
    found: list[PacketSet] = []
    for one in publishes:
        packets = space.addresses("dst", one.to.version, one.to.first, one.to.last)
        if one.service.protocol is not None:
            packets &= space.protocol(one.service.protocol)
        if one.service.destination_ports is not None:
            packets &= space.ports("dst", one.service.destination_ports)
        found.append(packets)
    return space.union(found)


def source_count(packets: PacketSet) -> int:
    """How many source addresses ``packets`` carry, at most a great many."""
    return address_count(packets, "src")


def origin_of(graph: ZoneGraph, sent: PacketSet) -> Origin:
    """From how much of the internet ``sent`` can come."""
    if source_count(sent) <= FEW_SOURCES:
        return Origin.FEW
    # A device of which nothing but its management port is known stands in a graph without the internet.
    everyone = graph.sources.get(INTERNET, graph.space.full)
    for version in (4, 6):
        there = address_count(everyone, "src", version)
        if there and address_count(sent & everyone, "src", version) >= EVERYWHERE * there:
            return Origin.ANYWHERE
    return Origin.SOME
