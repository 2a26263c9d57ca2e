"""Packets that come to a device by two ways and are made equal there: both were sent, and both are known to arrive."""

from segaudit.model import (
    DESTINATION_NAT_ORDER,
    Action,
    AddressRewrite,
    Attachment,
    Hook,
    Rule,
    RuleSet,
    RuleSetKind,
    Translation,
    host,
)
from segaudit.model.address import ANY_IPV4
from tests.zones.networks import SPAN, device, graph, interface, route


def test_what_one_translation_makes_equal_was_sent_in_two_ways() -> None:
    to_server = Rule(
        id="1",
        position=1,
        action=Action.TRANSLATE,
        span=SPAN,
        destination=ANY_IPV4,
        translation=Translation(destination=AddressRewrite(to=host("10.3.0.5"))),
    )
    balancer = (
        RuleSet(name="nat", rules=(to_server,), default=None, kind=RuleSetKind.NAT),
        Attachment(rule_sets=("nat",), hook=Hook.PREROUTING, order=DESTINATION_NAT_ORDER),
    )
    found = graph(
        device(
            "a",
            interface("lan", "10.1.0.1/24"),
            interface("down", "10.0.0.1/24"),
            routes=[route("10.2.0.0/24", "10.0.0.2")],
        ),
        device(
            "b",
            interface("up", "10.0.0.2/24"),
            interface("down", "10.2.0.1/24"),
            routes=[route("10.3.0.0/24", "10.2.0.2"), route("10.1.0.0/24", "10.0.0.1")],
            nat=[balancer],
        ),
        device(
            "c",
            interface("up", "10.2.0.2/24"),
            interface("servers", "10.3.0.1/24"),
            routes=[route("10.1.0.0/24", "10.2.0.1")],
        ),
    )
    conduit = found.conduit("a:lan", "c:servers")
    assert conduit is not None
    for text in ("10.0.0.2", "10.2.0.9"):
        # On the link an own address is meant itself; behind it, the device is the next hop.
        wanted = host(text).first
        assert conduit.sent.must & found.space.addresses("dst", 4, wanted, wanted), text
