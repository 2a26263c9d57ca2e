"""The data that ships with segaudit: where it lies and how it is read.

The YAML files live at the top level of the repository in ``policies/``, where people read and edit them, and inside
the wheel as ``segaudit/_policies``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml

if TYPE_CHECKING:
    from yaml import SafeLoader as _FastLoader
else:
    # libyaml is many times faster; PyYAML built without it has the same loader in Python.
    _FastLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class JsonLikeLoader(_FastLoader):
    """Reads plain scalars as JSON would: ``22:30``, ``no``, ``2027-03-31`` and ``0o17`` stay text.

    YAML 1.1, which PyYAML implements, makes 1350, False, a date and an octal number of such words.
    """


#: Tag, spelling and first characters of what is not text. All else is.
JSON_RESOLVERS: Final = (
    ("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""]),
    ("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"]),
    ("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789")),
    (
        "tag:yaml.org,2002:float",
        re.compile(r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)$"),
        list("-0123456789"),
    ),
)
# A subclass shares its parent's table until it has its own.
JsonLikeLoader.yaml_implicit_resolvers = {}
for _tag, _spelling, _first in JSON_RESOLVERS:
    JsonLikeLoader.add_implicit_resolver(_tag, _spelling, _first)


class MissingDataError(RuntimeError):
    """A data file that segaudit ships is not where the package was installed."""


def _folder() -> Traversable:
    inside = files("segaudit") / "_policies"
    if inside.is_dir():
        return inside
    return Path(__file__).resolve().parents[2] / "policies"


@lru_cache(maxsize=16)
def read_shipped(name: str) -> str:
    """The text of the shipped file ``name`` (``services.yaml``); `MissingDataError` where it is not there."""
    try:
        return (_folder() / name).read_text(encoding="utf-8")
    except OSError as error:
        raise MissingDataError(
            f"segaudit's own data file {name!r} is missing ({error.strerror}): reinstall segaudit"
        ) from error


@lru_cache(maxsize=1)
def shipped_names() -> tuple[str, ...]:
    """The names of all shipped YAML files, sorted."""
    return tuple(sorted(entry.name for entry in _folder().iterdir() if entry.name.endswith(".yaml")))


def load_shipped(name: str) -> object:
    """The shipped YAML file ``name`` as plain values: dict, list, str, int, float, bool, None."""
    value: object = yaml.load(read_shipped(name), Loader=JsonLikeLoader)  # noqa: S506 - it is a SafeLoader
    return value
