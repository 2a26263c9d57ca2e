"""What is published to the internet stands in no DMZ.

What it finds
-------------
Zones that packets from the internet arrive in, after every translation, although they are no DMZ: a forward to a server
among the servers, to a PC in the office, to a device in the plant. It is one finding for each zone, whatever the number
of forwards. A host that the site file declares as `dmz` (a reverse proxy) is where it belongs. Ping alone is no publish.

Why it matters
--------------
Whoever takes over the published host stands beside everything else in its segment, with no firewall in between. In a DMZ
the next step has to pass a rule.

Example
-------
    config firewall vip
        edit "attendance"
            set extip 203.0.113.11
            set mappedip "192.168.10.12"
            set extintf "wan1"
            set portforward enable
            set extport 443
            set mappedport 443
        next
    end
    config firewall policy
        edit 7
            set srcintf "wan1"
            set dstintf "lan"
            set action accept
            set srcaddr "all"
            set dstaddr "attendance"
            set schedule "always"
            set service "HTTPS"
        next
    end

How to fix
----------
Make a DMZ, and move the host there or put a reverse proxy there. From the DMZ inwards permit single hosts and ports only.

    config firewall vip
        edit "attendance"
            set extip 203.0.113.11
            set mappedip "192.168.50.12"
            set extintf "wan1"
            set portforward enable
            set extport 443
            set mappedport 443
        next
    end
    config firewall policy
        edit 7
            set srcintf "wan1"
            set dstintf "dmz"
            set action accept
            set srcaddr "all"
            set dstaddr "attendance"
            set schedule "always"
            set service "HTTPS"
        next
    end

References
----------
NIST SP 800-53r5 SC-7(11), SC-7(21). NIST SP 800-41r1 section 4.3. PCI DSS v4.0 1.4.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.evidence import service_packets
from segaudit.findings.finding import Finding
from segaudit.findings.inbound import Origin, Reached, reached_from_internet
from segaudit.findings.openness import service_ranges
from segaudit.knowledge.roles import Role, role_words
from segaudit.model import ICMP_PROTOCOLS, Message, Severity, msg
from segaudit.packetspace.space import PacketSet

SLUG = "publish-outside-dmz"
#: Where something published is meant to stand.
_MEANT = frozenset({Role.DMZ, Role.OT_DMZ})
#: What is worse than a server to stand beside.
_WORSE = frozenset(
    {
        Role.TERMINAL,
        Role.DIRECTORY,
        Role.DATABASE,
        Role.BACKUP,
        Role.HYPERVISOR,
        Role.MANAGEMENT,
        Role.OT,
    }
)
#: Services that a finding names.
_MOST_SERVICES = 12


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each zone that is published into."""
    space = subject.graph.space
    wanted = space.full - space.union(space.protocol(p) for p in sorted(ICMP_PROTOCOLS)) - _proxies(subject)
    web = service_packets(space, subject.services.named("web"))
    first = [service_packets(space, subject.services.named(name)) for name in ("remote-desktop", "ssh")] + [web]
    for found in reached_from_internet(subject.graph, wanted, first=first, by_role=True):
        role = found.target.role
        if role in _MEANT:
            continue
        severity = Severity.HIGH.stepped(role in _WORSE)
        notes: list[Message] = []
        if role in _WORSE:
            notes.append(
                msg("One step worse: {zone} is a zone of {role}.", zone=found.target.name, role=role_words(role))
            )
        if _behind_a_front(found, web):
            severity = severity.stepped(-1)
            notes.append(msg("One step milder: only named networks get through, to web ports, as behind a CDN."))
        labels = [r.label(subject.services) for r in service_ranges(found.proof.received.may, limit=_MOST_SERVICES)]
        yield found.finding(
            check=SLUG,
            severity=severity,
            title=msg("{zone} is no DMZ, but what stands there is published to the internet", zone=found.target.name),
            message=msg(
                "{reached} Whoever takes it over stands in {zone} ({role}) with no rule in between.",
                reached=found.told(found.label(subject.services)),
                zone=found.target.name,
                role=role_words(role),
            ),
            remediation=msg(
                "Move the host to a DMZ or put a reverse proxy there; from there in, single hosts and ports."
            ),
            services=labels,
            publishes=subject.publishes,
            notes=notes,
        )


def _proxies(subject: Subject) -> PacketSet:
    """Packets to hosts that the site file declares as meant to be public."""
    space = subject.graph.space
    declared = [host.address for host in subject.hosts if host.role in _MEANT]
    return space.union(space.addresses("dst", p.version, p.first, p.last) for p in declared)


def _behind_a_front(found: Reached, web: PacketSet) -> bool:
    return found.origin == Origin.SOME and found.proof.received.may <= web


CHECK = Check(
    slug=SLUG,
    title=msg("Published outside a DMZ"),
    severity=Severity.HIGH,
    question=1,
    run=run,
    doc=__doc__,
    statements=("D18", "D22", "D03"),
    catalogue=("EXP-010",),
    references=("NIST SP 800-53r5 SC-7(11)", "NIST SP 800-53r5 SC-7(21)", "PCI DSS v4.0 1.4.2"),
)
