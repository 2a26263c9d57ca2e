"""Openings that look closed, or like something else: each is found, in each format that can say it, by its packet.

What is published is 10.2.0.5 (2001:db8:2::5), outside 203.0.113.2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from segaudit.findings.report import FindingReport
from segaudit.model import Certainty, Severity
from segaudit.pipeline.collect import Selection
from segaudit.pipeline.facts import load_site
from segaudit.pipeline.read import read
from tests.checks.cases import place
from tests.proofs.inputs import Case, audited
from tests.proofs.replay import Replay
from tests.proofs.test_witnesses import findings

CHECK = "inbound-remote-desktop"


def fortios(policies: str, *, objects: str = "", version: str = "7.2.2", six: bool = False) -> dict[str, str]:
    """A FortiGate with the outside at wan1 and the servers at dmz."""
    outside, servers = ("2001:db8:ff::1/64", "2001:db8:2::1/64") if six else ("", "")

    def v6(address: str) -> str:
        return f"        config ipv6\n            set ip6-address {address}\n        end\n" if address else ""

    text = f"""#config-version=FGT60F-{version}-FW-build1255-220401:opmode=0:vdom=0:user=admin
config system global
    set hostname "gw"
end
config system interface
    edit "wan1"
        set vdom "root"
        set ip 203.0.113.1 255.255.255.248
        set type physical
        set role wan
{v6(outside)}    next
    edit "dmz"
        set vdom "root"
        set ip 10.2.0.1 255.255.255.0
        set type physical
        set role dmz
{v6(servers)}    next
end
config firewall address
    edit "low half"
        set subnet 0.0.0.0 128.0.0.0
    next
    edit "high half"
        set subnet 128.0.0.0 128.0.0.0
    next
    edit "q0"
        set subnet 0.0.0.0 192.0.0.0
    next
    edit "q1"
        set subnet 64.0.0.0 192.0.0.0
    next
    edit "q2"
        set subnet 128.0.0.0 192.0.0.0
    next
    edit "q3"
        set subnet 192.0.0.0 192.0.0.0
    next
end
config firewall service custom
    edit "RDP"
        set tcp-portrange 3389
    next
    edit "KIKAN"
        set tcp-portrange 3000-4000
    next
end
{objects}config firewall policy
{policies}end
config router static
    edit 1
        set gateway 203.0.113.6
        set device "wan1"
    next
end
"""
    if six:
        text += 'config router static6\n    edit 1\n        set gateway 2001:db8:ff::2\n        set device "wan1"\n    next\nend\n'
    return {"gw.conf": text}


def vip(name: str = "srv", port: str = "") -> str:
    """A virtual IP from 203.0.113.2 to the server; ``port``: the outside port that becomes 3389."""
    forward = (
        f"        set portforward enable\n        set extport {port}\n        set mappedport 3389\n" if port else ""
    )
    return f"""config firewall vip
    edit "{name}"
        set extip 203.0.113.2
        set extintf "wan1"
        set mappedip "10.2.0.5"
{forward}    next
end
"""


def policy(number: int, source: str, service: str, *, to: str = "srv", action: str = "accept", more: str = "") -> str:
    """A policy from wan1 to dmz; a deny is what an action that is not shown means."""
    shown = "        set action accept\n" if action == "accept" else ""
    names = " ".join(f'"{one}"' for one in source.split(","))
    return f"""    edit {number}
        set srcintf "wan1"
        set dstintf "dmz"
        set srcaddr {names}
        set dstaddr "{to}"
{shown}        set schedule "always"
        set service "{service}"
{more}        set logtraffic all
    next
"""


def asa(rules: str, *, nat: str = " nat (dmz,outside) static 203.0.113.2\n", six: bool = False) -> dict[str, str]:
    """An ASA with NAT in the manner of 8.3 and later."""
    return {
        "gw.cfg": f"""ASA Version 9.12(4)
hostname gw
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 203.0.113.1 255.255.255.248
{" ipv6 address 2001:db8:ff::1/64" if six else " no ipv6 address"}
interface GigabitEthernet0/1
 nameif dmz
 security-level 50
 ip address 10.2.0.1 255.255.255.0
{" ipv6 address 2001:db8:2::1/64" if six else " no ipv6 address"}
object network srv
 host 10.2.0.5
{nat}{rules}access-group OUT in interface outside
route outside 0.0.0.0 0.0.0.0 203.0.113.6 1
{"ipv6 route outside ::/0 2001:db8:ff::2" if six else ""}
"""
    }


def legacy_asa(rules: str) -> dict[str, str]:
    """An ASA before 8.3, whose lists see the address outside."""
    return {
        "gw.cfg": f"""ASA Version 8.2(5)
hostname gw
interface Ethernet0/0
 nameif outside
 security-level 0
 ip address 203.0.113.1 255.255.255.248
interface Ethernet0/1
 nameif dmz
 security-level 50
 ip address 10.2.0.1 255.255.255.0
static (dmz,outside) 203.0.113.2 10.2.0.5 netmask 255.255.255.255
{rules}access-group OUT in interface outside
route outside 0.0.0.0 0.0.0.0 203.0.113.6 1
"""
    }


def ios(rules: str, *, nat: str = "ip nat inside source static 10.2.0.5 203.0.113.2", six: str = "") -> dict[str, str]:
    """An IOS router; ``six``: the entries of its IPv6 list."""
    outside = " ipv6 address 2001:db8:ff::1/64\n ipv6 traffic-filter IN6 in\n" if six else ""
    # Without this line an IOS router does not forward IPv6.
    listed = f"ipv6 unicast-routing\nipv6 route ::/0 2001:db8:ff::2\nipv6 access-list IN6\n{six}" if six else ""
    return {
        "gw.cfg": f"""version 16.9
hostname gw
interface GigabitEthernet0/0
 ip address 203.0.113.1 255.255.255.248
 ip access-group IN in
 ip nat outside
{outside}interface GigabitEthernet0/1
 ip address 10.2.0.1 255.255.255.0
 ip nat inside
{" ipv6 address 2001:db8:2::1/64" if six else " no ip proxy-arp"}
{nat}
ip route 0.0.0.0 0.0.0.0 203.0.113.6
ip access-list extended IN
{rules}{listed}end
"""
    }


def iptables(
    rules: str, *, nat: str = "-d 203.0.113.2/32 -j DNAT --to-destination 10.2.0.5", six: str = ""
) -> dict[str, str]:
    """A Linux router; ``six``: the rules of FORWARD in IPv6, where nothing is translated."""
    files = {
        "gw.v4": f"""*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A PREROUTING -i eth0 {nat}
COMMIT
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
{rules}-A FORWARD -i eth1 -o eth0 -j ACCEPT
COMMIT
""",
        "site.yaml": 'internet: ["if=gw/eth0"]\nzones:\n'
        '  dmz: {role: dmz, members: ["if=gw/eth1", 10.2.0.0/24, "2001:db8:2::/64"]}\n',
    }
    if six:
        files["gw.v6"] = f"*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n{six}COMMIT\n"
    return files


def rtx(filters: Sequence[str], *, nat: str = "tcp 3389", six: Sequence[str] = ()) -> dict[str, str]:
    """A Yamaha router; ``filters``: those of its list, in order; ``six``: of the list of IPv6."""
    lines = [
        "# RTX1220 Rev.15.04.07 (Thu Aug 1 10:00:00 2024)",
        "console prompt gw",
        "ip route default gateway 203.0.113.6",
        "ip lan2 address 203.0.113.1/29",
        f"ip lan2 secure filter in {' '.join(str(number) for number, _ in enumerate(filters, 1))}",
        "ip lan2 nat descriptor 1",
        "ip lan3 address 10.2.0.1/24",
        *(f"ip filter {number} {text}" for number, text in enumerate(filters, 1)),
        "nat descriptor type 1 masquerade",
        "nat descriptor address outer 1 203.0.113.2",
        f"nat descriptor masquerade static 1 1 10.2.0.5 {nat}",
        "syslog notice on",
        "telnetd service off",
        "httpd service off",
    ]
    if six:
        lines += [
            "ipv6 route default gateway 2001:db8:ff::2",
            "ipv6 lan2 address 2001:db8:ff::1/64",
            f"ipv6 lan2 secure filter in {' '.join(str(number) for number, _ in enumerate(six, 1))}",
            "ipv6 lan3 address 2001:db8:2::1/64",
            *(f"ipv6 filter {number} {text}" for number, text in enumerate(six, 1)),
        ]
    return {"gw.conf": "\n".join(lines) + "\n"}


PANOS_NAT = "destination-translation translated-address 10.2.0.5"


def panos(
    *rules: str, nat: Sequence[str] = (PANOS_NAT,), objects: Sequence[str] = (), six: bool = False
) -> dict[str, str]:
    """A firewall of PAN-OS; ``rules``: what is said of each security rule, ``;`` between settings, in order."""
    head = "set network virtual-router default"
    lines = [
        "set deviceconfig system hostname gw",
        "set network interface ethernet ethernet1/1 layer3 ip 203.0.113.1/29",
        "set network interface ethernet ethernet1/2 layer3 ip 10.2.0.1/24",
        "set zone outside network layer3 ethernet1/1",
        "set zone dmz network layer3 ethernet1/2",
        f"{head} interface [ ethernet1/1 ethernet1/2 ]",
        f"{head} routing-table ip static-route d destination 0.0.0.0/0",
        f"{head} routing-table ip static-route d nexthop ip-address 203.0.113.6",
        "set address srv ip-netmask 203.0.113.2",
        "set service rdp protocol tcp port 3389",
        "set service odd protocol tcp port 13389",
        *objects,
    ]
    if six:
        lines += [
            "set network interface ethernet ethernet1/1 layer3 ipv6 address 2001:db8:ff::1/64",
            "set network interface ethernet ethernet1/2 layer3 ipv6 address 2001:db8:2::1/64",
            f"{head} routing-table ipv6 static-route d destination ::/0",
            f"{head} routing-table ipv6 static-route d nexthop ipv6-address 2001:db8:ff::2",
        ]
    published = ["from outside", "to outside", "source any", "destination srv", "service any", *nat]
    lines += [f"set rulebase nat rules publish {setting}" for setting in published]
    for number, rule in enumerate(rules, start=1):
        said = {"from": "outside", "to": "dmz", "source": "any", "destination": "srv", "application": "any"}
        said |= {"service": "rdp", "action": "allow"} | dict(one.split(None, 1) for one in rule.split("; ") if one)
        lines += [f"set rulebase security rules r{number} {key} {value}" for key, value in said.items()]
    return {"gw.set": "\n".join(lines) + "\n"}


SRX_NAT = ("match destination-address 203.0.113.2/32", "then destination-nat pool srv")


def srx(
    *policies: str,
    nat: Sequence[str] = SRX_NAT,
    pool: str = "10.2.0.5/32",
    objects: Sequence[str] = (),
    six: bool = False,
) -> dict[str, str]:
    """An SRX; ``policies``: what is said of each, ``;`` between settings, in order; ``pool``: where the NAT leads."""
    lines = [
        "set system host-name gw",
        "set interfaces ge-0/0/0 unit 0 family inet address 203.0.113.1/29",
        "set interfaces ge-0/0/1 unit 0 family inet address 10.2.0.1/24",
        "set routing-options static route 0.0.0.0/0 next-hop 203.0.113.6",
        "set security zones security-zone outside interfaces ge-0/0/0.0",
        "set security zones security-zone dmz interfaces ge-0/0/1.0",
        "set security address-book global address srv 10.2.0.5/32",
        "set security address-book global address pub 203.0.113.2/32",
        "set applications application rdp protocol tcp destination-port 3389",
        f"set security nat destination pool srv address {pool}",
        "set security nat destination rule-set in from zone outside",
        *(f"set security nat destination rule-set in rule publish {setting}" for setting in nat),
        *objects,
    ]
    if six:
        lines += [
            "set security forwarding-options family inet6 mode flow-based",
            "set interfaces ge-0/0/0 unit 0 family inet6 address 2001:db8:ff::1/64",
            "set interfaces ge-0/0/1 unit 0 family inet6 address 2001:db8:2::1/64",
            "set routing-options rib inet6.0 static route ::/0 next-hop 2001:db8:ff::2",
            "set security address-book global address srv6 2001:db8:2::5/128",
        ]
    for number, text in enumerate(policies, start=1):
        said = {"source-address": "any", "destination-address": "srv", "application": "rdp", "then": "permit"}
        said |= dict(one.split(None, 1) for one in text.split("; ") if one)
        where = "global" if said.pop("global", "") else "from-zone outside to-zone dmz"
        head = f"set security policies {where} policy p{number}"
        then = said.pop("then")
        lines += [f"{head} match {key} {value}" for key, value in said.items()]
        lines += [f"{head} then {then}", f"{head} then log session-init"]
    return {"gw.set": "\n".join(lines) + "\n"}


def forward(source: str, ports: str = "3389", target: str = "ACCEPT", destination: str = "10.2.0.5/32") -> str:
    """A rule of FORWARD."""
    return f"-A FORWARD -s {source} -d {destination} -i eth0 -o eth1 -p tcp -m tcp --dport {ports} -j {target}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """An opening: where a packet is sent and received (``way``), and words of each line that lets it in (``opened_by``)."""

    files: Mapping[str, str]
    way: tuple[str, str]
    opened_by: tuple[str, ...]
    closed: Mapping[str, str] = field(default_factory=dict)
    """The same with the opening closed: nothing is found."""


#: Wildcards and masks of the halves and quarters of the internet.
HALVES = (("0.0.0.0", "128.0.0.0", "127.255.255.255"), ("128.0.0.0", "128.0.0.0", "127.255.255.255"))
QUARTERS = tuple((f"{start}.0.0.0", "192.0.0.0", "63.255.255.255") for start in (0, 64, 128, 192))
DIRECT = ("203.0.113.2:3389", "10.2.0.5:3389")
SIX = ("[2001:db8:2::5]:3389", "[2001:db8:2::5]:3389")


def split(
    parts: tuple[tuple[str, str, str], ...], names: tuple[str, ...], prefixes: tuple[str, ...]
) -> dict[str, Trap]:
    """The internet in parts, each of which looks like some network."""
    asa_rules = [f"access-list OUT extended permit tcp {start} {mask} object srv eq 3389\n" for start, mask, _ in parts]
    old_rules = [
        f"access-list OUT extended permit tcp {start} {mask} host 203.0.113.2 eq 3389\n" for start, mask, _ in parts
    ]
    ios_rules = [f" permit tcp {start} {wild} host 203.0.113.2 eq 3389\n" for start, _, wild in parts]
    return {
        "fortios, one policy": Trap(
            files=fortios(policy(1, ",".join(names), "RDP"), objects=vip()), opened_by=("edit 1",), way=DIRECT
        ),
        "fortios, a policy each": Trap(
            files=fortios("".join(policy(n, name, "RDP") for n, name in enumerate(names, 1)), objects=vip()),
            opened_by=tuple(f"edit {n}" for n in range(1, len(names) + 1)),
            way=DIRECT,
        ),
        "asa": Trap(files=asa("".join(asa_rules)), opened_by=tuple(f"{s} {m}" for s, m, _ in parts), way=DIRECT),
        "asa 8.2": Trap(
            files=legacy_asa("".join(old_rules)), opened_by=tuple(f"{s} {m}" for s, m, _ in parts), way=DIRECT
        ),
        "ios": Trap(files=ios("".join(ios_rules)), opened_by=tuple(f"{s} {w}" for s, _, w in parts), way=DIRECT),
        "iptables": Trap(
            files=iptables("".join(map(forward, prefixes))), opened_by=tuple(f"-s {p} " for p in prefixes), way=DIRECT
        ),
        "panos, one rule": Trap(
            files=panos(f"source [ {' '.join(prefixes)} ]"), opened_by=("rules r1 source",), way=DIRECT
        ),
        "panos, a rule each": Trap(
            files=panos(*(f"source {prefix}" for prefix in prefixes)),
            opened_by=tuple(f"source {prefix}" for prefix in prefixes),
            way=DIRECT,
        ),
        "srx, one policy": Trap(
            files=srx(
                f"source-address [ {' '.join(f'net-{n}' for n in range(len(prefixes)))} ]",
                objects=_srx_networks(prefixes),
            ),
            opened_by=("policy p1 match source-address",),
            way=DIRECT,
        ),
        "srx, a policy each": Trap(
            files=srx(*(f"source-address net-{n}" for n in range(len(prefixes))), objects=_srx_networks(prefixes)),
            opened_by=tuple(f"source-address net-{n}" for n in range(len(prefixes))),
            way=DIRECT,
        ),
        "yamaha": Trap(
            files=rtx([f"pass {prefix} 10.2.0.5 tcp * 3389" for prefix in prefixes]),
            opened_by=tuple(f"pass {prefix} " for prefix in prefixes),
            way=DIRECT,
        ),
    }


def _srx_networks(prefixes: Sequence[str]) -> list[str]:
    return [f"set security address-book global address net-{n} {prefix}" for n, prefix in enumerate(prefixes)]


_SIX_HALVES = ("::/1", "8000::/1")
_FORTIOS_SIX = """config firewall address6
    edit "low half 6"
        set ip6 ::/1
    next
    edit "high half 6"
        set ip6 8000::/1
    next
    edit "srv6"
        set ip6 2001:db8:2::5/128
    next
end
"""


def _policy_six(source: str) -> str:
    return f"""    edit 6
        set srcintf "wan1"
        set dstintf "dmz"
        set action accept
        set srcaddr6 {source}
        set dstaddr6 "srv6"
        set schedule "always"
        set service "RDP"
        set logtraffic all
    next
"""


def six(sources: tuple[str, ...], names: str) -> dict[str, Trap]:
    """IPv6 open, IPv4 shut."""
    v4_shut = policy(1, "all", "RDP", action="deny")
    return {
        "fortios": Trap(
            files=fortios(v4_shut + _policy_six(names), objects=vip() + _FORTIOS_SIX, six=True),
            opened_by=("edit 6",),
            way=SIX,
        ),
        "asa": Trap(
            files=asa(
                "access-list OUT extended deny tcp any4 any4 eq 3389\n"
                + "".join(f"access-list OUT extended permit tcp {s} host 2001:db8:2::5 eq 3389\n" for s in sources),
                six=True,
            ),
            opened_by=tuple(f"tcp {s} " for s in sources),
            way=SIX,
        ),
        "ios": Trap(
            files=ios(
                " deny ip any any\n", six="".join(f" permit tcp {s} host 2001:db8:2::5 eq 3389\n" for s in sources)
            ),
            opened_by=tuple(f"tcp {s} " for s in sources),
            way=SIX,
        ),
        "iptables": Trap(
            files=iptables(
                forward("0.0.0.0/0", target="DROP"),
                six="".join(forward(s if s != "any" else "::/0", destination="2001:db8:2::5/128") for s in sources),
            ),
            opened_by=tuple(f"-s {s} " for s in sources if s != "any"),
            way=SIX,
        ),
        "panos": Trap(
            files=panos(
                "source 0.0.0.0/0; destination 0.0.0.0/0; action deny",
                f"source [ {' '.join(sources)} ]; destination 2001:db8:2::5",
                six=True,
            ),
            opened_by=("rules r2 source",),
            way=SIX,
        ),
        "srx": Trap(
            files=srx(
                "source-address any-ipv4; then deny",
                f"source-address {'any-ipv6' if sources == ('any',) else '[ net-0 net-1 ]'}; destination-address srv6",
                objects=[] if sources == ("any",) else _srx_networks(sources),
                six=True,
            ),
            opened_by=("policy p2 match source-address",),
            way=SIX,
        ),
        "yamaha": Trap(
            files=rtx(
                ["reject * *"], six=[f"pass {s if s != 'any' else '*'} 2001:db8:2::5 tcp * 3389" for s in sources]
            ),
            opened_by=tuple(f"pass {s} " for s in sources if s != "any"),
            way=SIX,
        ),
    }


COVERING = {
    "fortios": Trap(files=fortios(policy(1, "all", "KIKAN"), objects=vip()), opened_by=("edit 1",), way=DIRECT),
    "asa": Trap(
        files=asa("access-list OUT extended permit tcp any object srv range 3000 4000\n"),
        opened_by=("range 3000 4000",),
        way=DIRECT,
    ),
    "asa, all but one port": Trap(
        files=asa("access-list OUT extended permit tcp any object srv neq 3388\n"), opened_by=("neq 3388",), way=DIRECT
    ),
    "ios": Trap(
        files=ios(" permit tcp any host 203.0.113.2 range 3000 4000\n"), opened_by=("range 3000 4000",), way=DIRECT
    ),
    "ios, above a port": Trap(
        files=ios(" permit tcp any host 203.0.113.2 gt 3388\n"), opened_by=("gt 3388",), way=DIRECT
    ),
    "iptables": Trap(files=iptables(forward("0.0.0.0/0", "3000:4000")), opened_by=("3000:4000",), way=DIRECT),
    "panos": Trap(
        files=panos("service wide", objects=["set service wide protocol tcp port 3000-4000"]),
        opened_by=("rules r1 service",),
        way=DIRECT,
    ),
    "panos, among others in a group": Trap(
        files=panos(
            "service g",
            objects=[
                "set service wide protocol tcp port 22,3380-3390",
                "set service-group g members [ service-http wide ]",
            ],
        ),
        opened_by=("rules r1 service",),
        way=DIRECT,
    ),
    "panos, no service at all": Trap(
        files=panos("service any; application any"), opened_by=("rules r1 service any",), way=DIRECT
    ),
    "srx": Trap(
        files=srx(
            "application wide",
            objects=["set applications application wide term t protocol tcp destination-port 3000-4000"],
        ),
        opened_by=("policy p1 match application",),
        way=DIRECT,
    ),
    "srx, among others in a set": Trap(
        files=srx(
            "application g",
            objects=[
                "set applications application wide term a protocol udp destination-port 5000",
                "set applications application wide term b protocol tcp destination-port 3380-3390",
                "set applications application-set inner application wide",
                "set applications application-set g application junos-http",
                "set applications application-set g application-set inner",
            ],
        ),
        opened_by=("policy p1 match application",),
        way=DIRECT,
    ),
    "srx, no application at all": Trap(
        files=srx("application any"), opened_by=("policy p1 match application any",), way=DIRECT
    ),
    "srx, in a global policy": Trap(
        files=srx("global yes; application any"), opened_by=("global policy p1 match application any",), way=DIRECT
    ),
    "yamaha": Trap(files=rtx(["pass * 10.2.0.5 tcp * 3000-4000"]), opened_by=("3000-4000",), way=DIRECT),
    "yamaha, above a port": Trap(files=rtx(["pass * * udp,tcp * 3388-"]), opened_by=("3388-",), way=DIRECT),
    "yamaha, among others": Trap(
        files=rtx(["pass * 10.2.0.* * * 22,www,3380-3390"]), opened_by=("3380-3390",), way=DIRECT
    ),
}

_ODD = ("203.0.113.2:13389", "10.2.0.5:3389")
FORWARDED = {
    "fortios": Trap(files=fortios(policy(1, "all", "RDP"), objects=vip(port="13389")), opened_by=("edit 1",), way=_ODD),
    "asa": Trap(
        files=asa(
            "access-list OUT extended permit tcp any object srv eq 3389\n",
            nat=" nat (dmz,outside) static 203.0.113.2 service tcp 3389 13389\n",
        ),
        opened_by=("eq 3389",),
        way=_ODD,
    ),
    "ios": Trap(
        files=ios(
            " permit tcp any host 203.0.113.2 eq 13389\n",
            nat="ip nat inside source static tcp 10.2.0.5 3389 203.0.113.2 13389 extendable",
        ),
        opened_by=("eq 13389",),
        way=_ODD,
    ),
    "iptables": Trap(
        files=iptables(
            forward("0.0.0.0/0"),
            nat="-d 203.0.113.2/32 -p tcp -m tcp --dport 13389 -j DNAT --to-destination 10.2.0.5:3389",
        ),
        opened_by=("--dport 3389",),
        way=_ODD,
    ),
    "panos": Trap(
        files=panos("service odd", nat=(PANOS_NAT, "destination-translation translated-port 3389")),
        opened_by=("rules r1 service odd",),
        way=_ODD,
    ),
    "srx": Trap(
        files=srx("", nat=(*SRX_NAT, "match destination-port 13389"), pool="10.2.0.5/32 port 3389"),
        opened_by=("policy p1 match application rdp",),
        way=_ODD,
    ),
    "yamaha": Trap(
        files=rtx(["pass * 10.2.0.5 tcp * 3389"], nat="tcp 13389=3389"), opened_by=("tcp * 3389",), way=_ODD
    ),
}

_OPEN = policy(2, "all", "RDP")
_PERMIT = "access-list OUT extended permit tcp any {} eq 3389\n"


def _reordered(numbers: str) -> dict[str, str]:
    """A Yamaha router whose filter 1 rejects and whose filter 2 passes, in a list of other numbers."""
    files = rtx(["reject * * tcp * 3389", "pass * 10.2.0.5 tcp * 3389"])
    return {path: text.replace("secure filter in 1 2", f"secure filter in {numbers}") for path, text in files.items()}


DENY_ABOVE = {
    # FortiOS 7.2 administration guide, "Virtual IPs": before 7.2.3 a deny matches traffic to a VIP with match-vip only.
    "fortios before 7.2.3": Trap(
        files=fortios(policy(1, "all", "RDP", to="all", action="deny") + _OPEN, objects=vip()),
        opened_by=("edit 2",),
        way=DIRECT,
        closed=fortios(
            policy(1, "all", "RDP", to="all", action="deny", more="        set match-vip enable\n") + _OPEN,
            objects=vip(),
        ),
    ),
    "fortios from 7.2.4, switched off": Trap(
        files=fortios(
            policy(1, "all", "RDP", to="all", action="deny", more="        set match-vip disable\n") + _OPEN,
            objects=vip(),
            version="7.2.4",
        ),
        opened_by=("edit 2",),
        way=DIRECT,
        closed=fortios(policy(1, "all", "RDP", to="all", action="deny") + _OPEN, objects=vip(), version="7.2.4"),
    ),
    # ASA 8.3 and later ask lists with the real address, before 8.3 with the mapped one; IOS with the one outside.
    "asa, of the address outside": Trap(
        files=asa("access-list OUT extended deny tcp any host 203.0.113.2 eq 3389\n" + _PERMIT.format("object srv")),
        opened_by=("permit tcp any object srv",),
        way=DIRECT,
        closed=asa("access-list OUT extended deny tcp any host 10.2.0.5 eq 3389\n" + _PERMIT.format("object srv")),
    ),
    "asa 8.2, of the address inside": Trap(
        files=legacy_asa(
            "access-list OUT extended deny tcp any host 10.2.0.5 eq 3389\n" + _PERMIT.format("host 203.0.113.2")
        ),
        opened_by=("permit tcp any host 203.0.113.2",),
        way=DIRECT,
        closed=legacy_asa(
            "access-list OUT extended deny tcp any host 203.0.113.2 eq 3389\n" + _PERMIT.format("host 203.0.113.2")
        ),
    ),
    "ios, of the address inside": Trap(
        files=ios(" deny tcp any host 10.2.0.5 eq 3389\n permit tcp any host 203.0.113.2 eq 3389\n"),
        opened_by=("permit tcp any host 203.0.113.2",),
        way=DIRECT,
        closed=ios(" deny tcp any host 203.0.113.2 eq 3389\n permit tcp any host 203.0.113.2 eq 3389\n"),
    ),
    "iptables, of the address outside": Trap(
        files=iptables(forward("0.0.0.0/0", target="DROP", destination="203.0.113.2/32") + forward("0.0.0.0/0")),
        opened_by=("-d 10.2.0.5/32",),
        way=DIRECT,
        closed=iptables(forward("0.0.0.0/0", target="DROP") + forward("0.0.0.0/0")),
    ),
    # PAN-OS asks its rules with the address outside, and the zone inside.
    "panos, of the address inside": Trap(
        files=panos("destination 10.2.0.5; action deny", ""),
        opened_by=("rules r2 destination",),
        way=DIRECT,
        closed=panos("destination srv; action deny", ""),
    ),
    "panos, of the zone outside": Trap(
        files=panos("to outside; action deny", ""),
        opened_by=("rules r2 destination",),
        way=DIRECT,
        closed=panos("to dmz; action deny", ""),
    ),
    "panos, of zones among themselves": Trap(
        files=panos("rule-type intrazone; to outside; action deny", ""),
        opened_by=("rules r2 destination",),
        way=DIRECT,
        closed=panos("rule-type interzone; action deny", ""),
    ),
    # Policies of an SRX see the address inside, and those of the pair go before the global ones.
    "srx, of the address outside": Trap(
        files=srx("destination-address pub; then deny", ""),
        opened_by=("policy p2 match destination-address",),
        way=DIRECT,
        closed=srx("destination-address srv; then deny", ""),
    ),
    "srx, in a global policy": Trap(
        files=srx("global yes; then deny", ""),
        opened_by=("policy p2 match destination-address",),
        way=DIRECT,
        closed=srx("then deny", "global yes"),
    ),
    # Filters of a Yamaha see the inside address; numbers do not order a list, and what no list names decides nothing.
    "yamaha, of the address outside": Trap(
        files=rtx(["reject * 203.0.113.2 tcp * 3389", "pass * 10.2.0.5 tcp * 3389"]),
        opened_by=("pass * 10.2.0.5",),
        way=DIRECT,
        closed=rtx(["reject * 10.2.0.5 tcp * 3389", "pass * 10.2.0.5 tcp * 3389"]),
    ),
    "yamaha, by number only": Trap(
        files=_reordered("2 1"), opened_by=("pass * 10.2.0.5",), way=DIRECT, closed=_reordered("1 2")
    ),
    "yamaha, that no list names": Trap(
        files=_reordered("2"), opened_by=("pass * 10.2.0.5",), way=DIRECT, closed=_reordered("1")
    ),
}

TRAPS: dict[str, dict[str, Trap]] = {
    "two halves": split(HALVES, ("low half", "high half"), ("0.0.0.0/1", "128.0.0.0/1")),
    "four quarters": split(
        QUARTERS, ("q0", "q1", "q2", "q3"), ("0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2")
    ),
    "IPv6 in two halves": six(_SIX_HALVES, '"low half 6" "high half 6"'),
    "IPv6 only": six(("any",), '"all"'),
    "a range that covers 3389": COVERING,
    "13389 becomes 3389": FORWARDED,
    "a deny above that does not stop it": DENY_ABOVE,
}
EACH = [(trap, name) for trap, formats in TRAPS.items() for name in formats]


def found_in(files: Mapping[str, str], folder: Path) -> tuple[Case, list[FindingReport]]:
    """The findings of the check on files, all of whose lines are understood."""
    for path, text in files.items():
        (folder / path).write_text(text, encoding="utf-8")
    network = read(Selection(paths=(str(folder),)), jobs=1, debug=True)
    assert not network.failures
    assert len(network.inputs) == len(files) - ("site.yaml" in files)
    assert network.not_understood == 0
    case = Case("trap", network, load_site((str(folder),), None))
    return case, [one for one in audited(case).findings if one.check == CHECK]


@pytest.mark.parametrize(("trap", "name"), EACH, ids=[f"{trap}-{name}" for trap, name in EACH])
def test_it_is_found(trap: str, name: str, tmp_path: Path) -> None:
    set_up = TRAPS[trap][name]
    case, found = found_in(set_up.files, tmp_path)
    (one,) = found
    assert one.certainty == Certainty.CONFIRMED, one.certainty_reasons
    # Some networks or few addresses would be milder.
    assert one.severity == Severity.CRITICAL, one.notes
    assert "Anyone on the internet" in str(one.message)
    assert one.witness is not None
    assert (place(one.witness.sent), place(one.witness.received)) == set_up.way
    quoted = "\n".join(line for where in one.locations for line in where.lines)
    assert not [words for words in set_up.opened_by if words not in quoted], quoted
    replay = Replay(case)
    (as_json,) = [f for f in findings(audited(case)) if f["check"] == CHECK]
    assert not list(replay.problems(as_json))


CLOSED = [(trap, name) for trap, name in EACH if TRAPS[trap][name].closed]


@pytest.mark.parametrize(("trap", "name"), CLOSED, ids=[f"{trap}-{name}" for trap, name in CLOSED])
def test_what_does_stop_it(trap: str, name: str, tmp_path: Path) -> None:
    _, found = found_in(TRAPS[trap][name].closed, tmp_path)
    assert not found, [str(one.message) for one in found]


@pytest.mark.parametrize("half", ["low half", "high half"])
def test_half_of_the_internet_is_not_all_of_it_but_is_found(half: str, tmp_path: Path) -> None:
    _, found = found_in(fortios(policy(1, half, "RDP"), objects=vip()), tmp_path)
    (one,) = found
    assert one.witness is not None
    first = int(one.witness.sent.src) >> 31
    assert first == (0 if half == "low half" else 1)
