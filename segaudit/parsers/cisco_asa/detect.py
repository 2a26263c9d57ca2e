"""Whether a file is a configuration of ASA, PIX, FWSM or FTD (its ``show running-config``), by its content."""

from __future__ import annotations

import re
from typing import Final

from segaudit.model import SourceFile
from segaudit.parser import DETECTION_THRESHOLD, NO_SIGN, Detection
from segaudit.syntax.route_table import printed_by

#: How much of a file is looked at.
_LINES: Final = 1000

_VERSION: Final = re.compile(r"^:?\s*(?:ASA|PIX|FWSM|NGFW) Version \d")

#: Lines that other makers, and Cisco's routers, do not write; and how much each kind tells.
_SIGNS: Final = tuple(
    (re.compile(pattern), weight, name)
    for pattern, weight, name in (
        (r"^\s*nameif \S+\s*$|^nameif \S+ \S+ security\d+", 40, "nameif"),
        (r"^\s+security-level \d+\s*$", 40, "security-level"),
        (
            r"^access-list \S+ (?:line \d+ )?(?:extended|advanced|webtype|standard) (?:permit|deny|trust) ",
            60,
            "access-list",
        ),
        (r"^access-list \S*[A-Za-z]\S* (?:line \d+ )?(?:permit|deny) \S+ .*255\.", 35, "access-list with a netmask"),
        (r"^access-list \S+ remark ", 5, "access-list remark"),
        (r"^access-group \S+ (?:(?:in|out) interface \S+|global)", 60, "access-group"),
        (r"^clear conf\w* (?:access-list|object|nat|static|global|icmp)", 45, "clear configure"),
        (r"^object network \S+", 25, "object network"),
        (r"^object service \S+", 20, "object service"),
        (r"^nat \(\S+\) (?:\d+|source|after-auto)", 50, "nat"),
        (r"^(?:static|global) \(\S+\) ", 50, "static"),
        (r"^tunnel-group \S+ (?:type|general-attributes|ipsec-attributes|webvpn-attributes)", 40, "tunnel-group"),
        (r"^group-policy \S+ (?:internal|external|attributes)", 40, "group-policy"),
        (r"^same-security-traffic permit ", 50, "same-security-traffic"),
        (r"^(?:fixup protocol|conduit) ", 45, "fixup"),
        (r"^threat-detection ", 25, "threat-detection"),
        (r"^sysopt ", 25, "sysopt"),
        (r"^(?:http|ssh|telnet) \S+ \S+ \S+\s*$", 5, "management line"),
        (r"^crypto map \S+ \d+ match address ", 25, "crypto map"),
        (r"^object-group (?:network|service|protocol|icmp-type) \S+", 15, "object-group"),
        (r"^\s+(?:network-object|port-object|service-object) ", 25, "network-object"),
        (r"^name \d+\.\d+\.\d+\.\d+ \S+", 20, "name"),
    )
)

#: Lines that only other systems write, with similar lines beside them.
_OTHERS: Final = re.compile(
    r"^(?:ip access-list |line (?:vty|con) |version \d+\.\d+|feature \S+$|vdc \S+ id|config firewall|set deviceconfig"
    r"|\s+ip access-group \S+ (?:in|out)|ip (?:routing|cef|nat (?:inside|outside) source)|zone-pair |vrf definition )"
)


def detect(source: SourceFile) -> Detection:
    """How surely ``source`` is one: 100 where it states its version, else by the lines that only these systems have; or it
    is what ``show route`` prints.
    """
    found = _detect(source)
    if found.score < DETECTION_THRESHOLD and printed_by(source.lines) == "asa":
        return Detection(score=80, evidence="a routing table as show route prints it")
    return found


def _detect(source: SourceFile) -> Detection:
    seen: dict[str, int] = {}
    others = 0
    for text in source.lines[:_LINES]:
        if not text or text[0] in "#<{[":
            continue
        if " Version " in text and _VERSION.match(text):
            return Detection(score=100, evidence=text.strip()[:60])
        if _OTHERS.match(text):
            others += 1
        for pattern, weight, name in _SIGNS:
            if name not in seen and pattern.match(text):
                seen[name] = weight
    if not seen:
        return NO_SIGN
    score = min(sum(seen.values()), 95) - 30 * min(others, 3)
    if score <= 0:
        return NO_SIGN
    return Detection(score=score, evidence=", ".join(sorted(seen, key=lambda name: -seen[name])[:4]))
