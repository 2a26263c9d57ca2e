"""Laws of the reach of whole networks, which hold whatever the configs say, over networks made by chance.

With lists that are bound and not empty: one more permit takes nothing away, one more deny adds nothing, at whatever
place of a list. What devices, files and objects are called, and which of two rules stands first that do not
concern each other, changes nothing. What reaches the devices themselves is held to the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from segaudit.model import (
    ANY_ADDRESS,
    ANY_SERVICE,
    TCP,
    UDP,
    Action,
    AddressExpr,
    Device,
    Hook,
    Rule,
    RuleSet,
    RuleSetKind,
    Service,
    network,
)
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSpace
from segaudit.semantics.resolve import Resolver
from segaudit.zones.build import build
from segaudit.zones.graph import Port, Segment, ZoneGraph
from segaudit.zones.segments import Declared
from tests.proofs.inputs import AS_OF
from tests.proofs.made import NETWORKS, PORTS
from tests.proofs.rings import PLACES, Made, rings
from tests.proofs.test_tracer_and_sets import SPAN, network_agrees
from tests.scale import count

#: Who sends to whom: segments as their ports and prefixes, or what stands for a device.
Pair = tuple[frozenset[str], frozenset[str]]
#: As sent and as received, both bounds.
Reach = Mapping[Pair, tuple[PacketBounds, PacketBounds]]

#: Without looking for a smaller network that fails too: that takes minutes, and the one found is small enough to read.
SEARCH = settings(max_examples=count(30, full=2_000), phases=[Phase.explicit, Phase.generate])
_DECIDING = frozenset({Action.PERMIT, Action.DENY})


@pytest.fixture(scope="module")
def space() -> PacketSpace:
    return PacketSpace()


def reach(graph: ZoneGraph, names: Mapping[str, str] | None = None) -> Reach:
    """What gets from where to where; ``names`` are devices by what they are called elsewhere."""
    called = names or {}

    # By segments: in whose zone a link between two firewalls stands is a matter of their names.
    def place(one: Segment) -> frozenset[str]:
        ports = {str(Port(called.get(p.device, p.device), p.interface, p.vpn)) for p in one.ports}
        return frozenset(ports | {str(prefix) for prefix in one.prefixes})

    found: dict[Pair, tuple[PacketBounds, PacketBounds]] = {}

    def add(pair: Pair, sent: PacketBounds, received: PacketBounds) -> None:
        before = found.get(pair)
        if before is not None:
            sent = PacketBounds(sent.must | before[0].must, sent.may | before[0].may)
            received = PacketBounds(received.must | before[1].must, received.may | before[1].may)
        if sent.may:
            found[pair] = (sent, received)

    for conduit in graph.conduits.values():
        for flow in conduit.flows:
            add((place(flow.source), place(flow.target)), flow.sent, flow.received)
    for exposures in graph.exposures.values():
        for one in exposures:
            device = called.get(one.device, one.device)
            add((frozenset(), frozenset({f"itself {device}"})), one.sent, one.piece.current)
    return found


def of(space: PacketSpace, devices: Sequence[Device], names: Mapping[str, str] | None = None) -> Reach:
    """The reach in a network."""
    return reach(build(space, devices, Declared(), AS_OF), names)


def not_within(small: Reach, large: Reach, space: PacketSpace) -> str:
    """What of the packets sent is in ``small`` and not in ``large``; nothing: empty."""
    nothing = PacketBounds.exactly(space.empty)
    for pair, (sent, _) in small.items():
        more = large.get(pair, (nothing, nothing))[0]
        for bound, one, other in (("must", sent.must, more.must), ("may", sent.may, more.may)):
            if not one <= other:
                return f"{bound} from {sorted(pair[0])} to {sorted(pair[1])}: {(one - other).witness()}"
    return ""


def differing(one: Reach, other: Reach, space: PacketSpace) -> str:
    """Where two networks differ, sent or received; nothing: empty."""
    nothing = PacketBounds.exactly(space.empty)
    for pair in one.keys() | other.keys():
        both = one.get(pair, (nothing, nothing)), other.get(pair, (nothing, nothing))
        for what, a, b in zip(("sent", "received"), *both, strict=True):
            if (a.must, a.may) != (b.must, b.may):
                packets = (a.may - b.may) | (b.may - a.may) | (a.must - b.must) | (b.must - a.must)
                return f"{what} from {sorted(pair[0])} to {sorted(pair[1])}: {packets.witness()}"
    return ""


def with_list(device: Device, changed: RuleSet) -> Device:
    """The device with a list in the place of the one of its name."""
    return replace(device, rule_sets=tuple(changed if r.name == changed.name else r for r in device.rule_sets))


def bound_lists(device: Device) -> list[RuleSet]:
    """The filters that are bound and not empty, of rules that permit and deny alone."""
    bound = {
        name
        for a in device.attachments
        if a.hook in {Hook.PREROUTING, Hook.FORWARD, Hook.LOCAL_IN}
        for name in a.rule_sets
    }
    return [
        r
        for r in device.rule_sets
        if r.name in bound
        and r.kind == RuleSetKind.FILTER
        and r.rules
        and all(rule.translation is None for rule in r.rules)
    ]


def new_rule(chance: Random, action: Action, *, version: int | None) -> Rule:
    """A rule that is decided by the header alone."""

    def somewhere() -> AddressExpr:
        start, length = chance.choice(NETWORKS)
        return network(f"{start}/{length}") if version != 6 and chance.random() < 0.6 else ANY_ADDRESS

    port = chance.choice(PORTS)
    service = chance.choice(
        (
            ANY_SERVICE,
            Service(protocol=chance.choice((TCP, UDP)), destination_ports=((port, port),)),
            Service(protocol=1),
        )
    )
    return Rule(
        id="added",
        position=1,
        action=action,
        span=SPAN,
        source=somewhere(),
        destination=somewhere(),
        service=service,
    )


def with_rule(devices: Sequence[Device], action: Action, chance: Random) -> list[Device] | None:
    """The network with one rule more; nothing where no list is bound."""
    places = [(d, r) for d in devices for r in bound_lists(d)]
    if not places:
        return None
    device, rules = chance.choice(places)
    # A policy may translate what it permits. One that permits the same and translates nothing, above it, is another way
    # to send it, which the next device may deny; below it, it is not.
    translating = any(rule.source_translation is not None for rule in rules.rules)
    at = len(rules.rules) if action == Action.PERMIT and translating else chance.randint(0, len(rules.rules))
    added = new_rule(chance, action, version=rules.version)
    changed = replace(rules, rules=(*rules.rules[:at], added, *rules.rules[at:]))
    return [with_list(d, changed) if d is device else d for d in devices]


def test_three_devices_by_sets_and_packet_by_packet(space: PacketSpace) -> None:
    verdicts: Counter[str] = Counter()

    @SEARCH
    @given(made=rings(), seed=st.integers(0, 2**32))
    def agree(made: tuple[Made, ...], seed: int) -> None:
        verdicts.update(network_agrees(space, [one.device() for one in made], Declared(), Random(seed)))

    agree()
    assert {"permit", "deny"} <= set(verdicts), verdicts


@pytest.mark.parametrize("action", [Action.PERMIT, Action.DENY])
def test_one_more_rule(space: PacketSpace, action: Action) -> None:
    changes: list[bool] = []

    @SEARCH
    @given(made=rings(), seed=st.integers(0, 2**32))
    def holds(made: tuple[Made, ...], seed: int) -> None:
        devices = [one.device() for one in made]
        chance = Random(seed)
        before = of(space, devices)
        for _ in range(2):
            changed = with_rule(devices, action, chance)
            if changed is None:
                return
            after = of(space, changed)
            small, large = (before, after) if action == Action.PERMIT else (after, before)
            assert not (lost := not_within(small, large, space)), lost
            changes.append(bool(not_within(large, small, space)))

    holds()
    assert any(changes), "no rule made a difference"


def test_names_mean_nothing(space: PacketSpace) -> None:
    @SEARCH
    @given(made=rings())
    def holds(made: tuple[Made, ...]) -> None:
        other_names = dict(zip(("zulu", "mike", "alfa"), PLACES, strict=True))
        plain = of(space, [one.device() for one in made])
        renamed = [one.renamed(name).device() for one, name in zip(made, other_names, strict=True)]
        assert not (difference := differing(plain, of(space, renamed, other_names), space)), difference

    holds()


def test_rules_that_do_not_concern_each_other_change_places(space: PacketSpace) -> None:
    swapped = [0]

    @SEARCH
    @given(made=rings(), seed=st.integers(0, 2**32))
    def holds(made: tuple[Made, ...], seed: int) -> None:
        devices = [one.device() for one in made]
        chance = Random(seed)
        mixed = [mixed_up(space, d, chance) for d in devices]
        swapped[0] += sum(a is not b for a, b in zip(devices, mixed, strict=True))
        assert not (difference := differing(of(space, devices), of(space, mixed), space)), difference

    holds()
    assert swapped[0], "no rules changed places"


def mixed_up(space: PacketSpace, device: Device, chance: Random) -> Device:
    """The device with neighbouring rules swapped that do the same, or of which no packet meets both."""
    resolver = Resolver(space, device, AS_OF, frozenset())
    for rules in bound_lists(device):
        order = list(rules.rules)
        for at in chance.sample(range(len(order) - 1), len(order) - 1):
            one, other = order[at], order[at + 1]
            if {one.action, other.action} <= _DECIDING and _is_independent(resolver, rules, one, other):
                order[at], order[at + 1] = other, one
        if tuple(order) != rules.rules:
            device = with_list(device, replace(rules, rules=tuple(order)))
    return device


def _is_independent(resolver: Resolver, rules: RuleSet, one: Rule, other: Rule) -> bool:
    """Whether no packet meets both rules, or both do the same with it."""
    if one.action == other.action and one.source_translation == other.source_translation:
        return True
    if one.translated_by is not None or other.translated_by is not None:
        return False
    return not resolver.match(one, rules.version).bounds.may & resolver.match(other, rules.version).bounds.may
