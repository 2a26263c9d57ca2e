"""One concrete packet: a witness of a set, and what the tracer walks through the rules. Imports no BDD library."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

#: Connection states by the value of their field.
STATES = ("new", "established", "related", "invalid", "untracked")
#: TCP flag bits: a first packet has SYN alone, a later one ACK.
SYN, ACK, RST = 2, 16, 4


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Packet:
    """The header fields that rules test.

    Addresses are integers of IP ``version`` 4 or 6. Ports are zero for protocols without ports, ICMP fields zero
    outside ICMP and ICMPv6, ``tcp_flags`` zero outside TCP. ``state`` indexes `STATES`.
    """

    version: int
    protocol: int
    src: int
    dst: int
    src_port: int = 0
    dst_port: int = 0
    icmp_type: int = 0
    icmp_code: int = 0
    tcp_flags: int = 0
    state: int = 0

    @property
    def src_text(self) -> str:
        """The source address in the usual spelling."""
        return str(IPv4Address(self.src) if self.version == 4 else IPv6Address(self.src))

    @property
    def dst_text(self) -> str:
        """The destination address in the usual spelling."""
        return str(IPv4Address(self.dst) if self.version == 4 else IPv6Address(self.dst))
