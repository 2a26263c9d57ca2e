"""Address and port translation as maps of packet sets: where packets come out, and which packets come out there.

Each field of a `Translation` is kept, set to a constant, moved by an offset (a static or netmap translation, split
into runs whose both ends are aligned to the same power of two, on which it only changes upper bits), or chosen by the
device from a set. A choice goes everywhere in the image; in the preimage it counts as *may* when some choice leads
there and as *must* when all do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, summarize_address_range
from typing import Protocol

from segaudit.model import (
    AddressExpr,
    AddressRange,
    AddressRef,
    AddressRewrite,
    AddressUnion,
    Device,
    OwnAddress,
    PortRewrite,
    Prefix,
    Rule,
    Translation,
)
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.packet import STATES
from segaudit.packetspace.space import PORT_PROTOCOLS, PacketSet, PacketSpace, Side
from segaudit.semantics.resolve import Resolver

#: More aligned runs than this make an offset a choice: exactness there would cost more than anyone reads out of it.
MOST_RUNS = 2048


@dataclass(frozen=True, slots=True)
class _Run:
    """Values ``base`` to ``base + 2**kept - 1`` move to the same offsets from ``to``."""

    version: int
    base: int
    to: int
    kept: int


@dataclass(frozen=True, slots=True)
class _FieldMap:
    """What happens to one field: ``runs`` move values; without runs the value is chosen from ``targets``.

    ``anywhere``: the runs' bases do not matter, every value goes to ``runs[0].to`` (a constant). An address is moved in
    packets of IP ``version`` only.
    """

    side: Side
    is_port: bool
    runs: tuple[_Run, ...] = ()
    anywhere: bool = False
    targets: PacketSet | None = None
    version: int = 4

    def _values(self, space: PacketSpace, run: _Run, first: int) -> PacketSet:
        last = first + (1 << run.kept) - 1
        if self.is_port:
            return space.ports(self.side, ((first, last),))
        return space.addresses(self.side, run.version, first, last)

    def _move(self, packets: PacketSet, run: _Run, value: int) -> PacketSet:
        if self.is_port:
            return packets.moved_port(self.side, value, run.kept)
        return packets.moved(self.side, run.version, value, run.kept)

    def _forget(self, packets: PacketSet) -> PacketSet:
        if self.is_port:
            return packets.forget("src_port" if self.side == "src" else "dst_port")
        return packets.forget(self.side)

    def image(self, packets: PacketSet) -> PacketSet:
        """Where ``packets`` may come out."""
        concerned, others = self._concerned(packets)
        return self._image(concerned) | others

    def _image(self, packets: PacketSet) -> PacketSet:
        space = packets.space
        if self.targets is not None:
            return self._forget(packets) & self.targets
        if self.anywhere:
            return self._move(packets, self.runs[0], self.runs[0].to)
        return space.union(self._move(packets & self._values(space, r, r.base), r, r.to) for r in self.runs)

    def preimage(self, packets: PacketSet) -> PacketSet:
        """The packets that may come out in ``packets``."""
        concerned, others = self._concerned(packets)
        return self._preimage(concerned) | others

    def _preimage(self, packets: PacketSet) -> PacketSet:
        space = packets.space
        if self.targets is not None:
            return self._forget(packets & self.targets)
        if self.anywhere:
            return self._forget(packets & self._values(space, self.runs[0], self.runs[0].to))
        return space.union(self._move(packets & self._values(space, r, r.to), r, r.base) for r in self.runs)

    def sure_preimage(self, packets: PacketSet) -> PacketSet:
        """The packets that come out in ``packets`` whatever is chosen."""
        if self.targets is None:
            return self.preimage(packets)
        return self.preimage(packets) - self._forget(self.targets - packets)

    def _concerned(self, packets: PacketSet) -> tuple[PacketSet, PacketSet]:
        """The packets that have the field, and the others, which stay as they are."""
        space = packets.space
        test = space.protocol_test(*PORT_PROTOCOLS) if self.is_port else space.family_test(self.version)
        return packets.where(test), packets.where(~test)


@dataclass(frozen=True, slots=True)
class _StateMap:
    """The connection state becomes ``state`` (a name of `STATES`)."""

    state: str

    def image(self, packets: PacketSet) -> PacketSet:
        """Where ``packets`` come out."""
        return packets.forget("state") & packets.space.state(self.state)

    def preimage(self, packets: PacketSet) -> PacketSet:
        """The packets that come out in ``packets``."""
        return (packets & packets.space.state(self.state)).forget("state")

    def sure_preimage(self, packets: PacketSet) -> PacketSet:
        """The same: nothing is chosen."""
        return self.preimage(packets)


class _Map(Protocol):
    """What happens to one field."""

    def image(self, packets: PacketSet) -> PacketSet: ...
    def preimage(self, packets: PacketSet) -> PacketSet: ...
    def sure_preimage(self, packets: PacketSet) -> PacketSet: ...


class Rewrite:
    """A translation as it applies to the packets of ``domain`` that reach its rule."""

    __slots__ = ("_maps", "domain", "rule", "rule_set", "translation")

    def __init__(
        self, translation: Translation, domain: PacketBounds, rule: Rule, rule_set: str, resolver: Resolver
    ) -> None:
        self.translation = translation
        self.domain = domain
        self.rule = rule
        self.rule_set = rule_set
        self._maps = tuple(_field_maps(translation, resolver))

    def image(self, packets: PacketSet) -> PacketSet:
        """Where ``packets`` (of the domain) may come out."""
        found = packets
        for field_map in self._maps:
            found = field_map.image(found)
        return found

    def image_bounds(self, packets: PacketBounds) -> PacketBounds:
        """Where ``packets`` come out."""
        if packets.must is packets.may:
            return PacketBounds.exactly(self.image(packets.may))
        return PacketBounds(self.image(packets.must), self.image(packets.may))

    def preimage(self, packets: PacketBounds) -> PacketBounds:
        """The packets of the domain that come out in ``packets``."""
        may, must = packets.may, packets.must
        for field_map in reversed(self._maps):
            may, must = field_map.preimage(may), field_map.sure_preimage(must)
        return PacketBounds(must & self.domain.must, may & self.domain.may)


def pushed(rewrites: Iterable[Rewrite], packets: PacketSet) -> PacketSet:
    """How ``packets`` may look after all of ``rewrites``, in order."""
    found = packets
    for rewrite in rewrites:
        found = rewrite.image(found & rewrite.domain.may)
    return found


def _field_maps(translation: Translation, resolver: Resolver) -> list[_Map]:
    found: list[_Map] = []
    if translation.state is not None:
        found.append(_StateMap(STATES[translation.state]))
    if translation.source is not None:
        found += [_address_map("src", translation.source, resolver, version) for version in (4, 6)]
    if translation.destination is not None:
        found += [_address_map("dst", translation.destination, resolver, version) for version in (4, 6)]
    if translation.source_port is not None:
        found.append(_port_map("src", translation.source_port, resolver.space))
    if translation.destination_port is not None:
        found.append(_port_map("dst", translation.destination_port, resolver.space))
    return found


def _address_map(side: Side, rewrite: AddressRewrite, resolver: Resolver, version: int) -> _FieldMap:
    """What happens to the addresses of one family; where the config names none to change them to: any."""
    to = _of_version(rewrite.to, resolver.device, version)
    if to is not None and len(to) == 1:
        if to[0].size == 1:
            run = _Run(version, 0, to[0].first, 0)
            return _FieldMap(side, is_port=False, runs=(run,), anywhere=True, version=version)
        base = None if rewrite.base is None else _of_version(rewrite.base, resolver.device, version)
        if base is not None and len(base) == 1 and base[0].size == to[0].size:
            runs = _aligned_runs(version, base[0].first, to[0].first, to[0].size)
            if runs is not None:
                return _FieldMap(side, is_port=False, runs=runs, version=version)
    family = resolver.space.version(version)
    targets = family.where(resolver.addresses(rewrite.to, side).may)
    return _FieldMap(side, is_port=False, targets=targets or family, version=version)


def _of_version(expr: AddressExpr, device: Device, version: int) -> list[AddressRange] | None:
    """The ranges of one family that ``expr`` surely is; ``None`` where the config does not tell."""
    ranges = address_ranges(expr, device)
    return None if ranges is None else [one for one in ranges if one.version == version]


def _port_map(side: Side, rewrite: PortRewrite, space: PacketSpace) -> _FieldMap:
    first, last = rewrite.to
    if first == last:
        return _FieldMap(side, is_port=True, runs=(_Run(0, 0, first, 0),), anywhere=True)
    if rewrite.base is not None and rewrite.base[1] - rewrite.base[0] == last - first:
        runs = _aligned_runs(0, rewrite.base[0], first, last - first + 1)
        if runs is not None:
            return _FieldMap(side, is_port=True, runs=runs)
    # Without an offset the port is chosen; protocols without ports keep theirs, which is none.
    return _FieldMap(side, is_port=True, targets=space.ports(side, (rewrite.to,)))


def _aligned_runs(version: int, base: int, to: int, size: int) -> tuple[_Run, ...] | None:
    """``base`` … onto ``to`` …, ``size`` values, in runs aligned at both ends; ``None`` where there are too many."""
    runs: list[_Run] = []
    done = 0
    while done < size:
        both = (base + done) | (to + done) | 1 << 128
        kept = min((both & -both).bit_length() - 1, (size - done).bit_length() - 1)
        runs.append(_Run(version, base + done, to + done, kept))
        done += 1 << kept
        if len(runs) > MOST_RUNS:
            return None
    return tuple(runs)


def address_ranges(
    expr: AddressExpr, device: Device, within: frozenset[str] = frozenset()
) -> tuple[AddressRange, ...] | None:
    """The ranges that ``expr`` surely is, or ``None`` where the config does not tell; ``within`` are groups around it."""
    match expr:
        case AddressRange():
            return (expr,)
        case AddressUnion(items=items):
            found: list[AddressRange] = []
            for item in items:
                part = address_ranges(item, device, within)
                if part is None:
                    return None
                found += part
            return tuple(found)
        case AddressRef(name=name):
            named = device.addresses.get(name)
            if named is None or name in within:
                return None
            return address_ranges(named.value, device, within | {name})
        case OwnAddress(interface=interface, version=version) if interface:
            holder = device.interface(interface)
            own = () if holder is None else holder.answering
            primary = [a for a in own if version in (None, a.prefix.version) and not (a.secondary or a.virtual)]
            ranges = tuple(AddressRange(a.prefix.version, a.address, a.address) for a in primary)
            return ranges if len(ranges) == 1 else None
        case _:
            return None


def address_prefixes(exprs: Iterable[AddressExpr], device: Device) -> tuple[Prefix, ...]:
    """The prefixes that make up ``exprs``, sorted; nothing for what the config does not tell."""
    found: set[Prefix] = set()
    for expr in exprs:
        for one in address_ranges(expr, device) or ():
            found.update(range_prefixes(one))
    return tuple(sorted(found))


def range_prefixes(one: AddressRange) -> Iterable[Prefix]:
    """The fewest prefixes that make up a range."""
    if one.version == 4:
        networks = summarize_address_range(IPv4Address(one.first), IPv4Address(one.last))
        return [Prefix(4, int(n.network_address), n.prefixlen) for n in networks]
    wide = summarize_address_range(IPv6Address(one.first), IPv6Address(one.last))
    return [Prefix(6, int(n.network_address), n.prefixlen) for n in wide]
