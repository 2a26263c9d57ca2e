"""Networks of three devices made by chance, in a ring: any of the formats of `made` at each place.

The edge has the internet, an inner network and its servers; the core stands in the inner network, the far one in a
network of the core and in the edge's servers. So every network is reached by two ways, and static routes, with metrics
that differ, choose. Some lead round in a circle.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from hypothesis import strategies as st

from segaudit.model import Device, LineState, Route, SourceFile, Span, parse_address, parse_prefix
from segaudit.pipeline.discover import parsers
from tests.proofs.made import MADE, Chooser

#: Places, the edge first.
PLACES: Final = ("edge", "core", "far")
#: What the networks and addresses of `made` are called at the other places: outside, inside, servers; own first.
_ELSEWHERE: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "edge": (),
    "core": (
        ("10.2.", "10.4."),
        ("10.1.", "10.3."),
        ("203.0.113.1 ", "10.1.0.9 "),
        ("203.0.113.1/", "10.1.0.9/"),
        ("203.0.113.254", "10.1.0.1"),
        ("203.0.113.", "10.1.0."),
    ),
    "far": (
        ("10.1.", "10.5."),
        ("10.2.0.1 ", "10.2.0.9 "),
        ("10.2.0.1/", "10.2.0.9/"),
        ("203.0.113.1 ", "10.3.0.9 "),
        ("203.0.113.1/", "10.3.0.9/"),
        ("203.0.113.254", "10.3.0.1"),
        ("203.0.113.", "10.3.0."),
    ),
}
#: By place: networks, and the next hops of which each is reached by one or two.
_WAYS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "edge": {
        "10.3.0.0/24": ("10.1.0.9", "10.2.0.9"),
        "10.4.0.0/24": ("10.1.0.9", "10.2.0.9"),
        "10.5.0.0/24": ("10.2.0.9", "10.1.0.9"),
        "10.99.0.0/16": ("10.1.0.9",),
    },
    "core": {
        "10.2.0.0/24": ("10.1.0.1", "10.3.0.9"),
        "10.5.0.0/24": ("10.3.0.9", "10.1.0.1"),
        "10.99.0.0/16": ("10.3.0.9",),
    },
    "far": {
        "10.1.0.0/24": ("10.2.0.1", "10.3.0.1"),
        "10.4.0.0/24": ("10.3.0.1", "10.2.0.1"),
        "10.99.0.0/16": ("10.2.0.1",),
    },
}
_ADDRESSES: Final = "".join(
    f"{number}: eth{number}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000\n"
    f"    inet {network}1/24 scope global eth{number}\n"
    for number, network in enumerate(("203.0.113.", "10.1.0.", "10.2.0."))
)
_SPAN: Final = Span(path="made", first_line=1, last_line=1)
#: The words that `made` calls objects, groups and lists, as whole words.
_OBJECT: Final = re.compile(
    r"(?<![\w./-])(a|g|s|v|o|L|server|pm|zp|c)(\d)(?![\w./-])"
    r"|(?<![\w./-])(g|sg|vg|tcpports|inside-net|ZL|listed)(?![\w./-])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A configuration with the routes that it is given: ``name`` of its device, files by path."""

    parser: str
    name: str
    files: Mapping[str, str]
    routes: tuple[Route, ...]

    def device(self) -> Device:
        """What the parser makes of it."""
        sources = tuple(SourceFile(path=p, lines=tuple(t.splitlines())) for p, t in self.files.items())
        (together,) = parsers()[self.parser].group(sources)
        result = parsers()[self.parser].parse(together)
        left = [
            f"{ledger.path}:{line}"
            for ledger in result.ledgers
            for state in (LineState.UNSUPPORTED, LineState.UNRECOGNIZED)
            for line in ledger.lines(state)
        ]
        assert not left, "what is made here is what the parsers understand"
        (device,) = result.devices
        assert device.name == self.name, (device.name, self.name)
        return replace(device, routes=(*device.routes, *self.routes))

    def renamed(self, name: str) -> Made:
        """The same with other names for the device, its files and everything that the config names itself."""
        files = {
            path.replace(self.name, name): _OBJECT.sub(_other_name, _called(text, self.name, name))
            for path, text in self.files.items()
        }
        return replace(self, name=name, files=files)


def _called(text: str, name: str, other: str) -> str:
    """A config with another name for its device, in whichever words its format gives one."""
    return re.sub(rf'(?m)^(.*\b(?:host-?name|prompt) "?){name}\b', rf"\g<1>{other}", text)


def _other_name(found: re.Match[str]) -> str:
    """Another name for an object, which sorts the other way round.

    But for objects with a translation: of two for one host an ASA takes the one whose name comes first (ASA 9 CLI
    configuration guide, NAT, "Auto NAT: ... object name in alphabetical order").
    """
    stem, number, alone = found.groups()
    if stem == "server":
        return f"R{found[0]}"
    return f"R{9 - int(number)}{stem}" if number else f"Q-{alone}"


@st.composite
def rings(draw: st.DrawFn) -> tuple[Made, ...]:
    """Three devices in a ring."""
    return tuple(_made(draw, place) for place in PLACES)


def _made(draw: st.DrawFn, place: str) -> Made:
    c = Chooser(draw)
    parser = c.one(sorted(MADE))
    files = dict(draw(MADE[parser]))
    if parser == "linux_iptables":
        files = {path.replace("made", place): text for path, text in files.items()} | {f"{place}.address": _ADDRESSES}
    else:
        files = {path.replace("made", place): _called(text, "made", place) for path, text in files.items()}
    for old, new in _ELSEWHERE[place]:
        files = {path: text.replace(old, new) for path, text in files.items()}
    hops = [] if parser != "linux_iptables" else [("0.0.0.0/0", _outward(place), 1)]
    for network, ways in _WAYS[place].items():
        first, *others = reversed(ways) if c.maybe(4) else ways
        hops.append((network, first, 1))
        hops += [(network, other, 10) for other in others if c.maybe()]
    routes = tuple(
        Route(prefix=parse_prefix(network), span=_SPAN, next_hop=parse_address(hop)[1], distance=distance)
        for network, hop, distance in hops
    )
    return Made(parser=parser, name=place, files=files, routes=routes)


def _outward(place: str) -> str:
    return {"edge": "203.0.113.254", "core": "10.1.0.1", "far": "10.3.0.1"}[place]
