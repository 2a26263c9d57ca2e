"""A VPN account reaches servers on administration services.

What it finds
-------------
Zones of remote access from which servers are reached on Remote Desktop, SSH, WinRM, RPC, VNC, telnet, or on the
administration of hypervisors, lights-out controllers and backup. Servers are the zones of servers, and in other zones the
hosts that the configs or the site file show to be servers. What a domain member needs of its domain controller is not
counted, and neither is a gateway in the DMZ. The finding is confirmed given an account: who holds one of the groups that
the rules ask for gets this far.

Why it matters
--------------
Stolen VPN accounts are what intruders buy. From the pool they go straight to the servers and never touch a client, where
somebody might have noticed.

Example
-------
    config firewall policy
        edit 8
            set srcintf "ssl.root"
            set dstintf "servers"
            set action accept
            set srcaddr "all"
            set dstaddr "all"
            set schedule "always"
            set service "ALL"
            set groups "vpn-users"
        next
    end

How to fix
----------
Let the VPN end at a virtual desktop, a Remote Desktop gateway or a jump host, with a second factor. Give administrators a
group and a pool of their own, and everybody else web and files on named hosts.

    config firewall policy
        edit 8
            set srcintf "ssl.root"
            set dstintf "servers"
            set action accept
            set srcaddr "all"
            set dstaddr "groupware"
            set schedule "always"
            set service "HTTPS"
            set groups "vpn-users"
        next
    end

References
----------
NIST SP 800-53r5 AC-17(3), SC-7(15), AC-6. CIS Controls v8.1 12.7, 13.5. MITRE ATT&CK T1133, T1078, T1021.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segaudit.check import Check, Subject
from segaudit.findings import ranges
from segaudit.findings.evidence import service_packets
from segaudit.findings.finding import Finding
from segaudit.findings.openness import service_ranges
from segaudit.findings.pairs import zone_subject
from segaudit.findings.remote_access import Access, Asked, ServerReach, accesses, servers_reached
from segaudit.model import Message, SecondFactor, Severity, msg

SLUG = "vpn-to-server-administration"
#: Services that a finding names.
_MOST_SERVICES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """``few_hosts``: more addresses than that are one step worse."""

    few_hosts: int = 16


def run(subject: Subject, params: Params) -> Iterator[Finding]:
    """One finding for each zone of remote access and zone with servers."""
    graph, services = subject.graph, subject.services
    administration = service_packets(graph.space, services.named("server-administration")) | service_packets(
        graph.space, services.named("infrastructure-administration")
    )
    asking = Asked(
        wanted=administration,
        of_members=service_packets(graph.space, services.named("directory-client")),
        first=service_packets(graph.space, services.named("remote-desktop")),
    )
    by_zone: dict[str, list[Access]] = {}
    for access in accesses(graph):
        by_zone.setdefault(access.zone.name, []).append(access)
    for found in servers_reached(graph, asking, subject.hosts):
        proof = found.proof
        by = by_zone.get(found.source.name, [])
        groups = found.groups or tuple(group.name for access in by for group in access.access.groups)
        notes = list(_worse(found, by, params))
        severity = Severity.HIGH.stepped(bool(notes))
        declared = [
            h
            for h in subject.hosts
            if proof.received.may <= graph.space.addresses("dst", h.address.version, h.address.first, h.address.last)
        ]
        if declared:
            severity = severity.stepped(-1)
            notes.append(msg("One step milder: {host} alone is reached, which is declared.", host=declared[0].name))
        arrived = ranges.destination(proof.witness.received)
        yield Finding(
            check=SLUG,
            severity=severity,
            certainty=proof.certainty,
            certainty_reasons=proof.reasons,
            title=msg(
                "A VPN account of {source} reaches the administration of servers in {target}",
                source=found.source.name,
                target=found.target.name,
            ),
            message=msg(
                "Given an account in {groups}, {place} is reached without touching a client.",
                groups=", ".join(groups),
                place=arrived,
            )
            if groups
            else msg("Given any account of the VPN, {place} is reached without touching a client.", place=arrived),
            remediation=msg(
                "End the VPN at a jump host or Remote Desktop gateway with a second factor; give others named hosts and"
                " services."
            ),
            from_zone=found.source.name,
            to_zone=found.target.name,
            services=tuple(r.label(services) for r in service_ranges(proof.received.may, limit=_MOST_SERVICES)),
            packets=proof.packets,
            witness=proof.witness,
            rules=proof.rules,
            locations=proof.locations,
            notes=tuple(notes),
            subject=(zone_subject(found.source), zone_subject(found.target), SLUG),
        )


def _worse(found: ServerReach, by: list[Access], params: Params) -> Iterator[Message]:
    """Why it is critical: each alone is enough."""
    if found.hosts > params.few_hosts:
        yield msg(
            "Critical: {count} address is reached.",
            plural="Critical: {count} addresses are reached.",
            count=found.hosts,
        )
    if any(access.second_factor != SecondFactor.VISIBLE for access in by):
        yield msg("Critical: no second factor shows in the config.")
    if not found.groups and not any(access.access.filter_rule_set for access in by):
        yield msg("Critical: the rules ask for no group of users.")


CHECK = Check(
    slug=SLUG,
    title=msg("VPN account reaches servers on administration services"),
    severity=Severity.HIGH,
    question=5,
    run=run,
    doc=__doc__,
    params=Params,
    statements=("D09", "D08", "D11"),
    catalogue=("VPN-001", "VPN-003"),
    references=("NIST SP 800-53r5 AC-17(3)", "NIST SP 800-53r5 SC-7(15)", "MITRE ATT&CK T1133", "MITRE ATT&CK T1078"),
)
