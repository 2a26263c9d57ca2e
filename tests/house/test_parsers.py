"""A format is whole: the folder tells how it is recognised, read, turned into the model, and what it cannot do."""

from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, TESTS, assigned, parsed

FOLDERS = sorted(path.parent for path in (PACKAGE / "parsers").glob("*/__init__.py"))
REQUIRED = ("detect.py", "config.py", "convert.py", "README.md")


@pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])
def test_a_format_is_whole(folder: Path) -> None:
    missing = [name for name in REQUIRED if not (folder / name).is_file()]
    assert not missing
    assert "PARSER" in assigned(parsed(folder / "__init__.py"))
    fixtures = TESTS / "parsers" / folder.name
    assert list(fixtures.glob("test_*.py")), f"tests/parsers/{folder.name}/ has its tests"
    assert [path for path in fixtures.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}], (
        "and fixtures"
    )


def test_no_fixtures_are_without_their_format() -> None:
    tested = {path.name for path in (TESTS / "parsers").glob("*/") if path.is_dir() and not path.name.startswith("_")}
    assert tested <= {folder.name for folder in FOLDERS}
