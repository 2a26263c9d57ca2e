"""Numbers that the standards give names to: IP protocols, ICMP types and codes, special-use address blocks.

Names are those of the IANA registries "Protocol Numbers", "ICMP Parameters", "ICMPv6 Parameters" and of the IPv4 and
IPv6 "Special-Purpose Address" registries (RFC 6890, RFC 8190). A maker's own words (``pinger``, ``ip-any``) belong to
that maker's parser.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from segaudit.model.address import Prefix, parse_prefix

# Number and keyword, in lower case. 4 and 41 are the encapsulations, which IANA calls IPv4 and IPv6.
_PROTOCOLS: Final = """
0 hopopt · 1 icmp · 2 igmp · 3 ggp · 4 ipv4 · 5 st · 6 tcp · 7 cbt · 8 egp · 9 igp · 10 bbn-rcc-mon · 11 nvp-ii · 12 pup ·
13 argus · 14 emcon · 15 xnet · 16 chaos · 17 udp · 18 mux · 19 dcn-meas · 20 hmp · 21 prm · 22 xns-idp · 23 trunk-1 ·
24 trunk-2 · 25 leaf-1 · 26 leaf-2 · 27 rdp · 28 irtp · 29 iso-tp4 · 30 netblt · 31 mfe-nsp · 32 merit-inp · 33 dccp ·
34 3pc · 35 idpr · 36 xtp · 37 ddp · 38 idpr-cmtp · 39 tp++ · 40 il · 41 ipv6 · 42 sdrp · 43 ipv6-route · 44 ipv6-frag ·
45 idrp · 46 rsvp · 47 gre · 48 dsr · 49 bna · 50 esp · 51 ah · 52 i-nlsp · 53 swipe · 54 narp · 55 min-ipv4 · 56 tlsp ·
57 skip · 58 ipv6-icmp · 59 ipv6-nonxt · 60 ipv6-opts · 62 cftp · 64 sat-expak · 65 kryptolan · 66 rvd · 67 ippc ·
69 sat-mon · 70 visa · 71 ipcv · 72 cpnx · 73 cphb · 74 wsn · 75 pvp · 76 br-sat-mon · 77 sun-nd · 78 wb-mon ·
79 wb-expak · 80 iso-ip · 81 vmtp · 82 secure-vmtp · 83 vines · 84 iptm · 85 nsfnet-igp · 86 dgp · 87 tcf · 88 eigrp ·
89 ospfigp · 90 sprite-rpc · 91 larp · 92 mtp · 93 ax.25 · 94 ipip · 95 micp · 96 scc-sp · 97 etherip · 98 encap ·
100 gmtp · 101 ifmp · 102 pnni · 103 pim · 104 aris · 105 scps · 106 qnx · 107 a/n · 108 ipcomp · 109 snp ·
110 compaq-peer · 111 ipx-in-ip · 112 vrrp · 113 pgm · 115 l2tp · 116 ddx · 117 iatp · 118 stp · 119 srp · 120 uti ·
121 smp · 122 sm · 123 ptp · 124 isis-over-ipv4 · 125 fire · 126 crtp · 127 crudp · 128 sscopmce · 129 iplt · 130 sps ·
131 pipe · 132 sctp · 133 fc · 134 rsvp-e2e-ignore · 135 mobility-header · 136 udplite · 137 mpls-in-ip · 138 manet ·
139 hip · 140 shim6 · 141 wesp · 142 rohc · 143 ethernet · 144 aggfrag · 145 nsh · 146 homa · 147 bit-emu
"""

_ALIASES: Final = {
    "ip-in-ip": 4,
    "ipencap": 4,
    "6in4": 41,
    "ipv6-encap": 41,
    "icmp6": 58,
    "icmpv6": 58,
    "ospf": 89,
    "carp": 112,
    "udp-lite": 136,
    "mobile": 55,
}

#: IP protocol numbers to IANA keywords in lower case; a number without one is unassigned or has no keyword.
PROTOCOL_NAMES: Final = MappingProxyType(
    {int(number): name for number, name in (item.split() for item in _PROTOCOLS.replace("\n", " ").split("·"))}
)
_NUMBERS: Final = MappingProxyType({name: number for number, name in PROTOCOL_NAMES.items()} | _ALIASES)


def protocol_number(name: str) -> int | None:
    """The IP protocol that ``name`` (a keyword in any case, a usual alias, or 0 to 255) means; ``None`` if none."""
    word = name.strip().lower()
    if word.isascii() and word.isdigit():
        number = int(word)
        return number if number <= 255 else None
    return _NUMBERS.get(word)


def protocol_name(number: int) -> str:
    """The keyword of IP protocol ``number``, or ``ip-<number>`` where it has none."""
    return PROTOCOL_NAMES.get(number, f"ip-{number}")


#: ICMP (protocol 1) types. RFC 792 and those that extend it.
ICMP_TYPES: Final = MappingProxyType(
    {
        0: "echo-reply",
        3: "destination-unreachable",
        4: "source-quench",
        5: "redirect",
        6: "alternate-host-address",
        8: "echo-request",
        9: "router-advertisement",
        10: "router-solicitation",
        11: "time-exceeded",
        12: "parameter-problem",
        13: "timestamp-request",
        14: "timestamp-reply",
        15: "information-request",
        16: "information-reply",
        17: "address-mask-request",
        18: "address-mask-reply",
        30: "traceroute",
        31: "datagram-conversion-error",
        32: "mobile-host-redirect",
        33: "ipv6-where-are-you",
        34: "ipv6-i-am-here",
        35: "mobile-registration-request",
        36: "mobile-registration-reply",
        37: "domain-name-request",
        38: "domain-name-reply",
        39: "skip",
        40: "photuris",
        41: "experimental-mobility",
        42: "extended-echo-request",
        43: "extended-echo-reply",
        253: "experiment-1",
        254: "experiment-2",
    }
)

#: (type, code) of ICMP. RFC 792, 1122, 1256, 1812, 2521, 5944, 8335.
ICMP_CODES: Final = MappingProxyType(
    {
        (3, 0): "network-unreachable",
        (3, 1): "host-unreachable",
        (3, 2): "protocol-unreachable",
        (3, 3): "port-unreachable",
        (3, 4): "fragmentation-needed",
        (3, 5): "source-route-failed",
        (3, 6): "network-unknown",
        (3, 7): "host-unknown",
        (3, 8): "source-host-isolated",
        (3, 9): "network-prohibited",
        (3, 10): "host-prohibited",
        (3, 11): "network-unreachable-for-tos",
        (3, 12): "host-unreachable-for-tos",
        (3, 13): "communication-prohibited",
        (3, 14): "host-precedence-violation",
        (3, 15): "precedence-cutoff",
        (5, 0): "network-redirect",
        (5, 1): "host-redirect",
        (5, 2): "tos-network-redirect",
        (5, 3): "tos-host-redirect",
        (9, 0): "normal-router-advertisement",
        (9, 16): "does-not-route-common-traffic",
        (11, 0): "ttl-exceeded-in-transit",
        (11, 1): "fragment-reassembly-time-exceeded",
        (12, 0): "pointer-indicates-error",
        (12, 1): "required-option-missing",
        (12, 2): "bad-length",
        (40, 0): "bad-spi",
        (40, 1): "authentication-failed",
        (40, 2): "decompression-failed",
        (40, 3): "decryption-failed",
        (40, 4): "need-authentication",
        (40, 5): "need-authorization",
        (43, 0): "no-error",
        (43, 1): "malformed-query",
        (43, 2): "no-such-interface",
        (43, 3): "no-such-table-entry",
        (43, 4): "multiple-interfaces-satisfy-query",
    }
)

#: ICMPv6 (protocol 58) types. RFC 4443 and those that extend it; below 128 they are errors.
ICMPV6_TYPES: Final = MappingProxyType(
    {
        1: "destination-unreachable",
        2: "packet-too-big",
        3: "time-exceeded",
        4: "parameter-problem",
        128: "echo-request",
        129: "echo-reply",
        130: "multicast-listener-query",
        131: "multicast-listener-report",
        132: "multicast-listener-done",
        133: "router-solicitation",
        134: "router-advertisement",
        135: "neighbor-solicitation",
        136: "neighbor-advertisement",
        137: "redirect",
        138: "router-renumbering",
        139: "node-information-query",
        140: "node-information-response",
        141: "inverse-neighbor-solicitation",
        142: "inverse-neighbor-advertisement",
        143: "multicast-listener-report-v2",
        144: "home-agent-address-discovery-request",
        145: "home-agent-address-discovery-reply",
        146: "mobile-prefix-solicitation",
        147: "mobile-prefix-advertisement",
        148: "certification-path-solicitation",
        149: "certification-path-advertisement",
        151: "multicast-router-advertisement",
        152: "multicast-router-solicitation",
        153: "multicast-router-termination",
        154: "fmipv6",
        155: "rpl-control",
        156: "ilnpv6-locator-update",
        157: "duplicate-address-request",
        158: "duplicate-address-confirmation",
        159: "mpl-control",
        160: "extended-echo-request",
        161: "extended-echo-reply",
    }
)

#: (type, code) of ICMPv6. RFC 4443, 6550, 7112, 8883.
ICMPV6_CODES: Final = MappingProxyType(
    {
        (1, 0): "no-route",
        (1, 1): "administratively-prohibited",
        (1, 2): "beyond-scope",
        (1, 3): "address-unreachable",
        (1, 4): "port-unreachable",
        (1, 5): "policy-failed",
        (1, 6): "reject-route",
        (1, 7): "source-routing-error",
        (3, 0): "hop-limit-exceeded-in-transit",
        (3, 1): "fragment-reassembly-time-exceeded",
        (4, 0): "erroneous-header-field",
        (4, 1): "unrecognized-next-header",
        (4, 2): "unrecognized-option",
        (4, 3): "incomplete-header-chain",
        (138, 0): "router-renumbering-command",
        (138, 1): "router-renumbering-result",
        (138, 255): "router-renumbering-sequence-number-reset",
    }
)


def icmp_name(protocol: int, icmp_type: int, code: int | None = None) -> str:
    """What people call an ICMP (protocol 1) or ICMPv6 (58) type, with its code where that has a name.

    A number without a name is shown as a number: ``type 44``, ``echo-request code 7``.
    """
    types, codes = (ICMPV6_TYPES, ICMPV6_CODES) if protocol == 58 else (ICMP_TYPES, ICMP_CODES)
    named = types.get(icmp_type, f"type {icmp_type}")
    if code is None:
        return named
    coded = codes.get((icmp_type, code))
    if coded is not None:
        return coded
    return named if code == 0 else f"{named} code {code}"


def icmp_number(protocol: int, name: str) -> tuple[int, int | None] | None:
    """Type and code (``None``: every code) that an IANA name means; ``None`` where no name is like it."""
    types, codes = (ICMPV6_TYPES, ICMPV6_CODES) if protocol == 58 else (ICMP_TYPES, ICMP_CODES)
    word = name.strip().lower().replace("_", "-").replace(" ", "-")
    for number, named in types.items():
        if named == word:
            return number, None
    for (number, code), named in codes.items():
        if named == word:
            return number, code
    return None


class BlockKind(StrEnum):
    """What a special-use block is for."""

    THIS_NETWORK = "this network"
    PRIVATE = "private"
    SHARED = "shared with the provider"
    LOOPBACK = "loopback"
    LINK_LOCAL = "link-local"
    MULTICAST = "multicast"
    BROADCAST = "broadcast"
    DOCUMENTATION = "documentation"
    BENCHMARK = "benchmarking"
    PROTOCOL = "protocol assignments"
    TRANSLATION = "translation"
    DISCARD = "discard only"
    RESERVED = "reserved"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialBlock:
    """A block of addresses with a special use.

    ``internet``: a packet from the internet may carry such a source, or be sent there from it. Documentation blocks
    count as internet: nobody owns them, so nothing is hidden by it, and examples use them for public addresses.
    """

    prefix: Prefix
    kind: BlockKind
    reference: str
    internet: bool = False


def _block(prefix: str, kind: BlockKind, reference: str, *, internet: bool = False) -> SpecialBlock:
    return SpecialBlock(prefix=parse_prefix(prefix), kind=kind, reference=reference, internet=internet)


#: The special-use blocks of both families, in the order of the registries. Blocks that the registries call globally
#: reachable (AS112, AMT, Teredo, ORCHIDv2, 6to4 and its like) are the internet's and not listed, except NAT64's.
SPECIAL_BLOCKS: Final = (
    _block("0.0.0.0/8", BlockKind.THIS_NETWORK, "RFC 791 section 3.2"),
    _block("10.0.0.0/8", BlockKind.PRIVATE, "RFC 1918"),
    _block("100.64.0.0/10", BlockKind.SHARED, "RFC 6598"),
    _block("127.0.0.0/8", BlockKind.LOOPBACK, "RFC 1122 section 3.2.1.3"),
    _block("169.254.0.0/16", BlockKind.LINK_LOCAL, "RFC 3927"),
    _block("172.16.0.0/12", BlockKind.PRIVATE, "RFC 1918"),
    _block("192.0.0.0/24", BlockKind.PROTOCOL, "RFC 6890 section 2.1"),
    _block("192.0.2.0/24", BlockKind.DOCUMENTATION, "RFC 5737", internet=True),
    _block("192.168.0.0/16", BlockKind.PRIVATE, "RFC 1918"),
    _block("198.18.0.0/15", BlockKind.BENCHMARK, "RFC 2544"),
    _block("198.51.100.0/24", BlockKind.DOCUMENTATION, "RFC 5737", internet=True),
    _block("203.0.113.0/24", BlockKind.DOCUMENTATION, "RFC 5737", internet=True),
    _block("224.0.0.0/4", BlockKind.MULTICAST, "RFC 5771"),
    _block("240.0.0.0/4", BlockKind.RESERVED, "RFC 1112 section 4"),
    _block("255.255.255.255/32", BlockKind.BROADCAST, "RFC 919 section 7"),
    _block("::/128", BlockKind.THIS_NETWORK, "RFC 4291"),
    _block("::1/128", BlockKind.LOOPBACK, "RFC 4291"),
    _block("::ffff:0:0/96", BlockKind.TRANSLATION, "RFC 4291"),
    _block("64:ff9b::/96", BlockKind.TRANSLATION, "RFC 6052", internet=True),
    _block("64:ff9b:1::/48", BlockKind.TRANSLATION, "RFC 8215"),
    _block("100::/64", BlockKind.DISCARD, "RFC 6666"),
    _block("100:0:0:1::/64", BlockKind.DISCARD, "RFC 9780"),
    _block("2001:2::/48", BlockKind.BENCHMARK, "RFC 5180"),
    _block("2001:db8::/32", BlockKind.DOCUMENTATION, "RFC 3849", internet=True),
    _block("3fff::/20", BlockKind.DOCUMENTATION, "RFC 9637", internet=True),
    _block("5f00::/16", BlockKind.PROTOCOL, "RFC 9602"),
    _block("fc00::/7", BlockKind.PRIVATE, "RFC 4193"),
    _block("fe80::/10", BlockKind.LINK_LOCAL, "RFC 4291"),
    _block("fec0::/10", BlockKind.PRIVATE, "RFC 3879"),
    _block("ff00::/8", BlockKind.MULTICAST, "RFC 4291"),
)


@lru_cache(maxsize=2)
def not_internet(version: int) -> tuple[Prefix, ...]:
    """The prefixes of IP ``version`` that are no part of the internet, sorted, none inside another."""
    blocks = sorted(block.prefix for block in SPECIAL_BLOCKS if block.prefix.version == version and not block.internet)
    return tuple(prefix for prefix in blocks if not any(other != prefix and other.covers(prefix) for other in blocks))


@lru_cache(maxsize=2)
def private_prefixes(version: int) -> tuple[Prefix, ...]:
    """The prefixes that organisations use inside: RFC 1918, or unique local and the old site-local addresses."""
    return tuple(
        block.prefix for block in SPECIAL_BLOCKS if block.prefix.version == version and block.kind is BlockKind.PRIVATE
    )


def is_link_local(prefix: Prefix) -> bool:
    """Whether no router forwards to any address of ``prefix`` (RFC 3927 section 2.7, RFC 4291 section 2.5.6)."""
    return any(block.kind is BlockKind.LINK_LOCAL and block.prefix.covers(prefix) for block in SPECIAL_BLOCKS)


@lru_cache(maxsize=4)
def possible_inside(version: int, *, public: bool) -> tuple[Prefix, ...]:
    """The prefixes that a network of which nothing is known may use: private ones; ``public``: those of IPv6 that
    the internet routes as well (RFC 4291 section 2.4), because hosts inside have them too.
    """
    return (*private_prefixes(version), *([_GLOBAL_UNICAST] if public and version == 6 else []))


#: 2000::/3: all that is assigned to networks of the internet (RFC 4291 section 2.4, RFC 3587).
_GLOBAL_UNICAST = Prefix(6, 0x2000 << 112, 3)


def special_block(version: int, address: int) -> SpecialBlock | None:
    """The narrowest special-use block that holds ``address``, or ``None``: an ordinary unicast address."""
    holding = [block for block in SPECIAL_BLOCKS if block.prefix.contains(version, address)]
    return max(holding, key=lambda block: block.prefix.length, default=None)


def is_internet_address(version: int, address: int) -> bool:
    """Whether a host of the internet may have ``address``, as far as the registries say."""
    block = special_block(version, address)
    return block is None or block.internet
