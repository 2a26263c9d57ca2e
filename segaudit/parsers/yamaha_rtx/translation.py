"""NAT descriptors as rule sets. Command Reference for Rev.23.02.02, chapter 23.

What arrives at an interface with descriptors is translated first: static entries, port forwards, and what no entry of
an IP masquerade knows is dropped unless ``masquerade incoming`` says otherwise. The router itself is behind the
translation too: who wants it from outside needs a forward to its inside address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from segaudit.model import (
    ANY_SERVICE,
    DESTINATION_NAT_ORDER,
    SOURCE_NAT_ORDER,
    TCP,
    Action,
    AddressExpr,
    AddressRange,
    AddressRewrite,
    AddressUnion,
    AnyAddress,
    Condition,
    ConditionKind,
    Hook,
    HostSign,
    HostSpec,
    InterfaceMatch,
    LedgerBuilder,
    OwnAddress,
    PortRewrite,
    RuleSetKind,
    Service,
    ServiceExpr,
    Translation,
    UndecidedAddress,
    format_address,
    interfaces,
    msg,
    ports,
)
from segaudit.parsers.yamaha_rtx.config import Descriptor, InterfaceConfig, RunningConfig
from segaudit.parsers.yamaha_rtx.lists import Draft, Lists
from segaudit.parsers.yamaha_rtx.match import NotUnderstood
from segaudit.parsers.yamaha_rtx.reader import range4

#: Ports that IP masquerade may give a session (23.11: 60000-64095, 49152-59999, 44096-49151 from Rev.14.01 on).
_CHOSEN_PORTS = (44096, 64095)
_ANY_IPV4 = AnyAddress(4)
#: TCP ports whose packets are dropped even where the others pass untranslated (23.10, ``through``).
_LOW_PORTS = ports(TCP, (0, 1023))


class Translations:
    """The translation lists of one router, and the hosts that they publish."""

    def __init__(self, config: RunningConfig, lists: Lists, ledger: LedgerBuilder) -> None:
        self._config = config
        self._lists = lists
        self._ledger = ledger
        self._own = {own.address for i in config.interfaces.values() for own in i.addresses if own.prefix.version == 4}
        self.hosts: list[HostSpec] = []

    def attach_all(self) -> None:
        """The descriptors of every interface, in the order of its line."""
        applied: set[int] = set()
        for interface in self._config.interfaces.values():
            if interface.descriptors is None:
                continue
            incoming: list[Draft] = []
            outgoing: list[Draft] = []
            around: list[Draft] = []
            for number in interface.descriptors.static:
                found = self._config.descriptors.get(number)
                if found is None:
                    continue
                applied.add(number)
                if found.kind == "none":
                    continue
                outer = self._outer(interface, found)
                forwards = [*self._static_in(found), *self._forwards_in(found, outer)]
                incoming += [*forwards, *self._dynamic_in(interface, found, outer), *self._unknown_in(found, outer)]
                leaving = [
                    *self._static_out(found),
                    *self._forwards_out(found, outer),
                    *self._dynamic_out(found, outer),
                ]
                outgoing += [replace(draft, egress=interfaces(interface.name)) for draft in leaving]
                around += forwards if found.hairpin else []
            self._bind(interface, incoming, outgoing, around)
        for number, found in self._config.descriptors.items():
            if number not in applied:
                self._ledger.irrelevant(found.line, "no interface applies the descriptor: it translates nothing")
        self._publish(applied)

    def _bind(
        self, interface: InterfaceConfig, incoming: list[Draft], outgoing: list[Draft], around: list[Draft]
    ) -> None:
        assert interface.descriptors is not None, "asked of interfaces with descriptors only"
        span = self._config.span(interface.descriptors.line)
        here = interfaces(interface.name)
        for drafts, name, hook, order, ingress, egress in (
            (incoming, "nat in", Hook.PREROUTING, DESTINATION_NAT_ORDER, here, InterfaceMatch()),
            (outgoing, "nat out", Hook.POSTROUTING, SOURCE_NAT_ORDER, InterfaceMatch(), here),
            (
                around,
                "nat hairpin",
                Hook.PREROUTING,
                DESTINATION_NAT_ORDER,
                InterfaceMatch(here.items, negated=True),
                InterfaceMatch(),
            ),
        ):
            if drafts:
                made = self._lists.make(
                    f"{interface.name} {name}", drafts, default=None, version=4, kind=RuleSetKind.NAT, span=span
                )
                self._lists.attach((made,), hook, order=order, ingress=ingress, egress=egress, span=span)

    # Addresses

    def _outer(self, interface: InterfaceConfig, found: Descriptor) -> AddressExpr:
        """The outer addresses of a descriptor at an interface (23.4)."""
        word = found.outer[0]
        primary = next(
            (o for o in interface.addresses if o.prefix.version == 4 and not (o.secondary or o.virtual)), None
        )
        if word in ("ipcp", "primary"):
            lan = not interface.name.startswith(("pp", "tunnel", "wan"))
            if (word == "ipcp") == lan:
                self._config.notices.append(
                    (
                        msg(
                            "descriptor {number} takes its outer address from {word}, which {interface} does not have;"
                            " the address of the interface is taken for it",
                            number=str(found.number),
                            word=word,
                            interface=interface.name,
                        ),
                        found.outer_line or found.line,
                        True,
                    )
                )
            return _one(primary.address) if primary is not None else OwnAddress(interface.name, 4)
        if word == "secondary":
            second = next((o for o in interface.addresses if o.secondary), None)
            return _one(second.address) if second is not None else UndecidedAddress("address by DHCP", interface.name)
        if word in ("map-e", "hb46pp"):
            return OwnAddress(interface.name, 4)
        return self._listed(found.outer, found.outer_line)

    def _listed(self, words: Iterable[str], line: int) -> AddressExpr:
        try:
            found = tuple(AddressRange(4, *range4(word)) for word in words)
        except NotUnderstood as error:
            self._ledger.unrecognized(line, str(error))
            return UndecidedAddress("unreadable address", " ".join(words))
        return found[0] if len(found) == 1 else AddressUnion(found)

    def _inner(self, found: Descriptor) -> AddressExpr:
        return _ANY_IPV4 if found.inner[0] == "auto" else self._listed(found.inner, found.last_line)

    def _behind(self, interface: InterfaceConfig) -> AddressExpr:
        """The networks on the inner side of an interface, as far as the router is in them."""
        others = (i for i in self._config.interfaces.values() if i is not interface and i.descriptors is None)
        networks = {o.prefix for i in others for o in i.addresses if o.prefix.version == 4}
        if not networks:
            return UndecidedAddress("inside hosts", interface.name)
        return AddressUnion(tuple(prefix.expr() for prefix in sorted(networks)))

    # What arrives

    def _static_in(self, found: Descriptor) -> Iterator[Draft]:
        for entry in found.static.values():
            outer = AddressRange(4, entry.outer, entry.outer + entry.count - 1)
            inner = AddressRange(4, entry.inner, entry.inner + entry.count - 1)
            yield self._in(
                f"{found.number}/static {entry.id}",
                entry.line,
                outer,
                ANY_SERVICE,
                inner,
                outer if entry.count > 1 else None,
            )

    def _forwards_in(self, found: Descriptor, outer: AddressExpr) -> Iterator[Draft]:
        if "masquerade" not in found.kind:
            return
        first = _first(outer)
        for entry in found.forwards.values():
            name = f"{found.number}/{entry.id}"
            inner = _one(entry.inner)
            if not entry.ports:
                yield self._in(name, entry.line, first, Service(protocol=entry.protocol), inner)
            for outside, inside in entry.ports:
                asked = Service(protocol=entry.protocol, destination_ports=(outside,))
                rewrite = None if outside == inside else _moved(outside, inside)
                yield self._in(name, entry.line, first, asked, inner, port=rewrite)

    def _in(
        self,
        name: str,
        line: int,
        outer: AddressExpr,
        asked: ServiceExpr,
        inner: AddressExpr,
        base: AddressExpr | None = None,
        port: PortRewrite | None = None,
    ) -> Draft:
        return Draft(
            id=name,
            action=Action.TRANSLATE,
            span=self._config.span(line),
            destination=outer,
            service=asked,
            name=f"nat descriptor {name}",
            translation=Translation(
                name=f"nat descriptor {name}",
                destination=AddressRewrite(to=inner, base=base),
                destination_port=port,
            ),
        )

    def _dynamic_in(self, interface: InterfaceConfig, found: Descriptor, outer: AddressExpr) -> Iterator[Draft]:
        """Dynamic NAT gives a host an address of its own for a while: who is outside may open sessions by it then."""
        if found.kind not in ("nat", "nat-masquerade"):
            return
        name = f"{found.number}/dynamic"
        reached = self._inner(found) if found.inner[0] != "auto" else self._behind(interface)
        yield Draft(
            id=name,
            action=Action.TRANSLATE,
            span=self._config.span(found.line),
            destination=outer,
            conditions=(Condition(kind=ConditionKind.OTHER, text="a translation that inside traffic has made"),),
            name=f"nat descriptor {name}",
            translation=Translation(name=f"nat descriptor {name}", destination=AddressRewrite(to=reached)),
        )

    def _unknown_in(self, found: Descriptor, outer: AddressExpr) -> Iterator[Draft]:
        """What no entry of the masquerade knows (23.10)."""
        if "masquerade" not in found.kind:
            return
        span = self._config.span(found.incoming_line or found.line)
        first = _first(outer)
        name = f"{found.number}/incoming"
        implicit = "" if found.incoming_line else "what no entry of the masquerade knows"
        if found.incoming == "forward" and found.incoming_to is not None:
            yield self._in(name, found.incoming_line, first, ANY_SERVICE, _one(found.incoming_to))
            return
        through = found.incoming == "through"
        yield Draft(
            id=name,
            action=Action.DENY,
            span=span,
            destination=first,
            service=_LOW_PORTS if through else ANY_SERVICE,
            logged=False,
            implicit=implicit,
        )

    # What leaves

    def _static_out(self, found: Descriptor) -> Iterator[Draft]:
        for entry in found.static.values():
            outer = AddressRange(4, entry.outer, entry.outer + entry.count - 1)
            inner = AddressRange(4, entry.inner, entry.inner + entry.count - 1)
            name = f"{found.number}/static {entry.id}"
            rewrite = AddressRewrite(to=outer, base=inner if entry.count > 1 else None)
            yield self._out(name, entry.line, inner, ANY_SERVICE, Translation(name=name, source=rewrite))

    def _forwards_out(self, found: Descriptor, outer: AddressExpr) -> Iterator[Draft]:
        if "masquerade" not in found.kind:
            return
        to = AddressRewrite(to=_first(outer))
        for entry in found.forwards.values():
            name = f"{found.number}/{entry.id}"
            inner = _one(entry.inner)
            if not entry.ports:
                asked = Service(protocol=entry.protocol)
                yield self._out(name, entry.line, inner, asked, Translation(name=name, source=to))
            for outside, inside in entry.ports:
                asked = Service(protocol=entry.protocol, source_ports=(inside,))
                rewrite = None if outside == inside else _moved(inside, outside)
                yield self._out(name, entry.line, inner, asked, Translation(name=name, source=to, source_port=rewrite))

    def _dynamic_out(self, found: Descriptor, outer: AddressExpr) -> Iterator[Draft]:
        name = f"{found.number}/{found.kind}"
        inner = self._inner(found)
        if found.kind == "nat":
            yield self._out(
                name, found.line, inner, ANY_SERVICE, Translation(name=name, source=AddressRewrite(to=outer))
            )
            return
        # `nat-masquerade`: addresses first come first served, then ports of the last one (23.3).
        to = outer if found.kind == "nat-masquerade" else _first(outer)
        translation = Translation(name=name, source=AddressRewrite(to=to), source_port=PortRewrite(to=_CHOSEN_PORTS))
        yield self._out(name, found.line, inner, ANY_SERVICE, translation)

    def _out(self, name: str, line: int, inner: AddressExpr, asked: ServiceExpr, translation: Translation) -> Draft:
        return Draft(
            id=name,
            action=Action.TRANSLATE,
            span=self._config.span(line),
            source=inner,
            service=asked,
            name=f"nat descriptor {name}",
            translation=translation,
        )

    def _publish(self, applied: set[int]) -> None:
        """Hosts that something outside is forwarded to; the router's own addresses are none."""
        for number in sorted(applied):
            found = self._config.descriptors[number]
            inners = [(e.inner, e.line) for e in found.static.values() if e.count == 1]
            inners += [(e.inner, e.line) for e in found.forwards.values()]
            if found.incoming_to is not None:
                inners.append((found.incoming_to, found.incoming_line))
            for inner, line in dict(reversed(inners)).items():
                if inner not in self._own:
                    self.hosts.append(
                        HostSpec(
                            name=format_address(4, inner),
                            address=_one(inner),
                            sign=HostSign.NAT_TARGET,
                            span=self._config.span(line),
                        )
                    )


def _one(value: int) -> AddressRange:
    return AddressRange(4, value, value)


def _first(outer: AddressExpr) -> AddressExpr:
    """Of several outer addresses IP masquerade uses the first (23.4)."""
    match outer:
        case AddressRange(version=version, first=first):
            return AddressRange(version, first, first)
        case AddressUnion(items=(head, *_)):
            return _first(head)
        case _:
            return outer


def _moved(base: tuple[int, int], to: tuple[int, int]) -> PortRewrite:
    return PortRewrite(to=to, base=base if base[0] != base[1] else None)
