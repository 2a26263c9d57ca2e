"""What `sysctl` printed, beside the rules of the host: forwarding, and what the kernel asks of sources."""

import pytest

from segaudit.model import Device, LineState, SourceCheckMode
from segaudit.parsers.linux_iptables import PARSER
from tests.parsers.linux_iptables.reading import device_of, parsed, saved, source, states

RULES = saved("-A FORWARD -i eth0 -o eth1.20 -j ACCEPT", name="gw.v4")


def device(*settings: str) -> Device:
    return device_of(RULES, source("gw.sysctl", "\n".join(settings)))


@pytest.mark.parametrize(
    ("everywhere", "own", "mode"),
    [
        (0, 0, SourceCheckMode.NONE),
        (0, 1, SourceCheckMode.STRICT),
        (1, 0, SourceCheckMode.STRICT),
        (1, 2, SourceCheckMode.LOOSE),
        (2, 1, SourceCheckMode.LOOSE),
    ],
)
def test_the_larger_of_two_values_holds(everywhere: int, own: int, mode: SourceCheckMode) -> None:
    lines = (f"net.ipv4.conf.all.rp_filter = {everywhere}", f"net.ipv4.conf.eth1/20.rp_filter = {own}")
    found = device(*lines).interface("eth1.20")
    assert found is not None
    assert found.source_check.mode is mode
    assert found.source_check.versions == {4}
    assert found.source_check.span is not None
    assert found.source_check.span.first_line == (1 if everywhere > own else 2)


def test_one_of_two_values_tells_nothing() -> None:
    for lines in (("net.ipv4.conf.all.rp_filter = 1",), ("net.ipv4.conf.eth0.rp_filter = 1",)):
        found = device(*lines).interface("eth0")
        assert found is not None
        assert found.source_check.mode is SourceCheckMode.UNKNOWN


def test_whether_it_forwards() -> None:
    assert device("net.ipv4.ip_forward = 1").forwards
    assert not device("net.ipv4.ip_forward = 0", "net.ipv4.conf.eth0.forwarding = 1").forwards


def test_every_line_is_accounted_for() -> None:
    lines = (
        "net.ipv4.ip_forward = 1",
        "net.ipv4.tcp_rmem = 4096	131072	6291456",
        "net.ipv6.conf.all.forwarding = 1",
    )
    result = parsed(RULES, source("gw.sysctl", "\n".join(lines)))
    (ledger,) = (one for one in result.ledgers if one.path == "gw.sysctl")
    assert [state for state, _ in states(ledger).values()] == [
        LineState.MODELLED,
        LineState.IRRELEVANT,
        LineState.MODELLED,
    ]


def test_all_that_sysctl_prints() -> None:
    lines = (
        "abi.vsyscall32 = 1",
        "kernel.core_pattern = |/bin/x %p",
        "kernel.domainname = (none)",
        "vm.swappiness = 60",
    )
    (_, ledger) = parsed(RULES, source("gw.sysctl", "\n".join(("net.ipv4.ip_forward = 1", *lines)))).ledgers
    assert {state for state, _ in states(ledger).values()} == {LineState.MODELLED, LineState.IRRELEVANT}


def test_keys_are_hidden() -> None:
    written = source(
        "gw.sysctl",
        "net.ipv4.tcp_fastopen_key = 0badcafe-0badcafe-0badcafe-0badcafe\nnet.ipv6.conf.all.stable_secret = 2001:db8::bad",
    )
    shown = " ".join(written.quote(written.span(1, 2)))
    assert "fastopen_key" in shown
    assert "0badcafe" not in shown
    assert "db8::bad" not in shown


def test_it_is_recognised_and_belongs_to_the_rules_of_its_name() -> None:
    files = (RULES, source("gw.sysctl", "net.bridge.bridge-nf-call-iptables = 1\nnet.ipv4.ip_forward = 1\n"))
    assert PARSER.detect(files[1]).score >= 80
    assert [tuple(one.path for one in group) for group in PARSER.group(files)] == [("gw.v4", "gw.sysctl")]


def test_settings_without_rules_are_an_input_that_failed() -> None:
    alone = source("gw.sysctl", "net.ipv4.conf.all.rp_filter = 1\nnet.ipv4.conf.eth0.rp_filter = 1\n")
    (failure,) = parsed(alone).failures
    assert "gw.v4" in str(failure.problem)
