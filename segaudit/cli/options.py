"""Options that several verbs share. Nothing heavy is imported: the help of a verb answers at once."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime


def add_reading(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """PATH and the options that say which files are read, and how; their group, for a verb that has one more."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="file, folder, .zip, .tar.gz, or - for standard input")
    group = parser.add_argument_group("which files are read, and how")
    group.add_argument(
        "--include",
        action="append",
        default=[],
        metavar="GLOB",
        help="of folders and archives read only files that match, whatever they look like (repeatable)",
    )
    group.add_argument("--exclude", action="append", default=[], metavar="GLOB", help="leave out (repeatable)")
    group.add_argument(
        "--input-format",
        action="append",
        default=[],
        metavar="GLOB=FORMAT",
        help="the format of files that match, instead of what their content says (repeatable)",
    )
    group.add_argument(
        "--jobs", type=_jobs, metavar="N", help="processes that parse (default: as many as are worth it)"
    )
    group.add_argument(
        "--no-cache", action="store_true", help="parse everything anew, and keep nothing of it for the next run"
    )
    group.add_argument(
        "--strict", action="store_true", help="status 3 for a line that bears on access and is not modelled, too"
    )
    return group


def add_judging(parser: argparse.ArgumentParser) -> None:
    """The site's facts and the day on which it is judged: for verbs that build the zone graph."""
    group = parser.add_argument_group("what is known besides the configurations")
    group.add_argument("--site", metavar="FILE", help="facts about the site (default: site.yaml in a PATH folder)")
    group.add_argument(
        "--as-of", type=_day, metavar="DATE", help="judge schedules as of this day, YYYY-MM-DD (default: today)"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: write it as 2027-03-31") from None


def as_of(options: argparse.Namespace) -> date:
    """The day to judge as of."""
    day: date | None = options.as_of
    return day or datetime.now(tz=UTC).astimezone().date()


def add_showing(parser: argparse.ArgumentParser) -> None:
    """The options that say how things are shown."""
    group = parser.add_argument_group("how it is shown")
    group.add_argument("--lang", choices=("en", "ja"), help="language (default: SEGAUDIT_LANG, then the locale)")
    group.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="default: on a terminal, without NO_COLOR"
    )
    group.add_argument("-q", "--quiet", action="store_true", help="errors and what was asked for, nothing else")
    group.add_argument("-v", "--verbose", action="store_true", help="also what was ignored, and how files were read")


def _jobs(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes: write 1 or more")
    return int(text)
