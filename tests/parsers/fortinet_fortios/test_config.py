"""The script is run as the device runs it, and every line ends in a state."""

import pytest

from segaudit.model import LineState
from segaudit.parsers.fortinet_fortios.config import read_fortios
from tests.parsers.fortinet_fortios.reading import HEAD, Read, read, read_fixture

SCRIPT = """
config firewall address
    edit "srv1"
        set subnet 10.1.0.11 255.255.255.255
    next
    edit "srv2"
        set subnet 10.1.0.12 255.255.255.255
    next
end
config firewall policy
    edit 1
        set srcintf "wan1"
        set dstintf "lan"
        set srcaddr "all"
        set dstaddr "srv1"
        set service "HTTP"
    next
    edit 2
        set srcintf "wan1"
        set dstintf "lan"
        set srcaddr "all"
        set dstaddr "srv2"
        set service "HTTP"
    next
end
"""


def script(commands: str) -> Read:
    return read(HEAD + SCRIPT + commands)


def test_move_clone_and_delete_change_the_order_of_the_table() -> None:
    read_ = script("config firewall policy\nmove 2 before 1\nclone 1 to 7\nmove 7 after 2\nedit 9\nnext\ndelete 9\nend")
    assert read_.rule_ids() == ["2", "7", "1"]
    assert read_.rule("7").destination == read_.rule("1").destination
    assert read_.left == []


def test_an_entry_is_opened_again_and_a_value_replaced_or_added_to() -> None:
    read_ = script(
        "config firewall policy\nedit 1\nset service HTTPS\nappend service SSH\nappend service SSH\nset action accept\nnext\nend"
    )
    assert read_.rule_ids() == ["1", "2"]
    assert str(read_.rule("1").action) == "permit"
    names = [item.name for item in read_.rule("1").service.items]  # type: ignore[union-attr]  # a union of references
    assert names == ["HTTPS", "SSH"]
    assert read_.rule("1").span.first_line == read_.line("edit 1", 2)


def test_unset_takes_a_value_back_and_unselect_one_word_of_it() -> None:
    read_ = script(
        "config firewall policy\nedit 1\nset groups a b\nunselect groups b\nnext\nedit 2\nset groups a\nunset groups\nend"
    )
    assert read_.rule("1").conditions[0].groups == ("a",)
    assert read_.rule("2").conditions == ()


def test_edit_0_makes_a_new_entry_every_time() -> None:
    read_ = read(HEAD + SCRIPT + "config firewall policy\nedit 0\nset name x\nnext\nedit 0\nset name y\nnext\nend")
    assert read_.rule_ids() == ["1", "2", "0", "3"]


def test_references_follow_a_rename() -> None:
    read_ = script('config firewall address\nrename "srv1" to web\nrename nobody to x\nrename srv2 to web\nend')
    assert read_.rule("1").destination.name == "web"  # type: ignore[union-attr]  # a reference
    assert read_.rule("2").destination.name == "srv2"  # type: ignore[union-attr]  # the name web was taken
    assert "web" in read_.device.addresses
    assert "srv1" not in read_.device.addresses
    assert read_.state("rename nobody") == LineState.IRRELEVANT
    assert read_.reason("rename srv2") == "the device refuses it: an entry is missing, or the name is taken"


def test_a_zone_cannot_take_the_name_of_an_interface_or_one_too_long() -> None:
    read_ = read(
        HEAD
        + "config system zone\nedit a\nset interface lan\nnext\nrename a to wan1\nrename a to "
        + "x" * 36
        + "\nrename a to inside\nend"
    )
    assert [zone.name for zone in read_.device.zones] == ["inside"]


def test_purge_empties_a_table() -> None:
    assert script("config firewall policy\npurge\nend").rule_ids() == []


@pytest.mark.parametrize(
    ("comment", "platform", "version", "build"),
    [
        ("#config-version=FGT60F-7.2.2-FW-build1255-220930:opmode=0:vdom=0:user=x", "FGT60F", (7, 2, 2), "1255"),
        ("#config-version=FGVM64-5.02-FW-build736-160907:opmode=0:vdom=1:user=admin", "FGVM64", (5, 2), "736"),
        ("#config-version=FWF61E-6.0.9-build0335-200121:opmode=0:vdom=0:user=x", "FWF61E", (6, 0, 9), "0335"),
        ("# Version: FortiGate-91G v7.4.7,build2731,250120 (GA.M)", "FortiGate-91G", (7, 4, 7), ""),
        ("# note", "", (), ""),
    ],
)
def test_model_and_firmware_stand_in_comments(
    comment: str, platform: str, version: tuple[int, ...], build: str
) -> None:
    file = read_fortios(read(comment + "\nconfig system global\nend").source)
    assert (file.platform, file.version, file.build) == (platform, version, build)


def test_every_line_of_every_fixture_has_a_state_that_was_meant() -> None:
    for name, left in {
        "osk-fgt100f.conf": ["config firewall multicast-policy"],
        "ngy-fgt200e.conf": [],
        "sdj-fgt50b.conf": [],
        "fuk-fgtvm.conf": [],
    }.items():
        got = read_fixture(name)
        unsupported = [line for line in got.left if line.startswith("config ")]
        assert unsupported == left, name
        assert got.ledger.count(LineState.UNRECOGNIZED) == 0, (name, got.left)


def test_states_of_lines() -> None:
    read_ = read(
        HEAD
        + """
# a comment
! of a document
config system console
    set output standard
end
config firewall proxy-policy
end
config firewall ttl-policy
    edit 1
        set ttl "1-5"
    next
end
config firewall policy
    edit 1
        set uuid 0e991dc9-0757-5152-86e1-25bfde01721f
        set srcintf "wan1"
        set dstintf "lan"
        set srcaddr "all"
        set dstaddr "all"
        set service "ALL"
        set nat64 enable
        set av-profile "default"
        set flux-capacitor enable
    next
end
config flux capacitor
    set power 1
end
get system status
nonsense here
set outside 1
"""
    )
    states = {
        "# a comment": LineState.IRRELEVANT,
        "! of": LineState.IRRELEVANT,
        "set output": LineState.IRRELEVANT,
        "config firewall proxy-policy": LineState.IRRELEVANT,
        "set ttl": LineState.UNSUPPORTED,
        "edit 1": LineState.UNSUPPORTED,
        "set uuid": LineState.IRRELEVANT,
        "set srcaddr": LineState.MODELLED,
        "set nat64": LineState.UNSUPPORTED,
        "set av-profile": LineState.IRRELEVANT,
        "set flux-capacitor": LineState.UNRECOGNIZED,
        "config flux capacitor": LineState.UNRECOGNIZED,
        "set power": LineState.UNRECOGNIZED,
        "get system": LineState.IRRELEVANT,
        "nonsense": LineState.UNRECOGNIZED,
        "set outside": LineState.UNRECOGNIZED,
    }
    assert {beginning: read_.state(beginning) for beginning in states} == states
    assert read_.reason("set uuid") == "a name, number or note for people or machines; it decides no packet"


def test_what_is_printed_and_off_is_not_unsupported() -> None:
    read_ = read(HEAD + SCRIPT.replace("set service", "set nat64 disable\nset nat46 disable\nset service"))
    assert read_.left == []


def test_a_policy_that_the_device_would_refuse_is_left_out_and_said() -> None:
    read_ = read(HEAD + "config firewall policy\nedit 5\nset srcintf wan1\nset action accept\nnext\nend")
    assert not read_.rule("5").enabled
    assert read_.state("edit 5") == LineState.UNSUPPORTED
    assert [str(n.message) for n in read_.device.notices] == [
        "policy 5 has no dstintf: the device would refuse it, so it is left out"
    ]


def test_a_change_script_without_interfaces_is_a_fragment() -> None:
    read_ = read_fixture("change.txt")
    assert read_.device.fragment
    assert read_.rule_ids() == ["30", "12", "31"]
    assert read_.left == []
