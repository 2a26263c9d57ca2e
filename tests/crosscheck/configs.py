"""Configs made by Hypothesis: modes in modes, comments, blank lines, banners, certificates, odd indentation."""

from hypothesis import strategies as st

_NAMES = st.sampled_from(["A", "EDGE", "社内", "x-1", "101"])
_TOP = st.one_of(
    st.builds("interface {}".format, st.sampled_from(["GigabitEthernet0/0", "Vlan10", "Tunnel1", "Dialer 1"])),
    st.builds("ip access-list extended {}".format, _NAMES),
    st.builds("ipv6 access-list {}".format, _NAMES),
    st.builds("router {}".format, st.sampled_from(["ospf 1", "bgp 65000"])),
    st.builds("policy-map type inspect {}".format, _NAMES),
    st.builds("object-group network {}".format, _NAMES),
    st.sampled_from([
        "hostname r1", "ip classless", "no ip http server", "line vty 0 4", "aaa new-model", "end", "exit",
        "access-list 10 permit any", "ntp server 192.0.2.1", "crypto map M 10 ipsec-isakmp", "zone security a",
    ]),
)  # fmt: skip
_SUB = st.sampled_from([
    "ip address 192.0.2.1 255.255.255.0", "permit tcp any any eq 80", "deny ip any any", "remark 備考 ! not a comment",
    "description = banner motd ^C =", "class type inspect C", "inspect", "address-family ipv4", "exit-address-family",
    "shutdown", "match access-group name A", "no shutdown", "login local", "10 permit ip any any", "exit", "host 192.0.2.1",
    "service-policy type inspect P", "set peer 192.0.2.9", "network 10.0.0.0 0.0.0.255 area 0", "neighbor 192.0.2.2 remote-as 1",
])  # fmt: skip
_COMMENT = st.sampled_from(["!", " !", "! text", "  ! deeper: interface Vlan99"])
_BLANK = st.sampled_from(["", " ", "   "])


@st.composite
def _block(draw: st.DrawFn) -> list[str]:
    """A command and what stands below it, each line at a depth of its own choice."""
    lines = [draw(_TOP)]
    for _ in range(draw(st.integers(0, 6))):
        depth = draw(st.integers(1, 5))
        lines.append(" " * depth + draw(_SUB))
        lines.extend(draw(st.lists(st.one_of(_COMMENT, _BLANK), max_size=1)))
    return lines


@st.composite
def _banner(draw: st.DrawFn) -> list[str]:
    """A banner whose text looks like anything but its delimiter."""
    delimiter = draw(st.sampled_from(["^C", "#", "%", "^"]))
    kind = draw(st.sampled_from(["motd", "login", "exec", "incoming"]))
    texts = st.one_of(
        _TOP, _SUB, st.sampled_from(["", "   indented", "Welcome", "*** no entry ***", "banner", "関係者以外立入禁止"])
    )
    text = [line for line in draw(st.lists(texts, max_size=4)) if delimiter not in line]
    if draw(st.booleans()):
        return [f"banner {kind} {delimiter}one line{delimiter}"]
    return [f"banner {kind} {delimiter}", *text, delimiter]


@st.composite
def _certificate(draw: st.DrawFn) -> list[str]:
    """A certificate in hexadecimal."""
    words = st.lists(st.from_regex(r"[0-9A-F]{8}", fullmatch=True), min_size=1, max_size=8).map(" ".join)
    data = draw(st.lists(words, min_size=1, max_size=4))
    return [
        "crypto pki certificate chain TP",
        " certificate self-signed 01",
        *(f"  {line}" for line in data),
        draw(st.sampled_from(["  quit", "        quit", "quit"])),
    ]


@st.composite
def configs(draw: st.DrawFn) -> tuple[str, ...]:
    """A whole config; now and then a block has lost its indentation."""
    blocks = draw(
        st.lists(
            st.one_of(_block(), _block(), _banner(), _certificate(), st.lists(_COMMENT, max_size=2)),
            min_size=1,
            max_size=8,
        )
    )
    lines: list[str] = []
    for block in blocks:
        lost = draw(st.integers(0, 9)) == 0 and block and not block[0].startswith(("banner", "crypto pki"))
        lines.extend(line.lstrip() for line in block) if lost else lines.extend(block)
    return tuple(lines)
