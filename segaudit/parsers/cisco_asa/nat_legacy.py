"""NAT before 8.3, of PIX and of FWSM: ``static``, ``nat`` with ``global``, exemptions and policy NAT.

Cisco Security Appliance Command Line Configuration Guide 8.2, chapters "Configuring NAT" and "NAT Control". A packet's
real source is looked for in exemptions (``nat 0 access-list``) and statics in the order written, then in policy NAT in
the order written, then in regular ``nat``, of which the longest prefix counts ("Order of NAT Commands Used to Match
Real Addresses").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from segaudit.model import (
    ANY_ADDRESS,
    ANY_SERVICE,
    Action,
    AddressExpr,
    AddressRange,
    AddressRewrite,
    AddressUnion,
    LedgerBuilder,
    OwnAddress,
    Range,
    Rule,
    RuleSet,
    Service,
    ServiceExpr,
)
from segaudit.parsers.cisco_asa.config import Config
from segaudit.parsers.cisco_asa.interfaces import Interfaces
from segaudit.parsers.cisco_asa.literals import port_number, protocol_number
from segaudit.parsers.cisco_asa.nat_table import Match, NatTable, Origin, aligned, interface_match, port_rewrite
from segaudit.parsers.cisco_asa.objects import Catalogue, Unreadable, netmask
from segaudit.syntax.indented import Line

#: Finds the access list that a NAT line names.
Lists = Callable[[str], RuleSet | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Static:
    """``static (real,mapped) …``: ``condition`` is the list of a policy static, ``protocol`` that of static PAT."""

    line: Line
    real_interface: str
    mapped_interface: str
    mapped: AddressExpr | None
    """``None``: the mapped interface's own address."""
    real: AddressExpr | None = None
    condition: str = ""
    protocol: int | None = None
    mapped_port: int | None = None
    real_port: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dynamic:
    """``nat (interface) id …``: ``id`` 0 leaves addresses as they are; ``outside``: towards higher security levels."""

    line: Line
    interface: str
    id: int
    real: AddressExpr = ANY_ADDRESS
    condition: str = ""
    outside: bool = False

    @property
    def size(self) -> int:
        """How many addresses it is for: the best match has the fewest."""
        return self.real.size if isinstance(self.real, AddressRange) else 1 << 32


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalPool:
    """The ``global`` lines of one interface and id: the addresses of its pools, and those that all hosts share."""

    pools: tuple[AddressRange, ...]
    shared: tuple[AddressExpr, ...]

    @property
    def expr(self) -> AddressExpr:
        """Every address that a packet may get."""
        items: tuple[AddressExpr, ...] = (*self.pools, *self.shared)
        return items[0] if len(items) == 1 else AddressUnion(items)


class LegacyNat:
    """Reads the statements and writes them into a table."""

    def __init__(
        self, config: Config, catalogue: Catalogue, interfaces: Interfaces, ledger: LedgerBuilder, *, nat_control: bool
    ) -> None:
        self._config = config
        self._catalogue = catalogue
        self._interfaces = interfaces
        self._ledger = ledger
        self._nat_control = nat_control
        self._statics: list[Static] = []
        self._dynamics: list[Dynamic] = []
        self._globals: dict[tuple[str, int], GlobalPool] = {}

    def read(self) -> None:
        """Reads ``static``, ``nat`` and ``global`` and ledgers their lines."""
        for family, read in (("static", self._static), ("nat", self._nat), ("global", self._global)):
            for line in self._config.of(family):
                try:
                    read(line)
                except (Unreadable, IndexError, ValueError) as problem:
                    self._ledger.unrecognized(line.number, f"not understood: {problem}")
                else:
                    self._ledger.modelled(line.number)

    # Statements

    def _static(self, line: Line) -> None:
        words = line.words
        real_interface, mapped_interface = words[1].strip("()").split(",")
        at = 2
        protocol = protocol_number(words[at]) if words[at] in ("tcp", "udp") else None
        if protocol is not None:
            at += 1
        mapped: AddressExpr | None = None
        if words[at] != "interface":
            mapped = self._catalogue.host(words[at])
        at += 1
        mapped_port = real_port = None
        if protocol is not None:
            mapped_port = self._port(words[at], protocol)
            at += 1
        if words[at] == "access-list":
            static = Static(
                line=line,
                real_interface=real_interface,
                mapped_interface=mapped_interface,
                mapped=mapped,
                condition=words[at + 1],
                protocol=protocol,
                mapped_port=mapped_port,
            )
            self._statics.append(static)
            return
        real = self._catalogue.host(words[at])
        at += 1
        if protocol is not None:
            real_port = self._port(words[at], protocol)
            at += 1
        if words[at : at + 1] == ("netmask",):
            mask = netmask(words[at + 1])
            if mask is None:
                raise Unreadable(words[at + 1])
            # A mask with static PAT is that of one host ("static … netmask 255.255.255.255" is the only one it takes).
            if protocol is None:
                real = self._catalogue.network(words[at - 1], words[at + 1])
                mapped = mapped and _with_mask(mapped, mask)
        self._statics.append(
            Static(
                line=line,
                real_interface=real_interface,
                mapped_interface=mapped_interface,
                mapped=mapped,
                real=real,
                protocol=protocol,
                mapped_port=mapped_port,
                real_port=real_port,
            )
        )

    @staticmethod
    def _port(word: str, protocol: int) -> int:
        number = port_number(word, protocol)
        if number is None:
            raise Unreadable(f"there is no port named {word}")
        return number

    def _nat(self, line: Line) -> None:
        words = line.words
        interface, id_ = words[1].strip("()"), int(words[2])
        outside = "outside" in words[3:]
        if words[3] == "access-list":
            self._dynamics.append(Dynamic(line=line, interface=interface, id=id_, condition=words[4], outside=outside))
            return
        mask = words[4] if len(words) > 4 else "255.255.255.255"
        real: AddressExpr = self._catalogue.network(words[3], mask if netmask(mask) is not None else "0")
        self._dynamics.append(Dynamic(line=line, interface=interface, id=id_, real=real, outside=outside))

    def _global(self, line: Line) -> None:
        words = line.words
        interface, id_ = words[1].strip("()"), int(words[2])
        known = self._globals.get((interface, id_), GlobalPool(pools=(), shared=()))
        if words[3] == "interface":
            pool = GlobalPool(pools=known.pools, shared=(*known.shared, OwnAddress(interface, 4)))
        elif "-" in words[3]:
            first, last = (self._catalogue.host(word) for word in words[3].split("-", 1))
            if not isinstance(first, AddressRange) or not isinstance(last, AddressRange):
                raise Unreadable(words[3])
            whole = AddressRange(4, first.first, last.last)
            pool = GlobalPool(pools=(*known.pools, whole), shared=known.shared)
        else:
            pool = GlobalPool(pools=known.pools, shared=(*known.shared, self._catalogue.host(words[3])))
        self._globals[interface, id_] = pool

    # The table

    def build(self, lists: Lists) -> NatTable:
        """The lists that the statements come to; ``lists`` finds the access lists that they name."""
        table = NatTable()
        exemptions = [d for d in self._dynamics if d.condition and d.id == 0]
        policies = [d for d in self._dynamics if d.condition and d.id != 0]
        regular = sorted((d for d in self._dynamics if not d.condition), key=lambda d: d.size)
        for one in exemptions:
            self._exempt(table, one, self._entries(one.line, one.condition, lists))
        for static in self._statics:
            self._build_static(table, static, lists)
        for one in policies:
            for number, entry in enumerate(self._entries(one.line, one.condition, lists)):
                origin = self._origin(one.line, number)
                self._translate(table, one, origin, entry.source, entry.destination, entry.service)
        for one in regular:
            self._translate(table, one, self._origin(one.line), one.real, ANY_ADDRESS, ANY_SERVICE)
        if self._nat_control:
            self._control(table)
        return table

    def _origin(self, line: Line, number: int = 0) -> Origin:
        id_ = f"{line.words[0]} line {line.number}" + (f" entry {number + 1}" if number else "")
        return Origin(id=id_, span=self._catalogue.source.span(line.number))

    def _entries(self, line: Line, name: str, lists: Lists) -> list[Rule]:
        """The permits of the list that a statement names; its denies only leave packets to the next statement."""
        rule_set = lists(name)
        if rule_set is None:
            self._ledger.approximated(line.number, f"the list {name} is not defined here, so nothing is translated")
            return []
        if any(rule.action is Action.DENY and rule.enabled for rule in rule_set.rules):
            self._ledger.approximated(line.number, f"the denies of {name} are left out: more may be translated")
        return [rule for rule in rule_set.rules if rule.action is Action.PERMIT and rule.enabled]

    def _towards(self, one: Dynamic) -> list[str]:
        """The interfaces towards which a ``nat`` statement translates: lower ones, or with ``outside`` higher ones."""
        mine = self._interfaces.get(one.interface)
        if mine is None:
            return sorted({interface for interface, _ in self._globals if interface != one.interface})
        if one.outside:
            return [i.name for i in self._interfaces.named if i.level > mine.level]
        return [i.name for i in self._interfaces.named if i.level <= mine.level and i.name != mine.name]

    def _exempt(self, table: NatTable, one: Dynamic, entries: Iterable[Rule]) -> None:
        """``nat (interface) 0 access-list X``: both sides may begin; ports are not looked at (guide, "NAT Exemption")."""
        for number, entry in enumerate(entries):
            origin = self._origin(one.line, number)
            for egress in self._towards(one):
                table.exempt_source(
                    origin,
                    Match(
                        ingress=interface_match(one.interface),
                        egress=interface_match(egress),
                        source=entry.source,
                        destination=entry.destination,
                    ),
                )
                reverse = Match(
                    ingress=interface_match(egress),
                    egress=interface_match(one.interface),
                    source=entry.destination,
                    destination=entry.source,
                )
                table.reverse_identity(origin, reverse)
                table.exempt_destination(
                    origin, Match(ingress=reverse.ingress, source=reverse.source, destination=reverse.destination)
                )
                table.satisfied(origin, _swapped(reverse))

    def _build_static(self, table: NatTable, static: Static, lists: Lists) -> None:
        if static.condition:
            for number, entry in enumerate(self._entries(static.line, static.condition, lists)):
                origin = self._origin(static.line, number)
                real_port = None
                if static.protocol is not None and isinstance(entry.service, Service):
                    ports = entry.service.source_ports
                    real_port = ports[0][0] if ports and ports[0][0] == ports[0][1] else None
                self._one_static(table, static, origin, entry.source, entry.destination, real_port)
            return
        assert static.real is not None
        self._one_static(table, static, self._origin(static.line), static.real, ANY_ADDRESS, static.real_port)

    def _one_static(
        self,
        table: NatTable,
        static: Static,
        origin: Origin,
        real: AddressExpr,
        peers: AddressExpr,
        real_port: int | None,
    ) -> None:
        mapped: AddressExpr = static.mapped or OwnAddress(static.mapped_interface, 4)
        if isinstance(mapped, AddressRange) and isinstance(real, AddressRange) and mapped.size < real.size:
            mapped = AddressRange(4, mapped.first, min(mapped.first + real.size - 1, (1 << 32) - 1))
        towards, back = interface_match(static.mapped_interface), interface_match(static.real_interface)
        outward, inward = _statics_services(static, real_port)
        forward = Match(ingress=back, egress=towards, source=real, destination=peers, service=outward)
        reverse = Match(
            ingress=towards,
            egress=back,
            source=peers,
            destination=real,
            service=_destination_port(static.protocol, real_port),
        )
        arriving = Match(ingress=towards, source=peers, destination=mapped, service=inward)
        table.satisfied(origin, forward)
        if mapped == real and static.mapped_port == real_port:
            table.exempt_source(origin, forward)
            table.exempt_destination(origin, arriving)
            table.reverse_identity(origin, reverse)
            return
        outer, inner = _single(static.mapped_port), _single(real_port)
        table.translate_source(origin, forward, _rewrites(real, mapped), port_rewrite(inner, outer))
        table.translate_destination(origin, arriving, _rewrites(mapped, real), port_rewrite(outer, inner))
        table.reverse_static(origin, reverse)

    def _translate(
        self,
        table: NatTable,
        one: Dynamic,
        origin: Origin,
        real: AddressExpr,
        peers: AddressExpr,
        service: ServiceExpr,
    ) -> None:
        """``nat`` with an id: towards each interface, the pool of that id, or no way at all."""
        for egress in self._towards(one):
            forward = Match(
                ingress=interface_match(one.interface),
                egress=interface_match(egress),
                source=real,
                destination=peers,
                service=service,
            )
            reverse = _swapped(forward)
            if one.id == 0:
                table.exempt_source(origin, forward)
                table.satisfied(origin, forward)
                table.reverse_dynamic(origin, reverse, pool=False, unsure=True)
                continue
            pool = self._globals.get((egress, one.id))
            if pool is None:
                if not self._same_level(one.interface, egress):
                    table.forbid(origin, forward, f"no global pool {one.id} towards {egress}")
                continue
            table.translate_source(origin, forward, [(real, AddressRewrite(to=pool.expr))])
            table.satisfied(origin, forward)
            for addresses in pool.pools:
                table.translate_destination(
                    origin,
                    Match(ingress=interface_match(egress), source=peers, destination=addresses),
                    [(addresses, AddressRewrite(to=real))],
                    while_active=True,
                )
            table.reverse_dynamic(origin, reverse, pool=bool(pool.pools))

    def _same_level(self, one: str, other: str) -> bool:
        mine, theirs = self._interfaces.get(one), self._interfaces.get(other)
        return mine is not None and theirs is not None and mine.level == theirs.level

    def _control(self, table: NatTable) -> None:
        """NAT control: from higher to lower levels and back, what no statement has matched does not pass."""
        line = next(iter(self._config.of("nat-control")), None)
        span = self._catalogue.source.span(line.number if line else 1)
        if line is not None:
            self._ledger.modelled(line.number)
        for one in self._interfaces.named:
            lower = [i for i in self._interfaces.named if i.level < one.level]
            for other in lower:
                origin = Origin(id=f"nat-control {one.name} {other.name}", span=span)
                pair = Match(ingress=interface_match(one.name), egress=interface_match(other.name))
                table.forbid(origin, pair, "NAT control: no translation for it")
                table.forbid_reverse(origin, _swapped(pair), "NAT control: no translation for it")


def _swapped(match: Match) -> Match:
    """The other direction, ports left open: the reverse path check of lists before 8.3 looks at addresses."""
    return Match(ingress=match.egress, egress=match.ingress, source=match.destination, destination=match.source)


def _with_mask(address: AddressExpr, mask: int) -> AddressExpr:
    if isinstance(address, AddressRange):
        first = address.first & mask
        return AddressRange(4, first, first | (~mask & 0xFFFFFFFF))
    return address


def _rewrites(these: AddressExpr, to: AddressExpr) -> list[tuple[AddressExpr, AddressRewrite | None]]:
    if isinstance(these, AddressRange) and isinstance(to, AddressRange):
        return aligned((these,), (to,))
    return [(these, AddressRewrite(to=to))]


def _statics_services(static: Static, real_port: int | None) -> tuple[ServiceExpr, ServiceExpr]:
    """What a static tests on packets from the real host and on packets to the mapped address."""
    if static.protocol is None:
        return ANY_SERVICE, ANY_SERVICE
    outward = Service(
        protocol=static.protocol, source_ports=((real_port, real_port),) if real_port is not None else None
    )
    return outward, _destination_port(static.protocol, static.mapped_port)


def _single(port: int | None) -> Range | None:
    return None if port is None else (port, port)


def _destination_port(protocol: int | None, port: int | None) -> ServiceExpr:
    if protocol is None:
        return ANY_SERVICE
    return Service(protocol=protocol, destination_ports=((port, port),) if port is not None else None)
