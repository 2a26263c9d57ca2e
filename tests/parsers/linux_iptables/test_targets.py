"""What targets do: verdicts, translations, programs that decide, and everything after which the next rule is asked."""

import pytest

from segaudit.model import (
    Action,
    AddressRange,
    AddressRewrite,
    AddressUnion,
    ConnectionState,
    Device,
    HostSign,
    OwnAddress,
    PortRewrite,
    Rule,
    RuleSetKind,
    Service,
    Translation,
    host,
    network,
    ports,
)
from tests.parsers.linux_iptables.reading import device_of, parsed, rule_of, rules_of, saved, source, states


@pytest.mark.parametrize(
    ("target", "action"),
    [
        ("ACCEPT", Action.PERMIT),
        ("DROP", Action.DENY),
        ("REJECT --reject-with icmp-port-unreachable", Action.DENY),
        ("REJECT --reject-with tcp-reset", Action.DENY),
        ("TARPIT --tarpit", Action.DENY),
        ("RETURN", Action.RETURN),
        ('LOG --log-prefix "in: " --log-level 4 --log-tcp-options --log-ip-options', Action.CONTINUE),
        ("NFLOG --nflog-group 2 --nflog-prefix in", Action.CONTINUE),
        ("ULOG --ulog-nlgroup 1", Action.CONTINUE),
        ("AUDIT --type accept", Action.CONTINUE),
        ("SET --add-set seen src --exist --timeout 600", Action.CONTINUE),
        ("CONNMARK --set-xmark 0x1/0xffffffff", Action.CONTINUE),
        ("CONNMARK --restore-mark --nfmask 0xffff --ctmask 0xffff", Action.CONTINUE),
        ("CONNSECMARK --save", Action.CONTINUE),
        ("IDLETIMER --timeout 5 --label x", Action.CONTINUE),
        ("TEE --gateway 192.0.2.9", Action.CONTINUE),
    ],
)
def test_verdicts(target: str, action: Action) -> None:
    rule = rule_of(f"-A FORWARD -p tcp -j {target}")
    assert rule.action is action
    assert rule.service == Service(protocol=6)
    assert not rule.conditions


@pytest.mark.parametrize(
    "target",
    [
        "MARK --set-xmark 0x10/0xff",
        "TCPMSS --clamp-mss-to-pmtu",
        "DSCP --set-dscp-class EF",
        "TOS --set-tos 0x10/0xff",
        "TTL --ttl-set 64",
        "CLASSIFY --set-class 1:10",
        "CHECKSUM --checksum-fill",
        "ECN --ecn-tcp-remove",
        "TCPOPTSTRIP --strip-options timestamp",
    ],
)
def test_targets_of_mangle_go_on(target: str) -> None:
    assert rule_of(f"-A FORWARD -p tcp -j {target}", table="mangle").action is Action.CONTINUE


def test_a_rule_without_a_target_counts() -> None:
    assert rule_of("-A FORWARD -s 10.0.0.0/8").action is Action.CONTINUE
    assert rule_of("[12:3456] -A FORWARD -s 10.0.0.0/8 -j ACCEPT".removeprefix("[12:3456] ")).hits is None


@pytest.mark.parametrize(
    ("target", "table", "chain"),
    [
        ("NFQUEUE --queue-num 1 --queue-bypass", "filter", "FORWARD"),
        ("NFQUEUE --queue-balance 0:3 --queue-cpu-fanout", "filter", "FORWARD"),
        ("QUEUE", "filter", "FORWARD"),
        ("SYNPROXY --sack-perm --timestamp --wscale 7 --mss 1460", "filter", "FORWARD"),
        ("TPROXY --on-port 3129 --on-ip 127.0.0.1 --tproxy-mark 0x1/0x1", "mangle", "PREROUTING"),
    ],
)
def test_who_is_asked_lets_through_or_does_not(target: str, table: str, chain: str) -> None:
    permit, deny = rules_of(f"-A {chain} -p tcp -j {target}", table=table)
    assert permit.action is Action.PERMIT
    assert len(permit.conditions) == 1
    assert deny.action is Action.DENY
    assert not deny.conditions
    assert (deny.id, deny.position) == (f"{permit.id}.2", 2)
    assert permit.span == deny.span


def test_jump_goto_and_what_is_not_there() -> None:
    jump, go, permit, deny = rules_of(
        "-A FORWARD -j OFFICE", "-A FORWARD -s 10.0.0.0/8 -g OFFICE", "-A FORWARD -j NOWHERE", chains=("OFFICE",)
    )
    assert (jump.action, jump.target) == (Action.JUMP, "OFFICE")
    assert (go.action, go.target) == (Action.GOTO, "OFFICE")
    assert (permit.action, deny.action) == (Action.PERMIT, Action.DENY)
    assert permit.conditions == deny.conditions
    result = parsed(saved("-A FORWARD -j NOWHERE"))
    assert states(result.ledgers[0])[6][0].name == "APPROXIMATED"
    assert any(notice.bears_on_access for notice in result.devices[0].notices)


# Connection tracking switched off


@pytest.mark.parametrize("target", ["NOTRACK", "CT --notrack"])
def test_untracked_packets(target: str) -> None:
    rule = rule_of(f"-A PREROUTING -p udp -m udp --dport 53 -j {target}", table="raw")
    assert rule.action is Action.TRANSLATE
    assert rule.translation == Translation(name="raw/PREROUTING:1", state=ConnectionState.UNTRACKED)


def test_a_helper_is_no_verdict() -> None:
    assert rule_of("-A PREROUTING -p tcp -m tcp --dport 21 -j CT --helper ftp", table="raw").action is Action.CONTINUE


def test_where_raw_drops_too_the_rules_are_asked_twice() -> None:
    device = device_of(
        saved(
            "-A PREROUTING -p udp -j NOTRACK",
            "-A PREROUTING -s 192.0.2.0/24 -j DROP",
            table="raw",
        )
    )
    drops, untracks = device.rule_set("raw/PREROUTING"), device.rule_set("raw/PREROUTING (notrack)")
    assert drops is not None
    assert untracks is not None
    assert [r.action for r in drops.rules] == [Action.CONTINUE, Action.DENY]
    assert [r.action for r in untracks.rules] == [Action.TRANSLATE, Action.CONTINUE]
    orders = {a.rule_sets[0]: a.order for a in device.attachments}
    assert orders["raw/PREROUTING"] == -300
    assert -300 < orders["raw/PREROUTING (notrack)"] < -200


# Destination translation


def dnat(target: str, match: str = "-p tcp -m tcp --dport 8080", name: str = "gw.v4") -> list[Rule]:
    return rules_of(f"-A PREROUTING {match} -j {target}", table="nat", name=name)


def translation(target: str, match: str = "-p tcp -m tcp --dport 8080", name: str = "gw.v4") -> Translation:
    (rule,) = dnat(target, match, name)
    assert rule.action is Action.TRANSLATE
    assert rule.translation is not None
    assert rule.translation.name == rule.id
    return rule.translation


def test_dnat_to_an_address() -> None:
    found = translation("DNAT --to-destination 10.0.0.5")
    assert found.destination == AddressRewrite(to=host("10.0.0.5"))
    assert found.destination_port is None


@pytest.mark.parametrize("option", ["--to-destination", "--to", "--to-dest"])
def test_dnat_to_a_port(option: str) -> None:
    found = translation(f"DNAT {option} 10.0.0.5:80")
    assert found.destination == AddressRewrite(to=host("10.0.0.5"))
    assert found.destination_port == PortRewrite(to=(80, 80))


def test_dnat_to_a_pool() -> None:
    found = translation("DNAT --to-destination 10.0.0.5-10.0.0.8 --random --persistent")
    assert found.destination == AddressRewrite(to=AddressRange(4, 0x0A000005, 0x0A000008))


def test_dnat_of_the_port_alone() -> None:
    found = translation("DNAT --to-destination :3128")
    assert found.destination is None
    assert found.destination_port == PortRewrite(to=(3128, 3128))


def test_dnat_to_ports_keeps_a_port_among_them() -> None:
    kept, chosen = dnat("DNAT --to-destination 10.0.0.5:8000-8010", "-p tcp -m tcp --dport 8005:8020")
    assert kept.service == ports(6, (8005, 8010))
    assert kept.translation is not None
    assert kept.translation.destination_port is None
    assert chosen.service == ports(6, (8011, 8020))
    assert chosen.translation is not None
    assert chosen.translation.destination_port == PortRewrite(to=(8000, 8010))
    (all_kept,) = dnat("DNAT --to-destination 10.0.0.5:4000-4010", "-p tcp -m tcp --dport 4000:4010")
    assert all_kept.translation is not None
    assert all_kept.translation.destination_port is None


def test_dnat_to_shifted_ports() -> None:
    (shifted,) = dnat("DNAT --to-destination 10.0.0.5:2000-2009/1000", "-p tcp -m tcp --dport 1000:1009")
    assert shifted.translation is not None
    assert shifted.translation.destination_port == PortRewrite(to=(2000, 2009), base=(1000, 1009))


@pytest.mark.parametrize(
    ("text", "to", "port"),
    [
        ("2001:db8::5", host("2001:db8::5"), None),
        ("[2001:db8::5]:80", host("2001:db8::5"), (80, 80)),
        ("[2001:db8::5-2001:db8::6]:80", AddressRange(6, 0x20010DB8 << 96 | 5, 0x20010DB8 << 96 | 6), (80, 80)),
    ],
)
def test_dnat_of_ipv6(text: str, to: AddressRange, port: tuple[int, int] | None) -> None:
    found = translation(f"DNAT --to-destination {text}", name="gw.v6")
    assert found.destination == AddressRewrite(to=to)
    assert found.destination_port == (None if port is None else PortRewrite(to=port))


def test_redirect_is_to_the_device() -> None:
    found = translation("REDIRECT --to-ports 3128", "-i eth1 -p tcp -m tcp --dport 80")
    assert found.to_device
    assert found.destination is None
    assert found.destination_port == PortRewrite(to=(3128, 3128))
    assert translation("REDIRECT").destination_port is None


def test_redirect_of_what_the_device_sends_is_to_loopback() -> None:
    (rule,) = rules_of("-A OUTPUT -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 3128", table="nat")
    assert rule.translation is not None
    assert rule.translation.destination == AddressRewrite(to=host("127.0.0.1"))
    assert not rule.translation.to_device


def test_netmap_maps_a_network_onto_another() -> None:
    found = translation("NETMAP --to 10.1.2.0/24", "-d 203.0.113.0/24")
    assert found.destination == AddressRewrite(to=network("10.1.2.0/24"), base=network("203.0.113.0/24"))
    part = translation("NETMAP --to 10.1.2.0/24", "-d 203.0.113.64/26")
    assert part.destination == AddressRewrite(to=network("10.1.2.0/24"), base=network("203.0.113.0/24"))
    (rule,) = rules_of("-A POSTROUTING -s 10.1.2.0/24 -j NETMAP --to 203.0.113.0/24", table="nat")
    assert rule.translation is not None
    assert rule.translation.source == AddressRewrite(to=network("203.0.113.0/24"), base=network("10.1.2.0/24"))


def test_netmap_of_everything_is_approximated() -> None:
    result = parsed(saved("-A PREROUTING -i eth0 -j NETMAP --to 10.1.2.0/24", table="nat"))
    assert states(result.ledgers[0])[7][0].name == "APPROXIMATED"


@pytest.mark.parametrize("target", ["DNAT --to-destination nowhere", "DNAT", "DNAT --to-destination 10.0.0.5:http:x"])
def test_a_destination_that_cannot_be_read_may_be_anywhere(target: str) -> None:
    result = parsed(saved(f"-A PREROUTING -p tcp -j {target}", table="nat"))
    assert states(result.ledgers[0])[7][0].name == "APPROXIMATED"
    prerouting = result.devices[0].rule_set("nat/PREROUTING")
    assert prerouting is not None
    assert prerouting.rules[0].translation is not None
    assert prerouting.rules[0].translation.destination == AddressRewrite(to=AddressRange(4, 0, 0xFFFFFFFF))


def test_hosts_that_ports_are_forwarded_to() -> None:
    device = device_of(
        saved(
            "-A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.5",
            "-A PREROUTING -p tcp -m tcp --dport 443 -j DNAT --to-destination 10.0.0.5",
            "-A PREROUTING -p tcp -m tcp --dport 25 -j DNAT --to-destination 10.0.0.6-10.0.0.7",
            table="nat",
        )
    )
    assert [(h.name, h.sign) for h in device.hosts] == [("10.0.0.5", HostSign.NAT_TARGET)]


# Source translation


def source_nat(target: str, match: str = "-s 10.0.0.0/8 -o ppp0") -> Translation:
    (rule,) = rules_of(f"-A POSTROUTING {match} -j {target}", table="nat")
    assert rule.translation is not None
    return rule.translation


def test_snat() -> None:
    assert source_nat("SNAT --to-source 203.0.113.5").source == AddressRewrite(to=host("203.0.113.5"))
    pool = source_nat("SNAT --to-source 203.0.113.5-203.0.113.8 --persistent").source
    assert pool == AddressRewrite(to=AddressRange(4, 0xCB007105, 0xCB007108))
    assert source_nat("SNAT --to-source 203.0.113.5 --random-fully").source_port == PortRewrite(to=(1, 65535))


def test_masquerade_takes_the_address_of_the_way_out() -> None:
    assert source_nat("MASQUERADE").source == AddressRewrite(to=OwnAddress("ppp0", 4))
    assert source_nat("MASQUERADE", "-s 172.17.0.0/16 ! -o docker0").source == AddressRewrite(to=OwnAddress("", 4))
    with_ports = rules_of("-A POSTROUTING -p tcp -o ppp0 -j MASQUERADE --to-ports 1024-65535", table="nat")
    assert [r.translation and r.translation.source_port for r in with_ports] == [None, PortRewrite(to=(1024, 65535))]


def test_old_ranges_of_several_addresses() -> None:
    found = source_nat("SNAT --to-source 203.0.113.5 --to-source 203.0.113.9")
    assert found.source == AddressRewrite(to=AddressUnion((host("203.0.113.5"), host("203.0.113.9"))))


# The nat table


def nat_device(policy: str, *others: str) -> Device:
    text = saved("-A PREROUTING -d 192.0.2.0/24 -j ACCEPT", table="nat")
    lines = tuple(line.replace(":PREROUTING ACCEPT", f":PREROUTING {policy}") for line in text.lines)
    return device_of(saved(*others, name="gw.filter"), type(text)(path="gw.nat", lines=lines))


def test_accept_in_nat_leaves_the_packet_as_it_is() -> None:
    prerouting = nat_device("ACCEPT").rule_set("nat/PREROUTING")
    assert prerouting is not None
    assert prerouting.kind is RuleSetKind.NAT
    assert prerouting.rules[0].action is Action.PERMIT
    assert prerouting.default is None


def test_a_drop_policy_in_nat_holds_where_connections_are_tracked() -> None:
    tracking = nat_device("DROP", "-A FORWARD -m state --state ESTABLISHED -j ACCEPT").rule_set("nat/PREROUTING")
    assert tracking is not None
    assert tracking.default is Action.DENY
    without = nat_device("DROP", "-A FORWARD -j ACCEPT").rule_set("nat/PREROUTING")
    assert without is not None
    assert without.default is None


def test_what_is_not_modelled_is_said() -> None:
    result = parsed(
        saved(
            "-A POSTROUTING -s fd00::/64 -j SNPT --src-pfx fd00::/64 --dst-pfx 2001:db8::/64",
            table="mangle",
            name="gw.v6",
        )
    )
    assert states(result.ledgers[0])[8][0].name == "UNSUPPORTED"


def test_what_goes_there_anyway_counts_as_translated_for_no_rule_that_asks() -> None:
    def nat(match: str) -> list[Rule]:
        tables = (
            *("*nat", ":PREROUTING ACCEPT [0:0]"),
            *("-A PREROUTING -i eth0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.5:80", "COMMIT"),
            *("*filter", ":FORWARD DROP [0:0]", f"-A FORWARD -m conntrack --ctstate {match} -j ACCEPT", "COMMIT"),
        )
        rule_set = device_of(source("gw.v4", "\n".join(tables))).rule_set("nat/PREROUTING")
        assert rule_set is not None
        return list(rule_set.rules)

    left, sent = nat("DNAT")
    assert (left.action, left.destination) == (Action.PERMIT, host("10.0.0.5"))
    assert left.service == Service(protocol=6, destination_ports=((80, 80),))
    assert sent.action is Action.TRANSLATE
    (alone,) = nat("NEW")
    assert alone.action is Action.TRANSLATE, "nobody asks"
