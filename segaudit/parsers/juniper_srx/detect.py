"""How surely a text is a configuration of Junos OS, as commands or in braces."""

from __future__ import annotations

import re
from typing import Final

from segaudit.model import SourceFile
from segaudit.parser import NO_SIGN, Detection

_LINES: Final = 1000
_PORT: Final = r"(?:(?:ge|xe|et|fe|so|lt|gr|ip|mge|gigether)-\d+/\d+/\d+|reth\d+|ae\d+|irb|fxp\d|st0|lo0|vlan|me0|em\d|fab\d|pp0|vme)"
#: Commands that no other maker has.
_COMMANDS: Final = re.compile(
    r"\s*(?:set|delete|deactivate|activate|edit|insert)\s+(?:(?:groups|logical-systems|tenants)\s+\S+\s+)?(?:"
    r"system\s+(?:host-name\s|services\s+(?:ssh|netconf|web-management|dhcp-local-server|telnet|ftp)\b|root-authentication\s"
    r"|login\s+(?:user|class)\s+\S+\s+(?:class|uid|authentication|permissions)\s|syslog\s+(?:file|host|user)\s)|"
    r"security\s+(?:zones\s+(?:security-zone|functional-zone)\s|policies\s+(?:from-zone|global|default-policy)\s|"
    r"nat\s+(?:source|destination|static|proxy-arp)\s|address-book\s|ike\s+(?:gateway|policy|proposal)\s|screen\s+ids-option\s|"
    r"ipsec\s+(?:vpn|policy|proposal)\s|flow\s|alg\s|log\s|forwarding-options\s|utm\s|idp\s|pki\s)|"
    rf"interfaces\s+(?:{_PORT}(?:\.\d+)?\s|interface-range\s|\S+\s+unit\s+\d+)|"
    r"firewall\s+(?:family\s+(?:inet6?|any|ethernet-switching|bridge|vpls|mpls|ccc)\s+filter\s|filter\s+\S+\s+term\s|policer\s|"
    r"interface-set\s)|"
    r"policy-options\s+(?:prefix-list|policy-statement|community|as-path)\s|routing-options\s|routing-instances\s+\S+\s|"
    r"applications\s+application(?:-set)?\s|protocols\s+(?:bgp\s+group|ospf3?\s+area|isis\s+interface|lldp\s|mpls\s|rstp\b)|"
    r"chassis\s+cluster\s|apply-groups\s|version\s+\d+\.\d+[A-Z]|snmp\s+(?:community|trap-group|v3)\s|"
    r"access\s+(?:address-assignment|profile)\s|forwarding-options\s|vlans\s+\S+\s+(?:vlan-id|l3-interface)\s|"
    r"schedulers\s+scheduler\s|class-of-service\s|ethernet-switching-options\s)"
)
#: Commands of VyOS and EdgeOS, which share some first words.
_NOT_COMMANDS: Final = re.compile(
    r"\s*set\s+(?:interfaces\s+(?:ethernet|bonding|bridge|wireguard|openvpn|loopback|switch|pppoe|dummy|vti)\s+[a-z]+\d*\b|"
    r"service\s+(?:ssh|dns|dhcp-server|ntp|gui|snmp|https)\b|nat\s+(?:source|destination)\s+rule\s|service\s+nat\s|"
    r"firewall\s+(?:name|ipv6-name|ipv4|ipv6|group|zone|all-ping|state-policy|global-options)\b|zone-policy\s|"
    r"vpn\s+(?:ipsec|l2tp|openconnect|sstp)\s|protocols\s+static\s|policy\s+(?:route|prefix-list)\s)"
)
#: Levels and statements in braces that no other maker has.
_BRACES: Final = re.compile(
    r"\s*(?:inactive:\s+|replace:\s+|protect:\s+)?(?:"
    r"(?:security-zone|from-zone|address-set|ids-option|security|routing-options|policy-options|routing-instances|"
    r"host-inbound-traffic|family\s+(?:inet6?|ethernet-switching|any)|unit\s+\d+|prefix-list|policy-statement|"
    rf"root-authentication|rule-set|applications|application-set|address-book|ethernet-switching-options|filter|{_PORT})\b[^;]*\{{"
    r"|(?:host-name|next-hop|l3-interface|apply-groups|system-services|tcp-established|source-prefix-list|vlan-id|peer-as)\b[^{]*;"
    r"|version\s+\"?\d+\.\d+[A-Z]\S*;|(?:source|destination)-address\s+[^{]*;|then\s+(?:accept|discard|reject);)"
)
#: What others write in braces: VyOS has values without an end, PAN-OS its own levels.
_NOT_BRACES: Final = re.compile(
    r"\s*(?:mgt-config|deviceconfig|rulebase|pre-rulebase|localhost\.localdomain|ethernet\s+eth\d+|name-server-none|"
    r"interface-management-profile)\s*\{"
)
_SECRET_MARK: Final = re.compile(r"##\s*SECRET-DATA\s*$|^##\s*Last (?:commit|changed):")


def detect(source: SourceFile) -> Detection:
    """By commands or levels that no other maker has."""
    lines = source.lines[:_LINES]
    commands = [line for line in lines if _COMMANDS.match(line)]
    if commands:
        said = sum(1 for line in lines if line.lstrip().startswith("set "))
        if len(commands) * 4 < said or any(_NOT_COMMANDS.match(line) for line in lines):
            return NO_SIGN
        families = {found[0].split(None, 3)[1] for line in commands if (found := _COMMANDS.match(line))}
        score = min(98, 72 + 7 * len(families) + min(len(commands), 12))
        return Detection(score=score, evidence=f"commands as {' '.join(commands[0].split()[:3])}")
    if any(_NOT_BRACES.match(line) for line in lines):
        return NO_SIGN
    levels = [line.strip() for line in lines if _BRACES.match(line)]
    marked = any(_SECRET_MARK.search(line) for line in lines)
    kinds = {level.split()[0].rstrip("{;") for level in levels}
    ended = sum(1 for line in lines if line.rstrip().endswith(";"))
    if not levels or not ended or (len(kinds) < 2 and not marked):
        return NO_SIGN
    score = min(98, 58 + 9 * len(kinds) + (15 if marked else 0))
    return Detection(score=score, evidence=f"levels as {min(kinds)} in braces")
