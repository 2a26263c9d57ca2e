"""The JSON report: as the contract names it, valid under the schema that is published with it."""

import json
from typing import Any

import jsonschema
import pytest
from jsonschema import Draft7Validator

from segaudit.findings.report import Report
from segaudit.reporter import ReporterOptions
from segaudit.reporters.json import REPORTER, json_schema
from tests.reporters import factory

#: What the contract of the outside names; more keys may be there, none may be missing.
KEYS = {
    "": "schema_version complete tool inputs ignored devices segments zones matrix findings score not_judged",
    "inputs": "path sha256 format devices encoding lines ledger",
    "zones": "name role role_certainty role_evidence segments",
    "matrix": "from_zone to_zone permitted services certainty",
    "findings": "check control severity certainty certainty_reasons title message from_zone to_zone services packets"
    " witness rules locations cause fingerprint remediation references status waiver",
}
FIELDS = {"protocol", "src_ip", "src_port", "dst_ip", "dst_port", "icmp_type", "icmp_code", "state"}


def document(report: Report, language: str = "en") -> Any:  # noqa: ANN401 - JSON has no narrower type here
    rendered = REPORTER.render(report, ReporterOptions(language=language))
    assert isinstance(rendered, str)
    assert rendered.isascii()
    return json.loads(rendered)


def closed(schema: Any) -> Any:  # noqa: ANN401 - as above
    """The schema with every object closed: our own documents have no key that it does not name."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    return {**inner, "additionalProperties": False} if inner.get("type") == "object" else inner


def test_the_schema_is_a_schema() -> None:
    Draft7Validator.check_schema(json_schema())


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("make", [factory.sample, factory.clean, factory.nothing, factory.hostile])
def test_the_report_is_valid_and_has_no_key_that_the_schema_does_not_name(make: Any, language: str) -> None:  # noqa: ANN401 - a function without parameters
    schema = closed({key: value for key, value in json_schema().items() if key != "definitions"})
    schema["definitions"] = closed(json_schema()["definitions"])
    schema["properties"]["$schema"] = {}
    found = document(make(), language)
    Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).validate(found)


def test_a_missing_key_is_seen() -> None:
    found = document(factory.sample())
    del found["findings"][0]["fingerprint"]
    assert not Draft7Validator(json_schema()).is_valid(found)


def test_the_names_are_those_of_the_contract() -> None:
    found = document(factory.sample())
    for where, names in KEYS.items():
        part = found[where][0] if where else found
        assert set(names.split()) <= set(part), where
    witness = found["findings"][0]["witness"]
    assert witness["start"]["device"] == "TKY-FGT60F"
    assert set(witness["sent"]) == FIELDS
    assert set(found["findings"][0]["locations"][0]) == {"path", "first_line", "last_line", "text", "primary"}
    assert set(found["findings"][0]["rules"][0]) == {"device", "rule_set", "rule_id", "name", "action"}


def test_values_that_a_program_relies_on() -> None:
    found = document(factory.sample())
    rdp, default, sideways, _, waived = found["findings"]
    assert rdp["packets"][0]["dst"] == ["203.0.113.10"]
    assert rdp["packets"][0]["src"] is None
    assert rdp["witness"]["received"]["dst_port"] == 3389
    assert rdp["references"] == ["NIST SP 800-53 Rev. 5 SC-7(5)", "NIST SP 800-53 Rev. 5 AC-17(3)"]
    assert default["witness"] is None
    assert default["from_zone"] is None
    assert sideways["cause"] == default["fingerprint"]
    assert sideways["packets_complete"] is False
    assert (waived["status"], waived["waiver"]) == ("waived", "waivers.yaml:3")
    assert found["score"] is None


def test_keys_ids_and_enumerations_do_not_follow_the_language() -> None:
    english, japanese = document(factory.sample()), document(factory.sample(), "ja")
    assert english["not_judged"] != japanese["not_judged"]
    for name in ("check", "control", "severity", "certainty", "fingerprint", "packets", "witness", "rules", "status"):
        assert english["findings"][0][name] == japanese["findings"][0][name]
    assert [cell["permitted"] for cell in english["matrix"]] == [cell["permitted"] for cell in japanese["matrix"]]
