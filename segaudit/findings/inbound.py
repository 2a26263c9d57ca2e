"""What the internet reaches: the question that most checks of the first group ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from segaudit.findings.evidence import Proof, prove
from segaudit.knowledge.roles import Role
from segaudit.packetspace.boxes import boxes
from segaudit.packetspace.space import PacketSet
from segaudit.zones.graph import INTERNET, Zone, ZoneGraph

#: Zones that are the outside themselves; what reaches them from the internet is no exposure of ours.
OUTSIDE_ROLES = frozenset({Role.INTERNET})
#: A source list of at most so many public addresses is a restriction worth one step.
FEW_SOURCES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What the internet reaches in one zone of what was asked."""

    source: Zone
    target: Zone
    proof: Proof


def reached_from_internet(graph: ZoneGraph, wanted: PacketSet) -> Iterator[Reached]:
    """For every zone inside, the proof that packets of ``wanted`` (as they arrive) get there from the internet."""
    source = graph.zones.get(INTERNET)
    if source is None:
        return
    yield from reached(graph, [source], wanted)


def reached(graph: ZoneGraph, sources: Iterable[Zone], wanted: PacketSet) -> Iterator[Reached]:
    """For every pair from ``sources`` to another zone that is not the internet, the proof for ``wanted``."""
    for source in sources:
        for name, target in sorted(graph.zones.items()):
            if name == source.name or target.role in OUTSIDE_ROLES:
                continue
            conduit = graph.conduit(source.name, name)
            if conduit is None:
                continue
            needed = (source,) if source.name == INTERNET else (source, target)
            proof = prove(graph, conduit.flows, wanted, needed)
            if proof is not None:
                yield Reached(source=source, target=target, proof=proof)


def source_count(packets: PacketSet) -> int:
    """How many source addresses ``packets`` carry, at most a great many."""
    bare = packets.forget("dst", "dst_port", "src_port", "icmp_type", "icmp_code", "tcp_flags", "state", "protocol")
    total = 0
    for box in boxes(bare, limit=256).boxes:
        if box.src is None:
            return 1 << 32
        total += sum(last - first + 1 for first, last in box.src)
    return total


def few_sources(proofs: Sequence[Proof]) -> bool:
    """Whether only a handful of source addresses get through at all."""
    return all(source_count(p.packets.may) <= FEW_SOURCES for p in proofs)
