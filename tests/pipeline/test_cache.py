"""Parsed devices that are kept: found again when nothing changed, and never believed when anything is wrong."""

from __future__ import annotations

import hashlib
import os
import pickle
import stat
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pytest

import segaudit
from segaudit.cli import main
from segaudit.model import Network, SourceFile
from segaudit.parser import ParseResult
from segaudit.pipeline import cache as caching
from segaudit.pipeline import parse
from segaudit.pipeline.audit import audit
from segaudit.pipeline.cache import KEPT_DAYS, ParseCache, open_cache
from segaudit.pipeline.collect import Selection
from segaudit.pipeline.discover import checks, parsers
from segaudit.pipeline.parse import Group
from segaudit.pipeline.pickled import UnreadableError, decoded, encoded
from segaudit.pipeline.read import read
from segaudit.policy import shipped_policy
from segaudit.policy.values import Site
from segaudit.reporter import ReporterOptions
from segaudit.reporters.json import REPORTER

EXAMPLE = Path(__file__).parents[2] / "examples" / "configs" / "osaka-hq"
CONFIG = """ASA Version 9.12(4)
hostname fw-kyoto
enable password 8Ry2YjIyt7RRXU24 encrypted
username admin password Tsukiji-0815 privilege 15
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 203.0.113.2 255.255.255.248
interface GigabitEthernet0/1
 nameif inside
 security-level 100
 ip address 192.168.10.1 255.255.255.0
access-list OUT extended permit tcp any host 192.168.10.5 eq 443
access-group OUT in interface outside
snmp-server host inside 192.168.10.9 community Himitsu-no-kotoba
tunnel-group 198.51.100.9 type ipsec-l2l
tunnel-group 198.51.100.9 ipsec-attributes
 ikev1 pre-shared-key Sakura-Fubuki-77
: end
"""
SECRETS = ("8Ry2YjIyt7RRXU24", "Tsukiji-0815", "Himitsu-no-kotoba", "Sakura-Fubuki-77")


@pytest.fixture
def kept(tmp_path: Path) -> ParseCache:
    """A cache that keeps whatever is parsed."""
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o700)
    return ParseCache(folder, least=0)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "fw-kyoto.cfg"
    path.parent.mkdir()
    path.write_text(CONFIG, encoding="utf-8")
    return path


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of what was parsed, as it happens."""
    seen: list[str] = []
    whole = parse.parse_group

    def noting(group: Group, *, debug: bool = False) -> ParseResult:
        seen.extend(source.path for source in group.sources)
        return whole(group, debug=debug)

    monkeypatch.setattr(parse, "parse_group", noting)
    return seen


def go(path: Path, cache: ParseCache | None) -> Network:
    return read(Selection(paths=(str(path),)), jobs=1, cache=cache)


def entries(cache: ParseCache) -> list[Path]:
    return sorted(cache.folder.iterdir())


def test_what_was_parsed_is_not_parsed_again(kept: ParseCache, config: Path, parsed: list[str]) -> None:
    first = go(config, kept)
    assert parsed == ["fw-kyoto.cfg"]
    assert go(config, kept) == first == go(config, None)
    assert parsed == ["fw-kyoto.cfg"] * 2, "once for the cache, once without it"


def test_a_changed_file_is_parsed_and_its_neighbours_are_not(kept: ParseCache, config: Path, parsed: list[str]) -> None:
    (config.parent / "fw-nara.cfg").write_text(CONFIG.replace("fw-kyoto", "fw-nara"), encoding="utf-8")
    go(config.parent, kept)
    config.write_text(CONFIG.replace("eq 443", "eq 444"), encoding="utf-8")
    parsed.clear()
    network = go(config.parent, kept)
    assert parsed == ["fw-kyoto.cfg"]
    assert network == go(config.parent, None)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: data[:60] + bytes([data[60] ^ 1]) + data[61:],
        lambda data: b"something else" + data,
    ],
    ids=["empty", "cut off", "last bit", "bit within", "no entry"],
)
def test_a_damaged_entry_is_as_none_and_is_replaced(
    kept: ParseCache, config: Path, parsed: list[str], damage: object
) -> None:
    whole = go(config, kept)
    (entry,) = entries(kept)
    good = entry.read_bytes()
    assert callable(damage)
    entry.write_bytes(damage(good))
    assert go(config, kept) == whole
    assert len(parsed) == 2
    assert entry.read_bytes() == good


def test_an_entry_of_another_version_or_of_other_code_is_not_found(
    kept: ParseCache, config: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    go(config, kept)
    for name, value in (("__version__", "99.0"),):
        monkeypatch.setattr(segaudit, name, value)
    caching._code.cache_clear()
    go(config, kept)
    monkeypatch.undo()
    caching._code.cache_clear()
    assert len(parsed) == 2
    assert len(entries(kept)) == 2


def test_the_key_tells_text_path_format_and_python_apart(kept: ParseCache, monkeypatch: pytest.MonkeyPatch) -> None:
    def key(parser: str = "cisco_asa", path: str = "a.cfg", text: str = "hostname a") -> str | None:
        return kept.key(parser, (SourceFile(path=path, lines=(text,)),))

    keys = [key(), key("cisco_ios"), key(path="b.cfg"), key(text="hostname b")]
    monkeypatch.setattr(sys, "version", "4.0")
    caching._code.cache_clear()
    keys.append(key())
    monkeypatch.undo()
    caching._code.cache_clear()
    assert len(set(keys)) == 5
    assert key() == keys[0]


def test_what_would_parse_a_plugins_format_is_not_known_so_it_is_not_kept(kept: ParseCache) -> None:
    assert kept.key("somebody_elses", (SourceFile(path="a.cfg", lines=("x",)),)) is None


@pytest.mark.skipif(sys.platform == "win32", reason="modes and owners are those of POSIX")
def test_what_others_own_or_may_touch_is_not_believed(
    tmp_path: Path, kept: ParseCache, config: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    go(config, kept)
    (entry,) = entries(kept)
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600
    entry.chmod(0o602)
    go(config, kept)
    assert len(parsed) == 2, "writable by all"
    target = tmp_path / "elsewhere"
    entry.rename(target)
    entry.symlink_to(target)
    go(config, kept)
    assert len(parsed) == 3, "a link"
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    key = entry.stem
    assert kept.load(key) is None, "somebody else's"


@pytest.mark.skipif(sys.platform == "win32", reason="modes and owners are those of POSIX")
def test_a_folder_that_is_not_ours_alone_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "cache"
    named = {"SEGAUDIT_CACHE": str(folder)}
    cache, problem = open_cache(named)
    assert cache is not None
    assert problem is None
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for mode in (0o777, 0o770, 0o755, 0o701):
        folder.chmod(mode)
        cache, problem = open_cache(named)
        assert cache is None
        assert "is not yours alone" in str(problem)
    folder.chmod(0o700)
    (tmp_path / "link").symlink_to(folder)
    assert open_cache({"SEGAUDIT_CACHE": str(tmp_path / "link")})[0] is None
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    cache, problem = open_cache(named)
    assert cache is None
    assert "is not yours alone" in str(problem)


def test_where_the_cache_is_and_how_it_is_turned_off(tmp_path: Path) -> None:
    for word in ("off", "", "0", "OFF"):
        assert open_cache({"SEGAUDIT_CACHE": word, "HOME": str(tmp_path)}) == (None, None)
    if sys.platform != "win32":
        cache, _ = open_cache({"HOME": str(tmp_path)})
        assert cache is not None
        assert cache.folder == tmp_path / ".cache" / "segaudit"
        cache, _ = open_cache({"XDG_CACHE_HOME": str(tmp_path / "xdg"), "HOME": str(tmp_path)})
        assert cache is not None
        assert cache.folder == tmp_path / "xdg" / "segaudit"
    assert open_cache({}) == (None, None)
    (tmp_path / "file").write_text("", encoding="utf-8")
    cache, problem = open_cache({"SEGAUDIT_CACHE": str(tmp_path / "file")})
    assert cache is None
    assert "cannot be used" in str(problem)


def test_the_command_line_keeps_what_it_parsed_unless_told_not_to(
    tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "cache"
    monkeypatch.setattr(caching, "LEAST", 0)
    command = ["audit", "-q", "-f", "json", "--as-of", "2026-11-01", str(config)]
    printed: list[str] = []
    for place, more in ((folder, ["--no-cache"]), ("off", []), (folder, []), (folder, [])):
        monkeypatch.setenv("SEGAUDIT_CACHE", str(place))
        assert folder.exists() == (len(printed) == 3)
        main([*command, *more])
        printed.append(capsys.readouterr().out)
    assert len(set(printed)) == 1
    assert len(list(folder.iterdir())) == 1


def test_small_inputs_leave_nothing_behind(tmp_path: Path, config: Path) -> None:
    cache, _ = open_cache({"SEGAUDIT_CACHE": str(tmp_path / "cache")})
    assert cache is not None
    go(config, cache)
    assert entries(cache) == []


def test_writers_of_one_entry_do_not_disturb_each_other(kept: ParseCache, config: Path) -> None:
    whole = go(config, None)
    result = parsers()["cisco_asa"].parse(tuple(whole.sources.values()))
    data = encoded(result)
    seen: list[ParseResult | None] = []

    def write_and_read() -> None:
        for _ in range(40):
            kept.store("same", data)
            seen.append(kept.load("same"))

    writers = [threading.Thread(target=write_and_read) for _ in range(6)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert len(seen) == 240
    assert all(one == result for one in seen)
    assert [path.name for path in entries(kept)] == ["same.parsed"]


def test_no_secret_is_in_an_entry(kept: ParseCache, config: Path) -> None:
    assert all(secret in CONFIG for secret in SECRETS)
    go(config, kept)
    (entry,) = entries(kept)
    data = entry.read_bytes()
    assert b"fw-kyoto" in data
    assert [secret for secret in SECRETS if secret.encode() in data] == []


class _Harm:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.path,)


def test_a_pickle_that_names_anything_but_the_model_is_refused(tmp_path: Path, kept: ParseCache) -> None:
    harm = tmp_path / "harm"
    data = pickle.dumps(_Harm(harm))
    with pytest.raises(UnreadableError):
        decoded(data)
    (kept.folder / "x.parsed").write_bytes(b"segaudit parsed 1\n" + hashlib.sha256(data).digest() + data)
    (kept.folder / "x.parsed").chmod(0o600)
    assert kept.load("x") is None
    assert not harm.exists()
    # What a module of the model has imported is not of the model.
    for name in ("re.compile", "dataclass", "__builtins__"):
        with pytest.raises(UnreadableError):
            decoded(b"\x80\x05csegaudit.model.source\n" + name.encode() + b"\n.")
    for other in (pickle.dumps(frozenset({1})), pickle.dumps(date(2026, 11, 1))):
        with pytest.raises(UnreadableError):
            decoded(other)


def test_what_failed_is_tried_again(kept: ParseCache, tmp_path: Path, parsed: list[str]) -> None:
    path = tmp_path / "addresses.txt"
    path.write_text("2: eth0    inet 192.0.2.1/24 scope global eth0\n", encoding="utf-8")
    assert go(path, kept).failures
    assert go(path, kept).failures
    assert len(parsed) == 2
    assert entries(kept) == []


def test_entries_that_nobody_used_for_long_are_deleted(kept: ParseCache, config: Path) -> None:
    go(config, kept)
    (entry,) = entries(kept)
    (kept.folder / "new-left").write_bytes(b"by a run that was ended")
    (kept.folder / "notes.txt").write_bytes(b"not ours")
    kept.forget_old(time.time() + (KEPT_DAYS - 1) * 86_400)
    assert len(entries(kept)) == 3
    kept.forget_old(time.time() + (KEPT_DAYS + 1) * 86_400)
    assert [path.name for path in entries(kept)] == ["notes.txt"]
    assert not entry.exists()


def test_a_folder_that_went_away_costs_nothing_but_time(kept: ParseCache, config: Path) -> None:
    kept.folder.rmdir()
    assert go(config, kept) == go(config, None)


def test_the_report_is_the_same_with_and_without(kept: ParseCache) -> None:
    def report(cache: ParseCache | None) -> str | bytes:
        network = go(EXAMPLE, cache)
        found = audit(network, [shipped_policy("bigman-4")], Site(), checks(), date(2026, 11, 1))
        return REPORTER.render(found, ReporterOptions(language="en"))

    assert report(None) == report(kept) == report(kept)
    assert entries(kept)
