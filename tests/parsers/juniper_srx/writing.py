"""A configuration in braces as `set` commands, for tests that hold one form against the other."""

import re
from typing import Final

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{};]|[^\s{};]+')


def as_set(text: str) -> str:
    """The commands that say what ``text`` says: one for each value of a list; ``deactivate`` where it is inactive."""
    plain = re.sub(r"(?m)##? .*$|/\*.*?\*/", "", text)
    path: list[list[str]] = []
    words: list[str] = []
    lines: list[str] = []
    later: list[str] = []

    def named() -> list[str]:
        if words and words[0] == "inactive:":
            del words[0]
            later.append(" ".join(["deactivate", *(word for level in path for word in level), *words]))
        return list(words)

    for token in _TOKEN.findall(plain):
        if token == "{":
            path.append(named())
            words.clear()
        elif token == ";":
            lines.extend(_commands([word for level in path for word in level], named()))
            words.clear()
        elif token == "}":
            path.pop()
        else:
            words.append(token)
    return "\n".join([*lines, *later]) + "\n"


def _commands(above: list[str], words: list[str]) -> list[str]:
    if "[" not in words:
        return [" ".join(["set", *above, *words])]
    start, end = words.index("["), words.index("]")
    return [" ".join(["set", *above, *words[:start], value]) for value in words[start + 1 : end]]
