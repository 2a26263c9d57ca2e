"""The zone graph as a whole: names of zones, whose addresses are whose, what flows over several devices, what is not known."""

from segaudit.model import ANY_ADDRESS, Action, LocalService, Zone, host, network, parse_address, ports
from segaudit.packetspace.packet import SYN, Packet
from segaudit.packetspace.space import PacketSet
from segaudit.zones.graph import INTERNET, SELF, ZoneGraph
from tests.zones.networks import SPAN, declared, device, graph, interface, permit, route


def tcp(src: str, dst: str, port: int = 80) -> Packet:
    version, source = parse_address(src)
    return Packet(
        version=version,
        protocol=6,
        src=source,
        dst=parse_address(dst)[1],
        src_port=50000,
        dst_port=port,
        tcp_flags=SYN,
    )


def sent(made: ZoneGraph, src: str, dst: str) -> PacketSet:
    """What surely gets from one zone to another."""
    conduit = made.conduit(src, dst)
    return made.space.empty if conduit is None else conduit.sent.must


EDGE = device(
    "edge",
    interface("wan", "203.0.113.10/29"),
    interface("down", "10.0.0.1/30"),
    interface("dmz", "172.16.0.1/24"),
    routes=[route("0.0.0.0/0", "203.0.113.9"), route("10.0.0.0/8", "10.0.0.2")],
    filters=[permit("IN", "wan", (Action.PERMIT, host("172.16.0.10")))],
)
CORE = device(
    "core",
    interface("up", "10.0.0.2/30"),
    interface("office", "10.1.0.1/24"),
    interface("servers", "10.2.0.1/24"),
    routes=[route("0.0.0.0/0", "10.0.0.1")],
    filters=[permit("OFFICE", "office", (Action.DENY, host("10.2.0.9")), (Action.PERMIT, ANY_ADDRESS))],
)


def test_packets_go_over_two_devices_and_every_list_is_asked() -> None:
    made = graph(EDGE, CORE)
    out = sent(made, "core:office", INTERNET)
    assert tcp("10.1.0.5", "198.51.100.7") in out
    assert tcp("10.1.0.5", "172.16.0.10") in sent(made, "core:office", "edge:dmz")
    inner = sent(made, "core:office", "core:servers")
    assert tcp("10.1.0.5", "10.2.0.5") in inner
    assert tcp("10.1.0.5", "10.2.0.9") not in inner
    # From outside the list of the first device lets nothing through but to one host.
    assert made.conduit(INTERNET, "core:office") is None
    assert tcp("198.51.100.7", "172.16.0.10") in sent(made, INTERNET, "edge:dmz")
    assert tcp("198.51.100.7", "172.16.0.11") not in sent(made, INTERNET, "edge:dmz")
    conduit = made.conduit("core:office", INTERNET)
    assert conduit is not None
    assert {tuple(h.device for h in f.hops) for f in conduit.flows} == {("core", "edge")}


def test_only_packets_with_addresses_of_their_segment_are_sent() -> None:
    made = graph(EDGE, CORE)
    assert tcp("10.9.9.9", "10.2.0.5") not in sent(made, "core:office", "core:servers")
    assert tcp("10.1.0.1", "10.2.0.5") not in sent(made, "core:office", "core:servers"), "the device's own address"


def test_the_internet_is_what_nobody_else_has_and_nothing_special() -> None:
    made = graph(EDGE, CORE)
    theirs = made.targets[INTERNET]
    assert tcp("10.1.0.5", "198.51.100.7") in theirs
    assert tcp("10.1.0.5", "203.0.113.11") in theirs, "the line's own network is outside"
    for address in ("10.2.0.5", "10.77.0.1", "192.168.5.5", "127.0.0.1", "169.254.1.1", "224.0.0.5", "203.0.113.10"):
        assert tcp("10.1.0.5", address) not in theirs, address


def test_a_narrower_segment_is_taken_out_of_the_wider_one() -> None:
    fw = device("fw", interface("lan", "192.168.0.1/16"), interface("other", "10.0.0.1/24"))
    made = graph(fw, site=declared(sv=("server", ["192.168.5.0/24"])))
    assert tcp("192.168.5.5", "10.0.0.5") in made.sources["sv"]
    assert tcp("192.168.5.5", "10.0.0.5") not in made.sources["fw:lan"]
    assert tcp("192.168.6.5", "10.0.0.5") in made.sources["fw:lan"]


def test_zones_are_called_by_what_the_maker_calls_them_or_by_their_interface() -> None:
    fw = device(
        "fw",
        interface("a", "10.1.0.1/24", zone="trust"),
        interface("b", "10.2.0.1/24", zone="trust"),
        interface("c", "10.3.0.1/24"),
        zones=(Zone(name="trust", interfaces=("a", "b"), span=SPAN),),
    )
    made = graph(fw)
    assert set(made.zones) == {"fw:trust", "fw:c", SELF + "fw"}
    assert {str(p) for p in made.zones["fw:trust"].prefixes} == {"10.1.0.0/24", "10.2.0.0/24"}
    assert made.zones["fw:trust"].maker_zone == "trust"
    # Its two segments may send to each other by way of the device.
    assert tcp("10.1.0.5", "10.2.0.5") in sent(made, "fw:trust", "fw:trust")


def test_a_declared_zone_takes_segments_of_several_devices() -> None:
    made = graph(EDGE, CORE, site=declared(sv=("server", ["if=core/servers", "172.16.0.0/24"])))
    assert {str(p) for p in made.zones["sv"].ports} == {"core/servers", "edge/dmz"}
    assert tcp("10.1.0.5", "172.16.0.10") in sent(made, "core:office", "sv")


def test_what_lies_behind_a_router_of_no_input_is_not_assessed() -> None:
    core = device(
        "core",
        interface("lan", "10.1.0.1/24"),
        routes=[route("10.40.0.0/16", "10.1.0.2"), route("10.41.0.0/16", "10.1.0.2")],
    )
    made = graph(core)
    # Between the two networks behind it, and between these and the segment that it stands in.
    assert [(one.src, one.dst) for one in made.unassessed] == [("core:lan", "core:lan")] * 2
    assert "2 networks lie behind 10.1.0.2" in str(made.unassessed[0].reason)
    assert all("in no input" in str(one.reason) for one in made.unassessed)
    assert all(one.span is not None for one in made.unassessed)


def test_a_lone_list_is_compiled_and_in_no_zone() -> None:
    alone = device("alone", interface("x", "10.5.0.1/24"), fragment=True)
    made = graph(EDGE, CORE, alone)
    assert "alone" in made.devices
    assert not [z for z in made.zones if "alone" in z]


def test_what_reaches_the_device_itself_is_by_zone_and_service() -> None:
    ssh = LocalService(kind="ssh", service=ports(6, 22), span=SPAN, management=True, sources=network("10.1.0.0/24"))
    fw = device("fw", interface("lan", "10.1.0.1/24"), interface("guest", "10.2.0.1/24"), local_services=(ssh,))
    made = graph(fw)
    of_lan = [e for e in made.exposures["fw:lan"] if e.service is ssh]
    assert any(tcp("10.1.0.5", "10.1.0.1", 22) in e.piece.current.must for e in of_lan)
    assert not [e for e in made.exposures["fw:guest"] if e.service is ssh]


def test_networks_with_the_same_addresses_do_not_reach_each_other() -> None:
    one = device("one", interface("lan", "192.168.1.1/24"), interface("x", "10.1.0.1/24"))
    two = device("two", interface("lan", "192.168.1.2/24"), interface("y", "10.2.0.1/24"))
    made = graph(one, two)
    assert tcp("10.1.0.5", "192.168.1.7") in sent(made, "one:x", "one:lan")
    assert made.conduit("one:x", "two:lan") is None
    assert made.conduit("one:x", "two:y") is None


def test_a_loop_of_routes_ends() -> None:
    a = device(
        "a", interface("x", "10.0.0.1/30"), interface("lan", "10.1.0.1/24"), routes=[route("10.9.0.0/16", "10.0.0.2")]
    )
    b = device("b", interface("x", "10.0.0.2/30"), routes=[route("10.9.0.0/16", "10.0.0.1")])
    made = graph(a, b)
    assert set(made.conduits) == {("a:lan", "a:x"), ("a:x", "a:lan")}
    assert all(tcp("10.1.0.5", "10.9.0.5") not in conduit.sent.may for conduit in made.conduits.values())


def test_the_graph_has_an_edge_for_each_conduit() -> None:
    made = graph(EDGE, CORE)
    assert set(made.graph.nodes) == set(made.zones)
    assert set(made.graph.edges) == {pair for pair, conduit in made.conduits.items() if conduit.flows}


def test_the_same_network_in_any_order_gives_the_same_graph() -> None:
    first, second = graph(EDGE, CORE), graph(CORE, EDGE)
    assert list(first.zones) == list(second.zones)
    assert list(first.conduits) == list(second.conduits)
    assert [z.evidence for z in first.zones.values()] == [z.evidence for z in second.zones.values()]
