"""``python -m benchmarks [--most N] [--runs N]``: whole processes and their stages on generated rule lists."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.generate import FORMATS, rules

SIZES = (1_000, 10_000, 50_000)


def main() -> None:
    """Print one row for each format, size and kind of list, and the ratios that are promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=SIZES[-1], help="leave out larger lists")
    parser.add_argument("--runs", type=int, default=3, help="runs of each command; medians are printed")
    options = parser.parse_args()
    segaudit = str(Path(sys.executable).with_name("segaudit"))
    print(f"segaudit --version: {_median(options.runs + 2, [segaudit, '--version'])[0] * 1000:.0f} ms")
    print(f"{'format':18}{'rules':>8} {'list':9}{'parse s':>9}{'audit s':>9}{'peak MB':>9}{'dead':>7}  shadowed/sparse")
    with tempfile.TemporaryDirectory() as folder:
        for name, write in FORMATS.items():
            for size in (s for s in SIZES if s <= options.most):
                sparse = 0.0
                for kind in ("sparse", "shadowed"):
                    path = Path(folder) / f"{name}-{size}-{kind}.cfg"
                    path.write_text("\n".join(write(rules(size, shadowed=kind == "shadowed"))) + "\n", encoding="utf-8")
                    parse, _, _ = _median(options.runs, [segaudit, "show", "ledger", "-q", str(path)])
                    wall, peak, out = _median(options.runs, [segaudit, "audit", "-f", "json", str(path)])
                    dead = out.count('"check": "dead-rule-')
                    ratio = "" if kind == "sparse" else f"{wall / sparse:.2f}"
                    sparse = wall if kind == "sparse" else sparse
                    print(
                        f"{name:18}{size:>8} {kind:9}{parse:>9.2f}{wall:>9.2f}{peak:>9.0f}{dead:>7}  {ratio}",
                        flush=True,
                    )


def _median(runs: int, command: list[str]) -> tuple[float, float, str]:
    """Median wall seconds, highest peak resident megabytes, and what the last run printed."""
    walls: list[float] = []
    peak = 0.0
    text = ""
    for _ in range(runs):
        with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
            begun = time.perf_counter()
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
            _, _, usage = os.wait4(process.pid, 0)
            walls.append(time.perf_counter() - begun)
            peak = max(peak, usage.ru_maxrss / 1024)
            out.seek(0)
            text = out.read()
    return statistics.median(walls), peak, text


if __name__ == "__main__":
    main()
