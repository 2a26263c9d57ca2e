"""Security policies: their order, address books, applications, the device itself."""

import pytest

from segaudit.model import (
    ConditionKind,
    Fqdn,
    MaskedAddress,
    Service,
    ServiceUnion,
    UndecidedAddress,
    UndecidedService,
)
from tests.parsers.juniper_srx.reading import (
    BASE,
    DMZ,
    IN,
    OUT,
    device,
    fixture,
    parsed,
    policy,
    said,
    the_rule,
)

WEB = "set applications application web protocol tcp destination-port 80\n"


@pytest.mark.parametrize(
    ("packet", "way", "verdict"),
    [
        (
            "tcp 198.51.100.77 > 203.0.113.5:443",
            "ge-0/0/0.0 > ge-0/0/2.20",
            "permit published dst=10.2.0.5 dst_port=8443",
        ),
        ("tcp 198.51.100.77 > 10.2.0.5:8443", "ge-0/0/0.0 > ge-0/0/2.20", "permit published"),
        ("tcp 2001:db8:9::1 > [2001:db8:2::5]:8443", "ge-0/0/0.0 > ge-0/0/2.20", "permit published"),
        # The schedule begins in March.
        ("tcp 198.51.100.77 > 10.2.0.5:80", "ge-0/0/0.0 > ge-0/0/2.20", "deny last-deny"),
        ("tcp 10.1.0.9 > 198.51.100.77:443", "ge-0/0/1.0 > ge-0/0/0.0", "permit staff-only src=203.0.113.2"),
        ("udp 10.1.0.9 > 198.51.100.25:443", "ge-0/0/1.0 > ge-0/0/0.0", "deny last-deny"),
        # The zone's own book goes before the global one.
        ("tcp 192.168.50.5 > 198.51.100.77:443", "ge-0/0/2.50 > ge-0/0/0.0", "permit web-only src=203.0.113.2"),
        ("tcp 10.2.0.5 > 198.51.100.77:443", "ge-0/0/2.50 > ge-0/0/0.0", "deny last-deny"),
        ("udp 10.1.0.9 > 10.2.0.53:53", "ge-0/0/1.0 > ge-0/0/2.20", "permit dns"),
        ("udp 10.1.0.9 > 192.168.50.53:53", "ge-0/0/1.0 > ge-0/0/2.50", "deny end"),
        # No policy inside of a zone, and none from the VPN.
        ("tcp 10.80.0.9 > 10.1.0.9:445", "st0.0 > ge-0/0/1.0", "deny end"),
        # The filter of the interface goes first.
        ("tcp 10.2.3.4 > 10.2.0.5:8443", "ge-0/0/0.0 > ge-0/0/2.20", "deny no-private"),
        # The port of the routing engine forwards nothing, and neither does an interface without a zone.
        ("tcp 172.16.0.9 > 10.2.0.5:8443", "fxp0.0 > ge-0/0/2.20", "deny end"),
        ("tcp 10.1.0.9 > 172.16.0.9:443", "ge-0/0/1.0 > fxp0.0", "deny end"),
        ("tcp 172.16.0.9 > 10.2.0.5:8443", "ge-0/0/3.0 > ge-0/0/2.20", "deny end"),
    ],
)
def test_the_fixture_decides(packet: str, way: str, verdict: str) -> None:
    (on,) = fixture("nagoya.conf").devices
    assert said(on, packet, way) == verdict


@pytest.mark.parametrize(
    ("packet", "way", "verdict"),
    [
        ("tcp 10.1.0.9 > 10.1.0.1:22", IN, "permit admins"),
        # Let in by the zone, and no policy to junos-host for it.
        ("udp 10.1.0.9 > 10.1.0.1:161", IN, "deny last"),
        ("tcp 10.1.0.9 > 10.1.0.1:23", IN, "deny last"),
        ("icmp/8 198.51.100.7 > 203.0.113.2", OUT, "permit system-services ping"),
        ("udp 198.51.100.10 > 203.0.113.2:500", OUT, "permit system-services ike"),
        ("tcp 10.1.0.9 > 203.0.113.2:22", OUT, "deny no-private"),
        ("tcp 198.51.100.9 > 203.0.113.2:443", OUT, "deny last"),
    ],
)
def test_to_the_device(packet: str, way: str, verdict: str) -> None:
    (on,) = fixture("nagoya.conf").devices
    assert said(on, packet, way) == verdict


def test_pair_then_global_then_default() -> None:
    text = (
        BASE
        + WEB
        + policy("application web", name="pair")
        + policy("application web", zones="global", name="everywhere", then="deny")
        + "set security policies default-policy permit-all\n"
    )
    on = device(text)
    assert said(on, "tcp 10.1.0.9 > 192.0.2.1:80", f"{IN} > {OUT}") == "permit pair"
    assert said(on, "tcp 192.0.2.1 > 10.1.0.9:80", f"{OUT} > {IN}") == "deny everywhere"
    assert said(on, "tcp 192.0.2.1 > 10.1.0.9:81", f"{OUT} > {IN}") == "permit end"
    assert said(on, "tcp 10.1.0.9 > 10.1.0.8:80", f"{IN} > {IN}") == "deny everywhere"


def test_without_a_policy_everything_is_denied() -> None:
    on = device(BASE)
    for way in (f"{IN} > {OUT}", f"{IN} > {IN}", f"{OUT} > {DMZ}"):
        assert said(on, "tcp 10.1.0.9 > 192.0.2.1:80", way) == "deny end"
    assert said(on, "tcp 10.1.0.9 > 10.1.0.1:22", IN) == "deny end"


def test_addresses_of_every_kind() -> None:
    on = device(
        BASE
        + """
set security address-book global address net 198.51.100.0/24
set security address-book global address span range-address 198.51.100.1 to 198.51.100.9
set security address-book global address wild wildcard-address 10.0.0.9/255.0.0.255
set security address-book global address name dns-name www.example.jp ipv4-only
set security address-book global address-set inner address net
set security address-book global address-set outer address-set inner
set security address-book global address-set outer address span
set security zones security-zone in address-book address net 10.1.0.0/25
"""
        + policy("source-address net", "destination-address net", name="both")
        + policy("destination-address outer", "source-address any-ipv6", name="six")
    )
    values = {name: found.value for name, found in on.addresses.items()}
    assert isinstance(values["wild"], MaskedAddress)
    assert values["name"] == Fqdn("www.example.jp")
    assert said(on, "tcp 10.1.0.9 > 198.51.100.5:80", f"{IN} > {OUT}") == "permit both"
    assert said(on, "tcp 10.1.0.200 > 198.51.100.5:80", f"{IN} > {OUT}") == "deny end"
    assert said(on, "tcp 2001:db8:1::5 > [2001:db8:9::9]:80", f"{IN} > {OUT}") == "deny end"


def test_a_set_that_contains_itself() -> None:
    on = device(
        BASE
        + "set security address-book global address-set a address-set b\n"
        + "set security address-book global address-set b address-set a\n"
        + policy("source-address a")
    )
    assert any("contains itself" in str(one.message) for one in on.notices)
    assert any(
        isinstance(found.value, UndecidedAddress) and found.value.kind == "recursive group"
        for found in on.addresses.values()
    )
    assert said(on, "tcp 10.1.0.9 > 192.0.2.1:80", f"{IN} > {OUT}").startswith("unknown")


def test_an_address_that_is_not_there() -> None:
    on = device(BASE + policy("source-address nowhere"))
    assert said(on, "tcp 10.1.0.9 > 192.0.2.1:80", f"{IN} > {OUT}").startswith("unknown")


def test_applications_of_every_kind() -> None:
    on = device(
        BASE
        + """
set applications application terms term a protocol tcp destination-port 1000-1010
set applications application terms term b protocol udp source-port ntp destination-port ntp
set applications application ping protocol icmp icmp-type echo-request
set applications application ping6 protocol icmp6 icmp6-type 128
set applications application rpc protocol tcp uuid e1af8308-5d1f-11c9-91a4-08002b14a0fa
set applications application esp protocol esp
set applications application-set all application terms
set applications application-set all application junos-ssh
set applications application-set outer application-set all
"""
        + policy("application outer", "application ping", "application esp", name="some")
        + policy("application rpc", name="rpc")
    )
    services = {name: found.value for name, found in on.services.items()}
    assert services["terms"] == ServiceUnion(
        (
            Service(protocol=6, destination_ports=((1000, 1010),)),
            Service(protocol=17, source_ports=((123, 123),), destination_ports=((123, 123),)),
        )
    )
    assert isinstance(services["rpc"], UndecidedService)
    for packet, verdict in (
        ("tcp 10.1.0.9 > 192.0.2.1:1005", "permit some"),
        ("tcp 10.1.0.9 > 192.0.2.1:22", "permit some"),
        ("icmp/8 10.1.0.9 > 192.0.2.1", "permit some"),
        ("esp 10.1.0.9 > 192.0.2.1", "permit some"),
        ("udp 10.1.0.9#123 > 192.0.2.1:123", "permit some"),
        ("udp 10.1.0.9#124 > 192.0.2.1:123", "deny end"),
    ):
        assert said(on, packet, f"{IN} > {OUT}") == verdict
    assert said(on, "tcp 10.1.0.9 > 192.0.2.1:5000", f"{IN} > {OUT}").startswith("unknown")


@pytest.mark.parametrize(
    ("name", "packet"),
    [
        ("junos-http", "tcp 10.1.0.9 > 192.0.2.1:80"),
        ("junos-dns-udp", "udp 10.1.0.9 > 192.0.2.1:53"),
        ("junos-icmp-all", "icmp/8 10.1.0.9 > 192.0.2.1"),
        ("junos-ms-sql", "tcp 10.1.0.9 > 192.0.2.1:1433"),
        ("junos-smb-session", "tcp 10.1.0.9 > 192.0.2.1:445"),
        ("junos-ospf", "ospf 10.1.0.9 > 192.0.2.1"),
        ("junos-sip", "udp 10.1.0.9 > 192.0.2.1:5060"),
    ],
)
def test_predefined_applications(name: str, packet: str) -> None:
    on = device(BASE + policy(f"application {name}"))
    assert said(on, packet, f"{IN} > {OUT}") == "permit p"
    assert said(on, "tcp 10.1.0.9 > 192.0.2.1:9", f"{IN} > {OUT}") == "deny end"


def test_conditions() -> None:
    on = device(
        BASE
        + policy("dynamic-application junos:FACEBOOK-ACCESS", "application junos-defaults", name="app")
        + policy("source-identity staff", name="user")
        + policy("url-category Games", name="url", then="deny")
    )
    kinds = {name: [one.kind for one in the_rule(on, name, "in to out").conditions] for name in ("app", "user", "url")}
    assert kinds == {
        "app": [ConditionKind.APPLICATION],
        "user": [ConditionKind.USER],
        "url": [ConditionKind.URL],
    }
    assert the_rule(on, "user", "in to out").conditions[0].groups == ("staff",)


def test_a_policy_without_an_action_is_left_out() -> None:
    text = BASE + policy(then="count")
    on = device(text)
    assert not the_rule(on, "p", "in to out").enabled
    assert any("would refuse it" in str(one.message) for one in on.notices)
    assert len(parsed(text).devices) == 1


def test_junos_host() -> None:
    text = (
        BASE
        + "set security zones security-zone in host-inbound-traffic system-services any-service\n"
        + "set security zones security-zone out host-inbound-traffic system-services ssh\n"
        + policy("application junos-ssh", zones="from-zone in to-zone junos-host", name="ssh")
    )
    on = device(text)
    assert said(on, "tcp 10.1.0.9 > 10.1.0.1:22", IN) == "permit ssh"
    assert said(on, "tcp 10.1.0.9 > 10.1.0.1:443", IN) == "deny end"
    assert said(on, "tcp 192.0.2.9 > 203.0.113.1:22", OUT) == "permit system-services ssh"
    assert said(on, "tcp 192.0.2.9 > 203.0.113.1:443", OUT) == "deny end"


def test_what_an_interface_lets_in_replaces_what_its_zone_does() -> None:
    text = (
        BASE
        + """
set security zones security-zone in host-inbound-traffic system-services all
set security zones security-zone in host-inbound-traffic system-services telnet except
set security zones security-zone in host-inbound-traffic protocols ospf
set security zones security-zone in interfaces ge-0/0/5.0 host-inbound-traffic system-services ping
set interfaces ge-0/0/5 unit 0 family inet address 10.5.0.1/24
"""
    )
    on = device(text)
    assert said(on, "tcp 10.1.0.9 > 10.1.0.1:22", IN) == "permit system-services all"
    assert said(on, "tcp 10.1.0.9 > 10.1.0.1:23", IN) == "deny system-services telnet"
    assert said(on, "ospf 10.1.0.9 > 10.1.0.1", IN) == "permit protocols ospf"
    assert said(on, "tcp 10.5.0.9 > 10.5.0.1:22", "ge-0/0/5.0") == "deny end"
    assert said(on, "icmp/8 10.5.0.9 > 10.5.0.1", "ge-0/0/5.0") == "permit system-services ping"
