"""Flows as people write them, verdicts as the contract has them."""

from datetime import date

import pytest

from segaudit.model import Action, Attachment, Device, Hook, Interface, Rule, RuleSet, Span, ports
from segaudit.packetspace.packet import ACK, STATES, SYN, Packet
from segaudit.semantics.trace import DeviceTracer
from segaudit.semantics.trace_flows import CLIENT_PORT, Flow, FlowError, read_flows, to_json, trace_flow

SPAN = Span(path="fw.cfg", first_line=7, last_line=8)
HEADER = "id,in_interface,out_interface,protocol,src_ip,src_port,dst_ip,dst_port,icmp_type,icmp_code,state,ticket\n"


def tracer(name: str = "fw", list_name: str = "policy") -> DeviceTracer:
    permit = Rule(id="10", position=1, action=Action.PERMIT, span=SPAN, service=ports(6, 443))
    return DeviceTracer(
        Device(
            name=name,
            format="made",
            span=SPAN,
            interfaces=(Interface(name="lan", span=SPAN), Interface(name="wan", span=SPAN)),
            rule_sets=(RuleSet(name=list_name, rules=(permit,)),),
            attachments=(Attachment(rule_sets=(list_name,), hook=Hook.FORWARD),),
        ),
        date(2026, 7, 1),
    )


def one(row: str) -> Flow:
    (flow,) = read_flows(HEADER + row)
    return flow


def test_a_row_with_everything() -> None:
    flow = one("a1,wan,lan,tcp,198.51.100.7,40000,192.0.2.10,443,,,established,CHG-7\n")
    assert flow == Flow(
        id="a1",
        packet=Packet(
            version=4,
            protocol=6,
            src=0xC6336407,
            dst=0xC000020A,
            src_port=40000,
            dst_port=443,
            tcp_flags=ACK,
            state=1,
        ),
        in_interface="wan",
        out_interface="lan",
        other=(("ticket", "CHG-7"),),
    )


def test_what_a_row_does_not_say() -> None:
    tcp, echo, echo6, gre = read_flows(
        HEADER
        + ",,,tcp,198.51.100.7,,192.0.2.10,443,,,,\n"
        + ",,,icmp,198.51.100.7,,192.0.2.10,,,,,\n"
        + ",,,icmp,2001:db8::1,,2001:db8::2,,,,,\n"
        + ",,,gre,198.51.100.7,,192.0.2.10,,,,,\n"
    )
    assert (tcp.id, tcp.packet.src_port, tcp.packet.tcp_flags, tcp.packet.state) == ("1", CLIENT_PORT, SYN, 0)
    assert (echo.packet.protocol, echo.packet.icmp_type) == (1, 8)
    assert (echo6.packet.protocol, echo6.packet.icmp_type) == (58, 128)
    assert (gre.packet.protocol, gre.packet.src_port) == (47, 0)
    assert tcp.through_network


def test_an_icmp_message_that_belongs_to_no_connection_is_not_established() -> None:
    reply, router = read_flows(
        HEADER
        + "1,,,icmp,198.51.100.7,,192.0.2.10,,0,,established,\n2,,,icmp,198.51.100.7,,192.0.2.10,,9,,established,\n"
    )
    assert (STATES[reply.packet.state], STATES[router.packet.state]) == ("established", "invalid")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1,,,tcp,198.51.100.7,,192.0.2.10,,,,,", "line 2: dst_port: tcp needs a destination port"),
        ("1,,,tcp,198.51.100.7,,192.0.2.10,70000,,,,", "line 2: dst_port: 70000 is not a number from 0 to 65535"),
        ("1,,,tcp,198.51.100,,192.0.2.10,80,,,,", "line 2: src_ip: 198.51.100 is not an IP address"),
        ("1,,,tcp,,,192.0.2.10,80,,,,", "line 2: src_ip: an address is needed"),
        ("1,,,tcp,2001:db8::1,,192.0.2.10,80,,,,", "line 2: dst_ip: source and destination are of different IP"),
        ("1,,,tpc,198.51.100.7,,192.0.2.10,80,,,,", "line 2: protocol: tpc is not a protocol"),
        ("1,,,tcp,198.51.100.7,,192.0.2.10,80,,,old,", "line 2: state: old is none of new, established"),
        ("1,,,tcp,198.51.100.7,,192.0.2.10,80,,,,,,", "line 2: more cells than the header has"),
    ],
)
def test_what_is_wrong_with_a_row(row: str, said: str) -> None:
    with pytest.raises(FlowError) as error:
        read_flows(HEADER + row)
    assert said in str(error.value)


def test_all_problems_are_named_at_once() -> None:
    with pytest.raises(FlowError) as error:
        read_flows(HEADER + "1,,,tcp,x,,y,80,,,,\n2,,,tcp,192.0.2.1,,192.0.2.2,,,,,\n")
    assert [(p.line, p.column) for p in error.value.problems] == [(2, "src_ip"), (2, "dst_ip"), (3, "dst_port")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no header line"),
        ("protocol,src,dst_ip\n", "src_ip: the column is missing; src looks like it"),
        ("protocol,src_ip,dst_ip,dst_ip\n", "dst_ip: this column is there more than once"),
        ('protocol,src_ip,dst_ip\n"tcp,a,b\n', "not CSV"),
    ],
)
def test_what_is_wrong_with_a_file(text: str, said: str) -> None:
    with pytest.raises(FlowError) as error:
        read_flows(text)
    assert said in str(error.value)


def test_a_byte_order_mark_and_empty_lines_do_not_matter() -> None:
    (flow,) = read_flows("\ufeff" + HEADER + "\r\n9,,,udp,192.0.2.1,53,192.0.2.2,53,,,,\r\n,,,,\r\n")
    assert flow.id == "9"


def test_the_verdict_on_a_forwarded_flow() -> None:
    verdict = trace_flow([tracer()], one("a1,wan,lan,tcp,198.51.100.7,40000,192.0.2.10,443,,,,\n"))
    decided = {"device": "fw", "rule_set": "policy", "rule": "10", "path": "fw.cfg", "first_line": 7}
    received = {
        "protocol": "tcp",
        "src_ip": "198.51.100.7",
        "src_port": 40000,
        "dst_ip": "192.0.2.10",
        "dst_port": 443,
        "icmp_type": None,
        "icmp_code": None,
        "state": "new",
    }
    assert to_json(verdict) == {
        "id": "a1",
        "verdict": "permit",
        "undecided": [],
        "decided_by": decided,
        "received": received,
        "hops": [
            {
                "device": "fw",
                "in_interface": "wan",
                "out_interface": "lan",
                "verdict": "permit",
                "decided_by": decided,
                "steps": [{"hook": "forward", "action": "permit", "certain": True, "decided_by": decided}],
                "received": received,
            }
        ],
    }


def test_the_verdict_of_the_end_of_a_list_names_no_rule() -> None:
    (flow,) = read_flows("rule_set,protocol,src_ip,dst_ip,dst_port\npolicy,tcp,192.0.2.1,192.0.2.2,22\n")
    said = to_json(trace_flow([tracer()], flow))
    assert said["verdict"] == "deny"
    assert said["decided_by"] == {"device": "fw", "rule_set": "policy", "rule": None, "path": None, "first_line": None}
    assert said["received"] is None
    assert said["hops"] == []


def test_one_interface_means_the_device_itself() -> None:
    arriving = trace_flow([tracer()], one("1,wan,,tcp,198.51.100.7,,192.0.2.10,22,,,,\n"))
    leaving = trace_flow([tracer()], one("1,,wan,tcp,198.51.100.7,,192.0.2.10,22,,,,\n"))
    assert [hop.out_interface for hop in arriving.hops] == [""]
    assert [hop.in_interface for hop in leaving.hops] == [""]
    assert arriving.verdict == leaving.verdict == "permit"


def test_which_device_is_meant() -> None:
    both = [tracer("fw1", "one"), tracer("fw2", "two")]
    header = "device,rule_set,in_interface,protocol,src_ip,dst_ip,dst_port\n"

    def asked(cells: str) -> str:
        (flow,) = read_flows(header + cells + ",tcp,192.0.2.1,192.0.2.2,443\n")
        decided = trace_flow(both, flow).decided_by
        assert decided is not None
        return decided.device

    assert asked(",two,") == "fw2"
    assert asked("fw1,,lan") == "fw1"
    for cells, said in (
        ("fw3,one,", "device: no device is called fw3; the nearest is fw2"),
        (",three,", "rule_set: no device has three: name the device"),
        (",,lan", "in_interface: several devices have lan: name the device"),
        ("fw1,ones,", "rule_set: fw1 has no list ones; the nearest is one"),
    ):
        with pytest.raises(FlowError) as error:
            asked(cells)
        assert said in str(error.value)
