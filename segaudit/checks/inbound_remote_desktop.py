"""Remote Desktop can be reached from the internet.

What it finds
-------------
Packets from the internet that arrive at an inside host on tcp/3389 or udp/3389, after every translation: a port forward
from another outside port counts, a rule whose range merely covers 3389 counts, a split of the internet into halves is
the internet. A rule above that does not stop the forwarded packets changes nothing, and neither does a filter by
country, which any rented server in that country passes.

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
    config firewall policy
        edit 4
            set srcintf "wan1"
            set dstintf "lan"
            set action accept
            set srcaddr "all"
            set dstaddr "rdp-to-pc"
            set schedule "always"
            set service "ALL"
        next
    end

How to fix
----------
Remove the forward and its rule. Let people in by VPN with a second factor, and from there to a Remote Desktop gateway
or a jump host. Until then, allow named source addresses only, with a date on which the rule ends. What users of the VPN
need is then a rule of its own.

    config firewall policy
        edit 4
            set srcintf "ssl.root"
            set dstintf "lan"
            set action accept
            set srcaddr "all"
            set dstaddr "rd-gateway"
            set groups "remote-users"
            set schedule "always"
            set service "HTTPS"
        next
    end

References
----------
NIST SP 800-53r5 AC-17, SC-7(5). CIS Controls v8.1 12.7, 13.4. MITRE ATT&CK T1133, T1021.001.
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.evidence import service_packets
from segaudit.findings.finding import Finding
from segaudit.findings.inbound import reached_from_internet
from segaudit.model import Severity, msg

SLUG = "inbound-remote-desktop"


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each zone in which Remote Desktop is reached."""
    wanted = service_packets(subject.graph.space, subject.services.named("remote-desktop"))
    for found in reached_from_internet(subject.graph, wanted):
        yield found.finding(
            check=SLUG,
            severity=Severity.CRITICAL,
            title=msg("Remote Desktop in {zone} is open to the internet", zone=found.target.name),
            message=found.told(msg("Remote Desktop")),
            remediation=msg(
                "Remove the forward and its rule; give access by VPN with a second factor to a gateway or jump host."
            ),
            services=("rdp",),
            publishes=subject.publishes,
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
