"""Reading VPNs: crypto maps, IPsec and IKE profiles, client groups, WebVPN, dialled tunnels.

Cisco IOS Security Command Reference, ``crypto map (global IPsec)``, ``crypto dynamic-map``, ``crypto isakmp client
configuration group``, ``crypto isakmp profile``, ``crypto ikev2 profile``, ``webvpn gateway``, ``webvpn context``; VPDN
Command Reference, ``vpdn-group``.
"""

from __future__ import annotations

from typing import Final

from segaudit.parsers.cisco_ios.acl import quad
from segaudit.parsers.cisco_ios.config import (
    Bound,
    ClientGroup,
    CryptoMapEntry,
    CryptoMapSettings,
    FlexvpnClient,
    IkeProfile,
    VpdnGroup,
    WebvpnContext,
    WebvpnGateway,
    interface_name,
)
from segaudit.parsers.cisco_ios.reader import Reader, ipv4_prefix
from segaudit.syntax.indented import Line

_KEYS: Final = "keys, certificates and ciphers: who is who, not who reaches what"
_LOOKS: Final = "how the portal looks and lasts"


def read_crypto(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """The ``crypto`` commands that say where tunnels end and what goes through them."""
    rest = words[1:]
    match rest[:2]:
        case ("map", _):
            return _map(reader, line, rest[1:], negated)
        case ("dynamic-map", _):
            return _dynamic_map(reader, line, rest[1:], negated)
        case ("isakmp", "client") if rest[2:4] == ("configuration", "group") and len(rest) > 4:
            return _client_group(reader, line, rest[4], negated)
        case ("isakmp", "client") if rest[2:4] == ("configuration", "address-pool"):
            return reader.irrelevant(line, "a pool by default; the group's own pool is read")
        case ("ikev2", "authorization") if rest[2:3] == ("policy",) and len(rest) > 3:
            return _client_group(reader, line, rest[3], negated)
        case ("isakmp", "profile") | ("ikev2", "profile") if len(rest) > 2:
            return _ike_profile(reader, line, rest[2], 1 if rest[0] == "isakmp" else 2, negated)
        case ("ikev2", "client") if rest[2:3] == ("flexvpn",) and len(rest) > 3:
            return _flexvpn_client(reader, line, rest[3], negated)
        case ("ipsec", "profile") if len(rest) > 2:
            return _ipsec_profile(reader, line, rest[2], negated)
        case ("ipsec", "client") if rest[2:3] == ("ezvpn",):
            if negated:
                return reader.modelled(line)
            return reader.unsupported(
                line, "the device dials into another VPN; what comes back through it does not show"
            )
        case _:
            return False


def _map(reader: Reader, line: Line, rest: tuple[str, ...], negated: bool) -> bool:
    name = rest[0]
    config = reader.config
    if rest[1:2] in (("ipv6",), ("gdoi",)) or "gdoi" in rest:
        return reader.unsupported(line, "group encryption (GDOI): its selectors come from a key server")
    if len(rest) == 1 or not rest[1].isdigit():
        if negated and len(rest) == 1:
            config.crypto_maps.pop(name, None)
            return reader.modelled(line)
        settings = config.crypto_settings.setdefault(name, CryptoMapSettings())
        if rest[1:4] == ("client", "authentication", "list") and len(rest) > 4:
            settings.client_authentication = None if negated else Bound(rest[4], line.number)
        elif rest[1:4] == ("isakmp", "authorization", "list") and len(rest) > 4:
            settings.client_authorization = None if negated else Bound(rest[4], line.number)
        elif rest[1:4] == ("client", "configuration", "address"):
            settings.client_address = not negated
        elif rest[1:2] == ("local-address",) and len(rest) > 2:
            settings.local_address = "" if negated else interface_name(*rest[2:])
        elif rest[1:2] in (
            ("redundancy",),
            ("isakmp-profile",),
            ("map",),
            ("client",),
            ("isakmp",),
        ):
            return reader.irrelevant(line, _KEYS)
        else:
            return False
        return reader.modelled(line)
    sequence = int(rest[1])
    entries = config.crypto_maps.setdefault(name, {})
    if negated:
        entries.pop(sequence, None)
        return reader.modelled(line)
    entry = entries.setdefault(sequence, CryptoMapEntry(name, sequence, line.number, line.last_number))
    entry.last_line = max(entry.last_line, line.last_number)
    entry.manual = "ipsec-manual" in rest
    if "dynamic" in rest[:-1]:
        entry.dynamic = rest[rest.index("dynamic") + 1]
    for child in line.children:
        _map_line(reader, entry, child)
    return reader.modelled(line)


def _dynamic_map(reader: Reader, line: Line, rest: tuple[str, ...], negated: bool) -> bool:
    name = rest[0]
    if negated:
        reader.config.dynamic_maps.pop(name, None)
        return reader.modelled(line)
    if len(rest) < 2 or not rest[1].isdigit():
        return False
    sequence = int(rest[1])
    entry = reader.config.dynamic_maps.setdefault(name, {}).setdefault(
        sequence, CryptoMapEntry(name, sequence, line.number, line.last_number)
    )
    for child in line.children:
        _map_line(reader, entry, child)
    return reader.modelled(line)


def _map_line(reader: Reader, entry: CryptoMapEntry, line: Line) -> None:
    words = line.words
    if words[:2] == ("set", "peer") and len(words) > 2:
        entry.peers.append(words[2])
        reader.modelled(line)
    elif words[:2] == ("match", "address") and len(words) > 2:
        entry.match = Bound(words[-1] if words[2] == "ipv6" else words[2], line.number)
        reader.modelled(line)
    elif words[:3] == ("set", "ip", "access-group") and len(words) > 4:
        if words[4] == "in":
            entry.access_in = words[3]
            reader.modelled(line)
        else:
            reader.unsupported(line, "a list for packets that go into the tunnel")
    elif words[:2] in (("set", "isakmp-profile"), ("set", "ikev2-profile")) and len(words) > 2:
        entry.profile = words[2]
        reader.modelled(line)
    elif words[0] in ("set", "description", "reverse-route", "qos", "no", "exit", "end", "dialer", "default"):
        reader.irrelevant(line, _KEYS)
    elif words[0] == "match":
        reader.unsupported(line, "narrows who may build the tunnel")
    else:
        reader.unrecognized(line, "not understood in a crypto map")


def _client_group(reader: Reader, line: Line, name: str, negated: bool) -> bool:
    if negated:
        reader.config.client_groups.pop(name, None)
        return reader.modelled(line)
    group = reader.config.client_groups.setdefault(name, ClientGroup(name, line.number, line.last_number))
    group.last_line = max(group.last_line, line.last_number)
    for child in line.children:
        words = child.words
        if words[0] in ("pool", "acl") and len(words) > 1:
            if words[0] == "pool":
                group.pool = words[1]
            else:
                group.split = words[1]
            reader.modelled(child)
        elif words[:3] == ("route", "set", "access-list") and len(words) > 3:
            group.split = words[-1]
            reader.modelled(child)
        elif words[0] == "access-restrict":
            reader.unsupported(child, "the group may log in at one interface only")
        elif words[0] in ("firewall", "access"):
            reader.unsupported(child, "what a client must run before it is let in")
        else:
            reader.irrelevant(child, "what a client is told and how it authenticates")
    return reader.modelled(line)


def _ike_profile(reader: Reader, line: Line, name: str, version: int, negated: bool) -> bool:
    if negated:
        reader.config.ike_profiles.pop(name, None)
        return reader.modelled(line)
    profile = reader.config.ike_profiles.setdefault(name, IkeProfile(name, line.number, line.last_number, version))
    profile.last_line = max(profile.last_line, line.last_number)
    for child in line.children:
        words = child.words
        if words[0] == "virtual-template" and len(words) > 1:
            profile.virtual_template = words[1]
        elif len(words) > 3 and (
            words[:3] == ("client", "authentication", "list") or words[:2] == ("aaa", "authentication")
        ):
            profile.authentication_list = words[3]
        elif words[:3] == ("match", "identity", "group") and len(words) > 3:
            profile.groups.append(words[3])
        elif words[:3] == ("aaa", "authorization", "group") and len(words) > 4:
            profile.groups.append(words[-1])
        elif words[0] in ("vrf", "ivrf") and len(words) == 2:
            profile.vrf = words[1]
        elif words[:2] == ("authentication", "remote") and len(words) > 2:
            profile.remote_methods.append(words[2])
            profile.certificate = profile.certificate or words[2] in ("rsa-sig", "ecdsa-sig")
        else:
            reader.irrelevant(child, _KEYS)
            continue
        reader.modelled(child)
    return reader.modelled(line)


def _flexvpn_client(reader: Reader, line: Line, name: str, negated: bool) -> bool:
    """``crypto ikev2 client flexvpn NAME`` (FlexVPN and IKEv2 Configuration Guide, "Configuring the FlexVPN Client")."""
    clients = reader.config.flexvpn_clients
    if negated:
        clients.pop(name, None)
        return reader.modelled(line)
    client = clients.setdefault(name, FlexvpnClient())
    for child in line.children:
        words = child.words
        if words[0] == "peer" and len(words) > 2 and words[1].isdecimal():
            # `peer N ADDRESS [track …]`, `peer N fqdn NAME [dynamic]`.
            client.peers[int(words[1])] = words[3] if words[2] == "fqdn" and len(words) > 3 else words[2]
        elif words[:2] == ("client", "connect") and len(words) > 2:
            client.tunnel = interface_name(*words[2:])
        else:
            reader.irrelevant(child, _KEYS)
            continue
        reader.modelled(child)
    return reader.modelled(line)


def _ipsec_profile(reader: Reader, line: Line, name: str, negated: bool) -> bool:
    if negated:
        reader.config.ipsec_profiles.pop(name, None)
        return reader.modelled(line)
    reader.config.ipsec_profiles.setdefault(name, "")
    for child in line.children:
        words = child.words
        if words[:2] in (("set", "isakmp-profile"), ("set", "ikev2-profile")) and len(words) > 2:
            reader.config.ipsec_profiles[name] = words[2]
            reader.modelled(child)
        else:
            reader.irrelevant(child, _KEYS)
    return reader.modelled(line)


def read_webvpn(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``webvpn gateway`` and ``webvpn context``."""
    if len(words) < 3:
        return words[:1] == ("webvpn",) and reader.irrelevant(line, _LOOKS)
    name = words[2]
    config = reader.config
    if words[1] == "gateway":
        if negated:
            config.webvpn_gateways.pop(name, None)
            return reader.modelled(line)
        gateway = config.webvpn_gateways.setdefault(name, WebvpnGateway(name, line.number, line.last_number))
        for child in line.children:
            _gateway_line(reader, gateway, child)
        return reader.modelled(line)
    if words[1] == "context":
        if negated:
            config.webvpn_contexts.pop(name, None)
            return reader.modelled(line)
        context = config.webvpn_contexts.setdefault(name, WebvpnContext(name, line.number, line.last_number))
        for child in line.children:
            _context_line(reader, context, child)
        return reader.modelled(line)
    return reader.irrelevant(line, _LOOKS)


def _gateway_line(reader: Reader, gateway: WebvpnGateway, line: Line) -> None:
    words = line.words
    if words[:2] == ("ip", "address") and len(words) > 2:
        gateway.address = quad(words[2])
        if "port" in words[:-1]:
            port = words[words.index("port") + 1]
            gateway.port = int(port) if port.isdigit() else gateway.port
        reader.modelled(line)
    elif words[:2] == ("ip", "interface") and len(words) > 2:
        gateway.interface = interface_name(words[2])
        if "port" in words[:-1]:
            port = words[words.index("port") + 1]
            gateway.port = int(port) if port.isdigit() else gateway.port
        reader.modelled(line)
    elif words[0] == "inservice":
        gateway.in_service = True
        reader.modelled(line)
    else:
        reader.irrelevant(line, _LOOKS)


def _context_line(reader: Reader, context: WebvpnContext, line: Line) -> None:
    words = line.words
    if words[0] == "gateway" and len(words) > 1:
        context.gateway = words[1]
    elif words[:3] == ("aaa", "authentication", "list") and len(words) > 3:
        context.authentication_list = words[3]
    elif words[:2] == ("authentication", "certificate"):
        context.certificate = True
    elif words[0] == "virtual-template" and len(words) > 1:
        context.virtual_template = words[1]
    elif words[0] == "inservice":
        context.in_service = True
    elif words[:2] == ("policy", "group") and len(words) > 2:
        context.groups.append((words[2], line.number))
        for child in line.children:
            _policy_line(reader, context, child)
    else:
        reader.irrelevant(line, _LOOKS)
        return
    reader.modelled(line)


def _policy_line(reader: Reader, context: WebvpnContext, line: Line) -> None:
    words = line.words
    if words[:2] == ("svc", "address-pool") and len(words) > 2:
        context.pools.append(words[2].strip('"'))
    elif words[:3] == ("svc", "split", "include") and len(words) > 4 and words[3] != "acl":
        context.splits.append(ipv4_prefix(words[3], words[4]))
    elif words[:2] == ("filter", "tunnel") and len(words) > 2:
        context.access_list = words[2]
    elif words[0] in ("url-list", "port-forward", "functions", "citrix", "cifs-url-list", "nbns-list"):
        reader.irrelevant(line, "what the portal shows; the tunnel's addresses are read")
        return
    else:
        reader.irrelevant(line, _LOOKS)
        return
    reader.modelled(line)


def read_vpdn(reader: Reader, line: Line, words: tuple[str, ...], negated: bool) -> bool:
    """``vpdn-group NAME`` that takes in dialled tunnels."""
    if len(words) < 2:
        return False
    name = words[1]
    if negated:
        reader.config.vpdn_groups.pop(name, None)
        return reader.modelled(line)
    group = reader.config.vpdn_groups.setdefault(name, VpdnGroup(name, line.number, line.last_number))
    for child in line.walk():
        parts = child.words
        if child is line:
            continue
        if parts[0] == "accept-dialin":
            group.accepts = True
        elif parts[0] == "protocol" and len(parts) > 1:
            group.protocol = parts[1]
        elif parts[0] == "virtual-template" and len(parts) > 1:
            group.virtual_template = parts[1]
        elif parts[0] == "terminate-from":
            reader.ledger.approximated(child.number, "narrows who may dial in by name: taken as anyone")
            continue
        else:
            reader.ledger.irrelevant(child.number, _KEYS)
            continue
        reader.ledger.modelled(child.number)
    return reader.modelled(line)
