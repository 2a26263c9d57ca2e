"""Tables, chains and commands: what is left in the kernel when the file has been loaded."""

import pytest

from segaudit.model import Action, Device, Hook, LineState, Service, host, network, ports
from segaudit.parsers.linux_iptables import PARSER
from segaudit.syntax.capture import clean
from tests.parsers.linux_iptables.reading import device_of, parsed, rules_of, saved, source, states


def chain(device: Device, name: str) -> list[tuple[Action, str]]:
    """Action and target or source of the rules of a list."""
    found = device.rule_set(name)
    assert found is not None
    return [(r.action, r.target or r.comment) for r in found.rules]


def comments(text: str, name: str = "INPUT") -> list[str]:
    """The comments of the rules that are left in a chain."""
    found = device_of(source("rules.sh", text)).rule_set(name)
    assert found is not None
    return [r.comment for r in found.rules]


def test_policies_counters_and_places() -> None:
    text = """*filter
:INPUT DROP [12:3456]
:FORWARD ACCEPT [0:0]
[77:8888] -A INPUT -i lo -j ACCEPT
COMMIT
"""
    device = device_of(source("gw.v4", text))
    input_, forward, output = (device.rule_set(name) for name in ("INPUT", "FORWARD", "OUTPUT"))
    assert input_ is not None
    assert forward is not None
    assert output is not None
    assert (input_.default, input_.default_implicit) == (Action.DENY, False)
    assert input_.default_span is not None
    assert input_.default_span.first_line == 2
    assert (forward.default, forward.default_implicit) == (Action.PERMIT, False)
    # Loading the table makes all its chains, and a new chain accepts.
    assert (output.default, output.default_implicit) == (Action.PERMIT, True)
    assert input_.rules[0].hits == 77
    assert input_.rules[0].span.first_line == 4


def test_hooks_and_orders() -> None:
    device = device_of(
        saved("-A PREROUTING -j ACCEPT", "-A OUTPUT -j ACCEPT", table="raw", name="a.v4"),
        saved("-A FORWARD -j ACCEPT", "-A POSTROUTING -j ACCEPT", table="mangle", name="b.v4"),
        saved(
            "-A PREROUTING -j ACCEPT",
            "-A INPUT -j ACCEPT",
            "-A OUTPUT -j ACCEPT",
            "-A POSTROUTING -j ACCEPT",
            table="nat",
            name="c.v4",
        ),
        saved("-A FORWARD -j ACCEPT", table="security", name="d.v4"),
        saved("-A FORWARD -j ACCEPT", name="e.v4"),
    )
    assert [(a.hook, a.order, a.rule_sets[0]) for a in device.attachments] == [
        (Hook.PREROUTING, -300, "raw/PREROUTING"),
        (Hook.PREROUTING, -100, "nat/PREROUTING"),
        (Hook.LOCAL_IN, 0, "INPUT"),
        (Hook.LOCAL_IN, 100, "nat/INPUT"),
        (Hook.FORWARD, -150, "mangle/FORWARD"),
        (Hook.FORWARD, 0, "FORWARD"),
        (Hook.FORWARD, 50, "security/FORWARD"),
        (Hook.LOCAL_OUT, -300, "raw/OUTPUT"),
        (Hook.LOCAL_OUT, -100, "nat/OUTPUT"),
        (Hook.LOCAL_OUT, 0, "OUTPUT"),
        (Hook.POSTROUTING, -150, "mangle/POSTROUTING"),
        (Hook.POSTROUTING, 100, "nat/POSTROUTING"),
    ]


@pytest.mark.parametrize("table", ["raw", "mangle", "security"])
def test_a_drop_policy_denies_in_every_table(table: str) -> None:
    text = f"*{table}\n:OUTPUT DROP [0:0]\nCOMMIT\n"
    device = device_of(source("gw.v4", text))
    output = device.rule_set(f"{table}/OUTPUT")
    assert output is not None
    assert output.default is Action.DENY
    assert any(a.rule_sets == (output.name,) for a in device.attachments)


def test_an_accept_policy_elsewhere_has_no_opinion() -> None:
    device = device_of(saved(table="mangle"))
    forward = device.rule_set("mangle/FORWARD")
    assert forward is not None
    assert forward.default is None
    assert device.attachments == ()


def test_chains_of_the_user_have_no_default() -> None:
    office = device_of(saved("-A FORWARD -j OFFICE", chains=("OFFICE",))).rule_set("OFFICE")
    assert office is not None
    assert office.default is None
    assert office.rules == ()


def test_the_second_of_two_loads_of_a_table_holds() -> None:
    result = parsed(source("twice.v4"))
    (device,) = result.devices
    forward = device.rule_set("FORWARD")
    assert forward is not None
    assert forward.default is Action.DENY
    assert [r.service for r in forward.rules] == [ports(6, 443)]
    assert device.rule_set("OLD") is None
    ledger = result.ledgers[0]
    replaced = [
        line for line, (state, why) in states(ledger).items() if "replaces" in why and state is LineState.IRRELEVANT
    ]
    assert replaced == [3, 4, 5, 6, 7, 8]


def test_one_file_with_the_dumps_of_both_families() -> None:
    device = device_of(source("both-dumps.txt"))
    assert device.versions == {4, 6}
    four, six = device.rule_set("FORWARD"), device.rule_set("ip6/FORWARD")
    assert four is not None
    assert six is not None
    assert (four.version, four.default) == (4, Action.DENY)
    assert (six.version, six.default) == (6, Action.PERMIT)


def test_a_terminal_capture_of_both_dumps() -> None:
    text = """[root@osk-gw1 ~]# iptables-save
*filter
:INPUT DROP [0:0]
-A INPUT -s 192.0.2.0/24 -j ACCEPT
COMMIT
[root@osk-gw1 ~]# exit
"""
    result = parsed(source("capture.log", text))
    assert chain(result.devices[0], "INPUT") == [(Action.PERMIT, "")]
    found = states(result.ledgers[0])
    assert (found[1][0], found[6][0]) == (LineState.IRRELEVANT, LineState.IRRELEVANT)
    assert PARSER.terminal
    assert clean(tuple(text.splitlines())).lines[1:5] == tuple(text.splitlines())[1:5]


def test_rules_of_one_file_for_both_families() -> None:
    text = """*filter
:INPUT DROP
-A INPUT -i lo -j ACCEPT
-A INPUT -4 -s 192.0.2.0/24 -j ACCEPT
-A INPUT -6 -s 2001:db8::/32 -j ACCEPT
COMMIT
"""
    device = device_of(source("rules.both", text))
    four, six = device.rule_set("INPUT"), device.rule_set("ip6/INPUT")
    assert four is not None
    assert six is not None
    assert [r.source for r in four.rules[1:]] == [network("192.0.2.0/24")]
    assert [r.source for r in six.rules[1:]] == [network("2001:db8::/32")]


@pytest.mark.parametrize(
    ("name", "text", "version"),
    [
        ("x", "# Generated by ip6tables-save v1.8.7 on Tue\n*filter\nCOMMIT", 6),
        ("x", "*filter\n:INPUT ACCEPT\n-A INPUT -s 2001:db8::1 -j ACCEPT\nCOMMIT", 6),
        ("x", "*filter\n:INPUT ACCEPT\n-A INPUT -s 192.0.2.1 -j ACCEPT\nCOMMIT", 4),
        ("rules.v6", "*filter\n:INPUT ACCEPT\nCOMMIT", 6),
        ("sysconfig/ip6tables", "*filter\n:INPUT ACCEPT\nCOMMIT", 6),
        ("rules", "*filter\n:INPUT ACCEPT\n-A INPUT -p ipv6-icmp -j ACCEPT\nCOMMIT", 6),
        ("rules", "*filter\n:INPUT ACCEPT\nCOMMIT", 4),
        ("node6.v4", "*nat\n:PREROUTING ACCEPT\n-A PREROUTING -p tcp -j DNAT --to-destination 192.0.2.1\nCOMMIT", 4),
    ],
)
def test_the_family_of_a_file(name: str, text: str, version: int) -> None:
    assert device_of(source(name, text)).versions == {version}


def test_a_table_without_commit_is_read_and_said() -> None:
    result = parsed(source("gw.v4", "*nat\n:PREROUTING ACCEPT\n*filter\n:INPUT DROP\n-A INPUT -i lo -j ACCEPT"))
    (device,) = result.devices
    assert chain(device, "INPUT") == [(Action.PERMIT, "")]
    missing = [str(n.message) for n in device.notices if "COMMIT" in str(n.message)]
    assert len(missing) == 2


def test_rules_of_a_chain_that_is_not_declared_are_read_and_said() -> None:
    result = parsed(source("gw.v4", "*filter\n:INPUT DROP\n-A INPUT -j EXTRA\n-A EXTRA -j ACCEPT\nCOMMIT"))
    (device,) = result.devices
    assert chain(device, "EXTRA") == [(Action.PERMIT, "")]
    assert any("not declared" in str(n.message) for n in device.notices)


def test_lines_that_are_none_of_iptables() -> None:
    result = parsed(
        source("gw.v4", "*filter\n:INPUT DROP\nhello\n:\n[1:2] hello\n-Q INPUT\nCOMMIT\nCOMMIT\n*bogus\nCOMMIT\n")
    )
    found = states(result.ledgers[0])
    assert {line: state for line, (state, _) in found.items() if line in (3, 4, 5, 6)} == dict.fromkeys(
        (3, 4, 5, 6), LineState.UNRECOGNIZED
    )
    assert found[8][0] is LineState.IRRELEVANT
    assert found[9][0] is LineState.UNSUPPORTED


def test_a_policy_that_there_is_not() -> None:
    result = parsed(source("gw.v4", "*filter\n:INPUT REJECT [0:0]\nCOMMIT\n"))
    assert states(result.ledgers[0])[2][0] is LineState.UNSUPPORTED


# Commands


def test_inserting_replacing_deleting() -> None:
    assert comments(
        """-P INPUT ACCEPT
-A INPUT -m comment --comment a -j ACCEPT
-A INPUT -m comment --comment b -j ACCEPT
-I INPUT -m comment --comment first -j ACCEPT
-I INPUT 3 -m comment --comment third -j ACCEPT
-R INPUT 2 -m comment --comment A -j ACCEPT
-D INPUT 4
-A INPUT -s 192.0.2.1 -p tcp --dport 22 -m comment --comment gone -j DROP
-D INPUT -p tcp --dport 22 -s 192.0.2.1 -m comment --comment gone -j DROP
"""
    ) == ["first", "A", "third"]


def test_the_ledger_of_what_is_taken_away_again() -> None:
    result = parsed(
        source(
            "rules",
            "-P INPUT DROP\n-A INPUT -i lo -j ACCEPT\n-D INPUT -i lo -j ACCEPT\n-D INPUT -i eth9 -j DROP\n-D INPUT 7\n",
        )
    )
    found = states(result.ledgers[0])
    assert found[2] == (LineState.IRRELEVANT, "deleted again in line 3")
    assert found[3][0] is LineState.MODELLED
    assert found[4][0] is LineState.IRRELEVANT
    assert found[5][0] is LineState.IRRELEVANT


def test_flushing_and_deleting_chains() -> None:
    device = device_of(
        source(
            "rules",
            """-P INPUT DROP
-N A
-A A -j ACCEPT
-N B
-A B -j ACCEPT
-A INPUT -j B
-F A
-X A
-N C
-E C D
-A INPUT -j D
-F B
""",
        )
    )
    assert device.rule_set("A") is None
    assert device.rule_set("C") is None
    assert device.rule_set("D") is not None
    assert chain(device, "B") == []
    assert chain(device, "INPUT") == [(Action.JUMP, "B"), (Action.JUMP, "D")]


def test_renaming_a_chain_renames_its_callers() -> None:
    device = device_of(source("rules", "-P INPUT DROP\n-N OLD\n-A INPUT -j OLD\n-E OLD NEW\n"))
    assert chain(device, "INPUT") == [(Action.JUMP, "NEW")]


def test_options_before_the_command_and_long_ones() -> None:
    device = device_of(
        source(
            "rules.sh",
            """iptables --wait 5 --table nat --append PREROUTING --protocol tcp --dport 80 --jump DNAT --to-destination 10.0.0.5
iptables -t nat -w -A POSTROUTING -o ppp0 -j MASQUERADE
/sbin/iptables -w 3 -A INPUT --in-interface=lo --jump=ACCEPT
iptables -AINPUT -ptcp --dport 22 -jACCEPT
iptables -L -n -v
iptables -A INPUT -c 5 600 -j DROP
""",
        )
    )
    assert device.rule_set("nat/PREROUTING") is not None
    input_ = device.rule_set("INPUT")
    assert input_ is not None
    assert [r.action for r in input_.rules] == [Action.PERMIT, Action.PERMIT, Action.DENY]
    assert input_.rules[1].service == ports(6, 22)
    assert input_.rules[2].hits == 5


def test_a_list_of_rules_alone_is_a_fragment() -> None:
    assert device_of(source("rules", "-A FORWARD -s 10.0.0.0/8 -j ACCEPT\n")).fragment
    assert not device_of(source("rules", "-P FORWARD DROP\n-A FORWARD -s 10.0.0.0/8 -j ACCEPT\n")).fragment
    assert device_of(source("rules", "*filter\n-A FORWARD -s 10.0.0.0/8 -j ACCEPT\nCOMMIT\n")).fragment
    assert not device_of(saved("-A FORWARD -j ACCEPT")).fragment


def test_no_table_no_device() -> None:
    result = parsed(source("empty", "# nothing here\n"))
    assert result.devices == ()
    assert len(result.ledgers) == 1


def test_a_match_that_stands_before_its_protocol() -> None:
    (rule,) = rules_of("-A FORWARD -m multiport -s 192.0.2.1 -p tcp --dports 20,21 -j ACCEPT")
    assert rule.service == ports(6, 20, 21)
    assert rule.source == host("192.0.2.1")


def test_options_behind_the_target() -> None:
    (rule,) = rules_of("-A FORWARD -j ACCEPT -p udp -d 192.0.2.1 --dport 53")
    assert rule.action is Action.PERMIT
    assert rule.destination == host("192.0.2.1")
    assert rule.service == Service(protocol=17, destination_ports=((53, 53),))
