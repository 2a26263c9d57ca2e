"""What the options of a rule match, in the model's words.

A header decides most of them exactly. What it does not decide becomes a `Condition` or an undecided address. Quotations
are from iptables(8) and iptables-extensions(8), 1.8.9.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from segaudit.model import (
    ANY_INTERFACE,
    NO_ADDRESS,
    AddressComplement,
    AddressExpr,
    AddressRange,
    AddressUnion,
    Condition,
    ConditionKind,
    Hook,
    InterfaceMatch,
    OwnAddress,
    Schedule,
    Service,
    ServiceComplement,
    UndecidedAddress,
)
from segaudit.parsers.linux_iptables import meet
from segaudit.parsers.linux_iptables.addresses import HIGHEST, UnreadableError, address, address_range
from segaudit.parsers.linux_iptables.clauses import (
    ANYTHING,
    NEVER,
    Clause,
    Context,
    Meaning,
    Reading,
    product,
    spelled,
    turned,
    undecided,
)
from segaudit.parsers.linux_iptables.conntrack import conntrack
from segaudit.parsers.linux_iptables.names import protocol_of
from segaudit.parsers.linux_iptables.ports import icmp, ports, tcp_flags
from segaudit.parsers.linux_iptables.syntax import MATCH_OPTIONS, Match, Option, Piece

_OF_SHELL: Final = "a variable of the script: undecided"


def meaning_of(piece: Piece, context: Context, protocol: int | None) -> Meaning:
    """What a piece matches; ``protocol`` is the rule's ``-p`` where it names one."""
    reading = Reading(context=context, protocol=protocol)
    every = ANYTHING
    for option in piece.generic:
        every &= _try("", (option,), reading, partial(_generic, option, reading))
    found: tuple[Clause, ...] = (every,)
    for match in piece.matches:
        found = product(found, _match(match, reading))
    return Meaning(
        clauses=found,
        comment=reading.comment,
        approximated=tuple(dict.fromkeys(reading.approximated)),
        unread=tuple(dict.fromkeys(reading.unread)),
    )


def _try(module: str, options: Sequence[Option], reading: Reading, read: Callable[[], Clause]) -> Clause:
    """The clause, or an undecided one where the words cannot be read or only the running shell knows them."""
    if module != "comment":
        for option in options:
            for value in option.values:
                if "$" in value or "`" in value:
                    reading.approximated.append(_OF_SHELL)
                    return undecided(ConditionKind.OTHER, module, *options)
    try:
        return read()
    except (UnreadableError, IndexError):
        reading.unread.append(f"{module or options[0].name} cannot be read: taken as undecided")
        return undecided(ConditionKind.OTHER, module, *options)


# Options of iptables itself


def _generic(option: Option, reading: Reading) -> Clause:
    name, negated, values = option
    if name == "protocol":
        return _protocol(values[0], negated=negated)
    if name in ("source", "destination"):
        version = reading.version
        found = address(values[0], version)
        if isinstance(found, AddressRange) and found.first == 0 and found.last == HIGHEST[version]:
            return NEVER if negated else ANYTHING
        found = turned(found, version, negated=negated)
        return Clause(source=found) if name == "source" else Clause(destination=found)
    if name in ("in-interface", "out-interface"):
        wanted = interface_of(values[0], negated=negated)
        return Clause(ingress=wanted) if name == "in-interface" else Clause(egress=wanted)
    if name == "fragment":
        # Second and further fragments only. Packets stand for whole datagrams here, and connection tracking puts
        # fragments together before any table but raw sees them (nf_defrag_ipv4, priority -400).
        reading.approximated.append("fragments are not modelled: taken for whole datagrams")
        return ANYTHING if negated else NEVER
    return ANYTHING


def interface_of(word: str, *, negated: bool = False) -> InterfaceMatch:
    """The interfaces of ``-i`` and ``-o``: a trailing ``+`` stands for anything, nothing included (iptables(8))."""
    if word == "+":
        return meet.NO_INTERFACE if negated else ANY_INTERFACE
    name = word[:-1] + "*" if word.endswith("+") else word
    return InterfaceMatch(frozenset({name}), negated=negated)


def _protocol(word: str, *, negated: bool) -> Clause:
    number = protocol_of(word)
    if number is None:
        raise UnreadableError(f"no protocol: {word}")
    if number == 0:
        # "The number zero is equivalent to all" (iptables(8), -p).
        return NEVER if negated else ANYTHING
    wanted = Service(protocol=number)
    return Clause(services=(ServiceComplement(wanted) if negated else wanted,))


def protocol_in(pieces: Sequence[Piece]) -> int | None:
    """The protocol that a rule names with ``-p``, not turned round; ``None`` where it names none."""
    for piece in pieces:
        for option in piece.generic:
            if option.name == "protocol" and option.values and not option.negated:
                return protocol_of(option.values[0]) or None
    return None


# Matches

#: Modules whose test no header decides, with the kind of thing they ask.
_UNDECIDED: Final = {
    "bpf": ConditionKind.OTHER,
    "cgroup": ConditionKind.OTHER,
    "cluster": ConditionKind.OTHER,
    "connbytes": ConditionKind.RATE,
    "connlabel": ConditionKind.MARK,
    "connlimit": ConditionKind.RATE,
    "connmark": ConditionKind.MARK,
    "cpu": ConditionKind.OTHER,
    "devgroup": ConditionKind.OTHER,
    "dscp": ConditionKind.OTHER,
    "dst": ConditionKind.OTHER,
    "ecn": ConditionKind.OTHER,
    "eui64": ConditionKind.MAC,
    "hashlimit": ConditionKind.RATE,
    "hbh": ConditionKind.OTHER,
    "helper": ConditionKind.APPLICATION,
    "hl": ConditionKind.OTHER,
    "ipp2p": ConditionKind.APPLICATION,
    "ipv6header": ConditionKind.OTHER,
    "ipvs": ConditionKind.OTHER,
    "layer7": ConditionKind.APPLICATION,
    "length": ConditionKind.OTHER,
    "limit": ConditionKind.RATE,
    "mac": ConditionKind.MAC,
    "mark": ConditionKind.MARK,
    "mh": ConditionKind.OTHER,
    "ndpi": ConditionKind.APPLICATION,
    "osf": ConditionKind.OTHER,
    "owner": ConditionKind.OTHER,
    "physdev": ConditionKind.OTHER,
    "policy": ConditionKind.OTHER,
    "quota": ConditionKind.RATE,
    "rateest": ConditionKind.RATE,
    "realm": ConditionKind.OTHER,
    "rt": ConditionKind.OTHER,
    "socket": ConditionKind.OTHER,
    "srh": ConditionKind.OTHER,
    "statistic": ConditionKind.RATE,
    "tcpmss": ConditionKind.OTHER,
    "tos": ConditionKind.OTHER,
    "ttl": ConditionKind.OTHER,
    "u32": ConditionKind.OTHER,
}

_PORT_OPTIONS: Final = frozenset(
    {
        *("sport", "source-port", "dport", "destination-port"),
        *("sports", "source-ports", "dports", "destination-ports", "ports"),
    }
)
#: Of modules that ask the header: options that ask for something that packets here do not carry.
_NOT_CARRIED: Final = frozenset(
    {"ahspi", "ahlen", "ahres", "espspi", "tcp-option", "chunk-types", "dccp-types", "dccp-option"}
)


def _match(match: Match, reading: Reading) -> tuple[Clause, ...]:
    module, options = match
    kind = _UNDECIDED.get(module)
    if kind is not None:
        return (undecided(kind, module, *options),)
    whole = _WHOLE.get(module)
    if whole is not None:
        found: list[tuple[Clause, ...]] = []

        def read() -> Clause:
            found.append(whole(options, reading))
            return ANYTHING

        open_clause = _try(module, options, reading, read)
        return found[0] if found else (open_clause,)
    if module == "?" or module not in MATCH_OPTIONS:
        shown = " ".join(spelled(o) if o.name[:1] != "?" else o.name for o in options) if module == "?" else module
        reading.approximated.append(f"{shown} is not known: taken as undecided")
        return (undecided(ConditionKind.OTHER, "" if module == "?" else module, *options),)
    clause = ANYTHING
    for option in options:
        clause &= _try(module, (option,), reading, partial(_option, option, module, reading))
    return (clause,)


def _option(option: Option, module: str, reading: Reading) -> Clause:
    name = option.name
    if name in _PORT_OPTIONS:
        return ports(option, reading.protocol)
    if name in ("tcp-flags", "syn"):
        return tcp_flags(option)
    if name in ("icmp-type", "icmpv6-type"):
        return icmp(option)
    if name in ("src-range", "dst-range"):
        found = turned(address_range(option.values[0], reading.version), reading.version, negated=option.negated)
        return Clause(source=found) if name == "src-range" else Clause(destination=found)
    if name == "comment":
        reading.comment = f"{reading.comment} {' '.join(option.values)}".strip()
        return ANYTHING
    if name in _NOT_CARRIED:
        return undecided(ConditionKind.OTHER, module, option)
    # `nfacct` counts and always matches.
    return ANYTHING


# Address types, packet types

_MULTICAST: Final[dict[int, AddressExpr]] = {
    4: AddressRange(4, 0xE0000000, 0xEFFFFFFF),
    6: AddressRange(6, 0xFF << 120, HIGHEST[6]),
}
_LOOPBACK: Final[dict[int, AddressExpr]] = {4: AddressRange(4, 0x7F000000, 0x7FFFFFFF), 6: AddressRange(6, 1, 1)}
#: What the kernel calls a broadcast without looking at its interfaces (`__inet_dev_addr_type`): all ones, all zeros.
_BROADCAST: Final = AddressUnion((AddressRange(4, 0xFFFFFFFF, 0xFFFFFFFF), AddressRange(4, 0, 0)))
#: What is no unicast address whoever asks.
_SPECIAL: Final[dict[int, AddressExpr]] = {4: AddressUnion((_MULTICAST[4], *_BROADCAST.items)), 6: _MULTICAST[6]}
_DIRECTED: Final = "broadcast addresses of the attached subnets are left out: the rules do not show the subnets"


def _addrtype(options: tuple[Option, ...], reading: Reading) -> tuple[Clause, ...]:
    if any(option.name.startswith("limit-iface") for option in options):
        return (undecided(ConditionKind.OTHER, "addrtype", *options),)
    found = ANYTHING
    for option in options:
        of_source = option.name == "src-type"
        tests = [_of_type(word.upper(), reading, of_source=of_source) for word in option.values[0].split(",")]
        known = tuple(test for test in tests if test is not None)
        if len(known) < len(tests):
            found &= undecided(ConditionKind.OTHER, "addrtype", option)
            continue
        wanted = known[0] if len(known) == 1 else AddressUnion(known)
        wanted = turned(wanted, reading.version, negated=option.negated)
        found &= Clause(source=wanted) if of_source else Clause(destination=wanted)
    return (found,)


def _of_type(word: str, reading: Reading, *, of_source: bool) -> AddressExpr | None:
    """The addresses of a type; ``None`` where the rules do not tell.

    What is delivered to the device has a local destination (or a broadcast or multicast one), what is forwarded has
    not: where a chain is reached from one of these hooks only, the question is answered.
    """
    version, hooks = reading.version, reading.context.hooks
    forwarded = not of_source and hooks == {Hook.FORWARD}
    delivered = not of_source and hooks == {Hook.LOCAL_IN}
    if word == "MULTICAST":
        return _MULTICAST[version]
    if word == "ANYCAST" and version == 4:
        # The kernel makes no IPv4 anycast routes of its own.
        return NO_ADDRESS
    if word == "BROADCAST" and version == 4:
        reading.approximated.append(_DIRECTED)
        return NO_ADDRESS if forwarded else _BROADCAST
    if word == "LOCAL":
        if forwarded:
            return NO_ADDRESS
        if delivered:
            return AddressComplement(_SPECIAL[version], version)
        return AddressUnion((OwnAddress(version=version), _LOOPBACK[version]))
    if word == "UNICAST":
        if version == 4 and delivered:
            return NO_ADDRESS
        if version == 4:
            reading.approximated.append(_DIRECTED)
        # A local IPv4 address is LOCAL, not UNICAST; IPv6 calls both unicast (xt_addrtype.c).
        own = () if version == 6 or forwarded else (OwnAddress(version=version), _LOOPBACK[version])
        return AddressComplement(AddressUnion((_SPECIAL[version], *own)), version)
    return None


def _pkttype(options: tuple[Option, ...], reading: Reading) -> tuple[Clause, ...]:
    """The link layer's address: a frame for all carries a datagram for all (RFC 1122 section 3.3.6)."""
    version = reading.version
    types: dict[str, AddressExpr] = {
        "unicast": AddressComplement(_SPECIAL[version], version),
        "host": AddressComplement(_SPECIAL[version], version),
        "multicast": _MULTICAST[version],
        "broadcast": _BROADCAST if version == 4 else NO_ADDRESS,
    }
    found = ANYTHING
    for option in options:
        wanted = types.get(option.values[0].lower())
        if wanted is None:
            return (undecided(ConditionKind.OTHER, "pkttype", *options),)
        reading.approximated.append("the frame's type is taken from the destination address")
        found &= Clause(destination=turned(wanted, version, negated=option.negated))
    return (found,)


# Sets, lists, payload, time


def _set(options: tuple[Option, ...], reading: Reading) -> tuple[Clause, ...]:
    """``--match-set name src,dst``: the contents are ipset's and not in the file."""
    found = ANYTHING
    for option in options:
        if option.name != "match-set":
            continue
        directions = frozenset(option.values[1].split(","))
        if directions in ({"src"}, {"dst"}):
            wanted = turned(UndecidedAddress("ipset", option.values[0]), reading.version, negated=option.negated)
            found &= Clause(source=wanted) if directions == {"src"} else Clause(destination=wanted)
        else:
            found &= undecided(ConditionKind.OTHER, "ipset", option)
    return (found,)


def _geoip(options: tuple[Option, ...], reading: Reading) -> tuple[Clause, ...]:
    """``geoip`` of xtables-addons: country codes."""
    found = ANYTHING
    for option in options:
        wanted = turned(UndecidedAddress("geography", option.values[0]), reading.version, negated=option.negated)
        of_source = option.name in ("src-cc", "source-country")
        found &= Clause(source=wanted) if of_source else Clause(destination=wanted)
    return (found,)


def _recent(options: tuple[Option, ...]) -> tuple[Clause, ...]:
    """``--set`` "will always return success (or failure if ! is passed in)"; the other questions depend on time."""
    for option in options:
        if option.name == "set":
            return (NEVER if option.negated else ANYTHING,)
    return (undecided(ConditionKind.RATE, "recent", *options),)


def _rpfilter(options: tuple[Option, ...], reading: Reading) -> tuple[Clause, ...]:
    """Whether a reply would go back by the interface of arrival.

    A packet is taken to come from where its source lives, so the test passes. Who forges a source is not believed to
    be there; a rule that drops what fails the test then drops nothing.
    """
    reading.approximated.append("packets are taken to come from where their source lives")
    return (NEVER if any(option.name == "invert" for option in options) else ANYTHING,)


def _fragment_header(reading: Reading) -> tuple[Clause, ...]:
    reading.approximated.append("fragments are not modelled: taken for whole datagrams")
    return (NEVER,)


def _string() -> tuple[Clause, ...]:
    """The pattern stays out of the text: port knocking keeps passwords there."""
    return (Clause(conditions=(Condition(kind=ConditionKind.OTHER, text="string in the payload"),)),)


def _time(options: tuple[Option, ...], reading: Reading) -> tuple[Clause, ...]:
    """All options are ANDed; times of day, weekdays and days of the month come back, dates do not."""
    start = end = None
    recurring = False
    for option in options:
        if option.name == "datestart":
            start = _date(option.values[0])
        elif option.name == "datestop":
            # "the stop time is actually inclusive": a day means its first second.
            end = _date(option.values[0])
        elif option.name in ("timestart", "timestop", "monthdays", "weekdays"):
            recurring = True
    name = " ".join(spelled(option) for option in options) or "time"
    reading.context.schedules.setdefault(name, Schedule(name=name, start=start, end=end, recurring=recurring))
    return (Clause(schedule=name),)


_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?)(?:T(\d\d?)(?::(\d\d?)(?::(\d\d?))?)?)?)?)?$")


def _date(text: str) -> datetime:
    """``YYYY[-MM[-DD[Thh[:mm[:ss]]]]]``: what is left out is the first of its kind."""
    found = _DATE.match(text)
    if found is None:
        raise UnreadableError(f"no date: {text}")
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in found.groups())
    try:
        return datetime(year, month or 1, day or 1, hour, minute, second)  # noqa: DTZ001 schedules have no time zone
    except ValueError:
        raise UnreadableError(f"no date: {text}") from None


_Whole = Callable[[tuple[Option, ...], Reading], tuple[Clause, ...]]

#: Modules whose options are read together.
_WHOLE: Final[dict[str, _Whole]] = {
    "addrtype": _addrtype,
    "conntrack": conntrack,
    "frag": lambda _, reading: _fragment_header(reading),
    "geoip": _geoip,
    "pkttype": _pkttype,
    "recent": lambda options, _: _recent(options),
    "rpfilter": _rpfilter,
    "set": _set,
    "state": conntrack,
    "string": lambda _, __: _string(),
    "time": _time,
}
