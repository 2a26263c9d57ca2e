"""Reading address translation.

Cisco IOS IP Addressing Services Command Reference, ``ip nat inside source``, ``ip nat outside source``, ``ip nat inside
destination``, ``ip nat pool``, ``ip nat source`` (NAT virtual interface).
"""

from __future__ import annotations

from typing import Final

from segaudit.parsers.cisco_ios.config import NatPool, NatRule, interface_name
from segaudit.parsers.cisco_ios.names import port_number
from segaudit.parsers.cisco_ios.reader import NotUnderstood, Reader, address, netmask_length
from segaudit.syntax.indented import Line

_PROTOCOLS: Final = {"tcp": 6, "udp": 17, "esp": 50}

#: Options behind a statement that change nothing about who reaches what, with how many words follow.
_OPTIONS: Final = {
    "extendable": 0, "no-alias": 0, "no-payload": 0, "overload": 0, "reversible": 0, "forced": 0, "match-in-vrf": 0,
    "add-route": 0, "redundancy": 1, "mapping-id": 1, "oer": 0, "egress-interface": 1, "partial": 0, "name": 1, "pap": 0,
    "limit": 1, "portmap": 1, "mode": 1, "stateless": 0,
}  # fmt: skip


def read_nat(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``ip nat …`` of the global mode."""
    if words[1:2] != ("nat",) or len(words) < 4:
        return False
    if words[2] == "pool":
        return _pool(reader, line, words[3:], negated)
    side = words[2]
    nvi = side in ("source", "destination")
    rest = words[2:] if nvi else words[3:]
    if side not in ("inside", "outside") and not nvi:
        return False
    if rest[:1] not in (("source",), ("destination",)) or len(rest) < 2:
        return False
    key = " ".join(words[2:])
    if negated:
        gone = [name for name in reader.config.nat_rules if name == key or name.startswith(key + " ")]
        for name in gone:
            del reader.config.nat_rules[name]
        return reader.modelled(line)
    rule = _rule(line.number, "inside" if nvi else side, rest, nvi=nvi)
    reader.config.nat_rules[key] = rule
    return reader.modelled(line)


def _rule(line: int, side: str, rest: tuple[str, ...], *, nvi: bool) -> NatRule:
    """The statement behind ``ip nat inside``: ``source static …`` or ``source list …``."""
    destination = rest[0] == "destination"
    if rest[1] == "static":
        return _static(line, side, rest[2:], nvi=nvi)
    if rest[1] not in ("list", "route-map") or len(rest) < 3:
        raise NotUnderstood(f"{rest[1]} is not understood in a translation")
    options = _options(rest[3:])
    return NatRule(
        line=line,
        side=side,
        destination=destination,
        matcher=rest[1],
        name=rest[2],
        pool=options.get("pool", ""),
        interface=options.get("interface", ""),
        overload="overload" in options,
        vrf=options.get("vrf", ""),
        nvi=nvi,
    )


def _options(rest: tuple[str, ...]) -> dict[str, str]:
    """The words behind a statement: each option with its argument."""
    found: dict[str, str] = {}
    at = 0
    while at < len(rest):
        word = rest[at]
        if word in ("pool", "vrf", "route-map"):
            found[word] = rest[at + 1] if at + 1 < len(rest) else ""
            at += 2
        elif word == "interface":
            end = at + 2
            if end < len(rest) and rest[end][0].isdigit() and not rest[at + 1][-1].isdigit():
                end += 1
            found[word] = interface_name(*rest[at + 1 : end])
            at = end
        elif word in _OPTIONS:
            found[word] = ""
            at += 1 + _OPTIONS[word]
        else:
            raise NotUnderstood(f"{word} is not understood in a translation")
    return found


def _static(line: int, side: str, rest: tuple[str, ...], *, nvi: bool) -> NatRule:
    """``[tcp|udp|network] LOCAL [port] {GLOBAL | interface IF} [port] …`` (``outside``: GLOBAL first)."""
    if not rest:
        raise NotUnderstood("a static translation without addresses")
    protocol = _PROTOCOLS.get(rest[0])
    is_network = rest[0] == "network"
    if protocol is not None or is_network:
        rest = rest[1:]
    with_ports = protocol in (6, 17)
    at = 0
    first = address(rest[at])
    at += 1
    first_port = second_port = None
    if with_ports:
        first_port = _port(protocol or 0, rest[at] if at < len(rest) else "")
        at += 1
    interface = ""
    second: int | None = None
    if rest[at : at + 1] == ("interface",):
        end = at + 2
        if end < len(rest) and rest[end][0].isdigit() and not rest[at + 1][-1].isdigit():
            end += 1
        interface = interface_name(*rest[at + 1 : end])
        at = end
    else:
        if at >= len(rest):
            raise NotUnderstood("a static translation without its second address")
        second = address(rest[at])
        at += 1
    if with_ports and at < len(rest):
        second_port = _port(protocol or 0, rest[at])
        at += 1
    length = 32
    if is_network and at < len(rest):
        word = rest[at]
        found = int(word[1:]) if word[0] == "/" and word[1:].isdigit() else netmask_length(address(word))
        if found is None or found > 32:
            raise NotUnderstood(f"{word} is no netmask")
        length = found
        at += 1
    options = _options(rest[at:])
    local, local_port, outer, outer_port = first, first_port, second, second_port
    if side == "outside":
        if second is None:
            raise NotUnderstood("an outside translation needs two addresses")
        local, local_port, outer, outer_port = second, second_port, first, first_port
    return NatRule(
        line=line,
        side=side,
        static=True,
        protocol=protocol,
        local=local,
        local_port=local_port,
        global_=outer,
        global_port=outer_port,
        length=length,
        interface=interface,
        vrf=options.get("vrf", ""),
        route_map=options.get("route-map", ""),
        nvi=nvi,
    )


def _port(protocol: int, word: str) -> int:
    found = port_number(protocol, word)
    if found is None:
        raise NotUnderstood(f"{word} is no port")
    return found


def _pool(reader: Reader, line: Line, rest: tuple[str, ...], negated: bool) -> bool:
    """``ip nat pool NAME FIRST LAST {netmask M | prefix-length L} [type …]``, or ranges in a block below."""
    name = rest[0]
    if negated:
        reader.config.nat_pools.pop(name, None)
        return reader.modelled(line)
    ranges: list[tuple[int, int]] = []
    if len(rest) > 2 and rest[1] not in ("netmask", "prefix-length"):
        ranges.append(_ordered(address(rest[1]), address(rest[2])))
    for child in line.children:
        parts = child.words
        if parts[0] == "address" and len(parts) > 2:
            ranges.append(_ordered(address(parts[1]), address(parts[2])))
            reader.modelled(child)
        elif parts[0] in ("exit", "end"):
            reader.irrelevant(child, "ends the block")
        else:
            reader.unrecognized(child, "not understood in a pool of addresses")
    if not ranges and rest[1:2] == ("prefix-length",):
        # The block form: its ranges may follow in a later visit of the same pool.
        known = reader.config.nat_pools.get(name)
        ranges = list(known.ranges) if known else []
    reader.config.nat_pools[name] = NatPool(name, line.number, tuple(ranges))
    return reader.modelled(line)


def _ordered(first: int, last: int) -> tuple[int, int]:
    return (first, last) if first <= last else (last, first)
