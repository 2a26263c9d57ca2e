"""The toy format in place of the shipped ones."""

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

import pytest

from segaudit.model import Network
from segaudit.parser import Parser
from segaudit.pipeline import parse, read
from segaudit.pipeline.collect import Selection
from tests.pipeline.toys import parser

Reader = Callable[..., Network]


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> dict[str, Parser]:
    """The formats that the pipeline knows; a test may add to them."""
    formats = {"toy": parser()}
    for module in (read, parse):
        monkeypatch.setattr(module, "parsers", lambda: MappingProxyType(formats))
    return formats


@pytest.fixture
def reads(known: dict[str, Parser]) -> Reader:
    """Read paths as the verbs do, with the toy format."""

    def go(*paths: Path | str, **options: object) -> Network:
        running = {name: options.pop(name) for name in ("jobs", "executor", "debug") if name in options}
        selection = Selection(paths=tuple(map(str, paths)), **options)  # type: ignore[arg-type]  # as tests name them
        return read.read(selection, **running)  # type: ignore[arg-type]  # as tests name them

    return go
