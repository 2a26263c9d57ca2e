"""Between two zones nearly everything is permitted.

What it finds
-------------
Pairs of inside zones of different roles between which any service may be opened, from half of one zone or more to half
of the other or more. Where denies stand before a permit of the rest, ``deny-list-design`` says so instead.

Why it matters
--------------
Whoever holds one host of the first zone can try everything on every host of the second: nothing slows him down and
nothing that he does is unusual.

Example
-------
    config firewall policy
        edit 18
            set srcintf "internal"
            set dstintf "guest-wifi"
            set action accept
            set srcaddr "all"
            set dstaddr "all"
            set schedule "always"
            set service "ALL"
        next
    end

How to fix
----------
Log for thirty days what is used, write it as a list of services between named hosts, end with a logged deny.

    config firewall policy
        edit 18
            set srcintf "internal"
            set dstintf "guest-wifi"
            set action accept
            set srcaddr "all"
            set dstaddr "all"
            set schedule "always"
            set service "PING"
            set logtraffic all
        next
    end

References
----------
NIST SP 800-53r5 SC-7, AC-4. CIS Controls v8.1 12.2, 13.4. IEC 62443-3-3 SR 5.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.evidence import prove
from segaudit.findings.finding import Finding
from segaudit.findings.openness import Openness, open_families, openness
from segaudit.findings.openrules import is_deny_list
from segaudit.findings.pairs import CROWN_JEWELS, internal_conduits, zone_subject
from segaudit.knowledge.roles import Role
from segaudit.model import Severity, msg

SLUG = "uncontrolled-zone-pair"


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each ordered pair."""
    graph = subject.graph
    for source, target, conduit in internal_conduits(graph):
        if source.role == target.role and source.role != Role.UNKNOWN:
            continue
        if target.role == Role.VPN:
            # The hosts of remote users are not in a segment of ours; what they reach is asked the other way round.
            continue
        if openness(graph, conduit) != Openness.ALL or is_deny_list(graph, conduit):
            continue
        proof = prove(graph, conduit.flows, open_families(graph, conduit))
        if proof is None:
            continue
        critical = target.role in CROWN_JEWELS
        yield Finding(
            check=SLUG,
            severity=Severity.CRITICAL if critical else Severity.HIGH,
            certainty=proof.certainty,
            certainty_reasons=proof.reasons,
            title=msg("Nothing controls what {source} opens towards {target}", source=source.name, target=target.name),
            message=msg(
                "A host in {source} may open any service on most hosts in {target}.",
                source=source.name,
                target=target.name,
            ),
            remediation=msg("List the services that are needed between named hosts; deny and log the rest."),
            from_zone=source.name,
            to_zone=target.name,
            services=("any",),
            packets=proof.packets,
            witness=proof.witness,
            rules=proof.rules,
            locations=proof.locations,
            subject=(zone_subject(source), zone_subject(target), "any"),
        )


CHECK = Check(
    slug=SLUG,
    title=msg("Pair of zones without control"),
    severity=Severity.HIGH,
    question=3,
    run=run,
    doc=__doc__,
    statements=("D04", "D45", "D51"),
    catalogue=("SEG-003",),
)
