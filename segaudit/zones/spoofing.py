"""Which sources can enter where: a certificate for every interface behind which somebody may send.

A source is *foreign* to an interface when the way back to it surely leads elsewhere: addresses of the inside at the
interface to the internet, those of other segments at a segment's own. The certificate is proven where no foreign source
gets through to anywhere, by whatever stops it; disproven where one surely does; unknown where that hangs on something that
the inputs do not show.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from segaudit.model import SourceCheck, SourceCheckMode
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSet
from segaudit.semantics.device import Crossing, DeviceSemantics
from segaudit.zones.graph import INTERNET, Port, SegmentKind, ZoneGraph


class Entry(StrEnum):
    """Whether only sources that belong there can enter."""

    PROVEN = "proven"
    DISPROVEN = "disproven"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What is shown of one interface. ``zones`` are those behind it, ``check`` is its reverse-path check.

    ``foreign`` are the packets from sources that belong elsewhere, ``passing`` those of them that get through to somewhere
    else, as they arrive; ``crossings`` are their ways, the surest first. ``checked`` are those of them that the
    reverse-path check does not stop.
    """

    device: str
    interface: str
    zones: tuple[str, ...]
    verdict: Entry
    check: SourceCheck
    foreign: PacketSet
    passing: PacketBounds
    crossings: tuple[Crossing, ...]
    checked: PacketSet

    @property
    def outside(self) -> bool:
        """Whether the internet is behind the interface."""
        return INTERNET in self.zones


def certificates(graph: ZoneGraph) -> Iterator[Certificate]:
    """A certificate for every interface at which packets of a segment arrive, by device and interface."""
    behind: dict[Port, dict[str, None]] = {}
    for name, zone in sorted(graph.zones.items()):
        for segment in zone.segments:
            for port in segment.ports:
                # What comes out of a VPN is authenticated by it, and its selectors say what it may carry.
                if not port.vpn and segment.kind != SegmentKind.VPN_POOL:
                    behind.setdefault(port, {})[name] = None
    everybody = graph.space.union(graph.sources.values())
    anywhere = graph.space.union(graph.targets.values())
    for port, zones in sorted(behind.items()):
        yield _certificate(graph, port, tuple(zones), everybody, anywhere)


def _certificate(
    graph: ZoneGraph, port: Port, zones: tuple[str, ...], everybody: PacketSet, anywhere: PacketSet
) -> Certificate:
    semantics = graph.devices[port.device]
    interface = semantics.device.interface(port.interface)
    check = SourceCheck() if interface is None else interface.source_check
    foreign = everybody & graph.space.opening
    foreign -= _expected(semantics, port.interface)
    foreign -= graph.space.union(graph.sources[zone] for zone in zones if zone in graph.sources)
    arriving = PacketBounds.exactly(foreign)
    crossed = semantics.cross(port.interface, arriving) if foreign else []
    # What is sent to nobody (a broadcast) gets nowhere.
    reaching = (replace(c, piece=c.piece.narrowed(c.piece.current.within(anywhere))) for c in crossed)
    crossings = [c for c in reaching if c.egress != port.interface and c.piece.current.may]
    must, may = graph.space.empty, graph.space.empty
    for crossing in crossings:
        sent = crossing.piece.sent()
        must, may = must | sent.must, may | sent.may
    verdict = Entry.UNKNOWN
    if not may:
        verdict = Entry.PROVEN
    elif must and check.mode != SourceCheckMode.UNKNOWN:
        verdict = Entry.DISPROVEN
    return Certificate(
        device=port.device,
        interface=port.interface,
        zones=zones,
        verdict=verdict,
        check=check,
        foreign=foreign,
        passing=PacketBounds(must, may),
        crossings=tuple(sorted(crossings, key=lambda c: (not c.piece.current.must, c.egress))),
        checked=semantics.checked(port.interface, arriving).may,
    )


def _expected(semantics: DeviceSemantics, interface: str) -> PacketSet:
    """The packets whose source may be behind ``interface``: the best way back to it possibly leads there."""
    strict = SourceCheck(mode=SourceCheckMode.STRICT)
    return semantics.routing(interface).sources(interface, strict).may
