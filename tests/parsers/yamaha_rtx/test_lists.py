"""Lists: their order, their end, what no line defines, dynamic filters, sets (8.1.11, 8.1.14, 8.1.25)."""

from __future__ import annotations

import pytest

from segaudit.model import Action, ConditionKind, ConnectionState, Hook, LineState, Service
from tests.parsers.yamaha_rtx.reading import office, rule_set, rules, states, verdict

IN = {"src_ip": "198.51.100.7", "dst_ip": "192.168.100.9", "in_interface": "lan2", "out_interface": "lan1"}
OUT = {"src_ip": "192.168.100.9", "dst_ip": "198.51.100.7", "in_interface": "lan1", "out_interface": "lan2"}
WEB = {"protocol": "tcp", "dst_port": "80"}
SSH = {"protocol": "tcp", "dst_port": "22"}


def test_without_a_list_everything_passes() -> None:
    device = office()
    assert not device.attachments or {a.hook for a in device.attachments} == {Hook.LOCAL_IN}
    assert verdict(device, **IN, **SSH) == "permit"


def test_the_order_of_the_line_decides_not_that_of_the_numbers() -> None:
    lines = ("ip filter 1 reject * * tcp * 22", "ip filter 2 pass * *")
    assert verdict(office(*lines, "ip lan2 secure filter in 1 2"), **IN, **SSH) == "deny"
    assert verdict(office(*lines, "ip lan2 secure filter in 2 1"), **IN, **SSH) == "permit"


def test_what_no_filter_matches_is_dropped() -> None:
    device = office("ip filter 1 pass * * tcp * www", "ip lan2 secure filter in 1")
    assert verdict(device, **IN, **WEB) == "permit"
    assert verdict(device, **IN, **SSH) == "deny"
    assert rule_set(device, "lan2 in").default is Action.DENY
    assert rule_set(device, "lan2 in").default_implicit


def test_a_list_is_for_its_interface_and_direction() -> None:
    device = office("ip filter 1 pass * * tcp * www", "ip lan1 secure filter out 1")
    assert verdict(device, **IN, **SSH) == "deny"
    assert verdict(device, **OUT, **SSH) == "permit"
    (bound,) = [a for a in device.attachments if a.rule_sets == ("lan1 out",)]
    assert bound.hook is Hook.POSTROUTING
    assert bound.egress.items == {"lan1"}


def test_a_number_that_no_line_defines_matches_nothing() -> None:
    device = office("ip filter 2 pass * * tcp * www", "ip lan2 secure filter in 1 2 3")
    assert list(rules(device, "lan2 in")) == ["2"]
    (notice,) = device.notices
    assert str(notice.message).endswith("match nothing: 1 3")
    assert notice.bears_on_access
    assert verdict(office("ip lan2 secure filter in 1"), **IN, **WEB) == "deny"


def test_a_filter_that_stands_twice() -> None:
    device = office("ip filter 1 reject * * tcp * 22", "ip filter 2 pass * *", "ip lan2 secure filter in 1 2 1")
    assert list(rules(device, "lan2 in")) == ["1", "2", "1#2"]


def test_filters_that_nothing_names() -> None:
    found = states(
        "ip filter 1 pass * *",
        "ip filter 2 pass * *",
        "ip filter 3 pass 192.168.100.0/25 *",
        "ip lan2 secure filter in 2",
        "ip route 10.0.0.0/8 gateway 203.0.113.3 filter 3",
        "ip filter dynamic 9 * * ftp",
    )
    modelled, irrelevant = LineState.MODELLED, LineState.IRRELEVANT
    assert found == [irrelevant, modelled, modelled, modelled, modelled, irrelevant]


def test_no_takes_away() -> None:
    device = office(
        "ip filter 1 pass * *",
        "ip filter 2 reject * *",
        "ip lan2 secure filter in 1 2",
        "no ip filter 1",
        "ip lan1 secure filter in 2",
        "no ip lan1 secure filter in",
    )
    assert list(rules(device, "lan2 in")) == ["2"]
    assert device.rule_set("lan1 in") is None


def test_logging_needs_notices() -> None:
    lines = ("ip filter 1 pass-log * * tcp * www", "ip filter 2 reject-nolog * * tcp * 23", "ip filter 3 reject * *")
    quiet = rules(office(*lines, "ip lan2 secure filter in 1 2 3"), "lan2 in")
    assert not any(rule.logged for rule in quiet.values())
    device = office("syslog notice on", *lines, "ip lan2 secure filter in 1 2 3")
    assert [rule.logged for rule in rules(device, "lan2 in").values()] == [True, False, True]
    assert rule_set(device, "lan2 in").default_logged


@pytest.mark.parametrize("word", ["restrict", "restrict-log", "restrict-nolog", "pass-nolog"])
def test_restrict_passes_while_the_line_is_up(word: str) -> None:
    assert verdict(office(f"ip filter 1 {word} * *", "ip lan2 secure filter in 1"), **IN, **WEB) == "permit"


# Dynamic filters


def test_a_dynamic_filter_lets_answers_in() -> None:
    device = office(
        "ip filter 1 reject * *",
        "ip filter 2 pass * *",
        "ip filter dynamic 80 * * www",
        "ip filter dynamic 81 192.168.100.0/25 * udp",
        "ip lan2 secure filter in 1",
        "ip lan2 secure filter out 2 dynamic 80 81",
    )
    answer = {"protocol": "tcp", "src_port": "80", "dst_port": "50000", "state": "established"}
    assert verdict(device, **IN, **answer) == "permit"
    assert verdict(device, **IN, **{**answer, "src_port": "81"}) == "deny"
    assert verdict(device, **IN, **{**answer, "state": "new"}) == "deny"
    datagram = {"protocol": "udp", "src_port": "9999", "dst_port": "50000", "state": "established"}
    assert verdict(device, **IN, **datagram) == "permit"
    assert verdict(device, **{**IN, "dst_ip": "192.168.100.200"}, **datagram) == "deny"
    (bound,) = [a for a in device.attachments if "lan2 in" in a.rule_sets]
    assert bound.rule_sets == ("lan2 in sessions", "lan2 in")


def test_channels_of_ftp() -> None:
    device = office(
        "ip filter 1 reject * *",
        "ip filter 2 pass * *",
        "ip filter dynamic 80 * * ftp syslog=off",
        "ip lan2 secure filter in 1",
        "ip lan2 secure filter out 2 dynamic 80",
    )
    answers = rules(device, "lan2 in sessions")
    assert answers["dynamic 80"].service == Service(
        protocol=6, source_ports=((21, 21),), states=frozenset({ConnectionState.ESTABLISHED})
    )
    assert answers["dynamic 80 more"].service == Service(states=frozenset({ConnectionState.RELATED}))
    assert all(rule.implicit for rule in answers.values())


def test_a_dynamic_filter_of_ones_own() -> None:
    device = office(
        "ip filter 1 reject * *",
        "ip filter 2 pass * *",
        "ip filter 10 pass * * udp * 5000-5009",
        "ip filter 11 pass * * udp 6000 *",
        "ip filter dynamic 80 * * filter 10 in 11 syslog=on timeout=60",
        "ip lan2 secure filter in 1",
        "ip lan2 secure filter out 2 dynamic 80",
    )
    assert list(rules(device, "lan2 in sessions")) == ["dynamic 80", "dynamic 80 more"]
    answer = {"protocol": "udp", "src_port": "5003", "dst_port": "40000", "state": "established"}
    assert verdict(device, **IN, **answer) == "permit"


def test_dynamic_filters_alone() -> None:
    device = office("ip filter dynamic 80 * * www", "ip lan2 secure filter in dynamic 80")
    (rule,) = rules(device, "lan2 in").values()
    assert [c.kind for c in rule.conditions] == [ConditionKind.OTHER]
    assert verdict(device, **IN, **WEB) == "unknown"
    assert verdict(device, **IN, **SSH) == "deny"


def test_an_application_that_is_not_known() -> None:
    lines = ("ip filter 1 pass * *", "ip filter dynamic 80 * * quake", "ip lan2 secure filter out 1 dynamic 80")
    assert states(*lines, "ip lan2 secure filter in 1")[1] is LineState.UNRECOGNIZED


# Sets, and lists beside them


def test_a_set() -> None:
    lines = (
        "ip filter 1 pass * * tcp * www",
        "ip filter 2 pass * *",
        "ip filter dynamic 80 * * www",
        "ip filter set mise in 1",
        "ip filter set mise out 2 dynamic 80",
    )
    device = office(*lines, "ip lan2 secure filter name mise")
    assert verdict(device, **IN, **SSH) == "deny"
    assert verdict(device, **OUT, **SSH) == "permit"
    assert rule_set(device, "lan2 in sessions").rules
    assert verdict(office(*lines, "ip lan2 secure filter name other"), **IN, **SSH) == "permit"


def test_ethernet_filters() -> None:
    device = office(
        "ethernet filter 1 reject-nolog 00:00:5e:00:53:01 *:*:*:*:*:*",
        "ethernet filter 2 pass-nolog dhcp-bind 1",
        "ethernet filter 100 pass *:*:*:*:*:* *:*:*:*:*:*",
        "ethernet lan1 filter in 1 2 100",
    )
    listed = rules(device, "ethernet lan1 in")
    assert [bool(rule.conditions) for rule in listed.values()] == [True, True, False]
    assert listed["ethernet 1"].conditions[0].kind is ConditionKind.MAC
    assert verdict(device, **OUT, **WEB) == "unknown"


def test_url_filters_look_at_http_alone() -> None:
    device = office("url filter 1 reject warui.example.com", "url filter 2 pass *", "url lan2 filter out 1 2")
    assert verdict(device, **OUT, **SSH) == "permit"
    assert verdict(device, **OUT, **WEB) == "unknown"
    strict = office("url filter 1 pass yoi.example.com 192.168.100.0/25", "url lan2 filter out 1")
    assert verdict(strict, **{**OUT, "src_ip": "192.168.100.200"}, **WEB) == "deny"
    assert (
        verdict(office("url filter use off", "url filter 1 reject *", "url lan2 filter out 1"), **OUT, **WEB)
        == "permit"
    )


def test_filters_by_application() -> None:
    device = office("ip dpi filter 1 reject * * youtube", "ip dpi filter 2 pass * *", "ip lan2 dpi filter out 1 2")
    assert [bool(rule.conditions) for rule in rules(device, "lan2 dpi out").values()] == [True, False]
    assert verdict(device, **OUT, **WEB) == "unknown"


VLANS = (
    "vlan lan1/1 802.1q vid=10 name=jimu",
    "vlan lan1/2 802.1q vid=20 name=raikyaku",
    "vlan lan1/3 802.1q vid=30",
    "ip lan1/1 address 192.168.10.1/24",
    "ip lan1/2 address 192.168.20.1/24",
    "ip lan1/3 address 192.168.30.1/24",
)


@pytest.mark.parametrize(
    ("groups", "talking"),
    [
        ("all", {"1-2", "2-1", "1-3", "2-3"}),
        ("none", set()),
        ("lan1/1,lan1/3", {"1-3", "3-1"}),
        ("lan1/1-2", {"1-2", "2-1"}),
        ("lan1/3$", {"1-3", "3-1", "2-3", "3-2"}),
    ],
)
def test_which_vlans_talk(groups: str, talking: set[str]) -> None:
    device = office(*VLANS, f"vlan interconnect group lan1 {groups}")
    for way in ("1-2", "2-1", "1-3", "3-1", "2-3", "3-2"):
        one, other = way.split("-")
        said = verdict(
            device,
            src_ip=f"192.168.{one}0.5",
            dst_ip=f"192.168.{other}0.5",
            in_interface=f"lan1/{one}",
            out_interface=f"lan1/{other}",
            **SSH,
        )
        assert said == ("permit" if groups == "all" or way in talking else "deny"), way
    # Another port of the router is not its business.
    leaving = {"src_ip": "192.168.10.5", "dst_ip": "198.51.100.7", "in_interface": "lan1/1", "out_interface": "lan2"}
    assert verdict(device, **leaving, **SSH) == "permit"
