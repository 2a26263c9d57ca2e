from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segaudit.syntax.config_blocks import Block, Command, Entry, Item, Setting, read_config_blocks, split_words

TOP = frozenset({"system", "firewall", "router"})
HOLDERS = frozenset({"global", "vdom"})


def lines(text: str) -> list[str]:
    return text.strip("\n").splitlines()


def outline(items: list[Item]) -> list[object]:
    """Names and nesting only."""
    shown: list[object] = []
    for item in items:
        if isinstance(item, Block):
            shown.append((item.path, outline(item.items)))
        elif isinstance(item, Entry):
            shown.append((f"edit {item.name}", outline(item.items)))
        elif isinstance(item, Setting):
            shown.append(f"{item.verb} {item.name}")
        else:
            shown.append(item.verb)
    return shown


def walk(items: list[Item]) -> Iterator[Item]:
    for item in items:
        yield item
        if isinstance(item, Block | Entry):
            yield from walk(item.items)


def test_blocks_entries_and_settings_have_their_lines() -> None:
    text = read_config_blocks(
        lines("""
config system interface
    edit "port1"
        set ip 192.0.2.1 255.255.255.0
        config ipv6
            set ip6-address 2001:db8::1/64
        end
    next
end
config system dns
    set primary 192.0.2.53
end
""")
    )
    assert outline(text.items) == [
        ("system interface", [("edit port1", ["set ip", ("ipv6", ["set ip6-address"])])]),
        ("system dns", ["set primary"]),
    ]
    block, dns = text.items
    assert isinstance(block, Block)
    entry = block.items[0]
    assert isinstance(entry, Entry)
    assert isinstance(dns, Block)
    assert (block.first_line, block.last_line, block.closed) == (1, 8, True)
    assert (entry.first_line, entry.last_line, entry.closed) == (2, 7, True)
    assert (dns.first_line, dns.last_line) == (9, 11)
    ip = entry.items[0]
    assert isinstance(ip, Setting)
    assert (ip.words, ip.first_line, ip.last_line) == (("192.0.2.1", "255.255.255.0"), 3, 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a b  c", ("a", "b", "c")),
        ('"all"', ("all",)),
        ('"one two" "three"', ("one two", "three")),
        ("''", ("",)),
        ('""', ("",)),
        ('"new"_service1', ("new_service1",)),
        (r'"say \"hi\" to C:\temp"', (r'say "hi" to C:\temp',)),
        (r"plain\ blank", ("plain blank",)),
        ('"it\'s"', ("it's",)),
        ("it's", ("it's",)),
        ("'single \"quotes\" \\ keep'", ('single "quotes" \\ keep',)),
        ('"root" # a comment that doesn\'t end', ("root",)),
        ("name#1", ("name#1",)),
        ('"never closed', ("never closed",)),
        ("", ()),
    ],
)
def test_words(text: str, words: tuple[str, ...]) -> None:
    assert split_words(text) == words


def test_a_quote_goes_on_over_line_ends() -> None:
    text = read_config_blocks(
        lines("""
config certificate local
    edit "cert"
        set private-key "-----BEGIN KEY-----
AAAA
-----END KEY-----"
        set comment "one
two"
        set last yes
    next
end
""")
    )
    key, comment, last = [item for item in walk(text.items) if isinstance(item, Setting)]
    assert (key.first_line, key.last_line) == (3, 5)
    assert key.words == ("-----BEGIN KEY-----\nAAAA\n-----END KEY-----",)
    assert (comment.first_line, comment.last_line, comment.words) == (6, 7, ("one\ntwo",))
    assert last.first_line == 8


def test_quoting_of_every_kind_at_once() -> None:
    text = read_config_blocks(
        lines(r"""
config system replacemsg admin "pre"
  set buffer \"\n"pre\"\''\\\n"abc'\\\" "'"
"last\
line
end
""")
    )
    (setting,) = [item for item in walk(text.items) if isinstance(item, Setting)]
    assert setting.words == ('"npre"\'\'\\\\nabc\\\\\\" "\nlastline',)
    assert text.items[0].path == "system replacemsg admin pre"  # type: ignore[union-attr]  # the only item is the block


def test_a_quote_that_is_never_closed_ends_with_its_line() -> None:
    text = read_config_blocks(
        lines("""
config firewall policy
    edit 1
        set name "half
        set srcintf "wan1"
        set action accept
    next
end
""")
    )
    assert outline(text.items) == [("firewall policy", [("edit 1", ["set name", "set srcintf", "set action"])])]
    name = next(item for item in walk(text.items) if isinstance(item, Setting))
    assert (name.words, name.last_line) == (("half",), 3)


def test_an_apostrophe_opens_nothing() -> None:
    text = read_config_blocks(lines("config system admin\nedit a\nset comments it doesn't matter\nset b c\nnext\nend"))
    assert outline(text.items) == [("system admin", [("edit a", ["set comments", "set b"])])]


def test_tabs_are_blanks_but_in_quotes() -> None:
    text = read_config_blocks(["config\tsystem\tglobal", '\tset\thostname\t"a\tb"', "\tset\talias\tx\ty", "end"])
    hostname, alias = [item for item in walk(text.items) if isinstance(item, Setting)]
    assert (hostname.words, alias.words) == (("a\tb",), ("x", "y"))


def test_comments_commands_and_strays_are_kept_apart() -> None:
    text = read_config_blocks(
        lines("#config-version=X\nnext\nend\nshow system\nconfig a\n# inside\nmove 5 before 1\nend\n")
    )
    assert text.comments == [(1, "#config-version=X"), (6, "# inside")]
    assert text.strays == [2, 3]
    assert outline(text.items) == ["show", ("a", ["move"])]
    move = next(item for item in walk(text.items) if isinstance(item, Command) and item.verb == "move")
    assert (move.words, move.line) == (("5", "before", "1"), 7)


def test_end_closes_the_entry_too() -> None:
    text = read_config_blocks(
        lines("config router bgp\nconfig neighbor\nedit 192.0.2.1\nset remote-as 1\nend\nset as 2\nend")
    )
    assert outline(text.items) == [("router bgp", [("neighbor", [("edit 192.0.2.1", ["set remote-as"])]), "set as"])]
    entry = next(item for item in walk(text.items) if isinstance(item, Entry))
    assert (entry.last_line, entry.closed) == (4, False)


def test_a_missing_next_does_not_nest_entries() -> None:
    text = read_config_blocks(lines("config a\nedit 1\nset x y\nedit 2\nset z w\nnext\nend"))
    assert outline(text.items) == [("a", [("edit 1", ["set x"]), ("edit 2", ["set z"])])]


def test_a_missing_end_does_not_swallow_what_follows() -> None:
    broken = lines(
        "config firewall address\nedit a\nset subnet 192.0.2.0/24\nnext\nconfig firewall policy\nedit 1\nnext\nend"
    )
    text = read_config_blocks(broken, top_level=TOP, containers=HOLDERS)
    assert outline(text.items) == [
        ("firewall address", [("edit a", ["set subnet"])]),
        ("firewall policy", [("edit 1", [])]),
    ]
    address = text.items[0]
    assert isinstance(address, Block)
    assert (address.last_line, address.closed) == (4, False)


def test_containers_hold_top_level_blocks() -> None:
    text = read_config_blocks(
        lines("""
config global
config system global
set hostname a
end
end
config vdom
edit root
config firewall policy
edit 1
next
end
next
end
"""),
        top_level=TOP,
        containers=HOLDERS,
    )
    assert outline(text.items) == [
        ("global", [("system global", ["set hostname"])]),
        ("vdom", [("edit root", [("firewall policy", [("edit 1", [])])])]),
    ]


def test_a_cut_leaves_blocks_open_to_the_end() -> None:
    text = read_config_blocks(lines("config firewall policy\nedit 1\nset name x"))
    block = text.items[0]
    assert isinstance(block, Block)
    assert (block.last_line, block.closed) == (3, False)
    assert outline(text.items) == [("firewall policy", [("edit 1", ["set name"])])]


WORD = st.text(alphabet="ab\"\\'# \t", max_size=8)
LINE = st.one_of(
    st.sampled_from(
        ["next", "end", "edit 1", 'edit "a b"', "config firewall policy", "config vdom", "# note", "", "purge"]
    ),
    st.builds("set {} {}".format, st.sampled_from(["a", "b"]), WORD),
    WORD,
)


@given(st.lists(LINE, max_size=40))
def test_any_text_is_read_and_no_line_is_claimed_twice(text: list[str]) -> None:
    read = read_config_blocks(text, top_level=TOP, containers=HOLDERS)
    claimed: list[int] = [line for line, _ in read.comments] + list(read.strays)
    for item in walk(read.items):
        if isinstance(item, Setting):
            claimed.extend(range(item.first_line, item.last_line + 1))
            assert all(isinstance(word, str) for word in item.words)
        elif isinstance(item, Command):
            claimed.append(item.line)
        else:
            assert 1 <= item.first_line <= item.last_line <= len(text)
            claimed.append(item.first_line)
            if item.closed and item.last_line != item.first_line and isinstance(item, Block):
                claimed.append(item.last_line)
    assert len(claimed) == len(set(claimed))


@given(st.lists(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), min_size=1), max_size=5))
def test_words_written_in_quotes_come_back(words: list[str]) -> None:
    written = " ".join('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words)
    assert split_words(written) == tuple(words)
