"""A rule set about translation and state, asked packet by packet: the tracer on our reading against a real kernel.

One router between two segments (`tests.kernel`). Skipped with its reason where namespaces or iptables are not to be had.
The verdicts recorded from a kernel are in tests/oracle.py, networks of several routers in tests/kernel.
"""

from dataclasses import replace
from datetime import date
from itertools import product
from random import Random
from typing import Final

import pytest

from segaudit.model import Device, format_address, parse_address
from segaudit.packetspace.packet import ACK, SYN, Packet
from segaudit.semantics.trace import DeviceTracer, DeviceVerdict, Verdict
from tests.kernel.laboratory import Arrival, Laboratory, Router, Sending
from tests.kernel.spaces import NoNamespacesError, require_namespaces
from tests.parsers.linux_iptables.reading import FIXTURES, device_of, source
from tests.scale import count

#: From here on source ports are those of one packet only.
OF_ITS_OWN: Final = 20_000
ROUTER: Final = Router(
    name="kernel",
    interfaces={"ka0": ("left", ("198.51.100.1/24",)), "kb1": ("right", ("10.77.2.1/24",))},
    routes=("default via 10.77.2.2",),
    rules={4: (FIXTURES / "kernel.v4").read_text(encoding="utf-8")},
)
OWN: Final = frozenset(parse_address(text)[1] for text in ("198.51.100.1", "10.77.2.1"))


def device(laboratory: Laboratory) -> Device:
    """Our reading of the rules as they were written, and of the addresses that the router has."""
    return device_of(source("kernel.v4"), source("kernel.address", laboratory.saved(ROUTER)["kernel.address"]))


def packets(seed: int, random_ones: int) -> list[Packet]:
    """Packets around everything that the rules name, all of them the first of their connection."""
    chance = Random(seed)
    sources = [
        parse_address(f"198.51.{a}")[1] for a in ("100.2", "100.66", "100.99", "100.127", "100.128", "100.200", "7.100")
    ]
    destinations = [
        parse_address(text)[1]
        for text in (
            *(
                "198.51.100.1",
                "10.77.2.1",
                "10.77.2.2",
                "10.77.2.7",
                "10.77.2.29",
                "10.77.2.30",
                "10.77.2.40",
                "10.77.2.50",
            ),
            *("10.77.2.51", "10.77.2.60", "10.77.3.9", "203.0.113.0", "203.0.113.15", "203.0.113.16", "203.0.113.64"),
            *("203.0.113.127", "192.0.2.9"),
        )
    ]
    udp = [
        5999,
        6000,
        6004,
        6005,
        6010,
        6011,
        6020,
        6021,
        6100,
        6104,
        6109,
        6110,
        6300,
        6301,
        6302,
        6400,
        6401,
        6500,
        6501,
    ]
    udp += [7001, 7002, 7003, 7010, 7011, 7012, 7020, 53]
    tcp = [22, 80, 443, 8080, 8443, 9000, 7100, 7200, 7201]
    every: list[Packet] = []
    for src, dst in product(sources, destinations):
        every += [new(17, src, dst, 0, dport) for dport in chance.sample(udp, count(4, full=len(udp)))]
        for dport in chance.sample(tcp, count(3, full=len(tcp))):
            sport = chance.choice([0, 7200, 7299, 7300, 7400])
            every.append(new(6, src, dst, sport, dport, flags=chance.choice([SYN, SYN, SYN, SYN | 8])))
        every.append(new(1, src, dst, kind=8))
        every.append(new(47, src, dst))
    # What the rules name together, so that none of them stays unasked.
    named = [("10.77.2.2", 17, 6300), ("10.77.2.7", 17, 6301), ("10.77.2.2", 17, 6500), ("10.77.2.1", 6, 8080)]
    named += [("198.51.100.1", 6, 8443), ("10.77.2.60", 6, 7200), ("203.0.113.5", 17, 9), ("203.0.113.77", 6, 9)]
    named += [("192.0.2.9", 17, 7011), ("192.0.2.9", 17, 7012), ("192.0.2.9", 17, 7020), ("192.0.2.9", 17, 7001)]
    every += [new(proto, src, parse_address(dst)[1], 0, dport) for src in sources for dst, proto, dport in named]
    chance.shuffle(every)
    kept = every[: max(random_ones, 1)]
    # Each its own source port: no packet may belong to the connection of another.
    return [
        replace(p, src_port=p.src_port or OF_ITS_OWN + number) if p.protocol in (6, 17) else p
        for number, p in enumerate(kept)
    ]


def new(proto: int, src: int, dst: int, sport: int = 0, dport: int = 0, *, kind: int = 0, flags: int = SYN) -> Packet:
    return Packet(
        version=4,
        protocol=proto,
        src=src,
        dst=dst,
        src_port=sport,
        dst_port=dport,
        icmp_type=kind,
        tcp_flags=flags if proto == 6 else 0,
    )


def said(tracer: DeviceTracer, packet: Packet) -> DeviceVerdict:
    """What we say: for the device where the packet is addressed to it and stays so, else through it."""
    through = tracer.forward(packet, "ka0", "kb1")
    if packet.dst not in OWN or (through.received is not None and through.received.dst not in OWN):
        return through
    return tracer.local_in(packet, "ka0")


def test_the_kernel_agrees() -> None:
    try:
        require_namespaces()
    except NoNamespacesError as error:
        pytest.skip(str(error))
    asked = [p for p in packets(7, count(1200, full=20_000)) if not (p.tcp_flags & ACK)]
    with Laboratory([ROUTER]) as laboratory:
        tracer = DeviceTracer(device(laboratory), date(2024, 1, 1))
        arrived = laboratory.send([Sending(n, p, "left", "kernel", "ka0") for n, p in enumerate(asked, start=1)])
    different: list[str] = []
    connections: set[tuple[int, ...]] = set()
    permitted = 0
    for number, packet in enumerate(asked, start=1):
        connection = (packet.protocol, packet.src, packet.dst, packet.src_port, packet.dst_port)
        if connection in connections:
            continue  # the second packet of a connection that is there already
        connections.add(connection)
        ours, theirs = said(tracer, packet), arrived.get(number)
        permitted += theirs is not None
        why = _difference(packet, ours, theirs)
        if why:
            text = f"{packet.protocol} {packet.src_text}:{packet.src_port} -> {packet.dst_text}:{packet.dst_port}"
            rule = ours.decided_by.rule.id if ours.decided_by.rule else ours.decided_by.rule_set
            different.append(f"{text}: {why}; ours by {rule}")
    assert not different, f"{len(different)} of {len(connections)}:\n" + "\n".join(different[:20])
    assert permitted > len(connections) // 10, "hardly a packet got through: the rules are not asked"


def _difference(sent: Packet, ours: DeviceVerdict, theirs: Arrival | None) -> str:
    if ours.verdict is Verdict.UNKNOWN:
        return f"unknown: {', '.join(map(str, ours.undecided))}"
    if theirs is None:
        return "" if ours.verdict is Verdict.DENY else "the kernel dropped it"
    if ours.verdict is Verdict.DENY:
        return f"the kernel let it through as {format_address(4, theirs.packet.dst)}:{theirs.packet.dst_port}"
    got = ours.received
    assert got is not None
    if ours.to_device != theirs.itself:
        return "the kernel sent it elsewhere"
    # Where two connections would come to look alike the kernel gives one another source port: those that share theirs.
    fields = ("src", "dst", "src_port", "dst_port") if sent.src_port >= OF_ITS_OWN else ("src", "dst", "dst_port")
    for field in fields:
        mine, its = getattr(got, field), getattr(theirs.packet, field)
        if mine is not None and mine != its:
            return f"{field} {mine} is {its} for the kernel"
    return ""
