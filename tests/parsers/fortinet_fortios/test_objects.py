"""Addresses, groups, services and schedules."""

from datetime import date

import pytest

from segaudit.model import (
    ANY_IPV4,
    ANY_IPV6,
    ANY_SERVICE,
    AddressRef,
    Fqdn,
    LineState,
    ServiceRef,
    UndecidedAddress,
    UndecidedService,
)
from segaudit.parsers.fortinet_fortios.predefined import PREDEFINED_GROUPS, PREDEFINED_SERVICES
from segaudit.semantics.trace_match import Matcher
from tests.parsers.fortinet_fortios.reading import HEAD, Read, holds, packet, read, serves


def addresses(text: str, path: str = "firewall address") -> Read:
    return read(HEAD + f"config {path}\n{text}\nend")


def entry(name: str, *settings: str) -> str:
    return "\n".join([f'edit "{name}"', *(f"set {setting}" for setting in settings), "next"])


@pytest.mark.parametrize(
    ("settings", "inside", "outside"),
    [
        (("subnet 10.9.0.0 255.255.0.0",), "10.9.255.255", "10.10.0.0"),
        (("subnet 10.9.1.77/24",), "10.9.1.0", "10.9.2.0"),
        (("type iprange", "start-ip 10.9.0.5", "end-ip 10.9.0.9"), "10.9.0.9", "10.9.0.10"),
        (("type iprange", "end-ip 1.1.1.1"), "0.0.0.0", "1.1.1.2"),
        (("type wildcard", "wildcard 10.1.0.1 255.255.0.255"), "10.1.200.1", "10.1.200.2"),
        (("type interface-subnet", 'interface "lan"', "subnet 192.0.2.1 255.255.255.0"), "10.1.0.200", "192.0.2.1"),
        (("type interface-subnet", 'interface "gone"', "subnet 192.0.2.1 255.255.255.0"), "192.0.2.9", "10.1.0.200"),
    ],
)
def test_what_a_kind_of_address_holds(settings: tuple[str, ...], inside: str, outside: str) -> None:
    device = addresses(entry("x", *settings)).device
    assert (holds(device, AddressRef("x"), inside), holds(device, AddressRef("x"), outside)) == ("yes", "no")


@pytest.mark.parametrize("settings", [(), ("type wildcard",), ("subnet 0.0.0.0 0.0.0.0",), ("subnet 0.0.0.0/0",)])
def test_an_address_without_limits_is_every_ipv4_address(settings: tuple[str, ...]) -> None:
    assert addresses(entry("x", *settings)).device.addresses["x"].value == ANY_IPV4


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        (("type geography", 'country "KP"'), "geography"),
        (("type mac", "macaddr 00:00:5e:00:53:01"), "MAC address"),
        (("type mac", "start-mac 00:00:5e:00:53:01", "end-mac 00:00:5e:00:53:02"), "MAC address"),
        (("type dynamic", "sub-type sdn", 'sdn "aws"'), "dynamic (sdn)"),
        (("type route-tag", "route-tag 7"), "route tag"),
        (("type flux",), "type flux"),
        (("subnet 10.0.0.0 255.255",), "unreadable object"),
    ],
)
def test_what_no_header_tells_is_undecided(settings: tuple[str, ...], kind: str) -> None:
    device = addresses(entry("x", *settings)).device
    value = device.addresses["x"].value
    assert isinstance(value, UndecidedAddress)
    assert value.kind == kind
    assert holds(device, AddressRef("x"), "198.51.100.9") == "maybe"
    assert holds(device, AddressRef("x"), "2001:db8::9") == "no"


def test_names_are_names() -> None:
    device = addresses(
        entry("x", "type fqdn", 'fqdn "www.example.com"')
        + "\n"
        + entry("y", "type wildcard-fqdn", 'wildcard-fqdn "*.example.com"')
    ).device
    assert device.addresses["x"].value == Fqdn("www.example.com")
    assert device.addresses["y"].value == Fqdn("*.example.com")


def test_an_address_that_cannot_be_read_is_said() -> None:
    assert addresses(entry("x", "subnet 10.0.0.0 oops")).state('edit "x"') == LineState.APPROXIMATED


@pytest.mark.parametrize("name", ["FABRIC_DEVICE", "FIREWALL_AUTH_PORTAL_ADDRESS"])
def test_objects_that_the_device_fills_in_are_not_everything(name: str) -> None:
    assert isinstance(addresses(entry(name)).device.addresses[name].value, UndecidedAddress)


def test_external_lists_are_addresses_of_both_families() -> None:
    device = read(
        HEAD
        + 'config system external-resource\nedit "bad"\nset type address\nset resource "https://192.0.2.1/l"\nnext\nend'
    ).device
    assert device.addresses["bad"].value == UndecidedAddress("external list", "bad", ANY_IPV4)
    assert device.addresses["ip6/bad"].value == UndecidedAddress("external list", "bad", ANY_IPV6)


def test_groups_nest_and_exclude() -> None:
    device = read(
        HEAD
        + "config firewall address\n"
        + entry("net", "subnet 10.9.0.0 255.255.0.0")
        + "\n"
        + entry("out", "subnet 10.9.5.0 255.255.255.0")
        + "\n"
        + entry("host", "subnet 192.0.2.9 255.255.255.255")
        + "\nend\nconfig firewall addrgrp\n"
        + entry("inner", 'member "net"', "exclude enable", 'exclude-member "out"')
        + "\n"
        + entry("kept", 'member "net"', "exclude disable", 'exclude-member "out"')
        + "\n"
        + entry("outer", 'member "inner" "host"')
        + "\nend"
    ).device
    found = {
        (g, a): holds(device, AddressRef(g), a)
        for g in ("inner", "kept", "outer")
        for a in ("10.9.1.1", "10.9.5.1", "192.0.2.9")
    }
    assert found == {
        ("inner", "10.9.1.1"): "yes",
        ("inner", "10.9.5.1"): "no",
        ("inner", "192.0.2.9"): "no",
        ("kept", "10.9.1.1"): "yes",
        ("kept", "10.9.5.1"): "yes",
        ("kept", "192.0.2.9"): "no",
        ("outer", "10.9.1.1"): "yes",
        ("outer", "10.9.5.1"): "no",
        ("outer", "192.0.2.9"): "yes",
    }


def test_an_exclusion_takes_nothing_from_the_other_family() -> None:
    device = read(
        HEAD
        + "config firewall address6\n"
        + entry("net", "ip6 2001:db8::/32")
        + "\n"
        + entry("out", "ip6 2001:db8:5::/48")
        + "\nend\nconfig firewall addrgrp6\n"
        + entry("g", 'member "net"', "exclude enable", 'exclude-member "out"')
        + "\nend"
    ).device
    found = [holds(device, AddressRef("ip6/g"), a) for a in ("2001:db8:1::1", "2001:db8:5::1", "10.0.0.1")]
    assert found == ["yes", "no", "no"]


def test_an_empty_group_holds_nothing_and_an_undefined_member_may_be_anything() -> None:
    device = addresses(entry("none-in-it") + "\n" + entry("broken", 'member "gone"'), "firewall addrgrp").device
    assert holds(device, AddressRef("none-in-it"), "10.0.0.1") == "no"
    assert holds(device, AddressRef("broken"), "10.0.0.1") == "maybe"


def test_groups_that_contain_themselves_are_named_and_broken() -> None:
    read_ = addresses(
        "\n".join(
            [
                entry("a", 'member "b"'),
                entry("b", 'member "c" "all"'),
                entry("c", 'member "a"'),
                entry("d", 'member "a"'),
            ]
        ),
        "firewall addrgrp",
    )
    assert [str(n.message) for n in read_.device.notices] == [
        "the group a contains itself through b",
        "the group b contains itself through c",
        "the group c contains itself through a",
    ]
    assert all(n.bears_on_access for n in read_.device.notices)
    assert holds(read_.device, AddressRef("d"), "10.0.0.1") == "maybe"
    assert read_.state("set member", 1) == LineState.APPROXIMATED
    assert read_.state("set member", 4) == LineState.MODELLED


def test_a_long_chain_of_groups_is_no_recursion() -> None:
    chain = [entry(f"g{n}", f'member "g{n + 1}"') for n in range(3000)] + [entry("g3000", 'member "all"')]
    device = addresses("\n".join(chain), "firewall addrgrp").device
    assert device.notices == ()
    assert device.addresses["g0"].value == AddressRef("g1")


def test_ipv6_objects_have_names_of_their_own() -> None:
    device = read(
        HEAD
        + "config firewall address\n"
        + entry("srv", "subnet 10.1.0.9 255.255.255.255")
        + "\nend\nconfig firewall address6\n"
        + entry("srv", "ip6 2001:db8:1::9/128")
        + "\n"
        + entry("range", "type iprange", "start-ip 2001:db8::5", "end-ip 2001:db8::9")
        + "\n"
        + entry("every")
        + "\nend"
    ).device
    assert holds(device, AddressRef("srv"), "10.1.0.9") == "yes"
    assert holds(device, AddressRef("ip6/srv"), "2001:db8:1::9") == "yes"
    assert holds(device, AddressRef("ip6/srv"), "10.1.0.9") == "no"
    assert holds(device, AddressRef("ip6/range"), "2001:db8::9") == "yes"
    assert device.addresses["ip6/every"].value == ANY_IPV6


def service(*settings: str) -> Read:
    return read(HEAD + "config firewall service custom\n" + entry("s", *settings) + "\nend")


@pytest.mark.parametrize(
    ("settings", "matched", "others"),
    [
        (("tcp-portrange 80 443",), ["tcp 1.1.1.1:9 > 2.2.2.2:443"], ["udp 1.1.1.1:9 > 2.2.2.2:443", "tcp 1.1.1.1:9 > 2.2.2.2:81"]),
        (("tcp-portrange 12:11",), ["tcp 1.1.1.1:11 > 2.2.2.2:12"], ["tcp 1.1.1.1:12 > 2.2.2.2:11", "tcp 1.1.1.1:10 > 2.2.2.2:12"]),
        (
            ("tcp-portrange 1-2:3-4 10-11 13:6-7",),
            ["tcp 1.1.1.1:4 > 2.2.2.2:1", "tcp 1.1.1.1:9999 > 2.2.2.2:11", "tcp 1.1.1.1:6 > 2.2.2.2:13"],
            ["tcp 1.1.1.1:5 > 2.2.2.2:1", "tcp 1.1.1.1:4 > 2.2.2.2:13"],
        ),
        (("tcp-portrange 22:1-65535", "udp-portrange 53", "sctp-portrange 9"), ["tcp 1.1.1.1:1 > 2.2.2.2:22", "udp 1.1.1.1:1 > 2.2.2.2:53", "sctp 1.1.1.1:1 > 2.2.2.2:9"], ["sctp 1.1.1.1:1 > 2.2.2.2:53"]),
        (("protocol ICMP", "icmptype 8"), ["icmp 1.1.1.1 > 2.2.2.2:8"], ["icmp 1.1.1.1 > 2.2.2.2:0"]),
        (("protocol ICMP", "icmptype 5", "icmpcode 1", "icmptype 3"), ["icmp 1.1.1.1 > 2.2.2.2:3"], ["icmp 1.1.1.1 > 2.2.2.2:5"]),
        (("protocol ICMP6", "icmptype 128"), ["icmp6 2001:db8::1 > [2001:db8::2]:128"], ["icmp 1.1.1.1 > 2.2.2.2:128"]),
        (("protocol IP", "protocol-number 47"), ["gre 1.1.1.1 > 2.2.2.2"], ["tcp 1.1.1.1:1 > 2.2.2.2:47"]),
    ],
)  # fmt: skip
def test_what_a_service_matches(settings: tuple[str, ...], matched: list[str], others: list[str]) -> None:
    device = service(*settings).device
    assert {flow: serves(device, ServiceRef("s"), flow) for flow in matched} == dict.fromkeys(matched, "yes")
    assert {flow: serves(device, ServiceRef("s"), flow) for flow in others} == dict.fromkeys(others, "no")


def test_a_changed_protocol_forgets_what_belonged_to_the_old_one() -> None:
    settings = ("protocol IP", "protocol-number 254", "protocol ICMP", "icmptype 3", "tcp-portrange 1", "protocol IP")
    assert service(*settings).device.services["s"].value == ANY_SERVICE


@pytest.mark.parametrize("settings", [("protocol IP",), ("protocol IP", "protocol-number 0"), ("protocol ALL",)])
def test_a_service_of_every_protocol(settings: tuple[str, ...]) -> None:
    assert service(*settings).device.services["s"].value == ANY_SERVICE


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        (("tcp-portrange 80", "iprange 192.0.2.1-192.0.2.9"), "service for certain destinations"),
        (("tcp-portrange 80", 'fqdn "www.example.com"'), "service for certain destinations"),
        (("app-service-type app-id", "application 15895"), "application"),
        (("protocol IP", "protocol-number 300"), "unreadable service"),
        (("protocol CONNECT", "tcp-portrange 1-65535"), "explicit proxy"),
    ],
)
def test_services_that_no_header_decides(settings: tuple[str, ...], kind: str) -> None:
    value = service(*settings).device.services["s"].value
    assert isinstance(value, UndecidedService)
    assert value.kind == kind


def test_ports_that_cannot_be_read_are_said() -> None:
    read_ = service("tcp-portrange 80 65536 x 9-")
    assert read_.state("set tcp-portrange") == LineState.APPROXIMATED
    assert serves(read_.device, ServiceRef("s"), "tcp 1.1.1.1:1 > 2.2.2.2:80") == "yes"


def policy_with(service_name: str) -> Read:
    return read(
        HEAD
        + "config firewall policy\n"
        + entry("1", 'srcintf "wan1"', 'dstintf "lan"', 'srcaddr "all"', 'dstaddr "all"', f'service "{service_name}"')
        + "\nend"
    )


@pytest.mark.parametrize(
    ("name", "matched", "other"),
    [
        ("RDP", "tcp 1.1.1.1:1 > 2.2.2.2:3389", "udp 1.1.1.1:1 > 2.2.2.2:3389"),
        ("SMB", "tcp 1.1.1.1:1 > 2.2.2.2:445", "tcp 1.1.1.1:1 > 2.2.2.2:139"),
        ("RLOGIN", "tcp 1.1.1.1:1023 > 2.2.2.2:513", "tcp 1.1.1.1:1024 > 2.2.2.2:513"),
        ("PING", "icmp 1.1.1.1 > 2.2.2.2:8", "icmp 1.1.1.1 > 2.2.2.2:13"),
        ("OSPF", "ospf 1.1.1.1 > 2.2.2.2", "gre 1.1.1.1 > 2.2.2.2"),
        ("ALL_TCP", "tcp 1.1.1.1:1 > 2.2.2.2:1", "udp 1.1.1.1:1 > 2.2.2.2:1"),
        ("Windows AD", "udp 1.1.1.1:1 > 2.2.2.2:389", "tcp 1.1.1.1:1 > 2.2.2.2:3389"),
    ],
)
def test_services_that_show_leaves_out(name: str, matched: str, other: str) -> None:
    read_ = policy_with(name)
    expr = read_.rule("1").service
    assert (serves(read_.device, expr, matched), serves(read_.device, expr, other)) == ("yes", "no")


def test_all_is_any_service_and_what_nobody_knows_may_be() -> None:
    assert policy_with("ALL").rule("1").service == ANY_SERVICE
    assert (
        serves(policy_with("GONE").device, policy_with("GONE").rule("1").service, "tcp 1.1.1.1:1 > 2.2.2.2:1")
        == "maybe"
    )


def test_the_built_in_table_is_whole() -> None:
    assert len(PREDEFINED_SERVICES) == 87
    assert all(member in PREDEFINED_SERVICES for members in PREDEFINED_GROUPS.values() for member in members)


def test_service_groups_nest_and_name_their_loops() -> None:
    read_ = read(
        HEAD
        + "config firewall service group\n"
        + entry("web", 'member "HTTP" "HTTPS"')
        + "\n"
        + entry("more", 'member "web" "SSH"')
        + "\n"
        + entry("loop", 'member "loop" "SSH"')
        + "\nend"
    )
    assert serves(read_.device, ServiceRef("more"), "tcp 1.1.1.1:1 > 2.2.2.2:443") == "yes"
    assert serves(read_.device, ServiceRef("more"), "tcp 1.1.1.1:1 > 2.2.2.2:444") == "no"
    assert serves(read_.device, ServiceRef("loop"), "tcp 1.1.1.1:1 > 2.2.2.2:22") == "yes"
    assert serves(read_.device, ServiceRef("loop"), "tcp 1.1.1.1:1 > 2.2.2.2:444") == "maybe"
    assert [str(n.message) for n in read_.device.notices] == ["the group loop contains itself through loop"]


SCHEDULES = """
config firewall schedule onetime
    edit "over"
        set start 09:00 2020/04/08
        set end 23:50 2020/06/30
    next
    edit "running"
        set start 00:00 2026/01/01
        set end 23:59 2026/12/31
    next
    edit "odd"
        set end soon
    next
end
config firewall schedule recurring
    edit "always"
        set day sunday monday tuesday wednesday thursday friday saturday
    next
    edit "none"
    next
    edit "office"
        set start 09:00
        set end 18:00
        set day monday tuesday wednesday thursday friday
    next
end
config firewall schedule group
    edit "ended"
        set member "over" "none"
    next
    edit "one-of-two"
        set member "over" "running"
    next
    edit "one-always"
        set member "over" "always"
    next
    edit "unknown-member"
        set member "gone"
    next
end
"""


@pytest.mark.parametrize(
    ("name", "on_2026_06_01"),
    [
        ("always", "yes"),
        ("none", "no"),
        ("over", "no"),
        ("running", "yes"),
        ("odd", "maybe"),
        ("office", "maybe"),
        ("ended", "no"),
        ("one-of-two", "maybe"),
        ("one-always", "yes"),
        ("unknown-member", "maybe"),
        ("not-in-the-file", "maybe"),
    ],
)
def test_schedules(name: str, on_2026_06_01: str) -> None:
    read_ = read(
        HEAD
        + SCHEDULES
        + "config firewall policy\n"
        + entry("1", "srcintf wan1", "dstintf lan", "srcaddr all", "dstaddr all", "service ALL", f"schedule {name}")
        + "\nend"
    )
    truth = Matcher(read_.device, date(2026, 6, 1), frozenset()).schedule(read_.rule("1").schedule)
    assert ("no", "maybe", "yes")[truth] == on_2026_06_01


@pytest.mark.parametrize("name", ["always", "none"])
def test_factory_schedules_need_no_line(name: str) -> None:
    read_ = read(
        HEAD
        + "config firewall policy\n"
        + entry("1", "srcintf wan1", "dstintf lan", "srcaddr all", "dstaddr all", "service ALL", f"schedule {name}")
        + "\nend"
    )
    truth = Matcher(read_.device, date(2026, 6, 1), frozenset()).schedule(read_.rule("1").schedule)
    assert ("no", "maybe", "yes")[truth] == ("yes" if name == "always" else "no")


def test_packets_are_written_as_these_tests_read_them() -> None:
    flow = packet("tcp [2001:db8::1]:5 > [2001:db8::2]:443")
    assert (flow.version, flow.src_port, flow.dst_port, flow.dst_text) == (6, 5, 443, "2001:db8::2")
