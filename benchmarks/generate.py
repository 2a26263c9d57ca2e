"""Generated rule lists of several makers: the same rules, in each maker's words.

``sparse``: addresses and services at random, hardly any rule covers another. ``shadowed``: every second rule lies
inside an earlier one, so that about half of the list is dead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from random import Random


@dataclass(frozen=True, slots=True)
class Line:
    """One rule: prefixes as (integer, length), a protocol and one destination port."""

    permit: bool
    protocol: str
    source: tuple[int, int]
    destination: tuple[int, int]
    port: int


PORTS = (22, 25, 53, 80, 443, 445, 1433, 3306, 3389, 5432, 8080, 8443)


def rules(count: int, *, shadowed: bool, seed: int = 20261123) -> list[Line]:
    """``count`` rules, the same ones always."""
    chance = Random(seed)
    made: list[Line] = []
    for place in range(count):
        if shadowed and place > 10 and place % 2:
            made.append(_inside(chance.choice(made), chance))
            continue
        made.append(
            Line(
                permit=chance.random() < 0.8,
                protocol=chance.choice(("tcp", "tcp", "udp")),
                source=_prefix(chance),
                destination=_prefix(chance),
                port=chance.choice(PORTS) if chance.random() < 0.9 else chance.randrange(1024, 65536),
            )
        )
    return made


def _prefix(chance: Random) -> tuple[int, int]:
    length = chance.choice((32, 32, 32, 28, 24, 24))
    return (0x0A000000 | chance.randrange(1 << 24)) >> (32 - length) << (32 - length), length


def _inside(outer: Line, chance: Random) -> Line:
    def narrower(prefix: tuple[int, int]) -> tuple[int, int]:
        address, length = prefix
        return address | (chance.randrange(1 << (32 - length)) if length < 32 else 0), 32

    return Line(chance.random() < 0.5, outer.protocol, narrower(outer.source), narrower(outer.destination), outer.port)


def asa(lines: list[Line]) -> Iterator[str]:
    """An ASA with the rules as the list of its outside interface."""
    yield from (
        "ASA Version 9.12(4)",
        "!",
        "hostname bench-asa",
        "interface GigabitEthernet0/0",
        " nameif outside",
        " security-level 0",
        " ip address 203.0.113.2 255.255.255.248",
        "!",
        "interface GigabitEthernet0/1",
        " nameif inside",
        " security-level 100",
        " ip address 10.0.0.1 255.128.0.0",
        "!",
        "interface GigabitEthernet0/2",
        " nameif servers",
        " security-level 50",
        " ip address 10.128.0.1 255.128.0.0",
        "!",
    )
    for line in lines:
        action = "permit" if line.permit else "deny"
        source, destination = asa_address(line.source), asa_address(line.destination)
        yield f"access-list OUTSIDE_IN extended {action} {line.protocol} {source} {destination} eq {line.port}"
    yield "access-group OUTSIDE_IN in interface outside"
    yield "access-group OUTSIDE_IN in interface inside"
    yield "route outside 0.0.0.0 0.0.0.0 203.0.113.1 1"
    yield ": end"


def asa_address(prefix: tuple[int, int]) -> str:
    """An address as an ASA writes it: with a netmask."""
    network = IPv4Network(prefix)
    return f"host {network.network_address}" if prefix[1] == 32 else f"{network.network_address} {network.netmask}"


def ios(lines: list[Line]) -> Iterator[str]:
    """An IOS router with the rules as a list bound to both of its interfaces."""
    yield from ("version 15.7", "hostname bench-ios", "!")
    for number, (address, mask) in enumerate(
        (("203.0.113.2", "255.255.255.248"), ("10.0.0.1", "255.128.0.0"), ("10.128.0.1", "255.128.0.0"))
    ):
        yield from (
            f"interface GigabitEthernet0/{number}",
            f" ip address {address} {mask}",
            " ip access-group BENCH in",
            "!",
        )
    yield "ip route 0.0.0.0 0.0.0.0 203.0.113.1"
    yield "ip access-list extended BENCH"
    for line in lines:
        action = "permit" if line.permit else "deny"
        source, destination = ios_address(line.source), ios_address(line.destination)
        yield f" {action} {line.protocol} {source} {destination} eq {line.port}"
    yield from ("!", "end")


def ios_address(prefix: tuple[int, int]) -> str:
    """An address as IOS writes it: with a wildcard mask."""
    network = IPv4Network(prefix)
    return f"host {network.network_address}" if prefix[1] == 32 else f"{network.network_address} {network.hostmask}"


def fortios(lines: list[Line]) -> Iterator[str]:
    """A FortiGate with the rules as policies between three interfaces, each address and service an object."""
    yield "#config-version=FGT60F-7.2.8-FW-build1639-240313:opmode=0:vdom=0:user=admin"
    yield from ("config system global", '    set hostname "bench-fgt"', "end", "config system interface")
    for name, address in (
        ("wan1", "203.0.113.2 255.255.255.248"),
        ("lan", "10.0.0.1 255.128.0.0"),
        ("srv", "10.128.0.1 255.128.0.0"),
    ):
        yield from (f'    edit "{name}"', '        set vdom "root"', f"        set ip {address}", "    next")
    yield from ("end", "config firewall address")
    prefixes = sorted({p for line in lines for p in (line.source, line.destination)})
    for prefix in prefixes:
        network = IPv4Network(prefix)
        yield from (
            f'    edit "{_object(prefix)}"',
            f"        set subnet {network.network_address} {network.netmask}",
            "    next",
        )
    yield from ("end", "config firewall service custom")
    for protocol, port in sorted({(line.protocol, line.port) for line in lines}):
        yield from (f'    edit "{protocol}-{port}"', f"        set {protocol}-portrange {port}", "    next")
    yield from ("end", "config firewall policy")
    pairs = (("wan1", "srv"), ("lan", "srv"), ("srv", "lan"), ("wan1", "lan"))
    for number, line in enumerate(lines, start=1):
        source, target = pairs[number // 8 % len(pairs)]
        yield from (
            f"    edit {number}",
            f'        set srcintf "{source}"',
            f'        set dstintf "{target}"',
            *(["        set action accept"] if line.permit else []),
            f'        set srcaddr "{_object(line.source)}"',
            f'        set dstaddr "{_object(line.destination)}"',
            '        set schedule "always"',
            f'        set service "{line.protocol}-{line.port}"',
            "        set logtraffic all",
            "    next",
        )
    yield from (
        "end",
        "config router static",
        "    edit 1",
        "        set gateway 203.0.113.1",
        '        set device "wan1"',
        "    next",
        "end",
    )


def _object(prefix: tuple[int, int]) -> str:
    return f"n-{prefix[0]:08x}-{prefix[1]}"


def yamaha(lines: list[Line]) -> Iterator[str]:
    """A Yamaha router with the rules as filters in the order of one list, bound to all of its interfaces."""
    yield from ("# RTX1220 Rev.15.04.07 (Thu Aug  1 10:00:00 2024)", "console prompt bench-rtx", "syslog notice on")
    yield "ip route default gateway 203.0.113.1"
    numbers = " ".join(str(number) for number in range(1, len(lines) + 1))
    for name, address in (("lan1", "10.0.0.1/9"), ("lan2", "203.0.113.2/29"), ("lan3", "10.128.0.1/9")):
        yield from (f"ip {name} address {address}", f"ip {name} secure filter in {numbers}")
    for number, line in enumerate(lines, start=1):
        action = "pass" if line.permit else "reject"
        source, destination = _yamaha_address(line.source), _yamaha_address(line.destination)
        yield f"ip filter {number} {action} {source} {destination} {line.protocol} * {line.port}"


def _yamaha_address(prefix: tuple[int, int]) -> str:
    network = IPv4Network(prefix)
    return str(network.network_address if prefix[1] == 32 else network)


#: From one zone to another, by turns.
_PANOS_PAIRS = (("outside", "servers"), ("inside", "servers"), ("servers", "inside"), ("outside", "inside"))


def panos(lines: list[Line]) -> Iterator[str]:
    """A firewall of PAN-OS as `set` commands, the rules between three zones, each address and service an object."""
    interfaces = (("ethernet1/1", "203.0.113.2/29"), ("ethernet1/2", "10.0.0.1/9"), ("ethernet1/3", "10.128.0.1/9"))
    yield "set deviceconfig system hostname bench-pa"
    for (name, address), zone in zip(interfaces, ("outside", "inside", "servers"), strict=True):
        yield f"set network interface ethernet {name} layer3 ip {address}"
        yield f"set zone {zone} network layer3 {name}"
    router = "set network virtual-router default"
    yield f"{router} interface [ ethernet1/1 ethernet1/2 ethernet1/3 ]"
    yield f"{router} routing-table ip static-route default destination 0.0.0.0/0"
    yield f"{router} routing-table ip static-route default nexthop ip-address 203.0.113.1"
    for prefix in sorted({p for line in lines for p in (line.source, line.destination)}):
        yield f"set address {_object(prefix)} ip-netmask {IPv4Network(prefix)}"
    for protocol, port in sorted({(line.protocol, line.port) for line in lines}):
        yield f"set service {protocol}-{port} protocol {protocol} port {port}"
    for number, line in enumerate(lines, start=1):
        for setting, value in _panos_rule(number, line).items():
            yield f"set rulebase security rules rule-{number} {setting} {value}"


def _panos_rule(number: int, line: Line) -> dict[str, str]:
    source, target = _PANOS_PAIRS[number // 8 % len(_PANOS_PAIRS)]
    return {
        "to": target,
        "from": source,
        "source": _object(line.source),
        "destination": _object(line.destination),
        "application": "any",
        "service": f"{line.protocol}-{line.port}",
        "action": "allow" if line.permit else "deny",
    }


def panos_xml(lines: list[Line]) -> Iterator[str]:
    """The same firewall as it exports itself."""
    yield from ('<?xml version="1.0"?>', '<config version="10.1.0" urldb="paloaltonetworks">', "  <devices>")
    yield from (
        '    <entry name="localhost.localdomain">',
        "      <network>",
        "        <interface>",
        "          <ethernet>",
    )
    interfaces = (("ethernet1/1", "203.0.113.2/29"), ("ethernet1/2", "10.0.0.1/9"), ("ethernet1/3", "10.128.0.1/9"))
    for name, address in interfaces:
        yield from (f'            <entry name="{name}">', "              <layer3>", "                <ip>")
        yield f'                  <entry name="{address}"/>'
        yield from ("                </ip>", "              </layer3>", "            </entry>")
    yield from ("          </ethernet>", "        </interface>", "      </network>", "      <vsys>")
    yield from ('        <entry name="vsys1">', "          <zone>")
    for (name, _), zone in zip(interfaces, ("outside", "inside", "servers"), strict=True):
        yield from (f'            <entry name="{zone}">', "              <network>", "                <layer3>")
        yield f"                  <member>{name}</member>"
        yield from ("                </layer3>", "              </network>", "            </entry>")
    yield from ("          </zone>", "          <address>")
    for prefix in sorted({p for line in lines for p in (line.source, line.destination)}):
        yield f'            <entry name="{_object(prefix)}">'
        yield from (f"              <ip-netmask>{IPv4Network(prefix)}</ip-netmask>", "            </entry>")
    yield from ("          </address>", "          <service>")
    for protocol, port in sorted({(line.protocol, line.port) for line in lines}):
        yield from (
            f'            <entry name="{protocol}-{port}">',
            "              <protocol>",
            f"                <{protocol}>",
        )
        yield f"                  <port>{port}</port>"
        yield from (f"                </{protocol}>", "              </protocol>", "            </entry>")
    yield from ("          </service>", "          <rulebase>", "            <security>", "              <rules>")
    for number, line in enumerate(lines, start=1):
        yield f'                <entry name="rule-{number}">'
        for setting, value in _panos_rule(number, line).items():
            if setting == "action":
                yield f"                  <action>{value}</action>"
            else:
                yield f"                  <{setting}>"
                yield f"                    <member>{value}</member>"
                yield f"                  </{setting}>"
        yield "                </entry>"
    yield from ("              </rules>", "            </security>", "          </rulebase>", "        </entry>")
    yield from ("      </vsys>", "    </entry>", "  </devices>", "</config>")


def _junos_head() -> Iterator[str]:
    yield "set system host-name bench-srx"
    interfaces = (("ge-0/0/0", "203.0.113.2/29"), ("ge-0/0/1", "10.0.0.1/9"), ("ge-0/0/2", "10.128.0.1/9"))
    for (name, address), zone in zip(interfaces, ("outside", "inside", "servers"), strict=True):
        yield f"set interfaces {name} unit 0 family inet address {address}"
        yield f"set security zones security-zone {zone} interfaces {name}.0"
    yield "set routing-options static route 0.0.0.0/0 next-hop 203.0.113.1"


def junos(lines: list[Line]) -> Iterator[str]:
    """A firewall of Junos as `set` commands, the policies between three zones, each address and service an object."""
    yield from _junos_head()
    for prefix in sorted({p for line in lines for p in (line.source, line.destination)}):
        yield f"set security address-book global address {_object(prefix)} {IPv4Network(prefix)}"
    for protocol, port in sorted({(line.protocol, line.port) for line in lines}):
        yield f"set applications application {protocol}-{port} protocol {protocol}"
        yield f"set applications application {protocol}-{port} destination-port {port}"
    for number, line in enumerate(lines, start=1):
        source, target = _PANOS_PAIRS[number // 8 % len(_PANOS_PAIRS)]
        head = f"set security policies from-zone {source} to-zone {target} policy rule-{number}"
        yield f"{head} match source-address {_object(line.source)}"
        yield f"{head} match destination-address {_object(line.destination)}"
        yield f"{head} match application {line.protocol}-{line.port}"
        yield f"{head} then {'permit' if line.permit else 'deny'}"


def junos_filter(lines: list[Line]) -> Iterator[str]:
    """A router of Junos in braces with one filter at its outside."""
    yield from ("firewall {", "    family inet {", "        filter bench {")
    for number, line in enumerate(lines, start=1):
        yield from (f"            term rule-{number} {{", "                from {")
        yield from ("                    source-address {", f"                        {IPv4Network(line.source)};")
        yield from ("                    }", "                    destination-address {")
        yield from (f"                        {IPv4Network(line.destination)};", "                    }")
        yield f"                    protocol {line.protocol};"
        yield from (f"                    destination-port {line.port};", "                }")
        yield from (f"                then {'accept' if line.permit else 'discard'};", "            }")
    yield from ("        }", "    }", "}", "interfaces {")
    for name, address in (("ge-0/0/0", "203.0.113.2/29"), ("ge-0/0/1", "10.0.0.1/9"), ("ge-0/0/2", "10.128.0.1/9")):
        yield from (f"    {name} {{", "        unit 0 {", "            family inet {")
        if name == "ge-0/0/0":
            yield from ("                filter {", "                    input bench;", "                }")
        yield from (f"                address {address};", "            }", "        }", "    }")
    yield "}"


#: By name: that of the parser, and the form where there are several.
FORMATS = {
    "cisco_asa": asa,
    "cisco_ios": ios,
    "fortinet_fortios": fortios,
    "yamaha_rtx": yamaha,
    "paloalto_panos set": panos,
    "paloalto_panos xml": panos_xml,
    "juniper_srx set": junos,
    "juniper_srx filter": junos_filter,
}
