"""Security rules: between zones, and to the device itself.

The first rule that matches decides; after all of them intrazone-default allows what stays inside of a zone and
interzone-default denies the rest, unless they are overridden (PAN-OS Administrator's Guide 10.1, "Security Policy Rules").
A rule sees addresses and ports as they were sent, and the zone that the packet is routed to after translation of its
destination (PAN-OS Networking Administrator's Guide 10.1, "NAT Policy Overview").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    Action,
    AddressComplement,
    AddressExpr,
    AddressIntersection,
    Condition,
    ConditionKind,
    InterfaceMatch,
    LocalService,
    Notice,
    OwnAddress,
    Rule,
    RuleSet,
    interfaces,
    msg,
)
from segaudit.parsers.paloalto_panos.applications import ApplicationBook
from segaudit.parsers.paloalto_panos.config import Node
from segaudit.parsers.paloalto_panos.objects import AddressBook, ScheduleBook, ServiceBook
from segaudit.parsers.paloalto_panos.scope import Scope
from segaudit.parsers.paloalto_panos.topology import MANAGEMENT, Topology
from segaudit.parsers.paloalto_panos.values import joined

#: Names of the lists.
SECURITY: Final = "security"
TO_DEVICE: Final = "security (to the device)"
LISTENING: Final = "listening"
UNZONED: Final = "no zone"
_INTRAZONE, _INTERZONE = "intrazone-default", "interzone-default"
#: What makes a condition, beside applications and users.
_CONDITIONS: Final = (
    ("category", ConditionKind.URL),
    ("hip-profiles", ConditionKind.DEVICE_POSTURE),
    ("source-hip", ConditionKind.DEVICE_POSTURE),
    ("destination-hip", ConditionKind.DEVICE_POSTURE),
    ("source-device", ConditionKind.DEVICE_POSTURE),
    ("destination-device", ConditionKind.DEVICE_POSTURE),
    ("source-imsi", ConditionKind.OTHER),
    ("source-imei", ConditionKind.OTHER),
    ("source-nw-slice", ConditionKind.OTHER),
    ("saas-user-list", ConditionKind.OTHER),
    ("saas-tenant-list", ConditionKind.OTHER),
)
_ASKING: Final = frozenset({"source-user", *(setting for setting, _ in _CONDITIONS)})
_NOTHING: Final = frozenset({"any", "no-hip", ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What rules refer to."""

    addresses: AddressBook
    services: ServiceBook
    applications: ApplicationBook
    schedules: ScheduleBook


class RuleReader:
    """Reads the security rules of one device."""

    def __init__(self, scope: Scope, books: Books, topology: Topology, notices: list[Notice]) -> None:
        self._scope = scope
        self._books = books
        self._topology = topology
        self._notices = notices
        self._matches: dict[tuple[str, ...], InterfaceMatch] = {}
        self._taken: dict[str, int] = {}
        self._zones = self._zone_names()

    def _zone_names(self) -> tuple[str, ...]:
        """The zones of the device, and those that rules name."""
        named = dict.fromkeys(zone.name for zone in self._topology.zones)
        for rule in self._scope.rules(SECURITY):
            for side in ("from", "to"):
                named.update(dict.fromkeys(rule.words(side)))
        named.pop("any", None)
        named.pop("multicast", None)
        return tuple(named)

    def security(self) -> RuleSet:
        """All security rules in the order of evaluation, with the default rules at the end."""
        rules: list[Rule] = []
        for entry in self._scope.rules(SECURITY):
            rules.extend(self._rule(entry, len(rules) + 1))
        default = self._scope.default_rule(_INTERZONE)
        rules.extend(self._inside(len(rules) + 1))
        permits = default.word("action", default="deny") == "allow"
        return RuleSet(
            name=SECURITY,
            rules=tuple(rules),
            default=Action.PERMIT if permits else Action.DENY,
            default_implicit=not default,
            default_logged=_logged(default) if default else False,
            default_span=self._scope.span(default) if default else None,
        )

    # One rule

    def _rule(self, entry: Node, position: int) -> Iterator[Rule]:
        """The model's rules for one entry: several where its type tells pairs of zones apart."""
        words = {name: tuple(node.children) for name, node in entry.children.items()}
        service, conditions = self._books.applications.match(words.get("application", ()), words.get("service", ()))
        if not _ASKING.isdisjoint(words):
            conditions = (*conditions, *_conditions(words))
        enabled = not entry.is_on("disabled") and self._scope.applies(entry)
        if enabled and not self._whole(entry, words):
            enabled = False
        kind = words.get("rule-type", ())
        sources, targets = words.get("from", ()), words.get("to", ())
        pairs: Iterable[tuple[InterfaceMatch, InterfaceMatch, str]]
        if "intrazone" in kind or "interzone" in kind:
            pairs = self._pairs(kind[-1], sources, targets)
        else:
            pairs = ((self._match(sources), self._match(targets), ""),)
        source, destination = self._side(words, "source"), self._side(words, "destination")
        action = Action.PERMIT if "allow" in words.get("action", ()) else Action.DENY
        schedule = words.get("schedule", ())
        first = ""
        for ingress, egress, label in pairs:
            name = self._unique(f"{entry.name} ({label})" if label else entry.name)
            yield Rule(
                id=name,
                part_of=first,
                position=position,
                action=action,
                span=self._scope.span(entry),
                source=source,
                destination=destination,
                service=service,
                ingress=ingress,
                egress=egress,
                conditions=conditions,
                enabled=enabled,
                logged=_logged(entry),
                schedule=schedule[-1] if schedule else "",
                comment=" ".join(words.get("description", ())),
            )
            first = first or name
            position += 1

    def _unique(self, name: str) -> str:
        """``name``, numbered where a rule of another level has it too."""
        times = self._taken[name] = self._taken.get(name, 0) + 1
        return name if times == 1 else f"{name} #{times}"

    def _side(self, words: dict[str, tuple[str, ...]], side: str) -> AddressExpr:
        value = self._books.addresses.union(words.get(side, ()))
        return AddressComplement(value) if words.get(f"negate-{side}", ("no",))[-1] == "yes" else value

    def _whole(self, entry: Node, words: dict[str, tuple[str, ...]]) -> bool:
        """Whether the rule has all its parts; one without an action does nothing."""
        if words.get("action"):
            return True
        self._notices.append(
            Notice(
                message=msg(
                    "policy {policy} has no {setting}: the device would refuse it, so it is left out",
                    policy=entry.name,
                    setting="action",
                ),
                span=self._scope.span(entry),
                bears_on_access=True,
            )
        )
        self._scope.file.ledger.unsupported(entry.first_line, "a rule without an action, which the device refuses")
        return False

    def _match(self, zones: tuple[str, ...]) -> InterfaceMatch:
        known = self._matches.get(zones)
        if known is None:
            known = ANY_INTERFACE if not zones or "any" in zones else interfaces(*zones)
            self._matches[zones] = known
        return known

    def _pairs(
        self, kind: str, sources: tuple[str, ...], targets: tuple[str, ...]
    ) -> Iterator[tuple[InterfaceMatch, InterfaceMatch, str]]:
        """The pairs of zones of an intrazone or interzone rule, each with a label where there are several."""
        any_source, any_target = not sources or "any" in sources, not targets or "any" in targets
        if kind == "intrazone":
            inside = self._zones if any_source else sources
            for zone in inside:
                yield interfaces(zone), interfaces(zone), zone if len(inside) > 1 else ""
            return
        if not any_source and not any_target and not set(sources) & set(targets):
            yield self._match(sources), self._match(targets), ""
            return
        if any_source and not any_target:
            for zone in targets:
                yield InterfaceMatch(frozenset({zone}), negated=True), interfaces(zone), f"to {zone}"
            return
        for zone in self._zones if any_source else sources:
            if any_target:
                yield interfaces(zone), InterfaceMatch(frozenset({zone}), negated=True), f"from {zone}"
            else:
                others = tuple(target for target in targets if target != zone)
                if others:
                    yield interfaces(zone), interfaces(*others), f"from {zone}"

    # Default rules

    def _inside(self, position: int) -> Iterator[Rule]:
        """intrazone-default: what stays inside of a zone."""
        default = self._scope.default_rule(_INTRAZONE)
        denies = default.word("action", default="allow") != "allow"
        spans = {zone.name: zone.span for zone in self._topology.zones}
        first = f"{_INTRAZONE} {self._zones[0]}" if default and self._zones else ""
        for place, zone in enumerate(self._zones):
            span = self._scope.span(default) if default else spans.get(zone) or self._scope.span(self._scope.file.top)
            yield Rule(
                id=f"{_INTRAZONE} {zone}",
                position=position + place,
                action=Action.DENY if denies else Action.PERMIT,
                span=span,
                ingress=interfaces(zone),
                egress=interfaces(zone),
                logged=_logged(default) if default else False,
                implicit="" if default else _INTRAZONE,
                part_of=first if place else "",
            )

    # Lists of their own

    def unzoned(self) -> tuple[tuple[str, ...], RuleSet]:
        """The interfaces that are in no zone, and the list that drops what passes them."""
        outside = tuple(
            one.name
            for one in self._topology.interfaces
            if not one.zone and one.name != MANAGEMENT and (one.addresses or one.address_unknown)
        )
        return outside, RuleSet(name=UNZONED, rules=(), default=Action.DENY, default_logged=False)

    def to_device(self, security: RuleSet) -> RuleSet:
        """The security rules as they meet packets for the device: the zone is that of the interface with the address."""
        rules: list[Rule] = []
        own: dict[InterfaceMatch, AddressExpr | None] = {}
        for rule in security.rules:
            if rule.egress not in own:
                own[rule.egress] = self._own(rule.egress)
            here = own[rule.egress]
            if here is None:
                continue
            destination = rule.destination
            if here is not ANY_ADDRESS:
                destination = here if destination is ANY_ADDRESS else AddressIntersection((destination, here))
            rules.append(
                replace(
                    rule,
                    destination=destination,
                    egress=ANY_INTERFACE,
                    position=len(rules) + 1,
                    implicit=rule.implicit or "the security rules, for the device itself",
                )
            )
        return replace(security, name=TO_DEVICE, rules=tuple(rules))

    def _own(self, egress: InterfaceMatch) -> AddressExpr | None:
        """The addresses of the device in the zones of ``egress``; ``None`` where it has none there."""
        if egress.is_any:
            return ANY_ADDRESS
        found = [
            OwnAddress(one.name)
            for one in self._topology.interfaces
            if one.zone and egress.matches(one.name, one.zone) and (one.addresses or one.address_unknown)
        ]
        return joined(found) if found else None


def listening(services: Iterable[LocalService]) -> RuleSet:
    """What the device answers at all: each of its services, and nothing else."""
    named: dict[str, int] = {}
    rules: list[Rule] = []
    for service in services:
        where = ", ".join(sorted(service.interfaces.items)) or "any"
        name = f"{service.kind} at {where}"
        times = named[name] = named.get(name, 0) + 1
        rules.append(
            Rule(
                id=name if times == 1 else f"{name} #{times}",
                position=len(rules) + 1,
                action=Action.PERMIT,
                span=service.span,
                source=service.sources,
                service=service.service,
                ingress=service.interfaces,
                conditions=()
                if service.certain
                else (Condition(kind=ConditionKind.OTHER, text=f"{service.kind}, which may not run"),),
                logged=False,
                implicit="local service",
            )
        )
    return RuleSet(name=LISTENING, rules=tuple(rules), default=Action.DENY, default_logged=False)


def _conditions(words: dict[str, tuple[str, ...]]) -> Iterator[Condition]:
    """What a rule asks besides zones, addresses, services and applications."""
    users = words.get("source-user", ())
    if users and "any" not in users:
        yield Condition(kind=ConditionKind.USER, text=f"user {', '.join(users)}", groups=users)
    for setting, kind in _CONDITIONS:
        named = words.get(setting)
        if named and not _NOTHING.intersection(named):
            yield Condition(kind=kind, text=f"{setting} {', '.join(named)}")


def _logged(entry: Node) -> bool:
    """Sessions are logged at their end unless that is switched off (default rules: unless it is switched on)."""
    children = entry.children
    if "log-end" not in children and "log-start" not in children:
        return entry.name not in {_INTRAZONE, _INTERZONE}
    own = entry.name not in {_INTRAZONE, _INTERZONE}
    return entry.is_on("log-end", default=own) or entry.is_on("log-start")
