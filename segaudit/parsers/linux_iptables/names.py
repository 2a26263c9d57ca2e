"""Words that iptables takes for numbers: protocols, services, ICMP types.

Sources: protocols that libxtables knows by itself (``xtables_chain_protos``, iptables 1.8.9) and those of
``/etc/protocols`` (Debian netbase 6.4, after the IANA registry "Protocol Numbers"); services of the IANA "Service Name
and Transport Protocol Port Number Registry" under the names of ``/etc/services`` (Debian netbase 6.4);
ICMP names as ``iptables -p icmp -h`` and ``ip6tables -p icmpv6 -h`` (1.8.9) list them. `iptables-save` prints
protocols by name and everything else as numbers; people write the names.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from segaudit.knowledge.protocols import protocol_number

# What libxtables and /etc/protocols call otherwise than IANA does.
_PROTOCOLS: Final = {
    "ip": 0,
    "all": 0,
    "hopopt": 0,
    "ipencap": 4,
    "ip-encap": 4,
    "ipv6-icmp": 58,
    "icmpv6": 58,
    "icmp6": 58,
    "ipsec-esp": 50,
    "ipsec-ah": 51,
    "rspf": 73,
    "ospf": 89,
    "ospfigp": 89,
    "ipip": 94,
    "isis": 124,
    "mh": 135,
    "ipv6-mh": 135,
    "mobility-header": 135,
    "udplite": 136,
    "mpls-in-ip": 137,
}


def protocol_of(word: str) -> int | None:
    """The protocol number that a ``-p`` argument means, 0 for all; ``None`` where it is no protocol.

    Names are taken in any case (iptables 1.8.9 lowers the argument before it looks it up).
    """
    lowered = word.lower()
    if lowered.startswith("0x"):
        try:
            number = int(lowered, 16)
        except ValueError:
            return None
        return number if number <= 255 else None
    found = _PROTOCOLS.get(lowered)
    return found if found is not None else protocol_number(lowered)


# Port, transports (t tcp, u udp, s sctp), name and aliases.
_SERVICES: Final = """
1 t tcpmux · 7 tu echo · 9 tu discard sink null · 11 t systat users · 13 tu daytime · 15 t netstat · 17 t qotd quote ·
19 tu chargen ttytst source · 20 t ftp-data · 21 t ftp · 21 u fsp fspd · 22 t ssh · 23 t telnet · 25 t smtp mail ·
37 tu time timserver · 43 t whois nicname · 49 tu tacacs · 53 tu domain · 67 u bootps · 68 u bootpc · 69 u tftp ·
70 t gopher · 79 t finger · 80 t http www · 88 tu kerberos kerberos5 krb5 kerberos-sec · 102 t iso-tsap tsap ·
104 t acr-nema dicom · 106 t poppassd · 110 t pop3 pop-3 · 111 tu sunrpc portmapper · 113 t auth authentication tap ident ·
119 t nntp readnews untp · 123 u ntp · 135 t epmap loc-srv · 137 u netbios-ns · 138 u netbios-dgm · 139 t netbios-ssn ·
143 t imap2 imap · 161 tu snmp · 162 tu snmp-trap snmptrap · 163 tu cmip-man · 164 tu cmip-agent · 174 t mailq ·
177 u xdmcp · 179 t bgp · 199 t smux · 209 t qmtp · 210 t z3950 wais · 213 u ipx · 319 u ptp-event · 320 u ptp-general ·
369 tu rpc2portmap · 370 tu codaauth2 · 371 u clearcase · 389 tu ldap · 427 tu svrloc · 443 tu https · 444 t snpp ·
445 t microsoft-ds · 464 tu kpasswd · 465 t submissions ssmtp smtps urd · 487 t saft · 500 u isakmp · 512 t exec ·
512 u biff comsat · 513 t login · 513 u who whod · 514 t shell cmd · 514 u syslog · 515 t printer spooler · 517 u talk ·
518 u ntalk · 520 u route router routed · 538 tu gdomap · 540 t uucp uucpd · 543 t klogin · 544 t kshell krcmd ·
546 u dhcpv6-client · 547 u dhcpv6-server · 548 t afpovertcp · 554 tu rtsp · 563 t nntps snntp · 587 t submission ·
607 t nqs · 623 u asf-rmcp · 628 t qmqp · 631 t ipp · 636 tu ldaps · 646 tu ldp · 655 tu tinc · 706 t silc ·
749 t kerberos-adm · 750 tu kerberos4 kerberos-iv kdc · 783 t spamd · 853 tu domain-s · 873 t rsync · 989 t ftps-data ·
990 t ftps · 992 t telnets · 993 t imaps · 995 t pop3s · 1080 t socks · 1099 t rmiregistry · 1194 tu openvpn ·
1352 t lotusnote lotusnotes · 1433 t ms-sql-s · 1434 u ms-sql-m · 1524 t ingreslock · 1645 tu datametrics old-radius ·
1646 tu sa-msg-port old-radacct · 1649 t kermit · 1677 t groupwise · 1701 u l2f l2tp · 1812 tu radius ·
1813 tu radius-acct radacct · 2000 t cisco-sccp · 2049 tu nfs · 2086 tu gnunet · 2101 tu rtcm-sc104 ·
2119 t gsigatekeeper · 2135 t gris · 2401 t cvspserver · 2583 tu mon · 2628 t dict · 2811 t gsiftp · 2947 t gpsd ·
3050 t gds-db gds_db · 3130 u icpv2 icp · 3205 tu isns · 3260 t iscsi-target · 3306 t mysql · 3389 t ms-wbt-server ·
3493 tu nut · 3632 t distcc · 3689 t daap · 3690 t svn subversion · 4190 t sieve · 4369 t epmd · 4460 t ntske ·
4500 u ipsec-nat-t · 4557 t fax · 4559 t hylafax · 4569 u iax · 4899 t radmin-port · 4949 t munin lrrd · 5060 tu sip ·
5061 tu sip-tls · 5222 t xmpp-client jabber-client · 5269 t xmpp-server jabber-server · 5308 t cfengine · 5353 u mdns ·
5432 t postgresql postgres · 5666 t nrpe · 5667 t nsca · 5671 t amqps · 5672 ts amqp · 5680 t canna ·
6000 t x11 x11-0 · 6001 t x11-1 · 6002 t x11-2 · 6003 t x11-3 · 6004 t x11-4 · 6005 t x11-5 · 6006 t x11-6 ·
6007 t x11-7 · 6346 tu gnutella-svc · 6347 tu gnutella-rtr · 6379 t redis · 6446 t mysql-proxy · 6514 t syslog-tls ·
6566 t sane-port sane saned · 6667 t ircd · 6696 u babel · 6697 t ircs-u · 7000 u afs3-fileserver ·
7001 u afs3-callback · 7100 t font-service xfs · 8080 t http-alt webcache · 8081 t tproxy · 8140 t puppet ·
9101 t bacula-dir · 9102 t bacula-fd · 9103 t bacula-sd · 9418 t git · 10000 t webmin · 10050 t zabbix-agent ·
10051 t zabbix-trapper · 10080 t amanda · 10809 t nbd · 11112 t dicom · 11371 t hkp
"""

_TRANSPORTS: Final = {"t": 6, "u": 17, "s": 132}


def _services() -> Mapping[str, Mapping[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for entry in _SERVICES.replace("\n", " ").split("·"):
        port, transports, *words = entry.split()
        for word in words:
            for transport in transports:
                found.setdefault(word, {}).setdefault(_TRANSPORTS[transport], int(port))
    return found


_PORTS: Final = MappingProxyType(_services())


def port_of(word: str, protocol: int | None) -> int | None:
    """The port that ``word`` (a number or a service name) means for ``protocol``; ``None`` where it is no port.

    A name that is registered for another transport only is taken for that port all the same: systems differ in which
    transports they list.
    """
    if word.isdigit():
        number = int(word)
        return number if number <= 65535 else None
    if word[:2].lower() == "0x":
        try:
            number = int(word, 16)
        except ValueError:
            return None
        return number if number <= 65535 else None
    named = _PORTS.get(word)
    if named is None:
        return None
    if protocol is not None and protocol in named:
        return named[protocol]
    return next(iter(named.values()))


#: Type, and first and last code.
IcmpMatch = tuple[int, int, int]

_ICMP: Final[dict[str, IcmpMatch]] = {
    "echo-reply": (0, 0, 255),
    "pong": (0, 0, 255),
    "destination-unreachable": (3, 0, 255),
    "network-unreachable": (3, 0, 0),
    "host-unreachable": (3, 1, 1),
    "protocol-unreachable": (3, 2, 2),
    "port-unreachable": (3, 3, 3),
    "fragmentation-needed": (3, 4, 4),
    "source-route-failed": (3, 5, 5),
    "network-unknown": (3, 6, 6),
    "host-unknown": (3, 7, 7),
    "network-prohibited": (3, 9, 9),
    "host-prohibited": (3, 10, 10),
    "tos-network-unreachable": (3, 11, 11),
    "tos-host-unreachable": (3, 12, 12),
    "communication-prohibited": (3, 13, 13),
    "host-precedence-violation": (3, 14, 14),
    "precedence-cutoff": (3, 15, 15),
    "source-quench": (4, 0, 255),
    "redirect": (5, 0, 255),
    "network-redirect": (5, 0, 0),
    "host-redirect": (5, 1, 1),
    "tos-network-redirect": (5, 2, 2),
    "tos-host-redirect": (5, 3, 3),
    "echo-request": (8, 0, 255),
    "ping": (8, 0, 255),
    "router-advertisement": (9, 0, 255),
    "router-solicitation": (10, 0, 255),
    "time-exceeded": (11, 0, 255),
    "ttl-exceeded": (11, 0, 255),
    "ttl-zero-during-transit": (11, 0, 0),
    "ttl-zero-during-reassembly": (11, 1, 1),
    "parameter-problem": (12, 0, 255),
    "ip-header-bad": (12, 0, 0),
    "required-option-missing": (12, 1, 1),
    "timestamp-request": (13, 0, 255),
    "timestamp-reply": (14, 0, 255),
    "address-mask-request": (17, 0, 255),
    "address-mask-reply": (18, 0, 255),
}

_ICMPV6: Final[dict[str, IcmpMatch]] = {
    "destination-unreachable": (1, 0, 255),
    "no-route": (1, 0, 0),
    "communication-prohibited": (1, 1, 1),
    "beyond-scope": (1, 2, 2),
    "address-unreachable": (1, 3, 3),
    "port-unreachable": (1, 4, 4),
    "failed-policy": (1, 5, 5),
    "reject-route": (1, 6, 6),
    "packet-too-big": (2, 0, 255),
    "time-exceeded": (3, 0, 255),
    "ttl-exceeded": (3, 0, 255),
    "ttl-zero-during-transit": (3, 0, 0),
    "ttl-zero-during-reassembly": (3, 1, 1),
    "parameter-problem": (4, 0, 255),
    "bad-header": (4, 0, 0),
    "unknown-header-type": (4, 1, 1),
    "unknown-option": (4, 2, 2),
    "echo-request": (128, 0, 255),
    "ping": (128, 0, 255),
    "echo-reply": (129, 0, 255),
    "pong": (129, 0, 255),
    "router-solicitation": (133, 0, 255),
    "router-advertisement": (134, 0, 255),
    "neighbour-solicitation": (135, 0, 255),
    "neighbor-solicitation": (135, 0, 255),
    "neighbour-advertisement": (136, 0, 255),
    "neighbor-advertisement": (136, 0, 255),
    "redirect": (137, 0, 255),
}


def icmp_of(word: str, protocol: int) -> IcmpMatch | None:
    """What an ``--icmp-type`` (protocol 1) or ``--icmpv6-type`` (58) argument means; ``None`` where it means nothing.

    A number or a name, or an unambiguous beginning of a name, in any case (iptables 1.8.9, ``xtables_parse_icmp``).
    """
    kind, slash, code = word.partition("/")
    if kind.isdigit():
        if int(kind) > 255 or (slash and not (code.isdigit() and int(code) <= 255)):
            return None
        return (int(kind), int(code), int(code)) if slash else (int(kind), 0, 255)
    table = _ICMPV6 if protocol == 58 else _ICMP
    lowered = word.lower()
    if lowered in table:
        return table[lowered]
    begun = {match for name, match in table.items() if name.startswith(lowered)}
    return begun.pop() if len(begun) == 1 and lowered else None
