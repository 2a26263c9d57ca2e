"""What the device listens for, who administers it, whom it names; GlobalProtect, tunnels, leases."""

import pytest

from segaudit.model import (
    ANY_ADDRESS,
    AddressUnion,
    Device,
    HostSign,
    LocalService,
    SecondFactor,
    host,
    interfaces,
    network,
)
from tests.parsers.paloalto_panos.reading import BASE, device, fixture, said


@pytest.fixture(scope="module")
def sapporo() -> Device:
    (on,) = fixture("sapporo.set").devices
    return on


def services(on: Device, interface: str) -> dict[str, LocalService]:
    return {one.kind: one for one in on.local_services if one.interfaces == interfaces(interface)}


def test_the_management_port(sapporo: Device) -> None:
    found = services(sapporo, "management")
    assert set(found) == {"https", "ssh", "ping", "snmp"}
    permitted = AddressUnion((network("192.168.250.0/24"), host("192.168.10.5")))
    assert all(one.sources == permitted for one in found.values())
    assert [kind for kind, one in found.items() if one.management] == ["https", "ssh", "snmp"]
    assert said(sapporo, "tcp 192.168.250.99 > 192.168.250.10:443", "management") == "permit https at management"
    assert said(sapporo, "tcp 192.168.77.9 > 192.168.250.10:443", "management") == "deny end"


def test_without_a_list_the_management_port_answers_everyone() -> None:
    on = device(BASE + "set deviceconfig system ip-address 10.9.0.1\nset deviceconfig system service disable-ssh yes\n")
    found = services(on, "management")
    assert set(found) == {"https", "ping"}
    assert found["https"].sources == ANY_ADDRESS


def test_management_profiles(sapporo: Device) -> None:
    inside, outside = services(sapporo, "ethernet1/2.10"), services(sapporo, "ethernet1/1")
    assert {"https", "ssh", "ping"} <= set(inside)
    assert inside["https"].sources == network("192.168.10.0/24")
    assert "telnet" not in outside
    assert outside["ping"].sources == ANY_ADDRESS
    assert said(sapporo, "tcp 192.168.10.9 > 192.168.10.1:22", "ethernet1/2.10") == "permit ssh at ethernet1/2.10"
    assert said(sapporo, "tcp 192.168.40.9 > 192.168.10.1:22", "vlan.40") == "deny end"


def test_administrators(sapporo: Device) -> None:
    found = {one.name: one for one in sapporo.administrators}
    assert {name: one.second_factor for name, one in found.items()} == {
        "admin": SecondFactor.ABSENT,
        "kanri": SecondFactor.NOT_VISIBLE,
    }
    assert found["admin"].sources != ANY_ADDRESS


def test_hosts(sapporo: Device) -> None:
    found = {(one.sign, str(one.address)) for one in sapporo.hosts}
    for sign, address in (
        (HostSign.LDAP, "192.168.20.11"),
        (HostSign.RADIUS, "192.168.20.15"),
        (HostSign.SYSLOG, "192.168.20.30"),
        (HostSign.SNMP_MANAGER, "192.168.250.30"),
        (HostSign.DNS, "192.168.20.12"),
        (HostSign.ADMIN_SOURCE, "192.168.250.20"),
        (HostSign.ADMIN_SOURCE, "192.168.10.5"),
        (HostSign.DHCP_RELAY, "192.168.30.53"),
        (HostSign.DHCP_RESERVATION, "192.168.10.150"),
        (HostSign.NAT_TARGET, "192.168.30.10"),
    ):
        assert (sign, str(host(address))) in found, (sign, address)
    assert any(sign is HostSign.NTP and "ntp.example.jp" in address for sign, address in found)


def test_leases(sapporo: Device) -> None:
    (scope,) = sapporo.dhcp_scopes
    assert (scope.interface, scope.lease_count) == ("ethernet1/2.10", 99)
    assert scope.reservations == (host("192.168.10.150"),)
    assert {"dhcp", "dns"} <= set(services(sapporo, "ethernet1/2.10"))
    assert "dhcp" in services(sapporo, "ethernet1/2.20")


def test_globalprotect(sapporo: Device) -> None:
    (access,) = sapporo.remote_access
    assert (access.name, access.kind, access.interface) == ("gp-gw", "ssl-vpn", "tunnel.1")
    assert access.portal_interfaces == ("ethernet1/1",)
    assert access.pools == (network("172.20.0.0/24"),)
    assert access.split_tunnel == AddressUnion((network("192.168.20.0/24"), network("192.168.30.0/24")))
    assert [(one.name, one.second_factor, one.local_users) for one in access.groups] == [
        ("shanai\\kanri", SecondFactor.ABSENT, 2),
        ("shanai\\soumu", SecondFactor.ABSENT, 2),
    ]
    assert said(sapporo, "tcp 198.51.100.9 > 203.0.113.3:443", "ethernet1/1") == "permit ssl-vpn at ethernet1/1"
    assert said(sapporo, "udp 198.51.100.9 > 203.0.113.3:4501", "ethernet1/1") == "deny stop-untrust"


GATEWAY = """
set network interface tunnel units tunnel.1
set zone vpn network layer3 tunnel.1
set network tunnel global-protect-gateway g tunnel-interface tunnel.1
set network tunnel global-protect-gateway g local-address interface ethernet1/1
set network tunnel global-protect-gateway g client ip-pool 172.20.0.0/24
set global-protect global-protect-gateway g local-address interface ethernet1/1
set global-protect global-protect-gateway g client-auth all authentication-profile p
"""
PROFILE = "set shared authentication-profile p method {}\n"


@pytest.mark.parametrize(
    ("more", "factor"),
    [
        (PROFILE.format("local-database"), SecondFactor.ABSENT),
        (PROFILE.format("none"), SecondFactor.ABSENT),
        (PROFILE.format("ldap server-profile ad"), SecondFactor.NOT_VISIBLE),
        (PROFILE.format("radius server-profile r"), SecondFactor.NOT_VISIBLE),
        (PROFILE.format("saml-idp server-profile s"), SecondFactor.NOT_VISIBLE),
        ("", SecondFactor.NOT_VISIBLE),
        (
            PROFILE.format("local-database") + "set global-protect global-protect-gateway g certificate-profile c\n",
            SecondFactor.VISIBLE,
        ),
        (
            PROFILE.format("local-database")
            + "set global-protect global-protect-gateway g certificate-profile c\n"
            + "set global-protect global-protect-gateway g client-auth all user-credential-or-client-cert-required yes\n",
            SecondFactor.ABSENT,
        ),
        (
            (
                "set shared authentication-sequence p authentication-profiles [ a b ]\n"
                "set shared authentication-profile a method radius server-profile r\n"
                "set shared authentication-profile b method local-database\n"
            ),
            SecondFactor.ABSENT,
        ),
    ],
)
def test_how_strong_a_way_in_is(more: str, factor: SecondFactor) -> None:
    (access,) = device(BASE + GATEWAY + more).remote_access
    (group,) = access.groups
    assert group.second_factor is factor
    assert access.pools == (network("172.20.0.0/24"),)


def test_who_may_log_in_is_the_allow_list_of_the_profile() -> None:
    more = (
        PROFILE.format("radius server-profile r") + "set shared authentication-profile p allow-list [ tokyo osaka ]\n"
    )
    (access,) = device(BASE + GATEWAY + more).remote_access
    assert [one.name for one in access.groups] == ["tokyo", "osaka"]
    assert access.groups[0].authentication == "RADIUS server r"


def test_tunnels(sapporo: Device) -> None:
    (tunnel,) = sapporo.tunnels
    assert (tunnel.name, tunnel.kind, tunnel.interface) == ("hakodate:p1", "ipsec", "tunnel.2")
    assert tunnel.peers == (host("198.51.100.77"),)
    assert (tunnel.local, tunnel.remote) == (network("192.168.20.0/24"), network("192.168.60.0/24"))
    ike = services(sapporo, "ethernet1/1")["ipsec"]
    assert ike.sources == host("198.51.100.77")


def test_a_peer_of_unknown_address_and_a_gre_tunnel() -> None:
    text = (
        BASE
        + """
set network interface tunnel units tunnel.5 ip 10.5.0.1/30
set zone far network layer3 tunnel.5
set network ike gateway g peer-address dynamic
set network ike gateway g local-address interface ethernet1/1
set network tunnel ipsec t auto-key ike-gateway g
set network tunnel ipsec t tunnel-interface tunnel.5
set network tunnel gre u tunnel-interface tunnel.5
set network tunnel gre u local-address interface ethernet1/1
set network tunnel gre u peer-address ip 192.0.2.50
set network tunnel ipsec off tunnel-interface tunnel.5
set network tunnel ipsec off disabled yes
"""
    )
    on = device(text)
    assert [(one.name, one.kind, one.peers) for one in on.tunnels] == [
        ("t", "ipsec", ()),
        ("u", "gre", (host("192.0.2.50"),)),
    ]
    found = services(on, "ethernet1/1")
    assert found["ipsec"].sources == ANY_ADDRESS
    assert found["gre"].sources == host("192.0.2.50")


def test_routing_neighbours() -> None:
    head = "set network virtual-router default protocol bgp"
    on = device(BASE + f"{head} enable yes\n{head} peer-group g peer p peer-address ip 203.0.113.14\n")
    (bgp,) = [one for one in on.local_services if one.kind == "bgp"]
    assert bgp.sources == host("203.0.113.14")
