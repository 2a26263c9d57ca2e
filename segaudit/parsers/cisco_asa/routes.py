"""Static routes, routes by DHCP, and which routing protocols run."""

from __future__ import annotations

from typing import Final

from segaudit.model import AddressRange, LedgerBuilder, Prefix, Route, RouteKind, parse_prefix
from segaudit.model.speaking import Speaking
from segaudit.parsers.cisco_asa.config import Config, mark_block
from segaudit.parsers.cisco_asa.interfaces import Interfaces, NamedInterface
from segaudit.parsers.cisco_asa.objects import Catalogue
from segaudit.parsers.cisco_asa.statements import CHILDREN
from segaudit.syntax.indented import Line

_DEFAULT: Final = Prefix(4, 0, 0)

#: The routing table of interfaces that are for management only, apart from that of data since 9.5 (ASA General
#: Operations CLI Configuration Guide 9.5, "Routing Table for Management Traffic").
MANAGEMENT_TABLE: Final = "management-only"


def management_table(config: Config, interface: NamedInterface) -> str:
    """The routing table of ``interface``: empty for that of data traffic."""
    apart = config.product == "ftd" or config.at_least(9, 5)
    return MANAGEMENT_TABLE if interface.management_only and apart else ""


def read_routes(
    config: Config, catalogue: Catalogue, interfaces: Interfaces, ledger: LedgerBuilder
) -> tuple[tuple[Route, ...], tuple[Route, ...]]:
    """The routes as configured, in file order, and those that are for what comes out of tunnels only (``tunneled``).

    Their lines are ledgered.
    """
    tables = {one.name: management_table(config, one) for one in interfaces.named}
    routes: list[Route] = []
    tunneled: list[Route] = []
    for line in config.of("route"):
        words = line.words
        if len(words) < 4 or (route := _route(words, line, catalogue, tables)) is None:
            ledger.unrecognized(line.number, "no interface, network, mask and gateway")
            continue
        (tunneled if "tunneled" in words else routes).append(route)
        ledger.modelled(line.number)
    for line in config.starting("ipv6", "route"):
        found = _ipv6_route(line.words, line, catalogue, tables)
        if found is None:
            ledger.unrecognized(line.number, "no interface, prefix and gateway")
            continue
        (tunneled if "tunneled" in line.words else routes).append(found)
        ledger.modelled(line.number)
    for interface in interfaces.named:
        if interface.set_route:
            span = interface.interface.span
            routes.append(Route(prefix=_DEFAULT, span=span, interface=interface.name, vrf=tables[interface.name]))
    return tuple(routes), tuple(tunneled)


def _route(words: tuple[str, ...], line: Line, catalogue: Catalogue, tables: dict[str, str]) -> Route | None:
    """``route outside 0.0.0.0 0.0.0.0 192.0.2.1 [metric] [track n] [tunneled]``."""
    target = catalogue.network(words[2], words[3])
    discard = words[1].lower() == "null0"
    gateway = catalogue.host(words[4] if len(words) > 4 else "")
    if not isinstance(target, AddressRange) or not (discard or isinstance(gateway, AddressRange)):
        return None
    rest = words[5:]
    return Route(
        prefix=Prefix(4, target.first, 32 - (target.size.bit_length() - 1)),
        span=catalogue.source.span(line.number),
        next_hop=gateway.first if isinstance(gateway, AddressRange) and not discard else None,
        interface="" if discard else words[1],
        distance=int(rest[0]) if rest and rest[0].isdigit() else 1,
        vrf=tables.get(words[1], ""),
        kind=RouteKind.DISCARD if discard else RouteKind.STATIC,
        tracked="track" in rest,
    )


def _ipv6_route(words: tuple[str, ...], line: Line, catalogue: Catalogue, tables: dict[str, str]) -> Route | None:
    """``ipv6 route outside 2001:db8::/32 2001:db8::1 [metric] [tunneled]``."""
    if len(words) < 5:
        return None
    gateway = catalogue.host(words[4])
    try:
        prefix = parse_prefix(words[3])
    except ValueError:
        return None
    if not isinstance(gateway, AddressRange):
        return None
    discard = words[2].lower() == "null0"
    rest = words[5:]
    return Route(
        prefix=prefix,
        span=catalogue.source.span(line.number),
        next_hop=None if discard else gateway.first,
        interface="" if discard else words[2],
        distance=int(rest[0]) if rest and rest[0].isdigit() else 1,
        vrf=tables.get(words[2], ""),
        kind=RouteKind.DISCARD if discard else RouteKind.STATIC,
    )


def read_routing_protocols(config: Config, interfaces: Interfaces, ledger: LedgerBuilder) -> tuple[str, ...]:
    """The routing protocols that run, by name; their lines are ledgered."""
    protocols: list[str] = []
    used = {one.policy_route.words[-1] for one in interfaces.named if one.policy_route is not None}
    for line in config.of("router"):
        if len(line.words) > 1:
            protocols.append(line.words[1])
            mark_block(line, ledger, CHILDREN["router"]["network"])
            ledger.modelled(line.number)
    for line in config.starting("ipv6", "router"):
        protocols.append(line.words[2] if len(line.words) > 2 else "ospf")
        mark_block(line, ledger, CHILDREN["router"]["network"])
        ledger.modelled(line.number)
    for line in config.of("rip"):  # PIX 6: "rip outside passive"
        protocols.append("rip")
        ledger.modelled(line.number)
    for line in config.of("route-map"):
        if len(line.words) > 1 and line.words[1] not in used:
            mark_block(line, ledger, CHILDREN["router"]["network"])
    return tuple(dict.fromkeys(protocols))


def read_neighbors(config: Config, catalogue: Catalogue, ledger: LedgerBuilder) -> tuple[tuple[int, int], ...]:
    """Version and value of the routers that routing protocols name by ``neighbor``; those lines are ledgered.

    ``router bgp`` (``neighbor A remote-as``, not after ``shutdown``), ``router eigrp`` and ``router ospf``
    (``neighbor A interface X``): General Operations CLI Configuration Guide, chapters "BGP", "EIGRP", "OSPF".
    """
    found: dict[tuple[int, int], None] = {}
    for block in (*config.of("router"), *config.starting("ipv6", "router")):
        for line in block.walk():
            words = line.words
            if words[0] != "neighbor" or len(words) < 3 or words[2] not in ("remote-as", "interface", "shutdown"):
                continue
            router = catalogue.host(words[1])
            if not isinstance(router, AddressRange):
                continue
            if words[2] == "shutdown":
                found.pop((router.version, router.first), None)
            else:
                found[router.version, router.first] = None
            ledger.modelled(line.number)
    return tuple(found)


#: Of others nothing is read of where they run.
_KNOWN_PROTOCOLS: Final = frozenset({"ospf", "eigrp", "rip", "bgp"})


def read_speaking(config: Config, catalogue: Catalogue) -> Speaking:
    """Where routing protocols run, by ``network`` (with a netmask, or by class) and ``passive-interface``.

    General Operations CLI Configuration Guide, chapters "OSPF", "EIGRP", "RIP".
    """
    found = Speaking()
    found.unclear = config.has("ipv6", "router") or config.has("rip")
    for block in config.of("router"):
        protocol = block.words[1] if len(block.words) > 1 else ""
        found.unclear |= protocol not in _KNOWN_PROTOCOLS
        for line in block.walk():
            words = line.words
            quiet = words[0] != "no"
            words = words if quiet else words[1:]
            if words[:1] == ("passive-interface",) and len(words) > 1:
                if words[1] == "default":
                    found.all_passive |= quiet
                else:
                    (found.passive if quiet else found.active).add(words[1])
            elif words[:1] == ("network",) and len(words) > 1 and quiet and protocol != "bgp":
                network = catalogue.network(words[1], words[2] if len(words) > 2 else _class_mask(words[1]))
                if isinstance(network, AddressRange):
                    found.networks.add((4, network.first, 0xFFFFFFFF ^ (network.size - 1)))
                else:
                    found.unclear = True
            elif words[:2] == ("bgp", "listen"):
                found.unclear = True
    return found


def _class_mask(text: str) -> str:
    """The mask of the class that an address is of."""
    first = text.partition(".")[0]
    number = int(first) if first.isdigit() else 0
    return "255.0.0.0" if number < 128 else "255.255.0.0" if number < 192 else "255.255.255.0"
