"""Whole configurations: interfaces, routes, hosts, VDOMs; detection, secrets, and text that is no configuration."""

import random
from pathlib import Path

import pytest

from segaudit.model import (
    MASK,
    AddressMethod,
    AddressRange,
    Fqdn,
    HostSign,
    InterfaceKind,
    LineState,
    RouteKind,
    SourceFile,
    format_address,
)
from segaudit.parser import DETECTION_THRESHOLD
from segaudit.parsers.fortinet_fortios import PARSER
from segaudit.parsers.fortinet_fortios.config import read_fortios, scopes_of
from segaudit.parsers.fortinet_fortios.predefined import PREDEFINED_SERVICES
from segaudit.parsers.fortinet_fortios.services import ServiceBook
from tests.material import needs_shared, shared_files
from tests.parsers.fortinet_fortios.reading import FIXTURES, HEAD, holds, read, read_fixture, read_lines
from tests.scale import count

#: The lists of every device that filters.
LISTS = ["policy", "local-in-policy", "local-in-policy6"]
ALL_FIXTURES = sorted(path.name for path in FIXTURES.glob("*.*"))


# Interfaces, zones, routes, hosts


def test_interfaces() -> None:
    device = read_fixture("osk-fgt100f.conf").device
    shown = {
        i.name: (str(i.kind), str(i.method), [f"{format_address(a.prefix.version, a.address)} in {a.prefix}" for a in i.addresses])
        for i in device.interfaces
    }  # fmt: skip
    assert shown == {
        "wan1": ("physical", "static", ["198.51.100.10 in 198.51.100.8/29", "2001:db8:a::2 in 2001:db8:a::/64"]),
        "wan2": ("physical", "pppoe", []),
        "mgmt": ("management", "static", ["10.60.255.1 in 10.60.255.0/24"]),
        "lan": (
            "bridge",
            "static",
            ["10.60.0.1 in 10.60.0.0/24", "10.60.1.1 in 10.60.1.0/24", "2001:db8:60::1 in 2001:db8:60::/64"],
        ),
        "VLAN20": ("vlan", "static", ["10.60.20.1 in 10.60.20.0/24", "10.60.20.254 in 10.60.20.0/24"]),
        "VLAN30": ("vlan", "static", ["10.60.30.1 in 10.60.30.0/24"]),
        "dmz": ("physical", "static", ["10.60.50.1 in 10.60.50.0/24", "2001:db8:60:50::1 in 2001:db8:60:50::/64"]),
        "port15": ("physical", "static", []),
        "agg1": ("aggregate", "static", []),
        "ssl.root": ("vpn", "static", []),
        "lo-vpn": ("loopback", "static", ["10.60.254.1 in 10.60.254.1/32"]),
        "to-NGY": ("tunnel", "static", ["169.254.60.1 in 169.254.60.0/30"]),
        "REMOTE": ("vpn", "static", []),
        "HUB": ("tunnel", "static", []),
        "gre-lab": ("tunnel", "static", []),
    }
    vlan = device.interface("VLAN20")
    assert vlan is not None
    assert (vlan.vlan, vlan.parent, vlan.zone, vlan.alias, vlan.role_hint) == (
        20,
        "lan",
        "inside",
        "業務サーバ",
        "set role lan",
    )
    lan, agg = device.interface("lan"), device.interface("agg1")
    assert lan is not None
    assert agg is not None
    assert (lan.members, agg.members) == (("port1", "port2"), ("x1", "x2"))
    assert [i.name for i in device.interfaces if not i.enabled] == ["port15"]
    assert not device.fragment


@pytest.mark.parametrize(
    ("name", "settings", "hint"),
    [
        ("wan2", "", "wan1|wan2|modem|ppp*"),
        ("port7", "", "internal|lan|port*"),
        ("dmz", "set role dmz", "set role dmz"),
        ("ha1", "", "mgmt|ha*"),
        ("ssl.root", "", "ssl.<vdom>"),
        ("x1", "set fortilink enable", "fortilink"),
        ("office", "set role undefined", ""),
    ],
)
def test_signs_of_a_role(name: str, settings: str, hint: str) -> None:
    device = read(f"config system interface\nedit {name}\n{settings}\nnext\nend").device
    assert device.interfaces[0].role_hint == hint


def test_zones_and_sdwan() -> None:
    device = read_fixture("osk-fgt100f.conf").device
    assert [(z.name, z.interfaces, z.intrazone_permit) for z in device.zones] == [
        ("inside", ("VLAN20", "VLAN30"), True),
        ("virtual-wan-link", (), False),
        ("underlay", ("wan1", "wan2"), False),
    ]


def test_the_old_wan_link_is_a_zone() -> None:
    device = read(
        HEAD
        + "config system virtual-wan-link\nset status enable\nconfig members\nedit 1\nset interface wan1\nset gateway 203.0.113.1\nnext\nend\nend\nconfig router static\nedit 1\nset virtual-wan-link enable\nnext\nend"
    ).device
    assert [(z.name, z.interfaces) for z in device.zones] == [("virtual-wan-link", ("wan1",))]
    (route,) = device.routes
    assert (str(route.prefix), route.interface, route.next_hop) == ("0.0.0.0/0", "wan1", 0xCB007101)


def test_routes() -> None:
    device = read_fixture("osk-fgt100f.conf").device
    shown = [
        (
            str(r.prefix),
            format_address(r.prefix.version, r.next_hop) if r.next_hop is not None else "",
            r.interface,
            r.distance,
            str(r.kind),
            r.tracked,
        )
        for r in device.routes
    ]
    assert shown == [
        ("0.0.0.0/0", "198.51.100.9", "wan1", 1, "static", True),
        ("0.0.0.0/0", "", "wan2", 1, "static", True),
        ("10.70.0.0/16", "", "to-NGY", 10, "static", False),
        ("10.70.0.0/16", "", "", 254, "discard", False),
        ("10.61.0.0/24", "10.60.0.254", "lan", 10, "static", False),
        ("10.62.0.0/30", "10.60.0.254", "lan", 10, "static", False),
        ("10.62.0.4/31", "10.60.0.254", "lan", 10, "static", False),
        ("::/0", "2001:db8:a::1", "wan1", 10, "static", True),
        ("0.0.0.0/0", "", "wan2", 5, "static", True),
    ]
    assert device.dynamic_routing == ("bgp",)


def test_a_line_that_brings_no_default_route_and_routes_that_cannot_be_read() -> None:
    read_ = read(
        HEAD.replace("set ip 203.0.113.2 255.255.255.248", "set mode dhcp\nset defaultgw disable")
        + "config router static\nedit 1\nset internet-service 65537\nset device wan1\nnext\nedit 2\nset dst bad\nnext\nend"
    )
    assert read_.device.routes == ()
    assert read_.state("edit 1") == read_.state("edit 2") == LineState.UNSUPPORTED
    interface = read_.device.interface("wan1")
    assert interface is not None
    assert interface.method is AddressMethod.DHCP


def test_hosts_that_are_named() -> None:
    read_ = read_fixture("osk-fgt100f.conf")
    signs: dict[HostSign, list[str]] = {}
    for spec in read_.device.hosts:
        assert isinstance(spec.address, AddressRange | Fqdn)
        if isinstance(spec.address, Fqdn):
            shown = spec.address.name
        else:
            shown = format_address(spec.address.version, spec.address.first)
        signs.setdefault(spec.sign, []).append(shown)
    assert signs == {
        HostSign.LDAP: ["10.60.20.5"],
        HostSign.RADIUS: ["10.60.20.6", "10.60.20.7"],
        HostSign.SYSLOG: ["10.60.20.9"],
        HostSign.LOG_MANAGER: ["faz.example.jp"],
        HostSign.DNS: ["10.60.20.5", "203.0.113.53", "10.60.20.5"],
        HostSign.NTP: ["ntp.example.jp", "10.60.20.5"],
        HostSign.SNMP_MANAGER: ["10.60.20.9"],
        HostSign.ADMIN_SOURCE: ["10.60.20.8", "203.0.113.77"],
        HostSign.DHCP_RESERVATION: ["10.60.0.31"],
        HostSign.NAT_TARGET: ["10.60.50.11", "10.60.20.12", "2001:db8:60:50::11"],
    }
    ldap = next(spec for spec in read_.device.hosts if spec.sign is HostSign.LDAP)
    assert (ldap.name, ldap.span.first_line) == ("ad01", read_.line('set server "10.60.20.5"', 2))


def test_leases() -> None:
    device = read_fixture("osk-fgt100f.conf").device
    first, six = device.dhcp_scopes
    assert (first.interface, first.lease_count, first.options) == ("lan", 100, (150,))
    assert [holds(device, first.ranges, f"10.60.0.{n}") for n in (99, 100, 149, 150, 159, 160, 210)] == [
        "no",
        "yes",
        "yes",
        "no",
        "no",
        "yes",
        "yes",
    ]
    assert [holds(device, one, "10.60.0.31") for one in first.reservations] == ["yes", "no"]
    assert (six.interface, six.lease_count) == ("lan", 256)


def test_dhcp_relays_are_hosts() -> None:
    device = read(
        HEAD.replace(
            "set ip 10.1.0.1", 'set dhcp-relay-service enable\nset dhcp-relay-ip "10.2.0.5" "10.2.0.6"\nset ip 10.1.0.1'
        )
    ).device
    assert [spec.sign for spec in device.hosts] == [HostSign.DHCP_RELAY, HostSign.DHCP_RELAY]


# VDOMs


def test_each_vdom_is_a_device_and_shares_what_is_global() -> None:
    read_ = read_fixture("ngy-fgt200e.conf")
    assert [d.name for d in read_.devices] == ["NGY-FGT200E/root", "NGY-FGT200E/OFFICE", "NGY-FGT200E/FACTORY"]
    root, office, factory = read_.devices
    assert [i.name for i in root.interfaces] == ["mgmt"]
    assert [i.name for i in office.interfaces] == ["port1", "port2", "O-F0"]
    assert [i.name for i in factory.interfaces] == ["port3", "O-F1"]
    assert office.interfaces[2].addresses[0].prefix == factory.interfaces[1].addresses[0].prefix
    assert [[s.name for s in d.rule_sets] for d in read_.devices] == [LISTS] * 3
    assert "FACTORY-LINE" in office.addresses
    assert "FACTORY-LINE" not in factory.addresses
    assert {spec.sign for spec in factory.hosts} == {HostSign.DNS, HostSign.SYSLOG}
    assert (office.platform, office.version) == ("FGT200E", "6.4.8 build 1914")
    assert [r.interface for r in office.routes] == ["port1", "O-F0"]


def test_administrators_of_a_vdom_open_its_own_interfaces_only() -> None:
    _, office, factory = read_fixture("ngy-fgt200e.conf").devices
    (ssh,) = [one for one in office.local_services if one.kind == "ssh"]
    assert holds(office, ssh.sources, "192.0.2.99") == "no"
    assert holds(office, ssh.sources, "10.90.0.9") == "yes"
    (ssh,) = [one for one in factory.local_services if one.kind == "ssh"]
    # factory-admin has no trusted host.
    assert holds(factory, ssh.sources, "192.0.2.99") == "yes"


def test_the_export_of_one_vdom_has_its_name() -> None:
    read_ = read(
        "#config-version=FGVM64-7.0.5-FW-build304-220208:opmode=0:vdom=1:user=admin\n#global_vdom=0:vd_name=FACTORY\nconfig system interface\nedit p\nset vdom FACTORY\nnext\nend",
        "export.conf",
    )
    assert read_.device.name == "export/FACTORY"
    assert [i.name for i in read_.device.interfaces] == ["p"]


# Devices


def test_names_of_devices() -> None:
    assert read("config system global\nset alias x\nend", "tky/fgt-01.conf").device.name == "fgt-01"
    assert read("config system global\nset hostname fw\nend").device.name == "fw"
    assert read("# Hostname: from-status\nconfig system global\nend").device.name == "from-status"


def test_a_bridge_and_an_unknown_firmware_are_said() -> None:
    bridge = read(
        HEAD
        + "config system settings\nset opmode transparent\nend\nconfig system virtual-wire-pair\nedit pair\nset member a b\nnext\nend"
    ).device
    assert [str(n.message).partition(":")[0] for n in bridge.notices] == [
        "the device is a bridge (transparent mode)",
        "the pair of ports pair is a bridge",
    ]
    unknown = read(
        "config firewall policy\nedit 1\nset srcintf a\nset dstintf b\nset srcaddr all\nset dstaddr all\nset service ALL\nnext\nend"
    ).device
    assert [str(n.message).partition(";")[0] for n in unknown.notices] == ["the firmware is not shown"]


MANAGER = """
# Platform Type                   : FMG-VM64
# Version                         : v7.4.6-build2588 241218 (GA.M)
# Hostname                        : FMG-TKY
config system global
    set adom-status enable
    set hostname "FMG-TKY"
end
config system interface
    edit "port1"
        set ip 192.0.2.42 255.255.255.0
        set allowaccess ping https ssh webservice
        set type physical
    next
end
config system route
    edit 1
        set device "port1"
        set gateway 192.0.2.1
    next
end
config system admin tacacs
    edit "tac"
        set server "192.0.2.22"
        set key ENC bm90LXJlYWw=
    next
end
config system admin user
    edit "admin"
        set password ENC bm90LXJlYWw=
        set trusthost1 192.0.2.0 255.255.255.0
    next
end
"""


def test_a_manager_of_firewalls_forwards_nothing() -> None:
    read_ = read(MANAGER)
    device = read_.device
    assert (device.name, device.platform, device.version, device.forwards) == ("FMG-TKY", "FMG-VM64", "7.4.6", False)
    assert [one.kind for one in device.local_services] == ["https", "ssh", "ping", "webservice"]
    assert holds(device, device.local_services[0].sources, "198.51.100.1") == "no"
    assert [str(r.prefix) for r in device.routes] == ["0.0.0.0/0"]
    assert [spec.sign for spec in device.hosts] == [HostSign.TACACS]
    assert not [rule for rule_set in device.rule_sets for rule in rule_set.rules if not rule.implicit]
    assert read_.left == []


# Detection


@pytest.mark.parametrize("name", [name for name in ALL_FIXTURES if name.endswith((".conf", ".txt"))])
def test_fixtures_are_recognised(name: str) -> None:
    found = PARSER.detect(read_fixture(name).source)
    assert found.score >= 60
    assert found.evidence


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello world",
        "config firewall rule\nrule 1\nend",
        "interface GigabitEthernet0/1\n ip address 192.0.2.1 255.255.255.0\nend",
        "set security policies from-zone trust to-zone untrust policy p match source-address any",
        "config interface 'lan'\n\toption proto 'static'",
        "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT",
        "set firewall name WAN_IN default-action drop\nset interfaces ethernet eth0\nedit\nnext\nend",
        "\x00\x01\x02",
    ],
)
def test_other_texts_are_not(text: str) -> None:
    if text.startswith("config firewall rule"):
        # OpenWrt and others have the word, but no section of this name is closed here by what belongs to one.
        assert PARSER.detect(SourceFile(path="x", lines=tuple(text.splitlines()))).score < 100
        return
    assert PARSER.detect(SourceFile(path="x", lines=tuple(text.splitlines()))).score < DETECTION_THRESHOLD


# Secrets

SECRET = "n0t-a-r3al-s3cret"  # what must not be seen

SECRET_LINES = [
    f"set password ENC {SECRET}",
    f"set passwd {SECRET}",
    f'set psksecret "{SECRET}"',
    f"set psksecret ENC {SECRET}",
    f"set secret ENC {SECRET}",
    f"set secondary-secret {SECRET}",
    f"set key {SECRET}",
    f"set secondary-key ENC {SECRET}",
    f"set api-key ENC SH2{SECRET}",
    f"set auth-pwd ENC {SECRET}",
    f"set priv-pwd {SECRET}",
    f'set passphrase "{SECRET}"',
    f"set sae-password {SECRET}",
    f"set pptp-password {SECRET}",
    f"set authpasswd {SECRET}",
    f"set group-authentication-secret {SECRET}",
    f"set ppk-secret {SECRET}",
    f"set preshared-key {SECRET}",
    f"set md5-key 1 {SECRET}",
    f"set authentication-key {SECRET}",
    f"set key-string {SECRET}",
    f"set ddns-password {SECRET}",
    f"set ddns-key {SECRET}",
    f"set client-secret {SECRET}",
    f"set access-key {SECRET}",
    f"set login-passwd ENC {SECRET}",
    f"set sso-password {SECRET}",
    f"set logon-password {SECRET}",
    f"set authkey {SECRET}",
    f"set enckey {SECRET}",
    f"set seed {SECRET}",
    f'set ssh-public-key1 "ssh-rsa {SECRET}"',
    f"set community {SECRET}",
    f"set token {SECRET}",
    f"set auth-key {SECRET}",
    f"set enc-key {SECRET}",
    f"set wpa-psk {SECRET}",
    f"set private-key {SECRET}",
    f"set nothing-known ENC {SECRET}",
]


@pytest.mark.parametrize("line", SECRET_LINES)
def test_secrets_are_masked(line: str) -> None:
    source = SourceFile(path="x", lines=(f"        {line}",), secrets=PARSER.secrets)
    (shown,) = source.quote(source.span(1))
    assert SECRET not in shown
    assert MASK in shown
    assert shown.startswith("        set ")


@pytest.mark.parametrize(
    "line",
    [
        "set name VPN-Users",
        "set keylife 28800",
        "set keepalive 10",
        "set type password",
        "set authmethod psk",
        "set key-id 5",
        "set hostname FW-KEY-01",
        "set comment keep this",
        "set ssl-min-proto-version TLSv1-2",
        "set two-factor fortitoken",
        "set srcaddr SECRET-NET",
        "set keylifeseconds 3600",
        "set accprofile super_admin",
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    source = SourceFile(path="x", lines=(line,), secrets=PARSER.secrets)
    assert source.quote(source.span(1)) == (line,)


def test_keys_certificates_and_communities_are_hidden_whole() -> None:
    read_ = read_fixture("osk-fgt100f.conf")
    shown = "\n".join(read_.source.quote(read_.source.span(1, len(read_.source.lines))))
    for secret in (
        "not-a-real-key",
        "MIIBpj",
        "not-a-real-certificate",
        "0saka-c0mmunity",
        "bm90LXJlYWw",
        "cGFzc3dvcmQ",
    ):
        assert secret not in shown
    managed = read("config switch-controller snmp-community\nedit 1\nset name switch-c0mmunity\nnext\nend")
    assert "switch-c0mmunity" not in "".join(managed.source.quote(managed.source.span(1, 5)))


# Bad input


@pytest.mark.parametrize("name", ALL_FIXTURES)
def test_cuts_and_broken_lines_are_read(name: str) -> None:
    lines = (FIXTURES / name).read_text(encoding="utf-8").splitlines()
    chance = random.Random(name)
    for _ in range(count(40, full=2000)):
        broken = list(lines)
        for _ in range(chance.randrange(1, 8)):
            place = chance.randrange(len(broken))
            match chance.randrange(6):
                case 0:
                    del broken[place:]
                case 1:
                    broken[place] = broken[place][: chance.randrange(len(broken[place]) + 1)]
                case 2:
                    broken[place] = broken[place].replace('"', "", 1)
                case 3:
                    broken[place] = chance.choice(
                        ["end", "next", "config", "edit", "set", "unset x", '"', "\x00\ufffd", "purge"]
                    )
                case 4:
                    del broken[place]
                case _:
                    broken[place] = "".join(chance.choice([c, "9", " "]) for c in broken[place])
            if not broken:
                broken = [""]
        read_ = read_lines(tuple(broken))
        assert len(read_.ledger.states) == len(broken)
        assert read_.ledger.count(LineState.BLANK) == sum(not line or line.isspace() for line in broken)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "\x00\x01\x02\xff",
        "set " * 10_000,
        '"' * 5_000,
        "config " + "x" * 100_000,
        "edit 1\n" * 3000,
        "end\n" * 3000,
    ],
)
def test_what_is_no_configuration_is_read_too(text: str) -> None:
    read_ = read_lines(tuple(text.splitlines()))
    assert read_.device.fragment
    assert read_.device.rule_sets[0].name == "policy"


def test_numbers_that_no_device_has() -> None:
    huge = "9" * 5000
    read_ = read(
        HEAD
        + f"config firewall service custom\nedit s\nset protocol ICMP\nset icmptype {huge}\nnext\nedit t\nset tcp-portrange {huge}\nnext\nend\n"
        + f"config router static\nedit {huge}\nset distance {huge}\nset gateway 203.0.113.1\nnext\nedit 0\nnext\nedit 0\nnext\nend\n"
        + f"config system global\nset admin-sport {huge}\nend\n"
        + f"config vpn ssl settings\nset port {huge}\nset source-interface wan1\nend"
    )
    assert read_.device.routes[0].distance == 10


# The corpus


@needs_shared
@pytest.mark.parametrize("path", shared_files("corpus/fortios"), ids=lambda path: path.name[:60])
def test_corpus(path: Path) -> None:
    text = path.read_text(encoding="utf-8", errors="replace")
    read_ = read_lines(tuple(text.splitlines()), path.name)
    assert PARSER.detect(read_.source).score >= DETECTION_THRESHOLD
    left = len(read_.left) / max(1, read_.ledger.non_blank)
    assert left <= (0.12 if path.name.endswith("edit_recovery") else 0.02), read_.left[:20]
    shown = "\n".join(read_.source.quote(read_.source.span(1, len(read_.source.lines))))
    for line in read_.source.lines:
        words = line.split()
        if "ENC" in words:
            assert words[words.index("ENC") + 1].strip('"') not in shown
    assert "psksecret plain-text" not in shown


@needs_shared
@pytest.mark.parametrize("path", shared_files("corpus/fortios"), ids=lambda path: path.name[:60])
def test_the_built_in_services_are_those_of_real_devices(path: Path) -> None:
    text = path.read_text(encoding="utf-8", errors="replace")
    if not text.startswith("#config-version") and "DirectFire" not in path.name:
        pytest.skip("not a backup: its services are made up")
    file = read_fortios(SourceFile(path=path.name, lines=tuple(text.splitlines())))
    for scope in scopes_of(file):
        printed = ServiceBook(scope, []).objects
        scope.own.blocks.pop("firewall service custom", None)
        book = ServiceBook(scope, [])
        for name in printed.keys() & PREDEFINED_SERVICES.keys():
            expected = book.reference(name)
            value = book.objects[name].value if name in book.objects else expected
            same = printed[name].value == value
            # 5.2 has port 88 alone, as the table says.
            assert same or (name, file.version) == ("KERBEROS", (5, 2)), name


def test_kinds_of_interfaces_that_vpns_make() -> None:
    device = read(
        "config system interface\nedit l2t.root\nset type tunnel\nnext\nedit x\nset type switch\nnext\nedit v\nset vlanid 9\nnext\nend"
    ).device
    assert [i.kind for i in device.interfaces] == [InterfaceKind.VPN, InterfaceKind.BRIDGE, InterfaceKind.VLAN]


def test_blackholes_are_discards() -> None:
    device = read(
        "config router static\nedit 1\nset dst 192.0.2.0 255.255.255.0\nset blackhole enable\nnext\nend"
    ).device
    assert device.routes[0].kind is RouteKind.DISCARD
