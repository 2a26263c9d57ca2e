"""What every family of commands needs while it is read: the ledger, the configuration so far, words that are numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from segaudit.model import HostSign, LedgerBuilder, Message, Prefix, parse_address
from segaudit.parsers.yamaha_rtx.config import InterfaceConfig, NamedHost, RunningConfig
from segaudit.parsers.yamaha_rtx.match import HIGHEST, NotUnderstood, netmask, octets
from segaudit.parsers.yamaha_rtx.syntax import Line

#: Reads one command: its words without ``no``, and whether it was there. False: not its business.
Handler = Callable[["Reader", Line, list[str], bool], bool]

#: Names of interfaces as commands write them; ``pp`` and ``tunnel`` alone are those that are selected.
INTERFACE: Final = re.compile(
    r"(?:lan\d+(?:[./]\d+)?|vlan\d+|wan\d+|bridge\d+|loopback\d+|null|pp\d*|tunnel\d*|onu\d+)$"
)


@dataclass(slots=True)
class Reader:
    """One file being read."""

    ledger: LedgerBuilder
    config: RunningConfig

    def modelled(self, line: Line) -> bool:
        """The command is in the model. True, for handlers to return."""
        self.ledger.modelled(line.number)
        return True

    def irrelevant(self, line: Line, reason: str) -> bool:
        """The command cannot bear on access. True, for handlers to return."""
        self.ledger.irrelevant(line.number, reason)
        return True

    def unsupported(self, line: Line, reason: str) -> bool:
        """The command could bear on access and is not modelled. True, for handlers to return."""
        self.ledger.unsupported(line.number, reason)
        return True

    def approximated(self, line: Line, reason: str) -> bool:
        """The command is in the model, widened. True, for handlers to return."""
        self.ledger.approximated(line.number, reason)
        return True

    def notice(self, message: Message, line: int, *, bears_on_access: bool = False) -> None:
        """Something that people should know."""
        self.config.notices.append((message, line, bears_on_access))

    def interface(self, line: Line, word: str) -> InterfaceConfig:
        """The interface that ``word`` names: ``pp`` and ``tunnel`` are those that are selected."""
        name = word.lower()
        if name == "pp":
            name = line.pp
        elif name == "tunnel":
            name = line.tunnel
        if not name:
            raise NotUnderstood(f"no {word} is selected here")
        return self.config.interface(name, line.number)

    def host(self, word: str, sign: HostSign, line: Line, name: str = "") -> None:
        """A host that a command names by address; names are for DNS to tell."""
        try:
            version, value = parse_address(word)
        except ValueError:
            return
        self.config.hosts.append(
            NamedHost(name=name or word, version=version, address=value, sign=sign, line=line.number)
        )


def number(word: str, highest: int = 1 << 31) -> int:
    """A decimal number; `NotUnderstood` if it is none or above ``highest``."""
    if not (word.isascii() and word.isdigit()) or int(word) > highest:
        raise NotUnderstood(f"{word} is no number up to {highest}")
    return int(word)


def quad(word: str) -> int:
    """The integer of a dotted quad; `NotUnderstood` if it is none."""
    found = octets(word)
    if found is None or found[1] != HIGHEST:
        raise NotUnderstood(f"{word} is no address")
    return found[0]


def prefix4(word: str) -> tuple[int, Prefix]:
    """Address and prefix of ``A.B.C.D/MASK``, without a mask a host; `NotUnderstood` if it is none."""
    base, slash, mask = word.partition("/")
    value = quad(base)
    bits = netmask(mask) if slash else HIGHEST
    if bits is None or (bits ^ HIGHEST) & ((bits ^ HIGHEST) + 1):
        raise NotUnderstood(f"{mask} is no netmask")
    return value, Prefix(4, value & bits, bits.bit_count())


def prefix6(word: str) -> tuple[int, Prefix]:
    """Address and prefix of an IPv6 address with its length; `NotUnderstood` if it is none."""
    base, slash, length = word.partition("/")
    try:
        version, value = parse_address(base)
        kept = int(length) if slash else 128
    except ValueError:
        raise NotUnderstood(f"{word} is no IPv6 address") from None
    if version != 6 or not 0 <= kept <= 128:
        raise NotUnderstood(f"{word} is no IPv6 address")
    return value, Prefix(6, value >> (128 - kept) << (128 - kept) if kept < 128 else value, kept)


def range4(word: str) -> tuple[int, int]:
    """First and last of ``A-B``, or of one address; `NotUnderstood` if it is none."""
    first, dash, last = word.partition("-")
    low = quad(first)
    high = quad(last) if dash else low
    return min(low, high), max(low, high)
