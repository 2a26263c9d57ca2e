"""The report as SARIF 2.1.0 (OASIS, with errata 01), as GitHub's code scanning reads it.

What GitHub does beyond the standard, by its page "SARIF support for code scanning": of the locations it shows the first
only, of the fingerprints it uses ``primaryLocationLineHash`` only, every result needs a location, names have at most 255
and descriptions at most 1,024 characters. It takes every kind of result for a failure, so what is clean is left out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from segaudit.findings import wording
from segaudit.findings.page import Block, Code
from segaudit.findings.report import CheckRun, FindingReport, LocationReport, Report
from segaudit.knowledge.language import Language
from segaudit.model import Certainty, Message, Severity, Span, msg
from segaudit.reporter import Reporter, ReporterOptions

#: What `json.dumps` takes.
Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: The folder that the inputs were read from; its place is the consumer's business (SARIF 3.14.14).
_ROOT = "%SRCROOT%"

_LEVELS: Mapping[Severity, str] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
#: GitHub reads above 9.0 as critical, from 7.0 as high, from 4.0 as medium, above 0 as low.
_SCORES: Mapping[Severity, str] = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.5",
    Severity.INFO: "0.5",
}
_TAGS: Mapping[int, str] = {
    1: "inbound",
    2: "shared-segments",
    3: "micro-segmentation",
    4: "default-permit",
    5: "remote-access",
    0: "hygiene",
}
#: Characters of a description, and results of a run, that GitHub takes.
_MOST_CHARACTERS, _MOST_RESULTS = 1024, 25_000
#: IANA names of the encodings that inputs are read in.
_CHARSETS: Mapping[str, str] = {"cp932": "Windows-31J", "latin-1": "ISO-8859-1", "utf-8": "UTF-8", "utf-8-sig": "UTF-8"}


def render(report: Report, options: ReporterOptions) -> str:
    """The log, indented, with a line end; ASCII only."""
    return json.dumps(_Log(report, Language(options.language)).log(), indent=2, ensure_ascii=True) + "\n"


def merged(documents: Sequence[str]) -> str:
    """Several logs as one with all of their runs, each told apart by its first input."""
    logs = [json.loads(one) for one in documents]
    runs = [run for log in logs for run in log["runs"]]
    for run in runs:
        for artifact in run["artifacts"][:1]:
            run["automationDetails"]["id"] += f"{artifact['location']['uri']}/"
    return json.dumps({**logs[0], "runs": runs}, indent=2, ensure_ascii=True) + "\n"


class _Log:
    """One rendering."""

    def __init__(self, report: Report, language: Language) -> None:
        self.report = report
        self.language = language
        self.say = language.say
        # Of a check that several controls bind, the first speaks for the rule.
        runs: dict[str, CheckRun] = {}
        for run in report.checks:
            runs.setdefault(run.slug, run)
        self.runs = runs
        self.rules = {slug: place for place, slug in enumerate(runs)}
        self.artifacts = {one.path: place for place, one in enumerate(report.inputs)}

    def log(self) -> Json:
        report = self.report
        policies = "+".join(policy.name for policy in report.policies)
        return {
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": "segaudit",
                            "version": report.tool_version,
                            "semanticVersion": report.tool_version,
                            "shortDescription": self.text(
                                msg("Shows how far an intruder gets through firewalls, and which lines let him.")
                            ),
                            "rules": [self.rule(run) for run in self.runs.values()],
                            "notifications": [
                                self.notification("input-failed", _INPUT_FAILED, _HOW_TO_READ_IT),
                                self.notification("not-modelled", _NOT_MODELLED, _HOW_TO_SEE_THEM),
                            ],
                        }
                    },
                    "automationDetails": {"id": f"segaudit/{quote(policies)}/"},
                    "language": self.language.code,
                    "columnKind": "unicodeCodePoints",
                    "originalUriBaseIds": {
                        _ROOT: {"description": self.text(msg("The folder that the inputs were read from."))}
                    },
                    "invocations": [
                        {
                            "executionSuccessful": report.complete,
                            "toolExecutionNotifications": list(self.notifications()),
                        }
                    ],
                    "artifacts": [self.artifact(place) for place in range(len(report.inputs))],
                    "results": list(self.results()),
                    "properties": {"asOf": report.as_of, "complete": report.complete},
                }
            ],
        }

    def text(self, message: Message | str) -> Json:
        return {"text": self.say(message)}

    def notification(self, name: str, what: Message, help_: Message) -> Json:
        described = self.text(what)
        return {"id": name, "shortDescription": described, "fullDescription": described, "help": self.text(help_)}

    # Rules -----------------------------------------------------------------------------------------------------------

    def rule(self, run: CheckRun) -> Json:
        finds = " ".join(self.say(block) for block in run.page.finds if isinstance(block, Message))
        full = f"{self.say(run.page.title)} {finds}"
        return {
            "id": run.slug,
            "name": "".join(word.capitalize() for word in run.slug.split("-")),
            "shortDescription": {"text": _cut(self.say(run.title))},
            "fullDescription": {"text": _cut(full)},
            "help": {"text": self.help(run, markdown=False), "markdown": self.help(run, markdown=True)},
            "defaultConfiguration": {"level": _LEVELS[run.severity]},
            "properties": {
                "tags": ["security", "firewall", "segmentation", _TAGS[run.question]],
                "precision": "high",
                "problem.severity": {"note": "recommendation"}.get(_LEVELS[run.severity], _LEVELS[run.severity]),
                "security-severity": _SCORES[run.severity],
            },
        }

    def help(self, run: CheckRun, *, markdown: bool) -> str:
        """The page of the check."""
        parts: list[str] = [f"# {self.say(run.title)}" if markdown else self.say(run.title)]
        for heading, blocks in run.page.sections:
            parts.append(f"## {self.say(heading)}" if markdown else self.say(heading).upper())
            parts += [self.block(block, markdown=markdown) for block in blocks]
        if run.references:
            above = self.say(msg("References"))
            parts.append(f"## {above}" if markdown else above.upper())
            lines = [f"{self.say(one.document)} {one.item}".rstrip() for one in run.references]
            parts.append("\n".join(f"- {line}" for line in lines))
        return "\n\n".join(parts)

    def block(self, block: Block, *, markdown: bool) -> str:
        if isinstance(block, Code):
            lines = "\n".join(block.lines)
            return f"```\n{lines}\n```" if markdown else lines
        return self.say(block)

    # Results ---------------------------------------------------------------------------------------------------------

    def results(self) -> Iterator[Json]:
        """What counts, worst first. Accepted findings are left out: GitHub would show them as alerts."""
        compared = any(finding.status == "existing" for finding in self.report.findings)
        seen: Counter[str] = Counter()
        counting = [finding for finding in self.report.findings if finding.counts]
        for finding in counting[:_MOST_RESULTS]:
            seen[finding.fingerprint] += 1
            place, *others = finding.locations or self.somewhere()
            confirmed = finding.certainty is Certainty.CONFIRMED
            yield {
                "ruleId": finding.check,
                **({"ruleIndex": self.rules[finding.check]} if finding.check in self.rules else {}),
                "kind": "fail" if confirmed else "review",
                "level": _LEVELS[finding.severity] if confirmed else "none",
                "message": {"text": self.message(finding)},
                "locations": [self.location(place)],
                "relatedLocations": [
                    {
                        "id": n,
                        **self.location(other),
                        "message": self.text(msg("This line takes part: {place}", place=str(other.span))),
                    }
                    for n, other in enumerate(others, start=1)
                ],
                "partialFingerprints": {
                    "primaryLocationLineHash": f"{finding.fingerprint[:16]}:{seen[finding.fingerprint]}",
                    "segaudit/v1": finding.fingerprint,
                },
                **({"baselineState": "unchanged" if finding.status == "existing" else "new"} if compared else {}),
                "properties": {
                    "severity": finding.severity.word,
                    "security-severity": _SCORES[finding.severity],
                    "certainty": finding.certainty.value,
                    "control": finding.control,
                    "fromZone": finding.from_zone,
                    "toZone": finding.to_zone,
                    "services": list(finding.services),
                    "cause": finding.cause,
                },
            }

    def somewhere(self) -> tuple[LocationReport, ...]:
        """A place for a finding that points at none: GitHub refuses a result without."""
        path = self.report.inputs[0].path if self.report.inputs else "."
        return (LocationReport(span=Span(path=path, first_line=1, last_line=1), lines=(), primary=True),)

    def message(self, finding: FindingReport) -> str:
        """What is wrong, how sure that is, the packet that proves it, and what to do; one paragraph each."""
        parts = [f"{self.say(finding.title)}.", self.say(finding.message)]
        if finding.certainty is Certainty.POSSIBLE:
            reasons = ("; " if self.language.code == "en" else "、").join(map(self.say, finding.certainty_reasons))
            parts.append(self.say(msg("Possible, not confirmed: {reasons}.", reasons=reasons)))
        witness = finding.witness
        if witness is not None:
            sent, received = wording.packet_text(witness.sent), wording.packet_text(witness.received)
            parts.append(
                self.say(
                    msg("Proof: {sent}.", sent=sent)
                    if witness.sent == witness.received
                    else msg("Proof: {sent}, received as {received}.", sent=sent, received=received)
                )
            )
        parts.append(self.say(finding.remediation))
        # In message text, brackets make links and backslashes escape them (SARIF 3.11.6).
        return "\n\n".join(parts).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")

    # Places ----------------------------------------------------------------------------------------------------------

    def location(self, place: LocationReport) -> dict[str, Json]:
        region: dict[str, Json] = {"startLine": place.span.first_line, "startColumn": 1}
        if place.lines:
            region["endLine"] = place.span.first_line + len(place.lines) - 1
            region["endColumn"] = len(place.lines[-1]) + 1
            region["snippet"] = {"text": "\n".join(place.lines)}
        else:
            region["endLine"] = place.span.last_line
        return {"physicalLocation": {"artifactLocation": self.at(place.span.path), "region": region}}

    def at(self, path: str) -> dict[str, Json]:
        """A path as a relative URI reference."""
        index = self.artifacts.get(path)
        uri = quote(path.replace("\\", "/"), safe="/")
        # A colon in the first part of a relative reference would be read as a scheme; quote() has already encoded it.
        return {"uri": uri.lstrip("/"), "uriBaseId": _ROOT, **({} if index is None else {"index": index})}

    def artifact(self, place: int) -> Json:
        one = self.report.inputs[place]
        location = self.at(one.path)
        del location["index"]
        return {
            "location": location,
            "roles": ["analysisTarget"],
            "encoding": _CHARSETS.get(one.encoding, one.encoding),
            "hashes": {"sha-256": one.sha256},
            "properties": {"format": one.format, "devices": list(one.devices), "lines": one.lines},
        }

    def notifications(self) -> Iterator[Json]:
        """Inputs that could not be read, and how many lines of the others are not modelled."""
        for failure in self.report.failures:
            span = Span(path=failure.path, first_line=failure.line or 1, last_line=failure.line or 1)
            place = LocationReport(span=span, lines=(), primary=True)
            yield {
                "descriptor": {"id": "input-failed", "index": 0},
                "level": "error",
                "message": {"text": f"{failure.path}: {self.say(failure.problem)}"},
                "locations": [self.location(place)],
            }
        first = {line.span.path: line.span for line in reversed(self.report.not_modelled)}
        for one in self.report.inputs:
            missing = one.ledger.unsupported + one.ledger.unrecognized
            if missing and one.path in first:
                said = msg(
                    "{path}: one line could bear on access and is not modelled",
                    plural="{path}: {count} lines could bear on access and are not modelled",
                    path=one.path,
                    count=missing,
                )
                place = LocationReport(span=first[one.path], lines=(), primary=True)
                yield {
                    "descriptor": {"id": "not-modelled", "index": 1},
                    "level": "warning",
                    "message": self.text(said),
                    "locations": [self.location(place)],
                }


_INPUT_FAILED = msg("An input could not be read.")
_NOT_MODELLED = msg("Lines could bear on access and are not modelled.")

_HOW_TO_READ_IT = msg("The message says why. Mend the input, name its format with --input-format, or leave it out.")
_HOW_TO_SEE_THEM = msg("'segaudit show ledger' names every line, its state and the reason.")


def _cut(text: str) -> str:
    """The text, shortened to what GitHub takes."""
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 3] + "..."


REPORTER = Reporter(
    name="sarif", title="SARIF 2.1.0, for code scanning", render=render, extension="sarif", together=merged
)
