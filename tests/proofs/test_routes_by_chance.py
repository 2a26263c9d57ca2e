"""Routes, VRFs, routing lists and captured tables made by chance: the sets and the tracer, written apart, say the same.

Two routers with two links between them, a network behind each of their other interfaces, and routes that point at each
other, at hosts, at nobody, and at other VRFs.
"""

from collections import Counter
from collections.abc import Sequence
from random import Random

import pytest

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    ANY_SERVICE,
    Action,
    Attachment,
    Condition,
    ConditionKind,
    Device,
    Hook,
    Interface,
    InterfaceAddress,
    Route,
    RouteKind,
    Rule,
    RuleSet,
    RuleSetKind,
    Span,
    VrfImport,
    interfaces,
    network,
    parse_address,
    parse_prefix,
    ports,
)
from segaudit.packetspace.packet import Packet
from segaudit.packetspace.space import PacketSet, PacketSpace
from segaudit.semantics.trace import Verdict
from segaudit.zones.build import build
from segaudit.zones.flows import Territory
from segaudit.zones.graph import SegmentKind
from segaudit.zones.segments import Declared, build_segments
from segaudit.zones.trace import NetworkTracer
from tests.proofs.agreement import NetworkAgreement, Tally
from tests.proofs.drawing import Drawer, drawn
from tests.proofs.inputs import AS_OF
from tests.scale import count

SPAN = Span(path="made", first_line=1, last_line=1)
#: Device and interface, own address, VLAN: equal ones are one link.
LINKS = (("a", "x", "192.168.12.1/30", 12), ("a", "y", "192.168.13.1/30", 13), ("b", "x", "192.168.12.2/30", 12),
         ("b", "y", "192.168.13.2/30", 13))  # fmt: skip
LANS = (("a", "lan", "10.1.0.1/24", 1), ("a", "red", "10.2.0.1/24", 2), ("b", "lan", "10.3.0.1/24", 3),
        ("b", "red", "10.4.0.1/24", 4))  # fmt: skip
PREFIXES = ("10.1.0.0/24", "10.2.0.0/24", "10.3.0.0/24", "10.4.0.0/24", "10.0.0.0/8", "10.2.0.0/15", "0.0.0.0/0",
            "10.3.0.128/25", "10.1.0.9/32", "172.16.0.0/16", "192.168.0.0/16")  # fmt: skip
HOPS = {
    "a": (
        "192.168.12.2",
        "192.168.13.2",
        "192.168.12.2",
        "192.168.13.2",
        "10.3.0.77",
        "10.1.0.9",
        "10.99.0.1",
        "172.16.0.1",
    ),
    "b": (
        "192.168.12.1",
        "192.168.13.1",
        "192.168.12.1",
        "192.168.13.1",
        "10.1.0.77",
        "10.3.0.9",
        "10.99.0.1",
        "172.16.0.1",
    ),
}


#: What may lie behind hosts and strangers: of the same prefix as a network of the other router nobody knows who is meant.
WIDE = ("0.0.0.0/0", "0.0.0.0/0", "172.16.0.0/16", "172.16.128.0/17")


def route(chance: Random, of: str, vrf: str) -> Route:
    """A route that may point anywhere."""
    prefix = parse_prefix(chance.choice(PREFIXES))
    distance, metric = chance.choice((1, 1, 1, 5, 250)), chance.choice((0, 0, 0, 7))
    if chance.random() < 0.08:
        return Route(prefix=prefix, span=SPAN, kind=RouteKind.DISCARD, distance=distance, vrf=vrf)
    text = chance.choice(HOPS[of]) if chance.random() < 0.9 else ""
    named = not text or chance.random() < 0.2
    if named or not text.startswith("192.168"):
        prefix = parse_prefix(chance.choice(WIDE))
    return Route(
        prefix=prefix,
        span=SPAN,
        next_hop=parse_address(text)[1] if text else None,
        interface=chance.choice(("lan", "red", "x", "y")) if named else "",
        distance=distance,
        metric=metric,
        vrf=vrf,
        tracked=chance.random() < 0.15,
        next_hop_vrf=chance.choice(("", "red")) if chance.random() < 0.2 else None,
    )


def chosen(chance: Random, of: str, vrf: str) -> Route:
    """A way of a routing rule."""
    if chance.random() < 0.15:
        return Route(prefix=parse_prefix("0.0.0.0/0"), span=SPAN, next_hop_vrf=chance.choice(("", "red")))
    return route(chance, of, vrf)


def policy(chance: Random, of: str) -> tuple[tuple[RuleSet, ...], tuple[Attachment, ...]]:
    """Up to two routing lists, one after the other, or each for itself."""
    lists = tuple(
        RuleSet(
            name=name,
            rules=tuple(rule(chance, of, place, name) for place in range(1, chance.randrange(2, 5))),
            kind=RuleSetKind.ROUTING,
            default=chance.choice((None, None, Action.PERMIT)) if name == "second" else None,
            version=chance.choice((None, 4)),
        )
        for name in ("first", "second")
    )
    inner = RuleSet(
        name="inner",
        rules=(rule(chance, of, 1, "inner"), Rule(id="2", position=2, action=Action.RETURN, span=SPAN)),
        kind=RuleSetKind.ROUTING,
        default=None,
    )
    at = chance.choice((ANY_INTERFACE, interfaces("lan"), interfaces("lan", "red"), interfaces("x")))
    bound: tuple[Attachment, ...]
    if chance.random() < 0.5:
        bound = (Attachment(rule_sets=("first", "second"), hook=Hook.ROUTING, ingress=at),)
    else:
        bound = (
            Attachment(rule_sets=("first",), hook=Hook.ROUTING, ingress=at),
            Attachment(rule_sets=("second",), hook=Hook.ROUTING, order=1),
        )
    return (*lists, inner), bound


def rule(chance: Random, of: str, place: int, where: str) -> Rule:
    """A rule that routes, leaves to the table, drops, or calls."""
    actions = [Action.ROUTE] * 5 + [Action.PERMIT, Action.DENY, Action.CONTINUE]
    action = chance.choice(actions if where == "inner" else [*actions, Action.JUMP, Action.GOTO])
    user = Condition(kind=ConditionKind.USER, text="staff")
    return Rule(
        id=str(place),
        position=place,
        action=action,
        span=SPAN,
        source=network(chance.choice(PREFIXES)) if chance.random() < 0.5 else ANY_ADDRESS,
        destination=network(chance.choice(PREFIXES)) if chance.random() < 0.5 else ANY_ADDRESS,
        service=ports(6, 80) if chance.random() < 0.4 else ANY_SERVICE,
        conditions=(user,) if chance.random() < 0.1 else (),
        target="inner" if action in (Action.JUMP, Action.GOTO) else "",
        routes=tuple(chosen(chance, of, chance.choice(("", "red"))) for _ in range(chance.randrange(3)))
        if action is Action.ROUTE
        else (),
    )


def device(chance: Random, name: str) -> Device:
    """One of the two routers."""
    vrfs = chance.random() < 0.6
    dynamic = ("ospf",) if chance.random() < 0.35 else ()
    lists, bound = policy(chance, name) if chance.random() < 0.7 else ((), ())
    tables = ("", "red") if vrfs else ("",)
    return Device(
        name=name,
        format="made",
        span=Span(path=f"{name}.cfg", first_line=1, last_line=1),
        stateful=False,
        versions=frozenset({4}),
        interfaces=tuple(
            Interface(
                name=own,
                span=SPAN,
                addresses=(
                    InterfaceAddress(address=parse_address(text.partition("/")[0])[1], prefix=parse_prefix(text)),
                ),
                vlan=vlan,
                vrf="red" if own == "red" and vrfs else "",
            )
            for of, own, text, vlan in (*LANS, *LINKS)
            if of == name
        ),
        routes=tuple(route(chance, name, chance.choice(tables)) for _ in range(chance.randrange(8))),
        rule_sets=lists,
        attachments=bound,
        vrf_imports=tuple(
            VrfImport(vrf=vrf, origin=origin, span=SPAN, sure=chance.random() < 0.5)
            for vrf, origin in (("", "red"), ("red", ""))
            if vrfs and chance.random() < 0.35
        ),
        dynamic_routing=dynamic,
        dynamic_interfaces=frozenset({"x", "lan"}) if chance.random() < 0.5 else None,
        known_tables=frozenset((t, 4) for t in tables if chance.random() < 0.4),
    )


@pytest.fixture(scope="module")
def space() -> PacketSpace:
    return PacketSpace()


def test_where_packets_go(space: PacketSpace) -> None:
    said: Counter[tuple[str, str]] = Counter()
    compared = 0
    for seed in range(count(60, full=2_000)):
        chance = Random(seed)
        devices = [device(chance, "a"), device(chance, "b")]
        graph = build(space, devices, Declared(), AS_OF)
        segments = build_segments(devices, Declared())
        routed = [p for s in segments.segments if s.kind == SegmentKind.ROUTED for p in s.prefixes]
        if any(p.overlaps(parse_prefix(text)) for p in routed for text in (*PREFIXES[:4], "192.168.0.0/16")):
            # A stranger claims a network of the two: who is meant is a question of segments, not of routes.
            continue
        compared += 1
        tracer = NetworkTracer(devices, segments, AS_OF)
        both = NetworkAgreement(graph, tracer)
        territory = Territory(space, segments, devices)
        homes = [territory.packets(segment, "src").may for segment in segments.segments]

        owners = frozenset(segments.owners)

        def starts_once(
            packet: Packet,
            tracer: NetworkTracer = tracer,
            homes: Sequence[PacketSet] = homes,
            owners: frozenset[tuple[int, int]] = owners,
        ) -> bool:
            # Next hops that no input owns may claim one prefix: then nobody knows where a packet starts.
            alone = len(tracer._home(packet.version, packet.src)) == 1
            # What is sent to a router itself is `test_what_reaches_a_device_itself`'s.
            passing = (packet.version, packet.dst) not in owners
            return alone and passing and sum(packet in home for home in homes) == 1

        tally = Tally()
        for (src, dst), conduit in graph.conduits.items():
            for packets in (conduit.sent.may, conduit.sent.may, conduit.sent.must, conduit.sent.must):
                packet = drawn(packets, chance) if packets else None
                if packet is not None and starts_once(packet):
                    both.ask_conduit(packet, conduit.sent.must, tally, (src, dst))
        drawer = Drawer(devices, chance)
        everywhere = tuple((p.version, p.first, p.last) for p in map(parse_prefix, PREFIXES[:4]))
        for zone in graph.sources:
            spans = tuple((p.version, p.first, p.last) for p in graph.zones[zone].prefixes)
            for number in range(12):
                packet = drawer.packet(sources=spans, destinations=everywhere if number % 2 else ())
                if starts_once(packet):
                    both.ask_zone(packet, zone, tally)
        assert not tally.differing, (seed, tally.differing[:2])
        said.update(tally.said)
    verdicts = {traced for _, traced in said}
    assert {Verdict.PERMIT, Verdict.DENY, Verdict.UNKNOWN} <= verdicts, said
    sure = sum(n for (of_sets, _), n in said.items() if of_sets == Verdict.PERMIT)
    assert sure > sum(said.values()) * 0.05, said
    assert compared > count(60, full=2_000) * 0.5, compared
    print(compared, dict(said))
