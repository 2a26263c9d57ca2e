"""Interfaces as ``ip link``, ``ip tunnel`` and captures of ``ip address`` make or show them: VLANs, tunnels, bridges.

ip-link(8), ip-tunnel(8), iproute2 6.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from segaudit.model import AddressRange, Span, parse_address

#: What packets are wrapped in, by the word of ``mode`` or ``type`` (or of ``link/…`` in captures); a key of VTI only
#: picks the IPsec policy.
_TUNNELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "gre": "gre",
        "gre/ip": "gre",
        "ip6gre": "gre",
        "gre6": "gre",
        "gretap": "gretap",
        "ip6gretap": "gretap",
        "ipip": "ipip",
        "ip/ip": "ipip",
        "sit": "sit",
        "isatap": "sit",
        "vti": "ipsec",
        "vti6": "ipsec",
        "ip6ip6": "ipv6",
        "ipip6": "ipv6",
        "ip6tnl": "ipv6",
        "tunnel6": "ipv6",
        "vxlan": "vxlan",
        "geneve": "geneve",
        "wireguard": "wireguard",
    }
)
#: ``    link/gre 192.0.2.1 peer 198.51.100.9`` in a capture; ``brd`` where it has no fixed other end.
_SHOWN_TUNNEL: Final = re.compile(
    r"^\s+link/(?P<kind>gre6?|ipip|sit|tunnel6)\s+(?P<local>\S+)(?:\s+peer\s+(?P<far>\S+))?"
)
#: ``    vlan protocol 802.1Q id 10 <REORDER_HDR>`` under ``ip -d``.
_SHOWN_VLAN: Final = re.compile(r"^\s+vlan protocol 802\.1Q id (?P<id>\d+)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLink:
    """What is told of an interface besides its addresses.

    ``tunnel`` is what its packets are wrapped in (empty: it is none), ``local`` and ``far`` are the ends, where they
    are fixed; ``lower`` is the interface below it.
    """

    span: Span
    tunnel: str = ""
    local: AddressRange | None = None
    far: AddressRange | None = None
    vlan: int | None = None
    lower: str = ""
    bridge: bool = False


def made_link(words: Sequence[str], span: Span) -> tuple[str, HostLink] | None:
    """Name and kind of the interface that ``ip link add …`` or ``ip tunnel add …`` makes (``words`` behind ``add``).

    ``None`` for kinds that are neither VLAN, tunnel nor bridge; ``ValueError`` where an address or number is none.
    """
    keys, bare = _options(words)
    kind = keys.get("type") or keys.get("mode", "")
    name = keys.get("name") or bare
    lower = keys.get("link") or keys.get("dev", "")
    if not name:
        return None
    if kind == "vlan":
        return name, HostLink(span=span, vlan=int(keys["id"]) if "id" in keys else None, lower=lower)
    if kind == "bridge":
        return name, HostLink(span=span, bridge=True)
    tunnel = _TUNNELS.get(kind, "")
    if not tunnel:
        return None
    if tunnel in ("vxlan", "geneve"):
        tunnel += f" vni {keys.get('id') or keys.get('vni', '')}"
    return name, HostLink(
        span=span, tunnel=tunnel, local=_end(keys.get("local", "")), far=_end(keys.get("remote", "")), lower=lower
    )


def shown_link(line: str, span: Span) -> HostLink | None:
    """What a line below the head of an interface tells in a capture; ``None``: nothing of this."""
    if (vlan := _SHOWN_VLAN.match(line)) is not None:
        return HostLink(span=span, vlan=int(vlan["id"]))
    if (shown := _SHOWN_TUNNEL.match(line)) is not None:
        try:
            return HostLink(
                span=span, tunnel=_TUNNELS[shown["kind"]], local=_end(shown["local"]), far=_end(shown["far"] or "")
            )
        except ValueError:
            return None
    return None


def _options(words: Sequence[str]) -> tuple[dict[str, str], str]:
    """Keywords with the word behind them, and the first word that is neither: the name."""
    keys: dict[str, str] = {}
    bare = ""
    place = 0
    while place < len(words):
        word = words[place]
        if word in _KEYWORDS and place + 1 < len(words):
            keys.setdefault(word, words[place + 1])
            place += 2
        else:
            bare = bare or word
            place += 1
    return keys, bare


_KEYWORDS: Final = frozenset(
    {
        *(
            "name",
            "type",
            "mode",
            "link",
            "dev",
            "id",
            "vni",
            "local",
            "remote",
            "ttl",
            "hoplimit",
            "key",
            "ikey",
            "okey",
        ),
        *("tos", "tclass", "mtu", "address", "txqueuelen", "dstport", "group", "protocol", "encaplimit", "index"),
    }
)


def _end(word: str) -> AddressRange | None:
    """The address of an end; none where it is ``any``, zero or missing."""
    if word in ("", "any"):
        return None
    version, value = parse_address(word)
    return AddressRange(version, value, value) if value else None
