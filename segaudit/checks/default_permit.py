"""What no rule forbids is permitted.

What it finds
-------------
Places where traffic passes although no rule permits it: a list that ends with a permit (policy ACCEPT), or an
interface pair of a filtering device where no list is asked at all. The maker's own implicit permits
(``implicit-permit``) are a finding of their own.

Why it matters
--------------
Permit all and forbid exceptions needs to know every bad packet beforehand. Forbidding all and permitting what is needed
stops what nobody thought of as well.

Example
-------
    *filter
    :INPUT ACCEPT [0:0]
    :FORWARD ACCEPT [0:0]
    :OUTPUT ACCEPT [0:0]
    -A FORWARD -i eth0 -p tcp --dport 445 -j DROP
    COMMIT

How to fix
----------
List what is needed, permit that, and let the list end with a deny that is logged.

References
----------
NIST SP 800-53r5 SC-7(5). NIST SP 800-41r1 section 4.1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.evidence import prove
from segaudit.findings.finding import Finding, Location, RuleRef
from segaudit.model import Action, RuleSet, Severity, msg
from segaudit.zones.graph import INTERNET, Conduit

SLUG = "default-permit"


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each list whose end permits traffic between two zones."""
    graph = subject.graph
    through: dict[tuple[str, str], list[Conduit]] = defaultdict(list)
    lists: dict[tuple[str, str], RuleSet] = {}
    for conduit in graph.conduits.values():
        for flow in conduit.flows:
            packets = flow.sent.may
            for hop in flow.hops:
                for decider in graph.devices[hop.device].explain(hop.piece, packets):
                    if decider.rule is None and decider.action == Action.PERMIT:
                        key = (hop.device, decider.rule_set.name)
                        lists[key] = decider.rule_set
                        if conduit not in through[key]:
                            through[key].append(conduit)
    for (device, name), rule_set in sorted(lists.items()):
        conduits = sorted(through[device, name], key=lambda c: (c.src != INTERNET, c.src, c.dst))
        worst = conduits[0]
        proof = prove(graph, worst.flows, graph.space.full, ())
        if proof is None:
            continue
        yield Finding(
            check=SLUG,
            severity=Severity.CRITICAL,
            certainty=proof.certainty,
            certainty_reasons=proof.reasons,
            title=msg("{list} on {device} permits what no rule names", list=name, device=device),
            message=msg(
                "The list {list} ends with a permit: {count} pair of zones is open by default.",
                plural="The list {list} ends with a permit: {count} pairs of zones are open by default.",
                list=name,
                count=len(conduits),
            ),
            remediation=msg("Permit what is needed and end the list with a deny that is logged."),
            from_zone=worst.src,
            to_zone=worst.dst,
            packets=proof.packets,
            witness=proof.witness,
            rules=(RuleRef(device=device, rule_set=name, rule_id="", action="default"),),
            locations=() if rule_set.default_span is None else (Location(span=rule_set.default_span, primary=True),),
            subject=(device, name),
        )


CHECK = Check(
    slug=SLUG,
    title=msg("Default action is permit"),
    severity=Severity.CRITICAL,
    question=4,
    run=run,
    doc=__doc__,
    statements=("D45",),
    catalogue=("DEF-001",),
    references=("NIST SP 800-53r5 SC-7(5)",),
)
