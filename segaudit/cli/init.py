"""`segaudit init`: a starter site.yaml with the evidence for every role."""

from __future__ import annotations

import argparse

from segaudit.cli import UsageError
from segaudit.cli import options as shared


def configure(parser: argparse.ArgumentParser) -> None:
    """What to read, where to write."""
    shared.add_reading(parser)
    shared.add_judging(parser)
    parser.add_argument("--output", metavar="FILE", help="write there instead of standard output")
    parser.add_argument("--force", action="store_true", help="overwrite FILE")
    shared.add_showing(parser)


def run(options: argparse.Namespace) -> int:
    """Write it; what the existing site file says is kept in it."""
    from pathlib import Path

    from segaudit.cli.reading import read_network, status
    from segaudit.cli.screen import screen
    from segaudit.pipeline.audit import zone_graph
    from segaudit.pipeline.collect import SITE_NAMES
    from segaudit.pipeline.facts import load_site, write_text
    from segaudit.pipeline.starter import starter_site

    view = screen(options)
    if options.output and Path(options.output).exists() and not options.force:
        raise UsageError(f"{options.output} is there already; write somewhere else, or say --force")
    site = load_site(options.paths, options.site)
    network = read_network(options, view)
    graph = zone_graph(network, site, shared.as_of(options))
    text = starter_site(network, graph, view.language.say)
    if options.output:
        write_text(options.output, text)
        # A site file elsewhere than in a PATH folder, or by another name, is not found by itself.
        found = any(
            (Path(path) / name).resolve() == Path(options.output).resolve()
            for path in options.paths
            for name in SITE_NAMES
        )
        more = "" if found else f" with --site {options.output}"
        view.note(f"segaudit: {options.output} is written; read it, correct it, and audit again{more}")
    else:
        print(text, end="")
    return status(options, view, network)
