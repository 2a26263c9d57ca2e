"""What a check is: one module ``segaudit/checks/<slug with underscores>.py`` with a docstring page and a ``CHECK``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from segaudit.findings.deadrules import DeadRule, dead_rules
from segaudit.findings.finding import Finding
from segaudit.knowledge.services import ServiceCatalogue
from segaudit.model import Message, Severity
from segaudit.model.inputs import Network
from segaudit.model.site import Publish, SiteHost
from segaudit.zones.graph import ZoneGraph


@dataclass(frozen=True, kw_only=True)
class Subject:
    """All that a check may look at.

    ``publishes`` is ``None`` where no site file declares any; ``hosts`` is the inventory of the site file.
    """

    network: Network
    graph: ZoneGraph
    services: ServiceCatalogue
    as_of: date
    publishes: tuple[Publish, ...] | None = None
    hosts: tuple[SiteHost, ...] = ()

    @cached_property
    def dead_rules(self) -> tuple[DeadRule, ...]:
        """Every rule that never decides a packet; two checks share them out."""
        return tuple(dead_rules(self.graph))


@dataclass(frozen=True, slots=True, kw_only=True)
class NoParams:
    """Parameters of a check that has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check. ``slug`` names the defect and is its module, page, test file, rule id and waiver key.

    ``question`` is the one of the five that it answers (1 inbound, 2 shared segments, 3 missing segmentation, 4 default
    permit, 5 remote access; 0: hygiene and coverage). ``params`` is a frozen dataclass whose fields all have defaults;
    a policy may set them, and ``run(subject, params)`` yields findings in any order. ``statements`` and ``catalogue``
    are the statement and catalogue numbers that it serves, ``references`` standards that say the same.
    """

    slug: str
    title: Message
    severity: Severity
    question: int
    run: Callable[[Subject, Any], Iterable[Finding]]  # each check knows its own params type
    doc: str
    params: type = NoParams
    statements: tuple[str, ...] = ()
    catalogue: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
