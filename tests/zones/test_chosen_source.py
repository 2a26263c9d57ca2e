"""Of several addresses that one device may hide a sender behind, the next one may expect some at its interface and not others."""

from dataclasses import replace

from segaudit.model import (
    Action,
    AddressRewrite,
    Attachment,
    Hook,
    OwnAddress,
    Rule,
    RuleSet,
    RuleSetKind,
    SourceCheck,
    SourceCheckMode,
    Translation,
)
from segaudit.semantics.trace import Verdict
from segaudit.semantics.trace_flows import Flow, flow_of
from segaudit.zones.segments import build_segments
from segaudit.zones.trace import NetworkTracer
from tests.zones.networks import DAY, NOTHING, SPAN, device, graph, interface, route


def test_what_may_be_expected_may_pass() -> None:
    hide = Rule(
        id="1",
        position=1,
        action=Action.TRANSLATE,
        span=SPAN,
        translation=Translation(source=AddressRewrite(to=OwnAddress())),
    )
    hiding = (
        RuleSet(name="hide", rules=(hide,), default=None, kind=RuleSetKind.NAT),
        Attachment(rule_sets=("hide",), hook=Hook.POSTROUTING, order=100),
    )
    strict = SourceCheck(mode=SourceCheckMode.STRICT)
    devices = (
        device(
            "near",
            interface("lan", "10.1.0.1/24"),
            interface("up", "10.0.0.1/24"),
            routes=[route("10.2.0.0/24", "10.0.0.2")],
            nat=[hiding],
        ),
        device(
            "next",
            replace(interface("down", "10.0.0.2/24"), source_check=strict),
            interface("servers", "10.2.0.1/24"),
            routes=[route("10.1.0.0/25", "10.2.0.9")],
        ),
    )
    flow = flow_of({"protocol": "tcp", "src_ip": "10.1.0.200", "dst_ip": "10.2.0.7", "dst_port": "80"})
    said = NetworkTracer(devices, build_segments(devices, NOTHING), DAY).trace(Flow(id="", packet=flow.packet))
    assert said.verdict == Verdict.UNKNOWN, "10.0.0.1 is expected there, 10.1.0.1 is not"
    conduit = graph(*devices).conduit("near:lan", "next:servers")
    assert conduit is not None
    assert flow.packet in conduit.sent.may
    assert flow.packet not in conduit.sent.must
