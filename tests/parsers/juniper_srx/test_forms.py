"""One configuration in braces and as `set` commands: the same device, each line accounted for, no secret quoted."""

import pytest

from segaudit.model import LineState
from tests.parsers.juniper_srx.reading import BASE, device, fixture, parsed, policy, source, states, without_places
from tests.parsers.juniper_srx.writing import as_set


def test_both_forms_say_the_same() -> None:
    braces = source("nagoya.conf")
    commands = as_set("\n".join(braces.lines))
    assert commands.count("\nset ") > 200
    assert without_places(device(commands, "nagoya.conf")) == without_places(fixture("nagoya.conf").devices[0])


@pytest.mark.parametrize("form", ["braces", "set"])
def test_every_line_of_the_fixture_is_understood(form: str) -> None:
    text = "\n".join(source("nagoya.conf").lines)
    (ledger,) = parsed(text if form == "braces" else as_set(text), "nagoya.conf").ledgers
    assert [ledger.reasons[n] for n in ledger.lines(LineState.UNRECOGNIZED)] == []
    assert [ledger.reasons[n] for n in ledger.lines(LineState.UNSUPPORTED)] == []
    assert ledger.count(LineState.MODELLED) > 0.85 * ledger.non_blank


@pytest.mark.parametrize("form", ["braces", "set"])
def test_no_secret_is_quoted(form: str) -> None:
    text = "\n".join(source("nagoya.conf").lines)
    file = source("nagoya.conf", text if form == "braces" else as_set(text))
    shown = "\n".join(file.quote(file.span(1, len(file.lines))))
    for word in ("MadeUp", "madeup", "abcdefgh"):
        assert word not in shown


@pytest.mark.parametrize(
    "line",
    [
        'set security ike policy p pre-shared-key ascii-text "NotToBeSeen"',
        "set security ike policy p pre-shared-key hexadecimal NotToBeSeen",
        "set protocols bgp group g authentication-key NotToBeSeen",
        "set protocols ospf area 0 interface ge-0/0/0.0 authentication md5 1 key NotToBeSeen",
        "set snmp community NotToBeSeen authorization read-only",
        "set snmp v3 usm local-engine user u authentication-sha authentication-password NotToBeSeen",
        "set system radius-server 192.0.2.1 secret NotToBeSeen",
        'set system login user u authentication ssh-rsa "ssh-rsa NotToBeSeen u@example.jp"',
        "set access profile p client u firewall-user password NotToBeSeen",
        "set interfaces pp0 unit 0 ppp-options chap default-chap-secret NotToBeSeen",
        'set system archival configuration archive-sites "ftp://user:NotToBeSeen@192.0.2.9/"',
        '            encrypted-password "NotToBeSeen"; ## SECRET-DATA',
        "community NotToBeSeen {",
    ],
)
def test_secrets_of_every_statement_are_masked(line: str) -> None:
    file = source("x.set", line)
    assert "NotToBeSeen" not in "".join(file.quote(file.span(1)))


def test_a_rule_spans_its_lines() -> None:
    (on,) = fixture("nagoya.conf").devices
    rules = next(one for one in on.rule_sets if one.name == "untrust to dmz").rules
    span = rules[0].span
    lines = source("nagoya.conf").lines
    assert lines[span.first_line - 1].strip() == "policy published {"
    assert lines[span.last_line - 1].strip() == "}"
    assert "campaign" not in " ".join(lines[span.first_line - 1 : span.last_line])


def test_commands_that_change_what_was_said() -> None:
    text = (
        BASE
        + policy(name="a")
        + policy(name="b")
        + policy(name="c")
        + """
insert security policies from-zone in to-zone out policy c before policy a
deactivate security policies from-zone in to-zone out policy b
rename security policies from-zone in to-zone out policy a to policy renamed
delete security zones security-zone dmz
edit security policies from-zone out to-zone in
set policy d match source-address any
set policy d match destination-address any
set policy d match application any
set policy d then deny
top
commit
"""
    )
    on = device(text)
    rules = {one.name: [(rule.id, rule.enabled) for rule in one.rules] for one in on.rule_sets}
    assert rules["in to out"] == [("c", True), ("renamed", True), ("b", False)]
    assert rules["out to in"] == [("d", True)]
    assert [zone.name for zone in on.zones] == ["out", "in"]
    (ledger,) = parsed(text).ledgers
    assert states(ledger, text)["commit"] is LineState.IRRELEVANT
    assert ledger.count(LineState.UNRECOGNIZED) == 0


def test_groups_of_all_kinds() -> None:
    on = device(
        BASE
        + """
set groups mgmt system services ssh
set groups mgmt system host-name other
set groups out-only interfaces <ge-0/0/0> unit <*> description WAN
set groups more security policies from-zone <*> to-zone <*> policy added match source-address any
set groups more security policies from-zone <*> to-zone <*> policy added match destination-address any
set groups more security policies from-zone <*> to-zone <*> policy added match application junos-ssh
set groups more security policies from-zone <*> to-zone <*> policy added then permit
set apply-groups [ mgmt out-only more missing ]
set security policies from-zone out to-zone in apply-groups-except more
"""
        + policy(name="own")
        + policy(name="own", zones="from-zone out to-zone in", then="deny")
    )
    assert on.name == "gw"
    assert [one.kind for one in on.local_services if one.kind == "ssh"] == ["ssh"]
    assert {one.name: one.description for one in on.interfaces}["ge-0/0/0.0"] == "WAN"
    assert {one.name: one.description for one in on.interfaces}["ge-0/0/1.0"] == ""
    rules = {one.name: [rule.id for rule in one.rules] for one in on.rule_sets}
    assert rules["in to out"] == ["own", "added"]
    assert rules["out to in"] == ["own"]
    assert [str(one.message) for one in on.notices] == ["the group missing is applied and not defined"]


def test_a_member_of_a_cluster() -> None:
    on = device(
        """
set groups node0 system host-name fw-a
set groups node0 interfaces fxp0 unit 0 family inet address 192.0.2.11/24
set groups node1 system host-name fw-b
set groups node1 interfaces fxp0 unit 0 family inet address 192.0.2.12/24
set apply-groups "${node}"
set chassis cluster reth-count 2
set interfaces ge-0/0/3 gigether-options redundant-parent reth0
set interfaces ge-5/0/3 gigether-options redundant-parent reth0
set interfaces reth0 redundant-ether-options redundancy-group 1
set interfaces reth0 unit 0 family inet address 203.0.113.1/28
set security zones security-zone out interfaces reth0.0
"""
    )
    assert on.name == "fw-a"
    assert on.cluster == "chassis cluster reth0"
    assert {one.name: one.members for one in on.interfaces}["reth0.0"] == ("ge-0/0/3", "ge-5/0/3")


def test_what_is_inactive_is_left_out() -> None:
    text = """
system {
    host-name gw;
    services {
        inactive: telnet;
        ssh;
    }
}
interfaces {
    ge-0/0/0 {
        unit 0 {
            family inet {
                inactive: filter {
                    input f;
                }
                address 203.0.113.1/28;
                inactive: address 203.0.113.9/28;
            }
        }
    }
    inactive: ge-0/0/1 {
        unit 0 {
            family inet {
                address 10.1.0.1/24;
            }
        }
    }
}
firewall {
    family inet {
        filter f {
            inactive: term t {
                then discard;
            }
        }
    }
}
"""
    on = device(text)
    assert [one.name for one in on.interfaces] == ["ge-0/0/0.0"]
    assert len(on.interfaces[0].addresses) == 1
    assert "telnet" not in {one.kind for one in on.local_services}
    assert on.attachments == ()
    assert [rule.enabled for rule in on.rule_sets[0].rules] == [False]
    (ledger,) = parsed(text).ledgers
    assert ledger.count(LineState.UNRECOGNIZED) == 0
    assert states(ledger, text)["inactive: telnet;"] is LineState.IRRELEVANT


def test_comments_tags_and_text_over_lines() -> None:
    text = """
# show configuration
{primary:node0}
/* one line */ system {
    host-name gw; /* here */
    login {
        message "Only for staff.
 Authorised; {users} only.";
    }
}
replace: interfaces {
    /*
     * several; {
     */
    ge-0/0/0 { unit 0 { family inet { address 192.0.2.1/24; } } }
}
"""
    on = device(text)
    assert on.name == "gw"
    assert [one.name for one in on.interfaces] == ["ge-0/0/0.0"]
    assert on.interfaces[0].addresses
    (ledger,) = parsed(text).ledgers
    assert ledger.count(LineState.UNRECOGNIZED) == 0


def test_what_nobody_knows_is_said_to_be_unknown() -> None:
    text = BASE + policy() + "set security policies from-zone in to-zone out policy p match new x\nnonsense\n"
    (ledger,) = parsed(text).ledgers
    assert len(ledger.lines(LineState.UNRECOGNIZED)) == 2


def test_logical_systems_are_devices_of_their_own() -> None:
    (first, second) = parsed(
        """
set system host-name gw
set interfaces lt-0/0/0 unit 0 peer-unit 1
set interfaces lt-0/0/0 unit 0 family inet address 192.0.2.1/30
set interfaces ge-0/0/0 unit 0 family inet address 203.0.113.1/28
set logical-systems branch interfaces lt-0/0/0 unit 1 peer-unit 0
set logical-systems branch interfaces lt-0/0/0 unit 1 family inet address 192.0.2.2/30
set logical-systems branch security zones security-zone z interfaces lt-0/0/0.1
"""
    ).devices
    assert (first.name, second.name) == ("gw", "gw/branch")
    links = {one.name: one.link for on in (first, second) for one in on.interfaces if one.link}
    assert links == {"lt-0/0/0.0": "lt-0/0/0 0-1", "lt-0/0/0.1": "lt-0/0/0 0-1"}


def test_levels_without_end() -> None:
    for text in (
        "set access " + "a " * 5000 + "\nset system host-name gw\n",
        "access {\n" + "a {\n" * 5000 + "}\n" * 5001 + "system { host-name gw; }\n",
        "access { " + "a " * 5000 + "; }\nsystem { host-name gw; }\n",
    ):
        (on,) = parsed(text).devices
        assert on.name == "gw"
