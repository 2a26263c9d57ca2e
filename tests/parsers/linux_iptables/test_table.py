"""What `ip route` printed, beside the rules of the host: every sort of line, whose it is, what it puts aside."""

import pytest

from segaudit.model import LineState, Route, RouteKind, format_address
from segaudit.parsers.linux_iptables import PARSER
from tests.parsers.linux_iptables.reading import device_of, parsed, saved, source, states

OF_4 = """\
default via 203.0.113.254 dev eth0 proto dhcp src 203.0.113.9 metric 100
default via 203.0.113.253 dev eth0 proto static metric 200 linkdown
10.0.0.0/8 via 10.1.0.2 dev eth1
10.1.0.0/24 dev eth1 proto kernel scope link src 10.1.0.1
10.2.0.7 via 10.1.0.3 dev eth1 proto bird metric 32
10.3.0.0/16 proto static metric 20
	nexthop via 10.1.0.4 dev eth1 weight 1
	nexthop via 10.1.0.5 dev eth1 weight 1
10.4.0.0/16 via 10.9.0.1 dev eth2 dead linkdown
10.5.0.0/16 dev tun0 scope link
blackhole 10.6.0.0/16
unreachable 10.7.0.0/16 metric 4
"""
OF_6 = """\
::1 dev lo proto kernel metric 256 pref medium
2001:db8:1::/64 dev eth1 proto kernel metric 256 pref medium
2001:db8:2::/48 via 2001:db8:1::2 dev eth1 metric 1024 pref medium
unreachable 2001:db8:6::/48 dev lo metric 1024 pref medium
fe80::/64 dev eth1 proto kernel metric 256 pref medium
default dev tun0 metric 1024 pref medium
default via 2001:db8:1::fe dev eth1 metric 2048 pref medium
"""
ADDRESSES = (
    "3: eth1: <UP> mtu 1500 qdisc mq state UP\n    inet 10.1.0.1/24 scope global eth1\n"
    "    inet6 2001:db8:1::1/64 scope global\n"
)
RULES = saved("-A FORWARD -i eth0 -o eth1 -j ACCEPT", name="gw.v4")


def said(route: Route) -> str:
    if route.kind is RouteKind.DISCARD:
        return f"{route.prefix} nowhere {route.distance}"
    hop = "" if route.next_hop is None else f" via {format_address(route.prefix.version, route.next_hop)}"
    return f"{route.prefix}{hop} by {route.interface} {route.distance}"


def test_every_sort_of_line() -> None:
    files = (source("gw.route", OF_4), source("gw-route-6.txt", OF_6), source("gw.address", ADDRESSES))
    device = device_of(RULES, *files)
    assert device.known_tables == {("", 4), ("", 6)}
    assert [said(route) for route in device.routes] == [
        "0.0.0.0/0 via 203.0.113.254 by eth0 100",
        "0.0.0.0/0 via 203.0.113.253 by eth0 200",
        "10.0.0.0/8 via 10.1.0.2 by eth1 0",
        "10.2.0.7/32 via 10.1.0.3 by eth1 32",
        "10.3.0.0/16 via 10.1.0.4 by eth1 20",
        "10.3.0.0/16 via 10.1.0.5 by eth1 20",
        "10.5.0.0/16 by tun0 0",
        "10.6.0.0/16 nowhere 0",
        "10.7.0.0/16 nowhere 4",
        "2001:db8:2::/48 via 2001:db8:1::2 by eth1 1024",
        "2001:db8:6::/48 nowhere 1024",
        "::/0 by tun0 1024",
        "::/0 via 2001:db8:1::fe by eth1 2048",
    ]


@pytest.mark.parametrize("text", [OF_4, OF_6])
def test_every_line_is_accounted_for(text: str) -> None:
    (ledger,) = (one for one in parsed(RULES, source("gw.route", text)).ledgers if one.path == "gw.route")
    assert {state for state, _ in states(ledger).values()} <= {LineState.MODELLED, LineState.IRRELEVANT}


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("10.0.0.0/8 via 10.1.0.2 dev eth1 table 100", LineState.UNSUPPORTED),
        ("10.0.0.0/8 tos 0x10 via 10.1.0.2 dev eth1", LineState.UNSUPPORTED),
        ("10.0.0.0/8 via inet6 fe80::1 dev eth1", LineState.UNSUPPORTED),
        ("local 10.1.0.1 dev eth1 table local proto kernel scope host src 10.1.0.1", LineState.IRRELEVANT),
        ("broadcast 10.1.0.255 dev eth1 table local proto kernel scope link src 10.1.0.1", LineState.IRRELEVANT),
        ("10.0.300.0/8 via 10.1.0.2 dev eth1", LineState.UNRECOGNIZED),
    ],
)
def test_what_is_no_route_of_the_main_table(line: str, state: LineState) -> None:
    (ledger,) = (one for one in parsed(RULES, source("gw.route", line)).ledgers if one.path == "gw.route")
    assert states(ledger)[1][0] is state


def test_a_connected_route_without_its_address_is_a_route() -> None:
    device = device_of(RULES, source("gw.route", OF_4))
    assert "10.1.0.0/24 by eth1 0" in [said(route) for route in device.routes]


def test_what_was_captured_stands_in_place_of_what_a_script_adds() -> None:
    script = source("gw.sh", "ip route add 10.8.0.0/16 via 10.1.0.9\niptables -P FORWARD DROP\n")
    device = device_of(script, source("gw.route", "default via 10.1.0.254 dev eth1"))
    assert [said(route) for route in device.routes] == ["0.0.0.0/0 via 10.1.0.254 by eth1 0"]


def test_it_is_recognised_and_belongs_to_the_rules_of_its_name() -> None:
    files = (RULES, source("gw.route", OF_4), source("gw_ip_route_show.txt", OF_6))
    assert all(PARSER.detect(one).score >= 80 for one in files)
    assert [tuple(one.path for one in group) for group in PARSER.group(files)] == [tuple(one.path for one in files)]


def test_without_rules_it_is_the_table_of_a_device_of_the_run() -> None:
    (capture,) = parsed(source("fw7.route", OF_4)).captures
    assert capture.device == ""
    assert capture.tables == {("", 4)}
    assert "10.0.0.0/8 via 10.1.0.2 by eth1 0" in [said(route) for route in capture.routes]
