"""Services and service groups, and what a list of their names stands for."""

from __future__ import annotations

from segaudit.model import (
    ANY_SERVICE,
    ICMP,
    ICMPV6,
    NO_SERVICE,
    SCTP,
    TCP,
    UDP,
    Notice,
    Range,
    Service,
    ServiceExpr,
    ServiceObject,
    ServiceRef,
    ServiceUnion,
    UndecidedService,
    msg,
)
from segaudit.parsers.fortinet_fortios.addresses import loops
from segaudit.parsers.fortinet_fortios.config import Scope, Section, whole_number
from segaudit.parsers.fortinet_fortios.predefined import PREDEFINED_GROUPS, PREDEFINED_SERVICES
from segaudit.parsers.fortinet_fortios.values import read_ports

_UDP_LITE = 136
_PORTS = (
    ("tcp-portrange", TCP),
    ("udp-portrange", UDP),
    ("sctp-portrange", SCTP),
    ("udplite-portrange", _UDP_LITE),
)
_PROTOCOLS = {"tcp": TCP, "udp": UDP}
#: Source ports that mean any: FortiOS prints a range only where one was set, and takes 1-65535 for it in the GUI.
_ANY_SOURCE = frozenset({(0, 65535), (1, 65535)})


class ServiceBook:
    """The services of one device. ``objects`` is what the model gets."""

    def __init__(self, scope: Scope, notices: list[Notice]) -> None:
        self._scope = scope
        self._unions: dict[tuple[str, ...], ServiceExpr] = {}
        self.objects: dict[str, ServiceObject] = {}
        for entry in scope.table("firewall service custom"):
            self._add(entry, self._service(entry))
        groups = {entry.name: entry for entry in scope.table("firewall service group")}
        cycles = loops({name: entry.words("member") for name, entry in groups.items()})
        for name, entry in groups.items():
            broken = cycles.get(name, frozenset())
            items = tuple(
                UndecidedService("recursive group", member) if member in broken else self.reference(member)
                for member in entry.words("member")
            )
            self._add(entry, _joined(items))
            if broken:
                notices.append(
                    Notice(
                        message=msg(
                            "the group {group} contains itself through {members}",
                            group=name,
                            members=", ".join(sorted(broken)),
                        ),
                        span=scope.span(entry),
                        bears_on_access=True,
                    )
                )
                scope.file.ledger.approximated(entry.line("member"), "the group contains itself")

    def _add(self, entry: Section, value: ServiceExpr) -> None:
        self.objects[entry.name] = ServiceObject(
            name=entry.name, span=self._scope.span(entry), value=value, comment=" ".join(entry.words("comment"))
        )

    def union(self, names: tuple[str, ...]) -> ServiceExpr:
        """Any of the services ``names``; of no names: nothing."""
        known = self._unions.get(names)
        if known is None:
            items = tuple(self.reference(name) for name in names)
            known = ANY_SERVICE if ANY_SERVICE in items else _joined(items)
            self._unions[names] = known
        return known

    def reference(self, name: str) -> ServiceExpr:
        """The service or group ``name``; ``ALL`` and what means the same are any service."""
        defined = self.objects.get(name)
        if defined is not None:
            return ANY_SERVICE if defined.value == ANY_SERVICE else ServiceRef(name)
        value: ServiceExpr
        if name in PREDEFINED_SERVICES:
            value = _predefined(name)
            if value == ANY_SERVICE:
                return ANY_SERVICE
            section = self._scope.section("firewall service custom")
        elif name in PREDEFINED_GROUPS:
            value = ServiceUnion(tuple(self.reference(member) for member in PREDEFINED_GROUPS[name]))
            section = self._scope.section("firewall service group")
        else:
            return ServiceRef(name)
        # The factory's object is used, and stands in no line: the section that would hold it is its place.
        self.objects[name] = ServiceObject(name=name, span=self._scope.span(section), value=value)
        return ServiceRef(name)

    def _service(self, entry: Section) -> ServiceExpr:
        """What an entry of ``firewall service custom`` stands for (CLI reference, `config firewall service custom`)."""
        protocol = entry.text("protocol", "TCP/UDP/SCTP")
        value: ServiceExpr
        match protocol:
            case "IP":
                number = entry.number("protocol-number", 0)
                if number > 255:
                    value = UndecidedService("unreadable service", entry.name)
                else:
                    value = Service(protocol=number) if number else ANY_SERVICE
            case "ICMP" | "ICMP6":
                value = _icmp(ICMP if protocol == "ICMP" else ICMPV6, entry.text("icmptype"), entry.text("icmpcode"))
            case "ALL":
                value = ANY_SERVICE
            case "HTTP" | "FTP" | "CONNECT" | "SOCKS-TCP" | "SOCKS-UDP" | "SOCKS":
                value = UndecidedService("explicit proxy", entry.name)
            case _:
                value = self._ports(entry)
        if entry.words("iprange") and entry.text("iprange") != "0.0.0.0":  # noqa: S104 - FortiOS' word for none
            return self._limited(entry, "iprange", value)
        if entry.words("fqdn"):
            return self._limited(entry, "fqdn", value)
        if entry.text("app-service-type", "disable") != "disable":
            return UndecidedService("application", entry.name, value)
        return value

    def _limited(self, entry: Section, name: str, value: ServiceExpr) -> ServiceExpr:
        """A service that holds for some destinations only, which a service of the model cannot say."""
        self._scope.file.ledger.approximated(entry.line(name), "the service holds for these destinations only")
        return UndecidedService("service for certain destinations", entry.name, value)

    def _ports(self, entry: Section) -> ServiceExpr:
        items: list[Service] = []
        for name, protocol in _PORTS:
            words = entry.words(name)
            if not words:
                continue
            services, unread = read_port_ranges(protocol, words)
            items.extend(services)
            if unread:
                self._scope.file.ledger.approximated(
                    entry.line(name), "ports that cannot be read are left out of the service"
                )
        return _joined(tuple(items)) if items else NO_SERVICE


def _joined(items: tuple[ServiceExpr, ...]) -> ServiceExpr:
    """Any of ``items``, without a union around a single one."""
    return items[0] if len(items) == 1 else ServiceUnion(items)


def read_port_ranges(protocol: int, words: tuple[str, ...]) -> tuple[tuple[Service, ...], bool]:
    """The services of a ``tcp-portrange``, and whether a word of it could not be read.

    Each word is ``destination`` or ``destination:source``, ports or ranges (CLI reference, `tcp-portrange`).
    """
    by_source: dict[tuple[Range, ...] | None, list[Range]] = {}
    unread = False
    for word in words:
        destination, colon, source = word.partition(":")
        ports = read_ports(destination)
        source_ports = read_ports(source) if colon else None
        if ports is None or (colon and source_ports is None):
            unread = True
            continue
        key = None if source_ports is None or source_ports in _ANY_SOURCE else (source_ports,)
        by_source.setdefault(key, []).append(ports)
    services = tuple(
        Service(protocol=protocol, source_ports=source_range, destination_ports=tuple(ranges))
        for source_range, ranges in by_source.items()
    )
    return services, unread


def _icmp(protocol: int, icmp_type: str, icmp_code: str) -> Service:
    """ICMP of a type and code; a type that is not set is any type, a code that is not set any code."""
    return Service(protocol=protocol, icmp_types=_octet(icmp_type), icmp_codes=_octet(icmp_code))


def _octet(text: str) -> tuple[Range, ...] | None:
    """The single value that ``text`` says; ``None`` leaves the field open."""
    number = whole_number(text)
    return ((number, number),) if number is not None and number <= 255 else None


def _predefined(name: str) -> ServiceExpr:
    items: list[ServiceExpr] = []
    for kind, words in PREDEFINED_SERVICES[name]:
        if kind in _PROTOCOLS:
            services, _ = read_port_ranges(_PROTOCOLS[kind], words)
            items.extend(services)
        elif kind == "ip":
            items.append(ANY_SERVICE if words == ("0",) else Service(protocol=int(words[0])))
        else:
            items.append(_icmp(ICMP if kind == "icmp" else ICMPV6, words[0], ""))
    return _joined(tuple(items))
