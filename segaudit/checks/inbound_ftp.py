"""FTP or TFTP can be reached from the internet.

What it finds
-------------
Packets from the internet that arrive at an inside host on tcp/20, tcp/21 or udp/69, after every translation. A rule that
lets in tcp/20 alone is told apart: it was meant for active FTP, where the server itself connects from port 20, and opens
a port that nothing needs. SFTP is SSH and judged by `inbound-ssh`.

Why it matters
--------------
FTP sends passwords and files in the clear, its servers are old and seldom patched, and TFTP asks for no password at all.
One that was set up for a partner years ago is a way in that nobody watches.

Example
-------
    object network FTP-SERVER
     host 172.16.50.30
     nat (dmz,outside) static 203.0.113.134 service tcp ftp ftp
    access-list OUTSIDE_IN extended permit tcp any object FTP-SERVER eq ftp
    access-group OUTSIDE_IN in interface outside

How to fix
----------
Exchange files by SFTP, FTPS or HTTPS, with a host in the DMZ, for named partners. Remove a rule for destination port 20
without replacement: a firewall that follows FTP opens the data connection by itself.

    object network FILE-EXCHANGE
     host 172.16.50.30
     nat (dmz,outside) static 203.0.113.134 service tcp https https
    access-list OUTSIDE_IN extended permit tcp any object FILE-EXCHANGE eq https
    access-group OUTSIDE_IN in interface outside

References
----------
NIST SP 800-53r5 SC-7(5), SC-8, CM-7. CIS Controls v8.1 4.8, 13.4.
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.evidence import service_packets
from segaudit.findings.finding import Finding
from segaudit.findings.inbound import reached_from_internet
from segaudit.knowledge.roles import Role
from segaudit.model import Severity, msg

SLUG = "inbound-ftp"


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each zone in which FTP or TFTP is reached."""
    space, services = subject.graph.space, subject.services
    data = service_packets(space, services.named("ftp-data"))
    ftp = service_packets(space, services.named("ftp"))
    tftp = service_packets(space, services.named("tftp"))
    for found in reached_from_internet(subject.graph, ftp | tftp, first=(ftp - data, tftp)):
        received = found.proof.received.may
        zone = found.target.name
        classes = [name for name, packets in (("ftp", ftp), ("tftp", tftp)) if received & packets]
        if received <= data:
            yield found.finding(
                check=SLUG,
                severity=Severity.MEDIUM,
                title=msg("A port for active FTP is open to the internet in {zone}", zone=zone),
                message=found.told(msg("port 20, which active FTP only sends from")),
                remediation=msg("Remove the rule: in active mode the server connects from port 20, nobody to it."),
                services=classes,
                publishes=subject.publishes,
            )
            continue
        yield found.finding(
            check=SLUG,
            severity=Severity.HIGH if found.target.role == Role.DMZ else Severity.CRITICAL,
            title=msg("FTP in {zone} is open to the internet", zone=zone)
            if "ftp" in classes
            else msg("TFTP in {zone} is open to the internet", zone=zone),
            message=found.told(msg("FTP") if "ftp" in classes else msg("TFTP")),
            remediation=msg("Replace it by SFTP, FTPS or HTTPS with a host in the DMZ, for named partners only."),
            services=classes,
            publishes=subject.publishes,
        )


CHECK = Check(
    slug=SLUG,
    title=msg("FTP or TFTP reachable from the internet"),
    severity=Severity.HIGH,
    question=1,
    run=run,
    doc=__doc__,
    statements=("D28", "D18"),
    catalogue=("EXP-002",),
    references=("NIST SP 800-53r5 SC-7(5)", "CIS Controls v8.1 4.8", "CIS Controls v8.1 13.4"),
)
