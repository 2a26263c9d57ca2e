"""What joins a device to its neighbours: shared addresses, links between VDOMs, bridges, clusters, peers."""

import pytest

from segaudit.model import Fqdn, InterfaceKind, LineState, format_address, host, network
from tests.parsers.fortinet_fortios.reading import Read, ask, read


def verdict(made: Read, flow: str, way: str) -> str:
    return str(ask(made.device, flow, way).verdict)


def test_addresses_that_vrrp_shares_are_virtual() -> None:
    made = read("""
        config system interface
            edit "lan"
                set ip 10.1.0.2 255.255.255.0
                config vrrp
                    edit 1
                        set vrip 10.1.0.1
                    next
                    edit 2
                        set vrip 10.1.0.9
                        set status disable
                    next
                end
                set secondary-IP enable
                config secondaryip
                    edit 1
                        set ip 10.1.1.2 255.255.255.0
                    next
                end
                config ipv6
                    set ip6-address 2001:db8:1::2/64
                    config vrrp6
                        edit 1
                            set vrip6 2001:db8:1::1
                        next
                        edit 2
                            set vrip6 fe80::1
                        next
                    end
                end
            next
            edit "dmz"
                set ip 10.2.0.1 255.255.255.0
                config vrrp
                    edit 3
                        set vrip 10.2.0.1
                    next
                end
            next
        end
    """)
    lan, dmz = made.device.interfaces
    assert [(format_address(a.prefix.version, a.address), str(a.prefix), a.virtual) for a in lan.addresses] == [
        ("10.1.0.2", "10.1.0.0/24", False),
        ("10.1.1.2", "10.1.1.0/24", False),
        ("10.1.0.1", "10.1.0.0/24", True),
        ("2001:db8:1::2", "2001:db8:1::/64", False),
        ("2001:db8:1::1", "2001:db8:1::/64", True),
    ]
    assert [a.secondary for a in lan.addresses] == [False, True, False, False, False]
    # The owner of the address answers for it as long as it lives: it is its own.
    assert [(a.address, a.virtual) for a in dmz.addresses] == [(0x0A020001, False)]
    assert made.left == []


# Links inside of one device


VDOMS = """
#config-version=FGT100F-7.2.8-FW-build1639-240313:opmode=0:vdom=1:user=admin
config vdom
edit "root"
next
edit "edge"
next
end
config global
config system vdom-link
    edit "core"
    next
end
config system interface
    edit "core0"
        set vdom "root"
        set ip 10.255.0.1 255.255.255.252
        set type vdom-link
    next
    edit "core1"
        set vdom "edge"
        set ip 10.255.0.2 255.255.255.252
        set type vdom-link
    next
    edit "npu0_vlink0"
        set vdom "root"
        set type physical
    next
    edit "npu0_vlink1"
        set vdom "edge"
        set type physical
    next
    edit "v10-root"
        set vdom "root"
        set ip 10.255.1.1 255.255.255.252
        set interface "npu0_vlink0"
        set vlanid 10
    next
    edit "v10-edge"
        set vdom "edge"
        set ip 10.255.1.2 255.255.255.252
        set interface "npu0_vlink1"
        set vlanid 10
    next
    edit "v11-edge"
        set vdom "edge"
        set interface "npu0_vlink1"
        set vlanid 11
    next
    edit "port1"
        set vdom "root"
        set ip 203.0.113.2 255.255.255.248
        set type physical
    next
    edit "port1-edge"
        set vdom "edge"
        set ip 203.0.113.3 255.255.255.248
        set type emac-vlan
        set interface "port1"
    next
    edit "port20"
        set vdom "root"
        set type physical
    next
end
end
"""


def test_interfaces_of_one_device_that_are_on_one_link() -> None:
    made = read(VDOMS)
    links = {i.name: i.link for d in made.devices for i in d.interfaces}
    assert links == {
        "core0": "vdom-link core",
        "core1": "vdom-link core",
        "npu0_vlink0": "vdom-link npu0_vlink",
        "npu0_vlink1": "vdom-link npu0_vlink",
        "v10-root": "vdom-link npu0_vlink vlan 10",
        "v10-edge": "vdom-link npu0_vlink vlan 10",
        "v11-edge": "vdom-link npu0_vlink vlan 11",
        "port1": "",
        "port1-edge": "",
        "port20": "",
    }
    # A port that several share has its wire too.
    shared = {i.name: i.shared_link for d in made.devices for i in d.interfaces if i.shared_link}
    assert shared == {"port1": "port1", "port1-edge": "port1"}
    assert made.left == []


# Bridges whose members policies are asked of


TRANSPARENT = """
#config-version=FGT60F-7.2.8-FW-build1639-240313:opmode=1:vdom=0:user=admin
config system settings
    set opmode transparent
    set manageip 10.1.0.5/255.255.255.0 10.9.0.5/255.255.255.0
    set gateway 10.1.0.1
end
config system interface
    edit "wan1"
        set type physical
        set allowaccess ping
    next
    edit "internal"
        set type hard-switch
        set allowaccess ping https
    next
    edit "mgmt"
        set ip 10.250.0.5 255.255.255.0
        set type physical
        set dedicated-to management
    next
    edit "ssl.root"
        set type tunnel
    next
    edit "wan1-v20"
        set forward-domain 20
        set interface "wan1"
        set vlanid 20
    next
    edit "lan-v20"
        set forward-domain 20
        set interface "internal"
        set vlanid 20
    next
end
config system virtual-switch
    edit "internal"
        config port
            edit "internal1"
            next
        end
    next
end
config firewall policy
    edit 1
        set srcintf "internal"
        set dstintf "wan1"
        set srcaddr "all"
        set dstaddr "all"
        set action accept
        set schedule "always"
        set service "HTTPS"
    next
end
"""


def test_a_transparent_device_is_a_bridge_for_each_forwarding_domain() -> None:
    made = read(TRANSPARENT)
    bridges = {i.name: i for i in made.device.interfaces if i.members_filtered}
    assert {name: (b.members, b.vlan) for name, b in bridges.items()} == {
        "forward-domain 0": (("wan1", "internal"), None),
        "forward-domain 20": (("wan1-v20", "lan-v20"), 20),
    }
    assert all(b.kind is InterfaceKind.BRIDGE and b.enabled for b in bridges.values())
    own = [(format_address(4, a.address), a.secondary) for a in bridges["forward-domain 0"].addresses]
    assert own == [("10.1.0.5", False), ("10.9.0.5", True)]
    assert bridges["forward-domain 20"].addresses == ()
    assert made.state("set manageip") is LineState.APPROXIMATED
    assert made.state("set forward-domain") is LineState.MODELLED
    assert made.left == []


def test_policies_hold_between_the_members_of_a_transparent_device() -> None:
    made = read(TRANSPARENT)
    assert verdict(made, "tcp 10.1.0.9 > 203.0.113.9:443", "internal > wan1") == "permit"
    assert verdict(made, "tcp 10.1.0.9 > 203.0.113.9:80", "internal > wan1") == "deny"
    assert verdict(made, "tcp 203.0.113.9 > 10.1.0.9:443", "wan1 > internal") == "deny"
    # Its own address is asked through a member, as that member allows.
    assert verdict(made, "tcp 10.1.0.9 > 10.1.0.5:443", "internal >") == "permit"
    assert verdict(made, "tcp 10.1.0.9 > 10.1.0.5:443", "wan1 >") == "deny"


def test_a_single_domain_holds_the_management_address_surely() -> None:
    made = read("""
        config system settings
            set opmode transparent
            set manageip 10.1.0.5 255.255.255.0
            set manageip6 2001:db8:1::5/64
        end
        config system interface
            edit "port1"
                set type physical
            next
            edit "port2"
                set type physical
            next
        end
    """)
    bridge = made.device.interface("forward-domain 0")
    assert bridge is not None
    assert [str(a.prefix) for a in bridge.addresses] == ["10.1.0.0/24", "2001:db8:1::/64"]
    assert made.state("set manageip") is LineState.MODELLED


def test_software_switches_and_virtual_wire_pairs() -> None:
    made = read("""
        config system switch-interface
            edit "strict"
                set vdom "root"
                set member "port3" "port4"
                set intra-switch-policy explicit
            next
            edit "open"
                set vdom "root"
                set member "port5" "port6"
            next
        end
        config system interface
            edit "strict"
                set ip 10.3.0.1 255.255.255.0
                set type switch
            next
            edit "open"
                set ip 10.5.0.1 255.255.255.0
                set type switch
            next
            edit "port7"
                set type physical
            next
            edit "port8"
                set type physical
            next
        end
        config system virtual-wire-pair
            edit "inline"
                set member "port7" "port8"
                set wildcard-vlan enable
            next
            edit "port7"
                set member "port7" "port8"
            next
        end
        config firewall policy
            edit 1
                set srcintf "port3"
                set dstintf "port4"
                set srcaddr "all"
                set dstaddr "all"
                set action accept
                set schedule "always"
                set service "HTTPS"
            next
        end
    """)
    shown = {i.name: (i.kind, i.members, i.members_filtered) for i in made.device.interfaces if i.members}
    assert shown == {
        "strict": (InterfaceKind.BRIDGE, ("port3", "port4"), True),
        "open": (InterfaceKind.BRIDGE, ("port5", "port6"), False),
        "inline": (InterfaceKind.BRIDGE, ("port7", "port8"), True),
        "virtual-wire-pair port7": (InterfaceKind.BRIDGE, ("port7", "port8"), True),
    }
    assert verdict(made, "tcp 10.3.0.9 > 10.3.0.10:443", "port3 > port4") == "permit"
    assert verdict(made, "tcp 10.3.0.9 > 10.3.0.10:443", "port4 > port3") == "deny"
    assert made.left == []


# Clusters and neighbours


@pytest.mark.parametrize(
    ("lines", "cluster"),
    [
        ("set mode a-p\nset group-id 7\nset group-name osaka-ha", "group-name osaka-ha group-id 7"),
        ("set mode a-a\nset group-name osaka-ha\nset password ENC fakeHa", "group-name osaka-ha group-id 0"),
        ("set mode standalone\nset group-name osaka-ha", ""),
        ("set group-id 7", ""),
    ],
)
def test_clusters(lines: str, cluster: str) -> None:
    made = read(f"config system ha\n{lines}\nend\n")
    assert made.device.cluster == cluster
    assert made.left == []


def test_neighbours_of_routing_protocols() -> None:
    made = read("""
        config router bgp
            set as 64500
            config neighbor
                edit "10.0.0.2"
                    set remote-as 64501
                next
                edit "10.0.0.3"
                    set shutdown enable
                    set remote-as 64501
                next
                edit "2001:db8::2"
                    set remote-as 64502
                next
            end
            config neighbor-group
                edit "SPOKES"
                    set remote-as 64500
                next
            end
        end
        config router ospf
            config neighbor
                edit 1
                    set ip 10.0.1.2
                next
            end
        end
        config router rip
            config neighbor
                edit 1
                    set ip 10.0.2.2
                next
            end
        end
    """)
    assert [format_address(*at) for at in made.device.neighbors] == ["10.0.0.2", "2001:db8::2", "10.0.1.2", "10.0.2.2"]


# Tunnels


def test_the_ends_of_tunnels() -> None:
    made = read("""
        config system interface
            edit "wan1"
                set ip 203.0.113.2 255.255.255.248
            next
        end
        config vpn ipsec phase1-interface
            edit "to-nagoya"
                set interface "wan1"
                set remote-gw 198.51.100.9
            next
            edit "to-kobe"
                set type ddns
                set interface "wan1"
                set remotegw-ddns "kobe.example.jp"
            next
            edit "spokes"
                set type dynamic
                set interface "wan1"
                set net-device disable
            next
            edit "staff"
                set type dynamic
                set interface "wan1"
                set mode-cfg enable
            next
            edit "agg-a"
                set interface "wan1"
                set remote-gw 198.51.100.20
            next
        end
        config system ipsec-aggregate
            edit "agg"
                set member "agg-a"
                set algorithm round-robin
            next
        end
        config vpn ipsec phase2-interface
            edit "agg-a-p2"
                set phase1name "agg-a"
            next
            edit "p2-a"
                set phase1name "to-nagoya"
                set src-subnet 10.1.0.0 255.255.0.0
                set dst-subnet 10.2.0.0 255.255.0.0
            next
            edit "p2-b"
                set phase1name "to-nagoya"
                set src-subnet 10.3.0.0 255.255.0.0
                set dst-subnet 10.4.0.0 255.255.0.0
            next
        end
        config system gre-tunnel
            edit "gre1"
                set interface "wan1"
                set local-gw 203.0.113.2
                set remote-gw 198.51.100.30
            next
        end
        config system vxlan
            edit "vx1"
                set interface "to-nagoya"
                set vni 100
                set remote-ip "10.255.0.2" "10.255.0.3"
            next
        end
    """)
    shown = {t.name: (t.kind, t.interface, t.endpoint, t.peers) for t in made.device.tunnels}
    nagoya = ("ipsec", "to-nagoya", "wan1", (host("198.51.100.9"),))
    assert shown == {
        "to-nagoya/p2-a": nagoya,
        "to-nagoya/p2-b": nagoya,
        "to-kobe": ("ipsec", "to-kobe", "wan1", (Fqdn("kobe.example.jp"),)),
        "spokes": ("ipsec", "spokes", "wan1", ()),
        "agg-a": ("ipsec", "agg", "wan1", (host("198.51.100.20"),)),
        "gre1": ("gre", "gre1", "wan1", (host("198.51.100.30"),)),
        "vx1": ("vxlan vni 100", "vx1", "to-nagoya", (host("10.255.0.2"), host("10.255.0.3"))),
    }
    assert [r.name for r in made.device.remote_access] == ["staff"]
    selectors = {t.name: (t.local, t.remote) for t in made.device.tunnels}
    assert selectors["to-nagoya/p2-b"] == (network("10.3.0.0/16"), network("10.4.0.0/16"))


def test_the_management_interface_of_a_cluster_shows_its_router() -> None:
    made = read("""
        config system ha
            set mode a-p
            set group-name "pair"
            set ha-mgmt-status enable
            config ha-mgmt-interfaces
                edit 1
                    set interface "mgmt"
                    set gateway 192.168.99.1
                next
            end
        end
    """)
    assert [format_address(*at) for at in made.device.neighbors] == ["192.168.99.1"]


def test_a_tunnel_inside_of_another_ends_where_its_own_address_is() -> None:
    made = read("""
        config system interface
            edit "wan1"
                set ip 203.0.113.2 255.255.255.248
            next
            edit "wrap"
                set type tunnel
                set interface "wan1"
            next
            edit "gre1"
                set ip 10.255.0.1 255.255.255.255
                set remote-ip 10.255.0.2 255.255.255.252
                set type tunnel
                set interface "wrap"
            next
        end
        config vpn ipsec phase1-interface
            edit "wrap"
                set interface "wan1"
                set remote-gw 198.51.100.9
            next
        end
        config vpn ipsec phase2-interface
            edit "gre-only"
                set phase1name "wrap"
                set protocol 47
                set src-subnet 203.0.113.2 255.255.255.255
                set dst-subnet 198.51.100.9 255.255.255.255
            next
        end
        config system gre-tunnel
            edit "gre1"
                set interface "wrap"
                set local-gw 203.0.113.2
                set remote-gw 198.51.100.9
            next
        end
    """)
    # What only wraps the packets between the two gateways leads to no network of its own.
    assert [(t.name, t.kind, t.endpoint, t.peers) for t in made.device.tunnels] == [
        ("gre1", "gre", "wan1", (host("198.51.100.9"),))
    ]


def test_the_vlan_of_a_switch_of_the_device() -> None:
    made = read("""
        config system virtual-switch
            edit "office"
                set vlan 10
                config port
                    edit "port3"
                    next
                end
            next
        end
        config system interface
            edit "office"
                set ip 10.10.0.1 255.255.255.0
                set type hard-switch
            next
            edit "v20"
                set ip 10.20.0.1 255.255.255.0
                set interface "port4"
                set vlanid 20
            next
        end
    """)
    assert [(i.name, i.kind, i.vlan) for i in made.device.interfaces] == [
        ("office", InterfaceKind.BRIDGE, 10),
        ("v20", InterfaceKind.VLAN, 20),
    ]
