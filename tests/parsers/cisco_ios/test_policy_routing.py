"""Policy routing and what VRFs take over from each other, by where packets go."""

import pytest

from segaudit.model import Hook, LineState, RouteKind, RuleSetKind, VrfImport, format_address, interfaces, parse_address
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSet, PacketSpace
from segaudit.semantics.device import DeviceSemantics
from segaudit.semantics.trace import DeviceTracer
from tests.parsers.cisco_ios.reading import TODAY, Read, packet, read, read_fixture

SPACE = PacketSpace()

ROUTER = """
    interface GigabitEthernet0/0
     ip address 10.1.0.1 255.255.255.0
     ip policy route-map WAY
    interface GigabitEthernet0/1
     ip address 203.0.113.2 255.255.255.248
    interface GigabitEthernet0/2
     ip address 198.51.100.2 255.255.255.248
    interface Tunnel7
     ip address 172.16.7.1 255.255.255.252
    ip route 0.0.0.0 0.0.0.0 203.0.113.1
    ip route 10.8.0.0 255.255.0.0 203.0.113.6
"""


def to(src: str, dst: str, port: int = 80) -> PacketSet:
    """One TCP packet."""
    return SPACE.packet(packet(f"tcp {src} {dst} {port}"))


def ways(made: Read, src: str, dst: str, *, port: int = 80, ingress: str = "GigabitEthernet0/0") -> dict[str, str]:
    """By which interface and to which next hop a packet leaves, and how surely."""
    asked = to(src, dst, port)
    found = DeviceSemantics(SPACE, made.device, TODAY).cross(ingress, PacketBounds.exactly(asked))
    return {
        f"{c.egress}>{format_address(*c.next_hop) if c.next_hop else ''}": "must" if c.piece.current.must else "may"
        for c in found
    }


def test_a_list_is_asked_of_what_comes_in_where_it_is_bound() -> None:
    made = read_fixture("switch.cfg")
    (bound,) = (a for a in made.device.attachments if a.hook == Hook.ROUTING)
    assert bound.ingress == interfaces("Vlan20")
    (name,) = bound.rule_sets
    assert made.rule_set(name).kind == RuleSetKind.ROUTING
    assert made.rule_set(name).version == 4


def test_clauses_in_order() -> None:
    made = read(
        ROUTER
        + """
    ip access-list extended NOT-THESE
     permit ip any 198.51.100.64 0.0.0.63
    ip access-list extended WEB
     deny ip host 10.1.0.9 any
     permit tcp 10.1.0.0 0.0.0.255 any eq 80
    route-map WAY deny 5
     match ip address NOT-THESE
    route-map WAY permit 10
     match ip address WEB
     set ip next-hop 198.51.100.1
    route-map WAY permit 20
     match length 1000 1500
     set ip next-hop 198.51.100.6
    """
    )
    assert made.not_understood == []
    plain = {"GigabitEthernet0/1>203.0.113.1": "must"}
    assert ways(made, "10.1.0.5", "192.0.2.9") == {"GigabitEthernet0/2>198.51.100.1": "must"}
    assert ways(made, "10.1.0.5", "192.0.2.9", port=443) == {
        "GigabitEthernet0/2>198.51.100.6": "may",
        "GigabitEthernet0/1>203.0.113.1": "may",
    }, "nobody knows how long a packet is"
    assert ways(made, "10.1.0.9", "192.0.2.9") != {"GigabitEthernet0/2>198.51.100.1": "must"}, "not by this list"
    assert ways(made, "10.1.0.5", "198.51.100.70") == plain, "a deny clause leaves it to the routing table"
    assert ways(made, "192.0.2.9", "10.8.0.1", ingress="GigabitEthernet0/2") == {
        "GigabitEthernet0/1>203.0.113.6": "must"
    }


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        (["ip next-hop 198.51.100.1"], {"GigabitEthernet0/2>198.51.100.1": "must"}),
        (["ip next-hop 192.168.99.1 198.51.100.1"], {"GigabitEthernet0/1>203.0.113.1": "must"}),
        (
            ["ip next-hop verify-availability 198.51.100.1 10 track 1", "interface Tunnel7"],
            {"GigabitEthernet0/2>198.51.100.1": "may", "Tunnel7>": "may"},
        ),
        (
            ["ip next-hop 198.51.100.1", "ip next-hop verify-availability"],
            {"GigabitEthernet0/2>198.51.100.1": "may", "GigabitEthernet0/1>203.0.113.1": "may"},
        ),
        (["interface Tunnel7"], {"Tunnel7>": "must"}),
        (["interface GigabitEthernet0/2"], {"GigabitEthernet0/2>": "may", "GigabitEthernet0/1>203.0.113.1": "may"}),
        (["interface Null 0"], {}),
        (["interface Tunnel7", "ip next-hop 198.51.100.1"], {"GigabitEthernet0/2>198.51.100.1": "must"}),
        (["ip default next-hop 198.51.100.1"], {"GigabitEthernet0/2>198.51.100.1": "must"}),
        (["default interface Tunnel7"], {"Tunnel7>": "must"}),
        (["ip dscp ef"], {"GigabitEthernet0/1>203.0.113.1": "must"}),
        (["vrf NOBODY"], {}),
        (["ip next-hop recursive 10.8.0.9"], {"GigabitEthernet0/1>203.0.113.6": "must"}),
    ],
    ids=lambda value: " / ".join(value) if isinstance(value, list) else "",
)
def test_where_a_clause_sends(sets: list[str], expected: dict[str, str]) -> None:
    clause = "".join(f"     set {words}\n" for words in sets)
    made = read(f"{ROUTER}    route-map WAY permit 10\n{clause}")
    assert ways(made, "10.1.0.5", "192.0.2.9") == expected


def test_default_ways_are_for_destinations_without_a_route() -> None:
    made = read(ROUTER + "    route-map WAY permit 10\n     set ip default next-hop 198.51.100.1\n")
    assert ways(made, "10.1.0.5", "10.8.0.9") == {"GigabitEthernet0/1>203.0.113.6": "must"}
    assert ways(made, "10.1.0.5", "203.0.113.4") == {"GigabitEthernet0/1>": "must"}
    assert ways(made, "10.1.0.5", "192.0.2.1") == {"GigabitEthernet0/2>198.51.100.1": "must"}
    doubtful = read(
        ROUTER
        + "    route-map WAY permit 10\n     set ip default next-hop 198.51.100.1\n"
        + "    router ospf 1\n     network 10.0.0.0 0.255.255.255 area 0\n"
    )
    assert ways(doubtful, "10.1.0.5", "192.0.2.1")["GigabitEthernet0/2>198.51.100.1"] == "may"


def test_a_route_map_that_is_not_there_is_not_asked() -> None:
    made = read(ROUTER)
    assert not any(a.hook == Hook.ROUTING for a in made.device.attachments)
    assert ways(made, "10.1.0.5", "192.0.2.9") == {"GigabitEthernet0/1>203.0.113.1": "must"}
    assert made.notices == ["the route map WAY is not defined"]


def test_ipv6_has_a_route_map_of_its_own() -> None:
    made = read("""
        ipv6 unicast-routing
        interface GigabitEthernet0/0
         ip address 10.1.0.1 255.255.255.0
         ipv6 address 2001:db8:1::1/64
         ip policy route-map FOUR
         ipv6 policy route-map SIX
        interface GigabitEthernet0/1
         ip address 203.0.113.2 255.255.255.248
         ipv6 address 2001:db8:2::2/64
        interface GigabitEthernet0/2
         ipv6 address 2001:db8:3::2/64
        ipv6 route ::/0 2001:db8:2::1
        ipv6 access-list MAIL
         permit tcp any any eq 25
        route-map FOUR permit 10
         set ip next-hop 203.0.113.1
        route-map SIX permit 10
         match ipv6 address MAIL
         set ipv6 next-hop 2001:db8:3::9
    """)
    assert made.not_understood == []
    assert ways(made, "10.1.0.5", "192.0.2.9") == {"GigabitEthernet0/1>203.0.113.1": "must"}
    assert ways(made, "2001:db8:1::5", "2001:db8:f::1", port=25) == {"GigabitEthernet0/2>2001:db8:3::9": "must"}
    assert ways(made, "2001:db8:1::5", "2001:db8:f::1") == {"GigabitEthernet0/1>2001:db8:2::1": "must"}


VRFS = """
    vrf definition RED
     rd 65000:1
     address-family ipv4
      route-target export 65000:1
      route-target import 65000:2
    vrf definition BLUE
     rd 65000:2
     address-family ipv4
      route-target export 65000:2
    interface GigabitEthernet0/0
     vrf forwarding RED
     ip address 10.1.0.1 255.255.255.0
    interface GigabitEthernet0/1
     vrf forwarding BLUE
     ip address 10.2.0.1 255.255.255.0
    interface GigabitEthernet0/2
     ip address 203.0.113.2 255.255.255.248
"""


def test_static_routes_into_another_vrf() -> None:
    made = read(
        VRFS
        + """
    ip route vrf RED 0.0.0.0 0.0.0.0 203.0.113.1 global
    ip route vrf RED 10.3.0.0 255.255.0.0 GigabitEthernet0/1 10.2.0.9
    ip route 10.1.0.0 255.255.255.0 GigabitEthernet0/0
    ipv6 route vrf RED 2001:db8:9::/48 2001:db8:2::9 nexthop-vrf BLUE
    """
    )
    assert ways(made, "10.1.0.5", "192.0.2.9") == {"GigabitEthernet0/2>203.0.113.1": "must"}
    assert ways(made, "10.1.0.5", "10.3.0.9") == {"GigabitEthernet0/1>10.2.0.9": "must"}
    assert ways(made, "192.0.2.9", "10.1.0.9", ingress="GigabitEthernet0/2") == {"GigabitEthernet0/0>": "must"}
    assert [r.next_hop_vrf for r in made.device.routes] == ["", None, None, "BLUE"]


def test_route_targets_without_bgp_carry_nothing() -> None:
    assert read(VRFS).device.vrf_imports == ()
    assert ways(read(VRFS), "10.1.0.5", "10.2.0.9") == {}


def test_what_bgp_carries_from_one_vrf_to_another_is_possible() -> None:
    made = read(VRFS + "    router bgp 65000\n     address-family ipv4 vrf RED\n      redistribute connected\n")
    (one,) = made.device.vrf_imports
    assert (one.vrf, one.origin, one.sure) == ("RED", "BLUE", False)
    assert made.state("route-target import") == LineState.APPROXIMATED
    assert ways(made, "10.1.0.5", "10.2.0.9")["GigabitEthernet0/1>"] == "may"


def test_a_vrf_that_copies_the_routes_of_another() -> None:
    text = VRFS.replace("      route-target import 65000:2\n", "      route-replicate from vrf {} unicast {}\n")
    made = read(text.format("BLUE", "all"))
    assert made.not_understood == []
    assert made.device.vrf_imports == (
        VrfImport(vrf="RED", origin="BLUE", span=made.device.vrf_imports[0].span, sure=True),
    )
    assert ways(made, "10.1.0.5", "10.2.0.9") == {"GigabitEthernet0/1>": "must"}
    partly = read(text.format("global", "connected"))
    assert ways(partly, "10.1.0.5", "203.0.113.4") == {"GigabitEthernet0/2>": "may"}


def test_a_default_route_from_a_lease() -> None:
    made = read("""
        interface GigabitEthernet0/1
         ip address dhcp
        interface GigabitEthernet0/0
         ip address 10.1.0.1 255.255.255.0
        ip route 0.0.0.0 0.0.0.0 dhcp 10
    """)
    assert [(r.interface, r.distance, r.tracked) for r in made.device.routes] == [
        ("GigabitEthernet0/1", 10, True),
        ("GigabitEthernet0/1", 254, True),
    ]


def test_the_tracer_reads_the_same_lists() -> None:
    made = read(ROUTER + "    route-map WAY permit 10\n     set ip next-hop 198.51.100.1\n     set interface Null0\n")
    (said,) = DeviceTracer(made.device, TODAY).route(packet("tcp 10.1.0.5 192.0.2.9 80"), "GigabitEthernet0/0")
    assert [(r.next_hop, r.kind) for r in said.routes] == [
        (parse_address("198.51.100.1")[1], RouteKind.STATIC),
        (None, RouteKind.DISCARD),
    ]
    (other,) = DeviceTracer(made.device, TODAY).route(packet("tcp 10.1.0.5 192.0.2.9 80"), "GigabitEthernet0/1")
    assert other.routes == ()


SPEAKING = """
    interface GigabitEthernet0/0
     ip address 10.1.0.1 255.255.255.0
    interface GigabitEthernet0/1
     ip address 10.2.0.1 255.255.255.0
     {on}
    interface GigabitEthernet0/2
     ip address 203.0.113.2 255.255.255.248
"""


@pytest.mark.parametrize(
    ("on", "process", "expected"),
    [
        ("", ["router ospf 1", " network 10.1.0.0 0.0.255.255 area 0"], {"0/0"}),
        ("ip ospf 1 area 0", ["router ospf 1"], {"0/1"}),
        ("", ["router rip", " network 10.0.0.0"], {"0/0", "0/1"}),
        ("", ["router rip", " network 10.0.0.0", " passive-interface GigabitEthernet0/1"], {"0/0"}),
        (
            "",
            ["router eigrp 1", " network 10.0.0.0", " passive-interface default", " no passive-interface Gi0/1"],
            {"0/1"},
        ),
        ("", ["router bgp 65000", " neighbor 203.0.113.1 remote-as 65001"], {"0/2"}),
        ("", ["router bgp 65000", " neighbor 192.0.2.1 remote-as 65000"], None),
        ("", ["router bgp 65000", " bgp listen range 10.1.0.0/24 peer-group X"], None),
        ("ip router isis", ["router isis"], None),
        ("", [], None),
    ],
)
def test_where_routing_protocols_run(on: str, process: list[str], expected: set[str] | None) -> None:
    made = read(SPEAKING.format(on=on or "no shutdown") + "".join(f"    {line}\n" for line in process))
    found = made.device.dynamic_interfaces
    assert found == (None if expected is None else {f"GigabitEthernet{name}" for name in expected})
    assert made.not_understood == []


def test_what_a_protocol_learns_leads_to_where_it_runs() -> None:
    made = read(SPEAKING.format(on="no shutdown") + "    router ospf 1\n     network 10.1.0.0 0.0.255.255 area 0\n")
    assert ways(made, "203.0.113.4", "192.0.2.9", ingress="GigabitEthernet0/2") == {"GigabitEthernet0/0>": "may"}
