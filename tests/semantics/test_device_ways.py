"""Lists that are asked one after the other, and who is said to have decided what was sent."""

from datetime import date

from segaudit.model import (
    DESTINATION_NAT_ORDER,
    SOURCE_NAT_ORDER,
    Action,
    AddressRewrite,
    Attachment,
    Device,
    Hook,
    Interface,
    InterfaceAddress,
    Rule,
    RuleSet,
    RuleSetKind,
    Span,
    Translation,
    host,
    network,
)
from segaudit.model.address import parse_address, parse_prefix
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSet, PacketSpace
from segaudit.semantics.device import DeviceSemantics

SPACE = PacketSpace()
SPAN = Span(path="made.cfg", first_line=1, last_line=1)


def interface(name: str, address: str) -> Interface:
    """An interface with one address."""
    own = InterfaceAddress(address=parse_address(address.partition("/")[0])[1], prefix=parse_prefix(address))
    return Interface(name=name, span=SPAN, addresses=(own,))


def to(address: str) -> PacketSet:
    """New packets to an address."""
    wanted = host(address)
    return SPACE.addresses("dst", wanted.version, wanted.first, wanted.last) & SPACE.state("new")


def nat(name: str, *rules: Rule) -> RuleSet:
    """A NAT list."""
    return RuleSet(name=name, rules=rules, default=None, kind=RuleSetKind.NAT)


def forward(number: int, outside: str, inside: str) -> Rule:
    """A destination translation of one address."""
    return Rule(
        id=str(number),
        position=number,
        action=Action.TRANSLATE,
        span=SPAN,
        destination=host(outside),
        translation=Translation(destination=AddressRewrite(to=host(inside))),
    )


def semantics(lists: tuple[RuleSet, ...], *attachments: Attachment) -> DeviceSemantics:
    """A device with two interfaces and these lists."""
    device = Device(
        name="r1",
        format="made",
        span=SPAN,
        interfaces=(interface("wan", "192.0.2.2/30"), interface("lan", "10.0.0.1/24")),
        rule_sets=lists,
        attachments=attachments,
    )
    return DeviceSemantics(SPACE, device, date(2026, 4, 1))


def test_what_one_list_of_an_attachment_translated_the_next_one_does_not() -> None:
    exempt = Rule(id="1", position=1, action=Action.PERMIT, span=SPAN, destination=host("203.0.113.1"))
    lists = (
        nat("first", exempt, forward(2, "203.0.113.2", "10.0.0.2")),
        nat("second", forward(1, "203.0.113.1", "10.0.0.8"), forward(2, "203.0.113.2", "10.0.0.9")),
    )
    bound = Attachment(rule_sets=("first", "second"), hook=Hook.PREROUTING, order=DESTINATION_NAT_ORDER)
    device = semantics(lists, bound)
    sent = to("203.0.113.1") | to("203.0.113.2")
    came_out = SPACE.union(p.current.may for p in device.arrive("wan", PacketBounds.exactly(sent)))
    assert came_out == to("203.0.113.1") | to("10.0.0.2")


def test_a_source_translation_behind_a_jump_is_applied() -> None:
    hide = Translation(source=AddressRewrite(to=host("192.0.2.2")))
    inner = RuleSet(
        name="inner",
        rules=(Rule(id="1", position=1, action=Action.PERMIT, span=SPAN, source_translation=hide),),
        default=None,
    )
    outer = RuleSet(
        name="outer",
        rules=(Rule(id="1", position=1, action=Action.JUMP, target="inner", span=SPAN),),
        default=Action.DENY,
    )
    device = semantics((outer, inner), Attachment(rule_sets=("outer",), hook=Hook.FORWARD))
    sent = to("192.0.2.1") & SPACE.addresses("src", 4, network("10.0.0.0/24").first, network("10.0.0.0/24").last)
    (crossing,) = device.cross("lan", PacketBounds.exactly(sent))
    own = host("192.0.2.2").first
    assert crossing.piece.current.must == to("192.0.2.1") & SPACE.addresses("src", 4, own, own)
    assert crossing.piece.sent().must == sent


def test_deciders_name_packets_as_they_came_and_as_their_list_saw_them() -> None:
    allow = RuleSet(
        name="allow",
        rules=(Rule(id="1", position=1, action=Action.PERMIT, span=SPAN, destination=host("10.0.0.5")),),
    )
    outwards = Rule(
        id="1",
        position=1,
        action=Action.TRANSLATE,
        span=SPAN,
        translation=Translation(source=AddressRewrite(to=host("10.0.0.1"))),
    )
    device = semantics(
        (nat("in", forward(1, "203.0.113.5", "10.0.0.5")), allow, nat("out", outwards)),
        Attachment(rule_sets=("in",), hook=Hook.PREROUTING, order=DESTINATION_NAT_ORDER),
        Attachment(rule_sets=("allow",), hook=Hook.FORWARD),
        Attachment(rule_sets=("out",), hook=Hook.POSTROUTING, order=SOURCE_NAT_ORDER),
    )
    sent = to("203.0.113.5")
    (crossing,) = device.cross("wan", PacketBounds.exactly(sent))
    deciders = device.explain(crossing.piece, sent)
    assert [(d.hook, d.rule_set.name) for d in deciders] == [
        (Hook.PREROUTING, "in"),
        (Hook.FORWARD, "allow"),
        (Hook.POSTROUTING, "out"),
    ]
    assert all(d.sent == sent for d in deciders)
    assert deciders[1].packets == to("10.0.0.5")


def test_a_list_towards_the_device_knows_what_was_translated_before_it() -> None:
    redirect = Rule(
        id="1",
        position=1,
        action=Action.TRANSLATE,
        span=SPAN,
        translation=Translation(to_device=True, name="proxy"),
    )
    let_in = Rule(id="1", position=1, action=Action.PERMIT, span=SPAN, translated_by=frozenset({"proxy"}))
    device = semantics(
        (nat("nat", redirect), RuleSet(name="in", rules=(let_in,), default=Action.DENY)),
        Attachment(rule_sets=("nat",), hook=Hook.PREROUTING, order=DESTINATION_NAT_ORDER),
        Attachment(rule_sets=("in",), hook=Hook.LOCAL_IN),
    )
    sent = to("198.51.100.7")
    (exposure,) = device.expose("lan", PacketBounds.exactly(sent))
    assert exposure.piece.sent().may == sent
    assert exposure.piece.current.may == to("10.0.0.1"), "to its address where it came in"
