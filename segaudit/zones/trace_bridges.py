"""Which way a packet takes through a transparent firewall: the tracer's reading of filtering bridges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from segaudit.model import Device, Interface
from segaudit.packetspace.packet import Packet
from segaudit.semantics.bridging import filtering_bridge, only_bridges, other_members
from segaudit.zones.segments import Segments
from segaudit.zones.trace_routes import Onward


class BridgeTracer:
    """The filtering bridges of one device between the segments of the network."""

    def __init__(self, device: Device, segments: Segments) -> None:
        self._device = device
        self._segments = segments

    def bridged(self, ingress: str, packet: Packet) -> list[Onward] | None:
        """By which members of its bridge a packet goes on; ``None``: it is routed."""
        bridge = filtering_bridge(self._device, ingress)
        if bridge is None:
            return None
        local = any(a.prefix.contains(packet.version, packet.dst) for a in bridge.addresses)
        if not local and not only_bridges(self._device):
            return None
        return self._by_members(bridge, ingress, Onward(egress=bridge.name, next_hop=None, sure=True), packet)

    def out(self, ingress: str, ways: Sequence[Onward], packet: Packet) -> list[Onward]:
        """``ways`` of the routing table, those to a bridge by each of its members."""
        found: list[Onward] = []
        for way in ways:
            bridge = self._device.interface(way.egress)
            if bridge is None or not bridge.members_filtered:
                found.append(way)
            else:
                found += self._by_members(bridge, ingress, way, packet)
        return found

    def _by_members(self, bridge: Interface, ingress: str, way: Onward, packet: Packet) -> list[Onward]:
        members = other_members(self._device, bridge, ingress)
        behind = [m for m in bridge.members if self._is_behind(m, packet)]
        if behind:
            return [replace(way, egress=member) for member in members if member in behind]
        return [replace(way, egress=member, sure=way.sure and len(members) == 1) for member in members]

    def _is_behind(self, member: str, packet: Packet) -> bool:
        here = self._segments.at(self._device.name, member)
        return any(p.contains(packet.version, packet.dst) for s in here for p in s.prefixes if p.length)
