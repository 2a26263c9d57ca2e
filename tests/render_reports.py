"""What segaudit says of the examples: `python -m tests.render_reports` writes reports/, with `--check` it only compares.

Each folder of examples/configs/ is audited once, for a fixed day, and rendered in every format; HTML in both languages.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Final

from segaudit.findings.report import Report
from segaudit.pipeline.audit import audit
from segaudit.pipeline.collect import Selection
from segaudit.pipeline.discover import checks, reporters
from segaudit.pipeline.facts import load_policies, load_site
from segaudit.pipeline.read import read
from segaudit.reporter import ReporterOptions

ROOT: Final = Path(__file__).resolve().parent.parent
EXAMPLES: Final = ROOT / "examples" / "configs"
REPORTS: Final = ROOT / "reports"
#: Schedules and waivers are judged for this day.
AS_OF: Final = date(2026, 11, 1)
POLICY: Final = "bigman-4"
#: Reporter and language of each file.
FILES: Final = {
    "report.txt": ("text", "en"),
    "report.json": ("json", "en"),
    "report.sarif": ("sarif", "en"),
    "report.html": ("html", "en"),
    "report.ja.html": ("html", "ja"),
}
#: What stands in reports/ beside the rendered files.
KEPT: Final = frozenset({"README.md"})


def examples() -> list[Path]:
    """The folders that hold one state of one network, sorted."""
    return sorted(path for path in EXAMPLES.iterdir() if path.is_dir())


def report_on(folder: Path) -> Report:
    """The report on an example, as `segaudit audit` makes it."""
    known = checks()
    network = read(Selection(paths=(str(folder),)), jobs=1)
    return audit(network, load_policies([POLICY], known), load_site([str(folder)], None), known, AS_OF)


def rendered(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file of an example's reports with its bytes."""
    report = report_on(folder)
    for name, (reporter, language) in FILES.items():
        said = reporters()[reporter].render(report, ReporterOptions(language=language))
        yield REPORTS / folder.name / name, said if isinstance(said, bytes) else said.encode()


def difference(file: Path, wanted: bytes) -> str:
    """How the file differs from what it should be, in one line; empty where it does not."""
    shown = file.relative_to(ROOT).as_posix()
    if not file.is_file():
        return f"{shown} is missing"
    there = file.read_bytes()
    if there == wanted:
        return ""
    pairs = zip_longest(there.splitlines(), wanted.splitlines())
    line = next((n for n, (old, new) in enumerate(pairs, start=1) if old != new), 0)
    return f"{shown} differs from line {line} on"


def main(arguments: list[str] | None = None) -> int:
    """Write the reports, or with `--check` say which are not as they should be; 1 if any."""
    parser = argparse.ArgumentParser(prog="python -m tests.render_reports", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; say what differs")
    check = parser.parse_args(arguments).check
    wanted = {file: text for folder in examples() for file, text in rendered(folder)}
    wrong: list[str] = []
    for file, text in wanted.items():
        if check:
            wrong.append(difference(file, text))
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text)
    for file in sorted(REPORTS.rglob("*")):
        if file.is_file() and file not in wanted and file.name not in KEPT:
            if check:
                wrong.append(f"{file.relative_to(ROOT).as_posix()} belongs to no example")
            else:
                file.unlink()
    wrong = [one for one in wrong if one]
    for one in wrong:
        print(f"{one}; run `make reports` and read what changed", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
