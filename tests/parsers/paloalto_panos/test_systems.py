"""Several devices in one file: virtual systems, and the firewalls of a Panorama."""

import pytest

from segaudit.model import Device
from tests.parsers.paloalto_panos.reading import device, fixture, parsed, said, the_rule, without_places
from tests.parsers.paloalto_panos.writing import as_braces, as_xml

VSYS = """
set deviceconfig system hostname fw
set deviceconfig system ip-address 192.0.2.1
set mgt-config users admin permissions role-based superuser yes
set network interface ethernet ethernet1/1 layer3 ip 10.1.0.1/24
set network interface ethernet ethernet1/2 layer3 ip 10.2.0.1/24
set network interface ethernet ethernet1/3 layer3 ip 10.3.0.1/24
set network virtual-router vr interface [ ethernet1/1 ethernet1/2 ethernet1/3 ]
set network virtual-router vr routing-table ip static-route d destination 0.0.0.0/0
set network virtual-router vr routing-table ip static-route d interface ethernet1/3
set shared address both ip-netmask 10.1.0.7
set vsys vsys1 import network interface [ ethernet1/1 ethernet1/3 ]
set vsys vsys1 import visible-vsys vsys2
set vsys vsys1 zone in network layer3 ethernet1/1
set vsys vsys1 zone out network layer3 ethernet1/3
set vsys vsys1 zone to-2 network external vsys2
set vsys vsys1 address own ip-netmask 10.1.0.8
set vsys vsys1 rulebase security rules a from in
set vsys vsys1 rulebase security rules a to to-2
set vsys vsys1 rulebase security rules a source [ both own ]
set vsys vsys1 rulebase security rules a destination any
set vsys vsys1 rulebase security rules a application any
set vsys vsys1 rulebase security rules a service any
set vsys vsys1 rulebase security rules a action allow
set vsys vsys2 import network interface ethernet1/2
set vsys vsys2 zone in network layer3 ethernet1/2
set vsys vsys2 zone to-1 network external vsys1
"""


def test_each_virtual_system_is_a_device() -> None:
    first, second = parsed(VSYS).devices
    assert (first.name, second.name) == ("fw/vsys1", "fw/vsys2")
    assert {one.name for one in first.interfaces} == {"ethernet1/1", "ethernet1/3", "external to-2", "management"}
    assert {one.name for one in second.interfaces} == {"ethernet1/2", "external to-1"}
    assert set(first.addresses) == {"own", "both"}
    assert set(second.addresses) == {"both"}
    assert [one.name for one in first.administrators] == ["admin"]
    assert not second.administrators


def test_external_zones_lead_to_the_other_system() -> None:
    first, second = parsed(VSYS).devices
    assert said(first, "tcp 10.1.0.7 > 10.2.0.9:80", "ethernet1/1 > external to-2") == "permit a"
    assert said(first, "tcp 10.1.0.9 > 10.2.0.9:80", "ethernet1/1 > external to-2") == "deny end"
    assert said(second, "tcp 10.1.0.7 > 10.2.0.9:80", "external to-1 > ethernet1/2") == "deny end"
    routes = {(str(one.prefix), one.interface) for one in first.routes if not one.vrf}
    assert routes == {("10.2.0.0/24", "external to-2"), ("0.0.0.0/0", "ethernet1/3")}
    # The default route of the shared router leaves by the other system.
    assert ("0.0.0.0/0", "external to-1") in {(str(one.prefix), one.interface) for one in second.routes}
    links = [one.link for on in (first, second) for one in on.interfaces if one.name.startswith("external")]
    assert links == ["vsys1 and vsys2"] * 2


def test_a_zone_may_lead_to_several_systems() -> None:
    text = VSYS + "set vsys vsys1 zone to-2 network external vsys3\nset vsys vsys3 zone x network layer3 ethernet1/9\n"
    first, _, third = parsed(text).devices
    ends = {one.name: one.link for one in first.interfaces if one.zone == "to-2"}
    assert ends == {"external to-2 vsys2": "vsys1 and vsys2", "external to-2 vsys3": ""}
    assert not [one for one in third.interfaces if one.name.startswith("external")]


@pytest.mark.parametrize("form", [as_xml, as_braces])
def test_virtual_systems_in_every_form(form: "type[str]") -> None:
    told = tuple(without_places(one) for one in parsed(VSYS).devices)
    other = [without_places(one) for one in parsed(form(VSYS).replace(' version="10.1.0"', "")).devices]
    assert tuple(other) == told


def test_one_virtual_system_of_another_name_is_the_device() -> None:
    on = device("set deviceconfig system hostname fw\nset vsys vsys3 zone in network layer3 ethernet1/1\n")
    assert on.name == "fw"
    assert [one.name for one in on.zones] == ["in"]


# Panorama


@pytest.fixture(scope="module")
def managed() -> dict[str, Device]:
    return {one.name: one for one in fixture("panorama.xml").devices}


def test_the_firewalls_of_a_panorama(managed: dict[str, Device]) -> None:
    assert set(managed) == {"kobe-fw", "007200000002", "panorama/Lab", "panorama"}
    assert managed["panorama"].platform == "Panorama"
    assert not managed["panorama"].forwards
    assert managed["panorama/Lab"].fragment


def test_the_order_of_pushed_rules(managed: dict[str, Device]) -> None:
    written = [one.id for one in managed["kobe-fw"].rule_sets[0].rules if not one.implicit and "default" not in one.id]
    assert written == [
        "shared first",
        "japan first",
        "kobe first",
        "only this one",
        "not this one",
        "kobe last",
        "japan last",
        "shared last",
    ]


def test_rules_for_single_firewalls(managed: dict[str, Device]) -> None:
    kobe = managed["kobe-fw"]
    assert the_rule(kobe, "only this one").enabled
    assert not the_rule(kobe, "not this one").enabled
    other = managed["007200000002"]
    assert not the_rule(other, "only this one").enabled
    assert the_rule(other, "not this one").enabled


def test_the_nearest_object_and_default_rule_win(managed: dict[str, Device]) -> None:
    kobe = managed["kobe-fw"]
    assert said(kobe, "tcp 10.50.0.9 > 192.0.2.99:443", "ethernet1/2 > ethernet1/1") == "permit kobe last"
    assert said(kobe, "tcp 10.50.0.9 > 192.0.2.11:443", "ethernet1/2 > ethernet1/1") == "deny end"
    assert kobe.rule_sets[0].default_logged is True
    assert said(kobe, "tcp 10.50.0.9 > 10.50.0.8:443", "ethernet1/2 > ethernet1/2").startswith("deny intrazone-default")


def test_a_stack_wins_over_its_templates_and_variables_are_filled_in(managed: dict[str, Device]) -> None:
    kobe, other = managed["kobe-fw"], managed["007200000002"]
    addresses = {one.name: [str(a.prefix) for a in one.addresses] for one in kobe.interfaces}
    assert addresses["ethernet1/1"] == ["203.0.113.16/28"]
    assert addresses["ethernet1/2"] == ["10.50.0.0/24"]
    outside = other.interface("ethernet1/1")
    assert outside is not None
    assert [str(one.prefix) for one in outside.addresses] == ["203.0.113.32/28"]
    assert {zone.name for zone in kobe.zones} == {"out", "in"}
    assert [one.interface for one in kobe.routes if not one.prefix.length and not one.vrf] == ["ethernet1/1"]


def test_it_is_said_that_local_rules_are_not_seen(managed: dict[str, Device]) -> None:
    assert any("known from Panorama only" in str(notice.message) for notice in managed["kobe-fw"].notices)
    assert not any("known from Panorama only" in str(notice.message) for notice in managed["panorama"].notices)


def test_a_firewall_that_shows_what_panorama_pushed() -> None:
    def pushed(place: str, name: str, action: str) -> str:
        head = f"set policy panorama {place}-rulebase security rules {name}"
        return "".join(
            f"{head} {key} any\n" for key in ("from", "to", "source", "destination", "application", "service")
        ) + (f"{head} action {action}\n")

    text = "set zone a network layer3 ethernet1/1\nset rulebase security rules own action deny\n"
    text += (
        pushed("post", "behind", "deny")
        + pushed("pre", "before", "allow")
        + "set policy panorama address x ip-netmask 192.0.2.1\n"
    )
    on = device(text)
    assert [one.id for one in on.rule_sets[0].rules if not one.implicit] == ["before", "own", "behind"]
    assert "x" in on.addresses


def test_groups_that_are_their_own_parents_end() -> None:
    text = "".join(
        f"set device-group {one} devices {number}\nset readonly devices localhost.localdomain device-group {one} parent-dg {other}\n"
        for number, (one, other) in enumerate((("a", "b"), ("b", "a")))
    )
    assert len(parsed(text).devices) == 2
