"""Access lists: from the words of an entry to what it matches.

Cisco IOS Security Command Reference, ``access-list (IP standard)``, ``access-list (IP extended)``, ``permit (IP)``,
``deny (IP)``, ``permit (IPv6)``, ``object-group``; Security Configuration Guide: Access Control Lists, "IP Access List
Entry Sequence Numbering", "Creating an IP Access List to Filter IP Options, TCP Flags, Noncontiguous Ports",
"Object Groups for ACLs".
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, NamedTuple

from segaudit.model import (
    ANY_IPV4,
    ANY_IPV6,
    ANY_SERVICE,
    ICMP,
    ICMPV6,
    NO_SERVICE,
    TCP,
    TCP_ESTABLISHED,
    Action,
    AddressExpr,
    AddressRange,
    AddressRef,
    Condition,
    ConditionKind,
    ConnectionState,
    Fqdn,
    Range,
    Service,
    ServiceExpr,
    ServiceIntersection,
    ServiceRef,
    ServiceUnion,
    TcpFlag,
    TcpFlags,
    UndecidedAddress,
    UndecidedService,
    masked,
    outside,
    parse_address,
    parse_prefix,
)
from segaudit.parsers.cisco_ios.names import (
    ICMP_MESSAGES,
    ICMPV6_MESSAGES,
    IGMP_MESSAGES,
    PROTOCOLS,
    port_number,
    protocol_number,
)

#: Protocols whose entries may name ports. Cisco IOS knows TCP, UDP and (for SCTP) ports.
_WITH_PORTS: Final = frozenset({6, 17, 132})

_FLAGS: Final = {
    "fin": TcpFlag.FIN,
    "syn": TcpFlag.SYN,
    "rst": TcpFlag.RST,
    "psh": TcpFlag.PSH,
    "ack": TcpFlag.ACK,
    "urg": TcpFlag.URG,
}

#: Options with one argument that no field of the packet space decides.
_UNDECIDED_WITH_ARGUMENT: Final = frozenset(
    {
        "dscp", "precedence", "tos", "option", "flow-label", "dest-option-type", "mobility-type", "routing-type",
        "tracked-object",
    }
)  # fmt: skip
_UNDECIDED_ALONE: Final = frozenset(
    {
        "auth", "dest-option", "hbh", "mobility", "options", "routing", "tracked", "undetermined-transport", "vlan-map",
    }
)  # fmt: skip
_PRECEDENCES: Final = frozenset(
    {"critical", "flash", "flash-override", "immediate", "internet", "network", "priority", "routine"}
)


class EntryError(ValueError):
    """An entry that IOS would refuse, or that is not understood; the text says what."""


class Entry(NamedTuple):
    """One entry of an access list.

    ``action`` is PERMIT or DENY; where ``evaluate`` names a reflexive list, the entry stands for that list's entries.
    ``reflect`` names the reflexive list that what it permits adds to. ``doubt`` says what of it is widened to bounds.
    """

    line: int
    sequence: int
    action: Action
    source: AddressExpr
    destination: AddressExpr
    service: ServiceExpr
    conditions: tuple[Condition, ...] = ()
    logged: bool = False
    time_range: str = ""
    reflect: str = ""
    evaluate: str = ""
    comment: str = ""
    hits: int | None = None
    doubt: str = ""

    def same_test(self, other: Entry) -> bool:
        """Whether ``other`` is the same entry but for its place."""
        return (self.action, self.source, self.destination, self.service, self.conditions, self.evaluate) == (
            other.action,
            other.source,
            other.destination,
            other.service,
            other.conditions,
            other.evaluate,
        )


@dataclass(slots=True)
class AccessList:
    """A list as the running configuration keeps it: commands add entries to it and take entries away."""

    name: str
    version: int
    standard: bool
    line: int
    entries: list[Entry] = field(default_factory=list)
    last_sequence: int = 0
    remarks: list[str] = field(default_factory=list)
    sorted: bool = True
    sequences: set[int] = field(default_factory=set)

    def add(self, entry: Entry) -> None:
        """Append ``entry``; its place is its sequence number."""
        if entry.sequence <= self.last_sequence and self.entries:
            self.sorted = False
        self.entries.append(entry)
        self.sequences.add(entry.sequence)
        self.last_sequence = max(self.last_sequence, entry.sequence)

    def keep(self, entries: list[Entry]) -> None:
        """Take away all but ``entries``; numbers that were given are not given again."""
        self.entries = entries
        self.sequences = {entry.sequence for entry in entries}

    def ordered(self) -> list[Entry]:
        """The entries in the order in which they are evaluated."""
        return self.entries if self.sorted else sorted(self.entries, key=lambda entry: entry.sequence)

    def taken_comment(self) -> str:
        """The remarks since the last entry, as one text."""
        if not self.remarks:
            return ""
        text = " / ".join(self.remarks)
        self.remarks.clear()
        return text


@dataclass(slots=True)
class PortGroup:
    """``object-group ip port``: port ranges for either side, of whatever protocol the entry names."""

    name: str
    ranges: list[Range] = field(default_factory=list)


def list_kind(number: int) -> str:
    """What the access list of that number is: ``standard``, ``extended``, or the family of a list that is not IP.

    Cisco IOS Security Configuration Guide, "IP Access List Overview": numbers by protocol.
    """
    if 1 <= number <= 99 or 1300 <= number <= 1999:
        return "standard"
    if 100 <= number <= 199 or 2000 <= number <= 2699:
        return "extended"
    if 700 <= number <= 799 or 1100 <= number <= 1199:
        return "mac"
    return "other"


@lru_cache(maxsize=1 << 16)
def quad(word: str) -> int | None:
    """The integer of a dotted quad; ``None`` if ``word`` is none. Leading zeros are decimal, as IOS reads them."""
    if not word.isascii() or word.count(".") != 3 or not word.replace(".", "").isdigit():
        return None
    first, second, third, fourth = word.split(".")
    if not (first and second and third and fourth):
        return None
    a, b, c, d = int(first), int(second), int(third), int(fourth)
    if a > 255 or b > 255 or c > 255 or d > 255:
        return None
    return a << 24 | b << 16 | c << 8 | d


def _ipv6_host(word: str) -> AddressRange:
    try:
        version, value = parse_address(word)
    except ValueError:
        raise EntryError(f"{word} is no address") from None
    return AddressRange(version, value, value)


class EntryReader:
    """Reads entries; equal addresses and services of one file become one object."""

    __slots__ = ("_addresses", "_conditions", "_services", "_tails", "port_groups")

    def __init__(self) -> None:
        self._addresses: dict[tuple[str, str], AddressExpr] = {}
        self._services: dict[ServiceExpr, ServiceExpr] = {}
        self._tails: dict[tuple[int | None, int, tuple[str, ...], tuple[str, ...]], _Tail] = {}
        self._conditions: dict[Condition, Condition] = {}
        self.port_groups: dict[str, PortGroup] = {}

    def standard(self, words: tuple[str, ...], line: int, sequence: int, comment: str) -> Entry:
        """An entry of a standard list: ``words`` from ``permit`` or ``deny`` on."""
        action = _action(words[0])
        if len(words) < 2:
            raise EntryError("an entry without a source")
        rest = tuple(word.rstrip(",") for word in words[1:] if word not in ("wildcard", "bits"))
        if rest[0] == "ip" and len(rest) > 1:
            # The words of an extended entry in a standard list: sister systems allow it.
            return self.extended((words[0], *rest), line, sequence, comment, 4)
        source, at = self._address(rest, 0, 4)
        logged = False
        hits: int | None = None
        while at < len(rest):
            word = rest[at]
            if word in ("log", "smartlog"):
                logged = True
            elif word.startswith("(") and rest[at + 1 :] and rest[at + 1].startswith("match"):
                hits, at = _hits(word), at + 1
            elif not (logged and at == len(rest) - 1):
                raise EntryError(f"{word} is not understood in a standard entry")
            at += 1
        return Entry(line, sequence, action, source, ANY_IPV4, ANY_SERVICE, (), logged, comment=comment, hits=hits)

    def extended(self, words: tuple[str, ...], line: int, sequence: int, comment: str, version: int) -> Entry:
        """An entry of an extended or IPv6 list: ``words`` from ``permit``, ``deny``, ``dynamic`` or ``evaluate`` on."""
        if words[0] == "evaluate":
            if len(words) < 2:
                raise EntryError("evaluate without the name of a reflexive list")
            whole = ANY_IPV4 if version == 4 else ANY_IPV6
            return Entry(line, sequence, Action.PERMIT, whole, whole, ANY_SERVICE, evaluate=words[1], comment=comment)
        dynamic = ""
        if words[0] in ("dynamic", "Dynamic") and len(words) > 2:
            dynamic = words[1]
            skipped = 4 if words[2] == "timeout" else 2
            words = words[skipped:]
            if not words:
                raise EntryError("a dynamic entry without permit or deny")
        action = _action(words[0])
        if len(words) < 2:
            raise EntryError("an entry without a protocol")
        protocol: int | None
        word = words[1]
        group: ServiceExpr | None = None
        at = 2
        doubt = ""
        if word in ("ip", "ipv6", "ipv4"):
            protocol = None
        elif word == "object-group" and len(words) > 2:
            protocol, group, at = None, ServiceRef(words[2]), 3
        elif word == "icmp":
            protocol = ICMP if version == 4 else ICMPV6
        elif (protocol := PROTOCOLS.get(word)) is None and (protocol := protocol_number(word)) is None:
            if word == "tcp-udp":
                group = ServiceUnion((Service(protocol=6), Service(protocol=17)))
            elif at < len(words) and (words[at] in ("any", "host", "object-group", "addrgroup") or "." in words[at]):
                group, doubt = UndecidedService("protocol", word), f"the protocol {word} is not known"
            else:
                raise EntryError(f"{word} is no protocol")
        source, at = self._address(words, at, version)
        mark = at
        if protocol in _WITH_PORTS:
            at = _skip_ports(words, at, protocol)
        source_ports = words[mark:at]
        if at >= len(words):
            raise EntryError("an entry without a destination")
        destination, at = self._address(words, at, version)
        tail = self._tail(protocol, version, source_ports, words[at:])
        service = tail.service
        if group is not None:
            service = group if service is ANY_SERVICE else ServiceIntersection((group, service))
        conditions = tail.conditions
        if dynamic:
            # Lock-and-key: the entry is a template that stands in the list for who has logged in on the device.
            conditions = (*conditions, Condition(kind=ConditionKind.USER, text=f"dynamic {dynamic}", groups=(dynamic,)))
        return Entry(
            line,
            tail.sequence if tail.sequence is not None else sequence,
            action,
            source,
            destination,
            service,
            conditions,
            tail.logged,
            tail.time_range,
            tail.reflect,
            "",
            comment,
            tail.hits,
            tail.doubt or doubt,
        )

    def guessed(self, words: tuple[str, ...], line: int, sequence: int, version: int) -> Entry | None:
        """An entry that is not understood, as one that may match whatever its protocol allows; ``None``: it is none."""
        action = {"permit": Action.PERMIT, "deny": Action.DENY}.get(words[0])
        if action is None:
            return None
        protocol = PROTOCOLS.get(words[1]) if len(words) > 1 else None
        whole = ANY_IPV4 if version == 4 else ANY_IPV6
        service = ANY_SERVICE if protocol is None else Service(protocol=protocol)
        unknown = Condition(kind=ConditionKind.OTHER, text="an entry that is not understood")
        return Entry(line, sequence, action, whole, whole, service, (unknown,))

    def _address(self, words: tuple[str, ...], at: int, version: int) -> tuple[AddressExpr, int]:
        """The address that begins at ``words[at]``, and where the next word stands."""
        if at >= len(words):
            raise EntryError("an entry that ends before its address")
        word = words[at]
        if word in ("any", "any4", "any6"):
            return (ANY_IPV4 if version == 4 else ANY_IPV6), at + 1
        after = words[at + 1] if at + 1 < len(words) else ""
        known = self._addresses.get((word, after))
        if known is not None:
            return known, at + 2
        if word in ("host", "object-group", "addrgroup"):
            if not after or after in ("any", "host"):
                raise EntryError(f"{word} without an address")
            expr: AddressExpr
            if word != "host":
                expr = AddressRef(after)
            else:
                value = quad(after)
                if value is not None:
                    expr = AddressRange(4, value, value)
                elif ":" in after:
                    expr = _ipv6_host(after)
                elif after[0].isdigit():
                    raise EntryError(f"{after} is no address")
                else:
                    expr = Fqdn(after)
            self._addresses[word, after] = expr
            return expr, at + 2
        if "/" in word:
            known = self._addresses.get((word, ""))
            if known is None:
                try:
                    known = parse_prefix(word).expr()
                except ValueError:
                    raise EntryError(f"{word} is no prefix") from None
                self._addresses[word, ""] = known
            return known, at + 1
        value = quad(word)
        if value is None:
            if ":" not in word:
                raise EntryError(f"{word} is no address")
            return _ipv6_host(word), at + 1
        wildcard = quad(after)
        if wildcard is None:
            if after.count(".") == 3:
                raise EntryError(f"{after} is no wildcard mask")
            return AddressRange(4, value, value), at + 1
        expr = masked(4, value, 0xFFFFFFFF ^ wildcard)
        self._addresses[word, after] = expr
        return expr, at + 2

    def _tail(self, protocol: int | None, version: int, source_ports: tuple[str, ...], rest: tuple[str, ...]) -> _Tail:
        """What stands after the addresses, with the source's ports; equal tails are read once."""
        key = (protocol, version, source_ports, rest)
        known = self._tails.get(key)
        if known is None:
            if len(rest) == 2 and rest[0] == "eq" and not source_ports and protocol in _WITH_PORTS:
                # The shape of most entries: one destination port and no more.
                number = port_number(protocol or 0, rest[1])
                if number is not None:
                    service = Service(protocol=protocol, destination_ports=((number, number),))
                    known = self._tails[key] = _Tail(service)
                    return known
            known = self._read_tail(protocol, version, source_ports, rest)
            if known.reuse:
                self._tails[key] = known
        return known

    def _read_tail(
        self, protocol: int | None, version: int, source_words: tuple[str, ...], rest: tuple[str, ...]
    ) -> _Tail:
        tail = _TailReader(self, protocol, version)
        source_ports = tail.ports(source_words, 0)[0] if source_words else None
        at = 0
        destination_ports: tuple[Range, ...] | None = None
        if protocol in _WITH_PORTS and rest and rest[0] in _PORT_WORDS:
            destination_ports, at = tail.ports(rest, 0)
        elif protocol in (ICMP, ICMPV6):
            at = tail.icmp(rest)
        elif protocol == 2 and rest and (rest[0] in IGMP_MESSAGES or rest[0].isdigit()):
            tail.undecided(ConditionKind.OTHER, f"igmp {rest[0]}")
            at = 1
        while at < len(rest):
            at = tail.option(rest, at)
        service: ServiceExpr
        plain = Service(
            protocol=protocol,
            source_ports=source_ports,
            destination_ports=destination_ports,
            icmp_types=tail.icmp_types,
            icmp_codes=tail.icmp_codes,
        )
        service = ANY_SERVICE if plain == Service() else plain
        if tail.flags:
            service = _with_flags(plain, tail.flags)
        if tail.narrowed is not None:
            service = UndecidedService(*tail.narrowed, service)
        if tail.never:
            service = NO_SERVICE
        service = self._services.setdefault(service, service)
        return _Tail(
            service=service,
            conditions=tuple(self._conditions.setdefault(c, c) for c in tail.conditions),
            logged=tail.logged,
            time_range=tail.time_range,
            reflect=tail.reflect,
            sequence=tail.sequence,
            hits=tail.hits,
            doubt=tail.doubt,
            reuse=tail.hits is None and tail.sequence is None,
        )


class _Tail(NamedTuple):
    """What follows the addresses of an entry. ``reuse``: another entry with the same words has the same."""

    service: ServiceExpr
    conditions: tuple[Condition, ...] = ()
    logged: bool = False
    time_range: str = ""
    reflect: str = ""
    sequence: int | None = None
    hits: int | None = None
    doubt: str = ""
    reuse: bool = True


_PORT_WORDS: Final = frozenset({"eq", "neq", "gt", "lt", "range", "portgroup"})


def _skip_ports(words: tuple[str, ...], at: int, protocol: int | None) -> int:
    """Where the words of a port test that may begin at ``at`` end."""
    if at >= len(words) or words[at] not in _PORT_WORDS:
        return at
    if words[at] == "range":
        return min(at + 3, len(words))
    if words[at] == "portgroup":
        return min(at + 2, len(words))
    several = words[at] in ("eq", "neq")
    at = min(at + 2, len(words))
    while several and at < len(words) and port_number(protocol or 0, words[at]) is not None:
        at += 1
    return at


class _TailReader:
    """Collects the options of one entry."""

    def __init__(self, reader: EntryReader, protocol: int | None, version: int) -> None:
        self._reader = reader
        self._protocol = protocol
        self._version = version
        self.icmp_types: tuple[Range, ...] | None = None
        self.icmp_codes: tuple[Range, ...] | None = None
        self.flags: tuple[TcpFlags, ...] = ()
        self.conditions: list[Condition] = []
        self.logged = False
        self.time_range = ""
        self.reflect = ""
        self.sequence: int | None = None
        self.hits: int | None = None
        self.doubt = ""
        self.narrowed: tuple[str, str] | None = None
        self.never = False

    def undecided(self, kind: ConditionKind, text: str) -> None:
        """The entry asks for something that no field of the packet space decides."""
        self.conditions.append(Condition(kind=kind, text=text))
        self.doubt = f"{text}: not decided by addresses and ports"

    def ports(self, words: tuple[str, ...], at: int) -> tuple[tuple[Range, ...] | None, int]:
        """The ports that ``words`` name from ``at`` on; ``None`` where a name is not known (then it is narrowed)."""
        operator = words[at]
        end = _skip_ports(words, at, self._protocol)
        named = words[at + 1 : end]
        if not named:
            raise EntryError(f"{operator} without a port")
        if operator == "portgroup":
            group = self._reader.port_groups.get(named[0])
            if group is None:
                self.narrowed = ("undefined object", named[0])
                self.doubt = f"the port group {named[0]} is not defined"
                return None, end
            return tuple(group.ranges), end
        numbers: list[int] = []
        for name in named:
            number = port_number(self._protocol or 0, name)
            if number is None:
                if name.isdigit() or not name[0].isalpha():
                    raise EntryError(f"{name} is no port")
                self.narrowed = ("port name", name)
                self.doubt = f"the port name {name} is not known"
                return None, end
            numbers.append(number)
        return port_ranges(operator, numbers), end

    def icmp(self, rest: tuple[str, ...]) -> int:
        """Read the type and code at the front of ``rest``; where the next word stands."""
        if not rest:
            return 0
        word = rest[0]
        table = ICMP_MESSAGES if self._protocol == ICMP else ICMPV6_MESSAGES
        named = table.get(word)
        if named is not None:
            icmp_type, code = named
            self.icmp_types = ((icmp_type, icmp_type),)
            if code is not None:
                self.icmp_codes = ((code, code),)
            return 1
        if not word.isdigit():
            return 0
        if int(word) > 255:
            raise EntryError(f"{word} is no ICMP type")
        self.icmp_types = ((int(word), int(word)),)
        if len(rest) > 1 and rest[1].isdigit() and int(rest[1]) <= 255:
            self.icmp_codes = ((int(rest[1]), int(rest[1])),)
            return 2
        return 1

    def option(self, rest: tuple[str, ...], at: int) -> int:
        """Read the option at ``rest[at]``; where the next word stands."""
        word = rest[at]
        following = rest[at + 1] if at + 1 < len(rest) else ""
        if word in ("log", "log-input", "smartlog"):
            self.logged = True
            # A cookie may follow: any word that is no option. Cisco IOS, "ACL Syslog Correlation".
            return at + 2 if following and not _is_option(following) else at + 1
        if word == "established":
            self.flags = (TcpFlags(TcpFlag.ACK, TcpFlag.ACK), TcpFlags(TcpFlag.RST, TcpFlag.RST))
            return at + 1
        if word in ("match-any", "match-all"):
            end = at + 1
            tests: list[TcpFlags] = []
            while end < len(rest) and rest[end][0] in "+-" and rest[end][1:] in _FLAGS:
                flag = _FLAGS[rest[end][1:]]
                tests.append(TcpFlags(flag, flag if rest[end][0] == "+" else 0))
                end += 1
            if not tests:
                raise EntryError(f"{word} without a flag")
            self.flags = tuple(tests) if word == "match-any" else (_all_of(tests),)
            return end
        if word in _FLAGS and self._protocol == TCP:
            flag = _FLAGS[word]
            self.flags = (*self.flags, TcpFlags(flag, flag))
            return at + 1
        if word == "time-range" and following:
            self.time_range = following
            return at + 2
        if word == "fragments":
            # Such an entry is for fragments but the first, and packets stand for whole datagrams here.
            self.conditions.append(Condition(kind=ConditionKind.FRAGMENT, text="fragments"))
            self.doubt = "fragments: packets are taken as whole, so the entry matches none"
            self.never = True
            return at + 1
        if word == "reflect" and following:
            self.reflect = following
            return at + 4 if rest[at + 2 : at + 3] == ("timeout",) else at + 2
        if word == "timeout" and following.isdigit():
            return at + 2
        if word == "interval" and following.isdigit():
            return at + 2
        if word == "sequence" and following.isdigit():
            self.sequence = int(following)
            return at + 2
        if word == "ttl" and following:
            count = 3 if following == "range" else 2
            text = " ".join(rest[at : at + 1 + count])
            self.undecided(ConditionKind.OTHER, text)
            return min(at + 1 + count, len(rest))
        if word in _UNDECIDED_WITH_ARGUMENT and following:
            self.undecided(ConditionKind.OTHER, f"{word} {following}")
            return at + 2
        if word in _UNDECIDED_ALONE:
            self.undecided(ConditionKind.OTHER, word)
            return at + 1
        if word in _PRECEDENCES:
            self.undecided(ConditionKind.OTHER, f"precedence {word}")
            return at + 1
        if word.startswith("(") and following.startswith("match"):
            self.hits = _hits(word)
            return at + 2
        if word == "!":
            # A remark in the entry's own line: what follows was typed for people.
            return len(rest)
        raise EntryError(f"{word} is not understood")


_OPTIONS: Final = (
    frozenset({
        "established", "fragments", "interval", "log", "log-input", "match-all", "match-any", "reflect", "sequence", "time-range",
        "timeout", "ttl", "!",
    })
    | _UNDECIDED_WITH_ARGUMENT
    | _UNDECIDED_ALONE
)  # fmt: skip


def _is_option(word: str) -> bool:
    return word in _OPTIONS or word.startswith("(")


def _hits(word: str) -> int | None:
    digits = word.strip("()")
    return int(digits) if digits.isdigit() else None


def _action(word: str) -> Action:
    if word == "permit":
        return Action.PERMIT
    if word == "deny":
        return Action.DENY
    raise EntryError(f"{word} is neither permit nor deny")


def _all_of(tests: list[TcpFlags]) -> TcpFlags:
    mask = value = 0
    for test in tests:
        mask |= test.mask
        value |= test.value
    return TcpFlags(mask, value)


def _with_flags(plain: Service, flags: tuple[TcpFlags, ...]) -> ServiceExpr:
    """``plain`` where any of ``flags`` holds."""
    tcp = replace(plain, protocol=TCP)
    if tcp == Service(protocol=TCP) and len(flags) == 2 and flags[0].mask == TcpFlag.ACK == flags[0].value:
        return TCP_ESTABLISHED if flags[1] == TcpFlags(TcpFlag.RST, TcpFlag.RST) else _flag_union(tcp, flags)
    return _flag_union(tcp, flags)


def _flag_union(tcp: Service, flags: tuple[TcpFlags, ...]) -> ServiceExpr:
    items = tuple(replace(tcp, tcp_flags=flag) for flag in flags)
    return items[0] if len(items) == 1 else ServiceUnion(items)


def port_ranges(operator: str, numbers: list[int]) -> tuple[Range, ...]:
    """The ports that ``operator`` (``eq neq gt lt range``) and its numbers mean; none: no port matches."""
    if operator == "range":
        if len(numbers) < 2:
            raise EntryError("range needs two ports")
        # IOS swaps the ends of a range that is written backwards.
        return ((min(numbers[:2]), max(numbers[:2])),)
    if operator == "gt":
        return ((numbers[0] + 1, 65535),) if numbers[0] < 65535 else ()
    if operator == "lt":
        return ((0, numbers[0] - 1),) if numbers[0] > 0 else ()
    ranges = tuple((number, number) for number in numbers)
    return outside(ranges) if operator == "neq" else ranges


def mirrored(service: ServiceExpr) -> ServiceExpr:
    """``service`` as the answers have it: ports swapped, of a session that is there."""
    states = frozenset({ConnectionState.ESTABLISHED})
    if isinstance(service, Service):
        # The type of an ICMP answer is not that of its question; which one it is follows from the session.
        return Service(
            protocol=service.protocol,
            source_ports=service.destination_ports,
            destination_ports=service.source_ports,
            states=states,
        )
    if isinstance(service, ServiceUnion):
        return ServiceUnion(tuple(mirrored(item) for item in service.items))
    if isinstance(service, ServiceIntersection):
        return ServiceIntersection(tuple(mirrored(item) for item in service.items))
    if isinstance(service, UndecidedService):
        return UndecidedService(service.kind, service.name, mirrored(service.within))
    return Service(states=states)


def undecided_list(name: str, version: int) -> AddressExpr:
    """The addresses of a list that is named and not defined, where IOS documents no outcome."""
    return UndecidedAddress("undefined access list", name, ANY_IPV4 if version == 4 else ANY_IPV6)
