"""What the internet reaches of the administration of the devices themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from segaudit.findings.evidence import Proof, pick, prove_exposure, service_packets
from segaudit.findings.inbound import Origin, origin_of, to_public_addresses
from segaudit.knowledge.protocols import is_internet_address, not_internet
from segaudit.knowledge.services import ServiceEntry
from segaudit.model import Administrator, Certainty, Interface, InterfaceKind, Message, format_address, msg
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSet, PacketSpace
from segaudit.semantics.device import DeviceSemantics, Exposure
from segaudit.zones.graph import INTERNET, Zone, ZoneGraph

_ONLY_PRIVATE = msg(
    "only packets sent to a private address of the device get through, which the internet does not route: their sender"
    " is at the provider's end of the line"
)


#: 203.0.113.1 (RFC 5737).
_STAND_IN = 0xCB007101
#: 2001:db8:ffff::1 (RFC 3849).
_STAND_IN_6 = 0x20010DB8_FFFF_0000_0000_0000_0000_0001


@dataclass(frozen=True, slots=True, kw_only=True)
class Managed:
    """What of the administration of ``device`` the internet reaches.

    ``kinds`` are the words of its local services, or the names of services where the config shows none.
    ``unrestricted`` are administrators' accounts that may be used from anywhere, ``restricted`` the others; ``notes``
    say what stands for what is not known.
    """

    device: str
    kinds: tuple[str, ...]
    proof: Proof
    origin: Origin
    unrestricted: tuple[Administrator, ...]
    restricted: tuple[Administrator, ...]
    notes: tuple[Message, ...] = ()


def managed_from_internet(graph: ZoneGraph, services: tuple[ServiceEntry, ...]) -> Iterator[Managed]:
    """For every device, what of its administration the internet reaches.

    ``services`` are those that administer a device, for devices whose configs do not show what they listen for.
    """
    public = to_public_addresses(graph.space)
    internet = graph.zones.get(INTERNET)
    for name, semantics in sorted(graph.devices.items()):
        reaching = [
            e
            for e in (_administering(semantics, e, services) for e in graph.exposures.get(INTERNET, ()))
            if e is not None and e.device == name
        ]
        doubts: tuple[Message, ...] = ()
        routed = [e for e in (_narrowed(e, public) for e in reaching) if e is not None]
        if reaching and not routed:
            routed, doubts = reaching, (_ONLY_PRIVATE,)
        if not routed:
            routed, doubts = _beside(semantics, services)
        if not any(e.piece.current.must for e in routed):
            routed = [*_whatever_the_address(graph, semantics, routed, services), *routed]
        found = _managed(graph, semantics, routed, internet, doubts, services)
        if found is not None:
            yield found


def _managed(
    graph: ZoneGraph,
    semantics: DeviceSemantics,
    exposures: list[Exposure],
    internet: Zone | None,
    doubts: tuple[Message, ...],
    services: tuple[ServiceEntry, ...],
) -> Managed | None:
    proof = prove_exposure(graph, exposures, () if internet is None else (internet,))
    if proof is None:
        return None
    if not semantics.device.shows_services:
        port = proof.witness.received.dst_port
        doubts = (*doubts, msg("whether anything listens on port {port} the config does not show", port=port))
        proof = replace(proof, reasons=())
    ingress = semantics.device.interface(proof.witness.in_interface)
    fetched = ingress is not None and (
        ingress.fetches_ipv6 if proof.witness.sent.version == 6 else ingress.address_unknown
    )
    if ingress is not None and fetched and not proof.packets.must:
        # Nothing else undecided: then the only reason given is that the way there does not show, and this is why.
        told = proof.reasons if any(d.reasons for d in proof.deciders) else proof.reasons[1:]
        assigned = (
            msg("the IPv6 address of {interface} is given by the network and not known", interface=ingress.name)
            if proof.witness.sent.version == 6
            else msg("the address of {interface} is assigned by DHCP or PPPoE and not known", interface=ingress.name)
        )
        proof = _at_a_stand_in(graph.space, replace(proof, reasons=told))
        doubts = (*doubts, assigned)
    notes: list[Message] = []
    if ingress is not None and ingress.address_unknown and proof.packets.must and proof.witness.sent.dst == _STAND_IN:
        notes.append(
            msg(
                "{address} stands for the address of {interface}, which DHCP or PPPoE assigns.",
                address=format_address(4, _STAND_IN),
                interface=ingress.name,
            )
        )
    if doubts:
        proof = replace(proof, certainty=Certainty.POSSIBLE, reasons=(*proof.reasons, *doubts))
    kinds = dict.fromkeys(e.service.kind for e in exposures if e.service is not None)
    if not kinds:
        received = proof.received.may
        kinds = dict.fromkeys(s.name for s in services if received & service_packets(graph.space, [s]))
    usable: list[Administrator] = []
    other: list[Administrator] = []
    for administrator in semantics.device.administrators:
        (other if _limited(semantics, administrator, proof.packets.may) else usable).append(administrator)
    return Managed(
        device=semantics.device.name,
        kinds=tuple(kinds),
        proof=proof,
        origin=origin_of(graph, proof.packets.may),
        unrestricted=tuple(usable),
        restricted=tuple(other),
        notes=tuple(notes),
    )


def _whatever_the_address(
    graph: ZoneGraph, semantics: DeviceSemantics, exposures: Sequence[Exposure], services: tuple[ServiceEntry, ...]
) -> list[Exposure]:
    """What surely reaches the device at an address that DHCP or PPPoE assigns, whichever that is: sent to a stand-in.

    Nothing where a list or a translation treats some of the possible addresses in another way.
    """
    space = graph.space
    found: list[Exposure] = []
    for ingress in dict.fromkeys(e.ingress for e in exposures):
        elsewhere = semantics.device.elsewhere(ingress)
        if elsewhere is None:
            continue
        other = space.union(space.addresses("dst", 4, p.first, p.last) for p in elsewhere)
        possible = (to_public_addresses(space) & space.version(4)) - other
        sent = graph.sources[INTERNET] & space.opening & possible
        reached = semantics.expose(ingress, semantics.checked(ingress, PacketBounds.exactly(sent)), meant=possible)
        for one in (_administering(semantics, e, services) for e in reached):
            if one is None or one.piece.rewrites:
                continue
            surely = one.piece.current.must
            at = (surely - (sent - surely).forget("dst")) & _to_stand_in(space)
            if at:
                found.append(replace(one, piece=one.piece.narrowed(PacketBounds.exactly(at))))
    return found


def _at_a_stand_in(space: PacketSpace, proof: Proof) -> Proof:
    """``proof`` with a witness that is sent to an address which stands for the unknown one, not to any at all."""
    there = proof.packets.may & _to_stand_in(space)
    if not there:
        return proof
    packet = pick(space, there, ())
    return replace(proof, witness=replace(proof.witness, sent=packet, received=packet))


def _to_stand_in(space: PacketSpace) -> PacketSet:
    ipv6 = space.addresses("dst", 6, _STAND_IN_6, _STAND_IN_6)
    return space.addresses("dst", 4, _STAND_IN, _STAND_IN) | ipv6


def _administering(
    semantics: DeviceSemantics, exposure: Exposure, services: tuple[ServiceEntry, ...]
) -> Exposure | None:
    """What of ``exposure`` administers the device."""
    if exposure.service is not None:
        return exposure if exposure.service.management else None
    if exposure.device != semantics.device.name or semantics.device.shows_services:
        return None
    return _narrowed(exposure, service_packets(semantics.space, services))


def _narrowed(exposure: Exposure, packets: PacketSet) -> Exposure | None:
    current = exposure.piece.current.within(packets)
    return replace(exposure, piece=exposure.piece.narrowed(current)) if current.may else None


def _limited(semantics: DeviceSemantics, administrator: Administrator, packets: PacketSet) -> bool:
    """Whether not everybody may use the account, of a family that ``packets`` are of."""
    sources = semantics.resolver.addresses(administrator.sources, "src").may
    families = [f for f in map(semantics.space.version, (4, 6)) if packets & f]
    return any(family.where(sources) != family for family in families)


# -- beside the way of packets ----------------------------------------------------------------------------------------


def _beside(
    semantics: DeviceSemantics, services: tuple[ServiceEntry, ...]
) -> tuple[list[Exposure], tuple[Message, ...]]:
    """What a public address at an interface for management opens, although the internet's way in is another one."""
    space = semantics.space
    for interface in semantics.device.interfaces:
        if interface.kind != InterfaceKind.MANAGEMENT or not interface.enabled:
            continue
        sent = _from_anywhere(space) & _to_public_own(space, interface)
        if not sent:
            continue
        arriving = semantics.checked(interface.name, PacketBounds.exactly(sent))
        exposures = semantics.expose(interface.name, arriving)
        found = [e for e in (_administering(semantics, e, services) for e in exposures) if e is not None]
        if found:
            doubt = msg(
                "{interface} has a public address; that the internet has a way to it the inputs do not show",
                interface=interface.name,
            )
            return found, (doubt,)
    return [], ()


def _from_anywhere(space: PacketSpace) -> PacketSet:
    special = [p for version in (4, 6) for p in not_internet(version)]
    return space.opening - space.union(space.addresses("src", p.version, p.first, p.last) for p in special)


def _to_public_own(space: PacketSpace, interface: Interface) -> PacketSet:
    own = [
        (a.prefix.version, a.address) for a in interface.addresses if is_internet_address(a.prefix.version, a.address)
    ]
    return space.union(space.addresses("dst", version, address, address) for version, address in own)
