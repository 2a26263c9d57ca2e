"""``python -m benchmarks.difference BEFORE AFTER``: what one list lets through and the other does not, exactly.

Prints how many packets were opened and how many closed: at the level of sets, before any report is made of it.
"""

from __future__ import annotations

import gc
import sys
from datetime import date

from segaudit.packetspace.space import PacketSet, PacketSpace
from segaudit.pipeline.collect import Selection
from segaudit.pipeline.read import read
from segaudit.semantics.device import DeviceSemantics


def main(before: str, after: str) -> None:
    """Both files parsed, both lists evaluated in one space, subtracted both ways."""
    gc.disable()
    space = PacketSpace()
    old, new = (_permitted(space, path) for path in (before, after))
    print((new - old).count(), (old - new).count())


def _permitted(space: PacketSpace, path: str) -> PacketSet:
    (device,) = read(Selection(paths=(path,)), jobs=1).devices
    result = DeviceSemantics(space, device, date(2026, 11, 1)).rule_sets.ask("OUTSIDE_IN")
    assert result is not None, "the generated device has the list"
    return result.permitted


if __name__ == "__main__":
    main(*sys.argv[1:])
