"""NAT rules, as two lists: what becomes of destinations before the security rules, and of sources after them.

One list of rules is asked once, for the first packet of a session: by the zone that it came in, the zone that its original
destination is routed to, and the original addresses and service (PAN-OS Networking Administrator's Guide 10.1, "NAT Policy
Overview"). The first match decides both translations. In the model the destination is rewritten at PREROUTING, where
rules that leave it alone and stand before others exempt what they match; the source at POSTROUTING, where a rule that
rewrote the destination gets exactly the packets that it rewrote, and any other those that none did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    ANY_SERVICE,
    NO_ADDRESS,
    Action,
    AddressExpr,
    AddressIntersection,
    AddressRange,
    AddressRewrite,
    HostSign,
    HostSpec,
    InterfaceMatch,
    OwnAddress,
    PortRewrite,
    Rule,
    RuleSet,
    RuleSetKind,
    Service,
    ServiceExpr,
    Translation,
    UndecidedAddress,
    interfaces,
)
from segaudit.parsers.paloalto_panos.config import Node
from segaudit.parsers.paloalto_panos.objects import AddressBook, ServiceBook
from segaudit.parsers.paloalto_panos.scope import Scope
from segaudit.parsers.paloalto_panos.topology import Destinations, Topology
from segaudit.parsers.paloalto_panos.values import EVERY, joined, read_ports

DESTINATION: Final = "nat (destination)"
SOURCE: Final = "nat (source)"
#: Ports that dynamic-ip-and-port gives to sessions (PAN-OS Networking Administrator's Guide 10.1, "Dynamic IP and Port
#: NAT Oversubscription": 1024 to 65535).
_PAT_PORTS: Final = (1024, 65535)


@dataclass(frozen=True, slots=True, kw_only=True)
class NatRule:
    """One NAT rule. ``egress`` is the zone (or interface) of the route to the original destination."""

    name: str
    entry: Node
    enabled: bool
    ingress: InterfaceMatch
    egress: InterfaceMatch
    source: AddressExpr
    destination: AddressExpr
    service: ServiceExpr
    to_source: AddressRewrite | None = None
    to_port: PortRewrite | None = None
    to_destination: AddressRewrite | None = None
    to_destination_port: PortRewrite | None = None

    @property
    def rewrites_destination(self) -> bool:
        """Whether it writes the destination or its port."""
        return self.to_destination is not None or self.to_destination_port is not None


class NatReader:
    """Reads the NAT rules of one device."""

    def __init__(self, scope: Scope, addresses: AddressBook, services: ServiceBook, topology: Topology) -> None:
        self._scope = scope
        self._addresses = addresses
        self._services = services
        self._topology = topology
        by_policy = any(not rule.is_on("disabled") for rule in scope.rules("pbf"))
        self._destinations = Destinations(topology, by_policy=by_policy)
        self._towards: dict[tuple[InterfaceMatch, frozenset[str]], AddressExpr] = {}
        self.rules = tuple(self._read())

    def _read(self) -> Iterator[NatRule]:
        taken: dict[str, int] = {}
        for entry in self._scope.rules("nat"):
            for rule in self._rule(entry):
                times = taken[rule.name] = taken.get(rule.name, 0) + 1
                yield rule if times == 1 else replace(rule, name=f"{rule.name} #{times}")

    def _rule(self, entry: Node) -> Iterator[NatRule]:
        kind = entry.word("nat-type", default="ipv4")
        ledger = self._scope.file.ledger
        if kind == "nat64":
            ledger.unsupported(entry.first_line, "translation between families is not modelled")
            return
        version = 6 if kind == "nptv6" else 4
        sources, targets = entry.words("from"), entry.words("to")
        ingress = ANY_INTERFACE if not sources or "any" in sources else interfaces(*sources)
        egress = ANY_INTERFACE if not targets or "any" in targets else interfaces(*targets)
        leaving = entry.word("to-interface", default="any")
        if leaving != "any":
            egress = interfaces(leaving)
        source = self._side(entry, "source", version)
        destination = self._side(entry, "destination", version)
        rule = NatRule(
            name=entry.name,
            entry=entry,
            enabled=not entry.is_on("disabled") and self._scope.applies(entry),
            ingress=ingress,
            egress=egress,
            source=source,
            destination=destination,
            service=self._service(entry),
        )
        to_source, to_port = self._source(entry, source, version)
        to_destination, to_destination_port = self._destination(entry, destination)
        rule = replace(
            rule,
            to_source=to_source,
            to_port=to_port,
            to_destination=to_destination,
            to_destination_port=to_destination_port,
        )
        yield rule
        if to_source is not None and entry.is_on("source-translation", "static-ip", "bi-directional"):
            yield self._reverse(rule, to_source)

    def _reverse(self, rule: NatRule, to_source: AddressRewrite) -> NatRule:
        """The other direction of a bi-directional rule: from any zone, to the address that the source gets
        (PAN-OS Web Interface Help 10.1, "NAT Translated Packet Tab", Bi-directional).
        """
        inside = self._addresses.ranges(rule.source)
        aligned = to_source.base is not None
        return NatRule(
            name=f"{rule.name} (reverse)",
            entry=rule.entry,
            enabled=rule.enabled,
            ingress=ANY_INTERFACE,
            egress=rule.egress,
            source=rule.destination,
            destination=to_source.to,
            service=ANY_SERVICE if rule.service is ANY_SERVICE else rule.service,
            to_destination=AddressRewrite(to=inside, base=to_source.to if aligned else None),
        )

    def _side(self, entry: Node, side: str, version: int) -> AddressExpr:
        value = self._addresses.union(entry.words(side))
        return EVERY[version] if value is ANY_ADDRESS else value

    def _service(self, entry: Node) -> ServiceExpr:
        words = entry.words("service")
        return ANY_SERVICE if not words or "any" in words else self._services.union(words)

    # Translations

    def _source(
        self, entry: Node, source: AddressExpr, version: int
    ) -> tuple[AddressRewrite | None, PortRewrite | None]:
        translation = entry.at("source-translation")
        for kind in ("dynamic-ip-and-port", "persistent-dynamic-ip-and-port"):
            pool = translation.at(kind)
            if pool:
                return AddressRewrite(to=self._pool(pool)), PortRewrite(to=_PAT_PORTS)
        pool = translation.at("dynamic-ip")
        if pool:
            to = self._pool(pool)
            fallback = pool.at("fallback")
            if fallback and (fallback.has("translated-address") or fallback.has("interface-address")):
                self._scope.file.ledger.approximated(
                    fallback.first_line, "once the pool is used up; taken as part of it"
                )
                to = joined((to, self._pool(fallback)))
            return AddressRewrite(to=to), None
        fixed = translation.at("static-ip")
        if not fixed:
            return None, None
        to = self._resolved(fixed.words("translated-address"))
        if version == 6:
            # NPTv6 also changes bits behind the prefix, so that checksums stay (RFC 6296 section 3.1).
            self._scope.file.ledger.approximated(
                fixed.first_line, "any address of the prefix; the device computes which"
            )
            return AddressRewrite(to=to), None
        return self._aligned(source, to), None

    def _pool(self, pool: Node) -> AddressExpr:
        """The addresses of a pool: those named, or those of an interface."""
        own = pool.at("interface-address")
        if own:
            found = [
                self._addresses.reference(self._scope.value(word))
                for word in (*own.words("ip"), *own.words("floating-ip"))
            ]
            usable = [self._host(one) for one in found if not isinstance(one, UndecidedAddress)]
            return joined(usable) if usable else OwnAddress(own.word("interface"))
        words = pool.words("translated-address")
        return self._resolved(words) if words else UndecidedAddress("pool", "a pool without addresses")

    def _host(self, expr: AddressExpr) -> AddressExpr:
        """``expr`` as the interface's own address in it (``ip 203.0.113.2/29`` means the address)."""
        found = self._addresses.ranges(expr)
        for interface in self._topology.interfaces:
            for address in interface.addresses:
                if isinstance(found, AddressRange) and address.prefix.expr() == found:
                    return AddressRange(address.prefix.version, address.address, address.address)
        return found

    def _resolved(self, words: tuple[str, ...]) -> AddressExpr:
        return joined(self._addresses.ranges(self._addresses.reference(self._scope.value(word))) for word in words)

    def _aligned(self, before: AddressExpr, to: AddressExpr) -> AddressRewrite:
        """One for one where both are ranges of the same size, else any."""
        base = self._addresses.ranges(before)
        if isinstance(base, AddressRange) and isinstance(to, AddressRange) and base.size == to.size and base.size > 1:
            return AddressRewrite(to=to, base=base)
        return AddressRewrite(to=to)

    def _destination(self, entry: Node, destination: AddressExpr) -> tuple[AddressRewrite | None, PortRewrite | None]:
        for kind in ("destination-translation", "dynamic-destination-translation"):
            translation = entry.at(kind)
            words = translation.words("translated-address")
            port = read_ports(translation.word("translated-port"))
            to_port = PortRewrite(to=port[0]) if port else None
            if words:
                to = self._resolved(words)
                aligned = kind == "destination-translation"
                return self._aligned(destination, to) if aligned else AddressRewrite(to=to), to_port
            if to_port is not None:
                return None, to_port
        return None, None

    # Lists

    def destination_list(self) -> RuleSet | None:
        """What becomes of destinations; ``None`` where no rule rewrites any."""
        last = max((place for place, rule in enumerate(self.rules) if rule.rewrites_destination), default=-1)
        if last < 0:
            return None
        rules = [self._at_arrival(rule, place) for place, rule in enumerate(self.rules[: last + 1], start=1)]
        return RuleSet(name=DESTINATION, rules=tuple(rules), default=None, kind=RuleSetKind.NAT)

    def _at_arrival(self, rule: NatRule, position: int) -> Rule:
        translation = None
        if rule.rewrites_destination:
            translation = Translation(
                name=rule.name, destination=rule.to_destination, destination_port=rule.to_destination_port
            )
        service = rule.service
        if rule.to_destination_port is not None and service is ANY_SERVICE:
            # Only what has ports gets another one.
            service = Service(destination_ports=((0, 65535),))
        return Rule(
            id=rule.name,
            position=position,
            action=Action.PERMIT if translation is None else Action.TRANSLATE,
            span=self._scope.span(rule.entry),
            source=rule.source,
            destination=self._routed(rule),
            service=service,
            ingress=rule.ingress,
            enabled=rule.enabled,
            comment=rule.entry.word("description"),
            translation=translation,
        )

    def _routed(self, rule: NatRule) -> AddressExpr:
        """The destination of ``rule``, where it is routed to the zone that it names."""
        if rule.egress.is_any or not self._destinations.known:
            return rule.destination
        vrfs = frozenset(
            one.vrf for one in self._topology.interfaces if one.zone and rule.ingress.matches(one.name, one.zone)
        )
        key = (rule.egress, vrfs)
        towards = self._towards.get(key)
        if towards is None:
            names = [one.name for one in self._topology.interfaces if rule.egress.matches(one.name, one.zone)]
            towards = self._towards[key] = self._destinations.towards(names, vrfs)
        return AddressIntersection((rule.destination, towards))

    def source_list(self) -> RuleSet | None:
        """What becomes of sources; ``None`` where no rule rewrites any."""
        last = max((place for place, rule in enumerate(self.rules) if rule.to_source is not None), default=-1)
        if last < 0:
            return None
        some = any(rule.rewrites_destination for rule in self.rules)
        rules = [
            self._at_departure(rule, place, some_translated=some)
            for place, rule in enumerate(self.rules[: last + 1], start=1)
            if rule.to_source is not None or not rule.rewrites_destination
        ]
        numbered = tuple(replace(rule, position=place) for place, rule in enumerate(rules, start=1))
        return RuleSet(name=SOURCE, rules=numbered, default=None, kind=RuleSetKind.NAT)

    def _at_departure(self, rule: NatRule, position: int, *, some_translated: bool) -> Rule:
        translation = None
        if rule.to_source is not None:
            translation = Translation(name=rule.name, source=rule.to_source, source_port=rule.to_port)
        whole = Rule(
            id=rule.name,
            position=position,
            action=Action.PERMIT if translation is None else Action.TRANSLATE,
            span=self._scope.span(rule.entry),
            enabled=rule.enabled,
            comment=rule.entry.word("description"),
            translation=translation,
        )
        if rule.rewrites_destination:
            # It matched when the packet arrived; what it rewrote is its own.
            return replace(whole, destination=NO_ADDRESS, translated_by=frozenset({rule.name}))
        return replace(
            whole,
            source=rule.source,
            destination=rule.destination,
            service=rule.service,
            ingress=rule.ingress,
            egress=rule.egress,
            translated_by=frozenset() if some_translated else None,
        )

    def hosts(self) -> Iterator[HostSpec]:
        """Hosts to which destinations are translated."""
        for rule in self.rules:
            target = rule.to_destination
            if rule.enabled and target is not None and isinstance(target.to, AddressRange) and target.to.size == 1:
                yield HostSpec(
                    name=rule.name,
                    address=target.to,
                    sign=HostSign.NAT_TARGET,
                    span=self._scope.span(rule.entry),
                )
