"""What is taken for an ASA configuration, by content alone."""

import pytest

from segaudit.model import SourceFile
from segaudit.parser import DETECTION_THRESHOLD
from segaudit.parsers.cisco_asa import PARSER
from tests.parsers.cisco_asa.reading import FIXTURES


def score(text: str) -> int:
    return PARSER.detect(SourceFile(path="a.txt", lines=tuple(text.splitlines()))).score


@pytest.mark.parametrize(
    "text",
    [
        ": Saved\n:\nASA Version 9.16(4) <context>\n",
        "PIX Version 6.3(5)\n",
        "FWSM Version 4.1(5)\n",
        ": Hardware: FPR-1010\nNGFW Version 7.2.5\n",
    ],
)
def test_a_version_line_says_it(text: str) -> None:
    assert score(text) == 100


@pytest.mark.parametrize(
    "text",
    [
        "access-list OUT extended permit tcp any any eq 443\n",
        "clear configure access-list X\naccess-list X permit ip 10.0.0.0 255.0.0.0 any\n",
        "nameif ethernet0 outside security0\nnameif ethernet1 inside security100\n",
        "interface GigabitEthernet0/0\n nameif inside\n security-level 100\n",
        "object network A\n host 192.0.2.1\nnat (inside,outside) source static A A\n",
        "static (inside,outside) 203.0.113.5 10.0.0.5 netmask 255.255.255.255\n",
        "! a script\nobject-group network G\n network-object host 192.0.2.1\n",
        "tunnel-group 192.0.2.1 type ipsec-l2l\n",
    ],
)
def test_a_part_of_one_is_recognised(text: str) -> None:
    assert score(text) >= DETECTION_THRESHOLD


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello world\n",
        "version 15.2\nhostname r1\ninterface Gi0/0\n ip access-group X in\nip access-list extended X\n permit ip any any\n",
        "access-list 101 permit tcp any host 192.0.2.1 eq 22\nline vty 0 4\n",
        "feature bgp\nversion 9.3(5)\nip access-list X\n 10 permit ip any any\n",
        "config firewall policy\n    edit 1\n        set srcintf lan\n",
        "*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n",
        "set security zones security-zone trust interfaces ge-0/0/0\n",
        '<?xml version="1.0"?>\n<config version="10.1.0"/>\n',
        '{"version": 1}\n',
    ],
)
def test_others_are_not(text: str) -> None:
    assert score(text) < DETECTION_THRESHOLD


def test_evidence_is_for_people() -> None:
    text = (FIXTURES / "tky-asa01.cfg").read_text(encoding="utf-8")
    detection = PARSER.detect(SourceFile(path="a", lines=tuple(text.splitlines())))
    assert detection.evidence == "ASA Version 9.16(4)"
