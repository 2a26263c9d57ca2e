"""Verbs run in this process: what they print, and their status."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from segaudit.cli import main

#: What each line of a message begins with; nothing else may stand on standard error.
OURS = "segaudit: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """The outcome of one command."""

    status: int
    out: str
    err: str


Segaudit = Callable[..., Ran]


@pytest.fixture
def segaudit(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Segaudit:
    """Run a command in English, whatever the machine speaks."""
    for name in ("SEGAUDIT_LANG", "LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "SEGAUDIT_DEBUG"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: Path | str) -> Ran:
        capsys.readouterr()
        status = main(list(map(str, arguments)))
        printed = capsys.readouterr()
        return Ran(status=status, out=printed.out, err=printed.err)

    return run


@pytest.fixture(scope="session")
def branch(root: Path) -> Path:
    """The example with one Linux router and its site file."""
    return root / "examples" / "configs" / "nagoya-branch"
