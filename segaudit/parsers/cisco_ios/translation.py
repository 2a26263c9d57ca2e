"""Address translation: the statements as two lists, one for each direction.

Cisco IOS IP Addressing: NAT Configuration Guide; Cisco, "NAT Order of Operation" (document 6209). What comes in by an
outside interface has its destination translated before routing; what goes from an inside to an outside interface has
its source translated after routing. A static translation is in the table from the start, so it is found before any that
a list makes; of several, one with a port is found before one for the whole address.
"""

from __future__ import annotations

from segaudit.model import (
    ANY_SERVICE,
    DESTINATION_NAT_ORDER,
    SOURCE_NAT_ORDER,
    TCP,
    Action,
    AddressExpr,
    AddressRange,
    AddressRewrite,
    AddressUnion,
    Attachment,
    Condition,
    ConditionKind,
    Hook,
    HostSign,
    HostSpec,
    InterfaceMatch,
    OwnAddress,
    PortRewrite,
    RuleSetKind,
    Service,
    ServiceExpr,
    Translation,
    UndecidedAddress,
    interfaces,
    masked,
    msg,
)
from segaudit.parsers.cisco_ios.chains import (
    EVERYTHING,
    AllOf,
    AnyOf,
    ByEgress,
    ByList,
    Draft,
    Lists,
    Outcome,
    Test,
    negated,
)
from segaudit.parsers.cisco_ios.config import NatRule, RouteMapClause, RunningConfig, interface_name

#: Ports that port address translation may choose. It keeps the client's own where that is free.
_CHOSEN_PORTS = (1, 65535)


class Translations:
    """The translation lists of one device, and the hosts that they publish."""

    def __init__(self, config: RunningConfig, lists: Lists) -> None:
        self._config = config
        self._lists = lists
        self._incoming: list[Draft] = []
        self._outgoing: list[Draft] = []
        self._inner_incoming: list[Draft] = []
        self._outer_sources: list[Draft] = []
        self.attachments: list[Attachment] = []
        self.hosts: list[HostSpec] = []

    def attach_all(self) -> None:
        """Make the lists and attach them."""
        rules = sorted(self._config.nat_rules.values(), key=_found_first)
        if not rules:
            return
        for rule in rules:
            if rule.static and rule.side == "inside":
                self._static_inside(rule)
            elif rule.static:
                self._static_outside(rule)
            elif rule.destination:
                self._rotary(rule)
            elif rule.side == "inside":
                self._dynamic_inside(rule)
            else:
                self._dynamic_outside(rule)
        line = min(rule.line for rule in rules)
        inside, outside = self._sides()
        self._attach("ip nat outside to inside", self._incoming, line, Hook.PREROUTING, outside, InterfaceMatch())
        self._attach("ip nat inside to outside", self._outgoing, line, Hook.POSTROUTING, inside, outside)
        self._attach("ip nat outside local", self._inner_incoming, line, Hook.PREROUTING, inside, InterfaceMatch())
        self._attach("ip nat outside source", self._outer_sources, line, Hook.POSTROUTING, outside, inside)

    def _attach(
        self, name: str, drafts: list[Draft], line: int, hook: Hook, ingress: InterfaceMatch, egress: InterfaceMatch
    ) -> None:
        if not drafts:
            return
        made = self._lists.make(name, drafts, line=line, kind=RuleSetKind.NAT, version=4)
        if ingress.is_any or (hook is Hook.POSTROUTING and egress.is_any):
            # No interface is inside, or none is outside: nothing is translated.
            return
        self.attachments.append(
            Attachment(
                rule_sets=(made,),
                hook=hook,
                order=DESTINATION_NAT_ORDER if hook is Hook.PREROUTING else SOURCE_NAT_ORDER,
                ingress=ingress,
                egress=egress,
                span=self._lists.span(line),
            )
        )

    def _sides(self) -> tuple[InterfaceMatch, InterfaceMatch]:
        """The inside and the outside interfaces; with the NAT virtual interface each is both."""
        every = self._config.interfaces.values()
        inside = [i.name for i in every if i.nat in ("inside", "enable")]
        outside = [i.name for i in every if i.nat in ("outside", "enable")]
        return interfaces(*inside), interfaces(*outside)

    def _of_vrf(self, rule: NatRule) -> InterfaceMatch:
        """The inside interfaces whose packets the statement is for."""
        if not rule.vrf:
            return InterfaceMatch()
        names = [
            i.name for i in self._config.interfaces.values() if i.vrf == rule.vrf and i.nat in ("inside", "enable")
        ]
        return interfaces(*names) if names else InterfaceMatch(frozenset({f"vrf {rule.vrf}"}))

    # Static translations

    def _static_inside(self, rule: NatRule) -> None:
        local = _block(rule.local, rule.length)
        outer: AddressExpr = self._own(rule.interface) if rule.interface else _block(rule.global_ or 0, rule.length)
        line = rule.line
        incoming, outgoing = _service(rule, rule.global_port, to=True), _service(rule, rule.local_port, to=False)
        name = f"static {_text(rule)}"
        mapped = rule.length < 32 and not rule.interface
        conditions: tuple[Condition, ...] = ()
        if rule.route_map:
            # The way in is asked of the route map with both ends swapped.
            conditions = (Condition(kind=ConditionKind.OTHER, text=f"route-map {rule.route_map}"),)
        self._incoming.append(
            Draft(
                Action.TRANSLATE,
                line,
                destination=outer,
                service=incoming,
                conditions=conditions,
                name=name,
                translation=Translation(
                    name=name,
                    destination=AddressRewrite(to=local, base=outer if mapped else None),
                    destination_port=None if rule.local_port is None else PortRewrite(to=(rule.local_port,) * 2),
                ),
            )
        )
        translation = Translation(
            name=name,
            source=AddressRewrite(to=outer, base=local if mapped else None),
            source_port=None if rule.global_port is None else PortRewrite(to=(rule.global_port,) * 2),
        )
        if rule.route_map:
            chain = self._route_map(rule.route_map, Outcome(Action.TRANSLATE, translation=translation, name=name), line)
            self._outgoing.append(
                Draft(Action.JUMP, line, source=local, service=outgoing, ingress=self._of_vrf(rule), target=chain)
            )
        else:
            self._outgoing.append(
                Draft(
                    Action.TRANSLATE,
                    line,
                    source=local,
                    service=outgoing,
                    ingress=self._of_vrf(rule),
                    name=name,
                    translation=translation,
                )
            )
        if rule.length == 32:
            spelled = str(host_text(rule.local))
            self.hosts.append(
                HostSpec(name=spelled, address=local, sign=HostSign.NAT_TARGET, span=self._lists.span(line))
            )

    def _static_outside(self, rule: NatRule) -> None:
        """``ip nat outside source static GLOBAL LOCAL``: inside hosts know the outside host by another address."""
        local, outer = _block(rule.local, rule.length), _block(rule.global_ or 0, rule.length)
        mapped = rule.length < 32
        name = f"outside static {_text(rule)}"
        self._outer_sources.append(
            Draft(
                Action.TRANSLATE,
                rule.line,
                source=outer,
                service=_service(rule, rule.global_port, to=False),
                name=name,
                translation=Translation(
                    name=name,
                    source=AddressRewrite(to=local, base=outer if mapped else None),
                    source_port=None if rule.local_port is None else PortRewrite(to=(rule.local_port,) * 2),
                ),
            )
        )
        self._inner_incoming.append(
            Draft(
                Action.TRANSLATE,
                rule.line,
                destination=local,
                service=_service(rule, rule.local_port, to=True),
                ingress=self._of_vrf(rule),
                name=name,
                translation=Translation(
                    name=name,
                    destination=AddressRewrite(to=outer, base=local if mapped else None),
                    destination_port=None if rule.global_port is None else PortRewrite(to=(rule.global_port,) * 2),
                ),
            )
        )

    # Translations that a list or route map picks

    def _dynamic_inside(self, rule: NatRule) -> None:
        to = self._pool(rule)
        overload = rule.overload or bool(rule.interface)
        name = f"{rule.matcher} {rule.name}"
        translation = Translation(
            name=name,
            source=AddressRewrite(to=to),
            source_port=PortRewrite(to=_CHOSEN_PORTS) if overload else None,
        )
        outcome = Outcome(Action.TRANSLATE, translation=translation, name=name)
        for draft in self._picked(rule, outcome):
            draft.ingress = self._of_vrf(rule)
            self._outgoing.append(draft)
        if overload:
            return
        # Without overload the table gets a translation of the whole address: while it is there, anyone outside may
        # open sessions to the inside host by it.
        sources = self._lists.sources(rule.name, 4) if rule.matcher == "list" else None
        reached = sources if sources is not None else UndecidedAddress("inside hosts", name)
        self._incoming.append(
            Draft(
                Action.TRANSLATE,
                rule.line,
                destination=to,
                conditions=(Condition(kind=ConditionKind.OTHER, text="a translation that inside traffic has made"),),
                name=name,
                translation=Translation(name=name, destination=AddressRewrite(to=reached)),
            )
        )

    def _dynamic_outside(self, rule: NatRule) -> None:
        name = f"outside {rule.matcher} {rule.name}"
        translation = Translation(name=name, source=AddressRewrite(to=self._pool(rule)))
        self._outer_sources.extend(self._picked(rule, Outcome(Action.TRANSLATE, translation=translation, name=name)))

    def _rotary(self, rule: NatRule) -> None:
        """``ip nat inside destination list``: TCP to one address is spread over the hosts of a pool."""
        access_list = self._lists.get(rule.name, 4)
        to = self._pool(rule)
        name = f"destination list {rule.name}"
        for entry in access_list.ordered() if access_list else ():
            standard = access_list is not None and access_list.standard
            picked = entry.action is Action.PERMIT
            self._incoming.append(
                Draft(
                    Action.TRANSLATE if picked else Action.PERMIT,
                    rule.line,
                    destination=entry.source if standard else entry.destination,
                    service=Service(protocol=TCP),
                    name=name,
                    translation=Translation(name=name, destination=AddressRewrite(to=to)) if picked else None,
                )
            )

    def _picked(self, rule: NatRule, outcome: Outcome) -> list[Draft]:
        if rule.matcher == "list":
            return self._lists.drafts(ByList(rule.name, rule.line), outcome, "ip nat", rule.line)
        return [Draft(Action.JUMP, rule.line, target=self._route_map(rule.name, outcome, rule.line))]

    def _pool(self, rule: NatRule) -> AddressExpr:
        if rule.interface:
            return self._own(rule.interface)
        pool = self._config.nat_pools.get(rule.pool)
        if pool is None or not pool.ranges:
            self._lists.notices.append(
                (msg("the address pool {name} is not defined: nothing is translated", name=rule.pool), rule.line)
            )
            return UndecidedAddress("undefined pool", rule.pool)
        ranges = tuple(AddressRange(4, first, last) for first, last in pool.ranges)
        return ranges[0] if len(ranges) == 1 else AddressUnion(ranges)

    def _own(self, name: str) -> OwnAddress:
        """The address of an interface; an unnumbered one has that of the interface that lends it."""
        interface = self._config.interface(name)
        if interface is not None and interface.unnumbered:
            name = interface.unnumbered
        return OwnAddress(interface_name(name), 4)

    def _route_map(self, name: str, outcome: Outcome, line: int) -> str:
        """A list that gives ``outcome`` to what the route map permits; what it denies or does not match comes back."""
        clauses = sorted(self._config.route_maps.get(name, {}).values(), key=lambda clause: clause.sequence)
        if not clauses:
            self._lists.notices.append((msg("the route map {name} is not defined", name=name), line))
        return self._clauses(f"route-map {name}", clauses, outcome, line)

    def _clauses(self, name: str, clauses: list[RouteMapClause], outcome: Outcome, line: int) -> str:
        drafts: list[Draft] = []
        for place, clause in enumerate(clauses):
            test = self._clause_test(clause)
            label = f"{name}/{clause.sequence}"
            if clause.permit:
                drafts.extend(self._lists.drafts(test, outcome, label, clause.line))
                continue
            # What a deny clause matches is out; all else goes on with the clauses behind it.
            rest = self._clauses(f"{name} behind {clause.sequence}", clauses[place + 1 :], outcome, line)
            drafts.extend(self._lists.drafts(negated(test), Outcome(Action.GOTO, rest), label, clause.line))
            break
        return self._lists.make(name, drafts, line=clauses[0].line if clauses else line, kind=RuleSetKind.NAT)

    def _clause_test(self, clause: RouteMapClause) -> Test:
        tests: list[Test] = []
        for match in clause.matches:
            if match.kind == "ip address":
                tests.append(AnyOf(tuple(ByList(name, match.line) for name in match.names)))
            elif match.kind == "interface" and match.names:
                # In a translation the interface is the one that the packet leaves by.
                tests.append(ByEgress(interfaces(interface_name(*match.names)), match.line))
        return AllOf(tuple(tests)) if tests else EVERYTHING


def _found_first(rule: NatRule) -> tuple[bool, bool, int, int]:
    return not rule.static, rule.static and rule.protocol is None, -rule.length, rule.line


def _block(value: int, length: int) -> AddressRange:
    care = 0xFFFFFFFF ^ (0xFFFFFFFF >> length)
    found = masked(4, value, care)
    assert isinstance(found, AddressRange)
    return found


def _service(rule: NatRule, port: int | None, *, to: bool) -> ServiceExpr:
    """What of the traffic a static translation is for: ``port`` on the side that packets are sent to, or come from."""
    if rule.protocol is None:
        return ANY_SERVICE
    ports = None if port is None else ((port, port),)
    if to:
        return Service(protocol=rule.protocol, destination_ports=ports)
    return Service(protocol=rule.protocol, source_ports=ports)


def host_text(value: int) -> str:
    """An IPv4 address as a dotted quad."""
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


def _text(rule: NatRule) -> str:
    outer = rule.interface or host_text(rule.global_ or 0)
    ports = f" port {rule.global_port} to {rule.local_port}" if rule.local_port is not None else ""
    return f"{outer} to {host_text(rule.local)}{ports}"
