"""What the router listens with, who administers it, remote access and tunnels.

Command Reference for Rev.23.02.02, chapters 4, 14 to 17, 21, 24, 33, 41; initial values are those of the chapters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from segaudit.model import (
    AH,
    ANY_ADDRESS,
    ANY_INTERFACE,
    ESP,
    GRE,
    ICMP,
    ICMPV6,
    NO_ADDRESS,
    TCP,
    UDP,
    Action,
    AddressExpr,
    AddressRange,
    AddressUnion,
    Administrator,
    Fqdn,
    Hook,
    InterfaceMatch,
    LocalService,
    Prefix,
    RemoteAccess,
    Route,
    SecondFactor,
    Service,
    ServiceExpr,
    ServiceUnion,
    Tunnel,
    UndecidedAddress,
    VpnGroup,
    parse_address,
    ports,
)
from segaudit.parsers.yamaha_rtx.config import Daemon, IkeGateway, InterfaceConfig, RunningConfig
from segaudit.parsers.yamaha_rtx.lists import Draft, Lists
from segaudit.parsers.yamaha_rtx.match import NotUnderstood
from segaudit.parsers.yamaha_rtx.reader import INTERFACE, prefix4, range4
from segaudit.parsers.yamaha_rtx.syntax import ANONYMOUS

IKE: Final = ServiceUnion((ports(UDP, 500, 4500), Service(protocol=ESP)))
_L2TP: Final = ServiceUnion((ports(UDP, 500, 1701, 4500), Service(protocol=ESP)))
_PPTP: Final = ServiceUnion((ports(TCP, 1723), Service(protocol=GRE)))
_PING: Final = ServiceUnion(
    (Service(protocol=ICMP, icmp_types=((8, 8),)), Service(protocol=ICMPV6, icmp_types=((128, 128),)))
)
#: Daemons: default port, protocol, on from the factory, the hosts that may ask from the factory, administers.
_DAEMONS: Final[dict[str, tuple[int, int, bool, tuple[str, ...], bool]]] = {
    "telnet": (23, TCP, True, ("any",), True),
    "ssh": (22, TCP, False, ("any",), True),
    "http": (80, TCP, True, ("lan",), True),
    "tftp": (69, UDP, True, ("none",), True),
    "dns": (53, UDP, True, ("any",), False),
    "ntp": (123, UDP, True, ("lan",), False),
}
#: Daemons that ``security class 3`` closes (4.12).
_LOGINS: Final = ("telnet", "ssh")
#: Models without pages in a browser (33.1).
_PAGELESS: Final = ("RTX5000", "RTX3500", "RTX3510", "VRX", "RTX1000", "RTX1100", "RTX1500", "RTX2000", "RTX3000")
#: The list of who may ask, and its place at LOCAL_IN: behind policies.
_ASKED: Final = "to the router"
_WHO_MAY_ASK: Final = 100


class Access:
    """Services, accounts, remote access and tunnels of one router, as they are made."""

    def __init__(self, config: RunningConfig, lists: Lists, *, whole: bool) -> None:
        self._config = config
        self._lists = lists
        self._whole = whole
        self.services: list[LocalService] = []
        self.remote: list[RemoteAccess] = []
        self.tunnels: list[Tunnel] = []
        self.routes: list[Route] = []
        self.administrators: list[Administrator] = []

    def convert_all(self) -> None:
        """All of it."""
        self._daemons()
        self._others()
        self._accounts()
        for interface in self._config.interfaces.values():
            if interface.name.startswith("pp") and interface.enabled:
                self._dialled(interface)
            elif interface.name.startswith("tunnel") and interface.enabled:
                self._tunnel(interface)
        self._who_may_ask()

    # Services

    def _daemons(self) -> None:
        config = self._config
        logins = config.daemons.get("login")
        for kind, (port, protocol, from_factory, hosts, administers) in _DAEMONS.items():
            daemon = config.daemons.get(kind, Daemon())
            on = from_factory if daemon.on is None else daemon.on
            if logins is not None and logins.on is False and kind in _LOGINS:
                on = False
            if kind == "http" and config.header.platform.upper().startswith(_PAGELESS):
                on = False
            sources = self._hosts(hosts if daemon.hosts is None else daemon.hosts)
            if not on or sources == NO_ADDRESS or not (self._whole or daemon.line):
                continue
            said = daemon.on is not None or daemon.hosts is not None or daemon.port is not None
            self._add(
                kind,
                ports(protocol, daemon.port or port),
                daemon.line,
                sources=sources,
                management=administers,
                # What the factory switches on and no line mentions is on, where the file is the whole configuration.
                certain=said or kind in ("telnet", "dns"),
            )

    def _others(self) -> None:
        config = self._config
        for word, line in config.snmp:
            sources = self._hosts((word,))
            if sources != NO_ADDRESS:
                self._add("snmp", ports(UDP, 161), line, sources=sources, management=True)
        if any(i.policy is not None and i.enabled for i in config.interfaces.values()) and config.ipsec:
            first = min(i.line for i in config.interfaces.values() if i.policy is not None)
            self._add(
                "ipsec", ServiceUnion((ports(UDP, 500, 4500), Service(protocol=ESP), Service(protocol=AH))), first
            )
        for kind, service in (("l2tp", ports(UDP, 1701)), ("pptp", _PPTP)):
            daemon = config.daemons.get(kind)
            if daemon is not None and daemon.on:
                self._add(kind, service, daemon.line)
        simple = config.daemons.get("simple")
        if simple is not None and simple.on:
            self._add("echo", ServiceUnion((ports(TCP, 7, 9, 37), ports(UDP, 7, 9, 37))), simple.line)
        upnp = config.daemons.get("upnp")
        if upnp is not None and upnp.on:
            self._add("upnp", ports(UDP, 1900), upnp.line)
        for kind, listens in (("rip", ports(UDP, 520)), ("ospf", Service(protocol=89)), ("bgp", ports(TCP, 179))):
            if kind in config.protocols:
                self._add(kind, listens, 0)
        if config.dhcp_service == "server" or any(i.dhcp_service == "server" for i in config.interfaces.values()):
            self._add("dhcp", ports(UDP, 67), 0)
        if self._whole:
            silent = config.stealth.get(4, ())
            if "all" not in silent:
                answering = InterfaceMatch(frozenset(silent), negated=True) if silent else ANY_INTERFACE
                self._add("ping", _PING, 0, at=answering)

    def _add(
        self,
        kind: str,
        service: ServiceExpr,
        line: int,
        *,
        sources: AddressExpr = ANY_ADDRESS,
        management: bool = False,
        certain: bool = True,
        at: InterfaceMatch = ANY_INTERFACE,
    ) -> None:
        self.services.append(
            LocalService(
                kind=kind,
                service=service,
                span=self._config.span(line or 1),
                interfaces=at,
                sources=sources,
                management=management,
                certain=certain,
            )
        )

    def _hosts(self, words: Iterable[str]) -> AddressExpr:
        """Who ``any``, ``lan``, ``lan1``, an address or a range are; `NO_ADDRESS` for nobody.

        The name of an interface stands for the addresses of its networks, whichever way they come (33.2, note).
        """
        found: list[AddressExpr] = []
        for word in words:
            lowered = word.lower()
            if lowered == "any":
                return ANY_ADDRESS
            if lowered == "none":
                return NO_ADDRESS
            if lowered == "lan":
                for interface in self._config.interfaces.values():
                    if interface.name.startswith(("lan", "vlan", "bridge")):
                        found += self._networks(interface)
            elif INTERFACE.match(lowered):
                interface_named = self._config.interfaces.get(lowered)
                found += self._networks(interface_named) if interface_named is not None else []
            else:
                found.append(_literal(word))
        distinct = tuple(dict.fromkeys(found))
        return distinct[0] if len(distinct) == 1 else AddressUnion(distinct) if distinct else NO_ADDRESS

    def _networks(self, interface: InterfaceConfig) -> list[AddressExpr]:
        networks: list[AddressExpr] = [own.prefix.expr() for own in interface.addresses if own.prefix.version == 4]
        if interface.fetches:
            networks.append(UndecidedAddress("network by DHCP", interface.name))
        return networks

    def _who_may_ask(self) -> None:
        """One list at LOCAL_IN of those who may ask for a service that not everybody may ask for."""
        limited = [one for one in self.services if one.sources != ANY_ADDRESS]
        drafts: list[Draft] = []
        for action in (Action.PERMIT, Action.DENY):
            for one in limited:
                permits = action is Action.PERMIT
                drafts.append(
                    Draft(
                        id=f"{one.kind} {action.value}",
                        action=action,
                        span=one.span,
                        source=one.sources if permits else ANY_ADDRESS,
                        service=one.service,
                        implicit=f"who may ask for {one.kind}",
                    )
                )
        if drafts:
            drafts.append(
                Draft(
                    id="others",
                    action=Action.PERMIT,
                    span=self._config.span(1),
                    implicit="services that everybody may ask for",
                )
            )
            made = self._lists.make(_ASKED, drafts, default=Action.PERMIT)
            self._lists.attach((made,), Hook.LOCAL_IN, order=_WHO_MAY_ASK)

    # Accounts

    def _accounts(self) -> None:
        config = self._config
        factor = SecondFactor.NOT_VISIBLE if config.radius_login else SecondFactor.ABSENT
        everybody = config.attributes.get("*", {})
        for account in config.accounts.values():
            own = {**everybody, **config.attributes.get(account.name, {})}
            if own.get("administrator") == "off" or own.get("connection") == "off":
                continue
            sources = self._hosts(own["host"].split(",")) if "host" in own else ANY_ADDRESS
            self.administrators.append(
                Administrator(name=account.name, span=config.span(account.line), sources=sources, second_factor=factor)
            )
        nameless = config.attributes.get("", {})
        if config.administrator_line and not self.administrators and nameless.get("connection") != "off":
            self.administrators.append(
                Administrator(name="administrator", span=config.span(config.administrator_line), second_factor=factor)
            )

    # Remote access

    def _dialled(self, interface: InterfaceConfig) -> None:
        """A PP at which users dial in: it is bound to tunnels of L2TP or PPTP, or asks lines for names."""
        config = self._config
        kinds = {config.interfaces[name].encapsulation for name in interface.binds if name in config.interfaces}
        tunnels = kinds & {"l2tp", "pptp"}
        if not tunnels:
            return
        kind = "l2tp" if "l2tp" in tunnels else "pptp"
        daemon = config.daemons.get(kind)
        if daemon is None or not daemon.on or (kind == "l2tp" and daemon.hosts and "l2tp" not in daemon.hosts):
            return
        span = config.span(interface.line, interface.last_line)
        words, factor, users = self._login(interface)
        pools = self._pools(interface)
        self.remote.append(
            RemoteAccess(
                name=interface.name,
                kind=kind,
                span=span,
                portal_service=_L2TP if kind == "l2tp" else _PPTP,
                interface=interface.name,
                pools=pools,
                groups=(
                    VpnGroup(
                        name=interface.name, authentication=words, second_factor=factor, span=span, local_users=users
                    ),
                ),
            )
        )
        self._route_to(interface.name, pools, interface.line)

    def _login(self, interface: InterfaceConfig) -> tuple[str, SecondFactor, int]:
        config = self._config
        if config.radius_auth and config.radius_servers and not interface.users:
            return f"RADIUS server {config.radius_servers[0]}", SecondFactor.NOT_VISIBLE, 0
        # Users of the line come first; only whom it does not know is asked of RADIUS.
        return "local users", SecondFactor.ABSENT, len(interface.users)

    def _pools(self, interface: InterfaceConfig) -> tuple[AddressExpr, ...]:
        found: list[AddressExpr] = []
        for word in interface.pool:
            if word == "dhcp":
                found += [AddressRange(4, scope.first, scope.last) for scope in self._config.scopes.values()]
            elif word == "dhcpc":
                found.append(UndecidedAddress("address by DHCP", interface.name))
            else:
                try:
                    found.append(AddressRange(4, *range4(word)))
                except NotUnderstood:
                    continue
        own = [user.address for user in interface.users if user.address is not None]
        found += [AddressRange(4, value, value) for value in own]
        if interface.remote_address is not None and not found:
            found.append(AddressRange(4, interface.remote_address, interface.remote_address))
        return tuple(found)

    def _route_to(self, interface: str, pools: Iterable[AddressExpr], line: int) -> None:
        """Who has dialled in is reached by the PP, though the address lies in the network of a LAN (proxy ARP)."""
        for pool in pools:
            if isinstance(pool, AddressRange):
                for prefix in _prefixes(pool):
                    self.routes.append(
                        Route(prefix=prefix, span=self._config.span(line), interface=interface, distance=0)
                    )

    # Tunnels

    def _tunnel(self, interface: InterfaceConfig) -> None:
        config = self._config
        kind = interface.encapsulation or "ipsec"
        if kind in ("l2tp", "pptp", "map-e", "hb46pp") or uplink(interface, config):
            return
        span = config.span(interface.line, interface.last_line)
        policy = config.sa_policies.get(interface.policy) if interface.policy is not None else None
        gateway = config.gateways.get(policy) if policy is not None else None
        if kind == "ipsec":
            if gateway is None or not config.ipsec:
                return
            if gateway.xauth or gateway.eap:
                self._clients(interface, gateway)
                return
        peers: tuple[AddressExpr, ...] = ()
        remote = gateway.remote if gateway is not None else interface.remote_end
        if kind != "ipsec" and interface.remote_end:
            remote = interface.remote_end
        if remote and remote != "any":
            peers = (_literal(remote),)
        self.tunnels.append(
            Tunnel(
                name=interface.description or interface.name,
                kind=kind,
                interface=interface.name,
                span=span,
                endpoint=self._endpoint(interface, gateway),
                peers=peers,
            )
        )

    def _clients(self, interface: InterfaceConfig, gateway: IkeGateway) -> None:
        """IPsec of single clients: XAUTH or EAP, addresses by mode config."""
        config = self._config
        span = config.span(interface.line, interface.last_line)
        pools: tuple[AddressExpr, ...] = ()
        if gateway.pool is not None:
            pools = tuple(_literal(word.partition("/")[0]) for word in config.address_pools.get(gateway.pool, ()))
        users = len(config.user_groups.get(gateway.group, ())) if gateway.group is not None else len(config.auth_users)
        factor = SecondFactor.ABSENT
        words = "local users"
        if not users and config.radius_servers:
            words, factor = f"RADIUS server {config.radius_servers[0]}", SecondFactor.NOT_VISIBLE
        elif gateway.certificate and not gateway.eap:
            factor = SecondFactor.VISIBLE
        self.remote.append(
            RemoteAccess(
                name=interface.description or interface.name,
                kind="ipsec",
                span=span,
                portal_service=IKE,
                interface=interface.name,
                pools=pools,
                groups=(
                    VpnGroup(
                        name=interface.name, authentication=words, second_factor=factor, span=span, local_users=users
                    ),
                ),
            )
        )
        self._route_to(interface.name, pools, interface.line)

    def _endpoint(self, interface: InterfaceConfig, gateway: IkeGateway | None) -> str:
        """The interface whose address the other side knows; empty where the config does not say.

        A local address that an outer interface forwards IKE or ESP to is known by the outer address.
        """
        config = self._config
        local = gateway.local if gateway is not None else (interface.local_end,)
        if local[:2] == ("ipcp", "pp") and len(local) > 2:
            return f"pp{local[2]}"
        if not local or not local[0]:
            return ""
        try:
            version, value = parse_address(local[0])
        except ValueError:
            return ""
        for outer in config.interfaces.values():
            numbers = outer.descriptors.static if outer.descriptors is not None else ()
            for number in numbers:
                found = config.descriptors.get(number)
                if found is not None and any(
                    entry.inner == value and _carries_ike(entry.protocol, entry.ports)
                    for entry in found.forwards.values()
                ):
                    return outer.name
        return next(
            (
                i.name
                for i in config.interfaces.values()
                if any(own.address == value and own.prefix.version == version for own in i.addresses)
            ),
            "",
        )


def _carries_ike(protocol: int, forwarded: tuple[tuple[tuple[int, int], tuple[int, int]], ...]) -> bool:
    return protocol == ESP or (protocol == UDP and any(first <= 500 <= last for (first, last), _ in forwarded))


def uplink(interface: InterfaceConfig, config: RunningConfig) -> bool:
    """Whether a tunnel is the line to a provider that carries IPv4 over IPv6: MAP-E, or the default route by DS-Lite."""
    if interface.encapsulation in ("map-e", "hb46pp"):
        return True
    if interface.encapsulation != "ipip":
        return False
    default = config.routes.get((4, str(Prefix(4, 0, 0))))
    return default is not None and any(g.interface == interface.name for g in default.gateways)


def _literal(word: str) -> AddressExpr:
    """An address, a range, a network or a name."""
    try:
        return prefix4(word)[1].expr() if "/" in word else AddressRange(4, *range4(word))
    except NotUnderstood:
        try:
            version, value = parse_address(word)
        except ValueError:
            return Fqdn(word)
    return AddressRange(version, value, value)


def _prefixes(pool: AddressRange) -> Iterator[Prefix]:
    """The fewest prefixes that make up a range."""
    width = 32 if pool.version == 4 else 128
    first = pool.first
    while first <= pool.last:
        kept = min((first & -first).bit_length() - 1 if first else width, (pool.last - first + 1).bit_length() - 1)
        yield Prefix(pool.version, first, width - kept)
        first += 1 << kept


__all__ = ["ANONYMOUS", "IKE", "Access", "uplink"]
