"""Both recipes of CONTRIBUTING.md, tried: a format and a check of another distribution need nothing of ours changed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from segaudit.findings.page import Code, read_page
from tests.house.tree import ROOT
from tests.plugins.telnet_between_zones import CHECK

FIXTURES = Path(__file__).parent / "fixtures"
POINTS = """[segaudit.parsers]
toywall = tests.plugins.toywall:PARSER
[segaudit.checks]
telnet = tests.plugins.telnet_between_zones:CHECK
"""
PAGE = read_page(CHECK.doc)


def code(blocks: tuple[object, ...]) -> str:
    """The configuration in a section of the check's page."""
    return "\n".join(line for block in blocks if isinstance(block, Code) for line in block.lines)


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """The environment in which a distribution with both entry points is installed, as pip leaves it."""
    info = tmp_path / "toys-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toys\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(POINTS, encoding="utf-8")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]), "PYTHONUTF8": "1"}


def segaudit(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """One run of the command line."""
    return subprocess.run(
        [sys.executable, "-m", "segaudit", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def config(folder: Path, line: str) -> str:
    """The fixture with one more line, as a file in ``folder``."""
    path = folder / "fw1.txt"
    path.write_text((FIXTURES / "fw1.txt").read_text(encoding="utf-8").replace("{line}", line), encoding="utf-8")
    return str(path)


def test_the_lists_hold_both(installed: dict[str, str]) -> None:
    assert "Toywall configurations" in segaudit(installed, "parsers").stdout
    slugs = [one["slug"] for one in json.loads(segaudit(installed, "checks", "-f", "json").stdout)]
    assert CHECK.slug in slugs
    assert "Passwords cross the network in the clear." in segaudit(installed, "checks", CHECK.slug).stdout


def test_every_line_of_the_format_is_accounted_for(installed: dict[str, str], tmp_path: Path) -> None:
    run = segaudit(installed, "show", "ledger", config(tmp_path, "knock knock"), "-f", "json")
    lines = json.loads(run.stdout)
    text = json.dumps(lines)
    assert "traffic above a rate is dropped" in text
    assert "himitsu" not in text
    run = segaudit(installed, "audit", str(tmp_path / "fw1.txt"), "-f", "json")
    assert json.loads(run.stdout)["inputs"][0]["ledger"] == {
        "modelled": 6,
        "approximated": 0,
        "irrelevant": 2,
        "unsupported": 1,
        "unrecognized": 1,
    }


def test_the_example_fires_with_a_witness_that_replays_and_the_fix_does_not(
    installed: dict[str, str], tmp_path: Path
) -> None:
    policy = str(FIXTURES / "policy.yaml")
    path = config(tmp_path, code(PAGE.example))
    run = segaudit(installed, "audit", path, "--policy", policy, "-f", "json")
    assert run.returncode == 1, run.stderr
    (finding,) = json.loads(run.stdout)["findings"]
    assert (finding["check"], finding["severity"], finding["certainty"]) == (CHECK.slug, "high", "confirmed")
    assert finding["locations"][0]["first_line"] == 10
    assert finding["witness"]["sent"]["dst_ip"] == "192.168.1.10"
    start, sent = finding["witness"]["start"], finding["witness"]["sent"]
    row = {"device": start["device"], "in_interface": start["in_interface"], "out_interface": start["out_interface"]}
    row |= {name: "" if value is None else str(value) for name, value in sent.items()}
    flows = tmp_path / "flows.csv"
    flows.write_text(f"{','.join(row)}\n{','.join(row.values())}\n", encoding="utf-8")
    verdict = json.loads(segaudit(installed, "trace", path, "--flows", str(flows)).stdout)
    assert (verdict["verdict"], verdict["decided_by"]["first_line"]) == ("permit", 10)

    run = segaudit(installed, "audit", config(tmp_path, code(PAGE.fix)), "--policy", policy, "-f", "json")
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["findings"] == []


def test_a_reporter_knows_the_check_by_its_page(installed: dict[str, str], tmp_path: Path) -> None:
    policy = str(FIXTURES / "policy.yaml")
    run = segaudit(installed, "audit", config(tmp_path, code(PAGE.example)), "--policy", policy, "-f", "sarif")
    rules = json.loads(run.stdout)["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [CHECK.slug]
    assert "Passwords cross the network in the clear." in json.dumps(rules)
