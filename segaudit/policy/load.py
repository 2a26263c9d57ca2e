"""From the text of a policy, site or waivers file to values, or to all that is wrong with it.

Nothing here reads a file but those that ship with segaudit: the pipeline hands in text and the path to name in errors.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal, TypeVar, assert_never, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from segaudit.knowledge.protocols import is_link_local
from segaudit.knowledge.shipped import read_shipped, shipped_names
from segaudit.model.service import Service
from segaudit.model.site import InternetEdge, Publish, SiteGroup, SiteHost, ZoneSpec
from segaudit.model.source import Span
from segaudit.policy.errors import LocatedError, PolicyError, nearest, nearest_key
from segaudit.policy.located_yaml import MAXIMUM_CHARACTERS, MAXIMUM_ERRORS, Location, Node, read_yaml
from segaudit.policy.schemas import (
    ControlItem,
    PolicyFile,
    SiteFile,
    WaiverItem,
    WaiversFile,
    described,
    known_keys,
    read_address,
    read_role,
)
from segaudit.policy.values import (
    Control,
    ParameterValue,
    Policy,
    Reference,
    ReportInfo,
    Section,
    Site,
    Standard,
    Waiver,
)

SchemaKind = Literal["site", "policy", "waivers"]
_Model = TypeVar("_Model", bound=BaseModel)
_HOST_COLUMNS: Final = ("name", "address", "role")


class _Place:
    """A tree with the path of its file: makes spans and errors."""

    def __init__(self, path: str, node: Node) -> None:
        self.path = path
        self.node = node

    def span(self, *location: str | int) -> Span:
        first, last = self.node.lines(location)
        return Span(path=self.path, first_line=first, last_line=last)

    def error(self, location: Location, problem: str, *, at_key: bool = False) -> LocatedError:
        line, column = self.node.key_place(location) if at_key else self.node.place(location)
        return LocatedError(path=self.path, line=line, column=column, problem=problem)


def load_policy(text: str, path: str) -> Policy:
    """The policy in ``text``; `PolicyError` tells all that is wrong with it."""
    node = read_yaml(text, path)
    if node is None:
        raise _empty(path, "a policy needs 'name', 'title', 'title_ja' and 'controls'")
    place = _Place(path, node)
    item = _validated(PolicyFile, node.plain(), place)
    controls = tuple(_control(control, place, number) for number, control in enumerate(item.controls))
    errors = [
        *_repeated((control.id for control in controls), place, "controls", "id", "check"),
        *_repeated((section.id for section in item.sections), place, "sections", "id"),
    ]
    sections = {section.id for section in item.sections}
    for number, control in enumerate(item.controls):
        if control.section is not None and control.section not in sections:
            problem = f"no section {control.section!r}{nearest(control.section, sections)}"
            errors.append(place.error(("controls", number, "section"), problem))
        for standard in control.references:
            if standard not in item.standards:
                problem = f"no standard {standard!r} under 'standards'{nearest(standard, item.standards)}"
                errors.append(place.error(("controls", number, "references", standard), problem, at_key=True))
    if errors:
        raise PolicyError(errors)
    return Policy(
        name=item.name,
        title=item.title,
        title_ja=item.title_ja,
        path=path,
        controls=controls,
        description=item.description or "",
        description_ja=item.description_ja or "",
        sections=tuple(Section(id=each.id, title=each.title, title_ja=each.title_ja) for each in item.sections),
        standards=tuple(
            Standard(id=key, title=each.title, title_ja=each.title_ja) for key, each in item.standards.items()
        ),
    )


def load_site(text: str, path: str) -> Site:
    """The site facts in ``text``, none where it is empty; `PolicyError` tells all that is wrong with it.

    Where ``hosts`` names a CSV file, `Site.hosts_file` is that name and `load_hosts` reads it.
    """
    node = read_yaml(text, path)
    if node is None:
        return Site()
    place = _Place(path, node)
    plain = node.plain()
    hosts_file = ""
    if isinstance(plain, dict) and isinstance(plain.get("hosts"), str):
        hosts_file = str(plain.pop("hosts"))
    item = _validated(SiteFile, plain, place)
    hosts = tuple(
        SiteHost(name=host.name or "", address=host.address, role=host.role or "", span=place.span("hosts", number))
        for number, host in enumerate(item.hosts)
    )
    zones = tuple(
        ZoneSpec(name=name, role=zone.role or "", members=tuple(zone.members), span=place.span("zones", name))
        for name, zone in item.zones.items()
    )
    if errors := [*_conflicting_hosts(hosts, place), *_shared_members(zones, place)]:
        raise PolicyError(errors)
    return Site(
        internet=tuple(
            InternetEdge(at=edge, span=place.span("internet", number)) for number, edge in enumerate(item.internet)
        ),
        groups=tuple(
            SiteGroup(name=name, globs=tuple(globs), span=place.span("sites", name))
            for name, globs in item.sites.items()
        ),
        zones=zones,
        hosts=hosts,
        hosts_file=hosts_file,
        publish=tuple(
            Publish(
                to=publish.to,
                service=publish.service,
                owner=publish.owner or "",
                note=publish.note or "",
                span=place.span("publish", number),
            )
            for number, publish in enumerate(item.publish)
        ),
        report=ReportInfo(**{key: value or "" for key, value in item.report.model_dump().items()}),
        waivers=tuple(_waiver(waiver, place.span("waivers", n)) for n, waiver in enumerate(item.waivers)),
    )


def load_waivers(text: str, path: str) -> tuple[Waiver, ...]:
    """The waivers in ``text``, none where it is empty; `PolicyError` tells all that is wrong with it."""
    node = read_yaml(text, path)
    if node is None:
        return ()
    place = _Place(path, node)
    if node.items is None:
        found = described(node.plain())
        hint = " (waivers in a site file stand under 'waivers:', in a file of their own they are the list itself)"
        raise PolicyError([place.error((), f"expected a list of waivers, found {found}{hint if node.entries else ''}")])
    item = _validated(WaiversFile, {"waivers": node.plain()}, place, skip=1)
    return tuple(_waiver(waiver, place.span(number)) for number, waiver in enumerate(item.waivers))


def load_hosts(text: str, path: str) -> tuple[SiteHost, ...]:
    """The inventory in the CSV ``text``: a header with ``address`` and, if wanted, ``name`` and ``role``.

    Other columns are kept out. `PolicyError` tells all that is wrong with it.
    """

    def error(line: int, problem: str) -> LocatedError:
        return LocatedError(path=path, line=line, column=1, problem=problem)

    if len(text) > MAXIMUM_CHARACTERS:
        raise PolicyError([error(1, f"too large: {len(text)} characters, at most {MAXIMUM_CHARACTERS} are read")])
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    errors: list[LocatedError] = []
    hosts: list[SiteHost] = []
    columns: dict[str, int] = {}
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if not columns:
                columns = {cell.strip().lower(): number for number, cell in enumerate(row)}
                if "address" not in columns:
                    found = nearest("address", columns)
                    raise PolicyError([error(reader.line_num, f"the header has no column 'address'{found}")])
                continue
            cells = {
                name: row[columns[name]].strip()
                for name in _HOST_COLUMNS
                if name in columns and columns[name] < len(row)
            }
            try:
                address = read_address(cells.get("address", ""))
                role = read_role(cells["role"]) if cells.get("role") else ""
            except ValueError as problem:
                errors.append(error(reader.line_num, str(problem)))
                if len(errors) >= MAXIMUM_ERRORS:
                    errors.append(error(reader.line_num, "too many mistakes: the rest of the file was not read"))
                    break
                continue
            span = Span(path=path, first_line=reader.line_num, last_line=reader.line_num)
            hosts.append(SiteHost(name=cells.get("name", ""), address=address, role=role, span=span))
    except csv.Error as problem:
        errors.append(error(max(1, reader.line_num), f"no valid CSV: {problem}"))
    errors.extend(error(host.span.first_line, problem) for host, problem in _conflicts(hosts))
    if errors:
        raise PolicyError(errors)
    return tuple(hosts)


def require_checks(policy: Policy, known: Iterable[str]) -> None:
    """`PolicyError` where a control of ``policy`` binds a check that is not among the ``known`` slugs."""
    slugs = set(known)
    errors = [
        LocatedError(
            path=control.span.path,
            line=control.span.first_line,
            column=1,
            problem=f"control {control.id!r}: there is no check {control.check!r}{nearest(control.check, slugs)}",
        )
        for control in policy.controls
        if control.check not in slugs
    ]
    if errors:
        raise PolicyError(errors)


@lru_cache(maxsize=1)
def shipped_policies() -> tuple[str, ...]:
    """The names of the policies that ship with segaudit, sorted."""
    return tuple(
        name.removesuffix(".yaml")
        for name in shipped_names()
        if re.search(r"^controls:", read_shipped(name), re.MULTILINE)
    )


@lru_cache(maxsize=16)
def shipped_policy(name: str) -> Policy:
    """The shipped policy ``name``; `PolicyError` with the nearest name where there is none."""
    if name not in shipped_policies():
        known = shipped_policies()
        hint = nearest(name, known) or f"; there are {', '.join(known)}"
        raise PolicyError([LocatedError(path=name, line=1, column=1, problem=f"no policy of that name{hint}")])
    return load_policy(read_shipped(f"{name}.yaml"), f"{name}.yaml")


def json_schema(kind: SchemaKind) -> dict[str, object]:
    """The JSON Schema (draft-07) of a kind of file, for editors."""
    match kind:
        case "site":
            model: type[BaseModel] = SiteFile
        case "policy":
            model = PolicyFile
        case "waivers":
            model = WaiversFile
        case _:
            assert_never(kind)
    schema = model.model_json_schema(ref_template="#/definitions/{model}")
    schema = {"definitions" if key == "$defs" else key: value for key, value in schema.items()}
    properties = cast("dict[str, dict[str, object]]", schema["properties"])
    if kind == "site":
        inline = properties["hosts"]
        by_name = {"type": "string", "description": "name of a CSV file with the columns name, address, role"}
        properties["hosts"] = {"anyOf": [inline, by_name], "description": inline.pop("description", "")}
    if kind == "waivers":
        schema = {**properties["waivers"], "definitions": schema["definitions"], "description": schema["description"]}
    untitled = cast("dict[str, object]", _without_titles(schema))
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": f"segaudit {kind} file", **untitled}


def _without_titles(schema: object, *, names: bool = False) -> object:
    """``schema`` without the titles that pydantic makes of names; under ``properties`` a ``title`` is a name."""
    if isinstance(schema, list):
        return [_without_titles(item) for item in schema]
    if isinstance(schema, dict):
        return {
            key: _without_titles(value, names=key in {"properties", "definitions"} and not names)
            for key, value in schema.items()
            if names or key != "title"
        }
    return schema


def _empty(path: str, needed: str) -> PolicyError:
    return PolicyError([LocatedError(path=path, line=1, column=1, problem=f"the file is empty: {needed}")])


def _validated(model: type[_Model], plain: object, place: _Place, *, skip: int = 0) -> _Model:
    try:
        return model.model_validate(plain)
    except ValidationError as error:
        details = error.errors(include_url=False)[:MAXIMUM_ERRORS]
        mistyped = {
            (*each["loc"][:-1], key)
            for each in details
            if each["type"] == "extra_forbidden"
            for key in nearest_key(str(each["loc"][-1]), known_keys(model, each["loc"][:-1]))
        }
        # A key that is there but mistyped is told once, not also as missing.
        told = [each for each in details if each["type"] != "missing" or each["loc"] not in mistyped]
        raise PolicyError([_located(model, each, place, skip) for each in told]) from None


def _located(model: type[BaseModel], error: ErrorDetails, place: _Place, skip: int) -> LocatedError:
    location = error["loc"]
    shown = location[skip:]
    found = described(error.get("input"))
    context = error.get("ctx", {})
    if shown and shown[-1] == "[key]":
        return place.error(shown[:-1], str(context.get("error", error["msg"])), at_key=True)
    match error["type"]:
        case "extra_forbidden":
            known = known_keys(model, location[:-1])
            word = str(shown[-1])
            hint = nearest(word, known) or (f"; known are {', '.join(known)}" if known else "")
            return place.error(shown, f"unknown key {word!r}{hint}", at_key=True)
        case "missing":
            return place.error(shown[:-1], f"the key {str(shown[-1])!r} is missing")
        case "value_error":
            problem = str(context.get("error", error["msg"]))
        case "model_type" | "dict_type":
            problem = f"expected keys and values, found {found}"
        case "list_type":
            problem = f"expected a list, found {found}"
        case "too_short":
            problem = "expected a list with at least one item, found an empty one"
        case "literal_error":
            known = tuple(re.findall(r"'([^']*)'", str(context.get("expected", ""))))
            problem = f"{found} cannot stand here: write {' or '.join(known)}{nearest(str(error.get('input')), known)}"
        case _:
            problem = error["msg"]
    return place.error(shown, problem)


def _repeated(names: Iterable[str], place: _Place, key: str, *fields: str) -> list[LocatedError]:
    errors: list[LocatedError] = []
    first: dict[str, int] = {}
    for number, name in enumerate(names):
        if name in first:
            line = place.node.place((key, first[name]))[0]
            errors.append(
                place.error(
                    (key, number, *_present(place, (key, number), fields)),
                    f"{name!r} stands twice under {key!r}; first on line {line}",
                )
            )
        first.setdefault(name, number)
    return errors


def _present(place: _Place, location: Location, fields: tuple[str, ...]) -> tuple[str, ...]:
    """The first of ``fields`` that is written in the mapping at ``location``, to point at."""
    node = place.node
    for step in location:
        found = node.step(step)
        if found is None:
            return ()
        node = found[1]
    return tuple(name for name in fields if node.step(name) is not None)[:1]


def _control(item: ControlItem, place: _Place, number: int) -> Control:
    parameters = cast("Mapping[str, ParameterValue]", item.parameters)
    return Control(
        id=item.id or item.check,
        check=item.check,
        title=item.title,
        title_ja=item.title_ja,
        span=place.span("controls", number),
        section=item.section or "",
        severity=item.severity,
        parameters=MappingProxyType(dict(parameters)),
        parameter_spans=MappingProxyType(
            {name: place.span("controls", number, "parameters", name) for name in parameters}
        ),
        references=tuple(
            Reference(standard=standard, item=each) for standard, items in item.references.items() for each in items
        ),
    )


def _waiver(item: WaiverItem, span: Span) -> Waiver:
    return Waiver(
        check=item.check,
        source=item.source,
        destination=item.destination,
        service=item.service or Service(),
        reason=item.reason,
        owner=item.owner,
        ticket=item.ticket or "",
        expires=item.expires,
        span=span,
        broad=item.scope == "zone",
    )


def _conflicts(hosts: Iterable[SiteHost]) -> Iterable[tuple[SiteHost, str]]:
    first: dict[tuple[int, int], SiteHost] = {}
    for host in hosts:
        earlier = first.setdefault((host.address.version, host.address.network), host)
        if earlier.role != host.role and earlier.role and host.role:
            address = str(host.address).partition("/")[0]
            yield host, f"{address} is a {host.role} here and a {earlier.role} on line {earlier.span.first_line}"


def _conflicting_hosts(hosts: tuple[SiteHost, ...], place: _Place) -> list[LocatedError]:
    numbers = {id(host): number for number, host in enumerate(hosts)}
    return [place.error(("hosts", numbers[id(host)]), problem) for host, problem in _conflicts(hosts)]


def _shared_members(zones: tuple[ZoneSpec, ...], place: _Place) -> list[LocatedError]:
    errors: list[LocatedError] = []
    first: dict[str, str] = {}
    for zone in zones:
        for number, member in enumerate(zone.members):
            if member.prefix is not None and is_link_local(member.prefix):
                # Every link has them: that a zone has no others is said of each by itself.
                continue
            spelled = str(member.prefix) if member.prefix else str(member)
            owner = first.setdefault(spelled, zone.name)
            if owner != zone.name:
                problem = f"{str(member)!r} already belongs to the zone {owner!r}"
                errors.append(place.error(("zones", zone.name, "members", number), problem))
    return errors
