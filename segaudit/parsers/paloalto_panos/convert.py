"""A configuration in PAN-OS' words to devices in the model's: one for each virtual system, or firewall of a Panorama."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from segaudit.model import (
    ANY_INTERFACE,
    DESTINATION_NAT_ORDER,
    SOURCE_NAT_ORDER,
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
from segaudit.parsers.paloalto_panos.applications import ApplicationBook
from segaudit.parsers.paloalto_panos.config import PanosFile
from segaudit.parsers.paloalto_panos.forwarding import forwarding_lists
from segaudit.parsers.paloalto_panos.hosts import HostReader
from segaudit.parsers.paloalto_panos.local import LocalReader
from segaudit.parsers.paloalto_panos.logins import LoginBook
from segaudit.parsers.paloalto_panos.nat import NatReader
from segaudit.parsers.paloalto_panos.objects import AddressBook, ScheduleBook, ServiceBook
from segaudit.parsers.paloalto_panos.rules import Books, RuleReader, listening
from segaudit.parsers.paloalto_panos.scope import Scope, scopes_of
from segaudit.parsers.paloalto_panos.topology import MANAGEMENT, TopologyReader
from segaudit.parsers.paloalto_panos.vpn import VpnReader

FORMAT: Final = "paloalto_panos"
#: The management port is in no zone, and no security rule sees it.
_DATA_PORTS: Final = InterfaceMatch(frozenset({MANAGEMENT}), negated=True)


def convert(file: PanosFile) -> tuple[Device, ...]:
    """The devices that ``file`` holds."""
    return tuple(_device(scope) for scope in scopes_of(file))


def _device(scope: Scope) -> Device:
    notices: list[Notice] = []
    addresses = AddressBook(scope, notices)
    services = ServiceBook(scope, notices)
    books = Books(
        addresses=addresses,
        services=services,
        applications=ApplicationBook(scope, services),
        schedules=ScheduleBook(scope),
    )
    topology = TopologyReader(scope, addresses).read()
    logins = LoginBook(scope)
    nat = NatReader(scope, addresses, services, topology)
    vpns = VpnReader(scope, topology, addresses, logins)
    local = LocalReader(scope, topology, addresses, logins)
    listeners = (*local.services(), *vpns.services(), *vpns.gre())
    rules = RuleReader(scope, books, topology, notices)
    hosts = HostReader(scope, topology, addresses)
    forwarding = forwarding_lists(scope, books, topology)
    notices.extend(topology.notices)
    notices.extend(_notices(scope))
    fragment = scope.forwards and not any(one.name != MANAGEMENT for one in topology.interfaces)
    lists, attachments = _lists(scope, rules, nat, forwarding, listening(listeners), fragment=fragment)
    return Device(
        name=scope.name,
        format=FORMAT,
        span=_span(scope),
        vendor="Palo Alto Networks",
        platform="Panorama" if not scope.forwards else "",
        version=scope.file.version,
        forwards=scope.forwards,
        versions=_versions(scope),
        fragment=fragment,
        interfaces=topology.interfaces,
        zones=topology.zones,
        addresses=MappingProxyType(addresses.objects),
        services=MappingProxyType(services.objects),
        schedules=MappingProxyType(books.schedules.objects),
        rule_sets=lists,
        attachments=attachments,
        routes=topology.routes,
        dynamic_routing=topology.dynamic_routing,
        neighbors=tuple(dict.fromkeys(local.neighbors())),
        cluster=_cluster(scope),
        dhcp_scopes=tuple(hosts.scopes()),
        hosts=(*hosts.hosts(), *local.hosts(), *nat.hosts()),
        local_services=listeners,
        remote_access=tuple(vpns.remote_access()),
        tunnels=tuple(vpns.tunnels()),
        administrators=tuple(local.administrators(listeners)),
        notices=tuple(notices),
    )


def _lists(
    scope: Scope,
    rules: RuleReader,
    nat: NatReader,
    forwarding: tuple[RuleSet, ...],
    answers: RuleSet,
    *,
    fragment: bool,
) -> tuple[tuple[RuleSet, ...], tuple[Attachment, ...]]:
    """The lists of a device, and where they are asked."""
    found: list[RuleSet] = []
    attached: list[Attachment] = []

    def attach(
        rule_set: RuleSet,
        hook: Hook,
        order: int = 0,
        *,
        original: bool = False,
        ingress: InterfaceMatch = ANY_INTERFACE,
        egress: InterfaceMatch = ANY_INTERFACE,
    ) -> None:
        if rule_set not in found:
            found.append(rule_set)
        attached.append(
            Attachment(
                rule_sets=(rule_set.name,),
                hook=hook,
                order=order,
                ingress=ingress,
                egress=egress,
                original_destination=original,
                span=rule_set.default_span,
            )
        )

    if not scope.forwards:
        attach(answers, Hook.LOCAL_IN)
        return tuple(found), tuple(attached)
    destination, source = nat.destination_list(), nat.source_list()
    if destination is not None:
        attach(destination, Hook.PREROUTING, DESTINATION_NAT_ORDER)
    for one in forwarding:
        attach(one, Hook.ROUTING)
    security = rules.security()
    attach(security, Hook.FORWARD, original=True)
    if source is not None:
        attach(source, Hook.POSTROUTING, SOURCE_NAT_ORDER)
    if fragment:
        return tuple(found), tuple(attached)
    outside, unzoned = rules.unzoned()
    if outside:
        attach(unzoned, Hook.FORWARD, -1, ingress=interfaces(*outside))
        attach(unzoned, Hook.FORWARD, -1, egress=interfaces(*outside))
        attach(unzoned, Hook.LOCAL_IN, -1, ingress=interfaces(*outside))
    attach(rules.to_device(security), Hook.LOCAL_IN, ingress=_DATA_PORTS)
    attach(answers, Hook.LOCAL_IN, 1)
    return tuple(found), tuple(attached)


def _span(scope: Scope) -> Span:
    """Where a device stands: its virtual system where it is one of several, else the whole file."""
    return scope.span(scope.vsys if scope.others and scope.vsys else scope.file.top)


def _versions(scope: Scope) -> frozenset[int]:
    """The families that it forwards: with IPv6 firewalling off, settings of IPv6 are ignored (PAN-OS Web Interface Help 10.1,
    "Device > Setup > Session").
    """
    session = scope.device.at("deviceconfig", "setting", "session")
    return frozenset({4, 6} if session.is_on("ipv6-firewalling", default=True) else {4})


def _cluster(scope: Scope) -> str:
    """The pair that the device is a member of, by the number of its group; empty where it is in none."""
    pair = scope.device.at("deviceconfig", "high-availability")
    if not pair.is_on("enabled"):
        return ""
    group = pair.at("group")
    number = group.word("group-id") or next(iter(group.children), "")
    return f"group-id {number} {scope.vsys_name}"


def _notices(scope: Scope) -> Iterator[Notice]:
    """What people should know about the device as a whole."""
    if scope.pushed_only and scope.serial:
        yield Notice(
            message=msg(
                "{device} is known from Panorama only: rules and settings that it has of its own are not in the input",
                device=scope.name,
            ),
            span=_span(scope),
            bears_on_access=True,
        )
