"""What `ip address` printed, beside the rules of the host: its spellings, whose it is, what is said of each line."""

from ipaddress import ip_address

import pytest

from segaudit.model import AddressMethod, Interface, LineState, SourceFile
from segaudit.parsers.linux_iptables import PARSER
from tests.parsers.linux_iptables.reading import device_of, parsed, saved, source, states

SHOWN = """\
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
    inet6 ::1/128 scope host
       valid_lft forever preferred_lft forever
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq master br0 state UP group default qlen 1000
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
    altname enp3s0
3: br0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000
    link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff
    inet 192.168.10.1/24 brd 192.168.10.255 scope global br0
       valid_lft forever preferred_lft forever
    inet 192.168.10.2/24 brd 192.168.10.255 scope global secondary br0
       valid_lft forever preferred_lft forever
    inet6 2001:db8:10::1/64 scope global
       valid_lft forever preferred_lft forever
    inet6 fe80::1/64 scope link
       valid_lft forever preferred_lft forever
4: eth1.20@eth1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000
    inet 203.0.113.9/28 brd 203.0.113.15 scope global dynamic eth1.20
       valid_lft 80000sec preferred_lft 80000sec
5: tun0: <POINTOPOINT,MULTICAST,NOARP> mtu 1500 qdisc noop state DOWN group default qlen 500
    link/none
    inet 10.8.0.1 peer 10.8.0.2/32 scope global tun0
       valid_lft forever preferred_lft forever
"""
ONE_LINE = """\
1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
3: br0    inet 192.168.10.1/24 brd 192.168.10.255 scope global br0\\       valid_lft forever preferred_lft forever
3: br0    inet6 2001:db8:10::1/64 scope global \\       valid_lft forever preferred_lft forever
5: tun0    inet 10.8.0.1 peer 10.8.0.2/32 scope global tun0\\       valid_lft forever preferred_lft forever
"""
BRIEF = """\
lo               UNKNOWN        127.0.0.1/8 ::1/128
eth0             UP
br0              UP             192.168.10.1/24 2001:db8:10::1/64 fe80::1/64
tun0             UNKNOWN        10.8.0.1 peer 10.8.0.2/32 fe80::2/64
"""
RULES = saved("-A FORWARD -i br0 -o eth1.20 -j ACCEPT", name="gw.v4")


def addresses(interface: Interface | None) -> list[str]:
    assert interface is not None
    return [f"{ip_address(a.address)} in {a.prefix}" for a in interface.addresses]


def test_what_ip_address_show_prints() -> None:
    device = device_of(RULES, source("gw.address", SHOWN))
    assert {i.name for i in device.interfaces} == {"lo", "eth0", "br0", "eth1.20", "tun0"}
    assert addresses(device.interface("br0")) == [
        "192.168.10.1 in 192.168.10.0/24",
        "192.168.10.2 in 192.168.10.0/24",
        "2001:db8:10::1 in 2001:db8:10::/64",
    ]
    bridge, vlan, tunnel = (device.interface(name) for name in ("br0", "eth1.20", "tun0"))
    assert bridge is not None
    assert [a.secondary for a in bridge.addresses] == [False, True, False]
    assert bridge.members == ("eth0",)
    assert vlan is not None
    assert (vlan.vlan, vlan.parent, vlan.method, vlan.enabled) == (20, "eth1", AddressMethod.DHCP, True)
    assert tunnel is not None
    assert not tunnel.enabled, "it is not up"
    assert addresses(tunnel) == ["10.8.0.1 in 10.8.0.2/32"]
    assert addresses(device.interface("lo")) == [], "nobody sends to these from outside"


@pytest.mark.parametrize("text", [ONE_LINE, BRIEF])
def test_the_shorter_spellings(text: str) -> None:
    device = device_of(RULES, source("gw.address", text))
    assert addresses(device.interface("br0")) == [
        "192.168.10.1 in 192.168.10.0/24",
        "2001:db8:10::1 in 2001:db8:10::/64",
    ]
    assert addresses(device.interface("tun0")) == ["10.8.0.1 in 10.8.0.2/32"]
    assert addresses(device.interface("lo")) == []


@pytest.mark.parametrize("text", [SHOWN, ONE_LINE, BRIEF])
def test_every_line_is_accounted_for(text: str) -> None:
    result = parsed(RULES, source("gw.address", text))
    (ledger,) = (one for one in result.ledgers if one.path == "gw.address")
    assert {state for state, _ in states(ledger).values()} <= {LineState.MODELLED, LineState.IRRELEVANT}
    shown = [number for number, line in enumerate(text.splitlines(), start=1) if "192.168.10.1/24" in line]
    assert [states(ledger)[number][0] for number in shown] == [LineState.MODELLED]


def test_an_address_that_is_none_is_not_recognised() -> None:
    text = "2: eth0: <UP> mtu 1500 qdisc mq state UP\n    inet 300.1.1.1/24 scope global eth0\n"
    (ledger,) = (one for one in parsed(RULES, source("gw.address", text)).ledgers if one.path == "gw.address")
    assert states(ledger)[2][0] is LineState.UNRECOGNIZED


def test_in_one_file_with_the_rules() -> None:
    text = "\n".join(("[root@gw ~]# iptables-save", *RULES.lines, "[root@gw ~]# ip address show", *SHOWN.splitlines()))
    result = parsed(source("gw.txt", text))
    (device,) = result.devices
    assert addresses(device.interface("br0"))[0] == "192.168.10.1 in 192.168.10.0/24"
    assert not list(result.ledgers[0].lines(LineState.UNRECOGNIZED))


def test_the_families_may_be_asked_for_one_by_one() -> None:
    of_4 = "2: eth0: <UP> mtu 1500 qdisc mq state UP\n    inet 192.0.2.1/24 scope global eth0\n"
    of_6 = "2: eth0: <UP> mtu 1500 qdisc mq state UP\n    inet6 2001:db8::1/64 scope global\n"
    device = device_of(RULES, source("gw-ip4-addr.txt", of_4), source("gw-ip6-addr.txt", of_6))
    assert addresses(device.interface("eth0")) == ["192.0.2.1 in 192.0.2.0/24", "2001:db8::1 in 2001:db8::/64"]


@pytest.mark.parametrize("text", [SHOWN, ONE_LINE, BRIEF])
def test_it_is_recognised(text: str) -> None:
    assert PARSER.detect(source("saved.txt", text)).score >= 80


@pytest.mark.parametrize(
    ("paths", "together"),
    [
        (("a/edge.v4", "a/edge.v6", "a/edge.address"), [("a/edge.v4", "a/edge.v6", "a/edge.address")]),
        (("a/iptables.rules", "a/ip-addr.txt"), [("a/iptables.rules", "a/ip-addr.txt")]),
        (
            ("edge-iptables.txt", "core-iptables.txt", "core_ip_addr_show.txt"),
            [("edge-iptables.txt",), ("core-iptables.txt", "core_ip_addr_show.txt")],
        ),
        (("a/edge.v4", "b/edge.address"), [("a/edge.v4",), ("b/edge.address",)]),
        (("edge.v4", "core.v4", "ip-addr.txt"), [("edge.v4",), ("core.v4",), ("ip-addr.txt",)]),
    ],
)
def test_whose_addresses_they_are(paths: tuple[str, ...], together: list[tuple[str, ...]]) -> None:
    def made(path: str) -> SourceFile:
        if "addr" in path:
            return source(path, SHOWN)
        version = 6 if path.endswith("6") else 4
        return source(path, "\n".join(saved(name=f"x.v{version}").lines))

    groups = PARSER.group(tuple(made(path) for path in paths))
    assert [tuple(one.path for one in group) for group in groups] == together


def test_addresses_without_rules_are_an_input_that_failed() -> None:
    result = parsed(source("edge.address", SHOWN))
    assert not result.devices
    (failure,) = result.failures
    assert "edge.v4" in str(failure.problem)
