"""Words that are shown to people, before they have a language; severity and certainty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Union

#: A parameter of a message: text that is data (a name, an address), a number, or words and messages of its own.
MessageParam = Union[str, int, "Words", "Message", tuple["Message", ...]]


@dataclass(frozen=True, slots=True)
class Words:
    """Text that is data and comes in both languages: the title of a policy, a role, a service. No ``ja``: as ``en``."""

    en: str
    ja: str = ""

    def __str__(self) -> str:
        return self.en


@dataclass(frozen=True, slots=True)
class Message:
    """An English template with ``{named}`` parameters, translated where it is shown.

    ``plural`` is the template for counts other than one; then ``params["count"]`` chooses.
    """

    template: str
    params: Mapping[str, MessageParam] = field(default_factory=lambda: MappingProxyType({}))
    plural: str | None = None

    def __str__(self) -> str:
        template = self.plural if self.plural is not None and self.params.get("count") != 1 else self.template
        shown: dict[str, str] = {}
        for name, value in self.params.items():
            shown[name] = ", ".join(str(v) for v in value) if isinstance(value, tuple) else str(value)
        return template.format_map(shown) if shown else template

    def __hash__(self) -> int:
        return hash((self.template, tuple(sorted((k, str(v)) for k, v in self.params.items()))))


def msg(template: str, /, plural: str | None = None, **params: MessageParam) -> Message:
    """A message; ``msg("{rule} permits all", rule="10")``. The template is what translators see."""
    return Message(template, MappingProxyType(params), plural)


class Severity(IntEnum):
    """How bad a finding is; compares in that order."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """The word of the contract: ``info`` to ``critical``."""
        return self.name.lower()

    def stepped(self, steps: int) -> Severity:
        """This severity moved by ``steps`` (negative is milder), held inside the scale."""
        return Severity(min(max(self + steps, Severity.INFO), Severity.CRITICAL))


class Certainty(StrEnum):
    """Whether a finding is shown by what surely happens, or only by what may."""

    CONFIRMED = "confirmed"
    POSSIBLE = "possible"
