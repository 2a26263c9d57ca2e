"""Where the internet is behind an interface, and whose packets are for the device itself there."""

from dataclasses import replace
from datetime import date

import pytest

from segaudit.model import (
    Action,
    AddressMethod,
    AddressRewrite,
    Attachment,
    Device,
    Hook,
    Interface,
    InterfaceAddress,
    Route,
    Rule,
    RuleSet,
    Span,
    Translation,
    interfaces,
    parse_address,
    parse_prefix,
    ports,
)
from segaudit.model.address import OwnAddress
from segaudit.model.selector import Selector
from segaudit.model.site import ZoneSpec
from segaudit.packetspace.packet import SYN, Packet
from segaudit.packetspace.space import PacketSpace
from segaudit.semantics.trace import Verdict
from segaudit.semantics.trace_flows import Flow
from segaudit.zones.build import build
from segaudit.zones.graph import INTERNET, SegmentKind
from segaudit.zones.segments import Declared, build_segments, with_declared_interfaces
from segaudit.zones.trace import NetworkTracer

SPAN = Span(path="made.cfg", first_line=1, last_line=1)
DAY = date(2026, 6, 1)


def interface(name: str, address: str, **more: object) -> Interface:
    """An interface with that address; an empty one: it gets one by PPPoE."""
    if not address:
        return Interface(name=name, span=SPAN, method=AddressMethod.PPPOE)
    own = InterfaceAddress(address=parse_address(address.partition("/")[0])[1], prefix=parse_prefix(address))
    return Interface(name=name, span=SPAN, addresses=(own,), **more)  # type: ignore[arg-type]  # the caller's words


def device(*found: Interface, routes: tuple[tuple[str, str, str], ...] = ()) -> Device:
    """A router with default-less tables but for ``routes``: prefix, next hop, VRF."""
    return Device(
        name="core",
        format="made",
        span=SPAN,
        interfaces=found,
        routes=tuple(
            Route(prefix=parse_prefix(p), span=SPAN, next_hop=parse_address(hop)[1], vrf=vrf) for p, hop, vrf in routes
        ),
    )


def flow(source: str, target: str, port: int) -> Flow:
    version, src = parse_address(source)
    packet = Packet(version=version, protocol=6, src=src, dst=parse_address(target)[1], src_port=49152, dst_port=port)
    return Flow(id="1", packet=packet)


CORE = device(
    interface("Vlan10", "192.168.10.1/24"), interface("Vlan99", "10.0.0.2/30"), routes=(("0.0.0.0/0", "10.0.0.1", ""),)
)


def test_a_private_router_that_needs_no_translation_is_ours() -> None:
    found = build_segments((CORE,), Declared())
    assert not [s for s in found.segments if s.kind == SegmentKind.INTERNET]
    assert [m.params["hop"] for m in found.kept_apart] == ["10.0.0.1"]


def test_behind_a_private_router_that_is_told_other_sources_is_the_internet() -> None:
    hide = Rule(
        id="1",
        position=1,
        action=Action.PERMIT,
        span=SPAN,
        egress=interfaces("Vlan99"),
        source_translation=Translation(source=AddressRewrite(to=OwnAddress("Vlan99"))),
    )
    hiding = replace(
        CORE,
        rule_sets=(RuleSet(name="out", rules=(hide,), default=Action.PERMIT),),
        attachments=(Attachment(rule_sets=("out",), hook=Hook.FORWARD),),
    )
    found = build_segments((hiding,), Declared())
    assert [s.ports[0].interface for s in found.segments if s.kind == SegmentKind.INTERNET] == ["Vlan99"]
    assert not found.kept_apart


def test_networks_of_different_vrfs_are_far_from_each_other() -> None:
    apart = device(interface("a", "192.168.1.1/24"), interface("g", "10.66.0.1/24", vrf="guest"))
    tracer = NetworkTracer((apart,), build_segments((apart,), Declared()), DAY)
    assert tracer.trace(flow("10.66.0.5", "192.168.1.5", 445)).verdict is Verdict.DENY
    together = device(interface("a", "192.168.1.1/24"), interface("g", "10.66.0.1/24"))
    tracer = NetworkTracer((together,), build_segments((together,), Declared()), DAY)
    assert tracer.trace(flow("10.66.0.5", "192.168.1.5", 445)).verdict is Verdict.PERMIT


@pytest.mark.parametrize(("target", "verdict"), [("203.0.113.99", Verdict.UNKNOWN), ("192.168.1.5", Verdict.PERMIT)])
def test_a_packet_may_be_for_the_address_that_pppoe_gave(target: str, verdict: Verdict) -> None:
    home = replace(
        device(interface("ppp", ""), interface("lan", "192.168.1.1/24")),
        routes=(Route(prefix=parse_prefix("0.0.0.0/0"), span=SPAN, interface="ppp"),),
        rule_sets=(RuleSet(name="no", rules=(), default=Action.DENY),),
        attachments=(Attachment(rule_sets=("no",), hook=Hook.FORWARD, egress=interfaces("ppp")),),
    )
    tracer = NetworkTracer((home,), build_segments((home,), Declared()), DAY)
    assert tracer.trace(flow("198.51.100.7", target, 22)).verdict is verdict
    graph = build(PacketSpace(), (home,), Declared(), DAY)
    version, address = parse_address(target)
    there = graph.space.addresses("dst", version, address, address)
    reached = [e for e in graph.exposures[INTERNET] if e.piece.current.may & there]
    assert bool(reached) == (verdict is Verdict.UNKNOWN)
    assert not any(e.piece.current.must & there for e in reached), (
        "no packet surely is for an address that is not known"
    )


def test_an_interface_that_only_the_site_file_names_is_there() -> None:
    """Rules of a packet filter name the interfaces that they tell apart; with addresses, a config shows all it has."""
    others = Interface(name="others", span=SPAN, stands_for_others=True)
    rules = replace(CORE, interfaces=(Interface(name="eth0", span=SPAN), others), routes=())
    known = Declared(zones=(_zone("servers", "if=core/eth2"), _zone("all", "if=core/*")))
    (found,) = with_declared_interfaces((rules,), known)
    assert [i.name for i in found.interfaces] == ["eth0", "eth2"]
    assert with_declared_interfaces((CORE,), known) == (CORE,), "a wrong name is to be said, not to be believed"
    assert with_declared_interfaces((replace(rules, fragment=True),), known) == (replace(rules, fragment=True),)


def _zone(name: str, *members: str) -> ZoneSpec:
    return ZoneSpec(name=name, role="", members=tuple(Selector.parse(m, pattern=True) for m in members), span=SPAN)


@pytest.mark.parametrize(("port", "verdict"), [(3389, Verdict.UNKNOWN), (22, Verdict.DENY)])
def test_private_addresses_may_be_behind_an_interface_of_which_nothing_is_known(port: int, verdict: Verdict) -> None:
    """Although the internet is behind the other one, and with it the way to everything that is nowhere else."""
    remote_desktop = Rule(
        id="1",
        position=1,
        action=Action.PERMIT,
        span=SPAN,
        service=ports(6, 3389),
        ingress=interfaces("ppp0"),
        egress=interfaces("eth1"),
    )
    rules = replace(
        CORE,
        interfaces=(Interface(name="ppp0", span=SPAN), Interface(name="eth1", span=SPAN)),
        routes=(),
        rule_sets=(RuleSet(name="through", rules=(remote_desktop,), default=Action.DENY),),
        attachments=(Attachment(rule_sets=("through",), hook=Hook.FORWARD),),
    )
    known = Declared(internet=(Selector.parse("if=core/ppp0"),))
    tracer = NetworkTracer((rules,), build_segments((rules,), known), DAY)
    assert tracer.trace(flow("198.51.100.7", "192.168.3.3", port)).verdict is verdict
    conduit = build(PacketSpace(), (rules,), known, DAY).conduits[INTERNET, "core:eth1"]
    sent = Packet(version=4, protocol=6, src=0xC6336407, dst=0xC0A80303, src_port=49152, dst_port=port, tcp_flags=SYN)
    assert not conduit.sent.must
    assert (sent in conduit.sent.may) is (verdict is Verdict.UNKNOWN)
