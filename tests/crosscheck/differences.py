"""Every difference between the two readings that may stand, each with what the device or its manual does.

ciscoconfparse reads indentation, and takes every line for a statement. It is a reader of text and no oracle for what a
device does; where the two differ, the device decides. A difference that no entry here covers fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from segaudit.parsers.cisco_ios.syntax import BANNER, COMMENT, KEY_MATERIAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line on which the readings differ.

    ``ours`` and ``theirs`` are the line of the parent (the line itself: none; ``None``: no statement), ``reason`` why
    it is no statement to us. ``text`` is the raw line, ``parent_text`` that of our parent, ``their_root`` that of the
    peer's topmost ancestor.
    """

    number: int
    text: str
    ours: int | None
    theirs: int | None
    reason: str
    parent_text: str = ""
    their_root: str = ""
    syntax: str = "ios"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A difference that may stand: ``word`` says what the device does and where that is written."""

    name: str
    word: str
    covers: Callable[[Line], bool]


def _is_comment(line: Line) -> bool:
    return line.ours is None and line.reason == COMMENT and line.text.lstrip()[:1] in ("!", ":")


def _is_text(line: Line) -> bool:
    return line.ours is None and line.reason in (BANNER, "a text whose closing delimiter is missing")


def _is_key(line: Line) -> bool:
    return line.ours is None and line.reason in (KEY_MATERIAL, "a certificate", "the end of a certificate")


def _lost_its_indentation(line: Line) -> bool:
    return (
        line.ours is not None
        and line.ours != line.number == line.theirs
        and not line.text[:1].isspace()
        and bool(line.parent_text)
        and not line.parent_text[:1].isspace()
    )


def _is_carried_out(line: Line) -> bool:
    return (
        line.syntax == "asa"
        and line.ours is None
        and (
            line.reason.startswith(("taken back by line", "clears what", "a command of the session", "a checksum"))
            or line.text.split()[:1] in (["no"], ["clear"])
            or line.text.startswith("access-list mode ")
            or " Version " in line.text
        )
    )


def _after_a_banner_of_asa(line: Line) -> bool:
    return line.syntax == "asa" and line.ours is not None and line.their_root.startswith("banner ")


#: In the order in which they are tried.
EXPLAINED: Final = (
    Explained(
        name="blank",
        word=(
            "An empty line is no command. The peer keeps it as an object, so that its line numbers are those of the file."
        ),
        covers=lambda line: line.ours is None and not line.text.strip(),
    ),
    Explained(
        name="comment",
        word=(
            "A line that begins with an exclamation point is a comment, which the command interpreter drops: Cisco IOS "
            'Configuration Fundamentals Configuration Guide, "Using the Cisco IOS Command-Line Interface". On ASA a line '
            'that begins with a colon is one too: CLI Configuration Guide 9.x, "Managing Software and Configurations". '
            "The peer keeps comments as objects, below the statement of less indentation."
        ),
        covers=_is_comment,
    ),
    Explained(
        name="text of a banner or menu",
        word=(
            "Everything up to the second delimiter is the argument of the one command, whatever it looks like: Cisco IOS "
            "Configuration Fundamentals Command Reference, `banner motd`. The peer makes its lines children of the banner, "
            "and of each other by their indentation."
        ),
        covers=_is_text,
    ),
    Explained(
        name="certificate or key data",
        word=(
            "The lines between `certificate` and `quit` are the bytes of the certificate: Cisco IOS Security Command "
            "Reference, `certificate`. The peer makes statements of them."
        ),
        covers=_is_key,
    ),
    Explained(
        name="lost indentation",
        word=(
            "The command line interface knows no indentation: a command belongs to the mode that is open, and only one "
            "that the mode does not have leaves it (Cisco IOS Configuration Fundamentals Configuration Guide, "
            '"Understanding Command Modes"; ASA CLI Configuration Guide, "Command Modes and Prompts"). Where the '
            "indentation was lost, a command that only the open mode has stays below it; the peer takes it for a "
            "statement of its own."
        ),
        covers=_lost_its_indentation,
    ),
    Explained(
        name="behind a banner of ASA",
        word=(
            "On ASA a banner has no delimiter: each `banner motd` adds one line (ASA Command Reference, `banner`). The "
            "peer takes the first character for one, as on IOS, and makes children of everything up to its next occurrence."
        ),
        covers=_after_a_banner_of_asa,
    ),
    Explained(
        name="carried out",
        word=(
            "`no …` and `clear configure …` are carried out: they leave nothing behind, and what they take back does not "
            "stand any more (ASA Command Reference, `no`, `clear configure`). Version and checksum lines are written by "
            "`show running-config` and are no commands; `access-list mode` sets how lists are compiled and is no entry of "
            "one (FWSM Command Reference). The peer executes nothing."
        ),
        covers=_is_carried_out,
    ),
)
