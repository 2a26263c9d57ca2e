"""Interfaces, zones, SD-WAN zones and the ports of switches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from segaudit.model import AddressMethod, Interface, InterfaceAddress, InterfaceKind, Prefix, Zone, parse_prefix
from segaudit.parsers.fortinet_fortios.config import Scope, Section
from segaudit.parsers.fortinet_fortios.links import bridges, links_of, shared_links_of
from segaudit.parsers.fortinet_fortios.values import read_address, read_interface_address, read_prefix

#: The SD-WAN zone that always exists; up to FortiOS 6.2 the only one (CLI reference 6.4, `config system sdwan`).
DEFAULT_SDWAN_ZONE: Final = "virtual-wan-link"

_KINDS: Final = MappingProxyType(
    {
        "physical": InterfaceKind.PHYSICAL,
        "vlan": InterfaceKind.VLAN,
        "emac-vlan": InterfaceKind.VLAN,
        "switch-vlan": InterfaceKind.VLAN,
        "aggregate": InterfaceKind.AGGREGATE,
        "redundant": InterfaceKind.AGGREGATE,
        "tunnel": InterfaceKind.TUNNEL,
        "vxlan": InterfaceKind.TUNNEL,
        "geneve": InterfaceKind.TUNNEL,
        "vdom-link": InterfaceKind.TUNNEL,
        "ipsec-aggregate": InterfaceKind.TUNNEL,
        "loopback": InterfaceKind.LOOPBACK,
        "switch": InterfaceKind.BRIDGE,
        "hard-switch": InterfaceKind.BRIDGE,
        "vap-switch": InterfaceKind.BRIDGE,
    }
)
#: The first ten bits of fe80::/10, which nothing routes.
_LINK_LOCAL: Final = 0xFE80 >> 6
#: Interfaces of this beginning are the inside ends of remote access; the VDOM's name follows.
_VPN_BEGINNINGS: Final = ("ssl.", "l2t.", "naf.")
#: Names that the factory gave ports, and what they say about their role.
_FACTORY_NAMES: Final = (
    (("wan1", "wan2", "modem", "ppp"), "wan1|wan2|modem|ppp*"),
    (("dmz",), "dmz"),
    (("mgmt", "ha"), "mgmt|ha*"),
    (("internal", "lan", "port"), "internal|lan|port*"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SdwanMember:
    """A member of an SD-WAN zone: its interface and the next hops behind it (text, empty where none is set)."""

    zone: str
    interface: str
    gateway: str
    gateway6: str
    entry: Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """The interfaces and zones of one device, the SD-WAN members, and each interface's own section."""

    interfaces: tuple[Interface, ...]
    zones: tuple[Zone, ...]
    members: tuple[SdwanMember, ...]
    sections: MappingProxyType[str, Section]
    management: frozenset[str]

    def zone_members(self, name: str) -> tuple[str, ...]:
        """The interfaces of the zone ``name``; the name itself where it is no zone."""
        for zone in self.zones:
            if zone.name == name:
                return zone.interfaces
        return (name,)


def read_topology(scope: Scope) -> Topology:
    """The interfaces and zones of one device."""
    members = tuple(_sdwan_members(scope))
    zones = (*_zones(scope), *_sdwan_zones(scope, members))
    zone_of = {interface: zone.name for zone in zones for interface in zone.interfaces}
    switches = _switch_members(scope)
    explicit = {e.name for e in scope.table("system switch-interface") if e.text("intra-switch-policy") == "explicit"}
    links, shared_links = links_of(scope.file), shared_links_of(scope.file)
    remote = _remote_access_tunnels(scope)
    management = _management(scope)
    sections: dict[str, Section] = {}
    interfaces: list[Interface] = []
    shared = scope.section("system global").text("management-vdom", "root") if scope.file.vdoms else scope.vdom
    switch_vlans = {entry.name: entry.number("vlan", 0, 4094) for entry in scope.table("system virtual-switch")}
    for entry in scope.table("system interface"):
        # Ports that are set apart for management print no VDOM: they belong to the one that manages.
        if scope.vdom and entry.text("vdom", shared) != scope.vdom:
            continue
        sections[entry.name] = entry
        interfaces.append(
            _interface(
                scope,
                entry,
                zone=zone_of.get(entry.name, ""),
                vlan=entry.number("vlanid", 0, 4094) or switch_vlans.get(entry.name) or None,
                link=links.get(entry.name, ""),
                shared_link=shared_links.get(entry.name, ""),
                members_filtered=entry.name in explicit,
                members=switches.get(entry.name, entry.words("member")),
                is_remote=entry.name in remote,
                is_management=entry.name in management or entry.text("dedicated-to") == "management",
            )
        )
    for bridge, section in tuple(bridges(scope, interfaces, sections)):
        interfaces.append(bridge)
        sections[bridge.name] = section
    return Topology(
        interfaces=tuple(interfaces),
        zones=zones,
        members=members,
        sections=MappingProxyType(sections),
        management=management,
    )


def _interface(
    scope: Scope,
    entry: Section,
    *,
    zone: str,
    vlan: int | None,
    link: str,
    shared_link: str,
    members: tuple[str, ...],
    members_filtered: bool,
    is_remote: bool,
    is_management: bool,
) -> Interface:
    default = "vlan" if entry.number("vlanid", 0, 4094) else "physical"
    kind = _KINDS.get(entry.text("type", default), InterfaceKind.PHYSICAL)
    if is_remote or entry.name.startswith(_VPN_BEGINNINGS):
        kind = InterfaceKind.VPN
    elif is_management:
        kind = InterfaceKind.MANAGEMENT
    return Interface(
        name=entry.name,
        span=scope.span(entry),
        addresses=tuple(_addresses(scope, entry)),
        method=_method(entry),
        fetches_ipv6=_fetches_ipv6(entry),
        kind=kind,
        description=" ".join(entry.words("description")),
        alias=" ".join(entry.words("alias")),
        zone=zone,
        vlan=vlan,
        parent=entry.text("interface"),
        vrf=entry.text("vrf") if entry.number("vrf", 0) else "",
        enabled=entry.text("status", "up") != "down",
        role_hint=_role_hint(entry),
        members=members,
        members_filtered=members_filtered,
        link=link,
        shared_link=shared_link,
    )


def _fetches_ipv6(entry: Section) -> bool:
    """Whether an IPv6 address comes from the network (CLI reference, `config ipv6` of an interface)."""
    ipv6 = entry.blocks.get("ipv6")
    return ipv6 is not None and (ipv6.text("ip6-mode", "static") != "static" or ipv6.is_on("autoconf"))


def _method(entry: Section) -> AddressMethod:
    match entry.text("mode", "static"):
        case "dhcp":
            return AddressMethod.DHCP
        case "pppoe":
            return AddressMethod.PPPOE
        case _:
            if entry.is_on("ip-managed-by-fortiipam") and read_interface_address(entry.words("ip")) is None:
                return AddressMethod.DHCP
            return AddressMethod.STATIC


def _addresses(scope: Scope, entry: Section) -> Iterator[InterfaceAddress]:
    """All own addresses: primary, secondary, virtual (VRRP), management, IPv6."""
    own = read_interface_address(entry.words("ip"))
    if own is not None:
        prefix = own[1] if own[1].length < 32 else _with_remote(own[0], own[1], entry.words("remote-ip"))
        yield InterfaceAddress(address=own[0], prefix=prefix, span=scope.line_span(entry, "ip"))
    if entry.is_on("secondary-IP", default=True):
        for inner in entry.table("secondaryip"):
            found = read_interface_address(inner.words("ip"))
            if found is not None:
                yield InterfaceAddress(
                    address=found[0], prefix=found[1], secondary=True, span=scope.line_span(inner, "ip")
                )
    found = read_interface_address(entry.words("management-ip"))
    if found is not None:
        yield InterfaceAddress(
            address=found[0], prefix=found[1], secondary=True, span=scope.line_span(entry, "management-ip")
        )
    yield from _virtual(scope, entry.table("vrrp"), "vrip", own)
    ipv6 = entry.blocks.get("ipv6")
    if ipv6 is not None:
        yield from _addresses6(scope, ipv6)


def _addresses6(scope: Scope, ipv6: Section) -> Iterator[InterfaceAddress]:
    own = read_interface_address(ipv6.words("ip6-address"))
    if own is not None:
        yield InterfaceAddress(address=own[0], prefix=own[1], span=scope.line_span(ipv6, "ip6-address"))
    for inner in ipv6.table("ip6-extra-addr"):
        found = read_interface_address((inner.name,))
        if found is not None:
            yield InterfaceAddress(address=found[0], prefix=found[1], secondary=True, span=scope.span(inner))
    yield from _virtual(scope, ipv6.table("vrrp6"), "vrip6", own)


def _virtual(
    scope: Scope, groups: Iterator[Section], setting: str, own: tuple[int, Prefix] | None
) -> Iterator[InterfaceAddress]:
    """The addresses that VRRP groups share. One that is the interface's own is that of its owner (RFC 5798 section 1.6)."""
    for group in groups:
        found = read_address(group.text(setting))
        if found is None or not found[1] or not group.is_on("status", default=True):
            continue
        version, address = found
        if (own is not None and own[0] == address) or (version == 6 and address >> 118 == _LINK_LOCAL):
            continue
        inside = own is not None and own[1].contains(version, address)
        prefix = own[1] if own is not None and inside else Prefix(version, address, 32 if version == 4 else 128)
        yield InterfaceAddress(address=address, prefix=prefix, virtual=True, span=scope.line_span(group, setting))


def _with_remote(address: int, prefix: Prefix, remote: tuple[str, ...]) -> Prefix:
    """The prefix of a tunnel's own address: that of ``remote-ip`` where it has a mask and holds the address."""
    if len(remote) < 2:
        return prefix
    found = read_prefix(remote)
    return found if found is not None and found.contains(4, address) else prefix


def _role_hint(entry: Section) -> str:
    role = entry.text("role", "undefined")
    if role != "undefined":
        return f"set role {role}"
    for beginning in _VPN_BEGINNINGS:
        if entry.name.startswith(beginning):
            return f"{beginning}<vdom>"
    if entry.is_on("fortilink") or entry.name == "fortilink":
        return "fortilink"
    for names, sign in _FACTORY_NAMES:
        if any(
            entry.name == name or (entry.name.startswith(name) and entry.name[len(name) :].isdigit()) for name in names
        ):
            return sign
    return ""


def _zones(scope: Scope) -> Iterator[Zone]:
    for entry in scope.table("system zone"):
        yield Zone(
            name=entry.name,
            interfaces=entry.words("interface"),
            span=scope.span(entry),
            intrazone_permit=entry.text("intrazone", "deny") == "allow",
            description=" ".join(entry.words("description")),
        )


def _sdwan_members(scope: Scope) -> Iterator[SdwanMember]:
    for path in ("system sdwan", "system virtual-wan-link"):
        section = scope.section(path)
        if section.text("status", "enable") == "disable":
            continue
        for entry in section.table("members"):
            name = entry.text("interface")
            if name and entry.text("status", "enable") != "disable":
                yield SdwanMember(
                    zone=entry.text("zone", DEFAULT_SDWAN_ZONE),
                    interface=name,
                    gateway=_gateway(entry.text("gateway")),
                    gateway6=_gateway(entry.text("gateway6")),
                    entry=entry,
                )


def _gateway(text: str) -> str:
    found = read_address(text)
    return text if found is not None and found[1] else ""


def _sdwan_zones(scope: Scope, members: tuple[SdwanMember, ...]) -> Iterator[Zone]:
    names: dict[str, Section] = {}
    for path in ("system sdwan", "system virtual-wan-link"):
        section = scope.section(path)
        for entry in section.table("zone"):
            names[entry.name] = entry
        for member in members:
            names.setdefault(member.zone, section if scope.has(path) else member.entry)
    for name, section in names.items():
        own = tuple(member.interface for member in members if member.zone == name)
        yield Zone(name=name, interfaces=own, span=scope.span(section), intrazone_permit=False)


def _switch_members(scope: Scope) -> dict[str, tuple[str, ...]]:
    """The ports of software and hardware switches, and the tunnels of aggregates, by the name of the interface."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in scope.table("system switch-interface"):
        found[entry.name] = entry.words("member")
    for entry in scope.table("system virtual-switch"):
        found[entry.name] = tuple(port.name for port in entry.table("port"))
    for entry in scope.table("system ipsec-aggregate"):
        found[entry.name] = entry.words("member")
    return found


def _remote_access_tunnels(scope: Scope) -> frozenset[str]:
    """The tunnel interfaces at which dial-up users enter."""
    return frozenset(e.name for e in scope.table("vpn ipsec phase1-interface") if is_remote_access(e))


def is_remote_access(phase1: Section) -> bool:
    """Whether a phase 1 is for users who dial in, not for a gateway of unknown address.

    Both are ``type dynamic``. Users get an address (mode-cfg, DHCP over IPsec) or are asked who they are (XAuth, EAP, a
    user group).
    """
    return phase1.text("type") == "dynamic" and (
        phase1.is_on("mode-cfg")
        or phase1.text("xauthtype", "disable") not in {"disable", "client"}
        or phase1.is_on("eap")
        or bool(phase1.words("usrgrp") or phase1.words("authusrgrp"))
    )


def _management(scope: Scope) -> frozenset[str]:
    """Interfaces that are set apart for managing the members of a cluster; they forward nothing."""
    ha = scope.section("system ha")
    if not ha.is_on("ha-mgmt-status"):
        return frozenset()
    names = {entry.text("interface") for entry in ha.table("ha-mgmt-interfaces")}
    return frozenset(names | {ha.text("ha-mgmt-interface")} - {""})


def default_prefix(version: int) -> Prefix:
    """Every address of IP ``version`` as a prefix."""
    return parse_prefix("0.0.0.0/0" if version == 4 else "::/0")
