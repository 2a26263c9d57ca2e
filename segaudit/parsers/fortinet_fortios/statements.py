"""What each section of a FortiOS configuration, and each setting of those in the model, is to the ledger.

A section that is not in `SECTIONS` by its whole path is looked up by its first words in `PREFIXES`. Names of sections
and settings are those of the FortiOS CLI references 6.0 to 7.6 (and of 5.0 to 5.6 where they are gone since).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from segaudit.model import LineState


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Blocks that hold blocks of the top level.
CONTAINERS: Final = frozenset({"global", "vdom"})
#: First words of the blocks that stand at the top of a configuration, of ``config global`` or of a VDOM.
TOP_LEVEL: Final = _words(
    """
    alertemail antivirus application authentication automation aws azure casb certificate cifs credential-store
    diameter-filter dlp dnsfilter dpdk emailfilter endpoint-control ethernet-oam extender extender-controller
    extension-controller file-filter firewall ftp-proxy gtp icap imp2p ips log monitoring netscan nsx nsxt pfcp report
    router sctp-filter spamfilter ssh-filter switch-controller system telemetry-controller user videofilter
    virtual-patch voip vpn waf wanopt web-proxy webfilter wireless-controller ztna
    """
)
_ANY_NAME = 79
#: Longest name in a table, and other tables that share its names (FortiOS CLI reference, `config system zone`).
NAME_LENGTHS: Final[Mapping[str, tuple[int, tuple[str, ...]]]] = MappingProxyType(
    {
        "system zone": (35, ("system interface",)),
        "system interface": (15, ("system zone",)),
        "firewall address": (_ANY_NAME, ("firewall addrgrp", "firewall vip")),
        "firewall addrgrp": (_ANY_NAME, ("firewall address", "firewall vip")),
        "firewall service custom": (_ANY_NAME, ("firewall service group",)),
        "firewall service group": (_ANY_NAME, ("firewall service custom",)),
    }
)
_ADDRESS_USERS = _words("srcaddr dstaddr member exclude-member source-address orig-addr dst-addr dstaddr4")
_ADDRESS6_USERS = _words("srcaddr6 dstaddr6 member exclude-member source-address6 orig-addr6 dst-addr6")
_INTERFACE_USERS = _words("srcintf dstintf intf interface source-interface device extintf member")
#: The settings that may name an entry of a table: a rename follows them.
REFERENCES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "firewall address": _ADDRESS_USERS,
        "firewall addrgrp": _ADDRESS_USERS,
        "firewall vip": _ADDRESS_USERS,
        "firewall vipgrp": _ADDRESS_USERS,
        "firewall address6": _ADDRESS6_USERS,
        "firewall addrgrp6": _ADDRESS6_USERS,
        "firewall service custom": frozenset({"service", "member"}),
        "firewall service group": frozenset({"service", "member"}),
        "system zone": _INTERFACE_USERS,
        "system interface": _INTERFACE_USERS,
        "user group": frozenset({"groups", "usrgrp", "authusrgrp"}),
        "firewall schedule onetime": frozenset({"schedule", "member"}),
        "firewall schedule recurring": frozenset({"schedule", "member"}),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What a section is to the ledger.

    ``state`` MODELLED: its settings are judged one by one: those in ``modelled`` are in the model, ``irrelevant``
    gives the reason of those that bear on nothing, ``unsupported`` the reason of those that do and the words with
    which they do not. ``prefixes`` judge by how a name begins. APPROXIMATED: all settings are kept, and the reason
    says what is lost. Else the whole section has ``state`` for ``reason``. ``secret`` settings are hidden. ``resets``
    are the settings that go back to their defaults when one they hang on changes.
    """

    state: LineState
    reason: str = ""
    modelled: frozenset[str] = frozenset()
    irrelevant: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    unsupported: Mapping[str, tuple[str, frozenset[str]]] = field(default_factory=lambda: MappingProxyType({}))
    prefixes: tuple[tuple[str, str], ...] = ()
    blocks: Mapping[str, Family] = field(default_factory=lambda: MappingProxyType({}))
    secret: frozenset[str] = frozenset()
    resets: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))

    def judge(self, name: str, words: tuple[str, ...]) -> tuple[LineState, str]:
        """State and reason of a setting that is not in ``modelled``; no words: it is unset."""
        reason = self.irrelevant.get(name)
        if reason is not None:
            return LineState.IRRELEVANT, reason
        known = self.unsupported.get(name)
        if known is not None:
            reason, neutral = known
            if not words or (len(words) == 1 and words[0] in neutral):
                return LineState.IRRELEVANT, "as it is without this line"
            return LineState.UNSUPPORTED, reason
        for prefix, reason in self.prefixes:
            if name.startswith(prefix):
                return LineState.IRRELEVANT, reason
        if self.state == LineState.APPROXIMATED:
            return LineState.APPROXIMATED, self.reason
        return LineState.UNRECOGNIZED, "no setting that is known in this section"

    def nested(self, words: tuple[str, ...]) -> Family:
        """What the nested block ``words`` is."""
        if self.state != LineState.MODELLED:
            return self
        for count in range(len(words), 0, -1):
            found = self.blocks.get(" ".join(words[:count]))
            if found is not None:
                return found
        return self.blocks.get("*", _UNKNOWN)


_UNKNOWN = Family(state=LineState.UNRECOGNIZED, reason="no section that is known")

# ---------------------------------------------------------------------------------------------------------------------
# Reasons, each for many settings.

NAMING = "a name, number or note for people or machines; it decides no packet"
LOOKS = "what the administration page shows, and how it behaves once somebody is logged in"
TIMERS = "a timer, limit or threshold; it decides no packet"
RESOURCES = "use of processors, memory and hardware"
CRYPTO = "strength of encryption, certificates and keys; it decides no packet"
LINK = "the physical link and layer 2 below the segment"
MONITORING = "measuring, logging and discovery"
QOS = "priority and bandwidth, not permission"
INSPECTION = "content inspection: it can only drop what the policies let in, by content, and opens nothing"
SESSIONS = "how the device keeps a session that a policy permitted"
CLIENT_SETUP = "what a VPN client is told or how its page looks; who may enter and what he reaches is modelled"
REDUNDANCY = "high availability: the members carry the same rules"
ROUTING_FINE = "a detail of routing below the choice of the way"
LOGGING = "what is written to logs"
CLOUD = "service of the maker's cloud"
MANAGED = "management of FortiAP, FortiSwitch and FortiExtender units; their segments are interfaces of this device"
TEXTS = "texts, pictures and languages shown to users"
SEND = "how the device itself sends to a server"
ACCOUNTS = "rights and comfort of an account, once logged in"

_VERSIONED = "cross-family translation (NAT64, NAT46) is not modelled"


def _irrelevant(reason: str) -> Family:
    return Family(state=LineState.IRRELEVANT, reason=reason)


def _unsupported(reason: str) -> Family:
    return Family(state=LineState.UNSUPPORTED, reason=reason)


def _approximated(reason: str) -> Family:
    return Family(state=LineState.APPROXIMATED, reason=reason)


def _modelled(
    modelled: str,
    irrelevant: Mapping[str, str] | None = None,
    unsupported: Mapping[str, str] | None = None,
    *,
    prefixes: tuple[tuple[str, str], ...] = (),
    blocks: Mapping[str, Family] | None = None,
    secret: str = "",
    resets: Mapping[str, str] | None = None,
) -> Family:
    """A modelled section. The mappings go from a reason to names, in ``unsupported`` each with ``:neutral|words``."""
    bears: dict[str, tuple[str, frozenset[str]]] = {}
    for reason, names in (unsupported or {}).items():
        for name in names.split():
            word, _, neutral = name.partition(":")
            bears[word] = (reason, frozenset(neutral.split("|")) if neutral else frozenset({"disable"}))
    return Family(
        state=LineState.MODELLED,
        modelled=_words(modelled),
        irrelevant=MappingProxyType(
            {name: reason for reason, names in (irrelevant or {}).items() for name in names.split()}
        ),
        unsupported=MappingProxyType(bears),
        prefixes=prefixes,
        blocks=MappingProxyType({"tagging": _irrelevant(NAMING), **(blocks or {})}),
        secret=_words(secret),
        resets=MappingProxyType({name: _words(names) for name, names in (resets or {}).items()}),
    )


# ---------------------------------------------------------------------------------------------------------------------
# Rules.

_INTERNET_SERVICE = """
    internet-service internet-service-name internet-service-group internet-service-custom internet-service-custom-group
    internet-service-id internet-service-negate internet-service-fortiguard network-service-dynamic
    internet-service-src internet-service-src-name internet-service-src-group internet-service-src-custom
    internet-service-src-custom-group internet-service-src-id internet-service-src-negate
    internet-service-src-fortiguard network-service-src-dynamic
    internet-service6 internet-service6-name internet-service6-group internet-service6-custom
    internet-service6-custom-group internet-service6-negate internet-service6-fortiguard
    internet-service6-src internet-service6-src-name internet-service6-src-group internet-service6-src-custom
    internet-service6-src-custom-group internet-service6-src-negate internet-service6-src-fortiguard
    reputation-minimum reputation-direction reputation-minimum6 reputation-direction6
"""
_MATCH = """
    status name comments action schedule srcintf dstintf srcaddr dstaddr srcaddr6 dstaddr6 srcaddr4 dstaddr4
    srcaddr-negate dstaddr-negate srcaddr6-negate dstaddr6-negate srcaddr4-negate dstaddr4-negate service service-negate
    groups users fsso-groups logtraffic application app-category app-group url-category
"""
_PROFILES = """
    utm-status inspection-mode profile-type profile-group profile-protocol-options ssl-ssh-profile av-profile
    webfilter-profile dnsfilter-profile emailfilter-profile spamfilter-profile dlp-profile dlp-sensor
    file-filter-profile ips-sensor application-list voip-profile ips-voip-filter sctp-filter-profile
    diameter-filter-profile virtual-patch-profile icap-profile videofilter-profile waf-profile ssh-filter-profile
    casb-profile telemetry-profile cifs-profile mms-profile gtp-profile pfcp-profile webproxy-profile scan-botnet-connections
    app-monitor deep-inspection-options endpoint-compliance endpoint-check virtual-patch client-reputation
"""
_POLICY_IRRELEVANT: Mapping[str, str] = {
    NAMING: "uuid uuid-idx label global-label policyid tags",
    INSPECTION: _PROFILES,
    LOGGING: """logtraffic-start log-http-transaction capture-packet custom-log-fields logtraffic-app log-unmatched-traffic
        decrypted-traffic-mirror ssl-mirror ssl-mirror-intf replacemsg-override-group block-notification""",
    RESOURCES: """auto-asic-offload np-acceleration np-accelation dsri delay-tcp-npu-session wanopt wanopt-detection
        wanopt-passive-opt wanopt-profile wanopt-peer webcache webcache-https wccp fec""",
    QOS: """traffic-shaper traffic-shaper-reverse per-ip-shaper dynamic-shaping diffserv-copy diffserv-forward
        diffserv-reverse diffservcode-forward diffservcode-rev vlan-cos-fwd vlan-cos-rev passive-wan-health-measurement""",
    SESSIONS: """session-ttl anti-replay tcp-mss-sender tcp-mss-receiver send-deny-packet firewall-session-dirty
        timeout-send-rst schedule-timeout permit-any-host permit-stun-host port-preserve port-random rtp-nat rtp-addr
        pcp-outbound pcp-inbound pcp-poolname learning-mode""",
    "how users are asked who they are; whom the policy admits is modelled": """auth-path auth-cert auth-redirect-addr
        redirect-url ntlm ntlm-guest ntlm-enabled-browsers fsso-agent-for-ntlm captive-portal-exempt email-collect
        identity-based-route fsso wsso rsso radius-mac-auth-bypass radius-ip-auth-bypass web-auth-cookie
        require-tfa fall-through-unauthenticated-traffic sslvpn-auth sslvpn-cipher sslvpn-ccert scim saml-server
        disclaimer-per-user""",
    "how geography is looked up; such addresses are undecided": "geoip-anycast geoip-match",
}
_POLICY_UNSUPPORTED: Mapping[str, str] = {
    _VERSIONED: "nat64 nat46",
    "sessions may begin without SYN": "tcp-session-without-syn:disable",
}
_POLICY_MODELLED = (
    _MATCH
    + _INTERNET_SERVICE
    + """
    nat ippool poolname poolname4 poolname6 fixedport natip natinbound natoutbound inbound outbound vpntunnel
    match-vip match-vip-only disclaimer devices src-vendor-mac ztna-status ztna-ems-tag ztna-ems-tag-secondary
    ztna-tags-match-logic ztna-geo-tag ztna-device-ownership ztna-ems-tag-negate vlan-filter sgt-check sgt tos tos-mask
    tos-negate dscp-match dscp-negate dscp-value policy-expiry policy-expiry-date policy-expiry-date-utc
    http-policy-redirect ssh-policy-redirect ztna-policy-redirect webproxy-forward-server scim-users scim-groups
    identity-based enforce-default-app-port
"""
)
_POLICY = _modelled(
    _POLICY_MODELLED,
    _POLICY_IRRELEVANT,
    _POLICY_UNSUPPORTED,
    blocks={
        "identity-based-policy": _modelled(
            "schedule groups users service logtraffic action status sslvpn-portal",
            {**_POLICY_IRRELEVANT, CLIENT_SETUP: "sslvpn-realm portal"},
        ),
    },
)
_LOCAL_IN = _modelled(
    """status name comments action schedule intf srcaddr dstaddr srcaddr-negate dstaddr-negate service service-negate
    ha-mgmt-intf-only logtraffic internet-service-src internet-service-src-name internet-service-src-group
    internet-service-src-custom internet-service-src-custom-group internet-service-src-fortiguard
    internet-service-src-negate internet-service6-src internet-service6-src-name internet-service6-src-group
    internet-service6-src-custom internet-service6-src-custom-group internet-service6-src-fortiguard
    internet-service6-src-negate""",
    {NAMING: "uuid policyid", INSPECTION: "virtual-patch", "as an older firmware prints it": "auto-asic-offload"},
)
_CENTRAL_SNAT = _modelled(
    """status type srcintf dstintf orig-addr orig-addr6 dst-addr dst-addr6 protocol orig-port dst-port nat nat-ippool
    nat-ippool6 nat-port comments""",
    {NAMING: "uuid policyid", SESSIONS: "port-preserve port-random"},
    {_VERSIONED: "nat46 nat64"},
)
_ACL = _modelled(
    "status name interface srcaddr dstaddr service comments",
    {NAMING: "uuid policyid"},
    {"drops fragments": "fragment"},
)

# ---------------------------------------------------------------------------------------------------------------------
# Objects.

_ADDRESS = _modelled(
    """type sub-type subnet start-ip end-ip fqdn country wildcard wildcard-fqdn interface ip6 macaddr start-mac end-mac
    comment sdn sdn-tag filter route-tag template host host-type obj-type fsso-group obj-tag tag-type clearpass-spt
    ems-tag tag-detection-level hw-vendor hw-model os sw-version agent-id""",
    {
        NAMING: """uuid color visibility associated-interface obj-id fabric-object cache-ttl tags tenant organization
        epg-name subnet-name policy-group sdn-addr-type node-ip-only sso-attribute-value allow-routing category"""
    },
    blocks={
        "list": _irrelevant("addresses that the device learned last; the object is undecided"),
        "subnet-segment": _irrelevant("how the prefix of the object came about; the prefix is written out"),
        "fsso-group": _irrelevant("part of an object that no header decides; the object is undecided"),
    },
)
_GROUP = _modelled(
    "member exclude exclude-member comment",
    {NAMING: "uuid color visibility type category allow-routing fabric-object tags"},
)
_SERVICE = _modelled(
    """protocol tcp-portrange udp-portrange sctp-portrange udplite-portrange icmptype icmpcode protocol-number iprange
    fqdn comment app-service-type application app-category proxy explicit-proxy""",
    {
        NAMING: "uuid category color visibility fabric-object tags",
        "opens what belongs to a session that a policy permitted": "helper",
        TIMERS: """tcp-halfclose-timer tcp-halfopen-timer tcp-timewait-timer tcp-rst-timer udp-idle-timer session-ttl
        check-reset-range""",
    },
    resets={
        "protocol": """tcp-portrange udp-portrange sctp-portrange udplite-portrange icmptype icmpcode protocol-number""",
        "icmptype": "icmpcode",
    },
)
_VIP_IRRELEVANT: Mapping[str, str] = {
    NAMING: "id uuid comment color fabric-object tags",
    "how the device answers for the address on its segment": "arp-reply ndp-reply gratuitous-arp-interval",
    "how a server is chosen, watched and spoken to; all of them are modelled": """ldb-method persistence monitor
        max-embryonic-connections http-redirect http-multiplex http-multiplex-ttl http-multiplex-max-request
        http-multiplex-max-concurrent-request http-ip-header http-ip-header-name http-cookie-age http-cookie-domain
        http-cookie-domain-from-host http-cookie-generation http-cookie-path http-cookie-share https-cookie-secure
        outlook-web-access weblogic-server websphere-server http-supported-max-version h2-support h3-support
        user-agent-detect client-cert empty-cert-action one-click-gslb-server gslb-hostname gslb-domain-name
        dns-mapping-ttl server-type""",
    CRYPTO: "ssl-certificate",
    "in every version without effect on the translation": "src-vip-filter",
}
_VIP = _modelled(
    """type status extip extaddr extintf mappedip mapped-addr portforward protocol extport mappedport portmapping-type
    src-filter srcintf-filter service nat-source-vip""",
    _VIP_IRRELEVANT,
    {
        _VERSIONED: "nat46 nat64 add-nat46-route:enable|disable add-nat64-route:enable|disable ipv6-mappedip:: ipv6-mappedport:0 ipv4-mappedip:0.0.0.0 ipv4-mappedport:0 embedded-ipv4-address nat44:enable nat66:enable"
    },
    prefixes=(("ssl-", CRYPTO),),
    blocks={
        "realservers": _modelled(
            "ip address port status type",
            {
                "how a server is chosen, watched and spoken to; all of them are modelled": """weight holddown-interval
                healthcheck http-host translate-host max-connections monitor client-ip verify-cert seq id health-check-proto"""
            },
        ),
        "ssl-cipher-suites": _irrelevant(CRYPTO),
        "ssl-server-cipher-suites": _irrelevant(CRYPTO),
        "quic": _irrelevant(SESSIONS),
        "gslb-public-ips": _irrelevant(CLOUD),
    },
)
_IPPOOL = _modelled(
    "type startip endip source-startip source-endip comments associated-interface",
    {
        NAMING: "uuid",
        SESSIONS: """startport endport block-size num-blocks-per-user pba-timeout pba-interim-log permit-any-host port-per-user
        tcp-session-quota udp-session-quota icmp-session-quota privileged-port-use-pba cgn-spa cgn-port-start cgn-port-end
        cgn-overload cgn-block-size cgn-fixedalloc cgn-client-startip cgn-client-endip exclude-ip subnet-broadcast-in-ippool
        client-prefix-length""",
        "how the device answers for the address on its segment": "arp-reply arp-intf",
    },
    {_VERSIONED: "nat64 add-nat64-route:enable|disable nat46 add-nat46-route:enable|disable source-prefix6:::/0"},
)
_INTERNET_SERVICE_CUSTOM = _modelled(
    "comment",
    {NAMING: "master-service-id reputation id"},
    blocks={
        "entry": _modelled(
            "protocol dst dst6 addr-mode",
            {NAMING: "id"},
            blocks={"port-range": _modelled("start-port end-port"), "ip-range": _modelled("start-ip end-ip")},
        ),
        "disable-entry": _unsupported("takes entries out of the maker's service; the service is undecided anyway"),
    },
)

# ---------------------------------------------------------------------------------------------------------------------
# Interfaces, zones, routing.

_INTERFACE6 = _modelled(
    """ip6-mode ip6-address ip6-extra-addr ip6-allowaccess dhcp6-relay-service dhcp6-relay-ip ip6-subnet ip6-upstream-interface
    ip6-send-adv autoconf""",
    {
        ROUTING_FINE: """nd-mode nd-cert nd-security-level nd-timestamp-delta nd-timestamp-fuzz nd-cga-modifier
        icmp6-send-redirect ip6-manage-flag ip6-other-flag ip6-max-interval ip6-min-interval ip6-link-mtu ra-send-mtu
        ip6-reachable-time ip6-retrans-time ip6-default-life ip6-hop-limit ip6-adv-rio ip6-route-pref unique-autoconf-addr
        interface-identifier ip6-prefix-mode ip6-delegated-prefix-iaid vrrp-virtual-mac6 vrip6_link_local vrip6-link-local
        dhcp6-prefix-delegation dhcp6-information-request dhcp6-prefix-hint dhcp6-prefix-hint-plt dhcp6-prefix-hint-vlt
        dhcp6-client-options dhcp6-relay-type dhcp6-relay-source-interface dhcp6-relay-source-ip dhcp6-relay-interface-id
        cli-conn6-status ip6-dns-server-override""",
    },
    blocks={
        "ip6-extra-addr": _modelled("prefix"),
        "vrrp6": _modelled(
            "vrip6 status",
            {
                REDUNDANCY: "vrgrp priority adv-interval start-time preempt accept-mode vrdst6 vrdst-priority ignore-default-route"
            },
        ),
        "*": _irrelevant("what routers announce on the segment"),
    },
)
_INTERFACE = _modelled(
    """vdom vrf mode ip allowaccess type description alias status vlanid interface member role remote-ip secondary-IP
    dedicated-to trust-ip-1 trust-ip-2 trust-ip-3 trust-ip6-1 trust-ip6-2 trust-ip6-3 management-ip dhcp-relay-service
    dhcp-relay-ip fortilink distance priority defaultgw explicit-web-proxy explicit-ftp-proxy redundant-interface aggregate
    ip-managed-by-fortiipam forward-domain src-check""",
    {
        NAMING: "snmp-index color devindex vindex internal tags",
        LINK: """speed mtu mtu-override tcp-mss macaddr virtual-mac substitute-dst-mac subst l2forward vlanforward stpforward stpforward-mode
        vlan-protocol lacp-mode lacp-ha-secondary lacp-ha-slave lacp-speed system-id-type system-id min-links
        min-links-down algorithm link-up-delay aggregate-type priority-override sw-algorithm mediatype trunk stp stp-edge
        stp-ha-secondary stp-ha-slave forward-error-correction interconnect-profile np-qos-profile port-mirroring ring-rx
        ring-tx phy-mode tc-mode atm-protocol vpi vci phy-setting dsl-mode wifi-mesh-link wifi-ap-band gi-gk ext-mode
        flow-control swc-vlan switch external poe fp-disable fp-anomaly bfd bfd-desired-min-tx bfd-detect-mult
        bfd-required-min-rx mux-type annex lacp-ha trust-mac vap-switch-type fortilink-backup-link fortilink-stacking
        npu-fastpath disconnect-threshold hardware-switch ingress-cos egress-cos ptp-profile synce""",
        ROUTING_FINE: """weight dhcp-client-identifier dhcp-renew-time ipunnumbered preserve-session-route
        icmp-send-redirect icmp-accept-redirect arpforward ndiscforward broadcast-forward netbios-forward wins-ip reachable-time
        spillover-threshold ingress-spillover-threshold dhcp-classless-route-addition proxy-arp ident-accept
        drop-overlapped-fragment drop-fragment dns-server-override dns-server-protocol preserve-session-route dns-query
        dhcp-relay-interface-select-method dhcp-relay-interface dhcp-relay-vrf-select dhcp-broadcast-flag
        dhcp-relay-source-ip dhcp-relay-circuit-id dhcp-relay-link-selection dhcp-relay-request-all-server
        dhcp-relay-allow-no-end-option dhcp-relay-type dhcp-smart-relay dhcp-relay-agent-option managed-subnetwork-size
        dhcp-relay-agent-option dhcp-relay-option82 secip-relay-ip""",
        "the access line and its account": """username pppoe-unnumbered-negotiate pppoe-egress-cos password idle-timeout
        disc-retry-timeout padt-retry-timeout service-name ac-name lcp-echo-interval lcp-max-echo-fails auth-type
        pptp-client pptp-user pptp-password pptp-server-ip pptp-auth-type pptp-timeout eap-supplicant eap-method eap-identity
        eap-password eap-ca-cert eap-user-cert unnumbered-ip""",
        MONITORING: """gwdetect detectserver detectprotocol ha-priority fail-detect fail-detect-option fail-alert-method
        fail-action-on-extender fail-alert-interfaces netflow-sampler netflow-sample-rate netflow-sampler-id sflow-sampler
        sample-rate polling-interval sample-direction device-identification device-user-identification
        device-identification-active-scan lldp-reception lldp-transmission lldp-network-policy monitor-bandwidth
        estimated-upstream-bandwidth estimated-downstream-bandwidth measured-upstream-bandwidth
        measured-downstream-bandwidth bandwidth-measure-time ping-serv-status cli-conn-status detected-peer-mtu
        exclude-signatures ips-sniffer-mode mirroring-direction mirroring-port device-netscan managed-device
        listen-forticlient-connection broadcast-forticlient-discovery default-purdue-level telemetry-discover log""",
        QOS: "inbandwidth outbandwidth egress-shaping-profile ingress-shaping-profile",
        REDUNDANCY: "vrrp-virtual-mac standby",
        MANAGED: """auto-auth-extension-device ap-discover fortilink-neighbor-detect fortilink-split-interface
        switch-controller-source-ip switch-controller-traffic-policy switch-controller-rspan-mode
        switch-controller-netflow-collect switch-controller-mgmt-vlan switch-controller-igmp-snooping
        switch-controller-igmp-snooping-proxy switch-controller-igmp-snooping-fast-leave switch-controller-dhcp-snooping
        switch-controller-dhcp-snooping-verify-mac switch-controller-dhcp-snooping-option82
        switch-controller-arp-inspection switch-controller-learning-limit switch-controller-dynamic switch-controller-feature
        switch-controller-iot-scanning switch-controller-offload switch-controller-offload-ip switch-controller-offload-gw
        switch-controller-auth switch-controller-radius-server swc-first-create fortiheartbeat""",
        "how a portal looks that asks for a user": """security-external-web security-external-logout
        replacemsg-override-group security-redirect-url auth-cert auth-portal-addr ike-saml-server proxy-captive-portal
        security-exempt-list""",
        INSPECTION: "scan-botnet-connections endpoint-compliance wccp",
    },
    {
        "a portal or 802.1X on the interface admits known users only": """security-mode:none security-groups
        security-mac-auth-bypass:disable security-ip-auth-bypass:disable security-8021x-mode security-8021x-master
        security-8021x-dynamic-vlan-id security-8021x-member-mode captive-portal:0 device-access-list ipmac:disable""",
        "hosts inside of the VLAN cannot talk to each other": "switch-controller-access-vlan:disable",
        "hosts are moved between VLANs by what they are": "switch-controller-nac",
    },
    blocks={
        "ipv6": _INTERFACE6,
        "secondaryip": _modelled(
            "ip allowaccess",
            {
                MONITORING: "gwdetect detectserver detectprotocol ha-priority ping-serv-status",
                ROUTING_FINE: "secip-relay-ip",
            },
        ),
        "vrrp": _modelled(
            "vrip status",
            {
                REDUNDANCY: """vrgrp priority adv-interval start-time preempt accept-mode vrdst vrdst-priority
                ignore-default-route version"""
            },
            blocks={"proxy-arp": _irrelevant(LINK)},
        ),
        "client-options": _irrelevant(SEND),
        "egress-queues": _irrelevant(QOS),
        "mirroring-filter": _irrelevant(MONITORING),
        "wifi-networks": _irrelevant(SEND),
        "dhcp-snooping-server-list": _irrelevant(MANAGED),
        "l2tp-client-settings": _irrelevant("the access line and its account"),
        "phy-setting": _irrelevant(LINK),
    },
)
_SDWAN_MEMBERS = _modelled(
    "interface gateway gateway6 zone status",
    {
        ROUTING_FINE: """source source6 preferred-source cost weight volume-ratio priority priority6 spillover-threshold
        ingress-spillover-threshold comment priority-in-sla priority-out-sla transport-group seq-num detect-server
        detect-protocol ping-interval detect-timeout"""
    },
)
_SDWAN_SERVICE = _modelled(
    """name status addr-mode src src6 dst dst6 src-negate dst-negate protocol start-port end-port start-source-port
    end-source-port priority-members priority-zone members member input-device input-device-negate input-zone users
    groups internet-service internet-service-name internet-service-id internet-service-group internet-service-custom
    internet-service-custom-group internet-service-ctrl internet-service-app-ctrl internet-service-app-ctrl-group
    internet-service-app-ctrl-category internet-service-fortiguard tos tos-mask""",
    {
        "which member is best now; all may be": """mode quality-link minimum-sla-meet-members hash-mode role standalone-action
        bandwidth-weight link-cost-factor packet-loss-weight latency-weight jitter-weight link-cost-threshold hold-down-time
        sla-compare-method tie-break use-shortcut-sla passive-measurement default gateway sla-stickiness load-balance
        shortcut shortcut-priority agent-exclusive health-check zone-mode fib-best-match-force""",
        ROUTING_FINE: "dscp-forward dscp-reverse dscp-forward-tag dscp-reverse-tag route-tag comment",
    },
    blocks={"sla": _irrelevant(MONITORING)},
)
_SDWAN = _modelled(
    "status",
    {
        ROUTING_FINE: """load-balance-mode neighbor-hold-boot-time neighbor-hold-down neighbor-hold-down-time fail-detect
        fail-alert-interfaces duplication-max-discrepancy zone app-perf-log-period speedtest-bypass-routing duplication-max-num"""
    },
    blocks={
        "zone": _modelled(
            "", {ROUTING_FINE: "service-sla-tie-break minimum-sla-meet-members advpn-select advpn-health-check"}
        ),
        "members": _SDWAN_MEMBERS,
        "health-check": _irrelevant(MONITORING),
        "health-check-fortiguard": _irrelevant(MONITORING),
        "service": _SDWAN_SERVICE,
        "neighbor": _irrelevant("chooses among the members; the routes name every one of them"),
        "duplication": _irrelevant(ROUTING_FINE),
    },
)
_STATIC = _modelled(
    """status dst gateway device distance blackhole dynamic-gateway sdwan-zone sdwan virtual-wan-link dstaddr vrf
    comment internet-service internet-service-custom internet-service-fortiguard priority""",
    {ROUTING_FINE: "weight link-monitor-exempt tag bfd preferred-source seq-num devindex src"},
)
_POLICY_ROUTE = _modelled(
    """status input-device src srcaddr dst dstaddr action gateway output-device comments input-device-negate
    src-negate dst-negate protocol start-port end-port start-source-port end-source-port internet-service-id
    internet-service-custom tos tos-mask users groups internet-service-fortiguard""",
    {NAMING: "seq-num"},
)
_LAYER2_TUNNEL = "a layer-2 tunnel between its ends; what a switch bridges into it is not joined"
_DYNAMIC_ROUTING = _approximated("that routes are learned is known, which ones is not")
_DHCP = _modelled(
    """status interface netmask subnet dns-server1 dns-server2 dns-server3 dns-server4 ntp-server1 ntp-server2 ntp-server3
    wins-server1 wins-server2 default-gateway server-type ip-mode rapid-commit ip6""",
    {
        "what the leases say besides the address": """lease-time mac-acl-default-action forticlient-on-net-status dns-service
        wifi-ac1 wifi-ac2 wifi-ac3 wifi-ac-service ntp-service domain next-server timezone-option timezone tftp-server
        filename conflicted-ip-timeout ipsec-lease-hold auto-configuration dhcp-settings-from-fortiipam
        auto-managed-status ddns-update ddns-update-override ddns-server-ip ddns-zone ddns-auth ddns-keyname ddns-key
        ddns-ttl vci-match vci-string shared-subnet relay-agent option-preference dns-search-list delegated-prefix-route prefix-mode
        upstream-interface delegated-prefix-iaid option1 option2 option3 option4 option5 option6 enable
        dynamic-wins client-id-filter wins-server3 id""",
    },
    blocks={
        "ip-range": _modelled(
            "start-ip end-ip", {"whom the range is for": "vci-match vci-string lease-time uci-match uci-string"}
        ),
        "exclude-range": _modelled(
            "start-ip end-ip", {"whom the range is for": "vci-match vci-string lease-time uci-match uci-string"}
        ),
        "reserved-address": _modelled(
            "ip mac description type action",
            {"how the host is recognised": "circuit-id circuit-id-type remote-id remote-id-type"},
        ),
        "options": _modelled(
            "code",
            {"what the leases say besides the address": "type value ip ip6 vci-match vci-string uci-match uci-string"},
        ),
        "prefix-range": _irrelevant("prefixes for routers behind"),
    },
)

# ---------------------------------------------------------------------------------------------------------------------
# Users and VPN.

_SERVER_IRRELEVANT: Mapping[str, str] = {
    SEND: """source-ip source-ip-interface interface interface-select-method vrf-select source-port timeout auth-type
    nas-ip nas-id nas-id-type nas-type acct-interim-interval radius-port all-usergroup use-management-vdom
    switch-controller-acct-fast-framedip-detect switch-controller-service-type radius-coa username-case-sensitive
    group-override-attr-type class acct-all-servers password-renewal password-encoding password-expiry-warning port
    secure ssl-min-proto-version ca-cert server-identity-check cnid dn type member-attr search-type group-member-check
    group-object-filter group-filter group-search-base account-key-processing account-key-filter account-key-upn-san
    account-key-cert-field obtain-user-info user-info-exchange-server cmd-cnid client-cert-auth client-cert
    authen-type authorization h3c-compatibility username-case-sensitive delimiter status-ttl antiphish
    account-key-name transport-protocol tls-min-proto-version ssl-max-proto-version max-proto-version status sso-attribute
    call-station-id-type require-message-authenticator two-factor-filter source-ip6 mac-username-delimiter
    mac-password-delimiter mac-case two-factor-notification rsso-flush-ip-session group-poll-interval
    switch-controller-nas-ip-dynamic password-attr port2 port3 port4 port5 sni ssl-server-host-ip-check default-domain user
    logon-history polling-frequency smbv1 smb-ntlmv1-auth ad-mode hostname source-ip-address domain-name replication-port
    change-detection change-detection-period dns-srv-lookup adlds-dn adlds-ip-address adlds-ip6 adlds-port
    ldap-poll ldap-poll-interval ldap-poll-filter user-info-server ssl-trusted-cert ssl logon-timeout""",
    "an account by which the device asks the server": """username password secret secondary-secret tertiary-secret
    rsso-secret key secondary-key tertiary-key password2 password3 password4 password5""",
}
_SERVER = _modelled(
    """server secondary-server tertiary-server two-factor two-factor-authentication two-factor-filter server2 server3 server4
    server5 ip-address ip6 ldap-server ip address""",
    _SERVER_IRRELEVANT,
    prefixes=(
        ("rsso", "accounting that names users; policies that ask for them are undecided"),
        ("sso-", SEND),
        ("h3c-", SEND),
    ),
    blocks={
        "accounting-server": _irrelevant(LOGGING),
        "*": _irrelevant("which groups of the directory are asked for"),
    },
)
_SSL_SETTINGS = _modelled(
    """status port source-interface source-address source-address-negate source-address6 source-address6-negate
    tunnel-ip-pools tunnel-ipv6-pools default-portal reqclientcert force-two-factor-auth port-precedence user-peer
    dns-server1 dns-server2 wins-server1 wins-server2 sslvpn-enable""",
    {
        CRYPTO: """ssl-max-proto-ver ssl-min-proto-ver banned-cipher ciphersuite ssl-insert-empty-fragment servercert
        algorithm tlsv1-0 tlsv1-1 tlsv1-2 tlsv1-3 sslv3 sslv2 ssl-client-renegotiation unsafe-legacy-renegotiation
        client-sigalgs dtls-max-proto-ver dtls-min-proto-ver ssl-big-buffer""",
        TIMERS: """idle-timeout auth-timeout login-attempt-limit login-block-time login-timeout dtls-hello-timeout
        http-request-header-timeout http-request-body-timeout tunnel-user-session-timeout deflate-compression-level
        deflate-min-data-size dtls-heartbeat-idle-timeout dtls-heartbeat-interval dtls-heartbeat-fail-count""",
        CLIENT_SETUP: """dns-suffix url-obscuration http-compression http-only-cookie header-x-forwarded-for
        x-content-type-options https-redirect auto-tunnel-static-route dtls-tunnel dtls tunnel-connect-without-reauth
        tunnel-addr-assigned-method check-referer auth-session-check-source-ip hsts-include-subdomains
        transform-backward-slashes encode-2f-sequence encrypt-and-store-password browser-language-detection
        dual-stack-mode server-hostname ipv6-dns-server1 ipv6-dns-server2 ipv6-wins-server1 ipv6-wins-server2
        saml-redirect-port ztna-trusted-client web-mode-snat route-source-interface""",
    },
    blocks={
        "authentication-rule": _modelled(
            """groups users portal source-interface source-address source-address-negate source-address6
            source-address6-negate client-cert user-peer realm auth""",
            {CRYPTO: "cipher", CLIENT_SETUP: "ztna-trusted-client"},
        ),
    },
)
_SSL_PORTAL = _modelled(
    """tunnel-mode ipv6-tunnel-mode web-mode ip-pools ipv6-pools split-tunneling split-tunneling-routing-address
    split-tunneling-routing-negate ipv6-split-tunneling ipv6-split-tunneling-routing-address
    ipv6-split-tunneling-routing-negate ip-mode""",
    {
        CLIENT_SETUP: """dns-suffix landing-page-mode display-bookmark user-bookmark allow-user-access default-protocol
        user-group-bookmark display-connection-tools display-history focus-bookmark display-status rewrite-ip-uri-ui
        heading redir-url theme custom-lang smb-ntlmv1-auth smbv1 smb-min-version smb-max-version use-sdwan
        prefer-ipv6-dns clipboard default-window-width default-window-height limit-user-logins hide-sso-credential
        forticlient-download forticlient-download-method customize-forticlient-download-url
        windows-forticlient-download-url macos-forticlient-download-url dhcp-ip-overlap auto-connect keep-alive
        dhcp-reservation save-password exclusive-routing service-restriction ipv6-exclusive-routing
        ipv6-service-restriction dns-server1 dns-server2 wins-server1 wins-server2 dhcp-ra-giaddr dhcp6-ra-linkaddr
        ipv6-dns-server1 ipv6-dns-server2 ipv6-wins-server1 ipv6-wins-server2 transform-backward-slashes page-layout
        skip-check-for-unsupported-os skip-check-for-unsupported-browser skip-check-for-browser virtual-desktop
        cache-cleaner os-check allow-access display-forticlient-download display-mode client-src-range landing-page-mode""",
    },
    {
        "the client is examined before it may enter": """host-check:none host-check-interval:0 host-check-policy:
        mac-addr-check:disable mac-addr-action:allow"""
    },
    blocks={
        "widget": _modelled(
            "type tunnel-status split-tunneling ip-pools split-tunneling-routing-address ip-mode",
            {
                CLIENT_SETUP: "name column collapse allow-apps save-password keep-alive auto-connect display-forticlient-download"
            },
            blocks={"*": _irrelevant(CLIENT_SETUP)},
        ),
        "mac-addr-check-rule": _unsupported("the client is examined before it may enter"),
        "os-check-list": _unsupported("the client is examined before it may enter"),
        "*": _irrelevant(CLIENT_SETUP),
    },
)
_IPSEC_FINE: Mapping[str, str] = {
    CRYPTO: """proposal dhgrp keylife psksecret psksecret-remote certificate suite-b ppk ppk-secret ppk-identity ikev2-dh
    signature-hash-alg rsa-signature-format rsa-signature-hash-override digital-signature-auth send-cert-chain
    enforce-unique-id cert-id-validation addke1 addke2 addke3 addke4 addke5 addke6 addke7 childless-ike
    group-authentication-secret authpasswd rekey reauth kms qkd qkd-hybrid qkd-profile cert-trust-store pfs replay
    keylifeseconds keylifekbs keylife-type esn authusr acct-verify authmethod-remote certificate-peer""",
    TIMERS: """keepalive dpd dpd-retrycount dpd-retryinterval idle-timeout idle-timeoutinterval shared-idle-timeout
    negotiate-timeout ip-delay-interval client-resume client-resume-interval fallback-tcp-threshold
    auto-transport-threshold link-cost""",
    ROUTING_FINE: """distance priority add-route add-gw-route default-gw default-gw-priority monitor monitor-min
    monitor-hold-down-type monitor-hold-down-delay monitor-hold-down-weekday monitor-hold-down-time aggregate-member
    aggregate-weight aggregate net-device tunnel-search exchange-interface-ip exchange-ip-addr4 exchange-ip-addr6
    auto-discovery-sender auto-discovery-receiver auto-discovery-forwarder auto-discovery-psk auto-discovery-shortcuts
    auto-discovery-crossover auto-discovery-offer-interval auto-discovery-dialup-placeholder
    loopback-asymroute route-overlap single-source packet-redistribution ipv6-auto-linklocal network-overlay network-id
    mesh-selector-type initiator-ts-narrow ipv4-df enforce-ipsec-interface""",
    SESSIONS: """auto-negotiate passive-mode fragmentation fragmentation-mtu ip-fragmentation npu-offload
    nattraversal forticlient-enforcement inbound-dscp-copy diffserv diffservcode encapsulation vni encapsulation-address
    encap-local-gw4 encap-local-gw6 encap-remote-gw4 encap-remote-gw6 fortinet-esp transport ha-sync-esp-seqno fgsp-sync
    fec-egress fec-ingress fec-send-timeout fec-base fec-codec fec-redundant fec-receive-timeout fec-health-check
    fec-mapping-profile peer-egress-shaping peer-egress-shaping-value dev-id-notification dev-id exchange-fgt-device-id""",
    CLIENT_SETUP: """dns-mode ipv4-dns-server1 ipv4-dns-server2 ipv4-dns-server3 internal-domain-list dns-suffix-search
    ipv4-wins-server1 ipv4-wins-server2 ipv6-dns-server1 ipv6-dns-server2 ipv6-dns-server3 unity-support domain banner
    include-local-lan save-password client-auto-negotiate client-keep-alive backup-gateway split-include-service
    dhcp-ra-giaddr dhcp6-ra-linkaddr mode-cfg-allow-client-selector azure-ad-autoconnect ems-sn-check""",
    NAMING: "comments wizard-type localid localid-type cert-peer-username-validation cert-peer-username-strip",
}
_PHASE1 = _modelled(
    """type interface ip-version ike-version local-gw local-gw6 remote-gw remote-gw6 remotegw-ddns authmethod mode peertype
    peerid usrgrp peer peergrp mode-cfg assign-ip assign-ip-from ipv4-start-ip ipv4-end-ip ipv4-netmask ipv4-name
    ipv6-start-ip ipv6-end-ip ipv6-prefix ipv6-name ipv4-split-include ipv6-split-include eap eap-identity
    eap-exclude-peergrp eap-cert-auth xauthtype authusrgrp group-authentication ipv4-split-exclude ipv6-split-exclude
    remote-gw-match remote-gw-subnet remote-gw-start-ip remote-gw-end-ip remote-gw-country remote-gw-ztna-tags
    remote-gw6-match remote-gw6-subnet remote-gw6-start-ip remote-gw6-end-ip remote-gw6-country""",
    _IPSEC_FINE,
    blocks={
        "ipv4-exclude-range": _modelled("start-ip end-ip"),
        "ipv6-exclude-range": _modelled("start-ip end-ip"),
        "internal-domain-list": _irrelevant(CLIENT_SETUP),
    },
)
_PHASE2 = _modelled(
    """phase1name src-addr-type src-start-ip src-end-ip src-subnet src-name src-start-ip6 src-end-ip6 src-subnet6 src-name6
    dst-addr-type dst-start-ip dst-end-ip dst-subnet dst-name dst-start-ip6 dst-end-ip6 dst-subnet6 dst-name6 protocol
    src-port dst-port use-natip selector-match l2tp dhcp-ipsec""",
    _IPSEC_FINE,
)
_ADMIN = _modelled(
    """accprofile vdom remote-auth remote-group wildcard peer-auth peer-group two-factor fortitoken email-to sms-phone
    sms-server trusthost1 trusthost2 trusthost3 trusthost4 trusthost5 trusthost6 trusthost7 trusthost8 trusthost9
    trusthost10 ip6-trusthost1 ip6-trusthost2 ip6-trusthost3 ip6-trusthost4 ip6-trusthost5 ip6-trusthost6 ip6-trusthost7
    ip6-trusthost8 ip6-trusthost9 ip6-trusthost10 comments schedule status user_type allow-remote-admin
    two-factor-authentication sms-custom-server""",
    {
        ACCOUNTS: """password old-password ssh-public-key1 ssh-public-key2 ssh-public-key3 ssh-certificate force-password-change
        password-expire guest-auth guest-lang guest-usergroups hidden is-admin history0 history1 radius-vdom-override
        accprofile-override vdom-override first-login-ts allow-remove-admin-session gui-ignore-release-overview-version
        gui-ignore-invalid-signature-version gui-default-dashboard-template description profileid rpc-permit last-name
        first-name email-address phone-number mobile-number pager-number login-max ext-auth-accprofile-override
        ext-auth-adom-override ext-auth-group-match rpc-permit use-global-theme user-theme avatar policy-package adom
        adom-access dev-group ip_trusthost1 two-factor-authentication two-factor-notification""",
    },
    prefixes=(("gui-", LOOKS), ("two-factor-", ACCOUNTS)),
    blocks={"*": _irrelevant(LOOKS)},
)

# ---------------------------------------------------------------------------------------------------------------------
# The device itself.

_GLOBAL = _modelled(
    """hostname admin-sport admin-port admin-ssh-port admin-telnet-port admin-telnet admin-https-redirect
    allow-traffic-redirect ipv6-allow-traffic-redirect management-vdom vdom-mode vdom-admin auth-http-port
    auth-https-port""",
    {
        NAMING: "alias timezone dst location-id purdue-level latitude longitude gui-device-latitude gui-device-longitude comments",
        LOOKS: """language admintimeout admin-console-timeout admin-concurrent admin-login-max refresh login-timestamp
        admin-lockout-threshold admin-lockout-duration edit-vdom-prompt pre-login-banner post-login-banner
        rest-api-key-url-query cfg-save cfg-revert-timeout reboot-upon-config-restore upgrade-report
        admin-hsts-max-age admin-host admin-ssh-grace-time admin-maintainer admin-forticloud-sso-default-profile
        admin-forticloud-sso-login object-revision-mandatory-note adom-status admin-restrict-local admin-scp
        admin-ssh-password admin-https-pki-required multi-factor-authentication revision-image-auto-backup
        revision-backup-on-logout management-ip management-port management-port-use-admin-sport
        long-vdom-name""",
        CRYPTO: """strong-crypto admin-https-ssl-versions admin-https-ssl-ciphersuites admin-https-ssl-banned-ciphers
        admin-ssh-v1 admin-server-cert ssl-min-proto-version ssl-static-key-ciphers dh-params wifi-certificate
        wifi-ca-certificate auth-cert clt-cert-req csr-ca-attribute cert-chain-max user-server-cert private-data-encryption
        ssh-kex-algo ssh-enc-algo ssh-mac-algo ssh-hostkey-algo ssh-hostkey-override ssh-hostkey-password ssh-hostkey
        ssh-cbc-cipher ssh-hmac-md5 ssh-kex-sha1 ssh-mac-weak two-factor-ftk-expiry two-factor-email-expiry
        two-factor-sms-expiry two-factor-fac-expiry two-factor-ftm-expiry user-history-password-threshold
        tls-session-cache scim-server-cert fgfm-ssl-protocol enc-algorithm ssl-low-encryption usg""",
        TIMERS: """interval failtime daily-restart restart-time remoteauthtimeout ldapconntimeout proxy-auth-timeout
        proxy-auth-lifetime proxy-auth-lifetime-timeout proxy-keep-alive-mode proxy-re-authentication-mode
        proxy-re-authentication-time policy-auth-concurrent auth-session-limit auth-keepalive auth-session-auto-backup
        auth-session-auto-backup-interval device-idle-timeout user-device-store-max-devices
        user-device-store-max-device-mem user-device-store-max-users user-device-store-max-unified-mem max-route-cache-size
        arp-max-entry ndp-max-entry br-fdb-max-entry igmp-state-limit dhcp-lease-backup-interval
        wad-restart-mode wad-restart-start-time wad-restart-end-time speedtestd-server-port speedtestd-ctrl-port""",
        SESSIONS: """anti-replay send-pmtu-icmp honor-df pmtu-discovery snat-route-change ipv6-snat-route-change tcp-option
        check-protocol-header reset-sessionless-tcp strict-dirty-session-check tcp-halfclose-timer tcp-halfopen-timer
        tcp-timewait-timer tcp-rst-timer udp-idle-timer block-session-timer ip-src-port-range check-reset-range
        fragmentation ip-fragment-mem-thresholds ip-fragment-timeout ipv6-fragment-timeout early-tcp-npu-session
        delay-tcp-npu-session ipsec-ha-seqjump-rate mc-ttl-notchange default-service-source-port vip-arp-range
        ipv6-accept-dad ipv6-allow-anycast-probe ipv6-allow-multicast-probe ipv6-allow-local-in-silent-drop
        ipv6-allow-local-in-slient-drop ip-conflict-detection endpoint-control-fds-access quic-congestion-control-algo
        quic-max-datagram-size quic-udp-payload-size-shaping-per-cid quic-ack-thresold quic-pmtud
        quic-tls-handshake-timeout application-bandwidth-tracking""",
        RESOURCES: """ssd-trim-freq ssd-trim-hour ssd-trim-min ssd-trim-weekday ssd-trim-date batch-cmdb autorun-log-fsck
        split-port proxy-resource-mode proxy-cert-use-mgmt-vdom memory-use-threshold-extreme memory-use-threshold-red
        memory-use-threshold-green cpu-use-threshold log-single-cpu-high single-vdom-npuvlink
        dnsproxy-worker-count url-filter-count httpd-max-worker-count proxy-worker-count scanunit-count
        proxy-hardware-acceleration ipsec-hmac-offload ipsec-asic-offload ipsec-qat-offload ipsec-soft-dec-async
        ipsec-round-robin sslvpn-max-worker-count sslvpn-affinity wad-worker-count wad-csvc-cs-count wad-csvc-db-count
        wad-source-affinity wad-memory-change-granularity wad-affinity wad-p2s-max-body-size miglogd-children ha-affinity
        bfd-affinity cmdbsvr-affinity av-affinity ips-affinity miglog-affinity syslog-affinity url-filter-affinity
        router-affinity irq-time-accounting faz-disk-buffer-size sflowd-max-children-num npu-neighbor-update
        virtual-server-count virtual-server-hardware-acceleration proxy-kxp-hardware-acceleration
        proxy-cipher-hardware-acceleration sslvpn-kxp-hardware-acceleration sslvpn-cipher-hardware-acceleration
        max-dlpstat-memory internet-service-database internet-service-download-list interface-subnet-usage
        special-file-23-support per-user-bal per-user-bwl av-failopen av-failopen-session virtual-switch-vlan
        hyper-scale-vdom-num forticarrier-bypass device-identification-active-scan-delay""",
        LOGGING: """sys-perf-log-interval cli-audit-log log-uuid-address log-uuid-policy log-uuid log-ssl-connection
        fds-statistics fds-statistics-period lldp-transmission lldp-reception tftp""",
        CLOUD: """fgd-alert-subscription cloud-communication fortitoken-cloud fortitoken-cloud-push-status
        fortitoken-cloud-region fortitoken-cloud-sync-interval forticonverter-integration forticonverter-config-upload
        fortigslb-integration fortiipam-integration security-rating-result-submission security-rating-run-on-schedule
        speedtest-server compliance-check compliance-check-time vpn-ems-sn-check sslvpn-ems-sn-check
        sslvpn-plugin-version-check""",
        MANAGED: """wireless-controller wireless-controller-port fortiextender fortiextender-data-port
        extender-controller-reserved-network fortiextender-discovery-lockdown fortiextender-vlan-mode
        fortiextender-provision-on-authorization switch-controller switch-controller-reserved-network
        auto-auth-extension-device telemetry-controller telemetry-data-port wimax-4g-usb fec-port""",
        "ports on which the device asks its users who they are": """auth-ike-saml-port
        endpoint-control-portal-port fortiservice-port scim-https-port scim-http-port radius-port""",
        QOS: "traffic-priority traffic-priority-level",
        "web mode of the VPN portal: what it reaches is decided by policies": "sslvpn-web-mode",
    },
    {
        "packets of sessions that were not seen to begin are forwarded": "asymroute",
        "multicast is not modelled": "multicast-forward:enable|disable tp-mc-skip-policy:disable",
    },
    prefixes=(("gui-", LOOKS),),
    blocks={"split-port-mode": _irrelevant(LINK)},
)
_SETTINGS = _modelled(
    """central-nat ngfw-mode opmode strict-src-check ike-port vdom-type status consolidated-firewall-mode manageip gateway manageip6 ip
    ip6 gateway6 device comments default-app-port-as-service""",
    {
        SESSIONS: """bfd bfd-desired-min-tx bfd-required-min-rx bfd-detect-mult bfd-dont-enforce-src-port v4-ecmp-mode mac-ttl
        fw-session-hairpin prp-trailer-action snat-hairpin-traffic link-down-access detect-unknown-esp
        intree-ses-best-route auxiliary-session ses-denied-traffic ses-denied-multicast-traffic
        allow-linkdown-path deny-tcp-with-icmp ecmp-max-paths allow-subnet-overlap block-land-attack
        firewall-session-dirty multicast-ttl-notchange sip-nat-trace h323-direct-model sip-tcp-port sip-udp-port
        sip-ssl-port sccp-port sip-helper sip-expectation default-voip-alg-mode nat46-generate-ipv6-fragment-header
        nat46-force-ipv4-packet-forwarding nat64-force-ipv6-packet-forwarding fqdn-session-check ext-resource-session-check
        dyn-addr-session-check default-policy-expiry-days policy-offload-level ike-session-resume ike-quick-crash-detect
        ike-dn-format ike-tcp-port ike-policy-route ike-detailed-event-logs gtp-asym-fgsp gtp-monitor-mode pfcp-monitor-mode
        hyperscale-default-policy-action""",
        MONITORING: """utf8-spam-tagging wccp-cache-engine vpn-stats-log vpn-stats-period lldp-reception lldp-transmission
        discovered-device-timeout email-portal-check-dns location-id application-bandwidth-tracking
        internet-service-database-cache internet-service-app-ctrl-size compliance-check""",
        INSPECTION: "inspection-mode ssl-ssh-profile http-external-dest",
        "the device's own DHCP and cloud relations": """dhcp-proxy dhcp-proxy-interface-select-method dhcp-proxy-interface
        dhcp-proxy-vrf-select dhcp-server-ip dhcp6-server-ip lan-extension-controller-addr lan-extension-controller-port""",
    },
    {
        "packets of sessions that were not seen to begin are forwarded": """asymroute asymroute6 asymroute-icmp asymroute6-icmp
        tcp-session-without-syn sctp-session-without-init""",
        "multicast is not modelled": "multicast-forward:enable|disable multicast-skip-policy",
        "DNS passes whatever the policies say": "implicit-allow-dns",
    },
    prefixes=(("gui-", LOOKS),),
)
#: The setting that holds an SNMP community, which is its password.
_COMMUNITY = "name"
_SNMP_COMMUNITY = _modelled(
    "name status query-v1-status query-v2c-status query-v1-port query-v2c-port vdoms",
    {
        MONITORING: """events trap-v1-status trap-v1-lport trap-v1-rport trap-v2c-status trap-v2c-lport trap-v2c-rport
        mib-view id"""
    },
    blocks={
        "hosts": _modelled(
            "ip host-type", {SEND: "source-ip ha-direct interface interface-select-method vrf-select id"}
        ),
        "hosts6": _modelled(
            "ipv6 host-type", {SEND: "source-ipv6 ha-direct interface interface-select-method vrf-select id"}
        ),
    },
    secret=_COMMUNITY,
)
_LOG_SERVER = _modelled(
    "status server alt-server",
    {
        SEND: """mode port facility source-ip source-ip-interface format priority max-log-rate enc-algorithm
        ssl-min-proto-version certificate interface-select-method interface vrf-select syslog-type reliable
        use-management-vdom ips-archive fallback-to-primary certificate-verification serial server-cert-ca preshared-key
        access-config hmac-algorithm conn-timeout monitor-keepalive-period monitor-failure-retry-period upload-option
        upload-interval upload-day upload-time faz-type mgmt-name override csv __change_ip address-mode gui-display encrypt
        localid psksecret ver-1 buffer-max-send max-buffer-size"""
    },
    blocks={"custom-field-name": _irrelevant(LOGGING)},
)
_TUNNEL_INTERFACE = _modelled(
    "interface remote-gw local-gw remote-gw6 local-gw6 source destination ip-version",
    {
        SESSIONS: """sequence-number-transmission sequence-number-reception checksum-transmission checksum-reception
        key-outbound key-inbound dscp-copying diffservcode keepalive-interval keepalive-failtimes auto-asic-offload
        use-sdwan""",
    },
)
_PROXY_EXPLICIT = _modelled(
    "status http-incoming-port https-incoming-port ftp-incoming-port socks-incoming-port incoming-port incoming-ip incoming-ip6 socks ftp-over-http",
    {
        INSPECTION: """unknown-http-version realm sec-default-action https-replacement-message message-upon-server-error
        pac-file-server-status pac-file-server-port pac-file-name pac-file-data pac-file-url pac-file-through-https outgoing-ip
        outgoing-ip6 ipv6-status strict-guest pref-dns-result ssl-algorithm trace-auth-no-rsp secure-web-proxy
        secure-web-proxy-cert http-connection-mode client-cert user-agent-detect empty-cert-action server-data-mode ssl ssl-cert
        ssl-dh-bits detect-https-in-http-request dns-mode interface interface-select-method vrf-select"""
    },
    blocks={"*": _irrelevant(INSPECTION)},
)


def _communities(reason: str) -> Family:
    return Family(state=LineState.IRRELEVANT, reason=reason, secret=_words(_COMMUNITY))


SECTIONS: Final[Mapping[str, Family]] = MappingProxyType(
    {
        # Rules
        "firewall policy": _POLICY,
        "firewall policy6": _POLICY,
        "firewall consolidated policy": _POLICY,
        "firewall security-policy": _POLICY,
        "firewall local-in-policy": _LOCAL_IN,
        "firewall local-in-policy6": _LOCAL_IN,
        "firewall central-snat-map": _CENTRAL_SNAT,
        "firewall acl": _ACL,
        "firewall acl6": _ACL,
        "firewall policy64": _unsupported(_VERSIONED),
        "firewall policy46": _unsupported(_VERSIONED),
        "firewall vip64": _unsupported(_VERSIONED),
        "firewall vip46": _unsupported(_VERSIONED),
        "firewall vipgrp64": _unsupported(_VERSIONED),
        "firewall vipgrp46": _unsupported(_VERSIONED),
        "system nat64": _unsupported(_VERSIONED),
        "firewall multicast-policy": _unsupported("multicast is not modelled"),
        "firewall multicast-policy6": _unsupported("multicast is not modelled"),
        "firewall multicast-address": _irrelevant("only multicast policies name these, and those are not modelled"),
        "firewall multicast-address6": _irrelevant("only multicast policies name these, and those are not modelled"),
        "firewall proxy-policy": _unsupported("what users may reach through the device as their proxy is not modelled"),
        "firewall explicit-proxy-policy": _unsupported(
            "what users may reach through the device as their proxy is not modelled"
        ),
        "firewall proxy-address": _irrelevant("only proxy policies name these, and those are not modelled"),
        "firewall proxy-addrgrp": _irrelevant("only proxy policies name these, and those are not modelled"),
        "firewall access-proxy": _unsupported(
            "what users may reach through the device as their ZTNA proxy is not modelled"
        ),
        "firewall access-proxy6": _unsupported(
            "what users may reach through the device as their ZTNA proxy is not modelled"
        ),
        "firewall access-proxy-virtual-host": _irrelevant("a name by which the ZTNA proxy is asked"),
        "firewall access-proxy-ssh-client-cert": _irrelevant(CRYPTO),
        "firewall ttl-policy": _unsupported("packets are dropped by their time to live"),
        "firewall ipmacbinding setting": _unsupported(
            "packets are dropped where address and MAC do not belong together"
        ),
        "firewall ipmacbinding table": _unsupported("packets are dropped where address and MAC do not belong together"),
        "firewall interface-policy": _irrelevant(INSPECTION),
        "firewall interface-policy6": _irrelevant(INSPECTION),
        "firewall sniffer": _irrelevant(MONITORING),
        "firewall on-demand-sniffer": _irrelevant(MONITORING),
        "firewall DoS-policy": _irrelevant("drops floods above a rate; what policies forbid it does not open"),
        "firewall DoS-policy6": _irrelevant("drops floods above a rate; what policies forbid it does not open"),
        "firewall dos-policy": _irrelevant("drops floods above a rate; what policies forbid it does not open"),
        "firewall shaping-policy": _irrelevant(QOS),
        "firewall shaping-profile": _irrelevant(QOS),
        "firewall traffic-class": _irrelevant(QOS),
        "firewall shaper": _irrelevant(QOS),
        "firewall gtp": _irrelevant(INSPECTION),
        "firewall identity-based-route": _unsupported("routes by user are not modelled"),
        "firewall auth-portal": _irrelevant("how users are asked who they are; whom the policy admits is modelled"),
        "firewall global": _irrelevant(LOOKS),
        "firewall ipv6-eh-filter": _unsupported("packets are dropped by their IPv6 extension headers"),
        "firewall dnstranslation": _irrelevant("rewrites answers of DNS, no packets"),
        "firewall ip-translation": _unsupported("a translation of SCTP addresses is not modelled"),
        "firewall ssl-server": _irrelevant(INSPECTION),
        "firewall ldb-monitor": _irrelevant(MONITORING),
        "firewall decrypted-traffic-mirror": _irrelevant(MONITORING),
        "firewall country": _irrelevant("the maker's list of countries"),
        "firewall region": _irrelevant("the maker's list of regions"),
        "firewall city": _irrelevant("the maker's list of cities"),
        "firewall vendor-mac": _irrelevant("the maker's list of vendors"),
        # Objects
        "firewall address": _ADDRESS,
        "firewall address6": _ADDRESS,
        "firewall address6-template": _irrelevant("how the prefix of an object came about; the prefix is written out"),
        "firewall addrgrp": _GROUP,
        "firewall addrgrp6": _GROUP,
        "firewall service custom": _SERVICE,
        "firewall service group": _modelled(
            "member comment", {NAMING: "uuid proxy explicit-proxy color fabric-object"}
        ),
        "firewall service category": _irrelevant(NAMING),
        "firewall schedule onetime": _modelled(
            "start end start-utc end-utc", {NAMING: "color expiration-days fabric-object uuid"}
        ),
        "firewall schedule recurring": _modelled("start end day", {NAMING: "color label-day fabric-object uuid"}),
        "firewall schedule group": _modelled("member", {NAMING: "color fabric-object uuid"}),
        "firewall vip": _VIP,
        "firewall vip6": _VIP,
        "firewall vipgrp": _modelled("member", {NAMING: "uuid color comments interface"}),
        "firewall vipgrp6": _modelled("member", {NAMING: "uuid color comments"}),
        "firewall ippool": _IPPOOL,
        "firewall ippool6": _modelled(
            "startip endip type internal-prefix external-prefix",
            {NAMING: "comments uuid"},
            {_VERSIONED: "nat46 add-nat46-route:enable|disable"},
        ),
        "firewall internet-service-custom": _INTERNET_SERVICE_CUSTOM,
        "firewall internet-service-custom-group": _modelled("member", {NAMING: "comment"}),
        "firewall internet-service-group": _irrelevant("services of the maker's database are undecided"),
        "firewall internet-service-name": _irrelevant("names entries of the maker's database, which are undecided"),
        "firewall internet-service-definition": _irrelevant("services of the maker's database are undecided"),
        "firewall internet-service-extension": _irrelevant("services of the maker's database are undecided"),
        "firewall internet-service-addition": _irrelevant("services of the maker's database are undecided"),
        "firewall internet-service-append": _irrelevant("services of the maker's database are undecided"),
        "firewall internet-service-botnet": _irrelevant("services of the maker's database are undecided"),
        "firewall internet-service-fortiguard": _irrelevant("services of the maker's database are undecided"),
        "firewall internet-service-ipbl-reason": _irrelevant("services of the maker's database are undecided"),
        "firewall internet-service-ipbl-vendor": _irrelevant("services of the maker's database are undecided"),
        "firewall internet-service-list": _irrelevant("services of the maker's database are undecided"),
        "firewall internet-service-owner": _irrelevant("services of the maker's database are undecided"),
        "firewall internet-service-reputation": _irrelevant("services of the maker's database are undecided"),
        "firewall internet-service-sld": _irrelevant("services of the maker's database are undecided"),
        "firewall internet-service": _irrelevant("services of the maker's database are undecided"),
        "firewall network-service-dynamic": _irrelevant("services that the device learns are undecided"),
        "firewall wildcard-fqdn": _irrelevant("only exemptions of inspection name these"),
        "firewall profile-protocol-options": _irrelevant(INSPECTION),
        "firewall ssl-ssh-profile": _irrelevant(INSPECTION),
        "firewall profile-group": _irrelevant(INSPECTION),
        "firewall mms-profile": _irrelevant(INSPECTION),
        "firewall carrier-endpoint-bwl": _irrelevant(INSPECTION),
        "firewall ssl": _irrelevant(CRYPTO),
        "firewall ssh": _irrelevant(CRYPTO),
        "firewall pfcp": _irrelevant(INSPECTION),
        "system external-resource": _modelled(
            "type status",
            {
                SEND: """resource category username password comments refresh-rate source-ip source-ip-interface interface namespace object-array-path
                address-name-field address-data-field address-comment-field
            interface-select-method vrf-select user-agent update-method server-identity-check uuid client-cert-auth client-cert"""
            },
            blocks={"*": _irrelevant(SEND)},
        ),
        # Interfaces, zones, routing
        "system interface": _INTERFACE,
        "system zone": _modelled("interface intrazone description", {NAMING: "tags"}),
        "system sdwan": _SDWAN,
        "system virtual-wan-link": _SDWAN,
        "system switch-interface": _modelled(
            "member vdom intra-switch-policy type",
            {LINK: "span span-dest-port span-source-port span-direction mac-ttl"},
        ),
        "system virtual-switch": _modelled(
            "physical-switch vlan",
            {LINK: "span span-source-port span-dest-port span-direction"},
            blocks={"port": _modelled("status alias", {LINK: "speed mediatype poe"})},
        ),
        "system physical-switch": _irrelevant(LINK),
        "system virtual-wire-pair": _modelled(
            "member wildcard-vlan vlan-filter outer-vlan-id", {NAMING: "poweron-bypass poweroff-bypass"}
        ),
        "system vdom-link": _modelled("type", {REDUNDANCY: "vcluster"}),
        "system npu-vlink": _modelled("", {LINK: "mac0 mac1"}),
        "system gre-tunnel": _TUNNEL_INTERFACE,
        "system ipip-tunnel": _TUNNEL_INTERFACE,
        "system sit-tunnel": _TUNNEL_INTERFACE,
        "system ipv6-tunnel": _TUNNEL_INTERFACE,
        "system vxlan": _approximated(_LAYER2_TUNNEL),
        "system geneve": _approximated(_LAYER2_TUNNEL),
        "system pppoe-interface": _irrelevant("the access line and its account"),
        "system modem": _irrelevant("the access line and its account"),
        "system lte-modem": _irrelevant("the access line and its account"),
        "system 3g-modem": _irrelevant("the access line and its account"),
        "system link-monitor": _modelled(
            "srcintf status update-static-route update-policy-route addr-mode",
            {
                MONITORING: """server protocol port gateway-ip gateway-ip6 route source-ip source-ip6 http-get http-agent
                http-match interval probe-timeout failtime recoverytime probe-count security-mode password packet-size
                ha-priority fail-weight update-cascade-interface class-id service-detection
                diffservcode server-config server-type timeout""",
            },
            blocks={"server-list": _irrelevant(MONITORING)},
        ),
        "system arp-table": _irrelevant(LINK),
        "system proxy-arp": _irrelevant(LINK),
        "system mac-address-table": _irrelevant(LINK),
        "system ipv6-neighbor-cache": _irrelevant(LINK),
        "router static": _STATIC,
        "router static6": _STATIC,
        "router policy": _POLICY_ROUTE,
        "router policy6": _POLICY_ROUTE,
        "router bgp": _DYNAMIC_ROUTING,
        "router ospf": _DYNAMIC_ROUTING,
        "router ospf6": _DYNAMIC_ROUTING,
        "router rip": _DYNAMIC_ROUTING,
        "router ripng": _DYNAMIC_ROUTING,
        "router isis": _DYNAMIC_ROUTING,
        "router multicast": _unsupported("multicast is not modelled"),
        "router multicast6": _unsupported("multicast is not modelled"),
        "router multicast-flow": _unsupported("multicast is not modelled"),
        "system dhcp server": _DHCP,
        "system dhcp6 server": _DHCP,
        # Users and VPN
        "user local": _modelled(
            """status type two-factor two-factor-authentication fortitoken radius-server ldap-server tacacs+-server
            saml-server email-to sms-phone""",
            {
                ACCOUNTS: """passwd passwd-time passwd-policy authtimeout workstation auth-concurrent-override
                auth-concurrent-value username-case-insensitivity username-case-sensitivity username-sensitivity ppk-secret
                ppk-identity qkd-profile id sms-server sms-custom-server two-factor-notification
                sms-provider xauth-dns xauth-group"""
            },
            blocks={"*": _irrelevant(ACCOUNTS)},
        ),
        "user group": _modelled(
            "member group-type sslvpn-portal authtimeout",
            {
                ACCOUNTS: """auth-concurrent-override auth-concurrent-value http-digest-realm sso-attribute-value user-id
                password user-name sponsor company email mobile-phone sms-server sms-custom-server expire-type expire
                max-accounts multiple-guest-add id sms-provider"""
            },
            blocks={
                "match": _modelled("server-name group-name", {NAMING: "_gui_meta rsso-attribute id"}),
                "guest": _irrelevant(ACCOUNTS),
                "*": _irrelevant(ACCOUNTS),
            },
        ),
        "user radius": _SERVER,
        "user ldap": _SERVER,
        "user tacacs+": _SERVER,
        "user pop3": _SERVER,
        "user fsso": _SERVER,
        "user fsso-polling": _SERVER,
        "user domain-controller": _SERVER,
        "user saml": _modelled(
            "idp-entity-id idp-single-sign-on-url",
            {
                SEND: """cert entity-id single-sign-on-url single-logout-url idp-single-logout-url idp-cert user-name
                group-name digest-method limit-relaystate clock-tolerance adfs-claim user-claim-type group-claim-type
                auth-url reauth scim-client scim-user-attr-type scim-group-attr-type user-source require-signed-resp-and-asrt""",
            },
        ),
        "user peer": _modelled(
            "two-factor subject ca cn cn-type mandatory-ca-verify passwd ldap-server ldap-mode mfa-mode mfa-server",
            {ACCOUNTS: "ldap-username ldap-password mfa-username mfa-password ocsp-override-server"},
        ),
        "user peergrp": _modelled("member"),
        "user certificate": _irrelevant(CRYPTO),
        "user adgrp": _irrelevant("a group of the directory; policies that ask for it are undecided"),
        "user nac-policy": _unsupported("hosts are moved between VLANs by what they are"),
        "user quarantine": _irrelevant("hosts that the device shuts out later are not in the configuration"),
        "user device-access-list": _unsupported("hosts are admitted by what they are"),
        "user security-exempt-list": _irrelevant("how a portal looks that asks for a user"),
        "vpn ssl settings": _SSL_SETTINGS,
        "vpn ssl web portal": _SSL_PORTAL,
        "vpn ssl web": _irrelevant(CLIENT_SETUP),
        "vpn ssl client": _unsupported("the device as a client of another SSL-VPN is not modelled"),
        "vpn ipsec phase1-interface": _PHASE1,
        "vpn ipsec phase1": _PHASE1,
        "vpn ipsec phase2-interface": _PHASE2,
        "vpn ipsec phase2": _PHASE2,
        "vpn ipsec manualkey-interface": _modelled(
            "interface remote-gw local-gw remote-gw6 local-gw6",
            {CRYPTO: "auth-alg auth-key enc-alg enc-key local-spi remote-spi ip-version addr-type npu-offload"},
        ),
        "vpn ipsec manualkey": _modelled(
            "interface remote-gateway local-gateway",
            {CRYPTO: "authentication authkey encryption enckey localspi remotespi npu-offload"},
        ),
        "vpn ipsec concentrator": _unsupported("tunnels that are joined to one hub without routes are not modelled"),
        "vpn ipsec forticlient": _modelled("usergroupname phase2name status", {NAMING: "realm"}),
        "vpn ipsec fec": _irrelevant(SESSIONS),
        "vpn l2tp": _modelled(
            "status sip eip usrgrp",
            {SESSIONS: "enforce-ipsec compress lcp-echo-interval lcp-max-echo-fails hello-interval"},
        ),
        "vpn pptp": _modelled("status sip eip usrgrp ip-mode local-ip"),
        "vpn certificate": _irrelevant(CRYPTO),
        "vpn ocvpn": _unsupported("tunnels that the maker's cloud sets up are not in the configuration"),
        "vpn kmip-server": _irrelevant(CRYPTO),
        "vpn qkd": _irrelevant(CRYPTO),
        "system fabric-vpn": _unsupported("tunnels that the fabric sets up are not in the configuration"),
        # The device itself
        "system global": _GLOBAL,
        "system settings": _SETTINGS,
        "system admin": _ADMIN,
        "system admin user": _ADMIN,
        "system admin radius": _SERVER,
        "system admin tacacs": _SERVER,
        "system admin ldap": _SERVER,
        "system api-user": _modelled(
            "accprofile vdom comments schedule",
            {ACCOUNTS: "api-key cors-allow-origin peer-auth peer-group"},
            blocks={"trusthost": _modelled("type ipv4-trusthost ipv6-trusthost", {NAMING: "id"})},
        ),
        "system route": _modelled("device gateway dst", {NAMING: "id"}),
        "system ha": _modelled(
            "ha-mgmt-status mode ha-mgmt-interface ha-mgmt-interface-gateway group-id group-name",
            {
                REDUNDANCY: """sync-packet-balance password key hbdev auto-virtual-mac-interface
                backup-hbdev session-sync-dev route-ttl route-wait route-hold multicast-ttl evpn-ttl load-balance-all
                sync-config encryption authentication hb-interval hb-interval-in-milliseconds hb-lost-threshold
                hello-holddown helo-holddown gratuitous-arps arps arps-interval session-pickup session-pickup-connectionless
                session-pickup-expectation session-pickup-nat session-pickup-delay link-failed-signal upgrade-mode
                uninterruptible-upgrade uninterruptible-primary-wait standalone-mgmt-vdom ha-eth-type hc-eth-type l2ep-eth-type
                ha-uptime-diff-margin standalone-config-sync schedule weight cpu-threshold memory-threshold
                http-proxy-threshold ftp-proxy-threshold imap-proxy-threshold nntp-proxy-threshold pop3-proxy-threshold
                smtp-proxy-threshold override override-wait-time priority monitor pingserver-monitor-interface
                pingserver-failover-threshold pingserver-secondary-force-reset pingserver-slave-force-reset
                pingserver-flip-timeout vcluster-status vcluster-id vcluster2 vdom ha-direct ssd-failover
                memory-compatible-mode memory-based-failover memory-failover-threshold memory-failover-monitor-period
                memory-failover-sample-rate memory-failover-flip-timeout failover-hold-time check-secondary-dev-health
                ipsec-phase2-proposal bounce-intf-upon-failover unicast-hb unicast-hb-peerip unicast-hb-netmask unicast-status
                unicast-gateway inter-cluster-session-sync logical-sn hb-interval-in-milliseconds file-quota local-cert
                clusterid peer-sn periodic-pull-config"""
            },
            blocks={
                "ha-mgmt-interfaces": _modelled("interface gateway gateway6 dst dst6"),
                "*": _irrelevant(REDUNDANCY),
            },
        ),
        "system dns": _modelled(
            "primary secondary ip6-primary ip6-secondary alt-primary alt-secondary",
            {
                SEND: """protocol ssl-certificate server-hostname domain timeout retry dns-cache-limit dns-cache-ttl
                cache-notfound-responses source-ip source-ip-interface interface-select-method interface vrf-select
                server-select-method log fqdn-cache-ttl fqdn-max-refresh fqdn-min-refresh hostname-ttl hostname-limit
                dns-over-tls autosvr fwdintf root-servers"""
            },
        ),
        "system vdom-dns": _modelled(
            "vdom-dns primary secondary ip6-primary ip6-secondary alt-primary alt-secondary",
            {
                SEND: """protocol ssl-certificate server-hostname source-ip source-ip-interface interface-select-method interface
                vrf-select server-select-method dns-over-tls"""
            },
        ),
        "system dns-server": _modelled("mode", {SEND: "dnsfilter-profile doh doh3 doq name recursion"}),
        "system dns-database": _irrelevant("names that the device's own DNS server knows"),
        "system ntp": _modelled(
            "ntpsync type server-mode interface server",
            {SEND: "syncinterval source-ip source-ip6 authentication key-type key key-id sync_interval"},
            blocks={
                "ntpserver": _modelled(
                    "server",
                    {
                        SEND: """ntpv3 authentication key-type key key-id interface-select-method interface ip-type vrf-select
                    source-ip id"""
                    },
                )
            },
        ),
        "system snmp sysinfo": _modelled(
            "status",
            {
                NAMING: """description contact-info location engine-id engine-id-type trap-high-cpu-threshold
                trap-low-memory-threshold trap-log-full-threshold trap-free-memory-threshold trap-freeable-memory-threshold
                append-index non-mgmt-vdom-query"""
            },
        ),
        "system snmp community": _SNMP_COMMUNITY,
        "system snmp user": _modelled(
            "status queries query-port notify-hosts notify-hosts6 security-level vdoms",
            {
                MONITORING: "events trap-status trap-lport trap-rport source-ip source-ipv6 ha-direct mib-view",
                CRYPTO: "auth-proto auth-pwd priv-proto priv-pwd",
                SEND: "interface interface-select-method vrf-select",
            },
        ),
        "system central-management": _modelled(
            "type fmg mode",
            {
                SEND: """schedule-config-restore schedule-script-restore allow-push-configuration allow-push-firmware
                allow-remote-firmware-upgrade allow-monitor serial-number fmg-source-ip fmg-source-ip6 local-cert ca-cert vdom
                fmg-update-port fmg-update-http-header include-default-servers enc-algorithm interface-select-method interface
                vrf-select fortigate-cloud-sso-default-profile fortimanager-fds-override use-elbc-vdom
                authorized-manager-only fortimanager-ip"""
            },
            blocks={"server-list": _irrelevant(CLOUD)},
        ),
        "system dedicated-mgmt": _modelled(
            "status interface", {SEND: "default-gateway dhcp-server dhcp-netmask dhcp-start-ip dhcp-end-ip"}
        ),
        "web-proxy explicit": _PROXY_EXPLICIT,
        "ftp-proxy explicit": _PROXY_EXPLICIT,
        "log setting": _modelled(
            "fwpolicy-implicit-log fwpolicy6-implicit-log",
            {
                LOGGING: """resolve-ip resolve-port log-user-in-upper log-invalid-packet local-in-allow local-in-deny-unicast
                local-in-deny-broadcast local-in-policy-log local-out local-out-ioc-detection daemon-log neighbor-event
                brief-traffic-format user-anonymize expolicy-implicit-log log-policy-comment log-policy-name faz-override
                syslog-override rest-api-set rest-api-get rest-api-performance extended-log extended-utm-log custom-log-fields
                anonymization-hash long-live-session-stat syslog-override zone-name rest-api-set local-in-deny-multicast
                event-logging-interval"""
            },
        ),
    }
)

_LOG_SERVERS = frozenset(
    f"log {kind}{number}{middle} setting" if not middle else f"log {kind}{number} {middle}-setting"
    for kind in ("syslogd", "fortianalyzer")
    for number in ("", "2", "3", "4")
    for middle in ("", "override")
)

#: What sections are that are not listed by their whole path; the longest beginning counts.
PREFIXES: Final[Mapping[str, Family]] = MappingProxyType(
    {
        "alertemail": _irrelevant(LOGGING),
        "antivirus": _irrelevant(INSPECTION),
        "application": _irrelevant(INSPECTION),
        "authentication": _unsupported("how the proxy asks for users is not modelled"),
        "automation": _irrelevant(MONITORING),
        "casb": _irrelevant(INSPECTION),
        "certificate": _irrelevant(CRYPTO),
        "cifs": _irrelevant(INSPECTION),
        "credential-store": _irrelevant(CRYPTO),
        "diameter-filter": _irrelevant(INSPECTION),
        "dlp": _irrelevant(INSPECTION),
        "dnsfilter": _irrelevant(INSPECTION),
        "dpdk": _irrelevant(RESOURCES),
        "emailfilter": _irrelevant(INSPECTION),
        "endpoint-control": _irrelevant("software on the terminals; policies that ask for its tags are undecided"),
        "ethernet-oam": _irrelevant(LINK),
        "extender": _irrelevant(MANAGED),
        "extender-controller": _irrelevant(MANAGED),
        "extension-controller": _irrelevant(MANAGED),
        "file-filter": _irrelevant(INSPECTION),
        "gtp": _irrelevant(INSPECTION),
        "icap": _irrelevant(INSPECTION),
        "imp2p": _irrelevant(INSPECTION),
        "ips": _irrelevant(INSPECTION),
        "log": _irrelevant(LOGGING),
        "monitoring": _irrelevant(MONITORING),
        "netscan": _irrelevant(MONITORING),
        "nsx": _irrelevant(CLOUD),
        "nsxt": _irrelevant(CLOUD),
        "pfcp": _irrelevant(INSPECTION),
        "report": _irrelevant(LOGGING),
        "router": _irrelevant("a detail of dynamic routing, whose routes are unknown anyway"),
        "sctp-filter": _irrelevant(INSPECTION),
        "spamfilter": _irrelevant(INSPECTION),
        "ssh-filter": _irrelevant(INSPECTION),
        "switch-controller": _irrelevant(MANAGED),
        "switch-controller acl": _unsupported("switch ports drop packets by their own lists"),
        "switch-controller dynamic-port-policy": _unsupported("hosts are moved between VLANs by what they are"),
        "switch-controller mac-policy": _unsupported("hosts are moved between VLANs by what they are"),
        "switch-controller nac-device": _unsupported("hosts are moved between VLANs by what they are"),
        "switch-controller snmp-community": _communities(MANAGED),
        "system accprofile": _irrelevant(ACCOUNTS),
        "system acme": _irrelevant(CRYPTO),
        "system admin": _irrelevant(ACCOUNTS),
        "system affinity-interrupt": _irrelevant(RESOURCES),
        "system affinity-packet-redistribution": _irrelevant(RESOURCES),
        "system alarm": _irrelevant(LOGGING),
        "system alert-console": _irrelevant(LOGGING),
        "system alias": _irrelevant(LOOKS),
        "system aop": _irrelevant(LINK),
        "system auto-install": _irrelevant("configuration from a USB stick: physical access"),
        "system auto-scale": _irrelevant(REDUNDANCY),
        "system auto-script": _unsupported("a script that the device runs may change the configuration"),
        "system automation-action": _irrelevant("acts on events; what it changes is not in this configuration"),
        "system automation-condition": _irrelevant("acts on events; what it changes is not in this configuration"),
        "system automation-destination": _irrelevant("acts on events; what it changes is not in this configuration"),
        "system automation-stitch": _irrelevant("acts on events; what it changes is not in this configuration"),
        "system automation-trigger": _irrelevant("acts on events; what it changes is not in this configuration"),
        "system autoupdate": _irrelevant(CLOUD),
        "system backup": _irrelevant(SEND),
        "system bypass": _unsupported("the device may be bypassed by its hardware"),
        "system certificate": _irrelevant(CRYPTO),
        "system cloud-service": _irrelevant(CLOUD),
        "system cluster-sync": _irrelevant(REDUNDANCY),
        "system console": _irrelevant(LOOKS),
        "system csf": _irrelevant("membership in the Security Fabric"),
        "system custom-language": _irrelevant(TEXTS),
        "system ddns": _irrelevant("the name under which the device is known"),
        "system device-upgrade": _irrelevant(CLOUD),
        "system dns64": _unsupported(_VERSIONED),
        "system dscp-based-priority": _irrelevant(QOS),
        "system elbc": _irrelevant(REDUNDANCY),
        "system email-server": _irrelevant(SEND),
        "system evpn": _irrelevant(LINK),
        "system fips-cc": _irrelevant(CRYPTO),
        "system fm": _irrelevant(SEND),
        "system fortiai": _irrelevant(INSPECTION),
        "system fortidata": _irrelevant(CLOUD),
        "system fortiguard": _irrelevant(CLOUD),
        "system fortimanager": _irrelevant(SEND),
        "system fortindr": _irrelevant(INSPECTION),
        "system fortisandbox": _irrelevant(INSPECTION),
        "system fsso-polling": _irrelevant(SEND),
        "system federated-upgrade": _irrelevant(CLOUD),
        "system ftm-push": _irrelevant(CLOUD),
        "system geoip-country": _irrelevant("geography is undecided"),
        "system geoip-override": _irrelevant("geography is undecided"),
        "system gi-gk": _irrelevant(INSPECTION),
        "system ha-monitor": _irrelevant(REDUNDANCY),
        "system health-check-fortiguard": _irrelevant(MONITORING),
        "system ike": _irrelevant(CRYPTO),
        "system ips": _irrelevant(INSPECTION),
        "system ips-urlfilter-dns": _irrelevant(INSPECTION),
        "system ips-urlfilter-dns6": _irrelevant(INSPECTION),
        "system ipam": _irrelevant("how addresses were chosen; they are written at the interfaces"),
        "system ipsec-aggregate": _modelled("member", {ROUTING_FINE: "algorithm"}),
        "system isf-queue-profile": _irrelevant(QOS),
        "system lldp": _irrelevant(MONITORING),
        "system log-fetch": _irrelevant(LOGGING),
        "system management-tunnel": _irrelevant(CLOUD),
        "system mem-mgr": _irrelevant(RESOURCES),
        "system mobile-tunnel": _unsupported("a mobile-IP tunnel is not modelled"),
        "system nd-proxy": _irrelevant(LINK),
        "system netflow": _irrelevant(MONITORING),
        "system network-visibility": _irrelevant(MONITORING),
        "system ngfw-settings": _irrelevant(INSPECTION),
        "system np6": _irrelevant(RESOURCES),
        "system np6xlite": _irrelevant(RESOURCES),
        "system npu": _irrelevant(RESOURCES),
        "system object-tagging": _irrelevant(NAMING),
        "system password-policy": _irrelevant(CRYPTO),
        "system password-policy-guest-admin": _irrelevant(CRYPTO),
        "system pcp-server": _unsupported("mappings that hosts ask for (PCP) are not in the configuration"),
        "system performance": _irrelevant(MONITORING),
        "system probe-response": _irrelevant(MONITORING),
        "system ptp": _irrelevant(MONITORING),
        "system replacemsg": _irrelevant(TEXTS),
        "system replacemsg-group": _irrelevant(TEXTS),
        "system replacemsg-image": _irrelevant(TEXTS),
        "system resource-limits": _irrelevant(RESOURCES),
        "system saml": _irrelevant("how administrators log in elsewhere"),
        "system sdn-connector": _irrelevant("where dynamic addresses come from; those are undecided"),
        "system sdn-proxy": _irrelevant(SEND),
        "system sdn-vpn": _unsupported("tunnels that a connector sets up are not in the configuration"),
        "system security-rating": _irrelevant(LOOKS),
        "system session-helper": _irrelevant("opens what belongs to a session that a policy permitted"),
        "system session-sync": _irrelevant(REDUNDANCY),
        "system session-ttl": _irrelevant(TIMERS),
        "system sflow": _irrelevant(MONITORING),
        "system smc-ntp": _irrelevant(SEND),
        "system sms-server": _irrelevant(SEND),
        "system snmp": _irrelevant(MONITORING),
        "system speed-test-schedule": _irrelevant(MONITORING),
        "system speed-test-server": _irrelevant(MONITORING),
        "system speed-test-setting": _irrelevant(MONITORING),
        "system ssh-config": _irrelevant(CRYPTO),
        "system sso-admin": _irrelevant("how administrators log in elsewhere"),
        "system sso-forticloud-admin": _irrelevant("how administrators log in elsewhere"),
        "system sso-fortigate-cloud-admin": _irrelevant("how administrators log in elsewhere"),
        "system standalone-cluster": _irrelevant(REDUNDANCY),
        "system storage": _irrelevant(RESOURCES),
        "system stp": _irrelevant(LINK),
        "system tos-based-priority": _irrelevant(QOS),
        "system vdom": _irrelevant(NAMING),
        "system vdom-exception": _irrelevant(REDUNDANCY),
        "system vdom-netflow": _irrelevant(MONITORING),
        "system vdom-property": _irrelevant(RESOURCES),
        "system vdom-radius-server": _irrelevant(SEND),
        "system vdom-sflow": _irrelevant(MONITORING),
        "system vne-interface": _irrelevant("the access line and its account"),
        "system vne-tunnel": _irrelevant("the access line and its account"),
        "system wccp": _irrelevant(INSPECTION),
        "system wireless": _irrelevant(MANAGED),
        "system workflow": _irrelevant(LOOKS),
        "telemetry-controller": _irrelevant(MANAGED),
        "user device": _irrelevant("policies that ask for a kind of device are undecided"),
        "user device-category": _irrelevant("policies that ask for a kind of device are undecided"),
        "user device-group": _irrelevant("policies that ask for a kind of device are undecided"),
        "user exchange": _irrelevant(SEND),
        "user external-identity-provider": _irrelevant(SEND),
        "user fortitoken": _irrelevant("second factors; who has one stands with the users"),
        "user krb-keytab": _irrelevant(CRYPTO),
        "user password-policy": _irrelevant(CRYPTO),
        "user scim": _irrelevant(SEND),
        "user setting": _irrelevant("how users are asked who they are; whom the policy admits is modelled"),
        "videofilter": _irrelevant(INSPECTION),
        "virtual-patch": _irrelevant(INSPECTION),
        "voip": _irrelevant(INSPECTION),
        "waf": _irrelevant(INSPECTION),
        "wanopt": _irrelevant("WAN optimisation of sessions that a policy permitted"),
        "web-proxy": _irrelevant(INSPECTION),
        "ftp-proxy": _irrelevant(INSPECTION),
        "webfilter": _irrelevant(INSPECTION),
        "wireless-controller": _irrelevant(MANAGED),
        "wireless-controller snmp": _communities(MANAGED),
        "ztna": _unsupported("what users may reach through the device as their ZTNA proxy is not modelled"),
    }
)


def family_of(words: tuple[str, ...]) -> Family:
    """What the section with the path ``words`` is to the ledger."""
    for count in range(len(words), 0, -1):
        path = " ".join(words[:count])
        found = SECTIONS.get(path) if count == len(words) or path in _OPEN_ENDED else None
        if found is None and path in _LOG_SERVERS:
            found = _LOG_SERVER
        if found is None:
            found = PREFIXES.get(path)
        if found is not None:
            return found
    return _UNKNOWN


#: Sections whose path goes on with the name of an entry.
_OPEN_ENDED = frozenset(
    {
        "firewall shaper",
        "firewall ssl",
        "firewall ssh",
        "firewall wildcard-fqdn",
        "vpn ssl web",
        "vpn certificate",
        "firewall internet-service",
    }
)
