"""Static routes, default routes that an access line brings, and routing protocols."""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.model import AddressMethod, Prefix, Route, RouteKind
from segaudit.model.speaking import Speaking
from segaudit.parsers.fortinet_fortios.addresses import AddressBook
from segaudit.parsers.fortinet_fortios.config import Scope, Section
from segaudit.parsers.fortinet_fortios.interfaces import DEFAULT_SDWAN_ZONE, SdwanMember, Topology, default_prefix
from segaudit.parsers.fortinet_fortios.values import prefixes_of, read_address, read_prefix

#: Administrative distance of static routes, and of the default route of a DHCP or PPPoE line (CLI reference).
_STATIC_DISTANCE, _LINE_DISTANCE = 10, 5
#: Of static routes and of lines: 0, since 7.0 1.
_STATIC_PRIORITY = 1
_PROTOCOLS = (
    ("router bgp", "bgp", ("neighbor", "neighbor-group", "neighbor-range")),
    ("router ospf", "ospf", ("area", "network", "ospf-interface")),
    ("router ospf6", "ospf6", ("area", "ospf6-interface")),
    ("router rip", "rip", ("network", "neighbor")),
    ("router ripng", "ripng", ("interface", "neighbor")),
    ("router isis", "isis", ("isis-interface", "isis-net")),
)


#: Protocols that run on interfaces that a table names: the setting with the name, empty where the entry is called by it.
_BY_INTERFACE = (
    ("router ospf6", "ospf6-interface", "interface"),
    ("router ripng", "interface", ""),
    ("router isis", "isis-interface", ""),
)


class RouteReader:
    """Reads the routes of one device."""

    def __init__(self, scope: Scope, topology: Topology, addresses: AddressBook) -> None:
        self._scope = scope
        self._topology = topology
        self._addresses = addresses
        self._watched = frozenset(
            entry.text("srcintf")
            for entry in scope.table("system link-monitor")
            if entry.text("status", "enable") != "disable" and entry.is_on("update-static-route", default=True)
        )

    def routes(self) -> Iterator[Route]:
        """All routes that the configuration shows."""
        for path, version in (("router static", 4), ("router static6", 6)):
            for entry in self._scope.table(path):
                if entry.text("status", "enable") != "disable":
                    yield from self._static(entry, version)
        yield from self._lines()
        for entry in self._scope.table("system route"):
            prefix = read_prefix(entry.words("dst")) or default_prefix(4)
            yield self._route(entry, prefix, entry.text("gateway"), entry.text("device"))

    def protocols(self) -> tuple[str, ...]:
        """The routing protocols that run."""
        return tuple(
            name
            for path, name, tables in _PROTOCOLS
            if any(table.entries for key, table in self._scope.section(path).blocks.items() if key in tables)
        )

    def speaking(self, neighbors: tuple[tuple[int, int], ...]) -> frozenset[str] | None:
        """The interfaces on which they run (CLI reference, `config router ospf`, `rip`, `bgp` and so on); ``None``: any."""
        found = Speaking()
        for path in ("router ospf", "router rip"):
            section = self._scope.section(path)
            found.passive.update(section.words("passive-interface"))
            for entry in section.table("network"):
                prefix = read_prefix(entry.words("prefix"))
                if prefix is not None:
                    found.network(prefix)
        for path, table, setting in _BY_INTERFACE:
            for entry in self._scope.section(path).table(table):
                found.named.add(entry.text(setting) if setting else entry.name)
        bgp = self._scope.section("router bgp")
        # Whoever is in a range may call, and a route that one VRF hands to another has its next hop there.
        found.unclear = any(bgp.table("neighbor-range")) or any(bgp.table("vrf")) or any(bgp.table("vrf-leak"))
        return found.interfaces(self._topology.interfaces, neighbors)

    def _static(self, entry: Section, version: int) -> Iterator[Route]:
        if entry.words("internet-service") not in {(), ("0",)} or entry.words("internet-service-custom"):
            self._scope.file.ledger.unsupported(
                entry.first_line, "a route to addresses of the maker's database, which are undecided"
            )
            return
        prefixes = self._destinations(entry, version)
        if not prefixes:
            self._scope.file.ledger.unsupported(entry.first_line, "a route whose destination is no prefix")
            return
        members = self._members(entry)
        for prefix in prefixes:
            if entry.is_on("blackhole"):
                yield self._route(entry, prefix, "", "", kind=RouteKind.DISCARD)
            elif members:
                for member in members:
                    gateway = member.gateway if version == 4 else member.gateway6
                    yield self._route(entry, prefix, gateway, member.interface, tracked=True)
            else:
                name = entry.text("device")
                yield self._route(entry, prefix, entry.text("gateway"), name, tracked=name in self._watched)

    def _members(self, entry: Section) -> tuple[SdwanMember, ...]:
        """The members of the SD-WAN zone that a route goes to; none where it goes to an interface."""
        zones = entry.words("sdwan-zone")
        if not zones and (entry.is_on("sdwan") or entry.is_on("virtual-wan-link")):
            zones = tuple({member.zone for member in self._topology.members}) or (DEFAULT_SDWAN_ZONE,)
        return tuple(member for member in self._topology.members if member.zone in zones)

    def _destinations(self, entry: Section, version: int) -> tuple[Prefix, ...]:
        """The destination of a route: a prefix, an address object, or everything where none is set."""
        named = entry.text("dstaddr")
        if named:
            value = self._addresses.reference(named, version)
            return tuple(prefix for part in self._addresses.ranges(value) for prefix in prefixes_of(part))
        words = entry.words("dst")
        if not words:
            return (default_prefix(version),)
        found = read_prefix(words)
        return (found,) if found is not None else ()

    def _lines(self) -> Iterator[Route]:
        """The default route that a DHCP or PPPoE line brings, unless told not to (CLI reference, `defaultgw`)."""
        for interface in self._topology.interfaces:
            entry = self._topology.sections[interface.name]
            dynamic = interface.method in (AddressMethod.DHCP, AddressMethod.PPPOE)
            if not dynamic or not interface.enabled or not entry.is_on("defaultgw", default=True):
                continue
            distance = entry.number("distance", _LINE_DISTANCE)
            yield Route(
                prefix=default_prefix(4),
                span=interface.span,
                interface=interface.name,
                distance=distance,
                metric=entry.number("priority", _STATIC_PRIORITY),
                vrf=interface.vrf,
                tracked=True,
            )

    def _route(
        self,
        entry: Section,
        prefix: Prefix,
        gateway: str,
        interface: str,
        *,
        kind: RouteKind = RouteKind.STATIC,
        tracked: bool = False,
    ) -> Route:
        found = read_address(gateway)
        hop = found[1] if found is not None and found[1] and found[0] == prefix.version else None
        return Route(
            prefix=prefix,
            span=self._scope.span(entry),
            next_hop=hop,
            interface=interface,
            distance=entry.number("distance", _STATIC_DISTANCE),
            # "priority": of equal distances the lower one is used (Administration Guide 7.4, "Routing concepts").
            metric=entry.number("priority", _STATIC_PRIORITY),
            vrf=entry.text("vrf") if entry.number("vrf", 0) else "",
            kind=kind,
            tracked=tracked,
        )
