"""ASA configurations by chance, small enough that their lists, levels and translations meet each other."""

from hypothesis import strategies as st

NAMES = ("outside", "inside", "dmz", "lab")
OBJECTS = ("A", "B", "C", "D")
GROUPS = ("G", "H")

_octet = st.integers(0, 3)
_host = st.builds("10.{}.0.{}".format, _octet, _octet)
_network = st.builds("10.{}.0.0 255.255.0.0".format, _octet)
_public = st.builds("203.0.113.{}".format, st.integers(0, 7))
_port = st.sampled_from(["22", "www", "443", "1024", "domain", "8443"])
_ports = st.one_of(
    st.builds("eq {}".format, _port),
    st.builds("neq {}".format, _port),
    st.builds("gt {}".format, _port),
    st.builds("lt {}".format, _port),
    st.just("range 80 443"),
)
_address = st.one_of(
    st.sampled_from(
        ["any", "any4", "any6", "object A", "object B", "object-group G", "object-group H", "object NOWHERE"]
    ),
    st.builds("host {}".format, st.one_of(_host, _public)),
    _network,
    st.sampled_from(["host 2001:db8::1", "2001:db8::/32", "interface outside"]),
)


@st.composite
def entries(draw: st.DrawFn) -> str:
    """What stands behind ``access-list X extended`` in one entry."""
    action = draw(st.sampled_from(["permit", "permit", "deny"]))
    kind = draw(st.sampled_from(["ip", "ip", "tcp", "tcp", "udp", "icmp", "gre", "object S", "object-group SG"]))
    source, destination = draw(_address), draw(_address)
    parts = [action, kind, source]
    if kind in ("tcp", "udp") and draw(st.booleans()):
        parts.append(draw(st.one_of(_ports, st.just("object-group PG"))))
    parts.append(destination)
    if kind in ("tcp", "udp") and draw(st.booleans()):
        parts.append(draw(st.one_of(_ports, st.just("object-group PG"))))
    if kind == "icmp" and draw(st.booleans()):
        parts.append(draw(st.sampled_from(["echo", "echo-reply", "unreachable 3", "object-group IG"])))
    parts.append(draw(st.sampled_from(["", "", "", "log", "inactive", "time-range T"])))
    return " ".join(part for part in parts if part)


_pair = st.builds("({},{})".format, st.sampled_from([*NAMES[:3], "any"]), st.sampled_from([*NAMES[:3], "any"]))
_options = st.sampled_from(["", "", "", " unidirectional", " inactive"])
_twice = st.one_of(
    st.builds(
        "nat {} source static {} {}{}".format, _pair, st.sampled_from(OBJECTS), st.sampled_from(OBJECTS), _options
    ),
    st.builds(
        "nat {} source static A A destination static {} {}".format,
        _pair,
        st.sampled_from(OBJECTS),
        st.sampled_from(OBJECTS),
    ),
    st.builds(
        "nat {} source dynamic {} {}".format, _pair, st.sampled_from([*OBJECTS, "any"]), st.sampled_from(OBJECTS)
    ),
    st.builds("nat {} after-auto source dynamic any POOL".format, _pair),
    st.just("nat (inside,outside) source static A interface service WEB ODD"),
)
_object_nat = st.one_of(
    st.builds(" nat {} static {}".format, _pair, _public),
    st.builds(" nat {} dynamic POOL".format, _pair),
    st.just(" nat (inside,outside) dynamic interface"),
    st.just(" nat (dmz,outside) static interface service tcp www 8443"),
)
_legacy = st.one_of(
    st.builds("static (inside,outside) {} {} netmask 255.255.255.255".format, _public, _host),
    st.builds("static (dmz,outside) tcp interface 8443 {} www netmask 255.255.255.255".format, _host),
    st.builds("nat (inside) {} {}".format, st.integers(0, 2), _network),
    st.builds("nat (dmz) 1 access-list {}".format, st.sampled_from("WXY")),
    st.builds("nat (inside) 0 access-list {}".format, st.sampled_from("WXY")),
    st.builds("global (outside) {} {}".format, st.integers(1, 2), _public),
    st.just("global (outside) 1 203.0.113.8-203.0.113.11"),
    st.just("global (dmz) 1 interface"),
    st.just("nat-control"),
)


@st.composite
def configurations(draw: st.DrawFn) -> str:
    """A whole configuration: interfaces with levels, objects, lists bound in every way, NAT of either era."""
    modern = draw(st.booleans())
    lines = [f"ASA Version {draw(st.sampled_from(['9.8(4)', '8.4(2)'])) if modern else '8.2(5)'}"]
    for number, name in enumerate(NAMES):
        lines += [
            f"interface GigabitEthernet0/{number}",
            f" nameif {name}",
            f" security-level {draw(st.sampled_from([0, 50, 50, 100]))}",
            f" ip address {'203.0.113.1' if name == 'outside' else f'10.{number}.0.1'} 255.255.255.0",
        ]
    for name in OBJECTS:
        lines += [
            f"object network {name}",
            f" host {draw(_host)}" if draw(st.booleans()) else f" subnet {draw(_network)}",
        ]
    lines += [
        "object network POOL",
        " range 203.0.113.4 203.0.113.7",
        "object service WEB",
        " service tcp source eq www",
        "object service ODD",
        " service tcp source eq 8443",
        "object service S",
        " service tcp source gt 1023 destination eq 443",
        "object-group network G",
        f" network-object host {draw(_host)}",
        " network-object object C",
        "object-group network H",
        " group-object G",
        " network-object 2001:db8::/32",
        "object-group service SG",
        " service-object udp destination eq domain",
        " service-object icmp echo",
        " service-object object S",
        "object-group service PG tcp-udp",
        " port-object eq www",
        " port-object range 400 500",
        "object-group icmp-type IG",
        " icmp-object echo",
        " icmp-object time-exceeded",
        "time-range T",
        " periodic daily 8:00 to 18:00",
    ]
    for name in "WXY":
        lines += [f"access-list {name} extended {one}" for one in draw(st.lists(entries(), max_size=5))]
    for word in ("inter-interface", "intra-interface"):
        if draw(st.booleans()):
            lines.append(f"same-security-traffic permit {word}")
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True)):
        lines.append(f"access-group {draw(st.sampled_from('WXY'))} in interface {name}")
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=2)):
        lines.append(f"access-group {draw(st.sampled_from('WXY'))} out interface {name}")
    if modern and draw(st.booleans()):
        lines.append(f"access-group {draw(st.sampled_from('WXY'))} global")
    if modern:
        lines += draw(st.lists(_twice, max_size=4))
        for name in draw(st.lists(st.sampled_from(OBJECTS), unique=True, max_size=3)):
            lines += [f"object network {name}", draw(_object_nat)]
    else:
        lines += draw(st.lists(_legacy, max_size=6))
    if draw(st.booleans()):
        lines += ["ip verify reverse-path interface inside", "route outside 0.0.0.0 0.0.0.0 203.0.113.14"]
    return "\n".join(lines) + "\n"
