"""What the options of a rule match, each as iptables(8) and iptables-extensions(8) define it."""

from datetime import datetime

import pytest

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    ANY_SERVICE,
    NO_ADDRESS,
    NO_SERVICE,
    AddressComplement,
    AddressExpr,
    AddressRange,
    AddressUnion,
    ConditionKind,
    ConnectionState,
    Fqdn,
    InterfaceMatch,
    MaskedAddress,
    OwnAddress,
    Range,
    Rule,
    Service,
    ServiceComplement,
    ServiceExpr,
    ServiceIntersection,
    ServiceUnion,
    TcpFlags,
    UndecidedAddress,
    host,
    interfaces,
    network,
    ports,
)
from tests.parsers.linux_iptables.reading import device_of, parsed, rule_of, rules_of, saved, states

NEW, ESTABLISHED, RELATED, INVALID, UNTRACKED = ConnectionState


def service(text: str, name: str = "gw.v4") -> ServiceExpr:
    return rule_of(f"-A FORWARD {text} -j ACCEPT", name=name).service


# Addresses


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("192.0.2.7", host("192.0.2.7")),
        ("192.0.2.7/32", host("192.0.2.7")),
        ("192.0.2.77/24", network("192.0.2.0/24")),
        ("192.0.2.0/255.255.255.0", network("192.0.2.0/24")),
        ("10/8", network("10.0.0.0/8")),
        ("172.16/12", network("172.16.0.0/12")),
        ("10.0.3.4/255.0.255.255", MaskedAddress(4, 0x0A000304, 0xFF00FFFF)),
        ("0.0.0.0/0", ANY_ADDRESS),
        ("0/0", ANY_ADDRESS),
        ("any/0", ANY_ADDRESS),
        ("0.0.0.0/1", network("0.0.0.0/1")),
        ("localhost", host("127.0.0.1")),
        ("www.example.com", Fqdn("www.example.com")),
    ],
)
def test_an_ipv4_source(text: str, wanted: AddressExpr) -> None:
    rule = rule_of(f"-A FORWARD -s {text} -j ACCEPT")
    assert rule.source == wanted
    assert rule.destination == ANY_ADDRESS


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2001:db8::1/128", host("2001:db8::1")),
        ("2001:db8:1::/48", network("2001:db8:1::/48")),
        ("2001:db8::/ffff:ffff::", network("2001:db8::/32")),
        ("::/0", ANY_ADDRESS),
        ("::ffff:127.0.0.1/128", host("::ffff:7f00:1")),
        ("8000::/1", network("8000::/1")),
    ],
)
def test_an_ipv6_destination(text: str, wanted: AddressExpr) -> None:
    assert rule_of(f"-A FORWARD -d {text} -j ACCEPT", name="gw.v6").destination == wanted


@pytest.mark.parametrize("text", ["! -s 192.0.2.0/24", "-s ! 192.0.2.0/24", "! --source 192.0.2.0/24"])
def test_a_negated_address_in_the_new_place_and_the_old(text: str) -> None:
    assert rule_of(f"-A FORWARD {text} -j DROP").source == AddressComplement(network("192.0.2.0/24"), 4)


def test_not_any_address_is_none() -> None:
    assert rule_of("-A FORWARD ! -d 0.0.0.0/0 -j DROP").service == NO_SERVICE


def test_several_addresses_are_several_rules_as_the_kernel_counts_them() -> None:
    rules = rules_of("-A FORWARD -s 192.0.2.1,192.0.2.9 -d 198.51.100.0/24,203.0.113.5 -j ACCEPT", "-A FORWARD -j DROP")
    assert [(r.id, r.source, r.destination) for r in rules[:-1]] == [
        ("FORWARD:1", host("192.0.2.1"), network("198.51.100.0/24")),
        ("FORWARD:2", host("192.0.2.1"), host("203.0.113.5")),
        ("FORWARD:3", host("192.0.2.9"), network("198.51.100.0/24")),
        ("FORWARD:4", host("192.0.2.9"), host("203.0.113.5")),
    ]
    assert rules[-1].id == "FORWARD:5"


@pytest.mark.parametrize("text", ["-s 192.0.2.300", "-s 192.0.2.0/33", "-d 192.0.2.0/255.x", "-s 2001:db8::1"])
def test_what_is_no_address_stays_undecided_and_is_said(text: str) -> None:
    result = parsed(saved(f"-A FORWARD {text} -j ACCEPT"))
    (rule,) = result.devices[0].rule_sets[1].rules
    assert [c.kind for c in rule.conditions] == [ConditionKind.OTHER]
    assert states(result.ledgers[0])[6][0].name == "UNRECOGNIZED"


def test_ranges() -> None:
    rule = rule_of("-A FORWARD -m iprange --src-range 10.0.0.5-10.0.1.9 ! --dst-range 192.0.2.1-192.0.2.3 -j ACCEPT")
    assert rule.source == AddressRange(4, 0x0A000005, 0x0A000109)
    assert rule.destination == AddressComplement(AddressRange(4, 0xC0000201, 0xC0000203), 4)


def test_an_address_and_a_range_of_one_side_both_hold() -> None:
    rule = rule_of("-A FORWARD -s 10.0.0.0/24 -m iprange --src-range 10.0.0.200-10.0.9.9 -j ACCEPT")
    assert rule.source == AddressRange(4, 0x0A0000C8, 0x0A0000FF)


# Interfaces


@pytest.mark.parametrize(
    ("text", "ingress", "egress"),
    [
        ("-i eth0 -o eth1", interfaces("eth0"), interfaces("eth1")),
        ("-i eth+", interfaces("eth*"), ANY_INTERFACE),
        ("! -i eth0", InterfaceMatch(frozenset({"eth0"}), negated=True), ANY_INTERFACE),
        ("! -o ppp+", ANY_INTERFACE, InterfaceMatch(frozenset({"ppp*"}), negated=True)),
        ("-i +", ANY_INTERFACE, ANY_INTERFACE),
    ],
)
def test_interfaces(text: str, ingress: InterfaceMatch, egress: InterfaceMatch) -> None:
    rule = rule_of(f"-A FORWARD {text} -j ACCEPT")
    assert (rule.ingress, rule.egress) == (ingress, egress)


def test_a_plus_takes_the_bare_name_too() -> None:
    ingress = rule_of("-A FORWARD -i eth+ -j ACCEPT").ingress
    assert ingress.matches("eth")
    assert ingress.matches("eth1.20")
    assert not ingress.matches("et")


def test_no_interface_is_not_any() -> None:
    assert not rule_of("-A FORWARD ! -i + -j ACCEPT").ingress.matches("eth0")


# Protocols and ports


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("-p tcp", Service(protocol=6)),
        ("-p TCP", Service(protocol=6)),
        ("-p 47", Service(protocol=47)),
        ("-p esp", Service(protocol=50)),
        ("-p ah", Service(protocol=51)),
        ("-p ospf", Service(protocol=89)),
        ("-p ipencap", Service(protocol=4)),
        ("-p vrrp", Service(protocol=112)),
        ("-p udplite", Service(protocol=136)),
        ("-p all", ANY_SERVICE),
        ("-p 0", ANY_SERVICE),
        ("! -p icmp", ServiceComplement(Service(protocol=1))),
        ("! -p 47", ServiceComplement(Service(protocol=47))),
        ("! -p all", NO_SERVICE),
    ],
)
def test_protocols(text: str, wanted: ServiceExpr) -> None:
    assert service(text) == wanted


def test_protocols_of_ipv6() -> None:
    assert service("-p ipv6-icmp", name="gw.v6") == Service(protocol=58)
    assert service("-p icmpv6", name="gw.v6") == Service(protocol=58)
    assert service("-p mh", name="gw.v6") == Service(protocol=135)


def test_an_unknown_protocol_is_undecided() -> None:
    assert [c.text for c in rule_of("-A FORWARD -p nonsense -j ACCEPT").conditions] == ["--protocol nonsense"]


def tcp(*, sport: tuple[Range, ...] | None = None, dport: tuple[Range, ...] | None = None) -> Service:
    return Service(protocol=6, source_ports=sport, destination_ports=dport)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("-p tcp -m tcp --dport 22", ports(6, 22)),
        ("-p tcp --dport 22", ports(6, 22)),
        ("-p tcp --destination-port ssh", ports(6, 22)),
        ("-p tcp --dport=443", ports(6, 443)),
        (
            "-p udp -m udp --sport 67:68 --dport 67:68",
            Service(protocol=17, source_ports=((67, 68),), destination_ports=((67, 68),)),
        ),
        ("-p tcp --dport :1023", tcp(dport=((0, 1023),))),
        ("-p tcp --dport 6000:", tcp(dport=((6000, 65535),))),
        ("-p tcp --sport http", tcp(sport=((80, 80),))),
        ("-p tcp -m tcp ! --dport 80", tcp(dport=((0, 79), (81, 65535)))),
        ("-p tcp --dport ! 80", tcp(dport=((0, 79), (81, 65535)))),
        ("-p tcp ! --sport 1:65535", tcp(sport=((0, 0),))),
        ("-p sctp --dport 2905", ports(132, 2905)),
        ("-p tcp -m multiport --dports 80,443,8000:8099", ports(6, 80, 443, (8000, 8099))),
        ("-p tcp -m multiport --dport 80,443", ports(6, 80, 443)),
        ("-m multiport -p tcp --sports 20,21", tcp(sport=((20, 20), (21, 21)))),
        ("-p tcp -m multiport ! --dports 80,443", tcp(dport=((0, 79), (81, 442), (444, 65535)))),
        (
            "-p udp -m multiport --sports 500,4500 -m multiport --dports 500,4500",
            Service(protocol=17, source_ports=((500, 500), (4500, 4500)), destination_ports=((500, 500), (4500, 4500))),
        ),
        ("-p tcp -m multiport --dports 80:90 -m multiport --dports 85:99", ports(6, (85, 90))),
        ("-p tcp -m multiport --dports 80 -m multiport --dports 443", NO_SERVICE),
    ],
)
def test_ports(text: str, wanted: ServiceExpr) -> None:
    assert service(text) == wanted


def test_ports_of_either_side() -> None:
    either = ServiceUnion((Service(source_ports=((22, 22),)), Service(destination_ports=((22, 22),))))
    assert service("-p tcp -m multiport --ports 22") == ServiceIntersection((Service(protocol=6), either))


def test_not_on_either_side_is_on_neither() -> None:
    others: tuple[Range, ...] = ((0, 21), (23, 65535))
    assert service("-p tcp -m multiport ! --ports 22") == tcp(sport=others, dport=others)


@pytest.mark.parametrize("text", ["--dport 70000", "--dport nosuchservice", "--dport 90:80"])
def test_what_is_no_port_is_undecided(text: str) -> None:
    rule = rule_of(f"-A FORWARD -p tcp {text} -j ACCEPT")
    assert rule.service == Service(protocol=6)
    assert len(rule.conditions) == 1


# TCP flags, ICMP


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("--tcp-flags FIN,SYN,RST,ACK SYN", TcpFlags(23, 2)),
        ("--syn", TcpFlags(23, 2)),
        ("--tcp-flags ALL NONE", TcpFlags(63, 0)),
        ("--tcp-flags ALL FIN,PSH,URG", TcpFlags(63, 41)),
        ("--tcp-flags SYN,FIN SYN,FIN", TcpFlags(3, 3)),
    ],
)
def test_tcp_flags(text: str, flags: TcpFlags) -> None:
    wanted = Service(protocol=6, tcp_flags=flags)
    assert service(f"-p tcp -m tcp {text}") == wanted
    assert service(f"-p tcp -m tcp ! {text}") == ServiceIntersection((Service(protocol=6), ServiceComplement(wanted)))


def test_flags_that_are_set_and_not_looked_at_never_match() -> None:
    assert service("-p tcp --tcp-flags SYN SYN,ACK") == NO_SERVICE
    assert service("-p tcp ! --tcp-flags SYN SYN,ACK") == Service(protocol=6)


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("8", 8, None),
        ("echo-request", 8, None),
        ("ping", 8, None),
        ("3", 3, None),
        ("destination-unreachable", 3, None),
        ("3/4", 3, 4),
        ("fragmentation-needed", 3, 4),
        ("network-unknown", 3, 6),
        ("ttl-exceeded", 11, None),
        ("ttl-zero-during-transit", 11, 0),
        ("Echo-Rep", 0, None),
    ],
)
def test_icmp_types(text: str, kind: int, code: int | None) -> None:
    codes = None if code is None else ((code, code),)
    assert service(f"-p icmp -m icmp --icmp-type {text}") == Service(
        protocol=1, icmp_types=((kind, kind),), icmp_codes=codes
    )


def test_any_icmp_type() -> None:
    assert service("-p icmp --icmp-type any") == Service(protocol=1)
    assert service("-p icmp --icmp-type 255") == Service(protocol=1)


def test_other_icmp_types() -> None:
    assert service("-p icmp ! --icmp-type 8") == Service(protocol=1, icmp_types=((0, 7), (9, 255)))
    other = ServiceUnion(
        (
            Service(protocol=1, icmp_types=((0, 2), (4, 255))),
            Service(protocol=1, icmp_types=((3, 3),), icmp_codes=((0, 3), (5, 255))),
        )
    )
    assert service("-p icmp ! --icmp-type 3/4") == ServiceIntersection((Service(protocol=1), other))


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("128", 128, None),
        ("neighbor-solicitation", 135, None),
        ("1/4", 1, 4),
        ("no-route", 1, 0),
        ("redirect", 137, None),
    ],
)
def test_icmpv6_types(text: str, kind: int, code: int | None) -> None:
    codes = None if code is None else ((code, code),)
    assert service(f"-p ipv6-icmp -m icmp6 --icmpv6-type {text}", name="gw.v6") == Service(
        protocol=58, icmp_types=((kind, kind),), icmp_codes=codes
    )


@pytest.mark.parametrize("text", ["--icmp-type t", "--icmp-type 300", "--icmp-type 3/x"])
def test_what_is_no_icmp_type_is_undecided(text: str) -> None:
    assert len(rule_of(f"-A FORWARD -p icmp {text} -j ACCEPT").conditions) == 1


# Connection tracking


@pytest.mark.parametrize("option", ["-m state --state", "-m conntrack --ctstate"])
def test_states(option: str) -> None:
    assert service(f"{option} NEW") == Service(states=frozenset({NEW}))
    assert service(f"{option} RELATED,ESTABLISHED") == Service(states=frozenset({ESTABLISHED, RELATED}))
    assert service(f"{option} INVALID,UNTRACKED") == Service(states=frozenset({INVALID, UNTRACKED}))


def test_other_states() -> None:
    assert service("-m state ! --state NEW") == Service(states=frozenset({ESTABLISHED, RELATED, INVALID, UNTRACKED}))
    assert service("-m conntrack ! --ctstate NEW,ESTABLISHED,RELATED,INVALID,UNTRACKED") == NO_SERVICE


def test_two_questions_for_the_state_both_hold() -> None:
    found = service("-m state --state NEW,ESTABLISHED -m conntrack --ctstate NEW,INVALID")
    assert found == Service(states=frozenset({NEW}))


def test_connections_that_were_forwarded_to_a_port() -> None:
    device = device_of(
        saved(
            "-A PREROUTING -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.0.0.5:80",
            "-A PREROUTING -d 10.0.0.9/32 -j DNAT --to-destination 10.0.0.9",
            table="nat",
        ),
        saved("-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT", name="gw.filter"),
    )
    forward = device.rule_set("FORWARD")
    assert forward is not None
    by_state, by_translation = forward.rules
    assert by_state.id == "FORWARD:1"
    assert by_state.service == Service(states=frozenset({ESTABLISHED, RELATED}))
    assert by_state.translated_by is None
    # A translation to the same address does not set the status DNAT.
    assert by_translation.translated_by == frozenset({"nat/PREROUTING:1"})
    assert by_translation.destination == NO_ADDRESS
    assert by_translation.service == Service(states=frozenset({NEW}))


def test_connections_that_were_not_translated() -> None:
    sure, ongoing = rules_of("-A FORWARD -d 10.0.0.5/32 -m conntrack ! --ctstate DNAT -j DROP")
    assert sure.translated_by == frozenset()
    assert sure.destination == host("10.0.0.5")
    assert sure.service == Service(states=frozenset({NEW, INVALID, UNTRACKED}))
    assert [c.text for c in ongoing.conditions] == ["conntrack ! --ctstate DNAT"]


def test_a_destination_and_a_translation_are_both_asked_for() -> None:
    device = device_of(
        saved("-A PREROUTING -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.0.0.5:80", table="nat"),
        saved("-A FORWARD -d 10.0.0.5/32 -m conntrack --ctstate DNAT -j ACCEPT", name="gw.filter"),
    )
    forward = device.rule_set("FORWARD")
    assert forward is not None
    rule = forward.rules[0]
    assert rule.destination == host("10.0.0.5")
    assert rule.translated_by == frozenset({"nat/PREROUTING:1"})
    assert rule.only_translated


def test_the_destination_before_translation() -> None:
    device = device_of(
        saved(
            "-A PREROUTING -d 203.0.113.5/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.5:8080",
            "-A PREROUTING -d 203.0.113.6/32 -p tcp -m tcp --dport 81 -j DNAT --to-destination 10.0.0.6:8081",
            "-A PREROUTING -p tcp -m tcp --dport 80:90 -j DNAT --to-destination 10.0.0.7:8082",
            table="nat",
        ),
        saved(
            "-A FORWARD -m conntrack --ctorigdstport 80 --ctdir ORIGINAL -j ACCEPT",
            "-A FORWARD -m conntrack --ctorigdst 203.0.113.6 -j ACCEPT",
            name="gw.filter",
        ),
    )
    forward = device.rule_set("FORWARD")
    assert forward is not None
    of_port = [r for r in forward.rules if r.span.first_line == 6]
    surely = [r.translated_by for r in of_port if not r.conditions]
    assert surely == [frozenset(), frozenset({"nat/PREROUTING:1"})]
    assert next(r.translated_by for r in of_port if r.conditions) == frozenset({"nat/PREROUTING:3"})
    of_address = [r for r in forward.rules if r.span.first_line == 7]
    assert of_address[0].destination == host("203.0.113.6")
    assert of_address[1].translated_by == frozenset({"nat/PREROUTING:2"})


def test_the_other_ends_of_a_connection() -> None:
    new, ongoing = rules_of("-A FORWARD -m conntrack --ctorigsrc 10.0.0.0/8 -j ACCEPT")
    assert new.source == network("10.0.0.0/8")
    assert new.service == Service(states=frozenset({NEW}))
    assert ongoing.service == Service(states=frozenset({ESTABLISHED, RELATED}))
    assert ongoing.conditions
    new, _ = rules_of("-A FORWARD -m conntrack --ctreplsrc 10.0.0.0/8 -j ACCEPT")
    assert new.destination == network("10.0.0.0/8")


def test_states_ask_alone_for_packets_without_a_connection() -> None:
    tracked, untracked = rules_of("-A FORWARD -m conntrack --ctstate NEW,INVALID --ctproto 6 -j DROP")
    assert tracked.service == Service(protocol=6, states=frozenset({NEW}))
    assert untracked.service == Service(states=frozenset({INVALID}))


def test_before_tracking_every_packet_is_invalid_until_notrack() -> None:
    def raw(states: str, *others: str) -> Rule:
        return rules_of(f"-A PREROUTING -m conntrack --ctstate {states} -j DROP", *others, table="raw")[0]

    assert raw("NEW,ESTABLISHED").service == NO_SERVICE
    assert raw("INVALID,UNTRACKED").service == ANY_SERVICE
    assert raw("UNTRACKED").service == NO_SERVICE
    assert raw("INVALID").service == ANY_SERVICE
    assert raw("INVALID", "-A PREROUTING -p udp -j NOTRACK").conditions


# Types of addresses


def addrtype(chain: str, text: str) -> AddressExpr:
    return rule_of(f"-A {chain} -m addrtype {text} -j DROP").destination


LOOPBACK = network("127.0.0.0/8")
MULTICAST = network("224.0.0.0/4")


def test_local_where_it_is_decided_and_where_it_is_not() -> None:
    special = AddressUnion((MULTICAST, host("255.255.255.255"), host("0.0.0.0")))
    assert addrtype("INPUT", "--dst-type LOCAL") == AddressComplement(special, 4)
    assert addrtype("FORWARD", "--dst-type LOCAL") == NO_ADDRESS
    assert addrtype("FORWARD", "! --dst-type LOCAL") == AddressComplement(NO_ADDRESS, 4)
    prerouting = rule_of("-A PREROUTING -m addrtype --dst-type LOCAL -j ACCEPT", table="nat")
    assert prerouting.destination == AddressUnion((OwnAddress(version=4), LOOPBACK))


def test_multicast_and_broadcast() -> None:
    assert addrtype("INPUT", "--dst-type MULTICAST") == MULTICAST
    assert addrtype("INPUT", "--dst-type BROADCAST") == AddressUnion((host("255.255.255.255"), host("0.0.0.0")))
    assert addrtype("FORWARD", "--dst-type BROADCAST") == NO_ADDRESS
    assert addrtype("INPUT", "--dst-type ANYCAST") == NO_ADDRESS


def test_types_that_routing_decides_are_undecided() -> None:
    (condition,) = rule_of("-A INPUT -m addrtype --dst-type BLACKHOLE -j DROP").conditions
    assert condition.text == "addrtype --dst-type BLACKHOLE"
    assert rule_of("-A INPUT -m addrtype --dst-type LOCAL --limit-iface-in -j DROP").conditions


def test_a_chain_of_several_hooks_asks_for_the_devices_addresses() -> None:
    lines = ("-A BOTH -m addrtype --dst-type LOCAL -j DROP", "-A INPUT -j BOTH", "-A FORWARD -j BOTH")
    (rule,) = rules_of(*lines, chains=("BOTH",))
    assert rule.destination == AddressUnion((OwnAddress(version=4), LOOPBACK))


def test_packet_types_go_by_the_destination() -> None:
    assert rule_of("-A INPUT -m pkttype --pkt-type multicast -j DROP").destination == MULTICAST
    assert rule_of("-A INPUT -m pkttype --pkt-type broadcast -j DROP").destination == AddressUnion(
        (host("255.255.255.255"), host("0.0.0.0"))
    )


# What no header decides


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("-m limit --limit 5/min --limit-burst 7", ConditionKind.RATE),
        ("-m hashlimit --hashlimit-above 20/sec --hashlimit-mode srcip --hashlimit-name ssh", ConditionKind.RATE),
        ("-m connlimit --connlimit-above 16 --connlimit-mask 24 --connlimit-saddr", ConditionKind.RATE),
        ("-m recent --rcheck --seconds 60 --name bad --rsource", ConditionKind.RATE),
        (
            "-m recent --update --seconds 60 --hitcount 4 --name SSH --mask 255.255.255.255 --rsource",
            ConditionKind.RATE,
        ),
        ("-m statistic --mode random --probability 0.5", ConditionKind.RATE),
        ("-m quota --quota 1000000", ConditionKind.RATE),
        ("-m mac --mac-source 02:00:5E:00:53:01", ConditionKind.MAC),
        ("-m mac ! --mac-source 02:00:5E:00:53:01", ConditionKind.MAC),
        ("-m mark --mark 0x1/0xff", ConditionKind.MARK),
        ("-m connmark ! --mark 0x2", ConditionKind.MARK),
        ("-m owner --uid-owner 1000", ConditionKind.OTHER),
        ("-m helper --helper ftp", ConditionKind.APPLICATION),
        ("-m length --length 0:128", ConditionKind.OTHER),
        ("-m ttl --ttl-lt 5", ConditionKind.OTHER),
        ("-m dscp --dscp 0x2e", ConditionKind.OTHER),
        ("-m tos --tos 0x10/0x3f", ConditionKind.OTHER),
        ('-m u32 --u32 "0>>22&0x3C@8>>24=0"', ConditionKind.OTHER),
        ('-m bpf --bytecode "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0"', ConditionKind.OTHER),
        ("-m physdev --physdev-in vnet0 --physdev-is-bridged", ConditionKind.OTHER),
        ("-m policy --dir in --pol ipsec --reqid 1 --proto esp", ConditionKind.OTHER),
        ("-m socket --transparent --nowildcard", ConditionKind.OTHER),
        ("-m set --match-set pairs src,dst", ConditionKind.OTHER),
        ("-m cpu --cpu 0", ConditionKind.OTHER),
        ("-m devgroup --src-group 0x2", ConditionKind.OTHER),
    ],
)
def test_undecided_matches(text: str, kind: ConditionKind) -> None:
    (condition,) = rule_of(f"-A FORWARD {text} -j ACCEPT").conditions
    assert condition.kind is kind


@pytest.mark.parametrize(
    ("text", "protocol"),
    [
        ("-p tcp -m tcp --tcp-option 7", 6),
        ("-p tcp -m tcpmss --mss 1:500", 6),
        ("-p esp -m esp --espspi 500", 50),
        ("-p ah -m ah --ahspi 1:9", 51),
        ("-p sctp -m sctp --chunk-types any INIT", 132),
    ],
)
def test_header_fields_that_packets_here_do_not_carry(text: str, protocol: int) -> None:
    rule = rule_of(f"-A FORWARD {text} -j ACCEPT")
    assert rule.service == Service(protocol=protocol)
    assert len(rule.conditions) == 1


def test_sets() -> None:
    rule = rule_of("-A FORWARD -m set --match-set blocked src -m set ! --match-set servers dst -j DROP")
    assert rule.source == UndecidedAddress("ipset", "blocked")
    assert rule.destination == AddressComplement(UndecidedAddress("ipset", "servers"), 4)
    assert not rule.conditions


def test_countries() -> None:
    rule = rule_of("-A INPUT -m geoip ! --src-cc JP -j DROP")
    assert rule.source == AddressComplement(UndecidedAddress("geography", "JP"), 4)


def test_putting_into_a_list_always_matches() -> None:
    rule = rule_of("-A INPUT -p tcp -m recent --set --name scan --mask 255.255.255.255 --rsource -j DROP")
    assert rule.service == Service(protocol=6)
    assert not rule.conditions
    assert rule_of("-A INPUT -m recent ! --set --name scan -j DROP").service == NO_SERVICE


def test_fragments_are_whole_datagrams() -> None:
    result = parsed(saved("-A INPUT -f -j DROP", "-A INPUT ! -f -j DROP"))
    input_ = result.devices[0].rule_set("INPUT")
    assert input_ is not None
    assert [r.service for r in input_.rules] == [NO_SERVICE, ANY_SERVICE]
    assert states(result.ledgers[0])[6][0].name == "APPROXIMATED"


def test_the_reverse_path_is_taken_to_hold() -> None:
    assert rule_of("-A PREROUTING -m rpfilter --invert -j DROP", table="raw").service == NO_SERVICE
    assert rule_of("-A PREROUTING -m rpfilter --loose -j RETURN", table="raw").service == ANY_SERVICE


def test_a_pattern_in_the_payload_is_not_told() -> None:
    (condition,) = rule_of('-A INPUT -p udp -m string --string "open sesame" --algo bm --to 65535 -j ACCEPT').conditions
    assert "sesame" not in condition.text


def test_times() -> None:
    device = device_of(
        saved(
            "-A FORWARD -m time --datestart 2024-04-01T09:00:00 --datestop 2024-04-30 -j ACCEPT",
            "-A FORWARD -m time --timestart 09:00:00 --timestop 18:00:00 --weekdays Mon,Tue --kerneltz -j ACCEPT",
        )
    )
    forward = device.rule_set("FORWARD")
    assert forward is not None
    once, weekly = (device.schedules[rule.schedule] for rule in forward.rules)
    assert (once.start, once.end, once.recurring) == (datetime(2024, 4, 1, 9), datetime(2024, 4, 30), False)  # noqa: DTZ001 schedules have no zone
    assert (weekly.start, weekly.end, weekly.recurring) == (None, None, True)


def test_comments() -> None:
    rule = rule_of('-A FORWARD -m comment --comment "本社 \\"A\\" -j DROP ! -s 10.0.0.0/8" -j ACCEPT')
    assert rule.comment == '本社 "A" -j DROP ! -s 10.0.0.0/8'
    assert rule.source == ANY_ADDRESS
    assert rule.action.value == "permit"


def test_a_comment_that_looks_like_an_option() -> None:
    rule = rule_of('-A FORWARD -m comment --comment "-j" -p tcp -m comment --comment ! -j DROP')
    assert rule.comment == "-j !"
    assert rule.service == Service(protocol=6)
    assert rule.action.value == "deny"


def test_an_option_that_nobody_knows_is_undecided_and_said() -> None:
    result = parsed(saved("-A FORWARD -p udp -m multiport --ports 8080 --something-else 7 -j ACCEPT"))
    forward = result.devices[0].rule_set("FORWARD")
    assert forward is not None
    assert [c.text for c in forward.rules[0].conditions] == ["--something-else 7"]
    assert states(result.ledgers[0])[6][0].name == "APPROXIMATED"


def test_a_module_that_nobody_knows_is_undecided_with_its_options() -> None:
    (condition,) = rule_of("-A FORWARD -p tcp -m quux --level 3 ! --deep -j ACCEPT").conditions
    assert condition.text == "quux --level 3 ! --deep"
