"""`segaudit schema`: the JSON Schema of a file that segaudit reads or writes."""

from __future__ import annotations

import argparse
import json

from segaudit.cli import OK

#: What people write, of which the schema is made from the classes that read it; and what segaudit writes.
WRITTEN_BY_PEOPLE = ("site", "policy", "waivers")
WRITTEN_HERE = ("report", "trace", "reach")


def configure(parser: argparse.ArgumentParser) -> None:
    """Which schema."""
    parser.add_argument(
        "name",
        choices=(*WRITTEN_BY_PEOPLE, *WRITTEN_HERE),
        metavar="NAME",
        help="site, policy, waivers (files that people write); report (audit -f json), trace (each line of trace), reach (reach -f json)",
    )


def run(options: argparse.Namespace) -> int:
    """Print it."""
    if options.name in WRITTEN_BY_PEOPLE:
        from segaudit.policy.load import json_schema

        print(json.dumps(json_schema(options.name), indent=2))
    elif options.name == "report":
        from segaudit.reporters.json import json_schema as report_schema

        print(json.dumps(report_schema(), indent=2))
    else:
        from segaudit.knowledge.schemas import read_schema

        print(read_schema(options.name), end="")
    return OK
