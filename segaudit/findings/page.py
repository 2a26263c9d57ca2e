"""The page of a check, as its docstring writes it: one title line, then five sections of paragraphs and examples."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass

from segaudit.model import Message, msg

_HEADING = re.compile(
    r"\s*(?:#+\s*)?(What it finds|Why it matters|Example|How to fix|References)\s*:?\s*", re.IGNORECASE
)
_RULE = re.compile(r"\s*[-=~]{3,}\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Lines of an example, their common indent taken away; nobody translates them."""

    lines: tuple[str, ...]


#: A paragraph, or lines of configuration.
Block = Message | Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a check finds, why that matters, an example that fires, how to fix it, and who else says so.

    ``title`` is a sentence. A section that the docstring lacks is empty; ``references`` are text in one language.
    """

    title: Message
    finds: tuple[Block, ...] = ()
    matters: tuple[Block, ...] = ()
    example: tuple[Block, ...] = ()
    fix: tuple[Block, ...] = ()
    references: tuple[str, ...] = ()

    @property
    def sections(self) -> tuple[tuple[Message, tuple[Block, ...]], ...]:
        """The sections that have something, with their headings, in their order; without the references."""
        named = (
            (msg("What it finds"), self.finds),
            (msg("Why it matters"), self.matters),
            (msg("Example"), self.example),
            (msg("How to fix"), self.fix),
        )
        return tuple((heading, blocks) for heading, blocks in named if blocks)


def read_page(doc: str) -> Page:
    """The page that a docstring writes; `ValueError` where it has no title."""
    found: dict[str, list[Block]] = {"": []}
    section = ""
    for text in re.split(r"\n[ \t]*\n", inspect.cleandoc(doc)):
        lines = text.strip("\n").splitlines()
        heading = _HEADING.fullmatch(lines[0]) if lines else None
        if heading is not None:
            section = heading[1].lower()
            del lines[: 2 if len(lines) > 1 and _RULE.fullmatch(lines[1]) else 1]
        found.setdefault(section, []).extend(_blocks(lines))
    title = next((block for block in found[""] if isinstance(block, Message)), None)
    if title is None:
        raise ValueError("a page begins with its title")
    return Page(
        title=title,
        finds=_joined(found.get("what it finds", ())),
        matters=_joined(found.get("why it matters", ())),
        example=_joined(found.get("example", ())),
        fix=_joined(found.get("how to fix", ())),
        references=tuple(b.template for b in found.get("references", ()) if isinstance(b, Message)),
    )


def _blocks(lines: list[str]) -> Iterator[Block]:
    said = [line for line in lines if line.strip()]
    if not said:
        return
    if said[0].startswith("    "):
        yield Code(lines=tuple(inspect.cleandoc("\n" + "\n".join(lines)).splitlines()))
    else:
        yield Message(" ".join(line.strip() for line in said))  # messages: pages of the checks


def _joined(blocks: list[Block] | tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks with neighbouring lines of code as one: an example may have gaps."""
    joined: list[Block] = []
    for block in blocks:
        last = joined[-1] if joined else None
        if isinstance(block, Code) and isinstance(last, Code):
            joined[-1] = Code(lines=(*last.lines, "", *block.lines))
        else:
            joined.append(block)
    return tuple(joined)
