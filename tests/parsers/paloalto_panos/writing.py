"""The same configuration in the other two forms: `set` commands written as XML and with braces, as a device prints them.

Which names are entries, members of lists or values the maker's schema tells; here a table says it, apart from the parser.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from xml.sax.saxutils import escape, quoteattr

Tree = dict[str, "Tree"]

_DEVICE: Final = frozenset({"network", "deviceconfig", "vsys", "device-group", "template", "template-stack"})
_TOP: Final = frozenset({"mgt-config", "shared", "readonly", "policy", "panorama"})
_OBJECTS: Final = (
    "address|address-group|service|service-group|application|application-group|application-filter|schedule|region"
    "|external-list|tag|zone|authentication-profile|authentication-sequence"
)
_ENTRIES: Final = re.compile(
    rf"(?:.*/)?(?:mgt-config/users|rules|units|layer3/ip|(?:loopback|tunnel|vlan)/units/[^/]+/ip|units/[^/]+/ip|ipv6/address"
    rf"|(?:shared|vsys/[^/]+|device-group/[^/]+|panorama)/(?:{_OBJECTS})|server-profile/[^/]+|server-profile/.*/server"
    r"|log-settings/(?:syslog|snmptrap)|log-settings/.*/server|local-user-database/user(?:-group)?"
    r"|interface/(?:ethernet|aggregate-ethernet)|network/(?:vlan|virtual-wire|virtual-router|logical-router|dns-proxy)|vrf"
    r"|static-route|ike/gateway|tunnel/(?:ipsec|global-protect-gateway|gre)|auto-key/(?:ike-gateway|proxy-id)|dhcp/interface"
    r"|reserved|profiles/[^/]+|permitted-ip|global-protect/[^/]+|client-auth|remote-user-tunnel-configs|crypto-profiles/[^/]+"
    r"|qos/profile|devices|device-group|template|template-stack|variable|vsys|virus/[^/]+/decoder|peer-group|peer)"
)
_MEMBERS: Final = re.compile(
    rf"(?:.*/)?(?:rules/[^/]+/(?:from|to|source|destination|application|service|source-user|category|tag|source-hip|destination-hip"
    rf"|hip-profiles)|from/zone|static|(?:{_OBJECTS})/[^/]+/tag|members|layer3|layer2|virtual-wire|tap|external|visible-vsys"
    r"|(?:virtual-router|vlan|dns-proxy|vrf)/[^/]+/interface|import/network/interface|default/port|region/[^/]+/address"
    r"|(?:dynamic-ip|dynamic-ip-and-port)/translated-address|ip-pool|access-route|relay/ip/server|allow-list|templates"
    r"|remote-user-tunnel-configs/[^/]+/source-user|authentication-profiles|non-recurring|recurring/daily|reference-templates)"
)
#: Levels of a zone or port that are lists only where they hold values.
_LEVEL_OR_LIST: Final = re.compile(r"(?:.*/)?(?:interface/.*/layer[23]|interface/.*/(?:virtual-wire|tap))")
_WORD: Final = re.compile(r'"([^"]*)"|(\S+)')


def tree_of(text: str) -> Tree:
    """The statements of `set` commands, nested, each where it stands in the whole configuration."""
    top: Tree = {}
    for line in text.splitlines():
        words = [quoted or bare for quoted, bare in _WORD.findall(line)]
        if not words or words[0] != "set":
            continue
        words = words[1:]
        if words[0] in _TOP:
            path = words
            if words[0] == "readonly":
                path = words
        elif words[0] in _DEVICE:
            path = ["devices", "localhost.localdomain", *words]
        else:
            path = ["devices", "localhost.localdomain", "vsys", "vsys1", *words]
        if "[" in path:
            place = path.index("[")
            for value in path[place + 1 : path.index("]")]:
                _put(top, [*path[:place], value])
        else:
            _put(top, path)
    return top


def _put(tree: Tree, path: Iterable[str]) -> None:
    for name in path:
        tree = tree.setdefault(name, {})


def _inner(path: str) -> str:
    """The place without the levels around a device."""
    return path.replace("devices/localhost.localdomain/", "")


def as_xml(text: str, version: str = "10.1.0") -> str:
    """The configuration as a device exports it."""
    lines = ['<?xml version="1.0"?>', f'<config version="{version}" urldb="paloaltonetworks">']
    lines += _xml(tree_of(text), "", "  ")
    return "\n".join([*lines, "</config>", ""])


def _xml(tree: Tree, path: str, indent: str) -> Iterator[str]:
    place = _inner(path)
    for name, below in tree.items():
        here = f"{path}/{name}" if path else name
        entry = place == "devices" or bool(_ENTRIES.fullmatch(place))
        tag, opening = ("entry", f"entry name={quoteattr(name)}") if entry else (name, name)
        inner = _inner(here)
        leaf = all(not value for value in below.values())
        if not below:
            yield f"{indent}<{opening}/>"
        elif leaf and _MEMBERS.fullmatch(inner) and not _LEVEL_OR_LIST.fullmatch(inner):
            yield f"{indent}<{opening}>"
            yield from (f"{indent}  <member>{escape(value)}</member>" for value in below)
            yield f"{indent}</{tag}>"
        elif leaf and len(below) == 1 and not entry and not _ENTRIES.fullmatch(inner) and not _is_level(inner):
            yield f"{indent}<{opening}>{escape(next(iter(below)))}</{tag}>"
        else:
            yield f"{indent}<{opening}>"
            yield from _xml(below, here, f"{indent}  ")
            yield f"{indent}</{tag}>"


#: Levels of which a command may name nothing but a level below: ``nexthop discard``.
_LEVELS: Final = re.compile(r"(?:.*/)?(?:nexthop|peer-address|interface/ethernet/[^/]+|wire|type/dhcp-client)")


def _is_level(place: str) -> bool:
    return bool(_LEVELS.fullmatch(place))


def as_braces(text: str) -> str:
    """The configuration as `show` prints it in operational mode."""
    return "\n".join(["config {", *_braces(tree_of(text), "", "  "), "}", ""])


def _braces(tree: Tree, path: str, indent: str) -> Iterator[str]:
    for name, below in tree.items():
        here = f"{path}/{name}" if path else name
        inner = _inner(here)
        leaf = all(not value for value in below.values())
        shown = _quoted(name)
        if not below:
            yield f"{indent}{shown};"
        elif leaf and _MEMBERS.fullmatch(inner) and not _LEVEL_OR_LIST.fullmatch(inner):
            values = [_quoted(value) for value in below]
            yield f"{indent}{shown} {values[0]};" if len(values) == 1 else f"{indent}{shown} [ {' '.join(values)}];"
        elif leaf and len(below) == 1 and not _ENTRIES.fullmatch(inner) and not _ENTRIES.fullmatch(_inner(path)):
            yield f"{indent}{shown} {_quoted(next(iter(below)))};"
        else:
            yield f"{indent}{shown} {{"
            yield from _braces(below, here, f"{indent}  ")
            yield f"{indent}}}"


def _quoted(text: str) -> str:
    return f'"{text}"' if not text or re.search(r"[\s;{}\[\]]", text) else text
