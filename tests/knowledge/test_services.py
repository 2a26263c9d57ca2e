from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segaudit.knowledge.services import (
    Context,
    ServiceEntry,
    Source,
    load_services,
    merged_ranges,
    read_services,
)
from segaudit.model.message import Severity

CATALOGUE = load_services()
PORTS = st.integers(0, 65535)
PROTOCOLS = st.sampled_from([1, 6, 17, 47, 50, 58, 132])


def test_a_port_has_one_first_owner() -> None:
    owners: Counter[tuple[int, int]] = Counter()
    for entry in CATALOGUE.entries:
        for protocol in entry.protocols:
            for low, high in entry.ports:
                owners.update((protocol, port) for port in range(low, high + 1) if not entry.shares(port))
    assert [pair for pair, count in owners.items() if count > 1] == []


def test_a_shared_port_belongs_to_its_entry_and_has_another_owner_or_is_a_dynamic_port() -> None:
    for entry in CATALOGUE.entries:
        for low, high in entry.shared:
            for port in range(low, high + 1):
                assert any(first <= port <= last for first, last in entry.ports), (entry.name, port)
                owned = any(CATALOGUE.primary(protocol, port) for protocol in entry.protocols)
                assert owned or entry.name == "msrpc-dynamic", (entry.name, port)


@given(protocol=PROTOCOLS, port=PORTS)
def test_the_index_answers_what_asking_every_entry_answers(protocol: int, port: int) -> None:
    covering = {entry.name for entry in CATALOGUE.entries if entry.covers(protocol, port)}
    candidates = CATALOGUE.candidates(protocol, port)
    assert {entry.name for entry in candidates} == covering
    primary = CATALOGUE.primary(protocol, port)
    assert [entry.name for entry in CATALOGUE.entries if entry.covers(protocol, port) and not entry.shares(port)] == (
        [primary.name] if primary else []
    )
    assert primary is None or candidates[0] == primary


@given(protocol=PROTOCOLS, low=PORTS, width=st.integers(0, 3000))
def test_overlap_is_the_union_of_the_first_owners_of_its_ports(protocol: int, low: int, width: int) -> None:
    high = min(low + width, 65535)
    expected = {owner.name for port in range(low, high + 1) if (owner := CATALOGUE.primary(protocol, port))}
    assert {entry.name for entry in CATALOGUE.overlapping(protocol, low, high)} == expected


@pytest.mark.parametrize(
    ("protocol", "port", "name"),
    [
        (6, 3389, "rdp"),
        (17, 3389, "rdp"),
        (6, 22, "ssh"),
        (6, 20, "ftp-data"),
        (6, 21, "ftp"),
        (17, 69, "tftp"),
        (6, 445, "smb"),
        (6, 139, "nbt-ssn"),
        (17, 138, "nbt-dgm"),
        (6, 135, "msrpc-epm"),
        (6, 5938, "teamviewer"),
        (6, 443, "https"),
        (17, 443, "quic"),
        (6, 514, "rsh"),
        (17, 514, "syslog"),
        (6, 9100, "raw9100"),
        (6, 50000, "db2"),
        (50, None, "esp"),
        (1, None, "icmp"),
    ],
)
def test_the_first_owner_of_well_known_ports(protocol: int, port: int | None, name: str) -> None:
    owner = CATALOGUE.primary(protocol, port)
    assert owner is not None
    assert owner.name == name


def test_a_dynamic_port_is_only_a_candidate() -> None:
    assert CATALOGUE.primary(6, 49300) is None
    assert [entry.name for entry in CATALOGUE.candidates(6, 49300)] == ["msrpc-dynamic"]


def test_an_unknown_port_and_an_unknown_protocol_have_no_service() -> None:
    assert CATALOGUE.primary(6, 40000) is None
    assert CATALOGUE.candidates(253, None) == ()
    assert CATALOGUE.overlapping(253, 0, 65535) == ()


def test_sets_hold_what_the_checks_ask_for() -> None:
    assert CATALOGUE.named("remote-desktop").ranges() == ((6, (3389, 3389)), (17, (3389, 3389)))
    assert CATALOGUE.named("ssh").ranges() == ((6, (22, 22)),)
    assert CATALOGUE.named("ftp").ranges() == ((6, (20, 21)),)
    assert CATALOGUE.named("smb").ranges() == ((6, (137, 137)), (6, (139, 139)), (6, (445, 445)), (17, (137, 138)))
    names = {entry.name for entry in CATALOGUE.named("remote-administration").entries}
    assert {"telnet", "vnc", "winrm-http", "radmin"} <= names
    assert not names & {"rdp", "ssh", "msrpc-epm"}
    assert (50, None) in CATALOGUE.named("vpn-gateway").ranges()


def test_severity_of_a_service_overrides_that_of_its_class() -> None:
    assert CATALOGUE.severity(CATALOGUE.entry("rdp"), Context.INTERNET) is Severity.CRITICAL
    assert CATALOGUE.severity(CATALOGUE.entry("ssh"), Context.INTERNET) is Severity.HIGH
    assert CATALOGUE.severity(CATALOGUE.entry("https"), Context.TERMINAL) is None


def test_titles_are_there_in_both_languages_and_nothing_wide_or_unread_is_a_first_owner() -> None:
    for entry in CATALOGUE.entries:
        assert entry.title.isprintable()
        assert entry.title
        assert entry.title_ja
        owned = sum(high - low + 1 for low, high in entry.ports) - sum(high - low + 1 for low, high in entry.shared)
        assert owned <= 256
        assert entry.verified or owned <= 20, entry.name
        assert entry.source is not Source.DECK or entry.name in {"rdp", "ssh", "ftp", "ftp-data"}


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted), max_size=8))
def test_merged_ranges_hold_the_same_ports_and_never_touch(pairs: list[list[int]]) -> None:
    entries = [
        ServiceEntry(name=str(n), class_id="y", title="x", title_ja="x", protocols=(6,), ports=((low, high),))
        for n, (low, high) in enumerate(pairs)
    ]
    merged = [ports for _, ports in merged_ranges(entries) if ports]
    assert {p for low, high in merged for p in range(low, high + 1)} == {
        p for low, high in pairs for p in range(low, high + 1)
    }
    assert all(high + 1 < low for (_, high), (low, _) in pairwise(merged))


def test_wrong_data_is_refused_with_a_reason() -> None:
    group = {"id": "g", "title": "G", "title_ja": "G", "severity": {"internet": "high"}, "pivot": 1, "services": []}
    with pytest.raises(ValueError, match="gives no severity for guest"):
        read_services({"classes": [group], "sets": {}})
    with pytest.raises(ValueError, match="expected keys and values"):
        read_services(["classes"])
