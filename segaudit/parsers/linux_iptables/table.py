"""What ``ip route`` prints (ip-route(8), iproute2 6.1): the kernel's routing table, one line a route, whoever put it in.

Read are ``ip route show`` and ``ip -6 route show``, also ``-o`` and ``table all``; of several next hops each is a route.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from segaudit.model import LineState, Prefix, Route, RouteKind, Span, parse_address, parse_prefix

#: ``default via 192.0.2.1 dev eth0 proto static metric 100``, ``blackhole 10.3.0.0/16``.
_LINE: Final = re.compile(
    r"^(?:(?P<kind>unicast|unreachable|blackhole|prohibit|throw|local|broadcast|anycast|multicast)\s+)?"
    r"(?P<prefix>default|[0-9a-fA-F]*[:.][0-9a-fA-F:.]*(?:/\d+)?)"
    r"(?P<rest>\s+(?:via|dev|proto|scope|nhid|metric|table|src|error|tos|dsfield)\s.*|\s*)$"
)
#: ``        nexthop via 192.0.2.1 dev eth0 weight 1``
_NEXT_HOP: Final = re.compile(r"^\s+nexthop\s+(?P<rest>\S.*)$")
_DISCARDS: Final = frozenset({"unreachable", "blackhole", "prohibit", "throw"})
_OWN: Final = frozenset({"local", "broadcast", "anycast", "multicast"})
#: Between hosts of one link only.
_OF_THE_LINK: Final = (Prefix(6, 0xFE80 << 112, 10), Prefix(6, 0xFF << 120, 8), Prefix(4, 0xE0000000, 4))

Verdict = tuple[LineState, str]


def shows_routes(line: str) -> bool:
    """Whether a line can only be one of such output."""
    found = _LINE.match(line)
    return found is not None and (found["kind"] is not None or found["rest"].strip() != "")


@dataclass(slots=True)
class TableCapture:
    """Reads the lines of one file in turn. ``connected``: routes that come with an address of their interface."""

    routes: list[Route] = field(default_factory=list)
    connected: list[Route] = field(default_factory=list)
    versions: set[int] = field(default_factory=set)
    #: The route whose next hops follow: its prefix and metric.
    _open: tuple[Prefix, int] | None = None

    def take(self, line: str, span: Span) -> Verdict | None:
        """The ledger state and reason of a line of such output; ``None``: it is something else."""
        further = _NEXT_HOP.match(line)
        if further is not None and self._open is not None:
            return self._next_hop(*self._open, further["rest"].split(), span)
        self._open = None
        if not shows_routes(line):
            return None
        found = _LINE.match(line)
        assert found is not None, "it shows a route"
        try:
            return self._route(found["kind"] or "unicast", found["prefix"], found["rest"].split(), span)
        except ValueError:
            return LineState.UNRECOGNIZED, "a route that cannot be read"

    def _route(self, kind: str, text: str, words: Sequence[str], span: Span) -> Verdict:
        table = _behind(words, "table")
        if kind in _OWN or table == "local":
            return LineState.IRRELEVANT, "an address of the host itself, or of everybody on a link"
        if table not in ("", "main", "default"):
            return LineState.UNSUPPORTED, "a routing table of its own, which only a rule (ip rule) leads to"
        if "tos" in words or "dsfield" in words:
            return LineState.UNSUPPORTED, "a route for one type of service"
        hop = _behind(words, "via")
        version = 6 if ":" in (hop if text == "default" else text) or "pref" in words else 4
        prefix = Prefix(version, 0, 0) if text == "default" else parse_prefix(text)
        self.versions.add(version)
        if any(link.version == version and link.covers(prefix) for link in _OF_THE_LINK):
            return LineState.IRRELEVANT, "link-local: no packet to it crosses a router (RFC 4291, 2.5.6)"
        if kind == "unicast" and _behind(words, "dev") == "lo":
            return LineState.IRRELEVANT, "an address of the host itself"
        metric = _behind(words, "metric")
        distance = int(metric) if metric.isdigit() else 0
        if kind in _DISCARDS:
            self.routes.append(Route(prefix=prefix, span=span, distance=distance, kind=RouteKind.DISCARD))
            return LineState.MODELLED, ""
        if not hop and not _behind(words, "dev"):
            self._open = (prefix, distance)
            return LineState.MODELLED, ""
        return self._next_hop(prefix, distance, words, span)

    def _next_hop(self, prefix: Prefix, distance: int, words: Sequence[str], span: Span) -> Verdict:
        if "dead" in words:
            return LineState.IRRELEVANT, "its interface is down: the kernel does not use it"
        hop = _behind(words, "via")
        if hop == "inet6":
            return LineState.UNSUPPORTED, "an IPv6 router on the way of IPv4 packets"
        route = Route(
            prefix=prefix,
            span=span,
            next_hop=parse_address(hop)[1] if hop else None,
            interface=_behind(words, "dev"),
            distance=distance,
        )
        of_address = not hop and _behind(words, "proto") == "kernel"
        (self.connected if of_address else self.routes).append(route)
        return LineState.MODELLED, ""


def _behind(words: Sequence[str], keyword: str) -> str:
    """The word behind ``keyword``; empty where there is none."""
    return words[words.index(keyword) + 1] if keyword in words[:-1] else ""
