"""What the options of `options.add_reading` come to: the network, what is told of it, and the status."""

from __future__ import annotations

import argparse
import os
from difflib import get_close_matches

from segaudit.cli import NOT_ESTABLISHED, OK, UsageError
from segaudit.cli.screen import Progress, Screen
from segaudit.model import msg
from segaudit.model.inputs import Network
from segaudit.pipeline.cache import open_cache
from segaudit.pipeline.collect import Selection
from segaudit.pipeline.discover import parsers
from segaudit.pipeline.read import read


def selection(options: argparse.Namespace) -> Selection:
    """What the options of `add_reading` select; `UsageError` for an --input-format that names no parser."""
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
    cache = None
    if not options.no_cache:
        cache, problem = open_cache(os.environ)
        if problem is not None:
            screen.note(f"segaudit: {screen.language.say(problem)}")
    try:
        network = read(
            selection(options),
            jobs=options.jobs,
            debug=bool(os.environ.get("SEGAUDIT_DEBUG")),
            progress=progress,
            cache=cache,
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
