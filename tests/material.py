"""Where the material is that is too large, or not ours, to stand in this repository.

`SEGAUDIT_SHARED` names a folder with `corpus/` (configurations by others) and `oracle/` (verdicts of other engines).
Unset, every test that needs it is skipped and says so.
"""

import os
from pathlib import Path
from typing import Final

import pytest

SHARED: Final[Path | None] = Path(os.environ["SEGAUDIT_SHARED"]) if os.environ.get("SEGAUDIT_SHARED") else None

#: Of the corpus: no configurations, but lists of single statements, each with what another program should read in it.
CATALOGUES: Final = ("yamaha_rtx/*--patterns_*.yaml",)

REASON: Final = "SEGAUDIT_SHARED is not set: it names the folder with corpus/ and oracle/"

#: For tests that need the material; `@needs_shared` on a function, `pytestmark = needs_shared` in a module.
needs_shared: Final = pytest.mark.skipif(SHARED is None, reason=REASON)


def shared_files(folder: str, pattern: str = "**/*") -> list[Path]:
    """The files under `folder` of the material that match, sorted; none where the material is not there.

    To be used in `parametrize`, which runs before any fixture; add `@needs_shared` so that the absence is reported.
    """
    if SHARED is None:
        return []
    return sorted(path for path in (SHARED / folder).glob(pattern) if path.is_file())


def corpus_configs(folder: str) -> list[Path]:
    """The configurations directly in one folder of the corpus, sorted; none where the material is not there."""
    files = shared_files(f"corpus/{folder}", "*")
    return [path for path in files if not any(path.match(pattern) for pattern in CATALOGUES)]
