"""Networks behind one router talk to each other without passing a device of the input.

What it finds
-------------
Two or more prefixes that are routed to the same next hop, which is no device of the input: an L3 switch or a router.
What flows between them does not come to the firewall. It is *not assessed*, which is not the same as clean.

Why it matters
--------------
A firewall that sees only one side of a network says nothing about the rest; a report without findings would lie.

Example
-------
    interface GigabitEthernet1/0/1
     ip address 10.20.253.1 255.255.255.252
    ip route 192.168.40.0 255.255.255.0 10.20.253.2
    ip route 192.168.41.0 255.255.255.0 10.20.253.2

How to fix
----------
Give the configuration of that router as a second input, or move the gateways of those networks to the firewall.

    interface GigabitEthernet1/0/1
     ip address 10.20.253.1 255.255.255.252
    interface Vlan40
     ip address 192.168.40.1 255.255.255.0
    interface Vlan41
     ip address 192.168.41.1 255.255.255.0

References
----------
NIST SP 800-53r5 SC-7, AC-4.
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.finding import Finding, Location
from segaudit.model import Certainty, Severity, format_address, msg
from segaudit.zones.graph import SegmentKind

SLUG = "routing-bypass"


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each next hop with several networks behind it."""
    for name, zone in sorted(subject.graph.zones.items()):
        for segment in zone.segments:
            if segment.kind != SegmentKind.ROUTED or segment.next_hop is None or len(segment.prefixes) < 2:
                continue
            prefixes = [str(p) for p in segment.prefixes]
            yield Finding(
                check=SLUG,
                severity=Severity.INFO,
                certainty=Certainty.CONFIRMED,
                title=msg(
                    "Traffic between networks behind {hop} is not assessed", hop=format_address(*segment.next_hop)
                ),
                message=msg(
                    "{prefixes} lie behind {hop}, which is not in the input: what flows between them passes no device "
                    "that was read.",
                    prefixes=", ".join(prefixes),
                    hop=format_address(*segment.next_hop),
                ),
                remediation=msg(
                    "Add the configuration of that router to the input, or move the gateways to the firewall."
                ),
                from_zone=name,
                to_zone=name,
                locations=() if segment.span is None else (Location(span=segment.span, primary=True),),
                subject=tuple(prefixes),
            )


CHECK = Check(
    slug=SLUG,
    title=msg("Routing that bypasses the firewall"),
    severity=Severity.INFO,
    question=0,
    run=run,
    doc=__doc__,
    statements=("D04", "D13"),
    catalogue=("SEG-011",),
)
