"""Routes, and lists that choose the way: gateways with filters, and filters of what comes in at an interface.

Command Reference for Rev.23.02.02, 8.1.7 ``ip route``: of the gateways of a network those with filters are asked first,
in the order of the line, and the first one with a filter that matches is taken; what none takes goes to those without
filters (several share it), and without one of those the route is as though it were not there. 8.7.1 ``ip forward
filter``: its orders are asked from the lowest up, before the routes, of what came in at the interfaces that it is bound
to (8.7.2); there a filter that rejects drops the packet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    Action,
    AddressExpr,
    AddressIntersection,
    AddressUnion,
    Condition,
    ConditionKind,
    Hook,
    Prefix,
    Route,
    RouteKind,
    RuleSetKind,
    interfaces,
)
from segaudit.parsers.yamaha_rtx.config import FAMILIES, Gateway, RouteLine, RunningConfig
from segaudit.parsers.yamaha_rtx.lists import Draft, Lists, Meaning
from segaudit.parsers.yamaha_rtx.syntax import ANONYMOUS

#: A default route that a lease brings, where no line gives one: behind all that lines say.
_LEASED: Final = 254
#: The filters of an interface are asked before those of the routes.
_OF_INTERFACE, _OF_ROUTES = 0, 10
_BY_TABLE: Final = "networks with a route of their own"


def table(config: RunningConfig) -> Iterator[Route]:
    """The routes of the routing table; of gateways with filters only that there are such."""
    for line in config.routes.values():
        for gateway in line.gateways:
            yield _route(config, line.prefix, line.line, gateway)
    if not any(line.prefix == Prefix(4, 0, 0) for line in config.routes.values()):
        # The gateway of a lease becomes the default route (8.1.8: on from the factory).
        for interface in config.interfaces.values():
            if interface.fetches and interface.auto_default:
                span = config.span(interface.line)
                yield Route(prefix=Prefix(4, 0, 0), span=span, interface=interface.name, distance=_LEASED)
    for interface in config.interfaces.values():
        if interface.remote_address is not None and interface.name != ANONYMOUS and not interface.binds:
            # The far end of a numbered line.
            prefix = Prefix(4, interface.remote_address, 32)
            yield Route(prefix=prefix, span=config.span(interface.line), interface=interface.name)


def _route(config: RunningConfig, prefix: Prefix, line: int, gateway: Gateway) -> Route:
    """One gateway. Weight 0 waits until the others are down (8.1.7)."""
    kind = RouteKind.DISCARD if gateway.discard else RouteKind.STATIC
    return Route(
        prefix=prefix,
        span=config.span(line),
        next_hop=gateway.address,
        interface="" if gateway.discard else gateway.interface,
        distance=2 if gateway.backup else 1,
        kind=RouteKind.POLICY if gateway.filters or gateway.dpi else kind,
        tracked=gateway.tracked,
    )


class Routing:
    """The lists that choose the way. ``routes`` are those of the table."""

    def __init__(self, config: RunningConfig, lists: Lists, routes: tuple[Route, ...]) -> None:
        self._config = config
        self._lists = lists
        self._routes = routes

    def attach_all(self) -> None:
        """The lists of interfaces, and those of routes."""
        bound: dict[int, list[str]] = {}
        for interface in self._config.interfaces.values():
            if interface.forward is not None:
                bound.setdefault(interface.forward[0], []).append(interface.name)
        for number, names in bound.items():
            self._of_interfaces(number, names)
        for version in FAMILIES:
            self._of_routes(version)

    def _of_interfaces(self, number: int, names: list[str]) -> None:
        lines = sorted(self._config.forward_filters.get(number, {}).items())
        if not lines:
            return
        drafts: list[Draft] = []
        for order, (line, gateway) in lines:
            way = self._way(4, line, gateway)
            for asked in gateway.filters:
                meaning = self._lists.filter(asked, 4)
                if meaning is None:
                    continue
                if meaning.action is Action.PERMIT:
                    drafts.append(self._sent(f"{order} {asked}", meaning, (way,)))
                else:
                    drafts.append(self._lists.draft(f"{order} {asked}", meaning))
        span = self._config.span(lines[0][1][0])
        name = self._lists.make(
            f"ip forward filter {number}",
            drafts,
            kind=RuleSetKind.ROUTING,
            default=Action.PERMIT,
            version=4,
            span=span,
        )
        self._lists.attach((name,), Hook.ROUTING, order=_OF_INTERFACE, ingress=interfaces(*names), span=span)

    def _of_routes(self, version: int) -> None:
        chosen = [
            line
            for (of, _), line in self._config.routes.items()
            if of == version and any(gateway.filters or gateway.dpi for gateway in line.gateways)
        ]
        if not chosen:
            return
        drafts: list[Draft] = []
        for line in sorted(chosen, key=lambda line: -line.prefix.length):
            longer = self._longer(line.prefix)
            if longer:
                drafts.append(
                    Draft(
                        id=f"{line.prefix} longer",
                        action=Action.PERMIT,
                        span=self._config.span(line.line),
                        destination=AddressUnion(tuple(prefix.expr() for prefix in longer)),
                        implicit=_BY_TABLE,
                    )
                )
            drafts += self._gateways(line)
        name = self._lists.make(
            f"{'ipv6' if version == 6 else 'ip'} route filters",
            drafts,
            kind=RuleSetKind.ROUTING,
            default=Action.PERMIT,
            version=version,
            span=self._config.span(min(line.line for line in chosen)),
        )
        self._lists.attach((name,), Hook.ROUTING, order=_OF_ROUTES)

    def _longer(self, prefix: Prefix) -> list[Prefix]:
        """The networks within ``prefix`` that the table leads to by an entry of their own."""
        connected = {own.prefix for i in self._config.interfaces.values() if i.enabled for own in i.addresses}
        others = {route.prefix for route in self._routes if route.kind is not RouteKind.POLICY}
        return sorted(p for p in connected | others if p.length > prefix.length and prefix.overlaps(p))

    def _gateways(self, line: RouteLine) -> Iterator[Draft]:
        """The filters of every gateway of a network, as rules."""
        within: AddressExpr = line.prefix.expr() if line.prefix.length else ANY_ADDRESS
        name = str(line.prefix) if line.prefix.length else "default"
        for place, gateway in enumerate(line.gateways, start=1):
            way = self._way(line.prefix.version, line.line, gateway)
            doubts: tuple[Condition, ...] = ()
            for number in gateway.filters:
                meaning = self._lists.filter(number, line.prefix.version)
                if meaning is None:
                    continue
                if meaning.action is not Action.PERMIT:
                    # The reference does not say whether what is rejected goes there, or to none of the rest.
                    text = f"whether filter {number}, which rejects, sends by this gateway"
                    doubts = (Condition(kind=ConditionKind.OTHER, text=text),)
                destination = (
                    within
                    if meaning.destination == ANY_ADDRESS
                    else meaning.destination
                    if within == ANY_ADDRESS
                    else AddressIntersection((within, meaning.destination))
                )
                meaning = meaning._replace(destination=destination, conditions=(*meaning.conditions, *doubts))
                yield self._sent(f"{name} {place} {number}", meaning, (self._of_filter(way, number, line),))
            for number in gateway.dpi:
                yield Draft(
                    id=f"{name} {place} dpi {number}",
                    action=Action.ROUTE,
                    span=self._config.span(line.line),
                    destination=within,
                    conditions=(Condition(kind=ConditionKind.APPLICATION, text=f"dpi filter {number}"),),
                    routes=(way,),
                )

    def _of_filter(self, way: Route, number: int, line: RouteLine) -> Route:
        """``way`` as a filter takes it: one that restricts takes it while it is up."""
        written = self._config.filters[line.prefix.version].get(number)
        restricts = written is not None and written.words[0].startswith("restrict")
        return replace(way, tracked=True) if restricts else way

    def _way(self, version: int, line: int, gateway: Gateway) -> Route:
        found = _route(self._config, Prefix(version, 0, 0), line, gateway)
        return replace(found, kind=RouteKind.DISCARD if gateway.discard else RouteKind.STATIC, distance=1)

    def _sent(self, name: str, meaning: Meaning, routes: Iterable[Route]) -> Draft:
        return replace(self._lists.draft(name, meaning), action=Action.ROUTE, routes=tuple(routes))
