"""Interfaces, zones, routers and routes."""

import pytest

from segaudit.model import (
    Action,
    AddressMethod,
    ConditionKind,
    Device,
    Hook,
    InterfaceKind,
    LineState,
    RouteKind,
    RuleSetKind,
    SourceCheckMode,
    parse_prefix,
)
from tests.parsers.paloalto_panos.reading import BASE, device, fixture, open_rule, parsed, said


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
    assert items == {"ethernet1/11"}


def test_ports_that_switch_or_listen_are_told(sapporo: Device) -> None:
    told = " ".join(str(notice.message) for notice in sapporo.notices)
    assert "gakusei-l2 holds switched ports" in told
    assert sapporo.interface("ethernet1/10") is None


def test_a_virtual_wire_is_a_bridge_that_filters(sapporo: Device) -> None:
    wire = sapporo.interface("kansatsu")
    assert wire is not None
    assert (wire.kind, wire.members, wire.members_filtered) == (
        InterfaceKind.BRIDGE,
        ("ethernet1/6", "ethernet1/7"),
        True,
    )
    assert said(sapporo, "tcp 192.0.2.1 > 192.0.2.2:80", "ethernet1/6 > ethernet1/7") == "permit intrazone-default wire"


def test_a_vlan_that_nothing_routes_for_filters_too() -> None:
    ports = "".join(f"set network interface ethernet ethernet1/{n} layer2\n" for n in (5, 6))
    text = ports + "set network vlan v interface [ ethernet1/5 ethernet1/6 ]\n"
    text += "set zone a network layer2 ethernet1/5\nset zone b network layer2 ethernet1/6\n"
    on = device(BASE + text + open_rule("from a", "to b", "service service-https"))
    assert said(on, "tcp 192.0.2.1 > 192.0.2.2:443", "ethernet1/5 > ethernet1/6") == "permit r"
    assert said(on, "tcp 192.0.2.1 > 192.0.2.2:80", "ethernet1/5 > ethernet1/6") == "deny end"
    assert not on.notices
    routed = device(BASE + text + "set network vlan v virtual-interface interface vlan.5\n")
    assert any("switched ports" in str(notice.message) for notice in routed.notices)


def test_protection_against_spoofing_asks_for_a_route_back() -> None:
    text = BASE + "set network profiles zone-protection-profile p discard-ip-spoof yes\n"
    text += "set zone in network zone-protection-profile p\n"
    found = {one.name: one.source_check.mode for one in device(text).interfaces}
    assert found["ethernet1/2"] is SourceCheckMode.STRICT
    assert found["ethernet1/1"] is SourceCheckMode.NONE
    more = (
        text
        + "set zone in network layer3 ethernet1/4\nset network interface ethernet ethernet1/4 layer3 ip 10.4.0.1/24\n"
    )
    found = {one.name: one.source_check.mode for one in device(more).interfaces}
    assert found["ethernet1/2"] is found["ethernet1/4"] is SourceCheckMode.UNKNOWN


def test_the_members_of_a_pair_name_it() -> None:
    head = "set deviceconfig high-availability"
    assert device(BASE + f"{head} enabled yes\n{head} group group-id 7\n").cluster == "group-id 7 vsys1"
    assert device(BASE + f"{head} enabled no\n{head} group group-id 7\n").cluster == ""


def test_routes(sapporo: Device) -> None:
    found = {(str(one.prefix), one.interface, one.metric, one.kind) for one in sapporo.routes if not one.vrf}
    assert ("192.168.60.0/24", "tunnel.2", 10, RouteKind.STATIC) in found
    assert ("0.0.0.0/0", "ethernet1/1", 10, RouteKind.STATIC) in found
    assert ("0.0.0.0/0", "", 100, RouteKind.STATIC) in found
    assert ("10.0.0.0/8", "", 10, RouteKind.DISCARD) in found
    assert ("::/0", "", 10, RouteKind.STATIC) in found
    assert {one.distance for one in sapporo.routes if not one.vrf} == {10}
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


def test_a_route_may_be_watched() -> None:
    head = "set network virtual-router default routing-table ip static-route d"
    assert device(BASE + f"{head} path-monitor enable yes\n").routes[0].tracked


def pbf(*settings: str, name: str = "p") -> str:
    return "".join(f"set rulebase pbf rules {name} {setting}\n" for setting in settings)


def test_policy_based_forwarding() -> None:
    on = device(
        BASE
        + pbf("from zone in", "destination 192.0.2.0/24", "action no-pbf", name="stay")
        + pbf("from interface ethernet1/2", "source 10.1.0.0/25", "destination 203.0.113.9", "negate-destination yes",
              "application any", "service service-https", "action forward egress-interface ethernet1/3",
              "action forward nexthop ip-address 10.2.0.254", "action forward monitor disable-if-unreachable yes")
        + pbf("source any", "destination 198.51.100.0/24", "action discard", name="drop")
        + pbf("source-user x", "application ssh", "action forward egress-interface ethernet1/3", name="asks")
    )  # fmt: skip
    four, six = on.rule_set("pbf"), on.rule_set("ip6/pbf")
    assert four is not None
    assert six is not None
    assert (four.kind, four.version, six.version) == (RuleSetKind.ROUTING, 4, 6)
    assert [one.action for one in four.rules] == [Action.PERMIT, Action.ROUTE, Action.ROUTE, Action.ROUTE]
    # A next hop of one family says nothing of the other.
    assert [one.id for one in six.rules] == ["stay", "drop", "asks"]
    (way,) = four.rules[1].routes
    assert (way.interface, way.next_hop, way.tracked) == ("ethernet1/3", parse_prefix("10.2.0.254").network, True)
    assert four.rules[2].routes[0].kind is RouteKind.DISCARD
    assert [one.kind for one in four.rules[3].conditions] == [ConditionKind.APPLICATION, ConditionKind.USER]
    assert [one.rule_sets for one in on.attachments if one.hook is Hook.ROUTING] == [("pbf",), ("ip6/pbf",)]
    off = device(BASE + pbf("action forward egress-interface ethernet1/3", "disabled yes")).rule_set("pbf")
    assert off is not None
    assert not off.rules[0].enabled


def test_forwarding_to_another_system_is_not_modelled() -> None:
    result = parsed(BASE + pbf("action forward-to-vsys vsys2"))
    assert result.ledgers[0].count(LineState.UNSUPPORTED) == 1


def test_a_config_without_interfaces_is_a_fragment() -> None:
    assert device("set rulebase security rules r action allow\n").fragment
    assert not device(BASE).fragment


def test_with_ipv6_firewalling_off_no_ipv6_is_forwarded() -> None:
    text = BASE + open_rule()
    flow, way = "tcp 2001:db8:1::5 > [2001:db8:99::1]:443", "ethernet1/2 > ethernet1/1"
    assert said(device(text), flow, way) == "permit r"
    off = text + "set deviceconfig setting session ipv6-firewalling no\n"
    assert said(device(off), flow, way) == "deny end"
    assert said(device(off), "tcp 10.1.0.5 > 198.51.100.7:443", way) == "permit r"
