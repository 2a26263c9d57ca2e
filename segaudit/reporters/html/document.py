"""The report as a page: values for the template, and the template filled.

Every text is escaped by Jinja2; nothing of a report is ever marked as safe. The policy of the page (CSP) allows the one
style and the one script that it holds, by their hashes, and nothing else: no network, no inline handlers, no images.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from segaudit.findings import ranges, wording
from segaudit.findings.openness import Openness
from segaudit.findings.page import Code
from segaudit.findings.report import CheckRun, EvidenceReport, FindingReport, LedgerCounts, Report, ZoneReport
from segaudit.findings.wording import Headline
from segaudit.knowledge.columns import clean
from segaudit.knowledge.language import Language
from segaudit.model import Message, Severity
from segaudit.model.message import MessageParam
from segaudit.reporter import ReporterOptions

if TYPE_CHECKING:
    from jinja2 import Environment

#: Zones of a matrix by zone; more are gathered by role. Zones up to which a cell names its services.
MOST_ZONES, MOST_WITH_SERVICES = 40, 8
#: Lines that are not modelled, open pairs, and boxes of a finding that the page names; the rest is counted.
MOST_NOT_MODELLED, MOST_PAIRS, MOST_BOXES = 200, 400, 12
#: Headlines of one check, and findings that follow from one, that are told whole; further ones are rows of a table.
MOST_WHOLE, MOST_FOLLOWING = 100, 20
#: Signs for a zone's role; where a person has said it, less is needed.
MOST_SIGNS, MOST_SIGNS_DECLARED = 6, 2
#: Characters of a quoted line.
MOST_CHARACTERS = 400
#: Headlines that stand on the first screen.
MOST_FIRST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The headlines of one check, with what its page says; ``None`` where the report carries no page."""

    title: Message
    slug: str
    run: CheckRun | None
    headlines: tuple[Headline, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The findings that answer one question, and those that stand elsewhere under their cause."""

    number: int
    title: Message
    answer: wording.Answer
    groups: tuple[Group, ...]
    elsewhere: tuple[tuple[FindingReport, FindingReport], ...]


def render(report: Report, options: ReporterOptions) -> str:
    """The page in the language of ``options``."""
    language = Language(options.language)
    environment = _environment()
    heads = wording.headlines(report.findings)
    style, script = _source("style.css"), _source("script.js")
    return (
        environment.get_template("report.html")
        .render(
            report=report,
            lang=language.code,
            _=_gettext(language),
            gettext=_gettext(language),
            ngettext=_ngettext(language),
            say=language.say,
            style=_markup(style),
            script=_markup(script),
            policy=f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}';"
            " base-uri 'none'; form-action 'none'",
            wording=wording,
            ranges=ranges,
            zones=wording.zone_labels(report),
            roles={zone.name: zone for zone in report.zones},
            segments={segment.name: segment for segment in report.segments},
            grid=wording.grid(report, MOST_ZONES),
            with_services=MOST_WITH_SERVICES,
            most_pairs=MOST_PAIRS,
            most_not_modelled=MOST_NOT_MODELLED,
            most_boxes=MOST_BOXES,
            most_whole=MOST_WHOLE,
            most_following=MOST_FOLLOWING,
            rest=_rest,
            evidence=lambda zone: _evidence(zone, language),
            short=_short,
            opened=wording.open_cells(report),
            openness=list(Openness),
            severities=list(reversed(Severity)),
            first=_first(heads, language),
            questions=_questions(report, heads),
            accepted=[finding for finding in report.findings if not finding.counts],
            anchors=_anchors(report),
            ledger=report.ledger(),
            shares=_shares(report.ledger()),
            is_code=lambda block: isinstance(block, Code),
        )
        .rstrip()
        + "\n"
    )


def _questions(report: Report, heads: tuple[Headline, ...]) -> tuple[Question, ...]:
    runs: dict[str, CheckRun] = {}
    for run in report.checks:
        runs.setdefault(run.slug, run)
    found: list[Question] = []
    for answer in wording.answers(report):
        mine = [h for h in heads if h.finding.question == answer.question]
        groups: dict[str, list[Headline]] = {}
        for headline in mine:
            groups.setdefault(headline.finding.check, []).append(headline)
        found.append(
            Question(
                number=answer.question,
                title=answer.title,
                answer=answer,
                groups=tuple(
                    Group(
                        title=headlines[0].finding.check_title,
                        slug=slug,
                        run=runs.get(slug),
                        headlines=tuple(headlines),
                    )
                    for slug, headlines in groups.items()
                ),
                elsewhere=tuple(
                    (consequence, h.finding)
                    for h in heads
                    if h.finding.question != answer.question
                    for consequence in h.consequences
                    if consequence.question == answer.question
                ),
            )
        )
    return tuple(found)


def _first(heads: tuple[Headline, ...], language: Language) -> list[FindingReport]:
    """What to close first: the worst headlines that count, each title once."""
    found: dict[str, FindingReport] = {}
    for headline in heads:
        if headline.finding.counts and headline.finding.severity >= Severity.MEDIUM:
            found.setdefault(language.say(headline.finding.title), headline.finding)
    return list(found.values())[:MOST_FIRST]


def _evidence(zone: ZoneReport, language: Language) -> list[tuple[EvidenceReport, list[str]]]:
    """The strongest signs for a zone's role, each once with the places that show it."""
    signs: dict[str, tuple[EvidenceReport, dict[str, None]]] = {}
    for sign in [one for one in zone.evidence if one.weight > 0] or zone.evidence:
        _, places = signs.setdefault(f"{sign.role} {language.say(sign.sign)}", (sign, {}))
        if sign.span is not None:
            places[str(sign.span)] = None
    most = MOST_SIGNS_DECLARED if zone.declared else MOST_SIGNS
    return [(sign, list(places)) for sign, places in signs.values()][:most]


def _rest(headlines: tuple[Headline, ...]) -> tuple[FindingReport, ...]:
    """The findings of headlines that are not told whole."""
    return tuple(finding for one in headlines for finding in (one.finding, *one.consequences))


def _short(line: str) -> str:
    return line if len(line) <= MOST_CHARACTERS else line[:MOST_CHARACTERS] + " ..."


def _anchors(report: Report) -> Mapping[int, str]:
    """An id for every finding, by its identity: the beginning of its fingerprint, numbered where that repeats."""
    seen: dict[str, int] = {}
    anchors: dict[int, str] = {}
    for finding in report.findings:
        mark = finding.fingerprint[:12]
        seen[mark] = seen.get(mark, 0) + 1
        anchors[id(finding)] = f"f-{mark}" if seen[mark] == 1 else f"f-{mark}-{seen[mark]}"
    return anchors


def _shares(counts: LedgerCounts) -> tuple[tuple[str, int, float, float], ...]:
    """State, lines, and where its part of a bar of 100 begins and how wide it is."""
    named = (
        ("modelled", counts.modelled),
        ("approximated", counts.approximated),
        ("irrelevant", counts.irrelevant),
        ("unsupported", counts.unsupported),
        ("unrecognized", counts.unrecognized),
    )
    shares: list[tuple[str, int, float, float]] = []
    begin = 0.0
    for state, lines in named:
        width = round(100 * lines / max(counts.total, 1), 3)
        shares.append((state, lines, round(begin, 3), width))
        begin += width
    return tuple(shares)


def _gettext(language: Language) -> Callable[..., str]:
    def gettext(template: str, **params: MessageParam) -> str:
        return language.say(Message(template, params))  # messages: the templates

    return gettext


def _ngettext(language: Language) -> Callable[..., str]:
    def ngettext(template: str, plural: str, count: int, **params: MessageParam) -> str:
        return language.say(Message(template, {**params, "count": count}, plural))  # messages: the templates

    return ngettext


def _markup(ours: str) -> str:
    """A file of this folder, which is not escaped; never anything of a report."""
    from markupsafe import Markup

    return Markup(ours)  # noqa: S704 package data


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("segaudit.reporters.html", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    # Findings are equal by value; an anchor belongs to one of them.
    environment.filters["id"] = id
    return environment


def _harmless(value: object) -> object:
    """What is not markup of ours as one line without control and formatting characters, which could mirror the text."""
    from markupsafe import Markup

    return value if isinstance(value, Markup) else clean(str(value))


@lru_cache(maxsize=2)
def _source(name: str) -> str:
    environment = _environment()
    assert environment.loader is not None, "the environment above has one"
    return environment.loader.get_source(environment, name)[0].strip("\n")
