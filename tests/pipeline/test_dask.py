"""Dask as the executor: a real local cluster parses, and the report is the same to the byte. As docs/reference/scale.md."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from segaudit.pipeline.audit import audit
from segaudit.pipeline.collect import Selection
from segaudit.pipeline.discover import checks
from segaudit.pipeline.read import read
from segaudit.policy import shipped_policy
from segaudit.policy.values import Site
from segaudit.reporter import ReporterOptions
from segaudit.reporters.json import REPORTER

CONFIGS = Path(__file__).parents[2] / "examples" / "configs"


@pytest.mark.filterwarnings("default")  # the cluster's own threads warn as they end
def test_a_local_cluster_parses_and_the_report_is_the_same() -> None:
    distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install 'segaudit[dask]'")
    selection = Selection(paths=tuple(str(CONFIGS / name) for name in ("tokyo-sme", "osaka-hq", "nagoya-branch")))

    def report(**options: object) -> str | bytes:
        network = read(selection, **options)  # type: ignore[arg-type]  # as the calls below name them
        assert network.devices
        found = audit(network, [shipped_policy("bigman-4")], Site(), checks(), date(2026, 11, 1))
        return REPORTER.render(found, ReporterOptions(language="en"))

    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        by_dask = report(executor=client.get_executor())
    assert by_dask == report(jobs=1)
