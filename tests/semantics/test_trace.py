"""The way of a packet through a device: hooks, interfaces, translation, sessions."""

from datetime import date, datetime

import pytest

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    ANY_SERVICE,
    DESTINATION_NAT_ORDER,
    SOURCE_NAT_ORDER,
    Action,
    AddressComplement,
    AddressExpr,
    AddressMethod,
    AddressObject,
    AddressRef,
    AddressRewrite,
    AddressUnion,
    Attachment,
    Condition,
    ConditionKind,
    ConnectionState,
    Device,
    Fqdn,
    Hook,
    Interface,
    InterfaceAddress,
    InterfaceMatch,
    OwnAddress,
    PortRewrite,
    Rule,
    RuleSet,
    RuleSetKind,
    Schedule,
    ServiceExpr,
    Span,
    Translation,
    UndecidedAddress,
    Zone,
    host,
    interfaces,
    masked,
    network,
    parse_address,
    parse_prefix,
    ports,
)
from segaudit.packetspace.packet import ACK, SYN, Packet
from segaudit.semantics.trace import DeviceTracer, StepAction, UnknownListError, Verdict

SPAN = Span(path="fw.cfg", first_line=1, last_line=1)
DAY = date(2026, 7, 1)
WAN, WEB, CLIENT = "203.0.113.1", "10.0.0.80", "198.51.100.7"


def packet(src: str = CLIENT, dst: str = WEB, port: int = 443, state: ConnectionState = ConnectionState.NEW) -> Packet:
    version, source = parse_address(src)
    _, destination = parse_address(dst)
    return Packet(
        version=version,
        protocol=6,
        src=source,
        dst=destination,
        src_port=50000,
        dst_port=port,
        tcp_flags=SYN if state == ConnectionState.NEW else ACK,
        state=state,
    )


def rule(
    name: str,
    action: Action,
    *,
    source: AddressExpr = ANY_ADDRESS,
    destination: AddressExpr = ANY_ADDRESS,
    service: ServiceExpr = ANY_SERVICE,
    ingress: InterfaceMatch = ANY_INTERFACE,
    egress: InterfaceMatch = ANY_INTERFACE,
    conditions: tuple[Condition, ...] = (),
    schedule: str = "",
    translation: Translation | None = None,
    source_translation: Translation | None = None,
    translated_by: frozenset[str] | None = None,
) -> Rule:
    return Rule(
        id=name,
        position=1,
        action=action,
        span=SPAN,
        source=source,
        destination=destination,
        service=service,
        ingress=ingress,
        egress=egress,
        conditions=conditions,
        schedule=schedule,
        translation=translation,
        source_translation=source_translation,
        translated_by=translated_by,
    )


def filters(name: str, *rules: Rule, default: Action | None = Action.DENY) -> RuleSet:
    return RuleSet(name=name, rules=rules, default=default)


def nat(name: str, *rules: Rule) -> RuleSet:
    return RuleSet(name=name, rules=rules, kind=RuleSetKind.NAT, default=None)


def interface(
    name: str, address: str = "", *, method: AddressMethod = AddressMethod.STATIC, zone: str = ""
) -> Interface:
    addresses: tuple[InterfaceAddress, ...] = ()
    if address:
        _, value = parse_address(address.partition("/")[0])
        addresses = (InterfaceAddress(address=value, prefix=parse_prefix(address)),)
    return Interface(name=name, span=SPAN, addresses=addresses, method=method, zone=zone)


INTERFACES = (interface("wan", f"{WAN}/24"), interface("lan", "10.0.0.1/24", zone="trust"))


def tracer(
    *bound: tuple[Hook, RuleSet] | tuple[Hook, RuleSet, int],
    interfaces: tuple[Interface, ...] = INTERFACES,
    stateful: bool = True,
    addresses: tuple[AddressObject, ...] = (),
    schedules: tuple[Schedule, ...] = (),
    accounts: frozenset[str] = frozenset(),
    extra: tuple[Attachment, ...] = (),
    lists: tuple[RuleSet, ...] = (),
    zones: tuple[Zone, ...] = (),
) -> DeviceTracer:
    attachments = tuple(
        Attachment(rule_sets=(one[1].name,), hook=one[0], order=one[2] if len(one) == 3 else 0) for one in bound
    )
    device = Device(
        name="fw",
        format="made",
        span=SPAN,
        stateful=stateful,
        interfaces=interfaces,
        zones=zones,
        addresses={one.name: one for one in addresses},
        schedules={one.name: one for one in schedules},
        rule_sets=(*(one[1] for one in bound), *lists),
        attachments=(*attachments, *extra),
    )
    return DeviceTracer(device, DAY, accounts)


PERMIT_ALL = filters("all", rule("1", Action.PERMIT))
FORWARD_DNAT = nat(
    "dnat",
    rule(
        "publish",
        Action.TRANSLATE,
        destination=host(WAN),
        service=ports(6, 13389),
        translation=Translation(
            name="vip", destination=AddressRewrite(to=host(WEB)), destination_port=PortRewrite(to=(3389, 3389))
        ),
    ),
)


def test_where_nothing_is_attached_everything_passes() -> None:
    said = tracer().forward(packet(), "wan", "lan")
    assert (said.verdict, said.decided_by.rule_set) == (Verdict.PERMIT, "")


def test_every_attachment_must_let_it_pass() -> None:
    deny = filters("none")
    assert tracer((Hook.FORWARD, PERMIT_ALL), (Hook.POSTROUTING, deny)).forward(packet(), "wan", "lan").verdict is (
        Verdict.DENY
    )
    assert tracer((Hook.PREROUTING, deny), (Hook.FORWARD, PERMIT_ALL)).local_in(packet(), "wan").verdict is Verdict.DENY


def test_attachments_apply_to_their_interfaces_by_name_zone_and_prefix() -> None:
    for match, applies in (
        (interfaces("wan"), True),
        (interfaces("lan"), False),
        (interfaces("wa*"), True),
        (InterfaceMatch(frozenset({"wan"}), negated=True), False),
        (InterfaceMatch(frozenset({"lan"}), negated=True), True),
    ):
        bound = Attachment(rule_sets=("none",), hook=Hook.FORWARD, ingress=match)
        said = tracer(extra=(bound,), lists=(filters("none"),)).forward(packet(), "wan", "lan")
        assert said.verdict is (Verdict.DENY if applies else Verdict.PERMIT), match
    bound = Attachment(rule_sets=("none",), hook=Hook.FORWARD, egress=interfaces("trust"))
    assert tracer(extra=(bound,), lists=(filters("none"),)).forward(packet(), "wan", "lan").verdict is Verdict.DENY


def test_lists_of_one_attachment_are_asked_as_one() -> None:
    first = filters("first", rule("1", Action.DENY, service=ports(6, 22)), default=None)
    second = filters("second", rule("1", Action.PERMIT, service=ports(6, 443)))
    bound = Attachment(rule_sets=("first", "second"), hook=Hook.FORWARD)
    both = tracer(extra=(bound,), lists=(first, second))
    assert both.forward(packet(port=22), "wan", "lan").decided_by.rule_set == "first"
    assert both.forward(packet(port=443), "wan", "lan").verdict is Verdict.PERMIT
    assert both.forward(packet(port=80), "wan", "lan").decided_by.rule_set == "second"


def test_a_bound_list_that_is_not_there_is_a_doubt() -> None:
    said = tracer(extra=(Attachment(rule_sets=("gone",), hook=Hook.FORWARD),)).forward(packet(), "wan", "lan")
    assert said.verdict is Verdict.UNKNOWN
    assert [str(reason) for reason in said.undecided] == ["condition: list gone is not defined"]


def test_filters_after_destination_nat_see_the_new_destination() -> None:
    policy = filters("policy", rule("rdp", Action.PERMIT, destination=host(WEB), service=ports(6, 3389)))
    device = tracer((Hook.PREROUTING, FORWARD_DNAT, DESTINATION_NAT_ORDER), (Hook.FORWARD, policy))
    said = device.forward(packet(dst=WAN, port=13389), "wan", "lan")
    assert said.verdict is Verdict.PERMIT
    assert said.received is not None
    assert (said.received.dst, said.received.dst_port) == (parse_address(WEB)[1], 3389)
    assert [step.action for step in said.steps] == [StepAction.TRANSLATE, StepAction.PERMIT]
    assert device.forward(packet(dst=WAN, port=3389), "wan", "lan").verdict is Verdict.DENY


def test_filters_before_destination_nat_and_those_that_ask_for_it_see_the_old_one() -> None:
    policy = filters("policy", rule("1", Action.PERMIT, destination=host(WAN), service=ports(6, 13389)))
    early = tracer((Hook.PREROUTING, FORWARD_DNAT, DESTINATION_NAT_ORDER), (Hook.PREROUTING, policy, -200))
    assert early.forward(packet(dst=WAN, port=13389), "wan", "lan").verdict is Verdict.PERMIT
    original = Attachment(rule_sets=("policy",), hook=Hook.FORWARD, original_destination=True)
    late = tracer((Hook.PREROUTING, FORWARD_DNAT, DESTINATION_NAT_ORDER), extra=(original,), lists=(policy,))
    said = late.forward(packet(dst=WAN, port=13389), "wan", "lan")
    assert said.verdict is Verdict.PERMIT
    assert said.received is not None
    assert said.received.dst_port == 3389


def test_policies_that_tell_translated_traffic_apart() -> None:
    """FortiOS: a policy for all destinations is not for VIP traffic, one that names the VIP is for nothing else."""
    deny_all = rule("deny", Action.DENY, translated_by=frozenset())
    vip = rule("vip", Action.PERMIT, destination=AddressUnion(()), translated_by=frozenset({"vip"}))
    device = tracer(
        (Hook.PREROUTING, FORWARD_DNAT, DESTINATION_NAT_ORDER), (Hook.FORWARD, filters("policy", deny_all, vip))
    )
    assert device.forward(packet(dst=WAN, port=13389), "wan", "lan").verdict is Verdict.PERMIT
    assert device.forward(packet(), "wan", "lan").decided_by.rule is deny_all


def test_nat_is_for_new_packets_only() -> None:
    device = tracer((Hook.PREROUTING, FORWARD_DNAT, DESTINATION_NAT_ORDER), stateful=False)
    invalid = packet(dst=WAN, port=13389, state=ConnectionState.INVALID)
    received = device.forward(invalid, "wan", "lan").received
    assert received is not None
    assert received.dst_port == 13389


def test_sessions_pass_a_stateful_device_and_are_judged_by_a_stateless_one() -> None:
    answer = packet(state=ConnectionState.ESTABLISHED)
    assert tracer((Hook.FORWARD, filters("none"))).forward(answer, "wan", "lan").verdict is Verdict.PERMIT
    assert tracer((Hook.FORWARD, filters("none")), stateful=False).forward(answer, "wan", "lan").verdict is Verdict.DENY
    assert tracer((Hook.FORWARD, filters("none"))).ask_list("none", answer).verdict is Verdict.DENY


def test_a_redirect_makes_it_a_packet_for_the_device() -> None:
    proxy = nat(
        "redirect",
        rule(
            "1",
            Action.TRANSLATE,
            service=ports(6, 80),
            translation=Translation(destination_port=PortRewrite(to=(3128, 3128)), to_device=True),
        ),
    )
    local = filters("local", rule("proxy", Action.PERMIT, destination=OwnAddress(), service=ports(6, 3128)))
    device = tracer(
        (Hook.PREROUTING, proxy, DESTINATION_NAT_ORDER), (Hook.LOCAL_IN, local), (Hook.FORWARD, filters("none"))
    )
    said = device.forward(packet("10.0.0.9", CLIENT, 80), "lan", "wan")
    assert (said.verdict, said.to_device, said.decided_by.rule_set) == (Verdict.PERMIT, True, "local")
    assert said.received is not None
    assert said.received.dst == parse_address("10.0.0.1")[1]
    assert device.forward(packet("10.0.0.9", CLIENT, 81), "lan", "wan").decided_by.rule_set == "none"


def test_aligned_translation_keeps_the_place_in_the_range() -> None:
    mapped = nat(
        "static",
        rule(
            "1",
            Action.TRANSLATE,
            destination=network("203.0.113.0/28"),
            translation=Translation(
                destination=AddressRewrite(to=network("10.0.0.16/28"), base=network("203.0.113.0/28")),
                destination_port=PortRewrite(to=(8000, 8009), base=(80, 89)),
            ),
        ),
    )
    received = tracer((Hook.PREROUTING, mapped)).forward(packet(dst="203.0.113.5", port=83), "wan", "lan").received
    assert received is not None
    assert (received.dst, received.dst_port) == (parse_address("10.0.0.21")[1], 8003)


def test_what_arrives_is_known_before_it_is_routed() -> None:
    device = tracer((Hook.PREROUTING, FORWARD_DNAT, DESTINATION_NAT_ORDER), (Hook.FORWARD, filters("none")))
    (arrival,) = device.arrive(packet(dst=WAN, port=13389), "wan")
    inside = parse_address(WEB)[1]
    assert (arrival.packet.dst_port, arrival.destinations, arrival.to_device) == (3389, ((inside, inside),), False)
    assert tracer((Hook.PREROUTING, filters("none"))).arrive(packet(), "wan") == ()


def test_a_forward_to_several_servers_may_arrive_at_any() -> None:
    balanced = Translation(destination=AddressRewrite(to=network("10.0.0.80/31")))
    (arrival,) = tracer((Hook.PREROUTING, nat("lb", rule("1", Action.TRANSLATE, translation=balanced)))).arrive(
        packet(dst=WAN), "wan"
    )
    first = parse_address(WEB)[1]
    assert arrival.destinations == ((first, first + 1),)


def pool(to: AddressExpr) -> RuleSet:
    return nat("pool", rule("1", Action.TRANSLATE, translation=Translation(source=AddressRewrite(to=to))))


def test_a_field_chosen_from_a_pool_is_not_known() -> None:
    received = (
        tracer((Hook.POSTROUTING, pool(network("203.0.113.8/30")), SOURCE_NAT_ORDER)).forward(
            packet("10.0.0.9", CLIENT), "lan", "wan"
        )
    ).received
    assert received is not None
    assert (received.src, received.src_port) == (None, 50000)


@pytest.mark.parametrize(
    ("permitted", "verdict"),
    [
        ("203.0.113.8/30", Verdict.PERMIT),
        ("203.0.113.8/31", Verdict.UNKNOWN),
        ("192.0.2.0/24", Verdict.DENY),
    ],
)
def test_lists_after_a_pool_are_asked_for_each_of_its_addresses(permitted: str, verdict: Verdict) -> None:
    out = filters("out", rule("1", Action.PERMIT, source=network(permitted)))
    device = tracer((Hook.POSTROUTING, pool(network("203.0.113.8/30")), SOURCE_NAT_ORDER), (Hook.POSTROUTING, out, 200))
    said = device.forward(packet("10.0.0.9", CLIENT), "lan", "wan")
    assert said.verdict is verdict
    assert bool(said.undecided) == (verdict is Verdict.UNKNOWN)


def test_two_rules_that_share_a_pool_between_them_permit_all_of_it() -> None:
    halves = [rule(half, Action.PERMIT, source=network(half)) for half in ("203.0.113.8/31", "203.0.113.10/31")]
    device = tracer(
        (Hook.POSTROUTING, pool(network("203.0.113.8/30")), SOURCE_NAT_ORDER),
        (Hook.POSTROUTING, filters("out", *halves), 200),
    )
    assert device.forward(packet("10.0.0.9", CLIENT), "lan", "wan").verdict is Verdict.PERMIT


def test_odd_masks_cut_a_pool_too() -> None:
    even = masked(4, 0, 1)
    device = tracer(
        (Hook.POSTROUTING, pool(network("203.0.113.8/30")), SOURCE_NAT_ORDER),
        (Hook.POSTROUTING, filters("out", rule("even", Action.PERMIT, source=even)), 200),
    )
    assert device.forward(packet("10.0.0.9", CLIENT), "lan", "wan").verdict is Verdict.UNKNOWN


def test_a_masquerade_to_an_address_by_dhcp_may_be_any() -> None:
    dialled = (interface("wan", method=AddressMethod.DHCP), interface("lan", "10.0.0.1/24"))
    out = filters("out", rule("1", Action.DENY, source=network("10.0.0.0/8")), default=Action.PERMIT)
    device = tracer(
        (Hook.POSTROUTING, pool(OwnAddress("wan")), SOURCE_NAT_ORDER),
        (Hook.POSTROUTING, out, 200),
        interfaces=dialled,
    )
    said = device.forward(packet("10.0.0.9", CLIENT), "lan", "wan")
    assert said.verdict is Verdict.UNKNOWN
    assert said.received is not None
    assert said.received.src is None


def test_a_policy_that_does_nat_itself() -> None:
    policy = filters(
        "policy",
        rule("1", Action.PERMIT, source_translation=Translation(source=AddressRewrite(to=OwnAddress("wan")))),
    )
    received = tracer((Hook.FORWARD, policy)).forward(packet("10.0.0.9", CLIENT), "lan", "wan").received
    assert received is not None
    assert received.src == parse_address(WAN)[1]


def test_the_first_destination_translation_counts() -> None:
    other = nat(
        "other", rule("1", Action.TRANSLATE, translation=Translation(destination=AddressRewrite(to=host(CLIENT))))
    )
    device = tracer((Hook.PREROUTING, FORWARD_DNAT, -100), (Hook.PREROUTING, other, -99))
    received = device.forward(packet(dst=WAN, port=13389), "wan", "lan").received
    assert received is not None
    assert received.dst == parse_address(WEB)[1]


def test_a_translation_that_is_in_doubt_is_followed_both_ways() -> None:
    doubtful = nat(
        "dnat",
        rule(
            "1",
            Action.TRANSLATE,
            conditions=(Condition(kind=ConditionKind.MARK, text="mark 1"),),
            translation=Translation(destination=AddressRewrite(to=host(WEB))),
        ),
    )
    policy = filters("policy", rule("1", Action.PERMIT, destination=host(WEB)))
    said = tracer((Hook.PREROUTING, doubtful), (Hook.FORWARD, policy)).forward(packet(dst=WAN), "wan", "lan")
    assert said.verdict is Verdict.UNKNOWN
    assert [str(reason) for reason in said.undecided] == ["mark: mark 1"]
    same = tracer((Hook.PREROUTING, doubtful), (Hook.FORWARD, PERMIT_ALL)).forward(packet(dst=WAN), "wan", "lan")
    assert (same.verdict, same.undecided) == (Verdict.PERMIT, ())
    assert same.received is not None
    assert same.received.dst is None


def test_a_group_that_the_intruder_is_in_is_no_doubt() -> None:
    condition = Condition(kind=ConditionKind.USER, text="group vpn-users", groups=("vpn-users",))
    policy = filters("policy", rule("1", Action.PERMIT, conditions=(condition,)))
    assert tracer((Hook.FORWARD, policy)).forward(packet(), "wan", "lan").verdict is Verdict.UNKNOWN
    inside = tracer((Hook.FORWARD, policy), accounts=frozenset({"vpn-users"}))
    assert inside.forward(packet(), "wan", "lan").verdict is Verdict.PERMIT


@pytest.mark.parametrize(
    ("schedule", "verdict"),
    [
        (Schedule(name="s"), Verdict.PERMIT),
        (Schedule(name="s", end=datetime(2026, 6, 30, 23, 59)), Verdict.DENY),  # noqa: DTZ001 - a schedule is in the device's own time
        (Schedule(name="s", start=datetime(2026, 7, 2)), Verdict.DENY),  # noqa: DTZ001 - a schedule is in the device's own time
        (Schedule(name="s", end=datetime(2026, 7, 1, 23, 59)), Verdict.PERMIT),  # noqa: DTZ001 - a schedule is in the device's own time
        (Schedule(name="s", end=datetime(2026, 7, 1, 12, 0)), Verdict.UNKNOWN),  # noqa: DTZ001 - a schedule is in the device's own time
        (Schedule(name="s", recurring=True), Verdict.UNKNOWN),
        (Schedule(name="s", recurring=True, end=datetime(2025, 1, 1)), Verdict.DENY),  # noqa: DTZ001 - a schedule is in the device's own time
        (Schedule(name="another"), Verdict.UNKNOWN),
    ],
)
def test_schedules_are_decided_by_the_day(schedule: Schedule, verdict: Verdict) -> None:
    policy = filters("policy", rule("1", Action.PERMIT, schedule="s"))
    assert tracer((Hook.FORWARD, policy), schedules=(schedule,)).forward(packet(), "wan", "lan").verdict is verdict


@pytest.mark.parametrize(
    ("source", "verdict", "undecided"),
    [
        (AddressRef("office"), Verdict.PERMIT, []),
        (AddressRef("nothing"), Verdict.UNKNOWN, ["nothing is not defined"]),
        (AddressRef("loop"), Verdict.UNKNOWN, ["loop contains itself"]),
        (AddressComplement(AddressRef("office")), Verdict.DENY, []),
        (AddressComplement(Fqdn("update.example")), Verdict.UNKNOWN, ["the addresses of update.example"]),
        (UndecidedAddress("geography", "JP"), Verdict.UNKNOWN, ["geography JP"]),
        (UndecidedAddress("geography", "JP", network("192.0.2.0/24")), Verdict.DENY, []),
        (AddressUnion((Fqdn("a.example"), network("198.51.100.0/24"))), Verdict.PERMIT, []),
        (AddressUnion(()), Verdict.DENY, []),
    ],
)
def test_addresses(source: AddressExpr, verdict: Verdict, undecided: list[str]) -> None:
    objects = (
        AddressObject(name="office", span=SPAN, value=network("198.51.100.0/24")),
        AddressObject(name="loop", span=SPAN, value=AddressUnion((network("192.0.2.1/32"), AddressRef("loop")))),
    )
    said = tracer((Hook.FORWARD, filters("policy", rule("1", Action.PERMIT, source=source))), addresses=objects)
    verdict_said = said.forward(packet(), "wan", "lan")
    assert verdict_said.verdict is verdict
    assert [str(reason) for reason in verdict_said.undecided] == undecided


def test_own_addresses() -> None:
    local = filters("local", rule("1", Action.PERMIT, destination=OwnAddress("wan")))
    device = tracer((Hook.LOCAL_IN, local))
    assert device.local_in(packet(dst=WAN), "wan").verdict is Verdict.PERMIT
    assert device.local_in(packet(dst="10.0.0.1"), "lan").verdict is Verdict.DENY
    dialled = tracer((Hook.LOCAL_IN, local), interfaces=(interface("wan", method=AddressMethod.PPPOE), INTERFACES[1]))
    said = dialled.local_in(packet(dst=WAN), "wan")
    assert said.verdict is Verdict.UNKNOWN
    assert [str(reason) for reason in said.undecided] == ["the own address of wan"]
    any_own = filters("local", rule("1", Action.PERMIT, destination=OwnAddress()))
    assert tracer((Hook.LOCAL_IN, any_own), interfaces=()).local_in(packet(dst=WAN), "wan").verdict is Verdict.PERMIT


def test_a_device_forwards_what_it_forwards() -> None:
    v4_only = Device(name="fw", format="made", span=SPAN, versions=frozenset({4}))
    assert DeviceTracer(v4_only, DAY).forward(packet("2001:db8::1", "2001:db8::2"), "a", "b").verdict is Verdict.DENY
    host_only = Device(name="fw", format="made", span=SPAN, forwards=False)
    assert DeviceTracer(host_only, DAY).forward(packet(), "a", "b").verdict is Verdict.DENY
    assert DeviceTracer(host_only, DAY).local_in(packet(), "a").verdict is Verdict.PERMIT


def test_a_pair_of_interfaces_or_zones_names_the_filters_between_them() -> None:
    between = filters(
        "policy",
        rule("in", Action.PERMIT, ingress=interfaces("wan"), egress=interfaces("trust"), service=ports(6, 443)),
    )
    device = tracer((Hook.FORWARD, between), (Hook.PREROUTING, FORWARD_DNAT, DESTINATION_NAT_ORDER))
    assert device.ask_list("wan->trust", packet()).verdict is Verdict.PERMIT
    assert device.ask_list("wan->lan", packet()).verdict is Verdict.PERMIT
    assert device.ask_list("trust->wan", packet()).verdict is Verdict.DENY
    with pytest.raises(UnknownListError):
        device.ask_list("nowhere", packet())


def test_inside_a_zone_the_pair_is_two_of_its_members() -> None:
    zone = Zone(name="dmz", interfaces=("d1", "d2"), span=SPAN)
    between = filters("policy", rule("1", Action.PERMIT, ingress=interfaces("d1"), egress=interfaces("d2")))
    assert tracer((Hook.FORWARD, between), zones=(zone,)).ask_list("dmz->dmz", packet()).verdict is Verdict.PERMIT
