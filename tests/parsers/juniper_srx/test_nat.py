"""NAT: the order of its kinds, of rule sets by what they name, and what is rewritten."""

import pytest

from tests.parsers.juniper_srx.reading import BASE, DMZ, IN, OUT, device, policy, said

OPEN = "".join(
    policy(zones=f"from-zone {a} to-zone {b}", name=f"{a}-{b}")
    for a in ("in", "out", "dmz")
    for b in ("in", "out", "dmz")
)
HEAD = "set security nat"


def test_static_before_destination() -> None:
    on = device(
        BASE
        + OPEN
        + f"""
{HEAD} destination pool other address 10.2.0.77/32
{HEAD} destination rule-set d from zone out
{HEAD} destination rule-set d rule r match destination-address 203.0.113.6/32
{HEAD} destination rule-set d rule r then destination-nat pool other
{HEAD} static rule-set s from zone out
{HEAD} static rule-set s rule m match destination-address 203.0.113.6/32
{HEAD} static rule-set s rule m then static-nat prefix 10.2.0.6/32
{HEAD} static rule-set s rule net match destination-address 198.51.100.0/28
{HEAD} static rule-set s rule net then static-nat prefix 10.2.0.16/28
{HEAD} static rule-set s rule port match destination-address 203.0.113.7/32
{HEAD} static rule-set s rule port match destination-port 8080
{HEAD} static rule-set s rule port then static-nat prefix 10.2.0.7/32 mapped-port 80
"""
    )
    way = f"{OUT} > {DMZ}"
    assert said(on, "tcp 192.0.2.9 > 203.0.113.6:25", way) == "permit out-dmz dst=10.2.0.6"
    assert said(on, "tcp 192.0.2.9 > 198.51.100.3:25", way) == "permit out-dmz dst=10.2.0.19"
    assert said(on, "tcp 192.0.2.9 > 203.0.113.7:8080", way) == "permit out-dmz dst=10.2.0.7 dst_port=80"
    # In the other direction the source is rewritten.
    back = f"{DMZ} > {OUT}"
    assert said(on, "tcp 10.2.0.6 > 192.0.2.9:25", back) == "permit dmz-out src=203.0.113.6"
    assert said(on, "tcp 10.2.0.19 > 192.0.2.9:25", back) == "permit dmz-out src=198.51.100.3"
    assert said(on, "tcp 10.2.0.6 > 10.1.0.9:25", f"{DMZ} > {IN}") == "permit dmz-in"


def test_destination_pools_ports_and_exemptions() -> None:
    on = device(
        BASE
        + OPEN
        + f"""
{HEAD} destination pool one address 10.2.0.5/32 port 8443
{HEAD} destination pool old address port 80
{HEAD} destination pool old address 10.2.0.8/32
{HEAD} destination rule-set d from interface ge-0/0/0.0
{HEAD} destination rule-set d rule no match source-address 192.0.2.1/32
{HEAD} destination rule-set d rule no then destination-nat off
{HEAD} destination rule-set d rule yes match destination-address 203.0.113.5/32
{HEAD} destination rule-set d rule yes match destination-port 443
{HEAD} destination rule-set d rule yes match protocol tcp
{HEAD} destination rule-set d rule yes then destination-nat pool one
{HEAD} destination rule-set d rule span match destination-address 203.0.113.5/32
{HEAD} destination rule-set d rule span match destination-port 8000 to 8010
{HEAD} destination rule-set d rule span then destination-nat pool old
{HEAD} destination rule-set z from zone out
{HEAD} destination rule-set z rule late match destination-address 203.0.113.0/24
{HEAD} destination rule-set z rule late then destination-nat pool old
"""
    )
    way = f"{OUT} > {DMZ}"
    assert said(on, "tcp 192.0.2.9 > 203.0.113.5:443", way) == "permit out-dmz dst=10.2.0.5 dst_port=8443"
    assert said(on, "tcp 192.0.2.1 > 203.0.113.5:443", way) == "permit out-dmz"
    assert said(on, "udp 192.0.2.9 > 203.0.113.5:8005", way) == "permit out-dmz dst=10.2.0.8 dst_port=80"
    assert said(on, "udp 192.0.2.9 > 203.0.113.5:443", way) == "permit out-dmz dst=10.2.0.8 dst_port=80"
    assert said(on, "tcp 10.1.0.9 > 203.0.113.5:443", f"{IN} > {DMZ}") == "permit in-dmz"


def test_the_policy_sees_the_new_destination() -> None:
    nat = f"""
{HEAD} destination pool one address 10.2.0.5/32
{HEAD} destination rule-set d from zone out
{HEAD} destination rule-set d rule yes match destination-address 203.0.113.5/32
{HEAD} destination rule-set d rule yes then destination-nat pool one
set security address-book global address inside 10.2.0.5/32
set security address-book global address outside 203.0.113.5/32
"""
    zones = "from-zone out to-zone dmz"
    new = device(BASE + nat + policy("destination-address inside", zones=zones))
    old = device(BASE + nat + policy("destination-address outside", zones=zones))
    assert said(new, "tcp 192.0.2.9 > 203.0.113.5:25", f"{OUT} > {DMZ}") == "permit p dst=10.2.0.5"
    assert said(old, "tcp 192.0.2.9 > 203.0.113.5:25", f"{OUT} > {DMZ}") == "deny end"


@pytest.mark.parametrize(
    ("packet", "verdict"),
    [
        ("tcp 10.1.0.9 > 192.0.2.9:25", "permit in-out src=203.0.113.1"),
        ("tcp 10.1.0.99 > 192.0.2.9:25", "permit in-out src=203.0.113.3"),
        ("tcp 10.1.0.9 > 10.80.0.9:25", "permit in-out"),
    ],
)
def test_source_rule_sets_by_what_they_name(packet: str, verdict: str) -> None:
    on = device(
        BASE
        + OPEN
        + f"""
{HEAD} source pool p address 203.0.113.3/32
{HEAD} source rule-set zones from zone in
{HEAD} source rule-set zones to zone out
{HEAD} source rule-set zones rule off match destination-address 10.80.0.0/16
{HEAD} source rule-set zones rule off then source-nat off
{HEAD} source rule-set zones rule hide match source-address 0.0.0.0/0
{HEAD} source rule-set zones rule hide then source-nat interface
{HEAD} source rule-set ports from interface ge-0/0/1.0
{HEAD} source rule-set ports to zone out
{HEAD} source rule-set ports rule pool match source-address 10.1.0.96/28
{HEAD} source rule-set ports rule pool then source-nat pool p
"""
    )
    # The address of the interface is one of two families: only that of IPv4 can be meant.
    assert said(on, packet, f"{IN} > {OUT}").startswith(verdict)


def test_names_from_the_address_book_and_rules_that_are_off() -> None:
    on = device(
        BASE
        + OPEN
        + f"""
set security address-book global address pub 203.0.113.5/32
{HEAD} destination pool one address 10.2.0.5/32
{HEAD} destination rule-set d from zone out
{HEAD} destination rule-set d rule yes match destination-address-name pub
{HEAD} destination rule-set d rule yes then destination-nat pool one
{HEAD} destination rule-set d rule gone match destination-address 203.0.113.6/32
{HEAD} destination rule-set d rule gone then destination-nat pool one
deactivate security nat destination rule-set d rule gone
"""
    )
    assert said(on, "tcp 192.0.2.9 > 203.0.113.5:25", f"{OUT} > {DMZ}") == "permit out-dmz dst=10.2.0.5"
    assert said(on, "tcp 192.0.2.9 > 203.0.113.6:25", f"{OUT} > {DMZ}") == "permit out-dmz"
