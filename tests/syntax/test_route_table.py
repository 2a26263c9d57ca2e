"""Routing tables as IOS, NX-OS, ASA and FortiOS print them, beside configurations and alone."""

from textwrap import dedent

import pytest

from segaudit.model import LedgerBuilder, LineState, RouteCapture, RouteKind, SourceFile, format_address
from segaudit.syntax.capture import clean
from segaudit.syntax.route_table import Taken, take_route_tables


def taken(text: str, *, cleaned: bool = True) -> Taken:
    """What is taken out of a text, which a terminal may have written."""
    lines = tuple(dedent(text).strip("\n").splitlines())
    return take_route_tables(SourceFile(path="made.txt", lines=clean(lines).lines if cleaned else lines))


def shown(capture: RouteCapture) -> list[str]:
    """The routes in short."""
    found: list[str] = []
    for r in capture.routes:
        hop = format_address(r.prefix.version, r.next_hop) if r.next_hop is not None else "-"
        vrf = f" in {r.vrf}" if r.vrf else ""
        into = f" of {r.next_hop_vrf or 'global'}" if r.next_hop_vrf is not None else ""
        way = "discard" if r.kind == RouteKind.DISCARD else f"{hop} {r.interface or '-'}"
        found.append(f"{r.prefix} {way} [{r.distance}/{r.metric}]{vrf}{into}")
    return found


IOS = """
    core1#show ip route
    Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
           D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
           N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
           o - ODR, P - periodic downloaded static route, + - replicated route

    Gateway of last resort is 10.0.0.1 to network 0.0.0.0

    S*    0.0.0.0/0 [1/0] via 10.0.0.1
          10.0.0.0/8 is variably subnetted, 6 subnets, 3 masks
    C        10.0.0.0/30 is directly connected, GigabitEthernet0/0
    L        10.0.0.2/32 is directly connected, GigabitEthernet0/0
    O        10.1.0.0/16 [110/20] via 10.0.0.1, 01:02:03, GigabitEthernet0/0
                         [110/20] via 10.0.0.5, 1d02h, GigabitEthernet0/1
    O IA     10.2.0.0/16
               [110/30] via 10.0.0.1, 1w2d, GigabitEthernet0/0
    O*E2     10.3.0.0/16 [110/1] via 10.0.0.1, 00:00:07, GigabitEthernet0/0
    B        10.4.0.0/16 [20/0] via 10.50.0.9 (GREEN), 00:10:10, Vlan50
          172.16.0.0/24 is subnetted, 2 subnets
    S        172.16.1.0 [1/0] via 10.0.0.9
    D     192.168.0.0/16 is a summary, 00:12:10, Null0
    S     192.168.7.0/24 is directly connected, Tunnel7
"""


def test_ios() -> None:
    found = taken(IOS)
    (capture,) = found.captures
    assert capture.device == "core1"
    assert capture.tables == {("", 4)}
    assert shown(capture) == [
        "0.0.0.0/0 10.0.0.1 - [1/0]",
        "10.1.0.0/16 10.0.0.1 GigabitEthernet0/0 [110/0]",
        "10.1.0.0/16 10.0.0.5 GigabitEthernet0/1 [110/0]",
        "10.2.0.0/16 10.0.0.1 GigabitEthernet0/0 [110/0]",
        "10.3.0.0/16 10.0.0.1 GigabitEthernet0/0 [110/0]",
        "10.4.0.0/16 10.50.0.9 Vlan50 [20/0] of GREEN",
        "172.16.1.0/24 10.0.0.9 - [1/0]",
        "192.168.0.0/16 discard [0/0]",
        "192.168.7.0/24 - Tunnel7 [0/0]",
    ]
    assert found.alone
    assert capture.routes[0].span.first_line == 9


def test_every_line_is_in_a_state() -> None:
    found = taken(IOS)
    ledger = found.into(LedgerBuilder(found.rest).finish())
    assert ledger.count(LineState.UNRECOGNIZED) == ledger.count(LineState.UNSUPPORTED) == 0
    assert ledger.state(1) == ledger.state(9) == LineState.MODELLED
    assert ledger.state(2) == ledger.state(3) == ledger.state(7) == LineState.IRRELEVANT
    assert ledger.state(6) == LineState.BLANK


def test_ios_vrfs() -> None:
    found = taken("""
        core1#show ip route vrf *
        Codes: L - local, C - connected, S - static
        Gateway of last resort is not set

              10.0.0.0/30 is subnetted, 1 subnets
        C        10.0.0.0 is directly connected, GigabitEthernet0/0

        Routing Table: RED
        Codes: L - local, C - connected, S - static
        Gateway of last resort is 10.1.0.9 to network 0.0.0.0

        S*    0.0.0.0/0 [1/0] via 10.1.0.9
        C     10.1.0.0/24 is directly connected, GigabitEthernet0/1
        core1#
    """)
    (capture,) = found.captures
    assert capture.tables == {("", 4), ("RED", 4)}
    assert shown(capture) == ["0.0.0.0/0 10.1.0.9 - [1/0] in RED"]


def test_ios_ipv6() -> None:
    found = taken("""
        IPv6 Routing Table - RED - 4 entries
        Codes: C - Connected, L - Local, S - Static, U - Per-user Static route
               B - BGP, R - RIP, H - NHRP, NDp - ND Prefix
        S   ::/0 [1/0]
             via 2001:DB8::1
        C   2001:DB8:1::/64 [0/0]
             via GigabitEthernet0/0, directly connected
        O   2001:DB8:2::/64 [110/2], tag 7
             via FE80::1, GigabitEthernet0/0
             via FE80::2, GigabitEthernet0/1
        L   FF00::/8 [0/0]
             via Null0, receive
    """)
    (capture,) = found.captures
    assert capture.device == ""
    assert capture.tables == {("RED", 6)}
    assert shown(capture) == [
        "::/0 2001:db8::1 - [1/0] in RED",
        "2001:db8:2::/64 fe80::1 GigabitEthernet0/0 [110/0] in RED",
        "2001:db8:2::/64 fe80::2 GigabitEthernet0/1 [110/0] in RED",
    ]
    assert found.alone


def test_nxos() -> None:
    found = taken("""
        dc1# show ip route vrf all
        IP Route Table for VRF "default"
        '*' denotes best ucast next-hop
        '**' denotes best mcast next-hop
        '[x/y]' denotes [preference/metric]
        '%<string>' in via output denotes VRF <string>

        0.0.0.0/0, ubest/mbest: 1/0
            *via 10.0.0.1, Eth1/1, [1/0], 5d01h, static
        10.1.1.0/24, ubest/mbest: 1/0, attached
            *via 10.1.1.1, Vlan10, [0/0], 1w2d, direct
        IP Route Table for VRF "RED"
        10.9.0.0/16, ubest/mbest: 2/0
            *via 10.0.0.2%default, Eth1/2, [110/41], 1w2d, ospf-1, intra
             via 10.0.0.3, Eth1/3, [110/99], 1w2d, ospf-1, intra
        10.0.9.0/24, ubest/mbest: 1/0
            *via Null0, [220/0], 1d, discard
    """)
    (capture,) = found.captures
    assert capture.device == "dc1"
    assert capture.tables == {("", 4), ("RED", 4)}
    assert shown(capture) == [
        "0.0.0.0/0 10.0.0.1 Eth1/1 [1/0]",
        "10.9.0.0/16 10.0.0.2 Eth1/2 [110/0] in RED of global",
        "10.0.9.0/24 discard [220/0] in RED",
    ]
    assert found.alone


def test_asa() -> None:
    found = taken("""
        fw1/pri/act# show route

        Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
               SI - Static InterVRF, BI - BGP InterVRF
        Gateway of last resort is 203.0.113.1 to network 0.0.0.0

        S*       0.0.0.0 0.0.0.0 [1/0] via 203.0.113.1, outside
        C        10.1.1.0 255.255.255.0 is directly connected, inside
        L        10.1.1.1 255.255.255.255 is directly connected, inside
        O        10.2.0.0 255.255.0.0
                   [110/11] via 10.1.1.2, 00:10:00, inside
        V        10.99.0.10 255.255.255.255 connected by VPN (advertised), outside
        S        10.0.0.0 255.0.0.0 [255/0] is directly connected, Null0
        fw1/pri/act# show route management-only
        Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
        Gateway of last resort is not set
    """)
    data, management = found.captures
    assert data.device == "fw1/pri/act"
    assert shown(data) == [
        "0.0.0.0/0 203.0.113.1 outside [1/0]",
        "10.2.0.0/16 10.1.1.2 inside [110/0]",
        "10.0.0.0/8 discard [255/0]",
    ]
    assert (management.tables, management.routes) == (frozenset({("management-only", 4)}), ())


def test_fortios() -> None:
    found = taken("""
        FGT (root) # get router info routing-table all
        Codes: K - kernel, C - connected, S - static, R - RIP, B - BGP
               O - OSPF, IA - OSPF inter area
               * - candidate default

        Routing table for VRF=0
        S*      0.0.0.0/0 [10/0] via 203.0.113.1, wan1, [1/0]
                          [10/0] via 198.51.100.1, wan2, [10/0]
        C       10.1.0.0/24 is directly connected, lan
        S       10.9.0.0/16 [10/0] via to-hq tunnel 192.0.2.9, [1/0]
        S       10.10.0.0/16 [10/0] is directly connected, to-hq, [5/0]
        B       10.8.0.0/16 [200/0] via 10.1.0.9 (recursive is directly connected, lan), 01:02:03, [1/0]
        B       10.7.0.0/16 [200/0] via 10.200.1.1 (recursive via to-hq tunnel 192.0.2.9), 1d02h03m, [1/0]
        S       10.0.0.0/8 [254/0] is a summary, Null, [1/0]

        Routing table for VRF=10
        C       10.20.0.0/24 is directly connected, guest
        S       10.21.0.0/24 [10/0] via 10.20.0.9, guest, [1/0]
        FGT (root) # get router info6 routing-table
        IPv6 Routing Table
        Codes: K - kernel route, C - connected, S - static, R - RIP, O - OSPF,
               > - selected route, * - FIB route, p - stale info
        Timers: Uptime

        Routing table for VRF=0
        S*      ::/0 [10/0] via 2001:db8::1, wan1, 00:10:10, [1024/0]
        C       2001:db8:1::/64 via ::, lan, 01:00:00
    """)
    four, six = found.captures
    assert four.device == six.device == "FGT/root"
    assert four.tables == {("", 4), ("10", 4)}
    assert shown(four) == [
        "0.0.0.0/0 203.0.113.1 wan1 [10/1]",
        "0.0.0.0/0 198.51.100.1 wan2 [10/10]",
        "10.9.0.0/16 - to-hq [10/1]",
        "10.10.0.0/16 - to-hq [10/5]",
        "10.8.0.0/16 10.1.0.9 lan [200/1]",
        "10.7.0.0/16 10.200.1.1 to-hq [200/1]",
        "10.0.0.0/8 discard [254/1]",
        "10.21.0.0/24 10.20.0.9 guest [10/1] in 10",
    ]
    assert six.tables == {("", 6)}
    assert shown(six) == ["::/0 2001:db8::1 wan1 [10/1024]"]
    assert found.alone


def test_of_a_database_only_what_is_selected() -> None:
    found = taken("""
        FGT # get router info routing-table database
        Codes: K - kernel, C - connected, S - static
               > - selected route, * - FIB route, p - stale info
        Routing table for VRF=0
        S    *> 0.0.0.0/0 [10/0] via 203.0.113.1, wan1, [1/0]
        S       0.0.0.0/0 [20/0] via 198.51.100.1, wan2, [1/0]
        C    *> 10.1.0.0/24 is directly connected, lan
    """)
    (capture,) = found.captures
    assert shown(capture) == ["0.0.0.0/0 203.0.113.1 wan1 [10/1]"]


def test_in_one_log_with_a_configuration() -> None:
    found = taken("""
        core1#show running-config
        hostname core1
        interface GigabitEthernet0/0
         ip address 10.0.0.2 255.255.255.252
         description link - to the edge
        ip route 0.0.0.0 0.0.0.0 10.0.0.1
        core1#show ip route
        Codes: L - local, C - connected, S - static
        Gateway of last resort is 10.0.0.1 to network 0.0.0.0
        S*    0.0.0.0/0 [1/0] via 10.0.0.1
        core1#show version
        Cisco IOS Software
        core1#show running-config | section vty
        line vty 0 4
    """)
    (capture,) = found.captures
    assert shown(capture) == ["0.0.0.0/0 10.0.0.1 - [1/0]"]
    assert not found.alone
    left = [line for line in found.rest.lines if line]
    assert left == [
        "hostname core1",
        "interface GigabitEthernet0/0",
        " ip address 10.0.0.2 255.255.255.252",
        " description link - to the edge",
        "ip route 0.0.0.0 0.0.0.0 10.0.0.1",
        "line vty 0 4",
    ]


@pytest.mark.parametrize("command", ["show ip route static", "show ip route 10.0.0.0", "show ip route | include 10"])
def test_a_part_of_a_table_is_not_used(command: str) -> None:
    found = taken(f"""
        core1#{command}
        Codes: L - local, C - connected, S - static
        Gateway of last resort is 10.0.0.1 to network 0.0.0.0
        S*    0.0.0.0/0 [1/0] via 10.0.0.1
    """)
    assert found.captures == ()
    assert found.partial == (1,)
    (failure,) = found.failures()
    assert failure.line == 1
    ledger = found.into(LedgerBuilder(found.rest).finish())
    assert ledger.count(LineState.UNSUPPORTED) == 2


def test_without_a_prompt_a_table_is_whole_if_its_connected_networks_are_there() -> None:
    text = """
        Codes: L - local, C - connected, S - static
        S*    0.0.0.0/0 [1/0] via 10.0.0.1
        C     10.0.0.0/30 is directly connected, Ethernet0/0
    """
    (capture,) = taken(text).captures
    assert capture.device == ""
    assert taken(text.replace("C     10.0.0.0/30", "S     10.0.0.0/30")).partial == (1,)


def test_nothing_is_taken_out_of_a_configuration() -> None:
    text = """
        hostname x
        ip route 0.0.0.0 0.0.0.0 10.0.0.1
        ip access-list extended A
         permit ip any any
        banner motd ^C - no entry - ^C
    """
    found = taken(text)
    assert found.captures == ()
    assert found.states == {}
    assert not found.alone
