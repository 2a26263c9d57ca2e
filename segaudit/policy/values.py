"""What policies, site files and waivers say, as values for the rooms that use them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from segaudit.model.message import Severity
from segaudit.model.selector import Selector
from segaudit.model.service import Service
from segaudit.model.site import InternetEdge, Publish, SiteGroup, SiteHost, ZoneSpec
from segaudit.model.source import Span

#: A parameter of a control; the check that it is for knows its type.
ParameterValue = None | bool | int | float | str | tuple["ParameterValue", ...] | Mapping[str, "ParameterValue"]


def _no_parameters() -> Mapping[str, ParameterValue]:
    return MappingProxyType({})


def _no_spans() -> Mapping[str, Span]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A document that controls refer to: ``id`` is the key in the policy, ``title`` names edition and issuer."""

    id: str
    title: str
    title_ja: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An item of a standard: its id there, never its text."""

    standard: str
    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A question that a policy asks; its controls answer it together."""

    id: str
    title: str
    title_ja: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A check bound into a policy.

    ``severity`` replaces the check's own where it is not ``None``. ``parameter_spans`` says where each parameter
    stands, for the error when the check does not know it.
    """

    id: str
    check: str
    title: str
    title_ja: str
    span: Span
    section: str = ""
    severity: Severity | None = None
    parameters: Mapping[str, ParameterValue] = field(default_factory=_no_parameters)
    parameter_spans: Mapping[str, Span] = field(default_factory=_no_spans)
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is judged: checks as controls, in the order in which a report shows them."""

    name: str
    title: str
    title_ja: str
    path: str
    controls: tuple[Control, ...]
    description: str = ""
    description_ja: str = ""
    sections: tuple[Section, ...] = ()
    standards: tuple[Standard, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInfo:
    """What stands on the title page; empty where the site file leaves it out."""

    client: str = ""
    title: str = ""
    auditor: str = ""
    period: str = ""
    scope: str = ""
    classification: str = ""
    revision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A risk that somebody accepts until ``expires`` (inclusive).

    It names packets: those from ``source`` to ``destination`` (``None``: everywhere) by ``service``; a finding is
    covered only if all its packets are among them. ``broad``: it may cover whole zones (``scope: zone``), which is
    itself reported.
    """

    check: str
    source: Selector | None
    destination: Selector | None
    service: Service
    reason: str
    owner: str
    expires: date
    span: Span
    ticket: str = ""
    broad: bool = False

    def in_force(self, today: date) -> bool:
        """Whether it still counts on ``today``."""
        return today <= self.expires


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The facts that no configuration holds. ``hosts_file`` names a CSV beside the site file, or is empty."""

    internet: tuple[InternetEdge, ...] = ()
    groups: tuple[SiteGroup, ...] = ()
    zones: tuple[ZoneSpec, ...] = ()
    hosts: tuple[SiteHost, ...] = ()
    hosts_file: str = ""
    publish: tuple[Publish, ...] = ()
    report: ReportInfo = field(default_factory=ReportInfo)
    waivers: tuple[Waiver, ...] = ()
