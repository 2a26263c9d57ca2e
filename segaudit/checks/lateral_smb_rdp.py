"""SMB or Remote Desktop passes between zones of terminals.

What it finds
-------------
SMB, NetBIOS or Remote Desktop that may be opened from one zone of terminals to another, or from remote access or a
branch office to terminals. What stays inside one segment passes no device and is not judged.

Why it matters
--------------
This is how ransomware goes from one PC to the next: by shares that can be written to and by Remote Desktop.

Example
-------
    ip access-list extended OFFICE2F_IN
     permit tcp 10.20.20.0 0.0.0.255 10.20.21.0 0.0.0.255 eq 445
     deny ip any any
    interface Vlan20
     ip access-group OFFICE2F_IN in

How to fix
----------
Deny both between zones of terminals; share files on a server. Inside a segment only the hosts' own firewalls help.

    ip access-list extended OFFICE2F_IN
     permit tcp 10.20.20.0 0.0.0.255 host 10.20.10.12 eq 445
     deny ip any any
    interface Vlan20
     ip access-group OFFICE2F_IN in

References
----------
CIS Controls v8.1 12.2, 13.4. MITRE ATT&CK T1021.001, T1021.002.
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.evidence import prove, service_packets
from segaudit.findings.finding import Finding
from segaudit.findings.openness import service_ranges
from segaudit.findings.pairs import internal_conduits, zone_subject
from segaudit.knowledge.roles import Role
from segaudit.model import Severity, msg

SLUG = "lateral-smb-rdp"
#: Where an intruder who has a user's host or account may stand.
_FOOTHOLDS = frozenset({Role.TERMINAL, Role.VPN, Role.BRANCH})


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each ordered pair."""
    graph = subject.graph
    wanted = service_packets(graph.space, subject.services.named("lateral-smb-rdp"))
    for source, target, conduit in internal_conduits(graph):
        if source.role not in _FOOTHOLDS or target.role != Role.TERMINAL:
            continue
        proof = prove(graph, conduit.flows, wanted, (source, target))
        if proof is None:
            continue
        services = tuple(r.label(subject.services) for r in service_ranges(proof.received.may))
        yield Finding(
            check=SLUG,
            severity=Severity.HIGH,
            certainty=proof.certainty,
            certainty_reasons=proof.reasons,
            title=msg("SMB or Remote Desktop passes from {source} to {target}", source=source.name, target=target.name),
            message=msg(
                "An infected host in {source} can spread to terminals in {target} by {services}.",
                source=source.name,
                target=target.name,
                services=", ".join(services),
            ),
            remediation=msg("Deny both between zones of terminals; share files on a server."),
            from_zone=source.name,
            to_zone=target.name,
            services=services,
            packets=proof.packets,
            witness=proof.witness,
            rules=proof.rules,
            locations=proof.locations,
            subject=(zone_subject(source), zone_subject(target), "smb-rdp"),
        )


CHECK = Check(
    slug=SLUG,
    title=msg("SMB or Remote Desktop between terminal zones"),
    severity=Severity.HIGH,
    question=3,
    run=run,
    doc=__doc__,
    statements=("D36", "D37"),
    catalogue=("LAT-001",),
)
