"""Hosts that a configuration names, and the addresses that the device leases: evidence of what stands where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from segaudit.model import (
    AddressComplement,
    AddressExpr,
    AddressIntersection,
    AddressRange,
    AddressUnion,
    DhcpScope,
    HostSign,
    HostSpec,
)
from segaudit.parsers.fortinet_fortios.addresses import joined, server_address
from segaudit.parsers.fortinet_fortios.config import Scope, Section
from segaudit.parsers.fortinet_fortios.interfaces import Topology
from segaudit.parsers.fortinet_fortios.values import read_address, read_masked, read_range

_USER_SERVERS: Final = (
    ("user ldap", HostSign.LDAP),
    ("user radius", HostSign.RADIUS),
    ("user tacacs+", HostSign.TACACS),
    ("user fsso", HostSign.LDAP),
    ("user fsso-polling", HostSign.LDAP),
    ("user domain-controller", HostSign.LDAP),
    ("system admin ldap", HostSign.LDAP),
    ("system admin radius", HostSign.RADIUS),
    ("system admin tacacs", HostSign.TACACS),
)
_SERVER_SETTINGS: Final = (
    "server",
    "secondary-server",
    "tertiary-server",
    "server2",
    "server3",
    "ip-address",
    "address",
)
_LOG_SETTINGS: Final = tuple(
    (f"log {kind}{number} {middle}setting", sign)
    for kind, sign in (("syslogd", HostSign.SYSLOG), ("fortianalyzer", HostSign.LOG_MANAGER))
    for number in ("", "2", "3", "4")
    for middle in ("", "override-")
)
_DNS_SETTINGS: Final = ("primary", "secondary", "ip6-primary", "ip6-secondary", "alt-primary", "alt-secondary")


class HostReader:
    """Reads the hosts that the configuration of one device names."""

    def __init__(self, scope: Scope, topology: Topology) -> None:
        self._scope = scope
        self._topology = topology

    def hosts(self) -> Iterator[HostSpec]:
        """All hosts but those that other readers name (trusted hosts, targets of virtual IPs)."""
        for path, sign in _USER_SERVERS:
            for entry in self._scope.table(path):
                for setting in _SERVER_SETTINGS:
                    yield from self._server(entry, setting, entry.name, sign)
        for path, sign in _LOG_SETTINGS:
            section = self._scope.section(path)
            if section.text("status", "enable") != "disable":
                for setting in ("server", "alt-server"):
                    yield from self._server(section, setting, path.removeprefix("log "), sign)
        for path in ("system dns", "system vdom-dns"):
            section = self._scope.section(path)
            for setting in _DNS_SETTINGS:
                yield from self._server(section, setting, f"DNS {setting}", HostSign.DNS)
        for entry in self._scope.section("system ntp").table("ntpserver"):
            yield from self._server(entry, "server", "NTP server", HostSign.NTP)
        yield from self._snmp()
        yield from self._relays()
        management = self._scope.section("system central-management")
        if management.text("type") in {"fortimanager", "FortiManager"}:
            for word in management.words("fmg"):
                yield self._spec(management, "fmg", "FortiManager", word, HostSign.ADMIN_SOURCE)
        ssl = self._scope.section("vpn ssl settings")
        for setting in ("dns-server1", "dns-server2"):
            yield from self._server(ssl, setting, "DNS of the SSL-VPN", HostSign.DNS)
        yield from self._leased()

    def _server(self, section: Section, setting: str, name: str, sign: HostSign) -> Iterator[HostSpec]:
        """The host that ``setting`` names, unless it is none."""
        text = section.text(setting)
        found = read_address(text)
        if text and not (found is not None and not found[1]):
            yield self._spec(section, setting, name, text, sign)

    def _spec(self, section: Section, setting: str, name: str, text: str, sign: HostSign) -> HostSpec:
        return HostSpec(
            name=name, address=server_address(text), sign=sign, span=self._scope.line_span(section, setting)
        )

    def _snmp(self) -> Iterator[HostSpec]:
        for community in self._scope.table("system snmp community"):
            for table, setting in (("hosts", "ip"), ("hosts6", "ipv6")):
                for entry in community.table(table):
                    found = read_masked(entry.words(setting))
                    if isinstance(found, AddressRange) and found.size == 1 and found.first:
                        yield HostSpec(
                            name="SNMP manager",
                            address=found,
                            sign=HostSign.SNMP_MANAGER,
                            span=self._scope.line_span(entry, setting),
                        )
        for user in self._scope.table("system snmp user"):
            for setting in ("notify-hosts", "notify-hosts6"):
                for word in user.words(setting):
                    found_address = read_address(word)
                    if found_address is not None and found_address[1]:
                        yield self._spec(user, setting, "SNMP manager", word, HostSign.SNMP_MANAGER)

    def _relays(self) -> Iterator[HostSpec]:
        """DHCP servers to which interfaces relay."""
        for entry in self._topology.sections.values():
            ipv6 = entry.blocks.get("ipv6")
            for section, switch, setting in (
                (entry, "dhcp-relay-service", "dhcp-relay-ip"),
                (ipv6, "dhcp6-relay-service", "dhcp6-relay-ip"),
            ):
                if section is None or not section.is_on(switch):
                    continue
                for word in section.words(setting):
                    if read_address(word) is not None:
                        yield self._spec(section, setting, "DHCP server", word, HostSign.DHCP_RELAY)

    def _leased(self) -> Iterator[HostSpec]:
        """Hosts with a lease of their own, and the servers that leases tell clients."""
        for path in ("system dhcp server", "system dhcp6 server"):
            for entry in self._scope.table(path):
                if entry.text("status", "enable") == "disable":
                    continue
                for inner in entry.table("reserved-address"):
                    found = read_range(inner.text("ip"))
                    if found is not None and inner.text("action", "reserved") != "block":
                        yield HostSpec(
                            name=" ".join(inner.words("description")) or inner.text("mac", inner.name),
                            address=found,
                            sign=HostSign.DHCP_RESERVATION,
                            span=self._scope.span(inner),
                        )
                for number in (1, 2, 3, 4):
                    yield from self._server(entry, f"dns-server{number}", "DNS of the leases", HostSign.DNS)
                    yield from self._server(entry, f"ntp-server{number}", "NTP of the leases", HostSign.NTP)

    def scopes(self) -> Iterator[DhcpScope]:
        """The addresses that the device leases."""
        for path in ("system dhcp server", "system dhcp6 server"):
            for entry in self._scope.table(path):
                if entry.text("status", "enable") == "disable" or entry.text("enable") == "disable":
                    continue
                ranges = _ranges(entry, "ip-range")
                excluded = _ranges(entry, "exclude-range")
                reserved = tuple(
                    found
                    for inner in entry.table("reserved-address")
                    if (found := read_range(inner.text("ip"))) is not None
                )
                if not ranges and not reserved:
                    continue
                leased: AddressExpr = joined(ranges) if ranges else AddressUnion(())
                if excluded:
                    leased = AddressIntersection((leased, AddressComplement(joined(excluded), excluded[0].version)))
                yield DhcpScope(
                    interface=entry.text("interface"),
                    span=self._scope.span(entry),
                    ranges=leased,
                    lease_count=sum(one.size for one in ranges) - _overlap(ranges, excluded),
                    reservations=reserved,
                    options=tuple(
                        inner.number("code", 0) for inner in entry.table("options") if inner.number("code", 0)
                    ),
                )


def _ranges(entry: Section, table: str) -> tuple[AddressRange, ...]:
    return tuple(
        found
        for inner in entry.table(table)
        if (found := read_range(f"{inner.text('start-ip')}-{inner.text('end-ip')}")) is not None
    )


def _overlap(ranges: tuple[AddressRange, ...], excluded: tuple[AddressRange, ...]) -> int:
    """How many addresses of ``ranges`` are excluded; excluded ranges do not overlap each other."""
    return sum(
        max(0, min(one.last, other.last) - max(one.first, other.first) + 1)
        for one in ranges
        for other in excluded
        if one.version == other.version
    )
