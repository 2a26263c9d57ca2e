"""Address objects and groups of both families, and what a list of their names stands for.

IPv4 and IPv6 objects have name spaces of their own on the device; in the model an IPv6 object is ``ip6/NAME``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from segaudit.model import (
    ANY_IPV4,
    ANY_IPV6,
    AddressComplement,
    AddressExpr,
    AddressIntersection,
    AddressMethod,
    AddressObject,
    AddressRange,
    AddressRef,
    AddressUnion,
    AnyAddress,
    Fqdn,
    Interface,
    MaskedAddress,
    Notice,
    Span,
    UndecidedAddress,
    host,
    msg,
    network,
)
from segaudit.parsers.fortinet_fortios.config import Scope, Section
from segaudit.parsers.fortinet_fortios.values import EVERY, read_address, read_masked, read_prefix, read_span, simplest

#: Objects that the factory puts into every VDOM and that an extract may leave out (FortiOS 6.4.4 factory
#: configuration; CLI reference, `config firewall address`, `config firewall address6`).
PREDEFINED: Final[Mapping[str, AddressExpr]] = MappingProxyType(
    {
        "all": ANY_IPV4,
        "none": host("0.0.0.0"),  # noqa: S104 - the object, not a socket
        "SSLVPN_TUNNEL_ADDR1": AddressRange(4, 0x0AD486C8, 0x0AD486D2),  # 10.212.134.200-10.212.134.210
        "ip6/all": ANY_IPV6,
        "ip6/none": host("::"),
        "ip6/SSLVPN_TUNNEL_IPv6_ADDR1": network("fdff:ffff::/120"),
    }
)
#: Factory objects that are printed like a subnet and that the device fills in by itself.
_FILLED_BY_THE_DEVICE: Final = MappingProxyType(
    {
        "FABRIC_DEVICE": "members of the Security Fabric",
        "FIREWALL_AUTH_PORTAL_ADDRESS": "address of the authentication portal",
    }
)


def model_name(name: str, version: int) -> str:
    """What the object ``name`` of IP ``version`` is called in the model."""
    return name if version == 4 else f"ip6/{name}"


def joined(items: tuple[AddressExpr, ...]) -> AddressExpr:
    """Any of ``items``, without a union around a single one."""
    return items[0] if len(items) == 1 else AddressUnion(items)


def flattened(items: Iterable[AddressExpr]) -> AddressExpr:
    """Any of ``items``, each once, unions among them opened."""
    parts: dict[AddressExpr, None] = {}
    for item in items:
        parts.update(dict.fromkeys(item.items if isinstance(item, AddressUnion) else (item,)))
    return joined(tuple(parts))


class AddressBook:
    """The address objects of one device. ``objects`` is what the model gets."""

    def __init__(self, scope: Scope, interfaces: Iterable[Interface], notices: list[Notice]) -> None:
        self._scope = scope
        self._interfaces = {interface.name: interface for interface in interfaces}
        self._notices = notices
        self._unions: dict[tuple[tuple[str, ...], int], AddressExpr] = {}
        self.objects: dict[str, AddressObject] = {}
        for path, version in (("firewall address", 4), ("firewall address6", 6)):
            for entry in scope.table(path):
                self._add(entry, version, self._object(entry, version))
        for entry in scope.table("system external-resource"):
            if entry.text("type") == "address":
                for version in (4, 6):
                    value = UndecidedAddress("external list", entry.name, EVERY[version])
                    self._add(entry, version, value)
        for path, version in (("firewall addrgrp", 4), ("firewall addrgrp6", 6)):
            self._add_groups(path, version)

    def _add(self, entry: Section, version: int, value: AddressExpr) -> None:
        name = model_name(entry.name, version)
        span = self._scope.span(entry)
        comment = " ".join(entry.words("comment"))
        self.objects[name] = AddressObject(name=name, span=span, value=value, comment=comment)

    def union(self, names: tuple[str, ...], version: int) -> AddressExpr:
        """Any of the objects ``names`` of IP ``version``; of no names: no address."""
        key = (names, version)
        known = self._unions.get(key)
        if known is None:
            items = tuple(self.reference(name, version) for name in names)
            every = EVERY[version]
            known = every if every in items else joined(items)
            self._unions[key] = known
        return known

    def reference(self, name: str, version: int) -> AddressExpr:
        """The object ``name``; ``all`` and what means the same are every address of the family."""
        name = model_name(name, version)
        defined = self.objects.get(name)
        if defined is not None:
            return defined.value if defined.value == EVERY[version] else AddressRef(name)
        predefined = PREDEFINED.get(name)
        if predefined is None:
            return AddressRef(name)
        if predefined == EVERY[version]:
            return predefined
        # The factory's object is used, and stands in no line: the section that would hold it is its place.
        path = "firewall address" if version == 4 else "firewall address6"
        self.objects[name] = AddressObject(
            name=name, span=self._scope.span(self._scope.section(path)), value=predefined, comment=""
        )
        return AddressRef(name)

    def resolved(self, expr: AddressExpr) -> AddressExpr:
        """``expr`` with references followed one step at a time until it is something else."""
        seen: set[str] = set()
        while isinstance(expr, AddressRef) and expr.name in self.objects and expr.name not in seen:
            seen.add(expr.name)
            expr = self.objects[expr.name].value
        return expr

    def ranges(self, expr: AddressExpr) -> tuple[AddressExpr, ...]:
        """The parts of the unions that ``expr`` is made of, references followed; at most once each."""
        found: list[AddressExpr] = []
        seen: set[str] = set()
        todo = [expr]
        while todo:
            one = todo.pop()
            if isinstance(one, AddressRef):
                if one.name in seen:
                    continue
                seen.add(one.name)
                defined = self.objects.get(one.name)
                if defined is None:
                    found.append(one)
                else:
                    todo.append(defined.value)
            elif isinstance(one, AddressUnion):
                todo.extend(reversed(one.items))
            else:
                found.append(one)
        return tuple(found)

    def _object(self, entry: Section, version: int) -> AddressExpr:
        """What an entry of ``firewall address`` or ``address6`` stands for (CLI reference, `config firewall address`)."""
        every = EVERY[version]
        if entry.name in _FILLED_BY_THE_DEVICE:
            return UndecidedAddress(_FILLED_BY_THE_DEVICE[entry.name], entry.name, every)
        value: AddressExpr | None
        match entry.text("type", "ipmask" if version == 4 else "ipprefix"):
            case "ipmask" | "ipprefix" | "template":
                value = self._prefix(entry, version)
            case "iprange":
                zero = "0.0.0.0" if version == 4 else "::"  # noqa: S104 - an end of a range
                value = read_span(entry.text("start-ip", zero), entry.text("end-ip", entry.text("start-ip", zero)))
            case "wildcard":
                value = read_masked(entry.words("wildcard") or (EVERY_MASK[version],))
            case "fqdn" | "wildcard-fqdn":
                value = Fqdn(entry.text("fqdn") or entry.text("wildcard-fqdn") or entry.name)
            case "geography":
                value = UndecidedAddress("geography", entry.text("country", entry.name), every)
            case "interface-subnet":
                value = self._interface_subnet(entry, version)
            case "mac":
                words = entry.words("macaddr") or (entry.text("start-mac"),)
                value = UndecidedAddress("MAC address", " ".join(words) or entry.name, every)
            case "dynamic":
                value = UndecidedAddress(f"dynamic ({entry.text('sub-type', 'sdn')})", entry.name, every)
            case "route-tag":
                value = UndecidedAddress("route tag", entry.text("route-tag", entry.name), every)
            case other:
                value = UndecidedAddress(f"type {other}", entry.name, every)
        if value is None:
            self._scope.file.ledger.approximated(entry.first_line, "no address can be read in it: it may be any")
            return UndecidedAddress("unreadable object", entry.name, every)
        return value

    def _prefix(self, entry: Section, version: int) -> AddressExpr | None:
        """The subnet of an object; not set: every address (CLI reference: ``0.0.0.0 0.0.0.0``, ``::/0``)."""
        if version == 6:
            words = entry.words("ip6")
            if not words:
                return ANY_IPV6
            prefix = read_prefix(words)
            return None if prefix is None else simplest(6, prefix.first, prefix.last)
        words = entry.words("subnet")
        return read_masked(words) if words else ANY_IPV4

    def _interface_subnet(self, entry: Section, version: int) -> AddressExpr | None:
        """The subnets of an interface. The ``subnet`` that is printed is what it was when the object was saved."""
        name = entry.text("interface")
        interface = self._interfaces.get(name)
        if interface is not None:
            prefixes = tuple(
                address.prefix.expr()
                for address in interface.addresses
                if address.prefix.version == version and not (address.secondary or address.virtual)
            )
            if prefixes:
                return joined(prefixes)
            if interface.method in (AddressMethod.DHCP, AddressMethod.PPPOE):
                return UndecidedAddress("subnet of an address by DHCP or PPPoE", name, EVERY[version])
        if entry.words("subnet" if version == 4 else "ip6"):
            return self._prefix(entry, version)
        return UndecidedAddress("subnet of an interface", name or entry.name, EVERY[version])

    def _add_groups(self, path: str, version: int) -> None:
        groups = {entry.name: entry for entry in self._scope.table(path)}
        cycles = loops({name: _members(entry) for name, entry in groups.items()})
        for name, entry in groups.items():
            broken = cycles.get(name, frozenset())
            value = self._members_of(entry.words("member"), version, broken)
            if entry.is_on("exclude") and entry.words("exclude-member"):
                left_out = self._members_of(entry.words("exclude-member"), version, broken)
                value = AddressIntersection((value, AddressComplement(left_out, version)))
            self._add(entry, version, value)
            if broken:
                self._notices.append(_loop_notice(name, broken, self._scope.span(entry)))
                self._scope.file.ledger.approximated(entry.line("member"), "the group contains itself")

    def _members_of(self, names: tuple[str, ...], version: int, broken: frozenset[str]) -> AddressExpr:
        items: list[AddressExpr] = []
        for name in names:
            if name in broken:
                items.append(UndecidedAddress("recursive group", name, EVERY[version]))
            else:
                items.append(self.reference(name, version))
        return joined(tuple(items))


#: The wildcard that FortiOS has where none is set.
EVERY_MASK: Final = MappingProxyType({4: "0.0.0.0/0", 6: "::/0"})


def _members(entry: Section) -> tuple[str, ...]:
    return (*entry.words("member"), *entry.words("exclude-member"))


def loops(groups: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    """For each group on a cycle, those of its members with which the cycle goes on. Without recursion: chains are long."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    component: dict[str, int] = {}
    open_: list[str] = []
    for root in groups:
        if root in index:
            continue
        work: list[tuple[str, int]] = [(root, 0)]
        while work:
            name, at = work.pop()
            if at == 0:
                index[name] = low[name] = len(index)
                open_.append(name)
            members = groups[name]
            while at < len(members):
                member = members[at]
                at += 1
                if member not in groups:
                    continue
                if member not in index:
                    work.append((name, at))
                    work.append((member, 0))
                    break
                if member not in component:
                    low[name] = min(low[name], index[member])
            else:
                if low[name] == index[name]:
                    while True:
                        done = open_.pop()
                        component[done] = index[name]
                        if done == name:
                            break
                if work:
                    parent = work[-1][0]
                    if name not in component:
                        low[parent] = min(low[parent], low[name])
    sizes: dict[int, int] = {}
    for number in component.values():
        sizes[number] = sizes.get(number, 0) + 1
    result: dict[str, frozenset[str]] = {}
    for name, members in groups.items():
        back = frozenset(m for m in members if component.get(m) == component[name])
        if back and (sizes[component[name]] > 1 or name in back):
            result[name] = back
    return result


def _loop_notice(name: str, members: frozenset[str], span: Span) -> Notice:
    return Notice(
        message=msg(
            "the group {group} contains itself through {members}", group=name, members=", ".join(sorted(members))
        ),
        span=span,
        bears_on_access=True,
    )


def family_of_addresses(expr: AddressExpr) -> int | None:
    """The only IP version of which ``expr`` holds addresses, as far as its shape tells; ``None``: both, or not known."""
    if isinstance(expr, AnyAddress | AddressRange | MaskedAddress):
        return expr.version
    if isinstance(expr, AddressUnion):
        versions = {family_of_addresses(item) for item in expr.items}
        return versions.pop() if len(versions) == 1 else None
    return None


def server_address(text: str) -> AddressExpr:
    """What the config calls a server: an address, else a name."""
    return host(text) if read_address(text) is not None else Fqdn(text)
