"""The running configuration as a device of the model."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    ANY_IPV4,
    ANY_IPV6,
    TCP,
    UDP,
    Action,
    AddressExpr,
    AddressMethod,
    AddressObject,
    AddressRange,
    AddressRef,
    AddressUnion,
    Administrator,
    Attachment,
    Condition,
    ConditionKind,
    Device,
    DhcpScope,
    Hook,
    HostSign,
    HostSpec,
    Interface,
    InterfaceAddress,
    InterfaceKind,
    InterfaceMatch,
    LedgerBuilder,
    LocalService,
    Notice,
    Prefix,
    Route,
    RouteKind,
    Rule,
    RuleSet,
    SecondFactor,
    Service,
    ServiceExpr,
    ServiceObject,
    ServiceRef,
    ServiceUnion,
    SourceCheck,
    SourceCheckMode,
    UndecidedAddress,
    UndecidedService,
    format_address,
    interfaces,
    msg,
    ports,
)
from segaudit.parsers.cisco_ios.access import IKE, Access
from segaudit.parsers.cisco_ios.chains import Lists
from segaudit.parsers.cisco_ios.config import (
    Bound,
    DhcpPool,
    InterfaceConfig,
    Listener,
    RouteLine,
    RunningConfig,
    VtyLine,
    interface_name,
)
from segaudit.parsers.cisco_ios.filters import Filters
from segaudit.parsers.cisco_ios.policy import PolicyRouting, vrf_imports
from segaudit.parsers.cisco_ios.translation import Translations

NAME: Final = "cisco_ios"

_KINDS: Final = {
    "vlan": InterfaceKind.VLAN,
    "tunnel": InterfaceKind.TUNNEL,
    "loopback": InterfaceKind.LOOPBACK,
    "bvi": InterfaceKind.BRIDGE,
    "bdi": InterfaceKind.BRIDGE,
    "port-channel": InterfaceKind.AGGREGATE,
    "virtual-template": InterfaceKind.VPN,
    "virtual-access": InterfaceKind.VPN,
    "vpn": InterfaceKind.VPN,
}

#: Routing protocols that listen: kind, ports or IP protocol. IANA "Protocol Numbers" and "Service Names".
_ROUTING_LISTENERS: Final[dict[str, ServiceExpr]] = {
    "bgp": ports(TCP, 179),
    "ospf": Service(protocol=89),
    "eigrp": Service(protocol=88),
    "rip": ports(UDP, 520, 521),
}

#: The list of who may ask the device's own services, and its place at LOCAL_IN: behind interface and control-plane lists.
_ASKED: Final = "to the device"
_WHO_MAY_ASK: Final = 100

#: Services of the management plane by the word of ``management-interface … allow``.
_PLANE_WORDS: Final = {
    "ssh": "ssh", "telnet": "telnet", "http": "http", "https": "https", "snmp": "snmp", "ftp": "ftp", "tftp": "tftp",
    "beep": "beep",
}  # fmt: skip


def convert(config: RunningConfig, ledger: LedgerBuilder) -> Device:
    """The device that ``config`` describes; what only shows when all is read is marked in ``ledger``."""
    return _Converter(config, ledger).device()


class _Converter:
    def __init__(self, config: RunningConfig, ledger: LedgerBuilder) -> None:
        self._config = config
        self._ledger = ledger
        self._lists = Lists(config)

    def device(self) -> Device:
        config, lists = self._config, self._lists
        self._default_zone()
        self._mark_late()
        lists.add_own()
        access = Access(config, lists)
        access.convert_all()
        filters = Filters(config, lists)
        filters.attach_all()
        translations = Translations(config, lists)
        translations.attach_all()
        inside = self._interfaces()
        speaking = config.speaking.interfaces(inside, config.neighbors) if config.routing_protocols else None
        routes = (*self._routes(), *access.routes)
        imports = tuple(vrf_imports(config, lists))
        policy = PolicyRouting(config, lists, routes, imports)
        policy.attach_all()
        services = self._local_services(access)
        asked = _who_may_ask(services)
        forwards4, forwards6 = self._forwarding()
        name = config.hostname or config.source.stem
        whole = config.source.span(1, max(1, len(config.source.lines)))
        hosts = (*self._hosts(), *translations.hosts, *self._admin_hosts())
        return Device(
            name=name,
            format=NAME,
            span=config.source.span(config.hostname_line) if config.hostname else whole,
            vendor="Cisco",
            platform=config.platform,
            version=config.version,
            stateful=False,
            forwards=forwards4 or forwards6,
            versions=frozenset(v for v, on in ((4, forwards4), (6, forwards6)) if on),
            fragment=not config.interfaces,
            interfaces=inside,
            zones=filters.zones(),
            addresses=MappingProxyType(self._addresses()),
            services=MappingProxyType(self._services()),
            schedules=MappingProxyType(dict(config.schedules)),
            rule_sets=(*lists.rule_sets.values(), *asked),
            attachments=(
                *filters.attachments,
                *translations.attachments,
                *policy.attachments,
                *(Attachment(rule_sets=(one.name,), hook=Hook.LOCAL_IN, order=_WHO_MAY_ASK) for one in asked),
            ),
            routes=routes,
            vrf_imports=imports,
            dynamic_routing=tuple(config.routing_protocols),
            dynamic_interfaces=speaking,
            neighbors=tuple(config.neighbors),
            dhcp_scopes=self._dhcp_scopes(),
            hosts=hosts,
            local_services=services,
            remote_access=tuple(access.remote),
            tunnels=tuple(access.tunnels),
            administrators=self._administrators(access),
            notices=self._notices(),
        )

    # What depends on the whole file

    def _default_zone(self) -> None:
        """``zone security default``: interfaces without a zone belong to it.

        Security Configuration Guide: Zone-Based Policy Firewall, "Configuring the Default Zone".
        """
        defined = self._config.zones.get("default")
        if defined is None:
            return
        for interface in self._config.interfaces.values():
            if interface.zone is None and (interface.addresses or interface.unnumbered):
                interface.zone = Bound("default", defined.line)

    def _mark_late(self) -> None:
        """Lines whose state hangs on others."""
        for interface in self._config.interfaces.values():
            if not interface.switchport or interface.addresses:
                continue
            for bound in interface.bindings.values():
                self._ledger.unsupported(
                    bound.line, "a list at a switch port: which hosts of the VLAN stand behind it is not in the model"
                )
        for one in vrf_imports(self._config, self._lists):
            if not one.sure:
                self._ledger.approximated(
                    one.span.first_line, "which of the routes BGP carries over is taken as possible"
                )

    def _forwarding(self) -> tuple[bool, bool]:
        """Whether the device routes IPv4 and IPv6.

        IPv4 routing is on by default on routers and on chassis switches, and off by default on access switches
        (Catalyst 2960 to 9300, "Configuring IP Unicast Routing"), whose configs then show ``ip default-gateway``,
        which is used only while routing is off. IPv6 routing is off by default everywhere (IPv6 Command Reference,
        ``ipv6 unicast-routing``); a file that is no whole configuration does not show what is off.
        """
        config = self._config
        ipv4 = config.ipv4_routing
        if ipv4 is None:
            is_switch = any(i.switchport for i in config.interfaces.values())
            dynamic = config.routing_protocols or config.routes
            ipv4 = not (is_switch and config.default_gateway is not None and not dynamic)
        ipv6 = config.ipv6_routing
        if ipv6 is None:
            ipv6 = not config.complete
        return ipv4, ipv6

    # Interfaces

    def _interfaces(self) -> tuple[Interface, ...]:
        config = self._config
        members: dict[str, list[str]] = {}
        for interface in config.interfaces.values():
            if interface.channel_group:
                members.setdefault(f"Port-channel{interface.channel_group}", []).append(interface.name)
            if interface.bridge_group:
                members.setdefault(f"BVI{interface.bridge_group}", []).append(interface.name)
            for domain, _ in interface.instances:
                members.setdefault(f"BDI{domain}", []).append(interface.name)
            for vlan in self._vlans(interface):
                members.setdefault(f"Vlan{vlan}", []).append(interface.name)
        return (
            *(self._interface(i, tuple(members.get(i.name, ()))) for i in config.interfaces.values()),
            *self._bridges(),
        )

    def _bridges(self) -> Iterable[Interface]:
        """Bridge groups without a routed interface, where packets between their ports are filtered."""
        groups = dict.fromkeys(i.bridge_group for i in self._config.interfaces.values() if i.bridge_group)
        for group in groups:
            ports = [i for i in self._config.interfaces.values() if i.bridge_group == group]
            if f"BVI{group}" not in self._config.interfaces and self._filtered(f"BVI{group}"):
                yield Interface(
                    name=f"bridge-group {group}",
                    span=self._config.span(ports[0].line, ports[0].last_line),
                    kind=InterfaceKind.BRIDGE,
                    method=AddressMethod.NONE,
                    members=tuple(i.name for i in ports),
                    members_filtered=True,
                )

    def _filtered(self, bridge: str) -> bool:
        """Whether packets that are bridged between the ports of a bridge group pass lists, inspection or zones.

        They do where these are bound to ports (Security Configuration Guide: "Transparent Cisco IOS Firewall").
        """
        return any(
            bool(i.bindings or i.inspect or i.zone)
            for i in self._config.interfaces.values()
            if i.bridge_group and f"BVI{i.bridge_group}" == bridge
        )

    def _vlans(self, interface: InterfaceConfig) -> Iterable[int]:
        """The VLANs with an interface of their own that a switch port carries."""
        if not interface.switchport:
            return ()
        routed = [i.vlan for i in self._config.interfaces.values() if i.kind == "vlan" and i.vlan is not None]
        if interface.trunk or (interface.trunk_vlans is not None and interface.access_vlan is None):
            # A trunk carries every VLAN unless it says which.
            allowed = ((1, 4094),) if interface.trunk_vlans is None else interface.trunk_vlans
            return [v for v in routed if any(first <= v <= last for first, last in allowed)]
        return [v for v in routed if v == (interface.access_vlan or 1)]

    def _interface(self, interface: InterfaceConfig, members: tuple[str, ...]) -> Interface:
        config = self._config
        kind = _KINDS.get(interface.virtual or interface.kind, InterfaceKind.PHYSICAL)
        parent = ""
        base, dot, _ = interface.name.partition(".")
        if dot:
            parent = base
            if interface.vlan is not None:
                kind = InterfaceKind.VLAN
        if interface.vrf in ("Mgmt-intf", "Mgmt-vrf", "mgmtVrf"):
            # The port with the management VRF of IOS XE forwards no data. Cisco ASR 1000 Series Software Configuration
            # Guide, "Using the Management Ethernet Interface".
            kind = InterfaceKind.MANAGEMENT
        access_vlan = None if interface.trunk else interface.access_vlan
        vlan = interface.vlan if interface.vlan is not None else access_vlan
        if interface.kind == "bdi":
            # A bridge domain has the VLAN that all its service instances take, if that is one.
            carried = {
                v for i in config.interfaces.values() for domain, v in i.instances if f"BDI{domain}" == interface.name
            }
            vlan = carried.pop() if len(carried) == 1 else None
        hint = f"ip nat {interface.nat}" if interface.nat in ("inside", "outside") and not interface.virtual else ""
        return Interface(
            name=interface.name,
            span=config.span(interface.line, interface.last_line),
            addresses=self._own_addresses(interface),
            method=AddressMethod.NONE if interface.switchport or interface.virtual else interface.method,
            fetches_ipv6=interface.fetches_ipv6,
            kind=kind,
            description=interface.description,
            alias=config.vlan_names.get(vlan, "") if vlan is not None else "",
            zone=interface.zone.name if interface.zone else "",
            vlan=vlan,
            parent=parent,
            vrf=interface.vrf,
            enabled=not interface.shutdown,
            role_hint=hint,
            source_check=_source_check(interface),
            members=members,
            members_filtered=interface.kind == "bvi" and self._filtered(interface.name),
        )

    def _own_addresses(self, interface: InterfaceConfig) -> tuple[InterfaceAddress, ...]:
        found = [
            InterfaceAddress(
                address=own.address,
                prefix=own.prefix,
                secondary=own.secondary,
                span=self._lists.span(own.line),
            )
            for own in interface.addresses
        ]
        for version, value, line in interface.virtual_addresses:
            prefix = next((own.prefix for own in found if own.prefix.contains(version, value)), None)
            prefix = prefix or Prefix(version, value, 32 if version == 4 else 128)
            if not any(own.address == value and own.prefix.version == version for own in found):
                found.append(InterfaceAddress(address=value, prefix=prefix, virtual=True, span=self._lists.span(line)))
        # An unnumbered interface lends the address of another: it has no subnet, and the address is that one's.
        return tuple(found)

    # Objects

    def _addresses(self) -> dict[str, AddressObject]:
        graph = {g.name: tuple(n for n, _ in g.groups) for g in self._config.networks.values()}
        objects: dict[str, AddressObject] = {}
        for group in self._config.networks.values():
            items = list(group.items)
            for name, line in group.groups:
                items.append(self._network_ref(group.name, name, line, graph))
            value = items[0] if len(items) == 1 else AddressUnion(tuple(items))
            objects[group.name] = AddressObject(
                name=group.name, span=self._lists.span(group.line), value=value, comment=group.comment
            )
        return objects

    def _network_ref(self, owner: str, name: str, line: int, graph: dict[str, tuple[str, ...]]) -> AddressExpr:
        cycle = _cycle(name, owner, graph)
        if cycle is None:
            return AddressRef(name)
        self._say_cycle((owner, *cycle), line)
        return UndecidedAddress("recursive group", name)

    def _services(self) -> dict[str, ServiceObject]:
        graph = {g.name: tuple(n for n, _ in g.groups) for g in self._config.services.values()}
        objects: dict[str, ServiceObject] = {}
        for group in self._config.services.values():
            items = list(group.items)
            for name, line in group.groups:
                cycle = _cycle(name, group.name, graph)
                if cycle is None:
                    items.append(ServiceRef(name))
                else:
                    self._say_cycle((group.name, *cycle), line)
                    items.append(UndecidedService("recursive group", name))
            value = items[0] if len(items) == 1 else ServiceUnion(tuple(items))
            objects[group.name] = ServiceObject(
                name=group.name, span=self._lists.span(group.line), value=value, comment=group.comment
            )
        return objects

    def _say_cycle(self, names: tuple[str, ...], line: int) -> None:
        self._lists.notices.append((msg("the object group contains itself: {names}", names=" > ".join(names)), line))

    # Routes

    def _routes(self) -> tuple[Route, ...]:
        config = self._config
        routes = [
            Route(
                prefix=line.prefix,
                span=self._lists.span(line.line),
                next_hop=line.next_hop,
                interface=interface_name(name) if name else "",
                distance=line.distance,
                vrf=line.vrf,
                kind=RouteKind.DISCARD if line.discard else RouteKind.STATIC,
                tracked=line.tracked,
                next_hop_vrf=line.next_hop_vrf,
            )
            for line in config.routes.values()
            for name in self._ways_out(line)
        ]
        gateway = config.default_gateway
        if gateway is not None and not self._forwarding()[0]:
            routes.append(Route(prefix=gateway.prefix, span=self._lists.span(gateway.line), next_hop=gateway.next_hop))
        routes.extend(
            Route(
                prefix=Prefix(4, 0, 0),
                span=self._lists.span(interface.default_route_line),
                interface=interface.name,
                distance=254,
                vrf=interface.vrf,
                tracked=True,
            )
            for interface in config.interfaces.values()
            if interface.default_route_line
        )
        return tuple(routes)

    def _ways_out(self, line: RouteLine) -> tuple[str, ...]:
        """The interfaces that a route names; ``ip route … dhcp`` means those that have a lease, and its router."""
        if line.interface or line.next_hop is not None or line.discard:
            return (line.interface,)
        leased = (i for i in self._config.interfaces.values() if i.method is AddressMethod.DHCP and i.vrf == line.vrf)
        return tuple(i.name for i in leased)

    # DHCP

    def _dhcp_scopes(self) -> tuple[DhcpScope, ...]:
        pools = self._config.dhcp_pools.values()
        reserved = [pool for pool in pools if pool.host is not None]
        scopes = [self._scope(pool, reserved) for pool in pools if pool.network is not None]
        return tuple(scopes)

    def _scope(self, pool: DhcpPool, reserved: list[DhcpPool]) -> DhcpScope:
        assert pool.network is not None
        prefix = pool.network
        first, last = prefix.first, prefix.last
        if prefix.length < 31:
            first, last = first + 1, last - 1
        ranges = [(max(a, first), min(b, last)) for a, b in pool.ranges] or [(first, last)]
        taken = [*self._config.dhcp_excluded, *((router, router) for router in pool.routers)]
        for interface in self._config.interfaces.values():
            taken.extend((own.address, own.address) for own in interface.addresses if own.prefix.version == 4)
        free = _without(ranges, taken)
        inside = tuple(
            AddressRange(4, other.host, other.host)
            for other in reserved
            if other.host is not None and prefix.contains(4, other.host)
        )
        at = next(
            (
                i.name
                for i in self._config.interfaces.values()
                if any(own.prefix.overlaps(prefix) for own in i.addresses)
            ),
            "",
        )
        leased = tuple(AddressRange(4, a, b) for a, b in free)
        return DhcpScope(
            interface=at,
            span=self._config.span(pool.line, pool.last_line),
            ranges=leased[0] if len(leased) == 1 else AddressUnion(leased),
            lease_count=sum(b - a + 1 for a, b in free),
            reservations=inside,
            options=tuple(pool.options),
        )

    # Hosts and services of the device

    def _hosts(self) -> Iterable[HostSpec]:
        seen: set[tuple[str, int, int]] = set()
        for named in self._config.hosts:
            key = (named.sign, named.version, named.address)
            if key in seen:
                continue
            seen.add(key)
            yield HostSpec(
                name=named.name,
                address=AddressRange(named.version, named.address, named.address),
                sign=HostSign(named.sign),
                span=self._lists.span(named.line),
            )
        for pool in self._config.dhcp_pools.values():
            if pool.host is not None:
                yield HostSpec(
                    name=pool.name,
                    address=AddressRange(4, pool.host, pool.host),
                    sign=HostSign.DHCP_RESERVATION,
                    span=self._config.span(pool.line, pool.last_line),
                )

    def _admin_hosts(self) -> Iterable[HostSpec]:
        """Single hosts that the lists of the management services let in."""
        names = [v.access_class.name for v in self._config.vty.values() if v.access_class]
        names += [listener.access for listener in self._config.listeners.values() if listener.management]
        seen: set[tuple[int, int]] = set()
        for name in dict.fromkeys(names):
            access_list = self._lists.get(name, 4)
            for entry in access_list.entries if access_list else ():
                source = entry.source
                if entry.action.value != "permit" or not isinstance(source, AddressRange) or source.size != 1:
                    continue
                if (source.version, source.first) in seen:
                    continue
                seen.add((source.version, source.first))
                yield HostSpec(
                    name=format_address(source.version, source.first),
                    address=source,
                    sign=HostSign.ADMIN_SOURCE,
                    span=self._lists.span(entry.line),
                )

    def _asked_from(self, access: str, ipv6_access: str, line: int) -> AddressExpr:
        """Who may ask a service whose access lists these are. An IPv4 list says nothing about IPv6."""
        of_ipv4: AddressExpr = ANY_IPV4
        if access:
            known = self._lists.sources(access, 4)
            if known is None:
                known_six = self._lists.sources(access, 6)
                if known_six is not None:
                    ipv6_access = ipv6_access or access
                else:
                    # Cisco IOS, `access-class`: a list that does not exist holds nobody off.
                    self._lists.notices.append(
                        (msg("the access list {name} is not defined: everyone may ask", name=access), line)
                    )
            else:
                of_ipv4 = known
        of_ipv6: AddressExpr = ANY_IPV6
        if ipv6_access:
            known = self._lists.sources(ipv6_access, 6)
            if known is not None:
                of_ipv6 = known
        if not access and not ipv6_access:
            return ANY_ADDRESS
        if not self._has_ipv6():
            return of_ipv4
        return AddressUnion((of_ipv4, of_ipv6))

    def _has_ipv6(self) -> bool:
        return any(own.prefix.version == 6 for i in self._config.interfaces.values() for own in i.addresses)

    def _local_services(self, access: Access) -> tuple[LocalService, ...]:
        config = self._config
        services: list[LocalService] = []
        for vty in config.vty.values():
            services.extend(self._terminal_services(vty))
        services.extend(self._listener(listener) for listener in config.listeners.values())
        ike = [i for i in config.interfaces.values() if i.crypto_map or i.tunnel_protection]
        if ike or config.ike_profiles:
            line = ike[0].line if ike else next(iter(config.ike_profiles.values())).line
            services.append(LocalService(kind="ipsec", service=IKE, span=self._lists.span(line)))
        services.extend(
            LocalService(kind=protocol, service=_ROUTING_LISTENERS[protocol], span=self._lists.span(line))
            for protocol, line in config.routing_protocols.items()
            if protocol in _ROUTING_LISTENERS
        )
        if config.dhcp_pools:
            line = next(iter(config.dhcp_pools.values())).line
            services.append(LocalService(kind="dhcp", service=ports(UDP, 67), span=self._lists.span(line)))
        services.extend(
            LocalService(
                kind=remote.kind,
                service=remote.portal_service,
                span=remote.span,
                interfaces=interfaces(*remote.portal_interfaces),
            )
            for remote in access.remote
            if remote.kind != "ipsec" and remote.portal_service is not None
        )
        return tuple(service for one in services for service in self._on_management_plane(one))

    def _listener(self, listener: Listener) -> LocalService:
        config = self._config
        access, ipv6_access = listener.access, listener.ipv6_access
        if listener.kind in ("http", "https", "restconf"):
            access, ipv6_access = config.http_access, config.http_ipv6_access
        return LocalService(
            kind=listener.kind,
            service=listener.service,
            span=self._lists.span(listener.line),
            sources=self._asked_from(access, ipv6_access, listener.line),
            management=listener.management,
            certain=listener.certain,
        )

    def _terminal_services(self, vty: VtyLine) -> Iterable[LocalService]:
        """Telnet and SSH on virtual terminal lines.

        Where no ``transport input`` stands, releases up to 12.4 take every protocol on these lines; later ones differ
        by release and platform, so there it is possible only.
        """
        transports = vty.transports
        sure = True
        if transports is None:
            transports = ("all",)
            found = re.match(r"(\d+)", self._config.version)
            sure = found is not None and int(found[1]) < 15
        everything = "all" in transports
        sources = self._asked_from(
            vty.access_class.name if vty.access_class else "",
            vty.ipv6_access_class.name if vty.ipv6_access_class else "",
            vty.line,
        )
        span = self._config.span(vty.line, vty.last_line)
        if everything or "telnet" in transports:
            yield LocalService(
                kind="telnet", service=ports(TCP, 23), span=span, sources=sources, management=True, certain=sure
            )
        if everything or "ssh" in transports:
            # SSH answers once a key was made, which no config shows; naming it alone says that it is used.
            certain = sure and (self._config.ssh_configured or not everything)
            yield LocalService(
                kind="ssh", service=ports(TCP, 22), span=span, sources=sources, management=True, certain=certain
            )
        if "rlogin" in transports:
            yield LocalService(
                kind="rlogin", service=ports(TCP, 513), span=span, sources=sources, management=True, certain=sure
            )

    def _on_management_plane(self, service: LocalService) -> Iterable[LocalService]:
        """Management plane protection: with ``management-interface`` only the named interfaces take management.

        Security Configuration Guide: Securing the Control Plane, "Management Plane Protection".
        """
        allowed = self._config.management_interfaces
        if not allowed or not service.management or service.kind not in _PLANE_WORDS.values():
            yield service
            return
        names = [name for word, at in allowed.items() if _PLANE_WORDS.get(word) == service.kind for name in at]
        if names:
            yield replace(service, interfaces=_both(service.interfaces, interfaces(*names)))

    def _administrators(self, access: Access) -> tuple[Administrator, ...]:
        lists = {vty.authentication or "default" for vty in self._config.vty.values()} or {"default"}
        factors = {access.login(name)[1] for name in lists} if self._config.aaa else {SecondFactor.ABSENT}
        factor = SecondFactor.NOT_VISIBLE if factors == {SecondFactor.NOT_VISIBLE} else SecondFactor.ABSENT
        return tuple(
            Administrator(name=account.name, span=self._lists.span(account.line), second_factor=factor)
            for account in self._config.accounts.values()
        )

    def _notices(self) -> tuple[Notice, ...]:
        own = [
            Notice(message=message, span=self._lists.span(line), bears_on_access=bears)
            for message, line, bears in self._config.notices
        ]
        made = [
            Notice(message=message, span=self._lists.span(line), bears_on_access=True)
            for message, line in dict.fromkeys(self._lists.notices)
        ]
        return (*own, *made)


def _who_may_ask(services: tuple[LocalService, ...]) -> tuple[RuleSet, ...]:
    """The list that the access classes of the device's own services come to; none where no service has one.

    A service that several lines offer (``line vty``) answers whoever one of them lets in: a session that one refuses is
    taken by another (Security Configuration Guide: Access Control Lists, "Controlling Access to a Virtual Terminal Line").
    """
    limited = dict.fromkeys(one.service for one in services if one.sources != ANY_ADDRESS)
    if not limited:
        return ()
    rules: list[Rule] = []
    for action in (Action.PERMIT, Action.DENY):
        for one in services:
            if one.service not in limited:
                continue
            permits = action is Action.PERMIT
            unsure = Condition(kind=ConditionKind.OTHER, text=f"whether {one.kind} is on")
            rules.append(
                Rule(
                    id=str(len(rules) + 1),
                    position=len(rules) + 1,
                    action=action,
                    span=one.span,
                    source=one.sources if permits else ANY_ADDRESS,
                    service=one.service,
                    ingress=one.interfaces if permits else ANY_INTERFACE,
                    conditions=(unsure,) if permits and not one.certain else (),
                    implicit=f"who may ask for {one.kind}",
                )
            )
    return (RuleSet(name=_ASKED, rules=tuple(rules), default=Action.PERMIT),)


def _both(one: InterfaceMatch, other: InterfaceMatch) -> InterfaceMatch:
    if one == ANY_INTERFACE:
        return other
    return InterfaceMatch(one.items & other.items) if not (one.negated or other.negated) else other


def _cycle(start: str, owner: str, graph: dict[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """The way from ``start`` back to ``owner`` through groups in groups; ``None`` if there is none."""
    stack: list[tuple[str, tuple[str, ...]]] = [(start, (start,))]
    seen: set[str] = set()
    while stack:
        name, way = stack.pop()
        if name == owner:
            return way
        if name in seen:
            continue
        seen.add(name)
        stack.extend((inner, (*way, inner)) for inner in graph.get(name, ()))
    return None


def _source_check(interface: InterfaceConfig) -> SourceCheck:
    """What an interface asks of sources: nothing unless a line says so; of two families that differ what it asks of IPv4."""
    checks = interface.source_checks
    if not checks:
        return SourceCheck(mode=SourceCheckMode.NONE)
    first = checks[min(checks)]
    if len(checks) > 1 and all((c.mode, c.default_route) == (first.mode, first.default_route) for c in checks.values()):
        return replace(first, versions=frozenset(checks), spared=any(c.spared for c in checks.values()))
    return first


def _without(ranges: list[tuple[int, int]], taken: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """``ranges`` less ``taken``; both inclusive."""
    free = [(a, b) for a, b in ranges if a <= b]
    for first, last in sorted(taken):
        cut: list[tuple[int, int]] = []
        for a, b in free:
            if last < a or first > b:
                cut.append((a, b))
                continue
            if a < first:
                cut.append((a, first - 1))
            if last < b:
                cut.append((last + 1, b))
        free = cut
    return free
