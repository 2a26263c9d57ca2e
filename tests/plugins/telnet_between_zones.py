"""Telnet passes from one zone to another.

What it finds
-------------
Telnet that may be opened from any zone to any other.

Why it matters
--------------
Passwords cross the network in the clear.

Example
-------
    allow wan lan 192.168.1.10/32 tcp 23

How to fix
----------
    allow wan lan 192.168.1.10/32 tcp 22

References
----------
RFC 854.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segaudit.check import Check, Subject
from segaudit.findings.evidence import prove
from segaudit.findings.finding import Finding
from segaudit.findings.pairs import zone_subject
from segaudit.model import TCP, Severity, msg

SLUG = "telnet-between-zones"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """``port``: where Telnet listens."""

    port: int = 23


def run(subject: Subject, params: Params) -> Iterator[Finding]:
    """One finding for each ordered pair of zones."""
    graph = subject.graph
    wanted = graph.space.protocol(TCP) & graph.space.ports("dst", ((params.port, params.port),))
    for (src, dst), conduit in sorted(graph.conduits.items()):
        proof = prove(graph, conduit.flows, wanted)
        if proof is None:
            continue
        yield Finding(
            check=SLUG,
            severity=Severity.MEDIUM,
            certainty=proof.certainty,
            certainty_reasons=proof.reasons,
            title=msg("Telnet passes from {source} to {target}", source=src, target=dst),
            message=msg("Whoever listens on the way reads the passwords."),
            remediation=msg("Use SSH."),
            from_zone=src,
            to_zone=dst,
            packets=proof.packets,
            witness=proof.witness,
            rules=proof.rules,
            locations=proof.locations,
            subject=(zone_subject(graph.zones[src]), zone_subject(graph.zones[dst])),
        )


CHECK = Check(
    slug=SLUG,
    title=msg("Telnet between zones"),
    severity=Severity.MEDIUM,
    question=3,
    run=run,
    doc=__doc__,
    params=Params,
)
