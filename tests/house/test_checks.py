"""A check is whole: one slug everywhere, a page in its docstring, cases that show it."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, TESTS, assigned, parsed

SECTIONS = ("What it finds", "Why it matters", "Example", "How to fix", "References")
SLUG = re.compile(r"[a-z]+(?:-[a-z]+)*")
FOLDER = PACKAGE / "checks"
CHECKS = sorted(path for path in FOLDER.glob("*.py") if path.stem != "__init__")
CASES = sorted((TESTS / "checks").glob("*.yaml"))


def sections_of(docstring: str) -> list[str]:
    """The section headings of a check's page, in its order; a heading stands alone on its line."""
    headings = re.compile(rf"^\s*(?:#+\s*)?({'|'.join(SECTIONS)})\s*:?\s*$", re.MULTILINE)
    return headings.findall(docstring)


def test_the_order_of_sections_is_seen() -> None:
    page = "Title.\n\nWhat it finds\n-------------\n\nx\n\nWhy it matters\n\ny\n\n## Example\n\nHow to fix:\n\nReferences\n"
    assert sections_of(page) == list(SECTIONS)
    assert sections_of("Title. What it finds is told in a sentence.") == []


@pytest.mark.parametrize("path", CHECKS, ids=[path.stem for path in CHECKS])
def test_a_check_is_whole(path: Path) -> None:
    slug = path.stem.replace("_", "-")
    assert SLUG.fullmatch(slug), "a slug names the defect in words, without numbers"
    module = parsed(path)
    assert sections_of(ast.get_docstring(module) or "") == list(SECTIONS)
    assert "CHECK" in assigned(module)
    assert (TESTS / "checks" / f"{slug}.yaml").is_file(), f"tests/checks/{slug}.yaml has its cases"


def test_no_case_file_is_without_its_check() -> None:
    slugs = {path.stem.replace("_", "-") for path in CHECKS}
    assert {path.stem for path in CASES} <= slugs
