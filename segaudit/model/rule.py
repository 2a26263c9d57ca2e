"""Rules, lists of rules, and where lists are attached. Filters and NAT lists are the same shape."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum

from segaudit.model.address import ANY_ADDRESS, AddressExpr
from segaudit.model.route import Route
from segaudit.model.service import ANY_SERVICE, ConnectionState, Range, ServiceExpr
from segaudit.model.source import Span


class Action(StrEnum):
    """What a rule does with a packet that it matches."""

    PERMIT = "permit"
    """Filter list: the packet passes this list. NAT list: it stays as it is (an exemption). Routing list: it goes by the
    routing table."""
    DENY = "deny"
    """The packet is dropped or rejected, for good."""
    ROUTE = "route"
    """Routing list: the packet goes by the first of `Rule.routes` that is up, and the list ends."""
    TRANSLATE = "translate"
    """NAT list: `Rule.translation` is applied and the list ends."""
    JUMP = "jump"
    """Go on in the list `Rule.target`; if it returns, with the next rule here."""
    GOTO = "goto"
    """Go on in the list `Rule.target`; if it returns, return from here as well."""
    RETURN = "return"
    """Leave this list; in an attached list: its default decides."""
    CONTINUE = "continue"
    """Nothing (log, mark, count): the next rule is asked."""


@dataclass(frozen=True, slots=True)
class InterfaceMatch:
    """A set of interfaces (or zones) by name.

    An item is the name of an interface or of a `Zone` of the device; one that ends in ``*`` matches by prefix. No
    items and not negated: any interface (`ANY_INTERFACE`). ``negated`` takes the complement.
    """

    items: frozenset[str] = frozenset()
    negated: bool = False

    @property
    def is_any(self) -> bool:
        """Whether every interface matches."""
        return not self.items and not self.negated

    def matches(self, interface: str, zone: str = "") -> bool:
        """Whether an interface of that name, in that zone (empty: in none), is in the set."""
        if not self.items:
            return not self.negated
        found = (
            interface in self.items
            or (zone != "" and zone in self.items)
            or any(item.endswith("*") and interface.startswith(item[:-1]) for item in self.items)
        )
        return found != self.negated


ANY_INTERFACE = InterfaceMatch()


def interfaces(*names: str) -> InterfaceMatch:
    """The set of the named interfaces or zones; of none: any interface."""
    return InterfaceMatch(frozenset(names))


class ConditionKind(StrEnum):
    """What kind of thing it is that no header decides."""

    USER = "user"
    APPLICATION = "application"
    URL = "url"
    GEOGRAPHY = "geography"
    SCHEDULE = "schedule"
    RATE = "rate"
    MAC = "mac"
    MARK = "mark"
    FRAGMENT = "fragment"
    DEVICE_POSTURE = "device posture"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something a rule asks besides addresses and services, that the header does not decide.

    ``text`` is what the config says, for people (never a secret). ``groups`` are the user groups of a USER condition:
    where an intruder is assumed to hold an account of one of them, the condition is true.
    """

    kind: ConditionKind
    text: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRewrite:
    """The new value of an address field.

    With ``base`` the n-th address of ``base`` becomes the n-th of ``to`` (both the same size: a static or netmap
    translation); without it any address of ``to`` (a pool; one address: that one).
    """

    to: AddressExpr
    base: AddressExpr | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PortRewrite:
    """The new value of a port field; ``to`` and ``base`` are inclusive ranges, read as in `AddressRewrite`."""

    to: Range
    base: Range | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """What a translating rule writes; ``None`` keeps a field. ``name`` is the device's name for it (a VIP).

    ``to_device`` marks a redirect to the device itself (iptables REDIRECT): the packet then is for the device.
    ``state`` is what connection tracking makes of the packet from here on (iptables NOTRACK: UNTRACKED); a filter list
    may hold a rule that writes it, and nothing else: the packet passes that list.
    """

    name: str = ""
    source: AddressRewrite | None = None
    destination: AddressRewrite | None = None
    source_port: PortRewrite | None = None
    destination_port: PortRewrite | None = None
    to_device: bool = False
    state: ConnectionState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule, as written.

    ``id`` is the device's own name for its place (a sequence number, a policy id, ``FORWARD:12``), unique in its list;
    ``position`` is 1-based in evaluation order. ``translated_by`` is for devices whose policies tell translated
    traffic apart (FortiOS VIPs): ``None`` matches by ``destination`` as it is now; a set matches packets that one of
    these translations rewrote, whatever ``destination`` says, and of the others only those that none rewrote and
    ``destination`` holds. ``only_translated``: only what one of them rewrote, and ``destination`` (as it is now) must hold
    too. ``source_translation`` is applied to what this filter rule permits (a policy that does NAT).
    ``part_of``: the ``id`` of the first of several rules that stand for one as written (empty: it stands for itself).
    ``routes`` of a rule in a routing list are the ways that it sends by, best first; where none is up, or none is there,
    the routing table decides. ``implicit`` names the vendor's unwritten rule, where this is one; its span is the line
    that brings it about.
    """

    id: str
    position: int
    action: Action
    span: Span
    source: AddressExpr = ANY_ADDRESS
    destination: AddressExpr = ANY_ADDRESS
    service: ServiceExpr = ANY_SERVICE
    ingress: InterfaceMatch = ANY_INTERFACE
    egress: InterfaceMatch = ANY_INTERFACE
    conditions: tuple[Condition, ...] = ()
    enabled: bool = True
    logged: bool | None = None
    schedule: str = ""
    name: str = ""
    comment: str = ""
    hits: int | None = None
    target: str = ""
    translation: Translation | None = None
    translated_by: frozenset[str] | None = None
    only_translated: bool = False
    source_translation: Translation | None = None
    routes: tuple[Route, ...] = ()
    implicit: str = ""
    part_of: str = ""


class RuleSetKind(StrEnum):
    """Whether a list filters, translates, or chooses the way (policy routing)."""

    FILTER = "filter"
    NAT = "nat"
    ROUTING = "routing"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """A list of rules, first match decides; ``name`` is the device's name for it, unique on the device.

    ``version`` 4 or 6: the list looks at that family only, packets of the other one are not its business.
    ``default`` is what happens at the end of an attached list: PERMIT, DENY, or ``None`` where the list has no opinion
    (NAT lists, user chains, a list that the next list of its `Attachment` goes on from). ``default_implicit``: no line
    says so, it is how the device works; ``default_span`` is the line that does, or the place of the list.
    """

    name: str
    rules: tuple[Rule, ...]
    default: Action | None = Action.DENY
    kind: RuleSetKind = RuleSetKind.FILTER
    version: int | None = None
    default_implicit: bool = True
    default_logged: bool | None = None
    default_span: Span | None = None
    comment: str = ""


class Hook(Enum):
    """Where on its way a packet meets a list. The order of declaration is that of the way."""

    PREROUTING = "prerouting"
    """All that arrives, before the device decides whether it is for itself."""
    ROUTING = "routing"
    """What passes through, when the device chooses its way: only lists of the kind ROUTING; the ingress is known."""
    LOCAL_IN = "local in"
    """What is for the device itself."""
    FORWARD = "forward"
    """What passes through; both interfaces are known, destination NAT is done, source NAT is not."""
    LOCAL_OUT = "local out"
    """What the device sends."""
    POSTROUTING = "postrouting"
    """All that leaves."""


#: Place of destination NAT among the lists at PREROUTING (netfilter's number): lists below it see packets as sent.
DESTINATION_NAT_ORDER = -100
#: Place of source NAT among the lists at POSTROUTING: lists above it see packets as they leave.
SOURCE_NAT_ORDER = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """Binds lists to a hook; a packet must pass every attachment that applies to it.

    The lists in ``rule_sets`` are asked one after the other as though they were one list: each but the last has
    ``default=None``. ``order`` sorts attachments at one hook, ascending. ``ingress`` and ``egress`` say for which
    interfaces it applies (``egress`` is known at FORWARD, LOCAL_OUT, POSTROUTING; ``ingress`` everywhere but LOCAL_OUT).
    ``original_destination``: the lists are asked with the destination as it was before destination NAT (PAN-OS, ASA
    before 8.3). ``asked_of_vpn``: also traffic out of a VPN that bypasses the filters must pass (on an ASA
    ``sysopt connection permit-vpn`` skips access lists, and nothing else).
    """

    rule_sets: tuple[str, ...]
    hook: Hook
    order: int = 0
    ingress: InterfaceMatch = ANY_INTERFACE
    egress: InterfaceMatch = ANY_INTERFACE
    original_destination: bool = False
    asked_of_vpn: bool = False
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a rule holds. ``start`` and ``end`` (inclusive) bound a one-time schedule; ``recurring`` is undecided.

    Neither bound and not recurring: always.
    """

    name: str
    start: datetime | None = None
    end: datetime | None = None
    recurring: bool = False
    span: Span | None = None
