"""The comparison: every line and its parent; so its children too, for a child is a statement with that parent."""

from collections import Counter
from dataclasses import dataclass

from segaudit.model import SourceFile
from tests.crosscheck.differences import EXPLAINED, Explained, Line
from tests.crosscheck.readings import OURS, theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One file: how many statements agree, which differences are explained by what, and which are not."""

    path: str
    syntax: str
    statements: int
    explained: tuple[tuple[Line, Explained], ...]
    unexplained: tuple[Line, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many lines each explanation covers."""
        return Counter(explained.name for _, explained in self.explained)


def compare(source: SourceFile, syntax: str) -> Comparison:
    """Both readings of ``source`` as ``syntax`` (``ios`` or ``asa``)."""
    mine, peer = OURS[syntax](source), theirs(source.lines, syntax)
    explained: list[tuple[Line, Explained]] = []
    unexplained: list[Line] = []
    agreed = 0
    for number, text in source.numbered():
        ours, their = mine.parents.get(number), peer.parents.get(number)
        if ours is not None and ours == their:
            agreed += 1
            continue
        line = Line(
            number=number,
            text=text,
            ours=ours,
            theirs=their,
            reason=mine.reasons.get(number, ""),
            parent_text=source.lines[ours - 1] if ours else "",
            their_root=source.lines[peer.root(number) - 1] if their else "",
            syntax=syntax,
        )
        found = next((one for one in EXPLAINED if one.covers(line)), None)
        if found is None:
            unexplained.append(line)
        else:
            explained.append((line, found))
    return Comparison(
        path=source.path,
        syntax=syntax,
        statements=agreed,
        explained=tuple(explained),
        unexplained=tuple(unexplained),
    )
