"""Security rules: zones, types, defaults, applications, conditions; what reaches the device itself."""

import pytest

from segaudit.model import Action, ConditionKind, LineState
from tests.parsers.paloalto_panos.reading import BASE, device, fixture, open_rule, parsed, rule, said, the_rule

IN_OUT, OUT_IN, IN_DMZ, IN_IN = (
    "ethernet1/2 > ethernet1/1",
    "ethernet1/1 > ethernet1/2",
    "ethernet1/2 > ethernet1/3",
    "ethernet1/2 > ethernet1/2",
)
WEB, WEB6 = "tcp 10.1.0.5 > 198.51.100.7:443", "tcp 2001:db8:1::5 > [2001:db8:99::1]:443"


def test_without_rules_zones_are_shut_and_open_inside() -> None:
    on = device(BASE)
    assert said(on, WEB, IN_OUT) == "deny end"
    assert said(on, "tcp 10.1.0.5 > 10.1.0.6:22", IN_IN) == "permit intrazone-default in"
    rules = on.rule_sets[0]
    assert (rules.name, rules.default, rules.default_implicit, rules.default_logged) == (
        "security",
        Action.DENY,
        True,
        False,
    )
    assert {one.implicit for one in rules.rules} == {"intrazone-default"}


def test_the_first_match_decides_in_both_families() -> None:
    on = device(
        BASE
        + open_rule("from in", "to out", "source 10.1.0.5", action="deny")
        + open_rule("from in", "to out", name="s")
    )
    assert said(on, WEB, IN_OUT) == "deny r"
    assert said(on, WEB.replace("0.5", "0.6"), IN_OUT) == "permit s"
    assert said(on, WEB6, IN_OUT) == "permit s"
    assert said(on, WEB, IN_DMZ) == "deny end"


@pytest.mark.parametrize("action", ["deny", "drop", "reset-client", "reset-server", "reset-both"])
def test_all_but_allow_denies(action: str) -> None:
    on = device(BASE + open_rule(f"action {action}"))
    assert said(on, WEB, IN_OUT) == "deny r"


def test_a_disabled_rule_stays_and_does_nothing() -> None:
    on = device(BASE + open_rule("disabled yes"))
    assert not the_rule(on, "r").enabled
    assert said(on, WEB, IN_OUT) == "deny end"


def test_a_rule_without_an_action_does_nothing_and_is_told() -> None:
    text = BASE + rule("from any", "to any", "source any", "destination any", "application any", "service any")
    result = parsed(text)
    (on,) = result.devices
    assert not the_rule(on, "r").enabled
    assert any("no action" in str(notice.message) for notice in on.notices)
    assert result.ledgers[0].count(LineState.UNSUPPORTED) == 1


# Types of rules


def test_an_intrazone_rule_stays_inside_of_each_of_its_zones() -> None:
    on = device(BASE + open_rule("rule-type intrazone", "from [ in dmz ]", action="deny") + open_rule(name="s"))
    assert said(on, "tcp 10.1.0.5 > 10.1.0.6:22", IN_IN) == "deny r (in)"
    assert said(on, "tcp 10.1.0.5 > 10.2.0.6:22", IN_DMZ) == "permit s"
    assert said(on, "tcp 203.0.113.5 > 203.0.113.6:22", "ethernet1/1 > ethernet1/1") == "permit s"


def test_an_interzone_rule_never_stays_inside() -> None:
    on = device(
        BASE + open_rule("rule-type interzone", "from [ in dmz ]", "to [ in dmz ]", action="deny") + open_rule(name="s")
    )
    assert said(on, "tcp 10.1.0.5 > 10.1.0.6:22", IN_IN) == "permit s"
    assert said(on, "tcp 10.1.0.5 > 10.2.0.6:22", IN_DMZ) == "deny r (from in)"
    assert said(on, "tcp 10.2.0.5 > 10.1.0.6:22", "ethernet1/3 > ethernet1/2") == "deny r (from dmz)"
    assert said(on, WEB, IN_OUT) == "permit s"


@pytest.mark.parametrize(
    "zones", [("from any", "to any"), ("from any", "to [ out dmz in ]"), ("from [ in dmz out ]", "to any")]
)
def test_an_interzone_rule_of_any_zone(zones: tuple[str, ...]) -> None:
    on = device(BASE + open_rule("rule-type interzone", *zones))
    assert said(on, WEB, IN_OUT).startswith("permit r")
    assert said(on, "tcp 10.1.0.5 > 10.2.0.6:22", IN_DMZ).startswith("permit r")
    assert said(on, "tcp 10.1.0.5 > 10.1.0.6:22", IN_IN) == "permit intrazone-default in"


def test_a_universal_rule_does_both() -> None:
    on = device(BASE + open_rule("rule-type universal", "from [ in dmz ]", "to [ in dmz ]"))
    assert said(on, "tcp 10.1.0.5 > 10.1.0.6:22", IN_IN) == "permit r"
    assert said(on, "tcp 10.1.0.5 > 10.2.0.6:22", IN_DMZ) == "permit r"


def test_the_default_rules_can_be_overridden() -> None:
    overridden = "set rulebase default-security-rules rules {} action {}\n"
    on = device(BASE + overridden.format("intrazone-default", "deny"))
    assert said(on, "tcp 10.1.0.5 > 10.1.0.6:22", IN_IN) == "deny intrazone-default in"
    on = device(BASE + overridden.format("interzone-default", "allow"))
    assert said(on, WEB, IN_OUT) == "permit end"
    assert not on.rule_sets[0].default_implicit
    on = device(BASE + "set rulebase default-security-rules rules interzone-default log-end yes\n")
    assert (on.rule_sets[0].default, on.rule_sets[0].default_logged) == (Action.DENY, True)


def test_an_interface_in_no_zone_passes_nothing() -> None:
    text = BASE.replace("set zone dmz network layer3 ethernet1/3\n", "") + open_rule()
    on = device(text)
    assert said(on, WEB, IN_OUT) == "permit r"
    assert said(on, "tcp 10.1.0.5 > 10.2.0.6:22", IN_DMZ) == "deny end"
    assert said(on, "tcp 10.2.0.5 > 10.1.0.6:22", "ethernet1/3 > ethernet1/2") == "deny end"
    assert said(on, "tcp 10.2.0.5 > 10.2.0.1:22", "ethernet1/3") == "deny end"


def test_negation_takes_both_families() -> None:
    on = device(
        BASE
        + open_rule("source 10.1.0.0/25", "negate-source yes", "destination 198.51.100.7", "negate-destination yes")
    )
    assert said(on, WEB.replace("0.5", "0.200"), IN_OUT) == "deny end"
    assert said(on, "tcp 10.1.0.200 > 198.51.100.8:443", IN_OUT) == "permit r"
    assert said(on, "tcp 10.1.0.5 > 198.51.100.8:443", IN_OUT) == "deny end"
    assert said(on, WEB6, IN_OUT) == "permit r"


# Services and applications


@pytest.mark.parametrize(
    ("service", "open_ports", "shut_ports"),
    [
        ("service-http", (80, 8080), (443, 81)),
        ("service-https", (443,), (80,)),
        ("[ service-http service-https ]", (80, 443, 8080), (8443,)),
    ],
)
def test_services_of_the_factory(service: str, open_ports: tuple[int, ...], shut_ports: tuple[int, ...]) -> None:
    on = device(BASE + open_rule(f"service {service}"))
    for port in open_ports:
        assert said(on, f"tcp 10.1.0.5 > 198.51.100.7:{port}", IN_OUT) == "permit r"
        assert said(on, f"udp 10.1.0.5 > 198.51.100.7:{port}", IN_OUT) == "deny end"
    for port in shut_ports:
        assert said(on, f"tcp 10.1.0.5 > 198.51.100.7:{port}", IN_OUT) == "deny end"


def test_the_own_service_of_a_factory_name_wins() -> None:
    on = device(BASE + "set service service-http protocol tcp port 1\n" + open_rule("service service-http"))
    assert said(on, "tcp 10.1.0.5 > 198.51.100.7:1", IN_OUT) == "permit r"
    assert said(on, "tcp 10.1.0.5 > 198.51.100.7:80", IN_OUT) == "deny end"


def test_application_default_means_the_ports_of_the_application() -> None:
    on = device(BASE + open_rule("application ms-rdp", "service application-default"))
    assert said(on, "tcp 10.1.0.5 > 198.51.100.7:3389", IN_OUT) == "unknown application: ms-rdp"
    assert said(on, "udp 10.1.0.5 > 198.51.100.7:3389", IN_OUT) == "unknown application: ms-rdp"
    assert said(on, "tcp 10.1.0.5 > 198.51.100.7:3390", IN_OUT) == "deny end"
    assert [one.kind for one in the_rule(on, "r").conditions] == [ConditionKind.APPLICATION]


def test_an_application_on_any_port_stays_undecided_by_content() -> None:
    on = device(BASE + open_rule("application ssh"))
    assert said(on, "tcp 10.1.0.5 > 198.51.100.7:2222", IN_OUT) == "unknown application: ssh"
    assert said(on, "icmp 10.1.0.5 > 198.51.100.7", IN_OUT) == "deny end"


def test_an_application_on_named_ports() -> None:
    on = device(BASE + open_rule("application web-browsing", "service service-https"))
    assert said(on, "tcp 10.1.0.5 > 198.51.100.7:443", IN_OUT) == "unknown application: web-browsing"
    assert said(on, "tcp 10.1.0.5 > 198.51.100.7:80", IN_OUT) == "deny end"


def test_an_application_that_nobody_knows_has_undecided_ports() -> None:
    on = device(BASE + open_rule("application himitsu-app", "service application-default"))
    assert said(on, "tcp 10.1.0.5 > 198.51.100.7:12345", IN_OUT) == "unknown application: himitsu-app"


def test_any_application_on_its_own_ports_is_undecided() -> None:
    on = device(BASE + open_rule("service application-default"))
    assert said(on, WEB, IN_OUT) == "unknown application: any application on its standard ports"


def test_a_deny_by_content_leaves_what_follows_undecided() -> None:
    on = device(BASE + open_rule("application ssl", action="deny") + open_rule(name="s"))
    assert said(on, WEB, IN_OUT) == "unknown application: ssl"
    assert said(on, "icmp 10.1.0.5 > 198.51.100.7", IN_OUT) == "permit s"


@pytest.mark.parametrize(
    ("application", "flow", "verdict"),
    [
        ("ping", "icmp/8 10.1.0.5 > 198.51.100.7", "permit r"),
        ("ping", "icmp/13 10.1.0.5 > 198.51.100.7", "deny end"),
        ("ping", "icmp/128 2001:db8:1::5 > [2001:db8:99::1]", "permit r"),
        ("ping", WEB, "deny end"),
        ("icmp", "icmp/13 10.1.0.5 > 198.51.100.7", "permit r"),
        ("ipv6-icmp", "icmp/13 10.1.0.5 > 198.51.100.7", "deny end"),
        ("gre", "47 10.1.0.5 > 198.51.100.7", "permit r"),
        ("[ ping ssh ]", "icmp/8 10.1.0.5 > 198.51.100.7", "permit r"),
        ("[ ping ssh ]", "tcp 10.1.0.5 > 198.51.100.7:22", "unknown application ssh"),
        ("[ ping ssh ]", "tcp 10.1.0.5 > 198.51.100.7:23", "deny end"),
        ("ipsec", "udp 10.1.0.5 > 198.51.100.7:4500", "unknown application"),
        ("ipsec", "50 10.1.0.5 > 198.51.100.7", "permit r"),
    ],
)
def test_protocols_are_applications_that_the_header_decides(application: str, flow: str, verdict: str) -> None:
    on = device(BASE + open_rule(f"application {application}", "service application-default"))
    assert said(on, flow, IN_OUT).startswith(verdict)


def test_a_protocol_on_ports_of_tcp_is_nothing() -> None:
    on = device(BASE + open_rule("application ping", "service service-https"))
    assert said(on, "icmp/8 10.1.0.5 > 198.51.100.7", IN_OUT) == "deny end"
    assert said(on, WEB, IN_OUT) == "deny end"


def test_applications_of_the_configuration() -> None:
    (on,) = fixture("sapporo.set").devices
    way = "ethernet1/2.10 > ethernet1/2.20"
    assert said(on, "89 192.168.10.5 > 192.168.20.5", way) == "permit between (from trust)"
    assert said(on, "88 192.168.10.5 > 192.168.20.5", way) == "deny end"
    text = BASE + "set application echo default ident-by-icmp-type type 8\n" + open_rule("application echo")
    assert said(device(text), "icmp/8 10.1.0.5 > 198.51.100.7", IN_OUT) == "permit r"
    assert said(device(text), "icmp/13 10.1.0.5 > 198.51.100.7", IN_OUT) == "deny end"
    text = (
        BASE
        + "set application own default port [ tcp/9001 udp/dynamic ]\n"
        + open_rule("application own", "service application-default")
    )
    assert said(device(text), "tcp 10.1.0.5 > 198.51.100.7:9001", IN_OUT) == "unknown application: own"
    assert said(device(text), "udp 10.1.0.5 > 198.51.100.7:7", IN_OUT) == "unknown application: own"
    assert said(device(text), "tcp 10.1.0.5 > 198.51.100.7:9002", IN_OUT) == "deny end"


def test_groups_and_filters_of_applications() -> None:
    text = BASE + "set application-group g members [ inner dns ]\nset application-group inner members [ ping g ]\n"
    on = device(text + open_rule("application g", "service application-default"))
    assert said(on, "icmp/8 10.1.0.5 > 198.51.100.7", IN_OUT) == "permit r"
    assert said(on, "udp 10.1.0.5 > 198.51.100.7:53", IN_OUT) == "unknown application dns"
    assert said(on, "tcp 10.1.0.5 > 198.51.100.7:80", IN_OUT) == "deny end"
    text = BASE + "set application-filter p2p technology peer-to-peer\n"
    on = device(text + open_rule("application p2p", "service application-default"))
    assert said(on, WEB, IN_OUT) == "unknown application: p2p"


# Conditions


@pytest.mark.parametrize(
    ("setting", "kind"),
    [
        ("source-user shanai\\kanri", ConditionKind.USER),
        ("source-user known-user", ConditionKind.USER),
        ("category gambling", ConditionKind.URL),
        ("source-hip patched", ConditionKind.DEVICE_POSTURE),
        ("hip-profiles patched", ConditionKind.DEVICE_POSTURE),
        ("source-imsi 440101234567890", ConditionKind.OTHER),
    ],
)
def test_what_no_header_decides_is_a_condition(setting: str, kind: ConditionKind) -> None:
    on = device(BASE + open_rule(setting))
    assert [one.kind for one in the_rule(on, "r").conditions] == [kind]
    assert said(on, WEB, IN_OUT).startswith("unknown")
    assert said(on, WEB, IN_OUT) != "unknown "


@pytest.mark.parametrize(
    "setting", ["source-user any", "category any", "source-hip any", "hip-profiles any", "source-hip no-hip"]
)
def test_any_is_no_condition(setting: str) -> None:
    on = device(BASE + open_rule(setting))
    assert said(on, WEB, IN_OUT) == "permit r"


def test_the_groups_of_a_rule_are_named() -> None:
    (on,) = fixture("sapporo.set").devices
    (condition, *_) = [one for one in the_rule(on, "kanri-users").conditions if one.kind is ConditionKind.USER]
    assert condition.groups == ("shanai\\kanri", "shanai\\soumu")


def test_schedules() -> None:
    (on,) = fixture("sapporo.set").devices
    way = "tunnel.2 > ethernet1/2.20"
    assert said(on, "tcp 192.168.61.9 > 192.168.20.5:8443", way) == "permit old-contract"
    expired = "set schedule s schedule-type non-recurring 2025/01/01@00:00-2025/12/31@23:59\n"
    assert said(device(BASE + expired + open_rule("schedule s")), WEB, IN_OUT) == "deny end"
    nightly = "set schedule s schedule-type recurring weekly monday 00:00-23:59\n"
    assert said(device(BASE + nightly + open_rule("schedule s")), WEB, IN_OUT).startswith("unknown")


def test_logging() -> None:
    on = device(
        BASE + open_rule() + open_rule("log-end no", name="s") + open_rule("log-end no", "log-start yes", name="t")
    )
    assert [the_rule(on, name).logged for name in "rst"] == [True, False, True]


# To the device itself


def test_security_rules_meet_traffic_to_the_device() -> None:
    profile = "set network profiles interface-management-profile p https yes\nset network profiles interface-management-profile p ping yes\n"
    text = BASE + profile + "set network interface ethernet ethernet1/1 layer3 interface-management-profile p\n"
    https = "tcp 198.51.100.7 > 203.0.113.1:443"
    assert said(device(text), https, "ethernet1/1") == "permit https at ethernet1/1"
    assert said(device(text), "tcp 198.51.100.7 > 203.0.113.1:22", "ethernet1/1") == "deny end"
    assert said(device(text), "tcp 10.1.0.5 > 203.0.113.1:443", "ethernet1/2") == "deny end"
    stopped = text + open_rule("from out", "to out", action="deny")
    assert said(device(stopped), https, "ethernet1/1") == "deny r"
    # A rule to another zone has nothing to do with the addresses here.
    other = text + open_rule("from out", "to in", action="deny")
    assert said(device(other), https, "ethernet1/1") == "permit https at ethernet1/1"


def test_the_rules_of_the_device_are_marked_as_the_same() -> None:
    on = device(BASE + open_rule("from out"))
    own = on.rule_set("security (to the device)")
    assert own is not None
    assert all(one.implicit for one in own.rules)
