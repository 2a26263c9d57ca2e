"""What gets from each segment to each other one: packet sets carried from device to device until nothing new comes."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from segaudit.knowledge.protocols import not_internet, private_prefixes
from segaudit.model import AddressRange, Device, Prefix
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSet, PacketSpace, Side
from segaudit.semantics.device import Crossing, DeviceSemantics, Exposure
from segaudit.semantics.translation import address_ranges
from segaudit.zones.graph import Flow, Port, Segment, SegmentKind
from segaudit.zones.segments import Segments

#: A packet that crossed so many devices is in a loop that grows by translation; real ways are shorter.
MOST_HOPS = 16


class Territory:
    """Whose addresses are whose, as sets: each segment's own less the narrower ones of others."""

    def __init__(self, space: PacketSpace, segments: Segments, devices: Sequence[Device]) -> None:
        self._space = space
        self._segments = segments
        self._own: dict[Side, PacketSet] = {
            "src": self._own_addresses("src", devices),
            "dst": self._own_addresses("dst", devices),
        }
        self._sets: dict[tuple[str, Side], PacketBounds] = {}

    def _own_addresses(self, side: Side, devices: Sequence[Device]) -> PacketSet:
        addresses = {(a.prefix.version, a.address) for d in devices for i in d.interfaces for a in i.addresses}
        return self._space.union(self._space.addresses(side, v, a, a) for v, a in sorted(addresses))

    def own(self, side: Side) -> PacketSet:
        """Every address of any device of the input."""
        return self._own[side]

    def packets(self, segment: Segment, side: Side) -> PacketBounds:
        """The packets from (``src``) or to (``dst``) the hosts of ``segment``; doubtful where nothing tells its addresses."""
        key = (segment.name, side)
        found = self._sets.get(key)
        if found is None:
            found = self._sets[key] = self._resolve(segment, side)
        return found

    def _resolve(self, segment: Segment, side: Side) -> PacketBounds:
        space = self._space
        if segment.kind == SegmentKind.INTERNET:
            inside = self._prefixes(side, [p for s in self._segments.segments for p in s.prefixes])
            special = self._prefixes(side, [*not_internet(4), *not_internet(6)])
            return PacketBounds.exactly(space.full - inside - special - self.own(side))
        possible = self._possible(segment, side)
        narrower = [
            p
            for s in self._segments.segments
            if s.name != segment.name and _overlap(s, segment)
            for p in s.prefixes
            if any(mine.covers(p) and mine.length < p.length for mine in segment.prefixes)
        ]
        known = self._prefixes(side, segment.prefixes) - self._prefixes(side, narrower) - self.own(side)
        return PacketBounds(known, known | possible) if possible else PacketBounds.exactly(known)

    def _possible(self, segment: Segment, side: Side) -> PacketSet:
        """What may be of ``segment`` too, in families in which nothing tells its addresses."""
        prefixes = segment.possible
        if segment.kind == SegmentKind.VPN_POOL and not segment.prefixes:
            # A pool that the config names and does not show; nothing is routed to it.
            prefixes = (*private_prefixes(4), *private_prefixes(6))
        if not prefixes:
            return self._space.empty
        taken = self._prefixes(side, [p for s in self._segments.segments for p in s.prefixes])
        return self._prefixes(side, prefixes) - taken - self.own(side)

    def _prefixes(self, side: Side, prefixes: Sequence[Prefix]) -> PacketSet:
        unique = sorted(set(prefixes))
        return self._space.union(self._space.addresses(side, p.version, p.first, p.last) for p in unique)


def _overlap(a: Segment, b: Segment) -> bool:
    """Whether the prefixes of ``a`` inside those of ``b`` are parts of ``b``: both at one device, or ``a`` a VPN pool.

    Elsewhere they are the same addresses used again.
    """
    return bool({p.device for p in a.ports} & {p.device for p in b.ports}) or a.kind == SegmentKind.VPN_POOL


def _inside(one: AddressRange, prefix: Prefix) -> bool:
    """Whether a range is a part of ``prefix``, and not all of it."""
    holds = prefix.contains(one.version, one.first) and prefix.contains(one.version, one.last)
    return holds and one.size < prefix.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What a source segment sends: flows by target segment, and what reaches the devices themselves."""

    flows: Mapping[str, tuple[Flow, ...]]
    exposures: tuple[Exposure, ...]


class FlowEngine:
    """Carries packets through the devices. ``semantics`` gives the compiled device for the accounts that a source holds."""

    def __init__(
        self,
        space: PacketSpace,
        segments: Segments,
        territory: Territory,
        semantics: Callable[[str, Segment], DeviceSemantics],
        bypasses: Mapping[Port, str],
    ) -> None:
        self._space = space
        self._segments = segments
        self._territory = territory
        self._semantics = semantics
        self._bypasses = bypasses
        self._at: dict[tuple[str, str], list[Segment]] = defaultdict(list)
        for segment in segments.segments:
            for port in segment.ports:
                self._at[port.device, port.interface].append(segment)

    def spread(self, source: Segment, packets: PacketSet) -> Spread:
        """Where hosts of ``source`` get with those of ``packets`` that carry their addresses.

        The sender chooses any device of its segment. Packets to its own segment cross no device and are left out, but
        for those to addresses that a device there answers for.
        """
        sent = self._territory.packets(source, "src").within(packets)
        at_home = self._territory.packets(source, "dst").may
        if source.kind != SegmentKind.INTERNET:
            at_home -= self._answered(source)
            sent = PacketBounds(sent.must - at_home, sent.may - at_home)
        if source.kind == SegmentKind.TUNNEL:
            # What comes out of a tunnel goes to what its other selector names, or is dropped.
            sent &= self._selected(source, source.ports[0].device, "dst")
        flows: dict[str, list[Flow]] = defaultdict(list)
        exposures: list[Exposure] = []
        seen: dict[object, PacketSet] = {}
        queue: deque[tuple[str, str, str | None, PacketBounds, tuple[Crossing, ...]]] = deque(
            (port.device, port.interface, self._bypasses.get(port), sent, ()) for port in source.ports
        )
        while queue:
            device, ingress, bypass, arriving, hops = queue.popleft()
            arriving = self._unseen(seen, device, ingress, arriving, hops)
            if not arriving.may:
                continue
            semantics = self._semantics(device, source)
            if not hops or arriving.may & self._territory.own("dst"):
                exposures += (replace(e, hops=hops) for e in semantics.expose(ingress, arriving, bypass))
            for crossing in semantics.cross(ingress, arriving, bypass):
                self._deliver(source, crossing, hops, flows)
                if len(hops) < MOST_HOPS:
                    queue.extend(self.onward(crossing, hops))
        return Spread(flows={name: tuple(found) for name, found in flows.items()}, exposures=tuple(exposures))

    def _answered(self, segment: Segment) -> PacketSet:
        """Packets to addresses of ``segment`` that a device at it gives another destination: nobody else has them.

        Only addresses that a rule names count: one that redirects whatever it sees (a transparent proxy) sees nothing
        of what hosts of one segment send to each other.
        """
        found: list[PacketSet] = []
        for port in segment.ports:
            device = self._semantics(port.device, segment).device
            for rule_set in device.rule_sets:
                for rule in rule_set.rules:
                    if rule.enabled and rule.translation is not None and rule.translation.destination is not None:
                        found += [
                            self._space.addresses("dst", one.version, one.first, one.last)
                            for one in address_ranges(rule.destination, device) or ()
                            if any(_inside(one, prefix) for prefix in segment.prefixes)
                        ]
        return self._space.union(found)

    def _unseen(
        self,
        seen: dict[object, PacketSet],
        device: str,
        ingress: str,
        arriving: PacketBounds,
        hops: tuple[Crossing, ...],
    ) -> PacketBounds:
        """What of ``arriving`` has not been at this interface by the same translations."""
        rewritten = tuple(id(r.rule) for h in hops for r in h.piece.rewrites)
        key = (device, ingress, rewritten)
        before = seen.get(key)
        seen[key] = arriving.may if before is None else before | arriving.may
        if before is None:
            return arriving
        return PacketBounds(arriving.must - before, arriving.may - before)

    def _deliver(
        self, source: Segment, crossing: Crossing, hops: tuple[Crossing, ...], flows: dict[str, list[Flow]]
    ) -> None:
        """The packets of ``crossing`` that have arrived: at the segments of the interface it leaves by."""
        chain = (*hops, crossing)
        for segment in self._at.get((crossing.device, crossing.egress), ()):
            if segment.name == source.name:
                continue
            if segment.next_hop is not None and crossing.next_hop not in (None, segment.next_hop):
                continue
            received = crossing.piece.current & self._territory.packets(segment, "dst")
            if segment.kind == SegmentKind.TUNNEL:
                received &= self._selected(segment, crossing.device, "src")
            if received.may:
                sent = received
                for hop in reversed(chain):
                    sent = hop.piece.sent(sent)
                flows[segment.name].append(
                    Flow(source=source, target=segment, sent=sent, received=received, hops=chain)
                )

    def _selected(self, segment: Segment, device: str, side: Side) -> PacketBounds:
        """The packets whose inner end the tunnel to ``segment`` takes: its local selector."""
        semantics = self._semantics(device, segment)
        names = {port.vpn for port in segment.ports}
        local = [semantics.resolver.addresses(t.local, side) for t in semantics.device.tunnels if t.name in names]
        full = self._space.full
        must = self._space.union(full.where(test.must) for test in local)
        return PacketBounds(must, self._space.union(full.where(test.may) for test in local))

    def onward(
        self, crossing: Crossing, hops: tuple[Crossing, ...]
    ) -> list[tuple[str, str, str | None, PacketBounds, tuple[Crossing, ...]]]:
        """The devices that ``crossing`` goes on to: the next hop, or the ones on the link that are themselves meant."""
        found: list[tuple[str, str, str | None, PacketBounds, tuple[Crossing, ...]]] = []
        chain = (*hops, crossing)
        here = Port(crossing.device, crossing.egress)
        for segment in self._at.get((crossing.device, crossing.egress), ()):
            if segment.kind == SegmentKind.INTERNET:
                continue
            for port in segment.ports:
                if port == here or port.device == crossing.device or port.vpn:
                    continue
                if crossing.next_hop is not None:
                    if port in self._segments.owners.get(crossing.next_hop, ()):
                        found.append((port.device, port.interface, None, crossing.piece.current, chain))
                    continue
                semantics = self._semantics(port.device, segment)
                meant = crossing.piece.current & semantics.own_addresses
                if meant.may and semantics.own_addresses.must:
                    found.append((port.device, port.interface, None, meant, chain))
        return found
