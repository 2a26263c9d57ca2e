"""Terminals and servers share a segment.

What it finds
-------------
Subnets in which addresses are leased to terminals and in which servers stand as well: hosts that a device asks for
names or log-ins, logs to, that a forward from the internet ends at, or whose objects are named like servers.

Why it matters
--------------
Between hosts of one segment no firewall stands. One infected terminal reaches every service of every server beside it,
and whoever gets into a published server is among the terminals.

Example
-------
    config system dhcp server
        edit 1
            set default-gateway 192.168.10.1
            set netmask 255.255.255.0
            set interface "internal"
            config ip-range
                edit 1
                    set start-ip 192.168.10.100
                    set end-ip 192.168.10.199
                next
            end
        next
    end
    config user ldap
        edit "dc01"
            set server "192.168.10.5"
        next
    end

How to fix
----------
Give servers a segment of their own (moving the terminals is often cheaper), and permit what the applications need.

    config system dhcp server
        edit 1
            set default-gateway 192.168.10.1
            set netmask 255.255.255.0
            set interface "internal"
            config ip-range
                edit 1
                    set start-ip 192.168.10.100
                    set end-ip 192.168.10.199
                next
            end
        next
    end
    config user ldap
        edit "dc01"
            set server "192.168.20.5"
        next
    end

References
----------
NIST SP 800-53r5 SC-7(21), SC-32. CIS Controls v8.1 12.2. ISO/IEC 27001:2022 A.8.22.
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.finding import Finding, Location
from segaudit.findings.residents import Residents, residents
from segaudit.model import Certainty, Message, Severity, msg

SLUG = "shared-terminal-server-segment"
#: Signs of each kind that a finding names.
_MOST_SIGNS = 8


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each such segment."""
    for found in residents(subject.graph):
        if not found.mixed:
            continue
        terminals, servers = found.terminals[:_MOST_SIGNS], found.servers[:_MOST_SIGNS]
        jewel = any(s.jewel for s in found.servers)
        spans = dict.fromkeys(s.span for s in (*terminals, *servers) if s.span is not None)
        prefixes = ", ".join(str(p) for p in found.segment.prefixes)
        sure = any(s.structural for s in found.terminals) and any(s.structural for s in found.servers)
        yield Finding(
            check=SLUG,
            severity=Severity.CRITICAL if jewel else Severity.HIGH,
            certainty=Certainty.CONFIRMED if sure else Certainty.POSSIBLE,
            certainty_reasons=_reasons(found, sure=sure),
            title=msg("Terminals and servers share {prefixes} ({zone})", prefixes=prefixes, zone=found.zone.name),
            message=msg(
                "Terminals: {terminals}. Servers: {servers}. Between them no firewall stands.",
                terminals=tuple(s.text for s in terminals),
                servers=tuple(s.text for s in servers),
            ),
            remediation=msg("Give servers a segment of their own and permit what the applications need."),
            from_zone=found.zone.name,
            to_zone=found.zone.name,
            locations=tuple(Location(span=span, primary=i == 0) for i, span in enumerate(spans)),
            subject=tuple(str(p) for p in found.segment.prefixes),
        )


def _reasons(found: Residents, *, sure: bool) -> tuple[Message, ...]:
    if sure:
        return ()
    return (msg("that servers stand in {zone} is only told by the names of objects", zone=found.zone.name),)


CHECK = Check(
    slug=SLUG,
    title=msg("Terminals and servers in one segment"),
    severity=Severity.HIGH,
    question=2,
    run=run,
    doc=__doc__,
    statements=("D03", "D22", "D51"),
    catalogue=("SEG-001",),
)
