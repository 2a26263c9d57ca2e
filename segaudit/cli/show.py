"""`segaudit show`: what was understood of the configurations."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from segaudit.cli import options as shared
from segaudit.cli.screen import Screen, clean, screen
from segaudit.model import LineState, Network, msg

#: The five states as people write them after --state; ``open`` is what a verdict may hang on and is not modelled.
STATES = {
    "modelled": (LineState.MODELLED,),
    "approximated": (LineState.APPROXIMATED,),
    "irrelevant": (LineState.IRRELEVANT,),
    "unsupported": (LineState.UNSUPPORTED,),
    "unrecognized": (LineState.UNRECOGNIZED,),
    "open": (LineState.UNSUPPORTED, LineState.UNRECOGNIZED),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """What to show of which files."""
    parser.add_argument("what", choices=("ledger",), help="ledger: every line and its state")
    shared.add_reading(parser)
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument("--state", choices=STATES, action="append", help="of the ledger, lines in this state only")
    parser.add_argument("--totals", action="store_true", help="of the ledger, how many lines are in each state only")
    shared.add_showing(parser)


def run(options: argparse.Namespace) -> int:
    """Print it; the status says whether all of it could be read."""
    view = screen(options)
    network = shared.read_network(options, view)
    ledger(options, view, network)
    return shared.status(options, view, network)


def ledger(options: argparse.Namespace, view: Screen, network: Network) -> None:
    """Every non-blank line with its state, and how many there are of each."""
    wanted = {state for name in options.state for state in STATES[name]} if options.state else set(LineState)
    if options.format == "json":
        print(json.dumps(_as_json(network, wanted, totals=options.totals), indent=2, ensure_ascii=True))
        return
    if not options.totals:
        for line in _ledger_lines(view, network, wanted):
            print(line)
        print()
    _totals(view, network)


def _ledger_lines(view: Screen, network: Network, wanted: set[LineState]) -> Iterator[str]:
    words = {state: view.language.say(word) for state, word in _WORDS.items()}
    width = max(map(len, words.values()))
    for path, states in network.ledgers.items():
        source = network.sources[path]
        for number, value in enumerate(states.states, start=1):
            state = LineState(value)
            if state is LineState.BLANK or state not in wanted:
                continue
            (text,) = source.quote(source.span(number))
            reason = states.reasons.get(number, "")
            behind = f"   # {reason}" if reason else ""
            yield f"{clean(path)}:{number}: {words[state]:<{width}}  {clean(text)}{clean(behind)}"


#: A state in the words of the ledger.
_WORDS = {
    LineState.MODELLED: msg("modelled"),
    LineState.APPROXIMATED: msg("approximated"),
    LineState.IRRELEVANT: msg("irrelevant"),
    LineState.UNSUPPORTED: msg("unsupported"),
    LineState.UNRECOGNIZED: msg("unrecognized"),
}


def _totals(view: Screen, network: Network) -> None:
    rows: list[tuple[str | int, ...]] = []
    for one in network.inputs:
        states = network.ledgers[one.path]
        counts = [states.count(state) for state in _WORDS]
        rows.append((one.path, one.format, states.non_blank, *counts, _share(sum(counts[3:]), states.non_blank)))
    if len(rows) > 1:
        totals = network.totals()
        counts = [totals[state] for state in _WORDS]
        everything = view.say(msg("all"))
        rows.append((everything, "", sum(counts), *counts, _share(sum(counts[3:]), sum(counts))))
    heads = (msg("file"), msg("format"), msg("lines"), *_WORDS.values(), msg("not understood"))
    view.table(heads, rows)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _as_json(network: Network, wanted: set[LineState], *, totals: bool) -> dict[str, object]:
    inputs = []
    for one in network.inputs:
        states, source = network.ledgers[one.path], network.sources[one.path]
        row: dict[str, object] = {
            "path": one.path,
            "format": one.format,
            "lines": one.lines,
            "ledger": {state.name.lower(): states.count(state) for state in _WORDS},
        }
        if not totals:
            row["statements"] = [
                {
                    "first_line": statement.span.first_line,
                    "last_line": statement.span.last_line,
                    "state": statement.state.name.lower(),
                    "reason": statement.reason,
                    "text": list(source.quote(statement.span)),
                }
                for statement in states.statements()
                if statement.state in wanted
            ]
        inputs.append(row)
    return {"complete": network.complete, "inputs": inputs}
