"""Interfaces, zones, routers and routes."""

import pytest

from segaudit.model import AddressMethod, Device, InterfaceKind, LineState, Prefix, RouteKind, parse_prefix
from tests.parsers.paloalto_panos.reading import BASE, device, fixture, parsed


@pytest.fixture(scope="module")
def sapporo() -> Device:
    (on,) = fixture("sapporo.set").devices
    return on


@pytest.mark.parametrize(
    ("name", "kind", "zone", "prefixes"),
    [
        ("ethernet1/1", InterfaceKind.PHYSICAL, "untrust", ["203.0.113.0/28", "203.0.113.0/28", "2001:db8:ff::/64"]),
        ("ethernet1/2.10", InterfaceKind.VLAN, "trust", ["192.168.10.0/24", "2001:db8:10::/64"]),
        ("ethernet1/2.20", InterfaceKind.VLAN, "servers", ["192.168.20.0/24"]),
        ("ae1", InterfaceKind.AGGREGATE, "dmz", ["192.168.30.0/24"]),
        ("loopback.1", InterfaceKind.LOOPBACK, "untrust", ["203.0.113.10/32"]),
        ("tunnel.1", InterfaceKind.VPN, "vpn", []),
        ("tunnel.2", InterfaceKind.TUNNEL, "hakodate", ["172.31.0.0/30"]),
        ("vlan.40", InterfaceKind.VLAN, "trust", ["192.168.40.0/24"]),
        ("management", InterfaceKind.MANAGEMENT, "", ["192.168.250.0/24", "2001:db8:250::/64"]),
    ],
)
def test_interfaces(sapporo: Device, name: str, kind: InterfaceKind, zone: str, prefixes: list[str]) -> None:
    found = sapporo.interface(name)
    assert found is not None
    assert (found.kind, found.zone) == (kind, zone)
    assert [str(one.prefix) for one in found.addresses] == prefixes


def test_details_of_interfaces(sapporo: Device) -> None:
    outside, inside, bundle = (sapporo.interface(n) for n in ("ethernet1/1", "ethernet1/2.10", "ae1"))
    assert outside is not None
    assert inside is not None
    assert bundle is not None
    assert outside.description == "インターネット回線"
    assert [one.secondary for one in outside.addresses] == [False, True, False]
    assert (inside.vlan, inside.parent, inside.description) == (10, "ethernet1/2", "端末")
    assert bundle.members == ("ethernet1/3", "ethernet1/4")
    line = sapporo.interface("ethernet1/9")
    assert line is not None
    assert (line.method, line.enabled) == (AddressMethod.DHCP, False)
    routed = sapporo.interface("vlan.40")
    assert routed is not None
    assert routed.members == ("ethernet1/5.40",)


def test_an_interface_without_a_router_shares_no_routes(sapporo: Device) -> None:
    alone, other = sapporo.interface("ethernet1/11"), sapporo.interface("ethernet1/1")
    assert alone is not None
    assert other is not None
    assert alone.vrf != other.vrf == ""
    unzoned = sapporo.rule_set("no zone")
    assert unzoned is not None
    items = {item for one in sapporo.attachments if "no zone" in one.rule_sets for item in one.ingress.items}
    assert items == {"ethernet1/9", "ethernet1/11"}


def test_ports_that_switch_or_listen_are_told(sapporo: Device) -> None:
    told = " ".join(str(notice.message) for notice in sapporo.notices)
    assert "kansatsu is a bridge" in told
    assert "gakusei-l2 holds switched ports" in told
    assert sapporo.interface("ethernet1/10") is None


def test_routes(sapporo: Device) -> None:
    found = {(str(one.prefix), one.interface, one.distance, one.kind) for one in sapporo.routes if not one.vrf}
    assert ("192.168.60.0/24", "tunnel.2", 10, RouteKind.STATIC) in found
    assert ("0.0.0.0/0", "ethernet1/1", 10, RouteKind.STATIC) in found
    assert ("0.0.0.0/0", "", 11, RouteKind.STATIC) in found
    assert ("10.0.0.0/8", "", 10, RouteKind.DISCARD) in found
    assert ("::/0", "", 10, RouteKind.STATIC) in found
    assert ("198.51.100.0/24", "ae1", 1, RouteKind.POLICY) in found
    own = [one for one in sapporo.routes if one.vrf == "management"]
    assert [str(one.prefix) for one in own] == ["0.0.0.0/0", "::/0"]


def test_a_dhcp_line_brings_a_default_route() -> None:
    text = "set network interface ethernet ethernet1/1 layer3 dhcp-client enable yes\nset zone out network layer3 ethernet1/1\n"
    on = device(text)
    assert [(one.interface, one.tracked) for one in on.routes] == [("ethernet1/1", True)]
    on = device(text + "set network interface ethernet ethernet1/1 layer3 dhcp-client create-default-route no\n")
    assert not on.routes
    pppoe = text.replace("dhcp-client enable", "pppoe enable")
    assert device(pppoe).interfaces[0].method is AddressMethod.PPPOE


def test_routing_protocols_are_named() -> None:
    on = device(BASE + "set network virtual-router default protocol bgp enable yes\n")
    assert on.dynamic_routing == ("bgp",)
    on = device(BASE + "set network virtual-router default protocol bgp enable no\n")
    assert on.dynamic_routing == ()


def test_several_virtual_routers_are_vrfs() -> None:
    text = BASE + "set network virtual-router other interface ethernet1/4\n"
    text += (
        "set network interface ethernet ethernet1/4 layer3 ip 10.4.0.1/24\nset zone far network layer3 ethernet1/4\n"
    )
    text += "set network virtual-router default routing-table ip static-route o destination 10.4.0.0/16\n"
    text += "set network virtual-router default routing-table ip static-route o nexthop next-vr other\n"
    text += "set network virtual-router other routing-table ip static-route far destination 10.4.9.0/24\n"
    text += "set network virtual-router other routing-table ip static-route far nexthop ip-address 10.4.0.9\n"
    result = parsed(text)
    (on,) = result.devices
    assert {one.name: one.vrf for one in on.interfaces if one.name != "management"} == {
        "ethernet1/1": "default",
        "ethernet1/2": "default",
        "ethernet1/3": "default",
        "ethernet1/4": "other",
    }
    leaked = {(str(one.prefix), one.interface) for one in on.routes if one.vrf == "default" and one.prefix.length}
    assert leaked == {("10.4.0.0/24", "ethernet1/4"), ("10.4.9.0/24", "ethernet1/4")}
    assert result.ledgers[0].count(LineState.APPROXIMATED) == 1


def test_routers_that_hand_to_each_other_end() -> None:
    text = "".join(
        f"set network virtual-router {one} routing-table ip static-route r destination 10.0.0.0/8\n"
        f"set network virtual-router {one} routing-table ip static-route r nexthop next-vr {other}\n"
        for one, other in (("a", "b"), ("b", "a"))
    )
    assert device(text).routes == ()


def test_logical_routers() -> None:
    text = """
set network interface ethernet ethernet1/1 layer3 ip 10.1.0.1/24
set network interface ethernet ethernet1/2 layer3 ip 10.2.0.1/24
set network logical-router LR vrf default interface ethernet1/1
set network logical-router LR vrf blue interface ethernet1/2
set network logical-router LR vrf blue routing-table ip static-route d destination 0.0.0.0/0
set network logical-router LR vrf blue routing-table ip static-route d nexthop ip-address 10.2.0.254
set network logical-router LR vrf blue bgp enable yes
"""
    on = device(text)
    assert [one.vrf for one in on.interfaces] == ["LR", "LR/blue"]
    assert [(str(one.prefix), one.vrf) for one in on.routes] == [("0.0.0.0/0", "LR/blue")]
    assert on.dynamic_routing == ("bgp",)


def test_metrics_order_routes_of_one_prefix() -> None:
    def route(name: str, metric: int) -> str:
        head = f"set network virtual-router default routing-table ip static-route {name}"
        return f"{head} destination 192.0.2.0/24\n{head} nexthop ip-address 10.1.0.{metric}\n{head} metric {metric}\n"

    on = device(BASE + route("slow", 50) + route("fast", 5) + route("equal", 5))
    distances = {
        one.next_hop and one.next_hop & 255: one.distance
        for one in on.routes
        if one.prefix == parse_prefix("192.0.2.0/24")
    }
    assert distances == {5: 10, 50: 11}


def test_a_route_may_be_watched() -> None:
    head = "set network virtual-router default routing-table ip static-route d"
    assert device(BASE + f"{head} path-monitor enable yes\n").routes[0].tracked


def test_policy_based_forwarding() -> None:
    text = BASE + "set rulebase pbf rules p source any\nset rulebase pbf rules p destination any\n"
    on = device(text + "set rulebase pbf rules p action forward egress-interface ethernet1/3\n")
    policy = [one for one in on.routes if one.kind is RouteKind.POLICY]
    assert [one.prefix for one in policy] == [Prefix(4, 0, 0), Prefix(6, 0, 0)]
    result = parsed(text + "set rulebase pbf rules p action discard\n")
    assert result.ledgers[0].count(LineState.UNSUPPORTED) == 1
    off = (
        "set rulebase pbf rules p disabled yes\nset rulebase pbf rules p action forward egress-interface ethernet1/3\n"
    )
    assert all(one.kind is not RouteKind.POLICY for one in device(text + off).routes)


def test_a_config_without_interfaces_is_a_fragment() -> None:
    assert device("set rulebase security rules r action allow\n").fragment
    assert not device(BASE).fragment
