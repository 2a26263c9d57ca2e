"""What is inside an archive, read in memory: nothing is ever unpacked to disk, and nothing grows without bound."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Final

from segaudit.model import Message, msg

#: Bytes by which the archives that are read here begin.
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP: Final = b"\x1f\x8b"
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is read: bytes a file, members and unpacked bytes an archive (nested ones included), how deep, how dense.

    ``ratio`` bounds unpacked to packed bytes, and is asked only beyond ``dense`` unpacked bytes: deflate packs 1:1032
    at best, configurations 1:10 to 1:60.
    """

    file_bytes: int = 256 << 20
    members: int = 10_000
    unpacked_bytes: int = 512 << 20
    depth: int = 3
    ratio: int = 250
    dense: int = 32 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of an archive. ``path`` is relative and has no ``..``; ``data`` or else ``problem``, never both.

    ``skipped``: it is no file with content (a link, a device), so nothing failed.
    """

    path: str
    data: bytes = b""
    problem: Message | None = None
    skipped: bool = False


class ArchiveError(ValueError):
    """The archive cannot be read, or goes beyond the limits; ``problem`` says which and what to do."""

    def __init__(self, problem: Message) -> None:
        super().__init__(str(problem))
        self.problem = problem


def is_archive(data: bytes) -> bool:
    """Whether the bytes begin like a zip, gzip or tar file."""
    return data.startswith((*_ZIP, _GZIP)) or _is_tar(data)


def members(name: str, data: bytes, limits: Limits) -> list[Member]:
    """Every file inside, archives in it opened too, in the order of paths; `ArchiveError` where it is not to be read.

    ``name`` is the archive's own path; a gzip file that is no tar holds one file of that name without ``.gz``.
    """
    budget = _Budget(limits, packed=len(data))
    found = list(_walk(name, data, budget, depth=1))
    seen: dict[str, int] = {}
    unique: list[Member] = []
    for member in sorted(found, key=lambda one: one.path):
        seen[member.path] = times = seen.get(member.path, 0) + 1
        path = member.path if times == 1 else f"{member.path}#{times}"
        unique.append(Member(path=path, data=member.data, problem=member.problem, skipped=member.skipped))
    return unique


class _Budget:
    """What may still be unpacked."""

    def __init__(self, limits: Limits, packed: int) -> None:
        self.limits = limits
        self._packed = max(packed, 1)
        self._unpacked = 0
        self._members = 0

    def one_more(self) -> None:
        self._members += 1
        if self._members > self.limits.members:
            raise ArchiveError(
                msg("the archive holds more than {most} files; unpack it and pass the folder", most=self.limits.members)
            )

    def read(self, file: IO[bytes] | gzip.GzipFile) -> bytes | None:
        """All bytes of ``file``; ``None`` where it is larger than a file may be."""
        chunks: list[bytes] = []
        size = 0
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            self._unpacked += len(chunk)
            if self._unpacked > self.limits.unpacked_bytes:
                raise ArchiveError(
                    msg(
                        "the archive unpacks to more than {most} MB; unpack it and pass the folder",
                        most=self.limits.unpacked_bytes >> 20,
                    )
                )
            if self._unpacked > max(self.limits.dense, self._packed * self.limits.ratio):
                raise ArchiveError(
                    msg(
                        "the archive unpacks to more than {ratio} times its size, as an archive made to do harm does;"
                        " if you trust it, unpack it and pass the folder",
                        ratio=self.limits.ratio,
                    )
                )
            if size > self.limits.file_bytes:
                chunks.clear()
            else:
                chunks.append(chunk)
        # Read to its end all the same: a tar would pass over the rest without counting it.
        return b"".join(chunks) if size <= self.limits.file_bytes else None


def _walk(name: str, data: bytes, budget: _Budget, depth: int) -> Iterator[Member]:
    if depth > budget.limits.depth:
        raise ArchiveError(
            msg(
                "archives lie in archives more than {depth} deep; unpack them and pass the folder",
                depth=budget.limits.depth,
            )
        )
    try:
        if data.startswith(_ZIP):
            inside = list(_zip(data, budget))
        elif data.startswith(_GZIP):
            inside = _gzip(name, data, budget)
        else:
            inside = list(_tar(data, budget))
    except (
        OSError,
        EOFError,
        zlib.error,
        zipfile.BadZipFile,
        tarfile.TarError,
        ValueError,
        NotImplementedError,
    ) as error:
        if isinstance(error, ArchiveError):
            raise
        raise ArchiveError(_damaged(error)) from error
    for member in inside:
        if member.data and is_archive(member.data):
            yield from (
                Member(path=f"{member.path}/{one.path}", data=one.data, problem=one.problem, skipped=one.skipped)
                for one in _walk(PurePosixPath(member.path).name, member.data, budget, depth + 1)
            )
        else:
            yield member


def _zip(data: bytes, budget: _Budget) -> Iterator[Member]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            budget.one_more()
            path = inert(_zip_name(info))
            if stat.S_ISLNK(info.external_attr >> 16):
                yield Member(path=path, problem=_LINK, skipped=True)
            elif info.flag_bits & 1:
                yield Member(path=path, problem=msg("the file is encrypted inside its archive; unpack it first"))
            else:
                try:
                    with archive.open(info) as file:
                        yield _member(path, budget.read(file), budget)
                except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError) as error:
                    yield Member(path=path, problem=_damaged(error))


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The member's name; without the flag for UTF-8, Windows' own packer in Japan means cp932 where zipfile reads cp437."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode("cp932")
    except UnicodeError:
        return info.filename


def _gzip(name: str, data: bytes, budget: _Budget) -> list[Member]:
    """What a gzip file holds: the files of a tar, or the one file."""
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        head = file.read(tarfile.BLOCKSIZE)
    if _is_tar(head):
        return list(_tar(data, budget))
    plain = PurePosixPath(name).name
    budget.one_more()
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        return [_member(inert(plain[:-3] if plain.lower().endswith(".gz") else plain), budget.read(file), budget)]


def _tar(data: bytes, budget: _Budget) -> Iterator[Member]:
    # Streaming: a compressed tar is unpacked once, and what a member does not need is not held.
    with tarfile.open(fileobj=io.BytesIO(data), mode="r|*") as archive:
        for info in archive:
            if info.isdir():
                continue
            budget.one_more()
            path = inert(info.name)
            file = archive.extractfile(info) if info.isreg() else None
            if file is None:
                yield Member(path=path, problem=_LINK, skipped=True)
            else:
                yield _member(path, budget.read(file), budget)


#: Neither followed nor made: it may point anywhere.
_LINK: Final = msg("a link or device inside an archive")


def _member(path: str, data: bytes | None, budget: _Budget) -> Member:
    if data is not None:
        return Member(path=path, data=data)
    most = budget.limits.file_bytes >> 20
    return Member(path=path, problem=msg("the file is larger than {most} MB, as no configuration is", most=most))


def _is_tar(data: bytes) -> bool:
    """Whether the first block is a tar header (POSIX.1-2017 pax, "ustar Interchange Format": magic at byte 257)."""
    return data[257:262] == b"ustar"


def inert(name: str) -> str:
    """The name of a member as a harmless relative path: no drive, no root, no ``..``, no control characters."""
    plain = "".join(char if char.isprintable() else "_" for char in name.replace("\\", "/"))
    parts = [part for part in plain.split("/") if part not in ("", ".", "..") and not part.endswith(":")]
    return "/".join(parts) or "unnamed"


def _damaged(error: BaseException) -> Message:
    lines = str(error).splitlines()
    return msg("the archive is damaged ({reason}); make it again", reason=lines[0] if lines else type(error).__name__)
