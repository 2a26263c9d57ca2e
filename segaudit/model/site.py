"""What people declare about a network that no configuration holds, in the words that the other rooms need.

Each value has the place in the site file where it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from segaudit.model.address import Prefix
from segaudit.model.selector import Selector
from segaudit.model.service import Service
from segaudit.model.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class InternetEdge:
    """Where the outside is, as declared: an interface, a zone or a prefix."""

    at: Selector
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneSpec:
    """A zone as declared: ``role`` is a role id, or empty where it is left to the evidence."""

    name: str
    role: str
    members: tuple[Selector, ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHost:
    """A host of the inventory: ``address`` is one address as a prefix, ``role`` a role id or empty."""

    name: str
    address: Prefix
    role: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteGroup:
    """Input files that belong to one place: ``globs`` over paths relative to the input root."""

    name: str
    globs: tuple[str, ...]
    span: Span

    @staticmethod
    def takes(glob: str, path: str) -> bool:
        """Whether ``glob`` matches a path, or the bare name at its end."""
        return fnmatchcase(path, glob) or fnmatchcase(path.rsplit("/", 1)[-1], glob)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """A service that is meant to be reachable from outside, as the outside sees it: before any translation.

    ``service`` tests the protocol and destination ports only.
    """

    to: Prefix
    service: Service
    span: Span
    owner: str = ""
    note: str = ""
