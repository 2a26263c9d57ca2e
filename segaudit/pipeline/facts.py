"""The files that people write for segaudit (policies, site, waivers, baseline, flows) read from disk, and results written.

What is wrong with one of them is a `PolicyError` or a `FactsError`: wrong usage, status 2.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from segaudit.pipeline.collect import SITE_NAMES, WAIVER_NAMES
from segaudit.syntax.decode import NotTextError, decode

if TYPE_CHECKING:
    from segaudit.policy.values import Policy, Site, Waiver

#: A file of facts is read whole; more than this is not one.
_MOST_BYTES: Final = 32 << 20
#: Ends of names that say that a policy is a file, not one of those that ship.
_POLICY_ENDINGS: Final = (".yaml", ".yml")


class FactsError(Exception):
    """A file that was named cannot be used; the text names it and says what to do."""


def read_text(path: str) -> str:
    """The text of a file that somebody named (``-``: standard input), whatever its encoding; `FactsError` for none."""
    try:
        if path == "-":
            data = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with Path(path).open("rb") as file:
                data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise FactsError(f"{path}: cannot be read ({error.strerror or error}); check the path") from error
    if len(data) > _MOST_BYTES:
        raise FactsError(f"{path}: is larger than {_MOST_BYTES >> 20} MB, as no such file is")
    try:
        return "\n".join(decode(data).lines) + "\n"
    except NotTextError as error:
        if not data.strip():
            return ""
        raise FactsError(f"{path}: {error.problem}") from error


def write_text(path: str, content: str | bytes) -> None:
    """Write a result as UTF-8 with line feeds; `FactsError` where that does not go."""
    data = content.encode() if isinstance(content, str) else content
    try:
        Path(path).write_bytes(data)
    except OSError as error:
        raise FactsError(f"{path}: cannot be written ({error.strerror or error}); choose another place") from error


def load_policies(names: Sequence[str], checks: Iterable[str]) -> tuple[Policy, ...]:
    """The policies of these names (of those that ship) or files, each binding known ``checks`` only; `PolicyError`."""
    from segaudit.policy.load import load_policy, require_checks, shipped_policy

    policies: list[Policy] = []
    for name in names:
        is_file = name.endswith(_POLICY_ENDINGS) or "/" in name or "\\" in name
        policy = load_policy(read_text(name), name) if is_file else shipped_policy(name)
        require_checks(policy, checks)
        policies.append(policy)
    return tuple(policies)


def load_site(paths: Sequence[str], named: str | None) -> Site:
    """The site facts: of the file ``named``, else of the one ``site.yaml`` in the folders among ``paths``, else none.

    `PolicyError` tells all that is wrong in it; `FactsError` where there are several, or it cannot be read.
    """
    from segaudit.policy.load import load_hosts, load_site
    from segaudit.policy.values import Site

    path = named or _beside(paths, SITE_NAMES, "--site FILE")
    if path is None:
        return Site()
    site = load_site(read_text(path), path)
    if site.hosts_file:
        hosts = str(Path(path).parent / site.hosts_file)
        site = replace(site, hosts=(*site.hosts, *load_hosts(read_text(hosts), hosts)))
    return site


def load_waivers(paths: Sequence[str], site: Site) -> tuple[Waiver, ...]:
    """The waivers of the site file and of the one ``waivers.yaml`` in the folders among ``paths``; errors as `load_site`."""
    from segaudit.policy.load import load_waivers

    path = _beside(paths, WAIVER_NAMES, "one folder at a time")
    return site.waivers if path is None else (*site.waivers, *load_waivers(read_text(path), path))


def load_baseline(path: str) -> frozenset[str]:
    """The fingerprints that a baseline holds; `FactsError` where it is none."""
    try:
        value = json.loads(read_text(path))
    except ValueError as error:
        raise FactsError(f"{path}: is no JSON ({error}); write a new one with --write-baseline") from error
    found = value.get("fingerprints") if isinstance(value, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise FactsError(f"{path}: is no baseline; write a new one with --write-baseline")
    return frozenset(found)


def baseline_text(fingerprints: Iterable[str]) -> str:
    """A baseline with these fingerprints: one a line, so that a change to it reads well."""
    return json.dumps({"schema_version": "1.0", "fingerprints": sorted(set(fingerprints))}, indent=2) + "\n"


def _beside(paths: Sequence[str], names: Sequence[str], instead: str) -> str | None:
    """The one file of these names in the folders among ``paths``."""
    found = [str(Path(path) / name) for path in paths if path != "-" for name in names if (Path(path) / name).is_file()]
    found = list(dict.fromkeys(found))
    if len(found) > 1:
        raise FactsError(f"there are several: {', '.join(found)}; choose one with {instead}")
    return found[0] if found else None
