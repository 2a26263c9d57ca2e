"""Virtual IPs, what policies see of them, IP pools and central NAT."""

import pytest

from segaudit.model import Action, AddressRange, HostSign, LineState, OwnAddress, UndecidedAddress
from segaudit.parsers.fortinet_fortios.nat import keeps_addresses
from segaudit.semantics.trace import Verdict
from tests.parsers.fortinet_fortios.reading import HEAD, Read, ask, read, read_fixture, said

OUTSIDE = "tcp 198.51.100.7:50000 > 203.0.113.3"


def forwards(vips: str, policies: str, head: str = HEAD, between: str = "") -> Read:
    """A device with virtual IPs (``name: setting; setting`` a line) and policies (settings a line, numbered from 1)."""
    lines = ["config firewall vip"]
    for vip in vips.strip().splitlines():
        name, _, settings = vip.strip().partition(": ")
        lines += [f'edit "{name}"', *(f"set {one.strip()}" for one in settings.split(";")), "next"]
    lines += ["end", between, "config firewall policy"]
    for number, policy in enumerate(policies.strip().splitlines(), start=1):
        lines += [f"edit {number}", *(f"set {one.strip()}" for one in policy.split(";")), "next"]
    lines += ["end"]
    return read(head + "\n".join(lines))


IN = "srcintf wan1; dstintf lan; srcaddr all; schedule always"
STATIC = "V: extip 203.0.113.3; mappedip 10.1.0.5; extintf wan1"
#: A firmware in which addresses of virtual IPs are not the device's own.
WITHOUT = HEAD.replace("7.2.8", "7.2.2")
FORWARD = f"{STATIC}; portforward enable; extport 13389; mappedport 3389"


def test_a_port_forward_changes_address_and_port_before_the_policy() -> None:
    device = forwards(FORWARD, f"{IN}; dstaddr V; service RDP; action accept").device
    assert said(device, f"{OUTSIDE}:13389") == "permit 1 10.1.0.5:3389"
    assert said(device, f"{OUTSIDE}:3389") == "deny end"
    assert said(device, f"{OUTSIDE.replace('tcp', 'udp')}:13389") == "deny end"


def test_a_policy_for_the_outer_port_does_not_match() -> None:
    between = "config firewall service custom\nedit P\nset tcp-portrange 13389\nnext\nend"
    device = forwards(FORWARD, f"{IN}; dstaddr V; service P; action accept", between=between).device
    assert said(device, f"{OUTSIDE}:13389") == "deny end"


def test_a_one_to_one_translation_takes_every_protocol() -> None:
    device = forwards(STATIC, f"{IN}; dstaddr V; service ALL; action accept").device
    assert said(device, f"{OUTSIDE}:445") == "permit 1 10.1.0.5:445"
    assert said(device, "gre 198.51.100.7 > 203.0.113.3") == "permit 1 10.1.0.5"


@pytest.mark.parametrize(
    ("policies", "verdict"),
    [
        # What names no virtual IP does not see its traffic ...
        (f"{IN}; dstaddr all; service ALL\n{IN}; dstaddr V; service ALL; action accept", "permit 2"),
        (f"{IN}; dstaddr all; service ALL; action accept\n{IN}; dstaddr V; service SSH", "deny end"),
        # ... unless told to, and what names it does.
        (f"{IN}; dstaddr all; service ALL; match-vip enable\n{IN}; dstaddr V; service ALL; action accept", "deny 1"),
        (f"{IN}; dstaddr V; service ALL\n{IN}; dstaddr V; service ALL; action accept", "deny 1"),
        (
            f"{IN}; dstaddr all; service ALL; match-vip-only enable\n{IN}; dstaddr V; service ALL; action accept",
            "deny 1",
        ),
    ],
)
def test_a_deny_above_a_forward(policies: str, verdict: str) -> None:
    old = forwards(STATIC, policies, head=HEAD.replace("7.2.8", "7.2.2")).device
    assert said(old, f"{OUTSIDE}:443").startswith(verdict)


@pytest.mark.parametrize(
    ("version", "verdict"),
    [("6.0.14", "permit 2"), ("7.0.15", "permit 2"), ("7.2.2", "permit 2"), ("7.2.3", "unknown"), ("7.2.4", "deny 1"), ("7.4.0", "deny 1"), ("7.6.1", "deny 1"), ("", "unknown")],
)  # fmt: skip
def test_the_default_of_match_vip_changed(version: str, verdict: str) -> None:
    head = HEAD.replace("7.2.8", version) if version else HEAD.replace("#config-version", "#")
    read_ = forwards(STATIC, f"{IN}; dstaddr all; service ALL\n{IN}; dstaddr V; service ALL; action accept", head=head)
    assert said(read_.device, f"{OUTSIDE}:443").startswith(verdict)
    # To the inner address nothing is translated: the deny matches in every version.
    assert said(read_.device, "tcp 198.51.100.7 > 10.1.0.5:443") == "deny 1"
    if verdict == "unknown":
        why = [str(one) for one in ask(read_.device, f"{OUTSIDE}:443").undecided]
        assert len(why) == 1
        assert "match-vip, whose default changed with FortiOS 7.2.3" in why[0]
        assert read_.rule_ids() == ["1", "1 (match-vip)", "2"]


def test_match_vip_disable_is_taken_at_its_word_and_accept_policies_have_none() -> None:
    deny = f"{IN}; dstaddr all; service ALL; match-vip disable\n{IN}; dstaddr V; service ALL; action accept"
    assert said(forwards(STATIC, deny).device, f"{OUTSIDE}:443").startswith("permit 2")
    accept = (
        f"{IN}; dstaddr all; service ALL; action accept; match-vip enable\n{IN}; dstaddr V; service SSH; action accept"
    )
    assert said(forwards(STATIC, accept).device, f"{OUTSIDE}:443") == "deny end"
    old = forwards(STATIC, accept, head=HEAD.replace("7.2.8", "6.0.5")).device
    assert said(old, f"{OUTSIDE}:443").startswith("permit 1")


def test_a_virtual_ip_works_while_an_enabled_policy_names_it() -> None:
    unused = forwards(STATIC, f"{IN}; dstaddr all; service ALL; action accept", head=WITHOUT).device
    assert said(unused, f"{OUTSIDE}:443").startswith("permit 1 203.0.113.3")
    disabled = forwards(STATIC, f"{IN}; dstaddr V; service ALL; action accept; status disable").device
    assert said(disabled, f"{OUTSIDE}:443") == "deny end"
    # The other fields of the policy do not matter for the translation.
    elsewhere = forwards(STATIC, f"{IN}; dstaddr V; service SSH; action accept; srcaddr none").device
    assert ask(elsewhere, f"{OUTSIDE}:443").steps[0].action == "translate"


@pytest.mark.parametrize(
    ("version", "keeps"),
    [((6, 0, 14), True), ((6, 4, 8), True), ((6, 4, 9), False), ((7, 0, 0), True), ((7, 0, 1), False), ((7, 0, 13), True), ((7, 2, 5), False), ((7, 2, 6), True), ((7, 4, 0), False), ((7, 4, 1), True), ((7, 6, 0), True), ((), None)],
)  # fmt: skip
def test_the_firmware_says_whose_the_addresses_of_virtual_ips_are(version: tuple[int, ...], keeps: bool | None) -> None:
    assert keeps_addresses(version) is keeps


MANAGED = "config system interface\nedit wan1\nset allowaccess ssh\nnext\nend"


@pytest.mark.parametrize(
    ("version", "verdict"), [("7.2.8", "permit ssh at wan1"), ("7.2.2", "deny end"), ("", "unknown")]
)
def test_what_no_virtual_ip_translates_is_for_the_device_where_that_keeps_the_address(
    version: str, verdict: str
) -> None:
    head = HEAD.replace("7.2.8", version) if version else HEAD.replace("#config-version", "#")
    device = forwards(FORWARD, f"{IN}; dstaddr V; service RDP; action accept", between=MANAGED, head=head).device
    assert said(device, f"{OUTSIDE}:13389") == "permit 1 10.1.0.5:3389"
    assert said(device, f"{OUTSIDE}:22").startswith(verdict)
    assert said(device, f"{OUTSIDE}:80", "wan1 > wan1") == "deny end", "nobody else on the link has it"


def test_an_address_that_nobody_answers_for_is_not_the_devices() -> None:
    device = forwards(f"{FORWARD}; arp-reply disable", f"{IN}; dstaddr V; service RDP; action accept").device
    assert [rule.id for rule in device.rule_sets[0].rules] == ["V"]


def test_pools_are_own_addresses_too() -> None:
    pool = "config firewall ippool\nedit P\nset startip 203.0.113.4\nset endip 203.0.113.5\nnext\nend\n"
    device = forwards("", f"{OUT}; nat enable", between=pool + MANAGED).device
    assert said(device, "tcp 198.51.100.7 > 203.0.113.5:22").startswith("permit ssh at wan1 203.0.113.5")


def test_groups_of_virtual_ips() -> None:
    group = 'config firewall vipgrp\nedit G\nset interface any\nset member "V" "W"\nnext\nend'
    two = STATIC + "\nW: extip 203.0.113.4; mappedip 10.1.0.6; extintf any"
    device = forwards(two, f"{IN}; dstaddr G; service HTTP; action accept", between=group).device
    assert said(device, f"{OUTSIDE}:80") == "permit 1 10.1.0.5:80"
    assert said(device, "tcp 198.51.100.7 > 203.0.113.4:80") == "permit 1 10.1.0.6:80"
    assert device.rule_sets[1].rules[-1].translated_by == frozenset({"V", "W"})


def test_the_first_in_the_table_wins() -> None:
    two = (
        STATIC
        + "\nW: extip 203.0.113.3; mappedip 10.1.0.9; extintf wan1; portforward enable; extport 80; mappedport 80"
    )
    device = forwards(two, f"{IN}; dstaddr V W; service ALL; action accept").device
    assert said(device, f"{OUTSIDE}:80") == "permit 1 10.1.0.5:80"
    moved = "\n".join(reversed(two.splitlines()))
    device = forwards(moved, f"{IN}; dstaddr V W; service ALL; action accept").device
    assert said(device, f"{OUTSIDE}:80") == "permit 1 10.1.0.9:80"


def test_virtual_ips_and_addresses_in_one_policy() -> None:
    between = "config firewall address\nedit host\nset subnet 10.1.0.77 255.255.255.255\nnext\nend"
    device = forwards(STATIC, f"{IN}; dstaddr V host; service ALL; action accept", between=between).device
    assert said(device, f"{OUTSIDE}:80") == "permit 1 10.1.0.5:80"
    assert said(device, "tcp 198.51.100.7 > 10.1.0.77:80") == "permit 1 10.1.0.77:80"
    assert said(device, "tcp 198.51.100.7 > 10.1.0.5:80") == "deny end"


@pytest.mark.parametrize(
    ("vip", "flow", "arrives"),
    [
        ("V: extip 203.0.113.3-203.0.113.5; mappedip 10.1.0.5-10.1.0.7; extintf any", "tcp 198.51.100.7 > 203.0.113.4:80", "10.1.0.6:80"),
        (f"{STATIC}; portforward enable; extport 8080-8090; mappedport 80-90", f"{OUTSIDE}:8085", "10.1.0.5:85"),
        (f"{STATIC}; portforward enable; extport 7000-7010; mappedport 7000-7010", f"{OUTSIDE}:7010", "10.1.0.5:7010"),
        (f"{STATIC}; portforward enable; extport 9000", f"{OUTSIDE}:9000", "10.1.0.5:9000"),
        (f"{STATIC}; portforward enable; protocol udp; extport 53; mappedport 5353", "udp 198.51.100.7 > 203.0.113.3:53", "10.1.0.5:5353"),
        (f"{STATIC}; portforward enable; protocol icmp", "icmp 198.51.100.7 > 203.0.113.3:8", "10.1.0.5"),
        (f"{STATIC}; srcintf-filter dmz wan1", f"{OUTSIDE}:80", "10.1.0.5:80"),
        ("V: extip 0.0.0.0; mappedip 10.1.0.5; extintf wan1", "tcp 198.51.100.7 > 203.0.113.2:80", "10.1.0.5:80"),
        (f"{STATIC}; service HTTP", f"{OUTSIDE}:80", "10.1.0.5:80"),
        (f"{STATIC}; src-filter 198.51.100.0/24 192.0.2.1-192.0.2.9", f"{OUTSIDE}:80", "10.1.0.5:80"),
        ("V: type server-load-balance; extip 203.0.113.3; extintf wan1; server-type http; extport 80", f"{OUTSIDE}:80", None),
    ],
)  # fmt: skip
def test_kinds_of_translation(vip: str, flow: str, arrives: str | None) -> None:
    device = forwards(vip, f"{IN}; dstaddr V; service ALL; action accept").device
    said_ = said(device, flow)
    assert said_ == (f"permit 1 {arrives}" if arrives else "permit 1")


@pytest.mark.parametrize(
    ("vip", "flow"),
    [
        (f"{STATIC}; srcintf-filter dmz", f"{OUTSIDE}:80"),
        (f"{STATIC}; service HTTP", f"{OUTSIDE}:443"),
        (f"{STATIC}; src-filter 192.0.2.0/24", f"{OUTSIDE}:80"),
        (STATIC.replace("wan1", "dmz"), f"{OUTSIDE}:80"),
        (f"{STATIC}; status disable", f"{OUTSIDE}:80"),
    ],
)
def test_what_a_virtual_ip_leaves_alone(vip: str, flow: str) -> None:
    assert said(forwards(vip, f"{IN}; dstaddr V; service ALL; action accept").device, flow) == "deny end"


def test_many_to_many_ports_and_load_balancing_choose() -> None:
    spread = f"{STATIC}; portforward enable; extport 8080-8090; mappedport 80-90; portmapping-type m-to-n"
    verdict = ask(forwards(spread, f"{IN}; dstaddr V; service ALL; action accept").device, f"{OUTSIDE}:8085")
    assert verdict.received is not None
    assert verdict.received.dst_port is None
    balance = "V: type load-balance; extip 203.0.113.3; mappedip 10.1.0.5-10.1.0.6; extintf wan1"
    verdict = ask(forwards(balance, f"{IN}; dstaddr V; service ALL; action accept").device, f"{OUTSIDE}:80")
    assert (verdict.verdict, verdict.received and verdict.received.dst) == (Verdict.PERMIT, None)


SERVERS = """
config firewall vip
    edit "VS"
        set type server-load-balance
        set extip 203.0.113.3
        set extintf "wan1"
        set server-type https
        set monitor "check"
        set ssl-certificate "portal"
        set extport 443
        config realservers
            edit 1
                set ip 10.1.0.11
                set port 8443
            next
            edit 2
                set ip 10.1.0.12
                set port 8444
                set weight 2
            next
            edit 3
                set ip 10.1.0.13
                set status disable
            next
        end
    next
end
config firewall policy
    edit 1
        set srcintf "wan1"
        set dstintf "lan"
        set srcaddr "all"
        set dstaddr "VS"
        set action accept
        set service "ALL"
    next
end
"""


def test_virtual_servers() -> None:
    read_ = read(HEAD + SERVERS)
    vips = read_.device.rule_sets[0]
    translation = vips.rules[0].translation
    assert translation is not None
    assert translation.destination is not None
    assert translation.destination_port is not None
    assert translation.destination_port.to == (8443, 8444)
    assert [h.name for h in read_.device.hosts if h.sign is HostSign.NAT_TARGET] == ["VS", "VS"]
    assert read_.state('edit "VS"') == LineState.APPROXIMATED
    assert said(read_.device, f"{OUTSIDE}:443") == "permit 1"
    assert said(read_.device, f"{OUTSIDE}:80") == "deny end"
    assert read_.left == []


def test_names_and_proxies_are_not_guessed() -> None:
    named = forwards(
        "V: type fqdn; extip 203.0.113.3; mapped-addr www; extintf wan1\nD: type dns-translation; extip 203.0.113.4; mappedip 10.1.0.4\n"
        "Z: type access-proxy; extip 203.0.113.5; extintf wan1; extport 8443; server-type https\nB: extip 203.0.113.6; extintf wan1",
        f"{IN}; dstaddr V; service ALL; action accept",
        between="config firewall address\nedit www\nset type fqdn\nset fqdn www.example.com\nnext\nend",
    )
    assert [rule.id for rule in named.device.rule_sets[0].rules] == ["V", "V (own address)"]
    assert ask(named.device, f"{OUTSIDE}:80").verdict == Verdict.PERMIT
    (portal,) = named.services("access proxy")
    assert (portal.interfaces.items, portal.management) == (frozenset({"wan1"}), False)
    assert named.state('edit "Z"') == LineState.APPROXIMATED
    assert named.state('edit "B"') == LineState.UNSUPPORTED


def test_ipv6_forwards_have_names_of_their_own() -> None:
    read_ = read_fixture("osk-fgt100f.conf")
    v6 = read_.device.rule_set("vip6")
    assert v6 is not None
    assert v6.rules[0].translation is not None
    assert (v6.version, v6.rules[0].id, v6.rules[0].translation.name) == (6, "VIP-WEB", "ip6/VIP-WEB")
    assert read_.rule("1").translated_by == frozenset({"VIP-WEB", "ip6/VIP-WEB"})
    assert said(read_.device, "tcp 2001:db8:9::1 > [2001:db8:a::11]:443", "wan1 > dmz").startswith(
        "permit 1 2001:db8:60:50::11"
    )
    assert said(read_.device, "tcp 2001:db8:9::1 > [2001:db8:60:50::11]:443", "wan1 > dmz") == "deny end"
    assert said(read_.device, "tcp 192.0.2.1:40000 > 198.51.100.11:443", "wan1 > dmz").startswith("unknown")


# Sources


def source_of(read_: Read, flow: str, way: str) -> tuple[int | None, int | None]:
    """Source address (as an integer) and port with which a packet leaves."""
    received = ask(read_.device, flow, way).received
    assert received is not None
    return received.src, received.src_port


OUT = "srcintf lan; dstintf wan1; srcaddr all; dstaddr all; service ALL; action accept"


def test_nat_takes_the_address_of_the_interface_and_any_port() -> None:
    read_ = forwards("", f"{OUT}; nat enable")
    (rule,) = [rule for rule in read_.device.rule_sets[0].rules if not rule.implicit]
    assert rule.source_translation is not None
    assert rule.source_translation.source is not None
    assert rule.source_translation.source.to == OwnAddress("wan1")
    assert source_of(read_, "tcp 10.1.0.5:40000 > 192.0.2.9:80", "lan > wan1") == (0xCB007102, None)
    assert source_of(forwards("", OUT), "tcp 10.1.0.5:40000 > 192.0.2.9:80", "lan > wan1") == (0x0A010005, 40000)


def test_nat_at_a_zone_takes_the_addresses_of_its_interfaces() -> None:
    read_ = read_fixture("osk-fgt100f.conf")
    translation = read_.rule("2").source_translation
    assert translation is not None
    assert translation.source is not None
    assert [item.interface for item in translation.source.to.items] == ["wan1", "wan2"]  # type: ignore[union-attr]  # a union of own addresses


def test_pools_and_fixed_ports() -> None:
    read_ = read_fixture("osk-fgt100f.conf")
    translation = read_.rule("6").source_translation
    assert translation is not None
    assert translation.source is not None
    assert (translation.name, translation.source_port) == ("NAT-POOL", None)
    assert AddressRange(4, 0xC633640C, 0xC633640D) in translation.source.to.items  # type: ignore[union-attr]  # pool and own IPv6
    gone = forwards("", f"{OUT}; nat enable; ippool enable; poolname GONE").rule("1").source_translation
    assert gone is not None
    assert gone.source is not None
    assert isinstance(gone.source.to.items[0], UndecidedAddress)  # type: ignore[union-attr]  # pool and own IPv6


def test_a_one_to_one_virtual_ip_may_be_the_source_too() -> None:
    read_ = forwards(STATIC, f"{IN}; dstaddr V; service ALL; action accept\n{OUT}; nat enable")
    translation = read_.rule("2").source_translation
    assert translation is not None
    assert translation.source is not None
    assert translation.source.to.items[1] == AddressRange(4, 0xCB007103, 0xCB007103)  # type: ignore[union-attr]  # a union


def test_central_nat() -> None:
    read_ = read_fixture("fuk-fgtvm.conf")
    vips = read_.device.rule_set("vip")
    assert vips is not None
    # No policy names them: with central NAT they work all the same.
    assert [(rule.id, rule.enabled) for rule in vips.rules if not rule.implicit] == [("web", True), ("off", False)]
    assert said(read_.device, "tcp 192.0.2.7 > 198.51.100.33:443", "port1 > port3").startswith("permit")
    assert all(rule.translated_by is None for s in read_.device.rule_sets for rule in s.rules if not rule.implicit)
    central = read_.device.rule_set("central-snat-map")
    assert central is not None
    assert [(rule.id, rule.action, rule.enabled) for rule in central.rules] == [
        ("1", Action.PERMIT, True),
        ("2", Action.TRANSLATE, True),
        ("3", Action.TRANSLATE, True),
        ("4", Action.TRANSLATE, False),
    ]
    translated = [rule.translation.source.to for rule in central.rules if rule.translation and rule.translation.source]
    assert translated[1] == OwnAddress("port1")
    assert AddressRange(4, 0xC6336428, 0xC6336429) in translated[0].items  # type: ignore[union-attr]  # pool and own IPv6
    assert read_.left == []


def test_without_central_nat_its_table_does_nothing() -> None:
    read_ = forwards(
        "",
        f"{OUT}; nat enable",
        between="config firewall central-snat-map\nedit 1\nset srcintf lan\nset dstintf wan1\nset orig-addr all\nset dst-addr all\nnext\nend",
    )
    assert read_.device.rule_set("central-snat-map") is None
    assert all(rule_set.kind == "filter" for rule_set in read_.device.rule_sets)


def test_nat_between_families_is_named() -> None:
    read_ = forwards(f"{STATIC}; nat46 enable", f"{IN}; dstaddr V; service ALL; action accept; nat46 enable")
    assert read_.left == ["set nat46 enable", "set nat46 enable"]
