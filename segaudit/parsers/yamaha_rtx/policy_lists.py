"""Policy filters and inbound filters (FWX120, SRT100) as rule sets.

"Input blocking filter and policy filter" (FWX120, SRT100: policy_fw). Of an enabled set, the policies are asked in its
order; those in brackets behind a policy are asked of what it matches, and where none of them matches, it decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    ANY_SERVICE,
    NO_ADDRESS,
    Action,
    AddressExpr,
    AddressUnion,
    Condition,
    ConditionKind,
    ConnectionState,
    Hook,
    InterfaceMatch,
    Service,
    ServiceExpr,
    ServiceUnion,
    UndecidedAddress,
    UndecidedService,
    msg,
)
from segaudit.parsers.yamaha_rtx.config import FAMILIES, FilterLine, Group, Policies, RunningConfig
from segaudit.parsers.yamaha_rtx.lists import INBOUND, Draft, Lists
from segaudit.parsers.yamaha_rtx.match import NotUnderstood, address, ports, protocol_number
from segaudit.parsers.yamaha_rtx.names import APPLICATIONS

_SESSIONS: Final = Service(states=frozenset({ConnectionState.ESTABLISHED, ConnectionState.RELATED}))
_LOCAL: Final = "local"
_NOTHING: Final = InterfaceMatch(frozenset({"no interface"}))
#: Services of policies that are no applications of dynamic filters: protocol by name.
_PROTOCOLS: Final = ("icmp", "icmp6", "gre", "esp", "ah", "ospf", "igmp", "pim")
_NUMBERS: Final = {"ospf": 89, "igmp": 2, "pim": 103}


@dataclass(frozen=True, slots=True)
class _Node:
    """A policy of a set, and those that are asked of what it matches."""

    number: int
    inner: tuple[_Node, ...]


class PolicyLists:
    """The lists of policies of one router."""

    def __init__(self, config: RunningConfig, lists: Lists) -> None:
        self._config = config
        self._lists = lists

    def attach_all(self) -> None:
        """The enabled sets, and the inbound lists of interfaces."""
        for version in FAMILIES:
            self._inbound(version)
            policies = self._config.policies[version]
            if policies.enabled is None:
                continue
            number, line = policies.enabled
            found = policies.sets.get(number)
            if found is None:
                self._config.notices.append(
                    (msg("the policy set {number} is not defined", number=str(number)), line, True)
                )
                continue
            nodes, _ = _tree(found[2], 0)
            self._attach(policies, nodes, version, found[0])

    def _inbound(self, version: int) -> None:
        filters = self._config.policies[version].inbound
        for interface in self._config.interfaces.values():
            bound = interface.inbound.get(version)
            if bound is None:
                continue
            drafts = [
                self._inbound_filter(number, filters[number], version) for number in bound.static if number in filters
            ]
            family = "ipv6 " if version == 6 else ""
            span = self._config.span(bound.line)
            made = self._lists.make(f"{family}{interface.name} inbound", drafts, version=version, span=span)
            self._lists.attach_at((made,), interface.name, "in", INBOUND, span)

    def _inbound_filter(self, number: int, line: FilterLine, version: int) -> Draft:
        """An inbound filter. One that passes everything leaves it to the policies, where there are any: it is no opening."""
        meaning = self._lists.meaning(line, version)
        draft = self._lists.draft(f"inbound {number}", meaning)
        everything = meaning.source == meaning.destination == ANY_ADDRESS and meaning.service == ANY_SERVICE
        if everything and draft.action is Action.PERMIT and self._config.policies[version].enabled is not None:
            return replace(draft, implicit="what the inbound filters leave to the policies")
        return draft

    def _attach(self, policies: Policies, nodes: Sequence[_Node], version: int, line: int) -> None:
        family = "ipv6 " if version == 6 else ""
        span = self._config.span(line)
        answers = self._lists.make(
            f"{family}policy sessions",
            [
                Draft(
                    id="sessions",
                    action=Action.PERMIT,
                    span=span,
                    service=_SESSIONS,
                    implicit="answers of sessions that a policy has passed",
                )
            ],
            default=None,
            version=version,
            span=span,
        )
        unsure = Condition(kind=ConditionKind.OTHER, text="what no policy of the set matches")
        end = Draft(
            id="end",
            action=Action.PERMIT,
            span=span,
            conditions=(unsure,),
            implicit="what no policy of the set matches",
        )
        for name, hook in ((f"{family}policy", Hook.FORWARD), (f"{family}policy local", Hook.LOCAL_IN)):
            reader = _Reader(policies, self._config, version, local=hook is Hook.LOCAL_IN)
            drafts = self._drafts(reader, name, nodes, version)
            made = self._lists.make(name, [*drafts, end], version=version, span=span)
            self._lists.attach((answers, made), hook, span=span)

    def _drafts(self, reader: _Reader, name: str, nodes: Sequence[_Node], version: int) -> list[Draft]:
        drafts: list[Draft] = []
        for node in nodes:
            found = reader.draft(node.number)
            if found is None:
                continue
            if node.inner:
                inner = self._drafts(reader, name, node.inner, version)
                target = self._lists.make(
                    f"{name} {node.number}", inner, default=None, version=version, span=found.span
                )
                drafts.append(_jump(found, target))
                found = replace(found, id=f"{found.id} otherwise", part_of=found.id)
            drafts.append(found)
        return drafts


def _jump(found: Draft, target: str) -> Draft:
    return Draft(
        id=found.id,
        action=Action.JUMP,
        span=found.span,
        source=found.source,
        destination=found.destination,
        service=found.service,
        ingress=found.ingress,
        egress=found.egress,
        conditions=found.conditions,
        target=target,
    )


def _tree(words: Sequence[str], at: int) -> tuple[tuple[_Node, ...], int]:
    """The policies from ``at`` to the bracket that ends them, and the place behind it."""
    nodes: list[_Node] = []
    while at < len(words):
        word = words[at]
        at += 1
        if word == "]":
            break
        if word == "[":
            inner, at = _tree(words, at)
            if nodes:
                nodes[-1] = _Node(nodes[-1].number, nodes[-1].inner + inner)
        else:
            nodes.append(_Node(int(word), ()))
    return tuple(nodes), at


class _Reader:
    """Policies as rules: of what passes through, or (``local``) of what is for the router."""

    def __init__(self, policies: Policies, config: RunningConfig, version: int, *, local: bool) -> None:
        self._policies = policies
        self._config = config
        self._version = version
        self._local = local

    def draft(self, number: int) -> Draft | None:
        """The policy of that number; ``None`` where none is defined, or it is not about these packets."""
        found = self._policies.filters.get(number)
        if found is None:
            return None
        line, words = found
        verb = words[0] if words else ""
        rest = (*words[1:], *("*",) * max(0, 6 - len(words)))[:5]
        ingress, egress = self._interfaces(rest[0]), self._interfaces(rest[1])
        if self._local:
            if not (egress.is_any or _LOCAL in egress.items):
                return None
            egress = ANY_INTERFACE
        elif egress.items == {_LOCAL} or ingress.items == {_LOCAL}:
            return None
        return Draft(
            id=str(number),
            action=Action.DENY if "reject" in verb else Action.PERMIT,
            span=self._config.span(line),
            source=self._addresses(rest[2]),
            destination=self._addresses(rest[3]),
            service=self._services(rest[4]),
            ingress=ingress,
            egress=egress,
            logged=verb.endswith("-log") and self._config.logs_filters,
        )

    def _interfaces(self, word: str) -> InterfaceMatch:
        if word == "*":
            return ANY_INTERFACE
        names = self._members(self._policies.interfaces, word, frozenset())
        if "*" in names:
            return ANY_INTERFACE
        return InterfaceMatch(frozenset(names)) if names else _NOTHING

    def _addresses(self, word: str) -> AddressExpr:
        if word == "*":
            return ANY_ADDRESS
        found: list[AddressExpr] = []
        for name in self._members(self._policies.addresses, word, frozenset()):
            try:
                found.append(address(name, self._version))
            except NotUnderstood:
                found.append(UndecidedAddress("unreadable address", name))
        return found[0] if len(found) == 1 else AddressUnion(tuple(found)) if found else NO_ADDRESS

    def _services(self, word: str) -> ServiceExpr:
        if word == "*":
            return ANY_SERVICE
        found = tuple(
            one for name in self._members(self._policies.services, word, frozenset()) for one in self._service(name)
        )
        if ANY_SERVICE in found:
            return ANY_SERVICE
        return found[0] if len(found) == 1 else ServiceUnion(found)

    def _service(self, name: str) -> tuple[ServiceExpr, ...]:
        own = self._policies.own_services.get(name)
        if own is not None:
            return (self._own(name, own[1]),)
        lowered = name.lower()
        if lowered == "*":
            return (ANY_SERVICE,)
        if lowered in APPLICATIONS:
            return tuple(
                Service(protocol=protocol, destination_ports=None if port is None else ((port, port),))
                for protocol, port in APPLICATIONS[lowered]
            )
        if lowered in _PROTOCOLS:
            return (Service(protocol=_NUMBERS.get(lowered) or protocol_number(lowered, self._version)),)
        return (UndecidedService("service", name),)

    def _own(self, name: str, words: tuple[str, ...]) -> ServiceExpr:
        """``ip policy service N NAME PROTOCOL [SOURCE DESTINATION]``."""
        try:
            parts = [
                Service(
                    protocol=protocol_number(word, self._version),
                    source_ports=ports(words[1]) if len(words) > 1 else None,
                    destination_ports=ports(words[2]) if len(words) > 2 else None,
                )
                for word in (words[0].split(",") if words else ())
            ]
        except NotUnderstood:
            return UndecidedService("service", name)
        return parts[0] if len(parts) == 1 else ServiceUnion(tuple(parts))

    def _members(self, groups: Mapping[int, Group], word: str, above: frozenset[int]) -> list[str]:
        """What a word names: itself, or all that is in the group of that number and in the groups in it."""
        if not word.isdigit():
            return [word]
        number = int(word)
        found = groups.get(number)
        if found is None or number in above:
            return []
        inner = [name for group in found.groups for name in self._members(groups, str(group), above | {number})]
        return [*found.items, *inner]
