"""Which lists a packet meets: interface, global, outbound, none at all; levels; the device itself; reverse paths."""

import pytest

from segaudit.model import Action, Hook, LineState
from tests.parsers.cisco_asa.reading import Read, read, through, to_device, verdict

INTERFACES = """
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 203.0.113.2 255.255.255.240
interface GigabitEthernet0/1
 nameif inside
 security-level 100
 ip address 10.0.0.1 255.255.0.0
interface GigabitEthernet0/2
 nameif dmz
 security-level 50
 ip address 10.30.0.1 255.255.255.0
interface GigabitEthernet0/3
 nameif lab
 security-level 50
 ip address 10.40.0.1 255.255.255.0
"""


def firewall(text: str, version: str = "ASA Version 9.8(4)") -> Read:
    return read(f"{version}\n{INTERFACES}{text}")


WEB = "tcp 198.51.100.9 10.30.0.9 443"


# Without lists


@pytest.mark.parametrize(
    ("ingress", "egress", "expected"),
    [
        ("inside", "outside", "permit"),
        ("inside", "dmz", "permit"),
        ("dmz", "outside", "permit"),
        ("dmz", "inside", "deny"),
        ("outside", "dmz", "deny"),
        ("outside", "inside", "deny"),
        ("dmz", "lab", "deny"),
        ("inside", "inside", "deny"),
    ],
)
def test_levels_decide_where_there_is_no_list(ingress: str, egress: str, expected: str) -> None:
    fw = firewall("")
    assert verdict(fw, WEB, ingress, egress) == expected
    assert verdict(fw, "tcp 2001:db8::1 2001:db8::2 443", ingress, egress) == expected


def test_what_levels_permit_says_that_no_line_does() -> None:
    decision = through(firewall(""), WEB, "inside", "outside").decided_by
    assert decision.rule is not None
    assert (decision.rule_set, decision.rule.implicit) == (
        "security-level inside",
        "from a higher to a lower security level",
    )
    assert decision.span is not None
    assert decision.span.first_line == 9  # security-level 100


def test_same_security_traffic_opens_equal_levels() -> None:
    fw = firewall("same-security-traffic permit inter-interface\n")
    assert verdict(fw, WEB, "dmz", "lab") == "permit"
    assert verdict(fw, WEB, "dmz", "dmz") == "deny"
    fw = firewall("same-security-traffic permit intra-interface\n")
    assert verdict(fw, WEB, "dmz", "lab") == "deny"
    assert verdict(fw, WEB, "dmz", "dmz") == "permit"


def test_a_list_does_not_open_equal_levels_alone() -> None:
    lists = "access-list L extended permit ip any any\naccess-group L in interface dmz\n"
    fw = firewall(lists)
    result = through(fw, WEB, "dmz", "lab")
    assert (str(result.verdict), result.decided_by.rule_set) == ("deny", "same-security-traffic")
    assert verdict(fw, WEB, "dmz", "inside") == "permit"
    assert verdict(firewall(lists + "same-security-traffic permit inter-interface\n"), WEB, "dmz", "lab") == "permit"


def test_levels_that_nobody_wrote() -> None:
    fw = read(
        """
        ASA Version 9.8(4)
        interface GigabitEthernet0/0
         nameif outside
         ip address 203.0.113.2 255.255.255.240
        interface GigabitEthernet0/1
         nameif inside
         ip address 10.0.0.1 255.255.0.0
        """
    )
    assert [i.security_level for i in fw.device.interfaces] == [0, 100]


# With lists


def test_a_list_ends_with_a_deny_and_ends_the_implicit_permit() -> None:
    fw = firewall("access-list L extended permit tcp any any eq 443\naccess-group L in interface inside\n")
    assert verdict(fw, "tcp 10.0.0.9 198.51.100.9 443", "inside", "outside") == "permit"
    result = through(fw, "tcp 10.0.0.9 198.51.100.9 80", "inside", "outside")
    assert (str(result.verdict), result.decided_by.rule_set, result.decided_by.rule) == ("deny", "L", None)
    assert verdict(fw, "tcp 10.0.0.9 10.30.0.9 443", "inside", "dmz") == "permit"


GLOBAL = """
access-list L extended permit tcp any any eq 443
access-list G extended permit tcp any any eq 22
access-group L in interface outside
access-group G global
"""


def test_interface_list_then_global_list_then_deny() -> None:
    fw = firewall(GLOBAL)
    bound = {a.rule_sets: a for a in fw.device.attachments if a.hook is Hook.FORWARD and "G" in a.rule_sets}
    assert set(bound) == {("L", "G"), ("G",)}
    assert fw.list("L").default is None
    assert fw.list("G").default is Action.DENY
    assert through(fw, WEB, "outside", "dmz").decided_by.rule_set == "L"
    assert through(fw, "tcp 198.51.100.9 10.30.0.9 22", "outside", "dmz").decided_by.rule_set == "G"
    assert verdict(fw, "tcp 198.51.100.9 10.30.0.9 23", "outside", "dmz") == "deny"


def test_a_deny_in_the_interface_list_keeps_the_global_one_out() -> None:
    fw = firewall(GLOBAL.replace("access-list G", "access-list L extended deny tcp any any eq 22\naccess-list G"))
    assert verdict(fw, "tcp 198.51.100.9 10.30.0.9 22", "outside", "dmz") == "deny"


def test_a_global_list_ends_the_implicit_permit_everywhere() -> None:
    fw = firewall(GLOBAL)
    assert verdict(fw, "tcp 10.0.0.9 198.51.100.9 80", "inside", "outside") == "deny"
    assert verdict(fw, "tcp 10.0.0.9 198.51.100.9 22", "inside", "outside") == "permit"


def test_a_list_before_the_global_one_ends_with_a_deny_elsewhere() -> None:
    fw = firewall(GLOBAL + "access-group L out interface dmz\n")
    assert verdict(fw, "tcp 198.51.100.9 10.30.0.9 22", "outside", "inside") == "permit"
    assert verdict(fw, "tcp 198.51.100.9 10.30.0.9 22", "outside", "dmz") == "deny"
    assert verdict(fw, WEB, "outside", "dmz") == "permit"


def test_outbound_lists_filter_besides() -> None:
    fw = firewall("access-list O extended permit tcp any any eq 443\naccess-group O out interface dmz\n")
    assert verdict(fw, "tcp 10.0.0.9 10.30.0.9 443", "inside", "dmz") == "permit"
    assert verdict(fw, "tcp 10.0.0.9 10.30.0.9 80", "inside", "dmz") == "deny"
    # It gives nobody the right to come up from a lower level.
    assert verdict(fw, WEB, "outside", "dmz") == "deny"


def test_the_last_binding_of_a_direction_counts() -> None:
    fw = firewall(
        "access-list A extended permit ip any any\naccess-list B extended deny ip any any\n"
        "access-group A in interface outside\naccess-group B in interface outside\n"
    )
    assert verdict(fw, WEB, "outside", "dmz") == "deny"
    assert fw.state("access-group A") is LineState.IRRELEVANT


def test_a_bound_list_that_is_not_in_the_file_is_undecided() -> None:
    fw = firewall("access-group NOWHERE in interface outside\n")
    assert verdict(fw, WEB, "outside", "dmz") == "unknown"
    assert fw.state("access-group NOWHERE") is LineState.APPROXIMATED
    assert any(n.bears_on_access and "NOWHERE" in str(n.message) for n in fw.device.notices)


@pytest.mark.parametrize("entry", ["access-list E remark nothing yet", "access-list E standard permit any"])
def test_lists_that_the_device_refuses_to_bind(entry: str) -> None:
    fw = firewall(f"{entry}\naccess-group E in interface inside\n")
    assert verdict(fw, "tcp 10.0.0.9 198.51.100.9 80", "inside", "outside") == "permit"
    assert fw.device.notices


def test_lists_may_stand_below_their_binding() -> None:
    fw = firewall("access-group L in interface outside\naccess-list L extended permit tcp any any eq 443\n")
    assert verdict(fw, WEB, "outside", "dmz") == "permit"


# Families before 9.0


def test_ipv4_lists_leave_ipv6_to_its_own_before_9_0() -> None:
    six = "tcp 2001:db8::1 2001:db8::2 443"
    fw = firewall(
        "access-list L extended permit ip any any\naccess-group L in interface outside\n", version="ASA Version 8.4(2)"
    )
    assert verdict(fw, WEB, "outside", "dmz") == "permit"
    assert verdict(fw, six, "outside", "dmz") == "deny"
    assert verdict(fw, six, "inside", "dmz") == "permit"
    fw = firewall(
        "access-list L extended permit ip any any\naccess-group L in interface outside\n"
        "ipv6 access-list S permit tcp any any eq 443\naccess-group S in interface outside\n",
        version="ASA Version 8.4(2)",
    )
    assert verdict(fw, six, "outside", "dmz") == "permit"
    assert verdict(fw, "tcp 2001:db8::1 2001:db8::2 80", "outside", "dmz") == "deny"
    assert verdict(fw, WEB, "outside", "dmz") == "permit"


# The device itself


def test_interface_lists_do_not_filter_what_is_for_the_device() -> None:
    fw = firewall(
        "access-list L extended deny ip any any\naccess-group L in interface outside\nssh 0.0.0.0 0.0.0.0 outside\n"
    )
    assert str(to_device(fw, "tcp 198.51.100.9 203.0.113.2 22", "outside").verdict) == "permit"
    assert str(to_device(fw, "tcp 198.51.100.9 203.0.113.2 23", "outside").verdict) == "deny"


def test_control_plane_lists_have_no_deny_at_their_end() -> None:
    fw = firewall(
        "access-list C extended deny tcp any any eq 443\naccess-group C in interface outside control-plane\n"
        "webvpn\n enable outside\ncrypto ikev1 enable outside\nssh 198.51.100.0 255.255.255.0 outside\n"
    )
    assert str(to_device(fw, "tcp 198.51.100.9 203.0.113.2 443", "outside").verdict) == "deny"
    assert str(to_device(fw, "udp 198.51.100.9 203.0.113.2 500", "outside").verdict) == "permit"
    assert str(to_device(fw, "udp 198.51.100.9 203.0.113.2 501", "outside").verdict) == "deny"
    # It is no list for what passes through.
    assert verdict(fw, WEB, "outside", "dmz") == "deny"
    assert [a.hook for a in fw.device.attachments if "C (control-plane)" in a.rule_sets] == [Hook.LOCAL_IN]


def test_management_lines_come_before_control_plane_lists() -> None:
    fw = firewall(
        "access-list C extended deny ip any any\naccess-group C in interface outside control-plane\n"
        "ssh 198.51.100.0 255.255.255.0 outside\n"
    )
    assert str(to_device(fw, "tcp 198.51.100.9 203.0.113.2 22", "outside").verdict) == "permit"
    assert str(to_device(fw, "tcp 192.0.2.9 203.0.113.2 22", "outside").verdict) == "deny"


def test_no_telnet_to_the_lowest_level() -> None:
    fw = firewall("telnet 0.0.0.0 0.0.0.0 outside\ntelnet 0.0.0.0 0.0.0.0 dmz\n")
    assert str(to_device(fw, "tcp 198.51.100.9 203.0.113.2 23", "outside").verdict) == "deny"
    assert str(to_device(fw, "tcp 10.30.0.9 10.30.0.1 23", "dmz").verdict) == "permit"


def test_icmp_lines_are_for_the_device_only() -> None:
    fw = firewall("icmp permit 198.51.100.0 255.255.255.0 echo outside\nipv6 icmp deny any outside\n")
    assert fw.not_understood == []
    assert str(to_device(fw, "icmp 198.51.100.9 203.0.113.2 8", "outside").verdict) == "permit"
    assert str(to_device(fw, "icmp 192.0.2.9 203.0.113.2 8", "outside").verdict) == "deny"
    assert str(to_device(fw, "icmp6 2001:db8::9 2001:db8:f::2 128", "outside").verdict) == "deny"
    assert str(to_device(fw, "icmp 10.30.0.9 10.30.0.1 8", "dmz").verdict) == "permit"


def test_management_access_through_a_tunnel() -> None:
    fw = firewall(
        "access-list T extended permit ip 10.0.0.0 255.255.0.0 192.168.7.0 255.255.255.0\n"
        "crypto map M 10 match address T\ncrypto map M 10 set peer 198.51.100.77\ncrypto map M interface outside\n"
        "ssh 192.168.7.0 255.255.255.0 outside\n"
    )
    inner = "tcp 192.168.7.9 10.0.0.1 22"
    assert str(to_device(fw, inner, "outside").verdict) == "deny"
    fw = firewall(
        "access-list T extended permit ip 10.0.0.0 255.255.0.0 192.168.7.0 255.255.255.0\n"
        "crypto map M 10 match address T\ncrypto map M 10 set peer 198.51.100.77\ncrypto map M interface outside\n"
        "ssh 192.168.7.0 255.255.255.0 outside\nmanagement-access inside\n"
    )
    assert str(to_device(fw, inner, "outside").verdict) == "permit"


# Sources held against the routing table, users


def test_reverse_path_of_sources() -> None:
    lists = "access-list L extended permit ip any any\naccess-group L in interface outside\n"
    fw = firewall(
        lists
        + "route outside 0.0.0.0 0.0.0.0 203.0.113.1\nroute inside 10.50.0.0 255.255.0.0 10.0.0.254\n"
        + "ip verify reverse-path interface outside\nip verify reverse-path interface inside\n"
    )
    assert verdict(fw, WEB, "outside", "dmz") == "permit"
    result = through(fw, "tcp 10.50.7.7 10.30.0.9 443", "outside", "dmz")
    assert (str(result.verdict), result.decided_by.rule_set) == ("deny", "ip verify reverse-path outside")
    assert verdict(fw, "tcp 10.50.7.7 10.30.0.9 443", "inside", "dmz") == "permit"
    assert verdict(fw, "tcp 198.51.100.9 10.30.0.9 443", "inside", "dmz") == "deny"


def test_reverse_path_with_routes_that_are_learnt() -> None:
    fw = firewall("router ospf 1\n network 10.0.0.0 255.0.0.0 area 0\nip verify reverse-path interface inside\n")
    assert verdict(fw, "tcp 10.0.0.9 10.30.0.9 443", "inside", "dmz") == "permit"
    assert verdict(fw, "tcp 192.168.1.9 10.30.0.9 443", "inside", "dmz") == "unknown"


def test_reverse_path_at_an_interface_with_dhcp() -> None:
    fw = read(
        """
        ASA Version 9.8(4)
        interface Vlan2
         nameif outside
         security-level 0
         ip address dhcp setroute
        interface Vlan1
         nameif inside
         security-level 100
         ip address 10.0.0.1 255.255.255.0
        access-list L extended permit ip any any
        access-group L in interface outside
        ip verify reverse-path interface outside
        """
    )
    assert verdict(fw, "tcp 198.51.100.9 10.0.0.9 443", "outside", "inside") == "permit"
    assert verdict(fw, "tcp 10.0.0.7 10.0.0.9 443", "outside", "inside") == "deny"


def test_traffic_that_asks_for_a_login_first() -> None:
    fw = firewall(
        "access-list AUTH extended deny ip host 10.0.0.7 any\naccess-list AUTH extended permit tcp any any eq 80\n"
        "aaa authentication match AUTH inside LOCAL\n"
    )
    assert verdict(fw, "tcp 10.0.0.9 198.51.100.9 80", "inside", "outside") == "unknown"
    assert verdict(fw, "tcp 10.0.0.7 198.51.100.9 80", "inside", "outside") == "permit"
    assert verdict(fw, "tcp 10.0.0.9 198.51.100.9 443", "inside", "outside") == "permit"
    assert fw.state("aaa authentication match") is LineState.APPROXIMATED


def test_ftd_has_no_levels_but_its_global_list() -> None:
    fw = read(
        """
        NGFW Version 7.0.1
        interface GigabitEthernet0/0
         nameif a
         security-level 0
         ip address 10.1.0.1 255.255.255.0
        interface GigabitEthernet0/1
         nameif b
         security-level 0
         ip address 10.2.0.1 255.255.255.0
        access-list CSM_FW_ACL_ advanced permit tcp ifc a any ifc b any eq 443 rule-id 1
        access-group CSM_FW_ACL_ global
        """
    )
    assert verdict(fw, "tcp 10.1.0.9 10.2.0.9 443", "a", "b") == "permit"
    assert verdict(fw, "tcp 10.2.0.9 10.1.0.9 443", "b", "a") == "deny"


def test_the_third_vlan_of_a_5505_may_not_open_to_one_other() -> None:
    fw = read(
        """
        ASA Version 9.2(4)
        interface Vlan1
         nameif inside
         security-level 100
        interface Vlan2
         nameif outside
         security-level 0
        interface Vlan3
         no forward interface Vlan1
         nameif guest
         security-level 100
        same-security-traffic permit inter-interface
        """
    )
    assert fw.not_understood == []
    assert verdict(fw, WEB, "guest", "outside") == "permit"
    assert verdict(fw, WEB, "inside", "guest") == "permit"
    result = through(fw, WEB, "guest", "inside")
    assert (str(result.verdict), result.decided_by.rule_set) == ("deny", "no forward interface")


def test_fwsm_permits_nothing_by_levels() -> None:
    fw = firewall("same-security-traffic permit inter-interface\n", version="FWSM Version 4.1(5)")
    assert verdict(fw, "tcp 10.0.0.9 198.51.100.9 80", "inside", "outside") == "deny"
    assert verdict(fw, WEB, "dmz", "lab") == "deny"
    assert str(to_device(fw, "icmp 10.0.0.9 10.0.0.1 8", "inside").verdict) == "deny"
    fw = firewall("icmp permit any inside\n", version="FWSM Version 4.1(5)")
    assert str(to_device(fw, "icmp 10.0.0.9 10.0.0.1 8", "inside").verdict) == "permit"


def test_a_list_at_a_bridge_filters_its_members_too() -> None:
    fw = read(
        """
        ASA Version 9.12(4)
        interface GigabitEthernet0/1
         nameif left
         bridge-group 1
         security-level 100
        interface GigabitEthernet0/2
         nameif right
         bridge-group 1
         security-level 100
        interface GigabitEthernet0/3
         nameif outside
         security-level 0
        interface BVI1
         nameif lan
         security-level 100
         ip address 10.0.0.1 255.255.255.0
        access-list B extended permit tcp any any eq 443
        access-list R extended permit tcp any any
        access-group B in interface lan
        access-group R in interface right
        """
    )
    assert verdict(fw, "tcp 10.0.0.9 198.51.100.9 443", "left", "outside") == "permit"
    assert verdict(fw, "tcp 10.0.0.9 198.51.100.9 80", "left", "outside") == "deny"
    assert verdict(fw, "tcp 10.0.0.9 198.51.100.9 80", "right", "outside") == "deny"
    assert verdict(fw, "tcp 10.0.0.9 198.51.100.9 443", "right", "outside") == "permit"
    assert verdict(fw, "tcp 10.0.0.9 198.51.100.9 80", "lan", "outside") == "deny"
