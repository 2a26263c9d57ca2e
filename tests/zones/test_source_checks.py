"""Reverse-path checks: the table's sets and the tracer's routes say the same of every source; what a check stops, and how."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segaudit.model import (
    Device,
    Prefix,
    Route,
    RouteKind,
    SourceCheck,
    SourceCheckMode,
    parse_address,
    parse_prefix,
)
from segaudit.packetspace.packet import SYN, Packet
from segaudit.packetspace.space import PacketSpace
from segaudit.semantics.trace_match import MAYBE, NO, YES
from segaudit.zones.build import Terrain
from segaudit.zones.trace_routes import RouteTracer
from tests.zones.networks import DAY, NOTHING, SPAN, device, interface, route

#: Networks that a route may be for: all, nested ones, and beside them.
PREFIXES = ("0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.128/25", "10.9.0.0/16", "172.16.0.0/12")
HOPS = ("192.0.2.254", "198.51.100.254", "203.0.113.254", "10.9.0.1")
NAMES = ("a", "b", "c")
MODES = (SourceCheckMode.STRICT, SourceCheckMode.FEASIBLE, SourceCheckMode.LOOSE)


@st.composite
def routes(draw: st.DrawFn) -> tuple[Route, ...]:
    """Static routes of all sorts."""
    found: list[Route] = []
    for _ in range(draw(st.integers(0, 6))):
        discards = draw(st.integers(0, 7)) == 0
        found.append(
            Route(
                prefix=parse_prefix(draw(st.sampled_from(PREFIXES))),
                span=SPAN,
                next_hop=None if discards else parse_address(draw(st.sampled_from(HOPS)))[1],
                distance=draw(st.sampled_from((1, 1, 5))),
                kind=RouteKind.DISCARD if discards else RouteKind.STATIC,
                tracked=draw(st.integers(0, 5)) == 0,
            )
        )
    return tuple(found)


def router(its_routes: tuple[Route, ...], *, dynamic: bool) -> Device:
    """Three links, two of them with networks behind their routers."""
    return device(
        "r",
        interface("a", "192.0.2.1/24"),
        interface("b", "198.51.100.1/24"),
        interface("c", "203.0.113.1/24", "10.1.0.1/16"),
        routes=its_routes,
        dynamic=("ospf",) if dynamic else (),
    )


def from_address(address: int) -> Packet:
    """A first packet with that source."""
    return Packet(version=4, protocol=6, src=address, dst=0xC0000205, src_port=50000, dst_port=80, tcp_flags=SYN)


@pytest.fixture(scope="module")
def space() -> PacketSpace:
    return PacketSpace()


@pytest.mark.parametrize("mode", MODES)
def test_sets_and_tracer_expect_the_same_sources(space: PacketSpace, mode: SourceCheckMode) -> None:
    said: set[int] = set()

    @given(its_routes=routes(), dynamic=st.booleans(), default=st.booleans(), seed=st.integers(0, 2**16))
    def agree(its_routes: tuple[Route, ...], dynamic: bool, default: bool, seed: int) -> None:
        one = router(its_routes, dynamic=dynamic)
        check = SourceCheck(mode=mode, default_route=default)
        terrain, chance = Terrain(space, [one], NOTHING, DAY), Random(seed)
        (start, *_) = terrain.segments.segments
        semantics, tracer = terrain.semantics(one.name, start), RouteTracer(one, terrain.segments)
        around = [parse_prefix(text) for text in (*PREFIXES, "192.0.2.0/24", "203.0.113.0/24")]
        for name in NAMES:
            passing = semantics.routing(name).sources(name, check)
            for prefix in around:
                packet = from_address(address_in(prefix, chance))
                traced = tracer.expects(packet, name, check)
                of_sets = YES if packet in passing.must else MAYBE if packet in passing.may else NO
                assert of_sets == traced, (name, packet.src_text, of_sets, traced)
                said.add(traced)

    agree()
    assert said == {NO, MAYBE, YES}


def address_in(prefix: Prefix, chance: Random) -> int:
    """An address of a prefix: its first, its last, or any."""
    return chance.choice((prefix.first, prefix.last, chance.randint(prefix.first, prefix.last)))


def expected(one: Device, name: str, source: str, check: SourceCheck) -> str:
    """What both say of a source: the words of the tracer."""
    terrain = Terrain(PacketSpace(), [one], NOTHING, DAY)
    packet = from_address(parse_address(source)[1])
    passing = terrain.semantics(one.name, terrain.segments.segments[0]).routing(name).sources(name, check)
    traced = RouteTracer(one, terrain.segments).expects(packet, name, check)
    assert traced == (YES if packet in passing.must else MAYBE if packet in passing.may else NO)
    return {NO: "no", MAYBE: "maybe", YES: "yes"}[traced]


@pytest.mark.parametrize(
    ("mode", "name", "source", "answer"),
    [
        (SourceCheckMode.STRICT, "a", "198.18.0.1", "yes"),
        (SourceCheckMode.STRICT, "a", "10.1.2.3", "no"),
        (SourceCheckMode.STRICT, "c", "10.1.2.3", "yes"),
        (SourceCheckMode.STRICT, "b", "10.1.2.3", "no"),
        (SourceCheckMode.FEASIBLE, "a", "10.1.2.3", "yes"),
        (SourceCheckMode.FEASIBLE, "b", "10.1.2.3", "no"),
        (SourceCheckMode.FEASIBLE, "b", "198.51.100.9", "yes"),
        (SourceCheckMode.LOOSE, "b", "10.1.2.3", "yes"),
        (SourceCheckMode.LOOSE, "b", "198.18.0.1", "yes"),
    ],
)
def test_a_default_route_at_the_outside(mode: SourceCheckMode, name: str, source: str, answer: str) -> None:
    one = router((route("0.0.0.0/0", "192.0.2.254"),), dynamic=False)
    assert expected(one, name, source, SourceCheck(mode=mode)) == answer


def test_without_the_default_route_only_what_is_routed_counts() -> None:
    one = router((route("0.0.0.0/0", "192.0.2.254"),), dynamic=False)
    for mode in MODES:
        assert expected(one, "a", "198.18.0.1", SourceCheck(mode=mode, default_route=False)) == "no"
        assert expected(one, "a", "192.0.2.77", SourceCheck(mode=mode, default_route=False)) == "yes"


def test_what_a_list_spares_is_possible_and_another_family_is_not_asked() -> None:
    one = router((), dynamic=False)
    spared = SourceCheck(mode=SourceCheckMode.STRICT, spared=True)
    assert expected(one, "a", "10.1.2.3", spared) == "maybe"
    other = SourceCheck(mode=SourceCheckMode.STRICT, versions=frozenset({6}))
    assert expected(one, "a", "10.1.2.3", other) == "yes"
