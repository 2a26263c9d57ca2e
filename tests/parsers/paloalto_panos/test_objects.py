"""Addresses, groups, services: what the words of a rule stand for."""

import pytest

from segaudit.model import (
    AddressExpr,
    AddressRange,
    AddressRef,
    AddressUnion,
    Fqdn,
    LineState,
    MaskedAddress,
    Service,
    ServiceRef,
    UndecidedAddress,
    host,
    network,
)
from segaudit.parsers.paloalto_panos.objects import loops, read_filter
from segaudit.parsers.paloalto_panos.values import prefixes_of, read_literal, read_ports
from tests.parsers.paloalto_panos.reading import BASE, device, fixture, open_rule, parsed, said, the_rule

IN_OUT = "ethernet1/2 > ethernet1/1"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ip-netmask 192.0.2.7", host("192.0.2.7")),
        ("ip-netmask 192.0.2.7/32", host("192.0.2.7")),
        ("ip-netmask 192.0.2.7/24", network("192.0.2.0/24")),
        ("ip-netmask 2001:db8::/48", network("2001:db8::/48")),
        ("ip-range 192.0.2.1-192.0.2.9", AddressRange(4, 0xC0000201, 0xC0000209)),
        ("ip-range 2001:db8::1-2001:db8::f", AddressRange(6, (0x20010DB8 << 96) + 1, (0x20010DB8 << 96) + 15)),
        ("ip-wildcard 10.0.1.1/0.0.248.255", MaskedAddress(4, 0x0A000100, 0xFFFF0700)),
        ("fqdn app.example.com", Fqdn("app.example.com")),
    ],
)
def test_an_address_object(text: str, value: AddressExpr) -> None:
    assert device(BASE + f"set address a {text}\n").addresses["a"].value == value


def test_an_unreadable_object_is_undecided_and_told() -> None:
    result = parsed("set address a ip-range 192.0.2.9-192.0.2.1\n")
    assert isinstance(result.devices[0].addresses["a"].value, UndecidedAddress)
    assert result.ledgers[0].count(LineState.UNRECOGNIZED) == 1


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("192.0.2.0/24", network("192.0.2.0/24")),
        ("192.0.2.1-192.0.2.3", AddressRange(4, 0xC0000201, 0xC0000203)),
        ("CN", UndecidedAddress("geography", "CN")),
        ("blocked", UndecidedAddress("dynamic list", "blocked")),
        ("panw-known-ip-list", UndecidedAddress("dynamic list", "panw-known-ip-list")),
        ("nobody", AddressRef("nobody")),
    ],
)
def test_a_word_of_a_rule(word: str, value: AddressExpr) -> None:
    on = device(BASE + "set external-list blocked type ip url https://x.example/\n" + open_rule(f"destination {word}"))
    assert the_rule(on, "r").destination == value


def test_an_object_of_the_name_of_an_address_wins() -> None:
    on = device(BASE + "set address 192.0.2.1 ip-netmask 192.0.2.99\n" + open_rule("destination 192.0.2.1"))
    assert said(on, "tcp 10.1.0.5 > 192.0.2.99:80", IN_OUT) == "permit r"
    assert said(on, "tcp 10.1.0.5 > 192.0.2.1:80", IN_OUT) == "deny end"


def test_an_undefined_name_opens_the_bounds() -> None:
    on = device(BASE + open_rule("destination nobody"))
    assert said(on, "tcp 10.1.0.5 > 192.0.2.1:80", IN_OUT) == "unknown nobody is not defined"


def test_the_nearest_object_of_a_name_is_meant() -> None:
    text = (
        BASE
        + "set shared address a ip-netmask 192.0.2.1\nset address a ip-netmask 192.0.2.2\nset shared address b ip-netmask 192.0.2.3\n"
    )
    on = device(text + open_rule("destination [ a b ]"))
    assert [said(on, f"tcp 10.1.0.5 > 192.0.2.{last}:80", IN_OUT) for last in (1, 2, 3)] == [
        "deny end",
        "permit r",
        "permit r",
    ]


def test_groups() -> None:
    (on,) = fixture("sapporo.set").devices
    assert on.addresses["servers"].value == AddressUnion((AddressRef("JP-DC"), AddressRef("web1")))
    assert on.addresses["everyone"].value == AddressUnion(
        (AddressRef("servers"), AddressRef("office"), AddressRef("office6"))
    )
    empty = device(BASE + "set address-group nothing\n" + open_rule("destination nothing"))
    assert said(empty, "tcp 10.1.0.5 > 192.0.2.1:80", IN_OUT) == "deny end"


def test_a_group_that_contains_itself_is_told_and_broken() -> None:
    (on,) = fixture("sapporo.set").devices
    notices = [str(notice.message) for notice in on.notices if "contains itself" in str(notice.message)]
    assert len(notices) == 1
    assert any(
        isinstance(item, UndecidedAddress) and item.kind == "recursive group"
        for name in ("loop-a", "loop-b")
        for item in getattr(on.addresses[name].value, "items", (on.addresses[name].value,))
    )


@pytest.mark.parametrize(
    ("groups", "back"),
    [
        ({"a": ("b",), "b": ("c",), "c": ()}, {}),
        ({"a": ("a",)}, {"a": {"a"}}),
        ({"a": ("b",), "b": ("a",)}, {"b": {"a"}}),
        ({"a": ("b", "c"), "b": ("d",), "c": ("d",), "d": ()}, {}),
        ({"a": ("b",), "b": ("c",), "c": ("b",)}, {"c": {"b"}}),
    ],
)
def test_loops(groups: dict[str, tuple[str, ...]], back: dict[str, set[str]]) -> None:
    assert loops(groups) == back


# Dynamic groups


@pytest.mark.parametrize(
    ("text", "tags", "holds"),
    [
        ("'web'", {"web"}, True),
        ("'web' and 'osaka'", {"web"}, False),
        ("'web' or 'osaka'", {"osaka"}, True),
        ("'web' and not 'osaka'", {"web"}, True),
        ("'a' or 'b' and 'c'", {"a"}, True),
        ("('a' or 'b') and 'c'", {"a"}, False),
        ("'a' AND ('b' OR 'c')", {"a", "c"}, True),
        ("not 'a'", set(), True),
        ("bare and 'two words'", {"bare", "two words"}, True),
    ],
)
def test_a_filter(text: str, tags: set[str], holds: bool) -> None:
    found = read_filter(text)
    assert found is not None
    assert found.holds(frozenset(tags)) is holds


@pytest.mark.parametrize("text", ["", "and", "'a' 'b'", "('a'", "'a')", "'a' and", "not", "'a' not 'b'", "()"])
def test_what_is_no_filter(text: str) -> None:
    assert read_filter(text) is None


def test_a_dynamic_group_holds_the_objects_with_its_tags() -> None:
    result = fixture("sapporo.set")
    (on,), (ledger,) = result.devices, result.ledgers
    assert on.addresses["web-dag"].value == AddressRef("web2")
    assert on.addresses["quarantine"].value == UndecidedAddress("dynamic group", "quarantine")
    assert ledger.state(on.addresses["web-dag"].span.first_line) is LineState.APPROXIMATED


# Services


def test_services() -> None:
    (on,) = fixture("sapporo.set").devices
    assert on.services["web-many"].value == Service(protocol=6, destination_ports=((80, 80), (443, 443), (8000, 8099)))
    assert on.services["src-1024"].value == Service(
        protocol=17, destination_ports=((500, 500),), source_ports=((1024, 65535),)
    )
    assert ServiceRef("tcp-8443") in getattr(on.services["web-all"].value, "items", ())
    assert on.services["tcp-8443"].comment == "管理画面"


def test_the_source_port_counts() -> None:
    on = device(BASE + "set service s protocol udp port 500 source-port 1024-65535\n" + open_rule("service s"))
    assert said(on, "udp 10.1.0.5#2000 > 192.0.2.1:500", IN_OUT) == "permit r"
    assert said(on, "udp 10.1.0.5#500 > 192.0.2.1:500", IN_OUT) == "deny end"


def test_an_undefined_service_opens_the_bounds() -> None:
    on = device(BASE + open_rule("service nothing"))
    assert said(on, "tcp 10.1.0.5 > 192.0.2.1:80", IN_OUT) == "unknown nothing is not defined"


@pytest.mark.parametrize("text", ["", "x", "70000", "9-1", "80,,81", "-1", "1-"])
def test_what_is_no_port(text: str) -> None:
    assert read_ports(text) is None


def test_prefixes_of_a_range() -> None:
    found = prefixes_of(AddressRange(4, 0xC0000201, 0xC0000208))
    assert [str(one) for one in found] == ["192.0.2.1/32", "192.0.2.2/31", "192.0.2.4/30", "192.0.2.8/32"]
    assert prefixes_of(Fqdn("x")) == ()
    assert read_literal("nobody") is None
