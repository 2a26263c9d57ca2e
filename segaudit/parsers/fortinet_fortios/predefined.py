"""The services and service groups that FortiOS has without a line of configuration.

``show`` and backups print the ones that exist in a VDOM; extracts and hand-written files leave them out. Ports and
protocols are those of the factory configuration of FortiOS 6.4.4 (`config firewall service custom`). That of 5.2 has
the same but for KERBEROS, which was port 88 alone. ``ANY`` is the name that ``ALL`` had up to FortiOS 4.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: Name, then what the factory configuration says: ``tcp``, ``udp`` (destination ports, ``:source``), ``icmp``, ``icmp6``
#: (a type, or any), ``ip`` (a protocol number; 0 is any).
_SERVICES: Final = """
ALL ip 0
ANY ip 0
ALL_TCP tcp 1-65535
ALL_UDP udp 1-65535
ALL_ICMP icmp any
ALL_ICMP6 icmp6 any
GRE ip 47
AH ip 51
ESP ip 50
OSPF ip 89
PING icmp 8
TIMESTAMP icmp 13
INFO_REQUEST icmp 15
INFO_ADDRESS icmp 17
PING6 icmp6 128
AFS3 tcp 7000-7009 udp 7000-7009
AOL tcp 5190-5194
BGP tcp 179
CVSPSERVER tcp 2401 udp 2401
DCE-RPC tcp 135 udp 135
DHCP udp 67-68
DHCP6 udp 546 547
DNS tcp 53 udp 53
FINGER tcp 79
FTP tcp 21
FTP_GET tcp 21
FTP_PUT tcp 21
GOPHER tcp 70
H323 tcp 1720 1503 udp 1719
HTTP tcp 80
HTTPS tcp 443
IKE udp 500 4500
IMAP tcp 143
IMAPS tcp 993
Internet-Locator-Service tcp 389
IRC tcp 6660-6669
KERBEROS tcp 88 464 udp 88 464
L2TP tcp 1701 udp 1701
LDAP tcp 389
LDAP_UDP udp 389
MGCP udp 2427 2727
MMS tcp 1755 udp 1024-5000
MS-SQL tcp 1433 1434
MYSQL tcp 3306
NetMeeting tcp 1720
NFS tcp 111 2049 udp 111 2049
NNTP tcp 119
NONE tcp 0
NTP tcp 123 udp 123
ONC-RPC tcp 111 udp 111
PC-Anywhere tcp 5631 udp 5632
POP3 tcp 110
POP3S tcp 995
PPTP tcp 1723
QUAKE udp 26000 27000 27910 27960
RADIUS udp 1812 1813
RADIUS-OLD udp 1645 1646
RAUDIO udp 7070
RDP tcp 3389
REXEC tcp 512
RIP udp 520
RLOGIN tcp 513:512-1023
RSH tcp 514:512-1023
RTSP tcp 554 7070 8554 udp 554
SAMBA tcp 139
SCCP tcp 2000
SIP tcp 5060 udp 5060
SIP-MSNmessenger tcp 1863
SMB tcp 445
SMTP tcp 25
SMTPS tcp 465
SNMP tcp 161-162 udp 161-162
SOCKS tcp 1080 udp 1080
SQUID tcp 3128
SSH tcp 22
SYSLOG udp 514
TALK udp 517-518
TELNET tcp 23
TFTP udp 69
TRACEROUTE udp 33434-33535
UUCP tcp 540
VDOLIVE tcp 7000-7010
VNC tcp 5900
WAIS tcp 210
WINFRAME tcp 1494 2598
WINS tcp 1512 udp 1512
X-WINDOWS tcp 6000-6063
"""


def _read() -> Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    found: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {}
    for line in _SERVICES.split("\n"):
        name, *words = line.split() or [""]
        parts: list[tuple[str, list[str]]] = []
        for word in words:
            if word in {"tcp", "udp", "icmp", "icmp6", "ip"}:
                parts.append((word, []))
            else:
                parts[-1][1].append(word)
        if name:
            found[name] = tuple((kind, tuple(values)) for kind, values in parts)
    return MappingProxyType(found)


#: Each service as pairs of a kind (as above) and its words.
PREDEFINED_SERVICES: Final = _read()

PREDEFINED_GROUPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "Email Access": ("DNS", "IMAP", "IMAPS", "POP3", "POP3S", "SMTP", "SMTPS"),
        "Web Access": ("DNS", "HTTP", "HTTPS"),
        "Windows AD": ("DCE-RPC", "DNS", "KERBEROS", "LDAP", "LDAP_UDP", "SAMBA", "SMB"),
        "Exchange Server": ("DCE-RPC", "DNS", "HTTPS"),
    }
)
