"""Files that end anywhere and files that something went wrong with, all the way to the report.

`tests/pipeline/test_hostile.py` cuts every example everywhere and asks the parsers; here the whole audit runs over what
is left, beside a second file that is as it should be: nothing raises, every line is accounted for, and the second file
is judged all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segaudit.findings.report import Report
from segaudit.model import LineState
from segaudit.pipeline.audit import audit
from segaudit.pipeline.collect import Selection
from segaudit.pipeline.discover import checks
from segaudit.pipeline.read import read
from segaudit.policy.values import Site
from tests.conftest import ROOT
from tests.material import needs_shared
from tests.oracle_sets import CORPUS_PARSERS
from tests.proofs.inputs import AS_OF, CORPUS, EXAMPLES, every_check
from tests.scale import SOAK, count

NEIGHBOUR = """ASA Version 9.12(4)
hostname neighbour
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 198.51.100.130 255.255.255.248
interface GigabitEthernet0/1
 nameif inside
 security-level 100
 ip address 10.254.7.1 255.255.255.0
object network zeimu
 host 10.254.7.5
 nat (inside,outside) static 198.51.100.133
access-list OUT extended permit tcp any object zeimu eq 3389
access-group OUT in interface outside
route outside 0.0.0.0 0.0.0.0 198.51.100.129 1
"""

FILES = tuple(
    path
    for name in EXAMPLES
    for path in sorted((ROOT / "examples" / "configs" / name).iterdir())
    if path.suffix not in {".md", ".yaml", ".csv"}
)
#: Files of the corpus that are not too large to be audited by the hundred.
SMALL = {
    folder: [p for p in CORPUS if p.parent.name == folder and p.stat().st_size < count(16_000, full=40_000)]
    for folder in CORPUS_PARSERS
}


def report_on(data: bytes, name: str) -> Report:
    """The report on a folder with this file and `NEIGHBOUR`; raises what anything on the way raises."""
    with TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(data)
        (Path(folder) / "neighbour.cfg").write_text(NEIGHBOUR, encoding="utf-8")
        network = read(Selection(paths=(folder,)), jobs=1, debug=True)
    told = {one.path for one in network.inputs} | {one.path for one in network.failures}
    told |= {one.path for one in network.ignored}
    assert told == {name, "neighbour.cfg"}
    assert not any(one.path == "neighbour.cfg" for one in network.failures)
    for path, ledger in network.ledgers.items():
        source = network.sources[path]
        assert len(ledger.states) == len(source.lines)
        assert sum(ledger.count(state) for state in LineState if state is not LineState.BLANK) == ledger.non_blank
    return audit(network, [every_check()], Site(), checks(), AS_OF)


def neighbour_is_judged(report: Report) -> bool:
    """Whether what is wrong with the second file is found."""
    return any(
        finding.check == "inbound-remote-desktop" and any(p.span.path == "neighbour.cfg" for p in finding.locations)
        for finding in report.findings
    )


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.name}" for path in FILES])
def test_an_example_that_ends_early(path: Path) -> None:
    data = path.read_bytes()
    chance = Random(path.name)
    ends = [place + 1 for place, byte in enumerate(data) if byte == 10]
    places = chance.sample(ends, 3) + [chance.randrange(len(data)) for _ in range(3)]
    if SOAK:
        places = [*ends, *(chance.randrange(len(data)) for _ in range(500))]
    for place in sorted(places):
        assert neighbour_is_judged(report_on(data[:place], path.name)), place


#: Words that stand where others are expected.
ODD = (
    b"", b"-1", b"0", b"65536", b"99999999999999999999", b"any", b"no", b"all", b"0.0.0.0", b"255.255.255.255",
    b"255.255.255.256", b"10.0.0.0/33", b"::", b"1-0", b"host", b"range", b"object-group", b"end", b"next", b"exit", b"{", b"}",
    b'"', b"'", b"\\", b"*", b"!", b"\xe6\x9c\xac\xe7\xa4\xbe", b"\x96\x7b\x8e\xd0", b"\xff\xfe", b"\x00", b"%s", b"A" * 2000,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that went wrong: ``kind`` at a place, given as a share of the lines and a second one of the words."""

    kind: str
    line: float
    word: float
    odd: bytes

    def apply(self, lines: list[bytes]) -> None:
        at = min(int(self.line * len(lines)), len(lines) - 1)
        other = min(int(self.word * len(lines)), len(lines) - 1)
        words = lines[at].split(b" ")
        place = min(int(self.word * len(words)), len(words) - 1)
        match self.kind:
            case "drop":
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case "move":
                lines.insert(other, lines.pop(at))
            case "cut":
                lines[at] = lines[at][: int(self.word * len(lines[at]))]
            case "word":
                words[place] = self.odd
                lines[at] = b" ".join(words)
            case "add":
                lines[at] += b" " + self.odd
            case "without":
                del words[place]
                lines[at] = b" ".join(words)
            case "dedent":
                lines[at] = lines[at].lstrip()
            case _:
                lines[at] = b"   " + lines[at]
        if not lines:
            lines.append(b"")


KINDS = ("drop", "double", "move", "cut", "word", "add", "without", "dedent", "indent")
CHANGES = st.lists(
    st.builds(
        Change,
        kind=st.sampled_from(KINDS),
        line=st.floats(0, 1, exclude_max=True),
        word=st.floats(0, 1, exclude_max=True),
        odd=st.sampled_from(ODD),
    ),
    min_size=1,
    max_size=8,
)


def changed(data: bytes, changes: Sequence[Change]) -> bytes:
    """``data`` after ``changes``."""
    lines = data.split(b"\n")
    for change in changes:
        change.apply(lines)
    return b"\n".join(lines)


@needs_shared
@pytest.mark.slow
@pytest.mark.parametrize("folder", sorted(SMALL))
def test_changed_files_of_the_corpus(folder: str) -> None:
    @settings(max_examples=count(15, full=2_500))
    @given(number=st.integers(0, len(SMALL[folder]) - 1), changes=CHANGES)
    def survives(number: int, changes: list[Change]) -> None:
        path = SMALL[folder][number]
        assert neighbour_is_judged(report_on(changed(path.read_bytes(), changes), "changed.cfg"))

    survives()


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.name}" for path in FILES])
def test_changed_examples(path: Path) -> None:
    @settings(max_examples=count(4, full=500))
    @given(changes=CHANGES)
    def survives(changes: list[Change]) -> None:
        assert neighbour_is_judged(report_on(changed(path.read_bytes(), changes), "changed.cfg"))

    survives()
