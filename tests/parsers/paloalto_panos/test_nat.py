"""NAT: one list of rules, asked once, by the zone of the original destination; security rules see what was sent."""

import pytest

from segaudit.model import (
    Action,
    AddressIntersection,
    HostSign,
    LineState,
    OwnAddress,
    UndecidedAddress,
    host,
)
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSpace
from segaudit.semantics.device import DeviceSemantics
from tests.parsers.paloalto_panos.reading import AS_OF, BASE, device, fixture, open_rule, parsed, rule, said, the_rule

OUT_DMZ, IN_DMZ, IN_OUT, DMZ_OUT = (
    "ethernet1/1 > ethernet1/3",
    "ethernet1/2 > ethernet1/3",
    "ethernet1/2 > ethernet1/1",
    "ethernet1/3 > ethernet1/1",
)


def nat(*settings: str, name: str = "n") -> str:
    """A NAT rule of any to any, but for ``settings``."""
    said = {setting.split()[0] for setting in settings}
    rest = [f"{key} any" for key in ("from", "to", "source", "destination", "service") if key not in said]
    return rule(*settings, *rest, name=name, base="nat")


PUBLISH = nat("from out", "to out", "destination 203.0.113.4", "destination-translation translated-address 10.2.0.10")


# Destinations


def test_the_rule_sees_the_address_as_sent_and_the_zone_as_routed() -> None:
    on = device(BASE + PUBLISH + open_rule("from out", "to dmz", "destination 203.0.113.4"))
    assert said(on, "tcp 192.0.2.9 > 203.0.113.4:443", OUT_DMZ) == "permit r dst=10.2.0.10"
    # The real address, and the zone of the original one, are what people write by mistake.
    on = device(BASE + PUBLISH + open_rule("from out", "to dmz", "destination 10.2.0.10"))
    assert said(on, "tcp 192.0.2.9 > 203.0.113.4:443", OUT_DMZ) == "deny end"
    on = device(BASE + PUBLISH + open_rule("from out", "to out", "destination 203.0.113.4"))
    assert said(on, "tcp 192.0.2.9 > 203.0.113.4:443", OUT_DMZ) == "deny end"


def test_the_port_is_that_which_was_sent() -> None:
    text = BASE + "set service odd protocol tcp port 13389\nset service rdp protocol tcp port 3389\n"
    text += nat(
        "to out",
        "destination 203.0.113.4",
        "service odd",
        "destination-translation translated-address 10.2.0.10",
        "destination-translation translated-port 3389",
    )
    on = device(text + open_rule("from out", "service odd"))
    assert said(on, "tcp 192.0.2.9 > 203.0.113.4:13389", OUT_DMZ) == "permit r dst=10.2.0.10 dst_port=3389"
    on = device(text + open_rule("from out", "service rdp"))
    assert said(on, "tcp 192.0.2.9 > 203.0.113.4:13389", OUT_DMZ) == "deny end"


@pytest.mark.parametrize(
    ("to", "translated"), [("out", True), ("any", True), ("dmz", False), ("in", False), ("[ dmz out ]", True)]
)
def test_the_destination_zone_of_a_nat_rule_is_that_of_the_original_route(to: str, translated: bool) -> None:
    text = nat(
        "from out", f"to {to}", "destination 203.0.113.4", "destination-translation translated-address 10.2.0.10"
    )
    on = device(BASE + text + open_rule())
    changed = " dst=10.2.0.10" if translated else ""
    assert said(on, "tcp 192.0.2.9 > 203.0.113.4:443", OUT_DMZ) == f"permit r{changed}"


def test_a_route_decides_the_destination_zone() -> None:
    text = BASE + "set network virtual-router default routing-table ip static-route p destination 203.0.113.64/26\n"
    text += "set network virtual-router default routing-table ip static-route p nexthop ip-address 10.2.0.9\n"
    pool = nat("to dmz", "destination 203.0.113.64/26", "destination-translation translated-address 10.2.0.10")
    on = device(text + pool + open_rule())
    assert said(on, "tcp 192.0.2.9 > 203.0.113.65:443", OUT_DMZ) == "permit r dst=10.2.0.10"
    on = device(BASE + pool + open_rule())
    assert said(on, "tcp 192.0.2.9 > 203.0.113.65:443", OUT_DMZ) == "permit r"


def test_with_a_routing_protocol_the_destination_zone_may_be_any() -> None:
    text = BASE + "set network virtual-router default protocol ospf enable yes\n"
    other = nat("to dmz", "destination 198.51.100.4", "destination-translation translated-address 10.2.0.10")
    on = device(text + other + open_rule("destination 198.51.100.4"))
    found = the_rule(on, "n", "nat (destination)").destination
    assert isinstance(found, AddressIntersection)
    assert any(isinstance(item, UndecidedAddress) for part in found.items for item in getattr(part, "items", ()))
    assert "routes that the configuration does not show" in str(found)


def test_a_range_is_translated_one_for_one() -> None:
    text = nat("destination 203.0.113.4-203.0.113.7", "destination-translation translated-address 10.2.0.4-10.2.0.7")
    on = device(BASE + text + open_rule())
    assert said(on, "tcp 192.0.2.9 > 203.0.113.6:443", OUT_DMZ) == "permit r dst=10.2.0.6"


def test_a_dynamic_destination_is_any_of_its_addresses() -> None:
    text = nat("destination 203.0.113.4", "dynamic-destination-translation translated-address 10.2.0.4-10.2.0.7")
    on = device(BASE + text + open_rule())
    assert said(on, "tcp 192.0.2.9 > 203.0.113.4:443", OUT_DMZ) == "permit r dst=?"


def test_a_rule_above_that_leaves_the_destination_alone_exempts() -> None:
    exempt = nat("from out", "to out", "source 192.0.2.0/24", "destination 203.0.113.4", name="exempt")
    on = device(BASE + exempt + PUBLISH + open_rule())
    assert said(on, "tcp 192.0.2.9 > 203.0.113.4:443", OUT_DMZ) == "permit r"
    assert said(on, "tcp 198.51.100.9 > 203.0.113.4:443", OUT_DMZ) == "permit r dst=10.2.0.10"


def test_nat_rules_of_ipv4_leave_ipv6_alone() -> None:
    text = nat("destination-translation translated-address 10.2.0.10")
    on = device(BASE + text + open_rule())
    assert said(on, "tcp 2001:db8::9 > [2001:db8:1::5]:443", "ethernet1/1 > ethernet1/2") == "permit r"


def test_a_disabled_nat_rule_stays_and_does_nothing() -> None:
    on = device(BASE + PUBLISH + "set rulebase nat rules n disabled yes\n" + open_rule())
    assert not the_rule(on, "n", "nat (destination)").enabled
    assert said(on, "tcp 192.0.2.9 > 203.0.113.4:443", OUT_DMZ) == "permit r"


def test_targets_are_evidence() -> None:
    on = device(BASE + PUBLISH)
    assert [(one.address, one.sign) for one in on.hosts] == [(host("10.2.0.10"), HostSign.NAT_TARGET)]


# Sources


def test_an_interface_hides_sources() -> None:
    text = nat("from in", "to out", "source-translation dynamic-ip-and-port interface-address interface ethernet1/1")
    on = device(BASE + text + open_rule())
    assert said(on, "tcp 10.1.0.5 > 192.0.2.9:443", IN_OUT) == "permit r src=203.0.113.1"
    assert said(on, "tcp 10.2.0.5 > 192.0.2.9:443", DMZ_OUT) == "permit r"
    assert said(on, "tcp 10.1.0.5 > 10.2.0.9:443", IN_DMZ) == "permit r"
    translation = the_rule(on, "n", "nat (source)").translation
    assert translation is not None
    assert translation.source is not None
    assert translation.source.to == OwnAddress("ethernet1/1")
    assert translation.source_port is not None


def test_the_address_of_an_interface_that_is_named() -> None:
    kind = "source-translation dynamic-ip-and-port interface-address"
    on = device(BASE + nat("to out", f"{kind} interface ethernet1/1", f"{kind} ip 203.0.113.1/28") + open_rule())
    assert said(on, "tcp 10.1.0.5 > 192.0.2.9:443", IN_OUT) == "permit r src=203.0.113.1"


@pytest.mark.parametrize(
    ("setting", "source"),
    [
        ("dynamic-ip-and-port translated-address 203.0.113.9", "203.0.113.9"),
        ("dynamic-ip-and-port translated-address [ 203.0.113.9 203.0.113.10 ]", "?"),
        ("dynamic-ip translated-address 203.0.113.8-203.0.113.9", "?"),
        ("static-ip translated-address 203.0.113.9", "203.0.113.9"),
    ],
)
def test_kinds_of_source_translation(setting: str, source: str) -> None:
    on = device(BASE + nat("from in", "to out", f"source-translation {setting}") + open_rule())
    assert said(on, "tcp 10.1.0.5 > 192.0.2.9:443", IN_OUT) == f"permit r src={source}"


def test_a_prefix_is_translated_one_for_one() -> None:
    text = nat("source 10.1.0.0/28", "to out", "source-translation static-ip translated-address 203.0.113.16/28")
    on = device(BASE + text + open_rule())
    assert said(on, "tcp 10.1.0.5 > 192.0.2.9:443", IN_OUT) == "permit r src=203.0.113.21"


def test_a_rule_above_that_translates_nothing_exempts() -> None:
    text = nat("from in", "to out", "destination 192.0.2.0/24", name="exempt")
    text += nat("from in", "to out", "source-translation dynamic-ip-and-port translated-address 203.0.113.9")
    on = device(BASE + text + open_rule())
    assert said(on, "tcp 10.1.0.5 > 192.0.2.9:443", IN_OUT) == "permit r"
    assert said(on, "tcp 10.1.0.5 > 198.51.100.9:443", IN_OUT) == "permit r src=203.0.113.9"


def test_a_fallback_is_part_of_the_pool() -> None:
    text = BASE + nat(
        "to out",
        "source-translation dynamic-ip translated-address 203.0.113.9",
        "source-translation dynamic-ip fallback translated-address 203.0.113.10",
    )
    result = parsed(text + open_rule())
    assert said(result.devices[0], "tcp 10.1.0.5 > 192.0.2.9:443", IN_OUT) == "permit r src=?"
    assert result.ledgers[0].count(LineState.APPROXIMATED) == 1


# Both


def test_one_rule_for_both_is_asked_once() -> None:
    uturn = nat(
        "from in",
        "to out",
        "destination 203.0.113.4",
        "source-translation dynamic-ip-and-port interface-address interface ethernet1/3",
        "destination-translation translated-address 10.2.0.10",
        name="uturn",
    )
    masq = nat("from in", "source-translation dynamic-ip-and-port translated-address 203.0.113.9", name="masq")
    on = device(BASE + uturn + masq + open_rule("from in", "to dmz"))
    assert said(on, "tcp 10.1.0.5 > 203.0.113.4:443", IN_DMZ) == "permit r src=10.2.0.1 dst=10.2.0.10"
    assert said(on, "tcp 10.1.0.5 > 10.2.0.77:443", IN_DMZ) == "permit r src=203.0.113.9"


def test_a_rule_that_rewrote_the_destination_was_the_match_for_the_source_too() -> None:
    masq = nat("source-translation dynamic-ip-and-port translated-address 203.0.113.9", name="masq")
    on = device(BASE + PUBLISH + masq + open_rule())
    assert said(on, "tcp 192.0.2.9 > 203.0.113.4:443", OUT_DMZ) == "permit r dst=10.2.0.10"
    assert said(on, "tcp 192.0.2.9 > 10.2.0.10:443", OUT_DMZ) == "permit r src=203.0.113.9"


def test_bi_directional() -> None:
    text = nat(
        "from dmz",
        "to out",
        "source 10.2.0.25",
        "source-translation static-ip translated-address 203.0.113.5",
        "source-translation static-ip bi-directional yes",
    )
    on = device(BASE + text + open_rule())
    assert said(on, "tcp 10.2.0.25 > 192.0.2.9:25", DMZ_OUT) == "permit r src=203.0.113.5"
    assert said(on, "tcp 192.0.2.9 > 203.0.113.5:25", OUT_DMZ) == "permit r dst=10.2.0.25"
    # From any zone, as from inside.
    assert said(on, "tcp 10.1.0.5 > 203.0.113.5:25", IN_DMZ) == "permit r dst=10.2.0.25"
    one_way = text.replace("bi-directional yes", "bi-directional no")
    assert said(device(BASE + one_way + open_rule()), "tcp 192.0.2.9 > 203.0.113.5:25", OUT_DMZ) == "permit r"


def test_translation_between_families_is_not_modelled() -> None:
    result = parsed(
        BASE + nat("nat-type nat64", "source-translation dynamic-ip-and-port translated-address 203.0.113.9")
    )
    assert result.ledgers[0].count(LineState.UNSUPPORTED) == 1
    assert result.devices[0].rule_set("nat (source)") is None


def test_nptv6_is_any_address_of_the_prefix() -> None:
    text = nat(
        "nat-type nptv6", "from in", "to out", "source 2001:db8:1::/64",
        "source-translation static-ip translated-address 2001:db8:aaaa::/64",
    )  # fmt: skip
    on = device(BASE + text + open_rule())
    assert said(on, "tcp 2001:db8:1::5 > [2001:db8:99::9]:443", IN_OUT) == "permit r src=?"
    assert said(on, "tcp 10.1.0.5 > 192.0.2.9:443", IN_OUT) == "permit r"


def test_the_rules_of_the_fixture() -> None:
    (on,) = fixture("sapporo.set").devices
    names = {one.name: [rule.id for rule in one.rules] for one in on.rule_sets}
    assert names["nat (destination)"] == ["no-nat", "web1", "odd-port", "mail1", "mail1 (reverse)", "uturn"]
    assert names["nat (source)"] == ["no-nat", "mail1", "uturn", "pool", "masq"]
    actions = [rule.action for one in on.rule_sets if one.name == "nat (destination)" for rule in one.rules]
    assert actions == [
        Action.PERMIT,
        Action.TRANSLATE,
        Action.TRANSLATE,
        Action.PERMIT,
        Action.TRANSLATE,
        Action.TRANSLATE,
    ]
    way = "ethernet1/1 > ae1"
    assert said(on, "tcp 192.0.2.9 > 203.0.113.4:8050", way) == "permit web-in dst=192.168.30.10"
    assert said(on, "tcp 192.0.2.9 > 203.0.113.2:8443", way) == "deny end"
    assert said(on, "tcp 192.0.2.9 > 203.0.113.5:25", way) == "unknown application: smtp"
    out = "ethernet1/2.10 > ethernet1/1"
    assert said(on, "tcp 192.168.10.5 > 192.0.2.9:22", out).startswith("deny")
    masq = the_rule(on, "masq", "nat (source)").translation
    assert masq is not None
    assert masq.source is not None
    assert masq.source.to == host("203.0.113.2")


def test_of_two_addresses_of_one_server_rules_may_open_one() -> None:
    space = PacketSpace()
    text = nat("destination [ 203.0.113.4 203.0.113.5 ]", "destination-translation translated-address 10.2.0.10")
    on = device(BASE + text + open_rule("from out", "destination 203.0.113.4"))
    assert said(on, "tcp 192.0.2.9 > 203.0.113.4:443", OUT_DMZ) == "permit r dst=10.2.0.10"
    assert said(on, "tcp 192.0.2.9 > 203.0.113.5:443", OUT_DMZ) == "deny end"
    asked = DeviceSemantics(space, on, AS_OF)
    (piece,) = [
        crossing.piece
        for crossing in asked.cross("ethernet1/1", PacketBounds.exactly(space.state("new") & space.version(4)))
        if crossing.egress == "ethernet1/3" and crossing.piece.rewrites
    ]
    sent = piece.sent()
    one = space.addresses("dst", 4, 0xCB007104, 0xCB007104)
    assert sent.may <= one
    assert sent.must
