"""A network of routers, each a network namespace with a kernel's own filters, and the segments between them.

A segment is a namespace with a bridge, and no host: it takes the place of all of them. What routers send to hosts there
is seen on the bridge, and what its hosts send is put on it. Addresses are never asked for (``arp off``): what a router
sends to whomever on a link carries the router's own hardware address as destination, and that is how it is told from
what goes to another router.

Settings of every router, made on purpose:

- ``ip_forward`` and IPv6 ``forwarding`` are on;
- ``rp_filter`` is off but where `Router.checks` says strict (1) or loose (2);
- ``accept_local`` is on: else a router drops what another sends back to it with its own address as source (martians),
  which is translated on the way out and once more on the way back;
- no redirects are sent or taken, so that no packet changes the ways of later ones;
- pings are not answered, since an answer carries the number of what it answers;
- duplicate address detection is off: addresses hold at once.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from time import sleep
from typing import Final, Self

from segaudit.packetspace.packet import Packet
from tests.kernel.spaces import Namespace
from tests.kernel.wire import ETHERTYPES, PROTOCOLS, Seen, as_bytes, seen, transported

#: Packets sent before what arrived is collected: routers drop what does not fit in their queues.
_AT_ONCE: Final = 100
_BUFFER: Final = 64 << 20
_SO_RCVBUFFORCE: Final = 33
_IPV6_RECVPKTINFO: Final = 49
_IPV6_PKTINFO: Final = 50
_ETH_P_ALL: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """What a router is given: ``interfaces`` by name as segment and addresses with their lengths; ``routes`` as words
    of ``ip route add``; its rules for ``iptables-restore`` and ``ip6tables-restore``; ``checks``: ``rp_filter`` by
    interface, zero where it has none.
    """

    name: str
    interfaces: Mapping[str, tuple[str, tuple[str, ...]]]
    routes: tuple[str, ...] = ()
    rules: Mapping[int, str] = field(default_factory=dict)
    checks: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where a packet was received: in a segment, or (``itself``) at a router that it was for, by name."""

    place: str
    packet: Packet
    number: int
    itself: bool = False


@dataclass(frozen=True, slots=True)
class Sending:
    """A packet under a number of its own: whose host sends it, to which router, at which of that one's interfaces.

    ``answering``: the number of the packet that it answers; zero: none.
    """

    number: int
    packet: Packet
    segment: str
    router: str
    interface: str
    answering: int = 0


class Laboratory:
    """The routers and all segments that they name. To be left as a context, which frees all of it."""

    def __init__(self, routers: Sequence[Router]) -> None:
        self.routers = tuple(routers)
        self._stack = ExitStack()
        self._spaces: dict[str, Namespace] = {}
        self._segments: dict[str, Namespace] = {}
        self._wires: dict[str, socket.socket] = {}
        self._deliveries: list[tuple[str, socket.socket]] = []
        self._hardware: dict[tuple[str, str], str] = {}

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._stack = stack
            self._build()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    # -- building -------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        for segment in dict.fromkeys(s for r in self.routers for s, _ in r.interfaces.values()):
            space = self._segments[segment] = self._space()
            space.set(ipv6__conf__default__disable_ipv6=1, ipv6__conf__all__disable_ipv6=1)
            space.run("ip", "link", "add", "bridge", "type", "bridge", "stp_state", "0", "forward_delay", "0")
            space.run("ip", "link", "set", "bridge", "up", "promisc", "on")
        for router in self.routers:
            self._build_router(router)
        for router in self.routers:
            self._introduce(router)
            self._listen(router)
        for segment in dict.fromkeys(s for r in self.routers for s, _ in r.interfaces.values()):
            self._wires[segment] = self._stack.enter_context(self._segments[segment].inside(_wire))

    def _space(self) -> Namespace:
        space = Namespace()
        self._stack.callback(space.close)
        return space

    def _build_router(self, router: Router) -> None:
        space = self._spaces[router.name] = self._space()
        for scope in ("all", "default"):
            space.set(
                **{
                    f"ipv4__conf__{scope}__rp_filter": 0,
                    f"ipv4__conf__{scope}__accept_local": 1,
                    f"ipv4__conf__{scope}__send_redirects": 0,
                    f"ipv4__conf__{scope}__accept_redirects": 0,
                    f"ipv6__conf__{scope}__accept_redirects": 0,
                    f"ipv6__conf__{scope}__accept_dad": 0,
                    f"ipv6__conf__{scope}__accept_ra": 0,
                    f"ipv6__conf__{scope}__forwarding": 1,
                }
            )
        space.set(ipv4__ip_forward=1, ipv4__icmp_echo_ignore_all=1, ipv6__icmp__echo_ignore_all=1)
        space.run("ip", "link", "set", "lo", "up")
        commands: list[str] = []
        for number, (interface, (segment, addresses)) in enumerate(router.interfaces.items()):
            end = f"{router.name}.{number}"
            there = self._segments[segment]
            space.run("ip", "link", "add", "name", interface, "type", "veth", "peer", "name", end, "netns", there.path)
            there.run("ip", "link", "set", "dev", end, "master", "bridge", "up")
            commands.append(f"link set dev {interface} arp off up")
            commands += (f"address add {address} dev {interface}" for address in addresses)
        space.run("ip", "-batch", "-", stdin="\n".join(commands))
        for family in ("-4", "-6"):
            added = [f"route add {route}" for route in router.routes if (":" in route) == (family == "-6")]
            space.run("ip", family, "-batch", "-", stdin="\n".join(added))
        for link in json.loads(space.run("ip", "-j", "link", "show")):
            self._hardware[router.name, link["ifname"]] = link["address"]
        space.set(**{f"ipv4__conf__{name}__rp_filter": value for name, value in router.checks.items()})
        for version, rules in router.rules.items():
            space.run("iptables-restore" if version == 4 else "ip6tables-restore", stdin=rules)

    def _introduce(self, router: Router) -> None:
        """Tells a router the hardware addresses of the others on its links."""
        commands = [
            f"neigh replace {address.partition('/')[0]} lladdr {self._hardware[other.name, there]} dev {interface}"
            for interface, (segment, _) in router.interfaces.items()
            for other in self.routers
            if other is not router
            for there, (its_segment, addresses) in other.interfaces.items()
            if its_segment == segment
            for address in addresses
        ]
        self._spaces[router.name].run("ip", "-batch", "-", stdin="\n".join(commands))

    def _listen(self, router: Router) -> None:
        for version, protocols in PROTOCOLS.items():
            for protocol in protocols:
                listening = self._spaces[router.name].inside(partial(_delivery, version, protocol))
                self._deliveries.append((router.name, self._stack.enter_context(listening)))

    # -- what people save -----------------------------------------------------------------------------------------

    def saved(self, router: Router) -> dict[str, str]:
        """What somebody saves of a router to have it audited: texts by name of file."""
        space = self._spaces[router.name]
        return {
            f"{router.name}.v4": space.run("iptables-save"),
            f"{router.name}.v6": space.run("ip6tables-save"),
            f"{router.name}.address": space.run("ip", "address", "show"),
            f"{router.name}.sysctl": space.run(
                "sysctl", "-a", "-r", r"^net\.ipv4\.(conf|ip_forward)|^net\.ipv6\.conf\.all"
            ),
            f"{router.name}.route": space.run("ip", "-4", "route", "show") + space.run("ip", "-6", "route", "show"),
        }

    # -- sending --------------------------------------------------------------------------------------------------

    def send(self, packets: Iterable[Sending]) -> dict[int, Arrival]:
        """Where each packet was received, by number; those that were not are left out."""
        arrived: dict[int, Arrival] = {}
        waiting = 0
        for one in packets:
            mac = bytes.fromhex(self._hardware[one.router, one.interface].replace(":", ""))
            head = mac + b"\x02\0\0\0\0\x01" + ETHERTYPES[one.packet.version].to_bytes(2, "big")
            self._wires[one.segment].send(head + as_bytes(one.packet, one.number, one.answering))
            waiting += 1
            if waiting == _AT_ONCE:
                arrived.update(self._collected())
                waiting = 0
        # The kernel carries a packet on until it ends before it returns to whoever sent it; rarely it is put off.
        sleep(0.02)
        arrived.update(self._collected())
        return arrived

    def _collected(self) -> Iterator[tuple[int, Arrival]]:
        for segment, wire in self._wires.items():
            for found in _received(wire):
                yield found.number, Arrival(segment, found.packet, found.number)
        for router, listening in self._deliveries:
            for found in _delivered(listening):
                yield found.number, Arrival(router, found.packet, found.number, itself=True)


def _wire() -> socket.socket:
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_ALL))
    wire.bind(("bridge", _ETH_P_ALL))
    wire.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
    return wire


def _delivery(version: int, protocol: int) -> socket.socket:
    """What is delivered to a router itself: raw sockets are behind the chain INPUT."""
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    listening = socket.socket(family, socket.SOCK_RAW, protocol)
    listening.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
    if version == 6:
        listening.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVPKTINFO, 1)
    return listening


def _received(wire: socket.socket) -> Iterator[Seen]:
    """What routers sent to hosts of the segment."""
    while True:
        try:
            frame, address = wire.recvfrom(65535, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        if address[2] == socket.PACKET_OUTGOING or frame[:6] != frame[6:12]:
            continue
        found = seen(frame[14:])
        if found is not None:
            yield found


def _delivered(listening: socket.socket) -> Iterator[Seen]:
    while True:
        try:
            data, extra, _, address = listening.recvmsg(65535, 64, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        if listening.family == socket.AF_INET:
            found = seen(data)
        else:
            dst = next(d[:16] for level, kind, d in extra if (level, kind) == (socket.IPPROTO_IPV6, _IPV6_PKTINFO))
            src = socket.inet_pton(socket.AF_INET6, address[0].partition("%")[0])
            found = transported(6, listening.proto, src, dst, data)
        if found is not None:
            yield found
