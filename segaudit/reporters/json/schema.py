"""The JSON Schema of the report, as `segaudit schema report` prints it (draft-07, which editors understand)."""

from __future__ import annotations

from typing import Final

from segaudit.findings.openness import Openness
from segaudit.findings.ranges import CONNECTION_STATES
from segaudit.findings.report import SCHEMA_VERSION
from segaudit.model import Certainty, Severity
from segaudit.reporters.json.document import Json

#: A schema, or a part of one.
Schema = dict[str, Json]

_TEXT: Final[Schema] = {"type": "string"}
_TRUTH: Final[Schema] = {"type": "boolean"}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_LINE: Final[Schema] = {"type": "integer", "minimum": 1, "description": "1-based"}
_PORT: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 65535}
_BYTE: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 255}
_HASH: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def _said(description: str, of: Schema | None = None) -> Schema:
    return {**(_TEXT if of is None else of), "description": description}


def _one_of(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


def _list(of: Schema, description: str = "") -> Schema:
    return {"type": "array", "items": of, **({"description": description} if description else {})}


def _or_null(of: Schema, description: str = "") -> Schema:
    return {"anyOf": [of, {"type": "null"}], **({"description": description} if description else {})}


def _object(description: str, /, **properties: Schema) -> Schema:
    return {
        "type": "object",
        **({"description": description} if description else {}),
        "properties": properties,
        "required": list(properties),
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def json_schema() -> Schema:
    """The schema of what `audit -f json` writes. Within one major `schema_version` keys are only added."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "segaudit report",
        "description": "What `segaudit audit -f json` writes. Sentences follow --lang; keys, ids and enumerations do not.",
        **_report(),
        "definitions": {
            "place": _object("", path=_said("relative to the input root"), first_line=_LINE, last_line=_LINE),
            "input": _input(),
            "device": _device(),
            "segment": _segment(),
            "zone": _zone(),
            "cell": _cell(),
            "finding": _finding(),
            "box": _box(),
            "packet": _packet(),
        },
    }


def _report() -> Schema:
    return _object(
        "",
        schema_version=_said("major.minor", {"const": SCHEMA_VERSION}),
        complete=_said("every input was read and, with --strict, every line understood", _TRUTH),
        tool=_object("", name={"const": "segaudit"}, version=_TEXT),
        as_of=_said("the day that schedules and waivers are judged for", {"type": "string", "format": "date"}),
        language=_said("of the sentences", _one_of("en", "ja")),
        policies=_list(_TEXT, "names of the policies"),
        inputs=_list(_ref("input")),
        ignored=_list(_object("", path=_TEXT, reason=_TEXT), "files that are no input"),
        failures=_list(
            _object("", path=_TEXT, line=_or_null(_LINE, "null where it is about the whole file"), problem=_TEXT),
            "inputs that could not be read, whole or in part",
        ),
        devices=_list(_ref("device")),
        segments=_list(_ref("segment")),
        zones=_list(_ref("zone")),
        matrix=_list(_ref("cell"), "ordered pairs of zones; a zone with itself where segments of it meet at a device"),
        checks=_list(
            _object("", check=_TEXT, control=_TEXT, severity=_severity(), findings=_COUNT), "every check that was run"
        ),
        findings=_list(_ref("finding"), "worst first"),
        score=_said("reserved for a later version", {"type": "null"}),
        not_judged=_list(
            _object("", subject=_TEXT, reason=_TEXT, location=_or_null(_ref("place"))),
            "what the inputs cannot show; never to be taken as clean",
        ),
        not_modelled=_list(
            _object(
                "",
                path=_TEXT,
                first_line=_LINE,
                last_line=_LINE,
                state=_one_of("unsupported", "unrecognized"),
                text=_said("masked; of an unrecognised line the first two words"),
                reason=_TEXT,
            ),
            "lines that could bear on access and are not modelled",
        ),
    )


def _severity() -> Schema:
    return _one_of(*(severity.word for severity in Severity))


def _input() -> Schema:
    return _object(
        "a file that was read",
        path=_TEXT,
        sha256=_HASH,
        format=_TEXT,
        devices=_list(_TEXT),
        encoding=_TEXT,
        lines=_COUNT,
        ledger=_object(
            "non-blank lines by their state",
            modelled=_COUNT,
            approximated=_COUNT,
            irrelevant=_COUNT,
            unsupported=_COUNT,
            unrecognized=_COUNT,
        ),
        notes=_list(_TEXT, "what was done before parsing"),
    )


def _device() -> Schema:
    return _object(
        "",
        name=_TEXT,
        format=_TEXT,
        vendor=_TEXT,
        platform=_TEXT,
        version=_TEXT,
        interfaces=_COUNT,
        rules=_COUNT,
        path=_TEXT,
        fragment=_said("a list without a device: no interfaces are known", _TRUTH),
    )


def _segment() -> Schema:
    return _object(
        "addresses that reach each other without passing a device that was read",
        name=_TEXT,
        kind=_TEXT,
        prefixes=_list(_TEXT),
        interfaces=_list(_TEXT, "device/interface"),
        zone=_TEXT,
        vlan=_or_null(_COUNT),
        hosts=_list(_TEXT),
    )


def _zone() -> Schema:
    share: Schema = {"type": "number", "minimum": 0, "maximum": 1}
    return _object(
        "",
        name=_TEXT,
        role=_said("id of the role; unknown where nothing decides it"),
        role_certainty=share,
        role_declared=_said("said by the site file", _TRUTH),
        role_evidence=_list(
            _object("", role=_TEXT, weight=share, sign=_TEXT, location=_or_null(_ref("place"))), "strongest first"
        ),
        segments=_list(_TEXT),
    )


def _cell() -> Schema:
    return _object(
        "",
        from_zone=_TEXT,
        to_zone=_TEXT,
        permitted=_one_of(*(openness.value for openness in Openness)),
        services=_list(_TEXT, "protocol/port (name)"),
        certainty=_one_of(*(certainty.value for certainty in Certainty)),
        reason=_or_null(_TEXT, "why the pair is not assessed"),
    )


def _finding() -> Schema:
    return _object(
        "",
        check=_said("slug"),
        control=_TEXT,
        question=_said("of the five questions the one that it answers; 0: hygiene and coverage", _COUNT),
        severity=_severity(),
        certainty=_one_of(*(certainty.value for certainty in Certainty)),
        certainty_reasons=_list(_TEXT, "why it is only possible; empty where it is confirmed"),
        title=_TEXT,
        message=_TEXT,
        from_zone=_or_null(_TEXT),
        to_zone=_or_null(_TEXT),
        services=_list(_TEXT),
        packets=_list(_ref("box"), "disjoint, as sent; of a confirmed finding those that surely pass"),
        packets_complete=_said("false where the list of boxes was cut short", _TRUTH),
        witness=_or_null(
            _object(
                "a packet that proves it; `segaudit trace` on it gives the same rules",
                start=_object(
                    "where it meets the first device",
                    device=_or_null(_TEXT),
                    in_interface=_or_null(_TEXT),
                    out_interface=_or_null(_TEXT),
                    segment=_or_null(_TEXT),
                ),
                sent=_ref("packet"),
                received=_ref("packet"),
            ),
            "null where the finding is not about packets",
        ),
        rules=_list(
            _object(
                "",
                device=_TEXT,
                rule_set=_TEXT,
                rule_id=_said("of an unfiltered interface its name; of the end of a list empty"),
                name=_TEXT,
                action=_said("permit, deny, …; default: the end of a list; unfiltered: an interface without a list"),
            )
        ),
        locations=_list(
            _object(
                "",
                path=_TEXT,
                first_line=_LINE,
                last_line=_LINE,
                text=_said("the lines, secrets masked"),
                primary=_TRUTH,
            ),
            "the primary one first",
        ),
        notes=_list(_TEXT),
        cause=_or_null(_HASH, "fingerprint of the finding that this one follows from"),
        fingerprint=_said("the same after renaming, reordering and moved lines", _HASH),
        remediation=_TEXT,
        references=_list(_TEXT),
        status=_one_of("new", "existing", "waived"),
        waiver=_or_null(_TEXT),
    )


def _box() -> Schema:
    open_or = _or_null(_list(_TEXT))
    return _object(
        "all packets whose every field lies in one of its ranges (inclusive); null leaves a field open",
        ip_version={"enum": [4, 6]},
        protocols=_or_null(_list(_TEXT), "names, or ranges of numbers"),
        src=_or_null(_list(_TEXT), "prefixes, single addresses, or first-last"),
        src_ports=open_or,
        dst=_or_null(_list(_TEXT), "as src"),
        dst_ports=open_or,
        icmp_types=open_or,
        icmp_codes=open_or,
        states=_or_null(_list(_one_of(*CONNECTION_STATES))),
    )


def _packet() -> Schema:
    return _object(
        "in the columns that `segaudit trace --flows` reads",
        protocol=_said("name, or number where it has none"),
        src_ip=_TEXT,
        src_port=_or_null(_PORT),
        dst_ip=_TEXT,
        dst_port=_or_null(_PORT),
        icmp_type=_or_null(_BYTE),
        icmp_code=_or_null(_BYTE),
        state=_one_of(*CONNECTION_STATES),
    )
