"""NAT: static, destination and source rule sets.

Static rules go before destination rules, both before routes and policies are looked up; static rules in reverse go before
source rules, both after the policy (Junos OS NAT User Guide, "NAT Rule Sets and Rules"). Of rule sets that concern the
same packet the most specific one is taken: interfaces before zones before routing instances ("Understanding Source NAT
Rules"). A rule that says ``off`` keeps what it matches as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    ANY_SERVICE,
    Action,
    AddressExpr,
    AddressRange,
    AddressRewrite,
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
    ServiceIntersection,
    Translation,
    UndecidedAddress,
    interfaces,
)
from segaudit.parsers.juniper_srx.config import JunosFile, Node
from segaudit.parsers.juniper_srx.names import PORTS, PROTOCOLS, read_number
from segaudit.parsers.juniper_srx.objects import AddressBook, ApplicationBook
from segaudit.parsers.juniper_srx.topology import Topology
from segaudit.parsers.juniper_srx.values import joined, one_of, read_literal, read_span

DESTINATION: Final = "nat (destination)"
SOURCE: Final = "nat (source)"
#: Ports that source NAT gives to sessions (Junos OS NAT User Guide, "Source NAT Pools": 1024 to 63487 of a pool).
_PAT_PORTS: Final = (1024, 65535)
_SPECIFIC: Final = ("interface", "zone", "routing-instance", "routing-group")


@dataclass(frozen=True, slots=True)
class _Context:
    """Where a rule set applies; ``rank`` is less the more specific it is."""

    match: InterfaceMatch
    rank: int


class NatReader:
    """Reads the NAT rules of one device."""

    def __init__(
        self, file: JunosFile, root: Node, books: tuple[AddressBook, ApplicationBook], topology: Topology
    ) -> None:
        self._file = file
        self._nat = root.at("security", "nat")
        self._addresses, self._applications = books
        self._topology = topology
        self.targets: list[HostSpec] = []

    # Lists

    def destination_list(self) -> RuleSet | None:
        """What becomes of destinations; ``None`` where no rule is there."""
        rules: list[Rule] = []
        for rule_set, come in self._ordered("static"):
            for node in rule_set.entries("rule"):
                rules.extend(self._static(node, rule_set, come))
        for rule_set, come in self._ordered("destination"):
            rules.extend(self._destination(node, rule_set, come) for node in rule_set.entries("rule"))
        return _listed(DESTINATION, rules)

    def source_list(self) -> RuleSet | None:
        """What becomes of sources; ``None`` where no rule is there."""
        rules: list[Rule] = []
        for rule_set, come in self._ordered("static"):
            for node in rule_set.entries("rule"):
                rules.extend(self._reverse(node, rule_set, come))
        ordered: list[tuple[int, int, Node, _Context, _Context]] = []
        for rule_set in self._nat.entries("source", "rule-set"):
            for come in self._contexts(rule_set.at("from")):
                ordered.extend((come.rank, to.rank, rule_set, come, to) for to in self._contexts(rule_set.at("to")))
        ordered.sort(key=lambda one: one[:2])
        for _, _, rule_set, come, to in ordered:
            rules.extend(self._source(node, rule_set, come, to) for node in rule_set.entries("rule"))
        return _listed(SOURCE, rules)

    def _ordered(self, kind: str) -> Iterator[tuple[Node, _Context]]:
        found = [
            (context, rule_set)
            for rule_set in self._nat.entries(kind, "rule-set")
            for context in self._contexts(rule_set.at("from"))
        ]
        for context, rule_set in sorted(found, key=lambda one: one[0].rank):
            yield rule_set, context

    def _contexts(self, node: Node) -> Iterator[_Context]:
        """Where a rule set applies, each kind of place by itself."""
        if not node.children:
            yield _Context(ANY_INTERFACE, len(_SPECIFIC))
        for rank, kind in enumerate(_SPECIFIC):
            words = node.words(kind)
            if not words:
                continue
            names: list[str] = []
            for word in words:
                if kind == "interface":
                    names.append(word if "." in word else f"{word}.0")
                elif kind == "zone":
                    names.append(word)
                else:
                    vrf = "" if word == "default" else word
                    names.extend(one.name for one in self._topology.interfaces if one.vrf == vrf)
            # A name that no interface has: of an instance that is not there.
            yield _Context(interfaces(*names) if names else interfaces(words[0]), rank)

    # Matches

    def _side(self, match: Node, side: str, zone: str = "") -> AddressExpr | None:
        items = [read_literal(w) or self._addresses.reference(zone, w) for w in match.words(f"{side}-address")]
        items += [self._addresses.reference(zone, word) for word in match.words(f"{side}-address-name")]
        return joined(items) if items else None

    def _service(self, match: Node) -> ServiceExpr:
        protocols: list[int | None] = []
        for word in match.words("protocol"):
            found = read_number(word, PROTOCOLS, 255)
            if found is not None:
                protocols.append(found[0])
        source = self._ports(match.at("source-port"))
        destination = self._ports(match.at("destination-port"))
        tests: list[ServiceExpr] = []
        if protocols or source or destination:
            tests.append(
                one_of(
                    Service(protocol=number, source_ports=source, destination_ports=destination)
                    for number in (protocols or [None])
                )
            )
        if match.words("application"):
            tests.append(self._applications.union(match.words("application")))
        if not tests:
            return ANY_SERVICE
        return tests[0] if len(tests) == 1 else ServiceIntersection(tuple(tests))

    def _ports(self, node: Node) -> tuple[Range, ...] | None:
        found: list[Range] = []
        for entry in node.children.values():
            first = read_number(entry.name, PORTS, 65535)
            last = read_number(entry.word("to", default=entry.name), PORTS, 65535)
            if first is None or last is None or first[0] > last[1]:
                self._file.ledger.unrecognized(entry.first_line, "no port numbers")
                continue
            found.append((first[0], last[1]))
        return tuple(found) or None

    def _rule(
        self, node: Node, rule_set: Node, come: _Context, translation: Translation | None, service: ServiceExpr
    ) -> Rule:
        match = node.at("match")
        return Rule(
            id=f"{rule_set.name}/{node.name}",
            position=1,
            action=Action.PERMIT if translation is None else Action.TRANSLATE,
            span=self._file.span(node),
            source=self._side(match, "source") or ANY_ADDRESS,
            destination=self._side(match, "destination") or ANY_ADDRESS,
            service=service,
            ingress=come.match,
            enabled=not node.inactive,
            comment=node.word("description"),
            translation=translation,
        )

    # Static

    def _static(self, node: Node, rule_set: Node, come: _Context) -> Iterator[Rule]:
        to, ports = self._mapped(node)
        match = node.at("match")
        outside = self._resolved(self._side(match, "destination"))
        if to is None or outside is None:
            return
        service = self._service(match)
        before = self._ports(match.at("destination-port"))
        port = PortRewrite(to=ports, base=before[0] if before and _size(before[0]) > 1 else None) if ports else None
        translation = Translation(
            name=f"{rule_set.name}/{node.name}", destination=_aligned(outside, to), destination_port=port
        )
        self._target(node, to)
        yield self._rule(node, rule_set, come, translation, service)

    def _reverse(self, node: Node, rule_set: Node, come: _Context) -> Iterator[Rule]:
        """What a static rule does to sources of the other direction, out by the context of its rule set."""
        inside, ports = self._mapped(node)
        match = node.at("match")
        outside = self._resolved(self._side(match, "destination"))
        if inside is None or outside is None:
            return
        service: ServiceExpr = ANY_SERVICE
        before = self._ports(match.at("destination-port"))
        port = None
        if ports is not None and before:
            service = Service(source_ports=(ports,))
            port = PortRewrite(to=before[0], base=ports if _size(ports) > 1 else None)
        name = f"{rule_set.name}/{node.name}"
        yield Rule(
            id=f"{name} (reverse)",
            position=1,
            action=Action.TRANSLATE,
            span=self._file.span(node),
            source=inside,
            destination=self._side(match, "source") or ANY_ADDRESS,
            service=service,
            egress=come.match,
            enabled=not node.inactive,
            translation=Translation(name=name, source=_aligned(inside, outside), source_port=port),
        )

    def _mapped(self, node: Node) -> tuple[AddressExpr | None, Range | None]:
        """The addresses and the port that a static rule maps to."""
        then = node.at("then", "static-nat")
        for kind in ("prefix", "prefix-name"):
            ports = self._ports(then.at(kind, "mapped-port"))
            for entry in then.entries(kind):
                if entry.name in ("mapped-port", "routing-instance"):
                    continue
                own = self._ports(entry.at("mapped-port")) or ports
                to = read_literal(entry.name) if kind == "prefix" else None
                found = to or self._resolved(self._addresses.reference("", entry.name))
                return found, own[0] if own else None
        return None, None

    # Destination

    def _destination(self, node: Node, rule_set: Node, come: _Context) -> Rule:
        then = node.at("then", "destination-nat")
        service = self._service(node.at("match"))
        if then.has("off"):
            return self._rule(node, rule_set, come, None, service)
        name = next(iter(then.at("pool").children), "")
        to, port = self._pool(name)
        if port is not None and service is ANY_SERVICE:
            # Only what has ports gets another one.
            service = Service(destination_ports=((0, 65535),))
        outside = self._resolved(self._side(node.at("match"), "destination"))
        self._target(node, to)
        translation = Translation(
            name=f"{rule_set.name}/{node.name}",
            destination=_aligned(outside, to) if outside is not None else AddressRewrite(to=to),
            destination_port=PortRewrite(to=port) if port is not None else None,
        )
        return self._rule(node, rule_set, come, translation, service)

    def _pool(self, name: str) -> tuple[AddressExpr, Range | None]:
        pool = self._nat.at("destination", "pool", name)
        port = pool.word("port") or pool.word("address", "port")
        found: list[AddressExpr] = []
        for entry in pool.entries("address"):
            if entry.name == "port":
                continue
            port = entry.word("port") or port
            one = self._literal(entry)
            if one is not None:
                found.append(one)
        number = read_number(port, PORTS, 65535) if port else None
        if not found:
            return UndecidedAddress("undefined object", name or "pool"), number
        return joined(found), number

    @staticmethod
    def _literal(entry: Node) -> AddressExpr | None:
        last = entry.word("to")
        return read_span(entry.name, last) if last else read_literal(entry.name)

    # Source

    def _source(self, node: Node, rule_set: Node, come: _Context, to: _Context) -> Rule:
        then = node.at("then", "source-nat")
        service = self._service(node.at("match"))
        translation = None
        name = next(iter(then.at("pool").children), "")
        label = f"{rule_set.name}/{node.name}"
        if name:
            pool = self._nat.at("source", "pool", name)
            found = [one for one in map(self._literal, pool.entries("address")) if one is not None]
            address: AddressExpr = joined(found) if found else UndecidedAddress("undefined object", name)
            keeps = pool.has("port", "no-translation")
            base = pool.has("host-address-base")
            inside = self._resolved(self._side(node.at("match"), "source")) if base else None
            rewrite = _aligned(inside, address) if inside is not None else AddressRewrite(to=address)
            translation = Translation(
                name=label, source=rewrite, source_port=None if keeps or base else PortRewrite(to=_PAT_PORTS)
            )
        elif then.has("interface"):
            names = [one for one in sorted(to.match.items) if self._topology.interface(one) is not None]
            for zone in self._topology.zones:
                if zone.name in to.match.items:
                    names.extend(zone.interfaces)
            own = [OwnAddress(one) for one in names]
            translation = Translation(
                name=label,
                source=AddressRewrite(to=joined(own) if own else OwnAddress()),
                source_port=PortRewrite(to=_PAT_PORTS),
            )
        rule = self._rule(node, rule_set, come, translation, service)
        return replace(rule, egress=to.match)

    def _resolved(self, expr: AddressExpr | None) -> AddressExpr | None:
        return self._addresses.ranges(expr) if expr is not None else None

    def _target(self, node: Node, to: AddressExpr) -> None:
        if not node.inactive and isinstance(to, AddressRange) and to.size == 1:
            self.targets.append(
                HostSpec(name=node.name, address=to, sign=HostSign.NAT_TARGET, span=self._file.span(node))
            )


def _size(ports: Range) -> int:
    return ports[1] - ports[0] + 1


def _aligned(before: AddressExpr, to: AddressExpr) -> AddressRewrite:
    """One for one where both are ranges of the same size, else any."""
    if (
        isinstance(before, AddressRange)
        and isinstance(to, AddressRange)
        and before.version == to.version
        and before.size == to.size
        and before.size > 1
    ):
        return AddressRewrite(to=to, base=before)
    return AddressRewrite(to=to)


def _listed(name: str, rules: list[Rule]) -> RuleSet | None:
    if not rules:
        return None
    taken: dict[str, int] = {}
    numbered: list[Rule] = []
    for position, rule in enumerate(rules, start=1):
        times = taken[rule.id] = taken.get(rule.id, 0) + 1
        label = rule.id if times == 1 else f"{rule.id} #{times}"
        numbered.append(replace(rule, id=label, position=position))
    return RuleSet(name=name, rules=tuple(numbered), default=None, kind=RuleSetKind.NAT)
