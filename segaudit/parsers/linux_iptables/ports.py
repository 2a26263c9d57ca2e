"""Ports, TCP flags and ICMP types: what stands in the transport header."""

from __future__ import annotations

from typing import Final

from segaudit.model import (
    ICMP,
    ICMPV6,
    TCP,
    Range,
    Service,
    ServiceComplement,
    ServiceUnion,
    TcpFlag,
    TcpFlags,
    outside,
)
from segaudit.parsers.linux_iptables.addresses import UnreadableError
from segaudit.parsers.linux_iptables.clauses import NEVER, Clause
from segaudit.parsers.linux_iptables.names import icmp_of, port_of
from segaudit.parsers.linux_iptables.syntax import Option


def port_ranges(text: str, protocol: int | None) -> tuple[Range, ...]:
    """Ports as ``22``, ``ssh``, ``1024:``, ``:1023``, ``80,443,8000:8099``; `UnreadableError` if they are none."""
    found: list[Range] = []
    for item in text.split(","):
        first, colon, last = item.partition(":")
        low = port_of(first, protocol) if first else (0 if colon else None)
        high = (port_of(last, protocol) if last else 65535) if colon else low
        if low is None or high is None or low > high:
            raise UnreadableError(f"no port: {item}")
        found.append((low, high))
    return tuple(found)


def ports(option: Option, protocol: int | None) -> Clause:
    """``--sport``, ``--dport`` and those of ``multiport``.

    ``--ports`` is "either the source or destination ports"; turned round: neither.
    """
    wanted = port_ranges(option.values[0], protocol)
    if option.negated:
        wanted = outside(wanted)
    if option.name in ("sport", "source-port", "sports", "source-ports"):
        return Clause(services=(Service(source_ports=wanted),))
    if option.name in ("dport", "destination-port", "dports", "destination-ports"):
        return Clause(services=(Service(destination_ports=wanted),))
    if option.negated:
        return Clause(services=(Service(source_ports=wanted, destination_ports=wanted),))
    either = ServiceUnion((Service(source_ports=wanted), Service(destination_ports=wanted)))
    return Clause(services=(either,))


_FLAGS: Final = {
    "FIN": int(TcpFlag.FIN),
    "SYN": int(TcpFlag.SYN),
    "RST": int(TcpFlag.RST),
    "PSH": int(TcpFlag.PSH),
    "ACK": int(TcpFlag.ACK),
    "URG": int(TcpFlag.URG),
    "ALL": 0x3F,
    "NONE": 0,
}


def _flag_bits(text: str) -> int:
    bits = 0
    for word in text.split(","):
        if word.upper() not in _FLAGS:
            raise UnreadableError(f"no TCP flag: {word}")
        bits |= _FLAGS[word.upper()]
    return bits


def tcp_flags(option: Option) -> Clause:
    """``--tcp-flags mask set`` and ``--syn``, which is ``--tcp-flags SYN,RST,ACK,FIN SYN``."""
    if option.name == "syn":
        mask, value = _flag_bits("SYN,RST,ACK,FIN"), int(TcpFlag.SYN)
    else:
        mask, value = _flag_bits(option.values[0]), _flag_bits(option.values[1])
    if value & ~mask:
        # Flags that must be set and are not looked at: (flags & mask) == value never holds (xt_tcpudp.c).
        return Clause(services=(Service(protocol=TCP),)) if option.negated else NEVER
    wanted = Service(protocol=TCP, tcp_flags=TcpFlags(mask, value))
    if option.negated:
        return Clause(services=(Service(protocol=TCP), ServiceComplement(wanted)))
    return Clause(services=(wanted,))


def icmp(option: Option) -> Clause:
    """``--icmp-type`` and ``--icmpv6-type``: a type without a code matches every code, a named subtype one."""
    number = ICMP if option.name == "icmp-type" else ICMPV6
    word = option.values[0]
    if number == ICMP and word.lower() in ("any", "255"):
        # The kernel takes type 255 for every type (ip_tables.c, icmp_type_code_match).
        return NEVER if option.negated else Clause(services=(Service(protocol=number),))
    wanted = icmp_of(word, number)
    if wanted is None:
        raise UnreadableError(f"no ICMP type: {word}")
    kind, first, last = wanted
    codes = None if (first, last) == (0, 255) else ((first, last),)
    if not option.negated:
        return Clause(services=(Service(protocol=number, icmp_types=((kind, kind),), icmp_codes=codes),))
    others = Service(protocol=number, icmp_types=outside(((kind, kind),), 255))
    if codes is None:
        return Clause(services=(others,))
    other_codes = Service(protocol=number, icmp_types=((kind, kind),), icmp_codes=outside(codes, 255))
    return Clause(services=(Service(protocol=number), ServiceUnion((others, other_codes))))
