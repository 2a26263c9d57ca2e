"""XML element by element: lines, text, and what is refused."""

import pytest

from segaudit.syntax.xml import DEEPEST, XmlProblem, read_elements

Told = list[tuple[str, str, int]]


def told(*lines: str) -> tuple[Told, Told, XmlProblem | None]:
    """What is told of the elements of ``lines`` as they open and close, and what is wrong."""
    opened: Told = []
    closed: Told = []
    problem = read_elements(
        lines,
        lambda name, attributes, line: opened.append((name, attributes.get("x", ""), line)),
        lambda name, text, line: closed.append((name, text, line)),
    )
    return opened, closed, problem


def test_elements_are_told_with_their_lines() -> None:
    opened, closed, problem = told("", "<a>", " <b x='1'>one", "two</b>", " <c/>", "</a>")
    assert problem is None
    assert opened == [("a", "", 2), ("b", "1", 3), ("c", "", 5)]
    assert closed == [("b", "one\ntwo", 4), ("c", "", 5), ("a", "", 6)]


def test_a_declaration_may_stand_below_blank_lines() -> None:
    opened, _, problem = told("", "  ", '  <?xml version="1.0" encoding="Shift_JIS"?>', "<会社>東京</会社>")
    assert problem is None
    assert opened == [("会社", "", 4)]


def test_text_around_children_is_left_out() -> None:
    assert told("<a>x<b>&lt;y&gt;</b>z</a>")[1] == [("b", "<y>", 1), ("a", "", 1)]


def test_lines_are_right_in_long_texts() -> None:
    lines = ("<a>", *("<b>1</b>" for _ in range(45_000)), "</a>")
    opened, closed, problem = told(*lines)
    assert problem is None
    assert opened[-1] == ("b", "", 45_001)
    assert closed[-1] == ("a", "", 45_002)


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (("<a>", "<b>", "</a>"), 3),
        (("<a>", "<b>"), 2),
        (("<a>", "&nobody;", "</a>"), 2),
        (("", "<!DOCTYPE a [", '<!ENTITY b "c">', "]>", "<a>&b;</a>"), 2),
        (("no xml",), 1),
        ((), 1),
    ],
)
def test_what_is_wrong_is_told_with_its_line(lines: tuple[str, ...], line: int) -> None:
    _, _, problem = told(*lines)
    assert problem is not None
    assert line <= problem.line <= line + 1
    assert problem.what


def test_nesting_has_an_end() -> None:
    opened, _, problem = told("<a>" * (DEEPEST + 1))
    assert problem is not None
    assert "nested" in problem.what
    assert len(opened) == DEEPEST
