"""Long lists are read whole; how long that takes is for the benchmarks."""

import random

from segaudit.model import SourceFile
from segaudit.parsers.cisco_asa import PARSER


def long_list(entries: int) -> tuple[str, ...]:
    chance = random.Random(entries)
    lines = ["ASA Version 9.8(2)", "interface GigabitEthernet0/0", " nameif outside", " security-level 0"]
    for _ in range(entries):
        protocol = chance.choice(("tcp", "udp"))
        host = f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"
        net = f"172.16.{chance.randrange(256)}.0 255.255.255.0"
        action = chance.choice(("permit", "permit", "deny"))
        port = chance.randrange(1, 65536)
        lines.append(f"access-list IN extended {action} {protocol} host {host} {net} eq {port}")
    return (*lines, "access-group IN in interface outside")


def test_ten_thousand_entries() -> None:
    source = SourceFile(path="long.cfg", lines=long_list(10_000))
    (device,) = PARSER.parse((source,)).devices
    assert [len(rule_set.rules) for rule_set in device.rule_sets if rule_set.name == "IN"] == [10_000]
