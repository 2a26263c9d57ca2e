"""XML by the standard library's expat, element by element, with line numbers; declarations of types and entities are refused.

No tree is built here: formats differ in what they keep of an element, and files are large. What is wrong with a text
ends the reading; what stands before it has been told by then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.parsers import expat

#: Deepest nesting that is read; configurations stay below 40.
DEEPEST = 400
_CHUNK_LINES = 20_000


@dataclass(frozen=True, slots=True)
class XmlProblem:
    """Why a text is no XML from the 1-based ``line`` on."""

    line: int
    what: str


class _RefusedError(Exception):
    """The text holds something that is not read."""


def read_elements(
    lines: Sequence[str],
    opened: Callable[[str, dict[str, str], int], None],
    closed: Callable[[str, str, int], None],
) -> XmlProblem | None:
    """Tell of every element of ``lines``: ``opened`` with name, attributes and line; ``closed`` with name, text, line.

    The text is what stands between the tags of an element without children, and empty for any other. Prefixes stay in
    the names. The problem that ended the reading is returned, or ``None``: then every element was closed.
    """
    # An XML declaration must be the first thing in a text; blank lines before it do no harm.
    first = next((place for place, line in enumerate(lines) if line.strip()), 0)
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    text: list[str] = []
    collect = text.append
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            message = f"elements nested more than {DEEPEST} deep"
            raise _RefusedError(message)
        if text:
            text.clear()
        parser.CharacterDataHandler = collect
        opened(name, attributes, parser.CurrentLineNumber + first)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        # Text behind a child is white space; without a handler expat does not even make a string of it.
        parser.CharacterDataHandler = None
        if text:
            said = text[0] if len(text) == 1 else "".join(text)
            text.clear()
            closed(name, said, parser.CurrentLineNumber + first)
        else:
            closed(name, "", parser.CurrentLineNumber + first)

    def refuse(*_: object) -> None:
        message = "a document type declaration"
        raise _RefusedError(message)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        for begin in range(first, len(lines), _CHUNK_LINES):
            chunk = "\n".join(lines[begin : begin + _CHUNK_LINES]) + "\n"
            parser.Parse((chunk.lstrip() if begin == first else chunk).encode("utf-8", "replace"), False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        return XmlProblem(error.lineno + first, expat.ErrorString(error.code))
    except _RefusedError as error:
        return XmlProblem(parser.CurrentLineNumber + first, str(error))
    return None
