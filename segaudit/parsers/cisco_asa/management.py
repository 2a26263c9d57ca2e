"""What the device listens for itself, who administers it, and the hosts that its configuration names."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from segaudit.model import (
    AH,
    ANY_ADDRESS,
    ANY_INTERFACE,
    ESP,
    ICMP,
    ICMPV6,
    TCP,
    UDP,
    Action,
    AddressExpr,
    AddressRange,
    AddressRef,
    AddressUnion,
    Administrator,
    DhcpScope,
    Fqdn,
    HostSign,
    HostSpec,
    LedgerBuilder,
    LocalService,
    Range,
    SecondFactor,
    Service,
    ServiceExpr,
    ServiceUnion,
    Span,
    UndecidedAddress,
    interfaces,
    ports,
)
from segaudit.parsers.cisco_asa.config import Config, mark_block
from segaudit.parsers.cisco_asa.interfaces import Interfaces
from segaudit.parsers.cisco_asa.literals import icmp_type
from segaudit.parsers.cisco_asa.objects import Catalogue, Unreadable
from segaudit.parsers.cisco_asa.statements import CHILDREN, irrelevant_reason
from segaudit.syntax.indented import Line

#: IKE, NAT traversal, ESP and AH.
IPSEC: Final = ServiceUnion((ports(UDP, 500, 4500), Service(protocol=ESP), Service(protocol=AH)))

_ROUTING: Final = MappingProxyType(
    {
        "ospf": Service(protocol=89),
        "ospfv3": Service(protocol=89),
        "eigrp": Service(protocol=88),
        "rip": ports(UDP, 520),
        "bgp": ports(TCP, 179),
        "pim": Service(protocol=103),
    }
)

_SIGNS: Final = MappingProxyType(
    {
        "radius": HostSign.RADIUS,
        "tacacs+": HostSign.TACACS,
        "ldap": HostSign.LDAP,
        "kerberos": HostSign.LDAP,
        "nt": HostSign.LDAP,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IcmpRule:
    """``icmp permit|deny …`` of one interface, for what is sent to the device itself."""

    interface: str
    action: Action
    source: AddressExpr
    service: Service
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class AaaServers:
    """The AAA server groups: protocol by group, and the hosts of each."""

    protocols: dict[str, str]
    hosts: dict[str, list[AddressExpr]]

    def protocol(self, group: str) -> str:
        """``local radius tacacs+ ldap kerberos nt sdi http-form`` …, or empty for a group that is not defined."""
        return "local" if group == "LOCAL" else self.protocols.get(group, "")


class Management:
    """Reads the management plane of one configuration."""

    def __init__(self, config: Config, catalogue: Catalogue, named: Interfaces, ledger: LedgerBuilder) -> None:
        self._config = config
        self._catalogue = catalogue
        self._interfaces = named
        self._ledger = ledger
        self.services: list[LocalService] = []
        self.hosts: list[HostSpec] = []
        self.icmp: list[IcmpRule] = []
        self.aaa = AaaServers(protocols={}, hosts={})
        self.scopes: tuple[DhcpScope, ...] = ()
        self.administrators: tuple[Administrator, ...] = ()
        #: Interfaces at which the remote-access portal listens, and its port, DTLS included.
        self.portal: tuple[str, ...] = ()
        self.portal_service: ServiceExpr | None = None
        self.ike: tuple[str, ...] = ()
        self.access_interface = ""
        #: How many accounts the device keeps itself.
        self.local_users = 0

    def read(self, routing: tuple[str, ...]) -> None:
        """Reads everything; ``routing`` are the routing protocols that run."""
        self._remote_shells()
        self._web()
        self._snmp()
        self._icmp()
        self._webvpn()
        self._ike()
        self._dhcp()
        self._aaa_servers()
        self._other_hosts()
        self._usernames()
        self._routing(routing)
        for line in self._config.of("management-access"):
            if len(line.words) > 1:
                self.access_interface = line.words[1]
                self._ledger.modelled(line.number)

    def _span(self, line: Line) -> Span:
        return self._catalogue.source.span(line.number)

    # Services

    def _remote_shells(self) -> None:
        for kind, port in (("ssh", 22), ("telnet", 23)):
            for line in self._config.of(kind):
                self._allowed(line, kind, ports(TCP, port))

    def _allowed(self, line: Line, kind: str, service: ServiceExpr) -> None:
        """``ssh|telnet|http ADDRESS MASK [INTERFACE]``: who may administer the device, and where."""
        words = line.words
        if irrelevant_reason(words):  # "ssh timeout 5", "ssh key-exchange group …"
            return
        try:
            source, at = self._catalogue.address(words, 1)
        except (Unreadable, IndexError):
            return
        interface = words[at] if at < len(words) else ""
        self._ledger.modelled(line.number)
        self.services.append(
            LocalService(
                kind=kind,
                service=service,
                span=self._span(line),
                interfaces=interfaces(interface) if interface else ANY_INTERFACE,
                sources=source,
                management=True,
            )
        )
        if isinstance(source, AddressRange) and source.size == 1:
            self._host(words[1], source, HostSign.ADMIN_SOURCE, line)

    def _web(self) -> None:
        """ASDM and the REST of the web interface: only with ``http server enable [port]``."""
        port = 0
        for line in self._config.starting("http", "server", "enable"):
            port = int(line.words[3]) if len(line.words) > 3 and line.words[3].isdigit() else 443
            self._ledger.modelled(line.number)
        for line in self._config.of("http"):
            if len(line.words) > 2 and line.words[1] not in ("server", "redirect", "authentication-certificate"):
                before = len(self.services)
                self._allowed(line, "https", ports(TCP, port))
                if not port:
                    del self.services[before:]

    def _snmp(self) -> None:
        for line in self._config.starting("snmp-server", "host"):
            words = line.words
            if len(words) < 4:
                continue
            host = self._catalogue.host(words[3])
            self._ledger.modelled(line.number)
            self._host(words[3], host, HostSign.SNMP_MANAGER, line)
            if words[4:5] != ("trap",):
                self._add("snmp", ports(UDP, 161), line, words[2], sources=host, management=True)
        for line in self._config.starting("snmp-server", "host-group"):
            if len(line.words) > 3:
                self._ledger.modelled(line.number)
                group = AddressRef(line.words[3])
                self._add("snmp", ports(UDP, 161), line, line.words[2], sources=group, management=True)

    def _icmp(self) -> None:
        """``icmp permit any echo outside``; the device answers ICMP everywhere unless such lines say otherwise."""
        lines = [(line, line.words[1:], ICMP) for line in self._config.of("icmp")]
        lines += [(line, line.words[2:], ICMPV6) for line in self._config.starting("ipv6", "icmp")]
        for line, words, protocol in lines:
            if words[:1] not in (("permit",), ("deny",)):
                if words[:1] == ("unreachable",):
                    self._ledger.irrelevant(line.number, "how many unreachable messages the device sends")
                continue
            try:
                source, at = self._catalogue.address(words, 1)
            except (Unreadable, IndexError):
                continue
            types: tuple[Range, ...] | None = None
            if at == len(words) - 2:
                number = icmp_type(words[at], protocol)
                if number is None:
                    self._ledger.unrecognized(line.number, f"there is no ICMP type named {words[at]}")
                    continue
                types, at = ((number, number),), at + 1
            if at != len(words) - 1:
                continue
            self._ledger.modelled(line.number)
            self.icmp.append(
                IcmpRule(
                    interface=words[at],
                    action=Action.PERMIT if words[0] == "permit" else Action.DENY,
                    source=source,
                    service=Service(protocol=protocol, icmp_types=types),
                    span=self._span(line),
                )
            )
        for one in self._interfaces.named:
            if self._config.product == "fwsm" and not any(rule.interface == one.name for rule in self.icmp):
                continue  # FWSM answers only where a line permits it (FWSM Command Reference 3.1, "icmp")
            self.services.append(
                LocalService(
                    kind="ping",
                    service=ServiceUnion((Service(protocol=ICMP), Service(protocol=ICMPV6))),
                    span=one.level_span,
                    interfaces=interfaces(one.name),
                )
            )

    def _webvpn(self) -> None:
        """The ``webvpn`` block: where the portal for AnyConnect and browsers listens."""
        listens: list[tuple[str, Line]] = []
        port = dtls = 443
        for block in self._config.of("webvpn"):
            self._ledger.modelled(block.number)
            for child in block.children:
                words = child.words
                if words[0] == "enable" and len(words) > 1:
                    listens.append((words[1], child))
                elif words[:2] == ("no", "enable") and len(words) > 2:
                    listens = [(name, line) for name, line in listens if name != words[2]]
                elif words[0] == "port" and len(words) > 1 and words[1].isdigit():
                    port = dtls = int(words[1])
                elif words[:2] == ("dtls", "port") and len(words) > 2 and words[2].isdigit():
                    dtls = int(words[2])
                else:
                    first = words[1] if words[0] == "no" and len(words) > 1 else words[0]
                    if reason := CHILDREN["webvpn"].get(first):
                        mark_block(child, self._ledger, reason)
                    continue
                self._ledger.modelled(child.number)
        self.portal = tuple(dict.fromkeys(name for name, _ in listens))
        if listens:
            self.portal_service = ServiceUnion((ports(TCP, port), ports(UDP, dtls)))
            for name, child in listens:
                self._add("ssl-vpn", self.portal_service, child, name)

    def _ike(self) -> None:
        """``crypto ikev1|ikev2|isakmp enable INTERFACE`` and ``isakmp enable INTERFACE``."""
        listens: list[str] = []
        for line in (*self._config.of("crypto"), *self._config.of("isakmp")):
            words = line.words[1:] if line.words[0] == "crypto" else line.words
            if words[:1] not in (("ikev1",), ("ikev2",), ("isakmp",)) or words[1:2] != ("enable",) or len(words) < 3:
                continue
            self._ledger.modelled(line.number)
            listens.append(words[2])
            self._add("ipsec", IPSEC, line, words[2])
            if words[3:4] == ("client-services",):
                port = int(words[5]) if len(words) > 5 and words[5].isdigit() else 443
                self._add("ssl-vpn", ports(TCP, port), line, words[2])
        for line in self._config.of("crypto"):
            if "ipsec-over-tcp" in line.words and line.words[1] in ("isakmp", "ikev1"):
                numbers = [int(word) for word in line.words if word.isdigit()] or [10000]
                for name in listens:
                    self._add("ipsec", ports(TCP, *numbers), line, name)
                self._ledger.modelled(line.number)
        self.ike = tuple(dict.fromkeys(listens))

    def _add(
        self,
        kind: str,
        service: ServiceExpr,
        line: Line,
        interface: str,
        *,
        sources: AddressExpr = ANY_ADDRESS,
        management: bool = False,
    ) -> None:
        self.services.append(
            LocalService(
                kind=kind,
                service=service,
                span=self._span(line),
                interfaces=interfaces(interface),
                sources=sources,
                management=management,
            )
        )

    def _routing(self, protocols: tuple[str, ...]) -> None:
        lines = (*self._config.of("router"), *self._config.starting("ipv6", "router"), *self._config.of("rip"))
        spans = {line.words[2] if line.words[0] == "ipv6" else line.words[1]: line for line in lines if line.words[1:]}
        for protocol in protocols:
            service = _ROUTING.get(protocol)
            line = spans.get(protocol) or next(iter(lines), None)
            if service is not None and line is not None:
                self.services.append(LocalService(kind=protocol, service=service, span=self._span(line)))

    # DHCP

    def _dhcp(self) -> None:
        ranges: dict[str, list[tuple[AddressRange, Line]]] = {}
        reservations: dict[str, list[AddressExpr]] = {}
        enabled: dict[str, Line] = {}
        for line in self._config.of("dhcpd"):
            words = line.words
            if words[1:2] == ("address",) and len(words) > 2:
                first, _, last = words[2].partition("-")
                low, high = self._catalogue.host(first), self._catalogue.host(last or first)
                if isinstance(low, AddressRange) and isinstance(high, AddressRange) and low.first <= high.first:
                    interface = words[3] if len(words) > 3 else "inside"
                    whole = AddressRange(low.version, low.first, high.last)
                    ranges.setdefault(interface, []).append((whole, line))
                    self._ledger.modelled(line.number)
            elif words[1:2] == ("enable",) and len(words) > 2:
                enabled[words[2]] = line
                self._ledger.modelled(line.number)
                self._add("dhcp", ports(UDP, 67), line, words[2])
            elif words[1:2] == ("reserve-address",) and len(words) > 4:
                reserved = self._catalogue.host(words[2])
                reservations.setdefault(words[4], []).append(reserved)
                self._ledger.modelled(line.number)
                self._host(words[2], reserved, HostSign.DHCP_RESERVATION, line)
            elif words[1:2] in (("dns",), ("wins",)):
                self._ledger.modelled(line.number)
                given = words[2:]
                if "interface" in given:
                    given = given[: given.index("interface")]
                for word in given:
                    self._host(word, self._catalogue.host(word), HostSign.DNS, line)
        for block in self._config.of("interface"):
            for child in block.children:
                if child.words[:2] == ("dhcprelay", "server") and len(child.words) > 2:
                    self._host(child.words[2], self._catalogue.host(child.words[2]), HostSign.DHCP_RELAY, child)
        for line in self._config.of("dhcprelay"):
            words = line.words
            if words[1:2] == ("server",) and len(words) > 2:
                self._ledger.modelled(line.number)
                self._host(words[2], self._catalogue.host(words[2]), HostSign.DHCP_RELAY, line)
            elif words[1:2] == ("enable",) and len(words) > 2:
                self._ledger.modelled(line.number)
                self._add("dhcp", ports(UDP, 67), line, words[2])
        self.scopes = tuple(
            DhcpScope(
                interface=interface,
                span=self._span(items[0][1]),
                ranges=items[0][0] if len(items) == 1 else AddressUnion(tuple(one for one, _ in items)),
                lease_count=sum(one.size for one, _ in items),
                reservations=tuple(reservations.get(interface, ())),
            )
            for interface, items in ranges.items()
            if interface in enabled
        )

    # Hosts

    def _host(self, name: str, address: AddressExpr, sign: HostSign, line: Line) -> None:
        if isinstance(address, UndecidedAddress):
            address = Fqdn(name or address.name)
        self.hosts.append(HostSpec(name=name, address=address, sign=sign, span=self._span(line)))

    def _aaa_servers(self) -> None:
        for line in self._config.of("aaa-server"):
            words = line.words
            if len(words) > 3 and words[2] == "protocol":
                self.aaa.protocols[words[1]] = words[3].lower()
                self._ledger.modelled(line.number)
            elif "host" in words[2:]:
                at = words.index("host", 2)
                if len(words) > at + 1:
                    host = self._catalogue.host(words[at + 1])
                    self.aaa.hosts.setdefault(words[1], []).append(host)
                    self._ledger.modelled(line.number)
                    sign = _SIGNS.get(self.aaa.protocols.get(words[1], words[1].lower()), HostSign.RADIUS)
                    self._host(words[at + 1], host, sign, line)
            elif len(words) > 2 and words[2] in CHILDREN["aaa-server"]:
                self._ledger.irrelevant(line.number, CHILDREN["aaa-server"][words[2]])
            for child in line.children:
                first = child.words[1] if child.words[0] == "no" and len(child.words) > 1 else child.words[0]
                if reason := CHILDREN["aaa-server"].get(first):
                    mark_block(child, self._ledger, reason)
        for line in self._config.of("ldap"):
            mark_block(
                line, self._ledger, "which group policy a directory group gets; every group policy is in the model"
            )

    def _other_hosts(self) -> None:
        for line in self._config.starting("logging", "host"):
            if len(line.words) > 3:
                self._ledger.modelled(line.number)
                self._host(line.words[3], self._catalogue.host(line.words[3]), HostSign.SYSLOG, line)
        for line in self._config.starting("ntp", "server"):
            if len(line.words) > 2:
                self._ledger.modelled(line.number)
                self._host(line.words[2], self._catalogue.host(line.words[2]), HostSign.NTP, line)
        for line in self._config.starting("flow-export", "destination"):
            if len(line.words) > 3:
                self._ledger.modelled(line.number)
                self._host(line.words[3], self._catalogue.host(line.words[3]), HostSign.LOG_MANAGER, line)
        for line in self._config.of("dns"):
            if line.words[1:2] == ("server-group",):
                self._ledger.modelled(line.number)
                for child in line.children:
                    self._name_server(child)
            elif line.words[1:2] == ("name-server",):
                self._name_server(line)
        for family in ("radius-server", "tacacs-server"):
            for line in self._config.of(family):
                if line.words[1:2] == ("host",) and len(line.words) > 2:
                    sign = HostSign.RADIUS if family == "radius-server" else HostSign.TACACS
                    self._ledger.modelled(line.number)
                    self._host(line.words[2], self._catalogue.host(line.words[2]), sign, line)

    def _name_server(self, line: Line) -> None:
        words = line.words[1:] if line.words[0] == "dns" else line.words
        if words[0] == "name-server":
            self._ledger.modelled(line.number)
            for word in words[1:]:
                if not self._interfaces.get(word):
                    self._host(word, self._catalogue.host(word), HostSign.DNS, line)
        elif reason := CHILDREN["dns"].get(words[0]):
            self._ledger.irrelevant(line.number, reason)

    # Administrators

    def _usernames(self) -> None:
        """Local accounts, but those whose service-type keeps them from administering the device."""
        accounts: dict[str, Line] = {}
        barred: set[str] = set()
        for line in self._config.of("username"):
            words = line.words
            if len(words) < 2:
                continue
            self._ledger.modelled(line.number)
            if words[2:3] != ("attributes",):
                accounts.setdefault(words[1], line)
                continue
            for child in line.children:
                self._username_child(child, words[1], barred)
        for line in (*self._config.starting("aaa", "authentication"), *self._config.starting("aaa", "authorization")):
            if "console" in line.words or "secure-http-client" in line.words:
                self._ledger.modelled(line.number)
        self.administrators = tuple(
            Administrator(
                name=name,
                span=self._span(line),
                sources=ANY_ADDRESS,
                second_factor=SecondFactor.ABSENT,
            )
            for name, line in accounts.items()
            if name not in barred
        )
        self.local_users = len(accounts)

    def _username_child(self, child: Line, name: str, barred: set[str]) -> None:
        words = child.words
        if words[0] == "service-type" and len(words) > 1:
            if words[1] in ("remote-access", "nas-prompt"):
                barred.add(name)
            self._ledger.modelled(child.number)
        elif words[0] in ("vpn-group-policy", "group-lock", "vpn-framed-ip-address", "vpn-tunnel-protocol", "webvpn"):
            reason = "gives this user another group policy or address; every group policy is in the model"
            for one in child.walk():
                self._ledger.approximated(one.number, reason)
        elif words[0] in ("vpn-filter", "vpn-framed-ipv6-address"):
            self._ledger.unsupported(child.number, "a filter of this user alone, in place of that of the group")
        elif words[0] == "no":
            self._ledger.irrelevant(child.number, "a default")
        elif known := CHILDREN["username"].get(words[0]):
            mark_block(child, self._ledger, known)
