"""What joins a Linux host to its neighbours: VLANs, tunnels with their ends, bridges."""

from segaudit.model import InterfaceKind, LineState, host
from tests.parsers.linux_iptables.reading import device_of, parsed, saved, source, states

RULES = "iptables -P FORWARD DROP\niptables -A FORWARD -i gre1 -o office -j ACCEPT\n"
SCRIPT = f"""\
#!/bin/sh
ip addr add 203.0.113.2/29 dev eth0
ip link add link eth1 name office type vlan id 10
ip addr add 10.10.0.1/24 dev office
ip tunnel add gre1 mode gre remote 198.51.100.9 local 203.0.113.2 ttl 255
ip link add name six type sit local any remote 198.51.100.10 dev eth0
ip link add vx type vxlan id 100 remote 198.51.100.11 local 203.0.113.2 dstport 4789 dev eth0
ip -6 tunnel add hub mode ip6gre local 2001:db8::1 remote any
ip link add wg0 type wireguard
ip link add br0 type bridge
ip link set eth2 master br0
ip link set dev eth3 master br0
ip link add blue type vrf table 10
ip link set eth4 master blue
ip link set eth0 up
ip link add d0 type dummy
{RULES}"""


def test_links_that_a_script_makes() -> None:
    device = device_of(source("fw.sh", SCRIPT))
    office, bridge = device.interface("office"), device.interface("br0")
    assert office is not None
    assert bridge is not None
    assert (office.kind, office.vlan, office.parent) == (InterfaceKind.VLAN, 10, "eth1")
    assert (bridge.kind, bridge.members, bridge.members_filtered) == (InterfaceKind.BRIDGE, ("eth2", "eth3"), False)
    assert [(t.name, t.kind, t.endpoint, t.peers) for t in device.tunnels] == [
        ("gre1", "gre", "eth0", (host("198.51.100.9"),)),
        ("six", "sit", "eth0", (host("198.51.100.10"),)),
        ("vx", "vxlan vni 100", "eth0", (host("198.51.100.11"),)),
        ("hub", "gre", "", ()),
        ("wg0", "wireguard", "", ()),
    ]
    assert {t.interface for t in device.tunnels} == {
        i.name for i in device.interfaces if i.kind is InterfaceKind.TUNNEL
    }


def test_every_line_of_that_script_is_accounted_for() -> None:
    made = source("fw.sh", SCRIPT)
    (ledger,) = parsed(made).ledgers
    found = {made.lines[line - 1]: state for line, (state, _) in states(ledger).items()}
    unsupported = {text for text, state in found.items() if state is LineState.UNSUPPORTED}
    assert unsupported == {
        "ip link add blue type vrf table 10",
        "ip link set eth4 master blue",
        "ip link add d0 type dummy",
    }
    assert found["ip tunnel add gre1 mode gre remote 198.51.100.9 local 203.0.113.2 ttl 255"] is LineState.MODELLED
    assert found["ip link set eth2 master br0"] is LineState.MODELLED
    assert found["ip link set eth0 up"] is LineState.IRRELEVANT
    assert LineState.UNRECOGNIZED not in found.values()


def test_ends_that_cannot_be_read_are_said() -> None:
    made = source("fw.sh", "#!/bin/sh\nip tunnel add gre1 mode gre remote $PEER local 203.0.113.2\n" + RULES)
    (ledger,) = parsed(made).ledgers
    assert ledger.state(2) is LineState.UNSUPPORTED


SHOWN = """\
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    inet 203.0.113.2/29 brd 203.0.113.7 scope global eth0
3: staff@eth1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000
    link/ether 02:00:00:00:00:03 brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 0 maxmtu 65535
    vlan protocol 802.1Q id 30 <REORDER_HDR> numtxqueues 1 numrxqueues 1
    inet 10.30.0.1/24 brd 10.30.0.255 scope global staff
4: gre1@NONE: <POINTOPOINT,NOARP,UP,LOWER_UP> mtu 1476 qdisc noqueue state UNKNOWN group default qlen 1000
    link/gre 203.0.113.2 peer 198.51.100.9
    inet 10.255.0.1/30 scope global gre1
5: gre0@NONE: <NOARP> mtu 1476 qdisc noop state DOWN group default qlen 1000
    link/gre 0.0.0.0 brd 0.0.0.0
"""


def test_links_that_a_capture_shows() -> None:
    made = source("gw.address", SHOWN)
    result = parsed(saved("-A FORWARD -i gre1 -o staff -j ACCEPT", name="gw.v4"), made)
    (device,) = result.devices
    staff = device.interface("staff")
    assert staff is not None
    assert (staff.kind, staff.vlan, staff.parent) == (InterfaceKind.VLAN, 30, "eth1")
    assert [(t.name, t.kind, t.endpoint, t.peers) for t in device.tunnels] == [
        ("gre1", "gre", "eth0", (host("198.51.100.9"),)),
    ]
    ledger = next(one for one in result.ledgers if one.path == "gw.address")
    assert {ledger.state(line) for line in (5, 8, 11)} == {LineState.MODELLED}


def test_rules_that_ask_for_ports_of_a_bridge_are_noted() -> None:
    plain = device_of(saved("-A FORWARD -i eth0 -j ACCEPT"))
    bridged = device_of(
        saved("-A FORWARD -m physdev --physdev-in vnet0 -j ACCEPT", "-A FORWARD -m physdev --physdev-out vnet1 -j DROP")
    )
    notices = [notice for notice in bridged.notices if "ports of a bridge" in str(notice.message)]
    assert len(notices) == 1
    assert notices[0].bears_on_access
    assert not any("ports of a bridge" in str(notice.message) for notice in plain.notices)
