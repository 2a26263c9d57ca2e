"""Object groups."""

import pytest

from segaudit.model import (
    AddressRange,
    AddressRef,
    AddressUnion,
    Fqdn,
    LineState,
    Service,
    ServiceRef,
    ServiceUnion,
    UndecidedAddress,
    host,
    network,
    parse_address,
    ports,
)
from tests.parsers.cisco_ios.reading import Read, in_list, read, read_fixture


@pytest.fixture(scope="module")
def made() -> Read:
    return read_fixture("objects.cfg")


def test_network_groups_have_netmasks(made: Read) -> None:
    _, first = parse_address("192.0.2.20")
    assert made.device.addresses["SERVERS"].value == AddressUnion(
        (host("192.0.2.10"), network("192.0.2.128/26"), AddressRange(4, first, first + 9), AddressRef("MORE"))
    )
    assert made.device.addresses["SERVERS"].comment == "サーバ群"
    assert made.device.addresses["MORE"].value == AddressUnion((network("198.51.100.0/28"), Fqdn("www.example.com")))
    assert made.device.addresses["EMPTY-GROUP"].value == AddressUnion(())


def test_service_groups(made: Read) -> None:
    assert made.device.services["WEB"].value == ServiceUnion(
        (
            ports(6, 80),
            ports(6, 8443),
            ports(6, 53),
            ports(17, 53),
            Service(protocol=17, source_ports=((1000, 2000),), destination_ports=((514, 514),)),
            Service(protocol=1, icmp_types=((8, 8),)),
            Service(protocol=89),
            ServiceRef("EXTRA"),
        )
    )
    assert made.device.services["EXTRA"].value == ServiceUnion((ports(6, (5000, 5010)), ports(6, (60001, 65535))))


def test_groups_inside_entries(made: Read) -> None:
    first, second, third, *_ = made.rule_set("GROUPS").rules
    assert (first.service, first.destination) == (ServiceRef("WEB"), AddressRef("SERVERS"))
    assert second.source == AddressRef("SERVERS")
    assert third.service == Service(protocol=6, source_ports=((8000, 8099),), destination_ports=((8000, 8099),))
    assert in_list(made, "GROUPS", "tcp 10.0.0.1 192.0.2.25 8443") == "permit"
    assert in_list(made, "GROUPS", "tcp 10.0.0.1 192.0.2.200 8443") == "unknown"


def test_an_undefined_group_stays_a_reference(made: Read) -> None:
    rules = made.rule_set("GROUPS").rules
    assert rules[4].source == AddressRef("NAI")
    assert "NAI" not in made.device.addresses


def test_a_group_that_contains_itself_is_named(made: Read) -> None:
    assert made.device.addresses["LOOP-A"].value == AddressUnion(
        (host("192.0.2.99"), UndecidedAddress("recursive group", "LOOP-B"))
    )
    assert "the object group contains itself: LOOP-A > LOOP-B > LOOP-A" in made.notices


def test_what_is_not_understood_in_a_group() -> None:
    made = read("""
        object-group network A
         host 192.0.2.1
         192.0.2.999 255.255.255.0
        object-group service B
         tcp eq wasabi-port
         range of nothing
        object-group network A
         host 192.0.2.2
    """)
    assert made.state("192.0.2.999") == made.state("range of") == LineState.UNRECOGNIZED
    assert made.device.addresses["A"].value == AddressUnion((host("192.0.2.1"), host("192.0.2.2")))
