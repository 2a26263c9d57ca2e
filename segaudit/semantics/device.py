"""One device as sets: what crosses it between which interfaces, how it comes out, and which rules decide.

The way of a packet: lists at PREROUTING (destination NAT among them), then either LOCAL_IN for the device's own
addresses or routing and FORWARD, then POSTROUTING (source NAT among them). Every list that is attached must let it
pass. Sets are carried as pieces that went through the same translations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from segaudit.model import (
    Action,
    AddressRewrite,
    Attachment,
    ConnectionState,
    Device,
    Hook,
    LocalService,
    OwnAddress,
    Rule,
    RuleSet,
    RuleSetKind,
    Translation,
)
from segaudit.packetspace.bounds import PacketBounds
from segaudit.packetspace.packet import STATES
from segaudit.packetspace.space import PacketSet, PacketSpace
from segaudit.semantics.bridging import Bridging
from segaudit.semantics.policyrouting import PolicyRouting
from segaudit.semantics.resolve import Resolver
from segaudit.semantics.routing import AssumedRoute, Routes, RoutingTable, Way
from segaudit.semantics.rulesets import Chosen, Context, ListResult, RuleEffect, RuleSets
from segaudit.semantics.translation import Rewrite


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Who decided ``packets``: a rule, or (``rule`` is ``None``) the end of the list ``rule_set``.

    ``packets`` are as the list saw them; ``sent`` are the same before any translation: as they came to this device, or
    as they left their segment where the whole way is told.
    """

    device: str
    hook: Hook
    rule_set: RuleSet
    rule: Rule | None
    action: Action
    packets: PacketSet
    sent: PacketSet
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gate:
    """An attachment asked in one context: ``passes`` surely and possibly go on; ``reaching`` come to each of ``results``."""

    attachment: Attachment
    results: tuple[ListResult, ...]
    reaching: tuple[PacketBounds, ...]
    passes: PacketBounds
    reasons: tuple[str, ...]


class Restored(Rewrite):
    """The connection state as it was when the packet came, after a rule of the device wrote it: no decision of a rule."""

    __slots__ = ()


#: What a piece went through: a gate that it passed or a translation that was applied.
Stage = Gate | Rewrite


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Packets on their way through one device, all by the same translations; ``current`` is how they look now."""

    current: PacketBounds
    stages: tuple[Stage, ...] = ()

    @property
    def rewrites(self) -> tuple[Rewrite, ...]:
        """The translations so far, in order."""
        return tuple(s for s in self.stages if isinstance(s, Rewrite))

    @property
    def translated(self) -> str:
        """The name of the last destination translation; empty if there was none."""
        named = [r for r in self.rewrites if _writes_destination(r.translation)]
        return named[-1].translation.name if named else ""

    def sent(self, packets: PacketBounds | None = None) -> PacketBounds:
        """How ``packets`` (of ``current``; default all) looked when they arrived."""
        found = self.current if packets is None else packets
        for rewrite in reversed(self.rewrites):
            found = rewrite.preimage(found)
        return found

    def narrowed(self, packets: PacketBounds) -> Piece:
        """The piece with ``packets`` for ``current``."""
        return replace(self, current=packets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Packets that cross a device from ``ingress`` to ``egress``; ``next_hop`` and ``guessed`` as in `Way`."""

    device: str
    ingress: str
    egress: str
    piece: Piece
    next_hop: tuple[int, int] | None = None
    guessed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Packets that reach a service of the device itself; ``hops`` are the devices that they crossed before."""

    device: str
    ingress: str
    service: LocalService | None
    piece: Piece
    hops: tuple[Crossing, ...] = ()

    @property
    def sent(self) -> PacketBounds:
        """The packets as they left their segment."""
        found = self.piece.sent()
        for hop in reversed(self.hops):
            found = hop.piece.sent(found)
        return found


class _Tables:
    """The routing tables of a device by VRF. Apart from the device, so that nothing of it holds on to itself: a network
    is freed, with all its sets, when nobody looks at it any more.
    """

    def __init__(self, space: PacketSpace, device: Device, assumed: Sequence[AssumedRoute]) -> None:
        self._space = space
        self._device = device
        self._assumed = tuple(assumed)
        self._made: dict[str, RoutingTable] = {}

    @cached_property
    def routes(self) -> Routes:
        """The routes as they resolve."""
        return Routes(self._device)

    def of(self, vrf: str) -> RoutingTable:
        """The table of ``vrf``."""
        found = self._made.get(vrf)
        if found is None:
            found = self._made[vrf] = RoutingTable(self._space, self._device, vrf, self._assumed, self.routes)
        return found


class DeviceSemantics:
    """One device compiled for sets. ``accounts`` are user groups that an intruder is assumed to be a member of."""

    def __init__(
        self,
        space: PacketSpace,
        device: Device,
        as_of: date,
        *,
        accounts: frozenset[str] = frozenset(),
        assumed: Sequence[AssumedRoute] = (),
    ) -> None:
        self.space = space
        self.device = device
        self.resolver = Resolver(space, device, as_of, accounts)
        self.rule_sets = RuleSets(device, self.resolver)
        self._tables = _Tables(space, device, assumed)
        self._gates: dict[object, Gate] = {}
        self._checks: dict[str, PacketBounds] = {}
        self._attachments = {
            hook: sorted((a for a in device.attachments if a.hook == hook), key=lambda a: a.order) for hook in Hook
        }
        self._kinds = {r.name: r.kind for r in device.rule_sets}
        self._bridging = Bridging(space, device, assumed)

    @cached_property
    def own_addresses(self) -> PacketBounds:
        """Packets to an address of the device itself."""
        test = self.resolver.addresses(OwnAddress(), "dst")
        if not any(i.addresses for i in self.device.interfaces):
            # Nothing known of its addresses at all: any packet may be for it, none surely is.
            return PacketBounds(self.space.empty, self.space.full)
        return PacketBounds.exactly(self.space.full.where(test.must))

    def _own_at(self, ingress: str) -> PacketBounds:
        """Packets that, arriving at ``ingress``, are for the device: where its address there is unknown, maybe any.

        Ways through the device keep to `own_addresses`: what is sent to other networks surely is not for it.
        """
        known = self.own_addresses
        for version in (4, 6):
            elsewhere = self.device.elsewhere(ingress, version)
            if elsewhere is not None:
                there = self.space.union(self.space.addresses("dst", version, p.first, p.last) for p in elsewhere)
                known = PacketBounds(known.must, known.may | (self.space.version(version) - there))
        return known

    def routing(self, ingress: str) -> RoutingTable:
        """The routing table that packets from ``ingress`` meet."""
        return self._tables.of(self._vrf(ingress))

    def _vrf(self, ingress: str) -> str:
        interface = self.device.interface(ingress)
        return interface.vrf if interface is not None else ""

    @cached_property
    def _policy_routing(self) -> PolicyRouting:
        return PolicyRouting(self.rule_sets, self._tables.routes, self._tables.of)

    # -- ways through ---------------------------------------------------------------------------------------------

    def cross(self, ingress: str, packets: PacketBounds, bypass: str | None = None) -> list[Crossing]:
        """Where ``packets`` that arrive at ``ingress`` come out, interface by interface, empty ways left out.

        ``bypass`` says that the filters are skipped for them (VPN traffic of an ASA); its value names the list that is
        asked instead, empty for none.
        """
        if not self.device.forwards:
            return []
        found: list[Crossing] = []
        packets = self.checked(ingress, packets, bypass)
        forwarded = packets.within(self.space.union(self.space.version(v) for v in sorted(self.device.versions)))
        for piece in self.arrive(ingress, forwarded, bypass):
            if any(r.translation.to_device for r in piece.rewrites):
                continue
            outside = PacketBounds(
                piece.current.must - self.own_addresses.may if not self._addressless else piece.current.must,
                piece.current.may - self.own_addresses.must,
            )
            for way in self.ways(outside, ingress, piece.translated):
                for through in self.forward(ingress, way.egress, piece.narrowed(way.packets), bypass):
                    found.append(  # noqa: PERF401 - two loops deep a comprehension hides more than it shows
                        Crossing(
                            device=self.device.name,
                            ingress=ingress,
                            egress=way.egress,
                            piece=through,
                            next_hop=way.next_hop,
                            guessed=way.guessed,
                        )
                    )
        return found

    def checked(self, ingress: str, packets: PacketBounds, bypass: str | None = None) -> PacketBounds:
        """What of ``packets`` the reverse-path check of ``ingress`` lets in; it is not asked of what skips the filters."""
        interface = self.device.interface(ingress)
        if bypass is not None or interface is None or not interface.source_check.looks:
            return packets
        found = self._checks.get(ingress)
        if found is None:
            found = self._checks[ingress] = self.routing(ingress).sources(ingress, interface.source_check)
        return packets & found

    def ways(self, packets: PacketBounds, ingress: str, translated: str) -> Iterator[Way]:
        """Where ``packets`` go on: bridged, and of the rest what is routed."""
        across, rest = self._bridging.apart(packets, ingress)
        yield from across
        routed = self._policy_routing.ways(rest, ingress, self._vrf(ingress), translated) if rest.may else ()
        yield from self._bridging.out(routed, ingress)

    @cached_property
    def may_turn_to_itself(self) -> bool:
        """Whether a rule may make a packet one for the device that was sent to somebody else."""
        translations = (rule.translation for r in self.device.rule_sets for rule in r.rules if rule.enabled)
        return any(t is not None and (t.to_device or t.destination is not None) for t in translations)

    @property
    def _addressless(self) -> bool:
        return not any(i.addresses for i in self.device.interfaces)

    def arrive(self, ingress: str, packets: PacketBounds, bypass: str | None = None) -> list[Piece]:
        """``packets`` after the lists at PREROUTING, in pieces by destination translation."""
        pieces = [Piece(current=packets)]
        context = Context(ingress=ingress)
        for attachment in self._attached(Hook.PREROUTING, context):
            pieces = [p for piece in pieces for p in self._through(attachment, context, piece, bypass)]
        return [p for p in pieces if p.current.may]

    def forward(self, ingress: str, egress: str, piece: Piece, bypass: str | None = None) -> Iterator[Piece]:
        """``piece`` after the lists at FORWARD and POSTROUTING between two interfaces, in pieces by source translation."""
        pieces = [piece]
        for hook in (Hook.FORWARD, Hook.POSTROUTING):
            context = Context(ingress=ingress, egress=egress, translated=piece.translated)
            for attachment in self._attached(hook, context):
                pieces = [p for before in pieces for p in self._through(attachment, context, before, bypass)]
        if bypass:
            gate = self._gate(Attachment(rule_sets=(bypass,), hook=Hook.FORWARD), Context())
            pieces = [_gated(p, gate) for p in pieces]
        return (self._in_its_state(p) for p in pieces if p.current.may)

    def _in_its_state(self, piece: Piece) -> Piece:
        """``piece`` as it leaves: what its connection tracking thinks of a packet no device tells the next one."""
        written = [r for r in piece.rewrites if r.translation.state is not None]
        if not written:
            return piece
        before = next(s for s in ConnectionState if written[0].domain.may <= self.space.state(STATES[s]))
        back = Restored(Translation(state=before), piece.current, written[0].rule, written[0].rule_set, self.resolver)
        return Piece(current=back.image_bounds(piece.current), stages=(*piece.stages, back))

    def expose(
        self, ingress: str, packets: PacketBounds, bypass: str | None = None, meant: PacketSet | None = None
    ) -> list[Exposure]:
        """What of ``packets`` reaches the device itself, by service; ``service=None``: passes, but nothing is known to listen.

        ``meant`` are packets that are taken to be for the device, whatever is known of its addresses. Routes are not
        asked, nor is the reverse-path check (`checked`).
        """
        found: list[Exposure] = []
        # It may have an address of a family that it does not forward.
        families = self.device.versions | {a.prefix.version for i in self.device.interfaces for a in i.addresses}
        families |= {6 for i in self.device.interfaces if i.fetches_ipv6}
        spoken = packets.within(self.space.union(self.space.version(v) for v in sorted(families)))
        for piece in self.arrive(ingress, spoken, bypass):
            redirected = any(r.translation.to_device for r in piece.rewrites)
            own = piece.current if redirected else piece.current & self._own_at(ingress)
            if meant is not None:
                own = PacketBounds(own.must | (piece.current.must & meant), own.may | (piece.current.may & meant))
            pieces = [piece.narrowed(own)]
            context = Context(ingress=ingress, translated=piece.translated)
            for attachment in self._attached(Hook.LOCAL_IN, context):
                pieces = [p for before in pieces for p in self._through(attachment, context, before, None)]
            for passed in pieces:
                found += self._listening(ingress, passed)
        return found

    def _listening(self, ingress: str, piece: Piece) -> Iterator[Exposure]:
        if not piece.current.may:
            return
        heard = self.space.empty
        for service in self.device.local_services:
            if not self.rule_sets.matches(service.interfaces, ingress):
                continue
            asked = self.local_service(service)
            reached = piece.current & asked
            if not service.certain:
                reached = PacketBounds(self.space.empty, reached.may)
            if reached.may:
                heard = heard | asked.may
                yield Exposure(device=self.device.name, ingress=ingress, service=service, piece=piece.narrowed(reached))
        unheard = piece.current.may - heard
        if unheard:
            rest = PacketBounds(self.space.empty, unheard)
            yield Exposure(device=self.device.name, ingress=ingress, service=None, piece=piece.narrowed(rest))

    def local_service(self, service: LocalService) -> PacketBounds:
        """The packets that a local service answers, by port and source."""
        what, _ = self.resolver.services(service.service)
        sources = self.resolver.addresses(service.sources, "src")
        return PacketBounds(what.must.where(sources.must), what.may.where(sources.may))

    # -- lists ----------------------------------------------------------------------------------------------------

    def _attached(self, hook: Hook, context: Context) -> Iterator[Attachment]:
        for attachment in self._attachments[hook]:
            if self.rule_sets.matches(attachment.ingress, context.ingress) and self.rule_sets.matches(
                attachment.egress, context.egress
            ):
                yield attachment

    def _is_nat(self, attachment: Attachment) -> bool:
        return any(self._kinds.get(name) == RuleSetKind.NAT for name in attachment.rule_sets)

    def _through(self, attachment: Attachment, context: Context, piece: Piece, bypass: str | None) -> Iterator[Piece]:
        """The pieces that come of ``piece`` at one attachment."""
        gate = self._gate(attachment, context)
        if self._is_nat(attachment):
            # Only a packet that opens a session asks for a translation; the others follow the session's.
            yield from self._translate(gate, piece, self.space.state("new"), context.ingress)
        elif bypass is not None and not attachment.asked_of_vpn:
            yield piece
        else:
            yield from self._filter(gate, piece, context.ingress)

    def _filter(self, gate: Gate, piece: Piece, ingress: str) -> Iterator[Piece]:
        """What of ``piece`` passes the filter lists of ``gate``, in pieces by what their rules translate."""
        if gate.attachment.original_destination and piece.rewrites:
            # The translations keep what passed only: of two packets that they make one, the list may stop either.
            current = piece.sent() & gate.passes
            stages: list[Stage] = []
            for stage in piece.stages:
                if isinstance(stage, Rewrite):
                    narrowed = Rewrite(stage.translation, current, stage.rule, stage.rule_set, self.resolver)
                    stages.append(narrowed)
                    current = narrowed.image_bounds(current)
                else:
                    stages.append(stage)
            passed = replace(piece, current=current & piece.current, stages=(*stages, gate))
        else:
            passed = _gated(piece, gate)
        if any(result.translations for result in gate.results):
            # A filter list may write the connection state (NOTRACK).
            yield from self._translate(gate, passed, self.space.full, ingress)
        else:
            yield from self._source_translated(gate, passed)

    def _translate(self, gate: Gate, piece: Piece, asking: PacketSet, ingress: str) -> Iterator[Piece]:
        """The pieces by what the translating rules do with the packets ``asking``; those that stay as they are last."""
        # A packet that does not ask passes, whatever the list would say to one that does.
        untouched_must = piece.current.must & (gate.passes.must | (self.space.full - asking))
        untouched_may = piece.current.may & (gate.passes.may | (self.space.full - asking))
        for result, reaching in zip(gate.results, gate.reaching, strict=True):
            for effect in result.translations:
                assert effect.rule.translation is not None, "only rules with a translation translate"
                if _translated_already(piece, effect.rule.translation):
                    # The first translation of a destination (or of a source) is the packet's, whatever comes after.
                    continue
                going = (piece.current & effect.effective & reaching).within(asking)
                if not going.may:
                    continue
                translation = _redirected(effect.rule.translation, ingress)
                untouched_may = untouched_may - going.must
                untouched_must = untouched_must - going.may
                for part in self._by_state(going) if translation.state is not None else (going,):
                    rewrite = Rewrite(translation, part, effect.rule, effect.rule_set, self.resolver)
                    yield Piece(current=rewrite.image_bounds(part), stages=(*piece.stages, gate, rewrite))
        rest = PacketBounds(untouched_must, untouched_may)
        if rest.may:
            yield piece.narrowed(rest)

    def _by_state(self, packets: PacketBounds) -> Iterator[PacketBounds]:
        """``packets`` in parts of one connection state each."""
        parts = (packets.within(self.space.state(STATES[state])) for state in ConnectionState)
        return (part for part in parts if part.may)

    def _source_translated(self, gate: Gate, piece: Piece) -> Iterator[Piece]:
        """``piece``, which passed ``gate``, in parts by the source translation of the rules that permitted it."""
        groups = _source_translations(gate)
        if not groups:
            yield piece
            return
        rest = piece.current
        shares = [self.space.union(got.may for _, got in effects) for _, effects in groups]
        exact = all(got.exact for _, effects in groups for _, got in effects)
        plain = self.space.empty if exact else _permitted_plainly(gate, self.space)
        for index, (translation, effects) in enumerate(groups):
            may = shares[index]
            if exact:
                must = self.space.union(got.must for _, got in effects)
            else:
                # What passes, and by no rule that would have it otherwise: of two rules with the same translation it
                # does not matter which one it is.
                others = self.space.union(share for i, share in enumerate(shares) if i != index)
                must = (piece.current.must & may) - others - plain
            going = piece.current & PacketBounds(must, may)
            if not going.may:
                continue
            rest = PacketBounds(rest.must - going.may, rest.may - going.must)
            first, _ = effects[0]
            rewrite = Rewrite(translation, going, first.rule, first.rule_set, self.resolver)
            yield Piece(current=rewrite.image_bounds(going), stages=(*piece.stages, rewrite))
        if not exact:
            rest = PacketBounds(rest.must, rest.may & (plain | rest.must))
        if rest.may:
            yield piece.narrowed(rest)

    def _gate(self, attachment: Attachment, context: Context) -> Gate:
        key = (
            attachment,
            tuple(self.rule_sets.signature(n, context) for n in attachment.rule_sets if n in self._kinds),
        )
        found = self._gates.get(key)
        if found is None:
            found = self._gates[key] = self._make_gate(attachment, context)
        return found

    def _make_gate(self, attachment: Attachment, context: Context) -> Gate:
        """What passes the lists of an attachment, asked one after the other."""
        space = self.space
        results: list[ListResult] = []
        reaching: list[PacketBounds] = []
        permitted = denied = translating = space.empty
        rest = space.full
        reasons: dict[str, None] = {}
        exact = True
        for name in attachment.rule_sets:
            result = self.rule_sets.ask(name, context)
            exact = exact and result is not None and result.exact
            if result is None:
                # A list that is not there: the parser says what the device does then; here nothing is certain.
                denied |= rest
                reasons[f"undefined list {name}"] = None
                continue
            results.append(result)
            reaching.append(PacketBounds(rest - permitted - denied - translating, rest))
            mine = rest if result.rule_set.version is None else rest & space.version(result.rule_set.version)
            permitted |= mine & result.permitted
            denied |= mine & result.denied
            translating |= mine & result.translating
            end = mine & result.rest
            if result.rule_set.default == Action.PERMIT:
                permitted |= end
            elif result.rule_set.default == Action.DENY:
                denied |= end
            other_family = rest - mine
            rest = end | other_family if result.rule_set.default is None else other_family
            reasons.update(dict.fromkeys(r for m in result.matches for r in m.reasons))
        # What no list had an opinion on goes on: NAT lists translate some of it.
        permitted |= rest
        undenied = permitted if exact else space.full - denied
        return Gate(
            attachment,
            tuple(results),
            tuple(reaching),
            PacketBounds(undenied, permitted | undenied),
            tuple(reasons),
        )

    # -- who decides ----------------------------------------------------------------------------------------------

    def explain(self, piece: Piece, arriving: PacketSet, chosen: Chosen | None = None) -> list[Decider]:
        """The rules and list ends that let ``arriving`` (as they arrived) through on the way of ``piece``.

        Of the rules that permit only those of ``chosen``, where that is given.
        """
        found: list[Decider] = []
        current = arriving
        rewrites: list[Rewrite] = []
        hook = Hook.PREROUTING
        for stage in piece.stages:
            if isinstance(stage, Restored):
                current = stage.image(current & stage.domain.may)
                rewrites.append(stage)
                continue
            if isinstance(stage, Rewrite):
                current = current & stage.domain.may
                found.append(
                    Decider(
                        device=self.device.name,
                        hook=hook,
                        rule_set=self._named(stage.rule_set),
                        rule=stage.rule,
                        action=Action.TRANSLATE,
                        packets=current,
                        sent=_before(rewrites, current) & arriving,
                    )
                )
                current = stage.image(current)
                rewrites.append(stage)
                continue
            hook = stage.attachment.hook
            if not self._is_nat(stage.attachment):
                original = stage.attachment.original_destination
                deciders = self.permitting(stage, arriving if original else current, chosen)
                if original or not rewrites:
                    # They look as they did when they arrived.
                    found += deciders
                else:
                    found += (replace(d, sent=_before(rewrites, d.packets) & arriving) for d in deciders)
                if not original:
                    current = current & stage.passes.may
        return found

    def permits_by_rule(self, piece: Piece, arriving: PacketSet) -> bool:
        """Whether a rule may let some of ``arriving`` through on the way of ``piece``: one would be in `explain`."""
        current = arriving
        for stage in piece.stages:
            if isinstance(stage, Rewrite):
                current = stage.image(current & stage.domain.may)
            elif not self._is_nat(stage.attachment):
                asked = arriving if stage.attachment.original_destination else current
                if any(mine & result.permitted_by_rules for result, mine, _ in self._asked(stage, asked)):
                    return True
                if not stage.attachment.original_destination:
                    current = current & stage.passes.may
        return False

    def permitting(self, gate: Gate, packets: PacketSet, chosen: Chosen | None = None) -> Iterator[Decider]:
        """The rules and list ends of ``gate`` that may let ``packets`` pass; rules only of ``chosen``, where given."""
        for result, mine, end in self._asked(gate, packets):
            for effect, got in result.deciding(mine, chosen):
                if effect.rule.action == Action.PERMIT:
                    yield self._decider(effect, got, gate.attachment.hook)
            if result.rule_set.default == Action.PERMIT and end:
                yield Decider(
                    device=self.device.name,
                    hook=gate.attachment.hook,
                    rule_set=result.rule_set,
                    rule=None,
                    action=Action.PERMIT,
                    packets=end,
                    sent=end,
                )

    def _asked(self, gate: Gate, packets: PacketSet) -> Iterator[tuple[ListResult, PacketSet, PacketSet]]:
        """The lists of ``gate`` with those of ``packets`` that each is asked of, and that come to its end."""
        rest = packets
        for result in gate.results:
            mine = rest if result.rule_set.version is None else rest & self.space.version(result.rule_set.version)
            end = mine & result.rest
            yield result, mine, end
            rest = end | (rest - mine)

    def _decider(self, effect: RuleEffect, packets: PacketSet, hook: Hook) -> Decider:
        return Decider(
            device=self.device.name,
            hook=hook,
            rule_set=self._named(effect.rule_set),
            rule=effect.rule,
            action=effect.rule.action,
            packets=packets,
            sent=packets,
            reasons=effect.reasons,
        )

    def _named(self, name: str) -> RuleSet:
        found = self.device.rule_set(name)
        assert found is not None, "an effect comes from a list of the device"
        return found

    def gates(self, hook: Hook, ingress: str, egress: str = "", translated: str = "") -> list[Gate]:
        """The filter lists that apply at ``hook`` between two interfaces."""
        context = Context(ingress=ingress, egress=egress, translated=translated)
        return [self._gate(a, context) for a in self._attached(hook, context) if not self._is_nat(a)]


def _before(rewrites: Sequence[Rewrite], packets: PacketSet) -> PacketSet:
    """How ``packets`` may have looked before ``rewrites``."""
    found = PacketBounds.exactly(packets)
    for rewrite in reversed(rewrites):
        found = PacketBounds.exactly(rewrite.preimage(found).may)
    return found.may


def _redirected(translation: Translation, ingress: str) -> Translation:
    """``translation``; a redirect to the device itself is one to its address where the packet came in."""
    if not translation.to_device or translation.destination is not None:
        return translation
    return replace(translation, destination=AddressRewrite(to=OwnAddress(ingress)))


def _translated_already(piece: Piece, translation: Translation) -> bool:
    """Whether an earlier list has rewritten the end that ``translation`` is about."""
    earlier = [r.translation for r in piece.rewrites]
    if _writes_destination(translation):
        return any(_writes_destination(t) for t in earlier)
    return translation.source is not None and any(t.source is not None for t in earlier)


def _writes_destination(translation: Translation) -> bool:
    return translation.to_device or (translation.destination or translation.destination_port) is not None


def _gated(piece: Piece, gate: Gate) -> Piece:
    return replace(piece, current=piece.current & gate.passes, stages=(*piece.stages, gate))


def _permitted_plainly(gate: Gate, space: PacketSpace) -> PacketSet:
    """The packets that a rule of ``gate`` which translates nothing may let pass, or the end of a list, or no list."""
    if len(gate.results) < len(gate.attachment.rule_sets):
        return space.full
    plain = [
        effect.effective.may
        for result in gate.results
        for effect in result.effects()
        if effect.rule.source_translation is None and effect.rule.action not in {Action.DENY, Action.CONTINUE}
    ]
    plain += [result.rest for result in gate.results if result.rule_set.default != Action.DENY]
    versions = {result.rule_set.version for result in gate.results}
    return space.union((*plain, *(space.full - space.version(v) for v in versions if v is not None)))


def _source_translations(gate: Gate) -> list[tuple[Translation, list[tuple[RuleEffect, PacketBounds]]]]:
    """The rules of a gate that translate what they permit, by translation, each with what it gets."""
    groups: dict[Translation, list[tuple[RuleEffect, PacketBounds]]] = {}
    for result, reaching in zip(gate.results, gate.reaching, strict=True):
        for effect in result.source_translations:
            got = effect.effective & reaching
            if effect.rule.source_translation is not None and got.may:
                groups.setdefault(effect.rule.source_translation, []).append((effect, got))
    return list(groups.items())
