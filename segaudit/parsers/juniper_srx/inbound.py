"""What ``host-inbound-traffic`` lets in by the names of services and protocols.

Names: Junos OS Security Zones, "Supported System Services for Host Inbound Traffic" and "Supported Protocols for Host
Inbound Traffic"; ports: the defaults of the services (Junos OS CLI reference, `system services`), IANA registry.
"""

from __future__ import annotations

from typing import Final

from segaudit.model import ICMP, ICMPV6, TCP, UDP, Service, ServiceExpr, ServiceUnion, ports

_PING: Final = ServiceUnion(
    (
        Service(protocol=ICMP, icmp_types=((8, 8),)),
        Service(protocol=ICMPV6, icmp_types=((128, 128),)),
    )
)

#: By the name of the service.
SYSTEM_SERVICES: Final[dict[str, ServiceExpr]] = {
    "any-service": ServiceUnion((Service(protocol=TCP), Service(protocol=UDP), _PING)),
    "bootp": ports(UDP, 67, 68),
    "dhcp": ports(UDP, 67, 68),
    "dhcpv6": ports(UDP, 546, 547),
    "dns": ServiceUnion((ports(UDP, 53), ports(TCP, 53))),
    "finger": ports(TCP, 79),
    "ftp": ports(TCP, 21),
    "high-availability": ports(UDP, 3784, 4784),
    "http": ports(TCP, 80),
    "https": ports(TCP, 443),
    "ident-reset": ports(TCP, 113),
    "ike": ServiceUnion((ports(UDP, 500, 4500), Service(protocol=50), Service(protocol=51))),
    "lsping": ports(UDP, 3503),
    "lsselfping": ports(UDP, 8503),
    "netconf": ports(TCP, 830),
    "ntp": ports(UDP, 123),
    "ping": _PING,
    "r2cp": ports(UDP, 28672),
    "reverse-ssh": ports(TCP, 2901),
    "reverse-telnet": ports(TCP, 2900),
    "rlogin": ports(TCP, 513),
    "rpm": ServiceUnion((ports(TCP, 7), ports(UDP, 7))),
    "rsh": ports(TCP, 514),
    "sip": ServiceUnion((ports(TCP, 5060), ports(UDP, 5060))),
    "snmp": ports(UDP, 161),
    "snmp-trap": ports(UDP, 162),
    "ssh": ports(TCP, 22),
    "tcp-encap": ports(TCP, 443),
    "telnet": ports(TCP, 23),
    "tftp": ports(UDP, 69),
    "traceroute": ports(UDP, (33434, 33534)),
    "webapi-clear-text": ports(TCP, 8080),
    "webapi-ssl": ports(TCP, 8443),
    "xnm-clear-text": ports(TCP, 3221),
    "xnm-ssl": ports(TCP, 3220),
    "appqoe": ports(UDP, 36000),
}
#: By the name of the protocol.
PROTOCOLS: Final[dict[str, ServiceExpr]] = {
    "bfd": ports(UDP, 3784, 4784),
    "bgp": ports(TCP, 179),
    "dvmrp": Service(protocol=2),
    "igmp": Service(protocol=2),
    "ldp": ServiceUnion((ports(TCP, 646), ports(UDP, 646))),
    "msdp": ports(TCP, 639),
    "ndp": Service(protocol=ICMPV6, icmp_types=((133, 137),)),
    "nhrp": Service(protocol=54),
    "ospf": Service(protocol=89),
    "ospf3": Service(protocol=89),
    "pgm": Service(protocol=113),
    "pim": Service(protocol=103),
    "rip": ports(UDP, 520),
    "ripng": ports(UDP, 521),
    "router-discovery": Service(protocol=ICMP, icmp_types=((9, 10),)),
    "rsvp": Service(protocol=46),
    "sap": ports(UDP, 9875),
    "vrrp": Service(protocol=112),
}
