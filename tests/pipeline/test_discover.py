"""Parsers, checks and reporters are found by folder and entry point; one that does not load stops the run by its name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from segaudit.pipeline import discover
from tests.house.tree import PACKAGE

PLUGIN = '''
"""A format of another distribution."""
from segaudit.model import Device, LedgerBuilder
from segaudit.parser import NO_SIGN, Detection, Parser, ParseResult


def detect(source):
    return Detection(score=95, evidence="says so") if source.lines[0] == "plug" else NO_SIGN


def parse(sources):
    devices, ledgers = [], []
    for source in sources:
        builder = LedgerBuilder(source)
        builder.modelled(1, len(source.lines))
        devices.append(Device(name=source.stem, format="plug", span=source.span(1)))
        ledgers.append(builder.finish())
    return ParseResult(devices=tuple(devices), ledgers=tuple(ledgers))


PARSER = Parser(name="{name}", title="a plugged format", vendor="nobody", detect=detect, parse=parse)
'''


def install(folder: Path, source: str, point: str = "plug = plug_format:PARSER") -> dict[str, str]:
    """A distribution with one entry point, as pip leaves it; the environment in which it is found."""
    (folder / "plug_format.py").write_text(source, encoding="utf-8")
    info = folder / "plug_format-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plug-format\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[segaudit.parsers]\n{point}\n", encoding="utf-8")
    return {**os.environ, "PYTHONPATH": str(folder)}


def segaudit(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "segaudit", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_every_folder_of_a_format_is_found() -> None:
    folders = {path.parent.name for path in (PACKAGE / "parsers").glob("*/__init__.py")}
    assert set(discover.parsers()) == folders


def test_every_module_of_a_check_is_found() -> None:
    modules = {path.stem.replace("_", "-") for path in (PACKAGE / "checks").glob("*.py")} - {"--init--"}
    assert set(discover.checks()) == modules


def test_every_reporter_is_found() -> None:
    folders = {path.parent.name for path in (PACKAGE / "reporters").glob("*/__init__.py")}
    modules = {path.stem for path in (PACKAGE / "reporters").glob("*.py")} - {"__init__"}
    assert set(discover.reporters()) == folders | modules


def test_a_format_of_another_distribution_is_read_like_ours(tmp_path: Path) -> None:
    environment = install(tmp_path, PLUGIN.format(name="plug"))
    (tmp_path / "fw9.txt").write_text("plug\nall of it\n", encoding="utf-8")
    listed = segaudit(environment, "parsers")
    assert "a plugged format" in listed.stdout
    run = segaudit(environment, "show", "devices", str(tmp_path / "fw9.txt"))
    assert run.returncode == 0, run.stderr
    assert "fw9" in run.stdout


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise RuntimeError('hunter2')", "RuntimeError"),
        ("import no_such_module_anywhere", "ModuleNotFoundError"),
        ("PARSER = 7", "is no Parser"),
        ("OTHER = 7", "AttributeError"),
        (PLUGIN.format(name="cisco_asa"), "both called cisco_asa"),
    ],
)
def test_one_that_does_not_load_stops_the_run_with_its_name(tmp_path: Path, source: str, said: str) -> None:
    run = segaudit(install(tmp_path, source), "show", "ledger", str(tmp_path))
    assert run.returncode == 3
    assert said in run.stderr
    assert "plug" in run.stderr
    assert len(run.stderr.splitlines()) == 1
    assert run.stdout == ""
