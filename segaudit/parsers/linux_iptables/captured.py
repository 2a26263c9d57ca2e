"""What ``ip address`` prints (ip-address(8), iproute2 6.1): interfaces and their addresses, which no rule shows.

Three spellings are read, also between tables of rules in one file: the blocks of ``ip address show``, the lines of
``ip -o address show``, the table of ``ip -br address show``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from segaudit.model import InterfaceAddress, LineState, Prefix, Span, parse_address, parse_prefix
from segaudit.parsers.linux_iptables.links import HostLink, shown_link

#: ``2: eth0.10@eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UP …``
_HEAD: Final = re.compile(r"^\d+: (?P<name>[^\s:@]+)(?:@(?P<lower>\S+))?: <(?P<flags>[\w,-]*)>(?P<rest> mtu \d+.*)$")
#: ``2: eth0    inet 192.0.2.1/24 brd 192.0.2.255 scope global eth0\       valid_lft forever …``
_ONE_LINE: Final = re.compile(r"^\d+: (?P<name>[^\s:@]+)\s+(?P<words>inet6? \S+ .*)$")
#: ``eth0@if3         UP             192.0.2.1/24 2001:db8::1/64``
_BRIEF: Final = re.compile(
    r"^(?P<name>[^\s:@]+)(?:@(?P<lower>\S+))?\s+"
    r"(?P<state>UP|DOWN|UNKNOWN|DORMANT|LOWERLAYERDOWN|NOTPRESENT|TESTING)"
    r"(?P<addresses>(?:\s+(?:[0-9a-fA-F]*[:.][0-9a-fA-F:.]*(?:/\d+)?|peer|metric \d+))*)\s*$"
)
#: Inside of a block: addresses, and what stands around them.
_INET: Final = re.compile(r"^\s+(?P<words>inet6? \S+.*)$")
_REST_OF_BLOCK: Final = re.compile(
    r"^\s+(?:link/\S+|valid_lft |altname |(?:RX|TX):|promiscuity |vlan |bridge |veth\b|tun |vrf |numtxqueues|wireguard\b)"
)
_LINK_LOCAL: Final = Prefix(6, 0xFE80 << 112, 10)

Verdict = tuple[LineState, str]


@dataclass(slots=True)
class CapturedInterface:
    """An interface as it stood: ``enabled`` as by ``ip link set up``; ``leased``: an address of it is dynamic."""

    name: str
    span: Span
    enabled: bool = True
    parent: str = ""
    master: str = ""
    leased: bool = False


def shows_addresses(line: str) -> bool:
    """Whether a line can only be the beginning of such output."""
    brief = _BRIEF.match(line)
    return bool(_HEAD.match(line) or _ONE_LINE.match(line) or (brief and "/" in brief["addresses"]))


class AddressCapture:
    """Reads the lines of one file in turn."""

    def __init__(self) -> None:
        self.interfaces: dict[str, CapturedInterface] = {}
        self.addresses: dict[str, list[InterfaceAddress]] = {}
        self.links: dict[str, HostLink] = {}
        #: The interface whose block goes on.
        self._open = ""

    def take(self, line: str, span: Span) -> Verdict | None:
        """The ledger state and reason of a line of such output; ``None``: it is something else."""
        if (head := _HEAD.match(line)) is not None:
            self._open = head["name"]
            self._interface(head["name"], head["lower"], span, enabled="UP" in head["flags"].split(","))
            self.interfaces[self._open].master = _behind(head["rest"].split(), "master")
            return LineState.MODELLED, ""
        if (one := _ONE_LINE.match(line)) is not None:
            self._open = ""
            self._interface(one["name"], None, span)
            return self._address(one["name"], one["words"].partition("\\")[0].split(), span)
        if self._open and (inet := _INET.match(line)) is not None:
            return self._address(self._open, inet["words"].split(), span)
        if self._open and (link := shown_link(line, span)) is not None:
            self.links.setdefault(self._open, link)
            return LineState.MODELLED, ""
        if self._open and _REST_OF_BLOCK.match(line) is not None:
            return LineState.IRRELEVANT, "hardware and lifetimes of an interface, not its addresses"
        self._open = ""
        brief = _BRIEF.match(line)
        if brief is not None and ("/" in brief["addresses"] or self.interfaces):
            self._interface(brief["name"], brief["lower"], span)
            for words in _brief_addresses(brief["addresses"].split()):
                self._address(brief["name"], words, span)
            return LineState.MODELLED, ""
        return None

    def _interface(self, name: str, lower: str | None, span: Span, *, enabled: bool = True) -> None:
        parent = lower if lower and lower != "NONE" and not re.fullmatch(r"if\d+", lower) else ""
        self.interfaces.setdefault(name, CapturedInterface(name, span, enabled, parent))

    def _address(self, name: str, words: Sequence[str], span: Span) -> Verdict:
        scope = _behind(words, "scope")
        if scope == "host":
            return LineState.IRRELEVANT, "an address of the host alone, which no packet on a wire has"
        try:
            peer = _behind(words, "peer")
            version, address = parse_address(words[1].partition("/")[0])
            prefix = parse_prefix(peer or words[1])
        except ValueError:
            return LineState.UNRECOGNIZED, "an address that cannot be read"
        if version == 6 and _LINK_LOCAL.contains(6, address):
            return LineState.IRRELEVANT, "IPv6 link-local: no packet with it crosses a router (RFC 4291, 2.5.6)"
        if (version == 4 and address >> 24 == 127) or (version == 6 and address == 1):
            return LineState.IRRELEVANT, "an address of the host alone, which no packet on a wire has"
        if "dadfailed" in words:
            return LineState.IRRELEVANT, "somebody else has this address: the host does not use it"
        found = self.addresses.setdefault(name, [])
        found.append(InterfaceAddress(address=address, prefix=prefix, secondary="secondary" in words, span=span))
        if "dynamic" in words and version == 4:
            self.interfaces[name].leased = True
        return LineState.MODELLED, ""


def _brief_addresses(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """The addresses of a line of ``ip -br``, each in the words of the long form."""
    place = 0
    while place < len(words):
        family = "inet6" if ":" in words[place] else "inet"
        if words[place] == "metric":
            place += 2
        elif words[place + 1 : place + 2] == ["peer"]:
            yield (family, *words[place : place + 3])
            place += 3
        else:
            yield (family, words[place])
            place += 1


def _behind(words: Sequence[str], keyword: str) -> str:
    """The word behind ``keyword``; empty where there is none."""
    return next((after for word, after in pairwise(words) if word == keyword), "")
