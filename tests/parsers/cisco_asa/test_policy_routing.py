"""Policy-based routing and the default route of tunnels, by where packets go."""

import pytest

from segaudit.model import Hook, LineState, RuleSetKind, format_address, interfaces, parse_address
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.packet import SYN, Packet
from segaudit.packetspace.space import PacketSpace
from segaudit.semantics.device import DeviceSemantics
from tests.parsers.cisco_asa.reading import TODAY, Read, read

SPACE = PacketSpace()

FIREWALL = """
    ASA Version 9.16(4)
    interface GigabitEthernet0/0
     nameif outside
     security-level 0
     ip address 203.0.113.2 255.255.255.248
    interface GigabitEthernet0/1
     nameif backup
     security-level 0
     ip address 198.51.100.2 255.255.255.248
    interface GigabitEthernet0/2
     nameif inside
     security-level 100
     ip address 10.1.0.1 255.255.255.0
     policy-route route-map WAY
    access-list WEB extended deny tcp host 10.1.0.9 any eq 80
    access-list WEB extended permit tcp 10.1.0.0 255.255.255.0 any eq 80
    access-list LOCAL extended permit ip any 192.0.2.0 255.255.255.0
    route outside 0.0.0.0 0.0.0.0 203.0.113.1 1
    route outside 10.8.0.0 255.255.0.0 203.0.113.6 1
"""


def ways(made: Read, src: str, dst: str, *, port: int = 80, vpn: bool = False) -> dict[str, str]:
    """By which interface and to which next hop a TCP packet leaves that came from inside, or out of a VPN; how surely."""
    version, source = parse_address(src)
    one = Packet(version=version, protocol=6, src=source, dst=parse_address(dst)[1], dst_port=port, tcp_flags=SYN)
    found = DeviceSemantics(SPACE, made.device, TODAY).cross(
        "outside" if vpn else "inside", PacketBounds.exactly(SPACE.packet(one)), "" if vpn else None
    )
    return {
        f"{c.egress}>{format_address(*c.next_hop) if c.next_hop else ''}": "must" if c.piece.current.must else "may"
        for c in found
    }


PLAIN = {"outside>203.0.113.1": "must"}


def test_clauses_in_order() -> None:
    made = read(
        FIREWALL
        + """
    route-map WAY permit 20
     match ip address WEB
     set ip next-hop 198.51.100.1
    route-map WAY deny 10
     match ip address LOCAL
    """
    )
    assert made.not_understood == []
    (bound,) = (a for a in made.device.attachments if a.hook is Hook.ROUTING)
    assert bound.ingress == interfaces("inside")
    assert {one.kind for one in made.device.rule_sets if one.name in bound.rule_sets} == {RuleSetKind.ROUTING}
    assert ways(made, "10.1.0.5", "8.8.8.8") == {"backup>198.51.100.1": "must"}
    assert ways(made, "10.1.0.5", "192.0.2.7") == PLAIN, "a deny clause leaves it to the routing table"
    assert ways(made, "10.1.0.9", "8.8.8.8") == PLAIN, "its list does not pick it"
    assert ways(made, "10.1.0.5", "8.8.8.8", port=443) == PLAIN
    assert made.state("policy-route") is LineState.MODELLED
    assert made.state("set ip next-hop") is LineState.MODELLED


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        (["ip next-hop 198.51.100.1 203.0.113.1"], {"backup>198.51.100.1": "must"}),
        (
            ["ip next-hop 203.0.113.6", "ip next-hop verify-availability 198.51.100.1 1 track 1"],
            {"backup>198.51.100.1": "may", "outside>203.0.113.6": "may"},
        ),
        (["interface backup"], {"backup>": "may", **dict.fromkeys(PLAIN, "may")}),
        (["interface Null0"], {}),
        (["ip default next-hop 198.51.100.1"], {"backup>198.51.100.1": "must"}),
        (["ip dscp af11"], PLAIN),
        ([], PLAIN),
    ],
    ids=lambda value: " / ".join(value) if isinstance(value, list) else "",
)
def test_where_a_clause_sends(sets: list[str], expected: dict[str, str]) -> None:
    made = read(f"{FIREWALL}    route-map WAY permit 10\n" + "".join(f"     set {words}\n" for words in sets))
    assert ways(made, "10.1.0.5", "8.8.8.8") == expected


def test_default_ways_are_for_destinations_without_a_route() -> None:
    made = read(FIREWALL + "    route-map WAY permit 10\n     set ip default next-hop 198.51.100.1\n")
    assert ways(made, "10.1.0.5", "10.8.0.9") == {"outside>203.0.113.6": "must"}
    assert ways(made, "10.1.0.5", "198.51.100.5") == {"backup>": "must"}


def test_what_comes_out_of_tunnels_may_have_a_default_route_of_its_own() -> None:
    vpn = """
    route inside 0.0.0.0 0.0.0.0 10.1.0.254 tunneled
    ip local pool USERS 10.99.0.10-10.99.0.99 mask 255.255.255.0
    webvpn
     enable outside
     anyconnect enable
    tunnel-group STAFF type remote-access
    tunnel-group STAFF general-attributes
     address-pool USERS
    """
    made = read(FIREWALL.replace("     policy-route route-map WAY\n", "") + vpn)
    assert "tunneled default route" in [one.name for one in made.device.rule_sets]
    assert len([r for r in made.device.routes if not r.prefix.length]) == 1, "it is no route of the table"
    assert ways(made, "10.1.0.5", "8.8.8.8") == PLAIN, "inside is no door of a tunnel"
    assert ways(made, "10.99.0.10", "8.8.8.8", vpn=True) == {"inside>10.1.0.254": "may"}, (
        "or it is no tunnel's, and stays"
    )
    assert ways(made, "10.99.0.10", "10.1.0.7", vpn=True) == {"inside>": "must"}


def test_a_route_map_that_is_not_there_is_said() -> None:
    made = read(FIREWALL)
    assert ways(made, "10.1.0.5", "8.8.8.8") == PLAIN
    assert "the route map WAY is not defined" in [str(n.message) for n in made.device.notices]


@pytest.mark.parametrize(
    ("process", "expected"),
    [
        (["router ospf 1", " network 10.1.0.0 255.255.255.0 area 0"], {"inside"}),
        (["router eigrp 7", " network 198.51.100.0", " network 10.0.0.0 255.0.0.0"], {"inside", "backup"}),
        (["router rip", " network 10.0.0.0", " passive-interface default"], set[str]()),
        (["router bgp 65000", " address-family ipv4 unicast", "  neighbor 203.0.113.1 remote-as 65001"], {"outside"}),
        (["router bgp 65000", " address-family ipv4 unicast", "  neighbor 192.0.2.1 remote-as 65001"], None),
        (["router isis"], None),
        ([], None),
    ],
)
def test_where_routing_protocols_run(process: list[str], expected: set[str] | None) -> None:
    made = read(FIREWALL + "".join(f"    {line}\n" for line in process))
    assert made.device.dynamic_interfaces == expected
