"""Policies and inbound filters of the FWX120 and its kin (FWX120 Command Reference, "ip policy filter")."""

from __future__ import annotations

from segaudit.model import Action, Device, Hook, LineState
from tests.parsers.yamaha_rtx.reading import address, fixture, office, received, rule_set, rules, states, verdict

OUTER = "203.0.113.70"


def mito() -> Device:
    """The office with an FWX120."""
    (device,) = fixture("mito-fwx120.conf").devices
    return device


def test_nothing_of_the_fixture_is_left() -> None:
    (ledger,) = fixture("mito-fwx120.conf").ledgers
    assert not ledger.lines(LineState.UNRECOGNIZED)
    assert not ledger.lines(LineState.UNSUPPORTED)


def test_inner_policies_are_asked_before_the_one_that_they_are_in() -> None:
    device = mito()
    outer = rule_set(device, "policy")
    assert [rule.id for rule in outer.rules][:2] == ["1100", "1100 otherwise"]
    assert [rule.part_of for rule in outer.rules][:2] == ["", "1100"]
    assert [rule.id for rule in rule_set(device, "policy 1100").rules][:1] == ["1110"]
    out = {"src_ip": "192.168.60.100", "dst_ip": "198.51.100.7", "in_interface": "lan1", "out_interface": "pp1"}
    assert verdict(device, protocol="udp", dst_port="53", **out) == "permit"
    # 1100 rejects what none of its inner policies passes.
    assert verdict(device, protocol="tcp", dst_port="25", **out) == "deny"


def test_what_comes_from_outside() -> None:
    device = mito()
    inbound = {"src_ip": "198.51.100.7", "in_interface": "pp1", "out_interface": "lan1", "protocol": "tcp"}
    assert received(device, dst_ip=OUTER, dst_port="443", **inbound)[:2] == ("permit", address("192.168.60.10"))
    assert verdict(device, dst_ip=OUTER, dst_port="8081", **inbound) == "permit"
    assert verdict(device, dst_ip="192.168.60.12", dst_port="443", **inbound) == "deny"
    assert verdict(device, dst_ip=OUTER, dst_port="3389", **inbound) == "deny"
    assert verdict(device, dst_ip=OUTER, dst_port="445", **inbound) == "deny"


def test_inbound_filters_come_before_the_translation() -> None:
    device = mito()
    orders = {a.rule_sets: a.order for a in device.attachments if a.hook is Hook.PREROUTING}
    assert orders["pp1 inbound",] < orders["pp1 nat in",]
    spoofed = {"src_ip": "192.168.60.9", "in_interface": "pp1", "out_interface": "lan1", "protocol": "tcp"}
    assert verdict(device, dst_ip=OUTER, dst_port="443", **spoofed) == "deny"
    assert rule_set(device, "pp1 inbound").default is Action.DENY


def test_the_router_itself() -> None:
    device = mito()
    page = {"protocol": "tcp", "dst_ip": "192.168.60.1", "dst_port": "80"}
    assert verdict(device, src_ip="192.168.60.100", in_interface="lan1", **page) == "permit"
    assert rules(device, "policy local")


def test_a_set_that_is_not_there() -> None:
    device = office("ip policy filter set enable 7")
    assert [str(notice.message) for notice in device.notices] == ["the policy set 7 is not defined"]
    assert not office("ip policy filter set 1 2000", "ip policy filter 2000 reject * * * * *").rule_set("policy")


def test_groups_within_groups_and_in_circles() -> None:
    device = office(
        "ip policy address group 1 name=a 192.0.2.1 group 2",
        "ip policy address group 2 name=b 192.0.2.2 group 1",
        "ip policy filter 10 pass * * 1 * *",
        "ip policy filter set 1 10",
        "ip policy filter set enable 1",
    )
    assert rules(device, "policy")["10"].source is not None
    assert states("ip policy filter 10 pass * * * * *", "ip policy filter") == [
        LineState.MODELLED,
        LineState.UNRECOGNIZED,
    ]


def test_an_inbound_filter_that_passes_all_leaves_it_to_the_policies() -> None:
    """It is no rule that opens everything, as long as policies are asked behind it."""
    assert rules(mito(), "pp1 inbound")["inbound 99"].implicit
    alone = office("ip lan2 inbound filter list 99", "ip inbound filter 99 pass-nolog * * * * *")
    assert not rules(alone, "lan2 inbound")["inbound 99"].implicit
