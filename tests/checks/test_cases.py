"""Every check does what its cases say, driven through the whole pipeline: files, parser, zone graph, report."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checks.cases import FOLDER, Case, CaseError, Expectation, load_cases, unmet

CASES = [case for path in sorted(FOLDER.glob("*.yaml")) for case in load_cases(path.stem)]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.check}: {case.name}" for case in CASES])
def test_case(case: Case, tmp_path: Path) -> None:
    report = case.run(tmp_path)
    assert not unmet(case.expect, report.findings), "\n".join(unmet(case.expect, report.findings))


@pytest.mark.parametrize("slug", sorted({case.check for case in CASES}))
def test_a_check_is_shown_from_both_sides(slug: str) -> None:
    """A positive and a negative case beside those of the page."""
    own = [case for case in CASES if case.check == slug and not case.name.endswith("of the page")]
    assert any(case.expect for case in own)
    assert any(not case.expect for case in own)


ROUTER = """\
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -i ppp0 -o eth1 -p tcp --dport 3389 -j ACCEPT
COMMIT
"""
SITE = 'internet: ["if=gw/ppp0"]\nzones:\n  office: {role: terminal, members: ["if=gw/eth1", 192.0.2.0/24]}\n'


def _remote_desktop(**expected: str) -> Case:
    return Case(
        check="inbound-remote-desktop",
        name="planted",
        files={"gw.v4": ROUTER},
        site=SITE,
        expect=(Expectation(**expected),),  # type: ignore[arg-type]  # only texts are given here
    )


def test_what_differs_is_seen(tmp_path: Path) -> None:
    met = _remote_desktop(from_zone="internet", to_zone="office", severity="critical", received="*:3389")
    findings = met.run(tmp_path).findings
    assert not unmet(met.expect, findings)
    assert unmet((), findings), "a finding that nobody expects is a failure"
    assert unmet((*met.expect, *met.expect), findings), "one finding meets one expectation"
    for wrong in ({"to_zone": "servers"}, {"severity": "low"}, {"received": "*:22"}, {"title": "Secure Shell"}):
        assert unmet(_remote_desktop(**wrong).expect, findings), wrong


def test_a_line_that_no_parser_understands_is_no_case(tmp_path: Path) -> None:
    case = Case(
        check="inbound-remote-desktop",
        name="planted",
        files={"gw.v4": ROUTER.replace("COMMIT", "permit whatever comes\nCOMMIT")},
        site=SITE,
        expect=(),
    )
    with pytest.raises(CaseError, match=r"gw\.v4:6"):
        case.run(tmp_path)
