"""`segaudit show spoofing`: which sources can enter where."""

from __future__ import annotations

import argparse

from segaudit.cli.flow_text import packet_text
from segaudit.cli.screen import Screen
from segaudit.cli.tables import print_json
from segaudit.findings import wording
from segaudit.findings.spoofing import CHECKS, ENTRIES, certainty, proof, why
from segaudit.model import Message, msg
from segaudit.semantics.trace_flows import packet_json
from segaudit.zones.graph import ZoneGraph
from segaudit.zones.spoofing import Certificate, Entry, certificates


def spoofing(options: argparse.Namespace, view: Screen, graph: ZoneGraph) -> None:
    """A certificate for every interface behind which somebody may send; with the packet and the rules that refute it."""
    found = list(certificates(graph))
    if options.format == "json":
        print_json({"certificates": [_json(graph, one) for one in found]})
        return
    heads = (msg("device"), msg("interface"), msg("zones"), msg("check"), msg("verdict"), msg("why"))
    view.table(heads, [_row(view, graph, one) for one in found])


def _row(view: Screen, graph: ZoneGraph, one: Certificate) -> tuple[Message | str, ...]:
    shown = None if one.verdict == Entry.PROVEN else proof(graph, one)
    text = view.say(why(graph, one))
    if shown is not None:
        rules = ", ".join(view.say(wording.rule_text(rule)) for rule in shown.rules[:2])
        said = msg("such as {packet}", packet=packet_text(shown.witness.sent))
        by = msg("by {rules}", rules=rules)
        text = "; ".join((text, view.say(said), *((view.say(by),) if rules else ())))
    return (one.device, one.interface, " ".join(one.zones), CHECKS[one.check.mode], ENTRIES[one.verdict], text)


def _json(graph: ZoneGraph, one: Certificate) -> dict[str, object]:
    shown = None if one.verdict == Entry.PROVEN else proof(graph, one)
    return {
        "device": one.device,
        "interface": one.interface,
        "zones": list(one.zones),
        "source_check": one.check.mode.value,
        "verdict": one.verdict.value,
        "reasons": [str(why(graph, one))] if one.verdict != Entry.UNKNOWN else list(map(str, certainty(graph, one)[1])),
        "witness": None
        if shown is None
        else {
            "start": {
                "device": shown.witness.device,
                "in_interface": shown.witness.in_interface,
                "out_interface": shown.witness.out_interface,
            },
            "sent": packet_json(shown.witness.sent),
            "received": packet_json(shown.witness.received),
        },
        "rules": []
        if shown is None
        else [{"device": r.device, "rule_set": r.rule_set, "rule_id": r.rule_id, "name": r.name} for r in shown.rules],
        "locations": []
        if shown is None
        else [
            {"path": p.span.path, "first_line": p.span.first_line, "last_line": p.span.last_line}
            for p in shown.locations
        ],
    }
