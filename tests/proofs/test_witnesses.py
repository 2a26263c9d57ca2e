"""Every witness of every finding replays: `segaudit trace` on it gives the verdict, the rule and the received packet."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from segaudit.cli import main
from segaudit.findings.report import Report
from segaudit.knowledge.language import Language
from segaudit.reporter import ReporterOptions
from segaudit.reporters.json import REPORTER
from tests.conftest import ROOT
from tests.material import needs_shared
from tests.proofs.inputs import AS_OF, CORPUS, EXAMPLES, Case, audited, corpus_case, example
from tests.proofs.replay import FIELDS, Replay
from tests.scale import SOAK

#: Routers of a campus with hundreds of lists and zones: half a minute each, in the soak only.
LARGE = ("stanford", "TUM_iptables")


def findings(report: Report) -> list[dict[str, Any]]:
    """The findings as the JSON report has them."""
    text = REPORTER.render(report, ReporterOptions(language=Language("en").code))
    found = json.loads(text)["findings"]
    assert isinstance(found, list)
    return found


def replayed(case: Case) -> tuple[Counter[str], list[str]]:
    """How many witnesses there are by check, and those that do not replay."""
    report = audited(case)
    replay = Replay(case)
    shown: Counter[str] = Counter()
    failing: list[str] = []
    for finding in findings(report):
        if finding["witness"] is None:
            continue
        shown[finding["check"]] += 1
        failing += [
            f"{finding['check']} {finding['from_zone']} to {finding['to_zone']}, {finding['witness']}: {problem}"
            for problem in replay.problems(finding)
        ]
    return shown, failing


@pytest.mark.parametrize("name", EXAMPLES)
def test_witnesses_of_the_examples(name: str) -> None:
    shown, failing = replayed(example(name))
    assert not failing, failing
    # The repaired network comes out clean, so there is nothing to prove.
    assert shown or name.endswith("-repaired")
    print(f"{name}: {dict(shown)}")


@pytest.mark.parametrize("name", [name for name in EXAMPLES if not name.endswith("-repaired")])
def test_a_file_of_witnesses_on_the_command_line(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As a reader of the JSON report would do it: the columns of `trace --flows` are the fields of a witness."""
    shown = [f for f in findings(audited(example(name))) if f["witness"] is not None and f["rules"]]
    places = ("device", "in_interface", "out_interface")
    with (tmp_path / "flows.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", *places, "rule_set", *FIELDS])
        for number, finding in enumerate(shown):
            start, sent = finding["witness"]["start"], finding["witness"]["sent"]
            alone = finding["rules"][0]["rule_set"] if finding["check"].startswith("dead-rule") else ""
            rows.writerow(
                [
                    number,
                    *(start[p] or "" for p in places),
                    alone,
                    *("" if sent[f] is None else sent[f] for f in FIELDS),
                ]
            )
    folder = str(ROOT / "examples" / "configs" / name)
    main(["trace", folder, "--flows", str(tmp_path / "flows.csv"), "--as-of", AS_OF.isoformat()])
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["id"] for answer in answers] == [str(number) for number in range(len(shown))]
    for answer, finding in zip(answers, shown, strict=True):
        if finding["check"].startswith("dead-rule"):
            blockers = {rule["rule_id"] for rule in finding["rules"][1:]}
            assert answer["decided_by"]["rule"] in blockers, finding["title"]
        elif finding["certainty"] == "confirmed":
            assert answer["verdict"] == "permit", (finding["title"], answer)
            received = finding["witness"]["received"]
            assert all(answer["received"][f] in {None, received[f]} for f in FIELDS), (finding["title"], answer)
        else:
            assert answer["verdict"] in {"permit", "unknown"}, (finding["title"], answer)


@needs_shared
@pytest.mark.parametrize("path", CORPUS, ids=[f"{path.parent.name}/{path.name}" for path in CORPUS])
def test_witnesses_of_the_corpus(path: Path) -> None:
    if not SOAK and any(word in path.name for word in LARGE):
        pytest.skip("takes half a minute; the soak does it")
    case = corpus_case(path)
    if not case.network.devices:
        assert case.network.failures or case.network.ignored, "it is said why nothing is audited"
        return
    shown, failing = replayed(case)
    assert not failing, failing[:5]
    print(f"{path.name}: {dict(shown)}")
