"""Lists of the model made of access lists: as they are, and as what a class, a route map or a translation matches.

Where IOS uses an access list to pick packets, its ``permit`` means "picked" and its ``deny`` means "not by this list",
so such a use becomes a list of its own: what is picked gets the outcome, what is not comes back to the caller. Tests
that must hold together (``match-all``, several ``match`` of a route map) become one list after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    ANY_IPV4,
    ANY_IPV6,
    ANY_SERVICE,
    ICMPV6,
    Action,
    AddressComplement,
    AddressExpr,
    AddressIntersection,
    AddressUnion,
    Condition,
    InterfaceMatch,
    Message,
    Route,
    Rule,
    RuleSet,
    RuleSetKind,
    Service,
    ServiceComplement,
    ServiceExpr,
    ServiceIntersection,
    Span,
    Translation,
    UndecidedAddress,
    msg,
)
from segaudit.parsers.cisco_ios.acl import AccessList, Entry, mirrored
from segaudit.parsers.cisco_ios.config import RunningConfig

# What is matched


@dataclass(frozen=True, slots=True)
class ByList:
    """What the access list ``name`` permits; ``negated``: all that it does not."""

    name: str
    line: int
    negated: bool = False


@dataclass(frozen=True, slots=True)
class ByService:
    """Packets of one service."""

    service: ServiceExpr
    line: int


@dataclass(frozen=True, slots=True)
class ByCondition:
    """Something that no header decides."""

    condition: Condition
    line: int


@dataclass(frozen=True, slots=True)
class ByEgress:
    """Packets that leave by one of these interfaces."""

    egress: InterfaceMatch
    line: int


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of these at once; of none: every packet."""

    items: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Any of these; of none: no packet."""

    items: tuple[Test, ...]


Test = ByList | ByService | ByCondition | ByEgress | AllOf | AnyOf

EVERYTHING: Final = AllOf(())

#: The name of outcomes of policy routing that leave a packet to the routing table.
POLICY_ROUTING: Final = "policy routing"


def negated(test: Test) -> Test:
    """What ``test`` does not match."""
    match test:
        case ByList():
            return replace(test, negated=not test.negated)
        case ByService():
            return ByService(ServiceComplement(test.service), test.line)
        case ByCondition():
            return ByCondition(replace(test.condition, text=f"not {test.condition.text}"), test.line)
        case ByEgress():
            return ByEgress(InterfaceMatch(test.egress.items, not test.egress.negated), test.line)
        case AllOf():
            return AnyOf(tuple(negated(item) for item in test.items))
        case AnyOf():
            return AllOf(tuple(negated(item) for item in test.items))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happens to a packet that is matched."""

    action: Action
    target: str = ""
    translation: Translation | None = None
    logged: bool | None = None
    name: str = ""
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True)
class Extra:
    """What must hold besides the entries of a list."""

    service: ServiceExpr = ANY_SERVICE
    conditions: tuple[Condition, ...] = ()
    egress: InterfaceMatch = ANY_INTERFACE

    def with_service(self, service: ServiceExpr) -> Extra:
        """The same, and ``service``."""
        return replace(self, service=both(self.service, service))


_NOTHING_ELSE: Final = Extra()


@dataclass(slots=True)
class Draft:
    """A rule before it has its place."""

    action: Action
    line: int
    source: AddressExpr = ANY_ADDRESS
    destination: AddressExpr = ANY_ADDRESS
    service: ServiceExpr = ANY_SERVICE
    ingress: InterfaceMatch = ANY_INTERFACE
    egress: InterfaceMatch = ANY_INTERFACE
    conditions: tuple[Condition, ...] = ()
    logged: bool | None = None
    schedule: str = ""
    name: str = ""
    comment: str = ""
    target: str = ""
    translation: Translation | None = None
    routes: tuple[Route, ...] = ()
    implicit: str = ""


def both(one: ServiceExpr, other: ServiceExpr) -> ServiceExpr:
    """What is of both services."""
    if one is ANY_SERVICE or one == Service():
        return other
    if other is ANY_SERVICE or other == Service():
        return one
    return ServiceIntersection((one, other))


class Lists:
    """The lists of one device, as they are made: those that the config has, and those made to use them."""

    def __init__(self, config: RunningConfig) -> None:
        self._config = config
        self._spans: dict[int, Span] = {}
        self._made: dict[object, str] = {}
        self._reflections = _reflections(config)
        self.rule_sets: dict[str, RuleSet] = {}
        self.notices: list[tuple[Message, int]] = []

    def span(self, line: int) -> Span:
        """The span of one line."""
        known = self._spans.get(line)
        if known is None:
            known = self._spans[line] = self._config.source.span(line)
        return known

    # The config's own lists

    def add_own(self) -> None:
        """Every access list of the config, as written."""
        for access_list in self._config.lists.values():
            self._add_list(access_list, access_list.name)
        for access_list in self._config.lists6.values():
            self._add_list(access_list, self.name_of(access_list.name, 6))

    def name_of(self, name: str, version: int) -> str:
        """The name of a list in the model: an IPv6 list that shares its name with an IPv4 list says so."""
        return f"ip6/{name}" if version == 6 and name in self._config.lists else name

    def get(self, name: str, version: int) -> AccessList | None:
        """The access list of that name and family."""
        return (self._config.lists if version == 4 else self._config.lists6).get(name)

    def _add_list(self, access_list: AccessList, name: str) -> None:
        rules: list[Rule] = []
        schedules = self._config.schedules
        for entry in access_list.ordered():
            if entry.evaluate:
                for number, draft in enumerate(self._evaluated(entry), start=1):
                    rules.append(self._rule(draft, len(rules) + 1, f"{entry.sequence}.{number}"))
                continue
            rules.append(
                Rule(
                    id=str(entry.sequence),
                    position=len(rules) + 1,
                    action=entry.action,
                    span=self.span(entry.line),
                    source=entry.source,
                    destination=entry.destination,
                    service=entry.service,
                    conditions=entry.conditions,
                    logged=entry.logged,
                    # An entry whose time range does not exist is active: Cisco 10000 Series Router Software
                    # Configuration Guide, chapter 12 "Configuring Traffic Filtering", restrictions of time-based ACLs.
                    schedule=entry.time_range if entry.time_range in schedules else "",
                    comment=entry.comment,
                    hits=entry.hits,
                )
            )
        if access_list.version == 6 and rules:
            # Cisco IOS IPv6 Command Reference, `ipv6 access-list`: these stand before the implicit deny.
            for message, icmp_type in (("nd-na", 136), ("nd-ns", 135)):
                rules.append(
                    Rule(
                        id=f"implicit {message}",
                        position=len(rules) + 1,
                        action=Action.PERMIT,
                        span=self.span(access_list.line),
                        source=ANY_IPV6,
                        destination=ANY_IPV6,
                        service=Service(protocol=ICMPV6, icmp_types=((icmp_type, icmp_type),)),
                        logged=False,
                        implicit=f"permit icmp any any {message}",
                    )
                )
        self.rule_sets[name] = RuleSet(
            name=name,
            rules=tuple(rules),
            version=access_list.version,
            default_logged=False,
            default_span=self.span(access_list.line),
        )

    def _evaluated(self, entry: Entry) -> Iterator[Draft]:
        """What ``evaluate NAME`` lets in: the answers to what the entries with ``reflect NAME`` let out."""
        for reflecting in self._reflections.get(entry.evaluate, ()):
            yield Draft(
                Action.PERMIT,
                entry.line,
                source=reflecting.destination,
                destination=reflecting.source,
                service=mirrored(reflecting.service),
                comment=entry.comment,
                name=entry.evaluate,
            )

    # Lists that are made

    def make(
        self,
        name: str,
        drafts: list[Draft],
        *,
        line: int,
        default: Action | None = None,
        kind: RuleSetKind = RuleSetKind.FILTER,
        version: int | None = None,
        comment: str = "",
    ) -> str:
        """Add a list of these rules under ``name`` (or, where that is taken, with a number behind it); its name."""
        chosen = self._free(name)
        self.rule_sets[chosen] = RuleSet(
            name=chosen,
            rules=tuple(self._rule(draft, place, str(place)) for place, draft in enumerate(drafts, start=1)),
            default=default,
            kind=kind,
            version=version,
            default_logged=False if default is Action.DENY else None,
            default_span=self.span(line),
            comment=comment,
        )
        return chosen

    def _free(self, name: str) -> str:
        if name not in self.rule_sets:
            return name
        number = 2
        while f"{name} #{number}" in self.rule_sets:
            number += 1
        return f"{name} #{number}"

    def _rule(self, draft: Draft, position: int, rule_id: str) -> Rule:
        return Rule(
            id=rule_id,
            position=position,
            action=draft.action,
            span=self.span(draft.line),
            source=draft.source,
            destination=draft.destination,
            service=draft.service,
            ingress=draft.ingress,
            egress=draft.egress,
            conditions=draft.conditions,
            logged=draft.logged,
            schedule=draft.schedule,
            name=draft.name,
            comment=draft.comment,
            target=draft.target,
            translation=draft.translation,
            routes=draft.routes,
            implicit=draft.implicit,
        )

    def drafts(self, test: Test, outcome: Outcome, label: str, line: int, extra: Extra = _NOTHING_ELSE) -> list[Draft]:
        """Rules by which what ``test`` (and ``extra``) matches gets ``outcome``; the rest goes on behind them."""
        match test:
            case ByService():
                return self.drafts(EVERYTHING, outcome, label, test.line, extra.with_service(test.service))
            case ByCondition():
                more = replace(extra, conditions=(*extra.conditions, test.condition))
                return self.drafts(EVERYTHING, outcome, label, test.line, more)
            case ByEgress():
                # Of two interfaces that must both be the one that it leaves by, the inner test decides.
                more = replace(extra, egress=test.egress)
                return self.drafts(EVERYTHING, outcome, label, test.line, more)
            case AnyOf():
                return [draft for item in test.items for draft in self.drafts(item, outcome, label, line, extra)]
            case ByList():
                return self._by_list(test, outcome, label, extra)
            case AllOf():
                return self._all_of(test, outcome, label, line, extra)

    def _final(self, outcome: Outcome, line: int, extra: Extra) -> Draft:
        return Draft(
            outcome.action,
            line,
            service=extra.service,
            egress=extra.egress,
            conditions=extra.conditions,
            logged=outcome.logged,
            target=outcome.target,
            translation=outcome.translation,
            routes=outcome.routes,
            name=outcome.name,
        )

    def _all_of(self, test: AllOf, outcome: Outcome, label: str, line: int, extra: Extra) -> list[Draft]:
        left: list[Test] = []
        for item in test.items:
            match item:
                case ByService():
                    extra = extra.with_service(item.service)
                    line = item.line
                case ByCondition():
                    extra = replace(extra, conditions=(*extra.conditions, item.condition))
                case ByEgress():
                    extra = replace(extra, egress=item.egress)
                case AllOf():
                    left.extend(item.items)
                case _:
                    left.append(item)
        if any(isinstance(item, ByService | ByCondition | ByEgress | AllOf) for item in left):
            return self._all_of(AllOf(tuple(left)), outcome, label, line, extra)
        if not left:
            return [self._final(outcome, line, extra)]
        if len(left) == 1:
            return self.drafts(left[0], outcome, label, line, extra)
        # One list after the other: what the first picks goes to the second for good, and comes back if that does not
        # pick it.
        key = (test, outcome, extra, "all")
        wrapper = self._made.get(key)
        if wrapper is None:
            rest = self.drafts(AllOf(tuple(left[1:])), outcome, label, line, extra)
            kind = self._kind(outcome)
            second = self.make(f"{label}/and", rest, line=line, kind=kind)
            first = self.drafts(left[0], Outcome(Action.GOTO, second), label, line)
            wrapper = self._made[key] = self.make(label, first, line=line, kind=kind)
        return [Draft(Action.JUMP, line, target=wrapper)]

    def _by_list(self, test: ByList, outcome: Outcome, label: str, extra: Extra) -> list[Draft]:
        found = [a for a in (self.get(test.name, 4), self.get(test.name, 6)) if a is not None and a.entries]
        if not found:
            self.notices.append(
                (msg("the access list {name} is not defined: what it picks is not known", name=test.name), test.line)
            )
            draft = self._final(outcome, test.line, extra)
            draft.source = UndecidedAddress("undefined access list", test.name)
            return [draft]
        drafts: list[Draft] = []
        for access_list in found:
            own = self.name_of(access_list.name, access_list.version)
            key = (own, test.negated, outcome, extra)
            target = self._made.get(key)
            if target is None:
                target = self._made[key] = self._picking(access_list, test, outcome, f"{label}/{own}", extra)
            drafts.append(Draft(Action.JUMP, test.line, target=target))
        return drafts

    def _picking(self, access_list: AccessList, test: ByList, outcome: Outcome, name: str, extra: Extra) -> str:
        drafts: list[Draft] = []
        schedules = self._config.schedules
        for entry in access_list.ordered():
            if entry.evaluate:
                # A reflexive list picks nothing for anyone else: only interface lists are opened by it.
                continue
            picked = (entry.action is Action.PERMIT) != test.negated
            draft = self._final(outcome, entry.line, extra) if picked else Draft(Action.RETURN, entry.line)
            draft.source = entry.source
            draft.destination = entry.destination
            draft.service = both(entry.service, extra.service) if picked else entry.service
            draft.conditions = (*entry.conditions, *extra.conditions) if picked else entry.conditions
            draft.schedule = entry.time_range if entry.time_range in schedules else ""
            draft.comment = entry.comment
            drafts.append(draft)
        if test.negated:
            drafts.append(self._final(outcome, test.line, extra))
        version = None if test.negated else access_list.version
        return self.make(name, drafts, line=access_list.line, kind=self._kind(outcome), version=version)

    def _kind(self, outcome: Outcome) -> RuleSetKind:
        """What a list is that gives ``outcome``: one that translates or routes, or leads to one that does, is of that kind."""
        if outcome.action is Action.TRANSLATE:
            return RuleSetKind.NAT
        if outcome.action is Action.ROUTE or outcome.name == POLICY_ROUTING:
            return RuleSetKind.ROUTING
        target = self.rule_sets.get(outcome.target)
        return target.kind if target is not None else RuleSetKind.FILTER

    # What lists say about addresses alone

    def sources(self, name: str, version: int) -> AddressExpr | None:
        """The sources that the list permits; ``None`` where it is not there or empty: then it holds nobody off."""
        access_list = self.get(name, version)
        if access_list is None or not access_list.entries:
            return None
        whole = ANY_IPV4 if version == 4 else ANY_IPV6
        permitted: list[AddressExpr] = []
        result: AddressExpr | None = None
        for entry in reversed(access_list.ordered()):
            if entry.evaluate:
                continue
            source: AddressExpr = entry.source
            if entry.conditions or entry.time_range in self._config.schedules:
                source = UndecidedAddress("condition", f"entry {entry.sequence} of {name}", source)
            if entry.action is Action.PERMIT:
                permitted.insert(0, source)
                continue
            if entry.service is not ANY_SERVICE or entry.destination not in (ANY_IPV4, ANY_IPV6, ANY_ADDRESS):
                # A deny of something narrower than everything from there: possibly these, possibly not.
                source = UndecidedAddress("condition", f"entry {entry.sequence} of {name}", source)
            below = _union(permitted, result)
            permitted = []
            result = None
            if below is not None and source != whole:
                result = AddressIntersection((below, AddressComplement(source, version)))
        return _union(permitted, result) or AddressUnion(())


def _union(permitted: list[AddressExpr], rest: AddressExpr | None) -> AddressExpr | None:
    items = [*permitted, rest] if rest is not None else permitted
    if not items:
        return None
    return items[0] if len(items) == 1 else AddressUnion(tuple(items))


def _reflections(config: RunningConfig) -> dict[str, list[Entry]]:
    """The entries that add to each reflexive list."""
    found: dict[str, list[Entry]] = {}
    for access_list in (*config.lists.values(), *config.lists6.values()):
        for entry in access_list.ordered():
            if entry.reflect:
                found.setdefault(entry.reflect, []).append(entry)
    return found
