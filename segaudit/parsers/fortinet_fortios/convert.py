"""A configuration in FortiOS' words to devices in the model's: one for each VDOM."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from segaudit.model import (
    DESTINATION_NAT_ORDER,
    SOURCE_NAT_ORDER,
    Attachment,
    Device,
    Hook,
    Notice,
    RuleSet,
    Span,
    msg,
)
from segaudit.parsers.fortinet_fortios.addresses import AddressBook
from segaudit.parsers.fortinet_fortios.config import FortiosFile, Scope, scopes_of
from segaudit.parsers.fortinet_fortios.hosts import HostReader
from segaudit.parsers.fortinet_fortios.interfaces import read_topology
from segaudit.parsers.fortinet_fortios.links import cluster_of, neighbors_of
from segaudit.parsers.fortinet_fortios.local import LocalReader
from segaudit.parsers.fortinet_fortios.nat import NatReader
from segaudit.parsers.fortinet_fortios.policies import Books, PolicyReader, asked_groups, referenced_names
from segaudit.parsers.fortinet_fortios.policy_routes import PolicyRouteReader
from segaudit.parsers.fortinet_fortios.routes import RouteReader
from segaudit.parsers.fortinet_fortios.schedules import ScheduleBook
from segaudit.parsers.fortinet_fortios.services import ServiceBook
from segaudit.parsers.fortinet_fortios.sources import with_source_check
from segaudit.parsers.fortinet_fortios.vpn import VpnReader

FORMAT: Final = "fortinet_fortios"
#: Access control lists drop packets before their destination is translated.
_ACCESS_LIST_ORDER: Final = DESTINATION_NAT_ORDER - 100
#: Managers of firewalls, which forward nothing themselves.
_NO_FIREWALL: Final = ("FMG", "FAZ")


def convert(file: FortiosFile) -> tuple[Device, ...]:
    """The devices that ``file`` holds. A VDOM that is only declared is none."""
    scopes = scopes_of(file)
    used = [scope for scope in scopes if len(scopes) == 1 or _has_content(scope)]
    return tuple(_device(scope) for scope in used)


def _has_content(scope: Scope) -> bool:
    return bool(scope.own.blocks) or any(entry.text("vdom") == scope.vdom for entry in scope.table("system interface"))


def _device(scope: Scope) -> Device:
    file = scope.file
    notices: list[Notice] = []
    settings = scope.section("system settings")
    central = settings.is_on("central-nat") or settings.text("ngfw-mode") == "policy-based"
    topology = read_topology(scope)
    addresses = AddressBook(scope, topology.interfaces, notices)
    books = Books(addresses=addresses, services=ServiceBook(scope, notices), schedules=ScheduleBook(scope))
    nat = NatReader(scope, topology, addresses, books.services, central=central)
    vips = nat.virtual_ips(referenced_names(scope))
    policies = PolicyReader(scope, books, topology, nat, vips, notices, central=central)
    filters = policies.policy_lists()
    access_lists = policies.access_lists()
    source_list = nat.central_source_list()
    vpns = VpnReader(scope, addresses, topology.interfaces, asked_groups(scope)).read()
    local = LocalReader(scope, topology, vpns, vips)
    services = tuple(local.services())
    local_in = policies.local_in_lists(services)
    hosts = HostReader(scope, topology)
    routes = RouteReader(scope, topology, addresses)
    table, protocols = tuple(routes.routes()), routes.protocols()
    choosing = PolicyRouteReader(scope, topology, addresses, table, dynamic=bool(protocols))
    source_lists = (source_list,) if source_list is not None else ()
    manager = file.platform.upper().startswith(_NO_FIREWALL)
    notices.extend(_notices(scope))
    return Device(
        name=_name(scope),
        format=FORMAT,
        span=_span(scope),
        vendor="Fortinet",
        platform=file.platform,
        version=f"{file.version_text} build {file.build}" if file.build else file.version_text,
        forwards=not manager,
        fragment=not topology.interfaces,
        interfaces=tuple(
            with_source_check(scope, one, topology.sections.get(one.name))
            for one in (*topology.interfaces, *vpns.interfaces)
        ),
        zones=topology.zones,
        addresses=MappingProxyType(addresses.objects),
        services=MappingProxyType(books.services.objects),
        schedules=MappingProxyType(books.schedules.objects),
        rule_sets=(*access_lists, *vips.lists, *choosing.lists(), *filters, *source_lists, *local_in),
        attachments=(
            *_attached(access_lists, Hook.PREROUTING, _ACCESS_LIST_ORDER),
            *_attached(vips.lists, Hook.PREROUTING, DESTINATION_NAT_ORDER),
            *choosing.attachments(),
            *_attached(filters, Hook.FORWARD, 0),
            *_attached(source_lists, Hook.POSTROUTING, SOURCE_NAT_ORDER),
            *_attached(local_in, Hook.LOCAL_IN, 0),
        ),
        routes=table,
        dynamic_routing=protocols,
        dynamic_interfaces=routes.speaking(neighbors_of(scope)) if protocols else None,
        neighbors=neighbors_of(scope),
        cluster=cluster_of(scope),
        dhcp_scopes=tuple(hosts.scopes()),
        hosts=(*hosts.hosts(), *local.admin_hosts(), *vips.hosts),
        local_services=services,
        remote_access=vpns.remote_access,
        tunnels=vpns.tunnels,
        administrators=tuple(local.administrators()),
        notices=tuple(notices),
    )


def _attached(lists: tuple[RuleSet, ...], hook: Hook, order: int) -> tuple[Attachment, ...]:
    """Each list at a place of its own: a packet must pass all of them."""
    return tuple(Attachment(rule_sets=(one.name,), hook=hook, order=order, span=one.default_span) for one in lists)


def _name(scope: Scope) -> str:
    file = scope.file
    name = scope.section("system global").text("hostname") or file.status_hostname or file.source.stem
    return f"{name}/{scope.vdom}" if scope.vdom else name


def _span(scope: Scope) -> Span:
    own = scope.own
    return Span(path=scope.file.source.path, first_line=own.first_line, last_line=max(own.last_line, own.first_line))


def _notices(scope: Scope) -> tuple[Notice, ...]:
    """What people should know about the device as a whole."""
    found: list[Notice] = []
    settings = scope.section("system settings")
    if settings.text("opmode") == "transparent":
        found.append(
            Notice(
                message=msg("the device is a bridge (transparent mode): its segments lie on both sides of it"),
                span=scope.line_span(settings, "opmode"),
                bears_on_access=True,
            )
        )
    if not scope.version and scope.section("firewall policy").entries:
        found.append(
            Notice(
                message=msg("the firmware is not shown; where defaults differ by firmware, both are taken as possible"),
                span=_span(scope),
                bears_on_access=True,
            )
        )
    found.extend(
        Notice(
            message=msg("the pair of ports {name} is a bridge: its segments lie on both sides of it", name=entry.name),
            span=scope.span(entry),
            bears_on_access=True,
        )
        for entry in scope.table("system virtual-wire-pair")
    )
    return tuple(found)
