"""Private addresses are used again at every site: which devices stand together, and who is whose next hop."""

from segaudit.model import Device, Interface, InterfaceAddress, Route, Span
from segaudit.model.address import parse_address, parse_prefix
from segaudit.model.site import SiteGroup
from segaudit.zones.graph import Port, SegmentKind
from segaudit.zones.segments import Declared, Segments, build_segments


def device(name: str, address: str, *routes: tuple[str, str], vlan: int | None = None) -> Device:
    """A device with the interface ``lan`` and routes (prefix, next hop)."""
    span = Span(path=f"{name}.cfg", first_line=1, last_line=1)
    own = InterfaceAddress(address=parse_address(address.partition("/")[0])[1], prefix=parse_prefix(address))
    return Device(
        name=name,
        format="made",
        span=span,
        interfaces=(Interface(name="lan", span=span, addresses=(own,), vlan=vlan),),
        routes=tuple(Route(prefix=parse_prefix(p), span=span, next_hop=parse_address(hop)[1]) for p, hop in routes),
    )


def together(found: Segments) -> list[set[str]]:
    """The devices on each subnet."""
    return [{p.device for p in s.ports} for s in found.segments if s.kind == SegmentKind.SUBNET]


TWO_SITES = (
    device("osk-core", "10.0.0.1/24"),
    device("osk-fw", "10.0.0.2/24", ("10.7.0.0/16", "10.0.0.1")),
    device("tky-core", "10.0.0.1/24"),
    device("tky-fw", "10.0.0.2/24", ("10.8.0.0/16", "10.0.0.1")),
)

SITES = tuple(
    SiteGroup(name=name, globs=(glob,), span=Span(path="site.yaml", first_line=1, last_line=1))
    for name, glob in (("osaka", "osk-*"), ("tokyo", "tky-*"))
)


def test_a_route_to_an_address_of_two_devices_links_with_neither() -> None:
    found = build_segments(TWO_SITES, Declared())
    assert together(found) == [{"osk-core"}, {"osk-fw"}, {"tky-core"}, {"tky-fw"}]
    assert len(found.kept_apart) == 1
    behind = [s.ports for s in found.segments if s.kind == SegmentKind.ROUTED]
    assert behind == [(Port("osk-fw", "lan"),), (Port("tky-fw", "lan"),)], "what lies behind is still known to be there"


def test_the_site_file_tells_two_sites_of_one_plan_apart() -> None:
    found = build_segments(TWO_SITES, Declared(sites=SITES))
    assert together(found) == [{"osk-core", "osk-fw"}, {"tky-core", "tky-fw"}]
    assert not [s for s in found.segments if s.kind == SegmentKind.ROUTED], "each next hop is in the inputs"
    assert set(found.owners[parse_address("10.0.0.1")]) == {Port("osk-core", "lan"), Port("tky-core", "lan")}


def test_one_vlan_number_at_two_declared_sites_is_no_link() -> None:
    devices = (device("osk-core", "10.0.0.1/24", vlan=10), device("tky-fw", "10.0.0.2/24", vlan=10))
    assert together(build_segments(devices, Declared())) == [{"osk-core", "tky-fw"}]
    assert together(build_segments(devices, Declared(sites=SITES))) == [{"osk-core"}, {"tky-fw"}]
