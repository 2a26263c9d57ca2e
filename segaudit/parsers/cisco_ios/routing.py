"""Reading routes, routing processes, VRFs, DHCP pools and address pools.

Cisco IOS IP Routing: Protocol-Independent Command Reference, ``ip route``; IPv6 Command Reference, ``ipv6 route``; IP
Addressing Services Command Reference, ``ip dhcp pool`` and its mode.
"""

from __future__ import annotations

from typing import Final

from segaudit.model import HostSign, Prefix, parse_address
from segaudit.parsers.cisco_ios.acl import quad
from segaudit.parsers.cisco_ios.config import DhcpPool, RouteLine, VrfCopy, interface_name
from segaudit.parsers.cisco_ios.reader import NotUnderstood, Reader, address, any_prefix, ipv4_prefix, number
from segaudit.syntax.indented import Line

_DYNAMIC: Final = "a routing protocol's own business: dynamic routes are taken as possible whatever it says"


#: Second words of BGP's ``neighbor`` that refine an exchange which another line sets up.
_NO_EXCHANGE: Final = frozenset({
    "activate", "additional-paths", "advertise", "advertise-map", "advertisement-interval", "aigp", "allowas-in",
    "allow-policy", "as-override", "bmp-activate", "capability", "cluster-id", "default-originate", "description",
    "disable-connected-check", "distribute-list", "dmzlink-bw", "dont-capability-negotiate", "ebgp-multihop",
    "encap-mpls", "fall-over", "filter-list", "graceful-restart", "ha-mode", "inherit", "internal-vpn-client", "log-neighbor-changes",
    "local-as", "maximum-prefix", "next-hop-self", "next-hop-unchanged", "password", "path-attribute", "prefix-length-size",
    "prefix-list", "remove-private-as", "route-map", "route-reflector-client", "route-server-client", "send-community",
    "send-label", "slow-peer", "soft-reconfiguration", "soo", "suppress-signaling-protocol", "timers", "translate-update",
    "transport", "ttl-security", "unsuppress-map", "update-source", "validation", "version", "weight",
})  # fmt: skip


def read_route(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``ip route`` and ``ipv6 route``."""
    if words[1:2] != ("route",):
        return False
    rest = words[2:]
    if rest[:1] in (("profile",), ("priority",), ("static",)):
        return reader.irrelevant(line, _DYNAMIC)
    key = " ".join(words)
    if negated:
        gone = [name for name in reader.config.routes if name == key or name.startswith(key + " ")]
        for name in gone:
            del reader.config.routes[name]
        return reader.modelled(line)
    vrf = ""
    if rest[:1] == ("vrf",) and len(rest) > 2:
        vrf, rest = rest[1], rest[2:]
    if rest[:1] == ("topology",):
        rest = rest[2:]
    if not rest:
        raise NotUnderstood("a route without a destination")
    if words[0] == "ipv6" or "/" in rest[0]:
        prefix, rest = any_prefix(rest[0]), rest[1:]
    elif len(rest) > 1:
        prefix, rest = ipv4_prefix(rest[0], rest[1]), rest[2:]
    else:
        raise NotUnderstood("a route without a mask")
    next_hop: int | None = None
    interface = ""
    distance = 1
    tracked = discard = False
    next_hop_vrf: str | None = None
    at = 0
    while at < len(rest):
        word = rest[at]
        value = quad(word) if prefix.version == 4 else _ipv6(word)
        if value is not None:
            next_hop = value
        elif word.isdigit():
            distance = int(word)
        elif word in ("track", "tag", "name", "multicast"):
            tracked = tracked or word == "track"
            at += 0 if word == "multicast" else 1
        elif word == "dhcp":
            tracked = True
        elif word == "global":
            next_hop_vrf = ""
        elif word == "nexthop-vrf" and at + 1 < len(rest):
            at += 1
            next_hop_vrf = "" if rest[at] == "default" else rest[at]
        elif word in ("permanent", "unicast", "segment-routing"):
            pass
        elif word.lower().startswith("null"):
            discard = True
        elif word[0].isalpha():
            if not word[-1].isdigit() and at + 1 < len(rest) and rest[at + 1][0].isdigit():
                at += 1
                word += rest[at]
            interface = interface_name(word)
        else:
            raise NotUnderstood(f"{word} is not understood in a route")
        at += 1
    if next_hop is None and not interface and not discard and not tracked:
        raise NotUnderstood("a route without a next hop")
    reader.config.routes[key] = RouteLine(
        prefix, line.number, next_hop, interface, distance, vrf, tracked, discard, next_hop_vrf
    )
    return reader.modelled(line)


def _ipv6(word: str) -> int | None:
    if ":" not in word:
        return None
    try:
        return parse_address(word)[1]
    except ValueError:
        raise NotUnderstood(f"{word} is no address") from None


def read_default_gateway(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``ip default-gateway A``: used only while IP routing is off."""
    if words[1:2] != ("default-gateway",):
        return False
    if negated or len(words) < 3:
        reader.config.default_gateway = None
        return reader.modelled(line)
    reader.config.default_gateway = RouteLine(Prefix(4, 0, 0), line.number, address(words[2]))
    return reader.modelled(line)


def read_ip_routing(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``ip routing`` and ``ipv6 unicast-routing``, switched on or off."""
    if words == ("ip", "routing"):
        reader.config.ipv4_routing = not negated
        return reader.modelled(line)
    if words == ("ipv6", "unicast-routing"):
        reader.config.ipv6_routing = not negated
        return reader.modelled(line)
    return False


def read_router(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``router ospf 1`` and the like, ``ipv6 router ospf 1``: routes that the config does not show."""
    rest = words[1:] if words[0] == "router" else words[2:] if words[:2] == ("ipv6", "router") else ()
    if not rest:
        return False
    protocol = {"ospfv3": "ospf", "iso-igrp": "isis"}.get(rest[0], rest[0])
    if negated:
        reader.config.routing_protocols.pop(protocol, None)
        return reader.modelled(line)
    reader.config.routing_protocols.setdefault(protocol, line.number)
    reader.config.speaking.unclear |= protocol not in _KNOWN_PROTOCOLS
    for child in line.walk():
        if child is not line and not _neighbor(reader, child) and not _runs_on(reader, child, protocol):
            reader.ledger.irrelevant(child.number, _DYNAMIC)
    return reader.modelled(line)


#: Of others nothing is read of where they run.
_KNOWN_PROTOCOLS: Final = frozenset({"ospf", "eigrp", "rip", "bgp"})


def _runs_on(reader: Reader, line: Line, protocol: str) -> bool:
    """``network A [W]`` of an interior protocol, ``passive-interface``: where it runs (OSPF, EIGRP, RIP Command References)."""
    speaking = reader.config.speaking
    words = line.words
    quiet = words[0] != "no"
    words = words if quiet else words[1:]
    if words[:1] == ("passive-interface",) and len(words) > 1:
        if words[1] == "default":
            speaking.all_passive |= quiet
        else:
            name = interface_name("".join(words[1:]))
            (speaking.passive if quiet else speaking.active).add(name)
        reader.ledger.modelled(line.number)
        return True
    if protocol == "bgp":
        # Whoever is in a range may call.
        speaking.unclear |= words[:2] == ("bgp", "listen") or (
            words[:1] == ("neighbor",) and "peer-group" in words[2:3]
        )
        return False
    if words[:1] in (("af-interface",), ("neighbor",), ("area",)) and "virtual-link" not in words:
        # Named EIGRP says it by interface, in a block of its own.
        speaking.unclear |= words[0] == "af-interface"
        return False
    if words[:1] != ("network",) or len(words) < 2 or not quiet:
        return False
    value = quad(words[1])
    if value is None:
        speaking.unclear = True
        return False
    wildcard = quad(words[2]) if len(words) > 2 else None
    if wildcard is None:
        # RIP and EIGRP without a wildcard: the network of the class that the address is of.
        wildcard = 0x00FFFFFF if value < 0x80000000 else 0x0000FFFF if value < 0xC0000000 else 0x000000FF
    speaking.networks.add((4, value, 0xFFFFFFFF ^ wildcard))
    reader.ledger.modelled(line.number)
    return True


def _neighbor(reader: Reader, line: Line) -> bool:
    """``neighbor A …`` with a router's address, where it sets up the exchange or shuts it down.

    BGP Command Reference, ``neighbor remote-as``, ``neighbor peer-group (assigning members)``, ``neighbor shutdown``;
    OSPF, EIGRP and RIP Command References, ``neighbor``.
    """
    words = line.words
    if len(words) < 2 or words[0] != "neighbor":
        return False
    try:
        at = parse_address(words[1])
    except ValueError:
        return False  # the name of a peer group
    what = words[2] if len(words) > 2 else ""
    if what == "shutdown":
        reader.config.neighbors.pop(at, None)
    elif what not in _NO_EXCHANGE:
        reader.config.neighbors.setdefault(at, line.number)
    else:
        return False
    reader.ledger.modelled(line.number)
    return True


def read_vrf(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``ip vrf NAME`` and ``vrf definition NAME``: what is imported from elsewhere."""
    if len(words) != 3 or words[:2] not in (("ip", "vrf"), ("vrf", "definition"), ("vrf", "context")):
        return False
    name = words[2]
    if negated:
        return reader.modelled(line)
    for child in line.walk():
        parts = child.words
        if child is line:
            continue
        if parts[0] == "route-target" and len(parts) > 1:
            direction, target = (parts[1], parts[2]) if len(parts) > 2 else ("both", parts[1])
            if direction in ("export", "both"):
                reader.config.vrf_exports.setdefault(name, set()).add(target)
            if direction in ("import", "both"):
                reader.config.vrf_imports.setdefault(name, set()).add(target)
                reader.config.vrf_import_lines.setdefault(name, {})[target] = child.number
            reader.modelled(child)
        elif parts[0] == "route-replicate" and "unicast" in parts and "from" in parts:
            # Cisco IOS Easy Virtual Network Configuration Guide, "Configuring Route Replication".
            origin = parts[parts.index("vrf") + 1] if "vrf" in parts[:-1] else ""
            origin = "" if origin == "global" else origin
            whole = "all" in parts and "route-map" not in parts
            reader.config.vrf_copies.append(VrfCopy(name, origin, child.number, whole))
            reader.modelled(child)
        elif parts[0] in ("import", "export") and parts[1:2] != ("map",):
            # MPLS Layer 3 VPNs Configuration Guide, "BGP Support for IP Prefix Import from Global Table into a VRF".
            vrf, origin = (name, "") if parts[0] == "import" else ("", name)
            reader.config.vrf_copies.append(VrfCopy(vrf, origin, child.number, False))
            reader.ledger.approximated(child.number, "which of the routes BGP carries over is taken as possible")
        else:
            reader.ledger.irrelevant(child.number, _DYNAMIC)
    return reader.modelled(line)


# DHCP


def read_dhcp(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``ip dhcp pool NAME`` and ``ip dhcp excluded-address``."""
    rest = words[2:]
    if words[1:2] != ("dhcp",) or not rest:
        return False
    if rest[0] == "excluded-address":
        parts = rest[3:] if rest[1:2] == ("vrf",) else rest[1:]
        if not parts:
            return False
        first = address(parts[0])
        last = address(parts[1]) if len(parts) > 1 else first
        if negated:
            reader.config.dhcp_excluded = [r for r in reader.config.dhcp_excluded if r != (first, last)]
        else:
            reader.config.dhcp_excluded.append((first, last))
        return reader.modelled(line)
    if rest[0] != "pool" or len(rest) < 2:
        return False
    name = " ".join(rest[1:])
    if negated:
        reader.config.dhcp_pools.pop(name, None)
        return reader.modelled(line)
    pool = reader.config.dhcp_pools.setdefault(name, DhcpPool(name, line.number, line.last_number))
    pool.last_line = max(pool.last_line, line.last_number)
    for child in line.children:
        try:
            _dhcp_line(reader, pool, child)
        except NotUnderstood as error:
            reader.unrecognized(child, f"not understood in a DHCP pool: {error}")
    return reader.modelled(line)


_DHCP_IRRELEVANT: Final = frozenset({
    "accounting", "bootfile", "class", "client-identifier", "client-name", "default", "description", "domain-name",
    "end", "exit", "hardware-address", "import", "lease", "netbios-node-type", "next-server", "no", "origin", "override",
    "relay", "remember", "renew", "secondary", "subnet", "update", "utilization",
})  # fmt: skip


def _dhcp_line(reader: Reader, pool: DhcpPool, line: Line) -> None:
    words = line.words
    head = words[0]
    rest = words[1:]
    if head == "network" and rest:
        if "/" in rest[0]:
            pool.network = any_prefix(rest[0])
        else:
            pool.network = ipv4_prefix(rest[0], rest[1] if len(rest) > 1 else "255.255.255.0")
        reader.modelled(line, block=True)
    elif head == "host" and rest:
        pool.host = address(rest[0])
        reader.modelled(line)
    elif head == "address" and rest:
        if rest[0] == "range" and len(rest) > 2:
            pool.ranges.append((address(rest[1]), address(rest[2])))
        else:
            pool.host = address(rest[0])
        reader.modelled(line)
    elif head == "vrf" and rest:
        pool.vrf = rest[0]
        reader.modelled(line)
    elif head in ("default-router", "dns-server", "netbios-name-server"):
        for word in rest:
            value = quad(word)
            if value is None:
                continue
            if head == "default-router":
                pool.routers.append(value)
            elif head == "dns-server":
                reader.host(word, HostSign.DNS.value, line.number)
            else:
                reader.host(word, HostSign.OBJECT.value, line.number, name="WINS server")
        reader.modelled(line)
    elif head == "option" and rest:
        pool.options.append(number(rest[0], 255))
        reader.modelled(line)
    elif head in _DHCP_IRRELEVANT:
        reader.irrelevant(line, "tells the client more; which addresses are leased is read")
        if head == "class":
            for child in line.children:
                _dhcp_line(reader, pool, child)
    else:
        reader.unrecognized(line, "not understood in a DHCP pool")


def read_local_pool(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``ip local pool NAME FIRST [LAST]`` and ``ipv6 local pool NAME PREFIX LENGTH``."""
    if words[1:3] != ("local", "pool") or len(words) < 5:
        return False
    name = words[3]
    if negated:
        reader.config.address_pools.pop(name, None)
        return reader.modelled(line)
    ranges = reader.config.address_pools.setdefault(name, [])
    if words[0] == "ipv6":
        prefix = any_prefix(words[4])
        ranges.append((6, prefix.first, prefix.last, line.number))
    else:
        first = address(words[4])
        last = quad(words[5]) if len(words) > 5 else first
        ranges.append((4, first, last if last is not None and last >= first else first, line.number))
    return reader.modelled(line)
