"""What a site file declares and the inputs do not show: a name that is spelled wrong would otherwise do nothing in silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segaudit.knowledge.protocols import is_link_local
from segaudit.model import Device
from segaudit.model.selector import Selector, SelectorKind
from segaudit.zones.graph import ZoneGraph
from segaudit.zones.segments import Declared, selected


def pointing_nowhere(graph: ZoneGraph, declared: Declared, devices: Sequence[Device]) -> Iterator[str]:
    """The selectors of edges and of members of zones, and the globs of sites, that nothing in the inputs answers to.

    ``devices`` are those of the graph as they were read: an interface that only the site file names is in no input.
    """
    yield from lost_edges(declared, devices)
    for zone in declared.zones:
        for member in zone.members:
            if not (_at_an_interface(devices, member) or _at_a_segment(graph, member) or _says_no_more(member)):
                yield str(member)
    paths = [device.span.path for device in devices]
    for site in declared.sites:
        for glob in site.globs:
            if not any(site.takes(glob, path) for path in paths):
                yield glob


def lost_edges(declared: Declared, devices: Sequence[Device]) -> Iterator[str]:
    """The edges to the internet that are at no interface of ``devices``."""
    yield from (str(edge) for edge in declared.internet if not _at_an_interface(devices, edge))


def _says_no_more(member: Selector) -> bool:
    """Whether it says that a zone has no addresses of a family but link-local ones."""
    return member.prefix is not None and is_link_local(member.prefix)


def _at_an_interface(devices: Sequence[Device], selector: Selector) -> bool:
    return any(selected(device, interface, selector) for device in devices for interface in device.interfaces)


def _at_a_segment(graph: ZoneGraph, selector: Selector) -> bool:
    """Whether a segment holds some of the selector's addresses, or is behind the VPN that it names."""
    segments = [segment for zone in graph.zones.values() for segment in zone.segments]
    if selector.prefix is not None:
        return any(selector.prefix.overlaps(prefix) for segment in segments for prefix in segment.prefixes)
    return selector.kind == SelectorKind.INTERFACE and any(
        port.vpn and selector.names_interface(port.device, port.vpn) for segment in segments for port in segment.ports
    )
