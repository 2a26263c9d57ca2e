"""A generated estate: branches behind regional hubs, a data centre, one internet edge; a device a file, 1,000 rules each.

Every link shows in the configs: transit networks of two addresses, and static routes whose next hops are the addresses on
the other side. Branches may reach the data centre, a few servers of other branches, and the web; so the pairs of zones
that reach each other grow with the devices, not with their square.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from random import Random

from benchmarks.generate import PORTS, Line, asa_address, ios_address

#: Branches behind one hub.
BRANCHES = 12
#: Networks of the data centre.
CENTRE = tuple((0x0AC80000 + (place << 8), 24) for place in range(8))
_EVERYWHERE = (0x0A000000, 8)
_ANY = (0, 0)


@dataclass(frozen=True, slots=True)
class Way:
    """A rule and between which interfaces it stands."""

    ingress: str
    egress: str
    line: Line


@dataclass(slots=True)
class Box:
    """A device before it has words: interfaces with address (integer) and prefix length, routes, rules."""

    name: str
    format: str
    interfaces: dict[str, tuple[int, int]] = field(default_factory=dict)
    routes: list[tuple[tuple[int, int], int]] = field(default_factory=list)
    rules: list[Way] = field(default_factory=list)


def estate(devices: int, rules: int = 1_000, seed: int = 20261123) -> list[Box]:
    """An estate of ``devices`` boxes with ``rules`` rules each, the same one always."""
    chance = Random(seed)
    formats = [name for name in WRITERS if name != "cisco_ios"]
    edge, core = Box("edge", "cisco_asa"), Box("core", "cisco_ios")
    edge.interfaces["outside"] = (0xCB007102, 29)
    edge.routes.append((_ANY, 0xCB007101))
    boxes, links = [edge, core], _Links()
    links.join(edge, core, [(_EVERYWHERE, True), (_ANY, False)])
    for place, (network, length) in enumerate(CENTRE):
        core.interfaces[f"dc{place}"] = (network + 1, length)
    networks: list[tuple[int, int]] = []
    hub, region = core, _EVERYWHERE
    while len(boxes) < devices:
        place = len(boxes) - 2
        if place % (BRANCHES + 1) == 0:
            hub = Box(
                f"hub{place // (BRANCHES + 1):02}", ("cisco_ios", "fortinet_fortios")[place // (BRANCHES + 1) % 2]
            )
            region = (0x0A000000 + (place // (BRANCHES + 1) << 16), 16)
            links.join(core, hub, [(region, True), (_ANY, False)])
            boxes.append(hub)
            continue
        branch = Box(f"branch{place:03}", (*formats, "cisco_ios")[place % len(WRITERS)])
        site = region[0] + (place % (BRANCHES + 1) << 10)
        links.join(hub, branch, [((site, 22), True), (_ANY, False)])
        branch.interfaces |= {"users": (site + 1, 24), "servers": (site + 257, 24)}
        networks.append((site, 24))
        boxes.append(branch)
    servers = [(network + 256, length) for network, length in networks]
    for box in boxes:
        if "users" in box.interfaces:
            _fill_branch(box, servers, rules, chance)
        else:
            _fill_transit(box, networks, rules, chance)
    return boxes


class _Links:
    """Transit networks, one after the other."""

    def __init__(self) -> None:
        self._next = 0xAC100000

    def join(self, upper: Box, lower: Box, routes: Sequence[tuple[tuple[int, int], bool]]) -> None:
        """A /30 between two boxes; ``routes`` are prefixes and whether they lie below (else above)."""
        network, self._next = self._next, self._next + 4
        upper.interfaces[f"to-{lower.name}"] = (network + 1, 30)
        lower.interfaces["up"] = (network + 2, 30)
        for prefix, below in routes:
            (upper if below else lower).routes.append((prefix, network + (2 if below else 1)))


def _fill_branch(box: Box, servers: Sequence[tuple[int, int]], count: int, chance: Random) -> None:
    users, own = ((box.interfaces[name][0] & ~0xFF, 24) for name in ("users", "servers"))
    partners = chance.sample(servers, min(6, len(servers)))
    for place in range(count):
        if place % 10 == 0:
            line = Line(True, "tcp", users, _host(chance.choice(partners), chance), chance.choice(PORTS))
            box.rules.append(Way("users", "up", line))
        elif place % 10 < 6:
            line = _line(_part(users, chance), _host(chance.choice(CENTRE), chance), chance)
            box.rules.append(Way("users", "up", line))
        elif place % 10 < 9:
            line = _line(_host(chance.choice((*CENTRE, *servers)), chance), _host(own, chance), chance)
            box.rules.append(Way("up", "servers", line))
        else:
            line = _line(_host(own, chance), _host(chance.choice(CENTRE), chance), chance)
            box.rules.append(Way("servers", "up", line))
    box.rules[-3:] = [
        Way("users", "up", Line(False, "ip", _ANY, _EVERYWHERE, 0)),
        Way("users", "up", Line(True, "tcp", users, _ANY, 443)),
        Way("up", "servers", Line(True, "tcp", _EVERYWHERE, _part(own, chance), 443)),
    ]


def _fill_transit(box: Box, networks: Sequence[tuple[int, int]], count: int, chance: Random) -> None:
    """Denies between hosts, then a permit for all that is inside; on the way out, the web."""
    below = [name for name in box.interfaces if name not in ("up", "outside")]
    ends = (*networks, *CENTRE)
    inward = "up" if "up" in box.interfaces else "outside"
    for _ in range(count - 2 * len(below) - 1):
        line = Line(
            False, "tcp", _host(chance.choice(ends), chance), _host(chance.choice(ends), chance), chance.choice(PORTS)
        )
        box.rules.append(Way(chance.choice((inward, *below)), "", line))
    for name in below:
        box.rules.append(Way(name, "", Line(True, "ip", _EVERYWHERE, _EVERYWHERE, 0)))
        box.rules.append(Way(name, "", Line(True, "tcp", _EVERYWHERE, _ANY, 443)))
    if inward == "up":
        box.rules.append(Way("up", "", Line(True, "ip", _EVERYWHERE, _EVERYWHERE, 0)))


def _line(source: tuple[int, int], destination: tuple[int, int], chance: Random) -> Line:
    return Line(chance.random() < 0.85, chance.choice(("tcp", "tcp", "udp")), source, destination, chance.choice(PORTS))


def _host(network: tuple[int, int], chance: Random) -> tuple[int, int]:
    return network[0] + chance.randrange(2, 254), 32


def _part(network: tuple[int, int], chance: Random) -> tuple[int, int]:
    length = chance.choice((24, 26, 28, 32))
    return network[0] + chance.randrange(256) >> (32 - length) << (32 - length), length


# -- words ------------------------------------------------------------------------------------------------------------


def _asa(box: Box) -> Iterator[str]:
    yield from ("ASA Version 9.12(4)", "!", f"hostname {box.name}")
    for place, (name, (address, length)) in enumerate(box.interfaces.items()):
        level = 0 if name in ("up", "outside") else 100
        yield from (
            f"interface GigabitEthernet0/{place}",
            f" nameif {name}",
            f" security-level {level}",
            f" ip address {_address(address)} {_mask(length)}",
            "!",
        )
    bound: dict[str, None] = {}
    for way in box.rules:
        bound.setdefault(way.ingress)
        yield f"access-list {way.ingress.upper()}_IN extended {_cisco(way.line, asa_address)}"
    yield from (f"access-group {name.upper()}_IN in interface {name}" for name in bound)
    facing = _facing(box)
    yield from (
        f"route {facing[hop]} {_address(network)} {_mask(length)} {_address(hop)} 1"
        for (network, length), hop in box.routes
    )
    yield ": end"


def _ios(box: Box) -> Iterator[str]:
    yield from ("version 15.7", f"hostname {box.name}", "!")
    bound: dict[str, list[Line]] = {}
    for way in box.rules:
        bound.setdefault(way.ingress, []).append(way.line)
    for place, (name, (address, length)) in enumerate(box.interfaces.items()):
        yield from (
            f"interface GigabitEthernet0/{place}",
            f" description {name}",
            f" ip address {_address(address)} {_mask(length)}",
            *([f" ip access-group {name} in"] if name in bound else []),
            "!",
        )
    for (network, length), hop in box.routes:
        yield f"ip route {_address(network)} {_mask(length)} {_address(hop)}"
    for name, lines in bound.items():
        yield f"ip access-list extended {name}"
        yield from (f" {_cisco(line, ios_address)}" for line in lines)
    yield from ("!", "end")


def _cisco(line: Line, spell: Callable[[tuple[int, int]], str]) -> str:
    ends = " ".join("any" if not end[1] else spell(end) for end in (line.source, line.destination))
    port = f" eq {line.port}" if line.port else ""
    return f"{'permit' if line.permit else 'deny'} {line.protocol} {ends}{port}"


def _fortios(box: Box) -> Iterator[str]:
    yield "#config-version=FGT60F-7.2.8-FW-build1639-240313:opmode=0:vdom=0:user=admin"
    yield from ("config system global", f'    set hostname "{box.name}"', "end", "config system interface")
    for name, (address, length) in box.interfaces.items():
        yield from (
            f'    edit "{name}"',
            '        set vdom "root"',
            f"        set ip {_address(address)} {_mask(length)}",
            "    next",
        )
    yield from ("end", "config firewall address")
    lines = [way.line for way in box.rules]
    for prefix in sorted({p for line in lines for p in (line.source, line.destination) if p[1]}):
        yield from (
            f'    edit "{_object(prefix)}"',
            f"        set subnet {_address(prefix[0])} {_mask(prefix[1])}",
            "    next",
        )
    yield from ("end", "config firewall service custom")
    for protocol, port in sorted({(line.protocol, line.port) for line in lines if line.port}):
        yield from (f'    edit "{protocol}-{port}"', f"        set {protocol}-portrange {port}", "    next")
    yield from ("end", "config firewall policy")
    for number, way in enumerate(box.rules, start=1):
        line = way.line
        yield from (
            f"    edit {number}",
            f'        set srcintf "{way.ingress}"',
            f'        set dstintf "{way.egress or "any"}"',
            *(["        set action accept"] if line.permit else []),
            f'        set srcaddr "{_object(line.source)}"',
            f'        set dstaddr "{_object(line.destination)}"',
            '        set schedule "always"',
            f'        set service "{f"{line.protocol}-{line.port}" if line.port else "ALL"}"',
            "        set logtraffic all",
            "    next",
        )
    yield from ("end", "config router static")
    facing = _facing(box)
    for number, ((network, length), hop) in enumerate(box.routes, start=1):
        yield from (
            f"    edit {number}",
            f"        set dst {_address(network)} {_mask(length)}",
            f"        set gateway {_address(hop)}",
            f'        set device "{facing[hop]}"',
            "    next",
        )
    yield "end"


def _iptables(box: Box) -> Iterator[str]:
    yield from ("#!/bin/sh", "echo 1 > /proc/sys/net/ipv4/ip_forward")
    for name, (address, length) in box.interfaces.items():
        yield f"ip addr add {_address(address)}/{length} dev {name}"
    for (network, length), hop in box.routes:
        yield f"ip route add {_address(network)}/{length} via {_address(hop)}"
    yield from (
        "iptables -P INPUT DROP",
        "iptables -P FORWARD DROP",
        "iptables -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
    )
    for way in box.rules:
        line = way.line
        words = [f"-i {way.ingress}", *([f"-o {way.egress}"] if way.egress else [])]
        words += [
            f"{flag} {_address(n)}/{length}"
            for flag, (n, length) in (("-s", line.source), ("-d", line.destination))
            if length
        ]
        words += [f"-p {line.protocol} --dport {line.port}"] if line.port else []
        yield f"iptables -A FORWARD {' '.join(words)} -j {'ACCEPT' if line.permit else 'DROP'}"


def _facing(box: Box) -> dict[int, str]:
    """The interface that each next hop lies at."""
    return {
        hop: next(name for name, (a, length) in box.interfaces.items() if a >> (32 - length) == hop >> (32 - length))
        for _, hop in box.routes
    }


def _object(prefix: tuple[int, int]) -> str:
    return f"n-{prefix[0]:08x}-{prefix[1]}" if prefix[1] else "all"


def _address(number: int) -> str:
    return str(IPv4Address(number))


def _mask(length: int) -> str:
    return str(IPv4Network((0, length)).netmask)


WRITERS: dict[str, Callable[[Box], Iterator[str]]] = {
    "cisco_asa": _asa,
    "fortinet_fortios": _fortios,
    "linux_iptables": _iptables,
    "cisco_ios": _ios,
}


def write(boxes: Sequence[Box], folder: Path) -> None:
    """One file for each box."""
    for box in boxes:
        (folder / f"{box.name}.conf").write_text("\n".join(WRITERS[box.format](box)) + "\n", encoding="utf-8")
