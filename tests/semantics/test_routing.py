"""Which way a device sends packets, where its routes leave something open."""

from dataclasses import replace
from datetime import date

import pytest

from segaudit.model import (
    Action,
    AddressMethod,
    Attachment,
    Condition,
    ConditionKind,
    Device,
    Hook,
    Interface,
    InterfaceAddress,
    Prefix,
    Route,
    RouteKind,
    Rule,
    RuleSet,
    RuleSetKind,
    Span,
    VrfImport,
    interfaces,
    network,
)
from segaudit.model.address import parse_address, parse_prefix
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSet, PacketSpace
from segaudit.semantics.device import DeviceSemantics
from segaudit.semantics.routing import MOST_RECURSION, Routes, RoutingTable

DAY = date(2026, 7, 1)
SPACE = PacketSpace()
SPAN = Span(path="made.cfg", first_line=1, last_line=1)


def interface(name: str, address: str = "", *, enabled: bool = True) -> Interface:
    """An interface with one address and its prefix; without one, it gets its address from elsewhere."""
    if not address:
        return Interface(name=name, span=SPAN, method=AddressMethod.DHCP, enabled=enabled)
    _, value = parse_address(address.partition("/")[0])
    own = InterfaceAddress(address=value, prefix=parse_prefix(address))
    return Interface(name=name, span=SPAN, addresses=(own,), enabled=enabled)


def route(prefix: str, hop: str = "", interface: str = "", kind: RouteKind = RouteKind.STATIC) -> Route:
    """A route of one line."""
    next_hop = parse_address(hop)[1] if hop else None
    return Route(prefix=parse_prefix(prefix), span=SPAN, next_hop=next_hop, interface=interface, kind=kind)


def router(*routes: Route, interfaces: tuple[Interface, ...]) -> Device:
    """A device with these."""
    return Device(name="r1", format="made", span=SPAN, interfaces=interfaces, routes=routes)


def to(prefix: str) -> PacketSet:
    """All packets to a prefix."""
    wanted: Prefix = parse_prefix(prefix)
    return SPACE.addresses("dst", wanted.version, wanted.first, wanted.last)


def ways(device: Device, prefix: str) -> dict[str, str]:
    """How surely packets to ``prefix`` leave by which interface."""
    found = RoutingTable(SPACE, device).ways(PacketBounds.exactly(to(prefix)))
    return {way.egress: "must" if way.packets.must else "may" for way in found}


INSIDE = interface("inside", "192.168.1.1/24")
OUTSIDE = interface("outside", "192.0.2.2/30")


def test_a_next_hop_behind_another_route_is_followed() -> None:
    device = router(
        route("10.9.0.0/16", "10.1.1.1"),
        route("10.1.1.0/24", "192.168.1.254"),
        route("0.0.0.0/0", "192.0.2.1"),
        interfaces=(INSIDE, OUTSIDE),
    )
    assert ways(device, "10.9.3.0/24") == {"inside": "must"}
    hops = {str(one.route.prefix): one.next_hop for one in Routes(device).of("")}
    assert hops["10.9.0.0/16"] == parse_address("192.168.1.254"), "the neighbour on the link, not the far router"


def test_a_route_whose_next_hop_is_nowhere_leaves_its_packets_to_the_others() -> None:
    device = router(route("10.9.0.0/16", "10.1.1.1"), interfaces=(INSIDE, OUTSIDE))
    assert ways(device, "10.9.3.0/24") == {}
    covered = router(
        route("10.9.0.0/16", interface="shut"),
        route("0.0.0.0/0", "192.0.2.1"),
        interfaces=(INSIDE, OUTSIDE, interface("shut", "10.7.0.1/24", enabled=False)),
    )
    assert ways(covered, "10.9.3.0/24") == {"outside": "must"}


def test_a_next_hop_in_a_subnet_that_does_not_show_may_be_on_any_such_interface() -> None:
    device = router(route("0.0.0.0/0", "203.0.113.1"), interfaces=(INSIDE, interface("wan1"), interface("wan2")))
    assert ways(device, "198.51.100.0/24") == {"wan1": "may", "wan2": "may"}


def test_two_routes_that_name_each_other_lead_nowhere() -> None:
    device = router(route("10.1.0.0/16", "10.2.0.1"), route("10.2.0.0/16", "10.1.0.1"), interfaces=(INSIDE,))
    assert list(Routes(device).of("")) == []


def test_of_two_equal_routes_none_is_sure_and_nothing_goes_elsewhere() -> None:
    device = router(
        route("10.9.0.0/16", "192.168.1.254"),
        route("10.9.0.0/16", "192.0.2.1"),
        route("0.0.0.0/0", "192.168.1.9"),
        interfaces=(INSIDE, OUTSIDE),
    )
    assert ways(device, "10.9.3.0/24") == {"inside": "may", "outside": "may"}
    twice = router(route("10.9.0.0/16", "192.0.2.1"), route("10.9.0.0/16", "192.0.2.1"), interfaces=(OUTSIDE,))
    assert ways(twice, "10.9.3.0/24") == {"outside": "must"}


def test_a_floating_route_is_used_where_the_better_one_may_be_gone() -> None:
    better = replace(route("10.9.0.0/16", "192.0.2.1"), tracked=True)
    floating = replace(route("10.9.0.0/16", "192.168.1.254"), distance=250)
    third = replace(route("10.9.0.0/16", interface="shut"), distance=251)
    shut = interface("shut", "10.7.0.1/24")
    default = route("0.0.0.0/0", interface="shut")
    tracked = router(better, floating, third, default, interfaces=(INSIDE, OUTSIDE, shut))
    assert ways(tracked, "10.9.3.0/24") == {"outside": "may", "inside": "may"}
    firm = router(replace(better, tracked=False), floating, third, default, interfaces=(INSIDE, OUTSIDE, shut))
    assert ways(firm, "10.9.3.0/24") == {"outside": "must"}


def test_a_discarded_prefix_goes_nowhere_but_for_its_longer_parts() -> None:
    device = router(
        route("10.0.0.0/8", kind=RouteKind.DISCARD),
        route("10.9.0.0/16", "192.168.1.254"),
        route("0.0.0.0/0", "192.0.2.1"),
        interfaces=(INSIDE, OUTSIDE),
    )
    assert ways(device, "10.8.0.0/16") == {}
    assert ways(device, "10.9.0.0/16") == {"inside": "must"}
    assert ways(device, "11.0.0.0/16") == {"outside": "must"}


GREEN = replace(interface("green", "10.50.0.1/24"), vrf="green")


def in_vrf(device: Device, vrf: str, prefix: str) -> dict[str, str]:
    """`ways` by the table of ``vrf``."""
    found = RoutingTable(SPACE, device, vrf).ways(PacketBounds.exactly(to(prefix)))
    return {way.egress: "must" if way.packets.must else "may" for way in found}


def test_a_route_leaves_by_another_vrf() -> None:
    by_hop = replace(route("0.0.0.0/0", "192.0.2.1"), vrf="green", next_hop_vrf="")
    by_interface = replace(route("10.9.0.0/16", interface="inside"), vrf="green")
    device = router(by_hop, by_interface, interfaces=(INSIDE, OUTSIDE, GREEN))
    assert in_vrf(device, "green", "198.51.100.0/24") == {"outside": "must"}
    assert in_vrf(device, "green", "10.9.3.0/24") == {"inside": "must"}
    assert in_vrf(device, "green", "10.50.0.0/24") == {"green": "must"}
    assert in_vrf(device, "", "10.50.0.0/24") == {}
    stays = router(replace(by_hop, next_hop_vrf=None), interfaces=(INSIDE, OUTSIDE, GREEN))
    assert in_vrf(stays, "green", "198.51.100.0/24") == {}, "the next hop is in no subnet of that VRF"


@pytest.mark.parametrize("sure", [True, False])
def test_a_vrf_takes_over_what_another_one_has(*, sure: bool) -> None:
    device = replace(
        router(
            route("10.9.0.0/16", "192.168.1.254"),
            replace(route("10.9.3.0/24", "10.50.0.9"), vrf="green"),
            replace(route("0.0.0.0/0", "10.50.0.9"), vrf="green"),
            interfaces=(INSIDE, OUTSIDE, GREEN),
        ),
        vrf_imports=(VrfImport(vrf="green", origin="", span=SPAN, sure=sure),),
    )
    if sure:
        assert in_vrf(device, "green", "192.168.1.0/24") == {"inside": "must"}
        assert in_vrf(device, "green", "10.9.8.0/24") == {"inside": "must"}
    else:
        assert in_vrf(device, "green", "192.168.1.0/24") == {"inside": "may", "green": "may"}
        assert in_vrf(device, "green", "10.9.8.0/24") == {"inside": "may", "green": "may"}
    assert in_vrf(device, "green", "10.9.3.0/24") == {"green": "must"}, "the longer prefix is its own"
    assert in_vrf(device, "", "10.50.0.0/24") == {}, "nothing flows the other way"


def test_where_a_protocol_runs_any_router_may_have_told_of_a_network() -> None:
    device = replace(
        router(route("10.9.0.0/16", "192.168.1.254"), interfaces=(INSIDE, OUTSIDE, interface("lan", "10.1.0.1/24"))),
        dynamic_routing=("ospf",),
    )
    assert ways(device, "192.168.1.0/24") == {"inside": "must"}
    assert ways(device, "10.9.3.0/24") == {"inside": "may", "outside": "may", "lan": "may"}
    told = replace(device, dynamic_interfaces=frozenset({"outside"}))
    assert ways(told, "10.9.3.0/24") == {"inside": "may", "outside": "may"}
    found = RoutingTable(SPACE, told).ways(PacketBounds.exactly(to("10.8.0.0/16")))
    assert [(way.egress, way.guessed) for way in found] == [("outside", True)]
    assert not RoutingTable(SPACE, told).ways(PacketBounds.exactly(to("10.8.0.0/16")), "outside"), "never back"
    captured = replace(device, known_tables=frozenset({("", 4)}))
    assert ways(captured, "10.9.3.0/24") == {"inside": "must"}
    assert ways(captured, "10.8.0.0/16") == {}
    assert ways(captured, "2001:db8::/32") == {"inside": "may", "outside": "may", "lan": "may"}, "the other family"


def test_thousands_of_routes_through_each_other() -> None:
    chained = [route(f"10.{n // 250}.{n % 250}.0/24", "192.168.1.254") for n in range(5_000)]
    behind = [route(f"172.{16 + n // 250}.{n % 250}.0/24", f"10.0.{n % 250}.1") for n in range(2_000)]
    device = router(*chained, *behind, route("0.0.0.0/0", "192.0.2.1"), interfaces=(INSIDE, OUTSIDE))
    assert len(RoutingTable(SPACE, device).ways(PacketBounds.exactly(SPACE.full))) == 4
    assert ways(device, "172.16.7.0/24") == {"inside": "must"}


def test_a_chain_of_next_hops_ends_somewhere() -> None:
    def chain(length: int) -> Device:
        first = route("10.0.0.0/24", "192.168.1.254")
        return router(
            first, *(route(f"10.0.{n}.0/24", f"10.0.{n - 1}.1") for n in range(1, length)), interfaces=(INSIDE,)
        )

    assert ways(chain(MOST_RECURSION), f"10.0.{MOST_RECURSION - 1}.0/24") == {"inside": "must"}
    assert ways(chain(3_000 // 12), "10.0.249.0/24") == {}


# -- policy routing ---------------------------------------------------------------------------------------------------


def policy(*rules: Rule, default: Action | None = None) -> tuple[RuleSet, Attachment]:
    """A routing list, asked of all that comes in at the inside."""
    made = RuleSet(name="pbr", rules=rules, kind=RuleSetKind.ROUTING, default=default)
    return made, Attachment(rule_sets=("pbr",), hook=Hook.ROUTING, ingress=interfaces("inside"))


def choosing(place: int, source: str, *routes: Route, action: Action = Action.ROUTE) -> Rule:
    """A rule for a source."""
    return Rule(id=str(place), position=place, action=action, span=SPAN, source=network(source), routes=routes)


def crossing(device: Device, source: str, ingress: str = "inside") -> dict[str, str]:
    """How surely packets of ``source`` to the internet leave by which interface."""
    asked = SPACE.addresses("src", 4, network(source).first, network(source).last) & to("198.51.100.0/24")
    found = DeviceSemantics(SPACE, device, DAY).cross(ingress, PacketBounds.exactly(asked))
    return {c.egress: "must" if c.piece.current.must == asked else "may" for c in found}


BACKUP = interface("backup", "203.0.113.2/30")
DEFAULT = route("0.0.0.0/0", "192.0.2.1")


def test_the_first_rule_that_matches_chooses_the_way() -> None:
    rules, bound = policy(
        choosing(1, "192.168.1.8/29", action=Action.PERMIT),
        choosing(2, "192.168.1.16/29", action=Action.DENY),
        choosing(3, "192.168.1.0/25", route("0.0.0.0/0", "203.0.113.1")),
    )
    device = replace(router(DEFAULT, interfaces=(INSIDE, OUTSIDE, BACKUP)), rule_sets=(rules,), attachments=(bound,))
    assert crossing(device, "192.168.1.8/29") == {"outside": "must"}, "permitted: by the routing table"
    assert crossing(device, "192.168.1.16/29") == {}, "denied: dropped"
    assert crossing(device, "192.168.1.32/29") == {"backup": "must"}
    assert crossing(device, "192.168.1.128/29") == {"outside": "must"}, "no rule: by the routing table"
    assert crossing(device, "192.168.1.32/29", "backup") == {"outside": "must"}, "asked of what comes in inside only"


def test_the_next_one_is_taken_where_the_first_is_not_up() -> None:
    down = route("0.0.0.0/0", "10.77.0.1")
    good = route("0.0.0.0/0", "203.0.113.1")
    tracked = replace(good, tracked=True)

    def sent(*routes: Route) -> dict[str, str]:
        rules, bound = policy(choosing(1, "192.168.1.0/24", *routes))
        device = router(DEFAULT, route("10.0.0.0/8", kind=RouteKind.DISCARD), interfaces=(INSIDE, OUTSIDE, BACKUP))
        return crossing(replace(device, rule_sets=(rules,), attachments=(bound,)), "192.168.1.32/29")

    nowhere = route("0.0.0.0/0", "2001:db8::1")
    assert sent(replace(nowhere, interface="gone")) == {"gone": "must"}, "an interface that the config does not show"
    assert sent(down) == {}, "its next hop lies behind a route that discards"
    assert sent(tracked) == {"backup": "may", "outside": "may"}
    assert sent(tracked, route("0.0.0.0/0", "192.168.1.77")) == {"backup": "may", "inside": "may"}
    assert sent(tracked, route("0.0.0.0/0", kind=RouteKind.DISCARD)) == {"backup": "may"}
    assert sent() == {"outside": "must"}
    table = Route(prefix=parse_prefix("0.0.0.0/0"), span=SPAN, next_hop_vrf="green")
    assert sent(table) == {}, "a table without a route for it, and nothing behind"


def test_doubt_whether_a_rule_matches_is_doubt_about_the_way() -> None:
    user = Condition(kind=ConditionKind.USER, text="staff")
    rule = replace(choosing(1, "192.168.1.0/24", route("0.0.0.0/0", "203.0.113.1")), conditions=(user,))
    rules, bound = policy(rule)
    device = replace(router(DEFAULT, interfaces=(INSIDE, OUTSIDE, BACKUP)), rule_sets=(rules,), attachments=(bound,))
    assert crossing(device, "192.168.1.32/29") == {"backup": "may", "outside": "may"}
