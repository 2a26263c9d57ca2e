"""Remote access, tunnels, users and their second factors."""

import pytest

from segaudit.model import AddressRef, Device, InterfaceKind, RemoteAccess, SecondFactor, VpnGroup
from tests.parsers.fortinet_fortios.reading import HEAD, holds, read, read_fixture, serves


def access(device: Device, kind: str) -> RemoteAccess:
    return next(one for one in device.remote_access if one.kind == kind)


def group(device: Device, name: str, kind: str = "ssl-vpn") -> VpnGroup:
    return next(one for one in access(device, kind).groups if one.name == name)


def test_the_ssl_vpn_of_a_whole_configuration() -> None:
    device = read_fixture("osk-fgt100f.conf").device
    vpn = access(device, "ssl-vpn")
    assert (vpn.portal_interfaces, vpn.interface) == (("wan1",), "ssl.root")
    assert vpn.portal_service is not None
    assert serves(device, vpn.portal_service, "tcp 192.0.2.1 > 198.51.100.10:8443") == "yes"
    assert vpn.pools == (AddressRef("SSLVPN-POOL"),)
    # One portal sends everything through the tunnel.
    assert vpn.split_tunnel is None
    assert holds(device, vpn.portal_sources, "192.0.2.1") == "maybe"
    assert holds(device, vpn.portal_sources, "2001:db8::1") == "yes"
    assert {one.name: one.second_factor for one in vpn.groups} == {
        "vpn-mixed": SecondFactor.ABSENT,
        "vpn-saml": SecondFactor.VISIBLE,
        "user/inoue": SecondFactor.ABSENT,
        # Policy 4 admits it, though no rule of the portal names it: the default portal does.
        "vpn-strong": SecondFactor.VISIBLE,
    }
    mixed = group(device, "vpn-mixed")
    assert (mixed.local_users, mixed.authentication) == (2, "2 local users, 1 of them with a token")
    assert group(device, "vpn-saml").authentication == "SAML identity provider entra, and a client certificate"


def test_dial_up_ipsec() -> None:
    device = read_fixture("osk-fgt100f.conf").device
    vpn = access(device, "ipsec")
    assert (vpn.name, vpn.portal_interfaces, vpn.interface) == ("REMOTE", ("wan1",), "REMOTE")
    (pool,) = vpn.pools
    assert [holds(device, pool, f"10.60.201.{n}") for n in (9, 10, 49, 50, 59, 60, 99, 100)] == [
        "no",
        "yes",
        "yes",
        "no",
        "no",
        "yes",
        "yes",
        "no",
    ]
    assert vpn.split_tunnel == AddressRef("SRV")
    (radius,) = vpn.groups
    assert (radius.name, radius.second_factor) == ("vpn-radius", SecondFactor.NOT_VISIBLE)
    assert radius.authentication == "1 local users, 0 of them with a token, RADIUS server nps01"
    kinds = {i.name: i.kind for i in device.interfaces}
    assert (kinds["REMOTE"], kinds["HUB"], kinds["ssl.root"]) == (
        InterfaceKind.VPN,
        InterfaceKind.TUNNEL,
        InterfaceKind.VPN,
    )


def test_tunnels_between_gateways() -> None:
    device = read_fixture("osk-fgt100f.conf").device
    assert [(t.name, t.kind, t.interface) for t in device.tunnels] == [
        ("to-NGY/to-NGY-a", "ipsec", "to-NGY"),
        ("to-NGY/to-NGY-b", "ipsec", "to-NGY"),
        ("HUB", "ipsec", "HUB"),
        ("gre-lab", "gre", "gre-lab"),
    ]
    first, second, hub, gre = device.tunnels
    assert [holds(device, peer, "203.0.113.60") for peer in first.peers] == ["yes"]
    # Whoever dials in has no address here.
    assert (first.endpoint, hub.endpoint, hub.peers) == ("wan1", "wan1", ())
    assert [holds(device, peer, "203.0.113.61") for peer in gre.peers] == ["yes"]
    assert (holds(device, first.local, "10.60.9.9"), holds(device, first.remote, "10.71.0.1")) == ("yes", "no")
    assert second.local == AddressRef("SRV")
    assert (holds(device, second.remote, "10.80.0.9"), holds(device, second.remote, "10.80.0.10")) == ("yes", "no")


PHASE1 = """
config user local
    edit "u"
        set type password
    next
end
config user group
    edit "g"
        set member "u"
    next
end
config vpn ipsec phase1-interface
    edit "dial"
        set type dynamic
        set interface "wan1"
        {settings}
    next
end
config firewall policy
    edit 1
        set srcintf "dial"
        set dstintf "lan"
        set srcaddr "all"
        set dstaddr "all"
        set service "ALL"
        set action accept
        set groups "g"
    next
end
"""


@pytest.mark.parametrize(
    ("settings", "names", "factor"),
    [
        ("set mode-cfg enable", ["dial"], SecondFactor.ABSENT),
        ("set mode-cfg enable\nset authmethod signature", ["dial"], SecondFactor.ABSENT),
        ("set mode-cfg enable\nset xauthtype auto\nset authusrgrp g", ["g"], SecondFactor.ABSENT),
        # XAuth "inherit from policy"
        ("set mode-cfg enable\nset xauthtype auto", ["g"], SecondFactor.ABSENT),
        ("set eap enable\nset eap-identity send-request\nset authusrgrp g\nset authmethod signature", ["g"], SecondFactor.VISIBLE),
        ("set peertype dialup\nset usrgrp g", ["g"], SecondFactor.ABSENT),
    ],
)  # fmt: skip
def test_how_dial_up_users_are_asked(settings: str, names: list[str], factor: SecondFactor) -> None:
    device = read(HEAD + PHASE1.format(settings=settings)).device
    vpn = access(device, "ipsec")
    assert [one.name for one in vpn.groups] == names
    assert {one.second_factor for one in vpn.groups} == {factor}
    assert device.tunnels == ()


def test_a_pre_shared_key_alone_is_said_so() -> None:
    device = read(HEAD + PHASE1.format(settings="set mode-cfg enable")).device
    assert access(device, "ipsec").groups[0].authentication == "a pre-shared key alone"


def test_a_gateway_of_unknown_address_is_no_remote_access() -> None:
    device = read(HEAD + PHASE1.format(settings="set peertype any")).device
    assert device.remote_access == ()
    assert [t.name for t in device.tunnels] == ["dial"]


USERS = """
config user local
    edit "plain"
        set type password
    next
    edit "token"
        set type password
        set two-factor fortitoken
    next
    edit "off"
        set type password
        set status disable
    next
    edit "by-ldap"
        set type ldap
        set ldap-server "ad"
    next
    edit "by-ldap-token"
        set type ldap
        set ldap-server "ad"
        set two-factor fortitoken-cloud
    next
end
config user ldap
    edit "ad"
        set server "192.0.2.5"
    next
end
config user peer
    edit "cert"
        set ca "CA"
    next
    edit "cert-and-password"
        set ca "CA"
        set two-factor enable
    next
end
config user group
    edit "g"
        set member {members}
        {more}
    next
end
config vpn ssl settings
    set source-interface "wan1"
    {settings}
    config authentication-rule
        edit 1
            set groups "g"
            set portal "p"
        next
    end
end
"""


@pytest.mark.parametrize(
    ("members", "more", "settings", "factor"),
    [
        ('"plain"', "", "", SecondFactor.ABSENT),
        ('"token"', "", "", SecondFactor.VISIBLE),
        ('"token" "off"', "", "", SecondFactor.VISIBLE),
        ('"token" "plain"', "", "", SecondFactor.ABSENT),
        ('"token" "ad"', "", "", SecondFactor.NOT_VISIBLE),
        ('"plain" "ad"', "", "", SecondFactor.ABSENT),
        ('"by-ldap"', "", "", SecondFactor.NOT_VISIBLE),
        ('"by-ldap-token"', "", "", SecondFactor.VISIBLE),
        ('"cert"', "", "", SecondFactor.ABSENT),
        ('"cert-and-password"', "", "", SecondFactor.VISIBLE),
        ('"nobody-knows"', "", "", SecondFactor.NOT_VISIBLE),
        ('""', "set group-type guest", "", SecondFactor.ABSENT),
        ('"plain"', "", "set reqclientcert enable", SecondFactor.VISIBLE),
    ],
)
def test_a_group_is_as_strong_as_its_weakest_member(
    members: str, more: str, settings: str, factor: SecondFactor
) -> None:
    device = read(HEAD + USERS.format(members=members, more=more, settings=settings)).device
    assert group(device, "g").second_factor is factor


def test_a_group_that_is_not_defined() -> None:
    device = read(
        HEAD
        + "config vpn ssl settings\nset source-interface wan1\nconfig authentication-rule\nedit 1\nset groups gone\nnext\nend\nend"
    ).device
    assert group(device, "gone").second_factor is SecondFactor.NOT_VISIBLE
    assert group(device, "gone").authentication == "group gone, which the configuration does not define"


@pytest.mark.parametrize(
    ("settings", "runs"),
    [
        ("set port 443", False),
        ("set source-interface wan1", True),
        ("set source-interface wan1\nset status disable", False),
        ("config authentication-rule\nedit 1\nset source-interface wan1\nnext\nend", True),
    ],
)
def test_without_a_source_interface_nothing_listens(settings: str, runs: bool) -> None:
    device = read(HEAD + f"config vpn ssl settings\n{settings}\nend").device
    assert bool(device.remote_access) is runs
    assert bool([one for one in device.local_services if one.kind == "ssl-vpn"]) is runs


def test_what_the_factory_prints_and_what_it_does_not() -> None:
    device = read(HEAD + "config vpn ssl settings\nset source-interface wan1\nend").device
    (portal,) = [one for one in device.local_services if one.kind == "ssl-vpn"]
    assert serves(device, portal.service, "tcp 192.0.2.1 > 203.0.113.2:10443") == "yes"
    assert portal.certain
    newer = read(HEAD.replace("7.2.8", "7.4.5") + "config vpn ssl settings\nset source-interface wan1\nend").device
    assert not next(one for one in newer.local_services if one.kind == "ssl-vpn").certain


def test_the_inside_end_exists_where_no_line_shows_it() -> None:
    device = read(HEAD + "config vpn ssl settings\nset source-interface wan1\nend").device
    interface = device.interface("ssl.root")
    assert interface is not None
    assert (interface.kind, interface.role_hint) == (InterfaceKind.VPN, "ssl.<vdom>")


SPLIT = """
config firewall address
    edit "srv"
        set subnet 10.2.0.0 255.255.255.0
    next
end
config vpn ssl web portal
    edit "p"
        set tunnel-mode enable
        set split-tunneling-routing-address "srv"
        {settings}
    next
end
config vpn ssl settings
    set source-interface "wan1"
    set tunnel-ip-pools "SSLVPN_TUNNEL_ADDR1"
    set default-portal "p"
end
"""


@pytest.mark.parametrize(
    ("settings", "through"),
    [
        ("", {"10.2.0.9": "yes", "192.0.2.1": "no"}),
        ("set split-tunneling-routing-negate enable", {"10.2.0.9": "no", "192.0.2.1": "yes"}),
        ("set split-tunneling disable", None),
        ("set ipv6-tunnel-mode enable\nset ipv6-split-tunneling disable", {"10.2.0.9": "yes", "2001:db8::1": "yes"}),
    ],
)
def test_what_goes_through_the_tunnel(settings: str, through: dict[str, str] | None) -> None:
    device = read(HEAD + SPLIT.format(settings=settings)).device
    split = access(device, "ssl-vpn").split_tunnel
    if through is None:
        assert split is None
    else:
        assert split is not None
        assert {address: holds(device, split, address) for address in through} == through
    assert [holds(device, pool, "10.212.134.200") for pool in access(device, "ssl-vpn").pools] == ["yes"]


def test_remote_access_of_an_old_firmware() -> None:
    device = read_fixture("sdj-fgt50b.conf").device
    ssl, l2tp = device.remote_access
    assert (ssl.kind, ssl.pools, ssl.split_tunnel) == ("ssl-vpn", (AddressRef("SSLVPN_TUNNEL_ADDR1"),), None)
    assert (l2tp.kind, [g.name for g in l2tp.groups]) == ("l2tp", ["staff"])
    assert [holds(device, pool, "192.168.1.235") for pool in l2tp.pools] == ["yes"]
    assert device.interface("l2t.root") is not None
    assert [one.kind for one in device.local_services if one.kind in {"ssl-vpn", "l2tp"}] == ["ssl-vpn", "l2tp"]
