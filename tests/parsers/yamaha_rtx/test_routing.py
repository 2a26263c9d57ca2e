"""Routes, and gateways with filters (8.1.7, 8.7)."""

from __future__ import annotations

from segaudit.model import Action, Hook, LineState, RouteKind, RuleSetKind, format_address
from tests.parsers.yamaha_rtx.reading import device_of, office, rule_set, rules, states

PP = ("pp select 1", "pppoe use lan2", "pp enable 1")


def ways(*lines: str) -> list[tuple[str, str, RouteKind, int, bool]]:
    """The routes of a router with a LAN and a PPPoE line: where to, by what, how."""
    device = device_of("ip lan1 address 192.168.100.1/24", *PP, *lines)
    return [
        (
            str(route.prefix),
            format_address(route.prefix.version, route.next_hop) if route.next_hop is not None else route.interface,
            route.kind,
            route.distance,
            route.tracked,
        )
        for route in device.routes
    ]


def test_a_route_for_each_gateway() -> None:
    assert ways("ip route default gateway pp 1", "ip route 10.0.0.0/8 gateway 192.168.100.254") == [
        ("0.0.0.0/0", "pp1", RouteKind.STATIC, 1, False),
        ("10.0.0.0/8", "192.168.100.254", RouteKind.STATIC, 1, False),
    ]
    assert ways("ip route default gateway pp 1 weight 2 hide gateway tunnel 3 weight 0") == [
        ("0.0.0.0/0", "pp1", RouteKind.STATIC, 1, True),
        ("0.0.0.0/0", "tunnel3", RouteKind.STATIC, 2, False),
    ]
    assert ways("ip route 10.9.0.0/16 gateway null", "ip route 10.8.0.1 gateway 192.168.100.2 keepalive 1") == [
        ("10.9.0.0/16", "", RouteKind.DISCARD, 1, False),
        ("10.8.0.1/32", "192.168.100.2", RouteKind.STATIC, 1, True),
    ]


def test_ipv6_and_gateways_that_others_give() -> None:
    assert ways("ipv6 route default gateway 2001:db8::1", "ipv6 route 2001:db8:1::/48 gateway fe80::1%lan2") == [
        ("::/0", "2001:db8::1", RouteKind.STATIC, 1, False),
        ("2001:db8:1::/48", "lan2", RouteKind.STATIC, 1, False),
    ]
    leased = device_of("ip lan1 address 192.168.100.1/24", "ip lan2 address dhcp")
    assert [(str(r.prefix), r.interface) for r in leased.routes] == [("0.0.0.0/0", "lan2")]
    kept = device_of("ip lan1 address 192.168.100.1/24", "ip lan2 address dhcp", "ip route default gateway dhcp lan2")
    assert [(str(r.prefix), r.interface, r.distance) for r in kept.routes] == [("0.0.0.0/0", "lan2", 1)]


def test_a_line_that_is_taken_back_and_one_more_gateway() -> None:
    assert not ways("ip route default gateway pp 1", "no ip route default")
    both = ways("ip route default gateway pp 1", "ip route default gateway 192.168.100.2")
    assert [way[1] for way in both] == ["pp1", "192.168.100.2"]


FILTERS = (
    "ip filter 1 pass 192.168.100.16-192.168.100.31 * * * *",
    "ip filter 2 restrict * * tcp * www",
    "ip filter 3 reject * 198.51.100.0/24",
)


def test_gateways_with_filters_are_asked_before_the_table() -> None:
    device = office(
        "no ip route default", "ip route default gateway 203.0.113.4 filter 1 2 gateway 203.0.113.1", *FILTERS
    )
    chosen = rule_set(device, "ip route filters")
    assert chosen.kind is RuleSetKind.ROUTING
    assert (chosen.default, chosen.version) == (Action.PERMIT, 4)
    longer, first, second = chosen.rules
    assert (longer.action, longer.implicit) == (Action.PERMIT, "networks with a route of their own")
    assert [(r.action, [w.next_hop for w in r.routes], [w.tracked for w in r.routes]) for r in (first, second)] == [
        (Action.ROUTE, [0xCB007104], [False]),
        (Action.ROUTE, [0xCB007104], [True]),
    ]
    assert [a.hook for a in device.attachments if a.rule_sets == ("ip route filters",)] == [Hook.ROUTING]
    assert [(r.kind, r.next_hop) for r in device.routes] == [
        (RouteKind.POLICY, 0xCB007104),
        (RouteKind.STATIC, 0xCB007101),
    ]
    assert states(*FILTERS[:1]) == [LineState.IRRELEVANT]
    assert states("ip route 10.0.0.0/8 gateway 203.0.113.4 filter 1", FILTERS[0])[1] is LineState.MODELLED


def test_a_filter_that_rejects_leaves_the_gateway_in_doubt() -> None:
    """The reference does not say what it means there, so neither is sure."""
    device = office("ip route 10.0.0.0/8 gateway 203.0.113.4 filter 3 1 gateway 203.0.113.5", *FILTERS)
    found = rules(device, "ip route filters")
    assert [bool(found[name].conditions) for name in ("10.0.0.0/8 1 3", "10.0.0.0/8 1 1")] == [True, True]
    assert all(rule.action is Action.ROUTE for rule in found.values())


def test_applications_choose_a_gateway() -> None:
    device = office("no ip route default", "ip route default gateway 203.0.113.4 dpi 1 gateway 203.0.113.1")
    assert rules(device, "ip route filters")["default 1 dpi 1"].conditions[0].text == "dpi filter 1"


def test_filters_of_what_comes_in_at_an_interface() -> None:
    lines = (
        "ip forward filter 7 20 gateway 203.0.113.4 filter 1 2",
        "ip forward filter 7 10 gateway 203.0.113.5 filter 3",
        *FILTERS,
    )
    device = office("ip lan1 forward filter 7", *lines)
    found = rules(device, "ip forward filter 7")
    assert [(key, rule.action) for key, rule in found.items()] == [
        ("10 3", Action.DENY),
        ("20 1", Action.ROUTE),
        ("20 2", Action.ROUTE),
    ]
    (bound,) = [a for a in device.attachments if a.rule_sets == ("ip forward filter 7",)]
    assert bound.hook is Hook.ROUTING
    assert bound.ingress.items == {"lan1"}
    assert office(*lines).rule_set("ip forward filter 7") is None
    gone = office("ip lan1 forward filter 7", *lines, "no ip forward filter 7 10")
    assert list(rules(gone, "ip forward filter 7")) == ["20 1", "20 2"]


def test_protocols() -> None:
    assert office("rip use on").dynamic_routing == ("rip",)
    assert set(office("ospf use on", "bgp use on", "bgp autonomous-system 64500").dynamic_routing) == {"ospf", "bgp"}
    assert office().dynamic_routing == ()
