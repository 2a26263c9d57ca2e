"""Names, objects and object groups, and how addresses, ports and ICMP types are written where rules use them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeVar

from segaudit.model import (
    ANY_ADDRESS,
    ANY_IPV4,
    ANY_IPV6,
    ANY_SERVICE,
    ICMP,
    ICMPV6,
    NO_SERVICE,
    TCP,
    UDP,
    AddressExpr,
    AddressObject,
    AddressRange,
    AddressRef,
    AddressUnion,
    Fqdn,
    LedgerBuilder,
    Notice,
    OwnAddress,
    Range,
    Service,
    ServiceExpr,
    ServiceObject,
    ServiceRef,
    ServiceUnion,
    SourceFile,
    Span,
    UndecidedAddress,
    UndecidedService,
    masked,
    msg,
    parse_address,
    parse_prefix,
)
from segaudit.parsers.cisco_asa.config import Config
from segaudit.parsers.cisco_asa.literals import ANY_PROTOCOL_WORDS, icmp_type, port_number, protocol_number
from segaudit.syntax.indented import Line

OPERATORS: Final = frozenset({"eq", "neq", "lt", "gt", "range"})

_ANY: Final[Mapping[str, AddressExpr]] = MappingProxyType({"any": ANY_ADDRESS, "any4": ANY_IPV4, "any6": ANY_IPV6})
_FULL_MASK: Final = (1 << 32) - 1

_Key = TypeVar("_Key")
_Report = Callable[[tuple[str, ...]], None]


class Unreadable(Exception):  # noqa: N818 - no error of the program: a statement that is written otherwise than known
    """A statement, or a part of one, that is not written as the format knows it; the text says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortGroup:
    """A service group of ports: for each of ``members`` the protocols and the ranges (inclusive) that they open.

    ``unknown``: a member names a port that the device has no word for, so the group may hold more.
    """

    members: tuple[tuple[frozenset[int], tuple[Range, ...]], ...]
    unknown: bool = False

    def ranges(self, protocol: int) -> tuple[Range, ...]:
        """The ports that the group holds for ``protocol``."""
        return tuple(r for protocols, ranges in self.members if protocol in protocols for r in ranges)


class Catalogue:
    """Everything that a configuration gives a name to, and the readers of addresses and services that use it."""

    def __init__(self, source: SourceFile, *, unified: bool) -> None:
        self.source = source
        self.addresses: dict[str, AddressObject] = {}
        self.services: dict[str, ServiceObject] = {}
        #: Names of the ``name`` command.
        self.names: dict[str, AddressRange] = {}
        #: For service groups of ports: their members, for use as source ports.
        self.port_groups: dict[str, PortGroup] = {}
        #: Kind of each object group: ``network service protocol icmp-type user security network-service``.
        self.group_kinds: dict[str, str] = {}
        #: ICMP types of each icmp-type group, as ranges.
        self.icmp_groups: dict[str, tuple[Range, ...]] = {}
        self.notices: list[Notice] = []
        #: What ``any`` means: both families since 9.0, IPv4 before (ASA 9.0 release notes, "Unified ACL for IPv4 and IPv6").
        self.any_address: AddressExpr = ANY_ADDRESS if unified else ANY_IPV4
        self._cache: dict[tuple[str, ...], AddressExpr] = {}
        self._interned: dict[AddressExpr, AddressExpr] = {}

    # Addresses

    def host(self, word: str) -> AddressExpr:
        """One address, by number or name."""
        known = self.names.get(word)
        if known is not None:
            return known
        quad = dotted_quad(word)
        if quad is not None:
            return AddressRange(4, quad, quad)
        try:
            version, value = parse_address(word)
        except ValueError:
            return UndecidedAddress("undefined name", word)
        return AddressRange(version, value, value)

    def network(self, word: str, mask: str) -> AddressExpr:
        """The addresses of a network and its mask, each by number or name."""
        base = AddressRange(4, 0, 0) if word == "0" else self.host(word)
        if not isinstance(base, AddressRange):
            return base
        bits = netmask(mask)
        if bits is None or base.version != 4:
            named = self.names.get(mask)
            if named is None:
                return UndecidedAddress("undefined mask", mask)
            bits = named.first
        return masked(4, base.first, bits)

    def address(self, words: Sequence[str], at: int) -> tuple[AddressExpr, int]:
        """The address that begins at ``words[at]`` and the place after it; `Unreadable` where there is none."""
        word = words[at]
        if word == "any":
            return self.any_address, at + 1
        if word in ("any4", "any6"):
            return _ANY[word], at + 1
        if "/" in word:
            key: tuple[str, ...] = (word,)
        else:
            if at + 1 >= len(words):
                raise Unreadable(f"{word} stands where an address should")
            key = (word, words[at + 1])
        known = self._cache.get(key)
        if known is None:
            known = self._read_address(key)
            known = self._interned.setdefault(known, known)
            self._cache[key] = known
        return known, at + len(key)

    def _read_address(self, words: tuple[str, ...]) -> AddressExpr:
        word = words[0]
        if len(words) == 1:
            try:
                return parse_prefix(word).expr()
            except ValueError:
                raise Unreadable(f"{word} is no prefix") from None
        other = words[1]
        if word == "host":
            return self.host(other)
        if word in ("object", "object-group", "object-group-network-service"):
            if self.group_kinds.get(other) == "network-service":
                return UndecidedAddress("network service", other)
            return AddressRef(other)
        if word == "interface":
            return OwnAddress(other)
        if ":" in word or word in OPERATORS:
            raise Unreadable(f"{word} stands where an address should")
        return self.network(word, other)

    def ranges_of(self, expr: AddressExpr, within: frozenset[str] = frozenset()) -> tuple[AddressRange, ...] | None:
        """The ranges behind ``expr`` in the order written, groups opened; ``None`` where they are not all known."""
        if isinstance(expr, AddressRange):
            return (expr,)
        if isinstance(expr, AddressUnion):
            ranges: list[AddressRange] = []
            for item in expr.items:
                of_item = self.ranges_of(item, within)
                if of_item is None:
                    return None
                ranges.extend(of_item)
            return tuple(ranges)
        if isinstance(expr, AddressRef) and expr.name not in within and expr.name in self.addresses:
            return self.ranges_of(self.addresses[expr.name].value, within | {expr.name})
        return None

    # Services

    def ports(self, words: Sequence[str], at: int, protocol: int | None) -> tuple[tuple[Range, ...], int]:
        """The ports of an operator at ``words[at]`` and the place after it; `Unreadable` for unknown words."""
        operator = words[at]
        need = 3 if operator == "range" else 2
        if len(words) < at + need:
            raise Unreadable(f"{operator} without a port")
        first = _port(words[at + 1], protocol)
        if operator == "eq":
            return ((first, first),), at + 2
        if operator == "range":
            last = _port(words[at + 2], protocol)
            return ((min(first, last), max(first, last)),), at + 3
        if operator == "lt":
            return (((0, first - 1),) if first else ()), at + 2
        if operator == "gt":
            return (((first + 1, 65535),) if first < 65535 else ()), at + 2
        low = ((0, first - 1),) if first else ()
        high = ((first + 1, 65535),) if first < 65535 else ()
        return low + high, at + 2

    def span(self, line: Line) -> Span:
        """The lines of a block."""
        return self.source.span(line.number, line.last_number)


def netmask(text: str) -> int | None:
    """The bits of a netmask (``255.255.0.0``, or ``0`` for none); ``None`` if it is not one."""
    return 0 if text == "0" else dotted_quad(text)


def dotted_quad(text: str) -> int | None:
    """The integer of ``192.0.2.1``; ``None`` if it is not one. Lists hold tens of thousands, so it is done by hand."""
    parts = text.split(".")
    if len(parts) != 4 or not text.isascii():
        return None
    value = 0
    for part in parts:
        if not part.isdigit() or len(part) > 3:
            return None
        octet = int(part)
        if octet > 255:
            return None
        value = value << 8 | octet
    return value


def _port(word: str, protocol: int | None) -> int:
    number = port_number(word, protocol)
    if number is None:
        raise Unreadable(f"there is no port named {word}")
    return number


def read_catalogue(config: Config, ledger: LedgerBuilder, *, unified: bool) -> Catalogue:
    """All names, objects and groups of ``config``; their lines are ledgered."""
    catalogue = Catalogue(config.source, unified=unified)
    for line in config.of("name"):
        _name(line, catalogue, ledger)
    reader = _ObjectReader(catalogue, ledger)
    lines = sorted((*config.of("object"), *config.of("object-group")), key=lambda line: line.number)
    # Kinds first: a group may name one that comes after it (`forward-reference enable`).
    for line in lines:
        if line.words[0] == "object-group" and len(line.words) > 2:
            catalogue.group_kinds.setdefault(line.words[2], line.words[1])
    for line in lines:
        reader.read(line)
    reader.finish()
    for line in config.of("name"):
        word = line.words[2] if len(line.words) > 2 else ""
        if word in catalogue.names and word not in catalogue.addresses:
            value = catalogue.names[word]
            catalogue.addresses[word] = AddressObject(name=word, span=catalogue.span(line), value=value)
    return catalogue


def _name(line: Line, catalogue: Catalogue, ledger: LedgerBuilder) -> None:
    words = line.words
    try:
        version, value = parse_address(words[1])
        catalogue.names[words[2]] = AddressRange(version, value, value)
    except (ValueError, IndexError):
        ledger.unrecognized(line.number, "no address and name")
        return
    ledger.modelled(line.number)


class _ObjectReader:
    """Reads object and object-group blocks into a catalogue."""

    def __init__(self, catalogue: Catalogue, ledger: LedgerBuilder) -> None:
        self._catalogue = catalogue
        self._ledger = ledger
        #: Values by name while they are read; a group may be continued later in the file.
        self._networks: dict[str, AddressExpr] = {}
        self._network_groups: dict[str, list[AddressExpr]] = {}
        self._services: dict[str, ServiceExpr] = {}
        self._service_groups: dict[str, list[ServiceExpr]] = {}
        #: Members of groups of ports: protocols and ranges, or the name of another group.
        self._port_members: dict[str, list[tuple[frozenset[int], tuple[Range, ...]] | str]] = {}
        self._unknown_ports: set[str] = set()
        self._icmp_members: dict[str, list[Range | str]] = {}
        self._spans: dict[str, Span] = {}
        self._comments: dict[str, str] = {}

    def read(self, line: Line) -> None:
        words = line.words
        if len(words) < 3:
            return
        kind, name = words[1], words[2]
        self._spans.setdefault(name, self._catalogue.span(line))
        if words[0] == "object":
            if kind == "network":
                self._object_network(line, name)
            elif kind == "service":
                self._object_service(line, name)
            else:
                self._opaque(line, name, kind)
            return
        readers = {
            "network": self._network_group,
            "service": self._service_group,
            "protocol": self._protocol_group,
            "icmp-type": self._icmp_group,
        }
        reader = readers.get(kind)
        if reader is None:
            self._opaque(line, name, kind)
            return
        self._ledger.modelled(line.number)
        reader(line, name)

    def _opaque(self, line: Line, name: str, kind: str) -> None:
        """Groups that no packet header decides: their use makes a rule undecided (``user``, ``security`` …)."""
        reasons = {
            "user": "users are not in the packet; rules that name the group are undecided",
            "security": "security group tags are not in the packet; rules that name the group are undecided",
            "network-service": "network services are names and applications; rules that name them are undecided",
            "interface": "a group of interfaces",
        }
        reason = reasons.get(kind)
        if reason is None:
            return
        for one in line.walk():
            self._ledger.approximated(one.number, reason)
        if kind == "network-service":
            self._networks[name] = UndecidedAddress("network service", name)
            self._catalogue.group_kinds[name] = kind

    def _children(self, line: Line, name: str) -> Iterator[tuple[Line, tuple[str, ...], bool]]:
        """The sub-commands of a block, each with its words (without ``no`` and ``! …``) and whether it takes back."""
        for child in line.children:
            words = child.words
            for place, word in enumerate(words):
                if word.startswith("!"):
                    words = words[:place]
                    break
            if not words:
                continue
            if words[0] == "description":
                self._comments[name] = child.text[len("description") :].strip()
                self._ledger.modelled(child.number)
                continue
            removes = words[0] == "no" and len(words) > 1
            yield child, words[1:] if removes else words, removes

    # Addresses

    def _object_network(self, line: Line, name: str) -> None:
        self._ledger.modelled(line.number)
        for child, words, removes in self._children(line, name):
            if words[0] == "nat":
                continue  # `nat` reads these
            if removes:
                self._networks.pop(name, None)
                self._ledger.modelled(child.number)
                continue
            value = self._network_value(words)
            if value is None:
                self._ledger.unrecognized(child.number, "not an address of an object")
                continue
            self._networks[name] = value
            self._ledger.modelled(child.number)
        self._networks.setdefault(name, UndecidedAddress("object without an address", name))

    def _network_value(self, words: tuple[str, ...]) -> AddressExpr | None:
        catalogue = self._catalogue
        try:
            if words[0] == "host":
                return catalogue.host(words[1])
            if words[0] == "subnet":
                return parse_prefix(words[1]).expr() if "/" in words[1] else catalogue.network(words[1], words[2])
            if words[0] == "range":
                first, last = catalogue.host(words[1]), catalogue.host(words[2])
                if isinstance(first, AddressRange) and isinstance(last, AddressRange):
                    return AddressRange(first.version, first.first, last.last)
                return first if isinstance(first, UndecidedAddress) else last
            if words[0] == "fqdn":
                return Fqdn(words[-1])
        except (IndexError, ValueError):
            return None
        return None

    def _network_group(self, line: Line, name: str) -> None:
        members = self._network_groups.setdefault(name, [])
        for child, words, removes in self._children(line, name):
            member = self._network_member(words)
            if member is None:
                self._ledger.unrecognized(child.number, "not a member of a network group")
                continue
            _put(members, member, removes=removes)
            self._ledger.modelled(child.number)

    def _network_member(self, words: tuple[str, ...]) -> AddressExpr | None:
        try:
            if words[0] == "group-object":
                return AddressRef(words[1])
            if words[0] != "network-object":
                return None
            if len(words) == 2 and "/" not in words[1]:
                return self._catalogue.host(words[1])
            return self._catalogue.address(words, 1)[0]
        except (IndexError, Unreadable):
            return None

    # Services

    def _object_service(self, line: Line, name: str) -> None:
        self._ledger.modelled(line.number)
        for child, words, _removes in self._children(line, name):
            if words[0] != "service" or len(words) < 2:
                self._ledger.unrecognized(child.number, "not a service of an object")
                continue
            self._services[name] = self._service_value(child, words[1:])
        if name not in self._services:
            self._services[name] = UndecidedService("object without a service", name)

    def _service_value(self, child: Line, words: tuple[str, ...]) -> ServiceExpr:
        """``tcp source eq 80 destination range 1 2``, ``icmp echo 0``, ``gre`` and so on."""
        protocols = _protocols(words[0])
        if protocols is None:
            self._ledger.approximated(child.number, f"the protocol {words[0]} is not known; it may be any")
            return UndecidedService("protocol", words[0])
        self._ledger.modelled(child.number)
        try:
            fields = self._service_fields(words, protocols)
        except Unreadable as problem:
            self._ledger.approximated(child.number, f"{problem}; the service may be any of its protocol")
            within = _union([Service(protocol=protocol) for protocol in protocols])
            return UndecidedService("port", words[-1], within)
        if not protocols:
            return ANY_SERVICE
        return _union(
            [
                Service(
                    protocol=protocol,
                    source_ports=fields.source,
                    destination_ports=fields.destination,
                    icmp_types=fields.icmp_types,
                    icmp_codes=fields.icmp_codes,
                )
                for protocol in protocols
            ]
        )

    def _service_fields(self, words: tuple[str, ...], protocols: tuple[int, ...]) -> _Fields:
        protocol = protocols[0] if len(protocols) == 1 else None
        if protocol in (ICMP, ICMPV6):
            return _Fields(
                icmp_types=(_icmp(words[1], protocol),) if len(words) > 1 else None,
                icmp_codes=(_icmp_code(words[2]),) if len(words) > 2 else None,
            )
        source = destination = None
        at = 1
        while at < len(words):
            side = words[at]
            if side in ("source", "destination"):
                at += 1
            if at >= len(words) or words[at] not in OPERATORS:
                raise Unreadable(f"{words[min(at, len(words) - 1)]} stands where ports should")
            ports, at = self._catalogue.ports(words, at, protocol)
            # "destination" may be left out, also behind source ports.
            if side == "source":
                source = ports
            else:
                destination = ports
        return _Fields(source=source, destination=destination)

    def _service_group(self, line: Line, name: str) -> None:
        typed = _protocols(line.words[3]) if len(line.words) > 3 else None
        services = self._service_groups.setdefault(name, [])
        members = self._port_members.setdefault(name, [])
        for child, words, removes in self._children(line, name):
            if len(words) < 2:
                self._ledger.unrecognized(child.number, "not a member of a service group")
            elif words[0] == "group-object":
                _put(services, ServiceRef(words[1]), removes=removes)
                _put(members, words[1], removes=removes)
                self._ledger.modelled(child.number)
            elif words[0] == "service-object":
                if words[1] == "object":
                    service: ServiceExpr = ServiceRef(words[2]) if len(words) > 2 else NO_SERVICE
                    self._ledger.modelled(child.number)
                else:
                    service = self._service_value(child, words[1:])
                _put(services, service, removes=removes)
            elif words[0] == "port-object":
                self._port_object(child, words, typed or (TCP, UDP), name, removes=removes)
            else:
                self._ledger.unrecognized(child.number, "not a member of a service group")

    def _port_object(
        self, child: Line, words: tuple[str, ...], protocols: tuple[int, ...], name: str, *, removes: bool
    ) -> None:
        protocol = protocols[0] if len(protocols) == 1 else None
        try:
            ranges, _ = self._catalogue.ports(words, 1, protocol)
        except Unreadable as problem:
            self._ledger.approximated(child.number, f"{problem}; the group may hold any port")
            self._unknown_ports.add(name)
            within = _union([Service(protocol=p) for p in protocols])
            self._service_groups[name].append(UndecidedService("port", words[-1], within))
            return
        self._ledger.modelled(child.number)
        for p in protocols:
            _put(self._service_groups[name], Service(protocol=p, destination_ports=ranges), removes=removes)
        _put(self._port_members[name], (frozenset(protocols), ranges), removes=removes)

    def _protocol_group(self, line: Line, name: str) -> None:
        services = self._service_groups.setdefault(name, [])
        for child, words, removes in self._children(line, name):
            if words[0] == "group-object" and len(words) > 1:
                service: ServiceExpr = ServiceRef(words[1])
            elif words[0] == "protocol-object" and len(words) > 1:
                if words[1] == "object" and len(words) > 2:
                    service = ServiceRef(words[2])
                else:
                    service = self._service_value(child, words[1:2])
            else:
                self._ledger.unrecognized(child.number, "not a member of a protocol group")
                continue
            _put(services, service, removes=removes)
            self._ledger.modelled(child.number)

    def _icmp_group(self, line: Line, name: str) -> None:
        members = self._icmp_members.setdefault(name, [])
        for child, words, removes in self._children(line, name):
            member: Range | str
            if words[0] == "group-object" and len(words) > 1:
                member = words[1]
            elif words[0] == "icmp-object" and len(words) > 1:
                try:
                    member = _icmp(words[1], ICMP)
                except Unreadable as problem:
                    self._ledger.unrecognized(child.number, str(problem))
                    continue
            else:
                self._ledger.unrecognized(child.number, "not a member of an icmp-type group")
                continue
            _put(members, member, removes=removes)
            self._ledger.modelled(child.number)

    # What has been read

    def finish(self) -> None:
        """Puts everything into the catalogue; groups that contain themselves are broken and reported."""
        catalogue = self._catalogue
        for name in self._icmp_members:
            ranges = tuple(self._icmp_ranges(name, ()))
            catalogue.icmp_groups[name] = ranges
            self._service_groups[name] = [Service(protocol=ICMP, icmp_types=ranges) if ranges else NO_SERVICE]
        for name, members in self._port_members.items():
            if catalogue.group_kinds.get(name) == "service" and members:
                group = self._port_group(name, ())
                if group is not None:
                    catalogue.port_groups[name] = group
        self._break_address_cycles()
        self._break_service_cycles()
        for name, value in self._networks.items():
            self._add_address(name, value)
        for name, addresses in self._network_groups.items():
            empty = UndecidedAddress("empty object group", name)
            self._add_address(name, AddressUnion(tuple(addresses)) if addresses else empty)
        for name, service in self._services.items():
            self._add_service(name, service)
        for name, services in self._service_groups.items():
            self._add_service(name, _union(services) if services else UndecidedService("empty object group", name))

    def _add_address(self, name: str, value: AddressExpr) -> None:
        self._catalogue.addresses[name] = AddressObject(
            name=name, span=self._spans[name], value=value, comment=self._comments.get(name, "")
        )

    def _add_service(self, name: str, value: ServiceExpr) -> None:
        self._catalogue.services[name] = ServiceObject(
            name=name, span=self._spans[name], value=value, comment=self._comments.get(name, "")
        )

    def _icmp_ranges(self, name: str, path: tuple[str, ...]) -> Iterator[Range]:
        if name in path:
            self._recursive((*path[path.index(name) :], name))
            return
        for member in self._icmp_members.get(name, ()):
            if isinstance(member, str):
                yield from self._icmp_ranges(member, (*path, name))
            else:
                yield member

    def _port_group(self, name: str, path: tuple[str, ...]) -> PortGroup | None:
        """The ports of a group with those of its groups; ``None`` where it holds more than ports."""
        members: list[tuple[frozenset[int], tuple[Range, ...]]] = []
        unknown = name in self._unknown_ports
        for member in self._port_members.get(name, ()):
            if not isinstance(member, str):
                members.append(member)
            elif member in path or member == name:
                unknown = True
            else:
                inner = self._port_group(member, (*path, name)) if member in self._port_members else None
                if inner is None:
                    unknown = True
                else:
                    members.extend(inner.members)
                    unknown = unknown or inner.unknown
        return PortGroup(members=tuple(members), unknown=unknown)

    def _break_address_cycles(self) -> None:
        references = {
            name: [m.name for m in members if isinstance(m, AddressRef)]
            for name, members in self._network_groups.items()
        }
        for name, to in _closing_edges(references, self._recursive):
            self._network_groups[name] = [
                UndecidedAddress("recursive group", to) if m == AddressRef(to) else m
                for m in self._network_groups[name]
            ]

    def _break_service_cycles(self) -> None:
        references = {
            name: [m.name for m in members if isinstance(m, ServiceRef)]
            for name, members in self._service_groups.items()
        }
        for name, to in _closing_edges(references, self._recursive):
            self._service_groups[name] = [
                UndecidedService("recursive group", to) if m == ServiceRef(to) else m
                for m in self._service_groups[name]
            ]

    def _recursive(self, cycle: tuple[str, ...]) -> None:
        self._catalogue.notices.append(
            Notice(
                message=msg("The object group contains itself: {cycle}", cycle=" > ".join(cycle)),
                span=self._spans[cycle[0]],
                bears_on_access=True,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fields:
    """What a service says beside its protocol."""

    source: tuple[Range, ...] | None = None
    destination: tuple[Range, ...] | None = None
    icmp_types: tuple[Range, ...] | None = None
    icmp_codes: tuple[Range, ...] | None = None


def _closing_edges(references: Mapping[str, Sequence[str]], report: _Report) -> list[tuple[str, str]]:
    """The references that close a cycle; ``report`` gets each cycle once."""
    done: set[str] = set()
    closing: list[tuple[str, str]] = []
    for start in references:
        if start in done:
            continue
        path: list[str] = [start]
        todo: list[Iterator[str]] = [iter(references[start])]
        while todo:
            to = next(todo[-1], None)
            if to is None:
                done.add(path.pop())
                todo.pop()
            elif to in path:
                closing.append((path[-1], to))
                report((*path[path.index(to) :], to))
            elif to in references and to not in done:
                path.append(to)
                todo.append(iter(references[to]))
    return closing


def _put(members: list[_Key], member: _Key, *, removes: bool) -> None:
    if not removes:
        members.append(member)
    elif member in members:
        members.remove(member)


def _protocols(word: str) -> tuple[int, ...] | None:
    """The protocols that ``word`` means; none of them for every protocol, ``None`` for an unknown word."""
    if word in ANY_PROTOCOL_WORDS:
        return ()
    if word == "tcp-udp":
        return (TCP, UDP)
    number = protocol_number(word)
    return None if number is None else (number,)


def _icmp(word: str, protocol: int | None) -> Range:
    number = icmp_type(word, protocol)
    if number is None:
        raise Unreadable(f"there is no ICMP type named {word}")
    return number, number


def _icmp_code(word: str) -> Range:
    if not (word.isascii() and word.isdigit() and int(word) <= 255):
        raise Unreadable(f"{word} is no ICMP code")
    return int(word), int(word)


def _union(services: Sequence[ServiceExpr]) -> ServiceExpr:
    if len(services) == 1:
        return services[0]
    return ServiceUnion(tuple(services)) if services else ANY_SERVICE
