"""Addresses, ranges and unions as Junos writes them; ``None`` where a text is none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from segaudit.model import (
    ANY_IPV4,
    ANY_IPV6,
    NO_SERVICE,
    AddressExpr,
    AddressRange,
    AddressUnion,
    Prefix,
    ServiceExpr,
    ServiceUnion,
    parse_address,
    parse_prefix,
)

#: Every address of a family, by IP version.
EVERY: Final = {4: ANY_IPV4, 6: ANY_IPV6}


_OCTET: Final = "(0|[1-9][0-9]{0,2})"
_QUAD: Final = re.compile(rf"{_OCTET}\.{_OCTET}\.{_OCTET}\.{_OCTET}(?:/([0-9]{{1,2}}))?")


def joined(items: Iterable[AddressExpr]) -> AddressExpr:
    """Any of ``items``, each once, without a union around a single one."""
    parts = tuple(dict.fromkeys(items))
    return parts[0] if len(parts) == 1 else AddressUnion(parts)


def one_of(items: Iterable[ServiceExpr]) -> ServiceExpr:
    """Any of ``items``, without a union around a single one."""
    parts = tuple(dict.fromkeys(items))
    if not parts:
        return NO_SERVICE
    return parts[0] if len(parts) == 1 else ServiceUnion(parts)


def read_address(text: str) -> tuple[int, int] | None:
    """IP version and integer of an address; a prefix length behind it is cut off."""
    try:
        return parse_address(text.partition("/")[0])
    except ValueError:
        return None


@lru_cache(maxsize=1 << 16)
def read_prefix(text: str) -> Prefix | None:
    """A prefix in CIDR notation, host bits cleared; an address alone is a host."""
    plain = _QUAD.fullmatch(text)
    if plain is not None:
        # Several times as fast as `ipaddress`.
        first, second, third, fourth, length = plain.groups()
        bits = 32 if length is None else int(length)
        octets = int(first), int(second), int(third), int(fourth)
        if bits > 32 or max(octets) > 255:
            return None
        value = octets[0] << 24 | octets[1] << 16 | octets[2] << 8 | octets[3]
        return Prefix(4, value >> (32 - bits) << (32 - bits), bits)
    try:
        return parse_prefix(text)
    except ValueError:
        return None


@lru_cache(maxsize=1 << 16)
def read_literal(text: str) -> AddressExpr | None:
    """A prefix as an expression; that of length 0 is every address of its family."""
    prefix = read_prefix(text)
    if prefix is None:
        return None
    return EVERY[prefix.version] if prefix.length == 0 else prefix.expr()


def read_span(first: str, last: str) -> AddressRange | None:
    """``first`` to ``last``, both inclusive; lengths behind them are cut off."""
    low, high = read_address(first), read_address(last)
    if low is None or high is None or low[0] != high[0] or low[1] > high[1]:
        return None
    return AddressRange(low[0], low[1], high[1])
