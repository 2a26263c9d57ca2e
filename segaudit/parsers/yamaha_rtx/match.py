"""Addresses, protocols and ports as a filter writes them.

Command Reference for Rev.23.02.02, 8.1.10 ``ip filter`` and 30.7.1 ``ipv6 filter``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ANY_IPV6,
    ANY_SERVICE,
    ICMP,
    ICMPV6,
    TCP,
    UDP,
    AddressExpr,
    AddressRange,
    AddressUnion,
    Fqdn,
    Range,
    Service,
    ServiceComplement,
    ServiceExpr,
    ServiceIntersection,
    ServiceUnion,
    TcpFlag,
    TcpFlags,
    UndecidedAddress,
    UndecidedService,
    masked,
    parse_address,
)
from segaudit.parsers.yamaha_rtx.names import PORTS, PROTOCOLS

HIGHEST: Final = 0xFFFFFFFF
_OCTETS: Final = re.compile(r"(?:\d{1,3}|\*)(?:\.(?:\d{1,3}|\*)){3}$")
_NAME: Final = re.compile(r"(?:\*\.?)?[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_-]+)*\.?$")
#: The addresses of a provider's prefix: ``ra-prefix@lan2::/64``.
_DELEGATED: Final = re.compile(r"(?:ra|dhcp)-prefix@\S+$")
#: Words for an address that provisioning assigns.
_PROVISIONED: Final = frozenset({"map-e", "hb46pp"})


class NotUnderstood(ValueError):  # noqa: N818 it is a verdict on a line, and reads so where it is raised
    """Words of a known statement that are not understood; the text says which."""


# Addresses


@lru_cache(maxsize=1 << 16)
def address(text: str, version: int) -> AddressExpr:
    """What stands for a source or destination; `NotUnderstood` if it is none."""
    if text == "*":
        return ANY_ADDRESS
    parts = [_one_address(part, version) for part in text.split(",") if part]
    if not parts:
        raise NotUnderstood(f"{text} is no address")
    return parts[0] if len(parts) == 1 else AddressUnion(tuple(parts))


def _one_address(text: str, version: int) -> AddressExpr:
    if text == "*":
        return ANY_ADDRESS
    if text in _PROVISIONED:
        return UndecidedAddress("address by provisioning", text)
    if text[0] == "@":
        return UndecidedAddress("application", text[1:])
    if _DELEGATED.match(text):
        return UndecidedAddress("delegated prefix", text, ANY_IPV6)
    if ":" in text:
        return _ipv6(text, version)
    found = _ipv4(text)
    if found is None:
        if _NAME.match(text) and not text.replace(".", "").isdigit():
            return Fqdn(text)
        raise NotUnderstood(f"{text} is no address")
    if version == 6:
        raise NotUnderstood(f"{text} is no IPv6 address")
    return found


def _ipv6(text: str, version: int) -> AddressExpr:
    if version != 6:
        raise NotUnderstood(f"{text} is no IPv4 address")
    first, dash, last = text.partition("-")
    try:
        if dash:
            low, high = parse_address(first)[1], parse_address(last)[1]
            return AddressRange(6, min(low, high), max(low, high))
        base, slash, length = text.partition("/")
        found, value = parse_address(base)
        kept = int(length) if slash else 128
    except ValueError:
        raise NotUnderstood(f"{text} is no IPv6 address") from None
    if found != 6 or not 0 <= kept <= 128:
        raise NotUnderstood(f"{text} is no IPv6 address")
    rest = (1 << (128 - kept)) - 1
    return AddressRange(6, value & ~rest, value | rest)


def _ipv4(text: str) -> AddressExpr | None:
    """``A.B.C.D``, with ``*`` for an octet, with a mask, or a range of two; ``None`` where it is no such thing."""
    base, slash, mask = text.partition("/")
    if not slash and "-" in text:
        first, _, last = text.partition("-")
        low = octets(first) if first else (0, HIGHEST)
        high = octets(last) if last else (HIGHEST, HIGHEST)
        if low is None or high is None:
            return None
        # The ends that `*` leaves open are the outermost ones.
        bottom, top = low[0], high[0] | (HIGHEST ^ high[1])
        return AddressRange(4, min(bottom, top), max(bottom, top))
    found = octets(base)
    if found is None:
        return None
    value, care = found
    if slash:
        given = netmask(mask)
        if given is None:
            return None
        care &= given
    return masked(4, value, care)


def octets(text: str) -> tuple[int, int] | None:
    """Value and care bits of ``192.168.*.1``; ``None`` if it is none."""
    if not _OCTETS.match(text):
        return None
    value = care = 0
    for part in text.split("."):
        value <<= 8
        care <<= 8
        if part != "*":
            if int(part) > 255:
                return None
            value |= int(part)
            care |= 255
    return value, care


def netmask(text: str) -> int | None:
    """The bits of ``24``, ``255.255.255.0`` or ``0xffffff00``; ``None`` if it is no mask."""
    if text.isascii() and text.isdigit():
        length = int(text)
        return HIGHEST ^ (HIGHEST >> length) if length <= 32 else None
    if text[:2].lower() == "0x":
        try:
            bits = int(text, 16)
        except ValueError:
            return None
        return bits if bits <= HIGHEST else None
    found = octets(text)
    return found[0] if found is not None and found[1] == HIGHEST else None


# Services

#: Types of ``icmp-error`` and ``icmp-info`` (8.1.10).
_ICMP_ERRORS: Final[tuple[Range, ...]] = ((3, 5), (11, 12), (31, 32))
_ICMP_QUESTIONS: Final[tuple[Range, ...]] = ((0, 0), (8, 10), (13, 18), (30, 30), (33, 36))
#: Types of ``icmp-nd`` (30.7.1).
_NEIGHBOURS: Final[tuple[Range, ...]] = ((133, 136),)
#: ICMPv6 tells errors (types below 128) from all others (RFC 4443 section 2.1).
_ICMP6_ERRORS: Final[tuple[Range, ...]] = ((0, 127),)
_ICMP6_QUESTIONS: Final[tuple[Range, ...]] = ((128, 255),)

_FLAG_WORDS: Final = {
    # `established` looks at ACK alone; a segment with RST and without ACK does not match (8.1.10).
    "established": TcpFlags(TcpFlag.ACK, TcpFlag.ACK),
    "tcpsyn": TcpFlags(TcpFlag.SYN, TcpFlag.SYN),
    "tcpfin": TcpFlags(TcpFlag.FIN, TcpFlag.FIN),
    "tcprst": TcpFlags(TcpFlag.RST, TcpFlag.RST),
}
_FLAG_TEST: Final = re.compile(r"tcpflag(!?)=0x([0-9a-f]{1,4})/0x([0-9a-f]{1,4})$", re.IGNORECASE)
#: The flags that the model has: without ECN and what lies above.
_KNOWN_FLAGS: Final = 0x3F


@lru_cache(maxsize=1 << 16)
def service(protocols: str, source: str, destination: str, version: int) -> ServiceExpr:
    """What stands for a protocol and the two lists of ports behind it; `NotUnderstood` if it is none.

    Ports are compared with TCP and UDP packets alone, whatever other protocols stand beside them; only ``icmp`` by
    itself makes type and code of them (8.1.10, note).
    """
    words = protocols.lower().split(",")
    if len(words) == 1 and (words[0] == "icmp" or (version == 6 and words[0] == "icmp6")):
        kinds, codes = _numbers(source), _numbers(destination)
        return Service(protocol=ICMP if version == 4 else ICMPV6, icmp_types=kinds, icmp_codes=codes)
    from_ports, to_ports = ports(source), ports(destination)
    if "*" in words:
        if from_ports is None and to_ports is None:
            return ANY_SERVICE
        others = ServiceComplement(ServiceUnion((Service(protocol=TCP), Service(protocol=UDP))))
        return ServiceUnion((*(_with_ports(p, from_ports, to_ports) for p in (TCP, UDP)), others))
    parts = tuple(dict.fromkeys(_one_protocol(word, from_ports, to_ports, version) for word in words if word))
    if not parts:
        raise NotUnderstood(f"{protocols} is no protocol")
    return parts[0] if len(parts) == 1 else ServiceUnion(parts)


def _with_ports(
    protocol: int,
    source: tuple[Range, ...] | None,
    destination: tuple[Range, ...] | None,
    flags: TcpFlags | None = None,
) -> Service:
    return Service(protocol=protocol, source_ports=source, destination_ports=destination, tcp_flags=flags)


def _one_protocol(
    word: str, source: tuple[Range, ...] | None, destination: tuple[Range, ...] | None, version: int
) -> ServiceExpr:
    flags = _FLAG_WORDS.get(word)
    if flags is not None:
        return _with_ports(TCP, source, destination, flags)
    if word.startswith("tcpflag"):
        return _flags(word, source, destination)
    six = version == 6
    if word == "icmp-error":
        return (
            Service(protocol=ICMPV6, icmp_types=_ICMP6_ERRORS)
            if six
            else Service(protocol=ICMP, icmp_types=_ICMP_ERRORS)
        )
    if word == "icmp-info":
        return (
            Service(protocol=ICMPV6, icmp_types=_ICMP6_QUESTIONS)
            if six
            else Service(protocol=ICMP, icmp_types=_ICMP_QUESTIONS)
        )
    if word == "icmp-nd":
        return Service(protocol=ICMPV6, icmp_types=_NEIGHBOURS)
    if word == "icmp4":
        return Service(protocol=ICMP)
    number = protocol_number(word, version)
    if number in (TCP, UDP):
        return _with_ports(number, source, destination)
    return Service(protocol=number)


def protocol_number(word: str, version: int = 4) -> int:
    """The protocol of a name or a number; `NotUnderstood` if it is none."""
    if word.isascii() and word.isdigit() and int(word) <= 255:
        return int(word)
    number = PROTOCOLS.get(word.lower())
    if number is None:
        raise NotUnderstood(f"{word} is no protocol")
    return ICMPV6 if number == ICMP and version == 6 else number


def _flags(word: str, source: tuple[Range, ...] | None, destination: tuple[Range, ...] | None) -> ServiceExpr:
    found = _FLAG_TEST.match(word)
    if found is None:
        raise NotUnderstood(f"{word} is no test of flags")
    differs, value, mask = found[1] == "!", int(found[2], 16), int(found[3], 16)
    all_tcp = _with_ports(TCP, source, destination)
    if value & ~mask:
        # (flags & mask) == value never holds.
        return all_tcp if differs else ServiceUnion(())
    if mask & ~_KNOWN_FLAGS:
        return UndecidedService("TCP flags", word, all_tcp)
    test = Service(protocol=TCP, tcp_flags=TcpFlags(mask, value))
    if differs:
        return ServiceIntersection((all_tcp, ServiceComplement(test)))
    return _with_ports(TCP, source, destination, TcpFlags(mask, value))


@lru_cache(maxsize=1 << 14)
def ports(text: str) -> tuple[Range, ...] | None:
    """A list of ports, names and ranges; ``None`` for all; `NotUnderstood` if it is none."""
    if text == "*":
        return None
    found: list[Range] = []
    for part in text.split(","):
        whole = PORTS.get(part.lower())
        if whole is not None:
            found += whole
        elif part == "*":
            return None
        elif part:
            found.append(_port_range(part))
    if not found:
        raise NotUnderstood(f"{text} is no port")
    return tuple(found)


def _port_range(text: str) -> Range:
    """``80``, ``1024-65535``, ``-1023``, ``1024-``, ``netbios_ns-netbios_ssn``; names may have a dash themselves."""
    if text.isascii() and text.isdigit():
        return _number(text), _number(text)
    for place, char in enumerate(text):
        if char != "-":
            continue
        low, high = _port(text[:place], 0), _port(text[place + 1 :], 65535)
        if low is not None and high is not None:
            return min(low[0], high[1]), max(low[0], high[1])
    raise NotUnderstood(f"{text} is no port")


def _port(text: str, missing: int) -> Range | None:
    if not text:
        return missing, missing
    if text.isascii() and text.isdigit():
        return (int(text), int(text)) if int(text) <= 65535 else None
    named = PORTS.get(text.lower())
    return None if named is None else named[0]


def _number(text: str, highest: int = 65535) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > highest:
        raise NotUnderstood(f"{text} is no number up to {highest}")
    return int(text)


def _numbers(text: str) -> tuple[Range, ...] | None:
    """ICMP types or codes as ports are written; ``None`` for all."""
    if text == "*":
        return None
    found: list[Range] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        low = _number(first, 255) if first else 0
        high = (_number(last, 255) if last else 255) if dash else low
        if part:
            found.append((min(low, high), max(low, high)))
    return tuple(found)
