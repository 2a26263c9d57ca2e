"""Reading NAT descriptors. Command Reference for Rev.23.02.02, chapter 23."""

from __future__ import annotations

from typing import Final

from segaudit.model import TCP, UDP, Range
from segaudit.parsers.yamaha_rtx.config import Descriptor, PortForward, StaticNat
from segaudit.parsers.yamaha_rtx.match import NotUnderstood, netmask, ports, protocol_number
from segaudit.parsers.yamaha_rtx.reader import Reader, number, quad
from segaudit.parsers.yamaha_rtx.syntax import Line

_KINDS: Final = frozenset({"none", "nat", "masquerade", "nat-masquerade"})
_INCOMING: Final = frozenset({"through", "reject", "discard", "forward"})


def read_nat(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``nat descriptor …``."""
    if len(words) < 4 or words[1] != "descriptor":
        return False
    config = reader.config
    rest = words[3:]
    match words[2]:
        case "type":
            return _type(reader, line, rest, negated)
        case "address" if rest[0] in ("outer", "inner") and len(rest) > 1:
            return _address(reader, line, rest, negated)
        case "static":
            found = config.descriptor(number(rest[0]), line.number)
            return _static(reader, line, found, rest[1:], negated)
        case "masquerade" if rest[0] == "static" and len(rest) > 1:
            found = config.descriptor(number(rest[1]), line.number)
            return _forward(reader, line, found, rest[2:], negated)
        case "masquerade" if rest[0] == "incoming" and len(rest) > 1:
            found = config.descriptor(number(rest[1]), line.number)
            return _incoming(reader, line, found, rest[2:], negated)
    return False


def _type(reader: Reader, line: Line, rest: list[str], negated: bool) -> bool:
    if negated:
        reader.config.descriptors.pop(number(rest[0]), None)
        return reader.modelled(line)
    if len(rest) < 2 or rest[1] not in _KINDS:
        return False
    found = reader.config.descriptor(number(rest[0]), line.number)
    found.kind = rest[1]
    found.hairpin = "hairpin=on" in rest
    return reader.modelled(line)


def _address(reader: Reader, line: Line, rest: list[str], negated: bool) -> bool:
    found = reader.config.descriptor(number(rest[1]), line.number)
    listed = () if negated else tuple(rest[2:])
    if rest[0] == "outer":
        found.outer, found.outer_line = listed or ("ipcp",), line.number
    else:
        found.inner = listed or ("auto",)
    return reader.modelled(line)


def _static(reader: Reader, line: Line, found: Descriptor, rest: list[str], negated: bool) -> bool:
    if not rest:
        return False
    place = number(rest[0])
    if negated:
        found.static.pop(place, None)
        return reader.modelled(line)
    outer, equals, inner = rest[1].partition("=") if len(rest) > 1 else ("", "", "")
    if not equals:
        raise NotUnderstood("a static entry is OUTER=INNER")
    count = number(rest[2], 1 << 16) if len(rest) > 2 else 1
    base, slash, mask = inner.partition("/")
    first, second = quad(outer), quad(base)
    if slash:
        bits = netmask(mask)
        if bits is None:
            raise NotUnderstood(f"{mask} is no netmask")
        count = 0x100000000 - bits
        first, second = first & bits, second & bits
    if not count or max(first, second) + count > 1 << 32:
        raise NotUnderstood("a static entry beyond the last address")
    found.static[place] = StaticNat(id=place, line=line.number, outer=first, inner=second, count=count)
    return reader.modelled(line)


def _forward(reader: Reader, line: Line, found: Descriptor, rest: list[str], negated: bool) -> bool:
    if not rest:
        return False
    place = number(rest[0])
    if negated:
        found.forwards.pop(place, None)
        return reader.modelled(line)
    if len(rest) < 3:
        return False
    protocol = protocol_number(rest[2])
    pairs: list[tuple[Range, Range]] = []
    if protocol in (TCP, UDP):
        if len(rest) < 4:
            raise NotUnderstood("a forward without a port")
        for part in rest[3].split(","):
            pairs += _pairs(part)
    inner = quad(rest[1])
    found.forwards[place] = PortForward(id=place, line=line.number, inner=inner, protocol=protocol, ports=tuple(pairs))
    return reader.modelled(line)


def _pairs(text: str) -> list[tuple[Range, Range]]:
    """``80``, ``8080=80``, ``5000-5009=6000-6009``, ``www``: the ports outside with those inside.

    Without ``outer=`` the port stays as it is (23.8).
    """
    first, equals, second = text.partition("=")
    outer = ports(first)
    inner = ports(second) if equals else outer
    if outer is None or inner is None or len(outer) != len(inner):
        raise NotUnderstood(f"{text} is no port")
    for one, other in zip(outer, inner, strict=True):
        if one[1] - one[0] != other[1] - other[0]:
            raise NotUnderstood(f"{text} has more ports on one side than on the other")
    return list(zip(outer, inner, strict=True))


def _incoming(reader: Reader, line: Line, found: Descriptor, rest: list[str], negated: bool) -> bool:
    if negated:
        found.incoming, found.incoming_to = "reject", None
        return reader.modelled(line)
    if not rest or rest[0] not in _INCOMING or (rest[0] == "forward" and len(rest) < 2):
        return False
    found.incoming, found.incoming_line = rest[0], line.number
    found.incoming_to = quad(rest[1]) if rest[0] == "forward" else None
    return reader.modelled(line)
