"""What the sets say of a packet against what the tracer says: for one device, and from zone to zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from segaudit.model import Device
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.packet import Packet
from segaudit.packetspace.space import PacketSet, PacketSpace
from segaudit.semantics.device import DeviceSemantics, Piece
from segaudit.semantics.trace import DeviceTracer, Received, Verdict
from segaudit.semantics.trace_flows import Flow, FlowVerdict
from segaudit.zones.graph import INTERNET, ZoneGraph
from segaudit.zones.trace import NetworkTracer


@dataclass(slots=True)
class Tally:
    """How often the sets said this and the tracer that, and the packets on which they do not agree."""

    said: Counter[tuple[str, str]] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)

    @property
    def packets(self) -> int:
        """How many packets were asked about."""
        return sum(self.said.values())

    def share(self, verdict: Verdict) -> float:
        """The share of packets of which the tracer said ``verdict``."""
        return sum(n for (_, traced), n in self.said.items() if traced == verdict) / max(1, self.packets)

    def add(self, of_sets: str, traced: str, agree: bool, what: str) -> None:
        """One packet more."""
        self.said[of_sets, traced] += 1
        if not agree:
            self.differing.append(f"sets {of_sets}, tracer {traced}: {what}")


def verdict_of(packet: Packet, bounds: PacketBounds) -> Verdict:
    """What bounds of the packets that pass say of one."""
    return Verdict.PERMIT if packet in bounds.must else Verdict.UNKNOWN if packet in bounds.may else Verdict.DENY


class DeviceAgreement:
    """One device in both readings."""

    def __init__(self, space: PacketSpace, device: Device, as_of: date, accounts: frozenset[str] = frozenset()) -> None:
        self.device = device
        self._space = space
        self._semantics = DeviceSemantics(space, device, as_of, accounts=accounts)
        self._tracer = DeviceTracer(device, as_of, accounts)
        #: What is asked about: a stateful device lets the rest of a session pass, which the sets leave out.
        self.asked = space.state("new") if device.stateful else space.full
        self._forwarded: dict[tuple[str, str], PacketBounds] = {}
        self._local: dict[str, PacketBounds] = {}

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every ordered pair of interfaces that are up."""
        names = [i.name for i in self.device.interfaces if i.enabled]
        return [(a, b) for a in names for b in names if a != b]

    def forwarded(self, ingress: str, egress: str) -> PacketBounds:
        """The packets, as sent, that pass from one interface to the other."""
        found = self._forwarded.get((ingress, egress))
        if found is None:
            found = self._forwarded[ingress, egress] = self._joined(
                piece.sent()
                for arrived in self._arrived(ingress)
                if not _redirected(arrived)
                for piece in self._semantics.forward(ingress, egress, arrived)
            )
        return found

    def _arrived(self, ingress: str) -> list[Piece]:
        versions = sorted(self.device.versions) if self.device.forwards else []
        every = self._space.union(self._space.version(v) for v in versions)
        return self._semantics.arrive(ingress, PacketBounds.exactly(every))

    def _joined(self, parts: Iterator[PacketBounds]) -> PacketBounds:
        must = may = self._space.empty
        for part in parts:
            must, may = must | part.must, may | part.may
        return PacketBounds(must, may)

    def ask(self, packet: Packet, ingress: str, egress: str, tally: Tally) -> None:
        """Whether ``packet`` passes."""
        of_sets = verdict_of(packet, self.forwarded(ingress, egress))
        said = self._tracer.forward(packet, ingress, egress)
        if said.to_device:
            # A redirect ends at the device itself: the sets have it among what reaches that (`ask_local`).
            return
        # Where it is undecided which of two translations a packet gets, the sets follow both ways as possible only, and
        # do not see that both end well.
        both_ways = of_sets == Verdict.UNKNOWN and any(not step.certain for step in said.steps)
        agree = of_sets == said.verdict or both_ways
        tally.add(of_sets, said.verdict, agree, f"{self.device.name} {ingress} to {egress}, {packet}")

    def ask_local(self, packet: Packet, ingress: str, tally: Tally) -> None:
        """Whether ``packet`` reaches the device itself.

        The sets hold for certain only what something surely listens to, so what a service surely answers must be let in,
        and what is let in must be possible.
        """
        if not self._is_for_device(packet, ingress):
            return
        exposed = self._local.get(ingress)
        if exposed is None:
            exposures = self._semantics.expose(ingress, PacketBounds.exactly(self._space.full))
            exposed = self._local[ingress] = self._joined(e.piece.sent() for e in exposures)
        of_sets = verdict_of(packet, exposed)
        said = self._tracer.local_in(packet, ingress)
        agree = {
            Verdict.PERMIT: said.verdict == Verdict.PERMIT,
            Verdict.UNKNOWN: True,
            Verdict.DENY: said.verdict == Verdict.DENY,
        }[of_sets]
        tally.add(of_sets, said.verdict, agree, f"{self.device.name} itself from {ingress}, {packet}")

    def _is_for_device(self, packet: Packet, ingress: str) -> bool:
        """Whether every possibility of what arrives of ``packet`` is for the device itself; or it was, and does not arrive."""
        own = {(a.prefix.version, a.address) for i in self.device.interfaces for a in i.addresses}
        arrivals = self._tracer.arrive(packet, ingress)
        if not arrivals:
            return (packet.version, packet.dst) in own
        return all(
            one.to_device
            or (one.destinations == ((one.packet.dst, one.packet.dst),) and (packet.version, one.packet.dst) in own)
            for one in arrivals
        )


def _redirected(piece: Piece) -> bool:
    return any(r.translation.to_device for r in piece.rewrites)


class NetworkAgreement:
    """A network in both readings: the conduits of the graph, and one packet after the other."""

    def __init__(self, graph: ZoneGraph, tracer: NetworkTracer) -> None:
        self.graph = graph
        self._tracer = tracer
        union = graph.space.union
        self._leaving = {
            zone: PacketBounds(
                union(c.sent.must for (src, _), c in graph.conduits.items() if src == zone),
                union(c.sent.may for (src, _), c in graph.conduits.items() if src == zone),
            )
            for zone in graph.sources
        }

    def ask_conduit(self, packet: Packet, sure: PacketSet, tally: Tally, pair: tuple[str, str]) -> None:
        """Whether ``packet``, which a conduit carries (for certain: ``sure``), gets through packet by packet."""
        where = " to ".join(pair)
        # An address that nothing places may be in the zone and on the internet; here it is in the zone.
        unplaced = [
            s
            for s in self.graph.zones[pair[0]].segments
            if any(p.contains(packet.version, packet.src) for p in s.possible)
        ]
        said = self._tracer.trace(Flow(id="", packet=packet), unplaced[0] if len(unplaced) == 1 else None)
        of_sets = Verdict.PERMIT if packet in sure else Verdict.UNKNOWN
        agree = said.verdict == Verdict.PERMIT if packet in sure else said.verdict != Verdict.DENY
        tally.add(of_sets, said.verdict, agree, f"{where}, {packet}: {[str(u) for u in said.undecided]}")

    def ask_zone(self, packet: Packet, zone: str, tally: Tally) -> None:
        """Whether ``packet`` that a host of ``zone`` sends gets somewhere, to another zone or to a device itself."""
        graph = self.graph
        if packet not in graph.sources[zone] or packet not in graph.space.opening:
            return
        if zone != INTERNET and packet in graph.targets[zone]:
            # At home no device is asked.
            return
        said = self._tracer.trace(Flow(id="", packet=packet))
        if self._came_back(packet, zone, said):
            return
        leaving = self._leaving[zone]
        if said.verdict == Verdict.DENY:
            agree = packet not in leaving.must
        else:
            agree = packet in leaving.may or self._is_exposed(packet, zone, said)
            if said.verdict == Verdict.PERMIT and said.hops[-1].out_interface:
                agree = packet in leaving.may
        way = " ".join(f"{h.device}:{h.in_interface}>{h.out_interface}" for h in said.hops)
        tally.add(verdict_of(packet, leaving), said.verdict, agree, f"from {zone} by {way}, {packet}")

    def _came_back(self, packet: Packet, zone: str, said: FlowVerdict) -> bool:
        """Whether it ends where it was sent from, which is no conduit."""
        received = said.received
        if received is None or not said.hops:
            return False
        if received.dst is None:
            last = (said.hops[-1].device, said.hops[-1].out_interface)
            return any((port.device, port.interface) == last for port in self.graph.zones[zone].ports)
        return replace(packet, dst=received.dst) in self.graph.targets[zone]

    def _is_exposed(self, packet: Packet, zone: str, said: FlowVerdict) -> bool:
        """Whether the sets have ``packet`` among what reaches a device itself, as it comes to that device."""
        if not said.hops:
            return False
        last = said.hops[-1]
        arrived: Packet | Received = packet
        if len(said.hops) > 1:
            before = said.hops[-2].received
            if before is None:
                return False
            arrived = before
        for exposure in self.graph.exposures.get(zone, ()):
            if (exposure.device, exposure.ingress) != (last.device, last.in_interface):
                continue
            # What an earlier device chose from a pool is not known.
            if packets_like(self.graph.space, arrived) & exposure.piece.sent().may:
                return True
        return False


def packets_like(space: PacketSpace, packet: Packet | Received) -> PacketSet:
    """The packets that agree with one in all fields that are known."""
    zeros = {name: getattr(packet, name) or 0 for name in ("src", "dst", "src_port", "dst_port")}
    known = Packet(
        version=packet.version,
        protocol=packet.protocol,
        icmp_type=packet.icmp_type,
        icmp_code=packet.icmp_code,
        tcp_flags=packet.tcp_flags,
        state=packet.state,
        **zeros,
    )
    found = space.packet(known)
    fields: tuple[Literal["src", "dst", "src_port", "dst_port"], ...] = ("src", "dst", "src_port", "dst_port")
    for name in fields:
        if getattr(packet, name) is None:
            found = found.forget(name)
    return found
