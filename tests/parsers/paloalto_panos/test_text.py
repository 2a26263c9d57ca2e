"""XML that is none, cut off or hostile; detection; secrets."""

import random
import time

import pytest

from segaudit.model import MASK, LineState, SourceFile
from segaudit.parser import DETECTION_THRESHOLD
from segaudit.parsers.paloalto_panos import PARSER
from segaudit.parsers.paloalto_panos.detect import detect
from segaudit.syntax.capture import clean
from segaudit.syntax.xml import DEEPEST
from tests.material import needs_shared, shared_files
from tests.parsers.paloalto_panos.reading import BASE, fixture, open_rule, parsed, source
from tests.parsers.paloalto_panos.writing import as_braces, as_xml
from tests.scale import count

FORMS = ("sapporo.set", "sapporo.xml", "sapporo.conf")


def test_a_cut_off_file_fails_once_and_is_read_up_to_there() -> None:
    text = as_xml(BASE + "".join(open_rule(name=f"r{number}") for number in range(9)))
    lines = text.splitlines()
    place = next(number for number, line in enumerate(lines) if '"r5"' in line)
    result = PARSER.parse((SourceFile(path="gw.xml", lines=tuple(lines[: place + 3])),))
    (failure,) = result.failures
    assert failure.line == place + 3
    assert "not XML" in str(failure)
    rules = [one.id for one in result.devices[0].rule_sets[0].rules if not one.implicit]
    assert rules == ["r0", "r1", "r2", "r3", "r4", "r5"]


def test_what_follows_an_error_is_not_understood() -> None:
    text = as_xml(BASE + open_rule()).replace("<service>", "<service", 1)
    result = parsed(text, "gw.xml")
    (failure,), (ledger,) = result.failures, result.ledgers
    assert failure.line is not None
    assert all(
        state is LineState.UNRECOGNIZED for state in map(ledger.state, range(failure.line, len(ledger.states) + 1))
    )
    assert ledger.state(failure.line - 3) is not LineState.UNRECOGNIZED


BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [
 <!ENTITY a "ha">
 <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
]>
<config urldb="paloaltonetworks"><shared><address><entry name="&b;"/></address></shared></config>
"""


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        '<!DOCTYPE config SYSTEM "file:///etc/passwd"><config urldb="x"/>',
        '<config urldb="x">&undefined;</config>',
        '<config urldb="x">' + "<a>" * (DEEPEST + 5),
    ],
)
def test_types_entities_and_depth_are_refused(text: str) -> None:
    result = parsed(text, "gw.xml")
    assert len(result.failures) == 1
    assert result.failures[0].line is not None
    assert all(not one.addresses for one in result.devices)


@pytest.mark.parametrize("name", FORMS)
def test_its_own_files_are_recognised(name: str) -> None:
    assert detect(source(name)).score >= 90


@pytest.mark.parametrize("form", [str, as_xml, as_braces])
def test_small_configs_are_recognised(form: "type[str]") -> None:
    assert detect(source("x", form(BASE))).score >= 90


@pytest.mark.parametrize(
    "text",
    [
        "set system host-name srx\nset security policies from-zone a to-zone b policy p then permit\nset interfaces ge-0/0/0 unit 0\n",
        "system {\n    host-name srx;\n}\nsecurity {\n    zones {\n        security-zone trust {\n        }\n    }\n}\n",
        "set firewall name WAN_IN rule 10 action accept\nset interfaces ethernet eth0 address 192.0.2.1/24\n",
        "<pfsense><version>21.7</version><filter><rule/></filter></pfsense>",
        '<?xml version="1.0"?><opnsense><system/></opnsense>',
        "config system global\n    set hostname fgt\nend\n",
        "interfaces {\n    ethernet eth0 {\n        address 192.0.2.1/24\n    }\n}\n",
        "",
    ],
)
def test_other_formats_are_not(text: str) -> None:
    assert detect(source("x", text)).score < DETECTION_THRESHOLD


@needs_shared
def test_no_file_of_another_maker_is_taken_for_one() -> None:
    paths = [path for path in shared_files("corpus", "*/*") if not path.parent.name.startswith("panos")]
    for path in random.Random(4).sample(paths, count(120, full=len(paths))):
        text = path.read_bytes()[:60_000].decode("utf-8", "replace")
        assert detect(source(path.name, text)).score < DETECTION_THRESHOLD, path


def test_captures_of_a_terminal_are_cleaned() -> None:
    lines = [
        "admin@PA-220> configure",
        "Entering configuration mode",
        "[edit]",
        "admin@PA-220# show",
        *BASE.strip().splitlines(),
    ]
    lines += ["[edit]", "admin@PA-220# exit", "admin@PA-220> "]
    cleaned = clean(tuple(lines))
    ledger = PARSER.parse((SourceFile(path="x.txt", lines=cleaned.lines),)).ledgers[0]
    assert ledger.count(LineState.UNRECOGNIZED) == 0
    assert ledger.count(LineState.MODELLED) == len(BASE.strip().splitlines())


@pytest.mark.parametrize("name", FORMS)
def test_no_secret_of_the_fixture_is_quoted(name: str) -> None:
    secrets = (
        "himitsu-kotoba",
        "IjKlMnOpQrStUvWxYz0123",
        "AbCdEfGhIjKlMnOpQrStUv",
        "QrStUvWxYz0123456789AbCd",
        "himitsu-trap",
        "Ab1Cd2Ef3Gh4",
    )
    file = source(name)
    shown = "\n".join(file.quote(file.span(1, len(file.lines))))
    assert not [secret for secret in secrets if secret in shown]
    assert shown.count(MASK) >= 7


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("set deviceconfig system snmp-setting access-setting version v3 users nms authpwd -AQ==abc", "-AQ==abc"),
        ("<pre-shared-key><key>-AQ==xyz</key></pre-shared-key>", "-AQ==xyz"),
        ("authentication { pre-shared-key { key hunter2; } }", "hunter2"),
        ("set network ike gateway g authentication pre-shared-key key plain-text-password1", "plain-text-password1"),
        ("<bind-password>geheim</bind-password>", "geheim"),
        ("      bind-password geheim;", "geheim"),
        ("set shared server-profile ldap x bind-password geheim", "geheim"),
        ("<snmp-community-string>public</snmp-community-string>", "public"),
        ("<phash>fnRL/G5lXVMug</phash>", "fnRL"),
        ("set mgt-config users a phash fnRL/G5lXVMug", "fnRL"),
        ("<agent-user-override-key>-AQ==zzz</agent-user-override-key>", "-AQ==zzz"),
        ("<private-key>-----BEGIN ENCRYPTED PRIVATE KEY-----", "BEGIN"),
        ("<auth-key>2:abcd</auth-key>", "2:abcd"),
        ('set deviceconfig system secure-proxy-password "two words"', "two words"),
        ("<vm-auth-key>0123456789</vm-auth-key>", "0123456789"),
    ],
)
def test_secrets_are_masked(line: str, secret: str) -> None:
    file = source("x", line)
    (shown,) = file.quote(file.span(1))
    assert secret not in shown
    assert MASK in shown


@pytest.mark.parametrize("name", FORMS)
def test_any_part_of_the_fixture_is_read(name: str) -> None:
    lines = source(name).lines
    chance = random.Random(name)
    for _ in range(count(40, full=400)):
        cut = chance.randrange(len(lines))
        part = (*lines[:cut], lines[cut][: chance.randrange(len(lines[cut]) + 1)])
        if chance.random() < 0.5:
            part = part[chance.randrange(len(part)) :]
        result = PARSER.parse((SourceFile(path=name, lines=part),))
        assert len(result.ledgers[0].states) == len(part)


def test_ten_thousand_rules_take_seconds_at_most() -> None:
    text = BASE + "".join(open_rule(f"source 10.{n >> 8}.{n & 255}.1", name=f"r{n}") for n in range(2_000))
    begun = time.process_time()
    (on,) = parsed(text).devices
    assert len(on.rule_sets[0].rules) > 2_000
    assert time.process_time() - begun < 20


def test_the_fixture_has_one_device() -> None:
    assert [one.name for one in fixture("sapporo.set").devices] == ["sapporo-fw"]
