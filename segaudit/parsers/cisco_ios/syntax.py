"""From lines to commands: comments, banners and key material taken out, the rest as a tree of modes.

IOS itself knows no indentation: a command belongs to the mode that is open, and a command that the mode does not have
leaves it. ``show running-config`` indents by mode, so indentation is read; where it was lost (a config pasted through
mail), a command that only a mode has goes to the mode that stands open above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from segaudit.model import LedgerBuilder, LineState, SourceFile
from segaudit.syntax.indented import Line, read_indented

COMMENT: Final = "comment"
BANNER: Final = "text that is shown to people"
KEY_MATERIAL: Final = "certificate or key data: it authenticates, it filters nothing"

#: Commands whose text goes on over lines up to a delimiter. Cisco IOS Configuration Fundamentals Command Reference,
#: ``banner``; ``aaa authentication banner`` and ``fail-message``; ``menu title``; ``refuse-message``.
_TEXT_COMMAND: Final = re.compile(
    r"\s*(?:banner\s+(?:config-save|exec|incoming|login|motd|prompt-timeout|slip-ppp)"
    r"|banner(?=\s+[^a-z\s])"
    r"|aaa\s+authentication\s+(?:banner|fail-message)"
    r"|aaa\s+authentication\s+attempts\s+login-banner"
    r"|menu\s+\S+\s+title"
    r"|(?:refuse|vacant|busy|host-failed)-message(?:\s+\S+)?"
    r"|(?:title|login-message|logout-message)(?=\s+\^C))\s+(?P<text>\S.*)"
)

_HEX_LINE: Final = re.compile(r"\s*(?:[0-9A-Fa-f]{2,8})(?:\s+[0-9A-Fa-f]{2,8})*\s*")
_KEY_LINE: Final = re.compile(r"\s*[0-9A-Za-z+/=]{16,}\s*|" + _HEX_LINE.pattern)

#: Commands that only one mode has, by the command that opens the mode: first word, or first two words.
_ONLY_IN: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "interface": frozenset({
            "arp timeout", "bandwidth", "channel-group", "crypto map", "description", "dot1q", "duplex",
            "encapsulation", "glbp", "ip access-group", "ip address", "ip directed-broadcast", "ip helper-address",
            "ip inspect", "ip mtu", "ip nat inside", "ip nat outside", "ip ospf", "ip pim", "ip policy", "ip proxy-arp",
            "ip redirects", "ip route-cache", "ip tcp adjust-mss", "ip unnumbered", "ip unreachables",
            "ip verify unicast", "ip virtual-reassembly", "ip vrf forwarding", "ipv6 address", "ipv6 enable",
            "ipv6 nd", "ipv6 traffic-filter", "keepalive", "load-interval", "mtu", "negotiation", "no ip address",
            "no shutdown", "no switchport", "ppp", "shutdown", "speed", "standby", "switchport", "tunnel", "vrf forwarding",
            "vrrp", "zone-member", "authentication port-control", "cdp enable", "channel-protocol", "clock rate", "delay",
            "dialer pool", "dialer-group", "dot1x", "fair-queue", "full-duplex", "half-duplex", "hold-queue",
            "ip arp inspection trust", "ip dhcp snooping trust", "ip flow", "ip mroute-cache", "ip nbar", "logging event",
            "mab", "media-type", "mls qos trust", "mop", "ntp broadcast", "ntp disable", "peer default", "pvc",
            "service-policy input", "service-policy output", "snmp trap", "spanning-tree bpduguard",
            "spanning-tree portfast", "storm-control",
        }),
        "line": frozenset({
            "access-class", "exec-timeout", "history", "ipv6 access-class", "login", "logging synchronous", "password",
            "privilege level", "stopbits", "transport",
        }),
        "access-list": frozenset({"deny", "evaluate", "permit", "remark"}),
        "route-map": frozenset({"match", "set"}),
        "class-map": frozenset({"match"}),
        "object-group": frozenset({"group-object", "host", "network-object", "service-object", "range", "tcp", "udp"}),
        "dhcp": frozenset({"default-router", "dns-server", "domain-name", "lease", "network", "netbios-name-server"}),
        "router": frozenset({"neighbor", "network", "no auto-summary", "passive-interface", "redistribute"}),
    }
)  # fmt: skip

#: First words of commands that open another mode, or leave the one that is open.
_OTHER_MODES: Final = frozenset({
    "aaa", "archive", "call-home", "class", "control-plane", "controller", "crypto", "dial-peer", "end", "ephone",
    "ephone-dn", "event", "exit", "key", "parameter-map", "policy-map", "radius", "redundancy", "snmp-server", "tacacs",
    "telephony-service", "track", "vlan", "voice", "vpdn-group", "vrf", "webvpn", "zone", "zone-pair",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A command whose text goes on over several lines: 1-based, both inclusive. ``closed``: its end was found."""

    first_line: int
    last_line: int
    closed: bool


def read_commands(source: SourceFile, ledger: LedgerBuilder) -> list[Line]:
    """The commands of ``source`` as a tree; what is no command (comments, texts, key data) is marked in ``ledger``."""
    return adopt(read_indented(_commands(source, ledger)))


def _commands(source: SourceFile, ledger: LedgerBuilder) -> Iterator[tuple[int, str]]:
    """The numbered lines that are commands."""
    lines = source.lines
    count = len(lines)
    index = 0
    while index < count:
        raw = lines[index]
        index += 1
        text = raw.strip()
        if not text:
            continue
        first = text[0]
        if first == "!":
            ledger.irrelevant(index, COMMENT)
            continue
        if first in "bamrvht" and (found := _TEXT_COMMAND.fullmatch(raw)) is not None:
            block = _text_block(lines, index, found["text"])
            _mark_text(block, ledger)
            index = block.last_line
            continue
        yield index, raw
        if (first in "ck") and (text.startswith("certificate") or text == "key-string"):
            end = _key_block(lines, index)
            if end > index:
                ledger.irrelevant(index + 1, KEY_MATERIAL, end)
                ledger.hide(index + 1, end)
                index = end


def _text_block(lines: tuple[str, ...], number: int, text: str) -> Text:
    """Where the text that begins on line ``number`` (after the command's words) ends.

    ``show running-config`` writes the delimiter as ``^C`` (two characters, or the one control character); a person
    types any character.
    """
    delimiter = "^C" if text.startswith("^C") else text[0]
    if delimiter in text[len(delimiter) :]:
        return Text(first_line=number, last_line=number, closed=True)
    for last in range(number + 1, len(lines) + 1):
        if delimiter in lines[last - 1]:
            return Text(first_line=number, last_line=last, closed=True)
    # The delimiter was lost (a control character that something removed) or the file was cut: the text ends where the
    # next block of the config visibly begins.
    for last in range(number + 1, len(lines) + 1):
        if lines[last - 1].startswith(("!", "line con", "line vty", "hostname ", "interface ", "banner ")):
            return Text(first_line=number, last_line=last - 1, closed=False)
    return Text(first_line=number, last_line=len(lines), closed=False)


def _mark_text(block: Text, ledger: LedgerBuilder) -> None:
    if block.closed:
        ledger.irrelevant(block.first_line, BANNER, block.last_line)
    else:
        ledger.mark(
            block.first_line, block.last_line, LineState.UNRECOGNIZED, "a text whose closing delimiter is missing"
        )


def _key_block(lines: tuple[str, ...], number: int) -> int:
    """The last line of the key data that follow line ``number``; ``number`` itself where none follow."""
    end = number
    for index in range(number, len(lines)):
        line = lines[index]
        if line.strip() == "quit":
            return index + 1
        if line.strip() and not _KEY_LINE.fullmatch(line):
            return end
        if line.strip():
            end = index + 1
    return end


def _mode_kind(line: Line) -> str:
    """Which mode ``line`` opens, as a key of `_ONLY_IN`; empty if none of these."""
    words = line.words
    head = words[0]
    if head in ("interface", "line", "route-map", "class-map", "object-group", "router"):
        return head
    if head in ("ip", "ipv6") and len(words) > 2:
        if words[1] == "access-list":
            return "access-list"
        if words[1] == "dhcp" and words[2] == "pool":
            return "dhcp"
    return ""


def adopt(top: list[Line]) -> list[Line]:
    """``top`` with commands that stand without their indentation moved under the mode that they need."""
    kept: list[Line] = []
    opener: Line | None = None
    only: frozenset[str] = frozenset()
    for line in top:
        if opener is not None and not line.children and _belongs(line, only):
            opener.children.append(line)
            continue
        kind = _mode_kind(line)
        if kind:
            opener, only = line, _ONLY_IN[kind]
        elif line.children or line.words[0] in _OTHER_MODES:
            opener = None
        kept.append(line)
    return kept


def _belongs(line: Line, only: frozenset[str]) -> bool:
    """Whether the mode that has ``only`` these commands has ``line``, and the global mode has not."""
    words = line.words
    if words[0] in ("no", "default") and len(words) > 1:
        words = words[1:]
        if words[0] in ("shutdown", "switchport"):
            return words[0] in only or f"no {words[0]}" in only
    if words[0].isdigit() and len(words) > 1:
        words = words[1:]
    two = " ".join(words[:2])
    three = " ".join(words[:3])
    if three in ("ip nat inside", "ip nat outside"):
        return len(words) == 3 and three in only
    if two == "ip inspect":
        return two in only and len(words) == 4 and words[3] in ("in", "out")
    if two == "crypto map":
        return two in only and len(words) == 3
    return words[0] in only or two in only or three in only
