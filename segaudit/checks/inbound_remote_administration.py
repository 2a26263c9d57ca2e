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
from dataclasses import replace

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.evidence import service_packets
from segaudit.findings.finding import Finding
from segaudit.findings.inbound import Reached, reached_from_internet
from segaudit.knowledge.services import Context, ServiceEntry
from segaudit.model import Message, Severity, Words, msg
from segaudit.packetspace.space import PacketSet, PacketSpace

SLUG = "inbound-remote-administration"
#: Where several are open, the proof is of one that people know.
_WELL_KNOWN = ("vnc", "telnet", "winrm-http", "winrm-https", "teamviewer")


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each zone in which such a service is reached: it tells of the worst, and proves them all."""
    graph = subject.graph
    entries = subject.services.named("remote-administration").entries
    packets = {entry.name: _own_packets(graph.space, entry) for entry in entries}
    worst = _worst(subject, entries)
    for together in reached_from_internet(graph, service_packets(graph.space, entries)):
        severity, found = worst[together.target.name]
        received = together.proof.received.may
        reached = [entry for entry in entries if received & packets[entry.name]]
        told = found.entry(reached)
        finding = found.finding(
            check=SLUG,
            severity=severity,
            title=msg("Remote administration in {zone} is open to the internet", zone=together.target.name),
            message=found.told(Words(told.title, told.title_ja)),
            remediation=msg(
                "Remove the forward and its rule; maintenance comes by VPN with a second factor through a jump host."
            ),
            services=[entry.name for entry in reached],
            publishes=subject.publishes,
        )
        yield replace(
            finding,
            packets=together.proof.packets,
            rules=together.proof.rules,
            locations=together.proof.locations,
        )


def _own_packets(space: PacketSpace, entry: ServiceEntry) -> PacketSet:
    """Packets to the ports that ``entry`` is the first owner of."""
    packets = service_packets(space, [entry])
    return packets - space.ports("dst", entry.shared) if entry.shared else packets


def _worst(subject: Subject, entries: tuple[ServiceEntry, ...]) -> dict[str, tuple[Severity, Reached]]:
    """By zone the services that are worst there, with their severity before its steps.

    Services of one severity are judged together, and each severity apart: a few sources may reach the worst service
    and anyone a lesser one.
    """
    groups: dict[tuple[Severity, bool], list[ServiceEntry]] = defaultdict(list)
    for entry in entries:
        severity = subject.services.severity(entry, Context.INTERNET)
        if severity is not None:
            groups[severity if entry.verified else min(severity, Severity.MEDIUM), entry.verified].append(entry)
    worst: dict[str, tuple[Severity, Severity, Reached]] = {}
    space = subject.graph.space
    for (severity, verified), group in sorted(groups.items(), key=lambda item: item[0], reverse=True):
        known = {e.name: service_packets(space, [e]) for e in group if e.name in _WELL_KNOWN}
        first = [known[name] for name in _WELL_KNOWN if name in known]
        for reached in reached_from_internet(subject.graph, service_packets(space, group), first=first):
            softened, _ = reached.softened(severity, subject.publishes)
            before = worst.get(reached.target.name)
            if before is None or softened > before[0]:
                found = reached if verified else reached.doubted(_assumed(reached, group))
                worst[reached.target.name] = (softened, severity, found)
    return {zone: (severity, found) for zone, (_, severity, found) in worst.items()}


def _assumed(reached: Reached, group: list[ServiceEntry]) -> Message:
    entry = reached.entry(group)
    return msg(
        "port {port} is only assumed to be {service}", port=reached.port, service=Words(entry.title, entry.title_ja)
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
