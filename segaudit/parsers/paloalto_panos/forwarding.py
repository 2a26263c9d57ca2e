"""Policy-based forwarding: rules that choose the way before the routing table does.

The first rule that matches forwards, discards, or leaves the packet to the routing table (``no-pbf``); it looks at where
the packet came in, at addresses, service and user as they were sent, and at the application once it is known (PAN-OS
Networking Administrator's Guide 10.1, "Policy-Based Forwarding").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    Action,
    AddressComplement,
    AddressExpr,
    Condition,
    ConditionKind,
    InterfaceMatch,
    Prefix,
    Route,
    RouteKind,
    Rule,
    RuleSet,
    RuleSetKind,
    interfaces,
)
from segaudit.parsers.paloalto_panos.config import Node
from segaudit.parsers.paloalto_panos.rules import Books
from segaudit.parsers.paloalto_panos.scope import Scope
from segaudit.parsers.paloalto_panos.topology import Topology
from segaudit.parsers.paloalto_panos.values import EVERY, read_address

_NAMES: Final = {4: "pbf", 6: "ip6/pbf"}


def forwarding_lists(scope: Scope, books: Books, topology: Topology) -> tuple[RuleSet, ...]:
    """The rules as a routing list for each family; none where the device has no such rules."""
    entries = tuple(scope.rules("pbf"))
    if not entries:
        return ()
    found: list[RuleSet] = []
    for version, name in _NAMES.items():
        rules = [rule for entry in entries for rule in _rule(entry, version, scope, books, topology)]
        numbered = tuple(replace(rule, position=place) for place, rule in enumerate(rules, start=1))
        found.append(RuleSet(name=name, rules=numbered, kind=RuleSetKind.ROUTING, default=None, version=version))
    return tuple(found)


def _rule(entry: Node, version: int, scope: Scope, books: Books, topology: Topology) -> Iterator[Rule]:
    action = entry.at("action")
    routes: tuple[Route, ...] = ()
    if action.has("discard"):
        routes = (Route(prefix=Prefix(version, 0, 0), span=scope.span(entry), kind=RouteKind.DISCARD),)
    elif not action.has("no-pbf"):
        route = _route(entry, version, scope, topology)
        if route is None:
            if action.has("forward-to-vsys"):
                scope.file.ledger.unsupported(entry.first_line, "hands packets to another virtual system")
            return
        routes = (route,)
    service, conditions = books.applications.match(entry.words("application"), entry.words("service"))
    yield Rule(
        id=entry.name,
        position=1,
        action=Action.ROUTE if routes else Action.PERMIT,
        span=scope.span(entry),
        source=_side(entry, "source", version, books),
        destination=_side(entry, "destination", version, books),
        service=service,
        ingress=_ingress(entry),
        conditions=(*conditions, *_asked(entry)),
        enabled=not entry.is_on("disabled") and scope.applies(entry),
        schedule=entry.word("schedule"),
        comment=entry.word("description"),
        routes=routes,
    )


def _route(entry: Node, version: int, scope: Scope, topology: Topology) -> Route | None:
    """The way of a rule that forwards; ``None`` where it has none for this family."""
    forward = entry.at("action", "forward")
    egress = forward.word("egress-interface")
    text = scope.value(forward.word("nexthop", "ip-address"))
    hop = read_address(text)
    if hop is None and text:
        named = scope.device.word("shared", "address", text, "ip-netmask") or scope.vsys.word(
            "address", text, "ip-netmask"
        )
        hop = read_address(scope.value(named))
    if not egress or (hop is not None and hop[0] != version):
        return None
    at = topology.interface(egress)
    return Route(
        prefix=Prefix(version, 0, 0),
        span=scope.span(entry),
        next_hop=hop[1] if hop is not None else None,
        interface=egress,
        vrf=at.vrf if at is not None else "",
        tracked=forward.is_on("monitor", "disable-if-unreachable"),
    )


def _side(entry: Node, side: str, version: int, books: Books) -> AddressExpr:
    value = books.addresses.union(entry.words(side))
    if entry.is_on(f"negate-{side}"):
        return AddressComplement(value, version)
    return EVERY[version] if value is ANY_ADDRESS else value


def _ingress(entry: Node) -> InterfaceMatch:
    names = (*entry.words("from", "zone"), *entry.words("from", "interface"))
    return ANY_INTERFACE if not names or "any" in names else interfaces(*names)


def _asked(entry: Node) -> tuple[Condition, ...]:
    users = entry.words("source-user")
    if not users or "any" in users:
        return ()
    return (Condition(kind=ConditionKind.USER, text=f"user {', '.join(users)}", groups=users),)
