"""Which sources an interface lets in: the reverse-path check, which is on unless it is switched off.

"By default, RPF checking is enabled on all interfaces"; `set src-check disable` switches it off for one, `asymroute` for
the VDOM. It asks for any active route back by the interface of arrival (feasible path, RFC 3704 section 2.3), with
`strict-src-check` for the best one. The default route counts, so that without it nothing is stopped at the outer interface
(Technical Tip "Details about FortiOS RPF"; CLI reference, `config system settings`, `config system interface`).
"""

from __future__ import annotations

from dataclasses import replace

from segaudit.model import Interface, SourceCheck, SourceCheckMode, Span
from segaudit.parsers.fortinet_fortios.config import Scope, Section

#: What is known of the check of IPv6 packets is not enough to rely on it.
_VERSIONS = frozenset({4})


def with_source_check(scope: Scope, interface: Interface, section: Section | None) -> Interface:
    """``interface``, which ``section`` configures, with the check of its sources."""
    settings = scope.section("system settings")
    if settings.text("opmode") == "transparent":
        return replace(interface, source_check=SourceCheck(mode=SourceCheckMode.NONE))
    if settings.is_on("asymroute"):
        return _checked(interface, SourceCheckMode.NONE, scope.line_span(settings, "asymroute"))
    if section is not None and section.text("src-check") == "disable":
        return _checked(interface, SourceCheckMode.NONE, scope.line_span(section, "src-check"))
    if settings.is_on("strict-src-check"):
        return _checked(interface, SourceCheckMode.STRICT, scope.line_span(settings, "strict-src-check"))
    return _checked(interface, SourceCheckMode.FEASIBLE, None)


def _checked(interface: Interface, mode: SourceCheckMode, span: Span | None) -> Interface:
    return replace(interface, source_check=SourceCheck(mode=mode, versions=_VERSIONS, span=span))
