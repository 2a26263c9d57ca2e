"""Roles from evidence: names in two languages, the maker's words, leases, the hosts that a config names, links."""

import pytest

from segaudit.knowledge.roles import Role
from segaudit.model import DhcpScope, HostSign, HostSpec, Interface, InterfaceKind
from segaudit.zones.graph import DECLARED, RoleEvidence, Zone
from segaudit.zones.roles import decided, weighed
from tests.zones.networks import declared, device, graph, interface, msg_sign, named, route, scope


def zone_of(
    its: Interface, *, scopes: tuple[DhcpScope, ...] = (), hosts: tuple[HostSpec, ...] = (), maker: str = "cisco_ios"
) -> Zone:
    """The zone behind an interface that has 10.1.0.1."""
    made = graph(device("fw", its, interface("other", "10.77.0.1/24"), dhcp_scopes=scopes, hosts=hosts, format=maker))
    return next(z for z in made.zones.values() if any(p.interface == its.name for p in z.ports))


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("SERVERS", Role.SERVER),
        ("業務サーバ", Role.SERVER),
        ("guest-wifi", Role.GUEST),
        ("来客用", Role.GUEST),
        ("backup", Role.BACKUP),
        ("営業部端末", Role.TERMINAL),
        ("tanmatsu", Role.TERMINAL),
        ("mgmt", Role.MANAGEMENT),
        ("DMZ", Role.DMZ),
        ("vlan77", Role.UNKNOWN),
        ("lan", Role.UNKNOWN),
        ("社内", Role.UNKNOWN),
    ],
)
def test_names(text: str, role: Role) -> None:
    assert zone_of(interface("x1", "10.1.0.1/24", description=text)).role == role


def test_a_name_is_told_with_its_place_and_line() -> None:
    zone = zone_of(interface("x1", "10.1.0.1/24", description="業務サーバ"))
    (sign,) = [e for e in zone.evidence if e.role == Role.SERVER]
    assert "業務サーバ" in str(sign.sign)
    assert sign.span is not None
    assert 0.6 <= zone.certainty < 1


def test_what_nothing_says_is_unknown_and_not_guessed() -> None:
    zone = zone_of(interface("x1", "10.1.0.1/24"))
    assert (zone.role, zone.certainty, zone.evidence) == (Role.UNKNOWN, 0, ())


def test_many_leases_are_terminals() -> None:
    assert zone_of(interface("x1", "10.1.0.1/24"), scopes=(scope("x1", "10.1.0.0/25", 100),)).role == Role.TERMINAL


def test_few_leases_say_nothing() -> None:
    assert zone_of(interface("x1", "10.1.0.1/24"), scopes=(scope("x1", "10.1.0.0/29", 5),)).role == Role.UNKNOWN


def test_leases_with_options_for_telephones_are_telephones() -> None:
    zone = zone_of(interface("x1", "10.1.0.1/24"), scopes=(scope("x1", "10.1.0.0/25", 100, (150,)),))
    assert zone.role == Role.VOICE


def test_leases_give_way_to_a_name_that_says_which_clients_get_them() -> None:
    zone = zone_of(interface("guest-wifi", "10.1.0.1/24"), scopes=(scope("guest-wifi", "10.1.0.0/25", 100),))
    assert zone.role == Role.GUEST


@pytest.mark.parametrize(
    ("sign", "role"),
    [(HostSign.LDAP, Role.DIRECTORY), (HostSign.SYSLOG, Role.SECURITY), (HostSign.SNMP_MANAGER, Role.MANAGEMENT)],
)
def test_hosts_that_the_config_names(sign: HostSign, role: Role) -> None:
    assert zone_of(interface("x1", "10.1.0.1/24"), hosts=(named("h", "10.1.0.5", sign),)).role == role


def test_ten_hosts_of_one_sign_are_one_sign() -> None:
    hosts = tuple(named(f"h{n}", f"10.1.0.{n}", HostSign.NAT_TARGET) for n in range(5, 15))
    zone = zone_of(interface("x1", "10.1.0.1/24"), hosts=hosts)
    assert len([e for e in zone.evidence if e.token == "nat-target"]) == 1


def test_a_server_among_leased_addresses_is_the_fault_and_no_sign() -> None:
    zone = zone_of(
        interface("x1", "10.1.0.1/24"),
        scopes=(scope("x1", "10.1.0.128/25", 100),),
        hosts=(named("dc", "10.1.0.5", HostSign.LDAP),),
    )
    assert zone.role == Role.TERMINAL


def test_makers_words() -> None:
    assert zone_of(interface("x1", "10.1.0.1/24", role_hint="set role dmz"), maker="fortinet_fortios").role == Role.DMZ
    # "lan" is what the maker calls it from the factory on.
    assert (
        zone_of(interface("x1", "10.1.0.1/24", role_hint="set role lan"), maker="fortinet_fortios").role == Role.UNKNOWN
    )
    mgmt = interface("x1", "10.1.0.1/24", kind=InterfaceKind.MANAGEMENT)
    assert zone_of(mgmt).role == Role.MANAGEMENT


def test_a_small_network_with_larger_ones_behind_it_is_a_link() -> None:
    made = graph(device("r", interface("x1", "10.0.0.1/30"), routes=[route("10.8.0.0/16", "10.0.0.2")]))
    assert made.zones["r:x1"].role == Role.TRANSIT


def test_what_is_declared_wins_and_is_certain() -> None:
    fw = device("fw", interface("guest-wifi", "10.1.0.1/24"))
    zone = graph(fw, site=declared(hinan=("server", ["if=fw/guest-wifi"]))).zones["hinan"]
    assert (zone.role, zone.certainty, zone.declared) == (Role.SERVER, 1.0, True)
    assert zone.evidence[0].token == DECLARED
    # What the config says is shown all the same.
    assert Role.GUEST in {e.role for e in zone.evidence}


def test_a_declared_zone_without_a_role_is_left_to_the_evidence() -> None:
    fw = device("fw", interface("guest-wifi", "10.1.0.1/24"))
    zone = graph(fw, site=declared(hito=("", ["if=fw/guest-wifi"]))).zones["hito"]
    assert (zone.role, zone.declared) == (Role.GUEST, False)


def test_signs_that_contradict_each_other_decide_nothing() -> None:
    signs = [msg_sign(Role.GUEST, 0.7, "guest"), msg_sign(Role.SERVER, 0.7, "server")]
    assert decided(signs) == (Role.UNKNOWN, 0)


def test_one_word_twice_counts_once() -> None:
    once = decided([msg_sign(Role.GUEST, 0.7, "guest")])
    assert decided([msg_sign(Role.GUEST, 0.7, "guest"), msg_sign(Role.GUEST, 0.7, "guest")]) == once
    assert decided([msg_sign(Role.GUEST, 0.7, "guest"), msg_sign(Role.GUEST, 0.7, "byod")])[1] > once[1]


def test_the_strongest_sign_comes_first() -> None:
    signs: list[RoleEvidence] = [msg_sign(Role.GUEST, 0.3, "a"), msg_sign(Role.GUEST, 0.8, "b")]
    assert [e.token for e in weighed(signs)] == ["b", "a"]
