"""What users of remote access reach, and how they prove who they are: the way of a stolen account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from segaudit.findings.evidence import Proof, prove
from segaudit.findings.openness import Openness, address_count, openness
from segaudit.findings.pairs import CROWN_JEWELS, LINK_ROLES, SERVER_ROLES
from segaudit.findings.residents import residents
from segaudit.knowledge.roles import Role
from segaudit.model import Action, Certainty, ConditionKind, RemoteAccess, SecondFactor, VpnGroup, msg
from segaudit.model.site import SiteHost
from segaudit.packetspace.space import PacketSet, PacketSpace
from segaudit.zones.graph import INTERNET, Zone, ZoneGraph

#: The worst first.
_WORST = (SecondFactor.ABSENT, SecondFactor.NOT_VISIBLE, SecondFactor.VISIBLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One remote access with the zone that its users come from.

    ``second_factor`` is the worst of its groups (not visible where it has none), ``groups`` are those in that state.
    """

    device: str
    access: RemoteAccess
    zone: Zone
    second_factor: SecondFactor
    groups: tuple[VpnGroup, ...]


def accesses(graph: ZoneGraph) -> Iterator[Access]:
    """Every remote access of every device that has a zone."""
    for name, semantics in sorted(graph.devices.items()):
        for access in semantics.device.remote_access:
            zone = _zone_of(graph, name, access.name)
            if zone is None:
                continue
            states = {group.second_factor for group in access.groups}
            worst = next((state for state in _WORST if state in states), SecondFactor.NOT_VISIBLE)
            groups = tuple(g for g in access.groups if g.second_factor == worst)
            yield Access(device=name, access=access, zone=zone, second_factor=worst, groups=groups)


def _zone_of(graph: ZoneGraph, device: str, vpn: str) -> Zone | None:
    for _, zone in sorted(graph.zones.items()):
        if any(port.device == device and port.vpn == vpn for port in zone.ports):
            return zone
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerReach:
    """What users of ``source`` reach on servers in ``target``.

    ``groups`` are the user groups that the rules ask for; empty where some rule asks for none. ``hosts`` counts the
    addresses reached on these services in the whole of ``target``, ``jewels``: what is reached is worth most.
    """

    source: Zone
    target: Zone
    proof: Proof
    groups: tuple[str, ...]
    hosts: int
    jewels: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of servers: ``wanted`` services, but not ``of_members`` at domain controllers, whose members need
    them; ``first`` are the ones to show where they are among what is reached.
    """

    wanted: PacketSet
    of_members: PacketSet
    first: PacketSet


def servers_reached(graph: ZoneGraph, asking: Asked, hosts: tuple[SiteHost, ...]) -> Iterator[ServerReach]:
    """For every zone of remote access and every other one, the proof that what is asked gets to servers there.

    ``hosts`` are those of the site file.
    """
    servers = _Servers(graph, hosts)
    first = asking.first
    for source in graph.with_role(Role.VPN):
        for name, target in sorted(graph.zones.items()):
            conduit = graph.conduit(source.name, name)
            if conduit is None or name in (source.name, INTERNET) or target.role in LINK_ROLES:
                continue
            sure, named, jewels = servers.of(target)
            wanted = asking.wanted - (asking.of_members & servers.directories(target))
            proof = prove(graph, conduit.flows, wanted & sure, (source,))
            asked = sure
            if proof is None:
                asked = named
                proof = prove(graph, conduit.flows, wanted & named, (source,))
                if proof is not None:
                    reason = msg("that servers stand in {zone} is only told by the names of objects", zone=name)
                    proof = replace(proof, certainty=Certainty.POSSIBLE, reasons=(*proof.reasons, reason))
            if proof is None:
                continue
            if target.role in SERVER_ROLES:
                # All of it is servers only because the zone is one of them.
                proof = prove(graph, conduit.flows, wanted & asked, (source, target)) or proof
            for liked in (first & jewels, first):
                better = prove(graph, conduit.flows, wanted & asked & liked)
                if better is not None and (better.packets.must or not proof.packets.must):
                    proof = replace(proof, witness=better.witness)
                    break
            yield ServerReach(
                source=source,
                target=target,
                proof=proof,
                groups=_groups(proof),
                hosts=address_count(conduit.received.may & wanted, "dst"),
                jewels=bool(proof.received.may & jewels),
            )


def _groups(proof: Proof) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for decider in proof.deciders:
        if decider.rule is None or decider.action != Action.PERMIT:
            continue
        asked = [c for c in decider.rule.conditions if c.kind == ConditionKind.USER]
        if not asked:
            return ()
        found.update(dict.fromkeys(group for c in asked for group in c.groups))
    return tuple(found)


class _Servers:
    """Packets to servers, zone by zone: surely, by the names of objects, and to those worth most."""

    def __init__(self, graph: ZoneGraph, hosts: tuple[SiteHost, ...]) -> None:
        self._graph = graph
        self._hosts = hosts
        self._residents = list(residents(graph))

    def of(self, zone: Zone) -> tuple[PacketSet, PacketSet, PacketSet]:
        space = self._graph.space
        whole = self._graph.targets.get(zone.name, space.empty)
        if zone.role in SERVER_ROLES:
            return whole, whole, whole if zone.role in CROWN_JEWELS else self._signed(zone, jewels=True)
        declared = [h for h in self._hosts if h.role in SERVER_ROLES]
        jewels = [h for h in declared if h.role in CROWN_JEWELS]
        return (
            self._signed(zone, structural=True) | (_to(space, declared) & whole),
            self._signed(zone),
            self._signed(zone, jewels=True) | (_to(space, jewels) & whole),
        )

    def directories(self, zone: Zone) -> PacketSet:
        """Packets to hosts that terminals log in at."""
        if zone.role == Role.DIRECTORY:
            return self._graph.targets.get(zone.name, self._graph.space.empty)
        declared = [h for h in self._hosts if h.role == Role.DIRECTORY]
        return self._signed(zone, structural=True, jewels=True) | _to(self._graph.space, declared)

    def _signed(self, zone: Zone, *, structural: bool = False, jewels: bool = False) -> PacketSet:
        space = self._graph.space
        return space.union(
            space.addresses("dst", one.version, one.first, one.last)
            for found in self._residents
            if found.zone.name == zone.name
            for sign in found.servers
            if not sign.published and (sign.structural or not structural) and (sign.jewel or not jewels)
            for one in sign.addresses
        )


def _to(space: PacketSpace, hosts: list[SiteHost]) -> PacketSet:
    return space.union(space.addresses("dst", h.address.version, h.address.first, h.address.last) for h in hosts)


def reaches_everything(graph: ZoneGraph, zone: Zone) -> bool:
    """Whether ``zone`` may do anything in some other zone but the internet."""
    return any(
        openness(graph, conduit) == Openness.ALL
        for (src, dst), conduit in graph.conduits.items()
        if src == zone.name and dst != INTERNET and graph.zones[dst].role not in LINK_ROLES
    )
