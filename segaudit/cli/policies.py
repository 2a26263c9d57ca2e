"""`segaudit policies`: the policies that ship with segaudit, or the controls of one policy."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from segaudit.cli import OK
from segaudit.cli import options as shared

if TYPE_CHECKING:
    from segaudit.policy.values import Policy


def configure(parser: argparse.ArgumentParser) -> None:
    """A name or a file, the output format."""
    parser.add_argument("name", nargs="?", metavar="NAME|FILE", help="one policy instead of all")
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text", help="default: text")
    shared.add_showing(parser)


def run(options: argparse.Namespace) -> int:
    """A line for each policy, or for each control of one."""
    from segaudit.cli.screen import screen
    from segaudit.model import msg
    from segaudit.pipeline.facts import read_text
    from segaudit.policy.load import load_policy, shipped_policies, shipped_policy

    view = screen(options)
    japanese = view.language.code == "ja"
    if options.name is None:
        policies = [shipped_policy(name) for name in shipped_policies()]
        if options.format == "json":
            print(json.dumps([_summary(policy) for policy in policies], indent=2))
            return OK
        view.table(
            (msg("policy"), msg("controls"), msg("judges")),
            [(one.name, len(one.controls), one.title_ja if japanese else one.title) for one in policies],
        )
        return OK
    name = options.name
    policy = load_policy(read_text(name), name) if name.endswith((".yaml", ".yml")) else shipped_policy(name)
    if options.format == "json":
        print(json.dumps({**_summary(policy), "control_list": _controls(policy)}, indent=2))
        return OK
    view.line(f"{policy.name}: {policy.title_ja if japanese else policy.title}")
    description = policy.description_ja if japanese else policy.description
    if description:
        view.line(description)
    sections = {section.id: section for section in policy.sections}
    for key in dict.fromkeys(control.section for control in policy.controls):
        print()
        if key in sections:
            view.line(sections[key].title_ja if japanese else sections[key].title)
        view.table(
            (msg("check"), msg("severity"), msg("asks that")),
            [
                (
                    one.check,
                    one.severity.word if one.severity is not None else "",
                    one.title_ja if japanese else one.title,
                )
                for one in policy.controls
                if one.section == key
            ],
        )
    return OK


def _summary(policy: Policy) -> dict[str, object]:
    return {
        "name": policy.name,
        "title": policy.title,
        "title_ja": policy.title_ja,
        "description": policy.description,
        "controls": len(policy.controls),
    }


def _controls(policy: Policy) -> list[dict[str, object]]:
    return [
        {
            "id": one.id,
            "check": one.check,
            "section": one.section,
            "severity": one.severity.word if one.severity is not None else None,
            "title": one.title,
            "title_ja": one.title_ja,
            "references": [{"standard": each.standard, "item": each.item} for each in one.references],
        }
        for one in policy.controls
    ]
