"""The recorded verdicts in `SEGAUDIT_SHARED/oracle`, read into questions for the tracer.

- ``filters``: one packet, one list of a file of the corpus, as Batfish judged it.
- ``kernel``: one packet through a whole iptables-save file, as Linux judged it.
- ``equivalence``: one policy written in many formats, with the verdicts of the policy.

Each set has a README beside it that says how the verdicts were made and where they are known to be wrong.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from segaudit.semantics.trace_flows import Flow, flow_of

#: The day on which the schedules of corpus files are decided; Batfish does not look at schedules.
AS_OF: Final = date(2026, 1, 1)

#: Which parser reads the files of a folder of the corpus.
CORPUS_PARSERS: Final = {
    "fortios": "fortinet_fortios",
    "cisco_asa": "cisco_asa",
    "cisco_ios": "cisco_ios",
    "iptables_save": "linux_iptables",
    "yamaha_rtx": "yamaha_rtx",
    "panos_xml": "paloalto_panos",
    "panos_set": "paloalto_panos",
    "junos_srx": "juniper_srx",
}

#: For the renderings of a policy: the parser, and the way of the packet (in, out; ``@from``, ``@to``: the policy's zones).
RENDERINGS: Final = {
    "fortigate": ("fortinet_fortios", "@from", "@to"),
    "ciscoasa": ("cisco_asa", "@from", "@to"),
    "cisco": ("cisco_ios", "GigabitEthernet0/0", "GigabitEthernet0/1"),
    "iptables": ("linux_iptables", "eth0", ""),
    "iptables6": ("linux_iptables", "eth0", ""),
    "speedway": ("linux_iptables", "eth0", ""),
    "speedway6": ("linux_iptables", "eth0", ""),
    "speedway_nochain": ("linux_iptables", "eth0", "eth1"),
    "speedway_nochain6": ("linux_iptables", "eth0", "eth1"),
    "paloalto": ("paloalto_panos", "@from", "@to"),
    "paloalto_inline": ("paloalto_panos", "@from", "@to"),
    "srx": ("juniper_srx", "@from", "@to"),
    "srx_zone_book": ("juniper_srx", "@from", "@to"),
    "juniper": ("juniper_srx", "ge-0/0/0.0", "ge-0/0/1.0"),
    "juniperevo": ("juniper_srx", "ge-0/0/0.0", "ge-0/0/1.0"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What the packet was when last seen; ``None`` where the oracle does not say."""

    dst_ip: str | None
    dst_port: int | None
    to_device: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One recorded verdict.

    ``line`` is what decided, in the oracle's words; ``depends_on`` the matches on which the oracle says it hangs;
    ``tainted``: the oracle did not understand all that bears on it.
    """

    flow: Flow
    list_name: str
    line: str
    expected: str
    device: str = ""
    virtual_system: str = ""
    depends_on: tuple[str, ...] = ()
    tainted: bool = False
    received: Received | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One config and what is asked of it. ``path`` is what the parser is told, ``lines`` the text."""

    set_name: str
    parser: str
    path: str
    lines: tuple[str, ...]
    as_of: date
    questions: tuple[Question, ...]


def cases(shared: Path, set_name: str) -> Iterator[Case]:
    """The cases of one set, by file."""
    if set_name == "filters":
        yield from _filters(shared)
    elif set_name == "kernel":
        yield from _kernel(shared)
    elif set_name == "equivalence":
        yield from _equivalence(shared)
    else:
        raise ValueError(set_name)


SETS: Final = ("filters", "kernel", "equivalence")


def read_lines(path: Path) -> tuple[str, ...]:
    """The lines of a file, decoded as far as the corpus needs it."""
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "cp932", "latin-1"):
        try:
            return tuple(data.decode(encoding).splitlines())
        except UnicodeDecodeError:
            continue
    raise AssertionError("latin-1 decodes every byte")


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as rows:
        for row in rows:
            yield json.loads(row)


def _cells(row: Mapping[str, object]) -> dict[str, str]:
    """The cells of a flow from a JSON row: numbers as text, ``null`` as nothing, but ports that it leaves out as zero.

    Batfish knows no ports of UDP-Lite, the policies none of SCTP.
    """
    cells = {name: "" if value is None else str(value) for name, value in row.items()}
    return cells | {port: cells.get(port) or "0" for port in ("src_port", "dst_port")}


# Batfish


def _filters(shared: Path) -> Iterator[Case]:
    for folder, parser in CORPUS_PARSERS.items():
        by_file: dict[str, list[Question]] = {}
        for name in (f"{folder}.jsonl", f"{folder}.zones.jsonl"):
            path = shared / "oracle" / "filters" / name
            if not path.exists():
                continue
            for number, row in enumerate(_json_lines(path), start=1):
                by_file.setdefault(row["file"], []).append(_filter_question(name, number, row))
        for file, questions in sorted(by_file.items()):
            yield Case(
                set_name="filters",
                parser=parser,
                path=file,
                lines=read_lines(shared / "corpus" / folder / file),
                as_of=AS_OF,
                questions=tuple(questions),
            )


def _filter_question(name: str, number: int, row: dict[str, Any]) -> Question:
    # A zone of PAN-OS carries the virtual system that it is in.
    zones = [row[side].partition("~") for side in ("from_zone", "to_zone") if side in row]
    list_name = "->".join(zone for zone, _, _ in zones) or row["filter"]
    fields = ("protocol", "src_ip", "src_port", "dst_ip", "dst_port", "icmp_type", "icmp_code")
    cells = _cells({field: row.get(field) for field in fields})
    return Question(
        flow=flow_of({**cells, "id": f"{name}:{number}", "rule_set": list_name}),
        list_name=list_name,
        line=row["line"],
        expected=row["action"].lower(),
        device=row["device"],
        virtual_system=zones[0][2] if zones else "",
        tainted=row.get("tainted", False),
    )


# Linux


def _kernel(shared: Path) -> Iterator[Case]:
    folder = shared / "oracle" / "kernel"
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    for entry in index:
        if entry["kind"] not in ("iptables", "ip6tables"):
            continue
        file = entry["file"]
        lines = list(read_lines(shared / "corpus" / "iptables_save" / file))
        _leave_out(lines, entry["changes"])
        verdicts = {row["id"]: row for row in _json_lines(folder / f"{file}.jsonl")}
        with (folder / f"{file}.flows.csv").open(encoding="utf-8", newline="") as rows:
            questions = tuple(_kernel_question(row, verdicts[row["id"]]) for row in csv.DictReader(rows))
        yield Case(
            set_name="kernel", parser="linux_iptables", path=file, lines=tuple(lines), as_of=AS_OF, questions=questions
        )


def _leave_out(lines: list[str], changes: list[dict[str, Any]]) -> None:
    """Blanks the lines without which the file was loaded; those rewritten mean the same as before."""
    for change in changes:
        if not change["why"].startswith("left out"):
            continue
        place = change["line"] - 1
        assert " ".join(lines[place].split()) == " ".join(change["text"].split()), change
        lines[place] = ""


def _kernel_question(row: dict[str, str], said: dict[str, Any]) -> Question:
    if not row["in_interface"] and row["state"] == "invalid" and row["protocol"] in ("tcp", "udp"):
        # Made invalid by a wrong checksum, which Linux checks at PREROUTING only (nf_conntrack_proto_tcp.c, tcp_error:
        # "We skip checking packets on the outgoing path because the checksum is assumed to be correct"): it was new.
        row = row | {"state": "new"}
    received = None
    if said["verdict"] == "permit":
        made_up = said.get("redirected", False)
        received = Received(
            dst_ip=None if made_up else said["dst_ip"],
            dst_port=said.get("dst_port"),
            to_device=said["hook"] == "input",
        )
    return Question(
        flow=flow_of(row),
        list_name=f"{row['in_interface']}->{row['out_interface']}",
        line=said["stage"],
        expected=said["verdict"],
        depends_on=tuple(said.get("depends_on", ())),
        received=received,
    )


# One policy in many formats


def _equivalence(shared: Path) -> Iterator[Case]:
    for folder in sorted((shared / "oracle" / "equivalence").glob("s*")):
        policy = yaml.safe_load((folder / "policy.yaml").read_text(encoding="utf-8"))
        notes = yaml.safe_load((folder / "notes.yaml").read_text(encoding="utf-8"))
        packets = list(_json_lines(folder / "packets.jsonl"))
        for name, (parser, ingress, egress) in RENDERINGS.items():
            if name not in notes["formats"]:
                continue
            note = notes["formats"][name]
            zones = {"@from": policy["from_zone"], "@to": policy["to_zone"]}
            way = {"in_interface": zones.get(ingress, ingress), "out_interface": zones.get(egress, egress)}
            questions = tuple(_policy_question(packet, name, way) for packet in _to_compare(packets, note))
            assert len(questions) == note["packets_left"], (folder.name, name, len(questions))
            yield Case(
                set_name="equivalence",
                parser=parser,
                path=f"{folder.name}/{note['file']}",
                lines=_whole_config(folder, name, note),
                as_of=date.fromisoformat(policy["as_of"]),
                questions=questions,
            )


def _to_compare(packets: list[dict[str, Any]], note: dict[str, Any]) -> Iterator[dict[str, Any]]:
    left_out = {one for reason in note.get("leave_out", ()) for one in reason["ids"]}
    otherwise = {one: reason["verdict"] for reason in note.get("differs", ()) for one in reason["ids"]}
    for packet in packets:
        if packet["id"] not in left_out and packet["family"] in note["families"]:
            yield {**packet, "verdict": otherwise.get(packet["id"], packet["verdict"])}


def _whole_config(folder: Path, name: str, note: dict[str, Any]) -> tuple[str, ...]:
    """The rendering followed by what binds it; a list of iptables commands gets the name of the program."""
    lines = list(read_lines(folder / note["file"]))
    if name in ("iptables", "iptables6"):
        program = "ip6tables" if name.endswith("6") else "iptables"
        lines = [f"{program} {line}" if line.startswith("-") else line for line in lines]
    if note.get("bind"):
        lines += read_lines(folder / note["bind"])
    return tuple(lines)


def _policy_question(packet: dict[str, Any], name: str, way: dict[str, str]) -> Question:
    cells = _cells({field: value for field, value in packet.items() if field not in ("family", "verdict", "term")})
    return Question(flow=flow_of({**cells, **way}), list_name=name, line=packet["term"], expected=packet["verdict"])
