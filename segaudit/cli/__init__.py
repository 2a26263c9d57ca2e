"""The command line: one verb a file, each with ``configure`` (its options) and ``run`` (its exit status).

Nothing is imported here but argparse, and a verb only when it is asked for: `--version` and `--help` answer at once.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import NoReturn

from segaudit import __version__

#: What each verb does, in the order of the help. Each is a module beside this one.
VERBS = {
    "audit": "read configurations and judge them by a policy",
    "trace": "walk concrete packets through the devices",
    "reach": "every packet that one part of the network can send to another, and why not the rest",
    "show": "what was understood of the configurations",
    "init": "write a starter site.yaml, with the evidence for every role",
    "checks": "the checks there are, or the page on one of them",
    "parsers": "the formats that are read",
    "policies": "the policies that ship, or the controls of one of them",
    "schema": "the JSON Schema of a file that is read or written",
}

#: Nothing at or above the threshold; findings; wrong usage or a wrong file of ours; not established.
OK, FINDINGS, USAGE, NOT_ESTABLISHED = 0, 1, 2, 3
#: What shells report for a process that a signal ended: interrupted, and nobody reads the output any more.
INTERRUPTED, BROKEN_PIPE = 130, 141

_EPILOG = """exit status: 0 nothing at or above --fail-on, 1 findings, 2 wrong usage or a wrong site, policy, waiver or
baseline file, 3 not established: an input failed (with --strict: a line that bears on access is not modelled).
'segaudit VERB --help' tells more."""


class UsageError(Exception):
    """Wrong usage; the text says what to do instead. Exit status 2."""


class _ArgumentParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """End with status 2 and where to read more; argparse would print the whole usage first."""
        raise UsageError(f"{message}; see '{self.prog} --help'")


class _Completion(argparse.Action):
    def __call__(
        self,
        parser: argparse.ArgumentParser,
        _namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        _option: str | None = None,
    ) -> None:
        """Print the script for the shell and end; only here every verb gets its options at once."""
        import shtab

        whole = build_parser(*VERBS)
        for action in _all_actions(whole):
            if action.metavar in ("PATH", "FILE"):
                action.complete = shtab.FILE  # type: ignore[attr-defined]  # how shtab is told what stands there
        print(shtab.complete(whole, str(values)))
        parser.exit()


def _all_actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:  # noqa: SLF001 argparse has no other way to look at a parser
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 as above
            for inner in action.choices.values():
                yield from _all_actions(inner)


def build_parser(*verbs: str) -> argparse.ArgumentParser:
    """The parser of the command line; of the verbs only the named ones get their options (importing them costs)."""
    # Without `allow_abbrev=False` a new option could change what an old command line means.
    parser = _ArgumentParser(
        prog="segaudit",
        description="Shows how far an intruder gets through your firewalls, and which lines let him.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"segaudit {__version__}")
    parser.add_argument(
        "--print-completion",
        choices=("bash", "zsh", "tcsh"),
        action=_Completion,
        help="print what makes the shell complete segaudit's command line",
    )
    commands = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs", required=True)
    for verb, purpose in VERBS.items():
        command = commands.add_parser(
            verb,
            help=purpose,
            description=f"{purpose[0].upper()}{purpose[1:]}.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        if verb in verbs:
            import_module(f"segaudit.cli.{verb}").configure(command)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status and never raises but for what `SEGAUDIT_DEBUG` asks to see."""
    if argv is None:
        # The process is ours and ends with the run, whose objects last and are in no cycles: looking for these, ever
        # again over all there is, is a tenth of it.
        gc.disable()
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        # A console that cannot write a character shows another; it is no reason to end without the findings.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        status = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at exit; let it do so where nobody minds.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except KeyboardInterrupt:
        print("segaudit: interrupted", file=sys.stderr)
        return INTERRUPTED
    return status


def _run(arguments: list[str]) -> int:
    verb = next((word for word in arguments if not word.startswith("-")), "")
    try:
        options = build_parser(verb).parse_args(arguments)
        run = import_module(f"segaudit.cli.{verb}").run
        status: int = run(options)
    except SystemExit as end:  # argparse, after --help and --version
        return end.code if isinstance(end.code, int) else USAGE
    except UsageError as error:
        print(f"segaudit: {error}", file=sys.stderr)
        return USAGE
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:
        wrong = _wrong_facts(error)
        if wrong:
            for line in wrong:
                print(f"segaudit: {line}", file=sys.stderr)
            return USAGE
        if os.environ.get("SEGAUDIT_DEBUG"):
            raise
        print(f"segaudit: {_unforeseen(error)}", file=sys.stderr)
        return NOT_ESTABLISHED
    return status


def _wrong_facts(error: Exception) -> list[str]:
    """What is wrong with a file of facts, where that is what ``error`` says: wrong usage, a line for each mistake."""
    from segaudit.pipeline.facts import FactsError

    # Only there where a verb has read such a file: pydantic is not imported to find out that it was not needed.
    policy_error = getattr(sys.modules.get("segaudit.policy.errors"), "PolicyError", FactsError)
    return str(error).splitlines() if isinstance(error, FactsError | policy_error) else []


def _unforeseen(error: Exception) -> str:
    """A line for what no verb handled."""
    from segaudit.pipeline.discover import PluginError

    if isinstance(error, PluginError):
        return str(error.problem)
    if isinstance(error, MemoryError):
        return "out of memory; audit fewer files at a time, or use a machine with more"
    return (
        f"a defect in segaudit ({type(error).__name__} at {_place(error)}); run it again with SEGAUDIT_DEBUG=1 and report"
        " what it prints"
    )


def _place(error: Exception) -> str:
    """Module and line that raised it. Its text is not shown: it may hold a piece of a configuration, even a secret."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace is not None else "?"
