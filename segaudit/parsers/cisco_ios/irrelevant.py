"""Commands that cannot bear on who reaches what, each family with one line of why.

Keys are the first words of a command, without ``no`` or ``default``; the longest that fits decides. What is not here
and not read elsewhere ends as UNRECOGNIZED; what could bear on access and is not modelled is in `UNSUPPORTED`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


def _by_prefix(families: Mapping[str, str]) -> Mapping[str, str]:
    table: dict[str, str] = {}
    for reason, prefixes in families.items():
        for prefix in prefixes.replace("\n", "·").split("·"):
            if prefix.strip():
                table[prefix.strip()] = reason
    return MappingProxyType(table)


#: Commands of the global mode.
GLOBAL: Final = _by_prefix(
    {
        "ends a block or the file": "end · exit · exit-address-family · configure · quit · exit-template · exit-vrf",
        "the file's own header": "Building configuration... · Current configuration · Using",
        "how the device keeps its own records and time": """
            archive · buffers · clock · exception · logging · memory · process · memory-size · scheduler · parser ·
            service timestamps · service sequence-numbers · service password-encryption · service nagle · service pad ·
            service tcp-keepalives-in · service tcp-keepalives-out · service internal · service compress-config ·
            service call-home · service linenumber · service counters · service unsupported-transceiver · service config
            service alignment · service disable-ip-fast-frag · service exec-callback · service exec-wait · service hide-telnet-addresses
            service old-slip-prompts · service prompt · service pt-vty-logging · service slave-log · service heartbeat
            service telnet-zeroidle · service udp-small-servers max-servers · service dhcp · service decimal-tty
            ntp · sntp · ptp · netconf max · network-clock · network-clock-participate · network-clock-select ·
            time-period · monitor event-trace · hw-module · version · boot · boot-start-marker · boot-end-marker · config-register ·
            warm-reboot · upgrade · downward-compatible-config · default-value · prompt · partition · vtp · facility-alarm
            """,
        "how the device is run: licences, hardware, power, high availability": """
            license · platform · redundancy · stack-mac · stack-power · switch · environment · power · card · module ·
            diagnostic · hw-switch · sdm · virtual-service · app-hosting · iox · call-home · transceiver · controller ·
            slot · main-cpu · mode · auto-sync · system · issu · install · subslot · wmi · fabric · mls rate-limit · mls cef ·
            mls flow · mls netflow · mls aclmerge · mls ip · mls ipv6 · mls sampling · mls verify · port-channel · lacp · udld · errdisable ·
            ethernet · epm · stackwise-virtual · software · location · coap · ip hardware · voice-card · dsp · dspfarm · xdr ·
            memory-map · micro-bfd · alarm · alarm-profile · alarm-contact · beacon · nmsp · energywise · macro · process-max-time · vtp
            """,
        "how managers watch the device: it sends, it opens nothing": """
            snmp-server enable · snmp-server trap · snmp-server trap-source · snmp-server contact · snmp-server location ·
            snmp-server chassis-id · snmp-server ifindex · snmp-server queue-length · snmp-server packetsize ·
            snmp-server engineID · snmp-server view · snmp-server system-shutdown · snmp-server source-interface ·
            snmp-server file-transfer · snmp-server inform · snmp-server cache · snmp-server drop · snmp-server trap-timeout ·
            snmp-server context · snmp-server manager · snmp-server queue-limit · snmp-server tftp-server-list · snmp-server sysObjectID
            snmp · snmp mib · rmon · flow · flow-sampler · flow-sampler-map · sampler · ip flow-export · ip flow-cache · ip flow-aggregation ·
            ip flow-top-talkers · ip flow-capture · ip flow · ipv6 flow · netflow-lite · performance · event · kron · track · ip sla · ipsla · rtr ·
            monitor · ip accounting · ip accounting-threshold · ip accounting-list · ip cache-invalidate-delay · ip summary-address · telemetry ·
            nat log · netconf legacy · ethernet-oam · probe
            """,
        "layer 2 in the switch: frames between its ports, not packets through the router": """
            spanning-tree · lldp · cdp · ip dhcp snooping · ip arp inspection · ip source binding · ip igmp snooping ·
            ipv6 mld snooping · ip device · device-tracking · dot1x · authentication · access-session · mab · vlan dot1q · vlan internal ·
            vlan access-log · vlan configuration · vlan accounting · port-security · storm-control · l2protocol-tunnel · bridge-domain · l2 ·
            l2vpn · pseudowire-class · pseudowire · xconnect · ethernet cfm · ethernet evc · ethernet oam · rep · mac address-table ·
            mac-address-table · mac-address-learning · auto qos · auto · auto security · access-list mac · multilink · arp ·
            ip arp · ip gratuitous-arps · ip local-proxy-arp · vlan group · private-vlan · link state · lane · frame-relay · x25 · map-class · map-list ·
            ppp · bba-group · dialer-list · dialer watch-list · dialer · chat-script · async-bootp · isdn · cns · modemcap · atm · dot11 ·
            wlan · wireless · ap · capwap · mobility · aironet · wlccp · avc · service-template · lisp
            """,
        "the bridge group itself; the routed interface is the BVI": "bridge irb · bridge · bridge crb",
        "a routing protocol's own business: dynamic routes are taken as possible whatever it says": """
            ip as-path · ip community-list · ip extcommunity-list · ip large-community-list · ip prefix-list · ipv6 prefix-list ·
            prefix-list · ip bgp-community · ip bgp · ip ospf · ip eigrp · ip rip · ip rsvp · mpls · key chain · bfd · bfd-template · ip routing protocol ·
            fast-convergence · tag-switching · segment-routing · ip classless · ip subnet-zero · ip default-network · ip load-sharing ·
            ip cef · ipv6 cef · ip route-cache · ip fast-convergence · ip rtcp · ip community · rd-set · router-id · ip extcommunity
            """,
        "multicast: its forwarding is switched on by `ip multicast-routing`": """
            ip multicast · ip pim · ip msdp · ip mroute · ipv6 pim · ip igmp · ipv6 mld · ip mrm · ip dvmrp · ip sdr
            """,
        "how TCP, ICMP and ARP of the device itself behave": """
            ip tcp · ip icmp · ipv6 icmp · ip source-route · ipv6 source-route · ip options · ip host-routing · ip host-list · ip mtu ·
            ip radius source-interface · ip tacacs source-interface · ip ftp · ip tftp · ip telnet · ip domain · ip domain-name ·
            ip domain-lookup · ip domain-list · ip dhcp use · ip dhcp relay · ip dhcp smart-relay · ip dhcp ping · ip dhcp conflict · ip dhcp database ·
            ip dhcp limited-broadcast-address · ip dhcp bootp · ip dhcp class · ip dhcp compatibility · ip dhcp limit · ip dhcp support · ip dhcp update ·
            ip dhcp-client · ip dhcp aaa · ip dhcp binding · ip dhcp auto-broadcast · ip dhcp subscriber · ip dhcp-server ·
            ip bootp · ip forward-protocol · ip ssh · ip scp · ip spd · spd · ip kerberos · ip drp · ip rarp-server · ip address-pool · ip alias · ip reflexive-list ·
            ip virtual-reassembly · ip ospf name-lookup · ip tacacs · ip radius · ip auth-proxy max-login-attempts · ip auth-proxy name-list ·
            ip verify drop-rate · ip nbar · ip rtp · ip header-compression · ip ssl · ip cef accounting · ip ips config · ip ips notify · ip ips fail ·
            ip ips memory · ip ips deny-action · ip ips event-action-rules · ip ips signature-category · ip sdf · ip audit · ip wccp version · ip wccp check ·
            ipv6 hop-limit · ipv6 neighbor · ipv6 general-prefix · ipv6 nd · ipv6 ospf · ipv6 spd · ipv6 dhcp · ipv6 local · ipv6 host · ipv6 redirects · ipv6 rip ·
            ipv6 flowset · ipv6 mobile · ipv6 snooping · ipv6 source-guard · ipv6 destination-guard · ipv6 neighbor-binding · nat66 settings · ip finger rfc-compliant
            """,
        "limits, timers and records of inspection and translation": """
            ip inspect alert-off · ip inspect audit-trail · ip inspect max-incomplete · ip inspect one-minute · ip inspect dns-timeout ·
            ip inspect tcp · ip inspect udp · ip inspect hashtable-size · ip inspect log · ip inspect L2-transparent · ip inspect redundancy ·
            ip inspect WAAS · ip inspect waas · ip inspect vrf · ip nat translation · ip nat log · ip nat service · ip nat create · ip nat settings · ip nat switchover ·
            ip nat piggyback-support · ip nat stateful · ip nat sip-sbc · ip nat portmap · ip nat multicast · ip nat refresh · ip nat name ·
            parameter-map · tcp · ip access-list log-update · ip access-list logging · ip access-list persistent · ip access-list helper · ip access-list hardware ·
            ip access-list resequence · ipv6 access-list log-update · ipv6 access-list resequence · access-list compiled · access-list dynamic-extended · access-list log-update · access-list rate-limit ·
            ipv6 inspect max-incomplete · ipv6 inspect tcp · ipv6 inspect udp · ipv6 inspect one-minute · ipv6 inspect alert-off · ipv6 inspect audit-trail · ipv6 inspect hashtable-size · ipv6 inspect icmp ·
            ip local policy · ip access-list match-local-traffic · ip access-list cache
            """,
        "who may do what once logged in, and what is recorded of it": """
            aaa accounting · aaa session-id · aaa authorization · aaa local · aaa max-sessions · aaa password · aaa nas · aaa pod · aaa server · aaa dnis ·
            aaa configuration · aaa memory · aaa route · aaa intercept · aaa attribute · aaa cache · aaa traceback · aaa user · aaa common-criteria · aaa service-profile ·
            aaa authentication attempts · aaa authentication password-prompt · aaa authentication username-prompt · aaa authentication suppress · aaa authentication enable ·
            aaa authentication dot1x · aaa authentication arap · aaa authentication nasi · aaa authentication sgbp · aaa authentication eou · aaa authentication token ·
            aaa group server · tacacs-server · radius-server · enable · privilege · login · security · password · userinfo · logging userinfo · alias · file · secure · role ·
            banner · menu · default-domain · subscriber · policy · identity · attribute · dot1x system-auth-control · eap · radius · tacacs · ldap · ldap-server · parser view · view ·
            username-prompt · ip admission watch-list · ip http authentication · ip http timeout-policy · ip http help-path · ip http path · ip http client ·
            ip http secure-ciphersuite · ip http secure-client-auth · ip http secure-trustpoint · ip http secure-client-trustpoint · ip http secure-active-session-modules · ip http tls-version ·
            ip http active-session-modules · ip http session-module-list · ip http max-connections · ip http session-idle-timeout · ip http banner · ip http banner-path · ip http digest ·
            ip http port-forward · ip http rsakeypair · ip http trustpoint · ip http tls-trustpoint · ip http tls-ecdhe · ip http secure-ecdhe · ip http secure-piv-based-auth
            """,
        "keys, certificates and ciphers: who is who, not who reaches what": """
            crypto pki · crypto ca · crypto key · crypto isakmp policy · crypto isakmp key · crypto isakmp keepalive · crypto isakmp nat ·
            crypto isakmp invalid-spi-recovery · crypto isakmp identity · crypto isakmp aggressive-mode · crypto isakmp xauth · crypto isakmp peer · crypto isakmp fragmentation · crypto isakmp diagnose ·
            crypto isakmp default · crypto isakmp client firewall · crypto ipsec transform-set · crypto ipsec security-association · crypto ipsec df-bit · crypto ipsec fragmentation ·
            crypto ipsec nat-transparency · crypto ipsec client · crypto ipsec optional · crypto ipsec server · crypto ipsec ipv4-deny · crypto ikev2 proposal ·
            crypto ikev2 policy · crypto ikev2 keyring · crypto ikev2 dpd · crypto ikev2 nat · crypto ikev2 cookie-challenge · crypto ikev2 limit · crypto ikev2 window · crypto ikev2 http-url · crypto ikev2 fragmentation ·
            crypto ikev2 name-mangler · crypto ikev2 cluster · crypto ikev2 client · crypto ikev2 diagnose · crypto ikev2 certificate-cache · crypto ikev2 disconnect-revoked-peers · crypto ikev2 redirect · crypto ikev2 cts · crypto ikev2 reconnect ·
            crypto keyring · crypto engine · crypto logging · crypto mib · crypto call · crypto identity · crypto vpn · crypto provisioning · crypto tls-tunnel · crypto ssl · crypto xauth · crypto aaa · crypto gkm
            key config-key · key · certificate · certificate-map · pki · fingerprint
            """,
        "rate and order of packets, not whether they pass": """
            qos · queue-limit · priority-list · queue-list · random-detect-group · wrr-queue · rcv-queue · table-map · mls qos · policer · class-policy · traffic-shape · rate-limit
            """,
        "telephony: calls and their codecs; the ports are the device's own": """
            dial-peer · voice · voice-port · ephone · ephone-dn · ephone-template · ephone-dn-template · ephone-hunt · telephony-service · sccp · ccm-manager · mgcp · mgcp profile ·
            gateway · gatekeeper · sip-ua · call · call-rsvp · num-exp · credentials · stcapp · fax · presence · media · codec · translation-rule · trunk · application · audio ·
            srtp-ciphers · web · enum-match-table · music-on-hold · voice-gateway · timers · xmpp · cor
            """,
        "sorts routes, policies or traffic elsewhere; filters nothing by itself": """
            template · interface-template · object · service-policy-type · aqm-register-fnf · source-template · avb · dlsw · stun · source-bridge · ipx · appletalk · clns · decnet · netbios ·
            appletalk routing · vines · xns · apollo · tag · ip explicit-path · ip host-name · ip finger-name · memory statistics · subscriber templating · gw-accounting · control-plane host ·
            multilink bundle-name · redirect-list · wsma · gdoi · nls · ip wccp source-interface · mta · cwmp · ip casa · cable · ssm · ima-group · resource · resource-pool · virtual-profile · virtual-temp · tacacs-group · vpdn history · vpdn logging · vpdn session-limit · vpdn domain-delimiter ·
            vpdn search-order · vpdn source-ip · vpdn ip · vpdn aaa · vpdn authen-before-forward · vpdn multihop · vpdn-template · no-op · standby · fhrp · glbp · vrrp · remark
            """,
    }
)

#: Commands of the interface mode.
INTERFACE: Final = _by_prefix(
    {
        "ends the block": "exit · end · exit-vrf",
        "the wire: speed, duplex, framing, clocks, optics": """
            speed · duplex · negotiation · auto · media-type · mtu · bandwidth · delay · clock · clockrate · carrier-delay · load-interval · keepalive · hold-queue · tx-ring-limit ·
            tx-queue · rx-ring-limit · loopback · fair-queue · half-duplex · full-duplex · mac-address · mop · arp · flowcontrol · encapsulation ppp · encapsulation hdlc · encapsulation frame-relay ·
            encapsulation slip · encapsulation aal5mux · encapsulation aal5snap · dsl · atm · pvc · cablelength · framing · linecode · channelized · isdn · physical-layer · serial · invert · crc · scramble · aal5 · ima-group · ima ·
            transceiver · media · fec · mdix · power · link · macsec · mka · cts manual · sap · medium · antenna · channel · power-local · station-role · dfs · peakdetect · stbc · beamform · guard-interval · world-mode ·
            rts · fragment-threshold · preamble-short · infrastructure-client · short-slot-time · distance · gig-default · negotiate · disable · enable · ethernet · transport-mode · interface-type · hybrid-type · protocol · vbr-nrt · cbr · ubr · oam-pvc · oam ·
            transmit-interface · snapshot · down-when-looped · cdp · lldp · udld · unidirectional · input-queue · fcs · tcp-compression · packet · compress · ppp multilink · ppp lcp · ppp timeout · ppp quality · ppp direction · ppp reliable-link ·
            ppp chap · ppp pap · ppp eap · ppp encrypt · ppp mtu · ppp max-bad-auth · ppp bap · ppp callback · ppp iphc · ppp bridge · ppp link · ppp max-configure · ppp max-failure · ppp max-terminate · multilink · ppp acfc · ppp pfc · lapb · x25 · frame-relay · dce-terminal-timing-enable · modem · lcp ·
            max-reserved-bandwidth · backup · dialer · dialer-group · pulse-time · lte · async · asynchronous · autodetect · autoselect · group-range · chat-script · script · peer default ip address dhcp · peer match · pppoe · pppoe-client · pppoe enable · pppoe max-sessions ·
            ppp authorization · ppp accounting · ppp ipcp · ppp ipv6cp · ppp mppe · ppp ms-chap · ppp microcode · soft-power · nrzi-encoding · operation · l2tp · vtp · management · lan · peer ip · default-interface · remote-registry
            """,
        "layer 2 in the switch: frames between its ports, not packets through the router": """
            spanning-tree · bpduguard · switchport mode · switchport nonegotiate · switchport trunk encapsulation · switchport trunk native · switchport trunk pruning · switchport port-security · switchport block ·
            switchport voice · switchport protected · switchport priority · switchport backup · switchport capture · switchport monitor · switchport dot1q · switchport host · switchport private-vlan · switchport autostate ·
            storm-control · port-security · port · port-type · authentication · access-session · dot1x · mab · webauth · ip dhcp snooping · ip arp inspection · ip verify source · ip device · ipv6 nd raguard · ipv6 dhcp guard · ipv6 snooping · ipv6 source-guard · ipv6 destination-guard · device-tracking · nmsp · macro · lacp · pagp · port-channel ·
            channel-protocol · private-vlan · l2protocol-tunnel · l2-filter · l2transport · service instance · ethernet cfm · xconnect · bridge-domain · vlan-id · mvr · rep · bpdu · dot1q · vlan-range · vlan id · keepalive-policy · ip igmp snooping · ipv6 mld snooping · autostate ·
            bundle-enable · encryption · broadcast-key · ssid · mbssid · bridge-group · cts role-based · access-policy · trust · priority · priority-flow-control · dcbx · mac · snooping · subscriber · subscriber-loop-control · source-learning · ip admission-l2
            """,
        "rate and order of packets, not whether they pass": """
            qos · mls qos · wrr-queue · rcv-queue · srr-queue · queue-set · priority-queue · auto qos · rate-limit · traffic-shape · random-detect · priority-group · custom-queue-list · tx-queue-limit · shape · trust device · mls netflow · service-policy type · bandwidth-limit · platform · queue-limit · rx-queue · mls rp · mls switching · mls ip · mls ipv6 · mls acl
            """,
        "a routing protocol's own business: dynamic routes are taken as possible whatever it says": """
            ip ospf · ipv6 ospf · ospfv3 · ospf · ip router · ipv6 router · isis · ip rip · ipv6 rip · ip eigrp · ipv6 eigrp · ip hello-interval · ip hold-time · ip summary-address · ip split-horizon · ipv6 summary-address · ip bandwidth-percent · ip authentication · ip dampening · dampening · bfd · ip bfd ·
            mpls · tag-switching · ip rsvp · ip bgp · bgp-policy · ip passive-interface · ip ospf network · clns · ip next-hop-self · ip nhrp · ipv6 nhrp · ip load-sharing · ip cef · ip route-cache · ipv6 cef · routing · ip routing · traffic-engineering · segment-routing · lisp · ip lisp · cef
            """,
        "multicast: its forwarding is switched on by `ip multicast-routing`": """
            ip pim · ip igmp · ip mroute-cache · ip multicast · ip mrm · ip sap · ipv6 pim · ipv6 mld · ip cgmp · ip dvmrp · ip sdr · ip mroute · ipv6 multicast
            """,
        "how TCP, ICMP, ARP and neighbour discovery on the wire behave": """
            ip redirects · ip unreachables · ip proxy-arp · ip mask-reply · ip mtu · ipv6 mtu · ip tcp · ipv6 tcp · ip information-reply · ip gratuitous-arps · ip arp · ip sticky-arp · ip local-proxy-arp · ip probe · ip irdp · ip mobile ·
            ipv6 nd · ipv6 redirects · ipv6 unreachables · ipv6 enable · ipv6 icmp · ip virtual-reassembly · ip virtual-reassembly-out · ipv6 virtual-reassembly · ip security · ip rtp · ip header-compression · ip directed-broadcast-off · ip broadcast-address · ip probe-proxy · ip dhcp relay information ·
            ip dhcp client · ip dhcp smart-relay · ip dhcp relay subnet-broadcast · ip dhcp relay source-interface · ip dhcp relay trusted · ipv6 dhcp · ip icmp · ip ssh · ip bootp · ip helper-multicast · ip forward · arp-timeout · ip ddns · ip host-routing · ip forwarding · ip point-to-point · ipv4 icmp · ipv4 point-to-point · ipv6 address-token · ipv6 verify-source-off
            """,
        "counts, records and mirrors traffic": """
            ntp · ip accounting · ip flow · ipv6 flow · flow · ip nbar · snmp · logging · rmon · netflow · monitor · ip traffic-export · ip cef accounting · ip audit · ip ips · ip wccp group-listen · ip mirror · performance · crypto ipsec df-bit · crypto ipsec fragmentation · crypto engine · ip flowspec · et-analytics · ip mrib · traffic · event · fpm
            """,
        "when the virtual address moves; the address itself is read": """
            standby · vrrp · glbp · track · redundancy · ip vrf sitemap · fhrp
            """,
        "the tunnel's own parameters": """
            tunnel key · tunnel path-mtu-discovery · tunnel checksum · tunnel sequence-datagrams · tunnel ttl · tunnel tos · tunnel bandwidth · tunnel udlr · tunnel route-via · tunnel flow · tunnel endpoint · tunnel rbscp · tunnel mpls · tunnel vrf · tunnel entropy · if-state · tunnel bypass · tunnel qos ·
            crypto ikev2 · crypto ipsec client ezvpn · tunnel dst · tunnel src · tunnel raw · tunnel destination-list
            """,
        "telephony: calls and their codecs": "voice-port · no-voice · service-module · compand-type · cptone · station-id · caller-id · signal · supervisory · h323-gateway · voice-class · voip",
        "names or shows the interface": "history · nv · vlt · label · ip name · location · alias · tag · cable · energywise · fabric · hw-module · hardware · card · source · attach",
    }
)

#: Commands of the line mode (console, auxiliary, terminal lines).
LINE: Final = _by_prefix(
    {
        "how the session looks and ends": """
            exec-timeout · session-timeout · absolute-timeout · logging · history · length · width · escape-character · exec · exec-banner · motd-banner · logout-warning · exec-character-bits · international ·
            stopbits · speed · databits · parity · flowcontrol · modem · rxspeed · txspeed · autobaud · autohangup · disconnect-character · dispatch-timeout · domain-lookup · full-help · editing · insecure · location · lockable · monitor · notify · padding · private · refuse-message · rotary · session-limit · special-character-bits · start-character · stop-character · telnet · terminal-type · terminal-queue · timeout · transport preferred · transport output · usb-inactivity-timeout · vacant-message · activation-character · autocommand · autocommand-options · autoselect · buffer-length · callback · data-character-bits · default · hold-character · ip · ipv6 · keymap-type · media-type · script · state-machine · no
            """,
        "who may do what once logged in": "authorization · accounting · privilege · password · timeout login · exit · end",
    }
)

#: Understood as something that could bear on access, and not modelled: why.
UNSUPPORTED_GLOBAL: Final = _by_prefix(
    {
        "multicast routing: multicast packets are outside of the model": "ip multicast-routing · ipv6 multicast-routing",
        "translation between IPv4 and IPv6 is outside of the model": "nat64 · ipv6 nat",
        "stateless IPv6 prefix translation is outside of the model": "nat66",
        "users are asked to log in before their packets pass": "ip auth-proxy · ip admission · ip urlfilter",
        "TrustSec: packets pass by security group, which no address shows": "cts",
        "packets of this kind are sent to a proxy": "ip wccp · ipv6 wccp",
        "sessions are handed to a load balancer": "ip slb",
        "intrusion prevention may drop what the rules permit": "ip ips name · utd",
        "group encryption (GDOI): its selectors come from a key server": "crypto gdoi",
        "traffic is steered by application policy": "pfr · oer · sdwan · policy-app · app-route",
    }
)

UNSUPPORTED_INTERFACE: Final = _by_prefix(
    {
        "broadcasts from elsewhere are sent into the segment": "ip directed-broadcast",
        "users are asked to log in before their packets pass": "ip auth-proxy · ip admission · ip urlfilter",
        "TrustSec: packets pass by security group, which no address shows": "cts",
        "packets of this kind are sent to a proxy": "ip wccp · ipv6 wccp · wccp",
        "translation between IPv4 and IPv6 is outside of the model": "nat64 · ipv6 nat",
        "stateless IPv6 prefix translation is outside of the model": "nat66",
        "a filter on layer-2 addresses": "mac access-group · bridge-group input-address-list · bridge-group output-address-list",
        "packets move between routing tables": "ip vrf receive · ip vrf select · ip vrf autoclassify · vrf receive",
        "intrusion prevention may drop what the rules permit": "utd",
        "packets of other protocols are filtered": "ipx access-group · appletalk access-group",
    }
)


def lookup(table: Mapping[str, str], words: tuple[str, ...]) -> str | None:
    """The reason behind the longest entry of ``table`` that ``words`` begin with; ``None`` if there is none."""
    for count in range(min(len(words), 5), 0, -1):
        reason = table.get(" ".join(words[:count]))
        if reason is not None:
            return reason
    return None
