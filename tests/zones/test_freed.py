"""A network is freed with the last look at it: the command line does not search for cycles, and may judge many."""

from __future__ import annotations

import gc
import weakref
from datetime import date
from pathlib import Path

import pytest

from segaudit.pipeline.audit import zone_graph
from segaudit.pipeline.collect import Selection
from segaudit.pipeline.read import read
from segaudit.policy.values import Site

EXAMPLES = Path(__file__).parents[2] / "examples" / "configs"


@pytest.mark.parametrize("name", ["nagoya-branch", "osaka-hq"])
def test_nothing_of_a_network_holds_on_to_itself(name: str) -> None:
    network = read(Selection(paths=(str(EXAMPLES / name),)), jobs=1)
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        graph = zone_graph(network, Site(), date(2026, 11, 1))
        compiled = [weakref.ref(semantics) for semantics in graph.devices.values()]
        assert compiled
        del graph
        assert not any(one() for one in compiled)
    finally:
        if was_enabled:
            gc.enable()
