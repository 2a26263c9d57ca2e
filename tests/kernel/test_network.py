"""Networks of three routers in real kernels: where packets arrive, and how they look then, against the tracer and the sets.

Skipped with its reason where network namespaces are not to be had. What the routers are told to be, and why, stands in
`laboratory`; the rules as a person writes them in `fixtures`; rules by chance come from `networks`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from segaudit.model import Device
from segaudit.packetspace.space import PacketSpace
from segaudit.semantics.trace import Verdict
from tests.kernel.agreement import Audited, Tally
from tests.kernel.laboratory import Arrival, Laboratory
from tests.kernel.networks import by_chance, office
from tests.kernel.spaces import NoNamespacesError, require_namespaces
from tests.scale import SOAK, count

#: What the rules in `fixtures` are written for, worked out by hand: who sends what, and where it arrives, from whom, for
#: whom; nothing: nowhere.
WORKED_OUT = (
    # A port forwarded three times, its sender hidden on the second stretch.
    ("198.51.100.7", "203.0.113.1", "tcp/2222", "branch 10.0.23.1 192.168.50.5:22"),
    ("8.8.8.8", "203.0.113.10", "tcp/443", "dmz 8.8.8.8 172.16.10.10:443"),
    ("192.0.2.66", "203.0.113.10", "tcp/443", ""),
    ("8.8.8.8", "203.0.113.10", "udp/5010", "dmz 8.8.8.8 172.16.10.11:5010"),
    # Translated by no rule it goes back to where it came from: what leaves by wan may have come in by wan.
    ("8.8.8.8", "203.0.113.10", "udp/5011", "internet 203.0.113.1 203.0.113.10:5011"),
    # Hairpins: back into the segment that it came from; down again the link that it came up.
    ("172.16.10.20", "203.0.113.10", "tcp/80", "dmz 172.16.10.1 172.16.10.10:80"),
    ("10.1.0.20", "203.0.113.1", "tcp/8443", "servers 10.1.0.20 10.2.0.20:443"),
    # Redirects to the router itself, and who may.
    ("10.1.0.200", "8.8.8.8", "tcp/80", "self@core 10.1.0.200 10.1.0.1:3128"),
    ("198.51.100.7", "203.0.113.1", "tcp/10022", "self@edge 198.51.100.7 203.0.113.1:22"),
    ("8.8.8.8", "203.0.113.1", "tcp/10022", ""),
    # Outwards: by the address of the interface, by one of its own, by none; by two of them in turn.
    ("10.1.0.20", "8.8.8.8", "tcp/80", "internet 203.0.113.1 8.8.8.8:80"),
    ("10.2.0.9", "8.8.8.8", "tcp/443", "internet 203.0.113.3 8.8.8.8:443"),
    ("10.2.0.9", "8.8.8.8", "udp/123", "internet 10.2.0.9 8.8.8.8:123"),
    ("10.2.0.9", "8.8.8.8", "tcp/25", ""),
    ("192.168.50.200", "8.8.8.8", "tcp/443", "internet 203.0.113.1 8.8.8.8:443"),
    ("192.168.50.20", "8.8.8.8", "tcp/443", ""),
    # Blocks of the same size, on the way there and on the way back.
    ("10.1.0.50", "10.250.0.5", "tcp/22", "branch 10.1.0.50 192.168.50.5:22"),
    ("10.1.0.52", "10.250.0.5", "tcp/22", ""),
    ("10.2.0.9", "10.9.9.20", "tcp/9100", "office 10.1.0.1 10.1.0.20:9100"),
    # Between the segments.
    ("10.1.0.20", "10.2.0.31", "tcp/3389", "servers 10.1.0.20 10.2.0.31:3389"),
    ("10.1.0.20", "10.2.0.30", "tcp/3389", ""),
    ("192.168.50.20", "192.168.50.1", "tcp/8005", "servers 192.168.50.20 10.2.0.20:443"),
    ("192.168.50.20", "10.2.0.20", "tcp/445", ""),
    ("10.1.0.20", "10.3.0.1", "tcp/80", ""),
    ("2606:4700::1", "2001:db8:ffff::1", "tcp/8443", "servers 2606:4700::1 2001:db8:2::20:443"),
    ("2606:4700::1", "2001:db8:2::20", "tcp/3389", ""),
    ("fd00:50::7", "2606:4700::1", "udp/53", "internet 2001:db8:ffff::1 2606:4700::1:53"),
)


@pytest.fixture(scope="module", autouse=True)
def _kernel() -> None:
    try:
        require_namespaces()
    except NoNamespacesError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize(
    "misread",
    [
        lambda device: replace(device, rule_sets=tuple(r for r in device.rule_sets if r.name != "nat/POSTROUTING")),
        lambda device: replace(device, routes=device.routes[1:]),
        lambda device: replace(
            device,
            rule_sets=tuple(replace(r, rules=r.rules[1:]) if r.name == "nat/PUBLISH" else r for r in device.rule_sets),
        ),
    ],
    ids=["a list", "a route", "a rule"],
)
def test_what_is_misread_shows(misread: Callable[[Device], Device]) -> None:
    with Laboratory(office()) as laboratory:
        audited = Audited(PacketSpace(), laboratory, misread)
        asked = [audited.probe(src, dst, service) for src, dst, service, _ in WORKED_OUT]
        assert audited.ask(asked).differing


def test_a_network_as_people_build_them() -> None:
    wanted = count(2_500, full=20_000)
    with Laboratory(office()) as laboratory:
        audited = Audited(PacketSpace(), laboratory)
        assert len(audited.graph.sources) == 7, "five segments and the two links between the routers"
        chance = Random(7 if not SOAK else None)
        tally = audited.ask(audited.probes(wanted, chance))
        answers = audited.ask_answers(audited.probes(wanted // 5, chance))
    _agree(tally, wanted)
    assert not answers.differing, f"{len(answers.differing)}:\n" + "\n".join(answers.differing[:20])
    assert answers.said[Verdict.PERMIT] > wanted // 40, answers.said
    assert answers.said[Verdict.DENY] > wanted // 40, answers.said
    assert tally.translated > wanted // 20, "hardly a packet was translated"


def test_networks_by_chance() -> None:
    """Rows, rings and backbones, with rules, translations and metrics by chance."""
    tally = Tally()
    first, networks, each = (1, 6, 420) if not SOAK else (Random().randrange(1_000_000), 150, 400)
    for seed in range(first, first + networks):
        with Laboratory(by_chance(seed)) as laboratory:
            audited = Audited(PacketSpace(), laboratory)
            found = audited.ask(audited.probes(each, Random(seed)))
        found.differing[:] = [f"network {seed}: {text}" for text in found.differing]
        tally.add(found)
    _agree(tally, networks * each)
    assert tally.translated > tally.packets // 50, "hardly a packet was translated"


def _agree(tally: Tally, wanted: int) -> None:
    assert not tally.differing, f"{len(tally.differing)} of {tally.packets}:\n" + "\n".join(tally.differing[:20])
    assert tally.packets > wanted * 0.95
    assert tally.said[Verdict.PERMIT] * 3 >= wanted, tally.said
    assert tally.said[Verdict.DENY] * 3 >= wanted, tally.said
    assert tally.to_routers, "no packet was for a router itself"
    assert tally.sure * 5 > wanted, "the sets are sure of hardly a packet"
    print(f"{dict(tally.said)}, {tally.translated} of them translated, {tally.to_routers} to a router itself")


def test_what_the_rules_are_written_for() -> None:
    with Laboratory(office()) as laboratory:
        audited = Audited(PacketSpace(), laboratory)
        asked = [audited.probe(src, dst, service) for src, dst, service, _ in WORKED_OUT]
        arrived = audited.arrivals(asked)
        tally = audited.ask([audited.probe(src, dst, service) for src, dst, service, _ in WORKED_OUT])
    for (*flow, expected), arrivals in zip(WORKED_OUT, arrived, strict=True):
        assert [_as_text(one) for one in arrivals] == [expected] * bool(expected), flow
    assert not tally.differing, "\n".join(tally.differing)


def _as_text(arrival: Arrival) -> str:
    packet = arrival.packet
    return f"{'self@' * arrival.itself}{arrival.place} {packet.src_text} {packet.dst_text}:{packet.dst_port}"
