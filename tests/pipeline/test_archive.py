"""Archives are read in memory, name nothing outside, and cannot grow without bound."""

import gzip
import io
import random
import stat
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segaudit.pipeline.archive import ArchiveError, Limits, inert, is_archive, members
from tests.pipeline.conftest import Reader

FILES = {"fw1.cfg": b"toy fw1\n", "sub/fw2.cfg": b"toy fw2\n"}


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(files: Mapping[str, bytes], mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]  # the modes are few
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def contents(name: str, data: bytes, limits: Limits | None = None) -> dict[str, bytes]:
    return {one.path: one.data for one in members(name, data, limits or Limits())}


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.zip", zipped(FILES)), ("a.tar.gz", tarred(FILES)), ("a.tar", tarred(FILES, "w")), ("a.tgz", tarred(FILES))],
)
def test_every_kind_is_read(name: str, data: bytes) -> None:
    assert is_archive(data)
    assert contents(name, data) == FILES


def test_one_file_packed_alone() -> None:
    assert contents("backup/fw1.cfg.gz", gzip.compress(b"toy fw1\n")) == {"fw1.cfg": b"toy fw1\n"}


def test_archives_in_archives() -> None:
    nested = zipped({"tokyo.tar.gz": tarred(FILES), "fw3.cfg": b"toy fw3\n"})
    assert set(contents("all.zip", nested)) == {"fw3.cfg", "tokyo.tar.gz/fw1.cfg", "tokyo.tar.gz/sub/fw2.cfg"}


def test_archives_too_deep_in_archives_are_refused() -> None:
    data = b"toy\n"
    for _ in range(5):
        data = zipped({"a.zip": data})
    with pytest.raises(ArchiveError, match="3 deep"):
        members("a.zip", data, Limits())


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\configs\\fw.cfg", "configs/fw.cfg"),
        ("a/./b//c.cfg", "a/b/c.cfg"),
        ("..", "unnamed"),
        ("a\x1b[31m\n.cfg", "a_[31m_.cfg"),
        ("東京.cfg", "東京.cfg"),
    ],
)
def test_names_are_made_harmless(name: str, shown: str) -> None:
    assert inert(name) == shown


@given(st.text(max_size=60))
def test_no_name_leads_outside(name: str) -> None:
    parts = inert(name).split("/")
    assert ".." not in parts
    assert all(parts)


def test_names_that_become_equal_are_numbered() -> None:
    assert contents("a.zip", zipped({"fw.cfg": b"1", "../fw.cfg": b"2"})) == {"fw.cfg": b"1", "fw.cfg#2": b"2"}


def test_names_that_windows_in_japan_wrote() -> None:
    info = zipfile.ZipInfo("x")
    info.filename = "本社.cfg".encode("cp932").decode("cp437")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, b"toy\n")
    # zipfile marks such a name as UTF-8 when it writes it; the packer in Windows does not.
    data = buffer.getvalue().replace(
        info.filename.encode(), "本社.cfg".encode("cp932").ljust(len(info.filename.encode()))
    )
    assert "本社" in next(iter(contents("a.zip", _without_utf8_flag(data))))


def _without_utf8_flag(data: bytes) -> bytes:
    changed = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(signature)
        changed[at + offset + 1] &= ~0x08
    return bytes(changed)


# Bombs


def test_a_zip_that_unpacks_to_too_much() -> None:
    bomb = zipped({f"{n}.cfg": bytes(40 << 20) for n in range(2)})
    with pytest.raises(ArchiveError, match="250 times its size"):
        members("bomb.zip", bomb, Limits())


def test_a_tar_whose_one_file_is_endless() -> None:
    bomb = tarred({"a.cfg": bytes(64 << 20)})
    with pytest.raises(ArchiveError, match="250 times"):
        members("bomb.tar.gz", bomb, Limits(file_bytes=1 << 20))


def test_a_stored_archive_beyond_the_total() -> None:
    random.seed(7)
    data = zipped({f"{n}.bin": random.randbytes(1 << 20) for n in range(4)}, zipfile.ZIP_STORED)
    with pytest.raises(ArchiveError, match="more than 2 MB"):
        members("a.zip", data, Limits(unpacked_bytes=2 << 20))


def test_too_many_files() -> None:
    with pytest.raises(ArchiveError, match="more than 5 files"):
        members("a.zip", zipped({f"{n}": b"x" for n in range(6)}), Limits(members=5))


def test_a_member_that_is_too_large_fails_alone() -> None:
    data = zipped({"large.cfg": bytes(5000), "small.cfg": b"toy\n"})
    found = {one.path: one for one in members("a.zip", data, Limits(file_bytes=1000))}
    assert "larger than" in str(found["large.cfg"].problem)
    assert found["small.cfg"].data == b"toy\n"


def test_dense_configurations_are_no_bomb() -> None:
    rules = b"".join(
        b"access-list IN extended permit tcp any host 192.0.2.%d eq 443\n" % (n % 255) for n in range(99999)
    )
    assert contents("a.tar.gz", tarred({"fw.cfg": rules})) == {"fw.cfg": rules}


# What is damaged, hidden or no file


@pytest.mark.parametrize(
    "data",
    [zipped(FILES)[:-30], tarred(FILES)[:60], gzip.compress(b"x" * 9999)[:30], b"PK\x03\x04"],
    # Named, because archives hold the time and every worker must collect the same tests.
    ids=["zip", "tar", "gzip", "only the first bytes"],
)
def test_a_damaged_archive_says_so(data: bytes) -> None:
    with pytest.raises(ArchiveError, match="damaged"):
        members("a.zip", data, Limits())


@given(st.integers(0, 2**32), st.sampled_from([zipped(FILES), tarred(FILES), tarred(FILES, "w")]))
def test_any_damage_is_said_or_read(seed: int, data: bytes) -> None:
    chance = random.Random(seed)
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 6)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    try:
        found = members("a", bytes(changed), Limits())
    except ArchiveError:
        found = []
    assert all(one.problem is None or not one.data for one in found)


def test_links_are_neither_followed_nor_failures() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        link = tarfile.TarInfo("fw.cfg")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    (one,) = members("a.tar.gz", buffer.getvalue(), Limits())
    assert one.skipped
    info = zipfile.ZipInfo("fw.cfg")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as other:
        other.writestr(info, "/etc/passwd")
    assert members("a.zip", packed.getvalue(), Limits())[0].skipped


def test_a_file_that_needs_a_password() -> None:
    data = bytearray(zipped({"fw.cfg": b"toy\n"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + offset] |= 1
    (one,) = members("a.zip", bytes(data), Limits())
    assert "encrypted" in str(one.problem)


# In a run


def test_archives_are_inputs_and_their_members_judged_like_files_of_a_folder(reads: Reader, tmp_path: Path) -> None:
    (tmp_path / "backup.zip").write_bytes(
        zipped({**FILES, "README.md": b"hello", "__MACOSX/._fw1.cfg": b"toy x\n", "photo.txt": b"hello"})
    )
    network = reads(tmp_path)
    assert [one.path for one in network.inputs] == ["backup.zip/fw1.cfg", "backup.zip/sub/fw2.cfg"]
    assert {one.path: str(one.reason) for one in network.ignored} == {
        "backup.zip/README.md": "Markdown",
        "backup.zip/__MACOSX/._fw1.cfg": "hidden",
        "backup.zip/photo.txt": "no sign of a configuration",
    }
    assert network.complete


def test_a_bomb_fails_alone(reads: Reader, tmp_path: Path) -> None:
    (tmp_path / "bomb.zip").write_bytes(zipped({"a.cfg": bytes(64 << 20)}))
    (tmp_path / "fw.cfg").write_bytes(b"toy fw\n")
    network = reads(tmp_path)
    assert [one.path for one in network.failures] == ["bomb.zip"]
    assert len(network.devices) == 1


def test_an_archive_that_was_named_and_holds_nothing_fails(reads: Reader, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(zipped({"notes.txt": b"hello"}))
    (tmp_path / "b.zip").write_bytes(zipped({}))
    network = reads(tmp_path / "a.bin", tmp_path / "b.zip")
    assert len(network.failures) == 2
    assert all("no configuration" in str(one.problem) for one in network.failures)


def test_office_documents_in_a_folder_are_no_archives(reads: Reader, tmp_path: Path) -> None:
    (tmp_path / "plan.xlsx").write_bytes(zipped({"xl/fw.cfg": b"toy x\n"}))
    (tmp_path / "fw.cfg").write_bytes(b"toy fw\n")
    network = reads(tmp_path)
    assert network.complete
    assert [one.path for one in network.ignored] == ["plan.xlsx"]
