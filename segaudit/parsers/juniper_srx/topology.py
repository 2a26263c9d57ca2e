"""Interfaces, zones, routing instances and routes of one device."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from segaudit.model import (
    AddressMethod,
    Interface,
    InterfaceAddress,
    InterfaceKind,
    Prefix,
    Route,
    RouteKind,
    SourceCheck,
    SourceCheckMode,
    VrfImport,
    Zone,
)
from segaudit.parsers.juniper_srx.config import NOTHING, JunosFile, Node
from segaudit.parsers.juniper_srx.values import read_address, read_prefix

#: Static routes come before routes of protocols (Junos OS Protocol-Independent Routing Properties, "Route Preferences").
_STATIC_PREFERENCE: Final = 5
#: Ports that forward nothing between networks of the others.
_MANAGEMENT: Final = re.compile(r"(?:fxp0|em[01]|me0|vme|re0:mgmt-\d+|mgmt_junos)(?:\.\d+)?$")
_TUNNELS: Final = ("st0", "gr-", "ip-", "ipip", "gre", "vt-", "lt-", "mt-", "pd-", "pe-")
_AGGREGATES: Final = ("ae", "reth", "as", "fab")
_PORT: Final = re.compile(r"([a-z]+-\d+/\d+/)(\d+)$")
#: The table of a family where it is named without an instance.
_MAIN_TABLES: Final = frozenset({"inet.0", "inet6.0"})
_DYNAMIC: Final = {
    "bgp": "BGP", "ospf": "OSPF", "ospf3": "OSPFv3", "isis": "IS-IS", "rip": "RIP", "ripng": "RIPng", "eigrp": "EIGRP",
}  # fmt: skip


@dataclass(slots=True)
class Topology:
    """What the configuration says of networks. ``self_links``: interfaces that are the device's own plumbing."""

    interfaces: tuple[Interface, ...]
    zones: tuple[Zone, ...]
    routes: tuple[Route, ...]
    vrf_imports: tuple[VrfImport, ...]
    dynamic_routing: tuple[str, ...]
    neighbors: tuple[tuple[int, int], ...]
    filters: tuple[tuple[str, Node, int], ...]
    """Interfaces with the level ``filter`` of a family, and its IP version."""
    self_links: frozenset[str] = frozenset({"lo0.0"})

    @property
    def zone_names(self) -> tuple[str, ...]:
        """The security zones."""
        return tuple(zone.name for zone in self.zones)

    def interface(self, name: str) -> Interface | None:
        """The interface of that name; a physical one means its unit 0."""
        wanted = name if "." in name else f"{name}.0"
        return next((one for one in self.interfaces if one.name in (wanted, name)), None)

    def members(self, zone: str) -> tuple[str, ...]:
        """The interfaces of a zone."""
        return next((one.interfaces for one in self.zones if one.name == zone), ())

    @staticmethod
    def is_management(name: str) -> bool:
        """Whether it is the port of the routing engine, which no zone and no policy concerns."""
        return _MANAGEMENT.match(name) is not None


class TopologyReader:
    """Reads interfaces, zones and routes."""

    def __init__(self, file: JunosFile, root: Node) -> None:
        self._file = file
        self._root = root
        self._filters: list[tuple[str, Node, int]] = []
        self._vrfs = {
            at.name: instance.name
            for instance in root.entries("routing-instances")
            if instance.word("instance-type") != "forwarding"
            for at in instance.entries("interface")
        }
        self._zone_of = self._zones_of()

    def read(self) -> Topology:
        """All of it."""
        found = self._interfaces()
        return Topology(
            interfaces=found,
            zones=tuple(self._zones(found)),
            routes=tuple(self._routes()),
            vrf_imports=tuple(self._imports()),
            dynamic_routing=tuple(dict.fromkeys(self._protocols())),
            neighbors=tuple(dict.fromkeys(self._neighbors())),
            filters=tuple(self._filters),
        )

    # Interfaces

    def _interfaces(self) -> tuple[Interface, ...]:
        ports = {
            node.name: node
            for node in self._root.entries("interfaces")
            if node.name not in ("interface-range", "traceoptions")
        }
        for name, ranged in self._ranges():
            ports[name] = _overlaid(ports.get(name, NOTHING), ranged, name)
        bundles: dict[str, list[str]] = {}
        for name, node in ports.items():
            for options in ("gigether-options", "ether-options", "fastether-options"):
                parent = next(iter(node.at(options, "802.3ad").children), "") or next(
                    reversed(node.at(options, "redundant-parent").children), ""
                )
                parent = node.word(options, "redundant-parent", "parent") or parent
                if parent:
                    bundles.setdefault(parent, []).append(name)
        found: list[Interface] = []
        for name, node in ports.items():
            units = list(node.entries("unit"))
            found.extend(self._unit(name, node, unit, unit.name, bundles) for unit in units)
            if not units and node.has("family") and "." in name:
                port, _, number = name.partition(".")
                found.append(self._unit(port, node, node, number, bundles))
        return self._with_switching(found, ports)

    def _ranges(self) -> Iterator[tuple[str, Node]]:
        """The ports that ``interface-range`` means, each with what it says."""
        for node in self._root.entries("interfaces", "interface-range"):
            for member in node.words("member"):
                if "*" not in member and "[" not in member:
                    yield member, node
            for first in node.entries("member-range"):
                low, high = _PORT.match(first.name), _PORT.match(first.word("to"))
                if low and high and low[1] == high[1] and int(high[2]) - int(low[2]) < 128:
                    for number in range(int(low[2]), int(high[2]) + 1):
                        yield f"{low[1]}{number}", node

    def _unit(self, port: str, node: Node, unit: Node, number: str, bundles: dict[str, list[str]]) -> Interface:
        name = f"{port}.{number}"
        addresses: list[InterfaceAddress] = []
        method = AddressMethod.STATIC
        for family in ("inet", "inet6"):
            level = unit.at("family", family)
            version = 4 if family == "inet" else 6
            addresses.extend(self._addresses(level, version))
            if version == 4 and not addresses:
                if level.has("dhcp") or level.has("dhcp-client"):
                    method = AddressMethod.DHCP
                elif level.has("negotiate-address") or unit.has("pppoe-options"):
                    method = AddressMethod.PPPOE
            if level.has("filter"):
                self._filters.append((name, level.at("filter"), version))
            lender = next(iter(level.at("unnumbered-address").children), "")
            if lender:
                addresses.extend(self._borrowed(lender, family, version))
        if unit.has("family", "any", "filter"):
            self._filters.append((name, unit.at("family", "any", "filter"), 0))
        if not addresses and method is AddressMethod.STATIC:
            method = AddressMethod.NONE
        described = unit.word("description") or node.word("description")
        tag = unit.word("vlan-id")
        return Interface(
            name=name,
            span=self._file.span(unit),
            hardware=port,
            addresses=tuple(addresses),
            method=method,
            kind=self._kind(port, tag),
            description=described,
            zone=self._zone_of.get(name, ""),
            vlan=int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 6 else None,
            parent=port,
            vrf=self._vrfs.get(name, ""),
            enabled=not node.has("disable") and not unit.has("disable"),
            role_hint=f"zone {self._zone_of[name]}" if name in self._zone_of else "",
            members=tuple(bundles.get(port, ())),
            link=self._link(port, number, unit),
            source_check=self._source_check(unit),
        )

    def _addresses(self, level: Node, version: int) -> Iterator[InterfaceAddress]:
        for position, entry in enumerate(level.entries("address")):
            found, prefix = read_address(entry.name), read_prefix(entry.name)
            if found is None or prefix is None or prefix.version != version:
                self._file.ledger.unrecognized(entry.first_line, "no address")
                continue
            span = self._file.span(entry)
            yield InterfaceAddress(address=found[1], prefix=prefix, secondary=position > 0, span=span)
            shared = list(entry.words("virtual-gateway-address"))
            for kind in ("vrrp-group", "vrrp-inet6-group"):
                for group in entry.entries(kind):
                    for setting in ("virtual-address", "virtual-inet6-address"):
                        shared.extend(_flat(group.at(setting)))
            for word in shared:
                one = read_address(word)
                if one is not None and one[0] == version:
                    yield InterfaceAddress(address=one[1], prefix=prefix, secondary=True, virtual=True, span=span)

    def _borrowed(self, lender: str, family: str, version: int) -> Iterator[InterfaceAddress]:
        """The address of another interface; the network stays the other's."""
        port, _, number = lender.partition(".")
        level = self._root.at("interfaces", port, "unit", number or "0", "family", family)
        for one in self._addresses(level, version):
            bits = 32 if version == 4 else 128
            yield replace(one, prefix=Prefix(version, one.address, bits))
            return

    @staticmethod
    def _kind(port: str, tag: str) -> InterfaceKind:
        if _MANAGEMENT.match(port):
            return InterfaceKind.MANAGEMENT
        if port.startswith("lo"):
            return InterfaceKind.LOOPBACK
        if port in ("irb", "vlan", "vme"):
            return InterfaceKind.VLAN
        if port.startswith("lt-"):
            return InterfaceKind.PHYSICAL
        if port.startswith(_TUNNELS):
            return InterfaceKind.TUNNEL
        if tag:
            return InterfaceKind.VLAN
        if port.startswith(_AGGREGATES):
            return InterfaceKind.AGGREGATE
        return InterfaceKind.PHYSICAL

    @staticmethod
    def _link(port: str, number: str, unit: Node) -> str:
        """The two ends of a logical tunnel are one wire."""
        peer = unit.word("peer-unit")
        if not port.startswith("lt-") or not peer:
            return ""
        low, high = sorted((number, peer), key=lambda text: (len(text), text))
        return f"{port} {low}-{high}"

    def _source_check(self, unit: Node) -> SourceCheck:
        """``rpf-check`` for each family (Junos OS Routing Policies User Guide, "Configuring Unicast RPF"): strict unless
        ``mode loose`` is said, and feasible paths count where routing-options say so; the default route counts.
        """
        checked = {
            version: unit.at("family", family, "rpf-check")
            for version, family in ((4, "inet"), (6, "inet6"))
            if unit.has("family", family, "rpf-check")
        }
        if not checked:
            return SourceCheck(mode=SourceCheckMode.NONE)
        first = next(iter(checked.values()))
        feasible = self._root.at("routing-options", "forwarding-table").has("unicast-reverse-path")
        mode = SourceCheckMode.STRICT if not feasible else SourceCheckMode.FEASIBLE
        if "loose" in first.words("mode"):
            mode = SourceCheckMode.LOOSE
        return SourceCheck(
            mode=mode,
            versions=frozenset(checked),
            spared=any(node.has("fail-filter") for node in checked.values()),
            span=self._file.span(first),
        )

    def _with_switching(self, found: list[Interface], ports: dict[str, Node]) -> tuple[Interface, ...]:
        """Which ports switch for which routed VLAN interface."""
        vlans: dict[str, tuple[str, int | None]] = {}
        sections = [*self._root.entries("vlans"), *self._root.entries("bridge-domains")]
        for instance in self._root.entries("routing-instances"):
            sections += [*instance.entries("bridge-domains"), *instance.entries("vlans")]
        members: dict[str, list[str]] = {}
        for vlan in sections:
            routed = vlan.word("l3-interface") or vlan.word("routing-interface")
            tag = vlan.word("vlan-id")
            number = int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 6 else None
            if not routed:
                continue
            vlans[routed] = (vlan.name, number)
            members[routed] = list(vlan.words("interface"))
        named: dict[str, list[str]] = {}
        for vlan in sections:
            routed = vlan.word("l3-interface") or vlan.word("routing-interface")
            if routed:
                for key in (vlan.name, vlan.word("vlan-id")):
                    if key:
                        named.setdefault(key, []).append(routed)
        for name, node in ports.items():
            for unit in node.entries("unit"):
                for family in ("ethernet-switching", "bridge"):
                    level = unit.at("family", family)
                    for word in (
                        *level.words("vlan", "members"),
                        *level.words("vlan-id"),
                        *level.words("vlan-id-list"),
                    ):
                        every = [one for several in named.values() for one in several] if word == "all" else []
                        for routed in (*named.get(word, ()), *every):
                            if f"{name}.{unit.name}" not in members[routed]:
                                members[routed].append(f"{name}.{unit.name}")
        result: list[Interface] = []
        for one in found:
            known = vlans.get(one.name)
            if known is None:
                result.append(one)
                continue
            result.append(
                replace(
                    one,
                    vlan=known[1] if known[1] is not None else one.vlan,
                    alias=one.alias or known[0],
                    members=tuple(members.get(one.name, ())),
                )
            )
        return tuple(result)

    # Zones

    def _zones_of(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for zone in self._root.entries("security", "zones", "security-zone"):
            for at in zone.entries("interfaces"):
                found[at.name if "." in at.name or at.name == "all" else f"{at.name}.0"] = zone.name
        everywhere = found.pop("all", "")
        if everywhere:
            for node in self._root.entries("interfaces"):
                for unit in node.entries("unit"):
                    name = f"{node.name}.{unit.name}"
                    if not _MANAGEMENT.match(name):
                        found.setdefault(name, everywhere)
        return found

    def _zones(self, found: tuple[Interface, ...]) -> Iterator[Zone]:
        known = {one.name for one in found}
        for zone in self._root.entries("security", "zones", "security-zone"):
            named = [name for name, of in self._zone_of.items() if of == zone.name]
            yield Zone(
                name=zone.name,
                interfaces=tuple([n for n in named if n in known] or named),
                span=self._file.span(zone),
                intrazone_permit=False,
                description=zone.word("description"),
            )

    # Routes

    def _routing_levels(self) -> Iterator[tuple[str, Node, str]]:
        """Every ``routing-options`` with its VRF and the type of its instance."""
        yield "", self._root.at("routing-options"), ""
        for instance in self._root.entries("routing-instances"):
            yield instance.name, instance.at("routing-options"), instance.word("instance-type")

    def _routes(self) -> Iterator[Route]:
        for vrf, options, _ in self._routing_levels():
            yield from self._static(options.at("static"), vrf)
            for rib in options.entries("rib"):
                at = _vrf_of(rib.name)
                yield from self._static(rib.at("static"), vrf or at)

    def _static(self, static: Node, vrf: str) -> Iterator[Route]:
        usual = static.at("defaults").number("preference", default=_STATIC_PREFERENCE)
        for entry in static.entries("route"):
            prefix = read_prefix(entry.name)
            if prefix is None:
                self._file.ledger.unrecognized(entry.first_line, "no prefix")
                continue
            base = Route(
                prefix=prefix,
                span=self._file.span(entry),
                distance=entry.number("preference", default=usual),
                metric=entry.number("metric", default=0),
                vrf=vrf,
            )
            if entry.has("discard") or entry.has("reject"):
                yield replace(base, kind=RouteKind.DISCARD)
            table = entry.word("next-table")
            if table:
                yield replace(base, next_hop_vrf=_vrf_of(table))
            for word in entry.words("next-hop"):
                yield from self._hop(base, word)
            for hop in entry.entries("qualified-next-hop"):
                own = replace(
                    base,
                    distance=hop.number("preference", default=base.distance),
                    metric=hop.number("metric", default=base.metric),
                    interface=hop.word("interface"),
                )
                yield from self._hop(own, hop.name)

    @staticmethod
    def _hop(base: Route, word: str) -> Iterator[Route]:
        hop = read_address(word)
        if hop is not None and hop[0] == base.prefix.version:
            yield replace(base, next_hop=hop[1])
        elif hop is None:
            yield replace(base, interface=word if "." in word else f"{word}.0")

    def _imports(self) -> Iterator[VrfImport]:
        """Rib groups share routes surely but for their policies; the other leaks hang on policies."""
        groups = {node.name: node for node in self._root.entries("routing-options", "rib-groups")}
        for vrf, options, _ in self._routing_levels():
            shared = (
                *options.words("interface-routes", "rib-group", "inet"),
                *options.words("interface-routes", "rib-group", "inet6"),
                *options.words("static", "rib-group"),
            )
            for name in dict.fromkeys(shared):
                group = groups.get(name)
                if group is None:
                    continue
                for table in group.words("import-rib"):
                    target = _vrf_of(table)
                    if target != vrf:
                        yield VrfImport(vrf=target, origin=vrf, span=self._file.span(group))
            if options.has("instance-import"):
                for other, _, _ in self._routing_levels():
                    if other != vrf:
                        yield VrfImport(vrf=vrf, origin=other, span=self._file.span(options.at("instance-import")))
        targets: dict[str, list[Node]] = {}
        for instance in self._root.entries("routing-instances"):
            if instance.word("instance-type") == "vrf":
                for word in _flat(instance.at("vrf-target")):
                    if word.startswith("target:"):
                        targets.setdefault(word, []).append(instance)
        for sharing in targets.values():
            for taking in sharing:
                options = taking.at("routing-options")
                if options.has("auto-export"):
                    yield from (
                        VrfImport(vrf=taking.name, origin=giving.name, span=self._file.span(options))
                        for giving in sharing
                        if giving is not taking
                    )

    # Routing protocols

    def _protocol_levels(self) -> Iterator[Node]:
        yield self._root.at("protocols")
        for instance in self._root.entries("routing-instances"):
            yield instance.at("protocols")

    def _protocols(self) -> Iterator[str]:
        for level in self._protocol_levels():
            for name, title in _DYNAMIC.items():
                if level.has(name) and level.at(name).children and not level.has(name, "disable"):
                    yield title

    def _neighbors(self) -> Iterator[tuple[int, int]]:
        for level in self._protocol_levels():
            bgp = level.at("bgp")
            for group in (bgp, *bgp.entries("group")):
                for word in group.words("neighbor"):
                    found = read_address(word)
                    if found is not None:
                        yield found


def _flat(node: Node) -> Iterator[str]:
    """All names below ``node``."""
    for name, child in node.children.items():
        yield name
        yield from _flat(child)


def _vrf_of(table: str) -> str:
    """The instance whose table ``NAME.inet.0`` is; empty for the main one."""
    if table in _MAIN_TABLES:
        return ""
    return table.rpartition(".inet")[0] if ".inet" in table else ""


def _overlaid(own: Node, ranged: Node, name: str) -> Node:
    """A port with what its range says below what it says itself."""
    if not own:
        made = Node(name, ranged.first_line, ranged.last_line, ranged.family)
        made.children = dict(ranged.children)
        return made
    for key, child in ranged.children.items():
        if key not in own.children and key not in ("member", "member-range"):
            own.put(child)
    return own
