"""What lies together: joined across devices on evidence of a link, kept apart where there is none."""

import pytest

from segaudit.model import Device, HostSign, Interface, InterfaceKind, Route, RouteKind
from segaudit.zones.graph import INTERNET, SegmentKind
from tests.zones.networks import by_name, declared, device, ends, interface, named, prefixes, route, segments


def two(
    a: Interface, b: Interface, routes: tuple[tuple[Route, ...], tuple[Route, ...]] = ((), ()), dynamic: str = ""
) -> tuple[Device, Device]:
    protocols = (dynamic,) if dynamic else ()
    return (
        device("a", a, routes=routes[0], dynamic=protocols, path="tokyo/a.cfg"),
        device("b", b, routes=routes[1], dynamic=protocols, path="osaka/b.cfg"),
    )


def test_an_interface_has_a_segment_with_all_its_prefixes() -> None:
    found = segments(device("r", interface("lan", "10.1.0.1/24", "10.2.0.1/24", "2001:db8:1::1/64", vlan=10, vrf="x")))
    (one,) = found.segments
    assert one.kind == SegmentKind.SUBNET
    assert prefixes(one) == ["10.1.0.0/24", "10.2.0.0/24", "2001:db8:1::/64"]
    assert (ends(one), one.vlan, one.vrf) == ({"r/lan"}, 10, "x")


def test_interfaces_that_carry_nothing_have_none() -> None:
    off = interface("off", "10.1.0.1/24", enabled=False)
    loop = interface("Loopback0", "10.9.9.9/32", kind=InterfaceKind.LOOPBACK)
    local = interface("lo", "127.0.0.1/8")
    port = interface("port")
    assert not segments(device("r", off, loop, local, port, interface("lan", "10.2.0.1/24"))).segments[1:]


LINK = ("10.0.0.1/30", "10.0.0.2/30")


@pytest.mark.parametrize(
    ("devices", "why"),
    [
        (
            two(interface("x", LINK[0]), interface("y", LINK[1]), ((route("10.5.0.0/16", "10.0.0.2"),), ())),
            "a next hop",
        ),
        (two(interface("x", LINK[0]), interface("y", LINK[1]), ((), (route("0.0.0.0/0", "10.0.0.1"),))), "the other's"),
        (two(interface("x", "10.1.0.1/24", vlan=7), interface("y", "10.1.0.2/24", vlan=7)), "one VLAN"),
        (two(interface("x", LINK[0]), interface("y", LINK[1]), dynamic="ospf"), "one protocol on a link"),
        (two(interface("x", "9.9.9.1/29"), interface("y", "9.9.9.2/29")), "a public prefix"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_two_ends_of_a_link_are_one_segment(devices: tuple[Device, Device], why: str) -> None:
    found = segments(*devices)
    joined = [s for s in found.segments if ends(s) == {"a/x", "b/y"}]
    assert len(joined) == 1, why
    assert not found.kept_apart


@pytest.mark.parametrize(
    ("devices", "why"),
    [
        (two(interface("x", "192.168.1.1/24"), interface("y", "192.168.1.2/24")), "a private prefix is no link"),
        (two(interface("x", "192.168.1.1/24", vlan=7), interface("y", "192.168.1.2/24", vlan=8)), "other VLANs"),
        (two(interface("x", "10.1.0.1/24"), interface("y", "10.1.0.2/24"), dynamic="ospf"), "too wide for a link"),
        (
            two(
                interface("x", "192.168.1.1/24"),
                interface("y", "192.168.1.1/24"),
                ((route("10.0.0.0/8", "192.168.1.1"),), ()),
            ),
            "one address is no two ends",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_equal_prefixes_alone_are_kept_apart_and_it_is_said(devices: tuple[Device, Device], why: str) -> None:
    found = segments(*devices)
    assert [ends(s) for s in found.segments if s.kind == SegmentKind.SUBNET] == [{"a/x"}, {"b/y"}], why
    (said,) = found.kept_apart
    assert "a/x, b/y" in str(said)


def test_the_site_file_says_which_stand_together_and_which_do_not() -> None:
    a, b = two(interface("x", "192.168.1.1/24"), interface("y", "192.168.1.2/24"))
    together = segments(a, b, site=declared(sites=[("tokyo/*", "b.cfg")]))
    assert [ends(s) for s in together.segments] == [{"a/x", "b/y"}]
    a, b = two(interface("x", "192.168.1.1/24", vlan=7), interface("y", "192.168.1.2/24", vlan=7))
    apart = segments(a, b, site=declared(sites=[("tokyo/*",), ("osaka/*",)]))
    assert [ends(s) for s in apart.segments] == [{"a/x"}, {"b/y"}]


def test_three_on_one_network_are_one_segment_by_two_links() -> None:
    hub = device("hub", interface("x", "10.1.0.1/24"))
    spokes = [
        device(n, interface("y", f"10.1.0.{i}/24"), routes=[route("0.0.0.0/0", "10.1.0.1")])
        for i, n in enumerate(("s1", "s2"), start=2)
    ]
    (one,) = [s for s in segments(hub, *spokes).segments if s.kind == SegmentKind.SUBNET]
    assert ends(one) == {"hub/x", "s1/y", "s2/y"}


def test_what_is_behind_a_next_hop_of_no_input_is_a_segment_of_its_own() -> None:
    core = device(
        "core",
        interface("lan", "10.1.0.1/24"),
        routes=[
            route("10.40.0.0/16", "10.1.0.2"),
            route("10.41.0.0/16", "10.1.0.2"),
            route("10.50.0.0/16", "10.1.0.3", by="lan"),
            route("0.0.0.0/0", "10.1.0.2"),
        ],
    )
    found = by_name(segments(core))
    assert prefixes(found["core/lan>10.1.0.2"]) == ["10.40.0.0/16", "10.41.0.0/16"]
    assert prefixes(found["core/lan>10.1.0.3"]) == ["10.50.0.0/16"]
    assert found["core/lan>10.1.0.2"].kind == SegmentKind.ROUTED
    assert found["core/lan>10.1.0.2"].next_hop == (4, 0x0A010002)
    assert ends(found["core/lan>10.1.0.2"]) == {"core/lan"}


def test_what_another_input_routes_is_no_segment_behind_it() -> None:
    core = device("core", interface("up", "10.0.0.1/30"), routes=[route("10.40.0.0/16", "10.0.0.2")])
    edge = device("edge", interface("down", "10.0.0.2/30"), interface("lan", "10.40.0.1/16"))
    found = segments(core, edge)
    assert {s.kind for s in found.segments} == {SegmentKind.SUBNET}


def test_routes_into_a_tunnel_or_nowhere_are_no_segments_behind_a_router() -> None:
    core = device(
        "core",
        interface("lan", "10.1.0.1/24"),
        interface("Tunnel0", "10.0.0.1/30", kind=InterfaceKind.TUNNEL),
        routes=[
            route("10.60.0.0/16", "10.0.0.2", by="Tunnel0"),
            route("10.61.0.0/16", kind=RouteKind.DISCARD),
        ],
    )
    assert not [s for s in segments(core).segments if s.kind == SegmentKind.ROUTED]


def test_a_part_that_is_declared_is_a_segment_of_its_own_at_the_same_interface() -> None:
    fw = device("fw", interface("lan", "192.168.10.1/24"))
    found = by_name(segments(fw, site=declared(servers=("server", ["192.168.10.0/28"]))))
    assert prefixes(found["fw/lan"]) == ["192.168.10.0/24"]
    assert prefixes(found["fw/lan#192.168.10.0/28"]) == ["192.168.10.0/28"]
    assert ends(found["fw/lan#192.168.10.0/28"]) == {"fw/lan"}


def test_a_host_is_in_the_narrowest_segment_that_holds_it() -> None:
    fw = device(
        "fw",
        interface("lan", "10.1.0.1/24"),
        routes=[route("10.0.0.0/8", "10.1.0.2")],
        hosts=(named("dc", "10.1.0.5", HostSign.LDAP), named("log", "10.9.0.5", HostSign.SYSLOG)),
    )
    found = by_name(segments(fw))
    assert [h.name for h in found["fw/lan"].hosts] == ["dc"]
    assert [h.name for h in found["fw/lan>10.1.0.2"].hosts] == ["log"]


def test_a_device_without_any_address_has_a_segment_behind_each_interface() -> None:
    gw = device("gw", interface("eth0"), interface("eth1"), format="linux_iptables")
    assert {s.name: s.kind for s in segments(gw).segments} == {
        "gw/eth0": SegmentKind.UNKNOWN,
        "gw/eth1": SegmentKind.UNKNOWN,
    }
    site = declared(internet=["if=gw/eth0"], office=("terminal", ["if=gw/eth1", "192.168.40.0/24"]))
    found = by_name(segments(gw, site=site))
    assert found[INTERNET].kind == SegmentKind.INTERNET
    assert prefixes(found["gw/eth1"]) == ["192.168.40.0/24"]


def test_ports_of_a_switch_beside_interfaces_with_addresses_are_none() -> None:
    switch = device("sw", interface("Vlan10", "10.1.0.1/24"), interface("Gi1/0/1"))
    assert [s.name for s in segments(switch).segments] == ["sw/Vlan10"]
