"""The tracer: one packet through one device, list by list and rule by rule.

It is what `segaudit trace` prints and the oracle of the packet sets, so it is written to be read and checked by eye. It
shares the model with them and nothing else.

The way of a packet: the lists at PREROUTING, then for the device those at LOCAL_IN, or through it those at FORWARD and
POSTROUTING; what the device sends passes LOCAL_OUT and POSTROUTING. Every attachment that applies to the interfaces
must let it pass; where none does, it passes. Who listens on the device is not asked, nor where the packet would be
routed, nor whether an interface is shut: the caller says between which interfaces it goes.

- A `stateful` device lets packets of the states established and related pass without asking its lists (`ask_list` asks
  the list all the same); any device asks its NAT lists for new packets only.
- A device forwards only where `Device.forwards`, and only the families of `Device.versions`.
- A redirect (`Translation.to_device`) turns a forwarded packet into one for the device.
- A list that is bound and not there may deny anything.
- Where something is undecided, all possibilities are followed; the verdict is unknown only if they end differently, and
  then `undecided` names what it hangs on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from segaudit.model import (
    Action,
    Attachment,
    Condition,
    ConditionKind,
    ConnectionState,
    Device,
    Hook,
    Message,
    Range,
    Route,
    Rule,
    RuleSet,
    Span,
    msg,
)
from segaudit.packetspace.packet import Packet
from segaudit.semantics.trace_flight import Choice, Field, Flight, merged
from segaudit.semantics.trace_lists import Answer, Crossing, End, ListTracer, Outcome, distinct, list_tracers
from segaudit.semantics.trace_match import NO, Matcher


class Verdict(StrEnum):
    """What becomes of a packet."""

    PERMIT = "permit"
    DENY = "deny"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What decided: ``rule`` of ``rule_set``, or the end of that list (``rule`` is ``None``), or no list at all.

    ``reason`` says it in words where no rule does. ``span`` is the place in the config, where there is one.
    """

    rule_set: str
    rule: Rule | None
    span: Span | None
    reason: Message | None = None


class StepAction(StrEnum):
    """What a list did to a packet."""

    PERMIT = "permit"
    DENY = "deny"
    TRANSLATE = "translate"
    NO_OPINION = "no opinion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One stage of the way: what the lists of one attachment did. ``certain``: nothing undecided led to it."""

    hook: Hook
    action: StepAction
    decision: Decision
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A packet as it arrives; a field is ``None`` where it is chosen from several values (a pool) or not known."""

    version: int
    protocol: int
    src: int | None
    dst: int | None
    src_port: int | None
    dst_port: int | None
    icmp_type: int
    icmp_code: int
    tcp_flags: int
    state: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A permitted packet as it goes on, one possibility; ``choices`` are the fields that stand for several values."""

    packet: Packet
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListVerdict:
    """What one list, or the lists between two zones, say to a packet.

    ``decided_by`` is the first of ``deciders``, which are all that possibly decide, in the order of evaluation.
    ``received`` is the packet as a permit leaves it; ``None`` where it is surely denied.
    """

    verdict: Verdict
    decided_by: Decision
    deciders: tuple[Decision, ...]
    undecided: tuple[Message, ...]
    received: Received | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceVerdict:
    """What the device does with a packet.

    As `ListVerdict`; ``steps`` are the stages in order (of every possibility, where there are several), ``to_device``
    says that a permitted packet ends at the device itself. ``leaving`` is the packet as it may go on.
    """

    verdict: Verdict
    decided_by: Decision
    deciders: tuple[Decision, ...]
    undecided: tuple[Message, ...]
    received: Received | None
    steps: tuple[Step, ...]
    to_device: bool
    leaving: tuple[Leaving, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A packet after the lists at PREROUTING, to be routed: one possibility.

    ``destinations`` are its possible destinations as inclusive ranges; ``to_device``: a redirect made it a packet for
    the device.
    """

    packet: Packet
    destinations: tuple[Range, ...]
    to_device: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """What the routing lists say to a packet: one possibility.

    The first of ``routes`` that is up is taken, and where none is, the routing table decides, or it is dropped by
    ``dropped_by``.
    """

    routes: tuple[Route, ...] = ()
    dropped_by: Decision | None = None


class UnknownListError(LookupError):
    """The device has no list of that name, nor interfaces or zones of which it could be the pair."""


@dataclass(frozen=True, slots=True)
class _Stage:
    """An attachment with its lists ready."""

    hook: Hook
    lists: tuple[ListTracer, ...]
    original_destination: bool = False
    asked_of_vpn: bool = False

    def ask(self, flight: Flight, crossing: Crossing, at: int = 0) -> Answer:
        """The lists one after the other, as though they were one; an outcome that is `End.OUT`: no opinion."""
        answer = self.lists[at].ask_attached(flight, crossing)
        if at + 1 == len(self.lists) or all(outcome.end is not End.OUT for outcome in answer.outcomes):
            return answer
        rest = self.ask(flight, crossing, at + 1)
        outcomes: list[Outcome] = []
        for outcome in answer.outcomes:
            outcomes.extend(rest.outcomes if outcome.end is End.OUT else [outcome])
        outcomes = distinct(outcomes)
        return Answer(tuple(outcomes), (*answer.hangs_on, *rest.hangs_on) if len(outcomes) > 1 else ())


@dataclass(frozen=True, slots=True)
class _Way:
    """One possible way to its end."""

    permitted: bool
    flight: Flight
    steps: tuple[Step, ...]


class DeviceTracer:
    """One device, ready to be asked for packets.

    ``as_of`` is the day for which schedules are decided; ``accounts`` are user groups that an intruder is assumed to
    be in: conditions that ask for one of them are true.
    """

    def __init__(self, device: Device, as_of: date, accounts: frozenset[str] = frozenset()) -> None:
        self.device = device
        self._matcher = Matcher(device, as_of, accounts)
        self._lists = list_tracers(device, self._matcher)
        self._plans: dict[tuple[tuple[Hook, ...], Crossing, bool], tuple[_Stage, ...]] = {}
        self._decisions: dict[int, tuple[Outcome, Decision]] = {}

    # What can be asked

    def ask_list(self, name: str, packet: Packet, ingress: str = "", egress: str = "") -> ListVerdict:
        """What the list ``name`` alone says; `UnknownListError` where the device has none of that name.

        ``ingress`` and ``egress`` empty: not known; rules that ask for an interface match maybe. For IPv6 packets the
        list ``ip6/NAME`` is taken where there is one. A name ``A->B`` of which there is no list means the filters
        between the interfaces or zones A and B (their first members), without translation. A filter list without a
        default leaves what comes out at its end unknown.
        """
        rule_list = self._list_for(name, packet.version)
        if rule_list is None:
            return self._ask_pair(name, packet)
        flight = Flight(packet, packet)
        crossing = Crossing(ingress or None, egress or None)
        if rule_list.rule_set.version not in (None, packet.version):
            reason = msg("{name} looks at IPv{version} only", name=name, version=rule_list.rule_set.version or 0)
            return self._open_end(rule_list, flight, reason)
        answer = rule_list.ask_attached(flight, crossing)
        if len(answer.outcomes) == 1 and answer.outcomes[0].end is not End.OUT:
            (outcome,) = answer.outcomes
            permitted = outcome.end is End.PASS
            decision = self._decision(outcome)
            return ListVerdict(
                verdict=Verdict.PERMIT if permitted else Verdict.DENY,
                decided_by=decision,
                deciders=(decision,),
                undecided=(),
                received=_received([self._passed(flight, outcome, crossing)]) if permitted else None,
            )
        return self._list_verdict(rule_list, answer, flight, crossing)

    def arrive(
        self, packet: Packet, ingress: str, chosen: tuple[Choice, ...] = (), *, out_of_vpn: bool = False
    ) -> tuple[Arrival, ...]:
        """What the lists at PREROUTING make of a packet, for who routes it: every possibility, of none where it is denied.

        ``chosen`` here and below: the fields that stand for several values, of which another device chose one.
        ``out_of_vpn``: it skips the filters, not the translations, as `forward` says.
        """
        if self._in_session(packet):
            return (Arrival(packet=packet, destinations=((packet.dst, packet.dst),), to_device=False),)
        crossing = Crossing(ingress, None)
        flight = Flight(packet, packet, choices=chosen)
        plan = self._plan((Hook.PREROUTING,), crossing)
        if out_of_vpn:
            plan = tuple(stage for stage in plan if stage.asked_of_vpn)
        ways, _ = self._follow(flight, plan, crossing)
        arrivals = [
            Arrival(
                packet=way.flight.packet,
                destinations=way.flight.among(Field.DST),
                to_device=way.flight.to_device,
            )
            for way in ways
            if way.permitted
        ]
        return tuple(dict.fromkeys(arrivals))

    def route(self, packet: Packet, ingress: str) -> tuple[Routing, ...]:
        """What the routing lists say to ``packet`` as it is after destination NAT: every possibility."""
        crossing = Crossing(ingress, None)
        flight = Flight(packet, packet)
        found = [Routing()]
        for stage in self._plan((Hook.ROUTING,), crossing):
            dropped = [before for before in found if before.dropped_by is not None]
            going = [before for before in found if before.dropped_by is None]
            found = dropped + [
                replace(before, dropped_by=self._decision(outcome))
                if outcome.end is End.DENY
                else replace(before, routes=(*before.routes, *outcome.routes))
                for before in going
                for outcome in stage.ask(flight, crossing).outcomes
            ]
        return tuple(dict.fromkeys(found))

    def forward(
        self, packet: Packet, ingress: str, egress: str, bypass: str | None = None, chosen: tuple[Choice, ...] = ()
    ) -> DeviceVerdict:
        """What becomes of a packet that arrives at ``ingress`` and is to leave by ``egress``; routing is skipped.

        ``bypass`` is for packets out of a VPN that skip the filters: the list that is asked instead, empty for none.
        """
        if not self.device.forwards:
            return self._refused(msg("the device does not forward"))
        if packet.version not in self.device.versions:
            return self._refused(msg("the device does not forward IPv{version}", version=packet.version))
        crossing = Crossing(ingress, egress)
        plan = self._plan((Hook.PREROUTING, Hook.FORWARD, Hook.POSTROUTING), crossing)
        if bypass is not None:
            instead = (_Stage(Hook.FORWARD, (self._lists(bypass) or self._missing(bypass),)),) if bypass else ()
            plan = (*instead, *(stage for stage in plan if stage.asked_of_vpn))
        return self._verdict(Flight(packet, packet, choices=chosen), plan, crossing)

    def local_in(
        self, packet: Packet, ingress: str, chosen: tuple[Choice, ...] = (), *, out_of_vpn: bool = False
    ) -> DeviceVerdict:
        """What the filters say to a packet for the device itself that arrives at ``ingress``.

        ``out_of_vpn``: it skips the filters on its arrival, as `forward` says.
        """
        crossing = Crossing(ingress, "")
        plan = self._plan((Hook.PREROUTING, Hook.LOCAL_IN), crossing)
        if out_of_vpn:
            plan = tuple(stage for stage in plan if stage.hook is Hook.LOCAL_IN or stage.asked_of_vpn)
        return self._verdict(Flight(packet, packet, choices=chosen, own_destination=True), plan, crossing)

    def local_out(self, packet: Packet, egress: str) -> DeviceVerdict:
        """What the filters say to a packet that the device itself sends by ``egress``."""
        crossing = Crossing("", egress)
        plan = self._plan((Hook.LOCAL_OUT, Hook.POSTROUTING), crossing)
        return self._verdict(Flight(packet, packet, own_source=True), plan, crossing)

    # Lists

    def _list_for(self, name: str, version: int) -> ListTracer | None:
        if version == 6:
            of_family = self._lists(f"ip6/{name}")
            if of_family is not None:
                return of_family
        return self._lists(name)

    def _ask_pair(self, name: str, packet: Packet) -> ListVerdict:
        ingress, arrow, egress = name.partition("->")
        if not arrow or not ingress or not egress:
            raise UnknownListError(name)
        arrives, leaves = self._members(ingress), self._members(egress)
        # Inside a zone: between two of its members, where it has two.
        same = ingress == egress and len(leaves) > 1
        crossing = Crossing(arrives[0], leaves[1] if same else leaves[0])
        ways, hangs_on = self._follow(
            Flight(packet, packet), self._plan((Hook.FORWARD,), crossing, filters_only=True), crossing
        )
        verdict, deciders = _judged(ways)
        return ListVerdict(
            verdict=verdict,
            decided_by=deciders[0],
            deciders=deciders,
            undecided=hangs_on if verdict is Verdict.UNKNOWN else (),
            received=_received([way.flight for way in ways if way.permitted]),
        )

    def _members(self, name: str) -> list[str]:
        """The interfaces of the zone ``name`` in the order of the config; else the name itself."""
        if self._matcher.interface_named(name) is not None:
            return [name]
        listed = [member for zone in self.device.zones if zone.name == name for member in zone.interfaces]
        listed += [i.name for i in self.device.interfaces if i.zone == name and i.name not in listed]
        return listed or [name]

    def _list_verdict(self, rule_list: ListTracer, answer: Answer, flight: Flight, crossing: Crossing) -> ListVerdict:
        """The verdict of a list that may end in several ways, or without a word."""
        hangs_on = list(answer.hangs_on)
        ends = {outcome.end for outcome in answer.outcomes}
        if End.OUT in ends and rule_list.translates:
            # What no rule of a NAT list concerns stays as it is.
            ends = (ends - {End.OUT}) | {End.PASS}
        if End.OUT in ends:
            hangs_on.append(msg("list has no end"))
        verdict = Verdict.UNKNOWN
        if ends == {End.PASS}:
            verdict = Verdict.PERMIT
        elif ends == {End.DENY}:
            verdict = Verdict.DENY
        deciders = tuple(self._decision(outcome) for outcome in answer.outcomes)
        passed = [self._passed(flight, o, crossing) for o in answer.outcomes if o.end is not End.DENY]
        return ListVerdict(
            verdict=verdict,
            decided_by=deciders[0],
            deciders=deciders,
            undecided=tuple(hangs_on) if verdict is Verdict.UNKNOWN else (),
            received=_received(passed),
        )

    def _open_end(self, rule_list: ListTracer, flight: Flight, reason: Message) -> ListVerdict:
        decision = Decision(
            rule_set=rule_list.rule_set.name, rule=None, span=rule_list.rule_set.default_span, reason=reason
        )
        return ListVerdict(
            verdict=Verdict.UNKNOWN,
            decided_by=decision,
            deciders=(decision,),
            undecided=(reason,),
            received=_received([flight]),
        )

    # The way through the device

    def _plan(self, hooks: tuple[Hook, ...], crossing: Crossing, *, filters_only: bool = False) -> tuple[_Stage, ...]:
        """The attachments at ``hooks`` that apply to the interfaces, in order."""
        key = (hooks, crossing, filters_only)
        if key not in self._plans:
            stages: list[_Stage] = []
            for hook in hooks:
                there = sorted((a for a in self.device.attachments if a.hook is hook), key=lambda a: a.order)
                for attachment in there:
                    if not self._applies(attachment, crossing):
                        continue
                    lists = tuple(self._lists(name) or self._missing(name) for name in attachment.rule_sets)
                    if filters_only and lists[0].translates:
                        continue
                    original = attachment.original_destination and not filters_only
                    of_vpn = attachment.asked_of_vpn or lists[0].translates
                    stages.append(_Stage(hook, lists, original, of_vpn))
            self._plans[key] = tuple(stages)
        return self._plans[key]

    def _missing(self, name: str) -> ListTracer:
        """In place of a bound list that is not there: nobody knows whether the device lets anything through."""
        unknown = Condition(kind=ConditionKind.OTHER, text=f"list {name} is not defined")
        span = self.device.span
        rule = Rule(id=name, position=1, action=Action.DENY, span=span, conditions=(unknown,))
        return ListTracer(RuleSet(name=name, rules=(rule,), default=None), self._matcher, self._lists)

    def _applies(self, attachment: Attachment, crossing: Crossing) -> bool:
        return (
            self._matcher.interface(attachment.ingress, crossing.ingress) != NO
            and self._matcher.interface(attachment.egress, crossing.egress) != NO
        )

    def _verdict(self, flight: Flight, plan: tuple[_Stage, ...], crossing: Crossing) -> DeviceVerdict:
        if self._in_session(flight.packet):
            decision = Decision(rule_set="", rule=None, span=None, reason=msg("part of a session that was permitted"))
            return DeviceVerdict(
                verdict=Verdict.PERMIT,
                decided_by=decision,
                deciders=(decision,),
                undecided=(),
                received=_received([flight]),
                steps=(),
                to_device=flight.own_destination,
                leaving=(Leaving(packet=flight.packet, choices=flight.choices),),
            )
        ways, hangs_on = self._follow(flight, plan, crossing)
        verdict, deciders = _judged(ways)
        permitted = [way for way in ways if way.permitted]
        # What its connection tracking thinks of a packet no device tells the next one.
        state = flight.packet.state
        out = [replace(w.flight, packet=replace(w.flight.packet, state=state)) for w in permitted]
        return DeviceVerdict(
            verdict=verdict,
            decided_by=deciders[0],
            deciders=deciders,
            undecided=hangs_on if verdict is Verdict.UNKNOWN else (),
            received=_received(out),
            steps=ways[0].steps if len(ways) == 1 else _each_once(step for way in ways for step in way.steps),
            to_device=any(way.flight.own_destination or way.flight.to_device for way in permitted or ways),
            leaving=_leaving(out),
        )

    def _in_session(self, packet: Packet) -> bool:
        return self.device.stateful and packet.state in (ConnectionState.ESTABLISHED, ConnectionState.RELATED)

    def _refused(self, reason: Message) -> DeviceVerdict:
        decision = Decision(rule_set="", rule=None, span=None, reason=reason)
        return DeviceVerdict(
            verdict=Verdict.DENY,
            decided_by=decision,
            deciders=(decision,),
            undecided=(),
            received=None,
            steps=(),
            to_device=False,
        )

    def _follow(
        self, flight: Flight, plan: tuple[_Stage, ...], crossing: Crossing, steps: tuple[Step, ...] = ()
    ) -> tuple[list[_Way], tuple[Message, ...]]:
        """Every way to an end, and the conditions that make them end differently."""
        taken = list(steps)
        for at, stage in enumerate(plan):
            if stage.lists[0].translates and flight.packet.state != ConnectionState.NEW:
                continue
            if flight.choices:
                pieces = _pieces(flight, stage)
                if not pieces:
                    # Too many kinds of chosen values: both ends, and the reason.
                    ways = [_Way(permitted, flight, tuple(taken)) for permitted in (True, False)]
                    return ways, (msg("the value that the translation chooses"),)
                if len(pieces) > 1:
                    branches = [self._follow(piece, plan[at:], crossing, tuple(taken)) for piece in pieces]
                    return _joined(branches, (msg("the value that the translation chooses"),))
                flight = pieces[0]
            seen = flight.as_sent() if stage.original_destination else flight
            answer = stage.ask(seen, crossing)
            if len(answer.outcomes) > 1:
                return self._split(flight, answer, stage, plan[at + 1 :], crossing, tuple(taken))
            (outcome,) = answer.outcomes
            taken.append(self._step(stage.hook, outcome))
            if outcome.end is End.DENY:
                return [_Way(permitted=False, flight=flight, steps=tuple(taken))], ()
            if outcome.translation is not None:
                before, flight = flight, self._passed(flight, outcome, crossing)
                if flight.to_device and not before.to_device and stage.hook is Hook.PREROUTING:
                    return self._follow(flight, self._redirected(plan[at + 1 :], crossing), crossing, tuple(taken))
        return [_Way(permitted=True, flight=flight, steps=tuple(taken))], ()

    def _split(
        self,
        flight: Flight,
        answer: Answer,
        stage: _Stage,
        rest: tuple[_Stage, ...],
        crossing: Crossing,
        steps: tuple[Step, ...],
    ) -> tuple[list[_Way], tuple[Message, ...]]:
        """Each outcome followed to its end."""
        branches: list[tuple[list[_Way], tuple[Message, ...]]] = []
        followed: set[Flight] = set()
        for outcome in answer.outcomes:
            taken = (*steps, self._step(stage.hook, outcome, certain=False))
            if outcome.end is End.DENY:
                branches.append(([_Way(permitted=False, flight=flight, steps=taken)], ()))
                continue
            after = self._passed(flight, outcome, crossing)
            if after in followed:
                continue
            followed.add(after)
            plan = rest
            if after.to_device and not flight.to_device and stage.hook is Hook.PREROUTING:
                plan = self._redirected(rest, crossing)
            branches.append(self._follow(after, plan, crossing, taken))
        return _joined(branches, answer.hangs_on)

    def _redirected(self, rest: tuple[_Stage, ...], crossing: Crossing) -> tuple[_Stage, ...]:
        """What is left of the way for a packet that a redirect turned to the device."""
        arriving = tuple(stage for stage in rest if stage.hook is Hook.PREROUTING)
        if crossing.egress is None:  # see `arrive`
            return arriving
        return arriving + self._plan((Hook.LOCAL_IN,), Crossing(crossing.ingress, ""))

    def _passed(self, flight: Flight, outcome: Outcome, crossing: Crossing) -> Flight:
        """The packet as it leaves a list that did not deny it."""
        if outcome.translation is None:
            return flight
        return flight.apply(outcome.translation, self._matcher, crossing.ingress)

    def _step(self, hook: Hook, outcome: Outcome, *, certain: bool = True) -> Step:
        if outcome.end is End.DENY:
            action = StepAction.DENY
        elif outcome.end is End.OUT:
            action = StepAction.NO_OPINION
        elif outcome.rule is not None and outcome.rule.translation is not None:
            action = StepAction.TRANSLATE
        else:
            action = StepAction.PERMIT
        return Step(hook=hook, action=action, decision=self._decision(outcome), certain=certain)

    def _decision(self, outcome: Outcome) -> Decision:
        """The outcome for people; built once for each, and kept with it so that its identity stays its own."""
        known = self._decisions.get(id(outcome))
        if known is None:
            reason = None if outcome.rule is not None else msg("the end of {name}", name=outcome.rule_set)
            decision = Decision(rule_set=outcome.rule_set, rule=outcome.rule, span=outcome.span, reason=reason)
            known = self._decisions[id(outcome)] = (outcome, decision)
        return known[1]


def _pieces(flight: Flight, stage: _Stage) -> list[Flight]:
    """The flight cut so that the lists of ``stage`` treat each piece alike."""

    def edges(choice: Choice, version: int) -> Sequence[int]:
        return sorted({edge for one in stage.lists for edge in one.edges(choice, version)})

    return flight.pieces(edges)


def _joined(
    branches: Sequence[tuple[list[_Way], tuple[Message, ...]]], hangs_on: tuple[Message, ...]
) -> tuple[list[_Way], tuple[Message, ...]]:
    """The ways of all branches; where the branches end differently, it hangs on the conditions between them too."""
    ways = [way for branch, _ in branches for way in branch]
    verdicts = {frozenset(way.permitted for way in branch) for branch, _ in branches}
    inner = [reason for _, reasons in branches for reason in reasons]
    if len(verdicts) > 1:
        inner = [*hangs_on, *inner]
    return ways, tuple(dict.fromkeys(inner))


def _judged(ways: Sequence[_Way]) -> tuple[Verdict, tuple[Decision, ...]]:
    """The verdict, and what possibly decides, in the order of evaluation."""
    ends = {way.permitted for way in ways}
    verdict = Verdict.UNKNOWN if len(ends) > 1 else Verdict.PERMIT if ends == {True} else Verdict.DENY
    deciders = {id(decision): decision for decision in map(_decided_by, ways)}  # one object a decision, see _decision
    return verdict, tuple(deciders.values())


def _each_once(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps of several ways without those that they share."""
    return tuple({(step.hook, id(step.decision)): step for step in steps}.values())


_MAIN_HOOKS = (Hook.LOCAL_IN, Hook.FORWARD, Hook.LOCAL_OUT)
_NO_LIST = Decision(rule_set="", rule=None, span=None, reason=msg("no list applies"))


def _decided_by(way: _Way) -> Decision:
    """Who denied; of those who permitted: a rule before a default, at the main hook before elsewhere, the last."""
    if not way.permitted:
        return way.steps[-1].decision if way.steps else _NO_LIST
    best, best_rank = _NO_LIST, -1
    for step in way.steps:
        if step.action is not StepAction.PERMIT:
            continue
        rank = 2 * (step.decision.rule is not None) + (step.hook in _MAIN_HOOKS)
        if rank >= best_rank:
            best, best_rank = step.decision, rank
    return best


def _leaving(flights: Sequence[Flight]) -> tuple[Leaving, ...]:
    """How the packet goes on by any of these ways; pieces of one choice are put together again."""
    left = list(dict.fromkeys((flight.packet, tuple(flight.among(field) for field in Field)) for flight in flights))
    for place in range(len(Field)):
        together: dict[object, tuple[Packet, list[tuple[Range, ...]], list[Range]]] = {}
        for packet, among in left:
            rest = (*among[:place], *among[place + 1 :])
            key = (replace(packet, src=0, dst=0, src_port=0, dst_port=0), rest)
            together.setdefault(key, (packet, list(among), []))[2].extend(among[place])
        left = [
            (packet, (*among[:place], merged(ranges), *among[place + 1 :]))
            for packet, among, ranges in together.values()
        ]
    return tuple(
        Leaving(
            packet=replace(packet, **{field.value: ranges[0][0] for field, ranges in zip(Field, among, strict=True)}),
            choices=tuple(
                Choice(field, ranges)
                for field, ranges in zip(Field, among, strict=True)
                if ranges[0][0] != ranges[-1][1]
            ),
        )
        for packet, among in left
    )


def _received(flights: Sequence[Flight]) -> Received | None:
    """The packet as it arrives by any of these ways; a field in which they differ, or that is chosen, is ``None``."""
    if not flights:
        return None
    first = flights[0].packet
    values: dict[Field, int | None] = {}
    for field in Field:
        among = {getattr(flight.packet, field.value) for flight in flights}
        chosen = any(choice.field is field for flight in flights for choice in flight.choices)
        values[field] = among.pop() if len(among) == 1 and not chosen else None
    return Received(
        version=first.version,
        protocol=first.protocol,
        src=values[Field.SRC],
        dst=values[Field.DST],
        src_port=values[Field.SRC_PORT],
        dst_port=values[Field.DST_PORT],
        icmp_type=first.icmp_type,
        icmp_code=first.icmp_code,
        tcp_flags=first.tcp_flags,
        state=first.state,
    )
