"""Reading PP interfaces, tunnels, IPsec, L2TP and PPTP.

Command Reference for Rev.23.02.02, chapters 11 (PPP), 14 to 17 (tunnels, IPsec, L2TP, PPTP), 56 (``pp select``).
"""

from __future__ import annotations

import re
from typing import Final

from segaudit.model import HostSign
from segaudit.parsers.yamaha_rtx.config import InterfaceConfig, UserLine
from segaudit.parsers.yamaha_rtx.match import NotUnderstood
from segaudit.parsers.yamaha_rtx.reader import Reader, number, quad
from segaudit.parsers.yamaha_rtx.syntax import ANONYMOUS, Line

_SPAN: Final = re.compile(r"(\d*)-(\d*)$")
_TUNNELS: Final = re.compile(r"tunnel(\d+)(?:-(?:tunnel)?(\d+))?$")
#: More tunnels than any model has.
_MOST_TUNNELS: Final = 6000
_PROVISIONED: Final = frozenset({"map-e", "hb46pp"})


def read_pp(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``pp select``, ``pp enable``, ``pp bind``, ``pp auth username`` …"""
    if len(words) < 2:
        return False
    if words[1] == "select":
        if line.pp:
            reader.config.interface(line.pp, line.number)
        return reader.modelled(line)
    if words[1] in ("enable", "disable"):
        return _enable(reader, line, "pp", words[2:], on=(words[1] == "enable") != negated)
    if not line.pp:
        return False
    interface = reader.config.interface(line.pp, line.number)
    if words[1] == "bind":
        interface.binds = () if negated else tuple(name for word in words[2:] for name in _bound_to(word))
        return reader.modelled(line)
    if words[1:3] == ["auth", "username"] and len(words) > 3:
        interface.users = [user for user in interface.users if user.name != words[3]]
        if not negated:
            interface.users.append(UserLine(name=words[3], line=line.number, address=_last_address(words[5:])))
        return reader.modelled(line)
    if words[1:3] == ["auth", "request"]:
        interface.asks, interface.asks_line = (() if negated else tuple(words[3:])), line.number
        return reader.modelled(line)
    if words[1] == "name":
        # The pages of the router write `PRV/1/1/5/0/0/0:kyoto`: only what stands behind the colon is the name.
        interface.alias = "" if negated else " ".join(words[2:]).rpartition(":")[2]
        return reader.modelled(line)
    return False


def _last_address(words: list[str]) -> int | None:
    """The address that a user gets: the last word that is one."""
    for word in reversed(words):
        try:
            return quad(word)
        except NotUnderstood:
            continue
    return None


def _bound_to(word: str) -> list[str]:
    """``tunnel1-tunnel4``, ``bri1``, ``usb1``: the names."""
    found = _TUNNELS.match(word.lower())
    if found is None:
        return [word.lower()]
    first, last = int(found[1]), int(found[2] or found[1])
    if last - first > _MOST_TUNNELS:
        raise NotUnderstood(f"{word} is more tunnels than there are")
    return [f"tunnel{place}" for place in range(first, last + 1)]


def _enable(reader: Reader, line: Line, kind: str, words: list[str], *, on: bool) -> bool:
    """``pp enable 1 2``, ``tunnel enable 1-4``, ``… all``, ``pp enable anonymous``."""
    for word in words:
        found = _SPAN.match(word)
        if word == "all":
            for name, interface in reader.config.interfaces.items():
                if name.startswith(kind):
                    interface.enabled = on
        elif word == "anonymous":
            reader.config.interface(ANONYMOUS, line.number).enabled = on
        elif found is not None and len(word) > 1:
            first, last = int(found[1] or 1), int(found[2] or _MOST_TUNNELS)
            for name, interface in reader.config.interfaces.items():
                digits = name.removeprefix(kind)
                if name != digits and digits.isdigit() and first <= int(digits) <= last:
                    interface.enabled = on
        else:
            reader.config.interface(f"{kind}{number(word)}", line.number).enabled = on
    return bool(words) and reader.modelled(line)


def read_pppoe(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``pppoe use lan2``."""
    if words[1:2] != ["use"] or len(words) < 3 or not line.pp:
        return False
    interface = reader.config.interface(line.pp, line.number)
    interface.pppoe, interface.lower = not negated, "" if negated else words[2].lower()
    return reader.modelled(line)


def read_ppp(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``ppp ipcp ipaddress on``: the other side gives the address."""
    if words[1:3] != ["ipcp", "ipaddress"] or not line.pp:
        return False
    reader.config.interface(line.pp, line.number).negotiated = words[3:4] == ["on"] and not negated
    return reader.modelled(line)


def read_wan(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``wan1 bind usb1``: a mobile line."""
    if words[1:2] != ["bind"] or len(words) < 3:
        return False
    reader.config.interface(words[0], line.number).lower = "" if negated else words[2]
    return reader.modelled(line)


def read_tunnel(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``tunnel select``, ``tunnel encapsulation``, ``tunnel endpoint`` …"""
    if len(words) < 2:
        return False
    if words[1] == "select":
        if line.tunnel:
            reader.config.interface(line.tunnel, line.number)
        return reader.modelled(line)
    if words[1] in ("enable", "disable"):
        return _enable(reader, line, "tunnel", words[2:], on=(words[1] == "enable") != negated)
    if not line.tunnel or len(words) < 3:
        return False
    interface = reader.config.interface(line.tunnel, line.number)
    if words[1] == "encapsulation":
        interface.encapsulation = "" if negated else words[2]
        if words[2].startswith("l2tpv3") and not negated:
            return reader.approximated(line, "frames: whoever is at the far end stands in the same segment")
        return reader.modelled(line)
    if words[1] == "endpoint":
        return _endpoint(reader, line, interface, words[2:], negated)
    if words[1] == "name":
        interface.description = interface.description or ("" if negated else words[2])
        return reader.modelled(line)
    if words[1:3] == ["map-e", "type"]:
        interface.encapsulation = interface.encapsulation or "map-e"
        return reader.modelled(line)
    if words[1:3] == ["type", "point-to-point"]:
        return reader.modelled(line)
    return False


def _endpoint(reader: Reader, line: Line, interface: InterfaceConfig, rest: list[str], negated: bool) -> bool:
    """``address [LOCAL] REMOTE``, ``remote address R``, ``local address L``, ``name [LOCAL] REMOTE [fqdn]``."""
    interface.end_line = line.number
    if rest[:2] == ["remote", "address"] and len(rest) > 2:
        interface.remote_end = "" if negated else rest[2]
        return reader.modelled(line)
    if rest[:2] == ["local", "address"] and len(rest) > 2:
        interface.local_end = "" if negated else rest[2]
        return reader.modelled(line)
    if rest[0] not in ("address", "name") or len(rest) < 2:
        return False
    ends = [word for word in rest[1:] if word not in ("fqdn", "tel")]
    if negated:
        interface.local_end = interface.remote_end = ""
    elif ends:
        interface.local_end = ends[0] if len(ends) > 1 else interface.local_end
        interface.remote_end = ends[-1]
    return reader.modelled(line)


def read_ipsec(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``ipsec tunnel``, ``ipsec sa policy``, ``ipsec ike …``."""
    if len(words) < 3:
        return False
    config = reader.config
    if words[1] == "use":
        config.ipsec = negated or words[2] != "off"
        return reader.modelled(line)
    if words[1] == "tunnel" and words[2].isdigit():
        if not line.tunnel:
            raise NotUnderstood("no tunnel is selected here")
        config.interface(line.tunnel, line.number).policy = None if negated else number(words[2])
        return reader.modelled(line)
    if words[1:3] == ["sa", "policy"] and len(words) > 4:
        if negated:
            config.sa_policies.pop(number(words[3]), None)
        else:
            config.sa_policies[number(words[3])] = number(words[4])
        return reader.modelled(line)
    return words[1] == "ike" and _ike(reader, line, words[2:], negated)


def _ike(reader: Reader, line: Line, rest: list[str], negated: bool) -> bool:
    config = reader.config
    on = rest[3:4] == ["on"] and not negated
    match rest[:2]:
        case ["remote", "address"] if len(rest) > 3:
            found = config.ike(number(rest[2]), line.number)
            found.remote, found.remote_line = ("" if negated else rest[3]), line.number
        case ["local", "address"] if len(rest) > 3:
            config.ike(number(rest[2]), line.number).local = () if negated else tuple(rest[3:])
        case ["xauth", "request"] if len(rest) > 3:
            found = config.ike(number(rest[2]), line.number)
            found.xauth, found.group = on, number(rest[4]) if len(rest) > 4 else None
        case ["eap", "request"] if len(rest) > 3:
            found = config.ike(number(rest[2]), line.number)
            found.eap, found.group = on, number(rest[4]) if len(rest) > 4 else None
        case ["mode-cfg", "address"] if len(rest) > 3 and rest[2] == "pool":
            config.address_pools[number(rest[3])] = tuple(rest[4:])
        case ["mode-cfg", "address"] if len(rest) > 3:
            config.ike(number(rest[2]), line.number).pool = None if negated else number(rest[3])
        case ["pki", "file"] if len(rest) > 2:
            config.ike(number(rest[2]), line.number).certificate = not negated
        case _:
            return False
    return reader.modelled(line)


def read_auth(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``auth user N NAME …`` and ``auth user group N …``: the accounts of XAUTH and EAP."""
    if words[1:2] != ["user"] or len(words) < 4:
        return False
    config = reader.config
    if words[2] == "group" and words[3] != "attribute":
        config.user_groups[number(words[3])] = () if negated else tuple(words[4:])
        return reader.modelled(line)
    if words[2] in ("attribute", "group"):
        return reader.irrelevant(line, "what an account of XAUTH or EAP is for")
    if negated:
        config.auth_users.pop(number(words[2]), None)
    else:
        config.auth_users[number(words[2])] = line.number
    return reader.modelled(line)


def read_service(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``l2tp service on``, ``pptp service on``."""
    if words[1:2] != ["service"] or len(words) < 3 or words[2] not in ("on", "off"):
        return False
    daemon = reader.config.daemon(words[0], line.number)
    daemon.on = words[2] == "on" and not negated
    daemon.hosts = tuple(words[3:])
    return reader.modelled(line)


def read_radius(reader: Reader, line: Line, words: list[str], negated: bool) -> bool:
    """``radius auth on``, ``radius server``, ``radius auth server``."""
    config = reader.config
    if words[1:2] == ["auth"] and words[2:3] in (["on"], ["off"]):
        config.radius_auth = words[2] == "on" and not negated
        return reader.modelled(line)
    servers = words[2:] if words[1:2] == ["server"] else words[3:] if words[1:3] == ["auth", "server"] else None
    if servers is None:
        return False
    if not negated:
        config.radius_servers = tuple(dict.fromkeys((*config.radius_servers, *servers)))
        for word in servers:
            reader.host(word, HostSign.RADIUS, line)
    return reader.modelled(line)
