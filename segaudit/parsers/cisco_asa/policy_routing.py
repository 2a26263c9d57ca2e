"""Policy-based routing and the default route of tunnels, as lists that choose the way before the routing table does.

ASA General Operations CLI Configuration Guide 9.16, "Policy Based Routing": a route map at the ingress interface is asked
in the order of its sequence numbers; what a permit clause matches goes by what the clause sets, evaluated in a fixed
order; what a deny clause or no clause matches goes by the routing table. "Static Routes", of ``tunneled``: packets that
come out of a VPN tunnel and find no route but a default route go there; no other default route is asked for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from segaudit.model import (
    Action,
    AddressRange,
    AddressUnion,
    Attachment,
    Condition,
    ConditionKind,
    Hook,
    Interface,
    LedgerBuilder,
    Notice,
    Prefix,
    Route,
    RouteKind,
    Rule,
    RuleSet,
    RuleSetKind,
    UndecidedAddress,
    interfaces,
    msg,
    parse_address,
)
from segaudit.parsers.cisco_asa.config import Config
from segaudit.parsers.cisco_asa.interfaces import Interfaces
from segaudit.parsers.cisco_asa.objects import Catalogue
from segaudit.syntax.indented import Line

#: In which order the ways of a clause are tried ("Guidelines for Policy Based Routing").
_ORDER: Final = ("verify-availability", "next-hop", "recursive", "interface", "default next-hop", "default interface")


@dataclass(frozen=True, slots=True)
class _Way:
    kind: str
    route: Route


@dataclass(slots=True)
class PolicyRouting:
    """The routing lists of one device; ``tunneled`` are the default routes for what comes out of tunnels."""

    config: Config
    catalogue: Catalogue
    named: Interfaces
    lists: dict[str, RuleSet]
    ledger: LedgerBuilder
    routes: Sequence[Route]
    rule_sets: dict[str, RuleSet]
    attachments: list[Attachment]
    notices: list[Notice]

    def attach(self, tunneled: Sequence[Route], doors: Sequence[str]) -> None:
        """Make the lists and bind them; ``doors`` are the interfaces at which packets come out of tunnels."""
        bound: dict[str, list[str]] = {}
        lines: dict[str, Line] = {}
        for one in self.named.named:
            line = one.policy_route
            if line is not None and line.words[1:2] == ("route-map",) and len(line.words) > 2:
                bound.setdefault(line.words[2], []).append(one.name)
                lines.setdefault(line.words[2], line)
        for name, there in bound.items():
            made = self._route_map(name, lines[name])
            if made:
                self.attachments.append(
                    Attachment(
                        rule_sets=(made,),
                        hook=Hook.ROUTING,
                        ingress=interfaces(*there),
                        span=self.catalogue.source.span(lines[name].number),
                    )
                )
        for version in (4, 6):
            ways = tuple(route for route in tunneled if route.prefix.version == version)
            if ways and doors:
                rule_set = self._for_tunnels(ways, version)
                self.rule_sets[rule_set.name] = rule_set
                self.attachments.append(
                    Attachment(rule_sets=(rule_set.name,), hook=Hook.ROUTING, order=1, ingress=interfaces(*doors))
                )

    def _route_map(self, name: str, line: Line) -> str:
        """The list of a route map; empty where it is not there."""
        blocks = [block for block in self.config.of("route-map") if block.words[1:2] == (name,)]
        if not blocks:
            span = self.catalogue.source.span(line.number)
            self.notices.append(
                Notice(message=msg("the route map {name} is not defined", name=name), span=span, bears_on_access=True)
            )
            return ""
        rules: list[Rule] = []
        for block in sorted(blocks, key=_sequence):
            self.ledger.modelled(block.number)
            label = f"policy {name}/{_sequence(block)}"
            ways, matches = self._clause(block)
            denies = "deny" in block.words[2:3]
            routes = tuple(way.route for way in ways) if not denies else ()
            first = tuple(way.route for way in ways if not way.kind.startswith("default")) if not denies else ()
            for verdict in self._verdicts(block, routes, first):
                rules.extend(self._matching(label, matches, verdict))
        made = f"policy {name}"
        self.rule_sets[made] = _made(made, rules)
        return made

    def _verdicts(self, block: Line, routes: tuple[Route, ...], first: tuple[Route, ...]) -> Iterator[Rule]:
        """What happens to what a clause matches: rules without a match of their own but for the destination."""
        span = self.catalogue.source.span(block.number)
        plain = Rule(id="1", position=1, action=Action.PERMIT, span=span)
        if not routes:
            yield plain
            return
        if len(first) < len(routes):
            # Default ways are for destinations to which no route but a default route leads.
            known = [r.prefix for r in self.routes if r.prefix.length]
            known += [a.prefix for i in _up(self.named) for a in i.addresses]
            explicit = AddressUnion(tuple(p.expr() for p in sorted(set(known))))
            action = Action.ROUTE if first else Action.PERMIT
            yield replace(plain, action=action, destination=explicit, routes=first)
        yield replace(plain, action=Action.ROUTE, routes=routes)

    def _clause(self, block: Line) -> tuple[list[_Way], list[str] | None]:
        """The ways of a clause in the order in which they are tried, and its access lists; of none all is matched."""
        ways: list[_Way] = []
        matches: list[str] | None = None
        for child in block.children:
            words = child.words
            if words[:3] in (("match", "ip", "address"), ("match", "ipv6", "address")) and len(words) > 3:
                matches = [*(matches or []), *words[3:]]
                self.ledger.modelled(child.number)
            elif words[:1] == ("set",) and (found := self._set(words[1:], child)):
                ways += found
                self.ledger.modelled(child.number)
            elif words[:3] in (("set", "ip", "df"), ("set", "ip", "dscp")):
                self.ledger.irrelevant(child.number, "marks packets")
            else:
                self.ledger.unsupported(child.number, "not understood in policy routing")
        return sorted(ways, key=lambda way: _ORDER.index(way.kind)), matches

    def _set(self, words: tuple[str, ...], line: Line) -> list[_Way]:
        """The ways of one ``set``: ``ip next-hop A B``, ``ip next-hop verify-availability A 1 track 1``, ``interface X``."""
        rest = list(words)
        family = rest.pop(0) if rest[:1] in (["ip"], ["ipv6"]) else ""
        default = rest[:1] == ["default"]
        if default:
            rest.pop(0)
        kind = rest.pop(0) if rest else ""
        if kind == "interface":
            return [self._by_interface(name, line, default=default) for name in rest]
        if kind != "next-hop" or not family:
            return []
        tracked = rest[:1] == ["verify-availability"]
        if rest[:1] in (["verify-availability"], ["recursive"]):
            kind = rest.pop(0)
        found: list[_Way] = []
        for word in rest:
            if word == "track":
                break
            hop = self._address(word, 6 if family == "ipv6" else 4)
            if hop is not None:
                route = self._route(line, hop[0], next_hop=hop[1], tracked=tracked)
                found.append(_Way("default next-hop" if default else kind, route))
        return found

    def _by_interface(self, name: str, line: Line, *, default: bool) -> _Way:
        kind = "default interface" if default else "interface"
        if name.lower() == "null0":
            return _Way(kind, replace(self._route(line, 4), kind=RouteKind.DISCARD))
        # The next hop is what the routing table has for the destination by that interface, if it has one.
        return _Way(kind, self._route(line, 4, interface=name, tracked=True))

    def _route(
        self, line: Line, version: int, *, next_hop: int | None = None, interface: str = "", tracked: bool = False
    ) -> Route:
        return Route(
            prefix=Prefix(version, 0, 0),
            span=self.catalogue.source.span(line.number),
            next_hop=next_hop,
            interface=interface,
            tracked=tracked,
        )

    def _address(self, word: str, version: int) -> tuple[int, int] | None:
        if version == 4:
            found = self.catalogue.host(word)
            return (4, found.first) if isinstance(found, AddressRange) and found.version == 4 else None
        try:
            return parse_address(word)
        except ValueError:
            return None

    def _matching(self, label: str, matches: list[str] | None, verdict: Rule) -> Iterator[Rule]:
        """The rules of a clause: one for all, or a call of what each of its access lists picks."""
        if matches is None:
            yield verdict
            return
        for name in matches:
            title = name if name in self.lists else f"{name} (IPv6)"
            picked = self.lists.get(title)
            if picked is None:
                yield replace(verdict, source=UndecidedAddress("undefined access list", name))
                continue
            self._pick(made := self._free(f"{label}/{title}"), picked, verdict)
            yield Rule(id="1", position=1, action=Action.JUMP, span=verdict.span, target=made)

    def _pick(self, name: str, picked: RuleSet, verdict: Rule) -> None:
        """A list of its own by which what ``picked`` permits gets ``verdict``, and the rest comes back."""
        final = f"{name} chosen"
        self.rule_sets[final] = _made(final, [verdict])
        rules = [
            replace(rule, action=Action.GOTO, target=final, implicit="", hits=None, logged=None)
            if rule.action is Action.PERMIT
            else replace(rule, action=Action.RETURN, hits=None, logged=None)
            for rule in picked.rules
        ]
        self.rule_sets[name] = replace(_made(name, rules), version=picked.version)

    def _free(self, name: str) -> str:
        number, chosen = 1, name
        while chosen in self.rule_sets:
            number += 1
            chosen = f"{name} #{number}"
        return chosen

    def _for_tunnels(self, ways: tuple[Route, ...], version: int) -> RuleSet:
        out_of_a_tunnel = Condition(kind=ConditionKind.OTHER, text="it came out of a VPN tunnel")
        known = {r.prefix for r in self.routes} | {a.prefix for i in _up(self.named) for a in i.addresses}
        explicit = AddressUnion(tuple(p.expr() for p in sorted(known) if p.length and p.version == version))
        span = ways[0].span
        rules = [
            Rule(id="1", position=1, action=Action.PERMIT, span=span, destination=explicit),
            Rule(id="2", position=2, action=Action.ROUTE, span=span, conditions=(out_of_a_tunnel,), routes=ways),
        ]
        name = "tunneled default route" + (" (IPv6)" if version == 6 else "")
        return replace(_made(name, rules), version=version)


def _up(named: Interfaces) -> list[Interface]:
    return [one.interface for one in named.named if one.interface.enabled]


def _sequence(block: Line) -> int:
    return next((int(word) for word in block.words[2:] if word.isdigit()), 10)


def _made(name: str, rules: Sequence[Rule]) -> RuleSet:
    """A routing list of these rules, in their order."""
    placed = tuple(replace(rule, id=str(place), position=place) for place, rule in enumerate(rules, start=1))
    return RuleSet(name=name, rules=placed, kind=RuleSetKind.ROUTING, default=None)
