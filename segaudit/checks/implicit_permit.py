"""Traffic passes by the maker's own default, although no rule permits it.

What it finds
-------------
Flows between zones that a rule lets through which nobody wrote: an ASA passes from a higher to a lower security level
where no list is bound, between equal levels where ``same-security-traffic`` says so, a zone whose members may talk.
It is one level worse where terminals and servers, or others of different roles, are members of one such zone or level.

Why it matters
--------------
It is not in the rule base, so no review sees it, and it depends on the version and the model what it is.

Example
-------
    interface GigabitEthernet0/3
     nameif guest
     security-level 10
     ip address 192.168.200.1 255.255.255.0

How to fix
----------
Bind a list that permits what is needed and ends with a logged deny.

    interface GigabitEthernet0/3
     nameif guest
     security-level 10
     ip address 192.168.200.1 255.255.255.0
    access-list GUEST_IN extended permit tcp 192.168.200.0 255.255.255.0 any eq https
    access-list GUEST_IN extended deny ip any any log
    access-group GUEST_IN in interface guest

References
----------
NIST SP 800-53r5 SC-7(5). Cisco ASA 9.12 CLI book 2, access rules: implicit permits.
"""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.check import Check, NoParams, Subject
from segaudit.findings.evidence import certainty_of
from segaudit.findings.finding import Finding
from segaudit.findings.openrules import OpenPlace, implicit_permits
from segaudit.knowledge.roles import role_words
from segaudit.model import Certainty, Message, Severity, msg
from segaudit.zones.graph import Zone

SLUG = "implicit-permit"


def run(subject: Subject, _: NoParams) -> Iterator[Finding]:
    """One finding for each unwritten rule that lets something through."""
    for place, apart in implicit_permits(subject.graph):
        assert place.rule is not None, "an implicit permit is a rule"
        certainty, reasons = place.proof.certainty, place.proof.reasons
        doubts = certainty_of(place.packets, (), apart)[1]
        if place.packets.must and doubts:
            certainty, reasons = Certainty.POSSIBLE, tuple(dict.fromkeys((*reasons, *doubts)))
        yield Finding(
            check=SLUG,
            severity=Severity.HIGH if apart else Severity.MEDIUM,
            certainty=certainty,
            certainty_reasons=reasons,
            title=msg(
                "{device} passes traffic by its own default: {why}", device=place.device, why=place.rule.implicit
            ),
            message=_told(place, apart),
            remediation=msg("Bind a list that permits what is needed and ends with a logged deny."),
            from_zone=place.from_zone,
            to_zone=place.to_zone,
            packets=place.packets,
            witness=place.proof.witness,
            rules=place.refs,
            locations=place.proof.locations,
            subject=place.subject,
        )


def _told(place: OpenPlace, apart: tuple[Zone, ...]) -> Message:
    pairs = ", ".join(f"{source.name} > {target.name}" for source, target, _ in place.pairs)
    if not apart:
        return msg("No rule says so, and yet this passes: {pairs}.", pairs=pairs)
    one, other = apart
    return msg(
        "No rule says so, and yet this passes: {pairs}. {one} ({role}) and {other} ({other_role}) do not belong together.",
        pairs=pairs,
        one=one.name,
        role=role_words(one.role),
        other=other.name,
        other_role=role_words(other.role),
    )


CHECK = Check(
    slug=SLUG,
    title=msg("Implicit permit of the maker in effect"),
    severity=Severity.MEDIUM,
    question=4,
    run=run,
    doc=__doc__,
    statements=("D45",),
    catalogue=("DEF-008", "SEG-012"),
)
