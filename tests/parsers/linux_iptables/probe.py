"""Run inside network namespaces by `test_kernel`: sends packets, or prints those that arrive. Standard library only."""

import json
import select
import socket
import struct
import sys
import time

ETH_P_IP = 0x0800


def checksum(data: bytes) -> int:
    """The ones' complement sum of RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def datagram(flow: dict[str, int]) -> bytes:
    """An IPv4 packet whose identification is the number of the flow."""
    src, dst = flow["src"].to_bytes(4, "big"), flow["dst"].to_bytes(4, "big")
    protocol = flow["protocol"]
    if protocol == 6:
        body = struct.pack(
            "!HHIIBBHHH", flow["src_port"], flow["dst_port"], 1, 0, 5 << 4, flow["tcp_flags"], 1024, 0, 0
        )
    elif protocol == 17:
        body = struct.pack("!HHHH", flow["src_port"], flow["dst_port"], 12, 0) + b"data"
    elif protocol == 1:
        body = struct.pack("!BBHHH", flow["icmp_type"], flow["icmp_code"], 0, flow["id"], 1) + b"data"
    else:
        body = b"\0" * 8
    if protocol in (6, 17):
        pseudo = src + dst + struct.pack("!BBH", 0, protocol, len(body))
        at = 16 if protocol == 6 else 6
        body = body[:at] + struct.pack("!H", checksum(pseudo + body) or 0xFFFF) + body[at + 2 :]
    elif protocol == 1:
        body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), flow["id"], 0, 64, protocol, 0) + src + dst
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def send(interface: str, mac: str, flows: list[dict[str, int]]) -> None:
    """Puts the packets on the wire of ``interface``, to the router's ``mac``."""
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
    to = bytes.fromhex(mac.replace(":", ""))
    for flow in flows:
        wire.sendto(datagram(flow), (interface, ETH_P_IP, 0, 0, to))
        time.sleep(0.002)


def seen(packet: bytes) -> dict[str, int]:
    """Identification, addresses and ports of an IPv4 packet."""
    size = (packet[0] & 15) * 4
    found = {
        "id": int.from_bytes(packet[4:6], "big"),
        "src": int.from_bytes(packet[12:16], "big"),
        "dst": int.from_bytes(packet[16:20], "big"),
    }
    if packet[9] in (6, 17):
        found["src_port"], found["dst_port"] = struct.unpack("!HH", packet[size : size + 4])
    return found


def listen(interface: str) -> None:
    """Prints what arrives: all IPv4 at ``interface``, or, where that is empty, what is delivered to this host."""
    if interface:
        sockets = [socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))]
        sockets[0].bind((interface, ETH_P_IP))
    else:
        sockets = [socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol) for protocol in (1, 6, 17, 47)]
    print("ready", flush=True)
    while True:
        ready, _, _ = select.select([*sockets, sys.stdin], [], [])
        if sys.stdin in ready:
            return
        for one in (s for s in sockets if s in ready):
            packet, address = one.recvfrom(65535)
            if not interface or address[2] == socket.PACKET_HOST:
                print(json.dumps(seen(packet)), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "send":
        send(sys.argv[2], sys.argv[3], json.load(sys.stdin))
    else:
        listen(sys.argv[2] if len(sys.argv) > 2 else "")
