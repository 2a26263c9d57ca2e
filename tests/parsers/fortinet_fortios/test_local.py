"""What the device listens for, from where it may be asked, and who administers it."""

import pytest

from segaudit.model import AddressExpr, Device, HostSign, LineState, SecondFactor, Service
from tests.parsers.fortinet_fortios.reading import HEAD, Read, holds, read, read_fixture, serves


def listening(device: Device, flow: str, interface: str) -> list[str]:
    """Which services answer a packet that arrives at ``interface``: kind, and ``?`` where it is not certain."""
    source = flow.split()[1]
    source = (
        source[1:].partition("]")[0]
        if source[0] == "["
        else source
        if source.count(":") > 1
        else source.partition(":")[0]
    )
    found = []
    for one in device.local_services:
        if not one.interfaces.matches(interface) or serves(device, one.service, flow) == "no":
            continue
        truth = holds(device, one.sources, source)
        if truth != "no":
            found.append(one.kind + ("" if truth == "yes" and one.certain else "?"))
    return found


def admins(*entries: str) -> str:
    """Administrators, each given as its settings."""
    text = "\n".join(
        f"edit a{number}\n" + "\n".join(f"set {one.strip()}" for one in settings.split(";") if one.strip()) + "\nnext"
        for number, settings in enumerate(entries, start=1)
    )
    return f"config system admin\n{text}\nend\n"


def opened(words: str, *entries: str, more: str = "", words6: str = "") -> Device:
    """A device whose ``wan1`` lets these services in, with these administrators."""
    head = HEAD.replace(
        "        set role wan\n",
        f"        set role wan\n        set allowaccess {words}\n        config ipv6\n            set ip6-address 2001:db8:f::2/64\n"
        f"            set ip6-allowaccess {words6}\n        end\n",
    )
    return read(head + admins(*entries) + more).device


def test_allowaccess_opens_the_ports_of_the_services() -> None:
    device = opened("ping https ssh http telnet fgfm fabric", "")
    to = "198.51.100.7 > 203.0.113.2"
    assert listening(device, f"tcp {to}:443", "wan1") == ["https"]
    assert listening(device, f"tcp {to}:22", "wan1") == ["ssh"]
    assert listening(device, f"tcp {to}:80", "wan1") == ["http"]
    assert listening(device, f"tcp {to}:23", "wan1") == ["telnet"]
    assert listening(device, f"tcp {to}:541", "wan1") == ["fgfm"]
    assert listening(device, f"udp {to}:5246", "wan1") == ["fabric"]
    assert listening(device, f"icmp {to}:8", "wan1") == ["ping"]
    assert listening(device, f"icmp {to}:13", "wan1") == []
    assert listening(device, f"tcp {to}:443", "lan") == []
    assert [one.kind for one in device.local_services if one.management] == ["https", "http", "ssh", "telnet", "fgfm"]


def test_ports_may_be_moved_and_telnet_switched_off() -> None:
    more = (
        "config system global\nset admin-sport 10443\nset admin-port 8080\nset admin-ssh-port 2222\n"
        "set admin-telnet disable\nend\n"
    )
    device = opened("https ssh http telnet", "", more=more)
    to = "198.51.100.7 > 203.0.113.2"
    assert [listening(device, f"tcp {to}:{port}", "wan1") for port in (10443, 8080, 2222, 443, 22, 23)] == [
        ["https"],
        ["http"],
        ["ssh"],
        [],
        [],
        [],
    ]
    absurd = opened("https", "", more="config system global\nset admin-sport 99999\nend\n")
    assert listening(absurd, f"tcp {to}:443", "wan1") == ["https"]


HERE, THERE, ELSEWHERE = "198.51.100.7", "192.0.2.77", "203.0.113.200"


@pytest.mark.parametrize(
    ("entries", "reached_from"),
    [
        (("",), (HERE, THERE, ELSEWHERE)),
        (("trusthost1 198.51.100.0 255.255.255.0",), (HERE,)),
        (("trusthost1 198.51.100.7 255.255.255.255; trusthost2 192.0.2.0 255.255.255.0",), (HERE, THERE)),
        (("trusthost1 198.51.100.0 255.255.255.0", "trusthost1 192.0.2.77 255.255.255.255"), (HERE, THERE)),
        # One administrator without trusted hosts opens the page to all.
        (("trusthost1 198.51.100.0 255.255.255.0", ""), (HERE, THERE, ELSEWHERE)),
        (("trusthost1 0.0.0.0 0.0.0.0; trusthost2 192.0.2.0 255.255.255.0",), (HERE, THERE, ELSEWHERE)),
        (("trusthost2 192.0.2.0 255.255.255.0",), (HERE, THERE, ELSEWHERE)),
        (("trusthost1 198.51.100.0 255.255.255.0; trusthost2 0.0.0.0 0.0.0.0",), (HERE,)),
        ((), (HERE, THERE, ELSEWHERE)),
    ],
)
def test_trusted_hosts_of_all_administrators(entries: tuple[str, ...], reached_from: tuple[str, ...]) -> None:
    device = opened("https ping", *entries)
    for kind, flow in (("https", "tcp {} > 203.0.113.2:443"), ("ping", "icmp {} > 203.0.113.2:8")):
        found = tuple(a for a in (HERE, THERE, ELSEWHERE) if listening(device, flow.format(a), "wan1") == [kind])
        assert found == reached_from


def test_trusted_hosts_are_of_one_family_each() -> None:
    device = opened("https", "trusthost1 198.51.100.0 255.255.255.0", words6="https ping")
    inside, other = "2001:db8:77::1", "2001:db8:88::1"
    assert listening(device, f"tcp {ELSEWHERE} > 203.0.113.2:443", "wan1") == []
    assert listening(device, f"tcp {other} > [2001:db8:f::2]:443", "wan1") == ["https"]
    assert listening(device, f"icmp6 {other} > [2001:db8:f::2]:128", "wan1") == ["ping"]
    closed = opened("https", "ip6-trusthost1 2001:db8:77::/48", words6="https")
    assert listening(closed, f"tcp {inside} > [2001:db8:f::2]:443", "wan1") == ["https"]
    assert listening(closed, f"tcp {other} > [2001:db8:f::2]:443", "wan1") == []


def test_api_keys_widen_what_is_trusted() -> None:
    key = "config system api-user\nedit mon\nset api-key ENC x\nconfig trusthost\nedit 1\nset ipv4-trusthost 192.0.2.77 255.255.255.255\nnext\nend\nnext\nend\n"
    device = opened("https", "trusthost1 198.51.100.0 255.255.255.0", more=key)
    reached = [bool(listening(device, f"tcp {a} > 203.0.113.2:443", "wan1")) for a in (HERE, THERE, ELSEWHERE)]
    assert reached == [True, True, False]


def test_an_interface_that_is_down_listens_for_nothing() -> None:
    read_ = read_fixture("osk-fgt100f.conf")
    assert listening(read_.device, "tcp 10.60.255.9 > 10.60.255.1:8443", "port15") == []


def test_management_ports_have_sources_of_their_own() -> None:
    device = read_fixture("osk-fgt100f.conf").device
    assert listening(device, "tcp 10.60.255.9 > 10.60.255.1:8443", "mgmt") == ["https"]
    assert listening(device, "tcp 10.60.0.9 > 10.60.255.1:8443", "mgmt") == []
    assert str(device.interface("mgmt").kind) == "management"  # type: ignore[union-attr]  # it is there


def test_the_vpn_portal_takes_the_port_of_the_administration_page() -> None:
    device = read_fixture("osk-fgt100f.conf").device
    # Both on 8443: on wan1 the portal answers, elsewhere the page does.
    assert listening(device, "tcp 10.60.0.9 > 198.51.100.10:8443", "wan1") == ["ssl-vpn?"]
    assert listening(device, "tcp 10.60.0.9 > 10.60.0.1:8443", "lan") == ["https"]


SNMP = """
config system snmp sysinfo
    set status {status}
end
config system snmp community
    edit 1
        set name "not-the-real-one"
        config hosts
            edit 1
                set ip 192.0.2.77 255.255.255.255
            next
            edit 2
                set ip 198.51.100.0 255.255.255.0
                set host-type trap
            next
        end
    next
end
"""


def test_snmp_answers_the_hosts_of_its_communities() -> None:
    device = opened("snmp", "", more=SNMP.format(status="enable"))
    flows = {a: listening(device, f"udp {a} > 203.0.113.2:161", "wan1") for a in (HERE, THERE)}
    assert flows == {HERE: [], THERE: ["snmp"]}
    assert opened("snmp", "", more=SNMP.format(status="disable")).local_services == ()
    users = (
        SNMP.format(status="enable")
        + "config system snmp user\nedit v3\nset security-level auth-priv\nset auth-pwd ENC x\nnext\nend\n"
    )
    assert listening(opened("snmp", "", more=users), f"udp {HERE} > 203.0.113.2:161", "wan1") == ["snmp"]
    assert listening(opened("snmp", ""), f"udp {HERE} > 203.0.113.2:161", "wan1") == ["snmp?"]


def test_a_word_that_is_not_known_may_be_any_port() -> None:
    read_ = read(HEAD.replace("set role wan", "set allowaccess ping flux"))
    assert read_.state("set allowaccess") == LineState.APPROXIMATED
    assert listening(read_.device, f"tcp {HERE} > 203.0.113.2:9", "wan1") == ["flux?"]


def kinds_at(read_: Read, kind: str) -> list[tuple[str, ...]]:
    return [tuple(sorted(one.interfaces.items)) for one in read_.services(kind)]


def test_servers_that_the_device_runs() -> None:
    more = """
config system dns-server
    edit "lan"
        set mode recursive
    next
end
config system dhcp server
    edit 1
        set interface "dmz"
    next
    edit 2
        set status disable
        set interface "lan"
    next
end
config system ntp
    set server-mode enable
    set interface "lan" "dmz"
end
config web-proxy explicit
    set status enable
    set http-incoming-port 3128
end
config router bgp
    set as 65000
    config neighbor
        edit "203.0.113.1"
            set remote-as 65001
        next
    end
end
config vpn ipsec phase1-interface
    edit "a"
        set interface "wan1"
        set remote-gw 198.51.100.1
    next
end
"""
    read_ = read(HEAD.replace("set ip 10.1.0.1", "set explicit-web-proxy enable\nset ip 10.1.0.1") + more)
    assert kinds_at(read_, "dns") == [("lan",)]
    assert kinds_at(read_, "dhcp") == [("dmz",)]
    assert kinds_at(read_, "ntp") == [("dmz", "lan")]
    assert listening(read_.device, "tcp 10.1.0.5 > 10.1.0.1:3128", "lan") == ["proxy"]
    assert listening(read_.device, "tcp 203.0.113.1 > 203.0.113.2:179", "wan1") == ["bgp"]
    assert listening(read_.device, "tcp 203.0.113.9 > 203.0.113.2:179", "wan1") == []
    assert listening(read_.device, "udp 198.51.100.1 > 203.0.113.2:500", "wan1") == ["ipsec"]
    assert listening(read_.device, "esp 198.51.100.1 > 203.0.113.2", "wan1") == ["ipsec"]
    assert listening(read_.device, "udp 198.51.100.2 > 203.0.113.2:500", "wan1") == []
    assert read_.device.dynamic_routing == ("bgp",)


def test_what_lines_relays_and_virtual_routers_need() -> None:
    read_ = read(
        HEAD.replace("set role wan", "set mode dhcp").replace(
            "set ip 10.1.0.1", "set dhcp-relay-service enable\nset dhcp-relay-ip 10.2.0.5\nset ip 10.1.0.1"
        )
        + "config router ospf\nconfig area\nedit 0.0.0.0\nnext\nend\nend"
    )
    assert kinds_at(read_, "dhcp client") == [("wan1",)]
    assert kinds_at(read_, "dhcp") == [("lan",)]
    assert listening(read_.device, "ospf 10.1.0.5 > 10.1.0.1", "lan") == ["ospf?"]
    assert kinds_at(read_fixture("osk-fgt100f.conf"), "vrrp") == [("VLAN20",)]


def test_policies_that_ask_for_users_may_be_met_at_a_portal() -> None:
    policy = "srcintf lan; dstintf wan1; srcaddr all; dstaddr all; service ALL; action accept; groups staff"
    text = (
        "config firewall policy\nedit 1\n"
        + "\n".join(f"set {one.strip()}" for one in policy.split(";"))
        + "\nnext\nend"
    )
    device = read(HEAD + text).device
    assert listening(device, "tcp 10.1.0.5 > 10.1.0.1:1003", "lan") == ["authentication portal?"]
    assert listening(device, "tcp 10.1.0.5 > 10.1.0.1:1003", "dmz") == []
    # Users of the VPN have been asked when they came in.
    assert read_fixture("osk-fgt100f.conf").services("authentication portal") == []


def test_dial_up_answers_everybody() -> None:
    device = read_fixture("osk-fgt100f.conf").device
    assert listening(device, f"udp {HERE} > 198.51.100.10:4500", "wan1") == ["ipsec"]


@pytest.mark.parametrize(
    ("settings", "factor"),
    [
        ("", SecondFactor.ABSENT),
        ("two-factor disable", SecondFactor.ABSENT),
        ("two-factor fortitoken", SecondFactor.VISIBLE),
        ("two-factor email", SecondFactor.VISIBLE),
        ("remote-auth enable; remote-group g", SecondFactor.NOT_VISIBLE),
        ("remote-auth enable; two-factor fortitoken", SecondFactor.VISIBLE),
        ("peer-auth enable; peer-group g", SecondFactor.VISIBLE),
    ],
)
def test_the_second_factor_of_administrators(settings: str, factor: SecondFactor) -> None:
    (administrator,) = opened("https", settings).administrators
    assert administrator.second_factor is factor


def sources(device: Device, name: str) -> AddressExpr:
    return next(one.sources for one in device.administrators if one.name == name)


def test_administrators_and_their_hosts() -> None:
    device = read_fixture("osk-fgt100f.conf").device
    assert [one.name for one in device.administrators] == ["admin", "radius-admins", "monitoring"]
    assert holds(device, sources(device, "admin"), "203.0.113.77") == "yes"
    assert holds(device, sources(device, "admin"), "203.0.113.78") == "no"
    assert holds(device, sources(device, "monitoring"), "10.60.20.9") == "yes"
    assert holds(device, sources(device, "monitoring"), "2001:db8::1") == "no"
    named = [h.name for h in device.hosts if h.sign is HostSign.ADMIN_SOURCE]
    assert named == ["FortiManager", "trusted host of admin"]


def test_services_of_one_family_say_so() -> None:
    device = opened("ping", "", words6="ping")
    first, second = device.local_services
    assert isinstance(first.service, Service)
    assert isinstance(second.service, Service)
    assert (first.service.icmp_types, second.service.icmp_types) == (((8, 8),), ((128, 128),))
