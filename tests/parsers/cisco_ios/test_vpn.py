"""Remote access, tunnels, and how people log in."""

import pytest

from segaudit.model import (
    AddressRange,
    AddressUnion,
    RemoteAccess,
    SecondFactor,
    UndecidedAddress,
    host,
    network,
    parse_address,
    ports,
)
from tests.parsers.cisco_ios.reading import Read, read, read_fixture


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
    assert not access.bypasses_filters
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
    assert access.bypasses_filters
    assert not [r for r in made.device.remote_access if r.name == "OLD"], "a context out of service"


def test_a_dialled_tunnel(made: Read) -> None:
    access = remote(made, "DIALIN")
    assert (access.kind, access.interface) == ("pptp", "Virtual-Template1")
    assert access.groups[0].second_factor == SecondFactor.ABSENT


def test_clients_of_a_crypto_map() -> None:
    made = read_fixture("edge.cfg")
    access = remote(made, "OUTSIDE")
    assert access.portal_interfaces == ("GigabitEthernet0/2",)
    assert access.interface == ""
    assert access.bypasses_filters, "packets out of the tunnel are not asked of the outside list since 12.3(8)T"
    (group,) = access.groups
    assert (group.name, group.second_factor) == ("remote-staff", SecondFactor.NOT_VISIBLE)
    assert access.split_tunnel == network("192.168.0.0/16")
    old = read("version 12.2\n" + "\n".join(made.source.lines[3:]))
    assert not remote(old, "OUTSIDE").bypasses_filters


def test_sites(made: Read) -> None:
    tunnels = {t.name: t for t in made.device.tunnels}
    site = tunnels["SITES 20"]
    assert (site.kind, site.interface, site.filter_rule_set) == ("ipsec", "GigabitEthernet0/0", "FROM-PARTNER")
    assert (site.local, site.remote) == (network("192.168.1.0/24"), network("10.60.0.0/16"))
    assert site.peers == (host("203.0.113.20"),)
    assert [(t.name, t.kind) for t in made.device.tunnels[1:]] == [
        ("Tunnel1", "gre"),
        ("Tunnel2", "dmvpn"),
        ("Tunnel3", "ipsec"),
    ]
    assert tunnels["Tunnel1"].peers == (host("203.0.113.9"),)
    assert isinstance(tunnels["Tunnel2"].peers[0], UndecidedAddress)


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
