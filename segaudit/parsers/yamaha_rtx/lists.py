"""Lists of filters as rule sets, and where a packet meets them.

Command Reference for Rev.23.02.02, 8.1.25 ``ip INTERFACE secure filter``: the numbers of the line are asked in its order,
the first filter that matches decides, what none matches is dropped; an interface and direction without a line lets
everything pass. What arrives is translated before it is filtered, what leaves is filtered before it is translated: the
filters see inside addresses both ways (chapter 23; the maker's own lists pass port forwards by the inside host).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    ANY_SERVICE,
    TCP,
    UDP,
    Action,
    AddressExpr,
    Attachment,
    Condition,
    ConditionKind,
    ConnectionState,
    Hook,
    InterfaceMatch,
    LedgerBuilder,
    Route,
    Rule,
    RuleSet,
    RuleSetKind,
    Service,
    ServiceExpr,
    ServiceUnion,
    Span,
    Translation,
    interfaces,
    msg,
    ports,
)
from segaudit.parsers.yamaha_rtx.config import FAMILIES, Bound, DynamicLine, FilterLine, InterfaceConfig, RunningConfig
from segaudit.parsers.yamaha_rtx.match import NotUnderstood, address, service
from segaudit.parsers.yamaha_rtx.names import APPLICATIONS, INERT, OPENING

#: Places at PREROUTING and POSTROUTING beside those of translation (-100 and 100).
INBOUND, ETHERNET_IN, SECURE, URL, DPI, ETHERNET_OUT = -200, -300, 0, 10, 20, 300

_UNBOUND: Final = "no list of an interface, no route and no set names it: it decides nothing"
_SESSION: Final = frozenset({ConnectionState.ESTABLISHED})
_EXPECTED: Final = frozenset({ConnectionState.RELATED})
_ANSWERS: Final = "answers of sessions that a dynamic filter watches"
_CHANNELS: Final = "further connections of sessions that a dynamic filter watches"
_WEB: Final = ports(TCP, 80)


class Meaning(NamedTuple):
    """What a filter says, whichever list asks it."""

    action: Action
    source: AddressExpr
    destination: AddressExpr
    service: ServiceExpr
    conditions: tuple[Condition, ...]
    logged: bool
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A rule before it has a place in a list."""

    id: str
    action: Action
    span: Span
    source: AddressExpr = ANY_ADDRESS
    destination: AddressExpr = ANY_ADDRESS
    service: ServiceExpr = ANY_SERVICE
    ingress: InterfaceMatch = ANY_INTERFACE
    egress: InterfaceMatch = ANY_INTERFACE
    conditions: tuple[Condition, ...] = ()
    logged: bool | None = None
    name: str = ""
    target: str = ""
    translation: Translation | None = None
    routes: tuple[Route, ...] = ()
    implicit: str = ""
    part_of: str = ""


class Lists:
    """The rule sets and attachments of one router, as they are made."""

    def __init__(self, config: RunningConfig, ledger: LedgerBuilder) -> None:
        self._config = config
        self._ledger = ledger
        self._meanings: dict[tuple[int, int], Meaning] = {}
        self._shared: dict[tuple[int, tuple[int, ...]], tuple[Rule, ...]] = {}
        self._used: dict[int, set[int]] = {version: set() for version in FAMILIES}
        self.rule_sets: dict[str, RuleSet] = {}
        self.attachments: list[Attachment] = []

    # Making lists

    def make(
        self,
        name: str,
        drafts: Iterable[Draft],
        *,
        default: Action | None = Action.DENY,
        version: int | None = None,
        kind: RuleSetKind = RuleSetKind.FILTER,
        span: Span | None = None,
        logged: bool | None = None,
        comment: str = "",
    ) -> str:
        """A list of that name, with a number behind ids that stand in it more than once; its name."""
        seen: dict[str, int] = {}
        rules: list[Rule] = []
        for place, draft in enumerate(drafts, start=1):
            times = seen[draft.id] = seen.get(draft.id, 0) + 1
            rules.append(
                Rule(
                    id=draft.id if times == 1 else f"{draft.id}#{times}",
                    position=place,
                    action=draft.action,
                    span=draft.span,
                    source=draft.source,
                    destination=draft.destination,
                    service=draft.service,
                    ingress=draft.ingress,
                    egress=draft.egress,
                    conditions=draft.conditions,
                    logged=draft.logged,
                    name=draft.name,
                    target=draft.target,
                    translation=draft.translation,
                    routes=draft.routes,
                    implicit=draft.implicit,
                    part_of=draft.part_of,
                )
            )
        self.rule_sets[name] = RuleSet(
            name=name,
            rules=tuple(rules),
            default=default,
            kind=kind,
            version=version,
            default_logged=logged,
            default_span=span,
            comment=comment,
        )
        return name

    def attach(
        self,
        names: Sequence[str],
        hook: Hook,
        *,
        order: int = SECURE,
        ingress: InterfaceMatch = ANY_INTERFACE,
        egress: InterfaceMatch = ANY_INTERFACE,
        span: Span | None = None,
    ) -> None:
        """Bind lists that are asked as one."""
        self.attachments.append(
            Attachment(rule_sets=tuple(names), hook=hook, order=order, ingress=ingress, egress=egress, span=span)
        )

    def attach_at(self, names: Sequence[str], interface: str, direction: str, order: int, span: Span) -> None:
        """Bind lists to what comes in or goes out at an interface."""
        if direction == "in":
            self.attach(names, Hook.PREROUTING, order=order, ingress=interfaces(interface), span=span)
        else:
            self.attach(names, Hook.POSTROUTING, order=order, egress=interfaces(interface), span=span)

    # What filters say

    def meaning(self, line: FilterLine, version: int) -> Meaning:
        """What ``line`` says; what is not understood of it may match anything, and its line is marked."""
        words = line.words
        config = self._config
        verb, _, log = (words[0] if words else "").partition("-")
        # `restrict` passes while the line is up (8.1.10): while it is down, nothing comes or goes by it.
        action = Action.DENY if verb == "reject" else Action.PERMIT
        logs = log == "log" or (verb == "reject" and log != "nolog")
        conditions: tuple[Condition, ...] = ()
        source: AddressExpr = ANY_ADDRESS
        destination: AddressExpr = ANY_ADDRESS
        asked: ServiceExpr = ANY_SERVICE
        try:
            if verb not in ("pass", "reject", "restrict") or len(words) < 2:
                raise NotUnderstood("no filter: pass, reject or restrict, and what")
            rest = words[1:] if "#" not in words else words[1 : words.index("#")]
            if len(rest) > 5:
                raise NotUnderstood(f"{rest[5]} stands behind the ports of a filter")
            sender, receiver, protocols, from_ports, to_ports = (*rest, *("*",) * (5 - len(rest)))
            source, destination = address(sender, version), address(receiver, version)
            asked = service(protocols, from_ports, to_ports, version)
        except NotUnderstood as error:
            self._ledger.unrecognized(line.line, str(error))
            conditions = (Condition(kind=ConditionKind.OTHER, text=f"what of filter {line.number} is not understood"),)
        return Meaning(
            action, source, destination, asked, conditions, logs and config.logs_filters, config.span(line.line)
        )

    def filter(self, number: int, version: int) -> Meaning | None:
        """What the static filter of that number says; ``None`` where no line defines it."""
        key = (version, number)
        found = self._meanings.get(key)
        if found is None:
            line = self._config.filters[version].get(number)
            if line is None:
                return None
            self._used[version].add(number)
            found = self._meanings[key] = self.meaning(line, version)
        return found

    def drafts(self, numbers: Iterable[int], version: int) -> list[Draft]:
        """The filters of a list in its order; those that no line defines match nothing."""
        made: list[Draft] = []
        for number in numbers:
            found = self.filter(number, version)
            if found is not None:
                made.append(self.draft(str(number), found))
        return made

    def _rules(self, numbers: tuple[int, ...], version: int) -> tuple[Rule, ...]:
        """The filters of a list as its rules; interfaces often name the same filters, and share them."""
        found = self._shared.get((version, numbers))
        if found is not None:
            return found
        rules: list[Rule] = []
        seen: dict[int, int] = {}
        for number in numbers:
            meaning = self.filter(number, version)
            if meaning is None:
                continue
            times = seen[number] = seen.get(number, 0) + 1
            rules.append(
                Rule(
                    id=str(number) if times == 1 else f"{number}#{times}",
                    position=len(rules) + 1,
                    action=meaning.action,
                    span=meaning.span,
                    source=meaning.source,
                    destination=meaning.destination,
                    service=meaning.service,
                    conditions=meaning.conditions,
                    logged=meaning.logged,
                )
            )
        made = self._shared[version, numbers] = tuple(rules)
        return made

    def draft(self, name: str, meaning: Meaning) -> Draft:
        """A filter as a rule."""
        return Draft(
            id=name,
            action=meaning.action,
            span=meaning.span,
            source=meaning.source,
            destination=meaning.destination,
            service=meaning.service,
            conditions=meaning.conditions,
            logged=meaning.logged,
        )

    # Lists of interfaces

    def attach_all(self) -> None:
        """The lists of every interface."""
        for interface in self._config.interfaces.values():
            for version in FAMILIES:
                self._secure(interface, version)
                self._dpi(interface, version)
            self._ethernet(interface)
            if self._config.url_filtering:
                self._url(interface)
        self._interconnects()

    def mark_unused(self) -> None:
        """Filters that nothing names say so in the ledger."""
        named = self._named_elsewhere()
        for version in FAMILIES:
            for number, line in self._config.filters[version].items():
                if number not in self._used[version] and number not in named[version]:
                    self._ledger.irrelevant(line.line, _UNBOUND)
            dynamic = self._named_dynamics(version)
            for number, watch in self._config.dynamics[version].items():
                if number not in dynamic:
                    self._ledger.irrelevant(watch.line, _UNBOUND)

    def _named_elsewhere(self) -> dict[int, set[int]]:
        named: dict[int, set[int]] = {version: set() for version in FAMILIES}
        for version in FAMILIES:
            for watch in self._config.dynamics[version].values():
                named[version].update(int(word) for word in watch.words[2:] if word.isdigit())
        return named

    def _named_dynamics(self, version: int) -> set[int]:
        named: set[int] = set()
        for interface in self._config.interfaces.values():
            for direction in ("in", "out"):
                bound = self.bound(interface, version, direction)
                named.update(bound.dynamic if bound else ())
        return named

    def bound(self, interface: InterfaceConfig, version: int, direction: str) -> Bound | None:
        """The list of an interface and direction; ``None`` where everything passes.

        A set that is not defined counts as no list (8.1.25).
        """
        bound = interface.secure.get((version, direction))
        if bound is None and version == 4 and interface.secure_set is not None:
            found = self._config.filter_sets.get(interface.secure_set[0])
            bound = found.directions.get(direction) if found is not None else None
        if bound is not None and not bound.static and not bound.dynamic:
            return None
        return bound

    def _secure(self, interface: InterfaceConfig, version: int) -> None:
        family = "ipv6 " if version == 6 else ""
        for direction, other in (("in", "out"), ("out", "in")):
            bound = self.bound(interface, version, direction)
            if bound is None:
                continue
            name = f"{family}{interface.name} {direction}"
            span = self._config.span(bound.line)
            self._say_undefined(name, bound, version)
            made = self.make(
                name,
                () if bound.static else self._watched_alone(bound, version),
                version=version,
                span=span,
                logged=self._config.logs_filters,
                comment=interface.description,
            )
            if bound.static:
                self.rule_sets[made] = replace(self.rule_sets[made], rules=self._rules(bound.static, version))
            back = self.bound(interface, version, other)
            answers = self._answers(f"{name} sessions", back, version) if back is not None else ()
            self.attach_at((*answers, made), interface.name, direction, SECURE, span)

    def _say_undefined(self, name: str, bound: Bound, version: int) -> None:
        missing = [n for n in bound.static if n not in self._config.filters[version]]
        missing += [n for n in bound.dynamic if n not in self._config.dynamics[version]]
        if missing:
            self._config.notices.append(
                (
                    msg(
                        "the list {name} has filters that no line defines and that match nothing: {numbers}",
                        name=name,
                        numbers=" ".join(map(str, missing)),
                    ),
                    bound.line,
                    True,
                )
            )

    def _answers(self, name: str, back: Bound, version: int) -> tuple[str, ...]:
        """The list that lets answers of watched sessions past the list of an interface; none where nothing is watched."""
        drafts: list[Draft] = []
        for number in back.dynamic:
            watch = self._config.dynamics[version].get(number)
            if watch is not None:
                drafts += self._answers_of(watch, version)
        if not drafts:
            return ()
        return (self.make(name, drafts, default=None, version=version, span=self._config.span(back.line)),)

    def _answers_of(self, watch: DynamicLine, version: int) -> Iterable[Draft]:
        span = self._config.span(watch.line)
        source, destination, begins, opens = self._watch(watch, version)
        for one in begins:
            yield Draft(
                id=f"dynamic {watch.number}",
                action=Action.PERMIT,
                span=span,
                source=destination,
                destination=source,
                service=_turned(one),
                implicit=_ANSWERS,
            )
        if opens:
            yield Draft(
                id=f"dynamic {watch.number} more",
                action=Action.PERMIT,
                span=span,
                service=Service(states=_EXPECTED),
                implicit=_CHANNELS,
            )

    def _watched_alone(self, bound: Bound, version: int) -> list[Draft]:
        """A list of dynamic filters only: whether they pass what nothing static passes is not documented."""
        unsure = Condition(kind=ConditionKind.OTHER, text="a dynamic filter in a list without static ones")
        drafts: list[Draft] = []
        for number in bound.dynamic:
            watch = self._config.dynamics[version].get(number)
            if watch is None:
                continue
            source, destination, begins, _ = self._watch(watch, version)
            drafts.append(
                Draft(
                    id=f"dynamic {number}",
                    action=Action.PERMIT,
                    span=self._config.span(watch.line),
                    source=source,
                    destination=destination,
                    service=begins[0] if len(begins) == 1 else ServiceUnion(begins),
                    conditions=(unsure,),
                )
            )
        return drafts

    def _watch(
        self, watch: DynamicLine, version: int
    ) -> tuple[AddressExpr, AddressExpr, tuple[ServiceExpr, ...], bool]:
        """Source, destination and beginnings of the sessions of a dynamic filter, and whether they open further ones."""
        words = watch.words
        try:
            if len(words) < 3:
                raise NotUnderstood("a dynamic filter is two addresses and an application")
            source, destination = address(words[0], version), address(words[1], version)
            if words[2] == "filter":
                begins, opens = self._own_application(words[3:], version)
            elif words[2].lower() in APPLICATIONS:
                begins = tuple(
                    Service(protocol=protocol, destination_ports=None if port is None else ((port, port),))
                    for protocol, port in APPLICATIONS[words[2].lower()]
                )
                opens = words[2].lower() in OPENING
                if words[2].lower() in INERT:
                    begins = ()
            else:
                raise NotUnderstood(f"{words[2]} is no application")
        except NotUnderstood as error:
            self._ledger.unrecognized(watch.line, str(error))
            return ANY_ADDRESS, ANY_ADDRESS, (ANY_SERVICE,), True
        return source, destination, begins, opens

    def _own_application(self, words: tuple[str, ...], version: int) -> tuple[tuple[ServiceExpr, ...], bool]:
        """``filter A B in C out D``: what begins a session, and whether others follow it (8.1.14)."""
        begins: list[ServiceExpr] = []
        place = "filter"
        opens = False
        for word in words:
            if word in ("in", "out"):
                place, opens = word, True
            elif word.isdigit() and place == "filter":
                found = self.filter(int(word), version)
                if found is not None:
                    begins.append(found.service)
        return tuple(begins), opens

    def _dpi(self, interface: InterfaceConfig, version: int) -> None:
        for direction in ("in", "out"):
            bound = interface.dpi.get((version, direction))
            if bound is None:
                continue
            drafts: list[Draft] = []
            for number in bound.static:
                line = self._config.dpi_filters[version].get(number)
                if line is None:
                    continue
                application = line.words[3] if len(line.words) > 3 else "*"
                plain = self.meaning(line._replace(words=line.words[:3]), version)
                asked = Condition(kind=ConditionKind.APPLICATION, text=f"application {application}")
                conditions = (*plain.conditions, asked) if application != "*" else plain.conditions
                drafts.append(self.draft(f"dpi {number}", plain._replace(conditions=conditions)))
            family = "ipv6 " if version == 6 else ""
            span = self._config.span(bound.line)
            made = self.make(f"{family}{interface.name} dpi {direction}", drafts, version=version, span=span)
            self.attach_at((made,), interface.name, direction, DPI, span)

    def _ethernet(self, interface: InterfaceConfig) -> None:
        for direction, bound in interface.ethernet.items():
            drafts: list[Draft] = []
            for number in bound.static:
                found = self._config.ethernet_filters.get(number)
                if found is None or not found[1]:
                    continue
                line, words = found
                plain = all(set(word) <= {"*", ":"} for word in words[1:])
                asked = Condition(kind=ConditionKind.MAC, text=" ".join(words[1:]))
                drafts.append(
                    Draft(
                        id=f"ethernet {number}",
                        action=Action.PERMIT if words[0].startswith("pass") else Action.DENY,
                        span=self._config.span(line),
                        conditions=() if plain else (asked,),
                        logged=words[0].endswith("-log") and self._config.logs_filters,
                    )
                )
            span = self._config.span(bound.line)
            made = self.make(f"ethernet {interface.name} {direction}", drafts, span=span)
            self.attach_at((made,), interface.name, direction, ETHERNET_IN if direction == "in" else ETHERNET_OUT, span)

    def _url(self, interface: InterfaceConfig) -> None:
        """URL filters look at HTTP alone, and drop what none of them matches (10.2)."""
        for direction, bound in interface.url.items():
            span = self._config.span(bound.line)
            drafts: list[Draft] = []
            for number in bound.static:
                found = self._config.url_filters.get(number)
                if found is None or len(found[1]) < 2:
                    continue
                line, words = found
                plain = self.meaning(FilterLine(number, line, (words[0], *words[2:3], *["*"] * (len(words) < 3))), 4)
                asked = Condition(kind=ConditionKind.URL, text=words[1])
                conditions = plain.conditions if words[1] == "*" else (*plain.conditions, asked)
                drafts.append(self.draft(f"url {number}", plain._replace(service=_WEB, conditions=conditions)))
            rest = Draft(
                id="url end",
                action=Action.DENY,
                span=span,
                service=_WEB,
                logged=False,
                implicit="URLs that no filter matches",
            )
            made = self.make(f"url {interface.name} {direction}", [*drafts, rest], default=Action.PERMIT, span=span)
            self.attach_at((made,), interface.name, direction, URL, span)

    # Which VLANs talk to each other

    def _interconnects(self) -> None:
        """``vlan interconnect group``: of the interfaces of one LAN port, who may talk to whom (38.3)."""
        for physical, (line, groups) in self._config.interconnects.items():
            members = [n for n in self._config.interfaces if _belongs(n, physical, self._config)]
            if "all" in groups or not groups or not members:
                continue
            partners: dict[str, set[str]] = {name: {name} for name in members}
            for group in groups:
                if group.endswith("$"):
                    for name in members:
                        partners[name].add(group[:-1])
                    partners.setdefault(group[:-1], set()).update(members)
                    continue
                together = _interconnected(group) & set(members)
                for name in together:
                    partners[name] |= together
            span = self._config.span(line)
            drafts = [
                Draft(
                    id=name,
                    action=Action.PERMIT,
                    span=span,
                    ingress=interfaces(name),
                    egress=interfaces(*sorted(partners[name] & set(members))),
                    logged=False,
                )
                for name in members
            ]
            made = self.make(f"interconnect {physical}", drafts, span=span)
            both = interfaces(*members)
            self.attach((made,), Hook.FORWARD, ingress=both, egress=both, span=span)


def _belongs(name: str, physical: str, config: RunningConfig) -> bool:
    if name == physical or name.startswith((f"{physical}/", f"{physical}.")):
        return True
    return name.startswith("vlan") and (
        physical in config.divided
        or any(at.startswith(f"{physical}.") and to == name for at, to in config.ports.items())
    )


def _interconnected(text: str) -> set[str]:
    """``vlan1-3``, ``lan2/1-3,lan2/18``, ``lan2,lan2/1``: the names."""
    found: set[str] = set()
    for part in text.split(","):
        head, dash, last = part.rpartition("-")
        if not dash:
            found.add(part)
            continue
        stem = head.rstrip("0123456789")
        first = head[len(stem) :]
        last = last[len(last.rstrip("0123456789")) :]
        if first.isdigit() and last.isdigit() and int(last) - int(first) < 1000:
            found.update(f"{stem}{place}" for place in range(int(first), int(last) + 1))
    return found


def _turned(begin: ServiceExpr) -> ServiceExpr:
    """What answers a session that begins so."""
    match begin:
        case Service(protocol=protocol, destination_ports=to, source_ports=source) if protocol in (TCP, UDP):
            return Service(protocol=protocol, source_ports=to, destination_ports=source, states=_SESSION)
        case Service(protocol=protocol):
            return Service(protocol=protocol, states=_SESSION)
        case _:
            return Service(states=_SESSION)
