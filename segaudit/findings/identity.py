"""What a rule is recognised by from one audit to the next: the packets that it is about and the networks it stands between.

No name, line or text is part of it: objects and interfaces are renamed, rules move, and the rule stays the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from segaudit.model import AddressExpr, AddressRange, InterfaceMatch, Rule, RuleSet, ServiceExpr
from segaudit.model.address import HIGHEST
from segaudit.packetspace.boxes import boxes
from segaudit.packetspace.space import PacketSet, Side
from segaudit.semantics.device import DeviceSemantics
from segaudit.semantics.translation import address_ranges
from segaudit.zones.graph import INTERNET, Port, SegmentKind, ZoneGraph

#: Boxes of a service that its identity spells; of a larger one the count tells it from another that begins alike.
_MOST_BOXES = 256


class RuleIdentity:
    """Subjects for the fingerprints of findings about rules of one network."""

    def __init__(self, graph: ZoneGraph) -> None:
        self._services: dict[PacketSet, str] = {}
        self._networks: dict[Port, set[str]] = {}
        for _, zone in sorted(graph.zones.items()):
            for segment in zone.segments:
                names = [INTERNET] if segment.kind == SegmentKind.INTERNET else [str(p) for p in segment.prefixes]
                for port in segment.ports:
                    self._networks.setdefault(Port(port.device, port.interface), set()).update(names)

    def of(self, rule: Rule, rule_set: RuleSet, semantics: DeviceSemantics) -> tuple[str, ...]:
        """Action, sources, destinations, service, and the networks behind the interfaces that the rule names."""
        families = {4, 6} if rule_set.version is None else {rule_set.version}
        return (
            rule.action,
            self._addresses(rule.source, "src", semantics, families),
            self._addresses(rule.destination, "dst", semantics, families),
            self._service(rule.service, semantics),
            self._behind(rule.ingress, semantics),
            self._behind(rule.egress, semantics),
        )

    def networks(self, device: str) -> tuple[str, ...]:
        """The networks at all interfaces of a device, sorted."""
        return tuple(sorted({one for port, names in self._networks.items() if port.device == device for one in names}))

    def _addresses(self, expr: AddressExpr, side: Side, semantics: DeviceSemantics, families: set[int]) -> str:
        ranges = address_ranges(expr, semantics.device)
        if ranges is None:
            # Names to be resolved, holes in masks, complements: what it may be.
            packets = semantics.space.full.where(semantics.resolver.addresses(expr, side).may)
            ranges = tuple(
                AddressRange(box.version, first, last)
                for box in boxes(packets, limit=_MOST_BOXES).boxes
                for first, last in (box.src if side == "src" else box.dst) or ((0, HIGHEST[box.version]),)
            )
        return _merged(one for one in ranges if one.version in families)

    def _service(self, expr: ServiceExpr, semantics: DeviceSemantics) -> str:
        packets = semantics.resolver.services(expr)[0].may
        found = self._services.get(packets)
        if found is None:
            spelt = boxes(packets, limit=_MOST_BOXES)
            parts = [str(box) for box in spelt.boxes]
            found = self._services[packets] = "|".join(parts if spelt.complete else [*parts, str(packets.count())])
        return found

    def _behind(self, wanted: InterfaceMatch, semantics: DeviceSemantics) -> str:
        if wanted.is_any:
            return "any"
        device = semantics.device
        found = {
            network
            for interface in device.interfaces
            if semantics.rule_sets.matches(wanted, interface.name)
            for network in self._networks.get(Port(device.name, interface.name), ())
        }
        return ",".join(sorted(found))


def _merged(ranges: Iterable[AddressRange]) -> str:
    """The ranges in order, those that touch or overlap as one."""
    found: list[AddressRange] = []
    for one in sorted(ranges, key=lambda r: (r.version, r.first, r.last)):
        if found and found[-1].version == one.version and one.first <= found[-1].last + 1:
            found[-1] = AddressRange(one.version, found[-1].first, max(found[-1].last, one.last))
        else:
            found.append(one)
    return "|".join(f"{one.version}:{one.first:x}-{one.last:x}" for one in found)
