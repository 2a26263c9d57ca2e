"""What segaudit says of a network, the tracer and the sets, held against where a kernel brought the packets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from segaudit.knowledge.protocols import is_internet_address
from segaudit.model import (
    ICMP,
    ICMPV6,
    PORT_PROTOCOLS,
    TCP,
    UDP,
    Device,
    LineState,
    parse_address,
    parse_prefix,
)
from segaudit.model.address import Prefix
from segaudit.packetspace.packet import ACK, STATES, SYN, Packet
from segaudit.packetspace.space import PacketSpace
from segaudit.pipeline.collect import Selection
from segaudit.pipeline.read import read
from segaudit.semantics.trace import Verdict
from segaudit.semantics.trace_flows import Flow, FlowVerdict
from segaudit.zones.build import build
from segaudit.zones.graph import INTERNET
from segaudit.zones.segments import Declared, build_segments
from segaudit.zones.trace import NetworkTracer
from tests.kernel.laboratory import Arrival, Laboratory, Router, Sending
from tests.kernel.wire import GRE, PROTOCOLS
from tests.proofs.drawing import Drawer, drawn

AS_OF: Final = date(2026, 7, 1)
#: From here on source ports are those of one packet only, so that each opens a connection of its own.
OF_ITS_OWN: Final = 20_000
#: How often a packet is sent that ought to arrive: a queue that is full drops.
_ATTEMPTS: Final = 3
#: How many packets are drawn at most for one that is sent: a network may hardly permit, or deny, anything.
_DRAWS: Final = 40


@dataclass(frozen=True, slots=True)
class Probe:
    """A packet that a host of ``zone`` sends, with what the tracer says of it."""

    packet: Packet
    zone: str
    said: FlowVerdict
    #: The number of the packet that it answers, where it does.
    answering: int = 0


@dataclass(slots=True)
class Tally:
    """How often the kernel did what, and where segaudit said something else."""

    said: Counter[str] = field(default_factory=Counter)
    translated: int = 0
    to_routers: int = 0
    #: Packets that a conduit surely carries.
    sure: int = 0
    differing: list[str] = field(default_factory=list)

    @property
    def packets(self) -> int:
        """How many packets were asked about."""
        return sum(self.said.values())

    def add(self, other: Tally) -> None:
        """Takes in what was counted elsewhere."""
        self.said += other.said
        self.translated += other.translated
        self.to_routers += other.to_routers
        self.sure += other.sure
        self.differing += other.differing


class Audited:
    """A network as segaudit reads it from what was saved of its routers; ``misread`` makes each reading another one."""

    def __init__(
        self, space: PacketSpace, laboratory: Laboratory, misread: Callable[[Device], Device] | None = None
    ) -> None:
        self.laboratory = laboratory
        self.devices = _read(laboratory)
        if misread is not None:
            self.devices = tuple(map(misread, self.devices))
        self.graph = build(space, self.devices, Declared(), AS_OF)
        self.tracer = NetworkTracer(self.devices, build_segments(self.devices, Declared()), AS_OF)
        at = {(r.name, i): s for r in laboratory.routers for i, (s, _) in r.interfaces.items()}
        #: By zone: its segments in the laboratory, each with the routers' interfaces there.
        self.wires = {
            name: {p: at[p.device, p.interface] for p in zone.ports} for name, zone in self.graph.zones.items()
        }
        self._prefixes = tuple(p for r in laboratory.routers for p in _own_prefixes(r))
        self._own = {
            (a.prefix.version, a.address): r.name for r in self.devices for i in r.interfaces for a in i.addresses
        }
        self._next = 1
        self._sendings = 0

    # -- packets --------------------------------------------------------------------------------------------------

    def probes(self, wanted: int, chance: Random) -> list[Probe]:
        """Packets around what the rules name, no more than two thirds of them with one verdict by the tracer."""
        found: list[Probe] = []
        share: Counter[bool] = Counter()
        known: set[tuple[object, ...]] = set()
        for drawn_packet, zone in islice(self._drawn(chance), wanted * _DRAWS):
            if len(found) == wanted:
                break
            packet = self._as_sent(drawn_packet, chance)
            key = (packet.version, packet.protocol, packet.src, packet.dst, packet.src_port, packet.dst_port)
            if not self._can_be_asked(packet, zone) or (packet.protocol in PORT_PROTOCOLS and key in known):
                continue
            said = self.tracer.trace(Flow(id="", packet=packet))
            if share[said.verdict == Verdict.PERMIT] * 5 > wanted * 3 or self._becomes_special(said):
                continue
            known.add(key)
            share[said.verdict == Verdict.PERMIT] += 1
            found.append(Probe(packet, zone, said))
        return found

    def probe(self, src: str, dst: str, service: str) -> Probe:
        """The first packet of a session for ``service``, such as ``tcp/22``."""
        name, _, port = service.partition("/")
        version, source = parse_address(src)
        packet = Packet(
            version=version,
            protocol={"tcp": TCP, "udp": UDP}[name],
            src=source,
            dst=parse_address(dst)[1],
            src_port=OF_ITS_OWN,
            dst_port=int(port),
            tcp_flags=SYN if name == "tcp" else 0,
        )
        packet = self._with_port_of_its_own(packet)
        zone = next(name for name, sent in self.graph.sources.items() if packet in sent)
        return Probe(packet, zone, self.tracer.trace(Flow(id="", packet=packet)))

    def _drawn(self, chance: Random) -> Iterator[tuple[Packet, str]]:
        drawer = Drawer(self.devices, chance)
        own = tuple((version, address, address) for version, address in self._own)
        zones = [name for name in self.graph.sources if self.wires[name]]
        conduits = [(src, c.sent.may) for (src, _), c in self.graph.conduits.items() if src in zones and c.sent.may]
        while True:
            zone = chance.choice(zones)
            spans = tuple((p.version, p.first, p.last) for p in self.graph.zones[zone].prefixes)
            kind = chance.random()
            if kind < 0.4 and conduits:
                src, sent = chance.choice(conduits)
                yield drawn(sent, chance), src
            elif kind < 0.55:
                yield drawer.packet(sources=spans, destinations=own), zone
            else:
                yield drawer.packet(sources=spans), zone

    def _as_sent(self, packet: Packet, chance: Random) -> Packet:
        """The packet as a host sends the first one of a connection: with a port of its own, mostly."""
        echo = ICMP if packet.version == 4 else ICMPV6
        if packet.protocol == echo:
            return replace(packet, icmp_type=8 if echo == ICMP else 128, icmp_code=0)
        if packet.protocol not in PORT_PROTOCOLS or (packet.src_port < OF_ITS_OWN and chance.random() < 0.1):
            return packet
        with_flags = replace(packet, src_port=OF_ITS_OWN, tcp_flags=SYN if packet.protocol == TCP else 0)
        return self._with_port_of_its_own(with_flags)

    def _with_port_of_its_own(self, packet: Packet) -> Packet:
        """The packet from another port, where it has one that no rule names."""
        if packet.src_port < OF_ITS_OWN:
            return packet
        self._next = self._next % (65_535 - OF_ITS_OWN) + 1
        return replace(packet, src_port=OF_ITS_OWN + self._next)

    def _can_be_asked(self, packet: Packet, zone: str) -> bool:
        """Whether a host of ``zone`` sends ``packet`` to a router, and a laboratory tells where it ends."""
        if (
            packet.protocol not in PROTOCOLS[packet.version]
            or packet.protocol == GRE
            or packet not in self.graph.sources[zone]
        ):
            return False
        if packet.protocol == TCP and packet.tcp_flags != SYN:
            return False
        if any(self._is_special(packet.version, address) for address in (packet.src, packet.dst)):
            return False
        # What stays in its segment no router sees; the internet's routers send on what is published.
        return zone == INTERNET or packet not in self.graph.targets[zone]

    def _is_special(self, version: int, address: int) -> bool:
        """Multicast, broadcast and whatever else is for nobody, or for all."""
        for prefix in self._prefixes:
            ends = (prefix.first,) if version == 6 else (prefix.first, prefix.last)
            if prefix.version == version and address in ends:
                return True
        return any(prefix.contains(version, address) for prefix in _SPECIAL)

    def _becomes_special(self, said: FlowVerdict) -> bool:
        """Whether a translation makes a directed broadcast of it."""
        seen = (hop.received for hop in said.hops if hop.received is not None)
        return any(one.dst is not None and self._is_special(one.version, one.dst) for one in seen)

    # -- asking ---------------------------------------------------------------------------------------------------

    def ask(self, probes: Sequence[Probe]) -> Tally:
        """Sends the packets, and compares."""
        arrivals = self.arrivals(probes)
        tally = Tally()
        for probe, arrived in zip(probes, arrivals, strict=True):
            self._compare(probe, arrived, tally)
            tally.differing += (f"{_text(probe)}: {problem}" for problem in self._against_sets(probe, arrived))
            conduits = (c for (src, _), c in self.graph.conduits.items() if src == probe.zone)
            tally.sure += any(probe.packet in conduit.sent.must for conduit in conduits)
        return tally

    def ask_answers(self, probes: Sequence[Probe]) -> Tally:
        """Sends the packets, answers those that arrive as they were sent, sends the same answers to nobody, compares."""
        answers: list[Probe] = []
        strange: list[Probe] = []
        for probe, arrived in zip(probes, self.arrivals(probes), strict=True):
            one = arrived[0] if arrived else None
            if one is None or one.itself or len(self.wires[probe.zone]) > 1 or _was_translated(probe):
                continue
            zone = next(
                n for n, w in self.wires.items() if one.place in w.values() and probe.packet in self.graph.targets[n]
            )
            answer = _answer(probe.packet)
            said = self.tracer.trace(Flow(id="", packet=replace(answer, state=STATES.index("established"))))
            answers.append(Probe(answer, zone, said, one.number))
            stranger = answer
            if answer.protocol in PORT_PROTOCOLS:
                stranger = self._with_port_of_its_own(replace(answer, src_port=OF_ITS_OWN))
            # What answers nobody is invalid, but for UDP, which does not know.
            state = "new" if answer.protocol == UDP else "invalid"
            said = self.tracer.trace(Flow(id="", packet=replace(stranger, state=STATES.index(state))))
            strange.append(Probe(stranger, zone, said))
        tally = Tally()
        for some in (answers, strange):
            for probe, arrived in zip(some, self.arrivals(some), strict=True):
                self._compare(probe, arrived, tally)
        return tally

    def arrivals(self, probes: Sequence[Probe]) -> list[list[Arrival]]:
        """Where each packet arrived. One that ought to is sent again: a queue that is full drops."""
        arrivals: dict[int, list[Arrival]] = {}
        waiting = list(range(len(probes)))
        for _ in range(_ATTEMPTS):
            arrivals |= self._sent(probes, waiting)
            waiting = [n for n in waiting if probes[n].said.verdict == Verdict.PERMIT and n not in arrivals]
        return [arrivals.get(place, []) for place in range(len(probes))]

    def _sent(self, probes: Sequence[Probe], places: Sequence[int]) -> dict[int, list[Arrival]]:
        """Where the packets arrived, by place; by way of each of the routers that a sender may choose."""
        asked: dict[int, tuple[int, Sending]] = {}
        for place in places:
            probe = probes[place]
            ports = [(port, wire) for port, wire in self.wires[probe.zone].items() if not port.vpn]
            for copy, (port, wire) in enumerate(ports):
                self._sendings += 1
                # By each router it is a connection of its own.
                packet = self._with_port_of_its_own(probe.packet) if copy and not probe.answering else probe.packet
                sending = Sending(self._sendings, packet, wire, port.device, port.interface, probe.answering)
                asked[self._sendings] = (place, sending)
        arrived: dict[int, list[Arrival]] = {}
        received = self.laboratory.send([sending for _, sending in asked.values()])
        for number, arrival in received.items():
            if number in asked and self._counts(arrival):
                place, sending = asked[number]
                arrived.setdefault(place, []).append(_as_asked(arrival, sending.packet, probes[place].packet))
        return arrived

    def _counts(self, arrival: Arrival) -> bool:
        """Whether somebody is there: the internet does not lead to inner networks."""
        packet = arrival.packet
        inner = any(
            p.contains(packet.version, packet.dst)
            for n, z in self.graph.zones.items()
            if n != INTERNET
            for p in z.prefixes
        )
        return (
            arrival.itself
            or arrival.place != "internet"
            or (is_internet_address(packet.version, packet.dst) and not inner)
        )

    def _compare(self, probe: Probe, arrivals: list[Arrival], tally: Tally) -> None:
        verdict = Verdict.PERMIT if arrivals else Verdict.DENY
        tally.said[verdict] += 1
        text = _text(probe)
        if probe.said.verdict != verdict:
            by = probe.said.decided_by
            where = f"{by.device} {by.rule or by.rule_set or by.reason}" if by is not None else ""
            got = "; ".join(f"{a.place} got {_ends(a.packet)}" for a in arrivals) or "nobody got it"
            why = ", ".join(map(str, probe.said.undecided))
            tally.differing.append(f"{text}: tracer {probe.said.verdict} by {where} {why}, {got}")
        elif arrivals:
            received = self._received_as_said(probe, arrivals)
            if received is None:
                got = "; ".join(f"{a.place} got {_ends(a.packet)}" for a in arrivals)
                tally.differing.append(f"{text}: tracer {probe.said.received} at {self._place(probe.said)}, {got}")
            else:
                tally.translated += received.packet != probe.packet
                tally.to_routers += received.itself

    def _place(self, said: FlowVerdict) -> tuple[str, bool]:
        """Where the tracer says that a packet ends: a segment of the laboratory, or a router (true)."""
        last = said.hops[-1]
        router = next(r for r in self.laboratory.routers if r.name == last.device)
        return (router.interfaces[last.out_interface][0], False) if last.out_interface else (router.name, True)

    def _received_as_said(self, probe: Probe, arrivals: Sequence[Arrival]) -> Arrival | None:
        """The arrival that the tracer told, place and header."""
        said = probe.said.received
        assert said is not None, "what is permitted is received"
        fields = ["src", "dst", "dst_port", "icmp_type", "icmp_code", "tcp_flags"]
        # Where two connections would come to look alike the kernel gives one of them another source port.
        fields += ["src_port"] if probe.packet.src_port >= OF_ITS_OWN else []
        place = self._place(probe.said)
        for arrival in arrivals:
            same = all(getattr(said, f) in (None, getattr(arrival.packet, f)) for f in fields)
            if (arrival.place, arrival.itself) == place and same:
                return arrival
        return None

    def _against_sets(self, probe: Probe, arrivals: Sequence[Arrival]) -> Iterator[str]:
        """What the conduits surely carry arrives, and what arrives they may carry."""
        graph, packet = self.graph, probe.packet
        for arrival in arrivals:
            if arrival.itself:
                exposed = any(
                    packet in e.sent.may for e in graph.exposures.get(probe.zone, ()) if e.device == arrival.place
                )
                if not exposed:
                    yield f"{arrival.place} got it, and no exposure has it"
                continue
            there = [
                name
                for name, wires in self.wires.items()
                if arrival.place in wires.values() and arrival.packet in graph.targets[name]
            ]
            if not there:
                yield f"{arrival.place} got {_ends(arrival.packet)}, which is in no zone there"
            elif probe.zone not in there:
                conduits = [graph.conduit(probe.zone, name) for name in there]
                if not any(c is not None and packet in c.sent.may for c in conduits):
                    yield f"{arrival.place} got it, and no conduit to {' or '.join(there)} has it"
                elif not any(c is not None and arrival.packet in c.received.may for c in conduits):
                    yield f"{arrival.place} got {_ends(arrival.packet)}, as no conduit delivers it"
        for (src, dst), conduit in graph.conduits.items():
            if src == probe.zone and packet in conduit.sent.must:
                wires = self.wires[dst].values()
                if not any(arrival.place in wires and not arrival.itself for arrival in arrivals):
                    yield f"the conduit to {dst} surely carries it, and it does not arrive there"


#: Addresses that no single host has (RFC 6890), or that no router forwards.
_SPECIAL: Final = tuple(
    parse_prefix(text)
    for text in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/8", "fe80::/10", "ff00::/8")
)


def _own_prefixes(router: Router) -> Iterator[Prefix]:
    for _, addresses in router.interfaces.values():
        yield from (parse_prefix(text) for text in addresses)


def _read(laboratory: Laboratory) -> tuple[Device, ...]:
    """The routers as segaudit reads a folder with what was saved of them."""
    with TemporaryDirectory() as folder:
        for router in laboratory.routers:
            for path, text in laboratory.saved(router).items():
                Path(folder, path).write_text(text, encoding="utf-8")
        network = read(Selection(paths=(folder,)), jobs=1, debug=True)
    assert not network.failures, network.failures
    left = [
        f"{ledger.path}:{line}"
        for ledger in network.ledgers.values()
        for state in (LineState.UNSUPPORTED, LineState.UNRECOGNIZED)
        for line in ledger.lines(state)
    ]
    assert not left, f"what a router saves is understood: {left}"
    return network.devices


def _as_asked(arrival: Arrival, sent: Packet, asked: Packet) -> Arrival:
    """An arrival, its source port that of the packet that was asked about where it is that of the one that was sent."""
    if arrival.packet.src_port != sent.src_port:
        return arrival
    return replace(arrival, packet=replace(arrival.packet, src_port=asked.src_port))


def _was_translated(probe: Probe) -> bool:
    return any(
        (one.src, one.dst, one.src_port, one.dst_port)
        != (probe.packet.src, probe.packet.dst, probe.packet.src_port, probe.packet.dst_port)
        for one in (hop.received for hop in probe.said.hops)
        if one is not None
    )


def _answer(packet: Packet) -> Packet:
    """What whoever got ``packet`` sends back."""
    return replace(
        packet,
        src=packet.dst,
        dst=packet.src,
        src_port=packet.dst_port,
        dst_port=packet.src_port,
        tcp_flags=SYN | ACK if packet.protocol == TCP else 0,
        icmp_type={ICMP: 0, ICMPV6: 129}.get(packet.protocol, 0),
    )


def _ends(packet: Packet) -> str:
    return f"{packet.src_text}:{packet.src_port} to {packet.dst_text}:{packet.dst_port}"


def _text(probe: Probe) -> str:
    way = " ".join(f"{h.device}:{h.in_interface}>{h.out_interface}" for h in probe.said.hops)
    return f"{probe.packet.protocol} {_ends(probe.packet)} from {probe.zone} by {way}"
