"""What each statement of a PAN-OS or Panorama configuration is to the ledger, by its place in the configuration.

The hierarchy is that of the PAN-OS CLI references 8.1 to 11.1 (configure mode, `set` commands); names that came and went
stand beside each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from segaudit.model import LineState


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A statement, or a level of the hierarchy.

    ``children`` are the statements below it by name, ``entry`` what any other name there is (an entry of a list).
    ``leaf``: what follows are values. ``whole``: kept with everything below it. ``skip``: nothing below it is kept.
    ``device``: the level of a device, at which ``devices localhost.localdomain`` says nothing, and statements of a
    virtual system mean the first one.
    """

    state: LineState = LineState.MODELLED
    reason: str = ""
    children: Mapping[str, Family] = field(default_factory=lambda: MappingProxyType({}))
    entry: Family | None = None
    leaf: bool = False
    whole: bool = False
    skip: bool = False
    device: bool = False

    def below(self, name: str) -> Family:
        """What the statement ``name`` below this one is."""
        found = self.children.get(name)
        if found is not None:
            return found
        if self.whole:
            return self
        # Members of a list are entries at some places.
        return LEAF if self.leaf else self.entry or UNKNOWN


UNKNOWN: Final = Family(state=LineState.UNRECOGNIZED, reason="no statement that is known at this place", skip=True)
LEAF: Final = Family(leaf=True)
WHOLE: Final = Family(whole=True)

# ---------------------------------------------------------------------------------------------------------------------
# Reasons, each for many statements.

NAMING = "a name, number, colour or note for people or machines; it decides no packet"
LOOKS = "what the administration page shows, and how it behaves once somebody is logged in"
TIMERS = "a timer, limit or threshold; it decides no packet"
RESOURCES = "use of processors, memory and hardware"
CRYPTO = "strength of encryption, certificates and keys; it decides no packet"
LINK = "the physical link and layer 2 below the segment"
MONITORING = "measuring, logging and discovery"
QOS = "priority and bandwidth, not permission"
INSPECTION = "content inspection: it can only drop what the rules let in, by content, and opens nothing"
DECRYPTION = "which sessions are decrypted for inspection; it opens nothing"
SESSIONS = "how the device keeps a session that a rule permitted"
CLIENT_SETUP = "what a VPN client is told or how its page looks; who may enter and what he reaches is modelled"
REDUNDANCY = "high availability: the members carry the same rules"
ROUTING_FINE = "a detail of routing below the choice of the way"
LOGGING = "what is written to logs"
REPORTS = "reports"
CLOUD = "service of the maker's cloud"
UPDATES = "when signatures and software are fetched"
TEXTS = "texts, pictures and languages shown to users"
FLOOD = "limits floods and scans, and drops malformed packets; it opens nothing"
ROLES = "what an administrator may do once logged in"
NEIGHBOURS = "how neighbours learn of this router"
SEND = "how the device itself sends to a server"
PANORAMA = "how Panorama itself works; it forwards nothing"
TEMPLATE = "how a template is applied"

_SETTINGS = "how sessions, logs, inspection and the administration page work; none opens a way"
_USERS = "how users are mapped to addresses; rules that ask for users are undecided"
_PROXY = "what a proxy fetches for users"


def _families(names: Mapping[str, str], state: LineState) -> dict[str, Family]:
    """One family a reason for all the names under it."""
    found: dict[str, Family] = {}
    for reason, words in names.items():
        one = Family(state=state, reason=reason, skip=True)
        found.update(dict.fromkeys(words.split(), one))
    return found


def _leaves(names: Mapping[str, str], state: LineState) -> dict[str, Family]:
    found: dict[str, Family] = {}
    for reason, words in names.items():
        one = Family(state=state, reason=reason, leaf=True)
        found.update(dict.fromkeys(words.split(), one))
    return found


_NONE: Mapping[str, str] = MappingProxyType({})


def _level(
    leaves: str = "",
    *,
    whole: str = "",
    below: Mapping[str, Family] | None = None,
    entry: Family | None = None,
    irrelevant: Mapping[str, str] = _NONE,
    flags: Mapping[str, str] = _NONE,
    unsupported: Mapping[str, str] = _NONE,
    approximated: Mapping[str, str] = _NONE,
    rest: str = "",
    device: bool = False,
) -> Family:
    """A level that is modelled.

    ``leaves`` are its values, ``whole`` what is kept with all below it. ``irrelevant``, ``unsupported``,
    ``approximated``: names by reason; ``flags`` are irrelevant and have exactly one value, so that others may follow
    them in the same command. ``rest``: the reason why whatever else stands here is irrelevant.
    """
    children = dict.fromkeys(leaves.split(), LEAF)
    children.update(dict.fromkeys(whole.split(), WHOLE))
    children.update(_families(irrelevant, LineState.IRRELEVANT))
    children.update(_leaves(flags, LineState.IRRELEVANT))
    children.update(_families(unsupported, LineState.UNSUPPORTED))
    children.update(_leaves(approximated, LineState.APPROXIMATED))
    children.update(below or {})
    if rest:
        entry = Family(state=LineState.IRRELEVANT, reason=rest, skip=True)
    return Family(children=MappingProxyType(children), entry=entry, device=device)


def _irrelevant(reason: str) -> Family:
    return Family(state=LineState.IRRELEVANT, reason=reason, skip=True)


def _unsupported(reason: str) -> Family:
    return Family(state=LineState.UNSUPPORTED, reason=reason, skip=True)


def _entries(entry: Family) -> Family:
    """A list of named entries."""
    return Family(entry=entry)


# ---------------------------------------------------------------------------------------------------------------------
# Objects

_TAGGED = {NAMING: "color colour comments disable-override"}
_ADDRESS = _entries(
    _level("ip-netmask ip-range ip-wildcard fqdn tag description", flags={NAMING: "disable-override id"})
)
_ADDRESS_GROUP = _entries(
    _level("static description tag", below={"dynamic": _level("filter")}, flags={NAMING: "disable-override id"})
)
_PORTS = _level("port source-port", irrelevant={TIMERS: "override"})
_SERVICE = _entries(
    _level(
        "description tag",
        below={"protocol": _level(below={"tcp": _PORTS, "udp": _PORTS, "sctp": _PORTS})},
        flags={NAMING: "disable-override id"},
    )
)
_SERVICE_GROUP = _entries(_level("members tag", flags={NAMING: "disable-override id"}))
_APPLICATION = _entries(
    _level(
        "description",
        below={
            "default": _level(
                "port ident-by-ip-protocol",
                below={
                    "ident-by-icmp-type": WHOLE,
                    "ident-by-icmp6-type": WHOLE,
                },
            ),
        },
        whole="parent-app",
        rest="what kind of application it is, how it behaves, and by what content it is known",
    )
)
_APPLICATION_GROUP = _entries(_level("members", flags={NAMING: "disable-override"}))
_APPLICATION_FILTER = _entries(
    Family(
        state=LineState.APPROXIMATED,
        reason="which applications have these properties stands in the maker's database: undecided",
        whole=True,
    )
)
_SCHEDULE = _entries(
    _level(
        below={"schedule-type": WHOLE, "recurring": WHOLE, "non-recurring": WHOLE}, flags={NAMING: "disable-override"}
    )
)
_EXTERNAL_LIST = _entries(
    Family(
        state=LineState.APPROXIMATED,
        reason="the list is fetched at run time: its addresses are undecided",
        whole=True,
    )
)
_REGION = _entries(_level("address", irrelevant={NAMING: "geo-location"}))
_INSPECTION_OBJECTS = {
    INSPECTION: "profiles profile-group threats custom-url-category dlp-data-profile data-objects",
    NAMING: "tag display-name",
    LOGGING: "log-settings-profile",
}

# ---------------------------------------------------------------------------------------------------------------------
# Rules

_MATCHED = "from to source destination source-user category application service negate-source negate-destination"
_RULE_NOTES = {NAMING: "uuid loc group-tag"}
_SECURITY_RULE = _level(
    f"{_MATCHED} action disabled rule-type schedule description tag log-start log-end log-setting hip-profiles"
    " source-hip destination-hip source-device destination-device source-imsi source-imei source-nw-slice saas-user-list"
    " saas-tenant-list",
    whole="target",
    flags={
        **_RULE_NOTES,
        "what the sender of a dropped packet is told": "icmp-unreachable",
        INSPECTION: "disable-inspect disable-server-response-inspection",
    },
    irrelevant={INSPECTION: "profile-setting option", QOS: "qos", LOGGING: "audit-comment"},
)
_DEFAULT_RULE = _level(
    "action log-start log-end log-setting tag description",
    flags=_RULE_NOTES,
    irrelevant={INSPECTION: "profile-setting", "what the sender of a dropped packet is told": "icmp-unreachable"},
)
_POOL = WHOLE
_NAT_RULE = _level(
    "from to source destination service nat-type to-interface disabled description tag",
    below={
        "source-translation": _level(
            below={
                "dynamic-ip-and-port": WHOLE,
                "dynamic-ip": WHOLE,
                "static-ip": _level("translated-address bi-directional"),
                "persistent-dynamic-ip-and-port": WHOLE,
            }
        ),
        "destination-translation": _level(
            "translated-address translated-port",
            irrelevant={"answers of name servers, which are no packets' addresses": "dns-rewrite"},
        ),
        "dynamic-destination-translation": _level("translated-address translated-port distribution"),
    },
    whole="target",
    flags={**_RULE_NOTES, REDUNDANCY: "active-active-device-binding"},
    irrelevant={LOGGING: "audit-comment"},
)
_PBF_RULE = _level(
    f"{_MATCHED} disabled description tag schedule",
    below={
        "action": _level(
            "no-pbf discard",
            below={
                "forward": _level(
                    "egress-interface",
                    below={
                        "nexthop": _level("ip-address fqdn"),
                        "monitor": _level("disable-if-unreachable", rest=ROUTING_FINE),
                    },
                ),
                "forward-to-vsys": LEAF,
            },
        ),
        "from": _level("zone interface"),
    },
    whole="target",
    flags={**_RULE_NOTES, REDUNDANCY: "active-active-device-binding"},
    irrelevant={ROUTING_FINE: "enforce-symmetric-return", LOGGING: "audit-comment"},
)
_OVERRIDE = "says which application packets are of; the rules that name applications are undecided with or without it"
_RULES = {
    "security": _level(below={"rules": _entries(_SECURITY_RULE)}),
    "default-security-rules": _level(below={"rules": _entries(_DEFAULT_RULE)}),
    "nat": _level(below={"rules": _entries(_NAT_RULE)}),
    "pbf": _level(below={"rules": _entries(_PBF_RULE)}),
    "decryption": _irrelevant(DECRYPTION),
    "application-override": _irrelevant(_OVERRIDE),
    "qos": _irrelevant(QOS),
    "dos": _irrelevant(FLOOD),
    "authentication": _irrelevant("asks web users who they are; rules that ask for users are undecided"),
    "captive-portal": _irrelevant("asks web users who they are; rules that ask for users are undecided"),
    "tunnel-inspect": _irrelevant(INSPECTION),
    "sdwan": _irrelevant("which of several equal lines carries a session; routes to all of them are modelled"),
    "network-packet-broker": _unsupported("sends copies and detours of sessions to another appliance"),
}
_RULEBASE = _level(below=_RULES)

# ---------------------------------------------------------------------------------------------------------------------
# Who users are, and which servers are asked

_SERVER_LIST = _level(below={"server": WHOLE}, whole="servers", rest=SEND)
_SERVER_PROFILES = _level(
    below={
        "ldap": _entries(_SERVER_LIST),
        "radius": _entries(_SERVER_LIST),
        "tacplus": _entries(_SERVER_LIST),
        "kerberos": _entries(_SERVER_LIST),
        "saml-idp": _entries(_irrelevant("the identity provider's page; that it is asked is modelled")),
        "mfa-server-profile": _entries(
            _irrelevant("how the second factor's service is asked; that it is asked is modelled")
        ),
        "dns": _entries(_level(rest=SEND)),
        "netflow": _irrelevant(MONITORING),
        "scp": _irrelevant(SEND),
    }
)
_AUTHENTICATION = {
    "authentication-profile": _entries(
        _level(
            "allow-list",
            whole="method multi-factor-auth",
            rest="names of users, lockout and single sign-on of a way to log in",
        )
    ),
    "authentication-sequence": _entries(_level("authentication-profiles", rest=NAMING)),
    "certificate-profile": _irrelevant(CRYPTO),
    "server-profile": _SERVER_PROFILES,
    "local-user-database": _level(
        below={
            "user": _entries(_level("disabled", irrelevant={CRYPTO: "phash"})),
            "user-group": _entries(_level("user")),
        }
    ),
}
_LOG_SETTINGS = _level(
    below={
        "syslog": _entries(_level(below={"server": _entries(_level("server", rest=SEND))}, rest=LOGGING)),
        "snmptrap": _entries(_level(below={"version": WHOLE}, rest=LOGGING)),
    },
    rest=LOGGING,
)
_OBJECTS = {
    "address": _ADDRESS,
    "address-group": _ADDRESS_GROUP,
    "service": _SERVICE,
    "service-group": _SERVICE_GROUP,
    "application": _APPLICATION,
    "application-group": _APPLICATION_GROUP,
    "application-filter": _APPLICATION_FILTER,
    "schedule": _SCHEDULE,
    "external-list": _EXTERNAL_LIST,
    "region": _REGION,
    "log-settings": _LOG_SETTINGS,
    **_AUTHENTICATION,
    **_families(_INSPECTION_OBJECTS, LineState.IRRELEVANT),
    **_families(
        {
            _USERS: "user-id-agent user-id-agent-sequence user-id-collector user-id-ssl-auth ts-agent group-mapping redistribution-agent"
            " user-id-hub ipuser-include-exclude-list vm-info-source dynamic-user-group user-context-cloud-service iot"
            " device-object cloud-identity-engine ip-user-mapping redistribution-client",
            "asks web users who they are; rules that ask for users are undecided": "captive-portal authentication-object",
            INSPECTION: "wildfire-appliance ssl-decrypt application-status application-tag override content-preview threat-exception"
            " ssl-tls-service-profile-inspection",
            CRYPTO: "certificate ssl-tls-service-profile ocsp-responder scep alg-override",
            TEXTS: "response-page block-url-page",
            REPORTS: "reports report-group pdf-summary-report botnet email-scheduler",
            LOGGING: "email-server log-collector-group",
            "what the device looks like to remote workers' checks; rules that ask for it are undecided": "hip-objects hip-profiles",
            ROLES: "admin-role",
            QOS: "qos",
        },
        LineState.IRRELEVANT,
    ),
}

# ---------------------------------------------------------------------------------------------------------------------
# Network

_IPV6_INTERFACE = _level(
    "enabled interface-id",
    below={
        "address": _entries(_level("enable-on-interface type", irrelevant={NEIGHBOURS: "prefix anycast advertise"})),
        "dhcp-client": WHOLE,
        "inherited": WHOLE,
    },
    irrelevant={NEIGHBOURS: "neighbor-discovery dns-server dns-suffix"},
)
_LAYER3: dict[str, Family] = {
    "ip": _entries(WHOLE),
    "ipv6": _IPV6_INTERFACE,
    "dhcp-client": WHOLE,
    "pppoe": _level(
        "enable create-default-route default-route-metric",
        below={"static-address": WHOLE},
        irrelevant={LINK: "authentication username password passive service access-concentrator"},
    ),
}
_INTERFACE_NOTES = {
    LINK: "mtu adjust-tcp-mss lldp arp link-speed link-duplex lacp untagged-sub-interface ipv4-mss-adjustment link-tag"
    " poe traffic-interconnect decrypt-forward dhcp-security forward-error-correction transceiver cluster-interconnect",
    MONITORING: "netflow-profile",
    NEIGHBOURS: "ndp-proxy ddns-config",
    TIMERS: "bonjour",
    "measures the lines of an SD-WAN; routes are modelled": "sdwan-link-settings",
}
_UNIT = _level(
    "tag comment interface-management-profile",
    below=_LAYER3,
    irrelevant=_INTERFACE_NOTES,
)
_LAYER2 = "a switched port: who talks to whom inside of the VLAN is decided by rules between layer-2 zones"
_VIRTUAL_WIRE = "a transparent port: its segments lie on both sides of the device"
_PORT = _level(
    "comment link-state aggregate-group interface-management-profile",
    below={
        "layer3": _level(
            "interface-management-profile comment",
            below={**_LAYER3, "units": _entries(_UNIT)},
            irrelevant=_INTERFACE_NOTES,
        ),
        "layer2": _level(
            below={"units": _entries(_level("tag comment", rest=LINK))},
            rest=LINK,
        ),
        "virtual-wire": _level(below={"units": _entries(_level("tag comment", rest=LINK))}, rest=LINK),
        "tap": _level(rest="a port that only listens"),
        "ha": _level(rest=REDUNDANCY),
        "log-card": _level(rest=LOGGING),
        "decrypt-mirror": _level(rest=MONITORING),
    },
    irrelevant=_INTERFACE_NOTES,
)
_NUMBERED = _level(
    "comment interface-management-profile",
    below={**_LAYER3, "units": _entries(_UNIT)},
    irrelevant=_INTERFACE_NOTES,
)
_STATIC_ROUTE = _entries(
    _level(
        "destination interface metric admin-dist option",
        below={"nexthop": WHOLE, "path-monitor": WHOLE},
        irrelevant={ROUTING_FINE: "bfd route-table"},
    )
)
_RUNS = "a routing protocol: that it runs is known, what it learns is not"
_PROTOCOL = Family(state=LineState.APPROXIMATED, reason=_RUNS, whole=True)
_ROUTER = _level(
    "interface",
    below={
        "routing-table": _level(
            below={
                "ip": _level(below={"static-route": _STATIC_ROUTE}),
                "ipv6": _level(below={"static-route": _STATIC_ROUTE}),
            }
        ),
        "protocol": _level(
            below={
                "bgp": _PROTOCOL,
                "ospf": _PROTOCOL,
                "ospfv3": _PROTOCOL,
                "rip": _PROTOCOL,
            },
            irrelevant={ROUTING_FINE: "redist-profile redist-rules"},
        ),
        "multicast": Family(
            state=LineState.APPROXIMATED, reason="multicast is not modelled; unicast is as it is without it", whole=True
        ),
        "admin-dists": _level("static static-ipv6", rest=ROUTING_FINE),
    },
    irrelevant={ROUTING_FINE: "ecmp rib-filter"},
)
_LOGICAL_VRF = _level(
    "interface",
    below={
        **_ROUTER.children,
        "admin-dists": _level("static static-ipv6", rest=ROUTING_FINE),
        "bgp": _PROTOCOL,
        "ospf": _PROTOCOL,
        "ospfv3": _PROTOCOL,
        "rip": _PROTOCOL,
    },
    irrelevant={ROUTING_FINE: "ecmp rib-filter redistribution fib global-vrid vr-admin-dists"},
)
_MANAGEMENT_PROFILE = _entries(
    _level(
        "ping telnet ssh http https http-ocsp snmp response-pages userid-service userid-syslog-listener-ssl"
        " userid-syslog-listener-udp permitted-ip"
    )
)
_LOCAL_ADDRESS = WHOLE
_IKE_GATEWAY = _entries(
    _level(
        "comment disabled ipv6",
        whole="peer-address local-address peer-id local-id",
        irrelevant={CRYPTO: "authentication protocol protocol-common"},
    )
)
_PROXY_ID = _entries(_level("local remote", whole="protocol"))
_IPSEC = _entries(
    _level(
        "tunnel-interface disabled comment ipv6",
        below={
            "auto-key": _level(
                "ipsec-crypto-profile",
                below={"ike-gateway": _entries(WHOLE), "proxy-id": _PROXY_ID, "proxy-id-v6": _PROXY_ID},
            ),
            "manual-key": _level(whole="local-address peer-address", rest=CRYPTO),
            "global-protect-satellite": WHOLE,
        },
        irrelevant={
            CRYPTO: "anti-replay anti-replay-window copy-tos copy-flow-label enable-gre-encapsulation ipsec-mode",
            MONITORING: "tunnel-monitor",
        },
    )
)
_GP_TUNNEL = _entries(
    _level(
        "tunnel-interface comment ip-pool",
        below={
            "local-address": WHOLE,
            "client": _level(
                "ip-pool exclude-ip-pool",
                below={"split-tunneling": WHOLE, "ip-pool": WHOLE},
                irrelevant={CLIENT_SETUP: "dns-server wins-server dns-suffix inheritance exclude-video-traffic"},
            ),
            "ipsec": _level("enable third-party-client", whole="third-party-client", rest=CRYPTO),
        },
        irrelevant={TIMERS: "max-user", CLIENT_SETUP: "inactivity-logout"},
        unsupported={"a way in for the firewalls of branches, whose routes come at run time": "satellite"},
    )
)
_GRE = _entries(
    _level("tunnel-interface disabled", whole="local-address peer-address", rest="keepalives and marks of a tunnel")
)
_DHCP = _level(
    below={
        "interface": _entries(
            _level(
                below={
                    "server": _level(
                        "mode ip-pool",
                        below={
                            "reserved": WHOLE,
                            "option": _level(whole="dns wins ntp gateway user-defined", rest="what clients are told"),
                        },
                        flags={TIMERS: "probe-ip"},
                    ),
                    "relay": _level(
                        below={
                            "ip": _level("server enabled"),
                            "ipv6": _level("enabled", below={"server": WHOLE}),
                        }
                    ),
                }
            )
        )
    }
)
_DNS_PROXY = _entries(
    _level(
        "interface enabled",
        below={"default": WHOLE, "domain-servers": WHOLE},
        rest=SEND,
    )
)
_NETWORK = _level(
    below={
        "interface": _level(
            below={
                "ethernet": _entries(_PORT),
                "aggregate-ethernet": _entries(_PORT),
                "loopback": _NUMBERED,
                "tunnel": _NUMBERED,
                "vlan": _NUMBERED,
                "sdwan": _level(below={"units": _entries(_level("interface", rest=LINK))}, rest=LINK),
                "cellular": _entries(_PORT),
                "management": _irrelevant(LINK),
                "ha1": _irrelevant(REDUNDANCY),
                "fail-open": _irrelevant(LINK),
            }
        ),
        "virtual-router": _entries(_ROUTER),
        "logical-router": _entries(_level(below={"vrf": _entries(_LOGICAL_VRF)})),
        "vlan": _entries(_level("interface", below={"virtual-interface": WHOLE}, irrelevant={LINK: "mac"})),
        "virtual-wire": _entries(_level("interface1 interface2", rest=LINK)),
        "profiles": _level(
            below={
                "interface-management-profile": _MANAGEMENT_PROFILE,
                "zone-protection-profile": _entries(_level("discard-ip-spoof", rest=FLOOD)),
                "monitor-profile": _irrelevant(MONITORING),
                "tunnel-monitor": _irrelevant(MONITORING),
                "lldp-profile": _irrelevant(LINK),
                "bfd-profile": _irrelevant(ROUTING_FINE),
                "sdwan-interface-profile": _irrelevant(LINK),
                "macsec-profile": _irrelevant(LINK),
            }
        ),
        "ike": _level(
            below={
                "gateway": _IKE_GATEWAY,
                "crypto-profiles": _irrelevant(CRYPTO),
            }
        ),
        "tunnel": _level(
            below={
                "ipsec": _IPSEC,
                "global-protect-gateway": _GP_TUNNEL,
                "global-protect-site-to-site": _unsupported(
                    "a way in for the firewalls of branches, whose routes come at run time"
                ),
                "gre": _GRE,
            }
        ),
        "dhcp": _DHCP,
        "dns-proxy": _DNS_PROXY,
        "shared-gateway": _entries(
            _level(
                "display-name",
                below={
                    "import": WHOLE,
                    "zone": WHOLE,
                    "rulebase": _unsupported("rules of a shared gateway"),
                    **_OBJECTS,
                },
            )
        ),
        "qos": _irrelevant(QOS),
        "lldp": _irrelevant(LINK),
        "routing-profile": _irrelevant(ROUTING_FINE),
        "underlay-net": _irrelevant(LINK),
        "secure-web-gateway": _unsupported(_PROXY),
    },
)

# ---------------------------------------------------------------------------------------------------------------------
# The device

_SYSTEM = _level(
    "hostname ip-address netmask default-gateway ipv6-address ipv6-default-gateway panorama-server panorama-server-2"
    " authentication-profile",
    below={
        "permitted-ip": _entries(_level("description")),
        "service": _level(
            "disable-http disable-https disable-telnet disable-ssh disable-icmp disable-snmp disable-userid-service"
            " disable-http-ocsp disable-userid-syslog-listener-ssl disable-userid-syslog-listener-udp"
        ),
        "dns-setting": WHOLE,
        "ntp-servers": _level(
            below={
                "primary-ntp-server": _level("ntp-server-address", rest=CRYPTO),
                "secondary-ntp-server": _level("ntp-server-address", rest=CRYPTO),
            }
        ),
        "snmp-setting": _level(
            below={
                "access-setting": _level(
                    below={"version": Family(whole=True)},
                )
            },
            irrelevant={NAMING: "snmp-system", MONITORING: "lldp"},
        ),
        "panorama": WHOLE,
        "type": WHOLE,
        "route": _irrelevant(SEND),
    },
    irrelevant={
        UPDATES: "update-server update-schedule server-verification",
        NAMING: "timezone login-banner motd-and-banner domain geo-location locale domain-lookup-url fqdn-forcerefresh-time device-group"
        " hostname-type ack-login-banner",
        LINK: "speed-duplex mtu lldp-enable",
        CRYPTO: "ssh ssl-tls-service-profile certificate-profile ssh-host-key-type tls-mode auth-key quota-settings",
        LOGGING: "log-link log-export-schedule config-bundle-export-schedule audit-tracking accounting-server-profile",
        ROLES: "non-ui-authentication-profile authentication-sequence-list",
        "how the device itself goes to the internet": "secure-proxy-server secure-proxy-port secure-proxy-user secure-proxy-password"
        " proxy-server lcaas-use-proxy",
        CLOUD: "device-telemetry inline-url-cloud cloud-services support-url",
        TIMERS: "fqdn-refresh-time fqdn-stale-entry-timeout dns-timeout web-server-certificate",
        RESOURCES: "dpdk multi-vsys fips-cc management-interface-swap hypervisor-setting jumbo-frame",
        "the ports of Panorama and log collectors; what they forward is nothing": "eth1 eth2 eth3 eth4 eth5 eth1/1 deployment-type",
        REPORTS: "report-run-time",
    },
)
_HA_GROUP = _level(
    "group-id",
    entry=Family(state=LineState.IRRELEVANT, reason=REDUNDANCY, whole=True),
)
_DEVICE = _level(
    below={
        "system": _SYSTEM,
        "setting": _level(below={"session": _level("ipv6-firewalling", rest=SESSIONS)}, rest=_SETTINGS),
        "high-availability": _level("enabled", below={"group": _HA_GROUP}, rest=REDUNDANCY),
        "plugins": _irrelevant(CLOUD),
        "cluster": _irrelevant(REDUNDANCY),
    }
)
_USER_ACCOUNT = _level(
    "authentication-profile client-certificate-only",
    irrelevant={
        CRYPTO: "phash public-key password",
        ROLES: "permissions preferences password-profile",
        NAMING: "comment",
    },
)
_MANAGEMENT = _level(
    below={"users": _entries(_USER_ACCOUNT)},
    irrelevant={
        ROLES: "access-domain password-complexity password-profile",
        NAMING: "devices",
        LOGGING: "syslog",
    },
)

# ---------------------------------------------------------------------------------------------------------------------
# Virtual systems

_ZONE = _entries(
    _level(
        "enable-user-identification enable-device-identification prenat-identification",
        below={
            "network": _level(
                "layer3 layer2 virtual-wire tap external tunnel zone-protection-profile",
                irrelevant={
                    FLOOD: "enable-packet-buffer-protection net-inspection",
                    LOGGING: "log-setting",
                },
            ),
            "user-acl": _irrelevant(_USERS),
            "device-acl": _irrelevant(_USERS),
        },
        irrelevant={NAMING: "description", _USERS: "prenat-identification"},
    )
)
_PORTAL = _entries(
    _level(
        below={
            "portal-config": _level(
                "certificate-profile",
                below={
                    "local-address": WHOLE,
                    "client-auth": WHOLE,
                },
                rest=CLIENT_SETUP,
            ),
            "satellite-config": _level(
                irrelevant={CRYPTO: "client-certificate root-ca"},
                unsupported={"a way in for the firewalls of branches, whose routes come at run time": "configs"},
            ),
            "clientless-vpn": Family(
                state=LineState.APPROXIMATED,
                reason="that users reach applications through the portal's page is not followed further",
                whole=True,
            ),
        },
        irrelevant={CLIENT_SETUP: "client-config"},
    )
)
_TUNNEL_CONFIG = _entries(
    _level(
        "source-user ip-pool authentication-server-ip-pool os",
        below={
            "split-tunneling": WHOLE,
            "authentication-override": _irrelevant("how long a log-in is remembered"),
            "ip-pool": LEAF,
        },
        rest=CLIENT_SETUP,
    )
)
_GATEWAY = _entries(
    _level(
        "certificate-profile remote-user-tunnel tunnel-mode",
        below={
            "local-address": WHOLE,
            "client-auth": WHOLE,
            "remote-user-tunnel-configs": _TUNNEL_CONFIG,
            "roles": _irrelevant("how long a log-in lasts"),
        },
        irrelevant={
            CRYPTO: "ssl-tls-service-profile",
            CLIENT_SETUP: "client-dns client-network hip-notification security-restrictions connection-settings"
            " security-profile exclude-video-traffic",
            LOGGING: "log-success log-fail log-setting",
            TIMERS: "max-user",
            "which clients may be quarantined": "block-quarantined-devices",
        },
        unsupported={"a way in for the firewalls of branches, whose routes come at run time": "satellite-tunnel"},
    )
)
_VSYS_STATEMENTS: dict[str, Family] = {
    "zone": _ZONE,
    "import": _level(
        below={"network": _level("interface virtual-router virtual-wire vlan logical-router"), "visible-vsys": LEAF},
        irrelevant={RESOURCES: "resource dns-proxy"},
    ),
    "rulebase": _RULEBASE,
    "pre-rulebase": _RULEBASE,
    "post-rulebase": _RULEBASE,
    "global-protect": _level(
        below={
            "global-protect-portal": _PORTAL,
            "global-protect-gateway": _GATEWAY,
            "clientless-app": _irrelevant(CLIENT_SETUP),
            "clientless-app-group": _irrelevant(CLIENT_SETUP),
            "global-protect-mdm": _irrelevant(CLIENT_SETUP),
        }
    ),
    "setting": _irrelevant(_SETTINGS),
    **_OBJECTS,
}
_VSYS = _level(
    "display-name",
    below=_VSYS_STATEMENTS,
    irrelevant={
        DECRYPTION: "ssl-decrypt",
        RESOURCES: "resource",
        NAMING: "id",
        INSPECTION: "url-admin-override url-content-types sandbox",
        _USERS: "authentication-portal",
        CLOUD: "cloud-services",
    },
)
#: Statements of a virtual system: where they stand at the level of a device, the first one is meant.
VSYS_STATEMENTS: Final = frozenset(_VSYS.children)
#: Rule bases that stand alone (an answer of the XML API).
RULE_BASES: Final = frozenset({"security", "nat", "pbf", "default-security-rules"})

_SHARED = _level(
    below={**_OBJECTS, "pre-rulebase": _RULEBASE, "post-rulebase": _RULEBASE, "rulebase": _RULEBASE},
    irrelevant={
        DECRYPTION: "ssl-decrypt",
        INSPECTION: "content-version",
        LOGGING: "email-server",
        UPDATES: "update-schedule",
        NAMING: "mfa-server-profile-id",
        CLIENT_SETUP: "global-protect",
    },
)
_DEVICE_GROUP = _level(
    "reference-templates description parent-dg",
    below={
        **_OBJECTS,
        "devices": _entries(_level("vsys")),
        "pre-rulebase": _RULEBASE,
        "post-rulebase": _RULEBASE,
    },
    irrelevant={
        NAMING: "to-sw-version user-group-source master-device authorization-code priority cloud-services id",
        DECRYPTION: "ssl-decrypt",
    },
)
_TOP_STATEMENTS: dict[str, Family] = {
    "mgt-config": _MANAGEMENT,
    "shared": _SHARED,
    "network": _NETWORK,
    "deviceconfig": _DEVICE,
    "vsys": _entries(_VSYS),
}
_VARIABLES = _entries(_level(below={"type": WHOLE}, irrelevant={NAMING: "description"}))
_CONFIG_OF_TEMPLATE = _level(
    below=_TOP_STATEMENTS,
    irrelevant={PANORAMA: "panorama"},
    device=True,
)
_TEMPLATE = _level(
    "description",
    below={"config": _CONFIG_OF_TEMPLATE, "variable": _VARIABLES},
    irrelevant={TEMPLATE: "settings id mode"},
)
_STACK = _level(
    "templates description",
    below={
        "config": _CONFIG_OF_TEMPLATE,
        "variable": _VARIABLES,
        "devices": _entries(_level(below={"variable": _VARIABLES}, rest=TEMPLATE)),
    },
    irrelevant={TEMPLATE: "settings id user-group-source priority cloud-services"},
)
_READ_ONLY = _level(
    below={
        "device-group": _entries(_level("parent-dg", rest=NAMING)),
    },
    rest=NAMING,
    device=True,
)

#: The whole configuration.
TOP: Final = _level(
    below={
        **_TOP_STATEMENTS,
        "device-group": _entries(_DEVICE_GROUP),
        "template": _entries(_TEMPLATE),
        "template-stack": _entries(_STACK),
        "policy": _level(below={"panorama": Family(children=_DEVICE_GROUP.children, entry=None)}),
        "readonly": _READ_ONLY,
        "panorama": _level(below=_OBJECTS, rest=PANORAMA),
    },
    irrelevant={
        PANORAMA: "log-collector log-collector-group collector wildfire-appliance wildfire-appliance-cluster global-protect-satellite",
        INSPECTION: "predefined",
        CLOUD: "plugins",
        RESOURCES: "chassis platform",
        NAMING: "edit-history",
        LOGGING: "log-forwarding-app",
    },
    device=True,
)
