"""Progress, tables and text on a terminal."""

import io
import sys
import time

import pytest

from segaudit.cli.screen import PATIENCE, Progress, Screen, clean
from segaudit.knowledge.language import Language
from segaudit.model import msg


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, in seconds; a test moves it."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_progress_is_quiet_for_a_second_and_then_says_what_is_done(
    monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    progress = Progress(wanted=True)
    progress("reading", 1, 0)
    assert terminal.getvalue() == ""
    clock[0] = PATIENCE + 0.1
    progress("parsing", 2, 7)
    progress.done()
    assert "parsing 2 of 7" in terminal.getvalue()


@pytest.mark.parametrize(("wanted", "stream"), [(False, Terminal()), (True, io.StringIO())])
def test_progress_only_where_it_is_wanted_and_seen(
    monkeypatch: pytest.MonkeyPatch, clock: list[float], wanted: bool, stream: io.StringIO
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    progress = Progress(wanted=wanted)
    clock[0] = 60.0
    progress("parsing", 2, 7)
    progress.done()
    assert stream.getvalue() == ""


def test_text_of_others_is_made_harmless() -> None:
    assert clean("fw1") == "fw1"
    assert clean("本社\u3000LAN") == "本社\u3000LAN"
    assert clean("a\tb\nc") == "a b c"
    assert clean("\x1b[31m\x07\u202e\u2028\ud800") == "?[31m????"


@pytest.mark.parametrize("color", [False, True])
def test_tables_align_wide_characters_and_numbers(capsys: pytest.CaptureFixture[str], color: bool) -> None:
    view = Screen(language=Language(), color=color, width=80)
    view.table((msg("zone"), "rules"), [("本社", 7), ("dmz", 12)])
    lines = [line for line in capsys.readouterr().out.splitlines() if "7" in line or "12" in line]
    assert [line.rstrip()[-2:].strip() for line in lines] == ["7", "12"]
    if not color:
        assert lines == ["本社      7", "dmz      12"]


def test_a_table_without_rows_has_its_heads(capsys: pytest.CaptureFixture[str]) -> None:
    Screen(language=Language(), color=False, width=0).table(("zone", "role"), [])
    assert capsys.readouterr().out == "zone  role\n"


def test_quiet_keeps_notes_back_but_no_errors(capsys: pytest.CaptureFixture[str]) -> None:
    view = Screen(language=Language(), color=False, width=0, quiet=True)
    view.note("a note")
    view.error("an error")
    assert capsys.readouterr().err == "an error\n"
