"""Settings for every test: Hypothesis profiles, the soak, the material in SEGAUDIT_SHARED."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.material import REASON, SHARED
from tests.scale import SOAK

# CI draws the same examples on every run, so that a red run is about the change. The soak looks for new ones.
# No deadline in either: two cores are shared, and the first packet set of a process pays for the BDD manager.
settings.register_profile(
    "ci",
    derandomize=True,
    database=None,
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "soak",
    max_examples=5_000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("soak" if SOAK else "ci")

# Nothing of a test is kept for the next run, nor taken from the last one; those of the cache name one of their own.
os.environ["SEGAUDIT_CACHE"] = "off"

ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if SOAK:
        return
    skip = pytest.mark.skip(reason="runs only in the soak (SEGAUDIT_SOAK=1, make soak)")
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with corpus/ and oracle/; the test is skipped where there is none."""
    if SHARED is None:
        pytest.skip(REASON)
    return SHARED
