"""The command that replays a packet: `segaudit trace` with the options that make it."""

from __future__ import annotations

import argparse
from shlex import join

from segaudit.knowledge.protocols import protocol_name
from segaudit.model import ICMP_PROTOCOLS, PORT_PROTOCOLS
from segaudit.packetspace.packet import STATES
from segaudit.semantics.trace_flows import CLIENT_PORT, Flow


def command(flow: Flow, options: argparse.Namespace) -> list[str]:
    """The words of the command, with the paths and facts that this run was given."""
    packet = flow.packet
    name = protocol_name(packet.protocol)
    words = ["segaudit", "trace", *options.paths]
    for option in ("site", "as_of"):
        value = getattr(options, option)
        if value is not None:
            words += [f"--{option.replace('_', '-')}", str(value)]
    for option in ("include", "exclude", "input_format"):
        for value in getattr(options, option):
            words += [f"--{option.replace('_', '-')}", value]
    words += ["--src", packet.src_text, "--dst", packet.dst_text]
    words += ["--protocol", str(packet.protocol) if name.startswith("ip-") else name]
    if packet.protocol in PORT_PROTOCOLS:
        words += ["--dport", str(packet.dst_port)]
        if packet.src_port != CLIENT_PORT:
            words += ["--sport", str(packet.src_port)]
    if packet.protocol in ICMP_PROTOCOLS:
        words += ["--icmp-type", str(packet.icmp_type), "--icmp-code", str(packet.icmp_code)]
    if packet.state:
        words += ["--state", STATES[packet.state]]
    for option, value in (
        ("--device", flow.device),
        ("--in-interface", flow.in_interface),
        ("--out-interface", flow.out_interface),
    ):
        if value:
            words += [option, value]
    return words


def shell(words: list[str]) -> str:
    """The command as a shell takes it."""
    return join(words)
