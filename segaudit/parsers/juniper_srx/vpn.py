"""IPsec by route and by policy, GRE and IP in IP, and remote access."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ESP,
    TCP,
    UDP,
    AddressExpr,
    AddressRange,
    Fqdn,
    LocalService,
    RemoteAccess,
    SecondFactor,
    Service,
    ServiceUnion,
    Tunnel,
    VpnGroup,
    interfaces,
    ports,
)
from segaudit.parsers.juniper_srx.config import JunosFile, Node
from segaudit.parsers.juniper_srx.policies import TunnelPolicy
from segaudit.parsers.juniper_srx.topology import Topology
from segaudit.parsers.juniper_srx.values import joined, read_address, read_literal, read_span

#: IKE, NAT traversal and ESP (Junos OS IPsec VPN User Guide, "IKE for IPsec VPN").
_IKE: Final = ServiceUnion((ports(UDP, 500, 4500), Service(protocol=ESP)))
#: Juniper Secure Connect logs in over TLS before IKE (Juniper Secure Connect Administrator Guide, "Ports").
_SECURE_CONNECT: Final = ServiceUnion((ports(TCP, 443), ports(UDP, 500, 4500), Service(protocol=ESP)))


class VpnReader:
    """Reads the VPNs of one device."""

    def __init__(self, file: JunosFile, root: Node, topology: Topology, policies: list[TunnelPolicy]) -> None:
        self._file = file
        self._root = root
        self._topology = topology
        self._policies = policies
        self._ike = root.at("security", "ike")
        self._vpns = root.at("security", "ipsec", "vpn")

    def _gateway(self, vpn: Node) -> Node:
        return self._ike.at("gateway", vpn.word("ike", "gateway"))

    @staticmethod
    def _dials_in(gateway: Node) -> bool:
        """Whether users come in by it, not another gateway of the same make."""
        return gateway.has("aaa") or gateway.has("xauth") or gateway.has("dynamic", "ike-user-type")

    # Site to site

    def tunnels(self) -> Iterator[Tunnel]:
        """Every tunnel to another gateway."""
        for vpn in self._vpns.children.values():
            gateway = self._gateway(vpn)
            if self._dials_in(gateway):
                continue
            bound = vpn.word("bind-interface")
            if bound:
                yield from self._by_route(vpn, gateway, bound if "." in bound else f"{bound}.0")
            else:
                yield from self._by_policy(vpn, gateway)
        yield from self._plain()

    def _peers(self, gateway: Node) -> tuple[AddressExpr, ...]:
        found: list[AddressExpr] = []
        for word in gateway.words("address"):
            one = read_address(word)
            found.append(AddressRange(one[0], one[1], one[1]) if one is not None else Fqdn(word))
        return tuple(found)

    @staticmethod
    def _endpoint(gateway: Node) -> str:
        name = gateway.word("external-interface")
        return name if not name or "." in name else f"{name}.0"

    def _by_route(self, vpn: Node, gateway: Node, bound: str) -> Iterator[Tunnel]:
        """Packets enter it by the route to its interface; traffic selectors say which of them pass."""
        selectors = list(vpn.entries("traffic-selector"))
        span = self._file.span(vpn)
        for selector in selectors:
            yield Tunnel(
                name=f"{vpn.name}/{selector.name}",
                connection=vpn.name,
                kind="ipsec",
                interface=bound,
                span=span,
                endpoint=self._endpoint(gateway),
                peers=self._peers(gateway),
                local=read_literal(selector.word("local-ip")) or ANY_ADDRESS,
                remote=read_literal(selector.word("remote-ip")) or ANY_ADDRESS,
            )
        if not selectors:
            # The proxy identity of a tunnel by route is a name for the other side; it drops nothing.
            yield Tunnel(
                name=vpn.name,
                kind="ipsec",
                interface=bound,
                span=span,
                endpoint=self._endpoint(gateway),
                peers=self._peers(gateway),
            )

    def _by_policy(self, vpn: Node, gateway: Node) -> Iterator[Tunnel]:
        """Packets enter it by the policies that name it."""
        identity = vpn.at("ike", "proxy-identity")
        policies = [one for one in self._policies if one.vpn == vpn.name]
        sides: list[tuple[AddressExpr, AddressExpr]] = []
        endpoint = self._endpoint(gateway)
        at = self._topology.interface(endpoint) if endpoint else None
        outside = at.zone if at is not None else ""
        for policy in policies:
            if outside and policy.ingress == outside and policy.egress != outside:
                sides.append((policy.destination, policy.source))
            else:
                sides.append((policy.source, policy.destination))
        if identity and not sides:
            sides.append(
                (
                    read_literal(identity.word("local")) or ANY_ADDRESS,
                    read_literal(identity.word("remote")) or ANY_ADDRESS,
                )
            )
        for number, (local, remote) in enumerate(dict.fromkeys(sides), start=1):
            yield Tunnel(
                name=vpn.name if number == 1 else f"{vpn.name} #{number}",
                connection=vpn.name,
                kind="ipsec",
                interface=endpoint,
                span=self._file.span(vpn),
                endpoint=endpoint,
                peers=self._peers(gateway),
                local=local,
                remote=remote,
            )

    def _plain(self) -> Iterator[Tunnel]:
        """``gr-`` and ``ip-`` interfaces."""
        for node in self._root.entries("interfaces"):
            kind = "gre" if node.name.startswith("gr-") or node.name == "gre" else "ipip"
            if not node.name.startswith(("gr-", "ip-", "gre", "ipip")):
                continue
            for unit in node.entries("unit"):
                tunnel = unit.at("tunnel")
                if not tunnel:
                    continue
                peer = read_address(next(iter(tunnel.at("destination").children), ""))
                own = read_address(next(iter(tunnel.at("source").children), ""))
                yield Tunnel(
                    name=f"{node.name}.{unit.name}",
                    kind=kind,
                    interface=f"{node.name}.{unit.name}",
                    span=self._file.span(unit),
                    endpoint=self._holder(own),
                    peers=(AddressRange(peer[0], peer[1], peer[1]),) if peer is not None else (),
                )

    def _holder(self, address: tuple[int, int] | None) -> str:
        for one in self._topology.interfaces:
            if any(address == (a.prefix.version, a.address) for a in one.addresses):
                return one.name
        return ""

    # Remote access

    def remote_access(self) -> Iterator[RemoteAccess]:
        """Gateways that users dial in to: Juniper Secure Connect, NCP, the older dynamic VPN."""
        for vpn in self._vpns.children.values():
            gateway = self._gateway(vpn)
            if not self._dials_in(gateway):
                continue
            profile = self._profile_of(gateway, vpn.name)
            bound = vpn.word("bind-interface")
            endpoint = self._endpoint(gateway)
            secure = any(
                one.word("ipsec-vpn") == vpn.name for one in self._root.entries("security", "remote-access", "profile")
            )
            yield RemoteAccess(
                name=vpn.name,
                kind="ssl-vpn" if secure or gateway.has("tcp-encap-profile") else "ipsec",
                span=self._file.span(vpn),
                portal_interfaces=(endpoint,) if endpoint else (),
                portal_service=_SECURE_CONNECT if secure else _IKE,
                interface=(bound if "." in bound else f"{bound}.0") if bound else endpoint,
                pools=tuple(self._pools(profile)),
                groups=(self._group(profile, vpn),),
            )

    def _profile_of(self, gateway: Node, vpn: str) -> Node:
        name = gateway.word("aaa", "access-profile") or gateway.word("xauth", "access-profile")
        name = name or next(iter(gateway.at("aaa", "access-profile").children), "")
        for profile in self._root.entries("security", "remote-access", "profile"):
            if profile.word("ipsec-vpn") == vpn and not name:
                name = profile.word("access-profile")
        name = name or next(iter(self._root.at("security", "dynamic-vpn", "access-profile").children), "")
        return self._root.at("access", "profile", name)

    def _pools(self, profile: Node) -> Iterator[AddressExpr]:
        for name in profile.words("address-assignment", "pool"):
            level = self._root.at("access", "address-assignment", "pool", name, "family", "inet")
            found: list[AddressExpr] = []
            for one in level.entries("range"):
                span = read_span(next(iter(one.at("low").children), ""), next(iter(one.at("high").children), ""))
                if span is not None:
                    found.append(span)
            network = read_literal(next(iter(level.at("network").children), ""))
            if found:
                yield joined(found)
            elif network is not None:
                yield network

    def _group(self, profile: Node, vpn: Node) -> VpnGroup:
        order = [name for name in profile.words("authentication-order") if name != "none"]
        users = len(profile.at("client").children)
        servers = (*profile.words("radius-server"), *profile.words("ldap-server"))
        remote = bool({"radius", "ldap"} & set(order)) or bool(servers)
        ways = []
        if remote:
            ways.append(f"{'LDAP' if profile.has('ldap-server') or 'ldap' in order else 'RADIUS'} server "
                        + ", ".join(servers))  # fmt: skip
        if users or not ways:
            ways.append("local users")
        return VpnGroup(
            name=profile.name or vpn.name,
            authentication=", ".join(way.strip() for way in ways),
            second_factor=SecondFactor.NOT_VISIBLE if remote else SecondFactor.ABSENT,
            span=self._file.span(profile or vpn),
            local_users=users,
        )

    # What listens

    def services(self) -> Iterator[LocalService]:
        """IKE where a gateway has its external interface."""
        names = dict.fromkeys(
            endpoint for gateway in self._ike.entries("gateway") if (endpoint := self._endpoint(gateway))
        )
        if names:
            yield LocalService(
                kind="ipsec", service=_IKE, span=self._file.span(self._ike), interfaces=interfaces(*names)
            )
