"""Remote access and site-to-site tunnels: pools, tunnel groups, group policies, crypto maps, tunnel interfaces.

Cisco ASA Series VPN CLI Configuration Guide 9.x, chapters "Connection Profiles, Group Policies, and Users" (inheritance
from DfltGrpPolicy, vpn-filter), "IPsec and ISAKMP" (crypto maps), "Virtual Tunnel Interface".
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ANY_SERVICE,
    Action,
    AddressExpr,
    AddressRange,
    AddressUnion,
    Fqdn,
    LedgerBuilder,
    RemoteAccess,
    Rule,
    RuleSet,
    SecondFactor,
    Span,
    Tunnel,
    UndecidedAddress,
    VpnGroup,
    parse_prefix,
    permitted_pairs,
)
from segaudit.parsers.cisco_asa.config import Config, mark_block
from segaudit.parsers.cisco_asa.interfaces import Interfaces
from segaudit.parsers.cisco_asa.management import IPSEC, Management
from segaudit.parsers.cisco_asa.objects import Catalogue
from segaudit.parsers.cisco_asa.statements import CHILDREN
from segaudit.syntax.indented import Line

DEFAULT_POLICY: Final = "DfltGrpPolicy"
_ENCRYPTION: Final = "how tunnels are encrypted, not who may use them"
_SSL: Final = frozenset({"ssl-client", "ssl-clientless", "svc", "webvpn"})
_IPSEC: Final = frozenset({"ikev1", "ikev2", "ipsec"})
_REMOTE: Final = frozenset({"remote-access", "ipsec-ra", "webvpn"})
#: Tunnel groups that are there without a line: their names, and what they are for.
_BUILT_IN: Final = {"DefaultRAGroup": "remote-access", "DefaultWEBVPNGroup": "webvpn", "DefaultL2LGroup": "ipsec-l2l"}


@dataclass(slots=True)
class GroupPolicy:
    """A group policy while it is read; what is ``None`` comes from DfltGrpPolicy. An empty name means ``none``."""

    name: str
    span: Span
    filter: str | None = None
    protocols: frozenset[str] | None = None
    split_policy: str | None = None
    split_list: str | None = None
    pools: tuple[str, ...] | None = None
    external: bool = False

    def inherited(self, default: GroupPolicy | None) -> GroupPolicy:
        """This policy with what it does not say taken from ``default``."""
        if default is None or default is self:
            return self
        return replace(
            self,
            filter=default.filter if self.filter is None else self.filter,
            protocols=default.protocols if self.protocols is None else self.protocols,
            split_policy=default.split_policy if self.split_policy is None else self.split_policy,
            split_list=default.split_list if self.split_list is None else self.split_list,
            pools=default.pools if self.pools is None else self.pools,
        )


@dataclass(slots=True)
class TunnelGroup:
    """A tunnel group (connection profile) while it is read."""

    name: str
    span: Span
    type: str = ""
    pools: tuple[str, ...] = ()
    servers: str = "LOCAL"
    secondary: str = ""
    policy: str = DEFAULT_POLICY
    methods: frozenset[str] = frozenset()
    """Of ``authentication`` in webvpn-attributes: ``aaa certificate saml multiple-certificate``."""
    ikev2_remote: frozenset[str] = frozenset()
    user_authentication: bool = True
    dhcp_server: bool = False


@dataclass(slots=True)
class _MapEntry:
    """One entry of a crypto map."""

    name: str
    span: Span
    match: str = ""
    peers: tuple[str, ...] = ()
    dynamic: str = ""


@dataclass(slots=True)
class Vpn:
    """What has been read of tunnels: pools by name, and what came of them."""

    pools: dict[str, AddressRange] = field(default_factory=dict)
    remote_access: tuple[RemoteAccess, ...] = ()
    tunnels: tuple[Tunnel, ...] = ()
    permit_vpn: bool = True


class VpnReader:
    """Reads the VPN statements of one configuration."""

    def __init__(
        self,
        config: Config,
        catalogue: Catalogue,
        interfaces: Interfaces,
        management: Management,
        lists: dict[str, RuleSet],
        ledger: LedgerBuilder,
    ) -> None:
        self._config = config
        self._catalogue = catalogue
        self._interfaces = interfaces
        self._management = management
        self._lists = lists
        self._ledger = ledger
        self._policies: dict[str, GroupPolicy] = {}
        self._groups: dict[str, TunnelGroup] = {}
        self._maps: dict[tuple[str, str], _MapEntry] = {}
        self._map_interfaces: dict[str, list[str]] = {}
        #: Access lists of the dynamic maps: sites whose address is not known.
        self._dynamic: dict[str, list[tuple[str, Line]]] = {}

    def read(self) -> Vpn:
        """Pools, remote access and tunnels."""
        vpn = Vpn(permit_vpn=self._permits_vpn())
        self._pools(vpn)
        self._group_policies()
        self._tunnel_groups()
        self._crypto_maps()
        vpn.remote_access = tuple(self._remote_access(vpn))
        vpn.tunnels = (*self._site_to_site(vpn), *self._dynamic_sites(vpn), *self._tunnel_interfaces(vpn))
        return vpn

    def _span(self, line: Line) -> Span:
        return self._catalogue.source.span(line.number, line.last_number)

    def _permits_vpn(self) -> bool:
        """Whether packets out of tunnels skip interface lists.

        ``sysopt connection permit-vpn`` is on by default since 7.0, where it was called ``permit-ipsec``; PIX 6 has it
        off (ASA command reference, ``sysopt connection permit-vpn``, command history).
        """
        for line in (*self._config.starting("sysopt", "connection", "permit-vpn"),):
            self._ledger.modelled(line.number)
        ipsec = next(self._config.starting("sysopt", "connection", "permit-ipsec"), None)
        if ipsec is not None:
            self._ledger.modelled(ipsec.number)
        if self._config.product == "pix" and self._config.before(7, 0):
            return ipsec is not None
        return not (
            self._config.denies("sysopt", "connection", "permit-vpn")
            or self._config.denies("sysopt", "connection", "permit-ipsec")
        )

    # Pools

    def _pools(self, vpn: Vpn) -> None:
        for line in self._config.starting("ip", "local", "pool"):
            words = line.words
            if len(words) < 5:
                continue
            first, _, last = words[4].partition("-")
            low, high = self._catalogue.host(first), self._catalogue.host(last or first)
            if isinstance(low, AddressRange) and isinstance(high, AddressRange) and low.first <= high.first:
                vpn.pools[words[3]] = AddressRange(low.version, low.first, high.last)
                self._ledger.modelled(line.number)
        for line in self._config.starting("ipv6", "local", "pool"):
            words = line.words
            try:
                prefix = parse_prefix(words[4])
                start = self._catalogue.host(words[4].partition("/")[0])
                count = int(words[5])
            except (IndexError, ValueError):
                continue
            if isinstance(start, AddressRange):
                vpn.pools[words[3]] = AddressRange(6, start.first, min(start.first + count - 1, prefix.last))
                self._ledger.modelled(line.number)

    def _pool(self, name: str, vpn: Vpn) -> AddressExpr:
        return vpn.pools.get(name) or UndecidedAddress("address pool", name)

    # Group policies

    def _group_policies(self) -> None:
        for line in self._config.of("group-policy"):
            words = line.words
            if len(words) < 3:
                continue
            name = words[1]
            policy = self._policies.setdefault(name, GroupPolicy(name, self._span(line)))
            self._ledger.modelled(line.number)
            if words[2] == "external":
                policy.external = True
                self._ledger.approximated(line.number, "the policy is kept on a AAA server: not to be seen here")
            elif words[2] == "internal" and words[3:4] == ("from",) and len(words) > 4 and words[4] in self._policies:
                self._policies[name] = replace(self._policies[words[4]], name=name, span=policy.span)
            elif words[2] == "attributes":
                for child in line.children:
                    self._policy_child(child, policy)

    def _policy_child(self, child: Line, policy: GroupPolicy) -> None:
        words = child.words
        value = () if words[1:2] == ("none",) else words[2:] if words[1:2] == ("value",) else words[1:]
        first = words[0]
        if first == "vpn-filter":
            policy.filter = value[0] if value else ""
        elif first == "ipv6-address-pools":
            policy.pools = (*(policy.pools or ()), *value) if value else policy.pools
        elif first in ("vpn-tunnel-protocol", "split-tunnel-policy", "address-pools", "split-tunnel-network-list"):
            if first == "vpn-tunnel-protocol":
                policy.protocols = frozenset(word.lower() for word in value)
            elif first == "split-tunnel-policy":
                policy.split_policy = value[0] if value else ""
            elif first == "address-pools":
                policy.pools = value
            else:
                policy.split_list = value[0] if value else ""
        elif first in ("webvpn", "anyconnect-custom", "vpn-settings"):
            self._policy_webvpn(child)
            return
        elif first == "ipv6-vpn-filter":
            if value:
                self._ledger.unsupported(child.number, "the IPv6 filter of the group, apart from vpn-filter before 9.0")
                return
        elif first in ("group-lock", "user-authentication", "authentication-server-group", "vlan"):
            self._ledger.approximated(
                child.number, "narrows who gets this policy, or where; it is taken as open to all"
            )
            return
        elif first == "no":
            self._ledger.irrelevant(child.number, "a default")
            return
        else:
            if known := CHILDREN["group-policy"].get(first):
                mark_block(child, self._ledger, known)
            return
        self._ledger.modelled(child.number)

    def _policy_webvpn(self, child: Line) -> None:
        """The portal of a group: what it offers; a webtype filter narrows it."""
        self._ledger.irrelevant(child.number, "looks and client settings of the group")
        for one in child.children:
            first = one.words[1] if one.words[0] == "no" and len(one.words) > 1 else one.words[0]
            if first == "filter" and one.words[-1] != "none":
                self._ledger.unsupported(one.number, "a webtype filter narrows what the clientless portal opens")
            elif reason := CHILDREN["webvpn"].get(first, "no filter" if first == "filter" else ""):
                mark_block(one, self._ledger, reason)

    def _policy(self, name: str) -> GroupPolicy:
        default = self._policies.get(DEFAULT_POLICY)
        policy = self._policies.get(name) or default
        if policy is None:
            return GroupPolicy(name, self._catalogue.source.span(1))
        return policy.inherited(default)

    # Tunnel groups

    def _tunnel_groups(self) -> None:
        for line in self._config.of("tunnel-group"):
            words = line.words
            if len(words) < 3:
                continue
            group = self._groups.setdefault(
                words[1], TunnelGroup(words[1], self._span(line), type=_BUILT_IN.get(words[1], ""))
            )
            self._ledger.modelled(line.number)
            if words[2] == "type" and len(words) > 3:
                group.type = words[3]
                continue
            for child in line.children:
                self._group_child(child, words[2], group)

    def _group_child(self, child: Line, section: str, group: TunnelGroup) -> None:
        words = child.words
        first = words[0]
        if first == "no":
            self._ledger.irrelevant(child.number, "a default")
            return
        # "(inside)" before an argument limits it to users who come in there.
        values = tuple(word for word in words[1:] if not word.startswith("("))
        if first in ("address-pool", "ipv6-address-pool"):
            group.pools += values
        elif first == "authentication-server-group" and values:
            group.servers = values[0]
        elif first == "secondary-authentication-server-group" and values:
            group.secondary = "" if values[0] == "none" else values[0]
        elif first == "default-group-policy" and values:
            group.policy = values[0]
        elif section == "ppp-attributes":
            self._ledger.irrelevant(child.number, "PPP options of L2TP")
            return
        elif first == "authentication" and section == "webvpn-attributes":
            group.methods = frozenset(values)
        elif first in ("ikev1", "isakmp") and "user-authentication" in child.text:
            group.user_authentication = "none" not in values
        elif first == "ikev2" and values[:1] == ("remote-authentication",):
            group.ikev2_remote |= frozenset(values[1:2])
        elif first in ("ikev1", "ikev2"):
            self._ledger.irrelevant(child.number, "keys and certificates of the tunnel")
            return
        elif first in ("authorization-server-group", "authorization-required", "authorization-dn-attributes"):
            self._ledger.approximated(
                child.number, "a server may give users another group policy; each is in the model"
            )
            return
        else:
            if first == "dhcp-server":
                group.dhcp_server = True
            if reason := CHILDREN["tunnel-group"].get(first):
                mark_block(child, self._ledger, reason)
            return
        self._ledger.modelled(child.number)

    def _factor(self, group: TunnelGroup) -> tuple[str, SecondFactor]:
        """The way to log in for people, and whether a second factor shows."""
        servers = self._management.aaa
        protocol = servers.protocol(group.servers)
        names = {
            "local": "local users",
            "radius": f"RADIUS servers {group.servers}",
            "tacacs+": f"TACACS+ servers {group.servers}",
            "ldap": f"LDAP servers {group.servers}",
            "kerberos": f"Kerberos servers {group.servers}",
            "nt": f"NT domain {group.servers}",
            "sdi": f"SecurID servers {group.servers}",
            "http-form": f"HTTP form {group.servers}",
        }
        ways = names.get(protocol, f"servers {group.servers}")
        if "saml" in group.methods:
            return "SAML identity provider", SecondFactor.NOT_VISIBLE
        certificate = bool({"certificate", "multiple-certificate"} & (group.methods | group.ikev2_remote))
        if certificate and "aaa" in group.methods:
            return f"{ways} and a certificate", SecondFactor.VISIBLE
        if certificate and (group.methods or not group.user_authentication):
            return "certificate", SecondFactor.ABSENT
        if group.secondary:
            return f"{ways} and {group.secondary}", SecondFactor.VISIBLE
        if not group.user_authentication and not group.methods:
            return "pre-shared key of the group", SecondFactor.ABSENT
        if protocol == "sdi":
            return ways, SecondFactor.VISIBLE
        # A local password, a domain password: one factor. The others may ask for a second one where they are.
        if protocol in ("local", "nt", "kerberos"):
            return ways, SecondFactor.ABSENT
        return ways, SecondFactor.NOT_VISIBLE

    # Remote access

    def _remote_access(self, vpn: Vpn) -> list[RemoteAccess]:
        management = self._management
        ipsec_at = tuple(
            dict.fromkeys(
                interface
                for (name, _), entry in self._maps.items()
                if entry.dynamic
                for interface in self._map_interfaces.get(name, ())
                if interface in management.ike
            )
        )
        found: list[RemoteAccess] = []
        for group in self._groups.values():
            if group.type not in _REMOTE:
                continue
            policy = self._policy(group.policy)
            protocols = policy.protocols
            ssl = management.portal if protocols is None or protocols & _SSL else ()
            ipsec = ipsec_at if protocols is None or protocols & (_IPSEC | {"l2tp-ipsec"}) else ()
            if group.type == "webvpn" and protocols is None:
                ipsec = ()
            ways = [("ssl-vpn", ssl, management.portal_service)] if ssl else []
            if ipsec:
                only_l2tp = protocols is not None and not protocols & _IPSEC
                ways.append(("l2tp" if only_l2tp else "ipsec", ipsec, IPSEC))
            authentication, factor = self._factor(group)
            uses_local = management.aaa.protocol(group.servers) == "local"
            vpn_group = VpnGroup(
                name=group.name,
                authentication=authentication,
                second_factor=factor,
                span=group.span,
                local_users=management.local_users if uses_local else 0,
            )
            names = policy.pools or group.pools
            pools = tuple(self._pool(name, vpn) for name in names)
            if group.dhcp_server and not pools:
                pools = (UndecidedAddress("address by DHCP", group.name),)
            filter_name, bypasses = self._filter(policy, vpn)
            for place, (kind, interfaces_, service) in enumerate(ways):
                found.append(
                    RemoteAccess(
                        name=group.name if not place else f"{group.name} ({kind})",
                        kind=kind,
                        span=group.span,
                        portal_interfaces=interfaces_,
                        portal_service=service,
                        pools=pools,
                        groups=(vpn_group,),
                        split_tunnel=self._split_tunnel(policy),
                        bypasses_filters=bypasses,
                        filter_rule_set=filter_name,
                    )
                )
        return [*found, *self._pix6_groups(vpn, ipsec_at)]

    def _filter(self, policy: GroupPolicy, vpn: Vpn) -> tuple[str, bool]:
        """The list of ``vpn-filter`` (empty: none), and whether interface lists are skipped."""
        name = policy.filter or ""
        return (name if name in self._lists else ""), vpn.permit_vpn

    def _split_tunnel(self, policy: GroupPolicy) -> AddressExpr | None:
        """The networks that clients send into the tunnel; ``None``: all."""
        if policy.split_policy != "tunnelspecified" or not policy.split_list:
            return None
        rule_set = self._lists.get(policy.split_list)
        if rule_set is None:
            return UndecidedAddress("undefined list", policy.split_list)
        # A standard list names the networks; of an extended one its sources count (guide, "split-tunnel-network-list").
        networks = [
            rule.destination if rule.source == self._catalogue.any_address else rule.source
            for rule in rule_set.rules
            if rule.action is Action.PERMIT and rule.enabled
        ]
        return networks[0] if len(networks) == 1 else AddressUnion(tuple(networks))

    def _pix6_groups(self, vpn: Vpn, ipsec_at: tuple[str, ...]) -> list[RemoteAccess]:
        """``vpngroup NAME address-pool POOL`` of PIX 6."""
        groups: dict[str, list[Line]] = {}
        for line in self._config.of("vpngroup"):
            if len(line.words) > 2:
                groups.setdefault(line.words[1], []).append(line)
                self._ledger.modelled(line.number)
        found: list[RemoteAccess] = []
        asks_users = any(
            line.words[3:5] == ("client", "authentication") for line in self._config.starting("crypto", "map")
        )
        for name, lines in groups.items():
            pools = [line.words[3] for line in lines if line.words[2] == "address-pool" and len(line.words) > 3]
            way = "group password and user password" if asks_users else "password of the group"
            factor = SecondFactor.NOT_VISIBLE if asks_users else SecondFactor.ABSENT
            found.append(
                RemoteAccess(
                    name=name,
                    kind="ipsec",
                    span=self._span(lines[0]),
                    portal_interfaces=ipsec_at or self._management.ike,
                    portal_service=IPSEC,
                    pools=tuple(self._pool(pool, vpn) for pool in pools),
                    groups=(VpnGroup(name=name, authentication=way, second_factor=factor, span=self._span(lines[0])),),
                    bypasses_filters=vpn.permit_vpn,
                )
            )
        return found

    # Site to site

    def _crypto_maps(self) -> None:
        for line in self._config.of("crypto"):
            words = line.words
            if words[1:2] not in (("map",), ("dynamic-map",)) or len(words) < 4:
                continue
            self._ledger.modelled(line.number)
            if words[1] == "dynamic-map":
                if words[4:6] == ("match", "address") and len(words) > 6:
                    self._dynamic.setdefault(words[2], []).append((words[6], line))
                elif words[4:5] == ("set",):
                    self._ledger.irrelevant(line.number, _ENCRYPTION)
                continue
            name = words[2]
            if words[3] == "interface" and len(words) > 4:
                self._map_interfaces.setdefault(name, []).append(words[4])
                continue
            if not words[3].isdigit():
                self._ledger.irrelevant(line.number, "client options of a crypto map")
                continue
            entry = self._maps.setdefault((name, words[3]), _MapEntry(f"{name} {words[3]}", self._span(line)))
            rest = words[4:]
            if rest[:2] == ("match", "address") and len(rest) > 2:
                entry.match = rest[2]
            elif rest[:2] == ("set", "peer"):
                entry.peers += rest[2:]
            elif rest[:2] == ("ipsec-isakmp", "dynamic") and len(rest) > 2:
                entry.dynamic = rest[2]
            elif rest[:1] == ("set",):
                self._ledger.irrelevant(line.number, _ENCRYPTION)

    def _peer(self, word: str) -> AddressExpr:
        host = self._catalogue.host(word)
        return Fqdn(word) if isinstance(host, UndecidedAddress) else host

    def _site_to_site(self, vpn: Vpn) -> list[Tunnel]:
        tunnels: list[Tunnel] = []
        for (name, _), entry in self._maps.items():
            if entry.dynamic or not (entry.peers or entry.match):
                continue
            peers = tuple(self._peer(word) for word in entry.peers)
            group = next((self._groups[word] for word in entry.peers if word in self._groups), None)
            group = group or self._groups.get("DefaultL2LGroup")
            filter_name, bypasses = self._filter(self._policy(group.policy if group else DEFAULT_POLICY), vpn)
            for interface, at in self._carriers(name):
                for label, local, remote in self._selectors(entry):
                    tunnels.append(
                        Tunnel(
                            name=f"{entry.name}{at}{label}",
                            connection=f"{entry.name}{at}",
                            kind="ipsec",
                            interface=interface,
                            span=entry.span,
                            endpoint=interface,
                            peers=peers,
                            local=local,
                            remote=remote,
                            bypasses_filters=bypasses,
                            filter_rule_set=filter_name,
                        )
                    )
        return tunnels

    def _carriers(self, name: str) -> list[tuple[str, str]]:
        """The interfaces that a crypto map is bound to, each with what tells its tunnels from those at the others."""
        bound = list(dict.fromkeys(self._map_interfaces.get(name, ())))
        return [(one, f" at {one}" if len(bound) > 1 else "") for one in bound]

    def _dynamic_sites(self, vpn: Vpn) -> list[Tunnel]:
        """Sites that call from unknown addresses: entries of dynamic maps with a list; without any, for all networks,
        where the configuration speaks of the group that such sites come to (VPN CLI guide, "Default LAN-to-LAN group").
        """
        group = self._groups.get("DefaultL2LGroup")
        filter_name, bypasses = self._filter(self._policy(group.policy if group else DEFAULT_POLICY), vpn)
        tunnels: list[Tunnel] = []
        for (name, _), entry in self._maps.items():
            matches = self._dynamic.get(entry.dynamic, [])
            if not matches and "DefaultL2LGroup" in self._groups:
                matches = [("", line) for line in self._config.starting("crypto", "dynamic-map", entry.dynamic)][:1]
            for match, line in matches:
                title = entry.dynamic if len(matches) == 1 else f"{entry.dynamic} {line.words[3]}"
                selectors = self._selectors(_MapEntry(title, self._span(line), match=match))
                tunnels += [
                    Tunnel(
                        name=f"{title}{at}{label}",
                        connection=f"{title}{at}",
                        kind="ipsec",
                        interface=interface,
                        span=self._span(line),
                        endpoint=interface,
                        local=local,
                        remote=remote,
                        bypasses_filters=bypasses,
                        filter_rule_set=filter_name,
                    )
                    for interface, at in self._carriers(name)
                    for label, local, remote in selectors
                ]
        return tunnels

    def _selectors(self, entry: _MapEntry) -> list[tuple[str, AddressExpr, AddressExpr]]:
        """Own and far networks of a crypto map entry: one pair where its list is one product, else each for itself.

        What the list denies goes by no tunnel of the entry (VPN CLI guide, "Create Crypto Maps"). Entries for some
        protocols or ports only are taken whole where they permit, and left out where they deny.
        """
        rule_set = self._lists.get(entry.match)
        if rule_set is None:
            unknown = UndecidedAddress("undefined list", entry.match) if entry.match else ANY_ADDRESS
            return [("", unknown, unknown)]
        pairs = permitted_pairs(
            (permits, rule.source, rule.destination)
            for rule in rule_set.rules
            if rule.enabled and ((permits := rule.action is Action.PERMIT) or _is_whole(rule))
        )
        if len(pairs) == 1:
            return [("", *pairs[0])]
        return [(f" entry {number}", local, remote) for number, (local, remote) in enumerate(pairs, start=1)]

    def _tunnel_interfaces(self, vpn: Vpn) -> list[Tunnel]:
        """Virtual tunnel interfaces: routes decide what goes through them, unless a list does (``ipsec policy``).

        Those of virtual templates take in whoever dials (VPN CLI guide 9.18, "Virtual Tunnel Interface").
        """
        tunnels: list[Tunnel] = []
        for interface in self._interfaces.named:
            destination = interface.tunnel.get("destination")
            word = destination.words[2] if destination is not None and len(destination.words) > 2 else ""
            if not word and not interface.interface.hardware.lower().startswith("virtual-template"):
                continue
            group = self._groups.get(word) or self._groups.get("DefaultL2LGroup")
            filter_name, bypasses = self._filter(self._policy(group.policy if group else DEFAULT_POLICY), vpn)
            source = interface.tunnel.get("source")
            policy = interface.tunnel.get("policy")
            match = policy.words[4] if policy is not None and len(policy.words) > 4 else ""
            for label, local, remote in self._selectors(_MapEntry(interface.name, interface.interface.span, match)):
                tunnels.append(
                    Tunnel(
                        name=f"{interface.name}{label}",
                        connection=interface.name,
                        kind="ipsec",
                        interface=interface.name,
                        span=interface.interface.span,
                        endpoint=source.words[3] if source is not None and len(source.words) > 3 else "",
                        peers=(self._peer(word),) if word else (),
                        local=local,
                        remote=remote,
                        bypasses_filters=bypasses,
                        filter_rule_set=filter_name,
                    )
                )
        return tunnels


def _is_whole(rule: Rule) -> bool:
    """Whether a rule is about all packets between its addresses."""
    return rule.service == ANY_SERVICE and not rule.conditions and not rule.schedule
