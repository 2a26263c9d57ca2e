"""What the proofs are shown on: the examples, and the corpus where it is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from segaudit.findings.report import Report
from segaudit.model import Span
from segaudit.model.inputs import Network
from segaudit.pipeline.audit import audit, zone_graph
from segaudit.pipeline.collect import Selection
from segaudit.pipeline.discover import checks
from segaudit.pipeline.facts import load_site
from segaudit.pipeline.read import read
from segaudit.policy.values import Control, Policy, Site
from segaudit.zones.graph import ZoneGraph
from tests.conftest import ROOT
from tests.material import corpus_configs
from tests.oracle_sets import CORPUS_PARSERS

#: The day for which schedules are decided.
AS_OF = date(2026, 7, 1)

EXAMPLES = tuple(sorted(path.name for path in (ROOT / "examples" / "configs").iterdir() if path.is_dir()))
CORPUS = tuple(path for folder in CORPUS_PARSERS for path in corpus_configs(folder))


@dataclass(frozen=True, slots=True)
class Case:
    """One network with what is declared of it."""

    name: str
    network: Network
    site: Site

    def graph(self) -> ZoneGraph:
        """Its zone graph, in a space of its own."""
        return zone_graph(self.network, self.site, AS_OF)


@cache
def example(name: str) -> Case:
    """One of `EXAMPLES`."""
    folder = str(ROOT / "examples" / "configs" / name)
    network = read(Selection(paths=(folder,)), jobs=1, debug=True)
    assert network.devices, name
    assert not network.failures, network.failures
    return Case(name, network, load_site((folder,), None))


def corpus_case(path: Path) -> Case:
    """One file of `CORPUS`, as the parser of its folder reads it."""
    formats = (("*", CORPUS_PARSERS[path.parent.name]),)
    network = read(Selection(paths=(str(path),), formats=formats), jobs=1, debug=True)
    return Case(path.name, network, Site())


@cache
def every_check() -> Policy:
    """A policy of all checks as they are by default."""
    here = Span(path="every check", first_line=1, last_line=1)
    controls = tuple(Control(id=slug, check=slug, title=slug, title_ja=slug, span=here) for slug in sorted(checks()))
    return Policy(name="every check", title="every check", title_ja="every check", path="", controls=controls)


def audited(case: Case) -> Report:
    """The report of every check on a network."""
    return audit(case.network, [every_check()], case.site, checks(), AS_OF)
