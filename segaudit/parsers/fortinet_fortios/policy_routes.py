"""Policy routes and SD-WAN rules as lists that choose the way before the routing table does.

FortiOS Administration Guide 7.4, "Policy routes": the list is searched from the top, before the routing table. ``action
deny`` ("stop policy routing") leaves the packet to the routing table. A policy route without a gateway, or without an
outgoing interface, takes what it lacks from the best route that fits, and does not match where there is none. SD-WAN
rules come behind the policy routes; which of its members a rule takes depends on measurements, so all may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from segaudit.model import (
    ANY_INTERFACE,
    ANY_SERVICE,
    PORT_PROTOCOLS,
    Action,
    AddressComplement,
    AddressExpr,
    AddressIntersection,
    Attachment,
    Condition,
    ConditionKind,
    Hook,
    InterfaceMatch,
    Prefix,
    Range,
    Route,
    RouteKind,
    Rule,
    RuleSet,
    RuleSetKind,
    Service,
    ServiceExpr,
    UndecidedAddress,
)
from segaudit.parsers.fortinet_fortios.addresses import AddressBook, joined
from segaudit.parsers.fortinet_fortios.config import Scope, Section
from segaudit.parsers.fortinet_fortios.interfaces import SdwanMember, Topology, default_prefix
from segaudit.parsers.fortinet_fortios.values import EVERY, read_address, read_masked

_TABLES: Final = (("router policy", 4), ("router policy6", 6))
_SDWAN: Final = ("system sdwan", "system virtual-wan-link")
_ALL_PORTS: Final = ((0, 65535), (1, 65535), (0, 65534), (1, 65534))
#: Settings of SD-WAN rules that name destinations of the maker's database or applications.
_SERVICE_NAMES: Final = (
    "internet-service-name",
    "internet-service-id",
    "internet-service-group",
    "internet-service-custom",
    "internet-service-custom-group",
    "internet-service-ctrl",
    "internet-service-app-ctrl",
    "internet-service-app-ctrl-group",
    "internet-service-app-ctrl-category",
    "internet-service-fortiguard",
)


class PolicyRouteReader:
    """Reads the routing lists of one device. ``routes`` are those of its table; ``dynamic``: there may be others."""

    def __init__(
        self, scope: Scope, topology: Topology, addresses: AddressBook, routes: Sequence[Route], *, dynamic: bool
    ) -> None:
        self._scope = scope
        self._topology = topology
        self._addresses = addresses
        self._routes = routes
        self._dynamic = dynamic
        self._watched = frozenset(
            entry.text("srcintf")
            for entry in scope.table("system link-monitor")
            if entry.text("status", "enable") != "disable" and entry.is_on("update-policy-route", default=True)
        )

    def lists(self) -> tuple[RuleSet, ...]:
        """The lists in the order in which they are asked; empty ones are left out."""
        return tuple(one for version in (4, 6) for one in self._lists(version))

    def attachments(self) -> tuple[Attachment, ...]:
        """Where they are asked: of all that passes through, the policy routes before the SD-WAN rules."""
        bound = [tuple(one.name for one in self._lists(version)) for version in (4, 6)]
        return tuple(Attachment(rule_sets=names, hook=Hook.ROUTING) for names in bound if names)

    def _lists(self, version: int) -> Iterator[RuleSet]:
        path = next(path for path, of_version in _TABLES if of_version == version)
        rules = [rule for entry in self._scope.table(path) for rule in self._policy_route(entry, version)]
        if rules:
            yield _list(path, rules, version)
        for path in _SDWAN:
            section = self._scope.section(path)
            if section.text("status", "enable") == "disable":
                continue
            rules = [rule for entry in section.table("service") for rule in self._sdwan_rule(section, entry, version)]
            if rules:
                yield _list(f"{path} service" if version == 4 else f"ip6/{path} service", rules, version)

    # -- policy routes --------------------------------------------------------------------------------------------

    def _policy_route(self, entry: Section, version: int) -> Iterator[Rule]:
        denies = entry.text("action", "permit") == "deny"
        ways = [(EVERY[version], None)] if denies else self._ways(entry, version)
        for number, (towards, route) in enumerate(ways, start=1):
            destination = self._ends(entry, "dst", version)
            if towards != EVERY[version]:
                destination = AddressIntersection((destination, towards))
            yield Rule(
                id=entry.name if len(ways) == 1 else f"{entry.name}.{number}",
                position=1,
                action=Action.ROUTE if route is not None else Action.PERMIT,
                span=self._scope.span(entry),
                source=self._ends(entry, "src", version),
                destination=destination,
                service=_service(entry),
                ingress=_ingress(entry),
                conditions=_conditions(entry),
                enabled=entry.text("status", "enable") != "disable",
                comment=" ".join(entry.words("comments")),
                routes=(route,) if route is not None else (),
            )

    def _ways(self, entry: Section, version: int) -> list[tuple[AddressExpr, Route | None]]:
        """Where a policy route sends what: one way, or where it lacks the gateway one for each route that fits."""
        name = entry.text("output-device")
        gateway = read_address(entry.text("gateway"))
        hop = gateway[1] if gateway is not None and gateway[1] and gateway[0] == version else None
        tracked = name in self._watched
        if hop is not None or not name:
            if hop is None:
                return []
            return [(EVERY[version], self._route(entry, version, hop, name, tracked=tracked))]
        fitting = [r for r in self._routes if r.interface == name and r.prefix.version == version]
        fitting = [r for r in fitting if r.kind == RouteKind.STATIC]
        found: dict[Prefix, Route] = {}
        for one in sorted(fitting, key=lambda r: (-r.prefix.length, r.distance, r.metric)):
            rivals = [r for r in self._routes if r.prefix == one.prefix and r.vrf == one.vrf and r is not one]
            better = [r for r in rivals if r.distance < one.distance]
            if any(not r.tracked for r in better) or one.prefix in found:
                continue
            doubtful = tracked or one.tracked or bool(better) or self._dynamic
            found[one.prefix] = self._route(entry, version, one.next_hop, name, tracked=doubtful)
        own = next((i for i in self._topology.interfaces if i.name == name), None)
        for address in own.addresses if own is not None else ():
            if address.prefix.version == version:
                found.setdefault(address.prefix, self._route(entry, version, None, name, tracked=tracked))
        if self._dynamic:
            every = default_prefix(version)
            found.setdefault(every, self._route(entry, version, None, name, tracked=True))
        ordered = sorted(found, key=lambda p: (-p.length, p.network))
        return [(EVERY[version] if not p.length else p.expr(), found[p]) for p in ordered]

    def _route(self, entry: Section, version: int, hop: int | None, interface: str, *, tracked: bool) -> Route:
        at = next((i for i in self._topology.interfaces if i.name == interface), None)
        return Route(
            prefix=default_prefix(version),
            span=self._scope.span(entry),
            next_hop=hop,
            interface=interface,
            vrf=at.vrf if at is not None else "",
            tracked=tracked,
        )

    def _ends(self, entry: Section, side: str, version: int) -> AddressExpr:
        """Sources or destinations: prefixes, objects and, of destinations, services of the maker's database."""
        items: list[AddressExpr] = []
        for word in entry.words(side):
            found = read_masked((word,))
            if found is not None:
                items.append(found)
        items += [self._addresses.reference(name, version) for name in entry.words(f"{side}addr")]
        if side == "dst":
            for setting in ("internet-service-id", "internet-service-custom", "internet-service-fortiguard"):
                items += [
                    UndecidedAddress("internet service", name, EVERY[version]) for name in _named(entry.words(setting))
                ]
        if not items:
            return EVERY[version]
        union = joined(tuple(items))
        return AddressComplement(union, version) if entry.is_on(f"{side}-negate") else union

    # -- SD-WAN rules ---------------------------------------------------------------------------------------------

    def _sdwan_rule(self, section: Section, entry: Section, version: int) -> Iterator[Rule]:
        """CLI reference 7.4, `config system sdwan`, `config service`."""
        if (entry.text("addr-mode", "ipv4") == "ipv6") != (version == 6):
            return
        members = self._members_of(section, entry)
        routes = tuple(
            Route(
                prefix=default_prefix(version),
                span=self._scope.span(entry),
                next_hop=hop[1] if hop is not None and hop[0] == version else None,
                interface=member.interface,
                tracked=True,
            )
            for member in members
            for hop in (read_address(member.gateway if version == 4 else member.gateway6),)
        )
        yield Rule(
            id=entry.name,
            position=1,
            action=Action.ROUTE,
            span=self._scope.span(entry),
            source=self._objects(entry, "src", version),
            destination=self._sdwan_destination(entry, version),
            service=_service(entry),
            ingress=_ingress(entry),
            conditions=_conditions(entry),
            enabled=entry.text("status", "enable") != "disable",
            name=" ".join(entry.words("name")),
            routes=routes,
        )

    def _members_of(self, section: Section, entry: Section) -> list[SdwanMember]:
        """The members that a rule may send by; all of them where it names none."""
        numbers = {*entry.words("priority-members"), *entry.words("members"), *entry.words("member")}
        zones = set(entry.words("priority-zone"))
        inside = [m for m in self._topology.members if m.entry in section.table("members")]
        chosen = [m for m in inside if m.entry.name in numbers or m.zone in zones]
        return chosen if numbers or zones else inside

    def _objects(self, entry: Section, side: str, version: int) -> AddressExpr:
        names = entry.words(side if version == 4 else f"{side}6") or entry.words(side)
        if not names:
            return EVERY[version]
        union = self._addresses.union(names, version)
        return AddressComplement(union, version) if entry.is_on(f"{side}-negate") else union

    def _sdwan_destination(self, entry: Section, version: int) -> AddressExpr:
        if not entry.is_on("internet-service"):
            return self._objects(entry, "dst", version)
        names = tuple(name for setting in _SERVICE_NAMES for name in _named(entry.words(setting)))
        return UndecidedAddress("internet service", " ".join(names), EVERY[version])


def _list(name: str, rules: Iterable[Rule], version: int) -> RuleSet:
    numbered = tuple(replace(rule, position=place) for place, rule in enumerate(rules, start=1))
    return RuleSet(name=name, rules=numbered, kind=RuleSetKind.ROUTING, default=None, version=version)


def _named(words: Iterable[str]) -> list[str]:
    """Names of a setting; zero stands for none."""
    return [word for word in words if word != "0"]


def _ingress(entry: Section) -> InterfaceMatch:
    names = frozenset(name for name in entry.words("input-device") if name != "any")
    names |= frozenset(entry.words("input-zone"))
    return InterfaceMatch(names, negated=entry.is_on("input-device-negate")) if names else ANY_INTERFACE


def _service(entry: Section) -> ServiceExpr:
    """Protocol 0 is any; ports count for protocols that have them."""
    protocol = entry.number("protocol", 0, 255)
    if not protocol:
        return ANY_SERVICE
    if protocol not in PORT_PROTOCOLS:
        return Service(protocol=protocol)
    return Service(
        protocol=protocol,
        source_ports=_ports(entry, "start-source-port", "end-source-port"),
        destination_ports=_ports(entry, "start-port", "end-port"),
    )


def _ports(entry: Section, first: str, last: str) -> tuple[Range, ...] | None:
    """The ports of a rule, ``None`` for all: the factory's values differ by version and mean any."""
    ports = (entry.number(first, 0, 65535), entry.number(last, 65535, 65535))
    if ports in _ALL_PORTS:
        return None
    return (ports,) if ports[0] <= ports[1] else ()


def _conditions(entry: Section) -> tuple[Condition, ...]:
    found: list[Condition] = []
    mask = entry.text("tos-mask", "0x00")
    if mask.strip("0x"):
        text = f"tos {entry.text('tos', '0x00')} tos-mask {mask}"
        found.append(Condition(kind=ConditionKind.OTHER, text=text))
    people = (*entry.words("users"), *entry.words("groups"))
    if people:
        found.append(Condition(kind=ConditionKind.USER, text=" ".join(people), groups=people))
    return tuple(found)
