"""Networks of three routers in real kernels: where packets arrive, and how they look then, against the tracer and the sets.

Skipped with its reason where network namespaces are not to be had. What the routers are told to be, and why, stands in
`laboratory`; the rules as a person writes them in `fixtures`; rules by chance come from `networks`.
"""

from __future__ import annotations

from random import Random

import pytest

from segaudit.packetspace.space import PacketSpace
from segaudit.semantics.trace import Verdict
from tests.kernel.agreement import Audited, Tally
from tests.kernel.laboratory import Laboratory
from tests.kernel.networks import by_chance, office
from tests.kernel.spaces import NoNamespacesError, require_namespaces
from tests.scale import SOAK, count


@pytest.fixture(scope="module", autouse=True)
def _kernel() -> None:
    try:
        require_namespaces()
    except NoNamespacesError as error:
        pytest.skip(str(error))


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
    print(f"{dict(tally.said)}, {tally.translated} of them translated, {tally.to_routers} to a router itself")
