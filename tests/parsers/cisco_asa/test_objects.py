"""Names, objects and groups: what each member is, groups in groups, and what is not there."""

import pytest

from segaudit.model import (
    ANY_SERVICE,
    AddressRange,
    AddressRef,
    AddressUnion,
    Fqdn,
    LineState,
    Service,
    ServiceRef,
    ServiceUnion,
    UndecidedAddress,
    UndecidedService,
    host,
    network,
)
from tests.parsers.cisco_asa.reading import in_list, read


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("host 192.0.2.1", host("192.0.2.1")),
        ("host 2001:db8::1", host("2001:db8::1")),
        ("subnet 192.0.2.0 255.255.255.128", network("192.0.2.0/25")),
        ("subnet 2001:db8:1::/48", network("2001:db8:1::/48")),
        ("range 192.0.2.5 192.0.2.9", AddressRange(4, host("192.0.2.5").first, host("192.0.2.9").first)),
        ("fqdn v4 www.example.jp", Fqdn("www.example.jp")),
        ("fqdn www.example.jp", Fqdn("www.example.jp")),
    ],
)
def test_network_objects(line: str, value: object) -> None:
    made = read(f"object network O\n description 本社\n {line}\n")
    assert made.device.addresses["O"].value == value
    assert made.device.addresses["O"].comment == "本社"
    assert made.not_understood == []


def test_an_object_has_one_value_the_last() -> None:
    made = read("object network O\n host 192.0.2.1\nobject network O\n host 192.0.2.2\n")
    assert made.device.addresses["O"].value == host("192.0.2.2")


def test_an_object_without_an_address_is_unknown() -> None:
    made = read("object network O\n description none\n")
    assert isinstance(made.device.addresses["O"].value, UndecidedAddress)


def test_network_groups() -> None:
    made = read(
        """
        name 192.0.2.9 printer
        object network O
         host 192.0.2.1
        object-group network INNER
         network-object 198.51.100.0 255.255.255.0
        object-group network G
         description all of them
         network-object host 192.0.2.7
         network-object host printer
         network-object object O
         network-object 2001:db8::/32
         group-object INNER
        """
    )
    assert made.device.addresses["G"].value == AddressUnion(
        (
            host("192.0.2.7"),
            host("192.0.2.9"),
            AddressRef("O"),
            network("2001:db8::/32"),
            AddressRef("INNER"),
        )
    )
    assert made.device.addresses["printer"].value == host("192.0.2.9")
    assert made.not_understood == []


def test_names_stand_for_addresses_everywhere() -> None:
    made = read(
        """
        ASA Version 8.2(1)
        names
        name 10.1.0.0 lan description 事務所
        name 255.255.0.0 lan_mask
        name 10.1.0.1 gate
        interface Ethernet0/0
         nameif inside
         security-level 100
         ip address gate 255.255.0.0
        access-list X extended permit ip lan 255.255.0.0 any
        access-list X extended permit ip lan lan_mask any
        ssh lan 255.255.0.0 inside
        route inside lan 255.255.0.0 gate
        """
    )
    assert made.not_understood == []
    first, second = made.rules("X")
    assert first.source == second.source == network("10.1.0.0/16")
    assert made.device.interfaces[0].addresses[0].address == host("10.1.0.1").first
    assert made.device.local_services[0].sources == network("10.1.0.0/16")


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("service tcp destination eq https", Service(protocol=6, destination_ports=((443, 443),))),
        (
            "service udp source range 500 600 destination lt 10",
            Service(protocol=17, source_ports=((500, 600),), destination_ports=((0, 9),)),
        ),
        ("service icmp echo 0", Service(protocol=1, icmp_types=((8, 8),), icmp_codes=((0, 0),))),
        ("service icmp6 neighbor-advertisement", Service(protocol=58, icmp_types=((136, 136),))),
        ("service gre", Service(protocol=47)),
        ("service 112", Service(protocol=112)),
        ("service ip", ANY_SERVICE),
    ],
)
def test_service_objects(line: str, value: object) -> None:
    made = read(f"object service S\n {line}\n")
    assert made.device.services["S"].value == value


def test_service_groups_of_any_protocol() -> None:
    made = read(
        """
        object-group service G
         service-object tcp-udp destination eq domain
         service-object udp eq 1235    ! "destination" may be left out
         service-object udp source eq 3 eq 1236
         service-object icmp unreachable
         service-object object S
         group-object OTHER
        """
    )
    value = made.device.services["G"].value
    assert isinstance(value, ServiceUnion)
    assert value.items[0] == ServiceUnion(
        (
            Service(protocol=6, destination_ports=((53, 53),)),
            Service(protocol=17, destination_ports=((53, 53),)),
        )
    )
    assert value.items[1] == Service(protocol=17, destination_ports=((1235, 1235),))
    assert value.items[2] == Service(protocol=17, source_ports=((3, 3),), destination_ports=((1236, 1236),))
    assert value.items[4:] == (ServiceRef("S"), ServiceRef("OTHER"))
    assert made.not_understood == []


def test_groups_in_groups_of_ports_as_source_ports() -> None:
    made = read(
        """
        ASA Version 9.1(1)
        object-group service INNER tcp
         port-object eq 25
        object-group service OUTER tcp
         group-object INNER
         port-object range 1000 1010
        access-list X extended permit tcp any object-group OUTER any
        """
    )
    assert in_list(made, "X", "tcp 192.0.2.1 192.0.2.2 4000 25") == "permit"
    assert in_list(made, "X", "tcp 192.0.2.1 192.0.2.2 4000 1010") == "permit"
    assert in_list(made, "X", "tcp 192.0.2.1 192.0.2.2 4000 1011") == "deny"


def test_unknown_ports_in_a_group_open_its_bounds() -> None:
    made = read(
        """
        ASA Version 9.1(1)
        object-group service G tcp
         port-object eq 25
         port-object eq nonsense
        access-list X extended permit tcp any any object-group G
        access-list Y extended permit tcp any object-group G any
        """
    )
    assert made.state("port-object eq nonsense") is LineState.APPROXIMATED
    assert in_list(made, "X", "tcp 192.0.2.1 192.0.2.2 25") == "permit"
    assert in_list(made, "X", "tcp 192.0.2.1 192.0.2.2 26") == "unknown"
    assert in_list(made, "X", "udp 192.0.2.1 192.0.2.2 26") == "deny"
    assert in_list(made, "Y", "tcp 192.0.2.1 192.0.2.2 80 26") == "unknown"


def test_protocol_groups() -> None:
    made = read(
        """
        ASA Version 9.1(1)
        object-group protocol IPSEC
         protocol-object esp
         protocol-object ah
        object-group protocol P
         protocol-object udp
         group-object IPSEC
        access-list X extended permit object-group P any any
        """
    )
    assert in_list(made, "X", "50 192.0.2.1 192.0.2.2") == "permit"
    assert in_list(made, "X", "udp 192.0.2.1 192.0.2.2 1") == "permit"
    assert in_list(made, "X", "tcp 192.0.2.1 192.0.2.2 1") == "deny"


def test_icmp_groups_in_groups() -> None:
    made = read(
        """
        ASA Version 9.1(1)
        object-group icmp-type INNER
         icmp-object echo
        object-group icmp-type G
         icmp-object 3
         group-object INNER
        access-list X extended permit icmp any any object-group G
        """
    )
    assert in_list(made, "X", "icmp 192.0.2.1 192.0.2.2 8") == "permit"
    assert in_list(made, "X", "icmp 192.0.2.1 192.0.2.2 3 1") == "permit"
    assert in_list(made, "X", "icmp 192.0.2.1 192.0.2.2 0") == "deny"


def test_a_group_that_contains_itself_is_reported_with_the_cycle() -> None:
    made = read(
        """
        ASA Version 9.1(1)
        object-group network A
         network-object host 192.0.2.1
         group-object B
        object-group network B
         group-object C
        object-group network C
         group-object A
        object-group service S tcp
         group-object S
        access-list X extended permit ip object-group A any
        """
    )
    said = [str(notice.message) for notice in made.device.notices]
    assert "The object group contains itself: A > B > C > A" in said
    assert "The object group contains itself: S > S" in said
    assert all(notice.bears_on_access for notice in made.device.notices)
    assert in_list(made, "X", "tcp 192.0.2.1 192.0.2.2 1") == "permit"
    assert in_list(made, "X", "tcp 192.0.2.9 192.0.2.2 1") == "unknown"


def test_undefined_and_empty_groups_are_unknown() -> None:
    made = read(
        """
        ASA Version 9.1(1)
        object-group network EMPTY
        object-group service NONE tcp
        access-list X extended permit ip object-group EMPTY any
        access-list Y extended permit ip object-group NOWHERE any
        access-list Z extended permit tcp any any object-group NONE
        """
    )
    assert isinstance(made.device.services["NONE"].value, UndecidedService)
    for name in "XYZ":
        assert in_list(made, name, "tcp 192.0.2.9 192.0.2.2 1") == "unknown"


@pytest.mark.parametrize("kind", ["user", "security"])
def test_groups_that_no_header_decides(kind: str) -> None:
    made = read(f"object-group {kind} U\n user CORP\\taro\n security-group name HR\n")
    assert made.state("object-group") is LineState.APPROXIMATED
    assert made.not_understood == []


def test_network_services_are_undecided() -> None:
    made = read(
        """
        ASA Version 9.17(1)
        object network-service SAAS
         domain saas.example.com tcp eq 443
        object-group network-service APPS
         network-service-member SAAS
        access-list X extended permit ip any object-group-network-service APPS
        """
    )
    assert in_list(made, "X", "tcp 192.0.2.9 192.0.2.2 443") == "unknown"


def test_non_contiguous_masks_are_kept() -> None:
    made = read("ASA Version 9.1(1)\naccess-list X extended permit ip 10.0.0.5 255.0.0.255 any\n")
    assert in_list(made, "X", "tcp 10.77.3.5 192.0.2.2 1") == "permit"
    assert in_list(made, "X", "tcp 10.77.3.6 192.0.2.2 1") == "deny"


def test_lines_that_are_no_members_are_said_so() -> None:
    made = read(
        "object-group network G\n bogus-object 1\n"
        "object-group service S tcp\n port-object\n nonsense 5\n"
        "object network O\n host\n"
        "object service V\n nothing\n"
        "object-group icmp-type I\n icmp-object foo\n"
        "object-group protocol P\n x y\n"
    )
    assert len(made.not_understood) == 7
