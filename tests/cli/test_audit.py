"""`audit` from the outside: status, outputs, baseline, and inputs that fail while the others are audited."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from segaudit.pipeline.discover import reporters
from tests.cli.conftest import OURS, Segaudit

OPEN = """*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -i ppp0 -p tcp -m tcp --dport 13389 -j DNAT --to-destination 192.168.42.21:3389
COMMIT
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
-A FORWARD -i ppp0 -d 192.168.42.21/32 -p tcp -m tcp --dport 3389 -j ACCEPT
-A FORWARD -i eth2 -o ppp0 -j ACCEPT
COMMIT
"""
CLOSED = OPEN.replace("-A FORWARD -i ppp0 -d", "-A FORWARD -i ppp9 -d")
SITE = """internet: ["if=gw/ppp0"]
zones:
  servers: {role: server, members: ["if=gw/eth2", 192.168.42.0/24]}
"""
POLICY = """name: one
title: One question
title_ja: 一問
controls:
  - {check: inbound-remote-desktop, title: No remote desktop, title_ja: リモートデスクトップなし}
"""


@pytest.fixture
def policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A policy with one control, so that the status hangs on one thing."""
    path = tmp_path_factory.mktemp("policy") / "one.yaml"
    path.write_text(POLICY, encoding="utf-8")
    return path


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with one router that lets remote desktop in."""
    (tmp_path / "gw.v4").write_text(OPEN, encoding="utf-8")
    (tmp_path / "site.yaml").write_text(SITE, encoding="utf-8")
    return tmp_path


# Status


def test_a_finding_is_status_1_and_none_is_status_0(segaudit: Segaudit, site: Path, policy: Path) -> None:
    ran = segaudit("audit", site, "--policy", policy)
    assert ran.status == 1
    assert ran.err == ""
    assert "Remote Desktop" in ran.out
    (site / "gw.v4").write_text(CLOSED, encoding="utf-8")
    assert segaudit("audit", site, "--policy", policy).status == 0


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (["--fail-on", "critical"], 1),
        (["--fail-on", "info"], 1),
        (["--fail-on", "never"], 0),
        (["--fail-certainty", "confirmed"], 1),
        (["--separate"], 1),
        (["-q"], 1),
        (["-v"], 1),
    ],
)
def test_what_makes_it_fail(segaudit: Segaudit, site: Path, policy: Path, options: Sequence[str], status: int) -> None:
    assert segaudit("audit", site, "--policy", policy, *options).status == status


def test_order_of_statuses_is_2_then_1_then_3(segaudit: Segaudit, site: Path, policy: Path) -> None:
    (site / "broken.cfg").write_bytes(b"")
    assert segaudit("audit", site, "--policy", policy).status == 1
    assert segaudit("audit", site, "--policy", policy, "--fail-on", "never").status == 3
    (site / "site.yaml").write_text("zonen: {}\n", encoding="utf-8")
    assert segaudit("audit", site, "--policy", policy).status == 2


def test_strict(segaudit: Segaudit, site: Path, policy: Path) -> None:
    (site / "gw.v4").write_text(CLOSED + "what is this\n", encoding="utf-8")
    assert segaudit("audit", site, "--policy", policy).status == 0
    ran = segaudit("audit", site, "--policy", policy, "--strict", "-f", "json")
    assert ran.status == 3
    assert json.loads(ran.out)["complete"] is False


def test_a_baseline_makes_findings_known(segaudit: Segaudit, site: Path, policy: Path, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    assert segaudit("audit", site, "--policy", policy, "--write-baseline", baseline).status == 1
    ran = segaudit("audit", site, "--policy", policy, "--baseline", baseline, "-f", "json")
    assert ran.status == 0
    assert {one["status"] for one in json.loads(ran.out)["findings"]} == {"existing"}
    baseline.write_text("{}", encoding="utf-8")
    ran = segaudit("audit", site, "--policy", policy, "--baseline", baseline)
    assert ran.status == 2
    assert "--write-baseline" in ran.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("internet: [\n", "site.yaml:"),
        ("zones: {office: {role: terminals}}\n", "'terminal'"),
        ("zone: {}\n", "'zones'"),
        ("a: 1\na: 2\n", "site.yaml:2"),
    ],
)
def test_a_wrong_site_file_is_status_2_with_its_place(
    segaudit: Segaudit, site: Path, policy: Path, text: str, said: str
) -> None:
    (site / "site.yaml").write_text(text, encoding="utf-8")
    ran = segaudit("audit", site, "--policy", policy)
    assert ran.status == 2
    assert said in ran.err
    assert all(line.startswith(OURS) for line in ran.err.splitlines())
    assert ran.out == ""


def test_policies_that_do_not_fit_are_status_2(segaudit: Segaudit, site: Path, policy: Path) -> None:
    policy.write_text(POLICY.replace("inbound-remote-desktop", "inbound-remote-dekstop"), encoding="utf-8")
    ran = segaudit("audit", site, "--policy", policy)
    assert ran.status == 2
    assert "did you mean 'inbound-remote-desktop'?" in ran.err
    policy.write_text(POLICY.replace("title: No", "parameters: {ports: 3}, title: No"), encoding="utf-8")
    ran = segaudit("audit", site, "--policy", policy)
    assert ran.status == 2
    assert "one.yaml:5" in ran.err
    wide = POLICY.replace("inbound-remote-desktop", "inbound-wide-service")
    policy.write_text(wide.replace("title: No", "parameters: {ports: many}, title: No"), encoding="utf-8")
    ran = segaudit("audit", site, "--policy", policy)
    assert ran.status == 2
    assert "ports of inbound-wide-service must be like its default, 100; found 'many'" in ran.err


def test_what_the_site_file_says_of_nothing_is_said(segaudit: Segaudit, site: Path, policy: Path) -> None:
    (site / "site.yaml").write_text(
        'internet: ["if=gw/ppp0", "if=gw/eth9"]\nsites: {osaka: ["osk-*"]}\n'
        'zones: {servers: {role: server, members: [10.99.0.0/16, "if=gw9/lan"]}}\n',
        encoding="utf-8",
    )
    report = json.loads(segaudit("audit", site, "--policy", policy, "-f", "json").out)
    said = [one["reason"] for one in report["not_judged"] if "points at nothing" in one["reason"]]
    assert [reason.split()[0] for reason in said] == ["if=gw/eth9", "10.99.0.0/16", "if=gw9/lan", "osk-*"]


def test_an_edge_that_is_nowhere_leaves_the_audit_incomplete(segaudit: Segaudit, site: Path, policy: Path) -> None:
    (site / "site.yaml").write_text('internet: ["if=gw/pp0"]\n', encoding="utf-8")
    ran = segaudit("audit", site, "--policy", policy, "-f", "json")
    assert json.loads(ran.out)["complete"] is False
    assert ran.status == 0
    ran = segaudit("audit", site, "--policy", policy, "--strict")
    assert ran.status == 3
    assert "Not complete: if=gw/pp0, an edge to the internet in the site file, is in no input" in " ".join(
        ran.out.split()
    )


def test_edges_of_another_part_are_not_nowhere(segaudit: Segaudit, site: Path, policy: Path) -> None:
    (site / "gw2.v4").write_text(CLOSED, encoding="utf-8")
    (site / "site.yaml").write_text('internet: ["if=gw/ppp0", "if=gw2/ppp0"]\n', encoding="utf-8")
    ran = segaudit("audit", site, "--policy", policy, "--separate", "--strict", "--fail-on", "never")
    assert ran.status == 0
    assert "points at nothing" not in ran.out


def test_two_site_files_need_a_choice(segaudit: Segaudit, site: Path, policy: Path, tmp_path: Path) -> None:
    other = tmp_path / "b"
    other.mkdir()
    (other / "site.yaml").write_text("{}\n", encoding="utf-8")
    (other / "gw2.v4").write_text(CLOSED, encoding="utf-8")
    ran = segaudit("audit", site, other, "--policy", policy)
    assert ran.status == 2
    assert "--site FILE" in ran.err
    assert segaudit("audit", site, other, "--policy", policy, "--site", site / "site.yaml").status == 1


def test_waivers_are_read_and_said_not_to_count_yet(segaudit: Segaudit, site: Path, policy: Path) -> None:
    waiver = "- {check: inbound-remote-desktop, from: 198.51.100.7, to: 203.0.113.10, reason: x, owner: y, expires: 2027-03-31}\n"
    (site / "waivers.yaml").write_text(waiver, encoding="utf-8")
    ran = segaudit("audit", site, "--policy", policy)
    assert ran.status == 1
    assert "one waiver was read and is not applied" in ran.err
    (site / "waivers.yaml").write_text("- {check: 3}\n", encoding="utf-8")
    assert segaudit("audit", site, "--policy", policy).status == 2


# Outputs


def test_every_reporter_writes_to_files_and_to_standard_output(
    segaudit: Segaudit, site: Path, policy: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    names = [name for name, reporter in reporters().items() if not reporter.binary]
    out = tmp_path_factory.mktemp("out")
    files = {name: out / f"report.{name}" for name in names}
    formats = [part for name, file in files.items() for part in ("-f", f"{name}={file}")]
    ran = segaudit("audit", site, "--policy", policy, *formats)
    assert ran.status == 1
    assert ran.out == ""
    for name, file in files.items():
        written = file.read_text(encoding="utf-8")
        assert "\r" not in written
        assert segaudit("audit", site, "--policy", policy, "-f", name).out == written, name


def test_the_same_run_writes_the_same_bytes(segaudit: Segaudit, site: Path, policy: Path) -> None:
    for name in ("text", "json", "sarif", "html"):
        runs = {segaudit("audit", site, "--policy", policy, "-f", name, "--as-of", "2026-11-23").out for _ in range(2)}
        assert len(runs) == 1, name


def test_output_names_the_file_of_the_one_format(segaudit: Segaudit, site: Path, policy: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    assert segaudit("audit", site, "--policy", policy, "-f", "json", "--output", target).out == ""
    assert json.loads(target.read_text(encoding="utf-8"))["findings"]
    for wrong in (
        ["-f", "json", "-f", "text"],
        ["-f", "json=a", "--output", "b"],
        ["-f", "jsn"],
        ["-f", f"json={tmp_path}"],
    ):
        ran = segaudit("audit", site, "--policy", policy, *wrong)
        assert ran.status == 2, wrong
        assert len(ran.err.splitlines()) == 1


def test_each_input_alone(segaudit: Segaudit, site: Path, policy: Path, tmp_path: Path) -> None:
    (site / "gw2.v4").write_text(CLOSED, encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    ran = segaudit("audit", site, "--policy", policy, "--separate", "-f", f"json={out / 'r.json'}")
    assert ran.status == 1
    reports = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(out.iterdir())}
    assert list(reports) == ["r.gw.v4.json", "r.gw2.v4.json"]
    assert [len(report["devices"]) for report in reports.values()] == [1, 1]


def test_each_input_alone_on_standard_output_is_one_document(segaudit: Segaudit, site: Path, policy: Path) -> None:
    (site / "gw2.v4").write_text(CLOSED, encoding="utf-8")
    separate = ("audit", site, "--policy", policy, "--separate", "--as-of", "2026-01-01")
    reports = json.loads(segaudit(*separate, "-f", "json").out)
    assert [[d["name"] for d in report["devices"]] for report in reports] == [["gw"], ["gw2"]]
    log = json.loads(segaudit(*separate, "-f", "sarif").out)
    assert len(log["runs"]) == 2
    assert len({run["automationDetails"]["id"] for run in log["runs"]}) == 2
    assert segaudit(*separate).out.count("segaudit 0.1.0, policy") == 2
    ran = segaudit(*separate, "-f", "html")
    assert ran.status == 2
    assert "-f html=FILE" in ran.err


def test_the_report_names_what_failed_and_what_was_ignored(segaudit: Segaudit, site: Path, policy: Path) -> None:
    (site / "broken.cfg").write_bytes(b"\x00\x01\x02" * 100)
    (site / "notes.txt").write_text("call Suzuki\n", encoding="utf-8")
    ran = segaudit("audit", site, "--policy", policy, "-f", "json")
    report = json.loads(ran.out)
    assert report["complete"] is False
    assert [one["path"] for one in report["inputs"]] == ["gw.v4"]
    assert "notes.txt" in [one["path"] for one in report["ignored"]]
    assert "broken.cfg" in ran.err
    assert "broken.cfg" in segaudit("audit", site, "--policy", policy).out


@pytest.mark.parametrize("language", ["en", "ja"])
def test_both_languages(segaudit: Segaudit, site: Path, policy: Path, language: str) -> None:
    ran = segaudit("audit", site, "--policy", policy, "--lang", language)
    assert ran.status == 1
    assert ran.out.strip()


# Bad inputs


def test_a_configuration_under_the_wrong_format_and_others_that_are_fine(
    segaudit: Segaudit, site: Path, policy: Path, root: Path
) -> None:
    forti = (root / "examples" / "configs" / "tokyo-sme" / "tky-fgt60f.conf").read_bytes()
    (site / "wrong.conf").write_bytes(forti)
    ran = segaudit("audit", site, "--policy", policy, "--input-format", "wrong.conf=cisco_asa", "-f", "json")
    assert ran.status == 1
    assert [device["name"] for device in json.loads(ran.out)["devices"]] == ["gw"]
    (line,) = [line for line in ran.err.splitlines() if "wrong.conf" in line]
    assert "it looks like fortinet_fortios" in line


def test_only_bad_inputs_are_status_3_with_a_line_each(segaudit: Segaudit, tmp_path: Path, policy: Path) -> None:
    (tmp_path / "empty.cfg").write_bytes(b"")
    (tmp_path / "binary.cfg").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "line.cfg").write_bytes(b"hostname x\n" + b"a" * 20_000_000)
    (tmp_path / "nul.cfg").write_bytes(b"\0" * 1000)
    ran = segaudit("audit", tmp_path, "--policy", policy)
    assert ran.status == 3
    assert sorted(line.split(":")[1].strip() for line in ran.err.splitlines()) == [
        "binary.cfg",
        "empty.cfg",
        "line.cfg",
        "nul.cfg",
    ]


def test_encodings_and_line_ends(segaudit: Segaudit, site: Path, policy: Path) -> None:
    japanese = OPEN.replace("*filter", "# 本社ルータ\n*filter")
    for name, data in {
        "utf8": japanese.encode(),
        "bom": japanese.encode("utf-8-sig"),
        "sjis": japanese.encode("cp932"),
        "utf16": japanese.encode("utf-16"),
        "crlf": japanese.replace("\n", "\r\n").encode(),
        "nul": japanese.replace("COMMIT", "COMMIT\0").encode(),
        "invalid": japanese.encode() + b"# \xff\xfe\n",
    }.items():
        (site / "gw.v4").write_bytes(data)
        ran = segaudit("audit", site, "--policy", policy, "-f", "json")
        assert ran.status == 1, name
        report = json.loads(ran.out)
        assert report["complete"] is True, name
        (finding,) = [one for one in report["findings"] if one["check"] == "inbound-remote-desktop"]
        lines = {place["first_line"] for place in finding["locations"]}
        assert 9 in lines, name
