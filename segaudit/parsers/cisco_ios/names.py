"""The words that IOS has for protocols, ports and ICMP messages.

Cisco IOS Security Command Reference, ``permit (IP)`` (12.4, 15M&T): the protocol keywords, "TCP port names", "UDP port
names", "ICMP message type names"; the same for IPv6 under ``permit (IPv6)``. Numbers behind the ICMP names: IANA ICMP
and ICMPv6 parameters. The lists at the end are words of sister systems (IOS XE of newer date, NX-OS, EOS) that turn up
in files which are IOS otherwise; they mean the same everywhere.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final


def _numbers(text: str) -> dict[str, int]:
    words = text.split()
    return {name: int(number) for name, number in zip(words[::2], words[1::2], strict=True)}


#: IP protocols by the keyword of an access list. ``ip`` and ``ipv6`` are not among them: they mean any.
PROTOCOLS: Final = MappingProxyType(
    _numbers("""
    ahp 51 eigrp 88 esp 50 gre 47 icmp 1 igmp 2 igrp 9 ipinip 4 nos 94 ospf 89 pcp 108 pim 103 tcp 6 udp 17 sctp 132
    ah 51 egp 8 icmp6 58 icmpv6 58 ipv6-icmp 58 vrrp 112 snp 109 rsvp 46 l2tp 115 hbh 0
    """)
)

TCP_PORTS: Final = MappingProxyType(
    _numbers("""
    bgp 179 chargen 19 cmd 514 daytime 13 discard 9 domain 53 drip 3949 echo 7 exec 512 finger 79 ftp 21 ftp-data 20
    gopher 70 hostname 101 ident 113 irc 194 klogin 543 kshell 544 login 513 lpd 515 msrpc 135 nntp 119 onep-plain 15001
    onep-tls 15002 pim-auto-rp 496 pop2 109 pop3 110 smtp 25 sunrpc 111 syslog 514 tacacs 49 talk 517 telnet 23 time 37
    uucp 540 whois 43 www 80
    """)
)

UDP_PORTS: Final = MappingProxyType(
    _numbers("""
    biff 512 bootpc 68 bootps 67 discard 9 dnsix 195 domain 53 echo 7 isakmp 500 mobile-ip 434 nameserver 42
    netbios-dgm 138 netbios-ns 137 netbios-ss 139 non500-isakmp 4500 ntp 123 pim-auto-rp 496 rip 520 ripv6 521 snmp 161
    snmptrap 162 sunrpc 111 syslog 514 tacacs 49 talk 517 tftp 69 time 37 who 513 xdmcp 177
    """)
)

#: Port names of sister systems, for either transport protocol; IOS itself shows the number.
OTHER_PORTS: Final = MappingProxyType(
    _numbers("""
    bfd 3784 bfd-echo 3785 cifs 3020 ctiqbe 2748 dhcp-failover 647 http 80 https 443 imap4 143 imap3 220 kerberos 88
    ldap 389 ldaps 636 lotusnotes 1352 microsoft-ds 445 msrpc 135 mysql 3306 ms-sql-s 1433 ms-sql-m 1434 netbios-ssn 139
    nfs 2049 pcanywhere-data 5631 pcanywhere-status 5632 pptp 1723 radius 1812 radius-acct 1813 rdp 3389 rsh 514
    rtsp 554 secureid-udp 5510 sip 5060 snmp-trap 162 sqlnet 1521 ssh 22 vnc 5900 aol 5190 citrix-ica 1494 h323 1720
    """)
)

#: ICMP messages: type, and code where the name means one code only.
ICMP_MESSAGES: Final[MappingProxyType[str, tuple[int, int | None]]] = MappingProxyType(
    {
        "administratively-prohibited": (3, 13),
        "alternate-address": (6, None),
        "conversion-error": (31, None),
        "dod-host-prohibited": (3, 10),
        "dod-net-prohibited": (3, 9),
        "echo": (8, None),
        "echo-reply": (0, None),
        "general-parameter-problem": (12, 0),
        "host-isolated": (3, 8),
        "host-precedence-unreachable": (3, 14),
        "host-redirect": (5, 1),
        "host-tos-redirect": (5, 3),
        "host-tos-unreachable": (3, 12),
        "host-unknown": (3, 7),
        "host-unreachable": (3, 1),
        "information-reply": (16, None),
        "information-request": (15, None),
        "mask-reply": (18, None),
        "mask-request": (17, None),
        "mobile-redirect": (32, None),
        "net-redirect": (5, 0),
        "net-tos-redirect": (5, 2),
        "net-tos-unreachable": (3, 11),
        "net-unreachable": (3, 0),
        "network-unknown": (3, 6),
        "no-room-for-option": (12, 2),
        "option-missing": (12, 1),
        "packet-too-big": (3, 4),
        "parameter-problem": (12, None),
        "port-unreachable": (3, 3),
        "precedence-unreachable": (3, 15),
        "protocol-unreachable": (3, 2),
        "reassembly-timeout": (11, 1),
        "redirect": (5, None),
        "router-advertisement": (9, None),
        "router-solicitation": (10, None),
        "source-quench": (4, None),
        "source-route-failed": (3, 5),
        "time-exceeded": (11, None),
        "timestamp-reply": (14, None),
        "timestamp-request": (13, None),
        "traceroute": (30, None),
        "ttl-exceeded": (11, 0),
        "unreachable": (3, None),
        # Words of sister systems.
        "echo-request": (8, None),
        "traceroute-reply": (30, None),
    }
)

#: ICMPv6 messages, in ``ipv6 access-list``.
ICMPV6_MESSAGES: Final[MappingProxyType[str, tuple[int, int | None]]] = MappingProxyType(
    {
        "beyond-scope": (1, 2),
        "destination-unreachable": (1, 3),
        "dhaad-reply": (145, None),
        "dhaad-request": (144, None),
        "echo-reply": (129, None),
        "echo-request": (128, None),
        "header": (4, 0),
        "hop-limit": (3, 0),
        "mld-query": (130, None),
        "mld-reduction": (132, None),
        "mld-report": (131, None),
        "mldv2": (143, None),
        "mpd-advertisement": (147, None),
        "mpd-solicitation": (146, None),
        "nd-na": (136, None),
        "nd-ns": (135, None),
        "next-header": (4, 1),
        "no-admin": (1, 1),
        "no-route": (1, 0),
        "packet-too-big": (2, None),
        "parameter-option": (4, 2),
        "parameter-problem": (4, None),
        "port-unreachable": (1, 4),
        "reassembly-timeout": (3, 1),
        "redirect": (137, None),
        "renum-command": (138, 0),
        "renum-result": (138, 1),
        "renum-seq-number": (138, 255),
        "router-advertisement": (134, None),
        "router-renumbering": (138, None),
        "router-solicitation": (133, None),
        "time-exceeded": (3, None),
        "unreachable": (1, None),
    }
)

#: IGMP message names of ``permit igmp``; the packet space has no IGMP type, so they stay conditions.
IGMP_MESSAGES: Final = frozenset(
    {"dvmrp", "host-query", "host-report", "pim", "trace", "v2-leave", "v2-report", "v3-report"}
)


def port_number(protocol: int, word: str) -> int | None:
    """The port that ``word`` (a number or a name) means for the IP ``protocol``; ``None`` if it is no port."""
    if word.isascii() and word.isdigit():
        number = int(word)
        return number if number <= 65535 else None
    own = UDP_PORTS if protocol == 17 else TCP_PORTS
    for table in (own, OTHER_PORTS, TCP_PORTS, UDP_PORTS):
        number_of_name = table.get(word)
        if number_of_name is not None:
            return number_of_name
    return None


def protocol_number(word: str) -> int | None:
    """The IP protocol of ``word`` (a keyword or 0 to 255); ``None`` if it is none, and for ``ip`` and ``ipv6``."""
    if word.isascii() and word.isdigit():
        number = int(word)
        return number if number <= 255 else None
    return PROTOCOLS.get(word)
