"""Access lists: extended, standard, webtype, the separate IPv6 lists before 9.0, and the advanced lists of FTD.

Cisco ASA Series General Operations CLI Configuration Guide 9.x, chapter "Access Control Lists". An access control entry
goes straight into a `Rule`: lists of fifty thousand are usual, and a step between would only copy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    ANY_IPV6,
    ANY_SERVICE,
    ICMP_PROTOCOLS,
    NO_SERVICE,
    TCP,
    UDP,
    Action,
    AddressExpr,
    Condition,
    ConditionKind,
    InterfaceMatch,
    LedgerBuilder,
    Range,
    Rule,
    RuleSet,
    Schedule,
    Service,
    ServiceExpr,
    ServiceIntersection,
    ServiceRef,
    ServiceUnion,
    Span,
    UndecidedService,
    interfaces,
)
from segaudit.parsers.cisco_asa.config import Entry
from segaudit.parsers.cisco_asa.literals import ANY_PROTOCOL_WORDS, icmp_type, protocol_number
from segaudit.parsers.cisco_asa.objects import OPERATORS, Catalogue, Unreadable

_ACTIONS: Final = MappingProxyType(
    # FTD: "trust" is a prefilter rule that passes its packets without a further look (Firepower Management Center
    # Device Configuration Guide 7.2, chapter "Prefiltering and Prefilter Policies").
    {"permit": Action.PERMIT, "deny": Action.DENY, "trust": Action.PERMIT}
)
_LOG_LEVELS: Final = frozenset("01234567") | {
    "default",
    "emergencies",
    "alerts",
    "critical",
    "errors",
    "warnings",
    "notifications",
    "informational",
    "debugging",
}
_WHO: Final = frozenset({"user", "user-group", "object-group-user", "security-group", "object-group-security"})
_Build = Callable[[], ServiceExpr]
#: What FTD's engine for layer 7 decides after this list; the words of the remark before the rule.
_LAYER_7: Final = ("L7 RULE", "DEFAULT TUNNEL ACTION RULE")


@dataclass(slots=True)
class _Options:
    """What stands behind the addresses and ports of an entry, and who may use it."""

    conditions: tuple[Condition, ...] = ()
    enabled: bool = True
    logged: bool | None = None
    schedule: str = ""
    rule_id: str = ""
    hits: int | None = None


class AclReader:
    """Turns the entries of access lists into rules; equal addresses and services become one object.

    ``permits_logged``, ``denies_logged``: whether entries without the word ``log`` leave a trace in the log.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        ledger: LedgerBuilder,
        schedules: Mapping[str, Schedule],
        *,
        permits_logged: bool,
        denies_logged: bool,
    ) -> None:
        self._catalogue = catalogue
        self._ledger = ledger
        self._schedules = schedules
        self._permits_logged = permits_logged
        self._denies_logged = denies_logged
        self._services: dict[tuple[object, ...], ServiceExpr] = {}
        self._interfaces: dict[str, InterfaceMatch] = {}
        self._any: AddressExpr = ANY_ADDRESS

    def read(self, name: str, entries: Sequence[Entry], *, version: int | None = None) -> RuleSet:
        """The list ``name``, its entries ledgered; ``version`` 4 or 6 where the software keeps the families apart."""
        at = 3 if version == 6 else 2
        self._any = ANY_IPV6 if version == 6 else self._catalogue.any_address
        rules: list[Rule] = []
        remarks: list[str] = []
        ftd_rules: dict[str, tuple[str, str]] = {}
        path = self._catalogue.source.path
        for place, entry in enumerate(entries, start=1):
            words, number = entry.words, entry.number
            start = at + 2 if words[at] == "line" else at
            kind = words[start] if start < len(words) else ""
            if kind == "remark":
                self._ledger.modelled(number)
                text = words[start + 1 :]
                if not _ftd_remark(text, ftd_rules):
                    remarks.append(" ".join(text))
                continue
            rule = self._entry(
                words,
                start,
                id_=str(place),
                position=len(rules) + 1,
                span=Span(path=path, first_line=number, last_line=number),
                comment="\n".join(remarks) if remarks else "",
                ftd_rules=ftd_rules,
            )
            if rule is None:
                continue
            if remarks:
                remarks.clear()
            if rule.conditions and rule.action is Action.PERMIT and rule.conditions[-1].text in _SNORT_TEXTS:
                # Snort may block what it looks at, so the permit below it is not sure either.
                blocked = replace(rule, id=f"{place} (inspection)", action=Action.DENY, implicit=_SNORT_BLOCKS)
                rules.append(blocked)
                rule = replace(rule, position=len(rules) + 1)
            rules.append(rule)
        return RuleSet(
            name=name,
            rules=tuple(rules),
            version=version,
            default_logged=self._denies_logged,
            default_span=self._catalogue.source.span(entries[-1].number),
        )

    def _entry(
        self,
        words: tuple[str, ...],
        at: int,
        *,
        id_: str,
        position: int,
        span: Span,
        comment: str,
        ftd_rules: Mapping[str, tuple[str, str]],
    ) -> Rule | None:
        number = span.first_line
        kind = words[at] if at < len(words) else ""
        if kind == "ethertype":
            self._ledger.unsupported(number, "EtherType lists filter what is not IP between bridged interfaces")
            return None
        if kind in ("extended", "advanced", "standard", "webtype"):
            at += 1
        action = _ACTIONS.get(words[at]) if at < len(words) else None
        if action is None:
            self._ledger.unrecognized(number, "neither permit nor deny")
            return None
        self._ledger.modelled(number)
        options = _Options()
        source: AddressExpr = self._any
        destination: AddressExpr = self._any
        service: ServiceExpr = ANY_SERVICE
        ingress = egress = ANY_INTERFACE
        try:
            if kind == "standard":
                destination, at = self._address(words, at + 1)
            elif kind == "webtype":
                destination, service, at = self._webtype(words, at + 1, options, number)
            else:
                protocol, service, at = self._protocol(words, at + 1, number)
                if words[at : at + 1] == ("ifc",):
                    ingress, at = self._interface(words, at)
                at = self._who(words, at, options, number)
                source, at = self._address(words, at)
                source_ports, at = self._source_ports(words, at)
                if at < len(words) and words[at] == "ifc":
                    egress, at = self._interface(words, at)
                at = self._who(words, at, options, number)
                destination, at = self._address(words, at)
                service, at = self._rest_of_service(words, at, protocol, service, source_ports, number)
            if at < len(words):
                self._options(words, at, options, number)
        except (Unreadable, IndexError) as problem:
            reason = f"not understood: {problem}" if isinstance(problem, Unreadable) else "the entry ends too early"
            self._ledger.unrecognized(number, reason)
            options.conditions += (Condition(kind=ConditionKind.OTHER, text="an entry that was not understood"),)
        name = ""
        if options.rule_id:
            name, judged = ftd_rules.get(options.rule_id, (f"rule-id {options.rule_id}", ""))
            if judged:
                options.conditions += (Condition(kind=ConditionKind.APPLICATION, text=judged),)
                self._ledger.approximated(number, f"decided further by {judged}")
        logged = options.logged
        if logged is None:
            logged = self._permits_logged if action is Action.PERMIT else self._denies_logged
        return Rule(
            id=id_,
            position=position,
            action=action,
            span=span,
            source=source,
            destination=destination,
            service=service,
            ingress=ingress,
            egress=egress,
            conditions=options.conditions,
            enabled=options.enabled,
            logged=logged,
            schedule=options.schedule,
            name=name,
            comment=comment,
            hits=options.hits,
        )

    # Addresses, interfaces, users

    def _address(self, words: tuple[str, ...], at: int) -> tuple[AddressExpr, int]:
        if words[at] == "any":
            return self._any, at + 1
        return self._catalogue.address(words, at)

    def _interface(self, words: tuple[str, ...], at: int) -> tuple[InterfaceMatch, int]:
        """``ifc NAME`` of FTD's advanced lists."""
        name = words[at + 1]
        match = self._interfaces.get(name)
        if match is None:
            match = self._interfaces[name] = interfaces(name)
        return match, at + 2

    def _who(self, words: tuple[str, ...], at: int, options: _Options, number: int) -> int:
        """Users and security groups before an address: no header shows them."""
        while at < len(words) and words[at] in _WHO:
            word = words[at]
            if word == "security-group":
                text, at = " ".join(words[at : at + 3]), at + 3
                condition = Condition(kind=ConditionKind.OTHER, text=text)
            elif word == "object-group-security":
                text, at = " ".join(words[at : at + 2]), at + 2
                condition = Condition(kind=ConditionKind.OTHER, text=text)
            else:
                name, at = words[at + 1], at + 2
                condition = Condition(kind=ConditionKind.USER, text=f"{word} {name}", groups=(name,))
            options.conditions += (condition,)
            self._ledger.approximated(number, f"{condition.text}: not to be seen in the packet, so undecided")
        return at

    # Services

    def _protocol(self, words: tuple[str, ...], at: int, number: int) -> tuple[int | None, ServiceExpr, int]:
        """The protocol's number (``None``: any or several), what it matches, and the place after it."""
        word = words[at]
        if word in ("object", "object-group"):
            name = words[at + 1]
            return None, self._shared((word, name), lambda: ServiceRef(name)), at + 2
        if word in ANY_PROTOCOL_WORDS:
            return None, ANY_SERVICE, at + 1
        protocol = protocol_number(word)
        if protocol is None:
            self._ledger.approximated(number, f"the protocol {word} is not known; it may be any")
            return None, UndecidedService("protocol", word), at + 1
        return protocol, self._shared((protocol,), lambda: Service(protocol=protocol)), at + 1

    def _shared(self, key: tuple[object, ...], build: _Build) -> ServiceExpr:
        known = self._services.get(key)
        if known is None:
            known = self._services[key] = build()
        return known

    def _source_ports(self, words: tuple[str, ...], at: int) -> tuple[tuple[str, ...], int]:
        """The words of the source ports, if there are any, and the place after them."""
        if at >= len(words):
            return (), at
        word = words[at]
        if word in OPERATORS:
            after = at + (3 if word == "range" else 2)
            return words[at:after], after
        if word == "object-group" and self._catalogue.group_kinds.get(words[at + 1]) == "service":
            return words[at : at + 2], at + 2
        return (), at

    def _rest_of_service(
        self,
        words: tuple[str, ...],
        at: int,
        protocol: int | None,
        service: ServiceExpr,
        source: tuple[str, ...],
        number: int,
    ) -> tuple[ServiceExpr, int]:
        """Adds to ``service`` the source ports and what stands behind the destination: ports or an ICMP type."""
        destination: tuple[str, ...] = ()
        if at < len(words):
            word = words[at]
            if word in OPERATORS:
                after = at + (3 if word == "range" else 2)
                destination, at = words[at:after], after
            elif word in ("object-group", "object"):
                destination, at = words[at : at + 2], at + 2
            elif protocol in ICMP_PROTOCOLS and _is_icmp(word, protocol):
                after = at + 1
                if after < len(words) and words[after].isdigit():
                    after += 1
                destination, at = words[at:after], after
        if not source and not destination:
            return service, at
        key = (protocol, service if protocol is None else None, source, destination)
        known = self._services.get(key)
        if known is None:
            try:
                known = self._with_ports(protocol, service, source, destination)
            except Unreadable as problem:
                # Not kept: each entry that says so has its own line in the ledger.
                self._ledger.approximated(number, f"{problem}; the entry may match any of its protocol")
                return UndecidedService("port", " ".join((*source, *destination)), service), at
            self._services[key] = known
        return known, at

    def _with_ports(
        self, protocol: int | None, service: ServiceExpr, source: tuple[str, ...], destination: tuple[str, ...]
    ) -> ServiceExpr:
        if protocol in ICMP_PROTOCOLS:
            assert protocol is not None
            return self._with_icmp(protocol, destination)
        parts: list[ServiceExpr] = []
        source_ports = destination_ports = None
        if source:
            if source[0] == "object-group":
                group = self._catalogue.port_groups.get(source[1])
                if group is None:
                    raise Unreadable(f"{source[1]} is no group of ports")
                if group.unknown:
                    raise Unreadable(f"{source[1]} holds ports that are not known")
                if protocol is None:
                    sides = [
                        Service(protocol=p, source_ports=ranges) for p in (TCP, UDP) if (ranges := group.ranges(p))
                    ]
                    parts.append(ServiceUnion(tuple(sides)))
                else:
                    source_ports = group.ranges(protocol)
            else:
                source_ports, _ = self._catalogue.ports(source, 0, protocol)
        if destination:
            if destination[0] in ("object-group", "object"):
                parts.append(ServiceRef(destination[1]))
            else:
                destination_ports, _ = self._catalogue.ports(destination, 0, protocol)
        plain = Service(protocol=protocol, source_ports=source_ports, destination_ports=destination_ports)
        if protocol is None and service != ANY_SERVICE:
            parts.insert(0, service)
        if not parts:
            return plain
        if plain != Service():
            parts.insert(0, plain)
        return parts[0] if len(parts) == 1 else ServiceIntersection(tuple(parts))

    def _with_icmp(self, protocol: int, words: tuple[str, ...]) -> ServiceExpr:
        if words[0] == "object":
            return ServiceIntersection((Service(protocol=protocol), ServiceRef(words[1])))
        if words[0] == "object-group":
            types = self._catalogue.icmp_groups.get(words[1])
            if types is None:
                return ServiceIntersection((Service(protocol=protocol), ServiceRef(words[1])))
            return Service(protocol=protocol, icmp_types=types) if types else NO_SERVICE
        number = icmp_type(words[0], protocol)
        if number is None:
            raise Unreadable(words[0])
        codes: tuple[Range, ...] | None = None
        if len(words) > 1:
            codes = ((int(words[1]), int(words[1])),)
        return Service(protocol=protocol, icmp_types=((number, number),), icmp_codes=codes)

    def _webtype(
        self, words: tuple[str, ...], at: int, options: _Options, number: int
    ) -> tuple[AddressExpr, ServiceExpr, int]:
        """``tcp`` or ``url`` entries of the lists that filter what users open through the clientless portal."""
        if words[at] == "url":
            options.conditions += (Condition(kind=ConditionKind.URL, text=f"url {words[at + 1]}"),)
            self._ledger.approximated(number, "a URL is not in the packet header, so undecided")
            return self._any, Service(protocol=TCP), at + 2
        if words[at] != "tcp":
            raise Unreadable(words[at])
        destination, at = self._address(words, at + 1)
        service, at = self._rest_of_service(words, at, TCP, Service(protocol=TCP), (), number)
        return destination, service, at

    # What stands behind

    def _options(self, words: tuple[str, ...], at: int, options: _Options, number: int) -> None:
        count = len(words)
        while at < count:
            word = words[at]
            at += 1
            if word == "log":
                options.logged = True
                if at < count and words[at] == "disable":
                    options.logged = False
                    at += 1
                elif at < count and words[at] in _LOG_LEVELS:
                    at += 1
            elif word in ("interval", "event-log"):
                options.logged = True
                at += 1
            elif word == "inactive":
                options.enabled = False
            elif word == "time-range":
                self._time_range(words[at], options, number)
                at += 1
            elif word == "rule-id":
                options.rule_id = words[at]
                at += 1
            elif word.startswith("(hitcnt="):
                count_text = word[len("(hitcnt=") :].rstrip(")")
                options.hits = int(count_text) if count_text.isdigit() else None
            elif word == "(inactive)":
                options.enabled = False
            elif word.startswith("0x"):
                continue
            elif word.startswith("!"):
                return
            else:
                raise Unreadable(word)

    def _time_range(self, name: str, options: _Options, number: int) -> None:
        schedule = self._schedules.get(name)
        if schedule is None:
            # "If the time range is not defined, the entry is not effective" is not documented; it is left open.
            options.conditions += (Condition(kind=ConditionKind.SCHEDULE, text=f"time-range {name}"),)
            self._ledger.approximated(number, f"the time-range {name} is not defined here, so undecided")
            return
        options.schedule = name
        if schedule.recurring:
            self._ledger.approximated(number, f"the time-range {name} comes again and again, so undecided")


def conduit_entry(number: int, words: tuple[str, ...]) -> Entry:
    """``conduit permit tcp DESTINATION [ports] SOURCE [ports]`` of PIX 6 as the entry of an access list.

    Cisco PIX Firewall Command Reference 6.3, ``conduit``: the global (inner) address comes first.
    """
    head, rest = words[1:3], list(words[3:])
    destination = _side(rest)
    source = _side(rest)
    return Entry(number, ("access-list", "conduit", *head, *source, *destination, *rest))


def _side(words: list[str]) -> list[str]:
    """Takes an address and the ports behind it from the front of ``words``."""
    count = 1 if words[:1] and words[0] in ("any", "any4", "any6") else 2
    if len(words) > count and words[count] in OPERATORS:
        count += 3 if words[count] == "range" else 2
    taken = words[:count]
    del words[:count]
    return taken


_SNORT_BLOCKS: Final = "inspection may block what it looks at"
_SNORT_TEXTS: Final = frozenset({f"inspection ({word})" for word in _LAYER_7})


def _ftd_remark(words: tuple[str, ...], rules: dict[str, tuple[str, str]]) -> bool:
    """Whether a remark is one of FTD's about its own rules (``rule-id N: L7 RULE: name``), which then is noted.

    A rule's remarks give its policy (``ACCESS POLICY: …``) and its name, with the layer at which it is decided: an L7
    rule is a permit here whatever its action is, since only inspection (Snort) knows whether it matches.
    """
    if len(words) < 2 or words[0] != "rule-id" or not words[1].endswith(":"):
        return False
    rule_id, text = words[1][:-1], " ".join(words[2:])
    kind, _, name = text.partition(":")
    if kind.endswith("POLICY"):
        return True
    layer = next((word for word in _LAYER_7 if word in text), "")
    rules[rule_id] = (name.strip() or kind, f"inspection ({layer})" if layer else "")
    return True


def _is_icmp(word: str, protocol: int | None) -> bool:
    return icmp_type(word, protocol) is not None
