"""The running configuration as a device of the model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from segaudit.model import (
    AddressMethod,
    AddressRange,
    Device,
    DhcpScope,
    HostSign,
    HostSpec,
    Interface,
    InterfaceAddress,
    InterfaceKind,
    LedgerBuilder,
    Notice,
    SourceCheck,
    SourceCheckMode,
    Span,
    format_address,
    msg,
)
from segaudit.parsers.yamaha_rtx.access import Access, uplink
from segaudit.parsers.yamaha_rtx.config import InterfaceConfig, RunningConfig
from segaudit.parsers.yamaha_rtx.lists import Lists
from segaudit.parsers.yamaha_rtx.policy_lists import PolicyLists
from segaudit.parsers.yamaha_rtx.routing import Routing, table
from segaudit.parsers.yamaha_rtx.syntax import ANONYMOUS
from segaudit.parsers.yamaha_rtx.translation import Translations

NAME: Final = "yamaha_rtx"

#: No command of the reference asks for a route back to the source of a packet.
_NO_CHECK: Final = SourceCheck(mode=SourceCheckMode.NONE)
_PROMPT: Final = re.compile(r"[\w.-]*\w", re.UNICODE)


def convert(config: RunningConfig, ledger: LedgerBuilder) -> Device:
    """The device that ``config`` describes; what only shows when all is read is marked in ``ledger``."""
    return _Converter(config, ledger).device()


class _Converter:
    def __init__(self, config: RunningConfig, ledger: LedgerBuilder) -> None:
        self._config = config
        self._ledger = ledger

    def device(self) -> Device:
        config = self._config
        whole = self._is_whole()
        lists = Lists(config, self._ledger)
        lists.attach_all()
        PolicyLists(config, lists).attach_all()
        translations = Translations(config, lists, self._ledger)
        translations.attach_all()
        access = Access(config, lists, whole=whole)
        access.convert_all()
        routes = (*table(config), *access.routes)
        Routing(config, lists, routes).attach_all()
        if whole:
            lists.mark_unused()
        found = tuple(self._interface(one) for one in config.interfaces.values() if one.name != "null")
        self._say_disabled()
        name, span = self._name()
        return Device(
            name=name,
            format=NAME,
            span=span,
            vendor="Yamaha",
            platform=config.header.platform,
            version=config.header.version,
            stateful=False,
            forwards=bool(self._versions()),
            versions=self._versions(),
            fragment=not whole,
            interfaces=found,
            rule_sets=tuple(lists.rule_sets.values()),
            attachments=tuple(lists.attachments),
            routes=routes,
            dynamic_routing=tuple(dict.fromkeys(config.protocols)),
            neighbors=tuple(dict.fromkeys(config.neighbors)),
            dhcp_scopes=self._scopes(),
            hosts=(*self._hosts(), *translations.hosts),
            local_services=tuple(access.services),
            remote_access=tuple(access.remote),
            tunnels=tuple(access.tunnels),
            administrators=tuple(access.administrators),
            notices=tuple(
                Notice(message=message, span=config.span(line), bears_on_access=bears)
                for message, line, bears in config.notices
            ),
        )

    def _is_whole(self) -> bool:
        """Whether the file is a configuration, not a piece of one: an interface has or gets an address."""
        return any(i.addresses or i.fetches or i.negotiated or i.pppoe for i in self._config.interfaces.values())

    def _versions(self) -> frozenset[int]:
        """The families that are routed: both unless switched off; IPv6 where some interface has an address of it."""
        config = self._config
        uses = any(i.delegated or any(o.prefix.version == 6 for o in i.addresses) for i in config.interfaces.values())
        six = config.routing.get(6, True) and (uses or any(version == 6 for version, _ in config.routes))
        return frozenset(v for v, on in ((4, config.routing.get(4, True)), (6, six)) if on)

    def _name(self) -> tuple[str, Span]:
        """What people call the router: its SNMP name, its prompt, else the file's name."""
        config = self._config
        for key in ("sysname", "prompt"):
            text, line = config.names.get(key, ("", 0))
            found = _PROMPT.search(text)
            if found is not None:
                return found[0], config.span(line)
        return config.source.stem, config.span(1, max(1, len(config.source.lines)))

    def _say_disabled(self) -> None:
        for interface in self._config.interfaces.values():
            used = interface.secure or interface.descriptors or interface.policy is not None or interface.pppoe
            if not interface.enabled and used:
                self._config.notices.append(
                    (
                        msg("{interface} is never enabled: it carries nothing", interface=interface.name),
                        interface.line,
                        True,
                    )
                )
            if interface.delegated and interface.enabled and 6 in self._versions():
                self._say_delegated(interface)

    def _say_delegated(self, interface: InterfaceConfig) -> None:
        if not any(version == 6 for i in self._config.interfaces.values() for version, _ in i.secure):
            self._config.notices.append(
                (
                    msg(
                        "{interface} has IPv6 addresses of the provider, and no IPv6 filter stands anywhere: whoever knows"
                        " an address behind the router reaches it",
                        interface=interface.name,
                    ),
                    interface.delegated,
                    True,
                )
            )

    # Interfaces

    def _interface(self, one: InterfaceConfig) -> Interface:
        config = self._config
        carries = uplink(one, config)
        method = AddressMethod.STATIC
        if not any(own.prefix.version == 4 for own in one.addresses):
            if one.pppoe or (one.negotiated and not one.binds):
                method = AddressMethod.PPPOE
            elif one.fetches or carries or one.name.startswith("wan"):
                method = AddressMethod.DHCP
            elif not one.addresses:
                method = AddressMethod.NONE
        parent, _, _ = one.name.partition("/") if "/" in one.name else one.name.partition(".")
        descriptors = [
            config.descriptors[n]
            for n in (one.descriptors.static if one.descriptors else ())
            if n in config.descriptors
        ]
        masquerades = any("masquerade" in d.kind for d in descriptors)
        return Interface(
            name=one.name,
            span=config.span(one.line, one.last_line),
            hardware=one.lower,
            addresses=tuple(
                InterfaceAddress(
                    address=own.address,
                    prefix=own.prefix,
                    secondary=own.secondary,
                    virtual=own.virtual,
                    span=config.span(own.line),
                )
                for own in one.addresses
            ),
            method=method,
            kind=self._kind(one),
            description=one.description,
            alias=one.alias,
            vlan=one.vlan,
            parent=parent if parent != one.name else "",
            enabled=one.enabled,
            source_check=_NO_CHECK,
            fetches_ipv6=bool(one.delegated) and 6 in self._versions(),
            role_hint="nat descriptor masquerade" if masquerades else "",
            members=tuple(one.members) or tuple(port for port, to in config.ports.items() if to == one.name),
        )

    def _kind(self, one: InterfaceConfig) -> InterfaceKind:
        name = one.name
        if name.startswith("tunnel"):
            gateway = self._config.gateways.get(self._config.sa_policies.get(one.policy or 0, 0))
            clients = gateway is not None and (gateway.xauth or gateway.eap)
            return InterfaceKind.VPN if clients else InterfaceKind.TUNNEL
        if name == ANONYMOUS or (name.startswith("pp") and any(b.startswith("tunnel") for b in one.binds)):
            return InterfaceKind.VPN
        if "/" in name or name.startswith("vlan"):
            return InterfaceKind.VLAN
        if name.startswith("loopback"):
            return InterfaceKind.LOOPBACK
        return InterfaceKind.BRIDGE if name.startswith("bridge") else InterfaceKind.PHYSICAL

    # Leases and hosts

    def _scopes(self) -> tuple[DhcpScope, ...]:
        found: list[DhcpScope] = []
        for scope in self._config.scopes.values():
            at = next(
                (
                    i
                    for i in self._config.interfaces.values()
                    if any(o.prefix.overlaps(scope.prefix) for o in i.addresses if o.prefix.version == 4)
                ),
                None,
            )
            serves = at.dhcp_service or self._config.dhcp_service if at is not None else ""
            if at is None or serves != "server":
                continue
            leases = scope.last - scope.first + 1
            for first, last in scope.excluded:
                leases -= max(0, min(last, scope.last) - max(first, scope.first) + 1)
            kept = tuple(
                AddressRange(4, value, value) for n, value, _ in self._config.reservations if n == scope.number
            )
            found.append(
                DhcpScope(
                    interface=at.name,
                    span=self._config.span(scope.line),
                    ranges=AddressRange(4, scope.first, scope.last),
                    lease_count=max(0, leases),
                    reservations=kept,
                    options=tuple(self._config.scope_options.get(scope.number, ())),
                )
            )
        return tuple(found)

    def _hosts(self) -> Iterator[HostSpec]:
        own = {(o.prefix.version, o.address) for i in self._config.interfaces.values() for o in i.addresses}
        for host in self._config.hosts:
            if (host.version, host.address) not in own:
                yield HostSpec(
                    name=host.name,
                    address=AddressRange(host.version, host.address, host.address),
                    sign=host.sign,
                    span=self._config.span(host.line),
                )
        for _, value, line in self._config.reservations:
            yield HostSpec(
                name=format_address(4, value),
                address=AddressRange(4, value, value),
                sign=HostSign.DHCP_RESERVATION,
                span=self._config.span(line),
            )
