"""Terminal captures become the text that the device sent, and every line keeps its number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segaudit.syntax.capture import Cleaned, clean

CONFIG = """hostname fw1
!
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 203.0.113.10 255.255.255.248
!
access-list OUTSIDE_IN extended permit tcp any host 203.0.113.11 eq https
access-group OUTSIDE_IN in interface outside
""".splitlines()


def cleaned(text: str) -> Cleaned:
    lines = tuple(text.split("\n"))
    result = clean(lines)
    assert len(result.lines) == len(lines), "line numbers are kept"
    return result


def kept(text: str) -> list[str]:
    """The lines that are not empty."""
    return [line for line in cleaned(text).lines if line]


def test_a_clean_file_is_the_same_object() -> None:
    lines = tuple(CONFIG)
    assert clean(lines).lines is lines
    assert not clean(lines).notes


# Pagers


@pytest.mark.parametrize(
    "question",
    [
        " --More-- \b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b",  # Cisco IOS
        "<--- More --->\r              \r",  # Cisco ASA
        "--More-- \r         \r",  # FortiOS
        "---(more 45%)---\r                                        \r",  # Junos
        "---- More ----\x1b[42D                                          \x1b[42D",  # Huawei
        "-- MORE --, next page: Space, next line: Enter, quit: Control-C\r" + 64 * " " + "\r",  # HP ProCurve
        "---つづく---\r               \r",  # Yamaha RTX, Japanese console
        "--More--\r\x1b[K",
        " --More--         ",  # IOS, with the control characters lost on the way
        "<--- More --->              ",  # ASA, the same
    ],
)
def test_a_pager_between_lines_leaves_the_line_behind_it(question: str) -> None:
    broken = [*CONFIG[:3], question + CONFIG[3], *CONFIG[4:]]
    assert list(cleaned("\n".join(broken)).lines) == CONFIG


def test_a_pager_alone_on_its_line_leaves_an_empty_line() -> None:
    result = cleaned("hostname fw1\n --More-- \nvlan 10\n<--- More --->\nvlan 20")
    assert result.lines == ("hostname fw1", "", "vlan 10", "", "vlan 20")
    assert result.terminal == {2, 4}


def test_two_pagers_on_one_line() -> None:
    question = "--More-- \r         \r"
    assert kept(f"vlan 10\n{question}{question}vlan 20") == ["vlan 10", "vlan 20"]


def test_the_word_more_in_a_description_is_no_pager() -> None:
    lines = (" description --More-- of the same", "! more ---", "banner motd # --More-- #")
    assert clean(lines).lines is lines


# Escape sequences and overwriting


def test_colours_titles_and_backspaces() -> None:
    assert kept("\x1b]0;fw1 - session\x07\x1b[1;32mhostname\x1b[0m fw1\nvlan 11\b0\n\x1b[?25lvlan 20\x1b[K") == [
        "hostname fw1",
        "vlan 10",
        "vlan 20",
    ]


def test_a_line_that_was_written_over() -> None:
    assert kept("loading 10 %\rvlan 10\x1b[K\nvlan 20") == ["vlan 10", "vlan 20"]


def test_less_writes_its_colon() -> None:
    assert kept("set system host-name r1\n:\r\x1b[Kset interfaces eth0 address 192.0.2.1/24")[1].startswith("set inter")


# Prompts and sessions


def session(prompt: str, command: str, *, before: str = "", after: str = "") -> str:
    return before + "\n".join([f"{prompt}{command}", *CONFIG, f"{prompt}{after}"])


@pytest.mark.parametrize(
    ("prompt", "command"),
    [
        ("fw1# ", "show running-config"),
        ("fw1#", "sh run"),
        ("fw1/pri/act# ", "show run"),
        ("FGT60F # ", "show full-configuration"),
        ("FGT60F (root) # ", "show"),
        ("admin@srx1> ", "show configuration | display set | no-more"),
        ("vyos@vyos:~$ ", "show configuration commands"),
        ("[admin@MikroTik] > ", "/export terse"),
        ("[admin@MikroTik] > ", "/ip firewall export"),
        ("root@gw:~# ", "iptables-save"),
        ("root@gw:/etc/iptables$ ", "sudo cat rules.v4"),
        ("RTX1220# ", "show config"),
        ("# ", "show config"),
    ],
)
@pytest.mark.parametrize("after", ["", "exit"])
def test_prompts_are_taken_out(prompt: str, command: str, after: str) -> None:
    after = after if prompt != "# " else "exit"
    result = cleaned(session(prompt, command, after=after))
    assert list(result.lines) == ["", *CONFIG, ""]
    assert result.terminal == {1, len(CONFIG) + 2}


def test_the_login_before_and_the_farewell_after_are_the_terminals() -> None:
    login = "login as: audit\naudit@192.0.2.1's password:\n*** Authorised use only ***\nfw1> enable\nPassword:\n"
    text = session("fw1# ", "show run", before=login, after="exit\n\nLogoff\nConnection to 192.0.2.1 closed.")
    assert kept(text) == CONFIG


def test_the_output_of_other_commands_is_no_configuration() -> None:
    version = "fw1# show version\nCisco Adaptive Security Appliance Software Version 9.16(4)\ninterface uptime 3 days\n"
    lists = "fw1# show access-list\naccess-list OUTSIDE_IN line 1 extended permit ip any any (hitcnt=3) 0x0\nfw1# exit"
    result = cleaned(version + "\n".join(["fw1# show running-config", *CONFIG, lists]))
    assert [line for line in result.lines if line] == CONFIG


def test_output_without_a_command_that_shows_a_configuration_stays() -> None:
    # Somebody copied the configuration and one prompt behind it: nothing is known of what stands before.
    assert kept("\n".join([*CONFIG, "fw1# exit"])) == CONFIG
    assert kept("\n".join([*CONFIG, "fw1#"])) == CONFIG


def test_what_was_typed_in_configuration_mode_is_configuration() -> None:
    typed = """fw1# configure terminal
fw1(config)# object network WEB
fw1(config-network-object)# host 192.0.2.80
fw1(config-network-object)# exit
fw1(config)# access-list IN extended permit tcp any object WEB eq 443
fw1(config)# end
fw1# write memory"""
    assert kept(typed) == [
        "object network WEB",
        " host 192.0.2.80",
        "access-list IN extended permit tcp any object WEB eq 443",
    ]
    forti = """FGT # config firewall address
FGT (address) # edit WEB
FGT (WEB) # set subnet 192.0.2.80 255.255.255.255
FGT (WEB) # next
FGT (address) # end
FGT # exit"""
    assert kept(forti) == [
        "config firewall address",
        "edit WEB",
        "set subnet 192.0.2.80 255.255.255.255",
        "next",
        "end",
    ]


def test_comments_and_texts_with_prompt_signs_stay() -> None:
    lines = (
        "#config-version=FGT60F-7.2.2-FW-build1255-220930:opmode=0",
        "# show nothing",
        '-A INPUT -m comment --comment "a > b" -j ACCEPT',
        "access-list IN remark cost < 5$ > 3",
        "object-group network NET#1",
        "</config>",
        "ip filter 100 pass * * tcp * www # web",
        "end",
    )
    assert clean(lines).lines is lines


def test_programs_for_logging_in_are_heard_and_forgotten() -> None:
    head = '=~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2026.04.01 09:00:00 =~=~=~=~=~=~=~=~=~=~=~=\nUsing username "audit".\n'
    assert kept(head + "\n".join(CONFIG)) == CONFIG


# Timestamps


@pytest.mark.parametrize(
    "stamp",
    [
        "[2026-04-01 09:00:00.123] ",
        "2026/04/01 09:00:00 ",
        "2026-04-01T09:00:00.123456+09:00 ",
        "[Wed Apr  1 09:00:00.123 2026] ",
        "Apr  1 09:00:00 ",
        "09:00:00.123 | ",
        "[09:00:00] ",
        "04/01/2026 09:00:00 > ",
    ],
)
def test_timestamps_are_taken_out_and_the_indentation_stays(stamp: str) -> None:
    assert list(cleaned("\n".join(stamp + line for line in CONFIG)).lines) == CONFIG


def test_stamps_and_prompts_and_pagers_together() -> None:
    lines = ["fw1# show run", *CONFIG[:4], "<--- More --->\r              \r" + CONFIG[4], *CONFIG[5:], "fw1# "]
    assert kept("\n".join(f"[2026-04-01 09:00:00] {line}" for line in lines)) == CONFIG


def test_one_time_in_a_configuration_is_no_stamp() -> None:
    lines = ("clock set 09:00:00 1 Apr 2026", "time-range WORK", " periodic weekdays 09:00 to 18:00")
    assert clean(lines).lines is lines


# Wrapped lines

LONG = [
    "ip lan2 secure filter in 200000 200001 200002 200003 200020 200021 200022 200023 200024 200025 200030 200032",
    "ip filter 200020 reject 192.168.100.0/24 * udp,tcp 135 netbios_ns-netbios_ssn,445,1433-1434,3389,5900-5910 *",
    "ip pp secure filter out 200013 200020 200021 200022 200023 200024 200025 200026 200027 200099 dynamic 200080 200081",
    "ip filter dynamic 200080 * * ftp",
    "dhcp service server",
]


def wrapped(lines: list[str], width: int = 80) -> str:
    return "\n".join("\n".join(line[at : at + width] for at in range(0, len(line), width)) for line in lines)


def test_lines_that_the_terminal_wrapped_are_joined() -> None:
    result = cleaned(wrapped(["# show config", *LONG, "# exit"]))
    assert [line for line in result.lines if line] == LONG
    assert dict(result.continued) == {3: 2, 5: 4, 7: 6}


def test_a_line_over_several_rows_is_joined_whole() -> None:
    far = "ip lan2 secure filter in " + " ".join(map(str, range(200000, 200040)))
    result = cleaned(wrapped(["> show config", far, *LONG, "> exit"]))
    assert result.lines[1] == far
    assert result.continued[4] == 2


def test_wide_characters_take_two_columns() -> None:
    text = "description lan1 " + "本社" * 20
    rows = [text[: 17 + 31], text[17 + 31 :]]  # 17 + 2 * 31 = 79: the next character does not fit
    lines = ["> show config", *rows, *wrapped(LONG).split("\n"), "> exit"]
    assert cleaned("\n".join(lines)).lines[1] == text


def test_a_file_whose_longest_line_has_eighty_characters_is_not_joined() -> None:
    long = "access-list OUTSIDE_IN extended permit tcp any host 203.0.113.11 eq https log x"
    lines = (long.ljust(80, "y"), "access-group OUTSIDE_IN in interface outside", "boot-start-marker")
    assert len(lines[0]) == 80
    assert clean(lines).lines is lines
    assert clean(("fw1# show run", *lines, "fw1#")).lines[1:4] == lines


def test_rulers_are_not_joined() -> None:
    lines = ("!" * 80, "hostname fw1", "#" + "-" * 79, "vlan 10", "!" * 80, "vlan 20")
    assert clean(lines).lines is lines


# Pages of the web


def test_a_page_with_tags_and_entities() -> None:
    page = "<html><body><pre>\nhostname fw1<br>\nbanner motd &quot;A &amp; B&quot;\n&nbsp;ip address 192.0.2.1\n</pre></body></html>"
    assert kept(page) == ["hostname fw1", 'banner motd "A & B"', " ip address 192.0.2.1"]


def test_text_that_was_escaped_as_a_whole() -> None:
    assert kept("edit &quot;wan1&quot;\nset alias &quot;a&amp;b&quot;") == ['edit "wan1"', 'set alias "a&b"']


def test_pages_inside_a_configuration_stay_as_they_are() -> None:
    lines = ('set buffer "<p>&quot;blocked&quot; &amp; logged</p>"', "end")
    assert clean(lines).lines is lines


def test_blanks_of_the_web_are_blanks() -> None:
    assert kept("interface lan\n\u00a0ip address 192.0.2.1 255.255.255.0") == [
        "interface lan",
        " ip address 192.0.2.1 255.255.255.0",
    ]


# Anything


@given(
    st.lists(st.text(alphabet=st.sampled_from("fw1#> show run\x1b[K\b\r\0-More()$@:0aA "), max_size=60), max_size=12)
)
def test_any_text_keeps_its_number_of_lines_and_its_account(lines: list[str]) -> None:
    result = clean(tuple(lines))
    assert len(result.lines) == len(lines)
    for number in result.terminal:
        assert lines[number - 1].strip()
        assert not result.lines[number - 1].strip()
    for number, head in result.continued.items():
        assert head < number
        assert result.lines[number - 1] == ""
