"""NAT descriptors: what is translated, into what, and who sees which address (chapter 23)."""

from __future__ import annotations

import pytest

from segaudit.model import HostSign, LineState
from tests.parsers.yamaha_rtx.reading import address, device_of, ledger_of, office, received, rules, states, verdict

IN = {"src_ip": "198.51.100.7", "in_interface": "lan2", "protocol": "tcp"}
#: Through the router, to somewhere inside.
THROUGH = {**IN, "out_interface": "lan1"}
OUT = {"src_ip": "192.168.100.9", "dst_ip": "198.51.100.7", "in_interface": "lan1", "protocol": "tcp"}
MASQUERADE = ("ip lan2 nat descriptor 1", "nat descriptor type 1 masquerade", "nat descriptor address outer 1 primary")
OUTER = "203.0.113.2"
SERVER = address("192.168.100.5")


def forwards(*entries: str) -> tuple[str, ...]:
    """A masquerade with port forwards."""
    return (*MASQUERADE, *(f"nat descriptor masquerade static 1 {n} {text}" for n, text in enumerate(entries, 1)))


@pytest.mark.parametrize(
    ("entry", "sent", "arrives"),
    [
        ("192.168.100.5 tcp 443", 443, 443),
        ("192.168.100.5 tcp www", 80, 80),
        ("192.168.100.5 tcp 8443=443", 8443, 443),
        ("192.168.100.5 tcp 5000-5009", 5004, 5004),
        ("192.168.100.5 tcp 5000-5009=6000-6009", 5004, 6004),
        ("192.168.100.5 tcp 22,8022=22", 8022, 22),
    ],
)
def test_a_forward(entry: str, sent: int, arrives: int) -> None:
    device = office(*forwards(entry))
    assert received(device, dst_ip=OUTER, dst_port=str(sent), **THROUGH) == ("permit", SERVER, arrives)
    assert verdict(device, dst_ip=OUTER, dst_port="9", **THROUGH) == "deny"
    assert [(h.name, h.sign) for h in device.hosts] == [("192.168.100.5", HostSign.NAT_TARGET)]


def test_a_forward_without_ports() -> None:
    device = office(*forwards("192.168.100.5 esp"))
    esp = {**THROUGH, "protocol": "50", "dst_ip": OUTER}
    assert received(device, **esp)[:2] == ("permit", SERVER)


@pytest.mark.parametrize(
    ("said", "port", "result"),
    [
        ("", "8080", "deny"),
        ("nat descriptor masquerade incoming 1 reject", "8080", "deny"),
        ("nat descriptor masquerade incoming 1 discard", "8080", "deny"),
        ("nat descriptor masquerade incoming 1 forward 192.168.100.5", "8080", "permit"),
    ],
)
def test_what_no_forward_knows(said: str, port: str, result: str) -> None:
    """23.10: dropped, unless the line says who gets it."""
    assert verdict(office(*MASQUERADE, *([said] if said else [])), dst_ip=OUTER, dst_port=port, **THROUGH) == result


def test_through_leaves_what_is_for_the_router_to_the_router() -> None:
    """23.10: what no entry knows is not translated, but for the well-known ports of TCP."""
    device = office(*MASQUERADE, "nat descriptor masquerade incoming 1 through", "sshd service on", "sshd host any")
    assert verdict(device, dst_ip=OUTER, dst_port="22", **IN) == "deny"
    assert verdict(device, dst_ip=OUTER, dst_port="8080", **IN) != "deny"


def test_behind_a_masquerade_the_router_does_not_answer_outside() -> None:
    """The daemon listens for everybody; the masquerade drops what no entry knows before it sees it."""
    open_to_all = ("sshd service on", "sshd host any")
    assert verdict(office(*open_to_all), dst_ip=OUTER, dst_port="22", **IN) == "permit"
    assert verdict(office(*open_to_all, *MASQUERADE), dst_ip=OUTER, dst_port="22", **IN) == "deny"
    forwarded = office(*open_to_all, *forwards("192.168.100.1 tcp 22"))
    assert verdict(forwarded, dst_ip=OUTER, dst_port="22", **IN) == "permit"
    assert not forwarded.hosts


def test_filters_see_inside_addresses_in_both_directions() -> None:
    lines = forwards("192.168.100.5 tcp 8443=443")
    inbound = "ip lan2 secure filter in 1"
    inside = office(*lines, inbound, "ip filter 1 pass * 192.168.100.5 tcp * 443")
    outside = office(*lines, inbound, f"ip filter 1 pass * {OUTER} tcp * 8443")
    assert verdict(inside, dst_ip=OUTER, dst_port="8443", **THROUGH) == "permit"
    assert verdict(outside, dst_ip=OUTER, dst_port="8443", **THROUGH) == "deny"
    leaving = office(*lines, "ip lan2 secure filter out 1", "ip filter 1 pass 192.168.100.0/24 * tcp * www")
    assert verdict(leaving, dst_port="80", **OUT, out_interface="lan2") == "permit"


def test_static_nat_of_one_and_of_many() -> None:
    device = office(
        "ip lan2 nat descriptor 1",
        "nat descriptor type 1 nat",
        "nat descriptor address outer 1 203.0.113.3-203.0.113.6",
        "nat descriptor static 1 1 203.0.113.3=192.168.100.5 1",
        "nat descriptor static 1 2 203.0.113.4=192.168.100.10 2",
    )
    assert received(device, dst_ip="203.0.113.3", dst_port="25", **THROUGH) == ("permit", SERVER, 25)
    assert received(device, dst_ip="203.0.113.5", dst_port="25", **THROUGH)[1] == address("192.168.100.11")
    # Of the others: who has an address of the pool for a while can be reached by it.
    assert received(device, dst_ip="203.0.113.6", dst_port="25", **THROUGH)[1] is None
    assert rules(device, "lan2 nat in")["1/dynamic"].conditions


def test_an_inner_list_says_who_is_translated() -> None:
    lines = (*MASQUERADE, "nat descriptor address inner 1 192.168.100.0-192.168.100.127")
    (rule,) = [rule for key, rule in rules(office(*lines), "lan2 nat out").items() if key == "1/masquerade"]
    assert rule.translation is not None
    assert rule.source != rules(office(*MASQUERADE), "lan2 nat out")["1/masquerade"].source


def test_a_descriptor_that_no_interface_applies() -> None:
    assert states("nat descriptor type 9 masquerade") == [LineState.IRRELEVANT]


def test_an_address_that_the_interface_does_not_have() -> None:
    device = office(*MASQUERADE[:2], "nat descriptor address outer 1 ipcp")
    assert any("takes its outer address from ipcp" in str(notice.message) for notice in device.notices)
    pppoe = ("pp select 1", "pppoe use lan2", "ip pp nat descriptor 1", "pp enable 1")
    fine = device_of("ip lan1 address 192.168.100.1/24", *pppoe, "nat descriptor type 1 masquerade")
    assert not fine.notices


@pytest.mark.parametrize(
    "text",
    [
        "nat descriptor masquerade static 1 1 192.168.100.5 tcp 80-90=80",
        "nat descriptor masquerade static 1 1 192.168.100.5 tcp http-over-pigeon",
        "nat descriptor static 1 1 203.0.113.3",
        "nat descriptor address outer 1 203.0.113.",
    ],
)
def test_what_cannot_be_read_is_not_guessed(text: str) -> None:
    assert LineState.UNRECOGNIZED in {ledger_of(*MASQUERADE, text).state(number) for number in range(1, 5)}


def test_a_line_that_is_taken_back() -> None:
    lines = forwards("192.168.100.5 tcp 443")
    assert not office(*lines, "no nat descriptor masquerade static 1 1").hosts
    gone = office(*lines, "no ip lan2 nat descriptor")
    assert gone.rule_set("lan2 nat in") is None


def test_hairpin() -> None:
    """23.18: a host inside reaches a published one by its outside address, where the line says so."""
    lines = forwards("192.168.100.5 tcp 443")
    inside = {"src_ip": "192.168.100.9", "dst_ip": OUTER, "in_interface": "lan1", "protocol": "tcp", "dst_port": "443"}
    assert received(office(*lines), **inside)[1] != SERVER
    assert received(office(*lines, "nat descriptor type 1 masquerade hairpin=on"), **inside)[1] == SERVER
