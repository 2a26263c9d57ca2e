"""What two tests say together: intersections of addresses, services and interfaces, as plain as they can be written."""

from __future__ import annotations

from collections.abc import Sequence

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    ANY_SERVICE,
    NO_ADDRESS,
    NO_SERVICE,
    AddressExpr,
    AddressIntersection,
    AddressRange,
    AnyAddress,
    AnyService,
    InterfaceMatch,
    Range,
    Service,
    ServiceExpr,
    ServiceIntersection,
    TcpFlags,
)


def addresses(one: AddressExpr, other: AddressExpr) -> AddressExpr:
    """The addresses in both."""
    if isinstance(one, AnyAddress) and one.version is None:
        return other
    if isinstance(other, AnyAddress) and other.version is None:
        return one
    if isinstance(one, AddressRange) and isinstance(other, AddressRange):
        first, last = max(one.first, other.first), min(one.last, other.last)
        if one.version != other.version or first > last:
            return NO_ADDRESS
        return AddressRange(one.version, first, last)
    return AddressIntersection((one, other))


def ranges(one: tuple[Range, ...], other: tuple[Range, ...]) -> tuple[Range, ...]:
    """The numbers in both."""
    return tuple((max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) <= min(b, d))


def _optional(one: tuple[Range, ...] | None, other: tuple[Range, ...] | None) -> tuple[Range, ...] | None:
    if one is None:
        return other
    return one if other is None else ranges(one, other)


def services(items: Sequence[ServiceExpr]) -> ServiceExpr:
    """The packets that all ``items`` match: plain tests become one, others stay as they are beside it."""
    plain: Service | None = None
    others: list[ServiceExpr] = []
    for item in items:
        if isinstance(item, AnyService):
            continue
        if item == NO_SERVICE:
            return NO_SERVICE
        if not isinstance(item, Service):
            if item not in others:
                others.append(item)
            continue
        if plain is None:
            plain = item
            continue
        both = _both(plain, item)
        if both is None:
            return NO_SERVICE
        plain = both
    found: list[ServiceExpr] = [*([plain] if plain is not None else []), *others]
    if not found:
        return ANY_SERVICE
    return found[0] if len(found) == 1 else ServiceIntersection(tuple(found))


def _both(one: Service, other: Service) -> Service | None:
    """One service that means both; ``None`` where nothing is in both."""
    if one.protocol is not None and other.protocol is not None and one.protocol != other.protocol:
        return None
    flags = one.tcp_flags or other.tcp_flags
    if one.tcp_flags is not None and other.tcp_flags is not None:
        shared = one.tcp_flags.mask & other.tcp_flags.mask
        if one.tcp_flags.value & shared != other.tcp_flags.value & shared:
            return None
        flags = TcpFlags(one.tcp_flags.mask | other.tcp_flags.mask, one.tcp_flags.value | other.tcp_flags.value)
    states = one.states
    if other.states is not None:
        states = other.states if states is None else states & other.states
    found = Service(
        protocol=one.protocol if one.protocol is not None else other.protocol,
        source_ports=_optional(one.source_ports, other.source_ports),
        destination_ports=_optional(one.destination_ports, other.destination_ports),
        icmp_types=_optional(one.icmp_types, other.icmp_types),
        icmp_codes=_optional(one.icmp_codes, other.icmp_codes),
        tcp_flags=flags,
        states=states,
    )
    empty = () in (found.source_ports, found.destination_ports, found.icmp_types, found.icmp_codes)
    return None if empty or states == frozenset() else found


def interfaces(one: InterfaceMatch, other: InterfaceMatch) -> InterfaceMatch | None:
    """The interfaces in both; ``None`` where one set of names cannot say it."""
    if one.is_any or one == other:
        return other
    if other.is_any:
        return one
    if one.negated and other.negated:
        return InterfaceMatch(one.items | other.items, negated=True)
    if one.negated:
        one, other = other, one
    if other.negated:
        left = {item for item in one.items if not _touches(item, other)}
        split = any(item.endswith("*") and _touches(item, other) and not _inside(item, other) for item in one.items)
        return None if split else _named(left)
    narrow = {item for item in one.items if _inside(item, other)} | {item for item in other.items if _inside(item, one)}
    return _named(narrow)


def _named(items: set[str]) -> InterfaceMatch:
    return InterfaceMatch(frozenset(items)) if items else NO_INTERFACE


def _inside(item: str, wanted: InterfaceMatch) -> bool:
    """Whether every interface that ``item`` names is among the items of ``wanted``."""
    stem = item.removesuffix("*")
    return any(
        item == other or (other.endswith("*") and stem.startswith(other.removesuffix("*"))) for other in wanted.items
    )


def _touches(item: str, wanted: InterfaceMatch) -> bool:
    """Whether an interface that ``item`` names may be among the items of ``wanted``."""
    return _inside(item, wanted) or (
        item.endswith("*") and any(other.startswith(item.removesuffix("*")) for other in wanted.items)
    )


#: No interface at all: the complement of every name.
NO_INTERFACE = InterfaceMatch(frozenset({"*"}), negated=True)

__all__ = ["ANY_ADDRESS", "ANY_INTERFACE", "NO_INTERFACE", "addresses", "interfaces", "ranges", "services"]
