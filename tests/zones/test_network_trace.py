"""One packet through the network: where it starts, the hops, where it ends, and what makes it unknown."""

from dataclasses import replace

import pytest

from segaudit.model import Action, InterfaceKind, RouteKind, SourceCheck, SourceCheckMode, Tunnel, host, network
from segaudit.semantics.trace import Verdict
from segaudit.semantics.trace_flows import FlowVerdict, flow_of
from segaudit.zones.segments import Declared, build_segments
from segaudit.zones.trace import NetworkTracer
from tests.zones.networks import DAY, NOTHING, SPAN, device, graph, interface, permit, route
from tests.zones.test_graph import CORE, EDGE


def trace(*devices: object, src: str, dst: str, dport: str = "80", site: Declared = NOTHING) -> FlowVerdict:
    ordered = sorted(devices, key=lambda d: d.name)  # type: ignore[attr-defined]  # devices
    tracer = NetworkTracer(ordered, build_segments(ordered, site), DAY)  # type: ignore[arg-type]  # as above
    return tracer.trace(flow_of({"protocol": "tcp", "src_ip": src, "dst_ip": dst, "dst_port": dport}))


def hops(said: FlowVerdict) -> list[str]:
    return [f"{h.device}:{h.in_interface}>{h.out_interface}" for h in said.hops]


def test_over_two_devices() -> None:
    said = trace(EDGE, CORE, src="10.1.0.5", dst="172.16.0.10")
    assert said.verdict == Verdict.PERMIT
    assert hops(said) == ["core:office>up", "edge:down>dmz"]
    assert said.decided_by is not None
    assert (said.decided_by.device, said.decided_by.rule_set, said.decided_by.rule) == ("core", "OFFICE", "2")


def test_denied_on_the_first_of_them() -> None:
    said = trace(EDGE, CORE, src="10.1.0.5", dst="10.2.0.9")
    assert said.verdict == Verdict.DENY
    assert said.decided_by is not None
    assert said.decided_by.rule == "1"
    assert said.received is None


def test_to_a_device_itself() -> None:
    said = trace(EDGE, CORE, src="10.1.0.5", dst="10.0.0.1")
    assert said.verdict == Verdict.PERMIT
    assert hops(said) == ["core:office>up", "edge:down>"]


def test_nobody_is_there() -> None:
    said = trace(EDGE, CORE, src="198.51.100.7", dst="192.168.99.1")
    assert said.verdict == Verdict.DENY
    assert said.received is None


def test_to_somebody_beside_there_is_no_device_to_ask() -> None:
    said = trace(EDGE, CORE, src="10.1.0.5", dst="10.1.0.9")
    assert said.verdict == Verdict.UNKNOWN
    assert "no device is between them" in str(said.undecided[0])
    assert not said.hops
    assert trace(EDGE, CORE, src="10.1.0.5", dst="10.1.0.1").hops, "the router of the segment itself is asked"


def test_a_source_that_is_expected_elsewhere_is_stopped_on_arrival() -> None:
    check = SourceCheck(mode=SourceCheckMode.STRICT, span=SPAN)
    asymmetric = device(
        "fw",
        replace(interface("lan", "192.168.1.1/24"), source_check=check),
        interface("wan", "203.0.113.2/29"),
        interface("side", "10.9.0.1/24"),
        routes=[route("192.168.7.0/24", "192.168.1.254"), route("192.168.7.0/25", "10.9.0.254")],
    )
    said = trace(asymmetric, src="192.168.1.9", dst="10.9.0.7")
    assert said.verdict == Verdict.PERMIT
    wide = build_segments([asymmetric], NOTHING)
    behind = next(s for s in wide.segments if s.name == "fw/lan>192.168.1.254")
    flow = flow_of({"protocol": "tcp", "src_ip": "192.168.7.9", "dst_ip": "203.0.113.5", "dst_port": "80"})
    stopped = NetworkTracer([asymmetric], wide, DAY).trace(flow, start=behind)
    assert stopped.verdict == Verdict.DENY
    assert stopped.decided_by is not None
    assert "behind another interface" in str(stopped.decided_by.reason)
    assert stopped.decided_by.first_line == SPAN.first_line


def test_a_source_that_is_nowhere() -> None:
    said = trace(CORE, src="172.30.1.1", dst="10.1.0.5")
    assert said.verdict == Verdict.UNKNOWN
    assert "in no segment" in str(said.undecided[0])


def test_a_source_that_is_in_two_places() -> None:
    one = device("one", interface("lan", "192.168.1.1/24"), interface("x", "10.1.0.1/24"))
    two = device("two", interface("lan", "192.168.1.2/24"))
    said = trace(one, two, src="192.168.1.7", dst="10.1.0.5")
    assert said.verdict == Verdict.UNKNOWN
    assert "several segments" in str(said.undecided[0])


def test_round_in_circles() -> None:
    a = device(
        "a", interface("x", "10.0.0.1/30"), interface("lan", "10.1.0.1/24"), routes=[route("10.9.0.0/16", "10.0.0.2")]
    )
    b = device("b", interface("x", "10.0.0.2/30"), routes=[route("10.9.0.0/16", "10.0.0.1")])
    said = trace(a, b, src="10.1.0.5", dst="10.9.0.5")
    assert said.verdict == Verdict.DENY
    assert said.decided_by is not None
    assert "in circles" in str(said.decided_by.reason)


def test_a_protocol_that_may_bring_other_routes_takes_nothing_from_what_is_connected() -> None:
    core = device(
        "core",
        interface("lan", "10.1.0.1/24"),
        interface("a", "10.8.0.1/24"),
        interface("b", "10.9.0.1/24"),
        dynamic=("ospf",),
        filters=[permit("LAN", "lan", (Action.PERMIT, network("10.0.0.0/8")))],
    )
    assert trace(core, src="10.1.0.5", dst="10.8.0.5").verdict == Verdict.PERMIT
    assert trace(core, src="10.1.0.5", dst="10.77.0.5").verdict == Verdict.DENY, "no segment shows where it is"


@pytest.mark.parametrize(
    ("src", "dst", "verdict"),
    [
        ("192.168.10.5", "172.30.5.9", Verdict.PERMIT),
        ("192.168.20.5", "172.30.5.9", Verdict.DENY),
        ("172.30.5.9", "192.168.10.5", Verdict.PERMIT),
        ("172.30.5.9", "192.168.20.5", Verdict.DENY),
    ],
)
def test_a_tunnel_takes_what_its_selectors_name(src: str, dst: str, verdict: Verdict) -> None:
    fw = device(
        "fw",
        interface("wan", "203.0.113.10/29"),
        interface("lan", "192.168.10.1/24"),
        interface("office", "192.168.20.1/24"),
        routes=[route("0.0.0.0/0", "203.0.113.9")],
        tunnels=(
            Tunnel(
                name="to-sakai",
                kind="ipsec",
                interface="wan",
                span=SPAN,
                local=network("192.168.10.0/24"),
                remote=network("172.30.5.0/24"),
            ),
        ),
    )
    assert trace(fw, src=src, dst=dst).verdict == verdict


def test_the_longest_prefix_then_the_shortest_distance() -> None:
    fw = device(
        "fw",
        interface("lan", "10.1.0.1/24"),
        interface("a", "10.8.0.1/24", kind=InterfaceKind.PHYSICAL),
        interface("b", "10.9.0.1/24"),
        routes=[
            route("10.50.0.0/16", "10.8.0.2"),
            route("10.50.7.0/24", "10.9.0.2"),
            route("10.60.0.0/16", "10.8.0.2", distance=10),
            route("10.60.0.0/16", "10.9.0.2", distance=5),
        ],
        filters=[permit("B", "lan", (Action.DENY, host("10.50.7.9")), (Action.PERMIT, network("10.0.0.0/8")))],
    )
    assert hops(trace(fw, src="10.1.0.5", dst="10.50.1.1")) == ["fw:lan>a"]
    assert hops(trace(fw, src="10.1.0.5", dst="10.50.7.1")) == ["fw:lan>b"]
    assert hops(trace(fw, src="10.1.0.5", dst="10.60.1.1")) == ["fw:lan>b"]


def test_what_every_way_of_equal_cost_denies_is_denied_by_a_rule() -> None:
    refuses = permit("OUT", "lan", (Action.DENY, network("10.50.0.0/16")))
    fw = device(
        "fw",
        interface("lan", "10.1.0.1/24"),
        interface("a", "10.8.0.1/24"),
        interface("b", "10.9.0.1/24"),
        routes=[route("10.50.0.0/16", "10.8.0.2"), route("10.50.0.0/16", "10.9.0.2")],
        filters=[refuses],
    )
    said = trace(fw, src="10.1.0.5", dst="10.50.1.1")
    assert said.verdict == Verdict.DENY
    assert said.decided_by is not None
    assert (said.decided_by.rule_set, said.decided_by.rule) == ("OUT", "1")


def test_a_route_that_discards_is_not_a_missing_route() -> None:
    fw = device(
        "fw",
        interface("lan", "10.1.0.1/24"),
        interface("up", "10.8.0.1/24"),
        routes=[route("0.0.0.0/0", "10.8.0.2"), route("10.50.0.0/16", kind=RouteKind.DISCARD)],
    )
    said = trace(fw, src="10.1.0.5", dst="10.50.1.1")
    assert said.verdict == Verdict.DENY
    assert said.decided_by is not None
    assert "a route discards packets to 10.50.1.1" in str(said.decided_by.reason)
    bare = trace(replace(fw, routes=()), src="10.1.0.5", dst="10.50.1.1")
    assert bare.decided_by is not None
    assert "it has no route to 10.50.1.1" in str(bare.decided_by.reason)


def test_the_address_of_an_interface_that_is_shut_is_nobodys() -> None:
    fw = device(
        "fw",
        interface("lan", "10.1.0.1/24"),
        interface("old", "10.8.0.1/24", enabled=False),
        interface("dmz", "10.2.0.1/24"),
        routes=[route("10.8.0.0/24", "10.2.0.9")],
    )
    said = trace(fw, src="10.1.0.5", dst="10.8.0.1")
    assert hops(said) == ["fw:lan>dmz"]
    assert said.verdict == Verdict.PERMIT
    made = graph(fw)
    conduit = made.conduit("fw:lan", "fw:dmz")
    behind = made.conduit("fw:lan", "fw:dmz>10.2.0.9") or conduit
    assert behind is not None
    to = network("10.8.0.1/32")
    assert any(f.received.must & made.space.addresses("dst", 4, to.first, to.last) for f in behind.flows)
    own = made.devices["fw"].own_addresses
    assert not own.may & made.space.addresses("dst", 4, to.first, to.last)


def test_a_link_local_next_hop_is_some_router_of_the_link() -> None:
    link = {"vlan": 7}
    near = device(
        "near",
        interface("lan", "2001:db8:1::1/64"),
        interface("up", "2001:db8:7::1/64", **link),  # type: ignore[arg-type]  # a field of the interface
        routes=[route("2001:db8:2::/64", "fe80::2", by="up")],
    )
    far = device(
        "far",
        interface("lan", "2001:db8:2::1/64"),
        interface("up", "2001:db8:7::2/64", **link),  # type: ignore[arg-type]  # as above
        routes=[route("2001:db8:1::/64", "fe80::1", by="up")],
    )
    said = trace(near, far, src="2001:db8:1::5", dst="2001:db8:2::5")
    assert said.verdict == Verdict.UNKNOWN
    assert hops(said) == ["near:lan>up", "far:up>lan"]
    found = graph(near, far)
    (conduit,) = (c for (src, dst), c in found.conduits.items() if (src, dst) == ("near:lan", "far:lan"))
    assert conduit.sent.may
    assert not conduit.sent.must
