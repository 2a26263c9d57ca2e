"""Formats made up for the tests of the pipeline: small, fast, and as ill-behaved as a test asks."""

import re

from segaudit.model import Device, Failure, LedgerBuilder, SourceFile, msg
from segaudit.parser import NO_SIGN, Detection, Parser, ParseResult


def detect_toy(source: SourceFile) -> Detection:
    """A file whose first line says ``toy``."""
    first = next((line for line in source.lines if line.strip()), "")
    return Detection(score=90, evidence="says toy") if first.startswith("toy") else NO_SIGN


def parse_toy(sources: tuple[SourceFile, ...]) -> ParseResult:
    """``toy NAME`` is a device, ``key WORD`` a secret, ``raise`` a defect, ``fail`` a failure; the rest is unknown."""
    devices, ledgers, failures = [], [], []
    for source in sources:
        builder = LedgerBuilder(source)
        for number, line in source.numbered():
            words = line.split()
            match words[:1]:
                case ["toy"]:
                    name = words[1] if len(words) > 1 else source.stem
                    devices.append(Device(name=name, format="toy", span=source.span(number)))
                    builder.modelled(number)
                case ["key"]:
                    builder.irrelevant(number, "a key")
                case ["block"]:
                    builder.hide(number, number)
                    builder.irrelevant(number, "a key")
                case ["maybe"]:
                    builder.unsupported(number, "may bear on access")
                case ["raise"]:
                    raise RuntimeError(line)
                case ["fail"]:
                    failures.append(Failure(path=source.path, line=number, problem=msg("asked to fail")))
                case _:
                    pass
        ledgers.append(builder.finish())
    return ParseResult(devices=tuple(devices), ledgers=tuple(ledgers), failures=tuple(failures))


def raise_always(source: SourceFile) -> Detection:
    """A detector with a defect."""
    raise ZeroDivisionError(source.path)


def likes_everything(_: SourceFile) -> Detection:
    """As sure as the toy format, of any file."""
    return Detection(score=90, evidence="likes everything")


def parser(name: str = "toy", **changes: object) -> Parser:
    """The toy format; ``changes`` replace its parts."""
    parts: dict[str, object] = {
        "name": name,
        "title": "a format for tests",
        "vendor": "nobody",
        "detect": detect_toy,
        "parse": parse_toy,
        "secrets": (re.compile(r"^\s*key (?P<secret>\S+)"),),
        "terminal": True,
    }
    return Parser(**{**parts, **changes})  # type: ignore[arg-type]  # the tests name the fields
