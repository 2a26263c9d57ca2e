"""The tracer and the packet sets agree on IOS devices: on the fixtures, and on configs made by chance."""

from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from segaudit.model import (
    AddressExpr,
    AddressIntersection,
    AddressRange,
    AddressUnion,
    Device,
    MaskedAddress,
    RuleSetKind,
    Service,
    ServiceComplement,
    ServiceExpr,
    ServiceIntersection,
    ServiceUnion,
)
from segaudit.model.address import HIGHEST
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.packet import ACK, SYN, Packet
from segaudit.packetspace.space import PacketSpace
from segaudit.semantics.device import DeviceSemantics
from segaudit.semantics.trace import DeviceTracer, Verdict
from tests.parsers.cisco_ios.reading import TODAY, Read, read, read_fixture
from tests.scale import count

FIXTURES = ("edge.cfg", "lists.cfg", "management.cfg", "nat.cfg", "switch.cfg", "vpn.cfg", "zones.cfg")
PAIRS = 6
PACKETS = count(60, full=400)


@pytest.fixture(scope="module")
def space() -> PacketSpace:
    return PacketSpace()


def corners(expr: AddressExpr) -> Iterator[int]:
    """Addresses at and beside the ends of an IPv4 expression."""
    match expr:
        case AddressRange(version=4):
            yield from (a for a in (expr.first - 1, expr.first, expr.last, expr.last + 1) if 0 <= a <= HIGHEST[4])
        case MaskedAddress(version=4):
            yield from (expr.value, expr.value | (HIGHEST[4] ^ expr.care))
        case AddressUnion() | AddressIntersection():
            for item in expr.items:
                yield from corners(item)
        case _:
            pass


def edges(expr: ServiceExpr) -> Iterator[int]:
    """Ports at and beside the ends of a service."""
    match expr:
        case Service():
            for first, last in (*(expr.source_ports or ()), *(expr.destination_ports or ())):
                yield from (p for p in (first - 1, first, last, last + 1) if 0 <= p <= 65535)
        case ServiceUnion() | ServiceIntersection():
            for item in expr.items:
                yield from edges(item)
        case ServiceComplement():
            yield from edges(expr.item)
        case _:
            pass


def packets(device: Device, chance: Random) -> Iterator[Packet]:
    """Packets at the corners of what the device's rules say."""
    rules = [rule for rule_set in device.rule_sets for rule in rule_set.rules]
    own = {own.address for i in device.interfaces for own in i.addresses if own.prefix.version == 4}
    addresses = sorted({0x08080808, *own, *(a for r in rules for e in (r.source, r.destination) for a in corners(e))})
    ports = sorted({22, 49152, *(p for r in rules for p in edges(r.service))})
    translates = any(rule_set.kind == RuleSetKind.NAT for rule_set in device.rule_sets)
    while True:
        protocol = chance.choice((1, 2, 6, 6, 6, 17, 17, 47, 50))
        state = 0 if translates else chance.choice((0, 0, 0, 1, 2))
        with_ports = protocol in (6, 17)
        yield Packet(
            version=4,
            protocol=protocol,
            src=chance.choice(addresses),
            dst=chance.choice(addresses),
            src_port=chance.choice(ports) if with_ports else 0,
            dst_port=chance.choice(ports) if with_ports else 0,
            icmp_type=chance.choice((0, 3, 8, 11)) if protocol == 1 else 0,
            icmp_code=chance.choice((0, 1, 3)) if protocol == 1 else 0,
            tcp_flags=(SYN if state == 0 else ACK) if protocol == 6 else 0,
            state=state,
        )


def differences(made: Read, space: PacketSpace, chance: Random, verdicts: Counter[str]) -> list[str]:
    """Packets on which the two disagree."""
    device = made.device
    bound = {name for a in device.attachments for name in (*a.ingress.items, *a.egress.items)}
    names = [i.name for i in device.interfaces if i.addresses or i.name in bound]
    ways = [(ingress, egress) for ingress in names for egress in names if ingress != egress]
    tracer, semantics = DeviceTracer(device, TODAY), DeviceSemantics(space, device, TODAY)
    translates = any(rule_set.kind == RuleSetKind.NAT for rule_set in device.rule_sets)
    made_up = packets(device, chance)
    found: list[str] = []
    for ingress, egress in chance.sample(ways, min(PAIRS, len(ways))):
        must = may = space.empty
        for arrived in semantics.arrive(ingress, PacketBounds.exactly(space.full)):
            for piece in semantics.forward(ingress, egress, arrived):
                sent = piece.sent()
                must |= sent.must
                may |= sent.may
        for _ in range(PACKETS):
            one = next(made_up)
            said = tracer.forward(one, ingress, egress).verdict
            of_sets = Verdict.PERMIT if one in must else Verdict.UNKNOWN if one in may else Verdict.DENY
            verdicts[said] += 1
            # Of a packet that may be translated or not the sets follow both, each as a piece that is possible only.
            if said is not of_sets and not (translates and of_sets is Verdict.UNKNOWN):
                found.append(f"{ingress} > {egress}: {one}: {said} to the tracer, {of_sets} to the sets")
    return found


@pytest.mark.parametrize("name", FIXTURES)
def test_on_a_fixture(space: PacketSpace, name: str) -> None:
    verdicts: Counter[str] = Counter()
    assert differences(read_fixture(name), space, Random(name), verdicts) == []
    assert verdicts


def entry(chance: Random) -> str:
    """An entry of an extended list."""
    addresses = [
        "any",
        "host 10.0.1.9",
        "10.0.0.0 0.0.255.255",
        "10.0.5.0 0.255.0.255",
        "object-group G",
        "192.0.2.0 0.0.0.63",
    ]
    protocol = chance.choice(["ip", "tcp", "tcp", "udp", "icmp", "esp", "47"])
    tail = ""
    if protocol in ("tcp", "udp"):
        tail = chance.choice(["", " eq 80", " range 100 200", " gt 1023", " neq 22", " eq 22 443"])
    if protocol == "tcp":
        tail += chance.choice(["", "", " established", " match-all +syn -ack"])
    if protocol == "icmp":
        tail = chance.choice(["", " echo", " 3 1"])
    tail += chance.choice(["", "", "", " dscp ef", " log", " fragments", " time-range T"])
    words = f"{chance.choice(['permit', 'permit', 'deny'])} {protocol} {chance.choice(addresses)} {chance.choice(addresses)}"
    return f" {words}{tail}"


def config(chance: Random) -> str:
    """A router with lists, zones or inspection, as chance has it."""
    lines = ["object-group network G", " host 10.0.1.9", " 192.0.2.32 255.255.255.224", "time-range T"]
    lines.append(
        chance.choice(
            [
                " periodic daily 8:00 to 9:00",
                " absolute end 00:00 1 January 2020",
                " absolute start 00:00 1 January 2020",
            ]
        )
    )
    for name in "ABC":
        lines.append(f"ip access-list extended {name}")
        lines += [entry(chance) for _ in range(chance.randint(0, 6))]
    lines += ["ip inspect name I tcp", "ip inspect name I ftp"]
    tests = ["match access-group name A", "match access-group name B", "match protocol http", "match protocol icmp",
             "match not protocol dns", "match not access-group name C", "match class-map K1", "match protocol bittorrent"]  # fmt: skip
    for number in (1, 2):
        lines.append(f"class-map type inspect {chance.choice(['match-any', 'match-all'])} K{number}")
        lines += [f" {test}" for test in chance.sample(tests[: 6 + 2 * (number - 1)], chance.randint(1, 3))]
    lines.append("policy-map type inspect P")
    for name in chance.sample(["K1", "K2"], chance.randint(1, 2)):
        lines += [f" class type inspect {name}", f"  {chance.choice(['inspect', 'pass', 'drop'])}"]
    lines += [" class class-default", f"  {chance.choice(['drop', 'pass'])}"]
    zones = chance.random() < 0.5
    if zones:
        lines += ["zone-pair security zp source z1 destination z2", " service-policy type inspect P"]
    for number in (1, 2, 3):
        lines += [f"interface Vlan{number}", f" ip address 10.0.{number}.1 255.255.255.0"]
        if zones and number < 3:
            lines.append(f" zone-member security z{number}")
        for direction in ("in", "out"):
            if chance.random() < 0.4:
                lines.append(f" ip access-group {chance.choice('ABC')} {direction}")
            if chance.random() < 0.2:
                lines.append(f" ip inspect I {direction}")
    return "\n".join(lines)


def test_on_configs_made_by_chance(space: PacketSpace) -> None:
    verdicts: Counter[str] = Counter()
    for seed in range(count(25, full=300)):
        chance = Random(seed)
        made = read(config(chance))
        assert made.not_understood == []
        assert differences(made, space, chance, verdicts) == [], f"seed {seed}"
    assert set(verdicts) == {"permit", "deny", "unknown"}
