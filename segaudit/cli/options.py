"""Options that several verbs share, and what they come to."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, date, datetime
from difflib import get_close_matches

from segaudit.cli import NOT_ESTABLISHED, OK, UsageError
from segaudit.cli.screen import Progress, Screen
from segaudit.model import Network, msg
from segaudit.pipeline.collect import Selection
from segaudit.pipeline.read import read


def add_reading(parser: argparse.ArgumentParser) -> None:
    """PATH and the options that say which files are read, and how."""
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
        "--strict", action="store_true", help="status 3 for a line that bears on access and is not modelled, too"
    )


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


def selection(options: argparse.Namespace) -> Selection:
    """What the options of `add_reading` select; `UsageError` for an --input-format that names no parser."""
    from segaudit.pipeline.discover import parsers

    formats: list[tuple[str, str]] = []
    for text in options.input_format:
        glob, equals, name = text.rpartition("=")
        if not equals or not glob or not name:
            raise UsageError(f"--input-format {text!r} lacks a part: write GLOB=FORMAT, such as 'fw1*=cisco_asa'")
        if name not in parsers():
            near = get_close_matches(name, parsers(), n=1, cutoff=0.4)
            hint = f"did you mean {near[0]}?" if near else "'segaudit parsers' lists the formats"
            raise UsageError(f"--input-format {text!r}: there is no format {name!r}; {hint}")
        formats.append((glob, name))
    return Selection(
        paths=tuple(options.paths),
        include=tuple(options.include),
        exclude=tuple(options.exclude),
        formats=tuple(formats),
    )


def read_network(options: argparse.Namespace, screen: Screen) -> Network:
    """What the selected files hold; every failure is told on standard error, and with -v all that was ignored."""
    progress = Progress(wanted=not options.quiet)
    try:
        network = read(
            selection(options),
            jobs=options.jobs,
            debug=bool(os.environ.get("SEGAUDIT_DEBUG")),
            progress=progress,
        )
    finally:
        progress.done()
    for failure in network.failures:
        place = failure.path if failure.line is None else f"{failure.path}:{failure.line}"
        screen.error(f"segaudit: {place}: {screen.language.say(failure.problem)}")
    for one in network.inputs:
        for note in one.notes:
            screen.note(f"segaudit: {one.path}: {screen.language.say(note)}")
        if screen.verbose:
            said = msg(
                "read as {format} ({evidence}), {encoding}",
                format=one.format,
                evidence=one.evidence,
                encoding=one.encoding,
            )
            screen.note(f"segaudit: {one.path}: {screen.language.say(said)}")
    if screen.verbose:
        for ignored in network.ignored:
            said = msg("ignored: {reason}", reason=ignored.reason)
            screen.note(f"segaudit: {ignored.path}: {screen.language.say(said)}")
    return network


def status(options: argparse.Namespace, screen: Screen, network: Network) -> int:
    """0, or 3 where an input failed or, with --strict, a line could bear on access and is not modelled."""
    if not network.complete:
        return NOT_ESTABLISHED
    if options.strict and network.not_understood:
        said = msg(
            "one line could bear on access and is not modelled; 'segaudit show ledger --state open' names it",
            plural="{count} lines could bear on access and are not modelled; 'segaudit show ledger --state open' names them",
            count=network.not_understood,
        )
        screen.error(f"segaudit: {screen.language.say(said)}")
        return NOT_ESTABLISHED
    return OK
