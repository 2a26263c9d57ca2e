"""Configurations and catalogues by others: taken for what they are, read without a fault, secrets kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from segaudit.model import LineState, SourceFile
from segaudit.parser import DETECTION_THRESHOLD
from segaudit.parsers.yamaha_rtx import PARSER
from segaudit.syntax.capture import clean
from segaudit.syntax.decode import decode
from tests.material import corpus_configs, needs_shared, shared_files

OWN = corpus_configs("yamaha_rtx")
OTHERS = [path for path in shared_files("corpus", "*/*") if path.parent.name != "yamaha_rtx"]
CATALOGUES = [path for path in shared_files("corpus/yamaha_rtx", "*") if path not in OWN]
_INPUT = re.compile(r'input: "((?:[^"\\]|\\.)*)"')
#: So many commands of a catalogue may be wrong: no router takes a descriptor of the type `static`, or ports in static NAT.
MOST_WRONG = 3


def read(path: Path) -> SourceFile:
    """A file as a parser of terminal output gets it."""
    return SourceFile(path=path.name, lines=clean(decode(path.read_bytes()).lines).lines, secrets=PARSER.secrets)


@needs_shared
@pytest.mark.parametrize("path", OWN, ids=[path.name for path in OWN])
def test_its_own_files_win(path: Path) -> None:
    assert PARSER.detect(read(path)).score >= DETECTION_THRESHOLD


@needs_shared
@pytest.mark.parametrize("folder", sorted({path.parent.name for path in OTHERS}))
def test_no_file_of_another_format_is_taken_for_one_and_none_is_a_fault(folder: str) -> None:
    for path in OTHERS:
        if path.parent.name == folder:
            source = read(path)
            assert PARSER.detect(source).score < DETECTION_THRESHOLD, path.name
            if len(source.lines) < 5_000:
                (ledger,) = PARSER.parse((source,)).ledgers
                assert len(ledger.states) == len(source.lines)


@needs_shared
@pytest.mark.parametrize("path", CATALOGUES, ids=[path.name for path in CATALOGUES])
def test_the_commands_of_catalogues_are_understood(path: Path) -> None:
    inputs = [text.replace('\\"', '"') for text in _INPUT.findall(path.read_text(encoding="utf-8"))]
    assert len(inputs) >= 20
    source = SourceFile(path=path.name, lines=("pp select 1", "tunnel select 1", *inputs))
    (ledger,) = PARSER.parse((source,)).ledgers
    left = ledger.lines(LineState.UNRECOGNIZED)
    assert len(left) <= MOST_WRONG, [source.lines[number - 1] for number in left]
