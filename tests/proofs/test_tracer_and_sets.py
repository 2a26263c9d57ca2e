"""The packet sets and the tracer were written apart; on every packet that is tried here they say the same.

Packets are drawn at the edges of what a config itself names (`drawing`), and out of the sets. CI tries a share with a
fixed seed, the soak (SEGAUDIT_SOAK=1) at least 100,000 packets an example.
"""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segaudit.model import Device, Hook, LineState, Route, SourceFile, Span, parse_address, parse_prefix
from segaudit.model.selector import Selector
from segaudit.model.site import ZoneSpec
from segaudit.packetspace.space import PacketSpace
from segaudit.pipeline.audit import network_tracer
from segaudit.pipeline.discover import parsers
from segaudit.semantics.trace import Verdict
from segaudit.zones.build import build
from segaudit.zones.segments import Declared, build_segments, with_declared_interfaces
from segaudit.zones.trace import NetworkTracer
from tests.proofs.agreement import DeviceAgreement, NetworkAgreement, Tally
from tests.proofs.drawing import Drawer, drawn
from tests.proofs.inputs import AS_OF, EXAMPLES, example
from tests.proofs.made import BEHIND, MADE, NEXT_HOP, ROUTES
from tests.scale import SOAK, count

DEVICES = [(name, device.name) for name in EXAMPLES for device in example(name).network.devices]
SEED = 20260701 if not SOAK else None
SPAN = Span(path="made", first_line=1, last_line=1)


@pytest.mark.parametrize(("name", "device"), DEVICES, ids=[f"{n}/{d}" for n, d in DEVICES])
def test_what_passes_between_two_interfaces(name: str, device: str) -> None:
    chance = Random(SEED)
    one = next(d for d in example(name).network.devices if d.name == device)
    both = DeviceAgreement(PacketSpace(), one, AS_OF)
    drawer = Drawer([one], chance, any_state=not one.stateful)
    tally = Tally()
    # Half of the packets go where something passes and something does not, and some of these are drawn out of what does.
    pairs = both.pairs
    decided = [pair for pair in pairs if both.forwarded(*pair).may and not both.asked <= both.forwarded(*pair).must]
    wanted = count(8_000, full=100_000)
    # What a virtual IP does not translate is for the device itself, and asked of in the next test: one more is drawn.
    for number in range(3 * wanted):
        if tally.packets == wanted:
            break
        among = decided if number % 2 and decided else pairs
        pair = among[number // 2 % len(among)]
        passing = both.forwarded(*pair).may & both.asked
        packet = drawn(passing, chance) if number % 8 == 1 and passing else drawer.packet(pair)
        both.ask(packet, *pair, tally)
    assert not tally.differing, (len(tally.differing), tally.differing[:5])
    assert tally.packets == wanted
    assert tally.share(Verdict.PERMIT) > 0.05, tally.said
    assert tally.share(Verdict.DENY) > 0.05, tally.said
    print(f"{name}/{device}: {dict(tally.said)}")


@pytest.mark.parametrize(("name", "device"), DEVICES, ids=[f"{n}/{d}" for n, d in DEVICES])
def test_what_reaches_a_device_itself(name: str, device: str) -> None:
    chance = Random(SEED)
    one = next(d for d in example(name).network.devices if d.name == device)
    own = tuple((a.prefix.version, a.address, a.address) for i in one.interfaces for a in i.answering)
    if not own:
        pytest.skip("its config shows no address of its own")
    both = DeviceAgreement(PacketSpace(), one, AS_OF)
    drawer = Drawer([one], chance, any_state=not one.stateful)
    tally = Tally()
    names = [i.name for i in one.interfaces if i.enabled]
    at_device = [a for a in one.attachments if a.hook in {Hook.PREROUTING, Hook.LOCAL_IN}]
    filtered = [n for n in names if any(not a.ingress.is_any and a.ingress.matches(n) for a in at_device)] or names
    for number in range(count(3_000, full=40_000)):
        among = filtered if number % 2 else names
        ingress = among[number // 2 % len(among)]
        both.ask_local(drawer.packet((ingress, ""), destinations=own), ingress, tally)
    assert not tally.differing, (len(tally.differing), tally.differing[:5])
    assert tally.packets > count(1_500, full=20_000)
    assert tally.share(Verdict.PERMIT) > 0.01, tally.said
    if at_device:
        assert tally.share(Verdict.DENY) > 0.01, tally.said
    print(f"{name}/{device} itself: {dict(tally.said)}")


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_gets_from_zone_to_zone(name: str) -> None:
    """Every packet of a conduit arrives when it is followed, and every packet that arrives is in a conduit."""
    chance = Random(SEED)
    case = example(name)
    both = NetworkAgreement(case.graph(), network_tracer(case.network, case.site, AS_OF))
    graph = both.graph
    of_conduits = Tally()
    for (src, dst), conduit in graph.conduits.items():
        for _ in range(count(8, full=400)):
            if conduit.sent.may:
                both.ask_conduit(drawn(conduit.sent.may, chance), conduit.sent.must, of_conduits, (src, dst))
            if conduit.sent.must:
                both.ask_conduit(drawn(conduit.sent.must, chance), conduit.sent.must, of_conduits, (src, dst))
    assert not of_conduits.differing, (len(of_conduits.differing), of_conduits.differing[:5])
    assert of_conduits.packets > 2 * len(graph.conduits)
    drawer = Drawer([s.device for s in graph.devices.values()], chance)
    of_zones = Tally()
    zones = list(graph.sources)
    for number in range(count(1_500, full=60_000)):
        zone = zones[number % len(zones)]
        spans = tuple((p.version, p.first, p.last) for p in graph.zones[zone].prefixes)
        both.ask_zone(drawer.packet(sources=spans), zone, of_zones)
    assert not of_zones.differing, (len(of_zones.differing), of_zones.differing[:5])
    assert of_zones.share(Verdict.PERMIT) > 0.05, of_zones.said
    assert of_zones.share(Verdict.DENY) > 0.05, of_zones.said
    print(f"{name} conduits {dict(of_conduits.said)} zones {dict(of_zones.said)}")


@pytest.fixture(scope="module")
def space() -> PacketSpace:
    return PacketSpace()


@pytest.mark.parametrize("name", sorted(MADE))
def test_configurations_made_by_chance(space: PacketSpace, name: str) -> None:
    verdicts: Counter[str] = Counter()

    @given(files=MADE[name], seed=st.integers(0, 2**32))
    def agree(files: dict[str, str], seed: int) -> None:
        sources = tuple(SourceFile(path=path, lines=tuple(text.splitlines())) for path, text in files.items())
        result = parsers()[name].parse(sources)
        left = [
            f"{ledger.path}:{line}"
            for ledger in result.ledgers
            for state in (LineState.UNSUPPORTED, LineState.UNRECOGNIZED)
            for line in ledger.lines(state)
        ]
        assert not left, "what is made here is what the parsers understand"
        (one,) = result.devices
        chance = Random(seed)
        both = DeviceAgreement(space, one, AS_OF)
        drawer = Drawer([one], chance, any_state=not one.stateful)
        tally = Tally()
        for pair in both.pairs:
            for number in range(12):
                passing = both.forwarded(*pair).may & both.asked
                packet = drawn(passing, chance) if number % 6 == 0 and passing else drawer.packet(pair)
                both.ask(packet, *pair, tally)
        own = tuple((a.prefix.version, a.address, a.address) for i in one.interfaces for a in i.answering)
        for interface in one.interfaces if own else ():
            for _ in range(4):
                both.ask_local(drawer.packet((interface.name, ""), destinations=own), interface.name, tally)
        assert not tally.differing, "\n".join(tally.differing[:3])
        verdicts.update(traced for _, traced in tally.said.elements())

    agree()
    assert {Verdict.PERMIT, Verdict.DENY} <= set(verdicts), verdicts
    print(f"{name}: {dict(verdicts)}")


def device_of(name: str, files: dict[str, str]) -> Device:
    """The device that the files of one configuration are."""
    (found,) = (
        parsers()[name].parse(tuple(SourceFile(path=p, lines=tuple(t.splitlines())) for p, t in files.items())).devices
    )
    return found


#: An iptables-save file shows no addresses, so that people say what is behind which interface.
OF_LINUX = Declared(
    internet=(Selector.parse("if=made/eth0"),),
    zones=tuple(
        ZoneSpec(name=name, role="", members=(Selector.parse(at), Selector.parse(prefix)), span=SPAN)
        for name, at, prefix in (("office", "if=made/eth1", "10.1.0.0/24"), ("servers", "if=made/eth2", "10.2.0.0/24"))
    ),
)


def network_agrees(space: PacketSpace, devices: list[Device], declared: Declared, chance: Random) -> Counter[str]:
    """How often which verdict was given from zone to zone; fails where the two differ."""
    graph = build(space, devices, declared, AS_OF)
    known = sorted(with_declared_interfaces(devices, declared), key=lambda d: d.name)
    both = NetworkAgreement(graph, NetworkTracer(known, build_segments(known, declared), AS_OF))
    tally = Tally()
    for (src, dst), conduit in graph.conduits.items():
        for packets in (conduit.sent.may, conduit.sent.may, conduit.sent.must, conduit.sent.must):
            if packets:
                both.ask_conduit(drawn(packets, chance), conduit.sent.must, tally, (src, dst))
    drawer = Drawer(known, chance)
    for zone in graph.sources:
        spans = tuple((p.version, p.first, p.last) for p in graph.zones[zone].prefixes)
        for _ in range(8):
            both.ask_zone(drawer.packet(sources=spans), zone, tally)
    assert not tally.differing, "\n".join(tally.differing[:3])
    return Counter(traced for _, traced in tally.said.elements())


@pytest.mark.parametrize("name", sorted(MADE))
def test_networks_of_one_device_made_by_chance(space: PacketSpace, name: str) -> None:
    verdicts: Counter[str] = Counter()
    declared = OF_LINUX if name == "linux_iptables" else Declared()

    @given(files=MADE[name], seed=st.integers(0, 2**32))
    def agree(files: dict[str, str], seed: int) -> None:
        verdicts.update(network_agrees(space, [device_of(name, files)], declared, Random(seed)))

    agree()
    assert {Verdict.PERMIT, Verdict.DENY} <= set(verdicts), verdicts
    print(f"{name}: {dict(verdicts)}")


@pytest.mark.parametrize("name", sorted(set(MADE) - {"linux_iptables"}))
def test_networks_of_two_devices_made_by_chance(space: PacketSpace, name: str) -> None:
    """What one device translates is what the next one filters, and translates once more."""
    verdicts: Counter[str] = Counter()
    hop = parse_address(NEXT_HOP)[1]
    routes = tuple(Route(prefix=parse_prefix(text), span=SPAN, next_hop=hop) for text in ROUTES)

    @given(edge=MADE[name], core=BEHIND, seed=st.integers(0, 2**32))
    def agree(edge: dict[str, str], core: dict[str, str], seed: int) -> None:
        outer = device_of(name, edge)
        devices = [device_of("cisco_ios", core), replace(outer, routes=(*outer.routes, *routes))]
        verdicts.update(network_agrees(space, devices, Declared(), Random(seed)))

    agree()
    assert {Verdict.PERMIT, Verdict.DENY} <= set(verdicts), verdicts
    print(f"{name}: {dict(verdicts)}")
