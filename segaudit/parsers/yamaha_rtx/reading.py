"""From lines to the running configuration: every command to the family that reads it."""

from __future__ import annotations

from typing import Final

from segaudit.model import LedgerBuilder, SourceFile
from segaudit.parsers.yamaha_rtx import ip, management, nat, vpn
from segaudit.parsers.yamaha_rtx.config import RunningConfig
from segaudit.parsers.yamaha_rtx.irrelevant import IRRELEVANT, UNSUPPORTED, found_in
from segaudit.parsers.yamaha_rtx.match import NotUnderstood
from segaudit.parsers.yamaha_rtx.reader import Handler, Reader
from segaudit.parsers.yamaha_rtx.syntax import Line, read_header, read_lines

_HANDLERS: Final[dict[str, Handler]] = {
    "ip": ip.read_ip,
    "ipv6": ip.read_ip,
    "ethernet": ip.read_ethernet,
    "url": ip.read_url,
    "nat": nat.read_nat,
    "pp": vpn.read_pp,
    "pppoe": vpn.read_pppoe,
    "ppp": vpn.read_ppp,
    "wan1": vpn.read_wan,
    "tunnel": vpn.read_tunnel,
    "ipsec": vpn.read_ipsec,
    "auth": vpn.read_auth,
    "l2tp": vpn.read_service,
    "pptp": vpn.read_service,
    "radius": vpn.read_radius,
    "telnetd": management.read_daemon,
    "sshd": management.read_daemon,
    "sftpd": management.read_daemon,
    "httpd": management.read_daemon,
    "tftp": management.read_daemon,
    "sntpd": management.read_daemon,
    "dns": management.read_dns,
    "snmp": management.read_snmp,
    "snmpv2c": management.read_snmp,
    "snmpv3": management.read_snmp,
    "syslog": management.read_syslog,
    "ntpdate": management.read_time,
    "schedule": management.read_time,
    "login": management.read_login,
    "administrator": management.read_administrator,
    "user": management.read_user,
    "security": management.read_security,
    "dhcp": management.read_dhcp,
    "description": management.read_description,
    "console": management.read_console,
    "vlan": management.read_vlan,
    "lan": management.read_lan,
    "bridge": management.read_bridge,
    "rip": management.read_protocol,
    "ospf": management.read_protocol,
    "bgp": management.read_protocol,
    "upnp": management.read_upnp,
}


def read_config(source: SourceFile, ledger: LedgerBuilder) -> RunningConfig:
    """The configuration of one file; every line is marked but those that no family knows."""
    config = RunningConfig(source=source, header=read_header(source))
    reader = Reader(ledger, config)
    for line in read_lines(source, ledger):
        words = line.words
        negated = words[0] == "no" and len(words) > 1
        if negated:
            words = words[1:]
        handler = _HANDLERS.get(words[0])
        try:
            if handler is not None and handler(reader, line, words, negated):
                continue
        except NotUnderstood as error:
            ledger.unrecognized(line.number, str(error))
            continue
        _by_table(reader, line, words)
    return config


def _by_table(reader: Reader, line: Line, words: list[str]) -> None:
    reason = found_in(UNSUPPORTED, words)
    if reason is not None:
        reader.unsupported(line, reason)
        return
    reason = found_in(IRRELEVANT, words)
    if reason is not None:
        reader.irrelevant(line, reason)
