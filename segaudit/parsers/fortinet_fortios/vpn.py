"""Remote access (SSL-VPN, dial-up IPsec, L2TP, PPTP) and tunnels between gateways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from segaudit.model import (
    ANY_ADDRESS,
    ANY_IPV4,
    ANY_IPV6,
    ESP,
    TCP,
    UDP,
    AddressComplement,
    AddressExpr,
    AddressIntersection,
    AddressUnion,
    Fqdn,
    Interface,
    InterfaceKind,
    RemoteAccess,
    SecondFactor,
    Service,
    ServiceExpr,
    ServiceUnion,
    Span,
    Tunnel,
    UndecidedAddress,
    VpnGroup,
    host,
    ports,
)
from segaudit.parsers.fortinet_fortios.addresses import AddressBook, joined
from segaudit.parsers.fortinet_fortios.config import Scope, Section
from segaudit.parsers.fortinet_fortios.interfaces import is_remote_access
from segaudit.parsers.fortinet_fortios.users import UserBook, user_group_name
from segaudit.parsers.fortinet_fortios.values import EVERY, read_address, read_masked, read_range, read_span

#: The port of the portal where none is printed: the schema's default. The factory prints ``set port 443`` (seen in
#: 5.2 and 6.4.4), so what is not printed is this one.
_SSL_PORT = 10443
_IKE, _NAT_T = 500, 4500
_L2TP, _PPTP = 1701, 1723


@dataclass(frozen=True, slots=True, kw_only=True)
class SslPortal:
    """Where the SSL-VPN listens; ``certain`` is False where the configuration only may run it."""

    interfaces: tuple[str, ...]
    port: int
    sources: AddressExpr
    wins_over_admin: bool
    certain: bool
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Vpns:
    """All VPNs of one device, and interfaces that exist because of them though no line names them."""

    remote_access: tuple[RemoteAccess, ...]
    tunnels: tuple[Tunnel, ...]
    ssl: SslPortal | None
    interfaces: tuple[Interface, ...]


class VpnReader:
    """Reads the VPNs of one device.

    ``asked`` are the users and groups that the policies ask for, by the interface at which those users enter.
    """

    def __init__(
        self, scope: Scope, book: AddressBook, known: Iterable[Interface], asked: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._scope = scope
        self._book = book
        self._known = {interface.name: interface for interface in known}
        self._asked = asked
        self._users = UserBook(scope)

    def read(self) -> Vpns:
        """The VPNs of the device."""
        added: list[Interface] = []
        access: list[RemoteAccess] = []
        ssl = self._ssl_portal()
        if ssl is not None:
            inside = f"ssl.{self._scope.vdom or 'root'}"
            if inside not in self._known:
                added.append(_inside_end(inside, ssl.span))
            access.append(self._ssl(ssl, inside))
        access.extend(self._ipsec_access())
        for path, kind, port in (("vpn l2tp", "l2tp", _L2TP), ("vpn pptp", "pptp", _PPTP)):
            section = self._scope.section(path)
            if not section.is_on("status"):
                continue
            inside = f"l2t.{self._scope.vdom or 'root'}" if kind == "l2tp" else ""
            if inside and inside not in self._known:
                added.append(_inside_end(inside, self._scope.span(section)))
            access.append(self._dial_in(section, kind, port, inside))
        return Vpns(remote_access=tuple(access), tunnels=tuple(self._tunnels()), ssl=ssl, interfaces=tuple(added))

    # SSL-VPN

    def _ssl_portal(self) -> SslPortal | None:
        """Where the portal listens. Without a source interface nothing listens (technical tip 399772)."""
        settings = self._scope.section("vpn ssl settings")
        status = settings.text("status") or settings.text("sslvpn-enable")
        names = settings.words("source-interface")
        if not names:
            rules = [rule.words("source-interface") for rule in settings.table("authentication-rule")]
            names = tuple(dict.fromkeys(name for words in rules for name in words))
        if not names or status == "disable":
            return None
        return SslPortal(
            interfaces=names,
            port=settings.number("port", _SSL_PORT, 65535),
            sources=self._sources(settings),
            wins_over_admin=settings.is_on("port-precedence", default=True),
            # From 7.4 on the VPN is off unless switched on; an extract may lack the line.
            certain=bool(status) or self._scope.version < (7, 4),
            span=self._scope.span(settings),
        )

    def _sources(self, section: Section) -> AddressExpr:
        """From where the portal may be asked; not set: from everywhere."""
        parts: list[AddressExpr] = []
        for name, version in (("source-address", 4), ("source-address6", 6)):
            words = section.words(name)
            if not words:
                continue
            allowed = self._book.union(words, version)
            parts.append(AddressComplement(allowed, version) if section.is_on(f"{name}-negate") else allowed)
        if not parts:
            return ANY_ADDRESS
        if len(parts) == 1:
            # The other family is not limited by it (CLI reference, `source-address6`: default all).
            parts.append(ANY_IPV6 if section.words("source-address") else ANY_IPV4)
        every = (ANY_IPV4, ANY_IPV6)
        return ANY_ADDRESS if all(part in every for part in parts) else AddressUnion(tuple(parts))

    def _ssl(self, portal: SslPortal, inside: str) -> RemoteAccess:
        settings = self._scope.section("vpn ssl settings")
        rules = tuple(settings.table("authentication-rule"))
        every_certificate = settings.is_on("reqclientcert") or settings.is_on("force-two-factor-auth")
        groups: dict[str, VpnGroup] = {}
        for rule in rules:
            certificate = every_certificate or rule.is_on("client-cert")
            for name in rule.words("groups"):
                groups[name] = self._users.group(name, self._scope.span(rule), certificate=certificate)
            for name in rule.words("users"):
                groups[user_group_name(name)] = self._users.user(name, self._scope.span(rule), certificate=certificate)
        for name in self._asked.get(inside, ()):
            if name in groups:
                continue
            user = name.removeprefix("user/")
            if user != name:
                groups[name] = self._users.user(user, portal.span, certificate=every_certificate)
            else:
                groups[name] = self._users.group(name, portal.span, certificate=every_certificate)
        used = [rule.text("portal") for rule in rules] + [settings.text("default-portal")]
        pools, split = self._portals(settings, frozenset(used) - {""})
        return RemoteAccess(
            name=f"ssl-vpn on {', '.join(portal.interfaces)}",
            kind="ssl-vpn",
            span=portal.span,
            portal_interfaces=portal.interfaces,
            portal_service=ports(TCP, portal.port),
            portal_sources=portal.sources,
            interface=inside,
            pools=pools,
            groups=tuple(groups.values()),
            split_tunnel=split,
        )

    def _portals(self, settings: Section, used: frozenset[str]) -> tuple[tuple[AddressExpr, ...], AddressExpr | None]:
        """The addresses that users of the portals get, and what goes through the tunnel where all portals say so.

        A portal's own pools replace those of the settings (administration guide 7.2, "SSL VPN web portal").
        """
        portals = {entry.name: entry for entry in self._scope.table("vpn ssl web portal")}
        pools: dict[AddressExpr, None] = {}
        split: list[tuple[int, AddressExpr]] = []
        everything = False
        for name in sorted(used):
            entry = portals.get(name)
            if entry is None:
                everything = True
                continue
            for section, mode, own, common, version, prefix in (
                (entry, "tunnel-mode", "ip-pools", "tunnel-ip-pools", 4, ""),
                (entry, "ipv6-tunnel-mode", "ipv6-pools", "tunnel-ipv6-pools", 6, "ipv6-"),
            ):
                if not section.is_on(mode, default=bool(section.words(own))):
                    continue
                for pool in section.words(own) or settings.words(common):
                    pools[self._book.reference(pool, version)] = None
                routed = section.words(f"{prefix}split-tunneling-routing-address")
                if not section.is_on(f"{prefix}split-tunneling", default=True) or not routed:
                    split.append((version, EVERY[version]))
                elif section.is_on(f"{prefix}split-tunneling-routing-negate"):
                    split.append((version, AddressComplement(self._book.union(routed, version), version)))
                else:
                    split.append((version, self._book.union(routed, version)))
            for widget in entry.table("widget"):
                if widget.text("type") == "tunnel":
                    for pool in widget.words("ip-pools"):
                        pools[self._book.reference(pool, 4)] = None
                    everything = everything or not widget.is_on("split-tunneling")
        if not pools:
            for words, version in ((settings.words("tunnel-ip-pools"), 4), (settings.words("tunnel-ipv6-pools"), 6)):
                for pool in words:
                    pools[self._book.reference(pool, version)] = None
        full = {version for version, part in split if part == EVERY[version]}
        limited = any(version not in full for version, _ in split)
        kept = dict.fromkeys(part for version, part in split if version not in full or part == EVERY[version])
        return tuple(pools), joined(tuple(kept)) if limited and not everything else None

    # IPsec

    def _ipsec_access(self) -> Iterator[RemoteAccess]:
        for path in ("vpn ipsec phase1-interface", "vpn ipsec phase1"):
            for phase1 in self._scope.table(path):
                if is_remote_access(phase1):
                    yield self._dial_up(phase1, routed=path.endswith("-interface"))

    def _dial_up(self, phase1: Section, *, routed: bool) -> RemoteAccess:
        listens = phase1.text("interface")
        inside = phase1.name if routed else listens
        return RemoteAccess(
            name=phase1.name,
            kind="ipsec",
            span=self._scope.span(phase1),
            portal_interfaces=(listens,) if listens else (),
            portal_service=ike_service(self._scope),
            portal_sources=ANY_ADDRESS,
            interface=inside,
            pools=tuple(self._pools(phase1)),
            groups=tuple(self._dial_up_groups(phase1, inside)),
            split_tunnel=self._split(phase1),
        )

    def _pools(self, phase1: Section) -> Iterator[AddressExpr]:
        """The addresses that mode-cfg hands out."""
        for version, zero in ((4, "0.0.0.0"), (6, "::")):  # noqa: S104 - FortiOS' word for none
            named = phase1.text(f"ipv{version}-name")
            if phase1.text("assign-ip-from") == "name" and named:
                yield self._book.reference(named, version)
                continue
            first, last = phase1.text(f"ipv{version}-start-ip", zero), phase1.text(f"ipv{version}-end-ip", zero)
            pool = read_span(first, last) if first != zero else None
            if pool is None:
                continue
            excluded = [
                found
                for entry in phase1.table(f"ipv{version}-exclude-range")
                if (found := read_span(entry.text("start-ip"), entry.text("end-ip"))) is not None
            ]
            if excluded:
                yield AddressIntersection((pool, AddressComplement(AddressUnion(tuple(excluded)), version)))
            else:
                yield pool

    def _split(self, phase1: Section) -> AddressExpr | None:
        include = [
            self._book.reference(phase1.text(name), version)
            for name, version in (("ipv4-split-include", 4), ("ipv6-split-include", 6))
            if phase1.text(name)
        ]
        return joined(tuple(include)) if include else None

    def _dial_up_groups(self, phase1: Section, inside: str) -> Iterator[VpnGroup]:
        """Who may dial in: the XAuth or EAP group, or the groups of the policies where the phase 1 inherits them."""
        span = self._scope.span(phase1)
        by_certificate = phase1.text("authmethod", "psk") == "signature"
        asks = phase1.text("xauthtype", "disable") not in {"disable", "client"} or phase1.is_on("eap")
        names = phase1.words("authusrgrp") or phase1.words("usrgrp")
        if not names and asks:
            names = self._asked.get(inside, ())
        for name in names:
            user = name.removeprefix("user/")
            if user != name:
                yield self._users.user(user, span, certificate=by_certificate)
            else:
                yield self._users.group(name, span, certificate=by_certificate)
        if names:
            return
        if asks:
            words, factor = "users of groups that the configuration does not name", SecondFactor.NOT_VISIBLE
        elif by_certificate:
            words, factor = "a certificate alone", SecondFactor.ABSENT
        else:
            words, factor = "a pre-shared key alone", SecondFactor.ABSENT
        yield VpnGroup(name=phase1.name, authentication=words, second_factor=factor, span=span)

    def _tunnels(self) -> Iterator[Tunnel]:
        # Policies and routes name the aggregate, not the tunnels in it (administration guide, "IPsec aggregate").
        aggregates = {
            member: entry.name
            for entry in self._scope.table("system ipsec-aggregate")
            for member in entry.words("member")
        }
        for path in ("vpn ipsec phase1-interface", "vpn ipsec phase1"):
            selectors: dict[str, list[Section]] = {}
            for phase2 in self._scope.table(path.replace("phase1", "phase2")):
                selectors.setdefault(phase2.text("phase1name"), []).append(phase2)
            for phase1 in self._scope.table(path):
                if is_remote_access(phase1):
                    continue
                interface = phase1.name if path.endswith("-interface") else phase1.text("interface")
                interface = aggregates.get(interface, interface)
                yield from self._tunnel(phase1, interface, selectors.get(phase1.name, []))
        for path, kind in _PLAIN_TUNNELS:
            for entry in self._scope.table(path):
                yield self._plain_tunnel(entry, kind)

    def _tunnel(self, phase1: Section, interface: str, phases2: list[Section]) -> Iterator[Tunnel]:
        """One tunnel for each phase 2, whose selectors belong together; without any, selectors are unknown.

        A phase 2 for packets to the far gateway itself only wraps another tunnel (GRE over IPsec): it names no network.
        """
        peers = self._peers(phase1)
        wrapping = [phase2.name for phase2 in phases2 if self._selector(phase2, "dst") in peers]
        if phases2 and len(wrapping) == len(phases2):
            return
        phases2 = [phase2 for phase2 in phases2 if phase2.name not in wrapping]
        if not phases2:
            yield Tunnel(
                name=phase1.name,
                kind="ipsec",
                interface=interface,
                span=self._scope.span(phase1),
                endpoint=self._endpoint(phase1),
                peers=peers,
            )
        for phase2 in phases2:
            yield Tunnel(
                name=phase1.name if len(phases2) == 1 else f"{phase1.name}/{phase2.name}",
                connection=phase1.name,
                kind="ipsec",
                interface=interface,
                span=self._scope.span(phase1) if len(phases2) == 1 else self._scope.span(phase2),
                endpoint=self._endpoint(phase1),
                peers=peers,
                local=self._selector(phase2, "src"),
                remote=self._selector(phase2, "dst"),
            )

    def _endpoint(self, entry: Section) -> str:
        """The interface with the address of this end: of ``local-gw`` where that is set, else ``interface``."""
        for setting in ("local-gw", "local-gw6"):
            at = read_address(entry.text(setting))
            if at is None or not at[1]:
                continue
            for interface in self._known.values():
                if any((own.prefix.version, own.address) == at for own in interface.addresses):
                    return interface.name
        return entry.text("interface")

    def _peers(self, phase1: Section) -> tuple[AddressExpr, ...]:
        """The gateways at the far end; none where they dial in."""
        match phase1.text("type", "static"):
            case "ddns":
                return (Fqdn(phase1.text("remotegw-ddns", phase1.name)),)
            case "dynamic":
                return ()
            case _:
                names = ("remote-gw", "remote-gw6")
                found = [read_address(phase1.text(name)) for name in names]
                return tuple(
                    host(phase1.text(name)) for name, value in zip(names, found, strict=True) if value and value[1]
                )

    def _selector(self, phase2: Section, side: str) -> AddressExpr:
        """One side of a phase 2; not set: every address (CLI reference, `src-subnet`, default ``0.0.0.0 0.0.0.0``)."""
        kind = phase2.text(f"{side}-addr-type", "subnet")
        version = 6 if kind.endswith("6") else 4
        suffix = "6" if version == 6 else ""
        every = ANY_IPV6 if version == 6 else ANY_IPV4
        value: AddressExpr | None
        match kind.removesuffix("6"):
            case "subnet":
                words = phase2.words(f"{side}-subnet{suffix}")
                value = read_masked(words) if words else every
            case "range":
                value = read_span(phase2.text(f"{side}-start-ip{suffix}"), phase2.text(f"{side}-end-ip{suffix}"))
            case "ip":
                value = read_range(phase2.text(f"{side}-start-ip{suffix}"))
            case "name":
                name = phase2.text(f"{side}-name{suffix}")
                value = self._book.reference(name, version) if name else every
            case _:
                value = UndecidedAddress("selector", phase2.name)
        return value if value is not None else UndecidedAddress("unreadable selector", phase2.name)

    def _plain_tunnel(self, entry: Section, kind: str) -> Tunnel:
        far = [word for name in _FAR_ENDS for word in entry.words(name)]
        if "vni" in entry.fields:
            # Each network identifier is a network of its own between the same ends.
            kind = f"{kind} vni {entry.text('vni')}"
        return Tunnel(
            name=entry.name,
            kind=kind,
            interface=entry.name,
            span=self._scope.span(entry),
            endpoint=self._endpoint(entry),
            peers=tuple(host(word) for word in far if (at := read_address(word)) is not None and at[1]),
        )

    # L2TP and PPTP

    def _dial_in(self, section: Section, kind: str, port: int, inside: str) -> RemoteAccess:
        span = self._scope.span(section)
        pool = read_span(section.text("sip"), section.text("eip"))
        return RemoteAccess(
            name=kind,
            kind=kind,
            span=span,
            portal_interfaces=(),
            portal_service=ports(UDP if kind == "l2tp" else TCP, port),
            interface=inside,
            pools=(pool,) if pool is not None else (),
            groups=tuple(self._users.group(name, span) for name in section.words("usrgrp")),
        )


_FAR_ENDS = ("remote-gw", "remote-gw6", "destination", "remote-ip", "remote-ip6")
_PLAIN_TUNNELS = (
    ("system vxlan", "vxlan"),
    ("system geneve", "geneve"),
    ("system gre-tunnel", "gre"),
    ("system ipip-tunnel", "ipip"),
    ("system sit-tunnel", "sit"),
    ("system ipv6-tunnel", "ipv6"),
    ("vpn ipsec manualkey-interface", "ipsec"),
)


def ike_service(scope: Scope) -> ServiceExpr:
    """IKE, NAT traversal and ESP (CLI reference, `config system settings`, `ike-port`)."""
    ike = scope.section("system settings").number("ike-port", _IKE, 65535)
    return ServiceUnion((ports(UDP, *sorted({ike, _NAT_T})), Service(protocol=ESP)))


def _inside_end(name: str, span: Span) -> Interface:
    """The interface at which users of a VPN enter, where no line shows it."""
    return Interface(name=name, span=span, kind=InterfaceKind.VPN, role_hint=f"{name.partition('.')[0]}.<vdom>")
