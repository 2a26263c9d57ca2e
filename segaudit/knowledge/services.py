"""What a protocol and port says: the service, its risk class, and how bad it is to be reached from where.

The data is ``policies/services.yaml``; its head says what each key means. Nothing here is a packet set: ranges are
plain numbers, so that every room can use them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import cast

from segaudit.knowledge.protocols import protocol_number
from segaudit.knowledge.shipped import load_shipped
from segaudit.model.message import Severity

#: First and last port, both inclusive.
PortRange = tuple[int, int]


class Context(StrEnum):
    """Where traffic comes from, as its destination sees it."""

    INTERNET = "internet"
    GUEST = "guest"
    TERMINAL = "terminal"
    VPN = "vpn"
    DMZ = "dmz"
    SERVER = "server"
    OT = "ot"


class Source(StrEnum):
    """Where the port of an entry was read."""

    DECK = "deck"
    IANA = "iana"
    NMAP = "nmap"
    ICS = "ics"
    DOC = "doc"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEntry:
    """One service: ``protocols`` are IP protocol numbers; ``ports`` is empty where the protocol has none.

    ``shared``: of ``ports``, those that belong to another entry first. ``severity`` replaces single contexts of the
    class; ``None`` as a value means no finding by itself. ``title_ja`` equals ``title`` where the name is the same.
    """

    name: str
    class_id: str
    title: str
    title_ja: str
    protocols: tuple[int, ...]
    ports: tuple[PortRange, ...] = ()
    shared: tuple[PortRange, ...] = ()
    cleartext: bool = False
    public_ok: bool = False
    egress: bool = False
    vendor: str = ""
    source: Source = Source.MEMORY
    severity: Mapping[Context, Severity | None] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def verified(self) -> bool:
        """Whether the port was read in a text; if not, it is a label and never the only ground of a finding."""
        return self.source is not Source.MEMORY

    def covers(self, protocol: int, port: int | None) -> bool:
        """Whether ``protocol`` and destination ``port`` (``None``: the protocol has no ports) belong to it."""
        if protocol not in self.protocols:
            return False
        if not self.ports:
            return True
        return port is not None and any(low <= port <= high for low, high in self.ports)

    def shares(self, port: int | None) -> bool:
        """Whether another entry is the first owner of ``port``."""
        return port is not None and any(low <= port <= high for low, high in self.shared)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceClass:
    """A risk class: services that mean the same to an intruder. ``pivot`` is 0 to 1."""

    id: str
    title: str
    title_ja: str
    severity: Mapping[Context, Severity | None]
    pivot: float
    entries: tuple[ServiceEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSet:
    """Services that a check asks for together; ``entries`` in the order of the file, each once."""

    name: str
    title: str
    title_ja: str
    entries: tuple[ServiceEntry, ...]

    def ranges(self) -> tuple[tuple[int, PortRange | None], ...]:
        """Protocol and destination ports of every entry, merged and sorted; ``None`` for protocols without ports."""
        return merged_ranges(self.entries)


@dataclass(frozen=True, kw_only=True)
class ServiceCatalogue:
    """All services, by class, name, set, and by protocol and port."""

    classes: tuple[ServiceClass, ...]
    sets: tuple[ServiceSet, ...]

    @cached_property
    def entries(self) -> tuple[ServiceEntry, ...]:
        """Every entry, in the order of the file."""
        return tuple(entry for group in self.classes for entry in group.entries)

    @cached_property
    def _class_by_id(self) -> dict[str, ServiceClass]:
        return {group.id: group for group in self.classes}

    @cached_property
    def _entry_by_name(self) -> dict[str, ServiceEntry]:
        return {entry.name: entry for entry in self.entries}

    @cached_property
    def _set_by_name(self) -> dict[str, ServiceSet]:
        return {named.name: named for named in self.sets}

    @cached_property
    def _index(self) -> dict[int, tuple[list[int], list[tuple[ServiceEntry, ...]]]]:
        """Per protocol: where a new run of ports begins, and the entries of that run, first owner first."""
        by_protocol: dict[int, list[ServiceEntry]] = {}
        for entry in self.entries:
            for protocol in entry.protocols:
                by_protocol.setdefault(protocol, []).append(entry)
        index: dict[int, tuple[list[int], list[tuple[ServiceEntry, ...]]]] = {}
        for protocol, entries in by_protocol.items():
            cuts = {0}
            for entry in entries:
                for low, high in (*entry.ports, *entry.shared):
                    cuts.update((low, high + 1))
            starts = sorted(cuts)
            here: list[list[ServiceEntry]] = [[] for _ in starts]
            for entry in entries:
                for low, high in entry.ports or ((0, starts[-1]),):
                    for run in range(bisect_left(starts, low), bisect_right(starts, high)):
                        if entry not in here[run]:
                            here[run].append(entry)
            runs = [
                tuple(sorted(found, key=lambda entry, start=start: entry.shares(start)))  # type: ignore[misc]  # start is bound
                for start, found in zip(starts, here, strict=True)
            ]
            index[protocol] = (starts, runs)
        return index

    def candidates(self, protocol: int, port: int | None = None) -> tuple[ServiceEntry, ...]:
        """Every entry that ``protocol`` and destination ``port`` can be, its first owner first; empty if unknown."""
        found = self._index.get(protocol)
        if found is None:
            return ()
        starts, runs = found
        return runs[bisect_right(starts, port or 0) - 1]

    def primary(self, protocol: int, port: int | None = None) -> ServiceEntry | None:
        """The service that a report names for ``protocol`` and destination ``port``; ``None`` if unknown."""
        found = self.candidates(protocol, port)
        return found[0] if found and not found[0].shares(port) else None

    def overlapping(self, protocol: int, low: int, high: int) -> tuple[ServiceEntry, ...]:
        """Every entry that is the first owner of a destination port from ``low`` to ``high``, both inclusive."""
        found = self._index.get(protocol)
        if found is None:
            return ()
        starts, runs = found
        chosen: dict[str, ServiceEntry] = {}
        for run in range(bisect_right(starts, low) - 1, bisect_right(starts, high)):
            here = runs[run]
            if here and not here[0].shares(max(starts[run], low)):
                chosen.setdefault(here[0].name, here[0])
        return tuple(chosen.values())

    def class_of(self, entry: ServiceEntry) -> ServiceClass:
        """The risk class of ``entry``."""
        return self._class_by_id[entry.class_id]

    def entry(self, name: str) -> ServiceEntry:
        """The service ``name``; ``KeyError`` where there is none."""
        return self._entry_by_name[name]

    def named(self, name: str) -> ServiceSet:
        """The set ``name`` (``remote-desktop``); ``KeyError`` where there is none."""
        return self._set_by_name[name]

    def severity(self, entry: ServiceEntry, context: Context) -> Severity | None:
        """How bad it is that ``entry`` can be reached from ``context``; ``None``: no finding by itself."""
        if context in entry.severity:
            return entry.severity[context]
        return self.class_of(entry).severity[context]


def merged_ranges(entries: Iterable[ServiceEntry]) -> tuple[tuple[int, PortRange | None], ...]:
    """Protocol and ports of ``entries``, touching ranges joined, sorted; ``None``: a protocol without ports."""
    ports: dict[int, list[PortRange]] = {}
    whole: set[int] = set()
    for entry in entries:
        for protocol in entry.protocols:
            if entry.ports:
                ports.setdefault(protocol, []).extend(entry.ports)
            else:
                whole.add(protocol)
    result: list[tuple[int, PortRange | None]] = []
    for protocol in sorted(ports.keys() | whole):
        if protocol in whole:
            result.append((protocol, None))
            continue
        joined: list[PortRange] = []
        for low, high in sorted(ports[protocol]):
            if joined and low <= joined[-1][1] + 1:
                joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
            else:
                joined.append((low, high))
        result.extend((protocol, ports_here) for ports_here in joined)
    return tuple(result)


@lru_cache(maxsize=1)
def load_services() -> ServiceCatalogue:
    """The shipped services, read once per process."""
    return read_services(load_shipped("services.yaml"))


_Fields = Mapping[str, object]


def read_services(data: object) -> ServiceCatalogue:
    """The catalogue that ``data`` (the plain values of ``services.yaml``) describes; `ValueError` where it is wrong."""
    document = _fields(data)
    classes: list[ServiceClass] = []
    for group in _items(document["classes"]):
        class_id = _text(group["id"])
        severity = _severities(group["severity"])
        if missing := [context.value for context in Context if context not in severity]:
            raise ValueError(f"class {class_id!r} gives no severity for {', '.join(missing)}")
        classes.append(
            ServiceClass(
                id=class_id,
                title=_text(group["title"]),
                title_ja=_text(group["title_ja"]),
                severity=severity,
                pivot=float(cast("float", group["pivot"])),
                entries=tuple(_entry(item, class_id) for item in _items(group["services"])),
            )
        )
    entries = {entry.name: entry for group in classes for entry in group.entries}
    if len(entries) != sum(len(group.entries) for group in classes):
        raise ValueError("two services have one name")
    sets = tuple(
        _set(name, _fields(item), entries, {group.id: group for group in classes})
        for name, item in _fields(document["sets"]).items()
    )
    return ServiceCatalogue(classes=tuple(classes), sets=sets)


def _entry(item: _Fields, class_id: str) -> ServiceEntry:
    title = _text(item["title"])
    return ServiceEntry(
        name=_text(item["name"]),
        class_id=class_id,
        title=title,
        title_ja=_text(item.get("title_ja", title)),
        protocols=tuple(_protocol(word) for word in cast("list[str | int]", item["protocols"])),
        ports=tuple(_ports(item.get("ports", []))),
        shared=tuple(_ports(item.get("shared", []))),
        cleartext=bool(item.get("cleartext", False)),
        public_ok=bool(item.get("public_ok", False)),
        egress=bool(item.get("egress", False)),
        vendor=_text(item.get("vendor", "")),
        source=Source(_text(item["source"])),
        severity=_severities(item.get("severity", {})),
    )


def _set(
    name: str, item: _Fields, entries: Mapping[str, ServiceEntry], classes: Mapping[str, ServiceClass]
) -> ServiceSet:
    left_out = set(_words(item.get("except", [])))
    chosen: dict[str, ServiceEntry] = {}
    for class_id in _words(item.get("classes", [])):
        chosen.update((entry.name, entry) for entry in classes[class_id].entries if entry.name not in left_out)
    chosen.update((word, entries[word]) for word in _words(item.get("services", [])))
    if unknown := left_out - entries.keys():
        raise ValueError(f"set {name!r} leaves out unknown services: {', '.join(sorted(unknown))}")
    return ServiceSet(
        name=name, title=_text(item["title"]), title_ja=_text(item["title_ja"]), entries=tuple(chosen.values())
    )


def _severities(data: object) -> Mapping[Context, Severity | None]:
    return MappingProxyType(
        {
            Context(context): None if word == "none" else Severity[_text(word).upper()]
            for context, word in _fields(data).items()
        }
    )


def _protocol(word: str | int) -> int:
    number = word if isinstance(word, int) else protocol_number(word.removeprefix("ip") if word != "ip" else word)
    if number is None:
        raise ValueError(f"no IP protocol {word!r}")
    return number


def _ports(data: object) -> Iterator[PortRange]:
    for item in cast("list[str | int]", data):
        low, _, high = str(item).partition("-")
        span = (int(low), int(high or low))
        if not 0 <= span[0] <= span[1] <= 65535:
            raise ValueError(f"{item!r} is no range of ports")
        yield span


def _fields(data: object) -> _Fields:
    if not isinstance(data, dict):
        raise ValueError(f"expected keys and values, found {data!r}")  # noqa: TRY004 - the data is wrong, not the call
    return cast("_Fields", data)


def _items(data: object) -> list[_Fields]:
    return [_fields(item) for item in cast("list[object]", data)]


def _words(data: object) -> list[str]:
    return [_text(item) for item in cast("list[object]", data)]


def _text(data: object) -> str:
    if not isinstance(data, str):
        raise ValueError(f"expected text, found {data!r}")  # noqa: TRY004 - as above
    return data
