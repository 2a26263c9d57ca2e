"""The text of a FortiOS configuration as the device holds it after running it: tables, entries, settings, VDOMs.

A configuration is a script. ``edit`` opens an entry again that exists, ``set`` replaces, ``append`` adds, ``move``,
``rename``, ``clone``, ``delete`` and ``purge`` do what they say; the order of a table is that of its entries after
all of them. The ledger is kept on the way: what `statements` knows of a section decides the state of its lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from segaudit.model import LedgerBuilder, LineState, SourceFile, Span
from segaudit.parsers.fortinet_fortios.statements import (
    CONTAINERS,
    NAME_LENGTHS,
    REFERENCES,
    TOP_LEVEL,
    Family,
    family_of,
)
from segaudit.syntax.config_blocks import Block, Command, Entry, Item, Setting, read_config_blocks

_CONFIG_VERSION = re.compile(
    r"#config-version=(?P<platform>[A-Za-z0-9_.]+?)-(?P<version>\d+(?:\.\d+)+)-(?:FW-)?build(?P<build>\d+)"
)
_VDOM_NAME = re.compile(r"#global_vdom=0:vd_name=(?P<name>[^:\s]+)")
#: Comment lines that backup tools put above what `show` prints, taken from `get system status`.
_STATUS_VERSION = re.compile(
    r"#\s*Version\s*:\s*(?:(?P<platform>[A-Za-z0-9]+-[A-Za-z0-9_-]+)\s+)?v(?P<version>\d+(?:\.\d+)+)"
)
_STATUS_PLATFORM = re.compile(r"#\s*Platform Type\s*:\s*(?P<platform>\S+)")
_STATUS_HOSTNAME = re.compile(r"#\s*Hostname\s*:\s*(?P<name>\S+)")


def whole_number(text: str) -> int | None:
    """The number that ``text`` is in decimal digits, as far as a device knows such numbers; ``None`` for other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else None


#: Digits of the largest number in a configuration, 2^64 - 1.
_LONGEST_NUMBER = 20


@dataclass(slots=True)
class Section:
    """A block, or an entry of one, as the device holds it.

    ``fields`` are the settings by name, ``entries`` the entries of the table in the device's order, ``blocks`` what
    is nested, by path. ``first_line`` and ``last_line`` are those of the last place that wrote to it.
    """

    name: str
    first_line: int
    last_line: int
    fields: dict[str, Setting] = field(default_factory=dict)
    entries: dict[str, Section] = field(default_factory=dict)
    blocks: dict[str, Section] = field(default_factory=dict)

    def words(self, name: str) -> tuple[str, ...]:
        """The words of setting ``name``; none where it is not set."""
        found = self.fields.get(name)
        return found.words if found is not None else ()

    def text(self, name: str, default: str = "") -> str:
        """The first word of setting ``name``."""
        found = self.fields.get(name)
        if found is None:
            return default
        words = found.words
        return words[0] if words else default

    def is_on(self, name: str, default: bool = False) -> bool:
        """Whether setting ``name`` is ``enable``; ``default`` is the maker's, where it is not set."""
        return self.text(name, "enable" if default else "disable") == "enable"

    def number(self, name: str, default: int, highest: int = 4_294_967_295) -> int:
        """The whole number up to ``highest`` that setting ``name`` says; ``default`` where it is not set or says none."""
        number = whole_number(self.text(name))
        return default if number is None or number > highest else number

    def table(self, path: str) -> Iterator[Section]:
        """The entries of the nested table ``path``, in order."""
        block = self.blocks.get(path)
        return iter(block.entries.values()) if block is not None else iter(())

    def line(self, name: str) -> int:
        """The line of setting ``name``, or of the section itself where it is not set."""
        found = self.fields.get(name)
        return found.first_line if found is not None else self.first_line


_EMPTY = Section(name="", first_line=1, last_line=1)


@dataclass(slots=True)
class FortiosFile:
    """One file, run: ``global_`` is what all VDOMs share, ``vdoms`` what is of one, in the order of the file.

    A file without VDOMs has all in ``global_``. ``version`` are the numbers of the firmware, none where the file does
    not say; ``build`` its build number.
    """

    source: SourceFile
    ledger: LedgerBuilder
    global_: Section
    vdoms: dict[str, Section]
    platform: str = ""
    version: tuple[int, ...] = ()
    build: str = ""
    status_hostname: str = ""
    vdom_name: str = ""
    comments: tuple[tuple[int, str], ...] = ()

    @property
    def version_text(self) -> str:
        """The firmware as people write it."""
        return ".".join(str(number) for number in self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What one device sees: its VDOM's sections, else those that all share. ``vdom`` is empty without VDOMs."""

    file: FortiosFile
    own: Section
    vdom: str = ""

    def section(self, path: str) -> Section:
        """The section ``path``; an empty one where the file has none."""
        return self.own.blocks.get(path) or self.file.global_.blocks.get(path) or _EMPTY

    def has(self, path: str) -> bool:
        """Whether the file has a section ``path``."""
        return path in self.own.blocks or path in self.file.global_.blocks

    def table(self, path: str) -> Iterable[Section]:
        """The entries of table ``path`` in the device's order: those that all VDOMs share, then the VDOM's own."""
        own = self.own.blocks.get(path)
        shared = self.file.global_.blocks.get(path) if self.own is not self.file.global_ else None
        if shared is None or not shared.entries:
            return own.entries.values() if own is not None else ()
        if own is None:
            return shared.entries.values()
        return (shared.entries | own.entries).values()

    def span(self, section: Section) -> Span:
        """Where ``section`` stands."""
        return Span(path=self.file.source.path, first_line=section.first_line, last_line=section.last_line)

    def line_span(self, section: Section, name: str) -> Span:
        """Where setting ``name`` of ``section`` stands; the whole section where it is not set."""
        found = section.fields.get(name)
        if found is None:
            return self.span(section)
        return Span(path=self.file.source.path, first_line=found.first_line, last_line=found.last_line)

    @property
    def version(self) -> tuple[int, ...]:
        """The numbers of the firmware; none where the file does not say."""
        return self.file.version


def read_fortios(source: SourceFile) -> FortiosFile:
    """Read and run one file."""
    ledger = LedgerBuilder(source)
    text = read_config_blocks(source.lines, top_level=TOP_LEVEL, containers=CONTAINERS)
    root = Section(name="", first_line=1, last_line=len(source.lines))
    file = FortiosFile(source=source, ledger=ledger, global_=root, vdoms={}, comments=tuple(text.comments))
    run = _Run(file)
    run.top(text.items)
    for line, comment in text.comments:
        ledger.irrelevant(line, "comment")
        _read_comment(file, comment)
    for line in text.strays:
        ledger.unrecognized(line, "closes a block that is not open")
    return file


def _read_comment(file: FortiosFile, comment: str) -> None:
    """Take firmware, model and VDOM from a comment that tells them; the first one that does counts."""
    if found := _CONFIG_VERSION.match(comment):
        file.platform = found["platform"]
        file.version = _numbers(found["version"])
        file.build = found["build"]
    elif found := _VDOM_NAME.match(comment):
        file.vdom_name = found["name"]
    elif not file.version and (found := _STATUS_VERSION.match(comment)):
        file.version = _numbers(found["version"])
        file.platform = file.platform or found["platform"] or ""
    elif not file.platform and (found := _STATUS_PLATFORM.match(comment)):
        file.platform = found["platform"]
    elif not file.status_hostname and (found := _STATUS_HOSTNAME.match(comment)):
        file.status_hostname = found["name"]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


class _Run:
    """Runs the script of one file and keeps its ledger."""

    __slots__ = ("_file", "_ledger")

    def __init__(self, file: FortiosFile) -> None:
        self._file = file
        self._ledger = file.ledger

    def top(self, items: Iterable[Item], scope: Section | None = None) -> None:
        """Run what stands at the top of the text, of ``config global`` or of a VDOM."""
        scope = scope if scope is not None else self._file.global_
        for item in items:
            if isinstance(item, Block):
                if item.words == ("global",):
                    self._brackets(item)
                    self.top(item.items)
                elif item.words == ("vdom",):
                    self._vdoms(item)
                else:
                    self._block(item, scope, family_of(item.words))
            elif isinstance(item, Command):
                self._other_command(item)
            else:
                self._ledger.mark(
                    item.first_line, item.last_line, LineState.UNRECOGNIZED, "stands outside of any section"
                )

    def _vdoms(self, block: Block) -> None:
        self._brackets(block)
        for item in block.items:
            if isinstance(item, Entry):
                self._brackets(item)
                own = self._file.vdoms.get(item.name)
                if own is None:
                    own = Section(name=item.name, first_line=item.first_line, last_line=item.last_line)
                    self._file.vdoms[item.name] = own
                elif item.items:
                    own.first_line, own.last_line = item.first_line, item.last_line
                self.top(item.items, own)
            elif isinstance(item, Command):
                self._other_command(item)
            else:
                self.top((item,))

    def _brackets(self, item: Block | Entry) -> None:
        """The lines that open and close ``item`` are understood."""
        self._ledger.modelled(item.first_line)
        if item.closed:
            self._ledger.modelled(item.last_line)

    def _other_command(self, item: Command) -> None:
        # No product knows "!" as a comment, the documents that such scripts are copied from do.
        reason = "comment" if item.verb[0] == "!" else _HARMLESS_COMMANDS.get(item.verb)
        if reason is not None:
            self._ledger.irrelevant(item.line, reason)
        else:
            self._ledger.unrecognized(item.line, "no line of a configuration")

    def _block(self, block: Block, parent: Section, family: Family) -> None:
        """Run ``block`` into ``parent``."""
        ledger = self._ledger
        if family.state == LineState.MODELLED:
            ledger.modelled(block.first_line, block.last_line)
        elif family.state != LineState.IRRELEVANT and not _says_something(block.items):
            ledger.irrelevant(block.first_line, "a section without content says nothing", block.last_line)
        else:
            ledger.mark(block.first_line, block.last_line, family.state, family.reason)
        if family.state not in _KEPT:
            self._hide_keys(block.items, family)
            return
        path = block.path
        section = parent.blocks.get(path)
        if section is None:
            section = Section(name=path, first_line=block.first_line, last_line=block.last_line)
            parent.blocks[path] = section
        elif block.items:
            section.first_line, section.last_line = block.first_line, block.last_line
        self._items(block.items, section, family)

    def _items(self, items: Iterable[Item], section: Section, family: Family) -> None:
        modelled = family.modelled
        resets = family.resets
        fields = section.fields
        for item in items:
            if isinstance(item, Setting):
                name = item.name
                if name in resets and name in fields and fields[name].words != item.words:
                    for reset in resets[name]:
                        fields.pop(reset, None)
                if item.verb == "set":
                    fields[name] = item
                else:
                    self._change(item, fields)
                if name not in modelled:
                    self._unmodelled(item, family)
                elif name in family.secret:
                    self._ledger.hide(item.first_line, item.last_line)
            elif isinstance(item, Entry):
                self._entry(item, section, family)
            elif isinstance(item, Block):
                self._block(item, section, family.nested(item.words))
            else:
                self._command(item, section)

    def _entry(self, item: Entry, section: Section, family: Family) -> None:
        entries = section.entries
        name = item.name
        if name == "0" and name in entries:
            # `edit 0` makes a new entry with the next free number (FortiOS administration guide, "CLI basics").
            name = str(1 + max((whole_number(key) or 0 for key in entries), default=0))
        entry = entries.get(name)
        if entry is None:
            entry = Section(name, item.first_line, item.last_line)
            entries[name] = entry
        else:
            entry.first_line, entry.last_line = item.first_line, item.last_line
        self._items(item.items, entry, family)

    @staticmethod
    def _change(item: Setting, fields: dict[str, Setting]) -> None:
        """Run ``unset``, ``append``, ``select`` or ``unselect``."""
        before = fields.get(item.name)
        if item.verb == "unset":
            fields.pop(item.name, None)
        elif item.verb == "append" and before is not None:
            fields[item.name] = item.saying((*before.words, *(word for word in item.words if word not in before.words)))
        elif item.verb == "unselect":
            if before is not None:
                fields[item.name] = item.saying(tuple(word for word in before.words if word not in item.words))
        else:
            fields[item.name] = item

    def _unmodelled(self, item: Setting, family: Family) -> None:
        """The ledger of a setting that is not in the model."""
        state, reason = family.judge(item.name, () if item.verb == "unset" else item.words)
        self._ledger.mark(item.first_line, item.last_line, state, reason)
        if item.last_line > item.first_line and "-----BEGIN" in item.text:
            self._ledger.hide(item.first_line, item.last_line)

    def _hide_keys(self, items: Iterable[Item], family: Family) -> None:
        """Hide the lines of certificates, keys and communities."""
        for item in items:
            if isinstance(item, Setting):
                if item.name in family.secret or (item.last_line > item.first_line and "-----BEGIN" in item.text):
                    self._ledger.hide(item.first_line, item.last_line)
            elif not isinstance(item, Command):
                self._hide_keys(item.items, family)

    def _command(self, item: Command, section: Section) -> None:
        """Run a command that changes a table."""
        entries = section.entries
        words = item.words
        match (item.verb, *words):
            case ("delete", name):
                done = entries.pop(name, None) is not None
            case ("purge",):
                done = True
                entries.clear()
            case ("move", name, "before" | "after" as where, other):
                done = _move(entries, name, where, other)
            case ("clone", name, "to", other):
                done = name in entries and other not in entries
                if done:
                    entries[other] = _copy(entries[name], other, item.line)
            case ("rename", name, "to", other):
                done = self._rename(section, name, other)
            case _:
                if item.verb in {"delete", "move", "clone", "rename", "purge"}:
                    self._ledger.unrecognized(item.line, "a command with other words than the device knows")
                else:
                    self._other_command(item)
                return
        if done:
            self._ledger.modelled(item.line)
        else:
            self._ledger.irrelevant(item.line, "the device refuses it: an entry is missing, or the name is taken")

    def _rename(self, section: Section, name: str, other: str) -> bool:
        entries = section.entries
        taken = other in entries or any(
            other in scope.blocks[path].entries
            for scope in (self._file.global_, *self._file.vdoms.values())
            for path in NAME_LENGTHS.get(section.name, (0, ()))[1]
            if path in scope.blocks
        )
        if name not in entries or taken or len(other) > NAME_LENGTHS.get(section.name, (79, ()))[0]:
            return False
        renamed = {other if key == name else key: entry for key, entry in entries.items()}
        entries.clear()
        entries.update(renamed)
        entries[other].name = other
        names = REFERENCES.get(section.name)
        if names is not None:
            for scope in (self._file.global_, *self._file.vdoms.values()):
                _refer(scope, names, name, other)
        return True


#: Sections of these states are kept for the conversion.
_KEPT = frozenset({LineState.MODELLED, LineState.APPROXIMATED})
_HARMLESS_COMMANDS = dict.fromkeys(
    ("show", "get", "diagnose", "execute", "exit", "abort", "quit", "sudo", "fnsysctl"),
    "a command that shows or ends something, no configuration",
)
#: Words with which a setting turns something off.
_OFF = frozenset({"", "disable", "0", "none"})


def _says_something(items: Iterable[Item]) -> bool:
    """Whether there is a setting in ``items``, or below, that does more than turn something off."""
    for item in items:
        if isinstance(item, Setting):
            if item.verb != "unset" and any(word not in _OFF for word in item.words):
                return True
        elif not isinstance(item, Command) and _says_something(item.items):
            return True
    return False


def _move(entries: dict[str, Section], name: str, where: str, other: str) -> bool:
    if name not in entries or other not in entries or name == other:
        return False
    order = [key for key in entries if key != name]
    order.insert(order.index(other) + (where == "after"), name)
    moved = {key: entries[key] for key in order}
    entries.clear()
    entries.update(moved)
    return True


def _copy(entry: Section, name: str, line: int) -> Section:
    """A copy of ``entry`` that the command on ``line`` made."""
    return Section(
        name,
        line,
        line,
        dict(entry.fields),
        {key: _copy(inner, key, line) for key, inner in entry.entries.items()},
        {key: _copy(inner, key, line) for key, inner in entry.blocks.items()},
    )


def _refer(section: Section, names: frozenset[str], old: str, new: str) -> None:
    """Let every setting in ``names``, in ``section`` and below, say ``new`` instead of ``old``."""
    for name in names & section.fields.keys():
        words = section.fields[name].words
        if old in words:
            section.fields[name] = section.fields[name].saying(tuple(new if word == old else word for word in words))
    for inner in (*section.entries.values(), *section.blocks.values()):
        _refer(inner, names, old, new)


def scopes_of(file: FortiosFile) -> tuple[Scope, ...]:
    """The devices that the file holds: one for each VDOM, in order, or one."""
    if not file.vdoms:
        return (Scope(file=file, own=file.global_, vdom=file.vdom_name),)
    return tuple(Scope(file=file, own=own, vdom=name) for name, own in file.vdoms.items())
