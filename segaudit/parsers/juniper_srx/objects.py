"""Address books, applications and schedulers of one device, and what the words of a policy stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ANY_IPV4,
    ANY_IPV6,
    ANY_SERVICE,
    ICMP,
    ICMPV6,
    NO_ADDRESS,
    AddressExpr,
    AddressObject,
    AddressRef,
    Fqdn,
    Notice,
    Schedule,
    Service,
    ServiceExpr,
    ServiceObject,
    ServiceRef,
    Span,
    UndecidedAddress,
    UndecidedService,
    masked,
    msg,
)
from segaudit.parsers.juniper_srx.config import JunosFile, Node
from segaudit.parsers.juniper_srx.names import (
    ICMP_CODES,
    ICMP_TYPES,
    ICMPV6_CODES,
    ICMPV6_TYPES,
    PORTS,
    PROTOCOLS,
    predefined_applications,
    read_number,
)
from segaudit.parsers.juniper_srx.values import joined, one_of, read_address, read_literal, read_span

_WORDS: Final[Mapping[str, AddressExpr]] = {"any": ANY_ADDRESS, "any-ipv4": ANY_IPV4, "any-ipv6": ANY_IPV6}
_LAST_PORT: Final = 65535
_LAST_BYTE: Final = 255


class AddressBook:
    """The address books of one device. ``objects`` is what the model gets.

    A policy's address is looked up in the book of its zone, then in the global one (Junos OS Security Policies User
    Guide, "Address Books and Address Sets"). Objects of the global book keep their names, and so do those of others
    where no book has the name too.
    """

    def __init__(self, file: JunosFile, root: Node, notices: list[Notice]) -> None:
        self._file = file
        self._notices = notices
        self._books: dict[str, Node] = {}
        self._of_zone: dict[str, list[str]] = {}
        self._keys: dict[tuple[str, str], str] = {}
        self._unions: dict[tuple[str, tuple[str, ...]], AddressExpr] = {}
        self.objects: dict[str, AddressObject] = {}
        self._collect(root)
        for book, node in self._books.items():
            self._name(book, node)
        for book, node in self._books.items():
            self._read(book, node)

    def _collect(self, root: Node) -> None:
        for node in root.entries("security", "address-book"):
            self._books[node.name] = node
            for zone in node.words("attach", "zone"):
                self._of_zone.setdefault(zone, []).append(node.name)
        for zone_node in root.entries("security", "zones", "security-zone"):
            book = zone_node.at("address-book")
            if book:
                name = f"zone {zone_node.name}"
                self._books[name] = book
                self._of_zone.setdefault(zone_node.name, []).insert(0, name)
        # The global one first: its names are the plain ones.
        self._books = dict(sorted(self._books.items(), key=lambda item: item[0] != "global"))

    def _name(self, book: str, node: Node) -> None:
        taken = set(self._keys.values())
        for entry in (*node.entries("address"), *node.entries("address-set")):
            key = entry.name if entry.name not in taken else f"{book}/{entry.name}"
            taken.add(key)
            self._keys[book, entry.name] = key

    def _read(self, book: str, node: Node) -> None:
        sets = {entry.name: entry for entry in node.entries("address-set")}
        back = loops({name: entry.words("address-set") for name, entry in sets.items()})
        for entry in node.entries("address"):
            self._add(book, entry, self._value(entry))
        for name, entry in sets.items():
            items: list[AddressExpr] = [self._member(book, word) for word in entry.words("address")]
            for word in entry.words("address-set"):
                looping = word in back.get(name, ())
                items.append(UndecidedAddress("recursive group", word) if looping else self._member(book, word))
            self._add(book, entry, joined(items) if items else NO_ADDRESS)
            if name in back:
                self._notices.append(recursion(name, back[name], self._file.span(entry)))

    def _add(self, book: str, entry: Node, value: AddressExpr) -> None:
        key = self._keys[book, entry.name]
        self.objects[key] = AddressObject(
            name=key, span=self._file.span(entry), value=value, comment=entry.word("description")
        )

    def _value(self, entry: Node) -> AddressExpr:
        name = entry.word("dns-name")
        if name:
            return Fqdn(next(iter(entry.at("dns-name").children)))
        wild = next(iter(entry.at("wildcard-address").children), "")
        if wild:
            address, _, mask = wild.partition("/")
            value, care = read_address(address), read_address(mask)
            if value is not None and care is not None and value[0] == care[0]:
                # Bits that are one in the mask are looked at (`wildcard-address`, Junos OS CLI reference).
                return masked(value[0], value[1], care[1])
            self._file.ledger.unrecognized(entry.first_line, "no address with a wildcard mask")
            return UndecidedAddress("unreadable address", entry.name)
        for first in entry.entries("range-address"):
            found = read_span(first.name, first.word("to", default=first.name))
            if found is not None:
                return found
        for word in reversed(entry.children):
            literal = read_literal(word)
            if literal is not None:
                return literal
        self._file.ledger.unrecognized(entry.first_line, "no address")
        return UndecidedAddress("unreadable address", entry.name)

    def _member(self, book: str, word: str) -> AddressExpr:
        key = self._keys.get((book, word))
        if key is None:
            key = self._keys.get(("global", word))
        return AddressRef(key if key is not None else word)

    def reference(self, zone: str, word: str) -> AddressExpr:
        """What ``word`` means in a policy on the side of ``zone`` (empty: of none)."""
        known = _WORDS.get(word)
        if known is not None:
            return known
        for book in self._of_zone.get(zone, ()):
            key = self._keys.get((book, word))
            if key is not None:
                return AddressRef(key)
        key = self._keys.get(("global", word))
        if key is None and not zone:
            key = next((found for (_, name), found in self._keys.items() if name == word), None)
        if key is not None:
            return AddressRef(key)
        return read_literal(word) or AddressRef(word)

    def union(self, zone: str, words: tuple[str, ...]) -> AddressExpr:
        """Any of what ``words`` mean; of no words: every address."""
        known = self._unions.get((zone, words))
        if known is None:
            items = [self.reference(zone, word) for word in words]
            known = ANY_ADDRESS if not items or ANY_ADDRESS in items else joined(items)
            self._unions[zone, words] = known
        return known

    def ranges(self, expr: AddressExpr) -> AddressExpr:
        """``expr`` with names resolved where it is one object of one value."""
        for _ in range(len(self.objects) + 1):
            if not isinstance(expr, AddressRef) or expr.name not in self.objects:
                break
            expr = self.objects[expr.name].value
        return expr


def recursion(name: str, members: Iterable[str], span: Span) -> Notice:
    """What is said of a group that contains itself."""
    return Notice(
        message=msg(
            "the group {group} contains itself through {members}", group=name, members=", ".join(sorted(members))
        ),
        span=span,
        bears_on_access=True,
    )


def loops(groups: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    """For each group that contains itself, the members by which it does."""
    found: dict[str, frozenset[str]] = {}
    done: set[str] = set()
    for start in groups:
        if start in done:
            continue
        path: list[str] = [start]
        inside: set[str] = {start}
        stack: list[tuple[str, Iterator[str]]] = [(start, iter(groups[start]))]
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


class ApplicationBook:
    """The applications of one device. ``objects`` is what the model gets."""

    def __init__(self, file: JunosFile, root: Node, notices: list[Notice]) -> None:
        self._file = file
        self._unions: dict[tuple[str, ...], ServiceExpr] = {}
        self.objects: dict[str, ServiceObject] = {}
        for entry in root.entries("applications", "application"):
            self._add(entry, self._application(entry))
        sets = {
            entry.name: entry
            for entry in root.entries("applications", "application-set")
            if entry.name not in self.objects
        }
        back = loops({name: entry.words("application-set") for name, entry in sets.items()})
        self._sets = frozenset(sets)
        for name, entry in sets.items():
            items = [self.reference(word) for word in entry.words("application")]
            for word in entry.words("application-set"):
                looping = word in back.get(name, ())
                items.append(UndecidedService("recursive group", word) if looping else self.reference(word))
            self._add(entry, ANY_SERVICE if ANY_SERVICE in items else one_of(items))
            if name in back:
                notices.append(recursion(name, back[name], file.span(entry)))

    def _add(self, entry: Node, value: ServiceExpr) -> None:
        self.objects[entry.name] = ServiceObject(
            name=entry.name, span=self._file.span(entry), value=value, comment=entry.word("description")
        )

    def _application(self, entry: Node) -> ServiceExpr:
        terms = [self._term(term, entry.name) for term in entry.entries("term")]
        own = {"protocol", "destination-port", "source-port", "uuid", "rpc-program-number", "application-protocol"}
        if own & set(entry.children) or not terms:
            terms.append(self._term(entry, entry.name))
        return one_of(terms)

    def _term(self, node: Node, name: str) -> ServiceExpr:
        word = node.word("protocol")
        number = read_number(word, PROTOCOLS, _LAST_BYTE) if word else None
        protocol = number[0] if number else None
        ok = number is not None or not word
        source = destination = types = codes = None
        for setting in ("source-port", "destination-port"):
            if node.has(setting):
                found = read_number(node.word(setting), PORTS, _LAST_PORT)
                ok = ok and found is not None
                if setting == "source-port":
                    source = found
                else:
                    destination = found
        for setting in ("icmp-type", "icmp6-type", "icmp-code", "icmp6-code"):
            if not node.has(setting):
                continue
            six = "6" in setting or protocol == ICMPV6
            protocol = protocol if protocol is not None else (ICMPV6 if six else ICMP)
            if "type" in setting:
                types = read_number(node.word(setting), ICMPV6_TYPES if six else ICMP_TYPES, _LAST_BYTE)
                ok = ok and types is not None
            else:
                codes = read_number(node.word(setting), ICMPV6_CODES if six else ICMP_CODES, _LAST_BYTE)
                ok = ok and codes is not None
        service = Service(
            protocol=protocol,
            source_ports=(source,) if source else None,
            destination_ports=(destination,) if destination else None,
            icmp_types=(types,) if types else None,
            icmp_codes=(codes,) if codes else None,
        )
        if not ok:
            self._file.ledger.unrecognized(node.first_line, "no protocol, port or ICMP type that is known")
            return UndecidedService("unreadable service", name)
        asked = node.word("uuid") or node.word("rpc-program-number")
        if asked or node.word("ether-type"):
            # A port that the portmapper tells, or a frame that is no IP packet.
            return UndecidedService("application", name, service if word else ANY_SERVICE)
        if not word and service == Service():
            return UndecidedService("application", node.word("application-protocol") or name)
        return service

    def reference(self, word: str) -> ServiceExpr:
        """What a word of a policy or set means."""
        if word in self.objects or word in self._sets:
            return ServiceRef(word)
        if word == "any":
            return ANY_SERVICE
        return predefined_applications().get(word) or ServiceRef(word)

    def union(self, words: tuple[str, ...]) -> ServiceExpr:
        """Any of what ``words`` mean; of no words: every packet."""
        known = self._unions.get(words)
        if known is None:
            items = [self.reference(word) for word in words]
            known = self._unions[words] = ANY_SERVICE if not items or ANY_SERVICE in items else one_of(items)
        return known


def schedules(file: JunosFile, root: Node) -> dict[str, Schedule]:
    """The schedulers of the device by name; times are the device's own.

    ``start-date A stop-date B`` bounds one; days of the week recur (Junos OS Security Policies User Guide, "Scheduling
    Security Policies").
    """
    found: dict[str, Schedule] = {}
    for entry in root.entries("schedulers", "scheduler"):
        span = file.span(entry)
        dates = list(entry.entries("start-date"))
        days = [name for name in entry.children if name not in ("start-date", "description")]
        moments = [(_moment(date.name), _moment(next(iter(date.at("stop-date").children), ""))) for date in dates]
        known = [(first, last) for first, last in moments if first is not None and last is not None]
        if days or len(known) != 1 or len(moments) != 1:
            found[entry.name] = Schedule(name=entry.name, recurring=True, span=span)
        else:
            found[entry.name] = Schedule(name=entry.name, start=known[0][0], end=known[0][1], span=span)
    return found


def _moment(text: str) -> datetime | None:
    """``2026-03-31.23:59``; without a year it comes every year."""
    for shape in ("%Y-%m-%d.%H:%M", "%Y-%m-%d.%H:%M:%S"):
        try:
            # In the device's local time, whose zone no packet shows.
            return datetime.strptime(text, shape)  # noqa: DTZ007 - as above
        except ValueError:
            continue
    return None
