"""From the network to the report: the zone graph is built once, every control of every policy is judged on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import TYPE_CHECKING

from segaudit import __version__
from segaudit.check import Check, Subject
from segaudit.findings.causes import attach_causes
from segaudit.findings.finding import Finding
from segaudit.findings.page import read_page
from segaudit.findings.report import (
    CheckInfo,
    Engagement,
    NotJudged,
    PolicyReport,
    Reference,
    Report,
    make_report,
)
from segaudit.knowledge.services import load_services
from segaudit.model import Device, Words, msg
from segaudit.model.inputs import Network
from segaudit.packetspace.space import PacketSpace
from segaudit.policy.errors import LocatedError, PolicyError
from segaudit.policy.values import Control, Policy, Site
from segaudit.zones.build import build
from segaudit.zones.declared import lost_edges, pointing_nowhere
from segaudit.zones.graph import INTERNET, SELF, ZoneGraph
from segaudit.zones.segments import Declared, build_segments, with_declared_interfaces

if TYPE_CHECKING:
    from segaudit.zones.trace import NetworkTracer

#: Checks whose findings name a missing control, the deepest first; others' findings are attached as consequences.
HEADLINES = (
    "default-permit",
    "implicit-permit",
    "any-any-any-rule",
    "deny-list-design",
    "inbound-wide-service",
    "uncontrolled-zone-pair",
)


def declared(site: Site) -> Declared:
    """What the site file says of the network's shape."""
    return Declared(
        internet=tuple(edge.at for edge in site.internet), zones=site.zones, sites=site.groups, hosts=site.hosts
    )


def zone_graph(network: Network, site: Site, as_of: date) -> ZoneGraph:
    """The zone graph of all whole devices of ``network``."""
    return build(PacketSpace(), network.devices, declared(site), as_of)


def network_tracer(network: Network, site: Site, as_of: date) -> NetworkTracer:
    """The tracer through all whole devices of ``network``."""
    from segaudit.zones.trace import NetworkTracer

    known = declared(site)
    devices = with_declared_interfaces(network.devices, known)
    whole = sorted((d for d in devices if not d.fragment), key=lambda d: d.name)
    return NetworkTracer(whole, build_segments(whole, known), as_of)


def audit(
    network: Network,
    policies: Sequence[Policy],
    site: Site,
    checks: Mapping[str, Check],
    as_of: date,
    *,
    strict: bool = False,
    beside: Sequence[Device] = (),
) -> Report:
    """The report on ``network``; `PolicyError` where a control sets a parameter that its check does not have.

    ``beside`` are devices of the same run that are judged apart: the site file may be about them.
    """
    graph = zone_graph(network, site, as_of)
    subject = Subject(
        network=network,
        graph=graph,
        services=load_services(),
        as_of=as_of,
        publishes=site.publish or None,
        hosts=site.hosts,
    )
    findings: list[Finding] = []
    infos: list[CheckInfo] = []
    for policy in policies:
        documents = {s.id: Words(s.title, s.title_ja) for s in policy.standards}
        for control in policy.controls:
            check = checks[control.check]
            infos.append(
                CheckInfo(
                    slug=check.slug,
                    title=check.title,
                    question=check.question,
                    severity=control.severity if control.severity is not None else check.severity,
                    control=control.id,
                    control_title=Words(control.title, control.title_ja),
                    page=read_page(check.doc),
                    references=tuple(
                        Reference(document=documents.get(r.standard, Words(r.standard)), item=r.item)
                        for r in control.references
                    )
                    or tuple(Reference(document=Words(text)) for text in check.references),
                )
            )
            graph.space.tidy()
            steps = 0 if control.severity is None else control.severity - check.severity
            for finding in check.run(subject, _params(check, control)):
                findings.append(  # noqa: PERF401 - a comprehension over a generator with this body is not easier to read
                    replace(
                        finding,
                        control=control.id,
                        severity=finding.severity.stepped(steps),
                    )
                )
    return make_report(
        network=network,
        graph=graph,
        services=subject.services,
        findings=attach_causes(findings, HEADLINES),
        checks=infos,
        policies=[PolicyReport(name=p.name, title=Words(p.title, p.title_ja)) for p in policies],
        not_judged=tuple(_not_judged(network.devices, graph, site, beside)),
        tool_version=__version__,
        as_of=as_of.isoformat(),
        strict=strict,
        lost_edges=tuple(lost_edges(declared(site), [*network.devices, *beside])),
        engagement=Engagement(**{f.name: getattr(site.report, f.name) for f in fields(Engagement)}),
    )


def _params(check: Check, control: Control) -> object:
    """The check's parameters as the control sets them."""
    known = {f.name: f for f in fields(check.params)}
    own = check.params()
    errors: list[LocatedError] = []
    for name, value in control.parameters.items():
        problem = ""
        if name not in known:
            problem = f"{check.slug} has no parameter {name!r}; it knows {', '.join(sorted(known)) or 'none'}"
        elif not _fits(value, getattr(own, name)):
            problem = f"{name} of {check.slug} must be like its default, {getattr(own, name)!r}; found {value!r}"
        if problem:
            span = control.parameter_spans.get(name, control.span)
            errors.append(LocatedError(path=span.path, line=span.first_line, column=1, problem=problem))
    if errors:
        raise PolicyError(errors)
    return check.params(**dict(control.parameters))


def _fits(value: object, default: object) -> bool:
    """Whether a parameter may take ``value``: of the same kind as its default; whole numbers are numbers."""
    if isinstance(value, bool) or isinstance(default, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    if isinstance(default, float):
        return isinstance(value, int | float)
    return isinstance(value, type(default))


def _unknown_tables(device: Device) -> bool:
    """Whether the routing table of an IP family that an interface speaks is not captured."""
    spoken = {(i.vrf, a.prefix.version) for i in device.interfaces for a in i.addresses}
    return not spoken or bool(spoken - device.known_tables)


def _not_judged(
    devices: Sequence[Device], graph: ZoneGraph, site: Site, beside: Sequence[Device] = ()
) -> Iterable[NotJudged]:
    """What this audit cannot say, and why."""
    for device in devices:
        if device.fragment:
            yield NotJudged(
                subject=msg("exposure of {device}", device=device.name),
                reason=msg("it is a list without a device: what is behind which interface does not show"),
                span=device.span,
            )
        if device.dynamic_routing and not device.fragment and _unknown_tables(device):
            yield NotJudged(
                subject=msg("routes of {device}", device=device.name),
                reason=msg(
                    "{protocols} may bring routes that the config does not show",
                    protocols=", ".join(device.dynamic_routing),
                ),
                span=device.span,
            )
    if INTERNET not in graph.zones and graph.zones:
        yield NotJudged(
            subject=msg("exposure to the internet"),
            reason=msg("no interface shows that the internet is behind it: say so under 'internet:' in site.yaml"),
        )
    if graph.zones and all(name == INTERNET or name.startswith(SELF) for name in graph.zones):
        yield NotJudged(
            subject=msg("separation between zones"),
            reason=msg(
                "no interface or route shows a network behind the devices: are addresses left out of the inputs?"
            ),
        )
    inside = [*(device for device in devices if device.name in graph.devices), *beside]
    for selector in dict.fromkeys(pointing_nowhere(graph, declared(site), inside)):
        yield NotJudged(
            subject=msg("what the site file declares"),
            reason=msg("{selector} points at nothing in the inputs: check its spelling", selector=selector),
        )
    yield from _half_told(graph)
    for pair in graph.unassessed:
        yield NotJudged(subject=msg("{src} to {dst}", src=pair.src, dst=pair.dst), reason=pair.reason, span=pair.span)
    for one in graph.unfollowed:
        yield NotJudged(subject=one.subject, reason=one.reason, span=one.span)
    for kept in graph.kept_apart:
        yield NotJudged(subject=msg("links between devices"), reason=kept)
    yield NotJudged(
        subject=msg("traffic inside one segment"),
        reason=msg("it crosses no device: what hosts of one segment do to each other no firewall config shows"),
    )


def _half_told(graph: ZoneGraph) -> Iterable[NotJudged]:
    """Zones whose addresses only the site file tells, and tells of one family, behind devices that forward both."""
    for name, zone in sorted(graph.zones.items()):
        for version in sorted({p.version for s in zone.segments if s.prefixes for p in s.possible}):
            yield NotJudged(
                subject=msg("IPv{version} of {zone}", version=version, zone=name),
                reason=msg(
                    "the site file gives it no IPv{version} prefix, so everything that is let through to it is only"
                    " possible: add its prefix to its members, or {local} if it has none",
                    version=version,
                    local=_LINK_LOCAL[version],
                ),
            )


_LINK_LOCAL = {4: "169.254.0.0/16", 6: "fe80::/10"}
