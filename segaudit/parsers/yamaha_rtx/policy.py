"""Reading policy filters and inbound filters: the firewall of FWX120 and SRT100.

"Input blocking filter and policy filter" (FWX120, SRT100: policy_fw): inbound filters are asked before the translation
of what arrives, policy filters behind routing and before the translation of what leaves.
"""

from __future__ import annotations

from segaudit.parsers.yamaha_rtx.config import FilterLine, Group
from segaudit.parsers.yamaha_rtx.match import NotUnderstood
from segaudit.parsers.yamaha_rtx.reader import Reader, number
from segaudit.parsers.yamaha_rtx.syntax import Line


def read_inbound(reader: Reader, line: Line, words: list[str], negated: bool, version: int) -> bool:
    """``ip inbound filter N …``."""
    if len(words) < 4:
        return False
    filters = reader.config.policies[version].inbound
    place = number(words[3])
    if negated:
        filters.pop(place, None)
    else:
        filters[place] = FilterLine(place, line.number, tuple(words[4:]))
    return reader.modelled(line)


def read_policy(reader: Reader, line: Line, words: list[str], negated: bool, version: int) -> bool:
    """``ip policy filter|filter set|interface group|address group|service …``."""
    policies = reader.config.policies[version]
    rest = words[3:]
    if not rest:
        return False
    what = words[2]
    if what == "filter" and rest[0] == "set":
        return _set(reader, line, rest[1:], negated, version)
    if what == "filter" and rest[0].isdigit():
        place = number(rest[0])
        if negated:
            policies.filters.pop(place, None)
        else:
            policies.filters[place] = (line.number, tuple(rest[1:]))
        return reader.modelled(line)
    if what in ("interface", "address", "service") and rest[0] == "group" and len(rest) > 1:
        groups = {"interface": policies.interfaces, "address": policies.addresses, "service": policies.services}[what]
        place = number(rest[1])
        if negated:
            groups.pop(place, None)
        else:
            groups[place] = _group(line, rest[2:])
        return reader.modelled(line)
    if what == "service" and rest[0].isdigit() and len(rest) > 1:
        if not negated:
            policies.own_services[rest[1]] = (line.number, tuple(rest[2:]))
        return reader.modelled(line)
    return False


def _group(line: Line, words: list[str]) -> Group:
    name = ""
    if words and words[0].startswith("name="):
        name, words = words[0][5:], words[1:]
    at = words.index("group") if "group" in words else len(words)
    return Group(
        line=line.number,
        name=name,
        items=tuple(words[:at]),
        groups=tuple(number(word) for word in words[at + 1 :]),
    )


def _set(reader: Reader, line: Line, rest: list[str], negated: bool, version: int) -> bool:
    policies = reader.config.policies[version]
    if not rest:
        return False
    if rest[0] == "enable":
        policies.enabled = None if negated or len(rest) < 2 else (number(rest[1]), line.number)
        return reader.modelled(line)
    if rest[0] == "switch":
        return reader.unsupported(line, "another set of policies takes over while something is down")
    place = number(rest[0])
    if negated:
        policies.sets.pop(place, None)
        return reader.modelled(line)
    words = rest[1:]
    name = ""
    if words and words[0].startswith("name="):
        name, words = words[0][5:], words[1:]
    # Brackets stand alone or at the numbers: `1100 [1110 [1111] 1120]`.
    spread = " ".join(words).replace("[", " [ ").replace("]", " ] ").split()
    if any(word not in "[]" and not word.isdigit() for word in spread):
        raise NotUnderstood("a set is numbers of policy filters and brackets")
    policies.sets[place] = (line.number, name, tuple(spread))
    return reader.modelled(line)
