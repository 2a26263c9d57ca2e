"""Whether one packet meets an expression of the model: yes, no, or maybe, and on what a maybe hangs.

Written for the tracer, top to bottom over single values; it shares nothing with the packet sets but the model.

What is decided here, where the model leaves room:

- An undefined reference, a group that contains itself, an FQDN and an `UndecidedAddress` are maybe (the latter within
  its ``within``).
- `OwnAddress` is yes for the addresses that the config shows of the interfaces meant. For others it is maybe where it
  shows none at all, or where one of these interfaces gets its address elsewhere (DHCP, PPPoE); else no. Of a packet
  that is known to be for the device (or from it) the address is one of the device's own: then ``OwnAddress()`` is yes.
- A schedule is yes where it holds all through the day asked for, no where it does not touch it, else maybe.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import Final

from segaudit.model import (
    ICMP_PROTOCOLS,
    PORT_PROTOCOLS,
    TCP,
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
    Interface,
    InterfaceMatch,
    MaskedAddress,
    Message,
    OwnAddress,
    Range,
    Service,
    ServiceComplement,
    ServiceExpr,
    ServiceIntersection,
    ServiceRef,
    ServiceUnion,
    UndecidedAddress,
    UndecidedService,
    msg,
)
from segaudit.packetspace.packet import Packet

#: The three truth values, so ordered that "and" is `min`, "or" is `max` and "not" is ``YES - value`` (Kleene).
NO, MAYBE, YES = 0, 1, 2

# What a condition is about, in words.
#: messages
_CONDITIONS: Final = {
    ConditionKind.USER: "user",
    ConditionKind.APPLICATION: "application",
    ConditionKind.URL: "URL",
    ConditionKind.GEOGRAPHY: "country",
    ConditionKind.SCHEDULE: "time",
    ConditionKind.RATE: "rate",
    ConditionKind.MAC: "MAC address",
    ConditionKind.MARK: "mark",
    ConditionKind.FRAGMENT: "fragment",
    ConditionKind.DEVICE_POSTURE: "device posture",
    ConditionKind.OTHER: "condition",
}

#: Asks for an address: IP version, address, and whether it is known to be one of the device's own.
AddressTest = Callable[[int, int, bool], int]
#: Asks for everything but the addresses.
ServiceTest = Callable[[Packet], int]

#: What may possibly match, for the index: nothing known (``None``), or inclusive ranges for each IP version.
Hull = dict[int, list[Range]] | None


def _yes_address(_version: int, _address: int, _own: bool) -> int:
    return YES


def _maybe_address(_version: int, _address: int, _own: bool) -> int:
    return MAYBE


def _yes_service(_packet: Packet) -> int:
    return YES


def _maybe_service(_packet: Packet) -> int:
    return MAYBE


class Matcher:
    """The expressions of one device as questions, each built once.

    ``as_of`` is the day for which schedules are decided, ``accounts`` the user groups that an intruder is assumed to
    be in.
    """

    def __init__(self, device: Device, as_of: date, accounts: frozenset[str]) -> None:
        self._device = device
        self._as_of = as_of
        self._accounts = accounts
        # Keyed by identity: expressions are shared objects, and hashing a group of thousands for every rule is slow.
        # The value keeps the expression, so that its identity is not given to another one.
        self._address_tests: dict[int, tuple[AddressExpr, AddressTest]] = {}
        self._service_tests: dict[int, tuple[ServiceExpr, ServiceTest]] = {}
        self._named_addresses: dict[str, AddressTest] = {}
        self._named_services: dict[str, ServiceTest] = {}
        self._ranges: dict[str, list[AddressRange] | None] = {}
        self._hulls: dict[str, Hull] = {}
        self._names: dict[str, frozenset[str]] = {}
        self._asking: set[str] = set()

    # Interfaces

    def interface_named(self, name: str) -> Interface | None:
        """The interface called ``name``, or whose port is (ASA ``GigabitEthernet0/0`` for the nameif ``inside``)."""
        return self._device.interface(name) or next(
            (i for i in self._device.interfaces if i.hardware and i.hardware == name), None
        )

    def interface_names(self, name: str) -> frozenset[str]:
        """What rules may call the interface ``name``: itself and the zones that hold it."""
        names = self._names.get(name)
        if names is None:
            interface = self.interface_named(name)
            own_name = interface.name if interface else name
            zones = {zone.name for zone in self._device.zones if own_name in zone.interfaces}
            if interface and interface.zone:
                zones.add(interface.zone)
            names = frozenset({own_name, *zones})
            self._names[name] = names
        return names

    def interface(self, match: InterfaceMatch, name: str | None) -> int:
        """Whether ``match`` holds the interface ``name``; ``None``: it is not known which one, ``""``: there is none."""
        if match.is_any:
            return YES
        if name is None:
            return MAYBE
        names = self.interface_names(name)
        found = any(
            any(one.startswith(item[:-1]) for one in names) if item.endswith("*") else item in names
            for item in match.items
        )
        return YES if found != match.negated else NO

    # Addresses

    def address(self, expr: AddressExpr) -> AddressTest:
        """The question whether an address is in ``expr``."""
        known = self._address_tests.get(id(expr))
        if known is None:
            known = (expr, self._build_address(expr))
            self._address_tests[id(expr)] = known
        return known[1]

    def _build_address(self, expr: AddressExpr) -> AddressTest:
        ranges = self.plain_ranges(expr)
        if ranges is not None:
            return _table(ranges)
        if isinstance(expr, AnyAddress):
            return _yes_address if expr.version is None else _of_version(expr.version)
        if isinstance(expr, MaskedAddress):
            return _masked(expr)
        if isinstance(expr, Fqdn):
            return _maybe_address
        if isinstance(expr, UndecidedAddress):
            return _at_most_maybe(self.address(expr.within))
        if isinstance(expr, OwnAddress):
            return self._own(expr)
        if isinstance(expr, AddressRef):
            return self._named_address(expr.name)
        if isinstance(expr, AddressUnion):
            plain: list[AddressRange] = []
            tests: list[AddressTest] = []
            for item in expr.items:
                of_item = self.plain_ranges(item)
                if of_item is None:
                    tests.append(self.address(item))
                else:
                    plain.extend(of_item)
            return _any_address([_table(plain), *tests])
        if isinstance(expr, AddressIntersection):
            return _all_addresses([self.address(item) for item in expr.items])
        if isinstance(expr, AddressComplement):
            return _not_address(self.address(expr.item), expr.version)
        raise TypeError(f"not an address expression: {expr!r}")

    def _named_address(self, name: str) -> AddressTest:
        test = self._named_addresses.get(name)
        if test is None:
            defined = self._device.addresses.get(name)
            if defined is None:
                test = _maybe_address
            else:
                # While the object is being built, a reference to itself is a group that contains itself.
                self._named_addresses[name] = _maybe_address
                test = self._build_address(defined.value)
            self._named_addresses[name] = test
        return test

    def plain_ranges(self, expr: AddressExpr) -> list[AddressRange] | None:
        """The ranges whose union ``expr`` is, in the order written; ``None`` where it is more than such a union."""
        if isinstance(expr, AddressRange):
            return [expr]
        if isinstance(expr, AddressUnion):
            ranges: list[AddressRange] = []
            for item in expr.items:
                of_item = self.plain_ranges(item)
                if of_item is None:
                    return None
                ranges.extend(of_item)
            return ranges
        if isinstance(expr, AddressRef):
            if expr.name not in self._ranges:
                self._ranges[expr.name] = None
                defined = self._device.addresses.get(expr.name)
                self._ranges[expr.name] = None if defined is None else self.plain_ranges(defined.value)
            return self._ranges[expr.name]
        return None

    def own_ranges(self, expr: OwnAddress, *, primary: bool = False) -> tuple[list[AddressRange], bool]:
        """The addresses of the interfaces meant that the config shows, and whether these are surely all.

        ``primary``: only those that an interface sends from, not secondary and virtual ones.
        """
        meant = self.interface_named(expr.interface)
        named = list(self._device.interfaces) if not expr.interface else [meant] if meant else []
        ranges = [
            AddressRange(a.prefix.version, a.address, a.address)
            for i in named
            for a in i.answering
            if expr.version in (None, a.prefix.version) and not (primary and (a.secondary or a.virtual))
        ]
        elsewhere = any(i.address_unknown and (expr.version != 6 or not i.addresses) for i in named)
        shut = any(i.addresses for i in named) and not any(i.enabled for i in named)
        return ranges, (bool(ranges) or shut) and not elsewhere

    def _own(self, expr: OwnAddress) -> AddressTest:
        ranges, complete = self.own_ranges(expr)
        shown = _table(ranges)
        of_any, version = not expr.interface, expr.version
        others = NO if complete else MAYBE
        fetching = any(i.enabled and i.fetches_ipv6 for i in self._device.interfaces if expr.interface in ("", i.name))

        def test(packet_version: int, address: int, own: bool) -> int:
            if version not in (None, packet_version):
                return NO
            if shown(packet_version, address, own) == YES or (of_any and own):
                return YES
            return MAYBE if fetching and packet_version == 6 else others

        return test

    def why_address(self, expr: AddressExpr, version: int, address: int, own: bool) -> list[Message]:
        """What it hangs on that ``address`` is in ``expr``; empty where it surely is or is not."""
        if self.address(expr)(version, address, own) != MAYBE:
            return []
        if isinstance(expr, Fqdn):
            return [msg("the addresses of {name}", name=expr.name)]
        if isinstance(expr, UndecidedAddress):
            within = self.why_address(expr.within, version, address, own)
            return [*within, msg("{kind} {name}", kind=expr.kind, name=expr.name)]
        if isinstance(expr, OwnAddress):
            if expr.interface:
                return [msg("the own address of {interface}", interface=expr.interface)]
            return [msg("the device's own addresses")]
        if isinstance(expr, AddressRef):
            defined = self._device.addresses.get(expr.name)
            if defined is None:
                return [msg("{name} is not defined", name=expr.name)]
            if expr.name in self._asking:
                return [msg("{name} contains itself", name=expr.name)]
            self._asking.add(expr.name)
            reasons = self.why_address(defined.value, version, address, own)
            self._asking.discard(expr.name)
            return reasons
        if isinstance(expr, AddressUnion | AddressIntersection):
            return [reason for item in expr.items for reason in self.why_address(item, version, address, own)]
        if isinstance(expr, AddressComplement):
            return self.why_address(expr.item, version, address, own)
        return []

    def defined(self, reference: AddressRef | ServiceRef) -> AddressExpr | ServiceExpr | None:
        """What the object or group stands for; ``None`` where it is not defined."""
        if isinstance(reference, AddressRef):
            address = self._device.addresses.get(reference.name)
            return address.value if address else None
        service = self._device.services.get(reference.name)
        return service.value if service else None

    # Services

    def service(self, expr: ServiceExpr) -> ServiceTest:
        """The question whether a packet is of ``expr``."""
        known = self._service_tests.get(id(expr))
        if known is None:
            known = (expr, self._build_service(expr))
            self._service_tests[id(expr)] = known
        return known[1]

    def _build_service(self, expr: ServiceExpr) -> ServiceTest:
        if isinstance(expr, AnyService):
            return _yes_service
        if isinstance(expr, Service):
            return _service(expr)
        if isinstance(expr, ServiceRef):
            return self._named_service(expr.name)
        if isinstance(expr, UndecidedService):
            return _service_at_most_maybe(self.service(expr.within))
        if isinstance(expr, ServiceUnion):
            return _any_service([self.service(item) for item in expr.items])
        if isinstance(expr, ServiceIntersection):
            return _all_services([self.service(item) for item in expr.items])
        if isinstance(expr, ServiceComplement):
            return _not_service(self.service(expr.item))
        raise TypeError(f"not a service expression: {expr!r}")

    def _named_service(self, name: str) -> ServiceTest:
        test = self._named_services.get(name)
        if test is None:
            defined = self._device.services.get(name)
            if defined is None:
                test = _maybe_service
            else:
                self._named_services[name] = _maybe_service
                test = self._build_service(defined.value)
            self._named_services[name] = test
        return test

    def why_service(self, expr: ServiceExpr, packet: Packet) -> list[Message]:
        """What it hangs on that ``packet`` is of ``expr``; empty where it surely is or is not."""
        if self.service(expr)(packet) != MAYBE:
            return []
        if isinstance(expr, UndecidedService):
            return [*self.why_service(expr.within, packet), msg("{kind} {name}", kind=expr.kind, name=expr.name)]
        if isinstance(expr, ServiceRef):
            defined = self._device.services.get(expr.name)
            if defined is None:
                return [msg("{name} is not defined", name=expr.name)]
            if expr.name in self._asking:
                return [msg("{name} contains itself", name=expr.name)]
            self._asking.add(expr.name)
            reasons = self.why_service(defined.value, packet)
            self._asking.discard(expr.name)
            return reasons
        if isinstance(expr, ServiceUnion | ServiceIntersection):
            return [reason for item in expr.items for reason in self.why_service(item, packet)]
        if isinstance(expr, ServiceComplement):
            return self.why_service(expr.item, packet)
        return []

    # Conditions and schedules

    def condition(self, condition: Condition) -> int:
        """Whether ``condition`` is true: where it asks for a user group that the intruder is in, else maybe."""
        if condition.kind is ConditionKind.USER and not self._accounts.isdisjoint(condition.groups):
            return YES
        return MAYBE

    def schedule(self, name: str) -> int:
        """Whether the schedule of that name holds on the day asked for; of no name: always."""
        if not name:
            return YES
        schedule = self._device.schedules.get(name)
        if schedule is None:
            return MAYBE
        first, last = datetime.combine(self._as_of, time.min), datetime.combine(self._as_of, time.max)
        start, end = schedule.start, schedule.end
        if (start and start > last) or (end and end < first):
            return NO
        if schedule.recurring:
            return MAYBE
        # An end at 23:59 is the end of the day: configs have no finer word for it.
        begun, lasts = not start or start <= first, not end or end >= last.replace(second=0, microsecond=0)
        return YES if begun and lasts else MAYBE

    def why_conditions(self, conditions: Iterable[Condition], schedule: str) -> list[Message]:
        """The conditions and the schedule among these that are maybe."""
        reasons = [
            msg("{kind}: {text}", kind=msg(_CONDITIONS[c.kind]), text=c.text)  # messages: _CONDITIONS
            for c in conditions
            if self.condition(c) == MAYBE
        ]
        if self.schedule(schedule) == MAYBE:
            reasons.append(msg("schedule {name}", name=schedule))
        return reasons

    # What may match at all, for the index. Only ever too much.

    def address_hull(self, expr: AddressExpr) -> Hull:
        """Ranges outside of which ``expr`` surely matches nothing; ``None``: no such ranges are known."""
        if isinstance(expr, AddressRange):
            return {expr.version: [(expr.first, expr.last)]}
        if isinstance(expr, MaskedAddress):
            highest = (1 << (32 if expr.version == 4 else 128)) - 1
            return {expr.version: [(expr.value, expr.value | (highest ^ expr.care))]}
        if isinstance(expr, UndecidedAddress):
            return self.address_hull(expr.within)
        if isinstance(expr, AddressRef):
            if expr.name not in self._hulls:
                self._hulls[expr.name] = None
                defined = self._device.addresses.get(expr.name)
                self._hulls[expr.name] = None if defined is None else self.address_hull(defined.value)
            return self._hulls[expr.name]
        if isinstance(expr, AddressUnion):
            union: dict[int, list[Range]] = {}
            for item in expr.items:
                hull = self.address_hull(item)
                if hull is None:
                    return None
                for version, ranges in hull.items():
                    union.setdefault(version, []).extend(ranges)
            return union
        if isinstance(expr, AddressIntersection):
            return next((hull for hull in map(self.address_hull, expr.items) if hull is not None), None)
        return None

    def service_hull(self, expr: ServiceExpr) -> tuple[frozenset[int] | None, list[Range] | None]:
        """Protocols and destination ports outside of which ``expr`` surely matches nothing; ``None``: not known."""
        if isinstance(expr, Service):
            protocols = frozenset({expr.protocol}) if expr.protocol is not None else None
            if protocols is None and expr.destination_ports is not None:
                protocols = PORT_PROTOCOLS
            return protocols, None if expr.destination_ports is None else list(expr.destination_ports)
        if isinstance(expr, UndecidedService):
            return self.service_hull(expr.within)
        if isinstance(expr, ServiceUnion):
            protocols, ports = frozenset[int](), list[Range]()
            any_protocol = any_port = False
            for item in expr.items:
                of_protocols, of_ports = self.service_hull(item)
                protocols |= of_protocols or frozenset()
                ports += of_ports or []
                any_protocol |= of_protocols is None
                any_port |= of_ports is None
            return None if any_protocol else protocols, None if any_port else ports
        return None, None


# Questions about addresses


def _table(ranges: Iterable[AddressRange]) -> AddressTest:
    """Whether an address is in one of ``ranges``."""
    found = list(ranges)
    if len(found) == 1:
        only_version, only_first, only_last = found[0].version, found[0].first, found[0].last

        def in_one(version: int, address: int, _own: bool) -> int:
            return YES if version == only_version and only_first <= address <= only_last else NO

        return in_one
    starts: dict[int, list[int]] = {4: [], 6: []}
    ends: dict[int, list[int]] = {4: [], 6: []}
    for one in sorted(found, key=lambda r: (r.version, r.first)):
        if ends[one.version] and one.first <= ends[one.version][-1] + 1:
            ends[one.version][-1] = max(ends[one.version][-1], one.last)
        else:
            starts[one.version].append(one.first)
            ends[one.version].append(one.last)

    def in_table(version: int, address: int, _own: bool) -> int:
        place = bisect_right(starts[version], address) - 1
        return YES if place >= 0 and address <= ends[version][place] else NO

    return in_table


def _of_version(wanted: int) -> AddressTest:
    def test(version: int, _address: int, _own: bool) -> int:
        return YES if version == wanted else NO

    return test


def _masked(expr: MaskedAddress) -> AddressTest:
    wanted, value, care = expr.version, expr.value, expr.care

    def test(version: int, address: int, _own: bool) -> int:
        return YES if version == wanted and address & care == value else NO

    return test


def _at_most_maybe(within: AddressTest) -> AddressTest:
    def test(version: int, address: int, own: bool) -> int:
        return min(MAYBE, within(version, address, own))

    return test


def _any_address(tests: list[AddressTest]) -> AddressTest:
    def test(version: int, address: int, own: bool) -> int:
        best = NO
        for one in tests:
            truth = one(version, address, own)
            if truth == YES:
                return YES
            best = max(best, truth)
        return best

    return test


def _all_addresses(tests: list[AddressTest]) -> AddressTest:
    def test(version: int, address: int, own: bool) -> int:
        return min((one(version, address, own) for one in tests), default=YES)

    return test


def _not_address(item: AddressTest, wanted: int | None) -> AddressTest:
    def test(version: int, address: int, own: bool) -> int:
        return YES - item(version, address, own) if wanted in (None, version) else NO

    return test


# Questions about services


def _in_ranges(ranges: tuple[Range, ...], value: int) -> bool:
    for first, last in ranges:  # noqa: SIM110 - `any` over a generator costs three times as much, and it is asked often
        if first <= value <= last:
            return True
    return False


def _service(expr: Service) -> ServiceTest:
    protocol, flags, states = expr.protocol, expr.tcp_flags, expr.states
    source_ports, destination_ports = expr.source_ports, expr.destination_ports
    types, codes = expr.icmp_types, expr.icmp_codes
    with_ports = source_ports is not None or destination_ports is not None
    with_icmp = types is not None or codes is not None

    def test(packet: Packet) -> int:
        of = packet.protocol
        if protocol is not None and of != protocol:
            return NO
        if with_ports and of not in PORT_PROTOCOLS:
            return NO
        if destination_ports is not None and not _in_ranges(destination_ports, packet.dst_port):
            return NO
        if source_ports is not None and not _in_ranges(source_ports, packet.src_port):
            return NO
        if with_icmp:
            if of not in ICMP_PROTOCOLS:
                return NO
            if types is not None and not _in_ranges(types, packet.icmp_type):
                return NO
            if codes is not None and not _in_ranges(codes, packet.icmp_code):
                return NO
        if flags is not None and (of != TCP or packet.tcp_flags & flags.mask != flags.value):
            return NO
        if states is not None and packet.state not in states:
            return NO
        return YES

    return test


def _service_at_most_maybe(within: ServiceTest) -> ServiceTest:
    def test(packet: Packet) -> int:
        return min(MAYBE, within(packet))

    return test


def _any_service(tests: list[ServiceTest]) -> ServiceTest:
    def test(packet: Packet) -> int:
        best = NO
        for one in tests:
            truth = one(packet)
            if truth == YES:
                return YES
            best = max(best, truth)
        return best

    return test


def _all_services(tests: list[ServiceTest]) -> ServiceTest:
    def test(packet: Packet) -> int:
        return min((one(packet) for one in tests), default=YES)

    return test


def _not_service(item: ServiceTest) -> ServiceTest:
    def test(packet: Packet) -> int:
        return YES - item(packet)

    return test
