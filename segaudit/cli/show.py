"""`segaudit show`: what was understood of the configurations."""

from __future__ import annotations

import argparse

from segaudit.cli import options as shared

#: The five states as people write them after --state; ``open`` is what a verdict may hang on and is not modelled.
STATES = ("modelled", "approximated", "irrelevant", "unsupported", "unrecognized", "open")


def configure(parser: argparse.ArgumentParser) -> None:
    """What to show of which files."""
    parser.add_argument(
        "what",
        choices=("devices", "zones", "matrix", "spoofing", "rules", "ledger"),
        metavar="WHAT",
        help="devices, zones (with the evidence for their roles), matrix (what zone may open to what zone), spoofing"
        " (which sources can enter at which interface), rules (as the device evaluates them), or ledger (every line and its state)",
    )
    shared.add_reading(parser)
    shared.add_judging(parser)
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text", help="default: text")
    group = parser.add_argument_group("of the ledger")
    group.add_argument("--state", choices=STATES, action="append", help="lines in this state only (repeatable)")
    group.add_argument("--totals", action="store_true", help="how many lines are in each state, and not the lines")
    shared.add_showing(parser)


def run(options: argparse.Namespace) -> int:
    """Print it; the status says whether all of it could be read."""
    from segaudit.cli.reading import read_network, status
    from segaudit.cli.screen import screen

    view = screen(options)
    if options.what in ("zones", "matrix", "spoofing"):
        from segaudit.cli import zone_tables
        from segaudit.cli.spoofing_table import spoofing
        from segaudit.pipeline.audit import zone_graph
        from segaudit.pipeline.facts import load_site

        # A mistake in the site file is told before anything is read.
        site = load_site(options.paths, options.site)
        network = read_network(options, view)
        graph = zone_graph(network, site, shared.as_of(options))
        tables = {"zones": zone_tables.zones, "matrix": zone_tables.zone_matrix, "spoofing": spoofing}
        tables[options.what](options, view, graph)
    else:
        from segaudit.cli import tables as plain

        network = read_network(options, view)
        {"devices": plain.devices, "rules": plain.rules, "ledger": plain.ledger}[options.what](options, view, network)
    return status(options, view, network)
