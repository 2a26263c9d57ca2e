"""From paths to a network: what is read, what is ignored, what fails, and that nothing stops the others."""

import multiprocessing
import os
import sys
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from segaudit.model import LineState, Network, SourceFile
from segaudit.parser import Parser
from segaudit.pipeline import parse
from segaudit.pipeline.archive import Limits
from segaudit.pipeline.collect import Selection
from segaudit.pipeline.read import read
from tests.pipeline.conftest import Reader
from tests.pipeline.toys import likes_everything, parser, raise_always


def failures(network: Network) -> dict[str, str]:
    return {one.path: str(one.problem) for one in network.failures}


def ignored(network: Network) -> dict[str, str]:
    return {one.path: str(one.reason) for one in network.ignored}


def write(folder: Path, **files: str) -> Path:
    """Files by name; in a name ``__`` stands for a dot and ``___`` for a slash."""
    for name, text in files.items():
        path = folder / name.replace("___", "/").replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


# What is read, and by which name


def test_a_folder(reads: Reader, tmp_path: Path) -> None:
    write(tmp_path, b__cfg="toy fw2\n", sub___a__cfg="toy fw1\nmaybe\n\n")
    network = reads(tmp_path)
    assert network.complete
    assert [device.name for device in network.devices] == ["fw1", "fw2"]
    assert [one.path for one in network.inputs] == ["b.cfg", "sub/a.cfg"]
    one = network.inputs[1]
    assert (one.format, one.encoding, one.lines, one.size, one.devices) == ("toy", "utf-8", 3, 15, ("fw1",))
    assert len(one.sha256) == 64
    assert network.ledgers["sub/a.cfg"].count(LineState.UNSUPPORTED) == 1
    assert network.not_understood == 1


def test_paths_are_relative_to_what_was_given(reads: Reader, tmp_path: Path) -> None:
    write(tmp_path, tokyo___fw__cfg="toy a\n", osaka___fw__cfg="toy b\n")

    def paths(*given: Path) -> list[str]:
        return [one.path for one in reads(*given).inputs]

    assert paths(tmp_path / "tokyo") == ["fw.cfg"]
    assert paths(tmp_path / "tokyo" / "fw.cfg") == ["fw.cfg"]
    assert paths(tmp_path / "tokyo", tmp_path / "osaka") == ["osaka/fw.cfg", "tokyo/fw.cfg"]
    assert paths(tmp_path / "tokyo" / "fw.cfg", tmp_path / "osaka" / "fw.cfg") == ["osaka/fw.cfg", "tokyo/fw.cfg"]
    assert paths(tmp_path, tmp_path / "tokyo") == ["osaka/fw.cfg", "tokyo/fw.cfg"]


def test_a_file_is_read_once(reads: Reader, tmp_path: Path) -> None:
    write(tmp_path, fw__cfg="toy a\n")
    (tmp_path / "link.cfg").symlink_to(tmp_path / "fw.cfg")
    network = reads(tmp_path, tmp_path / "fw.cfg", tmp_path)
    assert len(network.inputs) == 1


def test_names_that_collide_are_numbered(reads: Reader, tmp_path: Path) -> None:
    write(tmp_path, a__cfg="toy fw\n", b__cfg="toy fw\n", c__cfg="toy fw\n")
    network = reads(tmp_path)
    assert [device.name for device in network.devices] == ["fw", "fw#2", "fw#3"]
    assert [one.devices for one in network.inputs] == [("fw",), ("fw#2",), ("fw#3",)]


def test_standard_input(reads: Reader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = tmp_path / "typed"
    source.write_bytes(b"toy fw\n")
    with source.open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        network = reads("-")
    assert [one.path for one in network.inputs] == ["stdin"]


def test_secrets_and_lines_that_were_not_understood_are_masked(reads: Reader, tmp_path: Path) -> None:
    write(tmp_path, fw__cfg="toy fw\nkey hunter2\nblock MIIEvQ\nwhat is this hunter2\n")
    network = reads(tmp_path)
    source = network.sources["fw.cfg"]
    assert source.quote(source.span(1, 4)) == ("toy fw", "key <secret>", "<secret>", "what is …")
    assert source.encoding == "utf-8"


# What is ignored


def test_what_shows_no_sign_of_a_configuration_is_ignored(reads: Reader, tmp_path: Path) -> None:
    write(
        tmp_path,
        fw__cfg="toy fw\n",
        README__md="# interface lan",
        site__yaml="zones: {}",
        waivers__yaml="[]",
        notes__txt="call Suzuki",
        flows__csv="id,protocol,src_ip,dst_ip\n1,tcp,192.0.2.1,198.51.100.1\n",
        hosts__csv="name,address,role\ndc01,192.168.10.5,directory\n",
        __hidden="toy x",
        __git___config="toy y",
    )
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    network = reads(tmp_path)
    assert network.complete
    assert len(network.inputs) == 1
    assert ignored(network) == {
        ".git/": "hidden",
        ".hidden": "hidden",
        "README.md": "Markdown",
        "flows.csv": "no sign of a configuration",
        "hosts.csv": "no sign of a configuration",
        "logo.png": "no sign of a configuration",
        "notes.txt": "no sign of a configuration",
        "site.yaml": "facts about the site",
        "waivers.yaml": "waivers",
    }


UNKNOWN_MAKER = """set interfaces ge-0/0/0 unit 0 family inet address 192.0.2.1/24
set security zones security-zone trust interfaces ge-0/0/0.0
set security policies from-zone trust to-zone untrust policy p match source-address any
set security policies from-zone trust to-zone untrust policy p then permit
"""
YAMAHA = """ip route default gateway pp 1
ip lan1 address 192.168.100.1/24
ip filter 200000 reject 10.0.0.0/8 * * * *
pp select 1
 ip pp secure filter in 200000
nat descriptor type 1 masquerade
"""


@pytest.mark.parametrize("text", [UNKNOWN_MAKER, YAMAHA], ids=["junos", "yamaha"])
def test_a_configuration_that_no_parser_claims_fails_whatever_its_name(
    reads: Reader, tmp_path: Path, text: str
) -> None:
    write(tmp_path, fw__cfg="toy fw\n", other__txt=text)
    network = reads(tmp_path)
    assert list(failures(network)) == ["other.txt"]
    assert "no format is recognised" in failures(network)["other.txt"]
    assert [device.name for device in network.devices] == ["fw"]


def test_a_name_says_that_a_file_was_meant(reads: Reader, tmp_path: Path) -> None:
    write(tmp_path, fw__cfg="toy fw\n", export__conf="", old__rsc="hello", notes__txt="")
    assert set(failures(reads(tmp_path))) == {"export.conf", "old.rsc"}


def test_a_file_that_was_named_has_to_be_one(reads: Reader, tmp_path: Path) -> None:
    write(tmp_path, notes__txt="call Suzuki", README__md="# notes")
    network = reads(tmp_path / "notes.txt", tmp_path / "README.md")
    assert set(failures(network)) == {"notes.txt", "README.md"}


def test_include_and_exclude(reads: Reader, tmp_path: Path) -> None:
    write(tmp_path, a__txt="toy a\n", b__txt="toy b\n", old___c__txt="toy c\n", notes__md="hello")
    assert [d.name for d in reads(tmp_path, exclude=("old/*", "b.*")).devices] == ["a"]
    assert [d.name for d in reads(tmp_path, exclude=("old",)).devices] == ["a", "b"]
    only = reads(tmp_path, include=("b*",))
    assert [d.name for d in only.devices] == ["b"]
    assert ignored(only)["a.txt"] == "not matched by --include"
    assert set(failures(reads(tmp_path, include=("notes.md", "a.txt")))) == {"notes.md"}
    assert ignored(reads(tmp_path, include=("*.txt",), exclude=("a*",)))["a.txt"] == "excluded by --exclude"


def test_a_folder_without_a_configuration_fails(reads: Reader, tmp_path: Path) -> None:
    write(tmp_path, full___fw__cfg="toy fw\n", empty___notes__txt="hello")
    (tmp_path / "void").mkdir()
    network = reads(tmp_path / "full", tmp_path / "empty", tmp_path / "void")
    assert set(failures(network)) == {str(tmp_path / "empty"), str(tmp_path / "void")}
    assert all("no configuration" in problem for problem in failures(network).values())
    assert len(network.devices) == 1


# What fails, while the others are read

BAD: dict[str, tuple[bytes, str]] = {
    "empty.cfg": (b"", "empty"),
    "binary.cfg": (bytes(range(256)) * 40, "binary"),
    "line.cfg": (b"toy x\n" + b"x" * 5_000_000, "line 2 has more than"),
    "other.cfg": (UNKNOWN_MAKER.encode(), "no format is recognised"),
    "defect.cfg": (b"toy x\nraise hunter2\n", "the parser toy failed"),
    "nothing.cfg": (b"toy-like but none\nfail\n", "asked to fail"),
    "program.cfg": (b"\x7fELF\x02\x01\x01" + bytes(64), "a Linux program"),
}


def test_each_bad_input_has_one_clear_message_and_the_others_are_read(reads: Reader, tmp_path: Path) -> None:
    for name, (data, _) in BAD.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "good.cfg").write_bytes("toy 本社\r\nmaybe\r\n".encode("cp932"))
    network = reads(tmp_path)
    assert [device.name for device in network.devices] == ["本社"]
    assert network.inputs[0].encoding == "cp932"
    assert set(failures(network)) == set(BAD)
    for name, (_, expected) in BAD.items():
        assert expected in failures(network)[name]
    assert not any("hunter2" in problem for problem in failures(network).values()), "an error may quote a secret"


def test_debug_raises_what_a_parser_raises(reads: Reader, tmp_path: Path) -> None:
    write(tmp_path, fw__cfg="toy x\nraise\n")
    with pytest.raises(RuntimeError):
        reads(tmp_path, debug=True)


def test_what_is_not_there_or_not_to_be_read(reads: Reader, tmp_path: Path) -> None:
    write(tmp_path, fw__cfg="toy fw\n")
    (tmp_path / "gone.cfg").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.cfg").symlink_to(tmp_path / "loop.cfg")
    network = reads(tmp_path, tmp_path / "missing")
    assert len(network.devices) == 1
    found = failures(network)
    assert "no such file" in found[str(tmp_path / "missing")]
    assert {path for path in found if path.endswith(("gone.cfg", "loop.cfg"))} != set()
    assert len(found) == 3


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_the_right_to_read(reads: Reader, tmp_path: Path) -> None:
    write(tmp_path, fw__cfg="toy fw\n", shut__cfg="toy x\n")
    (tmp_path / "shut.cfg").chmod(0)
    assert "may not be read" in failures(reads(tmp_path))["shut.cfg"]


def test_a_file_that_the_system_refuses(reads: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, fw__cfg="toy fw\n", shut__cfg="toy x\n")
    real = Path.open

    def refuse(path: Path, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - it stands in for Path.open
        if path.name == "shut.cfg":
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    network = reads(tmp_path)
    assert "may not be read" in failures(network)["shut.cfg"]
    assert len(network.devices) == 1


def test_links_in_circles_end(reads: Reader, tmp_path: Path) -> None:
    write(tmp_path, a___fw__cfg="toy fw\n")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    network = reads(tmp_path)
    assert network.complete
    assert len(network.devices) == 1
    assert set(ignored(network).values()) == {"a link to a folder that is read already"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_in_a_folder_is_not_waited_for(reads: Reader, tmp_path: Path) -> None:
    write(tmp_path, fw__cfg="toy fw\n")
    os.mkfifo(tmp_path / "pipe.cfg")
    network = reads(tmp_path)
    assert ignored(network) == {"pipe.cfg": "not a regular file"}


def test_a_file_that_is_too_large(reads: Reader, tmp_path: Path) -> None:
    write(tmp_path, fw__cfg="toy fw\n", large__cfg="toy x\n" + "maybe\n" * 1000)
    network = reads(tmp_path, limits=Limits(file_bytes=1000))
    assert "larger than" in failures(network)["large.cfg"]
    assert len(network.devices) == 1


# Formats


def test_two_formats_that_are_equally_sure(reads: Reader, known: dict[str, Parser], tmp_path: Path) -> None:
    known["rival"] = parser("rival", detect=likes_everything)
    write(tmp_path, fw__cfg="toy fw\n")
    assert "rival and toy" in failures(reads(tmp_path))["fw.cfg"]
    assert reads(tmp_path, formats=(("*", "toy"),)).complete


def test_a_detector_that_raises_is_named(reads: Reader, known: dict[str, Parser], tmp_path: Path) -> None:
    known["broken"] = parser("broken", detect=raise_always)
    write(tmp_path, fw__cfg="toy fw\n")
    assert "the parser broken failed" in failures(reads(tmp_path))["fw.cfg"]
    with pytest.raises(ZeroDivisionError):
        reads(tmp_path, debug=True)


def test_a_format_that_a_person_said_goes_before_content(
    reads: Reader, known: dict[str, Parser], tmp_path: Path
) -> None:
    write(tmp_path, fw__cfg="! toy it is\ntoy fw\nmaybe\n")
    assert not reads(tmp_path).complete
    network = reads(tmp_path, formats=(("fw*", "toy"),))
    assert network.complete
    assert network.inputs[0].evidence == "--input-format"


def test_the_wrong_format_is_noticed(reads: Reader, known: dict[str, Parser], tmp_path: Path) -> None:
    known["other"] = parser("other", detect=likes_everything)
    write(tmp_path, fw__cfg="a\nb\nc\nd\n", half__cfg="toy half\nb\nc\nd\n")
    found = failures(reads(tmp_path, formats=(("*", "toy"),)))
    assert set(found) == {"fw.cfg", "half.cfg"}
    assert "it looks like other" in found["fw.cfg"]
    assert "3 of 4 lines" in found["half.cfg"]


def test_terminal_captures_are_cleaned_and_accounted_for(reads: Reader, tmp_path: Path) -> None:
    write(tmp_path, fw__log="Welcome\nfw1# show running-config\ntoy fw1\n --More-- \nmaybe\nfw1# exit\n")
    network = reads(tmp_path)
    ledger = network.ledgers["fw.log"]
    assert [ledger.state(line) for line in range(1, 7)] == [
        LineState.IRRELEVANT,
        LineState.IRRELEVANT,
        LineState.MODELLED,
        LineState.IRRELEVANT,
        LineState.UNSUPPORTED,
        LineState.IRRELEVANT,
    ]
    assert ledger.non_blank == 6
    assert "terminal" in ledger.reasons[1]
    assert "4 lines are the terminal's" in str(network.inputs[0].notes[0])


# Groups and processes


def together(sources: tuple[SourceFile, ...]) -> tuple[tuple[SourceFile, ...], ...]:
    return (sources,)


def test_files_that_belong_together_are_parsed_together(
    reads: Reader, known: dict[str, Parser], tmp_path: Path
) -> None:
    known["toy"] = parser(group=together)
    write(tmp_path, a__cfg="toy a\n", b__cfg="toy b\n")
    network = reads(tmp_path)
    assert {one.devices for one in network.inputs} == {("a", "b")}
    assert len(list(network.separated())) == 1


def test_separate_networks(reads: Reader, tmp_path: Path) -> None:
    write(tmp_path, a__cfg="toy fw\n", b__cfg="toy fw\nfail\n", c__cfg="")
    first, second = reads(tmp_path).separated()
    assert [device.name for device in first.devices] == ["fw"]
    assert first.complete
    assert [device.name for device in second.devices] == ["fw#2"]
    assert not second.complete
    assert list(second.sources) == ["b.cfg"]


class Counting(Executor):
    """An executor that runs at once and counts."""

    def __init__(self) -> None:
        self.count = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - as Executor's
        self.count += 1
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_any_executor_gives_the_same_network(reads: Reader, tmp_path: Path) -> None:
    write(tmp_path, **{f"f{n}__cfg": f"toy fw{n % 3}\n{'maybe' if n % 2 else 'raise'}\n" for n in range(9)})
    alone = reads(tmp_path)
    counting = Counting()
    assert reads(tmp_path, executor=counting) == alone
    assert counting.count == 9
    with ThreadPoolExecutor(2) as threads:
        assert reads(tmp_path, executor=threads) == alone


# Processes of their own need a format that is shipped: what a test puts in its place stays in this process.


def a_router(name: str) -> str:
    return f"""*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -s 192.0.2.0/24 -o {name} -p tcp -m tcp --dport 443 -j ACCEPT
COMMIT
"""


def test_other_processes_give_the_same_network(tmp_path: Path) -> None:
    write(tmp_path, **{f"gw{n}__v4": a_router(f"eth{n}") for n in range(3)})
    selection = Selection(paths=(str(tmp_path),))
    alone = read(selection, jobs=1)
    assert len(alone.devices) == 3
    assert read(selection, jobs=2) == alone


def leave() -> None:
    os._exit(9)


def test_a_process_that_ends_is_a_failure_of_its_files(reads: Reader, tmp_path: Path) -> None:
    write(tmp_path, fw__cfg="toy fw\n")
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as broken:
        with pytest.raises(BrokenExecutor):
            broken.submit(leave).result()
        network = reads(tmp_path, executor=broken)
    assert "for want of memory" in failures(network)["fw.cfg"]


def test_processes_are_used_where_they_are_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def group(size: int) -> parse.Group:
        return parse.Group(parser="toy", sources=(SourceFile(path="fw.cfg", lines=(), size=size),))

    large = [group(parse.WORTH_A_PROCESS) for _ in range(3)]
    for processors, groups, jobs, workers in (
        (8, large, None, 3),
        (2, large, None, 1),
        (2, large, 2, 2),
        (8, large, 1, 1),
        (8, large, 16, 3),
        (8, [group(9)] * 5, None, 1),
        (2, [group(1 << 20)] * 40, None, 2),
        (1, [group(1 << 20)] * 40, None, 1),
        (2, [group(9)] * 40, None, 1),
    ):
        monkeypatch.setattr(os, "cpu_count", lambda number=processors: number)
        assert parse._workers(groups, jobs) == workers
