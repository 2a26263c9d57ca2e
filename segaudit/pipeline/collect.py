"""Which files a run reads: arguments, folders, archives and standard input, and what in them is no input."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from segaudit.model import Failure, Ignored, Message, msg
from segaudit.pipeline.archive import ArchiveError, Limits, is_archive, members
from segaudit.syntax.decode import is_text

#: What standard input is called in every output.
STDIN: Final = "stdin"

#: Read as archives when they are met in a folder; an argument is asked by its content.
_ARCHIVES: Final = (".zip", ".tar", ".tar.gz", ".tgz", ".gz")
#: Files beside configurations that are something else to segaudit; looked for by these names only.
SITE_NAMES: Final = ("site.yaml", "site.yml")
WAIVER_NAMES: Final = ("waivers.yaml", "waivers.yml")
_MARKDOWN: Final = (".md", ".markdown")
#: Enough to see that a large file in a folder is a picture or a program.
_HEAD: Final = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What to read. ``paths`` as given (``-`` is standard input); globs are asked of paths and of bare names.

    Where ``include`` is not empty, only files that match are read from folders and archives, whatever they look like;
    ``exclude`` wins over everything. ``formats`` are (glob, parser name) pairs, the first that matches counts.
    """

    paths: tuple[str, ...]
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    formats: tuple[tuple[str, str], ...] = ()
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFile:
    """Bytes of a file that may be a configuration.

    ``path`` is relative to the input root. ``wanted``: it was named or matched by ``include``, so it has to be one.
    """

    path: str
    data: bytes
    wanted: bool

    @property
    def sha256(self) -> str:
        """Of the bytes as read."""
        return hashlib.sha256(self.data).hexdigest()


#: What is met on the way: something to read, something that is no input, something that failed.
Found = RawFile | Ignored | Failure


def input_root(paths: tuple[str, ...]) -> Path:
    """The folder that all shown paths are relative to: the one folder given, else the closest that holds all."""
    absolute = [_absolute(path) for path in paths if path != "-"]
    if not absolute:
        return Path.cwd()
    folders = [path if path.is_dir() else path.parent for path in absolute]
    try:
        # Of several folders the names stay in the paths.
        return Path(os.path.commonpath(folders if len(absolute) == 1 else [path.parent for path in absolute]))
    except ValueError:  # on several drives
        return folders[0]


def _absolute(path: str) -> Path:
    # Not `resolve`: a link keeps the name by which it was given.
    return Path(os.path.normpath(Path(path).absolute()))


def matches(path: str, globs: tuple[str, ...]) -> bool:
    """Whether the path, or the bare name at its end, matches one of the patterns; ``*`` stands for slashes too."""
    name = path.rpartition("/")[2]
    return any(fnmatchcase(path, glob) or fnmatchcase(name, glob) for glob in globs)


def collect(selection: Selection) -> Iterator[tuple[int, Found]]:
    """Everything under the paths, each file once, folders in the order of names; with the place of the argument."""
    walk = _Walk(selection)
    for place, path in enumerate(selection.paths):
        yield from ((place, found) for found in walk.argument(path))


def distinct(paths: tuple[str, ...]) -> tuple[str, ...]:
    """The paths without those that others hold: the same again, and folders inside of folders."""
    kept: list[str] = []
    seen: list[Path] = []
    for path in sorted(paths, key=len):
        real = Path(os.path.realpath(path))
        if path == "-":
            kept += [path] if path not in kept else []
        elif real not in seen and not (real.is_dir() and any(other in real.parents for other in seen)):
            kept.append(path)
            seen.append(real)
    return tuple(path for path in dict.fromkeys(paths) if path in kept)


class _Walk:
    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._root = input_root(selection.paths)
        self._folders: set[str] = set()
        self._files: set[str] = set()
        self._shown: set[str] = set()
        # A file that is an argument itself is read as such, not as one among others of its folder.
        self._named = {os.path.realpath(path) for path in selection.paths if path != "-"}

    def argument(self, path: str) -> Iterator[Found]:
        if path == "-":
            data = sys.stdin.buffer.read(self._selection.limits.file_bytes + 1)
            yield from self._content(STDIN, data, wanted=True)
            return
        shown = self._show(_absolute(path))
        try:
            mode = Path(path).stat().st_mode
        except OSError as error:
            yield Failure(path=path, line=None, problem=_cannot_read(error))
            return
        if stat.S_ISDIR(mode):
            yield from self._folder(_absolute(path))
        elif matches(shown, self._selection.exclude):
            yield Ignored(path=shown, reason=_EXCLUDED)
        else:
            yield from self._file(_absolute(path), shown, wanted=True)

    def _show(self, path: Path) -> str:
        try:
            return path.relative_to(self._root).as_posix()
        except ValueError:
            return path.name

    def _folder(self, folder: Path) -> Iterator[Found]:
        real = os.path.realpath(folder)
        shown = self._show(folder)
        if real in self._folders:
            yield Ignored(path=f"{shown}/", reason=msg("a link to a folder that is read already"))
            return
        self._folders.add(real)
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield Failure(path=f"{shown}/", line=None, problem=_cannot_read(error))
            return
        for entry in entries:
            yield from self._entry(folder / entry.name)

    def _entry(self, path: Path) -> Iterator[Found]:
        shown, selection = self._show(path), self._selection
        try:
            mode = path.stat().st_mode
        except OSError as error:
            if not path.name.startswith(".") and not matches(shown, selection.exclude):
                yield Failure(path=shown, line=None, problem=_cannot_read(error))
            return
        if stat.S_ISDIR(mode):
            if path.name.startswith("."):
                yield Ignored(path=f"{shown}/", reason=_HIDDEN)
            elif matches(shown, selection.exclude):
                yield Ignored(path=f"{shown}/", reason=_EXCLUDED)
            else:
                yield from self._folder(path)
            return
        if os.path.realpath(path) in self._named:
            return
        archive = path.name.lower().endswith(_ARCHIVES)
        reason = self._no_input(shown, archive=archive)
        if reason is None and not stat.S_ISREG(mode):
            reason = msg("not a regular file")
        if reason is not None:
            yield Ignored(path=shown, reason=reason)
        else:
            yield from self._file(path, shown, wanted=not archive and bool(selection.include))

    def _no_input(self, shown: str, *, archive: bool = False) -> Message | None:
        """Why a file that was met in a folder or archive is not read; ``None`` where it is."""
        selection = self._selection
        if matches(shown, selection.exclude):
            return _EXCLUDED
        if selection.include and not archive:
            return None if matches(shown, selection.include) else msg("not matched by --include")
        name = shown.rpartition("/")[2].lower()
        if any(part.startswith(".") or part == "__MACOSX" for part in shown.split("/")):
            return _HIDDEN
        if name in SITE_NAMES:
            return msg("facts about the site")
        if name in WAIVER_NAMES:
            return msg("waivers")
        if name.endswith(_MARKDOWN):
            return msg("Markdown")
        return None

    def _file(self, path: Path, shown: str, *, wanted: bool) -> Iterator[Found]:
        real = os.path.realpath(path)
        if real in self._files:
            return
        self._files.add(real)
        limit = self._selection.limits.file_bytes
        try:
            with path.open("rb") as file:
                data = file.read(_HEAD)
                if not wanted and not is_text(data) and not named_like_a_config(shown) and not is_archive(data):
                    yield Ignored(path=shown, reason=NO_SIGN_OF_A_CONFIG)
                    return
                data += file.read(max(0, limit + 1 - len(data)))
        except OSError as error:
            yield Failure(path=shown, line=None, problem=_cannot_read(error))
            return
        yield from self._content(shown, data, wanted=wanted)

    def _content(self, shown: str, data: bytes, *, wanted: bool) -> Iterator[Found]:
        if len(data) > self._selection.limits.file_bytes:
            most = self._selection.limits.file_bytes >> 20
            problem = msg("the file is larger than {most} MB, as no configuration is", most=most)
            yield Failure(path=shown, line=None, problem=problem)
        elif is_archive(data) and (wanted or shown.lower().endswith(_ARCHIVES)):
            yield from self._archive(shown, data)
        else:
            yield RawFile(path=self._unique(shown), data=data, wanted=wanted)

    def _archive(self, shown: str, data: bytes) -> Iterator[Found]:
        try:
            inside = members(shown, data, self._selection.limits)
        except ArchiveError as error:
            yield Failure(path=shown, line=None, problem=error.problem)
            return
        for member in inside:
            path = f"{shown}/{member.path}"
            reason = self._no_input(path) or (member.problem if member.skipped else None)
            if reason is not None:
                yield Ignored(path=path, reason=reason)
            elif member.problem is not None:
                yield Failure(path=path, line=None, problem=member.problem)
            else:
                wanted = bool(self._selection.include)
                yield RawFile(path=self._unique(path), data=member.data, wanted=wanted)

    def _unique(self, shown: str) -> str:
        """The path, numbered where another file is shown by the same (on two drives, say)."""
        path, times = shown, 1
        while path in self._shown:
            times += 1
            path = f"{shown}#{times}"
        self._shown.add(path)
        return path


_HIDDEN: Final = msg("hidden")
_EXCLUDED: Final = msg("excluded by --exclude")
NO_SIGN_OF_A_CONFIG: Final = msg("no sign of a configuration")

#: Names by which people and devices save configurations. Content decides the format; a name only says that it was meant.
_CONFIG_ENDINGS: Final = (".conf", ".cfg", ".config", ".confg", ".rsc")
_CONFIG_WORDS: Final = ("running-config", "running_config", "startup-config", "iptables-save", "ip6tables-save")


def named_like_a_config(path: str) -> bool:
    """Whether the name says that the file is meant to be a configuration."""
    name = path.rpartition("/")[2].lower()
    return name.endswith(_CONFIG_ENDINGS) or any(word in name for word in _CONFIG_WORDS)


#: What the system says, in words that tell what to do.
_REASONS: Final[dict[type[OSError], Message]] = {
    FileNotFoundError: msg("there is no such file or folder; check the path"),
    PermissionError: msg(
        "the file may not be read; give yourself the right to read it, or leave it out with --exclude"
    ),
    IsADirectoryError: msg("this is a folder"),
}


def _cannot_read(error: OSError) -> Message:
    known = _REASONS.get(type(error))
    return (
        known if known is not None else msg("the file cannot be read ({reason})", reason=error.strerror or str(error))
    )
