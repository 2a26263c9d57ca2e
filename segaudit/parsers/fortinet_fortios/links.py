"""What ties interfaces and devices together besides their subnets: VDOM links, shared ports, bridges, clusters, neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from segaudit.model import Interface, InterfaceAddress, InterfaceKind
from segaudit.parsers.fortinet_fortios.config import FortiosFile, Scope, Section
from segaudit.parsers.fortinet_fortios.values import read_address, read_interface_address

#: The NPU's own pairs of interfaces are called ``npu0_vlink0`` and ``npu0_vlink1`` (Hardware Acceleration guide 7.4,
#: "Using NP inter-VDOM links").
_NPU, _NPU_LINK = "npu", "_vlink"
#: Tables of neighbours by protocol, and the setting that holds the address; empty: the name of the entry does.
_NEIGHBORS: Final = (
    ("router bgp", "neighbor", ""),
    ("router ospf", "neighbor", "ip"),
    ("router rip", "neighbor", "ip"),
    ("router ripng", "neighbor", "ip6"),
)
#: What lies in no forwarding domain: it ends packets, or carries them elsewhere.
_NO_BRIDGE_PORTS: Final = frozenset(
    {InterfaceKind.LOOPBACK, InterfaceKind.VPN, InterfaceKind.MANAGEMENT, InterfaceKind.BRIDGE}
)
_IN_BRIDGES_TOO: Final = frozenset({"switch", "hard-switch", "vap-switch", "vdom-link"})


def links_of(file: FortiosFile) -> Mapping[str, str]:
    """The wires inside of the device, by the interface at an end, of all VDOMs.

    The two ends of a VDOM link (``NAME0``, ``NAME1``) or of a pair of the NPU, and VLANs of one number on both ends
    (administration guide 7.4, "Inter-VDOM routing").
    """
    scopes = (file.global_, *file.vdoms.values())
    entries = {entry.name: entry for scope in scopes for entry in scope.table("system interface")}
    named = {
        entry.name for scope in scopes for path in ("vdom-link", "npu-vlink") for entry in scope.table(f"system {path}")
    }
    found: dict[str, str] = {}
    for name, entry in entries.items():
        base = name[:-1]
        of_npu = base.startswith(_NPU) and base.endswith(_NPU_LINK)
        if name[-1:] in {"0", "1"} and (base in named or of_npu or entry.text("type") == "vdom-link"):
            found[name] = f"vdom-link {base}"
    for name, entry in entries.items():
        vlan, parent = entry.number("vlanid", 0, 4094), entry.text("interface")
        if vlan and parent in found and entry.text("type") != "emac-vlan":
            found[name] = f"{found[parent]} vlan {vlan}"
    return MappingProxyType(found)


def shared_links_of(file: FortiosFile) -> Mapping[str, str]:
    """The ports that EMAC VLANs share, by the interfaces that are on their wire (same guide, "Enhanced MAC VLAN")."""
    found: dict[str, str] = {}
    for scope in (file.global_, *file.vdoms.values()):
        for entry in scope.table("system interface"):
            parent, vlan = entry.text("interface"), entry.number("vlanid", 0, 4094)
            if entry.text("type") == "emac-vlan" and parent:
                found[entry.name] = f"{parent} vlan {vlan}" if vlan else parent
                found[parent] = parent
    return MappingProxyType(found)


def bridges(
    scope: Scope, interfaces: Iterable[Interface], sections: Mapping[str, Section]
) -> Iterator[tuple[Interface, Section]]:
    """The bridges between ``interfaces`` of a device that no interface stands for, whose members policies are asked of.

    Virtual wire pairs, and the forwarding domains of a VDOM in transparent mode, each with an empty section of its own.
    """
    known = {interface.name for interface in interfaces}
    taken: set[str] = {member for interface in interfaces for member in interface.members}
    for pair in scope.table("system virtual-wire-pair"):
        members = pair.words("member")
        if not known or len(members) < 2:
            continue
        taken.update(members)
        name = pair.name if pair.name not in known else f"virtual-wire-pair {pair.name}"
        yield _bridge(scope, name, pair, members), Section(name, pair.first_line, pair.last_line)
    settings = scope.section("system settings")
    if settings.text("opmode") == "transparent":
        ports = [i for i in interfaces if i.name not in taken and _is_port(i, sections[i.name])]
        yield from _domains(scope, settings, ports, sections)


def _is_port(interface: Interface, entry: Section) -> bool:
    return interface.kind not in _NO_BRIDGE_PORTS or entry.text("type") in _IN_BRIDGES_TOO


def _domains(
    scope: Scope, settings: Section, ports: Iterable[Interface], sections: Mapping[str, Section]
) -> Iterator[tuple[Interface, Section]]:
    """A bridge for each forwarding domain (technical tip 240805: each is a broadcast domain of its own).

    The management addresses are "bound to all ports or VLANs belonging to the same VDOM" (technical tip 191842); where
    there are several domains, they are taken to be in the default one, 0, else in the first.
    """
    members: dict[int, list[Interface]] = {}
    for port in ports:
        members.setdefault(sections[port.name].number("forward-domain", 0), []).append(port)
    managed = min(members, default=None)
    for number, inside in sorted(members.items()):
        name = f"forward-domain {number}"
        own = tuple(_management_addresses(scope, settings)) if number == managed else ()
        if own and len(members) > 1:
            for setting in ("manageip", "manageip6"):
                if setting in settings.fields:
                    scope.file.ledger.approximated(
                        settings.line(setting), f"it answers in every forwarding domain: taken to be in {number}"
                    )
        vlans = {port.vlan for port in inside}
        yield (
            _bridge(scope, name, settings, [p.name for p in inside], own, vlans.pop() if len(vlans) == 1 else None),
            Section(name, settings.first_line, settings.last_line),
        )


def _management_addresses(scope: Scope, settings: Section) -> Iterator[InterfaceAddress]:
    """``manageip A/M [B/M]`` or ``manageip A M``, and ``manageip6``."""
    for setting in ("manageip", "manageip6"):
        words = settings.words(setting)
        each = [(word,) for word in words] if all("/" in word for word in words) else [words]
        for number, one in enumerate(each):
            found = read_interface_address(one)
            if found is not None:
                span = scope.line_span(settings, setting)
                yield InterfaceAddress(address=found[0], prefix=found[1], secondary=number > 0, span=span)


def _bridge(
    scope: Scope,
    name: str,
    section: Section,
    members: Iterable[str],
    addresses: tuple[InterfaceAddress, ...] = (),
    vlan: int | None = None,
) -> Interface:
    return Interface(
        name=name,
        span=scope.span(section),
        addresses=addresses,
        kind=InterfaceKind.BRIDGE,
        vlan=vlan,
        members=tuple(members),
        members_filtered=True,
    )


def cluster_of(scope: Scope) -> str:
    """The cluster that a device is a member of, by name and number of its group; empty where it is in none.

    CLI reference 7.4, `config system ha`: ``mode`` is ``standalone`` unless it is ``a-p`` or ``a-a``; members have the
    group in common. Clusters that only share sessions (FGSP) keep their own addresses: they are several devices.
    """
    ha = scope.section("system ha")
    if ha.text("mode", "standalone") == "standalone":
        return ""
    return f"group-name {ha.text('group-name')} group-id {ha.number('group-id', 0)}"


def neighbors_of(scope: Scope) -> tuple[tuple[int, int], ...]:
    """Version and value of the routers that routing protocols name (not those whose session is shut down), and of those
    that the management interfaces of a cluster answer by (CLI reference, `config ha-mgmt-interfaces`).
    """
    found: dict[tuple[int, int], None] = {}
    ha = scope.section("system ha")
    ways_back = [ha.text("ha-mgmt-interface-gateway")]
    for entry in ha.table("ha-mgmt-interfaces"):
        ways_back += (entry.text("gateway"), entry.text("gateway6"))
    for text in ways_back if ha.is_on("ha-mgmt-status") else ():
        gateway = read_address(text)
        if gateway is not None and gateway[1]:
            found[gateway] = None
    for path, table, setting in _NEIGHBORS:
        for entry in scope.section(path).table(table):
            at = read_address(entry.text(setting) if setting else entry.name)
            if at is not None and at[1] and not entry.is_on("shutdown"):
                found[at] = None
    return tuple(found)
