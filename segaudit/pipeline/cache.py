"""Devices that were parsed before: kept by what was parsed and by what, in a folder that only its owner may use.

An entry is found by a hash over the text that the parser got, its path (spans name it), the code that would parse it, and
the versions of segaudit and Python. So nothing in it goes stale, and everything in it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Final

import segaudit
from segaudit.knowledge.shipped import read_shipped, shipped_names
from segaudit.model import Message, SourceFile, msg
from segaudit.parser import ParseResult
from segaudit.pipeline.pickled import UnreadableError, decoded

#: Where the cache is; ``off`` for none.
VARIABLE: Final = "SEGAUDIT_CACHE"
#: Bytes of all inputs from which on a run keeps what it parsed: less is parsed as fast as it is found.
LEAST: Final = 2 << 20
#: Days after which an entry that no run has used is deleted.
KEPT_DAYS: Final = 30

_MAGIC: Final = b"segaudit parsed 1\n"
_DIGEST: Final = 32
_SUFFIX: Final = ".parsed"
#: What a parser may look at besides its own folder, below the package.
_SEEN_BY_PARSERS: Final = ("model", "syntax", "knowledge", "parsers/__init__.py", "parser.py", "pipeline/pickled.py")


class ParseCache:
    """Entries in ``folder``, which `open_cache` has looked at."""

    def __init__(self, folder: Path, *, least: int) -> None:
        self.folder = folder
        self.least = least

    def key(self, parser: str, sources: Iterable[SourceFile]) -> str | None:
        """What the entry of files of one group is called; ``None`` where it cannot be said what would parse them."""
        code = _code(parser)
        if code is None:
            return None
        found = hashlib.sha256(code.encode())
        for source in sources:
            head = (source.path, source.encoding, source.sha256, source.size, len(source.lines))
            found.update(repr(head).encode("utf-8", "surrogatepass"))
            found.update("\n".join(source.lines).encode("utf-8", "surrogatepass"))
        return found.hexdigest()

    def load(self, key: str) -> ParseResult | None:
        """The entry ``key``; ``None`` where there is none, or none that is whole and ours."""
        path = self.folder / (key + _SUFFIX)
        try:
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        except OSError:
            return None
        with os.fdopen(handle, "rb") as file:
            if not _is_ours(os.fstat(handle), stat.S_ISREG):
                return None
            head, data = file.read(len(_MAGIC) + _DIGEST), file.read()
        if head != _MAGIC + hashlib.sha256(data).digest():
            return None
        try:
            found = decoded(data)
        except UnreadableError:
            return None
        with suppress(OSError):
            os.utime(path)
        return found

    def store(self, key: str, data: bytes) -> None:
        """Keep ``data`` (of `pickled.encoded`) as the entry ``key``. What cannot be kept is not: nothing depends on it.

        The entry appears whole or not at all, whoever else writes it at the same time.
        """
        try:
            handle, made = tempfile.mkstemp(dir=self.folder, prefix="new-")
        except OSError:
            return
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_MAGIC + hashlib.sha256(data).digest())
                file.write(data)
            os.replace(made, self.folder / (key + _SUFFIX))  # noqa: PTH105 - mkstemp gives text
        except OSError:
            with suppress(OSError):
                os.unlink(made)  # noqa: PTH108 - mkstemp gives text

    def forget_old(self, now: float | None = None) -> None:
        """Delete the entries, and what broken runs left behind, that no run has used for `KEPT_DAYS`."""
        oldest = (time.time() if now is None else now) - KEPT_DAYS * 86_400
        with suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name.endswith(_SUFFIX) or entry.name.startswith("new-"):
                    with suppress(OSError):
                        if entry.stat(follow_symlinks=False).st_mtime < oldest:
                            os.unlink(entry.path)  # noqa: PTH108 - scandir gives text


def open_cache(environment: Mapping[str, str]) -> tuple[ParseCache | None, Message | None]:
    """The cache that ``environment`` names or the user's own, made where it is not there; and why there is none.

    A folder that belongs to somebody else, or that others may write to or look into, is not used.
    """
    named = environment.get(VARIABLE)
    if named is not None and named.strip().lower() in ("", "off", "0", "no"):
        return None, None
    folder = Path(named) if named is not None else _default(environment)
    if folder is None:
        return None, None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = os.lstat(folder)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        # Of a folder that nobody asked for there is nothing to say.
        said = msg("the cache {folder} cannot be used ({reason})", folder=str(folder), reason=reason)
        return None, None if named is None else said
    if not _is_ours(state, stat.S_ISDIR):
        return None, msg(
            "the cache {folder} is not used: it is not yours alone; make it so (chmod 700), or name another in {variable}",
            folder=str(folder),
            variable=VARIABLE,
        )
    return ParseCache(folder, least=LEAST), None


def _default(environment: Mapping[str, str]) -> Path | None:
    """The place for caches of the user on this system (XDG Base Directory 0.8; `%LOCALAPPDATA%`)."""
    if sys.platform == "win32":
        base = environment.get("LOCALAPPDATA", "")
        return Path(base) / "segaudit" / "cache" if base else None
    base = environment.get("XDG_CACHE_HOME", "")
    if base.startswith("/"):
        return Path(base) / "segaudit"
    home = environment.get("HOME", "")
    return Path(home) / ".cache" / "segaudit" if home.startswith("/") else None


def _is_ours(state: os.stat_result, kind: Callable[[int], bool]) -> bool:
    """Whether a file or folder of that kind belongs to this user and is nobody else's to read or write."""
    if not kind(state.st_mode):
        return False
    return sys.platform == "win32" or (state.st_uid == os.geteuid() and not state.st_mode & 0o077)


@lru_cache(maxsize=64)
def _code(parser: str) -> str | None:
    """What tells the code apart that would parse: versions, and a hash over its files and the data that ships with it.

    ``None`` for parsers of other distributions: what those depend on, nothing tells.
    """
    package = Path(segaudit.__file__).parent
    own = package / "parsers" / parser
    if not own.is_dir():
        return None
    found = hashlib.sha256(
        f"{segaudit.__version__}\n{sys.implementation.cache_tag}\n{sys.version}\n{parser}\n".encode()
    )
    for place in (*(package / name for name in _SEEN_BY_PARSERS), own):
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            found.update(f"{path.relative_to(package).as_posix()}\n".encode())
            found.update(path.read_bytes())
    for name in shipped_names():
        found.update(read_shipped(name).encode())
    return found.hexdigest()
