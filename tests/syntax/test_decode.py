"""Which encoding bytes are in, how lines are counted, and what is refused as no text."""

import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segaudit.syntax.decode import LONGEST_LINE, NotTextError, decode

JAPANESE = "hostname 本社ルータ\n description サーバ室\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"hostname fw1\n", "utf-8"),
        (JAPANESE.encode(), "utf-8"),
        (JAPANESE.encode("utf-8-sig"), "utf-8-bom"),
        (JAPANESE.encode("cp932"), "cp932"),
        (JAPANESE.encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff" + JAPANESE.encode("utf-16-be"), "utf-16-be"),
        (("hostname fw1\n" * 3).encode("utf-16-le"), "utf-16-le"),
        (("hostname fw1\n" * 3).encode("utf-16-be"), "utf-16-be"),
        ("description Zürich, Büro \n".encode("latin-1"), "latin-1"),
    ],
)
def test_the_encoding_is_found_and_said(data: bytes, encoding: str) -> None:
    assert decode(data).encoding == encoding


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_japanese_is_read_in_every_encoding_that_says_it(encoding: str) -> None:
    assert decode(JAPANESE.encode(encoding)).lines == ("hostname 本社ルータ", " description サーバ室")


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_a_file_cut_in_the_middle_of_a_character_keeps_its_encoding(encoding: str) -> None:
    text = decode("name 本社".encode(encoding)[:-1])
    assert text.encoding == encoding
    assert text.lines == ("name 本",)
    assert "cut off" in str(text.notes[0])


def test_one_byte_that_is_not_ascii_at_the_end_is_no_cut_character() -> None:
    assert decode(b"name caf\xe9").lines == ("name café",)


def test_nul_bytes_are_left_out_and_counted() -> None:
    text = decode(b"hostname fw1\nvlan 10\0\0\n description long enough to be a text\n")
    assert text.lines[1] == "vlan 10"
    assert str(text.notes[0]) == "2 NUL bytes were left out"


@pytest.mark.parametrize(
    "data", [b"a\nb\nc\n", b"a\nb\nc", b"a\r\nb\r\nc\r\n", b"a\r\r\nb\r\r\nc\r\r\n", b"a\rb\rc\r", b"a\r\nb\nc\n\x1a"]
)
def test_lines_are_counted_as_an_editor_does(data: bytes) -> None:
    assert decode(data).lines == ("a", "b", "c")


def test_other_separators_of_unicode_end_no_line() -> None:
    assert decode("a\x0bb\x0cc\x85d\u2028e\nf".encode()).lines == ("a\x0bb\x0cc\x85d\u2028e", "f")


@pytest.mark.parametrize("data", [b"", b"\n\n", b" \t\r\n", b"\0\0\0\0", b"\x1a"])
def test_nothing_is_said_to_be_empty(data: bytes) -> None:
    with pytest.raises(NotTextError) as refused:
        decode(data)
    assert "empty" in str(refused.value)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x7fELF\x02\x01\x01" + bytes(40), "a Linux program"),
        (b"%PDF-1.7\n%\xe2\xe3\n", "a PDF document"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive"),
        (b"BZh91AY&SY\x1f\x02\x01\x03", "a bzip2 archive"),
        (bytes(range(256)) * 8, "binary"),
        (b"\0\1\2\3" * 500, "binary"),
    ],
)
def test_what_is_no_text_is_named(data: bytes, kind: str) -> None:
    with pytest.raises(NotTextError) as refused:
        decode(data)
    assert kind in str(refused.value)


def test_a_text_may_begin_like_a_program() -> None:
    assert decode(b"MZ-link is a hostname\n").lines == ("MZ-link is a hostname",)


def test_random_bytes_are_refused() -> None:
    with pytest.raises(NotTextError):
        decode(os.urandom(4096))


@pytest.mark.slow
def test_a_hundred_megabytes_on_one_line_are_refused_at_once() -> None:
    began = time.process_time()
    with pytest.raises(NotTextError) as refused:
        decode(b"first\n" + b"x" * 100_000_000)
    assert "line 2" in str(refused.value)
    assert time.process_time() - began < 2


def test_a_line_that_is_too_long_is_named_in_any_encoding() -> None:
    with pytest.raises(NotTextError) as refused:
        decode(("ok\nあ" + "x" * LONGEST_LINE + "\n").encode())
    assert "line 2" in str(refused.value)


def test_minified_exports_may_be_one_long_line() -> None:
    assert len(decode(b'{"nftables": ["' + b"x" * (5 * LONGEST_LINE) + b'"]}').lines) == 1


@given(st.binary(max_size=400))
def test_bytes_are_decoded_or_refused(data: bytes) -> None:
    try:
        lines = decode(data).lines
    except NotTextError as refused:
        lines = (str(refused),)
    assert lines
    assert not any("\n" in line or "\0" in line for line in lines)


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200))
def test_utf_8_comes_back_as_it_went(text: str) -> None:
    marked = "fw1 " + text
    assert decode(marked.encode()).lines == (marked,)
