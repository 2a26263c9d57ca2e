"""The administration of a firewall or router is open to the internet.

What it finds
-------------
Devices whose own administration (HTTPS, SSH, telnet, SNMP, central management) answers packets from the internet, after
local-in rules, control-plane lists, trusted hosts and access classes. Trusted hosts count only when every account has them.
The portal of a VPN is no administration. Where a config does not show what listens, as that of a packet filter, the
finding is possible.

Why it matters
--------------
Whoever administers the firewall decides what the firewall lets through, and reads the VPN accounts that are stored on it.
Holes in its web interface and stolen passwords are tried within days of becoming known; half of the ransomware cases that
the police looked into began at such a device.

Example
-------
    config system interface
        edit "wan1"
            set vdom "root"
            set ip 203.0.113.10 255.255.255.248
            set allowaccess ping https ssh
            set role wan
        next
    end

How to fix
----------
Take administration off the outside interface. Administer from a management network, or over the VPN with a second factor;
give every account trusted hosts.

    config system interface
        edit "wan1"
            set vdom "root"
            set ip 203.0.113.10 255.255.255.248
            set allowaccess ping
            set role wan
        next
    end

References
----------
NIST SP 800-53r5 AC-17, SC-7(15). CIS Controls v8.1 12.3, 4.6. MITRE ATT&CK T1133, T1190.
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings import ranges
from segaudit.findings.finding import Finding, Location
from segaudit.findings.identity import RuleIdentity
from segaudit.findings.inbound import Origin, source_count
from segaudit.findings.management import Managed, managed_from_internet
from segaudit.model import Message, Severity, format_address, msg
from segaudit.zones.graph import INTERNET, SELF

SLUG = "management-from-internet"
#: Kinds of services that are read, or speak to a central manager only: bad, but nobody logs in by them.
_LESSER = frozenset({"fgfm", "snmp", "snmp-tcp"})


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each device."""
    entries = subject.services.named("device-management").entries
    for found in managed_from_internet(subject.graph, entries):
        proof = found.proof
        severity = Severity.HIGH if set(found.kinds) <= _LESSER else Severity.CRITICAL
        notes: list[Message] = [*found.notes]
        if found.origin == Origin.FEW:
            severity = severity.stepped(-1)
            count = source_count(proof.packets.may)
            notes.append(
                msg(
                    "One step milder: only {count} source address gets through.",
                    plural="One step milder: only {count} source addresses get through.",
                    count=count,
                )
            )
        elif found.restricted and found.unrestricted:
            notes.append(
                msg(
                    "{some} of {all} administrators are limited to named hosts, which counts only when all are.",
                    some=len(found.restricted),
                    all=len(found.restricted) + len(found.unrestricted),
                )
            )
        spans = [place.span for place in proof.locations]
        if found.restricted:
            spans += [a.span for a in found.unrestricted]
        yield Finding(
            check=SLUG,
            severity=severity,
            certainty=proof.certainty,
            certainty_reasons=proof.reasons,
            title=msg("The administration of {device} is open to the internet", device=found.device),
            message=_told(found),
            remediation=msg(
                "Take it off the outside interface; administer from a management network or over the VPN with a second"
                " factor."
            ),
            from_zone=INTERNET,
            to_zone=SELF + found.device,
            services=found.kinds,
            packets=proof.packets,
            witness=proof.witness,
            rules=proof.rules,
            locations=tuple(Location(span=s, primary=n == 0) for n, s in enumerate(dict.fromkeys(spans))),
            notes=tuple(notes),
            subject=(INTERNET, *_own_addresses(subject, found), SLUG),
        )


def _told(found: Managed) -> Message:
    kinds, place = ", ".join(found.kinds), ranges.destination(found.proof.witness.sent)
    match found.origin:
        case Origin.ANYWHERE:
            return msg(
                "Anyone on the internet reaches {services} of {device} at {place}.",
                services=kinds,
                device=found.device,
                place=place,
            )
        case Origin.SOME:
            return msg(
                "Some networks on the internet reach {services} of {device} at {place}.",
                services=kinds,
                device=found.device,
                place=place,
            )
        case Origin.FEW:
            return msg(
                "{count} address on the internet reaches {services} of {device} at {place}.",
                plural="{count} addresses on the internet reach {services} of {device} at {place}.",
                count=source_count(found.proof.packets.may),
                services=kinds,
                device=found.device,
                place=place,
            )


def _own_addresses(subject: Subject, found: Managed) -> tuple[str, ...]:
    """The device for a fingerprint: its addresses, or where the config holds none the networks at its interfaces."""
    device = subject.graph.devices[found.device].device
    own = sorted((a.prefix.version, a.address) for i in device.interfaces for a in i.addresses)
    return tuple(format_address(*address) for address in own) or RuleIdentity(subject.graph).networks(device.name)


CHECK = Check(
    slug=SLUG,
    title=msg("Administration of the device open to the internet"),
    severity=Severity.CRITICAL,
    question=5,
    run=run,
    doc=__doc__,
    statements=("D08", "D26", "D19"),
    catalogue=("MGT-001",),
    references=("NIST SP 800-53r5 AC-17", "NIST SP 800-53r5 SC-7(15)", "CIS Controls v8.1 12.3", "MITRE ATT&CK T1133"),
)
