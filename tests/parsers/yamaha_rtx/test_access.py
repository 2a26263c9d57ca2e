"""What the router listens with, who administers it, who dials in, where its tunnels go."""

from __future__ import annotations

import pytest

from segaudit.model import (
    ANY_ADDRESS,
    AddressRange,
    Fqdn,
    InterfaceKind,
    LineState,
    LocalService,
    RemoteAccess,
    SecondFactor,
)
from tests.parsers.yamaha_rtx.reading import (
    address,
    device_of,
    fixture,
    interface,
    ledger_of,
    office,
    rules,
    states,
    verdict,
)


def services(*lines: str) -> dict[str, LocalService]:
    """What a router listens with, by kind."""
    return {one.kind: one for one in office(*lines).local_services}


def test_what_is_on_from_the_factory() -> None:
    """4.16, 24.1, 33.1, 41.1: telnet for all, pages and time for the LAN, names for all; SSH, TFTP and SNMP for nobody."""
    found = services()
    assert set(found) == {"telnet", "http", "dns", "ntp", "ping"}
    assert found["telnet"].sources == found["dns"].sources == ANY_ADDRESS
    assert found["http"].sources != ANY_ADDRESS
    assert [kind for kind, one in found.items() if one.management] == ["telnet", "http"]
    assert "http" not in {one.kind for one in office("# RTX5000 Rev.14.00.33").local_services}


@pytest.mark.parametrize(
    ("lines", "gone"),
    [
        (("telnetd service off",), "telnet"),
        (("telnetd host none",), "telnet"),
        (("httpd service off",), "http"),
        (("dns service off",), "dns"),
        (("sntpd service off",), "ntp"),
        (("ip stealth all",), "ping"),
        (("security class 3 on off",), "telnet"),
    ],
)
def test_what_is_switched_off(lines: tuple[str, ...], gone: str) -> None:
    assert gone not in services(*lines)


def test_who_may_ask() -> None:
    lines = ("sshd service on", "sshd host 192.168.100.10-192.168.100.19", "sshd listen 10022")
    device = office(*lines)
    ssh = services(*lines)["ssh"]
    assert ssh.management
    assert ssh.sources == AddressRange(4, address("192.168.100.10"), address("192.168.100.19"))
    mine = {"protocol": "tcp", "dst_ip": "192.168.100.1", "dst_port": "10022", "in_interface": "lan1"}
    assert verdict(device, src_ip="192.168.100.10", **mine) == "permit"
    assert verdict(device, src_ip="192.168.100.20", **mine) == "deny"
    assert list(rules(device, "to the router"))[:1] == ["ssh permit"]


def test_a_named_interface_stands_for_its_network_whichever_way_one_comes() -> None:
    """33.2, note."""
    device = office("httpd host lan1")
    page = {"protocol": "tcp", "dst_ip": "203.0.113.2", "dst_port": "80"}
    assert verdict(device, src_ip="192.168.100.9", in_interface="lan1", **page) == "permit"
    assert verdict(device, src_ip="198.51.100.7", in_interface="lan2", **page) == "deny"


def test_snmp() -> None:
    assert services("snmp host 192.168.100.9 public")["snmp"].management
    assert services("snmp host any")["snmp"].sources == ANY_ADDRESS
    assert "snmp" not in services("snmp community read-only kanri")


def test_who_administers() -> None:
    device = office(
        "login user netops encrypted abcdefgh",
        "login user guest kyaku",
        "user attribute guest administrator=off",
        "user attribute netops host=192.168.100.20",
    )
    (netops,) = device.administrators
    assert netops.name == "netops"
    assert netops.second_factor is SecondFactor.ABSENT
    assert netops.sources == AddressRange(4, address("192.168.100.20"), address("192.168.100.20"))
    (nameless,) = office("administrator password encrypted abcdefgh").administrators
    assert nameless.name == "administrator"


L2TP = (
    "pp select anonymous",
    "pp bind tunnel1",
    "pp auth request mschap-v2",
    "pp auth username sato himitsu1",
    "pp auth username suzuki himitsu2 192.168.100.240",
    "ip pp remote address pool 192.168.100.200-192.168.100.215",
    "pp enable anonymous",
    "tunnel select 1",
    "tunnel encapsulation l2tp",
    "ipsec tunnel 101",
    "ipsec sa policy 101 1 esp aes-cbc sha-hmac",
    "ipsec ike pre-shared-key 1 text kagi",
    "ipsec ike remote address 1 any",
    "tunnel enable 1",
    "l2tp service on",
)


def remote(*lines: str) -> RemoteAccess | None:
    """The remote access of a router."""
    found = office(*lines).remote_access
    assert len(found) < 2
    return found[0] if found else None


def test_l2tp() -> None:
    found = remote(*L2TP)
    assert found is not None
    assert (found.kind, found.interface) == ("l2tp", "pp anonymous")
    assert found.pools[0] == AddressRange(4, address("192.168.100.200"), address("192.168.100.215"))
    (group,) = found.groups
    assert (group.authentication, group.local_users, group.second_factor) == ("local users", 2, SecondFactor.ABSENT)
    device = office(*L2TP)
    assert interface(device, "pp anonymous").kind is InterfaceKind.VPN
    # Who has dialled in is behind the PP, though the address is one of the LAN's.
    assert {(str(r.prefix), r.interface) for r in device.routes if r.interface == "pp anonymous"} == {
        ("192.168.100.200/29", "pp anonymous"),
        ("192.168.100.208/29", "pp anonymous"),
        ("192.168.100.240/32", "pp anonymous"),
    }


@pytest.mark.parametrize("line", ["l2tp service off", "pp disable anonymous", "no pp bind tunnel1"])
def test_no_remote_access_without_each_of_them(line: str) -> None:
    assert remote(*L2TP[:6], L2TP[6], *L2TP[7:], *(["pp select anonymous"] if "bind" in line else []), line) is None


def test_radius_decides_where_no_user_is_written() -> None:
    lines = [line for line in L2TP if "username" not in line]
    found = remote(*lines, "radius auth on", "radius auth server 192.168.100.7", "radius secret himitsu")
    assert found is not None
    assert found.groups[0].second_factor is SecondFactor.NOT_VISIBLE
    assert found.groups[0].authentication == "RADIUS server 192.168.100.7"


def test_pptp() -> None:
    lines = [line for line in L2TP if not line.startswith(("ipsec", "l2tp", "tunnel encapsulation"))]
    at = lines.index("tunnel select 1") + 1
    found = remote(*lines[:at], "tunnel encapsulation pptp", *lines[at:], "pptp service on")
    assert found is not None
    assert found.kind == "pptp"


def test_clients_of_ike() -> None:
    found = remote(
        "tunnel select 5",
        "ipsec tunnel 5",
        "ipsec sa policy 5 5 esp aes-cbc sha-hmac",
        "ipsec ike pre-shared-key 5 text kagi",
        "ipsec ike remote address 5 any",
        "ipsec ike xauth request 5 on 1",
        "ipsec ike mode-cfg address 5 1",
        "ipsec ike mode-cfg address pool 1 192.168.100.230-192.168.100.239/32",
        "tunnel enable 5",
        "auth user 1 sato himitsu",
        "auth user group 1 1",
    )
    assert found is not None
    assert (found.kind, found.groups[0].local_users) == ("ipsec", 1)
    assert found.pools == (AddressRange(4, address("192.168.100.230"), address("192.168.100.239")),)


SITE = (
    "tunnel select 2",
    "description tunnel HONSHA",
    "ipsec tunnel 2",
    "ipsec sa policy 2 2 esp aes256-cbc sha256-hmac",
    "ipsec ike pre-shared-key 2 text kagi",
    "ipsec ike remote address 2 198.51.100.40",
    "tunnel enable 2",
)


def test_a_tunnel_to_a_site() -> None:
    device = office(*SITE, "ipsec ike local address 2 203.0.113.2")
    (tunnel,) = device.tunnels
    assert (tunnel.name, tunnel.kind, tunnel.interface, tunnel.endpoint) == ("HONSHA", "ipsec", "tunnel2", "lan2")
    assert tunnel.peers == (AddressRange(4, address("198.51.100.40"), address("198.51.100.40")),)
    assert "ipsec" in services(*SITE)


def test_a_local_address_behind_a_masquerade_is_known_by_the_outer_one() -> None:
    (tunnel,) = office(
        *SITE,
        "ipsec ike local address 2 192.168.100.1",
        "ip lan2 nat descriptor 1",
        "nat descriptor type 1 masquerade",
        "nat descriptor masquerade static 1 1 192.168.100.1 udp 500",
    ).tunnels
    assert tunnel.endpoint == "lan2"


def test_a_peer_by_name_and_one_from_anywhere() -> None:
    named = [line.replace("198.51.100.40", "honsha.example.jp") for line in SITE]
    assert office(*named).tunnels[0].peers == (Fqdn("honsha.example.jp"),)
    assert office(*[line.replace("198.51.100.40", "any") for line in SITE]).tunnels[0].peers == ()
    assert not office(*SITE, "tunnel disable 2").tunnels


def test_ipv4_over_ipv6_is_a_line_and_no_tunnel() -> None:
    """DS-Lite: the tunnel that carries the default route."""
    device = device_of(
        "ip lan1 address 192.168.100.1/24",
        "ip route default gateway tunnel 1",
        "tunnel select 1",
        "tunnel encapsulation ipip",
        "tunnel endpoint remote address 2001:db8:ffff::1",
        "tunnel enable 1",
    )
    assert not device.tunnels
    assert interface(device, "tunnel1").enabled


@pytest.mark.parametrize(
    "line",
    [
        "ipsec ike pre-shared-key 2 text HIMITSU-DATA",
        "pp auth myname user@example.ne.jp HIMITSU-DATA",
        "pp auth username sato HIMITSU-DATA 192.168.100.9",
        "login password HIMITSU-DATA",
        "login password encrypted HIMITSU-DATA",
        "administrator password encrypted HIMITSU-DATA",
        "login user netops HIMITSU-DATA",
        "login user netops encrypted HIMITSU-DATA",
        "snmp community read-only HIMITSU-DATA",
        "snmp host 192.168.100.9 HIMITSU-DATA",
        "snmp trap community HIMITSU-DATA",
        "snmpv2c community read-write HIMITSU-DATA",
        "radius secret HIMITSU-DATA",
        "l2tp tunnel auth on rtx HIMITSU-DATA",
        "auth user 1 sato HIMITSU-DATA",
        "ipsec ike xauth myname 1 sato HIMITSU-DATA",
        "sshd host key generate HIMITSU-DATA",
        "ip lan1 vrrp 1 192.168.100.1 auth=HIMITSU-DATA",
        "bgp neighbor pre-shared-key 1 text HIMITSU-DATA",
        "mail server smtp 1 192.168.100.25 smtp-auth sato HIMITSU-DATA",
        "netvolante-dns password HIMITSU-DATA",
        "some future command with password HIMITSU-DATA",
        "no login user netops HIMITSU-DATA",
    ],
)
def test_secrets_are_not_shown(line: str) -> None:
    from tests.parsers.yamaha_rtx.reading import source

    given = source(line)
    assert "HIMITSU" not in "".join(given.quote(given.span(1)))


def test_a_file_within_the_configuration_is_hidden() -> None:
    lines = ("embedded file start.lua <<EOF", 'rt.command("password kagi")', "EOF", "ip lan1 address 10.0.0.1/24")
    ledger = ledger_of(*lines)
    assert {2, 3} <= set(ledger.hidden)
    assert ledger.state(4) is LineState.MODELLED


def test_what_is_not_modelled_of_access_is_said() -> None:
    assert states("ipsec ike nonsense 1") == [LineState.UNRECOGNIZED]


def test_the_office_of_the_fixture() -> None:
    device = fixture("kyoto-rtx830.conf").devices[0]
    assert {one.kind for one in device.local_services} == {
        "ssh", "http", "dns", "ntp", "snmp", "ipsec", "l2tp", "dhcp", "ping"
    }  # fmt: skip
    assert [a.name for a in device.administrators] == ["netops"]
    assert [t.name for t in device.tunnels] == ["本社"]
    assert [r.name for r in device.remote_access] == ["pp anonymous"]
    assert len(device.dhcp_scopes) == 2
