"""One device: what its configuration says, in the field's words, whoever made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from segaudit.model.address import ANY_ADDRESS, AddressExpr, Prefix
from segaudit.model.message import Message
from segaudit.model.route import Route, RouteKind, VrfImport
from segaudit.model.rule import ANY_INTERFACE, Attachment, InterfaceMatch, RuleSet, Schedule
from segaudit.model.service import ServiceExpr
from segaudit.model.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceAddress:
    """An own address with its prefix; ``address`` is an integer of the prefix' version.

    ``virtual``: several routers of the link share it (VRRP, HSRP, GLBP, CARP), and one of them answers.
    """

    address: int
    prefix: Prefix
    secondary: bool = False
    virtual: bool = False
    span: Span | None = None


class AddressMethod(StrEnum):
    """Where an interface gets its address from."""

    STATIC = "static"
    DHCP = "dhcp"
    PPPOE = "pppoe"
    NONE = "none"


class InterfaceKind(StrEnum):
    """What sort of interface it is."""

    PHYSICAL = "physical"
    VLAN = "vlan"
    TUNNEL = "tunnel"
    VPN = "vpn"
    """The inside end of remote access (``ssl.root``, a virtual template): its segment is a pool."""
    LOOPBACK = "loopback"
    BRIDGE = "bridge"
    AGGREGATE = "aggregate"
    MANAGEMENT = "management"
    """Dedicated to management: it forwards nothing."""


class SourceCheckMode(StrEnum):
    """What an interface asks of the source of a packet that arrives (RFC 3704)."""

    STRICT = "strict"
    """The best route back leads out by the same interface (section 2.2)."""
    FEASIBLE = "feasible"
    """Some route back does, the best or not (section 2.3)."""
    LOOSE = "loose"
    """There is some route back, by whatever interface (section 2.4)."""
    NONE = "none"
    UNKNOWN = "unknown"
    """The input does not tell: packets are taken to pass, and sources from elsewhere to be possibly stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCheck:
    """The reverse-path check of an interface for packets of the IP ``versions``; others are not checked.

    ``default_route``: the default route counts as a route back. ``spared``: a list lets some through that fail it.
    ``span``: the line that says so, where there is one.
    """

    mode: SourceCheckMode = SourceCheckMode.UNKNOWN
    versions: frozenset[int] = frozenset({4, 6})
    default_route: bool = True
    spared: bool = False
    span: Span | None = None

    @property
    def looks(self) -> bool:
        """Whether it stops anything that the input tells of."""
        return self.mode not in {SourceCheckMode.NONE, SourceCheckMode.UNKNOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """A layer-3 interface (or a bridge member, which has no address).

    ``name`` is the one that rules use (on ASA: the nameif); ``hardware`` the port, where it differs. ``description``
    and ``alias`` are names that people gave it. ``role_hint`` is the maker's own word for its role as
    ``vendor sign`` of the role vocabulary (``set role wan``, ``security-level 0``). ``members``: ports of a bridge,
    aggregate or switch; ``members_filtered``: packets between them pass the device's lists (a transparent firewall).
    ``stands_for_others``: it is none itself but all those that the config does not name. ``source_check``: what it asks
    of the sources of packets; where a rule list does that, the list stands at PREROUTING.
    ``fetches_ipv6``: it gets an IPv6 address that the config does not show (SLAAC, DHCPv6, a delegated prefix).
    ``link`` names the wire where the config does (the two ends of a VDOM link): interfaces of one format whose ``link``
    is the same, not empty, and of one input, are the only ones on it. ``shared_link`` names a wire that others are on
    as well (the port that EMAC VLANs share): those whose ``shared_link`` is the same, and of one input, are on one link.
    """

    name: str
    span: Span
    hardware: str = ""
    addresses: tuple[InterfaceAddress, ...] = ()
    method: AddressMethod = AddressMethod.STATIC
    kind: InterfaceKind = InterfaceKind.PHYSICAL
    description: str = ""
    alias: str = ""
    zone: str = ""
    vlan: int | None = None
    parent: str = ""
    vrf: str = ""
    security_level: int | None = None
    enabled: bool = True
    role_hint: str = ""
    members: tuple[str, ...] = ()
    members_filtered: bool = False
    link: str = ""
    shared_link: str = ""
    stands_for_others: bool = False
    source_check: SourceCheck = SourceCheck()
    fetches_ipv6: bool = False

    @property
    def answering(self) -> tuple[InterfaceAddress, ...]:
        """Its addresses while it is up: a shut interface has none."""
        return self.addresses if self.enabled else ()

    @property
    def address_unknown(self) -> bool:
        """Whether it has an IPv4 address that the config does not show, because DHCP or PPPoE assigns it."""
        fetched = self.method in (AddressMethod.DHCP, AddressMethod.PPPOE)
        return fetched and self.enabled and all(a.prefix.version != 4 for a in self.addresses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """The maker's own zone: a named set of interfaces. ``intrazone_permit``: between its members without a rule."""

    name: str
    interfaces: tuple[str, ...]
    span: Span
    intrazone_permit: bool | None = None
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DhcpScope:
    """Addresses that the device leases on ``interface``: ``ranges`` inclusive, ``reservations`` for known hosts."""

    interface: str
    span: Span
    ranges: AddressExpr
    lease_count: int
    reservations: tuple[AddressExpr, ...] = ()
    options: tuple[int, ...] = ()


class HostSign(StrEnum):
    """How a host comes to be named in a config; evidence for what it is."""

    LDAP = "ldap"
    RADIUS = "radius"
    TACACS = "tacacs"
    SYSLOG = "syslog"
    LOG_MANAGER = "log manager"
    DNS = "dns"
    NTP = "ntp"
    SNMP_MANAGER = "snmp manager"
    DHCP_RELAY = "dhcp relay target"
    DHCP_RESERVATION = "dhcp reservation"
    PROXY = "proxy"
    ADMIN_SOURCE = "admin source"
    NAT_TARGET = "nat target"
    OBJECT = "address object"
    FILE_SERVER = "file server"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSpec:
    """A host that the config names, with the way it does so."""

    name: str
    address: AddressExpr
    sign: HostSign
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalService:
    """Something the device itself listens for.

    ``kind`` is a word: ``https http ssh telnet snmp ping fgfm ssl-vpn ipsec dns dhcp ntp bgp netconf …``;
    ``management``: it administers the device. ``sources`` may ask on ``interfaces``. ``certain`` is False where the
    config only may run it. The filters at LOCAL_IN come on top of it.
    """

    kind: str
    service: ServiceExpr
    span: Span
    interfaces: InterfaceMatch = ANY_INTERFACE
    sources: AddressExpr = ANY_ADDRESS
    management: bool = False
    certain: bool = True


class SecondFactor(StrEnum):
    """Whether a second factor shows in the config."""

    VISIBLE = "visible"
    NOT_VISIBLE = "not visible"
    """The check happens elsewhere (RADIUS, SAML, LDAP with an agent): to be confirmed there."""
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class VpnGroup:
    """One way to log in to a remote access: a user group, tunnel group or profile.

    ``name`` is what USER conditions of rules call it. ``authentication`` names the way for people
    (``local users``, ``RADIUS server dc01``); ``local_users`` counts accounts kept on the device.
    """

    name: str
    authentication: str
    second_factor: SecondFactor
    span: Span
    local_users: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteAccess:
    """A remote-access VPN: where it listens, which addresses its users get, where they enter.

    ``interface`` is the interface at which users' packets enter the rules (``ssl.root``); empty where they enter at
    the portal's own interface (ASA). ``pools`` are the addresses that users get. ``bypasses_filters``: the interface
    filters are not asked for them (ASA ``sysopt connection permit-vpn``) but ``filter_rule_set`` is, where named.
    ``kind``: ``ssl-vpn``, ``ipsec``, ``l2tp``, ``pptp``, ``openvpn``, ``wireguard``.
    """

    name: str
    kind: str
    span: Span
    portal_interfaces: tuple[str, ...] = ()
    portal_service: ServiceExpr | None = None
    portal_sources: AddressExpr = ANY_ADDRESS
    interface: str = ""
    pools: tuple[AddressExpr, ...] = ()
    groups: tuple[VpnGroup, ...] = ()
    split_tunnel: AddressExpr | None = None
    bypasses_filters: bool = False
    filter_rule_set: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunnel:
    """A site-to-site tunnel: ``local`` and ``remote`` are its selectors, ``peers`` the other ends.

    ``kind`` is what packets are wrapped in, the same word at both ends: ``ipsec gre ipip sit ipv6 wireguard``,
    ``vxlan vni N`` … (GRE inside of IPsec is ``gre``).
    ``interface``: the tunnel interface of a route-based one, else the interface that carries the crypto map.
    ``endpoint``: the interface whose address is this end (empty: the config does not say). No ``peers``: whoever
    dials in (the hub of DMVPN, a dynamic crypto map). ``connection`` is what several pairs of selectors to one peer are
    called together (empty: the ``name`` of this one). ``bypasses_filters`` as for `RemoteAccess`.
    """

    name: str
    kind: str
    interface: str
    span: Span
    connection: str = ""
    endpoint: str = ""
    peers: tuple[AddressExpr, ...] = ()
    local: AddressExpr = ANY_ADDRESS
    remote: AddressExpr = ANY_ADDRESS
    bypasses_filters: bool = False
    filter_rule_set: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrator:
    """An administrator's account: from where (``sources``) and with which second factor."""

    name: str
    span: Span
    sources: AddressExpr = ANY_ADDRESS
    second_factor: SecondFactor = SecondFactor.ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An object or group of a config: a name and what it stands for."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressObject(Named):
    """A named address expression."""

    value: AddressExpr
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceObject(Named):
    """A named service expression."""

    value: ServiceExpr
    comment: str = ""


def _no_addresses() -> Mapping[str, AddressObject]:
    return MappingProxyType({})


def _no_services() -> Mapping[str, ServiceObject]:
    return MappingProxyType({})


def _no_schedules() -> Mapping[str, Schedule]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something the parser wants people to know; ``span`` is where. ``bears_on_access``: a verdict may hang on it."""

    message: Message
    span: Span
    bears_on_access: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device, virtual system or context, as configured.

    ``name`` is its hostname, else the file's stem, with ``/vdom`` where it is one of several. ``format`` is the
    parser's name, ``platform`` and ``version`` what the config says of model and firmware (empty: nothing).
    ``stateful``: replies to what was permitted pass by themselves; a stateless one judges each packet. ``versions``:
    the IP families that it forwards. ``dynamic_routing`` names the
    protocols that may bring routes which the config does not show, ``dynamic_interfaces`` the interfaces by which these
    may lead (``None``: any). ``fragment``: the input is no whole device (a lone
    pasted list): its exposure is not assessed. ``forwards``: whether it routes between interfaces at all.
    ``shows_services``: whether the config says what the device itself listens for (that of a packet filter does not).
    ``neighbors``: addresses (version and integer) of routers that it exchanges routes or tunnels with on its own links
    (BGP neighbours, NHRP servers, OSPF neighbours by address). ``cluster``: the high-availability cluster that it is a
    member of, in the maker's words (empty: none): two exports of one format, one ``cluster`` and the same own addresses
    are one device. ``known_tables``: the VRFs and IP families whose routing table was captured whole: ``routes`` are
    all that there are, whatever protocols run.
    """

    name: str
    format: str
    span: Span
    vendor: str = ""
    platform: str = ""
    version: str = ""
    stateful: bool = True
    forwards: bool = True
    versions: frozenset[int] = frozenset({4, 6})
    fragment: bool = False
    shows_services: bool = True
    interfaces: tuple[Interface, ...] = ()
    zones: tuple[Zone, ...] = ()
    addresses: Mapping[str, AddressObject] = field(default_factory=_no_addresses)
    services: Mapping[str, ServiceObject] = field(default_factory=_no_services)
    schedules: Mapping[str, Schedule] = field(default_factory=_no_schedules)
    rule_sets: tuple[RuleSet, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    routes: tuple[Route, ...] = ()
    vrf_imports: tuple[VrfImport, ...] = ()
    dynamic_routing: tuple[str, ...] = ()
    dynamic_interfaces: frozenset[str] | None = None
    known_tables: frozenset[tuple[str, int]] = frozenset()
    neighbors: tuple[tuple[int, int], ...] = ()
    cluster: str = ""
    dhcp_scopes: tuple[DhcpScope, ...] = ()
    hosts: tuple[HostSpec, ...] = ()
    local_services: tuple[LocalService, ...] = ()
    remote_access: tuple[RemoteAccess, ...] = ()
    tunnels: tuple[Tunnel, ...] = ()
    administrators: tuple[Administrator, ...] = ()
    notices: tuple[Notice, ...] = ()

    def interface(self, name: str) -> Interface | None:
        """The interface of that name."""
        return next((i for i in self.interfaces if i.name == name), None)

    def elsewhere(self, ingress: str, version: int = 4) -> tuple[Prefix, ...] | None:
        """Where the unknown address of the interface ``ingress`` is not: connected and routed networks of others.

        ``None``: it has no unknown address, or no address of any interface is known (a packet filter's rules alone).
        """
        found = self.interface(ingress)
        shown = [a.prefix for i in self.interfaces for a in i.answering]
        if found is None or not found.enabled or not shown:
            return None
        connected = [prefix for prefix in shown if prefix.version == version]
        if not (found.fetches_ipv6 if version == 6 else found.address_unknown and connected):
            return None
        routed = [
            r.prefix
            for r in self.routes
            if r.prefix.version == version and r.prefix.length and r.kind == RouteKind.STATIC and r.interface != ingress
        ]
        return tuple(sorted({*connected, *routed}))

    def rule_set(self, name: str) -> RuleSet | None:
        """The list of that name."""
        return next((r for r in self.rule_sets if r.name == name), None)
