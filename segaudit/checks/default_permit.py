"""What no rule forbids is permitted.

What it finds
-------------
Places where traffic passes although no rule permits it: a list that ends with a permit (policy ACCEPT), or an
interface pair of a filtering device where no list is asked at all. The maker's own implicit permits
(``implicit-permit``) are a finding of their own.

Why it matters
--------------
Permit all and forbid exceptions needs to know every bad packet beforehand. Forbidding all and permitting what is needed
stops what nobody thought of as well.

Example
-------
    *filter
    :INPUT ACCEPT [0:0]
    :FORWARD ACCEPT [0:0]
    :OUTPUT ACCEPT [0:0]
    -A FORWARD -i eth0 -o eth1 -p tcp --dport 445 -j DROP
    COMMIT

How to fix
----------
List what is needed, permit that, and let the list end with a deny that is logged.

    *filter
    :INPUT DROP [0:0]
    :FORWARD DROP [0:0]
    :OUTPUT ACCEPT [0:0]
    -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
    -A FORWARD -i eth1 -o eth0 -p tcp --dport 443 -j ACCEPT
    -A FORWARD -j LOG
    COMMIT

References
----------
NIST SP 800-53r5 SC-7(5). NIST SP 800-41r1 section 4.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.finding import Finding
from segaudit.findings.openrules import OpenPlace, default_permits
from segaudit.model import Message, Severity, msg

SLUG = "default-permit"
#: Interfaces that a title names.
_MOST_NAMED = 4


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each list whose end permits, and for each device, the interfaces at which nothing is asked."""
    for place in default_permits(subject.graph):
        title, message = _words(place)
        yield Finding(
            check=SLUG,
            severity=Severity.CRITICAL,
            certainty=place.proof.certainty,
            certainty_reasons=place.proof.reasons,
            title=title,
            message=message,
            remediation=msg("Permit what is needed and end the list with a deny that is logged."),
            from_zone=place.from_zone,
            to_zone=place.to_zone,
            packets=place.packets,
            witness=place.proof.witness,
            rules=place.refs,
            locations=place.proof.locations,
            subject=place.subject,
        )


def _words(place: OpenPlace) -> tuple[Message, Message]:
    count = len(place.pairs)
    if place.rule_set is None:
        return (
            msg(
                "No list filters what enters {device} at {interfaces}",
                device=place.device,
                interfaces=_named(place.ingresses),
            ),
            msg(
                "Everything passes between {count} pair of zones: neither the way in nor the way out has a list.",
                plural="Everything passes between {count} pairs of zones: neither the way in nor the way out has a list.",
                count=count,
            ),
        )
    name = place.rule_set.name
    return (
        msg("{list} on {device} permits what no rule names", list=name, device=place.device),
        msg(
            "The list {list} ends with a permit: {count} pair of zones is open by default.",
            plural="The list {list} ends with a permit: {count} pairs of zones are open by default.",
            list=name,
            count=count,
        ),
    )


def _named(interfaces: tuple[str, ...]) -> str:
    """The interfaces, a few of many."""
    few = ", ".join(interfaces[:_MOST_NAMED])
    return few if len(interfaces) <= _MOST_NAMED else f"{few}, … ({len(interfaces)})"


CHECK = Check(
    slug=SLUG,
    title=msg("Default action is permit"),
    severity=Severity.CRITICAL,
    question=4,
    run=run,
    doc=__doc__,
    statements=("D45",),
    catalogue=("DEF-001",),
    references=("NIST SP 800-53r5 SC-7(5)",),
)
