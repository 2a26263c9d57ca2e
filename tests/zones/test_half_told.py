"""Zones of which the site file tells the addresses of one IP family, behind devices whose configs show none."""

import pytest

from segaudit.model import Action, AddressExpr, network
from segaudit.packetspace.space import PacketSpace
from segaudit.semantics.trace import Verdict
from segaudit.zones.build import build
from segaudit.zones.segments import Declared
from tests.zones.networks import DAY, declared, device, interface, permit
from tests.zones.test_network_trace import trace

SPACE = PacketSpace()
SITE = declared(
    internet=["if=gw/eth0"],
    office=("terminal", ["if=gw/eth1", "192.168.40.0/24"]),
    servers=("server", ["if=gw/eth2", "192.168.42.0/24", "2001:db8:2::/64"]),
    shop=("terminal", ["if=gw/eth3", "192.168.43.0/24", "fe80::/10"]),
)


def passing(destination: AddressExpr, src: str, dst: str, site: Declared = SITE) -> tuple[str, Verdict]:
    """The doubt of the sets on the way between two zones, and the verdict of the tracer on a packet to 2001:db8:9::5."""
    gw = device(
        "gw",
        *(interface(f"eth{n}") for n in range(4)),
        filters=[permit("IN", "eth0", (Action.PERMIT, destination))],
        format="linux_iptables",
    )
    conduit = build(SPACE, [gw], site, DAY).conduit(src, dst)
    to = network("2001:db8:9::5/128")
    found = "nothing"
    if conduit is not None:
        chosen = SPACE.addresses("dst", 6, to.first, to.last)
        found = "sure" if conduit.received.must & chosen else "possible" if conduit.received.may & chosen else "nothing"
    return found, trace(gw, src="2001:db8:ffff::7", dst="2001:db8:9::5", site=site).verdict


@pytest.mark.parametrize(
    ("destination", "sets", "verdict"),
    [
        (network("2001:db8:9::/64"), "possible", Verdict.UNKNOWN),
        (network("2001:db8:8::/64"), "nothing", Verdict.DENY),
        (network("192.168.40.0/24"), "nothing", Verdict.DENY),
    ],
)
def test_the_other_family_is_possible(destination: AddressExpr, sets: str, verdict: Verdict) -> None:
    assert passing(destination, "internet", "office") == (sets, verdict)


def test_a_zone_with_link_local_addresses_alone_has_no_others() -> None:
    everything = network("::/0")
    assert passing(everything, "internet", "shop")[0] == "nothing"
    assert passing(everything, "internet", "servers")[0] == "nothing", "its prefix says where it is"


def test_what_goes_out_may_go_to_the_zone_instead() -> None:
    gw = device("gw", *(interface(f"eth{n}") for n in range(4)), format="linux_iptables")
    conduit = build(SPACE, [gw], SITE, DAY).conduit("servers", "internet")
    assert conduit is not None
    to = network("2001:db8:9::/64")
    chosen = SPACE.addresses("dst", 6, to.first, to.last)
    assert conduit.received.may & chosen
    assert not conduit.received.must & chosen
    assert trace(gw, src="2001:db8:2::9", dst="2001:db8:9::5", site=SITE).verdict == Verdict.UNKNOWN
