"""What a first-match list permits, as pairs of source and destination: the selectors of a policy-based tunnel."""

from __future__ import annotations

from collections.abc import Iterable

from segaudit.model.address import (
    HIGHEST,
    AddressComplement,
    AddressExpr,
    AddressIntersection,
    AddressRange,
    AddressUnion,
    AnyAddress,
)

AddressPair = tuple[AddressExpr, AddressExpr]


def permitted_pairs(entries: Iterable[tuple[bool, AddressExpr, AddressExpr]]) -> tuple[AddressPair, ...]:
    """The pairs that entries (permits, source, destination) in their order permit, each exact; together they are all.

    Where every source of the pairs goes with every destination, it is one pair of unions.
    """
    denied: list[AddressPair] = []
    found: dict[AddressPair, None] = {}
    for permits, source, destination in entries:
        if not permits:
            denied.append((source, destination))
            continue
        pieces: list[AddressPair] = [(source, destination)]
        for taken in denied:
            pieces = [rest for piece in pieces for rest in _less(piece, taken)]
        found.update(dict.fromkeys(pieces))
    sources = list(dict.fromkeys(source for source, _ in found))
    destinations = list(dict.fromkeys(destination for _, destination in found))
    if found and len(found) == len(sources) * len(destinations):
        return ((_union(sources), _union(destinations)),)
    return tuple(found)


def _less(piece: AddressPair, taken: AddressPair) -> Iterable[AddressPair]:
    """``piece`` without ``taken``: the sources that stay whole, and the others with the destinations that stay."""
    shared = _shared(piece[0], taken[0])
    if shared is None or _shared(piece[1], taken[1]) is None:
        yield piece
        return
    rest = _without(piece[0], taken[0])
    if rest is not None:
        yield rest, piece[1]
    left = _without(piece[1], taken[1])
    if left is not None:
        yield shared, left


def _shared(one: AddressExpr, other: AddressExpr) -> AddressExpr | None:
    """What both hold; ``None``: nothing."""
    mine, theirs = _ranges(one), _ranges(other)
    if mine is None or theirs is None:
        return one if one == other else AddressIntersection((one, other))
    both = [
        AddressRange(a.version, max(a.first, b.first), min(a.last, b.last))
        for a in mine
        for b in theirs
        if a.version == b.version and a.first <= b.last and b.first <= a.last
    ]
    return _as_written(one, mine, both)


def _without(one: AddressExpr, other: AddressExpr) -> AddressExpr | None:
    """What ``one`` holds and ``other`` does not; ``None``: nothing."""
    mine, theirs = _ranges(one), _ranges(other)
    if mine is None or theirs is None:
        return None if one == other else AddressIntersection((one, AddressComplement(other)))
    left = list(mine)
    for cut in theirs:
        kept: list[AddressRange] = []
        for a in left:
            if a.version != cut.version or a.last < cut.first or cut.last < a.first:
                kept.append(a)
                continue
            if a.first < cut.first:
                kept.append(AddressRange(a.version, a.first, cut.first - 1))
            if cut.last < a.last:
                kept.append(AddressRange(a.version, cut.last + 1, a.last))
        left = kept
    return _as_written(one, mine, left)


def _as_written(one: AddressExpr, ranges: tuple[AddressRange, ...], left: list[AddressRange]) -> AddressExpr | None:
    """The ranges that are left of ``one``: itself where nothing was taken."""
    if not left:
        return None
    return one if tuple(left) == ranges else _union(list(dict.fromkeys(left)))


def _ranges(expr: AddressExpr) -> tuple[AddressRange, ...] | None:
    """The ranges that ``expr`` is made of; ``None`` where it is made of something else."""
    if isinstance(expr, AddressRange):
        return (expr,)
    if isinstance(expr, AnyAddress):
        return tuple(AddressRange(v, 0, HIGHEST[v]) for v in (4, 6) if expr.version in (None, v))
    if not isinstance(expr, AddressUnion):
        return None
    found: list[AddressRange] = []
    for item in expr.items:
        part = _ranges(item)
        if part is None:
            return None
        found += part
    return tuple(found)


def _union(items: list[AddressExpr] | list[AddressRange]) -> AddressExpr:
    return items[0] if len(items) == 1 else AddressUnion(tuple(items))
