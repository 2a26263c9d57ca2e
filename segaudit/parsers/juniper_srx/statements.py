"""What each statement of a Junos configuration is to the ledger, by its place in the hierarchy.

The hierarchy is that of the Junos OS CLI reference, releases 10 to 23 (SRX, MX, EX, QFX); names that came and went stand
beside each other.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import Final

from segaudit.parsers.juniper_srx.schema import Family, read_schema

REASONS: Final = MappingProxyType(
    {
        "naming": "a name, number or note for people or machines; it decides no packet",
        "timers": "a timer, limit or threshold; it decides no packet",
        "link": "the physical link and layer 2 below the segment",
        "crypto": "strength of encryption, certificates and keys; it decides no packet",
        "logging": "what is written to logs or counted",
        "looks": "how the command line and its sessions look and behave",
        "updates": "software, licences and archives of the device itself",
        "monitoring": "measuring and discovery",
        "qos": "priority and bandwidth, not permission",
        "inspection": "content inspection: it can only drop what policies let in, by content, and opens nothing",
        "screens": "limits floods and scans, and drops malformed packets; it opens nothing",
        "sessions": "how the device keeps a session that a policy permitted",
        "routing": "a detail of routing below the choice of the way",
        "announce": "how neighbours learn of this router",
        "redundancy": "high availability: the members carry the same rules",
        "roles": "what an administrator may do once logged in",
        "send": "how the device itself sends to a server",
        "client": "what a client is told; who may enter and what he reaches is modelled",
        "hardware": "use of processors, memory and hardware",
        "alg": "an application layer gateway opens channels for sessions that a policy permitted",
        "multicast": "multicast is not modelled",
        "l2filter": "a filter of layer 2 is not modelled: it may drop more than is said here",
        "services": "services of a router's service card (stateful firewall, NAT) are not modelled",
        "mpls": "labels and pseudowires; their packets are not asked for addresses",
        "odd": "a setting that bears on access and is not modelled",
        "leaks": "routes that a policy lets another table have; taken as possible",
        "timing": "clocks of the line",
        "asked": "a match that no header shown here decides; the term may match or not",
        "users": "how users are mapped to addresses; policies that ask for users are undecided",
        "arp": "answers for addresses that NAT rules translate; the rules are modelled",
        "nac": "who may use a port: it can only keep hosts out",
        "summary": "a summary of routes that are there for themselves; it discards the rest",
        "evpn": "overlays across switches are not modelled",
    }
)

_SCHEMA: Final = """
version=
-naming: last-changed
groups
  <>
    @top

@filter-term:
  from
    source-address destination-address address source-prefix-list destination-prefix-list prefix-list
      <>
        except!
    ip-source-address ip-destination-address
      <>
        except!
    protocol+ protocol-except+ next-header+ next-header-except+ payload-protocol+ payload-protocol-except+ ip-protocol+
    source-port+ source-port-except+ destination-port+ destination-port-except+ port+ port-except+
    icmp-type+ icmp-type-except+ icmp-code+ icmp-code-except+ tcp-flags= tcp-established! tcp-initial!
    interface+ is-fragment! first-fragment! last-fragment! fragment-offset+ fragment-offset-except+ fragment-flags=
    packet-length+ packet-length-except+ ttl+ ttl-except+ hop-limit+ hop-limit-except+ dscp+ dscp-except+ ip-options+
    ip-options-except+ precedence+ precedence-except+ traffic-class+ traffic-class-except+ forwarding-class+
    forwarding-class-except+ loss-priority+ loss-priority-except+ interface-group+ interface-group-except+
    interface-set+ service-filter-hit! source-class+ source-class-except+ destination-class+ destination-class-except+
    ah-spi+ ah-spi-except+ esp-spi+ esp-spi-except+ rat-type+ policy-map= flexible-match-mask* flexible-match-range*
    extension-header+ extension-header-except+ ether-type+ vlan+ user-vlan-id+ learn-vlan-id+ source-mac-address+
    destination-mac-address+ gre-key+ ip-version* redirect-reason= prefix-action=
  then
    accept! discard* reject* next= routing-instance= next-ip* next-ip6* next-interface* topology=
    logical-system=
    -logging: count= log! syslog! sample! sampling! port-mirror! port-mirror-instance= packet-mode!
    -qos: policer= three-color-policer* loss-priority= forwarding-class= dscp= hierarchical-policer= traffic-class=
    -qos: load-balance= prefix-action= clear-policy-map! policy-map= service-accounting! decapsulate* encapsulate*
    -qos: ipsec-sa=
    -logging: service-filter-hit! analyzer= no-syslog!
  filter=

@filters:
  filter
    <>
      term
        <>#
          @filter-term
      -logging: interface-specific! accounting-profile= physical-interface-filter! enhanced-mode! fast-filter-lookup!
      -logging: interface-shared! enhanced-mode-override! instance-shared! no-interface-specific!
      interface-specific!
  -qos: prefix-action dialer-filter policer simple-filter
  -logging: service-filter

@inet-filter:
  filter
    input= output= input-list+ output-list+
    -qos: group
  -qos: policer
  -qos: simple-filter sampling

@nat-match:
  match
    source-address+ destination-address+ source-address-name+ destination-address-name+ application+ protocol+
    source-port destination-port mapped-port
      <>
        to=

@inbound:
  host-inbound-traffic
    system-services protocols
      <>
        except!

@policy:
  -naming: description=
  match
    source-address+ destination-address+ application+ dynamic-application+ source-identity+ from-zone+ to-zone+
    source-address-excluded! destination-address-excluded! url-category+ source-end-user-profile* source-l3vpn-vrf-group+
    destination-l3vpn-vrf-group+
  then
    permit
      tunnel
        ipsec-vpn= pair-policy=
      destination-address*
      firewall-authentication*
      -inspection: application-services
      -sessions: tcp-options services-offload
      -inspection: advanced-connection-tracking ssl-proxy
    deny* reject*
    log
      session-init! session-close!
    -logging: count
    log-session-init!
  scheduler-name=
  -logging: report-skip!

@address-book:
  -naming: description=
  address
    <>
      dns-name*
      wildcard-address*
      range-address
        <>
          to=
      -naming: description=
      <>!
  address-set
    <>
      -naming: description=
      address+ address-set+
  attach
    zone+

@routing:
  static
    route
      <>
        next-hop+ discard! reject! receive! next-table= preference= metric= resolve! retain! passive! active!
        qualified-next-hop
          <>
            preference= metric= interface=
            -routing: bfd-liveness-detection mac-address tag=
        -routing: tag= tag2 community no-readvertise! readvertise! no-install! install! as-path bfd-liveness-detection
        -routing: no-retain! no-resolve! longest-match! p2mp-lsp-next-hop lsp-next-hop color backup-pe-group
    defaults*
    rib-group=
    -routing: iso-route route-target-filter
  interface-routes
    rib-group
      inet= inet6=
    -announce: family
  rib
    <>
      static
        route
          <>
            next-hop+ discard! reject! receive! next-table= preference= metric= resolve! retain! passive! active!
            qualified-next-hop
              <>
                preference= metric= interface=
                -routing: bfd-liveness-detection tag=
            -routing: tag= tag2 community no-readvertise! readvertise! no-install! install! as-path
            -routing: bfd-liveness-detection no-retain! no-resolve!
        rib-group=
        defaults*
      -summary: aggregate
      ?odd: generate
      -routing: martians maximum-prefixes maximum-paths
      -announce: rib-group
  rib-groups
    <>
      import-rib+ import-policy+ export-rib+
  ~leaks: instance-import+
  -announce: instance-export
  auto-export*
  -summary: aggregate
  ?odd: generate dynamic-tunnels
  -naming: router-id autonomous-system route-distinguisher-id confederation description
  -routing: forwarding-table maximum-paths maximum-prefixes martians resolution nonstop-routing graceful-restart
  -routing: options traceoptions source-routing med-igp-update-interval ppm validation bgp-orf-cisco-mode
  -routing: fate-sharing forwarding-options flow aggregate-next-hop nsr-phantom-holdtime warm-standby l3vpn
  -multicast: multicast

@protocols:
  bgp*
  ospf*
  ospf3*
  isis*
  rip*
  ripng*
  eigrp*
  -mpls: mpls ldp rsvp l2circuit l2vpn vpls ccc connections pcep source-packet-routing segment-routing
  -multicast: igmp pim mld msdp dvmrp igmp-snooping mld-snooping amt pgm
  -monitoring: lldp lldp-med oam sflow bfd uplink-failure-detection link-management
  -link: rstp mstp stp vstp l2-learning lacp layer2-control loop-detect gvrp mvrp dcbx protection-group dot1x-control
  -link: ethernet-switching layer2-circuit mac-rewrite
  -announce: router-advertisement
  -announce: neighbor-discovery router-discovery secure-neighbor-discovery
  -nac: dot1x authentication-access-control
  -redundancy: iccp
  -redundancy: vrrp
  ?evpn: evpn
  -evpn: vxlan
  ?odd: l2-protection

@top:
  system
    host-name= domain-name= name-server* domain-search+ login* services* radius-server* tacplus-server* ntp* syslog*
    authentication-order+ root-authentication*
    -send: backup-router inet6-backup-router tacplus-options radius-options accounting
    -naming: time-zone location host-key custom-attributes
    -looks: ports saved-core-context announcement
    -updates: license archival max-configurations-on-flash max-configuration-rollbacks auto-configuration autoinstallation
    -updates: phone-home auto-snapshot extensions scripts commit dump-on-panic dump-device configuration-database
    -updates: configuration auto-image-upgrade
    -send: default-address-selection no-multicast-echo no-ping-record-route no-ping-time-stamp internet-options
    -send: icmpv4-rate-limit icmpv6-rate-limit no-redirects no-redirects-ipv6 no-compress-configuration-files
    -send: static-host-mapping arp domain-search no-neighbor-learn
    -hardware: processes diag-port-authentication pic-console-authentication kernel-replication switchover-on-routing-crash
    -hardware: encrypt-configuration-files compress-configuration-files ddos-protection export-format memory-enhanced
    -hardware: management-instance node-health power mirror-flash-on-disk no-debugger-on-alt-break
    -crypto: master-password fips
    -roles: security-profile
  chassis
    cluster*
    -hardware: <>
  security
    zones
      security-zone
        <>
          @inbound
          interfaces
            <>
              @inbound
          address-book
            @address-book
          -screens: screen=
          -sessions: tcp-rst! application-tracking! source-identity-log! enable-reverse-reroute!
          -naming: description=
          -inspection: advance-policy-based-routing-profile advanced-policy-based-routing-profile
          -sessions: unidirectional-session-refreshing!
      functional-zone
        <>
          @inbound
          interfaces
            <>
              @inbound
          -screens: screen=
          -naming: description=
    policies
      from-zone
        <>
          to-zone
            <>
              policy
                <>#
                  @policy
      global
        policy
          <>#
            @policy
      default-policy*
      -logging: policy-stats pre-id-default-policy traceoptions
      -sessions: policy-rematch unified-policy
    address-book
      <>
        @address-book
    nat
      source
        pool
          <>
            address
              <>
                to=
            port*
            routing-instance
              <>*
            -naming: description=
            host-address-base*
            -sessions: address-pooling address-persistent pool-utilization-alarm subscriber-pool address-shared
            ?odd: overflow-pool
        rule-set
          <>
            from to
              zone+ interface+ routing-instance+ routing-group+
            rule
              <>#
                @nat-match
                -naming: description=
                then
                  source-nat
                    off! interface* pool*
                    -logging: rule-session-count-alarm
            -naming: description=
        -sessions: address-persistent port pool-utilization-alarm pool-default-port-range session-persistence-scan
        -sessions: interface pool-default-twin-port-range session-drop-hold-down pool-distribution port-scaling-enlargement
      destination
        pool
          <>
            address
              port=
              <>
                to= port=
            port=
            routing-instance
              <>*
            -naming: description=
        rule-set
          <>
            from
              zone+ interface+ routing-instance+ routing-group+
            rule
              <>#
                @nat-match
                -naming: description=
                then
                  destination-nat
                    off! pool*
                    -logging: rule-session-count-alarm
            -naming: description=
        -sessions: port-forwarding
      static
        rule-set
          <>
            from
              zone+ interface+ routing-instance+ routing-group+
            rule
              <>#
                @nat-match
                -naming: description=
                then
                  static-nat
                    prefix
                      mapped-port
                        <>
                          to=
                      routing-instance
                        <>*
                      <>
                        mapped-port
                          <>
                            to=
                        routing-instance=
                    prefix-name
                      mapped-port
                        <>
                          to=
                      routing-instance
                        <>*
                      <>
                        mapped-port
                          <>
                            to=
                        routing-instance=
                    ?odd: inet nptv6-prefix nptv6-prefix-name
                    -logging: rule-session-count-alarm
            -naming: description=
      -arp: proxy-arp proxy-ndp
      -sessions: traceoptions allow-overlapping-pools
      ?odd: natv6v4 dslite
    ike
      gateway
        <>
          address+ external-interface= dynamic* aaa* xauth* tcp-encap-profile=
          -crypto: version remote-identity local-identity ike-policy= local-address=
          -timers: dead-peer-detection nat-keepalive no-nat-traversal general-ikeid advpn fragmentation
      policy
        <>
          -crypto: mode= pre-shared-key certificate proposals proposal-set description reauth-frequency
      -crypto: proposal respond-bad-spi traceoptions session
    ipsec
      vpn
        <>
          bind-interface=
          ike
            gateway=
            -crypto: ipsec-policy=
            proxy-identity
              local= remote=
              ?odd: service=
            -timers: idle-time no-anti-replay install-interval anti-replay-window-size
          ?odd: manual
          traffic-selector
            <>
              local-ip= remote-ip=
              ?odd: term source-port destination-port protocol
              -naming: description=
              -qos: forwarding-class
          -timers: vpn-monitor df-bit establish-tunnels copy-outer-dscp multi-sa tunnel-mtu distribution-profile
          -timers: passive-mode-tunneling udp-encapsulate description match-direction
      -crypto: proposal policy vpn-monitor-options traceoptions security-association anti-replay
      -crypto: internal
    flow
      -sessions: <>
    -screens: screen
    -alg: alg
    -inspection: utm idp application-firewall application-tracking ssl advance-policy-based-routing
    -inspection: advanced-services security-intelligence advanced-anti-malware anti-spam content-security
    -inspection: application-identification security-metadata-streaming
    -inspection: dynamic-application
    -logging: log traceoptions datapath-debug
    -crypto: pki certificates ssh-known-hosts authentication-key-chains key-protect
    -users: user-identification firewall-authentication
    -hardware: resource-manager forwarding-process alarms softwires
    dynamic-vpn*
    remote-access*
    -client: tcp-encap
    forwarding-options
      family
        inet6 mpls iso
          mode=
      -hardware: <>
    ?odd: group-vpn
    -inspection: gprs
    -qos: traffic-shaping
  interfaces
    interface-range
      <>
        member+
        member-range
          <>
            to=
        @interface
    -monitoring: traceoptions
    <>
      @interface
  firewall
    family
      inet inet6 any
        @filters
      ?l2filter: ethernet-switching bridge vpls ccc mpls
      ?l2filter: evpn
    @filters
    -qos: three-color-policer hierarchical-policer load-balance-group atm-policer policer-set tunnel-end-point
    interface-set*
    -qos: flexible-match
  policy-options
    prefix-list
      <>
        apply-path=
        <>
    -routing: policy-statement community as-path as-path-group condition route-filter-list as-list rtf-prefix-list
    -routing: damping tunnel-attribute traceoptions application-maps mtup
  routing-options
    @routing
  protocols
    @protocols
  routing-instances
    <>
      instance-type= interface
        <>
          -routing: primary protect-core
      routing-options
        @routing
      protocols
        @protocols
      bridge-domains*
      vlans*
      -send: forwarding-options
      system*
      access*
      -naming: description= route-distinguisher
      -announce: vrf-export no-vrf-advertise
      ~leaks: vrf-import+
      vrf-target*
      -routing: vrf-table-label provider-tunnel l2vpn-id no-local-switching no-normalization
      -evpn: vtep-source-interface vxlan
      -link: vlan-id= no-irb-layer-2-copy
  logical-systems tenants
    <>
      @top
      -naming: arp-resp
  vlans
    <>
      vlan-id= vlan-id-list+ l3-interface= vlan-tags* interface*
      -naming: description=
      -link: no-mac-learning mac-limit dot1q-tunneling isolated primary-vlan pvlan private-vlan no-local-switching
      -link: mac-table-aging-time switch-options community-vlans isolated-vlan
      ?l2filter: filter
      -evpn: vxlan
      ?l2filter: forwarding-options
  bridge-domains
    <>
      vlan-id= domain-type= routing-interface= interface* vlan-id-list+ vlan-tags*
      -naming: description=
      -link: bridge-options
      ?l2filter: forwarding-options
  applications
    application
      <>
        @application
        term
          <>
            @application
    application-set
      <>
        application+ application-set+
        -naming: description=
  schedulers
    scheduler
      <>*
  access*
  snmp*
  forwarding-options
    helpers*
    dhcp-relay*
    -logging: sampling port-mirroring analyzer packet-capture accounting multicast-replicate
    -qos: load-balance hash-key enhanced-hash-key next-hop-group
    -multicast: multicast
    -link: storm-control-profiles storm-control vlan-statistics
    ?l2filter: family
    -timers: rpf-loose-mode-discard
  -qos: class-of-service
  -monitoring: event-options accounting-options poe monitoring wlan
  -link: ethernet-switching-options switch-options virtual-chassis multi-chassis l2-learning poe
  -link: virtual-chassis-port
  services
    -inspection: application-identification security-intelligence advanced-anti-malware ssl user-identification icap-redirect
    -inspection: web-proxy
    -monitoring: rpm flow-monitoring analytics netconf
    ?odd: ip-monitoring
    -users: user-identification
    ?services: <>
  ?services: dynamic-profiles
  -redundancy: session-group
  -qos: unified-edge

@application:
  protocol= application-protocol= source-port= destination-port= icmp-type= icmp-code= icmp6-type= icmp6-code=
  rpc-program-number= uuid= ether-type= term=
  -timers: inactivity-timeout=
  -alg: alg= do-not-translate-A-query-to-AAAA-query! do-not-translate-AAAA-query-to-A-query! learn-sip-register!
  -naming: description=

@interface:
  -naming: traps no-traps accounting-profile
  description= disable! vlan-id= native-vlan-id= enable!
  vlan-tagging! flexible-vlan-tagging! stacked-vlan-tagging! encapsulation=
  gigether-options ether-options fastether-options
    802.3ad
      <>!
    redundant-parent
      parent=
      <>!
    -link: <>
  -link: mtu= speed= link-mode= aggregated-ether-options gratuitous-arp-reply= no-gratuitous-arp-request! hold-time
  -link: otn-options optics-options clocking t1-options e1-options dsl-options vdsl-options adsl-options mac= auto-negotiation
  -link: damping interface-transmit-statistics! per-unit-scheduler! hierarchical-scheduler link-degrade-monitor
  -link: mc-ae esi ptp-options cellular-options dialer-options modem-options isdn-options sonet-options lsq-failure-options
  -link: redundancy-options aggregated-inline-services-options forwarding-class-accounting schedulers no-native-vlan-insert!
  -link: framing wavelength serial-options t3-options e3-options shdsl-options radius-options multi-chassis-protection
  -redundancy: redundant-ether-options fabric-options
  -monitoring: passive-monitor-mode!
  -multicast: multicast-statistics!
  unit
    <>
      @unit
  @unit-families

@unit:
  description= disable! enable! vlan-id= vlan-id-range= vlan-tags* peer-unit= encapsulation= vlan-id-list+
  tunnel*
  pppoe-options*
  ppp-options*
  -link: bandwidth= mtu= proxy-arp dlci point-to-point! multipoint! no-traps traps! accept-source-mac inner-vlan-id-range
  -link: arp-resp= rpm input-vlan-map output-vlan-map keepalives no-keepalives swap-by-poppush backup-options
  -link: statistics clear-dont-fragment-bit reassemble-packets copy-tos-to-outer-ip-header dialer-options esi
  -link: allow-any-source! load-balancing-options shaping interface-shared-with service-domain targeted-distribution
  -link: advisory-options schedulers compression vci demux-source-none mac= auto-configure
  ?services: demux-source
  @unit-families

@unit-families:
  family
    inet
      address
        <>
          primary! preferred! virtual-gateway-address= master-only! arp* eui-64! broadcast= destination= ndp*
          vrrp-group vrrp-inet6-group
            <>*
          -naming: virtual-gateway-v4-mac virtual-gateway-v6-mac
      dhcp* dhcp-client* negotiate-address!
      unnumbered-address*
      rpf-check*
      @inet-filter
      -link: mtu= no-redirects! no-neighbor-learn! primary! sampling targeted-broadcast accounting
      -link: destination-udp-port tcp-mss load-balance arp-max-cache arp-new-hold-limit arp-prefix-limit
      ?services: service
      ?odd: simple-filter
    inet6
      address
        <>
          primary! preferred! virtual-gateway-address= eui-64! master-only! ndp* destination=
          vrrp-inet6-group vrrp-group
            <>*
          -naming: virtual-gateway-v6-mac subnet-router-anycast!
      dhcpv6-client* dhcpv6*
      unnumbered-address*
      rpf-check*
      @inet-filter
      -link: mtu= no-redirects! no-neighbor-learn! dad-disable! nd6-stale-time nd6-max-cache sampling accounting tcp-mss
      ?services: service
    ethernet-switching bridge
      ?l2filter: filter
      vlan
        members+
      vlan-id= vlan-id-list+ interface-mode= port-mode= native-vlan-id=
      -link: storm-control inner-vlan-id-list recovery-timeout mac-limit policer inter-switch-link vlan-rewrite
      -link: isolated-vlan-id mac-move-limit bridge-domain-type
    iso mpls ccc tcc vpls
      ?l2filter: filter
      -mpls: <>
    -link: mlppp mlfr-end-to-end
    any
      @inet-filter
"""


@cache
def top_level() -> Family:
    """The top level of the hierarchy."""
    return read_schema(_ordered(_SCHEMA), REASONS)


def _ordered(text: str) -> str:
    """``text`` with the levels that others name in front of those that name them."""
    blocks: dict[str, list[str]] = {"": []}
    name = ""
    for line in text.splitlines():
        if line and not line[0].isspace():
            name = line[1:-1] if line[0] == "@" and line.endswith(":") else ""
        blocks.setdefault(name, []).append(line)
    inner = [one for one in _ORDER if one in blocks]
    return "\n".join(line for one in inner for line in blocks[one]) + "\n@top\n" + "\n".join(blocks[""])


_ORDER: Final = (
    "filter-term",
    "filters",
    "inet-filter",
    "nat-match",
    "inbound",
    "policy",
    "address-book",
    "routing",
    "protocols",
    "application",
    "unit-families",
    "unit",
    "interface",
    "top",
)
