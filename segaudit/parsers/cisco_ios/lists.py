"""Reading access lists, object groups, time ranges and route maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from segaudit.model import (
    ANY_IPV4,
    ANY_IPV6,
    AddressExpr,
    AddressRange,
    Fqdn,
    Range,
    Schedule,
    Service,
    ServiceExpr,
    ServiceUnion,
    UndecidedService,
    host,
    masked,
    msg,
)
from segaudit.parsers.cisco_ios.acl import AccessList, EntryError, PortGroup, list_kind, port_ranges, quad
from segaudit.parsers.cisco_ios.config import Match, NetworkGroup, PolicyWay, RouteMapClause, ServiceGroup
from segaudit.parsers.cisco_ios.names import ICMP_MESSAGES, ICMPV6_MESSAGES, port_number, protocol_number
from segaudit.parsers.cisco_ios.reader import NotUnderstood, Reader, any_prefix, number
from segaudit.syntax.indented import Line

_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip

NOT_IP: Final = "a list of another protocol than IP, or of layer 2: bears on access only where a command binds it"


def read_numbered(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``access-list 101 permit …``: an entry of a numbered list."""
    if len(words) < 2:
        return False
    name = words[1]
    kind = list_kind(int(name)) if name.isdigit() else ""
    if negated:
        # Cisco IOS, `access-list (IP extended)`: a numbered list cannot lose one entry, `no` takes the whole list.
        removed = reader.config.lists.pop(name, None)
        if removed is not None and len(words) > 2:
            reader.notice(
                msg("no access-list {name} takes away the whole list, not one entry of it", name=name), line.number
            )
        return reader.modelled(line)
    if kind in ("mac", "other"):
        return reader.irrelevant(line, NOT_IP)
    rest = words[2:]
    if not kind:
        # Words of ASA in an IOS file: unambiguous, although IOS has no such command.
        if not rest or rest[0] not in ("extended", "standard"):
            return False
        kind, rest = rest[0], rest[1:]
    access_list = _open(reader, name, 4, standard=kind == "standard", line=line.number)
    if not rest:
        for child in line.children:
            _read_line(reader, access_list, child)
        return reader.modelled(line)
    _read_entry(reader, access_list, line, rest)
    return True


def read_named(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``ip access-list extended NAME`` or ``ipv6 access-list NAME`` and its entries."""
    version = 6 if words[0] == "ipv6" else 4
    rest = words[2:]
    kind = "extended"
    if rest and rest[0] in ("standard", "extended") and len(rest) > 1:
        kind, rest = rest[0], rest[1:]
    elif rest and rest[0] in ("role-based", "template", "fqdn") and len(rest) > 1:
        return reader.unsupported(line, "a list by security group or by template")
    elif rest and rest[0] == "resequence":
        return False
    if not rest:
        return False
    name = rest[0]
    lists = reader.config.lists if version == 4 else reader.config.lists6
    if negated:
        lists.pop(name, None)
        return reader.modelled(line)
    if kind == "extended" and words[2] != "extended" and name.isdigit() and list_kind(int(name)) == "standard":
        kind = "standard"
    access_list = _open(reader, name, version, standard=kind == "standard", line=line.number)
    reader.ledger.modelled(line.number)
    if len(rest) > 1:
        # The spelling of the first releases with IPv6: `ipv6 access-list NAME permit …`.
        _read_entry(reader, access_list, line, rest[1:])
    for child in line.children:
        _read_line(reader, access_list, child)
    return True


def read_shown(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """The header of a list in the output of ``show access-lists``."""
    if words[1:4] not in (("IP", "access", "list"), ("IPv6", "access", "list")) and words[1:3] != ("access", "list"):
        return False
    six = words[0] == "IPv6"
    name = words[3] if six else words[4] if len(words) > 4 else ""
    if not name or negated:
        return False
    access_list = _open(reader, name, 6 if six else 4, standard=words[0] == "Standard", line=line.number)
    for child in line.children:
        _read_line(reader, access_list, child)
    return reader.modelled(line)


def _open(reader: Reader, name: str, version: int, *, standard: bool, line: int) -> AccessList:
    lists = reader.config.lists if version == 4 else reader.config.lists6
    access_list = lists.get(name)
    if access_list is None:
        access_list = lists[name] = AccessList(name, version, standard, line)
    return access_list


def _read_line(reader: Reader, access_list: AccessList, line: Line) -> None:
    """A command inside the mode of a named list."""
    words = line.words
    negated = words[0] in ("no", "default")
    if negated:
        words = words[1:]
    if not words:
        reader.ledger.unrecognized(line.number, "an empty command")
        return
    if words[0] in ("exit", "end"):
        reader.irrelevant(line, "ends the block")
        return
    if negated:
        _remove(reader, access_list, line, words)
        return
    _read_entry(reader, access_list, line, words)
    for child in line.children:
        # Deeper indentation means nothing inside a list: the entries of one list are all alike.
        _read_line(reader, access_list, child)


def _read_entry(reader: Reader, access_list: AccessList, line: Line, words: tuple[str, ...]) -> None:
    ledger = reader.ledger
    sequence: int | None = None
    if words[0].isdigit() and len(words) > 1:
        sequence, words = int(words[0]), words[1:]
    elif words[0] == "sequence" and len(words) > 2 and words[1].isdigit():
        sequence, words = int(words[1]), words[2:]
    head = words[0]
    if head == "remark":
        if len(words) > 1:
            access_list.remarks.append(" ".join(words[1:]))
        ledger.irrelevant(line.number, "comment")
        return
    if head in ("description", "statistics", "counters"):
        ledger.irrelevant(line.number, "comment")
        return
    place = sequence if sequence is not None else access_list.last_sequence + 10
    try:
        if access_list.standard:
            entry = reader.entries.standard(words, line.number, place, access_list.taken_comment())
        else:
            entry = reader.entries.extended(words, line.number, place, access_list.taken_comment(), access_list.version)
    except EntryError as error:
        ledger.unrecognized(line.number, f"not understood as an entry of an access list: {error}")
        guess = reader.entries.guessed(words, line.number, place, access_list.version)
        if guess is None or place in access_list.sequences:
            return
        reader.notice(
            msg("an entry of the access list {name} is not understood: it may match", name=access_list.name),
            line.number,
            bears_on_access=True,
        )
        access_list.add(guess)
        return
    if entry.sequence in access_list.sequences:
        # Security Configuration Guide: Access Control Lists, "IP Access List Entry Sequence Numbering": a number that
        # is in use is refused ("Duplicate sequence number").
        ledger.unsupported(line.number, f"sequence number {entry.sequence} is in use: IOS refuses the entry")
        return
    access_list.add(entry)
    if entry.doubt:
        ledger.approximated(line.number, entry.doubt)
    else:
        ledger.modelled(line.number)


def _remove(reader: Reader, access_list: AccessList, line: Line, words: tuple[str, ...]) -> None:
    """``no 10`` or ``no permit …`` inside a list."""
    ledger = reader.ledger
    if words[0] == "remark":
        ledger.irrelevant(line.number, "comment")
        return
    if words[0].isdigit():
        sequence = int(words[0])
        access_list.keep([entry for entry in access_list.entries if entry.sequence != sequence])
        ledger.modelled(line.number)
        return
    try:
        if access_list.standard:
            gone = reader.entries.standard(words, line.number, 0, "")
        else:
            gone = reader.entries.extended(words, line.number, 0, "", access_list.version)
    except EntryError as error:
        ledger.unrecognized(line.number, f"not understood as an entry of an access list: {error}")
        return
    access_list.keep([entry for entry in access_list.entries if not entry.same_test(gone)])
    ledger.modelled(line.number)


# Object groups


def read_object_group(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``object-group network|service|…``."""
    if len(words) < 3:
        return False
    kind, name = words[1], words[2]
    if kind == "ip" and len(words) > 3:
        # Catalyst 6500: `object-group ip address NAME` and `object-group ip port NAME`.
        kind, name = {"address": "network", "port": "port"}.get(words[2], ""), words[3]
    if negated:
        reader.config.networks.pop(name, None)
        reader.config.services.pop(name, None)
        return reader.modelled(line)
    if kind in ("network", "v6-network"):
        group = reader.config.networks.setdefault(name, NetworkGroup(name, line.number))
        for child in line.children:
            _in_group(reader, child, partial(_network_item, group, child.number))
    elif kind in ("service", "protocol", "v6-service"):
        services = reader.config.services.setdefault(name, ServiceGroup(name, line.number))
        for child in line.children:
            _in_group(reader, child, partial(_service_item, services, child.number))
    elif kind == "port":
        port_group = reader.entries.port_groups.setdefault(name, PortGroup(name))
        for child in line.children:
            _in_group(reader, child, partial(_port_item, port_group))
    elif kind in ("fqdn", "security", "geo", "user"):
        return reader.unsupported(line, "a group of names, places or security groups, which no address shows")
    else:
        return False
    return reader.modelled(line)


def _in_group(reader: Reader, line: Line, read: Callable[[tuple[str, ...]], bool]) -> None:
    words = line.words
    try:
        if words[0] in ("exit", "end"):
            reader.irrelevant(line, "ends the block")
            return
        if words[0].isdigit() and len(words) > 1 and "." not in words[0]:
            words = words[1:]
        if not read(words):
            raise NotUnderstood(f"{words[0]} is not understood")
    except (NotUnderstood, EntryError) as error:
        reader.unrecognized(line, f"not understood as a member of the group: {error}")
        return
    if words[0] == "description":
        reader.irrelevant(line, "comment")
    else:
        reader.modelled(line)


def _network_item(group: NetworkGroup, line: int, words: tuple[str, ...]) -> bool:
    """Cisco IOS, ``object-group network``: an address comes with a netmask, not with a wildcard mask."""
    head = words[0]
    rest = words[1:]
    if head == "description":
        group.comment = " ".join(rest)
        return True
    if head == "group-object" and rest:
        group.groups.append((rest[0], line))
        return True
    if head == "network-object":
        head, rest = (rest[0], rest[1:]) if rest else ("", ())
    item: AddressExpr
    if head == "any":
        item = ANY_IPV4
    elif head == "any6":
        item = ANY_IPV6
    elif head == "host" and rest:
        value = quad(rest[0])
        if value is not None:
            item = AddressRange(4, value, value)
        elif ":" in rest[0]:
            item = _ipv6(rest[0])
        else:
            item = Fqdn(rest[0])
    elif head == "range" and len(rest) > 1:
        first, last = quad(rest[0]), quad(rest[1])
        if first is None or last is None:
            low, high = _ipv6(rest[0]), _ipv6(rest[1])
            item = AddressRange(6, min(low.first, high.first), max(low.first, high.first))
        else:
            item = AddressRange(4, min(first, last), max(first, last))
    elif "/" in head:
        item = any_prefix(head).expr()
    elif (value := quad(head)) is not None:
        mask_word = rest[0] if rest else "255.255.255.255"
        if mask_word.startswith("/"):
            item = any_prefix(head + mask_word).expr()
        else:
            mask = quad(mask_word)
            if mask is None:
                return False
            item = masked(4, value, mask)
    elif ":" in head:
        item = _ipv6(head)
    else:
        return False
    group.items.append(item)
    return True


def _ipv6(word: str) -> AddressRange:
    try:
        return host(word)
    except ValueError:
        raise NotUnderstood(f"{word} is no address") from None


_TRANSPORTS: Final = {"tcp": (6,), "udp": (17,), "tcp-udp": (6, 17), "sctp": (132,)}


def _service_item(group: ServiceGroup, line: int, words: tuple[str, ...]) -> bool:
    head = words[0]
    rest = words[1:]
    if head == "description":
        group.comment = " ".join(rest)
        return True
    if head == "group-object" and rest:
        group.groups.append((rest[0], line))
        return True
    if head in ("protocol-object", "service-object") and rest:
        head, rest = rest[0], rest[1:]
    if head in ("ip", "ipv6"):
        group.items.append(Service())
        return True
    protocols = _TRANSPORTS.get(head)
    if protocols is None:
        protocol = protocol_number(head)
        if protocol is None:
            return False
        icmp_type = icmp_code = None
        if head == "icmp" and rest:
            icmp_type, icmp_code = _icmp(rest, ICMP_MESSAGES)
        elif head in ("icmp6", "icmpv6") and rest:
            icmp_type, icmp_code = _icmp(rest, ICMPV6_MESSAGES)
        elif rest:
            return False
        group.items.append(Service(protocol=protocol, icmp_types=icmp_type, icmp_codes=icmp_code))
        return True
    for protocol in protocols:
        group.items.append(_ports_of(protocol, rest))
    return True


def _icmp(
    rest: tuple[str, ...], names: Mapping[str, tuple[int, int | None]]
) -> tuple[tuple[Range, ...] | None, tuple[Range, ...] | None]:
    named = names.get(rest[0])
    if named is not None:
        kind, code = named
        return ((kind, kind),), None if code is None else ((code, code),)
    kind = number(rest[0], 255)
    codes = tuple((code, code) for code in (number(word, 255) for word in rest[1:2]))
    return ((kind, kind),), codes or None


def _ports_of(protocol: int, rest: tuple[str, ...]) -> ServiceExpr:
    """``[source [op] p [p]] [[op] p [p]]`` of a service group."""
    source: tuple[Range, ...] | None = None
    destination: tuple[Range, ...] | None = None
    unknown = ""
    at = 0
    while at < len(rest):
        is_source = rest[at] == "source"
        if is_source or rest[at] == "destination":
            at += 1
            if at >= len(rest):
                raise NotUnderstood("a port is missing")
        operator = "eq"
        if rest[at] in ("eq", "gt", "lt", "neq", "range"):
            operator = rest[at]
            at += 1
        count = 2 if operator == "range" else 1
        names = rest[at : at + count]
        at += count
        if len(names) < count:
            raise NotUnderstood("a port is missing")
        numbers = [port_number(protocol, name) for name in names]
        known = [n for n in numbers if n is not None]
        if len(known) < count:
            unknown = names[numbers.index(None)]
            continue
        ranges = port_ranges(operator, known)
        if is_source:
            source = ranges
        else:
            destination = ranges
    service = Service(protocol=protocol, source_ports=source, destination_ports=destination)
    return UndecidedService("port name", unknown, service) if unknown else service


def _port_item(group: PortGroup, words: tuple[str, ...]) -> bool:
    if words[0] not in ("eq", "gt", "lt", "neq", "range"):
        return False
    numbers = [port_number(6, name) for name in words[1:]]
    known = [n for n in numbers if n is not None]
    if not known or len(known) < len(numbers):
        return False
    group.ranges.extend(port_ranges(words[0], known))
    return True


def merged_services(items: list[ServiceExpr]) -> ServiceExpr:
    """Any of ``items``."""
    return items[0] if len(items) == 1 else ServiceUnion(tuple(items))


# Time ranges


def read_time_range(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``time-range NAME`` with ``absolute`` and ``periodic``."""
    if len(words) < 2:
        return False
    name = words[1]
    if negated:
        reader.config.schedules.pop(name, None)
        return reader.modelled(line)
    known = reader.config.schedules.get(name)
    start, end = (known.start, known.end) if known else (None, None)
    recurring = known.recurring if known else False
    for child in line.children:
        head = child.words[0]
        try:
            if head == "absolute":
                start, end = _absolute(child.words[1:])
                reader.modelled(child)
            elif head == "periodic":
                recurring = True
                reader.approximated(child, "a time that comes again: possible, not sure")
            elif head in ("exit", "end"):
                reader.irrelevant(child, "ends the block")
            else:
                reader.unrecognized(child, f"{head} is not understood in a time range")
        except NotUnderstood as error:
            reader.unrecognized(child, str(error))
            recurring = True
    reader.config.schedules[name] = Schedule(
        name=name,
        start=start,
        end=end,
        recurring=recurring,
        span=reader.source.span(line.number, line.last_number),
    )
    return reader.modelled(line)


def _absolute(words: tuple[str, ...]) -> tuple[datetime | None, datetime | None]:
    """``[start 08:00 1 January 2026] [end 17:00 31 December 2026]``."""
    found: dict[str, datetime] = {}
    at = 0
    while at < len(words):
        which = words[at]
        parts = words[at + 1 : at + 5]
        if which not in ("start", "end") or len(parts) < 4:
            raise NotUnderstood("not understood as an absolute time")
        hour, _, minute = parts[0].partition(":")
        month = next((i for i, name in enumerate(_MONTHS, start=1) if name.startswith(parts[2].lower())), 0)
        try:
            found[which] = datetime(int(parts[3]), month, int(parts[1]), int(hour), int(minute or 0))  # noqa: DTZ001 the device's local time
        except ValueError:
            raise NotUnderstood("not understood as an absolute time") from None
        at += 5
    return found.get("start"), found.get("end")


# Route maps


def read_route_map(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``route-map NAME permit 10``."""
    if len(words) < 2:
        return False
    name = words[1]
    if negated:
        if len(words) > 3 and words[3].isdigit():
            reader.config.route_maps.get(name, {}).pop(int(words[3]), None)
        else:
            reader.config.route_maps.pop(name, None)
        return reader.modelled(line)
    rest = words[2:]
    permit = "deny" not in rest[:1]
    sequence = next((int(word) for word in rest if word.isdigit()), 10)
    clause = reader.config.route_maps.setdefault(name, {}).setdefault(
        sequence, RouteMapClause(permit, sequence, line.number)
    )
    clause.permit = permit
    for child in line.children:
        if not _route_map_line(reader, clause, child):
            reader.irrelevant(child, "matches or sets what routes carry, not where packets may go")
    return reader.modelled(line)


def _route_map_line(reader: Reader, clause: RouteMapClause, line: Line) -> bool:
    words = line.words
    if words[:3] in (("match", "ip", "address"), ("match", "ipv6", "address")):
        if len(words) > 3 and words[3] == "prefix-list":
            return False
        clause.matches.append(Match(f"{words[1]} address", words[3:], line.number))
        return reader.modelled(line)
    if words[:2] == ("match", "interface"):
        clause.matches.append(Match("interface", ("".join(words[2:]),), line.number))
        return reader.modelled(line)
    if words[0] == "match" and len(words) > 1:
        clause.matches.append(Match(" ".join(words[1:3]), words[3:], line.number))
        return False
    if words[0] == "set" and _policy_ways(reader, clause, line):
        return True
    if words[0] in ("exit", "end"):
        return reader.irrelevant(line, "ends the block")
    return False


def _policy_ways(reader: Reader, clause: RouteMapClause, line: Line) -> bool:
    """What of ``set`` chooses a way (Cisco IOS IP Routing: Protocol-Independent Command Reference)."""
    words = list(line.words[1:])
    family = words.pop(0) if words[:1] in (["ip"], ["ipv6"]) else ""
    default = words[:1] == ["default"]
    if default:
        words.pop(0)
    vrf: str | None = None
    if words[:1] == ["vrf"] and len(words) > 1:
        vrf, words = words[1], words[2:]
    elif words[:1] == ["global"]:
        vrf, words = "", words[1:]
    if vrf is not None and not words:
        clause.ways.append(PolicyWay(line.number, vrf=vrf))
        return reader.modelled(line)
    if words[:1] == ["interface"] and not family:
        for name in _interface_names(words[1:]):
            clause.ways.append(PolicyWay(line.number, interface=name, default=default))
        return reader.modelled(line)
    if not family or words[:1] != ["next-hop"]:
        return False
    tracked = False
    rest = words[1:]
    if rest[:1] == ["verify-availability"]:
        tracked, rest = True, rest[1:]
        clause.verified = clause.verified or not rest
    elif rest[:1] == ["recursive"]:
        rest = rest[1:]
        if rest[:1] == ["vrf"] and len(rest) > 1:
            vrf, rest = rest[1], rest[2:]
        elif rest[:1] == ["global"]:
            vrf, rest = "", rest[1:]
    if rest[:1] == ["dynamic"]:
        reader.ledger.unsupported(line.number, "the next hop is what a DHCP server says")
        return True
    for word in rest:
        if word == "track":
            break
        value = quad(word) if family == "ip" else None
        if value is not None:
            clause.ways.append(PolicyWay(line.number, (4, value), "", vrf, default, tracked))
        elif family == "ipv6" and ":" in word:
            clause.ways.append(PolicyWay(line.number, (6, _ipv6(word).first), "", vrf, default, tracked))
    return reader.modelled(line)


def _interface_names(words: Sequence[str]) -> list[str]:
    """The names of interfaces in a line, where the type may stand apart from the number."""
    found: list[str] = []
    for word in words:
        if found and word[:1].isdigit() and not found[-1][-1:].isdigit():
            found[-1] += word
        else:
            found.append(word)
    return found
