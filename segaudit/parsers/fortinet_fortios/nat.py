"""Virtual IPs, IP pools and the central source NAT table.

A virtual IP rewrites the destination before routing and before any policy, the first in the table that matches (technical
tips 183426 and 350101). Without central NAT it does so only while an enabled policy names it, whatever the other fields
of that policy say (technical tip 261055); with central NAT always.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from segaudit.model import (
    ANY_INTERFACE,
    ANY_SERVICE,
    ICMP,
    ICMPV6,
    SCTP,
    TCP,
    UDP,
    Action,
    AddressExpr,
    AddressRange,
    AddressRewrite,
    AddressUnion,
    Condition,
    ConditionKind,
    Fqdn,
    HostSign,
    HostSpec,
    InterfaceMatch,
    OwnAddress,
    PortRewrite,
    Range,
    Rule,
    RuleSet,
    RuleSetKind,
    Service,
    ServiceExpr,
    Translation,
    UndecidedAddress,
    interfaces,
)
from segaudit.parsers.fortinet_fortios.addresses import AddressBook, joined, model_name
from segaudit.parsers.fortinet_fortios.config import Scope, Section
from segaudit.parsers.fortinet_fortios.interfaces import Topology
from segaudit.parsers.fortinet_fortios.services import ServiceBook
from segaudit.parsers.fortinet_fortios.values import EVERY, read_ports, read_range

#: Source ports of a translated session (administration guide 7.4, "Dynamic SNAT": overload uses 5117 to 65533).
SOURCE_NAT_PORTS = PortRewrite(to=(5117, 65533))
_PROTOCOLS = {"tcp": TCP, "udp": UDP, "sctp": SCTP, "icmp": ICMP}
#: Kinds of virtual IP that rewrite no packets by themselves.
_NO_TRANSLATION = {
    "dns-translation": "rewrites answers of DNS, no packets",
    "access-proxy": "the device answers itself as a ZTNA proxy; which servers it asks is not modelled",
}


def keeps_addresses(version: tuple[int, ...]) -> bool | None:
    """Whether addresses of virtual IPs and pools are the device's own: what no virtual IP translates is then for itself.

    Technical tip 277823: so up to 6.4.8 and in 7.0.0, not in 6.4.9 to 6.4.15, 7.0.1 to 7.0.12, 7.2.0 to 7.2.5 and 7.4.0,
    and again after these. ``None``: the firmware is not known.
    """
    if len(version) < 3:
        return None
    without = {(6, 4): range(9, 16), (7, 0): range(1, 13), (7, 2): range(6), (7, 4): range(1)}
    return version[2] not in without.get((version[0], version[1]), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualIps:
    """The virtual IPs of one device.

    ``names`` are all virtual IPs and groups of them by model name, each with the virtual IPs that it stands for.
    ``lists`` are the NAT lists. ``one_to_one`` are external addresses that also become the source of what the mapped
    hosts send, by IP version. ``proxies`` are ZTNA portals. ``answered`` are the addresses of virtual IPs and pools
    (IPv4) that the device answers for on the link, so that nobody else has them.
    """

    names: dict[str, frozenset[str]]
    lists: tuple[RuleSet, ...]
    hosts: tuple[HostSpec, ...]
    one_to_one: tuple[AddressRange, ...]
    proxies: tuple[Section, ...]
    answered: tuple[AddressRange, ...] = ()

    @property
    def all_names(self) -> frozenset[str]:
        """The model names of all virtual IPs."""
        return frozenset(name for names in self.names.values() for name in names)


class NatReader:
    """Reads the translations of one device. ``central``: central NAT is on."""

    def __init__(
        self, scope: Scope, topology: Topology, addresses: AddressBook, services: ServiceBook, *, central: bool
    ) -> None:
        self._scope = scope
        self._topology = topology
        self._addresses = addresses
        self._services = services
        self._central = central
        self._pools = {entry.name: entry for entry in scope.table("firewall ippool")}
        self._pools6 = {entry.name: entry for entry in scope.table("firewall ippool6")}

    # Destinations

    def virtual_ips(self, referenced: frozenset[str]) -> VirtualIps:
        """All virtual IPs; ``referenced`` are the model names that enabled policies say."""
        names: dict[str, frozenset[str]] = {}
        entries: dict[str, tuple[Section, int]] = {}
        for path, version in (("firewall vip", 4), ("firewall vip6", 6)):
            for entry in self._scope.table(path):
                name = model_name(entry.name, version)
                names[name] = frozenset({name})
                entries[name] = (entry, version)
        for path, version in (("firewall vipgrp", 4), ("firewall vipgrp6", 6)):
            for entry in self._scope.table(path):
                members = (model_name(member, version) for member in entry.words("member"))
                names[model_name(entry.name, version)] = frozenset(name for name in members if name in entries)
        active = {one for name in referenced for one in names.get(name, ())}
        lists: list[RuleSet] = []
        hosts: list[HostSpec] = []
        one_to_one: list[AddressRange] = []
        proxies: list[Section] = []
        answered: dict[AddressRange, Section] = {}
        for version, list_name in ((4, "vip"), (6, "vip6")):
            rules: list[Rule] = []
            for name, (entry, of_version) in entries.items():
                if of_version != version:
                    continue
                kind = entry.text("type", "static-nat")
                if kind in _NO_TRANSLATION:
                    self._scope.file.ledger.approximated(entry.first_line, _NO_TRANSLATION[kind])
                    if kind == "access-proxy":
                        proxies.append(entry)
                    continue
                enabled = (self._central or name in active) and entry.text("status", "enable") != "disable"
                rule = self._virtual_ip(entry, name, version, len(rules) + 1, enabled=enabled)
                if rule is None:
                    self._scope.file.ledger.unsupported(entry.first_line, "no translation can be read in it")
                    continue
                if (
                    version == 4
                    and entry.text("status", "enable") != "disable"
                    and entry.is_on("arp-reply", default=True)
                ):
                    answered.update(dict.fromkeys(self._external_ranges(entry), entry))
                rules.append(rule)
                hosts.extend(self._targets(entry, rule))
                if enabled and kind == "static-nat" and not entry.is_on("portforward"):
                    one_to_one.extend(self._external_ranges(entry))
            if version == 4:
                answered.update(self._answered_pools())
                rules.extend(self._own_addresses(answered, len(rules) + 1))
            if rules:
                lists.append(
                    RuleSet(name=list_name, rules=tuple(rules), default=None, kind=RuleSetKind.NAT, version=version)
                )
        return VirtualIps(
            names=names,
            lists=tuple(lists),
            hosts=tuple(hosts),
            one_to_one=tuple(one_to_one),
            proxies=tuple(proxies),
            answered=tuple(answered),
        )

    def _answered_pools(self) -> Iterator[tuple[AddressRange, Section]]:
        for entry in self._pools.values():
            found = read_range(f"{entry.text('startip')}-{entry.text('endip', entry.text('startip'))}")
            if found is not None and entry.is_on("arp-reply", default=True):
                yield found, entry

    def _own_addresses(self, answered: Mapping[AddressRange, Section], position: int) -> Iterator[Rule]:
        """What is sent to an address of a virtual IP or a pool and not translated stays at the device, where it keeps them.

        Local-in policies decide it then (technical tip 261055, scenario 2).
        """
        keeps = keeps_addresses(self._scope.version)
        if keeps is False:
            return
        unsure = Condition(
            kind=ConditionKind.OTHER, text="whether addresses of virtual IPs are the device's own, by its firmware"
        )
        of_interfaces = {a.address for i in self._topology.interfaces for a in i.addresses if a.prefix.version == 4}
        others = [(one, entry) for one, entry in answered.items() if one.size > 1 or one.first not in of_interfaces]
        for at, (one, entry) in enumerate(others, start=position):
            yield Rule(
                id=f"{entry.name} (own address)" if one.size == 1 else f"{entry.name} (own addresses)",
                position=at,
                action=Action.TRANSLATE,
                span=self._scope.span(entry),
                source=EVERY[4],
                destination=one,
                conditions=() if keeps else (unsure,),
                translation=Translation(destination=AddressRewrite(to=one, base=one), to_device=True),
                implicit="own address",
            )

    def _virtual_ip(self, entry: Section, name: str, version: int, position: int, *, enabled: bool) -> Rule | None:
        external = self._external(entry, version)
        target = self._mapped(entry, version, external)
        if external is None or target is None:
            return None
        rewrite, mapped_port = target
        service, port = self._ports(entry, version, mapped_port)
        sources = [found for word in entry.words("src-filter") if (found := read_range(word)) is not None]
        return Rule(
            id=entry.name,
            name=entry.name,
            position=position,
            action=Action.TRANSLATE,
            span=self._scope.span(entry),
            source=joined(tuple(sources)) if sources else EVERY[version],
            destination=external,
            service=service,
            ingress=self._ingress(entry),
            enabled=enabled,
            comment=" ".join(entry.words("comment")),
            translation=Translation(name=name, destination=rewrite, destination_port=port),
        )

    def _external_ranges(self, entry: Section) -> tuple[AddressRange, ...]:
        return tuple(found for word in entry.words("extip") if (found := read_range(word)) is not None and found.first)

    def _external(self, entry: Section, version: int) -> AddressExpr | None:
        """The external addresses; zero stands for whatever address the external interface has (CLI reference, `extip`)."""
        if entry.words("extaddr"):
            return self._addresses.union(entry.words("extaddr"), version)
        words = entry.words("extip")
        if not words:
            return None
        found = [read_range(word) for word in words]
        if any(one is None for one in found):
            return None
        if all(one is not None and one.last == 0 for one in found):
            name = entry.text("extintf", "any")
            return OwnAddress("" if name == "any" else name, version)
        return joined(tuple(one for one in found if one is not None))

    def _mapped(
        self, entry: Section, version: int, external: AddressExpr | None
    ) -> tuple[AddressRewrite, Range | None] | None:
        """What the destination becomes, and the port of the real servers where these decide it."""
        kind = entry.text("type", "static-nat")
        if kind == "server-load-balance":
            return self._real_servers(entry, version)
        if kind == "fqdn" or entry.words("mapped-addr"):
            name = entry.text("mapped-addr")
            to = self._addresses.reference(name, version) if name else Fqdn(entry.name)
            return AddressRewrite(to=to), None
        found = [read_range(word) for word in entry.words("mappedip")]
        ranges = tuple(one for one in found if one is not None)
        if not ranges or len(ranges) < len(found):
            return None
        to = joined(ranges)
        if (
            kind == "static-nat"
            and len(ranges) == 1
            and isinstance(external, AddressRange)
            and external.size == ranges[0].size
            and external.size > 1
        ):
            return AddressRewrite(to=to, base=external), None
        return AddressRewrite(to=to), None

    def _real_servers(self, entry: Section, version: int) -> tuple[AddressRewrite, Range | None] | None:
        """Any server of a virtual server that is in use; their ports, where they differ, as one range."""
        servers: list[AddressExpr] = []
        low, high = 65536, -1
        for server in entry.table("realservers"):
            if server.text("status", "active") == "disable":
                continue
            found = read_range(server.text("ip"))
            if server.text("type") == "address" and server.text("address"):
                servers.append(self._addresses.reference(server.text("address"), version))
            elif found is not None:
                servers.append(found)
            else:
                continue
            port = server.number("port", 0, 65535)
            external = read_ports(entry.text("extport"))
            first, last = (port, port) if port else (external or (0, 65535))
            low, high = min(low, first), max(high, last)
        if not servers:
            return AddressRewrite(to=UndecidedAddress("virtual server without real servers", entry.name)), None
        if low < high:
            self._scope.file.ledger.approximated(
                entry.first_line, "the ports of the real servers are taken as one range"
            )
        return AddressRewrite(to=joined(tuple(dict.fromkeys(servers)))), (low, high)

    def _ports(self, entry: Section, version: int, server_port: Range | None) -> tuple[ServiceExpr, PortRewrite | None]:
        """Which service is translated, and what becomes of its port."""
        named = entry.words("service")
        if named:
            mapped = read_ports(entry.text("mappedport")) if entry.is_on("portforward") else None
            return self._services.union(named), PortRewrite(to=mapped) if mapped and mapped != (0, 0) else None
        virtual_server = entry.text("type", "static-nat") == "server-load-balance"
        if not virtual_server and not entry.is_on("portforward"):
            return ANY_SERVICE, None
        if virtual_server:
            kind = entry.text("server-type", "tcp")
            if kind == "ip":
                return ANY_SERVICE, None
            protocol = UDP if kind == "udp" else TCP
        else:
            protocol = _PROTOCOLS.get(entry.text("protocol", "tcp"), TCP)
        if protocol == ICMP:
            return Service(protocol=ICMP if version == 4 else ICMPV6), None
        words = entry.words("extport")
        ranges = tuple(found for word in words for part in word.split(",") if (found := read_ports(part)) is not None)
        external = tuple(one for one in ranges if one != (0, 0))
        service = Service(protocol=protocol, destination_ports=external or None)
        mapped = server_port or read_ports(entry.text("mappedport"))
        if mapped is None or mapped == (0, 0) or (len(external) == 1 and mapped == external[0]):
            return service, None
        one_to_one = (
            len(external) == 1
            and external[0][1] - external[0][0] == mapped[1] - mapped[0]
            and entry.text("portmapping-type", "1-to-1") == "1-to-1"
        )
        return service, PortRewrite(to=mapped, base=external[0] if one_to_one and mapped[0] < mapped[1] else None)

    @staticmethod
    def _ingress(entry: Section) -> InterfaceMatch:
        names = entry.words("srcintf-filter")
        if not names:
            name = entry.text("extintf", "any")
            names = () if name in {"any", ""} else (name,)
        return interfaces(*names) if names else ANY_INTERFACE

    def _targets(self, entry: Section, rule: Rule) -> Iterator[HostSpec]:
        """The mapped hosts, where they are single addresses."""
        if rule.translation is None or rule.translation.destination is None:
            return
        to = rule.translation.destination.to
        for item in to.items if isinstance(to, AddressUnion) else (to,):
            if isinstance(item, AddressRange) and item.size == 1:
                yield HostSpec(name=entry.name, address=item, sign=HostSign.NAT_TARGET, span=rule.span)

    # Sources

    def policy_source(
        self, policy: Section, egress: Iterable[str], vips: VirtualIps, version: int
    ) -> Translation | None:
        """The source NAT of a policy; ``None`` where it does none. ``version`` is that of its ``poolname``.

        In this order (technical tip 193423): the pools of the policy, the external address of a one-to-one virtual IP
        of the sender, the address of the outgoing interface.
        """
        if self._central or not policy.is_on("nat"):
            return None
        fixed = policy.is_on("fixedport")
        if policy.is_on("ippool"):
            names = policy.words("poolname") or policy.words("poolname4")
            names6 = policy.words("poolname6")
            to = self._pool_union(names, names6) if version == 4 else self._pool_union((), names)
        else:
            to = joined((*self._own(egress), *vips.one_to_one))
        return Translation(
            name=" ".join(policy.words("poolname")),
            source=AddressRewrite(to=to),
            source_port=None if fixed else SOURCE_NAT_PORTS,
        )

    def _pool_union(self, names: tuple[str, ...], names6: tuple[str, ...]) -> AddressExpr:
        parts: list[AddressExpr] = []
        for words, pools, version in ((names, self._pools, 4), (names6, self._pools6, 6)):
            for name in words:
                entry = pools.get(name)
                found = None
                if entry is not None:
                    found = read_range(f"{entry.text('startip')}-{entry.text('endip', entry.text('startip'))}")
                parts.append(found or UndecidedAddress("IP pool", name, EVERY[version]))
            if not words:
                parts.append(OwnAddress("", version))
        return joined(tuple(parts))

    def central_source_list(self) -> RuleSet | None:
        """The central source NAT table, where central NAT is on (administration guide 7.2, "Central SNAT")."""
        section = self._scope.section("firewall central-snat-map")
        if not self._central or not section.entries:
            return None
        rules = tuple(
            self._central_rule(entry, position)
            for position, entry in enumerate(self._scope.table("firewall central-snat-map"), start=1)
        )
        return RuleSet(
            name="central-snat-map",
            rules=rules,
            default=None,
            kind=RuleSetKind.NAT,
            default_span=self._scope.span(section),
        )

    def _central_rule(self, entry: Section, position: int) -> Rule:
        version = 6 if entry.text("type", "ipv4") == "ipv6" else 4
        suffix = "6" if version == 6 else ""
        egress = entry.words("dstintf")
        translates = entry.is_on("nat", default=True)
        pools = entry.words(f"nat-ippool{suffix}")
        translation = None
        if translates:
            names, names6 = ((), pools) if version == 6 else (pools, ())
            to = joined(self._own(egress)) if not pools else self._pool_union(names, names6)
            mapped = read_ports(entry.text("nat-port"))
            port = PortRewrite(to=mapped) if mapped is not None and mapped != (0, 0) else SOURCE_NAT_PORTS
            translation = Translation(name=" ".join(pools), source=AddressRewrite(to=to), source_port=port)
        return Rule(
            id=entry.name,
            position=position,
            action=Action.TRANSLATE if translates else Action.PERMIT,
            span=self._scope.span(entry),
            source=self._side(entry.words(f"orig-addr{suffix}"), version),
            destination=self._side(entry.words(f"dst-addr{suffix}"), version),
            service=_central_service(entry),
            ingress=match_of(entry.words("srcintf")),
            egress=match_of(egress),
            enabled=entry.text("status", "enable") != "disable",
            comment=" ".join(entry.words("comments")),
            translation=translation,
        )

    def _own(self, egress: Iterable[str]) -> tuple[AddressExpr, ...]:
        """The addresses that outgoing sessions get at these interfaces or zones; at none or any: one of the device's."""
        names = tuple(dict.fromkeys(member for name in egress for member in self._topology.zone_members(name)))
        if not names or "any" in names:
            return (OwnAddress(),)
        return tuple(OwnAddress(name) for name in names)

    def _side(self, names: tuple[str, ...], version: int) -> AddressExpr:
        return self._addresses.union(names, version) if names else EVERY[version]


def _central_service(entry: Section) -> ServiceExpr:
    """Protocol, original source port and destination port of a central rule; zero is any (CLI reference)."""
    protocol = entry.number("protocol", 0, 255)
    source, destination = read_ports(entry.text("orig-port")), read_ports(entry.text("dst-port"))
    sources = (source,) if source is not None and source != (0, 0) else None
    destinations = (destination,) if destination is not None and destination != (0, 0) else None
    if not protocol and sources is None and destinations is None:
        return ANY_SERVICE
    return Service(protocol=protocol or None, source_ports=sources, destination_ports=destinations)


def match_of(names: tuple[str, ...]) -> InterfaceMatch:
    """The interfaces or zones ``names``; ``any`` and none are any."""
    return ANY_INTERFACE if not names or "any" in names else interfaces(*names)
