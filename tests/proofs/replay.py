"""A finding's witness, taken from the JSON report as a reader of it would, asked of `segaudit trace`'s own functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from segaudit.findings.evidence import UNFILTERED
from segaudit.pipeline.audit import network_tracer
from segaudit.semantics.trace import DeviceTracer, StepAction, Verdict
from segaudit.semantics.trace_flows import Flow, FlowVerdict, flow_of, packet_json, trace_flow
from tests.proofs.inputs import AS_OF, Case

#: What a witness and a verdict say of a packet.
FIELDS = ("protocol", "src_ip", "src_port", "dst_ip", "dst_port", "icmp_type", "icmp_code", "state")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A rule, or the end of a list (``rule`` is empty)."""

    device: str
    rule_set: str
    rule: str


class Replay:
    """A network ready to be asked for the witnesses of its findings."""

    def __init__(self, case: Case) -> None:
        self._devices = [DeviceTracer(device, AS_OF) for device in case.network.devices]
        self._network = network_tracer(case.network, case.site, AS_OF)

    def problems(self, finding: Mapping[str, Any]) -> Iterator[str]:
        """Where the trace of a finding's witness says something else than the finding."""
        witness = finding["witness"]
        rules = [Place(r["device"], r["rule_set"], r["rule_id"]) for r in finding["rules"]]
        actions = [r["action"] for r in finding["rules"]]
        if finding["check"].startswith("dead-rule"):
            yield from self._dead(witness, rules, actions)
            return
        flow = _flow(witness)
        said = self._network.trace(flow) if flow.through_network else trace_flow(self._devices, flow)
        allowed = {Verdict.PERMIT} if finding["certainty"] == "confirmed" else {Verdict.PERMIT, Verdict.UNKNOWN}
        if said.verdict not in allowed:
            yield f"the verdict is {said.verdict}: {[str(u) for u in said.undecided]}"
            return
        if said.received is None:
            yield "nothing is received"
        else:
            traced = packet_json(said.received)
            for name in FIELDS:
                # What is chosen from a pool is not known; the finding shows one of the choices.
                if traced[name] is not None and traced[name] != witness["received"][name]:
                    yield f"{name} is received as {traced[name]}, not {witness['received'][name]}"
        named = {place for place, action in zip(rules, actions, strict=True) if action != UNFILTERED}
        met = self._met(flow, said)
        if named and met and not named & met and not (UNFILTERED in actions and not _asked(said)):
            yield f"it passes {sorted(met)}, and the finding names {sorted(named)}"
        if len(rules) == 1 and named and not named <= met:
            yield f"it passes {sorted(met)}, not the one rule that the finding names: {rules[0]}"
        if not rules and met and flow.out_interface:
            yield f"the finding names no rule; the way meets {sorted(met)}"

    def _dead(self, witness: Mapping[str, Any], rules: list[Place], actions: list[str]) -> Iterator[str]:
        """The dead rule is named first; a blocker that does otherwise decides its witness."""
        said = trace_flow(self._devices, _flow(witness, rule_set=rules[0].rule_set))
        others = {place.rule for place, action in zip(rules, actions, strict=True) if action != actions[0]}
        decided = said.decided_by
        if said.verdict == Verdict.UNKNOWN:
            yield f"the verdict is unknown: {[str(u) for u in said.undecided]}"
        elif decided is None or decided.rule not in others:
            yield f"{decided} decides, not one of {sorted(others)}"

    def _met(self, flow: Flow, said: FlowVerdict) -> set[Place]:
        """The rules and list ends that passed or translated the packet; with doubt all that may have."""
        found: set[Place] = set()
        for hop in said.hops:
            for step in hop.steps:
                if step.action in {StepAction.PERMIT, StepAction.TRANSLATE}:
                    rule = step.decision.rule
                    found.add(Place(hop.device, step.decision.rule_set, rule.id if rule is not None else ""))
                if not step.certain:
                    found |= self._deciders(
                        hop.device, step.decision.rule_set, flow, hop.in_interface, hop.out_interface
                    )
        return found

    def _deciders(self, device: str, rule_set: str, flow: Flow, ingress: str, egress: str) -> set[Place]:
        tracer = next(t for t in self._devices if t.device.name == device)
        answer = tracer.ask_list(rule_set, flow.packet, ingress, egress)
        return {Place(device, d.rule_set, d.rule.id if d.rule is not None else "") for d in answer.deciders}


def _flow(witness: Mapping[str, Any], rule_set: str = "") -> Flow:
    start, sent = witness["start"], witness["sent"]
    cells = {name: "" if sent[name] is None else str(sent[name]) for name in FIELDS}
    places = {name: start[name] or "" for name in ("device", "in_interface", "out_interface")}
    if start["segment"]:
        assert not any(places.values()), "it starts in a segment or at a device"
    return flow_of({**cells, **places, "rule_set": rule_set})


def _asked(said: FlowVerdict) -> bool:
    """Whether any list was asked on the way."""
    return any(hop.steps for hop in said.hops)
