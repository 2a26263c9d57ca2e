"""The command line itself: verbs, help, mistakes, languages, consoles, and what happens when it is cut short."""

import json
import os
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest

from segaudit import __version__
from segaudit.cli import VERBS, audit, main, screen, show
from segaudit.cli.tables import STATES
from segaudit.model import Certainty, Severity
from tests.cli.conftest import OURS, Segaudit
from tests.house.tree import PACKAGE

#: Modules of the command line that are no verbs.
NO_VERBS = frozenset(
    {"__init__", "options", "reading", "screen", "tables", "zone_tables", "check_pages"}
    | {"flow_text", "reach_text", "reach_json", "replay", "spoofing_table"}
)


def test_every_verb_is_a_module() -> None:
    modules = {path.stem for path in (PACKAGE / "cli").glob("*.py")} - NO_VERBS
    assert modules == set(VERBS)
    for verb in VERBS:
        module = import_module(f"segaudit.cli.{verb}")
        assert callable(module.configure)
        assert callable(module.run)


def test_the_words_of_options_are_those_of_the_model() -> None:
    assert tuple(severity.word for severity in Severity) == audit.SEVERITIES
    assert {certainty.value for certainty in Certainty} == set(audit.CERTAINTIES)
    assert set(show.STATES) == set(STATES)


def test_version_and_help(segaudit: Segaudit) -> None:
    assert segaudit("--version").out == f"segaudit {__version__}\n"
    shown = segaudit("--help")
    assert shown.status == 0
    for verb, purpose in VERBS.items():
        assert verb in shown.out
        assert purpose in " ".join(shown.out.split())


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_that_a_terminal_can_show(segaudit: Segaudit, verb: str) -> None:
    shown = segaudit(verb, "--help")
    assert shown.status == 0
    assert shown.out.isascii()
    assert f"usage: segaudit {verb}" in shown.out
    groups = [line for line in shown.out.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert len(groups) == len(set(groups))


@pytest.mark.parametrize("verb", [*VERBS, "--help"])
def test_help_imports_nothing_heavy(verb: str) -> None:
    arguments = [verb] if verb.startswith("-") else [verb, "--help"]
    code = (
        "import sys\nfrom segaudit.cli import main\n"
        f"main({arguments!r})\n"
        "print(sorted({'oxidd', 'networkx', 'pydantic', 'yaml', 'rich', 'jinja2', 'segaudit.model'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "VERB"),
        (["aduit", "."], "aduit"),
        (["show"], "WHAT"),
        (["show", "ledger"], "PATH"),
        (["show", "everything", "."], "everything"),
        (["show", "ledger", ".", "--jobs", "0"], "write 1 or more"),
        (["show", "ledger", ".", "--include"], "--include"),
        (["show", "ledger", ".", "--inc", "x"], "--inc"),
        (["show", "ledger", ".", "--input-format", "cisco_asa"], "GLOB=FORMAT"),
        (["show", "ledger", ".", "--input-format", "*=cisco_assa"], "did you mean cisco_asa?"),
        (["show", "zones", ".", "--as-of", "31.3.2027"], "2027-03-31"),
        (["show", "zones", ".", "--site", "nowhere.yaml"], "nowhere.yaml"),
        (["parsers", "cisco_oas"], "segaudit parsers"),
        (["policies", "bigman-5"], "did you mean 'bigman-4'?"),
        (["policies", "nowhere.yaml"], "nowhere.yaml"),
        (["checks", "inbound-remote"], "did you mean inbound-remote-desktop?"),
        (["schema", "reports"], "reports"),
        (["trace", "."], "no packet is given"),
        (["trace", ".", "--flows", "x.csv", "--dport", "22"], "not in both"),
        (["trace", "-", "--flows", "-"], "not both"),
        (["trace", ".", "--src", "192.0.2.1", "--dst", "x", "--dport", "99999"], "--dst: x is not an IP address"),
        (
            ["trace", ".", "--dst", "192.0.2.1", "--dport", "x"],
            "--src: an address is needed; --dport: x is not a number",
        ),
        (["reach", ".", "--from", "internet"], "--to"),
        (["reach", ".", "--from", "ofice", "--to", "internet"], "--from: 'ofice' is no selector"),
        (["reach", ".", "--from", "internet", "--to", "zon=x"], "--to: 'zon=x' is no selector"),
        (
            ["reach", ".", "--from", "internet", "--to", "zone=x", "--service", "tpc/22"],
            "--service: 'tpc/22' is no service",
        ),
    ],
)
def test_wrong_usage_is_told_in_a_line_and_has_status_2(segaudit: Segaudit, arguments: list[str], said: str) -> None:
    ran = segaudit(*arguments)
    assert ran.status == 2
    assert said in ran.err
    assert ran.out == ""
    assert ran.err.startswith(OURS)
    assert len(ran.err.splitlines()) == 1


# Languages and consoles


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ja_JP.eucJP"}, "ja"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"SEGAUDIT_LANG": "ja", "LC_ALL": "en_US"}, "ja"),
    ],
)
def test_the_language_of_the_environment(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SEGAUDIT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert screen.preferred_language() == language


#: Runs the commands that come in as JSON, one after the other, with a line between them.
MANY = """
import json, sys
from segaudit.cli import main
for command in json.load(sys.stdin):
    print("==", *command[:2], main(command))
"""


def printed(commands: list[list[str]], encoding: str) -> str:
    """What the commands print to a console of that encoding."""
    done = subprocess.run(
        [sys.executable, "-c", MANY],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        input=json.dumps(commands).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.decode(encoding.partition(":")[0]).replace("\r", "")


def verbs_on(path: Path) -> list[list[str]]:
    """A command for each verb, and for each table of `show`."""
    where = ["--src", "192.168.40.10", "--dst", "192.168.42.5", "--dport", "445"]
    return [
        *(["show", what, str(path)] for what in ("devices", "zones", "matrix", "spoofing", "rules", "ledger")),
        ["init", str(path)],
        ["trace", str(path), *where, "--in-interface", "eth1", "--out-interface", "eth2"],
        ["reach", str(path), "--from", "zone=office", "--to", "zone=servers"],
        ["checks"],
        ["checks", "inbound-remote-desktop"],
        ["parsers"],
        ["policies"],
        ["policies", "bigman-4"],
        *(["schema", name] for name in ("site", "policy", "waivers", "report", "trace", "reach")),
    ]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_verb_can_be_written_to_a_japanese_console(branch: Path, language: str) -> None:
    commands = [command if command[0] == "schema" else [*command, "--lang", language] for command in verbs_on(branch)]
    ours = printed(commands, "utf-8")
    assert all(f"== {command[0]}" in ours for command in commands)
    # What cp932 cannot write would be a question mark there: of our own words there is none.
    assert printed(commands, "cp932:strict") == ours


def test_colour_only_where_it_is_wanted(segaudit: Segaudit, branch: Path) -> None:
    assert "\x1b[" not in segaudit("show", "devices", branch).out
    assert "\x1b[" in segaudit("show", "devices", branch, "--color", "always").out


def test_names_in_configurations_cannot_write_to_the_terminal(segaudit: Segaudit, tmp_path: Path) -> None:
    config = (
        '*filter\n:FORWARD DROP [0:0]\n-A FORWARD -i eth0\x9b31m -m comment --comment "\x07\u202e" -j ACCEPT\nCOMMIT\n'
    )
    (tmp_path / "a\x1b[31mb.v4").write_text(config, encoding="utf-8")
    for what in ("devices", "rules", "ledger", "zones", "matrix"):
        ran = segaudit("show", what, tmp_path, "-v")
        assert not {"\x1b", "\x9b", "\x07", "\u202e"} & set(ran.out + ran.err)


# Cut short


def test_a_reader_who_goes_away_is_no_defect(tmp_path: Path) -> None:
    rules = "".join(f"-A FORWARD -s 10.{n // 250}.{n % 250}.0/24 -j ACCEPT\n" for n in range(20_000))
    (tmp_path / "gw.v4").write_text(f"*filter\n:FORWARD DROP [0:0]\n{rules}COMMIT\n", encoding="utf-8")
    command = [sys.executable, "-m", "segaudit", "show", "ledger", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
def test_an_interrupt_is_a_word_and_no_traceback() -> None:
    command = [sys.executable, "-m", "segaudit", "show", "ledger", "-"]
    # A run in the background of a shell has the signal switched off, and what it starts has it so too.
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no thread is running here
    ) as process:
        time.sleep(1.5)  # it waits for standard input by then
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.splitlines() == [b"segaudit: interrupted"]


def test_a_defect_is_a_line_without_its_text(segaudit: Segaudit, monkeypatch: pytest.MonkeyPatch, branch: Path) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("key hunter2")

    monkeypatch.setattr("segaudit.cli.tables.ledger", fail)
    ran = segaudit("show", "ledger", branch)
    assert ran.status == 3
    assert "a defect in segaudit (RuntimeError at tests.cli.test_usage" in ran.err
    assert "hunter2" not in ran.err
    monkeypatch.setenv("SEGAUDIT_DEBUG", "1")
    with pytest.raises(RuntimeError):
        main(["show", "ledger", str(branch)])


def test_schemas_are_json(segaudit: Segaudit) -> None:
    for name in ("site", "policy", "waivers", "report", "trace", "reach"):
        assert json.loads(segaudit("schema", name).out)["$schema"] == "http://json-schema.org/draft-07/schema#"
