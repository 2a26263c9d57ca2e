"""Whether a file is a configuration of a Yamaha router: few words are enough, no other maker has them."""

from __future__ import annotations

import re
from typing import Final

from segaudit.model import SourceFile
from segaudit.parser import NO_SIGN, Detection

_LINES: Final = 1000

#: Signs, by the start of a line (after blanks), with the points for the first line that shows them.
_SIGNS: Final[tuple[tuple[re.Pattern[str], int, str], ...]] = (
    (
        re.compile(r"#\s*(?:RTX?|NVR|FWX|SRT|RTV|NetVolante|vRX|N5\d|RT\d)[\w-]*\s+(?:\S+\s+)?Rev\.\d"),
        70,
        "header of a Yamaha router",
    ),
    (re.compile(r"(?:pp|tunnel) select (?:\d|anonymous|none)"), 40, "pp select or tunnel select"),
    (
        re.compile(r"ip(?:v6)? filter (?:dynamic )?\d+ (?:(?:pass|reject|restrict)(?:-(?:no)?log)? |\S+ \S+ \w)"),
        50,
        "filters by number",
    ),
    (
        re.compile(r"ip(?:v6)? (?:lan\d|pp|tunnel|vlan\d|bridge\d|wan\d)\S* secure filter (?:in|out|name) "),
        50,
        "secure filter",
    ),
    (re.compile(r"nat descriptor (?:type|address|masquerade|static) "), 50, "nat descriptor"),
    (re.compile(r"ip(?:v6)? (?:lan\d|vlan\d|bridge\d)\S* address "), 30, "ip lan1 address"),
    (
        re.compile(r"ip(?:v6)? (?:pp|tunnel) (?:address|mtu|nat descriptor|remote address|tcp mss) "),
        30,
        "ip pp or ip tunnel",
    ),
    (re.compile(r"ip(?:v6)? route (?:default|[0-9a-fA-F.:]+/[\d.]+) gateway "), 35, "ip route … gateway"),
    (re.compile(r"dhcp scope \d+ \d[\d.]*-\d"), 35, "dhcp scope"),
    (re.compile(r"dns server select \d+ "), 40, "dns server select"),
    (re.compile(r"(?:telnetd|sshd|httpd|sftpd) (?:host|service|listen) "), 25, "daemons of the router"),
    (re.compile(r"ipsec (?:ike (?:remote|local) address \d|sa policy \d+ \d+ |tunnel \d+\s*$)"), 30, "ipsec ike"),
    (re.compile(r"ip(?:v6)? policy filter (?:set )?\d+ "), 50, "policy filters"),
    (re.compile(r"ip(?:v6)? inbound filter \d+ (?:pass|reject)"), 50, "inbound filters"),
    (
        re.compile(
            r"(?:pppoe use lan|pp auth (?:accept|request|myname|username) |pp always-on |dhcp service (?:server|relay))"
        ),
        15,
        "PPPoE and PPP",
    ),
    (re.compile(r"vlan lan\d/\d+ 802\.1q vid="), 40, "VLANs"),
)

#: Words of other systems, by the start of a line.
_OTHERS: Final = re.compile(
    r"(?:interface (?:Gigabit|Fast|Ten|Vlan|Ethernet)|hostname \S+$|ip access-list |access-list \d+ |!|set (?:system|security) "
    r"|config (?:system|firewall) |edit \"|security-level |nameif |policy-map |object network |- name:|\s*\"|<\?xml)"
)
#: A line of another system takes away as much.
_AGAINST: Final = 10


def detect(source: SourceFile) -> Detection:
    """How surely ``source`` is the configuration of a Yamaha router."""
    score = against = 0
    found: list[str] = []
    left = list(_SIGNS)
    for raw in source.lines[:_LINES]:
        text = raw.strip()
        if not text:
            continue
        hits = [sign for sign in left if sign[0].match(text)]
        for sign in hits:
            score += sign[1]
            found.append(sign[2])
            left.remove(sign)
        if not hits and _OTHERS.match(raw):
            against += _AGAINST
    total = min(score, 100) - min(against, 200)
    if total <= 0:
        return NO_SIGN
    return Detection(score=total, evidence=", ".join(found))
