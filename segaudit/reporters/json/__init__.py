"""The report as JSON: `audit -f json`; names and shapes as docs/reference/reports.md and `segaudit schema report` say."""

from segaudit.reporter import Reporter
from segaudit.reporters.json.document import array, render
from segaudit.reporters.json.schema import json_schema

__all__ = ["REPORTER", "json_schema"]

REPORTER = Reporter(name="json", title="everything, for programs", render=render, extension="json", together=array)
