"""Addresses, masks, ranges and ports as FortiOS writes them; ``None`` where a text is none."""

from __future__ import annotations

from segaudit.model import (
    ANY_IPV4,
    ANY_IPV6,
    AddressExpr,
    AddressRange,
    AnyAddress,
    MaskedAddress,
    Prefix,
    Range,
    masked,
    parse_address,
    parse_prefix,
)
from segaudit.parsers.fortinet_fortios.config import whole_number

#: Every address of a family, by IP version.
EVERY = {4: ANY_IPV4, 6: ANY_IPV6}


def read_address(text: str) -> tuple[int, int] | None:
    """IP version and integer of an address."""
    try:
        return parse_address(text)
    except ValueError:
        return None


def read_interface_address(words: tuple[str, ...]) -> tuple[int, Prefix] | None:
    """An own address (integer) and its prefix from ``10.0.0.1 255.255.255.0``, ``10.0.0.1/24`` or ``2001:db8::1/64``.

    ``None`` too for the address zero, with which FortiOS says that there is none.
    """
    if not words:
        return None
    text, _, length = words[0].partition("/")
    mask = words[1] if len(words) > 1 else length
    found = read_address(text)
    if found is None or not found[1]:
        return None
    try:
        return found[1], parse_prefix(f"{text}/{mask or ('32' if found[0] == 4 else '128')}")
    except ValueError:
        return None


def read_prefix(words: tuple[str, ...]) -> Prefix | None:
    """A prefix from ``10.0.0.0 255.255.255.0``, ``10.0.0.0/24``, ``10.0.0.0/255.255.255.0`` or an address alone."""
    if not words:
        return None
    text = words[0] if len(words) == 1 or "/" in words[0] else f"{words[0]}/{words[1]}"
    try:
        return parse_prefix(text)
    except ValueError:
        return None


def read_masked(words: tuple[str, ...]) -> AnyAddress | AddressRange | MaskedAddress | None:
    """What ``10.0.0.0 255.255.255.0`` or ``10.1.0.1 255.255.0.255`` matches, contiguous mask or not."""
    if not words:
        return None
    text, _, mask = words[0].partition("/")
    mask = mask or (words[1] if len(words) > 1 else "")
    if mask.isdigit() or not mask:
        prefix = read_prefix((words[0],))
        return None if prefix is None else simplest(prefix.version, prefix.first, prefix.last)
    value, care = read_address(text), read_address(mask)
    if value is None or care is None or value[0] != care[0]:
        return None
    result = masked(value[0], value[1], care[1])
    return simplest(result.version, result.first, result.last) if isinstance(result, AddressRange) else result


def simplest(version: int, first: int, last: int) -> AnyAddress | AddressRange:
    """The range, or every address of the family where it is that."""
    if first == 0 and last == (0xFFFFFFFF if version == 4 else (1 << 128) - 1):
        return AnyAddress(version)
    return AddressRange(version, first, last)


def read_span(first: str, last: str) -> AnyAddress | AddressRange | None:
    """The addresses from ``first`` to ``last``."""
    low, high = read_address(first), read_address(last)
    if low is None or high is None or low[0] != high[0] or low[1] > high[1]:
        return None
    return simplest(low[0], low[1], high[1])


def read_range(text: str) -> AddressRange | None:
    """The addresses of ``192.0.2.1``, ``192.0.2.1-192.0.2.9`` or ``192.0.2.0/24``."""
    first, dash, last = text.partition("-")
    if dash:
        low, high = read_address(first.strip()), read_address(last.strip())
        if low is None or high is None or low[0] != high[0] or low[1] > high[1]:
            return None
        return AddressRange(low[0], low[1], high[1])
    prefix = read_prefix((text,))
    return prefix.expr() if prefix is not None else None


def read_ports(text: str) -> Range | None:
    """A port or a range of ports, both ends inclusive."""
    first, dash, last = text.partition("-")
    low = whole_number(first)
    high = whole_number(last) if dash else low
    return (low, high) if low is not None and high is not None and low <= high <= 65535 else None


def prefixes_of(expr: AddressExpr) -> tuple[Prefix, ...]:
    """The prefixes that make up a range, in ascending order; none for anything else."""
    if isinstance(expr, AnyAddress) and expr.version is not None:
        return (Prefix(expr.version, 0, 0),)
    if not isinstance(expr, AddressRange):
        return ()
    width = 32 if expr.version == 4 else 128
    found: list[Prefix] = []
    at = expr.first
    while at <= expr.last:
        size = min(at & -at if at else 1 << width, 1 << (expr.last - at + 1).bit_length() - 1)
        length = width - (size.bit_length() - 1)
        found.append(Prefix(expr.version, at, length))
        at += size
    return tuple(found)
