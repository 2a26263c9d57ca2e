"""What parsers return, as bytes and back: between processes, and kept for the next run.

The bytes are a pickle, and a pickle can name anything to call. `decoded` builds values of the model and of a few types
of the standard library and refuses whatever else is named in it.
"""

from __future__ import annotations

import copyreg
import io
import pickle
from collections.abc import Callable
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Final

from segaudit.parser import ParseResult

#: Of other modules than the model; callables by the place that a pickle names them by.
_ALLOWED: Final = {
    ("builtins", "frozenset"): frozenset,
    ("datetime", "date"): date,
    ("datetime", "datetime"): datetime,
    ("datetime", "time"): time,
    ("segaudit.parser", "ParseResult"): ParseResult,
}


class UnreadableError(Exception):
    """Bytes that are no parse result."""


def _mapping(items: dict[object, object]) -> MappingProxyType[object, object]:
    return MappingProxyType(items)


def _reduced(mapping: MappingProxyType[object, object]) -> tuple[Callable[..., object], tuple[object, ...]]:
    return _mapping, (dict(mapping),)


# The model keeps mappings that nobody writes to, which pickle refuses.
copyreg.pickle(MappingProxyType, _reduced)  # type: ignore[arg-type]  # the type is generic, its instances are not


def encoded(result: ParseResult) -> bytes:
    """``result`` as bytes."""
    return pickle.dumps(result, protocol=5)


def decoded(data: bytes) -> ParseResult:
    """The result that ``data`` are the bytes of; `UnreadableError` where they are not, or name what is not of the model."""
    try:
        found = _Reader(io.BytesIO(data)).load()
    except Exception as error:  # what damaged bytes raise is anything
        raise UnreadableError(type(error).__name__) from error
    if not isinstance(found, ParseResult):
        raise UnreadableError(type(found).__name__)
    return found


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str, /) -> object:
        """A class of the model, or one of the few others; `pickle.UnpicklingError` for all else."""
        if (module, name) == (__name__, _mapping.__name__):
            return _mapping
        if (module, name) in _ALLOWED:
            return _ALLOWED[module, name]
        if module.startswith("segaudit.model.") and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        message = f"{module}.{name}"
        raise pickle.UnpicklingError(message)
