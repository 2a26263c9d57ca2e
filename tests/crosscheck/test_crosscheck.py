"""Our reading of every Cisco fixture, corpus file and made-up config, statement by statement, against the peer's."""

from pathlib import Path

import pytest
from hypothesis import given

from segaudit.model import SourceFile
from segaudit.parser import DETECTION_THRESHOLD
from segaudit.parsers.cisco_asa import PARSER as ASA
from segaudit.parsers.cisco_ios import PARSER as IOS
from tests.crosscheck.__main__ import main, read_source, syntax_of
from tests.crosscheck.compare import Comparison, compare
from tests.crosscheck.configs import configs
from tests.crosscheck.differences import EXPLAINED, Line
from tests.material import needs_shared, shared_files

PARSERS = Path(__file__).parents[1] / "parsers"
EXAMPLES = Path(__file__).parents[2] / "examples" / "configs"
FIXTURES = [
    (path, syntax)
    for folder, syntax in (("cisco_ios", "ios"), ("cisco_asa", "asa"))
    for path in sorted((PARSERS / folder / "fixtures").glob("*"))
    if path.is_file()
]


def examples() -> list[tuple[Path, str]]:
    """The Cisco files among the examples."""
    found = []
    for path in sorted(EXAMPLES.rglob("*")):
        if path.is_file() and path.suffix in {".cfg", ".conf", ".txt"}:
            source = read_source(path)
            if max(parser.detect(source).score for parser in (ASA, IOS)) >= DETECTION_THRESHOLD:
                found.append((path, syntax_of(source)))
    return found


CORPUS = [
    (path, syntax)
    for folder, syntax in (("cisco_ios", "ios"), ("cisco_asa", "asa"))
    for path in shared_files(f"corpus/{folder}", "*")
]


def lines(one: Comparison) -> list[str]:
    return [f"{line.number}: {line.text} ({line.ours} to us, {line.theirs} to the peer)" for line in one.unexplained]


OWN = [*FIXTURES, *examples()]


@pytest.mark.parametrize(("path", "syntax"), OWN, ids=[path.name for path, _ in OWN])
def test_a_fixture_is_read_alike(path: Path, syntax: str) -> None:
    one = compare(read_source(path), syntax)
    assert lines(one) == []
    assert one.statements


@needs_shared
@pytest.mark.parametrize(("path", "syntax"), CORPUS, ids=[path.name for path, _ in CORPUS])
def test_a_file_of_the_corpus_is_read_alike(path: Path, syntax: str) -> None:
    one = compare(read_source(path), syntax)
    assert lines(one) == []
    assert one.statements


@given(configs())
def test_a_made_up_config_is_read_alike(text: tuple[str, ...]) -> None:
    one = compare(SourceFile(path="made-up", lines=text), "ios")
    assert lines(one) == []


def test_every_explanation_says_what_the_device_does() -> None:
    names = [explained.name for explained in EXPLAINED]
    assert len(set(names)) == len(names)
    for explained in EXPLAINED:
        assert "he peer " in explained.word
        assert len(explained.word) > 80


def test_an_explanation_covers_no_more_than_it_says() -> None:
    moved = Line(number=5, text=" permit ip any any", ours=3, theirs=4, reason="", parent_text="ip access-list A")
    lost = Line(number=5, text="interface Vlan1", ours=None, theirs=5, reason="")
    for line in (moved, lost):
        assert [explained.name for explained in EXPLAINED if explained.covers(line)] == []


def test_a_user_compares_a_file_of_his_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "r1.cfg"
    file.write_text("hostname r1\n!\ninterface Vlan1\n ip address 192.0.2.1 255.255.255.0\n", encoding="utf-8")
    assert main([str(file), "--syntax", "ios", "-v"]) == 0
    shown = capsys.readouterr().out
    assert "3 statements agree, 1 comment, 0 unexplained" in shown
    assert "comment: A line that begins with an exclamation point" in shown


def test_a_difference_that_nobody_explains_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tests.crosscheck.compare.EXPLAINED", ())
    file = tmp_path / "r1.cfg"
    file.write_text("hostname r1\n! comment\n", encoding="utf-8")
    assert main([str(file), "--syntax", "ios"]) == 1
