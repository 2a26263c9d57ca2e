"""Devices made by chance: few addresses and ports, so that rules meet packets often, and every construct of the model."""

from random import Random

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    ANY_IPV4,
    ANY_SERVICE,
    DESTINATION_NAT_ORDER,
    SOURCE_NAT_ORDER,
    TCP_ESTABLISHED,
    Action,
    AddressComplement,
    AddressExpr,
    AddressIntersection,
    AddressObject,
    AddressRef,
    AddressRewrite,
    AddressUnion,
    Attachment,
    Condition,
    ConditionKind,
    ConnectionState,
    Device,
    Hook,
    Interface,
    InterfaceMatch,
    PortRewrite,
    Rule,
    RuleSet,
    RuleSetKind,
    Service,
    ServiceComplement,
    ServiceExpr,
    ServiceIntersection,
    ServiceUnion,
    Span,
    Translation,
    UndecidedAddress,
    UndecidedService,
    host,
    interfaces,
    masked,
    network,
    parse_address,
    ports,
)
from segaudit.packetspace.packet import ACK, SYN, Packet

SPAN = Span(path="made.cfg", first_line=1, last_line=1)
USER = Condition(kind=ConditionKind.USER, text="group staff", groups=("staff",))
INTERFACES = ("a", "b", "c")

_V4 = [
    parse_address(text)[1]
    for text in (
        "10.0.0.0",
        "10.0.0.1",
        "10.0.0.7",
        "10.0.0.8",
        "10.0.0.15",
        "10.0.0.16",
        "203.0.113.1",
        "203.0.113.2",
        "255.255.255.255",
    )
]
_V6 = [parse_address(text)[1] for text in ("2001:db8::", "2001:db8::1", "2001:db8:0:1::")]
_PREFIXES = [
    network(text)
    for text in (
        "10.0.0.0/29",
        "10.0.0.8/29",
        "10.0.0.0/28",
        "203.0.113.1/32",
        "0.0.0.0/1",
        "2001:db8::/64",
        "8000::/1",
    )
]
_PORTS: list[int | tuple[int, int]] = [80, (80, 90), 3389]
_SERVICES: list[ServiceExpr] = [
    TCP_ESTABLISHED,
    Service(protocol=1, icmp_types=((8, 8),)),
    Service(states=frozenset({ConnectionState.NEW})),
    Service(destination_ports=((80, 80),)),
    Service(protocol=6, source_ports=((1024, 65535),)),
]
_FILTER_ACTIONS = [Action.PERMIT] * 2 + [Action.DENY] * 2 + [Action.JUMP, Action.GOTO, Action.RETURN, Action.CONTINUE]
_NAT_ACTIONS = [Action.TRANSLATE] * 4 + [Action.PERMIT, Action.RETURN, Action.DENY]


def packet(chance: Random, *, new_only: bool) -> Packet:
    """A packet on or beside the edges that the rules of `device` have."""
    version = 4 if chance.random() < 0.9 else 6
    protocol = chance.choice([6, 6, 6, 17, 1 if version == 4 else 58, 47])
    addresses = _V4 if version == 4 else _V6
    with_ports, with_icmp = protocol in (6, 17), protocol in (1, 58)
    return Packet(
        version=version,
        protocol=protocol,
        src=chance.choice(addresses),
        dst=chance.choice(addresses),
        src_port=chance.choice([0, 1023, 1024, 50000]) if with_ports else 0,
        dst_port=chance.choice([79, 80, 85, 91, 3389]) if with_ports else 0,
        icmp_type=chance.choice([0, 8]) if with_icmp else 0,
        tcp_flags=chance.choice([SYN, ACK]) if protocol == 6 else 0,
        state=0 if new_only else chance.choice([0, 0, 0, 1, 3]),
    )


def _address(chance: Random, depth: int = 0) -> AddressExpr:
    kind = chance.randrange(12 if depth < 2 else 7)
    if kind < 3:
        return ANY_ADDRESS
    if kind < 6:
        return chance.choice(_PREFIXES)
    if kind == 6:
        return masked(4, _V4[0], 0xFFFFFF05)
    if kind == 7:
        return UndecidedAddress("geography", "XX", _address(chance, depth + 1))
    if kind == 8:
        return AddressUnion(tuple(_address(chance, depth + 1) for _ in range(chance.randrange(3))))
    if kind == 9:
        return AddressComplement(_address(chance, depth + 1), chance.choice([None, 4]))
    if kind == 10:
        return AddressIntersection((_address(chance, depth + 1), _address(chance, depth + 1)))
    return AddressRef(chance.choice(["group", "nothing"]))


def _service(chance: Random, depth: int = 0) -> ServiceExpr:
    kind = chance.randrange(9 if depth < 2 else 5)
    if kind < 2:
        return ANY_SERVICE
    if kind < 4:
        return ports(chance.choice([6, 17]), chance.choice(_PORTS))
    if kind == 4:
        return chance.choice(_SERVICES)
    if kind == 5:
        return UndecidedService("application", "web", _service(chance, depth + 1))
    if kind == 6:
        return ServiceUnion((_service(chance, depth + 1), _service(chance, depth + 1)))
    if kind == 7:
        return ServiceComplement(_service(chance, depth + 1))
    return ServiceIntersection((_service(chance, depth + 1), _service(chance, depth + 1)))


def _interfaces(chance: Random) -> InterfaceMatch:
    some = [interfaces("a"), interfaces("b"), InterfaceMatch(frozenset({"a"}), negated=True), interfaces("zone")]
    return chance.choice([*[ANY_INTERFACE] * 4, *some, interfaces("a*")])


def _rewrite(chance: Random) -> AddressRewrite:
    return AddressRewrite(to=chance.choice([host("10.0.0.7"), network("10.0.0.8/29"), host("203.0.113.1")]))


def _filter_rule(chance: Random, place: int, list_name: str, *, translating: bool) -> Rule:
    action = chance.choice(_FILTER_ACTIONS)
    target = ""
    if action in (Action.JUMP, Action.GOTO):
        later = [name for name in ("sub1", "sub2") if name > list_name]
        target = chance.choice(later) if later else ""
        action = action if later else Action.RETURN
    # Where a packet leaves is known to the lists at FORWARD and later only.
    egress = _interfaces(chance) if list_name in ("main1", "main2") else ANY_INTERFACE
    source = _address(chance)
    source_translation = None
    if translating and action is Action.PERMIT and chance.random() < 0.1:
        source_translation = Translation(source=_rewrite(chance))
        source = AddressIntersection((source, ANY_IPV4))
    return Rule(
        id=str(place),
        position=place + 1,
        action=action,
        span=SPAN,
        target=target,
        source=source,
        destination=_address(chance),
        service=_service(chance),
        ingress=_interfaces(chance),
        egress=egress,
        enabled=chance.random() < 0.95,
        conditions=(USER,) if chance.random() < 0.08 else (),
        translated_by=chance.choice([None, frozenset({"vip"}), frozenset()]) if chance.random() < 0.15 else None,
        source_translation=source_translation,
    )


def _nat_rule(chance: Random, place: int, *, of_destination: bool) -> Rule:
    action = chance.choice(_NAT_ACTIONS)
    translation = None
    source, destination = _address(chance), _address(chance)
    if action is Action.TRANSLATE:
        rewrite = _rewrite(chance)
        if chance.random() < 0.3:
            base = network("10.0.0.0/29")
            rewrite = AddressRewrite(to=network("10.0.0.8/29"), base=base)
            source, destination = (source, base) if of_destination else (base, destination)
        port = chance.choice([None, PortRewrite(to=(3389, 3389)), PortRewrite(to=(80, 90))])
        translation = (
            Translation(name=chance.choice(["vip", "other"]), destination=rewrite, destination_port=port)
            if of_destination
            else Translation(source=rewrite)
        )
    return Rule(
        id=str(place),
        position=place + 1,
        action=action,
        span=SPAN,
        source=source,
        destination=destination,
        service=_service(chance),
        ingress=_interfaces(chance),
        translation=translation,
    )


def device(chance: Random, *, translating: bool) -> Device:
    """A stateless device with a list at each hook, user chains, doubts of every kind and, if asked for, NAT."""
    lists = [
        RuleSet(
            name=f"main{number}",
            rules=tuple(
                _filter_rule(chance, place, f"main{number}", translating=translating)
                for place in range(chance.randrange(6))
            ),
            default=chance.choice([Action.PERMIT, Action.DENY]),
            version=chance.choice([None, None, 4, 6]),
        )
        for number in range(3)
    ]
    lists += [
        RuleSet(
            name=name,
            rules=tuple(_filter_rule(chance, place, name, translating=False) for place in range(chance.randrange(4))),
            default=None,
        )
        for name in ("sub1", "sub2")
    ]
    early = chance.choice([DESTINATION_NAT_ORDER - 100, 0])
    bound = [
        Attachment(rule_sets=("main0",), hook=Hook.PREROUTING, order=early, ingress=_interfaces(chance)),
        Attachment(rule_sets=("main1",), hook=Hook.FORWARD, egress=_interfaces(chance)),
        Attachment(rule_sets=("main2",), hook=Hook.POSTROUTING, order=SOURCE_NAT_ORDER + 100),
    ]
    if translating:
        for name, hook, order in (
            ("dnat", Hook.PREROUTING, DESTINATION_NAT_ORDER),
            ("snat", Hook.POSTROUTING, SOURCE_NAT_ORDER),
        ):
            rules = tuple(
                _nat_rule(chance, place, of_destination=name == "dnat") for place in range(chance.randrange(3))
            )
            lists.append(RuleSet(name=name, rules=rules, kind=RuleSetKind.NAT, default=None, version=4))
            bound.append(Attachment(rule_sets=(name,), hook=hook, order=order))
    group = AddressUnion((network("10.0.0.0/29"), host("203.0.113.2")))
    return Device(
        name="made",
        format="made",
        span=SPAN,
        stateful=False,
        interfaces=tuple(Interface(name=n, span=SPAN, zone="zone" if n == "a" else "") for n in INTERFACES),
        addresses={"group": AddressObject(name="group", span=SPAN, value=group)},
        rule_sets=tuple(lists),
        attachments=tuple(bound),
    )
