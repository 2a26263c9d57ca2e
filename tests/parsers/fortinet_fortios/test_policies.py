"""Policies: what they match, in which order, and what passes without one."""

import pytest

from segaudit.model import Action, ConditionKind, LineState
from segaudit.parsers.fortinet_fortios.policies import Default, match_vip_default, redirect_default
from segaudit.semantics.trace import Verdict
from tests.parsers.fortinet_fortios.reading import HEAD, Read, ask, read, read_fixture, said

ADDRESSES = """
config firewall address
    edit "pc"
        set subnet 10.1.0.5 255.255.255.255
    next
    edit "net"
        set subnet 198.51.100.0 255.255.255.0
    next
end
config firewall address6
    edit "srv6"
        set ip6 2001:db8:1::5/128
    next
end
"""


def policies(*entries: str, head: str = HEAD, before: str = "", path: str = "firewall policy") -> Read:
    """A device with these policies, each given as its settings; numbered from 1."""
    text = "\n".join(
        f"edit {number}\n" + "\n".join(f"set {line.strip()}" for line in one.split(";")) + "\nnext"
        for number, one in enumerate(entries, start=1)
    )
    return read(head + ADDRESSES + before + f"config {path}\n{text}\nend")


ALL = "srcintf wan1; dstintf lan; srcaddr all; dstaddr all; service ALL; schedule always"


def test_the_file_decides_the_order_not_the_number() -> None:
    read_ = read(
        HEAD
        + ADDRESSES
        + "config firewall policy\n"
        + "edit 20\nset srcintf wan1\nset dstintf lan\nset srcaddr net\nset dstaddr all\nset service ALL\nnext\n"
        + "edit 3\nset srcintf wan1\nset dstintf lan\nset srcaddr all\nset dstaddr all\nset service ALL\nset action accept\nnext\nend"
    )
    assert said(read_.device, "tcp 198.51.100.7 > 10.1.0.5:80") == "deny 20"
    assert said(read_.device, "tcp 192.0.2.7 > 10.1.0.5:80") == "permit 3 10.1.0.5:80"
    assert said(read_.device, "tcp 192.0.2.7 > 10.1.0.5:80", "dmz > lan") == "deny end"


def test_the_end_denies_and_no_line_says_so() -> None:
    rule_set = policies().device.rule_sets[0]
    assert (rule_set.name, rule_set.default, rule_set.default_implicit) == ("policy", Action.DENY, True)


@pytest.mark.parametrize(("line", "logged"), [("enable", True), ("disable", False)])
def test_whether_the_end_is_logged_is_said_elsewhere(line: str, logged: bool) -> None:
    rule_set, *_ = policies(before=f"config log setting\nset fwpolicy-implicit-log {line}\nend\n").device.rule_sets
    assert rule_set.default_logged is logged


@pytest.mark.parametrize(
    ("settings", "logged"),
    [("logtraffic all", True), ("logtraffic disable", False), ("logtraffic utm", False), ("logtraffic utm; utm-status enable; action accept", None), ("action accept", False)],
)  # fmt: skip
def test_logging(settings: str, logged: bool | None) -> None:
    assert policies(f"{ALL}; {settings}").rule("1").logged is logged


def test_disabled_policies_stay_and_decide_nothing() -> None:
    read_ = policies(f"{ALL}; action accept; status disable")
    assert not read_.rule("1").enabled
    assert said(read_.device, "tcp 192.0.2.7 > 10.1.0.5:80") == "deny end"


def test_any_interface_and_zones() -> None:
    zone = "config system zone\nedit inside\nset interface lan dmz\nnext\nend\n"
    read_ = policies("srcintf any; dstintf inside; srcaddr all; dstaddr all; service ALL; action accept", before=zone)
    assert said(read_.device, "tcp 192.0.2.7 > 10.1.0.5:80", "wan1 > lan").startswith("permit 1")
    assert said(read_.device, "tcp 192.0.2.7 > 10.2.0.5:80", "wan1 > dmz").startswith("permit 1")
    assert said(read_.device, "tcp 10.1.0.5 > 192.0.2.7:80", "lan > wan1") == "deny end"


@pytest.mark.parametrize(
    ("settings", "flow", "verdict"),
    [
        ("srcaddr-negate enable; srcaddr net", "tcp 198.51.100.7 > 10.1.0.5:80", "deny end"),
        ("srcaddr-negate enable; srcaddr net", "tcp 192.0.2.7 > 10.1.0.5:80", "permit 1"),
        ("dstaddr-negate enable; dstaddr pc", "tcp 192.0.2.7 > 10.1.0.5:80", "deny end"),
        ("dstaddr-negate enable; dstaddr pc", "tcp 192.0.2.7 > 10.1.0.6:80", "permit 1"),
        ("service-negate enable; service HTTP HTTPS", "tcp 192.0.2.7 > 10.1.0.5:443", "deny end"),
        ("service-negate enable; service HTTP HTTPS", "tcp 192.0.2.7 > 10.1.0.5:22", "permit 1"),
        ("srcaddr-negate disable; srcaddr net", "tcp 198.51.100.7 > 10.1.0.5:80", "permit 1"),
    ],
)
def test_negation(settings: str, flow: str, verdict: str) -> None:
    assert said(policies(f"{ALL}; action accept; {settings}").device, flow).startswith(verdict)


def test_negated_source_does_not_reach_into_the_other_family() -> None:
    read_ = policies(f"{ALL}; action accept; srcaddr net; srcaddr-negate enable; srcaddr6 srv6; dstaddr6 all")
    assert said(read_.device, "tcp 192.0.2.7 > 10.1.0.5:80").startswith("permit 1")
    assert said(read_.device, "tcp 2001:db8:1::5 > [2001:db8:9::1]:80").startswith("permit 1")
    assert said(read_.device, "tcp 2001:db8:1::6 > [2001:db8:9::1]:80") == "deny end"


def test_up_to_7_2_0_one_switch_negates_both_families() -> None:
    old = HEAD.replace("7.2.8", "7.0.9")
    read_ = policies(f"{ALL}; action accept; srcaddr net; srcaddr-negate enable; srcaddr6 srv6; dstaddr6 all", head=old)
    assert said(read_.device, "tcp 2001:db8:1::5 > [2001:db8:9::1]:80") == "deny end"
    assert said(read_.device, "tcp 2001:db8:1::6 > [2001:db8:9::1]:80").startswith("permit 1")


def test_one_policy_for_both_families_and_none_for_what_it_does_not_name() -> None:
    read_ = policies(
        f"{ALL}; action accept; srcaddr6 all; dstaddr6 srv6",
        f"{ALL}; action accept; srcaddr6 all; dstaddr6 none",
    )
    assert said(read_.device, "tcp 192.0.2.7 > 10.1.0.5:80").startswith("permit 1")
    assert said(read_.device, "tcp 2001:db8:9::1 > [2001:db8:1::5]:80").startswith("permit 1")
    assert said(read_.device, "tcp 2001:db8:9::1 > [2001:db8:1::6]:80") == "deny end"


def test_an_ipv6_only_opening_is_seen() -> None:
    read_ = policies("srcintf wan1; dstintf lan; srcaddr6 all; dstaddr6 all; service RDP; action accept")
    assert said(read_.device, "tcp 192.0.2.7 > 10.1.0.5:3389") == "deny end"
    assert said(read_.device, "tcp 2001:db8:9::1 > [2001:db8:1::6]:3389").startswith("permit 1")


def test_policies_of_ipv6_in_a_list_of_their_own() -> None:
    read_ = read_fixture("sdj-fgt50b.conf")
    versions = {rule_set.name: rule_set.version for rule_set in read_.device.rule_sets}
    assert (versions["policy"], versions["policy6"]) == (4, 6)
    assert said(read_.device, "tcp 2001:db8:9::1 > [2001:db8:42:1::5]:22", "wan1 > internal").startswith("permit 1")
    assert said(read_.device, "tcp 2001:db8:9::1 > [2001:db8:42:1::5]:80", "wan1 > internal") == "deny end"


def test_consolidated_policies() -> None:
    read_ = policies(
        "srcintf wan1; dstintf lan; srcaddr4 net; dstaddr4 all; srcaddr6 all; dstaddr6 srv6; service HTTP; action accept",
        path="firewall consolidated policy",
        head=HEAD.replace("7.2.8", "6.2.5"),
    )
    assert said(read_.device, "tcp 198.51.100.7 > 10.1.0.5:80").startswith("permit 1")
    assert said(read_.device, "tcp 192.0.2.7 > 10.1.0.5:80") == "deny end"
    assert said(read_.device, "tcp 2001:db8:9::1 > [2001:db8:1::5]:80").startswith("permit 1")


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ("groups staff", ConditionKind.USER),
        ("users tanaka", ConditionKind.USER),
        ("fsso-groups CN=STAFF", ConditionKind.USER),
        ("devices windows-pc", ConditionKind.DEVICE_POSTURE),
        ("ztna-status enable; ztna-ems-tag tag1", ConditionKind.DEVICE_POSTURE),
        ("src-vendor-mac 7", ConditionKind.MAC),
        ("disclaimer enable", ConditionKind.OTHER),
        ("tos 0x10; tos-mask 0xf0", ConditionKind.OTHER),
        ("reputation-minimum 3", ConditionKind.OTHER),
        ("http-policy-redirect enable", ConditionKind.OTHER),
        ("application 16072", ConditionKind.APPLICATION),
        ("url-category 52", ConditionKind.URL),
    ],
)
def test_what_no_header_decides_is_a_condition(settings: str, kind: ConditionKind) -> None:
    read_ = policies(f"{ALL}; action accept; {settings}")
    assert [condition.kind for condition in read_.rule("1").conditions] == [kind]
    assert ask(read_.device, "tcp 192.0.2.7 > 10.1.0.5:80").verdict == Verdict.UNKNOWN
    assert read_.left == []


@pytest.mark.parametrize(
    "settings", ["disclaimer disable", "tos-mask 0x00", "ztna-status disable", "reputation-minimum 0"]
)
def test_what_is_off_is_no_condition(settings: str) -> None:
    assert policies(f"{ALL}; action accept; {settings}").rule("1").conditions == ()


def test_an_account_of_the_group_makes_the_condition_true() -> None:
    device = policies(f"{ALL}; action accept; groups staff; users tanaka").device
    assert said(device, "tcp 192.0.2.7 > 10.1.0.5:80", accounts=("staff",)).startswith("permit 1")
    assert said(device, "tcp 192.0.2.7 > 10.1.0.5:80", accounts=("user/tanaka",)).startswith("permit 1")
    assert said(device, "tcp 192.0.2.7 > 10.1.0.5:80", accounts=("others",)).startswith("unknown")


def test_a_deny_with_a_condition_leaves_the_permit_below_unsure() -> None:
    read_ = policies(f"{ALL}; groups staff", f"{ALL}; action accept")
    verdict = ask(read_.device, "tcp 192.0.2.7 > 10.1.0.5:80")
    assert (verdict.verdict, [str(why) for why in verdict.undecided]) == (Verdict.UNKNOWN, ["user: staff"])


def test_internet_services_are_undecided_and_take_the_place_of_addresses() -> None:
    name = "internet-service-name Microsoft-Office365"
    read_ = policies(f"srcintf lan; dstintf wan1; srcaddr all; internet-service enable; {name}; action accept")
    assert said(read_.device, "tcp 10.1.0.5 > 192.0.2.7:443", "lan > wan1").startswith("unknown")
    assert said(read_.device, "tcp 2001:db8:1::5 > [2001:db8:9::1]:443", "lan > wan1") == "deny end"
    source = policies(
        f"srcintf wan1; dstintf lan; dstaddr all; service ALL; internet-service-src enable; {name.replace('-name', '-src-name')}; action accept"
    )
    assert said(source.device, "tcp 192.0.2.7 > 10.1.0.5:80").startswith("unknown")


def test_a_negated_internet_service_is_undecided_too() -> None:
    read_ = policies(
        "srcintf lan; dstintf wan1; srcaddr all; internet-service enable; internet-service-name X; internet-service-negate enable; action accept"
    )
    assert said(read_.device, "tcp 10.1.0.5 > 192.0.2.7:443", "lan > wan1").startswith("unknown")


CUSTOM = """
config firewall internet-service-custom
    edit "erp"
        config entry
            edit 1
                set protocol 6
                config port-range
                    edit 1
                        set start-port 8443
                        set end-port 8444
                    next
                end
                set dst "net"
            next
        end
    next
    edit "two"
        config entry
            edit 1
                set protocol 17
                set dst "net"
            next
            edit 2
                set protocol 6
                set dst "pc"
            next
        end
    next
end
"""


def test_an_internet_service_that_the_config_defines_is_exact() -> None:
    settings = (
        "srcintf lan; dstintf wan1; srcaddr all; internet-service enable; action accept; internet-service-custom "
    )
    erp = policies(settings + "erp", before=CUSTOM).device
    assert said(erp, "tcp 10.1.0.5 > 198.51.100.7:8443", "lan > wan1").startswith("permit 1")
    assert said(erp, "tcp 10.1.0.5 > 198.51.100.7:8445", "lan > wan1") == "deny end"
    assert said(erp, "tcp 10.1.0.5 > 192.0.2.7:8443", "lan > wan1") == "deny end"
    two = policies(settings + "two", before=CUSTOM).device
    assert said(two, "udp 10.1.0.5 > 198.51.100.7:9", "lan > wan1").startswith("unknown")
    assert said(two, "udp 10.1.0.5 > 192.0.2.7:9", "lan > wan1") == "deny end"
    gone = policies(settings + "gone", before=CUSTOM).device
    assert said(gone, "udp 10.1.0.5 > 192.0.2.7:9", "lan > wan1").startswith("unknown")


def test_what_is_not_defined_may_match() -> None:
    read_ = policies(f"{ALL}; action accept; srcaddr GONE")
    verdict = ask(read_.device, "tcp 192.0.2.7 > 10.1.0.5:80")
    assert (verdict.verdict, [str(why) for why in verdict.undecided]) == (Verdict.UNKNOWN, ["GONE is not defined"])


def test_an_ended_one_time_schedule_and_a_recurring_one() -> None:
    times = (
        "config firewall schedule onetime\nedit over\nset start 00:00 2020/01/01\nset end 00:00 2020/02/01\nnext\nend\n"
        "config firewall schedule recurring\nedit office\nset day monday\nnext\nend\n"
    )
    over = policies(f"{ALL}; action accept; schedule over", before=times)
    assert said(over.device, "tcp 192.0.2.7 > 10.1.0.5:80") == "deny end"
    office = policies(f"{ALL}; action accept; schedule office", before=times)
    assert said(office.device, "tcp 192.0.2.7 > 10.1.0.5:80").startswith("unknown")


@pytest.mark.parametrize(
    ("date", "schedule", "verdict"),
    [
        ("2026-03-31 00:00:00", "always", "deny"),
        ("2026-12-31 00:00:00", "always", "permit"),
        ("2026-12-31 00:00:00", "office", "unknown"),
        ("2026-03-31 00:00:00", "office", "deny"),
        ("nonsense", "always", "permit"),
    ],
)
def test_policies_that_expire(date: str, schedule: str, verdict: str) -> None:
    times = "config firewall schedule recurring\nedit office\nset day monday\nnext\nend\n"
    settings = f"{ALL}; action accept; schedule {schedule}; policy-expiry enable; policy-expiry-date {date}"
    device = policies(settings, before=times).device
    assert said(device, "tcp 192.0.2.7 > 10.1.0.5:80").startswith(verdict)


def test_old_style_user_policies() -> None:
    read_ = read_fixture("sdj-fgt50b.conf")
    assert read_.rule_ids() == ["1/1", "1/2", "2", "3"]
    flow = "tcp 192.168.1.7 > 198.51.100.1:443"
    assert said(read_.device, flow, "internal > wan1", ("staff",)) == "permit 1/1 198.51.100.1:443"
    assert said(read_.device, flow, "internal > wan1").startswith("unknown")
    # The policy matched by its addresses: who is none of its users is refused, whatever follows.
    assert said(read_.device, flow.replace("443", "25"), "internal > wan1") == "deny 1 (others)"


def test_a_policy_into_a_policy_based_tunnel_and_back() -> None:
    settings = (
        "srcintf lan; dstintf wan1; srcaddr pc; dstaddr net; service ALL; action ipsec; vpntunnel x; inbound enable"
    )
    device = policies(settings).device
    assert said(device, "tcp 10.1.0.5 > 198.51.100.7:22", "lan > wan1").startswith("permit 1 ")
    assert said(device, "tcp 198.51.100.7 > 10.1.0.5:22", "wan1 > lan").startswith("permit 1 (inbound)")
    one_way = policies(settings.replace("inbound enable", "inbound disable")).device
    assert said(one_way, "tcp 198.51.100.7 > 10.1.0.5:22", "wan1 > lan") == "deny end"


def test_an_ssl_vpn_policy_of_an_old_firmware_lets_vpn_users_in_only() -> None:
    settings = f"{ALL}; action ssl-vpn; groups staff"
    read_ = policies(settings, head=HEAD.replace("7.2.8", "5.0.6"))
    assert said(read_.device, "tcp 192.0.2.7 > 10.1.0.5:80") == "deny end"
    assert said(read_.device, "tcp 192.0.2.7 > 10.1.0.5:80", "ssl.root > lan", ("staff",)).startswith("permit 1")
    assert read_.state("set action") == LineState.APPROXIMATED


def test_ngfw_mode_asks_two_lists() -> None:
    read_ = read_fixture("fuk-fgtvm.conf")
    assert [s.name for s in read_.device.rule_sets] == [
        "vip",
        "policy",
        "security-policy",
        "central-snat-map",
        "local-in-policy",
        "local-in-policy6",
    ]
    assert said(read_.device, "tcp 192.0.2.7 > 172.16.20.11:443", "port1 > port3").startswith("permit")
    denied = ask(read_.device, "tcp 192.0.2.7 > 172.16.20.11:80", "port1 > port3")
    assert (denied.verdict, denied.decided_by.rule_set) == (Verdict.DENY, "security-policy")
    assert ask(read_.device, "tcp 172.16.10.7 > 192.0.2.7:80", "port2 > port1").verdict == Verdict.UNKNOWN
    kinds = [condition.kind for condition in read_.rule("2", "security-policy").conditions]
    assert kinds == [ConditionKind.APPLICATION, ConditionKind.APPLICATION, ConditionKind.URL]


# What passes without a policy


@pytest.mark.parametrize(
    ("version", "members", "verdict"),
    [
        ("7.2.8", "lan dmz", "permit intrazone inside"),
        ("7.2.8", "lan", "deny end"),
        ("7.4.4", "lan", "permit"),
        ("", "lan", "unknown"),
    ],
)
def test_traffic_inside_of_a_zone(version: str, members: str, verdict: str) -> None:
    head = HEAD.replace("7.2.8", version) if version else HEAD.replace("#config-version", "#")
    zone = f"config system zone\nedit inside\nset intrazone allow\nset interface {members}\nnext\nend\n"
    device = policies(head=head, before=zone).device
    way = "lan > dmz" if " " in members else "lan > lan"
    flow = "tcp 172.16.0.9 > 10.2.0.5:80"
    assert said(device, flow, way).startswith(verdict)


def test_zones_deny_inside_unless_told_and_policies_come_first() -> None:
    zone = "config system zone\nedit inside\nset interface lan dmz\nnext\nend\n"
    assert said(policies(before=zone).device, "tcp 10.1.0.5 > 10.2.0.5:80", "lan > dmz") == "deny end"
    allowed = zone.replace("set interface", "set intrazone allow\nset interface")
    deny = "srcintf any; dstintf any; srcaddr all; dstaddr all; service SMB"
    device = policies(deny, before=allowed).device
    assert said(device, "tcp 10.1.0.5 > 10.2.0.5:445", "lan > dmz") == "deny 1"
    assert said(device, "tcp 10.1.0.5 > 10.2.0.5:80", "lan > dmz").startswith("permit intrazone inside")
    assert [rule.implicit for rule in device.rule_sets[0].rules if rule.id.startswith("intrazone")] == [
        "intrazone allow"
    ]
    assert [(z.name, z.intrazone_permit) for z in device.zones] == [("inside", True)]


@pytest.mark.parametrize(
    ("version", "setting", "own", "other"),
    [
        ("7.2.8", "", "permit", "deny"),
        ("7.2.11", "", "permit", "permit"),
        ("7.0.15", "", "permit", "deny"),
        ("7.4.9", "", "permit", "permit"),
        ("7.4.10", "", "deny", "deny"),
        ("7.6.4", "", "permit", "permit"),
        ("7.6.5", "", "deny", "deny"),
        ("7.4.10", "enable", "permit", "permit"),
        ("7.2.8", "disable", "deny", "deny"),
        ("", "", "unknown", "unknown"),
        ("", "enable", "permit", "unknown"),
    ],
)
def test_what_leaves_by_the_interface_at_which_it_came(version: str, setting: str, own: str, other: str) -> None:
    head = HEAD.replace("7.2.8", version) if version else HEAD.replace("#config-version", "#")
    said_globally = f"config system global\nset allow-traffic-redirect {setting}\nend\n" if setting else ""
    device = policies(
        "srcintf lan; dstintf lan; srcaddr all; dstaddr all; service ALL", head=head, before=said_globally
    ).device
    assert said(device, "tcp 10.1.0.5 > 10.77.0.5:80", "lan > lan").startswith(own)
    assert said(device, "tcp 10.66.0.5 > 10.77.0.5:80", "lan > lan").startswith(other)
    assert said(device, "tcp 10.1.0.5 > 10.77.0.5:80", "lan > dmz") == "deny end"


def test_redirects_of_ipv6_have_a_switch_of_their_own() -> None:
    device = policies(before="config system global\nset ipv6-allow-traffic-redirect disable\nend\n").device
    assert said(device, "tcp 2001:db8:1::5 > [2001:db8:9::1]:80", "lan > lan") == "deny end"
    assert said(device, "tcp 10.1.0.5 > 10.77.0.5:80", "lan > lan").startswith("permit allow-traffic-redirect lan")


def test_when_defaults_changed() -> None:
    assert [match_vip_default(v) for v in ((6, 0), (7, 0, 14), (7, 2, 2), (7, 2, 4), (7, 4, 0), (7, 6))] == [
        Default.OFF,
        Default.OFF,
        Default.OFF,
        Default.ON,
        Default.ON,
        Default.ON,
    ]
    assert [match_vip_default(v) for v in ((), (7, 2), (7, 2, 3))] == [Default.UNKNOWN] * 3
    assert redirect_default((8, 0)).default is Default.OFF
    assert redirect_default((6, 4, 4)).every_source is Default.OFF


# To the device itself, and before everything

LOCAL_IN = """
config firewall local-in-policy
    edit 1
        set intf "wan1"
        set srcaddr "net"
        set dstaddr "all"
        set action accept
        set service "HTTPS"
        set schedule "always"
    next
    edit 2
        set intf "wan1"
        set srcaddr "all"
        set dstaddr "all"
        set service "HTTPS" "SSH"
        set schedule "always"
    next
    edit 3
        set intf "any"
        set srcaddr "pc"
        set srcaddr-negate enable
        set dstaddr "all"
        set service "SNMP"
        set schedule "always"
        set status disable
    next
end
config firewall local-in-policy6
    edit 1
        set intf "lan"
        set srcaddr "srv6"
        set dstaddr "all"
        set service "ALL"
        set schedule "always"
    next
end
"""


def test_local_in_policies() -> None:
    opened = HEAD.replace("set ip 10.2.0.1", "set allowaccess fgfm\nset ip 10.2.0.1").replace(
        "set ip6-address 2001:db8:1::1/64", "set ip6-address 2001:db8:1::1/64\nset ip6-allowaccess ssh"
    )
    read_ = read(opened + ADDRESSES + LOCAL_IN)
    to = "203.0.113.2"
    assert said(read_.device, f"tcp 198.51.100.7 > {to}:443", "wan1 >").startswith("permit 1")
    assert said(read_.device, f"tcp 192.0.2.7 > {to}:443", "wan1 >") == "deny 2"
    assert said(read_.device, f"tcp 192.0.2.7 > {to}:541", "wan1 >") == "deny end"
    assert said(read_.device, f"tcp 192.0.2.7 > {to}:541", "dmz >").startswith("permit fgfm at dmz")
    assert said(read_.device, f"tcp 192.0.2.7 > {to}:443", "dmz >") == "deny end"
    assert said(read_.device, "tcp 2001:db8:1::5 > [2001:db8:1::1]:22", "lan >") == "deny 1"
    assert said(read_.device, "tcp 2001:db8:1::6 > [2001:db8:1::1]:22", "lan >").startswith("permit ssh at lan")
    assert not read_.rule("3", "local-in-policy").enabled
    assert read_.left == []


def test_what_the_device_lets_in_ends_with_a_deny() -> None:
    read_ = read_fixture("osk-fgt100f.conf")
    inside = read_.device.rule_set("local-in-policy")
    assert inside is not None
    assert inside.default is Action.DENY
    assert [rule.id for rule in inside.rules if not rule.implicit] == ["1", "2"]
    assert said(read_.device, "tcp 10.60.255.9 > 10.60.255.1:2222", "mgmt >").startswith("permit ssh at mgmt")
    assert said(read_.device, "tcp 10.60.0.9 > 10.60.255.1:2222", "mgmt >") == "deny end"
    assert said(read_.device, "tcp 169.254.60.2 > 169.254.60.1:179", "to-NGY >").startswith("permit bgp at any")
    assert said(read_.device, "tcp 192.0.2.7 > 198.51.100.10:3389", "wan1 >").startswith("deny")


def test_local_in_policies_of_a_fragment_stand_alone() -> None:
    device = read(LOCAL_IN).device
    (v4, v6) = device.rule_sets[1:]
    assert (v4.default, v6.default, len(v4.rules)) == (Action.PERMIT, Action.PERMIT, 3)


def test_access_control_lists_drop_before_translation() -> None:
    read_ = policies(
        f"{ALL}; action accept; dstaddr V",
        before=(
            "config firewall acl\nedit 1\nset interface wan1\nset srcaddr net\nset dstaddr all\nset service ALL\nnext\nend\n"
            "config firewall vip\nedit V\nset extip 203.0.113.3\nset mappedip 10.1.0.5\nset extintf wan1\nnext\nend\n"
        ),
    )
    assert said(read_.device, "tcp 198.51.100.7 > 203.0.113.3:80") == "deny 1"
    assert ask(read_.device, "tcp 198.51.100.7 > 203.0.113.3:80").decided_by.rule_set == "acl"
    assert said(read_.device, "tcp 192.0.2.7 > 203.0.113.3:80") == "permit 1 10.1.0.5:80"


@pytest.mark.parametrize("missing", ["srcintf", "dstintf", "srcaddr", "dstaddr", "service"])
def test_a_policy_needs_its_parts(missing: str) -> None:
    parts = "; ".join(part for part in ALL.split("; ") if not part.startswith(missing))
    read_ = policies(f"{parts}; action accept")
    assert not read_.rule("1").enabled
    assert read_.state("edit 1", 1) == LineState.UNSUPPORTED
