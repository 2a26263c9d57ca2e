"""The shape of an iptables command: words, and which option takes how many of them.

`iptables-save` and people write the same language, so there is one reader for both. An option belongs to the match
module or target that declares it (iptables-extensions(8), 1.8.9); with the table of them a line can be cut into pieces
at ``-m`` and ``-j``, and each distinct piece is read once a run: rules differ in addresses and repeat the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple


class Option(NamedTuple):
    """An option with its words; ``name`` is the long one without dashes."""

    name: str
    negated: bool
    values: tuple[str, ...]


class Match(NamedTuple):
    """The options that one ``-m module`` (or the protocol) brought; module ``?`` where no known one declares them."""

    module: str
    options: tuple[Option, ...]


class Target(NamedTuple):
    """``-j name`` or ``-g name`` with the target's options."""

    name: str
    goto: bool
    options: tuple[Option, ...]


class Piece(NamedTuple):
    """A part of a rule: ``generic`` are the options of iptables itself (protocol, source, in-interface …)."""

    generic: tuple[Option, ...]
    matches: tuple[Match, ...]
    target: Target | None


# Options of iptables itself: name, and how many words follow.
_GENERIC: Final[Mapping[str, tuple[str, int]]] = MappingProxyType(
    {
        "-p": ("protocol", 1),
        "--protocol": ("protocol", 1),
        "--proto": ("protocol", 1),
        "-s": ("source", 1),
        "--source": ("source", 1),
        "--src": ("source", 1),
        "-d": ("destination", 1),
        "--destination": ("destination", 1),
        "--dst": ("destination", 1),
        "-i": ("in-interface", 1),
        "--in-interface": ("in-interface", 1),
        "--in": ("in-interface", 1),
        "-o": ("out-interface", 1),
        "--out-interface": ("out-interface", 1),
        "--out": ("out-interface", 1),
        "-f": ("fragment", 0),
        "--fragment": ("fragment", 0),
        "--fragments": ("fragment", 0),
        "-4": ("ipv4", 0),
        "--ipv4": ("ipv4", 0),
        "-6": ("ipv6", 0),
        "--ipv6": ("ipv6", 0),
        "-c": ("set-counters", 2),
        "--set-counters": ("set-counters", 2),
        # How the program runs and prints; they say nothing about packets.
        "-v": ("", 0),
        "--verbose": ("", 0),
        "-n": ("", 0),
        "--numeric": ("", 0),
        "-x": ("", 0),
        "--exact": ("", 0),
        "--line-numbers": ("", 0),
        "--modprobe": ("", 1),
    }
)
_SHORT_WITH_WORD: Final = frozenset({"-p", "-s", "-d", "-i", "-o", "-m", "-j", "-g", "-t"})

# Match modules and their options; `/n` says that n words follow where it is not one.
_MATCHES: Final = """
addrtype: src-type dst-type limit-iface-in/0 limit-iface-out/0
ah: ahspi ahlen ahres/0
bpf: object-pinned bytecode
cgroup: path cgroup
cluster: cluster-total-nodes cluster-local-node cluster-local-nodemask cluster-hash-seed
comment: comment
connbytes: connbytes connbytes-dir connbytes-mode
connlabel: label set/0
connlimit: connlimit-upto connlimit-above connlimit-mask connlimit-saddr/0 connlimit-daddr/0
connmark: mark
conntrack: ctstate ctproto ctorigsrc ctorigdst ctreplsrc ctrepldst ctorigsrcport ctorigdstport ctreplsrcport ctrepldstport ctstatus ctexpire ctdir
cpu: cpu
dccp: dccp-types dccp-option
devgroup: src-group dst-group
dscp: dscp dscp-class
dst: dst-len dst-opts
ecn: ecn-tcp-cwr/0 ecn-tcp-ece/0 ecn-ip-ect
esp: espspi
eui64:
frag: fragid fraglen fragres/0 fragfirst/0 fragmore/0 fraglast/0
geoip: src-cc source-country dst-cc destination-country
hashlimit: hashlimit hashlimit-upto hashlimit-above hashlimit-burst hashlimit-mode hashlimit-srcmask hashlimit-dstmask hashlimit-name hashlimit-htable-size hashlimit-htable-max hashlimit-htable-expire hashlimit-htable-gcinterval hashlimit-rate-match/0 hashlimit-rate-interval
hbh: hbh-len hbh-opts
helper: helper
hl: hl-eq hl-lt hl-gt
icmp: icmp-type
icmp6: icmpv6-type
iprange: src-range dst-range
ipp2p: edk/0 dc/0 kazaa/0 gnu/0 bit/0 apple/0 winmx/0 soul/0 ares/0
ipv6header: soft/0 header
ipvs: ipvs/0 vproto vaddr vport vdir vmethod vportctl
layer7: l7proto l7dir
length: length
limit: limit limit-burst
mac: mac-source
mark: mark
mh: mh-type
multiport: sports source-ports dports destination-ports ports
ndpi: proto error/0 protocol-id
nfacct: nfacct-name
osf: genre ttl log
owner: uid-owner gid-owner socket-exists/0 suppl-groups/0 pid-owner sid-owner cmd-owner
physdev: physdev-in physdev-out physdev-is-in/0 physdev-is-out/0 physdev-is-bridged/0
pkttype: pkt-type
policy: dir pol strict/0 reqid spi proto mode tunnel-src tunnel-dst next/0
ports: sport source-port dport destination-port
quota: quota
rateest: rateest-delta/0 rateest rateest1 rateest2 rateest-bps rateest-pps rateest-bps1 rateest-bps2 rateest-pps1 rateest-pps2 rateest-lt/0 rateest-gt/0 rateest-eq/0
realm: realm
recent: name set/0 rsource/0 rdest/0 mask rcheck/0 update/0 remove/0 seconds reap/0 hitcount rttl/0
rpfilter: loose/0 validmark/0 accept-local/0 invert/0
rt: rt-type rt-segsleft rt-len rt-0-res/0 rt-0-addrs rt-0-not-strict/0
sctp: chunk-types/2
set: match-set/2 return-nomatch/0 update-counters/0 update-subcounters/0 packets-eq packets-lt packets-gt bytes-eq bytes-lt bytes-gt
socket: transparent/0 nowildcard/0 restore-skmark/0
srh: srh-next-hdr srh-hdr-len-eq srh-hdr-len-gt srh-hdr-len-lt srh-segs-left-eq srh-segs-left-gt srh-segs-left-lt srh-last-entry-eq srh-last-entry-gt srh-last-entry-lt srh-tag srh-psid srh-nsid srh-lsid
state: state
statistic: mode probability every packet
string: algo from to string hex-string icase/0
tcp: tcp-flags/2 syn/0 tcp-option
tcpmss: mss
time: datestart datestop timestart timestop monthdays weekdays contiguous/0 kerneltz/0 utc/0 localtz/0
tos: tos
ttl: ttl-eq ttl-gt ttl-lt ttl
u32: u32
udp:
udplite:
"""

_TARGETS: Final = """
AUDIT: type
CHECKSUM: checksum-fill/0
CLASSIFY: set-class
CLUSTERIP: new/0 hashmode clustermac total-nodes local-node hash-init
CONNMARK: set-xmark save-mark/0 restore-mark/0 and-mark or-mark xor-mark set-mark mask nfmask ctmask left-shift-mark right-shift-mark
CONNSECMARK: save/0 restore/0
CT: notrack/0 helper ctevents expevents zone-orig zone-reply zone timeout
DNAT: to-destination random/0 persistent/0
DNPT: src-pfx dst-pfx
DSCP: set-dscp set-dscp-class
ECN: ecn-tcp-remove/0 ecn-tcp-cwr ecn-tcp-ece ecn-ip-ect
HL: hl-set hl-dec hl-inc
HMARK: hmark-tuple hmark-mod hmark-offset hmark-src-prefix hmark-dst-prefix hmark-sport-mask hmark-dport-mask hmark-spi-mask hmark-proto-mask hmark-rnd hmark-spi hmark-sport hmark-dport
IDLETIMER: timeout label alarm/0 send_nl_msg
LED: led-trigger-id led-delay led-always-blink/0
LOG: log-level log-prefix log-tcp-sequence/0 log-tcp-options/0 log-ip-options/0 log-uid/0 log-macdecode/0
MARK: set-xmark set-mark and-mark or-mark xor-mark
MASQUERADE: to-ports random/0 random-fully/0
NETMAP: to
NFLOG: nflog-group nflog-prefix nflog-range nflog-size nflog-threshold
NFQUEUE: queue-num queue-balance queue-bypass/0 queue-cpu-fanout/0
RATEEST: rateest-name rateest-interval rateest-ewmalog rateest-ewma
REDIRECT: to-ports random/0
REJECT: reject-with
ROUTE: oif iif gw continue/0 tee/0
SAME: to nodst/0 random/0
SECMARK: selctx
SET: add-set/2 del-set/2 map-set/2 timeout exist/0 map-mark/0 map-prio/0 map-queue/0
SNAT: to-source random/0 random-fully/0 persistent/0
SNPT: src-pfx dst-pfx
SYNPROXY: mss wscale sack-perm/0 timestamp/0 timestamps/0 ecn/0
TARPIT: tarpit/0 honeypot/0 reset/0
TCPMSS: set-mss clamp-mss-to-pmtu/0
TCPOPTSTRIP: strip-options
TEE: gateway oif
TOS: set-tos and-tos or-tos xor-tos
TPROXY: on-port on-ip tproxy-mark
TTL: ttl-set ttl-dec ttl-inc
ULOG: ulog-nlgroup ulog-prefix ulog-cprange ulog-qthreshold
"""


def _table(text: str) -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = {}
    for line in text.strip().splitlines():
        name, _, options = line.partition(":")
        table[name] = {
            option: int(count) if count else 1 for option, _, count in (word.partition("/") for word in options.split())
        }
    return table


MATCH_OPTIONS: Final = MappingProxyType(_table(_MATCHES))
TARGET_OPTIONS: Final = MappingProxyType(_table(_TARGETS))


def _owners() -> dict[str, str]:
    owners: dict[str, str] = {}
    for module, options in MATCH_OPTIONS.items():
        for option in options:
            owners.setdefault(option, module)
    # Where several modules have an option and none of them is named, the protocol or the usual one is meant.
    return owners | {"mark": "mark", "name": "recent", "ttl": "ttl", "from": "string", "proto": "policy"}


_OWNER: Final = MappingProxyType(_owners())

# Other names of one module: the protocol brings it along, or it has been renamed.
_SAME_MODULE: Final = MappingProxyType({"icmpv6": "icmp6", "ipv6-icmp": "icmp6", "SET": "set"})


# A word: unquoted characters and quoted runs without a blank between them. iptables-restore knows double quotes only.
_RESTORE_WORD: Final = re.compile(r'(?:[^\s"]|"(?:[^"\\]|\\.)*"?)+')
_QUOTED_RUN: Final = re.compile(r'"((?:[^"\\]|\\.)*)"?')
_ESCAPED: Final = re.compile(r"\\(.)")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a line for iptables-restore: double quotes hold blanks, a backslash inside them takes one character."""
    if '"' not in text:
        return tuple(text.split())
    return tuple(
        _QUOTED_RUN.sub(lambda run: _ESCAPED.sub(r"\1", run.group(1)), word) if '"' in word else word
        for word in _RESTORE_WORD.findall(text)
    )


#: Options whose word is free text, which may look like anything.
_TEXTS: Final = frozenset({"comment", "log-prefix", "nflog-prefix", "ulog-prefix", "string", "hex-string"})
_CUT: Final = frozenset({"-m", "--match", "-j", "--jump", "-g", "--goto"})


def pieces_of(words: Sequence[str]) -> tuple[Piece, ...]:
    """The pieces of a rule, given its words after the chain."""
    if any(word in _CUT and not _opens_piece(words, place) for place, word in enumerate(words)):
        return (read_piece(tuple(words)),)
    return tuple(read_piece(segment) for segment in _segments(words))


def _opens_piece(words: Sequence[str], place: int) -> bool:
    """Whether the word at ``place`` is an option itself, not the word of the option before it (a comment ``-j``)."""
    return not place or words[place - 1].removeprefix("--") not in _TEXTS


def _segments(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    start = 0
    for place, word in enumerate(words):
        if word in _CUT and place > start:
            yield tuple(words[start:place])
            start = place
    if start < len(words):
        yield tuple(words[start:])


@lru_cache(maxsize=65536)
def read_piece(words: tuple[str, ...]) -> Piece:
    """One piece; an option that nobody declares is kept under module ``?``, a word that belongs to none as well."""
    generic: list[Option] = []
    by_module: dict[str, list[Option]] = {}
    module = ""
    target: str | None = None
    goto = False
    of_target: list[Option] = []
    negated = False
    place = 0
    count = len(words)
    while place < count:
        word = words[place]
        place += 1
        if word == "!":
            negated = not negated
            continue
        if word[:1] != "-" or len(word) == 1:
            by_module.setdefault("?", []).append(Option(word, negated, ()))
            negated = False
            continue
        name, equals, given = word.partition("=") if word.startswith("--") else (word, "", "")
        if name[1] != "-" and len(name) > 2 and name[:2] in _SHORT_WITH_WORD:
            name, equals, given = name[:2], "=", name[2:]
        attached = (given,) if equals else ()
        if name in ("-m", "--match"):
            values, place, _ = _take(words, place, 1, attached)
            module = _SAME_MODULE.get(values[0], values[0]) if values else "?"
            by_module.setdefault(module, [])
            negated = False
            continue
        if name in ("-j", "--jump", "-g", "--goto"):
            values, place, _ = _take(words, place, 1, attached)
            target, goto = values[0] if values else "", name in ("-g", "--goto")
            negated = False
            continue
        if name in ("-w", "--wait", "-W", "--wait-interval"):
            if place < count and words[place].replace(".", "").isdigit():
                place += 1
            continue
        known = _GENERIC.get(name)
        if known is not None:
            values, place, inner = _take(words, place, known[1], attached)
            if known[0]:
                generic.append(Option(known[0], negated != inner, values))
            negated = False
            continue
        long = name.removeprefix("--")
        of, option, arity = _owner(long, module, by_module, target)
        if arity < 0:
            values, place = _while_values(words, place, attached)
            inner = False
        else:
            values, place, inner = _take(words, place, arity, attached, text=option in _TEXTS)
        found = Option(option, negated != inner, values)
        if of == "-j":
            of_target.append(found)
        else:
            by_module.setdefault(of, []).append(found)
        negated = False
    return Piece(
        tuple(generic),
        tuple(Match(name, tuple(options)) for name, options in by_module.items()),
        None if target is None else Target(target, goto, tuple(of_target)),
    )


def _owner(name: str, module: str, loaded: Mapping[str, list[Option]], target: str | None) -> tuple[str, str, int]:
    """Whose option ``--name`` is (``-j``: the target's), its full name, and how many words it takes (-1: not known)."""
    if target is not None:
        options = TARGET_OPTIONS.get(target, {})
        full = _full(name, options)
        if full:
            return "-j", full, options[full]
    for candidate in (module, *reversed(list(loaded))):
        options = MATCH_OPTIONS.get(candidate, {})
        if name in options:
            return candidate, name, options[name]
    if name == "set" and "set" in loaded:
        return "set", "match-set", 2
    owner = _OWNER.get(name)
    if owner is not None:
        return owner, name, MATCH_OPTIONS[owner][name]
    # getopt_long takes an unambiguous beginning (`--dport` after `-m multiport`, `--to` for `--to-destination`).
    for candidate in (module, *loaded):
        options = MATCH_OPTIONS.get(candidate, {})
        full = _full(name, options)
        if full:
            return candidate, full, options[full]
    if target is not None and target not in TARGET_OPTIONS:
        return "-j", name, -1
    return (module or "?") if module not in MATCH_OPTIONS else "?", name, -1


def _full(name: str, options: Mapping[str, int]) -> str:
    if name in options:
        return name
    begun = [option for option in options if option.startswith(name)]
    return begun[0] if len(begun) == 1 else ""


def _take(
    words: Sequence[str], place: int, count: int, attached: tuple[str, ...], *, text: bool = False
) -> tuple[tuple[str, ...], int, bool]:
    """``count`` words from ``place`` on, where the next option begins, and whether a ``!`` stood before them.

    ``--option ! word`` was the way before iptables 1.4.3 and was understood for long after.
    """
    negated = False
    if count and not attached and not text and place + 1 < len(words) and words[place] == "!":
        negated = True
        place += 1
    missing = count - len(attached)
    values = attached + tuple(words[place : place + missing])
    return values, place + max(0, min(missing, len(words) - place)), negated


def _while_values(words: Sequence[str], place: int, attached: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    """The words up to the next thing that looks like an option."""
    end = place
    while end < len(words) and words[end] != "!" and not (words[end].startswith("-") and len(words[end]) > 1):
        end += 1
    return attached + tuple(words[place:end]), end
