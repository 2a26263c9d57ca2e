"""The company has one segment.

What it finds
-------------
Networks in which all that belongs to the company itself is in one segment: guests, remote access, partners, links
between routers and zones of unknown use beside it hold none of its assets and do not count.

Why it matters
--------------
In a flat network nothing stops an intruder on his way from the first host to the last.

Example
-------
    config system interface
        edit "internal"
            set vdom "root"
            set ip 192.168.10.1 255.255.255.0
        next
    end

How to fix
----------
Begin with five segments: terminals, servers, guests, management, backup; and rules between them that name services.

    config system interface
        edit "internal"
            set vdom "root"
            set ip 192.168.10.1 255.255.255.0
        next
        edit "servers"
            set vdom "root"
            set ip 192.168.20.1 255.255.255.0
        next
    end

References
----------
NIST SP 800-53r5 SC-7, SC-32. CIS Controls v8.1 12.2. ISO/IEC 27001:2022 A.8.22.
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.finding import Finding, Location
from segaudit.findings.pairs import GUEST_ROLES, LINK_ROLES
from segaudit.findings.residents import Residents, residents
from segaudit.knowledge.roles import Role
from segaudit.model import Certainty, Severity, msg
from segaudit.zones.graph import SegmentKind

SLUG = "flat-network"


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """At most one finding for the whole input."""
    own = [r for r in residents(subject.graph) if _is_own(r)]
    if len(own) != 1:
        return
    (only,) = own
    if only.zone.role == Role.MANAGEMENT and not only.mixed:
        # The port for administration of a device of which nothing else is known: where the company stands, who knows.
        return
    routed = any(s.kind == SegmentKind.ROUTED for z in subject.graph.zones.values() for s in z.segments)
    reasons = []
    if not only.mixed:
        reasons.append(msg("what stands in the segment does not show: servers may stand elsewhere"))
    if routed:
        reasons.append(msg("more networks lie behind a router that is not in the input"))
    yield Finding(
        check=SLUG,
        severity=Severity.HIGH,
        certainty=Certainty.POSSIBLE if reasons else Certainty.CONFIRMED,
        certainty_reasons=tuple(reasons),
        title=msg("The network is flat: {zone} is the only segment of its own", zone=only.zone.name),
        message=msg(
            "Everything that belongs to the company stands in {prefixes}.",
            prefixes=", ".join(str(p) for p in only.segment.prefixes),
        ),
        remediation=msg("Begin with segments for terminals, servers, guests, management and backup."),
        from_zone=only.zone.name,
        to_zone=only.zone.name,
        locations=() if only.segment.span is None else (Location(span=only.segment.span, primary=True),),
        subject=tuple(str(p) for p in only.segment.prefixes),
    )


def _is_own(found: Residents) -> bool:
    """Whether the segment holds the company's own assets, as far as signs go."""
    role = found.zone.role
    if role in GUEST_ROLES or role in LINK_ROLES:
        return False
    return role != Role.UNKNOWN or bool(found.terminals or found.servers)


CHECK = Check(
    slug=SLUG,
    title=msg("Flat network"),
    severity=Severity.HIGH,
    question=3,
    run=run,
    doc=__doc__,
    statements=("D22", "D04"),
    catalogue=("SEG-002",),
)
