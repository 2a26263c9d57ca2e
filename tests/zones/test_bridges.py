"""Transparent firewalls: between the members of a bridge packets pass the lists, and nobody knows who is behind which."""

from dataclasses import replace

from segaudit.model import ANY_ADDRESS, Action, Attachment, Device, Hook, InterfaceKind, Rule, RuleSet, host, interfaces
from segaudit.semantics.trace import Verdict
from tests.zones.networks import SPAN, declared, device, interface, route, segments
from tests.zones.test_links import both


def one_way(ingress: str, *open_: str) -> tuple[RuleSet, Attachment]:
    """What enters by ``ingress`` may go to some hosts."""
    rules = tuple(
        Rule(id=str(n), position=n, action=Action.PERMIT, span=SPAN, source=ANY_ADDRESS, destination=host(to))
        for n, to in enumerate(open_, start=1)
    )
    return RuleSet(name=ingress, rules=rules, default=Action.DENY), Attachment(
        rule_sets=(ingress,), hook=Hook.FORWARD, ingress=interfaces(ingress)
    )


def transparent(*more: str, address: str = "10.0.0.250/24") -> Device:
    """A firewall bridged into 10.0.0.0/24: outside may open sessions to one host inside, inside to none."""
    members = ("outside", "inside", *more)
    bridge = replace(interface("bvi1", address, kind=InterfaceKind.BRIDGE), members=members, members_filtered=True)
    filters = (one_way("outside", "10.0.0.9"), *(one_way(name) for name in members[1:]))
    return device("fw", *(interface(name) for name in members), bridge, filters=filters)


SIDES = declared(
    outer=("dmz", ["if=fw/outside", "10.0.0.128/25"]),
    inner=("server", ["if=fw/inside", "10.0.0.0/25"]),
)


def test_between_two_members_the_lists_decide() -> None:
    fw = transparent()
    assert both(fw, src="10.0.0.130", dst="10.0.0.9", site=SIDES) == Verdict.PERMIT
    assert both(fw, src="10.0.0.130", dst="10.0.0.10", site=SIDES) == Verdict.DENY
    assert both(fw, src="10.0.0.9", dst="10.0.0.130", site=SIDES) == Verdict.DENY


def test_of_three_members_any_may_have_a_host_unless_a_site_file_tells() -> None:
    fw = transparent("dmz")
    assert both(fw, src="10.0.0.130", dst="10.0.0.9", site=SIDES) == Verdict.PERMIT
    one_side = declared(outer=("dmz", ["if=fw/outside", "10.0.0.128/25"]))
    assert both(fw, src="10.0.0.130", dst="10.0.0.9", site=one_side) == Verdict.UNKNOWN
    assert both(fw, src="10.0.0.130", dst="10.0.0.10", site=one_side) == Verdict.DENY
    both_inside = declared(
        outer=("dmz", ["if=fw/outside", "10.0.0.128/25"]),
        inner=("server", ["if=fw/inside", "10.0.0.0/26"]),
        third=("server", ["if=fw/dmz", "10.0.0.64/26"]),
    )
    assert both(fw, src="10.0.0.130", dst="10.0.0.9", site=both_inside) == Verdict.PERMIT
    assert both(fw, src="10.0.0.130", dst="10.0.0.10", site=both_inside) == Verdict.DENY


def test_a_bridge_group_that_is_routed_bridges_its_own_network_only() -> None:
    bridge = replace(
        interface("bvi1", "10.0.0.1/24", kind=InterfaceKind.BRIDGE), members=("in1", "in2"), members_filtered=True
    )
    fw = device(
        "fw",
        interface("in1"),
        interface("in2"),
        bridge,
        interface("servers", "10.9.0.1/24"),
        filters=(one_way("in1", "10.9.0.9", "10.0.0.200"), one_way("servers", "10.0.0.200")),
    )
    sides = declared(one=("terminal", ["if=fw/in1", "10.0.0.0/25"]), two=("terminal", ["if=fw/in2", "10.0.0.128/25"]))
    assert both(fw, src="10.0.0.5", dst="10.9.0.9", site=sides) == Verdict.PERMIT
    assert both(fw, src="10.0.0.5", dst="10.9.0.10", site=sides) == Verdict.DENY
    assert both(fw, src="10.0.0.5", dst="10.0.0.200", site=sides) == Verdict.PERMIT
    assert both(fw, src="10.0.0.5", dst="10.0.0.201", site=sides) == Verdict.DENY
    assert both(fw, src="10.9.0.5", dst="10.0.0.200", site=sides) == Verdict.PERMIT
    # Behind which of the two members it is, nothing tells.
    assert both(fw, src="10.9.0.5", dst="10.0.0.200") == Verdict.UNKNOWN


def test_a_network_that_a_transparent_firewall_divides_is_doubtful() -> None:
    core = device(
        "core",
        interface("up", "10.0.0.1/24"),
        interface("lan", "10.1.0.1/24"),
        routes=(route("0.0.0.0/0", "10.0.0.2"),),
    )
    edge = device(
        "edge",
        interface("down", "10.0.0.2/24"),
        interface("dmz", "10.2.0.1/24"),
        routes=(route("10.1.0.0/24", "10.0.0.1"),),
    )
    assert both(core, edge, src="10.1.0.5", dst="10.2.0.9") == Verdict.PERMIT
    # Its own routes need not show the link, where no other network has the prefix.
    assert both(core, edge, transparent(), src="10.1.0.5", dst="10.2.0.9") == Verdict.UNKNOWN
    fw = replace(transparent(), routes=(route("0.0.0.0/0", "10.0.0.2"),))
    assert both(core, edge, fw, src="10.1.0.5", dst="10.2.0.9") == Verdict.UNKNOWN
    told = " ".join(map(str, segments(core, edge, fw).kept_apart))
    assert "fw is bridged into 10.0.0.0/24" in told
