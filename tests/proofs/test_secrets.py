"""No secret of a configuration comes out: not in a report, not on the terminal, not in an error.

What is a secret is found by patterns of our own (`leaks`), not by those that mask it. `show ledger` prints every line
of a file, so it is where a gap shows first.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from segaudit.cli import main
from segaudit.findings.report import Report
from segaudit.knowledge.language import LANGUAGES
from segaudit.pipeline.discover import parsers, reporters
from segaudit.reporter import ReporterOptions
from tests.conftest import ROOT
from tests.material import needs_shared
from tests.oracle_sets import CORPUS_PARSERS, read_lines
from tests.proofs.inputs import CORPUS, EXAMPLES, audited, corpus_case, example
from tests.proofs.leaks import Secret, leaks, secrets_of
from tests.scale import SOAK

SECRETIVE = tuple(path for path in CORPUS if secrets_of(read_lines(path), path.parent.name))
DAY = ("--as-of", "2026-07-01", "-q")


def written(report: Report, languages: tuple[str, ...] = LANGUAGES) -> Iterator[tuple[str, str]]:
    """The report by every reporter, with all that it can show."""
    for name, reporter in reporters().items():
        for language in languages:
            text = reporter.render(report, ReporterOptions(language=language, verbose=True))
            yield f"{name} in {language}", text if isinstance(text, str) else text.decode(errors="replace")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command prints, to both streams."""
    main([*arguments])
    out, err = capsys.readouterr()
    return out + err


def said_of(path: str, capsys: pytest.CaptureFixture[str], *more: str) -> Iterator[tuple[str, str]]:
    """What the verbs say of a file that show lines of it."""
    yield "show ledger", printed(capsys, "show", "ledger", path, *DAY, *more)
    yield "show rules", printed(capsys, "show", "rules", path, *DAY, *more)
    yield "audit, strictly", printed(capsys, "audit", path, "--strict", "-v", "--as-of", "2026-07-01", *more)


def also_said_of(path: str, capsys: pytest.CaptureFixture[str], *more: str) -> Iterator[tuple[str, str]]:
    """What the other verbs say of it, and those in other forms."""
    for what in ("devices", "zones", "matrix", "spoofing"):
        yield f"show {what}", printed(capsys, "show", what, path, *DAY, *more)
    yield "show ledger as JSON", printed(capsys, "show", "ledger", path, "-f", "json", *DAY, *more)
    yield "show rules as JSON", printed(capsys, "show", "rules", path, "-f", "json", *DAY, *more)
    yield "init", printed(capsys, "init", path, *more)
    flow = ("--src", "198.51.100.7", "--dst", "192.168.10.5", "--dport", "3389")
    yield "trace", printed(capsys, "trace", path, *DAY, *more, *flow)
    asked = ("--from", "internet", "--to", "192.168.0.0/16", "-v")
    yield "reach", printed(capsys, "reach", path, *DAY, *more, *asked)
    yield "reach as JSON", printed(capsys, "reach", path, *DAY, *more, *asked, "-f", "json")
    yield "an error of reach", printed(capsys, "reach", path, *DAY, *more, "--from", "zone=x", "--to", "self=y")
    yield "an error of trace", printed(capsys, "trace", path, *DAY, *more, *flow, "--rule-set", "nothing like it")


def shown(outputs: Iterator[tuple[str, str]], secrets: tuple[Secret, ...]) -> list[str]:
    """The secrets that outputs show."""
    return [f"{where}: {leak}" for where, text in outputs for leak in leaks(text, secrets)]


@pytest.mark.parametrize("name", EXAMPLES)
def test_secrets_of_the_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    case = example(name)
    formats = {one.path: one.format for one in case.network.inputs}
    secrets = tuple(s for path, one in case.network.sources.items() for s in secrets_of(one.lines, formats[path]))
    assert secrets or "linux_iptables" in formats.values()
    folder = str(ROOT / "examples" / "configs" / name)
    assert not shown(written(audited(case)), secrets)
    assert not shown(said_of(folder, capsys), secrets)
    assert not shown(also_said_of(folder, capsys), secrets)


@needs_shared
def test_the_corpus_has_secrets() -> None:
    """The patterns find what there is, and would see it where it is not masked."""
    assert len(SECRETIVE) >= 20
    for path in SECRETIVE:
        lines = read_lines(path)
        assert all(secret.found_in(lines[secret.line - 1]) for secret in secrets_of(lines, path.parent.name)), path


@needs_shared
@pytest.mark.parametrize("path", SECRETIVE, ids=[f"{path.parent.name}/{path.name}" for path in SECRETIVE])
def test_secrets_of_the_corpus(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secrets = secrets_of(read_lines(path), path.parent.name)
    case = corpus_case(path)
    assert not shown(written(audited(case), LANGUAGES if SOAK else LANGUAGES[:1]), secrets)
    forced = ("--input-format", f"*={CORPUS_PARSERS[path.parent.name]}")
    assert not shown(said_of(str(path), capsys, *forced), secrets)
    if SOAK:
        assert not shown(also_said_of(str(path), capsys, *forced), secrets)


@needs_shared
@pytest.mark.parametrize("name", sorted(parsers()))
def test_secrets_of_files_read_in_the_wrong_format(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A person may say a format that a file is not in; then no line of it is understood."""
    leaking: list[str] = []
    for path in SECRETIVE if SOAK else SECRETIVE[::6]:
        if CORPUS_PARSERS[path.parent.name] == name:
            continue
        secrets = secrets_of(read_lines(path), path.parent.name)
        forced = ("--input-format", f"*={name}")
        outputs = [
            ("ledger", printed(capsys, "show", "ledger", str(path), *DAY, *forced)),
            ("audit", printed(capsys, "audit", str(path), "--strict", *DAY, *forced)),
        ]
        leaking += [f"{path.name}, {one}" for one in shown(iter(outputs), secrets)]
    assert not leaking, leaking
