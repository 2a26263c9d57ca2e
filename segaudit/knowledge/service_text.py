"""The short spelling of a service that options, site files and waivers share: ``tcp/443``."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final

from segaudit.knowledge.protocols import PROTOCOL_NAMES, protocol_name, protocol_number
from segaudit.model.service import ALL_PORTS, ICMP_PROTOCOLS, PORT_PROTOCOLS, Range, Service

_GRAMMAR: Final = "write tcp/443, udp/8000-8100, tcp/80,443, icmp, icmp/8, esp, a protocol number, or any"

# What people usually mean when they mistype.
_COMMON: Final = ("tcp", "udp", "icmp", "icmpv6", "sctp", "gre", "esp", "ah")


class ServiceTextError(ValueError):
    """A text is no service; the message says what to write instead."""


def read_service(text: str) -> Service:
    """The service that ``text`` spells; `ServiceTextError` says what to write instead.

    ``any`` is every packet, ``tcp`` every port of TCP, ``tcp/80,8000-8100`` destination ports (ranges inclusive),
    ``icmp/8`` an ICMP type, ``icmp/3/4`` a type with its code, ``esp`` or ``50`` another protocol.
    """
    word = text.strip().lower()
    if word == "any":
        return Service()
    name, slash, rest = word.partition("/")
    protocol = protocol_number(name)
    if protocol is None:
        near = get_close_matches(name, _COMMON, n=1) or get_close_matches(name, PROTOCOL_NAMES.values(), n=1)
        hint = f"did you mean {near[0]}?" if near else _GRAMMAR
        raise ServiceTextError(f"{text!r} is no service: {name!r} is no IP protocol; {hint}")
    if not slash:
        return Service(protocol=protocol)
    if protocol in PORT_PROTOCOLS:
        return Service(protocol=protocol, destination_ports=_ranges(text, rest, 65535))
    if protocol in ICMP_PROTOCOLS:
        kind, slash, code = rest.partition("/")
        codes = _ranges(text, code, 255) if slash else None
        return Service(protocol=protocol, icmp_types=_ranges(text, kind, 255), icmp_codes=codes)
    raise ServiceTextError(f"{text!r} is no service: {name} has no ports; {_GRAMMAR}")


def service_text(service: Service) -> str:
    """The short spelling of a service that tests protocol, destination ports or ICMP fields only."""
    if service.protocol is None:
        return "any"
    name = protocol_name(service.protocol)
    if name.startswith("ip-"):
        name = str(service.protocol)
    if service.destination_ports not in {None, (ALL_PORTS,)}:
        return f"{name}/{_spelled(service.destination_ports)}"
    if service.icmp_types is not None:
        codes = f"/{_spelled(service.icmp_codes)}" if service.icmp_codes is not None else ""
        return f"{name}/{_spelled(service.icmp_types)}{codes}"
    return name


def _spelled(ranges: tuple[Range, ...] | None) -> str:
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in ranges or ())


def _ranges(text: str, words: str, highest: int) -> tuple[Range, ...]:
    found: list[Range] = []
    for word in words.split(","):
        low, dash, high = (part.strip() for part in word.partition("-"))
        if not _is_number(low) or (dash and not _is_number(high)):
            raise ServiceTextError(f"{text!r} is no service: {word.strip()!r} is no number or range; {_GRAMMAR}")
        first, last = int(low), int(high or low)
        if not first <= last <= highest:
            raise ServiceTextError(
                f"{text!r} is no service: {word.strip()!r} is not within 0-{highest}, low before high"
            )
        found.append((first, last))
    return tuple(sorted(found))


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= 5
