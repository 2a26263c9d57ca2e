"""What ``sysctl -a`` prints (sysctl(8), procps-ng 4.0): whether the kernel forwards, and what it asks of sources.

``rp_filter`` (Linux Documentation/networking/ip-sysctl.rst): 1 strict, 2 loose, each as RFC 3704 has it, of IPv4 only; "the
max value from conf/{all,interface}/rp_filter is used". So it is known of an interface where both are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from segaudit.model import LineState, SourceCheck, SourceCheckMode, Span

_LINE: Final = re.compile(r"^(?P<key>(?:abi|crypto|debug|dev|fs|kernel|net|sunrpc|user|vm)\.[^\s=]+) = ?(?P<value>.*)$")
_OF_THE_NETWORK: Final = re.compile(r"^net\.(?:ipv4|ipv6|netfilter|core)\.[\w./-]+ = ")
_FORWARDING: Final[Mapping[str, int]] = MappingProxyType(
    {"net.ipv4.ip_forward": 4, "net.ipv4.conf.all.forwarding": 4, "net.ipv6.conf.all.forwarding": 6}
)
_REVERSE_PATH: Final = re.compile(r"^net\.ipv4\.conf\.(?P<name>.+)\.rp_filter$")
_MODES: Final[Mapping[int, SourceCheckMode]] = MappingProxyType(
    {0: SourceCheckMode.NONE, 1: SourceCheckMode.STRICT, 2: SourceCheckMode.LOOSE}
)

Verdict = tuple[LineState, str]


def shows_settings(line: str) -> bool:
    """Whether a line can only be one of such output."""
    return _OF_THE_NETWORK.match(line) is not None


@dataclass(slots=True)
class SettingsCapture:
    """Reads the lines of one file in turn."""

    forwarding: dict[int, bool] = field(default_factory=dict)
    _reverse_path: dict[str, tuple[int, Span]] = field(default_factory=dict)

    def take(self, line: str, span: Span) -> Verdict | None:
        """The ledger state and reason of a line of such output; ``None``: it is something else."""
        found = _LINE.match(line)
        if found is None:
            return None
        key, value = found["key"], found["value"].strip()
        if key in _FORWARDING and value in ("0", "1"):
            self.forwarding[_FORWARDING[key]] = value == "1"
            return LineState.MODELLED, ""
        named = _REVERSE_PATH.match(key)
        if named is not None and value in ("0", "1", "2"):
            # sysctl writes a dot of a name as a slash.
            self._reverse_path[named["name"].replace("/", ".")] = (int(value), span)
            return LineState.MODELLED, ""
        return LineState.IRRELEVANT, "kernel setting that neither opens nor closes a way between networks"

    def source_checks(self) -> dict[str, SourceCheck]:
        """The reverse-path checks of interfaces, by name."""
        everywhere = self._reverse_path.get("all")
        if everywhere is None:
            return {}
        found: dict[str, SourceCheck] = {}
        for name, own in self._reverse_path.items():
            value, span = max(own, everywhere, key=lambda setting: setting[0])
            found[name] = SourceCheck(mode=_MODES[value], versions=frozenset({4}), span=span)
        return found
