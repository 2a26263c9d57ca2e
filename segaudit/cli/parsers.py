"""`segaudit parsers`: the formats that are read."""

from __future__ import annotations

import argparse
import json

from segaudit.cli import OK, UsageError
from segaudit.cli.options import add_showing


def configure(parser: argparse.ArgumentParser) -> None:
    """A name of a format, the output format."""
    parser.add_argument("name", nargs="?", metavar="FORMAT", help="one format instead of all")
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text", help="default: text")
    add_showing(parser)


def run(options: argparse.Namespace) -> int:
    """One line a format."""
    from segaudit.cli.screen import screen
    from segaudit.model import msg
    from segaudit.pipeline.discover import parsers

    known = parsers()
    if options.name is not None and options.name not in known:
        raise UsageError(f"there is no format {options.name!r}; 'segaudit parsers' lists them")
    shown = [one for one in known.values() if options.name in (None, one.name)]
    if options.format == "json":
        rows = [{"name": one.name, "vendor": one.vendor, "title": one.title, "terminal": one.terminal} for one in shown]
        print(json.dumps(rows, indent=2, ensure_ascii=True))
        return OK
    screen(options).table(
        (msg("format"), msg("maker"), msg("reads")), [(one.name, one.vendor, one.title) for one in shown]
    )
    return OK
