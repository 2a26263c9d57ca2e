"""`segaudit reach` on the examples: the verdict, the ways, why not, and the replay of what it shows."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from segaudit.cli import main
from segaudit.knowledge.columns import columns_of
from segaudit.knowledge.schemas import read_schema
from tests.cli.conftest import Segaudit

DAY = ("--as-of", "2026-07-01")


@pytest.fixture(scope="session")
def osaka(root: Path) -> Path:
    """The example with an ASA, a core and its site file."""
    return root / "examples" / "configs" / "osaka-hq"


@pytest.fixture(scope="session")
def tokyo(root: Path) -> Path:
    """The example with one FortiGate."""
    return root / "examples" / "configs" / "tokyo-sme"


def answered(segaudit: Segaudit, *arguments: Path | str) -> dict[str, Any]:
    """The JSON of an answer, valid by its schema."""
    ran = segaudit("reach", *arguments, *DAY, "-f", "json", "-q")
    found: dict[str, Any] = json.loads(ran.out)
    jsonschema.validate(found, json.loads(read_schema("reach")))
    assert ran.status == (3 if found["undecided"] else 0)
    return found


def replayed(segaudit: Segaudit, words: list[str]) -> dict[str, Any]:
    """What the printed command says, as JSON."""
    assert words[0] == "segaudit"
    found: dict[str, Any] = json.loads(segaudit(*words[1:], "-f", "json", "-q").out)
    return found


def test_a_forward_on_an_odd_port(segaudit: Segaudit, tokyo: Path) -> None:
    found = answered(segaudit, tokyo, "--from", "internet", "--to", "zone=internal", "--service", "tcp/3389")
    assert found["verdict"] == "yes"
    (way,) = found["ways"]
    assert [box["dst_ports"] for box in way["sent"]["boxes"]] == [["13389"]]
    assert [(box["dst"], box["dst_ports"]) for box in way["received"]["boxes"]] == [(["192.168.10.21"], ["3389"])]
    assert [rule["rule_id"] for rule in way["rules"]] == ["4"]
    assert way["translations"][0]["first_line"] == 975
    said = replayed(segaudit, way["replay"])
    assert said["verdict"] == "permit"
    assert said["received"]["dst_ip"] == way["witness"]["received"]["dst_ip"] == "192.168.10.21"
    denied = found["denied"]
    assert denied["example"]["dst_ip"] == "203.0.113.10", "what is refused is told by a published address"
    assert replayed(segaudit, denied["replay"])["verdict"] == denied["trace"]["verdict"] == "deny"


def test_the_published_address_may_be_named(segaudit: Segaudit, osaka: Path) -> None:
    found = answered(segaudit, osaka, "--from", "internet", "--to", "host=203.0.113.133", "--service", "tcp/2222")
    (way,) = found["ways"]
    assert [hop["device"] for hop in way["hops"]] == ["osk-asa1", "osk-core1"]
    assert way["witness"]["received"]["dst_ip"] == "10.20.10.31"
    assert found["verdict"] == "yes"
    assert (
        answered(segaudit, osaka, "--from", "internet", "--to", "host=203.0.113.133", "--service", "tcp/22")["verdict"]
        == "yes"
    ), "it arrives on 22, whatever it is sent to"
    assert (
        answered(segaudit, osaka, "--from", "internet", "--to", "host=203.0.113.133", "--service", "tcp/80")["verdict"]
        == "no"
    )


def test_a_host_is_less_than_its_segment(segaudit: Segaudit, osaka: Path) -> None:
    every = answered(segaudit, osaka, "--from", "zone=office2f", "--to", "zone=servers", "--service", "tcp/445")
    one = answered(segaudit, osaka, "--from", "host=10.20.20.7", "--to", "host=10.20.10.11", "--service", "tcp/445")
    (way,) = one["ways"]
    assert [(box["src"], box["dst"]) for box in way["sent"]["boxes"]] == [(["10.20.20.7"], ["10.20.10.11"])]
    assert one["denied"] is None
    assert every["denied"]["stops"][0]["rule_id"] == "120"
    assert every["denied"]["trace"]["decided_by"]["first_line"] == 420


@pytest.mark.parametrize(
    ("source", "target", "verdict"),
    [
        ("zone=OSAKA-RA", "host=10.20.10.21", "yes"),
        ("role=terminal", "segment=10.20.10.0/24", "yes"),
        ("if=osk-core1/Vlan20", "zone=servers", "yes"),
        ("10.20.20.0/25", "internet", "yes"),
        ("internet", "self=osk-asa1", "yes"),
        ("internet", "host=203.0.113.130", "yes"),
        ("internet", "if=osk-core1/Vlan20", "no"),
        ("host=10.20.20.7", "host=10.20.20.9", "possibly"),
    ],
)
def test_every_kind_of_selector(segaudit: Segaudit, osaka: Path, source: str, target: str, verdict: str) -> None:
    found = answered(segaudit, osaka, "--from", source, "--to", target)
    assert found["verdict"] == verdict
    for way in found["ways"]:
        said = replayed(segaudit, way["replay"])
        wanted = {"permit"} if way["sent"]["boxes"] else {"permit", "unknown"}
        assert said["verdict"] in wanted, way["replay"]
        for field, value in way["witness"]["received"].items():
            assert said["received"][field] in {None, value}, (field, way["replay"])


def test_what_it_hangs_on_is_named(segaudit: Segaudit, osaka: Path) -> None:
    found = answered(segaudit, osaka, "--from", "internet", "--to", "zone=dmz", "--service", "tcp/22")
    assert (found["verdict"], found["undecided"]) == ("possibly", True)
    (way,) = found["ways"]
    assert way["certainty"] == "possible"
    assert not way["sent"]["boxes"]
    assert any("HOSHU-HIRU" in reason for reason in way["undecided"])


def test_no_translation_leads_there(segaudit: Segaudit, osaka: Path) -> None:
    found = answered(segaudit, osaka, "--from", "internet", "--to", "zone=office2f")
    assert found["verdict"] == "no"
    assert "no translation leads there" in found["denied"]["reason"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "zone=ofice2f", "--to", "internet"), "--from: no zone is called ofice2f; near: office2f"),
        (("--from", "internet", "--to", "role=printers"), "--to: no zone has the role printers; near: printer"),
        (("--from", "internet", "--to", "self=osk-asa2"), "--to: no device is called osk-asa2; near: osk-asa1"),
        (("--from", "internet", "--to", "if=osk-asa1/insid"), "near: osk-asa1/inside"),
        (("--from", "internet", "--to", "segment=10.20.10.0/25"), "near: 10.20.10.0/24"),
        (("--from", "internet", "--to", "10.99.0.0/16"), "10.99.0.0/16 is in no segment"),
        (("--from", "self=osk-asa1", "--to", "internet"), "--out-interface"),
        (("--from", "host=10.20.20.1", "--to", "internet"), "--out-interface"),
    ],
)
def test_a_selector_of_nothing_names_what_is_near(
    segaudit: Segaudit, osaka: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = segaudit("reach", osaka, *arguments, "-q")
    assert ran.status == 2
    assert said in ran.err
    assert ran.out == ""


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_it_fits_a_terminal(
    osaka: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int, language: str
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    question = ["--from", "zone=office2f", "--to", "internet", "--lang", language, "--color", "never"]
    assert main(["reach", str(osaka), *question, *DAY]) == 0
    assert (
        main(["trace", str(osaka), "--src", "10.20.20.5", "--dst", "198.51.100.7", "--dport", "443", *question[4:]])
        == 0
    )
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 20
    assert max(map(columns_of, lines)) <= width


def test_the_order_of_the_answer(segaudit: Segaudit, osaka: Path) -> None:
    ran = segaudit("reach", osaka, "--from", "zone=office2f", "--to", "zone=servers", "--service", "tcp/3389", *DAY)
    lines = ran.out.splitlines()
    assert lines[0] == "zone=office2f to zone=servers, tcp/3389: yes"
    assert lines[2] == "1. osk-core1: Vlan20 -> Vlan10 (confirmed)"
    assert "   sent            tcp/3389 from office2f to servers" in lines
    assert any(line.startswith("   let through by  rule ") and "(osk-core1.txt:416)" in line for line in lines)
    assert lines[-1].startswith("   for example     tcp "), "all of it gets there: nothing is left to explain"


def test_one_device_after_the_other(segaudit: Segaudit, osaka: Path) -> None:
    ran = segaudit("trace", osaka, "--src", "198.51.100.7", "--dst", "203.0.113.133", "--dport", "2222", "-q")
    assert ran.out.splitlines() == [
        "1: tcp 198.51.100.7:49152 -> 203.0.113.133:2222: permitted",
        "  decided by   rule 9 of OUTSIDE_IN on osk-asa1 (osk-asa1.cfg:207)",
        "  received as  tcp 198.51.100.7:49152 -> 10.20.10.31:22",
        "  1. osk-asa1: outside -> inside: permitted",
        "     on arrival              rule auto 1 (SV-EDI) of nat destination translates (osk-asa1.cfg:300)",
        "     between the interfaces  rule 9 of OUTSIDE_IN permits (osk-asa1.cfg:207)",
        "     goes on as              tcp 198.51.100.7:49152 -> 10.20.10.31:22",
        "  2. osk-core1: GigabitEthernet1/0/48 -> Vlan10: permitted",
        "     no list is asked",
    ]


def test_certificates_of_sources(segaudit: Segaudit, osaka: Path, tokyo: Path) -> None:
    found = json.loads(segaudit("show", "spoofing", osaka, "-f", "json", "-q").out)["certificates"]
    verdicts = {(one["device"], one["interface"]): one["verdict"] for one in found}
    assert verdicts["osk-asa1", "outside"] == "proven", "ip verify reverse-path interface outside"
    assert verdicts["osk-asa1", "guest"] == "disproven"
    assert verdicts["osk-core1", "Vlan10"] == "proven"
    (wan,) = (
        one
        for one in json.loads(segaudit("show", "spoofing", tokyo, "-f", "json", "-q").out)["certificates"]
        if one["interface"] == "wan1"
    )
    assert (wan["source_check"], wan["verdict"]) == ("feasible", "disproven")
    start, sent = wan["witness"]["start"], wan["witness"]["sent"]
    packet = ("--src", sent["src_ip"], "--dst", sent["dst_ip"], "--dport", str(sent["dst_port"]))
    where = ("--in-interface", start["in_interface"], "--out-interface", start["out_interface"])
    assert "permitted" in segaudit("trace", tokyo, *packet, *where, "-q").out.splitlines()[0]
    text = segaudit("show", "spoofing", tokyo, "-q").out
    assert "wan1" in text
    assert "disproven" in text


def test_of_two_ways_to_the_internet_the_one_that_leads_there_is_explained(segaudit: Segaudit, root: Path) -> None:
    sites = root / "examples" / "configs" / "two-sites"
    found = answered(segaudit, sites, "--from", "internet", "--to", "zone=osaka-servers", "--service", "tcp/22")
    assert found["verdict"] == "no"
    trace = found["denied"]["trace"]
    assert trace["verdict"] == "deny", "by the other way it would leave again, to the internet"
    assert trace["decided_by"]["device"] == "osk-asa1"
    assert replayed(segaudit, found["denied"]["replay"])["verdict"] == "deny"
