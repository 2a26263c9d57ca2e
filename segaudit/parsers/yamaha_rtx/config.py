"""What a configuration says, in the router's words: filters by number, interfaces, descriptors, gateways, daemons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from segaudit.model import HostSign, Message, Prefix, SourceFile, Span
from segaudit.parsers.yamaha_rtx.syntax import Header

#: The IP versions that have commands of their own.
FAMILIES: Final = (4, 6)


class FilterLine(NamedTuple):
    """``ip filter N …`` as written; ``words`` begin with the action. What they mean is read when a list asks."""

    number: int
    line: int
    words: tuple[str, ...]


class DynamicLine(NamedTuple):
    """``ip filter dynamic N SRC DST PROTOCOL`` or ``… filter A… in B… out C…``."""

    number: int
    line: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The numbers on an interface's line: ``static`` ones in their order, then the ``dynamic`` ones."""

    line: int
    static: tuple[int, ...] = ()
    dynamic: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterSet:
    """``ip filter set NAME in …`` and ``out …``, by direction."""

    directions: dict[str, Bound] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAddressLine:
    """An address of the router; ``virtual``: of a VRRP group."""

    address: int
    prefix: Prefix
    line: int
    secondary: bool = False
    virtual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UserLine:
    """An account that a PP takes: ``pp auth username``. ``address``: the one that it gets, where the line says so."""

    name: str
    line: int
    address: int | None = None


@dataclass(slots=True, kw_only=True)
class InterfaceConfig:
    """One interface. Lists are by ``in`` and ``out``, those of IP by version and direction.

    ``enabled`` of a PP or tunnel is what ``pp enable`` and ``tunnel enable`` say: off until then. ``fetches``: the
    router is a DHCP client there. ``delegated``: it has IPv6 addresses that the provider gives.
    """

    name: str
    line: int
    last_line: int
    description: str = ""
    alias: str = ""
    addresses: list[OwnAddressLine] = field(default_factory=list)
    fetches: bool = False
    auto_default: bool = True
    delegated: int = 0
    secure: dict[tuple[int, str], Bound] = field(default_factory=dict)
    secure_set: tuple[str, int] | None = None
    inbound: dict[int, Bound] = field(default_factory=dict)
    ethernet: dict[str, Bound] = field(default_factory=dict)
    url: dict[str, Bound] = field(default_factory=dict)
    dpi: dict[tuple[int, str], Bound] = field(default_factory=dict)
    forward: tuple[int, int] | None = None
    descriptors: Bound | None = None
    vlan: int | None = None
    members: list[str] = field(default_factory=list)
    lower: str = ""
    pppoe: bool = False
    negotiated: bool = False
    binds: tuple[str, ...] = ()
    enabled: bool = True
    encapsulation: str = ""
    policy: int | None = None
    local_end: str = ""
    remote_end: str = ""
    end_line: int = 0
    pool: tuple[str, ...] = ()
    remote_address: int | None = None
    users: list[UserLine] = field(default_factory=list)
    asks: tuple[str, ...] = ()
    asks_line: int = 0
    dhcp_service: str = ""
    listens_rip: bool = True

    def touch(self, line: int) -> None:
        """The statements of the interface reach to ``line``."""
        self.last_line = max(self.last_line, line)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticNat:
    """``nat descriptor static``: ``count`` addresses from ``outer`` on stand for as many from ``inner`` on."""

    id: int
    line: int
    outer: int
    inner: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PortForward:
    """``nat descriptor masquerade static``; ports as ranges of (outside, inside), none where the protocol has none."""

    id: int
    line: int
    inner: int
    protocol: int
    ports: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()


@dataclass(slots=True, kw_only=True)
class Descriptor:
    """A NAT descriptor. Initial values: type none, outer ``ipcp``, inner ``auto``, incoming ``reject`` (chapter 23)."""

    number: int
    line: int
    last_line: int
    kind: str = "none"
    hairpin: bool = False
    outer: tuple[str, ...] = ("ipcp",)
    outer_line: int = 0
    inner: tuple[str, ...] = ("auto",)
    static: dict[int, StaticNat] = field(default_factory=dict)
    forwards: dict[int, PortForward] = field(default_factory=dict)
    incoming: str = "reject"
    incoming_to: int | None = None
    incoming_line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """One ``gateway`` of an ``ip route``; ``address`` or ``interface`` says where to, ``filters`` and ``dpi`` which packets."""

    interface: str = ""
    address: int | None = None
    discard: bool = False
    filters: tuple[int, ...] = ()
    dpi: tuple[int, ...] = ()
    tracked: bool = False
    backup: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteLine:
    """``ip route NETWORK gateway … gateway …``."""

    prefix: Prefix
    line: int
    gateways: tuple[Gateway, ...]


@dataclass(slots=True, kw_only=True)
class IkeGateway:
    """What ``ipsec ike … N`` says of a security gateway."""

    number: int
    line: int
    remote: str = ""
    remote_line: int = 0
    local: tuple[str, ...] = ()
    xauth: bool = False
    eap: bool = False
    group: int | None = None
    pool: int | None = None
    certificate: bool = False


@dataclass(slots=True, kw_only=True)
class Daemon:
    """Something that the router listens with. ``on`` and ``hosts`` are ``None`` where no line says so."""

    on: bool | None = None
    hosts: tuple[str, ...] | None = None
    port: int | None = None
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeLine:
    """``dhcp scope N FIRST-LAST/MASK``; ``excluded`` are inclusive ranges of integers."""

    number: int
    line: int
    first: int
    last: int
    prefix: Prefix
    excluded: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedHost:
    """A host that a command names by address."""

    name: str
    version: int
    address: int
    sign: HostSign
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """``login user``; ``hosts`` from where, ``administers``: whether it may become administrator."""

    name: str
    line: int
    hosts: tuple[str, ...] = ()
    administers: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of FWX policies: what it names itself, and the groups inside it."""

    line: int
    name: str
    items: tuple[str, ...]
    groups: tuple[int, ...]


@dataclass(slots=True, kw_only=True)
class Policies:
    """Policy and inbound filters of one IP version (FWX120, SRT100)."""

    filters: dict[int, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    sets: dict[int, tuple[int, str, tuple[str, ...]]] = field(default_factory=dict)
    enabled: tuple[int, int] | None = None
    interfaces: dict[int, Group] = field(default_factory=dict)
    addresses: dict[int, Group] = field(default_factory=dict)
    services: dict[int, Group] = field(default_factory=dict)
    own_services: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    inbound: dict[int, FilterLine] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class RunningConfig:
    """One file, as the router would hold it."""

    source: SourceFile
    header: Header = field(default_factory=Header)
    names: dict[str, tuple[str, int]] = field(default_factory=dict)
    filters: dict[int, dict[int, FilterLine]] = field(default_factory=lambda: {v: {} for v in FAMILIES})
    dynamics: dict[int, dict[int, DynamicLine]] = field(default_factory=lambda: {v: {} for v in FAMILIES})
    filter_sets: dict[str, FilterSet] = field(default_factory=dict)
    ethernet_filters: dict[int, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    url_filters: dict[int, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    url_filtering: bool = True
    dpi_filters: dict[int, dict[int, FilterLine]] = field(default_factory=lambda: {v: {} for v in FAMILIES})
    interfaces: dict[str, InterfaceConfig] = field(default_factory=dict)
    descriptors: dict[int, Descriptor] = field(default_factory=dict)
    routes: dict[tuple[int, str], RouteLine] = field(default_factory=dict)
    forward_filters: dict[int, dict[int, tuple[int, Gateway]]] = field(default_factory=dict)
    gateways: dict[int, IkeGateway] = field(default_factory=dict)
    sa_policies: dict[int, int] = field(default_factory=dict)
    address_pools: dict[int, tuple[str, ...]] = field(default_factory=dict)
    auth_users: dict[int, int] = field(default_factory=dict)
    user_groups: dict[int, tuple[str, ...]] = field(default_factory=dict)
    interconnects: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    divided: dict[str, int] = field(default_factory=dict)
    ports: dict[str, str] = field(default_factory=dict)
    policies: dict[int, Policies] = field(default_factory=lambda: {v: Policies() for v in FAMILIES})
    daemons: dict[str, Daemon] = field(default_factory=dict)
    snmp: list[tuple[str, int]] = field(default_factory=list)
    stealth: dict[int, tuple[str, ...]] = field(default_factory=dict)
    scopes: dict[int, ScopeLine] = field(default_factory=dict)
    reservations: list[tuple[int, int, int]] = field(default_factory=list)
    scope_options: dict[int, list[int]] = field(default_factory=dict)
    dhcp_service: str = ""
    hosts: list[NamedHost] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)
    administrator_line: int = 0
    radius_login: bool = False
    radius_auth: bool = False
    radius_servers: tuple[str, ...] = ()
    protocols: list[str] = field(default_factory=list)
    neighbors: list[tuple[int, int]] = field(default_factory=list)
    routing: dict[int, bool] = field(default_factory=dict)
    ipsec: bool = True
    logs_filters: bool = False
    notices: list[tuple[Message, int, bool]] = field(default_factory=list)

    def span(self, first: int, last: int | None = None) -> Span:
        """The place of these lines."""
        return self.source.span(first, last)

    def interface(self, name: str, line: int) -> InterfaceConfig:
        """The interface of that name; a new one where no line has named it yet."""
        found = self.interfaces.get(name)
        if found is None:
            waits = name.startswith(("pp", "tunnel"))
            found = self.interfaces[name] = InterfaceConfig(name=name, line=line, last_line=line, enabled=not waits)
        found.touch(line)
        return found

    def descriptor(self, number: int, line: int) -> Descriptor:
        """The NAT descriptor of that number; a new one where no line has named it yet."""
        found = self.descriptors.get(number)
        if found is None:
            found = self.descriptors[number] = Descriptor(number=number, line=line, last_line=line)
        found.last_line = max(found.last_line, line)
        return found

    def ike(self, number: int, line: int) -> IkeGateway:
        """The security gateway of that number; a new one where no line has named it yet."""
        found = self.gateways.get(number)
        if found is None:
            found = self.gateways[number] = IkeGateway(number=number, line=line)
        return found

    def daemon(self, name: str, line: int) -> Daemon:
        """The daemon of that name; a new one where no line has named it yet."""
        found = self.daemons.get(name)
        if found is None:
            found = self.daemons[name] = Daemon(line=line)
        found.line = line
        return found
