"""Which way a device sends packets, where its routes leave something open."""

from segaudit.model import AddressMethod, Device, Interface, InterfaceAddress, Prefix, Route, RouteKind, Span
from segaudit.model.address import parse_address, parse_prefix
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSet, PacketSpace
from segaudit.semantics.routing import RoutingTable, resolved_routes

SPACE = PacketSpace()
SPAN = Span(path="made.cfg", first_line=1, last_line=1)


def interface(name: str, address: str = "", *, enabled: bool = True) -> Interface:
    """An interface with one address and its prefix; without one, it gets its address from elsewhere."""
    if not address:
        return Interface(name=name, span=SPAN, method=AddressMethod.DHCP, enabled=enabled)
    _, value = parse_address(address.partition("/")[0])
    own = InterfaceAddress(address=value, prefix=parse_prefix(address))
    return Interface(name=name, span=SPAN, addresses=(own,), enabled=enabled)


def route(prefix: str, hop: str = "", interface: str = "", kind: RouteKind = RouteKind.STATIC) -> Route:
    """A route of one line."""
    next_hop = parse_address(hop)[1] if hop else None
    return Route(prefix=parse_prefix(prefix), span=SPAN, next_hop=next_hop, interface=interface, kind=kind)


def router(*routes: Route, interfaces: tuple[Interface, ...]) -> Device:
    """A device with these."""
    return Device(name="r1", format="made", span=SPAN, interfaces=interfaces, routes=routes)


def to(prefix: str) -> PacketSet:
    """All packets to a prefix."""
    wanted: Prefix = parse_prefix(prefix)
    return SPACE.addresses("dst", wanted.version, wanted.first, wanted.last)


def ways(device: Device, prefix: str) -> dict[str, str]:
    """How surely packets to ``prefix`` leave by which interface."""
    found = RoutingTable(SPACE, device).ways(PacketBounds.exactly(to(prefix)))
    return {way.egress: "must" if way.packets.must else "may" for way in found}


INSIDE = interface("inside", "192.168.1.1/24")
OUTSIDE = interface("outside", "192.0.2.2/30")


def test_a_next_hop_behind_another_route_is_followed() -> None:
    device = router(
        route("10.9.0.0/16", "10.1.1.1"),
        route("10.1.1.0/24", "192.168.1.254"),
        route("0.0.0.0/0", "192.0.2.1"),
        interfaces=(INSIDE, OUTSIDE),
    )
    assert ways(device, "10.9.3.0/24") == {"inside": "must"}
    hops = {str(one.route.prefix): one.next_hop for one in resolved_routes(device)}
    assert hops["10.9.0.0/16"] == parse_address("192.168.1.254"), "the neighbour on the link, not the far router"


def test_a_route_whose_next_hop_is_nowhere_leaves_its_packets_to_the_others() -> None:
    device = router(route("10.9.0.0/16", "10.1.1.1"), interfaces=(INSIDE, OUTSIDE))
    assert ways(device, "10.9.3.0/24") == {}
    covered = router(
        route("10.9.0.0/16", interface="shut"),
        route("0.0.0.0/0", "192.0.2.1"),
        interfaces=(INSIDE, OUTSIDE, interface("shut", "10.7.0.1/24", enabled=False)),
    )
    assert ways(covered, "10.9.3.0/24") == {"outside": "must"}


def test_a_next_hop_in_a_subnet_that_does_not_show_may_be_on_any_such_interface() -> None:
    device = router(route("0.0.0.0/0", "203.0.113.1"), interfaces=(INSIDE, interface("wan1"), interface("wan2")))
    assert ways(device, "198.51.100.0/24") == {"wan1": "may", "wan2": "may"}


def test_two_routes_that_name_each_other_lead_nowhere() -> None:
    device = router(route("10.1.0.0/16", "10.2.0.1"), route("10.2.0.0/16", "10.1.0.1"), interfaces=(INSIDE,))
    assert resolved_routes(device) == []


def test_policy_routing_may_send_packets_another_way_and_makes_no_way_sure() -> None:
    device = router(
        route("0.0.0.0/0", "192.0.2.1"),
        route("0.0.0.0/0", "192.168.1.9", kind=RouteKind.POLICY),
        interfaces=(INSIDE, OUTSIDE),
    )
    assert ways(device, "198.51.100.0/24") == {"outside": "may", "inside": "may"}
