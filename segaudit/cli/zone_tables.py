"""The tables of `segaudit show` that are made of the zone graph."""

from __future__ import annotations

import argparse
from itertools import zip_longest

from segaudit.cli.screen import Screen
from segaudit.cli.tables import print_json
from segaudit.findings.openness import Openness
from segaudit.findings.report import Cell, matrix
from segaudit.findings.wording import CERTAINTIES, OPENNESS
from segaudit.knowledge.columns import columns_of, folded, padded
from segaudit.knowledge.roles import role_words
from segaudit.knowledge.services import load_services
from segaudit.model import Message, msg
from segaudit.zones.graph import RoleEvidence, Zone, ZoneGraph


def zones(options: argparse.Namespace, view: Screen, graph: ZoneGraph) -> None:
    """The zones with their roles and the evidence; of each the strongest, with -v all."""
    shown = [zone for _, zone in sorted(graph.zones.items())]
    if options.format == "json":
        print_json({"zones": [_zone_json(zone) for zone in shown], "kept_apart": [str(m) for m in graph.kept_apart]})
        return
    heads = [view.say(head) for head in (msg("prefixes"), msg("interfaces"), msg("evidence"))]
    width = max(map(columns_of, heads))
    for zone in shown:
        view.line(_headline(zone))
        most = len(zone.prefixes) if view.verbose else 8
        prefixes = " ".join(map(str, zone.prefixes[:most])) + (" ..." if len(zone.prefixes) > most else "")
        evidence = zone.evidence if view.verbose else zone.evidence[:1]
        told = [prefixes, " ".join(map(str, zone.ports)), *(_evidence(view, one) for one in evidence)]
        for head, text in zip_longest(heads, told, fillvalue=""):
            beginning = f"  {padded(head, width)}  "
            for place, part in enumerate(folded(text, (view.width or WIDTH) - columns_of(beginning)) if text else ()):
                view.line((beginning if not place else " " * columns_of(beginning)) + part)
    for message in graph.kept_apart:
        view.line(message)


#: Columns that are filled where no terminal says how many there are.
WIDTH = 100


def _headline(zone: Zone) -> Message | str:
    if not zone.segments:
        return zone.name
    return msg(
        "{zone}: {role}, certainty {certainty}",
        zone=zone.name,
        role=role_words(zone.role),
        certainty=f"{zone.certainty:.2f}",
    )


def _evidence(view: Screen, evidence: RoleEvidence) -> str:
    place = f" ({evidence.span})" if evidence.span is not None else ""
    return f"{view.language.say(role_words(evidence.role))}: {view.say(evidence.sign)}{place}"


def _zone_json(zone: Zone) -> dict[str, object]:
    return {
        "name": zone.name,
        "role": zone.role,
        "role_certainty": round(zone.certainty, 2),
        "declared": zone.declared,
        "role_evidence": [
            {
                "role": one.role,
                "weight": one.weight,
                "sign": str(one.sign),
                "path": one.span.path if one.span is not None else None,
                "first_line": one.span.first_line if one.span is not None else None,
            }
            for one in zone.evidence
        ],
        "segments": [one.name for one in zone.segments],
        "prefixes": [str(one) for one in zone.prefixes],
        "interfaces": [str(one) for one in zone.ports],
    }


#: Of more zones than these no grid is drawn, but a list of the pairs.
GRID = 8


def zone_matrix(options: argparse.Namespace, view: Screen, graph: ZoneGraph) -> None:
    """What each zone may open to each other, as a grid, and the services of the pairs that are limited."""
    cells = list(matrix(graph, load_services()))
    if options.format == "json":
        print_json(
            {
                "matrix": [
                    {
                        "from_zone": one.from_zone,
                        "to_zone": one.to_zone,
                        "permitted": one.permitted.value,
                        "services": list(one.services),
                        "certainty": one.certainty.value,
                    }
                    for one in cells
                ]
            }
        )
        return
    names = sorted({one.from_zone for one in cells} | {one.to_zone for one in cells})
    if len(names) <= GRID:
        words = {(one.from_zone, one.to_zone): OPENNESS[one.permitted] for one in cells}
        view.table(
            (msg("from / to"), *names),
            [(name, *(words.get((name, other), "") for other in names)) for name in names],
        )
        print()
    heads = (msg("from"), msg("to"), msg("may open"), msg("certainty"), msg("services"))
    view.table(
        heads,
        [
            (one.from_zone, one.to_zone, OPENNESS[one.permitted], CERTAINTIES[one.certainty], _services(one))
            for one in cells
            if one.permitted is not Openness.NONE or view.verbose
        ],
    )


_MOST_SERVICES = 8


def _services(cell: Cell) -> str:
    more = len(cell.services) - _MOST_SERVICES
    return " ".join(cell.services[:_MOST_SERVICES]) + (f" +{more}" if more > 0 else "")
