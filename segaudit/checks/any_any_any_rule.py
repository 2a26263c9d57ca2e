"""A rule permits everything from everywhere to everywhere.

What it finds
-------------
An enabled filter rule that permits any source, any destination and any service, and that still gets some packets. A
rule between two named interfaces or zones is not meant: the pair of zones that it opens is judged by
``uncontrolled-zone-pair``.

Why it matters
--------------
Such a rule was mostly written to find out what is needed, and stayed. From then on the device only routes.

Example
-------
    ip access-list extended VOICE_IN
     permit ip any any
    interface Vlan30
     ip access-group VOICE_IN in

How to fix
----------
Log what uses the rule for a month, write rules for that, and remove it.

    ip access-list extended VOICE_IN
     permit tcp 10.20.30.0 0.0.0.255 host 10.20.10.31 eq 2000 log
     deny ip any any log
    interface Vlan30
     ip access-group VOICE_IN in

References
----------
NIST SP 800-53r5 SC-7(5). PCI DSS 4.0 1.2.5.
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.finding import Finding
from segaudit.findings.openrules import any_any_rules
from segaudit.model import Certainty, Severity, msg

SLUG = "any-any-any-rule"


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each such rule."""
    for found in any_any_rules(subject.graph):
        severity = Severity.CRITICAL if found.from_internet else Severity.HIGH
        yield Finding(
            check=SLUG,
            severity=severity,
            certainty=Certainty.CONFIRMED if found.certain else Certainty.POSSIBLE,
            certainty_reasons=found.reasons,
            title=msg("Rule {rule} of {list} on {device} permits everything", **found.names),
            message=msg(
                "Any source, any destination, any service: what stands after this rule decides nothing that it matches."
            ),
            remediation=msg("Log what uses the rule, write rules for that, and remove it."),
            from_zone=found.from_zone,
            to_zone=found.to_zone,
            packets=found.packets,
            witness=found.witness,
            rules=(found.ref,),
            locations=(found.location,),
            subject=found.subject,
        )


CHECK = Check(
    slug=SLUG,
    title=msg("Rule that permits any to any on any service"),
    severity=Severity.HIGH,
    question=4,
    run=run,
    doc=__doc__,
    statements=("D45", "D04"),
    catalogue=("DEF-002",),
)
