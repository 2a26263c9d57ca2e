"""``python -m tests.crosscheck [--syntax ios|asa] FILE…``: our reading of Cisco files against ciscoconfparse.

The exit status is 1 where a difference stands that is not explained.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from segaudit.model import SourceFile
from segaudit.parsers.cisco_asa import PARSER as ASA
from segaudit.parsers.cisco_ios import PARSER as IOS
from tests.crosscheck.compare import Comparison, compare
from tests.crosscheck.differences import EXPLAINED


def read_source(path: Path) -> SourceFile:
    """A file as the parsers get it: decoded, in lines."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp932", errors="replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return SourceFile(path=str(path), lines=tuple(lines))


def syntax_of(source: SourceFile) -> str:
    """The syntax by content: ``asa`` or ``ios``."""
    return "asa" if ASA.detect(source).score > IOS.detect(source).score else "ios"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare and print; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.crosscheck", description=__doc__)
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument("--syntax", choices=("ios", "asa"), help="by content where not given")
    parser.add_argument("-v", "--verbose", action="store_true", help="print the explanations too")
    chosen = parser.parse_args(arguments)
    comparisons = []
    for path in chosen.files:
        source = read_source(path)
        one = compare(source, chosen.syntax or syntax_of(source))
        comparisons.append(one)
        _print(one)
    if chosen.verbose:
        used = sum((one.counts for one in comparisons), Counter[str]())
        for explained in EXPLAINED:
            if used[explained.name]:
                print(f"\n{explained.name}: {explained.word}")
    return 1 if any(one.unexplained for one in comparisons) else 0


def _print(one: Comparison) -> None:
    told = "".join(f", {count} {name}" for name, count in sorted(one.counts.items()))
    print(f"{one.path} ({one.syntax}): {one.statements} statements agree{told}, {len(one.unexplained)} unexplained")
    for line in one.unexplained:
        ours = "no statement" if line.ours is None else f"below line {line.ours}"
        peer = "no statement" if line.theirs is None else f"below line {line.theirs}"
        words = " ".join(line.text.split()[:2])
        print(f"  line {line.number} ({words} …): {ours} to us, {peer} to ciscoconfparse")


if __name__ == "__main__":
    sys.exit(main())
