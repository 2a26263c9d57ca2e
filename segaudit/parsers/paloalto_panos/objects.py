"""Addresses, groups, services and schedules: the objects of one device, and what the words of a rule stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ANY_SERVICE,
    NO_ADDRESS,
    NO_SERVICE,
    SCTP,
    TCP,
    UDP,
    AddressExpr,
    AddressObject,
    AddressRef,
    Fqdn,
    Notice,
    Range,
    Schedule,
    Service,
    ServiceExpr,
    ServiceObject,
    ServiceRef,
    ServiceUnion,
    UndecidedAddress,
    UndecidedService,
    msg,
    ports,
)
from segaudit.parsers.paloalto_panos.config import Node
from segaudit.parsers.paloalto_panos.scope import Scope
from segaudit.parsers.paloalto_panos.values import joined, read_literal, read_ports, read_span, read_wildcard

#: Services that the factory defines: "service-http" is TCP 80 and 8080, "service-https" TCP 443 (PAN-OS Web Interface
#: Help 10.1, "Objects > Services").
PREDEFINED_SERVICES: Final[Mapping[str, ServiceExpr]] = MappingProxyType(
    {"service-http": ports(TCP, 80, 8080), "service-https": ports(TCP, 443)}
)
_PROTOCOLS: Final = {"tcp": TCP, "udp": UDP, "sctp": SCTP}
#: Lists of addresses that the maker keeps (PAN-OS Administrator's Guide 10.1, "Built-in External Dynamic Lists").
_BUILT_IN_LISTS: Final = re.compile(r"panw-[a-z-]+-ip-list")
#: Countries are two letters (ISO 3166-1), and A1 and A2 for what is no country.
_COUNTRY: Final = re.compile(r"[A-Z][A-Z0-9]")


class AddressBook:
    """The address objects of one device. ``objects`` is what the model gets."""

    def __init__(self, scope: Scope, notices: list[Notice]) -> None:
        self._scope = scope
        self._notices = notices
        self._unions: dict[tuple[str, ...], AddressExpr] = {}
        self.objects: dict[str, AddressObject] = {}
        self._literals: dict[str, AddressExpr] = {}
        self._tags: dict[str, frozenset[str]] = {}
        self._lists = {entry.name for entry in scope.objects("external-list")}
        for entry in scope.objects("address"):
            self._add(entry, self._object(entry))
        for entry in scope.objects("region"):
            members = tuple(read_literal(word) or AddressRef(word) for word in entry.words("address"))
            if members and entry.name not in self.objects:
                self._add(entry, joined(members))
        groups = {entry.name: entry for entry in scope.objects("address-group") if entry.name not in self.objects}
        self._groups = frozenset(groups)
        static = {name: entry.words("static") for name, entry in groups.items()}
        self._loops = loops(static)
        for name, entry in groups.items():
            self._add(entry, self._group(entry, self._loops.get(name, frozenset())))

    def _add(self, entry: Node, value: AddressExpr) -> None:
        self.objects[entry.name] = AddressObject(
            name=entry.name,
            span=self._scope.span(entry),
            value=value,
            comment=entry.word("description"),
        )

    def _object(self, entry: Node) -> AddressExpr:
        children = entry.children
        if "tag" in children:
            self._tags[entry.name] = frozenset(children["tag"].children)
        for kind in ("ip-netmask", "ip-range", "fqdn", "ip-wildcard"):
            if kind not in children:
                continue
            text = self._scope.value(entry.word(kind))
            if kind == "fqdn":
                return Fqdn(text)
            found = read_wildcard(text) if kind == "ip-wildcard" else read_literal(text)
            if kind == "ip-range":
                found = read_span(text) or found
            if found is not None:
                return found
            self._scope.file.ledger.unrecognized(entry.at(kind).first_line, f"{text} is no address")
            return UndecidedAddress("unreadable object", entry.name)
        # An object without a value is none that the device accepts.
        return NO_ADDRESS

    def _group(self, entry: Node, back: frozenset[str]) -> AddressExpr:
        if entry.has("dynamic"):
            return self._dynamic(entry)
        if back:
            self._notices.append(
                Notice(
                    message=msg(
                        "the group {group} contains itself through {members}",
                        group=entry.name,
                        members=", ".join(sorted(back)),
                    ),
                    span=self._scope.span(entry),
                    bears_on_access=True,
                )
            )
        items = tuple(
            UndecidedAddress("recursive group", name) if name in back else self.reference(name)
            for name in entry.words("static")
        )
        return joined(items) if items else NO_ADDRESS

    def _dynamic(self, entry: Node) -> AddressExpr:
        """The objects whose tags fulfil the filter; undecided where no object of the configuration has such a tag.

        Addresses also get tags at run time, which no configuration shows (PAN-OS Administrator's Guide 10.1, "Use
        Dynamic Address Groups in Policy").
        """
        text = " ".join(entry.words("dynamic", "filter"))
        line = entry.at("dynamic", "filter").first_line if entry.has("dynamic", "filter") else entry.first_line
        test = read_filter(text)
        named = frozenset().union(*self._tags.values()) if self._tags else frozenset()
        if test is None or named.isdisjoint(test.tags):
            self._scope.file.ledger.approximated(line, "which addresses have these tags is known at run time only")
            return UndecidedAddress("dynamic group", entry.name)
        self._scope.file.ledger.approximated(
            line, "of the objects of the configuration; tags given at run time do not show"
        )
        items = tuple(AddressRef(name) for name, tags in self._tags.items() if test.holds(tags))
        return joined(items) if items else NO_ADDRESS

    def reference(self, word: str) -> AddressExpr:
        """What a word of a rule or group means: an object or group, else the address, country or list that it is."""
        if word in self.objects or word in self._groups:
            return AddressRef(word)
        known = self._literals.get(word)
        if known is None:
            known = self._literals[word] = self._literal(self._scope.value(word))
        return known

    def _literal(self, word: str) -> AddressExpr:
        if word == "any":
            return ANY_ADDRESS
        if word in self._lists or _BUILT_IN_LISTS.fullmatch(word):
            return UndecidedAddress("dynamic list", word)
        found = read_literal(word)
        if found is not None:
            return found
        if _COUNTRY.fullmatch(word):
            return UndecidedAddress("geography", word)
        return AddressRef(word)

    def union(self, words: tuple[str, ...]) -> AddressExpr:
        """Any of what ``words`` mean; of no words: every address."""
        known = self._unions.get(words)
        if known is None:
            items = tuple(self.reference(word) for word in words)
            known = ANY_ADDRESS if not items or ANY_ADDRESS in items else joined(items)
            self._unions[words] = known
        return known

    def ranges(self, expr: AddressExpr) -> AddressExpr:
        """``expr`` with names resolved where it is one object of one value."""
        for _ in range(len(self.objects) + 1):
            if not isinstance(expr, AddressRef) or expr.name not in self.objects:
                break
            expr = self.objects[expr.name].value
        return expr


def loops(groups: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    """For each group that contains itself, the members by which it does."""
    found: dict[str, frozenset[str]] = {}
    done: set[str] = set()
    for start in groups:
        if start in done:
            continue
        path: list[str] = []
        inside: set[str] = set()
        stack: list[tuple[str, Iterator[str]]] = [(start, iter(groups[start]))]
        path.append(start)
        inside.add(start)
        while stack:
            name, members = stack[-1]
            member = next(members, None)
            if member is None:
                stack.pop()
                path.pop()
                inside.discard(name)
                done.add(name)
            elif member in inside:
                found[name] = found.get(name, frozenset()) | {member}
            elif member in groups and member not in done:
                stack.append((member, iter(groups[member])))
                path.append(member)
                inside.add(member)
    return found


# ---------------------------------------------------------------------------------------------------------------------
# Filters of dynamic groups


@dataclass(frozen=True, slots=True)
class TagFilter:
    """``'web' and ('tokyo' or 'osaka')`` in the order in which it is evaluated: tags and ``and``, ``or``, ``not``."""

    steps: tuple[tuple[str, str], ...]

    @property
    def tags(self) -> frozenset[str]:
        """The tags that it names."""
        return frozenset(word for kind, word in self.steps if kind == "tag")

    def holds(self, tags: frozenset[str]) -> bool:
        """Whether an object with ``tags`` is meant."""
        stack: list[bool] = []
        for kind, word in self.steps:
            if kind == "tag":
                stack.append(word in tags)
            elif word == "not":
                stack.append(not stack.pop())
            else:
                right, left = stack.pop(), stack.pop()
                stack.append((left and right) if word == "and" else (left or right))
        return stack[-1]


_FILTER_TOKEN: Final = re.compile(r"\s*(?:'([^']*)'|\"([^\"]*)\"|([()])|([^\s()'\"]+))")
_BINDING: Final = {"or": 1, "and": 2, "not": 3}


def read_filter(text: str) -> TagFilter | None:
    """The filter that ``text`` is; ``None`` where it is none. ``and`` binds before ``or``."""
    steps: list[tuple[str, str]] = []
    waiting: list[str] = []
    operand = True
    for found in _FILTER_TOKEN.finditer(text):
        quoted = found[1] if found[1] is not None else found[2]
        bracket, word = found[3], found[4]
        if quoted is None and word is not None and word.lower() in _BINDING:
            operator = word.lower()
            if (operator == "not") != operand:
                return None
            while operator != "not" and waiting and waiting[-1] != "(" and _BINDING[waiting[-1]] >= _BINDING[operator]:
                steps.append(("operator", waiting.pop()))
            waiting.append(operator)
            operand = True
        elif bracket == "(":
            if not operand:
                return None
            waiting.append("(")
        elif bracket == ")":
            while waiting and waiting[-1] != "(":
                steps.append(("operator", waiting.pop()))
            if not waiting or operand:
                return None
            waiting.pop()
        else:
            if not operand:
                return None
            steps.append(("tag", quoted if quoted is not None else word))
            operand = False
    if operand or "(" in waiting:
        return None
    steps.extend(("operator", one) for one in reversed(waiting))
    return TagFilter(tuple(steps))


# ---------------------------------------------------------------------------------------------------------------------
# Services


class ServiceBook:
    """The services of one device. ``objects`` is what the model gets."""

    def __init__(self, scope: Scope, notices: list[Notice]) -> None:
        self._scope = scope
        self._unions: dict[tuple[str, ...], ServiceExpr] = {}
        self._made: dict[tuple[int, str, str], ServiceExpr] = {}
        self.objects: dict[str, ServiceObject] = {}
        for entry in scope.objects("service"):
            self._add(entry, self._service(entry))
        groups = {entry.name: entry for entry in scope.objects("service-group") if entry.name not in self.objects}
        self._groups = frozenset(groups)
        back = loops({name: entry.words("members") for name, entry in groups.items()})
        for name, entry in groups.items():
            items = tuple(
                UndecidedService("recursive group", member) if member in back.get(name, ()) else self.reference(member)
                for member in entry.words("members")
            )
            self._add(entry, one_of(items))
            if name in back:
                notices.append(
                    Notice(
                        message=msg(
                            "the group {group} contains itself through {members}",
                            group=name,
                            members=", ".join(sorted(back[name])),
                        ),
                        span=scope.span(entry),
                        bears_on_access=True,
                    )
                )

    def _add(self, entry: Node, value: ServiceExpr) -> None:
        self.objects[entry.name] = ServiceObject(
            name=entry.name, span=self._scope.span(entry), value=value, comment=entry.word("description")
        )

    def _service(self, entry: Node) -> ServiceExpr:
        found: list[ServiceExpr] = []
        for protocol in entry.entries("protocol"):
            number = _PROTOCOLS.get(protocol.name)
            if number is None:
                continue
            key = (number, protocol.word("port"), protocol.word("source-port"))
            if key not in self._made:
                self._made[key] = self._ports(protocol, *key)
            found.append(self._made[key])
        return one_of(tuple(found))

    def _ports(self, protocol: Node, number: int, destination: str, source: str) -> ServiceExpr:
        to: tuple[Range, ...] | None = None
        come: tuple[Range, ...] | None = None
        if destination:
            to = read_ports(destination)
        if source:
            come = read_ports(source)
        if (destination and to is None) or (source and come is None):
            self._scope.file.ledger.unrecognized(protocol.first_line, "no port numbers")
            return UndecidedService("unreadable service", protocol.name, Service(protocol=number))
        return Service(protocol=number, destination_ports=to, source_ports=come)

    def reference(self, word: str) -> ServiceExpr:
        """What a word of a rule or group means."""
        if word in self.objects or word in self._groups:
            return ServiceRef(word)
        if word == "any":
            return ANY_SERVICE
        return PREDEFINED_SERVICES.get(word) or ServiceRef(word)

    def union(self, words: tuple[str, ...]) -> ServiceExpr:
        """Any of what ``words`` mean."""
        known = self._unions.get(words)
        if known is None:
            items = tuple(self.reference(word) for word in words)
            known = self._unions[words] = ANY_SERVICE if ANY_SERVICE in items else one_of(items)
        return known


def one_of(items: tuple[ServiceExpr, ...]) -> ServiceExpr:
    """Any of ``items``, without a union around a single one."""
    parts = tuple(dict.fromkeys(items))
    if not parts:
        return NO_SERVICE
    return parts[0] if len(parts) == 1 else ServiceUnion(parts)


# ---------------------------------------------------------------------------------------------------------------------
# Schedules


class ScheduleBook:
    """The schedules of one device. ``objects`` is what the model gets; times are the device's own."""

    def __init__(self, scope: Scope) -> None:
        self.objects: dict[str, Schedule] = {}
        for entry in scope.objects("schedule"):
            self.objects[entry.name] = _schedule(entry, scope)

    def named(self, name: str) -> str:
        """What a rule says for the schedule ``name``."""
        return name


def _schedule(entry: Node, scope: Scope) -> Schedule:
    """``non-recurring 2026/01/01@00:00-2026/03/31@23:59`` has bounds; daily and weekly ones are undecided."""
    span = scope.span(entry)
    times = entry.words("schedule-type", "non-recurring") or entry.words("non-recurring")
    spans = [_moments(text) for text in times]
    known = [one for one in spans if one is not None]
    if not known or len(known) < len(spans):
        return Schedule(name=entry.name, recurring=True, span=span)
    return Schedule(
        name=entry.name,
        start=min(first for first, _ in known),
        end=max(last for _, last in known),
        recurring=len(known) > 1,
        span=span,
    )


def _moments(text: str) -> tuple[datetime, datetime] | None:
    first, _, last = text.partition("-")
    try:
        # In the device's local time, whose zone no packet shows.
        start = datetime.strptime(first.strip(), "%Y/%m/%d@%H:%M")  # noqa: DTZ007 - as above
        return start, datetime.strptime(last.strip(), "%Y/%m/%d@%H:%M")  # noqa: DTZ007 - as above
    except ValueError:
        return None
