"""What the device itself listens for, and who administers it.

An interface's ``allowaccess`` opens the service; the trusted hosts of the administrators say from where. A connection
is accepted from every address that is a trusted host of at least one administrator, so one administrator without any
opens it to all (FortiOS 5.0 handbook, "Preventing unwanted login attempts": web-based manager, ping, SNMP, SSH, Telnet).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    ANY_IPV4,
    ANY_IPV6,
    ANY_SERVICE,
    ICMP,
    ICMPV6,
    NO_ADDRESS,
    TCP,
    UDP,
    AddressExpr,
    AddressUnion,
    Administrator,
    HostSign,
    HostSpec,
    InterfaceKind,
    InterfaceMatch,
    LocalService,
    SecondFactor,
    Service,
    ServiceExpr,
    ServiceUnion,
    Span,
    host,
    interfaces,
    ports,
)
from segaudit.parsers.fortinet_fortios.addresses import flattened, joined
from segaudit.parsers.fortinet_fortios.config import Scope, Section
from segaudit.parsers.fortinet_fortios.interfaces import Topology
from segaudit.parsers.fortinet_fortios.nat import VirtualIps, match_of
from segaudit.parsers.fortinet_fortios.values import EVERY, read_address, read_masked, read_ports, read_range
from segaudit.parsers.fortinet_fortios.vpn import SslPortal, Vpns, ike_service

#: Services of ``allowaccess`` that need no login of an administrator, with their ports (FortiOS ports and protocols
#: guide 7.2, "Incoming ports"). ``management``: an administrator's tool.
_ALLOWED: Final[Mapping[str, tuple[ServiceExpr, bool]]] = MappingProxyType(
    {
        "fgfm": (ports(TCP, 541), True),
        "fmg-access": (ports(TCP, 541), True),
        "radius-acct": (ports(UDP, 1813), False),
        "probe-response": (ports(TCP, 8008), False),
        "capwap": (ports(UDP, (5246, 5247)), False),
        "fabric": (ServiceUnion((ports(TCP, 8013), ports(UDP, (5246, 5247)))), False),
        "fctm": (ports(TCP, 8013), False),
        "ftm": (ports(TCP, 4433), False),
        "speed-test": (ServiceUnion((ports(TCP, 5201), ports(UDP, 5201))), False),
        "auto-ipsec": (ANY_SERVICE, False),
        "dnp": (ANY_SERVICE, False),
        "scim": (ports(TCP, 44559), False),
        "webservice": (ports(TCP, 8080), True),
    }
)
#: Services of ``allowaccess`` at which an administrator logs in: the setting of the port, its default.
_LOGINS: Final = (
    ("https", "admin-sport", 443),
    ("http", "admin-port", 80),
    ("ssh", "admin-ssh-port", 22),
    ("telnet", "admin-telnet-port", 23),
)
_TRUSTED4: Final = tuple(f"trusthost{number}" for number in range(1, 11))
_TRUSTED6: Final = tuple(f"ip6-trusthost{number}" for number in range(1, 11))
_ADMIN_SECTIONS: Final = ("system admin", "system admin user")
_ROUTING: Final[tuple[tuple[str, str, ServiceExpr, tuple[str, ...]], ...]] = (
    ("router ospf", "ospf", Service(protocol=89), ("area", "network", "ospf-interface")),
    ("router ospf6", "ospf", Service(protocol=89), ("area", "ospf6-interface")),
    ("router rip", "rip", ports(UDP, 520), ("network", "neighbor")),
    ("router ripng", "rip", ports(UDP, 521), ("interface", "neighbor")),
)
_DNS, _NTP, _DHCP, _DHCP6, _SNMP, _BGP = 53, 123, 67, 547, 161, 179


class LocalReader:
    """Reads what the device listens for and who administers it."""

    def __init__(self, scope: Scope, topology: Topology, vpns: Vpns, vips: VirtualIps) -> None:
        self._scope = scope
        self._topology = topology
        self._vpns = vpns
        self._vips = vips
        self._global = scope.section("system global")

    # Administrators

    def administrators(self) -> Iterator[Administrator]:
        """The administrators, and the keys of programs that administer."""
        for path in _ADMIN_SECTIONS:
            for entry in self._scope.table(path):
                yield Administrator(
                    name=entry.name,
                    span=self._scope.span(entry),
                    sources=AddressUnion((_trusted(entry, 4), _trusted(entry, 6))),
                    second_factor=_admin_factor(entry),
                )
        for entry in self._scope.table("system api-user"):
            yield Administrator(
                name=entry.name,
                span=self._scope.span(entry),
                sources=AddressUnion((_api_trusted(entry, 4), _api_trusted(entry, 6))),
                second_factor=SecondFactor.ABSENT,
            )

    def admin_hosts(self) -> Iterator[HostSpec]:
        """Single hosts from which somebody administers the device."""
        for path in _ADMIN_SECTIONS:
            for entry in self._scope.table(path):
                for setting in (*_TRUSTED4, *_TRUSTED6):
                    found = read_masked(entry.words(setting))
                    if found is not None and getattr(found, "size", 0) == 1:
                        yield HostSpec(
                            name=f"trusted host of {entry.name}",
                            address=found,
                            sign=HostSign.ADMIN_SOURCE,
                            span=self._scope.line_span(entry, setting),
                        )

    def _admin_sources(self) -> dict[int, AddressExpr]:
        """From where at least one administrator of this VDOM may log in, by IP version."""
        result: dict[int, AddressExpr] = {}
        for version in (4, 6):
            parts: dict[AddressExpr, None] = {}
            known = False
            for path in _ADMIN_SECTIONS:
                for entry in self._scope.table(path):
                    if self._administers(entry):
                        known = True
                        parts[_trusted(entry, version)] = None
            for entry in self._scope.table("system api-user"):
                if self._administers(entry):
                    parts[_api_trusted(entry, version)] = None
            if not known or EVERY[version] in parts:
                result[version] = EVERY[version]
            else:
                result[version] = flattened(parts)
        return result

    def _administers(self, entry: Section) -> bool:
        """Whether an administrator may log in at interfaces of this VDOM: his own, or all for a super administrator."""
        if not self._scope.vdom or entry.text("accprofile").startswith("super_admin"):
            return True
        own = entry.words("vdom")
        return not own or self._scope.vdom in own

    # Services

    def services(self) -> Iterator[LocalService]:
        """Everything that the device listens for."""
        sources = self._admin_sources()
        for interface in self._topology.interfaces:
            entry = self._topology.sections.get(interface.name)
            if entry is not None and interface.enabled:
                yield from self._allowed(entry, sources)
        yield from self._ssl()
        yield from self._ike()
        yield from self._servers()
        yield from self._routing()
        yield from self._lines()
        yield from self._portals()
        for entry in self._vips.proxies:
            yield self._proxy_portal(entry)

    def _allowed(self, entry: Section, admins: Mapping[int, AddressExpr]) -> Iterator[LocalService]:
        """The services that ``allowaccess`` of an interface opens, for both families."""
        match = interfaces(entry.name)
        span = self._scope.line_span(entry, "allowaccess")
        words = dict.fromkeys(entry.words("allowaccess"))
        for inner in entry.table("secondaryip"):
            words.update(dict.fromkeys(inner.words("allowaccess")))
        yield from self._opened(entry, tuple(words), match, span, 4, admins)
        ipv6 = entry.blocks.get("ipv6")
        if ipv6 is not None:
            span = self._scope.line_span(ipv6, "ip6-allowaccess")
            yield from self._opened(entry, ipv6.words("ip6-allowaccess"), match, span, 6, admins)

    def _opened(
        self,
        entry: Section,
        words: tuple[str, ...],
        match: InterfaceMatch,
        span: Span,
        version: int,
        admins: Mapping[int, AddressExpr],
    ) -> Iterator[LocalService]:
        sources = self._dedicated(entry, version) or admins[version]
        for kind, setting, default in _LOGINS:
            if kind not in words:
                continue
            if kind == "telnet" and self._global.text("admin-telnet", "enable") == "disable":
                continue
            port = self._global.number(setting, default, 65535)
            if self._ssl_takes(entry.name, port):
                continue
            yield LocalService(
                kind=kind, service=ports(TCP, port), span=span, interfaces=match, sources=sources, management=True
            )
        if "ping" in words:
            echo = (8, 8) if version == 4 else (128, 128)
            service = Service(protocol=ICMP if version == 4 else ICMPV6, icmp_types=(echo,))
            yield LocalService(kind="ping", service=service, span=span, interfaces=match, sources=sources)
        if "snmp" in words:
            yield from self._snmp(match, span, version)
        for kind in words:
            known = _ALLOWED.get(kind)
            if known is not None:
                yield LocalService(
                    kind=kind,
                    service=known[0],
                    span=span,
                    interfaces=match,
                    sources=EVERY[version],
                    management=known[1],
                    certain=known[0] != ANY_SERVICE,
                )
            elif kind not in _SPECIAL:
                self._scope.file.ledger.approximated(span.first_line, f"the port of {kind} is not known: it may be any")
                yield LocalService(
                    kind=kind, service=ANY_SERVICE, span=span, interfaces=match, sources=EVERY[version], certain=False
                )

    @staticmethod
    def _dedicated(entry: Section, version: int) -> AddressExpr | None:
        """The trusted sources of a management port, where it has some (CLI reference, `trust-ip-1`)."""
        names = (
            ("trust-ip-1", "trust-ip-2", "trust-ip-3")
            if version == 4
            else (
                "trust-ip6-1",
                "trust-ip6-2",
                "trust-ip6-3",
            )
        )
        found = [read_masked(entry.words(name)) for name in names]
        limited = tuple(one for one in found if one is not None and one != EVERY[version])
        return joined(limited) if limited and entry.text("dedicated-to") == "management" else None

    def _ssl_takes(self, interface: str, port: int) -> bool:
        """Whether the VPN portal answers at this port instead of the administration page (`port-precedence`)."""
        ssl = self._vpns.ssl
        if ssl is None or ssl.port != port or not ssl.wins_over_admin:
            return False
        return any(interface in self._topology.zone_members(name) for name in ssl.interfaces)

    def _snmp(self, match: InterfaceMatch, span: Span, version: int) -> Iterator[LocalService]:
        """SNMP answers once its agent is on, to the hosts of its communities and to its users."""
        if not self._scope.section("system snmp sysinfo").is_on("status") and self._scope.has("system snmp sysinfo"):
            return
        certain = self._scope.has("system snmp sysinfo")
        port = _SNMP
        sources: dict[AddressExpr, None] = {}
        table, setting = ("hosts", "ip") if version == 4 else ("hosts6", "ipv6")
        for community in self._scope.table("system snmp community"):
            if community.text("status", "enable") == "disable":
                continue
            if community.text("query-v2c-status", "enable") == "disable" and (
                community.text("query-v1-status", "enable") == "disable"
            ):
                continue
            port = community.number("query-v2c-port", _SNMP, 65535)
            if "hosts" not in community.blocks and "hosts6" not in community.blocks:
                # Whether a community without hosts answers anybody is not documented.
                sources[EVERY[version]] = None
                certain = False
            for inner in community.table(table):
                found = read_masked(inner.words(setting))
                if found is not None and inner.text("host-type", "any") != "trap":
                    sources[found] = None
        for user in self._scope.table("system snmp user"):
            if user.text("status", "enable") != "disable" and user.text("queries", "enable") != "disable":
                sources[EVERY[version]] = None
                port = user.number("query-port", _SNMP, 65535)
        if not sources and certain:
            return
        yield LocalService(
            kind="snmp",
            service=ports(UDP, port),
            span=span,
            interfaces=match,
            sources=joined(tuple(sources)) if sources else EVERY[version],
            management=True,
            certain=certain,
        )

    def _ssl(self) -> Iterator[LocalService]:
        ssl: SslPortal | None = self._vpns.ssl
        if ssl is not None:
            yield LocalService(
                kind="ssl-vpn",
                service=ports(TCP, ssl.port),
                span=ssl.span,
                interfaces=match_of(ssl.interfaces),
                sources=ssl.sources,
                certain=ssl.certain,
            )

    def _ike(self) -> Iterator[LocalService]:
        """IKE on every interface that a phase 1 is bound to; answers go to known gateways only, where all are known."""
        by_interface: dict[str, dict[AddressExpr, None]] = {}
        spans: dict[str, Span] = {}
        for path in ("vpn ipsec phase1-interface", "vpn ipsec phase1"):
            for entry in self._scope.table(path):
                name = entry.text("interface")
                if not name:
                    continue
                spans.setdefault(name, self._scope.span(entry))
                peers = by_interface.setdefault(name, {})
                if entry.text("type", "static") != "static":
                    peers[ANY_ADDRESS] = None
                for setting in ("remote-gw", "remote-gw6"):
                    found = read_address(entry.text(setting))
                    if found is not None and found[1]:
                        peers[host(entry.text(setting))] = None
        for name, peers in by_interface.items():
            sources: AddressExpr = ANY_ADDRESS if ANY_ADDRESS in peers or not peers else joined(tuple(peers))
            yield LocalService(
                kind="ipsec",
                service=ike_service(self._scope),
                span=spans[name],
                interfaces=interfaces(name),
                sources=sources,
            )
        for access in self._vpns.remote_access:
            if access.kind in {"l2tp", "pptp"} and access.portal_service is not None:
                yield LocalService(kind=access.kind, service=access.portal_service, span=access.span)

    def _servers(self) -> Iterator[LocalService]:
        """DHCP, DNS, NTP and proxies that the device runs for others."""
        for path, kind, port in (("system dhcp server", "dhcp", _DHCP), ("system dhcp6 server", "dhcp", _DHCP6)):
            for entry in self._scope.table(path):
                name = entry.text("interface")
                if name and entry.text("status", "enable") != "disable" and entry.text("enable") != "disable":
                    yield LocalService(
                        kind=kind,
                        service=ports(UDP, port),
                        span=self._scope.span(entry),
                        interfaces=interfaces(name),
                        sources=ANY_IPV4 if port == _DHCP else ANY_IPV6,
                    )
        both = ServiceUnion((ports(UDP, _DNS), ports(TCP, _DNS)))
        for entry in self._scope.table("system dns-server"):
            yield LocalService(
                kind="dns", service=both, span=self._scope.span(entry), interfaces=interfaces(entry.name)
            )
        ntp = self._scope.section("system ntp")
        if ntp.is_on("server-mode") and ntp.words("interface"):
            yield LocalService(
                kind="ntp",
                service=ports(UDP, _NTP),
                span=self._scope.span(ntp),
                interfaces=interfaces(*ntp.words("interface")),
            )
        yield from self._proxies()

    def _proxies(self) -> Iterator[LocalService]:
        """The explicit proxies, on the interfaces that offer them (CLI reference, `config web-proxy explicit`)."""
        for path, switch, setting, default in (
            ("web-proxy explicit", "explicit-web-proxy", "http-incoming-port", 8080),
            ("ftp-proxy explicit", "explicit-ftp-proxy", "incoming-port", 21),
        ):
            section = self._scope.section(path)
            names = [name for name, entry in self._topology.sections.items() if entry.is_on(switch)]
            port = read_ports(section.text(setting, str(default)))
            if section.is_on("status") and names:
                yield LocalService(
                    kind="proxy",
                    service=ports(TCP, port if port is not None else default),
                    span=self._scope.span(section),
                    interfaces=interfaces(*names),
                )

    def _routing(self) -> Iterator[LocalService]:
        """Routing protocols answer their neighbours: BGP those that are named, the others whoever speaks to them."""
        bgp = self._scope.section("router bgp")
        neighbours = tuple(host(entry.name) for entry in bgp.table("neighbor") if read_address(entry.name) is not None)
        if neighbours:
            yield LocalService(
                kind="bgp", service=ports(TCP, _BGP), span=self._scope.span(bgp), sources=joined(neighbours)
            )
        for path, kind, service, tables in _ROUTING:
            section = self._scope.section(path)
            if any(section.blocks[name].entries for name in tables if name in section.blocks):
                yield LocalService(kind=kind, service=service, span=self._scope.span(section), certain=False)

    def _lines(self) -> Iterator[LocalService]:
        """What interfaces need for their own addresses, for relaying, and for a virtual router."""
        for interface in self._topology.interfaces:
            entry = self._topology.sections[interface.name]
            if not interface.enabled:
                continue
            match = interfaces(interface.name)
            found: list[tuple[str, int, ServiceExpr, str]] = []
            if entry.text("mode") == "dhcp":
                found.append(("dhcp client", 4, ports(UDP, 68), "mode"))
            if entry.is_on("dhcp-relay-service"):
                found.append(("dhcp", 4, ports(UDP, _DHCP), "dhcp-relay-service"))
            if "vrrp" in entry.blocks:
                found.append(("vrrp", 4, Service(protocol=112), "vrrp"))
            for kind, version, service, setting in found:
                yield LocalService(
                    kind=kind,
                    service=service,
                    span=self._scope.line_span(entry, setting),
                    interfaces=match,
                    sources=EVERY[version],
                )

    def _portals(self) -> Iterator[LocalService]:
        """Where policies that ask for users meet those users (CLI reference, `auth-http-port`, `auth-https-port`)."""
        asking: dict[str, Section] = {}
        for path in ("firewall policy", "firewall consolidated policy", "firewall security-policy"):
            for entry in self._scope.table(path):
                if entry.text("status", "enable") != "disable" and (entry.words("groups") or entry.words("users")):
                    asking.update(dict.fromkeys(entry.words("srcintf"), entry))
        http = self._global.number("auth-http-port", 1000, 65535)
        https = self._global.number("auth-https-port", 1003, 65535)
        inside = {one.name for one in self._topology.interfaces if one.kind is InterfaceKind.VPN}
        for name, entry in asking.items():
            if name in inside or name.startswith("ssl."):
                continue
            yield LocalService(
                kind="authentication portal",
                service=ports(TCP, http, https),
                span=self._scope.span(entry),
                interfaces=match_of((name,)),
                certain=False,
            )

    def _proxy_portal(self, entry: Section) -> LocalService:
        """Where the device answers as a ZTNA proxy."""
        found = read_ports(entry.text("extport")) or (443, 443)
        name = entry.text("extintf", "any")
        sources = [source for word in entry.words("src-filter") if (source := read_range(word)) is not None]
        return LocalService(
            kind="access proxy",
            service=ports(TCP, found),
            span=self._scope.span(entry),
            interfaces=ANY_INTERFACE if name == "any" else interfaces(name),
            sources=joined(tuple(sources)) if sources else ANY_ADDRESS,
        )


_SPECIAL = frozenset({"ping", "snmp", *(kind for kind, _, _ in _LOGINS)})


def _trusted(entry: Section, version: int) -> AddressExpr:
    """The trusted hosts of an administrator; none set: every address (CLI reference, `trusthost1`, `ip6-trusthost1`)."""
    names = _TRUSTED4 if version == 4 else _TRUSTED6
    every = EVERY[version]
    found = [read_masked(entry.words(name)) or every for name in names]
    # The first entry counts before the others: zero there opens the account to all, zero further on does nothing
    # (technical tip 190592).
    if found[0] == every:
        return every
    return joined(tuple(dict.fromkeys(one for one in found if one != every)))


def _api_trusted(entry: Section, version: int) -> AddressExpr:
    """The trusted hosts of an API key, which needs at least one (CLI reference, `config system api-user`)."""
    found: list[AddressExpr] = []
    for inner in entry.table("trusthost"):
        kind = inner.text("type", "ipv4-trusthost")
        words = inner.words(kind)
        value = read_masked(words)
        if value is not None and kind == ("ipv4-trusthost" if version == 4 else "ipv6-trusthost"):
            found.append(value)
    return joined(tuple(found)) if found else NO_ADDRESS


def _admin_factor(entry: Section) -> SecondFactor:
    """The second factor of an administrator; with remote authentication it is asked for elsewhere, if at all."""
    if entry.text("two-factor", "disable") != "disable" or entry.is_on("peer-auth"):
        return SecondFactor.VISIBLE
    if entry.is_on("remote-auth") or entry.text("user_type", "local") not in {"local", ""}:
        return SecondFactor.NOT_VISIBLE
    return SecondFactor.ABSENT
