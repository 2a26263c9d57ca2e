"""The page of a check: read from its docstring, the same paragraphs as the translators get."""

import pytest

from segaudit.findings.page import Code, read_page
from segaudit.model import Message
from segaudit.pipeline.discover import checks
from tests.translations import paragraphs

DOC = """Permits all.

What it finds
-------------
A rule that
permits everything.

It may be the last one.

Example
-------
    permit ip any any

    end

How to fix
----------
Name what is needed.

    permit tcp any host 192.0.2.1 eq 443

References
----------
RFC 2979.
"""


def test_sections_with_prose_and_code() -> None:
    page = read_page(DOC)
    assert str(page.title) == "Permits all."
    assert page.finds == (Message("A rule that permits everything."), Message("It may be the last one."))
    assert page.example == (Code(lines=("permit ip any any", "", "end")),)
    assert page.fix[1] == Code(lines=("permit tcp any host 192.0.2.1 eq 443",))
    assert page.references == ("RFC 2979.",)
    assert [str(heading) for heading, _ in page.sections] == ["What it finds", "Example", "How to fix"]


def test_a_page_without_a_title_is_none() -> None:
    with pytest.raises(ValueError, match="title"):
        read_page("What it finds\n-------------\n")


@pytest.mark.parametrize("slug", checks())
def test_what_is_shown_of_a_check_is_what_is_translated(slug: str) -> None:
    doc = checks()[slug].doc
    page = read_page(doc)
    prose = [page.title, *(b for _, blocks in page.sections for b in blocks if isinstance(b, Message))]
    assert [one.template for one in prose] == paragraphs(doc)
