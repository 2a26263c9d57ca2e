"""Pairs of zones by role, as the checks of segmentation see them."""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.knowledge.roles import Role
from segaudit.zones.graph import INTERNET, Conduit, Zone, ZoneGraph

#: Roles of zones that hold what an intruder is after.
SERVER_ROLES = frozenset(
    {
        Role.SERVER,
        Role.DIRECTORY,
        Role.DATABASE,
        Role.HYPERVISOR,
        Role.STORAGE,
        Role.BACKUP,
        Role.MANAGEMENT,
        Role.SECURITY,
    }
)
#: Their loss is the loss of everything.
CROWN_JEWELS = frozenset({Role.DIRECTORY, Role.DATABASE, Role.HYPERVISOR, Role.BACKUP, Role.MANAGEMENT, Role.OT})
#: Zones without hosts of their own: links between routers and cluster members.
LINK_ROLES = frozenset({Role.TRANSIT, Role.HA_SYNC})
#: Zones of others, or of nobody's assets, beside a company's own network.
GUEST_ROLES = frozenset({Role.GUEST, Role.VPN, Role.PARTNER, Role.INTERNET, Role.QUARANTINE, Role.CLOUD, Role.BRANCH})


def internal_conduits(graph: ZoneGraph) -> Iterator[tuple[Zone, Zone, Conduit]]:
    """Every conduit between two zones that are not the internet, no links and no devices, in the order of names."""
    for (src, dst), conduit in sorted(graph.conduits.items()):
        source, target = graph.zones[src], graph.zones[dst]
        if INTERNET in (src, dst) or not conduit.flows or src == dst:
            continue
        if source.role not in LINK_ROLES and target.role not in LINK_ROLES:
            yield source, target, conduit


def zone_subject(zone: Zone) -> str:
    """What a zone is for a fingerprint: its prefixes, or the internet."""
    return INTERNET if zone.name == INTERNET else ",".join(str(p) for p in zone.prefixes) or zone.role
