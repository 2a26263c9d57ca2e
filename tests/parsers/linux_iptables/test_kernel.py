"""A rule set about translation and state, asked packet by packet: the tracer on our reading against a real kernel.

Three network namespaces in a row: packets leave the first, the second has the rules, the third receives. Skipped with
its reason where namespaces or iptables are not to be had. The verdicts recorded from a kernel are in tests/oracle.py.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from random import Random
from typing import Final

import pytest

from segaudit.model import Device, InterfaceAddress, format_address, parse_address, parse_prefix
from segaudit.packetspace.packet import ACK, SYN, Packet
from segaudit.semantics.trace import DeviceTracer, DeviceVerdict, Verdict
from tests.parsers.linux_iptables.reading import FIXTURES, fixture
from tests.scale import count

PROBE: Final = Path(__file__).with_name("probe.py")
#: Interfaces of the router, with their addresses and their other ends'.
WIRES: Final = {"ka0": ("198.51.100.1/24", "198.51.100.2/24"), "kb1": ("10.77.2.1/24", "10.77.2.2/24")}
#: Packets that are sent before the listeners are read: what they say must fit in a pipe.
BATCH: Final = 400
#: From here on source ports are those of one packet only.
OF_ITS_OWN: Final = 20_000
OWN: Final = frozenset(parse_address(own.partition("/")[0])[1] for own, _ in WIRES.values())


@dataclass(frozen=True, slots=True)
class Arrived:
    """A packet where it was seen: ``at`` the third host, or the router itself."""

    to_device: bool
    src: int
    dst: int
    src_port: int
    dst_port: int


class Router:
    """The three namespaces."""

    def __init__(self) -> None:
        tag = f"{os.getpid() % 10000}"
        self.left, self.router, self.right = f"ka{tag}", f"kr{tag}", f"kb{tag}"
        self.mac = ""

    def build(self) -> None:
        for name in (self.left, self.router, self.right):
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "set", "lo", "up")
        for (inside, (own, other)), end in zip(WIRES.items(), (self.left, self.right), strict=True):
            run("ip", "-n", self.router, "link", "add", inside, "type", "veth", "peer", "name", "wire", "netns", end)
            for space, interface, address in ((self.router, inside, own), (end, "wire", other)):
                run("ip", "-n", space, "addr", "add", address, "dev", interface)
                run("ip", "-n", space, "link", "set", interface, "up")
        inside_router = ("ip", "netns", "exec", self.router)
        # Whatever is not the router's own goes out to the right, whoever it is from, without asking for its MAC.
        run("ip", "-n", self.router, "route", "add", "default", "via", "10.77.2.2")
        right_mac = link_address(self.right, "wire")
        for last in range(2, 255):
            run("ip", "-n", self.router, "neigh", "replace", f"10.77.2.{last}", "lladdr", right_mac, "dev", "kb1")
        for setting in ("ip_forward=1", "conf.all.rp_filter=0", "conf.ka0.rp_filter=0", "conf.kb1.rp_filter=0"):
            run(*inside_router, "sysctl", "-q", "-w", f"net.ipv4.{setting}")
        run(*inside_router, "iptables-restore", stdin=(FIXTURES / "kernel.v4").read_text(encoding="utf-8"))
        self.mac = link_address(self.router, "ka0")

    def remove(self) -> None:
        for name in (self.left, self.router, self.right):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)

    def ask(self, packets: list[Packet]) -> dict[int, Arrived]:
        """Where each packet arrived, by its place in the list from 1; those that did not are left out."""
        numbered = list(enumerate(packets, start=1))
        arrived: dict[int, Arrived] = {}
        for first in range(0, len(numbered), BATCH):
            arrived |= self._ask(numbered[first : first + BATCH])
        return arrived

    def _ask(self, packets: list[tuple[int, Packet]]) -> dict[int, Arrived]:
        listeners = [(True, self._listen(self.router)), (False, self._listen(self.right, "wire"))]
        flows = [
            {
                "id": number,
                **{f: getattr(p, f) for f in ("src", "dst", "protocol", "src_port", "dst_port")},
                **{f: getattr(p, f) for f in ("icmp_type", "icmp_code", "tcp_flags")},
            }
            for number, p in packets
        ]
        command = ("ip", "netns", "exec", self.left, sys.executable, str(PROBE), "send", "wire", self.mac)
        run(*command, stdin=json.dumps(flows))
        sent = {number for number, _ in packets}
        arrived: dict[int, Arrived] = {}
        for to_device, listener in listeners:
            shown, _ = listener.communicate("stop\n", timeout=60)
            for row in map(json.loads, shown.splitlines()):
                if row["id"] in sent:
                    ports = (row.get("src_port", 0), row.get("dst_port", 0))
                    arrived[row["id"]] = Arrived(to_device, row["src"], row["dst"], *ports)
        return arrived

    def _listen(self, space: str, *interface: str) -> subprocess.Popen[str]:
        listener = subprocess.Popen(
            ["ip", "netns", "exec", space, sys.executable, str(PROBE), "listen", *interface],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert listener.stdout is not None
        assert listener.stdout.readline() == "ready\n"
        return listener


def run(*command: str, stdin: str | None = None) -> str:
    done = subprocess.run(command, input=stdin, text=True, capture_output=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def link_address(space: str, interface: str) -> str:
    (link,) = json.loads(run("ip", "-n", space, "-j", "link", "show", "dev", interface))
    address: str = link["address"]
    return address


@pytest.fixture(scope="module")
def router() -> Iterator[Router]:
    missing = [program for program in ("ip", "iptables-restore", "sysctl") if shutil.which(program) is None]
    if missing:
        pytest.skip(f"a kernel can be asked only with {', '.join(missing)}")
    if os.geteuid() != 0:
        pytest.skip("only root may make network namespaces")
    built = Router()
    try:
        built.build()
    except OSError as error:
        built.remove()
        pytest.skip(f"this machine makes no router of namespaces: {error}")
    yield built
    built.remove()


def device() -> Device:
    """Our reading of the rules, with the addresses that the router has here."""
    read = fixture("kernel.v4")
    named = {one.name: one for one in read.interfaces}
    return replace(read, interfaces=tuple(replace(named[name], addresses=(own_address(name),)) for name in WIRES))


def own_address(interface: str) -> InterfaceAddress:
    own, _ = WIRES[interface]
    return InterfaceAddress(address=parse_address(own.partition("/")[0])[1], prefix=parse_prefix(own))


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


def test_the_kernel_agrees(router: Router) -> None:
    asked = [p for p in packets(7, count(1200, full=20_000)) if not (p.tcp_flags & ACK)]
    tracer = DeviceTracer(device(), date(2024, 1, 1))
    arrived = router.ask(asked)
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


def _difference(sent: Packet, ours: DeviceVerdict, theirs: Arrived | None) -> str:
    if ours.verdict is Verdict.UNKNOWN:
        return f"unknown: {', '.join(map(str, ours.undecided))}"
    if theirs is None:
        return "" if ours.verdict is Verdict.DENY else "the kernel dropped it"
    if ours.verdict is Verdict.DENY:
        return f"the kernel let it through as {format_address(4, theirs.dst)}:{theirs.dst_port}"
    got = ours.received
    assert got is not None
    if ours.to_device != theirs.to_device:
        return "the kernel sent it elsewhere"
    # Where two connections would come to look alike the kernel gives one another source port: those that share theirs.
    fields = ("src", "dst", "src_port", "dst_port") if sent.src_port >= OF_ITS_OWN else ("src", "dst", "dst_port")
    for field in fields:
        mine, its = getattr(got, field), getattr(theirs, field)
        if mine is not None and mine != its:
            return f"{field} {mine} is {its} for the kernel"
    return ""
