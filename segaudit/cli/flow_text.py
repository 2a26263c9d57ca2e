"""A packet and its way through the devices, in lines for people: what `trace` and `reach` print."""

from __future__ import annotations

from collections.abc import Iterator

from segaudit.cli.screen import Screen
from segaudit.findings import wording
from segaudit.findings.finding import RuleRef
from segaudit.knowledge.columns import columns_of, folded, padded
from segaudit.knowledge.protocols import icmp_name, protocol_name
from segaudit.model import ICMP_PROTOCOLS, PORT_PROTOCOLS, Hook, Message, Span, format_address, msg
from segaudit.packetspace.packet import Packet
from segaudit.semantics.trace import Received, Step, StepAction, Verdict
from segaudit.semantics.trace_flows import DecidedBy, FlowVerdict, Hop

VERDICTS = {Verdict.PERMIT: msg("permitted"), Verdict.DENY: msg("denied"), Verdict.UNKNOWN: msg("unknown")}
#: Where on its way through a device a packet meets a list.
HOOKS = {
    Hook.PREROUTING: msg("on arrival"),
    Hook.LOCAL_IN: msg("to the device"),
    Hook.FORWARD: msg("between the interfaces"),
    Hook.LOCAL_OUT: msg("from the device"),
    Hook.POSTROUTING: msg("on leaving"),
}
ACTIONS = {
    StepAction.PERMIT: msg("permits"),
    StepAction.DENY: msg("denies"),
    StepAction.TRANSLATE: msg("translates"),
    StepAction.NO_OPINION: msg("passes on"),
}
#: Lines are not folded narrower than this.
LEAST_WIDTH = 60


def packet_text(packet: Packet | Received) -> str:
    """``tcp 198.51.100.7:50000 -> 203.0.113.10:443``; ``?`` where a field is not known."""

    def end(address: int | None, port: int | None) -> str:
        shown = "?" if address is None else format_address(packet.version, address)
        if packet.protocol not in PORT_PROTOCOLS:
            return shown
        return f"{f'[{shown}]' if ':' in shown else shown}:{'?' if port is None else port}"

    kind = ""
    if packet.protocol in ICMP_PROTOCOLS:
        kind = f" {icmp_name(packet.protocol, packet.icmp_type, packet.icmp_code)}"
    source, destination = end(packet.src, packet.src_port), end(packet.dst, packet.dst_port)
    return f"{protocol_name(packet.protocol)}{kind} {source} -> {destination}"


def ends_of(packet: Packet | Received) -> tuple[int | None, ...]:
    """What a translation may change of a packet."""
    return packet.src, packet.src_port, packet.dst, packet.dst_port


def items(view: Screen, pairs: list[tuple[Message | str, Message | str]], indent: int) -> Iterator[str]:
    """Labels in one column, their texts folded in the next."""
    shown = [(view.say(label), view.say(text)) for label, text in pairs]
    width = max((columns_of(label) for label, _ in shown), default=0)
    room = max(view.width, LEAST_WIDTH) if view.width else 0
    for label, text in shown:
        lines = folded(text, room - indent - width - 2) if room else [text]
        for number, line in enumerate(lines):
            yield (" " * indent + padded(label if number == 0 else "", width) + "  " + line).rstrip()


def trace_lines(view: Screen, packet: Packet, said: FlowVerdict, indent: int = 2) -> Iterator[str]:
    """What became of ``packet``: who decided, what it hangs on, how it arrives, and then device by device."""
    pairs: list[tuple[Message | str, Message | str]] = []
    if said.decided_by is not None:
        pairs.append((msg("decided by"), deciding(view, said.decided_by, said)))
    pairs += [(msg("it hangs on"), condition) for condition in said.undecided]
    if said.received is not None and ends_of(said.received) != ends_of(packet):
        pairs.append((msg("received as"), packet_text(said.received)))
    yield from items(view, pairs, indent)
    current: Packet | Received = packet
    for number, hop in enumerate(said.hops, start=1):
        yield from _hop_lines(view, number, hop, current, indent)
        current = hop.received or current


def _hop_lines(view: Screen, number: int, hop: Hop, arriving: Packet | Received, indent: int) -> Iterator[str]:
    yield f"{' ' * indent}{number}. {hop.device}: {_crossing(view, hop)}: {view.say(VERDICTS[hop.verdict])}"
    pairs: list[tuple[Message | str, Message | str]] = [
        (HOOKS[step.hook], _step_text(step)) for step in hop.steps if view.verbose or _tells(step)
    ]
    if not hop.steps:
        yield f"{' ' * (indent + 3)}{view.say(msg('no list is asked'))}"
    if hop.received is not None and ends_of(hop.received) != ends_of(arriving):
        pairs.append((msg("goes on as"), packet_text(hop.received)))
    yield from items(view, pairs, indent + 3)


def _crossing(view: Screen, hop: Hop) -> str:
    """From which interface to which, or to the device itself."""
    arriving = hop.in_interface or "*"
    if hop.out_interface:
        return f"{arriving} -> {hop.out_interface}"
    if hop.steps and hop.verdict == Verdict.DENY and all(step.hook == Hook.PREROUTING for step in hop.steps):
        # What is refused on arrival is never routed: where it would have gone is not known.
        return view.say(msg("at {interface}", interface=arriving))
    return f"{arriving} -> {view.say(msg('the device itself'))}"


def _tells(step: Step) -> bool:
    """Whether a step says more than that a list came to its end, or without any line in the config let a packet pass."""
    if step.decision.rule is not None or step.action == StepAction.DENY:
        return True
    return step.decision.span is not None and step.action != StepAction.NO_OPINION


def _step_text(step: Step) -> Message:
    decision = step.decision
    rule = decision.rule
    named: Message | str = decision.reason if decision.reason is not None else decision.rule_set
    if rule is not None:
        called = f"{rule.id} ({rule.name})" if rule.name and rule.name != rule.id else rule.id
        named = msg("rule {rule} of {list}", rule=called, list=decision.rule_set)
    text = msg("{rule} {action}{place}", rule=named, action=ACTIONS[step.action], place=place(decision.span))
    return text if step.certain else msg("{step} (possibly)", step=text)


def place(span: Span | None) -> str:
    """A space and the place in parentheses; nothing where there is none."""
    return "" if span is None else f" ({span})"


def deciding(view: Screen, decision: DecidedBy, said: FlowVerdict) -> str:
    """The rule, the end of a list or the reason, on which device, and where it stands."""
    where = f" ({decision.path}:{decision.first_line})" if decision.path is not None else ""
    if decision.rule is not None:
        steps = (s for h in said.hops if h.device == decision.device for s in h.steps)
        rule = next(
            (
                s.decision.rule
                for s in steps
                if s.decision.rule is not None
                and (s.decision.rule_set, s.decision.rule.id) == (decision.rule_set, decision.rule)
            ),
            None,
        )
        ref = RuleRef(
            device=decision.device,
            rule_set=decision.rule_set,
            rule_id=decision.rule,
            name="" if rule is None else rule.name,
        )
        return f"{view.say(wording.rule_text(ref))}{where}"
    if decision.reason is not None:
        reason = msg("{reason} on {device}", reason=decision.reason, device=decision.device)
        return f"{view.say(reason)}{where}"
    return f"{decision.rule_set}{where}"
