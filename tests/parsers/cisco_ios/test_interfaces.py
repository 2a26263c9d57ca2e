"""Interfaces, VLANs, routes, DHCP: where the device stands."""

import pytest

from segaudit.model import (
    AddressMethod,
    HostSign,
    InterfaceKind,
    LineState,
    RouteKind,
    format_address,
    host,
    network,
)
from segaudit.parsers.cisco_ios.config import interface_name
from tests.parsers.cisco_ios.reading import Read, read, read_fixture, verdict


@pytest.fixture(scope="module")
def switch() -> Read:
    return read_fixture("switch.cfg")


def addresses(made: Read, name: str) -> list[str]:
    return [f"{format_address(a.prefix.version, a.address)}/{a.prefix.length}" for a in made.interface(name).addresses]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (("fa0/1",), "FastEthernet0/1"),
        (("FastEthernet", "0/1"), "FastEthernet0/1"),
        (("gi1/0/24",), "GigabitEthernet1/0/24"),
        (("Te1/1",), "TenGigabitEthernet1/1"),
        (("vlan10",), "Vlan10"),
        (("po1",), "Port-channel1"),
        (("Tunnel-ip6",), "Tunnel-ip6"),
        (("serial0/0.1",), "Serial0/0.1"),
    ],
)
def test_names_of_interfaces(typed: tuple[str, ...], name: str) -> None:
    assert interface_name(*typed) == name


def test_addresses_and_virtual_addresses(switch: Read) -> None:
    assert addresses(switch, "Vlan10") == ["192.168.10.2/24", "192.168.10.254/24"]
    assert addresses(switch, "Vlan20") == ["192.168.20.2/24", "192.168.21.2/24", "192.168.20.1/24"]
    assert addresses(switch, "Vlan30") == ["192.168.30.2/24", "192.168.30.1/24"]
    assert [(a.secondary, a.virtual) for a in switch.interface("Vlan20").addresses] == [
        (False, False),
        (True, False),
        (False, True),
    ]


def test_every_family_of_virtual_routers() -> None:
    made = read("""
        interface Vlan10
         ip address 192.168.10.2 255.255.255.0
         ipv6 address 2001:db8:10::2/64
         standby version 2
         standby 1 ip 192.168.10.1
         standby 1 ip 192.168.10.253 secondary
         standby 6 ipv6 2001:db8:10::1/64
         standby 7 ipv6 autoconfig
         standby 1 preempt
        interface Vlan20
         ip address 192.168.20.2 255.255.255.0
         standby ip 192.168.20.1
         no standby ip 192.168.20.1
        interface Vlan30
         ip address 192.168.30.2 255.255.255.0
         glbp 3 ip 192.168.30.1
        interface Vlan40
         ip address 192.168.40.1 255.255.255.0
         ipv6 address 2001:db8:40::2/64
         vrrp 4 ip 192.168.40.1
         vrrp 5 address-family ipv6
          address FE80::1 primary
          address 2001:db8:40::1/64
          priority 120
          exit-vrrp
    """)
    virtual = {
        name: [format_address(a.prefix.version, a.address) for a in made.interface(name).addresses if a.virtual]
        for name in ("Vlan10", "Vlan20", "Vlan30", "Vlan40")
    }
    # What a VRRP owner shares is its own: it answers for it as long as it lives.
    assert virtual == {
        "Vlan10": ["192.168.10.1", "192.168.10.253", "2001:db8:10::1"],
        "Vlan20": [],
        "Vlan30": ["192.168.30.1"],
        "Vlan40": ["2001:db8:40::1"],
    }
    assert addresses(made, "Vlan40")[-1] == "2001:db8:40::1/64"
    assert not any(a.secondary for i in made.device.interfaces for a in i.addresses)
    assert made.not_understood == []


def test_vlans_ports_and_their_names(switch: Read) -> None:
    vlan = switch.interface("Vlan10")
    assert (vlan.kind, vlan.vlan, vlan.alias, vlan.description) == (InterfaceKind.VLAN, 10, "事務端末", "PC")
    assert vlan.members == (
        "Port-channel1", "GigabitEthernet1/0/1", "GigabitEthernet1/0/2", "GigabitEthernet1/0/3",
    )  # fmt: skip
    assert switch.interface("Vlan30").members == ("Port-channel1",)
    port = switch.interface("GigabitEthernet1/0/4")
    assert (port.vlan, port.alias, port.description) == (20, "SERVER", "サーバ室")
    assert port.method == AddressMethod.NONE
    assert switch.interface("Port-channel1").members == ("GigabitEthernet1/0/23",)
    assert not switch.interface("Vlan1").enabled


def test_a_trunk_carries_every_vlan_unless_it_says_which() -> None:
    made = read("""
        interface GigabitEthernet0/1
         switchport mode trunk
        interface GigabitEthernet0/2
         switchport trunk allowed vlan none
         switchport mode trunk
        interface GigabitEthernet0/3
         switchport access vlan 20
         switchport trunk allowed vlan 10
         switchport mode trunk
        interface GigabitEthernet0/4
         switchport mode access
        interface Vlan1
        interface Vlan10
        interface Vlan20
    """)
    members = {name: [m[-1] for m in made.interface(name).members] for name in ("Vlan1", "Vlan10", "Vlan20")}
    assert members == {"Vlan1": ["1", "4"], "Vlan10": ["1", "3"], "Vlan20": ["1"]}


def test_vlans_without_lists_are_an_open_gateway(switch: Read) -> None:
    assert verdict(switch, "tcp 192.168.20.9 192.168.10.9 3389", "Vlan20", "Vlan10") == "permit"


def test_vlan_access_maps(switch: Read) -> None:
    assert verdict(switch, "tcp 192.168.10.9 192.168.20.9 445", "Vlan10", "Vlan20") == "deny"
    assert verdict(switch, "tcp 192.168.20.9 192.168.10.9 445", "Vlan20", "Vlan10") == "deny"
    assert verdict(switch, "tcp 192.168.10.9 192.168.20.9 80", "Vlan10", "Vlan20") == "permit"
    assert verdict(switch, "tcp 192.168.20.9 10.0.0.1 445", "Vlan20", "GigabitEthernet1/0/24") == "permit"


def test_a_list_at_a_switch_port_is_said_not_to_be_modelled(switch: Read) -> None:
    assert switch.not_understood == ["ip access-group PORT-ACL in"]
    assert "switch port" in switch.reason("ip access-group PORT-ACL in")


def test_dhcp_and_relays(switch: Read) -> None:
    (scope,) = switch.device.dhcp_scopes
    assert (scope.interface, scope.lease_count, scope.options) == ("Vlan10", 243, (66,))
    (relay,) = [h for h in switch.device.hosts if h.sign == HostSign.DHCP_RELAY]
    assert relay.address == host("192.168.20.10")
    edge = read_fixture("edge.cfg").device.dhcp_scopes[0]
    assert (edge.interface, edge.lease_count) == ("GigabitEthernet0/0", 155)
    assert edge.reservations == (host("192.168.10.50"),)


def test_routes(switch: Read) -> None:
    (static,) = switch.device.routes
    assert (str(static.prefix), static.kind) == ("0.0.0.0/0", RouteKind.STATIC)
    assert switch.device.dynamic_routing == ("ospf",)
    made = read("""
        ip route 0.0.0.0 0.0.0.0 198.51.100.254
        ip route 10.0.0.0 255.0.0.0 Null0 250
        ip route 10.1.0.0 255.255.0.0 Dialer 1 track 5
        ip route vrf GUEST 0.0.0.0 0.0.0.0 GigabitEthernet0/1 192.0.2.254 10 name kaisen
        ipv6 route 2001:db8:1::/48 Tunnel0 2001:db8::1 200
        no ip route 10.1.0.0 255.255.0.0 Dialer 1
    """)
    assert [(str(r.prefix), r.kind.value, r.interface, r.distance, r.vrf) for r in made.device.routes] == [
        ("0.0.0.0/0", "static", "", 1, ""),
        ("10.0.0.0/8", "discard", "", 250, ""),
        ("0.0.0.0/0", "static", "GigabitEthernet0/1", 10, "GUEST"),
        ("2001:db8:1::/48", "static", "Tunnel0", 200, ""),
    ]


def test_an_access_switch_does_not_route() -> None:
    made = read_fixture("access-switch.cfg")
    assert not made.device.forwards
    assert made.device.versions == frozenset()
    assert [str(route.prefix) for route in made.device.routes] == ["0.0.0.0/0"]


def test_ipv6_is_routed_only_where_it_is_switched_on() -> None:
    assert read("version 15.2\nhostname a").device.versions == {4}
    assert read("version 15.2\nipv6 unicast-routing").device.versions == {4, 6}
    assert read("version 15.2\nno ip routing\nipv6 unicast-routing").device.versions == {6}


def test_kinds_of_interfaces() -> None:
    made = read("""
        interface Loopback0
         ip address 10.0.0.1 255.255.255.255
        interface GigabitEthernet0/0.100
         encapsulation dot1Q 100
         ip address 10.0.1.1 255.255.255.0
        interface Dialer1
         ip address negotiated
        interface GigabitEthernet0/1
         ip address dhcp
        interface GigabitEthernet0
         vrf forwarding Mgmt-intf
         ip address 10.255.0.1 255.255.255.0
        interface BVI1
         ip address 10.0.2.1 255.255.255.0
        interface FastEthernet1
         bridge-group 1
        interface Tunnel5
         ip unnumbered Loopback0
        interface Null0
         no ip unreachables
    """)
    kinds = {i.name: i.kind for i in made.device.interfaces}
    assert kinds == {
        "Loopback0": InterfaceKind.LOOPBACK,
        "GigabitEthernet0/0.100": InterfaceKind.VLAN,
        "Dialer1": InterfaceKind.PHYSICAL,
        "GigabitEthernet0/1": InterfaceKind.PHYSICAL,
        "GigabitEthernet0": InterfaceKind.MANAGEMENT,
        "BVI1": InterfaceKind.BRIDGE,
        "FastEthernet1": InterfaceKind.PHYSICAL,
        "Tunnel5": InterfaceKind.TUNNEL,
    }
    sub = made.interface("GigabitEthernet0/0.100")
    assert (sub.parent, sub.vlan) == ("GigabitEthernet0/0", 100)
    assert made.interface("Dialer1").method == AddressMethod.PPPOE
    assert made.interface("GigabitEthernet0/1").method == AddressMethod.DHCP
    assert [(r.interface, r.distance) for r in made.device.routes] == [("GigabitEthernet0/1", 254)]
    assert made.interface("BVI1").members == ("FastEthernet1",)
    assert made.interface("GigabitEthernet0").vrf == "Mgmt-intf"


def test_ipv6_addresses() -> None:
    made = read("""
        interface Vlan1
         ipv6 address 2001:db8:1::1/64
         ipv6 address 2001:db8:2::/64 eui-64
         ipv6 address fe80::1 link-local
         ipv6 address autoconfig
         standby 1 ipv6 2001:db8:1::ff/64
    """)
    assert addresses(made, "Vlan1") == ["2001:db8:1::1/64", "2001:db8:2::/64", "2001:db8:1::ff/64"]
    assert made.state("ipv6 address 2001:db8:2::/64") == LineState.APPROXIMATED
    assert made.state("ipv6 address fe80::1") == LineState.IRRELEVANT
    assert made.state("ipv6 address autoconfig") == LineState.APPROXIMATED


def test_a_vrf_takes_the_address_away_that_stood_before() -> None:
    made = read("""
        ip vrf A
         rd 1:1
         route-target export 1:1
        ip vrf B
         rd 1:2
         route-target import 1:1
        interface Vlan1
         ip address 10.0.0.1 255.255.255.0
         ip vrf forwarding A
         ip address 10.0.1.1 255.255.255.0
    """)
    assert addresses(made, "Vlan1") == ["10.0.1.1/24"]
    assert made.interface("Vlan1").vrf == "A"
    assert made.device.vrf_imports == (), "without BGP nothing is carried from one to the other"
    assert made.state("route-target export") == LineState.MODELLED


def test_what_hosts_are_named_for() -> None:
    made = read_fixture("edge.cfg")
    named = {(h.sign, h.address) for h in made.device.hosts}
    for sign, address in (
        (HostSign.DNS, "192.168.20.10"),
        (HostSign.NTP, "192.168.20.10"),
        (HostSign.SYSLOG, "192.168.20.15"),
        (HostSign.SNMP_MANAGER, "192.168.20.15"),
        (HostSign.TACACS, "192.168.20.11"),
        (HostSign.RADIUS, "192.168.20.12"),
        (HostSign.NAT_TARGET, "192.168.20.30"),
        (HostSign.DHCP_RESERVATION, "192.168.10.50"),
        (HostSign.ADMIN_SOURCE, "192.168.10.9"),
    ):
        assert (sign, host(address)) in named


def test_policies_that_drop_a_class() -> None:
    made = read("""
        class-map match-any SMB
         match access-group name SMB-PORTS
        class-map match-all MARKED
         match dscp ef
        policy-map EDGE
         class MARKED
          priority percent 10
         class SMB
          drop
        interface Vlan1
         service-policy input EDGE
        ip access-list extended SMB-PORTS
         permit tcp any any eq 445
    """)
    assert verdict(made, "tcp 10.0.0.1 10.0.1.1 445", "Vlan1", "Vlan2") == "unknown"
    assert verdict(made, "tcp 10.0.0.1 10.0.1.1 80", "Vlan1", "Vlan2") == "permit"
    assert made.rule_set("policy-map EDGE").default is not None


def test_subnets_of_the_edge() -> None:
    made = read_fixture("edge.cfg")
    prefixes = [a.prefix.expr() for i in made.device.interfaces for a in i.addresses]
    assert network("198.51.100.0/29") in prefixes
    assert made.device.version == "15.7"
    assert made.device.platform == "CISCO2911/K9"
    assert made.interface("GigabitEthernet0/0").description == "=== 社内LAN（事務所）==="
    assert made.interface("GigabitEthernet0/2").role_hint == "ip nat outside"
