"""Who stops what does not arrive: every kind of stop, on networks of a few devices."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from segaudit.model import Action, Device, Hook, RouteKind, SourceCheck, SourceCheckMode, Tunnel, host, network
from segaudit.model.selector import Selector
from segaudit.packetspace.space import PacketSpace
from segaudit.zones.build import Terrain
from segaudit.zones.reach import NothingSelectedError, Refusal, Stop, end_of, refusals
from tests.zones.networks import DAY, NOTHING, SPAN, declared, device, interface, permit, route


def stops(devices: Sequence[Device], source: str, target: str, destination: str) -> list[Refusal]:
    """What stops packets of one segment to a host."""
    terrain = Terrain(PacketSpace(), devices, NOTHING, DAY)
    (segment,) = end_of(terrain, Selector.parse(source)).segments
    space = terrain.space
    there = network(destination) if "/" in destination else host(destination)
    packets = (
        terrain.territory.packets(segment, "src").may
        & space.opening
        & space.addresses("dst", there.version, there.first, there.last)
    )
    return list(refusals(terrain, segment, packets, end_of(terrain, Selector.parse(target))))


def only(found: list[Refusal]) -> Refusal:
    """The one refusal."""
    assert len(found) == 1, found
    return found[0]


def firewall(*rules: tuple[Action, str], default: Action = Action.DENY) -> Device:
    """An office, servers and a line to elsewhere at one device; a list by destination at the office."""
    return device(
        "fw",
        interface("office", "10.1.0.1/24"),
        interface("servers", "10.2.0.1/24"),
        interface("wan", "203.0.113.2/29"),
        filters=[permit("OFFICE", "office", *((a, network(text)) for a, text in rules), default=default)],
    )


def test_a_rule_and_the_end_of_a_list() -> None:
    one = firewall((Action.DENY, "10.2.0.8/29"))
    itself, *found = stops([one], "segment=10.1.0.0/24", "segment=10.2.0.0/24", "10.2.0.0/24")
    assert itself.stop is Stop.DEVICE_ITSELF, "10.2.0.1 is the firewall's own"
    assert [(r.stop, r.rule.id if r.rule is not None else "") for r in found] == [(Stop.RULE, "1"), (Stop.LIST_END, "")]
    rule, end = found
    space = rule.packets.space
    assert rule.packets <= space.addresses("dst", 4, 0x0A020008, 0x0A02000F)
    assert not rule.packets & end.packets
    assert {(r.device, r.ingress, r.egress, r.hook) for r in found} == {("fw", "office", "servers", Hook.FORWARD)}


def test_no_route_and_a_route_that_discards() -> None:
    one = firewall(default=Action.PERMIT)
    # The internet is behind wan, so that there is a way out; it does not have private addresses.
    assert only(stops([one], "segment=10.1.0.0/24", "segment=10.2.0.0/24", "172.16.9.9")).stop is Stop.NOWHERE
    inner = replace(one, interfaces=one.interfaces[:2])
    assert only(stops([inner], "segment=10.1.0.0/24", "segment=10.2.0.0/24", "172.16.9.9")).stop is Stop.NO_ROUTE
    dropping = replace(one, routes=(route("172.16.0.0/12", kind=RouteKind.DISCARD),))
    assert only(stops([dropping], "segment=10.1.0.0/24", "segment=10.2.0.0/24", "172.16.9.9")).stop is Stop.NO_ROUTE


def test_what_is_not_forwarded() -> None:
    one = replace(firewall(default=Action.PERMIT), forwards=False)
    assert only(stops([one], "segment=10.1.0.0/24", "segment=10.2.0.0/24", "10.2.0.9")).stop is Stop.NOT_FORWARDED


def test_elsewhere_and_nowhere() -> None:
    one = replace(firewall(default=Action.PERMIT), routes=(route("10.9.0.0/24", "10.2.0.254"),))
    found = only(stops([one], "segment=10.1.0.0/24", "if=fw/wan", "10.2.0.9"))
    assert (found.stop, found.segment) == (Stop.ELSEWHERE, "fw/servers")
    # The route leads to a router that is in no input; beside it nobody of that network is known.
    behind = only(stops([one], "segment=10.1.0.0/24", "if=fw/wan", "10.9.0.9"))
    assert (behind.stop, behind.segment) == (Stop.ELSEWHERE, "fw/servers>10.2.0.254")


def test_the_device_itself() -> None:
    one = firewall(default=Action.PERMIT)
    assert only(stops([one], "segment=10.1.0.0/24", "segment=10.2.0.0/24", "10.2.0.1")).stop is Stop.DEVICE_ITSELF
    assert only(stops([one], "segment=10.1.0.0/24", "self=fw", "10.2.0.1")).stop is Stop.NOT_LISTENING


def test_a_source_that_is_expected_elsewhere() -> None:
    one = firewall(default=Action.PERMIT)
    check = SourceCheck(mode=SourceCheckMode.STRICT)
    strict = replace(
        one,
        interfaces=tuple(replace(i, source_check=check) if i.name == "office" else i for i in one.interfaces),
        routes=(route("10.7.0.0/24", "10.1.0.254"), route("10.7.0.0/25", "10.2.0.254")),
    )
    terrain = Terrain(PacketSpace(), [strict], NOTHING, DAY)
    behind = next(s for s in terrain.segments.segments if s.name == "fw/office>10.1.0.254")
    space = terrain.space
    packets = (
        space.addresses("src", 4, 0x0A070000, 0x0A0700FF)
        & space.opening
        & space.addresses("dst", 4, 0x0A020009, 0x0A020009)
    )
    wanted = end_of(terrain, Selector.parse("if=fw/wan"))
    found = list(refusals(terrain, behind, packets, wanted))
    assert [r.stop for r in found] == [Stop.SOURCE_CHECK, Stop.ELSEWHERE]
    assert found[0].packets <= space.addresses("src", 4, 0x0A070000, 0x0A07007F)


def test_what_a_tunnel_does_not_carry() -> None:
    one = firewall(default=Action.PERMIT)
    tunnel = Tunnel(
        name="branch",
        kind="ipsec",
        interface="wan",
        span=SPAN,
        local=network("10.2.0.0/24"),
        remote=network("10.50.0.0/24"),
    )
    found = only(stops([replace(one, tunnels=(tunnel,))], "segment=10.1.0.0/24", "segment=10.50.0.0/24", "10.50.0.9"))
    assert found.stop is Stop.NOT_CARRIED
    assert (found.device, found.egress) == ("fw", "wan")


def test_a_list_that_is_bound_and_not_there() -> None:
    one = firewall()
    lost = replace(one, rule_sets=())
    terrain = Terrain(PacketSpace(), [lost], NOTHING, DAY)
    (segment,) = end_of(terrain, Selector.parse("segment=10.1.0.0/24")).segments
    space = terrain.space
    gate = terrain.semantics("fw", segment).gates(Hook.FORWARD, "office", "servers")[0]
    assert gate.passes.must == space.empty
    assert gate.passes.may == space.full, "whoever may pass is not refused: the answer is possibly, not no"


@pytest.mark.parametrize(
    ("selector", "segments"),
    [
        ("zone=office", ["fw/office"]),
        ("zone=fw:servers", ["fw/servers"]),
        ("zone=servers", ["fw/servers"]),
        ("role=terminal", ["fw/office"]),
        ("if=fw/servers", ["fw/servers"]),
        ("host=10.1.0.77", ["fw/office"]),
        ("10.0.0.0/8", ["fw/office", "fw/servers"]),
        ("internet", ["internet"]),
    ],
)
def test_what_a_selector_points_at(selector: str, segments: list[str]) -> None:
    site = declared(internet=["if=fw/wan"], office=("terminal", ["if=fw/office"]))
    terrain = Terrain(PacketSpace(), [firewall()], site, DAY)
    found = end_of(terrain, Selector.parse(selector))
    assert sorted(s.name for s in found.segments) == segments
    assert found.devices == (("fw",) if selector == "10.0.0.0/8" else ())


def test_several_zones_of_one_short_name() -> None:
    terrain = Terrain(
        PacketSpace(),
        [device("a", interface("lan", "10.1.0.1/24")), device("b", interface("lan", "10.2.0.1/24"))],
        NOTHING,
        DAY,
    )
    with pytest.raises(NothingSelectedError, match="a:lan, b:lan"):
        end_of(terrain, Selector.parse("zone=lan"))
    assert end_of(terrain, Selector.parse("zone=a:lan")).segments
    with pytest.raises(NothingSelectedError, match="internet:"):
        end_of(terrain, Selector.parse("internet"))
