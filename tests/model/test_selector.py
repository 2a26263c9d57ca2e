from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segaudit.model.selector import Selector, SelectorError, SelectorKind

NAMES = st.text(min_size=1, max_size=12).map(str.strip).filter(lambda name: name and "*" not in name)


@st.composite
def selectors(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(["zone", "role", "self", "if", "segment", "host", "", "internet"]))
    if kind == "internet":
        return kind
    if kind in {"zone", "role", "self"}:
        return f"{kind}={draw(NAMES)}"
    if kind == "if":
        return f"if={draw(NAMES)}/{draw(NAMES)}"
    address = draw(st.ip_addresses())
    if kind == "host":
        return f"host={address}"
    length = draw(st.integers(0, address.max_prefixlen))
    shift = address.max_prefixlen - length
    first = type(address)(int(address) >> shift << shift)
    return f"segment={first}/{length}" if kind else f"{first}/{length}"


@given(selectors())
def test_a_selector_survives_its_own_spelling(text: str) -> None:
    selector = Selector.parse(text)
    assert Selector.parse(str(selector)) == selector
    assert not selector.is_pattern


@given(st.text(max_size=30), st.booleans())
def test_any_text_is_a_selector_or_is_refused_with_advice(text: str, pattern: bool) -> None:
    advice = ""
    selector = None
    try:
        selector = Selector.parse(text, pattern=pattern)
    except SelectorError as error:
        advice = str(error)
    if selector is None:
        assert len(advice) > 20
    else:
        assert Selector.parse(str(selector), pattern=True) == selector


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("zone=office", SelectorKind.ZONE, "office"),
        ("zone = 開発 セグメント", SelectorKind.ZONE, "開発 セグメント"),
        ("zone=fw1:lan", SelectorKind.ZONE, "fw1:lan"),
        ("role=server", SelectorKind.ROLE, "server"),
        ("segment=192.168.10.0/24", SelectorKind.SEGMENT, "192.168.10.0/24"),
        ("if=core/GigabitEthernet0/1", SelectorKind.INTERFACE, "core/GigabitEthernet0/1"),
        ("host=10.0.0.5", SelectorKind.HOST, "10.0.0.5"),
        ("host=2001:DB8::5", SelectorKind.HOST, "2001:db8::5"),
        ("self=fw1", SelectorKind.SELF, "fw1"),
        ("10.0.0.0/8", SelectorKind.PREFIX, "10.0.0.0/8"),
        ("198.51.100.7", SelectorKind.PREFIX, "198.51.100.7/32"),
        ("2001:db8::/32", SelectorKind.PREFIX, "2001:db8::/32"),
        ("::/0", SelectorKind.PREFIX, "::/0"),
        ("internet", SelectorKind.INTERNET, ""),
    ],
)
def test_what_is_spelled(text: str, kind: SelectorKind, value: str) -> None:
    selector = Selector.parse(text)
    assert (selector.kind, selector.value) == (kind, value)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "an empty selector"),
        ("office", "zone=office"),
        ("zon=office", "did you mean zone=office"),
        ("Zone=office", "did you mean zone=office"),
        ("colour=red", "write zone=NAME"),
        ("zone=", "write something after '='"),
        ("if=lan", "if=DEVICE/INTERFACE"),
        ("if=/lan", "if=DEVICE/INTERFACE"),
        ("host=10.0.0.0/8", "segment=10.0.0.0/8"),
        ("192.168.10.5/24", "write 192.168.10.0/24"),
        ("192.168.10.0/33", "from 0 to 32"),
        ("192.168.10.0/255.255.255.0", "from 0 to 32"),
        ("192.168.010.0/24", "is no address"),
        ("fe80::1%eth0", "write the address alone"),
        ("Internet", "small letters"),
        ("*", "everything"),
        ("zone=guest*", "is a pattern"),
        ("segment=lan", "is no address"),
    ],
)
def test_what_is_refused_says_what_to_write(text: str, advice: str) -> None:
    with pytest.raises(SelectorError) as caught:
        Selector.parse(text)
    assert advice in str(caught.value)


def test_a_star_is_a_pattern_where_one_is_meant() -> None:
    assert Selector.parse("*", pattern=True).names("anything")
    guests = Selector.parse("zone=*guest*", pattern=True)
    assert guests.is_pattern
    assert guests.names("fw1:guest-wifi")
    assert not guests.names("fw1:lan")
    odd = Selector.parse("zone=a[1]?*", pattern=True)
    assert odd.names("a[1]?x")
    assert not odd.names("a1yx")


def test_interfaces_and_devices_may_hold_slashes() -> None:
    selector = Selector.parse("if=fw1/root/port1")
    assert selector.names_interface("fw1/root", "port1")
    assert selector.names_interface("fw1", "root/port1")
    assert not selector.names_interface("fw1", "port1")
    assert not Selector.parse("zone=fw1/lan").names_interface("fw1", "lan")
