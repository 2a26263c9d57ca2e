"""The answer of `segaudit reach` in lines for people."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from segaudit.cli.flow_text import VERDICTS, ends_of, items, packet_text, place, trace_lines
from segaudit.cli.replay import command, shell
from segaudit.cli.screen import Screen
from segaudit.findings import ranges, wording
from segaudit.findings.reachability import LISTENS, Answer, Denied, Reached, RuleAt, Way
from segaudit.knowledge.columns import columns_of, folded
from segaudit.knowledge.service_text import service_text
from segaudit.model import Message, msg
from segaudit.packetspace.boxes import Box, Ranges, boxes
from segaudit.packetspace.space import PacketSet
from segaudit.zones.reach import Refusal, Stop

#: Shown without -v: ways, boxes of a set, rules of a way, prefixes of a field, what stops the rest.
MOST_WAYS, MOST_BOXES, MOST_RULES, MOST_RANGES, MOST_STOPS = 8, 4, 6, 3, 6
#: A zone of which no more ranges of addresses are missing is told by these.
MOST_MISSING = 2
REACHED = {Reached.YES: msg("yes"), Reached.POSSIBLY: msg("possibly"), Reached.NO: msg("no")}
#: Escape sequences (ECMA-48, SGR).
_COLORS = {Reached.YES: "1;31", Reached.POSSIBLY: "33", Reached.NO: "1;32"}

Pairs = list[tuple[Message | str, Message | str]]


def lines(view: Screen, found: Answer, options: argparse.Namespace) -> Iterator[str]:
    """The answer first, then the ways, then what does not get there and who stops it."""
    return _Writer(view, found, options).lines()


class _Writer:
    def __init__(self, view: Screen, found: Answer, options: argparse.Namespace) -> None:
        self._view = view
        self._found = found
        self._options = options
        self._territories = {zone: _addresses_of(packets) for zone, packets in found.territories.items()}

    def _most(self, limit: int, there: int) -> int:
        return there if self._view.verbose else limit

    def lines(self) -> Iterator[str]:
        view, found = self._view, self._found
        question = found.question
        asked = msg(
            "{source} to {target}, {service}",
            source=str(question.source),
            target=str(question.target),
            service=service_text(question.service),
        )
        said = view.say(REACHED[found.reached])
        painted = f"\x1b[{_COLORS[found.reached]}m{said}\x1b[0m" if view.color else said
        yield f"{view.say(asked)}: {painted}"
        for note in found.notes:
            yield from self._paragraph(note, 2)
        shown = found.ways[: self._most(MOST_WAYS, len(found.ways))]
        for number, way in enumerate(shown, start=1):
            yield ""
            yield from self._way(number, way)
        yield from self._more(len(found.ways) - len(shown), 0)
        if found.denied is not None:
            yield ""
            yield from self._denied(found.denied)

    def _paragraph(self, text: Message | str, indent: int) -> Iterator[str]:
        said = self._view.say(text)
        width = max(self._view.width, 60) if self._view.width else columns_of(said) + indent
        for line in folded(said, width - indent):
            yield " " * indent + line

    def _more(self, count: int, indent: int) -> Iterator[str]:
        if count > 0:
            said = msg("and one more (-v shows all)", plural="and {count} more (-v shows all)", count=count)
            yield " " * indent + self._view.say(said)

    # -- what gets there ------------------------------------------------------------------------------------------

    def _way(self, number: int, way: Way) -> Iterator[str]:
        view = self._view
        hops = ", ".join(
            f"{hop.device}: {hop.in_interface} -> {hop.out_interface or view.say(msg('the device itself'))}"
            for hop in way.hops
        )
        sure = wording.CERTAINTIES[way.certainty]
        yield from self._paragraph(f"{number}. {hops} ({view.say(sure)})", 0)
        pairs: Pairs = [(msg("between"), msg("{source} and {target}", source=way.from_zone, target=way.to_zone))]
        if way.service:
            pairs.append((msg("service"), way.service))
        pairs += self._packets(msg("sent"), way.sent.must)
        pairs += self._packets(msg("possibly sent"), way.sent.may - way.sent.must)
        if way.translations:
            pairs += self._packets(msg("received"), way.received.may)
        pairs += self._rules(msg("translated by"), way.translations)
        pairs += self._rules(msg("let through by"), way.rules)
        pairs += [(msg("it hangs on"), reason) for reason in way.undecided]
        pairs.append((msg("for example"), packet_text(way.witness)))
        if ends_of(way.arriving) != ends_of(way.witness):
            pairs.append((msg("arrives as"), packet_text(way.arriving)))
        if view.verbose:
            pairs.append((msg("replay"), shell(command(way.replay, self._options))))
        yield from items(view, pairs, 3)

    def _packets(self, label: Message, packets: PacketSet) -> Pairs:
        """A set as boxes, a line each."""
        if not packets:
            return []
        most = 64 if self._view.verbose else MOST_BOXES
        found = boxes(packets.forget("tcp_flags", "state"), most)
        pairs: Pairs = [(label if n == 0 else "", self._box(box)) for n, box in enumerate(found.boxes)]
        if not found.complete:
            pairs.append(("", msg("and others")))
        return pairs

    def _rules(self, label: Message, rules: Sequence[RuleAt]) -> Pairs:
        most = self._most(MOST_RULES, len(rules))
        pairs: Pairs = [(label if n == 0 else "", self._rule(one)) for n, one in enumerate(rules[:most])]
        if len(rules) > most:
            pairs.append(("", msg("and others")))
        return pairs

    def _rule(self, one: RuleAt) -> str:
        rule = one.rule
        if rule.action == LISTENS:
            said = msg("{service}, for which {device} listens", service=rule.rule_id, device=rule.device)
        else:
            said = wording.rule_text(rule)
        return f"{self._view.say(said)}{place(one.span)}"

    def _box(self, box: Box) -> Message:
        text = ranges.box_text(box)
        source = self._side(box.version, box.src, text.src, text.src_ports)
        target = self._side(box.version, box.dst, text.dst, None)
        service = _service(box, text)
        if box.version == 6 and not any(":" in str(end) for end in (source, target)):
            # Names say nothing of the family.
            service = msg("{service} (IPv6)", service=service)
        return msg("{service} from {source} to {target}", service=service, source=source, target=target)

    def _side(
        self, version: int, own: Ranges | None, text: tuple[str, ...] | None, ports: tuple[str, ...] | None
    ) -> Message | str:
        """One end of a box; the internet by its name, or by what is missing of it."""
        if own is None or text is None:
            shown: Message | str = msg("any IPv{version} address", version=version)
        else:
            shown = self._named(version, own) or _some(text, self._most(MOST_RANGES, len(text)))
        return shown if ports is None else msg("{address} port {ports}", address=shown, ports=_some(ports, 4))

    def _named(self, version: int, own: Ranges) -> Message | str | None:
        """A zone by its name where all of it is meant, or by the little of it that is not."""
        for zone, whole in self._territories.items():
            missing = _without(whole.get(version, ()), own)
            if missing is None:
                continue
            if not missing:
                return zone
            if len(missing) <= MOST_MISSING < len(own):
                return msg("{zone} but {addresses}", zone=zone, addresses=", ".join(ranges.addresses(version, missing)))
        return None

    # -- what does not --------------------------------------------------------------------------------------------

    def _denied(self, denied: Denied) -> Iterator[str]:
        view = self._view
        yield from self._paragraph(
            msg("What does not get there") if self._found.ways else msg("Why it does not get there"), 0
        )
        if denied.reason is not None:
            yield from self._paragraph(denied.reason, 2)
        such_as = msg(
            "such as {packet}: {verdict}",
            packet=packet_text(denied.packet),
            verdict=VERDICTS[denied.traced.verdict],
        )
        yield from self._paragraph(such_as, 2)
        yield from trace_lines(view, denied.packet, denied.traced, 4)
        if view.verbose:
            yield from items(view, [(msg("replay"), shell(command(denied.flow, self._options)))], 4)
        if not denied.refusals:
            return
        yield from self._paragraph(msg("stopped by"), 2)
        most = self._most(MOST_STOPS, len(denied.refusals))
        for refusal in denied.refusals[:most]:
            yield from self._paragraph(self._refusal(refusal), 4)
            for _, box in self._packets(msg("sent"), refusal.packets):
                yield from self._paragraph(box, 8)
        yield from self._more(len(denied.refusals) - most, 4)

    def _refusal(self, one: Refusal) -> str:
        view = self._view
        if one.rule is not None and one.rule_set is not None:
            called = f"{one.rule.id} ({one.rule.name})" if one.rule.name not in {"", one.rule.id} else one.rule.id
            said = msg("rule {rule} of {list} on {device}", rule=called, list=one.rule_set.name, device=one.device)
            return f"{view.say(said)}{place(one.rule.span)}"
        if one.rule_set is not None:
            said = msg("the end of list {list} on {device}", list=one.rule_set.name, device=one.device)
            return f"{view.say(said)}{place(one.rule_set.default_span)}"
        return view.say(stop_text(one))


def stop_text(one: Refusal) -> Message:
    """What ends packets where no rule does."""
    match one.stop:
        case Stop.UNDEFINED_LIST:
            return msg("a list that is not defined, on {device}", device=one.device)
        case Stop.SOURCE_CHECK:
            return msg(
                "{device} expects such sources behind another interface than {interface}",
                device=one.device,
                interface=one.ingress,
            )
        case Stop.NOT_FORWARDED:
            return msg("{device} does not forward that", device=one.device)
        case Stop.NO_ROUTE:
            return msg("{device} has no route there", device=one.device)
        case Stop.DEVICE_ITSELF:
            return msg("they are for {device} itself", device=one.device)
        case Stop.NOT_LISTENING:
            return msg("nothing listens there on {device}", device=one.device)
        case Stop.ELSEWHERE:
            return msg("they arrive elsewhere: {segment}", segment=one.segment)
        case Stop.NOWHERE:
            return msg(
                "they leave {device} by {interface}, and nothing shows that their destination is there",
                device=one.device,
                interface=one.egress,
            )
        case Stop.NOT_CARRIED:
            return msg("the tunnel of {device} does not carry that", device=one.device)
        case Stop.LOOP:
            return msg("they go round in circles, at last at {device}", device=one.device)
        case Stop.RULE | Stop.LIST_END:
            return msg("a list of {device}", device=one.device)


def _service(box: Box, text: ranges.BoxText) -> Message | str:
    """``tcp/443``, ``tcp,udp/53``, ``icmp/8``, ``any``, ``any but tcp``."""
    if text.protocols is None or box.protocols is None:
        return "any"
    missing = _without(((0, 255),), box.protocols)
    tail = text.dst_ports if text.dst_ports is not None else text.icmp_types
    if tail is None and missing and sum(last - first + 1 for first, last in missing) <= MOST_MISSING:
        return msg("any but {protocols}", protocols=",".join(ranges.protocols(missing)))
    names = _joined(text.protocols)
    return names if tail is None else f"{names}/{_joined(tail)}"


def _joined(parts: Sequence[str]) -> str:
    return ",".join(parts[:6]) + ("..." if len(parts) > 6 else "")


def _some(parts: Sequence[str], most: int) -> Message | str:
    if len(parts) <= most:
        return ", ".join(parts)
    return msg("{some} and {count} more", some=", ".join(parts[:most]), count=len(parts) - most)


def _addresses_of(packets: PacketSet) -> dict[int, Ranges]:
    """The sources of ``packets``, by IP version."""
    bare = packets.forget("dst", "dst_port", "src_port", "icmp_type", "icmp_code", "tcp_flags", "state")
    return {box.version: box.src for box in boxes(bare).boxes if box.src is not None and box.protocols is None}


def _without(whole: Ranges, part: Ranges) -> Ranges | None:
    """What of ``whole`` is not in ``part``; ``None`` where ``part`` holds something else too."""
    missing: list[tuple[int, int]] = []
    rest = list(part)
    for first, last in whole:
        at = first
        while rest and rest[0][0] <= last:
            low, high = rest[0]
            if low < at or high > last:
                return None
            if low > at:
                missing.append((at, low - 1))
            at = high + 1
            rest.pop(0)
        if at <= last:
            missing.append((at, last))
    return None if rest else tuple(missing)
