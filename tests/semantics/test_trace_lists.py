"""Lists under the tracer: order, jumps, doubts, the index; against a reader of rules that has none of its machinery."""

from collections.abc import Iterator
from datetime import date
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from segaudit.model import (
    ANY_ADDRESS,
    ANY_SERVICE,
    NO_SERVICE,
    Action,
    AddressExpr,
    AddressRange,
    AddressUnion,
    Device,
    Prefix,
    Rule,
    RuleSet,
    RuleSetKind,
    Service,
    ServiceExpr,
    Span,
    UndecidedService,
    interfaces,
    network,
    parse_address,
    ports,
)
from segaudit.packetspace.packet import SYN, Packet
from segaudit.semantics.trace import DeviceTracer, Verdict

SPAN = Span(path="fw.cfg", first_line=1, last_line=1)
DAY = date(2026, 7, 1)


def packet(src: str = "192.0.2.1", dst: str = "198.51.100.1", port: int = 443) -> Packet:
    version, source = parse_address(src)
    _, destination = parse_address(dst)
    return Packet(
        version=version, protocol=6, src=source, dst=destination, src_port=50000, dst_port=port, tcp_flags=SYN
    )


def rule(number: int, action: Action, *, target: str = "", service: ServiceExpr = ANY_SERVICE) -> Rule:
    return Rule(id=str(number), position=number, action=action, span=SPAN, target=target, service=service)


def device(*rule_sets: RuleSet) -> Device:
    return Device(name="fw", format="made", span=SPAN, rule_sets=rule_sets)


def chain(name: str, *rules: Rule, default: Action | None = None) -> RuleSet:
    return RuleSet(name=name, rules=rules, default=default)


def asked(*rule_sets: RuleSet, name: str = "main") -> DeviceTracer:
    assert any(rule_set.name == name for rule_set in rule_sets)
    return DeviceTracer(device(*rule_sets), DAY)


def doubt(name: str) -> UndecidedService:
    return UndecidedService("application", name)


def test_first_match_decides_and_names_its_rule() -> None:
    tracer = asked(
        chain("main", rule(1, Action.DENY, service=ports(6, 22)), rule(2, Action.PERMIT), default=Action.DENY)
    )
    denied, permitted = tracer.ask_list("main", packet(port=22)), tracer.ask_list("main", packet())
    assert (denied.verdict, denied.decided_by.rule and denied.decided_by.rule.id) == (Verdict.DENY, "1")
    assert (permitted.verdict, permitted.decided_by.rule and permitted.decided_by.rule.id) == (Verdict.PERMIT, "2")
    assert denied.received is None
    assert permitted.received is not None
    assert permitted.received.dst_port == 443


def test_the_end_of_a_list_is_its_default() -> None:
    said = asked(chain("main", default=Action.DENY)).ask_list("main", packet())
    assert (said.verdict, said.decided_by.rule, said.decided_by.rule_set) == (Verdict.DENY, None, "main")


def test_a_list_without_an_end_leaves_it_open() -> None:
    said = asked(chain("main", rule(1, Action.DENY, service=ports(6, 22)))).ask_list("main", packet())
    assert said.verdict is Verdict.UNKNOWN
    assert [str(reason) for reason in said.undecided] == ["list has no end"]


def test_a_nat_list_leaves_as_it_is_what_it_does_not_concern() -> None:
    said = asked(RuleSet(name="main", rules=(), kind=RuleSetKind.NAT, default=None)).ask_list("main", packet())
    assert said.verdict is Verdict.PERMIT


def test_a_list_of_the_other_family_has_no_say() -> None:
    tracer = asked(RuleSet(name="main", rules=(), version=4))
    said = tracer.ask_list("main", packet("2001:db8::1", "2001:db8::2"))
    assert said.verdict is Verdict.UNKNOWN
    assert [str(reason) for reason in said.undecided] == ["main looks at IPv4 only"]


def test_ipv6_packets_find_the_list_of_their_family() -> None:
    tracer = asked(
        RuleSet(name="main", rules=(), version=4, default=Action.DENY),
        RuleSet(name="ip6/main", rules=(), version=6, default=Action.PERMIT),
    )
    assert tracer.ask_list("main", packet()).verdict is Verdict.DENY
    assert tracer.ask_list("main", packet("2001:db8::1", "2001:db8::2")).verdict is Verdict.PERMIT


def test_disabled_rules_and_continuing_ones_decide_nothing() -> None:
    off = Rule(id="1", position=1, action=Action.PERMIT, span=SPAN, enabled=False)
    tracer = asked(chain("main", off, rule(2, Action.CONTINUE), default=Action.DENY))
    assert tracer.ask_list("main", packet()).verdict is Verdict.DENY


def test_jump_comes_back_goto_does_not() -> None:
    empty = chain("sub")
    jumping = chain("main", rule(1, Action.JUMP, target="sub"), rule(2, Action.PERMIT), default=Action.DENY)
    going = chain("main", rule(1, Action.GOTO, target="sub"), rule(2, Action.PERMIT), default=Action.DENY)
    assert asked(jumping, empty).ask_list("main", packet()).verdict is Verdict.PERMIT
    assert asked(going, empty).ask_list("main", packet()).verdict is Verdict.DENY


def test_return_in_an_attached_list_meets_the_default() -> None:
    tracer = asked(chain("main", rule(1, Action.RETURN), rule(2, Action.DENY), default=Action.PERMIT))
    assert tracer.ask_list("main", packet()).verdict is Verdict.PERMIT


def test_return_in_a_called_list_goes_back_even_where_it_has_a_default() -> None:
    called = chain("sub", rule(1, Action.RETURN, service=ports(6, 443)), default=Action.DENY)
    tracer = asked(chain("main", rule(1, Action.JUMP, target="sub"), default=Action.PERMIT), called)
    assert tracer.ask_list("main", packet(port=443)).verdict is Verdict.PERMIT
    assert tracer.ask_list("main", packet(port=80)).verdict is Verdict.DENY


def test_a_list_that_calls_itself_is_a_doubt_and_no_hang() -> None:
    tracer = asked(
        chain("main", rule(1, Action.JUMP, target="sub"), default=Action.DENY),
        chain("sub", rule(1, Action.JUMP, target="sub")),
    )
    said = tracer.ask_list("main", packet())
    assert said.verdict is Verdict.UNKNOWN
    assert [str(reason) for reason in said.undecided] == ["sub calls itself"]


def test_a_call_of_a_list_that_is_not_there_is_a_doubt() -> None:
    said = asked(chain("main", rule(1, Action.JUMP, target="gone"), default=Action.PERMIT)).ask_list("main", packet())
    assert said.verdict is Verdict.UNKNOWN
    assert [str(reason) for reason in said.undecided] == ["gone is not defined"]


def test_a_doubt_that_makes_no_difference_is_none() -> None:
    tracer = asked(chain("main", rule(1, Action.PERMIT, service=doubt("web")), rule(2, Action.PERMIT)))
    said = tracer.ask_list("main", packet())
    assert (said.verdict, said.undecided) == (Verdict.PERMIT, ())
    assert [d.rule.id for d in said.deciders if d.rule] == ["1"]


def test_only_conditions_that_matter_are_named() -> None:
    tracer = asked(
        chain(
            "main",
            rule(1, Action.DENY, service=doubt("chat")),
            rule(2, Action.PERMIT, service=doubt("web")),
            rule(3, Action.PERMIT, service=doubt("mail")),
            rule(4, Action.PERMIT),
            default=Action.DENY,
        )
    )
    said = tracer.ask_list("main", packet())
    assert said.verdict is Verdict.UNKNOWN
    assert [str(reason) for reason in said.undecided] == ["application chat"]


def test_an_interface_that_is_not_told_is_a_doubt() -> None:
    bound = Rule(id="1", position=1, action=Action.DENY, span=SPAN, ingress=interfaces("lan"))
    tracer = asked(chain("main", bound, default=Action.PERMIT))
    assert tracer.ask_list("main", packet()).verdict is Verdict.UNKNOWN
    assert tracer.ask_list("main", packet(), ingress="lan").verdict is Verdict.DENY
    assert tracer.ask_list("main", packet(), ingress="wan").verdict is Verdict.PERMIT


# The index: long lists against a reading that looks at every rule.

_prefixes = st.builds(
    lambda value, length: Prefix(4, value >> (32 - length) << (32 - length), length),
    st.integers(0, (1 << 32) - 1),
    st.sampled_from([0, 1, 8, 24, 31, 32]),
)
_nearby = st.builds(
    lambda last, length: Prefix(4, (0x0A000000 + last) >> (32 - length) << (32 - length), length),
    st.integers(0, 1023),
    st.sampled_from([22, 24, 28, 32]),
)
_addresses: st.SearchStrategy[AddressExpr] = st.one_of(
    st.just(ANY_ADDRESS),
    _nearby.map(Prefix.expr),
    _prefixes.map(Prefix.expr),
    st.lists(_nearby.map(Prefix.expr), max_size=4).map(lambda items: AddressUnion(tuple(items))),
    st.just(network("2001:db8::/32")),
)
_services: st.SearchStrategy[ServiceExpr] = st.one_of(
    st.just(ANY_SERVICE),
    st.builds(lambda p, a, n: ports(p, (a, a + n)), st.sampled_from([6, 17]), *[st.integers(0, 9)] * 2),
)


def _holds(expr: AddressExpr, version: int, address: int) -> bool:
    if expr == ANY_ADDRESS:
        return True
    if isinstance(expr, AddressUnion):
        return any(_holds(item, version, address) for item in expr.items)
    assert isinstance(expr, AddressRange)
    return expr.version == version and expr.first <= address <= expr.last


@given(
    rules=st.lists(st.tuples(_addresses, _addresses, _services, st.booleans()), max_size=600),
    packets=st.lists(
        st.tuples(st.integers(0, 1023), st.integers(0, 1023), st.sampled_from([6, 17, 1]), st.integers(0, 20)),
        min_size=1,
        max_size=20,
    ),
)
def test_the_index_leaves_out_no_rule(
    rules: list[tuple[AddressExpr, AddressExpr, ServiceExpr, bool]], packets: list[tuple[int, int, int, int]]
) -> None:
    made = [
        Rule(
            id=str(i),
            position=i,
            action=Action.PERMIT if permit else Action.DENY,
            span=SPAN,
            source=source,
            destination=destination,
            service=service,
        )
        for i, (source, destination, service, permit) in enumerate(rules)
    ]
    tracer = asked(chain("main", *made, default=Action.DENY))
    for src, dst, protocol, port in packets:
        one = Packet(
            version=4,
            protocol=protocol,
            src=0x0A000000 + src,
            dst=0x0A000000 + dst,
            dst_port=0 if protocol == 1 else port,
        )
        expected = None
        for candidate in made:
            service = candidate.service
            if isinstance(service, Service):
                assert service.destination_ports is not None
                ((first, last),) = service.destination_ports
                if protocol != service.protocol or not first <= one.dst_port <= last:
                    continue
            if _holds(candidate.source, 4, one.src) and _holds(candidate.destination, 4, one.dst):
                expected = candidate.id
                break
        decided = tracer.ask_list("main", one).decided_by.rule
        assert (decided.id if decided else None) == expected


# Doubts: every possible world, one after the other.

_kinds = st.sampled_from(["yes", "no", "maybe"])
_actions = st.sampled_from([Action.PERMIT, Action.DENY, Action.JUMP, Action.GOTO, Action.RETURN, Action.CONTINUE])
_chains = st.lists(st.lists(st.tuples(_kinds, _actions, st.integers(1, 2)), max_size=4), min_size=3, max_size=3)


def _worlds(rules: list[list[tuple[str, Action, int]]]) -> Iterator[dict[tuple[int, int], bool]]:
    doubtful = [(c, r) for c, one in enumerate(rules) for r, (kind, _, _) in enumerate(one) if kind == "maybe"]
    for truth in product((True, False), repeat=len(doubtful)):
        yield dict(zip(doubtful, truth, strict=True))


def _walk(rules: list[list[tuple[str, Action, int]]], world: dict[tuple[int, int], bool], at: int) -> Action | None:
    """What chain ``at`` comes to in one world; calls go to later chains only."""
    for place, (kind, action, step) in enumerate(rules[at]):
        if kind == "no" or not world.get((at, place), True) or action is Action.CONTINUE:
            continue
        if action in (Action.PERMIT, Action.DENY):
            return action
        if action is Action.RETURN:
            return None
        said = _walk(rules, world, at + step) if at + step < len(rules) else None
        if said is not None or action is Action.GOTO:
            return said
    return None


@given(rules=_chains)
def test_the_verdict_is_unknown_exactly_where_possible_worlds_differ(
    rules: list[list[tuple[str, Action, int]]],
) -> None:
    services: dict[str, ServiceExpr] = {"yes": ANY_SERVICE, "no": NO_SERVICE}
    lists = [
        chain(
            str(at),
            *(
                rule(
                    place,
                    action if action not in (Action.JUMP, Action.GOTO) or at + step < len(rules) else Action.CONTINUE,
                    target=str(at + step) if action in (Action.JUMP, Action.GOTO) else "",
                    service=services.get(kind, doubt(f"{at}.{place}")),
                )
                for place, (kind, action, step) in enumerate(one)
                # A call of nothing is a rule that does nothing; a goto of nothing leaves, which RETURN says.
                if not (action is Action.GOTO and at + step >= len(rules))
            ),
            default=Action.DENY if at == 0 else None,
        )
        for at, one in enumerate(rules)
    ]
    kept = [
        [entry for entry in one if not (entry[1] is Action.GOTO and at + entry[2] >= len(rules))]
        for at, one in enumerate(rules)
    ]
    verdicts = {(_walk(kept, world, 0) or Action.DENY).value for world in _worlds(kept)}
    said = asked(*lists, name="0").ask_list("0", packet())
    assert said.verdict == (verdicts.pop() if len(verdicts) == 1 else "unknown")
    assert bool(said.undecided) == (said.verdict is Verdict.UNKNOWN)


@given(rules=_chains)
def test_what_is_undecided_is_what_it_hangs_on(rules: list[list[tuple[str, Action, int]]]) -> None:
    """With the named conditions settled, whatever the others are, the verdict is settled."""
    flat = [[entry for entry in rules[0] if entry[1] not in (Action.JUMP, Action.GOTO)]]
    services: dict[str, ServiceExpr] = {"yes": ANY_SERVICE, "no": NO_SERVICE}
    main = chain(
        "0",
        *(
            rule(place, action, service=services.get(kind, doubt(f"0.{place}")))
            for place, (kind, action, _) in enumerate(flat[0])
        ),
        default=Action.DENY,
    )
    said = asked(main, name="0").ask_list("0", packet())
    named = {int(str(reason).rpartition(".")[2]) for reason in said.undecided}
    by_named: dict[tuple[bool, ...], set[Action]] = {}
    for world in _worlds(flat):
        settled = tuple(truth for (_, place), truth in sorted(world.items()) if place in named)
        by_named.setdefault(settled, set()).add(_walk(flat, world, 0) or Action.DENY)
    assert all(len(verdicts) == 1 for verdicts in by_named.values())
