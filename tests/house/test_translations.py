"""Every message has its Japanese, and the compiled catalogue is the one that people read."""

import gettext
import io

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tests.translations import (
    Found,
    Hidden,
    as_mo,
    as_po,
    fields,
    merged,
    paragraphs,
    problems,
    read_module,
    translations,
)

PAGE = """Permits all.

What it finds
-------------

A rule that
permits everything.

Example
-------

    permit ip any any

How to fix
----------

Name what is needed.

References
----------

- RFC 2979
"""


def templates(source: str) -> list[str]:
    return [one.template for one in read_module(source, "segaudit/zones/a.py") if isinstance(one, Found)]


def test_messages_are_collected() -> None:
    assert templates('msg("{n} rules", n="1")') == ["{n} rules"]
    assert templates('model.msg("one" if x else "two")') == ["one", "two"]
    assert templates('Message(template="a" "b")') == ["ab"]
    assert templates('#: messages\nREASONS = {"banner": "is shown at login", "x": ("a", "b")}') == [
        "is shown at login",
        "a",
        "b",
    ]
    (counted,) = read_module('msg("one rule", plural="{count} rules", count=2)', "segaudit/zones/a.py")
    assert isinstance(counted, Found)
    assert counted.plural == "{count} rules"


def test_a_message_that_is_not_written_there_is_named() -> None:
    assert [type(one) for one in read_module("msg(f'{n} rules')", "a.py")] == [Hidden]
    assert [type(one) for one in read_module("msg(text)", "a.py")] == [Hidden]
    assert read_module("msg(REASONS[word])  # messages: REASONS", "a.py") == []
    assert read_module("catalogue.gettext(message.template)", "a.py") == []


def test_the_prose_of_a_page_is_collected() -> None:
    assert paragraphs(PAGE) == ["Permits all.", "A rule that permits everything.", "Name what is needed."]


def test_a_catalogue_survives_its_way_through_files() -> None:
    found = (
        Found(template="one rule", plural="{count} rules", path="a.py", line=3),
        Found(template="{name} permits all", plural=None, path="b.py", line=5),
    )
    old = Catalog(locale="ja")
    old.add("{name} permits all", "{name}はすべてを許可しています")
    old.add("gone", "廃止")
    new = merged(found, old)
    again = read_po(io.BytesIO(as_po(new)), locale="ja")
    assert translations(again) == {"{name} permits all": "{name}はすべてを許可しています"}
    assert "gone" in again.obsolete
    assert as_po(merged(found, again)) == as_po(new)
    again["one rule"].string = ("ルール{count}件",)
    read = gettext.GNUTranslations(io.BytesIO(as_mo(again)))
    assert read.gettext("{name} permits all") == "{name}はすべてを許可しています"
    assert read.ngettext("one rule", "{count} rules", 3) == "ルール{count}件"
    assert read.gettext("unknown") == "unknown"


def test_fields_are_the_named_parameters() -> None:
    assert fields("{a} of {b}, {a}") == {"a", "b"}


def test_every_message_has_its_japanese() -> None:
    assert problems() == []
