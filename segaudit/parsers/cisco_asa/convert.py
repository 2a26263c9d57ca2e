"""From the commands in force to a `Device`: which part is read when, and what they come to together."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from segaudit.model import (
    AddressExpr,
    Device,
    Interface,
    LedgerBuilder,
    Notice,
    RuleSet,
    SourceFile,
    msg,
)
from segaudit.parser import ParseResult
from segaudit.parsers.cisco_asa.acl import AclReader, conduit_entry
from segaudit.parsers.cisco_asa.config import Config, mark_known, read_config
from segaudit.parsers.cisco_asa.dialect import Dialect, decide_dialect
from segaudit.parsers.cisco_asa.filters import CONDUIT, Filters
from segaudit.parsers.cisco_asa.interfaces import Interfaces, read_interfaces
from segaudit.parsers.cisco_asa.management import Management
from segaudit.parsers.cisco_asa.nat import build_nat, read_nat
from segaudit.parsers.cisco_asa.nat_legacy import LegacyNat
from segaudit.parsers.cisco_asa.nat_table import NatTable
from segaudit.parsers.cisco_asa.objects import Catalogue, read_catalogue
from segaudit.parsers.cisco_asa.policy_routing import PolicyRouting
from segaudit.parsers.cisco_asa.routes import (
    management_table,
    read_neighbors,
    read_routes,
    read_routing_protocols,
    read_speaking,
)
from segaudit.parsers.cisco_asa.time_ranges import read_time_ranges
from segaudit.parsers.cisco_asa.vpn import Vpn, VpnReader
from segaudit.syntax.indented import Line
from segaudit.syntax.route_table import take_route_tables

FORMAT: Final = "cisco_asa"
_TITLES: Final = {"asa": "ASA", "pix": "PIX", "fwsm": "FWSM", "ftd": "FTD"}

#: Levels at which "Built inbound TCP connection" (302013 to 302021, informational) is logged.
_INFORMATIONAL: Final = frozenset({"6", "7", "informational", "debugging"})


def parse(sources: tuple[SourceFile, ...]) -> ParseResult:
    """Each file is one device (a context, of a device in multiple mode), or routing tables of one."""
    devices: list[Device] = []
    ledgers = []
    tables = [take_route_tables(source) for source in sources]
    for taken in tables:
        ledger = LedgerBuilder(taken.rest)
        if not taken.alone:
            devices.append(convert(taken.rest, ledger))
        ledgers.append(taken.into(ledger.finish()))
    return ParseResult(
        devices=tuple(devices),
        ledgers=tuple(ledgers),
        failures=tuple(failure for taken in tables for failure in taken.failures()),
        captures=tuple(capture for taken in tables for capture in taken.captures),
    )


def convert(source: SourceFile, ledger: LedgerBuilder) -> Device:
    """The device that ``source`` describes; every line ends in the ledger."""
    config = read_config(source, ledger)
    mark_known(config, ledger)
    dialect = decide_dialect(config)
    catalogue = read_catalogue(config, ledger, unified=dialect.unified)
    schedules = read_time_ranges(config, ledger)
    interfaces = read_interfaces(config, catalogue, ledger)
    notices: list[Notice] = list(catalogue.notices)

    lists = _read_lists(
        config,
        dialect,
        AclReader(
            catalogue,
            ledger,
            schedules,
            permits_logged=_connections_logged(config),
            denies_logged=config.has("logging", "enable") or config.has("logging", "on"),
        ),
    )
    filters = Filters(config, dialect, interfaces, lists, ledger)
    filters.attach_lists()
    filters.attach_levels()
    filters.attach_user_authentication()
    table, nat_version = _translations(config, dialect, catalogue, interfaces, lists, ledger)
    filters.attach_nat(table.rule_sets(nat_version))
    routes, tunneled = read_routes(config, catalogue, interfaces, ledger)
    dynamic = read_routing_protocols(config, interfaces, ledger)
    filters.attach_antispoofing(routes, dynamic)
    management = Management(config, catalogue, interfaces, ledger)
    management.read(dynamic)
    vpn = VpnReader(config, catalogue, interfaces, management, lists, ledger).read()
    filters.attach_local(management, _tunnelled(vpn))
    remote_access = tuple(replace(r, filter_rule_set=filters.closed(r.filter_rule_set)) for r in vpn.remote_access)
    tunnels = tuple(replace(t, filter_rule_set=filters.closed(t.filter_rule_set)) for t in vpn.tunnels)
    choosing = PolicyRouting(
        config,
        catalogue,
        interfaces,
        lists,
        ledger,
        routes,
        rule_sets=filters.rule_sets,
        attachments=filters.attachments,
        notices=notices,
    )
    doors = (*(door for one in remote_access for door in one.portal_interfaces), *(one.interface for one in tunnels))
    choosing.attach(tunneled, tuple(dict.fromkeys(doors)))
    notices += filters.notices
    notices += _notices(config, interfaces)
    neighbors = read_neighbors(config, catalogue, ledger)
    inside = _with_tables(config, interfaces)
    hostname = _hostname(config, ledger)
    _mark_settings(config, ledger)
    return Device(
        name=hostname or source.stem,
        format=FORMAT,
        span=source.span(1, max(len(source.lines), 1)),
        vendor="Cisco",
        platform=config.hardware or _TITLES.get(config.product, ""),
        version=config.version_text,
        forwards=config.execution_space != "system",
        fragment=not interfaces.named,
        interfaces=inside,
        zones=interfaces.zones,
        addresses=MappingProxyType(catalogue.addresses),
        services=MappingProxyType(catalogue.services),
        schedules=MappingProxyType(schedules),
        rule_sets=tuple(filters.rule_sets.values()),
        attachments=tuple(filters.attachments),
        routes=routes,
        dynamic_routing=dynamic,
        dynamic_interfaces=read_speaking(config, catalogue).interfaces(inside, neighbors) if dynamic else None,
        neighbors=neighbors,
        cluster=_cluster(config, interfaces, ledger),
        dhcp_scopes=management.scopes,
        hosts=tuple(management.hosts),
        local_services=tuple(management.services),
        remote_access=remote_access,
        tunnels=tunnels,
        administrators=management.administrators,
        notices=tuple(notices),
    )


def _read_lists(config: Config, dialect: Dialect, reader: AclReader) -> dict[str, RuleSet]:
    """Every access list by name, but those that hold nothing about IP; remark-only ones have no rules."""
    family = None if dialect.unified else 4
    lists: dict[str, RuleSet] = {}
    for name, entries in config.lists.items():
        rule_set = reader.read(name, entries, version=family)
        if rule_set.rules or not any(entry.body[:1] == ("ethertype",) for entry in entries):
            lists[name] = rule_set
    conduits = [conduit_entry(line.number, line.words) for line in config.of("conduit") if len(line.words) > 3]
    if conduits and CONDUIT not in lists:
        lists[CONDUIT] = reader.read(CONDUIT, conduits, version=family)
    for name, entries in config.ipv6_lists.items():
        # A name is one list on the device; an IPv6 list by the name of an IPv4 one is told apart here.
        title = f"{name} (IPv6)" if name in lists else name
        lists[title] = reader.read(title, entries, version=6)
    return lists


def _connections_logged(config: Config) -> bool:
    """Whether the device logs each connection that it builds (302013 and its kin), whatever the entry says."""
    if not (config.has("logging", "enable") or config.has("logging", "on")):
        return False
    if config.denies("logging", "message", "302013"):
        return False
    levels = {
        line.words[1]: line.words[2]
        for line in config.of("logging")
        if len(line.words) > 2 and line.words[1] in ("trap", "buffered", "asdm", "history")
    }
    if not config.has("logging", "host"):
        levels.pop("trap", None)
    return any(level in _INFORMATIONAL for level in levels.values())


def _translations(
    config: Config,
    dialect: Dialect,
    catalogue: Catalogue,
    interfaces: Interfaces,
    lists: dict[str, RuleSet],
    ledger: LedgerBuilder,
) -> tuple[NatTable, int | None]:
    """The translation table, and the family that it is for (before 8.3 there is none for IPv6)."""
    if dialect.real_addresses:
        return build_nat(read_nat(config, catalogue, ledger)), None
    legacy = LegacyNat(config, catalogue, interfaces, ledger, nat_control=dialect.nat_control)
    legacy.read()
    return legacy.build(lists.get), 4


def _tunnelled(vpn: Vpn) -> list[AddressExpr]:
    """The addresses whose packets come out of tunnels."""
    sources = [pool for access in vpn.remote_access for pool in access.pools]
    sources += [tunnel.remote for tunnel in vpn.tunnels]
    return list(dict.fromkeys(sources))


def _with_tables(config: Config, interfaces: Interfaces) -> tuple[Interface, ...]:
    """The interfaces with their routing tables."""
    tables = {one.name: management_table(config, one) for one in interfaces.named}
    return tuple(replace(one, vrf=tables[one.name]) if tables.get(one.name) else one for one in interfaces.all)


def _hostname(config: Config, ledger: LedgerBuilder) -> str:
    name = ""
    for line in config.of("hostname"):
        if len(line.words) > 1:
            name = line.words[1]
            ledger.modelled(line.number)
    return name


def _cluster(config: Config, interfaces: Interfaces, ledger: LedgerBuilder) -> str:
    """What the device and its other units call their cluster, the same on each of them; empty where there is none.

    A failover pair has no name: both units show the addresses of the link between them, that of the primary one first
    (General Operations CLI Configuration Guide, "Failover for High Availability"). In multiple mode that stands in the
    system's configuration, and only the standby addresses of a context tell.
    """
    group = ""
    for line in config.starting("cluster", "group"):
        if len(line.words) > 2:
            group = line.words[2]
            ledger.modelled(line.number)
    if group:
        return f"cluster group {group}"
    switched_on = [line for line in config.of("failover") if line.words == ("failover",)]
    if not switched_on:
        standby = any(a.secondary for one in interfaces.all for a in one.addresses)
        spoken_of = bool(config.of("failover")) or config.denies("failover")
        return "failover" if standby and not spoken_of else ""
    for line in switched_on:
        ledger.modelled(line.number)
    shown = ("interface", "ip")
    ends = [line.words[4:] for line in config.of("failover") if line.words[1:3] == shown and len(line.words) > 4]
    return " ".join(("failover", *(word for words in ends for word in words)))


def _mark_settings(config: Config, ledger: LedgerBuilder) -> None:
    """Ledgers what is read in passing, or elsewhere than by a reader of its own."""
    for line in config.of("firewall"):
        ledger.modelled(line.number)
    for line in config.of("mode"):
        ledger.modelled(line.number)
    for line in config.of("nat-control"):
        ledger.modelled(line.number)
    for line in config.of("context"):
        for one in line.walk():
            ledger.approximated(one.number, "a context is a device of its own, with a configuration of its own")
    for line in config.of("admin-context"):
        ledger.irrelevant(line.number, "which context administers the device")
    for line in config.of("zone"):
        for one in line.walk():
            ledger.modelled(one.number)
    for line in config.of("dynamic-access-policy-record"):
        _access_policy(line, ledger)
    for line in config.of("vpdn"):
        if line.words[1:2] == ("enable",) or "accept" in line.words:
            ledger.unsupported(line.number, "dial-in by PPTP, L2TP or PPPoE in the style of PIX 6")
        else:
            ledger.irrelevant(line.number, "PPPoE towards the provider")
    for line in config.of("policy-map"):
        for one in line.walk():
            if "tcp-state-bypass" in one.words:
                reason = "TCP connections that the device did not see begin pass: it judges them packet by packet"
                ledger.unsupported(one.number, reason)
    for line in config.of("ip"):
        if line.words[1:3] == ("local", "policy"):
            ledger.unsupported(line.number, "policy routing of the device's own packets")


def _access_policy(line: Line, ledger: LedgerBuilder) -> None:
    """Dynamic access policies: the default one without sub-commands changes nothing."""
    ledger.irrelevant(line.number, "a dynamic access policy; what it changes stands below it")
    for child in line.children:
        first = child.words[0]
        if first in ("description", "priority", "user-message", "webvpn", "always-on-vpn"):
            for one in child.walk():
                ledger.irrelevant(one.number, "messages and order of dynamic access policies")
        else:
            ledger.unsupported(child.number, "dynamic access policies narrow what VPN users reach, user by user")


def _notices(config: Config, interfaces: Interfaces) -> list[Notice]:
    """What people should know of the device as a whole."""
    notices: list[Notice] = []
    if interfaces.bridged:
        notices.append(
            Notice(
                message=msg(
                    "Interfaces are bridged (bridge-group): which hosts are behind which of them does not show here."
                ),
                span=interfaces.bridged[0],
                bears_on_access=True,
            )
        )
    contexts = config.of("context")
    if contexts or config.execution_space == "system":
        line = contexts[0].number if contexts else 1
        notices.append(
            Notice(
                message=msg(
                    "This is the system configuration of a device in multiple mode; its contexts have theirs in files of their own."
                ),
                span=config.source.span(line),
                bears_on_access=True,
            )
        )
    if config.product == "ftd":
        notices.append(
            Notice(
                message=msg(
                    "On FTD, inspection (Snort) may still drop what the access list permits; its policies are not in this file."
                ),
                span=config.source.span(1),
            )
        )
    return notices
