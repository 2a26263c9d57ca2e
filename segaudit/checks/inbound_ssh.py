"""SSH can be reached from the internet.

What it finds
-------------
Packets from the internet that arrive at an inside host on tcp/22, or on one of the other ports that SSH is usually put
on, after every translation: an odd port outside hides nothing when it is forwarded to 22. The SSH of the filtering
device itself is judged by `management-from-internet`.

Why it matters
--------------
SSH is a shell. Passwords are tried on it around the clock on every port, keys are copied and forgotten, and whoever gets
in works from an inside host with the tools that are already there.

Example
-------
    *nat
    :PREROUTING ACCEPT [0:0]
    -A PREROUTING -i ppp0 -p tcp --dport 10022 -j DNAT --to-destination 192.168.42.5:22
    COMMIT
    *filter
    :FORWARD DROP [0:0]
    -A FORWARD -i ppp0 -o eth2 -d 192.168.42.5 -p tcp --dport 22 -j ACCEPT
    COMMIT

How to fix
----------
Put SSH behind the VPN, or on a bastion in the DMZ that takes keys and a second factor only. Where a partner sends files
by SFTP, let in that partner's addresses and nobody else's, in the DMZ, and declare it under `publish` in the site file.
Banning addresses after failed logins is not enough.

    *filter
    :FORWARD DROP [0:0]
    -A FORWARD -i wg0 -o eth2 -d 192.168.42.5 -p tcp --dport 22 -j ACCEPT
    COMMIT

References
----------
NIST SP 800-53r5 AC-17, SC-7(5). CIS Controls v8.1 12.7, 13.4. MITRE ATT&CK T1133, T1021.004.
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.evidence import service_packets
from segaudit.findings.finding import Finding
from segaudit.findings.inbound import reached_from_internet
from segaudit.findings.openness import service_ranges
from segaudit.knowledge.roles import Role
from segaudit.model import Severity, msg

SLUG = "inbound-ssh"


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each zone in which SSH is reached."""
    space = subject.graph.space
    usual = service_packets(space, subject.services.named("ssh"))
    others = service_packets(space, subject.services.named("ssh-alternative"))
    every_other = {port for entry in subject.services.named("ssh-alternative").entries for port in entry.ports}
    for found in reached_from_internet(subject.graph, usual | others, first=(usual,)):
        severity = Severity.HIGH if found.target.role == Role.DMZ else Severity.CRITICAL
        shown = found
        if not found.proof.received.may & usual:
            ports = {r.ports for r in service_ranges(found.proof.received.may)}
            if not every_other <= ports:
                # A single such port may be anything.
                severity = Severity.MEDIUM
                shown = found.doubted(
                    msg("SSH is often put on port {port}, but nothing shows that it is SSH there", port=found.port)
                )
        yield shown.finding(
            check=SLUG,
            severity=severity,
            title=msg("SSH in {zone} is open to the internet", zone=found.target.name),
            message=shown.told(msg("SSH")),
            remediation=msg(
                "Put SSH behind the VPN or on a bastion with keys and a second factor; let partners in by their"
                " addresses only."
            ),
            services=("ssh",),
            publishes=subject.publishes,
        )


CHECK = Check(
    slug=SLUG,
    title=msg("SSH reachable from the internet"),
    severity=Severity.HIGH,
    question=1,
    run=run,
    doc=__doc__,
    statements=("D28", "D18"),
    catalogue=("EXP-003",),
    references=("NIST SP 800-53r5 SC-7(5)", "CIS Controls v8.1 13.4", "MITRE ATT&CK T1133", "MITRE ATT&CK T1021.004"),
)
