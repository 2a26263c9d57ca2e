"""Packets made by chance at the edges of what a config itself names, and packets drawn out of a set.

Of packets that are random in every field a filter denies all; so most draws take one rule and meet it, or miss it by
one: an address at the end of its range or just outside, a port beside the one it permits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from segaudit.model import (
    ANY_INTERFACE,
    ICMP,
    ICMP_PROTOCOLS,
    ICMPV6,
    PORT_PROTOCOLS,
    TCP,
    UDP,
    AddressComplement,
    AddressExpr,
    AddressIntersection,
    AddressRange,
    AddressRef,
    AddressUnion,
    Device,
    InterfaceMatch,
    MaskedAddress,
    OwnAddress,
    Range,
    Service,
    ServiceComplement,
    ServiceExpr,
    ServiceIntersection,
    ServiceRef,
    ServiceUnion,
    Translation,
    UndecidedAddress,
    UndecidedService,
)
from segaudit.model.address import HIGHEST
from segaudit.packetspace.packet import ACK, RST, STATES, SYN, Packet
from segaudit.packetspace.space import FAMILY, FIELD_WIDTHS, WIDTH, PacketSet, address_bits
from segaudit.semantics.rulesets import zones_of

#: IP version and address.
Address = tuple[int, int]
#: First and last address of a version.
Span = tuple[int, int, int]

#: Sources and destinations of the internet that no config names, in both families.
_STRANGERS = (
    (4, 0x01010101, 0x01010101),
    (4, 0xC6336407, 0xC6336407),
    (4, 0x08000000, 0x08FFFFFF),
    (6, 0x26064700 << 96, (0x26064700 << 96) + 5),
    (6, 0x20010DB8_FFFF_0000_0000_0000_0000_0007, 0x20010DB8_FFFF_0000_0000_0000_0000_0007),
)
_USUAL_PORTS = (20, 21, 22, 23, 25, 53, 80, 135, 139, 443, 445, 1433, 3389, 5900, 8443)
_CLIENT_PORTS = (49152, 50000, 65535)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What one rule asks for: between which interfaces, the ranges of its source and destination, its services.

    Of no ranges or services: anything.
    """

    sources: tuple[Span, ...] = ()
    destinations: tuple[Span, ...] = ()
    services: tuple[Service, ...] = ()
    ingress: InterfaceMatch = ANY_INTERFACE
    egress: InterfaceMatch = ANY_INTERFACE


class Drawer:
    """Packets for ``devices``, by ``chance``; ``any_state``: packets of all connection states, else new ones only."""

    def __init__(self, devices: Sequence[Device], chance: Random, *, any_state: bool = False) -> None:
        self._chance = chance
        self._any_state = any_state
        shapes: dict[_Shape, None] = {}
        own: dict[Span, None] = {}
        for device in devices:
            for shape in _shapes(device):
                shapes.setdefault(shape)
            for interface in device.interfaces:
                for address in interface.addresses:
                    prefix = address.prefix
                    own[prefix.version, prefix.first, prefix.last] = None
                    own[prefix.version, address.address, address.address] = None
        self._shapes = tuple(shapes)
        everything = [s for shape in self._shapes for s in (*shape.sources, *shape.destinations)]
        self._addresses = {
            v: tuple(dict.fromkeys(s for s in (*everything, *own, *_STRANGERS) if s[0] == v)) for v in (4, 6)
        }
        self._versions = (4,) * 9 + (6,) if all(s[0] == 4 for s in (*everything, *own)) else (4, 4, 6)
        self._services = tuple(dict.fromkeys(one for shape in self._shapes for one in shape.services))
        self._zones = {member: zone for device in devices for member, zone in zones_of(device).items()}
        self._between: dict[tuple[str, str], tuple[_Shape, ...]] = {}

    def packet(
        self,
        between: tuple[str, str] = ("", ""),
        sources: tuple[Span, ...] = (),
        destinations: tuple[Span, ...] = (),
    ) -> Packet:
        """One packet, mostly for a rule between two interfaces; its ends lie in ``sources`` and ``destinations``, if given."""
        chance = self._chance
        shapes = self._fitting(*between)
        shape = chance.choice(shapes) if shapes and chance.random() < 0.85 else _Shape()
        version = self._version(sources, destinations, shape)
        service = chance.choice(shape.services) if shape.services else None
        if service is None or chance.random() < 0.1:
            service = chance.choice(self._services) if self._services and chance.random() < 0.5 else Service()
        return self._filled(
            version,
            self._address(version, sources or shape.sources, stray=not sources),
            self._address(version, destinations or shape.destinations, stray=not destinations),
            service,
        )

    def _fitting(self, ingress: str, egress: str) -> tuple[_Shape, ...]:
        """The shapes of the rules that may be asked between two interfaces; empty names: any."""
        found = self._between.get((ingress, egress))
        if found is None:
            found = self._between[ingress, egress] = tuple(
                s for s in self._shapes if self._is_in(s.ingress, ingress) and self._is_in(s.egress, egress)
            )
        return found

    def _is_in(self, wanted: InterfaceMatch, name: str) -> bool:
        return wanted.is_any or not name or wanted.matches(name, self._zones.get(name, ""))

    def _version(self, sources: tuple[Span, ...], destinations: tuple[Span, ...], shape: _Shape) -> int:
        for wanted in (sources, destinations, shape.destinations, shape.sources):
            versions = tuple({s[0] for s in wanted})
            if len(versions) == 1:
                return versions[0]
        return self._chance.choice(self._versions)

    def _address(self, version: int, among: tuple[Span, ...], *, stray: bool) -> int:
        chance = self._chance
        fitting = [s for s in among if s[0] == version] if among else []
        if not fitting or (stray and chance.random() < 0.15):
            fitting = list(self._addresses[version])
        _, first, last = chance.choice(fitting)
        kind = chance.random()
        if kind < 0.3:
            return first
        if kind < 0.5:
            return last
        if stray and kind < 0.6:
            return max(0, first - 1)
        if stray and kind < 0.7:
            return min(HIGHEST[version], last + 1)
        return chance.randint(first, last)

    def _filled(self, version: int, src: int, dst: int, service: Service) -> Packet:
        chance = self._chance
        protocol = service.protocol
        if protocol is None:
            echo = ICMP if version == 4 else ICMPV6
            protocol = chance.choice((TCP, TCP, TCP, TCP, UDP, UDP, echo, 47, 50))
            if service.destination_ports is not None or service.source_ports is not None:
                protocol = chance.choice((TCP, UDP))
        ported, icmp = protocol in PORT_PROTOCOLS, protocol in ICMP_PROTOCOLS
        state = chance.randrange(len(STATES)) if self._any_state and chance.random() < 0.3 else 0
        flags = 0
        if protocol == TCP:
            flags = SYN if state == 0 and chance.random() < 0.9 else chance.choice((ACK, SYN | ACK, RST, 0, 63))
        return Packet(
            version=version,
            protocol=protocol,
            src=src,
            dst=dst,
            src_port=self._number(service.source_ports, _CLIENT_PORTS, 65535) if ported else 0,
            dst_port=self._number(service.destination_ports, _USUAL_PORTS, 65535) if ported else 0,
            icmp_type=self._number(service.icmp_types, (0, 8, 3, 128, 135), 255) if icmp else 0,
            icmp_code=self._number(service.icmp_codes, (0, 1, 4), 255) if icmp else 0,
            tcp_flags=flags,
            state=state,
        )

    def _number(self, ranges: tuple[Range, ...] | None, usual: tuple[int, ...], highest: int) -> int:
        chance = self._chance
        if not ranges:
            return chance.choice(usual) if chance.random() < 0.8 else chance.randint(0, highest)
        first, last = chance.choice(ranges)
        kind = chance.random()
        if kind < 0.35:
            return first
        if kind < 0.6:
            return last
        if kind < 0.7:
            return max(0, first - 1)
        if kind < 0.8:
            return min(highest, last + 1)
        return chance.randint(first, last)


def _shapes(device: Device) -> Iterator[_Shape]:
    """What the rules of ``device``, what it translates to, and what it listens for ask of a packet."""
    walk = _Walk(device)
    for rule_set in device.rule_sets:
        for rule in rule_set.rules:
            destinations = (*walk.addresses(rule.destination), *walk.translated(rule.translation, "destination"))
            sources = (*walk.addresses(rule.source), *walk.translated(rule.translation, "source"))
            if rule.translated_by is not None:
                destinations += walk.translations(rule.translated_by)
            yield _Shape(sources, destinations, walk.services(rule.service), rule.ingress, rule.egress)
    for service in device.local_services:
        own = tuple(
            (a.prefix.version, a.address, a.address)
            for i in device.interfaces
            if service.interfaces.matches(i.name, i.zone)
            for a in i.addresses
        )
        yield _Shape(walk.addresses(service.sources), own, walk.services(service.service), service.interfaces)


class _Walk:
    """The ranges and services that the expressions of one device are made of, whatever is done with them."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._within: set[str] = set()

    def addresses(self, expr: AddressExpr) -> tuple[Span, ...]:
        match expr:
            case AddressRange(version=version, first=first, last=last):
                return ((version, first, last),)
            case MaskedAddress(version=version, value=value, care=care):
                low = (care ^ HIGHEST[version]) & -(care ^ HIGHEST[version]) or 1
                return ((version, value, min(HIGHEST[version], value | (low * 2 - 1))),)
            case AddressUnion(items=items) | AddressIntersection(items=items):
                return tuple(one for item in items for one in self.addresses(item))
            case AddressComplement(item=item) | UndecidedAddress(within=item):
                return self.addresses(item)
            case OwnAddress(interface=name):
                return tuple(
                    (a.prefix.version, a.address, a.address)
                    for i in self._device.interfaces
                    if name in {"", i.name}
                    for a in i.addresses
                )
            case AddressRef(name=name) if f"a{name}" not in self._within and name in self._device.addresses:
                self._within.add(f"a{name}")
                found = self.addresses(self._device.addresses[name].value)
                self._within.discard(f"a{name}")
                return found
            case _:
                return ()

    def translated(self, translation: Translation | None, side: str) -> tuple[Span, ...]:
        if translation is None:
            return ()
        rewrite = translation.destination if side == "destination" else translation.source
        return () if rewrite is None else self.addresses(rewrite.to)

    def translations(self, names: frozenset[str]) -> tuple[Span, ...]:
        """Where packets are sent to that the translations called ``names`` rewrite."""
        return tuple(
            one
            for rule_set in self._device.rule_sets
            for rule in rule_set.rules
            if rule.translation is not None and rule.translation.name in names
            for one in self.addresses(rule.destination)
        )

    def services(self, expr: ServiceExpr) -> tuple[Service, ...]:
        match expr:
            case Service():
                return (expr,)
            case ServiceUnion(items=items):
                return tuple(one for item in items for one in self.services(item))
            case ServiceIntersection(items=items):
                return (_both([one for item in items for one in self.services(item)]),)
            case ServiceComplement(item=item) | UndecidedService(within=item):
                return self.services(item)
            case ServiceRef(name=name) if f"s{name}" not in self._within and name in self._device.services:
                self._within.add(f"s{name}")
                found = self.services(self._device.services[name].value)
                self._within.discard(f"s{name}")
                return found
            case _:
                return ()


def _both(services: list[Service]) -> Service:
    """One service with a test of each field that any of ``services`` tests."""

    def first(name: str) -> object:
        return next((getattr(s, name) for s in services if getattr(s, name) is not None), None)

    return Service(
        protocol=first("protocol"),  # type: ignore[arg-type]  # of the field's own type
        source_ports=first("source_ports"),  # type: ignore[arg-type]  # as above
        destination_ports=first("destination_ports"),  # type: ignore[arg-type]  # as above
        icmp_types=first("icmp_types"),  # type: ignore[arg-type]  # as above
        icmp_codes=first("icmp_codes"),  # type: ignore[arg-type]  # as above
    )


def drawn(packets: PacketSet, chance: Random) -> Packet:
    """A packet of a set that is not empty, by chance: a walk down its function that never enters what is empty.

    What the set leaves open is filled with zeros, ones or chance, so that the ends of ranges come up often.
    """
    function = packets.function
    assert function.satisfiable(), "there is nothing to draw from"
    fill = chance.random()
    bits = [fill >= 0.3 and (fill < 0.6 or chance.random() < 0.5) for _ in range(WIDTH)]
    while (level := function.node_level()) is not None:
        branches = function.cofactors()
        assert branches is not None, "a node with a level has cofactors"
        high, low = branches
        both = high.satisfiable() and low.satisfiable()
        bits[level] = chance.random() < 0.5 if both else high.satisfiable()
        function = high if bits[level] else low

    def value(start: int, width: int) -> int:
        return int("".join("1" if bit else "0" for bit in bits[start : start + width]), 2)

    version = 6 if bits[FAMILY] else 4
    return Packet(
        version=version,
        src=value(*address_bits(version, "src")),
        dst=value(*address_bits(version, "dst")),
        **{name: value(*FIELD_WIDTHS[name]) for name in FIELD_WIDTHS},
    )
