"""The report as one JSON document. Keys, ids and enumerations never change with the language; sentences do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from json.encoder import encode_basestring_ascii

from segaudit.findings import ranges
from segaudit.findings.report import (
    Cell,
    DeviceReport,
    EvidenceReport,
    FindingReport,
    InputReport,
    LocationReport,
    NotJudged,
    Report,
    SegmentReport,
    WitnessReport,
    ZoneReport,
)
from segaudit.knowledge.language import Language
from segaudit.model import Failure, Ignored, Span
from segaudit.reporter import ReporterOptions

#: What `json.dumps` takes, and lists that are made while they are written.
Json = None | bool | int | float | str | Sequence["Json"] | Iterator["Json"] | Mapping[str, "Json"]


def render(report: Report, options: ReporterOptions) -> str:
    """The document, indented, with a line end; ASCII only, so that no console and no tool can spoil it."""
    return _written(_document(report, Language(options.language)), "\n") + "\n"


def _written(value: Json, gap: str) -> str:
    """What ``json.dumps(value, indent=2)`` writes, in a third of its time: with an indent that is slow Python.

    ``gap`` is a line end and the indent of the line that ``value`` stands in.
    """
    if isinstance(value, str):
        return encode_basestring_ascii(value)
    if value is None:
        return "null"
    inner = gap + "  "
    if isinstance(value, dict):
        items = [f"{encode_basestring_ascii(name)}: {_written(one, inner)}" for name, one in value.items()]
        return f"{{{inner}{f',{inner}'.join(items)}{gap}}}" if items else "{}"
    if isinstance(value, list | tuple | Iterator):
        items = [_written(one, inner) for one in value]
        return f"[{inner}{f',{inner}'.join(items)}{gap}]" if items else "[]"
    return json.dumps(value)


def array(documents: Sequence[str]) -> str:
    """Several documents as one: an array of them."""
    return "[\n" + ",\n".join(one.rstrip("\n") for one in documents) + "\n]\n"


def _document(report: Report, language: Language) -> Json:
    """The document as plain values; what grows with the square of the network only when it is its turn."""
    return {
        "schema_version": report.schema_version,
        "complete": report.complete,
        "tool": {"name": "segaudit", "version": report.tool_version},
        "as_of": report.as_of,
        "language": language.code,
        "policies": [policy.name for policy in report.policies],
        "inputs": [_input(one, language) for one in report.inputs],
        "ignored": [_ignored(one, language) for one in report.ignored],
        "failures": [_failure(one, language) for one in report.failures],
        "devices": [_device(one) for one in report.devices],
        "segments": [_segment(one) for one in report.segments],
        "zones": [_zone(one, language) for one in report.zones],
        "matrix": (_cell(one, language) for one in report.matrix),
        "checks": [
            {"check": run.slug, "control": run.control, "severity": run.severity.word, "findings": run.findings}
            for run in report.checks
        ],
        "findings": (_finding(one, language) for one in report.findings),
        "score": None,
        "not_judged": [_not_judged(one, language) for one in report.not_judged],
        "not_modelled": [
            {**_place(line.span), "state": line.state, "text": line.text, "reason": line.reason}
            for line in report.not_modelled
        ],
    }


def _input(one: InputReport, language: Language) -> Json:
    return {
        "path": one.path,
        "sha256": one.sha256,
        "format": one.format,
        "devices": list(one.devices),
        "encoding": one.encoding,
        "lines": one.lines,
        "ledger": {
            "modelled": one.ledger.modelled,
            "approximated": one.ledger.approximated,
            "irrelevant": one.ledger.irrelevant,
            "unsupported": one.ledger.unsupported,
            "unrecognized": one.ledger.unrecognized,
        },
        "notes": [language.say(note) for note in one.notes],
    }


def _ignored(one: Ignored, language: Language) -> Json:
    return {"path": one.path, "reason": language.say(one.reason)}


def _failure(one: Failure, language: Language) -> Json:
    return {"path": one.path, "line": one.line, "problem": language.say(one.problem)}


def _device(one: DeviceReport) -> Json:
    return {
        "name": one.name,
        "format": one.format,
        "vendor": one.vendor,
        "platform": one.platform,
        "version": one.version,
        "interfaces": one.interfaces,
        "rules": one.rules,
        "path": one.path,
        "fragment": one.fragment,
    }


def _segment(one: SegmentReport) -> Json:
    return {
        "name": one.name,
        "kind": one.kind,
        "prefixes": list(one.prefixes),
        "interfaces": list(one.interfaces),
        "zone": one.zone,
        "vlan": one.vlan,
        "hosts": list(one.hosts),
    }


def _zone(one: ZoneReport, language: Language) -> Json:
    return {
        "name": one.name,
        "role": one.role,
        "role_certainty": one.certainty,
        "role_declared": one.declared,
        "role_evidence": [_evidence(sign, language) for sign in one.evidence],
        "segments": list(one.segments),
    }


def _evidence(one: EvidenceReport, language: Language) -> Json:
    return {
        "role": one.role,
        "weight": one.weight,
        "sign": language.say(one.sign),
        "location": None if one.span is None else _place(one.span),
    }


def _cell(one: Cell, language: Language) -> Json:
    return {
        "from_zone": one.from_zone,
        "to_zone": one.to_zone,
        "permitted": one.permitted.value,
        "services": list(one.services),
        "certainty": one.certainty.value,
        "reason": None if one.reason is None else language.say(one.reason),
    }


def _finding(one: FindingReport, language: Language) -> Json:
    return {
        "check": one.check,
        "control": one.control,
        "question": one.question,
        "severity": one.severity.word,
        "certainty": one.certainty.value,
        "certainty_reasons": [language.say(reason) for reason in one.certainty_reasons],
        "title": language.say(one.title),
        "message": language.say(one.message),
        "from_zone": one.from_zone or None,
        "to_zone": one.to_zone or None,
        "services": list(one.services),
        "packets": [_box(ranges.box_text(box)) for box in one.packets],
        "packets_complete": one.packets_complete,
        "witness": None if one.witness is None else _witness(one.witness),
        "rules": [
            {
                "device": rule.device,
                "rule_set": rule.rule_set,
                "rule_id": rule.rule_id,
                "name": rule.name,
                "action": rule.action,
            }
            for rule in one.rules
        ],
        "locations": [_location(place) for place in one.locations],
        "notes": [language.say(note) for note in one.notes],
        "cause": one.cause or None,
        "fingerprint": one.fingerprint,
        "remediation": language.say(one.remediation),
        "references": [f"{language.say(reference.document)} {reference.item}".rstrip() for reference in one.references],
        "status": one.status,
        "waiver": one.waiver or None,
    }


def _box(text: ranges.BoxText) -> Json:
    """A box with every field; null leaves a field open."""
    return {"ip_version" if f.name == "version" else f.name: getattr(text, f.name) for f in fields(text)}


def _witness(one: WitnessReport) -> Json:
    return {
        "start": {
            "device": one.device or None,
            "in_interface": one.in_interface or None,
            "out_interface": one.out_interface or None,
            "segment": one.segment or None,
        },
        "sent": _packet(ranges.packet_text(one.sent)),
        "received": _packet(ranges.packet_text(one.received)),
    }


def _packet(text: ranges.PacketText) -> Json:
    return {f.name: getattr(text, f.name) for f in fields(text)}


def _location(place: LocationReport) -> Json:
    return {**_place(place.span), "text": "\n".join(place.lines), "primary": place.primary}


def _place(span: Span) -> dict[str, Json]:
    return {"path": span.path, "first_line": span.first_line, "last_line": span.last_line}


def _not_judged(one: NotJudged, language: Language) -> Json:
    return {
        "subject": language.say(one.subject),
        "reason": language.say(one.reason),
        "location": None if one.span is None else _place(one.span),
    }
