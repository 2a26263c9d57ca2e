"""What `show`, `trace`, `init`, `policies`, `checks` and `parsers` print, on examples and on small files."""

import json
import re
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from segaudit.cli.screen import columns_of
from segaudit.knowledge.expression_text import address_text, service_expr_text, translation_text
from segaudit.knowledge.schemas import read_schema
from segaudit.model import (
    ANY_ADDRESS,
    ANY_SERVICE,
    TCP,
    AddressComplement,
    AddressExpr,
    AddressRef,
    AddressRewrite,
    AddressUnion,
    ConnectionState,
    Fqdn,
    MaskedAddress,
    OwnAddress,
    PortRewrite,
    Service,
    ServiceComplement,
    ServiceExpr,
    ServiceRef,
    ServiceUnion,
    TcpFlags,
    Translation,
    UndecidedAddress,
    host,
    network,
    ports,
)
from segaudit.pipeline.audit import zone_graph
from segaudit.pipeline.collect import Selection
from segaudit.pipeline.facts import load_site
from segaudit.pipeline.read import read
from segaudit.policy.load import json_schema
from tests.cli.conftest import Segaudit

ROUTER = """*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -i ppp0 -p tcp -m tcp --dport 13389 -j DNAT --to-destination 192.168.42.21:3389
COMMIT
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -i ppp0 -d 192.168.42.21/32 -p tcp -m tcp --dport 3389 -j ACCEPT
-A FORWARD -i eth1 -m owner --uid-owner 7 -j ACCEPT
COMMIT
what is this
"""


@pytest.fixture
def router(tmp_path: Path) -> Path:
    path = tmp_path / "gw.v4"
    path.write_text(ROUTER, encoding="utf-8")
    return path


# The ledger


def test_the_ledger_has_every_line_and_totals(segaudit: Segaudit, router: Path) -> None:
    ran = segaudit("show", "ledger", router)
    assert ran.status == 0
    lines = ran.out.split("\n\n")[0].splitlines()
    assert [re.match(r"gw\.v4:(\d+): ", line)[1] for line in lines] == [str(n) for n in range(1, 13)]  # type: ignore[index]  # no match is a failure
    assert lines[-1].startswith("gw.v4:12: unrecognized  what is …   # ")
    total = ran.out.splitlines()[-1].split()
    assert total[:3] == ["gw.v4", "linux_iptables", "12"]
    assert sum(map(int, total[3:8])) == 12


def test_the_ledger_of_one_state(segaudit: Segaudit, router: Path) -> None:
    ran = segaudit("show", "ledger", router, "--state", "open")
    assert ran.out.splitlines()[0].startswith("gw.v4:12: unrecognized")
    assert "gw.v4:1:" not in ran.out
    assert "gw.v4:" not in segaudit("show", "ledger", router, "--totals").out


def test_the_ledger_as_json(segaudit: Segaudit, router: Path) -> None:
    shown = json.loads(segaudit("show", "ledger", router, "-f", "json").out)
    (one,) = shown["inputs"]
    assert one["path"] == "gw.v4"
    assert sum(one["ledger"].values()) == 12
    covered = [line for s in one["statements"] for line in range(s["first_line"], s["last_line"] + 1)]
    assert covered == list(range(1, 13))
    assert shown["complete"] is True


def test_strict_makes_a_line_that_is_not_modelled_status_3(segaudit: Segaudit, router: Path) -> None:
    ran = segaudit("show", "ledger", router, "--strict")
    assert ran.status == 3
    assert "one line could bear on access" in ran.err


# Devices, rules, zones, the matrix


def test_devices_and_their_interfaces(segaudit: Segaudit, root: Path) -> None:
    ran = segaudit("show", "devices", root / "examples" / "configs" / "tokyo-sme")
    assert "TKY-FGT60F  fortinet_fortios" in ran.out
    assert re.search(r"wan1 +203\.0\.113\.10/29 .*FLETS_kotei-IP8 +tky-fgt60f\.conf:32", ran.out)


def test_rules_with_their_places(segaudit: Segaudit, router: Path) -> None:
    ran = segaudit("show", "rules", router)
    assert re.search(r"nat/PREROUTING:1 +translate +ppp0 .*tcp/13389 .*destination 192\.168\.42\.21 port 3389", ran.out)
    assert re.search(r"FORWARD:2 +permit +ppp0 +any +any +192\.168\.42\.21 +tcp/3389 .*gw\.v4:9", ran.out)
    listed = json.loads(segaudit("show", "rules", router, "-f", "json").out)["rule_sets"]
    forward = next(one for one in listed if one["name"] == "FORWARD")
    assert [rule["first_line"] for rule in forward["rules"]] == [8, 9, 10]
    assert forward["default"] == "deny"


def test_routing_lists_and_captured_tables(segaudit: Segaudit, tmp_path: Path) -> None:
    (tmp_path / "r.cfg").write_text(
        "hostname core1\nversion 15.2\nip routing\ninterface Gi0/0\n ip address 10.0.0.2 255.255.255.252\n"
        " ip policy route-map WAY\nroute-map WAY permit 10\n"
        " set ip next-hop verify-availability 10.0.0.1 1 track 1\n set interface Null0\nrouter ospf 1\nend\n"
    )
    (tmp_path / "core1.txt").write_text(
        "Codes: L - local, C - connected, S - static\nC     10.0.0.0/30 is directly connected, Gi0/0\n"
        "O     10.9.0.0/16 [110/2] via 10.0.0.1, 00:01:02, Gi0/0\n"
    )
    ran = segaudit("show", "rules", tmp_path)
    assert re.search(r"1 +route +any .*to 10\.0\.0\.1 if up, to nowhere .*r\.cfg:7", ran.out)
    assert "one captured route of core1 is used" in ran.err
    listed = json.loads(segaudit("show", "rules", tmp_path, "-f", "json").out)["rule_sets"]
    assert [rule["routes"] for rule in listed[0]["rules"]] == [["to 10.0.0.1 if up", "to nowhere"]]
    assert "core1.txt" in segaudit("show", "devices", tmp_path).out


def test_zones_with_their_evidence(segaudit: Segaudit, branch: Path) -> None:
    ran = segaudit("show", "zones", branch)
    assert "office: terminals, certainty 1.00\n" in ran.out
    assert re.search(r"^  evidence    terminals: declared in the site file$", ran.out, re.MULTILINE)
    assert max(map(columns_of, ran.out.splitlines())) <= 100
    zones = json.loads(segaudit("show", "zones", branch, "-f", "json").out)["zones"]
    assert {zone["name"] for zone in zones if zone["declared"]} >= {"office", "servers"}
    assert segaudit("show", "zones", branch, "-v").out.count("\n") >= ran.out.count("\n")


def test_the_matrix(segaudit: Segaudit, branch: Path) -> None:
    ran = segaudit("show", "matrix", branch)
    assert ran.out.splitlines()[0].startswith("from / to")
    assert re.search(r"^souko +servers +limited .*tcp/445 \(smb\)$", ran.out, re.MULTILINE)
    assert re.search(r"^internet +souko +denied", segaudit("show", "matrix", branch, "-v").out, re.MULTILINE)
    cells = json.loads(segaudit("show", "matrix", branch, "-f", "json").out)["matrix"]
    assert {"from_zone": "souko", "to_zone": "servers", "permitted": "limited"}.items() <= next(
        one for one in cells if (one["from_zone"], one["to_zone"]) == ("souko", "servers")
    ).items()


def test_a_wrong_site_file_is_told_with_its_place_before_anything_is_read(
    segaudit: Segaudit, router: Path, tmp_path: Path
) -> None:
    (tmp_path / "site.yaml").write_text("zones:\n  office: {roll: terminal}\n", encoding="utf-8")
    ran = segaudit("show", "zones", tmp_path)
    assert ran.status == 2
    assert "site.yaml:2:" in ran.err
    assert "'role'" in ran.err
    assert router.exists()


def test_tables_count_columns_as_a_terminal_does() -> None:
    assert columns_of("WAN") == 3
    assert columns_of("本社LAN") == 7


# Expressions


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (ANY_ADDRESS, "any"),
        (host("192.0.2.1"), "192.0.2.1"),
        (network("192.0.2.0/24"), "192.0.2.0/24"),
        (network("2001:db8::/32"), "2001:db8::/32"),
        (network("0.0.0.0/0"), "0.0.0.0/0"),
        (AddressUnion((host("192.0.2.1"), AddressRef("WEB"))), "192.0.2.1 or WEB"),
        (AddressUnion(()), "no address"),
        (AddressComplement(AddressUnion((AddressRef("A"), AddressRef("B")))), "not (A or B)"),
        (MaskedAddress(4, 0x0A000001, 0xFF0000FF), "10.0.0.1 mask 255.0.0.255"),
        (Fqdn("www.example.jp"), "name www.example.jp"),
        (UndecidedAddress("geography", "JP"), "geography JP"),
        (OwnAddress("wan1"), "own address of wan1"),
    ],
)
def test_addresses_in_words(expression: AddressExpr, text: str) -> None:
    assert address_text(expression) == text


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (ANY_SERVICE, "any"),
        (ports(TCP, 443, (8000, 8100)), "tcp/443,8000-8100"),
        (Service(protocol=TCP), "tcp"),
        (Service(protocol=1, icmp_types=((8, 8),), icmp_codes=((0, 0),)), "icmp/8/0"),
        (
            Service(protocol=17, source_ports=((53, 53),), destination_ports=((1024, 65535),)),
            "udp from 53 to 1024-65535",
        ),
        (Service(protocol=TCP, tcp_flags=TcpFlags(18, 2)), "tcp flags SYN of SYN,ACK"),
        (Service(states=frozenset({ConnectionState.NEW, ConnectionState.RELATED})), "new,related"),
        (ServiceComplement(ServiceUnion((ServiceRef("HTTP"), ServiceRef("DNS")))), "not (HTTP or DNS)"),
    ],
)
def test_services_in_words(expression: ServiceExpr, text: str) -> None:
    assert service_expr_text(expression) == text


def test_translations_in_words() -> None:
    both = Translation(
        source=AddressRewrite(to=OwnAddress("wan1")),
        destination=AddressRewrite(to=host("10.0.0.5")),
        destination_port=PortRewrite(to=(443, 443)),
    )
    assert translation_text(both) == "source own address of wan1, destination 10.0.0.5 port 443"
    assert translation_text(Translation(to_device=True)) == "to the device"


# trace


def test_one_packet_for_people(segaudit: Segaudit, router: Path) -> None:
    where = ("--in-interface", "ppp0", "--out-interface", "eth2")
    ran = segaudit("trace", router, "--src", "198.51.100.7", "--dst", "203.0.113.5", "--dport", "13389", *where)
    assert ran.status == 0
    assert ran.out.splitlines()[:3] == [
        "1: tcp 198.51.100.7:49152 -> 203.0.113.5:13389: permitted",
        "  decided by   rule FORWARD:2 of FORWARD on gw (gw.v4:9)",
        "  received as  tcp 198.51.100.7:49152 -> 192.168.42.21:3389",
    ]
    assert (
        segaudit("trace", router, "--src", "198.51.100.7", "--dst", "203.0.113.5", "--dport", "22", *where).status == 0
    )


def test_what_is_unknown_has_status_3_and_says_why(segaudit: Segaudit, router: Path) -> None:
    where = ("--in-interface", "eth1", "--out-interface", "ppp0")
    ran = segaudit("trace", router, "--src", "192.168.40.9", "--dst", "203.0.113.5", "--dport", "22", *where)
    assert ran.status == 3
    assert "it hangs on" in ran.out


def test_a_file_of_packets_is_an_object_a_line(segaudit: Segaudit, router: Path, tmp_path: Path) -> None:
    flows = tmp_path / "flows.csv"
    flows.write_text(
        "id,in_interface,out_interface,protocol,src_ip,dst_ip,dst_port,note\n"
        "rdp,ppp0,eth2,tcp,198.51.100.7,203.0.113.5,13389,planted\n"
        "ping,eth1,ppp0,icmp,192.168.40.9,203.0.113.5,,\n"
        "self,ppp0,,tcp,198.51.100.7,203.0.113.5,22,\n",
        encoding="cp932",
    )
    ran = segaudit("trace", router, "--flows", flows)
    rows = [json.loads(line) for line in ran.out.splitlines()]
    schema = json.loads(read_schema("trace"))
    for row in rows:
        jsonschema.validate(row, schema)
    assert [(row["id"], row["verdict"]) for row in rows] == [("rdp", "permit"), ("ping", "unknown"), ("self", "deny")]
    assert rows[0]["received"]["dst_ip"] == "192.168.42.21"
    assert rows[0]["decided_by"]["first_line"] == 9


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no header"),
        ("id,protocol\n1,tcp\n", "src_ip"),
        ("protocol,src_ip,dst_ip,dst_port,in_interface\ntcp,192.0.2.1,nowhere,22,eth0\n", "line 2: dst_ip: nowhere"),
        ("protocol,src_ip,dst_ip,dst_port,rule_set\ntcp,192.0.2.1,192.0.2.2,22,FORWRAD\n", "FORWARD"),
        ("protocol,src_ip,dst_ip,dst_port,device,in_interface\ntcp,192.0.2.1,192.0.2.2,22,gw2,eth0\n", "gw2"),
    ],
)
def test_packets_that_are_not_right_are_wrong_usage(
    segaudit: Segaudit, router: Path, tmp_path: Path, text: str, said: str
) -> None:
    flows = tmp_path / "flows.csv"
    flows.write_text(text, encoding="utf-8")
    ran = segaudit("trace", router, "--flows", flows)
    assert ran.status == 2
    assert said in ran.err
    assert ran.out == ""


# init


@pytest.mark.parametrize("example", ["nagoya-branch", "osaka-hq", "tokyo-sme"])
def test_a_starter_site_file_is_valid_and_changes_no_role(
    segaudit: Segaudit, root: Path, tmp_path: Path, example: str
) -> None:
    day = date(2026, 11, 23)
    folder = tmp_path / example
    folder.mkdir()
    for path in sorted((root / "examples" / "configs" / example).iterdir()):
        if path.suffix not in {".md", ".yaml", ".csv"}:
            (folder / path.name).write_bytes(path.read_bytes())
    ran = segaudit("init", folder, "--output", folder / "site.yaml")
    assert ran.status == 0
    assert ran.out == ""
    site = load_site([str(folder)], None)
    assert site.zones
    devices = read(Selection(paths=(str(folder),)))
    before = zone_graph(devices, load_site([], None), day)
    after = zone_graph(devices, site, day)

    def roles(zones: object) -> dict[frozenset[str], str]:
        return {frozenset(s.name for s in z.segments): z.role for z in zones.values() if z.segments}  # type: ignore[attr-defined]  # a mapping of zones

    assert roles(after.zones) == roles(before.zones)


def test_init_overwrites_nothing(segaudit: Segaudit, router: Path, tmp_path: Path) -> None:
    target = tmp_path / "site.yaml"
    target.write_text("internet: []\n", encoding="utf-8")
    ran = segaudit("init", router, "--output", target)
    assert ran.status == 2
    assert "--force" in ran.err
    assert target.read_text(encoding="utf-8") == "internet: []\n"
    assert segaudit("init", router, "--output", target, "--force").status == 0
    assert "if=gw/eth1" in target.read_text(encoding="utf-8")


def test_init_says_how_the_file_is_read(segaudit: Segaudit, router: Path, tmp_path: Path) -> None:
    folder = tmp_path / "configs"
    folder.mkdir()
    (folder / "gw.v4").write_bytes(router.read_bytes())
    elsewhere = tmp_path / "site.yaml"
    assert f"--site {elsewhere}" in segaudit("init", folder, "--output", elsewhere).err
    assert "--site" not in segaudit("init", folder, "--output", folder / "site.yaml").err


def test_hostile_names_make_no_yaml(segaudit: Segaudit, tmp_path: Path) -> None:
    config = '*filter\n:FORWARD DROP [0:0]\n-A FORWARD -i "a: {b}#" -j ACCEPT\n-A FORWARD -i "x\u2028internet: []" -j ACCEPT\nCOMMIT\n'
    (tmp_path / "gw.v4").write_text(config, encoding="utf-8")
    segaudit("init", tmp_path, "--output", tmp_path / "site.yaml")
    site = load_site([str(tmp_path)], None)
    assert len(site.internet) <= 1


# Lists of what there is


def test_parsers_checks_and_policies(segaudit: Segaudit) -> None:
    assert "linux_iptables" in segaudit("parsers").out
    assert [one["name"] for one in json.loads(segaudit("parsers", "cisco_asa", "-f", "json").out)] == ["cisco_asa"]
    assert "bigman-4" in segaudit("policies").out
    assert "inbound-remote-desktop" in segaudit("policies", "bigman-4").out
    page = segaudit("checks", "inbound-remote-desktop").out
    assert "What it finds\n-------------" in page
    assert max(map(len, page.splitlines())) <= 120


@pytest.mark.parametrize("by", ["question", "deck", "standard", "role"])
def test_every_check_stands_in_every_grouping(segaudit: Segaudit, by: str) -> None:
    slugs = {one["slug"] for one in json.loads(segaudit("checks", "-f", "json").out)}
    shown = segaudit("checks", "--by", by).out
    assert all(re.search(rf"^{slug} ", shown, re.MULTILINE) for slug in slugs)


def test_a_policy_of_ones_own(segaudit: Segaudit, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "name: mine\ntitle: Mine\ntitle_ja: 自社\ncontrols:\n"
        "  - {check: default-permit, title: No default permit, title_ja: 既定許可なし}\n",
        encoding="utf-8",
    )
    assert "default-permit" in segaudit("policies", path).out
    path.write_text("name: mine\ncontrols: 7\n", encoding="utf-8")
    ran = segaudit("policies", path)
    assert ran.status == 2
    assert all(line.startswith("segaudit: ") for line in ran.err.splitlines())


def test_the_schema_of_each_file_is_a_schema(segaudit: Segaudit) -> None:
    for name in ("site", "policy", "waivers", "report", "trace"):
        jsonschema.Draft7Validator.check_schema(json.loads(segaudit("schema", name).out))
    assert json.loads(segaudit("schema", "site").out) == json_schema("site")


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion_knows_every_verb(segaudit: Segaudit, shell: str) -> None:
    ran = segaudit("--print-completion", shell)
    assert ran.status == 0
    assert "init" in ran.out
    assert "fail-certainty" in ran.out
