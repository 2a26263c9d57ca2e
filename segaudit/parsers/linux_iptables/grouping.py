"""Which files are one host: IPv4 rules and IPv6 rules in one folder under names that differ in the family only, and the
addresses, routes and kernel settings that were saved beside them.
"""

from __future__ import annotations

import re
from typing import Final

from segaudit.model import SourceFile
from segaudit.parsers.linux_iptables.captured import shows_addresses
from segaudit.parsers.linux_iptables.config import default_versions
from segaudit.parsers.linux_iptables.detect import COMMAND
from segaudit.parsers.linux_iptables.settings import shows_settings
from segaudit.parsers.linux_iptables.table import shows_routes

_FAMILY_WORDS: Final = re.compile(r"ip6tables|iptables6|iptables|ipv[46]|(?<![a-z])v[46](?![0-9])")
#: A 6 behind a name, where the IPv4 file has none.
_ONLY_6: Final = re.compile(r"(?<=[a-z])6(?=\.|$)")


#: Words of file names that say what was saved, not of whom.
_SAVED: Final = frozenset(
    [
        *("ip", "addr", "address", "addresses", "interfaces", "route", "routes", "table", "show", "a", "o", "br"),
        *(
            "rules",
            "sysctl",
            "save",
            "saved",
            "firewall",
            "dump",
            "output",
            "txt",
            "out",
            "log",
            "conf",
            "cfg",
            "sh",
            "4",
            "6",
        ),
    ]
)


def group(sources: tuple[SourceFile, ...]) -> tuple[tuple[SourceFile, ...], ...]:
    """Hosts in the order of their files: IPv4 rules, IPv6 rules, what ``ip`` and ``sysctl`` printed.

    These belong to the rules whose file has the same name but for words that say what it holds (``edge.v4``,
    ``edge.address``; ``edge-iptables.txt``, ``edge-ip-addr.txt``), or to the only rules in their folder.
    """
    captures = tuple(source for source in sources if _is_capture(source))
    hosts = _of_rules(tuple(source for source in sources if source not in captures))
    belonging: dict[str, list[SourceFile]] = {}
    alone: list[tuple[SourceFile, ...]] = []
    for capture in captures:
        beside = [host for host in hosts if _folder(host[0].path) == _folder(capture.path)]
        named = [host for host in beside if _host_word(host[0].path) == _host_word(capture.path)]
        chosen = named or beside
        if len(chosen) == 1:
            belonging.setdefault(chosen[0][0].path, []).append(capture)
        else:
            alone.append((capture,))
    return (*((*host, *belonging.get(host[0].path, ())) for host in hosts), *alone)


def _is_capture(source: SourceFile) -> bool:
    """Whether a file holds addresses or routes and no rules."""
    head = source.lines[:1000]
    rules = any(line[:1] == "*" or line[:3] == "-A " or COMMAND.match(line) for line in head)
    return not rules and any(shows_addresses(line) or shows_routes(line) or shows_settings(line) for line in head)


def _folder(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[0]


def _host_word(path: str) -> str:
    """What a file's name says of whom it was saved; empty where it names the contents only."""
    name = _without_family(path).rpartition("/")[2]
    return " ".join(word for word in re.split(r"[^a-z0-9]+", name) if word and word not in _SAVED)


def _of_rules(sources: tuple[SourceFile, ...]) -> tuple[tuple[SourceFile, ...], ...]:
    """Pairs of an IPv4 and an IPv6 file (IPv4 first), everything else alone; in the order of the files."""
    versions = {source.path: default_versions(source) for source in sources}
    by_name: dict[str, list[SourceFile]] = {}
    for source in sources:
        by_name.setdefault(_without_family(source.path), []).append(source)
    paired: dict[str, SourceFile] = {}
    for alike in by_name.values():
        of_4 = [s for s in alike if versions[s.path] == (4,)]
        of_6 = [s for s in alike if versions[s.path] == (6,)]
        if len(of_4) == len(of_6) == 1 and len(alike) == 2:
            paired[of_4[0].path] = of_6[0]
    second = {source.path for source in paired.values()}
    return tuple(
        (source, paired[source.path]) if source.path in paired else (source,)
        for source in sources
        if source.path not in second
    )


def _without_family(path: str) -> str:
    folder, _, name = path.replace("\\", "/").rpartition("/")
    return f"{folder}/{_ONLY_6.sub('', _FAMILY_WORDS.sub('*', name.lower()))}"
