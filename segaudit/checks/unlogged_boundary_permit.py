"""What crosses a boundary leaves no trace in a log.

What it finds
-------------
Pairs of zones across a boundary (from or to the internet, remote access, a DMZ, a partner; or into a zone of servers and
what is worth more) between which rules permit something, and no rule on the way logs it. It is one finding for each pair,
with all such rules. A rule counts as logged where its maker says so, also by default, and in a packet filter where an
unconditional LOG stands before it. Rules about the device itself are not judged.

Why it matters
--------------
After an incident the first questions are who came in, from where, and what was reached. What was not recorded cannot be
answered, and nobody notices the next one either.

Example
-------
    access-list OUTSIDE_IN extended permit tcp any host 172.16.50.20 eq smtp log disable
    access-group OUTSIDE_IN in interface outside

How to fix
----------
Log the end of each session at every boundary, and send the log to another host that an intruder does not reach.

    access-list OUTSIDE_IN extended permit tcp any host 172.16.50.20 eq smtp log
    access-group OUTSIDE_IN in interface outside

References
----------
NIST SP 800-53r5 AU-2, AU-12, SC-7. CIS Controls v8.1 8.2, 13.6. PCI DSS v4.0 10.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.evidence import locations, rule_refs
from segaudit.findings.finding import Finding
from segaudit.findings.openness import service_ranges
from segaudit.findings.pairs import zone_subject
from segaudit.findings.records import unrecorded
from segaudit.model import Severity, msg

SLUG = "unlogged-boundary-permit"
#: Services that a finding names.
_MOST_SERVICES = 12


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each ordered pair of zones."""
    for found in unrecorded(subject.graph):
        rules = rule_refs(found.deciders)
        labels = [r.label(subject.services) for r in service_ranges(found.proof.received.may, limit=_MOST_SERVICES)]
        yield Finding(
            check=SLUG,
            severity=Severity.MEDIUM,
            certainty=found.proof.certainty,
            certainty_reasons=found.proof.reasons,
            title=msg(
                "What gets from {source} to {target} is not logged", source=found.source.name, target=found.target.name
            ),
            message=msg(
                "{count} rule permits it and nothing on the way logs it: {services}.",
                plural="{count} rules permit it and nothing on the way logs it: {services}.",
                count=len(rules),
                services=", ".join(labels),
            ),
            remediation=msg(
                "Log the sessions of these rules and send the log to a host that an intruder does not reach."
            ),
            from_zone=found.source.name,
            to_zone=found.target.name,
            services=tuple(labels),
            packets=found.proof.packets,
            witness=found.proof.witness,
            rules=rules,
            locations=locations(found.deciders),
            subject=(zone_subject(found.source), zone_subject(found.target), SLUG),
        )


CHECK = Check(
    slug=SLUG,
    title=msg("Permits across a boundary that leave no log"),
    severity=Severity.MEDIUM,
    question=0,
    run=run,
    doc=__doc__,
    statements=("D34", "D38", "D42"),
    catalogue=("LOG-001",),
    references=("NIST SP 800-53r5 AU-2", "NIST SP 800-53r5 AU-12", "CIS Controls v8.1 8.2"),
)
