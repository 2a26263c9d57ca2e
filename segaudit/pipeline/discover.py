"""Parsers, checks and reporters: found by their folders and by entry points, never listed.

Each kind has a folder below `segaudit` and an entry point group of the same name; every module (or package) in the
folder that is not private carries one constant, which the entry points name as well.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from segaudit.model import Message, msg

if TYPE_CHECKING:
    from segaudit.check import Check
    from segaudit.parser import Parser
    from segaudit.reporter import Reporter

_T = TypeVar("_T")


class PluginError(RuntimeError):
    """A parser, check or reporter does not load; ``problem`` names it and says what to do. It stops the run."""

    def __init__(self, problem: Message) -> None:
        super().__init__(str(problem))
        self.problem = problem


@cache
def parsers() -> Mapping[str, Parser]:
    """Every parser by name, sorted."""
    from segaudit.parser import Parser

    return MappingProxyType({one.name: one for one in _found("parsers", "PARSER", Parser, lambda one: one.name)})


@cache
def checks() -> Mapping[str, Check]:
    """Every check by slug, sorted."""
    from segaudit.check import Check

    return MappingProxyType({one.slug: one for one in _found("checks", "CHECK", Check, lambda one: one.slug)})


@cache
def reporters() -> Mapping[str, Reporter]:
    """Every reporter by name, sorted."""
    from segaudit.reporter import Reporter

    return MappingProxyType({one.name: one for one in _found("reporters", "REPORTER", Reporter, lambda one: one.name)})


def _found(group: str, constant: str, kind: type[_T], name: Callable[[_T], str]) -> list[_T]:
    """What the folder and the entry points of ``group`` hold, sorted by name; `PluginError` for what does not load."""
    found: dict[str, tuple[str, _T]] = {}
    for place, load in (*_in_folder(group, constant), *_installed(group)):
        try:
            one = load()
        except Exception as error:
            raise PluginError(
                msg(
                    "{place} of {group} does not load ({reason}); repair or uninstall it",
                    place=place,
                    group=group,
                    reason=f"{type(error).__name__}: {error}",
                )
            ) from error
        if not isinstance(one, kind):
            raise PluginError(
                msg(
                    "{place} of {group} is no {kind}; repair or uninstall it",
                    place=place,
                    group=group,
                    kind=kind.__name__,
                )
            )
        if name(one) in found:
            raise PluginError(
                msg(
                    "{place} and {other} of {group} are both called {name}; uninstall one",
                    place=place,
                    other=found[name(one)][0],
                    group=group,
                    name=name(one),
                )
            )
        found[name(one)] = (place, one)
    return [found[key][1] for key in sorted(found)]


def _in_folder(group: str, constant: str) -> Iterator[tuple[str, Callable[[], object]]]:
    package = importlib.import_module(f"segaudit.{group}")
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda one: one.name):
        if not module.name.startswith("_"):
            path = f"{package.__name__}.{module.name}"
            yield path, partial(_constant, path, constant)


def _constant(module: str, constant: str) -> object:
    return getattr(importlib.import_module(module), constant)


def _installed(group: str) -> Iterator[tuple[str, Callable[[], object]]]:
    from importlib.metadata import entry_points

    for point in sorted(entry_points(group=f"segaudit.{group}"), key=lambda one: (one.name, one.value)):
        yield f"entry point {point.name} ({point.value})", point.load
