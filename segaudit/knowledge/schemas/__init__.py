"""The JSON Schemas of what segaudit writes."""

from __future__ import annotations

from importlib.resources import files


def read_schema(name: str) -> str:
    """The text of the schema ``name`` (``trace``, ``reach``)."""
    return (files("segaudit") / "knowledge" / "schemas" / f"{name}.json").read_text(encoding="utf-8")
