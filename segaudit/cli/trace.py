"""`segaudit trace`: concrete packets walked through the devices, rule by rule."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from segaudit.cli import NOT_ESTABLISHED, UsageError
from segaudit.cli import options as shared

if TYPE_CHECKING:
    from segaudit.cli.screen import Screen
    from segaudit.model.inputs import Network
    from segaudit.policy.values import Site
    from segaudit.semantics.trace_flows import Flow, FlowProblem, FlowVerdict
    from segaudit.zones.trace import NetworkTracer

#: The options that make one flow, and the column of a flows file that each stands for.
FIELDS = {
    "src": "src_ip",
    "dst": "dst_ip",
    "protocol": "protocol",
    "sport": "src_port",
    "dport": "dst_port",
    "icmp_type": "icmp_type",
    "icmp_code": "icmp_code",
    "state": "state",
    "device": "device",
    "rule_set": "rule_set",
    "in_interface": "in_interface",
    "out_interface": "out_interface",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """What to read, and which packets to follow: a file of them, or one in options."""
    shared.add_reading(parser)
    shared.add_judging(parser)
    group = parser.add_argument_group("packets")
    group.add_argument("--flows", metavar="FILE", help="CSV with a header, one packet a row (- for standard input)")
    group.add_argument("--src", metavar="ADDRESS", help="source address of one packet")
    group.add_argument("--dst", metavar="ADDRESS", help="destination address, as sent")
    group.add_argument("--protocol", metavar="NAME", help="tcp, udp, icmp, esp, a number (default: tcp with --dport)")
    group.add_argument("--sport", metavar="PORT", help="source port (default: 49152)")
    group.add_argument("--dport", metavar="PORT", help="destination port, as sent")
    group.add_argument("--icmp-type", metavar="NUMBER", help="default: echo request")
    group.add_argument("--icmp-code", metavar="NUMBER", help="default: 0")
    group.add_argument("--state", metavar="STATE", help="new (default), established, related, invalid, untracked")
    group = parser.add_argument_group("where it is asked (none: from the segment of its source, through the network)")
    group.add_argument("--device", metavar="NAME", help="the device, where several have the list or interface")
    group.add_argument("--rule-set", metavar="NAME", help="this list alone ('segaudit show rules' names them)")
    group.add_argument("--in-interface", metavar="NAME", help="where it arrives; alone: for the device itself")
    group.add_argument("--out-interface", metavar="NAME", help="where it leaves; alone: sent by the device itself")
    parser.add_argument(
        "-f", "--format", choices=("text", "json"), help="default: json (an object a line) with --flows, else text"
    )
    shared.add_showing(parser)


def run(options: argparse.Namespace) -> int:
    """One verdict a flow; status 3 where one is unknown."""
    from segaudit.cli.reading import read_network, status
    from segaudit.cli.screen import screen
    from segaudit.pipeline.facts import load_site
    from segaudit.semantics.trace import Verdict
    from segaudit.semantics.trace_flows import FlowError, to_json

    view = screen(options)
    site = load_site(options.paths, options.site)
    try:
        flows = _flows(options)
        network = read_network(options, view)
        verdicts = list(_verdicts(options, network, site, flows))
    except FlowError as error:
        raise UsageError("; ".join(_problem(options, one) for one in error.problems)) from error
    as_json = options.format == "json" or (options.format is None and options.flows is not None)
    for flow, verdict in zip(flows, verdicts, strict=True):
        if as_json:
            print(json.dumps(to_json(verdict), ensure_ascii=True))
        else:
            for line in _text(view, flow, verdict):
                view.line(line)
    reading = status(options, view, network)
    return NOT_ESTABLISHED if any(one.verdict is Verdict.UNKNOWN for one in verdicts) else reading


def _flows(options: argparse.Namespace) -> tuple[Flow, ...]:
    from segaudit.pipeline.facts import read_text
    from segaudit.semantics.trace_flows import flow_of, read_flows

    given = {name: getattr(options, name) for name in FIELDS if getattr(options, name) is not None}
    if options.flows is not None:
        if options.flows == "-" and "-" in options.paths:
            raise UsageError("standard input can be a configuration or the packets, not both")
        if given:
            said = ", ".join(f"--{name.replace('_', '-')}" for name in given)
            raise UsageError(f"--flows and {said}: packets stand in the file or in options, not in both")
        return read_flows(read_text(options.flows))
    if not given:
        raise UsageError("no packet is given: write --flows FILE, or --src, --dst, --protocol and --dport")
    cells = {FIELDS[name]: value for name, value in given.items()}
    if "dst_port" in cells:
        cells.setdefault("protocol", "tcp")
    return (flow_of(cells),)


def _verdicts(
    options: argparse.Namespace, network: Network, site: Site, flows: tuple[Flow, ...]
) -> Iterator[FlowVerdict]:
    from segaudit.semantics.trace import DeviceTracer
    from segaudit.semantics.trace_flows import trace_flow

    day = shared.as_of(options)
    tracers = [DeviceTracer(device, day) for device in network.devices]
    through: NetworkTracer | None = None
    for flow in flows:
        if not flow.through_network:
            yield trace_flow(tracers, flow)
            continue
        if through is None:
            from segaudit.pipeline.audit import network_tracer

            through = network_tracer(network, site, day)
        yield through.trace(flow)


def _problem(options: argparse.Namespace, problem: FlowProblem) -> str:
    """What is wrong with a packet, by the name that its writer gave the field: a column, or an option."""
    if options.flows is not None:
        return f"{options.flows}: {problem}"
    named = {column: f"--{name.replace('_', '-')}" for name, column in FIELDS.items()}
    return f"{named[problem.column]}: {problem.problem}" if problem.column in named else str(problem)


def _text(view: Screen, flow: Flow, verdict: FlowVerdict) -> Iterator[str]:
    """A flow and what became of it, for people."""
    from segaudit.cli.flow_text import VERDICTS, packet_text, trace_lines

    yield f"{verdict.id}: {packet_text(flow.packet)}: {view.say(VERDICTS[verdict.verdict])}"
    yield from trace_lines(view, flow.packet, verdict)
