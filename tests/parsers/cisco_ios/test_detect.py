"""Which files are taken for IOS, and what of them is never shown."""

import pytest

from segaudit.model import SourceFile
from segaudit.parser import DETECTION_THRESHOLD
from segaudit.parsers.cisco_ios import PARSER
from tests.parsers.cisco_ios.reading import FIXTURES, read_fixture, read_lines

NAMES = sorted(path.name for path in FIXTURES.glob("*.*"))


def score(text: str) -> int:
    return PARSER.detect(SourceFile(path="x", lines=tuple(text.strip().splitlines()))).score


@pytest.mark.parametrize("name", NAMES)
def test_the_fixtures_are_ios(name: str) -> None:
    found = PARSER.detect(read_fixture(name).source)
    assert found.score >= DETECTION_THRESHOLD
    assert found.evidence


@pytest.mark.parametrize("name", NAMES)
def test_the_fixtures_are_understood(name: str) -> None:
    made = read_fixture(name)
    assert len(made.not_understood) <= {"lists.cfg": 5, "management.cfg": 1, "switch.cfg": 1, "flat.txt": 1}.get(
        name, 0
    )


@pytest.mark.parametrize(
    "text",
    [
        "ASA Version 9.16(2)\nhostname fw\ninterface GigabitEthernet0/0\n nameif outside\n security-level 0",
        "!Command: show running-config\nversion 9.3(5)\nfeature interface-vlan\nip access-list A\n 10 permit ip any any",
        "!! IOS XR Configuration 7.3.2\nhostname xr\nipv4 access-list A\n 10 permit ipv4 any any\nline vty 0 4",
        "! device: leaf1 (DCS-7050, EOS-4.28.0F)\nip access-list A\n 10 permit ip any any\ninterface Ethernet1",
        "config firewall policy\n edit 1\n next\nend",
        "ip lan1 address 192.168.1.1/24\nip filter 100 pass * * tcp * www",
        "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j DROP\nCOMMIT",
        "set security zones security-zone trust",
        "hostname only",
        "",
    ],
)
def test_other_systems_are_not(text: str) -> None:
    assert score(text) < DETECTION_THRESHOLD


def test_a_lone_list_is_recognised() -> None:
    assert score("ip access-list extended A\n permit tcp any any eq 80") >= DETECTION_THRESHOLD
    assert score("access-list 101 permit ip any any") >= DETECTION_THRESHOLD


SECRETS = """
enable secret 5 $1$abcd$SECRETHASH0000000000000
enable secret 9 $9$SECRETsalt$SECRETHASH
enable password 7 SECRET1
enable password SECRET2
username admin privilege 15 secret 9 $9$SECRETa$SECRETb
username admin password 0 SECRET3
username admin secret SECRET4
 password 7 SECRET5
 password SECRET6
key chain K
  key-string 7 SECRET7
  key-string SECRET8
snmp-server community SECRET9 RO 99
snmp-server host 192.0.2.1 version 2c SECRET10
snmp-server host 192.0.2.1 SECRET11 bgp
snmp-server host 192.0.2.1 vrf Mgmt informs version 2c SECRET12 tty
snmp-server user U G v3 auth sha SECRET13 priv aes 128 SECRET14
tacacs-server key 7 SECRET15
tacacs-server host 192.0.2.1 key SECRET16 more SECRET17
radius-server host 192.0.2.1 auth-port 1 acct-port 2 key 7 SECRET18
 server-private 192.0.2.1 key 7 SECRET19
 client 192.0.2.1 server-key SECRET20
 key SECRET21
 key 7 SECRET22
crypto isakmp key SECRET23 address 192.0.2.1
crypto isakmp key 6 SECRET24 address 0.0.0.0 0.0.0.0
 pre-shared-key address 192.0.2.1 key SECRET25
 pre-shared-key local SECRET26
 pre-shared-key SECRET27
 standby 1 authentication SECRET28
 standby 1 authentication md5 key-string SECRET29
 vrrp 1 authentication text SECRET30
 ip ospf authentication-key SECRET31
 ip ospf message-digest-key 1 md5 7 SECRET32
 neighbor 192.0.2.1 password 7 SECRET33
ntp authentication-key 1 md5 SECRET34 7
 ospfv3 encryption ipsec spi 1001 esp null md5 0 27576134094768132473302031209727
 ip nhrp authentication SECRET35
 isis password SECRET36
 ppp chap password 7 SECRET37
 ppp pap sent-username U password 7 SECRET38
ip ftp password 7 SECRET39
vtp password SECRET40
 wpa-psk ascii 7 SECRET41
 path ftp://user:SECRET42@192.0.2.1/x
 l2tp tunnel password 7 SECRET43
 domain-password SECRET44
 authentication mode md5 key SECRET45
 set session-key inbound esp 256 cipher SECRET46
"""


def test_secrets_are_masked() -> None:
    lines = tuple(SECRETS.strip().splitlines())
    made = read_lines(lines, "secrets.cfg")
    shown = made.source.quote(made.source.span(1, len(lines)))
    leaked = [line for line in shown if "SECRET" in line.replace("<secret>", "") or "27576134094768132" in line]
    assert leaked == []
    assert len(shown) == len(lines)


@pytest.mark.parametrize(
    "line",
    [
        "key chain OSPF",
        "crypto key generate rsa",
        "ip access-list extended PASSWORD",
        "aaa authentication login default local",
        " ip address 192.0.2.1 255.255.255.0",
        "access-list 101 permit tcp any host 192.0.2.1 eq 22",
        "username tanaka privilege 15",
        "service password-encryption",
        "security passwords min-length 8",
        "key 1",
    ],
)
def test_what_is_no_secret_is_shown(line: str) -> None:
    made = read_lines((line,), "x")
    assert made.source.quote(made.source.span(1)) == (line,)
