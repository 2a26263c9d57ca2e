"""Terminal captures made into the text that the device sent: nothing moves to another line number.

What a terminal puts between the lines of a configuration: escape sequences, pagers (``--More--``) with what erases them,
timestamps of the logging program, prompts with the commands that somebody typed, the login before and the output of
other commands, and line ends at the width of the window. Pages of the web add entities and tags.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from types import MappingProxyType
from typing import Final

from segaudit.model import Message, msg


def _nothing() -> Mapping[int, int]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """As many lines as before. All line numbers are 1-based.

    ``terminal``: lines that were the terminal's (a prompt, a banner) and are empty now. ``continued``: lines whose text
    now stands at the end of an earlier one, because the terminal had wrapped it; the value is that line.
    """

    lines: tuple[str, ...]
    terminal: frozenset[int] = frozenset()
    continued: Mapping[int, int] = field(default_factory=_nothing)
    notes: tuple[Message, ...] = ()


def clean(lines: tuple[str, ...]) -> Cleaned:
    """The lines without what a terminal put between them; the same tuple where there is nothing of it."""
    text = "\n".join(lines)
    work = list(lines)
    # Whether a terminal wrote this is evidence for the later, bolder steps.
    captured = stamped = _strip_timestamps(work)
    captured |= _strike(work, text)
    _unescape(work, text)
    if captured and not stamped:
        captured |= _strip_timestamps(work)
    captured |= _strip_session(work, text if work == list(lines) else "\n".join(work))
    continued = _unwrap(work, captured=captured)
    if work == list(lines):
        return Cleaned(lines=lines)
    terminal = frozenset(
        number
        for number, (old, new) in enumerate(zip(lines, work, strict=True), start=1)
        if not new.strip() and old.strip() and number not in continued
    )
    notes: list[Message] = []
    if terminal:
        notes.append(
            msg(
                "one line is the terminal's, not the configuration's",
                plural="{count} lines are the terminal's, not the configuration's",
                count=len(terminal),
            )
        )
    if continued:
        notes.append(
            msg(
                "one line was wrapped by the terminal and is joined",
                plural="{count} lines were wrapped by the terminal and are joined",
                count=len(continued),
            )
        )
    return Cleaned(
        lines=tuple(work), terminal=terminal, continued=MappingProxyType(dict(continued)), notes=tuple(notes)
    )


# ---------------------------------------------------------------------------------------------------------------------
# Escape sequences, pagers, backspaces and returns

#: ECMA-48 control sequences, operating system commands, and the two-character escapes.
_ESCAPE: Final = re.compile(
    r"\x1b(?:\[(?P<count>[0-9]*)(?P<move>[CDK])|\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])|\x9b[0-?]*[@-~]"
)
#: Bell, form feed, shift in and out: they print nothing.
_SILENT_CHARS: Final = "\x07\x0c\x0e\x0f\x1a"
_SILENT: Final = re.compile(f"[{_SILENT_CHARS}]")
#: The pager's question at the beginning of a line, and what moves back over it and blanks it out.
_PAGER: Final = re.compile(
    r"""(?xi) ^[ ]*
    (?P<mark> <---[ ]more[ ]---> | -{2,}[ ]?\(?more(?:[ ]\d+%)?\)?[ ]?-{2,}(?:[ ]?\(q\)[ ]?quit\S*|,[ ]next[ ]page[^\x08\r\x1b]*)?
      | ---つづく--- | lines[ ]\d+-\d+(?:/\d+)?(?:[ ]\(end\))? | --\[[ ]?q[ ]quit[^\]]*\] )
    (?P<erased> (?: [ ]* (?: [\x08\r] | \x1b\[[0-9;]*[A-Za-z] ) )* )"""
)
#: What its question begins with, after two blanks at most.
_PAGER_FIRST: Final = ("<", "-", "l")
#: What a text with a pager in it must hold.
_PAGER_HINTS: Final = ("More", "more", "MORE", "つづく", "lines ", "q quit")


def _strike(work: list[str], text: str) -> bool:
    """Apply what moves the cursor; whether there was anything that only a terminal writes."""
    paged = any(hint in text for hint in _PAGER_HINTS)
    moved = any(mark in text for mark in ("\x1b", "\x9b", "\x08", "\r"))
    if not paged and not moved:
        if any(char in text for char in _SILENT_CHARS):
            work[:] = [_SILENT.sub("", line) for line in work]
        return False
    found = False
    for place, raw in enumerate(work):
        line = raw
        while paged and line[:3].lstrip(" ")[:1] in _PAGER_FIRST and (pager := _PAGER.match(line)) is not None:
            found = True
            rest = line[pager.end() :]
            if not pager["erased"]:
                # The control characters were lost on the way: the blanks that covered the question are still there,
                # before the line's own indentation.
                covered = len(pager["mark"]) + (not pager["mark"].startswith("<"))
                blanks = len(rest) - len(rest.lstrip(" "))
                rest = rest[min(covered, blanks) :]
            line = rest
        if moved:
            if "\x1b" in line or "\x9b" in line:
                line = _ESCAPE.sub(_as_movement, line)
                found = True
            if "\x08" in line or "\r" in line or "\0" in line:
                found |= "\x08" in line
                line = _overwritten(line)
        work[place] = _SILENT.sub("", line)
    return found


def _as_movement(escape: re.Match[str]) -> str:
    """A sequence as characters that `_overwritten` understands; most print nothing."""
    count = min(int(escape["count"] or 1), 500) if escape["move"] else 0
    match escape["move"]:
        case "C":
            return " " * count
        case "D":
            return "\x08" * count
        case "K":
            return "\0"
        case _:
            return ""


def _overwritten(line: str) -> str:
    """What a terminal shows after backspaces, returns and erasures (NUL: to the end of the line)."""
    cells: list[str] = []
    at = 0
    for char in line:
        if char == "\x08":
            at = max(0, at - 1)
        elif char == "\r":
            at = 0
        elif char == "\0":
            del cells[at:]
        else:
            if at < len(cells):
                cells[at] = char
            else:
                cells.append(char)
            at += 1
    return "".join(cells).rstrip()


# ---------------------------------------------------------------------------------------------------------------------
# Pages of the web

_PAGE: Final = re.compile(r"(?i)\s*<(?:!doctype html|html|body|pre|code|div|p|span)\b")
_TAG: Final = re.compile(
    r"(?i)</?(?:html|head|body|pre|code|div|p|span|br|font|b|i|table|tr|td|a|!doctype)\b[^<>]{0,200}>"
)
_ENTITY: Final = re.compile(r"&(?:lt|gt|amp|quot|apos|nbsp|#\d{1,5}|#x[0-9a-fA-F]{1,4});")
#: An entity, and the character that would stand there if the text were not escaped as a whole.
_ESCAPED: Final = (("&quot;", '"'), ("&lt;", "<"), ("&gt;", ">"), ("&#39;", "'"), ("&apos;", "'"), ("&#34;", '"'))


def _unescape(work: list[str], text: str) -> None:
    """Tags and entities, where the whole text was a page: a configuration may hold pages of its own in quotes."""
    if "\u00a0" in text or "\ufeff" in text:
        work[:] = [line.replace("\u00a0", " ").replace("\ufeff", "") for line in work]
    first = next((line for line in work if line.strip()), "")
    page = _PAGE.match(first) is not None
    if page:
        work[:] = [_TAG.sub("", line) for line in work]
    if page or any(entity in text and char not in text for entity, char in _ESCAPED):
        work[:] = [_ENTITY.sub(lambda one: unescape(one[0]).replace("\u00a0", " "), line) for line in work]


# ---------------------------------------------------------------------------------------------------------------------
# Timestamps

_CLOCK: Final = r"\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?"
_MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_BEHIND: Final = r"\]?(?:[ \t]?[|>:-](?=[ \t]|$))?(?:[ \t]|$)"
_TIMESTAMPS: Final = (
    re.compile(r"\[?\d{4}[-/.]\d{1,2}[-/.]\d{1,2}[ T]" + _CLOCK + r"(?:Z|[ ]?[+-]\d{2}:?\d{2})?" + _BEHIND),
    re.compile(r"\[?\d{1,2}[-/.]\d{1,2}[-/.]\d{4}[ T]" + _CLOCK + _BEHIND),
    re.compile(
        r"\[?(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?" + _MONTH + r" {1,2}\d{1,2} " + _CLOCK + r"(?: \d{4})?" + _BEHIND
    ),
    re.compile(r"\[?" + _CLOCK + _BEHIND),
)
#: Of the first lines so many are looked at, and this share must carry the same kind of stamp.
_STAMPED_LINES: Final = 200
_STAMPED_SHARE: Final = 0.9


def _strip_timestamps(work: list[str]) -> bool:
    head = [line for line in work[: 4 * _STAMPED_LINES] if line.strip()][:_STAMPED_LINES]
    if len(head) < 3 or not (head[0][:1] == "[" or head[0][:1].isalnum()):
        return False
    for stamp in _TIMESTAMPS:
        if sum(1 for line in head if stamp.match(line)) >= _STAMPED_SHARE * len(head):
            work[:] = [stamp.sub("", line, count=1) if stamp.match(line) else line for line in work]
            return True
    return False


# ---------------------------------------------------------------------------------------------------------------------
# Prompts, logins, and the output of other commands

_PROMPT: Final = re.compile(
    r"""(?x) ^
    (?P<host> \[[\w.-]{1,64}@[^\]\s]{1,64}\]                      # [admin@MikroTik]
      | [\w.-]{1,64}@[\w.-]{1,64}                                # user@host, root@host:~
      | [A-Za-z0-9_][\w.-]{0,62}(?:/[\w.-]{1,32}){0,2} )         # fw1, fw1/context, fw1/pri/act
    (?P<path> :[^\s\#$>%]{0,80} )?
    (?P<mode> [ ]?\([^()]{1,64}\) )?
    [ ]?(?P<sign>[\#>$%])[ ]?
    (?P<command> .* ) $"""
)
#: A prompt without a name (Yamaha RTX: "> " and "# "), known by what is typed at it.
_BARE_PROMPT: Final = re.compile(
    r"^[#>] ?(?:show (?:config|running-config|environment)\b.*|console (?:columns|lines) .*|administrator|exit|quit)$"
)
#: What shows a configuration. `show` alone and with a subject is FortiOS', where it shows nothing else.
_SHOWS_CONFIG: Final = re.compile(
    r"""(?xi) ^ (?: do[ ] )? (?:
      sh(?:o|ow)?\ (?:run|start|conf|full|firewall|system|vpn|router|user|tech|\|) .*
    | sh(?:o|ow)? | more\ \S+ | disp(?:lay)?\ (?:cur|saved)\S* .* | /?(?:[\w-]+\ )*export\b.* | write\ term.* | wr\ t.*
    | (?:sudo\ )?(?:/\S*/)?ip6?tables-save .* | (?:sudo\ )?(?:cat|less|more)\ \S+ .* | (?:sudo\ )?nft\ (?:-\w+\ )*list\ ruleset .* ) $"""
)
#: What is typed without showing or changing a configuration; its output is none either.
_OPERATES: Final = re.compile(
    r"""(?xi) ^ (?: do[ ] )? (?:
      sh(?:o|ow)?\ (?:ver|inv|int|ip\ (?!access-list\ \S+$)|ipv6|route|arp|mac|cdp|lldp|log(?:ging)?$|vlan|access-l|xlate|conn
        |fail|module|env|proc|cpu|mem|user(?:s)?$|hist|flash|file|crypto|vpn-|ntp|stand|span|lic|clock|boot|power|nat\b|service-pol)\S* .*
    | (?:get|diag(?:nose)?|exec(?:ute)?|ping6?|trace(?:route|rt)?|dir|ls|pwd|date|uname|whoami|id|ifconfig|netstat|ss|ip|sysctl)\b .*
    | (?:sudo\ )?ip6?tables\ -[LSn] .* | term(?:inal)?\ .* | en(?:a|able)? | exit | quit | logout | end | no\ pager .* | ssh\ .* | su\b.*
    | sudo\ -?[is] | conf(?:ig|igure)?(?:\ t(?:erm\w*)?|\ private|\ exclusive)? | set\ cli\ .* | cli | console\ .* | administrator
    | wr(?:ite)?(?:\ mem\w*)? | copy\ .* | clear\ .* | reload .* | commit .* | run\ .* | top | up | abort | \? | password:? .* ) $"""
)
#: Lines that programs for logging in write, wherever they stand.
_LOGIN: Final = re.compile(
    r"""(?xi) ^ (?: =~=~.*PuTTY\ log.* | Script\ (?:started|done)\ on\ .* | Using\ username\ ".*"\.? | login\ as:\ \S+
    | \S+@\S+'s\ password:\s* | Last\ login:\ .* | Keyboard-interactive\ .* | End\ of\ keyboard-interactive\ .*
    | Connection\ to\ \S+\ closed.* | Type\ help\ or\ '\?'\ for\ a\ list\ of\ available\ commands\.
    | Pre-authentication\ banner\ message\ from\ server:.* ) $"""
)
#: What prints a routing table. Where its output reads like one, it stays with the prompt above it.
_SHOWS_ROUTES: Final = re.compile(
    r"""(?xi) ^ (?: do[ ] )? (?: sh(?:o|ow)?\ (?: ip(?:v6)?\ )? route\b .* | get\ router\ info6?\ routing-table\b .*
    | (?:sudo\ )?(?:/\S*/)? ip\ (?:-[46]\ )? r(?:o|ou|out|oute)?(?:\ .*)? ) $"""
)
_ROUTES: Final = re.compile(
    r"""(?x) ^ (?: Codes:\ | Gateway\ of\ last\ resort\ | (?:IPv6\ )?Routing\ [Tt]able\b | IP\ Route\ Table\ for\ VRF\b
    | (?:default|(?:unreachable|blackhole|prohibit)\ \S+|[0-9a-f.:]+(?:/\d+)?)\ .*\b(?:via\ [0-9a-f.:]+|dev\ \S+) )"""
)
_LAST_PROMPT: Final = re.compile(r"^[A-Za-z0-9_][\w.-]{0,62}(?: ?\([^()]{1,64}\))? ?[#>]$")


#: What a line must hold to match one of the patterns above. Searching for words is many times faster than for patterns.
_SUSPECT: Final = (
    *("#", ">", "$", "%", "PuTTY", "Script ", "Using username", "login as", "password:", "Last login", "nteractive"),
    *("Connection to", "Type help", "Pre-auth"),
)


def _suspects(text: str) -> list[int]:
    """The 0-based lines that may be a prompt or a login, ascending."""
    starts: set[int] = set()
    for word in _SUSPECT:
        at = text.find(word)
        while at >= 0:
            starts.add(text.rfind("\n", 0, at) + 1)
            end = text.find("\n", at)
            at = text.find(word, end) if end >= 0 else -1
    places: list[int] = []
    place = counted = 0
    for start in sorted(starts):
        place += text.count("\n", counted, start)
        counted = start
        places.append(place)
    return places


def _strip_session(work: list[str], text: str) -> bool:
    """Take out prompts and all that is not the output of a command that shows a configuration."""
    found = False
    prompts: dict[int, re.Match[str]] = {}
    bare: set[int] = set()
    for place in _suspects(text):
        line = work[place]
        if _LOGIN.match(line):
            work[place] = ""
            found = True
        elif _BARE_PROMPT.match(line):
            bare.add(place)
        elif (prompt := _PROMPT.match(line)) is not None:
            prompts[place] = prompt
    hosts = {prompt["host"] for prompt in prompts.values() if _is_command(prompt["command"].strip())}
    prompts = {place: prompt for place, prompt in prompts.items() if prompt["host"] in hosts}
    if not prompts and not bare:
        last = next((place for place in range(len(work) - 1, -1, -1) if work[place].strip()), None)
        if last is not None and _LAST_PROMPT.match(work[last].strip()):
            work[last] = ""
            return True
        return found
    shown = any(_SHOWS_CONFIG.match(prompt["command"].strip()) for prompt in prompts.values()) or any(
        "config" in work[place] for place in bare
    )
    # Before the command that shows the configuration there is a login; without such a command, nothing is known.
    keep = not shown
    for place, line in enumerate(work):
        prompt = prompts.get(place)
        if prompt is not None:
            command = prompt["command"].strip()
            if _SHOWS_ROUTES.match(command) and _prints_routes(work, place, prompts):
                keep = True
                continue
            typed = _typed(prompt, command)
            work[place] = typed
            if not typed and command:
                keep = _SHOWS_CONFIG.match(command) is not None or (not shown and not _OPERATES.match(command))
        elif place in bare:
            keep = "config" in line
            work[place] = ""
        elif not keep and line:
            work[place] = ""
    return True


def _prints_routes(work: list[str], place: int, prompts: Mapping[int, re.Match[str]]) -> bool:
    """Whether what stands below a prompt is a routing table in a known shape."""
    for below in range(place + 1, min(place + 12, len(work))):
        if below in prompts:
            return False
        if _ROUTES.match(work[below]):
            return True
    return False


def route_command(line: str) -> tuple[str, str, str] | None:
    """Host, mode and command of a prompt at which a routing table was asked for; ``None`` where a line is none."""
    if not any(word in line for word in ("route", " ip r", "routing-table")):
        return None
    prompt = _PROMPT.match(line)
    if prompt is None or not _SHOWS_ROUTES.match(prompt["command"].strip()):
        return None
    host = prompt["host"].strip("[]").rpartition("@")[2]
    return host, (prompt["mode"] or "").strip(" ()"), prompt["command"].strip()


def _is_command(command: str) -> bool:
    return bool(command) and (_SHOWS_CONFIG.match(command) is not None or _OPERATES.match(command) is not None)


def _typed(prompt: re.Match[str], command: str) -> str:
    """The configuration that was typed at a prompt; empty for what only looks or moves.

    Cisco: ``fw(config)#`` and ``fw(config-if)#``, of which the latter is one level deeper. FortiOS: ``FGT # config …``
    and ``FGT (interface) #``. Junos, PAN-OS and VyOS: ``user@host#``.
    """
    mode = (prompt["mode"] or "").strip(" ()")
    if not command:
        return ""
    if mode.startswith("conf"):
        if _SHOWS_CONFIG.match(command) or _OPERATES.match(command):
            return ""
        return command if mode in ("config", "conf") else f" {command}"
    if _SHOWS_CONFIG.match(command) or (_OPERATES.match(command) and not (mode and command in ("end", "abort"))):
        return ""
    if mode or ("@" in prompt["host"] and prompt["sign"] == "#") or command.startswith("config "):
        return command
    return ""


# ---------------------------------------------------------------------------------------------------------------------
# Lines that the terminal wrapped

#: The usual width, and widths that are believed with more evidence.
_USUAL_WIDTH: Final = 80
_WIDTHS: Final = range(60, 251)
#: So many lines of exactly the width tell that it is one; of fewer, only what cannot begin a statement is joined.
_ENOUGH: Final = 3
_PLAUSIBLE_SHARE: Final = 0.8


def _unwrap(work: list[str], *, captured: bool) -> dict[int, int]:
    """Join lines that end at the width of the window with the next; the 1-based lines joined, and to which."""
    width = max(map(len, work), default=0)
    if not all(map(str.isascii, work)):
        width = max(map(_columns, work))
    if width not in _WIDTHS or (width != _USUAL_WIDTH and not captured):
        return {}
    full = {place for place in range(len(work) - 1) if _is_full(work[place], work[place + 1], width)}
    if not full or (not captured and len(full) < _ENOUGH) or (width != _USUAL_WIDTH and len(full) < _ENOUGH):
        return {}
    # What begins a line that surely is no continuation begins statements.
    starts = {_start(line) for place, line in enumerate(work) if place - 1 not in full and line.strip()}
    joins = {place + 1 for place in full if _continues(work[place + 1], starts, strict=len(full) < _ENOUGH)}
    if len(joins) < _PLAUSIBLE_SHARE * len(full):
        return {}
    continued: dict[int, int] = {}
    for place in sorted(joins):
        head = continued.get(place, place) - 1
        work[head] += work[place]
        work[place] = ""
        continued[place + 1] = head + 1
    return continued


def _columns(line: str) -> int:
    if line.isascii():
        return len(line)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)


def _is_full(line: str, following: str, width: int) -> bool:
    """Whether ``line`` ends at the margin; a wide character that does not fit goes to the next line whole."""
    if len(line) * 2 < width or len(set(line.strip())) < 4:
        return False
    columns = _columns(line)
    return columns == width or (columns == width - 1 and _columns(following[:1]) == 2)


def _start(line: str) -> str:
    """The indentation and the first word."""
    words = line.split(maxsplit=1)
    return line[: len(line) - len(line.lstrip())] + (words[0] if words else "")


def _continues(line: str, starts: set[str], *, strict: bool) -> bool:
    if not line.strip() or _start(line) in starts:
        return False
    return not strict or not (line[0].isalpha() or line[0] in "!#:/*-+} \t\"'")
