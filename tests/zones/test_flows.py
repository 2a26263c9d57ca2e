"""What gets from segment to segment: addresses that a firewall answers for in a segment of its own."""

from datetime import date

from segaudit.model import (
    DESTINATION_NAT_ORDER,
    Action,
    AddressExpr,
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
)
from segaudit.model.address import ANY_IPV4, parse_address, parse_prefix
from segaudit.packetspace.space import PacketSpace
from segaudit.zones.build import build
from segaudit.zones.graph import ZoneGraph
from segaudit.zones.segments import Declared

SPACE = PacketSpace()
SPAN = Span(path="fw.cfg", first_line=1, last_line=1)


def interface(name: str, address: str) -> Interface:
    """An interface with one address."""
    own = InterfaceAddress(address=parse_address(address.partition("/")[0])[1], prefix=parse_prefix(address))
    return Interface(name=name, span=SPAN, addresses=(own,))


def graph(destination: AddressExpr) -> ZoneGraph:
    """A firewall between two segments that sends packets to ``destination`` on to 172.16.0.5."""
    forward = Rule(
        id="1",
        position=1,
        action=Action.TRANSLATE,
        span=SPAN,
        destination=destination,
        translation=Translation(destination=AddressRewrite(to=host("172.16.0.5"))),
    )
    device = Device(
        name="fw",
        format="made",
        span=SPAN,
        interfaces=(interface("lan", "10.0.0.1/24"), interface("dmz", "172.16.0.1/24")),
        rule_sets=(RuleSet(name="nat", rules=(forward,), default=None, kind=RuleSetKind.NAT),),
        attachments=(Attachment(rule_sets=("nat",), hook=Hook.PREROUTING, order=DESTINATION_NAT_ORDER),),
    )
    return build(SPACE, [device], Declared(), date(2026, 4, 1))


def to(address: str) -> int:
    """How many sessions per source, port and the like reach the DMZ by sending to ``address``; zero: none."""
    conduit = graph(host("10.0.0.100")).conduit("fw:lan", "fw:dmz")
    assert conduit is not None
    wanted = host(address)
    return (conduit.sent.must & SPACE.addresses("dst", 4, wanted.first, wanted.last)).count()


def test_an_address_of_the_own_segment_that_the_firewall_answers_for_leads_through_it() -> None:
    assert to("10.0.0.100"), "the published address"
    assert not to("10.0.0.101"), "a neighbour: no device is crossed"
    assert to("172.16.0.9"), "the other segment"


def test_a_redirect_of_everything_sees_nothing_of_what_neighbours_send_each_other() -> None:
    conduit = graph(ANY_IPV4).conduit("fw:lan", "fw:dmz")
    assert conduit is not None
    neighbour = host("10.0.0.101").first
    assert not conduit.sent.may & SPACE.addresses("dst", 4, neighbour, neighbour)
