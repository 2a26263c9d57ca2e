"""Packets as bytes and back. What was sent is known again by a number that no translation touches.

TCP keeps it in the sequence number (and a mark in the window and the urgent pointer), UDP and ICMP in their data. Resets and errors, which routers send by themselves, are not taken for what was sent.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from segaudit.model import ICMP, ICMPV6, TCP, UDP
from segaudit.packetspace.packet import Packet

_MARK = 0x5E6A0D17
ETHERTYPES = {4: 0x0800, 6: 0x86DD}
GRE = 47
#: Protocols that can be sent, by IP version.
PROTOCOLS = {4: (TCP, UDP, ICMP, GRE), 6: (TCP, UDP, ICMPV6)}


@dataclass(frozen=True, slots=True)
class Seen:
    """A packet as it was received: its number, its header."""

    number: int
    packet: Packet


def as_bytes(packet: Packet, number: int, answering: int = 0) -> bytes:
    """The datagram, an answer to that of the number ``answering`` where this is not zero."""
    size = 4 if packet.version == 4 else 16
    ends = packet.src.to_bytes(size, "big") + packet.dst.to_bytes(size, "big")
    body = _body(packet, number, answering, ends)
    if packet.version == 6:
        return struct.pack("!IHBB", 6 << 28, len(body), packet.protocol, 64) + ends + body
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, packet.protocol, 0) + ends
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def _body(packet: Packet, number: int, answering: int, ends: bytes) -> bytes:
    """What IP carries."""
    if packet.protocol == GRE:
        return struct.pack("!HHII4x", 0, ETHERTYPES[4], _MARK, number)
    if packet.protocol == TCP:
        ports = (packet.src_port, packet.dst_port)
        acknowledged = answering + 1 if answering else 0
        window, urgent = divmod(_MARK, 1 << 16)
        body = struct.pack("!HHIIBBHHH", *ports, number, acknowledged, 5 << 4, packet.tcp_flags, window, 0, urgent)
        at = 16
    elif packet.protocol == UDP:
        body = struct.pack("!HHHHII", packet.src_port, packet.dst_port, 16, 0, _MARK, number)
        at = 6
    else:
        # The identifier is the connection's.
        count, identifier = divmod(answering or number, 1 << 16)
        body = struct.pack("!BBHHHII", packet.icmp_type, packet.icmp_code, 0, identifier, count, _MARK, number)
        at = 2
    summed = body if packet.protocol == ICMP else ends + struct.pack("!II", len(body), packet.protocol) + body
    return body[:at] + struct.pack("!H", checksum(summed) or 0xFFFF) + body[at + 2 :]


def seen(datagram: bytes) -> Seen | None:
    """What was sent, as it is received here; ``None`` for everything else."""
    version = datagram[0] >> 4
    if version == 4:
        start = (datagram[0] & 15) * 4
        src, dst = datagram[12:16], datagram[16:20]
        protocol = datagram[9]
    elif version == 6:
        start, src, dst, protocol = 40, datagram[8:24], datagram[24:40], datagram[6]
    else:
        return None
    return transported(version, protocol, src, dst, datagram[start:])


def transported(version: int, protocol: int, src: bytes, dst: bytes, body: bytes) -> Seen | None:
    """As `seen`, of what IP carries."""
    ends = {"src": int.from_bytes(src, "big"), "dst": int.from_bytes(dst, "big")}
    if protocol not in PROTOCOLS[version] or len(body) < (20 if protocol == TCP else 16):
        return None
    if protocol == TCP:
        src_port, dst_port, number, flags, window, urgent = struct.unpack("!HHI5xBH2xH", body[:20])
        mark = (window << 16) + urgent
        ends |= {"src_port": src_port, "dst_port": dst_port, "tcp_flags": flags}
    elif protocol == UDP:
        src_port, dst_port, mark, number = struct.unpack("!HH4xII", body[:16])
        ends |= {"src_port": src_port, "dst_port": dst_port}
    elif protocol == GRE:
        mark, number = struct.unpack("!4xII", body[:12])
    else:
        kind, code, mark, number = struct.unpack("!BB6xII", body[:16])
        ends |= {"icmp_type": kind, "icmp_code": code}
    if mark != _MARK:
        return None
    return Seen(number, Packet(version=version, protocol=protocol, **ends))


def checksum(data: bytes) -> int:
    """The ones' complement sum of RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
