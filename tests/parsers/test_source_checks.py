"""What each format says of the reverse-path check of an interface, and the state of the lines that say it."""

import pytest

from segaudit.model import Device, LineState, SourceCheckMode, SourceFile
from segaudit.pipeline.discover import parsers

FORTIGATE = """\
config system interface
    edit "wan1"
        set vdom "root"
        set ip 203.0.113.2 255.255.255.248{wan}
        set role wan
    next
    edit "lan"
        set vdom "root"
        set ip 192.168.10.1 255.255.255.0
    next
end
config system settings{settings}
end
"""
ROUTER = """\
version 16.12
hostname r1
interface GigabitEthernet0/0
 ip address 203.0.113.2 255.255.255.248
 ipv6 address 2001:db8:0:1::2/64{checks}
interface GigabitEthernet0/1
 ip address 192.168.10.1 255.255.255.0
"""


def parsed(format_name: str, text: str) -> tuple[Device, dict[str, LineState]]:
    """The device of a file, and the state of each of its lines by their text."""
    source = SourceFile(path="made.conf", lines=tuple(text.splitlines()))
    result = parsers()[format_name].parse((source,))
    (ledger,) = result.ledgers
    states = {source.lines[n - 1].strip(): state for state in LineState for n in ledger.lines(state)}
    (device,) = result.devices
    return device, states


def mode(device: Device, name: str) -> SourceCheckMode:
    """The check of an interface."""
    interface = device.interface(name)
    assert interface is not None
    return interface.source_check.mode


@pytest.mark.parametrize(
    ("wan", "settings", "expected"),
    [
        ("", "", ("feasible", "feasible")),
        ("set src-check disable", "", ("none", "feasible")),
        ("set src-check enable", "set strict-src-check enable", ("strict", "strict")),
        ("", "set strict-src-check enable", ("strict", "strict")),
        ("", "set asymroute enable", ("none", "none")),
        ("", "set opmode transparent", ("none", "none")),
    ],
)
def test_fortios(wan: str, settings: str, expected: tuple[str, str]) -> None:
    text = FORTIGATE.format(wan=f"\n        {wan}" if wan else "", settings=f"\n    {settings}" if settings else "")
    device, states = parsed("fortinet_fortios", text)
    assert (mode(device, "wan1"), mode(device, "lan")) == expected
    for line in (wan, settings):
        if "src-check" in line:
            assert states[line] is LineState.MODELLED
    interface = device.interface("wan1")
    assert interface is not None
    assert interface.source_check.versions == {4} or expected == ("none", "none")


@pytest.mark.parametrize(
    ("line", "expected", "default_route", "spared", "state"),
    [
        ("ip verify unicast source reachable-via rx", "strict", False, False, LineState.MODELLED),
        ("ip verify unicast source reachable-via rx allow-default", "strict", True, False, LineState.MODELLED),
        ("ip verify unicast source reachable-via any", "loose", False, False, LineState.MODELLED),
        ("ip verify unicast source reachable-via rx 167", "strict", False, True, LineState.APPROXIMATED),
        ("ip verify unicast reverse-path", "strict", True, False, LineState.MODELLED),
        ("ip verify unicast reverse-path 110", "strict", True, True, LineState.APPROXIMATED),
    ],
)
def test_ios(line: str, expected: str, default_route: bool, spared: bool, state: LineState) -> None:
    device, states = parsed("cisco_ios", ROUTER.format(checks=f"\n {line}"))
    interface = device.interface("GigabitEthernet0/0")
    assert interface is not None
    check = interface.source_check
    assert (check.mode.value, check.default_route, check.spared) == (expected, default_route, spared)
    assert check.versions == {4}
    assert check.span is not None
    assert check.span.first_line == 6
    assert states[line] is state
    assert mode(device, "GigabitEthernet0/1") == "none"


def test_ios_of_both_families() -> None:
    both = "\n ip verify unicast source reachable-via rx\n ipv6 verify unicast source reachable-via rx"
    device, _ = parsed("cisco_ios", ROUTER.format(checks=both))
    interface = device.interface("GigabitEthernet0/0")
    assert interface is not None
    assert interface.source_check.versions == {4, 6}
    device, _ = parsed("cisco_ios", ROUTER.format(checks=both + "\n no ip verify unicast source reachable-via rx"))
    interface = device.interface("GigabitEthernet0/0")
    assert interface is not None
    assert interface.source_check.versions == {6}


def test_a_check_that_is_not_understood_is_said() -> None:
    _, states = parsed("cisco_ios", ROUTER.format(checks="\n ip verify unicast source maybe"))
    assert states["ip verify unicast source maybe"] in {LineState.UNRECOGNIZED, LineState.UNSUPPORTED}


def test_asa_has_it_as_a_list() -> None:
    text = """\
ASA Version 9.12(4)
hostname asa1
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 203.0.113.2 255.255.255.248
interface GigabitEthernet0/1
 nameif inside
 security-level 100
 ip address 192.168.10.1 255.255.255.0
ip verify reverse-path interface outside
route outside 0.0.0.0 0.0.0.0 203.0.113.1 1
"""
    device, states = parsed("cisco_asa", text)
    assert mode(device, "outside") == "none"
    assert device.rule_set("ip verify reverse-path outside") is not None
    assert states["ip verify reverse-path interface outside"] is LineState.MODELLED


def test_a_packet_filter_does_not_say() -> None:
    text = """\
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -i eth0 -o eth1 -j ACCEPT
COMMIT
"""
    device, _ = parsed("linux_iptables", text)
    assert mode(device, "eth0") == "unknown"
