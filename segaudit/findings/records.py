"""What passes from zone to zone without leaving a trace in any log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segaudit.findings.evidence import Proof, flow_deciders, prove
from segaudit.findings.pairs import LINK_ROLES
from segaudit.knowledge.roles import Role, load_roles
from segaudit.model import Action, RuleSetKind
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSet, PacketSpace
from segaudit.semantics.device import Decider, Gate
from segaudit.semantics.rulesets import ListResult
from segaudit.semantics.translation import Rewrite, pushed
from segaudit.zones.graph import Conduit, Flow, Zone, ZoneGraph

#: Zones whose edge is a boundary in either direction.
_EDGES = frozenset({Role.INTERNET, Role.VPN, Role.DMZ, Role.OT_DMZ, Role.PARTNER})
#: From this value of the zone that is entered on every way into it crosses a boundary.
_PRECIOUS = 4


def crosses_boundary(source: Zone, target: Zone) -> bool:
    """Whether what gets from ``source`` to ``target`` should be recorded: it comes from or goes to the outside or its
    edge, or it enters a zone worth at least `_PRECIOUS`. Links between routers hold nobody.
    """
    roles = {source.role, target.role}
    if roles & LINK_ROLES:
        return False
    return bool(roles & _EDGES) or load_roles().roles[Role(target.role)].value >= _PRECIOUS


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecorded:
    """What gets from one zone to another and no rule on the way logs. ``deciders`` are the rules that let it pass."""

    source: Zone
    target: Zone
    proof: Proof
    deciders: tuple[Decider, ...]


def unrecorded(graph: ZoneGraph) -> Iterator[Unrecorded]:
    """For every pair of zones across a boundary, what passes by rules of which none logs."""
    silent = _Silent(graph.space)
    for (src, dst), conduit in sorted(graph.conduits.items()):
        source, target = graph.zones[src], graph.zones[dst]
        if src == dst or not crosses_boundary(source, target):
            continue
        found = _of_conduit(graph, conduit, silent)
        if found is None:
            continue
        flows, packets, deciders = found
        proof = prove(graph, flows, packets)
        if proof is not None:
            yield Unrecorded(source=source, target=target, proof=proof, deciders=deciders)


def _of_conduit(
    graph: ZoneGraph, conduit: Conduit, silent: _Silent
) -> tuple[list[Flow], PacketSet, tuple[Decider, ...]] | None:
    flows: list[Flow] = []
    packets: list[PacketSet] = []
    deciders: list[Decider] = []
    for flow in conduit.flows:
        received = silent.through(flow)
        if not received:
            continue
        whole = received == flow.received.may
        sent = flow.sent.may if whole else flow.sent_for(PacketBounds(received & flow.received.must, received)).may
        passed = [
            d
            for d in flow_deciders(graph, flow, sent)
            if d.rule is not None and d.action == Action.PERMIT and not d.rule.logged and not d.rule.implicit
        ]
        # What lists of one family let pass says nothing of the other, which no list looks at.
        versions = {d.rule_set.version for d in passed}
        if None not in versions:
            received &= graph.space.union(graph.space.version(v) for v in versions if v is not None)
        if passed and received:
            flows.append(flow)
            packets.append(received)
            deciders += passed
    return (flows, graph.space.union(packets), tuple(deciders)) if flows else None


class _Silent:
    """What passes gates without a rule that logs it, each gate and list looked at once."""

    def __init__(self, space: PacketSpace) -> None:
        self._space = space
        self._gates: dict[int, tuple[Gate, PacketSet]] = {}
        self._lists: dict[int, tuple[ListResult, PacketSet]] = {}

    def through(self, flow: Flow) -> PacketSet:
        """The packets of ``flow``, as they arrive, that no rule on their way logs."""
        current = flow.sent.may
        for hop in flow.hops:
            arriving = current
            rewrites: list[Rewrite] = []
            for stage in hop.piece.stages:
                if isinstance(stage, Rewrite):
                    rewrites.append(stage)
                    current = stage.image(current & stage.domain.may)
                elif not _translates(stage):
                    if stage.attachment.original_destination:
                        arriving &= self._passing(stage)
                        current &= pushed(rewrites, arriving)
                    else:
                        current &= self._passing(stage)
                if not current:
                    return current
        return current & flow.received.may

    def _passing(self, gate: Gate) -> PacketSet:
        found = self._gates.get(id(gate))
        if found is None:
            found = self._gates[id(gate)] = (gate, self._pass(gate))
        return found[1]

    def _pass(self, gate: Gate) -> PacketSet:
        space = self._space
        passing: list[PacketSet] = []
        rest = space.full
        for result in gate.results:
            rule_set = result.rule_set
            mine = rest if rule_set.version is None else rest & space.version(rule_set.version)
            passing.append(mine & self._permitted(result))
            end, others = mine & result.rest, rest - mine
            if rule_set.default == Action.PERMIT and not rule_set.default_logged:
                passing.append(end)
            rest = end | others if rule_set.default is None else others
        return space.union([*passing, rest])

    def _permitted(self, result: ListResult) -> PacketSet:
        """What rules of the list permit without logging it."""
        found = self._lists.get(id(result))
        if found is None:
            found = self._lists[id(result)] = (result, self._space.union(self._parts(result)))
        return found[1]

    def _parts(self, result: ListResult) -> Iterator[PacketSet]:
        for index, (rule, inner) in enumerate(zip(result.rules, result.inner, strict=True)):
            if rule.action == Action.PERMIT and not rule.logged:
                yield result.first_match.effective[index].may
            elif inner is not None and rule.action in (Action.JUMP, Action.GOTO):
                yield result.first_match.effective[index].may & self._permitted(inner)


def _translates(gate: Gate) -> bool:
    return any(result.rule_set.kind == RuleSetKind.NAT for result in gate.results)
