"""Ranges of packet fields in the spelling of the field: prefixes, ports, protocol names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from segaudit.knowledge.protocols import PROTOCOL_NAMES, icmp_name, protocol_name
from segaudit.model import ICMP_PROTOCOLS, PORT_PROTOCOLS
from segaudit.packetspace.boxes import Box, Ranges
from segaudit.packetspace.packet import STATES, Packet

#: The words for the states of a connection.
CONNECTION_STATES = STATES
#: A range of addresses that takes more prefixes than this is spelled from first to last.
MOST_PREFIXES = 4


def addresses(version: int, ranges: Ranges) -> tuple[str, ...]:
    """Prefixes where few do (``192.0.2.0/24``, a single address bare), else ``first-last``; in the order of ``ranges``."""
    return tuple(text for first, last in ranges for text in _addresses(version, first, last))


@lru_cache(maxsize=4096)
def _addresses(version: int, first: int, last: int) -> tuple[str, ...]:
    from netaddr import IPAddress, iprange_to_cidrs

    family: Literal[4, 6] = 4 if version == 4 else 6
    low, high = IPAddress(first, family), IPAddress(last, family)
    if first == last:
        return (str(low),)
    prefixes = iprange_to_cidrs(low, high)
    if len(prefixes) > MOST_PREFIXES:
        return (f"{low}-{high}",)
    return tuple(str(p.network) if p.size == 1 else str(p) for p in prefixes)


def numbers(ranges: Ranges) -> tuple[str, ...]:
    """``443``, ``8000-8100``: inclusive."""
    return tuple(str(first) if first == last else f"{first}-{last}" for first, last in ranges)


def protocols(ranges: Ranges) -> tuple[str, ...]:
    """Names where the range is short, else ``first-last``."""
    return tuple(
        text
        for first, last in ranges
        for text in (
            map(protocol_name, range(first, last + 1)) if last - first < MOST_PREFIXES else (f"{first}-{last}",)
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxText:
    """A box, each field as spelled ranges; ``None``: the field is open."""

    version: int
    protocols: tuple[str, ...] | None
    src: tuple[str, ...] | None
    src_ports: tuple[str, ...] | None
    dst: tuple[str, ...] | None
    dst_ports: tuple[str, ...] | None
    icmp_types: tuple[str, ...] | None
    icmp_codes: tuple[str, ...] | None
    states: tuple[str, ...] | None


def box_text(box: Box) -> BoxText:
    """The box in words."""
    return BoxText(
        version=box.version,
        protocols=None if box.protocols is None else protocols(box.protocols),
        src=None if box.src is None else addresses(box.version, box.src),
        src_ports=None if box.src_ports is None else numbers(box.src_ports),
        dst=None if box.dst is None else addresses(box.version, box.dst),
        dst_ports=None if box.dst_ports is None else numbers(box.dst_ports),
        icmp_types=None if box.icmp_types is None else numbers(box.icmp_types),
        icmp_codes=None if box.icmp_codes is None else numbers(box.icmp_codes),
        states=None if box.states is None else tuple(_states(box.states)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketText:
    """A packet in the columns that ``trace`` reads; ``None``: the protocol has no such field."""

    protocol: str
    src_ip: str
    src_port: int | None
    dst_ip: str
    dst_port: int | None
    icmp_type: int | None
    icmp_code: int | None
    state: str


def packet_text(packet: Packet) -> PacketText:
    """The packet in words."""
    ports = packet.protocol in PORT_PROTOCOLS
    icmp = packet.protocol in ICMP_PROTOCOLS
    return PacketText(
        protocol=PROTOCOL_NAMES.get(packet.protocol, str(packet.protocol)),
        src_ip=packet.src_text,
        src_port=packet.src_port if ports else None,
        dst_ip=packet.dst_text,
        dst_port=packet.dst_port if ports else None,
        icmp_type=packet.icmp_type if icmp else None,
        icmp_code=packet.icmp_code if icmp else None,
        state=STATES[packet.state],
    )


def _states(ranges: Ranges) -> Iterator[str]:
    for first, last in ranges:
        yield from STATES[first : last + 1]


def source(packet: Packet) -> str:
    """Where the packet comes from: ``192.0.2.1:49152``, ``[2001:db8::1]:49152``, without a port the address alone."""
    return _end(packet, packet.src_text, packet.src_port)


def destination(packet: Packet) -> str:
    """Where the packet goes, as `source` spells it."""
    return _end(packet, packet.dst_text, packet.dst_port)


def _end(packet: Packet, address: str, port: int) -> str:
    if packet.protocol not in PORT_PROTOCOLS:
        return address
    return f"[{address}]:{port}" if packet.version == 6 else f"{address}:{port}"


def protocol(packet: Packet) -> str:
    """``tcp``, ``icmp echo-request``, ``ip-61``."""
    name = protocol_name(packet.protocol)
    if packet.protocol in ICMP_PROTOCOLS:
        return f"{name} {icmp_name(packet.protocol, packet.icmp_type, packet.icmp_code)}"
    return name
