"""Remote access and tunnels: where they listen, who gets in how, which addresses they get, what filters them."""

import pytest

from segaudit.model import (
    ANY_ADDRESS,
    AddressRange,
    AddressRef,
    AddressUnion,
    Fqdn,
    LineState,
    RemoteAccess,
    SecondFactor,
    ServiceUnion,
    UndecidedAddress,
    host,
    network,
    ports,
)
from tests.parsers.cisco_asa.reading import Read, in_list, read

HEAD = """
ASA Version 9.12(4)
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 203.0.113.2 255.255.255.0
interface GigabitEthernet0/1
 nameif inside
 security-level 100
 ip address 10.0.0.1 255.255.255.0
ip local pool P1 10.99.0.1-10.99.0.50 mask 255.255.255.0
ip local pool P2 10.99.1.1-10.99.1.50
ipv6 local pool P6 2001:db8:99::10/64 16
aaa-server RAD protocol radius
aaa-server RAD (inside) host 10.0.0.10
aaa-server AD protocol ldap
aaa-server TOK protocol sdi
aaa-server TAC protocol tacacs+
aaa-server KRB protocol kerberos
username taro password x encrypted
webvpn
 enable outside
"""


def access(*lines: str, head: str = HEAD) -> tuple[RemoteAccess, ...]:
    made = read(head + "\n".join(lines) + "\n")
    assert made.not_understood == []
    return made.device.remote_access


GROUP = ("tunnel-group T type remote-access", "tunnel-group T general-attributes", " address-pool P1")


@pytest.mark.parametrize(
    ("lines", "authentication", "factor"),
    [
        ((), "local users", SecondFactor.ABSENT),
        ((" authentication-server-group RAD LOCAL",), "RADIUS servers RAD", SecondFactor.NOT_VISIBLE),
        ((" authentication-server-group (outside) RAD",), "RADIUS servers RAD", SecondFactor.NOT_VISIBLE),
        ((" authentication-server-group AD",), "LDAP servers AD", SecondFactor.NOT_VISIBLE),
        ((" authentication-server-group TAC",), "TACACS+ servers TAC", SecondFactor.NOT_VISIBLE),
        ((" authentication-server-group TOK",), "SecurID servers TOK", SecondFactor.VISIBLE),
        ((" authentication-server-group KRB",), "Kerberos servers KRB", SecondFactor.ABSENT),
        ((" authentication-server-group NOWHERE",), "servers NOWHERE", SecondFactor.NOT_VISIBLE),
        (
            (" authentication-server-group AD", " secondary-authentication-server-group RAD"),
            "LDAP servers AD and RAD",
            SecondFactor.VISIBLE,
        ),
        (
            (" authentication-server-group AD", " secondary-authentication-server-group none"),
            "LDAP servers AD",
            SecondFactor.NOT_VISIBLE,
        ),
        (
            ("tunnel-group T webvpn-attributes", " authentication aaa certificate"),
            "local users and a certificate",
            SecondFactor.VISIBLE,
        ),
        (("tunnel-group T webvpn-attributes", " authentication certificate"), "certificate", SecondFactor.ABSENT),
        (
            (
                "tunnel-group T webvpn-attributes",
                " authentication saml",
                " saml identity-provider https://idp.example.jp",
            ),
            "SAML identity provider",
            SecondFactor.NOT_VISIBLE,
        ),
        (
            ("tunnel-group T ipsec-attributes", " ikev1 pre-shared-key x", " ikev1 user-authentication none"),
            "pre-shared key of the group",
            SecondFactor.ABSENT,
        ),
    ],
)
def test_second_factor_in_three_states(lines: tuple[str, ...], authentication: str, factor: SecondFactor) -> None:
    (remote,) = access(*GROUP, *lines)
    (group,) = remote.groups
    assert (group.name, group.authentication, group.second_factor) == ("T", authentication, factor)


def test_accounts_on_the_device_are_counted() -> None:
    (remote,) = access(*GROUP)
    assert remote.groups[0].local_users == 1
    (remote,) = access(*GROUP, " authentication-server-group RAD")
    assert remote.groups[0].local_users == 0


def test_pools_of_the_group_policy_come_before_those_of_the_tunnel_group() -> None:
    (remote,) = access(*GROUP, " address-pool P2", " ipv6-address-pool P6")
    assert [pool.size for pool in remote.pools if isinstance(pool, AddressRange)] == [50, 50, 16]
    (remote,) = access(
        "group-policy G internal",
        "group-policy G attributes",
        " address-pools value P2",
        *GROUP,
        " default-group-policy G",
    )
    assert remote.pools == (AddressRange(4, host("10.99.1.1").first, host("10.99.1.50").first),)


def test_a_pool_that_is_not_there_is_unknown() -> None:
    (remote,) = access(
        "tunnel-group T type remote-access", "tunnel-group T general-attributes", " address-pool NOWHERE"
    )
    assert isinstance(remote.pools[0], UndecidedAddress)


def test_the_portal_and_its_port() -> None:
    (remote,) = access(*GROUP, "webvpn", " port 8443", " dtls port 4443")
    assert remote.portal_interfaces == ("outside",)
    made = read(HEAD + "webvpn\n port 8443\n")
    (portal,) = [s for s in made.device.local_services if s.kind == "ssl-vpn"]
    assert portal.service == ServiceUnion((ports(6, 8443), ports(17, 8443)))
    assert not portal.management


def test_no_portal_no_remote_access() -> None:
    assert access(*GROUP, head=HEAD.replace(" enable outside\n", "")) == ()
    assert access(*GROUP, "webvpn", " no enable outside") == ()


def test_protocols_of_the_group_policy() -> None:
    policy = ("group-policy G internal", "group-policy G attributes", " vpn-tunnel-protocol {}", *GROUP)
    ike = (
        "crypto dynamic-map D 10 set ikev1 transform-set A",
        "crypto map M 65535 ipsec-isakmp dynamic D",
        "crypto map M interface outside",
        "crypto ikev1 enable outside",
    )

    def kinds(protocols: str) -> list[tuple[str, str]]:
        lines = [line.format(protocols) for line in policy]
        return [(one.name, one.kind) for one in access(*lines, " default-group-policy G", *ike)]

    assert kinds("ssl-client") == [("T", "ssl-vpn")]
    assert kinds("ikev1 ikev2") == [("T", "ipsec")]
    assert kinds("l2tp-ipsec") == [("T", "l2tp")]
    assert kinds("ikev1 ssl-client") == [("T", "ssl-vpn"), ("T (ipsec)", "ipsec")]
    # Nothing said: whatever listens.
    assert [one.kind for one in access(*GROUP, *ike)] == ["ssl-vpn", "ipsec"]


def test_filters_are_inherited_and_none_takes_them_away() -> None:
    base = (
        "access-list F extended permit tcp 10.99.0.0 255.255.255.0 host 10.0.0.80 eq 443",
        "group-policy DfltGrpPolicy attributes",
        " vpn-filter value F",
        "group-policy G internal",
        "group-policy G attributes",
    )
    (remote,) = access(*base, " dns-server value 10.0.0.53", *GROUP, " default-group-policy G")
    assert remote.filter_rule_set == "F"
    (remote,) = access(*base, " vpn-filter none", *GROUP, " default-group-policy G")
    assert remote.filter_rule_set == ""
    (remote,) = access(*base, *GROUP)
    assert remote.filter_rule_set == "F"
    (remote,) = access(*base, "group-policy H internal from G", *GROUP, " default-group-policy H")
    assert remote.filter_rule_set == "F"


def test_vpn_traffic_skips_interface_lists_unless_told_otherwise() -> None:
    (remote,) = access(*GROUP)
    assert remote.bypasses_filters
    (remote,) = access(*GROUP, "no sysopt connection permit-vpn")
    assert not remote.bypasses_filters
    (remote,) = access(*GROUP, "no sysopt connection permit-vpn", "sysopt connection permit-vpn")
    assert remote.bypasses_filters


def test_a_filter_that_stands_before_a_global_list_ends_with_a_deny_of_its_own() -> None:
    made = read(
        HEAD
        + "access-list F extended permit tcp any any eq 443\naccess-list G extended permit tcp any any eq 22\n"
        + "access-group F in interface outside\naccess-group G global\n"
        + "group-policy DfltGrpPolicy attributes\n vpn-filter value F\n"
        + "\n".join(GROUP)
        + "\n"
    )
    (remote,) = made.device.remote_access
    assert in_list(made, remote.filter_rule_set, "tcp 10.99.0.5 10.0.0.9 22") == "deny"


def test_split_tunnel() -> None:
    policy = ("group-policy G internal", "group-policy G attributes", " split-tunnel-policy {}")
    lists = (
        "access-list S standard permit 10.0.0.0 255.255.255.0",
        "access-list E extended permit ip 10.1.0.0 255.255.0.0 any",
    )
    tail = (*GROUP, " default-group-policy G")

    def split(which: str, value: str) -> object:
        lines = [line.format(which) for line in policy]
        return access(*lists, *lines, f" split-tunnel-network-list value {value}", *tail)[0].split_tunnel

    assert split("tunnelspecified", "S") == network("10.0.0.0/24")
    assert split("tunnelspecified", "E") == network("10.1.0.0/16")
    assert split("tunnelall", "S") is None
    assert split("excludespecified", "S") is None
    assert isinstance(split("tunnelspecified", "NOWHERE"), UndecidedAddress)


def test_external_policies_and_authorization_are_said() -> None:
    made = read(
        HEAD + "group-policy X external server-group RAD\n" + "\n".join(GROUP) + "\n authorization-server-group AD\n"
    )
    assert made.state("group-policy X") is LineState.APPROXIMATED
    assert made.state("authorization-server-group") is LineState.APPROXIMATED


def test_what_is_not_modelled_of_users_and_access_policies() -> None:
    made = read(
        HEAD + "username taro attributes\n vpn-filter value F\n vpn-group-policy G\n"
        "dynamic-access-policy-record DAP1\n network-acl F\n priority 10\n"
    )
    assert made.not_understood == ["vpn-filter value F", "network-acl F"]
    assert made.state("vpn-group-policy") is LineState.APPROXIMATED


# Site to site

MAP = """
access-list T1 extended permit ip 10.0.0.0 255.255.255.0 10.7.0.0 255.255.0.0
access-list T1 extended permit ip 10.0.0.0 255.255.255.0 10.8.0.0 255.255.0.0
crypto map M 10 match address T1
crypto map M 10 set peer 198.51.100.77 198.51.100.78
crypto map M 10 set ikev2 ipsec-proposal P
crypto map M interface outside
tunnel-group 198.51.100.77 type ipsec-l2l
tunnel-group 198.51.100.77 ipsec-attributes
 ikev1 pre-shared-key *****
"""


def tunnels(text: str) -> Read:
    made = read(HEAD + text)
    assert made.not_understood == []
    return made


def test_crypto_maps_with_their_selectors() -> None:
    (tunnel,) = tunnels(MAP).device.tunnels
    assert (tunnel.name, tunnel.interface, tunnel.kind) == ("M 10", "outside", "ipsec")
    assert tunnel.peers == (host("198.51.100.77"), host("198.51.100.78"))
    assert tunnel.local == network("10.0.0.0/24")
    assert tunnel.remote == AddressUnion((network("10.7.0.0/16"), network("10.8.0.0/16")))


def test_selectors_that_are_no_product_stay_apart() -> None:
    made = tunnels(MAP + "access-list T1 extended permit ip host 10.9.9.9 10.7.0.0 255.255.0.0\n")
    assert [(t.name, t.local, t.remote) for t in made.device.tunnels] == [
        ("M 10 entry 1", network("10.0.0.0/24"), network("10.7.0.0/16")),
        ("M 10 entry 2", network("10.0.0.0/24"), network("10.8.0.0/16")),
        ("M 10 entry 3", host("10.9.9.9"), network("10.7.0.0/16")),
    ]


def test_a_map_that_is_bound_nowhere_is_no_tunnel() -> None:
    assert tunnels(MAP.replace("crypto map M interface outside\n", "")).device.tunnels == ()


def test_the_filter_of_a_site() -> None:
    made = tunnels(
        MAP + "access-list SF extended permit tcp 10.7.0.0 255.255.0.0 host 10.0.0.80 eq 443\n"
        "group-policy SITE internal\ngroup-policy SITE attributes\n vpn-filter value SF\n"
        "tunnel-group 198.51.100.77 general-attributes\n default-group-policy SITE\n"
    )
    assert made.device.tunnels[0].filter_rule_set == "SF"


def test_a_peer_by_name_and_a_list_that_is_not_there() -> None:
    (tunnel,) = tunnels(
        "crypto map M 10 match address NOWHERE\ncrypto map M 10 set peer vpn.example.jp\ncrypto map M interface outside\n"
    ).device.tunnels
    assert tunnel.peers == (Fqdn("vpn.example.jp"),)
    assert isinstance(tunnel.remote, UndecidedAddress)


def test_sites_that_call_from_anywhere() -> None:
    (tunnel,) = tunnels(
        "access-list D1 extended permit ip any 10.7.0.0 255.255.0.0\n"
        "crypto dynamic-map D 10 match address D1\ncrypto map M 65535 ipsec-isakmp dynamic D\n"
        "crypto map M interface outside\n"
    ).device.tunnels
    assert (tunnel.name, tunnel.peers, tunnel.remote) == ("D", (), network("10.7.0.0/16"))


def test_tunnel_interfaces() -> None:
    made = tunnels(
        "interface Tunnel1\n nameif vti\n ip address 169.254.9.1 255.255.255.252\n tunnel source interface outside\n"
        " tunnel destination 198.51.100.77\n tunnel mode ipsec ipv4\n tunnel protection ipsec profile P\n"
    )
    (tunnel,) = made.device.tunnels
    assert (tunnel.name, tunnel.interface, tunnel.peers) == ("vti", "vti", (host("198.51.100.77"),))
    assert (tunnel.local, tunnel.remote) == (ANY_ADDRESS, ANY_ADDRESS)
    assert made.interface("vti").kind.value == "tunnel"


def test_vpn_groups_of_pix_6() -> None:
    made = read(
        """
        PIX Version 6.3(5)
        nameif ethernet0 outside security0
        nameif ethernet1 inside security100
        ip local pool P 10.99.0.1-10.99.0.50
        vpngroup staff address-pool P
        vpngroup staff password ********
        isakmp enable outside
        crypto map M 10 ipsec-isakmp dynamic D
        crypto map M client authentication RADIUS
        crypto map M interface outside
        sysopt connection permit-ipsec
        """
    )
    assert made.not_understood == []
    (remote,) = made.device.remote_access
    assert (remote.name, remote.portal_interfaces, remote.bypasses_filters) == ("staff", ("outside",), True)
    assert remote.groups[0].second_factor is SecondFactor.NOT_VISIBLE


def test_permit_ipsec_was_off_in_pix_6() -> None:
    made = read(
        "PIX Version 6.3(5)\nnameif ethernet0 outside security0\nvpngroup staff address-pool P\nisakmp enable outside\n"
    )
    assert not made.device.remote_access[0].bypasses_filters


def test_references_are_kept_as_written() -> None:
    made = tunnels(
        "object network A\n subnet 10.0.0.0 255.255.255.0\nobject network B\n subnet 10.7.0.0 255.255.0.0\n"
        "access-list O extended permit ip object A object B\n"
        "crypto map M 10 match address O\ncrypto map M 10 set peer 198.51.100.77\ncrypto map M interface outside\n"
    )
    assert (made.device.tunnels[0].local, made.device.tunnels[0].remote) == (AddressRef("A"), AddressRef("B"))
