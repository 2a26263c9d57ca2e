"""Address translation."""

import pytest

from segaudit.model import HostSign, OwnAddress, RuleSetKind, host
from tests.parsers.cisco_ios.reading import Read, packet, read, read_fixture, received, through, verdict

INSIDE, ISP_A, GUEST, ISP_B = (f"GigabitEthernet0/{n}" for n in range(4))


@pytest.fixture(scope="module")
def made() -> Read:
    return read_fixture("nat.cfg")


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        ("tcp 203.0.113.9 198.51.100.10 445", "203.0.113.9:49152 > 10.0.0.10:445"),
        ("tcp 203.0.113.9 198.51.100.37 80", "203.0.113.9:49152 > 10.0.0.37:80"),
        ("tcp 203.0.113.9 198.51.100.20 2222", "203.0.113.9:49152 > 10.0.0.20:22"),
        ("udp 203.0.113.9 198.51.100.1 500", "203.0.113.9:49152 > 10.0.0.21:500"),
        ("tcp 203.0.113.9 198.51.100.20 22", "203.0.113.9:49152 > 198.51.100.20:22"),
        ("tcp 203.0.113.9 198.51.100.80 80", "203.0.113.9:49152 > ?:80"),
        ("tcp 203.0.113.50 198.51.100.10 80", "10.50.0.50:49152 > 10.0.0.10:80"),
    ],
)
def test_from_outside(made: Read, sent: str, arrives: str) -> None:
    if sent.split()[2] == "198.51.100.80":
        # It lies in the pool of the dynamic translation too: where that has made an entry, it goes there.
        assert str(through(made, packet(sent), ISP_A, INSIDE).verdict) == "permit"
        return
    assert received(made, sent, ISP_A, INSIDE) == arrives


@pytest.mark.parametrize(
    ("sent", "egress", "arrives"),
    [
        ("tcp 10.0.0.10 203.0.113.9 80", ISP_A, "198.51.100.10:49152 > 203.0.113.9:80"),
        ("tcp 10.0.0.37 203.0.113.9 80", ISP_A, "198.51.100.37:49152 > 203.0.113.9:80"),
        ("tcp 10.0.0.20 203.0.113.9 49152 22", ISP_A, "198.51.100.20:2222 > 203.0.113.9:49152"),
        ("tcp 10.0.0.130 203.0.113.9 80", ISP_A, "?:49152 > 203.0.113.9:80"),
        ("tcp 10.0.0.199 203.0.113.9 80", ISP_A, "198.51.100.1:? > 203.0.113.9:80"),
        ("tcp 10.0.0.5 203.0.113.9 80", ISP_A, "198.51.100.1:? > 203.0.113.9:80"),
        ("tcp 10.0.0.5 192.0.2.9 80", ISP_B, "203.0.113.1:? > 192.0.2.9:80"),
        ("tcp 10.0.0.77 203.0.113.9 80", ISP_A, "198.51.100.77:49152 > 203.0.113.9:80"),
        ("tcp 10.0.0.5 10.50.0.50 80", ISP_A, "198.51.100.1:? > 203.0.113.50:80"),
    ],
)
def test_from_inside(made: Read, sent: str, egress: str, arrives: str) -> None:
    assert received(made, sent, INSIDE, egress) == arrives


def test_a_route_map_that_denies_leaves_it_to_the_statements_behind(made: Read) -> None:
    # NOT-VPN keeps the static translation from this; the next statement that picks it is ISP-A.
    assert received(made, "tcp 10.0.0.77 10.77.0.9 80", INSIDE, ISP_A) == "198.51.100.1:? > 10.77.0.9:80"


def test_a_statement_of_a_vrf_is_for_its_interfaces(made: Read) -> None:
    assert received(made, "tcp 10.9.0.9 203.0.113.9 80", GUEST, ISP_A) == "?:? > 203.0.113.9:80"


def test_between_inside_interfaces_nothing_is_translated(made: Read) -> None:
    assert received(made, "tcp 10.0.0.10 10.9.0.9 80", INSIDE, GUEST) == "10.0.0.10:49152 > 10.9.0.9:80"


def test_a_translation_without_overload_may_let_outsiders_in(made: Read) -> None:
    (rule,) = [r for r in made.rule_set("ip nat outside to inside").rules if r.name == "list 1"]
    assert [c.text for c in rule.conditions] == ["a translation that inside traffic has made"]
    assert rule.translation is not None
    assert rule.translation.destination is not None


def test_lists_that_translate_are_nat_lists(made: Read) -> None:
    for rule_set in made.device.rule_sets:
        translates = any(rule.translation for rule in rule_set.rules)
        assert not translates or rule_set.kind == RuleSetKind.NAT, rule_set.name


def test_targets_of_translations_are_named(made: Read) -> None:
    targets = {h.address for h in made.device.hosts if h.sign == HostSign.NAT_TARGET}
    assert targets == {host(f"10.0.0.{n}") for n in (10, 20, 21, 77)}


def test_the_order_is_input_list_translation_output_list() -> None:
    made = read_fixture("edge.cfg")
    inside, servers, outside = (f"GigabitEthernet0/{n}" for n in range(3))
    # OUTSIDE_IN sees the address and port as sent, SERVER_OUT those behind the translation.
    assert received(made, "tcp 203.0.113.9 198.51.100.2 13389", outside, servers) == (
        "203.0.113.9:49152 > 192.168.20.30:3389"
    )
    assert verdict(made, "tcp 203.0.113.9 198.51.100.6 443", outside, servers) == "deny"
    assert received(made, "tcp 192.168.10.5 203.0.113.9 443", inside, outside) == "198.51.100.2:? > 203.0.113.9:443"
    # What goes to the branch is exempt: the list denies it.
    assert received(made, "tcp 192.168.10.5 10.40.0.9 443", inside, outside) == "192.168.10.5:49152 > 10.40.0.9:443"


def test_statements_without_sides_translate_nothing() -> None:
    made = read("""
        interface Vlan1
         ip address 10.0.0.1 255.255.255.0
        ip nat inside source static 10.0.0.5 198.51.100.5
    """)
    assert made.device.attachments == ()
    assert made.rule_set("ip nat outside to inside").rules


def test_the_virtual_interface_is_both_sides() -> None:
    made = read("""
        interface Vlan1
         ip address 10.0.0.1 255.255.255.0
         ip nat enable
        interface Vlan2
         ip address 198.51.100.1 255.255.255.0
         ip nat enable
        ip nat source static 10.0.0.5 198.51.100.5
        ip nat source list 1 interface Vlan2 overload
        access-list 1 permit 10.0.0.0 0.0.0.255
    """)
    assert received(made, "tcp 203.0.113.9 198.51.100.5 80", "Vlan2", "Vlan1") == "203.0.113.9:49152 > 10.0.0.5:80"
    assert received(made, "tcp 10.0.0.9 203.0.113.9 80", "Vlan1", "Vlan2") == "198.51.100.1:? > 203.0.113.9:80"


def test_statements_are_taken_away() -> None:
    made = read("""
        ip nat inside source static tcp 10.0.0.5 22 198.51.100.5 22 extendable
        ip nat inside source static 10.0.0.6 198.51.100.6
        no ip nat inside source static tcp 10.0.0.5 22 198.51.100.5 22
    """)
    assert len(made.rule_set("ip nat outside to inside").rules) == 1


def test_an_undefined_pool_is_named() -> None:
    made = read("ip nat inside source list 1 pool NAI overload\naccess-list 1 permit any")
    assert "the address pool NAI is not defined: nothing is translated" in made.notices


def test_an_unnumbered_interface_translates_to_the_address_it_borrows() -> None:
    made = read("""
        interface Loopback0
         ip address 198.51.100.1 255.255.255.255
        interface Dialer1
         ip unnumbered Loopback0
         ip nat outside
        ip nat inside source list 1 interface Dialer1 overload
        access-list 1 permit any
    """)
    (rule,) = made.rule_set("ip nat/1").rules
    assert rule.translation is not None
    assert rule.translation.source is not None
    assert rule.translation.source.to == OwnAddress("Loopback0", 4)


@pytest.mark.parametrize(
    "line",
    [
        "ip nat inside source static 10.0.0.5",
        "ip nat inside source static tcp 10.0.0.5 wasabi 198.51.100.5 22",
        "ip nat inside source static network 10.0.0.0 198.51.100.0 /99",
        "ip nat inside source list 1 karashi",
        "ip nat pool P 10.0.0.1 karashi",
    ],
)
def test_what_is_not_understood(line: str) -> None:
    assert read(line).not_understood == [line]
