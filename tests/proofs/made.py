"""Small configurations as text, made by Hypothesis, in each of the formats.

They are what people write: objects and groups, ranges and holes, negation, translations of both kinds, lists bound to
interfaces and between zones. Few addresses and few ports, so that rules meet each other and the packets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

#: The networks: outside, inside, servers. The device has the first address of each.
OUTSIDE, INSIDE, SERVERS = "203.0.113.0", "10.1.0.0", "10.2.0.0"
HOSTS = ("10.1.0.5", "10.1.0.6", "10.2.0.5", "10.2.0.10", "198.51.100.7", "198.51.100.8", "192.0.2.77")
#: Start and mask length.
NETWORKS = (
    ("10.1.0.0", 24), ("10.1.0.0", 25), ("10.1.0.128", 25), ("10.2.0.0", 24), ("10.0.0.0", 8), ("198.51.100.0", 24),
    ("0.0.0.0", 1), ("128.0.0.0", 1), ("0.0.0.0", 2), ("64.0.0.0", 2), ("10.2.0.4", 30),
)  # fmt: skip
RANGES = (("10.1.0.5", "10.1.0.9"), ("10.2.0.0", "10.2.0.10"), ("198.51.100.7", "198.51.100.200"))
PUBLIC = ("203.0.113.2", "203.0.113.3", "203.0.113.4")
PORTS = (21, 22, 80, 443, 445, 3389, 13389)
PORT_RANGES = ((20, 25), (80, 90), (3000, 4000), (1, 65535), (1024, 65535))


@dataclass(frozen=True, slots=True)
class Chooser:
    """Hypothesis' choices in the words of a person who writes a configuration."""

    draw: Callable[[st.SearchStrategy[object]], object]

    def one(self, options: Sequence[T]) -> T:
        """One of ``options``."""
        return options[self.number(0, len(options) - 1)]

    def some(self, options: Sequence[T], least: int, most: int) -> list[T]:
        """Some of ``options``, each at most once."""
        wanted = min(self.number(least, most), len(options))
        left = list(options)
        return [left.pop(self.number(0, len(left) - 1)) for _ in range(wanted)]

    def number(self, first: int, last: int) -> int:
        """A number of the range, both ends included."""
        found = self.draw(st.integers(first, last))
        assert isinstance(found, int)
        return found

    def maybe(self, one_in: int = 2) -> bool:
        """Yes once in so many times; shrinks to no."""
        return self.number(1, one_in) == one_in


def mask(length: int) -> str:
    """The netmask of a prefix length."""
    value = (0xFFFFFFFF << (32 - length)) & 0xFFFFFFFF
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


def wildcard(length: int) -> str:
    """The wildcard mask of a prefix length."""
    return ".".join(str(255 - int(part)) for part in mask(length).split("."))


def _strategy(write: Callable[[Chooser], dict[str, str]]) -> st.SearchStrategy[dict[str, str]]:
    @st.composite
    def made(draw: st.DrawFn) -> dict[str, str]:
        return write(Chooser(draw))

    return made()


# -- FortiOS ----------------------------------------------------------------------------------------------------------


def _fortios(c: Chooser) -> dict[str, str]:
    release = c.one(("6.2.9-FW-build1234", "7.0.1-FW-build0157", "7.2.2-FW-build1255", "7.2.4-FW-build1396"))
    lines = [f"#config-version=FGT60F-{release}-220101:opmode=0:vdom=0:user=admin", "config system global"]
    lines += ['    set hostname "made"', "end", "config system interface"]
    for name, network, role in (("wan1", OUTSIDE, "wan"), ("lan", INSIDE, "lan"), ("dmz", SERVERS, "dmz")):
        lines += [f'    edit "{name}"', '        set vdom "root"', f"        set ip {_first(network)} 255.255.255.0"]
        if c.maybe():
            lines.append(f"        set allowaccess {' '.join(c.some(('ping', 'https', 'ssh', 'http', 'snmp'), 1, 3))}")
        lines += ["        set type physical", f"        set role {role}", "    next"]
    lines.append("end")
    zoned = c.maybe(3)
    inside = "inside" if zoned else "lan"
    if zoned:
        lines += ["config system zone", '    edit "inside"', '        set interface "lan"']
        lines += ["        set intrazone allow"] if c.maybe() else []
        lines += ["    next", "end"]
    addresses = _fortios_addresses(c, lines)
    services = _fortios_services(c, lines)
    pools = c.maybe()
    if pools:
        lines += ["config firewall ippool", '    edit "pool"', "        set startip 203.0.113.20"]
        lines += [f"        set endip 203.0.113.{c.one((20, 23))}", "    next", "end"]
    vips = _fortios_vips(c, lines)
    lines.append("config firewall policy")
    for number in range(1, c.number(1, 7) + 1):
        lines += _fortios_policy(c, number, inside, addresses, services, vips, pools=pools)
    lines.append("end")
    if c.maybe(3):
        lines += ["config firewall local-in-policy", "    edit 1", f'        set intf "{c.one(("wan1", "any"))}"']
        lines += [
            f'        set srcaddr "{c.one(addresses)}"',
            '        set dstaddr "all"',
            '        set schedule "always"',
        ]
        lines += [f'        set service "{c.one(services)}"']
        lines += ["        set action accept"] if c.maybe() else []
        lines += ["    next", "end"]
    lines += ["config router static", "    edit 1", "        set gateway 203.0.113.254", '        set device "wan1"']
    lines += ["    next", "end"]
    return {"made.conf": "\n".join(lines) + "\n"}


def _first(network: str) -> str:
    return network.removesuffix("0") + "1"


def _fortios_addresses(c: Chooser, lines: list[str]) -> list[str]:
    names: list[str] = []
    lines.append("config firewall address")
    for number in range(c.number(2, 6)):
        name = f"a{number}"
        names.append(name)
        lines.append(f'    edit "{name}"')
        match c.number(0, 6):
            case 0 | 1:
                lines.append(f"        set subnet {c.one(HOSTS)} 255.255.255.255")
            case 2 | 3 | 4:
                start, length = c.one(NETWORKS)
                lines.append(f"        set subnet {start} {mask(length)}")
            case 5:
                first, last = c.one(RANGES)
                lines += ["        set type iprange", f"        set start-ip {first}", f"        set end-ip {last}"]
            case _:
                kind = c.one((("fqdn", 'fqdn "www.example.jp"'), ("geography", 'country "JP"')))
                lines += [f"        set type {kind[0]}", f"        set {kind[1]}"]
        lines.append("    next")
    lines.append("end")
    if c.maybe():
        lines += ["config firewall addrgrp", '    edit "g"']
        lines.append(f"        set member {_quoted(c.some(names, 1, 3))}")
        if c.maybe(3):
            lines += ["        set exclude enable", f"        set exclude-member {_quoted(c.some(names, 1, 1))}"]
        lines += ["    next", "end"]
        names.append("g")
    return [*names, "all"]


def _quoted(names: Sequence[str]) -> str:
    return " ".join(f'"{name}"' for name in names)


def _fortios_services(c: Chooser, lines: list[str]) -> list[str]:
    names: list[str] = []
    lines.append("config firewall service custom")
    for number in range(c.number(1, 4)):
        name = f"s{number}"
        names.append(name)
        lines.append(f'    edit "{name}"')
        match c.number(0, 5):
            case 0 | 1:
                lines.append(f"        set tcp-portrange {c.one(PORTS)}")
            case 2:
                lines.append("        set tcp-portrange " + " ".join(f"{a}-{b}" for a, b in c.some(PORT_RANGES, 1, 2)))
            case 3:
                lines += [
                    f"        set tcp-portrange {c.one(PORTS)}:1024-65535",
                    f"        set udp-portrange {c.one(PORTS)}",
                ]
            case 4:
                lines += ["        set protocol ICMP", f"        set icmptype {c.one((0, 8))}"]
            case _:
                lines += ["        set protocol IP", f"        set protocol-number {c.one((47, 50, 6))}"]
        lines.append("    next")
    lines.append("end")
    if c.maybe(3):
        lines += [
            "config firewall service group",
            '    edit "sg"',
            f"        set member {_quoted(c.some(names, 1, 2))}",
        ]
        lines += ["    next", "end"]
        names.append("sg")
    return [*names, "ALL"]


def _fortios_vips(c: Chooser, lines: list[str]) -> list[str]:
    names: list[str] = []
    if c.maybe():
        lines.append("config firewall vip")
        for number in range(c.number(1, 3)):
            names.append(f"v{number}")
            lines += [f'    edit "v{number}"', f"        set extip {c.one(PUBLIC)}"]
            lines.append(f'        set extintf "{c.one(("wan1", "any"))}"')
            lines.append(f'        set mappedip "{c.one(("10.2.0.5", "10.2.0.10", "10.1.0.5"))}"')
            if c.maybe():
                lines += ["        set portforward enable", f"        set protocol {c.one(('tcp', 'udp'))}"]
                lines += [f"        set extport {c.one(PORTS)}", f"        set mappedport {c.one(PORTS)}"]
            lines.append("    next")
        lines.append("end")
        if c.maybe(3):
            lines += ["config firewall vipgrp", '    edit "vg"', '        set interface "wan1"']
            lines += [f"        set member {_quoted(names)}", "    next", "end"]
            names.append("vg")
    return names


def _fortios_policy(
    c: Chooser, number: int, inside: str, addresses: list[str], services: list[str], vips: list[str], *, pools: bool
) -> list[str]:
    interfaces = ("wan1", inside, "dmz")
    inbound = bool(vips) and c.maybe()
    source = "wan1" if inbound else c.one((*interfaces, "any"))
    to = c.one(("dmz", inside, "any")) if inbound else c.one((*interfaces, "any"))
    accept = c.maybe() or c.maybe()
    found = [f"    edit {number}", f'        set srcintf "{source}"', f'        set dstintf "{to}"']
    found.append(f"        set srcaddr {_quoted(c.some(addresses, 1, 2) if c.maybe() else ['all'])}")
    destinations = c.some(vips, 1, 1) if inbound else c.some(addresses, 1, 2)
    found.append(f"        set dstaddr {_quoted(destinations)}")
    found += ["        set action accept"] if accept else []
    found += ["        set status disable"] if c.maybe(8) else []
    found.append('        set schedule "always"')
    found.append(f"        set service {_quoted(c.some(services, 1, 2))}")
    found += ["        set srcaddr-negate enable"] if c.maybe(8) else []
    found += ["        set dstaddr-negate enable"] if not inbound and c.maybe(8) else []
    found += ["        set service-negate enable"] if c.maybe(8) else []
    found += ["        set match-vip enable"] if not accept and c.maybe() else []
    if accept and c.maybe(3):
        found.append("        set nat enable")
        if pools and c.maybe():
            found += ["        set ippool enable", '        set poolname "pool"']
    return [*found, "    next"]


# -- ASA --------------------------------------------------------------------------------------------------------------


def _asa(c: Chooser) -> dict[str, str]:
    legacy = c.maybe(3)
    lines = [f"ASA Version {'8.2(5)' if legacy else '9.12(4)'}", "!", "hostname made", "!"]
    for port, (name, network, level) in enumerate(
        (("outside", OUTSIDE, 0), ("inside", INSIDE, 100), ("dmz", SERVERS, 50))
    ):
        lines += [f"interface GigabitEthernet0/{port}", f" nameif {name}", f" security-level {level}"]
        lines += [f" ip address {_first(network)} 255.255.255.0", "!"]
    lines += ["same-security-traffic permit inter-interface"] if c.maybe(4) else []
    objects, groups, services = _asa_objects(c, lines, legacy=legacy)
    lists = [f"L{number}" for number in range(c.number(1, 3))]
    for name in lists:
        for _ in range(c.number(1, 6)):
            lines.append(_asa_entry(c, name, objects, groups, services))
    places = [f"{way} interface {name}" for name in ("outside", "inside", "dmz") for way in ("in", "out")]
    for name, place in zip(lists, c.some(places, len(lists), len(lists)), strict=True):
        lines.append(f"access-group {name} {'global' if not legacy and c.maybe(5) else place}")
    if legacy:
        _asa_legacy_nat(c, lines)
    else:
        _asa_nat(c, lines, objects)
    lines += ["route outside 0.0.0.0 0.0.0.0 203.0.113.254 1"]
    lines += [f"ssh {c.one(HOSTS)} 255.255.255.255 {c.one(('inside', 'outside'))}"] if c.maybe() else []
    lines += ["http server enable", "http 0.0.0.0 0.0.0.0 inside"] if c.maybe(3) else []
    return {"made.cfg": "\n".join(lines) + "\n"}


def _asa_objects(c: Chooser, lines: list[str], *, legacy: bool) -> tuple[list[str], list[str], list[str]]:
    objects: list[str] = []
    if not legacy:
        for number in range(c.number(1, 4)):
            objects.append(f"o{number}")
            lines.append(f"object network o{number}")
            match c.number(0, 3):
                case 0 | 1:
                    lines.append(f" host {c.one(HOSTS)}")
                case 2:
                    start, length = c.one(NETWORKS)
                    lines.append(f" subnet {start} {mask(length)}")
                case _:
                    first, last = c.one(RANGES)
                    lines.append(f" range {first} {last}")
    groups: list[str] = []
    for number in range(c.number(0, 2)):
        lines.append(f"object-group network g{number}")
        for _ in range(c.number(1, 3)):
            if objects and c.maybe():
                lines.append(f" network-object object {c.one(objects)}")
            elif groups and c.maybe(4):
                lines.append(f" group-object {c.one(groups)}")
            else:
                start, length = c.one(NETWORKS)
                lines.append(f" network-object {start} {mask(length)}")
        groups.append(f"g{number}")
    services: list[str] = []
    if c.maybe():
        lines.append("object-group service tcpports tcp")
        for _ in range(c.number(1, 3)):
            low, high = c.one(PORT_RANGES)
            lines.append(c.one((f" port-object eq {c.one(PORTS)}", f" port-object range {low} {high}")))
        services.append("tcpports")
    return objects, groups, services


def _asa_address(c: Chooser, objects: list[str], groups: list[str]) -> str:
    kind = c.number(0, 5)
    if kind == 0 and objects:
        return f"object {c.one(objects)}"
    if kind == 1 and groups:
        return f"object-group {c.one(groups)}"
    if kind <= 2:
        start, length = c.one(NETWORKS)
        return f"{start} {mask(length)}"
    return f"host {c.one((*HOSTS, *PUBLIC))}" if kind == 3 else "any"


def _asa_entry(c: Chooser, name: str, objects: list[str], groups: list[str], services: list[str]) -> str:
    action = "permit" if c.number(0, 2) else "deny"
    protocol = c.one(("tcp", "tcp", "tcp", "udp", "ip", "icmp", "gre"))
    source, destination = _asa_address(c, objects, groups), _asa_address(c, objects, groups)
    tail = ""
    if protocol in {"tcp", "udp"}:
        first, last = c.one(PORT_RANGES)
        options = [f" eq {c.one(PORTS)}", f" range {first} {last}", f" gt {c.one(PORTS)}", f" neq {c.one(PORTS)}", ""]
        if protocol == "tcp" and services:
            options.append(f" object-group {c.one(services)}")
        tail = c.one(options)
        if c.maybe(6):
            source += f" lt {c.one((1024, 2000))}"
    elif protocol == "icmp":
        tail = c.one((" echo", " echo-reply", ""))
    off = " inactive" if c.maybe(10) else ""
    return f"access-list {name} extended {action} {protocol} {source} {destination}{tail}{off}"


def _asa_nat(c: Chooser, lines: list[str], objects: list[str]) -> None:
    if c.maybe(3) and len(objects) > 1:
        a, b = c.some(objects, 2, 2)
        lines.append(f"nat (inside,outside) source static {a} {a} destination static {b} {b}")
    for number, public in enumerate(c.some(PUBLIC, 0, 2)):
        lines += [f"object network server{number}", f" host {c.one(('10.2.0.5', '10.2.0.10'))}"]
        port = f" service {c.one(('tcp', 'udp'))} {c.one(PORTS)} {c.one(PORTS)}" if c.maybe() else ""
        lines.append(f" nat (dmz,outside) static {public}{port}")
    if c.maybe():
        lines += [
            "object network inside-net",
            f" subnet {INSIDE} 255.255.255.0",
            " nat (inside,outside) dynamic interface",
        ]


def _asa_legacy_nat(c: Chooser, lines: list[str]) -> None:
    lines += ["nat-control"] if c.maybe(4) else []
    for public in c.some(PUBLIC, 0, 2):
        host = c.one(("10.2.0.5", "10.2.0.10"))
        if c.maybe():
            lines.append(
                f"static (dmz,outside) tcp {public} {c.one(PORTS)} {host} {c.one(PORTS)} netmask 255.255.255.255"
            )
        else:
            lines.append(f"static (dmz,outside) {public} {host} netmask 255.255.255.255")
    if c.maybe():
        lines += ["global (outside) 1 interface", f"nat (inside) 1 {INSIDE} 255.255.255.0"]


# -- IOS --------------------------------------------------------------------------------------------------------------


def _ios(c: Chooser) -> dict[str, str]:
    lines = ["version 16.9", "hostname made", "!"]
    zones = c.maybe(3)
    groups = _ios_groups(c, lines)
    lists = [f"L{number}" for number in range(c.number(1, 3))]
    bindings: dict[tuple[str, str], str] = {}
    interfaces = (
        ("GigabitEthernet0/0", OUTSIDE, "wan"),
        ("GigabitEthernet0/1", INSIDE, "lan"),
        ("GigabitEthernet0/2", SERVERS, "srv"),
    )
    for name in lists:
        bindings.setdefault((c.one(interfaces)[0], c.one(("in", "out"))), name)
    nat = c.maybe()
    if zones:
        _ios_zones(c, lines)
    for name, network, zone in interfaces:
        lines += [f"interface {name}", f" ip address {_first(network)} 255.255.255.0"]
        lines += [f" ip access-group {lst} {way}" for (at, way), lst in bindings.items() if at == name]
        lines += [f" ip nat {'outside' if zone == 'wan' else 'inside'}"] if nat else []
        lines += [f" zone-member security {zone}"] if zones else []
        lines.append("!")
    if nat:
        for public in c.some(PUBLIC, 0, 2):
            host = c.one(("10.2.0.5", "10.2.0.10"))
            if c.maybe():
                lines.append(
                    f"ip nat inside source static tcp {host} {c.one(PORTS)} {public} {c.one(PORTS)} extendable"
                )
            else:
                lines.append(f"ip nat inside source static {host} {public}")
        if c.maybe():
            lines += ["access-list 10 permit 10.1.0.0 0.0.0.255"]
            lines += ["ip nat inside source list 10 interface GigabitEthernet0/0 overload"]
    lines.append("ip route 0.0.0.0 0.0.0.0 203.0.113.254")
    for name in lists:
        lines.append(f"ip access-list extended {name}")
        lines += [f" {_ios_entry(c, groups)}" for _ in range(c.number(1, 6))]
    lines.append("end")
    return {"made.cfg": "\n".join(lines) + "\n"}


def _ios_groups(c: Chooser, lines: list[str]) -> list[str]:
    groups: list[str] = []
    for number in range(c.number(0, 2)):
        lines.append(f"object-group network g{number}")
        for _ in range(c.number(1, 3)):
            start, length = c.one(NETWORKS)
            lines.append(
                c.one((f" host {c.one(HOSTS)}", f" {start} {mask(length)}", f" range {' '.join(c.one(RANGES))}"))
            )
        groups.append(f"g{number}")
    return groups


def _ios_address(c: Chooser, groups: list[str]) -> str:
    kind = c.number(0, 5)
    if kind == 0 and groups:
        return f"object-group {c.one(groups)}"
    if kind <= 2:
        start, length = c.one(NETWORKS)
        return f"{start} {wildcard(length)}"
    if kind == 3:
        return f"host {c.one((*HOSTS, *PUBLIC))}"
    # Wildcards with a hole: every other host, the same hosts of four networks.
    return c.one(("10.1.0.4 0.0.0.251", "10.0.0.5 0.3.0.0")) if kind == 4 and c.maybe(3) else "any"


def _ios_entry(c: Chooser, groups: list[str]) -> str:
    action = "permit" if c.number(0, 2) else "deny"
    protocol = c.one(("tcp", "tcp", "tcp", "udp", "ip", "icmp", "gre"))
    source, destination, tail = _ios_address(c, groups), _ios_address(c, groups), ""
    if protocol in {"tcp", "udp"}:
        first, last = c.one(PORT_RANGES)
        options = [f" eq {c.one(PORTS)}", f" range {first} {last}", f" gt {c.one(PORTS)}", f" neq {c.one(PORTS)}", ""]
        options += [" established", " syn", " match-all +syn -ack"] if protocol == "tcp" else []
        tail = c.one(options)
        source += f" lt {c.one((1024, 2000))}" if c.maybe(6) else ""
    elif protocol == "icmp":
        tail = c.one((" echo", " echo-reply", ""))
    return f"{action} {protocol} {source} {destination}{tail}"


def _ios_zones(c: Chooser, lines: list[str]) -> None:
    lines += ["zone security wan", "zone security lan", "zone security srv"]
    lines += ["class-map type inspect match-any web"]
    lines += [f" match protocol {name}" for name in c.some(("http", "https", "icmp", "ssh", "tcp"), 1, 3)]
    lines += ["class-map type inspect match-all listed", " match access-group name ZL"]
    lines += ["ip access-list extended ZL", *(f" {_ios_entry(c, [])}" for _ in range(c.number(1, 3)))]
    for number in range(c.number(1, 2)):
        lines.append(f"policy-map type inspect pm{number}")
        for name in c.some(("web", "listed"), 1, 2):
            lines += [f" class type inspect {name}", f"  {c.one(('inspect', 'pass', 'drop'))}"]
        lines += [" class class-default", f"  {c.one(('drop', 'drop log', 'pass'))}"]
        source, destination = c.some(("wan", "lan", "srv"), 2, 2)
        lines += [f"zone-pair security zp{number} source {source} destination {destination}"]
        lines += [f" service-policy type inspect pm{number}"]


# -- iptables ---------------------------------------------------------------------------------------------------------


def _iptables(c: Chooser) -> dict[str, str]:
    files = {"made.v4": _tables(c, 4)}
    if c.maybe(3):
        files["made.v6"] = _tables(c, 6)
    return files


_V6_NETWORKS = ("2001:db8:1::/64", "2001:db8:2::/64", "::/1", "8000::/1", "2001:db8:2::5/128", "2001:db8:ffff::/48")


def _tables(c: Chooser, version: int) -> str:
    lines: list[str] = []
    if version == 4 and c.maybe():
        lines += ["*nat", ":PREROUTING ACCEPT [0:0]", ":POSTROUTING ACCEPT [0:0]", ":OUTPUT ACCEPT [0:0]"]
        for _ in range(c.number(1, 3)):
            target = c.one(
                (
                    f"-p tcp -m tcp --dport {c.one(PORTS)} -j DNAT --to-destination 10.2.0.5:{c.one(PORTS)}",
                    "-j DNAT --to-destination 10.2.0.10",
                    "-j DNAT --to-destination 10.2.0.5-10.2.0.6",
                    f"-p udp -m udp --dport {c.one(PORTS)} -j REDIRECT --to-ports 53",
                    "-j ACCEPT",
                )
            )
            lines.append(f"-A PREROUTING -d {c.one(PUBLIC)}/32 {'-i eth0 ' if c.maybe() else ''}{target}")
        lines += ["-A POSTROUTING -s 10.1.0.0/24 -o eth0 -j MASQUERADE"] if c.maybe() else []
        lines += ["-A POSTROUTING -s 10.2.0.5/32 -o eth0 -j SNAT --to-source 203.0.113.2"] if c.maybe() else []
        lines.append("COMMIT")
    if c.maybe(5):
        lines += ["*raw", ":PREROUTING ACCEPT [0:0]", ":OUTPUT ACCEPT [0:0]"]
        lines += ["-A PREROUTING -i eth0 -p udp -m udp --dport 53 -j CT --notrack"] if c.maybe() else []
        lines += [f"-A PREROUTING -s {_network(c, version)} -j DROP", "COMMIT"]
    policies = (c.one(("ACCEPT", "DROP")), c.one(("ACCEPT", "DROP", "DROP")))
    lines += ["*filter", f":INPUT {policies[0]} [0:0]", f":FORWARD {policies[1]} [0:0]", ":OUTPUT ACCEPT [0:0]"]
    chains = [f"c{number}" for number in range(c.number(0, 2))]
    lines += [f":{name} - [0:0]" for name in chains]
    for place, name in enumerate(("INPUT", "FORWARD", *chains)):
        # A chain jumps only to later ones, as a rule base without loops does.
        later = chains[max(0, place - 1) :]
        for _ in range(c.number(1, 6)):
            lines.append(f"-A {name} {_iptables_rule(c, version, later, between=name != 'INPUT')}")
    return "\n".join([*lines, "COMMIT"]) + "\n"


def _network(c: Chooser, version: int) -> str:
    if version == 6:
        return c.one(_V6_NETWORKS)
    start, length = c.one((*NETWORKS, *((host, 32) for host in HOSTS)))
    return f"{start}/{length}"


def _iptables_rule(c: Chooser, version: int, chains: list[str], *, between: bool) -> str:
    parts: list[str] = []
    if c.maybe():
        parts.append(f"{'! ' if c.maybe(5) else ''}-s {_network(c, version)}")
    if c.maybe():
        parts.append(f"{'! ' if c.maybe(5) else ''}-d {_network(c, version)}")
    if c.maybe(3):
        parts.append(f"{'! ' if c.maybe(6) else ''}-i {c.one(('eth0', 'eth1', 'eth2', 'eth+'))}")
    if between and c.maybe(3):
        parts.append(f"-o {c.one(('eth0', 'eth1', 'eth2'))}")
    match c.number(0, 6):
        case 0 | 1:
            parts.append(f"-p tcp -m tcp --dport {c.one(PORTS)}")
        case 2:
            first, last = c.one(PORT_RANGES)
            parts.append(f"-p {c.one(('tcp', 'udp'))} -m multiport --dports {c.one(PORTS)},{first}:{last}")
        case 3:
            parts.append(f"-p tcp -m tcp {'! ' if c.maybe() else ''}--tcp-flags FIN,SYN,RST,ACK SYN")
        case 4:
            parts.append("-p icmp -m icmp --icmp-type 8" if version == 4 else "-p ipv6-icmp -m icmp6 --icmpv6-type 128")
        case 5:
            parts.append(f"-m conntrack --ctstate {c.one(('NEW', 'RELATED,ESTABLISHED', 'INVALID', 'NEW,UNTRACKED'))}")
        case _:
            pass
    if c.maybe(8):
        parts.append(c.one(("-m limit --limit 5/min", "-m mark --mark 0x1")))
    targets = ["ACCEPT"] * 3 + ["DROP", "REJECT", "RETURN", "LOG"] + chains
    target = c.one(targets)
    jump = "-g" if target in chains and c.maybe(4) else "-j"
    return " ".join([*parts, jump, target])


# -- PAN-OS -----------------------------------------------------------------------------------------------------------


def _panos(c: Chooser) -> dict[str, str]:
    lines = ["set deviceconfig system hostname made"]
    places = (
        ("ethernet1/1", OUTSIDE, "outside"),
        ("ethernet1/2", INSIDE, "inside"),
        ("ethernet1/3", SERVERS, "servers"),
    )
    for name, network, zone in places:
        lines.append(f"set network interface ethernet {name} layer3 ip {_first(network)}/24")
        if c.maybe(3):
            lines.append(f"set network interface ethernet {name} layer3 interface-management-profile p")
        lines.append(f"set zone {'inside' if zone == 'servers' and c.maybe(5) else zone} network layer3 {name}")
    lines += ["set network profiles interface-management-profile p https yes"]
    lines += [f"set network profiles interface-management-profile p permitted-ip {c.one(HOSTS)}"] if c.maybe() else []
    head = "set network virtual-router default"
    lines.append(f"{head} interface [ ethernet1/1 ethernet1/2 ethernet1/3 ]")
    lines.append(f"{head} routing-table ip static-route d destination 0.0.0.0/0")
    lines.append(f"{head} routing-table ip static-route d nexthop ip-address 203.0.113.254")
    addresses = _panos_addresses(c, lines)
    services = _panos_services(c, lines)
    for number in range(1, c.number(1, 7) + 1):
        lines += _panos_rule(c, f"r{number}", addresses, services)
    for name in ("intrazone-default", "interzone-default"):
        if c.maybe(6):
            lines.append(f"set rulebase default-security-rules rules {name} action {c.one(('allow', 'deny'))}")
    for number in range(1, c.number(0, 4) + 1):
        lines += _panos_nat(c, f"n{number}", addresses, services)
    if c.maybe(5):
        # Some packets leave by the network of the servers.
        rule = "set rulebase pbf rules b"
        lines += [f"{rule} from zone inside", f"{rule} destination {c.one(('198.51.100.0/24', 'any'))}"]
        lines.append(f"{rule} action {c.one(('discard', 'no-pbf', 'forward egress-interface ethernet1/3'))}")
    return {"made.set": "\n".join(lines) + "\n"}


def _panos_addresses(c: Chooser, lines: list[str]) -> list[str]:
    names: list[str] = []
    for number in range(c.number(2, 6)):
        names.append(f"a{number}")
        start, length = c.one(NETWORKS)
        first, last = c.one(RANGES)
        value = c.one(
            (
                f"ip-netmask {c.one(HOSTS)}",
                f"ip-netmask {start}/{length}",
                f"ip-range {first}-{last}",
                f"ip-wildcard 10.0.0.{c.one((5, 10))}/0.3.0.0",
                "fqdn www.example.jp",
            )
        )
        lines.append(f"set address a{number} {value}")
        if c.maybe(3):
            lines.append(f"set address a{number} tag {c.one(('web', 'db'))}")
    if c.maybe():
        lines.append(f"set address-group g static {_bracketed(c.some(names, 1, 3))}")
        names.append("g")
    if c.maybe(3):
        lines.append(f"set address-group d dynamic filter \"'web' {c.one(('or', 'and not'))} 'db'\"")
        names.append("d")
    return [*names, *c.some(HOSTS, 1, 2), *(["JP"] if c.maybe(6) else [])]


def _bracketed(names: Sequence[str]) -> str:
    return f"[ {' '.join(names)} ]"


def _panos_services(c: Chooser, lines: list[str]) -> list[str]:
    names = ["service-http", "service-https"]
    for number in range(c.number(1, 3)):
        names.append(f"s{number}")
        first, last = c.one(PORT_RANGES)
        ports = c.one((str(c.one(PORTS)), f"{first}-{last}", f"{c.one(PORTS)},{first}-{last}"))
        lines.append(f"set service s{number} protocol {c.one(('tcp', 'udp'))} port {ports}")
        if c.maybe(4):
            lines[-1] += " source-port 1024-65535"
    if c.maybe(3):
        lines.append(f"set service-group sg members {_bracketed(c.some(names, 1, 2))}")
        names.append("sg")
    return names


def _panos_rule(c: Chooser, name: str, addresses: list[str], services: list[str]) -> list[str]:
    zones = ("outside", "inside", "servers")

    def said(options: Sequence[str]) -> str:
        return "any" if c.maybe() else _bracketed(c.some(options, 1, 2))

    applications = c.one(("any", "any", "any", "ping", "icmp", "[ ping ssh ]", "ssh", "unheard-of"))
    service = c.one(("any", "application-default", said(services)))
    settings = {
        "from": said(zones),
        "to": said(zones),
        "source": said(addresses),
        "destination": said((*addresses, *PUBLIC)),
        "application": applications,
        "service": service,
        "action": c.one(("allow", "allow", "deny", "drop", "reset-both")),
    }
    settings |= {"rule-type": c.one(("universal", "intrazone", "interzone"))} if c.maybe(3) else {}
    settings |= {"negate-source": "yes"} if c.maybe(6) else {}
    settings |= {"negate-destination": "yes"} if c.maybe(6) else {}
    settings |= {"disabled": "yes"} if c.maybe(8) else {}
    settings |= {"source-user": "somebody"} if c.maybe(8) else {}
    return [f"set rulebase security rules {name} {key} {value}" for key, value in settings.items()]


def _panos_nat(c: Chooser, name: str, addresses: list[str], services: list[str]) -> list[str]:
    zones = ("outside", "inside", "servers")
    settings = [
        f"from {c.one((*zones, 'any'))}",
        f"to {c.one((*zones, 'outside', 'any'))}",
        f"source {c.one((*addresses, 'any', 'any'))}",
        f"destination {c.one((*addresses, *PUBLIC, *PUBLIC, 'any'))}",
        f"service {c.one((*services, 'any', 'any'))}",
    ]
    if c.maybe():
        settings.append(f"destination-translation translated-address {c.one(('10.2.0.5', '10.2.0.10', '10.1.0.5'))}")
        if c.maybe(3):
            settings.append(f"destination-translation translated-port {c.one(PORTS)}")
    match c.number(0, 4):
        case 0:
            settings.append("source-translation dynamic-ip-and-port interface-address interface ethernet1/1")
        case 1:
            settings.append("source-translation dynamic-ip translated-address 203.0.113.20-203.0.113.23")
        case 2:
            settings[2] = f"source {c.one(HOSTS)}"
            settings.append("source-translation static-ip translated-address 203.0.113.9")
            settings += ["source-translation static-ip bi-directional yes"] if c.maybe() else []
        case _:
            pass
    settings += ["disabled yes"] if c.maybe(8) else []
    return [f"set rulebase nat rules {name} {setting}" for setting in settings]


# -- Junos ------------------------------------------------------------------------------------------------------------


def _junos(c: Chooser) -> dict[str, str]:
    lines = ["set system host-name made", "set system services ssh"]
    lines.append("set routing-options static route 0.0.0.0/0 next-hop 203.0.113.254")
    zoned = not c.maybe(4)
    for number, (network, zone) in enumerate(((OUTSIDE, "outside"), (INSIDE, "inside"), (SERVERS, "servers"))):
        unit = f"set interfaces ge-0/0/{number} unit 0 family inet"
        lines.append(f"{unit} address {_first(network)}/24")
        lines += [f"{unit} filter {way} {c.one(('f', 'g'))}" for way in ("input", "output") if c.maybe(3)]
        if zoned:
            at = "inside" if zone == "servers" and c.maybe(5) else zone
            lines.append(f"set security zones security-zone {at} interfaces ge-0/0/{number}.0")
            lines += [
                f"set security zones security-zone {at} host-inbound-traffic system-services {service}"
                for service in c.some(("ssh", "all", "any-service", "https", "ping"), 0, 2)
            ]
    if c.maybe(3):
        lines.append("set interfaces lo0 unit 0 family inet filter input g")
    for name in ("f", "g"):
        for number in range(1, c.number(1, 5) + 1):
            lines += _junos_term(c, f"set firewall family inet filter {name} term t{number}")
    if c.maybe(3):
        lines.append("set firewall family inet filter f term last then accept")
    if zoned:
        addresses, services = _junos_addresses(c, lines), _junos_applications(c, lines)
        for number in range(1, c.number(1, 8) + 1):
            lines += _junos_policy(c, number, addresses, services)
        if c.maybe(5):
            lines.append("set security policies default-policy permit-all")
        lines += _junos_nat(c)
    return {"made.set": "\n".join(lines) + "\n"}


def _junos_term(c: Chooser, head: str) -> list[str]:
    start, length = c.one(NETWORKS)
    first, last = c.one(PORT_RANGES)
    matches = (
        f"source-address {start}/{length}",
        f"destination-address {c.one(HOSTS)}/32",
        f"source-address {c.one(HOSTS)}/32 except",
        "source-address 0.0.0.0/0",
        f"protocol {c.one(('tcp', 'udp', 'icmp', '[ tcp udp ]'))}",
        "protocol tcp",
        f"destination-port {c.one((str(c.one(PORTS)), f'{first}-{last}', '[ ssh 80 443 ]'))}",
        f"source-port {first}-{last}",
        f"destination-port-except {c.one(PORTS)}",
        "tcp-established",
        'tcp-flags "(syn & !ack) | rst"',
        "icmp-type echo-request",
        "protocol-except udp",
        "is-fragment",
        f"interface ge-0/0/{c.number(0, 2)}.0",
    )
    chosen = [f"{head} from {match}" for match in c.some(matches, 0, 3)]
    action = c.one(("accept", "accept", "accept", "discard", "reject", "next term", "count c"))
    return [*chosen, f"{head} then {action}"]


def _junos_addresses(c: Chooser, lines: list[str]) -> list[str]:
    names: list[str] = []
    for number in range(c.number(2, 6)):
        names.append(f"a{number}")
        start, length = c.one(NETWORKS)
        first, last = c.one(RANGES)
        value = c.one(
            (
                f"{c.one(HOSTS)}/32",
                f"{start}/{length}",
                f"range-address {first} to {last}",
                f"wildcard-address 10.0.0.{c.one((5, 10))}/255.252.255.255",
                "dns-name www.example.jp",
            )
        )
        lines.append(f"set security address-book global address a{number} {value}")
    if c.maybe():
        lines += [f"set security address-book global address-set s address {name}" for name in c.some(names, 1, 3)]
        lines.append("set security address-book global address-set o address-set s")
        names += ["s", "o"]
    if c.maybe(3):
        lines.append(f"set security zones security-zone inside address-book address a0 {c.one(HOSTS)}/32")
    return [*names, "any-ipv4"]


def _junos_applications(c: Chooser, lines: list[str]) -> list[str]:
    names = ["junos-http", "junos-https", "junos-ping", "junos-icmp-all", "junos-ms-rpc-any"]
    for number in range(c.number(1, 3)):
        names.append(f"p{number}")
        first, last = c.one(PORT_RANGES)
        head = f"set applications application p{number}"
        lines.append(f"{head} term a protocol {c.one(('tcp', 'udp'))} destination-port {first}-{last}")
        if c.maybe():
            lines.append(f"{head} term b protocol tcp source-port 1024-65535 destination-port {c.one(PORTS)}")
    return names


def _junos_policy(c: Chooser, number: int, addresses: list[str], services: list[str]) -> list[str]:
    zones = ("outside", "inside", "servers")
    where = f"from-zone {c.one(zones)} to-zone {c.one((*zones, 'junos-host'))}"
    everywhere = c.maybe(5)
    head = f"set security policies {'global' if everywhere else where} policy r{number}"

    def said(options: Sequence[str]) -> str:
        return "any" if c.maybe() else _bracketed(c.some(options, 1, 2))

    settings = [
        f"match source-address {said(addresses)}",
        f"match destination-address {said(addresses)}",
        f"match application {said(services)}",
        f"then {c.one(('permit', 'permit', 'deny', 'reject'))}",
    ]
    settings += [f"match from-zone {c.one(zones)}"] if everywhere and c.maybe() else []
    settings += [f"match to-zone {c.one(zones)}"] if everywhere and c.maybe() else []
    settings += ["match source-address-excluded"] if c.maybe(6) else []
    settings += ["match destination-address-excluded"] if c.maybe(6) else []
    settings += ["match source-identity somebody"] if c.maybe(8) else []
    return [f"{head} {one}" for one in settings] + ([head.replace("set", "deactivate", 1)] if c.maybe(8) else [])


def _junos_nat(c: Chooser) -> list[str]:
    lines: list[str] = []
    head = "set security nat"
    if c.maybe():
        port = f" port {c.one(PORTS)}" if c.maybe(3) else ""
        lines.append(f"{head} destination pool d address {c.one(('10.2.0.5', '10.2.0.10', '10.1.0.5'))}/32{port}")
        for number, place in enumerate(c.some(("zone outside", "interface ge-0/0/0.0", "zone inside"), 1, 2)):
            rule = f"{head} destination rule-set d{number} rule r"
            lines.append(f"{head} destination rule-set d{number} from {place}")
            lines.append(f"{rule} match destination-address {c.one(PUBLIC)}/32")
            lines += [f"{rule} match destination-port {c.one(PORTS)}"] if c.maybe() else []
            lines.append(f"{rule} then destination-nat {c.one(('pool d', 'pool d', 'off'))}")
    if c.maybe(3):
        lines.append(f"{head} static rule-set s from zone outside")
        lines.append(f"{head} static rule-set s rule r match destination-address {c.one(PUBLIC)}/32")
        lines.append(f"{head} static rule-set s rule r then static-nat prefix {c.one(('10.2.0.5', '10.1.0.6'))}/32")
    if c.maybe():
        lines.append(f"{head} source pool p address 203.0.113.20/32 to 203.0.113.23/32")
        for number, place in enumerate(c.some(("zone inside", "interface ge-0/0/2.0", "zone servers"), 1, 2)):
            rule = f"{head} source rule-set s{number} rule r"
            lines += [
                f"{head} source rule-set s{number} from {place}",
                f"{head} source rule-set s{number} to zone outside",
            ]
            lines.append(f"{rule} match source-address {c.one(('0.0.0.0/0', '10.1.0.0/25', '10.2.0.5/32'))}")
            lines.append(f"{rule} then source-nat {c.one(('interface', 'pool p', 'off'))}")
    return lines


# -- Yamaha -----------------------------------------------------------------------------------------------------------


def _yamaha(c: Chooser) -> dict[str, str]:
    lines = ["# RTX1220 Rev.15.04.07 (Thu Aug 1 10:00:00 2024)", "console prompt made"]
    lines.append("ip route default gateway 203.0.113.254")
    if c.maybe(4):
        # Some packets leave by the network of the servers.
        lines[-1] = (
            f"ip route default gateway 10.2.0.9 filter {' '.join(map(str, c.some((1, 2, 3), 1, 2)))} gateway 203.0.113.254"
        )
    statics, dynamics = list(range(1, c.number(3, 9) + 1)), list(range(201, c.number(201, 203) + 1))
    for name, network in (("lan1", INSIDE), ("lan2", OUTSIDE), ("lan3", SERVERS)):
        lines.append(f"ip {name} address {_first(network)}/24")
        for direction in ("in", "out"):
            if c.maybe():
                asked = c.some((*statics, 99), 1, 6)
                watched = f" dynamic {' '.join(map(str, c.some(dynamics, 1, 2)))}" if c.maybe() else ""
                lines.append(f"ip {name} secure filter {direction} {' '.join(map(str, asked))}{watched}")
        if c.maybe(6):
            lines.append(f"ip {name} secure filter name set1")
    if c.maybe():
        lines += ["ip lan2 nat descriptor 1000", *_yamaha_nat(c)]
    for number in statics:
        lines.append(f"ip filter {number} {_yamaha_filter(c)}")
    lines.append(f"ip filter 99 {c.one(('pass', 'reject'))} * *")
    lines += [f"ip filter set set1 in {statics[0]} {statics[-1]}", "syslog notice on"]
    for number in dynamics:
        kind = c.one(("ftp", "domain", "www", "tcp", "udp", "ping", "filter 1", "filter 2 in 3"))
        lines.append(f"ip filter dynamic {number} * {c.one(('*', '10.2.0.0/24'))} {kind}")
    for name in c.some(("telnetd", "sshd", "httpd"), 0, 2):
        lines += [
            f"{name} service {c.one(('on', 'off'))}",
            f"{name} host {c.one(('lan1', 'any', '10.1.0.5-10.1.0.9'))}",
        ]
    return {"made.conf": "\n".join(lines) + "\n"}


def _yamaha_nat(c: Chooser) -> list[str]:
    kind = c.one(("masquerade", "masquerade", "nat", "nat-masquerade"))
    lines = [f"nat descriptor type 1000 {kind}"]
    if kind != "masquerade" or c.maybe():
        lines.append(
            f"nat descriptor address outer 1000 {c.one(('203.0.113.2', '203.0.113.2-203.0.113.3', '203.0.113.1'))}"
        )
    if c.maybe():
        lines.append(
            f"nat descriptor address inner 1000 {c.one(('auto', '10.1.0.0-10.1.0.255', '10.2.0.0-10.2.0.255'))}"
        )
    if kind != "nat":
        for number in range(1, c.number(0, 3) + 1):
            inside, outside = c.one(PORTS), c.one(PORTS)
            ports = c.one((f"tcp {inside}", f"tcp {outside}={inside}", "udp 53", "tcp 8000-8003", "esp"))
            lines.append(f"nat descriptor masquerade static 1000 {number} {c.one(('10.1.0.5', '10.2.0.10'))} {ports}")
        if c.maybe(3):
            way = c.one(("reject", "through", "discard", "forward 10.2.0.5"))
            lines.append(f"nat descriptor masquerade incoming 1000 {way}")
    if kind != "masquerade" and c.maybe():
        lines.append(f"nat descriptor static 1000 1 203.0.113.4=10.2.0.5 {c.one((1, 2))}")
    return lines


def _yamaha_address(c: Chooser) -> str:
    match c.number(0, 5):
        case 0:
            start, length = c.one(NETWORKS)
            return f"{start}/{length}"
        case 1:
            return "-".join(c.one(RANGES))
        case 2:
            return ",".join(c.some(HOSTS, 1, 3))
        case 3:
            return c.one(("10.1.0.*", "10.2.*.*", "*", "203.0.113.1"))
        case _:
            return "*"


def _yamaha_filter(c: Chooser) -> str:
    action = c.one(("pass", "pass", "pass-log", "reject", "reject-nolog", "restrict"))
    first, last = c.one(PORT_RANGES)
    port = c.one((str(c.one(PORTS)), f"{first}-{last}", "www,https", f"{c.one(PORTS)},domain", "-1023", "*"))
    what = c.one(
        (
            f"tcp * {port}",
            f"udp * {port}",
            f"udp,tcp {port} *",
            f"tcpfin * {port}",
            "established * *",
            "tcpsyn * 443",
            "tcpflag=0x0002/0x0017 * *",
            "icmp",
            "icmp-error",
            "icmp 8 *",
            "gre",
            "*",
        )
    )
    return f"{action} {_yamaha_address(c)} {_yamaha_address(c)} {what}"


#: What the edge calls its networks, and what the router behind it calls those that it has instead.
_BEHIND = (
    ("hostname made", "hostname core"),
    ("10.1.", "10.3."),
    ("10.2.", "10.4."),
    ("203.0.113.1 ", "10.1.0.2 "),
    ("203.0.113.254", "10.1.0.1"),
    ("203.0.113.", "10.1.0."),
)


def _behind(c: Chooser) -> dict[str, str]:
    """An IOS router at 10.1.0.2 with the networks 10.3.0.0/24 and 10.4.0.0/24 behind it."""
    (text,) = _ios(c).values()
    for old, new in _BEHIND:
        text = text.replace(old, new)
    return {"core.cfg": text}


#: The router behind one of `MADE`; `ROUTES` lead to it.
BEHIND = _strategy(_behind)
ROUTES = ("10.3.0.0/24", "10.4.0.0/24")
NEXT_HOP = "10.1.0.2"

#: By parser: configurations as files (path, text).
MADE: dict[str, st.SearchStrategy[dict[str, str]]] = {
    "fortinet_fortios": _strategy(_fortios),
    "cisco_asa": _strategy(_asa),
    "cisco_ios": _strategy(_ios),
    "linux_iptables": _strategy(_iptables),
    "paloalto_panos": _strategy(_panos),
    "juniper_srx": _strategy(_junos),
    "yamaha_rtx": _strategy(_yamaha),
}
