"""What files say of the host besides iptables: addresses, routes, forwarding (ip(8), sysctl(8))."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from segaudit.model import (
    InterfaceAddress,
    LineState,
    Prefix,
    Route,
    RouteKind,
    SourceCheck,
    Span,
    parse_address,
    parse_prefix,
)
from segaudit.parsers.linux_iptables.captured import AddressCapture, CapturedInterface
from segaudit.parsers.linux_iptables.links import HostLink, made_link
from segaudit.parsers.linux_iptables.settings import SettingsCapture
from segaudit.parsers.linux_iptables.table import TableCapture


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """``forwarding`` says by IP version whether the kernel forwards, where the script sets it.

    ``captured`` are all interfaces, in their order, where somebody saved them; else it is empty. ``links`` tells of
    VLANs, tunnels and bridges, ``ports`` which interfaces are ports of a bridge, and of which. ``tables`` are the IP
    versions whose routing table somebody saved: ``routes`` are all of these. ``source_checks`` are by interface.
    """

    addresses: Mapping[str, tuple[InterfaceAddress, ...]]
    interface_spans: Mapping[str, Span]
    routes: tuple[Route, ...]
    tables: frozenset[int]
    source_checks: Mapping[str, SourceCheck]
    forwarding: Mapping[int, bool]
    captured: Mapping[str, CapturedInterface]
    links: Mapping[str, HostLink]
    ports: Mapping[str, str]


#: Shell commands that cannot bear on access, and why.
_HARMLESS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("echo", "printf", "cat", "logger", "tput", "clear", "date", "usage"), "prints"),
        **dict.fromkeys(("modprobe", "insmod", "rmmod", "depmod", "lsmod"), "loads a kernel module"),
        **dict.fromkeys(("[", "[[", "test", "true", "false", ":", "grep", "which", "type", "let", "expr"), "tests"),
        **dict.fromkeys(("set", "shopt", "trap", "umask", "unset", "shift", "read", "wait", "sleep"), "shell setting"),
        **dict.fromkeys(("exit", "logout", "return", "break", "continue", "kill"), "ends the script or a part of it"),
        **dict.fromkeys(("su", "hostname", "uname", "id", "whoami", "Last"), "shows who and where"),
        **dict.fromkeys(("mkdir", "touch", "rm", "cp", "mv", "chmod", "chown", "ln", "cd", "tee"), "handles files"),
        **dict.fromkeys(("iptables-save", "ip6tables-save", "iptables-apply"), "saves or prints the rules"),
        **dict.fromkeys(("conntrack",), "lists or clears connections"),
    }
)

#: Shell commands that could bear on access.
_BEARING: Final[Mapping[str, str]] = MappingProxyType(
    {
        ".": "reads another file",
        "source": "reads another file",
        "eval": "runs text that only the shell knows",
        "nft": "rules of nftables",
        "ebtables": "rules for bridges",
        "ebtables-restore": "rules for bridges",
        "arptables": "rules for ARP",
        "ipset": "contents of sets: rules that ask a set are undecided",
        "tc": "traffic control may drop or redirect",
        "ipvsadm": "virtual servers rewrite destinations",
        "route": "routes in the old notation",
        "ifconfig": "interface addresses in the old notation",
        "brctl": "bridges",
        "bridge": "bridges",
        "service": "starts or stops a service",
        "systemctl": "starts or stops a service",
        "ufw": "rules of ufw",
        "firewall-cmd": "rules of firewalld",
    }
)

#: Kernel settings (the part behind net.) that cannot let a packet through or stop it between two networks.
_HARMLESS_SETTING: Final = re.compile(
    r"tcp_|icmp_|somaxconn|_mem|netdev_|log_martians|_redirects|accept_source_route|arp_|neigh|local_port_range"
    r"|ip_dynaddr|nf_conntrack_(?:max|tcp|udp|generic|icmp|buckets)|rp_filter|accept_ra|autoconf|ip_default_ttl"
)
_FORWARDING: Final = re.compile(r"^ipv([46])/(?:ip_forward|conf/(?:all|default)/forwarding)$")
_SETTING_FILE: Final = re.compile(r">\s*[\"']?/proc/sys/net/(\S+?)[\"']?(?:\s|$)")

Verdict = tuple[LineState, str]


@dataclass(slots=True)
class Host:
    """Collects what the commands of a script say."""

    _addresses: dict[str, list[InterfaceAddress]] = field(default_factory=dict)
    _spans: dict[str, Span] = field(default_factory=dict)
    _routes: list[Route] = field(default_factory=list)
    _tables: set[int] = field(default_factory=set)
    _source_checks: dict[str, SourceCheck] = field(default_factory=dict)
    _shown: list[Route] = field(default_factory=list)
    _connected: list[Route] = field(default_factory=list)
    _forwarding: dict[int, bool] = field(default_factory=dict)
    _captured: dict[str, CapturedInterface] = field(default_factory=dict)
    _links: dict[str, HostLink] = field(default_factory=dict)
    _ports: dict[str, str] = field(default_factory=dict)
    _vrfs: set[str] = field(default_factory=set)

    def facts(self) -> HostFacts:
        """What has been collected."""
        return HostFacts(
            addresses=MappingProxyType({name: tuple(found) for name, found in self._addresses.items()}),
            interface_spans=MappingProxyType(dict(self._spans)),
            routes=tuple(self._all_routes()),
            tables=frozenset(self._tables),
            source_checks=MappingProxyType(dict(self._source_checks)),
            forwarding=MappingProxyType(dict(self._forwarding)),
            captured=MappingProxyType(dict(self._captured)),
            links=MappingProxyType(dict(self._links)),
            ports=MappingProxyType(dict(self._ports)),
        )

    def _all_routes(self) -> Iterator[Route]:
        """What scripts add, but for the families whose table somebody saved: then that."""
        yield from (route for route in self._routes if route.prefix.version not in self._tables)
        yield from self._shown
        for route in self._connected:
            # Where the interface's address shows the same, it is no route of its own.
            if all(route.prefix != address.prefix for address in self._addresses.get(route.interface, ())):
                yield route

    def captured_settings(self, capture: SettingsCapture) -> None:
        """Takes in what ``sysctl`` printed."""
        self._forwarding |= capture.forwarding
        self._source_checks |= capture.source_checks()

    def captured_table(self, capture: TableCapture) -> None:
        """Takes in what ``ip route`` printed."""
        self._tables |= capture.versions
        self._shown += capture.routes
        self._connected += capture.connected
        for route in (*capture.routes, *capture.connected):
            if route.interface and route.interface != "lo":
                self._spans.setdefault(route.interface, route.span)

    def captured(self, capture: AddressCapture) -> None:
        """Takes in what ``ip address`` printed: the addresses as they were, whatever a script puts there."""
        for name, interface in capture.interfaces.items():
            if name not in self._captured:
                self._captured[name] = interface
                self._spans[name] = interface.span
                self._addresses[name] = []
            if interface.master:
                self._ports[name] = interface.master
            if (link := capture.links.get(name)) is not None:
                self._links[name] = link
            # The families may have been asked for one by one.
            known = {(a.prefix.version, a.address) for a in self._addresses[name]}
            added = capture.addresses.get(name, ())
            self._addresses[name] += (a for a in added if (a.prefix.version, a.address) not in known)

    def take(self, words: Sequence[str], text: str, span: Span, functions: Collection[str], *, surely: bool) -> Verdict:
        """The ledger state and reason of a command that is not iptables; ``text`` is its line as written.

        ``surely``: it stands under no condition of the script.
        """
        name = words[0].rsplit("/", 1)[-1]
        setting = _SETTING_FILE.search(text)
        if setting is not None and name in ("echo", "printf"):
            return self._set(setting.group(1), words[1] if len(words) > 1 else "", surely=surely)
        if name == "sysctl":
            given = [word for word in words[1:] if "=" in word]
            if not given:
                return LineState.IRRELEVANT, "prints or reloads kernel settings"
            key, _, value = given[0].partition("=")
            return self._set(key.replace(".", "/").removeprefix("net/"), value, surely=surely)
        if name == "ip":
            return self._ip(words[1:], span, surely=surely)
        if name in _HARMLESS:
            return LineState.IRRELEVANT, f"shell: {_HARMLESS[name]}"
        if name in _BEARING:
            return LineState.UNSUPPORTED, _BEARING[name]
        if name in functions:
            return LineState.IRRELEVANT, "shell: calls a function, whose commands are read where it is defined"
        return LineState.UNRECOGNIZED, "no command that is known"

    def _set(self, key: str, value: str, *, surely: bool) -> Verdict:
        forwarding = _FORWARDING.match(key)
        if forwarding is not None and value in ("0", "1") and surely:
            self._forwarding[int(forwarding.group(1))] = value == "1"
            return LineState.MODELLED, ""
        if forwarding is None and _HARMLESS_SETTING.search(key):
            return LineState.IRRELEVANT, "kernel setting that opens no way between networks"
        return LineState.UNSUPPORTED, "kernel setting that may bear on what is forwarded"

    def _ip(self, words: Sequence[str], span: Span, *, surely: bool) -> Verdict:
        plain = [word for word in words if word not in ("-4", "-6")]
        if len(plain) < 2 or plain[1] in ("show", "list", "ls", "get"):
            return LineState.IRRELEVANT, "shell: prints"
        what, action = plain[0], plain[1]
        if surely and action in ("add", "replace", "append"):
            try:
                if "address".startswith(what) and len(what) > 1 and self._add_address(plain[2:], span):
                    return LineState.MODELLED, ""
                if what == "link" and _behind(plain, "type") == "vrf":
                    self._vrfs.add(_behind(plain, "name") or plain[2])
                elif what in ("link", "tunnel") and (made := made_link(plain[2:], span)) is not None:
                    self._links[made[0]] = made[1]
                    self._spans.setdefault(made[0], span)
                    return LineState.MODELLED, ""
                if "route".startswith(what) and self._add_route(plain[2:], span, 6 if "-6" in words else 4):
                    return LineState.MODELLED, ""
            except ValueError:
                # An address or prefix that is none, or that only the shell knows.
                return LineState.UNSUPPORTED, "an address that cannot be read"
        if what == "link" and action == "set":
            bridge = _behind(plain, "master")
            if bridge in self._vrfs:
                return LineState.UNSUPPORTED, "ip: a routing table of its own for some interfaces"
            if bridge and surely:
                self._ports[_behind(plain, "dev") or plain[2]] = bridge
                return LineState.MODELLED, ""
            return LineState.IRRELEVANT, "state and name of a link, not its address"
        return LineState.UNSUPPORTED, "ip: addresses, routes or tunnels that are not read"

    def _add_address(self, words: Sequence[str], span: Span) -> bool:
        device = _behind(words, "dev")
        if not words or not device:
            return False
        text = words[0]
        version, address = parse_address(text.partition("/")[0])
        prefix = parse_prefix(text)
        found = self._addresses.setdefault(device, [])
        secondary = any(a.prefix == prefix for a in found)
        found.append(InterfaceAddress(address=address, prefix=prefix, secondary=secondary, span=span))
        self._spans.setdefault(device, span)
        assert version == prefix.version, "one text, one family"
        return True

    def _add_route(self, words: Sequence[str], span: Span, version: int) -> bool:
        kind = RouteKind.STATIC
        if words and words[0] in ("blackhole", "unreachable", "prohibit"):
            kind, words = RouteKind.DISCARD, words[1:]
        via, device, table = _behind(words, "via"), _behind(words, "dev"), _behind(words, "table")
        if not words or table not in ("", "main", "254") or not (via or device or kind is RouteKind.DISCARD):
            return False
        next_hop = parse_address(via)[1] if via else None
        if words[0] == "default":
            prefix = Prefix(parse_address(via)[0] if via else version, 0, 0)
        else:
            prefix = parse_prefix(words[0])
        metric = _behind(words, "metric")
        self._routes.append(
            Route(
                prefix=prefix,
                span=span,
                next_hop=next_hop,
                interface=device,
                distance=int(metric) if metric.isdigit() else 0,
                kind=kind,
            )
        )
        if device:
            self._spans.setdefault(device, span)
        return True


def _behind(words: Sequence[str], keyword: str) -> str:
    """The word behind ``keyword``; empty where there is none."""
    for place, word in enumerate(words[:-1]):
        if word == keyword:
            return words[place + 1]
    return ""
