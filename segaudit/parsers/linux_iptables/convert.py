"""Tables and chains to the model's device.

Each chain becomes a list of rules, each built-in chain is attached to its hook with netfilter's priority as the order.
Lists of the table filter have the chain's name, others stand behind the table's (``nat/PREROUTING``); those of IPv6
begin with ``ip6/``. What the header of a packet does not decide stays with the rule as a condition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, NamedTuple

from segaudit.model import (
    ANY_ADDRESS,
    ANY_INTERFACE,
    ANY_SERVICE,
    DESTINATION_NAT_ORDER,
    NO_ADDRESS,
    SOURCE_NAT_ORDER,
    Action,
    AddressExpr,
    AddressMethod,
    AddressRange,
    Attachment,
    Condition,
    ConditionKind,
    ConnectionState,
    Device,
    Hook,
    HostSign,
    HostSpec,
    Interface,
    InterfaceKind,
    InterfaceMatch,
    LedgerBuilder,
    Notice,
    Rule,
    RuleSet,
    RuleSetKind,
    Schedule,
    Service,
    ServiceExpr,
    SourceFile,
    Span,
    Translation,
    Tunnel,
    format_address,
    msg,
)
from segaudit.parsers.linux_iptables import meet
from segaudit.parsers.linux_iptables.addresses import HIGHEST, plain_address
from segaudit.parsers.linux_iptables.clauses import EVERYTHING, Clause, Context, KnownTranslation, Meaning
from segaudit.parsers.linux_iptables.config import BUILT_IN, Chain, Config, RuleLine, Table
from segaudit.parsers.linux_iptables.host import HostFacts
from segaudit.parsers.linux_iptables.matches import meaning_of, protocol_in
from segaudit.parsers.linux_iptables.syntax import Match, Piece, Target
from segaudit.parsers.linux_iptables.targets import (
    KNOWN,
    LOGGING,
    SIMPLE,
    Asked,
    Effect,
    Effects,
    effects_of,
    is_notrack,
    undefined,
)

_HOOKS: Final = MappingProxyType(
    {
        "PREROUTING": Hook.PREROUTING,
        "INPUT": Hook.LOCAL_IN,
        "FORWARD": Hook.FORWARD,
        "OUTPUT": Hook.LOCAL_OUT,
        "POSTROUTING": Hook.POSTROUTING,
    }
)
#: Netfilter's priorities (enum nf_ip_hook_priorities); those of nat differ by hook.
_ORDERS: Final = MappingProxyType({"raw": -300, "mangle": -150, "filter": 0, "security": 50})
_DESTINATION_HOOKS: Final = frozenset({Hook.PREROUTING, Hook.LOCAL_OUT})
_VERDICTS: Final = frozenset({Action.PERMIT, Action.DENY})
#: The order in which tables are converted: translations first, because rules of the others may ask for them.
_FIRST: Final = ("nat", "raw", "mangle", "filter", "security")
#: Behind the name of a raw list: the same rules once more, to say which packets are not tracked.
_UNTRACKED_SUFFIX: Final = " (notrack)"


def order_of(table: str, hook: Hook) -> int:
    """The place of a table at a hook."""
    if table == "nat":
        return DESTINATION_NAT_ORDER if hook in _DESTINATION_HOOKS else SOURCE_NAT_ORDER
    return _ORDERS[table]


def list_name(version: int, table: str, chain: str) -> str:
    """What the list of a chain is called."""
    return ("ip6/" if version == 6 else "") + (f"{table}/" if table != "filter" else "") + chain


def convert(config: Config, sources: Sequence[SourceFile], ledgers: Mapping[str, LedgerBuilder]) -> Device:
    """The device that the tables of one host make."""
    first = sources[0]
    converter = _Converter(config, ledgers, first.span(1, max(1, len(first.lines))))
    tables = sorted(
        (table for table in config.tables if table.name in BUILT_IN),
        key=lambda table: (table.version, _FIRST.index(table.name)),
    )
    for table in tables:
        converter.table(table)
    return converter.device(first.stem)


@dataclass(frozen=True, slots=True)
class _Logged:
    """What a LOG rule asks for, made comparable."""

    rule: Rule

    def covers(self, rule: Rule) -> bool:
        """Whether every new packet that gets to ``rule`` and matches it has met this LOG rule before.

        The two stand in one chain, this one first. A limit on logging is no condition of being logged.
        """
        mine = self.rule
        return (
            mine.source in (ANY_ADDRESS, rule.source)
            and mine.destination in (ANY_ADDRESS, rule.destination)
            and (mine.ingress.is_any or mine.ingress == rule.ingress)
            and (mine.egress.is_any or mine.egress == rule.egress)
            and (_opening(mine.service) in (ANY_SERVICE, _opening(rule.service)) or mine.service == rule.service)
            and all(c.kind is ConditionKind.RATE or c in rule.conditions for c in mine.conditions)
            and mine.schedule in ("", rule.schedule)
            and mine.translated_by in (None, rule.translated_by)
        )

    @property
    def broad(self) -> bool:
        """Whether it covers every new packet."""
        return self.covers(_ANY_RULE)


def _opening(service: ServiceExpr) -> ServiceExpr:
    """The service without the state where it takes new packets: those are what is logged of a connection."""
    if not isinstance(service, Service) or service.states is None or ConnectionState.NEW not in service.states:
        return service
    stateless = replace(service, states=None)
    return ANY_SERVICE if stateless == Service() else stateless


_ANY_RULE: Final = Rule(id="", position=1, action=Action.CONTINUE, span=Span(path="", first_line=1, last_line=1))


#: The interface that stands for those which no rule names.
ANY_OTHER: Final = "any-other"


class _Converter:
    """Collects the parts of the device."""

    def __init__(self, config: Config, ledgers: Mapping[str, LedgerBuilder], span: Span) -> None:
        self._config = config
        self._ledgers = ledgers
        self._span = span
        self._rule_sets: dict[str, RuleSet] = {}
        self._attachments: list[Attachment] = []
        self._interfaces: dict[str, Span] = {}
        self._hosts: dict[tuple[int, int], HostSpec] = {}
        self._schedules: dict[str, Schedule] = {}
        self._notices: list[Notice] = list(config.notices)
        self._translations: dict[int, list[KnownTranslation]] = {}
        self._services: dict[tuple[int, ...], ServiceExpr] = {}
        self._kept: list[tuple[ServiceExpr, ...]] = []
        self._tracks = {version: _tracks(config, version) for version in config.versions}
        #: The families whose rules ask which packets had their destination translated.
        self._asking = {table.version for table in config.tables if _asks_for_status(table)}

    # Tables

    def table(self, table: Table) -> None:
        """All chains of a table."""
        chains = {chain.name: chain for chain in table.chains}
        if table.name == "filter" and table.span is not None:
            # Loading the table makes its three chains, also where the file says nothing of one.
            for name in BUILT_IN["filter"]:
                chains.setdefault(name, Chain(name=name, policy="", span=None, rules=()))
        hooks = _reached(table.name, chains)
        contexts: dict[frozenset[Hook], _ChainReader] = {}
        done: list[_Done] = []
        for chain in chains.values():
            reached = hooks.get(chain.name, frozenset())
            reader = contexts.get(reached)
            if reader is None:
                context = Context(
                    version=table.version,
                    table=table.name,
                    hooks=reached,
                    translations=tuple(self._translations.get(table.version, ())) if table.name != "nat" else (),
                    schedules=self._schedules,
                    untracks=table.name == "raw" and any(map(_untracks, chains.values())),
                )
                reader = contexts[reached] = _ChainReader(context, chains)
            done.append(self._read_chain(table, chain, chains, reader))
        self._set_logged(done)
        for one in done:
            self._keep(table, one)
        if table.name == "raw":
            self._untrack(done)

    def _read_chain(self, table: Table, chain: Chain, chains: Mapping[str, Chain], reader: _ChainReader) -> _Done:
        name = list_name(table.version, table.name, chain.name)
        rules: list[Rule] = []
        logging: list[int] = []
        for number, line in enumerate(chain.rules, start=1):
            before = len(rules)
            if self._rule(line, f"{name}:{number}", rules, chains, reader):
                logging.extend(range(before, len(rules)))
        return _Done(chain, name, rules, logging, reader.context.hooks)

    def _keep(self, table: Table, done: _Done) -> None:
        chain, name = done.chain, done.name
        built_in = chain.name in BUILT_IN[table.name]
        nat = table.name == "nat"
        default: Action | None = None
        if built_in:
            if chain.policy not in ("", "ACCEPT", "DROP") and chain.span is not None:
                reason = f"no policy that a chain can have: {chain.policy}"
                self._ledgers[chain.span.path].unsupported(chain.span.first_line, reason)
            if chain.policy == "DROP":
                # Only packets that are tracked ask the nat table (nf_nat_core.c, nf_nat_inet_fn).
                default = Action.DENY if not nat or self._tracks.get(table.version) else None
            elif table.name == "filter":
                default = Action.PERMIT
        self._rule_sets[name] = RuleSet(
            name=name,
            rules=tuple(done.rules),
            default=default,
            kind=RuleSetKind.NAT if nat else RuleSetKind.FILTER,
            version=table.version,
            default_implicit=not chain.policy,
            default_logged=done.end_logged if default is not None else None,
            default_span=chain.span or table.span or (chain.rules[0].span if chain.rules else None),
        )
        # Elsewhere than in filter an empty chain with the policy ACCEPT does nothing.
        if built_in and (table.name == "filter" or done.rules or default is Action.DENY):
            hook = _HOOKS[chain.name]
            span = chain.span or (chain.rules[0].span if chain.rules else table.span)
            self._attachments.append(
                Attachment(rule_sets=(name,), hook=hook, order=order_of(table.name, hook), span=span)
            )

    def _untrack(self, done: Sequence[_Done]) -> None:
        """The list that says which packets NOTRACK meets, where the raw table also denies.

        NOTRACK goes on to the next rule, a translation ends its list. Where a later rule may drop the packet, the
        rules are asked twice: once for the drops, once more for what is not tracked.
        """
        translates = [r for one in done for r in one.rules if r.action is Action.TRANSLATE]
        if not translates or not any(r.action is Action.DENY for one in done for r in one.rules):
            return
        for one in done:
            asked = self._rule_sets[one.name]
            self._rule_sets[one.name] = replace(
                asked,
                rules=tuple(
                    replace(r, action=Action.CONTINUE, translation=None) if r.action is Action.TRANSLATE else r
                    for r in asked.rules
                ),
            )
            name = one.name + _UNTRACKED_SUFFIX
            self._rule_sets[name] = replace(
                asked,
                name=name,
                default=None,
                default_logged=None,
                rules=tuple(
                    replace(
                        r,
                        id=r.id + _UNTRACKED_SUFFIX,
                        action=Action.CONTINUE if r.action is Action.DENY else r.action,
                        target=r.target and r.target + _UNTRACKED_SUFFIX,
                        logged=None,
                    )
                    for r in asked.rules
                ),
            )
            if one.chain.name in BUILT_IN["raw"]:
                hook = _HOOKS[one.chain.name]
                self._attachments.append(
                    Attachment(rule_sets=(name,), hook=hook, order=order_of("raw", hook) + 1, span=asked.default_span)
                )

    # Rules

    def _rule(
        self, line: RuleLine, name: str, rules: list[Rule], chains: Mapping[str, Chain], reader: _ChainReader
    ) -> bool:
        """Appends what one rule of the chain comes to: as a rule one, more where it takes several to say it.

        True where its target writes a log.
        """
        if not line.condition:
            plain = self._plain_rule(line, name, rules, reader)
            if plain is not None:
                return plain.logs
        context = reader.context
        protocol = protocol_in(line.pieces)
        meaning = EVERYTHING
        for piece in line.pieces:
            if piece.generic or piece.matches:
                meaning &= reader.meaning(piece, protocol)
        if line.condition:
            depends = Condition(kind=ConditionKind.OTHER, text=f"in the script: {line.condition}")
            meaning &= Meaning(clauses=(Clause(conditions=(depends,)),))
        target = _target(line)
        called = ""
        if target is not None and target.name in chains and target.name not in BUILT_IN[context.table]:
            called = list_name(context.version, context.table, target.name)
            effects = Effects(effects=(Effect(action=Action.GOTO if target.goto else Action.JUMP),))
        elif target is None or target.name == "" or (target.name in KNOWN and not target.goto):
            effects = effects_of(target, self._asked(name, meaning, context))
        else:
            effects = undefined(target.name)
            self._undefined(line, target.name)
        self._say(line, meaning, effects)
        span = line.span
        made = 0
        for effect in effects.effects:
            for of_match in meaning.clauses:
                clause = of_match & effect.clause
                made += 1
                rule = Rule(
                    id=name if made == 1 else f"{name}.{made}",
                    position=len(rules) + 1,
                    action=effect.action,
                    span=span,
                    source=clause.source,
                    destination=clause.destination,
                    service=self._service(clause.services),
                    ingress=clause.ingress,
                    egress=clause.egress,
                    conditions=clause.conditions,
                    schedule=clause.schedule,
                    logged=False if effect.action in _VERDICTS else None,
                    comment=meaning.comment,
                    hits=line.packets,
                    target=called,
                    translation=effect.translation,
                    part_of="" if made == 1 else name,
                )
                if clause.translated_by is not None:
                    rule = _by_translation(rule, clause)
                if rule.translation is not None:
                    rule = self._remember(rule.translation, rule, context)
                rules.append(rule)
                self._name_interfaces(rule, reader)
        return target is not None and target.name in LOGGING

    def _plain_rule(self, line: RuleLine, name: str, rules: list[Rule], reader: _ChainReader) -> _Ready | None:
        """Appends a rule whose pieces each say one thing and whose target only decides; returns the target made ready.

        ``None`` if it is no such rule.

        Nearly all rules of a long file are plain; what takes time is done once for each distinct piece.
        """
        source: AddressExpr = ANY_ADDRESS
        destination: AddressExpr = ANY_ADDRESS
        ingress = egress = ANY_INTERFACE
        services: tuple[ServiceExpr, ...] = ()
        conditions: tuple[Condition, ...] = ()
        comment = ""
        target = _NO_TARGET
        known = reader.known
        for piece in line.pieces:
            ready = known.get(id(piece))
            if ready is None:
                ready = reader.ready(piece)
            # A piece that is not plain, or a second test of one field.
            if ready is NOT_PLAIN:
                return None
            if ready.source is not None:
                if source is not ANY_ADDRESS:
                    return None
                source = ready.source
            elif ready.destination is not None:
                if destination is not ANY_ADDRESS:
                    return None
                destination = ready.destination
            elif ready.services:
                services += ready.services
            elif ready.action is not None:
                target = ready
            elif ready.ingress is not None:
                if ingress is not ANY_INTERFACE:
                    return None
                ingress = ready.ingress
            elif ready.egress is not None:
                if egress is not ANY_INTERFACE:
                    return None
                egress = ready.egress
            elif ready.conditions:
                conditions += ready.conditions
            elif ready.comment:
                comment = f"{comment} {ready.comment}".strip()
        action = target.action or Action.CONTINUE
        rule = Rule(
            id=name,
            position=len(rules) + 1,
            action=action,
            span=Span(path=line.path, first_line=line.first_line, last_line=line.last_line),
            source=source,
            destination=destination,
            service=self._service(services),
            ingress=ingress,
            egress=egress,
            conditions=conditions,
            logged=False if action in _VERDICTS else None,
            comment=comment,
            hits=line.packets,
            target=target.called,
        )
        rules.append(rule)
        if ingress is not ANY_INTERFACE or egress is not ANY_INTERFACE:
            self._name_interfaces(rule, reader)
        return target

    def _name_interfaces(self, rule: Rule, reader: _ChainReader) -> None:
        """Keeps the interfaces that a rule names, where packets get to the rule at all."""
        if not reader.context.hooks:
            return
        for wanted in (rule.ingress, rule.egress):
            for item in wanted.items:
                if item not in self._interfaces and item[-1:] != "*":
                    self._interfaces[item] = rule.span

    def _service(self, services: tuple[ServiceExpr, ...]) -> ServiceExpr:
        """The services as one; equal ones are one object, so that semantics computes each once."""
        if not services:
            return ANY_SERVICE
        key = tuple(map(id, services))
        found = self._services.get(key)
        if found is None:
            found = self._services[key] = meet.services(services)
            self._kept.append(services)
        return found

    def _asked(self, name: str, meaning: Meaning, context: Context) -> Asked:
        clause = meaning.clauses[0]
        service = self._service(clause.services)
        plain = service if isinstance(service, Service) else Service()
        return Asked(
            name=name,
            version=context.version,
            hooks=context.hooks,
            source=clause.source,
            destination=clause.destination,
            source_ports=plain.source_ports,
            destination_ports=plain.destination_ports,
            egress=clause.egress,
            status_matters=context.version in self._asking,
        )

    def _remember(self, translation: Translation, rule: Rule, context: Context) -> Rule:
        """Keeps a translation for the rules that ask for it, and the hosts that it names.

        A translation to the address that the packet has anyway leaves it as it is, and does not set the status DNAT.
        """
        new = translation.destination.to if translation.destination is not None else None
        if isinstance(new, AddressRange) and new.size == 1:
            key = (new.version, new.first)
            if key not in self._hosts:
                self._hosts[key] = HostSpec(
                    name=format_address(*key), address=new, sign=HostSign.NAT_TARGET, span=rule.span
                )
            if new == rule.destination and translation.destination_port is None:
                return replace(rule, action=Action.PERMIT, translation=None)
        if new is not None or translation.destination_port is not None or translation.to_device:
            self._translations.setdefault(context.version, []).append(
                KnownTranslation(name=translation.name, destination=rule.destination, service=rule.service)
            )
        return rule

    def _say(self, line: RuleLine, meaning: Meaning, effects: Effects) -> None:
        """What the ledger says of a rule that is not modelled to the letter."""
        if not (meaning.approximated or meaning.unread or effects.approximated or effects.unsupported):
            return
        ledger = self._ledgers[line.path]
        for number in range(line.first_line, line.last_line + 1):
            if meaning.unread:
                ledger.unrecognized(number, "; ".join(meaning.unread))
            elif effects.unsupported:
                ledger.unsupported(number, effects.unsupported)
            else:
                reasons = [*meaning.approximated, *([effects.approximated] if effects.approximated else [])]
                ledger.approximated(number, "; ".join(reasons))

    def _undefined(self, line: RuleLine, name: str) -> None:
        message = msg("{name} is neither a chain of the file nor a known target: what it does is undecided", name=name)
        self._notices.append(Notice(message=message, span=line.span, bears_on_access=True))

    # Logging

    def _set_logged(self, done: Sequence[_Done]) -> None:
        """Says of each verdict whether a LOG rule has seen the packet: in its chain, or before every call of it."""
        by_name = {one.name: one for one in done}
        calls: dict[str, list[tuple[_Done, int]]] = {}
        for one in done:
            if not one.hooks:
                continue
            for place, rule in enumerate(one.rules):
                if rule.target in by_name:
                    calls.setdefault(rule.target, []).append((one, place))
        entered: dict[str, bool] = {}

        def entry_logged(one: _Done) -> bool:
            if one.name not in entered:
                # A loop, which iptables would refuse, is not logged.
                entered[one.name] = False
                sites = calls.get(one.name, [])
                entered[one.name] = bool(sites) and all(
                    caller.logged_before(place) or entry_logged(caller) for caller, place in sites
                )
            return entered[one.name]

        for one in done:
            on_entry = entry_logged(one)
            if not on_entry and not one.logged:
                continue
            for place, rule in enumerate(one.rules):
                if rule.action in _VERDICTS and (on_entry or one.logged_before(place)):
                    one.rules[place] = replace(rule, logged=True)
            one.end_logged = on_entry or any(logged.broad for logged in one.logged)

    # The device

    def device(self, name: str) -> Device:
        """What has been collected, as a device."""
        config = self._config
        facts = config.host
        named = {**self._interfaces, **{n: s for n, s in facts.interface_spans.items() if n not in self._interfaces}}
        forwarding = [facts.forwarding.get(version, True) for version in config.versions]
        whole = any(chain.policy for table in config.tables for chain in table.chains)
        if config.versions == (4,):
            self._notices.append(
                Notice(message=msg("there are no rules of ip6tables: what IPv6 may do is not judged"), span=self._span)
            )
        self._notices += _hosts_only(config)
        self._notices += _bridged(config)
        return Device(
            name=name,
            format="linux_iptables",
            span=self._span,
            vendor="Linux",
            platform=config.program,
            version=config.release,
            stateful=False,
            forwards=any(forwarding) or not forwarding,
            versions=frozenset(config.versions),
            fragment=not whole,
            shows_services=False,
            interfaces=(
                *(_described(_interface(name, span), facts) for name, span in named.items()),
                *(self._others(named) if not facts.captured else ()),
            ),
            schedules=MappingProxyType(dict(self._schedules)),
            rule_sets=tuple(self._rule_sets.values()),
            attachments=tuple(sorted(self._attachments, key=lambda a: (list(Hook).index(a.hook), a.order))),
            routes=facts.routes,
            known_tables=frozenset(("", version) for version in facts.tables),
            tunnels=tuple(_tunnels(facts)),
            hosts=tuple(self._hosts.values()),
            notices=tuple(self._notices),
        )

    def _others(self, named: Iterable[str]) -> Iterator[Interface]:
        """The interfaces that no rule names, as one, where a host forwards and its rules name a single one.

        All of them are treated alike, since rules tell interfaces by name only; and what is forwarded needs two.
        """
        outer = [name for name in named if name != "lo"]
        speaks = any(
            chain.name == "FORWARD" and chain.rules
            for table in self._config.tables
            if table.name == "filter"
            for chain in table.chains
        )
        if len(outer) == 1 and speaks:
            yield Interface(name=ANY_OTHER, span=self._span, method=AddressMethod.NONE, stands_for_others=True)


class _Done:
    """A chain with its rules converted; ``logging`` are the places of those that write a log."""

    __slots__ = ("_logged_at", "chain", "end_logged", "hooks", "logged", "name", "rules")

    def __init__(
        self, chain: Chain, name: str, rules: list[Rule], logging: Sequence[int], hooks: frozenset[Hook]
    ) -> None:
        self.chain = chain
        self.name = name
        self.rules = rules
        self.hooks = hooks
        self.end_logged = False
        #: The LOG rules in order, and where they stand.
        self.logged = [_Logged(rules[place]) for place in logging]
        self._logged_at = tuple(logging)

    def logged_before(self, place: int) -> bool:
        """Whether a LOG rule above ``place`` has seen what the rule there matches."""
        rule = self.rules[place]
        return any(logged.covers(rule) for at, logged in zip(self._logged_at, self.logged, strict=True) if at < place)


class _Ready(NamedTuple):
    """A piece that says one thing: one field is set, or two of which the other is ``action`` (with ``called``)."""

    source: AddressExpr | None = None
    destination: AddressExpr | None = None
    services: tuple[ServiceExpr, ...] = ()
    ingress: InterfaceMatch | None = None
    egress: InterfaceMatch | None = None
    conditions: tuple[Condition, ...] = ()
    comment: str = ""
    action: Action | None = None
    called: str = ""
    logs: bool = False


_NO_TARGET: Final = _Ready(action=Action.CONTINUE)
NOT_PLAIN: Final = _Ready(called="not plain")


class _ChainReader:
    """What pieces mean in the chains of one table that are reached from the same hooks."""

    __slots__ = ("_chains", "_meanings", "context", "known")

    def __init__(self, context: Context, chains: Mapping[str, Chain]) -> None:
        self.context = context
        self._chains = chains
        # Pieces live as long as the configuration does, so that their identity is their own.
        self._meanings: dict[tuple[int, int | None], Meaning] = {}
        #: Pieces that have been made ready, by identity.
        self.known: dict[int, _Ready] = {}

    def meaning(self, piece: Piece, protocol: int | None) -> Meaning:
        """What ``piece`` matches in a rule for ``protocol``."""
        key = (id(piece), protocol)
        found = self._meanings.get(key)
        if found is None:
            found = self._meanings[key] = meaning_of(piece, self.context, protocol)
        return found

    def ready(self, piece: Piece) -> _Ready:
        """``piece`` made ready; `NOT_PLAIN` where it says more than one thing, or something to be noted."""
        found = self.known[id(piece)] = self._make_ready(piece)
        return found

    def _make_ready(self, piece: Piece) -> _Ready:
        generic, matches, target = piece
        if target is not None:
            return NOT_PLAIN if generic or matches else self._target(target)
        if len(generic) == 1 and not matches and generic[0].name in ("source", "destination"):
            # What differs most between rules, and has nothing to be noted in its usual form.
            name, negated, values = generic[0]
            plain = plain_address(values[0]) if self.context.version == 4 and values and not negated else None
            if plain is not None and plain.last - plain.first != HIGHEST[4]:
                return _Ready(source=plain) if name == "source" else _Ready(destination=plain)
        if any(_names_a_port(match) for match in matches):
            # The name of a port means what the rule's protocol says.
            return NOT_PLAIN
        meaning = meaning_of(piece, self.context, None)
        clause = meaning.clauses[0]
        if len(meaning.clauses) > 1 or meaning.approximated or meaning.unread:
            return NOT_PLAIN
        if clause.translated_by is not None or clause.schedule:
            return NOT_PLAIN
        found = _Ready(
            source=None if clause.source is ANY_ADDRESS else clause.source,
            destination=None if clause.destination is ANY_ADDRESS else clause.destination,
            services=clause.services,
            ingress=None if clause.ingress is ANY_INTERFACE else clause.ingress,
            egress=None if clause.egress is ANY_INTERFACE else clause.egress,
            conditions=clause.conditions,
            comment=meaning.comment,
        )
        return found if sum(map(bool, found[:7])) < 2 else NOT_PLAIN

    def _target(self, target: Target) -> _Ready:
        name, context = target.name, self.context
        if name in self._chains and name not in BUILT_IN[context.table]:
            called = list_name(context.version, context.table, name)
            return _Ready(action=Action.GOTO if target.goto else Action.JUMP, called=called)
        if name in SIMPLE and not target.goto and not is_notrack(target):
            return _Ready(action=SIMPLE[name], logs=name in LOGGING)
        return NOT_PLAIN


def _names_a_port(match: Match) -> bool:
    return any(word.translate(_PORT_CHARACTERS) != "" for o in match.options if "port" in o.name for word in o.values)


_PORT_CHARACTERS: Final = str.maketrans("", "", "0123456789:,")


def _target(line: RuleLine) -> Target | None:
    return next((piece.target for piece in line.pieces if piece.target is not None), None)


def _reached(table: str, chains: Mapping[str, Chain]) -> dict[str, frozenset[Hook]]:
    """From which hooks each chain is reached, by jump or goto."""
    found: dict[str, set[Hook]] = {}
    for name in BUILT_IN[table]:
        todo = [name] if name in chains else []
        while todo:
            chain = todo.pop()
            hooks = found.setdefault(chain, set())
            if _HOOKS[name] in hooks:
                continue
            hooks.add(_HOOKS[name])
            todo.extend(set(_called(chains[chain])) & chains.keys())
    return {name: frozenset(hooks) for name, hooks in found.items()}


def _called(chain: Chain) -> Iterator[str]:
    return (target.name for target in map(_target, chain.rules) if target is not None)


def _hosts_only(config: Config) -> Iterator[Notice]:
    """Says of a family that its rules look like those of a host that forwards nothing.

    Every Linux host has a FORWARD chain, and its policy matters only where the kernel forwards, which these files do not
    show. The sign is a chain that nobody wrote a rule for, in a file without translation.
    """
    for table in config.tables:
        forward = next((chain for chain in table.chains if chain.name == "FORWARD"), None)
        if table.name != "filter" or forward is None or forward.span is None:
            continue
        translates = any(
            c.rules for t in config.tables if (t.version, t.name) == (table.version, "nat") for c in t.chains
        )
        if forward.rules or forward.policy != "ACCEPT" or translates:
            continue
        if forward.packets == 0 and any(chain.packets for chain in table.chains):
            message = msg(
                "no packet has ever been forwarded by the ACCEPT policy of FORWARD: a host rather than a router"
            )
        else:
            message = msg(
                "no rule speaks of forwarding: the ACCEPT policy of FORWARD matters only if the host forwards"
            )
        yield Notice(message=message, span=forward.span)


def _bridged(config: Config) -> Iterator[Notice]:
    """That rules ask by which port of a bridge a packet came (iptables-extensions(8), physdev): the first of them."""
    for table in config.tables:
        for chain in table.chains:
            for line in chain.rules:
                if any(match.module == "physdev" for piece in line.pieces for match in piece.matches):
                    message = msg(
                        "rules ask for ports of a bridge: packets between its ports pass these rules only where"
                        " br_netfilter is on, which does not show here, and are not judged"
                    )
                    yield Notice(message=message, span=line.span, bears_on_access=True)
                    return


def _asks_for_status(table: Table) -> bool:
    """Whether a rule asks for the status DNAT."""
    return any(
        "DNAT" in value.upper()
        for chain in table.chains
        for line in chain.rules
        for piece in line.pieces
        for match in piece.matches
        for option in match.options
        if option.name in ("ctstate", "state")
        for value in option.values
    )


def _untracks(chain: Chain) -> bool:
    return any(is_notrack(target) for target in map(_target, chain.rules) if target is not None)


def _tracks(config: Config, version: int) -> bool:
    """Whether a rule of the family switches connection tracking on (it is off until one asks for it)."""
    tracking = {"state", "conntrack", "connmark", "connbytes", "connlimit", "connlabel", "helper", "cluster"}
    translating = {"DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP", "SAME", "CONNMARK", "CT", "SYNPROXY"}
    for table in config.tables:
        if table.version != version:
            continue
        for chain in table.chains:
            for line in chain.rules:
                for piece in line.pieces:
                    if any(match.module in tracking for match in piece.matches):
                        return True
                    if piece.target is not None and piece.target.name in translating and not is_notrack(piece.target):
                        return True
    return False


def _described(interface: Interface, facts: HostFacts) -> Interface:
    """``interface`` with its addresses, and how it stood when somebody saved the interfaces."""
    name = interface.name
    link = facts.links.get(name)
    if link is not None:
        kind = InterfaceKind.TUNNEL if link.tunnel else InterfaceKind.BRIDGE if link.bridge else interface.kind
        interface = replace(
            interface,
            kind=InterfaceKind.VLAN if link.vlan is not None else kind,
            vlan=link.vlan if link.vlan is not None else interface.vlan,
            parent=link.lower or interface.parent,
        )
    interface = replace(
        interface,
        addresses=facts.addresses.get(name, ()),
        members=tuple(port for port, bridge in facts.ports.items() if bridge == name),
        source_check=facts.source_checks.get(name, interface.source_check),
    )
    captured = facts.captured.get(name)
    if captured is None:
        return interface
    return replace(
        interface,
        enabled=captured.enabled,
        parent=interface.parent or captured.parent,
        method=AddressMethod.DHCP if captured.leased else interface.method,
    )


def _tunnels(facts: HostFacts) -> Iterator[Tunnel]:
    """The tunnels of the host; which networks go into them its routes say."""
    holders = {
        (own.prefix.version, own.address): name for name, addresses in facts.addresses.items() for own in addresses
    }
    for name, link in facts.links.items():
        captured = facts.captured.get(name)
        # The kernel has a `gre0`, `sit0`, `tunl0` without ends of its own, which is down unless somebody uses it.
        if link.tunnel and not (link.far is None and captured is not None and not captured.enabled):
            at = "" if link.local is None else holders.get((link.local.version, link.local.first), "")
            yield Tunnel(
                name=name,
                kind=link.tunnel,
                interface=name,
                span=link.span,
                endpoint=at or link.lower,
                peers=() if link.far is None else (link.far,),
            )


_KINDS: Final = (
    (("br", "docker", "virbr", "lxdbr", "lxcbr", "cni", "vmbr"), InterfaceKind.BRIDGE),
    (("tun", "tap", "wg", "ppp", "gre", "sit", "vti", "ipsec", "xfrm", "ip6tnl", "tailscale"), InterfaceKind.TUNNEL),
    (("bond", "team"), InterfaceKind.AGGREGATE),
)


def _interface(name: str, span: Span) -> Interface:
    """An interface that rules name; what it is can be read off its name only, its address not at all."""
    stem, dot, vlan = name.rpartition(".")
    if dot and vlan.isdigit() and 0 < int(vlan) < 4096:
        return Interface(name=name, span=span, kind=InterfaceKind.VLAN, vlan=int(vlan), parent=stem)
    if name == "lo":
        return Interface(name=name, span=span, kind=InterfaceKind.LOOPBACK, method=AddressMethod.NONE)
    if name.startswith("vlan") and name[4:].isdigit() and 0 < int(name[4:]) < 4096:
        return Interface(name=name, span=span, kind=InterfaceKind.VLAN, vlan=int(name[4:]))
    kind = next((kind for stems, kind in _KINDS if name.startswith(stems)), InterfaceKind.PHYSICAL)
    # pppd gets its address from the other end (pppd(8)).
    method = AddressMethod.PPPOE if name.startswith("ppp") else AddressMethod.STATIC
    return Interface(name=name, span=span, kind=kind, method=method)


def _by_translation(rule: Rule, clause: Clause) -> Rule:
    """A rule about packets that a translation rewrote (or that none did).

    A rule that asks for a translation and for a destination asks for it as it is after the translation.
    """
    both = bool(clause.translated_by) and clause.destination != ANY_ADDRESS
    destination = clause.destination if both or not clause.translated_by else NO_ADDRESS
    return replace(rule, translated_by=clause.translated_by, destination=destination, only_translated=both)
