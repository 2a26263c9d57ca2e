"""Interfaces, names, leases and hosts: what the router is, and what it is in."""

from __future__ import annotations

import pytest

from segaudit.model import AddressMethod, HostSign, InterfaceKind, LineState, SourceCheckMode
from tests.parsers.yamaha_rtx.reading import address, device_of, fixture, interface, ledger_of, office, states

PP = ("pp select 1", "pppoe use lan2", "pp enable 1")


def addresses(*lines: str, at: str = "lan1") -> list[tuple[str, bool, bool]]:
    """Networks of an interface with whether the address is secondary and virtual."""
    return [(str(a.prefix), a.secondary, a.virtual) for a in interface(device_of(*lines), at).addresses]


def test_addresses() -> None:
    assert addresses("ip lan1 address 192.168.100.1/24") == [("192.168.100.0/24", False, False)]
    assert addresses("ip lan1 address 192.168.100.1/255.255.255.128") == [("192.168.100.0/25", False, False)]
    assert addresses("ip lan1 address 192.168.100.1/0xffffff00") == [("192.168.100.0/24", False, False)]
    two = ("ip lan1 address 192.168.100.1/24", "ip lan1 secondary address 192.168.101.1/24")
    assert addresses(*two) == [("192.168.100.0/24", False, False), ("192.168.101.0/24", True, False)]
    assert addresses(*two, "no ip lan1 secondary address") == [("192.168.100.0/24", False, False)]
    assert addresses("ipv6 lan1 address 2001:db8:1::1/64") == [("2001:db8:1::/64", False, False)]
    # VRRP shares an address; one that is the router's own is no second one.
    vrrp = ("ip lan1 address 192.168.100.2/24", "ip lan1 vrrp 1 192.168.100.1 priority=120")
    assert addresses(*vrrp) == [("192.168.100.0/24", False, False), ("192.168.100.0/24", False, True)]


@pytest.mark.parametrize(
    ("lines", "name", "method", "kind"),
    [
        (("ip lan2 address dhcp",), "lan2", AddressMethod.DHCP, InterfaceKind.PHYSICAL),
        (PP, "pp1", AddressMethod.PPPOE, InterfaceKind.PHYSICAL),
        ((*PP[:2], "ip pp address 203.0.113.9/32", PP[2]), "pp1", AddressMethod.STATIC, InterfaceKind.PHYSICAL),
        (("vlan lan1/1 802.1q vid=10", "ip lan1/1 address 10.0.0.1/24"), "lan1/1", AddressMethod.STATIC, InterfaceKind.VLAN),
        (("ip vlan3 address 10.0.0.1/24",), "vlan3", AddressMethod.STATIC, InterfaceKind.VLAN),
        (("bridge member bridge1 lan1 tunnel1", "ip bridge1 address 10.0.0.1/24"), "bridge1", AddressMethod.STATIC, InterfaceKind.BRIDGE),
        (("ip loopback1 address 10.255.0.1/32",), "loopback1", AddressMethod.STATIC, InterfaceKind.LOOPBACK),
    ],
)  # fmt: skip
def test_kinds(lines: tuple[str, ...], name: str, method: AddressMethod, kind: InterfaceKind) -> None:
    found = interface(device_of("ip lan3 address 192.168.100.1/24", *lines), name)
    assert (found.method, found.kind) == (method, kind)


def test_vlans_have_their_number_and_parent_or_ports() -> None:
    tagged = interface(device_of("vlan lan1/2 802.1q vid=20 name=guests", "ip lan1/2 address 10.0.0.1/24"), "lan1/2")
    assert (tagged.vlan, tagged.parent) == (20, "lan1")
    ports = device_of(
        "lan type lan1 port-based-option=divide-network",
        "vlan port mapping lan1.1 vlan1",
        "vlan port mapping lan1.2 vlan2",
        "ip vlan1 address 10.0.1.1/24",
        "ip vlan2 address 10.0.2.1/24",
    )
    assert [interface(ports, name).members for name in ("vlan1", "vlan2")] == [("lan1.1",), ("lan1.2",)]


def test_no_interface_asks_for_a_way_back_to_the_source() -> None:
    assert interface(office(), "lan2").source_check.mode is SourceCheckMode.NONE


def test_a_line_that_is_never_enabled() -> None:
    device = device_of("ip lan1 address 192.168.100.1/24", *PP[:2], "ip pp secure filter in 1", "ip filter 1 pass * *")
    assert not interface(device, "pp1").enabled
    assert any("pp1 is never enabled" in str(notice.message) for notice in device.notices)
    assert not interface(device_of(*PP, "pp disable 1", "ip lan1 address 10.0.0.1/8"), "pp1").enabled


def test_what_is_selected_decides_what_pp_and_tunnel_mean() -> None:
    device = device_of(
        *PP, "ip pp address 203.0.113.9/32", "pp select 2", "ip pp address 203.0.113.10/32", "pp select none"
    )
    assert [str(interface(device, name).addresses[0].prefix) for name in ("pp1", "pp2")] == [
        "203.0.113.9/32",
        "203.0.113.10/32",
    ]
    # Blanks before a line say nothing.
    assert ledger_of("ip pp address 203.0.113.9/32").state(1) is LineState.UNRECOGNIZED


def test_names_and_the_header() -> None:
    device = fixture("kyoto-rtx830.conf").devices[0]
    assert (device.name, device.vendor, device.platform, device.version) == (
        "kyoto-rtx830",
        "Yamaha",
        "RTX830",
        "15.02.31",
    )
    assert not device.fragment
    assert interface(device, "pp1").alias == "kyoto"
    assert interface(device, "pp1").description == "フレッツ光 固定IP"
    assert interface(device, "vlan2").description == "来客Wi-Fi"
    assert office('console prompt "[osaka] "').name == "osaka"
    assert office("snmp sysname tokyo-1", "console prompt osaka").name == "tokyo-1"
    assert office().name == "rtx"


def test_part_of_a_configuration() -> None:
    device = device_of("ip filter 1 pass * * tcp * www", "ip filter 2 reject * *")
    assert device.fragment
    assert not device.local_services
    assert ledger_of("ip filter 1 pass * *").state(1) is LineState.MODELLED


def test_families_and_forwarding() -> None:
    assert office().versions == {4}
    assert office("ipv6 lan1 address 2001:db8:1::1/64").versions == {4, 6}
    assert office("ipv6 lan1 address 2001:db8:1::1/64", "ipv6 routing off").versions == {4}
    assert not office("ip routing off").forwards


IPOE = ("ngn type lan2 ntt", "ipv6 prefix 1 ra-prefix@lan2::/64", "ipv6 lan1 address ra-prefix@lan2::1/64")


def test_addresses_of_the_provider_without_any_filter() -> None:
    open_to_all = office(*IPOE)
    assert [interface(open_to_all, name).fetches_ipv6 for name in ("lan1", "lan2")] == [True, False]
    assert 6 in open_to_all.versions
    assert any("no IPv6 filter stands anywhere" in str(notice.message) for notice in open_to_all.notices)
    shut = office(
        *IPOE, "ipv6 lan2 secure filter in 1 dynamic 9", "ipv6 filter 1 pass * * icmp6", "ipv6 filter dynamic 9 * * tcp"
    )
    assert not any("no IPv6 filter" in str(notice.message) for notice in shut.notices)


SCOPE = (
    "dhcp service server",
    "dhcp scope 1 192.168.100.100-192.168.100.199/24 except 192.168.100.110-192.168.100.119",
)


def test_leases() -> None:
    device = office(*SCOPE, "dhcp scope bind 1 192.168.100.150 ethernet 00:00:5e:00:53:01")
    (scope,) = device.dhcp_scopes
    assert (scope.interface, scope.lease_count, len(scope.reservations)) == ("lan1", 90, 1)
    assert [(host.name, host.sign) for host in device.hosts] == [("192.168.100.150", HostSign.DHCP_RESERVATION)]
    assert not office(*SCOPE[1:]).dhcp_scopes
    assert not office("dhcp service relay", *SCOPE[1:]).dhcp_scopes


def test_hosts_that_lines_name() -> None:
    device = office("dns server 192.168.100.53", "syslog host 192.168.100.9", "ip host nas.example.jp 192.168.100.60")
    signs = {host.address: host.sign for host in device.hosts}
    assert set(signs.values()) >= {HostSign.DNS, HostSign.SYSLOG, HostSign.OBJECT}
    assert any(host.name == "nas.example.jp" for host in device.hosts)
    assert address("192.168.100.60") in {getattr(where, "first", None) for where in signs}


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("ip lan1 mtu 1500", LineState.IRRELEVANT),
        ("ip lan2 tcp mss limit auto", LineState.IRRELEVANT),
        ("ip lan1 address 192.168.100.300/24", LineState.UNRECOGNIZED),
        ("ip lan1 flying carpet", LineState.UNRECOGNIZED),
        ("launch rocket", LineState.UNRECOGNIZED),
        ("# a comment", LineState.IRRELEVANT),
        ("ip route", LineState.UNRECOGNIZED),
        ("ip filter", LineState.UNRECOGNIZED),
        ("no", LineState.UNRECOGNIZED),
    ],
)
def test_states(line: str, state: LineState) -> None:
    assert states(line) == [state]


def test_nothing_of_the_fixture_is_left() -> None:
    (ledger,) = fixture("kyoto-rtx830.conf").ledgers
    assert not ledger.lines(LineState.UNRECOGNIZED)
    assert not ledger.lines(LineState.UNSUPPORTED)
    assert ledger.count(LineState.MODELLED) > 100
