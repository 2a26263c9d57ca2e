"""What a rule asks of a packet, as alternatives of conjunctions, and where the rule stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    NO_SERVICE,
    AddressComplement,
    AddressExpr,
    Condition,
    ConditionKind,
    Hook,
    InterfaceMatch,
    Schedule,
    ServiceExpr,
)
from segaudit.parsers.linux_iptables import meet
from segaudit.parsers.linux_iptables.syntax import Option


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One conjunction of tests.

    ``translated_by``: the packet's destination was rewritten by one of these translations; of none: by no translation
    at all; ``None``: either. ``schedule`` names one of `Context.schedules`.
    """

    source: AddressExpr = ANY_ADDRESS
    destination: AddressExpr = ANY_ADDRESS
    services: tuple[ServiceExpr, ...] = ()
    ingress: InterfaceMatch = ANY_INTERFACE
    egress: InterfaceMatch = ANY_INTERFACE
    conditions: tuple[Condition, ...] = ()
    translated_by: frozenset[str] | None = None
    schedule: str = ""

    def __and__(self, other: Clause) -> Clause:
        if self is ANYTHING:
            return other
        if other is ANYTHING:
            return self
        conditions = self.conditions + tuple(c for c in other.conditions if c not in self.conditions)
        services = self.services + tuple(s for s in other.services if s not in self.services)
        translated_by = self.translated_by if other.translated_by is None else other.translated_by
        if self.translated_by is not None and other.translated_by is not None:
            translated_by = self.translated_by & other.translated_by
            if self.translated_by != other.translated_by and not translated_by:
                services = (NO_SERVICE,)
        ingress, egress = meet.interfaces(self.ingress, other.ingress), meet.interfaces(self.egress, other.egress)
        if ingress is None or egress is None:
            conditions += (Condition(kind=ConditionKind.OTHER, text="two tests of one interface"),)
        schedule = self.schedule or other.schedule
        if self.schedule and other.schedule and self.schedule != other.schedule:
            conditions += (Condition(kind=ConditionKind.SCHEDULE, text=other.schedule),)
        return Clause(
            source=meet.addresses(self.source, other.source),
            destination=meet.addresses(self.destination, other.destination),
            services=services,
            ingress=self.ingress if ingress is None else ingress,
            egress=self.egress if egress is None else egress,
            conditions=conditions,
            translated_by=translated_by,
            schedule=schedule,
        )


ANYTHING: Final = Clause()
NEVER: Final = Clause(services=(NO_SERVICE,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a piece means: a packet matches where any of ``clauses`` does.

    ``approximated`` says what was widened or left out, ``unread`` what could not be read and is undecided for that.
    """

    clauses: tuple[Clause, ...] = (ANYTHING,)
    comment: str = ""
    approximated: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def __and__(self, other: Meaning) -> Meaning:
        if len(self.clauses) == 1 and len(other.clauses) == 1:
            clauses: tuple[Clause, ...] = (self.clauses[0] & other.clauses[0],)
        else:
            clauses = tuple(one & another for one in self.clauses for another in other.clauses)
        return Meaning(
            clauses=clauses,
            comment=f"{self.comment} {other.comment}".strip() if other.comment else self.comment,
            approximated=self.approximated + other.approximated,
            unread=self.unread + other.unread,
        )


EVERYTHING: Final = Meaning()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTranslation:
    """A destination translation of the nat table: its name and what its rule asks of the packet."""

    name: str
    destination: AddressExpr
    service: ServiceExpr


@dataclass(slots=True, kw_only=True)
class Context:
    """Where a rule stands: family, table, the hooks from which its chain is reached, and what is known of the rest.

    ``translations`` are the destination translations that a packet may have met before it comes here. ``schedules``
    collects those that ``-m time`` makes. ``untracks``: a rule of the table takes packets out of connection tracking.
    """

    version: int
    table: str
    hooks: frozenset[Hook]
    translations: tuple[KnownTranslation, ...] = ()
    schedules: dict[str, Schedule] = field(default_factory=dict)
    untracks: bool = False

    @property
    def before_tracking(self) -> bool:
        """Whether connection tracking (priority -200) has not seen the packet yet."""
        return self.table == "raw"


@dataclass(slots=True)
class Reading:
    """A piece that is being read: where it stands, the rule's protocol if it names one, and what is to be said of it."""

    context: Context
    protocol: int | None
    approximated: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    comment: str = ""

    @property
    def version(self) -> int:
        """The family of the rule."""
        return self.context.version


def product(one: tuple[Clause, ...], other: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """The clauses of both at once."""
    if len(one) == 1 and one[0] is ANYTHING:
        return other
    return tuple(a & b for a in one for b in other)


def undecided(kind: ConditionKind, module: str, *options: Option) -> Clause:
    """A clause that holds nobody knows when: the words of the options are its condition."""
    text = " ".join([module, *(spelled(option) for option in options)]).strip()
    return Clause(conditions=(Condition(kind=kind, text=text),))


def spelled(option: Option) -> str:
    """The option as iptables-save writes it."""
    return " ".join([*(["!"] if option.negated else []), f"--{option.name}", *option.values])


def turned(found: AddressExpr, version: int, *, negated: bool) -> AddressExpr:
    """``found``, or where ``!`` stands before it every other address of the family."""
    return AddressComplement(found, version) if negated else found
