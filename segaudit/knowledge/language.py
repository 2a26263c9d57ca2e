"""Messages in a language: the English of the code, or what the shipped catalogue says instead."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from string import Formatter
from typing import Final
from unicodedata import east_asian_width

from segaudit.model.message import Message, MessageParam, Words

#: Languages that there are, by the codes of ISO 639-1.
LANGUAGES: Final = ("en", "ja")


class Language:
    """A language to say messages in; ``code`` is one of `LANGUAGES`, ``ValueError`` for another."""

    def __init__(self, code: str = "en") -> None:
        if code not in LANGUAGES:
            message = f"no language {code!r}; there are {', '.join(LANGUAGES)}"
            raise ValueError(message)
        self.code = code
        self._texts = _catalogue(code)

    def say(self, message: Message | Words | str) -> str:
        """The text of ``message``, its parameters that are messages said too; of a plain string the string."""
        if isinstance(message, str):
            return message
        if isinstance(message, Words):
            return message.ja if self.code == "ja" and message.ja else message.en
        if message.plural is not None:
            count = message.params.get("count")
            number = count if isinstance(count, int) else 2
            template = self._texts.ngettext(message.template, message.plural, number)
        else:
            template = self._texts.gettext(message.template)
        if not message.params:
            return template
        shown = {name: self._parameter(value) for name, value in message.params.items()}
        return _closed(template, shown) if self.code == "ja" else template.format_map(shown)

    def _parameter(self, value: MessageParam) -> str:
        if isinstance(value, Message | Words):
            return self.say(value)
        if isinstance(value, tuple):
            return ("、" if self.code == "ja" else ", ").join(map(self.say, value))
        return str(value)


def _closed(template: str, params: Mapping[str, str]) -> str:
    """The template filled, without the spaces that set off Latin letters where a parameter turns out to be Japanese."""
    said = ""
    open_end = False
    for literal, name, _, _ in Formatter().parse(template):
        spaced = open_end and literal.startswith(" ") and _wide(said[-1:]) and _wide(literal[1:2])
        said += literal[1:] if spaced else literal
        open_end = False
        if name is not None:
            value = params[name]
            if said.endswith(" ") and _wide(said[-2:-1]) and _wide(value[:1]):
                said = said[:-1]
            said += value
            open_end = bool(value)
    return said


def _wide(char: str) -> bool:
    return bool(char) and east_asian_width(char) in "WF"


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    compiled = files("segaudit") / "locale" / code / "LC_MESSAGES" / "segaudit.mo"
    if not compiled.is_file():
        return gettext.NullTranslations()
    with compiled.open("rb") as file:
        return gettext.GNUTranslations(file)
