"""What proves a finding about packets: a witness that people can read, the rules that decide, how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from segaudit.findings.finding import Location, RuleRef, Witness
from segaudit.findings.phrases import condition
from segaudit.knowledge.roles import role_words
from segaudit.knowledge.services import ServiceEntry, ServiceSet, merged_ranges
from segaudit.model import Action, Certainty, Message, Rule, RuleSet, Span, msg
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.packet import Packet
from segaudit.packetspace.space import PacketSet, PacketSpace, Side
from segaudit.semantics.device import Decider, Exposure
from segaudit.semantics.rulesets import Chosen
from segaudit.semantics.translation import pushed
from segaudit.zones.graph import Flow, SegmentKind, Zone, ZoneGraph

#: From this certainty on a role that was inferred counts as established.
SURE_ROLE = 0.85
#: Segments whose packets come out of a VPN: where they meet which lists depends on who came how.
OUT_OF_VPN = frozenset({SegmentKind.VPN_POOL, SegmentKind.TUNNEL})
#: The action of a `RuleRef` that names an interface or VPN (as ``rule_id``) from which no list is asked.
UNFILTERED = "unfiltered"
#: A source port that no rule is about, unless it tests source ports.
EPHEMERAL = (49152, 65535)
#: Ports that say at once what a wide opening means: SSH, HTTPS, SMB, Remote Desktop.
TELLING_PORTS = ((22, 22), (443, 443), (445, 445), (3389, 3389))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Everything that a flow shows about chosen packets.

    ``packets`` are as sent, ``received`` as they arrive. ``deciders`` are the rules and list ends on the way, in order,
    ``rules`` and ``locations`` the same for the finding (the first location is primary).
    """

    packets: PacketBounds
    received: PacketBounds
    witness: Witness
    deciders: tuple[Decider, ...]
    rules: tuple[RuleRef, ...]
    locations: tuple[Location, ...]
    certainty: Certainty
    reasons: tuple[Message, ...]


def service_packets(space: PacketSpace, services: Iterable[ServiceEntry] | ServiceSet) -> PacketSet:
    """The packets to the destination ports of ``services`` (of protocols without ports: all)."""
    ranges = services.ranges() if isinstance(services, ServiceSet) else merged_ranges(services)
    parts: list[PacketSet] = []
    for protocol, ports in ranges:
        whole = space.protocol(protocol)
        parts.append(whole if ports is None else whole & space.ports("dst", (ports,)))
    return space.union(parts)


def prove(graph: ZoneGraph, flows: Sequence[Flow], received: PacketSet, roles: Sequence[Zone] = ()) -> Proof | None:
    """The proof that ``flows`` carry some of ``received`` (packets as they arrive); ``None`` where none does.

    ``roles`` are the zones whose roles the finding needs.
    """
    parts: list[tuple[Flow, PacketBounds, PacketBounds]] = []
    for flow in flows:
        arriving = flow.received.within(received)
        if not arriving.may:
            continue
        whole = arriving.may == flow.received.may
        parts.append((flow, flow.sent if whole else flow.sent_for(arriving), flow.received if whole else arriving))
    if not parts:
        return None
    space = graph.space
    sent = _join(space, [s for _, s, _ in parts])
    arrived = _join(space, [a for _, _, a in parts])
    # What is sure comes first: the witness of a confirmed finding must be in `must`. Then what reaches anybody outside.
    anybody = _public_examples(space)[1]
    parts.sort(key=lambda part: (not part[1].must, not part[1].may & anybody))
    flow, chosen, _ = parts[0]
    deciders: list[Decider] = []
    unfiltered: dict[RuleRef, Span | None] = {}
    for one, part, _ in parts:
        on_the_way = flow_deciders(graph, one, part.may)
        deciders += on_the_way
        asked = {d.rule_set.version for d in on_the_way if d.action == Action.PERMIT}
        # Lists of one family leave the other one to nobody.
        if None not in asked and any(part.may & space.version(v) for v in (4, 6) if v not in asked):
            unfiltered.update(unfiltered_at(graph, one))
    certainty, reasons = certainty_of(sent, deciders, roles)
    return Proof(
        packets=sent,
        received=arrived,
        witness=witness(graph, flow, chosen),
        deciders=tuple(deciders),
        rules=(*rule_refs(deciders), *unfiltered),
        locations=tuple(_one_primary([*_spans(unfiltered), *locations(deciders)])),
        certainty=certainty,
        reasons=reasons,
    )


def flow_deciders(graph: ZoneGraph, flow: Flow, sent: PacketSet) -> list[Decider]:
    """The rules and list ends that let ``sent`` through on the way of ``flow``, in order; without `only_objects`."""
    if sent is not flow.sent.may:
        return _flow_deciders(graph, flow, sent)
    # Several checks look at everything that passes: of large lists that is worth keeping.
    known = graph.explained.get(id(flow))
    if known is None:
        # The flow is kept beside: the next one at the place of a freed one would be taken for it.
        known = graph.explained[id(flow)] = (flow, _flow_deciders(graph, flow, sent))
    return known[1]


def chosen_deciders(graph: ZoneGraph, flow: Flow, chosen: Callable[[str], Chosen]) -> list[Decider]:
    """As `flow_deciders` of all that is sent, of the rules only those that ``chosen`` (by device) names."""
    return _flow_deciders(graph, flow, flow.sent.may, chosen)


def permits_by_rule(graph: ZoneGraph, flow: Flow) -> bool:
    """Whether a rule is among the `flow_deciders` of all that is sent."""
    packets = flow.sent.may
    for hop in flow.hops:
        if graph.devices[hop.device].permits_by_rule(hop.piece, packets):
            return True
        packets = pushed(hop.piece.rewrites, packets) & hop.piece.current.may
    return False


def _flow_deciders(
    graph: ZoneGraph, flow: Flow, sent: PacketSet, chosen: Callable[[str], Chosen] | None = None
) -> list[Decider]:
    found: list[Decider] = []
    packets = sent
    for place, hop in enumerate(flow.hops):
        rules = None if chosen is None else chosen(hop.device)
        for decider in _permitting(graph.devices[hop.device].explain(hop.piece, packets, rules)):
            before = PacketBounds.exactly(decider.sent)
            for earlier in reversed(flow.hops[:place]):
                before = PacketBounds.exactly(earlier.piece.sent(before).may)
            found.append(replace(decider, sent=before.may & sent) if place else decider)
        packets = pushed(hop.piece.rewrites, packets) & hop.piece.current.may
    return found


def _permitting(deciders: Iterable[Decider]) -> Iterator[Decider]:
    return (d for d in deciders if d.rule is not None or not only_objects(d.rule_set))


def only_objects(rule_set: RuleSet) -> bool:
    """Whether a list only holds the maker's own objections and passes everything else on: it permits nothing."""
    return (
        rule_set.default_implicit
        and rule_set.default == Action.PERMIT
        and all(r.implicit or r.action == Action.RETURN for r in rule_set.rules)
    )


def prove_flow(graph: ZoneGraph, flow: Flow, sent: PacketSet, roles: Sequence[Zone] = ()) -> Proof | None:
    """The proof that ``flow`` carries some of ``sent`` (packets as they are sent)."""
    arriving = PacketBounds(flow.sent.must & sent, flow.sent.may & sent)
    for hop in flow.hops:
        for rewrite in hop.piece.rewrites:
            arriving = rewrite.image_bounds(arriving & rewrite.domain)
    return prove(graph, (flow,), arriving.may, roles)


def unfiltered_at(graph: ZoneGraph, flow: Flow) -> dict[RuleRef, Span | None]:
    """What lets packets pass where no list is asked: the VPN that bypasses them, or the interfaces on the way."""
    if flow.source.kind in OUT_OF_VPN:
        first = flow.hops[0]
        name = next((p.vpn for p in flow.source.ports if p.device == first.device), flow.source.name)
        return {RuleRef(device=first.device, rule_set="", rule_id=name, action=UNFILTERED): flow.source.span}
    found: dict[RuleRef, Span | None] = {}
    for hop in flow.hops:
        interface = graph.devices[hop.device].device.interface(hop.ingress)
        ref = RuleRef(device=hop.device, rule_set="", rule_id=hop.ingress, action=UNFILTERED)
        found[ref] = None if interface is None else interface.span
    return found


def _spans(unfiltered: Mapping[RuleRef, Span | None]) -> list[Location]:
    return [Location(span=span) for span in dict.fromkeys(unfiltered.values()) if span is not None]


def prove_exposure(graph: ZoneGraph, exposures: Sequence[Exposure], roles: Sequence[Zone] = ()) -> Proof | None:
    """The proof that packets reach services of a device itself; ``None`` where none does."""
    parts = [(e, e.piece.sent()) for e in exposures]
    parts = [(e, sent) for e, sent in parts if sent.may]
    if not parts:
        return None
    parts.sort(key=lambda part: not part[1].must)
    exposure, sent = parts[0]
    of_each = [(e, list(_permitting(graph.devices[e.device].explain(e.piece, s.may)))) for e, s in parts]
    deciders = [d for _, own in of_each for d in own]
    # Where a list stands at some interfaces only, the others are named with it.
    unasked = [
        RuleRef(device=e.device, rule_set="", rule_id=e.ingress, action=UNFILTERED)
        for e, own in of_each
        if deciders and not own
    ]
    together = _join(graph.space, [s for _, s in parts])
    certainty, reasons = certainty_of(together, deciders, roles)
    packet = pick(graph.space, sent.must or sent.may, ordinary_hosts(graph))
    arrived = pick(
        graph.space, pushed(exposure.piece.rewrites, graph.space.packet(packet)) & exposure.piece.current.may, ()
    )
    found = Witness(device=exposure.device, in_interface=exposure.ingress, segment="", sent=packet, received=arrived)
    places = [Location(span=e.service.span, primary=i == 0) for i, (e, _) in enumerate(parts) if e.service is not None]
    places += [p for p in locations(deciders) if all(p.span != q.span for q in places)]
    return Proof(
        packets=together,
        received=_join(graph.space, [e.piece.current for e, _ in parts]),
        witness=found,
        deciders=tuple(deciders),
        rules=(*rule_refs(deciders), *dict.fromkeys(unasked)),
        locations=tuple(dict.fromkeys(_one_primary(places))),
        certainty=certainty,
        reasons=reasons,
    )


def certainty_of(
    packets: PacketBounds, deciders: Iterable[Decider], roles: Sequence[Zone]
) -> tuple[Certainty, tuple[Message, ...]]:
    """Confirmed where it is shown by what surely happens and every needed role is established; else why not."""
    reasons: list[Message] = []
    if not packets.must:
        undecided = dict.fromkeys(r for d in deciders for r in d.reasons)
        reasons += [
            msg("it depends on {condition}, which no packet header shows", condition=condition(r)) for r in undecided
        ]
        if not undecided:
            reasons.append(msg("the way there, or what stands on it, does not show in the inputs"))
    reasons += [
        msg(
            "the role of {zone} is inferred ({role}, certainty {percent} %)",
            zone=zone.name,
            role=role_words(zone.role),
            percent=round(zone.certainty * 100),
        )
        for zone in roles
        if zone.certainty < SURE_ROLE
    ]
    return (Certainty.POSSIBLE if reasons else Certainty.CONFIRMED), tuple(reasons)


def witness(graph: ZoneGraph, flow: Flow, sent: PacketBounds) -> Witness:
    """A readable packet of ``sent`` (of what surely passes, where there is any), and how it arrives by ``flow``."""
    space = graph.space
    first, last = flow.hops[0], flow.hops[-1]
    packet = pick(space, sent.must or sent.may, ordinary_hosts(graph))
    packets = space.packet(packet)
    for hop in flow.hops:
        packets = pushed(hop.piece.rewrites, packets) & hop.piece.current.may
    received = pick(space, packets & flow.received.may, ())
    if len(flow.hops) == 1 and flow.source.kind not in OUT_OF_VPN:
        # Between two interfaces it replays at the device alone, whatever the routes say.
        return Witness(
            device=first.device,
            in_interface=first.ingress,
            out_interface=last.egress,
            segment="",
            sent=packet,
            received=received,
        )
    return Witness(
        device="", in_interface="", out_interface="", segment=flow.source.name, sent=packet, received=received
    )


def pick(space: PacketSpace, packets: PacketSet, wishes: Iterable[PacketSet]) -> Packet:
    """The packet of a set (which is not empty) that reads best, as `reading_best` has it."""
    return picked(packets, reading_best(space, wishes))


def reading_best(space: PacketSpace, wishes: Iterable[PacketSet]) -> tuple[PacketSet, ...]:
    """What makes a packet readable: TCP, ``wishes``, a source that is an ordinary host, a high source port."""
    return (
        space.protocol(6),
        space.ports("dst", ((1, 65535),)),
        space.ports("dst", TELLING_PORTS),
        *wishes,
        *_public_examples(space),
        space.ports("src", (EPHEMERAL,)),
    )


def picked(packets: PacketSet, preferred: tuple[PacketSet, ...]) -> Packet:
    """The packet of a set (which is not empty) that fits ``preferred`` best."""
    found = packets.witness(preferred)
    assert found is not None, "asked of sets with packets only"
    if found.src == found.dst:
        # Nobody sends to himself: another destination, or else another sender, where the set holds one.
        sides: tuple[Side, Side] = ("dst", "src")
        for side in sides:
            apart = packets - packets.space.addresses(side, found.version, found.src, found.src)
            other = apart.witness(preferred) if apart else None
            if other is not None and other.src != other.dst:
                return other
    return found


def from_anybody(space: PacketSpace) -> PacketSet:
    """Packets from an address that stands for anybody on the internet, in either family."""
    return _public_examples(space)[0]


def _public_examples(space: PacketSpace) -> tuple[PacketSet, ...]:
    """Addresses that stand for anybody on the internet, as sender and as receiver (RFC 5737, RFC 3849)."""
    (sender, sender6), (receiver, receiver6) = _ANYBODY
    return (
        space.addresses("src", 4, sender, sender) | space.addresses("src", 6, sender6, sender6),
        space.addresses("dst", 4, receiver, receiver) | space.addresses("dst", 6, receiver6, receiver6),
    )


#: 198.51.100.7 and 2001:db8::7, 192.0.2.7 and 2001:db8:0:d::7.
_ANYBODY = (
    (0xC6336407, 0x20010DB8_0000_0000_0000_0000_0000_0007),
    (0xC0000207, 0x20010DB8_0000_000D_0000_0000_0000_0007),
)


def ordinary_hosts(graph: ZoneGraph) -> tuple[PacketSet, ...]:
    """Wishes that keep a witness away from network and broadcast addresses of the segments."""
    return graph.ordinary_hosts


def rule_refs(deciders: Iterable[Decider]) -> tuple[RuleRef, ...]:
    """The rules and list ends as a finding names them, each once, in order."""
    return tuple(dict.fromkeys(rule_ref(d.device, d.rule_set, d.rule) for d in deciders))


def rule_ref(device: str, rule_set: RuleSet, rule: Rule | None) -> RuleRef:
    """A rule, or the end of its list (``rule`` is ``None``), as a finding names it."""
    if rule is None:
        return RuleRef(device=device, rule_set=rule_set.name, rule_id="", action="default")
    return RuleRef(device=device, rule_set=rule_set.name, rule_id=rule.id, name=rule.name, action=rule.action)


def locations(deciders: Iterable[Decider]) -> tuple[Location, ...]:
    """The lines that ``deciders`` stand at: first what permits, what the maker permits by itself after it, then what translates."""
    spans: dict[Span, int] = {}
    for decider in deciders:
        span = decider.rule.span if decider.rule is not None else decider.rule_set.default_span
        if span is not None:
            written = decider.rule is None or not decider.rule.implicit
            rank = 2 if decider.action != Action.PERMIT else 0 if written else 1
            spans[span] = min(spans.get(span, rank), rank)
    ordered = sorted(spans, key=lambda span: spans[span])
    return tuple(Location(span=span, primary=i == 0) for i, span in enumerate(ordered))


def _one_primary(places: Sequence[Location]) -> list[Location]:
    spans = dict.fromkeys(place.span for place in places)
    return [Location(span=span, primary=i == 0) for i, span in enumerate(spans)]


def _join(space: PacketSpace, parts: Sequence[PacketBounds]) -> PacketBounds:
    return PacketBounds(space.union(p.must for p in parts), space.union(p.may for p in parts))
