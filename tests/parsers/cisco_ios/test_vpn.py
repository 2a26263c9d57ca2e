"""Remote access, tunnels, and how people log in."""

import pytest

from segaudit.model import (
    AddressRange,
    AddressUnion,
    InterfaceKind,
    RemoteAccess,
    SecondFactor,
    UndecidedAddress,
    host,
    network,
    parse_address,
    ports,
)
from tests.parsers.cisco_ios.reading import Read, read, read_fixture, received, verdict


@pytest.fixture(scope="module")
def made() -> Read:
    return read_fixture("vpn.cfg")


def remote(made: Read, name: str) -> RemoteAccess:
    return next(r for r in made.device.remote_access if r.name == name)


def pool(first: str) -> AddressRange:
    _, value = parse_address(first)
    return AddressRange(4, value, value + 49)


def test_an_isakmp_profile_with_a_virtual_template(made: Read) -> None:
    access = remote(made, "SOFTVPN")
    assert (access.kind, access.interface, access.portal_interfaces) == ("ipsec", "Virtual-Template2", ())
    assert access.pools == (pool("10.10.1.1"),)
    (group,) = access.groups
    assert (group.name, group.authentication, group.local_users) == ("staff", "local users", 2)
    assert group.second_factor == SecondFactor.ABSENT
    assert access.split_tunnel == network("192.168.0.0/16")
    assert (("FROM-STAFF",), "prerouting", -300) in made.attached()


def test_an_ikev2_profile_for_clients(made: Read) -> None:
    access = remote(made, "FLEX")
    assert access.interface == "Virtual-Template3"
    assert access.groups[0].second_factor == SecondFactor.NOT_VISIBLE
    assert access.groups[0].authentication == "server group RAD"


def test_a_web_portal(made: Read) -> None:
    access = remote(made, "STAFFWEB")
    assert (access.kind, access.portal_interfaces) == ("ssl-vpn", ("GigabitEthernet0/0",))
    assert access.portal_service == ports(6, 8443)
    assert access.split_tunnel == AddressUnion((network("192.168.0.0/16"),))
    assert access.interface == "SSLVPN-VIF-STAFFWEB"
    assert made.interface("SSLVPN-VIF-STAFFWEB").kind == InterfaceKind.VPN
    assert not [r for r in made.device.remote_access if r.name == "OLD"], "a context out of service"


def test_a_dialled_tunnel(made: Read) -> None:
    access = remote(made, "DIALIN")
    assert (access.kind, access.interface) == ("pptp", "Virtual-Template1")
    assert access.groups[0].second_factor == SecondFactor.ABSENT


def test_clients_of_a_crypto_map() -> None:
    made = read_fixture("edge.cfg")
    access = remote(made, "OUTSIDE")
    assert access.portal_interfaces == ("GigabitEthernet0/2",)
    assert access.interface == "OUTSIDE-65000"
    (group,) = access.groups
    assert (group.name, group.second_factor) == ("remote-staff", SecondFactor.NOT_VISIBLE)
    assert access.split_tunnel == network("192.168.0.0/16")
    old = read("version 12.2\n" + "\n".join(made.source.lines[3:]))
    assert remote(old, "OUTSIDE").interface == ""


def test_out_of_a_tunnel_the_outside_list_is_not_asked_and_the_others_are() -> None:
    made = read_fixture("edge.cfg")
    clients, branch = "OUTSIDE-65000", "OUTSIDE-10"
    office, servers = "GigabitEthernet0/0", "GigabitEthernet0/1"
    assert verdict(made, "tcp 10.99.0.1 192.168.10.9 445", clients, office) == "permit"
    assert verdict(made, "tcp 10.99.0.1 192.168.20.20 443", clients, servers) == "permit"
    assert verdict(made, "tcp 10.99.0.1 192.168.20.20 22", clients, servers) == "deny"
    assert verdict(made, "tcp 10.40.0.1 192.168.20.30 3389", branch, servers) == "permit"
    assert received(made, "tcp 192.168.10.9 10.40.0.1 445", office, branch) == "192.168.10.9:49152 > 10.40.0.1:445"


def test_what_lies_behind_a_tunnel_is_reached_by_it() -> None:
    routes = {(str(r.prefix), r.interface, r.distance) for r in read_fixture("edge.cfg").device.routes if r.interface}
    assert ("10.40.0.0/16", "OUTSIDE-10", 0) in routes
    assert ("10.99.0.128/26", "OUTSIDE-65000", 0) in routes


def test_a_list_for_what_comes_out_of_a_tunnel(made: Read) -> None:
    inner = "SITES-20"
    assert verdict(made, "tcp 10.60.0.1 192.168.1.9 443", inner, "Virtual-Template1") == "permit"
    assert verdict(made, "tcp 10.60.0.1 192.168.1.9 22", inner, "Virtual-Template1") == "deny"


def test_the_inner_end_is_in_the_zone_of_the_interface() -> None:
    made = read("""
        version 15.2
        zone security out
        zone security in
        crypto map M 10 ipsec-isakmp
         set peer 203.0.113.1
         match address A
        interface Vlan1
         crypto map M
         zone-member security out
        interface Vlan2
         zone-member security in
        interface Vlan3
         crypto map M
        ip access-list extended A
         permit ip any 10.9.0.0 0.0.255.255
    """)
    assert [(t.name, t.interface) for t in made.device.tunnels] == [
        ("M 10 at Vlan1", "M-10@Vlan1"),
        ("M 10 at Vlan3", "M-10@Vlan3"),
    ]
    assert made.interface("M-10@Vlan1").zone == "out"
    assert verdict(made, "tcp 10.9.0.1 10.0.0.1 80", "M-10@Vlan1", "Vlan2") == "deny"


def test_sites(made: Read) -> None:
    tunnels = {t.name: t for t in made.device.tunnels}
    site = tunnels["SITES 20"]
    assert (site.kind, site.interface) == ("ipsec", "SITES-20")
    assert (site.local, site.remote) == (network("192.168.1.0/24"), network("10.60.0.0/16"))
    assert site.peers == (host("203.0.113.20"),)
    assert [(t.name, t.kind) for t in made.device.tunnels[1:]] == [
        ("Tunnel1", "gre"),
        ("Tunnel2", "gre"),
        ("Tunnel3", "ipsec"),
    ]
    assert tunnels["Tunnel1"].peers == (host("203.0.113.9"),)
    assert tunnels["Tunnel2"].peers == ()


def test_what_a_tunnel_listens_for(made: Read) -> None:
    kinds = {service.kind for service in made.device.local_services}
    assert {"ipsec", "ssl-vpn", "pptp"} <= kinds
    (portal,) = made.listening("ssl-vpn")
    assert portal.interfaces.items == {"GigabitEthernet0/0"}


@pytest.mark.parametrize(
    ("aaa", "words", "factor"),
    [
        ("aaa authentication login L group radius local", "server group radius", SecondFactor.NOT_VISIBLE),
        ("aaa authentication login L local", "local users", SecondFactor.ABSENT),
        ("aaa authentication login L none", "none", SecondFactor.ABSENT),
        ("", "method list L, which is not defined", SecondFactor.NOT_VISIBLE),
    ],
)
def test_login_methods(aaa: str, words: str, factor: SecondFactor) -> None:
    made = read(f"""
        aaa new-model
        {aaa}
        crypto isakmp client configuration group G
         pool P
        crypto isakmp profile PROFILE
         match identity group G
         client authentication list L
         virtual-template 1
        ip local pool P 10.0.0.1 10.0.0.9
        interface Virtual-Template1 type tunnel
         ip unnumbered Loopback0
    """)
    (group,) = made.device.remote_access[0].groups
    assert (group.authentication, group.second_factor) == (words, factor)


def test_a_group_key_alone_is_no_second_factor() -> None:
    made = read("""
        crypto isakmp client configuration group G
         key fakeKey
         pool P
        crypto dynamic-map D 10
        crypto map M 10 ipsec-isakmp dynamic D
        interface Vlan1
         crypto map M
    """)
    (group,) = made.device.remote_access[0].groups
    assert (group.authentication, group.second_factor) == ("group key only", SecondFactor.ABSENT)
    assert isinstance(made.device.remote_access[0].pools[0], UndecidedAddress)


def test_dynamic_sites_are_tunnels() -> None:
    made = read("""
        crypto dynamic-map D 10
         match address SITES
        crypto map M 10 ipsec-isakmp dynamic D
        interface Vlan1
         crypto map M
        ip access-list extended SITES
         permit ip 10.0.0.0 0.0.255.255 10.9.0.0 0.0.255.255
    """)
    (tunnel,) = made.device.tunnels
    assert tunnel.remote == network("10.9.0.0/16")
    assert made.device.remote_access == ()
