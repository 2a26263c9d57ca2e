"""A list forbids exceptions and permits the rest.

What it finds
-------------
A list in which denies stand before a rule (or a default) that permits nearly every service between two zones. What
comes to mind is forbidden, everything else passes. Towards the internet only it is not meant.

Why it matters
--------------
The list has to know every bad service beforehand. Whoever comes in uses one that it does not name.

Example
-------
    ip access-list extended OFFICE3F_IN
     deny   tcp any any eq telnet
     permit ip 10.20.21.0 0.0.0.255 any
    interface Vlan21
     ip access-group OFFICE3F_IN in

How to fix
----------
Turn it round: list the services that are needed, permit those, end with a logged deny.

    ip access-list extended OFFICE3F_IN
     permit tcp 10.20.21.0 0.0.0.255 host 10.20.10.11 eq 443
     permit tcp 10.20.21.0 0.0.0.255 host 10.20.10.12 eq 445
     deny   ip any any log
    interface Vlan21
     ip access-group OFFICE3F_IN in

References
----------
NIST SP 800-53r5 SC-7(5). NIST SP 800-41r1 section 4.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segaudit.check import Check, Subject
from segaudit.findings.finding import Finding, Location
from segaudit.findings.openness import share_reaches
from segaudit.findings.openrules import deny_lists
from segaudit.findings.pairs import LINK_ROLES
from segaudit.model import Severity, msg
from segaudit.packetspace.space import PacketSet
from segaudit.zones.graph import Zone

SLUG = "deny-list-design"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """``service_share``: from this share of all sessions (0 to 1) a permit after denies is a deny-list."""

    service_share: float = 0.9


def run(subject: Subject, params: Params) -> Iterator[Finding]:
    """One finding for each permit that stands after exceptions."""
    graph = subject.graph

    def covers(source: Zone, target: Zone, packets: PacketSet) -> bool:
        if source.role in LINK_ROLES or target.role in LINK_ROLES:
            return False
        senders, receivers = graph.sources.get(source.name), graph.targets.get(target.name)
        return (
            senders is not None
            and receivers is not None
            and share_reaches(packets, senders, receivers, params.service_share)
        )

    for found in deny_lists(graph, covers):
        place = found.place
        proof = place.proof
        spans = dict.fromkeys([*(p.span for p in proof.locations), *(r.span for r in found.denies)])
        yield Finding(
            check=SLUG,
            severity=Severity.HIGH,
            certainty=proof.certainty,
            certainty_reasons=proof.reasons,
            title=msg(
                "{list} on {device} forbids exceptions and permits the rest",
                list=place.refs[0].rule_set,
                device=place.device,
            ),
            message=msg(
                "{count} deny stands before a permit of nearly everything: {pairs}.",
                plural="{count} denies stand before a permit of nearly everything: {pairs}.",
                count=len(found.denies),
                pairs=", ".join(f"{s.name} > {t.name}" for s, t, _ in place.pairs),
            ),
            remediation=msg("List the services that are needed, permit those, and end with a logged deny."),
            from_zone=place.from_zone,
            to_zone=place.to_zone,
            packets=place.packets,
            witness=proof.witness,
            rules=place.refs,
            locations=tuple(Location(span=span, primary=i == 0) for i, span in enumerate(spans)),
            subject=place.subject,
        )


CHECK = Check(
    slug=SLUG,
    title=msg("Deny-list design"),
    severity=Severity.HIGH,
    question=4,
    run=run,
    doc=__doc__,
    params=Params,
    statements=("D45",),
    catalogue=("DEF-003",),
)
