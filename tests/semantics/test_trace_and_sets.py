"""The tracer and the packet sets, written apart, agree on devices made by chance."""

from collections import Counter
from datetime import date
from random import Random

import pytest

from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSpace
from segaudit.semantics.device import DeviceSemantics
from segaudit.semantics.trace import DeviceTracer, Verdict
from tests.scale import count
from tests.semantics.devices import INTERFACES, device, packet

DAY = date(2026, 7, 1)
DEVICES = count(250, full=5_000)
PACKETS = 40


@pytest.fixture(scope="module")
def space() -> PacketSpace:
    return PacketSpace()


@pytest.mark.parametrize("translating", [False, True], ids=["filters", "nat"])
def test_what_the_sets_say_of_a_packet_the_tracer_says(space: PacketSpace, *, translating: bool) -> None:
    verdicts: Counter[tuple[str, str]] = Counter()
    for seed in range(DEVICES):
        chance = Random(seed)
        made = device(chance, translating=translating)
        accounts = frozenset({"staff"}) if chance.random() < 0.5 else frozenset[str]()
        tracer = DeviceTracer(made, DAY, accounts)
        semantics = DeviceSemantics(space, made, DAY, accounts=accounts)
        ingress, egress = chance.sample(INTERFACES, 2)
        must = may = space.empty
        for arrived in semantics.arrive(ingress, PacketBounds.exactly(space.full)):
            for piece in semantics.forward(ingress, egress, arrived):
                sent = piece.sent()
                must |= sent.must
                may |= sent.may
        for _ in range(PACKETS):
            asked = packet(chance, new_only=translating)
            said = tracer.forward(asked, ingress, egress).verdict
            of_sets = Verdict.PERMIT if asked in must else Verdict.UNKNOWN if asked in may else Verdict.DENY
            verdicts[of_sets, said] += 1
            if translating and of_sets is Verdict.UNKNOWN:
                # Of a packet that may be translated or not the sets follow both, each as a piece that is possible only.
                continue
            assert said is of_sets, (seed, asked)
    assert {said for _, said in verdicts} == set(Verdict), "every verdict occurs, or this shows little"
