"""Whatever bytes come in: no parser raises, every line is accounted for, and what does not work is said.

The examples are cut at every line end and at random places (in the soak at every byte), and files of the examples and
of the corpus are mutated: lines doubled, dropped, swapped and pasted from other formats, bytes changed.
"""

import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from segaudit.model import Failure, Ignored, LineState
from segaudit.parser import ParseResult
from segaudit.pipeline.collect import RawFile
from segaudit.pipeline.discover import parsers
from segaudit.pipeline.parse import Group, parse_group
from segaudit.pipeline.recognize import recognize
from tests.conftest import ROOT
from tests.material import needs_shared, shared_files
from tests.scale import SOAK, count

EXAMPLES = sorted(
    path
    for path in (ROOT / "examples" / "configs").glob("*/*")
    if path.is_file() and path.suffix not in {".md", ".yaml", ".csv"}
)
#: Folders of the corpus whose formats are read.
FORMATS = ("fortios", "cisco_asa", "cisco_ios", "iptables_save", "yamaha_rtx", "panos_xml", "panos_set", "junos_srx")


def parsed(data: bytes, name: str = "fw.cfg", said: str = "") -> ParseResult | Failure | Ignored:
    """What the pipeline makes of ``data``; raises what a parser raises. ``said``: the format, whatever the content."""
    raw = RawFile(path=name, data=data, wanted=True)
    one = recognize(raw, parsers(), (("*", said),) if said else (), debug=True)
    if isinstance(one, Failure | Ignored):
        return one
    result = parse_group(Group(parser=one.parser, sources=(one.source,)), debug=True)
    (ledger,) = result.ledgers
    assert len(ledger.states) == len(one.source.lines)
    for number, line in one.source.numbered():
        assert (ledger.state(number) is LineState.BLANK) == (not line.strip())
    return result


def told(outcome: ParseResult | Failure | Ignored) -> bool:
    """Whether something was read, or it is said why not."""
    if isinstance(outcome, ParseResult):
        return bool(outcome.devices or outcome.failures or outcome.ledgers)
    return bool(str(outcome.problem if isinstance(outcome, Failure) else outcome.reason))


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=[f"{path.parent.name}/{path.name}" for path in EXAMPLES])
def test_a_file_cut_off_anywhere(path: Path) -> None:
    data = path.read_bytes()
    chance = random.Random(path.name)
    ends = [place + 1 for place, byte in enumerate(data) if byte == 10]
    cuts = 500
    if path.parent.name != "tokyo-sme":
        ends, cuts = chance.sample(ends, min(200, len(ends))), 100
    places = set(range(len(data))) if SOAK else {*ends, *(chance.randrange(len(data)) for _ in range(cuts))}
    for place in sorted(places):
        assert told(parsed(data[:place])), place


@cache
def lines_of_all() -> list[bytes]:
    """Lines of every example, to paste into files of other formats."""
    return [line for path in EXAMPLES for line in path.read_bytes().split(b"\n") if line.strip()]


def mutations(data: bytes, chance: random.Random) -> Iterator[bytes]:
    """Endless mutants of ``data``."""
    original = data.split(b"\n")
    while True:
        lines = list(original)
        for _ in range(chance.randrange(1, 12)):
            place = chance.randrange(len(lines))
            match chance.randrange(9):
                case 0:
                    lines.insert(place, lines[chance.randrange(len(lines))])
                case 1:
                    del lines[place : place + chance.randrange(1, 4)]
                    lines = lines or [b""]
                case 2:
                    other = chance.randrange(len(lines))
                    lines[place], lines[other] = lines[other], lines[place]
                case 3:
                    lines.insert(place, chance.choice(lines_of_all()))
                case 4:
                    words = lines[place].split(b" ")
                    chance.shuffle(words)
                    lines[place] = b" ".join(words)
                case 5:
                    lines[place] = lines[place][: chance.randrange(len(lines[place]) + 1)]
                case 6:
                    line = bytearray(lines[place] or b" ")
                    line[chance.randrange(len(line))] = chance.randrange(256)
                    lines[place] = bytes(line)
                case 7:
                    words = lines[place].split(b" ")
                    words[chance.randrange(len(words))] = chance.choice(ODD)
                    lines[place] = b" ".join(words)
                case _:
                    lines[place] += b" " + chance.choice(ODD)
        yield b"\n".join(lines)


#: Words that stand where others are expected.
ODD = (
    b"", b"-1", b"0", b"99999999999999999999", b"65536", b"any", b"no", b"255.255.255.256", b"0.0.0.0", b"::", b"fe80::1%eth0",
    b"10.0.0.0/33", b"1-0", b'"', b"'", b"\\", b"{", b"}", b"!", b"#", b"end", b"next", b"*", b"range", b"host", b"object-group",
    b"\xe6\x9c\xac\xe7\xa4\xbe", b"\x96\x7b\x8e\xd0", b"\0", b"\x1b[31m", b"%s", b"../..", b"A" * 3000,
)  # fmt: skip


@pytest.mark.parametrize("path", EXAMPLES, ids=[f"{path.parent.name}/{path.name}" for path in EXAMPLES])
def test_mutants_of_the_examples(path: Path) -> None:
    chance = random.Random(f"mutants of {path.name}")
    mutants = mutations(path.read_bytes(), chance)
    for _ in range(count(12, full=2_000)):
        assert told(parsed(next(mutants)))


@needs_shared
@pytest.mark.parametrize("folder", FORMATS)
def test_mutants_of_the_corpus(folder: str) -> None:
    paths = shared_files(f"corpus/{folder}")
    for number in range(count(60, full=10_000)):
        chance = random.Random(f"{folder} {number}")
        data = chance.choice(paths).read_bytes()[:60_000]
        assert told(parsed(next(mutations(data, chance)))), number


@needs_shared
@pytest.mark.parametrize("name", sorted(parsers()))
def test_files_of_other_formats_under_every_name(name: str) -> None:
    paths = shared_files("corpus")
    for path in random.Random(name).sample(paths, count(40, full=len(paths))):
        assert told(parsed(path.read_bytes()[:100_000], said=name)), path
