"""The tables of `segaudit show` that need no packet sets: devices, rules, the ledger."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from segaudit.cli.screen import Screen, clean
from segaudit.knowledge.expression_text import address_text, interfaces_text, service_expr_text, translation_text
from segaudit.model import (
    AddressMethod,
    Attachment,
    Device,
    Interface,
    LineState,
    Route,
    RouteKind,
    Rule,
    RuleSet,
    RuleSetKind,
    format_address,
    msg,
)
from segaudit.model.inputs import Network

#: The five states as people write them after --state; ``open`` is what a verdict may hang on and is not modelled.
STATES = {
    "modelled": (LineState.MODELLED,),
    "approximated": (LineState.APPROXIMATED,),
    "irrelevant": (LineState.IRRELEVANT,),
    "unsupported": (LineState.UNSUPPORTED,),
    "unrecognized": (LineState.UNRECOGNIZED,),
    "open": (LineState.UNSUPPORTED, LineState.UNRECOGNIZED),
}


def print_json(value: object) -> None:
    """One JSON document, ASCII only, so that any console can write it."""
    print(json.dumps(value, indent=2, ensure_ascii=True))


# ---------------------------------------------------------------------------------------------------------------------
# Devices


def devices(options: argparse.Namespace, view: Screen, network: Network) -> None:
    """The devices, and the interfaces of each."""
    if options.format == "json":
        print_json({"complete": network.complete, "devices": [_device_json(one, network) for one in network.devices]})
        return
    heads = (
        msg("device"),
        msg("format"),
        msg("model"),
        msg("version"),
        msg("interfaces"),
        msg("rules"),
        msg("translations"),
        msg("routes"),
        msg("files"),
    )
    view.table(heads, [_device_row(one, network) for one in network.devices])
    for device in network.devices:
        if not device.interfaces:
            continue
        print()
        view.line(device.name)
        view.table(
            (msg("interface"), msg("addresses"), msg("zone"), msg("VLAN"), msg("name given to it"), msg("line")),
            [
                (
                    f"{one.name}{'' if one.enabled else ' (off)'}",
                    _own_addresses(one),
                    one.zone,
                    "" if one.vlan is None else one.vlan,
                    " / ".join(dict.fromkeys(filter(None, (one.alias, one.description)))),
                    str(one.span),
                )
                for one in device.interfaces
            ],
        )


def _device_row(device: Device, network: Network) -> tuple[str | int, ...]:
    filters = sum(len(one.rules) for one in device.rule_sets if one.kind is RuleSetKind.FILTER)
    translations = sum(len(one.rules) for one in device.rule_sets if one.kind is RuleSetKind.NAT)
    return (
        device.name,
        device.format,
        device.platform,
        device.version,
        len(device.interfaces),
        filters,
        translations,
        len(device.routes),
        " ".join(_files(device, network)),
    )


def _files(device: Device, network: Network) -> list[str]:
    return [one.path for one in network.inputs if device.name in one.devices]


def _own_addresses(interface: Interface) -> str:
    shown = [f"{format_address(one.prefix.version, one.address)}/{one.prefix.length}" for one in interface.addresses]
    if interface.method in (AddressMethod.DHCP, AddressMethod.PPPOE):
        shown.append(interface.method.value)
    return " ".join(shown)


def _device_json(device: Device, network: Network) -> dict[str, object]:
    return {
        "name": device.name,
        "format": device.format,
        "vendor": device.vendor,
        "platform": device.platform,
        "version": device.version,
        "fragment": device.fragment,
        "files": _files(device, network),
        "interfaces": [
            {
                "name": one.name,
                "hardware": one.hardware,
                "addresses": [
                    f"{format_address(each.prefix.version, each.address)}/{each.prefix.length}"
                    for each in one.addresses
                ],
                "method": one.method.value,
                "kind": one.kind.value,
                "zone": one.zone,
                "vlan": one.vlan,
                "vrf": one.vrf,
                "alias": one.alias,
                "description": one.description,
                "enabled": one.enabled,
                "path": one.span.path,
                "first_line": one.span.first_line,
            }
            for one in device.interfaces
        ],
        "rule_sets": [{"name": one.name, "kind": one.kind.value, "rules": len(one.rules)} for one in device.rule_sets],
        "routes": len(device.routes),
        "remote_access": [one.name for one in device.remote_access],
        "tunnels": [one.name for one in device.tunnels],
        "notices": [
            {"text": str(one.message), "path": one.span.path, "first_line": one.span.first_line}
            for one in device.notices
        ],
    }


# ---------------------------------------------------------------------------------------------------------------------
# Rules


def rules(options: argparse.Namespace, view: Screen, network: Network) -> None:
    """Every list of every device as it is evaluated, with where it is attached and what ends it."""
    if options.format == "json":
        print_json(
            {
                "complete": network.complete,
                "rule_sets": [
                    _rule_set_json(device, rule_set) for device in network.devices for rule_set in device.rule_sets
                ],
            }
        )
        return
    heads = (
        msg("rule"),
        msg("action"),
        msg("in"),
        msg("out"),
        msg("source"),
        msg("destination"),
        msg("service"),
        msg("more"),
        msg("line"),
    )
    for device in network.devices:
        for rule_set in device.rule_sets:
            where = "; ".join(_attached(one) for one in device.attachments if rule_set.name in one.rule_sets)
            default = f", {rule_set.default.value} at its end" if rule_set.default is not None else ""
            view.line(f"{device.name} {rule_set.name} ({rule_set.kind.value}{default}) {where}".rstrip())
            view.table(heads, [_rule_row(view, rule) for rule in rule_set.rules])
            print()


def _attached(attachment: Attachment) -> str:
    ways = [
        f"{word} {interfaces_text(match)}"
        for word, match in (("in", attachment.ingress), ("out", attachment.egress))
        if not match.is_any
    ]
    return " ".join([attachment.hook.value, *ways])


def _rule_row(view: Screen, rule: Rule) -> tuple[str, ...]:
    more = [] if rule.enabled else [view.say(msg("disabled"))]
    more += [f"{one.kind.value} {one.text}" for one in rule.conditions]
    more += [f"schedule {rule.schedule}"] if rule.schedule else []
    more += [translation_text(rule.translation)] if rule.translation is not None else []
    more += [translation_text(rule.source_translation)] if rule.source_translation is not None else []
    more += [_way_text(route) for route in rule.routes]
    more += [rule.implicit] if rule.implicit else []
    target = f" {rule.target}" if rule.target else ""
    name = f" {rule.name}" if rule.name and rule.name != rule.id else ""
    destination = address_text(rule.destination)
    if rule.translated_by:
        destination = f"{' or '.join(sorted(rule.translated_by))} (translated)"
    return (
        f"{rule.id}{name}",
        f"{rule.action.value}{target}",
        interfaces_text(rule.ingress),
        interfaces_text(rule.egress),
        address_text(rule.source),
        destination,
        service_expr_text(rule.service),
        ", ".join(more),
        str(rule.span),
    )


def _way_text(route: Route) -> str:
    """A way of a routing rule."""
    if route.kind is RouteKind.DISCARD:
        return "to nowhere"
    hop = format_address(route.prefix.version, route.next_hop) if route.next_hop is not None else ""
    table = f"vrf {route.next_hop_vrf or 'global'}" if route.next_hop_vrf is not None else ""
    parts = (hop and f"to {hop}", route.interface and f"by {route.interface}", table, "if up" if route.tracked else "")
    return " ".join(part for part in parts if part)


def _rule_set_json(device: Device, rule_set: RuleSet) -> dict[str, object]:
    return {
        "device": device.name,
        "name": rule_set.name,
        "kind": rule_set.kind.value,
        "version": rule_set.version,
        "default": rule_set.default.value if rule_set.default is not None else None,
        "attached": [_attached(one) for one in device.attachments if rule_set.name in one.rule_sets],
        "rules": [
            {
                "id": rule.id,
                "name": rule.name,
                "position": rule.position,
                "action": rule.action.value,
                "target": rule.target,
                "enabled": rule.enabled,
                "in": interfaces_text(rule.ingress),
                "out": interfaces_text(rule.egress),
                "source": address_text(rule.source),
                "destination": address_text(rule.destination),
                "translated_by": sorted(rule.translated_by) if rule.translated_by is not None else None,
                "service": service_expr_text(rule.service),
                "conditions": [f"{one.kind.value} {one.text}" for one in rule.conditions],
                "schedule": rule.schedule,
                "translation": translation_text(rule.translation) if rule.translation is not None else None,
                "routes": [_way_text(route) for route in rule.routes],
                "implicit": rule.implicit,
                "path": rule.span.path,
                "first_line": rule.span.first_line,
                "last_line": rule.span.last_line,
            }
            for rule in rule_set.rules
        ],
    }


# ---------------------------------------------------------------------------------------------------------------------
# The ledger


def ledger(options: argparse.Namespace, view: Screen, network: Network) -> None:
    """Every non-blank line with its state, and how many there are of each."""
    wanted = {state for name in options.state for state in STATES[name]} if options.state else set(LineState)
    if options.format == "json":
        print(json.dumps(_as_json(network, wanted, totals=options.totals), indent=2, ensure_ascii=True))
        return
    if not options.totals:
        for line in _ledger_lines(view, network, wanted):
            print(line)
        print()
    _totals(view, network)


def _ledger_lines(view: Screen, network: Network, wanted: set[LineState]) -> Iterator[str]:
    words = {state: view.language.say(word) for state, word in _WORDS.items()}
    width = max(map(len, words.values()))
    for path, states in network.ledgers.items():
        source = network.sources[path]
        for number, value in enumerate(states.states, start=1):
            state = LineState(value)
            if state is LineState.BLANK or state not in wanted:
                continue
            (text,) = source.quote(source.span(number))
            reason = states.reasons.get(number, "")
            behind = f"   # {reason}" if reason else ""
            yield f"{clean(path)}:{number}: {words[state]:<{width}}  {clean(text)}{clean(behind)}"


#: A state in the words of the ledger.
_WORDS = {
    LineState.MODELLED: msg("modelled"),
    LineState.APPROXIMATED: msg("approximated"),
    LineState.IRRELEVANT: msg("irrelevant"),
    LineState.UNSUPPORTED: msg("unsupported"),
    LineState.UNRECOGNIZED: msg("unrecognized"),
}


def _totals(view: Screen, network: Network) -> None:
    rows: list[tuple[str | int, ...]] = []
    for one in network.inputs:
        states = network.ledgers[one.path]
        counts = [states.count(state) for state in _WORDS]
        rows.append((one.path, one.format, states.non_blank, *counts, _share(sum(counts[3:]), states.non_blank)))
    if len(rows) > 1:
        totals = network.totals()
        counts = [totals[state] for state in _WORDS]
        everything = view.say(msg("all"))
        rows.append((everything, "", sum(counts), *counts, _share(sum(counts[3:]), sum(counts))))
    heads = (msg("file"), msg("format"), msg("lines"), *_WORDS.values(), msg("not understood"))
    view.table(heads, rows)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _as_json(network: Network, wanted: set[LineState], *, totals: bool) -> dict[str, object]:
    inputs = []
    for one in network.inputs:
        states, source = network.ledgers[one.path], network.sources[one.path]
        row: dict[str, object] = {
            "path": one.path,
            "format": one.format,
            "lines": one.lines,
            "ledger": {state.name.lower(): states.count(state) for state in _WORDS},
        }
        if not totals:
            row["statements"] = [
                {
                    "first_line": statement.span.first_line,
                    "last_line": statement.span.last_line,
                    "state": statement.state.name.lower(),
                    "reason": statement.reason,
                    "text": list(source.quote(statement.span)),
                }
                for statement in states.statements()
                if statement.state in wanted
            ]
        inputs.append(row)
    return {"complete": network.complete, "inputs": inputs}
