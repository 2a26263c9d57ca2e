"""Stateless firewall filters: terms in order, at interfaces by direction, and in front of the routing engine.

A term without ``from`` matches every packet, one without a terminating action accepts, what no term matches is discarded
(Junos OS Routing Policies, Firewall Filters, and Traffic Policers User Guide, "How Standard Firewall Filters Evaluate
Packets" and "Firewall Filter Terminating Actions"). Conditions of different kinds must all hold, of the values of one kind
any; of addresses with ``except`` the longest match decides ("Firewall Filter Match Conditions Based on Address Fields").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from segaudit.model import (
    ANY_INTERFACE,
    ANY_SERVICE,
    ICMP,
    ICMP_PROTOCOLS,
    ICMPV6,
    NO_ADDRESS,
    NO_SERVICE,
    SOURCE_NAT_ORDER,
    TCP,
    TCP_ESTABLISHED,
    Action,
    AddressComplement,
    AddressExpr,
    AddressIntersection,
    AddressUnion,
    Attachment,
    Condition,
    ConditionKind,
    Hook,
    InterfaceMatch,
    Notice,
    Prefix,
    Range,
    Route,
    Rule,
    RuleSet,
    RuleSetKind,
    Service,
    ServiceComplement,
    ServiceExpr,
    ServiceIntersection,
    TcpFlag,
    TcpFlags,
    UndecidedAddress,
    UndecidedService,
    interfaces,
    msg,
)
from segaudit.parsers.juniper_srx.config import JunosFile, Node
from segaudit.parsers.juniper_srx.names import (
    ICMP_CODES,
    ICMP_TYPES,
    ICMPV6_CODES,
    ICMPV6_TYPES,
    PORTS,
    PROTOCOLS,
    read_number,
)
from segaudit.parsers.juniper_srx.topology import Topology
from segaudit.parsers.juniper_srx.values import EVERY, joined, one_of, read_address, read_literal, read_prefix

#: Input filters stand before all translation, output filters behind it (Junos OS Flow-Based and Packet-Based Processing
#: User Guide, "Understanding Packet Flow": filters and policers, then flow, then filters and policers).
_INPUT_ORDER: Final = -300
_OUTPUT_ORDER: Final = SOURCE_NAT_ORDER + 200
#: The filter of lo0 stands before host-inbound-traffic.
_LOOPBACK_ORDER: Final = -10
_LAST_BYTE: Final = 255
_TCP_INITIAL: Final = Service(protocol=TCP, tcp_flags=TcpFlags(TcpFlag.SYN | TcpFlag.ACK, TcpFlag.SYN))
_FLAGS: Final = MappingProxyType(
    {
        "fin": TcpFlag.FIN, "syn": TcpFlag.SYN, "rst": TcpFlag.RST, "push": TcpFlag.PSH, "ack": TcpFlag.ACK,
        "urgent": TcpFlag.URG, "0x01": TcpFlag.FIN, "0x02": TcpFlag.SYN, "0x04": TcpFlag.RST, "0x08": TcpFlag.PSH,
        "0x10": TcpFlag.ACK, "0x20": TcpFlag.URG, "0x1": TcpFlag.FIN, "0x2": TcpFlag.SYN, "0x4": TcpFlag.RST,
        "0x8": TcpFlag.PSH,
    }
)  # fmt: skip
#: Matches on addresses: by their side, and whether they name prefix lists.
_ADDRESSES: Final = (
    ("source-address", "source", False),
    ("source-prefix-list", "source", True),
    ("destination-address", "destination", False),
    ("destination-prefix-list", "destination", True),
    ("address", "either", False),
    ("prefix-list", "either", True),
)
_PROTOCOL_WORDS: Final = ("protocol", "next-header", "payload-protocol", "ip-protocol")
#: What the model decides; every other match is a condition.
_DECIDED: Final = frozenset(
    [
        *(word for word, _, _ in _ADDRESSES), *_PROTOCOL_WORDS, *(f"{word}-except" for word in _PROTOCOL_WORDS),
        "source-port", "source-port-except", "destination-port", "destination-port-except", "port", "port-except",
        "icmp-type", "icmp-type-except", "icmp-code", "icmp-code-except", "tcp-flags", "tcp-established", "tcp-initial",
        "interface", "interface-set",
    ]
)  # fmt: skip
_FRAGMENTS: Final = frozenset(
    {"is-fragment", "first-fragment", "last-fragment", "fragment-offset", "fragment-offset-except", "fragment-flags"}
)


class FilterReader:
    """Reads the filters of one device and where they are bound."""

    def __init__(self, file: JunosFile, root: Node, topology: Topology, notices: list[Notice]) -> None:
        self._file = file
        self._root = root
        self._topology = topology
        self._notices = notices
        self._prefix_lists = PrefixLists(file, root)
        self._filters: dict[tuple[int, str], Node] = {}
        self._routing: dict[str, RuleSet | None] = {}
        self.rule_sets: dict[str, RuleSet] = {}
        self.attachments: list[Attachment] = []
        firewall = root.at("firewall")
        for node in firewall.entries("family", "any", "filter"):
            self._filters[0, node.name] = node
        for node in (*firewall.entries("filter"), *firewall.entries("family", "inet", "filter")):
            self._filters[4, node.name] = node
        for node in firewall.entries("family", "inet6", "filter"):
            self._filters[6, node.name] = node

    def read(self) -> None:
        """Fill `rule_sets` and `attachments`."""
        for version, name in self._filters:
            self._rule_set(version, name)
        loopbacks = [
            (name, level, version) for name, level, version in self._topology.filters if name.startswith("lo0.")
        ]
        for name, level, version in self._topology.filters:
            if not name.startswith("lo0."):
                self._bound(name, level, version)
        apart = {self._vrf(name) for name, _, _ in loopbacks if self._vrf(name)}
        for name, level, version in loopbacks:
            self._protect(name, level, version, apart)

    def _vrf(self, name: str) -> str:
        found = self._topology.interface(name)
        return found.vrf if found is not None else ""

    # Where filters are bound

    def _bound(self, name: str, level: Node, version: int) -> None:
        match = interfaces(name)
        for direction in ("input", "output"):
            names = self._names(level, direction)
            if not names:
                continue
            lists = self._chain(names, version, level.at(direction) or level.at(f"{direction}-list"))
            span = self._file.span(level)
            if direction == "input":
                self.attachments.append(
                    Attachment(rule_sets=lists, hook=Hook.PREROUTING, order=_INPUT_ORDER, ingress=match, span=span)
                )
                for one in names:
                    self._forwarding(one, version, match)
            else:
                self.attachments.append(
                    Attachment(rule_sets=lists, hook=Hook.POSTROUTING, order=_OUTPUT_ORDER, egress=match, span=span)
                )

    @staticmethod
    def _names(level: Node, direction: str) -> tuple[str, ...]:
        """The filters of a direction: one, or a list that is asked as though it were one; what is said last holds."""
        single, several = level.words(direction), level.words(f"{direction}-list")
        if single and several:
            order = list(level.children)
            return several if order.index(f"{direction}-list") > order.index(direction) else single[-1:]
        return several or single[-1:]

    def _chain(self, names: Sequence[str], version: int, at: Node) -> tuple[str, ...]:
        found: list[str] = []
        for place, name in enumerate(names):
            key = self._key(version, name)
            if (key, name) not in self._filters:
                self._notices.append(
                    Notice(
                        message=msg("the filter {name} is bound and not defined", name=name),
                        span=self._file.span(at),
                        bears_on_access=True,
                    )
                )
                found.append(_list_name(version, name))
                continue
            listed = self._rule_set(key, name)
            if place + 1 < len(names):
                listed = self._open_ended(listed)
            found.append(listed.name)
        return tuple(dict.fromkeys(found))

    def _key(self, version: int, name: str) -> int:
        return version if (version, name) in self._filters or (0, name) not in self._filters else 0

    def _open_ended(self, rule_set: RuleSet) -> RuleSet:
        """The list as it stands before another one: what it does not match is asked on."""
        name = f"{rule_set.name} (and on)"
        if name not in self.rule_sets:
            self.rule_sets[name] = replace(rule_set, name=name, default=None)
        return self.rule_sets[name]

    def _protect(self, name: str, level: Node, version: int, apart: set[str]) -> None:
        """The filter of lo0 is asked for what goes to the routing engine, by whatever interface it came; lo0 units of
        routing instances stand for the interfaces of these ("Protecting the Routing Engine").
        """
        names = self._names(level, "input")
        if not names:
            return
        vrf = self._vrf(name)
        match = ANY_INTERFACE
        if vrf or apart:
            inside = [
                one.name
                for one in self._topology.interfaces
                if (one.vrf == vrf if vrf else one.vrf not in apart) and not one.name.startswith("lo0.")
            ]
            match = interfaces(*inside) if inside else interfaces(name)
        at = level.at("input") or level.at("input-list")
        self.attachments.append(
            Attachment(
                rule_sets=self._chain(names, version, at),
                hook=Hook.LOCAL_IN,
                order=_LOOPBACK_ORDER,
                ingress=match,
                span=self._file.span(level),
            )
        )

    def _forwarding(self, name: str, version: int, match: InterfaceMatch) -> None:
        """Terms with a routing instance or a next hop choose the way ("Filter-Based Forwarding")."""
        key = (self._key(version, name), name)
        node = self._filters.get(key)
        if node is None or not any(_sends(term) for term in node.entries("term")):
            return
        listed = f"forwarding {_list_name(*key)}"
        if listed not in self._routing:
            source = self.rule_sets[_list_name(*key)]
            rules = [self._routed(rule, node, key[0] or 4) for rule in source.rules]
            self._routing[listed] = RuleSet(
                name=listed, rules=tuple(rules), kind=RuleSetKind.ROUTING, default=None, version=key[0] or None
            )
        routing = self._routing[listed]
        assert routing is not None
        self.rule_sets[listed] = routing
        self.attachments.append(
            Attachment(rule_sets=(listed,), hook=Hook.ROUTING, ingress=match, span=self._file.span(node))
        )

    def _routed(self, rule: Rule, node: Node, version: int) -> Rule:
        term = node.at("term", rule.part_of or rule.id)
        then = term.at("then")
        base = Route(prefix=Prefix(version, 0, 0), span=rule.span)
        routes: tuple[Route, ...] = ()
        instance = then.word("routing-instance")
        if instance:
            kind = self._root.at("routing-instances", instance)
            if kind or instance == "default":
                routes = (replace(base, next_hop_vrf="" if instance == "default" else instance),)
        hop = read_address(next(iter(then.at("next-ip6" if version == 6 else "next-ip").children), ""))
        if hop is not None and hop[0] == version:
            routes = (replace(base, next_hop=hop[1]),)
        out = next(iter(then.at("next-interface").children), "")
        if out and out != "routing-instance":
            routes = (replace(base, interface=out),)
        if rule.action is Action.CONTINUE:
            return rule
        if not routes:
            return replace(rule, action=Action.PERMIT)
        return replace(rule, action=Action.ROUTE, routes=routes)

    # Filters

    def _rule_set(self, version: int, name: str) -> RuleSet:
        listed = _list_name(version, name)
        known = self.rule_sets.get(listed)
        if known is not None:
            return known
        node = self._filters[version, name]
        rules: list[Rule] = []
        for term in node.entries("term"):
            rules.append(self._term(term, version, len(rules) + 1))
        made = RuleSet(
            name=listed,
            rules=tuple(rules),
            default=Action.DENY,
            version=version or None,
            default_logged=False,
        )
        self.rule_sets[listed] = made
        return made

    def _term(self, term: Node, version: int, position: int) -> Rule:
        come, then = term.at("from"), term.at("then")
        action = Action.PERMIT
        if "discard" in then.children or "reject" in then.children:
            action = Action.DENY
        elif then.word("next") == "term":
            action = Action.CONTINUE
        if term.has("filter"):
            self._file.ledger.unsupported(term.first_line, "a filter inside of another is not modelled")
        source, destination, either = self._sides(come, version)
        service, undecided = self._service(come, version)
        if either is not None:
            # Either side, in one rule: both sides stay open, and the condition says what is asked.
            undecided = (*undecided, Condition(kind=ConditionKind.OTHER, text="source or destination address"))
            self._file.ledger.approximated(
                come.at("address").first_line if come.has("address") else come.at("prefix-list").first_line,
                "either address may match; taken as possible",
            )
        logged = any(then.has(word) for word in ("log", "syslog"))
        return Rule(
            id=term.name,
            position=position,
            action=action,
            span=self._file.span(term),
            source=source,
            destination=destination,
            service=service,
            ingress=self._ingress(come),
            conditions=(*undecided, *self._asked(come)),
            enabled=not term.inactive,
            logged=logged,
        )

    def _sides(self, come: Node, version: int) -> tuple[AddressExpr, AddressExpr, AddressExpr | None]:
        found: dict[str, list[AddressExpr]] = {"source": [], "destination": [], "either": []}
        for side in found:
            entries: list[tuple[str, bool]] = []
            undecided: list[AddressExpr] = []
            for word, of, lists in _ADDRESSES:
                if of != side or word not in come.children:
                    continue
                for entry in come.entries(word):
                    excepted = "except" in entry.children
                    if lists:
                        known = self._prefix_lists.named(entry.name)
                        if known is None:
                            undecided.append(UndecidedAddress("undefined object", entry.name))
                        else:
                            entries.extend((prefix, excepted) for prefix in known)
                            if not known:
                                entries.append(("", excepted))
                    else:
                        entries.append((entry.name, excepted))
            if entries or undecided:
                found[side] = [longest_match(entries, version), *undecided]
        every = EVERY[version] if version else None
        source = joined(found["source"]) if found["source"] else every
        destination = joined(found["destination"]) if found["destination"] else every
        either = joined(found["either"]) if found["either"] else None
        any_side = AddressIntersection(())
        return source or any_side, destination or any_side, either

    def _service(self, come: Node, version: int) -> tuple[ServiceExpr, tuple[Condition, ...]]:
        """What the matches on protocol, ports, ICMP and flags mean together."""
        children = come.children
        if not children:
            return ANY_SERVICE, ()
        protocols: list[int | None] = [None]
        for word in _PROTOCOL_WORDS:
            if word in children:
                protocols = list(self._protocols(come, word))
        tests: list[ServiceExpr] = []
        for word in _PROTOCOL_WORDS:
            if f"{word}-except" in children:
                numbers = self._protocols(come, f"{word}-except")
                tests.append(ServiceComplement(one_of(Service(protocol=number) for number in numbers)))
        source = self._ranges(come, "source-port")
        destination = self._ranges(come, "destination-port")
        sixes = version == 6 or ICMPV6 in protocols
        types = self._numbers(come, "icmp-type", ICMPV6_TYPES if sixes else ICMP_TYPES)
        codes = self._numbers(come, "icmp-code", ICMPV6_CODES if sixes else ICMP_CODES)
        if types is not None or codes is not None:
            protocols = [one for one in protocols if one in ICMP_PROTOCOLS] or (
                [ICMPV6 if version == 6 else ICMP] if protocols == [None] else []
            )
        tests.insert(
            0,
            one_of(
                Service(
                    protocol=number,
                    source_ports=source,
                    destination_ports=destination,
                    icmp_types=types,
                    icmp_codes=codes,
                )
                for number in protocols
            ),
        )
        if "port" in children:
            ranges = self._ranges(come, "port")
            either = (Service(source_ports=ranges), Service(destination_ports=ranges))
            tests.append(one_of(either))
        for word in ("source-port", "destination-port", "port"):
            if f"{word}-except" in children:
                ranges = self._ranges(come, f"{word}-except")
                sides = [Service(source_ports=ranges)] if word != "destination-port" else []
                if word != "source-port":
                    sides.append(Service(destination_ports=ranges))
                tests.append(
                    ServiceIntersection((Service(destination_ports=((0, 65535),)), ServiceComplement(one_of(sides))))
                )
        for word, of, names in (
            ("icmp-type-except", "types", ICMPV6_TYPES if sixes else ICMP_TYPES),
            ("icmp-code-except", "codes", ICMPV6_CODES if sixes else ICMP_CODES),
        ):
            ranges = self._numbers(come, word, names)
            if ranges is not None:
                number = ICMPV6 if version == 6 else ICMP
                inner = (
                    Service(protocol=number, icmp_types=ranges)
                    if of == "types"
                    else Service(protocol=number, icmp_codes=ranges)
                )
                tests.append(ServiceIntersection((Service(protocol=number), ServiceComplement(inner))))
        if "tcp-established" in children:
            tests.append(TCP_ESTABLISHED)
        if "tcp-initial" in children:
            tests.append(_TCP_INITIAL)
        if "tcp-flags" in children:
            tests.append(self._flags(come))
        if tests[0] == Service() and len(tests) > 1:
            del tests[0]
        if len(tests) == 1:
            return (ANY_SERVICE if tests[0] == Service() else tests[0]), ()
        return ServiceIntersection(tuple(tests)), ()

    def _protocols(self, come: Node, word: str) -> Iterator[int]:
        for value in come.entries(word):
            found = read_number(value.name, PROTOCOLS, _LAST_BYTE)
            if found is None:
                self._file.ledger.unrecognized(value.first_line, "no protocol that is known")
                continue
            yield from range(found[0], found[1] + 1)

    def _ranges(self, come: Node, word: str) -> tuple[Range, ...] | None:
        return self._numbers(come, word, PORTS, 65535)

    def _numbers(
        self, come: Node, word: str, names: MappingProxyType[str, int], highest: int = _LAST_BYTE
    ) -> tuple[Range, ...] | None:
        if word not in come.children:
            return None
        found: list[Range] = []
        for value in come.entries(word):
            one = read_number(value.name, names, highest)
            if one is None:
                self._file.ledger.unrecognized(value.first_line, "no number or name that is known")
            else:
                found.append(one)
        return tuple(found)

    def _flags(self, come: Node) -> ServiceExpr:
        text = come.word("tcp-flags")
        found = read_flags(text)
        if found is None:
            self._file.ledger.approximated(come.at("tcp-flags").first_line, "flags that are not understood may match")
            return UndecidedService("tcp flags", text, Service(protocol=TCP))
        return found

    def _ingress(self, come: Node) -> InterfaceMatch:
        names = [name if "." in name or name.endswith("*") else f"{name}.0" for name in come.words("interface")]
        for wanted in come.words("interface-set"):
            for name in self._root.words("firewall", "interface-set", wanted):
                names.append(name if name != "interface" else "")
                names.extend(self._root.words("firewall", "interface-set", wanted, name))
        return interfaces(*(name for name in names if name)) if names else ANY_INTERFACE

    def _asked(self, come: Node) -> Iterator[Condition]:
        """Matches that no header shown here decides."""
        for name, node in come.children.items():
            if name in _DECIDED or name.startswith("apply-"):
                continue
            kind = ConditionKind.FRAGMENT if name in _FRAGMENTS else ConditionKind.OTHER
            yield Condition(kind=kind, text=" ".join((name, *node.children)))


def _sends(term: Node) -> bool:
    then = term.at("then")
    return any(then.has(word) for word in ("routing-instance", "next-ip", "next-ip6", "next-interface"))


def _list_name(version: int, name: str) -> str:
    return {4: name, 6: f"ip6/{name}"}.get(version, f"any/{name}")


def longest_match(entries: Sequence[tuple[str, bool]], version: int) -> AddressExpr:
    """Addresses of prefixes, some with ``except``: of those that hold an address the longest decides.

    Only exceptions: they take from every address; ``any other`` is what is left.
    """
    read: list[tuple[Prefix, bool]] = []
    for text, excepted in entries:
        prefix = read_prefix(text) if text else None
        if prefix is not None and (not version or prefix.version == version):
            read.append((prefix, excepted))
    if not any(excepted for _, excepted in read):
        return joined(_expr(prefix) for prefix, _ in read) if read else NO_ADDRESS
    if all(excepted for _, excepted in read):
        versions = [version] if version else sorted({prefix.version for prefix, _ in read})
        return AddressComplement(
            joined(prefix.expr() for prefix, _ in read), versions[0] if len(versions) == 1 else None
        )
    parts: list[AddressExpr] = []
    for prefix, excepted in read:
        if excepted:
            continue
        # What longer exceptions take away, and still longer prefixes give back (these stand for themselves).
        less = [other for other, taken in read if taken and prefix.covers(other)]
        if not less:
            parts.append(_expr(prefix))
            continue
        gone = AddressComplement(joined(other.expr() for other in less), prefix.version)
        parts.append(AddressIntersection((_expr(prefix), gone)))
    return parts[0] if len(parts) == 1 else AddressUnion(tuple(parts))


def _expr(prefix: Prefix) -> AddressExpr:
    return EVERY[prefix.version] if prefix.length == 0 else prefix.expr()


class PrefixLists:
    """The prefix lists by name; those with ``apply-path`` hold what the configuration says at that path."""

    def __init__(self, file: JunosFile, root: Node) -> None:
        self._root = root
        self._file = file
        self._known: dict[str, tuple[str, ...]] = {}
        for node in root.entries("policy-options", "prefix-list"):
            found = [name for name in node.children if read_literal(name) is not None]
            path = node.word("apply-path")
            if path:
                found.extend(self._applied(path))
            self._known[node.name] = tuple(dict.fromkeys(found))

    def named(self, name: str) -> tuple[str, ...] | None:
        """The prefixes of a list; ``None`` where there is none of that name."""
        return self._known.get(name)

    def _applied(self, path: str) -> Iterator[str]:
        """Prefixes at ``path``: words are statements, ``<*>`` and patterns like it any name ("apply-path")."""
        found = [self._root]
        for word in path.split():
            if word.startswith("<") and word.endswith(">"):
                shape = re.compile(re.escape(word[1:-1]).replace(r"\*", ".*"))
                found = [child for node in found for name, child in node.children.items() if shape.fullmatch(name)]
            else:
                found = [node.children[word] for node in found if word in node.children]
        for node in found:
            if read_literal(node.name) is not None:
                yield node.name


_FLAG_TOKEN: Final = re.compile(r"\s*([()!&|,+]|[\w]+)")


def read_flags(text: str) -> ServiceExpr | None:
    """``(syn & !ack) | rst`` as a service; ``None`` where it is not understood. ``!`` binds before ``&``, ``|`` last."""
    tokens = _FLAG_TOKEN.findall(text)
    if "".join(tokens) != "".join(text.split()):
        return None
    alternatives, rest = _flag_union(tokens)
    if alternatives is None or rest:
        return None
    return one_of(Service(protocol=TCP, tcp_flags=flags) for flags in alternatives) if alternatives else NO_SERVICE


def _flag_union(tokens: list[str]) -> tuple[list[TcpFlags] | None, list[str]]:
    found, rest = _flag_all(tokens)
    while found is not None and rest and rest[0] in "|,":
        more, rest = _flag_all(rest[1:])
        if more is None:
            return None, rest
        found = [*found, *more]
    return found, rest


def _flag_all(tokens: list[str]) -> tuple[list[TcpFlags] | None, list[str]]:
    found, rest = _flag_one(tokens)
    while found is not None and rest and rest[0] in "&+":
        more, rest = _flag_one(rest[1:])
        if more is None:
            return None, rest
        found = [
            TcpFlags(one.mask | other.mask, one.value | other.value)
            for one in found
            for other in more
            if (one.mask & other.mask & one.value) == (one.mask & other.mask & other.value)
        ]
    return found, rest


def _flag_one(tokens: list[str]) -> tuple[list[TcpFlags] | None, list[str]]:
    if not tokens:
        return None, []
    if tokens[0] == "(":
        found, rest = _flag_union(tokens[1:])
        return (found, rest[1:]) if rest and rest[0] == ")" else (None, rest)
    if tokens[0] == "!":
        found, rest = _flag_one(tokens[1:])
        if found is None or len(found) != 1:
            return None, rest
        # Not all of several flags: one of them is otherwise.
        bits = [flag for flag in TcpFlag if found[0].mask & flag]
        return [TcpFlags(flag, 0 if found[0].value & flag else int(flag)) for flag in bits], rest
    flag = _FLAGS.get(tokens[0].lower())
    return ([TcpFlags(flag, flag)] if flag is not None else None), tokens[1:]
