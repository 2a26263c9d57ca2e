"""A whole ASA 9.16 of a mid-size company: every part of it together, as the device would judge packets."""

import pytest

from segaudit.model import AddressRange, HostSign, InterfaceKind, LineState, SecondFactor, host
from tests.parsers.cisco_asa.reading import Read, in_list, read_fixture, received, through, to_device, verdict


@pytest.fixture(scope="module")
def tokyo() -> Read:
    return read_fixture("tky-asa01.cfg")


def test_every_line_is_understood(tokyo: Read) -> None:
    assert tokyo.not_understood == []
    assert tokyo.ledger.lines(LineState.APPROXIMATED) == (113,)  # the periodic time-range


def test_what_the_device_is(tokyo: Read) -> None:
    device = tokyo.device
    assert (device.name, device.vendor, device.platform, device.version) == ("tky-asa01", "Cisco", "ASA5516", "9.16(4)")
    assert device.stateful
    assert not device.fragment
    assert device.dynamic_routing == ()


def test_interfaces_have_their_names_levels_and_addresses(tokyo: Read) -> None:
    shown = {
        i.name: (
            i.hardware,
            i.security_level,
            i.vlan,
            i.enabled,
            i.role_hint,
            [str(a.prefix) for a in i.addresses if not a.secondary],
        )
        for i in tokyo.device.interfaces
    }
    assert shown == {
        "outside": (
            "GigabitEthernet1/1", 0, None, True, "security-level 0", ["203.0.113.0/28", "2001:db8:f::/64"]
        ),
        "GigabitEthernet1/2": ("GigabitEthernet1/2", None, None, True, "", []),
        "office": (
            "GigabitEthernet1/2.10", 100, 10, True, "security-level 100", ["10.10.0.0/24", "2001:db8:10::/64"]
        ),
        "servers": ("GigabitEthernet1/2.20", 100, 20, True, "security-level 100", ["10.20.0.0/24"]),
        "dmz": ("GigabitEthernet1/3", 50, None, True, "security-level 50", ["10.30.0.0/24"]),
        "spare": ("GigabitEthernet1/4", 20, None, False, "security-level 20", ["10.40.0.0/24"]),
        "folink": ("GigabitEthernet1/8", 0, None, True, "failover link", ["172.31.255.0/30"]),
        "mgmt": ("Management1/1", 100, None, True, "management-only", ["10.250.0.0/24"]),
    }  # fmt: skip
    assert tokyo.interface("office").description == "事務所"
    assert tokyo.interface("mgmt").kind is InterfaceKind.MANAGEMENT


@pytest.mark.parametrize(
    ("packet", "ingress", "egress", "expected"),
    [
        # The published servers, at their public addresses.
        ("tcp 198.51.100.9 203.0.113.10 443", "outside", "dmz", "198.51.100.9:49152 > 10.30.0.80:443"),
        ("tcp 198.51.100.9 203.0.113.2 25", "outside", "dmz", "198.51.100.9:49152 > 10.30.0.25:25"),
        # From inside everything outside is reached from the interface's address.
        ("tcp 10.10.0.50 198.51.100.9 443", "office", "outside", "203.0.113.2:49152 > 198.51.100.9:443"),
        ("tcp 10.30.0.80 198.51.100.9 443", "dmz", "outside", "203.0.113.10:49152 > 198.51.100.9:443"),
        # The branch is not translated.
        ("tcp 10.10.0.50 10.60.0.9 443", "office", "outside", "10.10.0.50:49152 > 10.60.0.9:443"),
        # IPv6 is neither filtered by any4 entries nor translated.
        (
            "tcp 2001:db8:99::1 2001:db8:20::33 3389",
            "outside",
            "servers",
            "2001:db8:99::1:49152 > 2001:db8:20::33:3389",
        ),
        # No list at the servers' interface: down to lower levels, and to the same one.
        ("tcp 10.20.0.7 10.30.0.80 8080", "servers", "dmz", "10.20.0.7:49152 > 10.30.0.80:8080"),
        ("tcp 10.20.0.7 10.10.0.50 445", "servers", "office", "10.20.0.7:49152 > 10.10.0.50:445"),
    ],
)
def test_packets_that_pass_arrive_as_they_should(
    tokyo: Read, packet: str, ingress: str, egress: str, expected: str
) -> None:
    assert received(tokyo, packet, ingress, egress) == expected


@pytest.mark.parametrize(
    ("packet", "ingress", "egress", "decided_by"),
    [
        ("tcp 198.51.100.9 203.0.113.10 22", "outside", "dmz", "OUTSIDE_IN"),
        ("udp 198.51.100.9 203.0.113.10 161", "outside", "dmz", "OUTSIDE_IN"),  # that entry is inactive
        ("tcp 10.10.0.50 10.20.0.7 3389", "office", "servers", "OFFICE_IN"),
        # The real address of a published server is not reached from outside, though the list permits it.
        ("tcp 198.51.100.9 10.30.0.80 443", "outside", "dmz", "nat reverse path"),
        # Up to a higher level without a list.
        ("tcp 10.30.0.80 10.20.0.7 445", "dmz", "servers", "security-level dmz"),
        # Out of the interface by which it came.
        ("tcp 10.20.0.7 10.21.0.9 22", "servers", "servers", "security-level servers"),
        ("tcp 10.10.0.50 10.10.0.51 443", "office", "office", "same-security-traffic"),
        # Nothing passes through the interface for management.
        ("tcp 10.10.0.50 10.250.0.9 22", "office", "mgmt", "management-only"),
        ("tcp 10.250.0.9 10.20.0.7 22", "mgmt", "servers", "management-only"),
    ],
)
def test_packets_that_are_dropped_and_by_which_list(
    tokyo: Read, packet: str, ingress: str, egress: str, decided_by: str
) -> None:
    result = through(tokyo, packet, ingress, egress)
    assert (str(result.verdict), result.decided_by.rule_set) == ("deny", decided_by)


def test_the_rule_that_permits_is_that_of_the_access_list(tokyo: Read) -> None:
    decision = through(tokyo, "tcp 198.51.100.9 203.0.113.10 443", "outside", "dmz").decided_by
    assert decision.rule is not None
    assert (decision.rule_set, decision.rule.id, decision.rule.comment) == ("OUTSIDE_IN", "2", "公開サーバ")


def test_a_one_time_range_holds_on_its_day_only(tokyo: Read) -> None:
    assert verdict(tokyo, "tcp 198.51.100.9 203.0.113.2 13389", "outside", "servers") == "deny"
    rule = tokyo.rules("OUTSIDE_IN")[2]
    assert rule.schedule == "maintenance"
    schedule = tokyo.device.schedules["maintenance"]
    assert (str(schedule.start), str(schedule.end), schedule.recurring) == (
        "2026-04-01 22:00:00", "2026-04-02 05:00:00", False
    )  # fmt: skip
    assert tokyo.device.schedules["weekends"].recurring


@pytest.mark.parametrize(
    ("packet", "ingress", "expected"),
    [
        ("tcp 10.10.0.5 10.10.0.1 22", "office", "permit"),
        ("tcp 10.10.0.7 10.10.0.1 22", "office", "deny"),
        ("tcp 10.10.0.5 10.20.0.1 22", "office", "deny"),  # the address of another interface
        ("tcp 10.99.0.10 10.10.0.1 22", "outside", "deny"),  # ssh lines are for the interface of arrival
        ("tcp 198.51.100.9 203.0.113.2 8443", "outside", "permit"),
        ("tcp 198.51.100.9 203.0.113.2 443", "outside", "permit"),
        ("udp 198.51.100.9 203.0.113.2 500", "outside", "deny"),  # control-plane list
        ("udp 198.51.100.9 203.0.113.2 4500", "outside", "permit"),
        ("icmp 198.51.100.9 203.0.113.2 8", "outside", "deny"),
        ("icmp 198.51.100.9 203.0.113.2 3", "outside", "permit"),
        ("icmp 10.10.0.7 10.10.0.1 8", "office", "permit"),
        ("tcp 10.10.0.7 10.10.0.1 23", "office", "permit"),
        ("udp 10.20.0.15 10.20.0.1 161", "servers", "permit"),
        ("udp 10.20.0.16 10.20.0.1 161", "servers", "deny"),
    ],
)
def test_what_reaches_the_device_itself(tokyo: Read, packet: str, ingress: str, expected: str) -> None:
    assert str(to_device(tokyo, packet, ingress).verdict) == expected


def test_remote_access_with_its_pools_filter_and_second_factor(tokyo: Read) -> None:
    staff, vendor = tokyo.device.remote_access
    assert (staff.name, staff.kind, staff.portal_interfaces) == ("STAFF", "ssl-vpn", ("outside",))
    assert staff.bypasses_filters
    assert staff.filter_rule_set == "VPN_FILTER"
    assert staff.groups[0].second_factor is SecondFactor.NOT_VISIBLE
    assert staff.split_tunnel is not None
    assert (vendor.name, vendor.filter_rule_set, vendor.split_tunnel) == ("VENDOR", "", None)
    assert (vendor.groups[0].second_factor, vendor.groups[0].local_users) == (SecondFactor.ABSENT, 2)
    first = host("10.99.0.10").first
    assert staff.pools == (AddressRange(4, first, first + 190),)
    assert in_list(tokyo, "VPN_FILTER", "tcp 10.99.0.20 10.20.0.7 443") == "permit"
    assert in_list(tokyo, "VPN_FILTER", "tcp 10.99.0.20 10.20.0.7 3389") == "deny"


def test_the_tunnel_to_the_branch(tokyo: Read) -> None:
    (tunnel,) = tokyo.device.tunnels
    assert (tunnel.name, tunnel.kind, tunnel.interface, tunnel.bypasses_filters) == (
        "OUTMAP 10",
        "ipsec",
        "outside",
        True,
    )
    assert tunnel.peers == (host("198.51.100.77"),)


def test_hosts_that_the_configuration_names(tokyo: Read) -> None:
    assert {(host.name, host.sign) for host in tokyo.device.hosts} == {
        ("10.20.0.53", HostSign.DNS),
        ("10.20.0.10", HostSign.RADIUS),
        ("10.20.0.11", HostSign.LDAP),
        ("10.20.0.14", HostSign.SYSLOG),
        ("10.20.0.15", HostSign.SNMP_MANAGER),
        ("10.20.0.123", HostSign.NTP),
        ("10.10.0.5", HostSign.ADMIN_SOURCE),
        ("10.10.0.6", HostSign.ADMIN_SOURCE),
    }


def test_accounts_that_only_dial_in_administer_nothing(tokyo: Read) -> None:
    assert [one.name for one in tokyo.device.administrators] == ["admin"]


def test_the_office_gets_its_addresses_from_the_device(tokyo: Read) -> None:
    (scope,) = tokyo.device.dhcp_scopes
    assert (scope.interface, scope.lease_count) == ("office", 100)


def test_routes_and_the_table_of_management(tokyo: Read) -> None:
    routes = [(str(r.prefix), r.interface, r.tracked, r.vrf) for r in tokyo.device.routes]
    assert routes == [
        ("0.0.0.0/0", "outside", False, ""),
        ("10.21.0.0/16", "servers", True, ""),
        ("::/0", "outside", False, ""),
    ]
    assert tokyo.interface("mgmt").vrf == "management-only"


def test_no_secret_is_ever_quoted(tokyo: Read) -> None:
    source = tokyo.source
    hidden = [n for n, text in source.numbered() if text.startswith("    30820301")]
    assert hidden[0] in tokyo.ledger.hidden
    assert source.quote(source.span(11)) == ("enable password <secret> pbkdf2",)
