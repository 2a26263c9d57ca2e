"""What cannot be followed is said: tunnels to nowhere, and ways over more devices than are followed."""

from dataclasses import replace

import pytest

from segaudit.model import ANY_ADDRESS, AddressExpr, Device, InterfaceKind, Route, Tunnel, network
from segaudit.pipeline.audit import _not_judged
from segaudit.policy import Site
from segaudit.semantics.trace import Verdict
from segaudit.zones.flows import MOST_HOPS
from tests.zones.networks import SPAN, by_name, device, graph, interface, route, segments
from tests.zones.test_network_trace import trace


def tunnelled(remote: AddressExpr, *routes: Route, carrier: str = "tun", shut: bool = False) -> Device:
    """A firewall whose tunnel ``to-hq`` is route-based at ``tun`` or a crypto map at ``wan``."""
    tunnel = Tunnel(name="to-hq", kind="ipsec", interface=carrier, span=replace(SPAN, first_line=7), remote=remote)
    return device(
        "fw",
        interface("wan", "203.0.113.10/29"),
        interface("lan", "192.168.10.1/24"),
        interface("tun", kind=InterfaceKind.TUNNEL, enabled=not shut),
        routes=[route("0.0.0.0/0", "203.0.113.9"), *routes],
        tunnels=(tunnel,),
    )


def said(fw: Device) -> list[tuple[str, int]]:
    found = (one for one in _not_judged([fw], graph(fw), Site()) if "tunnel" in str(one.subject))
    return [(str(one.subject), one.span.first_line) for one in found if one.span is not None]


@pytest.mark.parametrize("carrier", ["tun", "wan"])
@pytest.mark.parametrize("remote", [ANY_ADDRESS, network("0.0.0.0/0"), network("::/0")])
def test_a_tunnel_for_any_address_without_routes_is_said(remote: AddressExpr, carrier: str) -> None:
    assert said(tunnelled(remote, carrier=carrier)) == [("tunnel to-hq of fw", 7)]


def test_a_tunnel_that_takes_any_address_is_not_the_internet() -> None:
    found = by_name(segments(tunnelled(network("0.0.0.0/0"), carrier="wan")))
    assert "fw/to-hq" not in found
    assert "internet" in found


def test_a_tunnel_with_a_selector_or_a_route_or_switched_off_is_not_said() -> None:
    assert not said(tunnelled(network("172.16.0.0/16")))
    assert not said(tunnelled(ANY_ADDRESS, route("172.16.0.0/16", by="tun")))
    assert not said(tunnelled(ANY_ADDRESS, shut=True))


def chain(count: int) -> list[Device]:
    """Routers in a row, from 10.1.0.0/24 at the first to 10.2.0.0/24 at the last."""
    found: list[Device] = []
    for n in range(count):
        left = "10.1.0.1/24" if n == 0 else f"172.16.{n - 1}.2/30"
        right = "10.2.0.1/24" if n == count - 1 else f"172.16.{n}.1/30"
        onward = [] if n == count - 1 else [route("10.2.0.0/24", f"172.16.{n}.2")]
        found.append(device(f"r{n:02}", interface("in", left), interface("out", right), routes=onward))
    return found


def test_a_way_over_as_many_devices_as_are_followed() -> None:
    routers = chain(MOST_HOPS + 1)
    made = graph(*routers)
    assert made.conduit("r00:in", f"r{MOST_HOPS}:out") is not None
    assert not made.unfollowed
    assert trace(*routers, src="10.1.0.5", dst="10.2.0.5").verdict == Verdict.PERMIT


def test_a_way_over_more_devices_is_said_in_both_readings() -> None:
    routers = chain(MOST_HOPS + 2)
    made = graph(*routers)
    assert made.conduit("r00:in", f"r{MOST_HOPS + 1}:out") is None
    assert [str(one.subject) for one in made.unfollowed] == [f"what r00:in sends on beyond r{MOST_HOPS}"]
    found = trace(*routers, src="10.1.0.5", dst="10.2.0.5")
    assert found.verdict == Verdict.UNKNOWN
    assert f"beyond {MOST_HOPS} devices" in str(found.undecided[0])
