"""Fingerprints hold no name, line or text: they survive renaming, moved lines and rules that change places to no effect."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from random import Random
from types import MappingProxyType
from typing import TypeVar, cast

import pytest

from segaudit.check import Subject
from segaudit.findings.deadrules import dead_rules
from segaudit.findings.identity import RuleIdentity
from segaudit.knowledge.services import load_services
from segaudit.model import (
    ANY_ADDRESS,
    Action,
    AddressComplement,
    AddressExpr,
    AddressUnion,
    Device,
    InterfaceAddress,
    Rule,
    RuleSet,
    Span,
    host,
    interfaces,
    network,
    parse_address,
    parse_prefix,
)
from segaudit.model.inputs import Network
from segaudit.packetspace.space import PacketSpace
from segaudit.pipeline.discover import checks
from segaudit.semantics.device import DeviceSemantics
from segaudit.zones.build import build
from tests.scale import count
from tests.semantics import devices
from tests.zones.networks import DAY, NOTHING

SPACE = PacketSpace()
CHECKS = checks()
#: Their order by the alphabet turns round too.
NAMES = {
    "made": "another",
    "a": "zz",
    "a*": "zz*",
    "b": "yy",
    "c": "xx",
    "zone": "area",
    "group": "bundle",
    "vip": "forward",
    "other": "nother",
    "main0": "chain9",
    "main1": "chain8",
    "main2": "chain7",
    "sub1": "part2",
    "sub2": "part1",
    "dnat": "rewrites",
    "snat": "hides",
    "user-group staff": "user-group crew",
}
ADDRESSES = {"a": ("10.0.0.1/28",), "b": ("203.0.113.1/30", "2001:db8::1/64"), "c": ("172.16.0.1/24",)}

T = TypeVar("T")


def renamed(value: T) -> T:
    """``value`` with every name of `NAMES` changed, wherever it stands, and every line moved."""
    return cast("T", _renamed(value))


def _renamed(value: object) -> object:
    if type(value) is str:
        return NAMES.get(value, value)
    if isinstance(value, Span):
        return replace(value, first_line=value.first_line + 1000, last_line=value.last_line + 1000)
    if isinstance(value, tuple):
        return tuple(_renamed(v) for v in value)
    if isinstance(value, frozenset):
        return frozenset(_renamed(v) for v in value)
    if isinstance(value, dict | MappingProxyType):
        return {_renamed(k): _renamed(v) for k, v in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _renamed(getattr(value, f.name)) for f in fields(value) if f.init})
    return value


def device(chance: Random) -> Device:
    made = devices.device(chance, translating=chance.random() < 0.5)
    members = [
        replace(
            one,
            addresses=tuple(
                InterfaceAddress(address=parse_address(text.partition("/")[0])[1], prefix=parse_prefix(text))
                for text in ADDRESSES[one.name]
            ),
        )
        for one in made.interfaces
    ]
    return replace(made, interfaces=tuple(members))


def shuffled(made: Device, chance: Random) -> Device:
    """``made``, with neighbours in its lists that have no packet in common changed over, and all rules numbered anew."""
    resolver = DeviceSemantics(SPACE, made, DAY).resolver
    lists: list[RuleSet] = []
    for rule_set in made.rule_sets:
        rules = list(rule_set.rules)
        for _ in range(20 if len(rules) > 1 else 0):
            at = chance.randrange(len(rules) - 1)
            one, other = (resolver.match(replace(r, translated_by=None), None).bounds.may for r in rules[at : at + 2])
            if not one & other:
                rules[at], rules[at + 1] = rules[at + 1], rules[at]
        numbered = (replace(r, id=f"no-{n}", position=n) for n, r in enumerate(rules, start=5))
        lists.append(replace(rule_set, rules=tuple(numbered)))
    return replace(made, rule_sets=tuple(lists))


def fingerprints(made: Device, *slugs: str) -> Counter[tuple[str, str]]:
    """How often each fingerprint is found by the checks named, or by all."""
    graph = build(SPACE, [made], NOTHING, DAY)
    network = Network(devices=(made,), sources=MappingProxyType({}), ledgers=MappingProxyType({}))
    subject = Subject(network=network, graph=graph, services=load_services(), as_of=DAY)
    return Counter(
        (slug, finding.fingerprint)
        for slug in slugs or CHECKS
        for finding in CHECKS[slug].run(subject, CHECKS[slug].params())
    )


@pytest.mark.parametrize("seed", range(count(25, full=2000)))
def test_they_survive_renaming_and_reordering(seed: int) -> None:
    chance = Random(seed)
    made = device(chance)
    assert fingerprints(renamed(made)) == fingerprints(made)
    # Which denies stand before a permit is what `deny-list-design` is about; dead is dead in any order.
    about_rules = ("dead-rule-conflicting", "dead-rule-redundant", "default-permit", "any-any-any-rule")
    assert fingerprints(shuffled(renamed(made), chance), *about_rules) == fingerprints(made, *about_rules)


def test_the_same_packets_spelt_in_another_way_are_the_same_rule() -> None:
    def of(source: AddressExpr) -> tuple[str, ...]:
        rule = Rule(id="1", position=1, action=Action.DENY, span=devices.SPAN, source=source, destination=ANY_ADDRESS)
        rule_set = RuleSet(name="list", rules=(rule,), version=4)
        semantics = DeviceSemantics(SPACE, replace(device(Random(1)), rule_sets=(rule_set,), attachments=()), DAY)
        return RuleIdentity(build(SPACE, [semantics.device], NOTHING, DAY)).of(rule, rule_set, semantics)

    halves = AddressUnion((network("10.0.0.8/29"), network("10.0.0.0/29")))
    assert of(halves) == of(network("10.0.0.0/28"))
    assert of(AddressComplement(AddressComplement(halves))) == of(network("10.0.0.0/28"))
    assert of(ANY_ADDRESS) == of(network("0.0.0.0/0")), "of an IPv4 list"
    assert of(host("10.0.0.1")) != of(host("10.0.0.2"))


def test_a_rule_is_known_by_the_networks_at_the_interfaces_that_it_names() -> None:
    def dead(ingress: str) -> tuple[str, ...]:
        rules = tuple(
            Rule(
                id=str(n),
                position=n,
                action=Action.DENY,
                span=devices.SPAN,
                source=ANY_ADDRESS,
                destination=host("10.0.0.7"),
                ingress=interfaces(ingress),
            )
            for n in (1, 2)
        )
        made = replace(device(Random(1)), rule_sets=(RuleSet(name="list", rules=rules),), attachments=())
        (found,) = dead_rules(build(SPACE, [made], NOTHING, DAY))
        return found.subject

    assert dead("a")[-2:] == ("10.0.0.0/28", "any")
    assert dead("c")[-2:] == ("172.16.0.0/24", "any")


def test_renaming_reaches_what_is_named() -> None:
    made: Mapping[str, object] = renamed(device(Random(3))).addresses
    assert list(made) == ["bundle"]
