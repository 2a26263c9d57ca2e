"""NAT of 8.3 and later: network object NAT and twice NAT (ASA Firewall CLI Configuration Guide 9.x, chapters on NAT).

Order: section 1 (twice NAT as written), section 2 (object NAT: static before dynamic, then fewer real addresses first,
then lower addresses, then names), section 3 (twice NAT with ``after-auto``); "NAT Rule Order" in the same guide.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from segaudit.model import (
    ANY_ADDRESS,
    ANY_IPV4,
    ANY_SERVICE,
    AddressExpr,
    AddressRange,
    AddressRef,
    AddressRewrite,
    AddressUnion,
    AnyAddress,
    LedgerBuilder,
    OwnAddress,
    Range,
    Service,
    ServiceExpr,
    ServiceRef,
    ServiceUnion,
    Span,
)
from segaudit.parsers.cisco_asa.config import Config
from segaudit.parsers.cisco_asa.literals import port_number, protocol_number
from segaudit.parsers.cisco_asa.nat_table import (
    Match,
    NatTable,
    Origin,
    aligned,
    interface_match,
    one_expr,
    port_rewrite,
    size,
)
from segaudit.parsers.cisco_asa.objects import Catalogue, Unreadable
from segaudit.syntax.indented import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side's addresses: ``any``, the address of an interface, or an object's.

    ``expr`` matches them; ``ranges`` are they in order, or ``None`` where they are not known (then a translation
    chooses); ``interface``: an interface's own address.
    """

    expr: AddressExpr
    ranges: tuple[AddressRange, ...] | None = None
    interface: bool = False

    @property
    def is_any(self) -> bool:
        return isinstance(self.expr, AnyAddress)

    @property
    def version(self) -> int | None:
        """The family of its addresses, where it shows."""
        if self.ranges:
            return self.ranges[0].version
        return self.expr.version if isinstance(self.expr, OwnAddress) else None


_ANY_SIDE = Side(expr=ANY_ADDRESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What a service object of a NAT rule tests: a protocol and ports of either side, ``None`` where open."""

    protocol: int | None = None
    source: tuple[Range, ...] | None = None
    destination: tuple[Range, ...] | None = None

    def service(self, *, source: tuple[Range, ...] | None, destination: tuple[Range, ...] | None) -> ServiceExpr:
        """The service with these ports, ``ANY_SERVICE`` where it tests nothing."""
        if self.protocol is None and source is None and destination is None:
            return ANY_SERVICE
        return Service(protocol=self.protocol, source_ports=source, destination_ports=destination)


_NO_PORTS = Ports()


@dataclass(frozen=True, slots=True, kw_only=True)
class NatStatement:
    """A NAT statement in the device's words.

    ``before`` are the ports as the real host and its peer's mapped side have them, ``after`` as translated:
    "real source, mapped destination" and "mapped source, real destination" of the ``service`` keyword. ``pool``: the
    mapped addresses of which a host gets one for itself (dynamic NAT, not PAT), so that it can be reached there.
    """

    span: Span
    section: int
    real_interface: str
    mapped_interface: str
    static: bool
    real: Side
    mapped: Side
    mapped_destination: Side | None = None
    real_destination: Side | None = None
    before: tuple[Ports, ...] = (_NO_PORTS,)
    after: tuple[Ports, ...] = (_NO_PORTS,)
    pool: Side | None = None
    unidirectional: bool = False
    enabled: bool = True
    name: str = ""
    description: str = ""


def read_nat(config: Config, catalogue: Catalogue, ledger: LedgerBuilder) -> list[NatStatement]:
    """Every NAT statement, in the order in which the device asks them."""
    reader = _Reader(catalogue, ledger)
    first: list[NatStatement] = []
    last: list[NatStatement] = []
    for line in config.of("nat"):
        statement, place = reader.twice(line)
        if statement is None:
            continue
        section = first if statement.section == 1 else last
        section.insert(len(section) if place is None else min(max(place - 1, 0), len(section)), statement)
    objects: dict[str, NatStatement] = {}
    for block in config.of("object"):
        if len(block.words) < 3:
            continue
        for child in block.children:
            words = child.words
            if words[0] == "nat" and block.words[1] == "network":
                objects.pop(block.words[2], None)
                found = reader.of_object(child, block.words[2])
                if found is not None:
                    objects[block.words[2]] = found
            elif words[:2] == ("no", "nat"):
                objects.pop(block.words[2], None)
                ledger.modelled(child.number)
    return [*first, *sorted(objects.values(), key=_object_order), *last]


def _object_order(statement: NatStatement) -> tuple[bool, int, int, str]:
    ranges = statement.real.ranges
    if not ranges:
        return not statement.static, 1 << 129, 0, statement.name
    return not statement.static, size(ranges), ranges[0].first, statement.name


class _Reader:
    def __init__(self, catalogue: Catalogue, ledger: LedgerBuilder) -> None:
        self._catalogue = catalogue
        self._ledger = ledger

    # Object NAT

    def of_object(self, child: Line, name: str) -> NatStatement | None:
        """``nat [(real,mapped)] static|dynamic …`` inside an object."""
        words = child.words
        try:
            real_interface, mapped_interface, at = _pair(words, 1)
            statement = self._of_object(child, name, words, at, real_interface, mapped_interface)
        except (Unreadable, IndexError) as problem:
            self._ledger.unrecognized(child.number, f"not understood: {problem}")
            return None
        self._ledger.modelled(child.number)
        return self._one_family(statement, child)

    def _of_object(
        self, child: Line, name: str, words: tuple[str, ...], at: int, real_interface: str, mapped_interface: str
    ) -> NatStatement:
        real = self._side(AddressRef(name))
        static = words[at] == "static"
        if not static and words[at] != "dynamic":
            raise Unreadable(words[at])
        at += 1
        mapped, at, pool = self._mapped(words, at, mapped_interface, real, static=static)
        before = after = _NO_PORTS
        while at < len(words):
            word = words[at]
            if word == "service":
                protocol = protocol_number(words[at + 1])
                ports = [port_number(words[at + i], protocol) for i in (2, 3)]
                if protocol is None or ports[0] is None or ports[1] is None:
                    raise Unreadable(" ".join(words[at : at + 4]))
                before = Ports(protocol=protocol, source=((ports[0], ports[0]),))
                after = Ports(protocol=protocol, source=((ports[1], ports[1]),))
                at += 4
            elif word in _WITHOUT_EFFECT:
                at += 1
            else:
                raise Unreadable(word)
        return NatStatement(
            span=self._catalogue.source.span(child.number),
            section=2,
            real_interface=real_interface,
            mapped_interface=mapped_interface,
            static=static,
            real=real,
            mapped=mapped,
            before=(before,),
            after=(after,),
            pool=pool,
            name=name,
        )

    # Twice NAT

    def twice(self, line: Line) -> tuple[NatStatement | None, int | None]:
        """``nat [(real,mapped)] [place | after-auto [place]] source …`` and the place it asks for, if any."""
        try:
            statement, place = self._twice(line)
        except (Unreadable, IndexError) as problem:
            self._ledger.unrecognized(line.number, f"not understood: {problem}")
            return None, None
        self._ledger.modelled(line.number)
        return self._one_family(statement, line), place

    def _twice(self, line: Line) -> tuple[NatStatement, int | None]:
        words = line.words
        real_interface, mapped_interface, at = _pair(words, 1)
        section, place = 1, None
        if words[at] == "after-auto":
            section, at = 3, at + 1
        if words[at].isdigit():
            place, at = int(words[at]), at + 1
        if words[at] != "source":
            raise Unreadable(words[at])
        static = words[at + 1] == "static"
        if not static and words[at + 1] != "dynamic":
            raise Unreadable(words[at + 1])
        real, at = self._object(words, at + 2, real_interface)
        mapped, at, pool = self._mapped(words, at, mapped_interface, real, static=static)
        statement = NatStatement(
            span=self._catalogue.source.span(line.number),
            section=section,
            real_interface=real_interface,
            mapped_interface=mapped_interface,
            static=static,
            real=real,
            mapped=mapped,
            pool=pool,
        )
        while at < len(words):
            word = words[at]
            if word == "destination" and words[at + 1] == "static":
                mapped_destination, at = self._object(words, at + 2, real_interface)
                real_destination, at = self._object(words, at, mapped_interface)
                statement = replace(statement, mapped_destination=mapped_destination, real_destination=real_destination)
            elif word == "service":
                before = self._ports(words[at + 1])
                after = before if words[at + 2] == words[at + 1] else self._ports(words[at + 2])
                statement = replace(statement, before=before, after=after)
                at += 3
            elif word == "unidirectional":
                statement = replace(statement, unidirectional=True)
                at += 1
            elif word == "inactive":
                statement = replace(statement, enabled=False)
                at += 1
            elif word == "description":
                statement = replace(statement, description=" ".join(words[at + 1 :]).strip('"'))
                break
            elif word in _WITHOUT_EFFECT:
                at += 1
            else:
                raise Unreadable(word)
        return statement, place

    def _ports(self, word: str) -> tuple[Ports, ...]:
        """The service object ``word`` as one or two protocols with ports."""
        if word == "any":
            return (_NO_PORTS,)
        found = self._catalogue.services.get(word)
        if found is None:
            raise Unreadable(f"the service object {word} is not defined")
        services = found.value.items if isinstance(found.value, ServiceUnion) else (found.value,)
        ports: list[Ports] = []
        for service in services:
            if isinstance(service, ServiceRef) or not isinstance(service, Service):
                raise Unreadable(f"{word} is no plain service")
            ports.append(
                Ports(protocol=service.protocol, source=service.source_ports, destination=service.destination_ports)
            )
        return tuple(ports)

    # Addresses

    def _object(self, words: tuple[str, ...], at: int, interface: str) -> tuple[Side, int]:
        word = words[at]
        if word == "any":
            return _ANY_SIDE, at + 1
        if word == "interface":
            at += 1
            version = 4
            if words[at : at + 1] == ("ipv6",):
                version, at = 6, at + 1
            return Side(expr=OwnAddress(interface, version), interface=True), at
        return self._side(AddressRef(word)), at + 1

    def _side(self, expr: AddressExpr) -> Side:
        return Side(expr=expr, ranges=self._catalogue.ranges_of(expr) or None)

    def _mapped(
        self, words: tuple[str, ...], at: int, interface: str, real: Side, *, static: bool
    ) -> tuple[Side, int, Side | None]:
        """The mapped addresses of a source, the place after them, and those of which a host gets one for itself."""
        word = words[at]
        if word in ("any", "interface"):
            side, at = self._object(words, at, interface)
            return side, at, None
        pat = word == "pat-pool"
        if pat:
            at += 1
            word = words[at]
        if word in self._catalogue.addresses and word not in self._catalogue.names:
            side = self._side(AddressRef(word))
        else:
            side = self._inline(word, real if static else None)
        at += 1
        pool = side if not static and not pat and side.ranges and size(side.ranges) > 1 else None
        if not static:
            while at < len(words) and words[at] in _PAT_WORDS:
                if words[at] == "interface":
                    own = OwnAddress(interface, 4)
                    side = Side(expr=AddressUnion((*(side.ranges or (side.expr,)), own)))
                at += 1
        return side, at, pool

    def _inline(self, word: str, real: Side | None) -> Side:
        """An address in place of an object: as many addresses as the object has begin there (``host`` and ``subnet``)."""
        expr = self._catalogue.host(word)
        if not isinstance(expr, AddressRange):
            return self._side(AddressRef(word))
        first, count = expr.first, 1
        if real is not None and real.ranges:
            count = size(real.ranges)
            if count & (count - 1) == 0 and real.ranges[0].first % count == 0:
                first -= first % count  # a subnet: "the same netmask is used" for the mapped address
        try:
            whole = AddressRange(expr.version, first, first + count - 1)
        except ValueError:
            whole = expr
        return Side(expr=whole, ranges=(whole,))

    def _one_family(self, statement: NatStatement, line: Line) -> NatStatement | None:
        """The statement unless it translates between the families (NAT64, NAT46), which is not modelled."""
        for one, other in (
            (statement.real, statement.mapped),
            (statement.mapped_destination, statement.real_destination),
        ):
            if one and other and one.version and other.version and one.version != other.version:
                self._ledger.unsupported(line.number, "translation between IPv4 and IPv6 is not modelled")
                return None
        return _with_family(statement)


def _with_family(statement: NatStatement) -> NatStatement:
    """The statement with ``any`` as the family that its other addresses are of.

    "If you map the source to the interface IPv4 address, then any means any IPv4 traffic" (guide, "NAT Guidelines",
    "IPv6 NAT Guidelines").
    """
    sides = (statement.real, statement.mapped, statement.mapped_destination, statement.real_destination)
    version = next((side.version for side in sides if side and side.version), None)
    if version is None:
        return statement
    every = Side(expr=AnyAddress(version))
    real, mapped, mapped_destination, real_destination = (
        every if side is not None and side.is_any else side for side in sides
    )
    assert real is not None
    assert mapped is not None
    return replace(
        statement,
        real=real,
        mapped=mapped,
        mapped_destination=mapped_destination,
        real_destination=real_destination,
    )


_WITHOUT_EFFECT = frozenset({"dns", "no-proxy-arp", "route-lookup", "net-to-net", "ipv6"})
_PAT_WORDS = frozenset({"interface", "round-robin", "extended", "flat", "include-reserve", "block-allocation", "ipv6"})


def _pair(words: tuple[str, ...], at: int) -> tuple[str, str, int]:
    """``(real,mapped)`` at ``words[at]``, also with blanks inside; none stands for any two interfaces."""
    if not words[at].startswith("("):
        return "any", "any", at
    text = words[at]
    at += 1
    while not text.endswith(")"):
        text += words[at]
        at += 1
    real, comma, mapped = text.strip("()").partition(",")
    if not comma:
        raise Unreadable(text)
    return real.strip(), mapped.strip(), at


def build_nat(statements: list[NatStatement]) -> NatTable:
    """The lists that ``statements`` come to."""
    table = NatTable()
    counts = {1: 0, 2: 0, 3: 0}
    words = {1: "manual", 2: "auto", 3: "after-auto"}
    for statement in statements:
        counts[statement.section] += 1
        origin = Origin(
            id=f"{words[statement.section]} {counts[statement.section]}",
            span=statement.span,
            name=statement.name,
            comment=statement.description,
            enabled=statement.enabled,
        )
        for before, after in _protocol_pairs(statement):
            _Builder(table, statement, origin, before, after).build()
    return table


def _protocol_pairs(statement: NatStatement) -> list[tuple[Ports, Ports]]:
    """The two service objects protocol by protocol; objects of unlike protocols are refused by the device."""
    after = {ports.protocol: ports for ports in statement.after}
    return [(ports, after[ports.protocol]) for ports in statement.before if ports.protocol in after]


class _Builder:
    """Writes one statement for one protocol into the table."""

    def __init__(self, table: NatTable, statement: NatStatement, origin: Origin, before: Ports, after: Ports) -> None:
        self._table = table
        self._statement = statement
        self._origin = origin
        self._before = before
        self._after = after
        self._real = interface_match(statement.real_interface)
        self._mapped = interface_match(statement.mapped_interface)

    def build(self) -> None:
        statement = self._statement
        real_destination = statement.real_destination or _ANY_SIDE
        before, after = self._before, self._after
        forward = Match(
            ingress=self._real,
            egress=self._mapped,
            source=statement.real.expr,
            destination=real_destination.expr,
            service=before.service(source=before.source, destination=after.destination),
        )
        self._forward_destination()
        same_source = _same(statement.real, statement.mapped) and before.source == after.source
        if same_source:
            self._table.exempt_source(self._origin, forward)
        else:
            port = port_rewrite(_only(before.source), _only(after.source))
            self._table.translate_source(
                self._origin, forward, _pieces(statement.real, statement.mapped, static=statement.static), port
            )
        self._backward(same_source=same_source)

    def _forward_destination(self) -> None:
        """From the real side to a mapped destination."""
        statement, before, after = self._statement, self._before, self._after
        if statement.mapped_destination is None or statement.real_destination is None:
            return
        match = Match(
            ingress=self._real,
            source=statement.real.expr,
            destination=statement.mapped_destination.expr,
            service=before.service(source=before.source, destination=before.destination),
        )
        port = port_rewrite(_only(before.destination), _only(after.destination))
        pieces = _pieces(statement.mapped_destination, statement.real_destination, static=True)
        self._table.translate_destination(self._origin, match, pieces, port)

    def _backward(self, *, same_source: bool) -> None:
        """From the mapped side: packets to the mapped source, and the check on those to the real one."""
        statement, before, after = self._statement, self._before, self._after
        peers = statement.real_destination or _ANY_SIDE
        reverse = Match(
            ingress=self._mapped,
            egress=self._real,
            source=peers.expr,
            destination=statement.real.expr,
            service=before.service(source=after.destination, destination=before.source),
        )
        if not statement.static:
            reachable = statement.pool is not None and not statement.unidirectional
            if reachable:
                self._undo_active(peers)
            self._table.reverse_dynamic(self._origin, reverse, pool=reachable)
            return
        if statement.unidirectional:
            # From outside the rule is not asked; replies would meet it, which matters where it translates.
            if not same_source:
                self._table.reverse_dynamic(self._origin, reverse, pool=False)
            return
        if same_source:
            if not statement.real.is_any or statement.mapped_destination is not None:
                self._table.exempt_destination(self._origin, self._to_mapped(peers, statement.mapped))
                self._table.reverse_identity(self._origin, reverse)
        else:
            self._undo(peers)
            self._table.reverse_static(self._origin, reverse)
        if statement.mapped_destination is not None and not _same(peers, statement.mapped_destination):
            # The peer appears to the real side under its mapped address.
            port = port_rewrite(_only(after.destination), _only(before.destination))
            pieces = _pieces(peers, statement.mapped_destination, static=True)
            self._table.translate_source(self._origin, reverse, pieces, port)

    def _to_mapped(self, peers: Side, mapped: Side) -> Match:
        return Match(
            ingress=self._mapped,
            source=peers.expr,
            destination=mapped.expr,
            service=self._before.service(source=self._after.destination, destination=self._after.source),
        )

    def _undo(self, peers: Side) -> None:
        statement = self._statement
        port = port_rewrite(_only(self._after.source), _only(self._before.source))
        pieces = _pieces(statement.mapped, statement.real, static=True)
        self._table.translate_destination(self._origin, self._to_mapped(peers, statement.mapped), pieces, port)

    def _undo_active(self, peers: Side) -> None:
        """While a host holds an address of the pool, "a remote host can initiate a connection to the translated host
        if an access rule allows it" (guide, "Dynamic NAT Disadvantages and Advantages").
        """
        statement = self._statement
        assert statement.pool is not None
        hosts = one_expr(statement.real.ranges) if statement.real.ranges else ANY_IPV4
        self._table.translate_destination(
            self._origin,
            self._to_mapped(peers, statement.pool),
            [(statement.pool.expr, AddressRewrite(to=hosts))],
            while_active=True,
        )


def _same(one: Side, other: Side) -> bool:
    return one.expr == other.expr or (one.ranges is not None and one.ranges == other.ranges)


def _only(ports: tuple[Range, ...] | None) -> Range | None:
    return ports[0] if ports and len(ports) == 1 else None


def _pieces(these: Side, to: Side, *, static: bool) -> list[tuple[AddressExpr, AddressRewrite | None]]:
    """What becomes of ``these``: address by address where it is static and both are known, else a choice."""
    if to.is_any or _same(these, to):
        return [(these.expr, None)]
    if not static:
        return [(these.expr, AddressRewrite(to=one_expr(to.ranges) if to.ranges else to.expr))]
    if these.ranges is None or to.ranges is None:
        target = to.ranges[0] if to.ranges and these.interface else to.expr
        return [(these.expr, AddressRewrite(to=target))]
    return aligned(these.ranges, to.ranges)
