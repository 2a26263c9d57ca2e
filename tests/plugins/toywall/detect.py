"""How surely content is a Toywall's: its first line says so."""

from segaudit.model import SourceFile
from segaudit.parser import NO_SIGN, Detection


def detect(source: SourceFile) -> Detection:
    """Whether the first line is ``toywall`` with a version."""
    first = next((line for _, line in source.numbered()), "")
    if first.startswith("toywall "):
        return Detection(score=95, evidence=first)
    return NO_SIGN
