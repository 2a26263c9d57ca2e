"""Links with two ends: tunnels and wires between devices of the input, and routers that share an address."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from segaudit.model import (
    ANY_ADDRESS,
    Action,
    AddressExpr,
    AddressRewrite,
    Attachment,
    Device,
    Hook,
    Interface,
    InterfaceKind,
    Route,
    Rule,
    RuleSet,
    RuleSetKind,
    Translation,
    Tunnel,
    host,
    interfaces,
    network,
)
from segaudit.packetspace.packet import Packet
from segaudit.semantics.trace import Verdict
from segaudit.semantics.trace_flows import flow_of
from segaudit.zones.graph import SegmentKind, ZoneGraph
from segaudit.zones.segments import Declared, build_segments
from segaudit.zones.trace import NetworkTracer
from tests.zones.networks import (
    DAY,
    NOTHING,
    SPAN,
    by_name,
    declared,
    device,
    graph,
    interface,
    permit,
    route,
    segments,
)

TOKYO, OSAKA, NAGOYA = "198.51.100.1", "203.0.113.1", "203.0.113.129"


def tunnel(
    name: str,
    by: str,
    *peers: str,
    local: AddressExpr = ANY_ADDRESS,
    remote: AddressExpr = ANY_ADDRESS,
    endpoint: str = "wan",
    bypasses: bool = False,
) -> Tunnel:
    return Tunnel(
        name=name,
        kind="ipsec",
        interface=by,
        span=SPAN,
        endpoint=endpoint,
        peers=tuple(map(host, peers)),
        local=local,
        remote=remote,
        bypasses_filters=bypasses,
    )


def site(
    name: str,
    wan: str,
    lan: str,
    *tunnels: Tunnel,
    its: Sequence[Interface] = (),
    routes: Sequence[Route] = (),
    filters: Sequence[tuple[RuleSet, Attachment]] = (),
) -> Device:
    """An edge router with one LAN."""
    every = (interface("wan", f"{wan}/30"), interface("lan", lan), *its)
    ways = (route("0.0.0.0/0", _beside(wan)), *routes)
    return device(name, *every, routes=ways, filters=filters, tunnels=tunnels)


def _beside(address: str) -> str:
    head, last = address.rsplit(".", 1)
    return f"{head}.{int(last) + 1}"


def both(*devices: Device, src: str, dst: str, dport: int = 80, site: Declared = NOTHING) -> Verdict:
    """The verdict on a packet by the tracer, which the sets must share."""
    ordered = sorted(devices, key=lambda d: d.name)
    fields = {"protocol": "tcp", "src_ip": src, "dst_ip": dst, "dst_port": str(dport), "src_port": "40000"}
    flow = flow_of(fields)
    said = NetworkTracer(ordered, build_segments(ordered, site), DAY).trace(flow).verdict
    assert of_sets(graph(*ordered, site=site), flow.packet) == said, (src, dst)
    return said


def of_sets(made: ZoneGraph, packet: Packet) -> Verdict:
    conduits = made.conduits.values()
    if any(packet in c.sent.must for c in conduits):
        return Verdict.PERMIT
    return Verdict.UNKNOWN if any(packet in c.sent.may for c in conduits) else Verdict.DENY


OSAKA_LAN, TOKYO_LAN = network("10.2.0.0/24"), network("10.1.0.0/24")


def test_crypto_maps_that_mirror_each_other() -> None:
    tokyo = site("tokyo", TOKYO, "10.1.0.1/24", tunnel("10", "wan", OSAKA, local=TOKYO_LAN, remote=OSAKA_LAN))
    osaka = site(
        "osaka",
        OSAKA,
        "10.2.0.1/24",
        tunnel("5", "wan", TOKYO, local=OSAKA_LAN, remote=TOKYO_LAN),
        its=(interface("lab", "10.2.1.1/24"),),
    )
    assert both(tokyo, osaka, src="10.1.0.5", dst="10.2.0.9") == Verdict.PERMIT
    assert both(tokyo, osaka, src="10.2.0.9", dst="10.1.0.5") == Verdict.PERMIT
    # The selectors do not name it.
    assert both(tokyo, osaka, src="10.1.0.5", dst="10.2.1.9") == Verdict.DENY
    kinds = {s.kind for s in segments(tokyo, osaka).segments}
    assert SegmentKind.TUNNEL not in kinds
    made = graph(tokyo, osaka)
    flow = made.conduits["tokyo:lan", "osaka:lan"].flows[0]
    assert [(h.device, h.ingress, h.egress) for h in flow.hops] == [("tokyo", "lan", "wan"), ("osaka", "wan", "lan")]


def test_what_comes_out_of_a_tunnel_asks_the_list_of_its_interface_unless_it_bypasses() -> None:
    for bypasses, verdict in ((True, Verdict.PERMIT), (False, Verdict.DENY)):
        tokyo = site("tokyo", TOKYO, "10.1.0.1/24", tunnel("10", "wan", OSAKA, local=TOKYO_LAN, remote=OSAKA_LAN))
        osaka = site(
            "osaka",
            OSAKA,
            "10.2.0.1/24",
            tunnel("5", "wan", TOKYO, local=OSAKA_LAN, remote=TOKYO_LAN, bypasses=bypasses),
            filters=(permit("outside", "wan"),),
        )
        assert both(tokyo, osaka, src="10.1.0.5", dst="10.2.0.9") == verdict


def test_what_comes_out_of_a_tunnel_is_translated_though_it_bypasses_the_lists() -> None:
    """As on an ASA: `sysopt connection permit-vpn` skips access lists, and twice NAT names the peers its LAN's alias."""
    alias, lan = network("10.99.2.0/24"), network("10.2.0.0/24")
    rule = Rule(
        id="manual 1",
        position=1,
        action=Action.TRANSLATE,
        span=SPAN,
        ingress=interfaces("wan"),
        destination=alias,
        translation=Translation(name="manual 1", destination=AddressRewrite(to=lan, base=alias)),
    )
    nat = RuleSet(name="nat", rules=(rule,), default=None, kind=RuleSetKind.NAT)
    tokyo = site("tokyo", TOKYO, "10.1.0.1/24", tunnel("10", "wan", OSAKA, local=TOKYO_LAN, remote=alias))
    for bypasses, verdict in ((True, Verdict.PERMIT), (False, Verdict.DENY)):
        osaka = site(
            "osaka",
            OSAKA,
            "10.2.0.1/24",
            tunnel("5", "wan", TOKYO, local=alias, remote=TOKYO_LAN, bypasses=bypasses),
            filters=(permit("outside", "wan"), (nat, Attachment(rule_sets=("nat",), hook=Hook.PREROUTING))),
        )
        assert both(tokyo, osaka, src="10.1.0.5", dst="10.99.2.9") == verdict


def test_a_tunnel_that_no_device_answers_keeps_its_far_side() -> None:
    tokyo = site("tokyo", TOKYO, "10.1.0.1/24", tunnel("10", "wan", OSAKA, local=TOKYO_LAN, remote=OSAKA_LAN))
    osaka = site("osaka", OSAKA, "10.2.0.1/24")
    found = segments(tokyo, osaka)
    assert by_name(found)["tokyo/10"].kind == SegmentKind.TUNNEL
    assert "shows no tunnel back" in " ".join(map(str, found.kept_apart))


def test_selectors_that_do_not_meet_join_nothing() -> None:
    tokyo = site("tokyo", TOKYO, "10.1.0.1/24", tunnel("10", "wan", OSAKA, local=TOKYO_LAN, remote=OSAKA_LAN))
    osaka = site(
        "osaka", OSAKA, "10.2.0.1/24", tunnel("5", "wan", TOKYO, local=network("10.9.0.0/24"), remote=TOKYO_LAN)
    )
    assert segments(tokyo, osaka).links == ()


def test_a_peer_address_that_two_sites_use_is_nobody_s() -> None:
    calling = site("tokyo", TOKYO, "10.1.0.1/24", tunnel("10", "wan", "192.168.1.1"))
    others = [
        site(name, wan, "192.168.1.1/24", tunnel("5", "lan", TOKYO, endpoint="lan"))
        for name, wan in (("nagoya", NAGOYA), ("osaka", OSAKA))
    ]
    found = segments(calling, *others)
    assert found.links == ()
    assert "which use the same address" in " ".join(map(str, found.kept_apart))


def routed(name: str, wan: str, lan: str, address: str, peer: str, *routes: Route) -> Device:
    """An edge router with a numbered tunnel interface."""
    inner = interface("tun", address, kind=InterfaceKind.TUNNEL)
    return site(name, wan, lan, tunnel("to peer", "tun", peer), its=(inner,), routes=routes)


def test_numbered_tunnel_interfaces_are_one_link_and_routes_decide() -> None:
    tokyo = routed("tokyo", TOKYO, "10.1.0.1/24", "10.255.0.1/30", OSAKA, route("10.2.0.0/16", "10.255.0.2"))
    osaka = routed("osaka", OSAKA, "10.2.0.1/24", "10.255.0.2/30", TOKYO, route("10.1.0.0/16", "10.255.0.1"))
    names = by_name(segments(tokyo, osaka))
    assert "osaka/tun=tokyo/tun" in names
    assert both(tokyo, osaka, src="10.1.0.5", dst="10.2.0.9") == Verdict.PERMIT
    assert both(tokyo, osaka, src="10.1.0.5", dst="10.2.9.9") == Verdict.DENY


def test_an_unnumbered_tunnel_interface_is_a_link_all_the_same() -> None:
    def one(name: str, wan: str, lan: str, peer: str, to: str) -> Device:
        inner = interface("tun", kind=InterfaceKind.TUNNEL)
        return site(name, wan, lan, tunnel("t", "tun", peer), its=(inner,), routes=(route(to, by="tun"),))

    tokyo = one("tokyo", TOKYO, "10.1.0.1/24", OSAKA, "10.2.0.0/16")
    osaka = one("osaka", OSAKA, "10.2.0.1/24", TOKYO, "10.1.0.0/16")
    assert both(tokyo, osaka, src="10.1.0.5", dst="10.2.0.9") == Verdict.PERMIT
    assert both(tokyo, osaka, src="10.2.0.5", dst="10.1.0.9") == Verdict.PERMIT


def test_a_hub_that_is_dialled_learns_the_networks_of_its_spokes() -> None:
    hub = site(
        "hub", TOKYO, "10.1.0.1/24", tunnel("spokes", "spokes"), its=(interface("spokes", kind=InterfaceKind.TUNNEL),)
    )
    spokes = [
        site(
            name,
            wan,
            f"10.{n}.0.1/24",
            tunnel("hub", "hub", TOKYO, local=network(f"10.{n}.0.0/24")),
            its=(interface("hub", kind=InterfaceKind.TUNNEL),),
            routes=(route("10.0.0.0/8", by="hub"),),
        )
        for n, (name, wan) in enumerate((("osaka", OSAKA), ("nagoya", NAGOYA)), start=2)
    ]
    assert both(hub, *spokes, src="10.1.0.5", dst="10.2.0.9") == Verdict.PERMIT
    assert both(hub, *spokes, src="10.2.0.5", dst="10.3.0.9") == Verdict.PERMIT
    assert both(hub, *spokes, src="10.3.0.5", dst="10.1.0.9") == Verdict.PERMIT
    assert both(hub, *spokes, src="10.1.0.5", dst="10.4.0.9") == Verdict.DENY


def test_the_ends_of_a_wire_inside_a_box() -> None:
    def end(name: str) -> Interface:
        return replace(interface(name, kind=InterfaceKind.TUNNEL), link="v")

    root = device(
        "box/root",
        interface("wan", f"{TOKYO}/30"),
        end("v0"),
        routes=(route("0.0.0.0/0", _beside(TOKYO)), route("10.1.0.0/16", by="v0")),
        path="box.cfg",
    )
    office = device(
        "box/office", interface("lan", "10.1.0.1/24"), end("v1"), routes=(route("0.0.0.0/0", by="v1"),), path="box.cfg"
    )
    assert both(root, office, src="10.1.0.5", dst="8.8.8.8") == Verdict.PERMIT
    assert both(root, office, src="8.8.8.8", dst="10.1.0.5") == Verdict.PERMIT
    elsewhere = replace(office, span=replace(SPAN, path="other.cfg"))
    assert both(root, elsewhere, src="8.8.8.8", dst="10.1.0.5") == Verdict.DENY


def test_a_port_that_several_share_has_its_wire_too() -> None:
    def on_port(name: str, address: str) -> Interface:
        return replace(interface(name, address), shared_link="port1")

    root = device(
        "box/root",
        on_port("port1", "10.0.0.2/24"),
        interface("lan", "10.1.0.1/24"),
        routes=(route("0.0.0.0/0", "10.0.0.1"),),
        path="box.cfg",
    )
    others = [
        device(
            f"box/v{n}",
            on_port(f"e{n}", f"10.0.0.{n}/24"),
            interface(f"lan{n}", f"10.{n}.0.1/24"),
            routes=(route("10.1.0.0/16", "10.0.0.2"),),
            path="box.cfg",
        )
        for n in (3, 4)
    ]
    made = {p for s in segments(root, *others).segments for p in s.ports if len(s.ports) > 1}
    assert {str(port) for port in made} == {"box/root/port1", "box/v3/e3", "box/v4/e4"}
    assert both(root, *others, src="10.3.0.5", dst="10.1.0.9") == Verdict.PERMIT
    assert segments(root, *others).links == ()
    apart = [replace(one, span=replace(SPAN, path=f"{n}.cfg"), routes=()) for n, one in enumerate(others)]
    assert all(len(s.ports) == 1 for s in segments(*apart).segments)


def ports(name: str, egress: str, *open_: AddressExpr) -> tuple[RuleSet, Attachment]:
    """A list that lets nothing but some sources in."""
    rules = tuple(
        Rule(id=str(n), position=n, action=Action.PERMIT, span=SPAN, source=source)
        for n, source in enumerate(open_, start=1)
    )
    made = RuleSet(name=name, rules=rules, default=Action.DENY)
    return made, Attachment(rule_sets=(name,), hook=Hook.FORWARD, egress=interfaces(egress))


def pair(*, strict: AddressExpr, lax: AddressExpr) -> tuple[Device, ...]:
    """An edge that sends to the virtual address of two routers, which filter what goes on to the servers."""
    edge = device(
        "edge",
        interface("lan", "10.1.0.1/24"),
        interface("core", "10.0.0.1/24"),
        routes=(route("10.9.0.0/24", "10.0.0.254"),),
    )
    routers = []
    for number, source in ((2, strict), (3, lax)):
        inner = interface("in", f"10.0.0.{number}/24")
        virtual = interface("x", "10.0.0.254/24").addresses[0]
        inner = replace(inner, addresses=(*inner.addresses, replace(virtual, virtual=True)))
        outer = interface("servers", f"10.9.0.{number}/24")
        vrrp = interface("x", "10.9.0.254/24").addresses[0]
        outer = replace(outer, addresses=(*outer.addresses, replace(vrrp, virtual=True)))
        routers.append(
            device(
                f"core{number}",
                inner,
                outer,
                routes=(route("10.1.0.0/24", "10.0.0.1"),),
                filters=(ports("servers", "servers", source),),
            )
        )
    return (edge, *routers)


def test_of_two_routers_with_one_address_either_may_be_the_one() -> None:
    same = pair(strict=network("10.1.0.0/25"), lax=network("10.1.0.0/25"))
    assert both(*same, src="10.1.0.5", dst="10.9.0.9") == Verdict.PERMIT
    assert both(*same, src="10.1.0.200", dst="10.9.0.9") == Verdict.DENY
    unlike = pair(strict=network("10.1.0.0/26"), lax=network("10.1.0.0/25"))
    assert both(*unlike, src="10.1.0.5", dst="10.9.0.9") == Verdict.PERMIT
    assert both(*unlike, src="10.1.0.100", dst="10.9.0.9") == Verdict.UNKNOWN
    assert both(*unlike, src="10.1.0.200", dst="10.9.0.9") == Verdict.DENY


def test_what_lies_behind_one_router_is_one_segment_whoever_sends_to_it() -> None:
    routers = [
        device(
            name,
            interface("up", f"10.0.0.{n}/24"),
            interface("lan", f"10.{n}.0.1/24"),
            routes=(route("10.50.0.0/16", "10.0.0.9"),),
        )
        for n, name in ((1, "a"), (2, "b"))
    ]
    together = declared(sites=[("*",)])
    behind = [s for s in segments(*routers, site=together).segments if s.kind == SegmentKind.ROUTED]
    assert [{str(p) for p in s.ports} for s in behind] == [{"a/up", "b/up"}]


@pytest.mark.parametrize("strict", [True, False])
def test_a_sender_behind_a_router_does_not_choose_the_device(strict: bool) -> None:
    closed = permit("in", "up") if strict else permit("in", "up", (Action.PERMIT, ANY_ADDRESS))
    lists = {"a": (permit("in", "up", (Action.PERMIT, ANY_ADDRESS)),), "b": (closed,)}
    routers = [
        device(
            name,
            interface("up", f"10.0.0.{n}/24"),
            interface("lan", f"10.7.0.{n}/24", vlan=7),
            routes=(route("10.50.0.0/16", "10.0.0.9"),),
            filters=lists[name],
        )
        for n, name in ((1, "a"), (2, "b"))
    ]
    said = both(*routers, src="10.50.0.5", dst="10.7.0.9", site=declared(sites=[("*",)]))
    assert said == (Verdict.UNKNOWN if strict else Verdict.PERMIT)
