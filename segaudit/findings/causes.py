"""One cause, one headline: what follows from a missing control is attached to the finding that names it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from segaudit.findings.finding import Finding, RuleRef

#: What lets packets pass; a translation only changes them.
_LETS_PASS = frozenset({"permit", "default", "unfiltered"})


def attach_causes(findings: Iterable[Finding], headlines: Sequence[str]) -> tuple[Finding, ...]:
    """The findings with keys, each with the headline that it follows from.

    ``headlines`` are the slugs of checks whose findings name a cause, the deepest first. A finding follows from a
    headline when everything that lets its packets pass is among what the headline names, and its zones are the
    headline's, where that has only one of them. A headline may itself follow from a deeper one; nothing follows from
    what is not worse than a note.
    """
    keyed = [replace(f, key=f.key or _key(f)) for f in findings]
    ranks = {slug: rank for rank, slug in enumerate(headlines)}
    causes = sorted((f for f in keyed if f.check in ranks), key=lambda f: (ranks[f.check], f.key))
    named = [(f, _passing(f)) for f in causes]
    found: list[Finding] = []
    for finding in keyed:
        passing = _passing(finding)
        rank = ranks.get(finding.check, len(ranks))
        cause = next(
            (
                headline.key
                for headline, refs in named
                if passing and ranks[headline.check] < rank and passing <= refs and _among(finding, headline)
            ),
            finding.cause,
        )
        found.append(finding if cause == finding.cause else replace(finding, cause=cause))
    return tuple(found)


def _among(finding: Finding, headline: Finding) -> bool:
    """Whether the headline speaks of the finding's zones: an empty name stands for several."""
    return (
        headline.key != finding.key
        and headline.from_zone in ("", finding.from_zone)
        and headline.to_zone in ("", finding.to_zone)
    )


def _passing(finding: Finding) -> frozenset[RuleRef]:
    if finding.packets is None:
        return frozenset()
    return frozenset(ref for ref in finding.rules if ref.action in _LETS_PASS)


def _key(finding: Finding) -> str:
    return "/".join((finding.check, finding.control, finding.from_zone, finding.to_zone, finding.fingerprint[:16]))
