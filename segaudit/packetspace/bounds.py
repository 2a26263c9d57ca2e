"""A pair of sets: what surely is in (``must``), and what possibly is (``may``)."""

from __future__ import annotations

from dataclasses import dataclass

from segaudit.packetspace.space import PacketSet


@dataclass(frozen=True, slots=True)
class PacketBounds:
    """``must`` is inside ``may``; the truth lies between. Equal bounds are exact."""

    must: PacketSet
    may: PacketSet

    def __post_init__(self) -> None:
        if self.must is not self.may and not self.must <= self.may:
            message = "what must be is not inside of what may be"
            raise ValueError(message)

    @classmethod
    def exactly(cls, packets: PacketSet) -> PacketBounds:
        """Bounds without doubt."""
        return cls(packets, packets)

    @property
    def exact(self) -> bool:
        """Whether there is no doubt."""
        return self.must is self.may or self.must == self.may

    def __and__(self, other: PacketBounds) -> PacketBounds:
        if self.must is self.may and other.must is other.may:
            return PacketBounds.exactly(self.may & other.may)
        return PacketBounds(self.must & other.must, self.may & other.may)

    def __or__(self, other: PacketBounds) -> PacketBounds:
        if self.must is self.may and other.must is other.may:
            return PacketBounds.exactly(self.may | other.may)
        return PacketBounds(self.must | other.must, self.may | other.may)

    def __invert__(self) -> PacketBounds:
        """What is surely not in, and what possibly is not: the pair swaps."""
        if self.must is self.may:
            return PacketBounds.exactly(~self.may)
        return PacketBounds(~self.may, ~self.must)

    def __sub__(self, other: PacketBounds) -> PacketBounds:
        if self.must is self.may and other.must is other.may:
            return PacketBounds.exactly(self.may - other.may)
        return PacketBounds(self.must - other.may, self.may - other.must)

    def __bool__(self) -> bool:
        """Whether anything possibly is in."""
        return bool(self.may)

    def within(self, packets: PacketSet) -> PacketBounds:
        """The bounds inside ``packets``."""
        if self.must is self.may:
            return PacketBounds.exactly(self.may & packets)
        return PacketBounds(self.must & packets, self.may & packets)
