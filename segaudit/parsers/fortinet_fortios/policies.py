"""Policies, local-in policies and access control lists.

Policies are asked in the order of the file; the first that matches decides, and the end denies. What FortiOS lets pass
without a policy is in the list as implicit rules: before all others what goes out where it came in, at the end what stays
inside of a zone that says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    ANY_IPV4,
    ANY_IPV6,
    ANY_SERVICE,
    NO_ADDRESS,
    Action,
    AddressComplement,
    AddressExpr,
    AddressIntersection,
    AddressUnion,
    Condition,
    ConditionKind,
    Interface,
    InterfaceKind,
    InterfaceMatch,
    LocalService,
    Notice,
    Rule,
    RuleSet,
    Service,
    ServiceComplement,
    ServiceExpr,
    ServiceUnion,
    UndecidedAddress,
    UndecidedService,
    interfaces,
    msg,
)
from segaudit.parsers.fortinet_fortios.addresses import AddressBook, family_of_addresses, joined, model_name
from segaudit.parsers.fortinet_fortios.config import Scope, Section
from segaudit.parsers.fortinet_fortios.interfaces import Topology
from segaudit.parsers.fortinet_fortios.nat import NatReader, VirtualIps, match_of
from segaudit.parsers.fortinet_fortios.schedules import ScheduleBook
from segaudit.parsers.fortinet_fortios.services import ServiceBook
from segaudit.parsers.fortinet_fortios.users import user_group_name
from segaudit.parsers.fortinet_fortios.values import EVERY, read_ports, read_range

#: Sections whose entries may name virtual IPs as destinations.
POLICY_SECTIONS: Final = (
    "firewall policy",
    "firewall policy6",
    "firewall consolidated policy",
    "firewall security-policy",
)


class Default(Enum):
    """What a setting is that is not printed, as far as the firmware tells."""

    ON = "on"
    OFF = "off"
    UNKNOWN = "unknown"


def match_vip_default(version: tuple[int, ...]) -> Default:
    """Whether a deny policy with ordinary destinations matches traffic to a virtual IP unless it says otherwise.

    It did not before 7.2.3 and does after it. Fortinet's technical tip 94794 counts 7.2.3 to the new releases, another
    one to the old; for 7.2.3 and an unknown firmware the question stays open. Accept policies never do (release notes
    6.4.3).
    """
    if not version or (version[:2] == (7, 2) and len(version) < 3) or version[:3] == (7, 2, 3):
        return Default.UNKNOWN
    return Default.ON if version > (7, 2, 3) else Default.OFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """``allow-traffic-redirect`` where nothing says: ``default``, and whether it holds for every source."""

    default: Default
    every_source: Default


def redirect_default(version: tuple[int, ...]) -> Redirect:
    """Technical tip 196651: on by default up to 7.4.9 and 7.6.4, off from 7.4.10, 7.6.5 and 8.0.0.

    It covers senders of the interface's own networks; from 7.0.16, 7.2.11 and 7.4.4 on all senders.
    """
    if not version:
        return Redirect(default=Default.UNKNOWN, every_source=Default.UNKNOWN)
    three = (*version, 0, 0)[:3]
    off = three >= (8, 0, 0) or three >= (7, 6, 5) or (7, 4, 10) <= three < (7, 6, 0)
    every = three >= (7, 4, 4) or (7, 2, 11) <= three < (7, 4, 0) or (7, 0, 16) <= three < (7, 2, 0)
    return Redirect(default=Default.OFF if off else Default.ON, every_source=Default.ON if every else Default.OFF)


#: From this firmware on ``intrazone allow`` also works in a zone with one interface (technical tip 279733).
_SINGLE_MEMBER_ZONES = (7, 4, 4)

_ACTIONS = {
    "accept": Action.PERMIT,
    "ipsec": Action.PERMIT,
    "ssl-vpn": Action.PERMIT,
    "learn": Action.PERMIT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What rules refer to."""

    addresses: AddressBook
    services: ServiceBook
    schedules: ScheduleBook


class PolicyReader:
    """Reads the rule lists of one device."""

    def __init__(
        self,
        scope: Scope,
        books: Books,
        topology: Topology,
        nat: NatReader,
        vips: VirtualIps,
        notices: list[Notice],
        *,
        central: bool,
    ) -> None:
        self._scope = scope
        self._books = books
        self._topology = topology
        self._nat = nat
        self._vips = vips
        self._central = central
        self._policy_based = scope.section("system settings").text("ngfw-mode") == "policy-based"
        self._notices = notices
        self._matches: dict[tuple[str, ...], InterfaceMatch] = {}
        self._sides: dict[tuple[object, ...], AddressExpr] = {}
        self._services: dict[tuple[tuple[str, ...], bool], ServiceExpr] = {}
        # Up to 7.2.0 one switch negates both families (CLI reference 7.0, `srcaddr-negate`).
        self._negates_apart = not scope.version or scope.version >= (7, 2, 1)
        self._match_vip = match_vip_default(scope.version)
        self._some_vip = any(rule.enabled and not rule.implicit for listed in vips.lists for rule in listed.rules)
        self._custom_services = {entry.name: entry for entry in scope.table("firewall internet-service-custom")}

    # Policies

    def policy_lists(self) -> tuple[RuleSet, ...]:
        """``policy``, and ``policy6`` and ``security-policy`` where the device has them, each denying at its end."""
        consolidated = self._scope.section("firewall consolidated policy")
        path = "firewall consolidated policy" if consolidated.entries else "firewall policy"
        old_style = bool(self._scope.section("firewall policy6").entries)
        lists = [self._policy_list("policy", path, 4 if old_style else None)]
        if old_style:
            lists.append(self._policy_list("policy6", "firewall policy6", 6))
        security = self._scope.section("firewall security-policy")
        if self._policy_based or security.entries:
            lists.append(self._policy_list("security-policy", "firewall security-policy", None))
        return tuple(lists)

    def _policy_list(self, name: str, path: str, version: int | None) -> RuleSet:
        section = self._scope.section(path)
        rules: list[Rule] = []
        rules.extend(self._redirects(version))
        default_version = 6 if version == 6 else 4
        # In policy-based mode these choose inspection and users, and have no action (administration guide 7.2,
        # "NGFW policy"); what they do not match is dropped all the same.
        default_action = "accept" if self._policy_based and path == "firewall policy" else "deny"
        for entry in self._scope.table(path):
            rules.extend(self._policy(entry, len(rules) + 1, default_version, default_action))
        rules.extend(self._intrazone())
        numbered = tuple(
            rule if rule.position == position else replace(rule, position=position)
            for position, rule in enumerate(rules, start=1)
        )
        setting = "fwpolicy6-implicit-log" if version == 6 else "fwpolicy-implicit-log"
        return RuleSet(
            name=name,
            rules=numbered,
            default=Action.DENY,
            version=version,
            default_logged=self._scope.section("log setting").is_on(setting),
            default_span=self._scope.span(section),
        )

    def _policy(self, entry: Section, position: int, version: int, default_action: str) -> Iterator[Rule]:
        """The rules of one policy: mostly one."""
        fields = entry.fields
        action = _ACTIONS.get(entry.text("action", default_action), Action.DENY)
        source, destination, named = self._addresses(entry, version)
        enabled = entry.text("status", "enable") != "disable"
        if self._incomplete(entry):
            enabled = False
        conditions = self._conditions(entry)
        service = self._service(entry)
        if "internet-service" in fields or "internet-service-src" in fields or "internet-service6" in fields:
            source, destination, service = self._internet_services(entry, source, destination, service)
        if entry.number("reputation-minimum", 0) or entry.number("reputation-minimum6", 0):
            conditions = (*conditions, _other("reputation of the peer"))
        span = self._scope.span(entry)
        source_translation = None
        if action is Action.PERMIT and "nat" in fields:
            source_translation = self._nat.policy_source(entry, entry.words("dstintf"), self._vips, version)
        schedule = self._books.schedules.named(entry.text("schedule"))
        if entry.is_on("policy-expiry") and "policy-expiry-date" in fields:
            date = " ".join(entry.words("policy-expiry-date"))
            schedule = self._books.schedules.until(schedule, date, self._scope.line_span(entry, "policy-expiry-date"))
        ingress = self._interfaces(entry.words("srcintf"))
        if entry.text("action") == "ssl-vpn":
            # Up to 5.0: ``srcintf`` is where the portal listens, the users' packets enter at the tunnel interface.
            ingress = interfaces(f"ssl.{self._scope.vdom or 'root'}")
            self._scope.file.ledger.approximated(
                entry.line("action"), "of every user of the SSL-VPN, wherever he came in"
            )
        rule = Rule(
            id=entry.name,
            position=position,
            action=action,
            span=span,
            source=source,
            destination=destination,
            service=service,
            ingress=ingress,
            egress=self._interfaces(entry.words("dstintf")),
            conditions=conditions,
            enabled=enabled,
            logged=_logged(entry, action),
            schedule=schedule,
            name=entry.text("name"),
            comment=" ".join(entry.words("comments")),
            translated_by=self._translated_by(entry, action, named),
            source_translation=source_translation,
        )
        if entry.is_on("identity-based") and entry.blocks.get("identity-based-policy") is not None:
            yield from self._identity_based(entry, rule)
            return
        yield rule
        if entry.text("action") == "ipsec" and entry.is_on("inbound"):
            yield replace(
                rule,
                id=f"{rule.id} (inbound)",
                source=destination,
                destination=source,
                ingress=rule.egress,
                egress=rule.ingress,
                source_translation=None,
            )
        if self._match_vip_is_open(entry, action, named):
            # Two rules for one policy: what it surely matches, and what it matches where the default is the new one.
            text = "match-vip, whose default changed with FortiOS 7.2.3"
            yield replace(
                rule,
                id=f"{rule.id} (match-vip)",
                translated_by=None,
                conditions=(*conditions, _other(text)),
            )

    def _incomplete(self, entry: Section) -> bool:
        """Whether the device would refuse the policy for what it lacks; then it is said."""
        said = entry.fields.keys()
        missing = [alternatives[0] for alternatives in _NEEDED if said.isdisjoint(alternatives)]
        if not missing or entry.is_on("identity-based"):
            return False
        self._notices.append(
            Notice(
                message=msg(
                    "policy {policy} has no {setting}: the device would refuse it, so it is left out",
                    policy=entry.name,
                    setting=missing[0],
                ),
                span=self._scope.span(entry),
                bears_on_access=True,
            )
        )
        self._scope.file.ledger.unsupported(
            entry.first_line, f"a policy without {missing[0]}, which the device refuses"
        )
        return True

    # What a policy matches

    def _interfaces(self, names: tuple[str, ...]) -> InterfaceMatch:
        known = self._matches.get(names)
        if known is None:
            known = match_of(names)
            self._matches[names] = known
        return known

    def _addresses(self, entry: Section, version: int) -> tuple[AddressExpr, AddressExpr, frozenset[str]]:
        """Source and destination of both families, and the virtual IPs that the destination names (model names)."""
        fields = entry.fields
        source4 = fields.get("srcaddr") or fields.get("srcaddr4")
        destination4 = fields.get("dstaddr") or fields.get("dstaddr4")
        source6, destination6 = fields.get("srcaddr6"), fields.get("dstaddr6")
        named = frozenset[str]()
        sides: list[AddressExpr] = []
        for old, new, negate_old, negate_new in (
            (source4, source6, "srcaddr-negate", "srcaddr6-negate"),
            (destination4, destination6, "dstaddr-negate", "dstaddr6-negate"),
        ):
            words_old = old.words if old is not None else ()
            words_new = new.words if new is not None else ()
            key = (
                words_old,
                words_new,
                version,
                negate_old in fields and entry.is_on(negate_old),
                entry.is_on(negate_new if self._negates_apart else negate_old),
            )
            side = self._sides.get(key)
            if side is None:
                side = self._side(key[0], key[1], version, (key[3], key[4]))
                self._sides[key] = side
            sides.append(side)
        if self._vips.names:
            named = self._virtual(destination4.words if destination4 is not None else (), version)
            if destination6 is not None:
                named |= self._virtual(destination6.words, 6)
        return sides[0], sides[1], named

    def _side(
        self, words: tuple[str, ...], words6: tuple[str, ...], version: int, negated: tuple[bool, bool]
    ) -> AddressExpr:
        parts: list[AddressExpr] = []
        for names, of_version, complement in ((words, version, negated[0]), (words6, 6, negated[1])):
            plain = tuple(name for name in names if model_name(name, of_version) not in self._vips.names)
            if not names:
                continue
            value = self._books.addresses.union(plain, of_version) if plain else NO_ADDRESS
            parts.append(AddressComplement(value, of_version) if complement else value)
        if ANY_IPV4 in parts and ANY_IPV6 in parts:
            return ANY_ADDRESS
        kept = tuple(part for part in parts if part != NO_ADDRESS)
        return joined(kept) if kept else NO_ADDRESS

    def _virtual(self, names: tuple[str, ...], version: int) -> frozenset[str]:
        """The virtual IPs among ``names``, groups resolved."""
        known = self._vips.names
        found: frozenset[str] = frozenset()
        for name in names:
            found |= known.get(model_name(name, version), frozenset())
        return found

    def _translated_by(self, entry: Section, action: Action, named: frozenset[str]) -> frozenset[str] | None:
        """Which translated packets the policy is about; see `Rule.translated_by`.

        Policies that name no virtual IP do not match packets that one rewrote, unless ``match-vip`` says so (CLI
        reference, `match-vip`); with central NAT there is no such difference.
        """
        if self._central or not self._some_vip:
            return None
        if entry.is_on("match-vip-only"):
            return named or self._vips.all_names
        if named:
            return named
        if "match-vip" in entry.fields:
            # Of accept policies the firmware ignores it from 6.4.3 on (release notes 6.4.3).
            if action is Action.PERMIT and self._scope.version >= (6, 4, 3):
                return frozenset()
            return None if entry.is_on("match-vip") else frozenset()
        if action is Action.DENY and self._match_vip is Default.ON:
            return None
        return frozenset()

    def _match_vip_is_open(self, entry: Section, action: Action, named: frozenset[str]) -> bool:
        return (
            self._match_vip is Default.UNKNOWN
            and action is Action.DENY
            and not named
            and not self._central
            and self._some_vip
            and "match-vip" not in entry.fields
            and not entry.is_on("match-vip-only")
        )

    def _service(self, entry: Section) -> ServiceExpr:
        words = entry.words("service")
        negated = "service-negate" in entry.fields and entry.is_on("service-negate")
        key = (words, negated)
        known = self._services.get(key)
        if known is None:
            if not words and entry.fields.keys() & {"application", "app-category", "app-group", "url-category"}:
                known = ANY_SERVICE
            else:
                known = self._books.services.union(words)
            if words == ("App Default",):
                known = UndecidedService("default ports of the application", entry.name)
            if negated:
                known = ServiceComplement(known)
            self._services[key] = known
        return known

    def _conditions(self, entry: Section) -> tuple[Condition, ...]:
        """What a policy asks besides addresses and services."""
        fields = entry.fields
        found: list[Condition] = []
        groups = (*entry.words("groups"), *entry.words("fsso-groups"), *entry.words("scim-groups"))
        users = (*entry.words("users"), *entry.words("scim-users"))
        if groups or users:
            names = (*groups, *(user_group_name(user) for user in users))
            found.append(Condition(kind=ConditionKind.USER, text=", ".join(names), groups=names))
        for name, kind in _CONDITIONS:
            if name in fields and (words := entry.words(name)) and words != ("0",):
                found.append(Condition(kind=kind, text=f"{name} {' '.join(words)}"))
        for name, kind, text in _SWITCHES:
            if name in fields and entry.is_on(name):
                found.append(Condition(kind=kind, text=text))
        if "tos-mask" in fields and entry.text("tos-mask") not in {"0x00", "0"}:
            found.append(_other(f"tos {entry.text('tos', '0x00')}"))
        return tuple(found)

    # Internet services

    def _internet_services(
        self, entry: Section, source: AddressExpr, destination: AddressExpr, service: ServiceExpr
    ) -> tuple[AddressExpr, AddressExpr, ServiceExpr]:
        """Source, destination and service where entries of the maker's database take their place.

        With ``internet-service`` on, the policy has neither destination addresses nor services of its own (CLI reference,
        `internet-service`).
        """
        for version, suffix in ((4, ""), (6, "6")):
            if entry.is_on(f"internet-service{suffix}"):
                addresses, service_of = self._service_entries(entry, f"internet-service{suffix}", version)
                negated = entry.is_on(f"internet-service{suffix}-negate")
                destination = _with_family(destination, AddressComplement(addresses, version) if negated else addresses)
                service = ANY_SERVICE if negated else service_of
            if entry.is_on(f"internet-service{suffix}-src"):
                addresses, _ = self._service_entries(entry, f"internet-service{suffix}-src", version)
                negated = entry.is_on(f"internet-service{suffix}-src-negate")
                source = _with_family(source, AddressComplement(addresses, version) if negated else addresses)
        return source, destination, service

    def _service_entries(self, entry: Section, setting: str, version: int) -> tuple[AddressExpr, ServiceExpr]:
        """The addresses and services of the internet services that ``setting`` names; those of the maker are undecided."""
        custom = entry.words(f"{setting}-custom")
        makers = tuple(
            word
            for ending in ("-name", "-group", "-id", "-custom-group", "-fortiguard")
            for word in entry.words(f"{setting}{ending}")
        )
        dynamic = entry.words(setting.replace("internet-service", "network-service") + "-dynamic")
        items: list[AddressExpr] = []
        services: list[ServiceExpr] = []
        exact = len(custom) == 1 and not makers and not dynamic
        for name in custom:
            parts = self._custom_parts(name, version)
            if parts is None:
                items.append(UndecidedAddress("internet service", name, EVERY[version]))
                services.append(ANY_SERVICE)
                continue
            exact = exact and len(parts) == 1
            items.extend(address for address, _ in parts)
            services.extend(of_service for _, of_service in parts)
        for name in (*makers, *dynamic):
            items.append(UndecidedAddress("internet service", name, EVERY[version]))
            services.append(ANY_SERVICE)
        if not items:
            return NO_ADDRESS, ANY_SERVICE
        service = ANY_SERVICE if ANY_SERVICE in services else ServiceUnion(tuple(services))
        if exact:
            return joined(tuple(items)), service
        # Addresses and ports belong together entry by entry, which one rule cannot say: it is at most all of them.
        return UndecidedAddress(
            "internet service", " ".join((*custom, *makers, *dynamic)), joined(tuple(items))
        ), service

    def _custom_parts(self, name: str, version: int) -> list[tuple[AddressExpr, ServiceExpr]] | None:
        """The entries of a service that the configuration defines; ``None`` where it does not."""
        section = self._custom_services.get(name)
        if section is None:
            return None
        parts: list[tuple[AddressExpr, ServiceExpr]] = []
        for inner in section.table("entry"):
            names = inner.words("dst6" if version == 6 else "dst")
            ranges = tuple(
                found
                for one in inner.table("ip-range")
                if (found := read_range(f"{one.text('start-ip')}-{one.text('end-ip')}")) is not None
            )
            written: tuple[AddressExpr, ...] = ranges or (EVERY[version],)
            addresses = self._books.addresses.union(names, version) if names else joined(written)
            ports = tuple(
                span
                for one in inner.table("port-range")
                if (span := read_ports(f"{one.text('start-port', '1')}-{one.text('end-port', '65535')}")) is not None
            )
            protocol = inner.number("protocol", 0, 255)
            service: ServiceExpr = ANY_SERVICE
            if protocol:
                service = Service(protocol=protocol, destination_ports=ports or None)
            parts.append((addresses, service))
        return parts

    # Policies of FortiOS 5.0 and before

    def _identity_based(self, entry: Section, rule: Rule) -> Iterator[Rule]:
        """The users of an identity-based policy, each with his own services; whom none of them is, is refused.

        (FortiOS 5.0 handbook, "Identity-based policies": a policy that matches by addresses ends the search.)
        """
        for inner in entry.table("identity-based-policy"):
            names = (*inner.words("groups"), *(user_group_name(user) for user in inner.words("users")))
            asked = Condition(kind=ConditionKind.USER, text=", ".join(names) or "any user", groups=names)
            yield replace(
                rule,
                id=f"{rule.id}/{inner.name}",
                span=self._scope.span(inner),
                action=Action.DENY if inner.text("action") == "deny" else Action.PERMIT,
                service=self._service(inner),
                conditions=(*rule.conditions, asked),
                schedule=self._books.schedules.named(inner.text("schedule")),
                enabled=rule.enabled and inner.text("status", "enable") != "disable",
                logged=_logged(inner, Action.PERMIT),
            )
        yield replace(
            rule,
            id=f"{rule.id} (others)",
            action=Action.DENY,
            service=ANY_SERVICE,
            implicit="users whom an identity-based policy does not name",
            source_translation=None,
        )

    # What passes without a policy

    def _redirects(self, version: int | None) -> Iterator[Rule]:
        """What leaves by the interface at which it came in (CLI reference, `allow-traffic-redirect`)."""
        if self._scope.file.platform.upper().startswith(_NO_FIREWALL):
            return
        settings = self._scope.section("system global")
        default = redirect_default(self._scope.version)
        for name, of_version in (("allow-traffic-redirect", 4), ("ipv6-allow-traffic-redirect", 6)):
            if version is not None and version != of_version:
                continue
            if of_version == 6 and self._scope.version and self._scope.version < (7, 0):
                continue
            said = settings.text(name)
            if said == "disable" or (not said and default.default is Default.OFF):
                continue
            surely = bool(said) or default.default is Default.ON
            for interface in self._topology.interfaces:
                yield from self._redirect(interface, name, of_version, surely, default.every_source)

    def _redirect(
        self, interface: Interface, setting: str, version: int, surely: bool, every_source: Default
    ) -> Iterator[Rule]:
        """The implicit rules of one interface; nothing that enters or leaves a tunnel, nothing with another destination."""
        if interface.kind in _NEVER_REDIRECT or interface.members_filtered or not interface.enabled:
            return
        prefixes = dict.fromkeys(
            address.prefix
            for address in interface.addresses
            if address.prefix.version == version and address.prefix.length < (32 if version == 4 else 128)
        )
        own = tuple(prefix.expr() for prefix in prefixes)
        if not own:
            return
        rule = Rule(
            id=f"{setting} {interface.name}",
            position=0,
            action=Action.PERMIT,
            span=interface.span,
            source=EVERY[version] if every_source is Default.ON else joined(own),
            destination=self._of_others(version),
            ingress=interfaces(interface.name),
            egress=interfaces(interface.name),
            conditions=() if surely else (_other(f"{setting}, whose default depends on the firmware"),),
            logged=False,
            implicit=setting,
            translated_by=frozenset() if self._some_vip else None,
        )
        yield rule
        if every_source is Default.UNKNOWN:
            yield replace(
                rule,
                id=f"{rule.id} (other senders)",
                source=EVERY[version],
                conditions=(_other(f"{setting} for senders of other networks, which depends on the firmware"),),
            )

    def _of_others(self, version: int) -> AddressExpr:
        """Every address but those that the device answers for: nobody on the link would get what is sent on to them."""
        if version != 4 or not self._vips.answered:
            return EVERY[version]
        return AddressIntersection((EVERY[4], AddressComplement(joined(self._vips.answered), version=4)))

    def _intrazone(self) -> Iterator[Rule]:
        """What stays inside of a zone that allows it; asked after all policies (technical tip 264457)."""
        for zone in self._topology.zones:
            if not zone.intrazone_permit or not zone.interfaces:
                continue
            conditions: tuple[Condition, ...] = ()
            if len(zone.interfaces) == 1:
                if self._scope.version and self._scope.version < _SINGLE_MEMBER_ZONES:
                    continue
                if not self._scope.version:
                    conditions = (_other("intrazone allow in a zone of one interface, which depends on the firmware"),)
            yield Rule(
                id=f"intrazone {zone.name}",
                position=0,
                action=Action.PERMIT,
                span=zone.span,
                ingress=interfaces(zone.name),
                egress=interfaces(zone.name),
                conditions=conditions,
                logged=False,
                implicit="intrazone allow",
            )

    # To the device itself, and before everything

    def local_in_lists(self, services: tuple[LocalService, ...]) -> tuple[RuleSet, ...]:
        """What may reach the device itself, by family.

        First the local-in policies, then what the device lets in for each of its services, then nothing (technical tips
        302262, "System-generated local-in policy", and 426227, policy 0). Of a text without interfaces the services are
        not known: its policies stand alone.
        """
        fragment = not self._topology.interfaces
        lists: list[RuleSet] = []
        for name, version in (("local-in-policy", 4), ("local-in-policy6", 6)):
            section = self._scope.section(f"firewall {name}")
            rules = [
                self._local_in(entry, position, version)
                for position, entry in enumerate(self._scope.table(f"firewall {name}"), start=1)
            ]
            if fragment and not rules:
                continue
            if not fragment:
                rules.extend(_for_services(services, version, len(rules) + 1))
            lists.append(
                RuleSet(
                    name=name,
                    rules=tuple(rules),
                    default=Action.PERMIT if fragment else Action.DENY,
                    version=version,
                    default_span=self._scope.span(section),
                )
            )
        return tuple(lists)

    def _local_in(self, entry: Section, position: int, version: int) -> Rule:
        action = Action.PERMIT if entry.text("action", "deny") == "accept" else Action.DENY
        ingress = match_of(entry.words("intf"))
        enabled = entry.text("status", "enable") != "disable" and bool(entry.words("intf"))
        if entry.is_on("ha-mgmt-intf-only"):
            ingress = interfaces(*self._topology.management) if self._topology.management else ANY_INTERFACE
            enabled = entry.text("status", "enable") != "disable" and bool(self._topology.management)
        source = self._one_side(entry, "srcaddr", version)
        setting = "internet-service6-src" if version == 6 else "internet-service-src"
        if entry.is_on(setting):
            source, _ = self._service_entries(entry, setting, version)
            if entry.is_on(f"{setting}-negate"):
                source = AddressComplement(source, version)
        return Rule(
            id=entry.name,
            position=position,
            action=action,
            span=self._scope.span(entry),
            source=source,
            destination=self._one_side(entry, "dstaddr", version),
            service=self._service(entry),
            ingress=ingress,
            enabled=enabled,
            logged=entry.is_on("logtraffic"),
            schedule=self._books.schedules.named(entry.text("schedule")),
            name=entry.text("name"),
            comment=" ".join(entry.words("comments")),
        )

    def _one_side(self, entry: Section, setting: str, version: int) -> AddressExpr:
        words = entry.words(setting)
        if not words:
            return EVERY[version]
        value = self._books.addresses.union(words, version)
        return AddressComplement(value, version) if entry.is_on(f"{setting}-negate") else value

    def access_lists(self) -> tuple[RuleSet, ...]:
        """`config firewall acl`: packets that an interface drops before anything else looks at them."""
        lists: list[RuleSet] = []
        for name, version in (("acl", 4), ("acl6", 6)):
            rules = tuple(
                Rule(
                    id=entry.name,
                    position=position,
                    action=Action.DENY,
                    span=self._scope.span(entry),
                    source=self._one_side(entry, "srcaddr", version),
                    destination=self._one_side(entry, "dstaddr", version),
                    service=self._service(entry),
                    ingress=match_of(entry.words("interface")),
                    enabled=entry.text("status", "enable") != "disable",
                    name=entry.text("name"),
                    comment=" ".join(entry.words("comments")),
                )
                for position, entry in enumerate(self._scope.table(f"firewall {name}"), start=1)
            )
            if rules:
                lists.append(
                    RuleSet(
                        name=name,
                        rules=rules,
                        default=Action.PERMIT,
                        version=version,
                        default_span=self._scope.span(self._scope.section(f"firewall {name}")),
                    )
                )
        return tuple(lists)


#: A policy needs one setting of each line (FortiOS refuses ``next`` without it).
_NEEDED = (
    ("srcintf",),
    ("dstintf",),
    ("srcaddr", "srcaddr4", "srcaddr6", "internet-service-src", "internet-service6-src"),
    ("dstaddr", "dstaddr4", "dstaddr6", "internet-service", "internet-service6"),
    ("service", "internet-service", "internet-service6", "application", "app-category", "app-group", "url-category"),
)
_NO_FIREWALL = ("FMG", "FAZ", "FORTIMANAGER", "FORTIANALYZER")
_NEVER_REDIRECT = frozenset({InterfaceKind.TUNNEL, InterfaceKind.VPN, InterfaceKind.LOOPBACK, InterfaceKind.MANAGEMENT})
#: Settings whose words are a condition.
_CONDITIONS = (
    ("application", ConditionKind.APPLICATION),
    ("app-category", ConditionKind.APPLICATION),
    ("app-group", ConditionKind.APPLICATION),
    ("url-category", ConditionKind.URL),
    ("devices", ConditionKind.DEVICE_POSTURE),
    ("src-vendor-mac", ConditionKind.MAC),
    ("vlan-filter", ConditionKind.OTHER),
)
#: Settings that make a condition when they are on.
_SWITCHES = (
    ("ztna-status", ConditionKind.DEVICE_POSTURE, "ZTNA tags"),
    ("disclaimer", ConditionKind.OTHER, "disclaimer that the user must accept"),
    ("sgt-check", ConditionKind.OTHER, "security group tag"),
    ("dscp-match", ConditionKind.OTHER, "DSCP"),
    ("http-policy-redirect", ConditionKind.OTHER, "transparent proxy policies for HTTP"),
    ("ssh-policy-redirect", ConditionKind.OTHER, "transparent proxy policies for SSH"),
    ("ztna-policy-redirect", ConditionKind.OTHER, "ZTNA proxy policies"),
)


def _other(text: str) -> Condition:
    return Condition(kind=ConditionKind.OTHER, text=text)


def _logged(entry: Section, action: Action) -> bool | None:
    """Whether sessions are logged: ``all`` does, ``utm`` (the default) only what inspection finds (CLI reference)."""
    match entry.text("logtraffic", "utm"):
        case "all" | "enable":
            return True
        case "utm" if action is Action.PERMIT and entry.is_on("utm-status"):
            return None
        case _:
            return False


def _for_services(services: Iterable[LocalService], version: int, position: int) -> Iterator[Rule]:
    """The implicit rule of each service that IP ``version`` may ask for, from ``position`` on."""
    named: dict[str, int] = {}
    of_version = [service for service in services if family_of_addresses(service.sources) in {None, version}]
    for at, service in enumerate(of_version, start=position):
        where = ", ".join(sorted(service.interfaces.items)) or "any"
        name = f"{service.kind} at {where}"
        named[name] = named.get(name, 0) + 1
        yield Rule(
            id=name if named[name] == 1 else f"{name} #{named[name]}",
            position=at,
            action=Action.PERMIT,
            span=service.span,
            source=service.sources,
            service=service.service,
            ingress=service.interfaces,
            conditions=() if service.certain else (_other(f"{service.kind}, which may not run"),),
            logged=False,
            implicit="local service",
        )


def _with_family(present: AddressExpr, added: AddressExpr) -> AddressExpr:
    """``added`` beside what the policy says of the other family; the two never overlap."""
    if present == NO_ADDRESS:
        return added
    return AddressUnion((present, added))


def referenced_names(scope: Scope) -> frozenset[str]:
    """The model names of all destinations of enabled policies, among them those of virtual IPs."""
    found: set[str] = set()
    for path in POLICY_SECTIONS:
        version = 6 if path.endswith("policy6") else 4
        for entry in scope.table(path):
            if entry.text("status", "enable") == "disable":
                continue
            for setting, of_version in (("dstaddr", version), ("dstaddr4", 4), ("dstaddr6", 6)):
                if setting in entry.fields:
                    found.update(model_name(name, of_version) for name in entry.words(setting))
    return frozenset(found)


def asked_groups(scope: Scope) -> dict[str, tuple[str, ...]]:
    """The users and groups that enabled policies ask for, by the interface that they name as source."""
    found: dict[str, dict[str, None]] = {}
    for path in POLICY_SECTIONS:
        for entry in scope.table(path):
            if entry.text("status", "enable") == "disable":
                continue
            inner = entry.table("identity-based-policy") if entry.is_on("identity-based") else iter(())
            names = [name for one in (entry, *inner) for name in _groups_of(one)]
            for interface in entry.words("srcintf") if names else ():
                found.setdefault(interface, {}).update(dict.fromkeys(names))
    return {interface: tuple(names) for interface, names in found.items()}


def _groups_of(entry: Section) -> Iterable[str]:
    return (*entry.words("groups"), *(user_group_name(user) for user in entry.words("users")))
