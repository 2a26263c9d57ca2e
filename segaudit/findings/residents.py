"""What lives in a segment, by the signs that configs show: terminals that get leases, servers that something points at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segaudit.knowledge.roles import NamePlace, Role, load_roles, role_votes_for_name
from segaudit.model import AddressExpr, AddressRange, HostSign, Message, Span, format_address, msg
from segaudit.packetspace.boxes import boxes
from segaudit.semantics.translation import address_ranges
from segaudit.zones.graph import INTERNET, Segment, SegmentKind, Zone, ZoneGraph
from segaudit.zones.roles import holds

#: Roles of single hosts that are no terminals; the first ones are lost with everything.
_JEWELS = frozenset({Role.DIRECTORY, Role.BACKUP, Role.HYPERVISOR, Role.DATABASE})
_SERVERS = _JEWELS | {Role.SERVER, Role.STORAGE, Role.SECURITY}
#: Signs that somebody depends on the host: it answers for others.
_SERVING = frozenset(
    {
        HostSign.LDAP,
        HostSign.RADIUS,
        HostSign.TACACS,
        HostSign.SYSLOG,
        HostSign.LOG_MANAGER,
        HostSign.DNS,
        HostSign.DHCP_RELAY,
        HostSign.PROXY,
        HostSign.FILE_SERVER,
        HostSign.NAT_TARGET,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One sign that a terminal or a server is in a segment. ``structural``: more than a name; ``jewel``: value five.

    ``addresses`` are those of the host that it is about; ``published``: all that shows is a forward to it.
    """

    text: Message
    span: Span | None
    structural: bool
    jewel: bool = False
    addresses: tuple[AddressRange, ...] = ()
    published: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Residents:
    """The signs in one segment."""

    zone: Zone
    segment: Segment
    terminals: tuple[Sign, ...]
    servers: tuple[Sign, ...]

    @property
    def mixed(self) -> bool:
        """Whether both are there."""
        return bool(self.terminals and self.servers)


def residents(graph: ZoneGraph) -> Iterator[Residents]:
    """Every subnet with its signs, in the order of zones."""
    for name, zone in sorted(graph.zones.items()):
        for segment in zone.segments:
            if segment.kind == SegmentKind.SUBNET:
                yield Residents(
                    zone=zone,
                    segment=segment,
                    terminals=tuple(_terminals(graph, zone, segment)),
                    servers=_distinct(
                        [*_named(graph, segment), *_published(graph, name, segment), *_objects(graph, segment)]
                    ),
                )


def _distinct(signs: list[Sign]) -> tuple[Sign, ...]:
    """The signs, each text once; structural ones first."""
    found = {str(s.text): s for s in sorted(signs, key=lambda s: s.structural)}
    return tuple(sorted(found.values(), key=lambda s: (not s.structural, not s.jewel, str(s.text))))


def _terminals(graph: ZoneGraph, zone: Zone, segment: Segment) -> Iterator[Sign]:
    for port in segment.ports:
        for scope in graph.devices[port.device].device.dhcp_scopes:
            if scope.interface == port.interface and scope.lease_count:
                text = msg(
                    "{count} address is leased by DHCP",
                    plural="{count} addresses are leased by DHCP",
                    count=scope.lease_count,
                )
                yield Sign(text=text, span=scope.span, structural=True)
    if zone.declared and zone.role == Role.TERMINAL:
        yield Sign(text=msg("declared as a zone of terminals"), span=segment.span, structural=True)


#: What a host is by the way that a config names it.
SERVES_AS = {
    HostSign.LDAP: msg("LDAP server"),
    HostSign.RADIUS: msg("RADIUS server"),
    HostSign.TACACS: msg("TACACS+ server"),
    HostSign.SYSLOG: msg("log server"),
    HostSign.LOG_MANAGER: msg("log server"),
    HostSign.DNS: msg("DNS server"),
    HostSign.NTP: msg("time server"),
    HostSign.SNMP_MANAGER: msg("SNMP manager"),
    HostSign.DHCP_RELAY: msg("DHCP server"),
    HostSign.DHCP_RESERVATION: msg("host with a fixed lease"),
    HostSign.PROXY: msg("proxy"),
    HostSign.ADMIN_SOURCE: msg("host of an administrator"),
    HostSign.NAT_TARGET: msg("target of a forward"),
    HostSign.OBJECT: msg("address object"),
    HostSign.FILE_SERVER: msg("file server"),
}


def _named(graph: ZoneGraph, segment: Segment) -> Iterator[Sign]:
    """Hosts that a device asks, logs to, or names as servers."""
    vocabulary = load_roles()
    for host in segment.hosts:
        if host.sign not in _SERVING:
            continue
        evidence = vocabulary.host_evidence(host.sign)
        yield Sign(
            text=msg("{host} serves as {what}", host=host.name, what=SERVES_AS[host.sign]),
            span=host.span,
            structural=True,
            jewel=evidence is not None and evidence.role in _JEWELS,
            addresses=tuple(_inside(graph, segment, host.address)),
            published=host.sign == HostSign.NAT_TARGET,
        )


def _inside(graph: ZoneGraph, segment: Segment, address: AddressExpr) -> Iterator[AddressRange]:
    """The single addresses that an expression of one of the segment's devices stands for, as far as they lie in it."""
    for device in sorted({p.device for p in segment.ports}):
        for one in address_ranges(address, graph.devices[device].device) or ():
            if one.size == 1 and holds(segment.prefixes, one):
                yield one


def _published(graph: ZoneGraph, name: str, segment: Segment) -> Iterator[Sign]:
    """Hosts that a forward from the internet ends at."""
    conduit = graph.conduit(INTERNET, name)
    for flow in conduit.flows if conduit is not None else ():
        rewrites = [r for h in flow.hops for r in h.piece.rewrites if r.translation.destination is not None]
        if not rewrites:
            continue
        bare = flow.received.may.forget("src", "src_port", "dst_port", "protocol", "tcp_flags", "state")
        for box in boxes(bare, limit=16).boxes:
            for first, last in box.dst or ():
                if first == last and holds(segment.prefixes, AddressRange(box.version, first, last)):
                    text = msg("{host} is published to the internet", host=format_address(box.version, first))
                    yield Sign(
                        text=text,
                        span=rewrites[-1].rule.span,
                        structural=True,
                        addresses=(AddressRange(box.version, first, last),),
                        published=True,
                    )


def _objects(graph: ZoneGraph, segment: Segment) -> Iterator[Sign]:
    """Address objects of one host whose name says that it is a server."""
    for device in sorted({p.device for p in segment.ports}):
        model = graph.devices[device].device
        for name, named in model.addresses.items():
            ranges = address_ranges(named.value, model)
            if ranges is None or len(ranges) != 1 or ranges[0].size != 1 or not holds(segment.prefixes, ranges[0]):
                continue
            votes = [v for v in role_votes_for_name(name, NamePlace.OBJECT) if v.role in _SERVERS and not v.ambiguous]
            if votes:
                yield Sign(
                    text=msg(
                        "{host} is named {name}", host=format_address(ranges[0].version, ranges[0].first), name=name
                    ),
                    span=named.span,
                    structural=False,
                    jewel=votes[0].role in _JEWELS,
                    addresses=(ranges[0],),
                )
