"""The list of checks, and the page on each."""

from __future__ import annotations

import argparse
import inspect
import json
from collections.abc import Callable
from difflib import get_close_matches

from segaudit.check import Check
from segaudit.cli import OK, UsageError
from segaudit.cli.screen import columns_of, screen
from segaudit.findings.page import Block, Code, read_page
from segaudit.findings.wording import QUESTIONS
from segaudit.knowledge.columns import folded
from segaudit.model import Message, msg
from segaudit.pipeline.discover import checks

#: Columns of a page's prose.
PAGE_WIDTH = 100


def show(options: argparse.Namespace) -> int:
    """The list or the page."""
    known = checks()
    view = screen(options)
    if options.slug is not None:
        if options.slug not in known:
            near = get_close_matches(options.slug, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "'segaudit checks' lists them"
            raise UsageError(f"there is no check {options.slug!r}; {hint}")
        check = known[options.slug]
        if options.format == "json":
            print(json.dumps({**as_json(check), "page": inspect.cleandoc(check.doc)}, indent=2))
        else:
            view.line(f"{check.slug} ({check.severity.word})")
            print()
            print(page(check, view.language.say))
        return OK
    if options.format == "json":
        print(json.dumps([as_json(check) for check in known.values()], indent=2))
        return OK
    groups: dict[str, list[Check]] = {view.say(text): [] for text in QUESTIONS.values() if options.by == "question"}
    for check in known.values():
        for group in _groups(check, options.by):
            groups.setdefault(view.say(group), []).append(check)
    for name in groups if options.by == "question" else sorted(groups):
        members = groups[name]
        if not members:
            continue
        view.line(name)
        view.table(
            (msg("check"), msg("severity"), msg("finds")),
            [(check.slug, check.severity.word, check.title) for check in members],
        )
        print()
    return OK


def as_json(check: Check) -> dict[str, object]:
    """A check as `checks -f json` has it."""
    return {
        "slug": check.slug,
        "title": str(check.title),
        "severity": check.severity.word,
        "question": check.question,
        "statements": list(check.statements),
        "catalogue": list(check.catalogue),
        "references": list(check.references),
    }


def _groups(check: Check, by: str) -> list[Message | str]:
    """The groups in which a check is listed."""
    match by:
        case "question":
            return [QUESTIONS[check.question]]
        case "deck":
            return [*check.statements] or [msg("no statement of the deck")]
        case "standard":
            # A reference is the standard's name and its item: "NIST SP 800-53r5 SC-7(5)".
            return [*sorted({one.rpartition(" ")[0] or one for one in check.references})] or [msg("no standard")]
        case _:
            words = set(check.slug.split("-"))
            return [*sorted(words & _ROLE_WORDS)] or [msg("no role in its name")]


#: Words in slugs that say whom a check is about.
_ROLE_WORDS = frozenset(
    {"terminal", "terminals", "server", "servers", "vpn", "dmz", "management", "internet", "inbound"}
)


def page(check: Check, say: Callable[[Message], str]) -> str:
    """The check's page in the language of ``say``: prose paragraph by paragraph, examples and references as they are."""
    written = read_page(check.doc)
    blocks = ["\n".join(folded(say(written.title), PAGE_WIDTH))]
    for heading, section in written.sections:
        blocks.append(_headed(say(heading), _shown(section[0], say)))
        blocks += (_shown(block, say) for block in section[1:])
    if written.references:
        references = "\n".join(line for text in written.references for line in folded(text, PAGE_WIDTH))
        blocks.append(_headed(say(msg("References")), references))
    return "\n\n".join(blocks)


def _headed(heading: str, first: str) -> str:
    return f"{heading}\n{'-' * columns_of(heading)}\n\n{first}"


def _shown(block: Block, say: Callable[[Message], str]) -> str:
    if isinstance(block, Code):
        return "\n".join(f"    {line}".rstrip() for line in block.lines)
    return "\n".join(folded(say(block), PAGE_WIDTH))
