"""What joins a firewall to its neighbours: bridges, clusters, ends and selectors of tunnels, routing neighbours."""

import pytest

from segaudit.model import (
    ANY_ADDRESS,
    AddressRange,
    AddressUnion,
    InterfaceKind,
    LineState,
    format_address,
    host,
    network,
)
from tests.parsers.cisco_asa.reading import Read, read, received, to_device, verdict

HEAD = """
ASA Version 9.18(4)
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 203.0.113.2 255.255.255.0
interface GigabitEthernet0/1
 nameif outside2
 security-level 0
 ip address 198.51.100.2 255.255.255.0
interface GigabitEthernet0/2
 nameif inside
 security-level 100
 ip address 10.0.0.1 255.255.255.0
"""


# The other unit


def test_the_address_of_the_standby_unit() -> None:
    made = read(
        """
        ASA Version 9.12(4)
        interface GigabitEthernet0/0
         nameif outside
         ip address 203.0.113.2 255.255.255.0 standby 203.0.113.3
        interface GigabitEthernet0/1
         nameif inside
         ip address 10.0.0.1 255.255.255.0 standby 10.0.0.2
        ssh 0.0.0.0 0.0.0.0 outside
        ip verify reverse-path interface inside
        object network LAN
         subnet 10.0.0.0 255.255.255.0
         nat (inside,outside) dynamic interface
        """
    )
    assert [a.secondary for i in made.device.interfaces for a in i.addresses] == [False, True, False, True]
    # It answers for management like the active one; translation uses the active one's address.
    for address in ("203.0.113.2", "203.0.113.3"):
        assert str(to_device(made, f"tcp 198.51.100.9 {address} 22", "outside").verdict) == "permit"
        assert str(to_device(made, f"tcp 10.0.0.9 {address} 22", "inside").verdict) == "deny"
    passed = received(made, "tcp 10.0.0.9 198.51.100.9 443", "inside", "outside")
    assert passed == "203.0.113.2:49152 > 198.51.100.9:443"
    made_rules = made.rules("ip verify reverse-path inside")
    assert len([rule for rule in made_rules if rule.source == network("10.0.0.0/24")]) == 1


def test_the_standby_address_of_pix_6() -> None:
    made = read(
        """
        PIX Version 6.3(5)
        nameif ethernet0 outside security0
        ip address outside 203.0.113.2 255.255.255.0
        failover
        failover ip address outside 203.0.113.3
        """
    )
    (outside,) = made.device.interfaces
    assert [format_address(4, a.address) for a in outside.addresses] == ["203.0.113.2", "203.0.113.3"]
    assert made.device.cluster == "failover"
    assert made.not_understood == []


PAIR = """
ASA Version 9.12(4)
failover
failover lan unit primary
failover lan interface ha GigabitEthernet0/3
failover key fakeFailoverKey
failover interface ip ha 172.31.0.1 255.255.255.252 standby 172.31.0.2
"""


def test_both_units_of_a_failover_pair_name_the_same_cluster() -> None:
    primary, secondary = read(PAIR), read(PAIR.replace("unit primary", "unit secondary"))
    assert primary.device.cluster == "failover 172.31.0.1 255.255.255.252 standby 172.31.0.2"
    assert secondary.device.cluster == primary.device.cluster
    assert primary.state("failover") is LineState.MODELLED
    assert read(PAIR + "no failover\n").device.cluster == ""
    assert read(PAIR.replace("failover\nfailover lan unit", "failover lan unit")).device.cluster == ""


def test_a_context_of_a_failover_pair_shows_standby_addresses_only() -> None:
    context = """
        ASA Version 9.12(4) <context>
        hostname sales
        interface inside
         nameif inside
         ip address 10.0.0.1 255.255.255.0 standby 10.0.0.2
    """
    assert read(context).device.cluster == "failover"
    assert read(context + "\n        no failover\n").device.cluster == ""
    assert read(context.replace(" standby 10.0.0.2", "")).device.cluster == ""


def test_the_units_of_a_cluster_name_it() -> None:
    made = read(
        """
        ASA Version 9.16(4)
        cluster group osaka
         local-unit unit-2
         cluster-interface Port-channel48 ip 192.0.2.2 255.255.255.0
         key fakeClusterKey
         priority 2
         enable
        """
    )
    assert made.device.cluster == "cluster group osaka"
    assert made.state("cluster group") is LineState.MODELLED
    assert made.not_understood == []


# Bridges


BRIDGE = """
ASA Version 9.16(4)
{mode}
interface BVI1
{name} ip address 10.0.0.5 255.255.255.0
interface GigabitEthernet0/0
 nameif wan
 bridge-group 1
 security-level 0
interface GigabitEthernet0/1
 nameif lan
 bridge-group 1
 security-level 100
interface Management0/0
 management-only
 nameif mgmt
 security-level 100
 ip address 10.9.0.5 255.255.255.0
ssh 10.0.0.0 255.255.255.0 lan
"""


@pytest.mark.parametrize(("mode", "name"), [("firewall transparent", ""), ("", " nameif bridge\n security-level 50\n")])
def test_lists_and_levels_hold_between_the_members_of_a_bridge_group(mode: str, name: str) -> None:
    made = read(BRIDGE.format(mode=mode, name=name))
    bridge = made.interface("bridge" if name else "BVI1")
    assert (bridge.kind, bridge.members, bridge.members_filtered) == (InterfaceKind.BRIDGE, ("wan", "lan"), True)
    assert bridge.enabled
    assert not any(i.members_filtered for i in made.device.interfaces if i is not bridge)
    assert verdict(made, "tcp 10.0.0.9 198.51.100.9 80", "lan", "wan") == "permit"
    assert verdict(made, "tcp 198.51.100.9 10.0.0.9 80", "wan", "lan") == "deny"
    # The bridge's own address is asked through its members.
    assert str(to_device(made, "tcp 10.0.0.9 10.0.0.5 22", "lan").verdict) == "permit"
    assert str(to_device(made, "tcp 10.0.0.9 10.0.0.5 22", "wan").verdict) == "deny"
    assert str(to_device(made, "tcp 10.0.0.9 10.0.0.5 22", "mgmt").verdict) == "deny"


def test_a_transparent_firewall_without_bridge_groups_is_one_bridge() -> None:
    made = read(
        """
        ASA Version 8.2(5)
        firewall transparent
        interface Ethernet0
         nameif outside
         security-level 0
        interface Ethernet1
         nameif inside
         security-level 100
        interface Management0/0
         nameif mgmt
         security-level 100
         management-only
        pager lines 24
        ip address 10.0.0.5 255.255.255.0 standby 10.0.0.6
        """
    )
    bridge = made.interface("transparent")
    assert (bridge.kind, bridge.members, bridge.members_filtered) == (
        InterfaceKind.BRIDGE,
        ("outside", "inside"),
        True,
    )
    assert [format_address(4, a.address) for a in bridge.addresses] == ["10.0.0.5", "10.0.0.6"]
    assert bridge.enabled
    assert made.state("ip address") is LineState.MODELLED
    assert made.interface("mgmt").addresses == ()
    assert any("bridged" in str(notice.message) for notice in made.device.notices)


# Tunnels


MAP = """
access-list T1 extended deny ip 10.0.0.0 255.255.255.128 any
access-list T1 extended deny tcp any any eq 443
access-list T1 extended permit ip 10.0.0.0 255.255.255.0 10.7.0.0 255.255.0.0
crypto map M 10 match address T1
crypto map M 10 set peer 198.51.100.77 198.51.100.78
crypto map M interface outside
crypto map M interface outside2
"""


def tunnels(text: str) -> Read:
    made = read(HEAD + text)
    assert made.not_understood == []
    return made


def test_a_tunnel_at_each_interface_with_the_map() -> None:
    made = tunnels(MAP)
    assert [(t.name, t.interface, t.endpoint) for t in made.device.tunnels] == [
        ("M 10 at outside", "outside", "outside"),
        ("M 10 at outside2", "outside2", "outside2"),
    ]
    # What the list denies goes by no tunnel; of single ports it is taken as though it did.
    for tunnel in made.device.tunnels:
        assert (tunnel.local, tunnel.remote) == (AddressRange(4, 0x0A000080, 0x0A0000FF), network("10.7.0.0/16"))
        assert tunnel.bypasses_filters
    assert not tunnels(MAP + "no sysopt connection permit-vpn\n").device.tunnels[0].bypasses_filters


def test_dynamic_maps_with_several_entries() -> None:
    made = tunnels(
        "access-list D1 extended permit ip any 10.7.0.0 255.255.0.0\n"
        "access-list D2 extended permit ip any 10.8.0.0 255.255.0.0\n"
        "crypto dynamic-map D 10 match address D1\ncrypto dynamic-map D 20 match address D2\n"
        "crypto map M 65535 ipsec-isakmp dynamic D\ncrypto map M interface outside\n"
    )
    assert [(t.name, t.endpoint, t.peers, t.remote) for t in made.device.tunnels] == [
        ("D 10", "outside", (), network("10.7.0.0/16")),
        ("D 20", "outside", (), network("10.8.0.0/16")),
    ]


def test_a_dynamic_map_without_a_list_takes_in_sites_where_there_is_a_group_for_them() -> None:
    text = (
        "crypto dynamic-map D 10 set ikev1 transform-set T\ncrypto dynamic-map D 10 set reverse-route\n"
        "crypto map M 65535 ipsec-isakmp dynamic D\ncrypto map M interface outside\n"
    )
    assert tunnels(text).device.tunnels == ()
    (found,) = tunnels(
        text + "tunnel-group DefaultL2LGroup ipsec-attributes\n ikev1 pre-shared-key *****\n"
    ).device.tunnels
    assert (found.name, found.endpoint, found.peers, found.remote) == ("D", "outside", (), ANY_ADDRESS)


def test_tunnel_interfaces_static_by_list_and_dynamic() -> None:
    made = tunnels(
        """
access-list SEL extended permit ip 10.0.0.0 255.255.255.0 10.7.0.0 255.255.0.0
access-list SEL extended permit ip 10.0.0.0 255.255.255.0 10.8.0.0 255.255.0.0
interface Tunnel1
 nameif vti
 ip address 169.254.9.1 255.255.255.252
 tunnel source interface outside
 tunnel destination 198.51.100.77
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile P
interface Tunnel2
 nameif chosen
 ip unnumbered inside
 tunnel source interface outside2
 tunnel destination 198.51.100.78
 tunnel mode ipsec ipv4
 tunnel protection ipsec policy SEL
 tunnel protection ipsec profile P
interface Virtual-Template 3 type tunnel
 nameif dialled
 ip unnumbered inside
 tunnel source interface outside
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile P
"""
    )
    assert [(t.name, t.endpoint, t.peers) for t in made.device.tunnels] == [
        ("vti", "outside", (host("198.51.100.77"),)),
        ("chosen", "outside2", (host("198.51.100.78"),)),
        ("dialled", "outside", ()),
    ]
    chosen = made.device.tunnels[1]
    assert chosen.remote == AddressUnion((network("10.7.0.0/16"), network("10.8.0.0/16")))
    assert made.interface("dialled").kind is InterfaceKind.TUNNEL
    assert made.interface("dialled").hardware == "Virtual-Template3"


# Routing and VLANs


def test_neighbours_of_routing_protocols() -> None:
    made = tunnels(
        """
name 10.0.0.13 core-b
router bgp 64500
 address-family ipv4 unicast
  neighbor 10.0.0.10 remote-as 64501
  neighbor 10.0.0.10 activate
  neighbor 10.0.0.11 remote-as 64502
  neighbor 10.0.0.11 shutdown
 exit-address-family
router eigrp 1
 neighbor 10.0.0.12 interface inside
router ospf 1
 neighbor core-b interface inside
"""
    )
    assert [format_address(*at) for at in made.device.neighbors] == ["10.0.0.10", "10.0.0.12", "10.0.0.13"]
    assert made.state("neighbor 10.0.0.10 remote-as") is LineState.MODELLED
    assert made.state("neighbor 10.0.0.10 activate") is LineState.IRRELEVANT


def test_the_vlan_of_a_subinterface_is_what_its_line_says() -> None:
    made = read(
        """
        interface GigabitEthernet0/1.10
         vlan 110
         nameif a
        interface GigabitEthernet0/1.20
         nameif b
        interface Vlan30
         nameif c
        """
    )
    # In a context the number behind the point is a name only: the VLAN stands in the system's configuration.
    assert [(i.name, i.vlan) for i in made.device.interfaces] == [("a", 110), ("b", None), ("c", 30)]
