"""Where lists are attached: interface lists, inspection, zone pairs, VLAN maps, policies that drop."""

from __future__ import annotations

from typing import Final

from segaudit.model import (
    SOURCE_NAT_ORDER,
    Action,
    Attachment,
    Condition,
    ConditionKind,
    ConnectionState,
    Hook,
    InterfaceMatch,
    Service,
    ServiceUnion,
    Span,
    Zone,
    interfaces,
    msg,
)
from segaudit.parsers.cisco_ios.acl import mirrored
from segaudit.parsers.cisco_ios.applications import application
from segaudit.parsers.cisco_ios.chains import (
    EVERYTHING,
    AllOf,
    AnyOf,
    ByCondition,
    ByList,
    ByService,
    Draft,
    Lists,
    Outcome,
    Test,
    negated,
)
from segaudit.parsers.cisco_ios.config import (
    Inspection,
    InterfaceConfig,
    Match,
    PolicyClass,
    RunningConfig,
    ZonePair,
)

#: Places of interface lists: before all translation on the way in, after it on the way out. Cisco, "NAT Order of
#: Operation" (document 6209): input access list, then NAT outside to inside; NAT inside to outside, then output list.
INPUT_ORDER: Final = -300
OUTPUT_ORDER: Final = SOURCE_NAT_ORDER + 200
#: A VLAN access map stands before the input list and behind the output list of the VLAN's interface. Catalyst 6500
#: Configuration Guide, "VLAN ACLs", "Routed Packets".
VLAN_INPUT_ORDER: Final = -400
VLAN_OUTPUT_ORDER: Final = OUTPUT_ORDER + 100

#: Packets that arrived by some interface: an output list does not see what the router itself sends. Cisco IOS Security
#: Command Reference, `ip access-group`.
ARRIVED: Final = InterfaceMatch(frozenset({""}), negated=True)

_ANSWER_STATES: Final = frozenset({ConnectionState.ESTABLISHED})
_SESSION_STATES: Final = frozenset({ConnectionState.ESTABLISHED, ConnectionState.RELATED})

#: Applications whose inspection opens further channels. Security Configuration Guide 12.4, "Configuring Context-Based
#: Access Control", "CBAC Supported Protocols".
_MULTI_CHANNEL: Final = frozenset(
    {
        "cuseeme", "ftp", "ftps", "h323", "mgcp", "msrpc", "netshow", "rcmd", "realaudio", "rpc", "rtsp", "shell", "sip",
        "skinny", "sqlnet", "sql-net", "streamworks", "sunrpc", "tftp", "vdolive",
    }
)  # fmt: skip


class Filters:
    """The attachments of one device."""

    def __init__(self, config: RunningConfig, lists: Lists) -> None:
        self._config = config
        self._lists = lists
        self._returns: dict[str, str] = {}
        self.attachments: list[Attachment] = []

    def attach_all(self) -> None:
        """Everything that filters, where IOS asks it."""
        for interface in self._config.interfaces.values():
            self._attach_lists(interface)
            self._attach_policies(interface)
        self._attach_zones()
        self._attach_vlan_maps()

    # Interface lists

    def _attach_lists(self, interface: InterfaceConfig) -> None:
        for where in ("ip in", "ip out", "ipv6 in", "ipv6 out"):
            bound = interface.bindings.get(where)
            if bound is None:
                continue
            family, direction = where.split()
            version = 6 if family == "ipv6" else 4
            access_list = self._lists.get(bound.name, version)
            if access_list is None:
                # Cisco IOS Security Command Reference, `ip access-group`: where the list does not exist, all packets
                # pass (since release 10.3).
                self._lists.notices.append((
                    msg(
                        "the access list {name} at {interface} is not defined: IOS lets everything pass",
                        name=bound.name,
                        interface=interface.name,
                    ),
                    bound.line,
                ))  # fmt: skip
                continue
            if not access_list.entries:
                # The implicit deny stands behind at least one entry. Cisco IOS IPv6 Command Reference, `ipv6
                # access-list`, says so for IPv6; IPv4 lists behave alike.
                self._lists.notices.append((
                    msg(
                        "the access list {name} at {interface} has no entry: IOS lets everything pass",
                        name=bound.name,
                        interface=interface.name,
                    ),
                    bound.line,
                ))  # fmt: skip
                continue
            names = (*self._answers_past(interface, family, direction), self._lists.name_of(bound.name, version))
            self.attachments.append(
                _at_interface(names, direction, interfaces(interface.name), self._lists.span(bound.line))
            )

    def _answers_past(self, interface: InterfaceConfig, family: str, direction: str) -> tuple[str, ...]:
        """Lists that let answers of inspected sessions past the list at ``interface``.

        A session that is inspected where it leaves comes back at the same interface, one that is inspected where it
        enters goes back out there; on the other side of the router the answers pass too. Security Configuration Guide
        12.4T, "Firewall ACL Bypass": a packet of an inspected session is asked of no further access list.
        """
        prefix = "ipv6 " if family == "ipv6" else ""
        opposite = "out" if direction == "in" else "in"
        names: list[str] = []
        for other in self._config.interfaces.values():
            where = opposite if other is interface else direction
            bound = other.inspect.get(prefix + where)
            inspection = self._config.inspections.get(bound.name) if bound is not None else None
            if inspection is not None:
                name = self._return_list(inspection)
                if name not in names:
                    names.append(name)
        return tuple(names)

    def _return_list(self, inspection: Inspection) -> str:
        known = self._returns.get(inspection.name)
        if known is None:
            drafts: list[Draft] = []
            for name, line in inspection.applications:
                answer = mirrored(application(name, tuple(self._config.port_maps.get(name, ()))))
                drafts.append(
                    Draft(Action.PERMIT, line, service=answer, name=name, implicit="answers of inspected sessions")
                )
                if name in _MULTI_CHANNEL:
                    related = frozenset({ConnectionState.RELATED})
                    channels = ServiceUnion((Service(protocol=6, states=related), Service(protocol=17, states=related)))
                    drafts.append(
                        Draft(
                            Action.PERMIT, line, service=channels, name=name, implicit="channels of inspected sessions"
                        )
                    )
            known = self._lists.make(f"inspect {inspection.name} return", drafts, line=inspection.line)
            self._returns[inspection.name] = known
        return known

    # Service policies that drop

    def _attach_policies(self, interface: InterfaceConfig) -> None:
        for where, bound in sorted(interface.service_policies.items()):
            policy = self._config.policy_maps.get(bound.name)
            if policy is None or not any(found.action == "drop" for found in policy.classes):
                continue
            name = f"policy-map {policy.name}"
            if name not in self._lists.rule_sets:
                drafts: list[Draft] = []
                for found in policy.classes:
                    outcome = Outcome(Action.DENY if found.action == "drop" else Action.PERMIT, name=found.name)
                    test = self._class_test(found.name, inspect=False)
                    label = f"{policy.name}/{found.name}"
                    drafts.extend(self._lists.drafts(test, outcome, label, found.action_line or found.line))
                self._lists.make(name, drafts, line=policy.line, default=Action.PERMIT)
            direction = "in" if where == "input" else "out"
            order = INPUT_ORDER + 10 if direction == "in" else OUTPUT_ORDER + 10
            self.attachments.append(
                _at_interface((name,), direction, interfaces(interface.name), self._lists.span(bound.line), order)
            )

    # Zones

    def zones(self) -> tuple[Zone, ...]:
        """The zones with their interfaces."""
        config = self._config
        names = dict.fromkeys((*config.zones, *(i.zone.name for i in config.interfaces.values() if i.zone)))
        zones: list[Zone] = []
        for name in names:
            defined = config.zones.get(name)
            members = [i for i in config.interfaces.values() if i.zone is not None and i.zone.name == name]
            line = defined.line if defined else next((i.zone.line for i in members if i.zone), 1)
            own_pair = any(pair.source == name == pair.destination for pair in config.zone_pairs.values())
            zones.append(
                Zone(
                    name=name,
                    interfaces=tuple(i.name for i in members),
                    span=self._lists.span(line),
                    intrazone_permit=not own_pair,
                    description=defined.description if defined else "",
                )
            )
        return tuple(zones)

    def _attach_zones(self) -> None:
        """Zone-based policy firewall.

        Cisco, "Zone-Based Policy Firewall Design and Application Guide", "Rules For Applying Zone-Based Policy
        Firewall": between zones only what a pair's policy passes; inside a zone everything; between a zone and an
        interface without one nothing; to and from the router itself (zone ``self``) everything unless a pair says
        otherwise, and then for that direction only.
        """
        config = self._config
        zones = list(dict.fromkeys(i.zone.name for i in config.interfaces.values() if i.zone))
        pairs: dict[tuple[str, str], tuple[str, ZonePair]] = {}
        answers: dict[tuple[str, str], str] = {}
        for pair in config.zone_pairs.values():
            name = self._pair_list(pair)
            pairs.setdefault((pair.source, pair.destination), (name, pair))
            if self._inspects(pair):
                answers[pair.destination, pair.source] = self._lists.make(
                    f"{pair.name} return",
                    [
                        Draft(
                            Action.PERMIT,
                            pair.line,
                            service=Service(states=_SESSION_STATES),
                            implicit="answers of inspected sessions",
                        )
                    ],
                    line=pair.line,
                    comment=f"{pair.destination}->{pair.source}",
                )
        dropped = self._without_pair(zones)
        for ends in dict.fromkeys((*pairs, *answers)):
            self._attach_pair(ends, pairs.get(ends), answers.get(ends), dropped)
        every_zone = frozenset(zones)
        for zone in zones:
            handled = {zone, *(b for a, b in dict.fromkeys((*pairs, *answers)) if a == zone and b in every_zone)}
            self.attachments.append(
                Attachment(
                    rule_sets=(dropped[zone],),
                    hook=Hook.FORWARD,
                    ingress=interfaces(zone),
                    egress=InterfaceMatch(frozenset(handled), negated=True),
                    span=self._zone_span(zone),
                )
            )
        if zones:
            name = self._lists.make("no zone to zone", [], line=self._zone_line(zones[0]), default=Action.DENY)
            self.attachments.append(
                Attachment(
                    rule_sets=(name,),
                    hook=Hook.FORWARD,
                    ingress=InterfaceMatch(every_zone, negated=True),
                    egress=InterfaceMatch(every_zone),
                    span=self._zone_span(zones[0]),
                )
            )

    def _attach_pair(
        self,
        ends: tuple[str, str],
        found: tuple[str, ZonePair] | None,
        answer: str | None,
        dropped: dict[str, str],
    ) -> None:
        source, destination = ends
        span = self._lists.span(found[1].line) if found else None
        own = found[0] if found else None
        front = (answer,) if answer is not None else ()
        if source == "self":
            if own is not None:
                self.attachments.append(
                    Attachment(rule_sets=(*front, own), hook=Hook.LOCAL_OUT, egress=interfaces(destination), span=span)
                )
            return
        if destination == "self":
            if own is not None:
                self.attachments.append(
                    Attachment(rule_sets=(*front, own), hook=Hook.LOCAL_IN, ingress=interfaces(source), span=span)
                )
            return
        last = own or dropped.get(source)
        if last is None:
            return
        self.attachments.append(
            Attachment(
                rule_sets=(*front, last),
                hook=Hook.FORWARD,
                ingress=interfaces(source),
                egress=interfaces(destination),
                span=span or self._zone_span(source),
            )
        )

    def _without_pair(self, zones: list[str]) -> dict[str, str]:
        """For each zone the list for what has no pair: it drops everything."""
        return {
            zone: self._lists.make(f"{zone} without a pair", [], line=self._zone_line(zone), default=Action.DENY)
            for zone in zones
        }

    def _zone_line(self, name: str) -> int:
        defined = self._config.zones.get(name)
        if defined is not None:
            return defined.line
        return next((i.zone.line for i in self._config.interfaces.values() if i.zone and i.zone.name == name), 1)

    def _zone_span(self, name: str) -> Span:
        return self._lists.span(self._zone_line(name))

    def _inspects(self, pair: ZonePair) -> bool:
        policy = self._config.policy_maps.get(pair.policy.name) if pair.policy else None
        return policy is not None and any(found.action == "inspect" for found in policy.classes)

    def _pair_list(self, pair: ZonePair) -> str:
        """The list of a zone pair: its policy's classes in order, then the drop of ``class-default``."""
        drafts: list[Draft] = []
        policy = self._config.policy_maps.get(pair.policy.name) if pair.policy else None
        if pair.policy is not None and policy is None:
            self._lists.notices.append((
                msg(
                    "the policy map {name} of the zone pair {pair} is not defined: nothing passes",
                    name=pair.policy.name,
                    pair=pair.name,
                ),
                pair.policy.line,
            ))  # fmt: skip
        for found in policy.classes if policy else ():
            # A class without an action drops, as class-default does.
            action = Action.PERMIT if found.action in ("inspect", "pass") else Action.DENY
            logged = True if found.logged or self._has_audit_trail(found) else None
            outcome = Outcome(action, logged=logged) if logged else Outcome(action)
            test = self._class_test(found.name, inspect=True)
            if found.deep and action is Action.PERMIT:
                deep = Condition(kind=ConditionKind.APPLICATION, text=found.deep)
                test = AllOf((test, ByCondition(deep, found.line)))
            label = f"{policy.name if policy else ''}/{found.name}"
            drafts.extend(self._lists.drafts(test, outcome, label, found.action_line or found.line))
        for draft in drafts:
            draft.name = draft.name or (policy.name if policy else "")
        return self._lists.make(
            pair.name,
            drafts,
            line=pair.policy.line if pair.policy else pair.line,
            default=Action.DENY,
            comment=f"{pair.source}->{pair.destination}",
        )

    def _has_audit_trail(self, found: PolicyClass) -> bool:
        """Whether the sessions of an inspected class are logged: its parameter map or the global one says so."""
        if found.action != "inspect":
            return False
        return bool(self._config.audit_trails & {found.parameters or "default", "global", "inspect-global"})

    # Class maps

    def _class_test(self, name: str, *, inspect: bool, above: frozenset[str] = frozenset()) -> Test:
        if name == "class-default":
            return EVERYTHING
        class_map = self._config.class_maps.get(name)
        if class_map is None:
            self._lists.notices.append(
                (msg("the class map {name} is not defined: it matches nothing", name=name), self._line_of_class(name))
            )
            return AnyOf(())
        if name in above:
            self._lists.notices.append((msg("the class map {name} contains itself", name=name), class_map.line))
            return ByCondition(Condition(kind=ConditionKind.OTHER, text=f"class-map {name}"), class_map.line)
        tests = tuple(self._match_test(m, inspect=inspect, above=above | {name}) for m in class_map.matches)
        if not tests:
            return AnyOf(())
        return AnyOf(tests) if class_map.any else AllOf(tests)

    def _line_of_class(self, name: str) -> int:
        return next(
            (c.line for policy in self._config.policy_maps.values() for c in policy.classes if c.name == name), 1
        )

    def _match_test(self, match: Match, *, inspect: bool, above: frozenset[str]) -> Test:
        test: Test
        first = match.names[0] if match.names else ""
        if match.kind == "access-group" and first:
            test = ByList(first, match.line)
        elif match.kind == "protocol" and first and inspect:
            service = application(first, tuple(self._config.port_maps.get(first, ())))
            test = ByService(service, match.line)
            if len(match.names) > 1 and match.names[1] != "signature":
                text = " ".join(match.names)
                test = AllOf((test, ByCondition(Condition(kind=ConditionKind.APPLICATION, text=text), match.line)))
        elif match.kind == "class-map" and first:
            test = self._class_test(first, inspect=inspect, above=above)
        elif match.kind == "any":
            test = EVERYTHING
        elif match.kind == "user-group" and first:
            test = ByCondition(Condition(kind=ConditionKind.USER, text=first, groups=(first,)), match.line)
        else:
            # Network-based application recognition and marks: the payload or an earlier device decides.
            kind = ConditionKind.APPLICATION if match.kind == "protocol" else ConditionKind.OTHER
            text = " ".join((match.kind, *match.names))
            test = ByCondition(Condition(kind=kind, text=text), match.line)
        return negated(test) if match.negated else test

    # VLAN access maps

    def _attach_vlan_maps(self) -> None:
        for name, ranges, line in self._config.vlan_filters:
            access_map = self._config.vlan_maps.get(name)
            if access_map is None:
                continue
            listed = f"vlan access-map {name}"
            if listed not in self._lists.rule_sets:
                drafts: list[Draft] = []
                for clause in sorted(access_map.clauses, key=lambda clause: clause.sequence):
                    outcome = Outcome(Action.PERMIT if clause.forward else Action.DENY)
                    tests = [
                        AnyOf(tuple(ByList(n, m.line) for n in m.names))
                        for m in clause.matches
                        if m.kind in ("ip address", "ipv6 address")
                    ]
                    if clause.matches and not tests:
                        continue
                    test: Test = AnyOf(tuple(tests)) if tests else EVERYTHING
                    drafts.extend(self._lists.drafts(test, outcome, f"{name}/{clause.sequence}", clause.line))
                # The drop at the end holds for the kinds of packets that some clause asks for.
                families = {m.kind for clause in access_map.clauses for m in clause.matches}
                version = {frozenset({"ip address"}): 4, frozenset({"ipv6 address"}): 6}.get(
                    frozenset(families & {"ip address", "ipv6 address"})
                )
                self._lists.make(listed, drafts, line=access_map.line, default=Action.DENY, version=version)
            for interface in self._config.interfaces.values():
                vlan = interface.vlan
                if vlan is None or not any(first <= vlan <= last for first, last in ranges):
                    continue
                span = self._lists.span(line)
                match = interfaces(interface.name)
                self.attachments.append(_at_interface((listed,), "in", match, span, VLAN_INPUT_ORDER))
                self.attachments.append(_at_interface((listed,), "out", match, span, VLAN_OUTPUT_ORDER))


def _at_interface(
    names: tuple[str, ...], direction: str, match: InterfaceMatch, span: Span, order: int | None = None
) -> Attachment:
    if direction == "in":
        return Attachment(
            rule_sets=names,
            hook=Hook.PREROUTING,
            order=INPUT_ORDER if order is None else order,
            ingress=match,
            span=span,
        )
    return Attachment(
        rule_sets=names,
        hook=Hook.POSTROUTING,
        order=OUTPUT_ORDER if order is None else order,
        ingress=ARRIVED,
        egress=match,
        span=span,
    )
