"""Real configurations by others: nothing raises, nothing is lost, little is not understood."""

import random
from pathlib import Path

import pytest

from segaudit.model import LineState, SourceFile
from segaudit.parser import DETECTION_THRESHOLD
from segaudit.parsers.cisco_asa import PARSER
from tests.material import needs_shared, shared_files
from tests.parsers.cisco_asa.reading import FIXTURES, Read, read_lines
from tests.scale import count

CORPUS = "corpus/cisco_asa"

#: The beginnings of statements, with nothing behind them.
BEGINNINGS = tuple(
    """
access-list
access-list x
access-group
object-group
object
name
ip
ipv6
ipv6 route
no
no no
clear
clear configure
crypto
crypto map
tunnel-group
group-policy
nat (
static
global
interface
username
aaa-server
webvpn
snmp-server host
dhcpd address
route
icmp permit
failover lan interface
time-range
policy-map
""".splitlines()
)


def load(path: Path) -> Read:
    return read_lines(tuple(path.read_text(encoding="utf-8", errors="replace").splitlines()), path.name)


@needs_shared
@pytest.mark.parametrize("path", shared_files(CORPUS), ids=lambda path: path.name[:40])
def test_a_file_is_recognised_and_every_line_is_accounted_for(path: Path) -> None:
    made = load(path)
    assert PARSER.detect(made.source).score >= DETECTION_THRESHOLD
    assert len(made.ledger.states) == len(made.source.lines)
    names = [rule_set.name for rule_set in made.device.rule_sets]
    assert len(names) == len(set(names))
    for rule_set in made.device.rule_sets:
        ids = [rule.id for rule in rule_set.rules]
        assert len(ids) == len(set(ids)), rule_set.name
        assert [rule.position for rule in rule_set.rules] == list(range(1, len(ids) + 1))


@needs_shared
def test_whole_devices_leave_at_most_two_percent() -> None:
    shares = {}
    for path in shared_files(CORPUS):
        made = load(path)
        if made.device.fragment or not made.device.rule_sets:
            continue
        left = made.ledger.count(LineState.UNRECOGNIZED) + made.ledger.count(LineState.UNSUPPORTED)
        shares[path.name] = left / made.ledger.non_blank
    assert len(shares) >= 10
    assert {name: share for name, share in shares.items() if share > 0.02} == {}


@needs_shared
def test_files_of_other_makers_are_not_claimed_and_do_no_harm() -> None:
    chance = random.Random(1)
    others = [
        path for path in shared_files("corpus") if path.parent.name != "cisco_asa" and path.stat().st_size < 200_000
    ]
    claimed = []
    for path in chance.sample(others, min(len(others), count(60, full=len(others)))):
        lines = tuple(path.read_bytes().decode("utf-8", errors="replace").splitlines())
        source = SourceFile(path=path.name, lines=lines)
        if PARSER.detect(source).score >= DETECTION_THRESHOLD:
            claimed.append(path.name)
        PARSER.parse((source,))
    assert claimed == []


def _garbled(lines: list[str], chance: random.Random) -> list[str]:
    """A piece of ``lines`` with a few changes: words cut, swapped, taken away, put in, indented, negated."""
    at = chance.randrange(len(lines))
    piece = lines[max(0, at - 50) : at + 50]
    words = [word for line in piece for word in line.split()] or ["x"]
    for _ in range(chance.randrange(1, 12)):
        place = chance.randrange(len(piece))
        line = piece[place]
        parts = line.split(" ")
        match chance.randrange(6):
            case 0:
                piece[place] = line[: chance.randrange(len(line) + 1)]
            case 1:
                parts[chance.randrange(len(parts))] = chance.choice(words)
                piece[place] = " ".join(parts)
            case 2:
                del parts[chance.randrange(len(parts))]
                piece[place] = " ".join(parts)
            case 3:
                piece[place] = " " * chance.randrange(5) + line.strip()
            case 4:
                piece[place] = f"no {line.strip()}"
            case _:
                piece[place] = f"{line} {chance.choice(words)}"
    return piece


def test_garbled_configurations_never_raise() -> None:
    files = [FIXTURES / "tky-asa01.cfg", *shared_files(CORPUS)]
    texts = [path.read_text(encoding="utf-8", errors="replace").splitlines() for path in files]
    chance = random.Random(20260601)
    for _ in range(count(300, full=10_000)):
        lines = tuple(_garbled(chance.choice(texts), chance))
        made = read_lines(lines, "garbled.cfg")
        assert len(made.ledger.states) == len(lines)


def test_every_cut_of_a_configuration_is_read() -> None:
    text = (FIXTURES / "tky-asa01.cfg").read_text(encoding="utf-8")
    chance = random.Random(7)
    whole = range(len(text))
    for cut in chance.sample(whole, count(150, full=len(text))):
        made = read_lines(tuple(text[:cut].splitlines()), "cut.cfg")
        assert made.ledger.path == "cut.cfg"


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("",),
        ("\x00\x01\x02",),
        ("a" * 1_000_000,),
        BEGINNINGS,
    ],
)
def test_odd_input_is_read_without_a_word(lines: tuple[str, ...]) -> None:
    made = read_lines(lines, "odd.cfg")
    assert made.device.fragment
    assert made.device.name == "odd"
