"""How surely a text is a configuration of PAN-OS or Panorama, in one of its three forms."""

from __future__ import annotations

import re
from typing import Final

from segaudit.model import SourceFile
from segaudit.parser import NO_SIGN, Detection

_LINES: Final = 1000
_ROOT: Final = re.compile(r"<config\b[^>]*\b(?:urldb|detail-version)=")
#: Elements that no other maker has, in a ``<config>``.
_ELEMENTS: Final = re.compile(
    r"<(?:mgt-config|deviceconfig|device-group|template-stack|rulebase|pre-rulebase|post-rulebase|phash|ip-netmask|vsys)[ >/]"
    r"|<entry name=\"(?:localhost\.localdomain|vsys1)\">"
)
#: Commands that no other maker has.
_COMMANDS: Final = re.compile(
    r"\s*(?:set|edit|delete)\s+(?:"
    r"deviceconfig\s|mgt-config\s|device-group\s+\S.*\s(?:pre-rulebase|post-rulebase|devices|address|parent-dg|description)\b|"
    r"template\s+\S.*\s(?:config|settings)\b|template-stack\s|network\s+(?:interface\s+(?:ethernet|loopback|tunnel|vlan|aggregate-ethernet)\b|"
    r"virtual-router\s|logical-router\s|ike\s|profiles\s|tunnel\s+ipsec|dhcp\s|qos\s)|"
    r"(?:vsys\s+\S+\s+|shared\s+)?(?:pre-|post-)?rulebase\s+\S+\s+rules\b|shared\s+(?:address|service|application|log-settings|profiles|tag)\b|"
    r"vsys\s+vsys\d+\b|zone\s+\S+\s+network\s+(?:layer3|layer2|virtual-wire|tap)\b|address\s+.*\s(?:ip-netmask|ip-range|fqdn)\s|"
    r"address-group\s+.*\s(?:static|dynamic)\b|service\s+\S+\s+protocol\s+(?:tcp|udp)\s+port\b|policy\s+panorama\s|"
    r"readonly\s+devices\s|profiles\s+(?:spyware|virus|vulnerability|url-filtering)\s|import\s+network\s)"
)
#: Levels in braces that no other maker has.
_BRACES: Final = re.compile(
    r"\s*(?:mgt-config|deviceconfig|localhost\.localdomain|device-group|template-stack|rulebase|pre-rulebase|post-rulebase"
    r"|panorama|vsys\d*|ethernet\d+/\d+|interface-management-profile|static-route|ip-netmask)\s*[{;]?\s*$"
    r"|\s*(?:phash|ip-netmask|interface-management-profile)\s+\S+;\s*$"
)
#: What other makers write in braces.
_NOT_BRACES: Final = re.compile(
    r"\s*(?:host-name|address-book|security-zone|policy-options|unit \d+|ruleset|firewall)\b"
)


def detect(source: SourceFile) -> Detection:
    """By elements, commands or levels that no other maker has."""
    lines = source.lines[:_LINES]
    first = next((line.strip() for line in lines if line.strip() and line.strip()[0] not in "#!"), "")
    if first.startswith("<"):
        return _xml(lines)
    commands = {found[0].split(None, 3)[1] for line in lines if (found := _COMMANDS.match(line))}
    if commands:
        count = sum(1 for line in lines if _COMMANDS.match(line))
        said = sum(1 for line in lines if line.lstrip().startswith("set "))
        if count * 20 >= said:
            score = min(97, 70 + 9 * len(commands) + min(count, 9))
            return Detection(score=score, evidence=f"commands as set {min(commands)}")
        return NO_SIGN
    levels = {line.strip().rstrip("{;").split()[0] for line in lines if _BRACES.match(line)}
    if len(levels) > 1 and not any(_NOT_BRACES.match(line) for line in lines):
        return Detection(score=min(97, 60 + 12 * len(levels)), evidence=f"levels as {min(levels)} in braces")
    return NO_SIGN


def _xml(lines: tuple[str, ...]) -> Detection:
    if any(_ROOT.search(line) for line in lines[:20]):
        return Detection(score=100, evidence="an element config with a urldb or detail-version")
    found = {match[0].strip("</ >") for line in lines if (match := _ELEMENTS.search(line))}
    if not found:
        return NO_SIGN
    return Detection(score=min(97, 60 + 12 * len(found)), evidence=f"elements as {min(found)}")
