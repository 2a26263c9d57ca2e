"""A finding, as a check makes it: packets still exact sets, words still without a language."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from segaudit.model import Certainty, Message, Severity, Span
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.packet import Packet


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """One packet that proves a finding, and where it starts: replayed by ``segaudit trace``.

    ``device`` and ``in_interface`` are where it first meets a device of the input, ``segment`` the segment it starts
    in. ``received`` is how it arrives; it equals ``sent`` where nothing translates.
    """

    device: str
    in_interface: str
    segment: str
    sent: Packet
    received: Packet
    out_interface: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRef:
    """A rule that a finding names.

    ``action`` as in `Action`; ``default`` is the end of a list; ``unfiltered`` an interface (``rule_id``) without one.
    """

    device: str
    rule_set: str
    rule_id: str
    name: str = ""
    action: str = "permit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place in a config that a finding points at; one of them is primary."""

    span: Span
    primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding of one check.

    ``title`` is one line without a full stop, ``message`` says what and why here. ``packets`` are those as sent that
    make it (``None`` where it is not about packets). ``subject`` is what the fingerprint is made of besides the slug:
    prefixes, boxes, service class, never a name where an address says the same. ``key`` identifies the finding within
    a run, and ``cause`` is the key of the headline that this one follows from (empty: it stands by itself).
    """

    check: str
    severity: Severity
    certainty: Certainty
    title: Message
    message: Message
    remediation: Message
    subject: tuple[str, ...]
    certainty_reasons: tuple[Message, ...] = ()
    control: str = ""
    from_zone: str = ""
    to_zone: str = ""
    services: tuple[str, ...] = ()
    packets: PacketBounds | None = None
    witness: Witness | None = None
    rules: tuple[RuleRef, ...] = ()
    locations: tuple[Location, ...] = ()
    key: str = ""
    cause: str = ""
    references: tuple[str, ...] = ()
    notes: tuple[Message, ...] = field(default=())

    @property
    def fingerprint(self) -> str:
        """SHA-256 over slug and subject: it survives renaming, reordering and moved lines."""
        text = "\x1f".join((self.check, *self.subject))
        return hashlib.sha256(text.encode()).hexdigest()


def by_weight(findings: Iterable[Finding]) -> list[Finding]:
    """Worst first; then by check, zones and subject, so that the order is always the same."""
    return sorted(findings, key=lambda f: (-f.severity, f.check, f.from_zone, f.to_zone, f.subject))
