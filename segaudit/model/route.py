"""Routes: as a config writes them, as a capture shows them, and what one VRF takes over from another."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from segaudit.model.address import Prefix
from segaudit.model.source import Span


class RouteKind(StrEnum):
    """What a route does."""

    STATIC = "static"
    DISCARD = "discard"
    POLICY = "policy"
    """Of policy routing, and in no table: rules of routing lists say where it sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route as configured; connected routes follow from the interfaces and are not listed.

    ``next_hop`` is an address of the prefix' version or ``None`` (directly attached); ``interface`` the way out, empty
    where only the next hop tells. Lower ``distance`` wins among equal prefixes, then lower ``metric``. ``tracked``: may be withdrawn.
    ``next_hop_vrf``: the VRF that the next hop lies in, where it is not the route's own (a leak). In a routing list a
    route that discards drops the packet, and one with neither next hop nor interface but ``next_hop_vrf`` hands it to
    that VRF's routing table, for good.
    """

    prefix: Prefix
    span: Span
    next_hop: int | None = None
    interface: str = ""
    distance: int = 1
    metric: int = 0
    vrf: str = ""
    kind: RouteKind = RouteKind.STATIC
    tracked: bool = False
    next_hop_vrf: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VrfImport:
    """The VRF ``vrf`` takes over the connected and static routes of ``origin``.

    ``sure`` is False where something that the config does not show (a BGP session, a route map) may keep some back.
    """

    vrf: str
    origin: str
    span: Span
    sure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteCapture:
    """A routing table as a device printed it, or as somebody wrote it down.

    ``device`` is the name that the capture gives (a prompt, a column), empty where it gives none: then the stem of its
    path tells. ``tables`` are the VRFs and IP families that it shows whole; ``routes`` all but the connected ones.
    """

    device: str
    span: Span
    tables: frozenset[tuple[str, int]]
    routes: tuple[Route, ...]
