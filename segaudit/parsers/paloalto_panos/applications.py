"""Applications: which ports ``application-default`` means, and which applications a header alone decides.

The table holds the standard ports of the applications that rules name most, as the maker lists them in Applipedia
(applipedia.paloaltonetworks.com, "Standard Ports"; on a device: `show predefined application`), checked against the
registrations of the protocols (IANA Service Name and Transport Protocol Port Number Registry). An application that is
not here has undecided ports.

What an application is, its content decides (PAN-OS Administrator's Guide 10.1, "App-ID Overview"): a rule that names one
may match, on the ports of its service; it never surely does. Protocols and ICMP types are applications too, and the
header decides those.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from segaudit.model import (
    ANY_SERVICE,
    ICMP,
    ICMPV6,
    TCP,
    UDP,
    Condition,
    ConditionKind,
    Range,
    Service,
    ServiceExpr,
    ServiceIntersection,
    ServiceUnion,
    UndecidedService,
)
from segaudit.parsers.paloalto_panos.config import Node
from segaudit.parsers.paloalto_panos.objects import ServiceBook, loops, one_of
from segaudit.parsers.paloalto_panos.scope import Scope
from segaudit.parsers.paloalto_panos.values import read_ports

# Name, then the standard ports; "dynamic" stands for any.
_STANDARD_PORTS: Final = """
active-directory tcp/135,138,139,389,445,464,636,1025-5000,5722,9389,49152-65535 udp/88,123,137,138,253,389,445,464
active-directory-base tcp/135,138,139,389,445,464,636,1025-5000,5722,9389,49152-65535 udp/88,123,137,138,253,389,445,464
amazon-cloud-drive-base      tcp/80,443
apple-appstore               tcp/80,443
apple-update                 tcp/80,443
bacnet                       udp/47808
bgp                          tcp/179
bittorrent                   tcp/dynamic udp/dynamic
cip-ethernet-ip              tcp/44818 udp/2222,44818
cisco-skinny                 tcp/2000
citrix                       tcp/1494,2598
coap                         udp/5683
cups                         tcp/631 udp/631
db2                          tcp/50000
dhcp                         udp/67,68
dhcpv6                       udp/546,547
dnp3                         tcp/20000 udp/20000
dns                          tcp/53 udp/53,5353
dns-base                     tcp/53 udp/53,5353
dns-over-https               tcp/443
dns-over-tls                 tcp/853 udp/853
dropbox-base                 tcp/80,443
epm                          tcp/135
facebook-base                tcp/80,443
finger                       tcp/79
ftp                          tcp/21
ftps                         tcp/989,990
globalprotect                tcp/443
gmail-base                   tcp/80,443
google-base                  tcp/80,443
google-docs-base             tcp/80,443
google-update                tcp/80,443
gtp-c                        udp/2123
gtp-u                        udp/2152
h.225                        tcp/1720
h.323                        tcp/1720 udp/1719
hp-jetdirect                 tcp/9100
hsrp                         udp/1985,2029
http-audio                   tcp/80
http-proxy                   tcp/80,3128,8080
http-video                   tcp/80
iccp                         tcp/102
ident                        tcp/113
iec-60870-5-104              tcp/2404
iec-60870-5-104-base         tcp/2404
ike                          udp/500,4500
imap                         tcp/143,993 udp/143
ipp                          tcp/631
ipsec-esp-udp                udp/4500
irc                          tcp/6665-6669,7000
iscsi                        tcp/3260
jabber                       tcp/5222,5269
kerberos                     tcp/88,464,749,750 udp/88,464,749,750
kerberos-base                tcp/88,464,749,750 udp/88,464,749,750
l2tp                         udp/1701
ldap                         tcp/389,636,3268,3269 udp/389,3268
ldp                          tcp/646 udp/646
line-base                    tcp/80,443
llmnr                        udp/5355
lotus-notes-base             tcp/1352
lpd                          tcp/515
megaco                       tcp/2944 udp/2944
memcached                    tcp/11211 udp/11211
mgcp                         udp/2427,2727
modbus                       tcp/502
modbus-base                  tcp/502
mongodb                      tcp/27017
mongodb-base                 tcp/27017
mqtt                         tcp/1883,8883
mqtt-base                    tcp/1883,8883
ms-ds-smb                    tcp/445,139 udp/445
ms-ds-smb-base               tcp/445,139 udp/445
ms-ds-smbv1                  tcp/445,139
ms-ds-smbv2                  tcp/445,139
ms-ds-smbv3                  tcp/445,139
ms-exchange                  tcp/135,dynamic
ms-netlogon                  tcp/135,139,445,dynamic udp/138
ms-office365                 tcp/80,443
ms-office365-base            tcp/80,443
ms-product-activation        tcp/80,443
ms-rdp                       tcp/3389 udp/3389
ms-remote-registry           tcp/dynamic udp/dynamic
ms-scheduler                 tcp/dynamic udp/dynamic
ms-service-controller        tcp/dynamic
ms-sms                       tcp/80,443,2701-2704,8530,8531,10123 udp/2701-2704
ms-sql-analysis-service      tcp/2383
ms-sstp                      tcp/443
ms-teams                     tcp/80,443 udp/dynamic
ms-teams-base                tcp/80,443
ms-update                    tcp/80,443
ms-wmi                       tcp/135,dynamic
msrpc                        tcp/135,dynamic udp/135
msrpc-base                   tcp/135,dynamic udp/135
mssql-db                     tcp/1433
mssql-db-base                tcp/1433
mssql-mon                    udp/1434
mssql-mon-base               udp/1434
mysql                        tcp/3306
netbios-dg                   udp/138
netbios-ns                   udp/137 tcp/137
netbios-ss                   tcp/139 udp/139
nfs                          tcp/2049 udp/2049
ntp                          udp/123 tcp/123
ntp-base                     udp/123
ocsp                         tcp/80
office365-consumer-access    tcp/80,443
office365-enterprise-access  tcp/80,443
opc-da                       tcp/135,dynamic
opc-ua                       tcp/4840
open-vpn                     tcp/1194,443 udp/1194
oracle                       tcp/1521
oracle-base                  tcp/1521
outlook-web                  tcp/80,443
outlook-web-online           tcp/80,443
paloalto-logging-service     tcp/443,444,3978
paloalto-shared-services     tcp/443
paloalto-updates             tcp/443
paloalto-userid-agent        tcp/5007
paloalto-wildfire-cloud      tcp/443
pan-db-cloud                 tcp/443
panorama                     tcp/3978,28443
panos-global-protect         tcp/443
panos-web-interface          tcp/80,443
pcanywhere                   tcp/5631 udp/5632
pop3                         tcp/110,995
portmapper                   tcp/111 udp/111
postgres                     tcp/5432
pptp                         tcp/1723
profinet-io                  udp/34964
quic                         udp/80,443
quic-base                    udp/80,443
radius                       udp/1645,1646,1812,1813
radmin                       tcp/4899
redis                        tcp/6379
rip                          udp/520
rlogin                       tcp/513
rpc                          tcp/111 udp/111
rpc-over-http                tcp/80,443
rsh                          tcp/514
rsync                        tcp/873
rtcp                         udp/dynamic
rtp                          udp/dynamic
rtp-base                     udp/dynamic
rtsp                         tcp/554
sccp                         tcp/2000
sftp                         tcp/22
sharepoint-base              tcp/80,443
sharepoint-online            tcp/80,443
siemens-s7-comm-plus         tcp/102
sip                          tcp/5060 udp/5060
slp                          tcp/427 udp/427
smtp                         tcp/25,587
smtp-base                    tcp/25,587
snmp                         udp/161
snmp-base                    udp/161
snmp-trap                    udp/162
snmpv1                       udp/161
snmpv2                       udp/161
snmpv3                       udp/161
soap                         tcp/80,443
socks                        tcp/1080
ssdp                         udp/1900
ssh                          tcp/22
ssh-tunnel                   tcp/22
ssl                          tcp/443
subversion                   tcp/3690
syslog                       udp/514 tcp/514,1468,6514
t.120                        tcp/1503,3389
tacacs                       tcp/49 udp/49
tacacs-plus                  tcp/49
telnet                       tcp/23
teredo                       udp/3544
tftp                         udp/69
vnc                          tcp/5800,5900,5901
vnc-base                     tcp/5800,5900,5901
vnc-http                     tcp/5800
web-browsing                 tcp/80
webdav                       tcp/80
websocket                    tcp/80
whois                        tcp/43
windows-azure-base           tcp/80,443
wins                         tcp/42
xdmcp                        udp/177
youtube-base                 tcp/80,443
"""

_PING: Final = Service(protocol=ICMP, icmp_types=((8, 8),))
_PING6: Final = Service(protocol=ICMPV6, icmp_types=((128, 128),))
#: Applications that are protocols. Rules for `icmp` and `ipv6-icmp` control the packets of ICMP and ICMPv6 (PAN-OS
#: Networking Administrator's Guide 10.1, "ICMP", "Security Policy Rules Based on ICMP and ICMPv6 Packets").
_BY_HEADER: Final[MappingProxyType[str, ServiceExpr]] = MappingProxyType(
    {
        "ping": ServiceUnion((_PING, _PING6)),
        "ping6": _PING6,
        "icmp": Service(protocol=ICMP),
        "ipv6-icmp": Service(protocol=ICMPV6),
        "igmp": Service(protocol=2),
        "ip-in-ip": Service(protocol=4),
        "rsvp": Service(protocol=46),
        "gre": Service(protocol=47),
        "ipsec-esp": Service(protocol=50),
        "ipsec-ah": Service(protocol=51),
        "eigrp": Service(protocol=88),
        "ospfigp": Service(protocol=89),
        "etherip": Service(protocol=97),
        "pim": Service(protocol=103),
        "vrrp": Service(protocol=112),
        "sctp": Service(protocol=132),
        "udp-lite": Service(protocol=136),
    }
)
#: Applications of the maker that mean several others.
_CONTAINERS: Final[MappingProxyType[str, tuple[str, ...]]] = MappingProxyType(
    {
        "ipsec": ("ike", "ipsec-esp", "ipsec-ah", "ipsec-esp-udp"),
    }
)
#: Applications that are known by content run on these, whatever the port.
_TRANSPORTS: Final = ServiceUnion((Service(protocol=TCP), Service(protocol=UDP)))
_TRANSPORT_NUMBERS: Final = {"tcp": TCP, "udp": UDP}
#: How many names a condition shows.
_SHOWN: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """``ports`` are its standard ones; ``exact``: they alone make it this application. ``where``: on which it may run."""

    name: str
    ports: ServiceExpr
    where: ServiceExpr
    exact: bool = False


@cache
def _standard() -> Mapping[str, tuple[str, ...]]:
    """The table by name, read once."""
    found: dict[str, tuple[str, ...]] = {}
    for line in _STANDARD_PORTS.strip().splitlines():
        name, *said = line.split()
        found[name] = tuple(said)
    return found


def _of_ports(texts: Iterable[str]) -> ServiceExpr | None:
    """``tcp/80,443`` and the like; ``None`` where one of them is no port."""
    items: list[ServiceExpr] = []
    for text in texts:
        protocol, _, said = text.strip().partition("/")
        number = _TRANSPORT_NUMBERS.get(protocol)
        if number is None:
            return None
        parts = [part for part in said.split(",") if part.strip()]
        ranges: list[Range] = []
        for part in parts:
            if part.strip() == "dynamic":
                ranges = [(0, 65535)]
                break
            found = read_ports(part)
            if found is None:
                return None
            ranges.extend(found)
        items.append(Service(protocol=number, destination_ports=tuple(ranges)))
    return one_of(tuple(items)) if items else None


class ApplicationBook:
    """The applications of one device: the maker's, and those that the configuration defines."""

    def __init__(self, scope: Scope, services: ServiceBook) -> None:
        self._services = services
        self._standard = _standard()
        self._own = {entry.name: entry for entry in scope.objects("application")}
        self._groups = {entry.name: entry.words("members") for entry in scope.objects("application-group")}
        self._filters = {entry.name for entry in scope.objects("application-filter")}
        self._loops = loops(self._groups)
        self._known: dict[str, Application] = {}
        self._asked: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[ServiceExpr, tuple[Condition, ...]]] = {}

    def match(
        self, applications: tuple[str, ...], services: tuple[str, ...]
    ) -> tuple[ServiceExpr, tuple[Condition, ...]]:
        """What a rule with these words matches: by header, and the conditions that no header decides."""
        key = (applications, services)
        known = self._asked.get(key)
        if known is None:
            known = self._asked[key] = self._match(applications, services)
        return known

    def _match(
        self, applications: tuple[str, ...], services: tuple[str, ...]
    ) -> tuple[ServiceExpr, tuple[Condition, ...]]:
        own_ports = "application-default" in services
        named = tuple(word for word in services if word != "application-default")
        every = not services or "any" in services
        if not applications or "any" in applications:
            if every:
                return ANY_SERVICE, ()
            if not own_ports:
                return self._services.union(named), ()
            default = _condition("any application on its standard ports")
            if not named:
                return ANY_SERVICE, (default,)
            undecided = UndecidedService("application", "application-default")
            return one_of((self._services.union(named), undecided)), ()
        found = self._members(applications)
        by_content = [one for one in found if not one.exact]
        alone = len(by_content) == len(found)
        items: list[ServiceExpr] = []
        for one in found:
            parts: list[ServiceExpr] = []
            if every:
                parts.append(one.where)
            else:
                if own_ports:
                    parts.append(one.ports)
                if named:
                    listed = self._services.union(named)
                    parts.append(ServiceIntersection((one.ports, listed)) if one.exact else listed)
            where = one_of(tuple(parts))
            items.append(where if one.exact or alone else UndecidedService("application", one.name, where))
        service = ANY_SERVICE if ANY_SERVICE in items else one_of(tuple(items))
        if not by_content or not alone:
            return service, ()
        names = [one.name for one in by_content]
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        return service, (_condition(", ".join(names[:_SHOWN]) + more),)

    def _members(self, names: tuple[str, ...]) -> list[Application]:
        """The applications that ``names`` mean, groups opened, each once."""
        found: dict[str, Application] = {}
        todo = list(reversed(names))
        opened: set[str] = set()
        while todo:
            name = todo.pop()
            inner = self._groups.get(name) or (_CONTAINERS.get(name, ()) if name not in self._own else ())
            if inner:
                if name not in opened:
                    opened.add(name)
                    todo.extend(reversed(inner))
            else:
                found[name] = self._application(name)
        return list(found.values())

    def _application(self, name: str) -> Application:
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._read(name)
        return known

    def _read(self, name: str) -> Application:
        entry = self._own.get(name)
        if entry is not None:
            return _custom(entry)
        header = _BY_HEADER.get(name)
        if header is not None:
            return Application(name=name, ports=header, where=header, exact=True)
        said = self._standard.get(name)
        found = _of_ports(said) if said is not None and name not in self._filters else None
        if found is None:
            return Application(name=name, ports=ANY_SERVICE, where=ANY_SERVICE)
        return Application(name=name, ports=found, where=_TRANSPORTS)


def _custom(entry: Node) -> Application:
    """An application of the configuration, by its ``default``; one known by protocol or ICMP type is exact."""
    default = entry.at("default")
    protocol = default.word("ident-by-ip-protocol")
    if protocol.isascii() and protocol.isdigit() and int(protocol[:4]) <= 255:
        service: ServiceExpr = Service(protocol=int(protocol))
        return Application(name=entry.name, ports=service, where=service, exact=True)
    for setting, number in (("ident-by-icmp-type", ICMP), ("ident-by-icmp6-type", ICMPV6)):
        kind = default.at(setting)
        if kind:
            service = _icmp(kind, number)
            return Application(name=entry.name, ports=service, where=service, exact=True)
    found = _of_ports(default.words("port"))
    if found is None:
        return Application(name=entry.name, ports=ANY_SERVICE, where=ANY_SERVICE)
    return Application(name=entry.name, ports=found, where=_TRANSPORTS)


def _icmp(node: Node, protocol: int) -> ServiceExpr:
    """``type 8`` with or without ``code 0``; in old versions the type stands alone."""
    kind = node.word("type") or node.word()
    types = read_ports(kind)
    codes = read_ports(node.word("code")) if node.has("code") else None
    if types is None:
        return UndecidedService("application", node.name, Service(protocol=protocol))
    return Service(protocol=protocol, icmp_types=types, icmp_codes=codes)


def _condition(text: str) -> Condition:
    return Condition(kind=ConditionKind.APPLICATION, text=text)
