"""Interfaces: physical ports, VLANs, subinterfaces, bridge groups, tunnels; ASA, and the PIX 6 form in single lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from segaudit.model import (
    AddressMethod,
    AddressRange,
    Interface,
    InterfaceAddress,
    InterfaceKind,
    LedgerBuilder,
    Prefix,
    SourceCheck,
    SourceCheckMode,
    Span,
    Zone,
    parse_address,
    parse_prefix,
)
from segaudit.parsers.cisco_asa.config import Config
from segaudit.parsers.cisco_asa.objects import Catalogue, netmask
from segaudit.parsers.cisco_asa.statements import CHILDREN
from segaudit.syntax.indented import Line

_KINDS: Final = MappingProxyType(
    {
        "vlan": InterfaceKind.VLAN,
        "bvi": InterfaceKind.BRIDGE,
        "transparent": InterfaceKind.BRIDGE,
        "tunnel": InterfaceKind.TUNNEL,
        "virtual-template": InterfaceKind.TUNNEL,
        "loopback": InterfaceKind.LOOPBACK,
        "port-channel": InterfaceKind.AGGREGATE,
        "redundant": InterfaceKind.AGGREGATE,
        "management": InterfaceKind.MANAGEMENT,
    }
)


#: What the bridge of a transparent firewall without bridge groups is called here: no line names it.
_TRANSPARENT: Final = "transparent"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedInterface:
    """An interface that rules can name: its level and the lines that give it name, level and its restriction.

    ``management_only`` is the line that keeps through traffic off it. ``set_route``: its DHCP or PPPoE server gives the
    default route. ``no_forward`` is the interface to which it may open no connection. ``tunnel`` are the sub-commands of a virtual tunnel interface.
    """

    interface: Interface
    level: int
    level_span: Span
    management_only: Span | None = None
    set_route: bool = False
    no_forward: str = ""
    tunnel: Mapping[str, Line] = field(default_factory=lambda: MappingProxyType({}))
    policy_route: Line | None = None

    @property
    def name(self) -> str:
        return self.interface.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Interfaces:
    """All interfaces of a device, those with a name, and its traffic zones."""

    all: tuple[Interface, ...]
    named: tuple[NamedInterface, ...]
    zones: tuple[Zone, ...]
    bridged: tuple[Span, ...]
    """Where interfaces are put into bridge groups."""

    def get(self, name: str) -> NamedInterface | None:
        """The interface with that ``nameif``."""
        return next((one for one in self.named if one.name == name), None)


@dataclass(slots=True)
class _Draft:
    """An interface while its lines are read."""

    hardware: str
    span: Span
    name: str = ""
    level: int | None = None
    level_span: Span | None = None
    addresses: list[InterfaceAddress] | None = None
    method: AddressMethod = AddressMethod.NONE
    fetches_ipv6: bool = False
    set_route: bool = False
    vlan: int | None = None
    description: str = ""
    enabled: bool = True
    management_only: Span | None = None
    failover: bool = False
    no_forward: str = ""
    zone: str = ""
    bridge_group: str = ""
    bridge_span: Span | None = None
    channel: str = ""
    access_vlan: int | None = None
    members: tuple[str, ...] = ()
    tunnel: dict[str, Line] | None = None
    policy_route: Line | None = None


def read_interfaces(config: Config, catalogue: Catalogue, ledger: LedgerBuilder) -> Interfaces:
    """The interfaces of ``config``; their lines are ledgered."""
    reader = _Reader(config, catalogue, ledger)
    for line in config.of("interface"):
        reader.block(line)
    for line in config.of("nameif"):
        reader.pix_nameif(line)
    for line in config.of("ip"):
        if line.words[1:2] == ("address",):
            reader.pix_address(line)
    reader.failover()
    return reader.finish()


class _Reader:
    def __init__(self, config: Config, catalogue: Catalogue, ledger: LedgerBuilder) -> None:
        self._config = config
        self._catalogue = catalogue
        self._ledger = ledger
        self._drafts: dict[str, _Draft] = {}
        self._transparent = config.has("firewall", "transparent")

    def _draft(self, hardware: str, line: Line) -> _Draft:
        draft = self._drafts.get(hardware.lower())
        if draft is None:
            draft = _Draft(hardware, self._catalogue.span(line))
            if hardware.lower().startswith("vlan") and hardware[4:].isdigit():
                draft.vlan = int(hardware[4:])
            self._drafts[hardware.lower()] = draft
        return draft

    # ASA and PIX 7

    def block(self, line: Line) -> None:
        words = line.words
        if len(words) < 2:
            return
        hardware = words[1]
        if len(words) > 2 and words[2].isdigit():  # "interface Vlan 100", "interface Virtual-Template 1 type tunnel"
            hardware = words[1] + words[2]
        draft = self._draft(hardware, line)
        self._ledger.modelled(line.number)
        if "shutdown" in words[2:]:  # PIX 6: "interface ethernet1 auto shutdown"
            draft.enabled = False
        if len(words) > 3 and words[2].startswith("vlan"):  # PIX 6.3: "interface ethernet0 vlan2 logical"
            logical = self._draft(words[2], line)
            logical.vlan = int(words[2][4:]) if words[2][4:].isdigit() else None
        for child in line.children:
            self._child(child, draft)

    def _child(self, child: Line, draft: _Draft) -> None:
        words = child.words
        negated = words[0] == "no" and len(words) > 1
        words = words[1:] if negated else words
        # People type "shut"; the configuration itself says the whole word.
        first = "shutdown" if len(words[0]) >= 4 and "shutdown".startswith(words[0]) else words[0]
        if (reason := CHILDREN["interface"].get(first)) and first not in ("dhcp", "pppoe"):
            self._ledger.irrelevant(child.number, reason)
            for below in child.children:
                self._ledger.irrelevant(below.number, reason)
            return
        known = self._negated_child(first, words, draft) if negated else self._set_child(child, first, words, draft)
        if known:
            self._ledger.modelled(child.number)

    def _negated_child(self, first: str, words: tuple[str, ...], draft: _Draft) -> bool:
        if first == "nameif":
            draft.name = ""
        elif first == "security-level":
            draft.level = None
        elif first == "shutdown":
            draft.enabled = True
        elif first == "forward" and words[1:2] == ("interface",) and len(words) > 2:
            draft.no_forward = words[2]
        elif first == "management-only":
            draft.management_only = None
        elif first in ("ip", "ipv6") and words[1:2] == ("address",):
            version = 6 if first == "ipv6" else 4
            draft.addresses = [a for a in draft.addresses or [] if a.prefix.version != version]
            if version == 4:
                draft.method = AddressMethod.NONE
        else:
            return first in ("description", "switchport", "bridge-group", "zone-member", "channel-group", "ip", "pim")
        return True

    def _set_child(self, child: Line, first: str, words: tuple[str, ...], draft: _Draft) -> bool:
        span = self._config.source.span(child.number)
        argument = words[1] if len(words) > 1 else ""
        if first == "nameif" and argument:
            draft.name = argument
            if draft.level_span is None:
                draft.level_span = span
        elif first == "security-level" and argument.isdigit():
            draft.level, draft.level_span = int(argument), span
        elif first == "shutdown":
            draft.enabled = False
        elif first == "description":
            draft.description = child.text[len("description") :].strip()
        elif first == "management-only":
            draft.management_only = span
        elif first == "ip" and argument == "address":
            return self._address(words[2:], draft, span)
        elif first == "ip" and argument == "unnumbered":
            return True  # it lends the address of another interface, and has no subnet
        elif first == "ipv6" and argument == "address":
            return self._ipv6_address(child, words[2:], draft, span)
        elif first == "ipv6":
            self._ledger.irrelevant(child.number, "neighbour discovery and router advertisements")
            return False
        elif first == "vlan" and argument.isdigit():
            draft.vlan = int(argument)
        elif first == "bridge-group":
            draft.bridge_group, draft.bridge_span = argument, span
        elif first == "channel-group":
            draft.channel = argument
        elif first == "member-interface":
            draft.members += (argument,)
        elif first == "zone-member":
            draft.zone = argument
            self._ledger.approximated(child.number, "in a zone, replies may take another of its interfaces")
            return False
        elif first == "switchport":
            return self._switchport(child, words, draft)
        elif first == "tunnel":
            draft.tunnel = draft.tunnel or {}
            draft.tunnel["policy" if words[1:4] == ("protection", "ipsec", "policy") else argument] = child
        elif first == "policy-route":
            if argument != "route-map":
                # How much the interface costs and how it is measured, for `set adaptive-interface`.
                self._ledger.irrelevant(child.number, "which of the ways of policy routing is best")
                return False
            draft.policy_route = child
        elif first in ("dhcp", "pppoe"):
            self._ledger.irrelevant(child.number, CHILDREN["interface"][first])
            return False
        elif first == "dhcprelay" and argument in ("server", "information"):
            return True  # `management` reads the server
        elif first not in ("dhcprelay", "allow-ssc-mgmt", "igmp"):
            return False
        else:
            self._ledger.unsupported(child.number, "limits or adds traffic of this interface in a way that is not read")
            return False
        return True

    def _switchport(self, child: Line, words: tuple[str, ...], draft: _Draft) -> bool:
        """The switch ports of ASA 5505 and Firepower 1010: which VLAN they are in."""
        if words[1:3] == ("access", "vlan") and len(words) > 3 and words[3].isdigit():
            draft.access_vlan = int(words[3])
            return True
        if words[1:2] in (("mode",), ("protected",), ("monitor",), ("trunk",)) or len(words) == 1:
            self._ledger.irrelevant(child.number, "switching inside the device")
            draft.access_vlan = draft.access_vlan or 1
        return False

    def _address(self, words: tuple[str, ...], draft: _Draft, span: Span) -> bool:
        """``A.B.C.D MASK [standby …]``, ``dhcp [setroute]``, ``pppoe [setroute]``."""
        if not words:
            return False
        if words[0] in ("dhcp", "pppoe"):
            draft.method = AddressMethod(words[0])
            draft.set_route = "setroute" in words
            draft.addresses = [a for a in draft.addresses or [] if a.prefix.version == 6]
            return True
        base = self._catalogue.host(words[0])
        bits = netmask(words[1]) if len(words) > 1 else None
        if not isinstance(base, AddressRange) or (bits is None and len(words) > 1 and words[1] != "standby"):
            return False
        if bits is None:
            bits = _classful(base.first)
        length = bits.bit_count()
        draft.method = AddressMethod.STATIC
        address = InterfaceAddress(address=base.first, prefix=Prefix(4, base.first & bits, length), span=span)
        draft.addresses = [a for a in draft.addresses or [] if a.prefix.version == 6] + [address]
        if "standby" in words[1:-1]:
            return self._standby(words[words.index("standby") + 1], draft, span)
        return True

    def _standby(self, word: str, draft: _Draft, span: Span) -> bool:
        """The address of the standby unit: the pair's own too, though the unit that forwards does not answer it."""
        other = self._catalogue.host(word)
        if not isinstance(other, AddressRange):
            return False
        beside = [a for a in draft.addresses or [] if a.prefix.contains(other.version, other.first)]
        if beside and all(a.address != other.first for a in beside):
            added = InterfaceAddress(address=other.first, prefix=beside[-1].prefix, secondary=True, span=span)
            draft.addresses = [*(draft.addresses or []), added]
        return True

    def _ipv6_address(self, child: Line, words: tuple[str, ...], draft: _Draft, span: Span) -> bool:
        if not words:
            return False
        if words[0] in ("autoconfig", "dhcp") or "/" not in words[0]:
            draft.fetches_ipv6 = draft.fetches_ipv6 or "link-local" not in words
            if "link-local" in words or words[0] in ("autoconfig", "dhcp"):
                reason = "the address comes from the network; link-local traffic is not modelled"
                self._ledger.approximated(child.number, reason)
                return False
            self._ledger.approximated(child.number, "the prefix is delegated by the provider: not to be seen here")
            return False
        try:
            prefix = parse_prefix(words[0])
            _, address = parse_address(words[0].partition("/")[0])
        except ValueError:
            return False
        if draft.method is AddressMethod.NONE:
            draft.method = AddressMethod.STATIC
        draft.addresses = [*(draft.addresses or []), InterfaceAddress(address=address, prefix=prefix, span=span)]
        if "eui-64" in words:
            self._ledger.approximated(child.number, "the interface part of the address comes from its MAC address")
            return False
        if "standby" in words[1:-1]:
            return self._standby(words[words.index("standby") + 1], draft, span)
        return True

    # PIX 6 and FWSM 2

    def pix_nameif(self, line: Line) -> None:
        """``nameif ethernet0 outside security0``."""
        words = line.words
        if len(words) < 4 or not words[3].lower().removeprefix("security").isdigit():
            return
        draft = self._draft(words[1], line)
        draft.name = words[2]
        draft.level = int(words[3].lower().removeprefix("security"))
        draft.level_span = self._config.source.span(line.number)
        self._ledger.modelled(line.number)

    def pix_address(self, line: Line) -> None:
        """``ip address outside 192.0.2.1 255.255.255.0``; ``ip address 192.0.2.1 255.255.255.0`` of a bridge."""
        words = line.words
        span = self._config.source.span(line.number)
        if self._transparent and len(words) > 2 and isinstance(self._catalogue.host(words[2]), AddressRange):
            if self._address(words[2:], self._draft(_TRANSPARENT, line), span):
                self._ledger.modelled(line.number)
            return
        draft = next((d for d in self._drafts.values() if d.name == (words[2] if len(words) > 2 else "")), None)
        if draft is not None and self._address(words[3:], draft, span):
            self._ledger.modelled(line.number)

    def failover(self) -> None:
        """The link to the other unit: ``failover lan interface NAME PORT`` and ``failover interface ip NAME …``."""
        for line in (*self._config.starting("failover", "lan"), *self._config.starting("failover", "link")):
            words = line.words[2:] if line.words[1] == "link" else line.words[3:]
            if line.words[1] == "lan" and line.words[2:3] != ("interface",):
                continue
            if len(words) < 2:
                continue
            draft = self._draft(words[1], line)
            draft.name = draft.name or words[0]
            draft.management_only = draft.management_only or self._config.source.span(line.number)
            draft.failover = True
            self._ledger.modelled(line.number)
        for line in self._config.starting("failover", "interface", "ip"):
            words = line.words[3:]
            named = next((d for d in self._drafts.values() if words and d.name == words[0]), None)
            span = self._config.source.span(line.number)
            if named is not None and (
                self._ipv6_address(line, words[1:], named, span)
                if len(words) > 1 and ":" in words[1]
                else self._address(words[1:], named, span)
            ):
                self._ledger.modelled(line.number)
        for line in self._config.starting(
            "failover", "ip", "address"
        ):  # PIX 6: "failover ip address outside 192.0.2.2"
            words = line.words[3:]
            named = next((d for d in self._drafts.values() if words and d.name == words[0]), None)
            span = self._config.source.span(line.number)
            if named is not None and len(words) > 1 and self._standby(words[1], named, span):
                self._ledger.modelled(line.number)

    # All of them

    def finish(self) -> Interfaces:
        if self._transparent and not any(d.bridge_group for d in self._drafts.values()):
            self._whole_bridge()
        drafts = list(self._drafts.values())
        by_channel: dict[str, list[str]] = {}
        by_group: dict[str, list[str]] = {}
        by_vlan: dict[int, list[str]] = {}
        for draft in drafts:
            if draft.channel:
                by_channel.setdefault(draft.channel, []).append(draft.hardware)
            if draft.bridge_group and not draft.hardware.lower().startswith("bvi"):
                by_group.setdefault(draft.bridge_group, []).append(draft.name or draft.hardware)
            if draft.access_vlan is not None:
                by_vlan.setdefault(draft.access_vlan, []).append(draft.hardware)
        taken: set[str] = set()
        everything: list[Interface] = []
        named: list[NamedInterface] = []
        zones: dict[str, list[str]] = {}
        for draft in drafts:
            lower = draft.hardware.lower()
            members = draft.members
            if lower.startswith("port-channel"):
                members = tuple(by_channel.get(lower.removeprefix("port-channel").partition(".")[0], ()))
            elif lower.startswith("bvi"):
                members = tuple(by_group.get(lower.removeprefix("bvi"), ()))
            elif lower.startswith("vlan") and draft.vlan is not None:
                members = tuple(by_vlan.get(draft.vlan, ()))
            interface = self._interface(draft, members, taken)
            everything.append(interface)
            if draft.name and interface.name == draft.name:
                if draft.zone:
                    zones.setdefault(draft.zone, []).append(draft.name)
                named.append(
                    NamedInterface(
                        interface=interface,
                        level=interface.security_level or 0,
                        level_span=draft.level_span or draft.span,
                        management_only=draft.management_only,
                        set_route=draft.set_route,
                        no_forward=self._nameif(draft.no_forward),
                        tunnel=MappingProxyType(draft.tunnel or {}),
                        policy_route=draft.policy_route,
                    )
                )
        return Interfaces(
            all=tuple(everything),
            named=tuple(named),
            zones=tuple(self._zone(name, members, taken) for name, members in zones.items()),
            bridged=tuple(d.bridge_span for d in drafts if d.bridge_span is not None),
        )

    def _whole_bridge(self) -> None:
        """Before 8.4 a transparent firewall is one bridge between its interfaces, with one address for management
        (ASA CLI Configuration Guide 8.3, "Transparent Firewall Overview").
        """
        line = next(self._config.starting("firewall", "transparent"))
        bridge = self._draft(_TRANSPARENT, line)
        bridge.members = tuple(d.name for d in self._drafts.values() if d.name and d.management_only is None)
        bridge.bridge_span = self._config.source.span(line.number)

    def _interface(self, draft: _Draft, members: tuple[str, ...], taken: set[str]) -> Interface:
        name = draft.name if draft.name and draft.name not in taken else draft.hardware
        taken.add(name)
        lower = draft.hardware.lower()
        kind = next((k for word, k in _KINDS.items() if lower.startswith(word)), InterfaceKind.PHYSICAL)
        parent = ""
        if "." in draft.hardware:
            parent, kind = draft.hardware.rsplit(".", 1)[0], InterfaceKind.VLAN
        level = draft.level
        if draft.name and level is None:
            # "The inside interface gets 100, every other 0, unless you set it" (ASA CLI guide, "Interface Parameters").
            level = 100 if draft.name == "inside" else 0
        if draft.management_only:
            kind = InterfaceKind.MANAGEMENT
            hint = "failover link" if draft.failover else "management-only"
        else:
            kind = InterfaceKind.PHYSICAL if kind is InterfaceKind.MANAGEMENT else kind
            # FTD has every interface at level 0, whatever it is for.
            hint = f"security-level {level}" if draft.name and self._config.product != "ftd" else ""
        addresses = tuple(draft.addresses or ())
        return Interface(
            name=name,
            span=draft.span,
            hardware=draft.hardware,
            addresses=addresses,
            method=draft.method,
            fetches_ipv6=draft.fetches_ipv6,
            kind=kind,
            description=draft.description,
            vlan=draft.vlan,
            parent=parent,
            security_level=level if draft.name else None,
            # An interface without a name takes no packets of its own (ASA CLI guide, "Interface Parameters").
            enabled=draft.enabled and (bool(draft.name) or not addresses or kind is InterfaceKind.BRIDGE),
            role_hint=hint,
            members=members,
            # `ip verify reverse-path` is a list at PREROUTING (`filters`), which names the line.
            source_check=SourceCheck(mode=SourceCheckMode.NONE),
            # Lists and levels hold between the members of a bridge group, in both modes (Firewall CLI Configuration
            # Guide 9.x, "Access Rules": "Bridge group member interfaces").
            members_filtered=kind is InterfaceKind.BRIDGE,
        )

    def _nameif(self, hardware: str) -> str:
        draft = self._drafts.get(hardware.lower())
        return draft.name if draft is not None else ""

    def _zone(self, name: str, members: list[str], taken: set[str]) -> Zone:
        line = next((one for one in self._config.of("zone") if one.words[1:2] == (name,)), None)
        span = self._catalogue.span(line) if line else self._drafts_span(members[0])
        if line is not None:
            self._ledger.modelled(line.number)
        # Rules name zones and interfaces alike in the model, so a zone must not be taken for an interface.
        name = f"zone {name}" if name in taken else name
        return Zone(name=name, interfaces=tuple(members), span=span)

    def _drafts_span(self, name: str) -> Span:
        return next(d.span for d in self._drafts.values() if d.name == name)


def _classful(address: int) -> int:
    """The mask that an address without one gets: that of its class."""
    first = address >> 24
    length = 8 if first < 128 else 16 if first < 192 else 24
    return ((1 << length) - 1) << (32 - length)
