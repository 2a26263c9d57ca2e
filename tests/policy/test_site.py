from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from segaudit.knowledge.service_text import read_service
from segaudit.model.address import parse_prefix
from segaudit.model.selector import Selector
from segaudit.policy import (
    LocatedError,
    PolicyError,
    SchemaKind,
    Site,
    json_schema,
    load_hosts,
    load_policy,
    load_site,
    load_waivers,
)
from segaudit.policy.located_yaml import read_yaml

EXAMPLE = """\
internet: ["if=fw1/wan1"]
sites: {tokyo: ["tokyo-*"], osaka: ["osaka/*"]}
zones:
  office:  {role: terminal, members: ["if=fw1/lan", 192.168.10.0/24]}
  servers: {role: server,   members: [192.168.20.0/24]}
hosts:
  - {name: fileserver, address: 192.168.10.5, role: server}
publish:
  - {to: 203.0.113.10, service: tcp/443, owner: web-team}
report: {client: "例株式会社", title: "…", auditor: "…", period: 2026, scope: "…", classification: "社外秘", revision: 1.10}
waivers:
  - {check: inbound-remote-desktop, from: 198.51.100.7, to: 203.0.113.10, service: tcp/3389, reason: "…", owner: netops,
     ticket: CHG-1234, expires: 2027-03-31}
"""


def errors(text: str) -> tuple[LocatedError, ...]:
    with pytest.raises(PolicyError) as caught:
        load_site(text, "site.yaml")
    return caught.value.errors


def test_the_example_of_the_contract_is_understood() -> None:
    site = load_site(EXAMPLE, "site.yaml")
    assert [str(edge.at) for edge in site.internet] == ["if=fw1/wan1"]
    assert [(group.name, group.globs) for group in site.groups] == [("tokyo", ("tokyo-*",)), ("osaka", ("osaka/*",))]
    office, servers = site.zones
    assert (office.name, office.role, [str(member) for member in office.members]) == (
        "office",
        "terminal",
        ["if=fw1/lan", "192.168.10.0/24"],
    )
    assert (servers.span.first_line, servers.span.last_line) == (5, 5)
    (host,) = site.hosts
    assert (host.name, host.address, host.role) == ("fileserver", parse_prefix("192.168.10.5/32"), "server")
    (publish,) = site.publish
    assert (publish.to, publish.service, publish.owner) == (
        parse_prefix("203.0.113.10/32"),
        read_service("tcp/443"),
        "web-team",
    )
    assert site.report.client == "例株式会社"
    assert site.report.period == "2026"
    assert site.report.revision == "1.10"
    (waiver,) = site.waivers
    assert waiver.expires == date(2027, 3, 31)
    assert (waiver.span.first_line, waiver.span.last_line) == (12, 13)
    assert not waiver.broad


def test_every_key_may_be_left_out() -> None:
    assert load_site("", "site.yaml") == Site()
    assert load_site("{}", "site.yaml") == Site()
    assert load_site("zones: {fw1:lan: {role: terminal}}", "site.yaml").zones[0].members == ()
    assert load_site("hosts: hosts.csv", "site.yaml").hosts_file == "hosts.csv"


def test_all_mistakes_are_told_at_once_with_place_and_advice() -> None:
    text = """\
internt: ["if=fw1/wan1"]
internet: [office]
zones:
  office: {rol: terminal, members: ["if=fw1", 192.168.10.1/24]}
  "a*": {role: srv, members: 192.168.20.0/24}
hosts:
  - {name: fileserver, role: server}
  - {adress: 192.168.10.5, role: server}
publish:
  - {to: zone=dmz, service: tpc/443}
report: []
waivers:
  - {check: Inbound_RDP, from: 10.0.0.0/8, reason: , owner: true, expires: 2027-02-30, scope: zon}
  - check: flat-network
    reason: x
    owner: y
    expires: 2027-03-31
"""
    found = [(error.line, error.column, error.problem) for error in errors(text)]
    expected = [
        (1, 1, "unknown key 'internt'; did you mean 'internet'?"),
        (2, 12, "zone=office"),
        (4, 12, "unknown key 'rol'; did you mean 'role'?"),
        (4, 37, "if=DEVICE/INTERFACE"),
        (4, 47, "write 192.168.10.0/24"),
        (5, 3, "holds a '*'"),
        (5, 16, "'srv' is no role; did you mean 'server'?"),
        (5, 30, "expected a list, found '192.168.20.0/24'"),
        (7, 5, "the key 'address' is missing"),
        (8, 6, "unknown key 'adress'; did you mean 'address'?"),
        (10, 10, "cannot stand here: write an address or a prefix"),
        (10, 29, "did you mean tcp?"),
        (11, 9, "expected keys and values, found a list"),
        (13, 13, "is no slug"),
        (13, 52, "expected text, found nothing"),
        (13, 61, "expected text, found true"),
        (13, 76, "is no date"),
        (13, 95, "did you mean 'zone'?"),
        (14, 5, "names no packets"),
    ]
    assert [(line, column) for line, column, _ in found] == [(line, column) for line, column, _ in expected]
    for (_, _, problem), (_, _, part) in zip(found, expected, strict=True):
        assert part in problem


def test_an_error_reads_as_path_line_column_problem() -> None:
    (error,) = errors("zonse: {}")
    assert str(error) == "site.yaml:1:1: unknown key 'zonse'; did you mean 'zones'?"


def test_an_unknown_key_like_no_other_is_told_what_there_is() -> None:
    (error,) = errors("qqq: 1")
    assert error.problem.startswith("unknown key 'qqq'; known are internet, sites, zones")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- a", "expected keys and values, found a list"),
        ("just text", "expected keys and values, found 'just text'"),
        ("zones: {a: {members: [192.168.1.0/24]}, b: {members: [segment=192.168.1.0/24]}}", "already belongs"),
        (
            "hosts: [{address: 10.0.0.1, role: server}, {address: 10.0.0.1, role: printer}]",
            "a printer here and a server on line 1",
        ),
        ("hosts: [{address: 10.0.0.0/24}]", "holds 256 addresses"),
        ("internet: [role=internet]", "cannot stand here"),
        ("zones: {a: {members: [internet]}}", "cannot stand here"),
        ("zones: {a: {members: ['*']}}", "selects everything"),
        ("sites: {tokyo: 'tokyo-*'}", "expected a list"),
        ("report: {client: ''}", "found an empty one"),
        ("report: {client: [a]}", "found a list"),
        ("report: {client: " + "x" * 20_000 + "}", "at most 10000"),
    ],
)
def test_contradictions_and_wrong_shapes(text: str, problem: str) -> None:
    (error,) = errors(text)
    assert problem in error.problem
    assert len(error.problem) < 400


# Waivers ---------------------------------------------------------------------------------------------------------------


WAIVER = "{check: flat-network, reason: planned, owner: netops, expires: 2027-03-31, %s}"


def waiver_errors(text: str) -> tuple[LocatedError, ...]:
    with pytest.raises(PolicyError) as caught:
        load_waivers(text, "waivers.yaml")
    return caught.value.errors


def test_a_waiver_holds_until_the_end_of_its_last_day() -> None:
    (waiver,) = load_waivers(f"- {WAIVER % 'from: 10.0.0.0/8'}", "waivers.yaml")
    assert waiver.in_force(date(2027, 3, 31))
    assert not waiver.in_force(date(2027, 4, 1))
    assert waiver.in_force(date(2027, 3, 31) - timedelta(days=400))
    assert waiver.source == Selector.parse("10.0.0.0/8")
    assert waiver.destination is None
    assert waiver.service == read_service("any")


@pytest.mark.parametrize("end", ["zone=office", "role=terminal", "internet", "'*'", "zone=guest*"])
def test_whole_zones_must_be_meant(end: str) -> None:
    (error,) = waiver_errors(f"- {WAIVER % f'from: {end}'}")
    assert "scope: zone" in error.problem
    (waiver,) = load_waivers(f"- {WAIVER % f'from: {end}, scope: zone'}", "waivers.yaml")
    assert waiver.broad


@pytest.mark.parametrize("key", ["check", "reason", "owner", "expires"])
def test_what_a_waiver_cannot_do_without(key: str) -> None:
    parts = [part for part in (WAIVER % "from: 10.0.0.0/8")[1:-1].split(", ") if not part.startswith(key)]
    (error,) = waiver_errors(f"- {{{', '.join(parts)}}}")
    assert error.problem == f"the key {key!r} is missing"
    assert (error.line, error.column) == (1, 3)


def test_a_waivers_file_is_a_list() -> None:
    assert load_waivers("", "waivers.yaml") == ()
    assert load_waivers("[]", "waivers.yaml") == ()
    (error,) = waiver_errors("waivers: []")
    assert "in a file of their own they are the list itself" in error.problem
    (error,) = waiver_errors(f"- {WAIVER % 'from: 10.0.0.0/8'}\n- {WAIVER % 'fro: 10.0.0.0/8, to: host=10.0.0.1'}")
    assert (error.line, error.problem) == (2, "unknown key 'fro'; did you mean 'from'?")


# Inventory -------------------------------------------------------------------------------------------------------------


def test_an_inventory_in_csv() -> None:
    text = "\ufeffName,Address,Owner,Role\r\nfs01,192.168.10.5,総務,server\r\n,2001:db8::5,,\r\n\r\nshort,10.0.0.1\r\n"
    hosts = load_hosts(text, "hosts.csv")
    assert [(host.name, str(host.address), host.role, host.span.first_line) for host in hosts] == [
        ("fs01", "192.168.10.5/32", "server", 2),
        ("", "2001:db8::5/128", "", 3),
        ("short", "10.0.0.1/32", "", 5),
    ]
    assert load_hosts("", "hosts.csv") == ()


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("name,adress\nx,10.0.0.1\n", 1, "no column 'address'; did you mean 'adress'?"),
        ("address\n10.0.0.0/24\n", 2, "holds 256 addresses"),
        ("address,role\n10.0.0.1,srv\n", 2, "did you mean 'server'?"),
        ("address,role\n10.0.0.1,server\n10.0.0.1,printer\n", 3, "a server on line 2"),
        ("address\n,\n\nx\n", 4, "is no selector"),
        ('address\n"10.0.0.1\n', 2, "no valid CSV"),
        ("address\n" + "x" * 200_000, 2, "no valid CSV"),
    ],
)
def test_mistakes_in_an_inventory_are_told_with_their_line(text: str, line: int, problem: str) -> None:
    with pytest.raises(PolicyError) as caught:
        load_hosts(text, "hosts.csv")
    (error,) = caught.value.errors
    assert error.line == line
    assert problem in error.problem


def test_an_inventory_of_nothing_but_mistakes_ends_soon() -> None:
    with pytest.raises(PolicyError) as caught:
        load_hosts("address\n" + "x1\n" * 10_000, "hosts.csv")
    assert len(caught.value.errors) <= 101


# Laws ------------------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        "office",
        "if=fw1/lan",
        "10.0.0.0/8",
        "tcp/443",
        "server",
        "",
        "*",
        "internet",
        "5",
        "true",
        "null",
        "2027-03-31",
        "[]",
        "{}",
        "{role: server}",
        "[internet]",
        "'x'",
        "a-b",
        "critical",
        "[{}]",
        "host=10.0.0.1",
        "1.5",
        "|",
        "&a b",
        "*a",
    ]
)
KEYS = st.sampled_from(
    [
        "internet",
        "sites",
        "zones",
        "hosts",
        "publish",
        "report",
        "waivers",
        "role",
        "members",
        "name",
        "address",
        "to",
        "service",
        "from",
        "check",
        "reason",
        "owner",
        "expires",
        "scope",
        "controls",
        "title",
        "x",
        "references",
    ]
)


@st.composite
def documents(draw: st.DrawFn, depth: int = 3) -> str:
    if depth == 0:
        return draw(WORDS)
    if draw(st.booleans()):
        return "[" + ", ".join(draw(st.lists(documents(depth=depth - 1), max_size=3))) + "]"
    pairs = draw(st.lists(st.tuples(KEYS, documents(depth=depth - 1)), max_size=4))
    return "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"


@given(documents())
def test_no_document_makes_a_loader_fail_otherwise_than_by_saying_what_is_wrong(text: str) -> None:
    lines = len(text.splitlines()) + 1
    for load in (load_site, load_waivers, load_policy, load_hosts):
        found: tuple[LocatedError, ...] = ()
        try:
            load(text, "f.yaml")
        except PolicyError as error:
            found = error.errors
        assert all(1 <= each.line <= lines for each in found)
        assert list(found) == sorted(found)


@given(st.text(max_size=120))
def test_no_text_makes_a_loader_fail_otherwise_than_by_saying_what_is_wrong(text: str) -> None:
    results: list[object] = []
    for load in (load_site, load_waivers, load_policy, load_hosts):
        try:
            results.append(load(text, "f.yaml"))
        except PolicyError as error:
            results.append(error.errors)
    assert all(result is not None for result in results)


NAME = st.text(alphabet="abcdefgxyz日本語", min_size=1, max_size=5)
PREFIX = st.integers(0, 255).flatmap(lambda a: st.integers(0, 255).map(lambda b: f"10.{a}.{b}.0/24"))


@st.composite
def sites(draw: st.DrawFn) -> dict[str, Any]:
    members = draw(st.lists(PREFIX, unique=True, max_size=6))
    names = draw(st.lists(NAME, unique=True, min_size=1, max_size=3))
    return {
        "internet": draw(st.lists(NAME.map(lambda name: f"if=fw/{name}"), max_size=2)),
        "zones": {
            name: {"role": draw(st.sampled_from(["server", "terminal", "dmz"])), "members": members[n :: len(names)]}
            for n, name in enumerate(names)
        },
        "hosts": [{"address": f"192.0.2.{n}", "role": "server"} for n in range(draw(st.integers(0, 4)))],
        "publish": [{"to": "203.0.113.1", "service": f"tcp/{draw(st.integers(1, 65535))}"}],
    }


@given(sites())
def test_a_valid_site_is_read_whole_and_satisfies_the_schema(data: dict[str, Any]) -> None:
    import json

    site = load_site(json.dumps(data, ensure_ascii=False), "site.yaml")
    assert {zone.name: [str(member) for member in zone.members] for zone in site.zones} == {
        name: zone["members"] for name, zone in data["zones"].items()
    }
    assert len(site.hosts) == len(data["hosts"])
    assert len(site.internet) == len(data["internet"])
    Draft7Validator(json_schema("site")).validate(data)


# Schemas ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["site", "policy", "waivers"])
def test_schemas_are_valid_draft_7(kind: SchemaKind) -> None:
    schema = json_schema(kind)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(schema)
    assert "$defs" not in str(schema)
    assert schema == json_schema(kind)


def test_the_schema_accepts_the_example_and_refuses_unknown_keys() -> None:
    validator = Draft7Validator(json_schema("site"))
    node = read_yaml(EXAMPLE, "site.yaml")
    assert node is not None
    assert validator.is_valid(node.plain())
    assert validator.is_valid({"hosts": "hosts.csv"})
    assert not validator.is_valid({"zonse": {}})
    assert not validator.is_valid({"zones": {"a": {"role": "srv"}}})
    waivers = Draft7Validator(json_schema("waivers"))
    good = {"check": "flat-network", "from": "10.0.0.0/8", "reason": "x", "owner": "y", "expires": "2027-03-31"}
    assert waivers.is_valid([good])
    assert not waivers.is_valid([{**good, "scope": "everything"}])
    assert not waivers.is_valid(good)


def test_titles_of_fields_stay_in_the_schema_where_title_is_a_name() -> None:
    schema: Any = json_schema("site")
    assert "title" in schema["definitions"]["ReportItem"]["properties"]
    policy: Any = json_schema("policy")
    assert {"title", "title_ja"} <= set(policy["properties"])
