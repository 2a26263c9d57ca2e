"""Policy routing as sets: lists that choose a way by more than the destination, asked before the routing table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from segaudit.model import Action, Attachment, Hook, Route, RouteKind
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSet
from segaudit.semantics.routing import Resolved, Routes, RoutingTable, Way
from segaudit.semantics.rulesets import Context, RuleEffect, RuleSets


class PolicyRouting:
    """The routing lists of a device. ``table`` gives the routing table of a VRF."""

    def __init__(self, rule_sets: RuleSets, routes: Routes, table: Callable[[str], RoutingTable]) -> None:
        self._rule_sets = rule_sets
        self._space = rule_sets.space
        self._routes = routes
        self._table = table
        device = routes.device
        self._attachments: Sequence[Attachment] = sorted(
            (a for a in device.attachments if a.hook == Hook.ROUTING), key=lambda a: a.order
        )
        self._resolved: dict[Route, tuple[Resolved, ...]] = {}

    def ways(self, packets: PacketBounds, ingress: str, vrf: str, translated: str = "") -> list[Way]:
        """Where ``packets`` that arrived at ``ingress``, as they are after destination NAT, go on.

        What no list sends elsewhere goes by the routing table of ``vrf``; what a list drops has no way.
        """
        found: list[Way] = []
        for attachment in self._attachments:
            if packets.may and self._rule_sets.matches(attachment.ingress, ingress):
                packets = self._asked(attachment, Context(ingress=ingress, translated=translated), packets, found)
        if packets.may:
            found += self._table(vrf).ways(packets, ingress)
        return found

    def _asked(self, attachment: Attachment, context: Context, packets: PacketBounds, found: list[Way]) -> PacketBounds:
        """What one attachment leaves to the routing table; where it sends the others is added to ``found``."""
        space = self._space
        rest = space.full
        permitted = denied = routed = gone = space.empty
        back: list[PacketSet] = []
        for name in attachment.rule_sets:
            result = self._rule_sets.ask(name, context)
            if result is None:
                # A list that is not there: it may say anything.
                denied |= rest
                permitted |= rest
                continue
            reaching = PacketBounds(rest - permitted - denied - routed, rest)
            for effect in result.routings:
                going = packets & effect.effective & reaching
                if going.may:
                    away, returning = self._sent(effect, going, context.ingress, found)
                    gone |= away
                    back.append(returning)
            mine = rest if result.rule_set.version is None else rest & space.version(result.rule_set.version)
            permitted |= mine & result.permitted
            denied |= mine & result.denied
            routed |= mine & result.routed
            end = mine & result.rest
            if result.rule_set.default == Action.DENY:
                denied |= end
            elif result.rule_set.default == Action.PERMIT:
                permitted |= end
            other_family = rest - mine
            rest = end | other_family if result.rule_set.default is None else other_family
        permitted |= rest
        return PacketBounds(packets.must - denied - gone, (packets.may & permitted) | space.union(back))

    def _sent(
        self, effect: RuleEffect, going: PacketBounds, ingress: str, found: list[Way]
    ) -> tuple[PacketSet, PacketSet]:
        """What of ``going`` may be gone by the ways of a rule, and what may come back, because none of them is up."""
        nothing = self._space.empty
        whole, tried = going, False
        for route in effect.rule.routes:
            if is_lookup(route):
                found += self._table(route.next_hop_vrf or "").ways(going, ingress)
                return whole.may, nothing
            ways = self._ways_of(route)
            if not ways:
                continue
            tried = True
            alone = len(ways) == 1 and ways[0].sure
            left = PacketBounds(nothing, going.may)
            found += [
                Way(egress=one.egress, packets=going if alone else left, next_hop=one.next_hop)
                for one in ways
                if one.egress
            ]
            if alone:
                return whole.may, nothing
            going = left
        return (whole.may if tried else nothing), going.may

    def _ways_of(self, route: Route) -> tuple[Resolved, ...]:
        found = self._resolved.get(route)
        if found is None:
            found = self._resolved[route] = self._routes.resolve(route)
        return found


def is_lookup(route: Route) -> bool:
    """Whether a route of a routing list hands its packets to the routing table of a VRF."""
    discards = route.kind == RouteKind.DISCARD
    return not discards and route.next_hop is None and not route.interface and route.next_hop_vrf is not None
