"""Words that the router takes for ports and protocols.

Command Reference for Rev.23.02.02, 8.1.10 ``ip filter`` (ports, of which it says that they are some of all; protocols)
and 8.1.14 ``ip filter dynamic`` (applications). The ports of applications are those that IANA's "Service Name and
Transport Protocol Port Number Registry" has under their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from segaudit.model import ICMP, ICMPV6, TCP, UDP, Range

#: Ports by name. ``ftp`` is both ports of FTP (8.1.10).
PORTS: Final[Mapping[str, tuple[Range, ...]]] = MappingProxyType(
    {
        "ftp": ((20, 21),),
        **{
            name: ((port, port),)
            for port, names in {
                7: "echo", 9: "discard", 13: "daytime", 19: "chargen", 20: "ftpdata", 22: "ssh", 23: "telnet",
                25: "smtp", 37: "time", 43: "whois", 53: "domain dns", 67: "dhcps", 68: "dhcpc", 69: "tftp",
                70: "gopher", 79: "finger", 80: "www http", 110: "pop3", 111: "sunrpc", 113: "ident", 119: "nntp",
                123: "ntp", 135: "ms-rpc", 137: "netbios_ns", 138: "netbios_dgm", 139: "netbios_ssn", 143: "imap imap2 imap4",
                161: "snmp", 162: "snmptrap", 179: "bgp", 220: "imap3", 389: "ldap", 443: "https", 445: "ms-ds",
                465: "smtps", 500: "ike isakmp", 513: "rlogin rwho login", 514: "syslog rsh", 515: "printer",
                517: "talk", 520: "route rip", 521: "ripng", 540: "uucp", 546: "dhcpv6c", 547: "dhcpv6s",
                587: "submission", 993: "imaps", 995: "pop3s", 1433: "ms-sql", 1701: "l2tp", 1723: "pptp",
                1812: "radius", 2049: "nfs", 4500: "ipsec-nat-t", 5060: "sip",
            }.items()
            for name in names.split()
        },
    }
)  # fmt: skip

#: Protocols by name; those that test more than the protocol are in `match`.
PROTOCOLS: Final[Mapping[str, int]] = MappingProxyType(
    {"icmp": ICMP, "tcp": TCP, "udp": UDP, "ipv6": 41, "gre": 47, "esp": 50, "ah": 51, "icmp6": ICMPV6}
)

#: What a session of a dynamic filter's application begins with: protocol and port, none for every port.
APPLICATIONS: Final[Mapping[str, tuple[tuple[int, int | None], ...]]] = MappingProxyType(
    {
        "tcp": ((TCP, None),),
        "udp": ((UDP, None),),
        "ping": ((ICMP, None),),
        "ping6": ((ICMPV6, None),),
        "ftp": ((TCP, 21),),
        "netmeeting": ((TCP, 1720), (TCP, 1503), (TCP, 389), (TCP, 522), (TCP, 1731)),
        "msblast": ((TCP, 4444),),
        **{
            name: ((TCP, port),)
            for name, port in {
                "www": 80, "http": 80, "https": 443, "smtp": 25, "submission": 587, "pop3": 110, "telnet": 23, "ssh": 22,
                "whois": 43, "gopher": 70, "finger": 79, "ident": 113, "nntp": 119, "imap": 143, "imap3": 220,
                "bgp": 179, "ms-ds": 445, "rlogin": 513, "rsh": 514, "printer": 515, "pptp": 1723, "netbios_ssn": 139,
            }.items()
        },
        **{
            name: ((UDP, port),)
            for name, port in {
                "tftp": 69, "ntp": 123, "netbios_dgm": 138, "snmp": 161, "snmptrap": 162, "ike": 500, "rwho": 513,
                "syslog": 514, "rip": 520, "ripng": 521, "radius": 1812, "l2tp": 1701, "ipsec-nat-t": 4500,
                "dhcpc": 68, "dhcps": 67, "dhcpv6c": 546, "dhcpv6s": 547,
            }.items()
        },
        **{
            name: ((TCP, port), (UDP, port))
            for name, port in {
                "domain": 53, "dns": 53, "echo": 7, "discard": 9, "daytime": 13, "chargen": 19, "time": 37, "sunrpc": 111,
                "ms-rpc": 135, "netbios_ns": 137, "ldap": 389, "ms-sql": 1433, "nfs": 2049, "sip": 5060,
            }.items()
        },
    }
)  # fmt: skip

#: Applications whose sessions open further ones that the router expects and lets through.
OPENING: Final = frozenset({"ftp", "tftp", "netmeeting", "sip", "rsh", "sunrpc", "ms-rpc", "pptp"})
#: Applications that a dynamic filter may name and never acts on (8.1.14).
INERT: Final = frozenset({"dhcpc", "dhcps", "dhcpv6c", "dhcpv6s"})
#: Options of DHCP by name (12.1.8 ``dhcp scope option``), as RFC 2132 numbers them.
DHCP_OPTIONS: Final = MappingProxyType(
    {"router": 3, "dns": 6, "hostname": 12, "domain": 15, "wins_server": 44, "sip_server": 120}
)
