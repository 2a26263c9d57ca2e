"""``python -m benchmarks [rules|estate|difference]``: whole processes and their stages on generated configurations."""

from __future__ import annotations

import argparse
import compileall
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import segaudit
from benchmarks.estate import estate, write
from benchmarks.generate import FORMATS, Line, asa, rules

SIZES = (1_000, 10_000, 50_000)
ESTATES = (25, 50, 100, 200)
#: Rules that differ between the two versions of `difference`.
CHANGED = 25


@dataclass(frozen=True, slots=True)
class Run:
    """One process: wall seconds, processor seconds, peak resident megabytes, what it printed."""

    wall: float
    processor: float
    peak: float
    out: str


def main() -> None:
    """Print figures and the ratios that are promised; without a word, of everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", choices=["rules", "estate", "difference", []], help="default: all three")
    parser.add_argument("--most", type=int, default=SIZES[-1], help="rules: leave out larger lists")
    parser.add_argument("--runs", type=int, default=3, help="runs of each command; medians are printed")
    parser.add_argument("--devices", type=int, default=ESTATES[-1], help="estate: leave out larger ones")
    options = parser.parse_args()
    # As pip does for what it installs; else the first run, or each, would compile segaudit.
    compileall.compile_dir(str(Path(segaudit.__file__).parent), quiet=2)
    wanted = options.what or ["rules", "difference", "estate"]
    if "rules" in wanted:
        _rules(options.runs, options.most)
    if "difference" in wanted:
        _difference(options.runs)
    if "estate" in wanted:
        _estates(options.devices)


def _rules(runs: int, most: int) -> None:
    """A row for each format, size and kind of list."""
    version = _median([_run(["--version"]) for _ in range(runs + 2)])
    print(f"segaudit --version: {version.wall * 1000:.0f} ms")
    print(f"{'format':18}{'rules':>8} {'list':9}{'parse s':>9}{'audit s':>9}{'peak MB':>9}{'dead':>7}  shadowed/sparse")
    with tempfile.TemporaryDirectory() as folder:
        for name, spell in FORMATS.items():
            for size in (s for s in SIZES if s <= most):
                sparse = 0.0
                for kind in ("sparse", "shadowed"):
                    path = Path(folder) / f"{name}-{size}-{kind}.cfg"
                    path.write_text("\n".join(spell(rules(size, shadowed=kind == "shadowed"))) + "\n", encoding="utf-8")
                    parse = _median([_run(["show", "ledger", "-q", "--totals", str(path)]) for _ in range(runs)])
                    whole = _median([_run(["audit", "-f", "json", str(path)]) for _ in range(runs)])
                    dead = whole.out.count('"check": "dead-rule-')
                    ratio = "" if kind == "sparse" else f"{whole.wall / sparse:.2f}"
                    sparse = whole.wall if kind == "sparse" else sparse
                    print(
                        f"{name:18}{size:>8} {kind:9}{parse.wall:>9.2f}{whole.wall:>9.2f}{whole.peak:>9.0f}{dead:>7}"
                        f"  {ratio}",
                        flush=True,
                    )


def _estates(most: int) -> None:
    """A row for each size of estate: without a cache, with a cold one, and with a warm one after one device changed."""
    print(f"{'devices':>7}{'rules':>9}{'zones':>7}{'pairs':>9}{'open':>8}", end="")
    print(
        f"{'parse s':>9}{'audit s':>9}{'cpu s':>8}{'peak MB':>9}{'cold s':>8}{'warm s':>8}{'ms/device':>11}{'ms/open':>9}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for devices in (n for n in ESTATES if n <= most):
            configs, cache = Path(folder) / f"estate{devices}", Path(folder) / f"cache{devices}"
            configs.mkdir()
            boxes = estate(devices)
            write(boxes, configs)
            kept = {"SEGAUDIT_CACHE": str(cache)}
            command = ["audit", "-f", "json", str(configs)]
            parse = _run(["show", "ledger", "-q", "--totals", str(configs)])
            whole = _run(command)
            cold = _run(command, kept)
            changed = configs / f"{boxes[-1].name}.conf"
            changed.write_text(changed.read_text(encoding="utf-8").replace("443", "8443"), encoding="utf-8")
            warm = _run(command, kept)
            assert cold.out == whole.out, "the cache changed the report"
            matrix = json.loads(whole.out)["matrix"]
            opened = sum(cell["permitted"] != "none" for cell in matrix)
            zones = len({cell["from_zone"] for cell in matrix})
            count = sum(len(box.rules) for box in boxes)
            print(
                f"{devices:>7}{count:>9}{zones:>7}{len(matrix):>9}{opened:>8}{parse.wall:>9.2f}{whole.wall:>9.2f}"
                f"{whole.processor:>8.1f}{whole.peak:>9.0f}{cold.wall:>8.2f}{warm.wall:>8.2f}"
                f"{parse.wall * 1000 / devices:>11.1f}{(whole.wall - parse.wall) * 1000 / opened:>9.2f}",
                flush=True,
            )


def _difference(runs: int) -> None:
    """Two versions of one ASA with 10,000 rules: both parsed, and what one lets through and the other does not."""
    walls: list[float] = []
    counts = (0, 0)
    with tempfile.TemporaryDirectory() as folder:
        before = rules(10_000, shadowed=False)
        after = [
            Line(not one.permit, one.protocol, one.source, one.destination, one.port)
            if place % (len(before) // CHANGED) == 7
            else one
            for place, one in enumerate(before)
        ]
        paths = []
        for name, lines in (("before", before), ("after", after)):
            paths.append(Path(folder) / f"{name}.cfg")
            paths[-1].write_text("\n".join(asa(lines)) + "\n", encoding="utf-8")
        for _ in range(runs):
            begun = time.perf_counter()
            found = subprocess.run(
                [sys.executable, "-m", "benchmarks.difference", *map(str, paths)],
                check=True,
                capture_output=True,
                text=True,
            )
            walls.append(time.perf_counter() - begun)
            opened, closed = found.stdout.split()
            counts = int(opened), int(closed)
    print(
        f"difference of two ASA lists of 10,000 rules, {CHANGED} of them changed: {statistics.median(walls):.2f} s,"
        f" {counts[0]} packets opened, {counts[1]} closed"
    )


def _median(found: Sequence[Run]) -> Run:
    """The median of each second, the highest peak, what the last run printed."""
    return Run(
        wall=statistics.median(one.wall for one in found),
        processor=statistics.median(one.processor for one in found),
        peak=max(one.peak for one in found),
        out=found[-1].out,
    )


def _run(arguments: Sequence[str], more: Mapping[str, str] | None = None) -> Run:
    """One `segaudit`, without a cache unless ``more`` of the environment names one."""
    command = [str(Path(sys.executable).with_name("segaudit")), *arguments]
    if "audit" in arguments:
        command += ["-q", "--as-of", date(2026, 11, 1).isoformat()]
    environment = {**os.environ, "SEGAUDIT_CACHE": "off", **(more or {})}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, env=environment)
        _, _, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        out.seek(0)
        text = out.read()
    return Run(wall=wall, processor=usage.ru_utime + usage.ru_stime, peak=usage.ru_maxrss / 1024, out=text)


if __name__ == "__main__":
    main()
