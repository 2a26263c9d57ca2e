"""The running configuration as the device keeps it, in IOS's words.

Commands edit it: a later one replaces, adds to or (with ``no``) takes away what an earlier one said, so these values
can be changed while a file is read; `convert` makes the model of what is left. ``line`` is the 1-based line of the
command that says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from segaudit.model import (
    AddressExpr,
    AddressMethod,
    Message,
    Prefix,
    Range,
    Schedule,
    ServiceExpr,
    SourceCheck,
    SourceFile,
    Span,
)
from segaudit.model.speaking import Speaking
from segaudit.parsers.cisco_ios.acl import AccessList

#: Interface types by which names are abbreviated, in IOS's own spelling.
INTERFACE_TYPES: Final = (
    "FastEthernet", "GigabitEthernet", "TenGigabitEthernet", "TwoGigabitEthernet", "FiveGigabitEthernet",
    "TwentyFiveGigE", "FortyGigabitEthernet", "HundredGigE", "Ethernet", "AppGigabitEthernet", "Serial", "ATM", "BRI",
    "Port-channel", "POS", "Async", "Cellular", "Dialer", "Loopback", "Tunnel", "Vlan", "Virtual-Template",
    "Virtual-Access", "Virtual-PPP", "Multilink", "BVI", "BDI", "Null", "Dot11Radio", "Wlan-GigabitEthernet",
    "Embedded-Service-Engine", "ucse", "Service-Engine", "Integrated-Service-Engine", "Group-Async", "NVI", "VirtualPortGroup",
)  # fmt: skip
_TYPES_BY_CASE: Final = {name.lower(): name for name in INTERFACE_TYPES}


def interface_name(*words: str) -> str:
    """The name of an interface in IOS's spelling: ``fa 0/1`` is ``FastEthernet0/1``."""
    text = "".join(words)
    cut = next((i for i, character in enumerate(text) if character.isdigit()), len(text))
    kind, number = text[:cut], text[cut:]
    low = kind.lower()
    known = _TYPES_BY_CASE.get(low)
    if known is None and low and number:
        starts = [name for name in INTERFACE_TYPES if name.lower().startswith(low)]
        # Where several begin so (``po`` for POS and Port-channel), the one that is named first here is the usual one.
        known = starts[0] if starts else None
    return (known or kind) + number


@dataclass(frozen=True, slots=True)
class Bound:
    """A name that a command binds: an access list on an interface, a crypto map, a route map."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class OwnAddressLine:
    """An own address with its prefix."""

    address: int
    prefix: Prefix
    line: int
    secondary: bool = False


@dataclass(slots=True)
class InterfaceConfig:
    """One interface. ``bindings`` maps ``ip in``, ``ip out``, ``ipv6 in``, ``ipv6 out`` to access lists.

    ``virtual``: the inner end of a VPN that the device has and no command names: ``tunnel`` or ``vpn``.
    """

    name: str
    line: int
    last_line: int
    description: str = ""
    addresses: list[OwnAddressLine] = field(default_factory=list)
    virtual_addresses: list[tuple[int, int, int]] = field(default_factory=list)
    method: AddressMethod = AddressMethod.STATIC
    fetches_ipv6: bool = False
    unnumbered: str = ""
    vrf: str = ""
    zone: Bound | None = None
    shutdown: bool = False
    bindings: dict[str, Bound] = field(default_factory=dict)
    inspect: dict[str, Bound] = field(default_factory=dict)
    nat: str = ""
    nat_line: int = 0
    crypto_map: Bound | None = None
    switchport: bool = False
    trunk: bool = False
    access_vlan: int | None = None
    trunk_vlans: tuple[Range, ...] | None = None
    vlan: int | None = None
    channel_group: str = ""
    bridge_group: str = ""
    instances: list[tuple[str, int | None]] = field(default_factory=list)
    """Bridge domain and VLAN of each service instance of the port."""
    tunnel_source: str = ""
    tunnel_destination: str = ""
    tunnel_mode: str = ""
    tunnel_protection: str = ""
    tunnel_vrf: str = ""
    tunnel_hubs: list[str] = field(default_factory=list)
    """Far ends that NHRP maps name: where the hubs of a multipoint tunnel are reached."""
    source_checks: dict[int, SourceCheck] = field(default_factory=dict)
    """By IP version: what `ip verify unicast` and `ipv6 verify unicast` ask of sources."""
    policy: Bound | None = None
    policy6: Bound | None = None
    pool: str = ""
    ppp_authentication: tuple[str, ...] = ()
    service_policies: dict[str, Bound] = field(default_factory=dict)
    default_route_line: int = 0
    virtual: str = ""

    @property
    def kind(self) -> str:
        """The type in lower case: ``vlan``, ``tunnel``, ``gigabitethernet``."""
        cut = next((i for i, character in enumerate(self.name) if character.isdigit()), len(self.name))
        return self.name[:cut].lower()


@dataclass(slots=True)
class NetworkGroup:
    """``object-group network``: addresses, and the names of groups inside it."""

    name: str
    line: int
    items: list[AddressExpr] = field(default_factory=list)
    groups: list[tuple[str, int]] = field(default_factory=list)
    comment: str = ""


@dataclass(slots=True)
class ServiceGroup:
    """``object-group service``: services, and the names of groups inside it."""

    name: str
    line: int
    items: list[ServiceExpr] = field(default_factory=list)
    groups: list[tuple[str, int]] = field(default_factory=list)
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """One ``match`` of a class map or route map: ``kind`` is its first words, ``names`` what it names."""

    kind: str
    names: tuple[str, ...]
    line: int
    negated: bool = False


@dataclass(slots=True)
class ClassMap:
    """``class-map``: all or any of its matches. ``inspect``: of the zone-based firewall."""

    name: str
    line: int
    any: bool
    inspect: bool
    matches: list[Match] = field(default_factory=list)


@dataclass(slots=True)
class PolicyClass:
    """A ``class`` in a policy map. ``action``: ``inspect pass drop`` for the firewall, ``drop`` or empty for others.

    ``parameters`` names the parameter map of an inspection, ``deep`` a policy for the inside of an application.
    """

    name: str
    line: int
    action: str = ""
    action_line: int = 0
    logged: bool = False
    deep: str = ""
    parameters: str = ""


@dataclass(slots=True)
class PolicyMap:
    """``policy-map``: classes in order."""

    name: str
    line: int
    inspect: bool
    classes: list[PolicyClass] = field(default_factory=list)


@dataclass(slots=True)
class ZoneConfig:
    """``zone security``."""

    name: str
    line: int
    description: str = ""


@dataclass(slots=True)
class ZonePair:
    """``zone-pair security``: from ``source`` to ``destination`` the policy map ``policy`` holds."""

    name: str
    source: str
    destination: str
    line: int
    last_line: int
    policy: Bound | None = None


@dataclass(slots=True)
class Inspection:
    """``ip inspect name``: the applications whose answers are let back in."""

    name: str
    line: int
    last_line: int
    applications: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PolicyWay:
    """One way of a ``set`` statement: a next hop (version and integer), an interface, or with neither a VRF's table.

    ``vrf``: where the next hop or the table is, ``None`` where the packet came in. ``default``: only for destinations to
    which no route but the default route leads. ``tracked``: used only while something says that it is there.
    """

    line: int
    next_hop: tuple[int, int] | None = None
    interface: str = ""
    vrf: str | None = None
    default: bool = False
    tracked: bool = False


@dataclass(slots=True)
class RouteMapClause:
    """One clause of a route map, in the order of its sequence number.

    ``ways``: where policy routing sends what it matches. ``verified``: each next hop is used only while it is there.
    """

    permit: bool
    sequence: int
    line: int
    matches: list[Match] = field(default_factory=list)
    ways: list[PolicyWay] = field(default_factory=list)
    verified: bool = False


@dataclass(frozen=True, slots=True)
class NatPool:
    """``ip nat pool``: inclusive ranges of global addresses."""

    name: str
    line: int
    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class NatRule:
    """An ``ip nat … source`` or ``destination`` statement.

    ``side`` is ``inside`` or ``outside``; of a static one ``local`` and ``global_`` are the two addresses, ``length``
    the prefix length of a network translation, ``interface`` stands in place of the global address. Of a dynamic one
    ``matcher`` is ``list`` or ``route-map`` and ``name`` its name.
    """

    line: int
    side: str
    destination: bool = False
    static: bool = False
    protocol: int | None = None
    local: int = 0
    local_port: int | None = None
    global_: int | None = None
    global_port: int | None = None
    length: int = 32
    interface: str = ""
    matcher: str = ""
    name: str = ""
    pool: str = ""
    overload: bool = False
    vrf: str = ""
    route_map: str = ""
    nvi: bool = False


@dataclass(frozen=True, slots=True)
class RouteLine:
    """``ip route`` or ``ipv6 route``; ``discard``: to Null0; ``next_hop_vrf`` where the next hop is in another VRF."""

    prefix: Prefix
    line: int
    next_hop: int | None = None
    interface: str = ""
    distance: int = 1
    vrf: str = ""
    tracked: bool = False
    discard: bool = False
    next_hop_vrf: str | None = None


@dataclass(frozen=True, slots=True)
class VrfCopy:
    """``route-replicate``, ``import map``, ``export map``: ``vrf`` takes over routes of ``origin`` (empty: the global table).

    ``sure``: all of them.
    """

    vrf: str
    origin: str
    line: int
    sure: bool


@dataclass(slots=True)
class DhcpPool:
    """``ip dhcp pool``. ``host``: the address that a manual binding gives to one client."""

    name: str
    line: int
    last_line: int
    network: Prefix | None = None
    host: int | None = None
    ranges: list[tuple[int, int]] = field(default_factory=list)
    routers: list[int] = field(default_factory=list)
    dns: list[tuple[int, int, int]] = field(default_factory=list)
    options: list[int] = field(default_factory=list)
    vrf: str = ""


@dataclass(slots=True)
class VtyLine:
    """A range of virtual terminal lines. ``transports`` is ``None`` where no command says."""

    first: int
    last: int
    line: int
    last_line: int
    transports: tuple[str, ...] | None = None
    transport_line: int = 0
    access_class: Bound | None = None
    ipv6_access_class: Bound | None = None
    login: str = "password"
    authentication: str = ""


@dataclass(slots=True)
class CryptoMapEntry:
    """One entry of a crypto map (or of a dynamic map, where ``dynamic_map`` is the map's own kind)."""

    name: str
    sequence: int
    line: int
    last_line: int
    peers: list[str] = field(default_factory=list)
    match: Bound | None = None
    access_in: str = ""
    dynamic: str = ""
    profile: str = ""
    manual: bool = False


@dataclass(slots=True)
class CryptoMapSettings:
    """What a crypto map says for all its entries: extended authentication of clients."""

    client_authentication: Bound | None = None
    client_authorization: Bound | None = None
    client_address: bool = False
    local_address: str = ""


@dataclass(slots=True)
class ClientGroup:
    """A group of remote clients: ``crypto isakmp client configuration group`` or an IKEv2 authorization policy."""

    name: str
    line: int
    last_line: int
    pool: str = ""
    split: str = ""


@dataclass(slots=True)
class IkeProfile:
    """An ISAKMP or IKEv2 profile: with a virtual template it takes in remote clients."""

    name: str
    line: int
    last_line: int
    version: int
    virtual_template: str = ""
    authentication_list: str = ""
    groups: list[str] = field(default_factory=list)
    remote_methods: list[str] = field(default_factory=list)
    certificate: bool = False
    vrf: str = ""


@dataclass(slots=True)
class FlexvpnClient:
    """``crypto ikev2 client flexvpn``: the gateways that a tunnel interface (its name) dials, in the order of trial."""

    tunnel: str = ""
    peers: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class WebvpnGateway:
    """``webvpn gateway``: where the SSL-VPN portal listens."""

    name: str
    line: int
    last_line: int
    address: int | None = None
    interface: str = ""
    port: int = 443
    in_service: bool = False


@dataclass(slots=True)
class WebvpnContext:
    """``webvpn context``: one portal, its users and what they get."""

    name: str
    line: int
    last_line: int
    gateway: str = ""
    authentication_list: str = ""
    pools: list[str] = field(default_factory=list)
    splits: list[Prefix] = field(default_factory=list)
    virtual_template: str = ""
    groups: list[tuple[str, int]] = field(default_factory=list)
    access_list: str = ""
    in_service: bool = False
    certificate: bool = False


@dataclass(slots=True)
class VpdnGroup:
    """``vpdn-group``: takes in dialled tunnels (PPTP, L2TP) on a virtual template."""

    name: str
    line: int
    last_line: int
    accepts: bool = False
    protocol: str = ""
    virtual_template: str = ""


@dataclass(slots=True)
class VlanAccessMap:
    """``vlan access-map``: clauses (sequence, access lists, action, line)."""

    name: str
    line: int
    clauses: list[VlanClause] = field(default_factory=list)


@dataclass(slots=True)
class VlanClause:
    """One clause of a VLAN access map."""

    sequence: int
    line: int
    matches: list[Match] = field(default_factory=list)
    forward: bool = True


@dataclass(frozen=True, slots=True)
class NamedHost:
    """A host that a command names, with the sign by which it does so (a `HostSign` value)."""

    name: str
    version: int
    address: int
    sign: str
    line: int


@dataclass(frozen=True, slots=True)
class Listener:
    """Something the device listens for. ``access`` and ``ipv6_access``: the lists that say who may ask."""

    kind: str
    service: ServiceExpr
    line: int
    management: bool = False
    access: str = ""
    ipv6_access: str = ""
    certain: bool = True
    interfaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UserAccount:
    """``username``."""

    name: str
    line: int
    privilege: int = 1


@dataclass(slots=True)
class RunningConfig:
    """Everything that the commands of one file say."""

    source: SourceFile
    hostname: str = ""
    hostname_line: int = 1
    version: str = ""
    platform: str = ""
    complete: bool = False
    ipv4_routing: bool | None = None
    ipv6_routing: bool | None = None
    default_gateway: RouteLine | None = None
    lists: dict[str, AccessList] = field(default_factory=dict)
    lists6: dict[str, AccessList] = field(default_factory=dict)
    networks: dict[str, NetworkGroup] = field(default_factory=dict)
    services: dict[str, ServiceGroup] = field(default_factory=dict)
    schedules: dict[str, Schedule] = field(default_factory=dict)
    interfaces: dict[str, InterfaceConfig] = field(default_factory=dict)
    class_maps: dict[str, ClassMap] = field(default_factory=dict)
    policy_maps: dict[str, PolicyMap] = field(default_factory=dict)
    zones: dict[str, ZoneConfig] = field(default_factory=dict)
    zone_pairs: dict[str, ZonePair] = field(default_factory=dict)
    audit_trails: set[str] = field(default_factory=set)
    port_maps: dict[str, list[tuple[int, int, int]]] = field(default_factory=dict)
    inspections: dict[str, Inspection] = field(default_factory=dict)
    route_maps: dict[str, dict[int, RouteMapClause]] = field(default_factory=dict)
    nat_pools: dict[str, NatPool] = field(default_factory=dict)
    nat_rules: dict[str, NatRule] = field(default_factory=dict)
    routes: dict[str, RouteLine] = field(default_factory=dict)
    routing_protocols: dict[str, int] = field(default_factory=dict)
    speaking: Speaking = field(default_factory=Speaking)
    """Where these run, as far as their own blocks and those of interfaces say it."""
    neighbors: dict[tuple[int, int], int] = field(default_factory=dict)
    """Routers that the device names by address (version, value) to exchange routes or tunnels with, and the lines."""
    vlan_names: dict[int, str] = field(default_factory=dict)
    vlan_maps: dict[str, VlanAccessMap] = field(default_factory=dict)
    vlan_filters: list[tuple[str, tuple[Range, ...], int]] = field(default_factory=list)
    dhcp_pools: dict[str, DhcpPool] = field(default_factory=dict)
    dhcp_excluded: list[tuple[int, int]] = field(default_factory=list)
    vty: dict[int, VtyLine] = field(default_factory=dict)
    listeners: dict[str, Listener] = field(default_factory=dict)
    hosts: list[NamedHost] = field(default_factory=list)
    accounts: dict[str, UserAccount] = field(default_factory=dict)
    login_methods: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ppp_methods: dict[str, tuple[str, ...]] = field(default_factory=dict)
    aaa: bool = False
    address_pools: dict[str, list[tuple[int, int, int, int]]] = field(default_factory=dict)
    crypto_maps: dict[str, dict[int, CryptoMapEntry]] = field(default_factory=dict)
    crypto_settings: dict[str, CryptoMapSettings] = field(default_factory=dict)
    dynamic_maps: dict[str, dict[int, CryptoMapEntry]] = field(default_factory=dict)
    client_groups: dict[str, ClientGroup] = field(default_factory=dict)
    ike_profiles: dict[str, IkeProfile] = field(default_factory=dict)
    ipsec_profiles: dict[str, str] = field(default_factory=dict)
    flexvpn_clients: dict[str, FlexvpnClient] = field(default_factory=dict)
    webvpn_gateways: dict[str, WebvpnGateway] = field(default_factory=dict)
    webvpn_contexts: dict[str, WebvpnContext] = field(default_factory=dict)
    vpdn_groups: dict[str, VpdnGroup] = field(default_factory=dict)
    vrf_imports: dict[str, set[str]] = field(default_factory=dict)
    vrf_exports: dict[str, set[str]] = field(default_factory=dict)
    vrf_import_lines: dict[str, dict[str, int]] = field(default_factory=dict)
    """VRF, route target, and the line that imports it."""
    vrf_copies: list[VrfCopy] = field(default_factory=list)
    ssh_configured: bool = False
    http_access: str = ""
    http_ipv6_access: str = ""
    http_ports: dict[str, int] = field(default_factory=dict)
    management_interfaces: dict[str, list[str]] = field(default_factory=dict)
    notices: list[tuple[Message, int, bool]] = field(default_factory=list)

    def span(self, first_line: int, last_line: int | None = None) -> Span:
        """The lines of the file, both inclusive."""
        return self.source.span(first_line, last_line)

    def interface(self, name: str) -> InterfaceConfig | None:
        """The interface of that name in IOS's spelling."""
        return self.interfaces.get(interface_name(name))
