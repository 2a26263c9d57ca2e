"""Every witness of every finding replays: `segaudit trace` on it gives the verdict, the rule and the received packet."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from segaudit.findings.report import Report
from segaudit.knowledge.language import Language
from segaudit.reporter import ReporterOptions
from segaudit.reporters.json import REPORTER
from tests.material import needs_shared
from tests.proofs.inputs import CORPUS, EXAMPLES, Case, audited, corpus_case, example
from tests.proofs.replay import Replay
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
