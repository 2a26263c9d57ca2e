"""What follows from a missing control is attached to the finding that names it, and to no other."""

from __future__ import annotations

from dataclasses import replace

from segaudit.findings.causes import attach_causes
from segaudit.findings.finding import Finding, RuleRef
from segaudit.model import Certainty, Severity, msg
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.space import PacketSpace

SPACE = PacketSpace()
OPEN = RuleRef(device="gw", rule_set="FORWARD", rule_id="", action="default")
WEB = RuleRef(device="gw", rule_set="FORWARD", rule_id="FORWARD:3")
FORWARD = RuleRef(device="gw", rule_set="nat", rule_id="1", action="translate")


def finding(check: str, source: str, target: str, *rules: RuleRef) -> Finding:
    return Finding(
        check=check,
        severity=Severity.HIGH,
        certainty=Certainty.CONFIRMED,
        title=msg("title"),
        message=msg("message"),
        remediation=msg("remediation"),
        subject=(source, target),
        from_zone=source,
        to_zone=target,
        packets=PacketBounds.exactly(SPACE.full),
        rules=rules,
    )


def causes(*findings: Finding) -> dict[tuple[str, str], str]:
    """The check of the headline that each finding follows from, by check and target zone."""
    attached = attach_causes(findings, ("default-permit", "inbound-wide-service"))
    by_key = {f.key: f.check for f in attached}
    return {(f.check, f.to_zone): by_key.get(f.cause, "") for f in attached}


def test_a_consequence_is_attached_to_the_deepest_headline() -> None:
    found = causes(
        finding("default-permit", "", "", OPEN),
        finding("inbound-wide-service", "internet", "office", OPEN),
        finding("inbound-smb", "internet", "office", OPEN, FORWARD),
    )
    assert found["inbound-smb", "office"] == "default-permit"
    assert found["inbound-wide-service", "office"] == "default-permit"
    assert found["default-permit", ""] == ""


def test_what_a_rule_permits_as_well_stands_by_itself() -> None:
    found = causes(finding("default-permit", "", "", OPEN), finding("inbound-ftp", "internet", "dmz", OPEN, WEB))
    assert found["inbound-ftp", "dmz"] == ""


def test_a_headline_about_other_zones_is_no_cause() -> None:
    found = causes(
        finding("inbound-wide-service", "internet", "office", OPEN),
        finding("inbound-smb", "internet", "servers", OPEN),
    )
    assert found["inbound-smb", "servers"] == ""


def test_what_is_not_about_packets_has_no_cause() -> None:
    flat = replace(finding("flat-network", "office", "office", OPEN), packets=None)
    found = causes(finding("default-permit", "", "", OPEN), flat)
    assert found["flat-network", "office"] == ""
