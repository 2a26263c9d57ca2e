"""Which texts are Junos, by their content, and which only look alike."""

import pytest

from segaudit.model import SourceFile
from segaudit.parser import DETECTION_THRESHOLD
from segaudit.parsers.juniper_srx import PARSER
from tests.parsers.juniper_srx.reading import BASE, ROUTER, source
from tests.parsers.juniper_srx.writing import as_set


def score(text: str) -> int:
    return PARSER.detect(SourceFile(path="x", lines=tuple(text.splitlines()))).score


@pytest.mark.parametrize(
    "text",
    [
        BASE,
        ROUTER,
        "set firewall family inet filter f term t from protocol tcp\n",
        "set security policies global policy p then permit\n",
        "firewall {\n    family inet {\n        filter f {\n            term t {\n                then accept;\n",
        "set version 15.1X49-D15.4\nset system host-name a\n",
    ],
)
def test_junos(text: str) -> None:
    assert score(text) >= 70


def test_the_fixture_in_both_forms() -> None:
    text = "\n".join(source("nagoya.conf").lines)
    assert score(text) >= 95
    assert score(as_set(text)) >= 95


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hostname r1\ninterface GigabitEthernet0/0\n ip address 192.0.2.1 255.255.255.0\n",
        "set deviceconfig system hostname gw\nset zone out network layer3 ethernet1/1\n",
        (
            "set interfaces ethernet eth0 address '192.0.2.1/24'\nset service ssh port '22'\nset system host-name 'vyos'\n"
            "set firewall name OUT rule 10 action 'accept'\n"
        ),
        "interfaces {\n    ethernet eth0 {\n        address 192.0.2.1/24\n    }\n}\nsystem {\n    host-name vyos\n}\n",
        "mgt-config {\n  users {\n    admin {\n      phash x;\n    }\n  }\n}\ndeviceconfig {\n  system {\n    hostname a;\n",
        'options {\n    directory "/var/named";\n};\nzone "example.jp" {\n    type master;\n    file "x";\n};\n',
        "table inet filter {\n  chain input {\n    type filter hook input priority 0; policy drop;\n  }\n}\n",
    ],
)
def test_what_only_looks_alike(text: str) -> None:
    assert score(text) < DETECTION_THRESHOLD
