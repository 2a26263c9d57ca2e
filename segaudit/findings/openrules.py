"""What passes without being asked for: rules that permit everything, list ends that permit, interfaces without lists,
makers' own permits, and deny-lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from segaudit.findings.evidence import (
    OUT_OF_VPN,
    UNFILTERED,
    Proof,
    certainty_of,
    chosen_deciders,
    flow_deciders,
    permits_by_rule,
    prove_flow,
    rule_ref,
)
from segaudit.findings.finding import Location, RuleRef, Witness
from segaudit.findings.openness import WIDE_PORTS, widest_run
from segaudit.findings.pairs import LINK_ROLES, zone_subject
from segaudit.knowledge.roles import Role
from segaudit.model import (
    Action,
    Attachment,
    Device,
    Hook,
    Message,
    Rule,
    RuleSet,
    RuleSetKind,
    Service,
    ServiceExpr,
)
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSet
from segaudit.semantics.device import DeviceSemantics
from segaudit.semantics.rulesets import Chosen
from segaudit.zones.graph import INTERNET, Conduit, Flow, Zone, ZoneGraph
from segaudit.zones.roles import decided, segment_evidence, weighed

#: The hooks of lists about what passes through a device.
_THROUGH = frozenset({Hook.PREROUTING, Hook.FORWARD, Hook.POSTROUTING})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlace:
    """A place that lets packets pass, with what it lets pass between zones.

    ``pairs`` are the conduits (source and target zone) with the packets (as sent) that this place lets through.
    ``ingresses`` are, where no list is asked (``rule_set`` is ``None``), the interfaces that the packets enter by.
    ``packets`` are those of all pairs, as sent; ``proof`` is about one of them. ``twins`` are other rules that say the
    same of the maker's own accord, for another family or for senders of whom the firmware decides.
    """

    device: str
    rule_set: RuleSet | None
    rule: Rule | None
    ingresses: tuple[str, ...]
    pairs: tuple[tuple[Zone, Zone, PacketSet], ...]
    packets: PacketBounds
    proof: Proof
    twins: tuple[tuple[RuleSet, Rule], ...] = ()

    @property
    def refs(self) -> tuple[RuleRef, ...]:
        """The place as findings name it: a rule, a list end, or the interfaces without a list."""
        if self.rule_set is None:
            return tuple(RuleRef(device=self.device, rule_set="", rule_id=i, action=UNFILTERED) for i in self.ingresses)
        return tuple(rule_ref(self.device, *one) for one in ((self.rule_set, self.rule), *self.twins))

    @property
    def from_zone(self) -> str:
        """The zone that all of its packets come from; empty where there are several."""
        return _only({s.name for s, _, _ in self.pairs})

    @property
    def to_zone(self) -> str:
        """The zone that all of its packets go to; empty where there are several."""
        return _only({t.name for _, t, _ in self.pairs})

    @property
    def subject(self) -> tuple[str, ...]:
        """What the fingerprint is made of: the ends that it opens."""
        return tuple(sorted({f"{zone_subject(s)}>{zone_subject(t)}" for s, t, _ in self.pairs}))


def _only(names: set[str]) -> str:
    return next(iter(names)) if len(names) == 1 else ""


@dataclass(frozen=True, slots=True)
class _Part:
    """What one place lets through of a flow: ``packets`` as its list sees them, ``sent`` as they left their segment."""

    conduit: Conduit
    flow: Flow
    packets: PacketSet
    sent: PacketSet


@dataclass(slots=True)
class _Gathered:
    """Packets that one place lets through, by pair of zones and way."""

    rule_set: RuleSet | None
    rule: Rule | None
    parts: list[_Part] = field(default_factory=list)
    ingresses: dict[str, None] = field(default_factory=dict)
    twins: list[tuple[RuleSet, Rule]] = field(default_factory=list)

    @property
    def rules(self) -> list[Rule | None]:
        """Its rule and the twins of it."""
        return [self.rule, *(rule for _, rule in self.twins)]


def _gather(
    graph: ZoneGraph,
    wanted: Callable[[str, RuleSet, Rule], bool],
    *,
    ends: bool = False,
    unfiltered: bool = False,
    hook: Hook | None = None,
) -> dict[tuple[str, str, str], _Gathered]:
    """By device, list and rule (or interface): what passes by rules that are ``wanted``, by ``ends`` of lists that permit,
    or ``unfiltered`` where nothing on the way permits or denies it; of rules only those asked at ``hook``, if given.
    """
    found: dict[tuple[str, str, str], _Gathered] = {}
    chosen = {name: Chosen(partial(wanted, name)) for name in graph.devices}
    for conduit in graph.conduits.values():
        source, target = graph.zones[conduit.src], graph.zones[conduit.dst]
        if LINK_ROLES & {source.role, target.role} or target.role == Role.VPN:
            # Links have no hosts, and those of remote users are in no segment of ours.
            continue
        for flow in conduit.flows:
            permits = [d for d in chosen_deciders(graph, flow, chosen.__getitem__) if d.action == Action.PERMIT]
            for decider in permits:
                if (ends if decider.rule is None else hook in (None, decider.hook)) and _carries_sessions(
                    decider.packets
                ):
                    rule = decider.rule
                    key = (decider.device, decider.rule_set.name, rule.id if rule is not None else "")
                    place = found.setdefault(key, _Gathered(decider.rule_set, rule))
                    place.parts.append(_Part(conduit, flow, decider.packets, decider.sent))
            if (
                unfiltered
                and flow.source.kind not in OUT_OF_VPN
                and _carries_sessions(flow.sent.may)
                and not permits
                and not permits_by_rule(graph, flow)
            ):
                first = flow.hops[0]
                place = found.setdefault((first.device, "", ""), _Gathered(None, None))
                place.ingresses[first.ingress] = None
                place.parts.append(_Part(conduit, flow, flow.sent.may, flow.sent.may))
    return found


def _carries_sessions(packets: PacketSet) -> bool:
    """Whether TCP or UDP is among ``packets``: neighbour discovery and the like open nothing."""
    return bool(packets.where(packets.space.protocol_test(6, 17)))


def _places(graph: ZoneGraph, gathered: dict[tuple[str, str, str], _Gathered]) -> Iterator[OpenPlace]:
    for (device, _, _), place in sorted(gathered.items(), key=lambda item: item[0]):
        # What is shown for the internet comes first, and of that what is sure.
        parts = sorted(
            place.parts,
            key=lambda p: (p.conduit.src != INTERNET, not p.sent & p.flow.sent.must, p.conduit.src, p.conduit.dst),
        )
        proofs = (prove_flow(graph, p.flow, p.sent, (graph.zones[p.conduit.src],)) for p in parts)
        first, proof = next(((i, one) for i, one in enumerate(proofs) if one is not None), (0, None))
        if proof is None:
            continue
        proof = replace(proof, witness=_own_witness(graph, place, parts[first:], proof))
        pairs: dict[tuple[str, str], PacketSet] = {}
        for part in parts:
            pair = part.conduit.src, part.conduit.dst
            pairs[pair] = pairs[pair] | part.sent if pair in pairs else part.sent
        yield OpenPlace(
            device=device,
            rule_set=place.rule_set,
            rule=place.rule,
            ingresses=tuple(sorted(place.ingresses)),
            pairs=tuple((graph.zones[s], graph.zones[t], p) for (s, t), p in sorted(pairs.items())),
            packets=PacketBounds(
                graph.space.union(part.sent & part.flow.sent.must for part in parts), graph.space.union(pairs.values())
            ),
            proof=proof,
            twins=tuple(place.twins),
        )


def _own_witness(graph: ZoneGraph, place: _Gathered, parts: Sequence[_Part], proof: Proof) -> Witness:
    """The witness of ``proof``, by a packet that no other rule of the list may permit where there is one.

    Of two rules that are undecided either may take a packet of both. The proof is that of the first of ``parts``.
    """
    for part in parts:
        others = [
            d.sent
            for d in flow_deciders(graph, part.flow, part.sent)
            if d.action == Action.PERMIT
            and d.rule_set is place.rule_set
            and all(d.rule is not own for own in place.rules)
        ]
        if not others and part is parts[0]:
            break
        own = part.sent - graph.space.union(others)
        better = prove_flow(graph, part.flow, own) if own else None
        if better is not None and (better.packets.must or not proof.packets.must):
            return better.witness
    return proof.witness


def default_permits(graph: ZoneGraph) -> Iterator[OpenPlace]:
    """List ends that permit, and interfaces from which nothing is asked on the whole way."""
    yield from _places(graph, _gather(graph, lambda _device, _list, _rule: False, ends=True, unfiltered=True))


def implicit_permits(graph: ZoneGraph) -> Iterator[tuple[OpenPlace, tuple[Zone, ...]]]:
    """The maker's own permits that let something through; with each, where members of one zone (or of one security
    level) are of different roles, two of them.
    """
    gathered = _gather(graph, lambda _device, _list, rule: rule.implicit != "", hook=Hook.FORWARD)
    alike: dict[object, tuple[str, str, str]] = {}
    for key, place in sorted(gathered.items(), key=lambda item: item[0]):
        rule, rule_set = place.rule, place.rule_set
        assert rule is not None, "only rules were gathered"
        assert rule_set is not None, "a rule stands in a list"
        first = alike.setdefault((key[0], rule.implicit, rule.span, rule.ingress, rule.egress), key)
        if first != key:
            gathered[first].parts += place.parts
            gathered[first].twins.append((rule_set, rule))
            del gathered[key]
    for found in _places(graph, gathered):
        assert found.rule is not None, "only rules were gathered"
        assert found.rule_set is not None, "a rule stands in a list"
        yield found, _apart(graph, gathered[found.device, found.rule_set.name, found.rule.id].parts, found.device)


def _apart(graph: ZoneGraph, parts: Sequence[_Part], device: str) -> tuple[Zone, ...]:
    """Two members of one zone of the maker, or of one security level, whose roles differ: those of the surest roles."""
    best: tuple[Zone, ...] = ()
    semantics = graph.devices[device]
    models = {name: one.device for name, one in graph.devices.items()}
    for part in parts:
        if not any(
            hop.device == device and _of_one_group(semantics, hop.ingress, hop.egress) for hop in part.flow.hops
        ):
            continue
        source, target = graph.zones[part.conduit.src], graph.zones[part.conduit.dst]
        if source is target:
            # A zone has one role, and each of its segments the signs for its own.
            source, target = (
                replace(source, name=segment.name, role=role, certainty=certainty, segments=(segment,))
                for segment in (part.flow.source, part.flow.target)
                for role, certainty in [decided(weighed(segment_evidence(segment, models)))]
            )
        if Role.UNKNOWN in {source.role, target.role} or source.role == target.role:
            continue
        if not best or min(source.certainty, target.certainty) > min(zone.certainty for zone in best):
            best = (source, target)
    return best


def _of_one_group(semantics: DeviceSemantics, ingress: str, egress: str) -> bool:
    one, other = semantics.device.interface(ingress), semantics.device.interface(egress)
    if one is None or other is None or one is other:
        return False
    zone = semantics.rule_sets.zone_of(ingress)
    same_level = one.security_level is not None and one.security_level == other.security_level
    return same_level or (zone != "" and zone == semantics.rule_sets.zone_of(egress))


# -- any to any -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyRule:
    """A rule that permits everything; ``packets`` is what it gets, ``witness`` one of them.

    ``subject`` is what the fingerprint is made of: the ends that it opens.
    """

    device: str
    rule_set: str
    rule: Rule
    packets: PacketBounds
    witness: Witness | None
    from_zone: str
    to_zone: str
    from_internet: bool
    reasons: tuple[Message, ...]
    subject: tuple[str, ...]

    @property
    def names(self) -> dict[str, str]:
        """Parameters for messages."""
        return {"rule": self.rule.id, "list": self.rule_set, "device": self.device}

    @property
    def certain(self) -> bool:
        """Whether nothing undecided stands before it."""
        return not self.reasons

    @property
    def ref(self) -> RuleRef:
        """The rule as findings name it."""
        return RuleRef(device=self.device, rule_set=self.rule_set, rule_id=self.rule.id, name=self.rule.name)

    @property
    def location(self) -> Location:
        """Where it stands."""
        return Location(span=self.rule.span, primary=True)


def any_any_rules(graph: ZoneGraph) -> Iterator[AnyRule]:
    """Every rule that permits any to any on any service, is bound, and gets something between zones."""
    bare = {
        (name, rule_set.name, rule.id)
        for name, semantics in graph.devices.items()
        for rule_set in semantics.device.rule_sets
        if rule_set.kind == RuleSetKind.FILTER
        for rule in rule_set.rules
        if _permits_everything(rule, rule_set, semantics) and not _between_two(rule, rule_set, semantics.device)
    }
    if not bare:
        return
    gathered = _gather(graph, lambda device, rule_set, rule: (device, rule_set.name, rule.id) in bare)
    for place in _places(graph, gathered):
        assert place.rule is not None, "only rules were gathered"
        assert place.rule_set is not None, "a rule stands in a list"
        bound = any(place.rule_set.name in a.rule_sets for a in graph.devices[place.device].device.attachments)
        from_internet = any(s.name == INTERNET for s, _, _ in place.pairs)
        if not bound and len(place.pairs) == 1 and not from_internet:
            # The jumps to this list let one pair of zones through: it is that pair's rule.
            continue
        if all(target.name == INTERNET for _, target, _ in place.pairs):
            # The usual way out: nothing but the internet is beyond it.
            continue
        _, reasons = certainty_of(place.proof.packets, place.proof.deciders, ())
        yield AnyRule(
            device=place.device,
            rule_set=place.rule_set.name,
            rule=place.rule,
            packets=place.packets,
            witness=place.proof.witness,
            from_zone=place.from_zone,
            to_zone=place.to_zone,
            from_internet=from_internet,
            reasons=reasons,
            subject=place.subject,
        )


def _permits_everything(rule: Rule, rule_set: RuleSet, semantics: DeviceSemantics) -> bool:
    """Whether a rule permits, by addresses and service, all that opens a session in a family of its list."""
    if rule.action != Action.PERMIT or not rule.enabled or rule.implicit:
        return False
    space, resolver = semantics.space, semantics.resolver
    if not resolver.decides_nothing(rule.service):
        return False
    source, destination = resolver.addresses(rule.source, "src").must, resolver.addresses(rule.destination, "dst").must
    everything = space.opening.where(source & destination) & resolver.services(rule.service)[0].must
    families = semantics.device.versions if rule_set.version is None else {rule_set.version}
    return any(space.opening & space.version(v) <= everything for v in sorted(families))


def _between_two(rule: Rule, rule_set: RuleSet, device: Device) -> bool:
    """Whether the rule, or where its list is bound, names both a way in and a way out; or it is not about passing."""
    bound = [a for a in device.attachments if rule_set.name in a.rule_sets]
    through = [a for a in bound if a.hook in _THROUGH]
    if bound and not through:
        return True
    return all(not _open_side(rule, a) for a in through) if through else False


def _open_side(rule: Rule, attachment: Attachment) -> bool:
    ingress = rule.ingress.is_any and attachment.ingress.is_any
    egress = rule.egress.is_any and attachment.egress.is_any
    return ingress or egress


# -- deny-lists -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyList:
    """A list that permits all but exceptions: ``denies`` stand before ``place``, which permits the rest."""

    place: OpenPlace
    denies: tuple[Rule, ...]


def deny_lists(graph: ZoneGraph, least_share: Callable[[Zone, Zone, PacketSet], bool]) -> Iterator[DenyList]:
    """Lists in which denies stand before a permit that ``least_share`` says covers nearly everything of a pair."""
    broad: dict[PacketSet, bool] = {}

    def permits_much(device: str, _: RuleSet, rule: Rule) -> bool:
        if rule.implicit or rule.action != Action.PERMIT or _few_ports(rule.service):
            return False
        what = graph.devices[device].resolver.services(rule.service)[0].may
        known = broad.get(what)
        if known is None:
            known = broad[what] = widest_run(what) > WIDE_PORTS
        return known

    seen = _gather(graph, permits_much, ends=True)
    kept: dict[tuple[str, str, str], _Gathered] = {}
    for key, place in seen.items():
        parts = [
            part
            for part in place.parts
            if part.conduit.dst != INTERNET
            and least_share(graph.zones[part.conduit.src], graph.zones[part.conduit.dst], part.packets)
            and _exceptions(graph, key[0], place, [part])
        ]
        if parts:
            kept[key] = _Gathered(place.rule_set, place.rule, parts)
    for found in _places(graph, kept):
        (ref,) = found.refs
        key = (found.device, ref.rule_set, ref.rule_id)
        yield DenyList(place=found, denies=tuple(_exceptions(graph, found.device, kept[key], kept[key].parts)))


def _few_ports(service: ServiceExpr) -> bool:
    """Whether a service says by itself that its ports are no wide range; most rules of long lists do."""
    if not isinstance(service, Service) or service.destination_ports is None:
        return False
    return sum(last - first + 1 for first, last in service.destination_ports) <= WIDE_PORTS


def _exceptions(graph: ZoneGraph, device: str, place: _Gathered, parts: Sequence[_Part]) -> list[Rule]:
    """The denies of the list that take packets of the same pairs before the permit gets them."""
    found: dict[str, Rule] = {}
    if place.rule_set is None:
        return []
    semantics = graph.devices[device]
    for part in parts:
        targets = graph.targets.get(part.conduit.dst)
        for hop in part.flow.hops:
            if hop.device != device or targets is None:
                continue
            for hook in (Hook.PREROUTING, Hook.FORWARD, Hook.POSTROUTING):
                for gate in semantics.gates(hook, hop.ingress, hop.egress, hop.piece.translated):
                    for result in gate.results:
                        if result.rule_set.name != place.rule_set.name:
                            continue
                        limit = place.rule.position if place.rule is not None else len(place.rule_set.rules) + 1
                        for effect, _ in result.deciding(targets & graph.space.opening):
                            rule = effect.rule
                            if rule.action == Action.DENY and rule.position < limit and not rule.implicit:
                                found[rule.id] = rule
    return [found[key] for key in sorted(found, key=lambda k: found[k].position)]


def is_deny_list(graph: ZoneGraph, conduit: Conduit) -> bool:
    """Whether what passes in ``conduit`` is what denies before one permit left over."""
    for flow in conduit.flows:
        for decider in flow_deciders(graph, flow, flow.sent.may):
            if decider.action == Action.PERMIT and (decider.rule is None or not decider.rule.implicit):
                place = _Gathered(decider.rule_set, decider.rule)
                part = _Part(conduit, flow, decider.packets, decider.sent)
                if _exceptions(graph, decider.device, place, [part]):
                    return True
    return False
