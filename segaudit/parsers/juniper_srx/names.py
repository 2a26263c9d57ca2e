"""The words that Junos has for protocols, ports, ICMP messages and predefined applications.

Words: Junos OS Routing Policies, Firewall Filters, and Traffic Policers User Guide, "Firewall Filter Match Conditions for
IPv4 Traffic" and "… for IPv6 Traffic" (``protocol``, ``port``, ``icmp-type``, ``icmp-code``); the same words stand in
applications. Predefined applications: `show configuration groups junos-defaults applications`, Junos OS 12.1X46 to 21.4.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import Final

from segaudit.model import ICMP, ICMPV6, TCP, UDP, Range, Service, ServiceExpr, ServiceUnion, UndecidedService


def _numbers(text: str) -> MappingProxyType[str, int]:
    words = text.split()
    return MappingProxyType({name: int(number) for name, number in zip(words[::2], words[1::2], strict=True)})


PROTOCOLS: Final = _numbers("""
    hop-by-hop 0 icmp 1 igmp 2 ipip 4 st 5 tcp 6 egp 8 igp 9 udp 17 rdp 27 dccp 33 ipv6 41 routing 43 fragment 44 rsvp 46
    gre 47 esp 50 ah 51 icmp6 58 icmpv6 58 no-next-header 59 dstopts 60 eigrp 88 ospf 89 pim 103 pgm 113 vrrp 112 l2tp 115
    sctp 132 udplite 136 mobility 135
""")

PORTS: Final = _numbers("""
    afs 1483 bgp 179 biff 512 bootpc 68 bootps 67 cmd 514 cvspserver 2401 dhcp 67 domain 53 eklogin 2105 ekshell 2106
    exec 512 finger 79 ftp 21 ftp-data 20 http 80 https 443 ident 113 imap 143 kerberos-sec 88 klogin 543 kpasswd 761
    krb-prop 754 krbupdate 760 kshell 544 ldap 389 ldp 646 login 513 mobileip-agent 434 mobilip-mn 435 msdp 639
    netbios-dgm 138 netbios-ns 137 netbios-ssn 139 nfsd 2049 nntp 119 ntalk 518 ntp 123 pop3 110 pptp 1723 printer 515
    radacct 1813 radius 1812 rip 520 rkinit 2108 smtp 25 snmp 161 snmptrap 162 snpp 444 socks 1080 ssh 22 sunrpc 111
    syslog 514 tacacs 49 tacacs-ds 65 talk 517 telnet 23 tftp 69 timed 525 who 513 xdmcp 177 zephyr-clt 2103
    zephyr-hm 2104 twamp 862 ldaps 636 imaps 993 pop3s 995 isakmp 500 ike 500 nat-t 4500 ms-sql 1433
""")

#: ICMP types by the word of a filter.
ICMP_TYPES: Final = _numbers("""
    echo-reply 0 unreachable 3 source-quench 4 redirect 5 echo-request 8 router-advertisement 9 router-solicit 10
    time-exceeded 11 parameter-problem 12 timestamp 13 timestamp-reply 14 info-request 15 info-reply 16 mask-request 17
    mask-reply 18
""")
ICMPV6_TYPES: Final = _numbers("""
    destination-unreachable 1 packet-too-big 2 time-exceeded 3 parameter-problem 4 echo-request 128 echo-reply 129
    membership-query 130 membership-report 131 membership-termination 132 router-solicit 133 router-advertisement 134
    neighbor-solicit 135 neighbor-advertisement 136 redirect 137 router-renumbering 138 node-information-request 139
    node-information-reply 140 inverse-neighbor-discovery-solicitation 141
    inverse-neighbor-discovery-advertisement 142 mobile-prefix-solicitation 146 mobile-prefix-advertisement-reply 147
    home-agent-address-discovery-request 144 home-agent-address-discovery-reply 145 certificate-path-solicitation 148
    certificate-path-advertisement 149 private-experimentation-100 100 private-experimentation-101 101
    private-experimentation-200 200 private-experimentation-201 201
""")
ICMP_CODES: Final = _numbers("""
    ip-header-bad 0 required-option-missing 1 redirect-for-host 1 redirect-for-network 0 redirect-for-tos-and-host 3
    redirect-for-tos-and-net 2 ttl-eq-zero-during-reassembly 1 ttl-eq-zero-during-transit 0
    communication-prohibited-by-filtering 13 destination-host-prohibited 10 destination-host-unknown 7
    destination-network-prohibited 9 destination-network-unknown 6 fragmentation-needed 4 host-precedence-violation 14
    host-unreachable 1 host-unreachable-for-TOS 12 network-unreachable 0 network-unreachable-for-TOS 11
    port-unreachable 3 precedence-cutoff-in-effect 15 protocol-unreachable 2 source-host-isolated 8 source-route-failed 5
    network-unreachable-for-tos 11 host-unreachable-for-tos 12
""")
ICMPV6_CODES: Final = _numbers("""
    no-route-to-destination 0 administratively-prohibited 1 address-unreachable 3 port-unreachable 4
    ip6-header-bad 0 unrecognized-next-header 1 unrecognized-option 2 ttl-eq-zero-during-transit 0
    ttl-eq-zero-during-reassembly 1
""")

# Name, then its ports: ``t`` TCP, ``u`` UDP; a number alone is an IP protocol; ``i8`` is ICMP type 8, ``6i128.0`` ICMPv6
# type 128 code 0; ``?t`` means that what comes over the protocol decides (an RPC program); ``+name`` another application.
_PREDEFINED: Final = """
junos-ftp t21 · junos-ftp-data t20 · junos-tftp u69 · junos-twamp t862 · junos-rtsp t554 · junos-netbios-session t139 ·
junos-smb-session t445 · junos-ssh t22 · junos-telnet t23 · junos-smtp t25 · junos-smtps t465 · junos-tacacs t49 ·
junos-tacacs-ds t65 · junos-dhcp-client u68 · junos-dhcp-server u67 · junos-bootpc u68 · junos-bootps u67 ·
junos-dhcp-relay u67 ·
junos-finger t79 · junos-http t80 · junos-http-ext t7001 · junos-https t443 · junos-pop3 t110 · junos-pop3s t995 · junos-ident t113 ·
junos-nntp t119 · junos-ntp u123 · junos-imap t143 · junos-imaps t993 · junos-bgp t179 · junos-ldap t389 ·
junos-snpp t444 · junos-biff u512 · junos-who u513 · junos-syslog u514 · junos-printer t515 · junos-lpr t515 ·
junos-talk t517,u517 · junos-talk-tcp t517 · junos-talk-udp u517 · junos-ntalk t518,u518 · junos-ntalk-tcp t518 ·
junos-ntalk-udp u518 · junos-rip u520 · junos-radius u1812 · junos-radacct u1813 · junos-nfsd-tcp t2049 ·
junos-nfsd-udp u2049 · junos-nfs u111 · junos-cvspserver t2401 · junos-ldp-tcp t646 · junos-ldp-udp u646 · junos-xnm-ssl t3220 ·
junos-xnm-clear-text t3221 · junos-ike u500 · junos-ike-nat u4500 · junos-aol t5190-5193 · junos-chargen t19,u19 ·
junos-dns-tcp t53 · junos-dns-udp u53 · junos-discard t9,u9 · junos-echo t7,u7 · junos-gnutella u6346-6347 ·
junos-gopher t70 · junos-gre 47 · junos-gprs-gtp-c u2123 · junos-gprs-gtp-u u2152 · junos-gprs-gtp-v0 u3386 ·
junos-gprs-gtp u2123,u2152,u3386,t3386 · junos-gtp u2123 · junos-gprs-sctp 132 · junos-icmp-all 1 · junos-icmp-ping i8 ·
junos-ping i8 · junos-pingv6 6i128 · junos-icmp6-all 58 · junos-icmp6-echo-request 6i128 · junos-icmp6-echo-reply 6i129 ·
junos-icmp6-dst-unreach-addr 6i1.3 · junos-icmp6-dst-unreach-admin 6i1.1 · junos-icmp6-dst-unreach-beyond 6i1.2 ·
junos-icmp6-dst-unreach-port 6i1.4 · junos-icmp6-dst-unreach-route 6i1.0 · junos-icmp6-packet-too-big 6i2.0 ·
junos-icmp6-param-prob-header 6i4.0 · junos-icmp6-param-prob-nexthdr 6i4.1 · junos-icmp6-param-prob-option 6i4.2 ·
junos-icmp6-time-exceed-reassembly 6i3.1 · junos-icmp6-time-exceed-transit 6i3.0 · junos-internet-locator-service t389 ·
junos-irc t6660-6669 · junos-l2tp u1701 · junos-mail t25 · junos-h323 t1720,u1719,t1503,t389,t522,t1731 ·
junos-mgcp-ua u2427 · junos-mgcp-ca u2727 · junos-mgcp u2427,u2727 · junos-msn t1863 · junos-ms-sql t1433 · junos-nbds u138 ·
junos-nbname u137 · junos-ns-global t15397 · junos-ns-global-pro t15397 · junos-nsm t7204,t7800,t11122,t15400,u69,t7801 ·
junos-ospf 89 · junos-pc-anywhere u5632 · junos-pptp t1723 · junos-realaudio t554 · junos-rsh t514 · junos-sccp t2000 ·
junos-sip t5060,u5060 · junos-sql-monitor u1434 · junos-sqlnet-v1 t1525 · junos-sqlnet-v2 t1521 ·
junos-sun-rpc-tcp t111 · junos-sun-rpc-udp u111 · junos-sun-rpc-portmap-tcp t111 · junos-sun-rpc-portmap-udp u111 ·
junos-sun-rpc-portmap t111,u111 · junos-sun-rpc t111,u111 · junos-sun-rpc-any ?t,?u · junos-sun-rpc-any-tcp ?t ·
junos-sun-rpc-any-udp ?u · junos-sun-rpc-mountd ?t,?u · junos-sun-rpc-mountd-tcp ?t · junos-sun-rpc-mountd-udp ?u ·
junos-sun-rpc-nfs ?t,?u · junos-sun-rpc-nfs-tcp ?t · junos-sun-rpc-nfs-udp ?u · junos-sun-rpc-nfs-access ?t,?u ·
junos-sun-rpc-nlockmgr ?t,?u · junos-sun-rpc-nlockmgr-tcp ?t · junos-sun-rpc-nlockmgr-udp ?u ·
junos-sun-rpc-portmap-any ?t,?u · junos-sun-rpc-rquotad ?t,?u · junos-sun-rpc-rquotad-tcp ?t ·
junos-sun-rpc-rquotad-udp ?u · junos-sun-rpc-ruserd ?t,?u · junos-sun-rpc-ruserd-tcp ?t · junos-sun-rpc-ruserd-udp ?u ·
junos-sun-rpc-sadmind ?t,?u · junos-sun-rpc-sadmind-tcp ?t · junos-sun-rpc-sadmind-udp ?u · junos-sun-rpc-sprayd ?t,?u ·
junos-sun-rpc-sprayd-tcp ?t · junos-sun-rpc-sprayd-udp ?u · junos-sun-rpc-status ?t,?u · junos-sun-rpc-status-tcp ?t ·
junos-sun-rpc-status-udp ?u · junos-sun-rpc-walld ?t,?u · junos-sun-rpc-walld-tcp ?t · junos-sun-rpc-walld-udp ?u ·
junos-sun-rpc-ypbind ?t,?u · junos-sun-rpc-ypbind-tcp ?t · junos-sun-rpc-ypbind-udp ?u · junos-sun-rpc-ypserv ?t,?u ·
junos-sun-rpc-ypserv-tcp ?t · junos-sun-rpc-ypserv-udp ?u · junos-ms-rpc-tcp t135 · junos-ms-rpc-udp u135 ·
junos-ms-rpc-epm t135,?t · junos-ms-rpc t135,u135 · junos-ms-rpc-any ?t,?u · junos-ms-rpc-uuid-any-tcp ?t ·
junos-ms-rpc-uuid-any-udp ?u · junos-ms-rpc-iis-com ?t · junos-ms-rpc-iis-com-1 ?t · junos-ms-rpc-iis-com-adminbase ?t ·
junos-ms-rpc-msexchange ?t · junos-ms-rpc-msexchange-directory-nsp ?t · junos-ms-rpc-msexchange-directory-rfr ?t ·
junos-ms-rpc-msexchange-info-store ?t · junos-ms-rpc-wmic ?t · junos-ms-rpc-wmic-admin ?t · junos-ms-rpc-wmic-admin2 ?t ·
junos-ms-rpc-wmic-mgmt ?t · junos-ms-rpc-wmic-webm-callresult ?t · junos-ms-rpc-wmic-webm-classobject ?t ·
junos-ms-rpc-wmic-webm-level1login ?t · junos-ms-rpc-wmic-webm-login-clientid ?t ·
junos-ms-rpc-wmic-webm-login-helper ?t · junos-ms-rpc-wmic-webm-objectsink ?t ·
junos-ms-rpc-wmic-webm-refreshing-services ?t · junos-ms-rpc-wmic-webm-remote-refresher ?t ·
junos-ms-rpc-wmic-webm-services ?t · junos-ms-rpc-wmic-webm-shutdown ?t · junos-stun t3478-3479,u3478-3479 ·
junos-persistent-nat 255 · junos-tcp-any t0-65535 · junos-udp-any u0-65535 · junos-uucp u540 · junos-vdo-live u7000-7010 ·
junos-vnc t5800 · junos-wais t210 · junos-whois t43 · junos-winframe t1494 · junos-x-windows t6000-6063 · junos-wxcontrol t3578 ·
junos-ymsg t5000-5010,t5050,u5000-5010,u5050 · junos-r2cp u28672 · junos-routing-inbound t179,89,u520,t646,u646 ·
junos-cifs t139,t445 · junos-dhcp-all u67,u68
"""
_PROTOCOL_LETTERS: Final = {"t": TCP, "u": UDP}


def _part(name: str, text: str) -> ServiceExpr:
    if text[0] == "?":
        return UndecidedService("application", name, Service(protocol=_PROTOCOL_LETTERS[text[1]]))
    if text[0] in _PROTOCOL_LETTERS:
        first, _, last = text[1:].partition("-")
        return Service(protocol=_PROTOCOL_LETTERS[text[0]], destination_ports=((int(first), int(last or first)),))
    if "i" in text:
        family, _, rest = text.partition("i")
        kind, _, code = rest.partition(".")
        return Service(
            protocol=ICMPV6 if family else ICMP,
            icmp_types=((int(kind), int(kind)),),
            icmp_codes=((int(code), int(code)),) if code else None,
        )
    return Service(protocol=int(text))


@cache
def predefined_applications() -> MappingProxyType[str, ServiceExpr]:
    """The applications that every device has, by name."""
    found: dict[str, ServiceExpr] = {}
    for entry in _PREDEFINED.replace("\n", " ").split("·"):
        name, ports = entry.split()
        parts = tuple(_part(name, text) for text in ports.split(","))
        found[name] = parts[0] if len(parts) == 1 else ServiceUnion(parts)
    return MappingProxyType(found)


def read_number(text: str, names: MappingProxyType[str, int], highest: int) -> Range | None:
    """A number, a range ``a-b``, or a name out of ``names``, as an inclusive range; ``None`` where it is neither."""
    known = names.get(text)
    if known is not None:
        return known, known
    first, dash, last = text.partition("-")
    low = _one(first, names)
    high = _one(last, names) if dash else low
    if low is None or high is None or not 0 <= low <= high <= highest:
        return None
    return low, high


def _one(text: str, names: MappingProxyType[str, int]) -> int | None:
    if text.isascii() and text.isdigit():
        return int(text[:9])
    return names.get(text)
