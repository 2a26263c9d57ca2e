"""Service expressions, as a config writes them: protocol, ports, ICMP, TCP flags, connection state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

#: Protocols whose header begins with source and destination port: TCP, UDP, DCCP, SCTP, UDP-Lite.
PORT_PROTOCOLS = frozenset({6, 17, 33, 132, 136})
#: ICMP and ICMPv6.
ICMP_PROTOCOLS = frozenset({1, 58})
ICMP, TCP, UDP, GRE, ESP, AH, ICMPV6, SCTP = 1, 6, 17, 47, 50, 51, 58, 132

#: First and last port or type, both inclusive.
Range = tuple[int, int]
ALL_PORTS: Range = (0, 65535)


class ConnectionState(IntEnum):
    """What connection tracking makes of a packet. The value is the packet field's."""

    NEW = 0
    ESTABLISHED = 1
    RELATED = 2
    INVALID = 3
    UNTRACKED = 4


class TcpFlag(IntEnum):
    """Bits of the TCP flags field (RFC 9293 section 3.1), without ECN."""

    FIN = 1
    SYN = 2
    RST = 4
    PSH = 8
    ACK = 16
    URG = 32


@dataclass(frozen=True, slots=True)
class TcpFlags:
    """Of the flags in ``mask`` exactly those in ``value`` are set (iptables ``--tcp-flags mask value``)."""

    mask: int
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A conjunction over the header; ``None`` leaves a field open, an empty tuple matches nothing.

    Ranges are inclusive. A test of ports matches `PORT_PROTOCOLS` only, of ICMP type or code `ICMP_PROTOCOLS` only,
    of flags TCP only, also where ``protocol`` is ``None``.
    """

    protocol: int | None = None
    source_ports: tuple[Range, ...] | None = None
    destination_ports: tuple[Range, ...] | None = None
    icmp_types: tuple[Range, ...] | None = None
    icmp_codes: tuple[Range, ...] | None = None
    tcp_flags: TcpFlags | None = None
    states: frozenset[ConnectionState] | None = None


@dataclass(frozen=True, slots=True)
class AnyService:
    """Every packet, whatever its protocol."""


@dataclass(frozen=True, slots=True)
class ServiceRef:
    """An object or group of `Device.services` by name; an undefined one opens the bounds and is reported."""

    name: str


@dataclass(frozen=True, slots=True)
class UndecidedService:
    """A service that the header does not decide: none surely, ``within`` possibly (an application, a helper)."""

    kind: str
    name: str
    within: ServiceExpr = AnyService()


@dataclass(frozen=True, slots=True)
class ServiceUnion:
    """Any of ``items``; of no items: nothing."""

    items: tuple[ServiceExpr, ...]


@dataclass(frozen=True, slots=True)
class ServiceIntersection:
    """All of ``items`` at once; of no items: everything."""

    items: tuple[ServiceExpr, ...]


@dataclass(frozen=True, slots=True)
class ServiceComplement:
    """Every packet that ``item`` does not match."""

    item: ServiceExpr


ServiceExpr = (
    AnyService | Service | ServiceRef | UndecidedService | ServiceUnion | ServiceIntersection | ServiceComplement
)

ANY_SERVICE = AnyService()
NO_SERVICE = ServiceUnion(())


def ports(protocol: int, *destination: int | Range) -> Service:
    """Destination ports of one protocol; each an integer or an inclusive range."""
    return Service(
        protocol=protocol,
        destination_ports=tuple((p, p) if isinstance(p, int) else p for p in destination),
    )


def outside(ranges: tuple[Range, ...], highest: int = 65535) -> tuple[Range, ...]:
    """What of 0 to ``highest`` is in none of ``ranges``, as inclusive ranges."""
    gaps: list[Range] = []
    next_free = 0
    for first, last in sorted(ranges):
        if first > next_free:
            gaps.append((next_free, first - 1))
        next_free = max(next_free, last + 1)
    if next_free <= highest:
        gaps.append((next_free, highest))
    return tuple(gaps)


#: TCP with ACK or RST set: what Cisco and others call ``established``.
TCP_ESTABLISHED = ServiceUnion(
    (
        Service(protocol=TCP, tcp_flags=TcpFlags(TcpFlag.ACK, TcpFlag.ACK)),
        Service(protocol=TCP, tcp_flags=TcpFlags(TcpFlag.RST, TcpFlag.RST)),
    )
)
