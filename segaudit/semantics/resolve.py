"""Expressions of the model become tests and sets, once for each distinct object."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import reduce

from segaudit.model import (
    AddressComplement,
    AddressExpr,
    AddressIntersection,
    AddressRange,
    AddressRef,
    AddressUnion,
    AnyAddress,
    AnyService,
    Condition,
    ConditionKind,
    Device,
    Fqdn,
    MaskedAddress,
    OwnAddress,
    Rule,
    Schedule,
    Service,
    ServiceComplement,
    ServiceExpr,
    ServiceIntersection,
    ServiceRef,
    ServiceUnion,
    UndecidedAddress,
    UndecidedService,
)
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.packet import STATES
from segaudit.packetspace.space import HeaderTest, PacketSet, PacketSpace, Side

#: Why something is undecided, as the config names it: ``geography CN``, ``user group staff``.
Reasons = tuple[str, ...]


#: Expressions that hold others: hashing them would walk all of it each time.
_LARGE = (
    AddressUnion,
    AddressIntersection,
    AddressComplement,
    ServiceUnion,
    ServiceIntersection,
    ServiceComplement,
)


@dataclass(frozen=True, slots=True)
class TestBounds:
    """A test of the header with doubt: ``must`` surely passes, ``may`` possibly; ``reasons`` say why they differ."""

    must: HeaderTest
    may: HeaderTest
    reasons: Reasons = ()


@dataclass(frozen=True, slots=True)
class Match:
    """What a rule matches, and why that is not exact where it is not."""

    bounds: PacketBounds
    reasons: Reasons = ()


class Resolver:
    """Turns the expressions of one device into tests and sets of ``space``.

    ``as_of`` decides schedules; ``accounts`` are the user groups whose members an intruder is assumed to be.
    """

    def __init__(self, space: PacketSpace, device: Device, as_of: date, accounts: frozenset[str] = frozenset()) -> None:
        self.space = space
        self.device = device
        self._as_of = as_of
        self._accounts = accounts
        self._all = space.test_of(passes=True)
        self._none = space.test_of(passes=False)
        self._addresses: dict[tuple[Side, object], TestBounds] = {}
        self._services: dict[object, tuple[PacketBounds, Reasons]] = {}
        self._open_services: dict[PacketSet, bool] = {}
        self._kept: dict[int, object] = {}
        self._open_refs: set[tuple[str, str]] = set()
        self._matches: dict[tuple[object, object, object, int | None], Match] = {}

    # -- addresses ------------------------------------------------------------------------------------------------

    def addresses(self, expr: AddressExpr, side: Side) -> TestBounds:
        """Which headers have a source or destination in ``expr``."""
        if isinstance(expr, AddressRange | MaskedAddress):
            # Made again as fast as found, and there are as many as lines: kept, they would be half of all memory.
            return self._resolve_address(expr, side)
        key = (side, self._key(expr))
        found = self._addresses.get(key)
        if found is None:
            found = self._resolve_address(expr, side)
            self._addresses[key] = found
        return found

    def _key(self, expr: object) -> object:
        """A cache key: the value of a small expression, the identity of a large one (which is then kept alive)."""
        if isinstance(expr, _LARGE):
            self._kept[id(expr)] = expr
            return id(expr)
        return expr

    def _resolve_address(self, expr: AddressExpr, side: Side) -> TestBounds:
        space = self.space
        match expr:
            case AnyAddress(version=version):
                return _sure(self._all if version is None else space.family_test(version))
            case AddressRange(version=version, first=first, last=last):
                return _sure(space.address_test(side, version, first, last))
            case MaskedAddress(version=version, value=value, care=care):
                return _sure(space.masked_address_test(side, version, value, care))
            case Fqdn(name=name):
                return TestBounds(self._none, self._all, (f"name {name}",))
            case UndecidedAddress(kind=kind, name=name, within=within):
                return TestBounds(self._none, self.addresses(within, side).may, (f"{kind} {name}".strip(),))
            case OwnAddress():
                return self._own(expr, side)
            case AddressRef(name=name):
                return self._reference(name, side)
            case AddressUnion(items=items):
                return _joined([self.addresses(i, side) for i in items], self._none)
            case AddressIntersection(items=items):
                parts = [self.addresses(i, side) for i in items]
                return TestBounds(
                    reduce(HeaderTest.__and__, (p.must for p in parts), self._all),
                    reduce(HeaderTest.__and__, (p.may for p in parts), self._all),
                    _reasons(p.reasons for p in parts),
                )
            case AddressComplement(item=item, version=version):
                inner = self.addresses(item, side)
                family = self._all if version is None else space.family_test(version)
                return TestBounds(~inner.may & family, ~inner.must & family, inner.reasons)

    def _own(self, expr: OwnAddress, side: Side) -> TestBounds:
        tests: list[HeaderTest] = []
        unknown: list[str] = []
        shown = False
        for interface in self.device.interfaces:
            if expr.interface and interface.name != expr.interface:
                continue
            shown = shown or bool(interface.addresses)
            tests += [
                self.space.address_test(side, a.prefix.version, a.address, a.address)
                for a in interface.answering
                if expr.version in (None, a.prefix.version)
            ]
            if interface.address_unknown and (expr.version != 6 or not interface.addresses):
                unknown.append(f"address of {interface.name}")
        must = _balanced(tests, self._none)
        fetching = [
            i for i in self.device.interfaces if i.enabled and i.fetches_ipv6 and expr.interface in ("", i.name)
        ]
        if fetching and tests and expr.version != 4 and not unknown:
            # Which addresses of IPv6 are its own does not show; those of IPv4 do.
            reasons = tuple(f"address of {i.name}" for i in fetching)
            return TestBounds(must, must | self.space.family_test(6), reasons)
        shut = shown and all(not i.enabled for i in self.device.interfaces if expr.interface in ("", i.name))
        if (tests or shut) and not unknown:
            return TestBounds(must, must)
        family = self._all if expr.version is None else self.space.family_test(expr.version)
        return TestBounds(must, family, tuple(unknown) or (f"address of {expr.interface or 'the device'}",))

    def _reference(self, name: str, side: Side) -> TestBounds:
        found = self.device.addresses.get(name)
        mark = ("address", name)
        if found is None or mark in self._open_refs:
            why = "undefined object" if found is None else "recursive group"
            return TestBounds(self._none, self._all, (f"{why} {name}",))
        self._open_refs.add(mark)
        try:
            return self.addresses(found.value, side)
        finally:
            self._open_refs.discard(mark)

    # -- services -------------------------------------------------------------------------------------------------

    def services(self, expr: ServiceExpr) -> tuple[PacketBounds, Reasons]:
        """Which packets ``expr`` matches, and why that is not exact where it is not."""
        key = self._key(expr)
        found = self._services.get(key)
        if found is None:
            found = self._resolve_service(expr)
            self._services[key] = found
        return found

    def decides_nothing(self, expr: ServiceExpr) -> bool:
        """Whether ``expr`` surely matches every packet that opens a session of TCP or UDP, of one family at least."""
        bounds, _ = self.services(expr)
        found = self._open_services.get(bounds.must)
        if found is None:
            opening = self.space.opening.where(self.space.protocol_test(6, 17))
            found = any(opening & self.space.version(v) <= bounds.must for v in (4, 6))
            self._open_services[bounds.must] = found
        return found

    def _resolve_service(self, expr: ServiceExpr) -> tuple[PacketBounds, Reasons]:
        space = self.space
        match expr:
            case AnyService():
                return PacketBounds.exactly(space.full), ()
            case Service():
                return PacketBounds.exactly(self._service(expr)), ()
            case UndecidedService(kind=kind, name=name, within=within):
                may = self.services(within)[0].may
                return PacketBounds(space.empty, may), (f"{kind} {name}".strip(),)
            case ServiceRef(name=name):
                return self._service_reference(name)
            case ServiceUnion(items=items):
                parts = [self.services(i) for i in items]
                if all(bounds.must is bounds.may for bounds, _ in parts):
                    return PacketBounds.exactly(space.union(bounds.may for bounds, _ in parts)), ()
                must = space.union(bounds.must for bounds, _ in parts)
                may = space.union(bounds.may for bounds, _ in parts)
                return PacketBounds(must, may), _reasons(r for _, r in parts)
            case ServiceIntersection(items=items):
                parts = [self.services(i) for i in items]
                bounds = reduce(PacketBounds.__and__, (b for b, _ in parts), PacketBounds.exactly(space.full))
                return bounds, _reasons(r for _, r in parts)
            case ServiceComplement(item=item):
                inner, reasons = self.services(item)
                return ~inner, reasons

    def _service(self, service: Service) -> PacketSet:
        space = self.space
        found = space.full if service.protocol is None else space.protocol(service.protocol)
        if service.destination_ports is not None:
            found &= space.ports("dst", service.destination_ports)
        if service.source_ports is not None:
            found &= space.ports("src", service.source_ports)
        if service.icmp_types is not None or service.icmp_codes is not None:
            found &= space.icmp(service.icmp_types, service.icmp_codes)
        if service.tcp_flags is not None:
            found &= space.tcp_flags(service.tcp_flags.mask, service.tcp_flags.value)
        if service.states is not None:
            found &= space.state(*(STATES[s] for s in sorted(service.states)))
        return found

    def _service_reference(self, name: str) -> tuple[PacketBounds, Reasons]:
        found = self.device.services.get(name)
        mark = ("service", name)
        if found is None or mark in self._open_refs:
            why = "undefined object" if found is None else "recursive group"
            return PacketBounds(self.space.empty, self.space.full), (f"{why} {name}",)
        self._open_refs.add(mark)
        try:
            return self.services(found.value)
        finally:
            self._open_refs.discard(mark)

    # -- rules ----------------------------------------------------------------------------------------------------

    def match(self, rule: Rule, version: int | None, translated: str = "") -> Match:
        """What ``rule`` of a list for ``version`` matches, interfaces and whether it is enabled aside.

        ``translated`` names the destination translation that the packets went through, empty if none.
        """
        by_translation = rule.translated_by is not None and translated != "" and not rule.only_translated
        destination: AddressExpr = AnyAddress() if by_translation else rule.destination
        key = (self._key(rule.source), self._key(destination), self._key(rule.service), version)
        found = self._matches.get(key)
        if found is None:
            found = self._resolve_match(rule.source, destination, rule.service, version)
            self._matches[key] = found
        undecided = self._undecided(rule)
        if undecided:
            may = found.bounds.may
            return Match(PacketBounds(self.space.empty, may), found.reasons + undecided)
        return found

    def _resolve_match(
        self, source: AddressExpr, destination: AddressExpr, service: ServiceExpr, version: int | None
    ) -> Match:
        src = self.addresses(source, "src")
        dst = self.addresses(destination, "dst")
        what, reasons = self.services(service)
        reasons = src.reasons + dst.reasons + reasons
        # The source first: it lies below the destination in the order of variables, so the second step adds to the first.
        may = what.may.where(src.may).where(dst.may)
        must = may if not reasons else what.must.where(src.must).where(dst.must)
        if version is not None:
            may, must = may & self.space.version(version), must & self.space.version(version)
        return Match(PacketBounds.exactly(may) if not reasons else PacketBounds(must, may), reasons)

    def applies(self, rule: Rule, translated: str = "") -> bool:
        """Whether ``rule`` is switched on at all, for packets that ``translated`` rewrote."""
        if not rule.enabled:
            return False
        if translated and rule.translated_by is not None and translated not in rule.translated_by:
            return False
        if rule.only_translated and not translated:
            return False
        return not rule.schedule or self._scheduled(rule.schedule) is not False

    def _undecided(self, rule: Rule) -> Reasons:
        """What of the rule's conditions no header decides."""
        reasons = tuple(f"{c.kind} {c.text}" for c in rule.conditions if not self._assumed(c))
        if rule.schedule and self._scheduled(rule.schedule) is None:
            reasons += (f"schedule {rule.schedule}",)
        return reasons

    def _assumed(self, condition: Condition) -> bool:
        """Whether the condition is met by an account that the intruder is assumed to hold."""
        return condition.kind == ConditionKind.USER and not self._accounts.isdisjoint(condition.groups)

    def _scheduled(self, name: str) -> bool | None:
        schedule = self.device.schedules.get(name)
        return None if schedule is None else holds(schedule, self._as_of)


def holds(schedule: Schedule, as_of: date) -> bool | None:
    """Whether ``schedule`` holds on the day ``as_of``: all of it, none of it, or undecided (part of it, recurring)."""
    first, last = datetime.combine(as_of, time.min), datetime.combine(as_of, time.max)
    if schedule.start is not None and schedule.start > last:
        return False
    if schedule.end is not None and schedule.end < first:
        return False
    if schedule.recurring:
        return None
    begun = schedule.start is None or schedule.start <= first
    lasts = schedule.end is None or schedule.end >= last.replace(second=0, microsecond=0)
    return True if begun and lasts else None


def _sure(test: HeaderTest) -> TestBounds:
    return TestBounds(test, test)


def _balanced(tests: list[HeaderTest], nothing: HeaderTest) -> HeaderTest:
    """The disjunction of ``tests``, joined in a balanced way."""
    while len(tests) > 1:
        tests = [a | b for a, b in zip(tests[::2], tests[1::2], strict=False)] + (tests[-1:] if len(tests) % 2 else [])
    return tests[0] if tests else nothing


def _joined(parts: list[TestBounds], nothing: HeaderTest) -> TestBounds:
    may = _balanced([p.may for p in parts], nothing)
    reasons = _reasons(p.reasons for p in parts)
    return TestBounds(_balanced([p.must for p in parts], nothing) if reasons else may, may, reasons)


def _reasons(parts: Iterable[Reasons]) -> Reasons:
    return tuple(dict.fromkeys(reason for part in parts for reason in part))
