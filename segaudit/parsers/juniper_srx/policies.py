"""Security policies: between zones, global, and to and from the device itself.

The policies of the pair of zones are asked first, then the global ones, then the default policy, which denies unless
``permit-all`` is said; traffic inside of a zone needs a policy too (Junos OS Security Policies User Guide, "Security
Policies Overview", "Global Security Policies"). A policy sees destinations after static and destination NAT and sources
before source NAT (Junos OS NAT User Guide, "NAT Rule Sets and Rules", order of processing).

To the device itself: first what the zone's ``host-inbound-traffic`` lets in, and where policies to the zone junos-host
exist for the pair, those as well (Security Policies User Guide, "Security Policy for Self-Traffic").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from segaudit.model import (
    ANY_INTERFACE,
    Action,
    AddressComplement,
    AddressExpr,
    Attachment,
    Condition,
    ConditionKind,
    Hook,
    InterfaceMatch,
    Notice,
    Rule,
    RuleSet,
    ServiceExpr,
    Span,
    UndecidedService,
    interfaces,
    msg,
)
from segaudit.parsers.juniper_srx.config import JunosFile, Node
from segaudit.parsers.juniper_srx.inbound import PROTOCOLS, SYSTEM_SERVICES
from segaudit.parsers.juniper_srx.objects import AddressBook, ApplicationBook
from segaudit.parsers.juniper_srx.topology import Topology
from segaudit.parsers.juniper_srx.values import one_of

GLOBAL: Final = "global"
SELF: Final = "junos-host"
_UNZONED: Final = "no zone"
#: Matches of a policy that no header decides.
_ASKED: Final = (
    ("dynamic-application", ConditionKind.APPLICATION, frozenset({"any", "junos:any", "none"})),
    ("source-identity", ConditionKind.USER, frozenset({"any"})),
    ("url-category", ConditionKind.URL, frozenset({"any", "none"})),
    ("source-end-user-profile", ConditionKind.DEVICE_POSTURE, frozenset[str]()),
)
_ASKING: Final = frozenset(setting for setting, _, _ in _ASKED)
#: HOST_INBOUND stands before the policies to junos-host.
_INBOUND_ORDER: Final = 0
_SELF_ORDER: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TunnelPolicy:
    """A policy that permits into a policy-based VPN."""

    vpn: str
    ingress: str
    egress: str
    source: AddressExpr
    destination: AddressExpr
    span: Span


class PolicyReader:
    """Reads the policies of one device."""

    def __init__(
        self,
        file: JunosFile,
        root: Node,
        books: tuple[AddressBook, ApplicationBook],
        topology: Topology,
        notices: list[Notice],
    ) -> None:
        self._file = file
        self._root = root
        self._addresses, self._applications = books
        self._topology = topology
        self._notices = notices
        self.rule_sets: list[RuleSet] = []
        self.attachments: list[Attachment] = []
        self.tunnels: list[TunnelPolicy] = []
        self._section = root.at("security", "policies")

    def read(self) -> None:
        """Fill `rule_sets`, `attachments` and `tunnels`."""
        pairs: dict[tuple[str, str], list[Node]] = {}
        for source in self._section.entries("from-zone"):
            for target in source.entries("to-zone"):
                pairs[source.name, target.name] = list(target.entries("policy"))
        default = self._default()
        last = self._global(default)
        zones = self._topology.zone_names
        named = dict.fromkeys((*zones, *(zone for pair in pairs for zone in pair)))
        named.pop(SELF, None)
        for (source_zone, target_zone), policies in pairs.items():
            self._pair(source_zone, target_zone, policies, last)
        if not self._topology.zone_names and not pairs and not last.rules:
            return
        self.rule_sets.append(last)
        for zone in named:
            handled = frozenset(target for source, target in pairs if source == zone and target != SELF)
            self.attachments.append(
                Attachment(
                    rule_sets=(last.name,),
                    hook=Hook.FORWARD,
                    ingress=interfaces(zone),
                    egress=InterfaceMatch(handled, negated=True) if handled else ANY_INTERFACE,
                    span=last.default_span,
                )
            )
        self._unzoned()

    # Policies

    def _default(self) -> tuple[Action, Span | None]:
        node = self._section.at("default-policy")
        permits = node.has("permit-all")
        span = self._file.span(node.at("permit-all") if permits else node) if node else None
        return (Action.PERMIT if permits else Action.DENY), span

    def _global(self, default: tuple[Action, Span | None]) -> RuleSet:
        rules: list[Rule] = []
        for node in self._section.entries("global", "policy"):
            rules.extend(self._rule(node, "", "", len(rules) + 1))
        return RuleSet(
            name=GLOBAL,
            rules=tuple(rules),
            default=default[0],
            default_implicit=default[1] is None,
            default_logged=False,
            default_span=default[1],
        )

    def _pair(self, source: str, target: str, policies: list[Node], last: RuleSet) -> None:
        rules: list[Rule] = []
        for node in policies:
            rules.extend(self._rule(node, source, target, len(rules) + 1))
        own = SELF in (source, target)
        name = f"{source}->{target}" if own else f"{source} to {target}"
        spans = [self._file.span(node) for node in policies]
        self.rule_sets.append(
            RuleSet(
                name=name,
                rules=tuple(rules),
                # What no policy of the device itself matches is left to the default policy, past the global ones.
                default=last.default if own else None,
                default_implicit=last.default_implicit,
                default_logged=False,
                default_span=last.default_span,
            )
        )
        span = spans[0] if spans else None
        if target == SELF:
            self.attachments.append(
                Attachment(
                    rule_sets=(name,),
                    hook=Hook.LOCAL_IN,
                    order=_SELF_ORDER,
                    ingress=interfaces(source),
                    span=span,
                )
            )
        elif source == SELF:
            self.attachments.append(
                Attachment(rule_sets=(name,), hook=Hook.LOCAL_OUT, egress=interfaces(target), span=span)
            )
        else:
            self.attachments.append(
                Attachment(
                    rule_sets=(name, last.name),
                    hook=Hook.FORWARD,
                    ingress=interfaces(source),
                    egress=interfaces(target),
                    span=span,
                )
            )

    def _rule(self, node: Node, source_zone: str, target_zone: str, position: int) -> Iterator[Rule]:
        match, then = node.at("match"), node.at("then")
        span = self._file.span(node)
        permit = then.at("permit")
        enabled = not node.inactive
        if enabled and not (permit or then.has("deny") or then.has("reject")):
            self._file.ledger.unsupported(node.first_line, "a policy without an action, which the device refuses")
            self._notices.append(
                Notice(
                    message=msg(
                        "policy {policy} has no {setting}: the device would refuse it, so it is left out",
                        policy=node.name,
                        setting="action",
                    ),
                    span=span,
                    bears_on_access=True,
                )
            )
            enabled = False
        ingress, egress, from_zone, to_zone = ANY_INTERFACE, ANY_INTERFACE, source_zone, target_zone
        if not source_zone:
            # A global policy that names one zone on a side means the book of that zone.
            sources, targets = match.words("from-zone"), match.words("to-zone")
            ingress, egress = _match(sources), _match(targets)
            from_zone = sources[0] if len(sources) == 1 else ""
            to_zone = targets[0] if len(targets) == 1 else ""
        source = self._addresses.union(from_zone, match.words("source-address"))
        destination = self._addresses.union(to_zone, match.words("destination-address"))
        if "source-address-excluded" in match.children:
            source = AddressComplement(source)
        if "destination-address-excluded" in match.children:
            destination = AddressComplement(destination)
        service = self._applications.union(match.words("application"))
        conditions = tuple(_conditions(match, then))
        vpn = permit.word("tunnel", "ipsec-vpn") if permit.children else ""
        if vpn and enabled:
            self.tunnels.append(
                TunnelPolicy(
                    vpn=vpn,
                    ingress=source_zone,
                    egress=target_zone,
                    source=source,
                    destination=destination,
                    span=span,
                )
            )
        yield Rule(
            id=node.name,
            position=position,
            action=Action.PERMIT if permit else Action.DENY,
            span=span,
            source=source,
            destination=destination,
            service=self._service(service, match),
            ingress=ingress,
            egress=egress,
            conditions=conditions,
            enabled=enabled,
            logged=then.has("log") or then.has("log-session-init"),
            schedule=node.word("scheduler-name"),
            comment=node.word("description"),
        )

    @staticmethod
    def _service(service: ServiceExpr, match: Node) -> ServiceExpr:
        """``junos-defaults``: the ports of the dynamic application, which only its signature tells."""
        if "junos-defaults" in match.at("application").children:
            names = ", ".join(match.words("dynamic-application"))
            return UndecidedService("application", names or "junos-defaults")
        return service

    # Interfaces without a zone, and the device itself

    def _unzoned(self) -> None:
        """An interface that is in no zone is in the null zone: what passes it is dropped (Junos OS Security Zones,
        "Security Zones Overview").
        """
        outside = tuple(
            one.name
            for one in self._topology.interfaces
            if not one.zone
            and not self._topology.is_management(one.name)
            and (one.addresses or one.address_unknown)
            and one.name not in self._topology.self_links
        )
        if not outside:
            return
        self.rule_sets.append(RuleSet(name=_UNZONED, rules=(), default=Action.DENY, default_logged=False))
        match = interfaces(*outside)
        for attachment in (
            Attachment(rule_sets=(_UNZONED,), hook=Hook.FORWARD, order=-1, ingress=match),
            Attachment(rule_sets=(_UNZONED,), hook=Hook.FORWARD, order=-1, egress=match),
            Attachment(rule_sets=(_UNZONED,), hook=Hook.LOCAL_IN, order=-1, ingress=match),
        ):
            self.attachments.append(attachment)

    def inbound(self) -> None:
        """The ``host-inbound-traffic`` of zones and interfaces; what is said at an interface replaces what the zone says
        (Junos OS Security Zones, "Configuring Host Inbound Traffic").
        """
        zones = (
            *self._root.entries("security", "zones", "security-zone"),
            *self._root.entries("security", "zones", "functional-zone"),
        )
        for zone in zones:
            apart: list[str] = []
            for at in zone.entries("interfaces"):
                if at.has("host-inbound-traffic"):
                    apart.append(at.name)
                    self._inbound(at, f"host-inbound-traffic {at.name}", interfaces(at.name))
            members = [name for name in self._topology.members(zone.name) if name not in apart]
            if members or not apart:
                match = interfaces(*members) if apart else interfaces(zone.name)
                self._inbound(zone, f"host-inbound-traffic {zone.name}", match)

    def _inbound(self, node: Node, name: str, match: InterfaceMatch) -> None:
        rules: list[Rule] = []
        inbound = node.at("host-inbound-traffic")
        kinds = (("system-services", SYSTEM_SERVICES), ("protocols", PROTOCOLS))
        # An exception holds whatever else is said.
        for denied in (True, False):
            for kind, known in kinds:
                for entry in inbound.entries(kind):
                    if entry.has("except") != denied:
                        continue
                    rules.append(self._inbound_rule(entry, kind, known, denied=denied, position=len(rules) + 1))
        self.rule_sets.append(
            RuleSet(
                name=name,
                rules=tuple(rules),
                default=Action.DENY,
                default_logged=False,
                default_span=self._file.span(inbound or node),
            )
        )
        self.attachments.append(
            Attachment(
                rule_sets=(name,),
                hook=Hook.LOCAL_IN,
                order=_INBOUND_ORDER,
                ingress=match,
                span=self._file.span(inbound or node),
            )
        )

    def _inbound_rule(
        self, entry: Node, kind: str, known: dict[str, ServiceExpr], *, denied: bool, position: int
    ) -> Rule:
        if entry.name == "all":
            service = one_of(known.values())
        else:
            found = known.get(entry.name)
            if found is None:
                self._file.ledger.unsupported(entry.first_line, "a service whose ports are not known")
            service = found or UndecidedService("system service", entry.name)
        return Rule(
            id=f"{kind} {entry.name}",
            position=position,
            action=Action.DENY if denied else Action.PERMIT,
            span=self._file.span(entry),
            service=service,
            logged=False,
        )


def _match(zones: tuple[str, ...]) -> InterfaceMatch:
    return ANY_INTERFACE if not zones or "any" in zones else interfaces(*zones)


def _conditions(match: Node, then: Node) -> Iterator[Condition]:
    """What a policy asks besides zones, addresses and applications."""
    if not _ASKING.isdisjoint(match.children):
        yield from _asked(match)
    permit = then.children.get("permit")
    if permit is None or not permit.children:
        return
    if permit.has("firewall-authentication"):
        yield Condition(kind=ConditionKind.USER, text="firewall-authentication")
    translated = next(iter(permit.at("destination-address").children), "")
    if translated:
        yield Condition(kind=ConditionKind.OTHER, text=f"destination-address {translated}")


def _asked(match: Node) -> Iterator[Condition]:
    for setting, kind, nothing in _ASKED:
        named = match.words(setting)
        if named and not nothing.intersection(named):
            groups = named if kind is ConditionKind.USER else ()
            yield Condition(kind=kind, text=f"{setting} {', '.join(named)}", groups=groups)
