"""Linux iptables: `iptables-save`, `ip6tables-save`, and lists or scripts of iptables commands."""

import re
from typing import Final

from segaudit.model import SourceFile
from segaudit.parser import Parser, ParseResult
from segaudit.parsers.linux_iptables.detect import detect

__all__ = ["PARSER"]


def _parse(sources: tuple[SourceFile, ...]) -> ParseResult:
    from segaudit.parsers.linux_iptables.parse import parse

    return parse(sources)


def _group(sources: tuple[SourceFile, ...]) -> tuple[tuple[SourceFile, ...], ...]:
    from segaudit.parsers.linux_iptables.grouping import group

    return group(sources)


PARSER: Final = Parser(
    name="linux_iptables",
    title="Linux iptables",
    vendor="Linux",
    detect=detect,
    parse=_parse,
    group=_group,
    terminal=True,
    secrets=(
        # Patterns in the payload: port knocking keeps its password there.
        re.compile(r"--(?:hex-)?string\s+(?P<secret>\"(?:[^\"\\]|\\.)*\"|'[^']*'|\S+)"),
        # Among kernel settings.
        re.compile(r"tcp_fastopen_key\s*=\s*(?P<secret>\S+)"),
        # Variables, options and URLs of scripts.
        re.compile(
            r"(?i)\b[\w-]*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|private[_-]?key|psk|community|credential)"
            r"[\w-]*[\"']?\s*(?:[=:]|\s)\s*(?P<secret>\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s;|&]+)"
        ),
        re.compile(r"(?<=://)(?P<secret>[^/\s:@]+:[^/\s@]+)(?=@)"),
    ),
)
