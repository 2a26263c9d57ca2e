"""What joins a router to its neighbours: tunnels with their ends and selectors, routing neighbours, VLANs of interfaces."""

import pytest

from segaudit.model import (
    ANY_ADDRESS,
    AddressRange,
    AddressUnion,
    Fqdn,
    InterfaceKind,
    LineState,
    Tunnel,
    UndecidedAddress,
    format_address,
    host,
    network,
    parse_address,
)
from tests.parsers.cisco_ios.reading import Read, read, verdict


def tunnel(made: Read, name: str) -> Tunnel:
    return {t.name: t for t in made.device.tunnels}[name]


def neighbors(made: Read) -> list[str]:
    return [format_address(*at) for at in made.device.neighbors]


CROSSED = """
    version 15.7
    crypto map M local-address Loopback0
    crypto map M 10 ipsec-isakmp
     set peer 203.0.113.20 default
     set peer 203.0.113.21
     match address SITE-A
    crypto map M 20 ipsec-isakmp
     set peer 198.51.100.9
     match address SITE-B
    crypto map M 30 ipsec-isakmp
     set peer 198.51.100.10
     match address NOWHERE
    interface Loopback0
     ip address 203.0.113.1 255.255.255.255
    interface GigabitEthernet0/0
     ip address 203.0.113.5 255.255.255.252
     crypto map M
    ip access-list extended SITE-A
     permit ip 10.1.0.0 0.0.255.255 10.8.0.0 0.0.255.255
     permit ip 10.2.0.0 0.0.255.255 10.9.0.0 0.0.255.255
    ip access-list extended SITE-B
     deny ip 10.1.0.0 0.0.0.255 any
     deny tcp any any eq 443
     permit ip 10.1.0.0 0.0.255.255 10.7.0.0 0.0.255.255
"""


def test_each_pair_of_networks_of_a_crypto_map_is_a_tunnel() -> None:
    made = read(CROSSED)
    found = [(t.name, t.interface, t.local, t.remote) for t in made.device.tunnels]
    assert found[:2] == [
        ("M 10 entry 1", "M-10", network("10.1.0.0/16"), network("10.8.0.0/16")),
        ("M 10 entry 2", "M-10", network("10.2.0.0/16"), network("10.9.0.0/16")),
    ]
    # What the list denies goes in the clear; of some protocols only is taken as though it went into the tunnel.
    rest = AddressRange(4, 0x0A010100, 0x0A01FFFF)
    assert found[2:3] == [("M 20", "M-20", rest, network("10.7.0.0/16"))]
    assert isinstance(tunnel(made, "M 30").remote, UndecidedAddress)
    assert {(str(r.prefix), r.interface) for r in made.device.routes} == {
        ("10.8.0.0/16", "M-10"),
        ("10.9.0.0/16", "M-10"),
        ("10.7.0.0/16", "M-20"),
    }


def test_the_ends_of_a_crypto_map() -> None:
    made = read(CROSSED)
    first = tunnel(made, "M 10 entry 2")
    assert first.peers == (host("203.0.113.20"), host("203.0.113.21"))
    assert first.endpoint == "Loopback0"
    assert made.state("crypto map M local-address") is LineState.MODELLED
    plain = read(CROSSED.replace("crypto map M local-address Loopback0", ""))
    assert {t.endpoint for t in plain.device.tunnels} == {"GigabitEthernet0/0"}
    assert not any(t.bypasses_filters for t in plain.device.tunnels)


def test_sites_that_dial_in_have_no_peers() -> None:
    made = read("""
        crypto dynamic-map D 10
         match address SITES
        crypto map M 10 ipsec-isakmp dynamic D
        interface Vlan1
         ip address 203.0.113.5 255.255.255.252
         crypto map M
        crypto ikev2 profile SPOKES
         match identity remote address 0.0.0.0
         authentication remote pre-share
         virtual-template 3
        interface Virtual-Template3 type tunnel
         ip unnumbered Loopback0
         tunnel source Vlan1
         tunnel mode ipsec ipv4
        ip access-list extended SITES
         permit ip any 10.50.0.0 0.0.255.255
    """)
    assert [(t.name, t.endpoint, t.peers) for t in made.device.tunnels] == [
        ("M 10 10", "Vlan1", ()),
        ("SPOKES", "Vlan1", ()),
    ]


def test_tunnel_interfaces_and_their_ends() -> None:
    made = read("""
        interface Loopback0
         ip address 203.0.113.1 255.255.255.255
        interface GigabitEthernet0/0
         ip address 198.51.100.2 255.255.255.252
         standby 1 ip 198.51.100.1
        interface Tunnel1
         ip address 10.255.1.1 255.255.255.252
         tunnel source gi 0/0
         tunnel destination 198.51.100.77
        interface Tunnel2
         tunnel source 203.0.113.1
         tunnel destination branch.example.jp
         tunnel mode ipip
        interface Tunnel3
         tunnel source 198.51.100.1
         tunnel destination 2001:db8:9::9
         tunnel mode ipsec ipv6
        interface Tunnel4
         tunnel source 192.0.2.200
         tunnel destination dynamic
         tunnel mode ipsec ipv4
        interface Tunnel5
         tunnel source GigabitEthernet0/0
         tunnel destination 198.51.100.5
         tunnel mode ipv6ip
        interface Tunnel6
         tunnel source GigabitEthernet0/0
         tunnel destination 198.51.100.6
         tunnel mode gre ip
         tunnel protection ipsec profile P
        crypto ikev2 client flexvpn HUBS
         peer 2 198.51.100.82
         peer 1 fqdn hub.example.jp dynamic
         connect auto
         client connect Tunnel4
    """)
    assert [(t.name, t.kind, t.endpoint, t.peers) for t in made.device.tunnels] == [
        ("Tunnel1", "gre", "GigabitEthernet0/0", (host("198.51.100.77"),)),
        ("Tunnel2", "ipip", "Loopback0", (Fqdn("branch.example.jp"),)),
        ("Tunnel3", "ipsec", "GigabitEthernet0/0", (host("2001:db8:9::9"),)),
        ("Tunnel4", "ipsec", "", (Fqdn("hub.example.jp"), host("198.51.100.82"))),
        ("Tunnel5", "sit", "GigabitEthernet0/0", (host("198.51.100.5"),)),
        ("Tunnel6", "gre", "GigabitEthernet0/0", (host("198.51.100.6"),)),
    ]
    assert made.not_understood == []


def test_hub_and_spoke_of_dmvpn() -> None:
    hub = read("""
        interface Tunnel0
         ip address 10.255.0.1 255.255.255.0
         ip nhrp map multicast dynamic
         ip nhrp network-id 1
         tunnel source GigabitEthernet0/0
         tunnel mode gre multipoint
    """)
    assert [(t.kind, t.endpoint, t.peers) for t in hub.device.tunnels] == [("gre", "", ())]
    spoke = read("""
        interface GigabitEthernet0/0
         ip address dhcp
        interface Tunnel0
         ip address 10.255.0.7 255.255.255.0
         ip nhrp map 10.255.0.1 203.0.113.1
         ip nhrp map multicast 203.0.113.1
         ip nhrp map 10.255.0.2 255.255.255.255 203.0.113.2
         ip nhrp nhs 10.255.0.1
         ip nhrp nhs 10.255.0.3 nbma 203.0.113.3 multicast
         ip nhrp network-id 1
         ipv6 nhrp map 2001:db8:255::1/128 203.0.113.1
         tunnel source GigabitEthernet0/0
         tunnel mode gre multipoint
         tunnel protection ipsec profile P
    """)
    (found,) = spoke.device.tunnels
    assert (found.kind, found.endpoint) == ("gre", "GigabitEthernet0/0")
    assert found.peers == (host("203.0.113.1"), host("203.0.113.2"), host("203.0.113.3"))
    assert neighbors(spoke) == ["10.255.0.1", "10.255.0.2", "10.255.0.3", "2001:db8:255::1"]
    assert spoke.state("ip nhrp map 10.255.0.1") is LineState.MODELLED
    assert spoke.state("ip nhrp network-id") is LineState.IRRELEVANT
    assert spoke.not_understood == []


def test_neighbours_of_routing_protocols() -> None:
    made = read("""
        router bgp 64500
         neighbor CORE peer-group
         neighbor CORE remote-as 64500
         neighbor 10.0.0.2 peer-group CORE
         neighbor 10.0.0.6 remote-as 64501
         neighbor 10.0.0.6 description 大阪
         neighbor 10.0.0.10 remote-as 64502
         neighbor 10.0.0.10 shutdown
         neighbor 2001:db8::2 remote-as 64501
         address-family ipv4 vrf OT
          neighbor 10.9.0.2 remote-as 64510
          neighbor 10.9.0.2 activate
         exit-address-family
        router ospf 1
         neighbor 10.1.0.2 priority 1
        router eigrp 1
         neighbor 10.2.0.2 GigabitEthernet0/0
        router rip
         neighbor 10.3.0.2
         no neighbor 10.3.0.3
    """)
    assert neighbors(made) == ["10.0.0.2", "10.0.0.6", "2001:db8::2", "10.9.0.2", "10.1.0.2", "10.2.0.2", "10.3.0.2"]
    assert made.device.neighbors[0] == parse_address("10.0.0.2")
    assert made.state("neighbor 10.0.0.6 remote-as") is LineState.MODELLED
    assert made.state("neighbor 10.0.0.6 description") is LineState.IRRELEVANT
    assert made.state("neighbor CORE peer-group") is LineState.IRRELEVANT


def test_the_vlans_that_interfaces_imply() -> None:
    made = read("""
        interface Vlan10
         ip address 192.168.10.1 255.255.255.0
        interface vlan 20
         ip address 192.168.20.1 255.255.255.0
        interface GigabitEthernet0/0.30
         encapsulation dot1Q 30 native
         ip address 192.168.30.1 255.255.255.0
        interface GigabitEthernet0/0.40
         encapsulation dot1Q 300 second-dot1q 40
         ip address 192.168.40.1 255.255.255.0
        interface GigabitEthernet0/0.50
         ip address 192.168.50.1 255.255.255.0
    """)
    # With two tags the outer one is a provider's: it numbers no VLAN of this network.
    assert [(i.name, i.vlan) for i in made.device.interfaces] == [
        ("Vlan10", 10),
        ("Vlan20", 20),
        ("GigabitEthernet0/0.30", 30),
        ("GigabitEthernet0/0.40", None),
        ("GigabitEthernet0/0.50", None),
    ]
    assert made.interface("GigabitEthernet0/0.30").kind is InterfaceKind.VLAN


def test_unions_of_networks_stay_one_tunnel_where_all_go_with_all() -> None:
    made = read("""
        crypto map M 10 ipsec-isakmp
         set peer 203.0.113.20
         match address A
        interface Vlan1
         crypto map M
        ip access-list extended A
         permit ip 10.1.0.0 0.0.255.255 10.8.0.0 0.0.255.255
         permit ip 10.1.0.0 0.0.255.255 10.9.0.0 0.0.255.255
    """)
    (found,) = made.device.tunnels
    assert (found.name, found.local) == ("M 10", network("10.1.0.0/16"))
    assert found.remote == AddressUnion((network("10.8.0.0/16"), network("10.9.0.0/16")))


BRIDGE = """
    bridge irb
    interface FastEthernet0/0
     bridge-group 1
     {list}
    interface FastEthernet0/1
     bridge-group 1
    interface FastEthernet1/0
     bridge-group 2
     ip access-group INWARD in
    interface FastEthernet1/1
     bridge-group 2
    interface FastEthernet1/2
     bridge-group 3
    interface BVI1
     ip address 192.168.1.1 255.255.255.0
    bridge 1 protocol ieee
    bridge 1 route ip
    ip access-list extended INWARD
     permit tcp any any eq 443
"""


@pytest.mark.parametrize(
    ("line", "filtered"), [("", False), ("ip access-group INWARD in", True), ("zone-member security X", True)]
)
def test_bridged_packets_pass_the_lists_of_ports(line: str, filtered: bool) -> None:
    made = read(BRIDGE.format(list=line))
    routed = made.interface("BVI1")
    assert (routed.members, routed.members_filtered) == (("FastEthernet0/0", "FastEthernet0/1"), filtered)
    # Without a routed interface there is a bridge only where something is filtered in it.
    bridge = made.interface("bridge-group 2")
    assert (bridge.kind, bridge.members_filtered) == (InterfaceKind.BRIDGE, True)
    assert bridge.members == ("FastEthernet1/0", "FastEthernet1/1")
    assert made.device.interface("bridge-group 3") is None
    assert verdict(made, "tcp 10.0.0.1 10.0.0.2 443", "FastEthernet1/0", "FastEthernet1/1") == "permit"
    assert verdict(made, "tcp 10.0.0.1 10.0.0.2 80", "FastEthernet1/0", "FastEthernet1/1") == "deny"


def test_what_only_wraps_packets_between_the_gateways_is_no_tunnel_of_networks() -> None:
    made = read("""
        version 15.7
        crypto map M 10 ipsec-isakmp
         set peer 203.0.113.20
         match address WRAP
        crypto map M 20 ipsec-isakmp
         set peer 203.0.113.30
         match address BOTH
        interface GigabitEthernet0/0
         ip address 198.51.100.2 255.255.255.252
         crypto map M
        interface Tunnel1
         ip address 10.255.0.1 255.255.255.252
         tunnel source GigabitEthernet0/0
         tunnel destination 203.0.113.20
        ip access-list extended WRAP
         permit gre any host 203.0.113.20
        ip access-list extended BOTH
         permit ip host 198.51.100.2 host 203.0.113.30
         permit ip 10.1.0.0 0.0.255.255 10.9.0.0 0.0.255.255
    """)
    assert [(t.name, t.kind, t.remote) for t in made.device.tunnels] == [
        ("M 20", "ipsec", network("10.9.0.0/16")),
        ("Tunnel1", "gre", ANY_ADDRESS),
    ]
    assert made.device.interface("M-10") is None


def test_inner_and_outer_routing_tables_of_tunnels() -> None:
    made = read("""
        version 15.7
        crypto isakmp profile CUST
         vrf CUST
         keyring K
        crypto map M 10 ipsec-isakmp
         set peer 203.0.113.20
         set isakmp-profile CUST
         match address A
        interface GigabitEthernet0/0
         vrf forwarding WAN
         ip address 198.51.100.2 255.255.255.252
         crypto map M
        interface GigabitEthernet0/1
         vrf forwarding LAB
         ip address 198.51.100.2 255.255.255.252
        interface Tunnel1
         vrf forwarding CUST
         ip address 10.255.0.1 255.255.255.252
         tunnel source 198.51.100.2
         tunnel destination 203.0.113.20
         tunnel vrf WAN
        ip access-list extended A
         permit ip 10.1.0.0 0.0.255.255 10.9.0.0 0.0.255.255
    """)
    assert (made.interface("M-10").vrf, made.interface("Tunnel1").vrf) == ("CUST", "CUST")
    assert [(str(r.prefix), r.interface, r.vrf) for r in made.device.routes] == [("10.9.0.0/16", "M-10", "CUST")]
    assert {t.endpoint for t in made.device.tunnels} == {"GigabitEthernet0/0"}
    assert made.state("vrf CUST") is LineState.MODELLED
    assert made.state("tunnel vrf") is LineState.MODELLED


def test_bridge_domains_have_the_vlan_of_their_service_instances() -> None:
    made = read("""
        interface GigabitEthernet0/0/1
         service instance 10 ethernet
          encapsulation dot1q 10
          rewrite ingress tag pop 1 symmetric
          bridge-domain 110
         service instance 20 ethernet
          encapsulation dot1q 20
          bridge-domain 120
        interface GigabitEthernet0/0/2
         service instance 20 ethernet
          encapsulation dot1q 21
          bridge-domain 120
        interface BDI110
         ip address 10.10.0.1 255.255.255.0
        interface BDI120
         ip address 10.20.0.1 255.255.255.0
    """)
    assert [(i.name, i.vlan, i.members) for i in made.device.interfaces if i.kind is InterfaceKind.BRIDGE] == [
        ("BDI110", 10, ("GigabitEthernet0/0/1",)),
        ("BDI120", None, ("GigabitEthernet0/0/1", "GigabitEthernet0/0/2")),
    ]
    assert made.interface("GigabitEthernet0/0/1").vlan is None
    assert made.state("encapsulation dot1q 10") is LineState.MODELLED
    assert made.state("rewrite ingress") is LineState.IRRELEVANT
    assert made.not_understood == []


@pytest.mark.parametrize(
    ("route", "doubtful"),
    [
        ("ip route 10.2.0.0 255.255.0.0 10.3.0.2", True),
        ("ip route 10.2.0.0 255.255.0.0 198.51.100.1", False),
        ("ip route 0.0.0.0 0.0.0.0 10.3.0.2", False),
    ],
)
def test_a_crypto_map_sees_only_what_is_routed_out_of_its_interface(route: str, doubtful: bool) -> None:
    made = read(f"""
        version 15.7
        crypto map M 10 ipsec-isakmp
         set peer 203.0.113.2
         match address VPN
        interface GigabitEthernet0/1
         ip address 198.51.100.2 255.255.255.0
         crypto map M
        interface GigabitEthernet0/2
         ip address 10.3.0.1 255.255.255.0
        ip access-list extended VPN
         permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
        {route}
    """)
    (selected,) = (r for r in made.device.routes if r.prefix.length == 24)
    assert selected.tracked is doubtful
