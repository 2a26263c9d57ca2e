"""NAT before 8.3: lists see mapped addresses; statics, pools, exemptions, policy NAT, NAT control."""

import pytest

from segaudit.model import LineState
from tests.parsers.cisco_asa.reading import Read, read, received, through, verdict

HEAD = """
ASA Version 8.2(5)
hostname old
interface Ethernet0/0
 nameif outside
 security-level 0
 ip address 203.0.113.2 255.255.255.240
interface Ethernet0/1
 nameif inside
 security-level 100
 ip address 10.0.0.1 255.255.0.0
interface Ethernet0/2
 nameif dmz
 security-level 50
 ip address 10.30.0.1 255.255.255.0
access-list ALL extended permit ip any any
access-group ALL in interface inside
access-group ALL in interface dmz
access-list OUT_IN extended permit tcp any host 203.0.113.5 eq 443
access-list OUT_IN extended permit tcp any host 203.0.113.2 eq 13389
access-list OUT_IN extended permit tcp any host 10.0.0.5 eq 443
access-group OUT_IN in interface outside
"""


def nat(*lines: str, head: str = HEAD) -> Read:
    made = read(head + "\n".join(lines) + "\n")
    assert made.not_understood == []
    return made


def test_lists_see_the_mapped_destination() -> None:
    fw = nat("static (inside,outside) 203.0.113.5 10.0.0.5 netmask 255.255.255.255")
    assert received(fw, "tcp 198.51.100.9 203.0.113.5 443", "outside", "inside") == "198.51.100.9:49152 > 10.0.0.5:443"
    inbound = next(a for a in fw.device.attachments if a.rule_sets == ("OUT_IN",))
    assert inbound.original_destination
    # The entry for the real address is of no use.
    assert verdict(fw, "tcp 198.51.100.9 10.0.0.5 443", "outside", "inside") == "deny"


def test_outbound_lists_see_packets_as_they_leave() -> None:
    fw = nat(
        "static (inside,outside) 203.0.113.5 10.0.0.5 netmask 255.255.255.255",
        "access-list LEAVES extended permit ip host 203.0.113.5 any",
        "access-group LEAVES out interface outside",
    )
    assert received(fw, "tcp 10.0.0.5 198.51.100.9 80", "inside", "outside") == "203.0.113.5:49152 > 198.51.100.9:80"
    assert verdict(fw, "tcp 10.0.0.6 198.51.100.9 80", "inside", "outside") == "deny"


def test_static_with_ports_at_the_interface() -> None:
    fw = nat("static (inside,outside) tcp interface 13389 10.0.0.33 3389 netmask 255.255.255.255")
    assert (
        received(fw, "tcp 198.51.100.9 203.0.113.2 13389", "outside", "inside") == "198.51.100.9:49152 > 10.0.0.33:3389"
    )


def test_static_networks_keep_the_host_part() -> None:
    fw = nat("static (inside,dmz) 10.99.1.0 10.0.1.0 netmask 255.255.255.0")
    assert received(fw, "tcp 10.30.0.9 10.99.1.7 22", "dmz", "inside") == "10.30.0.9:49152 > 10.0.1.7:22"
    assert received(fw, "tcp 10.0.1.7 10.30.0.9 22", "inside", "dmz") == "10.99.1.7:49152 > 10.30.0.9:22"


def test_pools_by_id_and_the_best_match() -> None:
    fw = nat(
        "global (outside) 1 interface",
        "global (outside) 2 203.0.113.8-203.0.113.9 netmask 255.255.255.240",
        "nat (inside) 1 0.0.0.0 0.0.0.0",
        "nat (inside) 2 10.0.2.0 255.255.255.0",
    )
    assert received(fw, "tcp 10.0.1.7 198.51.100.9 80", "inside", "outside") == "203.0.113.2:49152 > 198.51.100.9:80"
    assert received(fw, "tcp 10.0.2.7 198.51.100.9 80", "inside", "outside") == "?:49152 > 198.51.100.9:80"
    # There is no pool 1 at the DMZ: no translation, no way.
    result = through(fw, "tcp 10.0.1.7 10.30.0.9 80", "inside", "dmz")
    assert (str(result.verdict), result.decided_by.rule_set) == ("deny", "nat required")


def test_zeros_are_any() -> None:
    fw = nat("global (outside) 1 203.0.113.7", "nat (inside) 1 0 0")
    assert received(fw, "tcp 10.0.1.7 198.51.100.9 80", "inside", "outside") == "203.0.113.7:49152 > 198.51.100.9:80"


def test_exemption_comes_first_and_opens_both_ways() -> None:
    fw = nat(
        "access-list NONAT extended permit ip 10.0.0.0 255.255.0.0 192.0.2.0 255.255.255.0",
        "nat (inside) 0 access-list NONAT",
        "nat (inside) 1 0 0",
        "global (outside) 1 interface",
        "access-list OUT_IN extended permit ip 192.0.2.0 255.255.255.0 any",
    )
    assert received(fw, "tcp 10.0.1.7 192.0.2.9 80", "inside", "outside") == "10.0.1.7:49152 > 192.0.2.9:80"
    assert received(fw, "tcp 192.0.2.9 10.0.1.7 80", "outside", "inside") == "192.0.2.9:49152 > 10.0.1.7:80"
    assert received(fw, "tcp 10.0.1.7 198.51.100.9 80", "inside", "outside") == "203.0.113.2:49152 > 198.51.100.9:80"


def test_identity_by_id_0_is_for_the_inside_only() -> None:
    fw = nat(
        "nat (inside) 0 10.0.1.0 255.255.255.0",
        "nat (inside) 1 0 0",
        "global (outside) 1 interface",
        "access-list OUT_IN extended permit ip any any",
    )
    assert received(fw, "tcp 10.0.1.7 198.51.100.9 80", "inside", "outside") == "10.0.1.7:49152 > 198.51.100.9:80"
    assert verdict(fw, "tcp 198.51.100.9 10.0.1.7 80", "outside", "inside") == "unknown"
    assert verdict(fw, "tcp 198.51.100.9 10.0.2.7 80", "outside", "inside") == "deny"


def test_policy_nat_before_regular_nat() -> None:
    fw = nat(
        "access-list TO_PARTNER extended permit tcp 10.0.0.0 255.255.0.0 host 192.0.2.7 eq 443",
        "nat (inside) 5 access-list TO_PARTNER",
        "global (outside) 5 203.0.113.6",
        "nat (inside) 1 0 0",
        "global (outside) 1 interface",
    )
    assert received(fw, "tcp 10.0.1.7 192.0.2.7 443", "inside", "outside") == "203.0.113.6:49152 > 192.0.2.7:443"
    assert received(fw, "tcp 10.0.1.7 192.0.2.7 80", "inside", "outside") == "203.0.113.2:49152 > 192.0.2.7:80"


def test_policy_static() -> None:
    fw = nat(
        "access-list P extended permit ip host 10.0.0.5 192.0.2.0 255.255.255.0",
        "static (inside,outside) 203.0.113.5 access-list P",
        "access-list OUT_IN extended permit ip 192.0.2.0 255.255.255.0 host 203.0.113.5",
    )
    assert received(fw, "tcp 192.0.2.9 203.0.113.5 22", "outside", "inside") == "192.0.2.9:49152 > 10.0.0.5:22"
    assert received(fw, "tcp 10.0.0.5 192.0.2.9 22", "inside", "outside") == "203.0.113.5:49152 > 192.0.2.9:22"
    assert received(fw, "tcp 10.0.0.5 198.51.100.9 22", "inside", "outside") == "10.0.0.5:49152 > 198.51.100.9:22"


def test_outside_nat_towards_higher_levels() -> None:
    fw = nat("nat (dmz) 8 10.30.0.0 255.255.255.0 outside", "global (inside) 8 interface")
    assert received(fw, "tcp 10.30.0.9 10.0.1.7 80", "dmz", "inside") == "10.0.0.1:49152 > 10.0.1.7:80"
    assert received(fw, "tcp 10.30.0.9 198.51.100.9 80", "dmz", "outside") == "10.30.0.9:49152 > 198.51.100.9:80"


def test_nat_control_asks_for_a_translation() -> None:
    without = nat("global (outside) 1 interface", "nat (inside) 1 10.0.0.0 255.255.0.0")
    assert verdict(without, "tcp 10.30.0.9 198.51.100.9 80", "dmz", "outside") == "permit"
    fw = nat("nat-control", "global (outside) 1 interface", "nat (inside) 1 10.0.0.0 255.255.0.0")
    assert verdict(fw, "tcp 10.30.0.9 198.51.100.9 80", "dmz", "outside") == "deny"
    assert verdict(fw, "tcp 10.0.1.7 198.51.100.9 80", "inside", "outside") == "permit"
    # From lower to higher: to a static only.
    assert verdict(fw, "tcp 10.30.0.9 10.0.1.7 80", "dmz", "inside") == "deny"
    static = nat("nat-control", "static (inside,dmz) 10.0.0.0 10.0.0.0 netmask 255.255.0.0")
    assert received(static, "tcp 10.30.0.9 10.0.1.7 80", "dmz", "inside") == "10.30.0.9:49152 > 10.0.1.7:80"


def test_lists_that_are_not_there_translate_nothing() -> None:
    fw = nat("nat (inside) 5 access-list NOWHERE", "global (outside) 5 203.0.113.6")
    assert fw.state("nat (inside) 5") is LineState.APPROXIMATED
    assert received(fw, "tcp 10.0.1.7 192.0.2.7 443", "inside", "outside") == "10.0.1.7:49152 > 192.0.2.7:443"


def test_the_denies_of_a_policy_are_left_out_and_said() -> None:
    fw = nat(
        "access-list P extended deny ip host 10.0.0.5 any",
        "access-list P extended permit ip 10.0.0.0 255.255.0.0 any",
        "nat (inside) 5 access-list P",
        "global (outside) 5 203.0.113.6",
    )
    assert fw.state("nat (inside) 5") is LineState.APPROXIMATED


PIX6 = """
PIX Version 6.3(5)
interface ethernet0 auto
interface ethernet1 100full
interface ethernet2 auto shutdown
nameif ethernet0 outside security0
nameif ethernet1 inside security100
nameif ethernet2 dmz security50
enable password 8Ry2YjIyt7RRXU24 encrypted
hostname pix6
names
name 10.0.0.5 server
access-list acl_out permit tcp any host 203.0.113.5 eq www
access-list acl_out permit icmp any any echo-reply
ip address outside 203.0.113.2 255.255.255.240
ip address inside 10.0.0.1 255.255.255.0
no ip address dmz
global (outside) 1 interface
nat (inside) 1 0.0.0.0 0.0.0.0 0 0
static (inside,outside) 203.0.113.5 server netmask 255.255.255.255 0 0
access-group acl_out in interface outside
route outside 0.0.0.0 0.0.0.0 203.0.113.1 1
fixup protocol ftp 21
telnet 10.0.0.0 255.255.255.0 inside
telnet timeout 5
"""


def test_a_whole_pix_6() -> None:
    fw = read(PIX6)
    assert fw.not_understood == []
    device = fw.device
    assert (device.name, device.platform, device.version) == ("pix6", "PIX", "6.3(5)")
    named = {i.name: (i.hardware, i.security_level, i.enabled) for i in device.interfaces}
    assert named == {
        "outside": ("ethernet0", 0, True),
        "inside": ("ethernet1", 100, True),
        "dmz": ("ethernet2", 50, False),
    }
    assert received(fw, "tcp 198.51.100.9 203.0.113.5 80", "outside", "inside") == "198.51.100.9:49152 > 10.0.0.5:80"
    assert received(fw, "tcp 10.0.0.9 198.51.100.9 80", "inside", "outside") == "203.0.113.2:49152 > 198.51.100.9:80"
    # Version 6 wants a translation for everything: from inside to the DMZ there is none.
    assert verdict(fw, "tcp 10.0.0.9 192.0.2.9 80", "inside", "dmz") == "deny"


def test_conduits_open_the_way_up_where_no_list_is_bound() -> None:
    text = PIX6.replace("access-group acl_out in interface outside\n", "")
    fw = read(
        text + "conduit deny tcp host 203.0.113.5 eq 25 host 198.51.100.66\n"
        "conduit permit tcp host 203.0.113.5 eq smtp any\nconduit permit icmp any any echo\n"
        "conduit permit udp host 203.0.113.5 range 1000 1010 198.51.100.0 255.255.255.0 gt 1023\n"
    )
    assert fw.not_understood == []
    assert received(fw, "tcp 198.51.100.9 203.0.113.5 25", "outside", "inside") == "198.51.100.9:49152 > 10.0.0.5:25"
    assert verdict(fw, "tcp 198.51.100.66 203.0.113.5 25", "outside", "inside") == "deny"
    assert verdict(fw, "tcp 198.51.100.9 203.0.113.5 80", "outside", "inside") == "deny"
    assert verdict(fw, "udp 198.51.100.9 203.0.113.5 1005 5000", "outside", "inside") == "permit"
    assert verdict(fw, "udp 198.51.100.9 203.0.113.5 1005 53", "outside", "inside") == "deny"
    assert verdict(fw, "tcp 10.0.0.9 198.51.100.66 25", "inside", "outside") == "permit"
    # A list at the interface takes their place.
    bound = read(PIX6 + "conduit permit tcp host 203.0.113.5 eq smtp any\n")
    assert verdict(bound, "tcp 198.51.100.9 203.0.113.5 25", "outside", "inside") == "deny"


def test_no_version_line_the_nat_syntax_decides() -> None:
    headless = HEAD.replace("ASA Version 8.2(5)\n", "")
    old = nat("static (inside,outside) 203.0.113.5 10.0.0.5 netmask 255.255.255.255", head=headless)
    assert next(a for a in old.device.attachments if a.rule_sets == ("OUT_IN",)).original_destination
    new = nat("nat (inside,outside) source dynamic any interface", head=headless)
    assert not next(a for a in new.device.attachments if a.rule_sets == ("OUT_IN",)).original_destination


@pytest.mark.parametrize(
    "line",
    ["static (inside,outside)", "nat (inside) x 0 0", "global (outside) 1", "static (inside) 203.0.113.5 10.0.0.5"],
)
def test_lines_that_end_too_early_are_said_so(line: str) -> None:
    made = read(HEAD + line + "\n")
    assert made.state(line) is LineState.UNRECOGNIZED
