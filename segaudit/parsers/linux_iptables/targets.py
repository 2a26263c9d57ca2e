"""What the target of a rule does: verdicts, translations, and targets after which the next rule is asked.

Quotations are from iptables-extensions(8), 1.8.9; kernel functions are those of Linux 6.x.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from segaudit.model import (
    Action,
    AddressExpr,
    AddressRange,
    AddressRewrite,
    AddressUnion,
    Condition,
    ConditionKind,
    ConnectionState,
    Hook,
    InterfaceMatch,
    OwnAddress,
    PortRewrite,
    Range,
    Service,
    Translation,
    masked,
    outside,
)
from segaudit.parsers.linux_iptables import meet
from segaudit.parsers.linux_iptables.addresses import HIGHEST, UnreadableError, address, address_range
from segaudit.parsers.linux_iptables.clauses import ANYTHING, Clause
from segaudit.parsers.linux_iptables.names import port_of
from segaudit.parsers.linux_iptables.syntax import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One thing that happens to packets of the rule that ``clause`` holds as well; the first effect that fits counts."""

    action: Action
    clause: Clause = ANYTHING
    translation: Translation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What a target does, with what is to be said of it: what was widened, what is not modelled."""

    effects: tuple[Effect, ...]
    approximated: str = ""
    unsupported: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Of the rule around a target: name and place, and what it asks of packets where that bears on a translation.

    ``status_matters``: other rules ask which packets were translated.
    """

    name: str
    version: int
    hooks: frozenset[Hook]
    source: AddressExpr
    destination: AddressExpr
    source_ports: tuple[Range, ...] | None
    destination_ports: tuple[Range, ...] | None
    egress: InterfaceMatch
    status_matters: bool


#: Targets after which "rule traversal continues at the next rule", and what they do instead of deciding.
CONTINUING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ACCOUNT": "counts",
        "AUDIT": "writes an audit record",
        "CHECKSUM": "computes a checksum",
        "CLASSIFY": "sets the traffic class",
        "CONNMARK": "marks the connection",
        "CONNSECMARK": "copies the security mark",
        "CT": "sets how the connection is tracked",
        "DSCP": "sets the DSCP field",
        "ECN": "clears ECN bits",
        "HL": "sets the hop limit",
        "HMARK": "marks by a hash",
        "IDLETIMER": "starts a timer",
        "IPMARK": "marks by address",
        "LED": "lights a lamp",
        "LOG": "logs",
        "LOGMARK": "logs the mark",
        "MARK": "marks the packet",
        "NFLOG": "logs to a program",
        "RATEEST": "measures a rate",
        "SECMARK": "sets the security mark",
        "SET": "changes a set",
        "TCPMSS": "sets the segment size",
        "TCPOPTSTRIP": "strips TCP options",
        "TEE": "sends a copy to another host",
        "TOS": "sets the TOS field",
        "TRACE": "traces the packet through the rules",
        "TTL": "sets the TTL",
        "ULOG": "logs to a program",
    }
)
#: Targets that write a log.
LOGGING: Final = frozenset({"LOG", "NFLOG", "ULOG"})
#: Targets of which no list goes on: nothing gets through (TARPIT, DELUDE, CHAOS, STEAL are of xtables-addons).
_DENYING: Final = frozenset({"DROP", "REJECT", "TARPIT", "DELUDE", "CHAOS", "STEAL", "MIRROR"})
#: Targets that hand the packet to a program or socket, which lets it through or does not.
_ASKING: Final = MappingProxyType(
    {
        "QUEUE": "a program decides (QUEUE)",
        "NFQUEUE": "a program decides (NFQUEUE)",
        "SYNPROXY": "the handshake with SYNPROXY is completed",
        "TPROXY": "a proxy on the device takes the connection (TPROXY)",
    }
)
_TRANSLATING: Final = frozenset({"DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP", "SAME"})
_NOT_MODELLED: Final = MappingProxyType(
    {
        "DNPT": "rewrites the destination prefix without connection tracking",
        "SNPT": "rewrites the source prefix without connection tracking",
        "RAWDNAT": "rewrites the destination without connection tracking",
        "RAWSNAT": "rewrites the source without connection tracking",
    }
)
#: Targets that do one thing to every packet.
SIMPLE: Final[Mapping[str, Action]] = MappingProxyType(
    {
        "ACCEPT": Action.PERMIT,
        "RETURN": Action.RETURN,
        **dict.fromkeys(sorted(_DENYING), Action.DENY),
        **dict.fromkeys(CONTINUING, Action.CONTINUE),
    }
)
KNOWN: Final = (
    frozenset({"ACCEPT", "RETURN", "NOTRACK", "CLUSTERIP", "ROUTE"})
    | CONTINUING.keys()
    | _DENYING
    | _ASKING.keys()
    | _TRANSLATING
    | _NOT_MODELLED.keys()
)


def is_notrack(target: Target) -> bool:
    """Whether the target takes the packet out of connection tracking."""
    return target.name == "NOTRACK" or (target.name == "CT" and any(o.name == "notrack" for o in target.options))


def effects_of(target: Target | None, asked: Asked) -> Effects:
    """What ``target`` (not a chain) does; a rule without a target only counts."""
    if target is None or target.name == "":
        return _CONTINUES
    name = target.name
    if is_notrack(target):
        # xt_CT: the target itself goes on to the next rule. See `convert` for lists where that makes a difference.
        state = Translation(name=asked.name, state=ConnectionState.UNTRACKED)
        return Effects(effects=(Effect(action=Action.TRANSLATE, translation=state),))
    if name in SIMPLE:
        return Effects(effects=(Effect(action=SIMPLE[name]),))
    if name in _ASKING:
        return _may(_ASKING[name], Action.PERMIT, Action.DENY)
    if name == "CLUSTERIP":
        return Effects(effects=(Effect(action=Action.DENY, clause=_condition("another node of the cluster answers")),))
    if name == "ROUTE":
        # Of patch-o-matic, never in the kernel: sends the packet on by itself unless told to continue.
        if any(o.name == "continue" for o in target.options):
            return _CONTINUES
        return Effects(
            effects=(Effect(action=Action.PERMIT, clause=_condition("ROUTE sends the packet")),),
            unsupported="ROUTE sends the packet past the rest of the rules",
        )
    if name in _NOT_MODELLED:
        return Effects(effects=(Effect(action=Action.CONTINUE),), unsupported=_NOT_MODELLED[name])
    return _translating(target, asked)


def _condition(text: str) -> Clause:
    return Clause(conditions=(Condition(kind=ConditionKind.OTHER, text=text),))


def _may(text: str, *actions: Action) -> Effects:
    """The first of ``actions`` where the condition holds, else the second."""
    first, second = actions
    return Effects(effects=(Effect(action=first, clause=_condition(text)), Effect(action=second)))


def undefined(name: str) -> Effects:
    """A chain that the file does not hold may do anything."""
    text = f"what chain {name} does"
    return Effects(
        effects=(
            Effect(action=Action.PERMIT, clause=_condition(text)),
            Effect(action=Action.DENY, clause=_condition(text)),
        ),
        approximated=f"{name} is neither a chain of the file nor a known target: taken as undecided",
    )


_CONTINUES: Final = Effects(effects=(Effect(action=Action.CONTINUE),))


# Translations


@dataclass(frozen=True, slots=True)
class _To:
    """``--to-…``: new addresses (``None``: as they are), new ports, and the port that the first of them stands for."""

    addresses: AddressExpr | None
    ports: Range | None = None
    base: int | None = None


def _translating(target: Target, asked: Asked) -> Effects:
    values = {option.name: option.values for option in target.options}
    randomly = any(name in values for name in ("random", "random-fully"))
    try:
        if target.name == "NETMAP":
            return _netmap(values["to"][0], asked)
        to = _parsed(target, asked)
    except (UnreadableError, KeyError, IndexError):
        return Effects(
            effects=(Effect(action=Action.TRANSLATE, translation=_anywhere(target.name, asked)),),
            approximated=f"where {target.name} sends packets cannot be read: taken for anywhere",
        )
    of_source = target.name in ("SNAT", "MASQUERADE") or (target.name == "SAME" and Hook.POSTROUTING in asked.hooks)
    rewrite = None if to.addresses is None else AddressRewrite(to=to.addresses)
    effects = list(_left_as_it_is(to, asked)) if asked.status_matters and not of_source else []
    for clause, port in _port_choices(to, asked, of_source=of_source, randomly=randomly):
        if of_source:
            translation = Translation(name=asked.name, source=rewrite, source_port=port)
        else:
            redirected = target.name == "REDIRECT" and asked.hooks != {Hook.LOCAL_OUT}
            translation = Translation(name=asked.name, destination=rewrite, destination_port=port, to_device=redirected)
        effects.append(Effect(action=Action.TRANSLATE, clause=clause, translation=translation))
    shell = any("$" in value or "`" in value for option in target.options for value in option.values)
    return Effects(effects=tuple(effects), approximated="a variable of the script: undecided" if shell else "")


def _left_as_it_is(to: _To, asked: Asked) -> Iterator[Effect]:
    """What DNAT does with packets that go where it sends them: nothing, so that they do not count as translated.

    The status DNAT is set where the destination changes (nf_nat_core.c, nf_nat_setup_info). Where the rule asks for just
    this destination, it translates nothing at all (`convert`).
    """
    new, ports = to.addresses, to.ports
    if not isinstance(new, AddressRange) or new.size != 1 or (asked.destination == new and ports is None):
        return
    if meet.addresses(asked.destination, new) != new:
        return
    if ports is None:
        yield Effect(action=Action.PERMIT, clause=Clause(destination=new))
    elif ports[0] == ports[1] and (asked.destination_ports is None or meet.ranges(asked.destination_ports, (ports,))):
        yield Effect(
            action=Action.PERMIT, clause=Clause(destination=new, services=(Service(destination_ports=(ports,)),))
        )


def _anywhere(name: str, asked: Asked) -> Translation:
    every = AddressRewrite(to=AddressRange(asked.version, 0, HIGHEST[asked.version]))
    if name in ("SNAT", "MASQUERADE"):
        return Translation(name=asked.name, source=every)
    return Translation(name=asked.name, destination=every, destination_port=PortRewrite(to=(0, 65535)))


def _parsed(target: Target, asked: Asked) -> _To:
    if target.name in ("REDIRECT", "MASQUERADE"):
        ports = next((option.values[0] for option in target.options if option.name == "to-ports"), "")
        return _To(_own(target.name, asked), _port_range(ports) if ports else None)
    wanted = {"DNAT": "to-destination", "SNAT": "to-source", "SAME": "to"}[target.name]
    # Kernels before 2.6.11 took several ranges and chose among them.
    every = [_to(option.values[0], asked.version) for option in target.options if option.name == wanted]
    if not every:
        raise UnreadableError(f"{target.name} without --{wanted}")
    if len(every) == 1:
        return every[0]
    return _To(AddressUnion(tuple(one.addresses for one in every if one.addresses is not None)), every[0].ports)


def _own(name: str, asked: Asked) -> AddressExpr | None:
    """The own address that REDIRECT and MASQUERADE put in.

    MASQUERADE: that of the interface "the packet is going out". REDIRECT: "the primary address of the incoming
    interface", which follows from `Translation.to_device`; for what the device sends itself, the loopback address.
    """
    if name == "MASQUERADE":
        named = tuple(asked.egress.items)
        single = not asked.egress.negated and len(named) == 1 and not named[0].endswith("*")
        return OwnAddress(interface=named[0] if single else "", version=asked.version)
    if asked.hooks == {Hook.LOCAL_OUT}:
        return address("127.0.0.1" if asked.version == 4 else "::1", asked.version)
    return None


def _to(text: str, version: int) -> _To:
    """``[address[-address]][:port[-port[/baseport]]]``; IPv6 addresses in brackets where a port follows."""
    if version == 6:
        if text.startswith("["):
            addresses, _, rest = text[1:].partition("]")
            ports = rest.removeprefix(":")
        else:
            addresses, ports = text, ""
    else:
        addresses, _, ports = text.partition(":")
    new = address_range(addresses, version) if addresses else None
    if not ports:
        return _To(new)
    ports, _, base = ports.partition("/")
    return _To(new, _port_range(ports), port_of(base, None) if base else None)


def _port_range(text: str) -> Range:
    first, dash, last = text.replace(":", "-").partition("-")
    low = port_of(first, None)
    high = port_of(last, None) if dash else low
    if low is None or high is None or low > high:
        raise UnreadableError(f"no ports: {text}")
    return low, high


def _port_choices(to: _To, asked: Asked, *, of_source: bool, randomly: bool) -> list[tuple[Clause, PortRewrite | None]]:
    """How the port comes out, by what it was.

    Of a range the kernel keeps the port that a packet has if it lies inside, else it chooses one
    (nf_nat_core.c, get_unique_tuple); with a base port the distance from it is kept.
    """
    if to.ports is None:
        # "Where possible, no port alteration will occur" (SNAT), unless it is asked for.
        return [(ANYTHING, PortRewrite(to=(1, 65535)) if randomly and of_source else None)]
    first, last = to.ports
    if first == last:
        return [(ANYTHING, PortRewrite(to=to.ports))]
    choice = PortRewrite(to=to.ports)
    if randomly:
        return [(ANYTHING, choice)]
    if to.base is not None:
        like, kept = (to.base, to.base + last - first), PortRewrite(to=to.ports, base=(to.base, to.base + last - first))
    else:
        like, kept = to.ports, None
    now = asked.source_ports if of_source else asked.destination_ports
    inside = (like,) if now is None else meet.ranges(now, (like,))
    others = outside((like,)) if now is None else meet.ranges(now, outside((like,)))
    found: list[tuple[Clause, PortRewrite | None]] = []
    for ports, rewrite in ((inside, kept), (others, choice)):
        if ports:
            test = Service(source_ports=ports) if of_source else Service(destination_ports=ports)
            found.append((ANYTHING if ports == now else Clause(services=(test,)), rewrite))
    return found


def _netmap(text: str, asked: Asked) -> Effects:
    """The bits that are one in the mask are filled in from the new address, all others are kept."""
    to = address(text, asked.version)
    of_source = Hook.POSTROUTING in asked.hooks or Hook.LOCAL_IN in asked.hooks
    now = asked.source if of_source else asked.destination
    base: AddressExpr | None = None
    if isinstance(to, AddressRange) and isinstance(now, AddressRange):
        care = HIGHEST[asked.version] ^ (to.last - to.first)
        block = masked(asked.version, now.first, care)
        if isinstance(block, AddressRange) and block.first <= now.first and now.last <= block.last:
            base = block
    rewrite = AddressRewrite(to=to, base=base)
    if of_source:
        translation = Translation(name=asked.name, source=rewrite)
    else:
        translation = Translation(name=asked.name, destination=rewrite)
    single = isinstance(to, AddressRange) and to.first == to.last
    return Effects(
        effects=(Effect(action=Action.TRANSLATE, translation=translation),),
        approximated=""
        if base is not None or single
        else "NETMAP of several blocks: taken for any address of the new one",
    )
