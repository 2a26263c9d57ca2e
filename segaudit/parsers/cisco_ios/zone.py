"""Reading the firewalls: zones, zone pairs, class and policy maps, ``ip inspect``, port maps, VLAN access maps.

Cisco IOS Security Command Reference, ``class-map type inspect``, ``policy-map type inspect``, ``zone security``,
``zone-pair security``, ``ip inspect name``, ``ip port-map``; Catalyst 6500 Configuration Guide, "VLAN ACLs".
"""

from __future__ import annotations

from typing import Final

from segaudit.parsers.cisco_ios.config import (
    Bound,
    ClassMap,
    Inspection,
    Match,
    PolicyClass,
    PolicyMap,
    VlanAccessMap,
    VlanClause,
    ZoneConfig,
    ZonePair,
)
from segaudit.parsers.cisco_ios.reader import NotUnderstood, Reader, number, vlan_ranges
from segaudit.syntax.indented import Line

#: Matches of a class map that the model follows; the others are conditions.
_QOS_REASON: Final = "sorts traffic for rate and order; where a class is dropped the policy's line says so"


def _skip_type(words: tuple[str, ...]) -> tuple[bool, str, tuple[str, ...]]:
    """Whether ``type inspect`` stands in front, what application it is about, and the words behind."""
    if words[:1] == ("type",) and len(words) > 2:
        deep = ""
        rest = words[2:]
        if words[1] == "inspect" and rest[0] not in ("match-any", "match-all") and len(rest) > 1:
            # `class-map type inspect http match-any NAME`: looks inside one application.
            deep, rest = rest[0], rest[1:]
        return words[1] == "inspect", deep, rest
    return False, "", words


def read_class_map(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``class-map [type inspect] [match-any|match-all] NAME``."""
    inspect, deep, rest = _skip_type(words[1:])
    matches_any = rest[:1] == ("match-any",)
    if rest[:1] in (("match-any",), ("match-all",)):
        rest = rest[1:]
    if not rest:
        return False
    name = rest[0]
    if deep or (words[1:2] == ("type",) and not inspect):
        return reader.irrelevant(line, "looks inside an application: the policy that uses it is marked")
    if negated:
        reader.config.class_maps.pop(name, None)
        return reader.modelled(line)
    known = reader.config.class_maps.get(name)
    if known is None:
        known = reader.config.class_maps[name] = ClassMap(name, line.number, matches_any, inspect)
    reader.ledger.modelled(line.number)
    for child in line.children:
        _class_line(reader, known, child)
    return True


def _class_line(reader: Reader, class_map: ClassMap, line: Line) -> None:
    words = line.words
    if words[0] in ("no", "default"):
        kind, names, inverted = _match_words(words[1:])
        class_map.matches = [m for m in class_map.matches if (m.kind, m.names, m.negated) != (kind, names, inverted)]
        reader.modelled(line)
        return
    if words[0].startswith("description") or words[0] in ("exit", "end"):
        reader.irrelevant(line, "comment")
        return
    if words[0] != "match" or len(words) < 2:
        reader.unrecognized(line, "not understood in a class map")
        return
    kind, names, inverted = _match_words(words)
    class_map.matches.append(Match(kind, names, line.number, inverted))
    if kind in ("access-group", "protocol", "class-map", "any"):
        reader.modelled(line)
    elif class_map.inspect:
        reader.approximated(line, f"{kind}: not decided by addresses and ports")
    else:
        reader.irrelevant(line, _QOS_REASON)


def _match_words(words: tuple[str, ...]) -> tuple[str, tuple[str, ...], bool]:
    """Kind, names, and whether it is inverted, of ``match …``."""
    rest = words[1:]
    inverted = rest[:1] == ("not",)
    if inverted:
        rest = rest[1:]
    if not rest:
        return "", (), inverted
    kind, names = rest[0], rest[1:]
    if kind == "access-group" and names[:1] in (("name",), ("index",)):
        names = names[1:]
    return kind, names, inverted


def read_policy_map(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``policy-map [type inspect] NAME`` and its classes."""
    inspect, deep, rest = _skip_type(words[1:])
    if not rest:
        return False
    name = rest[0]
    if deep or (words[1:2] == ("type",) and not inspect):
        return reader.irrelevant(line, "looks inside an application: the policy that uses it is marked")
    if negated:
        reader.config.policy_maps.pop(name, None)
        return reader.modelled(line)
    known = reader.config.policy_maps.get(name)
    if known is None:
        known = reader.config.policy_maps[name] = PolicyMap(name, line.number, inspect)
    if inspect:
        reader.ledger.modelled(line.number)
    else:
        reader.ledger.irrelevant(line.number, _QOS_REASON)
    current: PolicyClass | None = None
    for child in line.children:
        head = child.words[0]
        if head == "class":
            current = _policy_class(reader, known, child)
        elif current is not None and not child.children and head in _ACTIONS:
            # Flat text: the action stands on the level of its class.
            _class_action(reader, known, current, child)
        elif head.startswith("description") or head in ("exit", "end"):
            reader.irrelevant(child, "comment")
        elif not inspect:
            reader.irrelevant(child, _QOS_REASON)
        else:
            reader.unrecognized(child, "not understood in a policy map")
    return True


_ACTIONS: Final = frozenset({"inspect", "pass", "drop", "police", "service-policy", "urlfilter", "log", "exit"})


def _policy_class(reader: Reader, policy: PolicyMap, line: Line) -> PolicyClass | None:
    words = line.words[1:]
    if words[:1] == ("type",) and len(words) > 2:
        words = words[2:]
    if not words:
        reader.unrecognized(line, "a class without a name")
        return None
    found = next((c for c in policy.classes if c.name == words[0]), None)
    if found is None:
        found = PolicyClass(words[0], line.number)
        policy.classes.append(found)
    if policy.inspect:
        reader.modelled(line)
    else:
        reader.ledger.irrelevant(line.number, _QOS_REASON)
    for child in line.children:
        _class_action(reader, policy, found, child)
    return found


def _class_action(reader: Reader, policy: PolicyMap, found: PolicyClass, line: Line) -> None:
    words = line.words
    head = words[0]
    if not policy.inspect:
        dropping = next((one for one in line.walk() if one.words[-2:] == ("conform-action", "drop")), None)
        if head == "drop" or dropping is not None:
            found.action, found.action_line = "drop", (dropping or line).number
            reader.modelled(line, block=True)
        else:
            reader.irrelevant(line, _QOS_REASON)
        return
    if head in ("inspect", "pass", "drop"):
        found.action, found.action_line = head, line.number
        found.logged = "log" in words[1:]
        found.parameters = words[1] if head == "inspect" and len(words) > 1 else ""
        reader.modelled(line, block=True)
    elif head in ("no", "default"):
        found.action, found.action_line = "", 0
        reader.modelled(line)
    elif head in ("service-policy", "urlfilter"):
        found.deep = " ".join(words[1:])
        reader.approximated(line, "what stands inside the application decides further: taken as possible")
    elif head == "police":
        reader.irrelevant(line, "rate and order of packets, not whether they pass")
    elif head in ("exit", "end", "log"):
        reader.irrelevant(line, "ends the block")
    else:
        reader.unrecognized(line, "not understood in a class of a policy map")


def read_parameter_map(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``parameter-map type inspect NAME``: whether inspected sessions are logged (``audit-trail on``)."""
    if words[1:3] != ("type", "inspect") or len(words) < 4 or negated:
        return False
    for child in line.children:
        if child.words[:2] in (("audit-trail", "on"), ("log", "flow-export")):
            reader.config.audit_trails.add(words[3])
            reader.modelled(child)
        else:
            reader.irrelevant(child, "limits, timers and records of inspection and translation")
    return reader.modelled(line)


def read_zone(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``zone security NAME``."""
    if words[1:2] != ("security",) or len(words) < 3:
        return False
    name = words[2]
    if negated:
        reader.config.zones.pop(name, None)
        return reader.modelled(line)
    zone = reader.config.zones.setdefault(name, ZoneConfig(name, line.number))
    for child in line.children:
        if child.words[0].startswith("description"):
            zone.description = child.text.partition(" ")[2]
            reader.modelled(child)
        elif child.words[0] in ("protection", "vpn", "exit", "end"):
            reader.irrelevant(child, "limits and names of the zone")
        else:
            reader.unrecognized(child, "not understood in a zone")
    return reader.modelled(line)


def read_zone_pair(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``zone-pair security NAME source A destination B`` and its policy."""
    if words[1:2] != ("security",) or len(words) < 3:
        return False
    name = words[2]
    if negated:
        reader.config.zone_pairs.pop(name, None)
        return reader.modelled(line)
    rest = words[3:]
    ends = dict(zip(rest[::2], rest[1::2], strict=False))
    pair = reader.config.zone_pairs.get(name)
    if pair is None:
        if "source" not in ends or "destination" not in ends:
            raise NotUnderstood("a zone pair needs a source and a destination")
        pair = ZonePair(name, ends["source"], ends["destination"], line.number, line.last_number)
        reader.config.zone_pairs[name] = pair
    for child in line.children:
        parts = child.words
        if parts[:3] == ("service-policy", "type", "inspect") and len(parts) > 3:
            pair.policy = Bound(parts[3], child.number)
            reader.modelled(child)
        elif parts[:4] == ("no", "service-policy", "type", "inspect"):
            pair.policy = None
            reader.modelled(child)
        elif parts[0].startswith("description") or parts[0] in ("exit", "end"):
            reader.irrelevant(child, "comment")
        else:
            reader.unrecognized(child, "not understood in a zone pair")
    pair.last_line = max(pair.last_line, line.last_number)
    return reader.modelled(line)


def read_inspect(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``ip inspect name NAME APPLICATION …``."""
    if words[1:3] != ("inspect", "name") or len(words) < 4:
        return False
    name = words[3]
    if negated:
        if len(words) == 4:
            reader.config.inspections.pop(name, None)
        elif name in reader.config.inspections:
            inspection = reader.config.inspections[name]
            inspection.applications = [a for a in inspection.applications if a[0] != words[4]]
        return reader.modelled(line)
    if len(words) < 5:
        raise NotUnderstood("ip inspect name without an application")
    known = reader.config.inspections.setdefault(name, Inspection(name, line.number, line.number))
    known.last_line = line.number
    application = words[4]
    if application == "fragment":
        return reader.irrelevant(line, "fragments: packets are taken as whole")
    known.applications.append((application, line.number))
    return reader.modelled(line)


def read_port_map(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``ip port-map APPLICATION port [tcp|udp] 8080 [from 1 to 9] [list N]``."""
    if words[1:2] != ("port-map",) or len(words) < 5:
        return False
    name = words[2]
    if negated:
        reader.config.port_maps.pop(name, None)
        return reader.modelled(line)
    rest = words[4:] if words[3] == "port" else words[3:]
    protocols: tuple[int, ...] = (6, 17)
    if rest[:1] in (("tcp",), ("udp",)):
        protocols = (6,) if rest[0] == "tcp" else (17,)
        rest = rest[1:]
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(rest):
        word = rest[at]
        if word == "from" and rest[at + 2 : at + 3] == ("to",) and len(rest) > at + 3:
            found.append((number(rest[at + 1], 65535), number(rest[at + 3], 65535)))
            at += 4
        elif word.isdigit():
            found.append((number(word, 65535), number(word, 65535)))
            at += 1
        elif word in ("list", "description"):
            break
        else:
            raise NotUnderstood(f"{word} is no port")
    ports = reader.config.port_maps.setdefault(name, [])
    ports.extend((protocol, first, last) for protocol in protocols for first, last in found)
    if "list" in rest:
        return reader.approximated(line, "the port map holds for the hosts of a list only: taken as for all")
    return reader.modelled(line)


# VLAN access maps


def read_access_map(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``vlan access-map NAME 10`` with ``match ip address`` and ``action``."""
    if words[1:2] != ("access-map",) or len(words) < 3:
        return False
    name = words[2]
    if negated:
        reader.config.vlan_maps.pop(name, None)
        return reader.modelled(line)
    access_map = reader.config.vlan_maps.setdefault(name, VlanAccessMap(name, line.number))
    if len(words) > 3:
        sequence = number(words[3])
    else:
        sequence = max((clause.sequence for clause in access_map.clauses), default=0) + 10
    clause = next((c for c in access_map.clauses if c.sequence == sequence), None)
    if clause is None:
        clause = VlanClause(sequence, line.number)
        access_map.clauses.append(clause)
    for child in line.children:
        parts = child.words
        if parts[:3] in (("match", "ip", "address"), ("match", "ipv6", "address")):
            clause.matches.append(Match(f"{parts[1]} address", parts[3:], child.number))
            reader.modelled(child)
        elif parts[0] == "match":
            clause.matches.append(Match(" ".join(parts[1:3]), parts[3:], child.number))
            reader.irrelevant(child, "frames of another protocol than IP")
        elif parts[0] == "action" and len(parts) > 1:
            clause.forward = parts[1] in ("forward", "redirect")
            reader.modelled(child)
        elif parts[0] in ("exit", "end"):
            reader.irrelevant(child, "ends the block")
        else:
            reader.unrecognized(child, "not understood in a VLAN access map")
    return reader.modelled(line)


def read_vlan_filter(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``vlan filter NAME vlan-list 10,20``."""
    if words[1:2] != ("filter",) or len(words) < 5 or words[3] != "vlan-list":
        return False
    name = words[2]
    ranges = ((1, 4094),) if words[4] == "all" else vlan_ranges("".join(words[4:]))
    if negated:
        reader.config.vlan_filters = [f for f in reader.config.vlan_filters if f[0] != name]
    else:
        reader.config.vlan_filters.append((name, ranges, line.number))
    return reader.modelled(line)
