"""What the device itself answers: the management port, management profiles of interfaces, routing; and its administrators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ICMP,
    ICMPV6,
    TCP,
    UDP,
    AddressExpr,
    AddressRange,
    Administrator,
    HostSign,
    HostSpec,
    LocalService,
    SecondFactor,
    Service,
    ServiceExpr,
    ServiceUnion,
    interfaces,
    ports,
)
from segaudit.parsers.paloalto_panos.config import Node
from segaudit.parsers.paloalto_panos.logins import LoginBook
from segaudit.parsers.paloalto_panos.objects import AddressBook
from segaudit.parsers.paloalto_panos.scope import Scope
from segaudit.parsers.paloalto_panos.topology import MANAGEMENT, Topology
from segaudit.parsers.paloalto_panos.values import joined, read_address

_ECHO: Final = ServiceUnion(
    (Service(protocol=ICMP, icmp_types=((8, 8),)), Service(protocol=ICMPV6, icmp_types=((128, 128),)))
)
#: Services of a management profile with their ports, and whether they administer (PAN-OS Administrator's Guide 10.1,
#: "Ports Used for Management Functions" and "Ports Used for User-ID").
_PROFILE: Final[Mapping[str, tuple[str, ServiceExpr, bool]]] = MappingProxyType(
    {
        "ping": ("ping", _ECHO, False),
        "telnet": ("telnet", ports(TCP, 23), True),
        "ssh": ("ssh", ports(TCP, 22), True),
        "http": ("http", ports(TCP, 80), True),
        "https": ("https", ports(TCP, 443), True),
        "snmp": ("snmp", ports(UDP, 161), True),
        "http-ocsp": ("ocsp", ports(TCP, 80), False),
        "response-pages": ("response-pages", ports(TCP, (6080, 6083)), False),
        "userid-service": ("user-id", ports(TCP, 5007), False),
        "userid-syslog-listener-ssl": ("syslog", ports(TCP, 6514), False),
        "userid-syslog-listener-udp": ("syslog", ports(UDP, 514), False),
    }
)
#: The management port: HTTPS, SSH and ping are on, the others off, unless said otherwise (PAN-OS Web Interface Help 10.1,
#: "Device > Setup > Interfaces").
_ON: Final = frozenset({"https", "ssh", "icmp"})
_MANAGEMENT_SERVICES: Final = (
    ("https", "https"),
    ("ssh", "ssh"),
    ("icmp", "ping"),
    ("http", "http"),
    ("telnet", "telnet"),
    ("snmp", "snmp"),
    ("http-ocsp", "http-ocsp"),
    ("userid-service", "userid-service"),
    ("userid-syslog-listener-ssl", "userid-syslog-listener-ssl"),
    ("userid-syslog-listener-udp", "userid-syslog-listener-udp"),
)
_BGP, _OSPF, _RIP = ports(TCP, 179), Service(protocol=89), ports(UDP, 520)
_ROUTING: Final = (("bgp", _BGP), ("ospf", _OSPF), ("ospfv3", _OSPF), ("rip", _RIP))
_DNS: Final = ServiceUnion((ports(UDP, 53), ports(TCP, 53)))
_DHCP, _DHCP6 = ports(UDP, 67), ports(UDP, 547)


class LocalReader:
    """Reads what the device listens for and who administers it."""

    def __init__(self, scope: Scope, topology: Topology, addresses: AddressBook, logins: LoginBook) -> None:
        self._scope = scope
        self._topology = topology
        self._addresses = addresses
        self._logins = logins
        self._network = scope.device.at("network")
        self._system = scope.device.at("deviceconfig", "system")

    def services(self) -> Iterator[LocalService]:
        """All but those of VPNs."""
        if self._topology.interface(MANAGEMENT) is not None:
            yield from self._management()
        for interface in self._topology.interfaces:
            node = self._topology.nodes.get(interface.name)
            if node is None or not interface.enabled:
                continue
            name = node.word("interface-management-profile")
            profile = self._network.at("profiles", "interface-management-profile", name) if name else None
            if profile:
                yield from self._profile(interface.name, profile)
        yield from self._servers()
        yield from self._routing()

    def _management(self) -> Iterator[LocalService]:
        sources = self._permitted(self._system)
        service = self._system.at("service")
        for word, kind in _MANAGEMENT_SERVICES:
            if service.is_on(f"disable-{word}", default=word not in _ON):
                continue
            name, port, management = _PROFILE[kind]
            setting = service.at(f"disable-{word}")
            yield LocalService(
                kind=name,
                service=port,
                span=self._scope.span(setting or self._system),
                interfaces=interfaces(MANAGEMENT),
                sources=sources,
                management=management,
            )

    def _permitted(self, level: Node) -> AddressExpr:
        """The addresses of ``permitted-ip``; without any: every address."""
        words = self._scope.values(level.words("permitted-ip"))
        if not words:
            return ANY_ADDRESS
        found = [self._addresses.ranges(self._addresses.reference(word)) for word in words]
        return ANY_ADDRESS if ANY_ADDRESS in found else joined(found)

    def _profile(self, interface: str, profile: Node) -> Iterator[LocalService]:
        sources = self._permitted(profile)
        for word, (kind, port, management) in _PROFILE.items():
            if profile.is_on(word):
                yield LocalService(
                    kind=kind,
                    service=port,
                    span=self._scope.span(profile.at(word)),
                    interfaces=interfaces(interface),
                    sources=sources,
                    management=management,
                )

    def _servers(self) -> Iterator[LocalService]:
        for entry in self._network.entries("dns-proxy"):
            names = [name for name in entry.words("interface") if self._topology.interface(name) is not None]
            if entry.word("enabled", default="yes") != "no" and names:
                yield LocalService(
                    kind="dns", service=_DNS, span=self._scope.span(entry), interfaces=interfaces(*names)
                )
        for entry in self._network.entries("dhcp", "interface"):
            if self._topology.interface(entry.name) is None:
                continue
            runs = entry.has("server") and entry.word("server", "mode", default="auto") != "disabled"
            if (
                runs
                or entry.word("relay", "ip", "enabled", default="yes" if entry.has("relay", "ip") else "no") == "yes"
            ):
                yield LocalService(
                    kind="dhcp", service=_DHCP, span=self._scope.span(entry), interfaces=interfaces(entry.name)
                )
            if entry.is_on("relay", "ipv6", "enabled", default=entry.has("relay", "ipv6", "server")):
                yield LocalService(
                    kind="dhcp", service=_DHCP6, span=self._scope.span(entry), interfaces=interfaces(entry.name)
                )

    def _routing(self) -> Iterator[LocalService]:
        for router in self._topology.routers:
            names = [name for name in router.interfaces if self._topology.interface(name) is not None]
            for protocol, service in _ROUTING:
                if protocol not in router.protocols or not names:
                    continue
                node = router.node.at("protocol", protocol) or router.node.at(protocol)
                peers = [AddressRange(version, value, value) for version, value in self._peers(node)]
                yield LocalService(
                    kind=protocol,
                    service=service,
                    span=self._scope.span(node),
                    interfaces=interfaces(*names),
                    sources=joined(peers) if protocol == "bgp" and peers else ANY_ADDRESS,
                )

    def _peers(self, node: Node) -> Iterator[tuple[int, int]]:
        """The neighbours that BGP names by address."""
        for group in node.entries("peer-group"):
            for peer in group.entries("peer"):
                found = read_address(self._scope.value(peer.word("peer-address", "ip")))
                if found is not None and peer.word("enable", default="yes") != "no":
                    yield found

    def neighbors(self) -> Iterator[tuple[int, int]]:
        """The routers that routing protocols name by address."""
        for router in self._topology.routers:
            if "bgp" in router.protocols:
                yield from self._peers(router.node.at("protocol", "bgp") or router.node.at("bgp"))

    # Administrators

    def administrators(self, services: tuple[LocalService, ...]) -> Iterator[Administrator]:
        """The accounts of administrators; they log in from wherever a login page or shell answers."""
        if not self._scope.manages:
            return
        logins = [one.sources for one in services if one.management and one.kind in {"https", "ssh", "http", "telnet"}]
        sources = ANY_ADDRESS if not logins or ANY_ADDRESS in logins else joined(logins)
        for user in self._scope.device.entries("mgt-config", "users"):
            yield Administrator(
                name=user.name, span=self._scope.span(user), sources=sources, second_factor=self._factor(user)
            )

    def _factor(self, user: Node) -> SecondFactor:
        profile = user.word("authentication-profile")
        return self._logins.profile(profile).factor if profile else SecondFactor.ABSENT

    def hosts(self) -> Iterator[HostSpec]:
        """Single hosts from which the device is administered."""
        if not self._scope.manages:
            return
        levels = [self._system, *self._network.entries("profiles", "interface-management-profile")]
        for level in levels:
            for entry in level.entries("permitted-ip"):
                found = self._addresses.ranges(self._addresses.reference(self._scope.value(entry.name)))
                if isinstance(found, AddressRange) and found.size == 1:
                    yield HostSpec(
                        name="permitted-ip",
                        address=found,
                        sign=HostSign.ADMIN_SOURCE,
                        span=self._scope.span(entry),
                    )
