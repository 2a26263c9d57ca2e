"""Whether a file is an IOS or IOS XE configuration.

Its sister systems share most words, so single words count little; what only they have counts against.
"""

from __future__ import annotations

import re
from typing import Final

from segaudit.model import SourceFile
from segaudit.parser import NO_SIGN, Detection

_LINES: Final = 1000

#: Signs, by the start of a line (after blanks), with the points for the first line that shows them.
_OWN: Final[tuple[tuple[re.Pattern[str], int, str], ...]] = (
    (re.compile(r"version (1[0-7]\.\d+|9\.\d+)\s*$"), 30, "version line of IOS"),
    (re.compile(r"service (timestamps|password-encryption|pad|tcp-keepalives)"), 30, "service commands"),
    (re.compile(r"! ?Cisco IOS( XE)? Software|Cisco IOS Software"), 60, "says IOS"),
    (re.compile(r"ip access-list (extended|standard) \S"), 35, "ip access-list extended or standard"),
    (re.compile(r"access-list \d+ (permit|deny|remark|dynamic)\b"), 35, "numbered access lists"),
    (re.compile(r"ipv6 traffic-filter \S+ (in|out)"), 35, "ipv6 traffic-filter"),
    (
        re.compile(r"interface (Fast|Gigabit|TenGigabit|TwentyFiveGig|HundredGig)?Eth?e?r?n?e?t?\S*\d+/\d+"),
        10,
        "interfaces",
    ),
    (
        re.compile(r"interface (Vlan|BVI|Dialer|Serial|Tunnel|Loopback|Virtual-Template|ATM|Cellular)\s*\d"),
        10,
        "interfaces",
    ),
    (re.compile(r"ip address \d+\.\d+\.\d+\.\d+ 255\.\d+\.\d+\.\d+( secondary)?\s*$"), 15, "addresses with netmasks"),
    (re.compile(r"ip access-group \S+ (in|out)\s*$"), 10, "ip access-group"),
    (re.compile(r"ip nat (inside|outside)\b"), 30, "ip nat inside or outside"),
    (re.compile(r"ip inspect (name )?\S+"), 30, "ip inspect"),
    (re.compile(r"(zone security|zone-pair security|zone-member security) \S+"), 30, "zone security"),
    (re.compile(r"(class|policy)-map type inspect "), 20, "inspect policies"),
    (re.compile(r"line vty \d+ \d+\s*$"), 15, "line vty"),
    (re.compile(r"line (con|aux) 0"), 10, "line con"),
    (
        re.compile(r"(no )?ip (classless|subnet-zero|cef|http server|http secure-server|domain[- ]lookup)\b"),
        10,
        "ip switches",
    ),
    (re.compile(r"aaa new-model"), 20, "aaa new-model"),
    (re.compile(r"enable secret [0-9] "), 10, "enable secret"),
    (re.compile(r"switchport (mode|access|trunk)"), 10, "switchport"),
    (re.compile(r"crypto isakmp (policy|key|profile)"), 5, "crypto isakmp"),
    (re.compile(r"crypto (map \S+ \d+|keyring \S+|ipsec transform-set \S+)"), 20, "crypto maps"),
    (re.compile(r"object-group (network|service) \S+\s*$"), 10, "object groups"),
    (re.compile(r"(Standard|Extended) IP access list \S+"), 40, "output of show access-lists"),
    (re.compile(r"(no )?ip route \d+\.\d+\.\d+\.\d+ \d+\.\d+\.\d+\.\d+ "), 15, "ip route with netmask"),
    (re.compile(r"ip dhcp (pool|excluded-address) "), 10, "ip dhcp pool"),
    (re.compile(r"snmp-server community \S+ (RO|RW|view)\b"), 5, "snmp-server"),
    (re.compile(r"ip prefix-list \S+ "), 5, "ip prefix-list"),
)

#: Signs that the sister systems show too; together they count no more than `_WEAK_MOST`.
_WEAK: Final[tuple[tuple[re.Pattern[str], int, str], ...]] = (
    (re.compile(r"ip access-list \S+\s*$"), 20, "ip access-list"),
    (re.compile(r"ipv6 access-list \S+\s*$"), 10, "ipv6 access-list"),
    (re.compile(r"(\d+ )?(permit|deny) (tcp|udp|ip|ipv6|icmp|\d+) \S+ \S+"), 10, "access list entries"),
    (re.compile(r"hostname \S+\s*$"), 5, "hostname"),
)
_WEAK_MOST: Final = 25

#: Words of other systems, by the start of a line; one is enough to count heavily against.
_OTHERS: Final[tuple[tuple[re.Pattern[str], int, str], ...]] = (
    (re.compile(r":? ?(ASA|PIX|FWSM) Version|: Saved|ASA Version"), 200, "ASA"),
    (re.compile(r"(nameif|security-level) \S+"), 200, "ASA"),
    (re.compile(r"access-group \S+ (in|out) interface \S+|object network \S+|same-security-traffic"), 200, "ASA"),
    (re.compile(r"!! IOS XR|!!? ?Last configuration change.*by.*\bXR"), 200, "IOS XR"),
    (re.compile(r"(no )?ipv4 access-list \S+"), 200, "IOS XR"),
    (re.compile(r"(ipv4 address|ipv4 access-group) \S+"), 40, "IOS XR"),
    (re.compile(r"(end-policy|end-set|taskgroup \S+|route-policy \S+|interface MgmtEth\d)"), 200, "IOS XR"),
    (
        re.compile(r"!Command: show|vdc \S+ id \d|feature \S+\s*$|vrf context \S+|boot nxos|install feature-set"),
        200,
        "NX-OS",
    ),
    (re.compile(r"version \d+\.\d+\(\d+\)\S*( Bios.*)?$"), 80, "NX-OS"),
    (re.compile(r"object-group ip (address|port) \S+"), 30, "NX-OS"),
    (
        re.compile(
            r"! device: \S+ \(.*EOS|! Command: show running|daemon TerminAttr|switchport default mode|management api|transceiver qsfp default"
        ),
        200,
        "EOS",
    ),
    (
        re.compile(r"!\s*(software version|image).*(Aruba|Dell|Brocade|FastIron|NetIron)|ver \d\d\.\d\.\d"),
        150,
        "another maker",
    ),
    (
        re.compile(r"netdestination \S+|ip access-list session \S+|; \S+ Configuration Editor|seq \d+ (permit|deny) "),
        150,
        "another maker",
    ),
    (
        re.compile(r"set (system|security|interfaces|firewall) |config (system|firewall) |<\?xml|#config-version"),
        200,
        "another maker",
    ),
    (re.compile(r"interface (mgmt|ethe?r?n?e?t? ?\d+/\d+/\d+:\d|GE\d+\.\d+|port\d+|lan\d)\b"), 60, "another maker"),
    (re.compile(r"(ip lan\d|ip filter \d+|pp select|tunnel select|nat descriptor) "), 200, "Yamaha"),
    (re.compile(r"acl (number|name|advanced|basic) |rule \d+ (permit|deny)|sysname |undo "), 200, "Huawei or H3C"),
)


def detect(source: SourceFile) -> Detection:
    """How surely ``source`` is an IOS configuration."""
    score = shared = against = 0
    found: list[str] = []
    own = list(_OWN)
    weak = list(_WEAK)
    others = list(_OTHERS)
    for raw in source.lines[:_LINES]:
        text = raw.strip()
        if not text or text == "!":
            continue
        hits = [sign for sign in own if sign[0].match(text)]
        for sign in hits:
            score += sign[1]
            found.append(sign[2])
            own.remove(sign)
        for sign in [s for s in weak if s[0].match(text)]:
            shared += sign[1]
            found.append(sign[2])
            weak.remove(sign)
        for sign in [s for s in others if s[0].match(text)]:
            against += sign[1]
            others.remove(sign)
        if against >= 200:
            return NO_SIGN
    total = min(score + min(shared, _WEAK_MOST), 100) - against
    if total <= 0:
        return NO_SIGN
    return Detection(score=total, evidence=", ".join(dict.fromkeys(found)))
