"""What a certificate about forged sources says, in words and with the packet that proves it."""

from __future__ import annotations

from segaudit.findings.evidence import Proof, certainty_of, locations, only_objects, ordinary_hosts, pick, rule_refs
from segaudit.findings.finding import Location, Witness
from segaudit.findings.inbound import PRIVATE_DESTINATION, to_public_addresses
from segaudit.model import Certainty, Message, SourceCheckMode, msg
from segaudit.packetspace.space import PacketSet
from segaudit.semantics.device import Crossing
from segaudit.zones.graph import INTERNET, ZoneGraph
from segaudit.zones.spoofing import Certificate, Entry

#: What an interface asks of sources.
CHECKS = {
    SourceCheckMode.STRICT: msg("strict"),
    SourceCheckMode.FEASIBLE: msg("feasible path"),
    SourceCheckMode.LOOSE: msg("loose"),
    SourceCheckMode.NONE: msg("none"),
    SourceCheckMode.UNKNOWN: msg("not shown"),
}
ENTRIES = {Entry.PROVEN: msg("proven"), Entry.DISPROVEN: msg("disproven"), Entry.UNKNOWN: msg("unknown")}


def why(graph: ZoneGraph, certificate: Certificate) -> Message:
    """The verdict's reason in a sentence without a full stop."""
    if certificate.verdict == Entry.PROVEN:
        if not certificate.checked:
            return msg("the reverse-path check stops every source that belongs elsewhere")
        if certificate.checked != certificate.foreign:
            return msg("the reverse-path check and the lists stop every source that belongs elsewhere")
        return msg("the lists let no source in that belongs elsewhere")
    if certificate.verdict == Entry.DISPROVEN:
        return msg("a source that belongs elsewhere gets through")
    return certainty(graph, certificate)[1][0]


def certainty(graph: ZoneGraph, certificate: Certificate) -> tuple[Certainty, tuple[Message, ...]]:
    """How sure it is that foreign sources get through, and what leaves that open."""
    reasons: list[Message] = []
    if certificate.check.mode == SourceCheckMode.UNKNOWN:
        reasons.append(
            msg("whether the device itself checks sources (rp_filter and the like) does not show in the input")
        )
    if certificate.verdict == Entry.UNKNOWN and not certificate.passing.must:
        deciders = [
            d
            for c in certificate.crossings
            for d in graph.devices[c.device].explain(c.piece, c.piece.sent().may)
            if d.rule is not None or not only_objects(d.rule_set)
        ]
        reasons += certainty_of(certificate.passing, deciders, ())[1]
    if certificate.outside and not certificate.passing.may & to_public_addresses(graph.space):
        reasons.append(PRIVATE_DESTINATION)
    return (Certainty.POSSIBLE if reasons else Certainty.CONFIRMED), tuple(dict.fromkeys(reasons))


def proof(graph: ZoneGraph, certificate: Certificate) -> Proof | None:
    """A packet with a foreign source that gets through (surely, where one does) and what lets it; ``None``: none does."""
    if not certificate.crossings:
        return None
    space = graph.space
    others = (zone for zone in graph.sources if zone != INTERNET and zone not in certificate.zones)
    inside = space.union(graph.sources[zone] for zone in others)
    public = to_public_addresses(space)
    crossing = _telling(certificate, public)
    sent = crossing.piece.sent()
    packet = pick(space, sent.must or sent.may, (inside, public, *ordinary_hosts(graph)))
    arriving = space.packet(packet)
    for rewrite in crossing.piece.rewrites:
        arriving = rewrite.image(arriving)
    received = pick(space, arriving & crossing.piece.current.may, ())
    deciders = [
        d
        for d in graph.devices[crossing.device].explain(crossing.piece, space.packet(packet))
        if d.rule is not None or not only_objects(d.rule_set)
    ]
    sure, reasons = certainty(graph, certificate)
    interface = graph.devices[certificate.device].device.interface(certificate.interface)
    places = list(locations(deciders))
    span = certificate.check.span or (None if interface is None else interface.span)
    if span is not None and all(place.span != span for place in places):
        places.append(Location(span=span, primary=not places))
    return Proof(
        packets=certificate.passing,
        received=crossing.piece.current,
        witness=Witness(
            device=crossing.device,
            in_interface=crossing.ingress,
            out_interface=crossing.egress,
            segment="",
            sent=packet,
            received=received,
        ),
        deciders=tuple(deciders),
        rules=rule_refs(deciders),
        locations=tuple(places),
        certainty=sure,
        reasons=reasons,
    )


def _telling(certificate: Certificate, public: PacketSet) -> Crossing:
    """The crossing that proves most: a sure one, to addresses that the internet routes, and the one for most packets."""

    def rank(crossing: Crossing) -> tuple[bool, bool, int, str]:
        sent = crossing.piece.sent()
        return bool(sent.must), bool((sent.must or sent.may) & public), sent.may.count(), crossing.egress

    return max(certificate.crossings, key=rank)
