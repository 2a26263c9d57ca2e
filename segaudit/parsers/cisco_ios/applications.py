"""Application names of ``match protocol`` (zone-based firewall) and ``ip inspect name`` (CBAC): which ports they mean.

The firewall tells applications by port, from the table of Port to Application Mapping (PAM): Cisco IOS Security
Configuration Guide 12.4 "Configuring Port to Application Mapping", table "System-Defined Port Mapping", and the names
of ``match protocol (zone)``, Cisco IOS Security Command Reference 15M&T; ports by the IANA service registry, from which
PAM is filled. ``ip port-map`` adds to it. Names that a payload decides (NBAR: peer-to-peer, messengers) are not here:
they stay undecided.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from segaudit.model import (
    ICMP,
    ICMPV6,
    TCP,
    UDP,
    AnyService,
    Service,
    ServiceExpr,
    ServiceUnion,
    UndecidedService,
    ports,
)

#: Protocols whose whole traffic one word of the firewall means.
WHOLE: Final[MappingProxyType[str, ServiceExpr]] = MappingProxyType(
    {
        "tcp": Service(protocol=TCP),
        "udp": Service(protocol=UDP),
        "icmp": ServiceUnion((Service(protocol=ICMP), Service(protocol=ICMPV6))),
        "icmpv6": Service(protocol=ICMPV6),
        "ip": AnyService(),
    }
)

# Name, then its ports: ``t`` TCP, ``u`` UDP, ``b`` both.
_PAM: Final = """
802-11-iapp b3517 · ace-svr b5510 · aol b5190 · appleqtc b458 · bgp t179 · biff u512 · bliff u512 · bootpc u68 ·
bootps u67 · cddbp t888 · cifs t445 · cisco-fna b130 · cisco-net-mgmt b1741 · cisco-svcs b1986 · cisco-sys b132 ·
cisco-tdp b711 · cisco-tna b131 · citrix t1494,u1604 · citriximaclient b2598 · clp b2567 · creativepartnr b455 ·
creativeserver b453 · cuseeme b7648 · daytime b13 · dbase b217 · dbcontrol_agent b3938 · ddns-v3 b2164 ·
dhcp-failover b647 · discard b9 · dns b53 · dnsix b90 · echo b7 · entrust-svc-handler b640 · entrust-svc-hand b640 ·
entrust-svcs b309 · esmtp t25 · exec t512 · fcip-port b3225 · finger t79 · ftp t21 · ftps t990 · gdoi b848 ·
giop b2481 · gopher t70 · gtpv0 b3386 · gtpv1 b2123 · h225ras u1719 · h323 t1720 · h323-annexe u2517 ·
h323-nxg u1720 · h323callsigalt b11720 · hp-alarm-mgr b383 · hp-collector b381 · hp-managed-node b382 · hsrp u1985 ·
http t80 · https t443 · ica b1494 · icabrowser u1604 · ident t113 · igmpv3lite b465 · imap t143 · imap3 t220 ·
imaps t993 · ipass b2549 · ipsec-msft u4500 · ipx u213 · irc t194 · irc-serv b529 · ircs t994 · ircu t6665-6669 ·
isakmp u500 · iscsi t860 · iscsi-target t3260 · kazaa t1214 · kerberos b88 · kermit b1649 · l2tp u1701 · ldap t389 ·
ldap-admin b3407 · ldaps t636 · login t513 · lotusmtap b3007 · lotusnote b1352 · mgcp u2427,u2727 ·
microsoft-ds b445 · ms-cluster-net b3343 · ms-dotnetster b3126 · ms-sna b1477-1478 · ms-sql t1433 · ms-sql-m b1434 ·
msexch-routing b691 · msnmsgr t1863 · msrpc b135 · mysql b3306 · n2h2server b9285 · ncp b524 · net8-cman b1830 ·
netbios-dgm b138 · netbios-ns b137 · netbios-ssn b139 · netshow t1755 · netstat b15 · nfs b2049 · nntp t119 ·
ntp u123 · oem-agent b3872 · oracle b1521 · oracle-em-vp b1809 · oraclenames b1575 · orasrv b1525 ·
pcanywheredata t5631 · pcanywherestat u5632 · pop3 t110 · pop3s t995 · pptp t1723 · pwdgen b129 · qmtp b209 ·
r-winsock b1745 · radius u1812-1813,u1645-1646 · rdb-dbs-disp b1571 · realaudio t7070 · realmedia t7070 ·
realsecure b2998 · router u520 · rsvd b168 · rsvp-encap u1698-1699 · rsvp_tunnel b363 · rtc-pm-port b3891 ·
rtelnet b107 · rtsp t554,t8554 · send b169 · shell t514 · sip b5060 · sip-tls b5061 · skinny t2000 · sms b2701-2704 ·
smtp t25 · snmp u161 · snmptrap u162 · socks t1080 · sql-net t1521 · sqlnet t1521 · sqlserv b118 · sqlsrv b156 ·
ssh t22 · sshell b614 · ssp b3249 · streamworks u1558 · stun b1994 · sunrpc b111 · syslog u514 · syslog-conn b601 ·
tacacs b49 · tacacs-ds b65 · tarantella b3144 · telnet t23 · telnets t992 · tftp u69 · time b37 · timed b525 ·
tr-rsrb b1996 · ttc b2483 · uucp b540 · vdolive t7000 · vqp b1589 · webster b765 · who u513 · wins b1512 ·
x11 t6000-6063 · xdmcp b177 · ymsgr t5050
"""


def _table() -> dict[str, tuple[tuple[int, int, int], ...]]:
    table: dict[str, tuple[tuple[int, int, int], ...]] = {}
    for item in _PAM.replace("\n", " ").split("·"):
        name, spelled = item.split()
        found: list[tuple[int, int, int]] = []
        for part in spelled.split(","):
            first, _, last = part[1:].partition("-")
            protocols = {"t": (TCP,), "u": (UDP,), "b": (TCP, UDP)}[part[0]]
            found.extend((protocol, int(first), int(last or first)) for protocol in protocols)
        table[name] = tuple(found)
    return table


#: Name to (IP protocol, first port, last port), both inclusive: the system-defined port map.
PORT_MAP: Final = MappingProxyType(_table())

_TRANSPORT: Final = ServiceUnion((Service(protocol=TCP), Service(protocol=UDP)))


def application(name: str, mapped: tuple[tuple[int, int, int], ...] = ()) -> ServiceExpr:
    """What ``match protocol NAME`` matches: its ports, with those that ``ip port-map`` adds as ``mapped``.

    A name that is not in the table is told by payload: any TCP or UDP packet may be of it, none surely is.
    """
    whole = WHOLE.get(name)
    if whole is not None:
        return whole
    known = PORT_MAP.get(name, ()) + mapped
    if not known:
        return UndecidedService("application", name, _TRANSPORT)
    items = tuple(
        ports(protocol, *((first, last) for p, first, last in known if p == protocol))
        for protocol in (TCP, UDP)
        if any(p == protocol for p, _, _ in known)
    )
    return items[0] if len(items) == 1 else ServiceUnion(items)
