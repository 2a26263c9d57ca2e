"""The words that ASA, PIX and FWSM have for protocols, ports and ICMP types, and the numbers behind them.

Cisco ASA Series General Operations CLI Configuration Guide, 9.19, appendix "Addresses, Protocols, and Ports"
(tables "Protocol Literal Values", "Port Literal Values", "ICMP Types"); Cisco FWSM 2.3 Command Reference, appendix
"Port and Protocol Values", for the words that only PIX 6 and FWSM know.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from segaudit.model import GRE, ICMP, ICMPV6, SCTP, TCP, UDP

#: Every IP protocol; ``None`` stands for it where a number is asked.
ANY_PROTOCOL_WORDS: Final = frozenset({"ip", "0"})

PROTOCOLS: Final = MappingProxyType(
    {
        "icmp": ICMP,
        "igmp": 2,
        "ipinip": 4,
        "tcp": TCP,
        "igrp": 9,
        "udp": UDP,
        # "Entering the pptp protocol literal is equivalent to gre", "ipsec is equivalent to esp" (same table).
        "gre": GRE,
        "pptp": GRE,
        "esp": 50,
        "ipsec": 50,
        "ah": 51,
        "icmp6": ICMPV6,
        "eigrp": 88,
        "ospf": 89,
        "nos": 94,
        "pim": 103,
        "pcp": 108,
        "snp": 109,
        "sctp": SCTP,
    }
)

#: Words for TCP and UDP alike.
_BOTH: Final = {
    "cifs": 3020,
    "discard": 9,
    "domain": 53,
    "echo": 7,
    "http": 80,
    "kerberos": 750,
    "nfs": 2049,
    "pim-auto-rp": 496,
    "sip": 5060,
    "sunrpc": 111,
    "tacacs": 49,
    "talk": 517,
    "www": 80,
}

TCP_PORTS: Final = MappingProxyType(
    _BOTH
    | {
        "aol": 5190,
        "bgp": 179,
        "chargen": 19,
        "citrix-ica": 1494,
        "cmd": 514,
        "ctiqbe": 2748,
        "daytime": 13,
        "exec": 512,
        "finger": 79,
        "ftp": 21,
        "ftp-data": 20,
        "gopher": 70,
        "h323": 1720,
        "hostname": 101,
        "https": 443,
        "ident": 113,
        "imap4": 143,
        "irc": 194,
        "klogin": 543,
        "kshell": 544,
        "ldap": 389,
        "ldaps": 636,
        "login": 513,
        "lotusnotes": 1352,
        "lpd": 515,
        "netbios-ssn": 139,
        "nntp": 119,
        "pcanywhere-data": 5631,
        "pop2": 109,
        "pop3": 110,
        "pptp": 1723,
        "rpc": 111,
        "rsh": 514,
        "rtsp": 554,
        "smtp": 25,
        # "The ASA uses port 1521 for SQL*Net", against IANA's assignment (note in the same appendix).
        "sqlnet": 1521,
        "ssh": 22,
        "telnet": 23,
        "time": 37,
        "uucp": 540,
        "whois": 43,
    }
)

UDP_PORTS: Final = MappingProxyType(
    _BOTH
    | {
        "biff": 512,
        "bootpc": 68,
        "bootps": 67,
        "dnsix": 195,
        "isakmp": 500,
        "mobile-ip": 434,
        "nameserver": 42,
        "netbios-dgm": 138,
        "netbios-ns": 137,
        "ntp": 123,
        "pcanywhere-status": 5632,
        # "The ASA listens for RADIUS on ports 1645 and 1646" (note in the same appendix).
        "radius": 1645,
        "radius-acct": 1646,
        "rip": 520,
        "secureid-udp": 5510,
        "snmp": 161,
        "snmptrap": 162,
        "syslog": 514,
        "tftp": 69,
        "time": 37,
        "vxlan": 4789,
        "who": 513,
        "xdmcp": 177,
    }
)

#: Where the protocol is not one of the two (SCTP, groups of protocols): any word that is not ambiguous.
ALL_PORTS_BY_NAME: Final = MappingProxyType(dict(UDP_PORTS) | dict(TCP_PORTS))

#: ICMP types by name; "ICMP Types" in the same appendix.
ICMP_TYPES: Final = MappingProxyType(
    {
        "echo-reply": 0,
        "unreachable": 3,
        "source-quench": 4,
        "redirect": 5,
        "alternate-address": 6,
        "echo": 8,
        "router-advertisement": 9,
        "router-solicitation": 10,
        "time-exceeded": 11,
        "parameter-problem": 12,
        "timestamp-request": 13,
        "timestamp-reply": 14,
        "information-request": 15,
        "information-reply": 16,
        "mask-request": 17,
        "mask-reply": 18,
        "traceroute": 30,
        "conversion-error": 31,
        "mobile-redirect": 32,
    }
)

#: ICMPv6 types by name: Cisco ASA 9.x CLI configuration guide, "Add an Extended ACL", ``icmp6`` arguments.
ICMP6_TYPES: Final = MappingProxyType(
    {
        "unreachable": 1,
        "packet-too-big": 2,
        "time-exceeded": 3,
        "parameter-problem": 4,
        "echo": 128,
        "echo-reply": 129,
        "membership-query": 130,
        "membership-report": 131,
        "membership-reduction": 132,
        "router-solicitation": 133,
        "router-advertisement": 134,
        "neighbor-solicitation": 135,
        "neighbor-advertisement": 136,
        "neighbor-redirect": 137,
        "router-renumbering": 138,
    }
)


def protocol_number(word: str) -> int | None:
    """The IP protocol that ``word`` means; ``None`` for a word that the device does not know."""
    number = PROTOCOLS.get(word)
    if number is None and word.isascii() and word.isdigit() and int(word) <= 255:
        return int(word)
    return number


def port_number(word: str, protocol: int | None) -> int | None:
    """The port that ``word`` means for ``protocol`` (``None``: any); ``None`` for a word that the device does not know."""
    if word.isascii() and word.isdigit():
        number = int(word)
        return number if number <= 65535 else None
    # A word of the other protocol (udp … netbios-ssn) is not the device's own writing, but people's scripts have it.
    table = TCP_PORTS if protocol == TCP else UDP_PORTS if protocol == UDP else ALL_PORTS_BY_NAME
    return table.get(word, ALL_PORTS_BY_NAME.get(word))


def icmp_type(word: str, protocol: int | None) -> int | None:
    """The ICMP (or, with ``protocol`` 58, ICMPv6) type that ``word`` means; ``None`` for an unknown word."""
    if word.isascii() and word.isdigit():
        number = int(word)
        return number if number <= 255 else None
    return ICMP6_TYPES.get(word) if protocol == ICMPV6 else ICMP_TYPES.get(word)
