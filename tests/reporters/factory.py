"""Reports made by hand, in the shape of real ones: one firewall with faults, nothing read, hostile text, many zones."""

from dataclasses import replace
from hashlib import sha256
from ipaddress import IPv4Address

from segaudit.findings.finding import RuleRef
from segaudit.findings.openness import Openness
from segaudit.findings.page import Code, Page
from segaudit.findings.report import (
    Cell,
    CheckRun,
    DeviceReport,
    Engagement,
    EvidenceReport,
    FindingReport,
    InputReport,
    LedgerCounts,
    LocationReport,
    NotJudged,
    NotModelled,
    PolicyReport,
    Reference,
    Report,
    SegmentReport,
    WitnessReport,
    ZoneReport,
)
from segaudit.model import Certainty, Failure, Ignored, Severity, Span, Words, msg
from segaudit.packetspace.boxes import Box
from segaudit.packetspace.packet import Packet

PATH = "tky-fgt60f.conf"
NIST = Words("NIST SP 800-53 Rev. 5", "NIST SP 800-53 Rev. 5（組織と情報システムのための管理策）")
ROLES = {
    "internet": Words("internet", "インターネット"),
    "terminal": Words("terminals", "業務端末"),
    "guest": Words("guests", "来客・BYOD"),
    "vpn": Words("remote access", "リモートアクセスVPN"),
    "unknown": Words("unknown", "不明"),
}


def ip(text: str) -> int:
    return int(IPv4Address(text))


def mark(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def page(title: str) -> Page:
    return Page(
        title=msg("Remote Desktop can be reached from the internet.") if not title else msg(title),  # messages: tests
        finds=(msg("Packets from the internet that arrive at an inside host."),),
        matters=(msg("Whoever gets in stands on a Windows host inside."),),
        example=(Code(lines=("config firewall vip", '    edit "rdp-to-pc"')),),
        fix=(msg("Remove the forward and the rule."),),
        references=("NIST SP 800-53r5 AC-17.",),
    )


def zone(name: str, role: str, certainty: float, *segments: str) -> ZoneReport:
    sign = msg("{count} addresses are leased by DHCP", count=100)
    span = Span(path=PATH, first_line=301, last_line=302)
    return ZoneReport(
        name=name,
        role=role,
        role_title=ROLES[role],
        certainty=certainty,
        declared=False,
        evidence=(EvidenceReport(role=role, role_title=ROLES[role], weight=0.55, sign=sign, span=span),),
        segments=segments,
    )


def segment(name: str, zone_name: str, *prefixes: str, kind: str = "subnet") -> SegmentReport:
    return SegmentReport(
        name=name,
        kind=kind,
        prefixes=prefixes,
        interfaces=(f"TKY-FGT60F/{name}",),
        zone=zone_name,
        vlan=None,
        hosts=("TKY-DC01", "TKY-NAS01") if name == "internal" else (),
    )


RDP = WitnessReport(
    device="TKY-FGT60F",
    in_interface="wan1",
    out_interface="internal",
    segment="",
    sent=Packet(version=4, protocol=6, src=ip("198.51.100.7"), dst=ip("203.0.113.10"), src_port=49152, dst_port=13389),
    received=Packet(
        version=4, protocol=6, src=ip("198.51.100.7"), dst=ip("192.168.10.21"), src_port=49152, dst_port=3389
    ),
)

RDP_FINDING = FindingReport(
    check="inbound-remote-desktop",
    check_title=msg("Remote Desktop reachable from the internet"),
    question=1,
    control="inbound-remote-desktop",
    control_title=Words("Remote desktop is not reachable", "リモートデスクトップに到達できない"),
    severity=Severity.CRITICAL,
    certainty=Certainty.CONFIRMED,
    certainty_reasons=(),
    title=msg("Remote Desktop in {zone} is open to the internet", zone="TKY-FGT60F:internal"),
    message=msg(
        "A packet to {outside} from anywhere on the internet arrives at {inside} port {port} (Remote Desktop).",
        outside="203.0.113.10:13389",
        inside="192.168.10.21",
        port=3389,
    ),
    remediation=msg(
        "Remove the forward and its rule; give access by VPN with a second factor to a gateway or jump host."
    ),
    from_zone="internet",
    to_zone="TKY-FGT60F:internal",
    services=("rdp",),
    packets=(
        Box(
            version=4,
            protocols=((6, 6),),
            dst=((ip("203.0.113.10"), ip("203.0.113.10")),),
            dst_ports=((13389, 13389),),
        ),
    ),
    packets_complete=True,
    witness=RDP,
    rules=(
        RuleRef(device="TKY-FGT60F", rule_set="root/rdp", rule_id="vip-rdp", action="translate"),
        RuleRef(device="TKY-FGT60F", rule_set="root/policy", rule_id="4", name="remote-maintenance"),
    ),
    locations=(
        LocationReport(
            span=Span(path=PATH, first_line=1071, last_line=1076),
            lines=(
                "    edit 4",
                '        set name "remote-maintenance"',
                '        set srcintf "wan1"',
                '        set dstintf "internal"',
                '        set dstaddr "rdp-keiri"',
                "    next",
            ),
            primary=True,
            before=("config firewall policy",),
            after=("    edit 5", '        set name "ftp-old"'),
        ),
        LocationReport(
            span=Span(path=PATH, first_line=975, last_line=976),
            lines=('    edit "rdp-keiri"', "        set extport 13389"),
            primary=False,
        ),
    ),
    notes=(msg("{device} runs {version}", device="TKY-FGT60F", version="7.2.2"),),
    cause="",
    fingerprint=mark("rdp"),
    references=(Reference(document=NIST, item="SC-7(5)"), Reference(document=NIST, item="AC-17(3)")),
)

DEFAULT_PERMIT = replace(
    RDP_FINDING,
    check="default-permit",
    check_title=msg("Default action is permit"),
    question=4,
    control="default-permit",
    control_title=Words("Deny by default", "既定は拒否"),
    severity=Severity.HIGH,
    certainty=Certainty.POSSIBLE,
    certainty_reasons=(
        msg(
            "it depends on {condition}, which no packet header shows",
            condition=msg("schedule {name}", name="business-hours"),
        ),
    ),
    title=msg("{list} on {device} permits what no rule names", list="FORWARD", device="TKY-FGT60F"),
    message=msg(
        "The list {list} ends with a permit: {count} pair of zones is open by default.",
        plural="The list {list} ends with a permit: {count} pairs of zones are open by default.",
        list="FORWARD",
        count=3,
    ),
    remediation=msg("Permit what is needed and end the list with a deny that is logged."),
    from_zone="",
    to_zone="",
    services=(),
    packets=(),
    witness=None,
    rules=(RuleRef(device="TKY-FGT60F", rule_set="FORWARD", rule_id="", action="default"),),
    locations=(
        LocationReport(span=Span(path=PATH, first_line=3, last_line=3), lines=(":FORWARD ACCEPT [0:0]",), primary=True),
    ),
    notes=(),
    fingerprint=mark("default"),
)

SIDEWAYS = replace(
    RDP_FINDING,
    check="uncontrolled-zone-pair",
    check_title=msg("No control between two zones"),
    question=3,
    severity=Severity.MEDIUM,
    title=msg("{src} reaches everything in {dst}", src="TKY-FGT60F:internal", dst="TKY-FGT60F:guest-wifi"),
    from_zone="TKY-FGT60F:internal",
    to_zone="TKY-FGT60F:guest-wifi",
    services=("any",),
    packets=(Box(version=4), Box(version=6)),
    packets_complete=False,
    cause=DEFAULT_PERMIT.fingerprint,
    fingerprint=mark("sideways"),
    witness=replace(
        RDP,
        sent=Packet(version=4, protocol=1, src=ip("192.168.10.5"), dst=ip("192.168.30.50"), icmp_type=8),
        received=Packet(version=4, protocol=1, src=ip("192.168.10.5"), dst=ip("192.168.30.50"), icmp_type=8),
    ),
)

SMB = replace(
    SIDEWAYS,
    check="smb-between-terminals",
    check_title=msg("SMB between terminals"),
    severity=Severity.LOW,
    title=msg("SMB between {src} and {dst}", src="TKY-FGT60F:internal", dst="TKY-FGT60F:guest-wifi"),
    packets=(Box(version=6, protocols=((6, 6),), dst=((0x20010DB8 << 96, (0x20010DB9 << 96) - 1),)),),
    packets_complete=True,
    witness=None,
    cause=SIDEWAYS.fingerprint,
    fingerprint=mark("smb"),
)

WAIVED = replace(
    RDP_FINDING,
    severity=Severity.LOW,
    title=msg("Remote Desktop in {zone} is open to the internet", zone="TKY-FGT60F:ssl.root"),
    to_zone="TKY-FGT60F:ssl.root",
    fingerprint=mark("waived"),
    status="waived",
    waiver="waivers.yaml:3",
    cause="",
)

FINDINGS = (RDP_FINDING, DEFAULT_PERMIT, SIDEWAYS, SMB, WAIVED)
NAMES = ("TKY-FGT60F:guest-wifi", "TKY-FGT60F:internal", "TKY-FGT60F:ssl.root", "internet")


def run(finding: FindingReport) -> CheckRun:
    return CheckRun(
        slug=finding.check,
        title=finding.check_title,
        question=finding.question,
        severity=finding.severity,
        control=finding.check,
        control_title=finding.control_title,
        page=page(""),
        references=finding.references,
        findings=1,
    )


def cell(src: str, dst: str) -> Cell:
    chosen = {
        ("internet", NAMES[1]): (Openness.LIMITED, ("tcp/3389 (rdp)",)),
        (NAMES[1], NAMES[0]): (Openness.ALL, ("any",)),
        (NAMES[2], NAMES[1]): (Openness.BROAD, ("tcp/0-65535",)),
        (NAMES[0], NAMES[2]): (Openness.NOT_ASSESSED, ()),
    }.get((src, dst), (Openness.NONE, ()))
    return Cell(
        from_zone=src,
        to_zone=dst,
        permitted=chosen[0],
        services=chosen[1],
        certainty=Certainty.CONFIRMED,
        reason=msg(
            "the router at {hop} is in no input: it may pass traffic between {zone} and what lies behind it",
            hop="192.0.2.1",
            zone=src,
        )
        if chosen[0] == Openness.NOT_ASSESSED
        else None,
    )


def sample() -> Report:
    """One FortiGate with faults: a headline with consequences, a waived finding, IPv6, lines not modelled."""
    return Report(
        complete=True,
        tool_version="0.1.0",
        as_of="2026-11-01",
        policies=(PolicyReport(name="bigman-4", title=Words("Network-level separation", "ネットワークレベルの分離")),),
        inputs=(
            InputReport(
                path=PATH,
                sha256=mark(PATH),
                format="fortinet_fortios",
                devices=("TKY-FGT60F",),
                encoding="utf-8",
                lines=1250,
                ledger=LedgerCounts(modelled=900, approximated=12, irrelevant=300, unsupported=2, unrecognized=1),
                notes=(msg("one NUL byte was left out", plural="{count} NUL bytes were left out", count=2),),
            ),
        ),
        ignored=(Ignored(path="README.md", reason=msg("Markdown")),),
        failures=(),
        not_modelled=(
            NotModelled(
                span=Span(path=PATH, first_line=640, last_line=641),
                state="unsupported",
                text="config firewall shaping-policy",
                reason="traffic shaping",
            ),
            NotModelled(
                span=Span(path=PATH, first_line=700, last_line=700), state="unrecognized", text="set foo …", reason=""
            ),
        ),
        devices=(
            DeviceReport(
                name="TKY-FGT60F",
                format="fortinet_fortios",
                vendor="Fortinet",
                platform="FortiGate 60F",
                version="7.2.2",
                interfaces=9,
                rules=21,
                path=PATH,
                fragment=False,
            ),
        ),
        segments=(
            segment("guest-wifi", NAMES[0], "192.168.30.0/24"),
            segment("internal", NAMES[1], "192.168.10.0/24", "2001:db8:10::/64"),
            segment("ssl.root", NAMES[2], "10.10.99.0/26", kind="vpn pool"),
            segment("internet", "internet", kind="internet"),
        ),
        zones=(
            zone(NAMES[0], "guest", 0.9, "guest-wifi"),
            zone(NAMES[1], "terminal", 0.78, "internal"),
            zone(NAMES[2], "vpn", 0.97, "ssl.root"),
            zone(NAMES[3], "internet", 1, "internet"),
            zone("self@TKY-FGT60F", "unknown", 1),
        ),
        matrix=(
            *(cell(src, dst) for src in NAMES for dst in NAMES if src != dst),
            *(
                Cell(
                    from_zone=src,
                    to_zone="self@TKY-FGT60F",
                    permitted=Openness.LIMITED if src == "internet" else Openness.NONE,
                    services=("https", "ssh") if src == "internet" else (),
                    certainty=Certainty.CONFIRMED,
                )
                for src in NAMES
            ),
        ),
        findings=FINDINGS,
        checks=tuple(run(finding) for finding in FINDINGS[:4]),
        not_judged=(
            NotJudged(
                subject=msg("traffic inside one segment"),
                reason=msg("it crosses no device: what hosts of one segment do to each other no firewall config shows"),
            ),
        ),
        engagement=Engagement(
            client="Example Trading Co., Ltd.", title="Firewall review 2026", auditor="Audit Office", revision="1"
        ),
    )


def clean() -> Report:
    """The same network without findings."""
    report = sample()
    return replace(report, findings=(), checks=tuple(replace(check, findings=0) for check in report.checks))


def without_internet() -> Report:
    """The clean network, but nothing shows where the internet is."""
    report = clean()
    zones = tuple(one for one in report.zones if one.name != "internet")
    matrix = tuple(one for one in report.matrix if "internet" not in (one.from_zone, one.to_zone))
    return replace(report, zones=zones, matrix=matrix)


def without_networks() -> Report:
    """The clean network, but nothing shows what is behind its device."""
    report = clean()
    return replace(report, zones=tuple(one for one in report.zones if one.name.startswith(("internet", "self@"))))


def nothing() -> Report:
    """Nothing could be read."""
    empty = Engagement()
    problem = msg("there is no such file or folder; check the path")
    return replace(
        sample(),
        complete=False,
        inputs=(),
        ignored=(),
        failures=(Failure(path="fw1.cfg", line=None, problem=problem),),
        not_modelled=(),
        devices=(),
        segments=(),
        zones=(),
        matrix=(),
        findings=(),
        checks=(),
        not_judged=(),
        engagement=empty,
    )


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{7*7}}\x1b[2Jjavascript:alert(3)\u202e"


def hostile() -> Report:
    """Every field that comes from an input holds text that wants to run, mirror or move the cursor."""
    report = sample()
    bad = replace(
        RDP_FINDING,
        title=msg("Remote Desktop in {zone} is open to the internet", zone=HOSTILE),
        from_zone=HOSTILE,
        to_zone=HOSTILE,
        services=(HOSTILE,),
        witness=replace(RDP, device=HOSTILE, in_interface=HOSTILE),
        rules=(RuleRef(device=HOSTILE, rule_set=HOSTILE, rule_id=HOSTILE, name=HOSTILE + "2"),),
        locations=(
            LocationReport(
                span=Span(path=HOSTILE, first_line=1, last_line=1), lines=(HOSTILE, "x" * 3000), primary=True
            ),
        ),
        notes=(msg("{device} runs {version}", device=HOSTILE, version=HOSTILE),),
        references=(Reference(document=Words(HOSTILE), item=HOSTILE),),
    )
    return replace(
        report,
        findings=(bad,),
        zones=tuple(replace(one, name=HOSTILE if i == 0 else one.name) for i, one in enumerate(report.zones)),
        matrix=tuple(
            replace(one, from_zone=HOSTILE if one.from_zone == NAMES[0] else one.from_zone) for one in report.matrix
        ),
        segments=tuple(replace(one, name=HOSTILE, hosts=(HOSTILE,)) for one in report.segments),
        devices=tuple(replace(one, name=HOSTILE, version=HOSTILE, platform=HOSTILE) for one in report.devices),
        inputs=tuple(replace(one, path=HOSTILE, devices=(HOSTILE,)) for one in report.inputs),
        ignored=(Ignored(path=HOSTILE, reason=msg("Markdown")),),
        failures=(Failure(path=HOSTILE, line=3, problem=msg("the file cannot be read ({reason})", reason=HOSTILE)),),
        not_modelled=tuple(replace(one, text=HOSTILE, reason=HOSTILE) for one in report.not_modelled),
        engagement=Engagement(client=HOSTILE, title=HOSTILE, auditor=HOSTILE, scope=HOSTILE, classification=HOSTILE),
    )


def large(zones: int, findings: int) -> Report:
    """A report on many zones with many findings."""
    report = sample()
    roles = sorted(ROLES)
    names = [f"FW{n % 7}:zone-{n:03}" for n in range(zones)]
    return replace(
        report,
        devices=tuple(replace(report.devices[0], name=f"FW{n}") for n in range(7)),
        segments=tuple(segment(f"seg-{n:03}", name, f"10.{n // 256}.{n % 256}.0/24") for n, name in enumerate(names)),
        zones=tuple(zone(name, roles[n % len(roles)], 0.7, f"seg-{n:03}") for n, name in enumerate(names)),
        matrix=tuple(
            replace(cell(NAMES[a % 4], NAMES[b % 4]), from_zone=names[a], to_zone=names[b])
            for a in range(zones)
            for b in range(zones)
            if a != b
        ),
        findings=tuple(
            replace(
                FINDINGS[n % 2],
                fingerprint=mark(str(n)),
                from_zone=names[n % zones],
                to_zone=names[(n * 7 + 1) % zones],
            )
            for n in range(findings)
        ),
    )
