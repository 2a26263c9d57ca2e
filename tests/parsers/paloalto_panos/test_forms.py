"""One policy as XML, as `set` commands and in braces: the same device, each line accounted for."""

from dataclasses import replace

import pytest

from segaudit.model import LineState
from tests.parsers.paloalto_panos.reading import (
    BASE,
    device,
    fixture,
    open_rule,
    parsed,
    source,
    states,
    the_rule,
    without_places,
)
from tests.parsers.paloalto_panos.writing import as_braces, as_xml

FORMS = ("sapporo.set", "sapporo.xml", "sapporo.conf")


@pytest.mark.parametrize("name", FORMS[1:])
def test_every_form_says_the_same(name: str) -> None:
    told = [tuple(replace(one, version="") for one in fixture(form).devices) for form in (FORMS[0], name)]
    assert without_places(told[0]) == without_places(told[1])


@pytest.mark.parametrize("name", FORMS)
def test_every_line_of_the_fixture_is_understood(name: str) -> None:
    result = fixture(name)
    (ledger,) = result.ledgers
    assert not result.failures
    assert ledger.count(LineState.UNRECOGNIZED) == 0
    assert ledger.count(LineState.UNSUPPORTED) == 0
    assert ledger.count(LineState.MODELLED) > 0.85 * ledger.non_blank
    assert ledger.count(LineState.APPROXIMATED) > 0


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("sapporo.set", "set rulebase security rules web-in from", "set rulebase security rules web-in log-setting"),
        ("sapporo.xml", '<entry name="web-in">', "</entry>"),
        ("sapporo.conf", "web-in {", "}"),
    ],
)
def test_a_rule_spans_its_lines(name: str, first: str, last: str) -> None:
    (on,) = fixture(name).devices
    span = the_rule(on, "web-in").span
    lines = source(name).lines
    assert lines[span.first_line - 1].strip().startswith(first)
    assert lines[span.last_line - 1].strip().startswith(last)
    quoted = " ".join(lines[span.first_line - 1 : span.last_line])
    assert "web1-pub" in quoted
    assert "mail-in" not in quoted


@pytest.mark.parametrize("name", FORMS)
def test_objects_and_interfaces_stand_where_they_say(name: str) -> None:
    (on,) = fixture(name).devices
    lines = source(name).lines
    for words, span in (
        ("printers", on.addresses["printers"].span),
        ("tcp-8443", on.services["tcp-8443"].span),
        ("ethernet1/2.20", next(i.span for i in on.interfaces if i.name == "ethernet1/2.20")),
        ("hakodate", next(t.span for t in on.tunnels) if name == "" else on.zones[5].span),
    ):
        assert words in lines[span.first_line - 1], (words, span)


def test_the_version_is_that_of_the_export() -> None:
    (on,) = fixture("sapporo.xml").devices
    assert on.version == "10.1.0"
    text = as_xml(BASE).replace('version="10.1.0"', 'version="10.1.0" detail-version="10.1.9"')
    assert device(text, "gw.xml").version == "10.1.9"


def test_several_settings_in_one_command() -> None:
    apart = BASE + open_rule("from in", "to out", "service [ service-http service-https ]")
    at_once = BASE + (
        "set rulebase security rules r from in to out source any destination any application any"
        " service [ service-http service-https ] action allow\n"
    )
    assert without_places(device(apart)) == without_places(device(at_once))


def test_a_script_moves_renames_and_deletes() -> None:
    text = BASE + open_rule("from in", name="a") + open_rule("to out", name="b") + open_rule(name="c", action="deny")
    text += "move rulebase security rules c top\nrename rulebase security rules a to first\ndelete rulebase security rules b\n"
    text += "edit rulebase security rules first\nset description note\ntop\nset zone guest network layer3 ethernet1/9\n"
    on = device(text)
    written = [one for one in on.rule_sets[0].rules if not one.implicit]
    assert [one.id for one in written] == ["c", "first"]
    assert written[1].comment == "note"
    assert "guest" in {zone.name for zone in on.zones}


def test_a_rule_moved_behind_another() -> None:
    text = BASE + "".join(open_rule(name=name) for name in "abc")
    on = device(text + "move rulebase security rules a after b\nmove rulebase security rules c before b\n")
    assert [one.id for one in on.rule_sets[0].rules if not one.implicit] == ["c", "b", "a"]


def test_what_is_said_last_counts() -> None:
    on = device(BASE + "set address a ip-netmask 192.0.2.1\nset address a ip-netmask 192.0.2.2\n")
    assert on.addresses["a"].value == device(BASE + "set address a ip-netmask 192.0.2.2\n").addresses["a"].value


def test_names_in_quotes_and_lists() -> None:
    on = device(BASE + 'set address "kyoto sv" ip-netmask 192.0.2.1\n' + open_rule('source [ "kyoto sv" 192.0.2.9]'))
    assert set(on.addresses) == {"kyoto sv"}
    assert len(getattr(the_rule(on, "r").source, "items", ())) == 2


def test_a_text_goes_on_over_lines() -> None:
    text = BASE + 'set address a description "one\ntwo\nset free"\nset address a ip-netmask 192.0.2.1\n'
    result = parsed(text.replace("set free", "three"))
    assert result.ledgers[0].count(LineState.UNRECOGNIZED) == 0
    assert result.devices[0].addresses["a"].comment == "one\ntwo\nthree"
    # A quote that is never closed ends with its line: the next command is one.
    assert "a" in parsed(text).devices[0].addresses


def test_key_material_over_lines_is_hidden() -> None:
    key = "  mgt-config {\n    users {\n      a {\n        public-key c3NoLXJz\nYSBBQUFB\nQjNO;\n      }\n    }\n  }\n"
    (ledger,) = parsed(as_braces(BASE).replace("config {\n", "config {\n" + key, 1), "gw.conf").ledgers
    assert ledger.hidden == frozenset({5, 6, 7})
    xml = as_xml("set shared certificate c private-key x\n").replace(">x<", ">-----BEGIN\nabc\n-----END<")
    (ledger,) = parsed(xml, "gw.xml").ledgers
    assert len(ledger.hidden) == 3


def test_unknown_statements_are_named() -> None:
    text = "set address a ip-netmask 192.0.2.1\nset fuguai on\nset address a nonsense 1\nhello world\n"
    (ledger,) = parsed(text).ledgers
    found = states(ledger, text)
    assert found["set address a ip-netmask 192.0.2.1"] is LineState.MODELLED
    assert [state for line, state in found.items() if "ip-netmask" not in line] == [LineState.UNRECOGNIZED] * 3


def test_an_answer_of_the_api_and_a_lone_rule_base() -> None:
    inner = as_xml(BASE + open_rule("from in")).partition("?>")[2]
    on = device(f'<response status="success"><result>{inner}</result></response>', "gw.xml")
    assert on.name == "gw"
    alone = device(
        "<rulebase><security><rules><entry name='x'><action>allow</action></entry></rules></security></rulebase>"
    )
    assert alone.fragment
    assert the_rule(alone, "x").enabled
