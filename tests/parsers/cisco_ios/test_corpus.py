"""Configurations by others: nothing raises, secrets stay inside, large lists are quick."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from segaudit.model import SourceFile
from segaudit.parsers.cisco_ios import PARSER
from tests.material import needs_shared, shared_files
from tests.parsers.cisco_ios.reading import read_lines

FILES = shared_files("corpus", "*/*")
OWN = shared_files("corpus/cisco_ios", "*")


def lines_of(path: Path) -> tuple[str, ...]:
    return tuple(path.read_bytes().decode("latin-1").splitlines())


@needs_shared
@pytest.mark.parametrize("folder", sorted({path.parent.name for path in FILES}))
def test_any_file_of_any_format_is_read(folder: str) -> None:
    for path in FILES:
        if path.parent.name == folder:
            lines = lines_of(path)
            (ledger,) = PARSER.parse((SourceFile(path=path.name, lines=lines),)).ledgers
            assert len(ledger.states) == len(lines)


_KEPT = re.compile(
    r"\bsecret [5-9] (\S+)|\bpassword 7 ([0-9A-Fa-f]{6,})|community (\S+) R[OW]|server-key (?:7 )?(\S+)|key 7 (\S+)"
    r"|pre-shared-key address \S+ key (\S+)|crypto isakmp key (\S+) address|md5 0 ([0-9A-F]{30,})"
)


@needs_shared
@pytest.mark.parametrize("path", OWN, ids=[path.name for path in OWN])
def test_no_secret_is_quoted(path: Path) -> None:
    lines = lines_of(path)
    source = SourceFile(path=path.name, lines=lines, secrets=PARSER.secrets)
    (ledger,) = PARSER.parse((source,)).ledgers
    quoted = replace(source, hidden=ledger.hidden).quote(source.span(1, len(lines)))
    for line, shown in zip(lines, quoted, strict=True):
        for found in _KEPT.finditer(line):
            kept = next(group for group in found.groups() if group)
            if not line.lstrip().startswith("!"):
                assert kept not in shown.split(), shown


def test_ten_thousand_entries_are_all_read() -> None:
    lines = ["version 15.7", "interface Vlan1", " ip access-group BIG in", "ip access-list extended BIG"]
    for n in range(10_000):
        source, port = f"10.{n % 251}.{n // 251}.0 0.0.0.255", n % 60_000
        lines.append(f" {'deny' if n % 3 else 'permit'} tcp {source} host 172.16.{n % 256}.{n // 256} eq {port}")
    made = read_lines(tuple(lines), "big.cfg")
    assert len(made.rule_set("BIG").rules) == 10_000
