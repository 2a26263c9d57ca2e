"""What the device itself runs, who administers it, and the hosts that its configuration names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    TCP,
    UDP,
    AddressComplement,
    AddressExpr,
    AddressRange,
    Administrator,
    DhcpScope,
    Fqdn,
    HostSign,
    HostSpec,
    InterfaceMatch,
    LocalService,
    SecondFactor,
    ServiceExpr,
    ServiceUnion,
    host,
    interfaces,
    ports,
)
from segaudit.parsers.juniper_srx.config import JunosFile, Node
from segaudit.parsers.juniper_srx.filters import PrefixLists
from segaudit.parsers.juniper_srx.inbound import PROTOCOLS, SYSTEM_SERVICES
from segaudit.parsers.juniper_srx.topology import Topology
from segaudit.parsers.juniper_srx.values import joined, read_address, read_literal, read_span

_DNS: Final = ServiceUnion((ports(UDP, 53), ports(TCP, 53)))
#: Services below ``system services`` by their word: kind, port, whether they administer the device. Junos OS CLI
#: reference, `services (System Services)`.
_SERVICES: Final = (
    ("ssh", "ssh", 22, True),
    ("telnet", "telnet", 23, True),
    ("ftp", "ftp", 21, True),
    ("finger", "finger", 79, False),
    ("rlogin", "rlogin", 513, True),
    ("xnm-clear-text", "xnm-clear-text", 3221, True),
    ("xnm-ssl", "xnm-ssl", 3220, True),
)


class LocalReader:
    """Reads the services, accounts and hosts of one device."""

    def __init__(self, file: JunosFile, root: Node, topology: Topology) -> None:
        self._file = file
        self._root = root
        self._topology = topology
        self._system = root.at("system")
        self._prefix_lists = PrefixLists(file, root)

    # Services

    def services(self) -> Iterator[LocalService]:
        """Everything that the device listens for but VPNs."""
        section = self._system.at("services")
        for word, kind, port, manages in _SERVICES:
            node = section.at(word)
            if node:
                number = node.number("port", default=port)
                yield self._service(kind, ports(TCP, number), node, management=manages)
        netconf = section.at("netconf", "ssh")
        if netconf:
            yield self._service("netconf", ports(TCP, netconf.number("port", default=830)), netconf, management=True)
        for kind, port in (("http", 80), ("https", 443)):
            node = section.at("web-management", kind)
            if node:
                named = node.words("interface")
                match = self._at(named) if named and "all" not in named else ANY_INTERFACE
                service = ports(TCP, node.number("port", default=port))
                yield self._service(kind, service, node, match, management=True)
        for kind, port in (("http", 3000), ("https", 3443)):
            node = section.at("rest", kind)
            if node:
                yield self._service(
                    f"rest {kind}", ports(TCP, node.number("port", default=port)), node, management=True
                )
        for kind, port in (("http", 8080), ("https", 8443)):
            node = section.at("webapi", kind)
            if node:
                yield self._service(
                    f"webapi {kind}", ports(TCP, node.number("port", default=port)), node, management=True
                )
        grpc = section.at("extension-service", "request-response", "grpc")
        if grpc:
            yield self._service("grpc", ports(TCP, grpc.number("ssl", "port", default=32767)), grpc, management=True)
        yield from self._others(section)
        yield from self._routing()
        yield self._pings()

    def _others(self, section: Node) -> Iterator[LocalService]:
        proxy = section.at("dns", "dns-proxy")
        if proxy:
            named = proxy.words("interface")
            yield self._service("dns", _DNS, proxy, self._at(named) if named else ANY_INTERFACE)
        servers = [section.at("dhcp-local-server"), section.at("dhcp")]
        servers.extend(
            instance.at("system", "services", "dhcp-local-server")
            for instance in self._root.entries("routing-instances")
        )
        for server in servers:
            if server:
                named = tuple(
                    name
                    for group in (*server.entries("group"), *server.entries("dhcpv6", "group"))
                    for name in group.words("interface")
                )
                yield self._service("dhcp", ports(UDP, 67), server, self._at(named) if named else ANY_INTERFACE)
        snmp = self._root.at("snmp")
        if snmp.has("community") or snmp.has("v3"):
            named = snmp.words("interface")
            yield LocalService(
                kind="snmp",
                service=ports(UDP, 161),
                span=self._file.span(snmp),
                interfaces=self._at(named) if named else ANY_INTERFACE,
                sources=self._snmp_clients(snmp),
                management=True,
            )
        ntp = self._system.at("ntp")
        if ntp.has("server") or ntp.has("peer"):
            yield self._service("ntp", ports(UDP, 123), ntp)
        if section.at("tftp-server"):
            yield self._service("tftp", ports(UDP, 69), section.at("tftp-server"))

    def _routing(self) -> Iterator[LocalService]:
        levels = [self._root.at("protocols")]
        levels.extend(instance.at("protocols") for instance in self._root.entries("routing-instances"))
        seen: set[str] = set()
        for level in levels:
            for kind in ("bgp", "ospf", "ospf3", "rip", "ripng"):
                if level.at(kind).children and kind not in seen:
                    seen.add(kind)
                    sources: AddressExpr = ANY_ADDRESS
                    if kind == "bgp" and self._topology.neighbors and not level.at(kind).has("allow"):
                        sources = joined(AddressRange(v, n, n) for v, n in self._topology.neighbors)
                    yield LocalService(
                        kind=kind, service=PROTOCOLS[kind], span=self._file.span(level.at(kind)), sources=sources
                    )

    def _pings(self) -> LocalService:
        """Junos answers echo requests, where a zone or a filter lets them in."""
        return LocalService(kind="ping", service=SYSTEM_SERVICES["ping"], span=self._file.span(self._root))

    def _service(
        self,
        kind: str,
        service: ServiceExpr,
        node: Node,
        match: InterfaceMatch = ANY_INTERFACE,
        *,
        management: bool = False,
    ) -> LocalService:
        return LocalService(
            kind=kind, service=service, span=self._file.span(node), interfaces=match, management=management
        )

    @staticmethod
    def _at(names: tuple[str, ...]) -> InterfaceMatch:
        return interfaces(*(name if "." in name else f"{name}.0" for name in names))

    def _snmp_clients(self, snmp: Node) -> AddressExpr:
        """Who may ask by any community; one without clients may be asked from everywhere."""
        found: list[AddressExpr] = []
        for community in snmp.entries("community"):
            clients = [(entry.name, "restrict" in entry.children) for entry in community.entries("clients")]
            listed = community.word("client-list-name")
            if listed:
                names = self._prefix_lists.named(listed) or snmp.words("client-list", listed)
                clients.extend((name, False) for name in names)
            if not clients:
                return ANY_ADDRESS
            for text, restricted in clients:
                literal = read_literal(text)
                if literal is None or restricted:
                    continue
                found.append(literal)
            if all(restricted for _, restricted in clients):
                taken = [one for text, _ in clients if (one := read_literal(text)) is not None]
                found.append(AddressComplement(joined(taken)))
        if snmp.has("v3") or not found:
            return ANY_ADDRESS
        return joined(found)

    # Accounts

    def administrators(self) -> Iterator[Administrator]:
        """The local accounts; with a RADIUS or TACACS+ server first, the second factor is that server's matter."""
        remote = bool({"radius", "tacplus", "ldap"} & set(self._system.words("authentication-order")))
        factor = SecondFactor.NOT_VISIBLE if remote else SecondFactor.ABSENT
        if self._system.has("root-authentication"):
            yield Administrator(
                name="root", span=self._file.span(self._system.at("root-authentication")), second_factor=factor
            )
        for user in self._system.entries("login", "user"):
            yield Administrator(name=user.name, span=self._file.span(user), second_factor=factor)

    # Hosts

    def hosts(self) -> Iterator[HostSpec]:
        """Every host that the configuration names by its work."""
        system = self._system
        kinds = (
            (system.at("radius-server"), "RADIUS server", HostSign.RADIUS),
            (system.at("tacplus-server"), "TACACS+ server", HostSign.TACACS),
            (self._root.at("access", "radius-server"), "RADIUS server", HostSign.RADIUS),
            (system.at("name-server"), "DNS server", HostSign.DNS),
            (system.at("ntp", "server"), "NTP server", HostSign.NTP),
            (system.at("ntp", "peer"), "NTP peer", HostSign.NTP),
            (system.at("ntp", "boot-server"), "NTP server", HostSign.NTP),
            (system.at("syslog", "host"), "syslog server", HostSign.SYSLOG),
        )
        for node, name, sign in kinds:
            for entry in node.children.values():
                yield from self._spec(entry, name, sign)
        for stream in self._root.entries("security", "log", "stream"):
            for entry in stream.entries("host"):
                yield from self._spec(entry, stream.name, HostSign.SYSLOG)
        for profile in self._root.entries("access", "profile"):
            for kind, name, sign in (
                ("radius-server", "RADIUS server", HostSign.RADIUS),
                ("ldap-server", "LDAP server", HostSign.LDAP),
            ):
                for entry in profile.entries(kind):
                    yield from self._spec(entry, name, sign)
        for entry in self._root.entries("access", "ldap-server"):
            yield from self._spec(entry, "LDAP server", HostSign.LDAP)
        for group in self._root.entries("snmp", "trap-group"):
            for entry in group.entries("targets"):
                yield from self._spec(entry, group.name, HostSign.SNMP_MANAGER)
        for target in self._root.entries("snmp", "v3", "target-address"):
            for entry in target.entries("address"):
                yield from self._spec(entry, target.name, HostSign.SNMP_MANAGER)
        for community in self._root.entries("snmp", "community"):
            for entry in community.entries("clients"):
                if "restrict" not in entry.children:
                    yield from self._spec(entry, "SNMP client", HostSign.SNMP_MANAGER)
        options = self._root.at("forwarding-options")
        for group in options.entries("dhcp-relay", "server-group"):
            for entry in group.children.values():
                yield from self._spec(entry, group.name, HostSign.DHCP_RELAY)
        helpers = options.at("helpers", "bootp")
        for level in (helpers, *helpers.entries("interface")):
            for entry in level.entries("server"):
                yield from self._spec(entry, "DHCP server", HostSign.DHCP_RELAY)
        for scope in self.dhcp_scopes():
            for reserved in scope.reservations:
                yield HostSpec(
                    name="DHCP reservation", address=reserved, sign=HostSign.DHCP_RESERVATION, span=scope.span
                )
        for forwarder in self._system.entries("services", "dns", "forwarders"):
            yield from self._spec(forwarder, "DNS server", HostSign.DNS)

    def _spec(self, node: Node, name: str, sign: HostSign) -> Iterator[HostSpec]:
        found = read_address(node.name) if "/" not in node.name or node.name.endswith(("/32", "/128")) else None
        if found is not None:
            address: AddressExpr = AddressRange(found[0], found[1], found[1])
        elif any(char.isalpha() for char in node.name) and "." in node.name and "/" not in node.name:
            address = Fqdn(node.name)
        else:
            return
        yield HostSpec(name=name, address=address, sign=sign, span=self._file.span(node))

    # DHCP

    def dhcp_scopes(self) -> Iterator[DhcpScope]:
        """The pools that the device leases addresses from, old (``system services dhcp``) and new."""
        places = [self._root, *self._root.entries("routing-instances")]
        used = self._vpn_pools()
        for place in places:
            for pool in place.entries("access", "address-assignment", "pool"):
                if pool.name not in used:
                    level = pool.at("family", "inet")
                    yield from self._assigned(pool, level)
        for pool in self._system.entries("services", "dhcp", "pool"):
            low, high = pool.at("address-range", "low"), pool.at("address-range", "high")
            if read_literal(pool.name) is None:
                continue
            span = read_span(next(iter(low.children), ""), next(iter(high.children), ""))
            network = read_literal(pool.name)
            assert network is not None
            yield from self._scope(pool, network, [span] if span else [], self._system.at("services", "dhcp"))

    def _vpn_pools(self) -> frozenset[str]:
        """Pools whose addresses go to VPN users."""
        return frozenset(
            word
            for profile in self._root.entries("access", "profile")
            for word in profile.words("address-assignment", "pool")
        )

    def _assigned(self, pool: Node, level: Node) -> Iterator[DhcpScope]:
        network = read_literal(next(iter(level.at("network").children), ""))
        if network is None:
            return
        ranges = []
        for one in level.entries("range"):
            span = read_span(next(iter(one.at("low").children), ""), next(iter(one.at("high").children), ""))
            if span is not None:
                ranges.append(span)
        yield from self._scope(pool, network, ranges, level)

    def _scope(self, pool: Node, network: AddressExpr, ranges: list[AddressRange], fixed: Node) -> Iterator[DhcpScope]:
        leases = (*fixed.entries("host"), *fixed.entries("static-binding"))
        words = [word for lease in leases for word in (*lease.words("ip-address"), *lease.words("fixed-address"))]
        reservations = [host(word.partition("/")[0]) for word in words if read_address(word) is not None]
        interface = self._serves(network)
        if not interface:
            return
        yield DhcpScope(
            interface=interface,
            span=self._file.span(pool),
            ranges=joined(ranges) if ranges else network,
            lease_count=sum(one.size for one in ranges) or (network.size if isinstance(network, AddressRange) else 0),
            reservations=tuple(reservations),
        )

    def _serves(self, network: AddressExpr) -> str:
        """The interface whose network ``network`` is (or shares addresses with)."""
        if not isinstance(network, AddressRange):
            return ""
        for one in self._topology.interfaces:
            for address in one.addresses:
                if address.prefix.version == network.version and network.first <= address.address <= network.last:
                    return one.name
        return ""
