"""Cases of checks as data: what ``tests/checks/<slug>.yaml`` holds, and a check run on one of them.

The format is told in CONTRIBUTING.md. Unknown keys are errors, so that a misspelt expectation is never taken for met.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import cast

import yaml

from segaudit.findings.page import Block, Code, read_page
from segaudit.findings.report import FindingReport, Report, WitnessReport
from segaudit.model import Certainty, Span
from segaudit.packetspace.packet import Packet
from segaudit.pipeline.audit import audit
from segaudit.pipeline.collect import Selection
from segaudit.pipeline.discover import checks
from segaudit.pipeline.read import read
from segaudit.policy import Control, ParameterValue, Policy, load_site

FOLDER = Path(__file__).parent
#: The day on which a case is audited that names none.
AS_OF = date(2026, 4, 1)


class CaseError(ValueError):
    """A case file does not say what a case can say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a finding must be like; what is ``None`` may be anything.

    ``sent`` and ``received`` are ``address:port`` of the witness (IPv6 in brackets; the address alone where there is no
    port; ``*`` for any address). ``rules`` are ids, ``lines`` ``file:first`` or ``file:first-last``; both must be among
    those that the finding names. ``title``, ``message``, ``reasons`` and ``notes`` are texts that must occur.
    """

    from_zone: str | None = None
    to_zone: str | None = None
    severity: str | None = None
    certainty: str | None = None
    services: tuple[str, ...] | None = None
    protocol: int | None = None
    source: str | None = None
    sent: str | None = None
    received: str | None = None
    rules: tuple[str, ...] | None = None
    lines: tuple[str, ...] | None = None
    title: str | None = None
    message: str | None = None
    reasons: tuple[str, ...] | None = None
    notes: tuple[str, ...] | None = None

    def differences(self, found: FindingReport) -> list[str]:
        """Where ``found`` is not as expected, in words."""
        differing: list[str] = []

        def same(what: str, expected: object, is_: object) -> None:
            if expected is not None and expected != is_:
                differing.append(f"{what} is {is_!r}, not {expected!r}")

        def among(what: str, expected: Iterable[str] | None, are: Iterable[str]) -> None:
            there = list(are)
            differing.extend(f"{what} {one!r} is not among {there}" for one in expected or () if one not in there)

        def inside(what: str, expected: Iterable[str] | None, text: str) -> None:
            differing.extend(f"{one!r} is not in the {what} {text!r}" for one in expected or () if one not in text)

        same("from", self.from_zone, found.from_zone)
        same("to", self.to_zone, found.to_zone)
        same("severity", self.severity, found.severity.word)
        same("certainty", self.certainty, found.certainty.value)
        same("services", self.services, found.services)
        if found.certainty == Certainty.CONFIRMED and found.certainty_reasons:
            differing.append("it is confirmed and yet has reasons not to be")
        if found.certainty == Certainty.POSSIBLE and not found.certainty_reasons:
            differing.append("it is only possible and does not say why")
        differing += self._witness_differences(found.witness)
        among("rule", self.rules, (rule.rule_id for rule in found.rules))
        among("line", self.lines, (str(place.span) for place in found.locations))
        inside("title", None if self.title is None else [self.title], str(found.title))
        inside("message", None if self.message is None else [self.message], str(found.message))
        inside("reasons", self.reasons, " | ".join(map(str, found.certainty_reasons)))
        inside("notes", self.notes, " | ".join(map(str, found.notes)))
        return differing

    def _witness_differences(self, witness: WitnessReport | None) -> list[str]:
        wanted = (self.protocol, self.source, self.sent, self.received)
        if witness is None:
            return ["there is no witness"] if any(one is not None for one in wanted) else []
        differing = []
        if self.protocol is not None and witness.sent.protocol != self.protocol:
            differing.append(f"the protocol is {witness.sent.protocol}, not {self.protocol}")
        if self.source is not None and witness.sent.src_text != self.source:
            differing.append(f"the source is {witness.sent.src_text}, not {self.source}")
        for what, expected, packet in (
            ("sent to", self.sent, witness.sent),
            ("received at", self.received, witness.received),
        ):
            if expected is not None and not _meets(expected, packet):
                differing.append(f"it is {what} {place(packet)}, not {expected}")
        return differing


def _meets(expected: str, packet: Packet) -> bool:
    if expected.startswith("*:"):
        return expected == f"*:{packet.dst_port}"
    return expected == place(packet)


def place(packet: Packet) -> str:
    """Where a packet goes to: ``192.0.2.1:22``, ``[2001:db8::1]:22``, the address alone where there is no port."""
    if not packet.dst_port:
        return packet.dst_text
    address = f"[{packet.dst_text}]" if packet.version == 6 else packet.dst_text
    return f"{address}:{packet.dst_port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One network and what the check finds there. ``files`` maps paths to text, ``trap`` is what it guards against."""

    check: str
    name: str
    files: Mapping[str, str]
    expect: tuple[Expectation, ...]
    site: str = ""
    as_of: date = AS_OF
    formats: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    trap: str = ""
    not_understood: int = 0

    def run(self, folder: Path) -> Report:
        """The report of an audit with this check alone; ``folder`` is empty and takes the files."""
        for path, text in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        network = read(Selection(paths=(str(folder),), formats=tuple(self.formats.items())), jobs=1, debug=True)
        if network.failures:
            raise CaseError("; ".join(map(str, network.failures)))
        if set(self.files) != {one.path for one in network.inputs}:
            raise CaseError(f"not all of {sorted(self.files)} were read: {[i.path for i in network.inputs]}")
        if network.not_understood != self.not_understood:
            lines = [f"{path}:{n}" for path, ledger in network.ledgers.items() for n in _not_understood(ledger)]
            raise CaseError(f"lines that no parser understood: {lines}")
        site = load_site(self.site, "site.yaml") if self.site else load_site("{}", "site.yaml")
        control = Control(
            id=self.check,
            check=self.check,
            title=self.check,
            title_ja=self.check,
            span=Span(path="case", first_line=1, last_line=1),
            parameters=self.parameters,
        )
        policy = Policy(name="case", title="case", title_ja="case", path="case", controls=(control,))
        return audit(network, [policy], site, checks(), self.as_of)


def _not_understood(ledger: object) -> list[int]:
    from segaudit.model import Ledger, LineState

    assert isinstance(ledger, Ledger)
    return [n for s in (LineState.UNSUPPORTED, LineState.UNRECOGNIZED) for n in ledger.lines(s)]


def unmet(expect: Sequence[Expectation], found: Sequence[FindingReport]) -> list[str]:
    """What is expected and not found, found and not expected; empty where both agree one to one."""
    left = list(found)
    missing: list[Expectation] = []
    for one in expect:
        hit = next((f for f in left if not one.differences(f)), None)
        if hit is None:
            missing.append(one)
        else:
            left.remove(hit)
    said: list[str] = []
    for one in missing:
        near = [f"  {f.title}: {'; '.join(one.differences(f))}" for f in left]
        said += [f"expected and not found: {_shown(one)}", *near]
    return said + [f"found and not expected: {describe(f)}" for f in left]


def _shown(one: Expectation) -> str:
    values = ((f.name, getattr(one, f.name)) for f in fields(one))
    return ", ".join(f"{name}={value!r}" for name, value in values if value is not None)


def describe(found: FindingReport) -> str:
    """A finding on one line, for a message of a failing test."""
    where = f"{found.from_zone} -> {found.to_zone}"
    packet = "" if found.witness is None else f", {place(found.witness.sent)} received {place(found.witness.received)}"
    rules = ", ".join(f"{r.rule_set}/{r.rule_id}" for r in found.rules)
    reasons = "; ".join(map(str, found.certainty_reasons))
    return (
        f"{found.check} [{found.severity.word} {found.certainty}] {where}{packet} ({rules}) {found.title}. "
        f"{found.message} {reasons}"
    )


# -- from YAML --------------------------------------------------------------------------------------------------------

_CASE_KEYS = frozenset({"name", "trap", "files", "site", "as_of", "formats", "parameters", "not_understood", "expect"})
_KEYS = {"from": "from_zone", "to": "to_zone"} | {
    f.name: f.name for f in fields(Expectation) if f.name not in {"from_zone", "to_zone"}
}
_LISTS = frozenset({"services", "rules", "lines", "reasons", "notes"})


def load_cases(slug: str) -> tuple[Case, ...]:
    """The cases of a check, its page's example and fix first; `CaseError` where the file is not as it should be."""
    path = FOLDER / f"{slug}.yaml"
    document = _mapping(yaml.safe_load(path.read_text(encoding="utf-8")), path.name)
    _known(document, {"example", "cases", "blocks"}, path.name)
    blocks = {f"{{{k}}}": str(v) for k, v in _mapping(document.get("blocks", {}), f"{path.name}: blocks").items()}
    items = document.get("cases")
    if not isinstance(items, list) or "example" not in document:
        raise CaseError(f"{path.name}: a check has an 'example' and a list of 'cases'")
    example = _mapping(document["example"], f"{path.name}: example")
    found = [*_page_cases(slug, example, blocks)]
    found += [_case(slug, _mapping(one, f"{path.name}: case"), blocks) for one in items]
    names = [case.name for case in found]
    if doubled := {name for name in names if names.count(name) > 1}:
        raise CaseError(f"{path.name}: two cases are called {sorted(doubled)}")
    return tuple(found)


def _page_cases(slug: str, item: Mapping[str, object], blocks: Mapping[str, str]) -> Iterable[Case]:
    """The example of the page, which fires as told, and its fix, which does not."""
    page = read_page(inspect.cleandoc(checks()[slug].doc))
    text = "\n".join([str(item.get("site", "")), *map(str, _mapping(item["files"], slug).values())])
    for section, said in (("example", page.example), ("fix", page.fix)):
        if not _code(said):
            raise CaseError(f"{slug}: the page shows no configuration under {section!r}")
        if f"{{{section}}}" not in text:
            raise CaseError(f"{slug}.yaml: the example has no place for {{{section}}}")
    example, fix = _code(page.example), _code(page.fix)
    yield _case(slug, {**item, "name": "the example of the page"}, {**blocks, "{example}": example, "{fix}": ""})
    solved = {**item, "name": "the fix of the page", "expect": []}
    yield _case(slug, solved, {**blocks, "{example}": "", "{fix}": fix})


def _code(blocks: Iterable[Block]) -> str:
    return "\n".join(line for block in blocks if isinstance(block, Code) for line in block.lines)


def _case(slug: str, item: Mapping[str, object], blocks: Mapping[str, str]) -> Case:
    name = str(item.get("name", ""))
    where = f"{slug}.yaml: {name or 'a case without name'}"
    _known(item, _CASE_KEYS, where)
    expect = item.get("expect")
    if not name or not isinstance(expect, list) or "files" not in item:
        raise CaseError(f"{where}: a case has a name, files, and a list of what is expected (none: [])")
    as_of = item.get("as_of", AS_OF)
    if not isinstance(as_of, date):
        raise CaseError(f"{where}: as_of is a date")
    return Case(
        check=slug,
        name=name,
        trap=str(item.get("trap", "")),
        files={k: _filled(str(v), blocks) for k, v in _mapping(item["files"], where).items()},
        site=_filled(str(item.get("site", "")), blocks),
        as_of=as_of,
        formats={k: str(v) for k, v in _mapping(item.get("formats", {}), where).items()},
        parameters=cast("Mapping[str, ParameterValue]", _mapping(item.get("parameters", {}), where)),
        not_understood=int(str(item.get("not_understood", 0))),
        expect=tuple(_expectation(_mapping(one, where), where) for one in expect),
    )


def _expectation(item: Mapping[str, object], where: str) -> Expectation:
    _known(item, _KEYS, where)
    values: dict[str, object] = {}
    for key, value in item.items():
        if key in _LISTS:
            if not isinstance(value, list):
                raise CaseError(f"{where}: {key} is a list")
            values[_KEYS[key]] = tuple(map(str, value))
        else:
            values[_KEYS[key]] = value
    return Expectation(**values)  # type: ignore[arg-type]  # YAML: what has another type is equal to nothing


def _filled(text: str, blocks: Mapping[str, str]) -> str:
    """``text`` with the blocks in the lines that hold nothing but their names."""
    lines: list[str] = []
    for line in text.splitlines():
        block = blocks.get(line.strip())
        if block is None:
            if re.fullmatch(r"\s*\{\w+\}\s*", line):
                raise CaseError(f"no block is called {line.strip()}")
            lines.append(line)
            continue
        indent = line[: len(line) - len(line.lstrip())]
        lines += [f"{indent}{one}" if one else one for one in block.splitlines()]
    return "\n".join(lines) + "\n" if lines else ""


def _mapping(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise CaseError(f"{where}: expected keys and values, found {value!r}")
    return {str(k): v for k, v in value.items()}


def _known(item: Mapping[str, object], known: Iterable[str], where: str) -> None:
    if unknown := sorted(set(item) - set(known)):
        raise CaseError(f"{where}: unknown {unknown}; known are {sorted(known)}")
