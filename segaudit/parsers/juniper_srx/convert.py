"""A configuration in Junos' words to devices in the model's: the device itself, its logical systems and tenants."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from segaudit.model import (
    DESTINATION_NAT_ORDER,
    SOURCE_NAT_ORDER,
    Action,
    Attachment,
    Device,
    Hook,
    InterfaceMatch,
    Notice,
    RuleSet,
    Span,
    interfaces,
    msg,
)
from segaudit.parsers.juniper_srx.config import JunosFile, Node
from segaudit.parsers.juniper_srx.filters import FilterReader
from segaudit.parsers.juniper_srx.local import LocalReader
from segaudit.parsers.juniper_srx.nat import NatReader
from segaudit.parsers.juniper_srx.objects import AddressBook, ApplicationBook, schedules
from segaudit.parsers.juniper_srx.policies import PolicyReader
from segaudit.parsers.juniper_srx.topology import TopologyReader
from segaudit.parsers.juniper_srx.vpn import VpnReader

FORMAT: Final = "juniper_srx"
_MANAGEMENT: Final = "management port"
_BOTH: Final = frozenset({4, 6})


def convert(file: JunosFile) -> tuple[Device, ...]:
    """The devices that ``file`` holds."""
    top = file.top
    inner = [node for kind in ("logical-systems", "tenants") for node in top.entries(kind) if node.children]
    name = top.word("system", "host-name") or file.source.stem
    devices = [] if inner and not _has_own(top) else [_device(file, top, name, top=True)]
    devices.extend(_device(file, node, f"{name}/{node.name}", top=False) for node in inner)
    return tuple(devices)


def _has_own(top: Node) -> bool:
    """Whether the device itself has networks or rules beside those of its logical systems."""
    return any(top.has(section) for section in ("interfaces", "security", "firewall", "routing-options"))


def _device(file: JunosFile, root: Node, name: str, *, top: bool) -> Device:
    notices: list[Notice] = []
    books = AddressBook(file, root, notices), ApplicationBook(file, root, notices)
    topology = TopologyReader(file, root).read()
    stateful = _stateful(root)
    policies = PolicyReader(file, root, books, topology, notices)
    if stateful:
        policies.read()
        policies.inbound()
    filters = FilterReader(file, root, topology, notices)
    filters.read()
    nat = NatReader(file, root, books, topology)
    vpns = VpnReader(file, root, topology, policies.tunnels)
    local = LocalReader(file, root, topology)
    rule_sets: list[RuleSet] = list(filters.rule_sets.values())
    attachments: list[Attachment] = list(filters.attachments)
    for listed, hook, order in (
        (nat.destination_list(), Hook.PREROUTING, DESTINATION_NAT_ORDER),
        (nat.source_list(), Hook.POSTROUTING, SOURCE_NAT_ORDER),
    ):
        if listed is not None:
            rule_sets.append(listed)
            attachments.append(Attachment(rule_sets=(listed.name,), hook=hook, order=order))
    taken = {one.name for one in rule_sets}
    for one in policies.rule_sets:
        if one.name not in taken:
            rule_sets.append(one)
            taken.add(one.name)
    attachments.extend(policies.attachments)
    ports = [one.name for one in topology.interfaces if topology.is_management(one.name)]
    if ports:
        rule_sets.append(RuleSet(name=_MANAGEMENT, rules=(), default=Action.DENY, default_logged=False))
        attachments.extend(_apart(interfaces(*ports)))
    fragment = not any(one.addresses or one.address_unknown for one in topology.interfaces)
    listeners = (*local.services(), *vpns.services()) if top and not fragment else ()
    if top:
        notices.extend(_notices(file))
    version = root.word("version") or file.top.word("version")
    return Device(
        name=name,
        format=FORMAT,
        span=_span(file, root, top=top),
        vendor="Juniper Networks",
        platform=_platform(file, root),
        version=version or _version(file),
        stateful=stateful,
        versions=_versions(root),
        fragment=fragment,
        interfaces=topology.interfaces,
        zones=topology.zones,
        addresses=MappingProxyType(books[0].objects),
        services=MappingProxyType(books[1].objects),
        schedules=MappingProxyType(schedules(file, root)),
        rule_sets=tuple(rule_sets),
        attachments=tuple(attachments),
        routes=topology.routes,
        vrf_imports=topology.vrf_imports,
        dynamic_routing=topology.dynamic_routing,
        neighbors=topology.neighbors,
        cluster=_cluster(file),
        dhcp_scopes=tuple(local.dhcp_scopes()),
        hosts=(*local.hosts(), *dict.fromkeys(nat.targets)),
        local_services=listeners,
        remote_access=tuple(vpns.remote_access()),
        tunnels=tuple(vpns.tunnels()),
        administrators=tuple(local.administrators()) if top else (),
        notices=tuple(notices),
    )


def _apart(match: InterfaceMatch) -> Iterator[Attachment]:
    """The port of the routing engine forwards nothing (Junos OS Interfaces User Guide, "Management Ethernet Interfaces":
    transit traffic is not routed between it and the other ports).
    """
    yield Attachment(rule_sets=(_MANAGEMENT,), hook=Hook.FORWARD, order=-2, ingress=match)
    yield Attachment(rule_sets=(_MANAGEMENT,), hook=Hook.FORWARD, order=-2, egress=match)


def _span(file: JunosFile, root: Node, *, top: bool) -> Span:
    return file.source.span(1, max(1, len(file.source.lines))) if top else file.span(root)


def _stateful(root: Node) -> bool:
    """Whether it keeps sessions: a firewall does, unless all of it is in packet mode (Junos OS Flow-Based and
    Packet-Based Processing User Guide: ``family mpls mode packet-based``); a router or switch does not.
    """
    security = root.at("security")
    options = security.at("forwarding-options", "family")
    if options.word("mpls", "mode") == "packet-based":
        return False
    return any(security.has(section) for section in ("zones", "policies", "nat"))


def _versions(root: Node) -> frozenset[int]:
    """IPv6 is dropped where the configuration says so; without a word the default differs by platform and release, and
    it is taken to pass.
    """
    mode = root.word("security", "forwarding-options", "family", "inet6", "mode")
    return frozenset({4}) if mode == "drop" else _BOTH


def _cluster(file: JunosFile) -> str:
    """The chassis cluster, by what its members share; empty where there is none."""
    cluster = file.top.at("chassis", "cluster")
    if not cluster and not file.node_group:
        return ""
    names = [
        node.name for node in file.top.entries("interfaces") if node.name.startswith("reth") and node.name[4:].isdigit()
    ]
    return f"chassis cluster {' '.join(sorted(names))}".strip() if names or cluster else ""


def _head(file: JunosFile, word: str) -> str:
    """What a comment before the configuration says (``# Model: srx300``)."""
    for line in file.source.lines[:60]:
        text = line.strip()
        if text and text[0] not in "#!":
            break
        key, colon, value = text.lstrip("# ").partition(":")
        if colon and key.strip().lower() == word:
            return value.strip()
    return ""


def _version(file: JunosFile) -> str:
    return _head(file, "junos")


def _platform(file: JunosFile, root: Node) -> str:
    model = _head(file, "model")
    if model:
        return model
    return "SRX" if any(root.has("security", section) for section in ("zones", "policies")) else ""


def _notices(file: JunosFile) -> Iterator[Notice]:
    """What people should know about the device as a whole."""
    for name, line in file.missing_groups.items():
        yield Notice(
            message=msg("the group {group} is applied and not defined", group=name),
            span=file.source.span(line),
            bears_on_access=True,
        )
