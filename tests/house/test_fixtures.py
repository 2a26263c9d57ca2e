"""Every fixture is used: a file that no test opens proves nothing and is believed to."""

import ast
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from tests.house.tree import TESTS, modules, parsed, shown

#: Files of the test folders that are not fixtures.
NOT_FIXTURES = frozenset({".py", ".pyc", ".md"})


def fixtures() -> list[Path]:
    """The data files under tests/, sorted."""
    return sorted(
        path
        for path in TESTS.rglob("*")
        if path.is_file() and path.suffix not in NOT_FIXTURES and "__pycache__" not in path.parts
    )


def names_in(source: ast.Module) -> frozenset[str]:
    """Every string constant of a module: file names and glob patterns are among them."""
    return frozenset(
        node.value for node in ast.walk(source) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def is_used(fixture: PurePosixPath, named: dict[PurePosixPath, frozenset[str]]) -> bool:
    """Whether a module names the file, or a module in or above its folder names a pattern that it matches.

    `named` maps the folder of each module to the strings in it; paths are relative to tests/.
    """
    for folder, strings in named.items():
        if any(fixture.name == PurePosixPath(text).name for text in strings if fixture.name in text):
            return True
        if folder == fixture.parent or folder in fixture.parents[:-1]:
            patterns = (text for text in strings if "*" in text and " " not in text and "\n" not in text)
            if any(fnmatch(fixture.name, PurePosixPath(text).name) for text in patterns):
                return True
            if fixture.stem in strings:
                return True
    return False


def test_use_is_seen() -> None:
    folder = PurePosixPath("parsers/toy")
    fixture = folder / "branch.conf"
    assert is_used(fixture, {PurePosixPath("zones"): frozenset({"parsers/toy/branch.conf"})})
    assert is_used(fixture, {folder: frozenset({"*.conf"})})
    assert is_used(fixture, {folder: frozenset({"branch"})})
    assert not is_used(fixture, {folder: frozenset({"office.conf", "*.txt"})})
    assert not is_used(fixture, {PurePosixPath("zones"): frozenset({"*.conf", "branch"})})


def test_every_fixture_is_used() -> None:
    named: dict[PurePosixPath, frozenset[str]] = {}
    for path in modules(TESTS):
        folder = PurePosixPath(path.parent.relative_to(TESTS).as_posix())
        named[folder] = named.get(folder, frozenset()) | names_in(parsed(path))
    unused = [
        shown(path) for path in fixtures() if not is_used(PurePosixPath(path.relative_to(TESTS).as_posix()), named)
    ]
    assert not unused
