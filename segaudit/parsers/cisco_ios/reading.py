"""From commands to the running configuration: which family of commands reads which line."""

from __future__ import annotations

import re
from typing import Final

from segaudit.model import LedgerBuilder, SourceFile
from segaudit.parsers.cisco_ios.config import RunningConfig
from segaudit.parsers.cisco_ios.interface import read_interface, read_vlan
from segaudit.parsers.cisco_ios.irrelevant import GLOBAL, UNSUPPORTED_GLOBAL, lookup
from segaudit.parsers.cisco_ios.lists import (
    NOT_IP,
    read_named,
    read_numbered,
    read_object_group,
    read_route_map,
    read_shown,
    read_time_range,
)
from segaudit.parsers.cisco_ios.management import (
    read_aaa,
    read_control_plane,
    read_hosts,
    read_http,
    read_line_block,
    read_servers,
    read_snmp,
    read_ssh,
    read_switches,
    read_username,
)
from segaudit.parsers.cisco_ios.nat import read_nat
from segaudit.parsers.cisco_ios.reader import Handler, NotUnderstood, Reader
from segaudit.parsers.cisco_ios.routing import (
    read_default_gateway,
    read_dhcp,
    read_ip_routing,
    read_local_pool,
    read_route,
    read_router,
    read_vrf,
)
from segaudit.parsers.cisco_ios.syntax import read_commands
from segaudit.parsers.cisco_ios.vpn import read_crypto, read_vpdn, read_webvpn
from segaudit.parsers.cisco_ios.zone import (
    read_access_map,
    read_class_map,
    read_inspect,
    read_parameter_map,
    read_policy_map,
    read_port_map,
    read_vlan_filter,
    read_zone,
    read_zone_pair,
)
from segaudit.syntax.indented import Line

#: What the head of a capture says of the hardware and the software.
_PLATFORM: Final = (
    re.compile(r"!\s*Chassis type:\s*(\S+)"),
    re.compile(r"license udi pid (\S+)"),
    re.compile(r"!?\s*[Cc]isco (\S+) \([^)]*\) processor"),
    re.compile(r"switch \d+ provision (\S+)"),
)
_SOFTWARE: Final = re.compile(r"!?\s*Cisco IOS.*?Version ([\w.()]+)")


def read_config(source: SourceFile, ledger: LedgerBuilder) -> RunningConfig:
    """The running configuration that the commands of ``source`` leave behind."""
    config = RunningConfig(source=source)
    reader = Reader(source, ledger, config)
    _read_head(source, config)
    for line in read_commands(source, ledger):
        _read_line(reader, line)
    return config


def _read_head(source: SourceFile, config: RunningConfig) -> None:
    for text in source.lines[:200]:
        if not config.version and (found := _SOFTWARE.match(text)):
            config.version = found[1].rstrip(",")
        if not config.platform and text[:1] in "!lCcs":
            config.platform = next((hit[1] for hit in (p.match(text) for p in _PLATFORM) if hit), "")


def _read_line(reader: Reader, line: Line) -> None:
    words = line.words
    negated = words[0] in ("no", "default") and len(words) > 1
    if negated:
        words = words[1:]
    try:
        for read in _HANDLERS.get(words[0], ()):
            if read(reader, line, words, negated):
                return
    except NotUnderstood as error:
        reader.unrecognized(line, f"not understood: {error}")
        return
    reason = lookup(UNSUPPORTED_GLOBAL, words)
    if reason is not None:
        if negated:
            reader.irrelevant(line, "not switched on")
        else:
            reader.unsupported(line, reason)
        return
    reason = lookup(GLOBAL, words)
    if reason is not None:
        reader.irrelevant(line, reason)
        return
    reader.unrecognized(line, "not understood as a command")


def _identity(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    config = reader.config
    if words[0] == "hostname" and len(words) > 1:
        config.hostname = "" if negated else words[1].strip('"')
        config.hostname_line = line.number
        return reader.modelled(line)
    if words[0] == "version" and len(words) > 1:
        config.complete = True
        config.version = config.version or words[1]
        return reader.modelled(line)
    if words[:3] == ("license", "udi", "pid"):
        return reader.modelled(line)
    if words[0] == "switch" and words[2:3] == ("provision",):
        return reader.modelled(line)
    return False


def _other_lists(reader: Reader, line: Line, words: tuple[str, ...], _negated: bool) -> bool:
    return words[1:2] == ("access-list",) and reader.irrelevant(line, NOT_IP)


def _vpdn_switch(reader: Reader, line: Line, words: tuple[str, ...], _negated: bool) -> bool:
    return words == ("vpdn", "enable") and reader.modelled(line)


def _load_balancer(reader: Reader, line: Line, words: tuple[str, ...], _negated: bool) -> bool:
    """A Content Switching Module in the chassis: it publishes virtual addresses of its own."""
    if words[:2] != ("module", "ContentSwitchingModule"):
        return False
    for each in line.walk():
        if each is line or each.words[0] in ("natpool", "static", "virtual", "vserver"):
            reader.ledger.unsupported(each.number, "sessions are handed to a load balancer")
        else:
            reader.ledger.irrelevant(each.number, "how the load balancer chooses a server")
    return True


_HANDLERS: Final[dict[str, tuple[Handler, ...]]] = {
    "hostname": (_identity,),
    "version": (_identity,),
    "license": (_identity,),
    "switch": (_identity,),
    "access-list": (read_numbered,),
    "Standard": (read_shown,),
    "Extended": (read_shown,),
    "IPv6": (read_shown,),
    "object-group": (read_object_group,),
    "time-range": (read_time_range,),
    "route-map": (read_route_map,),
    "interface": (read_interface,),
    "vlan": (read_access_map, read_vlan_filter, read_vlan),
    "class-map": (read_class_map,),
    "policy-map": (read_policy_map,),
    "parameter-map": (read_parameter_map,),
    "zone": (read_zone,),
    "zone-pair": (read_zone_pair,),
    "router": (read_router,),
    "vrf": (read_vrf,),
    "line": (read_line_block,),
    "snmp-server": (read_snmp,),
    "aaa": (read_aaa,),
    "tacacs-server": (read_servers,),
    "radius-server": (read_servers,),
    "tacacs": (read_servers,),
    "radius": (read_servers,),
    "ldap": (read_servers,),
    "username": (read_username,),
    "ntp": (read_hosts,),
    "sntp": (read_hosts,),
    "logging": (read_hosts,),
    "crypto": (read_crypto,),
    "webvpn": (read_webvpn,),
    "vpdn": (_vpdn_switch,),
    "vpdn-group": (read_vpdn,),
    "control-plane": (read_control_plane,),
    "mac": (_other_lists,),
    "ipx": (_other_lists,),
    "appletalk": (_other_lists,),
    "arp": (_other_lists,),
    "module": (_load_balancer,),
    "service": (read_switches,),
    "netconf-yang": (read_switches,),
    "netconf": (read_switches,),
    "restconf": (read_switches,),
    "rtr": (read_switches,),
    "vstack": (read_switches,),
    "gnxi": (read_switches,),
    "wsma": (read_switches,),
    "tftp-server": (read_switches,),
    "ftp-server": (read_switches,),
    "dlsw": (read_switches,),
    "voice": (read_switches,),
    "telephony-service": (read_switches,),
    "lisp": (read_switches,),
}


def _ip(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    return any(read(reader, line, words, negated) for read in _IP.get(words[1] if len(words) > 1 else "", ()))


def _ipv6(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    return any(read(reader, line, words, negated) for read in _IPV6.get(words[1] if len(words) > 1 else "", ()))


_IP: Final[dict[str, tuple[Handler, ...]]] = {
    "access-list": (read_named,),
    "route": (read_route,),
    "default-gateway": (read_default_gateway,),
    "routing": (read_ip_routing,),
    "vrf": (read_vrf,),
    "dhcp": (read_dhcp,),
    "local": (read_local_pool,),
    "nat": (read_nat,),
    "inspect": (read_inspect,),
    "port-map": (read_port_map,),
    "http": (read_http,),
    "name-server": (read_hosts,),
    "host": (read_hosts,),
    "ssh": (read_ssh,),
    "domain": (read_ssh,),
    "domain-name": (read_ssh,),
    "dns": (read_switches,),
    "ftp-server": (read_switches,),
    "finger": (read_switches,),
    "identd": (read_switches,),
    "rcmd": (read_switches,),
    "sla": (read_switches,),
    "scp": (read_switches,),
}
_IPV6: Final[dict[str, tuple[Handler, ...]]] = {
    "access-list": (read_named,),
    "route": (read_route,),
    "unicast-routing": (read_ip_routing,),
    "router": (read_router,),
    "local": (read_local_pool,),
}
_HANDLERS["ip"] = (_ip,)
_HANDLERS["ipv6"] = (_ipv6,)
