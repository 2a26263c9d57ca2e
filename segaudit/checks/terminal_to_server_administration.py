"""Terminals reach the administration of servers.

What it finds
-------------
Remote Desktop, SSH, telnet, WinRM, Windows RPC or VNC that may be opened from a zone of terminals to a zone of servers.

Why it matters
--------------
One terminal is always infected. With a stolen password these services are a server in the intruder's hands.

Example
-------
    ip access-list extended OFFICE2F_IN
     permit tcp 10.20.20.0 0.0.0.255 host 10.20.10.21 eq 3389
     deny ip any any
    interface Vlan20
     ip access-group OFFICE2F_IN in

How to fix
----------
Let administrators come from a management zone or by a jump host; leave terminals the services of the applications.

    ip access-list extended OFFICE2F_IN
     permit tcp 10.20.20.0 0.0.0.255 host 10.20.10.21 eq 443
     deny ip any any
    interface Vlan20
     ip access-group OFFICE2F_IN in

References
----------
NIST SP 800-53r5 SC-7(15), AC-6. CIS Controls v8.1 12.8. MITRE ATT&CK T1021.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segaudit.check import Check, Subject
from segaudit.findings.evidence import prove, service_packets
from segaudit.findings.finding import Finding
from segaudit.findings.inbound import source_count
from segaudit.findings.openness import service_ranges
from segaudit.findings.pairs import CROWN_JEWELS, SERVER_ROLES, internal_conduits, zone_subject
from segaudit.knowledge.roles import Role
from segaudit.model import TCP, Severity, msg
from segaudit.packetspace.space import PacketSet
from segaudit.zones.graph import Conduit

SLUG = "terminal-to-server-administration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """``few_sources``: so many named hosts or fewer are administrators' hosts, one step milder."""

    few_sources: int = 8


def run(subject: Subject, params: Params) -> Iterator[Finding]:
    """One finding for each ordered pair."""
    graph = subject.graph
    wanted = service_packets(graph.space, subject.services.named("server-administration"))
    for source, target, conduit in internal_conduits(graph):
        if source.role != Role.TERMINAL or target.role not in SERVER_ROLES:
            continue
        proof = prove(graph, conduit.flows, wanted - _directory_clients(conduit), (source, target))
        if proof is None:
            continue
        severity = Severity.CRITICAL if target.role in CROWN_JEWELS else Severity.HIGH
        if source_count(proof.packets.may) <= params.few_sources:
            severity = Severity.MEDIUM
        services = tuple(r.label(subject.services) for r in service_ranges(proof.received.may))
        yield Finding(
            check=SLUG,
            severity=severity,
            certainty=proof.certainty,
            certainty_reasons=proof.reasons,
            title=msg(
                "Terminals in {source} reach the administration of {target}", source=source.name, target=target.name
            ),
            message=msg(
                "From {source} these open on servers in {target}: {services}.",
                source=source.name,
                target=target.name,
                services=", ".join(services),
            ),
            remediation=msg("Let administrators come from a management zone or by a jump host, and nobody else."),
            from_zone=source.name,
            to_zone=target.name,
            services=services,
            packets=proof.packets,
            witness=proof.witness,
            rules=proof.rules,
            locations=proof.locations,
            subject=(zone_subject(source), zone_subject(target), "server-administration"),
        )


def _directory_clients(conduit: Conduit) -> PacketSet:
    """The RPC endpoint mapper from hosts that may also ask for Kerberos tickets there: members of a domain at their
    domain controller, who cannot do without it.
    """
    received = conduit.received.may
    space = received.space
    kerberos = received & space.protocol(TCP) & space.ports("dst", ((88, 88),))
    members = kerberos.forget("protocol", "dst_port", "src_port", "tcp_flags")
    return members & space.ports("dst", ((135, 135),))


CHECK = Check(
    slug=SLUG,
    title=msg("Terminals reach server administration"),
    severity=Severity.HIGH,
    question=3,
    run=run,
    doc=__doc__,
    params=Params,
    statements=("D37", "D44", "D50"),
    catalogue=("LAT-003",),
)
