"""The commands that are in force at the end of a file, by family: what is taken back or cleared is gone.

A running-config only sets. A script that is pushed to a device also takes back (``no …``) and clears (``clear
configure access-list X``), so the file is executed line by line, as the command line interface would. Sub-commands
stand indented below their command; where a paste has lost the indentation, the mode of the last command takes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from segaudit.model import LedgerBuilder, LineState, SourceFile
from segaudit.parsers.cisco_asa.statements import (
    CLEARED_WITHOUT_CONFIGURE,
    FAMILIES,
    SESSION_WORDS,
    SUBCOMMANDS,
    irrelevant_reason,
    unsupported_reason,
)
from segaudit.syntax.indented import Line, read_indented

#: First words of version lines, and the product that writes them.
PRODUCTS: Final = MappingProxyType({"ASA": "asa", "PIX": "pix", "FWSM": "fwsm", "NGFW": "ftd"})

_VERSION: Final = re.compile(r"\b(ASA|PIX|FWSM|NGFW) Version (\d+)\.(\d+)(\S*)(?: <(system|context)>)?")
_HARDWARE: Final = re.compile(r"^:\s*Hardware:\s*([^,\s]+)")
_HEX: Final = re.compile(r"^[0-9A-Fa-f]{8}(?: [0-9A-Fa-f]{1,8})*$|^(?:[0-9A-Fa-f]{2} ?)+$")

#: What `clear configure` is short for, as far as people shorten it.
_CLEAR_CONFIGURE: Final = frozenset({"configure", "configur", "config", "conf"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an access list: its place in the file and all its words (``access-list NAME …``)."""

    number: int
    words: tuple[str, ...]

    @property
    def body(self) -> tuple[str, ...]:
        """What the entry says, without the list's name, its place and the word ``extended``: two alike are one."""
        words = self.words[3:] if self.words[0] == "ipv6" else self.words[2:]
        if words[:1] == ("line",):
            words = words[2:]
        return words[1:] if words[:1] == ("extended",) else words


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What one file leaves in force.

    ``product`` is ``asa``, ``pix``, ``fwsm``, ``ftd`` or empty, ``version`` major and minor, or ``None``. ``commands``
    are by family (the first word, mostly), ``negated`` the ``no …`` lines without their ``no``. ``lists`` are the
    entries of each access list, ``ipv6_lists`` those of the separate IPv6 lists before 9.0.
    """

    source: SourceFile
    commands: Mapping[str, tuple[Line, ...]]
    negated: tuple[Line, ...]
    lists: Mapping[str, tuple[Entry, ...]]
    ipv6_lists: Mapping[str, tuple[Entry, ...]]
    product: str = ""
    version: tuple[int, int] | None = None
    version_text: str = ""
    hardware: str = ""
    execution_space: str = ""

    def of(self, family: str) -> tuple[Line, ...]:
        """The commands of ``family`` in file order."""
        return self.commands.get(family, ())

    def starting(self, *words: str) -> Iterator[Line]:
        """The commands that begin with ``words``."""
        count = len(words)
        return (line for line in self.of(words[0]) if line.words[:count] == words)

    def has(self, *words: str) -> bool:
        """Whether a command begins with ``words``."""
        return next(self.starting(*words), None) is not None

    def denies(self, *words: str) -> bool:
        """Whether ``no`` and ``words`` is the last that is said of them."""
        count = len(words)
        said = [line.number for line in self.negated if line.words[1 : count + 1] == words]
        return bool(said) and not any(line.number > said[-1] for line in self.starting(*words))

    def at_least(self, major: int, minor: int) -> bool:
        """Whether the software is surely of that version or later; False where the file does not tell."""
        return self.version is not None and self.version >= (major, minor)

    def before(self, major: int, minor: int) -> bool:
        """Whether the software is surely older than that version; False where the file does not tell."""
        return self.version is not None and self.version < (major, minor)


class _Session:
    """A command line that takes the lines of one file in order."""

    def __init__(self, source: SourceFile, ledger: LedgerBuilder) -> None:
        self.source = source
        self.ledger = ledger
        self.commands: dict[str, list[Line]] = {}
        self.negated: list[Line] = []
        self.lists: dict[str, list[Entry]] = {}
        self.ipv6_lists: dict[str, list[Entry]] = {}
        self.mode: Line | None = None
        #: Lists of the configuration that `show access-list` shows once more.
        self.shown: set[str] = set()

    # Access lists

    def list_entry(self, number: int, text: str) -> None:
        """``access-list …`` at the top of the file."""
        words = tuple(text.split())
        self.mode = None
        if len(words) < 3 or words[1] in ("mode", "commit", "compiled") or words[2] == "compiled":
            self.ledger.irrelevant(number, "how access lists are compiled, not what they say")
            return
        if words[1] in ("alert-interval", "deny-flow-max"):
            self.ledger.irrelevant(number, "how often denied flows are logged")
            return
        if words[1].endswith(";") or words[1:3] == ("cached", "ACL"):
            # The heads of `show access-list`: "access-list X; 5 elements; name hash: 0x…".
            self.ledger.irrelevant(number, "a heading of show access-list")
            if self.lists.get(words[1].rstrip(";")):
                self.shown.add(words[1].rstrip(";"))
            return
        if text[0].isspace() and words[2] == "line" and words[-1].startswith("0x"):
            self.ledger.irrelevant(number, "show access-list with the groups of the entry above opened")
            return
        if words[1] in self.shown and words[2] == "line":
            self._counted(number, words)
            return
        self._insert(self.lists.setdefault(words[1], []), Entry(number, words), words, 2)

    def _counted(self, number: int, words: tuple[str, ...]) -> None:
        """An entry of `show access-list` behind the configuration itself: it tells how often the entry was hit."""
        self.ledger.irrelevant(number, "show access-list of a list that stands above")
        hits = next((place for place, word in enumerate(words) if word.startswith("(hitcnt=")), None)
        if hits is None:
            return
        body = Entry(number, words[:hits]).body
        entries = self.lists[words[1]]
        place = min(int(words[3]) - 1, len(entries) - 1) if words[3].isdigit() else 0
        if entries[place].body == body:
            self.ledger.modelled(number)
            entries[place] = Entry(entries[place].number, (*entries[place].words, words[hits]))

    def ipv6_list_entry(self, line: Line) -> None:
        """``ipv6 access-list …`` (ASA and PIX 7.0 to 8.4)."""
        words = line.words
        if len(words) < 4:
            return
        self._insert(self.ipv6_lists.setdefault(words[2], []), Entry(line.number, words), words, 3)

    @staticmethod
    def _insert(entries: list[Entry], entry: Entry, words: tuple[str, ...], at: int) -> None:
        if words[at] == "line" and len(words) > at + 1 and words[at + 1].isdigit():
            # "line N" puts the entry at place N (1-based, remarks count) and moves what stands there down.
            entries.insert(min(max(int(words[at + 1]) - 1, 0), len(entries)), entry)
        else:
            entries.append(entry)

    def _drop_list(self, lists: dict[str, list[Entry]], name: str, by: int) -> None:
        for entry in lists.pop(name, ()):
            self._gone(entry.number, entry.number, by)
        if name in self.lists or name in self.ipv6_lists:
            return
        # "clear configure access-list … automatically unbinds an access list from a crypto map command or interface"
        # (Cisco ASA Series Command Reference, clear configure access-list). access-group cannot name an empty list.
        self._remove("access-group", by, lambda line: line.words[1:2] == (name,))

    # Everything else

    def take(self, line: Line) -> None:
        """One top-level command with its block."""
        first = line.words[0]
        if self._belongs_to_mode(line):
            assert self.mode is not None
            self.mode.children.append(line)
            return
        if first == "no" and len(line.words) > 1:
            self._take_back(line)
        elif first == "clear" and len(line.words) > 1:
            self._clear(line)
        elif first in SESSION_WORDS and (first != "enable" or len(line.words) == 1):
            self.ledger.irrelevant(line.number, "a command of the session, not of the configuration")
            self.mode = None
        elif line.words[:2] == ("ipv6", "access-list"):
            self.ipv6_list_entry(line)
        else:
            self.commands.setdefault(first, []).append(line)
            self.mode = line

    def _belongs_to_mode(self, line: Line) -> bool:
        """Whether an unindented line is a sub-command of the last command."""
        if self.mode is None:
            return False
        words = line.words[1:] if line.words[0] == "no" else line.words
        if not words:
            return False
        mode = self.mode.words
        first = words[0]
        takes = SUBCOMMANDS.get(mode[0], frozenset())
        if first not in takes:
            return False
        if first not in FAMILIES:
            return True
        # Words that are commands and sub-commands: the form decides.
        if mode[0] == "interface":
            return (first == "ip" and words[1:2] == ("address",) and (len(words) > 2 or line.words[0] == "no")) or (
                first == "nameif" and len(words) <= 2
            )
        if mode[:2] == ("object", "network"):
            return first == "nat" and any(word in ("static", "dynamic") for word in words[1:3])
        if mode[:2] == ("object", "service"):
            return first == "service" and words[1:2] not in (("resetinbound",), ("resetoutbound",), ("resetoutside",))
        return False

    def _take_back(self, line: Line) -> None:
        """``no …``: the command without its ``no`` is taken back, as far as it stands."""
        words = line.words[1:]
        self.mode = None
        self.negated.append(line)
        if words[0] == "access-list" and len(words) > 1:
            self._take_back_entry(line, self.lists, words[1], words)
            return
        if words[:2] == ("ipv6", "access-list") and len(words) > 2:
            self._take_back_entry(line, self.ipv6_lists, words[2], words)
            return
        count = len(words)
        gone = self._remove(words[0], line.number, lambda one: one.words[:count] == words)
        if not gone and (reason := irrelevant_reason(words)):
            mark_block(line, self.ledger, reason)
        elif gone or words[0] in FAMILIES:
            self.ledger.modelled(line.number)

    def _take_back_entry(self, line: Line, lists: dict[str, list[Entry]], name: str, words: tuple[str, ...]) -> None:
        body = Entry(line.number, words).body
        self.ledger.modelled(line.number)
        if not body:
            self._drop_list(lists, name, line.number)
            return
        entries = lists.get(name, [])
        for place, entry in enumerate(entries):
            if entry.body == body:
                self._gone(entry.number, entry.number, line.number)
                del entries[place]
                break
        if not any(entry.body[0] != "remark" for entry in entries if entry.body):
            self._drop_list(lists, name, line.number)

    def _clear(self, line: Line) -> None:
        """``clear configure …`` (7.0 and later) and ``clear …`` (PIX 6, FWSM)."""
        words = line.words[1:]
        self.mode = None
        if words[0] in _CLEAR_CONFIGURE:
            words = words[1:]
        elif words[0] not in CLEARED_WITHOUT_CONFIGURE or words[-1] == "counters":
            self.ledger.irrelevant(line.number, "clears what the device has counted or learnt, not its configuration")
            return
        self.ledger.modelled(line.number)
        if not words:
            return
        if words[0] == "all":
            for family in list(self.commands):
                self._remove(family, line.number, lambda _one: True)
            for name in list(self.lists):
                self._drop_list(self.lists, name, line.number)
            for name in list(self.ipv6_lists):
                self._drop_list(self.ipv6_lists, name, line.number)
        elif words[0] == "access-list":
            for name in words[1:2] or tuple(self.lists):
                self._drop_list(self.lists, name, line.number)
        elif words[:2] == ("ipv6", "access-list"):
            for name in words[2:3] or tuple(self.ipv6_lists):
                self._drop_list(self.ipv6_lists, name, line.number)
        else:
            count = len(words)
            self._remove(words[0], line.number, lambda one: one.words[:count] == words)

    def _remove(self, family: str, by: int, matches: Callable[[Line], bool]) -> bool:
        """Takes the matching commands of ``family`` out of force; whether there were any."""
        kept: list[Line] = []
        gone = False
        for line in self.commands.get(family, ()):
            if matches(line):
                gone = True
                self._gone(line.number, line.last_number, by)
            else:
                kept.append(line)
        if gone:
            self.commands[family] = kept
        return gone

    def _gone(self, first: int, last: int, by: int) -> None:
        self.ledger.irrelevant(first, f"taken back by line {by}", last)


def read_config(source: SourceFile, ledger: LedgerBuilder) -> Config:
    """The commands that ``source`` leaves in force; comments, session commands and what was taken back are ledgered."""
    session = _Session(source, ledger)
    product, version, version_text, hardware, space = "", None, "", "", ""
    entries: list[tuple[int, str]] = []
    rest: list[tuple[int, str]] = []
    for number, raw in source.numbered():
        head = raw[:1]
        if head == "a" and raw.startswith("access-list "):
            entries.append((number, raw))
            continue
        text = raw.strip()
        if not text:
            continue
        if text.startswith("Cryptochecksum:"):
            ledger.irrelevant(number, "a checksum of the configuration")
            continue
        if text[0] in "!:":
            ledger.irrelevant(number, "comment")
            if found := _HARDWARE.match(text):
                hardware = found.group(1)
            continue
        if " Version " in text and (stated := _VERSION.search(text)) and stated.start() <= 6:
            product = PRODUCTS[stated.group(1)]
            version = (int(stated.group(2)), int(stated.group(3)))
            version_text = f"{stated.group(2)}.{stated.group(3)}{stated.group(4)}"
            space = stated.group(5) or ""
            ledger.modelled(number)
            continue
        if text.startswith("access-list "):
            entries.append((number, raw))
        else:
            rest.append((number, raw))
    blocks = read_indented(_without_certificates(rest, ledger))
    place = 0
    for block in blocks:
        while place < len(entries) and entries[place][0] < block.number:
            session.list_entry(*entries[place])
            place += 1
        session.take(block)
    for entry in entries[place:]:
        session.list_entry(*entry)
    return Config(
        source=source,
        commands=MappingProxyType({family: tuple(lines) for family, lines in session.commands.items() if lines}),
        negated=tuple(session.negated),
        lists=MappingProxyType({name: tuple(lines) for name, lines in session.lists.items() if lines}),
        ipv6_lists=MappingProxyType({name: tuple(lines) for name, lines in session.ipv6_lists.items() if lines}),
        product=product,
        version=version,
        version_text=version_text,
        hardware=hardware,
        execution_space=space,
    )


def _without_certificates(lines: Iterable[tuple[int, str]], ledger: LedgerBuilder) -> Iterator[tuple[int, str]]:
    """``lines`` without the bytes of certificates, which are hidden: they stand between ``certificate`` and ``quit``."""
    inside = False
    for number, raw in lines:
        text = raw.strip()
        if inside:
            if text == "quit" or not _HEX.match(text):
                inside = False
                if text == "quit":
                    ledger.irrelevant(number, "the end of a certificate")
                    continue
            else:
                ledger.irrelevant(number, "a certificate")
                ledger.hide(number, number)
                continue
        if text.startswith("certificate "):
            inside = True
        yield number, raw


def mark_block(line: Line, ledger: LedgerBuilder, reason: str) -> None:
    """Marks a command and all below it as irrelevant."""
    for one in line.walk():
        ledger.irrelevant(one.number, reason)


def mark_known(config: Config, ledger: LedgerBuilder) -> None:
    """Marks the statements that `statements` lists; what is read afterwards replaces these marks."""
    for lines in config.commands.values():
        for line in lines:
            if reason := unsupported_reason(line.words):
                for one in line.walk():
                    ledger.mark(one.number, one.number, LineState.UNSUPPORTED, reason)
            elif reason := irrelevant_reason(line.words):
                mark_block(line, ledger, reason)
