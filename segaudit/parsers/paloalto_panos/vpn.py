"""GlobalProtect, IPsec and GRE: who comes in from where, and which networks lie behind tunnels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ESP,
    GRE,
    TCP,
    UDP,
    AddressExpr,
    Fqdn,
    LocalService,
    RemoteAccess,
    Service,
    ServiceUnion,
    Span,
    Tunnel,
    VpnGroup,
    host,
    interfaces,
    ports,
)
from segaudit.parsers.paloalto_panos.config import NOTHING, Node
from segaudit.parsers.paloalto_panos.logins import Login, LoginBook
from segaudit.parsers.paloalto_panos.objects import AddressBook
from segaudit.parsers.paloalto_panos.scope import Scope
from segaudit.parsers.paloalto_panos.topology import Topology
from segaudit.parsers.paloalto_panos.values import joined, read_address, read_literal

#: A portal listens on TCP 443, a gateway also on UDP 4501 for IPsec (PAN-OS Administrator's Guide 10.1, "Ports Used for
#: GlobalProtect").
_PORTAL: Final = ports(TCP, 443)
_GATEWAY: Final = ServiceUnion((ports(TCP, 443), ports(UDP, 4501)))
#: IKE, NAT traversal and ESP ("Ports Used for IPSec" there).
_IKE: Final = ServiceUnion((ports(UDP, 500, 4500), Service(protocol=ESP)))
_EVERYONE: Final = frozenset({"any", "all"})


class VpnReader:
    """Reads the VPNs of one device."""

    def __init__(self, scope: Scope, topology: Topology, addresses: AddressBook, logins: LoginBook) -> None:
        self._scope = scope
        self._topology = topology
        self._addresses = addresses
        self._logins = logins
        self._network = scope.device.at("network")

    # GlobalProtect

    def remote_access(self) -> Iterator[RemoteAccess]:
        """Every gateway that gives its users addresses."""
        used: set[str] = set()
        for gateway in self._gateways():
            tunnel = self._tunnel_of(gateway)
            if tunnel:
                used.add(tunnel.name)
            yield from self._gateway(gateway, tunnel)
        for tunnel in self._network.entries("tunnel", "global-protect-gateway"):
            if tunnel.name not in used and self._belongs(tunnel.word("tunnel-interface")):
                yield from self._gateway(NOTHING, tunnel)

    def _gateways(self) -> Iterator[Node]:
        yield from self._scope.vsys.entries("global-protect", "global-protect-gateway")

    def _belongs(self, interface: str) -> bool:
        return self._topology.interface(interface) is not None

    def _tunnel_of(self, gateway: Node) -> Node:
        """The tunnel of a gateway: what it refers to, else the one of its name."""
        tunnels = self._network.at("tunnel", "global-protect-gateway")
        named = gateway.word("remote-user-tunnel")
        for tunnel in tunnels.children.values():
            if tunnel.name in {named, gateway.name, f"{gateway.name}-N"} or (
                named and tunnel.word("tunnel-interface") == named
            ):
                return tunnel
        return NOTHING

    def _gateway(self, gateway: Node, tunnel: Node) -> Iterator[RemoteAccess]:
        entry = gateway or tunnel
        named = gateway.word("remote-user-tunnel")
        interface = tunnel.word("tunnel-interface") or (named if self._belongs(named) else "")
        configs = tuple(gateway.entries("remote-user-tunnel-configs"))
        pools = [
            word
            for config in configs
            for word in (*config.words("ip-pool"), *config.words("authentication-server-ip-pool"))
        ]
        pools.extend(tunnel.words("client", "ip-pool"))
        if not interface and not pools:
            return
        portal = self._listens(gateway) or self._listens(tunnel)
        span = self._scope.span(entry)
        yield RemoteAccess(
            name=entry.name,
            kind="ssl-vpn",
            span=span,
            portal_interfaces=(portal,) if portal else (),
            portal_service=_GATEWAY,
            interface=interface,
            pools=tuple(self._literal(word) for word in dict.fromkeys(self._scope.values(pools))),
            groups=tuple(self._groups(gateway, configs, span)),
            split_tunnel=self._split(configs, tunnel),
        )

    @staticmethod
    def _listens(entry: Node) -> str:
        return entry.word("local-address", "interface")

    def _literal(self, word: str) -> AddressExpr:
        return read_literal(word) or self._addresses.ranges(self._addresses.reference(word))

    def _groups(self, gateway: Node, configs: tuple[Node, ...], span: Span) -> Iterator[VpnGroup]:
        """Who may log in: the groups of the configurations, else of the profile, else everyone that it knows."""
        clients = gateway.at("client-auth")
        login = self._logins.portal(clients, gateway.word("certificate-profile"))
        names = [name for config in configs for name in config.words("source-user")]
        if not names or _EVERYONE.intersection(names):
            names = list(login.groups)
        profiles = [entry.word("authentication-profile") for entry in clients.children.values()]
        for name in dict.fromkeys(names or profiles[:1] or [gateway.name or "any user"]):
            yield _group(name, login, self._scope.span(clients) if clients else span)

    def _split(self, configs: tuple[Node, ...], tunnel: Node) -> AddressExpr | None:
        """Where users' traffic goes through the tunnel; ``None``: everywhere."""
        sides = (*configs, tunnel.at("client"))
        words = [word for one in sides for word in one.words("split-tunneling", "access-route")]
        return joined(self._literal(self._scope.value(word)) for word in words) if words else None

    # What listens

    def services(self) -> Iterator[LocalService]:
        """Portals, gateways and IKE."""
        portals: dict[str, Span] = {}
        for portal in self._scope.vsys.entries("global-protect", "global-protect-portal"):
            where = portal.word("portal-config", "local-address", "interface")
            portals.setdefault(where, self._scope.span(portal))
        gateways: dict[str, Span] = {}
        for gateway in (*self._gateways(), *self._network.entries("tunnel", "global-protect-gateway")):
            where = self._listens(gateway)
            if where and (gateway.name not in portals) and self._belongs(where):
                gateways.setdefault(where, self._scope.span(gateway))
        for where, span in portals.items():
            if where and where not in gateways:
                yield LocalService(kind="ssl-vpn", service=_PORTAL, span=span, interfaces=interfaces(where))
        for where, span in gateways.items():
            yield LocalService(kind="ssl-vpn", service=_GATEWAY, span=span, interfaces=interfaces(where))
        yield from self._ike()

    def _ike(self) -> Iterator[LocalService]:
        """IKE on every interface of a gateway, from its peers, where all of them are known."""
        found: dict[str, dict[AddressExpr, None]] = {}
        spans: dict[str, Span] = {}
        for gateway in self._network.entries("ike", "gateway"):
            where = gateway.word("local-address", "interface")
            if not where or gateway.is_on("disabled") or not self._belongs(where):
                continue
            spans.setdefault(where, self._scope.span(gateway))
            peers = self._peers(gateway)
            for peer in peers or (ANY_ADDRESS,):
                found.setdefault(where, {})[peer if not isinstance(peer, Fqdn) else ANY_ADDRESS] = None
        for where, sources in found.items():
            yield LocalService(
                kind="ipsec",
                service=_IKE,
                span=spans[where],
                interfaces=interfaces(where),
                sources=ANY_ADDRESS if ANY_ADDRESS in sources else joined(sources),
            )

    # Tunnels between sites

    def tunnels(self) -> Iterator[Tunnel]:
        """IPsec tunnels, one for each pair of networks that they name, and GRE tunnels."""
        for entry in self._network.entries("tunnel", "ipsec"):
            interface = entry.word("tunnel-interface")
            if entry.is_on("disabled") or (interface and not self._belongs(interface)):
                continue
            peers = tuple(
                peer
                for name in entry.words("auto-key", "ike-gateway")
                for peer in self._peers(self._network.at("ike", "gateway", name))
            ) + tuple(self._peers(entry.at("manual-key")))
            ends = [
                self._listens(gateway)
                for gateway in (
                    *(self._network.at("ike", "gateway", name) for name in entry.words("auto-key", "ike-gateway")),
                    entry.at("manual-key"),
                )
            ]
            endpoint = next((end for end in ends if end), "")
            pairs = (*entry.entries("auto-key", "proxy-id"), *entry.entries("auto-key", "proxy-id-v6"))
            for pair in pairs or (NOTHING,):
                yield Tunnel(
                    name=f"{entry.name}:{pair.name}" if pair else entry.name,
                    kind="ipsec",
                    interface=interface,
                    span=self._scope.span(pair or entry),
                    connection=entry.name if pair else "",
                    endpoint=endpoint,
                    peers=peers,
                    local=self._selector(pair.word("local")),
                    remote=self._selector(pair.word("remote")),
                )
        for entry in self._network.entries("tunnel", "gre"):
            interface = entry.word("tunnel-interface")
            if entry.is_on("disabled") or (interface and not self._belongs(interface)):
                continue
            yield Tunnel(
                name=entry.name,
                kind="gre",
                interface=interface,
                span=self._scope.span(entry),
                peers=tuple(self._peers(entry)),
                endpoint=self._listens(entry),
            )

    def _selector(self, text: str) -> AddressExpr:
        return self._literal(self._scope.value(text)) if text else ANY_ADDRESS

    def _peers(self, gateway: Node) -> tuple[AddressExpr, ...]:
        """The other end: ``ip``, ``fqdn``; none where it is dynamic or the gateway is not there."""
        address = gateway.at("peer-address")
        text = self._scope.value(address.word("ip") or address.word("fqdn"))
        if not text and not address.has("dynamic"):
            text = self._scope.value(next(iter(address.children), ""))
        if not text:
            return ()
        if read_address(text) is not None:
            return (host(text.partition("/")[0]),)
        named = self._addresses.ranges(self._addresses.reference(text))
        return (named if text in self._addresses.objects else Fqdn(text),)

    def gre(self) -> Iterator[LocalService]:
        """GRE on the interfaces of its tunnels."""
        for entry in self._network.entries("tunnel", "gre"):
            where = entry.word("local-address", "interface")
            if where and not entry.is_on("disabled") and self._belongs(where):
                yield LocalService(
                    kind="gre",
                    service=Service(protocol=GRE),
                    span=self._scope.span(entry),
                    interfaces=interfaces(where),
                    sources=joined(self._peers(entry) or (ANY_ADDRESS,)),
                )


def _group(name: str, login: Login, span: Span) -> VpnGroup:
    return VpnGroup(
        name=name,
        authentication=login.words,
        second_factor=login.factor,
        span=span,
        local_users=login.local_users,
    )
