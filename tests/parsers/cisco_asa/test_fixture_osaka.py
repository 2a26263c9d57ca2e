"""A small FTD, managed on the box: no levels, one global list, rules that inspection decides."""

import pytest

from segaudit.model import ConditionKind, LineState
from tests.parsers.cisco_asa.reading import Read, read_fixture, received, to_device, verdict


@pytest.fixture(scope="module")
def osaka() -> Read:
    return read_fixture("osk-ftd01.cfg")


def test_every_line_is_understood(osaka: Read) -> None:
    assert osaka.not_understood == []
    assert osaka.state("access-list NGFW_ONBOX_ACL advanced permit ip ifc dmz") is LineState.APPROXIMATED


def test_what_the_device_is(osaka: Read) -> None:
    device = osaka.device
    assert (device.name, device.platform, device.version) == ("osk-ftd01", "FPR-1010", "7.2.5")
    assert any("Snort" in str(notice.message) for notice in device.notices)


def test_rules_have_the_names_that_people_gave_them(osaka: Read) -> None:
    named = {rule.name for rule in osaka.rules("NGFW_ONBOX_ACL")}
    assert named == {"NAS公開", "Inside_Outside_Rule", "dmz-updates", "DefaultActionRule"}


def test_what_passes(osaka: Read) -> None:
    assert received(osaka, "tcp 203.0.113.9 198.51.100.130 443", "outside", "dmz") == (
        "203.0.113.9:49152 > 192.168.96.20:443"
    )
    assert received(osaka, "udp 192.168.95.9 203.0.113.9 53", "inside", "outside") == (
        "198.51.100.130:49152 > 203.0.113.9:53"
    )
    assert verdict(osaka, "tcp 192.168.95.9 192.168.96.20 445", "inside", "dmz") == "deny"
    assert verdict(osaka, "tcp 203.0.113.9 198.51.100.130 22", "outside", "dmz") == "deny"


def test_what_inspection_decides_is_open(osaka: Read) -> None:
    assert verdict(osaka, "tcp 192.168.96.20 203.0.113.9 80", "dmz", "outside") == "unknown"
    kinds = {c.kind for rule in osaka.rules("NGFW_ONBOX_ACL") for c in rule.conditions}
    assert kinds == {ConditionKind.APPLICATION}


def test_management(osaka: Read) -> None:
    assert str(to_device(osaka, "tcp 192.168.95.9 192.168.95.1 443", "inside").verdict) == "permit"
    assert str(to_device(osaka, "tcp 203.0.113.9 198.51.100.130 22", "outside").verdict) == "deny"
    assert osaka.device.dhcp_scopes[0].lease_count == 250


def test_levels_tell_nothing_of_roles(osaka: Read) -> None:
    assert {one.name: one.role_hint for one in osaka.device.interfaces if one.security_level is not None} == {
        "inside": "",
        "outside": "",
        "dmz": "",
        "diagnostic": "management-only",
    }
    assert osaka.interface("inside").members == ("Ethernet1/2",)
