"""What other people's configs look like to the parsers: nothing raises, nothing is lost, little is left."""

from pathlib import Path

import pytest

from segaudit.model import LineState
from tests.corpus import MOST_LEFT, measure
from tests.material import corpus_configs, needs_shared
from tests.oracle_sets import CORPUS_PARSERS

FILES = [(folder, path) for folder in CORPUS_PARSERS for path in corpus_configs(folder)]


@needs_shared
@pytest.mark.parametrize(("folder", "path"), FILES, ids=[path.name for _, path in FILES])
def test_a_file_of_the_corpus_is_read(folder: str, path: Path) -> None:
    one = measure(path, CORPUS_PARSERS[folder])
    assert one.detected == one.expected
    assert len(one.ledger.states) == len(one.source.lines)
    blank = [number for number, line in one.source.numbered() if not line.strip()]
    assert list(one.ledger.lines(LineState.BLANK)) == blank
    assert all(one.ledger.reasons.get(line) for state in LineState if state > 1 for line in one.ledger.lines(state))
    if one.complete:
        assert one.left <= MOST_LEFT, [str(statement.span) for statement in one.statements]
