"""Text in columns: what may be written, how wide it is, where it breaks."""

from hypothesis import given
from hypothesis import strategies as st

from segaudit.knowledge.columns import clean, columns_of, folded, padded


def test_wide_characters_take_two_columns() -> None:
    assert columns_of("abc") == 3
    assert columns_of("端末a") == 5
    assert padded("端末", 6) == "端末  "
    assert padded("long", 2) == "long"


def test_clean_text_neither_moves_nor_mirrors() -> None:
    assert clean("a\x1b[2Jb\tc\u202ed") == "a?[2Jb c?d"
    assert clean("端末") == "端末"


def test_english_breaks_at_spaces() -> None:
    assert folded("the quick brown fox jumps", 20) == ["the quick brown fox", "jumps"]


def test_japanese_does_not_begin_a_line_with_a_full_stop() -> None:
    lines = folded("これは二十桁の行です。次の行へ続きます。", 20)
    assert [line for line in lines if line[0] in "。、）"] == []
    assert "".join(lines) == "これは二十桁の行です。次の行へ続きます。"


def test_a_word_that_is_too_wide_is_cut() -> None:
    assert folded("x" * 45, 20) == ["x" * 20, "x" * 20, "x" * 5]


@given(st.text(alphabet=st.sampled_from("ab cd。、「」端末設定()-"), max_size=120), st.integers(20, 60))
def test_nothing_is_lost_and_nothing_is_too_wide(text: str, width: int) -> None:
    lines = folded(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(columns_of(line) <= width for line in lines)
