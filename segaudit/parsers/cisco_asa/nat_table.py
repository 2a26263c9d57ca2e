"""The translation table as lists of rules: what a NAT statement does to destinations, to sources, and forbids.

Three lists come of it (before 8.3 a fourth: what must be translated to pass at all), whatever the version. The destination list (before routing) undoes translations for what is sent
to mapped addresses, the source list (on the way out) makes them. The third is the reverse path check: the device drops
a connection whose replies would match another NAT rule than its first packet did (syslog 305013, "Asymmetric NAT rules
matched for forward and reverse flows"; Cisco TechNote 116388, "ASA NAT Configuration Troubleshooting"). So nobody
reaches a translated host by its real address from the side where it is translated. What passes such a check returns to
its default rather than being permitted by a rule: the rule that people want to see is that of the access list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    ANY_SERVICE,
    NO_ADDRESS,
    Action,
    AddressExpr,
    AddressRange,
    AddressRewrite,
    AddressUnion,
    Condition,
    ConditionKind,
    InterfaceMatch,
    PortRewrite,
    Range,
    Rule,
    RuleSet,
    RuleSetKind,
    ServiceExpr,
    Span,
    Translation,
    interfaces,
)

#: Above this many pieces a static translation between ranges of unlike size is a choice among its addresses.
MOST_PIECES = 64

_REVERSE_PATH = "replies would be translated by another rule (NAT reverse path check)"
_TABLE_ENTRY = Condition(kind=ConditionKind.OTHER, text="a dynamic translation of that host is active")


def interface_match(name: str) -> InterfaceMatch:
    """The interface of a NAT statement; ``any`` and nothing stand for every one."""
    return interfaces(name) if name not in ("", "any") else ANY_INTERFACE


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a NAT rule asks of a packet that goes from ``ingress`` to ``egress``."""

    ingress: InterfaceMatch
    egress: InterfaceMatch = ANY_INTERFACE
    source: AddressExpr = ANY_ADDRESS
    destination: AddressExpr = ANY_ADDRESS
    service: ServiceExpr = ANY_SERVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a NAT rule is written: ``id`` is the device's name for its place, unique among NAT rules."""

    id: str
    span: Span
    name: str = ""
    comment: str = ""
    enabled: bool = True


@dataclass(slots=True)
class NatTable:
    """Rules as they come, in the order in which the device asks them."""

    destination: list[Rule] = field(default_factory=list)
    source: list[Rule] = field(default_factory=list)
    reverse: list[Rule] = field(default_factory=list)
    required: list[Rule] = field(default_factory=list)

    def translate_destination(
        self,
        origin: Origin,
        match: Match,
        pieces: Sequence[tuple[AddressExpr, AddressRewrite | None]],
        port: PortRewrite | None = None,
        *,
        while_active: bool = False,
    ) -> None:
        """For each piece: packets to it (within ``match``) get the piece's new destination.

        ``while_active``: only as long as the table holds an entry that a connection the other way has made.
        """
        conditions = (_TABLE_ENTRY,) if while_active else ()
        for part, rewrite in pieces:
            translation = Translation(name=origin.id, destination=rewrite, destination_port=port)
            self._add(self.destination, origin, match, destination=part, translation=translation, conditions=conditions)

    def translate_source(
        self,
        origin: Origin,
        match: Match,
        pieces: Sequence[tuple[AddressExpr, AddressRewrite | None]],
        port: PortRewrite | None = None,
    ) -> None:
        """For each piece: packets from it (within ``match``) get the piece's new source."""
        for part, rewrite in pieces:
            translation = Translation(name=origin.id, source=rewrite, source_port=port)
            self._add(self.source, origin, match, source=part, translation=translation)

    def exempt_destination(self, origin: Origin, match: Match) -> None:
        """Packets within ``match`` keep their destination, whatever later rules say."""
        self._add(self.destination, origin, match, action=Action.PERMIT)

    def exempt_source(self, origin: Origin, match: Match) -> None:
        """Packets within ``match`` keep their source, whatever later rules say."""
        self._add(self.source, origin, match, action=Action.PERMIT)

    def reverse_identity(self, origin: Origin, match: Match) -> None:
        """Connections within ``match`` pass the reverse path check: the rule leaves addresses as they are."""
        self._add(self.reverse, origin, match, action=Action.RETURN)

    def reverse_static(self, origin: Origin, match: Match) -> None:
        """Connections within ``match`` pass the reverse path check only if they were sent to a mapped address."""
        self._own_translation(origin, match)
        self._add(
            self.reverse,
            origin,
            match,
            action=Action.DENY,
            translated_by=frozenset(),
            implicit=_REVERSE_PATH,
        )

    def reverse_dynamic(self, origin: Origin, match: Match, *, pool: bool, unsure: bool = False) -> None:
        """Connections within ``match`` are dropped, but those that an active entry of this very rule brought here.

        ``unsure``: a connection may pass while the table holds an entry for the host (identity NAT before 8.3).
        """
        if pool:
            self._own_translation(origin, match)
        if unsure:
            self._add(self.reverse, origin, match, action=Action.RETURN, conditions=(_TABLE_ENTRY,))
        self._add(self.reverse, origin, match, action=Action.DENY, implicit=_REVERSE_PATH)

    def _own_translation(self, origin: Origin, match: Match) -> None:
        """What this rule itself has translated is as it should be."""
        self._add(
            self.reverse,
            origin,
            match,
            destination=NO_ADDRESS,
            action=Action.RETURN,
            translated_by=frozenset({origin.id}),
        )

    def satisfied(self, origin: Origin, match: Match) -> None:
        """Connections within ``match`` have the translation that they need (before 8.3)."""
        self._add(self.required, origin, match, action=Action.RETURN)

    def forbid(self, origin: Origin, match: Match, implicit: str) -> None:
        """Connections within ``match`` are dropped because there is no way to translate their source (before 8.3)."""
        self._add(self.required, origin, match, action=Action.DENY, implicit=implicit)

    def forbid_reverse(self, origin: Origin, match: Match, implicit: str) -> None:
        """Connections within ``match`` are dropped unless they were sent to a mapped address (before 8.3)."""
        self._add(self.reverse, origin, match, action=Action.DENY, implicit=implicit, translated_by=frozenset())

    def _add(
        self,
        rules: list[Rule],
        origin: Origin,
        match: Match,
        *,
        action: Action = Action.TRANSLATE,
        source: AddressExpr | None = None,
        destination: AddressExpr | None = None,
        translation: Translation | None = None,
        conditions: tuple[Condition, ...] = (),
        translated_by: frozenset[str] | None = None,
        implicit: str = "",
    ) -> None:
        if translation is not None and translation == Translation(name=origin.id):
            action, translation = Action.PERMIT, None
        alike = sum(1 for rule in rules[-MOST_PIECES - 2 :] if rule.name == (origin.name or origin.id))
        rules.append(
            Rule(
                id=f"{origin.id}.{alike + 1}" if alike else origin.id,
                position=len(rules) + 1,
                action=action,
                span=origin.span,
                source=match.source if source is None else source,
                destination=match.destination if destination is None else destination,
                service=match.service,
                ingress=match.ingress,
                egress=match.egress,
                conditions=conditions,
                enabled=origin.enabled,
                name=origin.name or origin.id,
                comment=origin.comment,
                translation=translation,
                translated_by=translated_by,
                implicit=implicit,
            )
        )

    def rule_sets(self, version: int | None) -> tuple[RuleSet, ...]:
        """The lists that hold rules: ``nat destination``, ``nat source``, ``nat reverse path``, ``nat required``."""
        lists = (
            RuleSet(
                name="nat destination",
                rules=tuple(self.destination),
                default=None,
                kind=RuleSetKind.NAT,
                version=version,
            ),
            RuleSet(name="nat source", rules=tuple(self.source), default=None, kind=RuleSetKind.NAT, version=version),
            RuleSet(name="nat reverse path", rules=tuple(self.reverse), default=Action.PERMIT, version=version),
            RuleSet(name="nat required", rules=tuple(self.required), default=Action.PERMIT, version=version),
        )
        return tuple(one for one in lists if one.rules)


def size(ranges: Sequence[AddressRange]) -> int:
    """How many addresses the ranges hold together."""
    return sum(one.size for one in ranges)


def one_expr(ranges: Sequence[AddressRange]) -> AddressExpr:
    """The ranges as one expression."""
    return ranges[0] if len(ranges) == 1 else AddressUnion(tuple(ranges))


def aligned(
    these: Sequence[AddressRange], to: Sequence[AddressRange]
) -> list[tuple[AddressExpr, AddressRewrite | None]]:
    """The n-th of ``these`` becomes the n-th of ``to``, which begins anew where it is shorter; ``None``: unchanged.

    ASA CLI guide, "Static NAT", one-to-many, few-to-many, many-to-few. Pairs of very unlike sizes become a choice.
    """
    if tuple(these) == tuple(to):
        return [(one_expr(these), None)]
    if size(to) == 1:
        return [(one_expr(these), AddressRewrite(to=to[0]))]
    if size(these) > size(to) * MOST_PIECES:
        return [(one_expr(these), AddressRewrite(to=one_expr(to)))]
    return [(part, AddressRewrite(to=target, base=part)) for part, target in _pairs(these, to)]


def _pairs(these: Sequence[AddressRange], to: Sequence[AddressRange]) -> Iterator[tuple[AddressRange, AddressRange]]:
    place = 0
    target = to[0]
    for one in these:
        rest = one
        while True:
            count = min(rest.size, target.size)
            yield (
                AddressRange(rest.version, rest.first, rest.first + count - 1),
                AddressRange(target.version, target.first, target.first + count - 1),
            )
            if count < target.size:
                target = AddressRange(target.version, target.first + count, target.last)
            else:
                place = (place + 1) % len(to)
                target = to[place]
            if count == rest.size:
                break
            rest = AddressRange(rest.version, rest.first + count, rest.last)


def port_rewrite(base: Range | None, to: Range | None) -> PortRewrite | None:
    """The change from ports ``base`` to ports ``to``; ``None`` where nothing changes."""
    if base is None or to is None or base == to:
        return None
    if base[1] - base[0] == to[1] - to[0] and base[0] != base[1]:
        return PortRewrite(to=to, base=base)
    return PortRewrite(to=to)
