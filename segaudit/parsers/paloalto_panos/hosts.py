"""Hosts that a configuration names, and the addresses that the device leases: evidence of what stands where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from segaudit.model import (
    AddressComplement,
    AddressExpr,
    AddressIntersection,
    AddressRange,
    DhcpScope,
    Fqdn,
    HostSign,
    HostSpec,
    host,
)
from segaudit.parsers.paloalto_panos.config import Node
from segaudit.parsers.paloalto_panos.objects import AddressBook
from segaudit.parsers.paloalto_panos.scope import Scope
from segaudit.parsers.paloalto_panos.topology import Topology
from segaudit.parsers.paloalto_panos.values import joined, read_address, read_literal

_SERVERS: Final = (
    ("ldap", HostSign.LDAP),
    ("radius", HostSign.RADIUS),
    ("tacplus", HostSign.TACACS),
    ("kerberos", HostSign.LDAP),
)
#: What a server is called below ``server``.
_ADDRESS_WORDS: Final = ("ip-address", "address", "host", "server", "ip", "manager")


class HostReader:
    """Reads the hosts that the configuration of one device names."""

    def __init__(self, scope: Scope, topology: Topology, addresses: AddressBook) -> None:
        self._scope = scope
        self._topology = topology
        self._addresses = addresses

    def hosts(self) -> Iterator[HostSpec]:
        """All hosts but permitted addresses and targets of NAT."""
        for kind, sign in _SERVERS:
            for profile in self._scope.objects("server-profile", kind):
                for server in profile.entries("server"):
                    yield from self._server(server, sign)
        for profile in self._scope.objects("log-settings", "syslog"):
            for server in profile.entries("server"):
                yield from self._server(server, HostSign.SYSLOG)
        for profile in self._scope.objects("log-settings", "snmptrap"):
            for version in profile.entries("version"):
                for server in version.entries("server"):
                    yield from self._server(server, HostSign.SNMP_MANAGER)
        if self._scope.manages:
            yield from self._system()
        for proxy in self._scope.device.entries("network", "dns-proxy"):
            for place in ("primary", "secondary"):
                yield from self._said(proxy.at("default"), place, "DNS proxy", HostSign.DNS)
        for interface in self._scope.device.entries("network", "dhcp", "interface"):
            if self._topology.interface(interface.name) is None:
                continue
            for target in (*interface.entries("relay", "ip", "server"), *interface.entries("relay", "ipv6", "server")):
                yield from self._spec(target, target.name, "DHCP server", HostSign.DHCP_RELAY)
            for lease in interface.entries("server", "reserved"):
                yield from self._spec(lease, lease.name, "DHCP reservation", HostSign.DHCP_RESERVATION)

    def _server(self, server: Node, sign: HostSign) -> Iterator[HostSpec]:
        for word in _ADDRESS_WORDS:
            if server.word(word):
                yield from self._said(server, word, server.name, sign)
                return

    def _said(self, node: Node, word: str, name: str, sign: HostSign) -> Iterator[HostSpec]:
        text = node.word(word)
        if text and text != "inherited":
            yield from self._spec(node.at(word), text, name, sign)

    def _spec(self, node: Node, text: str, name: str, sign: HostSign) -> Iterator[HostSpec]:
        yield HostSpec(name=name, address=self._host(self._scope.value(text)), sign=sign, span=self._scope.span(node))

    def _host(self, text: str) -> AddressExpr:
        found = read_address(text)
        if found is not None:
            return host(text.partition("/")[0])
        named = self._addresses.objects.get(text)
        return named.value if named is not None and isinstance(named.value, AddressRange) else Fqdn(text)

    def _system(self) -> Iterator[HostSpec]:
        system = self._scope.device.at("deviceconfig", "system")
        for place in ("primary", "secondary"):
            yield from self._said(system.at("dns-setting", "servers"), place, f"DNS {place}", HostSign.DNS)
            server = system.at("ntp-servers", f"{place}-ntp-server")
            yield from self._said(server, "ntp-server-address", "NTP server", HostSign.NTP)
        for level in (system, system.at("panorama", "local-panorama")):
            for word in ("panorama-server", "panorama-server-2"):
                yield from self._said(level, word, "Panorama", HostSign.ADMIN_SOURCE)

    # Leases

    def scopes(self) -> Iterator[DhcpScope]:
        """The addresses that the device leases."""
        for interface in self._scope.device.entries("network", "dhcp", "interface"):
            server = interface.at("server")
            if not server or server.word("mode", default="auto") == "disabled":
                continue
            if self._topology.interface(interface.name) is None:
                continue
            found = [read_literal(self._scope.value(word)) for word in server.words("ip-pool")]
            ranges = [one for one in found if isinstance(one, AddressRange)]
            reserved = tuple(
                one
                for one in (read_literal(self._scope.value(lease.name)) for lease in server.entries("reserved"))
                if isinstance(one, AddressRange)
            )
            if not ranges and not reserved:
                continue
            count = sum(one.size for one in ranges)
            leased: AddressExpr = joined(ranges) if ranges else joined(reserved)
            inside = tuple(
                one
                for one in reserved
                if any(r.version == one.version and r.first <= one.first <= r.last for r in ranges)
            )
            if inside:
                leased = AddressIntersection((leased, AddressComplement(joined(inside))))
            yield DhcpScope(
                interface=interface.name,
                span=self._scope.span(server),
                ranges=leased,
                lease_count=count - len(inside),
                reservations=reserved,
                options=tuple(
                    int(code)
                    for entry in server.entries("option", "user-defined")
                    if (code := entry.word("code")).isascii() and code.isdigit() and len(code) < 4
                ),
            )
