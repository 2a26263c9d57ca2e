"""Remote access and tunnels: who can come in, where their packets enter, what they get.

Cisco IOS Security Configuration Guide: Secure Connectivity; "Crypto Access Check on Clear-Text Packets" (12.3(8)T): the
lists of the outside interface are not asked of packets that came out of a tunnel or are to go into it, only one that
the crypto map names; all else (translation, zones, the lists of the other interface) is. So the inner end of each entry
of a crypto map is an interface of its own here, with the zone, the routing table and the side of the translation of
the interface that carries the map, and with routes to what its selectors or pools name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ANY_SERVICE,
    ESP,
    GRE,
    TCP,
    UDP,
    Action,
    AddressExpr,
    AddressPair,
    AddressRange,
    AddressUnion,
    Fqdn,
    Prefix,
    RemoteAccess,
    Route,
    SecondFactor,
    Service,
    ServiceUnion,
    Tunnel,
    UndecidedAddress,
    VpnGroup,
    host,
    parse_address,
    permitted_pairs,
    ports,
)
from segaudit.parsers.cisco_ios.acl import Entry, quad
from segaudit.parsers.cisco_ios.chains import Lists
from segaudit.parsers.cisco_ios.config import (
    Bound,
    ClientGroup,
    CryptoMapEntry,
    InterfaceConfig,
    RunningConfig,
)

IKE: Final = ServiceUnion((ports(UDP, 500, 4500), Service(protocol=ESP)))
PPTP: Final = ServiceUnion((ports(TCP, 1723), Service(protocol=GRE)))
L2TP: Final = ports(UDP, 1701)


#: IP in IP, IPv6 in IP, GRE: protocols of tunnel interfaces.
_WRAPPING: Final = frozenset({4, 41, 47})


class Access:
    """The remote accesses and tunnels of one device."""

    def __init__(self, config: RunningConfig, lists: Lists) -> None:
        self._config = config
        self._lists = lists
        self.remote: list[RemoteAccess] = []
        self.tunnels: list[Tunnel] = []
        self.routes: list[Route] = []

    def convert_all(self) -> None:
        """Read the crypto maps, profiles, portals and dialled tunnels; their inner ends join the interfaces."""
        for interface in tuple(self._config.interfaces.values()):
            if interface.crypto_map is not None:
                self._crypto_map(interface, interface.crypto_map.name)
            if interface.kind == "tunnel":
                self._tunnel(interface)
        for profile in self._config.ike_profiles.values():
            if profile.virtual_template:
                self._virtual_template(profile.name)
        for context in self._config.webvpn_contexts.values():
            self._portal(context.name)
        for group in self._config.vpdn_groups.values():
            if group.accepts and group.virtual_template:
                self._dialled(group.name)

    # Crypto maps

    def _crypto_map(self, interface: InterfaceConfig, name: str) -> None:
        entries = self._config.crypto_maps.get(name)
        if entries is None:
            return
        settings = self._config.crypto_settings.get(name)
        carriers = [i for i in self._config.interfaces.values() if i.crypto_map and i.crypto_map.name == name]
        at = f" at {interface.name}" if len(carriers) > 1 else ""
        for _, entry in sorted(entries.items()):
            if not entry.dynamic:
                self._site_to_site(interface, entry, f"{name} {entry.sequence}{at}")
                continue
            dynamic = self._config.dynamic_maps.get(entry.dynamic, {})
            clients = settings is not None and (
                settings.client_address or settings.client_authentication or settings.client_authorization
            )
            profiles = [d.profile for d in dynamic.values() if d.profile]
            taken_in = [p for p in profiles if p in self._config.ike_profiles and self._config.ike_profiles[p].groups]
            if clients or taken_in or (self._config.client_groups and not any(d.match for d in dynamic.values())):
                self._clients(interface, f"{name}{at}", entry, taken_in)
                continue
            for _, found in sorted(dynamic.items()):
                named = f"{name} {entry.sequence} {found.sequence}{at}"
                self._site_to_site(interface, found, named)

    def _site_to_site(self, interface: InterfaceConfig, entry: CryptoMapEntry, name: str) -> None:
        """The tunnels of an entry: one for each pair of networks that its list names, all at one inner end."""
        pairs = self._selectors(entry)
        if not pairs:
            return
        settings = self._config.crypto_settings.get(interface.crypto_map.name) if interface.crypto_map else None
        endpoint = settings.local_address if settings is not None and settings.local_address else interface.name
        inner = interface.name
        if self._checks_once():
            inner = self._inner_end(interface, entry, name, "tunnel")
            behind = tuple(remote for _, remote in pairs)
            self._route_to(inner, behind, entry.line, self._config.interfaces[inner].vrf, carrier=interface)
        for number, (local, remote) in enumerate(pairs, start=1):
            self.tunnels.append(
                Tunnel(
                    name=name if len(pairs) == 1 else f"{name} entry {number}",
                    connection=name,
                    kind="ipsec",
                    interface=inner,
                    span=self._config.span(entry.line, entry.last_line),
                    endpoint=endpoint,
                    peers=tuple(_peer(word) for word in entry.peers),
                    local=local,
                    remote=remote,
                )
            )

    def _selectors(self, entry: CryptoMapEntry) -> tuple[AddressPair, ...]:
        """Own and far networks of what an entry encrypts.

        A ``deny`` in its list leaves a packet in the clear (Security Command Reference, ``match address``). Entries for
        some protocols or ports only are taken whole where they permit, and left out where they deny. What only wraps
        the packets between the two gateways (GRE from one to the other) names no networks: a tunnel interface does.
        """
        if entry.match is None:
            return ((ANY_ADDRESS, ANY_ADDRESS),)
        access_list = self._lists.get(entry.match.name, 4)
        chosen = [one for one in access_list.ordered() if not self._wraps(one, entry)] if access_list else []
        pairs = permitted_pairs(
            (permits, one.source, one.destination)
            for one in chosen
            if (permits := one.action is Action.PERMIT) or _is_whole(one)
        )
        if access_list is not None and access_list.ordered():
            return pairs
        unknown = UndecidedAddress("undefined access list", entry.match.name)
        return ((unknown, unknown),)

    def _wraps(self, one: Entry, entry: CryptoMapEntry) -> bool:
        """Whether an entry is about packets from the device itself to the peer, or a tunnel's packets to it."""
        source, far = one.source, one.destination
        if not isinstance(far, AddressRange) or far not in [_peer(word) for word in entry.peers]:
            return False
        own = any(
            isinstance(source, AddressRange) and source.size == 1 and source.first == address.address
            for interface in self._config.interfaces.values()
            for address in interface.addresses
        )
        return own or (isinstance(one.service, Service) and one.service.protocol in _WRAPPING)

    def _inner_end(self, interface: InterfaceConfig, entry: CryptoMapEntry, name: str, virtual: str) -> str:
        """The interface at which the packets of a crypto map's entry enter and leave; its name.

        Their VRF is that of the profile, where it names one, else that of the carrier (Security Command Reference,
        ``vrf (isakmp profile)``; ``ivrf`` of an IKEv2 profile).
        """
        profile = self._config.ike_profiles.get(entry.profile)
        inner = InterfaceConfig(
            name=name.replace(" at ", "@").replace(" ", "-"),
            line=entry.line,
            last_line=entry.last_line,
            vrf=profile.vrf if profile is not None and profile.vrf else interface.vrf,
            zone=interface.zone,
            nat=interface.nat,
            nat_line=interface.nat_line,
            shutdown=interface.shutdown,
            virtual=virtual,
        )
        if entry.access_in:
            inner.bindings["ip in"] = Bound(entry.access_in, entry.line)
        self._config.interfaces[inner.name] = inner
        return inner.name

    def _route_to(
        self,
        interface: str,
        behind: tuple[AddressExpr, ...],
        line: int,
        vrf: str = "",
        carrier: InterfaceConfig | None = None,
    ) -> None:
        """What lies behind the inner end of a VPN is reached by it.

        A crypto map sees only what is routed out of its ``carrier``: where a route sends some of it elsewhere, it may be
        reached by the tunnel or by that route.
        """
        for prefix in dict.fromkeys(prefix for expr in behind for prefix in _prefixes(expr)):
            if prefix.length:
                self.routes.append(
                    Route(
                        prefix=prefix,
                        span=self._lists.span(line),
                        interface=interface,
                        distance=0,
                        vrf=vrf,
                        tracked=carrier is not None and self._routed_elsewhere(prefix, vrf, carrier),
                    )
                )

    def _routed_elsewhere(self, prefix: Prefix, vrf: str, carrier: InterfaceConfig) -> bool:
        """Whether a route, not the default one, sends some of ``prefix`` out of another interface than ``carrier``."""
        for route in self._config.routes.values():
            if route.vrf != vrf or not route.prefix.length or not route.prefix.overlaps(prefix):
                continue
            hop = route.next_hop
            onto = hop is not None and any(a.prefix.contains(route.prefix.version, hop) for a in carrier.addresses)
            if route.discard or (route.interface != carrier.name if route.interface else not onto):
                return True
        return False

    def _checks_once(self) -> bool:
        """Whether packets out of a tunnel skip the interface's list: since 12.3(8)T; unknown versions count as newer."""
        found = re.match(r"(\d+)\.(\d+)", self._config.version)
        return found is None or (int(found[1]), int(found[2])) >= (12, 4)

    def _clients(self, interface: InterfaceConfig, name: str, entry: CryptoMapEntry, profiles: list[str]) -> None:
        settings = self._config.crypto_settings.get(entry.name)
        listed = settings.client_authentication.name if settings and settings.client_authentication else ""
        groups: list[ClientGroup] = []
        for profile_name in profiles:
            profile = self._config.ike_profiles[profile_name]
            listed = listed or profile.authentication_list
            groups.extend(self._config.client_groups[g] for g in profile.groups if g in self._config.client_groups)
        groups = groups or list(self._config.client_groups.values())
        pools = self._pools([g.pool for g in groups])
        inner = ""
        if self._checks_once():
            with_access = next(
                (d for d in self._config.dynamic_maps.get(entry.dynamic, {}).values() if d.access_in), entry
            )
            inner = self._inner_end(
                interface, with_access, name.replace(entry.name, f"{entry.name} {entry.sequence}", 1), "vpn"
            )
            self._route_to(inner, pools, entry.line, self._config.interfaces[inner].vrf)
        self.remote.append(
            RemoteAccess(
                name=name,
                kind="ipsec",
                span=self._config.span(entry.line, entry.last_line),
                portal_interfaces=(interface.name,),
                portal_service=IKE,
                interface=inner,
                pools=pools,
                groups=tuple(self._vpn_group(g, listed) for g in groups),
                split_tunnel=self._split(groups),
            )
        )

    def _vpn_group(self, group: ClientGroup, login_list: str, *, certificate: bool = False) -> VpnGroup:
        words, factor, users = self.login(login_list, certificate=certificate)
        return VpnGroup(
            name=group.name,
            authentication=words,
            second_factor=factor,
            span=self._config.span(group.line, group.last_line),
            local_users=users,
        )

    def login(self, login_list: str, *, ppp: bool = False, certificate: bool = False) -> tuple[str, SecondFactor, int]:
        """How users of a method list log in: words for people, the second factor, accounts kept on the device."""
        config = self._config
        users = len(config.accounts)
        if not login_list:
            words = "certificate" if certificate else "group key only"
            return words, SecondFactor.ABSENT, 0
        methods = (config.ppp_methods if ppp else config.login_methods).get(login_list, ())
        if "group" in methods[:1] and len(methods) > 1:
            return f"server group {methods[1]}", SecondFactor.NOT_VISIBLE, 0
        if methods[:1] in (("local",), ("local-case",)):
            factor = SecondFactor.VISIBLE if certificate else SecondFactor.ABSENT
            return "local users", factor, users
        if methods[:1] == ("none",):
            return "none", SecondFactor.ABSENT, 0
        if not methods:
            if login_list == "default" or not config.aaa:
                return "local users", SecondFactor.ABSENT, users
            return f"method list {login_list}, which is not defined", SecondFactor.NOT_VISIBLE, 0
        return " ".join(methods), SecondFactor.NOT_VISIBLE, 0

    def _pools(self, names: list[str]) -> tuple[AddressExpr, ...]:
        found: list[AddressExpr] = []
        for name in dict.fromkeys(names):
            ranges = self._config.address_pools.get(name)
            if ranges:
                found.extend(AddressRange(version, first, last) for version, first, last, _ in ranges)
            elif name:
                found.append(UndecidedAddress("undefined pool", name))
        return tuple(found)

    def _split(self, groups: list[ClientGroup]) -> AddressExpr | None:
        """What clients send through the tunnel: the sources of the group's list (its own networks)."""
        named = [g.split for g in groups]
        if not named or not all(named):
            return None
        found = [self._lists.sources(name, 4) for name in dict.fromkeys(named)]
        return _any_of([f for f in found if f is not None]) if all(f is not None for f in found) else None

    # Virtual templates

    def _virtual_template(self, name: str) -> None:
        profile = self._config.ike_profiles[name]
        template = f"Virtual-Template{profile.virtual_template}"
        groups = [self._config.client_groups[g] for g in profile.groups if g in self._config.client_groups]
        users = any(method in ("eap", "anyconnect-eap") for method in profile.remote_methods)
        if not groups and profile.version == 1:
            groups = list(self._config.client_groups.values())
        if not groups and not users and not profile.authentication_list:
            self.tunnels.append(
                Tunnel(
                    name=profile.name,
                    kind="ipsec",
                    interface=template,
                    span=self._config.span(profile.line, profile.last_line),
                    endpoint=self._endpoint(self._config.interfaces.get(template)),
                )
            )
            return
        pool = self._config.interfaces[template].pool if template in self._config.interfaces else ""
        pools = self._pools([g.pool for g in groups if g.pool] or ([pool] if pool else []))
        self._route_to(template, pools, profile.line)
        login_list = profile.authentication_list
        vpn_groups = tuple(self._vpn_group(g, login_list, certificate=profile.certificate) for g in groups)
        if not vpn_groups:
            words, factor, count = self.login(login_list, certificate=profile.certificate)
            vpn_groups = (
                VpnGroup(
                    name=profile.name,
                    authentication=words,
                    second_factor=factor,
                    span=self._config.span(profile.line, profile.last_line),
                    local_users=count,
                ),
            )
        self.remote.append(
            RemoteAccess(
                name=profile.name,
                kind="ipsec",
                span=self._config.span(profile.line, profile.last_line),
                portal_service=IKE,
                interface=template,
                pools=pools,
                groups=vpn_groups,
                split_tunnel=self._split(groups),
            )
        )

    # WebVPN

    def _portal(self, name: str) -> None:
        context = self._config.webvpn_contexts[name]
        gateway = self._config.webvpn_gateways.get(context.gateway)
        if not context.in_service or gateway is None or not gateway.in_service:
            return
        at = tuple(
            i.name
            for i in self._config.interfaces.values()
            if i.name == gateway.interface or any(own.address == gateway.address for own in i.addresses)
        )
        words, factor, users = self.login(context.authentication_list or "default", certificate=context.certificate)
        groups = context.groups or [(context.name, context.line)]
        splits = tuple(prefix.expr() for prefix in context.splits)
        pools = self._pools(context.pools)
        template = f"Virtual-Template{context.virtual_template}"
        if not context.virtual_template:
            # Without a template the users enter at an interface of their own (SSLVPN-VIF), which is in no zone.
            template = f"SSLVPN-VIF-{context.name}"
            inner = InterfaceConfig(template, context.line, context.last_line, virtual="vpn")
            if context.access_list:
                inner.bindings["ip in"] = Bound(context.access_list, context.line)
            self._config.interfaces[template] = inner
        self._route_to(template, pools, context.line)
        self.remote.append(
            RemoteAccess(
                name=context.name,
                kind="ssl-vpn",
                span=self._config.span(context.line, context.last_line),
                portal_interfaces=at,
                portal_service=ports(TCP, gateway.port),
                interface=template,
                pools=pools,
                groups=tuple(
                    VpnGroup(
                        name=group,
                        authentication=words,
                        second_factor=factor,
                        span=self._lists.span(line),
                        local_users=users,
                    )
                    for group, line in groups
                ),
                split_tunnel=AddressUnion(splits) if splits else None,
            )
        )

    # Dialled tunnels

    def _dialled(self, name: str) -> None:
        group = self._config.vpdn_groups[name]
        template = f"Virtual-Template{group.virtual_template}"
        interface = self._config.interfaces.get(template)
        kinds = {"pptp": ("pptp",), "l2tp": ("l2tp",), "any": ("l2tp", "pptp")}.get(group.protocol, ("l2tp",))
        authentication = interface.ppp_authentication if interface else ()
        methods = [w for w in authentication if w not in _PPP_PROTOCOLS]
        words, factor, users = self.login(methods[0] if methods else "default", ppp=True)
        pools = self._pools([interface.pool] if interface and interface.pool else [])
        self._route_to(template, pools, group.line)
        for kind in kinds:
            self.remote.append(
                RemoteAccess(
                    name=f"{group.name} {kind}" if len(kinds) > 1 else group.name,
                    kind=kind,
                    span=self._config.span(group.line, group.last_line),
                    portal_service=PPTP if kind == "pptp" else L2TP,
                    interface=template,
                    pools=pools,
                    groups=(
                        VpnGroup(
                            name=group.name,
                            authentication=words,
                            second_factor=factor,
                            span=self._config.span(group.line, group.last_line),
                            local_users=users,
                        ),
                    ),
                )
            )

    # Tunnel interfaces

    def _tunnel(self, interface: InterfaceConfig) -> None:
        mode = interface.tunnel_mode.partition(" ")[0]
        # `gre multipoint` is GRE as well, and a hub's far ends may be point-to-point; so is GRE inside of IPsec, which
        # one end may bring about by a profile and the other by a crypto map. `ipv6ip` is IPv6 in IPv4 (RFC 4213).
        kind = {"": "gre", "ipv6ip": "sit"}.get(mode, mode)
        self.tunnels.append(
            Tunnel(
                name=interface.name,
                kind=kind,
                interface=interface.name,
                span=self._config.span(interface.line, interface.last_line),
                endpoint=self._endpoint(interface),
                peers=tuple(_peer(word) for word in dict.fromkeys(self._far_ends(interface))),
            )
        )

    def _far_ends(self, interface: InterfaceConfig) -> Iterable[str]:
        """The far ends of a tunnel interface as the config writes them; none where others dial in."""
        if interface.tunnel_destination and interface.tunnel_destination != "dynamic":
            yield interface.tunnel_destination
        yield from interface.tunnel_hubs
        for client in self._config.flexvpn_clients.values():
            if client.tunnel == interface.name:
                yield from (word for _, word in sorted(client.peers.items()))

    def _endpoint(self, interface: InterfaceConfig | None) -> str:
        """The interface that a tunnel is sent from; empty where no line says, or its address is that of several."""
        source = interface.tunnel_source if interface is not None else ""
        if source in self._config.interfaces:
            return source
        try:
            at = parse_address(source)
        except ValueError:
            return ""
        found = [
            one.name
            for one in self._config.interfaces.values()
            if one.vrf == (interface.tunnel_vrf if interface is not None else "")
            and (
                any((own.prefix.version, own.address) == at for own in one.addresses)
                or any(shared[:2] == at for shared in one.virtual_addresses)
            )
        ]
        return found[0] if len(found) == 1 else ""


_PPP_PROTOCOLS: Final = frozenset(
    {
        "callback",
        "callin",
        "callout",
        "chap",
        "eap",
        "if-needed",
        "ms-chap",
        "ms-chap-v2",
        "one-time",
        "optional",
        "pap",
    }
)


def _is_whole(entry: Entry) -> bool:
    """Whether an entry is about all packets between its addresses."""
    return entry.service == ANY_SERVICE and not entry.conditions and not entry.time_range


def _prefixes(expr: AddressExpr) -> tuple[Prefix, ...]:
    """The prefixes that ``expr`` is made of; none where it is more than ranges and unions of them."""
    if isinstance(expr, AddressUnion):
        return tuple(prefix for item in expr.items for prefix in _prefixes(item))
    if not isinstance(expr, AddressRange):
        return ()
    found: list[Prefix] = []
    width = 32 if expr.version == 4 else 128
    first = expr.first
    while first <= expr.last:
        # The largest block that begins here and does not reach beyond the end.
        bits = min((first & -first).bit_length() - 1 if first else width, (expr.last - first + 1).bit_length() - 1)
        found.append(Prefix(expr.version, first, width - bits))
        first += 1 << bits
    return tuple(found)


def _peer(word: str) -> AddressExpr:
    value = quad(word)
    if value is not None:
        return AddressRange(4, value, value)
    if ":" in word:
        try:
            return host(word)
        except ValueError:
            return UndecidedAddress("address", word)
    return Fqdn(word)


def _any_of(items: list[AddressExpr]) -> AddressExpr:
    distinct = list(dict.fromkeys(items))
    return distinct[0] if len(distinct) == 1 else AddressUnion(tuple(distinct))
