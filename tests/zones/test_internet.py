"""Where the internet is: what shows it, and what only looks like it."""

from dataclasses import replace

from segaudit.model import AddressMethod, InterfaceKind
from segaudit.zones.graph import DECLARED, INTERNET, SegmentKind
from tests.zones.networks import by_name, declared, device, ends, interface, masquerade, route, segments

LAN = interface("lan", "192.168.10.1/24")


def edges(*devices: object, **more: object) -> set[str]:
    found = by_name(segments(*devices, **more))  # type: ignore[arg-type]  # handed on
    return ends(found[INTERNET]) if INTERNET in found else set()


def test_a_default_route_over_a_public_address() -> None:
    fw = device("fw", interface("x1", "203.0.113.10/29"), LAN, routes=[route("0.0.0.0/0", "203.0.113.9")])
    found = segments(fw)
    assert edges(fw) == {"fw/x1"}
    assert found.internet_certainty > 0.85
    assert {e.token for e in found.internet_evidence} >= {"default-route"}


def test_the_subnet_of_an_edge_is_the_internet_and_no_segment_beside_it() -> None:
    fw = device("fw", interface("x1", "203.0.113.10/29"), LAN, routes=[route("0.0.0.0/0", "203.0.113.9")])
    assert [s.name for s in segments(fw).segments] == [INTERNET, "fw/lan"]


def test_a_line_that_gets_its_address_and_hides_the_sources() -> None:
    line = interface("x1", method=AddressMethod.PPPOE)
    assert edges(device("fw", line, LAN, nat=[masquerade("x1")])) == {"fw/x1"}


def test_an_interface_that_sources_are_hidden_from_is_said_to_be_no_more_than_that() -> None:
    nothing_shown = device("gw", interface("eth0"), interface("eth1"), nat=[masquerade("eth0")])
    (sign,) = segments(nothing_shown).internet_evidence
    assert sign.token == "source-nat-uplink"


def test_sources_that_are_hidden_from_a_higher_security_level_are_of_the_outside() -> None:
    outside, inside = (replace(interface(n), security_level=v) for n, v in (("outside", 0), ("inside", 100)))
    fw = device("fw", outside, inside, nat=[masquerade("outside"), masquerade("inside")], format="cisco_asa")
    assert edges(fw) == {"fw/outside"}


def test_two_lines() -> None:
    fw = device(
        "fw",
        interface("wan1", "203.0.113.10/29"),
        interface("wan2", "198.51.100.10/29"),
        LAN,
        routes=[route("0.0.0.0/0", "203.0.113.9"), route("0.0.0.0/0", "198.51.100.9", distance=20)],
    )
    assert edges(fw) == {"fw/wan1", "fw/wan2"}


def test_a_name_alone_makes_no_edge_of_a_private_address() -> None:
    assert edges(device("r", interface("WAN", "10.0.0.1/30"), LAN)) == set()


def test_the_makers_word_is_more_than_a_name() -> None:
    wan = interface("wan1", "10.0.0.1/30", role_hint="set role wan")
    assert edges(device("fw", wan, LAN, format="fortinet_fortios")) == {"fw/wan1"}


def test_a_default_route_to_a_router_of_our_own_is_none() -> None:
    """Private addresses at both ends, and nothing is hidden: who is there has a way back to us."""
    fw = device("fw", interface("up", "10.0.0.2/30"), LAN, routes=[route("0.0.0.0/0", "10.0.0.1")])
    found = segments(fw)
    assert edges(fw) == set()
    assert any("10.0.0.1" in str(said) for said in found.kept_apart)


def test_a_default_route_to_another_device_of_the_input_is_none() -> None:
    inner = device("inner", interface("up", "10.0.0.2/30"), LAN, routes=[route("0.0.0.0/0", "10.0.0.1")])
    outer = device(
        "outer",
        interface("down", "10.0.0.1/30"),
        interface("wan", "203.0.113.10/29"),
        routes=[route("0.0.0.0/0", "203.0.113.9"), route("192.168.10.0/24", "10.0.0.2")],
    )
    assert edges(inner, outer) == {"outer/wan"}


def test_what_is_declared_is_all_there_is() -> None:
    fw = device("fw", interface("x1", "203.0.113.10/29"), LAN, routes=[route("0.0.0.0/0", "203.0.113.9")])
    found = segments(fw, site=declared(internet=["if=fw/lan"]))
    assert ends(by_name(found)[INTERNET]) == {"fw/lan"}
    assert found.internet_certainty == 1.0
    assert [e.token for e in found.internet_evidence] == [DECLARED]


def test_what_is_declared_otherwise_is_none() -> None:
    fw = device("fw", interface("x1", "203.0.113.10/29"), LAN, routes=[route("0.0.0.0/0", "203.0.113.9")])
    assert edges(fw, site=declared(partner=("partner", ["if=fw/x1"]))) == set()


def test_neither_loopbacks_nor_vpn_ends_nor_what_is_off() -> None:
    fw = device(
        "fw",
        LAN,
        interface("off", "203.0.113.10/29", enabled=False),
        interface("Loopback0", "203.0.113.33/32", kind=InterfaceKind.LOOPBACK),
        interface("ssl.root", kind=InterfaceKind.VPN),
        routes=[route("0.0.0.0/0", "203.0.113.9")],
    )
    assert edges(fw) == set()
    assert {s.kind for s in segments(fw).segments} == {SegmentKind.SUBNET}
