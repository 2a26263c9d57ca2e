"""The SARIF report: valid under SARIF 2.1.0, with what GitHub asks for besides."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as SarifLog

from segaudit.findings.report import Report
from segaudit.model import msg
from segaudit.reporter import ReporterOptions
from segaudit.reporters.sarif import REPORTER
from tests.reporters import factory

MAKERS = [factory.sample, factory.clean, factory.nothing, factory.hostile]


def rendered(report: Report, language: str = "en") -> str:
    text = REPORTER.render(report, ReporterOptions(language=language))
    assert isinstance(text, str)
    return text


def run_of(report: Report) -> Any:  # noqa: ANN401 - JSON has no narrower type here
    (run,) = json.loads(rendered(report))["runs"]
    return run


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("make", MAKERS)
def test_it_is_sarif(make: Any, language: str) -> None:  # noqa: ANN401 - a function without parameters
    # The model is generated from the standard's schema and forbids what that does not name.
    read = SarifLog.model_validate_json(rendered(make(), language))
    assert read.version.value == "2.1.0"


def test_what_is_no_sarif_is_seen() -> None:
    broken = json.loads(rendered(factory.sample()))
    broken["runs"][0]["results"][0]["severity"] = "high"
    with pytest.raises(ValueError, match="severity"):
        SarifLog.model_validate(broken)


@pytest.mark.parametrize("make", MAKERS)
def test_what_github_asks_for(make: Any) -> None:  # noqa: ANN401 - a function without parameters
    run = run_of(make())
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    for rule in rules.values():
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert len(rule["name"]) <= 255
        assert len(rule["shortDescription"]["text"]) <= 1024
        assert len(rule["fullDescription"]["text"]) <= 1024
        assert len(rule["properties"]["tags"]) <= 10
        assert 0 < float(rule["properties"]["security-severity"]) <= 10
    hashes = [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]
    assert len(hashes) == len(set(hashes))
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        region = place["region"]
        assert 1 <= region["startLine"] <= region["endLine"]
        uri = place["artifactLocation"]["uri"]
        assert not uri.startswith("/")
        assert "\\" not in uri
        assert ":" not in uri


def test_certainty_decides_the_kind() -> None:
    rdp, default, *_ = run_of(factory.sample())["results"]
    assert (rdp["kind"], rdp["level"]) == ("fail", "error")
    # Only a failure may have a level (SARIF 3.27.10).
    assert (default["kind"], default["level"]) == ("review", "none")
    assert "it depends on schedule business-hours" in default["message"]["text"]


def test_the_message_proves_and_the_places_are_named() -> None:
    result = run_of(factory.sample())["results"][0]
    assert "received as tcp from 198.51.100.7:49152 to 192.168.10.21:3389" in result["message"]["text"]
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 1071
    assert [one["physicalLocation"]["region"]["startLine"] for one in result["relatedLocations"]] == [975]
    assert result["partialFingerprints"]["segaudit/v1"] == factory.RDP_FINDING.fingerprint


def test_accepted_findings_are_left_out() -> None:
    shown = {result["partialFingerprints"]["segaudit/v1"] for result in run_of(factory.sample())["results"]}
    assert factory.WAIVED.fingerprint not in shown
    assert len(shown) == 4


def test_a_baseline_shows_in_the_state() -> None:
    report = factory.sample()
    known = replace(report, findings=(replace(factory.RDP_FINDING, status="existing"), factory.DEFAULT_PERMIT))
    assert [result["baselineState"] for result in run_of(known)["results"]] == ["unchanged", "new"]
    assert "baselineState" not in run_of(report)["results"][0]


def test_a_finding_without_a_place_still_has_one() -> None:
    report = replace(factory.sample(), findings=(replace(factory.RDP_FINDING, locations=()),))
    place = run_of(report)["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == factory.PATH
    assert place["region"]["startLine"] == 1


def test_failures_are_notifications() -> None:
    (invocation,) = run_of(factory.nothing())["invocations"]
    assert invocation["executionSuccessful"] is False
    (failed,) = invocation["toolExecutionNotifications"]
    assert failed["level"] == "error"
    assert failed["message"]["text"].startswith("fw1.cfg: there is no such file")
    (fine,) = run_of(factory.sample())["invocations"]
    assert fine["executionSuccessful"] is True
    (open_lines,) = fine["toolExecutionNotifications"]
    assert "3 lines could bear on access" in open_lines["message"]["text"]


def test_inputs_are_artifacts_with_their_hash() -> None:
    run = run_of(factory.sample())
    (artifact,) = run["artifacts"]
    assert artifact["hashes"]["sha-256"] == factory.mark(factory.PATH)
    assert artifact["location"]["uri"] == factory.PATH
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["index"] == 0


def test_paths_are_uris() -> None:
    report = factory.sample()
    path = "拠点/fw 1#2.conf"
    moved = replace(report, inputs=(replace(report.inputs[0], path=path),))
    uri = run_of(moved)["artifacts"][0]["location"]["uri"]
    assert uri.isascii()
    assert " " not in uri
    assert "#" not in uri
    assert unquote(uri) == path


def test_brackets_in_names_make_no_links() -> None:
    title = msg("{src} reaches everything in {dst}", src="[a](b)", dst="c")
    report = replace(factory.sample(), findings=(replace(factory.RDP_FINDING, title=title),))
    assert "\\[a\\](b)" in run_of(report)["results"][0]["message"]["text"]
