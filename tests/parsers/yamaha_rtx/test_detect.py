"""Which files are the routers': their own, and no one else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from segaudit.parser import DETECTION_THRESHOLD
from segaudit.parsers.yamaha_rtx import PARSER
from tests.conftest import ROOT
from tests.parsers.yamaha_rtx.reading import FIXTURES, source

OWN = sorted(FIXTURES.glob("*.conf"))
EXAMPLES = sorted(
    path for path in (ROOT / "examples" / "configs").glob("*/*") if path.is_file() and "rtx" not in path.name
)


def score(*lines: str) -> int:
    """How surely these lines are a router's."""
    return PARSER.detect(source(*lines)).score


@pytest.mark.parametrize("path", OWN, ids=[path.name for path in OWN])
def test_its_own_files(path: Path) -> None:
    assert score(path.read_text(encoding="utf-8")) >= 90


@pytest.mark.parametrize("path", EXAMPLES, ids=[f"{path.parent.name}/{path.name}" for path in EXAMPLES])
def test_files_of_other_kinds(path: Path) -> None:
    if not path.name.startswith("README"):
        assert score(path.read_text(encoding="utf-8", errors="replace")) < DETECTION_THRESHOLD


@pytest.mark.parametrize(
    "line",
    [
        "# RTX1220 Rev.15.04.04 (Mon Jun 13 16:36:19 2022)",
        "#\tN58i Rev.9.01.36 (Fri Nov 21 18:14:37 2008)",
        "pp select 1",
        "ip filter 200099 pass * * * * *",
        "ipv6 filter dynamic 101080 * * ftp",
        "ip lan1 secure filter in 1 2 3",
        "nat descriptor type 1 masquerade",
        "ip lan1 address 192.168.100.1/24",
        "ip route default gateway pp 1",
        "dhcp scope 1 192.168.100.2-192.168.100.191/24",
        "dns server select 500001 pp 1 any .",
        "ip policy filter 1100 reject-nolog lan1 * * * *",
    ],
)
def test_one_line_is_enough(line: str) -> None:
    assert score(line) >= DETECTION_THRESHOLD


@pytest.mark.parametrize(
    "lines",
    [
        ("interface GigabitEthernet0/0", " ip address 10.0.0.1 255.255.255.0", "ip route 0.0.0.0 0.0.0.0 10.0.0.254"),
        (
            "ip access-list web permit tcp src any sport any dest any dport eq 80",
            "interface GE0.0",
            " ip filter web 1 in",
        ),
        ("/ip firewall filter", "add action=accept chain=input", "/ip route", "add gateway=10.0.0.1"),
        ("ip filter 10 in pass",),
        ("set interfaces ethernet eth0 address 10.0.0.1/24", "set nat source rule 10 outbound-interface eth1"),
        ("hello", "world"),
    ],
)
def test_lines_of_others(lines: tuple[str, ...]) -> None:
    assert score(*lines) < DETECTION_THRESHOLD
