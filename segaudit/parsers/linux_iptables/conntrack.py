"""Matches of connection tracking: ``state`` and ``conntrack`` (xt_conntrack.c, conntrack_mt, Linux 6.x).

A packet without a connection (INVALID, UNTRACKED) is judged by the states alone where they are asked for, and matches
nothing else. Of a new packet the header shows what its connection is; of an ongoing one it does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from segaudit.model import (
    NO_SERVICE,
    AddressExpr,
    AddressRange,
    ConditionKind,
    ConnectionState,
    Range,
    Service,
    ServiceComplement,
    ServiceExpr,
    outside,
)
from segaudit.parsers.linux_iptables import meet
from segaudit.parsers.linux_iptables.addresses import UnreadableError, address
from segaudit.parsers.linux_iptables.clauses import (
    ANYTHING,
    NEVER,
    Clause,
    Reading,
    product,
    turned,
    undecided,
)
from segaudit.parsers.linux_iptables.names import protocol_of
from segaudit.parsers.linux_iptables.ports import port_ranges
from segaudit.parsers.linux_iptables.syntax import Option

_STATES: Final = {state.name: state for state in ConnectionState}
_ALL: Final = frozenset(ConnectionState)
_NEW: Final = frozenset({ConnectionState.NEW})
_ONGOING: Final = frozenset({ConnectionState.ESTABLISHED, ConnectionState.RELATED})
#: States of packets that belong to a connection.
_TRACKED: Final = _NEW | _ONGOING


def in_states(states: Iterable[ConnectionState]) -> Clause:
    """Packets in one of ``states``."""
    wanted = frozenset(states)
    if wanted == _ALL:
        return ANYTHING
    return Clause(services=(Service(states=wanted),)) if wanted else NEVER


def conntrack(options: tuple[Option, ...], reading: Reading) -> tuple[Clause, ...]:
    """The options of one ``-m state`` or ``-m conntrack``."""
    asked = [o for o in options if o.name in ("state", "ctstate")]
    others = [o for o in options if o.name not in ("state", "ctstate")]
    clauses: tuple[Clause, ...] = (ANYTHING,)
    for option in asked:
        clauses = product(clauses, _states(option, reading))
    if not others:
        return clauses
    if reading.context.before_tracking:
        return clauses if asked else (NEVER,)
    tracked: tuple[Clause, ...] = (in_states(_TRACKED),)
    for option in others:
        tracked = product(tracked, _of_connection(option, reading))
    found = product(clauses, tracked)
    if asked:
        found += product(clauses, (in_states(_ALL - _TRACKED),))
    # Most pairs of a clause for new packets and one for ongoing connections match nothing.
    return tuple(clause for clause in found if meet.services(clause.services) != NO_SERVICE) or (NEVER,)


def _states(option: Option, reading: Reading) -> tuple[Clause, ...]:
    words = [word.strip().upper() for word in option.values[0].split(",") if word.strip()]
    if not words or any(word not in _STATES and word not in ("SNAT", "DNAT") for word in words):
        raise UnreadableError(f"no connection state: {option.values[0]}")
    states = frozenset(_STATES[word] for word in words if word in _STATES)
    if reading.context.before_tracking:
        return (_before_tracking(states, option, reading),)
    if option.negated:
        states = _ALL - states
    dnat, snat = "DNAT" in words, "SNAT" in words
    if not dnat and not snat:
        return (in_states(states),)
    of_ongoing = undecided(ConditionKind.OTHER, "conntrack", option)
    if option.negated:
        # Neither in one of the states nor translated. A new packet has met no source translation yet.
        untouched = Clause(translated_by=frozenset()) if dnat else ANYTHING
        return (in_states(states - _ONGOING) & untouched, in_states(states & _ONGOING) & of_ongoing)
    found = [in_states(states)] if states else []
    if dnat and ConnectionState.NEW not in states and reading.context.translations:
        names = frozenset(t.name for t in reading.context.translations)
        found.append(in_states(_NEW) & Clause(translated_by=names))
    if _ONGOING - states:
        found.append(in_states(_ONGOING - states) & of_ongoing)
    return tuple(found)


def _before_tracking(states: frozenset[ConnectionState], option: Option, reading: Reading) -> Clause:
    """In the raw table no packet has a connection: each counts as INVALID, or UNTRACKED once NOTRACK has met it."""
    possible = frozenset({ConnectionState.INVALID, ConnectionState.UNTRACKED})
    wanted = possible - states if option.negated else possible & states
    if wanted == possible:
        return ANYTHING
    if not wanted:
        return NEVER
    if reading.context.untracks:
        return undecided(ConditionKind.OTHER, "whether NOTRACK came before:", option)
    return ANYTHING if ConnectionState.INVALID in wanted else NEVER


def _of_connection(option: Option, reading: Reading) -> tuple[Clause, ...]:
    """Other questions of ``conntrack``, for packets that have a connection.

    The first packet of a connection goes in its original direction, and at every hook of iptables its source is not
    translated yet: original source and reply destination are its source, reply source its destination as it is now.
    """
    name, negated, values = option
    if name == "ctproto":
        number = protocol_of(values[0])
        if number is None:
            raise UnreadableError(f"no protocol: {values[0]}")
        wanted = Service(protocol=number)
        return (Clause(services=(ServiceComplement(wanted) if negated else wanted,)),)
    new = in_states(_NEW)
    ongoing = in_states(_ONGOING) & undecided(ConditionKind.OTHER, "conntrack", option)
    if name == "ctdir":
        original = (values[0].upper() == "ORIGINAL") != negated
        return (new, ongoing) if original else (ongoing,)
    if name in ("ctorigsrc", "ctrepldst", "ctreplsrc"):
        found = turned(address(values[0], reading.version), reading.version, negated=negated)
        return (new & (Clause(destination=found) if name == "ctreplsrc" else Clause(source=found)), ongoing)
    if name in ("ctorigsrcport", "ctrepldstport", "ctreplsrcport"):
        ports = port_ranges(values[0], None)
        ports = outside(ports) if negated else ports
        test = Service(destination_ports=ports) if name == "ctreplsrcport" else Service(source_ports=ports)
        return (new & Clause(services=(test,)), ongoing)
    if name in ("ctorigdst", "ctorigdstport"):
        return (*(new & clause for clause in _original_destination(option, reading)), ongoing)
    return (undecided(ConditionKind.OTHER, "conntrack", option),)


def _original_destination(option: Option, reading: Reading) -> tuple[Clause, ...]:
    """A new packet by its destination before translation: as it is now, or as the translation's own rule asked for it."""
    negated, value = option.negated, option.values[0]
    by_address = option.name == "ctorigdst"
    addresses: AddressExpr = address(value, reading.version) if by_address else AddressRange(reading.version, 0, 0)
    ports: tuple[Range, ...] = () if by_address else port_ranges(value, None)
    if by_address:
        untouched = Clause(destination=turned(addresses, reading.version, negated=negated))
    else:
        untouched = Clause(services=(Service(destination_ports=outside(ports) if negated else ports),))
    found = [untouched & Clause(translated_by=frozenset())]
    surely, maybe = set[str](), set[str]()
    for translation in reading.context.translations:
        if by_address:
            inside = _inside_addresses(translation.destination, addresses)
        else:
            inside = _inside_ports(translation.service, ports)
        if inside is None:
            maybe.add(translation.name)
        elif inside != negated:
            surely.add(translation.name)
    if surely:
        found.append(Clause(translated_by=frozenset(surely)))
    if maybe:
        found.append(Clause(translated_by=frozenset(maybe)) & undecided(ConditionKind.OTHER, "conntrack", option))
    return tuple(found)


def _inside_addresses(of_rule: AddressExpr, wanted: AddressExpr) -> bool | None:
    """Whether all addresses (True), none (False) or perhaps some (``None``) of a rule are wanted."""
    if not isinstance(of_rule, AddressRange) or not isinstance(wanted, AddressRange):
        return None
    if wanted.first <= of_rule.first and of_rule.last <= wanted.last:
        return True
    return False if of_rule.last < wanted.first or wanted.last < of_rule.first else None


def _inside_ports(of_rule: ServiceExpr, wanted: tuple[Range, ...]) -> bool | None:
    if of_rule == NO_SERVICE:
        return False
    ports = of_rule.destination_ports if isinstance(of_rule, Service) else None
    if ports is None:
        return None
    shared = meet.ranges(ports, wanted)
    if not shared:
        return False
    return True if set(shared) == set(ports) else None
