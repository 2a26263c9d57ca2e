"""Where lists are attached, and the rules that no line writes: security levels, the device itself, reverse paths.

Cisco ASA Series Firewall CLI Configuration Guide 9.x, chapter "Access Rules": interface rules, then global rules, then
the implicit deny; without rules at the interface where a packet comes in (and without global ones), higher security
levels may open connections to lower ones ("Implicit Permits"). A connection between interfaces of one level, or back out
of the interface by which it came, needs ``same-security-traffic`` besides (General Operations CLI Configuration Guide,
"Allow Same Security Level Communication").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    ANY_SERVICE,
    DESTINATION_NAT_ORDER,
    ICMPV6,
    SOURCE_NAT_ORDER,
    TCP,
    Action,
    AddressExpr,
    AddressMethod,
    AddressUnion,
    Attachment,
    Condition,
    ConditionKind,
    Hook,
    InterfaceKind,
    InterfaceMatch,
    LedgerBuilder,
    LocalService,
    Message,
    Notice,
    OwnAddress,
    Prefix,
    Route,
    RouteKind,
    Rule,
    RuleSet,
    Service,
    ServiceExpr,
    Span,
    interfaces,
    msg,
    ports,
)
from segaudit.parsers.cisco_asa.config import Config
from segaudit.parsers.cisco_asa.dialect import Dialect
from segaudit.parsers.cisco_asa.interfaces import Interfaces, NamedInterface
from segaudit.parsers.cisco_asa.management import Management
from segaudit.syntax.indented import Line

#: The name under which conduits (PIX 6) are kept as a list.
CONDUIT: Final = "conduit"
#: Places at FORWARD: what the lists say comes first, so that their rule is named where both deny.
_LISTS, _LEVELS, _USERS, _REVERSE_PATH = 0, 10, 20, 30
#: Where sources are held against the routing table: before destinations are translated, though that does not matter.
_ANTISPOOFING = DESTINATION_NAT_ORDER - 50

_SOURCE_PATH: Final = "the source is held against the routing table"
_MANAGEMENT_LINES: Final = frozenset({"ssh", "telnet", "https"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """``access-group NAME in|out interface X [control-plane]`` or ``access-group NAME global``."""

    name: str
    line: Line
    interface: str = ""
    direction: str = ""
    control_plane: bool = False

    @property
    def is_global(self) -> bool:
        return not self.interface


class RuleBuilder:
    """Numbers the rules of one list that the device makes by itself."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def add(
        self,
        action: Action,
        span: Span,
        implicit: str,
        *,
        source: AddressExpr = ANY_ADDRESS,
        destination: AddressExpr = ANY_ADDRESS,
        service: ServiceExpr = ANY_SERVICE,
        ingress: InterfaceMatch = ANY_INTERFACE,
        egress: InterfaceMatch = ANY_INTERFACE,
        conditions: tuple[Condition, ...] = (),
    ) -> None:
        number = len(self.rules) + 1
        self.rules.append(
            Rule(
                id=str(number),
                position=number,
                action=action,
                span=span,
                source=source,
                destination=destination,
                service=service,
                ingress=ingress,
                egress=egress,
                conditions=conditions,
                implicit=implicit,
            )
        )

    def rule_set(self, name: str, default: Action, version: int | None = None) -> RuleSet:
        return RuleSet(name=name, rules=tuple(self.rules), default=default, version=version)


class Filters:
    """Builds the attachments of one device."""

    def __init__(
        self,
        config: Config,
        dialect: Dialect,
        named: Interfaces,
        lists: dict[str, RuleSet],
        ledger: LedgerBuilder,
    ) -> None:
        self._config = config
        self._dialect = dialect
        self._interfaces = named
        self._lists = lists
        self._ledger = ledger
        self._span_of = config.source.span
        self.rule_sets: dict[str, RuleSet] = dict(lists)
        self.attachments: list[Attachment] = []
        self.notices: list[Notice] = []
        self._bindings = self._read_bindings()
        self._inter = next(config.starting("same-security-traffic", "permit", "inter-interface"), None)
        self._intra = next(config.starting("same-security-traffic", "permit", "intra-interface"), None)
        for line in config.of("same-security-traffic"):
            ledger.modelled(line.number)

    # Interface lists

    def _read_bindings(self) -> list[Binding]:
        """The bindings in force: a later one for the same interface, direction and family takes the earlier's place."""
        found: dict[tuple[str, str, bool, int | None], Binding] = {}
        for line in self._config.of("access-group"):
            binding = self._binding(line)
            if binding is None:
                continue
            rule_set = self._lists.get(binding.name)
            version = rule_set.version if rule_set else None
            key = (binding.interface, binding.direction, binding.control_plane, version)
            earlier = found.pop(key, None)
            if earlier is not None:
                self._ledger.irrelevant(earlier.line.number, f"replaced by line {line.number}")
            self._ledger.modelled(line.number)
            found[key] = binding
        return list(found.values())

    def _binding(self, line: Line) -> Binding | None:
        words = line.words
        if words[2:3] == ("global",):
            return Binding(name=words[1], line=line)
        if words[2:3] in (("in",), ("out",)) and words[3:4] == ("interface",) and len(words) > 4:
            if "per-user-override" in words:
                reason = "lists that AAA servers send for users may replace it: not to be seen here"
                self._ledger.approximated(line.number, reason)
            return Binding(
                name=words[1],
                line=line,
                interface=words[4],
                direction=words[2],
                control_plane="control-plane" in words,
            )
        return None

    def _usable(self, binding: Binding) -> RuleSet | None:
        """The list of a binding, or ``None`` where the device refuses to bind it.

        "You cannot reference empty ACLs or ACLs that contain only a remark" (guide, "Configure an Access Group").
        """
        rule_set = self._lists.get(binding.name)
        number = binding.line.number
        if rule_set is None:
            if binding.name in self._config.lists:
                self._ledger.unsupported(number, f"{binding.name} filters what is not IP")
                return None
            condition = Condition(kind=ConditionKind.OTHER, text=f"what access-list {binding.name} permits")
            rule = Rule(id="1", position=1, action=Action.PERMIT, span=self._span_of(number), conditions=(condition,))
            rule_set = RuleSet(name=binding.name, rules=(rule,))
            self._lists[binding.name] = self.rule_sets[binding.name] = rule_set
            self._ledger.approximated(number, f"the list {binding.name} is not in this file: undecided")
            self._notice(msg("The access list {name} is bound but not in this file.", name=binding.name), binding)
        elif not rule_set.rules:
            self._ledger.approximated(number, "a list without entries cannot be bound: it does not filter")
            self._notice(
                msg("The access list {name} has no entries: the device does not bind it.", name=binding.name), binding
            )
            return None
        elif any(entry.body[:1] == ("standard",) for entry in self._config.lists.get(binding.name, ())):
            self._ledger.approximated(number, "a standard list cannot be bound: it does not filter")
            self._notice(
                msg("The access list {name} is a standard one: the device does not bind it.", name=binding.name),
                binding,
            )
            return None
        return rule_set

    def _notice(self, message: Message, binding: Binding) -> None:
        span = self._span_of(binding.line.number)
        self.notices.append(Notice(message=message, span=span, bears_on_access=True))

    def attach_lists(self) -> None:
        """Attaches interface and global lists, and the implicit rules of the interfaces without any."""
        usable = [(binding, rule_set) for binding in self._bindings if (rule_set := self._usable(binding)) is not None]
        families: tuple[int | None, ...] = (None,) if self._dialect.unified else (4, 6)
        for version in families:
            mine = [(b, r) for b, r in usable if r.version in (None, version) or version is None]
            overall = next(((b, r) for b, r in mine if b.is_global), None)
            inward = {b.interface: (b, r) for b, r in mine if b.direction == "in" and not b.control_plane}
            self._attach_inward(inward, overall, version)
        for binding, rule_set in usable:
            if binding.direction == "out":
                self._attach_outward(binding, rule_set)

    def _attach_inward(
        self,
        inward: Mapping[str, tuple[Binding, RuleSet]],
        overall: tuple[Binding, RuleSet] | None,
        version: int | None,
    ) -> None:
        for interface, (binding, rule_set) in inward.items():
            names: tuple[str, ...] = (rule_set.name,)
            if overall is not None:
                names = (self._open_ended(rule_set.name), overall[1].name)
            self._attach(Hook.FORWARD, names, ingress=self._with_members(interface), span=binding.line.number)
        bridged = {member for name in inward for member in self._with_members(name).items}
        others = [one for one in self._interfaces.named if one.name not in bridged and not one.management_only]
        if overall is not None:
            # A global list is asked at every interface: those with a list of their own have it behind that.
            rest = InterfaceMatch(frozenset(bridged), negated=True) if bridged else ANY_INTERFACE
            self._attach(Hook.FORWARD, (overall[1].name,), ingress=rest, span=overall[0].line.number)
            return
        for one in others:
            self._attach_levels(one, version)

    def _open_ended(self, name: str) -> str:
        """A list whose end leaves the packet to the next list; a copy where the list also stands alone."""
        rule_set = self.rule_sets[name]
        alone = any(b.name == name and (b.direction == "out" or b.control_plane) for b in self._bindings)
        open_name = f"{name} (before global)" if alone else name
        self.rule_sets[open_name] = replace(rule_set, name=open_name, default=None)
        return open_name

    def closed(self, name: str) -> str:
        """A list that ends with the implicit deny, for uses other than before a global list."""
        rule_set = self.rule_sets.get(name)
        if rule_set is None or rule_set.default is not None:
            return name
        closed_name = f"{name} (alone)"
        self.rule_sets[closed_name] = replace(rule_set, name=closed_name, default=Action.DENY)
        return closed_name

    def _with_members(self, name: str) -> InterfaceMatch:
        """An interface, with its members where it is a bridge.

        A list at a named BVI filters besides those at its members (guide 9.7 and later, "Controlling Network Access").
        """
        one = self._interfaces.get(name)
        bridge = one is not None and one.interface.kind is InterfaceKind.BRIDGE
        return InterfaceMatch(frozenset({name, *(one.interface.members if one is not None and bridge else ())}))

    def _attach_levels(self, one: NamedInterface, version: int | None) -> None:
        """The implicit rules where no list is asked: down to lower levels, and to the same as far as that is on."""
        builder = RuleBuilder()
        others = [o for o in self._interfaces.named if o.name != one.name and not o.management_only]
        if self._config.product == "fwsm":
            # "The FWSM does not allow any traffic to pass between interfaces unless you explicitly permit it with an
            # ACL" (Firewall Services Module Configuration Guide 2.3, "Security Policy Overview").
            others = []
        lower = frozenset(o.name for o in others if o.level < one.level)
        if lower:
            builder.add(
                Action.PERMIT,
                one.level_span,
                "from a higher to a lower security level",
                ingress=interfaces(one.name),
                egress=InterfaceMatch(lower),
            )
        same = frozenset(o.name for o in others if o.level == one.level)
        if same and self._inter is not None:
            builder.add(
                Action.PERMIT,
                self._span_of(self._inter.number),
                "between interfaces of the same security level",
                ingress=interfaces(one.name),
                egress=InterfaceMatch(same),
            )
        if self._intra is not None and self._config.product != "fwsm":
            builder.add(
                Action.PERMIT,
                self._span_of(self._intra.number),
                "back out of the interface by which it came",
                ingress=interfaces(one.name),
                egress=interfaces(one.name),
            )
        name = f"security-level {one.name}" + (f" (IPv{version})" if version == 6 else "")
        rule_set = replace(builder.rule_set(name, Action.DENY, version), default_span=one.level_span)
        self.rule_sets[name] = rule_set
        names = (self._conduits(one), name) if CONDUIT in self._lists and version in (None, 4) else (name,)
        self._attach(Hook.FORWARD, names, ingress=interfaces(one.name), span=one.level_span)

    def _conduits(self, one: NamedInterface) -> str:
        """Conduits of PIX 6, as asked at ``one``: for connections to higher levels where no list is bound."""
        higher = frozenset(o.name for o in self._interfaces.named if o.level > one.level)
        name = f"{CONDUIT} {one.name}"
        conduits = self._lists[CONDUIT]
        rules = tuple(replace(rule, egress=InterfaceMatch(higher)) for rule in conduits.rules) if higher else ()
        self.rule_sets[name] = replace(conduits, name=name, rules=rules, default=None)
        return name

    def _attach_outward(self, binding: Binding, rule_set: RuleSet) -> None:
        """Outbound lists see real addresses since 8.3; before, packets as they leave."""
        name = self.closed(rule_set.name)
        match = self._with_members(binding.interface)
        if self._dialect.real_addresses:
            self._attach(Hook.FORWARD, (name,), egress=match, span=binding.line.number, order=_LISTS + 1)
        else:
            self._attach(Hook.POSTROUTING, (name,), egress=match, span=binding.line.number, order=SOURCE_NAT_ORDER + 10)

    def _attach(
        self,
        hook: Hook,
        names: tuple[str, ...],
        *,
        ingress: InterfaceMatch = ANY_INTERFACE,
        egress: InterfaceMatch = ANY_INTERFACE,
        span: Span | int | None = None,
        order: int = _LISTS,
    ) -> None:
        self.attachments.append(
            Attachment(
                rule_sets=names,
                hook=hook,
                order=order,
                ingress=ingress,
                egress=egress,
                # Before 8.3 an inbound list sees the destination as it was sent, before it is translated.
                original_destination=(hook is Hook.FORWARD and order == _LISTS and not self._dialect.real_addresses),
                # `sysopt connection permit-vpn` skips access lists; levels and the reverse path of NAT still hold.
                asked_of_vpn=order in {_LEVELS, _REVERSE_PATH, _REVERSE_PATH + 1},
                span=self._span_of(span) if isinstance(span, int) else span,
            )
        )

    # Security levels besides the lists

    def attach_levels(self) -> None:
        """What no list can permit: through management interfaces, and between equal levels unless that is on."""
        builder = RuleBuilder()
        for one in self._interfaces.named:
            if one.management_only is not None:
                implicit = "no through traffic at a management-only interface"
                builder.add(Action.DENY, one.management_only, implicit, ingress=interfaces(one.name))
                builder.add(Action.DENY, one.management_only, implicit, egress=interfaces(one.name))
        self._attach_made("management-only", builder)
        builder = RuleBuilder()
        for one in self._interfaces.named:
            if one.no_forward:
                # The base licence of ASA 5505 has a third VLAN that may not open connections to one other (command
                # reference, "forward interface").
                implicit = f"no forward interface towards {one.no_forward}"
                pair = (interfaces(one.name), interfaces(one.no_forward))
                builder.add(Action.DENY, one.interface.span, implicit, ingress=pair[0], egress=pair[1])
        self._attach_made("no forward interface", builder)
        # FTD has all interfaces at level 0 and both kinds of same-security traffic on.
        if self._config.product != "ftd":
            builder = RuleBuilder()
            self._deny_same_levels(builder)
            self._attach_made("same-security-traffic", builder)

    def _attach_made(self, name: str, builder: RuleBuilder) -> None:
        if builder.rules:
            self.rule_sets[name] = builder.rule_set(name, Action.PERMIT)
            self._attach(Hook.FORWARD, (name,), order=_LEVELS)

    def _deny_same_levels(self, builder: RuleBuilder) -> None:
        named = [one for one in self._interfaces.named if one.management_only is None]
        for one in named:
            same = frozenset(o.name for o in named if o.level == one.level and o.name != one.name)
            if same and self._inter is None:
                builder.add(
                    Action.DENY,
                    one.level_span,
                    "between interfaces of the same security level (no same-security-traffic permit inter-interface)",
                    ingress=interfaces(one.name),
                    egress=InterfaceMatch(same),
                )
            if self._intra is None:
                builder.add(
                    Action.DENY,
                    one.level_span,
                    "back out of the interface by which it came (no same-security-traffic permit intra-interface)",
                    ingress=interfaces(one.name),
                    egress=interfaces(one.name),
                )

    # Translation

    def attach_nat(self, rule_sets: Iterable[RuleSet]) -> None:
        """Attaches the lists of the translation table at their places."""
        places = {
            "nat destination": (Hook.PREROUTING, DESTINATION_NAT_ORDER),
            "nat source": (Hook.POSTROUTING, SOURCE_NAT_ORDER),
            "nat reverse path": (Hook.FORWARD, _REVERSE_PATH),
            "nat required": (Hook.FORWARD, _REVERSE_PATH + 1),
        }
        for rule_set in rule_sets:
            self.rule_sets[rule_set.name] = rule_set
            hook, order = places[rule_set.name]
            self._attach(hook, (rule_set.name,), order=order)

    # Users

    def attach_user_authentication(self) -> None:
        """``aaa authentication match LIST INTERFACE SERVERS``: what it matches passes for users who have logged in."""
        for line in self._config.starting("aaa", "authentication", "match"):
            words = line.words
            rule_set = self._lists.get(words[3]) if len(words) > 4 else None
            if rule_set is None:
                continue
            self._ledger.approximated(line.number, "only for users who have logged in: undecided")
            condition = Condition(kind=ConditionKind.USER, text="not logged in by aaa authentication")
            rules = tuple(
                replace(
                    rule,
                    action=Action.DENY if rule.action is Action.PERMIT else Action.RETURN,
                    conditions=(*rule.conditions, condition) if rule.action is Action.PERMIT else rule.conditions,
                    implicit="asks for a login first",
                )
                for rule in rule_set.rules
            )
            name = f"aaa authentication {words[4]}"
            self.rule_sets[name] = replace(rule_set, name=name, rules=rules, default=Action.PERMIT)
            self._attach(Hook.FORWARD, (name,), ingress=interfaces(words[4]), span=line.number, order=_USERS)

    # The reverse path of routing

    def attach_antispoofing(self, routes: Sequence[Route], dynamic: Sequence[str]) -> None:
        """``ip verify reverse-path interface X``: only sources that the routing table has behind X come in there."""
        lines = {
            line.words[4]: line
            for line in self._config.starting("ip", "verify", "reverse-path", "interface")
            if len(line.words) > 4
        }
        for name, line in lines.items():
            self._ledger.modelled(line.number)
            interface = self._interfaces.get(name)
            if interface is not None:
                self._attach_reverse_path(interface, line, routes, dynamic)

    def _attach_reverse_path(
        self, one: NamedInterface, line: Line, routes: Sequence[Route], dynamic: Sequence[str]
    ) -> None:
        span = self._span_of(line.number)
        learnt: tuple[Condition, ...] = ()
        if dynamic:
            text = f"routes learnt by {', '.join(dynamic)}"
            learnt = (Condition(kind=ConditionKind.OTHER, text=text),)
        builder = RuleBuilder()
        prefixes: list[tuple[Prefix, int, str, tuple[Condition, ...]]] = [
            (address.prefix, 0, other.name, ())
            for other in self._interfaces.named
            for address in other.interface.addresses
            if other.interface.enabled and not address.secondary
        ]
        prefixes += [
            (route.prefix, route.distance, route.interface, learnt)
            for route in routes
            if route.interface and route.kind is RouteKind.STATIC and not route.vrf
        ]
        prefixes.sort(key=lambda item: (-item[0].length, item[1]))
        # An own network that DHCP gives is not to be seen here, but it is more specific than the default route.
        unknown = one.interface.method in (AddressMethod.DHCP, AddressMethod.PPPOE)
        given = Condition(kind=ConditionKind.OTHER, text=f"the network that {one.name} gets by DHCP or PPPoE")
        for prefix, _, interface, conditions in prefixes:
            if prefix.length == 0 and unknown:
                builder.add(Action.RETURN, span, _SOURCE_PATH, conditions=(given,))
                unknown = False
            action = Action.RETURN if interface == one.name else Action.DENY
            builder.add(action, span, _SOURCE_PATH, source=prefix.expr(), conditions=conditions)
        if unknown or learnt:
            builder.add(Action.RETURN, span, _SOURCE_PATH, conditions=learnt or (given,))
        builder.add(Action.DENY, span, _SOURCE_PATH)
        title = f"ip verify reverse-path {one.name}"
        # It only objects: to pass it permits nothing.
        self.rule_sets[title] = builder.rule_set(title, Action.PERMIT)
        self._attach(Hook.PREROUTING, (title,), ingress=interfaces(one.name), span=span, order=_ANTISPOOFING)

    # To the device itself

    def attach_local(self, management: Management, tunnelled: Sequence[AddressExpr]) -> None:
        """What may reach the device itself: its own interface only, control-plane lists, ICMP lines, its services.

        ``tunnelled`` are the addresses whose packets come out of tunnels: ``management-access`` is for them.
        """
        self._own_interface_only(management, tunnelled)
        self._telnet(management, tunnelled)
        self._control_plane(management)
        self._icmp(management)
        self._services(management)

    def _own_interface_only(self, management: Management, tunnelled: Sequence[AddressExpr]) -> None:
        """Denies what is sent to the address of another interface than that by which it came.

        "Management access to an interface other than the one from which you entered the ASA is not supported", but
        through a tunnel to that of ``management-access`` (General Operations CLI Configuration Guide, "Management
        Access").
        """
        named = [one for one in self._interfaces.named if one.interface.addresses]
        builder = RuleBuilder()
        inner = self._interfaces.get(management.access_interface)
        if inner is not None and tunnelled:
            builder.add(
                Action.PERMIT,
                self._span_of(next(iter(self._config.of("management-access"))).number),
                "management-access through a tunnel",
                source=tunnelled[0] if len(tunnelled) == 1 else AddressUnion(tuple(tunnelled)),
                destination=OwnAddress(inner.name),
            )
        for one in named:
            # A bridge is reached by its members.
            bridge = one.interface.kind is InterfaceKind.BRIDGE
            at = frozenset({one.name, *(one.interface.members if bridge else ())})
            builder.add(
                Action.DENY,
                one.interface.span,
                "the address of another interface than that by which it came",
                destination=OwnAddress(one.name),
                ingress=InterfaceMatch(at, negated=True),
            )
        if named:
            name = "own interface only"
            self.rule_sets[name] = builder.rule_set(name, Action.PERMIT)
            self._attach(Hook.LOCAL_IN, (name,), order=-10)

    def _telnet(self, management: Management, tunnelled: Sequence[AddressExpr]) -> None:
        """Denies Telnet where the manual says "you cannot use Telnet to the lowest security interface unless you use
        Telnet inside a VPN tunnel" (same chapter).
        """
        lowest = min((one.level for one in self._interfaces.named if not one.management_only), default=0)
        lines = [service for service in management.services if service.kind == "telnet"]
        named = frozenset(
            one.name
            for one in self._interfaces.named
            if one.level == lowest < 100 and any(service.interfaces.matches(one.name) for service in lines)
        )
        if not named:
            return
        builder = RuleBuilder()
        if tunnelled:
            source = tunnelled[0] if len(tunnelled) == 1 else AddressUnion(tuple(tunnelled))
            builder.add(Action.PERMIT, lines[0].span, "Telnet inside a tunnel", source=source, service=ports(TCP, 23))
        builder.add(
            Action.DENY,
            lines[0].span,
            "no Telnet to the interface of the lowest security level",
            service=ports(TCP, 23),
        )
        self.rule_sets["telnet"] = builder.rule_set("telnet", Action.PERMIT)
        self._attach(Hook.LOCAL_IN, ("telnet",), ingress=InterfaceMatch(named), order=-5)

    def _control_plane(self, management: Management) -> None:
        """Control-plane lists. What ``ssh``, ``telnet`` and ``http`` lines permit is not asked; at the end of the list
        the other rules for the device decide (guide, "Access Rules", "Management Access Rules", "Implicit Deny").
        """
        bindings = [b for b in self._bindings if b.control_plane and b.direction == "in"]
        if not bindings:
            return
        lines = RuleBuilder()
        for service in management.services:
            if service.kind in _MANAGEMENT_LINES:
                lines.add(
                    Action.PERMIT,
                    service.span,
                    "a management line, which comes before control-plane lists",
                    source=service.sources,
                    service=service.service,
                    ingress=service.interfaces,
                )
        self.rule_sets["management lines"] = replace(lines.rule_set("management lines", Action.PERMIT), default=None)
        for binding in bindings:
            rule_set = self._usable(binding)
            if rule_set is None:
                continue
            name = f"{rule_set.name} (control-plane)"
            self.rule_sets[name] = replace(self.rule_sets[rule_set.name], name=name, default=Action.PERMIT)
            self._attach(
                Hook.LOCAL_IN,
                ("management lines", name),
                ingress=interfaces(binding.interface),
                span=binding.line.number,
            )

    def _icmp(self, management: Management) -> None:
        """``icmp permit`` lines end with a deny of ICMP at their interface; without lines all ICMP is answered."""
        by_place: dict[tuple[str, int | None], RuleBuilder] = {}
        for rule in management.icmp:
            builder = by_place.setdefault((rule.interface, rule.service.protocol), RuleBuilder())
            builder.add(rule.action, rule.span, "", source=rule.source, service=rule.service)
        for (interface, protocol), builder in by_place.items():
            last = builder.rules[-1].span
            implicit = "the end of the icmp lines of the interface"
            builder.add(Action.DENY, last, implicit, service=Service(protocol=protocol))
            name = f"{'ipv6 ' if protocol == ICMPV6 else ''}icmp {interface}"
            self.rule_sets[name] = builder.rule_set(name, Action.PERMIT)
            self._attach(Hook.LOCAL_IN, (name,), ingress=interfaces(interface), span=builder.rules[0].span, order=10)

    def _services(self, management: Management) -> None:
        """Nothing answers but what is configured: management lines are filters at the same time."""
        builder = RuleBuilder()
        for service in _in_order(management.services):
            builder.add(
                Action.PERMIT,
                service.span,
                "the device listens for it",
                source=service.sources,
                service=service.service,
                ingress=service.interfaces,
            )
        if self._interfaces.named:
            self.rule_sets["to the device"] = builder.rule_set("to the device", Action.DENY)
            self._attach(Hook.LOCAL_IN, ("to the device",), order=20)


def _in_order(services: Sequence[LocalService]) -> list[LocalService]:
    """The services without repetitions, pings last: they are many and say little."""
    unique = {(s.kind, s.interfaces, s.sources, id(s.service)): s for s in services}
    return sorted(unique.values(), key=lambda service: service.kind == "ping")
