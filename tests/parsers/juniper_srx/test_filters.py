"""Stateless filters: terms, matches, where they are bound, and the ways that they choose."""

import pytest

from segaudit.model import Action, ConditionKind, Hook, RuleSetKind, TcpFlag, TcpFlags
from segaudit.parsers.juniper_srx.filters import read_flags
from tests.parsers.juniper_srx.reading import BASE, IN, OUT, ROUTER, device, policy, said, term, the_rule

BOUND = "set interfaces ge-0/0/0 unit 0 family inet filter input f\n"
WAY = f"{OUT} > {IN}"


def verdict(packet: str, *terms: str, more: str = "") -> str:
    return said(device(ROUTER + BOUND + "".join(terms) + more), packet, WAY)


def test_order_and_ends() -> None:
    terms = (
        term("skip", "from protocol tcp", "then next term", "then count c"),
        term("count", "from destination-port 81", "from protocol tcp", "then count c"),
        term("no", "from protocol tcp", "then reject"),
        term("all", "from protocol udp", "then accept"),
    )
    assert verdict("tcp 192.0.2.1 > 10.1.0.9:81", *terms) == "permit count"
    assert verdict("tcp 192.0.2.1 > 10.1.0.9:80", *terms) == "deny no"
    assert verdict("udp 192.0.2.1 > 10.1.0.9:80", *terms) == "permit all"
    assert verdict("icmp/8 192.0.2.1 > 10.1.0.9", *terms) == "deny end"
    assert verdict("icmp/8 192.0.2.1 > 10.1.0.9", *terms, term("rest", "then accept")) == "permit rest"


@pytest.mark.parametrize(
    ("settings", "packet", "passes"),
    [
        (("source-address 10.0.0.0/8", "source-address 10.5.0.0/16 except"), "tcp 10.4.0.1 > 10.1.0.9:80", True),
        (("source-address 10.0.0.0/8", "source-address 10.5.0.0/16 except"), "tcp 10.5.0.1 > 10.1.0.9:80", False),
        (
            ("source-address 10.0.0.0/8", "source-address 10.5.0.0/16 except", "source-address 10.5.5.0/24"),
            "tcp 10.5.5.1 > 10.1.0.9:80",
            True,
        ),
        (("source-address 10.5.0.0/16 except",), "tcp 10.4.0.1 > 10.1.0.9:80", True),
        (("source-address 10.5.0.0/16 except",), "tcp 10.5.0.1 > 10.1.0.9:80", False),
        (("source-prefix-list home",), "tcp 192.0.2.1 > 10.1.0.9:80", True),
        (("source-prefix-list home except", "source-address 0.0.0.0/0"), "tcp 192.0.2.1 > 10.1.0.9:80", False),
        (("source-prefix-list empty",), "tcp 192.0.2.1 > 10.1.0.9:80", False),
        (("source-prefix-list time",), "udp 192.0.2.123#123 > 10.1.0.9:123", True),
        (("destination-address 10.1.0.0/24", "protocol [ tcp udp ]"), "udp 192.0.2.1 > 10.1.0.9:80", True),
        (("protocol-except tcp",), "tcp 192.0.2.1 > 10.1.0.9:80", False),
        (("protocol-except tcp",), "udp 192.0.2.1 > 10.1.0.9:80", True),
        (("protocol tcp", "destination-port [ ssh https 8000-8010 ]"), "tcp 192.0.2.1 > 10.1.0.9:8005", True),
        (("protocol tcp", "destination-port-except ssh"), "tcp 192.0.2.1 > 10.1.0.9:22", False),
        (("protocol tcp", "destination-port-except ssh"), "tcp 192.0.2.1 > 10.1.0.9:23", True),
        (("protocol udp", "port domain"), "udp 192.0.2.1#53 > 10.1.0.9:4000", True),
        (("protocol udp", "port domain"), "udp 192.0.2.1#54 > 10.1.0.9:4000", False),
        (("protocol icmp", "icmp-type [ echo-request 11 ]"), "icmp/8 192.0.2.1 > 10.1.0.9", True),
        (("protocol icmp", "icmp-type-except echo-request"), "icmp/8 192.0.2.1 > 10.1.0.9", False),
        (("protocol icmp", "icmp-type-except echo-request"), "icmp/13 192.0.2.1 > 10.1.0.9", True),
        (("protocol tcp", "tcp-established"), "tcp 192.0.2.1 > 10.1.0.9:80", False),
        (("protocol tcp", "tcp-established"), "tcp 192.0.2.1 > 10.1.0.9:80 established", True),
        (("protocol tcp", "tcp-initial"), "tcp 192.0.2.1 > 10.1.0.9:80", True),
        (("protocol tcp", 'tcp-flags "(syn & !ack)"'), "tcp 192.0.2.1 > 10.1.0.9:80", True),
        (("protocol tcp", 'tcp-flags "ack | rst"'), "tcp 192.0.2.1 > 10.1.0.9:80", False),
        (("interface ge-0/0/0.0",), "tcp 192.0.2.1 > 10.1.0.9:80", True),
        (("interface ge-0/0/9.0",), "tcp 192.0.2.1 > 10.1.0.9:80", False),
    ],
)
def test_matches(settings: tuple[str, ...], packet: str, passes: bool) -> None:
    lists = """
set policy-options prefix-list home 192.0.2.0/24
set policy-options prefix-list empty
set policy-options prefix-list time apply-path "system ntp server <*>"
set system ntp server 192.0.2.123
"""
    one = term("t", *(f"from {setting}" for setting in settings), "then accept")
    assert verdict(packet, one, more=lists) == ("permit t" if passes else "deny end")


def test_flags() -> None:
    syn, ack = TcpFlag.SYN, TcpFlag.ACK
    (only,) = (read_flags("syn & !ack"),)
    assert only is not None
    assert getattr(only, "tcp_flags", None) == TcpFlags(syn | ack, syn)
    assert read_flags("!(syn & ack)") is not None
    assert read_flags("0x2") == read_flags("syn")
    assert read_flags("strange") is None
    assert read_flags("(syn") is None


def test_what_no_header_shown_decides() -> None:
    on = device(ROUTER + BOUND + term("t", "from is-fragment", "from ttl 1", "then accept"))
    kinds = [one.kind for one in the_rule(on, "t", "f").conditions]
    assert kinds == [ConditionKind.FRAGMENT, ConditionKind.OTHER]
    assert said(on, "tcp 192.0.2.1 > 10.1.0.9:80", WAY).startswith("unknown")


def test_either_address_may_match() -> None:
    on = device(ROUTER + BOUND + term("t", "from address 10.1.0.0/24", "then accept"))
    assert said(on, "tcp 192.0.2.1 > 10.1.0.9:80", WAY).startswith("unknown")


def test_a_prefix_list_that_is_not_there() -> None:
    assert verdict("tcp 192.0.2.1 > 10.1.0.9:80", term("t", "from source-prefix-list gone", "then accept")).startswith(
        "unknown"
    )


def test_families_apart() -> None:
    six = "set interfaces ge-0/0/0 unit 0 family inet6 filter input g\n"
    on = device(
        ROUTER
        + BOUND
        + six
        + term("t", "then discard")
        + term(
            "web", "from next-header tcp", "from destination-port 80", "then accept", filter_name="g", family="inet6"
        )
    )
    assert said(on, "tcp 192.0.2.1 > 10.1.0.9:80", WAY) == "deny t"
    assert said(on, "tcp 2001:db8:9::1 > [2001:db8:1::9]:80", WAY) == "permit web"
    assert said(on, "tcp 2001:db8:9::1 > [2001:db8:1::9]:81", WAY) == "deny end"
    assert not on.stateful


def test_lists_of_filters_are_one_list() -> None:
    text = (
        ROUTER
        + "set interfaces ge-0/0/0 unit 0 family inet filter input-list [ f g ]\n"
        + term("web", "from protocol tcp", "from destination-port 80", "then accept")
        + term("dns", "from protocol udp", "from destination-port 53", "then accept", filter_name="g")
    )
    on = device(text)
    assert said(on, "tcp 192.0.2.1 > 10.1.0.9:80", WAY) == "permit web"
    assert said(on, "udp 192.0.2.1 > 10.1.0.9:53", WAY) == "permit dns"
    assert said(on, "udp 192.0.2.1 > 10.1.0.9:54", WAY) == "deny end"


def test_output_filters_and_those_that_are_not_defined() -> None:
    text = ROUTER + "set interfaces ge-0/0/1 unit 0 family inet filter output gone\n"
    on = device(text)
    assert any("not defined" in str(one.message) for one in on.notices)
    assert said(on, "tcp 192.0.2.1 > 10.1.0.9:80", WAY).startswith("unknown")
    assert said(on, "tcp 10.1.0.9 > 192.0.2.1:80", f"{IN} > {OUT}").startswith("permit")


def test_the_filter_of_lo0_protects_the_device() -> None:
    text = (
        ROUTER
        + "set interfaces lo0 unit 0 family inet filter input f\n"
        + "set interfaces lo0 unit 0 family inet address 10.255.0.1/32\n"
        + term(
            "ssh", "from protocol tcp", "from destination-port ssh", "from source-address 10.1.0.0/24", "then accept"
        )
    )
    on = device(text)
    assert said(on, "tcp 10.1.0.9 > 10.255.0.1:22", IN) == "permit ssh"
    assert said(on, "tcp 192.0.2.9 > 203.0.113.1:22", OUT) == "deny end"
    assert said(on, "tcp 192.0.2.9 > 10.1.0.9:22", WAY).startswith("permit")


def test_forwarding_by_filter() -> None:
    text = (
        ROUTER
        + BOUND
        + "set routing-instances other instance-type forwarding\n"
        + "set routing-instances other routing-options static route 0.0.0.0/0 next-hop 10.1.0.254\n"
        + term("web", "from protocol tcp", "from destination-port 80", "then routing-instance other")
        + term("rest", "then accept")
    )
    on = device(text)
    assert said(on, "tcp 192.0.2.1 > 10.1.0.9:80", WAY) == "permit web"
    (routing,) = (one for one in on.rule_sets if one.kind is RuleSetKind.ROUTING)
    assert [rule.action for rule in routing.rules] == [Action.ROUTE, Action.PERMIT]
    assert routing.rules[0].routes[0].next_hop_vrf == "other"
    assert [one.hook for one in on.attachments if one.rule_sets == (routing.name,)] == [Hook.ROUTING]


def test_filters_and_policies_on_one_device() -> None:
    on = device(BASE + BOUND + term("no", "from source-address 192.0.2.0/24", "then discard") + term("rest", "then accept")
                + policy(zones="from-zone out to-zone in"))  # fmt: skip
    assert on.stateful
    assert said(on, "tcp 192.0.2.1 > 10.1.0.9:80", WAY) == "deny no"
    assert said(on, "tcp 198.51.100.1 > 10.1.0.9:80", WAY).startswith("permit")
