"""The house: which rooms there are, what they are called, and who may import whom."""

import re
import subprocess
import sys
import tomllib
from itertools import takewhile

from tests.house.tree import DATA, PACKAGE, ROOT, TESTS, modules, rooms, shown

FORBIDDEN_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "misc", "lib"})


def contract_rooms() -> list[str]:
    """The rooms in the order of the import contract, highest first."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = next(c["layers"] for c in config["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    return [name.strip(" ()") for layer in layers for name in re.split(r"[|:]", layer)]


def picture() -> str:
    """The block of docs/architecture.md that shows the tree."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return text.split("```")[1]


def drawn_rooms() -> list[str]:
    """The rooms of the picture, in its order: what stands before the first gap of the lines under `segaudit/`."""
    inside = picture().split("\nsegaudit/", 1)[1].splitlines()[1:]
    lines = takewhile(lambda line: line.startswith("  "), inside)
    names = [name for line in lines for name in re.split(r"\s{2,}", line.strip())[0].split()]
    return [name.split("/")[0].removesuffix(".py") for name in names]


def test_every_room_stands_in_the_picture() -> None:
    assert rooms() <= set(drawn_rooms()), "a new room needs its line in docs/architecture.md, or it is no room"


def test_the_picture_and_the_contract_have_the_same_order() -> None:
    contract = [room for room in contract_rooms() if room != "__main__"]
    assert [room for room in drawn_rooms() if room not in DATA] == contract


def test_imports_point_only_down() -> None:
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", lint, "--no-logo", "--no-cache"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_no_module_is_named_after_nothing() -> None:
    bad = [
        shown(path)
        for path in modules(PACKAGE, TESTS)
        if FORBIDDEN_NAMES & {path.stem, *path.relative_to(ROOT).parts[:-1]}
    ]
    assert not bad, "a module is named after what it holds"


def test_every_folder_with_code_is_a_package() -> None:
    without = {path.parent for path in modules(PACKAGE) if not (path.parent / "__init__.py").exists()}
    assert not without, "mypy and the import contract do not see into folders without __init__.py"
