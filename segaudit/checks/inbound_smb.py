"""SMB, NetBIOS or Windows RPC can be reached from the internet.

What it finds
-------------
Packets from the internet that arrive at an inside host on tcp/445, the NetBIOS ports 137 to 139, or the Windows RPC ports
135 and 593, after every translation. That many providers drop 445 on their own is no control of yours.

Why it matters
--------------
File sharing and RPC are what worms and ransomware spread by. Reached from outside they hand over shares, password hashes
and, where a patch is missing, the host itself.

Example
-------
    *filter
    :FORWARD ACCEPT [0:0]
    -A FORWARD -i eth1 -o ppp0 -p tcp --dport 25 -j DROP
    COMMIT

How to fix
----------
Deny these ports at the edge in both directions, IPv6 included. Give access to files by VPN, or by a file service on HTTPS.

    *filter
    :FORWARD DROP [0:0]
    -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
    -A FORWARD -i eth1 -o ppp0 -p tcp -m multiport --dports 80,443 -j ACCEPT
    COMMIT

References
----------
NIST SP 800-53r5 SC-7(5), CM-7. CIS Controls v8.1 4.8, 13.4. MITRE ATT&CK T1133, T1021.002.
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.evidence import service_packets
from segaudit.findings.finding import Finding
from segaudit.findings.inbound import reached_from_internet
from segaudit.model import Severity, Words, msg

SLUG = "inbound-smb"


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each zone in which one of these services is reached."""
    space, services = subject.graph.space, subject.services
    entries = services.named("smb-netbios-rpc").entries
    packets = {entry.name: service_packets(space, [entry]) for entry in entries}
    smb = packets["smb"]
    for found in reached_from_internet(subject.graph, space.union(packets.values()), first=(smb,)):
        received = found.proof.received.may
        reached = [entry for entry in entries if received & packets[entry.name]]
        told = found.entry(reached)
        yield found.finding(
            check=SLUG,
            severity=Severity.CRITICAL,
            title=msg("Windows file sharing or RPC in {zone} is open to the internet", zone=found.target.name),
            message=found.told(Words(told.title, told.title_ja)),
            remediation=msg("Deny it at the edge in both directions, IPv6 too; give access to files by VPN or HTTPS."),
            services=[entry.name for entry in reached],
            publishes=subject.publishes,
        )


CHECK = Check(
    slug=SLUG,
    title=msg("SMB, NetBIOS or Windows RPC reachable from the internet"),
    severity=Severity.CRITICAL,
    question=1,
    run=run,
    doc=__doc__,
    statements=("D18", "D36"),
    catalogue=("EXP-005",),
    references=("NIST SP 800-53r5 SC-7(5)", "CIS Controls v8.1 4.8", "MITRE ATT&CK T1021.002"),
)
