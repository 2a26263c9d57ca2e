from __future__ import annotations

import re
from importlib.resources.abc import Traversable
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from segaudit.knowledge import shipped
from segaudit.knowledge.shipped import MissingDataError, load_shipped, read_shipped, shipped_names
from segaudit.model.message import Severity
from segaudit.policy import (
    LocatedError,
    PolicyError,
    json_schema,
    load_policy,
    require_checks,
    shipped_policies,
    shipped_policy,
)
from segaudit.policy.located_yaml import read_yaml

POLICY = """\
name: house
title: House rules
title_ja: 社内規則
standards:
  nist: {title: NIST, title_ja: NIST}
sections:
  - {id: inbound, title: In, title_ja: 外から内}
controls:
  - check: inbound-remote-desktop
    title: No remote desktop
    title_ja: RDPなし
    section: inbound
    severity: high
    parameters: {few_sources: 4, share: 0.5, roles: [server, dmz], strict: true, note: "7"}
    references: {nist: ["SC-7(5)", 4.10]}
  - {id: no-ssh, check: inbound-ssh, title: No SSH, title_ja: SSHなし}
"""


def errors(text: str) -> tuple[LocatedError, ...]:
    with pytest.raises(PolicyError) as caught:
        load_policy(text, "house.yaml")
    return caught.value.errors


def test_a_policy_is_read() -> None:
    policy = load_policy(POLICY, "house.yaml")
    rdp, ssh = policy.controls
    assert (rdp.id, rdp.check, rdp.severity, rdp.section) == (
        "inbound-remote-desktop",
        "inbound-remote-desktop",
        Severity.HIGH,
        "inbound",
    )
    assert dict(rdp.parameters) == {
        "few_sources": 4,
        "share": 0.5,
        "roles": ("server", "dmz"),
        "strict": True,
        "note": "7",
    }
    assert type(rdp.parameters["few_sources"]) is int
    assert type(rdp.parameters["share"]) is float
    assert rdp.parameter_spans["share"].first_line == 14
    assert [(reference.standard, reference.item) for reference in rdp.references] == [
        ("nist", "SC-7(5)"),
        ("nist", "4.10"),
    ]
    assert (rdp.span.first_line, rdp.span.last_line) == (9, 15)
    assert (ssh.id, ssh.check, ssh.severity) == ("no-ssh", "inbound-ssh", None)


@pytest.mark.parametrize(
    ("change", "line", "problem"),
    [
        (("severity: high", "severity: hihg"), 13, "did you mean 'high'?"),
        (("section: inbound", "section: inbuond"), 12, "no section 'inbuond'; did you mean 'inbound'?"),
        (
            ("references: {nist:", "references: {nsit:"),
            15,
            "no standard 'nsit' under 'standards'; did you mean 'nist'?",
        ),
        (("id: no-ssh", "id: inbound-remote-desktop"), 16, "stands twice under 'controls'; first on line 9"),
        (("check: inbound-ssh", "check: Inbound SSH"), 16, "is no slug"),
        (("parameters:", "paramters:"), 14, "did you mean 'parameters'?"),
        (("name: house\n", ""), 1, "the key 'name' is missing"),
        (("title_ja: RDPなし\n", "\n"), 9, "the key 'title_ja' is missing"),
        (("{id: inbound,", "{id: in bound,"), 7, "is no slug"),
    ],
)
def test_mistakes_in_a_policy(change: tuple[str, str], line: int, problem: str) -> None:
    assert change[0] in POLICY
    found = errors(POLICY.replace(change[0], change[1], 1))
    assert any(error.line == line and problem in error.problem for error in found), found


def test_an_empty_policy_says_what_it_needs() -> None:
    (error,) = errors("")
    assert "'controls'" in error.problem
    (error,) = errors("name: a\ntitle: a\ntitle_ja: a\ncontrols: []\n")
    assert "at least one item" in error.problem


def test_a_check_that_does_not_exist_is_told_with_the_nearest() -> None:
    policy = load_policy(POLICY, "house.yaml")
    require_checks(policy, ["inbound-ssh", "inbound-remote-desktop", "flat-network"])
    with pytest.raises(PolicyError) as caught:
        require_checks(policy, ["inbound-shs", "inbound-remote-desktop"])
    (error,) = caught.value.errors
    assert (error.path, error.line) == ("house.yaml", 16)
    assert "there is no check 'inbound-ssh'; did you mean 'inbound-shs'?" in error.problem


# What ships ------------------------------------------------------------------------------------------------------------

CHECKS = {
    "inbound-remote-desktop": "critical",
    "inbound-ssh": "high",
    "inbound-ftp": "high",
    "inbound-remote-administration": "critical",
    "inbound-smb": "critical",
    "inbound-wide-service": "critical",
    "publish-outside-dmz": "high",
    "spoofed-sources-enter": "medium",
    "management-from-internet": "critical",
    "shared-terminal-server-segment": "high",
    "flat-network": "high",
    "uncontrolled-zone-pair": "high",
    "lateral-smb-rdp": "high",
    "terminal-to-server-administration": "high",
    "default-permit": "critical",
    "implicit-permit": "medium",
    "deny-list-design": "high",
    "any-any-any-rule": "high",
    "vpn-to-server-administration": "high",
    "vpn-second-factor": "high",
    "dead-rule-conflicting": "medium",
    "dead-rule-redundant": "low",
    "unlogged-boundary-permit": "medium",
    "routing-bypass": "info",
    "role-undetermined": "info",
}


def test_the_default_policy_binds_the_first_checks() -> None:
    policy = shipped_policy("bigman-4")
    assert {
        control.check: control.severity.word for control in policy.controls if control.severity is not None
    } == CHECKS
    sections = [section.id for section in policy.sections]
    assert {control.section for control in policy.controls} == set(sections)
    # A report shows the controls of a section together.
    order = [sections.index(control.section) for control in policy.controls]
    assert order == sorted(order)
    assert {reference.standard for control in policy.controls for reference in control.references} == {
        standard.id for standard in policy.standards
    }


def test_no_reference_that_was_not_read_is_printed() -> None:
    for name in shipped_policies():
        for control in shipped_policy(name).controls:
            for reference in control.references:
                assert re.fullmatch(r"[A-Z0-9][A-Za-z0-9 .()-]*", reference.item), reference


@pytest.mark.parametrize("name", shipped_policies())
def test_shipped_policies_satisfy_the_schema_and_speak_both_languages(name: str) -> None:
    node = read_yaml(read_shipped(f"{name}.yaml"), name)
    assert node is not None
    Draft7Validator(json_schema("policy")).validate(node.plain())
    policy = shipped_policy(name)
    assert policy.name == name
    titles = [(control.title, control.title_ja) for control in policy.controls]
    titles += [(section.title, section.title_ja) for section in policy.sections]
    assert all(title.isascii() and not title_ja.isascii() for title, title_ja in titles)


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_text_shows_on_a_japanese_windows_console(name: str) -> None:
    text = read_shipped(name)
    assert text.encode("cp932").decode("cp932") == text


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_files_hold_no_key_twice_and_are_read_alike_by_both_readers(name: str) -> None:
    node = read_yaml(read_shipped(name), name)
    assert node is not None
    assert node.plain() == load_shipped(name)


def test_an_unknown_policy_is_told_with_the_nearest() -> None:
    with pytest.raises(PolicyError) as caught:
        shipped_policy("bigman4")
    assert "did you mean 'bigman-4'?" in str(caught.value)


def test_an_installed_package_finds_its_data_inside_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "_policies").mkdir()
    (tmp_path / "_policies" / "other.yaml").write_text("名前: 値\n", encoding="utf-8")

    def installed(_: str) -> Traversable:
        return tmp_path

    monkeypatch.setattr(shipped, "files", installed)
    read_shipped.cache_clear()
    shipped_names.cache_clear()
    try:
        assert shipped_names() == ("other.yaml",)
        assert load_shipped("other.yaml") == {"名前": "値"}
        with pytest.raises(MissingDataError, match="reinstall segaudit"):
            read_shipped("services.yaml")
    finally:
        read_shipped.cache_clear()
        shipped_names.cache_clear()
