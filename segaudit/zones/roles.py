"""Roles of segments and zones from evidence: names, the maker's words, routes, leases, the hosts that configs name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from segaudit.knowledge.protocols import is_internet_address, private_prefixes
from segaudit.knowledge.roles import NamePlace, Role, RoleVote, decide_role, load_roles, role_votes_for_name
from segaudit.model import (
    Action,
    AddressMethod,
    AddressRange,
    Device,
    HostSpec,
    Interface,
    InterfaceKind,
    Prefix,
    Route,
    RuleSetKind,
    Span,
    Translation,
    Words,
    msg,
)
from segaudit.semantics.rulesets import zones_of
from segaudit.semantics.translation import address_ranges
from segaudit.zones.graph import RoleEvidence, Segment, SegmentKind

#: Lease ranges of at least so many addresses say that terminals get them.
MANY_LEASES = 20
#: DHCP options that telephones are given (RFC 2132: 43, 66, 67; Cisco: 150).
PHONE_OPTIONS = frozenset({43, 66, 67, 150})
#: A link network is at most this large (prefix length, IPv4).
LINK_LENGTH = 29


def decided(evidence: Iterable[RoleEvidence]) -> tuple[str, float]:
    """The role that the evidence decides and its certainty 0 to 1; ``unknown`` and 0 where it decides none."""
    decision = decide_role(RoleVote(Role(e.role), e.weight, e.token) for e in evidence if e.weight)
    return decision.role, decision.certainty


def weighed(evidence: Iterable[RoleEvidence]) -> tuple[RoleEvidence, ...]:
    """The evidence, strongest first; signs that give way to a clear one have no weight."""
    signs = list(evidence)
    counted = set(load_roles().without_yielding(RoleVote(Role(e.role), e.weight, e.token) for e in signs))
    kept = [e if (Role(e.role), e.weight, e.token) in counted else replace(e, weight=0.0) for e in signs]
    return tuple(sorted(kept, key=lambda e: -e.weight))


_PLACES = {
    NamePlace.ZONE: msg("zone"),
    NamePlace.INTERFACE: msg("interface"),
    NamePlace.DESCRIPTION: msg("description"),
    NamePlace.VLAN: msg("VLAN"),
    NamePlace.OBJECT: msg("address object"),
    NamePlace.COMMENT: msg("comment"),
}


def interface_evidence(device: Device, interface: Interface) -> Iterator[RoleEvidence]:
    """What an interface itself says of the segment behind it: its names, the maker's words, its kind."""
    zone = zones_of(device).get(interface.name, "")
    names = [
        (interface.name, NamePlace.INTERFACE),
        (zone, NamePlace.ZONE),
        (interface.alias, NamePlace.DESCRIPTION),
        (interface.description, NamePlace.DESCRIPTION),
    ]
    for text, place in names:
        for vote in role_votes_for_name(text, place) if text else ():
            sign = msg("{place} is named {name}", place=_PLACES[place], name=text)
            yield RoleEvidence(role=vote.role, weight=vote.weight, token=vote.token, sign=sign, span=interface.span)
    vocabulary = load_roles()
    for text in (interface.role_hint, interface.name, interface.hardware):
        for vote in vocabulary.native_votes(device.format, text) if text else ():
            sign = msg("the maker's word for it is {word}", word=text)
            yield RoleEvidence(role=vote.role, weight=vote.weight, token=vote.token, sign=sign, span=interface.span)
    if interface.kind == InterfaceKind.MANAGEMENT:
        yield _of("management-only", interface.span)


def uplink_evidence(device: Device, interface: Interface, known: frozenset[tuple[int, int]]) -> Iterator[RoleEvidence]:
    """Signs that the internet is behind an interface. ``known``: the own addresses of all devices of the input."""
    default = _default_route(device, interface)
    if default is not None:
        hop = default.next_hop
        if hop is None or (default.prefix.version, hop) not in known:
            yield _of("default-route", default.span)
    fetched = interface.method in (AddressMethod.PPPOE, AddressMethod.DHCP)
    hiding = (fetched or not interface.addresses) and _hides_sources(device, interface.name)
    if hiding and _is_lowest(device, interface):
        yield _of("masquerading-uplink" if fetched else "source-nat-uplink", interface.span)
    if any(is_internet_address(a.prefix.version, a.address) for a in interface.addresses if a.prefix.version == 4):
        yield _of("public-address", interface.span)


def private_hop(device: Device, interface: Interface) -> tuple[int, int] | None:
    """The next hop of the default route by ``interface``, where it seems to be a router of our own.

    That is: both ends of the link have private addresses, and the device hides no sources towards it, so that whoever
    is there must have a way back to ours. ``None``: there is no such route.
    """
    default = _default_route(device, interface)
    if default is None or default.next_hop is None or not interface.addresses:
        return None
    hop = (default.prefix.version, default.next_hop)
    public = [is_internet_address(a.prefix.version, a.address) for a in interface.addresses]
    if any(public) or is_internet_address(*hop) or _hides_sources(device, interface.name):
        return None
    return hop


def _default_route(device: Device, interface: Interface) -> Route | None:
    for route in device.routes:
        if route.prefix.length or route.vrf != interface.vrf:
            continue
        if route.interface == interface.name:
            return route
        if not route.interface and route.next_hop is not None:
            hop = route.next_hop
            if any(a.prefix.contains(route.prefix.version, hop) for a in interface.addresses):
                return route
    return None


def _is_lowest(device: Device, interface: Interface) -> bool:
    """Whether no other interface has a lower security level: what is hidden from higher ones is the outside."""
    level = interface.security_level
    others = [i.security_level for i in device.interfaces if i.enabled and i.security_level is not None]
    return level is None or all(level <= other for other in others)


def _hides_sources(device: Device, egress: str) -> bool:
    """Whether some rule gives packets that leave by ``egress`` another source address."""
    zone = zones_of(device).get(egress, "")
    for rule_set in device.rule_sets:
        for rule in rule_set.rules:
            translation: Translation | None = rule.source_translation
            if rule_set.kind == RuleSetKind.NAT and rule.action == Action.TRANSLATE:
                translation = rule.translation
            if (
                rule.enabled
                and translation is not None
                and translation.source is not None
                and not rule.egress.is_any
                and rule.egress.matches(egress, zone)
            ):
                return True
    return False


def segment_evidence(segment: Segment, devices: Mapping[str, Device]) -> Iterator[RoleEvidence]:
    """What all configs say of one segment."""
    if segment.kind == SegmentKind.VPN_POOL:
        yield _of("remote-access-pool", segment.span)
        return
    if segment.kind == SegmentKind.TUNNEL:
        yield from _tunnel_evidence(segment)
        return
    if segment.kind in {SegmentKind.SUBNET, SegmentKind.UNKNOWN}:
        for port in segment.ports:
            interface = devices[port.device].interface(port.interface)
            if interface is not None:
                yield from interface_evidence(devices[port.device], interface)
    leases = 0
    for port in segment.ports:
        for scope in devices[port.device].dhcp_scopes:
            if scope.interface != port.interface or segment.kind != SegmentKind.SUBNET:
                continue
            leases += scope.lease_count
            if scope.lease_count >= MANY_LEASES:
                phones = not PHONE_OPTIONS.isdisjoint(scope.options)
                yield _of("dhcp-phones" if phones else "dhcp-scope", scope.span)
    yield from _hosts_evidence(segment, leased=leases > 0)
    yield from _link_evidence(segment, devices)


def _hosts_evidence(segment: Segment, *, leased: bool) -> Iterator[RoleEvidence]:
    """One vote a sign, whatever the number of hosts that give it."""
    vocabulary = load_roles()
    seen: set[str] = set()
    for host in segment.hosts:
        evidence = vocabulary.host_evidence(host.sign)
        if evidence is None or evidence.id in seen:
            continue
        seen.add(evidence.id)
        if evidence.id == "nat-target" and leased:
            evidence = vocabulary.evidence("nat-target-with-dhcp")
        found = _of(evidence.id, host.span)
        # A server among leased addresses is the fault that `shared-terminal-server-segment` names, no sign that the
        # segment is one of servers.
        yield replace(found, weight=0.0) if leased and found.role != Role.TERMINAL else found


def _tunnel_evidence(segment: Segment) -> Iterator[RoleEvidence]:
    names = [v for v in role_votes_for_name(segment.name, NamePlace.DESCRIPTION) if v.role in _TUNNEL_ROLES]
    for vote in names:
        sign = msg("tunnel is named {name}", name=segment.name)
        yield RoleEvidence(role=vote.role, weight=vote.weight, token=vote.token, sign=sign, span=segment.span)
    private = [p for v in (4, 6) for p in private_prefixes(v)]
    if not names and segment.prefixes and all(any(q.covers(p) for q in private) for p in segment.prefixes):
        yield _of("own-site-tunnel", segment.span)


#: What the far end of a site-to-site tunnel can be.
_TUNNEL_ROLES = frozenset({Role.PARTNER, Role.BRANCH, Role.CLOUD, Role.OT, Role.DEV, Role.SERVER})


def _link_evidence(segment: Segment, devices: Mapping[str, Device]) -> Iterator[RoleEvidence]:
    """A small subnet over which larger networks are routed is a link between routers."""
    if segment.kind != SegmentKind.SUBNET or not segment.prefixes:
        return
    if any(p.length < (LINK_LENGTH if p.version == 4 else 124) for p in segment.prefixes):
        return
    for port in segment.ports:
        for route in devices[port.device].routes:
            hop = route.next_hop
            if hop is not None and any(p.contains(route.prefix.version, hop) for p in segment.prefixes):
                yield _of("transit-link", route.span)
                return


def _of(evidence_id: str, span: Span | None) -> RoleEvidence:
    found = load_roles().evidence(evidence_id)
    sign = msg("{sign}", sign=Words(found.title, found.title_ja))
    return RoleEvidence(role=found.role, weight=found.weight, token=found.id, sign=sign, span=span)


def named_hosts(devices: Sequence[Device]) -> list[tuple[Device, HostSpec, AddressRange]]:
    """Every host that a config names as one address, with that address."""
    found: list[tuple[Device, HostSpec, AddressRange]] = []
    for device in devices:
        for host in device.hosts:
            ranges = address_ranges(host.address, device) or ()
            found += [(device, host, r) for r in ranges if r.size == 1]
    return found


def holds(prefixes: Iterable[Prefix], address: AddressRange) -> bool:
    """Whether ``address`` lies inside one of ``prefixes``."""
    return any(p.contains(address.version, address.first) for p in prefixes)
