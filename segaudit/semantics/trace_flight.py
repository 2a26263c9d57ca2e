"""A packet on its way through a device: what it was when sent, what it is now, and what rewrote it.

Where a translation chooses a field from several values (a pool, a masquerade to an address that the config does not
show), the choice is kept as ranges, and the packet stands for all of them. Before a list is asked that could tell them
apart, the choice is cut at every value at which one of the list's tests begins or ends; inside such a piece the list
treats all values alike, so that one of them can be asked for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from segaudit.model import (
    PORT_PROTOCOLS,
    AddressExpr,
    AddressRewrite,
    AddressUnion,
    OwnAddress,
    PortRewrite,
    Range,
    Translation,
)
from segaudit.packetspace.packet import Packet
from segaudit.semantics.trace_match import Matcher

HIGHEST = {4: (1 << 32) - 1, 6: (1 << 128) - 1}

#: More kinds of translated values than these are not followed one by one.
MOST_PIECES = 512


class Field(Enum):
    """A field that a translation may write; the value is the packet's attribute."""

    SRC = "src"
    DST = "dst"
    SRC_PORT = "src_port"
    DST_PORT = "dst_port"


@dataclass(frozen=True, slots=True)
class Choice:
    """The values that a translation may choose for a field, as inclusive ranges, ascending and disjoint."""

    field: Field
    among: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Flight:
    """The packet as it is now (``packet``) and as it was ``sent``.

    ``choices`` are the fields whose value stands for several, ``rewritten_by`` the names of the translations that
    rewrote the destination, ``destination_rewritten`` and ``source_rewritten`` whether anything has. ``to_device``: a
    redirect made it a packet for the device. ``own_source`` and ``own_destination``: that address is known to be one
    of the device's own.
    """

    packet: Packet
    sent: Packet
    choices: tuple[Choice, ...] = ()
    rewritten_by: frozenset[str] = frozenset()
    destination_rewritten: bool = False
    source_rewritten: bool = False
    to_device: bool = False
    own_source: bool = False
    own_destination: bool = False

    def as_sent(self) -> Flight:
        """The same with the destination as it was before translation, for lists that are asked so."""
        packet = replace(self.packet, dst=self.sent.dst, dst_port=self.sent.dst_port)
        choices = tuple(c for c in self.choices if c.field not in (Field.DST, Field.DST_PORT))
        return replace(self, packet=packet, choices=choices)

    def pieces(self, edges: Callable[[Choice, int], Sequence[int]]) -> list[Flight]:
        """One flight for each kind of chosen values; of more kinds than can be followed: none.

        ``edges`` says, for a choice and the IP version, before which values to cut it, ascending.
        """
        flights = [self]
        for choice in self.choices:
            cut = _cut(choice.among, edges(choice, self.packet.version))
            if len(cut) == 1:
                continue
            if len(cut) * len(flights) > MOST_PIECES:
                return []
            flights = [flight.narrowed(choice.field, piece) for flight in flights for piece in cut]
        return flights

    def among(self, field: Field) -> tuple[Range, ...]:
        """The values that ``field`` may have, as inclusive ranges."""
        for choice in self.choices:
            if choice.field is field:
                return choice.among
        value: int = getattr(self.packet, field.value)
        return ((value, value),)

    def narrowed(self, field: Field, among: tuple[Range, ...]) -> Flight:
        """The same with ``field`` chosen among these ranges."""
        packet = _with(self.packet, field, among[0][0])
        choices = tuple(c for c in self.choices if c.field is not field)
        if among[0][0] != among[-1][1]:
            choices = (*choices, Choice(field, among))
        return replace(self, packet=packet, choices=choices)

    def apply(self, translation: Translation, matcher: Matcher, ingress: str | None) -> Flight:
        """The packet after ``translation``.

        The first translation that rewrites the source or the destination is the one that counts (netfilter, nftables:
        later ones find the connection's mapping made).
        """
        flight = self
        if translation.state is not None:
            flight = replace(self, packet=replace(self.packet, state=translation.state.value))
        source = translation.source is not None or translation.source_port is not None
        destination = (
            translation.destination is not None or translation.destination_port is not None or translation.to_device
        )
        if source and not self.source_rewritten:
            flight = flight.rewritten_address(Field.SRC, translation.source, matcher)
            flight = flight.rewritten_port(Field.SRC_PORT, translation.source_port)
            flight = replace(flight, source_rewritten=True, own_source=False)
        if destination and not self.destination_rewritten:
            rewrite = translation.destination
            if rewrite is None and translation.to_device:
                rewrite = AddressRewrite(to=OwnAddress(ingress or ""))
            flight = flight.rewritten_address(Field.DST, rewrite, matcher)
            flight = flight.rewritten_port(Field.DST_PORT, translation.destination_port)
            names = flight.rewritten_by | {translation.name} if translation.name else flight.rewritten_by
            flight = replace(
                flight,
                rewritten_by=names,
                destination_rewritten=True,
                to_device=translation.to_device,
                own_destination=translation.to_device or (rewrite is None and flight.own_destination),
            )
        return flight

    def rewritten_address(self, field: Field, rewrite: AddressRewrite | None, matcher: Matcher) -> Flight:
        """The same with the address ``field`` rewritten."""
        if rewrite is None:
            return self
        version = self.packet.version
        to = _addresses(rewrite.to, version, matcher)
        if rewrite.base is not None:
            base = _addresses(rewrite.base, version, matcher)
            now: int = getattr(self.packet, field.value)
            if to is not None and base is not None:
                aligned = _aligned(now, base, to)
                return self if aligned is None else self.narrowed(field, ((aligned, aligned),))
        return self.narrowed(field, merged(to) if to else ((0, HIGHEST[version]),))

    def rewritten_port(self, field: Field, rewrite: PortRewrite | None) -> Flight:
        """The same with the port ``field`` rewritten, where the protocol has ports."""
        if rewrite is None or self.packet.protocol not in PORT_PROTOCOLS:
            return self
        if rewrite.base is not None:
            now: int = getattr(self.packet, field.value)
            aligned = _aligned(now, [rewrite.base], [rewrite.to])
            return self if aligned is None else self.narrowed(field, ((aligned, aligned),))
        return self.narrowed(field, (rewrite.to,))


def _with(packet: Packet, field: Field, value: int) -> Packet:
    if field is Field.SRC:
        return replace(packet, src=value)
    if field is Field.DST:
        return replace(packet, dst=value)
    if field is Field.SRC_PORT:
        return replace(packet, src_port=value)
    return replace(packet, dst_port=value)


def _addresses(expr: AddressExpr, version: int, matcher: Matcher) -> list[Range] | None:
    """The addresses of ``version`` in ``expr`` in the order written; ``None`` where the config does not tell them."""
    if isinstance(expr, OwnAddress):
        if expr.version not in (None, version):
            return []
        # Whoever translates to an interface's address means the one that it sends from.
        own, complete = matcher.own_ranges(expr, primary=bool(expr.interface))
        return [(r.first, r.last) for r in own if r.version == version] if complete else None
    if isinstance(expr, AddressUnion):
        found: list[Range] = []
        for item in expr.items:
            of_item = _addresses(item, version, matcher)
            if of_item is None:
                return None
            found += of_item
        return found
    ranges = matcher.plain_ranges(expr)
    if ranges is None:
        return None
    return [(r.first, r.last) for r in ranges if r.version == version]


def _aligned(value: int, base: Iterable[Range], to: Iterable[Range]) -> int | None:
    """The value of ``to`` at the place that ``value`` has in ``base``; ``None`` where it is in none."""
    place = 0
    for first, last in base:
        if first <= value <= last:
            place += value - first
            break
        place += last - first + 1
    else:
        return None
    for first, last in to:
        if place <= last - first:
            return first + place
        place -= last - first + 1
    return None


def merged(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """The same values as ascending ranges that do not touch."""
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def _cut(among: tuple[Range, ...], edges: Sequence[int]) -> list[tuple[Range, ...]]:
    """``among`` in pieces: a new one begins at each of the ascending ``edges`` and at each range."""
    pieces: list[tuple[Range, ...]] = []
    for first, last in among:
        start = first
        for edge in edges:
            if start < edge <= last:
                pieces.append(((start, edge - 1),))
                start = edge
        pieces.append(((start, last),))
    return pieces
