"""Pushed scripts, pasted text without indentation, and what stands in a file besides commands."""

import pytest

from segaudit.model import LineState, SourceFile
from segaudit.parsers.cisco_ios import PARSER
from tests.parsers.cisco_ios.reading import Read, in_list, read, read_fixture, read_lines, verdict


@pytest.fixture(scope="module")
def script() -> Read:
    return read_fixture("script.txt")


def test_commands_edit_what_is_there(script: Read) -> None:
    assert [rule.id for rule in script.rule_set("EDGE").rules] == ["10", "30"]
    assert script.device.rule_set("101") is None
    assert script.notices == ["no access-list 101 takes away the whole list, not one entry of it"]


def test_bindings_are_replaced_and_taken_away(script: Read) -> None:
    assert script.attached() == [(("EDGE",), "prerouting", -300)]
    assert script.device.versions == {4, 6}, "no whole configuration: what is off does not show"
    assert script.not_understood == []


def test_a_comment_does_not_end_a_list(script: Read) -> None:
    assert in_list(script, "EDGE", "tcp 198.51.100.1 192.0.2.1 22") == "permit"
    assert script.reason("! Rule 2") == "comment"


def test_text_without_indentation_goes_to_the_mode_that_has_it() -> None:
    made = read_fixture("flat.txt")
    lan, wan = made.interface("FastEthernet0/0"), made.interface("Serial0/0")
    assert [str(a.prefix) for a in lan.addresses] == ["192.0.2.0/24"]
    assert (lan.enabled, wan.enabled) == (True, False)
    assert (("101",), "prerouting", -300) in made.attached()
    assert [rule.id for rule in made.rule_set("NAMED").rules] == ["10"]
    (telnet,) = made.listening("telnet")
    assert telnet.sources == made.rule_set("5").rules[0].source
    assert made.state("no mop enabled") == LineState.IRRELEVANT


def test_a_banner_is_no_command() -> None:
    made = read_fixture("edge.cfg")
    assert made.device.interface("GigabitEthernet9/9") is None
    assert made.reason("関係者以外") == "text that is shown to people"
    assert made.state("interface GigabitEthernet9/9") == LineState.IRRELEVANT


@pytest.mark.parametrize(
    "banner",
    [
        "banner motd ^C one line ^C",
        "banner login #\nhostname not-me\n#",
        "banner exec ^C\nhostname not-me ^C",
        "banner motd \x03\nhostname not-me\n\x03",
        "banner motd ^\n** text **\n^",
        "aaa authentication fail-message ^C\nhostname not-me\n^C",
    ],
)
def test_banners_end_where_their_delimiter_stands(banner: str) -> None:
    made = read_lines((*banner.splitlines(), "hostname me"), "x")
    assert made.device.name == "me"
    assert made.ledger.count(LineState.MODELLED) == 1


def test_a_banner_without_its_end_does_not_swallow_the_file() -> None:
    made = read("""
        banner motd ^C
        welcome
        !
        hostname me
    """)
    assert made.device.name == "me"
    assert made.state("welcome") == LineState.UNRECOGNIZED


def test_key_data_is_hidden() -> None:
    made = read("""
        crypto pki certificate chain TP-self-signed-1
         certificate self-signed 01
          30820330 30820218 A0030201 02020101
          D697DF7F 28
          quit
        license udi pid ISR4331/K9 sn FDO00000000
        crypto key pubkey-chain rsa
         addressed-key 192.0.2.1
          key-string
           305C300D 06092A86
          quit
    """)
    assert [made.source.quote(made.source.span(n)) for n in (3, 4, 10)] == [("<secret>",)] * 3
    assert made.device.platform == "ISR4331/K9"
    assert made.not_understood == []


def test_a_file_of_nothing_is_a_device_without_anything() -> None:
    for lines in ((), ("",), ("!",), ("\x00\x01\x02", "\ufffd" * 50), ("permit ip any any",)):
        made = read_lines(lines, "odd.bin")
        assert made.device.name == "odd"
        assert made.device.fragment
        assert len(made.ledger.states) == len(lines)


def test_every_cut_of_a_file_is_read() -> None:
    lines = read_fixture("vpn.cfg").source.lines
    for end in range(0, len(lines), 3):
        for cut in (lines[:end], (*lines[:end], lines[end][: len(lines[end]) // 2])):
            (ledger,) = PARSER.parse((SourceFile(path="cut", lines=cut),)).ledgers
            assert len(ledger.states) == len(cut)


def test_indentation_of_any_depth() -> None:
    made = read("""
        interface Vlan10
              ip address 10.0.0.1 255.255.255.0
           ip access-group A in
        ip access-list extended A
            permit tcp any any eq 22
              permit tcp any any eq 23
          deny ip any any
    """)
    assert [rule.id for rule in made.rule_set("A").rules] == ["10", "20", "30"]
    assert verdict(made, "tcp 10.0.0.5 10.0.1.5 23", "Vlan10", "Vlan20") == "permit"
