"""Access lists: every form of an entry, their order, and where they are bound."""

import pytest

from segaudit.model import (
    ANY_IPV4,
    ANY_IPV6,
    ANY_SERVICE,
    TCP_ESTABLISHED,
    Action,
    AddressRef,
    ConditionKind,
    ConnectionState,
    Fqdn,
    LineState,
    MaskedAddress,
    Service,
    ServiceExpr,
    TcpFlags,
    UndecidedService,
    host,
    network,
    ports,
)
from tests.parsers.cisco_ios.reading import entries, from_device, in_list, read, read_fixture, to_device, verdict


@pytest.mark.parametrize(
    ("words", "service"),
    [
        ("permit ip any any", ANY_SERVICE),
        ("permit tcp any any eq www", ports(6, 80)),
        ("permit tcp any any eq 22 443 8443", ports(6, 22, 443, 8443)),
        ("permit tcp any any neq telnet", ports(6, (0, 22), (24, 65535))),
        ("permit udp any any gt 1023", ports(17, (1024, 65535))),
        ("permit udp any any lt 5", ports(17, (0, 4))),
        ("permit udp any any lt 0", Service(protocol=17, destination_ports=())),
        ("permit udp any any gt 65535", Service(protocol=17, destination_ports=())),
        ("permit udp any any range 2000 1000", ports(17, (1000, 2000))),
        ("permit udp any eq domain any range 1024 2048", Service(
            protocol=17, source_ports=((53, 53),), destination_ports=((1024, 2048),)
        )),
        ("permit tcp any any established", TCP_ESTABLISHED),
        ("permit tcp any any match-all +syn -ack", Service(protocol=6, tcp_flags=TcpFlags(18, 2))),
        ("permit tcp any any syn", Service(protocol=6, tcp_flags=TcpFlags(2, 2))),
        ("permit icmp any any", Service(protocol=1)),
        ("permit icmp any any echo", Service(protocol=1, icmp_types=((8, 8),))),
        ("permit icmp any any 3 4", Service(protocol=1, icmp_types=((3, 3),), icmp_codes=((4, 4),))),
        ("permit icmp any any port-unreachable", Service(protocol=1, icmp_types=((3, 3),), icmp_codes=((3, 3),))),
        ("permit 50 any any", Service(protocol=50)),
        ("permit esp any any", Service(protocol=50)),
        ("permit ahp any any", Service(protocol=51)),
        ("permit nos any any", Service(protocol=94)),
        ("permit ipinip any any", Service(protocol=4)),
    ],
)  # fmt: skip
def test_what_an_entry_matches(words: str, service: ServiceExpr) -> None:
    (rule,), made = entries(words)
    assert rule.service == service
    assert (rule.source, rule.destination, rule.action) == (ANY_IPV4, ANY_IPV4, Action.PERMIT)
    assert made.state(words) == LineState.MODELLED


def test_addresses_of_an_entry() -> None:
    rules, _ = entries("""
        permit ip host 192.0.2.1 198.51.100.0 0.0.0.255
        permit ip 10.1.0.5 0.255.0.255 any
        permit ip 10.0.0.0 255.255.255.255 any
        permit ip object-group A host www.example.com
        permit ip 203.0.113.7 any
        permit ip 192.0.2.0/25 any
    """)
    assert (rules[0].source, rules[0].destination) == (host("192.0.2.1"), network("198.51.100.0/24"))
    assert rules[1].source == MaskedAddress(4, 0x0A000000, 0xFF00FF00)
    assert rules[2].source == network("0.0.0.0/0")
    assert (rules[3].source, rules[3].destination) == (AddressRef("A"), Fqdn("www.example.com"))
    assert rules[4].source == host("203.0.113.7")
    assert rules[5].source == network("192.0.2.0/25")


def test_a_wildcard_mask_with_holes_is_exact() -> None:
    made = read("access-list 1 permit 10.0.5.0 0.255.0.255")
    assert in_list(made, "1", "tcp 10.77.5.9 192.0.2.1 80") == "permit"
    assert in_list(made, "1", "tcp 10.77.6.9 192.0.2.1 80") == "deny"


def test_established_is_a_question_of_flags() -> None:
    made = read("access-list 101 permit tcp any any established")
    assert in_list(made, "101", "tcp 192.0.2.1 198.51.100.1 80") == "deny"


@pytest.mark.parametrize(
    ("words", "kind", "text"),
    [
        ("permit tcp any any dscp af21", ConditionKind.OTHER, "dscp af21"),
        ("permit ip any any precedence critical", ConditionKind.OTHER, "precedence critical"),
        ("permit ip any any tos 4", ConditionKind.OTHER, "tos 4"),
        ("permit ip any any ttl lt 5", ConditionKind.OTHER, "ttl lt 5"),
        ("permit ip any any ttl range 5 9", ConditionKind.OTHER, "ttl range 5 9"),
        ("permit ip any any option any-options", ConditionKind.OTHER, "option any-options"),
        ("permit igmp any any host-query", ConditionKind.OTHER, "igmp host-query"),
        ("deny ip any any fragments", ConditionKind.FRAGMENT, "fragments"),
    ],
)
def test_what_no_header_field_decides_is_a_condition(words: str, kind: ConditionKind, text: str) -> None:
    (rule,), made = entries(words)
    assert [(c.kind, c.text) for c in rule.conditions] == [(kind, text)]
    assert made.state(words) == LineState.APPROXIMATED


def test_an_entry_for_fragments_decides_no_whole_packet() -> None:
    _, made = entries("deny ip any any fragments\npermit tcp any any eq 443")
    assert in_list(made, "X", "tcp 192.0.2.1 198.51.100.1 443") == "permit"


def test_an_entry_asks_to_be_logged() -> None:
    rules, _ = entries("""
        permit tcp any any eq 80 log
        permit tcp any any eq 81 log-input
        permit tcp any any eq 82 log COOKIE1
        permit tcp any any eq 83
    """)
    assert [rule.logged for rule in rules] == [True, True, True, False]


def test_unknown_names_open_the_bounds() -> None:
    rules, made = entries("""
        permit tcp any any eq mlag
        permit wasabi any any
    """)
    assert rules[0].service == UndecidedService("port name", "mlag", Service(protocol=6))
    assert rules[1].service == UndecidedService("protocol", "wasabi")
    assert made.state("permit tcp") == made.state("permit wasabi") == LineState.APPROXIMATED


def test_an_entry_that_is_not_understood_may_match() -> None:
    rules, made = entries("""
        permit esp host any any
        permit tcp any any eq 99999
        permit
    """)
    assert [(rule.action, rule.service, len(rule.conditions)) for rule in rules] == [
        (Action.PERMIT, Service(protocol=50), 1),
        (Action.PERMIT, Service(protocol=6), 1),
        (Action.PERMIT, ANY_SERVICE, 1),
    ]
    assert made.ledger.count(LineState.UNRECOGNIZED) == 3
    assert len([notice for notice in made.device.notices if notice.bears_on_access]) == 3


def test_standard_lists_look_at_the_source() -> None:
    rules, _ = entries("permit 192.0.2.1\ndeny 192.0.2.0 0.0.0.255 log\npermit any", kind="standard")
    assert [rule.source for rule in rules] == [host("192.0.2.1"), network("192.0.2.0/24"), ANY_IPV4]
    assert [rule.logged for rule in rules] == [False, True, False]
    assert {rule.destination for rule in rules} == {ANY_IPV4}


def test_remarks_belong_to_the_entry_below() -> None:
    rules, made = entries("remark 公開サーバ\nremark 443 のみ\npermit tcp any any eq 443\ndeny ip any any")
    assert [rule.comment for rule in rules] == ["公開サーバ / 443 のみ", ""]
    assert made.reason("remark") == "comment"


def test_the_sequence_number_is_the_place() -> None:
    rules, made = entries("""
        30 deny ip any any
        10 permit tcp any any eq 22
        20 permit tcp any any eq 23
        20 permit tcp any any eq 24
        permit tcp any any eq 25
    """)
    assert [rule.id for rule in rules] == ["10", "20", "30", "40"]
    assert [rule.position for rule in rules] == [1, 2, 3, 4]
    assert made.state("20 permit tcp any any eq 24") == LineState.UNSUPPORTED
    assert in_list(made, "X", "tcp 192.0.2.1 198.51.100.1 24") == "deny"


def test_counters_of_show_access_lists() -> None:
    made = read("""
        Extended IP access list EDGE
            10 permit tcp any any eq 25 (1234 matches)
            20 deny ip any any log (5 matches)
        Standard IP access list 7
            10 permit 192.0.2.0, wildcard bits 0.0.0.255 (1 match)
    """)
    assert [rule.hits for rule in made.rule_set("EDGE").rules] == [1234, 5]
    assert made.rule_set("7").rules[0].source == network("192.0.2.0/24")
    assert made.device.fragment


def test_ipv6_lists_let_neighbours_be_discovered() -> None:
    made = read_fixture("lists.cfg")
    six = made.rule_set("SIX")
    assert six.version == 6
    assert [rule.id for rule in six.rules] == [
        "10", "15", "20", "40", "50", "60", "implicit nd-na", "implicit nd-ns",
    ]  # fmt: skip
    assert six.rules[0].source == ANY_IPV6
    assert [bool(rule.implicit) for rule in six.rules[-3:]] == [False, True, True]
    assert in_list(made, "SIX", "icmp6 2001:db8::5 2001:db8::1 135") == "permit"
    assert in_list(made, "SIX", "tcp 2001:db8::5 2001:db8::1 22") == "deny"
    assert made.rule_set("ip6/110").version == 6
    assert made.rule_set("110").version == 4


def test_the_discovery_stands_behind_an_explicit_deny() -> None:
    _, made = entries("permit tcp any any\ndeny ipv6 any any", kind="ipv6")
    assert in_list(made, "X", "icmp6 2001:db8::5 2001:db8::1 135") == "deny"
    _, made = entries("permit tcp any any", kind="ipv6")
    assert in_list(made, "X", "icmp6 2001:db8::5 2001:db8::1 135") == "permit"
    assert in_list(made, "X", "icmp6 2001:db8::5 2001:db8::1 128") == "deny"


def test_time_ranges() -> None:
    made = read_fixture("lists.cfg")
    schedules = [rule.schedule for rule in made.rule_set("CONDITIONS").rules[:3]]
    assert schedules == ["kaigi", "yakin", ""], "an entry whose time range does not exist is active"
    kaigi, yakin = made.device.schedules["kaigi"], made.device.schedules["yakin"]
    assert kaigi.start is not None
    assert kaigi.end is not None
    assert (kaigi.start.isoformat(), kaigi.end.isoformat()) == ("2026-01-01T08:00:00", "2026-12-31T17:00:00")
    assert not kaigi.recurring
    assert yakin.recurring


def test_reflexive_lists_let_answers_in() -> None:
    made = read_fixture("lists.cfg")
    inbound = made.rule_set("INBOUND").rules
    assert [rule.id for rule in inbound] == ["10", "20.1", "20.2", "30"]
    answers = inbound[1]
    assert (answers.source, answers.destination) == (ANY_IPV4, network("10.1.0.0/16"))
    assert answers.service == Service(
        protocol=6, source_ports=((443, 443),), states=frozenset({ConnectionState.ESTABLISHED})
    )
    assert in_list(made, "INBOUND", "tcp 192.0.2.1 10.1.0.5 49152 443") == "deny"


def test_lock_and_key_hangs_on_a_login() -> None:
    rule = read_fixture("lists.cfg").rule_set("INBOUND").rules[0]
    assert [(c.kind, c.groups) for c in rule.conditions] == [(ConditionKind.USER, ("KAKIN",))]


# Where they are bound


def test_input_lists_are_asked_before_translation_and_output_lists_after() -> None:
    made = read("""
        interface Vlan10
         ip address 10.0.0.1 255.255.255.0
         ip access-group A in
         ip access-group B out
         ipv6 traffic-filter C in
        ip access-list extended A
         permit ip any any
        ip access-list extended B
         permit ip any any
        ipv6 access-list C
         permit ipv6 any any
    """)
    assert made.attached() == [
        (("A",), "prerouting", -300),
        (("B",), "postrouting", 300),
        (("C",), "prerouting", -300),
    ]


def test_a_list_that_is_missing_or_empty_holds_nobody_off() -> None:
    made = read_fixture("lists.cfg")
    bound = {lists[-1] for lists, _, _ in made.attached()}
    assert bound == {"OUTBOUND", "INBOUND", "SIX"}
    assert [notice for notice in made.notices if "lets everything pass" in notice] == [
        "the access list EMPTY at FastEthernet0/1 has no entry: IOS lets everything pass",
        "the access list NAI-LIST at FastEthernet0/1 is not defined: IOS lets everything pass",
        "the access list ONLY-REMARKS at FastEthernet0/2 has no entry: IOS lets everything pass",
        "the access list NAI at FastEthernet0/2 is not defined: IOS lets everything pass",
    ]
    assert verdict(made, "tcp 203.0.113.5 10.1.0.5 80", "FastEthernet0/2", "FastEthernet0/0") == "permit"


def test_an_output_list_is_not_asked_of_what_the_router_sends() -> None:
    made = read("""
        interface Vlan10
         ip address 10.0.0.1 255.255.255.0
         ip access-group NOTHING out
        interface Vlan20
         ip address 10.0.1.1 255.255.255.0
        ip access-list extended NOTHING
         deny ip any any
    """)
    assert verdict(made, "tcp 10.0.1.5 10.0.0.5 80", "Vlan20", "Vlan10") == "deny"
    assert from_device(made, "tcp 10.0.0.1 10.0.0.5 80", "Vlan10") == "permit"


def test_an_input_list_is_asked_of_what_is_for_the_router() -> None:
    made = read("""
        interface Vlan10
         ip address 10.0.0.1 255.255.255.0
         ip access-group WEB in
        ip access-list extended WEB
         permit tcp any any eq 443
    """)
    assert to_device(made, "tcp 10.0.0.5 10.0.0.1 443", "Vlan10") == "permit"
    assert to_device(made, "tcp 10.0.0.5 10.0.0.1 22", "Vlan10") == "deny"


def test_an_ipv4_list_says_nothing_about_ipv6() -> None:
    made = read("""
        interface Vlan10
         ip access-group NOTHING in
        ip access-list extended NOTHING
         deny ip any any
    """)
    assert verdict(made, "tcp 2001:db8::1 2001:db8::2 22", "Vlan10", "Vlan20") == "permit"


def test_lists_of_other_protocols_are_not_ip() -> None:
    made = read_fixture("lists.cfg")
    assert made.state("access-list 201") == made.state("access-list 701") == LineState.IRRELEVANT
