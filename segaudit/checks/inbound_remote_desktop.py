"""Remote Desktop can be reached from the internet.

What it finds
-------------
Packets from the internet that arrive at an inside host on tcp/3389 or udp/3389, after every translation: a port forward
from another outside port counts, a rule whose range merely covers 3389 counts, a split of the internet into halves is
the internet. A rule above that does not stop the forwarded packets changes nothing.

Why it matters
--------------
Remote Desktop on the internet is one of the two main ways in for ransomware: passwords are tried around the clock, and
access that works is sold. Whoever gets in stands on a Windows host inside.

Example
-------
    config firewall vip
        edit "rdp-to-pc"
            set extip 203.0.113.10
            set mappedip "192.168.10.21"
            set extintf "wan1"
            set portforward enable
            set extport 13389
            set mappedport 3389
        next
    end

How to fix
----------
Remove the forward and the rule. Let people in by VPN with a second factor, and from there to a Remote Desktop gateway
or a jump host. Until then, allow named source addresses only, with a date on which the rule ends.

References
----------
NIST SP 800-53r5 AC-17, SC-7(5). CIS Controls v8.1 12.7, 13.4. MITRE ATT&CK T1133, T1021.001.
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.evidence import service_packets
from segaudit.findings.finding import Finding, subject_of_packets
from segaudit.findings.inbound import few_sources, reached_from_internet
from segaudit.model import Severity, msg

SLUG = "inbound-remote-desktop"


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each zone in which Remote Desktop is reached."""
    wanted = service_packets(subject.graph.space, subject.services.named("remote-desktop"))
    for found in reached_from_internet(subject.graph, wanted):
        proof = found.proof
        severity = Severity.HIGH if few_sources([proof]) else Severity.CRITICAL
        yield Finding(
            check=SLUG,
            severity=severity,
            certainty=proof.certainty,
            certainty_reasons=proof.reasons,
            title=msg("Remote Desktop in {zone} is open to the internet", zone=found.target.name),
            message=msg(
                "A packet to {outside} from anywhere on the internet arrives at {inside} port {port} (Remote Desktop).",
                outside=proof.witness.sent_text,
                inside=proof.witness.received.dst_text,
                port=proof.witness.received.dst_port,
            )
            if severity == Severity.CRITICAL
            else msg(
                "A packet to {outside} from a few internet addresses arrives at {inside} port {port} (Remote Desktop).",
                outside=proof.witness.sent_text,
                inside=proof.witness.received.dst_text,
                port=proof.witness.received.dst_port,
            ),
            remediation=msg(
                "Remove the forward and its rule; give access by VPN with a second factor to a gateway or jump host."
            ),
            from_zone=found.source.name,
            to_zone=found.target.name,
            services=("rdp",),
            packets=proof.packets,
            witness=proof.witness,
            rules=proof.rules,
            locations=proof.locations,
            subject=subject_of_packets(proof.received.may.forget("src", "src_port", "tcp_flags", "state"), "rdp"),
        )


CHECK = Check(
    slug=SLUG,
    title=msg("Remote Desktop reachable from the internet"),
    severity=Severity.CRITICAL,
    question=1,
    run=run,
    doc=__doc__,
    statements=("D28", "D07", "D11", "D18"),
    catalogue=("EXP-001",),
    references=("NIST SP 800-53r5 SC-7(5)", "CIS Controls v8.1 13.4", "MITRE ATT&CK T1133", "MITRE ATT&CK T1021.001"),
)
