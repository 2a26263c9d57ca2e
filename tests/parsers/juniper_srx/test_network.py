"""Interfaces, routes, VPNs, services and hosts."""

import pytest

from segaudit.model import (
    AddressMethod,
    AddressRange,
    Device,
    HostSign,
    InterfaceKind,
    RouteKind,
    SecondFactor,
    SourceCheckMode,
    format_address,
    network,
)
from tests.parsers.juniper_srx.reading import BASE, ROUTER, device, fixture, policy


def addresses(on: Device, name: str) -> list[str]:
    (found,) = (one for one in on.interfaces if one.name == name)
    return [format_address(a.prefix.version, a.address) + ("*" if a.virtual else "") for a in found.addresses]


def test_the_fixture_as_a_network() -> None:
    (on,) = fixture("nagoya.conf").devices
    assert (on.name, on.vendor, on.version) == ("nagoya-fw", "Juniper Networks", "21.4R3-S5.4")
    assert on.stateful
    found = {one.name: one for one in on.interfaces}
    assert found["ge-0/0/1.0"].description == "名古屋"
    assert addresses(on, "ge-0/0/1.0") == ["10.1.0.2", "10.1.0.1*"]
    assert found["ge-0/0/2.20"].vlan == 20
    assert found["ge-0/0/2.20"].zone == "dmz"
    assert found["ge-0/0/2.20"].role_hint == "zone dmz"
    assert not found["ge-0/0/3.0"].enabled
    assert found["fxp0.0"].kind is InterfaceKind.MANAGEMENT
    assert found["lo0.0"].kind is InterfaceKind.LOOPBACK
    assert found["st0.0"].kind is InterfaceKind.TUNNEL
    check = found["ge-0/0/0.0"].source_check
    assert (check.mode, check.versions) == (SourceCheckMode.LOOSE, frozenset({4}))
    assert [zone.name for zone in on.zones] == ["trust", "untrust", "dmz", "guest", "vpn"]


def test_the_fixture_routes() -> None:
    (on,) = fixture("nagoya.conf").devices
    routes = [(str(r.prefix), r.interface, r.distance, r.kind) for r in on.routes]
    assert routes == [
        ("0.0.0.0/0", "", 5, RouteKind.STATIC),
        ("10.80.0.0/24", "st0.0", 5, RouteKind.STATIC),
        ("10.99.0.0/16", "", 5, RouteKind.DISCARD),
        ("10.70.0.0/16", "", 5, RouteKind.STATIC),
        ("10.70.0.0/16", "", 50, RouteKind.STATIC),
    ]


def test_the_fixture_names_hosts_and_leases() -> None:
    (on,) = fixture("nagoya.conf").devices
    signs = {
        (host.sign, format_address(4, host.address.first))
        for host in on.hosts
        if isinstance(host.address, AddressRange)
    }
    assert {
        (HostSign.DNS, "10.2.0.53"),
        (HostSign.RADIUS, "10.2.0.11"),
        (HostSign.SYSLOG, "10.2.0.20"),
        (HostSign.NTP, "10.2.0.123"),
        (HostSign.SNMP_MANAGER, "10.2.0.30"),
        (HostSign.NAT_TARGET, "10.2.0.5"),
        (HostSign.NAT_TARGET, "10.2.0.6"),
        (HostSign.DHCP_RESERVATION, "10.1.0.50"),
    } <= signs
    (scope,) = on.dhcp_scopes
    assert (scope.interface, scope.lease_count, len(scope.reservations)) == ("ge-0/0/1.0", 100, 1)


def test_the_fixture_listens() -> None:
    (on,) = fixture("nagoya.conf").devices
    services = {one.kind: one for one in on.local_services}
    assert {"ssh", "netconf", "https", "dhcp", "snmp", "ntp", "ping", "ipsec"} <= set(services)
    assert services["https"].interfaces.items == {"ge-0/0/1.0"}
    assert services["snmp"].sources == network("10.2.0.30/32")
    assert services["ssh"].management
    assert services["ipsec"].interfaces.items == {"ge-0/0/0.0"}
    assert [one.name for one in on.administrators] == ["root", "suzuki"]


def test_the_fixture_has_tunnels_and_people_who_dial_in() -> None:
    (on,) = fixture("nagoya.conf").devices
    assert [(t.name, t.connection, t.interface, t.endpoint) for t in on.tunnels] == [
        ("osaka/office", "osaka", "st0.0", "ge-0/0/0.0"),
        ("osaka/servers", "osaka", "st0.0", "ge-0/0/0.0"),
    ]
    assert on.tunnels[0].remote == network("10.80.0.0/24")
    (access,) = on.remote_access
    assert (access.name, access.interface, access.portal_interfaces) == ("staff", "st0.1", ("ge-0/0/0.0",))
    assert access.pools == (network("10.60.0.0/24"),)
    (group,) = access.groups
    assert (group.authentication, group.second_factor) == ("RADIUS server 10.2.0.11", SecondFactor.NOT_VISIBLE)


def test_interfaces_of_every_kind() -> None:
    on = device("""
set interfaces interface-range lan member ge-0/0/4
set interfaces interface-range lan member-range ge-0/0/5 to ge-0/0/6
set interfaces interface-range lan unit 0 family ethernet-switching vlan members office
set interfaces irb unit 10 family inet address 10.10.0.1/24
set vlans office vlan-id 10
set vlans office l3-interface irb.10
set interfaces ge-0/0/0 unit 0 family inet dhcp
set interfaces pp0 unit 0 pppoe-options underlying-interface ge-0/0/1.0
set interfaces pp0 unit 0 family inet negotiate-address
set interfaces ae0 unit 0 family inet address 10.11.0.1/24
set interfaces ge-0/0/8 gigether-options 802.3ad ae0
set interfaces ge-0/0/9 unit 0 family inet unnumbered-address ae0.0
set interfaces irb unit 11 family inet address 10.12.0.2/24 virtual-gateway-address 10.12.0.1
set interfaces st0.1 family inet address 10.13.0.1/30
set routing-instances guest instance-type virtual-router
set routing-instances guest interface irb.11
""")
    found = {one.name: one for one in on.interfaces}
    assert found["irb.10"].members == ("ge-0/0/4.0", "ge-0/0/5.0", "ge-0/0/6.0")
    assert found["irb.10"].vlan == 10
    assert found["ge-0/0/0.0"].method is AddressMethod.DHCP
    assert found["pp0.0"].method is AddressMethod.PPPOE
    assert found["ae0.0"].members == ("ge-0/0/8",)
    assert [a.prefix.length for a in found["ge-0/0/9.0"].addresses] == [32]
    assert addresses(on, "irb.11") == ["10.12.0.2", "10.12.0.1*"]
    assert found["irb.11"].vrf == "guest"
    assert addresses(on, "st0.1") == ["10.13.0.1"]
    assert not on.stateful


def test_routes_of_instances_and_leaks() -> None:
    on = device(
        ROUTER
        + """
set routing-instances red instance-type virtual-router
set routing-instances red interface ge-0/0/1.0
set routing-instances red routing-options static route 0.0.0.0/0 next-table inet.0
set routing-options static route 10.1.0.0/24 next-table red.inet.0
set routing-options rib inet6.0 static route ::/0 next-hop 2001:db8:ff::9
set routing-options rib-groups share import-rib [ inet.0 red.inet.0 ]
set routing-options interface-routes rib-group inet share
set routing-options static defaults preference 7
set protocols bgp group up neighbor 203.0.113.9 peer-as 64511
set protocols ospf area 0 interface ge-0/0/0.0
"""
    )
    routes = {(str(r.prefix), r.vrf): r for r in on.routes}
    assert routes["0.0.0.0/0", "red"].next_hop_vrf == ""
    assert routes["10.1.0.0/24", ""].next_hop_vrf == "red"
    assert routes["10.1.0.0/24", ""].distance == 7
    assert routes["::/0", ""].next_hop is not None
    assert [(one.vrf, one.origin) for one in on.vrf_imports] == [("red", "")]
    assert on.dynamic_routing == ("BGP", "OSPF")
    assert [format_address(*one) for one in on.neighbors] == ["203.0.113.9"]


def test_a_vpn_by_policy() -> None:
    on = device(
        BASE
        + """
set security address-book global address here 10.1.0.0/24
set security address-book global address there 10.80.0.0/24
set security ike gateway g address 198.51.100.10
set security ike gateway g external-interface ge-0/0/0
set security ipsec vpn v ike gateway g
"""
        + policy("source-address here", "destination-address there", then="permit tunnel ipsec-vpn v")
        + policy(
            "source-address there",
            "destination-address here",
            zones="from-zone out to-zone in",
            then="permit tunnel ipsec-vpn v",
        )
    )
    (tunnel,) = on.tunnels
    assert (tunnel.interface, tunnel.endpoint) == ("ge-0/0/0.0", "ge-0/0/0.0")
    assert "here" in str(tunnel.local)
    assert "there" in str(tunnel.remote)


def test_gre() -> None:
    on = device(
        ROUTER
        + "set interfaces gr-0/0/0 unit 0 tunnel source 203.0.113.1\n"
        + "set interfaces gr-0/0/0 unit 0 tunnel destination 198.51.100.10\n"
        + "set interfaces gr-0/0/0 unit 0 family inet address 10.99.0.1/30\n"
    )
    (tunnel,) = on.tunnels
    assert (tunnel.kind, tunnel.interface, tunnel.endpoint) == ("gre", "gr-0/0/0.0", "ge-0/0/0.0")


@pytest.mark.parametrize(
    ("line", "versions", "stateful"),
    [
        ("", {4, 6}, True),
        ("set security forwarding-options family inet6 mode drop", {4}, True),
        ("set security forwarding-options family inet6 mode flow-based", {4, 6}, True),
        ("set security forwarding-options family mpls mode packet-based", {4, 6}, False),
    ],
)
def test_modes(line: str, versions: set[int], stateful: bool) -> None:
    on = device(BASE + line + "\n")
    assert on.versions == versions
    assert on.stateful is stateful


def test_a_filter_alone_is_no_whole_device() -> None:
    on = device("set firewall family inet filter f term t then accept\n")
    assert on.fragment
    assert not on.local_services


def test_old_dhcp_and_relays() -> None:
    on = device(
        ROUTER
        + """
set system services dhcp pool 10.1.0.0/24 address-range low 10.1.0.10
set system services dhcp pool 10.1.0.0/24 address-range high 10.1.0.19
set forwarding-options helpers bootp server 192.0.2.67
set forwarding-options dhcp-relay server-group g 192.0.2.68
"""
    )
    (scope,) = on.dhcp_scopes
    assert (scope.interface, scope.lease_count) == ("ge-0/0/1.0", 10)
    relays = [h.address for h in on.hosts if h.sign is HostSign.DHCP_RELAY]
    assert relays == [network("192.0.2.68/32"), network("192.0.2.67/32")]
