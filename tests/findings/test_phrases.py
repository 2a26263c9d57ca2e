"""Ways to log in and conditions, as parsers write them, in the reader's language."""

import pytest

from segaudit.findings.phrases import condition, ways_to_log_in
from segaudit.knowledge.language import Language


@pytest.mark.parametrize(
    "text",
    [
        "local users",
        "3 local users, 1 of them with a token, LDAP server AD-01",
        "RADIUS servers NPS, and a client certificate",
        "method list VPN, which is not defined",
        "a way that nobody knows",
    ],
)
def test_english_stays_as_it_is_written(text: str) -> None:
    assert ", ".join(map(str, ways_to_log_in(text))) == text


def test_each_way_of_a_list_is_one() -> None:
    found = ways_to_log_in("3 local users, 1 of them with a token, LDAP server AD-01, user/x, which the firm y")
    assert [one.template for one in found][:2] == [
        "{count} local users, {strong} of them with a token",
        "LDAP server {name}",
    ]


def test_japanese_has_names_as_they_are_and_words_of_its_own() -> None:
    say = Language("ja").say
    (one,) = ways_to_log_in("LDAP servers 人事, and a client certificate")
    assert "人事" in say(one)
    assert "client certificate" not in say(one)


@pytest.mark.parametrize(
    ("text", "english"),
    [("user group staff", "user group staff"), ("other tos 0x10", "tos 0x10"), ("address of wan1", "address of wan1")],
)
def test_conditions(text: str, english: str) -> None:
    assert str(condition(text)) == english


def test_a_condition_in_japanese() -> None:
    assert Language("ja").say(condition("geography JP")) == "国・地域 JP"
