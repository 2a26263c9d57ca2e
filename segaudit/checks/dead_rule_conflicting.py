"""A rule never acts because earlier rules decide otherwise.

What it finds
-------------
An enabled rule all of whose packets are taken by earlier rules, of which at least one does the opposite: a deny that
stops nothing, or a permit that lets nothing through. Earlier rules are looked at together: four that cover a fifth only
as a union count.

Why it matters
--------------
Somebody wrote the rule to have an effect, and believes that it has one. A dead deny is a hole that the rule base hides.

Example
-------
    access-list OUTSIDE_IN extended permit tcp any any eq 443
    access-list OUTSIDE_IN extended deny tcp host 198.51.100.7 any eq 443

How to fix
----------
Move the rule above those that take its packets, or delete it if they are right.

    access-list OUTSIDE_IN extended deny tcp host 198.51.100.7 any eq 443
    access-list OUTSIDE_IN extended permit tcp any any eq 443

References
----------
NIST SP 800-41r1 section 4. Al-Shaer and Hamed, Discovery of Policy Anomalies in Distributed Firewalls (shadowing).
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.deadrules import DeadRule, finding_of
from segaudit.findings.finding import Finding
from segaudit.model import Action, Message, Severity, msg

SLUG = "dead-rule-conflicting"


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each dead rule that an earlier one contradicts."""
    for dead in subject.dead_rules:
        if dead.conflicting:
            yield finding_of(
                dead,
                check=SLUG,
                severity=Severity.MEDIUM,
                title=msg("Rule {rule} of {list} on {device} never acts: earlier rules do the opposite", **dead.names),
                message=_told(dead),
                remediation=msg("Move the rule above those that take its packets, or delete it if they are right."),
            )


def _told(dead: DeadRule) -> Message:
    if dead.rule.action == Action.PERMIT:
        return msg("Every packet that it would permit is decided before it by {blockers}.", blockers=dead.blocker_names)
    return msg("Every packet that it would deny is decided before it by {blockers}.", blockers=dead.blocker_names)


CHECK = Check(
    slug=SLUG,
    title=msg("Dead rule that earlier rules contradict"),
    severity=Severity.MEDIUM,
    question=0,
    run=run,
    doc=__doc__,
    statements=("D43", "D27"),
    catalogue=("DEF-006", "HYG-001"),
)
