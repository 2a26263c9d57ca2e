"""A starter ``site.yaml``: what was inferred, with the evidence as comments, ready to be corrected."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Final

from segaudit import __version__
from segaudit.knowledge.roles import Role
from segaudit.model import AddressRange, HostSign, Message, format_address, msg
from segaudit.model.inputs import Network
from segaudit.zones.graph import INTERNET, RoleEvidence, Segment, SegmentKind, Zone, ZoneGraph

#: Signs that are written for a zone; the strongest come first.
_MOST_SIGNS: Final = 6
#: Hosts that are written as candidates for the inventory.
_MOST_HOSTS: Final = 40
#: Names that YAML, as it is read here, takes for text without quotes.
_BARE: Final = re.compile(r"[A-Za-z_][\w.-]*(?:/[\w.-]+)*")
_WORDS_OF_YAML: Final = frozenset({"null", "true", "false", "y", "n", "yes", "no", "on", "off"})


def starter_site(network: Network, graph: ZoneGraph, say: Callable[[Message], str]) -> str:
    """The text of a site file that declares what was inferred; `load_site` reads it, and it changes no role.

    ``say`` puts the comments into a language. A role that nothing decides is left out and asked for.
    """
    return "\n".join(_lines(network, graph, say)) + "\n"


def _lines(network: Network, graph: ZoneGraph, say: Callable[[Message], str]) -> Iterator[str]:
    files = ", ".join(one.path for one in network.inputs)
    yield from _comment(
        say(msg("Facts about the site, drafted by segaudit {version} from {files}.", version=__version__, files=files))
    )
    yield from _comment(
        say(
            msg(
                "Correct what is wrong and delete what should stay inferred. 'segaudit schema site' tells editors what is allowed."
            )
        )
    )
    roles = ", ".join(role for role in Role if role not in _NO_ANSWERS)
    yield from _comment(say(msg("The roles are: {roles}.", roles=roles)))
    yield ""
    zones = [zone for _, zone in sorted(graph.zones.items()) if zone.segments and zone.name != INTERNET]
    yield from _internet(graph.zones.get(INTERNET), say)
    if zones:
        yield "zones:"
        names = _names(zones)
        for zone in zones:
            yield from _zone(zone, names[zone.name], say)
    yield from _hosts(zones, say)


def _internet(zone: Zone | None, say: Callable[[Message], str]) -> Iterator[str]:
    ports = [] if zone is None else [port for port in zone.ports if not port.vpn]
    if zone is None or not ports:
        yield from _comment(say(msg("No interface shows that the internet is behind it. Which one is it?")))
        yield '# internet: ["if=DEVICE/INTERFACE"]'
    else:
        for sign in list(dict.fromkeys(_sign(one, say) for one in zone.evidence))[:_MOST_SIGNS]:
            yield from _comment(sign)
        yield f"internet: [{', '.join(_quoted(f'if={port}') for port in ports)}]"
    yield ""


def _zone(zone: Zone, name: str, say: Callable[[Message], str]) -> Iterator[str]:
    known = zone.role != Role.UNKNOWN
    if known:
        text = msg("{role}, certainty {certainty}", role=zone.role, certainty=f"{zone.certainty:.2f}")
    else:
        text = (
            msg("What is this zone for? The signs do not decide; add its role.")
            if zone.evidence
            else msg("What is this zone for? Nothing tells; add its role.")
        )
    yield from _comment(say(text), indent="  ")
    for sign in list(dict.fromkeys(_sign(one, say) for one in zone.evidence))[:_MOST_SIGNS]:
        yield from _comment(sign, indent="  ")
    role = f"role: {zone.role}, " if known else ""
    yield f"  {_scalar(name)}: {{{role}members: [{', '.join(_members(zone))}]}}"


_NO_ANSWERS: Final = frozenset({Role.INTERNET, Role.UNKNOWN})


def _members(zone: Zone) -> Iterator[str]:
    seen: set[str] = set()
    for segment in zone.segments:
        for member in _of_segment(segment):
            if member not in seen:
                seen.add(member)
                yield member


def _of_segment(segment: Segment) -> Iterator[str]:
    """By interface where it has its own, because equal prefixes may stand at several sites; else by prefix."""
    if segment.ports and segment.kind in (
        SegmentKind.SUBNET,
        SegmentKind.UNKNOWN,
        SegmentKind.VPN_POOL,
        SegmentKind.TUNNEL,
    ):
        yield from (_quoted(f"if={port}") for port in segment.ports)
    else:
        yield from (_scalar(str(prefix)) for prefix in segment.prefixes)


def _names(zones: list[Zone]) -> dict[str, str]:
    """Short names: the zone's own without the device, where no other zone has the same."""
    short = {zone.name: zone.name.partition(":")[2] or zone.name for zone in zones}
    taken = list(short.values())
    return {
        name: name if taken.count(brief) > 1 or brief == INTERNET or "*" in brief else brief
        for name, brief in short.items()
    }


def _hosts(zones: list[Zone], say: Callable[[Message], str]) -> Iterator[str]:
    """Hosts that configurations name, as candidates: what they are has to be said by somebody who knows."""
    lines: list[str] = []
    seen: set[tuple[int, int]] = set()
    for host in (host for zone in zones for segment in zone.segments for host in segment.hosts):
        address = host.address
        if not isinstance(address, AddressRange) or address.size != 1 or (address.version, address.first) in seen:
            continue
        seen.add((address.version, address.first))
        shown = format_address(address.version, address.first)
        role = ", role: server" if host.sign in _SERVER_SIGNS else ""
        entry = f"- {{name: {_scalar(host.name)}, address: {_scalar(shown)}{role}}}"
        lines.append(_harmless(f"#   {entry}   # {host.sign.value}, {host.span}"))
    if lines:
        yield ""
        text = msg("Hosts that the configurations name. Keep those whose kind matters, with their role.")
        yield from _comment(say(text))
        yield "# hosts:"
        yield from lines[:_MOST_HOSTS]


#: Whoever is asked for these is a server of some kind.
_SERVER_SIGNS: Final = frozenset(
    {
        HostSign.LDAP,
        HostSign.RADIUS,
        HostSign.TACACS,
        HostSign.SYSLOG,
        HostSign.LOG_MANAGER,
        HostSign.DNS,
        HostSign.NTP,
        HostSign.DHCP_RELAY,
        HostSign.PROXY,
        HostSign.FILE_SERVER,
    }
)


def _sign(evidence: RoleEvidence, say: Callable[[Message], str]) -> str:
    place = f" ({evidence.span})" if evidence.span is not None else ""
    return f"{evidence.weight:.2f} {evidence.role}: {say(evidence.sign)}{place}"


def _comment(text: str, indent: str = "") -> Iterator[str]:
    yield _harmless(f"{indent}# {text}")


def _harmless(line: str) -> str:
    """The line without what would end it: names in configurations hold anything."""
    return "".join(char if char == " " or char.isprintable() else "?" for char in line)


def _scalar(text: str) -> str:
    """A YAML scalar that is read back as this text."""
    plain = _BARE.fullmatch(text) and text.lower() not in _WORDS_OF_YAML
    return text if plain or _ADDRESS.fullmatch(text) else _quoted(text)


#: Addresses and prefixes of version 4; those of version 6 hold colons and are quoted.
_ADDRESS: Final = re.compile(r"\d+\.\d+\.\d+\.\d+(?:/\d+)?")


def _quoted(text: str) -> str:
    # A JSON string is a double-quoted YAML scalar (YAML 1.2.2 section 1.3).
    return json.dumps(text, ensure_ascii=False)
