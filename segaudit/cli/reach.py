"""`segaudit reach`: every packet that one part of the network can send to another, and why not the rest."""

from __future__ import annotations

import argparse
import json

from segaudit.cli import NOT_ESTABLISHED, UsageError
from segaudit.cli import options as shared


def configure(parser: argparse.ArgumentParser) -> None:
    """What to read, from where, to where, by what service."""
    shared.add_reading(parser)
    group = parser.add_argument_group(
        "what is asked",
        "A SELECTOR is zone=NAME, role=ROLE, segment=PREFIX, if=DEVICE/INTERFACE, host=ADDRESS, self=DEVICE (to the"
        " device itself), a bare prefix, or internet. A host or prefix after --to may also be a published address.",
    )
    group.add_argument("--from", dest="source", metavar="SELECTOR", required=True, help="who sends")
    group.add_argument("--to", dest="target", metavar="SELECTOR", required=True, help="where it is to arrive")
    group.add_argument(
        "--service",
        metavar="SERVICE",
        default="any",
        help="as it arrives: tcp/3389, udp/8000-8100, tcp/80,443, icmp/8, esp (default: any)",
    )
    shared.add_judging(parser)
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text", help="default: text")
    shared.add_showing(parser)


def run(options: argparse.Namespace) -> int:
    """The answer; status 3 where some of it is not known."""
    from segaudit.cli.reach_json import document
    from segaudit.cli.reach_text import lines
    from segaudit.cli.reading import read_network, status
    from segaudit.cli.screen import screen
    from segaudit.findings.reachability import Question, answer
    from segaudit.knowledge.service_text import ServiceTextError, read_service
    from segaudit.model.selector import Selector, SelectorError
    from segaudit.pipeline.audit import declared
    from segaudit.pipeline.facts import load_site
    from segaudit.zones.reach import NothingSelectedError

    view = screen(options)
    selectors: list[Selector] = []
    for name, text in (("--from", options.source), ("--to", options.target)):
        try:
            selectors.append(Selector.parse(text))
        except SelectorError as error:
            raise UsageError(f"{name}: {error}") from error
    try:
        service = read_service(options.service)
    except ServiceTextError as error:
        raise UsageError(f"--service: {error}") from error
    site = load_site(options.paths, options.site)
    network = read_network(options, view)
    question = Question(source=selectors[0], target=selectors[1], service=service)
    try:
        found = answer(network.devices, declared(site), question, shared.as_of(options))
    except NothingSelectedError as error:
        name = "--from" if error.of_source else "--to"
        raise UsageError(f"{name}: {view.say(error.problem)}") from error
    reading = status(options, view, network)
    if options.format == "json":
        print(json.dumps(document(found, options, view.language, complete=network.complete), indent=2))
    else:
        for line in lines(view, found, options):
            print(line)
    return NOT_ESTABLISHED if found.undecided else reading
