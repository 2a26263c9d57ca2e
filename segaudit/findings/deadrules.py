"""Rules that never decide a packet, because earlier ones take everything that they match."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from segaudit.findings.evidence import picked, reading_best
from segaudit.findings.finding import Finding, Location, RuleRef, Witness
from segaudit.findings.identity import RuleIdentity
from segaudit.model import Action, Certainty, Device, Hook, Message, Rule, RuleSetKind, Severity, Span
from segaudit.packetspace.packet import Packet
from segaudit.packetspace.space import PacketSet
from segaudit.semantics.device import DeviceSemantics
from segaudit.semantics.rulesets import EGRESS_HOOKS, Context, ListResult
from segaudit.zones.graph import ZoneGraph


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadRule:
    """A dead rule and a small set of earlier rules that together take all of its packets, in list order.

    ``witness`` is a packet that it matches and that a blocker with another action gets, between ``ingress`` and
    ``egress`` (empty: wherever); only where an action differs and no translation is needed to get there. ``subject``
    says what the rule matches, for the fingerprint.
    """

    device: str
    rule_set: str
    rule: Rule
    blockers: tuple[Rule, ...]
    witness: Packet | None
    subject: tuple[str, ...]
    ingress: str = ""
    egress: str = ""

    @property
    def conflicting(self) -> bool:
        """Whether some blocker does otherwise than the dead rule would."""
        return _conflicts(self.rule, self.blockers)

    @property
    def names(self) -> dict[str, str]:
        """Parameters for messages: the rule, its list, its device."""
        return {"rule": self.rule.id, "list": self.rule_set, "device": self.device}

    @property
    def blocker_names(self) -> str:
        """The blockers by id, a few of many."""
        ids = [b.id for b in self.blockers]
        return ", ".join(ids) if len(ids) <= _MOST_NAMED else ", ".join(ids[:_MOST_NAMED]) + ", …"


#: Blockers that a sentence names.
_MOST_NAMED = 6


def finding_of(
    dead: DeadRule, *, check: str, severity: Severity, title: Message, message: Message, remediation: Message
) -> Finding:
    """The finding about a dead rule: at the rule first, then at those that take its packets."""
    refs = [
        RuleRef(device=dead.device, rule_set=dead.rule_set, rule_id=r.id, name=r.name, action=r.action)
        for r in (dead.rule, *dead.blockers)
    ]
    spans = dict.fromkeys(r.span for r in (dead.rule, *dead.blockers))
    witness = None
    if dead.witness is not None:
        witness = Witness(
            device=dead.device,
            in_interface=dead.ingress,
            out_interface=dead.egress,
            segment="",
            sent=dead.witness,
            received=dead.witness,
        )
    return Finding(
        check=check,
        severity=severity,
        certainty=Certainty.CONFIRMED,
        title=title,
        message=message,
        remediation=remediation,
        rules=tuple(refs),
        locations=tuple(Location(span=span, primary=i == 0) for i, span in enumerate(spans)),
        witness=witness,
        subject=dead.subject,
    )


def _conflicts(rule: Rule, blockers: tuple[Rule, ...]) -> bool:
    return rule.action in _DECIDING and any(b.action in _DECIDING and b.action != rule.action for b in blockers)


_DECIDING = frozenset({Action.PERMIT, Action.DENY})
#: What a dead rule is looked for among: actions that end a packet's way in the list, or send it elsewhere.
_LOOKED_AT = frozenset({Action.PERMIT, Action.DENY, Action.JUMP, Action.GOTO})


def dead_rules(graph: ZoneGraph) -> Iterator[DeadRule]:
    """Every dead rule of every filter list, device by device, in list order.

    A rule is dead when it matches something in some context and gets nothing in any. A list that classes of traffic copy
    is told once.
    """
    preferred, identity = reading_best(graph.space, ()), RuleIdentity(graph)
    for _, semantics in sorted(graph.devices.items()):
        told: dict[tuple[Span, tuple[str, ...]], str] = {}
        for rule_set in semantics.device.rule_sets:
            if rule_set.kind == RuleSetKind.FILTER:
                for dead in _dead_in(semantics, rule_set.name, preferred, identity):
                    if told.setdefault((dead.rule.span, dead.subject), rule_set.name) == rule_set.name:
                        yield dead


def _dead_in(
    semantics: DeviceSemantics, name: str, preferred: tuple[PacketSet, ...], identity: RuleIdentity
) -> Iterator[DeadRule]:
    dead: dict[str, tuple[Context, ListResult, int]] = {}
    # As written: a parser may make several rules of one, of which one alone is no dead rule.
    alive: set[str] = set()
    for context, result in _results(semantics, name):
        matched = result.first_match.entries
        for index, effective in enumerate(result.first_match.effective):
            rule = result.rules[index]
            if effective.may:
                alive.add(rule.part_of or rule.id)
            elif rule.action in _LOOKED_AT and not rule.implicit and matched[index].may:
                dead.setdefault(rule.part_of or rule.id, (context, result, index))
    for context, result, index in dead.values():
        rule = result.rules[index]
        if (rule.part_of or rule.id) in alive:
            continue
        blockers = result.first_match.blockers(index)
        yield DeadRule(
            device=semantics.device.name,
            rule_set=name,
            rule=rule,
            blockers=tuple(result.rules[b] for b in blockers),
            witness=None if context.translated else _witness(result, index, blockers, preferred),
            subject=identity.of(rule, result.rule_set, semantics),
            ingress=context.ingress,
            egress=context.egress,
        )


def _witness(
    result: ListResult, index: int, blockers: tuple[int, ...], preferred: tuple[PacketSet, ...]
) -> Packet | None:
    """A packet of a dead rule that a blocker with another action gets, surely where there is one."""
    match, effective = result.first_match.entries[index], result.first_match.effective
    space = match.may.space
    others = [b for b in blockers if _conflicts(result.rules[index], (result.rules[b],))]
    sure = match.must & space.union(effective[b].must for b in others)
    taken = sure or match.may & space.union(effective[b].may for b in others)
    return picked(taken, preferred) if taken else None


def _results(semantics: DeviceSemantics, name: str) -> Iterator[tuple[Context, ListResult]]:
    """The list in every context that its rules tell apart; the context names interfaces only where they matter."""
    rule_sets = semantics.rule_sets
    seen: set[object] = set()
    for context in _contexts(semantics.device, name):
        key = rule_sets.signature(name, context)
        if key not in seen:
            seen.add(key)
            result = rule_sets.ask(name, context)
            if result is not None:
                yield context, result


def _contexts(device: Device, name: str) -> Iterator[Context]:
    """Every pair of interfaces between which the list may be asked, also by way of jumps; one if it is bound nowhere."""
    rule_set = device.rule_set(name)
    assert rule_set is not None, "asked for lists of the device only"
    if not any(r.target or not r.ingress.is_any or not r.egress.is_any for r in rule_set.rules):
        interfaces: list[str] = [""]
        hooks = {Hook.FORWARD}
    else:
        interfaces = [i.name for i in device.interfaces if i.enabled] or [""]
        hooks = {a.hook for a in device.attachments if name in a.rule_sets} or set(EGRESS_HOOKS)
    egresses = interfaces if hooks & EGRESS_HOOKS else [""]
    names = sorted({n for r in rule_set.rules if r.translated_by for n in r.translated_by})
    for ingress, egress in product(interfaces, egresses):
        for translated in ("", *names):
            yield Context(ingress=ingress, egress=egress, translated=translated)
