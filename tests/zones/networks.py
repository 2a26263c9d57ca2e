"""Devices by hand, in as few words as a test of segments and zones needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from segaudit.model import (
    ANY_ADDRESS,
    Action,
    AddressExpr,
    AddressMethod,
    AddressRewrite,
    Attachment,
    Device,
    DhcpScope,
    Hook,
    HostSign,
    HostSpec,
    Interface,
    InterfaceAddress,
    InterfaceKind,
    OwnAddress,
    Route,
    RouteKind,
    Rule,
    RuleSet,
    RuleSetKind,
    Span,
    Translation,
    host,
    interfaces,
    msg,
    network,
    parse_address,
    parse_prefix,
)
from segaudit.model.selector import Selector
from segaudit.model.site import SiteGroup, ZoneSpec
from segaudit.packetspace.space import PacketSpace
from segaudit.zones.build import build
from segaudit.zones.graph import RoleEvidence, Segment, ZoneGraph
from segaudit.zones.segments import Declared, Segments, build_segments

DAY = date(2026, 7, 1)
SPAN = Span(path="made.cfg", first_line=1, last_line=1)
NOTHING = Declared()


def interface(
    name: str,
    *addresses: str,
    description: str = "",
    vlan: int | None = None,
    vrf: str = "",
    zone: str = "",
    kind: InterfaceKind = InterfaceKind.PHYSICAL,
    method: AddressMethod = AddressMethod.STATIC,
    enabled: bool = True,
    role_hint: str = "",
) -> Interface:
    """An interface with ``addresses`` such as ``192.0.2.1/24``."""
    own = tuple(
        InterfaceAddress(address=parse_address(text.partition("/")[0])[1], prefix=parse_prefix(text))
        for text in addresses
    )
    return Interface(
        name=name,
        span=SPAN,
        addresses=own,
        description=description,
        vlan=vlan,
        vrf=vrf,
        zone=zone,
        kind=kind,
        method=method,
        enabled=enabled,
        role_hint=role_hint,
    )


def route(
    prefix: str, hop: str = "", *, by: str = "", distance: int = 1, vrf: str = "", kind: RouteKind = RouteKind.STATIC
) -> Route:
    """A route to ``prefix`` over the next hop, by an interface, or both."""
    return Route(
        prefix=parse_prefix(prefix),
        span=SPAN,
        next_hop=parse_address(hop)[1] if hop else None,
        interface=by,
        distance=distance,
        vrf=vrf,
        kind=kind,
    )


def masquerade(egress: str) -> tuple[RuleSet, Attachment]:
    """The translation of every source to the address of ``egress``, and where it is bound."""
    translation = Translation(source=AddressRewrite(to=OwnAddress(egress)))
    rule = Rule(
        id="1", position=1, action=Action.TRANSLATE, span=SPAN, egress=interfaces(egress), translation=translation
    )
    rules = RuleSet(name=f"hide {egress}", rules=(rule,), default=None, kind=RuleSetKind.NAT)
    return rules, Attachment(rule_sets=(rules.name,), hook=Hook.POSTROUTING, order=100, egress=interfaces(egress))


def scope(at: str, text: str, leases: int, options: tuple[int, ...] = ()) -> DhcpScope:
    """Leases at an interface."""
    return DhcpScope(interface=at, span=SPAN, ranges=network(text), lease_count=leases, options=options)


def named(name: str, address: str, sign: HostSign) -> HostSpec:
    """A host that a config names."""
    return HostSpec(name=name, address=host(address), sign=sign, span=SPAN)


def device(
    name: str,
    *its: Interface,
    routes: Sequence[Route] = (),
    nat: Sequence[tuple[RuleSet, Attachment]] = (),
    filters: Sequence[tuple[RuleSet, Attachment]] = (),
    dynamic: tuple[str, ...] = (),
    path: str = "",
    **more: object,
) -> Device:
    """A device with these interfaces; ``more`` are other fields of it."""
    lists = (*nat, *filters)
    return Device(
        name=name,
        format=str(more.pop("format", "cisco_ios")),
        span=Span(path=path or f"{name}.cfg", first_line=1, last_line=1),
        interfaces=its,
        routes=tuple(routes),
        dynamic_routing=dynamic,
        rule_sets=tuple(rules for rules, _ in lists),
        attachments=tuple(bound for _, bound in lists),
        **more,  # type: ignore[arg-type]  # fields of a device, by name
    )


def permit(
    name: str, ingress: str, *rules: tuple[Action, AddressExpr], default: Action = Action.DENY
) -> tuple[RuleSet, Attachment]:
    """A list by destination, bound at FORWARD to what enters by ``ingress``."""
    made = RuleSet(
        name=name,
        rules=tuple(
            Rule(id=str(n), position=n, action=action, span=SPAN, source=ANY_ADDRESS, destination=to)
            for n, (action, to) in enumerate(rules, start=1)
        ),
        default=default,
    )
    return made, Attachment(rule_sets=(name,), hook=Hook.FORWARD, ingress=interfaces(ingress))


def declared(
    *, internet: Sequence[str] = (), sites: Sequence[tuple[str, ...]] = (), **zones: tuple[str, Sequence[str]]
) -> Declared:
    """What a site file says: edges, groups of files, and zones as ``name=(role, members)``."""
    return Declared(
        internet=tuple(map(Selector.parse, internet)),
        sites=tuple(SiteGroup(name=str(n), globs=globs, span=SPAN) for n, globs in enumerate(sites)),
        zones=tuple(
            ZoneSpec(name=name, role=role, members=tuple(map(Selector.parse, members)), span=SPAN)
            for name, (role, members) in zones.items()
        ),
    )


def segments(*devices: Device, site: Declared = NOTHING) -> Segments:
    """The segments of the devices."""
    return build_segments(sorted(devices, key=lambda d: d.name), site)


def graph(*devices: Device, site: Declared = NOTHING) -> ZoneGraph:
    """Their zone graph, in a space of its own."""
    return build(PacketSpace(), devices, site, DAY)


def by_name(found: Segments) -> dict[str, Segment]:
    """The segments by name."""
    return {segment.name: segment for segment in found.segments}


def ends(segment: Segment) -> set[str]:
    """The interfaces at a segment."""
    return {str(port) for port in segment.ports}


def prefixes(segment: Segment) -> list[str]:
    """Its prefixes as text."""
    return [str(prefix) for prefix in segment.prefixes]


def msg_sign(role: str, weight: float, token: str) -> RoleEvidence:
    """A sign for a role."""
    return RoleEvidence(role=role, weight=weight, token=token, sign=msg("made by hand"))
