"""No secret of any statement is quoted, also of statements that are not modelled."""

import pytest

from segaudit.model import SourceFile
from segaudit.parsers.cisco_asa import PARSER

SECRET = "hunter2Zx9"


@pytest.mark.parametrize(
    "line",
    [
        "enable password {} encrypted",
        "enable password {} level 5 pbkdf2",
        "passwd {} encrypted",
        "username taro password {} encrypted privilege 15",
        "username taro password {} nt-encrypted",
        "username taro password {}",
        " pre-shared-key {}",
        " ikev1 pre-shared-key {}",
        " ikev2 remote-authentication pre-shared-key {}",
        " ikev2 local-authentication pre-shared-key 0 {}",
        " key {}",
        " key 7 {}",
        "failover key {}",
        "failover key hex {}",
        "failover ipsec pre-shared-key {}",
        "snmp-server community {}",
        "snmp-server community 8 {}",
        "snmp-server host inside 10.0.0.7 poll community {} version 2c",
        "snmp-server user u g v3 encrypted auth sha {} priv aes 128 xyzzy",
        "snmp-server user u g v3 auth sha xyzzy priv aes 256 {}",
        " ldap-login-password {}",
        "aaa-server RADIUS (inside) host 10.0.0.10 {} timeout 5",
        "crypto isakmp key {} address 192.0.2.1 netmask 255.255.255.255",
        "isakmp key {} address 192.0.2.1",
        "vpngroup staff password {}",
        "vpdn username u password {} store-local",
        " ospf authentication-key {}",
        " ospf message-digest-key 1 md5 {}",
        " authentication key eigrp 100 {} key-id 1",
        " neighbor 192.0.2.1 password {}",
        "ntp authentication-key 1 md5 {}",
        " radius-common-pw {}",
        "license smart register idtoken {}",
        "crypto map M 10 set session-key inbound esp 256 cipher 0123456789abcdef0{} authenticator 00112233445566778899",
    ],
)
def test_secrets_are_masked(line: str) -> None:
    text = line.format(SECRET)
    shown = SourceFile(path="fw.cfg", lines=(text,), secrets=PARSER.secrets)
    (quoted,) = shown.quote(shown.span(1))
    assert SECRET not in quoted
    assert quoted.split()[0] == text.split()[0]
    cut = SourceFile(path="fw.cfg", lines=(text,), secrets=PARSER.secrets, unrecognized=frozenset({1}))
    assert SECRET not in cut.quote(cut.span(1))[0]


@pytest.mark.parametrize(
    "line",
    [
        "access-list OUTSIDE_IN extended permit tcp any host 192.0.2.1 eq 443",
        "ssh key-exchange group dh-group14-sha256",
        "crypto key generate rsa",
        " ip address 203.0.113.2 255.255.255.0",
        "tunnel-group T general-attributes",
        "aaa-server RAD (inside) host 10.0.0.10 timeout 5",
        "crypto isakmp policy 10",
    ],
)
def test_other_lines_are_shown_as_they_are(line: str) -> None:
    shown = SourceFile(path="fw.cfg", lines=(line,), secrets=PARSER.secrets)
    assert shown.quote(shown.span(1)) == (line,)
