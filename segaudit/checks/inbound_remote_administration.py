"""A remote-administration service can be reached from the internet.

What it finds
-------------
Packets from the internet that arrive at an inside host on a port of remote control or remote commands other than Remote
Desktop and SSH, after every translation: VNC, WinRM, telnet, rlogin, the agents of remote-support products, X11 and so
on, as the services file lists them. How bad it is follows from the service. A port whose meaning is only assumed is
possible, and never worse than medium by itself.

Why it matters
--------------
These services exist to control a machine from afar. Many ask for a password only, some for none, telnet and VNC send it
in the clear, and the products of remote support have been ways in for ransomware again and again.

Example
-------
    ip nat inside source static tcp 192.168.42.9 5900 203.0.113.40 5900
    ip access-list extended OUTSIDE_IN
     permit tcp any host 203.0.113.40 eq 5900

How to fix
----------
Remove the forward. Maintenance comes by VPN with a second factor and through a jump host, for the time of the work. Until
then, let in the addresses of whoever maintains it, with a date on which the rule ends.

    ip nat inside source static tcp 192.168.42.9 443 203.0.113.40 443
    ip access-list extended OUTSIDE_IN
     permit tcp any host 203.0.113.40 eq 443

References
----------
NIST SP 800-53r5 AC-17, SC-7(5). CIS Controls v8.1 12.7, 13.4. MITRE ATT&CK T1133, T1021.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.evidence import service_packets
from segaudit.findings.finding import Finding
from segaudit.findings.inbound import Reached, reached_from_internet
from segaudit.knowledge.services import Context, ServiceEntry
from segaudit.model import Severity, msg

SLUG = "inbound-remote-administration"


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each zone in which such a service is reached."""
    graph, services = subject.graph, subject.services
    entries = services.named("remote-administration").entries
    every = service_packets(graph.space, entries)
    by_severity: dict[Severity, list[ServiceEntry]] = defaultdict(list)
    for entry in entries:
        severity = services.severity(entry, Context.INTERNET)
        if severity is not None:
            by_severity[severity if entry.verified else min(severity, Severity.MEDIUM)].append(entry)
    worst: dict[str, tuple[Severity, Severity, Reached]] = {}
    known = service_packets(graph.space, [e for e in entries if e.verified])
    for severity, group in by_severity.items():
        for found in reached_from_internet(graph, service_packets(graph.space, group)):
            # Judged apart: a few may reach the worst service and anyone a lesser one.
            softened, _ = found.softened(severity, subject.publishes)
            rank = (softened, severity, found)
            if found.target.name not in worst or rank[:2] > worst[found.target.name][:2]:
                worst[found.target.name] = rank
    for together in reached_from_internet(graph, every, first=(known,)):
        _, severity, deciding = worst[together.target.name]
        received = together.proof.received.may
        reached = [e for e in entries if received & service_packets(graph.space, [e])]
        shown = (
            together
            if received & known
            else together.doubted(
                msg("port {port} is only assumed to be {service}", port=together.port, service=_title(reached[0]))
            )
        )
        yield shown.finding(
            check=SLUG,
            severity=severity,
            title=msg("Remote administration in {zone} is open to the internet", zone=together.target.name),
            service=_service(subject, together),
            remediation=msg(
                "Remove the forward and its rule; maintenance comes by VPN with a second factor through a jump host."
            ),
            services=tuple(e.name for e in reached),
            publishes=subject.publishes,
        )


CHECK = Check(
    slug=SLUG,
    title=msg("Other remote administration reachable from the internet"),
    severity=Severity.CRITICAL,
    question=1,
    run=run,
    doc=__doc__,
    statements=("D18", "D27", "D46"),
    catalogue=("EXP-004",),
    references=("NIST SP 800-53r5 SC-7(5)", "CIS Controls v8.1 13.4", "MITRE ATT&CK T1133", "MITRE ATT&CK T1021"),
)
