"""Address pools of remote access and the far sides of tunnels."""

from segaudit.model import (
    ANY_ADDRESS,
    Action,
    AddressUnion,
    Attachment,
    Condition,
    ConditionKind,
    Hook,
    InterfaceKind,
    RemoteAccess,
    Rule,
    RuleSet,
    Tunnel,
    VpnGroup,
    host,
    interfaces,
    network,
)
from segaudit.model.address import AddressRange, parse_address
from segaudit.model.device import SecondFactor
from segaudit.zones.graph import Port, SegmentKind
from segaudit.zones.segments import bypasses
from tests.zones.networks import SPAN, by_name, device, ends, graph, interface, prefixes, route, segments

WAN = interface("wan", "203.0.113.10/29")
LAN = interface("lan", "192.168.10.1/24")
OUT = [route("0.0.0.0/0", "203.0.113.9")]


def access(**fields: object) -> RemoteAccess:
    group = VpnGroup(name="staff", authentication="local users", second_factor=SecondFactor.ABSENT, span=SPAN)
    made: dict[str, object] = {"name": "ra", "kind": "ssl-vpn", "span": SPAN, "groups": (group,), **fields}
    return RemoteAccess(**made)  # type: ignore[arg-type]  # fields by name


def tunnel(**fields: object) -> Tunnel:
    made: dict[str, object] = {"name": "to-sakai", "kind": "ipsec", "interface": "wan", "span": SPAN, **fields}
    return Tunnel(**made)  # type: ignore[arg-type]  # fields by name


def test_a_pool_is_a_segment_at_the_interface_where_users_enter() -> None:
    first, last = parse_address("10.99.0.10")[1], parse_address("10.99.0.13")[1]
    pool = AddressRange(4, first, last)
    inside = interface("ssl.root", kind=InterfaceKind.VPN)
    fw = device("fw", WAN, LAN, inside, routes=OUT, remote_access=(access(interface="ssl.root", pools=(pool,)),))
    found = by_name(segments(fw))["fw/ra"]
    assert found.kind == SegmentKind.VPN_POOL
    assert prefixes(found) == ["10.99.0.10/31", "10.99.0.12/31"]
    assert found.ports == (Port("fw", "ssl.root", "ra"),)
    zones = graph(fw).zones
    assert zones["fw:ssl.root"].role == "vpn"
    assert zones["fw:ssl.root"].certainty > 0.85


def test_without_an_inner_interface_users_enter_where_the_portal_is() -> None:
    fw = device(
        "fw",
        WAN,
        LAN,
        routes=OUT,
        remote_access=(access(portal_interfaces=("wan",), pools=(network("10.99.0.0/24"),)),),
    )
    found = by_name(segments(fw))["fw/ra"]
    assert found.ports == (Port("fw", "wan", "ra"),)
    assert "fw:ra" in graph(fw).zones


def test_what_skips_the_filters_is_known_by_its_port() -> None:
    fw = device(
        "fw",
        WAN,
        LAN,
        routes=OUT,
        remote_access=(access(portal_interfaces=("wan",), bypasses_filters=True, filter_rule_set="VF"),),
        tunnels=(tunnel(bypasses_filters=True), tunnel(name="filtered")),
    )
    assert bypasses([fw]) == {Port("fw", "wan", "ra"): "VF", Port("fw", "wan", "to-sakai"): ""}


def test_the_far_side_of_a_tunnel_is_what_its_selector_names() -> None:
    far = AddressUnion((network("172.30.5.0/24"), host("172.30.6.9")))
    fw = device("fw", WAN, LAN, routes=OUT, tunnels=(tunnel(local=network("192.168.10.0/24"), remote=far),))
    found = by_name(segments(fw))["fw/to-sakai"]
    assert found.kind == SegmentKind.TUNNEL
    assert prefixes(found) == ["172.30.5.0/24", "172.30.6.9/32"]
    assert ends(found) == {"fw/to-sakai"}


def test_a_tunnel_with_its_own_interface_leads_to_what_is_routed_into_it() -> None:
    inner = interface("vti", "10.0.0.1/30", kind=InterfaceKind.TUNNEL)
    fw = device(
        "fw",
        WAN,
        LAN,
        inner,
        routes=[*OUT, route("172.30.5.0/24", by="vti"), route("172.30.6.0/24", "10.0.0.2", by="vti")],
        tunnels=(tunnel(interface="vti", remote=ANY_ADDRESS),),
    )
    assert prefixes(by_name(segments(fw))["fw/to-sakai"]) == ["172.30.5.0/24", "172.30.6.0/24"]


def test_a_tunnel_to_nobody_knows_where_is_no_segment() -> None:
    fw = device("fw", WAN, LAN, routes=OUT, tunnels=(tunnel(),))
    assert not [s for s in segments(fw).segments if s.kind == SegmentKind.TUNNEL]


def test_only_what_the_selectors_name_goes_through_a_tunnel() -> None:
    office = interface("office", "192.168.20.1/24")
    fw = device(
        "fw",
        WAN,
        LAN,
        office,
        routes=OUT,
        tunnels=(tunnel(local=network("192.168.10.0/24"), remote=network("172.30.5.0/24")),),
    )
    made = graph(fw)
    assert made.conduit("fw:lan", "fw:to-sakai") is not None
    assert made.conduit("fw:to-sakai", "fw:lan") is not None
    assert made.conduit("fw:office", "fw:to-sakai") is None
    assert made.conduit("fw:to-sakai", "fw:office") is None


def test_users_hold_the_accounts_of_their_groups() -> None:
    staff = Condition(kind=ConditionKind.USER, text="group staff", groups=("staff",))
    others = Condition(kind=ConditionKind.USER, text="group others", groups=("others",))
    rules = RuleSet(
        name="policy",
        rules=(
            Rule(
                id="1",
                position=1,
                action=Action.PERMIT,
                span=SPAN,
                destination=host("192.168.10.5"),
                conditions=(staff,),
            ),
            Rule(
                id="2",
                position=2,
                action=Action.PERMIT,
                span=SPAN,
                destination=host("192.168.10.6"),
                conditions=(others,),
            ),
        ),
    )
    inside = interface("ssl.root", kind=InterfaceKind.VPN)
    fw = device(
        "fw",
        WAN,
        LAN,
        inside,
        routes=OUT,
        remote_access=(access(interface="ssl.root", pools=(network("10.99.0.0/24"),)),),
        filters=[(rules, Attachment(rule_sets=("policy",), hook=Hook.FORWARD, ingress=interfaces("ssl.root")))],
    )
    made = graph(fw)
    conduit = made.conduit("fw:ssl.root", "fw:lan")
    assert conduit is not None
    space = made.space
    mine = space.addresses("dst", 4, *2 * (parse_address("192.168.10.5")[1],))
    theirs = space.addresses("dst", 4, *2 * (parse_address("192.168.10.6")[1],))
    assert conduit.sent.must & mine
    assert conduit.sent.may & theirs
    assert not conduit.sent.must & theirs
