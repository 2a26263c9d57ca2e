"""The device as a whole: two families, interfaces, what is logged, and what packets come to."""

from datetime import date

from segaudit.model import (
    Action,
    AddressMethod,
    Device,
    Hook,
    InterfaceKind,
    LineState,
    Rule,
    RuleSetKind,
    parse_address,
)
from segaudit.packetspace.packet import ACK, SYN, Packet
from segaudit.semantics.trace import DeviceTracer, Verdict
from tests.parsers.linux_iptables.reading import device_of, fixture, parsed, saved, source


def gateway() -> Device:
    return fixture("osk-gw1.v4", "osk-gw1.v6")


def rule(device: Device, name: str, number: int) -> Rule:
    found = device.rule_set(name)
    assert found is not None
    return found.rules[number - 1]


def test_two_files_are_one_device() -> None:
    device = gateway()
    assert (device.name, device.vendor, device.format) == ("osk-gw1", "Linux", "linux_iptables")
    assert (device.platform, device.version) == ("iptables (nf_tables)", "1.8.9")
    assert device.versions == {4, 6}
    assert not device.stateful
    assert device.forwards
    assert not device.fragment
    assert not device.shows_services
    assert {r.name for r in device.rule_sets if r.version == 6} == {"ip6/INPUT", "ip6/FORWARD", "ip6/OUTPUT"}
    assert all(r.name.startswith("ip6/") == (r.version == 6) for r in device.rule_sets)
    assert rule(device, "ip6/FORWARD", 2).span.path == "osk-gw1.v6"


def test_every_line_is_modelled() -> None:
    for ledger in parsed(source("osk-gw1.v4"), source("osk-gw1.v6")).ledgers:
        assert ledger.count(LineState.MODELLED) + ledger.count(LineState.IRRELEVANT) == ledger.non_blank
        assert {ledger.reasons[line] for line in ledger.lines(LineState.IRRELEVANT)} == {"comment"}


def test_rules_of_one_family_say_nothing_of_the_other() -> None:
    device = fixture("osk-gw1.v4")
    assert device.versions == {4}
    assert any("ip6tables" in str(notice.message) for notice in device.notices)


def test_interfaces_are_those_that_packets_can_meet() -> None:
    device = gateway()
    found = {i.name: i for i in device.interfaces}
    assert set(found) == {"ppp0", "docker0", "lo", "eth1.50", "br0"}
    assert (found["eth1.50"].kind, found["eth1.50"].vlan, found["eth1.50"].parent) == (InterfaceKind.VLAN, 50, "eth1")
    assert found["docker0"].kind is InterfaceKind.BRIDGE
    assert found["lo"].kind is InterfaceKind.LOOPBACK
    assert (found["ppp0"].kind, found["ppp0"].method) == (InterfaceKind.TUNNEL, AddressMethod.PPPOE)
    assert all(not i.addresses for i in found.values())
    assert found["docker0"].span.first_line == 19


def test_kinds_of_interfaces_by_their_names() -> None:
    lines = [f"-A FORWARD -i {name} -j ACCEPT" for name in ("wg0", "vlan20", "bond0", "br-lan", "ens18", "bond1.30")]
    kinds = {i.name: (i.kind, i.vlan) for i in device_of(saved(*lines)).interfaces}
    assert kinds == {
        "wg0": (InterfaceKind.TUNNEL, None),
        "vlan20": (InterfaceKind.VLAN, 20),
        "bond0": (InterfaceKind.AGGREGATE, None),
        "br-lan": (InterfaceKind.BRIDGE, None),
        "ens18": (InterfaceKind.PHYSICAL, None),
        "bond1.30": (InterfaceKind.VLAN, 30),
    }


def test_rules_of_a_host_that_forwards_nothing() -> None:
    def said(text: str) -> list[str]:
        found = device_of(source("web.v4", f"*filter\n{text}-A INPUT -i lo -j ACCEPT\nCOMMIT\n"))
        return [str(notice.message) for notice in found.notices if "FORWARD" in str(notice.message)]

    (never,) = said(":INPUT DROP [9:900]\n:FORWARD ACCEPT [0:0]\n")
    assert "has ever been forwarded" in never
    (perhaps,) = said(":INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n")
    assert "only if the host forwards" in perhaps
    assert not said(":INPUT DROP [9:900]\n:FORWARD DROP [0:0]\n")
    assert not said(":INPUT DROP [9:900]\n:FORWARD ACCEPT [0:0]\n-A FORWARD -i eth0 -j ACCEPT\n")


def test_kinds_of_lists() -> None:
    kinds = {r.name: r.kind for r in gateway().rule_sets}
    assert kinds["nat/DOCKER"] is RuleSetKind.NAT
    assert kinds["DOCKER"] is RuleSetKind.FILTER
    assert kinds["raw/PREROUTING"] is RuleSetKind.FILTER


def test_empty_chains_that_accept_are_not_attached_outside_of_filter() -> None:
    attached = {a.rule_sets[0] for a in gateway().attachments}
    assert "nat/INPUT" not in attached
    assert {"INPUT", "FORWARD", "OUTPUT", "nat/PREROUTING", "nat/OUTPUT", "nat/POSTROUTING"} <= attached


# Logging


def logged(device: Device, name: str) -> list[tuple[Action, bool | None]]:
    found = device.rule_set(name)
    assert found is not None
    return [(r.action, r.logged) for r in found.rules]


def test_a_log_rule_before_the_verdict() -> None:
    device = gateway()
    input_ = device.rule_set("INPUT")
    assert input_ is not None
    permits = [(r.id, r.logged) for r in input_.rules if r.action is Action.PERMIT]
    assert permits == [(f"INPUT:{number}", number == 4) for number in (1, 2, 4, 5, 6, 7)]
    # What falls to the policy has met the last rule.
    assert input_.default_logged is True


def test_chains_that_log_and_decide() -> None:
    device = gateway()
    assert logged(device, "LOGACCEPT") == [(Action.CONTINUE, None), (Action.PERMIT, True)]
    assert logged(device, "LOGDROP") == [(Action.CONTINUE, None), (Action.DENY, True), (Action.DENY, True)]
    assert logged(device, "DOCKER") == [(Action.PERMIT, False)]


def test_logged_before_every_call() -> None:
    lines = (
        "-A FORWARD -i eth0 -j EARLY",
        "-A FORWARD -m conntrack --ctstate NEW -j LOG",
        "-A FORWARD -i eth1 -j LATE",
        "-A FORWARD -i eth2 -g BOTH",
        "-A EARLY -j BOTH",
        "-A LATE -p tcp -j ACCEPT",
        "-A BOTH -j ACCEPT",
    )
    device = device_of(saved(*lines, chains=("EARLY", "LATE", "BOTH")))
    assert logged(device, "LATE") == [(Action.PERMIT, True)]
    assert logged(device, "BOTH") == [(Action.PERMIT, False)]
    forward = device.rule_set("FORWARD")
    assert forward is not None
    assert forward.default_logged is True


def test_a_log_rule_of_something_else_is_none() -> None:
    lines = (
        "-A FORWARD -s 10.0.0.0/8 -j LOG",
        "-A FORWARD -m mac --mac-source 02:00:5E:00:53:01 -j LOG",
        "-A FORWARD -m conntrack --ctstate ESTABLISHED -j LOG",
        "-A FORWARD -s 10.0.0.0/8 -p tcp -j ACCEPT",
        "-A FORWARD -s 10.1.0.0/16 -j ACCEPT",
        "-A FORWARD -j ACCEPT",
    )
    assert [found for _, found in logged(device_of(saved(*lines)), "FORWARD")[3:]] == [True, False, False]


# Packets


def packet(src: str, dst: str, *, proto: int = 6, sport: int = 40000, dport: int = 0, state: int = 0) -> Packet:
    version, source_address = parse_address(src)
    return Packet(
        version=version,
        protocol=proto,
        src=source_address,
        dst=parse_address(dst)[1],
        src_port=sport,
        dst_port=dport,
        tcp_flags=(ACK if state else SYN) if proto == 6 else 0,
        state=state,
    )


def tracer() -> DeviceTracer:
    return DeviceTracer(gateway(), date(2024, 6, 3))


def test_a_port_forward_on_an_odd_port_gets_through() -> None:
    sent = packet("198.51.100.7", "203.0.113.40", dport=33389)
    said = tracer().forward(sent, "ppp0", "eth1.50")
    assert said.verdict is Verdict.PERMIT
    assert said.received is not None
    assert (said.received.dst, said.received.dst_port) == (parse_address("192.168.50.20")[1], 3389)
    assert said.decided_by.rule is not None
    assert said.decided_by.rule.id.startswith("FORWARD:4")


def test_what_was_not_forwarded_does_not() -> None:
    said = tracer().forward(packet("198.51.100.7", "192.168.50.20", dport=3389), "ppp0", "eth1.50")
    assert said.verdict is Verdict.DENY
    assert said.decided_by.rule_set == "LOGDROP"


def test_untracked_packets_are_not_new() -> None:
    lines = (
        "-A FORWARD -m conntrack --ctstate UNTRACKED -j ACCEPT",
        "-A FORWARD -m conntrack --ctstate NEW -j DROP",
    )
    device = device_of(
        saved(
            "-A PREROUTING -p udp -m udp --dport 53 -j NOTRACK", "-A PREROUTING -s 192.0.2.66/32 -j DROP", table="raw"
        ),
        saved("-A PREROUTING -p udp -m udp --dport 53 -j DNAT --to-destination 10.0.0.53", table="nat", name="n.v4"),
        saved(*lines, name="f.v4"),
    )
    one = DeviceTracer(device, date(2024, 6, 3))
    said = one.forward(packet("192.0.2.1", "203.0.113.53", proto=17, dport=53), "eth0", "eth1")
    assert said.verdict is Verdict.PERMIT
    assert said.received is not None
    assert said.received.dst == parse_address("203.0.113.53")[1], "what is not tracked is not translated"
    other = one.forward(packet("192.0.2.1", "203.0.113.53", proto=17, dport=54), "eth0", "eth1")
    assert other.verdict is Verdict.DENY
    dropped = one.forward(packet("192.0.2.66", "203.0.113.53", proto=17, dport=53), "eth0", "eth1")
    assert dropped.verdict is Verdict.DENY
    assert dropped.decided_by.rule_set == "raw/PREROUTING"


def test_a_published_container() -> None:
    said = tracer().forward(packet("198.51.100.7", "172.17.0.2", dport=80), "ppp0", "docker0")
    assert said.verdict is Verdict.PERMIT
    assert said.decided_by.rule_set == "DOCKER"


def test_hooks_of_the_way_in() -> None:
    assert [a.hook for a in gateway().attachments if a.rule_sets[0] == "INPUT"] == [Hook.LOCAL_IN]
    assert tracer().local_in(packet("192.168.50.9", "192.168.50.1", dport=22), "eth1.50").verdict is Verdict.PERMIT
    assert tracer().local_in(packet("198.51.100.9", "203.0.113.40", dport=22), "ppp0").verdict is Verdict.DENY
    assert tracer().local_in(packet("10.8.0.9", "10.8.0.1", dport=22), "tun3").verdict is Verdict.PERMIT
