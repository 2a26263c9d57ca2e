"""How much a test does: a sample with fixed seeds by default, the full counts with SEGAUDIT_SOAK=1 (`make soak`)."""

import os
from typing import Final

SOAK: Final = os.environ.get("SEGAUDIT_SOAK") == "1"


def count(sample: int, *, full: int) -> int:
    """The number of things to try: `sample` in CI, `full` in the soak."""
    return full if SOAK else sample
