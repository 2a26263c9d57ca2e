"""Nothing shows what a zone is for.

What it finds
-------------
Zones whose role neither the site file declares nor the signs in the configurations decide: names, leases, routes,
hosts that are named in them.

Why it matters
--------------
Most questions are about roles: terminals, servers, guests. Where a role is unknown, a finding can only be possible and
an omission cannot be excluded.

Example
-------
    config system interface
        edit "vlan77"
            set vdom "root"
            set ip 10.77.0.1 255.255.255.0
            set interface "internal"
            set vlanid 77
        next
    end

How to fix
----------
Declare the zone in site.yaml; ``segaudit init`` writes one to begin with.

    config system interface
        edit "vlan77"
            set vdom "root"
            set ip 10.77.0.1 255.255.255.0
            set alias "printers"
            set interface "internal"
            set vlanid 77
        next
    end

References
----------
CIS Controls v8.1 12.4.
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.finding import Finding, Location
from segaudit.findings.pairs import zone_subject
from segaudit.knowledge.roles import Role, role_words
from segaudit.model import Certainty, Severity, msg

SLUG = "role-undetermined"


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One note for each zone of unknown role."""
    for name, zone in sorted(subject.graph.zones.items()):
        if zone.role != Role.UNKNOWN or not zone.segments:
            continue
        spans = dict.fromkeys(s.span for s in zone.segments if s.span is not None)
        signs = tuple(
            dict.fromkeys(msg("{role} ({sign})", role=role_words(e.role), sign=e.sign) for e in zone.evidence[:3])
        )
        yield Finding(
            check=SLUG,
            severity=Severity.INFO,
            certainty=Certainty.CONFIRMED,
            title=msg("The role of {zone} is not known", zone=name),
            message=msg("The signs do not decide: {signs}.", signs=signs)
            if signs
            else msg("Nothing in the configurations says what it is for."),
            remediation=msg("Declare its role in site.yaml; 'segaudit init' writes one to begin with."),
            from_zone=name,
            to_zone=name,
            locations=tuple(Location(span=span, primary=i == 0) for i, span in enumerate(spans)),
            subject=(zone_subject(zone),),
        )


CHECK = Check(
    slug=SLUG,
    title=msg("Role of a zone undetermined"),
    severity=Severity.INFO,
    question=0,
    run=run,
    doc=__doc__,
    statements=("D31", "D13"),
    catalogue=("INV-001",),
)
