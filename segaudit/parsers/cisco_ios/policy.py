"""Policy routing: a route map at an interface becomes a list that chooses the way of what comes in there.

Cisco IOS IP Routing: Protocol-Independent Configuration Guide, "Policy-Based Routing": what a permit clause matches goes
the way that the clause sets, by the first next hop that is in the routing table, the first interface that is up, and
only then, where no route but the default route leads to the destination, by the default ways. What a deny clause or no
clause matches goes by the routing table, and so does what finds none of the ways.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from segaudit.model import (
    Action,
    AddressExpr,
    AddressUnion,
    Attachment,
    Condition,
    ConditionKind,
    Hook,
    Prefix,
    Route,
    RouteKind,
    RuleSetKind,
    VrfImport,
    interfaces,
    msg,
)
from segaudit.parsers.cisco_ios.chains import (
    EVERYTHING,
    POLICY_ROUTING,
    AllOf,
    AnyOf,
    ByCondition,
    ByList,
    Draft,
    Lists,
    Outcome,
    Test,
)
from segaudit.parsers.cisco_ios.config import (
    Bound,
    InterfaceConfig,
    PolicyWay,
    RouteMapClause,
    RunningConfig,
    interface_name,
)

#: Interfaces with one neighbour: what is sent by them needs no address resolution. Of others ``set interface`` is used
#: for destinations with a route only (Command Reference, ``set interface``).
_POINT_TO_POINT: Final = (
    "tunnel",
    "serial",
    "dialer",
    "virtual",
    "multilink",
    "async",
    "cellular",
    "bri",
    "atm",
    "pos",
)


class PolicyRouting:
    """The routing lists of one device. ``routes`` are those of its tables, with what VRFs take over from each other."""

    def __init__(
        self, config: RunningConfig, lists: Lists, routes: tuple[Route, ...], imports: tuple[VrfImport, ...]
    ) -> None:
        self._config = config
        self._lists = lists
        self._routes = routes
        self._imports = imports
        self._made: dict[tuple[str, int, str], str] = {}
        self.attachments: list[Attachment] = []

    def attach_all(self) -> None:
        """Make the lists, and bind each to the interfaces that ask it."""
        bound: dict[str, list[InterfaceConfig]] = {}
        for interface in self._config.interfaces.values():
            for policy, version in ((interface.policy, 4), (interface.policy6, 6)):
                name = self._list(policy, version, interface.vrf) if policy is not None else ""
                if name:
                    bound.setdefault(name, []).append(interface)
        for name, there in bound.items():
            line = min(b.line for i in there for b in (i.policy, i.policy6) if b is not None)
            ingress = interfaces(*(i.name for i in there))
            self.attachments.append(
                Attachment(rule_sets=(name,), hook=Hook.ROUTING, ingress=ingress, span=self._lists.span(line))
            )

    def _list(self, bound: Bound, version: int, vrf: str) -> str:
        """The list of a route map for packets of one VRF; empty where the route map is not there: then nothing is asked."""
        key = (bound.name, version, vrf)
        known = self._made.get(key)
        if known is not None:
            return known
        clauses = sorted(self._config.route_maps.get(bound.name, {}).values(), key=lambda clause: clause.sequence)
        if not clauses:
            self._lists.notices.append((msg("the route map {name} is not defined", name=bound.name), bound.line))
            self._made[key] = ""
            return ""
        label = f"policy {bound.name}" + (" (IPv6)" if version == 6 else "") + (f" in {vrf}" if vrf else "")
        drafts: list[Draft] = []
        for clause in clauses:
            of_clause = f"{label}/{clause.sequence}"
            outcome = self._outcome(clause, version, vrf, of_clause)
            drafts.extend(self._lists.drafts(_test(clause, version), outcome, of_clause, clause.line))
        made = self._lists.make(
            label, drafts, line=clauses[0].line, kind=RuleSetKind.ROUTING, version=version, default=Action.PERMIT
        )
        self._made[key] = made
        return made

    def _outcome(self, clause: RouteMapClause, version: int, vrf: str, label: str) -> Outcome:
        by_table = Outcome(Action.PERMIT, name=POLICY_ROUTING)
        usable = [w for w in clause.ways if w.next_hop is None or w.next_hop[0] == version]
        if not clause.permit or not usable:
            return by_table
        first = [w for w in usable if not w.default]
        ordered = sorted(first, key=lambda w: (w.next_hop is None, w.interface == ""))
        routes = tuple(self._route(w, version, vrf, clause) for w in ordered)
        default = sorted((w for w in usable if w.default), key=lambda w: w.next_hop is None)
        if not default:
            return Outcome(Action.ROUTE, routes=routes)
        others = tuple(self._route(w, version, vrf, clause) for w in default)
        if self._config.routing_protocols:
            # A protocol may bring a route to the destination.
            others = tuple(_doubted(route) for route in others)
        drafts = [
            Draft(Action.ROUTE, clause.line, destination=self._explicit(version, vrf), routes=routes)
            if routes
            else Draft(Action.PERMIT, clause.line, destination=self._explicit(version, vrf), name=POLICY_ROUTING),
            Draft(Action.ROUTE, clause.line, routes=(*routes, *others)),
        ]
        target = self._lists.make(
            f"{label}/default", drafts, line=clause.line, kind=RuleSetKind.ROUTING, version=version
        )
        return Outcome(Action.GOTO, target)

    def _route(self, way: PolicyWay, version: int, vrf: str, clause: RouteMapClause) -> Route:
        name = interface_name(way.interface) if way.interface else ""
        discard = name.lower().startswith("null")
        one_neighbour = name.lower().startswith(_POINT_TO_POINT)
        return Route(
            prefix=Prefix(version, 0, 0),
            span=self._lists.span(way.line),
            next_hop=way.next_hop[1] if way.next_hop is not None else None,
            interface="" if discard else name,
            vrf=vrf,
            kind=RouteKind.DISCARD if discard else RouteKind.STATIC,
            tracked=way.tracked
            or (clause.verified and way.next_hop is not None)
            or bool(name and not discard and not one_neighbour),
            next_hop_vrf=way.vrf,
        )

    def _explicit(self, version: int, vrf: str) -> AddressExpr:
        """The destinations to which another route than the default route leads."""
        tables = {vrf, *(one.origin for one in self._imports if one.vrf == vrf)}
        prefixes = {
            own.prefix
            for interface in self._config.interfaces.values()
            for own in interface.addresses
            if interface.vrf in tables and not interface.shutdown
        }
        prefixes |= {route.prefix for route in self._routes if route.vrf in tables}
        return AddressUnion(tuple(p.expr() for p in sorted(prefixes) if p.version == version and p.length))


def vrf_imports(config: RunningConfig, lists: Lists) -> Iterator[VrfImport]:
    """What VRFs take over from each other: by copying, and by BGP where one imports what another one exports."""
    for copy in config.vrf_copies:
        yield VrfImport(vrf=copy.vrf, origin=copy.origin, span=lists.span(copy.line), sure=copy.sure)
    if "bgp" not in config.routing_protocols:
        return
    for vrf, lines in config.vrf_import_lines.items():
        for target, line in lines.items():
            for origin, exported in config.vrf_exports.items():
                if origin != vrf and target in exported:
                    yield VrfImport(vrf=vrf, origin=origin, span=lists.span(line))


def _doubted(route: Route) -> Route:
    return replace(route, tracked=True)


def _test(clause: RouteMapClause, version: int) -> Test:
    """What a clause matches of one family; a clause without a match matches all."""
    wanted = "ip address" if version == 4 else "ipv6 address"
    tests: list[Test] = []
    for match in clause.matches:
        if match.kind == wanted:
            tests.append(AnyOf(tuple(ByList(name, match.line) for name in match.names)))
        elif match.kind not in ("ip address", "ipv6 address"):
            text = " ".join(("match", match.kind, *match.names))
            tests.append(ByCondition(Condition(kind=ConditionKind.OTHER, text=text), match.line))
    return AllOf(tuple(tests)) if tests else EVERYTHING
