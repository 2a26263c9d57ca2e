"""The answer of `segaudit reach` as one JSON document. Keys and enumerations never change with the language."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from segaudit import __version__
from segaudit.cli.reach_text import stop_text
from segaudit.cli.replay import command
from segaudit.findings import ranges
from segaudit.findings.reachability import Answer, Denied, RuleAt, Way
from segaudit.knowledge.language import Language
from segaudit.knowledge.service_text import service_text
from segaudit.model import Span
from segaudit.packetspace.boxes import boxes
from segaudit.packetspace.space import PacketSet
from segaudit.semantics.trace_flows import packet_json, to_json
from segaudit.zones.reach import Refusal

#: Goes up with every change that a reader could stumble over.
SCHEMA_VERSION = "1.0"
#: Boxes of one set; more are left out, and that is said.
MOST_BOXES = 256

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


def document(found: Answer, options: argparse.Namespace, language: Language, *, complete: bool) -> dict[str, Json]:
    """The document as plain values."""
    question = found.question
    return {
        "schema_version": SCHEMA_VERSION,
        "complete": complete,
        "tool": {"name": "segaudit", "version": __version__},
        "as_of": found.as_of.isoformat(),
        "from": str(question.source),
        "to": str(question.target),
        "service": service_text(question.service),
        "verdict": found.reached.value,
        "undecided": found.undecided,
        "notes": [language.say(note) for note in found.notes],
        "ways": [_way(one, options, language) for one in found.ways],
        "denied": None if found.denied is None else _denied(found.denied, options, language),
    }


def _way(one: Way, options: argparse.Namespace, language: Language) -> Json:
    return {
        "from_zone": one.from_zone,
        "to_zone": one.to_zone,
        "hops": [
            {"device": h.device, "in_interface": h.in_interface, "out_interface": h.out_interface or None}
            for h in one.hops
        ],
        "service": one.service or None,
        "certainty": one.certainty.value,
        "undecided": [language.say(reason) for reason in one.undecided],
        "sent": _set(one.sent.must),
        "possibly_sent": _set(one.sent.may - one.sent.must),
        "received": _set(one.received.may),
        "rules": [_rule(rule) for rule in one.rules],
        "translations": [_rule(rule) for rule in one.translations],
        "witness": {"sent": packet_json(one.witness), "received": packet_json(one.arriving)},
        "replay": list(command(one.replay, options)),
    }


def _denied(one: Denied, options: argparse.Namespace, language: Language) -> Json:
    return {
        "packets": _set(one.packets),
        "reason": None if one.reason is None else language.say(one.reason),
        "example": packet_json(one.packet),
        "trace": to_json(one.traced),
        "replay": list(command(one.flow, options)),
        "stops": [_stop(refusal, language) for refusal in one.refusals],
    }


def _stop(one: Refusal, language: Language) -> Json:
    ruled = one.rule_set is not None
    span = one.rule.span if one.rule is not None else one.rule_set.default_span if one.rule_set is not None else None
    return {
        "device": one.device,
        "in_interface": one.ingress,
        "out_interface": one.egress or None,
        "stop": one.stop.value,
        "rule_set": one.rule_set.name if one.rule_set is not None else None,
        "rule_id": one.rule.id if one.rule is not None else None,
        "name": one.rule.name if one.rule is not None else None,
        "reason": None if ruled else language.say(stop_text(one)),
        **_place(span),
        "packets": _set(one.packets),
    }


def _rule(one: RuleAt) -> Json:
    return {
        "device": one.rule.device,
        "rule_set": one.rule.rule_set,
        "rule_id": one.rule.rule_id,
        "name": one.rule.name,
        "action": one.rule.action,
        **_place(one.span),
    }


def _place(span: Span | None) -> dict[str, Json]:
    if span is None:
        return {"path": None, "first_line": None, "last_line": None}
    return {"path": span.path, "first_line": span.first_line, "last_line": span.last_line}


def _set(packets: PacketSet) -> Json:
    """A set as disjoint boxes; all of them are packets that open a session."""
    found = boxes(packets.forget("tcp_flags", "state"), MOST_BOXES)
    return {"boxes": [_box(ranges.box_text(box)) for box in found.boxes], "complete": found.complete}


def _box(text: ranges.BoxText) -> Json:
    fields = asdict(text)
    del fields["states"]
    return {
        "ip_version": fields.pop("version"),
        **{name: None if values is None else list(values) for name, values in fields.items()},
    }
