"""The message catalogues: `python -m tests.translations` collects and compiles them, with `--check` it only looks.

A message is the literal first argument of `msg("…")`, `Message("…")`, `_("…")`, `gettext("…")` or `N_("…")`, and its
`plural`; the same calls in Jinja templates; every string in a value that stands under the comment `#: messages`; and the
paragraphs of the pages of the checks. `msg(…)` of anything but a literal is an error, unless `# messages: NAME` behind it
says which table its texts are from. What a catalogue has and the code no longer says is kept as obsolete.
"""

import argparse
import ast
import io
import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGE: Final = ROOT / "segaudit"
CATALOGUE: Final = PACKAGE / "locale" / "ja" / "LC_MESSAGES" / "segaudit.po"
COMPILED: Final = CATALOGUE.with_suffix(".mo")

#: Calls whose first argument is a message.
CALLS: Final = frozenset({"msg", "Message", "_", "gettext", "ngettext", "N_"})
#: Those of them that must be given a literal; the others are also how a reporter looks a message up.
LITERAL_ONLY: Final = frozenset({"msg", "Message"})
#: Where these calls are defined.
DEFINITIONS: Final = frozenset({"segaudit/model/message.py"})
#: A comment on the line above an assignment: all strings in its value are messages.
TABLE: Final = re.compile(r"^\s*#: messages\b")

#: A comment behind a call: its texts are from a table that is collected.
FROM_TABLE: Final = re.compile(r"#\s*messages:\s*\w")

#: Fixed, so that the same messages make the same bytes whatever day and tool version it is.
HEADER: Final = {
    "Project-Id-Version": "segaudit",
    "Language": "ja",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A message of the code, and where it is first said."""

    template: str
    plural: str | None
    path: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A call whose message cannot be collected, because it is not written where it is said."""

    path: str
    line: int
    call: str


def collect() -> tuple[tuple[Found, ...], tuple[Hidden, ...]]:
    """All messages of the package, each template once, sorted; and the calls that hide theirs."""
    everything: list[Found | Hidden] = []
    for path in sorted(PACKAGE.rglob("*.py")):
        shown = path.relative_to(ROOT).as_posix()
        if shown not in DEFINITIONS:
            everything += read_module(path.read_text(encoding="utf-8"), shown)
    for path in sorted([*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.j2")]):
        everything += _read_template(path)
    found: dict[str, Found] = {}
    for one in everything:
        if isinstance(one, Found):
            known = found.get(one.template)
            if known is None or (known.plural is None and one.plural is not None):
                found[one.template] = one
    hidden = tuple(one for one in everything if isinstance(one, Hidden))
    return tuple(found[template] for template in sorted(found)), hidden


def read_module(source: str, path: str) -> list[Found | Hidden]:
    """The messages of one module, in the order of its syntax tree."""
    tree = ast.parse(source)
    lines = source.splitlines()
    result: list[Found | Hidden] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            result += _read_call(node, path, lines)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            above = lines[node.lineno - 2] if node.lineno >= 2 else ""
            if TABLE.match(above):
                result += _read_table(node.value, path)
    if path.startswith("segaudit/checks/") and not path.endswith("__init__.py"):
        result += [
            Found(template=text, plural=None, path=path, line=1) for text in paragraphs(ast.get_docstring(tree) or "")
        ]
    return result


def paragraphs(page: str) -> list[str]:
    """The paragraphs of a check's page that are prose, each on one line: no headings, rules, examples or references."""
    prose: list[str] = []
    section = ""
    for block in re.split(r"\n\s*\n", page):
        lines = block.strip("\n").splitlines()
        while lines and re.fullmatch(
            r"\s*(?:#+\s*)?(What it finds|Why it matters|Example|How to fix|References)\s*:?\s*", lines[0]
        ):
            section = lines.pop(0).strip(" #:")
            if lines and re.fullmatch(r"\s*[-=~]{3,}\s*", lines[0]):
                lines.pop(0)
        text = [line for line in lines if line.strip()]
        if not text or section in {"Example", "References"} or text[0].startswith(("    ", "```")):
            continue
        prose.append(" ".join(line.strip() for line in text))
    return prose


def _read_call(call: ast.Call, path: str, lines: list[str]) -> Iterator[Found | Hidden]:
    name = (
        call.func.id
        if isinstance(call.func, ast.Name)
        else call.func.attr
        if isinstance(call.func, ast.Attribute)
        else ""
    )
    if name not in CALLS:
        return
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    said = call.args[0] if call.args else keywords.get("template")
    if said is None:
        return
    plural_node = keywords.get("plural") or (call.args[1] if name == "ngettext" and len(call.args) > 1 else None)
    plural = _literals(plural_node)[0] if plural_node is not None and _literals(plural_node) else None
    templates = _literals(said)
    if templates:
        yield from (Found(template=text, plural=plural, path=path, line=call.lineno) for text in templates)
    elif name in LITERAL_ONLY and not any(map(FROM_TABLE.search, lines[call.lineno - 1 : call.end_lineno])):
        yield Hidden(path=path, line=call.lineno, call=ast.unparse(call)[:100])


def _literals(node: ast.expr) -> list[str]:
    """The strings that an expression can be; empty where one of its outcomes is not written here."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=body, orelse=orelse):
            both = _literals(body), _literals(orelse)
            return both[0] + both[1] if all(both) else []
        case _:
            return []


def _read_table(value: ast.expr, path: str) -> Iterator[Found]:
    """The strings of a table; of a dictionary, those of its values."""
    if isinstance(value, ast.Dict):
        for inner in value.values:
            yield from _read_table(inner, path)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield Found(template=value.value, plural=None, path=path, line=value.lineno)
    else:
        for child in ast.iter_child_nodes(value):
            if isinstance(child, ast.expr):
                yield from _read_table(child, path)


def _read_template(path: Path) -> Iterator[Found]:
    shown = path.relative_to(ROOT).as_posix()
    with path.open("rb") as file:
        for line, said, _comments, _context in extract("jinja2.ext:babel_extract", file, options={"encoding": "utf-8"}):
            texts = said if isinstance(said, tuple) else (said,)
            yield Found(template=texts[0], plural=texts[1] if len(texts) > 1 else None, path=shown, line=line)


# ---------------------------------------------------------------------------------------------------------------------


def load() -> Catalog:
    """The Japanese catalogue; an empty one where there is none yet."""
    if not CATALOGUE.exists():
        return Catalog(locale="ja", domain="segaudit")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="ja", domain="segaudit", abort_invalid=True)


def translations(catalogue: Catalog) -> dict[str, str]:
    """The Japanese of each message that has some; what is marked as fuzzy has none."""
    return {_key(entry): _text(entry) for entry in catalogue if entry.id and _text(entry) and not entry.fuzzy}


def _key(entry: Message) -> str:
    return entry.id[0] if isinstance(entry.id, list | tuple) else entry.id


def _text(entry: Message) -> str:
    said = entry.string
    return (said[0] if said else "") if isinstance(said, list | tuple) else said or ""


def merged(found: tuple[Found, ...], old: Catalog) -> Catalog:
    """The messages of the code with the translations that there are; the rest of the old ones as obsolete."""
    japanese = {_key(entry): entry for entry in [*old, *old.obsolete.values()] if entry.id}
    new = Catalog(locale="ja", domain="segaudit", fuzzy=False)
    for one in found:
        known = japanese.pop(one.template, None)
        said = _text(known) if known is not None else ""
        new.add(
            (one.template, one.plural) if one.plural is not None else one.template,
            (said,) if one.plural is not None else said,
            locations=[(one.path, 0)],
            flags=["fuzzy"] if known is not None and known.fuzzy else [],
            user_comments=known.user_comments if known is not None else (),
        )
    for key, entry in japanese.items():
        if _text(entry):
            new.obsolete[key] = Message(entry.id, entry.string)
    return new


def as_po(catalogue: Catalog) -> bytes:
    """The catalogue as people edit it: sorted, with files but without line numbers, without dates."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=120, sort_output=True, include_lineno=False, omit_header=True)
    header = 'msgid ""\nmsgstr ""\n' + "".join(f'"{name}: {value}\\n"\n' for name, value in HEADER.items())
    return header.encode() + b"\n" + buffer.getvalue().lstrip(b"\n")


def as_mo(catalogue: Catalog) -> bytes:
    """The catalogue as gettext reads it (GNU gettext manual, "The Format of GNU MO Files"), without dates."""
    texts = {"": "".join(f"{name}: {value}\n" for name, value in HEADER.items())}
    for entry in catalogue:
        if entry.id and _text(entry) and not entry.fuzzy:
            key = "\0".join(entry.id) if isinstance(entry.id, list | tuple) else entry.id
            texts[key] = _text(entry)
    pairs = sorted((key.encode(), text.encode()) for key, text in texts.items())
    count = len(pairs)
    place = 7 * 4 + 16 * count
    tables: list[bytes] = []
    strings = b""
    for side in (0, 1):
        for pair in pairs:
            tables.append(struct.pack("<II", len(pair[side]), place + len(strings)))
            strings += pair[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 28 + 16 * count)
    return head + b"".join(tables) + strings


def fields(template: str) -> frozenset[str]:
    """The names of the parameters in a template."""
    return frozenset(re.findall(r"\{(\w+)\}", template))


def problems() -> list[str]:
    """What keeps the catalogue from being complete and true, one sentence each; empty when all is well."""
    found, hidden = collect()
    catalogue = load()
    japanese = translations(catalogue)
    wrong = [f"{one.path}:{one.line}: the message is not written here: {one.call}" for one in hidden]
    for one in found:
        said = japanese.get(one.template)
        if said is None:
            wrong.append(f"{one.path}:{one.line}: no Japanese for {one.template!r}")
        elif fields(said) != fields(one.plural or one.template):
            wrong.append(f"{one.path}:{one.line}: the Japanese has other parameters than {one.template!r}")
    compiled = COMPILED.read_bytes() if COMPILED.exists() else b""
    if CATALOGUE.exists() and compiled != as_mo(catalogue):
        wrong.append(f"{COMPILED.relative_to(ROOT).as_posix()} is not the compiled catalogue: run `make translations`")
    return wrong


def main(arguments: list[str] | None = None) -> int:
    """Collect and compile, or with `--check` only say what is missing; 1 if something is."""
    parser = argparse.ArgumentParser(prog="python -m tests.translations", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; say what is missing")
    if not parser.parse_args(arguments).check:
        catalogue = merged(collect()[0], load())
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        CATALOGUE.write_bytes(as_po(catalogue))
        COMPILED.write_bytes(as_mo(load()))
    wrong = problems()
    for one in wrong:
        print(one, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
