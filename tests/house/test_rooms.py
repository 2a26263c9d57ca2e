"""The house: which rooms there are, what they are called, and who may import whom."""

import ast
import re
import subprocess
import sys
import tomllib
from itertools import takewhile
from pathlib import Path

from tests.house.tree import DATA, PACKAGE, ROOT, TESTS, modules, parsed, rooms, shown

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


#: What the import contract does not say, because indirect ways are allowed: a reporter sees the report and its words.
MAY_IMPORT = {"reporters": {"reporters", "reporter", "findings", "model", "knowledge"}}

#: Libraries that one room hides from all others.
HIDDEN_IN = {"oxidd": {"packetspace"}, "networkx": {"zones", "paths", "diff"}}

#: Rooms whose values are many: a schema library costs ten times the memory there (docs/decisions.md).
WITHOUT = {"pydantic": {"model", "packetspace", "syntax", "parsers", "semantics", "zones"}}


def imported(path: Path) -> frozenset[str]:
    """The modules that a module imports, by their full names, wherever in it that stands."""
    names: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            # `from segaudit import zones` names the room in the alias.
            names |= (
                {f"{node.module}.{alias.name}" for alias in node.names} if node.module == "segaudit" else {node.module}
            )
    return frozenset(names)


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_a_reporter_sees_the_report_only() -> None:
    seen = [
        f"{shown(path)} imports {name}"
        for path in modules(PACKAGE)
        if room_of(path) in MAY_IMPORT
        for name in imported(path)
        if name.startswith("segaudit.") and name.split(".")[1] not in MAY_IMPORT[room_of(path)] | {"__version__"}
    ]
    assert not seen, "what a reporter lacks belongs into the report, for all reporters"


def test_libraries_stay_in_their_rooms() -> None:
    strayed = [
        f"{shown(path)} imports {name}"
        for path in modules(PACKAGE)
        for name in (full.split(".")[0] for full in imported(path))
        if room_of(path) not in HIDDEN_IN.get(name, {room_of(path)}) or room_of(path) in WITHOUT.get(name, set())
    ]
    assert not strayed
