"""Asking a list of rules about one packet: rule by rule in order, into user chains and back.

A rule that matches maybe is followed both ways. So a list does not answer with one outcome but with every possible
one, in the order in which the rules stand, and with the conditions on which it hangs which of them comes true.

To keep lists of thousands of rules quick, an index leaves out rules that surely do not match: it looks at ranges of
addresses, protocols and destination ports only. Whether a rule does match is always asked of the rule itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from segaudit.model import (
    ANY_ADDRESS,
    ANY_SERVICE,
    Action,
    AddressComplement,
    AddressExpr,
    AddressIntersection,
    AddressRange,
    AddressRef,
    AddressUnion,
    Device,
    MaskedAddress,
    Message,
    OwnAddress,
    Range,
    Route,
    Rule,
    RuleSet,
    RuleSetKind,
    Service,
    ServiceComplement,
    ServiceExpr,
    ServiceIntersection,
    ServiceRef,
    ServiceUnion,
    Span,
    Translation,
    UndecidedAddress,
    UndecidedService,
    msg,
)
from segaudit.semantics.trace_flight import MOST_PIECES, Choice, Field, Flight
from segaudit.semantics.trace_match import MAYBE, NO, YES, Hull, Matcher

#: Rules that share one index: enough that a walk over thousands is short, few enough that the tables stay small.
BLOCK = 256


class End(Enum):
    """How a packet leaves a list."""

    PASS = "pass"  # noqa: S105 - no password
    """A rule or the default permits it, translates it, or exempts it from translation."""
    DENY = "deny"
    OUT = "out"
    """It comes out at the end (or by RETURN) and no default decides: the caller goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One way in which a list may end: by ``rule``, or by its default where ``rule`` is ``None``.

    ``routes``: the ways that a rule of a routing list chooses.
    """

    end: End
    rule_set: str
    rule: Rule | None
    span: Span | None
    translation: Translation | None = None
    routes: tuple[Route, ...] = ()

    def does_as(self, other: Outcome) -> bool:
        """Whether ``other`` comes to the same for the packet."""
        return self.end is other.end and self.translation == other.translation and self.routes == other.routes


@dataclass(frozen=True, slots=True)
class Answer:
    """Every possible outcome, in the order of the rules, and the conditions between them."""

    outcomes: tuple[Outcome, ...]
    hangs_on: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where the packet crosses the device: names of interfaces; ``None`` not known, ``""`` there is none."""

    ingress: str | None
    egress: str | None


class _Rule:
    """A rule made ready: its tests, and what it comes to where it matches."""

    __slots__ = ("action", "answer", "destination", "fixed", "rule", "service", "source", "target", "vips")

    def __init__(self, rule: Rule, rule_set: RuleSet, matcher: Matcher) -> None:
        self.rule = rule
        self.action = rule.action
        self.target = rule.target
        self.vips = rule.translated_by
        self.fixed = min(
            [YES if rule.enabled else NO, matcher.schedule(rule.schedule), *map(matcher.condition, rule.conditions)]
        )
        self.source = None if rule.source == ANY_ADDRESS else matcher.address(rule.source)
        self.destination = None if rule.destination == ANY_ADDRESS else matcher.address(rule.destination)
        self.service = None if rule.service == ANY_SERVICE else matcher.service(rule.service)
        end = {Action.DENY: End.DENY, Action.RETURN: End.OUT}.get(rule.action, End.PASS)
        outcome = Outcome(
            end=end,
            rule_set=rule_set.name,
            rule=rule,
            span=rule.span,
            translation=rule.translation if rule.action is Action.TRANSLATE else rule.source_translation,
            routes=rule.routes if rule.action is Action.ROUTE else (),
        )
        self.answer = Answer((outcome,))

    def match(self, flight: Flight) -> int:
        """Whether the rule matches, but for the interfaces."""
        truth = self.fixed
        packet = flight.packet
        if self.service is not None:
            truth = min(truth, self.service(packet))
            if truth == NO:
                return NO
        if self.source is not None:
            truth = min(truth, self.source(packet.version, packet.src, flight.own_source))
            if truth == NO:
                return NO
        if self.vips is not None and flight.destination_rewritten:
            # A policy that tells translated traffic apart: it is about these translations and no others.
            if self.vips.isdisjoint(flight.rewritten_by):
                return NO
            if not self.rule.only_translated:
                return truth
        elif self.rule.only_translated:
            return NO
        if self.destination is not None:
            truth = min(truth, self.destination(packet.version, packet.dst, flight.own_destination))
        return truth

    def why(self, flight: Flight, crossing: Crossing, matcher: Matcher) -> Iterator[Message]:
        """On what it hangs whether the rule matches."""
        rule, packet = self.rule, flight.packet
        yield from matcher.why_conditions(rule.conditions, rule.schedule)
        if matcher.interface(rule.ingress, crossing.ingress) == MAYBE:
            yield msg("the interface at which it arrives")
        if matcher.interface(rule.egress, crossing.egress) == MAYBE:
            yield msg("the interface by which it leaves")
        yield from matcher.why_service(rule.service, packet)
        yield from matcher.why_address(rule.source, packet.version, packet.src, flight.own_source)
        if self.vips is None or self.rule.only_translated or not flight.destination_rewritten:
            yield from matcher.why_address(rule.destination, packet.version, packet.dst, flight.own_destination)


class _Index:
    """For a run of rules: which of them may match, as a bit for each."""

    __slots__ = ("_any_port", "_any_protocol", "_destinations", "_ports", "_protocols", "_sources")

    def __init__(self, rules: Sequence[_Rule], matcher: Matcher) -> None:
        sources = [matcher.address_hull(r.rule.source) for r in rules]
        destinations = [matcher.address_hull(r.rule.destination) if r.vips is None else None for r in rules]
        services = [matcher.service_hull(r.rule.service) for r in rules]
        self._sources = _tables(sources)
        self._destinations = _tables(destinations)
        self._ports = _spread([None if ports is None else ports for _, ports in services])
        self._any_protocol = 0
        self._protocols: dict[int, int] = {}
        for place, (protocols, _) in enumerate(services):
            if protocols is None:
                self._any_protocol |= 1 << place
            else:
                for protocol in protocols:
                    self._protocols[protocol] = self._protocols.get(protocol, 0) | 1 << place

    def candidates(self, flight: Flight) -> int:
        """The rules that may match ``flight``, as bits."""
        packet = flight.packet
        bits = self._protocols.get(packet.protocol, 0) | self._any_protocol
        starts, masks = self._ports
        bits &= masks[bisect_right(starts, packet.dst_port)]
        starts, masks = self._sources[packet.version]
        bits &= masks[bisect_right(starts, packet.src)]
        starts, masks = self._destinations[packet.version]
        return bits & masks[bisect_right(starts, packet.dst)]


_Spread = tuple[list[int], list[int]]


def _tables(hulls: Sequence[Hull]) -> dict[int, _Spread]:
    return {v: _spread([None if hull is None else hull.get(v, []) for hull in hulls]) for v in (4, 6)}


def _spread(ranges: Sequence[list[Range] | None]) -> _Spread:
    """Values at which the set of rules changes, and the sets: ``masks[i]`` holds below ``starts[i]``."""
    always = 0
    edges: dict[int, list[tuple[int, int]]] = {}
    for place, of_rule in enumerate(ranges):
        if of_rule is None:
            always |= 1 << place
            continue
        for first, last in of_rule:
            edges.setdefault(first, []).append((place, 1))
            edges.setdefault(last + 1, []).append((place, -1))
    starts, masks = sorted(edges), [always]
    depth = [0] * len(ranges)
    now = always
    for start in starts:
        for place, step in edges[start]:
            depth[place] += step
        for place, _ in edges[start]:
            now = now | 1 << place if depth[place] else now & ~(1 << place)
        masks.append(now)
    return starts, masks


class _Block:
    """A run of the rules of a list, with its index (made when first needed)."""

    __slots__ = ("_crossings", "_index", "_matcher", "rules")

    def __init__(self, rules: Sequence[_Rule], matcher: Matcher) -> None:
        self.rules = rules
        self._matcher = matcher
        self._index: _Index | None = None
        self._crossings: dict[Crossing, tuple[int, int]] = {}

    def candidates(self, flight: Flight, crossing: Crossing) -> tuple[int, int]:
        """Rules that may match, as bits, and those of them whose interfaces match maybe only."""
        known = self._crossings.get(crossing)
        if known is None:
            known = self._crossings[crossing] = self._of_crossing(crossing)
        if self._index is None:
            self._index = _Index(self.rules, self._matcher)
        possible, unsure = known
        return possible & self._index.candidates(flight), unsure

    def _of_crossing(self, crossing: Crossing) -> tuple[int, int]:
        possible = unsure = 0
        for place, ready in enumerate(self.rules):
            truth = min(
                self._matcher.interface(ready.rule.ingress, crossing.ingress),
                self._matcher.interface(ready.rule.egress, crossing.egress),
            )
            if min(truth, ready.fixed) != NO:
                possible |= 1 << place
                unsure |= (truth == MAYBE) << place
        return possible, unsure


class ListTracer:
    """One list, ready to be asked."""

    def __init__(self, rule_set: RuleSet, matcher: Matcher, lists: Callable[[str], ListTracer | None]) -> None:
        self.rule_set = rule_set
        self._matcher = matcher
        self._lists = lists
        rules = [_Rule(rule, rule_set, matcher) for rule in rule_set.rules]
        self._blocks = [_Block(rules[i : i + BLOCK], matcher) for i in range(0, len(rules), BLOCK)]
        if rule_set.default is None or rule_set.default not in (Action.PERMIT, Action.DENY):
            end = End.OUT
        else:
            end = End.PASS if rule_set.default is Action.PERMIT else End.DENY
        self.at_end = Outcome(end=end, rule_set=rule_set.name, rule=None, span=rule_set.default_span)
        self._out = Outcome(end=End.OUT, rule_set=rule_set.name, rule=None, span=rule_set.default_span)
        self._open_calls: dict[str, Answer] = {}
        self._edges: dict[tuple[Field, int], tuple[list[int], list[int]]] = {}

    @property
    def translates(self) -> bool:
        """Whether it is a NAT list."""
        return self.rule_set.kind is RuleSetKind.NAT

    def ask_attached(self, flight: Flight, crossing: Crossing) -> Answer:
        """As `ask`, where the list is bound to a hook or asked alone: what leaves it by RETURN meets its default."""
        answer = self.ask(flight, crossing)
        if self.at_end.end is End.OUT or self.rule_set.version not in (None, flight.packet.version):
            return answer
        if all(outcome.end is not End.OUT for outcome in answer.outcomes):
            return answer
        outcomes = distinct(self.at_end if o.end is End.OUT else o for o in answer.outcomes)
        return Answer(tuple(outcomes), answer.hangs_on if len(outcomes) > 1 else ())

    def ask(self, flight: Flight, crossing: Crossing, asked: dict[str, Answer] | None = None) -> Answer:
        """Every way in which ``flight`` may leave this list.

        ``asked`` keeps the answers of lists that were jumped to, for this packet, so that a list that is called from
        many places is walked once; a list that calls itself is found by it too.
        """
        if self.rule_set.version not in (None, flight.packet.version):
            return Answer((self._out,))
        #: What came before the end: the answer of each rule that matched, and whether it matched surely.
        passed: list[tuple[_Rule, int, Answer]] = []
        for ready, truth in self._matching(flight, crossing):
            action = ready.action
            if action is Action.CONTINUE:
                continue
            if action is Action.JUMP or action is Action.GOTO:
                if asked is None:
                    asked = {}
                answer = self._call(ready, flight, crossing, asked)
                falls_through = action is Action.JUMP and any(o.end is End.OUT for o in answer.outcomes)
                if falls_through and len(answer.outcomes) == 1:
                    continue
            else:
                answer, falls_through = ready.answer, False
                if truth == YES and not passed:
                    return answer
            passed.append((ready, truth, answer))
            if truth == YES and not falls_through:
                return self._fold(passed, None, flight, crossing)
        return self._fold(passed, self.at_end, flight, crossing)

    def _matching(self, flight: Flight, crossing: Crossing) -> Iterator[tuple[_Rule, int]]:
        """The rules that match, in order, with yes or maybe."""
        for block in self._blocks:
            bits, unsure = block.candidates(flight, crossing)
            while bits:
                lowest = bits & -bits
                bits ^= lowest
                ready = block.rules[lowest.bit_length() - 1]
                truth = ready.match(flight)
                if truth != NO:
                    yield ready, MAYBE if unsure & lowest else truth

    def _call(self, ready: _Rule, flight: Flight, crossing: Crossing, asked: dict[str, Answer]) -> Answer:
        """The answer of the list that ``ready`` jumps to."""
        known = asked.get(ready.target)
        if known is not None:
            return known
        target = self._lists(ready.target)
        if target is None:
            return self._either(ready, (End.OUT, End.DENY), msg("{name} is not defined", name=ready.target))
        # Until it is answered, a call of the same list is a loop: it may do anything.
        every = (End.OUT, End.PASS, End.DENY)
        asked[ready.target] = self._either(ready, every, msg("{name} calls itself", name=ready.target))
        answer = target.ask(flight, crossing, asked)
        asked[ready.target] = answer
        return answer

    def _either(self, ready: _Rule, ends: tuple[End, ...], reason: Message) -> Answer:
        """The answer of a call that cannot be followed; made once for each rule and reason."""
        if ready.rule.id not in self._open_calls:
            outcomes = (
                Outcome(end=end, rule_set=self.rule_set.name, rule=ready.rule, span=ready.rule.span) for end in ends
            )
            self._open_calls[ready.rule.id] = Answer(tuple(outcomes), (reason,))
        return self._open_calls[ready.rule.id]

    def _fold(
        self,
        passed: list[tuple[_Rule, int, Answer]],
        at_end: Outcome | None,
        flight: Flight,
        crossing: Crossing,
    ) -> Answer:
        """The possible outcomes, and the conditions that matter, from the last rule back to the first."""
        rest: list[Outcome] = [] if at_end is None else [at_end]
        hangs_on: list[Message] = []
        for ready, truth, answer in reversed(passed):
            mine: list[Outcome] = []
            for outcome in answer.outcomes:
                if outcome.end is End.OUT and ready.action is Action.JUMP:
                    mine.extend(rest)
                elif outcome.end is End.OUT:
                    mine.append(self._out)
                else:
                    mine.append(outcome)
            mine = distinct(mine)
            if len(mine) > 1:
                hangs_on.extend(answer.hangs_on)
            if truth == MAYBE:
                if not _same(mine, rest):
                    hangs_on.extend(ready.why(flight, crossing, self._matcher))
                rest = distinct([*mine, *rest])
            else:
                rest = mine
        return Answer(tuple(rest), tuple(dict.fromkeys(reversed(hangs_on))) if len(rest) > 1 else ())

    def edges(self, choice: Choice, version: int) -> Sequence[int]:
        """Before which of the chosen values a test of this list, or of one it calls, begins or ends; ascending."""
        key = (choice.field, version)
        if key not in self._edges:
            exprs = [e for r in self._reachable() for e in _tested(r, choice.field)]
            starts, steps = set[int](), set[int]()
            for expr in exprs:
                self._collect(expr, choice.field, version, starts, steps, set())
            self._edges[key] = (sorted(starts), sorted(steps))
        starts_, steps_ = self._edges[key]
        low, high = choice.among[0][0], choice.among[-1][1]
        inside = {edge for edge in starts_ if low < edge <= high}
        for step in steps_:
            # More pieces than are followed are not worth listing: one more is enough to say so.
            most = (MOST_PIECES + 1) * step
            inside.update(range((low // step + 1) * step, min(high, low + most) + 1, step))
        return sorted(inside)

    def _reachable(self) -> Iterator[Rule]:
        """The rules of this list and of all that it may call."""
        seen: set[str] = set()
        todo = [self.rule_set]
        while todo:
            rule_set = todo.pop()
            if rule_set.name in seen:
                continue
            seen.add(rule_set.name)
            for rule in rule_set.rules:
                yield rule
                called = self._lists(rule.target) if rule.target else None
                if called is not None:
                    todo.append(called.rule_set)

    def _collect(
        self,
        expr: AddressExpr | ServiceExpr,
        field: Field,
        version: int,
        starts: set[int],
        steps: set[int],
        within: set[str],
    ) -> None:
        """Adds to ``starts`` where tests begin and end, to ``steps`` the periods of non-contiguous masks."""
        if isinstance(expr, AddressRange):
            if expr.version == version:
                starts.update((expr.first, expr.last + 1))
        elif isinstance(expr, MaskedAddress):
            if expr.version == version and expr.care:
                steps.add(expr.care & -expr.care)
        elif isinstance(expr, OwnAddress):
            own, _ = self._matcher.own_ranges(expr)
            for one in own:
                self._collect(one, field, version, starts, steps, within)
        elif isinstance(expr, Service):
            ranges = expr.source_ports if field is Field.SRC_PORT else expr.destination_ports
            for first, last in ranges or ():
                starts.update((first, last + 1))
        elif isinstance(expr, AddressUnion | AddressIntersection | ServiceUnion | ServiceIntersection):
            for item in expr.items:
                self._collect(item, field, version, starts, steps, within)
        elif isinstance(expr, AddressComplement | ServiceComplement):
            self._collect(expr.item, field, version, starts, steps, within)
        elif isinstance(expr, UndecidedAddress | UndecidedService):
            self._collect(expr.within, field, version, starts, steps, within)
        elif isinstance(expr, AddressRef | ServiceRef) and expr.name not in within:
            value = self._matcher.defined(expr)
            if value is not None:
                self._collect(value, field, version, starts, steps, within | {expr.name})


def _tested(rule: Rule, field: Field) -> Iterable[AddressExpr | ServiceExpr]:
    if field is Field.SRC:
        return (rule.source,)
    if field is Field.DST:
        return (rule.destination,)
    return (rule.service,)


def distinct(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """The outcomes without those that come to the same as an earlier one."""
    kept: list[Outcome] = []
    for outcome in outcomes:
        if not any(outcome.does_as(other) for other in kept):
            kept.append(outcome)
    return kept


def _same(some: Sequence[Outcome], others: Sequence[Outcome]) -> bool:
    """Whether the two come to the same whatever happens, as far as one can tell: one and the same outcome."""
    return len(some) == 1 and len(others) == 1 and some[0].does_as(others[0])


def list_tracers(device: Device, matcher: Matcher) -> Callable[[str], ListTracer | None]:
    """The lists of ``device`` by name, each made ready when it is first asked for."""
    written = {rule_set.name: rule_set for rule_set in device.rule_sets}
    ready: dict[str, ListTracer] = {}

    def by_name(name: str) -> ListTracer | None:
        if name not in ready and name in written:
            ready[name] = ListTracer(written[name], matcher, by_name)
        return ready.get(name)

    return by_name
