"""docs/reference/ is a promise: what it must name is taken from the code, so that neither drifts."""

import argparse
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from segaudit.cli import VERBS
from segaudit.cli.schema import WRITTEN_BY_PEOPLE, WRITTEN_HERE
from segaudit.cli.show import configure as configure_show
from segaudit.knowledge.roles import Role
from segaudit.knowledge.schemas import read_schema
from segaudit.model.selector import SelectorKind
from segaudit.pipeline.discover import reporters
from segaudit.policy.load import json_schema, load_site, load_waivers
from segaudit.reporters.json import json_schema as report_schema
from segaudit.semantics.trace_flows import COLUMNS
from tests.house.tree import ROOT

REFERENCE = ROOT / "docs" / "reference"


def page(name: str) -> str:
    """A page of the reference."""
    return (REFERENCE / name).read_text(encoding="utf-8")


def quoted(text: str) -> set[str]:
    """Every word that stands in code quotes, alone or among others (`a{b,c}[]`)."""
    return {word for code in re.findall(r"`([^`\n]+)`", text) for word in re.findall(r"[\w*-]+", code)}


def keys(schema: object) -> Iterator[str]:
    """Every key that a JSON Schema names as a property."""
    if isinstance(schema, Mapping):
        properties = schema.get("properties")
        if isinstance(properties, Mapping):
            yield from (str(key) for key in properties)
        for part in schema.values():
            yield from keys(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from keys(part)


def test_words_in_code_quotes_are_seen() -> None:
    assert quoted("say `a` or `b{c,d-e}[]`, not f") == {"a", "b", "c", "d-e"}
    assert set(keys({"properties": {"a": {"items": [{"properties": {"b": {}}}]}}})) == {"a", "b"}


def test_every_verb_and_schema_is_named() -> None:
    words = quoted(page("command-line.md"))
    assert set(VERBS) - words == set()
    assert {*WRITTEN_BY_PEOPLE, *WRITTEN_HERE} - words == set()


def test_every_table_of_show_is_named() -> None:
    parser = argparse.ArgumentParser()
    configure_show(parser)
    (offered,) = (action.choices for action in parser._actions if not action.option_strings and action.choices)
    assert set(re.findall(r"`show (\w+) ", page("command-line.md"))) == set(offered)


def test_every_column_of_flows_is_named() -> None:
    assert set(COLUMNS) - quoted(page("command-line.md")) == set()


@pytest.mark.parametrize("kind", ["site", "policy", "waivers"])
def test_every_key_of_a_file_that_people_write_is_named(kind: str) -> None:
    schema = json_schema(kind)  # type: ignore[arg-type]  # the three literals above
    assert set(keys(schema)) - quoted(page("files.md")) == set()


def test_every_role_and_selector_is_named() -> None:
    words = quoted(page("files.md"))
    assert {role.value for role in Role} - words == set()
    assert {kind.value for kind in SelectorKind} - {"prefix"} - words == set()


def test_every_key_of_the_report_is_named() -> None:
    assert set(keys(report_schema())) - quoted(page("reports.md")) - set(COLUMNS) == set()


def test_every_key_of_a_trace_is_named() -> None:
    words = quoted(page("trace.md")) | set(COLUMNS)
    assert set(keys(json.loads(read_schema("trace")))) - words == set()


def test_every_key_of_an_answer_of_reach_is_named() -> None:
    words = quoted(page("reach.md")) | quoted(page("trace.md")) | set(COLUMNS)
    assert set(keys(json.loads(read_schema("reach")))) - words == set()


def test_every_format_is_named() -> None:
    assert set(reporters()) - quoted(page("reports.md")) == set()


def test_the_examples_of_files_are_valid() -> None:
    site, waivers = re.findall(r"```yaml\n(.*?)```", page("files.md"), re.DOTALL)
    assert load_site(site, "site.yaml").zones
    assert load_waivers(waivers, "waivers.yaml")


def test_links_between_pages_lead_somewhere() -> None:
    for source in [
        *REFERENCE.glob("*.md"),
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *(ROOT / "docs").glob("*.md"),
    ]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", source.read_text(encoding="utf-8")):
            assert Path(source.parent, target).exists(), f"{source.name} points to {target}"
