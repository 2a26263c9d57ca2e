"""On which interfaces routing protocols run: by which of them what they learn may lead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from segaudit.model.address import Prefix
from segaudit.model.device import Interface


@dataclass(slots=True)
class Speaking:
    """What the routing processes of a device say of where they run.

    ``networks``: they run where an own address is in one of these (version, value, bits that count); ``passive``: there
    an interior protocol sends nothing and hears nothing, unless ``active`` names it (``all_passive``: everywhere else).
    ``named``: they run there by name. ``unclear``: something that was not read may make them run anywhere.
    """

    networks: set[tuple[int, int, int]] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    passive: set[str] = field(default_factory=set)
    active: set[str] = field(default_factory=set)
    all_passive: bool = False
    unclear: bool = False

    def network(self, prefix: Prefix) -> None:
        """They run where an own address is in ``prefix``."""
        width = 32 if prefix.version == 4 else 128
        self.networks.add((prefix.version, prefix.network, (1 << width) - (1 << (width - prefix.length))))

    def interfaces(
        self, interfaces: Sequence[Interface], neighbors: Iterable[tuple[int, int]]
    ) -> frozenset[str] | None:
        """The interfaces on which they run, or on whose links a router is that they exchange routes with by address.

        ``None``: any, because a neighbour is on no link (what it tells of lies behind other routes), or it is unclear.
        """
        if self.unclear:
            return None
        found = {i.name for i in interfaces if self._runs(i)}
        for neighbor in neighbors:
            near = [i.name for i in interfaces if any(a.prefix.contains(*neighbor) for a in i.addresses)]
            if not near or any(a.address == neighbor[1] for i in interfaces for a in i.addresses):
                return None
            found.update(near)
        return frozenset(found)

    def _runs(self, interface: Interface) -> bool:
        quiet = interface.name in self.passive or (self.all_passive and interface.name not in self.active)
        if quiet and interface.name not in self.active:
            return False
        if interface.name in self.named:
            return True
        inside = any(
            version == a.prefix.version and a.address & care == value & care
            for version, value, care in self.networks
            for a in interface.addresses
        )
        return inside or (bool(self.networks) and interface.address_unknown)
