"""Entries of access lists, one form after the other."""

import pytest

from segaudit.model import (
    ANY_ADDRESS,
    ANY_IPV4,
    ANY_IPV6,
    ANY_SERVICE,
    Action,
    AddressRef,
    ConditionKind,
    LineState,
    OwnAddress,
    Rule,
    RuleSet,
    Service,
    ServiceIntersection,
    ServiceRef,
    UndecidedAddress,
    UndecidedService,
    host,
    network,
    ports,
)
from tests.parsers.cisco_asa.reading import Read, in_list, read

HEAD = "ASA Version 9.12(4)\n"


def entry(text: str, before: str = "", version: str = HEAD) -> tuple[Rule, Read]:
    """The rule that one entry of the list X comes to."""
    made = read(f"{version}{before}access-list X {text}")
    rule_set = made.device.rule_set("X")
    assert rule_set is not None
    return rule_set.rules[0], made


@pytest.mark.parametrize(
    ("text", "source", "destination", "service"),
    [
        ("extended permit ip any any", ANY_ADDRESS, ANY_ADDRESS, ANY_SERVICE),
        ("extended permit ip any4 any6", ANY_IPV4, ANY_IPV6, ANY_SERVICE),
        ("permit ip any any", ANY_ADDRESS, ANY_ADDRESS, ANY_SERVICE),
        (
            "extended permit tcp host 192.0.2.1 198.51.100.0 255.255.255.0 eq https",
            host("192.0.2.1"),
            network("198.51.100.0/24"),
            Service(protocol=6, destination_ports=((443, 443),)),
        ),
        (
            "extended permit udp any eq domain any gt 1023",
            ANY_ADDRESS,
            ANY_ADDRESS,
            Service(protocol=17, source_ports=((53, 53),), destination_ports=((1024, 65535),)),
        ),
        (
            "extended permit tcp any range 1000 2000 any neq www",
            ANY_ADDRESS,
            ANY_ADDRESS,
            Service(protocol=6, source_ports=((1000, 2000),), destination_ports=((0, 79), (81, 65535))),
        ),
        (
            "extended permit tcp any any lt 22",
            ANY_ADDRESS,
            ANY_ADDRESS,
            Service(protocol=6, destination_ports=((0, 21),)),
        ),
        (
            "extended permit icmp any any unreachable 3",
            ANY_ADDRESS,
            ANY_ADDRESS,
            Service(protocol=1, icmp_types=((3, 3),), icmp_codes=((3, 3),)),
        ),
        (
            "extended permit icmp6 any6 any6 neighbor-solicitation",
            ANY_IPV6,
            ANY_IPV6,
            Service(protocol=58, icmp_types=((135, 135),)),
        ),
        ("extended permit 97 any any", ANY_ADDRESS, ANY_ADDRESS, Service(protocol=97)),
        ("extended permit pptp any any", ANY_ADDRESS, ANY_ADDRESS, Service(protocol=47)),
        (
            "extended permit tcp any interface outside eq 22",
            ANY_ADDRESS,
            OwnAddress("outside"),
            Service(protocol=6, destination_ports=((22, 22),)),
        ),
        (
            "extended permit ip 2001:db8:1::/48 host 2001:db8::1",
            network("2001:db8:1::/48"),
            host("2001:db8::1"),
            ANY_SERVICE,
        ),
        ("extended permit ip object A object-group B", AddressRef("A"), AddressRef("B"), ANY_SERVICE),
        ("extended permit sctp any any eq 80", ANY_ADDRESS, ANY_ADDRESS, Service(protocol=132, destination_ports=((80, 80),))),
    ],
)  # fmt: skip
def test_addresses_and_services(text: str, source: object, destination: object, service: object) -> None:
    rule, made = entry(text)
    assert (rule.source, rule.destination, rule.service) == (source, destination, service)
    assert made.ledger.count(LineState.MODELLED) == made.ledger.non_blank


@pytest.mark.parametrize(
    ("word", "port"), [("sqlnet", 1521), ("citrix-ica", 1494), ("h323", 1720), ("lotusnotes", 1352), ("kerberos", 750)]
)
def test_ports_by_name_are_the_device_s_own(word: str, port: int) -> None:
    rule, _ = entry(f"extended permit tcp any any eq {word}")
    assert rule.service == Service(protocol=6, destination_ports=((port, port),))


def test_the_same_word_is_another_port_for_the_other_protocol() -> None:
    assert entry("extended permit tcp any any eq cmd")[0].service == Service(
        protocol=6, destination_ports=((514, 514),)
    )
    assert entry("extended permit udp any any eq syslog")[0].service == Service(
        protocol=17, destination_ports=((514, 514),)
    )
    assert entry("extended permit udp any any eq radius")[0].service == Service(
        protocol=17, destination_ports=((1645, 1645),)
    )


def test_any_was_ipv4_only_before_9_0() -> None:
    rule, made = entry("extended permit ip any any", version="ASA Version 8.4(2)\n")
    assert (rule.source, rule.destination) == (ANY_IPV4, ANY_IPV4)
    assert made.list("X").version == 4
    assert entry("extended permit ip any any")[1].list("X").version is None


def test_options_behind_an_entry() -> None:
    rule, _ = entry("extended permit tcp any any eq 80 log warnings interval 300 inactive")
    assert (rule.enabled, rule.logged) == (False, True)
    rule, _ = entry("extended deny ip any any log disable")
    assert (rule.action, rule.logged) == (Action.DENY, False)
    rule, _ = entry("extended deny ip any any", before="logging enable\n")
    assert rule.logged is True  # 106023
    rule, _ = entry("extended permit ip any any", before="logging enable\nlogging buffered warnings\n")
    assert rule.logged is False
    rule, _ = entry("extended permit ip any any", before="logging enable\nlogging buffered informational\n")
    assert rule.logged is True  # 302013 and its kin


def test_remarks_belong_to_the_entry_after_them_and_count_as_lines() -> None:
    made = read(
        """
        ASA Version 9.1(1)
        access-list X remark 取引先
        access-list X remark second line
        access-list X extended permit tcp any any eq 22
        access-list X extended permit tcp any any eq 23
        """
    )
    first, second = made.rules("X")
    assert (first.id, first.position, first.comment) == ("3", 1, "取引先\nsecond line")
    assert (second.id, second.position, second.comment) == ("4", 2, "")


def test_line_numbers_put_entries_in_their_place() -> None:
    made = read(
        """
        ASA Version 9.1(1)
        access-list X extended permit tcp any any eq 1
        access-list X extended permit tcp any any eq 3
        access-list X line 2 extended permit tcp any any eq 2
        """
    )
    rules = made.rules("X")
    assert [rule.service for rule in rules] == [ports(6, 1), ports(6, 2), ports(6, 3)]


def test_show_access_list_gives_hits() -> None:
    made = read(
        """
        ASA Version 9.1(1)
        access-list cached ACL log flows: total 0, denied 0 (deny-flow-max 4096)
        access-list X; 2 elements; name hash: 0x1234abcd
        access-list X line 1 extended permit tcp any any eq www (hitcnt=42) 0x8a7b6c5d
        access-list X line 2 extended deny ip any any (hitcnt=0) (inactive) 0x00000001
        """
    )
    first, second = made.rules("X")
    assert (first.hits, second.hits, second.enabled) == (42, 0, False)
    assert made.not_understood == []


def test_show_access_list_behind_the_configuration_counts_only() -> None:
    made = read(
        """
        ASA Version 9.1(1)
        object-group network G
         network-object host 192.0.2.1
        access-list X remark the web
        access-list X extended permit tcp any object-group G eq www
        access-list X extended deny ip any any
        access-list cached ACL log flows: total 0, denied 0 (deny-flow-max 4096)
                    alert-interval 300
        access-list X; 2 elements; name hash: 0x1234abcd
        access-list X line 1 remark the web
        access-list X line 2 extended permit tcp any object-group G eq www (hitcnt=42) 0x8a7b6c5d
          access-list X line 2 extended permit tcp any host 192.0.2.1 eq www (hitcnt=42) 0x11111111
        access-list X line 3 extended deny ip any any (hitcnt=7) 0x22222222
        """
    )
    assert [(rule.id, rule.hits, rule.comment) for rule in made.rules("X")] == [("2", 42, "the web"), ("3", 7, "")]
    assert made.rules("X")[0].span.first_line == 5


def test_service_groups_in_every_place() -> None:
    before = """
object-group service WEB tcp
 port-object eq www
 port-object range 8080 8081
object-group service DNS tcp-udp
 port-object eq domain
object-group service MIX
 service-object tcp destination eq 22
 service-object icmp echo
object-group protocol TU
 protocol-object tcp
 protocol-object udp
object-group icmp-type PING
 icmp-object echo
 icmp-object echo-reply
object service S443
 service tcp destination eq 443
"""
    plain = Service(protocol=6)
    assert entry("extended permit tcp any any object-group WEB", before)[0].service == ServiceIntersection(
        (plain, ServiceRef("WEB"))
    )
    assert entry("extended permit tcp any object-group WEB any", before)[0].service == Service(
        protocol=6, source_ports=((80, 80), (8080, 8081))
    )
    assert entry("extended permit object-group MIX any any", before)[0].service == ServiceRef("MIX")
    assert entry("extended permit object S443 any any", before)[0].service == ServiceRef("S443")
    assert entry("extended permit icmp any any object-group PING", before)[0].service == Service(
        protocol=1, icmp_types=((8, 8), (0, 0))
    )
    made = entry("extended permit object-group TU any any object-group DNS", before)[1]
    assert in_list(made, "X", "udp 192.0.2.1 192.0.2.2 53") == "permit"
    assert in_list(made, "X", "tcp 192.0.2.1 192.0.2.2 53") == "permit"
    assert in_list(made, "X", "tcp 192.0.2.1 192.0.2.2 54") == "deny"
    made = entry("extended permit object-group TU any object-group DNS any", before)[1]
    assert in_list(made, "X", "udp 192.0.2.1 192.0.2.2 4000 53") == "permit"
    assert in_list(made, "X", "udp 192.0.2.1 192.0.2.2 53 4000") == "deny"


def test_a_group_of_addresses_behind_the_source_is_the_destination() -> None:
    rule, _ = entry(
        "extended permit tcp any object-group NETS eq 22", "object-group network NETS\n network-object host 192.0.2.7\n"
    )
    assert (rule.source, rule.destination) == (ANY_ADDRESS, AddressRef("NETS"))


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("extended permit ip user CORP\\taro any any", ConditionKind.USER, "user CORP\\taro"),
        ("extended permit ip user-group CORP\\\\sales any any", ConditionKind.USER, "user-group CORP\\\\sales"),
        ("extended permit ip object-group-user U any any", ConditionKind.USER, "object-group-user U"),
        ("extended permit ip security-group name HR any any", ConditionKind.OTHER, "security-group name HR"),
        ("extended permit tcp any security-group tag 7 any eq 80", ConditionKind.OTHER, "security-group tag 7"),
        ("extended permit ip object-group-security SG any any", ConditionKind.OTHER, "object-group-security SG"),
        ("extended permit ip any any time-range NIGHT", ConditionKind.SCHEDULE, "time-range NIGHT"),
    ],
)
def test_what_no_header_shows_is_undecided(text: str, kind: ConditionKind, said: str) -> None:
    rule, made = entry(text)
    assert [(c.kind, c.text) for c in rule.conditions] == [(kind, said)]
    assert made.state("access-list X") is LineState.APPROXIMATED
    assert in_list(made, "X", "tcp 192.0.2.1 192.0.2.2 80") == "unknown"


def test_a_user_condition_names_its_group() -> None:
    rule, _ = entry("extended permit ip object-group-user STAFF any any")
    assert rule.conditions[0].groups == ("STAFF",)


def test_undefined_names_are_not_guessed() -> None:
    rule, made = entry("extended permit ip host PEER lan lan_mask")
    assert isinstance(rule.source, UndecidedAddress)
    assert isinstance(rule.destination, UndecidedAddress)
    assert in_list(made, "X", "tcp 192.0.2.1 192.0.2.2 80") == "unknown"


@pytest.mark.parametrize("text", ["extended permit tcp any any eq foo", "extended permit foo any any"])
def test_words_that_the_device_does_not_have_open_the_bounds(text: str) -> None:
    rule, made = entry(text)
    assert isinstance(rule.service, UndecidedService)
    assert made.state("access-list X") is LineState.APPROXIMATED


def test_an_entry_that_is_not_understood_may_match() -> None:
    rule, made = entry("extended deny tcp any host 192.0.2.1 tcp destination neq 8080")
    assert rule.action is Action.DENY
    assert rule.conditions
    assert made.state("access-list X") is LineState.UNRECOGNIZED
    below, made = entry("extended deny tcp any host\naccess-list X extended permit ip any any")
    assert below.conditions
    assert in_list(made, "X", "tcp 192.0.2.9 192.0.2.1 443") == "unknown"


def test_standard_lists_name_destinations() -> None:
    rule, _ = entry("standard permit 192.0.2.0 255.255.255.0")
    assert (rule.source, rule.destination) == (ANY_ADDRESS, network("192.0.2.0/24"))
    assert entry("standard deny host 192.0.2.1")[0].destination == host("192.0.2.1")
    assert entry("standard permit any4")[0].destination == ANY_IPV4


def test_webtype_lists() -> None:
    rule, _ = entry("webtype permit tcp host 10.0.0.5 eq 8443")
    assert (rule.destination, rule.service) == (
        host("10.0.0.5"),
        Service(protocol=6, destination_ports=((8443, 8443),)),
    )
    rule, made = entry("webtype deny url https://intranet.example.jp/*")
    assert rule.conditions[0].kind is ConditionKind.URL
    assert made.state("access-list X") is LineState.APPROXIMATED


def test_ethertype_lists_are_named_as_not_modelled() -> None:
    made = read("ASA Version 9.1(1)\naccess-list L2 ethertype permit bpdu\naccess-group L2 in interface inside\n")
    assert made.state("access-list L2") is LineState.UNSUPPORTED
    assert "EtherType" in made.reason("access-list L2")
    assert made.device.rule_set("L2") is None
    assert made.state("access-group L2") is LineState.UNSUPPORTED


def test_ipv6_lists_of_their_own_before_9_0() -> None:
    made = read(
        """
        ASA Version 8.4(2)
        ipv6 access-list V6 remark six
        ipv6 access-list V6 permit tcp any host 2001:db8::7 eq 443
        ipv6 access-list V6 deny ip any any log
        """
    )
    rule_set = made.device.rule_set("V6")
    assert isinstance(rule_set, RuleSet)
    assert rule_set.version == 6
    assert (rule_set.rules[0].source, rule_set.rules[0].destination) == (ANY_IPV6, host("2001:db8::7"))
    assert rule_set.rules[0].comment == "six"
    assert made.not_understood == []


def test_equal_services_and_addresses_are_one_object() -> None:
    made = read(
        "ASA Version 9.1(1)\n"
        "access-list X extended permit tcp host 192.0.2.1 any eq 22\n"
        "access-list X extended permit tcp host 192.0.2.1 host 192.0.2.2 eq 22\n"
    )
    first, second = made.rules("X")
    assert first.source is second.source
    assert first.service is second.service


FTD = """
NGFW Version 7.2.5
hostname ftd01
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 203.0.113.2 255.255.255.0
interface GigabitEthernet0/1
 nameif inside
 security-level 0
 ip address 10.0.0.1 255.255.255.0
object network WEB
 host 10.0.0.80
access-list CSM_FW_ACL_ remark rule-id 268434433: ACCESS POLICY: HQ - Mandatory
access-list CSM_FW_ACL_ remark rule-id 268434433: L4 RULE: web-in
access-list CSM_FW_ACL_ advanced permit tcp ifc outside any ifc inside object WEB eq https rule-id 268434433
access-list CSM_FW_ACL_ remark rule-id 268434434: ACCESS POLICY: HQ - Mandatory
access-list CSM_FW_ACL_ remark rule-id 268434434: L7 RULE: apps-out
access-list CSM_FW_ACL_ advanced permit ip ifc inside any any rule-id 268434434 event-log both
access-list CSM_FW_ACL_ advanced trust ip host 10.0.0.9 any rule-id 268434436
access-list CSM_FW_ACL_ remark rule-id 268434432: L4 RULE: DEFAULT ACTION RULE
access-list CSM_FW_ACL_ advanced deny ip any any rule-id 268434432 event-log flow-start
access-group CSM_FW_ACL_ global
"""


def test_advanced_lists_of_ftd() -> None:
    made = read(FTD)
    rules = made.rules("CSM_FW_ACL_")
    assert [(rule.name, str(rule.action)) for rule in rules] == [
        ("web-in", "permit"),
        ("apps-out", "deny"),
        ("apps-out", "permit"),
        ("rule-id 268434436", "permit"),
        ("DEFAULT ACTION RULE", "deny"),
    ]
    assert (set(rules[0].ingress.items), set(rules[0].egress.items)) == ({"outside"}, {"inside"})
    assert [rule.position for rule in rules] == [1, 2, 3, 4, 5]
    assert len({rule.id for rule in rules}) == 5
    assert made.not_understood == []


def test_what_an_l7_rule_of_ftd_permits_is_left_to_inspection() -> None:
    made = read(FTD)
    assert made.device.version == "7.2.5"
    rules = made.rules("CSM_FW_ACL_")
    assert {rule.conditions[0].kind for rule in rules[1:3]} == {ConditionKind.APPLICATION}
    assert not rules[0].conditions


def test_lists_of_nothing_but_remarks_have_no_rules() -> None:
    made = read("ASA Version 9.1(1)\naccess-list X remark empty so far\n")
    assert made.rules("X") == ()


def test_truncated_entries_never_raise() -> None:
    whole = "access-list X line 3 extended permit tcp user U object-group A range 1 2 host 192.0.2.1 eq www log 3 interval 5"
    for end in range(len(whole)):
        made = read_cut(whole[:end])
        assert made.ledger.count(LineState.BLANK) <= 1


def read_cut(text: str) -> Read:
    return read(f"ASA Version 9.1(1)\n{text}\n")
