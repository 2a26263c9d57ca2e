"""Transparent firewalls: bridges between whose members packets pass the lists of the device, as sets.

A device that routes nothing else bridges whatever comes. One that routes as well (a bridge group with an address, on an
ASA in routed mode) bridges what is for the networks of the bridge and routes the rest; what it routes to the bridge
leaves by one of the members. Which host is behind which member no config says: with more than two nothing is sure but
what a site file declares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from segaudit.model import AddressMethod, Device, Interface, InterfaceKind
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSet, PacketSpace
from segaudit.semantics.routing import AssumedRoute, Way


def filtering_bridge(device: Device, member: str) -> Interface | None:
    """The bridge that an interface is a member of, where packets between the members are filtered."""
    return next((i for i in device.interfaces if i.members_filtered and i.enabled and member in i.members), None)


def other_members(device: Device, bridge: Interface, ingress: str = "") -> tuple[str, ...]:
    """The members of a bridge that are up, without the one that a packet came by."""
    known = {i.name: i for i in device.interfaces}
    return tuple(m for m in bridge.members if m != ingress and (m not in known or known[m].enabled))


def only_bridges(device: Device) -> bool:
    """Whether nothing but its bridges forwards: no other interface has an address."""
    return not any(
        i.enabled
        and not i.members_filtered
        and i.kind not in {InterfaceKind.MANAGEMENT, InterfaceKind.LOOPBACK}
        and (i.addresses or i.method in {AddressMethod.DHCP, AddressMethod.PPPOE})
        and filtering_bridge(device, i.name) is None
        for i in device.interfaces
    )


class Bridging:
    """The filtering bridges of one device. ``assumed`` says what is known to lie behind their members."""

    def __init__(self, space: PacketSpace, device: Device, assumed: Sequence[AssumedRoute] = ()) -> None:
        self._space = space
        self._known = [a for a in assumed if a.sure and a.prefix.length]
        self._device = device
        self._transparent = only_bridges(device)
        self._any = any(i.members_filtered and i.enabled for i in device.interfaces)

    def apart(self, packets: PacketBounds, ingress: str) -> tuple[list[Way], PacketBounds]:
        """The ways of what is bridged of ``packets`` from ``ingress``, and what is left to be routed."""
        bridge = filtering_bridge(self._device, ingress) if self._any else None
        if bridge is None:
            return [], packets
        local = packets
        if not self._transparent:
            prefixes = sorted({a.prefix for a in bridge.addresses})
            local = packets.within(
                self._space.union(self._space.addresses("dst", p.version, p.first, p.last) for p in prefixes)
            )
        way = Way(egress=bridge.name, packets=local)
        return list(self._by_members(way, bridge, ingress)), packets - PacketBounds.exactly(local.may)

    def out(self, ways: Iterable[Way], ingress: str) -> Iterator[Way]:
        """``ways`` of the routing table, those to a bridge by each of its members."""
        for way in ways:
            bridge = self._device.interface(way.egress) if self._any else None
            if bridge is None or not bridge.members_filtered:
                yield way
            else:
                yield from self._by_members(way, bridge, ingress)

    def _by_members(self, way: Way, bridge: Interface, ingress: str) -> Iterator[Way]:
        members = other_members(self._device, bridge, ingress)
        behind = {member: self._behind(member) for member in bridge.members}
        elsewhere = self._space.union(behind.values())
        anywhere = way.packets - PacketBounds.exactly(elsewhere)
        if len(members) > 1:
            anywhere = PacketBounds(self._space.empty, anywhere.may)
        for member in members:
            packets = way.packets.within(behind[member]) | anywhere
            if packets.may:
                yield replace(way, egress=member, packets=packets)

    def _behind(self, member: str) -> PacketSet:
        """The packets to what is declared to lie behind a member."""
        known = [a.prefix for a in self._known if a.interface == member]
        return self._space.union(self._space.addresses("dst", p.version, p.first, p.last) for p in known)
