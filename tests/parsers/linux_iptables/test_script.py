"""Scripts: variables, loops, conditions, functions, and what a script says of the host."""

import pytest

from segaudit.model import (
    Action,
    LineState,
    Prefix,
    RouteKind,
    UndecidedAddress,
    host,
    interfaces,
    network,
    ports,
)
from segaudit.parsers.linux_iptables.shell import Shell, expand, split_commands
from tests.parsers.linux_iptables.reading import device_of, fixture, parsed, source, states


def test_a_start_script() -> None:
    device = fixture("firewall.sh")
    input_, forward, office = (device.rule_set(name) for name in ("INPUT", "FORWARD", "OFFICE"))
    assert input_ is not None
    assert forward is not None
    assert office is not None
    assert (input_.default, forward.default) == (Action.DENY, Action.DENY)
    assert not device.fragment
    assert device.versions == {4, 6}

    loop = [(r.source, r.ingress, r.span.first_line) for r in input_.rules[1:5]]
    assert [r.id for r in input_.rules[1:5]] == ["INPUT:2", "INPUT:3", "INPUT:4", "INPUT:5"]
    assert loop == [(host(a), interfaces("eth1"), 35) for a in ("192.168.40.10", "192.168.40.11") * 2]

    blocked, from_office, maintenance = forward.rules
    assert blocked.source == UndecidedAddress("ipset", "blocked")
    assert (from_office.action, from_office.target) == (Action.JUMP, "OFFICE")
    assert from_office.source == network("192.168.40.0/24")
    assert maintenance.service == ports(6, 3389)
    assert [c.text for c in maintenance.conditions] == ['in the script: if [ "$MAINTENANCE" = yes ]']

    assert office.rules[0].service == ports(6, 80, 443)
    assert (office.rules[0].span.first_line, office.rules[0].span.last_line) == (41, 42)
    assert office.rules[1].action is Action.CONTINUE

    six = device.rule_set("ip6/FORWARD")
    assert six is not None
    assert six.default is Action.DENY
    assert six.rules[0].source == network("2001:db8:40:1::/64")


def test_what_only_the_running_shell_knows_is_undecided() -> None:
    result = parsed(source("firewall.sh"))
    device, found = result.devices[0], states(result.ledgers[0])
    input_ = device.rule_set("INPUT")
    assert input_ is not None
    assert [c.text for c in input_.rules[-1].conditions] == ["--source $EXTIP"]
    assert found[input_.rules[-1].span.first_line][0] is LineState.APPROXIMATED
    nat = device.rule_set("nat/POSTROUTING")
    assert nat is not None
    assert nat.rules[0].action is Action.TRANSLATE
    assert found[nat.rules[0].span.first_line][0] is LineState.APPROXIMATED


def test_the_ledger_of_a_script() -> None:
    result = parsed(source("firewall.sh"))
    lines = source("firewall.sh").lines
    found = {lines[line - 1].strip(): (state, why) for line, (state, why) in states(result.ledgers[0]).items()}
    for text, state in {
        "set -e": LineState.IRRELEVANT,
        "modprobe nf_conntrack_ftp": LineState.IRRELEVANT,
        "WAN=eth0": LineState.IRRELEVANT,
        "echo 1 > /proc/sys/net/ipv4/ip_forward": LineState.MODELLED,
        "echo 1 > /proc/sys/net/ipv4/tcp_syncookies": LineState.IRRELEVANT,
        "sysctl -w net.bridge.bridge-nf-call-iptables=0": LineState.UNSUPPORTED,
        "ip addr add 192.168.40.1/24 dev $LAN": LineState.MODELLED,
        "ip link set $LAN up": LineState.IRRELEVANT,
        "ip route add blackhole 10.0.0.0/8": LineState.MODELLED,
        "ipset create blocked hash:ip": LineState.UNSUPPORTED,
        "$IPT -F; $IPT -X": LineState.MODELLED,
        "for port in 22 443; do": LineState.IRRELEVANT,
        "$IPT -P FORWARD ACCEPT": LineState.IRRELEVANT,
        "$IPT -F": LineState.IRRELEVANT,
        'if [ "$MAINTENANCE" = yes ]; then': LineState.IRRELEVANT,
        "start() {": LineState.IRRELEVANT,
        "curl -s https://audit:hunter2@example.com/hook": LineState.UNRECOGNIZED,
    }.items():
        assert found[text][0] is state, (text, found[text])
    # Under a condition a policy is not set: it stands in the function that starts, at its first place.
    (conditional,) = [n for n, line in enumerate(lines, 1) if line == "        $IPT -P FORWARD ACCEPT" and n < 50]
    assert states(result.ledgers[0])[conditional][0] is LineState.UNSUPPORTED


def test_addresses_and_routes_of_a_script() -> None:
    device = fixture("firewall.sh")
    lan = device.interface("eth1")
    assert lan is not None
    assert [(a.address, str(a.prefix)) for a in lan.addresses] == [
        (0xC0A82801, "192.168.40.0/24"),
        (0x20010DB8_00400001_00000000_00000001, "2001:db8:40:1::/64"),
    ]
    assert [(r.prefix, r.next_hop, r.interface, r.kind) for r in device.routes] == [
        (Prefix(4, 0, 0), 0xCB007101, "eth0", RouteKind.STATIC),
        (Prefix(4, 0x0A140000, 16), 0xC0A828FE, "", RouteKind.STATIC),
        (Prefix(4, 0x0A000000, 8), None, "", RouteKind.DISCARD),
    ]
    assert device.forwards


def test_a_host_that_does_not_forward() -> None:
    assert not device_of(source("x.sh", "sysctl -w net.ipv4.ip_forward=0\niptables -P INPUT DROP\n")).forwards


def test_secrets_of_a_script_are_masked() -> None:
    script = source("firewall.sh")
    shown = "\n".join(script.quote(script.span(1, len(script.lines))))
    assert "s3cr3t" not in shown
    assert "hunter2" not in shown


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ('-A INPUT -m string --string "open sesame" --algo bm -j ACCEPT', "sesame"),
        ("-A INPUT -m string --hex-string |deadbeef| --algo bm -j ACCEPT", "deadbeef"),
        ("export DB_PASSWORD='pa ss'", "pa ss"),
        ("wg set wg0 private-key abcdef=", "abcdef"),
        ("snmp community: publicx", "publicx"),
        ("psk = topsecret", "topsecret"),
    ],
)
def test_secrets_in_lines(line: str, secret: str) -> None:
    (shown,) = source("x", line).quote(source("x", line).span(1))
    assert secret not in shown


def test_a_table_that_a_script_loads() -> None:
    text = """#!/bin/sh
iptables -A INPUT -s 192.0.2.1 -j ACCEPT
iptables-restore <<EOF
*filter
:INPUT DROP [0:0]
-A INPUT -i lo -j ACCEPT
COMMIT
EOF
iptables -A INPUT -p tcp --dport 22 -j ACCEPT
ip6tables-restore < /etc/rules.v6
"""
    result = parsed(source("fw.sh", text))
    input_ = result.devices[0].rule_set("INPUT")
    assert input_ is not None
    assert input_.default is Action.DENY
    assert [r.span.first_line for r in input_.rules] == [6, 9]
    found = states(result.ledgers[0])
    assert "replaces" in found[2][1]
    assert found[8] == (LineState.IRRELEVANT, "end of a text")
    assert found[10][0] is LineState.UNSUPPORTED


def test_a_table_that_is_loaded_without_flushing() -> None:
    text = "iptables -A INPUT -i lo -j ACCEPT\niptables-restore -n <<E\n*filter\n-A INPUT -j DROP\nCOMMIT\nE\n"
    input_ = device_of(source("fw.sh", text)).rule_set("INPUT")
    assert input_ is not None
    assert [r.action for r in input_.rules] == [Action.PERMIT, Action.DENY]


def test_lines_without_a_command() -> None:
    text = "iptables -P INPUT DROP\n  # indented\n;;\ncat <<'END'\niptables -F\n\nEND\ncat <<< x\niptables -A INPUT -j DROP\n"
    found = states(parsed(source("fw.sh", text)).ledgers[0])
    assert {line: why for line, (_, why) in found.items() if why} == {
        2: "comment",
        3: "shell punctuation",
        4: "shell: prints",
        5: "text for a command",
        7: "end of a text",
        8: "shell: prints",
    }


# The shell itself


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a b # c", [["a", "b"]]),
        ("a;b && c||d | e &", [["a"], ["b"], ["c"], ["d"], ["e"]]),
        ("a 'b ; c' \"d # e\"", [["a", "'b ; c'", '"d # e"']]),
        ("a >/dev/null 2>&1 b", [["a", "b"]]),
        ('a > "x y" b', [["a", "b"]]),
        ("a <<EOF", [["a"]]),
        ("f() { a; }", [["f()", "{", "a"], ["}"]]),
        ("a $(b; c) `d | e` ${f:-g h}", [["a", "$(b; c)", "`d | e`", "${f:-g h}"]]),
        ("a\\ b c\\;d", [["a\\ b", "c\\;d"]]),
        ("( a )", [["a"]]),
        ("x='unfinished", [["x='unfinished"]]),
        ("", []),
    ],
)
def test_commands_of_a_line(text: str, wanted: list[list[str]]) -> None:
    assert split_commands(text) == wanted


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("plain", ["plain"]),
        ("$A", ["1", "2"]),
        ('"$A"', ["1 2"]),
        ("'$A'", ["$A"]),
        ("x${A}y", ["x1", "2y"]),
        ("$B/24", ["192.0.2.0/24"]),
        ("${B:-none}", ["192.0.2.0"]),
        ("$NOT", ["$NOT"]),
        ("$(date)", ["$(date)"]),
        ("$1", ["$1"]),
        ("$EMPTY", []),
        ('""', [""]),
        ("a\\ b", ["a b"]),
    ],
)
def test_words(word: str, wanted: list[str]) -> None:
    assert expand(word, {"A": "1 2", "B": "192.0.2.0", "EMPTY": ""}) == wanted


def commands(text: str) -> list[tuple[tuple[str, ...], str, bool]]:
    return [(c.words, c.condition, c.stops) for c in Shell().read(enumerate(text.splitlines(), start=1))]


def test_loops() -> None:
    assert commands("for a in 1 2\ndo\n for b in x y; do c $a$b; done\ndone") == [
        (("c", word), "", False) for word in ("1x", "1y", "2x", "2y")
    ]
    assert commands("for a in $(cat list); do c $a; done; d") == [(("c", "$a"), "for a", False), (("d",), "", False)]
    assert commands("for a in 1; do c\n") == []


def test_conditions_and_functions() -> None:
    text = """if a; then b; elif c; then d; else e; fi
while read line; do f; done
function stop { g; }
up() { h; }
{ i; }
case $1 in start) j 1 ;; stop) k 2 ;; other) l 3 ;; esac
m"""
    assert commands(text) == [
        (("a",), "if a", False),
        (("b",), "if a", False),
        (("d",), "elif c", False),
        (("e",), "not elif c", False),
        (("read", "line"), "while read line", False),
        (("f",), "while read line", False),
        (("g",), "", True),
        (("h",), "", False),
        (("i",), "", False),
        (("j", "1"), "", False),
        (("k", "2"), "case $1 in: stop", True),
        (("l", "3"), "case $1 in: other", False),
        (("m",), "", False),
    ]


def test_a_variable_set_under_a_condition_is_not_known() -> None:
    assert commands("A=1\nif x; then A=2; fi\nc $A") == [(("x",), "if x", False), (("c", "$A"), "", False)]


def test_an_assignment_before_a_command() -> None:
    assert commands("A=1 c $A; d $A") == [(("c", "1"), "", False), (("d", "1"), "", False)]
