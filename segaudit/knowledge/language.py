"""Messages in a language: the English of the code, or what the shipped catalogue says instead."""

from __future__ import annotations

import gettext
from functools import lru_cache
from importlib.resources import files
from typing import Final

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
        return template.format_map({name: self._parameter(value) for name, value in message.params.items()})

    def _parameter(self, value: MessageParam) -> str:
        if isinstance(value, Message | Words):
            return self.say(value)
        if isinstance(value, tuple):
            return ("、" if self.code == "ja" else ", ").join(map(self.say, value))
        return str(value)


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    compiled = files("segaudit") / "locale" / code / "LC_MESSAGES" / "segaudit.mo"
    if not compiled.is_file():
        return gettext.NullTranslations()
    with compiled.open("rb") as file:
        return gettext.GNUTranslations(file)
