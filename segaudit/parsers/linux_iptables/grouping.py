"""Which files are one host: IPv4 rules and IPv6 rules in one folder under names that differ in the family only."""

from __future__ import annotations

import re
from typing import Final

from segaudit.model import SourceFile
from segaudit.parsers.linux_iptables.config import default_versions

_FAMILY_WORDS: Final = re.compile(r"ip6tables|iptables6|iptables|ipv[46]|(?<![a-z])v[46](?![0-9])")
#: A 6 behind a name, where the IPv4 file has none.
_ONLY_6: Final = re.compile(r"(?<=[a-z])6(?=\.|$)")


def group(sources: tuple[SourceFile, ...]) -> tuple[tuple[SourceFile, ...], ...]:
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
