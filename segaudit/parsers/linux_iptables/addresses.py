"""Addresses as iptables reads them: plain, with a prefix length or a mask, abbreviated, names, ranges."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from segaudit.model import AddressExpr, AddressRange, Fqdn, UndecidedAddress, masked

HIGHEST: Final = {4: (1 << 32) - 1, 6: (1 << 128) - 1}
_HOST_NAME: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_-]+)*\.?$")
#: Always the loopback address, wherever names are looked up (RFC 6761 section 6.3).
_LOCALHOST: Final = {4: 0x7F000001, 6: 1}


class UnreadableError(ValueError):
    """A word that iptables would refuse; the message says what it was to be."""


def one_address(text: str, version: int) -> int:
    """The integer of one address of ``version``; `UnreadableError` if it is none.

    IPv4 may be abbreviated from the right and written in octal or hexadecimal: ``10`` is 10.0.0.0 (libxtables 1.8.9,
    ``xtables_numeric_to_ipaddr``).
    """
    try:
        if version == 6:
            return int(IPv6Address(text))
        return int(IPv4Address(text))
    except ValueError:
        if version == 4:
            parts = text.split(".")
            numbers = [_number(part) for part in parts]
            if len(parts) <= 4 and all(0 <= number <= 255 for number in numbers):
                return int.from_bytes(bytes([*numbers, 0, 0, 0])[:4], "big")
        raise UnreadableError(f"no IPv{version} address: {text}") from None


def _number(text: str) -> int:
    try:
        return int(text, 8 if text.startswith("0") and text.isdigit() and len(text) > 1 else 0)
    except ValueError:
        return -1


#: A dotted quad without leading zeros (octal and hexadecimal numbers are read elsewhere), with or without a length.
_PLAIN: Final = re.compile(r"((?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3})(?:/(\d{1,2}))?", re.ASCII)


def plain_address(text: str) -> AddressRange | None:
    """An IPv4 address with or without a prefix length; ``None`` where it is written in any other way, or is none."""
    found = _PLAIN.fullmatch(text)
    if found is None:
        return None
    host, length = found.groups()
    bits = 32 if length is None else int(length)
    try:
        value = int.from_bytes(bytes(map(int, host.split("."))), "big")
    except ValueError:
        return None  # a number above 255
    if bits > 32:
        return None
    hole = 0xFFFFFFFF >> bits
    first = value & ~hole
    return AddressRange(4, first, first | hole)


@lru_cache(maxsize=65536)
def address(text: str, version: int) -> AddressExpr:
    """The addresses that ``-s`` or ``-d`` names; host bits behind the mask are cleared as iptables does.

    A mask need not be contiguous: ``255.0.255.255`` leaves the second byte open. A host name is an `Fqdn` (iptables
    looks it up once, when the rule is put in), a variable of a script undecided.
    """
    if version == 4:
        plain = plain_address(text)
        if plain is not None:
            return plain
    host, slash, mask = text.partition("/")
    if "$" in text or "`" in text:
        return UndecidedAddress("shell variable", text)
    care = _mask(mask, version) if slash else HIGHEST[version]
    if care == 0:
        # With a mask of zero the address itself is not looked at (libxtables, "like in any/0").
        return AddressRange(version, 0, HIGHEST[version])
    try:
        value = one_address(host, version)
    except UnreadableError:
        if host.lower() == "localhost":
            return masked(version, _LOCALHOST[version], care)
        if not _HOST_NAME.match(host):
            raise
        return Fqdn(host)
    return masked(version, value, care)


def _mask(text: str, version: int) -> int:
    highest = HIGHEST[version]
    bits = 32 if version == 4 else 128
    if text.isdigit():
        if int(text) > bits:
            raise UnreadableError(f"no prefix length: {text}")
        return highest ^ (highest >> int(text))
    try:
        return int(IPv6Address(text)) if version == 6 else int(IPv4Address(text))
    except ValueError:
        raise UnreadableError(f"no mask: {text}") from None


def address_range(text: str, version: int) -> AddressExpr:
    """``first-last``, both inclusive, or one address."""
    if "$" in text or "`" in text:
        return UndecidedAddress("shell variable", text)
    first, dash, last = text.partition("-")
    low = one_address(first, version)
    high = one_address(last, version) if dash else low
    if low > high:
        raise UnreadableError(f"a range that ends before it begins: {text}")
    return AddressRange(version, low, high)
