"""Packets from the internet get in with addresses of the inside as their source.

What it finds
-------------
Interfaces to the internet at which a packet gets through, to some host, whose source belongs elsewhere: to a segment of
the inside, or to anybody whom the routes put behind another interface. Neither a reverse-path check (uRPF) nor a rule
stops it. The packet is shown. On FortiOS the check that is on by default asks for any route back by that interface, and
the default route is one: only the strict one stops addresses of the inside at the outside. Where the input does not
show whether the device checks sources, as that of a packet filter, the finding is possible.

Why it matters
--------------
A rule that trusts addresses trusts whoever writes them. A forged source gets past rules that let only the inside in, hides
who sent, and makes servers answer to somebody who never asked. The answers go to the true owner of the address, so that
it is single packets (UDP, ICMP, a first SYN) that do harm.

Example
-------
    interface GigabitEthernet0/0
     nameif outside
     security-level 0
     ip address 203.0.113.2 255.255.255.248
    interface GigabitEthernet0/1
     nameif dmz
     security-level 50
     ip address 192.168.50.1 255.255.255.0
    interface GigabitEthernet0/2
     nameif inside
     security-level 100
     ip address 192.168.10.1 255.255.255.0
    route outside 0.0.0.0 0.0.0.0 203.0.113.1 1
    object network SV-DNS
     host 192.168.50.9
     nat (dmz,outside) static 203.0.113.4
    access-list OUTSIDE_IN extended permit udp any object SV-DNS eq domain
    access-group OUTSIDE_IN in interface outside

How to fix
----------
Switch on the reverse-path check at the outer interface: strict where there is one way to the internet, else loose, with
rules at the top of the inbound list that deny the own prefixes as sources.

    interface GigabitEthernet0/0
     nameif outside
     security-level 0
     ip address 203.0.113.2 255.255.255.248
    interface GigabitEthernet0/1
     nameif dmz
     security-level 50
     ip address 192.168.50.1 255.255.255.0
    interface GigabitEthernet0/2
     nameif inside
     security-level 100
     ip address 192.168.10.1 255.255.255.0
    ip verify reverse-path interface outside
    route outside 0.0.0.0 0.0.0.0 203.0.113.1 1
    object network SV-DNS
     host 192.168.50.9
     nat (dmz,outside) static 203.0.113.4
    access-list OUTSIDE_IN extended permit udp any object SV-DNS eq domain
    access-group OUTSIDE_IN in interface outside

References
----------
NIST SP 800-53r5 SC-7(11). NIST SP 800-41r1 4.1.1. PCI DSS 4.0 1.4.3. CIS Controls v8.1 13.4. RFC 2827, RFC 3704.
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings import ranges
from segaudit.findings.finding import Finding
from segaudit.findings.spoofing import proof
from segaudit.model import Severity, format_address, msg
from segaudit.zones.graph import INTERNET, SELF
from segaudit.zones.spoofing import Certificate, Entry, certificates

SLUG = "spoofed-sources-enter"


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each interface to the internet."""
    for certificate in certificates(subject.graph):
        if not certificate.outside or certificate.verdict == Entry.PROVEN:
            continue
        found = proof(subject.graph, certificate)
        if found is None:
            continue
        sent = found.witness.sent
        yield Finding(
            check=SLUG,
            severity=Severity.MEDIUM,
            certainty=found.certainty,
            certainty_reasons=found.reasons,
            title=msg(
                "Inside addresses enter {device} from the internet at {interface}",
                device=certificate.device,
                interface=certificate.interface,
            ),
            message=msg(
                "A packet from the internet that calls itself {source} gets through to {target}: nothing at {interface} asks"
                " whether {source} can be there.",
                source=sent.src_text,
                target=ranges.destination(found.witness.received),
                interface=certificate.interface,
            ),
            remediation=msg(
                "Switch on the strict reverse-path check at {interface}; where there are several ways to the internet, the"
                " loose one, and deny the own prefixes as sources at the top of its inbound rules.",
                interface=certificate.interface,
            ),
            from_zone=INTERNET,
            to_zone=SELF + certificate.device,
            packets=found.packets,
            witness=found.witness,
            rules=found.rules,
            locations=found.locations,
            subject=(INTERNET, *_place(subject, certificate), SLUG),
        )


def _place(subject: Subject, certificate: Certificate) -> tuple[str, ...]:
    """The interface for a fingerprint: its addresses, or where the config holds none its name."""
    interface = subject.graph.devices[certificate.device].device.interface(certificate.interface)
    own = () if interface is None else interface.addresses
    addresses = sorted((a.prefix.version, a.address) for a in own)
    return tuple(format_address(*address) for address in addresses) or (certificate.interface,)


CHECK = Check(
    slug=SLUG,
    title=msg("Sources that belong inside enter from the internet"),
    severity=Severity.MEDIUM,
    question=1,
    run=run,
    doc=__doc__,
    statements=("D18",),
    catalogue=("DEF-010",),
    references=("NIST SP 800-53r5 SC-7(11)", "NIST SP 800-41r1 4.1.1", "PCI DSS 4.0 1.4.3", "CIS Controls v8.1 13.4"),
)
