"""`reach` is the union of `trace`: none of what it answers is stopped, and nothing that gets through is missing in it.

For ordered pairs of zones of every example, packets are drawn out of the answer and at the edges of what the configs name,
and each is walked through the network by itself. CI tries some pairs with a fixed seed, the soak all of them, 100,000
packets each.
"""

from collections.abc import Iterator
from functools import cache
from itertools import product
from random import Random

import pytest

from segaudit.findings.reachability import Answer, Asking, Question, Reached
from segaudit.model.selector import Selector, SelectorKind
from segaudit.packetspace.packet import Packet
from segaudit.packetspace.space import PacketSet, PacketSpace, Side
from segaudit.pipeline.audit import declared
from segaudit.semantics.trace import Verdict
from segaudit.semantics.trace_flows import Flow, FlowVerdict
from segaudit.zones.graph import INTERNET, SELF
from segaudit.zones.reach import Stop
from tests.proofs.agreement import Tally, packets_like, verdict_of
from tests.proofs.drawing import Drawer, drawn
from tests.proofs.inputs import AS_OF, EXAMPLES, example
from tests.scale import SOAK, count

SEED = 20261123 if not SOAK else None
#: Pairs of zones of an example, and packets for each, but for the soak.
PAIRS, PACKETS = 14, 60
#: Hosts of the internet, at the ends of what configs name and elsewhere.
STRANGERS = (
    (4, 0x01010101, 0x01010101),
    (4, 0x08000000, 0x08FFFFFF),
    (4, 0xC6336400, 0xC63364FF),
    (6, 0x26064700 << 96, (0x26064700 << 96) + 5),
)


@cache
def asking(name: str) -> Asking:
    """An example, ready for questions."""
    case = example(name)
    return Asking(PacketSpace(), case.network.devices, declared(case.site), AS_OF)


def selector(zone: str) -> Selector:
    """The selector that means one zone."""
    if zone == INTERNET:
        return Selector(kind=SelectorKind.INTERNET)
    if zone.startswith(SELF):
        return Selector(kind=SelectorKind.SELF, value=zone.removeprefix(SELF))
    return Selector(kind=SelectorKind.ZONE, value=zone)


class Pair:
    """One ordered pair of zones: the answer of the sets, and packets for the tracer."""

    def __init__(self, asked: Asking, source: str, target: str, drawer: Drawer, chance: Random) -> None:
        self._asked = asked
        self._terrain = asked.terrain
        self._target = target
        self._chance = chance
        self._drawer = drawer
        self.where = f"{source} to {target}"
        self.answer: Answer = asked.answer(Question(source=selector(source), target=selector(target)))
        self._segments = self._terrain.zones[source].segments
        self._sent = self._hosts(source, "src")
        self._arrives = self._hosts(target, "dst")
        self._sources = self._spans(source) or STRANGERS
        self._destinations = self._own() if target.startswith(SELF) else self._spans(target)

    def _hosts(self, zone: str, side: Side) -> PacketSet:
        space = self._terrain.space
        if zone.startswith(SELF):
            return space.union(space.addresses("dst", v, a, a) for v, a, _ in self._own())
        segments = self._terrain.zones[zone].segments
        return space.union(self._terrain.territory.packets(s, side).may for s in segments)

    def _own(self) -> tuple[tuple[int, int, int], ...]:
        (device,) = (d for d in self._terrain.whole if SELF + d.name == self._target)
        return tuple((a.prefix.version, a.address, a.address) for i in device.interfaces for a in i.addresses)

    def _spans(self, zone: str) -> tuple[tuple[int, int, int], ...]:
        return tuple((p.version, p.first, p.last) for s in self._terrain.zones[zone].segments for p in s.prefixes)

    def packets(self, wanted: int) -> Iterator[Packet]:
        """A third out of the answer, a third to the addresses of the target, a third to anything that a config names."""
        found = number = 0
        # Of what is drawn at the edges of rules some is no packet of the source, or opens no session.
        while found < wanted and number < 4 * wanted:
            permitted = self.answer.permitted.must if number % 2 else self.answer.permitted.may
            number += 1
            if number % 3 == 0 and permitted:
                packet = drawn(permitted, self._chance)
            else:
                packet = self._drawer.packet(
                    sources=self._sources, destinations=self._destinations if number % 3 == 1 else ()
                )
                if packet not in self._sent or packet not in self._terrain.space.opening:
                    continue
            found += 1
            yield packet

    def ask(self, packet: Packet, tally: Tally) -> None:
        """Whether both readings say the same of ``packet``."""
        if any(self._stays(packet, s.name) for s in self._segments):
            return
        said = self._asked.trace(Flow(id="", packet=packet))
        of_sets = verdict_of(packet, self.answer.permitted)
        if said.verdict == Verdict.DENY:
            agree = of_sets != Verdict.PERMIT
        elif of_sets == Verdict.DENY:
            agree = not self._surely_arrives(said)
        elif said.verdict == Verdict.UNKNOWN:
            agree = of_sets == Verdict.UNKNOWN and self._may_arrive(said)
        else:
            # Who listens on a device is not asked by the tracer; and that two ways both end well, the sets do not see.
            loose = self._target.startswith(SELF) or any(not step.certain for hop in said.hops for step in hop.steps)
            agree = self._may_arrive(said) and (of_sets == Verdict.PERMIT or loose)
        # What is traced to several places, or out of several segments, is nothing to compare with.
        traced = said.verdict if self._may_arrive(said) else Verdict.DENY
        way = " ".join(f"{h.device}:{h.in_interface}>{h.out_interface}" for h in said.hops)
        reasons = [str(u) for u in said.undecided]
        tally.add(of_sets, traced, agree, f"{self.where} by {way}, {packet}: {said.verdict} {reasons}")

    def _stays(self, packet: Packet, segment: str) -> bool:
        """Whether it is to its own segment: no device is asked."""
        own = next(s for s in self._segments if s.name == segment)
        territory = self._terrain.territory
        if own.name == INTERNET:
            return False
        return packet in territory.packets(own, "src").may and packet in territory.packets(own, "dst").may

    def _surely_arrives(self, said: FlowVerdict) -> bool:
        return said.verdict == Verdict.PERMIT and said.received is not None and self._is_at_target(said, every=True)

    def _may_arrive(self, said: FlowVerdict) -> bool:
        return said.received is not None and self._is_at_target(said, every=False)

    def _is_at_target(self, said: FlowVerdict, *, every: bool) -> bool:
        """Whether what is received is where the target is: at its addresses, behind one of its interfaces."""
        assert said.received is not None, "asked of what arrives"
        last = said.hops[-1]
        if self._target.startswith(SELF):
            # A virtual address is that of several routers: which of them answers is theirs to settle.
            shared = any(said.received.dst == address for _, address, _ in self._own())
            return not last.out_interface and (last.device == self._target.removeprefix(SELF) or shared)
        ports = {(p.device, p.interface) for s in self._terrain.zones[self._target].segments for p in s.ports}
        if (last.device, last.out_interface) not in ports:
            return False
        there = packets_like(self._terrain.space, said.received)
        return there <= self._arrives if every else bool(there & self._arrives)


@pytest.mark.parametrize("name", EXAMPLES)
def test_reach_is_the_union_of_trace(name: str) -> None:
    chance = Random(SEED)
    asked = asking(name)
    drawer = Drawer(asked.terrain.whole, chance)
    # Of a device whose addresses no config shows, the tracer follows what goes on and not what may be for itself.
    shown = [d.name for d in asked.terrain.whole if any(i.addresses for i in d.interfaces)]
    targets = [*asked.terrain.zones, *(SELF + name for name in shown)]
    pairs = [(a, b) for a, b in product(asked.terrain.zones, targets) if a != b]
    # Of all pairs some by chance, but for the soak.
    for source, target in pairs if SOAK else chance.sample(pairs, min(PAIRS, len(pairs))):
        pair = Pair(asked, source, target, drawer, chance)
        tally = Tally()
        for packet in pair.packets(count(PACKETS, full=100_000)):
            pair.ask(packet, tally)
        assert not tally.differing, (len(tally.differing), tally.differing[:5])
        consistent(pair.answer)
        print(f"{name} {pair.where}: {pair.answer.reached} {dict(tally.said)}")


def consistent(answer: Answer) -> None:
    """The verdict, the ways and the packets for example say what the sets say."""
    assert (answer.reached == Reached.YES) == bool(answer.permitted.must)
    assert (answer.reached == Reached.NO) <= (not answer.permitted.may)
    for way in answer.ways:
        assert way.sent.may <= answer.permitted.may
        assert way.traced.verdict == Verdict.PERMIT or not way.sent.must, way
        assert way.traced.verdict != Verdict.DENY, way
    if answer.denied is not None:
        assert not answer.denied.packets & answer.permitted.may
        assert answer.denied.packet in answer.denied.packets
        elsewhere = any(r.stop in {Stop.ELSEWHERE, Stop.DEVICE_ITSELF} for r in answer.denied.refusals)
        itself = answer.question.target.kind is SelectorKind.SELF
        assert answer.denied.traced.verdict != Verdict.PERMIT or itself or elsewhere
        assert answer.denied.refusals, "somebody stops it"
