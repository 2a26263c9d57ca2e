"""Remote access is entered with a password alone, or that it is not does not show.

What it finds
-------------
Remote-access VPNs by what their users prove who they are with. Where some accounts need a password only (local users
without a token, LDAP) the second factor is absent. Where the check happens elsewhere (RADIUS, SAML, an identity provider)
it does not show and is to be confirmed there. A pre-shared key for all is no second factor. What shows a token, a
certificate of the user or the like for every account is no finding.

Why it matters
--------------
Most ransomware cases that the police looked into came in by VPN devices, with accounts that were guessed, bought, or read
from the device itself. A password alone is all that is in the way.

Example
-------
    config user local
        edit "tanaka"
            set type password
            set passwd ENC c2FtcGxlLW5vdC1hLXNlY3JldA==
        next
    end

How to fix
----------
Ask every account for a second factor, best one that cannot be passed on (FIDO2, a user certificate), and take the groups
that do not need it off the VPN.

    config user local
        edit "tanaka"
            set type password
            set two-factor fortitoken
            set fortitoken "FTKMOB0000000001"
            set passwd ENC c2FtcGxlLW5vdC1hLXNlY3JldA==
        next
    end

References
----------
NIST SP 800-53r5 IA-2(1), AC-17. CIS Controls v8.1 6.4, 12.7. MITRE ATT&CK T1078, T1133; mitigation M1032.
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.evidence import service_packets
from segaudit.findings.finding import Finding, Location
from segaudit.findings.pairs import zone_subject
from segaudit.findings.phrases import ways_to_log_in
from segaudit.findings.remote_access import Access, Asked, accesses, reaches_everything, servers_reached
from segaudit.model import Certainty, Message, SecondFactor, Severity, msg

SLUG = "vpn-second-factor"


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each remote access without a second factor that shows."""
    graph, services = subject.graph, subject.services
    found = [access for access in accesses(graph) if access.second_factor != SecondFactor.VISIBLE]
    if not found:
        return
    administration = service_packets(graph.space, services.named("server-administration"))
    members = service_packets(graph.space, services.named("directory-client"))
    asking = Asked(wanted=administration, of_members=members, first=administration)
    reaching = {reach.source.name for reach in servers_reached(graph, asking, subject.hosts)}
    for access in found:
        far = access.zone.name in reaching or reaches_everything(graph, access.zone)
        yield _absent(access, far=far) if access.second_factor == SecondFactor.ABSENT else _elsewhere(access)


def _absent(access: Access, *, far: bool) -> Finding:
    notes: tuple[Message, ...] = ()
    if far:
        notes = (
            msg(
                "One step worse: from {zone} everything, or the administration of servers, is reached.",
                zone=access.zone.name,
            ),
        )
    return _finding(
        access,
        severity=Severity.CRITICAL if far else Severity.HIGH,
        certainty=Certainty.CONFIRMED,
        reasons=(),
        title=msg(
            "A password alone opens the remote access {vpn} of {device}", vpn=access.access.name, device=access.device
        ),
        message=msg(
            "Accounts of {groups} need no second factor: {authentication}.",
            groups=", ".join(group.name for group in access.groups),
            authentication=_ways(access),
        ),
        remediation=msg("Ask every account for a second factor, and take groups that do not need it off the VPN."),
        notes=notes,
    )


def _elsewhere(access: Access) -> Finding:
    names = _ways(access)
    reason = (
        msg("{authentication} decides whether a second factor is asked for", authentication=names)
        if names
        else msg("who may log in by it the config does not show")
    )
    return _finding(
        access,
        severity=Severity.MEDIUM,
        certainty=Certainty.POSSIBLE,
        reasons=(reason,),
        title=msg(
            "A second factor for the remote access {vpn} of {device} does not show",
            vpn=access.access.name,
            device=access.device,
        ),
        message=msg("The accounts are checked elsewhere; confirm there that all of them need a second factor."),
        remediation=msg("Confirm it with whoever runs the server that checks the accounts, and keep the proof."),
        notes=(),
    )


def _ways(access: Access) -> tuple[Message, ...]:
    """How the accounts of all groups log in, each way once."""
    return tuple(dict.fromkeys(way for group in access.groups for way in ways_to_log_in(group.authentication)))


def _finding(
    access: Access,
    *,
    severity: Severity,
    certainty: Certainty,
    reasons: tuple[Message, ...],
    title: Message,
    message: Message,
    remediation: Message,
    notes: tuple[Message, ...],
) -> Finding:
    spans = dict.fromkeys([access.access.span, *(group.span for group in access.groups)])
    return Finding(
        check=SLUG,
        severity=severity,
        certainty=certainty,
        certainty_reasons=reasons,
        title=title,
        message=message,
        remediation=remediation,
        from_zone=access.zone.name,
        locations=tuple(Location(span=span, primary=n == 0) for n, span in enumerate(spans)),
        notes=notes,
        subject=(zone_subject(access.zone), access.access.kind, SLUG),
    )


CHECK = Check(
    slug=SLUG,
    title=msg("Remote access without a second factor that shows"),
    severity=Severity.HIGH,
    question=5,
    run=run,
    doc=__doc__,
    statements=("D01", "D02", "D49"),
    catalogue=("VPN-004",),
    references=("NIST SP 800-53r5 IA-2(1)", "NIST SP 800-53r5 AC-17", "CIS Controls v8.1 6.4", "MITRE ATT&CK T1078"),
)
