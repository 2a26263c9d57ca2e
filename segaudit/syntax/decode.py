"""Bytes to lines of text: which encoding it is, and what is no text at all."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Final

from segaudit.model import Message, msg

#: More bytes on one line than any configuration has; a minified XML or JSON export may.
LONGEST_LINE: Final = 1_000_000
#: More lines than any configuration has: a list of 50,000 rules has some 400,000.
MOST_LINES: Final = 5_000_000

# What other kinds of files begin with, and what people call those.
#: messages
_SIGNATURES: Final = (
    (b"\x7fELF", "a Linux program"),
    (b"MZ", "a Windows program"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture"),
    (b"\xa1\xb2\xc3\xd4", "a packet capture"),
    (b"\x0a\x0d\x0d\x0a", "a packet capture"),
    (b"Salted__", "a file encrypted by OpenSSL"),
)
#: Control bytes that occur in texts: bell, backspace, tab, line feed, vertical tab, form feed, return, escape, EOF mark.
_IN_TEXTS: Final = b"\x07\x08\t\n\x0b\x0c\r\x1a\x1b"
_NOT_IN_TEXTS: Final = bytes(set(range(32)) - set(_IN_TEXTS) - {0}) + b"\x7f"
#: A text has fewer control bytes than one in so many.
_CONTROL_SHARE: Final = 100
#: A text has fewer NUL bytes than one in so many.
_NUL_SHARE: Final = 10

#: What the codecs say of a character whose second half is missing.
_CUT: Final = frozenset({"unexpected end of data", "incomplete multibyte sequence"})

_BOMS: Final = (
    # The mark of UTF-32 begins with that of UTF-16, so it is asked first.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Decoded lines without their ends. ``encoding``: ``utf-8``, ``utf-8-bom``, ``utf-16-le`` …, ``cp932``, ``latin-1``."""

    lines: tuple[str, ...]
    encoding: str
    notes: tuple[Message, ...] = ()


class NotTextError(ValueError):
    """The bytes are no text that a configuration could be; ``problem`` says why and what to do."""

    def __init__(self, problem: Message) -> None:
        super().__init__(str(problem))
        self.problem = problem


def decode(data: bytes) -> Text:
    """The text of ``data``: by its byte order mark, else UTF-8, else cp932, else latin-1; `NotTextError` for no text.

    A last character that is cut in two (a truncated file) does not make it another encoding. NUL bytes are left out.
    """
    if not data.strip(b" \t\r\n\0\x1a"):
        raise NotTextError(msg("the file is empty; export the configuration again"))
    _refuse_binary(data)
    text, encoding, notes = _decoded(data)
    if "\0" in text:
        count = text.count("\0")
        notes = (*notes, msg("one NUL byte was left out", plural="{count} NUL bytes were left out", count=count))
        text = text.replace("\0", "")
    lines = _lines(text)
    _refuse_length(lines)
    return Text(lines=lines, encoding=encoding, notes=notes)


def _refuse_binary(data: bytes) -> None:
    for signature, kind in _SIGNATURES:
        if data.startswith(signature) and (len(signature) > 3 or not _mostly_text(data)):
            what = msg(kind)  # messages: _SIGNATURES
            raise NotTextError(msg("the file is {kind}, not a configuration; export it as text", kind=what))
    if not is_text(data):
        raise NotTextError(
            msg("the file is binary, not text; if it is an encrypted backup, export the configuration as plain text")
        )
    # Before decoding: a hundred megabytes on one line would be copied several times.
    if data.lstrip()[:1] not in (b"<", b"{", b"["):
        start, longest = 0, 4 * LONGEST_LINE
        while (end := data.find(b"\n", start)) >= 0:
            if end - start > longest:
                break
            start = end + 1
        if (len(data) if end < 0 else end) - start > longest and b"\r" not in data[start : start + longest]:
            raise NotTextError(_too_long(data.count(b"\n", 0, start) + 1))


def is_text(data: bytes) -> bool:
    """Whether these bytes, perhaps only the first of a file, are a text in some encoding."""
    return _by_mark(data) is not None or _wide_order(data) is not None or _mostly_text(data)


def _mostly_text(data: bytes) -> bool:
    """Whether there are few control bytes, in the beginning and altogether."""
    for part in (data[:65536], data):
        if part.count(0) * _NUL_SHARE > len(part):
            return False
        if (len(part) - len(part.translate(None, _NOT_IN_TEXTS))) * _CONTROL_SHARE > len(part):
            return False
    return True


def _by_mark(data: bytes) -> tuple[str, int] | None:
    """The encoding that a byte order mark names, and its length."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-bom", 3
    for mark, encoding in _BOMS:
        if data.startswith(mark) and (encoding != "utf-32-le" or len(data) % 4 == 0):
            return encoding, len(mark)
    return None


def _wide_order(data: bytes) -> str | None:
    """UTF-16 without a mark: of mostly ASCII text every other byte is NUL."""
    sample = data[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half >= 8 and odd * 10 > half * 6 and even * 10 < half:
        return "utf-16-le"
    if half >= 8 and even * 10 > half * 6 and odd * 10 < half:
        return "utf-16-be"
    return None


def _decoded(data: bytes) -> tuple[str, str, tuple[Message, ...]]:
    encoding, skip = _by_mark(data) or (_wide_order(data) or "", 0)
    if encoding not in ("", "utf-8-bom"):
        return _replacing(data[skip:], encoding)
    for name in ("utf-8", "cp932"):
        try:
            return data[skip:].decode(name), encoding or name, ()
        except UnicodeDecodeError as error:
            kept = data[skip : error.start + skip]
            if error.end == len(data) - skip and error.reason in _CUT and not kept.isascii():
                return (
                    kept.decode(name),
                    encoding or name,
                    (msg("the file ends in the middle of a character: cut off"),),
                )
        if encoding:
            return _replacing(data[skip:], encoding)
    return data.decode("latin-1"), "latin-1", ()


def _replacing(data: bytes, encoding: str) -> tuple[str, str, tuple[Message, ...]]:
    """Decoded as its mark says, whatever is wrong in it."""
    text = data.decode("utf-8" if encoding == "utf-8-bom" else encoding, errors="replace")
    broken = text.count("�")
    if not broken:
        return text, encoding, ()
    note = msg(
        "one character is not valid {encoding}",
        plural="{count} characters are not valid {encoding}",
        count=broken,
        encoding=encoding,
    )
    return text, encoding, (note,)


def _lines(text: str) -> tuple[str, ...]:
    """The lines as an editor counts them: ends are LF, CRLF, CR CR LF (captures), or CR alone where there is no LF."""
    for end in ("\r\r\n", "\r\n") if "\n" in text else ("\r",):
        text = text.replace(end, "\n")
    if text.count("\n") > MOST_LINES:
        raise NotTextError(
            msg(
                "the file has more than {most} lines, as no configuration has; pass the configuration alone",
                most=f"{MOST_LINES:,}",
            ),
        )
    lines = text.split("\n")
    if lines and lines[-1].strip("\x1a") == "":
        lines.pop()
    return tuple(lines)


def _refuse_length(lines: tuple[str, ...]) -> None:
    if not lines or lines[0].lstrip()[:1] in ("<", "{", "["):
        return
    if max(map(len, lines)) > LONGEST_LINE:
        raise NotTextError(_too_long(next(n for n, line in enumerate(lines, start=1) if len(line) > LONGEST_LINE)))


def _too_long(line: int) -> Message:
    return msg(
        "line {line} has more than {most} characters, as no configuration has; export the configuration as text",
        line=line,
        most=f"{LONGEST_LINE:,}",
    )
