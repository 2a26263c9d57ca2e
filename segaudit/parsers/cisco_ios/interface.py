"""Reading ``interface`` blocks and VLANs.

Cisco IOS Interface and Hardware Component Command Reference; IP Addressing Services Command Reference; Security Command
Reference, ``ip access-group``, ``ipv6 traffic-filter``, ``ip inspect``, ``zone-member security``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from segaudit.model import AddressMethod, HostSign, SourceCheck, SourceCheckMode, parse_address
from segaudit.parsers.cisco_ios.acl import quad
from segaudit.parsers.cisco_ios.config import (
    Bound,
    InterfaceConfig,
    OwnAddressLine,
    interface_name,
)
from segaudit.parsers.cisco_ios.irrelevant import INTERFACE, UNSUPPORTED_INTERFACE, lookup
from segaudit.parsers.cisco_ios.lists import read_named
from segaudit.parsers.cisco_ios.reader import (
    NotUnderstood,
    Reader,
    address,
    any_prefix,
    ipv4_prefix,
    vlan_ranges,
)
from segaudit.syntax.indented import Line

_Read = Callable[[Reader, InterfaceConfig, Line, tuple[str, ...], bool], bool]

#: The first ten bits of fe80::/10.
_LINK_LOCAL: Final = 0xFE80 >> 6

_SHARED_REASON: Final = "layer 2 in the switch: frames between its ports, not packets through the router"


def read_interface(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``interface NAME`` and what stands below it; ``interface range`` does so for several."""
    rest = words[1:]
    if not rest:
        return False
    if rest[0] == "range":
        names = _range_names(" ".join(rest[1:]))
    else:
        while len(rest) > 1 and rest[-1].isalpha():
            # `point-to-point`, `multipoint`, `type tunnel`: what kind it is, not what it is called.
            rest = rest[:-1]
        names = [interface_name(*(word for word in rest if word not in ("point-to-point", "multipoint")))]
    if negated:
        for name in names:
            reader.config.interfaces.pop(name, None)
        return reader.modelled(line)
    reader.modelled(line)
    for name in names:
        if name.lower().startswith("null"):
            continue
        known = reader.config.interfaces.get(name)
        if known is None:
            known = reader.config.interfaces[name] = InterfaceConfig(name, line.number, line.last_number)
            if known.kind == "vlan" and name[4:].isdigit():
                known.vlan = int(name[4:])
        else:
            known.last_line = max(known.last_line, line.last_number)
        for child in line.children:
            _read_line(reader, known, child)
    if not names or names[0].lower().startswith("null"):
        for child in line.walk():
            if child is not line:
                reader.ledger.irrelevant(child.number, "Null0 only swallows")
    return True


def _range_names(text: str) -> list[str]:
    """``GigabitEthernet0/1 - 4, Fa0/7`` as names."""
    names: list[str] = []
    for part in text.replace(" - ", "-").split(","):
        first, _, last = part.strip().partition("-")
        name = interface_name(*first.split())
        cut = len(name)
        while cut and name[cut - 1].isdigit():
            cut -= 1
        tail = last.strip().rsplit("/", 1)[-1]
        if tail.isdigit() and name[cut:]:
            names.extend(f"{name[:cut]}{i}" for i in range(int(name[cut:]), min(int(tail), int(name[cut:]) + 4094) + 1))
        else:
            names.append(name)
    return names


#: Statements that let a routing protocol run on the interface.
_RUNS_PROTOCOL: Final = re.compile(
    r"(?:ip|ipv6) ospf \S+ area |ospfv3 \S+ |(?:ip|ipv6) router |isis |ipv6 eigrp |ipv6 rip \S+ enable|ip router "
)


def _read_line(reader: Reader, interface: InterfaceConfig, line: Line) -> None:
    words = line.words
    negated = words[0] in ("no", "default")
    if negated:
        words = words[1:]
    if not words:
        reader.unrecognized(line, "an empty command")
        return
    read = _COMMANDS.get(words[0].rstrip(":"))
    try:
        if read is not None and read(reader, interface, line, words, negated):
            for child in line.children:
                _read_line(reader, interface, child)
            return
    except NotUnderstood as error:
        reader.unrecognized(line, f"not understood: {error}")
        return
    reason = lookup(UNSUPPORTED_INTERFACE, words)
    if reason is not None:
        if negated:
            reader.irrelevant(line, "not switched on")
        else:
            reader.unsupported(line, reason)
        return
    reason = lookup(INTERFACE, words)
    if reason is not None:
        if not negated and _RUNS_PROTOCOL.match(" ".join(words)):
            reader.config.speaking.named.add(interface.name)
        reader.irrelevant(line, reason)
        return
    reader.unrecognized(line, "not understood as a command of an interface")


def _description(reader: Reader, interface: InterfaceConfig, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    interface.description = "" if negated else line.text[len(words[0]) :].strip()
    return reader.modelled(line)


def _ip(reader: Reader, interface: InterfaceConfig, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    if len(words) < 2:
        return False
    rest = words[2:]
    match words[1]:
        case "address":
            return _ip_address(reader, interface, line, rest, negated)
        case "unnumbered":
            interface.unnumbered = "" if negated or not rest else interface_name(*rest[:2])
            return reader.modelled(line)
        case "access-group":
            return _access_group(reader, interface, line, "ip", rest, negated)
        case "inspect":
            if rest and rest[-1] in ("in", "out"):
                if negated:
                    interface.inspect.pop(rest[-1], None)
                else:
                    interface.inspect[rest[-1]] = Bound(rest[0], line.number)
                return reader.modelled(line)
            return False
        case "nat":
            if rest and rest[0] in ("inside", "outside", "enable") and len(rest) == 1:
                interface.nat, interface.nat_line = ("", 0) if negated else (rest[0], line.number)
                return reader.modelled(line)
            return reader.irrelevant(line, "how translation treats single protocols")
        case "vrf":
            if rest[:1] == ("forwarding",):
                return _vrf(reader, interface, line, rest[1:], negated)
            return False
        case "helper-address":
            if negated:
                return reader.modelled(line)
            target = rest[2] if rest[:1] == ("vrf",) and len(rest) > 2 else rest[1] if rest[:1] == ("global",) else ""
            word = target or (rest[0] if rest else "")
            if not reader.host(word, HostSign.DHCP_RELAY.value, line.number):
                return False
            return reader.modelled(line)
        case "dhcp" if rest[:2] == ("relay", "address") and len(rest) > 2:
            return reader.host(rest[2], HostSign.DHCP_RELAY.value, line.number) and reader.modelled(line)
        case "nhrp":
            return _nhrp(reader, interface, line, rest, negated)
        case "policy" if rest[:1] == ("route-map",) and len(rest) > 1:
            interface.policy = None if negated else Bound(rest[1], line.number)
            return reader.modelled(line)
        case "verify" if rest[:1] == ("unicast",):
            return _source_check(reader, interface, line, 4, rest[1:], negated)
        case "access-list" if rest:
            return read_named(reader, line, words, negated)
        case _:
            return False


def _ip_address(reader: Reader, interface: InterfaceConfig, line: Line, rest: tuple[str, ...], negated: bool) -> bool:
    if negated:
        if not rest:
            interface.addresses = [own for own in interface.addresses if own.prefix.version == 6]
            interface.method = AddressMethod.STATIC
        else:
            gone = address(rest[0])
            interface.addresses = [own for own in interface.addresses if own.address != gone]
        return reader.modelled(line)
    if not rest:
        return False
    if rest[0] in ("dhcp", "dhcp-client"):
        interface.method = AddressMethod.DHCP
        # Cisco IOS, `ip address dhcp`: the default gateway of the lease is installed, with distance 254.
        interface.default_route_line = line.number
        return reader.modelled(line)
    if rest[0] in ("negotiated", "pppoe"):
        interface.method = AddressMethod.PPPOE
        return reader.modelled(line)
    if rest[0] == "pool":
        return reader.approximated(line, "an address out of a pool: which one does not show")
    if rest[0] == "virtual" and len(rest) > 1:
        rest = rest[1:]
    if "/" in rest[0]:
        whole = any_prefix(rest[0])
        value = address(rest[0].partition("/")[0])
        rest = rest[1:]
    elif len(rest) > 1:
        value = address(rest[0])
        try:
            whole = ipv4_prefix(rest[0], rest[1])
        except NotUnderstood:
            return reader.approximated(line, f"{rest[1]} is no netmask: the address is left out")
        rest = rest[2:]
    else:
        raise NotUnderstood("an address without a mask")
    secondary = "secondary" in rest
    if not secondary:
        # A primary address replaces the one before.
        interface.addresses = [own for own in interface.addresses if own.secondary or own.prefix.version == 6]
    interface.addresses = [own for own in interface.addresses if own.address != value or own.prefix.version == 6]
    own = OwnAddressLine(value, whole, line.number, secondary)
    interface.addresses.insert(len(interface.addresses) if secondary else 0, own)
    interface.method = AddressMethod.STATIC
    return reader.modelled(line)


def _source_check(
    reader: Reader, interface: InterfaceConfig, line: Line, version: int, words: tuple[str, ...], negated: bool
) -> bool:
    """``source reachable-via {rx | any} [allow-default] [allow-self-ping] [LIST]``, or ``reverse-path [LIST]`` before 12.0(15)S.

    Without ``allow-default`` the default route is no route back; a list lets through what it permits of the packets that
    fail (IOS IP Switching Command Reference, "ip verify unicast source reachable-via").
    """
    if negated:
        interface.source_checks.pop(version, None)
        return reader.modelled(line)
    older = words[:1] == ("reverse-path",)
    if not older and (words[:2] != ("source", "reachable-via") or words[2:3] not in {("rx",), ("any",)}):
        return False
    options = words[1:] if older else words[3:]
    lists = [word for word in options if word not in _CHECK_OPTIONS]
    interface.source_checks[version] = SourceCheck(
        mode=SourceCheckMode.LOOSE if words[2:3] == ("any",) else SourceCheckMode.STRICT,
        versions=frozenset({version}),
        default_route=older or "allow-default" in options,
        spared=bool(lists),
        span=reader.source.span(line.number),
    )
    if lists:
        return reader.approximated(line, "what the list permits of the packets that fail is taken as possible")
    return reader.modelled(line)


#: Words after the mode of a reverse-path check that are no list.
_CHECK_OPTIONS = frozenset({"allow-default", "allow-self-ping", "l2-src", "phys-if"})


def _access_group(
    reader: Reader, interface: InterfaceConfig, line: Line, family: str, rest: tuple[str, ...], negated: bool
) -> bool:
    if not rest:
        return False
    if rest[0] == "common":
        return reader.unsupported(line, "a common list before the interface's own list")
    direction = rest[-1] if rest[-1] in ("in", "out") else ""
    if not direction:
        # Releases before 10.3 left the direction out and meant out; without `in` or `out` later ones say the same.
        direction = "out"
    if negated:
        interface.bindings.pop(f"{family} {direction}", None)
        return reader.modelled(line)
    interface.bindings[f"{family} {direction}"] = Bound(rest[0], line.number)
    return reader.modelled(line)


def _ipv4(reader: Reader, interface: InterfaceConfig, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """Words of IOS XR in an IOS file, which mean the same."""
    if words[1:2] == ("address",):
        return _ip_address(reader, interface, line, words[2:], negated)
    if words[1:2] == ("access-group",) and len(words) > 3:
        direction = {"ingress": "in", "egress": "out"}.get(words[3], "out")
        return _access_group(reader, interface, line, "ip", (words[2], direction), negated)
    if words[1:2] == ("unnumbered",) and len(words) > 2:
        interface.unnumbered = interface_name(*words[2:4])
        return reader.modelled(line)
    return False


def _ipv6(reader: Reader, interface: InterfaceConfig, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    if len(words) < 2:
        return False
    rest = words[2:]
    if words[1] == "nhrp":
        return _nhrp(reader, interface, line, rest, negated)
    if words[1] == "traffic-filter":
        return _access_group(reader, interface, line, "ipv6", rest, negated)
    if words[1] == "verify" and rest[:1] == ("unicast",):
        return _source_check(reader, interface, line, 6, rest[1:], negated)
    if words[1] == "dhcp" and rest[:2] == ("relay", "destination") and len(rest) > 2:
        return reader.host(rest[2], HostSign.DHCP_RELAY.value, line.number) and reader.modelled(line)
    if words[1] == "unnumbered":
        interface.unnumbered = interface_name(*rest[:2])
        return reader.modelled(line)
    if words[1] == "inspect" and rest and rest[-1] in ("in", "out"):
        interface.inspect[f"ipv6 {rest[-1]}"] = Bound(rest[0], line.number)
        return reader.modelled(line)
    if words[1] == "policy" and rest[:1] == ("route-map",) and len(rest) > 1:
        interface.policy6 = None if negated else Bound(rest[1], line.number)
        return reader.modelled(line)
    if words[1] != "address":
        return False
    if negated:
        interface.addresses = [own for own in interface.addresses if own.prefix.version == 4]
        interface.fetches_ipv6 = False
        return reader.modelled(line)
    if not rest:
        return False
    if rest[0] in ("autoconfig", "dhcp"):
        interface.fetches_ipv6 = True
        return reader.approximated(line, "an address that the network gives: which one does not show")
    if "link-local" in rest:
        return reader.irrelevant(line, "link-local addresses are outside of the model: nothing routes them")
    if "/" not in rest[0]:
        if len(rest) > 1 and "/" in rest[1]:
            interface.fetches_ipv6 = True
            return reader.approximated(line, "an address under a delegated prefix: which one does not show")
        raise NotUnderstood(f"{rest[0]} is no prefix")
    prefix = any_prefix(rest[0])
    if prefix.version != 6:
        raise NotUnderstood(f"{rest[0]} is no IPv6 prefix")
    if "eui-64" in rest:
        # The interface identifier comes from the MAC address. The first address of the prefix is the router's too
        # (subnet-router anycast, RFC 4291 section 2.6.1).
        interface.addresses.append(OwnAddressLine(prefix.network, prefix, line.number))
        return reader.approximated(line, "the interface identifier comes from the MAC address")
    value = parse_address(rest[0].partition("/")[0])[1]
    interface.addresses.append(OwnAddressLine(value, prefix, line.number))
    return reader.modelled(line)


def _vrf(reader: Reader, interface: InterfaceConfig, line: Line, rest: tuple[str, ...], negated: bool) -> bool:
    # Cisco IOS, `ip vrf forwarding`: it removes the addresses that the interface had.
    interface.addresses = []
    interface.vrf = "" if negated or not rest else rest[0]
    return reader.modelled(line)


def _vrf_forwarding(
    reader: Reader, interface: InterfaceConfig, line: Line, words: tuple[str, ...], negated: bool
) -> bool:
    return words[1:2] == ("forwarding",) and _vrf(reader, interface, line, words[2:], negated)


def _shutdown(reader: Reader, interface: InterfaceConfig, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    if len(words) > 1:
        return reader.irrelevant(line, "switches off a part of the port")
    interface.shutdown = not negated
    return reader.modelled(line)


def _zone_member(reader: Reader, interface: InterfaceConfig, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    rest = words[2:] if words[1:2] == ("security",) else words[1:]
    if not rest:
        return False
    if words[1] != "security":
        return reader.unrecognized(line, "zone-member needs the word security")
    interface.zone = None if negated else Bound(rest[0], line.number)
    return reader.modelled(line)


def _encapsulation(
    reader: Reader, interface: InterfaceConfig, line: Line, words: tuple[str, ...], negated: bool
) -> bool:
    if len(words) > 2 and words[1].lower() in ("dot1q", "isl"):
        tag = words[3] if words[2] == "vlan" and len(words) > 3 else words[2]
        if tag.isdigit():
            # With a second tag the first one numbers a provider's VLAN, in which there are many of the inner ones.
            interface.vlan = None if negated or "second-dot1q" in words else int(tag)
        return reader.modelled(line)
    return False


def _service_instance(
    reader: Reader, interface: InterfaceConfig, line: Line, words: tuple[str, ...], negated: bool
) -> bool:
    """``service instance N ethernet`` with the VLAN that it takes and the bridge domain that it puts it into.

    Carrier Ethernet Command Reference, ``encapsulation dot1q (service instance)``, ``bridge-domain (service instance)``.
    """
    if words[1:2] != ("instance",) or negated:
        return False
    vlan: int | None = None
    domain = ""
    for child in line.children:
        parts = child.words
        if parts[:2] == ("encapsulation", "dot1q") and len(parts) > 2:
            vlan = int(parts[2]) if parts[2].isdecimal() and "second-dot1q" not in parts else None
            reader.modelled(child)
        elif parts[0] == "bridge-domain" and len(parts) > 1:
            domain = parts[1]
            reader.modelled(child)
        else:
            reader.irrelevant(child, _SHARED_REASON)
    if domain:
        interface.instances.append((domain, vlan))
    line.children = []
    return reader.modelled(line)


def _switchport(reader: Reader, interface: InterfaceConfig, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    if len(words) == 1:
        interface.switchport = not negated
        return reader.modelled(line)
    if negated:
        return reader.irrelevant(line, "not switched on")
    interface.switchport = True
    if words[1:3] == ("access", "vlan") and len(words) > 3:
        if words[3].isdigit():
            interface.access_vlan = int(words[3])
        return reader.modelled(line)
    if words[1:4] == ("trunk", "allowed", "vlan") and len(words) > 4:
        change = words[4]
        if change in ("add", "remove", "except") and len(words) > 5:
            ranges = vlan_ranges(words[5])
            if change == "add":
                interface.trunk_vlans = (interface.trunk_vlans or ()) + ranges
        elif change == "all":
            interface.trunk_vlans = ((1, 4094),)
        elif change == "none":
            interface.trunk_vlans = ()
        else:
            interface.trunk_vlans = vlan_ranges(change)
        return reader.modelled(line)
    if words[1] == "mode":
        interface.trunk = words[2:3] == ("trunk",)
        return reader.modelled(line)
    if words[1:3] == ("voice", "vlan"):
        return reader.modelled(line)
    return False


def _channel_group(
    reader: Reader, interface: InterfaceConfig, line: Line, words: tuple[str, ...], negated: bool
) -> bool:
    if len(words) < 2:
        return False
    interface.channel_group = "" if negated else words[1]
    return reader.modelled(line)


def _bridge_group(
    reader: Reader, interface: InterfaceConfig, line: Line, words: tuple[str, ...], negated: bool
) -> bool:
    if len(words) == 2:
        interface.bridge_group = "" if negated else words[1]
        return reader.modelled(line)
    return False


def _virtual_router(
    reader: Reader, interface: InterfaceConfig, line: Line, words: tuple[str, ...], negated: bool
) -> bool:
    """``standby 1 ip A``, ``vrrp 1 ip A``, ``glbp 1 ip A``, and ``address A`` under a VRRPv3 group."""
    rest = words[1:]
    if rest and rest[0].isdigit():
        rest = rest[1:]
    if rest[:1] == ("address-family",):
        for child in line.children:
            parts = child.words
            if parts[0] == "address" and len(parts) > 1:
                if (shared := _routed_address(parts[1])) is not None:
                    interface.virtual_addresses.append((*shared, child.number))
                reader.modelled(child)
            else:
                reader.irrelevant(child, "when the virtual address moves; the address itself is read")
        line.children = []
        return reader.modelled(line)
    if rest[:1] in (("ip",), ("ipv6",)):
        for word in rest[1:2]:
            if (shared := _routed_address(word)) is not None:
                # Without `no` one more address of the group: `secondary` says so of IPv4, IPv6 needs no word.
                kept = [v for v in interface.virtual_addresses if v[:2] != shared]
                interface.virtual_addresses = kept if negated else [*kept, (*shared, line.number)]
        return reader.modelled(line)
    return False


def _routed_address(word: str) -> tuple[int, int] | None:
    """Version and value of an address; none for other words (`autoconfig`), and for link-local ones: nothing routes them."""
    if (value := quad(word)) is not None:
        return 4, value
    if ":" not in word:
        return None
    try:
        version, value = parse_address(word.partition("/")[0])
    except ValueError:
        raise NotUnderstood(f"{word} is no address") from None
    return None if value >> 118 == _LINK_LOCAL else (version, value)


def _tunnel(reader: Reader, interface: InterfaceConfig, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    if len(words) < 2:
        return False
    rest = () if negated else words[2:]
    match words[1]:
        case "source":
            interface.tunnel_source = rest[0] if len(rest) == 1 and _is_address(rest[0]) else interface_name(*rest)
        case "destination":
            interface.tunnel_destination = "".join(rest)
        case "mode":
            interface.tunnel_mode = " ".join(rest)
        case "vrf":
            interface.tunnel_vrf = rest[0] if rest else ""
        case "protection":
            interface.tunnel_protection = rest[2] if rest[:2] == ("ipsec", "profile") and len(rest) > 2 else ""
        case _:
            return False
    return reader.modelled(line)


def _is_address(word: str) -> bool:
    return word[0].isdigit() or ":" in word


def _nhrp(reader: Reader, interface: InterfaceConfig, line: Line, rest: tuple[str, ...], negated: bool) -> bool:
    """Where the hubs of a multipoint tunnel are: ``nhs A [nbma B …]``, ``map A B``, ``map multicast B``.

    IP Addressing Services Command Reference, ``ip nhrp nhs``, ``ip nhrp map``, ``ip nhrp map multicast``.
    """
    match rest:
        case ("nhs", server, *more):
            far = [more[more.index("nbma") + 1]] if "nbma" in more[:-1] else []
        case ("map", "multicast", "dynamic", *_):
            return reader.irrelevant(line, "who called in gets multicast too")
        case ("map", "multicast", far_end, *_):
            server, far = "", [far_end]
        case ("map", "group", *_):
            return False
        case ("map", server, far_end, *_):
            # `map A [MASK] B`: the mask is there where it stands for more than the one address.
            far = [rest[3] if len(rest) > 3 and quad(far_end) is not None and quad(rest[3]) is not None else far_end]
        case _:
            return False
    for word in far:
        if negated:
            interface.tunnel_hubs = [hub for hub in interface.tunnel_hubs if hub != word]
        elif word not in interface.tunnel_hubs:
            interface.tunnel_hubs.append(word)
    if (named := _routed_address(server)) is not None:
        if negated:
            reader.config.neighbors.pop(named, None)
        else:
            reader.config.neighbors.setdefault(named, line.number)
    return reader.modelled(line)


def _crypto(reader: Reader, interface: InterfaceConfig, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    if words[1:2] == ("map",):
        interface.crypto_map = None if negated or len(words) < 3 else Bound(words[2], line.number)
        return reader.modelled(line)
    if words[1:4] == ("ipsec", "client", "ezvpn"):
        return reader.unsupported(line, "the device dials into another VPN; what comes back through it does not show")
    return False


def _peer(reader: Reader, interface: InterfaceConfig, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    if words[1:5] == ("default", "ip", "address", "pool") and len(words) > 5:
        interface.pool = "" if negated else words[5]
        return reader.modelled(line)
    if words[1:4] == ("default", "ip", "address") and len(words) > 4:
        return reader.approximated(line, "the peer gets one fixed address")
    return False


def _ppp(reader: Reader, interface: InterfaceConfig, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    if words[1:2] == ("authentication",):
        interface.ppp_authentication = () if negated else words[2:]
        return reader.modelled(line)
    if words[1:5] == ("ipcp", "route", "default"):
        interface.default_route_line = line.number
        return reader.modelled(line)
    return False


def _service_policy(
    reader: Reader, interface: InterfaceConfig, line: Line, words: tuple[str, ...], negated: bool
) -> bool:
    if len(words) > 2 and words[1] in ("input", "output"):
        if negated:
            interface.service_policies.pop(words[1], None)
        else:
            interface.service_policies[words[1]] = Bound(words[2], line.number)
        return reader.modelled(line)
    return False


_COMMANDS: Final[dict[str, _Read]] = {
    "description": _description,
    "ip": _ip,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "vrf": _vrf_forwarding,
    "shutdown": _shutdown,
    "zone-member": _zone_member,
    "encapsulation": _encapsulation,
    "switchport": _switchport,
    "channel-group": _channel_group,
    "bridge-group": _bridge_group,
    "standby": _virtual_router,
    "vrrp": _virtual_router,
    "glbp": _virtual_router,
    "tunnel": _tunnel,
    "crypto": _crypto,
    "peer": _peer,
    "ppp": _ppp,
    "service": _service_instance,
    "service-policy": _service_policy,
}


# VLANs


def read_vlan(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``vlan 10`` with its name."""
    if len(words) < 2 or not words[1][0].isdigit():
        return False
    if negated:
        return reader.modelled(line)
    vlans = vlan_ranges(words[1])
    for child in line.children:
        if child.words[0] == "name" and len(child.words) > 1:
            for first, last in vlans:
                if first == last:
                    reader.config.vlan_names[first] = child.text.partition(" ")[2].strip().strip('"')
            reader.modelled(child)
        else:
            reader.irrelevant(child, _SHARED_REASON)
    return reader.modelled(line)
