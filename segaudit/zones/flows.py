"""What gets from each segment to each other one: packet sets carried from device to device until nothing new comes."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from segaudit.knowledge.protocols import not_internet, private_prefixes
from segaudit.model import AddressRange, Device, Prefix
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSet, PacketSpace, Side
from segaudit.semantics.device import Crossing, DeviceSemantics, Exposure
from segaudit.semantics.translation import address_ranges
from segaudit.zones.graph import Flow, Port, Segment, SegmentKind
from segaudit.zones.links import PointToPoint
from segaudit.zones.segments import Segments

#: A packet that crossed so many devices is likely in a loop that grows by translation; real ways are shorter.
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
        addresses = {(a.prefix.version, a.address) for d in devices for i in d.interfaces for a in i.answering}
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
        around = _Around(segment.prefixes)
        narrower = [
            p
            for s in self._segments.segments
            if s.name != segment.name and _overlap(s, segment)
            for p in s.prefixes
            if around.holds_part(p)
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
        ranges: list[tuple[int, int, int]] = []
        for version, first, last in sorted({(p.version, p.first, p.last) for p in prefixes}):
            if ranges and ranges[-1][0] == version and first <= ranges[-1][2] + 1:
                # Neighbours become one set, not two.
                ranges[-1] = (version, ranges[-1][1], max(last, ranges[-1][2]))
            else:
                ranges.append((version, first, last))
        return self._space.union(self._space.addresses(side, *one) for one in ranges)


class _Around:
    """Prefixes, asked which others are parts of one of them: of thousands each is found by its beginning."""

    def __init__(self, prefixes: Sequence[Prefix]) -> None:
        self._own = {(p.version, p.length, p.network) for p in prefixes}
        self._lengths = {v: sorted({p.length for p in prefixes if p.version == v}) for v in (4, 6)}

    def holds_part(self, prefix: Prefix) -> bool:
        """Whether ``prefix`` is a part of one of them, and none of them itself."""
        if (prefix.version, prefix.length, prefix.network) in self._own:
            return False
        width = 32 if prefix.version == 4 else 128
        return any(
            (prefix.version, length, prefix.network >> (width - length) << (width - length)) in self._own
            for length in self._lengths[prefix.version]
            if length < prefix.length
        )


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
class Choice:
    """A place where the configs leave open which of several devices gets a packet, and ``among`` how many.

    Which of two routers answers for a virtual address; by which of two tunnels the other side is reached.
    """

    device: str
    interface: str
    among: int


#: What was chosen on a way, where something was left open: the place, and the number of the device that was taken.
Choices = frozenset[tuple[Choice, int]]

#: Of a way with more open choices nothing is sure: there are as many cases as the product of all of them.
MOST_CHOICES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Packets that come to a device at ``ingress``; ``bypass`` as in `DeviceSemantics.cross`."""

    device: str
    ingress: str
    bypass: str | None
    packets: PacketBounds
    hops: tuple[Crossing, ...] = ()
    choices: Choices = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What a source segment sends: flows by target segment, and what reaches the devices themselves.

    ``cut``: the devices behind which its packets are not followed, because they crossed `MOST_HOPS` others before.
    """

    flows: Mapping[str, tuple[Flow, ...]]
    exposures: tuple[Exposure, ...]
    cut: tuple[str, ...] = ()


class FlowEngine:
    """Carries packets through the devices.

    ``semantics`` gives the compiled device for the accounts that a source holds, ``plain`` the one for no account.
    """

    def __init__(
        self,
        space: PacketSpace,
        segments: Segments,
        territory: Territory,
        semantics: Callable[[str, Segment], DeviceSemantics],
        plain: Callable[[str], DeviceSemantics],
        bypasses: Mapping[Port, str],
    ) -> None:
        self._space = space
        self._segments = segments
        self._territory = territory
        self._semantics = semantics
        self._plain = plain
        self._bypasses = bypasses
        self._at: dict[tuple[str, str], list[Segment]] = defaultdict(list)
        for segment in segments.segments:
            for port in segment.ports:
                here = self._at[port.device, port.interface]
                if segment not in here[-1:]:
                    here.append(segment)
        self._links: dict[tuple[str, str], list[PointToPoint]] = defaultdict(list)
        for link in segments.links:
            self._links[link.near.device, link.near.interface].append(link)
        self._taken: dict[tuple[Port, bool], PacketBounds] = {}

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
        if source.divided_by:
            sent = PacketBounds(self._space.empty, sent.may)
        flows: dict[str, list[tuple[Flow, Choices]]] = defaultdict(list)
        exposures: list[Exposure] = []
        cut: dict[str, None] = {}
        seen: dict[object, PacketSet] = {}
        queue = deque(self._departing(source, sent))
        while queue:
            arrival = queue.popleft()
            arriving = self._unseen(seen, arrival)
            if not arriving.may:
                continue
            ingress, hops = arrival.ingress, arrival.hops
            semantics = self._semantics(arrival.device, source)
            if not hops or semantics.may_turn_to_itself or arriving.may & self._territory.own("dst"):
                heard = PacketBounds(self._space.empty, arriving.may) if arrival.choices else arriving
                heard = semantics.checked(ingress, heard, arrival.bypass)
                exposures += (replace(e, hops=hops) for e in semantics.expose(ingress, heard, arrival.bypass))
            for crossing in semantics.cross(ingress, arriving, arrival.bypass):
                self._deliver(source, crossing, arrival, flows)
                further = self.onward(crossing, hops, arrival.choices)
                if len(hops) < MOST_HOPS:
                    queue.extend(further)
                elif any(self._unseen(seen, one).may for one in further):
                    cut[crossing.device] = None
        return Spread(
            flows={name: self._settled(found) for name, found in flows.items()},
            exposures=tuple(exposures),
            cut=tuple(cut),
        )

    def _departing(self, source: Segment, sent: PacketBounds) -> Iterator[Arrival]:
        """The devices that get what hosts of ``source`` send: any of the link; beyond a router it is the router's choice."""
        ports = source.ports
        elsewhere = source.kind == SegmentKind.ROUTED and len(ports) > 1
        choice = Choice(device="", interface=source.name, among=len(ports))
        for place, port in enumerate(ports):
            choices: Choices = frozenset({(choice, place)}) if elsewhere else frozenset()
            yield Arrival(
                device=port.device,
                ingress=port.interface,
                bypass=self._bypasses.get(port),
                # What comes out of a tunnel goes to what its other selector names, or is dropped.
                packets=sent & self.taken_by(port, inward=True) if source.kind == SegmentKind.TUNNEL else sent,
                choices=choices,
            )

    def _settled(self, found: Sequence[tuple[Flow, Choices]]) -> tuple[Flow, ...]:
        """The flows, each sure of no more than what arrives whatever is chosen on the way."""
        if not any(choices for _, choices in found):
            return tuple(flow for flow, _ in found)
        sure = self._whatever([(flow.sent.must, choices) for flow, choices in found])
        return tuple(_no_surer(flow, sure) if choices else flow for flow, choices in found)

    def _whatever(self, parts: Sequence[tuple[PacketSet, Choices]]) -> PacketSet:
        """The packets that arrive by one of ``parts`` whatever is chosen."""
        place = next((choice for _, choices in parts for choice, _ in choices), None)
        if place is None:
            return self._space.union(packets for packets, _ in parts)
        common = self._space.full
        for option in range(place.among):
            taken = {(place, option)}
            common &= self._whatever(
                [
                    (packets, choices - taken)
                    for packets, choices in parts
                    if all(c != place for c, _ in choices - taken)
                ]
            )
        return common

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

    def _unseen(self, seen: dict[object, PacketSet], arrival: Arrival) -> PacketBounds:
        """What of an arrival has not been at this interface by the same translations and choices.

        A translation that was applied twice, to packets that came by two ways, is not the same: it may have made equal
        what was sent differently.
        """
        rewritten = tuple(r for h in arrival.hops for r in h.piece.rewrites)
        key = (arrival.device, arrival.ingress, arrival.bypass, rewritten, arrival.choices)
        packets, before = arrival.packets, seen.get(key)
        seen[key] = packets.may if before is None else before | packets.may
        return packets if before is None else PacketBounds(packets.must - before, packets.may - before)

    def _deliver(
        self, source: Segment, crossing: Crossing, arrival: Arrival, flows: dict[str, list[tuple[Flow, Choices]]]
    ) -> None:
        """The packets of ``crossing`` that have arrived: at the segments of the interface it leaves by."""
        chain = (*arrival.hops, crossing)
        here = self._at.get((crossing.device, crossing.egress), ())
        if crossing.next_hop is not None and any(self._holds_router(s, crossing) for s in here):
            # A router of the input gets them, whatever is on the link.
            return
        for segment in here:
            if segment.name == source.name:
                continue
            if segment.next_hop is not None and crossing.next_hop not in (None, segment.next_hop):
                continue
            received = crossing.piece.current & self._territory.packets(segment, "dst")
            if segment.kind == SegmentKind.TUNNEL:
                received &= self.into(segment)
            if segment.divided_by:
                received = PacketBounds(self._space.empty, received.may)
            if received.may:
                sent = received
                for hop in reversed(chain):
                    sent = hop.piece.sent(sent)
                flow = Flow(source=source, target=segment, sent=sent, received=received, hops=chain)
                flows[segment.name].append((flow, arrival.choices))

    def _holds_router(self, segment: Segment, crossing: Crossing) -> bool:
        """Whether the next hop of ``crossing`` is another device of the input, on the link that ``segment`` is."""
        if segment.kind == SegmentKind.INTERNET or segment.divided_by or crossing.next_hop is None:
            return False
        owning = self._segments.owners.get(crossing.next_hop, ())
        return any(p in owning and p.device != crossing.device and not p.vpn for p in segment.ports)

    def into(self, tunnel: Segment) -> PacketBounds:
        """The packets that one pair of selectors of a connection takes out of the device."""
        found = PacketBounds.exactly(self._space.empty)
        for port in tunnel.ports:
            found |= self.taken_by(port, inward=False)
        return found

    def taken_by(self, port: Port, *, inward: bool) -> PacketBounds:
        """The packets that the selectors of a tunnel take: out of the device into it, or ``inward``; a wire takes all."""
        full = self._space.full
        if not port.vpn:
            return PacketBounds.exactly(full)
        key = (port, inward)
        found = self._taken.get(key)
        if found is None:
            semantics = self._plain(port.device)
            near: Side = "dst" if inward else "src"
            far: Side = "src" if inward else "dst"
            must = may = self._space.empty
            for tunnel in semantics.device.tunnels:
                if tunnel.name == port.vpn and tunnel.interface == port.interface:
                    local = semantics.resolver.addresses(tunnel.local, near)
                    remote = semantics.resolver.addresses(tunnel.remote, far)
                    must |= full.where(local.must).where(remote.must)
                    may |= full.where(local.may).where(remote.may)
            found = self._taken[key] = PacketBounds(must, may)
        return found

    def onward(self, crossing: Crossing, hops: tuple[Crossing, ...], choices: Choices = frozenset()) -> list[Arrival]:
        """The devices that ``crossing`` goes on to: the next hop, or the ones on the link that are themselves meant."""
        place = (crossing.device, crossing.egress)
        current = crossing.piece.current
        owning = self._segments.owners.get(crossing.next_hop, ()) if crossing.next_hop is not None else ()
        found: list[tuple[Port, PacketBounds]] = []
        links = self._links.get(place, ())
        beyond = {port.device for port in owning} & {link.far.device for link in links}
        for link in links:
            if not beyond or link.far.device in beyond:
                carried = current & self.taken_by(link.near, inward=False) & self.taken_by(link.far, inward=True)
                if carried.may:
                    found.append((link.far, carried))
        for _, carried in found:
            current = current - carried
        found += self._on_the_link(place, current, owning, direct=crossing.next_hop is None)
        arrivals = list(self._arrivals(place, found, (*hops, crossing), choices))
        if crossing.guessed:
            arrivals += self._guessed(place, current, (*hops, crossing), choices)
        return arrivals

    def _guessed(
        self, place: tuple[str, str], packets: PacketBounds, hops: tuple[Crossing, ...], choices: Choices
    ) -> Iterator[Arrival]:
        """What may come to any router on the link, because a routing protocol may have told of the destination there."""
        segments = [s for s in self._at.get(place, ()) if s.kind != SegmentKind.INTERNET]
        beside = {p for s in segments for p in s.ports if p.device != place[0] and not p.vpn}
        for port in sorted(beside):
            other = self._plain(port.device)
            going = PacketBounds(self._space.empty, packets.may - other.own_addresses.must)
            if not other.device.dynamic_routing:
                # It is no neighbour of a routing protocol, but it may have a link-local address that a route names.
                going = going.within(self._space.version(6))
            if going.may:
                yield Arrival(
                    device=port.device,
                    ingress=port.interface,
                    bypass=self._bypasses.get(port),
                    packets=going,
                    hops=hops,
                    choices=choices,
                )

    def _on_the_link(
        self, place: tuple[str, str], packets: PacketBounds, owning: Sequence[Port], *, direct: bool
    ) -> list[tuple[Port, PacketBounds]]:
        """The devices on the links of an interface that get ``packets``: those that own the next hop; ``direct``: those
        that are themselves meant.
        """
        found: list[tuple[Port, PacketBounds]] = []
        beside = {
            port: segment
            for segment in self._at.get(place, ())
            if segment.kind != SegmentKind.INTERNET
            for port in segment.ports
            if port.device != place[0] and not port.vpn
        }
        for port, segment in beside.items():
            if not direct:
                meant = packets if port in owning else PacketBounds.exactly(self._space.empty)
            else:
                own = self._plain(port.device).own_addresses
                meant = packets & own if own.must else PacketBounds.exactly(self._space.empty)
            if segment.divided_by:
                meant = PacketBounds(self._space.empty, meant.may)
            if meant.may:
                found.append((port, meant))
        return found

    def _arrivals(
        self,
        place: tuple[str, str],
        found: Sequence[tuple[Port, PacketBounds]],
        hops: tuple[Crossing, ...],
        choices: Choices,
    ) -> Iterator[Arrival]:
        """What comes to each of several ports; what comes to more than one of them is one's only, which is left open."""
        choice = Choice(device=place[0], interface=place[1], among=len(found))
        for number, (port, packets) in enumerate(found):
            others = self._space.union(p.may for i, (_, p) in enumerate(found) if i != number)
            shared = packets.within(others)
            alone = packets - PacketBounds.exactly(others) if shared.may else packets
            taken: Choices = choices | {(choice, number)}
            if any(c == choice for c, _ in choices):
                # It has been here before, and goes on as it did then.
                taken = choices
                shared = shared if (choice, number) in choices else PacketBounds.exactly(self._space.empty)
            elif len(taken) > MOST_CHOICES:
                taken, shared = choices, PacketBounds(self._space.empty, shared.may)
            for going, chosen in ((alone, choices), (shared, taken)):
                if going.may:
                    yield Arrival(
                        device=port.device,
                        ingress=port.interface,
                        bypass=self._bypasses.get(port),
                        packets=going,
                        hops=hops,
                        choices=chosen,
                    )


def _no_surer(flow: Flow, sure: PacketSet) -> Flow:
    """``flow``, of which only the packets ``sure`` (as sent) surely arrive."""
    sent = flow.sent.must & sure
    received = sent
    for hop in flow.hops:
        for rewrite in hop.piece.rewrites:
            received = rewrite.image(received)
    return replace(
        flow,
        sent=PacketBounds(sent, flow.sent.may),
        received=PacketBounds(flow.received.must & received, flow.received.may),
    )
