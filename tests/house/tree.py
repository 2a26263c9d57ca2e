"""The tree that the house rules look at: rooms, modules, and small readings of their syntax."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGE: Final = ROOT / "segaudit"
TESTS: Final = ROOT / "tests"

#: Folders of the package that hold data, not code.
DATA: Final = frozenset({"locale", "_policies"})


def rooms() -> frozenset[str]:
    """The names directly under `segaudit/` that hold code: folders and modules, without `__init__` and `__main__`."""
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    modules = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
    return frozenset(folders | modules) - DATA


def modules(*folders: Path) -> tuple[Path, ...]:
    """Every Python file under the folders, sorted."""
    return tuple(sorted(path for folder in folders for path in folder.rglob("*.py")))


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def shown(path: Path) -> str:
    """The path as people name it: relative to the root, with slashes."""
    return path.relative_to(ROOT).as_posix()


def dotted(node: ast.expr) -> str:
    """`a.b.c` for a chain of names; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else ""
    return ""


def assigned(module: ast.Module) -> frozenset[str]:
    """The names that a module assigns or imports at its top level."""
    return frozenset(_assigned(module))


def _assigned(module: ast.Module) -> Iterator[str]:
    for node in module.body:
        match node:
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.ImportFrom(names=names) | ast.Import(names=names):
                yield from (alias.asname or alias.name for alias in names)
            case _:
                pass
