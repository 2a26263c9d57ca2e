"""The shapes of the files at the edge, for pydantic. Nothing behind `segaudit.policy.load` sees them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Final, Literal, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema, model_validator

from segaudit.knowledge.roles import Role
from segaudit.knowledge.service_text import read_service
from segaudit.model.address import Prefix
from segaudit.model.message import Severity
from segaudit.model.selector import Selector, SelectorKind
from segaudit.model.service import Service
from segaudit.policy.errors import nearest
from segaudit.policy.located_yaml import SpelledFloat, SpelledInt
from segaudit.policy.values import ParameterValue

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SLUG_PATTERN: Final = "^[a-z0-9]+(-[a-z0-9]+)*$"
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MAXIMUM_TEXT: Final = 10_000


def described(value: object) -> str:
    """What a wrong value is, for an error: ``the list``, ``the number 5``, ``nothing``."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, SpelledInt | SpelledFloat):
        return f"the number {value.spelling}"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "keys and values"
    text = str(value)
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


def _text(value: object) -> str:
    if isinstance(value, SpelledInt | SpelledFloat):
        return value.spelling
    if isinstance(value, bool):
        raise ValueError(f"expected text, found {described(value)}: write it in quotes")  # noqa: TRY004 - for pydantic
    if not isinstance(value, str):
        raise ValueError(f"expected text, found {described(value)}")  # noqa: TRY004 - pydantic collects ValueErrors
    if not value.strip():
        raise ValueError("expected text, found an empty one")
    if len(value) > _MAXIMUM_TEXT:
        raise ValueError(f"a text of {len(value)} characters: at most {_MAXIMUM_TEXT} are read")
    return value.strip()


def _slug(value: object) -> str:
    text = _text(value)
    if _SLUG.fullmatch(text) is None:
        raise ValueError(
            f"{described(text)} is no slug: small letters, digits and single hyphens, such as flat-network"
        )
    return text


def _name(value: object) -> str:
    text = _text(value)
    if "*" in text:
        raise ValueError(f"{described(text)} holds a '*', which only patterns may")
    return text


def _severity(value: object) -> Severity:
    text = _text(value)
    words = {severity.word: severity for severity in Severity}
    if text not in words:
        raise ValueError(f"{described(text)} is no severity: write {', '.join(words)}{nearest(text, words)}")
    return words[text]


def read_role(value: object) -> str:
    """The role id that ``value`` is; `ValueError` with the nearest one where it is none."""
    text = _text(value)
    known = [role.value for role in Role]
    if text not in known:
        hint = nearest(text, known) or f"; known are {', '.join(known)}"
        raise ValueError(f"{described(text)} is no role{hint}")
    return text


def _day(value: object) -> date:
    text = _text(value)
    try:
        if _DATE.fullmatch(text) is None:
            raise ValueError(text)  # fromisoformat also reads week dates and dates without hyphens
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{described(text)} is no date: write it as 2027-03-31") from None


def _selector(*kinds: SelectorKind, meant: str, pattern: bool = False) -> Callable[[object], Selector]:
    def read(value: object) -> Selector:
        selector = Selector.parse(_text(value), pattern=pattern)
        if kinds and selector.kind not in kinds:
            raise ValueError(f"{described(str(selector))} cannot stand here: {meant}")
        if selector.kind is SelectorKind.ROLE and not selector.is_pattern:
            read_role(selector.value)
        return selector

    return read


def _prefix(value: object) -> Prefix:
    selector = Selector.parse(_text(value))
    if selector.prefix is None or selector.kind is SelectorKind.SEGMENT:
        raise ValueError(f"{described(str(selector))} cannot stand here: write an address or a prefix")
    return selector.prefix


def read_address(value: object) -> Prefix:
    """One address, as the prefix that holds only it; `ValueError` where ``value`` is none."""
    prefix = _prefix(value)
    if prefix.size != 1:
        raise ValueError(f"{described(str(prefix))} holds {prefix.size} addresses: write one")
    return prefix


def _service(value: object) -> Service:
    return read_service(_text(value))


def _parameter(value: object) -> ParameterValue:
    if isinstance(value, SpelledInt):
        return int(value)
    if isinstance(value, SpelledFloat):
        return float(value)
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, list):
        return tuple(_parameter(item) for item in value)
    if isinstance(value, dict):
        return {str(key): _parameter(item) for key, item in value.items()}
    raise ValueError(f"{described(value)} is no value of a parameter")


def _string(description: str, **more: Any) -> WithJsonSchema:  # noqa: ANN401 - a JSON schema holds anything
    return WithJsonSchema({"type": "string", "description": description, **more})


_SELECTOR_FORMS: Final = (
    "zone=NAME, role=ROLE, segment=PREFIX, if=DEVICE/INTERFACE, host=ADDRESS, self=DEVICE, a bare prefix, internet"
)
_ROLES: Final = [role.value for role in Role]

Text = Annotated[
    str, PlainValidator(_text), WithJsonSchema({"type": ["string", "number"], "minLength": 1, "description": "a text"})
]
Slug = Annotated[str, PlainValidator(_slug), _string("small letters, digits and hyphens", pattern=_SLUG_PATTERN)]
Name = Annotated[
    str, PlainValidator(_name), WithJsonSchema({"type": ["string", "number"], "description": "a name, without '*'"})
]
SeverityWord = Annotated[
    Severity, PlainValidator(_severity), _string("how bad a finding is", enum=[severity.word for severity in Severity])
]
RoleWord = Annotated[str, PlainValidator(read_role), _string("what the segment is for", enum=_ROLES)]
Day = Annotated[date, PlainValidator(_day), _string("a date such as 2027-03-31, inclusive", format="date")]
ServiceWord = Annotated[
    Service, PlainValidator(_service), _string("tcp/443, udp/8000-8100, tcp/80,443, icmp/8, esp, or any")
]
PrefixWord = Annotated[Prefix, PlainValidator(_prefix), _string("an address or prefix of either family")]
AddressWord = Annotated[Prefix, PlainValidator(read_address), _string("one address of either family")]
EdgeSelector = Annotated[
    Selector,
    PlainValidator(
        _selector(
            SelectorKind.INTERFACE,
            SelectorKind.ZONE,
            SelectorKind.SEGMENT,
            SelectorKind.PREFIX,
            meant="write if=DEVICE/INTERFACE, zone=NAME or a prefix",
        )
    ),
    _string("if=DEVICE/INTERFACE, zone=NAME or a prefix"),
]
MemberSelector = Annotated[
    Selector,
    PlainValidator(
        _selector(
            SelectorKind.INTERFACE,
            SelectorKind.ZONE,
            SelectorKind.SEGMENT,
            SelectorKind.HOST,
            SelectorKind.PREFIX,
            meant="write if=DEVICE/INTERFACE, zone=DEVICE:ZONE, segment=PREFIX, host=ADDRESS or a prefix",
        )
    ),
    _string("if=DEVICE/INTERFACE, zone=DEVICE:ZONE, segment=PREFIX, host=ADDRESS or a prefix"),
]
PatternSelector = Annotated[
    Selector, PlainValidator(_selector(meant="", pattern=True)), _string(f"{_SELECTOR_FORMS}; '*' for any")
]
# Not ParameterValue: pydantic would unfold the recursive alias, which the validator makes needless.
Parameter = Annotated[object, PlainValidator(_parameter), WithJsonSchema({})]


class _File(BaseModel):
    # Most runs read a policy alone: the validators of the other files are made when they are asked for.
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True)


class StandardItem(_File):
    """A document that references point to."""

    title: Text
    title_ja: Text


class SectionItem(_File):
    """A question that the policy asks."""

    id: Slug
    title: Text
    title_ja: Text


class ControlItem(_File):
    """A check bound into the policy."""

    check: Slug = Field(description="slug of the check; `segaudit checks` lists them")
    id: Slug | None = Field(default=None, description="name of the control; the check's slug where it is left out")
    title: Text
    title_ja: Text
    section: Slug | None = None
    severity: SeverityWord | None = Field(default=None, description="replaces the check's own severity")
    parameters: dict[str, Parameter] = Field(default_factory=dict, description="what `segaudit checks SLUG` lists")
    references: dict[str, list[Text]] = Field(
        default_factory=dict, description="ids of items, by a standard named under `standards`"
    )


class PolicyFile(_File):
    """A policy: checks as controls."""

    name: Slug
    title: Text
    title_ja: Text
    description: Text | None = None
    description_ja: Text | None = None
    standards: dict[str, StandardItem] = Field(default_factory=dict)
    sections: list[SectionItem] = Field(default_factory=list)
    controls: list[ControlItem] = Field(min_length=1)


class ZoneItem(_File):
    """A zone, its role and what belongs to it."""

    role: RoleWord | None = Field(default=None, description="left to the evidence where it is left out")
    members: list[MemberSelector] = Field(default_factory=list)


class HostItem(_File):
    """A host whose kind matters."""

    name: Name | None = None
    address: AddressWord
    role: RoleWord | None = None


class PublishItem(_File):
    """What is meant to be reachable from outside, by its outside address."""

    to: PrefixWord
    service: ServiceWord
    owner: Text | None = None
    note: Text | None = None


class ReportItem(_File):
    """What stands on the title page of a report."""

    client: Text | None = None
    title: Text | None = None
    auditor: Text | None = None
    period: Text | None = None
    scope: Text | None = None
    classification: Text | None = None
    revision: Text | None = None


class WaiverItem(_File):
    """A risk that somebody accepts until a day."""

    check: Slug = Field(description="slug of the check whose findings it covers")
    source: PatternSelector | None = Field(default=None, alias="from")
    destination: PatternSelector | None = Field(default=None, alias="to")
    service: ServiceWord | None = Field(default=None, description="any service where it is left out")
    reason: Text
    owner: Text
    ticket: Text | None = None
    expires: Day
    scope: Literal["packets", "zone"] = Field(
        default="packets", description="`zone` where whole zones are meant, which the report then says"
    )

    @model_validator(mode="after")
    def _names_its_packets(self) -> Self:
        ends = {"from": self.source, "to": self.destination}
        if not any(ends.values()):
            raise ValueError("the waiver names no packets: write 'from', 'to' or both")
        for key, end in ends.items():
            whole = end is not None and end.kind in _WHOLE_ZONES
            if whole and self.scope != "zone":
                raise ValueError(f"'{key}: {end}' means whole zones: write a prefix, or say so with 'scope: zone'")
        return self


_WHOLE_ZONES: Final = frozenset({SelectorKind.ZONE, SelectorKind.ROLE, SelectorKind.INTERNET, SelectorKind.ALL})


class SiteFile(_File):
    """The facts that no configuration holds; every key may be left out."""

    internet: list[EdgeSelector] = Field(default_factory=list, description="where the outside is")
    sites: dict[Name, list[Text]] = Field(default_factory=dict, description="which input files belong together")
    zones: dict[Name, ZoneItem] = Field(default_factory=dict)
    hosts: list[HostItem] = Field(default_factory=list, description="inventory, or the name of a CSV file")
    publish: list[PublishItem] = Field(default_factory=list)
    report: ReportItem = Field(default_factory=ReportItem)
    waivers: list[WaiverItem] = Field(default_factory=list)


class WaiversFile(_File):
    """Waivers; in the file they are the list itself."""

    waivers: list[WaiverItem]


def known_keys(model: type[BaseModel], location: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys that may stand in the mapping at ``location`` of a file of ``model``; empty where any may."""
    here: object = model
    for step in location:
        here = _inside(here, step)
    if not (isinstance(here, type) and issubclass(here, BaseModel)):
        return ()
    return tuple(field.alias or name for name, field in here.model_fields.items())


def _inside(annotation: object, step: str | int) -> object:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            if step in {name, field.alias}:
                return field.annotation
        return None
    if get_origin(annotation) is list:
        return get_args(annotation)[0]
    if get_origin(annotation) is dict:
        return get_args(annotation)[1]
    return None
