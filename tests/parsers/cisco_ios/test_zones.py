"""Zone-based policy firewall, and the older inspection of interfaces."""

import pytest

from segaudit.model import ConnectionState, Service, ServiceComplement, UndecidedService, ports
from segaudit.parsers.cisco_ios.applications import application
from tests.parsers.cisco_ios.reading import Read, back, from_device, in_list, read, read_fixture, to_device, verdict

INSIDE, INSIDE2, OUTSIDE, DMZ, LAB, NONE, NONE2 = (f"GigabitEthernet0/{n}" for n in range(7))


@pytest.fixture(scope="module")
def made() -> Read:
    return read_fixture("zones.cfg")


def test_zones_and_their_members(made: Read) -> None:
    zones = {zone.name: zone for zone in made.device.zones}
    assert zones["inside"].interfaces == (INSIDE, INSIDE2)
    assert zones["inside"].description == "社内"
    assert all(zone.intrazone_permit for zone in zones.values())
    assert made.interface(OUTSIDE).zone == "outside"


def test_inside_a_zone_everything_passes(made: Read) -> None:
    assert verdict(made, "tcp 192.168.1.9 192.168.2.9 445", INSIDE, INSIDE2) == "permit"


def test_between_zones_a_pair_is_needed(made: Read) -> None:
    assert verdict(made, "tcp 192.168.50.10 192.168.60.9 80", DMZ, LAB) == "deny"
    assert verdict(made, "tcp 192.168.1.9 192.168.60.9 80", INSIDE, LAB) == "deny", "a pair without a policy"
    assert verdict(made, "tcp 203.0.113.9 192.168.1.9 80", OUTSIDE, INSIDE) == "deny"


def test_a_zone_and_an_interface_without_one_do_not_talk(made: Read) -> None:
    assert verdict(made, "tcp 192.168.1.9 192.168.70.9 80", INSIDE, NONE) == "deny"
    assert verdict(made, "tcp 192.168.70.9 192.168.1.9 80", NONE, INSIDE) == "deny"
    assert verdict(made, "tcp 192.168.70.9 192.168.80.9 80", NONE, NONE2) == "permit"


def test_what_a_list_denies_goes_on_to_the_next_class(made: Read) -> None:
    # NOT-SERVERS permits by list what the list permits; what it denies falls to class-default.
    assert verdict(made, "icmp 192.168.1.9 203.0.113.9 8", INSIDE, OUTSIDE) == "permit"
    assert verdict(made, "icmp 192.168.2.9 203.0.113.9 8", INSIDE, OUTSIDE) == "deny"
    # Bittorrent is told by payload: TCP and UDP may be of it.
    assert verdict(made, "tcp 192.168.1.9 203.0.113.9 443", INSIDE, OUTSIDE) == "unknown"


def test_match_all_with_a_list_and_a_nested_match_any(made: Read) -> None:
    assert verdict(made, "tcp 203.0.113.9 192.168.50.10 443", OUTSIDE, DMZ) == "permit"
    assert verdict(made, "udp 203.0.113.9 192.168.50.10 53", OUTSIDE, DMZ) == "permit"
    assert verdict(made, "tcp 203.0.113.9 192.168.50.10 22", OUTSIDE, DMZ) == "deny"
    assert verdict(made, "tcp 203.0.113.9 192.168.50.11 443", OUTSIDE, DMZ) == "deny"


def test_match_all_with_two_lists(made: Read) -> None:
    assert verdict(made, "tcp 192.168.1.9 192.168.50.10 22", INSIDE, DMZ) == "permit"
    assert verdict(made, "tcp 192.168.1.8 192.168.50.10 22", INSIDE, DMZ) == "deny"


def test_match_not(made: Read) -> None:
    assert verdict(made, "tcp 192.168.1.9 192.168.50.10 80", INSIDE, DMZ) == "permit"
    assert verdict(made, "tcp 192.168.1.9 192.168.50.10 21", INSIDE, DMZ) == "deny"
    services = {rule.service for name in made.device.rule_sets for rule in name.rules}
    assert ServiceComplement(ports(6, 21)) in services


def test_answers_of_inspected_sessions_pass_without_a_pair(made: Read) -> None:
    assert back(made, "tcp 192.168.50.10 203.0.113.9 49152 443", DMZ, OUTSIDE) == "permit"
    assert verdict(made, "tcp 192.168.50.10 203.0.113.9 49152 443", DMZ, OUTSIDE) == "deny"
    assert back(made, "tcp 192.168.60.10 192.168.1.9 49152 443", LAB, INSIDE) == "deny"


def test_the_router_itself_is_open_unless_a_pair_says_otherwise(made: Read) -> None:
    assert to_device(made, "tcp 203.0.113.9 203.0.113.1 22", OUTSIDE) == "permit"
    assert to_device(made, "tcp 203.0.113.9 203.0.113.1 8022", OUTSIDE) == "permit"
    assert to_device(made, "tcp 203.0.113.9 203.0.113.1 443", OUTSIDE) == "deny"
    assert to_device(made, "tcp 192.168.1.9 192.168.1.1 443", INSIDE) == "permit"
    assert from_device(made, "tcp 203.0.113.1 203.0.113.9 443", OUTSIDE) == "permit"


def test_a_pair_is_asked_by_its_name_and_by_its_ends(made: Read) -> None:
    assert made.rule_set("out-to-dmz").comment == "outside->dmz"
    for name in ("out-to-dmz", "outside->dmz"):
        assert in_list(made, name, "tcp 203.0.113.9 192.168.50.10 443") == "permit"
        assert in_list(made, name, "tcp 203.0.113.9 192.168.50.10 444") == "deny"


def test_the_rule_behind_a_verdict_is_the_line_of_the_list(made: Read) -> None:
    lines = {rule.span.first_line for rule in made.rule_set("IN-OUT/NOT-SERVERS/NO-SERVERS").rules}
    assert [made.source.lines[n - 1].split()[0] for n in sorted(lines)] == ["deny", "permit"]


def test_a_policy_that_is_missing_passes_nothing() -> None:
    made = read("""
        zone security a
        zone security b
        zone-pair security ab source a destination b
         service-policy type inspect NAI
        interface Vlan1
         zone-member security a
        interface Vlan2
         zone-member security b
    """)
    assert verdict(made, "tcp 10.0.0.1 10.0.1.1 80", "Vlan1", "Vlan2") == "deny"
    assert made.notices == ["the policy map NAI of the zone pair ab is not defined: nothing passes"]


def test_class_maps_that_are_missing_empty_or_circular() -> None:
    made = read("""
        class-map type inspect match-all LOOP
         match class-map LOOP
        class-map type inspect match-all BARE
        class-map type inspect match-any NOLIST
         match access-group name NAI
        policy-map type inspect P
         class type inspect NAI
          pass
         class type inspect BARE
          pass
         class type inspect LOOP
          pass
        policy-map type inspect Q
         class type inspect NOLIST
          pass
        zone-pair security ab source a destination b
         service-policy type inspect P
        zone-pair security ba source b destination a
         service-policy type inspect Q
        interface Vlan1
         zone-member security a
        interface Vlan2
         zone-member security b
    """)
    assert verdict(made, "tcp 10.0.0.1 10.0.1.1 80", "Vlan1", "Vlan2") == "unknown"
    assert verdict(made, "tcp 10.0.0.1 10.0.1.1 80", "Vlan2", "Vlan1") == "unknown"
    assert "the class map NAI is not defined: it matches nothing" in made.notices
    assert "the class map LOOP contains itself" in made.notices
    assert "the access list NAI is not defined: what it picks is not known" in made.notices


def test_the_default_zone() -> None:
    made = read("""
        zone security default
        zone security a
        class-map type inspect match-any T
         match protocol tcp
        policy-map type inspect P
         class type inspect T
          inspect
        zone-pair security x source default destination a
         service-policy type inspect P
        interface Vlan1
         ip address 10.0.0.1 255.255.255.0
        interface Vlan2
         zone-member security a
    """)
    assert made.interface("Vlan1").zone == "default"
    assert verdict(made, "tcp 10.0.0.1 10.0.1.1 80", "Vlan1", "Vlan2") == "permit"
    assert verdict(made, "udp 10.0.0.1 10.0.1.1 80", "Vlan1", "Vlan2") == "deny"


def test_a_policy_inside_one_zone() -> None:
    made = read("""
        zone security a
        policy-map type inspect P
         class class-default
          drop
        zone-pair security aa source a destination a
         service-policy type inspect P
        interface Vlan1
         zone-member security a
        interface Vlan2
         zone-member security a
    """)
    assert verdict(made, "tcp 10.0.0.1 10.0.1.1 80", "Vlan1", "Vlan2") == "deny"
    assert made.device.zones[0].intrazone_permit is False


def test_sessions_are_logged_where_the_parameter_map_says_so() -> None:
    text = """
        parameter-map type inspect LOGGED
         audit-trail on
         tcp idle-time 600
        class-map type inspect match-any T
         match protocol tcp
        policy-map type inspect P
         class type inspect T
          inspect LOGGED
         class class-default
          drop log
        zone-pair security ab source a destination b
         service-policy type inspect P
    """
    assert [rule.logged for rule in read(text).rule_set("ab").rules] == [True, True]
    assert [rule.logged for rule in read(text.replace("LOGGED\n", "OTHER\n", 1)).rule_set("ab").rules] == [None, True]


def test_applications_are_told_by_port() -> None:
    assert application("https") == ports(6, 443)
    assert application("http", ((6, 8080, 8080),)) == ports(6, 80, 8080)
    assert application("icmp") != application("icmpv6")
    assert isinstance(application("bittorrent"), UndecidedService)
    assert application("user-x", ((17, 5, 9),)) == ports(17, (5, 9))


# CBAC


@pytest.fixture(scope="module")
def edge() -> Read:
    return read_fixture("edge.cfg")


def test_inspection_stands_before_the_lists_as_written(edge: Read) -> None:
    assert (("inspect OUTBOUND return", "OUTSIDE_IN"), "prerouting", -300) in edge.attached()
    assert (("inspect OUTBOUND return", "SERVER_OUT"), "postrouting", 300) in edge.attached()
    assert (("OFFICE_IN",), "prerouting", -300) in edge.attached()
    assert [rule.action.value for rule in edge.rule_set("OUTSIDE_IN").rules] == ["permit"] * 5 + ["deny"]


def test_only_answers_come_back(edge: Read) -> None:
    inside, outside = "GigabitEthernet0/0", "GigabitEthernet0/2"
    assert back(edge, "tcp 203.0.113.9 192.168.10.100 49152 443", outside, inside) == "permit"
    assert verdict(edge, "tcp 203.0.113.9 192.168.10.100 49152 443", outside, inside) == "deny"
    assert back(edge, "47 203.0.113.9 192.168.10.100", outside, inside) == "deny", "GRE is not inspected"


def test_answers_of_one_application() -> None:
    made = read("""
        ip inspect name WEB http
        ip inspect name WEB ftp
        interface Vlan1
         ip inspect WEB in
         ip access-group NOTHING out
        interface Vlan2
         ip access-group NOTHING in
        ip access-list extended NOTHING
         deny ip any any
    """)
    assert back(made, "tcp 10.0.1.1 10.0.0.1 49152 80", "Vlan2", "Vlan1") == "permit"
    assert back(made, "tcp 10.0.1.1 10.0.0.1 49152 25", "Vlan2", "Vlan1") == "deny"
    states = {
        rule.service.states for rule in made.rule_set("inspect WEB return").rules if isinstance(rule.service, Service)
    }
    assert states == {frozenset({ConnectionState.ESTABLISHED})}
