"""Reading the part of a shell that firewall scripts are written in.

Scripts are lists of iptables commands with some variables, loops over literal words, and conditions. Variables that are
assigned literal text are put in, loops over literal words are unrolled; a command under a condition is kept with that
condition. A value that only the running shell knows stays in the word as ``$NAME``: the rule is then undecided there.
Nothing is executed. POSIX shell, IEEE Std 1003.1 chapter 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

#: A loop that comes to more rounds than this is kept as one undecided round.
MOST_ROUNDS: Final = 256


@dataclass(frozen=True, slots=True)
class Command:
    """A simple command: its words, the lines it stands on, and the condition it hangs on (empty: none).

    ``stops``: it stands in a function or branch that takes the rules down again (``stop``).
    """

    words: tuple[str, ...]
    first_line: int
    last_line: int
    condition: str = ""
    stops: bool = False


class _Condition(NamedTuple):
    """What an open block hangs on. ``runs``: it is taken as run (a function, the branch ``start``)."""

    text: str
    runs: bool = False
    stops: bool = False


class _Logical(NamedTuple):
    """A line with its continuations."""

    text: str
    first_line: int
    last_line: int


def _logical(lines: Iterable[tuple[int, str]]) -> Iterator[_Logical]:
    text, first = "", 0
    last = 0
    for number, line in lines:
        if not text:
            first = number
        last = number
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            text += line[:-1] + " "
            continue
        yield _Logical(text + line, first, last)
        text = ""
    if text:
        yield _Logical(text, first, last)


def split_commands(text: str) -> list[list[str]]:
    """The simple commands of a line as raw words, quotes kept; comments and redirections are left out.

    A pipe, ``;``, ``&&``, ``||`` and ``&`` end a command, as do parentheses.
    """
    commands: list[list[str]] = [[]]
    word = ""
    open_word = False
    place = 0
    count = len(text)

    def close() -> None:
        nonlocal word, open_word
        if open_word:
            commands[-1].append(word)
        word, open_word = "", False

    while place < count:
        char = text[place]
        if char in "\"'":
            end = _quote_end(text, place)
            word += text[place:end]
            open_word = True
            place = end
            continue
        if char == "\\" and place + 1 < count:
            word += text[place : place + 2]
            open_word = True
            place += 2
            continue
        if char == "$" and text[place + 1 : place + 2] in ("(", "{"):
            end = _bracket_end(text, place + 1)
            word += text[place:end]
            open_word = True
            place = end
            continue
        if char == "`":
            end = text.find("`", place + 1) + 1 or count
            word += text[place:end]
            open_word = True
            place = end
            continue
        if char.isspace():
            close()
        elif char == "#" and not open_word:
            break
        elif char in "<>":
            # A redirection: the digit before it and the word behind it are no words of the command.
            if word.isdigit() or word == "&":
                word, open_word = "", False
            close()
            place = _redirection_end(text, place)
            continue
        elif char in ";|&()":
            if char == "(" and open_word and text[place : place + 2] == "()":
                word += "()"
                place += 2
                continue
            close()
            commands.append([])
        else:
            word += char
            open_word = True
        place += 1
    close()
    return [command for command in commands if command]


def _quote_end(text: str, start: int) -> int:
    quote = text[start]
    place = start + 1
    while place < len(text):
        if text[place] == "\\" and quote == '"':
            place += 2
            continue
        if text[place] == quote:
            return place + 1
        place += 1
    return len(text)


def _bracket_end(text: str, start: int) -> int:
    opening, closing = text[start], {"(": ")", "{": "}"}[text[start]]
    depth = 0
    for place in range(start, len(text)):
        if text[place] == opening:
            depth += 1
        elif text[place] == closing:
            depth -= 1
            if depth == 0:
                return place + 1
    return len(text)


def _redirection_end(text: str, place: int) -> int:
    while place < len(text) and text[place] in "<>&|-":
        place += 1
    while place < len(text) and text[place] == " ":
        place += 1
    while place < len(text) and not text[place].isspace() and text[place] not in ";|&()":
        place = _quote_end(text, place) if text[place] in "\"'" else place + 1
    return place


def expand(word: str, variables: Mapping[str, str]) -> list[str]:
    """The words that ``word`` comes to: quotes removed, known variables put in (and split where they are not quoted)."""
    done: list[str] = []
    now = ""
    some = False
    place = 0
    count = len(word)
    quote = ""
    while place < count:
        char = word[place]
        if quote == "'":
            if char == "'":
                quote = ""
            else:
                now += char
            place += 1
        elif char in "\"'" and (not quote or char == quote):
            quote = "" if quote else char
            some = True
            place += 1
        elif char == "\\" and place + 1 < count:
            now += word[place + 1]
            some = True
            place += 2
        elif char == "$":
            name, end = _variable(word, place)
            value = variables.get(name) if name else None
            if value is None:
                now += word[place:end]
                some = True
            elif quote:
                now += value
                some = True
            else:
                parts = value.split()
                if parts:
                    if value[0].isspace() and now:
                        done.append(now)
                        now = ""
                    now += parts[0]
                    some = True
                    for part in parts[1:]:
                        done.append(now)
                        now = part
            place = end
        else:
            now += char
            some = True
            place += 1
    if some:
        done.append(now)
    return done


def _variable(word: str, place: int) -> tuple[str, int]:
    """The name of the variable at ``place`` (empty where it is no plain one) and where its spelling ends."""
    if word[place + 1 : place + 2] == "(":
        return "", _bracket_end(word, place + 1)
    if word[place + 1 : place + 2] == "{":
        end = _bracket_end(word, place + 1)
        inside = word[place + 2 : end - 1]
        # ${NAME:-default}: the name alone; where it is not assigned, its value is not known here.
        name = inside.partition(":")[0]
        return (name if name.isidentifier() else ""), end
    end = place + 1
    if end < len(word) and word[end] in "@*#?!$0123456789-":
        return "", end + 1
    while end < len(word) and (word[end].isalnum() or word[end] == "_"):
        end += 1
    return word[place + 1 : end], end


class _Loop(NamedTuple):
    name: str
    values: tuple[str, ...]
    body: list[_Raw]
    depth: int


class _Raw(NamedTuple):
    words: list[str]
    first_line: int
    last_line: int


#: A here-document and the line that ends it (not ``<<<``, which is a word).
_HERE: Final = re.compile(r"(?<!<)<<-?\s*[\"']?(\w+)[\"']?")
_OPENERS: Final = frozenset({"if", "while", "until", "case", "{", "select"})
_CLOSERS: Final = frozenset({"fi", "done", "esac", "}"})
_PREFIXES: Final = frozenset({"then", "else", "do", "!", "sudo", "command", "exec", "nohup", "env", "builtin"})
#: Functions and branches that set the rules, and those that take them down.
_STARTS: Final = frozenset({"start", "restart", "reload", "up", "on", "enable", "load", "apply", "init"})
_STOPS: Final = frozenset(
    {"stop", "down", "off", "disable", "unload", "flush", "clear", "reset", "status", "panic", "usage", "help"}
)
_DECLARE: Final = frozenset({"export", "local", "readonly", "declare", "typeset"})


class Shell:
    """Reads lines in the order of the script; variables and open conditions live on from one call to the next."""

    def __init__(self) -> None:
        self._variables: dict[str, str] = {}
        self._conditions: list[_Condition] = []
        self._loop: _Loop | None = None
        self._function = ""
        #: The line that ends the text which the last command is given (a here-document); empty outside of one.
        self._text_until = ""
        #: Functions that the script defines.
        self.functions: set[str] = set()
        #: Lines that only steer the shell, with what they are: loops, conditions, assignments.
        self.steering: dict[int, str] = {}

    def read(self, lines: Iterable[tuple[int, str]]) -> Iterator[Command]:
        """The simple commands of numbered ``lines``."""
        for logical in _logical(lines):
            if self._text_until:
                ends = logical.text.strip() == self._text_until
                self._note(logical.first_line, logical.last_line, "end of a text" if ends else "text for a command")
                self._text_until = "" if ends else self._text_until
                continue
            commands = split_commands(logical.text)
            if not commands:
                comment = logical.text.lstrip().startswith("#")
                self._note(logical.first_line, logical.last_line, "comment" if comment else "shell punctuation")
            for words in commands:
                yield from self._run(_Raw(words, logical.first_line, logical.last_line))
            here = _HERE.search(logical.text)
            if here is not None:
                self._text_until = here.group(1)

    def _note(self, first_line: int, last_line: int, what: str) -> None:
        for line in range(first_line, last_line + 1):
            self.steering.setdefault(line, what)

    def _steers(self, raw: _Raw, what: str) -> None:
        self._note(raw.first_line, raw.last_line, what)

    def _run(self, raw: _Raw) -> Iterator[Command]:
        words = raw.words
        if self._loop is not None:
            yield from self._gather(raw, self._loop)
            return
        while words and words[0] in _PREFIXES:
            self._steers(raw, "shell keyword")
            if words[0] == "else" and self._conditions:
                self._conditions[-1] = _Condition(f"not {self._conditions[-1].text}")
            words = words[1:]
        if not words:
            return
        first = words[0]
        if first == "for" and len(words) > 2 and words[2] == "in":
            self._steers(raw, "shell loop")
            values = tuple(value for word in words[3:] for value in expand(word, self._variables))
            self._loop = _Loop(words[1], values, [], 1)
        elif first == "{" and self._function:
            self._steers(raw, "shell function")
            stops = self._function in _STOPS
            self._conditions.append(_Condition(f"in function {self._function}", runs=True, stops=stops))
            self._function = ""
        elif first in _OPENERS or first == "for":
            self._steers(raw, "shell condition")
            self._conditions.append(_Condition(" ".join(words), runs=first == "{"))
            if first == "case" and len(words) > 3:
                self._conditions[-1] = _Condition(" ".join(words[:3]))
                self._branch(words[3])
            if first in ("if", "while", "until", "{") and len(words) > 1:
                yield from self._run(_Raw(words[1:], raw.first_line, raw.last_line))
        elif first == "elif":
            self._steers(raw, "shell condition")
            if self._conditions:
                self._conditions[-1] = _Condition(" ".join(words))
        elif first in _CLOSERS:
            self._steers(raw, "shell keyword")
            if self._conditions:
                self._conditions.pop()
        elif first == "function" or first.endswith("()") or (len(words) > 1 and words[1] == "()"):
            self._steers(raw, "shell function")
            name = (words[1] if first == "function" else first).removesuffix("()")
            self.functions.add(name)
            if "{" in words:
                self._conditions.append(_Condition(f"in function {name}", runs=True, stops=name in _STOPS))
            else:
                self._function = name
            rest = words[words.index("{") + 1 :] if "{" in words else []
            if rest:
                yield from self._run(_Raw(rest, raw.first_line, raw.last_line))
        elif first in _DECLARE or _assigns(first):
            yield from self._assign(raw, words[1:] if first in _DECLARE else words)
        elif len(words) == 1 and self._conditions and self._conditions[-1].text.startswith("case "):
            # A word alone inside `case`: the pattern of a branch.
            self._steers(raw, "shell condition")
            self._branch(first)
        else:
            expanded = tuple(value for word in words for value in expand(word, self._variables))
            if expanded:
                yield Command(
                    expanded,
                    raw.first_line,
                    raw.last_line,
                    condition=next((c.text for c in reversed(self._conditions) if not c.runs), ""),
                    stops=any(c.stops for c in self._conditions),
                )

    def _branch(self, pattern: str) -> None:
        """A branch of the innermost `case` begins."""
        subject = self._conditions[-1].text.partition(": ")[0]
        label = pattern.strip("\"'")
        self._conditions[-1] = _Condition(f"{subject}: {label}", runs=label in _STARTS, stops=label in _STOPS)

    def _assign(self, raw: _Raw, words: list[str]) -> Iterator[Command]:
        place = 0
        while place < len(words) and _assigns(words[place]):
            name, _, value = words[place].partition("=")
            values = expand(f'"{value}"' if value[:1] not in "\"'" else value, self._variables)
            text = values[0] if values else ""
            if "$" in text or "`" in text or any(not c.runs for c in self._conditions):
                # Set by what the shell finds when it runs, or under a condition: not known here.
                self._variables.pop(name, None)
            else:
                self._variables[name] = text
            place += 1
        if place == len(words) or place == 0:
            self._steers(raw, "shell variable")
            return
        yield from self._run(_Raw(words[place:], raw.first_line, raw.last_line))

    def _gather(self, raw: _Raw, loop: _Loop) -> Iterator[Command]:
        """Collects the body of a loop, and runs it for each value at its end."""
        words = raw.words[1:] if raw.words[0] == "do" else raw.words
        depth = loop.depth
        if words and words[0] in ("for", "while", "until", "select"):
            depth += 1
        elif words and words[0] == "done":
            depth -= 1
        if depth == 0:
            self._steers(raw, "shell loop")
            self._loop = None
            yield from self._rounds(loop)
            return
        self._steers(raw, "shell loop") if not words else loop.body.append(raw._replace(words=words))
        self._loop = loop._replace(depth=depth)

    def _rounds(self, loop: _Loop) -> Iterator[Command]:
        before = self._variables.get(loop.name)
        known = all("$" not in value and "`" not in value for value in loop.values)
        if known and len(loop.values) <= MOST_ROUNDS:
            for value in loop.values:
                self._variables[loop.name] = value
                for raw in loop.body:
                    yield from self._run(raw)
        else:
            self._variables.pop(loop.name, None)
            self._conditions.append(_Condition(f"for {loop.name}"))
            for raw in loop.body:
                yield from self._run(raw)
            self._conditions.pop()
        if before is None:
            self._variables.pop(loop.name, None)
        else:
            self._variables[loop.name] = before


def _assigns(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return bool(equals) and name.isidentifier()
