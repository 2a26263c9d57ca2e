"""Selectors: the one grammar in which options, site files, waivers and patterns point at parts of a network."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from typing import Final

from segaudit.model.address import Prefix


class SelectorError(ValueError):
    """A text is no selector; the message says what to write instead."""


class SelectorKind(StrEnum):
    """What a selector points at. The value of the first six is the word before ``=``."""

    ZONE = "zone"
    ROLE = "role"
    SEGMENT = "segment"
    INTERFACE = "if"
    HOST = "host"
    SELF = "self"
    PREFIX = "prefix"
    INTERNET = "internet"
    ALL = "*"


_NAMED: Final = frozenset({SelectorKind.ZONE, SelectorKind.ROLE, SelectorKind.INTERFACE, SelectorKind.SELF})
_KEYS: Final = ("zone", "role", "segment", "if", "host", "self")
_GRAMMAR: Final = (
    "zone=NAME, role=ROLE, segment=PREFIX, if=DEVICE/INTERFACE, host=ADDRESS, self=DEVICE, a bare prefix, or internet"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """A part of a network.

    ``value`` is what stands after ``=`` in its usual spelling, and empty for ``internet`` and ``*``. ``prefix`` is set
    for segments, hosts (one address) and bare prefixes. In the names of zones, roles, interfaces and devices a ``*``
    stands for any text where a pattern is meant.
    """

    kind: SelectorKind
    value: str = ""
    prefix: Prefix | None = None

    @classmethod
    def parse(cls, text: str, *, pattern: bool = False) -> Selector:
        """The selector that ``text`` spells; ``pattern`` allows ``*``. `SelectorError` says what to write instead."""
        word = text.strip()
        if not word:
            raise SelectorError(f"an empty selector: write {_GRAMMAR}")
        if word == "*":
            if not pattern:
                raise SelectorError(f"'*' selects everything, which is not meant here: write {_GRAMMAR}")
            return cls(kind=SelectorKind.ALL)
        if word == "internet":
            return cls(kind=SelectorKind.INTERNET)
        key, equals, value = word.partition("=")
        if not equals:
            return cls._bare(word)
        key, value = key.strip(), value.strip()
        if key not in _KEYS:
            near = get_close_matches(key.lower(), _KEYS, n=1)
            hint = f"did you mean {near[0]}={value}?" if near else f"write {_GRAMMAR}"
            raise SelectorError(f"{word!r} is no selector: {key!r} is not known; {hint}")
        if not value:
            raise SelectorError(f"{word!r} names nothing: write something after '='")
        return cls._keyed(SelectorKind(key), value, pattern=pattern)

    @classmethod
    def _bare(cls, word: str) -> Selector:
        if word.lower() == "internet":
            raise SelectorError(f"{word!r} is no selector: write it in small letters, internet")
        if not any(char.isdigit() for char in word) and ":" not in word:
            raise SelectorError(
                f"{word!r} is no selector: a name needs its kind, such as zone={word}; or write {_GRAMMAR}"
            )
        prefix = _prefix(word)
        return cls(kind=SelectorKind.PREFIX, value=str(prefix), prefix=prefix)

    @classmethod
    def _keyed(cls, kind: SelectorKind, value: str, *, pattern: bool) -> Selector:
        if kind in _NAMED:
            if "*" in value and not pattern:
                raise SelectorError(f"'{kind.value}={value}' is a pattern, which is not meant here: write one name")
            if kind is SelectorKind.INTERFACE and not all(value.partition("/")):
                raise SelectorError(f"'if={value}' lacks a part: write if=DEVICE/INTERFACE, such as if=fw1/lan")
            return cls(kind=kind, value=value)
        prefix = _prefix(value)
        if kind is SelectorKind.HOST:
            if prefix.size != 1:
                raise SelectorError(f"'host={value}' holds {prefix.size} addresses: write one, or segment={value}")
            return cls(kind=kind, value=str(prefix).partition("/")[0], prefix=prefix)
        return cls(kind=kind, value=str(prefix), prefix=prefix)

    @property
    def is_pattern(self) -> bool:
        """Whether it may point at several parts by name."""
        return self.kind is SelectorKind.ALL or (self.kind in _NAMED and "*" in self.value)

    def names(self, name: str) -> bool:
        """Whether the zone, role or device called ``name`` is meant, going by the selector's value alone."""
        if self.kind is SelectorKind.ALL:
            return True
        if "*" in self.value:
            # Of a shell's patterns only the star is meant: [ and ? are common in zone names.
            return fnmatchcase(name, self.value.replace("[", "[[]").replace("?", "[?]"))
        return name == self.value

    def names_interface(self, device: str, interface: str) -> bool:
        """Whether ``interface`` of ``device`` is meant by an ``if=``; both names may contain slashes."""
        return self.kind is SelectorKind.INTERFACE and self.names(f"{device}/{interface}")

    def __str__(self) -> str:
        if self.kind in {SelectorKind.INTERNET, SelectorKind.ALL}:
            return self.kind.value
        if self.kind is SelectorKind.PREFIX:
            return self.value
        return f"{self.kind.value}={self.value}"


def _prefix(text: str) -> Prefix:
    address, slash, length = text.partition("/")
    address, length = address.strip(), length.strip()
    try:
        parsed = ip_address(address)
    except ValueError:
        raise SelectorError(
            f"{text!r} is no address or prefix: write one such as 192.168.10.0/24 or 2001:db8::/32; "
            f"a name needs its kind, such as zone={text}"
        ) from None
    if parsed.version == 6 and "%" in address:
        raise SelectorError(f"{text!r} names an interface after '%': write the address alone")
    if not slash:
        return Prefix(parsed.version, int(parsed), parsed.max_prefixlen)
    if not (length.isascii() and length.isdigit()) or int(length) > parsed.max_prefixlen:
        raise SelectorError(f"{text!r} needs a prefix length from 0 to {parsed.max_prefixlen} after '/'")
    network = ip_network((parsed, int(length)), strict=False)
    if network.network_address != parsed:
        raise SelectorError(f"{text!r} has bits set after its prefix: write {network}, or {parsed} for the one address")
    return Prefix(parsed.version, int(parsed), int(length))
