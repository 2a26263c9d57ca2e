"""Policy routes and SD-WAN rules: lists that are asked before the routing table."""

from segaudit.model import (
    ANY_INTERFACE,
    ANY_SERVICE,
    Action,
    AddressComplement,
    AddressIntersection,
    AddressRef,
    Condition,
    ConditionKind,
    Hook,
    InterfaceMatch,
    LineState,
    Route,
    RuleSet,
    RuleSetKind,
    Service,
    UndecidedAddress,
    format_address,
    interfaces,
    network,
)
from tests.parsers.fortinet_fortios.reading import HEAD, read, read_fixture

WANS = """config system interface
edit wan2
set ip 198.51.100.2 255.255.255.248
next
edit lan
set ip 10.1.0.1 255.255.255.0
next
end
"""


def routing_lists(text: str) -> dict[str, RuleSet]:
    """The routing lists of a device with two lines and a LAN."""
    device = read(HEAD + WANS + text).device
    found = {one.name: one for one in device.rule_sets if one.kind == RuleSetKind.ROUTING}
    bound = [name for a in device.attachments if a.hook == Hook.ROUTING for name in a.rule_sets]
    assert bound == list(found), "every list is asked, in this order"
    return found


def ways(routes: tuple[Route, ...]) -> list[tuple[str, str, bool]]:
    """Interface, next hop and whether it may be withdrawn."""
    hops = (format_address(r.prefix.version, r.next_hop) if r.next_hop is not None else "" for r in routes)
    return [(r.interface, hop, r.tracked) for r, hop in zip(routes, hops, strict=True)]


def test_the_policy_routes_of_a_device() -> None:
    device = read_fixture("osk-fgt100f.conf").device
    (made,) = (one for one in device.rule_sets if one.kind == RuleSetKind.ROUTING and "service" not in one.name)
    assert (made.name, made.version, made.default) == ("router policy", 4, None)
    first, second = made.rules
    assert (first.id, first.action, first.source, first.destination, first.ingress) == (
        "1",
        Action.ROUTE,
        network("10.60.0.0/24"),
        network("203.0.113.0/24"),
        interfaces("lan"),
    )
    assert ways(first.routes) == [("wan1", "198.51.100.9", True)], "a link monitor watches that line"
    assert (second.id, second.action, second.routes) == ("2", Action.PERMIT, ()), "deny: by the routing table"


def test_all_that_a_policy_route_asks_for() -> None:
    (made,) = routing_lists(
        """config firewall address
edit srv
set subnet 10.9.0.0 255.255.0.0
next
end
config router policy
edit 7
set input-device "lan" "dmz"
set input-device-negate enable
set src "10.1.0.0/255.255.255.0"
set srcaddr "srv"
set dstaddr "srv"
set dst-negate enable
set protocol 6
set start-port 80
set end-port 443
set start-source-port 1024
set end-source-port 65535
set gateway 198.51.100.1
set output-device "wan2"
set tos 0x10
set tos-mask 0x1c
set comments "to the second line"
next
edit 8
set status disable
set protocol 1
set start-port 80
set gateway 198.51.100.1
set output-device "wan2"
next
edit 9
set protocol 17
set internet-service-id 327681
set gateway 198.51.100.1
set output-device "wan2"
next
end
"""
    ).values()
    one, other, third = made.rules
    assert one.ingress == InterfaceMatch(frozenset({"lan", "dmz"}), negated=True)

    assert one.destination == AddressComplement(AddressRef("srv"), 4)
    assert one.service == Service(protocol=6, source_ports=((1024, 65535),), destination_ports=((80, 443),))
    assert one.conditions == (Condition(kind=ConditionKind.OTHER, text="tos 0x10 tos-mask 0x1c"),)
    assert one.comment == "to the second line"
    assert not other.enabled
    assert other.service == Service(protocol=1), "ports are of protocols that have them"
    assert third.service == Service(protocol=17)
    assert isinstance(third.destination, UndecidedAddress)
    assert third.ingress == ANY_INTERFACE


def test_without_a_gateway_the_best_route_by_that_interface_is_taken() -> None:
    (made,) = routing_lists(
        """config router static
edit 1
set gateway 198.51.100.1
set device "wan2"
set distance 20
next
edit 2
set gateway 203.0.113.1
set device "wan1"
next
edit 3
set dst 10.8.0.0 255.255.0.0
set gateway 198.51.100.6
set device "wan2"
next
end
config router policy
edit 1
set input-device "lan"
set output-device "wan2"
next
edit 2
set input-device "lan"
set gateway 203.0.113.1
next
edit 3
set input-device "lan"
next
end
"""
    ).values()
    shown = [(r.id, r.destination, ways(r.routes)) for r in made.rules]
    every = made.rules[-1].destination
    assert shown == [
        (
            "1.1",
            AddressIntersection((every, network("198.51.100.0/29"))),
            [("wan2", "", False)],
        ),
        ("1.2", AddressIntersection((every, network("10.8.0.0/16"))), [("wan2", "198.51.100.6", False)]),
        ("2", every, [("", "203.0.113.1", False)]),
    ], "its default route is not the best one, and a policy route without both matches nothing"


def test_a_policy_route_of_a_watched_line_may_be_gone() -> None:
    (made,) = routing_lists(
        'config system link-monitor\nedit w\nset srcintf "wan2"\nset server 192.0.2.1\nnext\nend\n'
        'config router policy\nedit 1\nset gateway 198.51.100.1\nset output-device "wan2"\nnext\nend\n'
    ).values()
    assert ways(made.rules[0].routes) == [("wan2", "198.51.100.1", True)]
    (untouched,) = routing_lists(
        'config system link-monitor\nedit w\nset srcintf "wan2"\nset update-policy-route disable\nnext\nend\n'
        'config router policy\nedit 1\nset gateway 198.51.100.1\nset output-device "wan2"\nnext\nend\n'
    ).values()
    assert ways(untouched.rules[0].routes) == [("wan2", "198.51.100.1", False)]


def test_sdwan_rules_may_send_by_each_of_their_members() -> None:
    text = """config system sdwan
set status enable
config members
edit 1
set interface "wan1"
set gateway 203.0.113.1
next
edit 2
set interface "wan2"
set gateway 198.51.100.1
next
end
config service
edit 1
set name "voice"
set mode sla
set protocol 17
set start-port 5060
set end-port 5061
set dst "all"
set src "all"
set priority-members 2
next
edit 2
set name "office"
set internet-service enable
set internet-service-name "Microsoft-Office365"
next
edit 3
set addr-mode ipv6
set dst6 "all"
set priority-zone "virtual-wan-link"
next
end
end
config router policy
edit 5
set action deny
next
end
"""
    made = routing_lists(text)
    assert list(made) == ["router policy", "system sdwan service", "ip6/system sdwan service"]
    voice, office = made["system sdwan service"].rules
    assert (voice.name, ways(voice.routes)) == ("voice", [("wan2", "198.51.100.1", True)])
    assert voice.service == Service(protocol=17, destination_ports=((5060, 5061),))
    assert len(office.routes) == 2
    assert isinstance(office.destination, UndecidedAddress)
    assert office.service == ANY_SERVICE
    (six,) = made["ip6/system sdwan service"].rules
    assert ways(six.routes) == [("wan1", "", True), ("wan2", "", True)]
    ledger = read(HEAD + WANS + text).ledger
    assert not ledger.count(LineState.UNRECOGNIZED) + ledger.count(LineState.UNSUPPORTED)


def test_priority_decides_between_routes_of_one_distance() -> None:
    device = read(
        HEAD
        + WANS
        + "config router static\nedit 1\nset gateway 203.0.113.1\nset device wan1\nset priority 5\nnext\n"
        + "edit 2\nset gateway 198.51.100.1\nset device wan2\nnext\nend\n"
    ).device
    assert [(r.interface, r.distance, r.metric) for r in device.routes] == [("wan1", 10, 5), ("wan2", 10, 1)]


def test_where_routing_protocols_run() -> None:
    def speaking(text: str) -> frozenset[str] | None:
        return read(HEAD + WANS + text).device.dynamic_interfaces

    ospf = """config router ospf
set passive-interface "lan"
config area
edit 0.0.0.0
next
end
config network
edit 1
set prefix 10.1.0.0 255.255.0.0
next
edit 2
set prefix 198.51.100.0 255.255.255.0
next
end
end
"""
    assert speaking(ospf) == frozenset({"wan2"})
    assert speaking(ospf.replace('set passive-interface "lan"\n', "")) == frozenset({"wan2", "lan"})
    bgp = 'config router bgp\nset as 65000\nconfig neighbor\nedit "{}"\nset remote-as 65001\nnext\nend\nend\n'
    assert speaking(bgp.format("10.1.0.9")) == frozenset({"lan"})
    assert speaking(bgp.format("192.0.2.9")) is None, "what it tells of may lie behind any route"
    assert speaking("") is None
