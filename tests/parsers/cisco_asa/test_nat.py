"""NAT of 8.3 and later, packet by packet."""

import pytest

from segaudit.model import Action, AddressUnion, LineState, OwnAddress
from tests.parsers.cisco_asa.reading import Read, read, received, through, verdict

HEAD = """
ASA Version 9.8(4)
hostname fw
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
object network SRV
 host 10.0.0.5
object network SRV-PUB
 host 203.0.113.5
object network LAN
 subnet 10.0.0.0 255.255.255.0
object network LAN-PUB
 subnet 198.18.7.0 255.255.255.0
object network POOL
 range 203.0.113.8 203.0.113.11
object network PARTNER
 subnet 192.0.2.0 255.255.255.0
object network PARTNER-SEEN
 subnet 10.77.0.0 255.255.255.0
object service WEB
 service tcp source eq 443
object service WEB-ODD
 service tcp source eq 8443
object service TO-WEB
 service tcp destination eq 443
object service TO-WEB-ODD
 service tcp destination eq 8443
access-list ANY extended permit ip any any
access-group ANY in interface outside
access-group ANY in interface inside
access-group ANY in interface dmz
"""

OUT = "tcp 10.0.0.5 198.51.100.9 443"
IN = "tcp 198.51.100.9 203.0.113.5 443"


def nat(*lines: str) -> Read:
    made = read(HEAD + "\n".join(lines) + "\n")
    assert made.not_understood == []
    return made


# Object NAT


def test_static_object_nat_both_ways() -> None:
    fw = nat("object network SRV", " nat (inside,outside) static 203.0.113.5")
    assert received(fw, OUT, "inside", "outside") == "203.0.113.5:49152 > 198.51.100.9:443"
    assert received(fw, IN, "outside", "inside") == "198.51.100.9:49152 > 10.0.0.5:443"
    # Between other interfaces nothing is translated, in either direction.
    assert received(fw, "tcp 10.0.0.5 10.30.0.9 443", "inside", "dmz") == "10.0.0.5:49152 > 10.30.0.9:443"
    assert received(fw, "tcp 10.30.0.9 203.0.113.5 443", "dmz", "inside") == "10.30.0.9:49152 > 203.0.113.5:443"


def test_the_real_address_is_not_reached_from_the_mapped_side() -> None:
    fw = nat("object network SRV", " nat (inside,outside) static 203.0.113.5")
    result = through(fw, "tcp 198.51.100.9 10.0.0.5 443", "outside", "inside")
    assert (str(result.verdict), result.decided_by.rule_set) == ("deny", "nat reverse path")
    assert verdict(fw, "tcp 10.30.0.9 10.0.0.5 443", "dmz", "inside") == "permit"


def test_static_subnet_keeps_the_host_part() -> None:
    fw = nat("object network LAN", " nat (inside,outside) static LAN-PUB")
    assert received(fw, "tcp 10.0.0.33 198.51.100.9 80", "inside", "outside") == "198.18.7.33:49152 > 198.51.100.9:80"
    assert received(fw, "tcp 198.51.100.9 198.18.7.33 80", "outside", "inside") == "198.51.100.9:49152 > 10.0.0.33:80"


def test_static_subnet_with_an_inline_address_has_the_same_mask() -> None:
    fw = nat("object network LAN", " nat (inside,outside) static 198.18.7.99")
    assert received(fw, "tcp 10.0.0.33 198.51.100.9 80", "inside", "outside") == "198.18.7.33:49152 > 198.51.100.9:80"


def test_static_with_ports() -> None:
    fw = nat("object network SRV", " nat (inside,outside) static interface service tcp 3389 13389")
    assert (
        received(fw, "tcp 198.51.100.9 203.0.113.2 13389", "outside", "inside") == "198.51.100.9:49152 > 10.0.0.5:3389"
    )
    # Another port of the interface is not translated.
    assert (
        received(fw, "tcp 198.51.100.9 203.0.113.2 3389", "outside", "inside")
        == "198.51.100.9:49152 > 203.0.113.2:3389"
    )
    assert (
        received(fw, "tcp 10.0.0.5 198.51.100.9 80 3389", "inside", "outside") == "203.0.113.2:13389 > 198.51.100.9:80"
    )


def test_dynamic_pat_hides_and_nobody_comes_back() -> None:
    fw = nat("object network LAN", " nat (inside,outside) dynamic interface")
    assert received(fw, "tcp 10.0.0.33 198.51.100.9 80", "inside", "outside") == "203.0.113.2:49152 > 198.51.100.9:80"
    assert verdict(fw, "tcp 198.51.100.9 10.0.0.33 80", "outside", "inside") == "deny"
    assert verdict(fw, "tcp 198.51.100.9 10.0.1.33 80", "outside", "inside") == "permit"  # not in the object


def test_dynamic_pool_chooses_and_can_be_reached_while_it_is_active() -> None:
    fw = nat("object network LAN", " nat (inside,outside) dynamic POOL")
    assert received(fw, "tcp 10.0.0.33 198.51.100.9 80", "inside", "outside") == "?:49152 > 198.51.100.9:80"
    result = through(fw, "tcp 198.51.100.9 203.0.113.9 80", "outside", "inside")
    # With an entry the packet is for a host of the LAN, without one it stays as it is.
    assert str(result.verdict) == "permit"
    assert result.received is not None
    assert result.received.dst is None


def test_a_pool_with_the_interface_as_fallback() -> None:
    fw = nat("object network LAN", " nat (inside,outside) dynamic POOL interface")
    rule = fw.rules("nat source")[0]
    assert rule.translation is not None
    assert rule.translation.source is not None
    assert isinstance(rule.translation.source.to, AddressUnion)
    assert OwnAddress("outside", 4) in rule.translation.source.to.items


def test_a_pat_pool_is_no_way_in() -> None:
    fw = nat(
        "object network LAN", " nat (inside,outside) dynamic pat-pool POOL round-robin extended flat include-reserve"
    )
    assert fw.device.rule_set("nat destination") is None
    assert received(fw, "tcp 10.0.0.33 198.51.100.9 80", "inside", "outside") == "?:49152 > 198.51.100.9:80"


def test_object_nat_without_interfaces_is_for_all() -> None:
    fw = nat("object network SRV", " nat static 203.0.113.5")
    assert received(fw, "tcp 10.30.0.9 203.0.113.5 443", "dmz", "inside") == "10.30.0.9:49152 > 10.0.0.5:443"


def test_order_of_object_nat() -> None:
    """Static before dynamic, then fewer addresses, then lower ones, then the name (guide, "NAT Rule Order")."""
    fw = nat(
        "object network b-net", " subnet 192.168.1.0 255.255.255.0", " nat (inside,outside) static 198.18.1.0",
        "object network a-dyn", " subnet 192.168.1.0 255.255.255.0", " nat (inside,outside) dynamic 198.18.9.1",
        "object network c-low", " subnet 10.1.1.0 255.255.255.0", " nat (inside,outside) static 198.18.2.0",
        "object network d-host", " host 192.168.1.1", " nat (inside,outside) static 198.18.3.1",
        "object network def", " subnet 172.16.1.0 255.255.255.0", " nat (inside,outside) dynamic 198.18.9.2",
        "object network abc", " subnet 172.16.1.0 255.255.255.0", " nat (inside,outside) dynamic 198.18.9.3",
    )  # fmt: skip
    rules = fw.rules("nat source")
    assert [rule.name for rule in rules] == ["d-host", "c-low", "b-net", "abc", "def", "a-dyn"]
    assert [rule.id for rule in rules][:2] == ["auto 1", "auto 2"]


def test_sections_come_one_after_the_other() -> None:
    fw = nat(
        "nat (inside,outside) after-auto source dynamic any interface",
        "nat (inside,outside) source static SRV SRV destination static PARTNER PARTNER",
        "object network SRV",
        " nat (inside,outside) static 203.0.113.5",
    )
    assert [r.id for r in fw.rules("nat source")] == ["manual 1", "auto 1", "after-auto 1"]
    assert received(fw, "tcp 10.0.0.5 192.0.2.9 80", "inside", "outside") == "10.0.0.5:49152 > 192.0.2.9:80"
    assert received(fw, OUT, "inside", "outside") == "203.0.113.5:49152 > 198.51.100.9:443"
    assert received(fw, "tcp 10.0.0.6 198.51.100.9 80", "inside", "outside") == "203.0.113.2:49152 > 198.51.100.9:80"


def test_a_place_in_the_section() -> None:
    fw = nat(
        "nat (inside,outside) source static SRV SRV-PUB",
        "nat (inside,outside) 1 source static LAN LAN-PUB",
    )
    assert received(fw, OUT, "inside", "outside") == "198.18.7.5:49152 > 198.51.100.9:443"


def test_a_dynamic_rule_before_a_static_one_takes_its_replies() -> None:
    fw = nat(
        "nat (inside,outside) source dynamic LAN interface",
        "object network SRV",
        " nat (inside,outside) static 203.0.113.5",
    )
    result = through(fw, IN, "outside", "inside")
    assert (str(result.verdict), result.decided_by.rule_set) == ("deny", "nat reverse path")


# Twice NAT


def test_twice_nat_with_both_sides() -> None:
    fw = nat("nat (inside,outside) source static SRV SRV-PUB destination static PARTNER-SEEN PARTNER")
    assert received(fw, "tcp 10.0.0.5 10.77.0.9 80", "inside", "outside") == "203.0.113.5:49152 > 192.0.2.9:80"
    assert received(fw, "tcp 192.0.2.9 203.0.113.5 80", "outside", "inside") == "10.77.0.9:49152 > 10.0.0.5:80"
    # Others than the partner do not come in, and nothing else is translated.
    assert received(fw, "tcp 198.51.100.9 203.0.113.5 80", "outside", "inside") == "198.51.100.9:49152 > 203.0.113.5:80"
    assert received(fw, OUT, "inside", "outside") == "10.0.0.5:49152 > 198.51.100.9:443"


def test_identity_nat_exempts_from_what_comes_later() -> None:
    fw = nat(
        "nat (inside,outside) source static LAN LAN destination static PARTNER PARTNER no-proxy-arp route-lookup",
        "object network LAN",
        " nat (inside,outside) dynamic interface",
    )
    assert received(fw, "tcp 10.0.0.5 192.0.2.9 80", "inside", "outside") == "10.0.0.5:49152 > 192.0.2.9:80"
    assert received(fw, "tcp 192.0.2.9 10.0.0.5 80", "outside", "inside") == "192.0.2.9:49152 > 10.0.0.5:80"
    assert verdict(fw, "tcp 198.51.100.9 10.0.0.5 80", "outside", "inside") == "deny"


def test_service_of_the_real_server() -> None:
    fw = nat("nat (inside,outside) source static SRV interface service WEB WEB-ODD")
    assert received(fw, "tcp 198.51.100.9 203.0.113.2 8443", "outside", "inside") == "198.51.100.9:49152 > 10.0.0.5:443"
    assert (
        received(fw, "tcp 198.51.100.9 203.0.113.2 443", "outside", "inside") == "198.51.100.9:49152 > 203.0.113.2:443"
    )


def test_a_forward_written_from_outside() -> None:
    fw = nat("nat (outside,inside) source static any any destination static interface SRV service TO-WEB-ODD TO-WEB")
    assert received(fw, "tcp 198.51.100.9 203.0.113.2 8443", "outside", "inside") == "198.51.100.9:49152 > 10.0.0.5:443"
    assert (
        received(fw, "tcp 198.51.100.9 203.0.113.2 443", "outside", "inside") == "198.51.100.9:49152 > 203.0.113.2:443"
    )


def test_unidirectional_is_no_way_in() -> None:
    fw = nat("nat (inside,outside) source static SRV SRV-PUB unidirectional")
    assert received(fw, OUT, "inside", "outside") == "203.0.113.5:49152 > 198.51.100.9:443"
    assert received(fw, IN, "outside", "inside") == "198.51.100.9:49152 > 203.0.113.5:443"
    assert verdict(fw, "tcp 198.51.100.9 10.0.0.5 443", "outside", "inside") == "deny"


def test_a_unidirectional_exemption_leaves_the_way_in_to_later_rules() -> None:
    exemption = "nat (inside,outside) source static LAN LAN unidirectional"
    assert verdict(nat(exemption), "tcp 198.51.100.9 10.0.0.5 443", "outside", "inside") == "permit"
    fw = nat(exemption, "nat (inside,outside) source dynamic any interface")
    assert verdict(fw, "tcp 198.51.100.9 10.0.0.5 443", "outside", "inside") == "deny"


def test_inactive_rules_stay_but_do_nothing() -> None:
    fw = nat("nat (inside,outside) source static SRV SRV-PUB inactive description to be removed")
    assert received(fw, OUT, "inside", "outside") == "10.0.0.5:49152 > 198.51.100.9:443"
    rules = [rule for one in fw.device.rule_sets if one.name.startswith("nat") for rule in one.rules]
    assert rules
    assert not any(rule.enabled for rule in rules)
    assert rules[0].comment == "to be removed"


def test_any_is_of_the_family_of_the_other_addresses() -> None:
    fw = nat("nat (any,outside) after-auto source dynamic any interface")
    six = "tcp 2001:db8:1::1 2001:db8:2::2 80"
    assert received(fw, six, "inside", "outside") == "2001:db8:1::1:49152 > 2001:db8:2::2:80"
    assert verdict(fw, six, "outside", "inside") == "permit"
    assert verdict(fw, "tcp 198.51.100.9 10.0.0.5 80", "outside", "inside") == "deny"


def test_static_between_pools_of_unlike_size() -> None:
    fw = nat("nat (inside,outside) source static SRV POOL")
    # One to many: the first address outward, all of them inward.
    assert received(fw, OUT, "inside", "outside") == "203.0.113.8:49152 > 198.51.100.9:443"
    assert received(fw, "tcp 198.51.100.9 203.0.113.11 22", "outside", "inside") == "198.51.100.9:49152 > 10.0.0.5:22"


def test_nat_between_the_families_is_named_as_not_modelled() -> None:
    made = read(
        HEAD + "object network SIX\n host 2001:db8::5\nobject network SIX\n nat (inside,outside) static 203.0.113.6\n"
    )
    assert made.state("nat (inside") is LineState.UNSUPPORTED


def test_interface_pairs_with_blanks_inside() -> None:
    fw = nat("nat (inside , outside) source static SRV SRV-PUB")
    assert received(fw, OUT, "inside", "outside") == "203.0.113.5:49152 > 198.51.100.9:443"


@pytest.mark.parametrize(
    "line",
    [
        "nat (inside,outside)",
        "nat (inside,outside) source",
        "nat (inside,outside) source static",
        "nat (inside,outside) source static SRV",
        "nat (inside,outside) source static SRV SRV-PUB service NOWHERE WEB",
        "nat (inside,outside",
        "nat",
        "nat (inside,outside) source static SRV SRV-PUB bogus",
    ],
)
def test_lines_that_end_too_early_are_said_so(line: str) -> None:
    made = read(HEAD + line + "\n")
    assert made.state(line) is LineState.UNRECOGNIZED


def test_lists_are_attached_where_the_packet_meets_them() -> None:
    fw = nat("nat (inside,outside) source static SRV SRV-PUB")
    places = {a.rule_sets: (a.hook.value, a.order) for a in fw.device.attachments if a.rule_sets[0].startswith("nat")}
    assert places[("nat destination",)] == ("prerouting", -100)
    assert places[("nat source",)] == ("postrouting", 100)
    assert places[("nat reverse path",)][0] == "forward"
    assert fw.rules("nat source")[0].action is Action.TRANSLATE
