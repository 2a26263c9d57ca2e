"""Which statements there are: families, modes, and those that cannot bear on access, with one line of why.

Words are those of the Cisco ASA Series Command Reference (A-H, I-R, S, T-Z) and, for PIX and FWSM, of the Cisco PIX
Firewall Command Reference 6.3 and the FWSM Command Reference 3.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Commands of the session that scripts and captures hold beside the configuration.
SESSION_WORDS: Final = _words(
    "exit quit end enable configure conf write wr copy show terminal reload login logout changeto do more dir ping "
    "packet-tracer"
)

#: First words of commands that are read; the rest are in the tables below, or not understood.
FAMILIES: Final = _words(
    "aaa aaa-server access-group access-list conduit context crypto dhcpd dhcprelay dns dynamic-access-policy-record "
    "failover firewall flow-export global group-policy hostname http icmp interface ip ipv6 isakmp ldap logging "
    "management-access mode name nameif names nat nat-control ntp object object-group radius-server rip route "
    "route-map router same-security-traffic service snmp-server ssh static sysopt tacacs-server telnet time-range "
    "tunnel-group username vpngroup webvpn zone"
)

# Reasons, and the beginnings of the statements to which they apply. The longest beginning decides.
_IRRELEVANT: Final = {
    "timers end connections, they open none": "timeout; arp timeout; console timeout; ssh timeout; telnet timeout",
    "what the console and the screens look like": (
        "banner; pager; terminal; prompt; command-alias; hostname-prompt; asdm; console; quota; session; auth-prompt"
    ),
    "passwords of the console: who logs in, not from where": (
        "enable; passwd; password; password-policy; key config-key; password encryption; privilege"
    ),
    "images, memory, modules and licences of the device": (
        "boot; config-register; hw-module; service-module; license; module; jumbo-frame; checkheaps; coredump; "
        "crashinfo; memory; cpu; process; activation-key; resource; class; limit-resource; allocate; firmware; "
        "ips; sw-module; rest-api; fips; event; auto-update; client-update; call-home; smart; ftp; tls-proxy-cert; "
        "boot-config; app-agent; snort; pager; numa; configuration; diagnostic; fxos; dp-tcp-proxy"
    ),
    "the clock": "clock",
    "how the device names itself and its files": "domain-name; Cryptochecksum; cryptochecksum; names; device-id; NGFW",
    "frame sizes and queues": (
        "mtu; fragment; priority-queue; sysopt connection tcpmss; flow-offload; lacp; port-channel; "
        "no-mtu; pmtu; jumbo; sysopt connection timewait; sysopt connection preserve-vpn-flows; "
        "sysopt connection reclassify-vpn; sysopt radius; sysopt nodnsalias; sysopt uauth; sysopt traffic; "
        "sysopt connection tcp-max-unprocessed-seg; sysopt security; xlate"
    ),
    "ARP, not IP, and who answers it": (
        "arp; sysopt noproxyarp; arp-inspection; mac-address; mac-address-table; mac-learn; mac-list; floodguard; "
        "ip audit; ethernet"
    ),
    "logging shows what happens, it permits nothing": "logging; no-logging; syslog; alarm",
    "which tunnel group or unit a user gets; every tunnel group is in the model": (
        "tunnel-group-map; vpn load-balancing; load-balancing; vpn-load-balancing"
    ),
    "encryption of the device's own files and its licence": "strong-encryption-disable; strong-encryption",
    "mail of alarms, statistics of hosts": "smtp-server; hpm; ngips",
    "how rules are looked up and compiled, not what they say": (
        "object-group-search; asp; access-list mode; tcp-options; forward-reference"
    ),
    "inspection and limits look at connections that a list permitted": (
        "class-map; policy-map; service-policy; tcp-map; fixup; regex; service; ctl-file; tls-proxy; media-termination; "
        "phone-proxy; uc-ime; inspect; parameters; match; match-any; sctp-map; gtp-map; ftp-map; http-map; mgcp-map; "
        "snmp-map; im; h225-map; h323-map; sip-map; skinny-map; cluster-map; set; police; mpf; scansafe; waas"
    ),
    "content filtering looks at connections that a list permitted": (
        "filter; url-cache; url-block; url-server; scansafe; websense; cws"
    ),
    "statistics, and blocks that come and go by themselves": "threat-detection; shun; ip audit",
    "monitoring of paths and of the other unit": "sla; monitor-interface; track; prompt-state; cluster-interface",
    "which routes are exchanged, and with whom; the routing protocol itself is in the model": (
        "prefix-list; as-path; community-list; key chain; policy-list; ip prefix-list; ipv6 prefix-list; bfd; bfd-template"
    ),
    "certificates and keys of the device": (
        "crypto ca; crypto key; crypto engine; crypto large-cert-acceleration; ssl; ca; certificate; crypto pki"
    ),
    "how tunnels are encrypted, not who may use them": (
        "crypto ipsec; crypto isakmp policy; crypto ikev1 policy; crypto ikev2 policy; isakmp policy; isakmp keepalive; "
        "crypto isakmp identity; isakmp identity; crypto isakmp nat-traversal; isakmp nat-traversal; "
        "crypto isakmp disconnect-notify; crypto isakmp reload-wait; crypto isakmp am-disable; crypto ikev1 am-disable; "
        "crypto ikev1 limit; crypto ikev2 limit; crypto ikev2 cookie-challenge; crypto ikev2 cookie; "
        "crypto isakmp ipsec-over-tcp; crypto ikev1 ipsec-over-tcp; crypto ikev2 notify; crypto isakmp log; "
        "crypto ikev2 remote-access; crypto ikev2 redirect; crypto ikev2 fragmentation; isakmp log; "
        "crypto dynamic-map-lifetime; crypto ikev2 limit; vpn-sessiondb; vpnsetup; l2tp; compression; zonelabs-integrity; "
        "crypto map-lifetime; crypto kerberos; sysopt connection preserve"
    ),
    "how VPN users get their address": "vpn-addr-assign; ipv6-vpn-addr-assign; ip-client-map",
    "who is on which address is asked elsewhere; rules that ask for users are undecided": "user-identity; cts; security-group",
    "what the SNMP agent says, not who may ask": (
        "snmp-server community; snmp-server contact; snmp-server location; snmp-server enable; snmp-server group; "
        "snmp-server user; snmp-server view; snmp-server listen-port; snmp-server cpu; snmp; snmp-server user-list; "
        "snmp-server engineID"
    ),
    "accounting and authorization of administrators' commands": (
        "aaa accounting; aaa authorization command; aaa authorization exec; aaa local; aaa mac-exempt; aaa proxy-limit; "
        "aaa authentication login-history; aaa fallback; aaa kerberos"
    ),
    "keys and versions of management protocols": (
        "ssh version; ssh scopy; ssh stricthostkeycheck; ssh key-exchange; ssh cipher; ssh pubkey-chain; ssh stack; "
        "http server idle-timeout; http server session-timeout; http server basic-auth-client; http ssl; http redirect; "
        "http authentication-certificate; http username-from-certificate; http connection; ntp authenticate; "
        "ntp authentication-key; ntp trusted-key; http server server-redirect; http server tls; http password; "
        "https; ssh disconnect; ssh challenge"
    ),
    "DHCP options and timers": (
        "dhcpd lease; dhcpd ping_timeout; dhcpd domain; dhcpd option; dhcpd update; dhcpd auto_config; dhcpd ping; "
        "dhcprelay timeout; dhcprelay setroute; dhcprelay information; dhcp-client; dhcp-network-scope; ipv6 dhcp"
    ),
    "how the device resolves names": "dns domain-lookup; dns expire-entry-timer; dns poll-timer; dns forwarder; ddns; dns-group; dns-guard; dns trusted-source",
    "the other unit of a failover pair has the same rules": "failover; cluster; redundancy; standby",
    "neighbour discovery and router advertisements": (
        "ipv6 nd; ipv6 neighbor; ipv6 enforce-eui64; ipv6 unicast-routing; ipv6 cef; ipv6 enable"
    ),
    "NetFlow export": "flow-export",
    "groups of settings for ASDM": "group; pdm; location",
    "file transfer of the device's own files": "tftp-server; auto-update; copy; wccp-log",
}

_UNSUPPORTED: Final = {
    "established lets connections in that no list permits": "established",
    "outbound and apply lists of PIX 5 filter by user-written exceptions": "outbound; apply",
    "alias rewrites destination addresses": "alias",
    "cut-through proxy lines of the include/exclude form are not read": (
        "aaa authentication include; aaa authentication exclude; aaa authorization include; aaa authorization exclude"
    ),
    "per-user access by AAA authorization is not read": "aaa authorization match",
    "a proxy that users log in to before their traffic passes": "virtual; aaa authentication listener",
    "the Botnet Traffic Filter drops by reputation": "dynamic-filter",
    "dynamic pinholes for Sun RPC": "sunrpc-server",
    "multicast forwarding is not modelled": "multicast-routing; pim; igmp; mroute; mfib; multicast",
    "web caching redirects traffic": "wccp",
    "Easy VPN remote brings rules of its own": "vpnclient",
    "a clientless portal reaches further than the lists say": "smart-tunnel; port-forward",
    "virtual routing tables are not told apart": "virtual-router; vrf",
    "VXLAN segments are not modelled": "nve; vxlan",
    "umbrella and other cloud filters decide elsewhere": "umbrella-global; umbrella",
}


def _by_beginning(groups: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    return {tuple(start.split()): reason for reason, starts in groups.items() for start in starts.split("; ")}


IRRELEVANT: Final = MappingProxyType(_by_beginning(_IRRELEVANT))
UNSUPPORTED: Final = MappingProxyType(_by_beginning(_UNSUPPORTED))


def _longest(table: Mapping[tuple[str, ...], str], words: tuple[str, ...]) -> tuple[int, str]:
    for count in (3, 2, 1):
        if (reason := table.get(words[:count])) is not None and len(words) >= count:
            return count, reason
    return 0, ""


def irrelevant_reason(words: tuple[str, ...]) -> str:
    """Why a statement that begins with ``words`` cannot bear on access; empty where it can."""
    return _longest(IRRELEVANT, words)[1]


def unsupported_reason(words: tuple[str, ...]) -> str:
    """What a statement that is understood but not modelled would do; empty where it is modelled or irrelevant."""
    count, reason = _longest(UNSUPPORTED, words)
    return reason if count > _longest(IRRELEVANT, words)[0] else ""


def _table(groups: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({word: reason for reason, words in groups.items() for word in words.split()})


#: Sub-commands that cannot bear on access, by the mode that they stand in.
CHILDREN: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "interface": _table(
            {
                "speed, cabling and queues": (
                    "speed duplex media-type flowcontrol hold-time delay lacp mac-address media mtu fec negotiate "
                    "negotiation lldp nve-only"
                ),
                "routing protocols on the interface": "ospf eigrp rip authentication hello-interval split-horizon summary-address bfd isis pim igmp",
                "time-outs and tracking of the interface": "dhcp ddns poll-time link-state carrier-delay",
                "PPPoE and its credentials": "pppoe",
                "redirects and SIP of the interface itself": "traffic-non-sip",
                "switch port settings beside the VLAN": "power speed-duplex",
                "service quality": "service-policy traffic",
                "who is tagged how": "cts",
            }
        ),
        "group-policy": _table(
            {
                "what the VPN client shows, resolves and keeps": (
                    "banner default-domain split-dns dns-server wins-server dhcp-network-scope msie-proxy "
                    "ipv6-split-tunnel-policy client-bypass-protocol gateway-fqdn secure-unit-authentication backup-servers "
                    "split-tunnel-all-dns smartcard-removal-disconnect scep-forwarding-url nem user-authentication-idle-timeout "
                    "leap-bypass ip-phone-bypass periodic-authentication msie-proxy-method"
                ),
                "how long and how often users are connected": (
                    "vpn-idle-timeout vpn-session-timeout vpn-access-hours vpn-simultaneous-logins re-xauth "
                    "vpn-session-timeout-alert vpn-idle-timeout-alert"
                ),
                "how the tunnel is encrypted": "pfs ip-comp ipsec-udp ipsec-udp-port password-storage",
                "what the clientless portal and the client look like": "webvpn-settings url-list homepage",
                "which client software may connect": "client-access-rule client-firewall nac nac-settings security-group-tag",
            }
        ),
        "webvpn": _table(
            {
                "images, profiles and looks of the client and the portal": (
                    "anyconnect svc csd hostscan customization cache cache-fs error-recovery keepout character-encoding "
                    "onscreen-keyboard default-idle-timeout default-language file-encoding memory-size deny-message "
                    "portal-access-rule mus apcf rewrite proxy-bypass auto-signon-cache logo title tunnel-group-list "
                    "internal-password no-anyconnect hsts http-headers x-content-type-options x-xss-protection "
                    "content-security-policy essentials anyconnect-essentials login-message saml sso-server homepage "
                    "url-list url-entry html-content-filter http-comp http-proxy https-proxy functions keep-alive-ignore "
                    "smart-tunnel port-forward storage-key storage-objects transcode user-storage unix-auth-gid "
                    "unix-auth-uid application-type always-on-vpn java-trustpoint validate-cert dtls activex-relay "
                    "file-browsing file-entry upload-max-size download-max-size post-max-size hidden-shares "
                    "port-forward-name sso auto-signon auto-download applet svc-deny message include-local-lan "
                    "max-header-line-length override default-url-list autodownload acl certificate-group-map "
                    "tunnel-group-preference"
                ),
            }
        ),
        "tunnel-group": _table(
            {
                "names, looks and addresses by which the group is chosen": (
                    "group-alias group-url customization radius-reject-message proxy-auth override-svc-download "
                    "without-csd dns-group nbns-server hic-fail-group-policy pre-fill-username "
                    "secondary-pre-fill-username username-from-certificate secondary-username-from-certificate "
                    "use-entire-name strip-realm strip-group scep-enrollment username-from-certificate-choice "
                    "nat-assigned-to-public-ip dhcp-server ipv6-address-pool-order use-secondary-username "
                    "password-management override-account-disable annotation saml webvpn-banner"
                ),
                "keys and certificates of the tunnel": (
                    "pre-shared-key trust-point peer-id-validate chain isakmp ikev1-pre-shared-key "
                    "secondary-trust-point"
                ),
                "accounting": "accounting-server-group",
                "PPP options of L2TP": "ppp",
                "the names that AAA servers are told": "authenticated-session-username authentication-attr-from-server group-lock-name secondary-color",
            }
        ),
        "aaa-server": _table(
            {
                "retries, ports and secrets of the server": (
                    "timeout retry-interval max-failed-attempts reactivation-mode accounting-mode interim-accounting-update "
                    "key radius-common-pw authentication-port accounting-port acl-netmask-convert mschapv2-capable "
                    "server-type server-port ldap-base-dn ldap-scope ldap-naming-attribute ldap-login-password "
                    "ldap-login-dn ldap-over-ssl sasl-mechanism ldap-attribute-map ldap-group-base-dn group-search-timeout "
                    "group-base-dn-search-timeout kerberos-realm nt-auth-domain-controller sdi-version sdi-pre-5-slave "
                    "ad-agent-mode dynamic-authorization authorize-only merge-dacl start-url action-uri auth-cookie-name "
                    "hidden-parameter user-parameter password-parameter proxy-auth_map message-authenticator-required "
                    "encrypt-pw realm-id validate-kdc ldap-defaults ldap-dn no-merge"
                ),
            }
        ),
        "username": _table(
            {
                "how long and how often the user is connected": (
                    "vpn-simultaneous-logins vpn-idle-timeout vpn-session-timeout vpn-access-hours password-storage"
                ),
                "keys and looks of the user": "ssh webvpn-settings memberof password-date",
            }
        ),
        "dns": _table({"how names are asked for": "domain-name retries timeout poll-timer expire-entry-timer"}),
        "router": _table(
            {
                "which routes are exchanged; that the protocol runs is in the model": (
                    "network router-id log-adj-changes log-adjacency-changes area redistribute passive-interface "
                    "default-information neighbor timers distance auto-summary no-auto-summary version eigrp "
                    "default-metric distribute-list summary-address address-family exit-address-family bgp "
                    "synchronization maximum-paths metric net is-type nsf graceful-restart compatible ignore "
                    "ospf offset-list maximum-prefix template aggregate-address inject-map variance "
                    "max-metric authentication route-map no capability bfd set-overload-bit advertise"
                )
            }
        ),
    }
)

#: Sub-commands by mode, for pastes without indentation.
SUBCOMMANDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        mode: _words(words)
        for mode, words in {
            "interface": (
                "nameif security-level ip ipv6 shutdown description vlan management-only bridge-group channel-group "
                "switchport zone-member speed duplex forward port-channel tunnel policy-route member-interface "
                "mac-address allow-ssc-mgmt ospf delay media-type flowcontrol"
            ),
            "object": "host subnet range fqdn description nat service",
            "object-group": (
                "network-object group-object service-object port-object protocol-object icmp-object user-object "
                "user-group security-group description user"
            ),
            "time-range": "absolute periodic",
            "group-policy": (
                "vpn-filter vpn-tunnel-protocol split-tunnel-policy split-tunnel-network-list address-pools "
                "dns-server wins-server default-domain banner vpn-idle-timeout vpn-session-timeout group-lock "
                "vpn-simultaneous-logins ipv6-vpn-filter ipv6-split-tunnel-policy webvpn-settings svc "
                "vpn-access-hours split-dns user-authentication secure-unit-authentication"
            ),
            "tunnel-group": (
                "address-pool default-group-policy authentication-server-group secondary-authentication-server-group "
                "authorization-server-group accounting-server-group authorization-required pre-shared-key ikev1 ikev2 "
                "trust-point peer-id-validate isakmp group-alias group-url authentication chain strip-realm "
                "strip-group password-management username-from-certificate ipv6-address-pool dhcp-server"
            ),
            "crypto": (
                "encryption hash group lifetime authentication prf integrity protocol set enrollment fqdn subject-name "
                "crl keypair certificate revocation-check id-usage email serial-number ip-address password usage "
                "proxy-ldc-issuer no-subject-name"
            ),
            "isakmp": "encryption hash group lifetime authentication",
            "dns": "name-server domain-name retries timeout",
            "aaa-server": (
                "key timeout retry-interval authentication-port accounting-port max-failed-attempts reactivation-mode "
                "ldap-base-dn ldap-scope ldap-naming-attribute ldap-login-password ldap-login-dn server-type"
            ),
            "class-map": "match description",
            "policy-map": "class inspect parameters match drop reset log set police message-length description drop-connection eool router-alert nop message-length tcp-inspection",
            "router": "network area redistribute neighbor router-id passive-interface default-information log-adj-changes distance version eigrp bgp address-family auto-summary timers",
            "route-map": "match set",
            "context": "allocate-interface config-url join-failover-group member allocate-ips",
            "webvpn": "port anyconnect svc csd anyconnect-essentials tunnel-group-list cache keepout dtls",
            "sla": "type frequency timeout threshold num-packets request-data-size tos",
            "call-home": "profile active destination subscribe-to-alert-group contact-email-addr",
            "username": "vpn-group-policy vpn-filter service-type group-lock vpn-framed-ip-address vpn-tunnel-protocol",
        }.items()
    }
)

#: What PIX 6 and FWSM clear without the word ``configure``; with ASA only these of the ``clear`` commands are settings.
CLEARED_WITHOUT_CONFIGURE: Final = _words(
    "access-list access-group nat global static icmp telnet ssh http object-group object snmp-server route name "
    "ntp names logging conduit"
)
