"""Reading who may manage the router, what it listens with, what it leases, and whom it names.

Command Reference for Rev.23.02.02, chapters 4 (the router itself), 12 (DHCP), 21 (SNMP), 24 (DNS), 33 (HTTP), 38 (VLAN),
41 (SNTP), 45 (bridge).
"""

from __future__ import annotations

from typing import Final

from segaudit.model import HostSign, Prefix
from segaudit.parsers.yamaha_rtx.config import Account, ScopeLine
from segaudit.parsers.yamaha_rtx.match import HIGHEST, NotUnderstood, netmask
from segaudit.parsers.yamaha_rtx.names import DHCP_OPTIONS
from segaudit.parsers.yamaha_rtx.reader import INTERFACE, Reader, number, quad, range4
from segaudit.parsers.yamaha_rtx.syntax import Line

#: The daemon that a command is about.
_DAEMONS: Final = {
    "telnetd": "telnet", "sshd": "ssh", "sftpd": "sftp", "httpd": "http", "tftp": "tftp", "sntpd": "ntp", "dns": "dns",
}  # fmt: skip


def read_daemon(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``telnetd host lan1``, ``sshd service on``, ``httpd listen 8080``, ``dns host any`` …"""
    if len(words) < 2 or (len(words) < 3 and not negated):
        return False
    what, rest = words[1], words[2:]
    if what not in ("host", "service", "listen") or rest[:1] == ["key"]:
        return False
    if what == "service" and rest[:1] not in ([], ["on"], ["off"], ["recursive"]):
        return False
    daemon = reader.config.daemon(_DAEMONS[words[0]], line.number)
    if what == "host":
        daemon.hosts = None if negated else tuple(rest)
    elif what == "service":
        daemon.on = None if negated else rest[0] != "off"
    else:
        daemon.port = None if negated else number(rest[0], 65535)
    return reader.modelled(line)


def read_dns(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``dns server A B``, ``dns server select N A …``, ``dns static``, and what is a daemon's."""
    if words[1:2] == ["server"]:
        if not negated:
            for word in words[2:]:
                if word in (".", "restrict") or word.startswith("reject"):
                    break
                # Of `select`, the asker's network and the name may be addresses too: they stand behind a type or name.
                reader.host(word, HostSign.DNS, line)
        return reader.modelled(line)
    if words[1:2] == ["static"] and len(words) > 4:
        if not negated:
            reader.host(words[4], HostSign.OBJECT, line, words[3])
        return reader.modelled(line)
    if words[1:2] == ["static"]:
        return reader.irrelevant(line, "a name that the router answers for")
    return read_daemon(reader, line, words, negated)


def read_snmp(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``snmp host``, ``snmpv2c host``, ``snmpv3 host``: who may ask; ``trap host``: who is told."""
    if words[1:2] == ["host"] and len(words) > 2:
        if not negated:
            reader.config.snmp.append((words[2], line.number))
            reader.host(words[2], HostSign.SNMP_MANAGER, line)
        return reader.modelled(line)
    if words[1:3] == ["trap", "host"] and len(words) > 3:
        if not negated:
            reader.host(words[3], HostSign.SNMP_MANAGER, line)
        return reader.modelled(line)
    if words[1:2] == ["sysname"] and len(words) > 2:
        reader.config.names["sysname"] = (words[2], line.number)
        return reader.modelled(line)
    return False


def read_syslog(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``syslog host``, and ``syslog notice on``: without it nothing of the filters is logged (4.29)."""
    if words[1:2] == ["host"]:
        if not negated:
            for word in words[2:]:
                reader.host(word, HostSign.SYSLOG, line)
        return reader.modelled(line)
    if words[1:2] == ["notice"]:
        reader.config.logs_filters = words[2:3] == ["on"] and not negated
        return reader.modelled(line)
    return False


def read_time(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``ntpdate HOST``, also by ``schedule at``: the time server."""
    at = words.index("ntpdate") if "ntpdate" in words else len(words)
    if at + 1 >= len(words) or negated:
        return False
    reader.host(words[at + 1], HostSign.NTP, line)
    return reader.modelled(line)


def read_login(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``login user``, ``login radius use``."""
    config = reader.config
    if words[1:2] == ["user"] and len(words) > 2:
        if negated:
            config.accounts.pop(words[2], None)
        else:
            config.accounts[words[2]] = Account(name=words[2], line=line.number)
        return reader.modelled(line)
    if words[1:3] == ["radius", "use"]:
        config.radius_login = words[3:4] == ["on"] and not negated
        return reader.modelled(line)
    return False


def read_administrator(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``administrator password``, ``administrator radius auth``."""
    if words[1:2] == ["password"]:
        reader.config.administrator_line = line.number
        return reader.modelled(line)
    if words[1:3] == ["radius", "auth"]:
        reader.config.radius_login = words[3:4] == ["on"] and not negated
        return reader.modelled(line)
    return False


def read_user(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``user attribute [NAME] administrator=off connection=… host=…``."""
    if words[1:2] != ["attribute"]:
        return False
    name, rest = "", words[2:]
    if rest and "=" not in rest[0]:
        name, rest = rest[0], rest[1:]
    if negated:
        reader.config.attributes.pop(name, None)
        return reader.modelled(line)
    known = reader.config.attributes.setdefault(name, {})
    for word in rest:
        key, _, value = word.partition("=")
        known[key] = value
    return reader.modelled(line)


def read_security(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``security class 3``: no logins but at the serial port (4.12); its pages are not its business."""
    if words[1:2] != ["class"] or len(words) < 3:
        return False
    reader.config.daemon("login", line.number).on = negated or words[2] != "3"
    return reader.modelled(line)


def read_dhcp(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``dhcp service``, ``dhcp scope``, ``dhcp scope bind``, ``dhcp scope option``, ``dhcp relay server``."""
    config = reader.config
    rest = words[2:]
    match words[1:3]:
        case ["service", _]:
            config.dhcp_service = "" if negated else rest[0]
        case ["scope", "bind"] if len(rest) > 2:
            if not negated and rest[2] != "*":
                first, last = range4(rest[2])
                config.reservations += [
                    (number(rest[1]), value, line.number) for value in range(first, min(last, first + 255) + 1)
                ]
        case ["scope", "option"] if len(rest) > 2:
            options = config.scope_options.setdefault(number(rest[1]), [])
            for word in rest[2:]:
                key, _, value = word.partition("=")
                known = DHCP_OPTIONS.get(key, int(key) if key.isdigit() and int(key) < 255 else None)
                if known is not None:
                    options.append(known)
                if key == "dns" and not negated:
                    for one in value.split(","):
                        reader.host(one, HostSign.DNS, line)
        case ["scope", place] if place.isdigit():
            if negated:
                config.scopes.pop(number(place), None)
            else:
                config.scopes[number(place)] = _scope(line, number(place), rest[1:])
        case ["relay", "server"]:
            if not negated:
                for word in rest[1:]:
                    reader.host(word, HostSign.DHCP_RELAY, line)
        case _:
            return False
    return reader.modelled(line)


def _scope(line: Line, place: int, words: list[str]) -> ScopeLine:
    spread, slash, mask = words[0].partition("/") if words else ("", "", "")
    first, last = range4(spread)
    bits = netmask(mask) if slash else None
    if bits is None or (bits ^ HIGHEST) & ((bits ^ HIGHEST) + 1):
        raise NotUnderstood(f"{mask or spread} is no netmask")
    excluded: list[tuple[int, int]] = []
    if "except" in words:
        for word in words[words.index("except") + 1 :]:
            if not word[:1].isdigit():
                break
            excluded.append(range4(word))
    prefix = Prefix(4, first & bits, bits.bit_count())
    return ScopeLine(number=place, line=line.number, first=first, last=last, prefix=prefix, excluded=tuple(excluded))


def read_description(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``description lan1 "…"``, ``description pp "…"``, ``description 1 "…"``."""
    if len(words) < 2:
        return False
    text = " ".join(words[2:]) if not negated else ""
    if INTERFACE.match(words[1].lower()):
        reader.interface(line, words[1]).description = text
        return reader.modelled(line)
    return words[1] != "yno" and reader.irrelevant(line, "a description of the router")


def read_console(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``console prompt``: the name that people gave the router."""
    if words[1:2] != ["prompt"] or len(words) < 3:
        return False
    reader.config.names["prompt"] = ("" if negated else words[2], line.number)
    return reader.modelled(line)


def read_vlan(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``vlan lan1/1 802.1q vid=10 name=…``, ``vlan port mapping lan1.1 vlan1``, ``vlan interconnect group …``."""
    config = reader.config
    if words[1:3] == ["port", "mapping"] and len(words) > 4:
        config.ports[words[3].lower()] = "" if negated else words[4].lower()
        return reader.modelled(line)
    if words[1:3] == ["interconnect", "group"] and len(words) > 3:
        if negated:
            config.interconnects.pop(words[3].lower(), None)
        else:
            config.interconnects[words[3].lower()] = (line.number, tuple(word.lower() for word in words[4:]))
        return reader.modelled(line)
    if words[1:2] == ["interconnect"]:
        return reader.irrelevant(line, "what is logged of traffic between VLANs")
    if len(words) > 2 and words[2] == "802.1q" and INTERFACE.match(words[1].lower()):
        interface = reader.interface(line, words[1])
        for word in words[3:]:
            key, _, value = word.partition("=")
            if key == "vid":
                interface.vlan = None if negated else number(value, 4094)
            elif key == "name":
                interface.alias = value
        return reader.modelled(line)
    return False


def read_lan(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``lan type lan1 port-based-option=divide-network``: ports become interfaces of their own (4.50)."""
    if words[1:2] != ["type"] or len(words) < 3:
        return False
    option = next((word.partition("=")[2] for word in words[3:] if word.startswith("port-based")), "")
    if option == "divide-network" and not negated:
        reader.config.divided[words[2].lower()] = line.number
        return reader.modelled(line)
    if option and option != "off" and not negated:
        return reader.unsupported(line, "ports of one segment that are kept apart: who stands at which does not show")
    return reader.irrelevant(line, "ports of the switch inside: speed, link, aggregation")


def read_bridge(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``bridge member bridge1 lan1 tunnel1``."""
    if words[1:2] == ["member"] and len(words) > 2:
        members = [] if negated else [word.lower() for word in words[3:]]
        reader.config.interface(words[2].lower(), line.number).members = members
        return reader.modelled(line)
    return words[1:2] == ["learning"] and reader.irrelevant(line, "how a bridge learns addresses")


def read_protocol(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``ospf use on``, ``bgp use on``, ``rip use on``; ``bgp neighbor N AS ADDRESS``."""
    config = reader.config
    if words[1:2] == ["use"]:
        if words[2:3] == ["on"] and not negated:
            config.protocols.append(words[0])
        return reader.modelled(line)
    if words[0] == "bgp" and words[1:2] == ["neighbor"] and len(words) > 4 and words[2].isdigit():
        config.neighbors.append((4, quad(words[4])))
        return reader.modelled(line)
    return False


def read_upnp(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``upnp use on``: clients open ports of the translation by themselves."""
    if words[1:2] != ["use"]:
        return False
    reader.config.daemon("upnp", line.number).on = words[2:3] == ["on"] and not negated
    return reader.modelled(line)
