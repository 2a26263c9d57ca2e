"""Exports of several members of one high-availability cluster become the one device that they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Final

from segaudit.model import Device, InterfaceKind, Notice, Span, msg

#: What the members of a cluster have in common, in the words of a report.
_IN_STEP: Final = {
    "interfaces": msg("interfaces"),
    "zones": msg("zones"),
    "rule_sets": msg("rules"),
    "attachments": msg("where rules are bound"),
    "addresses": msg("address objects"),
    "services": msg("service objects"),
    "schedules": msg("schedules"),
    "routes": msg("routes"),
    "tunnels": msg("tunnels"),
    "remote_access": msg("remote access"),
}


def one_of_each_cluster(devices: Iterable[Device]) -> tuple[list[Device], dict[str, str]]:
    """The devices, each cluster once, and the names of the members left out, with that of the one that stands for them.

    Members are exports of one format that name the same cluster and have the same own addresses, but for secondary
    ones and those of dedicated management interfaces. Where their rules differ, the first by name counts, and a notice says so.
    """
    groups: dict[object, list[Device]] = defaultdict(list)
    for device in devices:
        groups[_identity(device)].append(device)
    found: list[Device] = []
    left_out: dict[str, str] = {}
    for members in groups.values():
        first, *others = sorted(members, key=lambda device: device.name)
        notices = tuple(_notice(first, other) for other in others)
        left_out.update({other.name: first.name for other in others})
        found.append(replace(first, notices=(*first.notices, *notices)) if others else first)
    return found, left_out


def _identity(device: Device) -> object:
    """What two members of a cluster share and nobody else does."""
    own = frozenset(
        (i.name, a.prefix, a.address)
        for i in device.interfaces
        if i.kind is not InterfaceKind.MANAGEMENT
        for a in i.addresses
        # A member may have a second address of its own for its administrators (FortiOS `management-ip`).
        if not a.secondary
    )
    if not device.cluster or not own or device.fragment:
        return device.name
    return device.format, device.cluster, own


def _notice(first: Device, other: Device) -> Notice:
    differing = [word for name, word in _IN_STEP.items() if _plain(_part(first, name)) != _plain(_part(other, name))]
    if differing:
        return Notice(
            message=msg(
                "{other} is another member of the same cluster and is not in step with it ({parts} differ): only"
                " {device} is audited",
                other=other.name,
                device=first.name,
                parts=tuple(differing),
            ),
            span=other.span,
            bears_on_access=True,
        )
    return Notice(
        message=msg("{other} is another member of the same cluster, with the same configuration", other=other.name),
        span=other.span,
    )


def _part(device: Device, name: str) -> object:
    if name == "interfaces":
        return tuple(i for i in device.interfaces if i.kind is not InterfaceKind.MANAGEMENT)
    return getattr(device, name)


def _plain(value: object) -> object:
    """``value`` without the places where it stands."""
    if is_dataclass(value):
        parts = ((f.name, getattr(value, f.name)) for f in fields(value))
        return (type(value).__name__, *((name, _plain(part)) for name, part in parts if not isinstance(part, Span)))
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return value
