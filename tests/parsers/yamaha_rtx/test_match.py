"""Addresses, protocols and ports: Command Reference 8.1.10 and 30.7.1."""

from __future__ import annotations

import pytest

from segaudit.model import (
    ANY_ADDRESS,
    ANY_SERVICE,
    TCP,
    UDP,
    AddressRange,
    AddressUnion,
    Fqdn,
    LineState,
    MaskedAddress,
    Service,
    ServiceUnion,
    TcpFlags,
    UndecidedAddress,
    UndecidedService,
    network,
)
from segaudit.parsers.yamaha_rtx.match import NotUnderstood, address, ports, service
from tests.parsers.yamaha_rtx.reading import OFFICE, device_of, ledger_of, office, rules, states, verdict


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*", ANY_ADDRESS),
        ("192.168.100.7", network("192.168.100.7/32")),
        ("192.168.100.0/24", network("192.168.100.0/24")),
        ("192.168.100.0/255.255.255.0", network("192.168.100.0/24")),
        ("192.168.100.0/0xffffff00", network("192.168.100.0/24")),
        ("192.168.100.*", network("192.168.100.0/24")),
        ("172.16.*.*", network("172.16.0.0/16")),
        ("192.168.*.1", MaskedAddress(4, 0xC0A80001, 0xFFFF00FF)),
        ("192.168.100.16-192.168.100.31", network("192.168.100.16/28")),
        ("192.168.1.*-192.168.2.*", AddressRange(4, 0xC0A80100, 0xC0A802FF)),
        ("-10.0.0.255", AddressRange(4, 0, 0x0A0000FF)),
        ("223.255.255.255-", AddressRange(4, 0xDFFFFFFF, 0xFFFFFFFF)),
        ("10.0.0.1,10.0.0.9", AddressUnion((network("10.0.0.1/32"), network("10.0.0.9/32")))),
        ("www.example.co.jp", Fqdn("www.example.co.jp")),
        ("*.example.co.jp", Fqdn("*.example.co.jp")),
        ("@m365", UndecidedAddress("application", "m365")),
        ("map-e", UndecidedAddress("address by provisioning", "map-e")),
    ],
)
def test_addresses(text: str, expected: object) -> None:
    assert address(text, 4) == expected


def test_ipv6_addresses() -> None:
    assert address("2001:db8:1::/48", 6) == network("2001:db8:1::/48")
    assert address("2001:db8::5", 6) == network("2001:db8::5/128")
    found = address("ra-prefix@lan2::/64", 6)
    assert isinstance(found, UndecidedAddress)
    assert found.kind == "delegated prefix"


@pytest.mark.parametrize(
    "text", ["192.168.300.1", "10.0.0.0/33", "10.0.0", "192.168.1.0/255.255.256.0", "::1", "a b/c", ","]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(NotUnderstood):
        address(text, 4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*", None),
        ("80", ((80, 80),)),
        ("www,21,nntp", ((80, 80), (21, 21), (119, 119))),
        ("ftp", ((20, 21),)),
        ("netbios_ns-netbios_ssn", ((137, 139),)),
        ("1024-", ((1024, 65535),)),
        ("-1023", ((0, 1023),)),
        ("ipsec-nat-t", ((4500, 4500),)),
        ("ms-rpc-ms-ds", ((135, 445),)),
        ("ftpdata-telnet", ((20, 23),)),
    ],
)
def test_ports(text: str, expected: object) -> None:
    assert ports(text) == expected


@pytest.mark.parametrize("text", ["65536", "nosuchname", "80-nosuch", "", "80;81"])
def test_what_is_no_port(text: str) -> None:
    with pytest.raises(NotUnderstood):
        ports(text)


def test_protocols() -> None:
    assert service("*", "*", "*", 4) == ANY_SERVICE
    assert service("udp,tcp", "*", "445", 4) == ServiceUnion(
        (Service(protocol=UDP, destination_ports=((445, 445),)), Service(protocol=TCP, destination_ports=((445, 445),)))
    )
    assert service("established", "*", "*", 4) == Service(protocol=TCP, tcp_flags=TcpFlags(0x10, 0x10))
    assert service("tcpfin", "*", "www", 4) == Service(
        protocol=TCP, destination_ports=((80, 80),), tcp_flags=TcpFlags(1, 1)
    )
    assert service("tcpflag=0x0002/0x0017", "*", "*", 4) == Service(protocol=TCP, tcp_flags=TcpFlags(0x17, 0x02))
    assert isinstance(service("tcpflag=0x0040/0x0040", "*", "*", 4), UndecidedService)
    assert service("tcpflag=0x0010/0x0002", "*", "*", 4) == ServiceUnion(())
    assert service("icmp", "3,4", "0-1", 4) == Service(protocol=1, icmp_types=((3, 3), (4, 4)), icmp_codes=((0, 1),))
    assert service("icmp", "*", "*", 6) == Service(protocol=58)
    assert service("icmp6", "128", "*", 6) == Service(protocol=58, icmp_types=((128, 128),))
    assert service("icmp4", "*", "*", 6) == Service(protocol=1)
    assert service("icmp-nd", "*", "*", 6) == Service(protocol=58, icmp_types=((133, 136),))
    assert service("47", "*", "*", 4) == service("gre", "9", "9", 4) == Service(protocol=47)
    for word in ("nosuch", "256", "tcpflag=2/2", ""):
        with pytest.raises(NotUnderstood):
            service(word, "*", "*", 4)


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        ({"protocol": "tcp", "dst_port": "80"}, "permit"),
        ({"protocol": "tcp", "dst_port": "81"}, "deny"),
        ({"protocol": "icmp", "icmp_type": "8"}, "permit"),
        ({"protocol": "udp", "dst_port": "80"}, "deny"),
    ],
)
def test_ports_count_for_tcp_and_udp_alone(packet: dict[str, str], expected: str) -> None:
    device = office("ip filter 1 pass * * tcp,icmp * 80", "ip lan2 secure filter in 1")
    way = {"src_ip": "198.51.100.7", "dst_ip": "192.168.100.9", "in_interface": "lan2", "out_interface": "lan1"}
    assert verdict(device, **way, **packet) == expected


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        ({"protocol": "tcp", "dst_port": "22"}, "deny"),
        ({"protocol": "udp", "dst_port": "80"}, "permit"),
        ({"protocol": "gre"}, "permit"),
    ],
)
def test_any_protocol_with_a_port(packet: dict[str, str], expected: str) -> None:
    device = office("ip filter 1 pass * * * * 80", "ip lan2 secure filter in 1")
    way = {"src_ip": "198.51.100.7", "dst_ip": "192.168.100.9", "in_interface": "lan2", "out_interface": "lan1"}
    assert verdict(device, **way, **packet) == expected


def test_established_looks_at_ack_alone() -> None:
    device = office("ip filter 1 pass * * established * *", "ip lan2 secure filter in 1")
    way = {"src_ip": "198.51.100.7", "dst_ip": "192.168.100.9", "in_interface": "lan2", "out_interface": "lan1"}
    assert verdict(device, **way, protocol="tcp", dst_port="22") == "deny"
    assert verdict(device, **way, protocol="tcp", dst_port="22", state="established") == "permit"


def test_a_filter_that_is_not_understood_may_match_anything() -> None:
    lines = ("ip filter 1 pass * 10.0.0.300 * * *", "ip filter 2 reject * *", "ip lan2 secure filter in 1 2")
    assert states(*lines) == [LineState.UNRECOGNIZED, LineState.MODELLED, LineState.MODELLED]
    device = office(*lines)
    assert rules(device, "lan2 in")["1"].conditions
    way = {"src_ip": "198.51.100.7", "dst_ip": "192.168.100.9", "in_interface": "lan2", "out_interface": "lan1"}
    assert verdict(device, **way, protocol="tcp", dst_port="22") == "unknown"


def test_a_comment_behind_a_filter_is_none_of_it() -> None:
    device = office("ip filter 1 pass * * # 全部", "ip lan2 secure filter in 1")
    assert rules(device, "lan2 in")["1"].service == ANY_SERVICE
    ledger = ledger_of(*OFFICE, "ip filter 1 pass * * tcp * 80 81", "ip lan2 secure filter in 1")
    assert ledger.state(4) is LineState.UNRECOGNIZED
    assert device_of(*OFFICE, "ip filter 1", "ip lan2 secure filter in 1").rule_sets
