"""Captured routing tables find their devices, from files of any maker and from tables that people write."""

from datetime import date
from pathlib import Path

import pytest

from segaudit.model import Device, LineState, Network, format_address
from segaudit.pipeline.audit import zone_graph
from segaudit.pipeline.collect import Selection
from segaudit.pipeline.read import read
from segaudit.policy.values import Site

CORE = """hostname core1
version 15.2
ip routing
interface GigabitEthernet0/0
 ip address 10.0.0.2 255.255.255.252
interface GigabitEthernet0/1
 ip address 10.1.0.1 255.255.255.0
interface GigabitEthernet0/2
 vrf forwarding RED
 ip address 10.2.0.1 255.255.255.0
router ospf 1
 network 10.0.0.0 0.255.255.255 area 0
ip route 10.99.0.0 255.255.0.0 10.1.0.9
ip route vrf RED 0.0.0.0 0.0.0.0 10.2.0.9
end
"""
TABLE = """core1#show ip route
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area

Gateway of last resort is 10.0.0.1 to network 0.0.0.0

O*E2  0.0.0.0/0 [110/1] via 10.0.0.1, 00:12:13, Gi0/0
C     10.0.0.0/30 is directly connected, Gi0/0
C     10.1.0.0/24 is directly connected, Gi0/1
O     10.50.0.0/16 [110/20] via 10.1.0.7, 01:02:03, GigabitEthernet0/1
"""
FORTIGATE = """#config-version=FGT60F-7.2.4-FW-build1396-230131:opmode=0:vdom=0:user=admin
config system global
    set hostname "edge"
end
config system interface
    edit "wan1"
        set vdom "root"
        set ip 203.0.113.2 255.255.255.248
    next
    edit "lan"
        set vdom "root"
        set ip 10.0.0.1 255.255.255.252
    next
end
config router static
    edit 1
        set gateway 203.0.113.1
        set device "wan1"
    next
end
config router bgp
    set as 65000
    config neighbor
        edit "10.0.0.2"
            set remote-as 65001
        next
    end
end
"""
FORTIGATE_TABLE = """edge # get router info routing-table all
Codes: K - kernel, C - connected, S - static, R - RIP, B - BGP
Routing table for VRF=0
S*      0.0.0.0/0 [10/0] via 203.0.113.1, wan1, [1/0]
C       10.0.0.0/30 is directly connected, lan
B       10.1.0.0/24 [20/0] via 10.0.0.2, lan, 01:02:03, [1/0]
"""
ASA = """ASA Version 9.12(4)
hostname fw1
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 203.0.113.2 255.255.255.248
interface GigabitEthernet0/1
 nameif inside
 security-level 100
 ip address 10.0.0.1 255.255.255.252
route outside 0.0.0.0 0.0.0.0 203.0.113.1 1
"""
ASA_TABLE = """Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
Gateway of last resort is 203.0.113.1 to network 0.0.0.0
S*       0.0.0.0 0.0.0.0 [1/0] via 203.0.113.1, outside
C        10.0.0.0 255.255.255.252 is directly connected, inside
O        10.1.0.0 255.255.255.0 [110/11] via 10.0.0.2, 00:10:00, inside
"""


def network(folder: Path, **files: str) -> Network:
    """What is read of files; in a name ``__`` stands for a dot."""
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return read(Selection(paths=(str(folder),)))


def routes(device: Device | None) -> list[tuple[str, str, str, str]]:
    """VRF, prefix, next hop and interface of all routes."""
    assert device is not None
    return [
        (r.vrf, str(r.prefix), format_address(r.prefix.version, r.next_hop) if r.next_hop else "", r.interface)
        for r in device.routes
    ]


CAPTURED = [
    ("RED", "0.0.0.0/0", "10.2.0.9", ""),
    ("", "0.0.0.0/0", "10.0.0.1", "GigabitEthernet0/0"),
    ("", "10.50.0.0/16", "10.1.0.7", "GigabitEthernet0/1"),
]


def test_a_capture_beside_the_configuration(tmp_path: Path) -> None:
    made = network(tmp_path, a__cfg=CORE, b__txt=TABLE)
    assert made.complete
    (core,) = made.devices
    assert routes(core) == CAPTURED, "the routes of that table are the captured ones; the others stay"
    assert core.known_tables == {("", 4)}
    assert core.routes[-1].span.path == "b.txt"
    capture = made.inputs[1]
    assert (capture.format, capture.devices, capture.captured) == ("cisco_ios", ("core1",), True)
    assert [str(note) for note in capture.notes] == ["2 captured routes of core1 are used"]
    ledger = made.ledgers["b.txt"]
    assert ledger.count(LineState.UNRECOGNIZED) + ledger.count(LineState.UNSUPPORTED) == 0
    assert made.excerpt(core.routes[-1].span).lines[0].startswith("O     10.50.0.0/16")


def test_what_is_captured_is_certain(tmp_path: Path) -> None:
    lan = "interface GigabitEthernet0/3\n ip address 10.50.1.1 255.255.255.0\n"
    far = (
        "hostname far\nversion 15.2\nip routing\n"
        + lan
        + "interface GigabitEthernet0/1\n ip address 10.1.0.7 255.255.255.0\n"
    )
    far += "router ospf 1\nip route 0.0.0.0 0.0.0.0 10.1.0.1\nend\n"
    doubtful = network(tmp_path, core__cfg=CORE, far__cfg=far)
    day = date(2026, 7, 1)

    def sure(made: Network) -> list[bool]:
        graph = zone_graph(made, Site(), day)
        pairs = [c for (src, dst), c in graph.conduits.items() if src == "core1:GigabitEthernet0/0" and "far:" in dst]
        return [bool(conduit.sent.must) for conduit in pairs]

    assert sure(doubtful) == [False], "a routing protocol may have told of it, or not"
    assert sure(network(tmp_path, core1__txt=TABLE)) == [True]


def test_in_one_log_with_the_configuration(tmp_path: Path) -> None:
    log = "core1#show running-config\n" + CORE + TABLE + "core1#exit\n"
    made = network(tmp_path, session__log=log)
    assert made.complete
    assert routes(made.device("core1")) == CAPTURED
    (one,) = made.inputs
    assert (one.devices, one.captured) == (("core1",), False)
    assert made.ledgers["session.log"].count(LineState.UNRECOGNIZED) == 0


def test_without_a_prompt_the_file_tells(tmp_path: Path) -> None:
    bare = TABLE.partition("\n")[2]
    made = network(tmp_path, x__cfg=CORE, core1_show_ip_route__txt=bare)
    assert routes(made.device("core1")) == CAPTURED


def test_each_maker(tmp_path: Path) -> None:
    made = network(tmp_path, a__conf=FORTIGATE, b__txt=FORTIGATE_TABLE, c__cfg=ASA, fw1__txt=ASA_TABLE)
    assert made.complete, made.failures
    assert routes(made.device("edge")) == [
        ("", "0.0.0.0/0", "203.0.113.1", "wan1"),
        ("", "10.1.0.0/24", "10.0.0.2", "lan"),
    ]
    assert routes(made.device("fw1")) == [
        ("", "0.0.0.0/0", "203.0.113.1", "outside"),
        ("", "10.1.0.0/24", "10.0.0.2", "inside"),
    ]
    assert [one.format for one in made.inputs] == ["fortinet_fortios", "fortinet_fortios", "cisco_asa", "cisco_asa"]


def test_a_table_by_hand_for_several_devices(tmp_path: Path) -> None:
    table = "device,vrf,prefix,next_hop,interface\ncore1,RED,0.0.0.0/0,10.2.0.77,\nedge,,10.1.0.0/24,10.0.0.2,lan\n"
    made = network(tmp_path, a__cfg=CORE, b__conf=FORTIGATE, routes__csv=table)
    assert made.complete
    assert ("RED", "0.0.0.0/0", "10.2.0.77", "") in routes(made.device("core1"))
    assert ("", "10.99.0.0/16", "10.1.0.9", "") in routes(made.device("core1")), "no word of the global table"
    assert routes(made.device("edge")) == [("", "10.1.0.0/24", "10.0.0.2", "lan")]
    apart = list(made.separated())
    assert [[one.path for one in alone.inputs] for alone in apart] == [
        ["a.cfg", "routes.csv"],
        ["b.conf", "routes.csv"],
    ]
    assert [[device.name for device in alone.devices] for alone in apart] == [["core1"], ["edge"]]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("b__txt", TABLE.replace("core1#", "core2#"), "core2, which is no device of the input; near names: core1"),
        ("zzz__txt", TABLE.partition("\n")[2], "routes of zzz, which is no device of the input:"),
        ("b__txt", TABLE.replace("show ip route", "show ip route ospf"), "only a part of a routing table is shown"),
    ],
)
def test_a_capture_of_nobody_is_a_failure(tmp_path: Path, name: str, text: str, problem: str) -> None:
    made = network(tmp_path, a__cfg=CORE, **{name: text})
    assert not made.complete
    (failure,) = made.failures
    assert problem in str(failure.problem)
    assert len(routes(made.device("core1"))) == 2, "the configuration's routes are used"


def test_two_captures_of_one_table_are_one_too_many(tmp_path: Path) -> None:
    made = network(tmp_path, a__cfg=CORE, b__txt=TABLE, c__txt=TABLE)
    (failure,) = made.failures
    assert (failure.path, str(failure.problem)) == (
        "c.txt",
        "the routing table of core1 is captured in another place too",
    )


def test_interfaces_that_the_configuration_does_not_have_are_said(tmp_path: Path) -> None:
    made = network(tmp_path, a__cfg=CORE, b__txt=TABLE.replace("GigabitEthernet0/1", "Tunnel9"))
    notes = [str(note) for one in made.inputs for note in one.notes]
    assert "core1 has no interface Tunnel9: where routes by it lead is not known" in notes
