"""Lists of rules as sets: what each rule gets, what a list permits, denies, translates, and leaves to the next one.

Of each outcome only what *may* have it is kept; what *must* have an outcome is what may have no other. That is exact
when undecided conditions are independent of each other, and on the safe side when they are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from segaudit.model import Action, Device, Hook, InterfaceMatch, Rule, RuleSet
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.firstmatch import FirstMatch
from segaudit.packetspace.space import PacketSet, PacketSpace
from segaudit.semantics.resolve import Match, Resolver


@dataclass(frozen=True, slots=True)
class Context:
    """Between which interfaces, and after which destination translation, a list is asked. Empty: none or unknown."""

    ingress: str = ""
    egress: str = ""
    translated: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEffect:
    """What one rule matches and gets in one context."""

    rule_set: str
    rule: Rule
    match: PacketBounds
    effective: PacketBounds
    reasons: tuple[str, ...] = ()


class ListResult:
    """A list asked in one context.

    ``permitted``, ``denied`` and ``rest`` are the packets that may be permitted, may be denied, may come to the end or
    return; together they are everything, and where they overlap the outcome is undecided. ``translated`` are, for a
    NAT list, the rules that translate with what each gets.
    """

    def __init__(
        self,
        rule_set: RuleSet,
        rules: Sequence[Rule],
        matches: Sequence[Match],
        inner: Sequence[ListResult | None],
        space: PacketSpace,
    ) -> None:
        self.rule_set = rule_set
        self.rules = tuple(rules)
        self.matches = tuple(matches)
        self.inner = tuple(inner)
        self._space = space
        goes_on = any(r.action in (Action.CONTINUE, Action.JUMP) for r in rules)
        covers = [self._cover(r, m, i) for r, m, i in zip(rules, matches, inner, strict=True)] if goes_on else None
        self.first_match = FirstMatch(space, [m.bounds for m in matches], covers)
        #: Whether the outcomes overlap nowhere: every rule permits or denies, and nothing is undecided.
        self.exact = self.first_match.exact and all(r.action in (Action.PERMIT, Action.DENY) for r in rules)
        self.permitted, self.denied, self.rest = self._outcomes()

    def _cover(self, rule: Rule, match: Match, inner: ListResult | None) -> PacketBounds:
        """The packets that go no further in this list than ``rule``."""
        nothing = self._space.empty
        if rule.action == Action.CONTINUE:
            return PacketBounds.exactly(nothing)
        if rule.action == Action.JUMP and inner is None:
            return PacketBounds(nothing, match.bounds.may)
        if rule.action == Action.JUMP and inner is not None:
            ends_must = self._space.full - inner.rest
            ends_may = inner.permitted | inner.denied | inner.translating | inner.routed
            if ends_must == ends_may:
                return match.bounds.within(ends_may)
            return PacketBounds(match.bounds.must & ends_must, match.bounds.may & ends_may)
        return match.bounds

    def _outcomes(self) -> tuple[PacketSet, PacketSet, PacketSet]:
        space = self._space
        if self.exact:
            return self._exact_outcomes()
        permitted: list[PacketSet] = []
        denied: list[PacketSet] = []
        rest = [space.full - self.first_match.covered.must]
        for rule, inner, effective in zip(self.rules, self.inner, self.first_match.effective, strict=True):
            got = effective.may
            match rule.action:
                case Action.PERMIT:
                    permitted.append(got)
                case Action.DENY:
                    denied.append(got)
                case Action.RETURN:
                    rest.append(got)
                case Action.JUMP | Action.GOTO if inner is not None:
                    permitted.append(got & inner.permitted)
                    denied.append(got & inner.denied)
                    if rule.action == Action.GOTO:
                        rest.append(got & inner.rest)
                case Action.JUMP | Action.GOTO:
                    # The device would refuse this list, or it is a loop: whatever may become of the packet.
                    permitted.append(got)
                    denied.append(got)
                case Action.TRANSLATE | Action.ROUTE | Action.CONTINUE:
                    pass
        return space.union(permitted), space.union(denied), space.union(rest)

    def _exact_outcomes(self) -> tuple[PacketSet, PacketSet, PacketSet]:
        """As `_outcomes`: only the rarer action is summed up, the other one has what is left of all that is covered."""
        covered = self.first_match.covered.may
        denies = sum(r.action == Action.DENY for r in self.rules)
        rarer = Action.DENY if denies * 2 <= len(self.rules) else Action.PERMIT
        effects = zip(self.rules, self.first_match.effective, strict=True)
        one = self._space.union(effective.may for rule, effective in effects if rule.action == rarer)
        permitted, denied = (covered - one, one) if rarer == Action.DENY else (one, covered - one)
        return permitted, denied, self._space.full - covered

    @cached_property
    def rewriting(self) -> tuple[RuleEffect, ...]:
        """The rules of this list and of those it jumps to that write something or choose a way, each with what it gets; no
        empty ones.
        """
        found: list[RuleEffect] = []
        for index, rule in enumerate(self.rules):
            inner = self.inner[index]
            effective = self.first_match.effective[index]
            acts = rule.action in (Action.TRANSLATE, Action.ROUTE) or rule.source_translation is not None
            if acts and effective.may:
                found.append(self.effect(index))
            elif inner is not None and rule.action in (Action.JUMP, Action.GOTO):
                for effect in inner.rewriting:
                    got = effect.effective & effective
                    if got.may:
                        found.append(
                            RuleEffect(
                                rule_set=effect.rule_set,
                                rule=effect.rule,
                                match=effect.match,
                                effective=got,
                                reasons=tuple(dict.fromkeys(self.matches[index].reasons + effect.reasons)),
                            )
                        )
        return tuple(found)

    @property
    def translations(self) -> tuple[RuleEffect, ...]:
        """Of `rewriting` the rules that translate and end the list."""
        return tuple(e for e in self.rewriting if e.rule.action == Action.TRANSLATE)

    @property
    def source_translations(self) -> tuple[RuleEffect, ...]:
        """Of `rewriting` the permits that give what they let pass another source."""
        return tuple(e for e in self.rewriting if e.rule.action == Action.PERMIT)

    @property
    def routings(self) -> tuple[RuleEffect, ...]:
        """Of `rewriting` the rules that choose a way and end the list."""
        return tuple(e for e in self.rewriting if e.rule.action == Action.ROUTE)

    @cached_property
    def routed(self) -> PacketSet:
        """The packets for which a rule may choose a way."""
        return self._space.union(e.effective.may for e in self.routings)

    @cached_property
    def translating(self) -> PacketSet:
        """The packets that a rule may translate."""
        return self._space.union(e.effective.may for e in self.translations)

    def effect(self, index: int) -> RuleEffect:
        """The effect of the rule at ``index`` of `rules`."""
        return RuleEffect(
            rule_set=self.rule_set.name,
            rule=self.rules[index],
            match=self.matches[index].bounds,
            effective=self.first_match.effective[index],
            reasons=self.matches[index].reasons,
        )

    def effects(self) -> Iterator[RuleEffect]:
        """The effect of every rule in order."""
        return (self.effect(index) for index in range(len(self.rules)))

    @cached_property
    def permitted_by_rules(self) -> PacketSet:
        """The packets that a rule of this list, or of one it jumps to, may permit."""
        if self.exact:
            return self.permitted
        parts: list[PacketSet] = []
        for rule, inner, effective in zip(self.rules, self.inner, self.first_match.effective, strict=True):
            if rule.action == Action.PERMIT:
                parts.append(effective.may)
            elif inner is not None and rule.action in (Action.JUMP, Action.GOTO):
                parts.append(effective.may & inner.permitted_by_rules)
        return self._space.union(parts)

    def deciding(self, packets: PacketSet, chosen: Chosen | None = None) -> Iterator[tuple[RuleEffect, PacketSet]]:
        """The rules that permit or deny some of ``packets``, in order, each with the packets that it may decide.

        Only those of ``chosen`` where that is given, which is the faster the fewer they are.
        """
        for index, got in self.first_match.reaching(packets) if chosen is None else self._got(packets, chosen):
            rule, inner = self.rules[index], self.inner[index]
            if rule.action in (Action.PERMIT, Action.DENY):
                yield self.effect(index), got
            elif inner is not None and rule.action in (Action.JUMP, Action.GOTO):
                yield from inner.deciding(got, chosen)

    def _got(self, packets: PacketSet, chosen: Chosen) -> Iterator[tuple[int, PacketSet]]:
        for index in chosen.places(self):
            got = self.first_match.effective[index].may & packets
            if got:
                yield index, got


class Chosen:
    """The rules for which ``wanted`` holds, and the jumps by which they are reached; each list is looked through once."""

    def __init__(self, wanted: Callable[[RuleSet, Rule], bool]) -> None:
        self._wanted = wanted
        # By identity, and the list kept beside: the next one at the place of a freed one would be taken for it.
        self._places: dict[int, tuple[ListResult, tuple[int, ...]]] = {}

    def places(self, result: ListResult) -> tuple[int, ...]:
        """The places of those rules in ``result``."""
        found = self._places.get(id(result))
        if found is None:
            places = tuple(
                index
                for index, rule in enumerate(result.rules)
                if rule.action in (Action.JUMP, Action.GOTO) or self._wanted(result.rule_set, rule)
            )
            found = self._places[id(result)] = (result, places)
        return found[1]


class RuleSets:
    """The lists of one device, each evaluated once for each set of contexts that its rules tell apart."""

    def __init__(self, device: Device, resolver: Resolver) -> None:
        self.device = device
        self.resolver = resolver
        self.space = resolver.space
        self._by_name = {r.name: r for r in device.rule_sets}
        self._zone_of = zones_of(device)
        self._results: dict[tuple[str, object], ListResult] = {}
        self._groups: dict[str, tuple[list[tuple[InterfaceMatch, InterfaceMatch]], list[int]]] = {}
        self._targets = {
            r.name: tuple(dict.fromkeys(rule.target for rule in r.rules if rule.target)) for r in device.rule_sets
        }
        self._conditions: dict[str, tuple[list[tuple[InterfaceMatch, InterfaceMatch]], bool]] = {}
        self._by_translation = frozenset(
            r.name for r in device.rule_sets if any(rule.translated_by is not None for rule in r.rules)
        )
        self._signatures: dict[tuple[str, Context], object] = {}
        self._open: set[str] = set()

    def zone_of(self, interface: str) -> str:
        """The zone that ``interface`` is in; empty if none."""
        return self._zone_of.get(interface, "")

    def matches(self, wanted: InterfaceMatch, interface: str) -> bool:
        """Whether ``interface``, or its zone, is in ``wanted``."""
        return wanted.is_any or wanted.matches(interface, self.zone_of(interface))

    def ask(self, name: str, context: Context = Context()) -> ListResult | None:
        """The list ``name`` in ``context``; ``None`` where the device has no such list, or it jumps into itself."""
        rule_set = self._by_name.get(name)
        if rule_set is None or name in self._open:
            return None
        key = (name, self.signature(name, context))
        found = self._results.get(key)
        if found is None:
            self._open.add(name)
            try:
                found = self._evaluate(rule_set, context)
            finally:
                self._open.discard(name)
            self._results[key] = found
        return found

    def signature(self, name: str, context: Context) -> object:
        """What of ``context`` the list (and what it jumps to) tells apart: equal signatures give equal results."""
        key = (name, context)
        found = self._signatures.get(key)
        if found is None:
            pairs, translated = self._told_apart(name)
            found = (self._open_pairs(pairs, context), context.translated if translated else "")
            self._signatures[key] = found
        return found

    def _told_apart(self, name: str) -> tuple[list[tuple[InterfaceMatch, InterfaceMatch]], bool]:
        """The distinct interface conditions in a list and all that it jumps to; whether any asks for a translation."""
        found = self._conditions.get(name)
        if found is None:
            reached = [name]
            for one in reached:
                reached += [t for t in self._targets.get(one, ()) if t not in reached]
            pairs = dict.fromkeys(pair for one in reached if one in self._by_name for pair in self._grouped(one)[0])
            translated = not self._by_translation.isdisjoint(reached)
            found = self._conditions[name] = (list(pairs), translated)
        return found

    def _grouped(self, name: str) -> tuple[list[tuple[InterfaceMatch, InterfaceMatch]], list[int]]:
        """The distinct pairs of interface conditions in a list, and for each rule which one it has."""
        found = self._groups.get(name)
        if found is None:
            places: dict[tuple[InterfaceMatch, InterfaceMatch], int] = {}
            members = [places.setdefault((r.ingress, r.egress), len(places)) for r in self._by_name[name].rules]
            found = self._groups[name] = (list(places), members)
        return found

    def _open_pairs(self, pairs: list[tuple[InterfaceMatch, InterfaceMatch]], context: Context) -> frozenset[int]:
        return frozenset(
            index
            for index, (ingress, egress) in enumerate(pairs)
            if self.matches(ingress, context.ingress) and self.matches(egress, context.egress)
        )

    def _evaluate(self, rule_set: RuleSet, context: Context) -> ListResult:
        pairs, members = self._grouped(rule_set.name)
        open_pairs = self._open_pairs(pairs, context)
        rules: list[Rule] = []
        inner: list[ListResult | None] = []
        for rule, pair in zip(rule_set.rules, members, strict=True):
            if pair not in open_pairs or not self.resolver.applies(rule, context.translated):
                continue
            rules.append(rule)
            inner.append(self.ask(rule.target, context) if rule.target else None)
        matches = [self.resolver.match(rule, rule_set.version, context.translated) for rule in rules]
        return ListResult(rule_set, rules, matches, inner, self.space)


def zones_of(device: Device) -> dict[str, str]:
    """The maker's zone of each interface that is in one."""
    found = {member: zone.name for zone in device.zones for member in zone.interfaces}
    found.update({i.name: i.zone for i in device.interfaces if i.zone})
    return found


#: Where the interface that a packet leaves by is known.
EGRESS_HOOKS = frozenset({Hook.FORWARD, Hook.LOCAL_OUT, Hook.POSTROUTING})
