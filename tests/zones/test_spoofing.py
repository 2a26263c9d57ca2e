"""Certificates: which sources can enter where, by which check or list, and what is not known."""

from dataclasses import replace

import pytest

from segaudit.model import ANY_ADDRESS, Action, Device, SourceCheck, SourceCheckMode, network
from segaudit.zones.spoofing import Certificate, Entry, certificates
from tests.zones.networks import declared, device, graph, interface, permit, route

SITE = declared(internet=["if=fw/wan"], office=("terminal", ["if=fw/lan"]), servers=("server", ["if=fw/srv"]))


def firewall(mode: SourceCheckMode, *more: str, default: Action = Action.PERMIT) -> Device:
    """The internet, an office and servers at one device, which lets in what no rule denies; ``more`` are denied sources."""
    rules, bound = permit("IN", "wan", default=default)
    denied = tuple(
        replace(one, source=network(text), destination=ANY_ADDRESS)
        for text, one in zip(
            more, permit("X", "wan", *((Action.DENY, ANY_ADDRESS) for _ in more))[0].rules, strict=True
        )
    )
    made = device(
        "fw",
        interface("wan", "203.0.113.2/29"),
        interface("lan", "192.168.10.1/24"),
        interface("srv", "192.168.20.1/24"),
        routes=[route("0.0.0.0/0", "203.0.113.1")],
        filters=[(replace(rules, rules=denied), bound)],
    )
    check = SourceCheck(mode=mode, versions=frozenset({4}))
    return replace(
        made,
        versions=frozenset({4}),
        interfaces=tuple(replace(i, source_check=check) for i in made.interfaces),
    )


def shown(one: Device) -> dict[str, Certificate]:
    """The certificates of a device by interface."""
    return {c.interface: c for c in certificates(graph(one, site=SITE))}


@pytest.mark.parametrize(
    ("mode", "outside", "inside"),
    [
        (SourceCheckMode.STRICT, Entry.PROVEN, Entry.PROVEN),
        (SourceCheckMode.FEASIBLE, Entry.DISPROVEN, Entry.PROVEN),
        (SourceCheckMode.LOOSE, Entry.DISPROVEN, Entry.DISPROVEN),
        (SourceCheckMode.NONE, Entry.DISPROVEN, Entry.DISPROVEN),
        (SourceCheckMode.UNKNOWN, Entry.UNKNOWN, Entry.UNKNOWN),
    ],
)
def test_the_check_decides(mode: SourceCheckMode, outside: Entry, inside: Entry) -> None:
    found = shown(firewall(mode))
    assert {name: c.verdict for name, c in found.items()} == {"wan": outside, "lan": inside, "srv": inside}
    assert found["wan"].outside
    assert found["wan"].zones == ("internet",)
    for certificate in found.values():
        assert bool(certificate.passing.may) == (certificate.verdict != Entry.PROVEN)
        assert certificate.passing.may <= certificate.foreign


def test_a_list_that_denies_the_own_prefixes_is_as_good() -> None:
    found = shown(firewall(SourceCheckMode.NONE, "192.168.10.0/24", "192.168.20.0/24"))
    assert found["wan"].verdict == Entry.PROVEN
    assert found["wan"].checked == found["wan"].foreign, "no check, the list does it"
    assert shown(firewall(SourceCheckMode.UNKNOWN, "192.168.0.0/16"))["wan"].verdict == Entry.PROVEN
    partly = shown(firewall(SourceCheckMode.NONE, "192.168.10.0/24"))["wan"]
    assert partly.verdict == Entry.DISPROVEN
    space = partly.foreign.space
    assert partly.passing.may <= space.addresses("src", 4, 0xC0A81400, 0xC0A814FF)


def test_where_nothing_gets_in_no_source_does() -> None:
    found = shown(firewall(SourceCheckMode.NONE, default=Action.DENY))
    assert found["wan"].verdict == Entry.PROVEN
    assert found["lan"].verdict == Entry.DISPROVEN


def test_the_verdict_is_none_where_routes_are_learnt() -> None:
    one = replace(firewall(SourceCheckMode.STRICT), dynamic_routing=("ospf",), routes=())
    assert shown(one)["lan"].verdict in {Entry.UNKNOWN, Entry.PROVEN}
    assert shown(one)["wan"].verdict == Entry.PROVEN, "connected networks are not learnt"
