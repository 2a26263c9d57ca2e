"""Reading ``ip …`` and ``ipv6 …``: filters, interfaces, routes.

Command Reference for Rev.23.02.02, chapters 8 (IP), 9 and 10 (Ethernet and URL filters), 30 (IPv6), 52 (DPI).
"""

from __future__ import annotations

from typing import Final

from segaudit.model import HostSign, Prefix, parse_address
from segaudit.parsers.yamaha_rtx.config import (
    Bound,
    DynamicLine,
    FilterLine,
    FilterSet,
    Gateway,
    InterfaceConfig,
    OwnAddressLine,
    RouteLine,
)
from segaudit.parsers.yamaha_rtx.irrelevant import OF_INTERFACE, found_in
from segaudit.parsers.yamaha_rtx.match import NotUnderstood
from segaudit.parsers.yamaha_rtx.policy import read_inbound, read_policy
from segaudit.parsers.yamaha_rtx.reader import INTERFACE, Reader, number, prefix4, prefix6, quad
from segaudit.parsers.yamaha_rtx.syntax import ANONYMOUS, Line

ACTIONS: Final = frozenset(verb + log for verb in ("pass", "reject", "restrict") for log in ("", "-log", "-nolog"))
_DIRECTIONS: Final = ("in", "out")
_LINK_LOCAL: Final = 0xFE80 >> 6
#: The highest number of a filter (8.1.10).
_MOST: Final = 21474836


def read_ip(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``ip …`` and ``ipv6 …``."""
    if len(words) < 3:
        return False
    version = 6 if words[0] == "ipv6" else 4
    what = words[1]
    if what == "filter":
        return _filter(reader, line, words, negated, version)
    if what == "route":
        return words[2] != "change" and _route(reader, line, words, negated, version)
    if what == "routing" and words[2] in ("on", "off"):
        reader.config.routing[version] = words[2] == "on" or negated
        return reader.modelled(line)
    if what == "policy":
        return read_policy(reader, line, words, negated, version)
    if what == "inbound" and words[2] == "filter":
        return read_inbound(reader, line, words, negated, version)
    if what == "stealth":
        reader.config.stealth[version] = () if negated else tuple(words[2:])
        return reader.modelled(line)
    if what == "host":
        return _host(reader, line, words[2:], negated)
    if what == "simple-service":
        reader.config.daemon("simple", line.number).on = words[2] == "on" and not negated
        return reader.modelled(line)
    if what == "forward" and words[2] == "filter":
        return _forward_filter(reader, line, words, negated)
    if what == "dpi" and words[2] == "filter":
        return _dpi_filter(reader, line, words, negated, version)
    if what == "rip" and words[2] == "use":
        if words[3:4] == ["on"] and not negated:
            reader.config.protocols.append("rip")
        return reader.modelled(line)
    if INTERFACE.match(what):
        interface = reader.interface(line, what)
        return _of_interface(reader, line, interface, words[2:], negated, version)
    return False


# Filters


def _filter(reader: Reader, line: Line, words: list[str], negated: bool, version: int) -> bool:
    which = words[2]
    config = reader.config
    if which.isdigit():
        place = number(which, _MOST)
        if negated:
            config.filters[version].pop(place, None)
            return reader.modelled(line)
        config.filters[version][place] = FilterLine(place, line.number, tuple(words[3:]))
        return reader.modelled(line)
    if which == "dynamic" and len(words) > 3 and words[3].isdigit():
        place = number(words[3], _MOST)
        if negated:
            config.dynamics[version].pop(place, None)
            return reader.modelled(line)
        config.dynamics[version][place] = DynamicLine(place, line.number, tuple(words[4:]))
        return reader.modelled(line)
    if which == "set" and len(words) > 3:
        if negated:
            config.filter_sets.pop(words[3], None)
            return reader.modelled(line)
        if len(words) > 4 and words[4] in _DIRECTIONS:
            found = config.filter_sets.setdefault(words[3], FilterSet())
            found.directions[words[4]] = _bound(line, words[5:])
            return reader.modelled(line)
    return False


def _bound(line: Line, words: list[str]) -> Bound:
    """The numbers of a list: static ones, and behind ``dynamic`` the others."""
    at = words.index("dynamic") if "dynamic" in words else len(words)
    static = tuple(number(word, _MOST) for word in words[:at])
    dynamic = tuple(number(word, _MOST) for word in words[at + 1 :])
    return Bound(line=line.number, static=static, dynamic=dynamic)


def _dpi_filter(reader: Reader, line: Line, words: list[str], negated: bool, version: int) -> bool:
    if len(words) < 4:
        return False
    place = number(words[3])
    if negated:
        reader.config.dpi_filters[version].pop(place, None)
    else:
        reader.config.dpi_filters[version][place] = FilterLine(place, line.number, tuple(words[4:]))
    return reader.modelled(line)


def read_ethernet(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``ethernet filter N …`` and ``ethernet lan1 filter in …`` (chapter 9)."""
    if len(words) < 3:
        return False
    if words[1] == "filter":
        place = number(words[2])
        if negated:
            reader.config.ethernet_filters.pop(place, None)
        else:
            reader.config.ethernet_filters[place] = (line.number, tuple(words[3:]))
        return reader.modelled(line)
    if INTERFACE.match(words[1]) and words[2] == "filter" and len(words) > 3 and words[3] in _DIRECTIONS:
        interface = reader.interface(line, words[1])
        _bind(interface.ethernet, words[3], None if negated else _bound(line, words[4:]))
        return reader.modelled(line)
    return False


def read_url(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``url filter N …`` and ``url pp filter out …`` (chapter 10)."""
    if len(words) < 3:
        return False
    if words[1] == "filter":
        if words[2] == "use":
            reader.config.url_filtering = negated or words[3:4] != ["off"]
            return reader.modelled(line)
        if words[2] == "external-database":
            return reader.approximated(
                line, "pages of some kinds are refused: by the database of a service, not by address"
            )
        if not words[2].isdigit():
            return False
        if negated:
            reader.config.url_filters.pop(number(words[2]), None)
        else:
            reader.config.url_filters[number(words[2])] = (line.number, tuple(words[3:]))
        return reader.modelled(line)
    if INTERFACE.match(words[1]) and words[2] == "filter" and len(words) > 3 and words[3] in _DIRECTIONS:
        interface = reader.interface(line, words[1])
        _bind(interface.url, words[3], None if negated else _bound(line, words[4:]))
        return reader.modelled(line)
    return False


def _bind(lists: dict[str, Bound], direction: str, bound: Bound | None) -> None:
    if bound is None:
        lists.pop(direction, None)
    else:
        lists[direction] = bound


# Interfaces


def _of_interface(
    reader: Reader, line: Line, interface: InterfaceConfig, rest: list[str], negated: bool, version: int
) -> bool:
    match rest[0]:
        case "address":
            return _address(reader, line, interface, rest[1:], negated, version)
        case "prefix" if version == 6 and rest[1:2] != ["change"]:
            return _address(reader, line, interface, rest[1:], negated, version)
        case "secondary" if rest[1:2] == ["address"]:
            return _secondary(reader, line, interface, rest[2:], negated)
        case "secure" if rest[1:2] == ["filter"] and len(rest) > 2:
            return _secure(reader, line, interface, rest[2:], negated, version)
        case "inbound" if rest[1:3] == ["filter", "list"]:
            if negated:
                interface.inbound.pop(version, None)
            else:
                interface.inbound[version] = _bound(line, rest[3:])
            return reader.modelled(line)
        case "dpi" if rest[1:2] == ["filter"] and len(rest) > 2 and rest[2] in _DIRECTIONS:
            if negated:
                interface.dpi.pop((version, rest[2]), None)
            else:
                interface.dpi[version, rest[2]] = _bound(line, rest[3:])
            return reader.modelled(line)
        case "nat" if rest[1:2] == ["descriptor"]:
            return _descriptors(reader, line, interface, rest[2:], negated)
        case "vrrp" if len(rest) > 2 and rest[1].isdigit():
            return _vrrp(reader, line, interface, rest, negated, version)
        case "remote" if rest[1:2] == ["address"] and len(rest) > 2:
            return _remote(reader, line, interface, rest[2:], negated)
        case "dhcp":
            return _dhcp(reader, line, interface, rest[1:], negated, version)
        case "forward" if rest[1:2] == ["filter"] and len(rest) > 2:
            interface.forward = None if negated else (number(rest[2]), line.number)
            return reader.modelled(line)
        case "rip" if rest[1:2] == ["receive"]:
            interface.listens_rip = negated or rest[2:3] != ["off"]
            return reader.modelled(line)
        case "ospf" if rest[1:2] == ["neighbor"] and len(rest) > 2:
            reader.config.neighbors.append(parse_any(rest[2]))
            return reader.modelled(line)
    reason = found_in(OF_INTERFACE, rest)
    return reason is not None and reader.irrelevant(line, reason)


def parse_any(word: str) -> tuple[int, int]:
    """Version and integer of an address; `NotUnderstood` if it is none."""
    try:
        return parse_address(word)
    except ValueError:
        raise NotUnderstood(f"{word} is no address") from None


def _address(
    reader: Reader, line: Line, interface: InterfaceConfig, rest: list[str], negated: bool, version: int
) -> bool:
    word = rest[0] if rest else ""
    if negated:
        kept = [own for own in interface.addresses if own.prefix.version != version]
        interface.addresses = kept if not word else [o for o in interface.addresses if o not in _named(interface, word)]
        interface.fetches = interface.fetches and version == 6
        return reader.modelled(line)
    if not word:
        return False
    if version == 6:
        return _address6(reader, line, interface, word)
    if word == "dhcp":
        interface.fetches = True
        interface.addresses = [own for own in interface.addresses if own.secondary or own.prefix.version == 6]
        return reader.modelled(line)
    if len(rest) > 2 and rest[1] == "netmask":
        word = f"{word}/{rest[2]}"
    value, prefix = prefix4(word)
    own = OwnAddressLine(address=value, prefix=prefix, line=line.number)
    # A second `address` takes the place of the first.
    interface.addresses = [o for o in interface.addresses if o.secondary or o.virtual or o.prefix.version == 6]
    interface.addresses.insert(0, own)
    interface.fetches = False
    return reader.modelled(line)


def _named(interface: InterfaceConfig, word: str) -> list[OwnAddressLine]:
    version, value = parse_any(word.partition("/")[0])
    return [own for own in interface.addresses if own.prefix.version == version and own.address == value]


def _address6(reader: Reader, line: Line, interface: InterfaceConfig, word: str) -> bool:
    if word in ("auto", "dhcp") or "@" in word:
        interface.delegated = line.number
        return reader.approximated(line, "addresses under a prefix that the provider gives: which one does not show")
    value, prefix = prefix6(word)
    if value >> 118 == _LINK_LOCAL:
        return reader.irrelevant(line, "link-local addresses are outside of the model: nothing routes them")
    interface.addresses.append(OwnAddressLine(address=value, prefix=prefix, line=line.number))
    if prefix.network == value and prefix.length < 127:
        # `ipv6 lan1 prefix`: the interface identifier comes from the MAC address (30.2.3). The first address of the
        # prefix is the router's too (subnet-router anycast, RFC 4291 section 2.6.1).
        return reader.approximated(line, "the interface identifier comes from the MAC address")
    return reader.modelled(line)


def _secondary(reader: Reader, line: Line, interface: InterfaceConfig, rest: list[str], negated: bool) -> bool:
    if negated:
        interface.addresses = [own for own in interface.addresses if not own.secondary]
        return reader.modelled(line)
    if not rest:
        return False
    if rest[0] == "dhcp":
        return reader.approximated(line, "a second address that DHCP assigns: which one does not show")
    value, prefix = prefix4(rest[0])
    interface.addresses.append(OwnAddressLine(address=value, prefix=prefix, line=line.number, secondary=True))
    return reader.modelled(line)


def _secure(
    reader: Reader, line: Line, interface: InterfaceConfig, rest: list[str], negated: bool, version: int
) -> bool:
    if rest[0] == "name":
        interface.secure_set = None if negated or len(rest) < 2 else (rest[1], line.number)
        return reader.modelled(line)
    if rest[0] not in _DIRECTIONS:
        return False
    if negated:
        interface.secure.pop((version, rest[0]), None)
    else:
        interface.secure[version, rest[0]] = _bound(line, rest[1:])
    return reader.modelled(line)


def _descriptors(reader: Reader, line: Line, interface: InterfaceConfig, rest: list[str], negated: bool) -> bool:
    if negated:
        interface.descriptors = None
        return reader.modelled(line)
    at = rest.index("reverse") if "reverse" in rest else len(rest)
    interface.descriptors = Bound(line=line.number, static=tuple(number(word) for word in rest[:at]))
    if rest[at + 1 :]:
        return reader.unsupported(line, "translation of the far side's addresses (reverse) is not in the model")
    return reader.modelled(line)


def _vrrp(reader: Reader, line: Line, interface: InterfaceConfig, rest: list[str], negated: bool, version: int) -> bool:
    if negated:
        interface.addresses = [own for own in interface.addresses if not own.virtual]
        return reader.modelled(line)
    found, value = parse_any(rest[2])
    if found != version:
        raise NotUnderstood(f"{rest[2]} is no IPv{version} address")
    if version == 6 and value >> 118 == _LINK_LOCAL:
        return reader.irrelevant(line, "link-local addresses are outside of the model: nothing routes them")
    own = next((o.prefix for o in interface.addresses if o.prefix.contains(version, value)), None)
    if not any(o.address == value and o.prefix.version == version for o in interface.addresses):
        prefix = own or Prefix(version, value, 32 if version == 4 else 128)
        interface.addresses.append(OwnAddressLine(address=value, prefix=prefix, line=line.number, virtual=True))
    return reader.modelled(line)


def _remote(reader: Reader, line: Line, interface: InterfaceConfig, rest: list[str], negated: bool) -> bool:
    if rest[0] == "pool":
        interface.pool = () if negated else tuple(rest[1:])
        return reader.modelled(line)
    if rest[0].startswith("dhcp"):
        interface.pool = () if negated else (rest[0],)
        return reader.modelled(line)
    interface.remote_address = None if negated else quad(rest[0])
    return reader.modelled(line)


def _dhcp(reader: Reader, line: Line, interface: InterfaceConfig, rest: list[str], negated: bool, version: int) -> bool:
    if rest[:1] == ["service"] and len(rest) > 1:
        if version == 6:
            if rest[1] == "client" and not negated:
                interface.delegated = interface.delegated or line.number
                return reader.approximated(
                    line, "addresses under a prefix that the provider gives: which one does not show"
                )
            return reader.irrelevant(line, "leases of IPv6 addresses: which ones does not show")
        interface.dhcp_service = "" if negated else rest[1]
        for word in rest[2:]:
            reader.host(word, HostSign.DHCP_RELAY, line)
        return reader.modelled(line)
    if rest[:2] == ["auto", "default-route-add"]:
        interface.auto_default = negated or rest[2:3] != ["off"]
        return reader.modelled(line)
    if rest[:1] == ["auto"]:
        return reader.irrelevant(line, "whether the route to the link itself is added")
    reason = found_in(OF_INTERFACE, ["dhcp", *rest])
    return reason is not None and reader.irrelevant(line, reason)


# Routes and names


def _route(reader: Reader, line: Line, words: list[str], negated: bool, version: int) -> bool:
    text = words[2]
    read = prefix4 if version == 4 else prefix6
    prefix = Prefix(version, 0, 0) if text == "default" else read(text)[1]
    key = (version, str(prefix))
    if negated:
        reader.config.routes.pop(key, None)
        return reader.modelled(line)
    if words[3:4] != ["gateway"]:
        return False
    gateways: list[Gateway] = []
    at = 3
    while at < len(words) and words[at] == "gateway":
        gateway, at = _gateway(words, at + 1)
        gateways.append(gateway)
    if at != len(words):
        raise NotUnderstood(f"{words[at]} is not understood in a route")
    before = reader.config.routes.get(key)
    if before is not None and before.line != line.number:
        # A later line for the same network is one more way there: `show config` writes one line, people write several.
        gateways = [*before.gateways, *gateways]
    reader.config.routes[key] = RouteLine(prefix=prefix, line=line.number, gateways=tuple(gateways))
    return reader.modelled(line)


def _gateway(words: list[str], at: int) -> tuple[Gateway, int]:
    """One gateway behind its keyword, and the place behind it."""
    if at >= len(words):
        raise NotUnderstood("a gateway that is cut off")
    interface, address, discard = "", None, False
    word = words[at].lower()
    at += 1
    if word in ("pp", "tunnel", "dhcp", "ra") and at < len(words):
        target = words[at].lower()
        at += 1
        interface = target if word in ("dhcp", "ra") else ANONYMOUS if target == "anonymous" else f"{word}{target}"
        while at < len(words) and words[at].startswith(("name=", "dlci=")):
            at += 1
    elif word == "null" or word.startswith("loopback"):
        interface, discard = word, word == "null"
    elif INTERFACE.match(word):
        interface = word
    else:
        bare, _, scope = word.partition("%")
        version, value = parse_any(bare)
        if version == 6 and value >> 118 == _LINK_LOCAL:
            interface = scope
        else:
            address = value
    filters: list[int] = []
    dpi: list[int] = []
    tracked = backup = False
    while at < len(words) and words[at] != "gateway":
        option = words[at]
        at += 1
        if option in ("filter", "dpi"):
            while at < len(words) and words[at].isdigit():
                (filters if option == "filter" else dpi).append(number(words[at]))
                at += 1
        elif option == "hide":
            tracked = True
        elif option == "keepalive":
            tracked = True
            at += at < len(words) and words[at].isdigit()
        elif option in ("weight", "metric") and at < len(words):
            backup = backup or (option == "weight" and words[at] == "0")
            at += 1
        else:
            raise NotUnderstood(f"{option} is not understood in a route")
    return (
        Gateway(
            interface=interface,
            address=address,
            discard=discard,
            filters=tuple(filters),
            dpi=tuple(dpi),
            tracked=tracked,
            backup=backup,
        ),
        at,
    )


def _forward_filter(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``ip forward filter ID ORDER gateway G filter N…``: which way packets go that came in at some interface."""
    if len(words) < 5:
        return False
    lines = reader.config.forward_filters.setdefault(number(words[3]), {})
    lines.pop(number(words[4]), None)
    if not negated:
        if words[5:6] != ["gateway"]:
            return False
        gateway, _ = _gateway(words, 6)
        lines[number(words[4])] = (line.number, gateway)
    return reader.modelled(line)


def _host(reader: Reader, line: Line, rest: list[str], negated: bool) -> bool:
    """``ip host NAME ADDRESS``."""
    if len(rest) > 1 and not negated:
        reader.host(rest[1], HostSign.OBJECT, line, rest[0])
    return reader.modelled(line)
