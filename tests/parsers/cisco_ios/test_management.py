"""What the device itself listens for, and who may ask."""

import pytest

from segaudit.model import (
    ANY_ADDRESS,
    ANY_IPV4,
    ANY_IPV6,
    AddressComplement,
    AddressIntersection,
    AddressUnion,
    LineState,
    SecondFactor,
    host,
    network,
    ports,
)
from tests.parsers.cisco_ios.reading import Read, read, read_fixture


@pytest.fixture(scope="module")
def made() -> Read:
    return read_fixture("management.cfg")


def test_an_access_class_of_ipv4_leaves_ipv6_open() -> None:
    text = """
        version 15.2
        interface Vlan1
         ipv6 address 2001:db8::1/64
        access-list 5 permit 192.0.2.0 0.0.0.255
        line vty 0 4
         access-class 5 in
         transport input ssh
    """
    (ssh,) = read(text).listening("ssh")
    assert ssh.sources == AddressUnion((network("192.0.2.0/24"), ANY_IPV6))
    (ssh,) = read(text.replace("ipv6 address 2001:db8::1/64", "description no IPv6")).listening("ssh")
    assert ssh.sources == network("192.0.2.0/24")


def test_lists_that_deny_first(made: Read) -> None:
    ssh = made.listening("ssh")[0]
    assert ssh.sources == AddressUnion(
        (
            AddressIntersection((network("192.168.1.0/24"), AddressComplement(host("192.168.1.66"), 4))),
            network("2001:db8:1::/64"),
        )
    )
    assert ssh.management


def test_an_access_class_that_is_missing_holds_nobody_off(made: Read) -> None:
    assert made.listening("ssh")[1].sources == AddressUnion((ANY_IPV4, ANY_IPV6))
    assert "the access list 77 is not defined: everyone may ask" in made.notices


def test_management_interfaces(made: Read) -> None:
    assert {i for s in made.listening("ssh") for i in s.interfaces.items} == {"FastEthernet0/0"}
    assert made.listening("telnet") == made.listening("https") == []


def test_community_lists(made: Read) -> None:
    with_list, without, group = made.listening("snmp")
    assert with_list.sources == group.sources == AddressUnion((host("192.168.1.5"), ANY_IPV6))
    assert without.sources == ANY_ADDRESS


def test_services_that_one_command_switches_on(made: Read) -> None:
    kinds = [service.kind for service in made.device.local_services]
    for kind in ("finger", "rsh", "tcp small servers", "dns", "ntp"):
        assert kind in kinds
    assert made.reason("service-policy input COPP").startswith("control-plane policing")


def test_policing_that_only_limits_rates_is_no_filter() -> None:
    made = read("""
        policy-map RATES
         class class-default
          police 32000
        policy-map DROPS
         class class-default
          police 8000
           conform-action drop
        control-plane
         service-policy input RATES
         service-policy input DROPS
         service-policy input system-cpp-policy
    """)
    states = [made.state("service-policy input", nth=n) for n in (1, 2, 3)]
    assert states == [LineState.IRRELEVANT, LineState.UNSUPPORTED, LineState.IRRELEVANT]


def test_web_server_ports() -> None:
    made = read("""
        ip http server
        ip http port 8080
        ip http secure-port 8443
        ip http secure-server
        ip http access-class ipv4 NAI
    """)
    assert [s.service for s in made.listening("http")] == [ports(6, 8080)]
    assert [s.service for s in made.listening("https")] == [ports(6, 8443)]
    assert read("ip http server\nno ip http server").device.local_services == ()


@pytest.mark.parametrize(
    ("version", "transport", "services"),
    [
        ("12.4", "", [("telnet", True), ("ssh", False)]),
        ("15.7", "", [("telnet", False), ("ssh", False)]),
        ("17.9", " transport input all", [("telnet", True), ("ssh", False)]),
        ("15.7", " transport input ssh", [("ssh", True)]),
        ("15.7", " transport input none", []),
        ("15.7", " transport input telnet", [("telnet", True)]),
        ("15.7", " no transport input", []),
    ],
)
def test_terminal_lines(version: str, transport: str, services: list[tuple[str, bool]]) -> None:
    made = read_lines_of(f"version {version}", "line vty 0 4", transport or " login")
    assert [(s.kind, s.certain) for s in made.device.local_services] == services


def read_lines_of(*lines: str) -> Read:
    return read("\n".join(lines))


def test_ssh_is_certain_where_it_is_set_up() -> None:
    made = read("version 15.2\nip ssh version 2\nline vty 0 4\n transport input all")
    assert [(s.kind, s.certain) for s in made.device.local_services] == [("telnet", True), ("ssh", True)]


def test_lines_without_a_password_are_named() -> None:
    made = read("line vty 0 4\n no login\n transport input telnet")
    assert made.notices == ["the virtual terminal lines 0 to 4 ask for no password"]
    assert made.device.notices[0].bears_on_access


def test_administrators() -> None:
    made = read_fixture("edge.cfg")
    assert [(a.name, a.second_factor) for a in made.device.administrators] == [
        ("netops", SecondFactor.NOT_VISIBLE),
        ("kanri", SecondFactor.NOT_VISIBLE),
    ]
    local = read("username a secret 5 x\nline vty 0 4\n login local")
    assert [a.second_factor for a in local.device.administrators] == [SecondFactor.ABSENT]


def test_console_lines_are_no_way_in() -> None:
    made = read("line con 0\n transport input all\nline aux 0\n transport input all\nline 33 48\n transport input all")
    assert made.device.local_services == ()
    assert made.ledger.count(LineState.IRRELEVANT) == 6
