"""The internet reaches a host on any service, or on a wide range of ports.

What it finds
-------------
Packets from the internet that arrive at an inside host on a hundred ports in a row or more, whether one rule says so or
several together: service any, IP any, a translation of a whole address with a rule that does not name ports. Protocols
without ports (ESP, GRE) alone are not counted, and neither is the range of an FTP server's passive mode.

Why it matters
--------------
Nobody knows what listens on all those ports, today or after the next installation. A range hides Remote Desktop as well as
any other service, and one forgotten program is enough.

Example
-------
    object service SAP-RANGE
     service tcp destination range 3200 3399
    access-list OUTSIDE_IN extended permit object SAP-RANGE any host 172.16.50.40
    access-group OUTSIDE_IN in interface outside

How to fix
----------
List the ports that each host offers, one rule a host, and translate these ports only. Where a range is really meant, as
for the media of a telephone gateway, declare it under `publish` in the site file.

    object service SAP-DISPATCHER
     service tcp destination eq 3200
    access-list OUTSIDE_IN extended permit object SAP-DISPATCHER any host 172.16.50.40
    access-group OUTSIDE_IN in interface outside

References
----------
NIST SP 800-53r5 SC-7(5), CM-7. NIST SP 800-41r1 section 4.1. CIS Controls v8.1 4.4, 13.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segaudit.check import Check, Subject
from segaudit.findings.finding import Finding
from segaudit.findings.inbound import published, reached_from_internet
from segaudit.findings.openness import ServiceRange, service_ranges, wide_packets
from segaudit.model import Severity, msg
from segaudit.packetspace.space import PacketSet
from segaudit.zones.graph import INTERNET

SLUG = "inbound-wide-service"
_FTP_CONTROL = 21


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """``ports``: so many in a row are a wide range. ``passive_ports``: so many, or fewer, above 1023 to a host that is
    also reached on tcp/21 are the passive mode of FTP.
    """

    ports: int = 100
    passive_ports: int = 1024


def run(subject: Subject, params: Params) -> Iterator[Finding]:
    """One finding for each zone in which a host is reached on a wide range."""
    graph, services = subject.graph, subject.services
    wide: list[PacketSet] = []
    for (source, _), conduit in graph.conduits.items():
        if source == INTERNET:
            received = conduit.received.may
            wide.append(wide_packets(received, params.ports) - _passive_ftp(received, params))
    declared = published(graph.space, subject.publishes or ())
    for found in reached_from_internet(graph, graph.space.union(wide)):
        if found.proof.packets.may <= declared:
            continue
        host = graph.space.packet(found.proof.witness.received).forget(
            "src", "src_port", "dst_port", "tcp_flags", "state"
        )
        ranges = service_ranges(found.proof.received.may)
        classes = {e.class_id for r in ranges if r.ports for e in services.overlapping(r.protocol or 6, *r.ports)}
        there = service_ranges(found.proof.received.may & host)
        yield found.finding(
            check=SLUG,
            severity=Severity.CRITICAL,
            title=msg("A wide range of ports in {zone} is open to the internet", zone=found.target.name),
            message=found.told(_longest(there).label(services), ports=False),
            remediation=msg("Name the ports that each host offers, in its rule and in its translation."),
            services=tuple(r.label(services) for r in ranges),
            publishes=subject.publishes,
            notes=(
                msg(
                    "Services of {count} risk class lie in it.",
                    plural="Services of {count} risk classes lie in it.",
                    count=len(classes),
                ),
            ),
        )


def _longest(ranges: tuple[ServiceRange, ...]) -> ServiceRange:
    def width(one: ServiceRange) -> int:
        if one.ports is not None:
            return one.ports[1] - one.ports[0]
        return 65536 if one.protocol is None and not one.others else -1

    return max(ranges, key=width)


def _passive_ftp(received: PacketSet, params: Params) -> PacketSet:
    """What of ``received`` is data of FTP servers: short ranges of high ports of hosts that are also reached on 21."""
    space = received.space
    control = received & space.protocol(6) & space.ports("dst", ((_FTP_CONTROL, _FTP_CONTROL),))
    if not control:
        return space.empty
    hosts = control.forget("src", "src_port", "dst_port", "tcp_flags", "state")
    high = received & hosts & space.protocol(6) & space.ports("dst", ((1024, 65535),))
    return high - wide_packets(high, params.passive_ports + 1)


CHECK = Check(
    slug=SLUG,
    title=msg("Any service or a wide range of ports open to the internet"),
    severity=Severity.CRITICAL,
    question=1,
    run=run,
    doc=__doc__,
    params=Params,
    statements=("D18", "D45"),
    catalogue=("EXP-009",),
    references=("NIST SP 800-53r5 SC-7(5)", "NIST SP 800-53r5 CM-7", "NIST SP 800-41r1 4.1"),
)
