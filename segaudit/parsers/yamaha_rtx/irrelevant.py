"""Commands that cannot bear on who reaches what, each family with one line of why, and those that could and are not read.

Keys are the first words of a command, ``no`` taken off; the longest that fits decides. Under an interface they are the
words behind its name (``ip lan1 mtu``). What stands in neither table and is not read elsewhere ends as UNRECOGNIZED.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


def _by_words(families: Mapping[str, str]) -> Mapping[tuple[str, ...], str]:
    table: dict[tuple[str, ...], str] = {}
    for reason, phrases in families.items():
        for phrase in phrases.replace("\n", "·").split("·"):
            if phrase.strip():
                table[tuple(phrase.split())] = reason
    return MappingProxyType(table)


#: Commands of the router as a whole, of PP and of tunnels.
IRRELEVANT: Final = _by_words(
    {
        "the console: how it looks and in which characters": "console · set-serial-baudrate · alias · macro · echo",
        "the clock": "timezone · date · time · ntp backward-compatibility · ntp local · ntp stratum",
        "a variable for scripts": "set",
        "a script, or what starts one": "lua · luac · embedded · schedule · call · execute · terminate · emfs",
        "the mode of the terminal": "administrator · save · quit · exit · restart · show · less · clear · ping · ping6"
        " · traceroute · traceroute6 · nslookup · load · rollback · confirm · rotate · cold · shutdown · import · export"
        " · register · unregister · delete · copy · make · rename · mount · unmount · connect · disconnect · interface reset",
        "where log messages go and in which form": "syslog info · syslog debug · syslog facility · syslog format · syslog file"
        " · syslog local · syslog srcport · syslog execute · syslog mount-server · tcp log · nat descriptor log · dns syslog"
        " · packetdump · dhcp syslog · ipip keepalive",
        "statistics and graphs": "statistics · dashboard · account · system cpu · system memory · system temperature"
        " · diagnosis · diagnose · speed",
        "buffers, queues and fast paths: how quickly, not whether": "system packet-buffer · system packet-scheduling"
        " · system led · ip routing process · ipv6 routing process · queue · ip flow · ip fragment · ipv6 reassembly"
        " · ip reassembly · ip tos · ip dscp · ipv6 dscp · lan receive-buffer-size · tcp session · ipsec ike queue"
        " · nat descriptor masquerade session · nat descriptor masquerade remove · nat descriptor masquerade ttl"
        " · nat descriptor timer · nat descriptor backward-compatibility · bgp reric · ospf reric",
        "sounds, lamps, buttons and memory sticks": "alarm · usbhost · sd · external-memory · operation · system led-brightness",
        "firmware and licences": "http revision-up · http revision-down · http upload · license · ex-license · vrx"
        " · ipsec ike license-key · set-default-config · set-default-exec · dpi signature",
        "ports of the switch inside: speed, link, aggregation": "lan shutdown · lan linkup · lan port-mirroring"
        " · lan link-aggregation · lan count-hub-overflow · lan port · lan flexible-port · switching-hub · lan keepalive"
        " · line · lan pass-through · ethernet-mirroring",
        "a map of the LAN": "lan-map · take",
        "switches and access points that the router manages: their own configuration tells": "switch · ap",
        "names, mails and notices": "mail · netvolante-dns · dns domain · dns notice · dns cache · dns private"
        " · dns srcport · dns service aaaa · dns service fallback · wins · description yno · ddns",
        "what a management service in the cloud may do is its own configuration": "yno",
        "telephones and lines": "analog · sip · isdn · cooperation · ngn radius · ngn renumbering · ngn type · phone"
        " · pri · leased · fr · mobile access · mobile auto · mobile call · mobile disconnect · mobile display · mobile dial"
        " · mobile pin · mobile signal-strength · mobile syslog · mobile use · mobile carrier · mobile firmware"
        " · mobile arrive · account threshold · remote setup",
        "when a line is taken up and dropped": "pp always-on · pp keepalive · pp backup · pppoe · wan1 · wan2"
        " · lan backup · tunnel backup · l2tp always-on · l2tp keepalive · l2tp syslog · l2tp tunnel disconnect · l2tp hostname"
        " · l2tp local · l2tp remote · pptp keepalive · pptp tunnel disconnect · pptp window · pptp hostname · pptp vendorname"
        " · pptp call-id · pptp syslog · pptp service type · tunnel ngn · pp auth multi · pp auth accept · pp encapsulation",
        "how a PPP link is negotiated": "ppp ccp · ppp lcp · ppp chap · ppp pap · ppp mp · ppp mscbcp · ppp ipv6cp"
        " · ppp bacp · ppp bap · ppp ipcp",
        "how a tunnel is negotiated and kept up, not what goes through it": "ipsec auto · ipsec ike always-on"
        " · ipsec ike auth · ipsec ike backward-compatibility · ipsec ike child-exchange · ipsec ike duration"
        " · ipsec ike encryption · ipsec ike esp-encapsulation · ipsec ike group · ipsec ike hash · ipsec ike keepalive"
        " · ipsec ike local id · ipsec ike local name · ipsec ike log · ipsec ike message-id-control"
        " · ipsec ike nat-traversal · ipsec ike negotiate-strictly · ipsec ike negotiation · ipsec ike payload"
        " · ipsec ike pfs · ipsec ike pre-shared-key · ipsec ike prf · ipsec ike proposal-limitation · ipsec ike remote id"
        " · ipsec ike remote name · ipsec ike restrict-dangling-sa · ipsec ike retry · ipsec ike send · ipsec ike version"
        " · ipsec ike xauth myname · ipsec ike eap myname · ipsec ike eap send · ipsec ike mode-cfg method · ipsec ipcomp"
        " · ipsec log · ipsec sa delete · ipsec refresh · ipsec transport · ipsec tunnel outer · ipsec tunnel fastpath-fragment-function"
        " · pki crl · l2tp tunnel auth · tunnel hb46pp · tunnel multipoint local · tunnel multipoint limit · cloud",
        "how routing protocols talk and what they announce": "rip preference · rip filter · rip timer · rip advertise"
        " · ospf preference · ospf router · ospf export · ospf import · ospf area · ospf virtual-link · ospf merge · ospf log"
        " · ospf configure · bgp aggregate · bgp autonomous-system · bgp router · bgp preference · bgp export · bgp import"
        " · bgp configure · bgp log · bgp force-to-advertise · bgp default · bgp neighbor pre-shared-key · ip route change"
        " · ipv6 route change · ipv6 rip preference · ipv6 ospf · ip implicit-route",
        "ARP, neighbour discovery and ICMP of the router itself": "ip arp · ip icmp · ipv6 icmp · ipv6 nd · ipv6 max"
        " · ipv6 source · ipv6 dhcp prefix · ipv6 prefix",
        "watches whether a way is up": "ip keepalive",
        "multicast: outside of the model": "ip pim · ipv6 multicast · ip igmp · ipv6 mld",
        "packets with source routes, broadcasts of other subnets, old routing headers: outside of the model": "ip filter source-route · ip filter directed-broadcast · ipv6 rh0",
        "timers of what filters remember": "ip filter dynamic timer · ip filter fqdn · ip policy filter timer · ipv6 filter dynamic timer",
        "how the router logs in elsewhere": "pp auth myname · heartbeat · heartbeat2 · ssh · scp · telnet",
        "how an application is followed through a translation, not which": "nat descriptor ftp · nat descriptor sip"
        " · nat descriptor masquerade rlogin · nat descriptor masquerade port · nat descriptor masquerade unconvertible",
        "how often leases are renewed and what else they carry": "dhcp server · dhcp duplicate · dhcp scope lease"
        " · dhcp manual · dhcp client · dhcp relay select · dhcp relay srcport · dhcp relay threshold · dhcp convert",
        "how a service of the router answers, not whom": "sshd encrypt · sshd client · sshd session · sshd hide"
        " · sshd auth · sshd host key · sshd authorized-keys · telnetd session · httpd timeout · httpd custom-gui"
        " · httpd proxy-access · login timer · login password · radius account · radius retry · radius secret"
        " · radius auth port · snmp syscontact · snmp syslocation · snmp trap · snmp community · snmp local · snmp ifindex"
        " · snmp yrifppdisplayatmib2 · snmp yriftunneldisplayatmib2 · snmp yrifswitchdisplayatmib2 · snmp yrswindex"
        " · snmp display · snmpv2c community · snmpv2c trap · snmpv3 engine · snmpv3 context · snmpv3 usm · snmpv3 vacm"
        " · snmpv3 trap · upnp syslog · upnp port · upnp external · url filter log · url filter reject · url filter port",
        "names of a provider, for the pages of the router": "provider",
        "how often what is seen of attacks is told": "intrusion",
        "quarantine by a client program: a product that ended": "qac-tm",
        "groups of applications: what filters make of them is read there": "dpi group · dpi log · dpi use · lbo",
    }
)

#: What may stand behind the name of an interface in ``ip`` and ``ipv6`` commands.
OF_INTERFACE: Final = _by_words(
    {
        "sizes of packets": "mtu · tcp",
        "ARP, neighbour discovery, wake-on-LAN and broadcasts of the link": "arp · proxyarp · wol · dad · icmp-nd"
        " · neighbor · rtsol · rtadv · broadcast",
        "drops what looks like an attack: it opens nothing and closes no service": "intrusion",
        "routing protocols: how they talk at this interface": "rip auth · rip send · rip filter · rip hop · rip trust"
        " · rip force-to-advertise · rip connect · rip disconnect · rip backup · rip hold · ospf area · ospf network · prefix change",
        "multicast: outside of the model": "igmp · pim · mld",
        "statistics": "traffic",
        "when a virtual address moves; the address itself is read": "vrrp shutdown",
        "how often a lease is asked for": "dhcp retry · dhcp lease",
        "packets that go back where they came from": "rebound",
    }
)

#: Commands that could bear on access and are not in the model.
UNSUPPORTED: Final = _by_words(
    {
        "IPv4 packets become IPv6 packets: not in the model": "nat46 · tunnel translation",
        "who may read and write the router's files by URL": "rtfs",
        "one tunnel for many sites: which ones does not show": "tunnel type multipoint · tunnel multipoint server",
        "tunnels made after a pattern": "tunnel template",
        "translation of the far side's addresses": "nat descriptor reverse",
    }
)


def found_in(table: Mapping[tuple[str, ...], str], words: list[str]) -> str | None:
    """The reason of the longest entry that ``words`` begin with; ``None`` if none does."""
    for length in (4, 3, 2, 1):
        reason = table.get(tuple(words[:length])) if len(words) >= length else None
        if reason is not None:
            return reason
    return None
