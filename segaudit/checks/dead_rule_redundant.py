"""A rule never acts because earlier rules already do the same.

What it finds
-------------
An enabled rule all of whose packets are taken by earlier rules with the same action, one or several of them together.

Why it matters
--------------
It changes nothing now, and does when somebody removes the earlier rule: what was meant to be closed stays open. Long
lists hide the rules that matter.

Example
-------
    access-list OUTSIDE_IN extended permit tcp any any eq 443
    access-list OUTSIDE_IN extended permit tcp any host 203.0.113.10 eq 443

How to fix
----------
Delete the rule, or the wider one before it if that is the mistake.

    access-list OUTSIDE_IN extended permit tcp any host 203.0.113.10 eq 443

References
----------
NIST SP 800-41r1 section 4. Al-Shaer and Hamed, Discovery of Policy Anomalies in Distributed Firewalls (redundancy).
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.deadrules import finding_of
from segaudit.findings.finding import Finding
from segaudit.model import Severity, msg

SLUG = "dead-rule-redundant"


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each dead rule whose work is already done."""
    for dead in subject.dead_rules:
        if not dead.conflicting:
            yield finding_of(
                dead,
                check=SLUG,
                severity=Severity.LOW,
                title=msg("Rule {rule} of {list} on {device} never acts: earlier rules do the same", **dead.names),
                message=msg(
                    "Every packet that it matches is decided before it by {blockers}.", blockers=dead.blocker_names
                ),
                remediation=msg("Delete the rule, or the wider one before it if that is the mistake."),
            )


CHECK = Check(
    slug=SLUG,
    title=msg("Dead rule whose work is already done"),
    severity=Severity.LOW,
    question=0,
    run=run,
    doc=__doc__,
    statements=("D43", "D27"),
    catalogue=("HYG-001",),
)
