"""Interfaces, routes, management, hosts, contexts: what there is beside lists, NAT and VPN."""

import pytest

from segaudit.model import (
    ANY_ADDRESS,
    AddressMethod,
    AddressRef,
    HostSign,
    InterfaceKind,
    LineState,
    RouteKind,
    SecondFactor,
    format_address,
    host,
    network,
    ports,
)
from tests.parsers.cisco_asa.reading import Read, read, verdict


def interface(*lines: str, name: str = "GigabitEthernet0/0") -> Read:
    made = read("\n".join(["ASA Version 9.12(4)", f"interface {name}", *(f" {line}" for line in lines)]) + "\n")
    assert made.not_understood == []
    return made


# Interfaces


def test_addresses_of_both_families() -> None:
    made = interface(
        "nameif outside",
        "security-level 0",
        "ip address 203.0.113.2 255.255.255.0 standby 203.0.113.3",
        "ipv6 address 2001:db8::2/64 standby 2001:db8::3",
        "ipv6 address fe80::1 link-local",
    )
    (one,) = made.device.interfaces
    # The standby unit's addresses are the pair's own too, behind those that the active one answers.
    found = [(format_address(a.prefix.version, a.address), a.prefix.length, a.secondary) for a in one.addresses]
    assert found == [
        ("203.0.113.2", 24, False),
        ("203.0.113.3", 24, True),
        ("2001:db8::2", 64, False),
        ("2001:db8::3", 64, True),
    ]
    assert one.method is AddressMethod.STATIC


@pytest.mark.parametrize(
    ("line", "method"), [("ip address dhcp setroute", "dhcp"), ("ip address pppoe setroute", "pppoe")]
)
def test_addresses_from_elsewhere(line: str, method: str) -> None:
    made = interface("nameif outside", "security-level 0", line)
    assert made.device.interfaces[0].method.value == method
    (route,) = made.device.routes
    assert (str(route.prefix), route.interface, route.next_hop) == ("0.0.0.0/0", "outside", None)


@pytest.mark.parametrize(
    ("name", "lines", "kind", "vlan", "parent"),
    [
        ("GigabitEthernet0/1.20", ("vlan 20", "nameif x"), InterfaceKind.VLAN, 20, "GigabitEthernet0/1"),
        ("Vlan100", ("nameif x",), InterfaceKind.VLAN, 100, ""),
        ("Vlan 100", ("nameif x",), InterfaceKind.VLAN, 100, ""),
        ("BVI1", ("nameif x",), InterfaceKind.BRIDGE, None, ""),
        ("Port-channel1", ("nameif x",), InterfaceKind.AGGREGATE, None, ""),
        ("Redundant1", ("nameif x",), InterfaceKind.AGGREGATE, None, ""),
        ("Loopback1", ("nameif x",), InterfaceKind.LOOPBACK, None, ""),
        ("Management0/0", ("nameif x", "management-only"), InterfaceKind.MANAGEMENT, None, ""),
        ("Management0/0", ("nameif x", "no management-only"), InterfaceKind.PHYSICAL, None, ""),
    ],
)
def test_kinds(name: str, lines: tuple[str, ...], kind: InterfaceKind, vlan: int | None, parent: str) -> None:
    (one,) = interface(*lines, name=name).device.interfaces
    assert (one.kind, one.vlan, one.parent) == (kind, vlan, parent)


def test_members_of_channels_bridges_and_switches() -> None:
    made = read(
        """
        ASA Version 9.12(4)
        interface GigabitEthernet0/1
         channel-group 3 mode active
        interface GigabitEthernet0/2
         channel-group 3 mode active
        interface Port-channel3
         nameif inside
        interface GigabitEthernet0/3
         bridge-group 1
         nameif left
        interface GigabitEthernet0/4
         bridge-group 1
         nameif right
        interface BVI1
         ip address 10.0.0.1 255.255.255.0
        interface Ethernet0/5
         switchport access vlan 7
        interface Vlan7
         nameif seven
        """
    )
    members = {i.hardware: i.members for i in made.device.interfaces if i.members}
    assert members == {
        "Port-channel3": ("GigabitEthernet0/1", "GigabitEthernet0/2"),
        "BVI1": ("left", "right"),
        "Vlan7": ("Ethernet0/5",),
    }
    assert any("bridged" in str(notice.message) for notice in made.device.notices)
    assert made.not_understood == []


def test_an_interface_without_a_name_takes_no_packets() -> None:
    (one,) = interface("ip address 10.0.0.1 255.255.255.0").device.interfaces
    assert (one.name, one.enabled, one.security_level) == ("GigabitEthernet0/0", False, None)


def test_traffic_zones() -> None:
    made = read(
        """
        ASA Version 9.12(4)
        zone ISPS
        interface GigabitEthernet0/0
         nameif isp1
         zone-member ISPS
        interface GigabitEthernet0/1
         nameif isp2
         zone-member ISPS
        """
    )
    (zone,) = made.device.zones
    assert (zone.name, zone.interfaces) == ("ISPS", ("isp1", "isp2"))
    assert made.state("zone-member") is LineState.APPROXIMATED


def test_the_failover_link() -> None:
    made = read(
        """
        ASA Version 9.12(4)
        interface GigabitEthernet0/3
         description LAN/STATE Failover Interface
        failover
        failover lan unit primary
        failover lan interface ha GigabitEthernet0/3
        failover link ha GigabitEthernet0/3
        failover interface ip ha 172.31.0.1 255.255.255.252 standby 172.31.0.2
        failover ipsec pre-shared-key *****
        """
    )
    (one,) = made.device.interfaces
    assert (one.name, one.kind, one.role_hint) == ("ha", InterfaceKind.MANAGEMENT, "failover link")
    assert made.not_understood == []


# Routes


def test_routes() -> None:
    made = read(
        """
        ASA Version 9.12(4)
        interface G0
         nameif outside
        route outside 0 0 203.0.113.1
        route outside 0.0.0.0 0.0.0.0 203.0.113.9 254 track 1
        route inside 0.0.0.0 0.0.0.0 10.0.0.254 tunneled
        route Null0 10.0.0.0 255.0.0.0
        route Null0 10.1.0.0 255.255.0.0 0.0.0.0
        ipv6 route outside ::/0 2001:db8::1 5
        """
    )
    shown = [(str(r.prefix), r.interface, r.distance, r.kind, r.tracked) for r in made.device.routes]
    assert shown == [
        ("0.0.0.0/0", "outside", 1, RouteKind.STATIC, False),
        ("0.0.0.0/0", "outside", 254, RouteKind.STATIC, True),
        ("10.0.0.0/8", "", 1, RouteKind.DISCARD, False),
        ("10.1.0.0/16", "", 1, RouteKind.DISCARD, False),
        ("::/0", "outside", 5, RouteKind.STATIC, False),
    ]
    assert made.not_understood == []


def test_routing_protocols_and_what_they_listen_for() -> None:
    made = read(
        "ASA Version 9.12(4)\nrouter ospf 1\n network 10.0.0.0 255.0.0.0 area 0\n log-adj-changes\n"
        "router bgp 65001\n address-family ipv4 unicast\n  neighbor 192.0.2.1 remote-as 65002\n"
    )
    assert made.device.dynamic_routing == ("ospf", "bgp")
    assert [s.kind for s in made.device.local_services] == ["ospf", "bgp"]
    assert made.not_understood == []


# Management


def test_web_management_only_with_its_server() -> None:
    without = read("ASA Version 9.12(4)\nhttp 10.0.0.0 255.0.0.0 inside\n")
    assert without.device.local_services == ()
    assert without.state("http") is LineState.MODELLED
    made = read("ASA Version 9.12(4)\nhttp server enable\nhttp 10.0.0.0 255.0.0.0 inside\nhttp redirect outside 80\n")
    (service,) = made.device.local_services
    assert (service.kind, service.management, service.sources) == ("https", True, network("10.0.0.0/8"))
    assert service.service == ports(6, 443)


def test_shells_for_both_families_and_every_interface() -> None:
    made = read(
        "ASA Version 9.12(4)\nssh 2001:db8::/32 outside\nssh 0 0 inside\ntelnet 10.0.0.5 255.255.255.255\n"
        "ssh key-exchange group dh-group14-sha256\nssh version 2\nssh cipher encryption high\n"
    )
    shown = [(s.kind, s.sources, set(s.interfaces.items)) for s in made.device.local_services]
    assert shown == [
        ("ssh", network("2001:db8::/32"), {"outside"}),
        ("ssh", network("0.0.0.0/0"), {"inside"}),
        ("telnet", host("10.0.0.5"), set()),
    ]
    assert made.not_understood == []


def test_snmp_listens_for_those_who_poll() -> None:
    made = read(
        "ASA Version 9.12(4)\nobject network NMS\n host 10.0.0.9\n"
        "snmp-server host inside 10.0.0.7 community x\nsnmp-server host inside 10.0.0.8 trap community x\n"
        "snmp-server host-group inside NMS poll community x\n"
    )
    assert [s.sources for s in made.device.local_services] == [host("10.0.0.7"), AddressRef("NMS")]
    assert [h.name for h in made.device.hosts if h.sign is HostSign.SNMP_MANAGER] == ["10.0.0.7", "10.0.0.8"]


def test_hosts_by_the_way_they_are_named() -> None:
    made = read(
        """
        ASA Version 9.12(4)
        name 10.0.0.66 syslogger
        aaa-server TAC protocol tacacs+
        aaa-server TAC (inside) host 10.0.0.1 secret timeout 5
        aaa-server RADIUS protocol radius
        aaa-server RADIUS (inside) host radius.example.jp
        logging host inside syslogger 17/5514
        ntp server 10.0.0.4 prefer
        dns name-server 10.0.0.5
        dhcpd dns 10.0.0.6 10.0.0.7
        dhcprelay server 10.0.0.8 inside
        dhcprelay enable outside
        flow-export destination inside 10.0.0.9 2055
        """
    )
    assert [(h.name, h.sign) for h in made.device.hosts] == [
        ("10.0.0.6", HostSign.DNS),
        ("10.0.0.7", HostSign.DNS),
        ("10.0.0.8", HostSign.DHCP_RELAY),
        ("10.0.0.1", HostSign.TACACS),
        ("radius.example.jp", HostSign.RADIUS),
        ("syslogger", HostSign.SYSLOG),
        ("10.0.0.4", HostSign.NTP),
        ("10.0.0.9", HostSign.LOG_MANAGER),
        ("10.0.0.5", HostSign.DNS),
    ]
    assert made.not_understood == []


def test_dhcp_ranges_count_where_the_server_is_on() -> None:
    text = "ASA Version 9.12(4)\ndhcpd address 10.0.0.10-10.0.0.19 inside\ndhcpd reserve-address 10.0.0.5 0011.2233.4455 inside\n"
    assert read(text).device.dhcp_scopes == ()
    (scope,) = read(text + "dhcpd enable inside\n").device.dhcp_scopes
    assert (scope.lease_count, scope.reservations) == (10, (host("10.0.0.5"),))


def test_administrators() -> None:
    made = read(
        "ASA Version 9.12(4)\nusername root password x encrypted privilege 15\nusername vpn password x encrypted\n"
        "username vpn attributes\n service-type remote-access\nusername ops password x\nusername ops attributes\n"
        " service-type admin\n ssh authentication publickey AAAA hashed\n"
    )
    assert [(a.name, a.second_factor, a.sources) for a in made.device.administrators] == [
        ("root", SecondFactor.ABSENT, ANY_ADDRESS),
        ("ops", SecondFactor.ABSENT, ANY_ADDRESS),
    ]
    assert made.not_understood == []


# The whole


def test_a_lone_list_is_a_fragment() -> None:
    made = read("access-list X extended permit ip any any\n", path="sites/tokyo/rules.txt")
    assert (made.device.name, made.device.fragment) == ("rules", True)


def test_the_system_configuration_of_a_device_with_contexts() -> None:
    made = read(
        """
        ASA Version 9.12(4) <system>
        hostname core
        admin-context admin
        context admin
          allocate-interface Management0/0
          config-url disk0:/admin.cfg
        context tenant1
          allocate-interface GigabitEthernet0/0.10
          config-url disk0:/tenant1.cfg
        """
    )
    assert not made.device.forwards
    assert made.device.fragment
    assert any("multiple mode" in str(notice.message) for notice in made.device.notices)
    assert made.state("context tenant1") is LineState.APPROXIMATED


def test_a_context_is_a_device() -> None:
    made = read("ASA Version 9.12(4) <context>\nhostname tenant1\ninterface G0\n nameif inside\n security-level 100\n")
    assert (made.device.name, made.device.fragment, made.device.forwards) == ("tenant1", False, True)


def test_transparent_mode() -> None:
    made = read(
        """
        ASA Version 9.12(4)
        firewall transparent
        interface GigabitEthernet0/0
         nameif outside
         bridge-group 1
         security-level 0
        interface GigabitEthernet0/1
         nameif inside
         bridge-group 1
         security-level 100
        interface BVI1
         ip address 10.0.0.2 255.255.255.0
        """
    )
    assert made.not_understood == []
    assert verdict(made, "tcp 10.0.0.9 192.0.2.1 80", "inside", "outside") == "permit"
    assert verdict(made, "tcp 192.0.2.1 10.0.0.9 80", "outside", "inside") == "deny"


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("established tcp 4000 0 permitto tcp 4001", "established"),
        ("alias (inside) 10.0.0.1 203.0.113.1 255.255.255.255", "alias"),
        ("dynamic-filter enable interface outside", "Botnet"),
        ("multicast-routing", "multicast"),
        ("vpnclient server 192.0.2.1", "Easy VPN"),
        ("aaa authentication include tcp/80 inside 0 0 0 0 LOCAL", "proxy"),
        ("virtual telnet 203.0.113.9", "proxy"),
        ("vpdn enable outside", "PPTP"),
        ("policy-map P\n class C\n  set connection advanced-options tcp-state-bypass", "packet by packet"),
    ],
)
def test_what_bears_on_access_and_is_not_modelled_is_named(line: str, word: str) -> None:
    made = read(f"ASA Version 9.12(4)\n{line}\n")
    last = line.splitlines()[-1].strip()
    assert made.state(last) is LineState.UNSUPPORTED
    assert word in made.reason(last)


def test_what_nobody_knows_is_not_understood() -> None:
    made = read("ASA Version 9.12(4)\nfrobnicate the packets\n and more\n")
    assert made.not_understood == ["frobnicate the packets", "and more"]
