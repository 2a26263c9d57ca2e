"""Habits that a reader of this code may rely on; each rule is shown to bite before it is asked of the tree."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, ROOT, TESTS, dotted, modules, parsed, shown

BENCHMARKS = ROOT / "benchmarks"

# ---------------------------------------------------------------------------------------------------------------------
# Below the pipeline there is no disk, clock, network or chance: the same inputs give the same bytes.

#: Rooms that may: `pipeline` reads and writes the user's files, `cli` is the terminal, `knowledge` reads package data.
MAY_TOUCH_THE_WORLD = frozenset({"cli", "pipeline", "pipeline.py", "__main__.py", "knowledge", "knowledge.py"})

WORLDLY_IMPORTS = frozenset(
    {
        "random",
        "secrets",
        "uuid",
        "socket",
        "ssl",
        "http",
        "urllib.request",
        "requests",
        "subprocess",
        "tempfile",
        "time",
    }
)
WORLDLY_CALLS = re.compile(
    r"^(open|input|os\.(environ|getenv|listdir|walk|scandir|urandom|getcwd)\b.*"
    r"|(datetime\.)?(datetime|date)\.(now|today|utcnow)|io\.open|locale\.getlocale)$"
)
WORLDLY_METHODS = frozenset(
    {"read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "glob", "rglob", "mkdir"}
)


def worldly(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of everything that reaches out of the values that a stage was given."""
    for node in ast.walk(module):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names if alias.name in WORLDLY_IMPORTS)
            case ast.ImportFrom(module=str(name)) if name in WORLDLY_IMPORTS:
                yield node.lineno, name
            case ast.Attribute() if WORLDLY_CALLS.match(dotted(node)):
                yield node.lineno, dotted(node)
            case ast.Call(func=ast.Name(id=name)) if WORLDLY_CALLS.match(name):
                yield node.lineno, f"{name}()"
            case ast.Call(func=ast.Attribute(attr=name)) if name in WORLDLY_METHODS:
                yield node.lineno, f".{name}()"
            case _:
                pass


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "from random import choice",
        "from datetime import date\ntoday = date.today()",
        "import datetime\nnow = datetime.datetime.now()",
        "import os\nhome = os.environ['HOME']",
        "text = open('a').read()",
        "from pathlib import Path\ntext = Path('a').read_text()",
    ],
)
def test_reaching_out_is_seen(source: str) -> None:
    assert list(worldly(ast.parse(source)))


def test_what_only_looks_like_it_is_not() -> None:
    quiet = "from datetime import date\ndef f(today: date) -> int:\n    return today.year\nopened = [].count(1)"
    assert not list(worldly(ast.parse(quiet)))


def test_below_the_pipeline_nothing_reaches_out() -> None:
    reached = [
        f"{shown(path)}:{line}: {what}"
        for path in modules(PACKAGE)
        if path.relative_to(PACKAGE).parts[0] not in MAY_TOUCH_THE_WORLD
        for line, what in worldly(parsed(path))
    ]
    assert not reached, "take it as an argument; only the pipeline, the cli and the knowledge reach out"


# ---------------------------------------------------------------------------------------------------------------------
# An error is handled where something can be done about it, and never swallowed.

BROAD = frozenset({"", "Exception", "BaseException"})


def swallowed(module: ast.Module) -> Iterator[int]:
    """Lines where every error is caught and nothing is done with it."""
    for node in ast.walk(module):
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type) and not any(map(_does_something, node.body)):
            yield node.lineno
        if isinstance(node, ast.Call) and dotted(node.func) in {"suppress", "contextlib.suppress"}:
            yield from (node.lineno for argument in node.args if _is_broad(argument))


def _is_broad(caught: ast.expr | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(map(_is_broad, caught.elts))
    return caught is None or dotted(caught) in BROAD - {""}


def _does_something(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Return):
        return not (statement.value is None or isinstance(statement.value, ast.Constant))
    is_constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return not (is_constant or isinstance(statement, ast.Pass | ast.Continue | ast.Break))


@pytest.mark.parametrize(
    "body",
    [
        "except Exception:\n    pass",
        "except:\n    pass",
        "except (ValueError, Exception):\n    return None",
        "except BaseException:\n    ...",
    ],
)
def test_a_swallowed_error_is_seen(body: str) -> None:
    function = "def f():\n    try:\n        g()\n" + "\n".join("    " + line for line in body.splitlines())
    assert list(swallowed(ast.parse(function)))


def test_a_handled_error_is_none() -> None:
    handled = "try:\n    g()\nexcept ValueError:\n    pass\nexcept Exception as error:\n    tell(error)"
    assert not list(swallowed(ast.parse(handled)))


def test_no_error_is_swallowed() -> None:
    found = [f"{shown(path)}:{line}" for path in everything() for line in swallowed(parsed(path))]
    assert not found


# ---------------------------------------------------------------------------------------------------------------------
# What is not done is not in the tree; what silences a tool says why.

# Put together so that this file is not its own finding.
UNDONE = re.compile(r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK"]) + r")\b")
SILENCED = re.compile(r"#\s*(?:type:\s*ignore|noqa|pragma: no cover)")
WITH_REASON = re.compile(
    r"#\s*type:\s*ignore\[[\w, -]+\]\s*#\s*\S"  # `type: ignore[code]  # why`
    r"|#\s*noqa:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*\s+(?:#\s*)?\S"  # `noqa: X123  why`
    r"|#\s*pragma: no cover\s*[#:-]+\s*\S"
)


def everything() -> tuple[Path, ...]:
    return modules(PACKAGE, TESTS, *([BENCHMARKS] if BENCHMARKS.is_dir() else []))


def lines() -> Iterator[tuple[Path, int, str]]:
    for path in everything():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            yield path, number, line


def test_nothing_is_left_for_later() -> None:
    left = [f"{shown(path)}:{number}" for path, number, line in lines() if UNDONE.search(line)]
    assert not left, "an issue remembers, a comment does not"


def test_what_silences_a_tool_says_why() -> None:
    assert WITH_REASON.search("x = f()  # type: ignore[no-untyped-call]  # the library has no annotations")
    assert WITH_REASON.search("x = f()  # noqa: S310 the URL is a constant")
    assert not WITH_REASON.search("x = f()  # noqa: S310")
    own = Path(__file__).resolve()
    silent: list[str] = []
    above = ""
    for path, number, line in lines():
        explained = WITH_REASON.search(line) or above.lstrip().startswith("#")
        if path != own and SILENCED.search(line) and not explained:
            silent.append(f"{shown(path)}:{number}")
        above = line
    assert not silent, "say why behind it, or in a comment on the line above"
