"""Reading how the device is managed and what it listens for: lines, web server, SNMP, accounts, servers it names.

Cisco IOS Terminal Services Command Reference, ``line``, ``transport input``, ``access-class``; HTTP Services Command
Reference; Network Management Command Reference, ``snmp-server community``; Security Command Reference, ``aaa``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from segaudit.model import TCP, UDP, HostSign, ServiceUnion, msg, ports
from segaudit.parsers.cisco_ios.config import Bound, Listener, UserAccount, VtyLine, interface_name
from segaudit.parsers.cisco_ios.irrelevant import LINE, lookup
from segaudit.parsers.cisco_ios.reader import Reader, number
from segaudit.syntax.indented import Line

_AUTHENTICATES: Final = "who may do what once logged in, and what is recorded of it"


def read_line_block(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``line vty 0 4`` (others than virtual terminals are no way in from the network)."""
    rest = words[1:]
    if not rest:
        return False
    if rest[0] != "vty":
        for child in line.walk():
            reader.ledger.irrelevant(child.number, "console, auxiliary and terminal ports: no way in from the network")
        return True
    numbers = [int(word) for word in rest[1:] if word.isdigit()]
    if not numbers:
        return False
    first, last = numbers[0], numbers[-1]
    if negated:
        reader.config.vty = {start: vty for start, vty in reader.config.vty.items() if vty.last < first}
        return reader.modelled(line)
    vty = reader.config.vty.setdefault(first, VtyLine(first, last, line.number, line.last_number))
    vty.last = max(vty.last, last)
    vty.last_line = max(vty.last_line, line.last_number)
    for child in line.children:
        _vty_line(reader, vty, child)
    return reader.modelled(line)


def _vty_line(reader: Reader, vty: VtyLine, line: Line) -> None:
    words = line.words
    negated = words[0] in ("no", "default")
    if negated:
        words = words[1:]
    match words[:1]:
        case ("transport",) if words[1:2] == ("input",):
            vty.transports = () if negated else words[2:]
            vty.transport_line = line.number
            reader.modelled(line)
        case ("access-class",) if len(words) > 1:
            if words[2:3] == ("out",):
                reader.irrelevant(line, "where a logged-in administrator may go on to, not who may log in")
                return
            vty.access_class = None if negated else Bound(words[1], line.number)
            reader.modelled(line)
        case ("ipv6",) if words[1:2] == ("access-class",) and len(words) > 2:
            if words[3:4] == ("out",):
                reader.irrelevant(line, "where a logged-in administrator may go on to, not who may log in")
                return
            vty.ipv6_access_class = None if negated else Bound(words[2], line.number)
            reader.modelled(line)
        case ("login",):
            if negated:
                vty.login = "none"
                reader.notice(
                    msg(
                        "the virtual terminal lines {first} to {last} ask for no password",
                        first=vty.first,
                        last=vty.last,
                    ),
                    line.number,
                    bears_on_access=True,
                )
            elif words[1:2] == ("local",):
                vty.login = "local"
            elif words[1:2] == ("authentication",) and len(words) > 2:
                vty.login, vty.authentication = "aaa", words[2]
            reader.modelled(line)
        case _:
            reason = lookup(LINE, words)
            if reason is None:
                reader.unrecognized(line, "not understood as a command of a line")
            else:
                reader.irrelevant(line, reason)


def listen(
    reader: Reader,
    kind: str,
    line: Line,
    negated: bool,
    protocol_ports: Iterable[tuple[int, int]],
    *,
    management: bool = False,
    access: str = "",
    certain: bool = True,
) -> bool:
    """The device listens for ``kind`` (or, negated, does not) on ``protocol_ports``. True, for handlers to return."""
    if negated:
        reader.config.listeners.pop(kind, None)
        return reader.modelled(line)
    services = tuple(ports(protocol, port) for protocol, port in protocol_ports)
    service = services[0] if len(services) == 1 else ServiceUnion(services)
    reader.config.listeners[kind] = Listener(
        kind=kind, service=service, line=line.number, management=management, access=access, certain=certain
    )
    return reader.modelled(line)


def read_http(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``ip http server``, ``secure-server``, their ports and their access class."""
    if words[1:2] != ("http",) or len(words) < 3:
        return False
    rest = words[2:]
    config = reader.config
    match rest[0]:
        case "server":
            return listen(reader, "http", line, negated, ((TCP, config.http_ports.get("http", 80)),), management=True)
        case "secure-server":
            return listen(
                reader, "https", line, negated, ((TCP, config.http_ports.get("https", 443)),), management=True
            )
        case "port" | "secure-port":
            kind = "http" if rest[0] == "port" else "https"
            if negated or len(rest) < 2:
                return reader.modelled(line)
            config.http_ports[kind] = number(rest[1], 65535)
            known = config.listeners.get(kind)
            if known is not None:
                config.listeners[kind] = replace(known, service=ports(TCP, config.http_ports[kind]))
            return reader.modelled(line)
        case "access-class":
            if rest[1:2] == ("ipv6",) and len(rest) > 2:
                config.http_ipv6_access = "" if negated else rest[2]
            elif len(rest) > 1:
                name = rest[2] if rest[1] == "ipv4" and len(rest) > 2 else rest[1]
                config.http_access = "" if negated else name
            return reader.modelled(line)
        case _:
            return False


def read_snmp(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``snmp-server community``, ``host``, ``group``, ``user``."""
    if words[:1] != ("snmp-server",) or len(words) < 3:
        return False
    rest = words[2:]
    config = reader.config
    match words[1]:
        case "community":
            key = f"snmp community {line.number}"
            if negated:
                return reader.modelled(line)
            access, ipv6_access = _community_lists(rest[1:])
            config.listeners[key] = Listener(
                kind="snmp",
                service=ports(UDP, 161),
                line=line.number,
                management=True,
                access=access,
                ipv6_access=ipv6_access,
            )
            return reader.modelled(line)
        case "group":
            access = rest[rest.index("access") + 1] if "access" in rest[:-1] else ""
            six = ""
            if access == "ipv6" and rest[-1] != "ipv6":
                six, access = rest[rest.index("ipv6") + 1], ""
            if not negated:
                config.listeners[f"snmp group {rest[0]}"] = Listener(
                    kind="snmp", service=ports(UDP, 161), line=line.number, management=True, access=access,
                    ipv6_access=six,
                )  # fmt: skip
            return reader.modelled(line)
        case "user":
            return reader.irrelevant(line, _AUTHENTICATES)
        case "host":
            if not negated:
                reader.host(rest[0], HostSign.SNMP_MANAGER.value, line.number)
            return reader.modelled(line)
        case "tftp-server-list":
            return reader.irrelevant(line, "where the device fetches its files from")
        case _:
            return False


def _community_lists(rest: tuple[str, ...]) -> tuple[str, str]:
    """The lists behind ``snmp-server community STRING [view V] [ro|rw] [ipv6 L6] [L]``, for IPv4 and IPv6."""
    access = ipv6_access = ""
    at = 0
    while at < len(rest):
        word = rest[at]
        if word == "view":
            at += 2
        elif word.lower() in ("ro", "rw", "sdr", "su"):
            at += 1
        elif word == "ipv6" and at + 1 < len(rest):
            ipv6_access = rest[at + 1]
            at += 2
        else:
            access = word
            at += 1
    return access, ipv6_access


def read_aaa(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``aaa new-model``, the login and PPP methods, groups of servers."""
    config = reader.config
    rest = words[1:]
    if rest[:1] == ("new-model",):
        config.aaa = not negated
        return reader.modelled(line)
    if rest[:2] in (("authentication", "login"), ("authentication", "ppp")) and len(rest) > 2:
        methods = config.login_methods if rest[1] == "login" else config.ppp_methods
        if negated:
            methods.pop(rest[2], None)
        else:
            methods[rest[2]] = rest[3:]
        return reader.modelled(line)
    if rest[:2] == ("group", "server"):
        sign = {"radius": HostSign.RADIUS, "tacacs+": HostSign.TACACS, "ldap": HostSign.LDAP}.get(
            rest[2:3][0] if rest[2:3] else ""
        )
        for child in line.children:
            parts = child.words
            named = parts[1] if parts[0] in ("server", "server-private") and len(parts) > 1 else ""
            if named and sign is not None and reader.host(named, sign.value, child.number):
                reader.modelled(child)
            else:
                reader.irrelevant(child, _AUTHENTICATES)
        return reader.modelled(line)
    if rest[:2] == ("server", "radius"):
        for child in line.children:
            parts = child.words
            if parts[0] == "client" and len(parts) > 1 and reader.host(parts[1], HostSign.RADIUS.value, child.number):
                reader.modelled(child)
            else:
                reader.irrelevant(child, _AUTHENTICATES)
        return reader.modelled(line)
    return False


def read_servers(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``tacacs-server host A``, ``radius server NAME`` with ``address ipv4 A``, and the like."""
    head = words[0]
    sign = HostSign.TACACS if head.startswith("tacacs") else HostSign.LDAP if head == "ldap" else HostSign.RADIUS
    if head in ("tacacs-server", "radius-server"):
        if words[1:2] != ("host",) or len(words) < 3:
            return False
        if not negated:
            reader.host(words[2], sign.value, line.number)
        return reader.modelled(line)
    if words[1:2] != ("server",):
        return False
    for child in line.children:
        parts = child.words
        target = ""
        if parts[0] == "address" and len(parts) > 2 and parts[1] in ("ipv4", "ipv6"):
            target = parts[2]
        elif parts[0] in ("ipv4", "ipv6") and len(parts) > 1:
            target = parts[1]
        if target and reader.host(target, sign.value, child.number, name=words[2] if len(words) > 2 else ""):
            reader.modelled(child)
        else:
            reader.irrelevant(child, _AUTHENTICATES)
    return reader.modelled(line)


def read_username(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``username NAME [privilege N] …``."""
    if len(words) < 2:
        return False
    name = words[1]
    if negated:
        reader.config.accounts.pop(name, None)
        return reader.modelled(line)
    known = reader.config.accounts.get(name)
    privilege = known.privilege if known else 1
    if "privilege" in words[:-1]:
        word = words[words.index("privilege") + 1]
        privilege = int(word) if word.isdigit() else privilege
    if words[2:3] == ("access-class",):
        return reader.unsupported(line, "where this account may log in from is narrowed by a list of its own")
    reader.config.accounts[name] = UserAccount(name, known.line if known else line.number, privilege)
    return reader.modelled(line)


def read_hosts(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """Hosts named as name server, time server, log server, or by ``ip host``."""
    if words[:2] == ("ip", "name-server"):
        rest = words[4:] if words[2:3] == ("vrf",) else words[2:]
        if not negated:
            for word in rest:
                reader.host(word, HostSign.DNS.value, line.number)
        return reader.modelled(line)
    if words[:2] == ("ip", "host") and len(words) > 3:
        rest = words[4:] if words[2] == "vrf" else words[2:]
        if not negated:
            for word in rest[1:]:
                reader.host(word, HostSign.OBJECT.value, line.number, name=rest[0])
        return reader.modelled(line)
    if words[0] in ("ntp", "sntp") and words[1:2] in (("server",), ("peer",)) and len(words) > 2:
        if not negated:
            rest = words[4:] if words[2] == "vrf" else words[3:] if words[2] in ("ip", "ipv6") else words[2:]
            reader.host(rest[0] if rest else "", HostSign.NTP.value, line.number)
            if words[0] == "ntp":
                listen(reader, "ntp", line, negated, ((UDP, 123),))
        return reader.modelled(line)
    if words[:2] == ("ntp", "master"):
        return listen(reader, "ntp", line, negated, ((UDP, 123),))
    if words[:2] == ("ntp", "access-group"):
        return reader.approximated(line, "who may ask for the time is narrowed: taken as all")
    if words[0] == "logging" and len(words) > 1:
        rest = words[2:] if words[1] == "host" else words[1:]
        if rest[:1] == ("ipv6",):
            rest = rest[1:]
        if (
            rest
            and (rest[0][0].isdigit() or ":" in rest[0])
            and reader.host(rest[0], HostSign.SYSLOG.value, line.number)
        ):
            return reader.modelled(line)
        if words[1] == "host":
            return reader.irrelevant(line, "a log server by name: DNS tells its address")
        return False
    if words[:2] == ("ldap", "server"):
        return read_servers(reader, line, words, negated)
    return False


#: Services that one command switches on: kind, ports, whether it administers the device.
_SWITCHES: Final[dict[tuple[str, ...], tuple[str, tuple[tuple[int, int], ...], bool]]] = {
    ("ip", "dns", "server"): ("dns", ((TCP, 53), (UDP, 53)), False),
    ("ip", "ftp-server", "enable"): ("ftp", ((TCP, 21),), True),
    ("ftp-server", "enable"): ("ftp", ((TCP, 21),), True),
    ("ip", "finger"): ("finger", ((TCP, 79),), False),
    ("service", "finger"): ("finger", ((TCP, 79),), False),
    ("ip", "identd"): ("ident", ((TCP, 113),), False),
    ("ip", "rcmd", "rsh-enable"): ("rsh", ((TCP, 514),), True),
    ("ip", "rcmd", "rcp-enable"): ("rcp", ((TCP, 514),), True),
    ("service", "tcp-small-servers"): ("tcp small servers", ((TCP, 7), (TCP, 9), (TCP, 13), (TCP, 19)), False),
    ("service", "udp-small-servers"): ("udp small servers", ((UDP, 7), (UDP, 9), (UDP, 19)), False),
    ("netconf-yang",): ("netconf", ((TCP, 830),), True),
    ("netconf", "ssh"): ("netconf", ((TCP, 22),), True),
    ("ip", "sla", "responder"): ("ip sla responder", ((UDP, 1967),), False),
    ("ip", "sla", "monitor", "responder"): ("ip sla responder", ((UDP, 1967),), False),
    ("rtr", "responder"): ("ip sla responder", ((UDP, 1967),), False),
    ("vstack",): ("smart install", ((TCP, 4786),), True),
    ("gnxi", "server"): ("gnmi", ((TCP, 50052),), True),
    ("gnxi", "secure-server"): ("gnmi", ((TCP, 9339),), True),
    ("ip", "scp", "server", "enable"): ("scp", ((TCP, 22),), True),
    ("wsma", "profile", "listener"): ("wsma", ((TCP, 80), (TCP, 443)), True),
    ("tftp-server",): ("tftp", ((UDP, 69),), False),
    ("dlsw", "local-peer"): ("dlsw", ((TCP, 2065),), False),
    ("voice", "service", "voip"): ("sip", ((UDP, 5060), (TCP, 5060), (TCP, 1720)), False),
    ("telephony-service",): ("skinny", ((TCP, 2000),), False),
    ("ip", "wccp", "web-cache"): ("wccp", ((UDP, 2048),), False),
    ("lisp", "locator-table"): ("lisp", ((UDP, 4341), (UDP, 4342)), False),
}


def read_switches(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """Commands that switch a service of the device itself on or off."""
    for count in range(min(4, len(words)), 0, -1):
        found = _SWITCHES.get(words[:count])
        if found is not None:
            kind, protocol_ports, management = found
            sure = kind not in ("sip", "wccp")
            listen(reader, kind, line, negated, protocol_ports, management=management, certain=sure)
            for child in line.walk():
                if child is not line:
                    reader.ledger.irrelevant(child.number, "how the service behaves; that it listens is read")
            return True
    if words == ("restconf",):
        return listen(reader, "restconf", line, negated, ((TCP, 443),), management=True)
    return False


def read_control_plane(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``control-plane``: policing of what reaches the device, and interfaces that management may use."""
    if negated:
        return reader.modelled(line)
    host_mode = words[1:2] == ("host",)
    for child in line.children:
        parts = child.words
        if parts[0] == "service-policy":
            policy = reader.config.policy_maps.get(parts[-1])
            only_rates = policy is not None and not any(found.action == "drop" for found in policy.classes)
            if only_rates or parts[-1] == "system-cpp-policy":
                # The policy of the latter name is on every Catalyst 9000: Security Configuration Guide, "Configuring
                # Control Plane Policing".
                reader.irrelevant(child, "rate and order of packets, not whether they pass")
            else:
                reader.unsupported(child, "control-plane policing may drop what is for the device itself")
        elif host_mode and parts[0] == "management-interface" and "allow" in parts[:-1]:
            cut = parts.index("allow")
            name = interface_name(*parts[1:cut])
            for protocol in parts[cut + 1 :]:
                reader.config.management_interfaces.setdefault(protocol, []).append(name)
            reader.modelled(child)
        elif parts[0] in ("exit", "end", "no", "mgcp", "scheduler"):
            reader.irrelevant(child, "ends the block")
        else:
            reader.unrecognized(child, "not understood in the control plane")
    return reader.modelled(line)


def read_ssh(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``ip ssh version 2`` shows that SSH is set up; ``ip domain name`` that a key can be."""
    if words[:2] == ("ip", "ssh"):
        if words[2:3] == ("port",):
            return reader.irrelevant(line, "another port for lines of a rotary group")
        reader.config.ssh_configured = reader.config.ssh_configured or not negated
        if words[2:3] == ("pubkey-chain",):
            for child in line.walk():
                reader.ledger.irrelevant(child.number, "keys that administrators log in with")
                if child is not line:
                    reader.ledger.hide(child.number, child.number)
            return True
        return reader.modelled(line)
    if words[:3] in (("ip", "domain", "name"), ("ip", "domain-name")) or words[:2] == ("ip", "domain-name"):
        return reader.irrelevant(line, "how TCP, ICMP and ARP of the device itself behave")
    return False
