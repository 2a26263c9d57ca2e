"""Packet sets and packets made by Hypothesis, near the values where sets begin and end."""

from __future__ import annotations

from hypothesis import strategies as st

from segaudit.packetspace.packet import Packet
from segaudit.packetspace.space import ICMP_PROTOCOLS, PORT_PROTOCOLS, TCP, PacketSet, PacketSpace

HIGHEST = {4: 2**32 - 1, 6: 2**128 - 1}
versions = st.sampled_from((4, 6))
protocols = st.sampled_from((0, 1, 6, 17, 47, 50, 58, 132, 255))
ports = st.sampled_from((0, 1, 22, 53, 1023, 1024, 3389, 65534, 65535)) | st.integers(0, 65535)


def addresses(version: int) -> st.SearchStrategy[int]:
    """Addresses, often a few bits from another."""
    near = st.sampled_from((0, 1, 0x0A000000, 0x0A0000FF, 0xC0A80A05, HIGHEST[version] - 1, HIGHEST[version]))
    return near | st.integers(0, HIGHEST[version])


@st.composite
def packets(draw: st.DrawFn) -> Packet:
    """Any canonical packet."""
    version, protocol = draw(versions), draw(protocols)
    with_ports, icmp = protocol in PORT_PROTOCOLS, protocol in ICMP_PROTOCOLS
    return Packet(
        version=version,
        protocol=protocol,
        src=draw(addresses(version)),
        dst=draw(addresses(version)),
        src_port=draw(ports) if with_ports else 0,
        dst_port=draw(ports) if with_ports else 0,
        icmp_type=draw(st.integers(0, 255)) if icmp else 0,
        icmp_code=draw(st.integers(0, 255)) if icmp else 0,
        tcp_flags=draw(st.sampled_from((0, 2, 16, 18, 63))) if protocol == TCP else 0,
        state=draw(st.integers(0, 4)),
    )


@st.composite
def ranges(draw: st.DrawFn, highest: int = 65535) -> tuple[int, int]:
    """An inclusive range."""
    values = st.sampled_from((0, 1, highest - 1, highest)) | st.integers(0, highest)
    first, last = sorted((draw(values), draw(values)))
    return first, last


@st.composite
def simple_sets(draw: st.DrawFn, space: PacketSpace) -> PacketSet:
    """A set as one field of a rule gives it."""
    kind = draw(st.integers(0, 7))
    version = draw(versions)
    side = draw(st.sampled_from(("src", "dst")))
    match kind:
        case 0:
            first, last = sorted((draw(addresses(version)), draw(addresses(version))))
            return space.addresses(side, version, first, last)  # type: ignore[arg-type]  # sampled_from widens to str
        case 1:
            care = draw(addresses(version))
            return space.masked_addresses(side, version, draw(addresses(version)) & care, care)  # type: ignore[arg-type]  # as above
        case 2:
            return space.ports(side, (draw(ranges()),))  # type: ignore[arg-type]  # as above
        case 3:
            return space.protocol(*draw(ranges(255)))
        case 4:
            return space.icmp((draw(ranges(255)),), None)
        case 5:
            mask = draw(st.integers(0, 63))
            return space.tcp_flags(mask, draw(st.integers(0, 63)) & mask)
        case 6:
            return space.state(draw(st.sampled_from(("new", "established", "related", "invalid", "untracked"))))
        case _:
            return draw(st.sampled_from((space.empty, space.full, space.opening, space.version(version))))


@st.composite
def sets(draw: st.DrawFn, space: PacketSpace) -> PacketSet:
    """A set made of several by the operators."""
    found = draw(simple_sets(space))
    for _ in range(draw(st.integers(0, 4))):
        other = draw(simple_sets(space))
        match draw(st.integers(0, 3)):
            case 0:
                found = found & other
            case 1:
                found = found | other
            case 2:
                found = found - other
            case _:
                found = ~found
    return found
