from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from segaudit.policy.errors import LocatedError, PolicyError, nearest
from segaudit.policy.located_yaml import MAXIMUM_CHARACTERS, MAXIMUM_DEPTH, MAXIMUM_VALUES, Node, Plain, read_yaml


def plain(text: str) -> Plain:
    node = read_yaml(text, "f.yaml")
    return None if node is None else node.plain()


def tree(text: str) -> Node:
    node = read_yaml(text, "f.yaml")
    assert node is not None
    return node


def errors(text: str) -> tuple[LocatedError, ...]:
    with pytest.raises(PolicyError) as caught:
        read_yaml(text, "f.yaml")
    assert str(caught.value) == "\n".join(map(str, caught.value.errors))
    return caught.value.errors


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("22:30", "22:30"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("on", "on"),
        ("True", "True"),
        ("NULL", "NULL"),
        ("2027-03-31", "2027-03-31"),
        ("010", "010"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        (".5", ".5"),
        (".inf", ".inf"),
        ("=", "="),
        ("'5'", "5"),
        ('"true"', "true"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("0", 0),
        ("-7", -7),
        ("1.50", 1.5),
        ("1e3", 1000.0),
        ("10.0.0.1", "10.0.0.1"),
        ("9" * 5000, "9" * 5000),
        ("<<: {a: 1}", {"<<": {"a": 1}}),
        ("10: x", {"10": "x"}),
        ("null: x", {"null": "x"}),
        ("a: &x [1, 2]\nb: *x", {"a": [1, 2], "b": [1, 2]}),
        ("a: |\n  one\n  two\nb: >\n  three\n  four", {"a": "one\ntwo\n", "b": "three four"}),
        ("\ufeffa: 1", {"a": 1}),
        ("a: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
        ("%YAML 1.1\n---\na: 1\n...\n", {"a": 1}),
        ("", None),
        ("# nothing\n", None),
    ],
)
def test_values_are_read_as_json_would(text: str, value: Plain) -> None:
    assert plain(text) == value
    assert type(plain(text)) is type(value) or isinstance(value, int | float)


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


@given(JSON, st.booleans())
def test_what_a_yaml_writer_writes_is_read_back(value: Plain, flow: bool) -> None:
    text = yaml.safe_dump(value, allow_unicode=False, default_flow_style=flow)
    assert plain(text) == value


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_places_inside_it(text: str) -> None:
    found: tuple[LocatedError, ...] = ()
    try:
        read_yaml(text, "f.yaml")
    except PolicyError as error:
        found = error.errors
        assert found
    lines = text.splitlines() or [""]
    assert all(1 <= each.line <= len(lines) + 1 and each.column >= 1 and each.problem for each in found)


YAMLISH = st.lists(
    st.sampled_from(
        ["a", ":", " ", "\n", "- ", "[", "]", "{", "}", "&x ", "*x", "!t ", "'", '"', "|", ">", "?", ",", "#", "%"]
    ),
    max_size=40,
).map("".join)


@given(YAMLISH)
def test_any_heap_of_yaml_signs_is_read_or_refused(text: str) -> None:
    refused = False
    try:
        read_yaml(text, "f.yaml")
    except PolicyError:
        refused = True
    if not refused:
        assert isinstance(plain(text), dict | list | str | int | float | None)


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("a: [1, 2", (2, 1), "no valid YAML"),
        ("a: b: c", (1, 5), "mapping values are not allowed"),
        ("a:\n\t- b", (2, 1), "no valid YAML"),
        ("日本: \x07", (1, 5), "U+0007"),
        ("ok: 1\nbad: \x00", (2, 6), "U+0000"),
        ("a: \ud800", (1, 4), "U+D800"),
        ("? [a]\n: b", (1, 3), "a key must be a word"),
        ("--- a\n--- b", (2, 1), "more than one document"),
        ("a: &a [*a]", (1, 8), "contains itself"),
        ("a: *z", (1, 4), "stands for nothing"),
        ("a: !!python/object:os.system x", (1, 4), "means nothing here"),
        ("a: !secret x", (1, 4), "'!secret' means nothing here"),
    ],
)
def test_what_is_no_plain_yaml_is_named_with_its_place(text: str, place: tuple[int, int], problem: str) -> None:
    (error,) = errors(text)
    assert (error.line, error.column) == place
    assert problem in error.problem


def test_every_repeated_key_is_an_error() -> None:
    found = errors("a: 1\nb: {x: 1, x: 2}\na: 2\na: 3\n")
    assert [(error.line, error.column) for error in found] == [(2, 11), (3, 1), (4, 1)]
    assert "first on line 1" in found[1].problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[" * 200_000, "nested too deeply"),
        ("{a: " * 100_000, "nested too deeply"),
        ("\n".join(" " * level + "a:" for level in range(3000)), "nested too deeply"),
        ("- " * 100_000, "nested too deeply"),
        (
            "a: &a [x,x,x,x,x,x,x,x,x]\n"
            + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)),
            "too many values",
        ),
        ("a: [" + "x," * (MAXIMUM_VALUES + 1) + "]", "too many values"),
        ("#" * (MAXIMUM_CHARACTERS + 1), "too large"),
        ("".join(f"k: {n}\n" for n in range(5000)), "too many mistakes"),
    ],
    ids=["brackets", "braces", "indentation", "dashes", "aliases", "values", "characters", "mistakes"],
)
def test_bombs_are_refused_soon_and_clearly(text: str, problem: str) -> None:
    found = errors(text)
    assert any(problem in error.problem for error in found)
    assert len(str(found[-1])) < 200


def test_the_deepest_nesting_that_is_read() -> None:
    assert plain("[" * MAXIMUM_DEPTH + "]" * MAXIMUM_DEPTH) is not None
    assert "nested too deeply" in errors("[" * (MAXIMUM_DEPTH + 1) + "]" * (MAXIMUM_DEPTH + 1))[0].problem


def test_places_of_keys_values_and_blocks() -> None:
    root = tree("名前: x\nlist:\n  - {a: 1, b: [p, q]}\n  - a: 2\n    c: |\n      one\n      two\n\nlast: 3\n")
    assert root.key_place(("list",)) == (2, 1)
    assert root.place(("list", 0)) == (3, 5)
    assert root.key_place(("list", 0, "b")) == (3, 12)
    assert root.place(("list", 0, "b", 1)) == (3, 19)
    assert root.place(("list", 0, "not there")) == (3, 5)
    assert root.lines(("list", 1)) == (4, 8)  # with the blank line that ends the block
    assert root.lines(("list",)) == (2, 8)
    assert root.lines(("last",)) == (9, 9)
    assert root.lines(("名前",)) == (1, 1)


def test_the_nearest_word_is_found_in_any_case() -> None:
    assert nearest("Zonse", ["zones", "hosts"]) == "; did you mean 'zones'?"
    assert nearest("qqqq", ["zones", "hosts"]) == ""
    assert nearest("x", []) == ""
