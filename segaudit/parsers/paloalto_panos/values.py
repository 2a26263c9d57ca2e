"""Addresses, ranges and ports as PAN-OS writes them; ``None`` where a text is none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from segaudit.model import (
    ANY_IPV4,
    ANY_IPV6,
    AddressExpr,
    AddressRange,
    AddressUnion,
    MaskedAddress,
    Prefix,
    Range,
    masked,
    parse_address,
    parse_prefix,
)

#: Every address of a family, by IP version.
EVERY: Final = {4: ANY_IPV4, 6: ANY_IPV6}
_HIGHEST: Final = {4: (1 << 32) - 1, 6: (1 << 128) - 1}
_LAST_PORT: Final = 65535


def joined(items: Iterable[AddressExpr]) -> AddressExpr:
    """Any of ``items``, each once, without a union around a single one."""
    parts = tuple(dict.fromkeys(items))
    return parts[0] if len(parts) == 1 else AddressUnion(parts)


def read_address(text: str) -> tuple[int, int] | None:
    """IP version and integer of an address; a prefix length behind it is cut off."""
    try:
        return parse_address(text.partition("/")[0])
    except ValueError:
        return None


def read_prefix(text: str) -> Prefix | None:
    """A prefix in CIDR notation (or with a netmask), host bits cleared; an address alone is a host."""
    try:
        return parse_prefix(text)
    except ValueError:
        return None


def read_own(text: str) -> tuple[int, Prefix] | None:
    """An own address (integer) and its prefix from ``10.0.0.1/24``; without a length it is a host's."""
    found, prefix = read_address(text), read_prefix(text)
    return None if found is None or prefix is None else (found[1], prefix)


def read_span(text: str) -> AddressRange | None:
    """``10.0.0.1-10.0.0.9``, both inclusive."""
    first, dash, last = text.partition("-")
    if not dash:
        return None
    low, high = read_address(first.strip()), read_address(last.strip())
    if low is None or high is None or low[0] != high[0] or low[1] > high[1]:
        return None
    return AddressRange(low[0], low[1], high[1])


def read_literal(text: str) -> AddressExpr | None:
    """What stands for itself in a rule: an address, a prefix, a range."""
    prefix = read_prefix(text)
    if prefix is not None:
        return EVERY[prefix.version] if prefix.length == 0 else prefix.expr()
    found = read_span(text)
    if found is not None and found.first == 0 and found.last == _HIGHEST[found.version]:
        return EVERY[found.version]
    return found


def read_wildcard(text: str) -> AddressRange | MaskedAddress | None:
    """``10.1.0.5/0.0.255.0``: bits that are one in the mask are not looked at."""
    address, slash, mask = text.partition("/")
    value, hole = read_address(address), read_address(mask)
    if not slash or value is None or hole is None or value[0] != hole[0]:
        return None
    return masked(value[0], value[1], _HIGHEST[value[0]] ^ hole[1])


def read_ports(text: str) -> tuple[Range, ...] | None:
    """``80,443,8000-8099`` as inclusive ranges."""
    found: list[Range] = []
    for part in text.replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if not (first.isascii() and first.isdigit()) or (dash and not (last.isascii() and last.isdigit())):
            return None
        low, high = int(first[:9]), int((last if dash else first)[:9])
        if not low <= high <= _LAST_PORT:
            return None
        found.append((low, high))
    return tuple(found) or None


def prefixes_of(expr: AddressExpr) -> tuple[Prefix, ...]:
    """The prefixes that a range (or a union of ranges) consists of; none of what is no range."""
    if isinstance(expr, AddressUnion):
        return tuple(prefix for item in expr.items for prefix in prefixes_of(item))
    if not isinstance(expr, AddressRange):
        return ()
    found: list[Prefix] = []
    first, bits = expr.first, 32 if expr.version == 4 else 128
    while first <= expr.last:
        size = bits if first == 0 else (first & -first).bit_length() - 1
        while first + (1 << size) - 1 > expr.last:
            size -= 1
        found.append(Prefix(expr.version, first, bits - size))
        first += 1 << size
    return tuple(found)
