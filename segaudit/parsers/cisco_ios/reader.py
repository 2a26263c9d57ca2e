"""What every family of commands needs while it is read: the file, the ledger, the configuration so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from segaudit.model import LedgerBuilder, Message, Prefix, SourceFile, parse_address, parse_prefix
from segaudit.parsers.cisco_ios.acl import EntryReader, quad
from segaudit.parsers.cisco_ios.config import NamedHost, RunningConfig
from segaudit.syntax.indented import Line

#: Reads one command: its words without ``no`` or ``default``, and whether it was negated. False: not its business.
Handler = Callable[["Reader", Line, tuple[str, ...], bool], bool]


class NotUnderstood(ValueError):  # noqa: N818 it is a verdict on a line, and reads so where it is raised
    """A command of a known family whose words are not; the text says which."""


@dataclass(slots=True)
class Reader:
    """One file being read."""

    source: SourceFile
    ledger: LedgerBuilder
    config: RunningConfig
    entries: EntryReader = field(default_factory=EntryReader)

    def modelled(self, line: Line, *, block: bool = False) -> bool:
        """The command (with ``block`` and all below it) is in the model. True, for handlers to return."""
        self.ledger.modelled(line.number)
        if block:
            for child in line.walk():
                self.ledger.modelled(child.number)
        return True

    def irrelevant(self, line: Line, reason: str) -> bool:
        """The command and all below it cannot bear on access. True, for handlers to return."""
        for each in line.walk():
            self.ledger.irrelevant(each.number, reason)
        return True

    def unsupported(self, line: Line, reason: str) -> bool:
        """The command and all below it could bear on access and are not modelled. True, for handlers to return."""
        for each in line.walk():
            self.ledger.unsupported(each.number, reason)
        return True

    def approximated(self, line: Line, reason: str) -> bool:
        """The command is in the model, widened. True, for handlers to return."""
        self.ledger.approximated(line.number, reason)
        return True

    def unrecognized(self, line: Line, reason: str) -> bool:
        """The command is not understood, and nothing below it. True, for handlers to return."""
        for each in line.walk():
            self.ledger.unrecognized(each.number, reason)
        return True

    def notice(self, message: Message, line: int, *, bears_on_access: bool = False) -> None:
        """Something that people should know."""
        self.config.notices.append((message, line, bears_on_access))

    def host(self, word: str, sign: str, line: int, name: str = "") -> bool:
        """A host that a command names by address; False where ``word`` is no address (a name: DNS tells)."""
        value = quad(word)
        version = 4
        if value is None:
            if ":" not in word:
                return False
            try:
                version, value = parse_address(word)
            except ValueError:
                return False
        self.config.hosts.append(NamedHost(name or word, version, value, sign, line))
        return True


def address(word: str) -> int:
    """The integer of a dotted quad; `NotUnderstood` if it is none."""
    value = quad(word)
    if value is None:
        raise NotUnderstood(f"{word} is no address")
    return value


def netmask_length(mask: int) -> int | None:
    """The prefix length of a netmask; ``None`` if its ones are not contiguous."""
    hole = mask ^ 0xFFFFFFFF
    if hole & (hole + 1):
        return None
    return 32 - hole.bit_length()


def ipv4_prefix(network: str, mask: str) -> Prefix:
    """A prefix of an address and its netmask (or ``/24``), host bits cleared; `NotUnderstood` if it is none."""
    value = address(network)
    if mask.startswith("/") and mask[1:].isdigit():
        length: int | None = int(mask[1:])
    else:
        length = netmask_length(address(mask))
    if length is None or length > 32:
        raise NotUnderstood(f"{mask} is no netmask")
    return Prefix(4, value >> (32 - length) << (32 - length) if length < 32 else value, length)


def any_prefix(word: str) -> Prefix:
    """A prefix in slash notation; `NotUnderstood` if it is none."""
    try:
        return parse_prefix(word)
    except ValueError:
        raise NotUnderstood(f"{word} is no prefix") from None


def number(word: str, highest: int = 0xFFFFFFFF) -> int:
    """A decimal number; `NotUnderstood` if it is none or above ``highest``."""
    if not (word.isascii() and word.isdigit()) or int(word) > highest:
        raise NotUnderstood(f"{word} is no number up to {highest}")
    return int(word)


def vlan_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """``2,5,10-20`` as inclusive ranges; `NotUnderstood` if it is none."""
    ranges: list[tuple[int, int]] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        if part:
            ranges.append((number(first, 4095), number(last or first, 4095)))
    return tuple(ranges)
